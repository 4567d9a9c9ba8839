"""Edits of a formula: each is one slip that people make, undone, with the change in its text.

The edits are tried by the diagnosis, smallest first. An edit is a new tree and the pieces of text
to be replaced, so that a repair that is found can be printed as a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Fraction,
    Group,
    Mark,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    Transpose,
)  # fmt: skip
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.symbols import base_of, everything, spelled
from symback.records import dataclass

__all__ = ["Edit", "Editor", "TextEdit", "applied", "head_length"]

TextEdit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: which node becomes what, what kind of slip it undoes, and the text changed."""

    code: str
    old: Node
    new: Node
    text: tuple[TextEdit, ...]
    arguments: tuple[tuple[str, str], ...] = ()


def applied(root: Node, edits: Sequence[Edit]) -> Node:
    """The expression with each edit's node replaced, by identity."""
    table = {id(edit.old): edit.new for edit in edits}

    def walk(node: Node) -> Node:
        found = table.get(id(node))
        return found if found is not None else changed(node, walk)

    return walk(root)


class Editor:
    """The edits of one expression in the text of its formula."""

    def __init__(self, model: DocumentModel, source: str, heads: dict[str, str]) -> None:
        self.model = model
        self.source = source
        self.heads = heads

    def written(self, node: Node) -> str:
        """A node as it stands in the text."""
        return self.source[node.span.start : node.span.end]

    def singles(
        self, root: Node, letters: Sequence[str], factors: Sequence[tuple[Node, str]]
    ) -> Iterator[Edit]:
        """All single edits, the likeliest first."""
        nodes = list(everything(root))
        symbols = [node for node in nodes if isinstance(node, Symbol)]
        for node in nodes:
            if isinstance(node, Call):
                yield from self._calls(node)
        for symbol in symbols:
            yield from self._primes(symbol)
        for symbol in symbols:
            yield from self._indices(symbol, letters)
            yield from self._layers(symbol)
        yield from self._signs(root)
        for node in nodes:
            if isinstance(node, Sum):
                yield from self._term_signs(node)
            elif isinstance(node, Product):
                yield from self._products(node)
            elif isinstance(node, Transpose):
                text = ((node.body.span.end, node.span.end, ""),)
                yield self._edit("transpose-extra", node, node.body, text)
        if self.model.arrays:
            for symbol in symbols:
                if self.model.ranks.rank(symbol):
                    yield self._transposed(symbol)
        for symbol in symbols:
            yield from self._letters(symbol)
        yield from self.added(root, factors)

    def groups(self, root: Node, letters: Sequence[str]) -> Iterator[tuple[Edit, ...]]:
        """Several edits of the same kind at once: all missing primes of a line."""
        inner: list[Edit] = []
        for node in everything(root):
            if isinstance(node, Call) and len(node.arguments) == 1:
                argument = node.arguments[0]
                if isinstance(argument, Symbol):
                    inner += [e for e in self._primes(argument) if e.code == "prime-missing"]
        symbols = [node for node in everything(root) if isinstance(node, Symbol)]
        primes = [edit for symbol in symbols for edit in self._primes(symbol)]
        calls = [e for n in everything(root) if isinstance(n, Call) for e in self._calls(n)]
        families: dict[tuple[str, ...], list[Edit]] = {}
        for edit in primes:
            assert isinstance(edit.old, Symbol)
            families.setdefault((edit.code, base_of(edit.old)), []).append(edit)
            families.setdefault((edit.code,), []).append(edit)
        for edit in calls:
            families.setdefault((edit.code,), []).append(edit)
        for symbol in symbols:
            for edit in [*self._indices(symbol, letters), *self._layers(symbol)]:
                pair = (value for name, value in edit.arguments if name in ("was", "is"))
                key = (edit.code, *pair)
                families.setdefault(key, []).append(edit)
        for group in sorted([inner, *families.values()], key=len):
            if len({id(edit.old) for edit in group}) == len(group) > 1:
                yield tuple(group)

    def _edit(
        self, code: str, old: Node, new: Node, text: tuple[TextEdit, ...], **arguments: str
    ) -> Edit:
        was = self.written(old)
        after = was
        for start, end, piece in sorted(text, reverse=True):
            start, end = start - old.span.start, end - old.span.start
            after = after[:start] + piece + after[end:]
        named = {"was": was, "is": after, **arguments}
        return Edit(code, old, new, text, tuple(named.items()))

    # Primes -------------------------------------------------------------------------------------

    def _primes(self, symbol: Symbol) -> Iterator[Edit]:
        declared = self.model.declared
        more = replace(symbol, primes=symbol.primes + 1)
        if self.model.names.canonical(more) in declared:
            written = self.written(symbol)
            at = written.find("^")
            place = symbol.span.start + at if at >= 0 else symbol.span.end
            yield self._edit("prime-missing", symbol, more, ((place, place, "'"),))
        if symbol.primes:
            less = replace(symbol, primes=symbol.primes - 1)
            at = self.written(symbol).find("'")
            if at >= 0 and self.model.names.canonical(less) in declared:
                place = symbol.span.start + at
                yield self._edit("prime-extra", symbol, less, ((place, place + 1, ""),))

    def _calls(self, call: Call) -> Iterator[Edit]:
        start = max(call.function.span.end, call.span.start)
        stop = call.arguments[0].span.start
        between = self.source[start:stop] if stop >= start else ""
        if not call.order:
            name = len(between) - len(between.lstrip())
            text = ((start + name, start + name, "'"),)
            yield self._edit("derivative-missing", call, replace(call, order=1), text)
        else:
            head = self.source[call.span.start : stop]
            at = head.find("'")
            if at >= 0:
                place = call.span.start + at
                text = ((place, place + 1, ""),)
                lower = replace(call, order=call.order - 1)
                yield self._edit("derivative-extra", call, lower, text)
        for other in sorted(self.model_functions() - {call.function.name}):
            function = replace(call.function, name=other)
            place = self.written(call).find(call.function.name)
            if place >= 0 and len(other) == 1 == len(call.function.name):
                where = call.span.start + place
                text = ((where, where + 1, other),)
                yield self._edit("other-function", call, replace(call, function=function), text)

    def model_functions(self) -> set[str]:
        """The names of the functions that the document's definitions apply."""
        found = set()
        for definition in self.model.definitions.all():
            for node in everything(definition.body):
                if isinstance(node, Call):
                    found.add(node.function.name)
        return found

    # Indices and layers -------------------------------------------------------------------------

    def _indices(self, symbol: Symbol, letters: Sequence[str]) -> Iterator[Edit]:
        indices = self.model.names.split_here(symbol).indices
        if len(indices) == 2 and indices[0] != indices[1]:
            one, other = indices
            text: tuple[TextEdit, ...]
            if one.span == other.span:
                text = ((one.span.start, one.span.end, spelled(other) + spelled(one)),)
            else:
                text = (
                    (one.span.start, one.span.end, self.written(other)),
                    (other.span.start, other.span.end, self.written(one)),
                )
            swapped = replace(symbol, subscripts=(other, one))
            yield self._edit("indices-exchanged", symbol, swapped, text)
        for at, index in enumerate(indices):
            for other, spelling in self._others(index, letters, symbol, at):
                subscripts = (*indices[:at], other, *indices[at + 1 :])
                piece = spelling
                if sum(index.span == each.span for each in indices) > 1:
                    piece = "".join(map(spelled, subscripts))
                text = ((index.span.start, index.span.end, piece),)
                new = replace(symbol, subscripts=subscripts)
                yield self._edit("index", symbol, new, text, index=spelled(index), other=spelling)

    def _others(
        self, index: Node, letters: Sequence[str], symbol: Symbol, at: int
    ) -> Iterator[tuple[Node, str]]:
        if isinstance(index, Number):
            parts = self.model.names.split(symbol)
            size = self.model.sizes.size((self.model.place(parts, {}), at))
            for value in range(1, min(size, 5) + 1):
                if str(value) != index.digits:
                    yield Number(str(value)), str(value)
        elif isinstance(index, Symbol):
            for letter in letters:
                if letter != spelled(index) and len(letter) == 1:
                    yield Symbol(letter), letter

    def _layers(self, symbol: Symbol) -> Iterator[Edit]:
        for at, mark in enumerate(symbol.marks):
            body = mark.body
            for new, spelling in self._shifted(body):
                if body is None:
                    continue
                marks = (*symbol.marks[:at], Mark(mark.kind, new), *symbol.marks[at + 1 :])
                text = ((body.span.start, body.span.end, spelling),)
                yield self._edit("layer", symbol, replace(symbol, marks=marks), text)
        if self.model.names.subscripts_are_layers and len(symbol.subscripts) == 1:
            body = symbol.subscripts[0]
            for new, spelling in self._shifted(body):
                text = ((body.span.start, body.span.end, spelling),)
                yield self._edit("layer", symbol, replace(symbol, subscripts=(new,)), text)

    def _shifted(self, body: Node | None) -> Iterator[tuple[Node, str]]:
        """Other layers, the next ones first, each as it is written here."""
        if isinstance(body, Number) and body.digits.isdecimal():
            own = int(body.digits)
            for value in sorted(range(max(own + 2, 4)), key=lambda n: abs(n - own)):
                if value != own:
                    yield Number(str(value)), str(value)
        elif isinstance(body, Symbol):
            for sign, mark in ((1, "+"), (-1, "-")):
                yield Sum((body, Number("1")), (1, sign)), f"{self._letter(body)}{mark}1"
        elif isinstance(body, Sum) and len(body.terms) == 2:
            first, second = body.terms
            yield first, self._letter(first)
            turned = "-" if body.signs[1] > 0 else "+"
            other = Sum((first, second), (1, -body.signs[1]))
            yield other, f"{self._letter(first)}{turned}{self._letter(second)}"

    def _letter(self, node: Node) -> str:
        """An index as it stands in the text: `\\ell`, which is spelled ell."""
        return (self.written(node) if node.span.start >= 0 else "") or spelled(node)

    # Signs, factors, operators ------------------------------------------------------------------

    def _signs(self, root: Node) -> Iterator[Edit]:
        start = root.span.start
        if isinstance(root, Sum) and len(root.terms) == 1:
            text = ((start, root.terms[0].span.start, ""),)
            yield self._edit("sign", root, root.terms[0], text)
        elif not isinstance(root, Sum):
            yield self._edit("sign", root, Sum((root,), (-1,)), ((start, start, "-"),))

    def _term_signs(self, node: Sum) -> Iterator[Edit]:
        for at, sign in enumerate(node.signs):
            if len(node.terms) == 1:
                continue
            signs = (*node.signs[:at], -sign, *node.signs[at + 1 :])
            begin = node.terms[at - 1].span.end if at else node.span.start
            between = self.source[begin : node.terms[at].span.start]
            where = between.find("-" if sign < 0 else "+")
            mark = "+" if sign < 0 else "-"
            if where >= 0:
                text = ((begin + where, begin + where + 1, mark),)
            else:
                text = ((node.terms[at].span.start, node.terms[at].span.start, "-"),)
            yield self._edit("sign", node, replace(node, signs=signs), text)

    def _products(self, node: Product) -> Iterator[Edit]:
        for at, operator in enumerate(node.operators):
            other = None
            if operator in (Operator.JUXTAPOSED, Operator.DOT, Operator.STAR, Operator.TIMES):
                other = Operator.ODOT
            elif operator in (Operator.ODOT, Operator.CIRC):
                other = Operator.JUXTAPOSED
            if other is not None and self.model.arrays:
                operators = (*node.operators[:at], other, *node.operators[at + 1 :])
                start, end = node.factors[at].span.end, node.factors[at + 1].span.start
                piece = " \\odot " if other is Operator.ODOT else " "
                new = replace(node, operators=operators)
                yield self._edit("product", node, new, ((start, end, piece),))
        for at, factor in enumerate(node.factors):
            factors = (*node.factors[:at], *node.factors[at + 1 :])
            gone = at - 1 if at else 0
            operators = (*node.operators[:gone], *node.operators[gone + 1 :])
            start = node.factors[at - 1].span.end if at else factor.span.start
            end = factor.span.end if at else node.factors[1].span.start
            rest = factors[0] if len(factors) == 1 else Product(factors, operators, span=node.span)
            named = self.written(factor)
            yield self._edit("factor-extra", node, rest, ((start, end, ""),), factor=named)

    def _transposed(self, symbol: Symbol) -> Edit:
        start, end = symbol.span
        piece: tuple[TextEdit, ...] = ((end, end, "^T"),)
        if symbol.marks:
            piece = ((start, start, "("), (end, end, ")^T"))
        return self._edit("transpose-missing", symbol, Transpose(symbol, span=symbol.span), piece)

    def _letters(self, symbol: Symbol) -> Iterator[Edit]:
        own = self.model.names.canonical(symbol)
        rank = self.model.names.ranks.get(own, 0)
        written = self.written(symbol)
        cut = head_length(written)
        for base, head in self.heads.items():
            *accents, name = base.rstrip("'").split()
            primes = len(base) - len(base.rstrip("'"))
            if base == own or base not in self.model.declared or primes != symbol.primes:
                continue
            if self.model.names.ranks.get(base, 0) != rank:
                continue
            new = replace(symbol, name=name, accents=tuple(accents), font="")
            text = ((symbol.span.start, symbol.span.start + cut, head),)
            yield self._edit("other-quantity", symbol, new, text)

    def added(self, root: Node, factors: Sequence[tuple[Node, str]]) -> Iterator[Edit]:
        """Each product with one of some factors besides."""
        target = root.body if isinstance(root, Group) else root
        nodes = list(everything(target))
        numbered = any(
            isinstance(factor, Number | Fraction)
            for node in nodes
            if isinstance(node, Product)
            for factor in node.factors
        )
        bodies = {id(node.body) for node in nodes if isinstance(node, BigSum)}
        for node in nodes:
            product = isinstance(node, Product)
            if not (product or node is target or id(node) in bodies) or isinstance(node, Sum):
                continue
            for factor, spelling in factors:
                own = node.factors if isinstance(node, Product) else (node,)
                if factor in own:
                    continue
                operators = node.operators if isinstance(node, Product) else ()
                end = node.span.end
                if isinstance(factor, Number | Fraction):  # numbers stand in front
                    if numbered:
                        continue
                    start = node.span.start
                    longer = Product(
                        (factor, *own), (Operator.JUXTAPOSED, *operators), span=node.span
                    )
                    text = ((start, start, f"{spelling} "),)
                    yield self._edit("factor-missing", node, longer, text, factor=spelling)
                    continue
                arrays = self.model.arrays and self.model.ranks.infer(factor) > 0
                sign = Operator.ODOT if arrays else Operator.JUXTAPOSED
                longer = Product((*own, factor), (*operators, sign), span=node.span)
                piece = f" \\odot {spelling}" if arrays else f" {spelling}"
                text = ((end, end, piece),)
                yield self._edit("factor-missing", node, longer, text, factor=spelling)


def head_length(written: str) -> int:
    """How many characters of a symbol are its letter: those before its scripts and primes."""
    return min([at for at in map(written.find, "_^'[") if at >= 0], default=len(written))
