"""The printer: from an expression to text, in any target language.

What stands here are sums over indices, conditions, functions and derivatives; arithmetic has a file
of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import (
    Add,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    Tuple,
)

from symback.algebra.directions import Directional
from symback.algebra.expressions import Apply, Extremum, Marked, OfVectors, Partial
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    Largest,
    Product,
    Smallest,
    Stop,
    is_index,
)
from symback.algebra.sums import left_out
from symback.notation import Spelling
from symback.printing.arithmetic import Arithmetic, Piece
from symback.printing.cases import (
    BRACKETED,
    Condition,
    by_cases,
    condition_of,
)
from symback.printing.extremes import EXTREMES
from symback.printing.target import Level, Over, plainly

__all__ = ["Piece", "Printer"]


class Printer(Arithmetic):
    """Prints the formulas of one model in one target language."""

    def _print(self, node: Expr) -> Piece:
        for kind, method in _METHODS:
            if isinstance(node, kind):
                return method(self, node)
        raise TypeError(f"no printer for {type(node).__name__}")

    def _sigma(self, node: Sum) -> Piece:
        number, rest = self._sign(node)
        if number is not S.One:
            return self._signed(node) if number.is_negative else self._scaled(number, rest)
        inside, lacking = left_out(node)
        opened = self._opened(node)
        if opened is not node:
            return self._signed(opened)
        body = self._at_least(self.piece(inside), Level.SIGMA)
        limits = [
            Over(self.target.unequal(self.index(index), self.index(lacking[index])))
            if index in lacking
            else self._over(index, first, upper)
            for index, first, upper in _outermost_first(node.limits)
        ]
        return Piece(self.target.sigma(limits, body.text), self.target.sigma_level, body.kind)

    def _opened(self, node: Sum) -> Expr:
        """A sum without the indices that run up to 1: the one term, if no other is left."""
        _, lacking = left_out(node)
        single = {
            index: S.One
            for index, first, upper in node.limits
            if first is S.One and self._sizes.get(str(upper)) == 1 and index not in lacking
        }
        if not single:
            return node
        limits = [limit for limit in node.limits if limit[0] not in single]
        term = node.function.xreplace(single)
        return node.func(term, *limits) if limits else term

    def _over(self, index: Symbol, first: Expr, last: Expr) -> Over:
        """An index with its range, where that is asked for or is no whole range."""
        whole = first is S.One and isinstance(last, Symbol) and last.name in self._sizes
        if whole and not (self.bounds and self.model.has_layers):
            return Over(self.index(index))
        upper = self.piece(last).text if isinstance(last, Symbol) else self.index(last)
        return Over(self.index(index), upper, self.index(first))

    def _chosen(self, node: Extreme | Product) -> Piece:
        """A product, or the largest or smallest value, over an index."""
        kind = "prod" if isinstance(node, Product) else node.kind
        body = self._at_least(self.piece(node.body), Level.PRODUCT)
        text = self.target.sigma([self._over(*node.limit)], body.text, kind)
        return Piece(text, self.target.sigma_level, body.kind)

    def _bracket(self, node: Bracket) -> Piece:
        sides = [
            self.index(side) if is_index(side) else plainly(self._signed(side).text)
            for side in (node.left, node.right)
        ]
        left, relation, right = sides[0], node.relation, sides[1]
        if relation in ("<", "<=") and node.left.is_number:  # [u > 0], as it is said
            left, relation, right = right, relation.replace("<", ">"), left
        return Piece(self.target.bracket(self.target.compare(left, relation, right)), Level.ATOM)

    def relation(self, node: Bracket) -> str:
        """A condition without its brackets."""
        left, right = self.index(node.left), self.index(node.right)
        return self.target.compare(left, node.relation, right)

    def values(self, index: Expr, first: Expr, last: Expr) -> str:
        """The values of an index: ``t = 2, ..., T``."""
        dots = {"latex": r"\dots", "text": "…"}.get(self.target.name, "...")
        ends = f"{self.index(first)}, {dots}, {self.index(last)}"
        return self.target.equal(self.index(index), ends)

    def _divides(self, node: Divides) -> Piece:
        left, right = map(self.index, node.args)
        sign = {"latex": r"\mid", "typst": "divides"}.get(self.target.name, "divides")
        return Piece(self.target.bracket(f"{left} {sign} {right}"), Level.ATOM)

    def _stop(self, node: Stop) -> Piece:
        call = self.target.call(self.function("stop"), 0, self._signed(node.body).text)
        return Piece(call, Level.ATOM)

    def _index_number(self, node: Expr) -> Piece:
        """An index expression as a number."""
        level = Level.SUM if isinstance(node, Add) else Level.ATOM
        return Piece(self.index(node), level)

    def _delta_of_indices(self, node: KroneckerDelta) -> Piece:
        """Kronecker's delta in Iverson's brackets: the letter stands for adjoints."""
        left, right = node.args
        if not self.model.has_layers:  # what varies stands first: [t = T]
            left, right = sorted(node.args, key=_constancy)
        sides = self.index(left), self.index(right)
        if self.model.has_layers:
            return Piece(self.target.bracket(self.target.equal(*sides)), Level.ATOM)
        return Piece(self.target.bracket(self.target.compare(sides[0], "==", sides[1])), Level.ATOM)

    # Functions and derivatives -------------------------------------------------------------------

    def _apply(self, node: Apply) -> Piece:
        argument = self._signed(node.argument)
        if not node.order:
            if node.name in BRACKETED and self.target.spells_out:
                condition = self._condition(condition_of(node))
                return Piece(self.target.bracket(condition), Level.ATOM)
            if node.name in self.target.extremes:
                return Piece(self.applied(node.name, 0, argument.text), Level.ATOM)
        style = self.vocabulary.notation.derivative
        if node.order == 1 and style != "prime" and isinstance(node.argument, Indexed):
            applied = self.target.call(self.function(node.name), 0, argument.text)
            fraction = self.target.differential if style == "d" else self.target.partial
            text = fraction(applied, argument.text)
            return Piece(text, self.target.quotient_level, "partial")
        long = "long" if isinstance(node.argument, Add) or argument.kind == "long" else ""
        text = self.applied(node.name, node.order, argument.text)
        return Piece(text, Level.ATOM, long)

    def applied(self, name: str, order: int, argument: str) -> str:
        """A function by its name in the model, or one of its derivatives, of a printed argument."""
        target = self.target
        if not order:
            if name in BRACKETED and target.spells_out:
                size = target.call(self.function("abs"), 0, argument)
                sides = (size, "<", "1") if name == "within" else (argument, ">", "0")
                return target.bracket(target.compare(*sides))
            if name in target.extremes:
                for extreme, bound in EXTREMES[name]:
                    number = self._signed(Integer(bound)).text
                    argument = target.call(extreme, 0, f"{number}, {argument}")
                return argument
        return target.call(self.function(name), order, argument)

    def _extremum(self, node: Extremum) -> Piece:
        sides = ", ".join(self._signed(side).text for side in node.sides)
        return Piece(self.target.call(node.name, 0, sides), Level.ATOM)

    def _condition(self, condition: Condition) -> str:
        left, right = (self._signed(side).text for side in (condition.left, condition.right))
        return self.target.compare(plainly(left), condition.relation, plainly(right))

    def _cases(self, expression: Expr) -> Piece:
        """An expression by cases, where it has two values; else as it is."""
        found = by_cases(expression)
        if not found:
            return self.piece(expression)
        rows = [(self._signed(value).text, self._condition(where)) for value, where in found]
        return Piece(self.target.cases(rows), self.target.cases_level)

    def _vectors(self, node: OfVectors) -> Piece:
        arguments = ", ".join(self.piece(argument).text for argument in node.arguments)
        return Piece(self.target.call(self.function(node.name), 0, arguments), Level.ATOM)

    def _partial(self, node: Partial) -> Piece:
        by = self.piece(node.by).text
        if isinstance(node.of, Partial):
            of, first = self.piece(node.of.of).text, self.piece(node.of.by).text
            text = self.target.second_partial(of, first, by)
            return Piece(text, self.target.quotient_level, "partial")
        if isinstance(node.of, Indexed | Symbol):
            delta = self._delta(node) if self.deltas else None
            if delta is not None:
                level = Level.POWER if delta.is_like_a_power else Level.ATOM
                return Piece(self.target.spelling(delta), level)
            text = self.target.partial(self.piece(node.of).text, by)
            return Piece(text, self.target.quotient_level, "partial")
        text = self.target.operator(by, self._signed(node.of).text)
        return Piece(text, Level.PRODUCT, "partial")

    def _directional(self, node: Directional) -> Piece:
        body = self.piece(node.body)
        text = self.target.directional(node.operator, plainly(body.text))
        return Piece(text, Level.ATOM, body.kind)

    def _delta(self, node: Partial) -> Spelling | None:
        """The letter for the loss's derivative by a quantity, where the notation has one."""
        if not isinstance(node.by, Indexed) or node.of != self.model.loss.at():
            return None
        return self.vocabulary.spell_delta(str(node.by.base.label), node.by.indices)

    def _marked(self, node: Marked) -> Piece:
        if node.mark == "cases":
            return self._cases(node.body) if self.target.spells_out else self.piece(node.body)
        body = self.piece(node.body)
        if node.mark == "vanishes":
            label = self.target.vanishes()
        else:
            label = "" if node.label is None else plainly(self.piece(node.label).text)
        if not self._fits(body.text):
            return body
        inner = body.text if self.target.breaks_all else plainly(body.text)
        return Piece(self.target.braced(inner, label), body.level, body.kind)


