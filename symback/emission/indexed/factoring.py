"""Factors with fewer letters, taken out of sums over an array.

A norm has ``xh[n,j] = c[n,j] / s[n]`` and the adjoint ``gamma[j] dy[n,j]``: an array times factors
that lack one of its letters.  For an array library each of these is a pass over the whole array.
Put in where it is read, such a factor stands before a sum over the letter that it lacks, or makes
the sum a product with a vector: ``sum(n, dy[n,j] gamma[j])`` is ``gamma[j]`` times a gradient that
is there already, and what two sums have in common, ``c[n,j] dy[n,j]``, is computed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, Symbol

from symback.algebra.expressions import Sum, name_of
from symback.algebra.indexing import IntegerEntry
from symback.emission.indexed.affine import Bounds, letters_of
from symback.emission.indexed.hoisting import loop_axes
from symback.emission.indexed.program import ADJOINT, IndexedProgram, Statement
from symback.emission.indexed.shared import name_products
from symback.emission.indexed.walk import bounds_within, limits_of, rebuilt, walk

__all__ = ["factored"]


class _Unfit(Exception):
    """A quantity is read where putting it in gains nothing."""


def factored(program: IndexedProgram) -> IndexedProgram:
    """The same program with such quantities put in where sums read them."""
    looped = loop_axes(program)[1]
    changed = program
    for statement in program.statements:
        if statement.key not in looped:
            changed = _put_in(changed, statement.key, looped)
    return changed if changed is program else name_products(changed)


def _put_in(
    program: IndexedProgram, key: str, looped: Mapping[str, frozenset[str]]
) -> IndexedProgram:
    """The program without a quantity, or as it was."""
    own = [s for s in program.statements if s.key == key]
    results = program.results or tuple(f"{ADJOINT}{q.name}" for q in program.wanted)
    if len(own) != 1 or key in results or not _is_scaled(own[0]):
        return program
    work = _Putting(own[0])
    try:
        forward, backward = (
            tuple(work.statement(s, looped) for s in part if s.key != key)
            for part in (program.forward, program.backward)
        )
    except _Unfit:
        return program
    if not work.sums or work.others > 1:
        return program
    return replace(program, forward=forward, backward=backward)


def _is_scaled(statement: Statement) -> bool:
    """Whether a value is one array times factors that lack some of its letters."""
    letters = set(statement.letters)
    if statement.is_boundary or len(letters) < 2 or len(letters) != len(statement.indices):
        return False
    factors = Mul.make_args(statement.value)
    full = [f for f in factors if isinstance(f, Indexed) and letters_of(f) == letters]
    thin = [f for f in factors if f not in full]
    return (
        len(full) == 1
        and len(full[0].indices) == len(letters)
        and all(_is_simple(f) for f in factors)
        and all(letters_of(f) < letters for f in thin)
        and any(letters_of(f) for f in thin)
    )


def _is_simple(factor: Expr) -> bool:
    """Whether a factor is a number, a size, an entry at letters, or a power of one."""
    base = factor.base if isinstance(factor, Pow) and factor.exp.is_Integer else factor
    if isinstance(base, Indexed):
        return not isinstance(base, IntegerEntry) and all(
            isinstance(i, Symbol) for i in base.indices
        )
    return (not base.has(Indexed) and not base.args) or bool(base.is_number)


class _Putting:
    """Puts one quantity's value in, and counts where.

    Attributes:
        sums: the sums that read it.
        others: how often it is read beside them.
        bounds: of the letters of the statement that reads it.
    """

    def __init__(self, statement: Statement) -> None:
        self.own = statement
        self.sums = self.others = 0
        self.bounds: Bounds = {}

    def statement(self, read: Statement, looped: Mapping[str, frozenset[str]]) -> Statement:
        """A statement with the quantity's value in its place; no recursion is one that may be."""
        if self.own.key not in read.reads:
            return read
        if read.key in looped or read.is_boundary:
            raise _Unfit
        self.bounds = read.bounds
        return replace(read, value=self.change(read.value))

    def change(self, node: Expr) -> Expr:
        """An expression with the quantity's value in its place.

        Raises:
            _Unfit: where it stands inside of a function, or in a product of matrices, or is read
                beyond its entries, where it is something else than that value.
        """
        if not self._reads(node):
            return node
        if self._is_own(node):
            self.others += 1
            return self._value(node, self.bounds)
        if isinstance(node, Sum):
            self.sums += 1
            return self._sum(node)
        if isinstance(node, Add | Mul):
            return rebuilt(node, self.change)
        raise _Unfit

    def _sum(self, node: Sum) -> Expr:
        factors = list(Mul.make_args(node.function))
        read = [f for f in factors if self._reads(f)]
        if len(read) != 1 or not self._is_own(read[0]) or not all(map(_is_simple, factors)):
            raise _Unfit
        letters = letters_of(read[0])
        if any(letters_of(end) for limit in limits_of(node) for end in limit[1:]):
            raise _Unfit
        if not letters_of(node.function) <= letters:
            raise _Unfit
        value = self._value(read[0], bounds_within(self.bounds, node))
        every = [f for f in factors if f is not read[0]] + list(Mul.make_args(value))
        bound = {limit[0] for limit in limits_of(node)}
        inside = [f for f in every if letters_of(f) & bound]
        full = [f for f in inside if letters_of(f) == letters]
        if len(full) > 2 or len(inside) > len(full) + 1:
            raise _Unfit
        before = Mul(*(f for f in every if not letters_of(f) & bound))
        return before * Sum(Mul(*inside), *node.limits)

    def _reads(self, node: Expr) -> bool:
        return any(self._is_own(part) for part in walk(node))

    def _is_own(self, node: Expr) -> bool:
        return isinstance(node, Indexed) and name_of(node) == self.own.key

    def _value(self, entry: Expr, bounds: Bounds) -> Expr:
        if not _is_simple(entry) or len(set(entry.indices)) != len(entry.indices):
            raise _Unfit
        letters = dict(zip(self.own.indices, entry.indices, strict=True))
        if any(self.own.bounds[own] != bounds.get(read) for own, read in letters.items()):
            raise _Unfit
        return self.own.value.xreplace(letters)
