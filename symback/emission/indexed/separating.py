"""Sums that stand in other expressions as statements of their own.

As loops over numbers a sum inside of a function would be added up for one entry after another,
across the rows of its arrays; as a statement of its own it is added up row by row.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Indexed, Mul, Symbol

from symback.algebra.expressions import Entry, Sum
from symback.emission.indexed.affine import letters_of
from symback.emission.indexed.program import ADJOINT, Array, IndexedProgram, Statement
from symback.emission.indexed.walk import BINDERS, limits_of, rebuilt, walk
from symback.model.equations import Quantity, Range, Role

__all__ = ["separated"]


def separated(program: IndexedProgram) -> IndexedProgram:
    """The same program with such sums computed by statements of their own."""
    work = _Separating(program)
    forward = [work.statement(s) for s in program.forward]
    backward = [work.statement(s) for s in program.backward]
    forward += [s for s in work.made if not s.key.startswith(ADJOINT)]
    backward += [s for s in work.made if s.key.startswith(ADJOINT)]
    return replace(program, arrays=work.arrays, forward=tuple(forward), backward=tuple(backward))


class _Separating:
    """One pass over all statements."""

    def __init__(self, program: IndexedProgram) -> None:
        self.arrays = dict(program.arrays)
        self.made: list[Statement] = []

    def statement(self, statement: Statement) -> Statement:
        """A statement whose sums across rows are entries of arrays."""
        if statement.is_boundary or not statement.letters:
            return statement
        letters = set(statement.letters)
        terms = statement.value.args if statement.value.is_Add else (statement.value,)
        in_place = {
            f
            for term in terms
            for f in Mul.make_args(term)
            if isinstance(f, Sum)
            and not any(letters_of(g) & letters for g in Mul.make_args(term) if g is not f)
        }

        def change(node: Expr) -> Expr:
            if isinstance(node, Sum):
                fits = letters_of(node) <= letters and letters_of(node)
                if node in in_place or not fits or not _is_across(node, letters):
                    return node
                return self._entry(node, statement)
            if isinstance(node, (Indexed, *BINDERS)):
                return node
            return rebuilt(node, change)

        return replace(statement, value=change(statement.value))

    def _entry(self, node: Sum, statement: Statement) -> Expr:
        letters = [s for s in statement.letters if s in letters_of(node)]
        slots = tuple(statement.bounds[s] for s in letters)
        about = statement.key.removeprefix(ADJOINT).partition("·")[0]
        name = f"{about}·s{len(self.arrays)}"
        ranges = tuple(Range(f"{a}..{b}", 0, first=a, last=b) for a, b in slots)
        quantity = Quantity(name, Role.OTHER, ranges, tuple(s.name for s in letters))
        adjoint = statement.key.startswith(ADJOINT)
        key = (ADJOINT if adjoint else "") + name
        label = f"d{about}_sum" if adjoint else f"{about}_sum"
        self.arrays[key] = Array(key, quantity, slots, label)
        bounds = {s: statement.bounds[s] for s in letters}
        self.made.append(Statement(0, key, tuple(letters), bounds, node))
        return Entry(key, *letters)


def _is_across(node: Sum, letters: set[Symbol]) -> bool:
    """Whether a letter of the left side, and no summed one, is last in some entry of a sum."""
    if node.function.has(*BINDERS):
        return False
    summed = {limit[0] for limit in limits_of(node)}
    if any(letters_of(end) & summed for limit in limits_of(node) for end in limit[1:]):
        return False
    last = [
        letters_of(e.indices[-1])
        for e in walk(node.function)
        if isinstance(e, Indexed) and e.indices
    ]
    return any(found & letters and not found & summed for found in last)
