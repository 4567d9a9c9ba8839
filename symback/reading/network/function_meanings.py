"""Which functions have a meaning of their own, by what the text says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from symback.reading.formula.commands import FUNCTIONS, GREEK
from symback.reading.formula.function_names import USUAL
from symback.reading.formula.languages import words
from symback.reading.formula.syntax import Node, Symbol
from symback.reading.network.places import function_name

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = [
    "IDENTITIES", "NAMED_FUNCTIONS", "SIGMOIDS", "function_called", "function_named",
    "is_softmax", "is_word", "meanings", "names_function",
]  # fmt: skip

NAMED_FUNCTIONS = {
    "exp": "exp", "log": "log", "ln": "log", "tanh": "tanh", "sigmoid": "sigmoid",
    "sigm": "sigmoid", "logistic": "sigmoid", "ReLU": "relu", "relu": "relu", "RELU": "relu",
    "sqrt": "sqrt", "sin": "sin", "cos": "cos", "softplus": "softplus", "abs": "abs",
    "erf": "erf", "arctan": "arctan", "atan": "arctan", "sign": "sign", "sgn": "sign",
}  # fmt: skip
"""Names that are a function wherever they stand, with the function."""

SIGMOIDS = frozenset(["sigma", "varsigma", "S"])
"""Letters that are the logistic function where numbers are put in, whatever else is said."""

_EVALUATED = frozenset(
    [*NAMED_FUNCTIONS.values(), "max", "min", "softmax", "step", "sign", "prod", "outer", "diag"]
)
_STANDS_FOR_ANY = frozenset("act loss cost Loss Cost error Error".split())
"""Words that are used as a letter is, for any function of their kind."""

_WORD = 4  # letters from which on a name is a word and not a product of quantities
_LETTERS = frozenset([*SIGMOIDS, "g", "f", "phi", "varphi", "s", "h", "theta"])
_WORDS = (
    ("softmax", re.compile(r"\bsoftmax\b", re.IGNORECASE)),
    ("sigmoid", re.compile(words("sigmoid"), re.IGNORECASE)),
    ("relu", re.compile(r"\brelu\b|\brectified linear\b", re.IGNORECASE)),
    ("tanh", re.compile(words("tanh"), re.IGNORECASE)),
)


def function_named(name: str) -> str | None:
    """The function that a name is wherever it stands; a word with any capitals, `Sigmoid`."""
    found = NAMED_FUNCTIONS.get(name)
    return found if found or len(name) < _WORD else NAMED_FUNCTIONS.get(name.lower())


def is_word(name: str) -> bool:
    """Say whether a function that is not evaluated is named by a word, as `erf` or `rank`."""
    plain = name.split("^")[0].rstrip("(").split(" ")[-1].split("_")[0]
    known = plain in _EVALUATED or plain in _STANDS_FOR_ANY or plain in GREEK
    return len(plain) > 1 and plain.isalpha() and not known


def is_softmax(name: str) -> bool:
    """Say whether a name is that of the softmax: `softmax`, `Softmax`, `SoftMax`."""
    return name.lower() == "softmax"


def function_called(name: str) -> str | None:
    """The function that a name means wherever it stands, ``\\tanh`` or ``tanh``."""
    return NAMED_FUNCTIONS.get(name.strip().removeprefix("\\"))


_LETTERS_BY_NAME = frozenset(GREEK) | {"ell", "hbar", "imath", "jmath", "infty", "varsigma"}
IDENTITIES = frozenset(["id", "identity", "Id", "linear", "Identity"])
"""Names of the function that changes nothing."""


def names_function(left: Node | None, right: Node | None) -> bool:
    r"""Say whether a line gives a letter the meaning of a known function, without arguments."""
    if not isinstance(left, Symbol) or not isinstance(right, Symbol) or left != left.base:
        return False
    if right.subscripts or right.marks or right.primes or right.name == left.name:
        return False
    if right.name in FUNCTIONS or function_named(right.name) is not None:
        return True
    if left.name not in USUAL:
        return False
    # A word that nothing knows is a function too, where a letter of functions is set to it.
    return right.name == "sigma" or (len(right.name) > 1 and right.name not in _LETTERS_BY_NAME)


def meanings(statements: Iterable[Statement]) -> dict[str, str]:
    """Functions that a sentence says to be the logistic one, softmax, …, by their names."""
    found: dict[str, str] = {}
    for statement in statements:
        node = statement.left
        if statement.relation or not isinstance(node, Symbol):
            continue
        if node.name not in _LETTERS:
            continue
        near = statement.excerpt.before[-40:] + " … " + statement.excerpt.after[:40]
        said = [name for name, words in _WORDS if words.search(near)]
        if len(said) == 1:
            found.setdefault(function_name(node), said[0])
    return found
