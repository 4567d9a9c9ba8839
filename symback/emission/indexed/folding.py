"""Sums over what a stride reaches, taken tap by tap.

The chain rule gives ``dx[h] = sum(i, dy[i] K[h - S*(i - 1)])`` with rounded limits: which outputs
reach an input.  As code it is quicker to go through the taps, ``r = h - S*(i - 1)``, and to add
each product where it belongs: the same sum over ``i`` and ``r`` with ``h == S*(i - 1) + r``.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Indexed, Integer, Mul, S, Symbol, Tuple, expand

from symback.algebra.expressions import Delta, Sum, fresh, name_of
from symback.algebra.indexing import CeilingOf, FloorOf, IntegerEntry, Largest, Smallest
from symback.emission.indexed.affine import affine, at_least, letters_of
from symback.emission.indexed.program import Array, IndexedProgram
from symback.emission.indexed.walk import entries, limits_of, rebuilt

__all__ = ["folded"]


def folded(program: IndexedProgram) -> IndexedProgram:
    """The same program with strided sums taken tap by tap."""

    def change(node: Expr) -> Expr:
        node = rebuilt(node, change)
        if isinstance(node, Sum) and not isinstance(node.function, Add):
            for _ in range(4):
                found = _one(node, program)
                if found is None:
                    break
                node = found
        return node

    return replace(
        program, backward=tuple(replace(s, value=change(s.value)) for s in program.backward)
    )


def _one(node: Sum, program: IndexedProgram) -> Sum | None:
    """The sum with one strided index taken tap by tap; None where there is none."""
    limits = limits_of(node)
    for place, (letter, first, last) in enumerate(limits):
        if not (letters_of(first) or letters_of(last)):
            continue
        for entry in entries(node.function):
            if isinstance(entry, IntegerEntry):
                continue
            array = program.arrays[name_of(entry)]
            for axis, index in enumerate(entry.indices):
                made = _tap(index, letter, array, axis, (first, last))
                if made is None:
                    continue
                tap, delta, box = made
                body = _with_tap(node.function, index, tap)
                ends = array.slots[axis]
                others = [*limits]
                others[place] = Tuple(letter, *box)
                others.append(Tuple(tap, *ends))
                return Sum(Mul(delta, body), *others)
    return None


def _tap(
    index: Expr, letter: Symbol, array: Array, axis: int, limits: tuple[Expr, Expr]
) -> tuple[Symbol, Expr, tuple[Expr, Expr]] | None:
    parts = affine(index)
    stride = parts.letters.get(letter)
    if stride is None or stride in (1, -1) or parts.others or len(parts.letters) != 2:
        return None
    (other,) = (x for x in parts.letters if x != letter)
    if parts.letters[other] != 1 or not at_least(-stride, S.One):
        return None
    size = -stride
    low, high = array.slots[axis]
    rest = index + size * letter
    # low <= rest - size*letter <= high
    from_first = CeilingOf(expand(rest - high), size)
    to_last = FloorOf(expand(rest - low), size)
    first = _without(limits[0], from_first, Largest)
    last = _without(limits[1], to_last, Smallest)
    if first is None or last is None:
        return None
    tap = fresh("r")
    delta = Delta(other, expand(tap + size * letter - parts.rest))
    return tap, delta, (first, last)


def _without(end: Expr, bound: Expr, kind: type[Expr]) -> Expr | None:
    """The other parts of the end of a range, of which one is this bound; None where none is."""
    parts = end.args if isinstance(end, kind) else (end,)
    others = [p for p in parts if _normal(p) != _normal(bound)]
    if len(others) != len(parts) - 1 or any(letters_of(p) for p in others):
        return None
    return kind(*others) if others else None


def _normal(node: Expr) -> Expr:
    """A rounded quotient with whole multiples of its divisor taken out."""
    total: Expr = S.Zero
    for term in Add.make_args(node):
        if not isinstance(term, (FloorOf, CeilingOf)):
            total += term
            continue
        above, below = expand(term.numerator), term.divisor
        kept: Expr = S.Zero
        for part in Add.make_args(above):
            quotient = part / below
            if part.is_Integer and below.is_Integer:
                whole = Integer(int(part) // int(below))
                total += whole
                kept += part - whole * below
            elif expand(quotient).is_Integer or (below.is_Symbol and part.has(below)):
                total += quotient
            else:
                kept += part
        total += type(term)(kept, below)
    return total


def _with_tap(body: Expr, index: Expr, tap: Symbol) -> Expr:
    def change(node: Expr) -> Expr:
        if isinstance(node, Indexed):
            return type(node)(node.base, *(tap if i == index else change(i) for i in node.indices))
        return rebuilt(node, change)

    return change(body)
