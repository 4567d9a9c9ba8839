r"""How a document spells the names of a model: `yhat` is its ``\hat y``, `W1` its ``W^{(1)}``.

A name of several parts stands in LaTeX with some of them as a script or an accent.  Indices take
the scripts that a document has at the letter: `x[i,j]` is ``x^{(i)}_j`` where it writes so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symback.errors import InputError
from symback.reading.formula.syntax import (
    Call,
    Mark,
    MarkKind,
    Node,
    Number,
    Symbol,
    Text,
)
from symback.reading.network.symbols import everything
from symback.records import dataclass

__all__ = ["Spellings", "UnreadLineError"]

_ACCENTS = {"hat": ("hat", "h"), "bar": ("bar", "b"), "tilde": ("tilde", "t"), "vec": ("", "vec")}
_WORDS = {"epsilon": ("eps",), "varepsilon": ("eps",), "ell": ("l", "ell")}
_SCRIPTS = (MarkKind.BARE, MarkKind.BRACE, MarkKind.LAYER, MarkKind.BRACKET)
_TYPED = re.compile(
    r"(?P<letters>[A-Za-z]+?)(?P<accent>hat|bar|tilde)?(?P<digits>[0-9]*)(?P<rest>_\w+)?(?P<primes>'*)"
)


class UnreadLineError(InputError):
    """A line beside a document that is neither one of the language nor a formula."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A symbol whose name takes some of its scripts; the others are places of indices.

    Attributes:
        name: the symbol with the scripts that its name takes.
        marks: the kinds of the superscripts that are left.
        below: how many subscripts are left.
    """

    name: Symbol
    marks: tuple[MarkKind, ...]
    below: int


class Spellings:
    """The quantities and functions of a document by the names that a line may give them.

    Args:
        sides: the expressions of the document.
    """

    def __init__(self, sides: Iterable[Node]) -> None:
        self._forms: dict[str, Counter[_Form]] = {}
        self._functions: dict[str, Symbol] = {}
        for node in (part for side in sides for part in everything(side)):
            if isinstance(node, Symbol):
                for name, form in _forms(node):
                    self._forms.setdefault(name, Counter())[form] += 1
            elif isinstance(node, Call):
                for name, _ in _forms(node.function):
                    self._functions.setdefault(name, node.function)

    def has(self, name: str) -> bool:
        """Whether a document has something that is called so."""
        return name in self._forms or name in self._functions

    def function(self, name: str) -> Symbol:
        """A function, as the document writes it."""
        return self._functions.get(name) or Symbol(name)

    def symbol(self, name: str, indices: Sequence[Node] = ()) -> Symbol:
        """A quantity at its indices, as the document writes it."""
        known = self._forms.get(name)
        if known is None:
            return _typed(name, tuple(indices))
        own = [form for form in known if len(form.marks) + form.below == len(indices)]
        form = max(own or known, key=lambda form: known[form])
        at = len(form.marks) if own else 0
        marks = tuple(Mark(kind, index) for kind, index in zip(form.marks, indices, strict=False))[
            :at
        ]
        bare = form.name
        return replace(
            bare, marks=(*bare.marks, *marks), subscripts=(*bare.subscripts, *indices[at:])
        )


def _typed(name: str, indices: tuple[Node, ...]) -> Symbol:
    """A name that the document does not have, as it is typed."""
    match = _TYPED.fullmatch(name)
    if match is None:
        return Symbol(name, subscripts=indices)
    letters, digits = match["letters"], match["digits"]
    layer = (Mark(MarkKind.LAYER, Number(digits)),) if digits and letters.isupper() else ()
    below: list[Node] = [Number(digits)] if digits and not layer else []
    below += [Symbol(match["rest"][1:])] if match["rest"] else []
    return Symbol(
        letters,
        accents=(match["accent"],) if match["accent"] else (),
        primes=len(match["primes"]),
        marks=layer,
        subscripts=(*below, *indices),
    )


def _forms(symbol: Symbol) -> Iterator[tuple[str, _Form]]:
    """The names that a symbol may have, each with the scripts that it leaves."""
    scripts = [mark for mark in symbol.marks if mark.kind in _SCRIPTS and mark.body is not None]
    kept = tuple(mark for mark in symbol.marks if mark not in scripts)
    bare = replace(symbol, marks=kept, subscripts=(), iteration=None)
    above = [(mark, _tail(mark.body)) for mark in scripts if mark.body is not None]
    first = symbol.subscripts[0] if symbol.subscripts else None
    below = "" if first is None else _tail(first)
    kinds = tuple(mark.kind for mark in scripts)
    for base in _bases(symbol):
        yield base, _Form(bare, kinds, len(symbol.subscripts))
        for at, (mark, tail) in enumerate(above):
            rest = (*kinds[:at], *kinds[at + 1 :])
            own = replace(bare, marks=(*kept, mark))
            for name in _joined(base, tail):
                yield name, _Form(own, rest, len(symbol.subscripts))
                if first is not None and below:
                    both = replace(own, subscripts=(first,))
                    for longer in _joined(name, below):
                        yield longer, _Form(both, rest, len(symbol.subscripts) - 1)
        if first is not None:
            own = replace(bare, subscripts=(first,))
            for name in _joined(base, below):
                yield name, _Form(own, kinds, len(symbol.subscripts) - 1)


def _bases(symbol: Symbol) -> Iterator[str]:
    names = (symbol.name, *_WORDS.get(symbol.name, ()))
    for name in dict.fromkeys(names):
        ends = [""]
        for accent in symbol.accents:
            ends = [end + short for end in ends for short in _ACCENTS.get(accent, (accent,))]
        for end in ends:
            if symbol.primes:
                yield name + end + "'" * symbol.primes
                yield name + end + "_pre" * symbol.primes
                yield name + end + "prime" * symbol.primes
                yield name + end + str(symbol.primes + 1)
            else:
                yield name + end


def _tail(node: Node) -> str:
    """What a script adds to a name."""
    if isinstance(node, Symbol) and not (node.marks or node.primes or node.accents):
        below = "".join(map(_tail, node.subscripts))
        return node.name + below
    if isinstance(node, Text):
        return "".join(letter for letter in node.words if letter.isalnum())
    return node.digits if isinstance(node, Number) else ""


def _joined(base: str, tail: str) -> tuple[str, ...]:
    return (base + tail, f"{base}_{tail}") if tail else ()
