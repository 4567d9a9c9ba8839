"""Functions of which nothing is said: two sides that apply them show nothing by being different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symback.reading.formula.syntax import Call, Derivative, Node, stripped
from symback.reading.meaning.arrays import Value, terms_of
from symback.reading.meaning.calls import KNOWN_NAMES
from symback.reading.meaning.graph import Term, Terms
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.function_meanings import function_named, is_word
from symback.reading.network.places import function_name
from symback.reading.network.symbols import everything

__all__ = [
    "differentiate_different_functions",
    "known_by_entries",
    "slope_of_open_function",
    "unknown_words",
]


def differentiate_different_functions(model: DocumentModel, sides: Iterable[Node]) -> bool:
    """Say whether one side differentiates a function that nothing defines, the other does not.

    Beside `dC/dw = dC/dy dG(x, w)/dw` nothing says that y is that function of w.
    """
    known = model.definitions.functions.keys() | model.meanings.keys() | KNOWN_NAMES
    open_ones = [
        {
            name
            for node in everything(side)
            if isinstance(node, Derivative) and isinstance(of := node.of, Call)
            if (name := function_name(of.function)) not in known and not of.order
        }
        for side in sides
    ]
    return open_ones[0] != open_ones[1]


def slope_of_open_function(model: DocumentModel, left: Node) -> str | None:
    """The function whose slope a line writes out though nothing says which function it is.

    `f'(z) = 1 - tanh(z)^2`, in a list of examples, says it: f is tanh there; so does
    `f'(z) = f(z) (1 - f(z))`.
    """
    call = stripped(left)
    if not (isinstance(call, Call) and call.order):
        return None
    name = function_name(call.function)
    known = model.definitions.functions
    is_known = name in known or name in model.meanings
    return None if is_known or function_named(name) is not None else name


def unknown_words(model: DocumentModel, terms: Terms, left: Value, right: Value) -> list[str]:
    """Functions in words that nothing defines and that the two sides do not apply alike.

    A letter stands for any function; `GELU` and `rank` are one each, of which only the values
    are missing, so that a slope of it that is written out may be right.
    """
    applied = terms.functions - model.meanings.keys()
    if not any(map(is_word, applied)):
        return []
    sides = [
        {applied: name for applied, name in _applied(model, terms, value) if is_word(name)}
        for value in (left, right)
    ]
    return [] if sides[0] == sides[1] else sorted({*sides[0].values(), *sides[1].values()})


def known_by_entries(model: DocumentModel, terms: Terms, left: Value, right: Value) -> list[str]:
    """Functions whose equation is one of their entries, which none of their values follows."""
    own, known = model.names.by_entries, model.definitions.functions
    if not own:
        return []
    names = {name for value in (left, right) for _, name in _applied(model, terms, value)}
    return sorted((names & own) - set(known))


def _applied(model: DocumentModel, terms: Terms, value: Value) -> Iterator[tuple[Term, str]]:
    """Where functions without a meaning of their own are applied, with their names."""
    for applied in terms.applications(*terms_of(value)):
        name = str(applied.data[0])  # type: ignore[index]
        if name not in model.meanings:
            yield applied, name
