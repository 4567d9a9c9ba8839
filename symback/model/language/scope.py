"""What a line may read: entries of quantities, letters, and the indices that are affine in them."""

from __future__ import annotations

from symback.algebra.formula_syntax import ARITIES
from symback.errors import InputError, quote
from symback.model.activations import ACTIVATIONS
from symback.model.language.affine import Affine, Atom, Choice, Letter, Lookup, Rounded, Span
from symback.model.language.checked import (
    AdjointOf,
    Expression,
    Index,
    Known,
    Read,
)
from symback.model.language.names import Names, is_capital, is_letter
from symback.model.language.syntax import (
    Binary,
    Call,
    Entry,
    Name,
    Negative,
    Node,
    Number,
    Whole,
)
from symback.model.language.tokens import Place
from symback.suggest import did_you_mean

__all__ = ["BINDERS", "FUNCTIONS", "Scope", "count", "spine"]

BINDERS = ("sum", "mean", "prod", "max", "min", "argmax", "argmin", "softmax")
"""What takes letters first."""

FUNCTIONS: dict[str, int] = {
    **{name.replace("-", "_"): 1 for name, entry in ACTIVATIONS.items() if entry.elementwise},
    **ARITIES,
}
"""Functions that are known by name, with their numbers of arguments."""


class Scope:
    """The names and letters of one line: reads the entries and the indices in it.

    Args:
        names: every name of the text.
        letters: letters on the left, with their ranges.
    """

    def __init__(self, names: Names, letters: dict[str, Span]) -> None:
        self.names = names
        self.source = names.source
        self.letters = dict(letters)
        self.reads: list[tuple[str, tuple[Affine | None, ...], Place]] = []

    def span_of(self, atom: Atom) -> Span | None:
        """The values of a letter in scope, or of a lookup."""
        if isinstance(atom, Letter):
            return self.letters.get(atom.name)
        if isinstance(atom, Lookup):
            counts = self.names.get(atom.name)
            if counts is not None and counts.counts is not None:
                return Span(Affine.number(1), counts.counts)
        return None

    # -- entries ----------------------------------------------------------------------------------

    def _entry(self, node: Entry) -> Expression:
        known = self.names.get(node.name)
        adjoint = self.names.adjoint(node.name) if known is None else None
        if (known is None and adjoint is None) or (known and known.kind in ("function", "size")):
            raise self._no_array(node, known)
        if adjoint is not None:
            return self._adjoint(adjoint, node.indices, node.place)
        assert known is not None
        return self._read(known, node.indices, node.place)

    def _no_array(self, node: Entry, known: Known | None) -> InputError:
        if known is not None:
            return self.source.error(
                f"{node.name} is a {known.kind} and has no indices", node.place
            )
        if node.name in FUNCTIONS or node.name in BINDERS:
            return self.source.error(
                f"{node.name} is a function", node.place, f"write {node.name}(…)"
            )
        if self.names.is_size(node.name):
            return self.source.error(
                f"{node.name} is a size and has no indices",
                node.place,
                f"the letter {node.name.lower()} runs to it; declare an array by another name",
            )
        guess = did_you_mean(node.name, self.names.readable())
        letters = ",".join(i.name if isinstance(i, Name) else "j" for i in node.indices)
        hint = None if guess else f"declare it: param {node.name}[{letters}]"
        return self.source.error(f"unknown name {quote(node.name)}{guess}", node.place, hint)

    def _read(self, known: Known, nodes: tuple[Node, ...], place: Place) -> Expression:
        """An entry of a quantity, after its indices have been counted and read."""
        self._check_arity(known.name, len(known.spans), len(nodes), known, place)
        indices = tuple(self._index_or_whole(node) for node in nodes)
        if not known.own_letters:
            letters = [index.letter for index in indices if index is not None]
            if None not in letters and len(set(letters)) == len(indices):
                known.own_letters = tuple(str(letter) for letter in letters)
        self.names.check_read(known, indices, self.span_of, place)
        self.reads.append((known.name, indices, place))
        if known.kind in ("integer", "chosen"):
            given = tuple(index for index in indices if index is not None)
            return Index(Affine.atom(Lookup(known.name, given)))
        return Read(known.name, indices)

    def _check_arity(
        self, name: str, wanted: int, found: int, known: Known | None, place: Place
    ) -> None:
        if wanted == found:
            return
        letters = ",".join(known.letters) if known is not None else ""
        raise self.source.error(
            f"{name} has {count(wanted, 'index')}, not {found}",
            place,
            f"write {name}[{letters}]" if letters else (None if wanted else f"write {name}"),
        )

    def _adjoint(self, known: Known, nodes: tuple[Node, ...], place: Place) -> Expression:
        self._check_arity(f"d{known.name}", len(known.spans), len(nodes), None, place)
        indices = tuple(self.index(node) for node in nodes)
        self.names.check_adjoint_read(known, indices, self.span_of, place)
        return AdjointOf(known.name, indices)

    def _unknown(self, name: str, place: Place, known: Known | None) -> InputError:
        """Why a name by itself means nothing here."""
        if known is not None and known.kind == "function":
            return self.source.error(f"{name} is a function", place, f"write {name}(…)")
        if known is not None:
            letters = ",".join(known.letters) or ",".join("j" * len(known.spans))
            return self.source.error(
                f"{name} has {count(len(known.spans), 'index')}", place, f"write {name}[{letters}]"
            )
        if name in FUNCTIONS or name in BINDERS or name == "stop":
            return self.source.error(f"{name} is a function", place, f"write {name}(…)")
        if is_letter(name):
            return self.source.error(
                f"the letter {name} is neither bound nor on the left",
                place,
                f"bind it, as in sum({name}, …), or give what is defined an index {name}",
            )
        if is_capital(name):
            return self.source.error(
                f"{name} is no size and no quantity of this model",
                place,
                f"no index runs to it; declare it: size {name}, or param {name}",
            )
        guess = did_you_mean(name, self.names.readable())
        hint = None if guess else f"declare it: param {name}"
        return self.source.error(f"unknown name {quote(name)}{guess}", place, hint)

    def _check_count(self, node: Call, wanted: int) -> None:
        if len(node.arguments) != wanted:
            raise self.source.error(
                f"{node.name} takes {count(wanted, 'argument')}, not {len(node.arguments)}",
                node.place,
            )

    # -- indices ----------------------------------------------------------------------------------

    def _index_or_whole(self, node: Node) -> Affine | None:
        return None if isinstance(node, Whole) else self.index(node)

    def index(self, node: Node, limits: bool = False) -> Affine:
        """What an index expression means; limits of binders may also choose and round.

        Raises:
            InputError: for what is not affine.
        """
        match node:
            case Number(place, text):
                if not text.isdigit() or len(text) > 9:
                    raise self.source.error("an index is a whole number", place)
                return Affine.number(int(text))
            case Name():
                return self._index_name(node)
            case Entry():
                known = self.names.get(node.name)
                if known is None or known.kind not in ("integer", "chosen"):
                    if known is None:
                        self._entry(node)
                    raise self.source.error(
                        f"{node.name} holds numbers and no indices",
                        node.place,
                        f"declare it: integer {node.name}[…] in …",
                    )
                read = self._read(known, node.indices, node.place)
                assert isinstance(read, Index)
                return read.value
            case Negative(_, operand):
                return -self.index(operand, limits)
            case Binary(operator="+" | "-"):
                total = Affine()
                for sign, part in spine(node, "+-"):
                    value = self.index(part, limits)
                    total = total - value if sign == "-" else total + value
                return total
            case Binary(operator="*"):
                found = Affine.number(1)
                for sign, part in spine(node, "*/"):
                    if sign == "/":
                        raise self._not_affine(part)
                    product = found.times(self.index(part, limits))
                    if product is None:
                        raise self._not_affine(node)
                    found = product
                return found
            case Call(name="min" | "max") if limits:
                parts = tuple(self.index(part, limits) for part in node.arguments)
                return Affine.atom(Choice(node.name, parts))
            case Call(name="ceil" | "floor") if limits:
                self._check_count(node, 1)
                return self._rounded(node)
        raise self._not_affine(node)

    def _rounded(self, node: Call) -> Affine:
        inner = node.arguments[0]
        if not isinstance(inner, Binary) or inner.operator != "/":
            raise self.source.error(
                f"{node.name} rounds a quotient", node.place, f"as in {node.name}((n-1)/S)"
            )
        top, bottom = self.index(inner.left, True), self.index(inner.right, True)
        if bottom.atoms or (bottom - Affine.number(1)).is_nonnegative is not True:
            raise self.source.error("a divisor is a size or a number from 1", inner.right.place)
        return Affine.atom(Rounded(node.name, top, bottom))

    def _index_name(self, node: Name) -> Affine:
        name = node.name
        known = self.names.get(name)
        chosen = known is not None and known.kind in ("integer", "chosen")
        if name in self.letters:
            if chosen:
                raise self.source.error(
                    f"{name} is a letter in this line and an integer of the model",
                    node.place,
                    "rename one of them",
                )
            return Affine.atom(Letter(name))
        if chosen and known is not None:
            read = self._read(known, (), node.place)
            assert isinstance(read, Index)
            return read.value
        if self.names.is_size(name):
            return Affine.size(name)
        if known is not None and not known.spans and not is_letter(name):
            raise self.source.error(
                f"{name} is a quantity and no size", node.place, "use another letter for the index"
            )
        raise self._unknown(name, node.place, known if known and known.spans else None)

    def _not_affine(self, node: Node) -> InputError:
        return self.source.error(
            "an index is affine in letters and sizes, or an entry of an integer array",
            node.place,
            "as in 2*(i-1)+r, t-1 or z[t]",
        )


def spine(node: Node, operators: str) -> list[tuple[str, Node]]:
    """The operands of a chain of operators of one rank, each with the operator before it."""
    found: list[tuple[str, Node]] = []
    while isinstance(node, Binary) and node.operator in operators:
        found.append((node.operator, node.right))
        node = node.left
    found.append((operators[0], node))
    return found[::-1]


def count(number: int, noun: str) -> str:
    """So many indices, or arguments, in words."""
    plural = {"index": "indices", "argument": "arguments"}[noun]
    return f"{number or 'no'} {noun if number == 1 else plural}"
