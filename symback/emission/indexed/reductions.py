"""Sums, products, extremes and normalised exponentials as loops before what uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sympy import Add, Expr, Mul, Symbol

from symback.algebra.exponentials import LogSumExp, Softmax
from symback.algebra.expressions import Apply, Sum
from symback.algebra.indexing import Bracket, Extreme, Product
from symback.emission.indexed.affine import letters_of
from symback.emission.indexed.walk import along_memory, limits_of, outermost_first, substituted

if TYPE_CHECKING:
    from symback.emission.indexed.loops import LoopBody

__all__ = ["Reductions"]


class Reductions:
    """Writes what an expression reduces over letters into names of its own.

    Args:
        body: the lines of the function.
    """

    def __init__(self, body: LoopBody) -> None:
        self.body = body

    def reduced(self, node: Expr) -> Expr:
        """A sum, product or extreme, computed now; the symbol of its name."""
        if node in self.body.temporary:
            return self._symbol(node)
        match node:
            case Softmax():
                return self.normalised(node, set())
            case LogSumExp():
                top, total = self._exponentials(node)
                name = self.body.fresh("log_sum")
                self.body.line(
                    self.body.target.new(
                        name, f"{top} + {self.body.target.function('log')}({total})"
                    )
                )
            case Sum():
                name = self.body.fresh("sum")
                self.body.line(self.body.target.new(name, "0.0"))
                self._sum_into(name, list(limits_of(node)), node.function)
            case Product():
                name = self.body.fresh("product")
                self.body.line(self.body.target.new(name, "1.0"))
                letter, first, last = node.limit
                with self.body.over(letter, (first, last)):
                    inner = self.body.prepared(node.body, set())
                    self.body.line(self.body.target.put(name, "*=", self.body(inner)))
            case Extreme():
                name = self._extreme(node)
            case _:
                raise AssertionError(type(node).__name__)
        self.body.temporary[node] = name
        return self._symbol(node)

    def _symbol(self, node: Expr) -> Expr:
        if isinstance(node, Extreme) and node.kind.startswith("arg"):
            return node
        return Symbol("@" + self.body.temporary[node])

    def _sum_into(self, name: str, limits: list[Expr], body: Expr) -> None:
        """Add up a body over letters; what their ranges mention stands around them."""
        if not limits:
            for term in Add.make_args(body):
                self._add_term(name, term)
            return
        limits = along_memory(outermost_first(limits), body)
        letters = [limit[0] for limit in limits]
        (letter, first, last), rest = limits[0], limits[1:]
        with self.forgetting(), self.body.over(letter, (first, last)):
            inner = self.body.prepared(body, set(letters[1:]))
            if rest and isinstance(inner, Mul):
                inner = self.body.accumulations.gathered(inner, set(letters[1:]))
            self._sum_into(name, rest, inner)

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """What is named inside of a loop is unknown after it."""
        before = dict(self.body.temporary)
        yield
        self.body.temporary = before

    def _add_term(self, name: str, term: Expr) -> None:
        conditions, value = self.body.guarded(term)
        self.added(name, conditions, self.body.prepared(value, set()))

    def added(self, left: str, conditions: list[str], value: Expr) -> None:
        """A value added to a number, where conditions hold."""
        negative = value.could_extract_minus_sign()
        with self._assuming(conditions):
            text = self.body(-value if negative else value)
        line = self.body.target.put(left, "-=" if negative else "+=", text)
        if not conditions:
            self.body.line(line)
            return
        with self.body.block(self.body.target.when(self.body.target.both(conditions))):
            self.body.line(line)

    @contextmanager
    def _assuming(self, conditions: Sequence[str]) -> Iterator[None]:
        """Conditions that hold where something is written, and need not be asked again."""
        before = set(self.body.known)
        self.body.known |= set(conditions)
        yield
        self.body.known = before

    def _exponentials(self, node: LogSumExp) -> tuple[str, str]:
        """The largest exponent, and the sum of the exponentials of all less it."""
        key = LogSumExp(node.body, node.limit)
        known = self.body.temporary.get(Symbol("@top") * key)
        if known is not None:
            return known, self.body.temporary[Symbol("@total") * key]
        top, total = self.body.fresh("top"), self.body.fresh("total")
        letter, first, last = node.limit
        self.body.line(self.body.target.new(top, f"-{self.body.target.infinity}"))
        with self.forgetting(), self.body.over(letter, (first, last)):
            value = self.body(self.body.prepared(node.body, set()))
            exponent = self.body.fresh("z")
            self.body.line(self.body.target.new(exponent, value))
            with self.body.block(self.body.target.when(f"{exponent} > {top}")):
                self.body.line(self.body.target.put(top, "=", exponent))
        self.body.line(self.body.target.new(total, "0.0"))
        with self.forgetting(), self.body.over(letter, (first, last)):
            value = self.body(self.body.prepared(node.body, set()))
            exp = self.body.target.function("exp")
            self.body.line(self.body.target.put(total, "+=", f"{exp}({_minus(value)} - {top})"))
        self.body.temporary[Symbol("@top") * key] = top
        self.body.temporary[Symbol("@total") * key] = total
        return top, total

    def normalised(self, node: Softmax, unknown: set[Symbol]) -> Expr:
        """A softmax whose largest exponent and sum are computed as soon as they can be."""
        key = LogSumExp(node.body, node.limit)
        if letters_of(key) & unknown:
            return node
        top, total = self._exponentials(node)
        at = substituted(node.body, {node.limit[0]: node.at})
        value = Apply("exp", at - Symbol("@" + top)) / Symbol("@" + total)
        conditions = []
        _, first, last = node.limit
        if letters_of(first) or letters_of(last):
            conditions = [Bracket(first, "<=", node.at), Bracket(node.at, "<=", last)]
        return Mul(value, *conditions)

    def _extreme(self, node: Extreme) -> str:
        """The largest or smallest value, and its place; the name of what is asked for."""
        letter, first, last = node.limit
        best, place = self.body.fresh("best"), self.body.fresh("place")
        largest = node.kind.endswith("max")
        start = f"-{self.body.target.infinity}" if largest else self.body.target.infinity
        wants_place = node.kind.startswith("arg")
        self.body.line(self.body.target.new(best, start))
        if wants_place:
            self.body.line(self.body.target.new_integer(place, self.body.number(first - 1)))
        with self.forgetting(), self.body.over(letter, (first, last)):
            value = self.body(self.body.prepared(node.body, set()))
            name = self.body.fresh("z")
            self.body.line(self.body.target.new(name, value))
            with self.body.block(self.body.target.when(f"{name} {'>' if largest else '<'} {best}")):
                self.body.line(self.body.target.put(best, "=", name))
                if wants_place:
                    self.body.line(self.body.target.put(place, "=", self.body.letter(letter)))
        return place if wants_place else best


def _minus(text: str) -> str:
    return text if text.replace("_", "").isalnum() else f"({text})"