def _constancy(index: Expr) -> int:
    """How little an index varies: letters first, then expressions, then sizes and numbers."""
    if isinstance(index, Symbol):
        return 2 if index.is_positive else 0
    return 1 if index.free_symbols else 3


def _outermost_first(limits: Sequence[Tuple]) -> list[Tuple]:
    """The limits of a sum as they are read: one that depends on another stands after it."""
    own = {limit[0] for limit in limits}
    if any(own & (limit[1].free_symbols | limit[2].free_symbols) for limit in limits):
        return list(limits[::-1])
    return list(limits)


_METHODS: tuple[tuple[type, Callable[..., Piece]], ...] = (
    (Indexed, Printer._entry),
    (Bracket, Printer._bracket),
    (Divides, Printer._divides),
    (Product, Printer._chosen),
    (Extreme, Printer._chosen),
    (Stop, Printer._stop),
    (Largest, Printer._index_number),
    (Smallest, Printer._index_number),
    (FloorOf, Printer._index_number),
    (CeilingOf, Printer._index_number),
    (Mul, Printer._mul),
    (Add, Printer._add),
    (Apply, Printer._apply),
    (Extremum, Printer._extremum),
    (Partial, Printer._partial),
    (Directional, Printer._directional),
    (Symbol, Printer._symbol),
    (Rational, Printer._number),
    (NumberSymbol, Printer._constant),
    (Sum, Printer._sigma),
    (Pow, Printer._pow),
    (Marked, Printer._marked),
    (KroneckerDelta, Printer._delta_of_indices),
    (OfVectors, Printer._vectors),
)
"""What prints each kind of node; anything else is refused."""
