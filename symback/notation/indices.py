"""Index expressions as short texts, which every printer sets in its own way: ``2(i-1)+r``.

A letter times a number or a size is put in a bracket with the constant beside it, as it is taught:
``2(i-1)+r`` rather than ``2i+r-2``.
"""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, S, Symbol

from symback.algebra.indexing import (
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Smallest,
)

__all__ = ["index_text"]


def index_text(index: Expr) -> str:
    """An index or an index expression, without spaces.

    >>> from sympy import symbols
    >>> i, r = symbols("i r", integer=True)
    >>> index_text(2 * i + r - 2)
    '2(i-1)+r'
    """
    if isinstance(index, Symbol):
        return str(index.name)
    if isinstance(index, Integer):
        return str(index)
    if isinstance(index, IntegerEntry):
        inner = ",".join(map(index_text, index.indices))
        return f"{index.base.label}[{inner}]" if inner else str(index.base.label)
    if isinstance(index, Add):
        return _joined(_terms(index))
    if isinstance(index, Mul):
        return _joined([index])
    if isinstance(index, Largest | Smallest):
        name = "max" if isinstance(index, Largest) else "min"
        return f"{name}({','.join(map(index_text, index.args))})"
    if isinstance(index, FloorOf | CeilingOf):
        name = "floor" if isinstance(index, FloorOf) else "ceil"
        top, below = index_text(index.numerator), index_text(index.divisor)
        top = f"({top})" if isinstance(index.numerator, Add) else top
        return f"{name}({top}/{below if below.isalnum() else f'({below})'})"
    if isinstance(index, Divides):
        return f"[{index_text(index.args[0])}|{index_text(index.args[1])}]"
    if isinstance(index, Extreme):
        return f"{index.kind}_{index.limit[0].name}"
    return str(index)


def _terms(index: Add) -> list[Expr]:
    """The terms, those of one letter with a number or a size put together."""
    rest = list(index.args)
    for term in index.args:
        letters = [part for part in Mul.make_args(term) if _is_letter(part)]
        if len(letters) != 1 or term not in rest:
            continue
        factor = term / letters[0]
        if factor in (S.One, S.NegativeOne):
            continue
        number = next((t for t in rest if t.is_Integer), S.Zero)
        if factor.is_Integer and factor > 1 and number <= -factor:
            rest = [t for t in rest if t not in (term, number)]
            rest += [Mul(factor, letters[0] - 1, evaluate=False)]
            rest += [number + factor] if number + factor != 0 else []
        elif not factor.is_Integer and -factor in rest:
            rest = [t for t in rest if t not in (term, -factor)]
            rest.append(Mul(factor, letters[0] - 1, evaluate=False))
    return rest


def _is_letter(part: Expr) -> bool:
    return isinstance(part, Symbol) and not part.is_positive


def _joined(terms: list[Expr]) -> str:
    pairs = sorted(map(_term, terms), key=lambda pair: pair[0])
    if pairs[0][1].startswith("-"):  # 1-M rather than -M+1
        pairs.sort(key=lambda pair: pair[1].startswith("-"))
    first, *others = (text for _, text in pairs)
    return first + "".join(t if t.startswith("-") else f"+{t}" for t in others)


def _term(term: Expr) -> tuple[tuple[int, ...], str]:
    """What a term is sorted by, and its text: what is added first, letters before sizes."""
    number, rest = (S.One, term) if not isinstance(term, Mul) else _split(term)
    if term.is_Integer:
        return (2, 0), str(term)
    parts = sorted(Mul.make_args(rest), key=lambda part: (not part.is_positive, index_text(part)))
    texts = [
        f"({index_text(part)})" if isinstance(part, Add) else index_text(part) for part in parts
    ]
    body = "".join(
        text if not place or text.startswith("(") else f"*{text}"
        for place, text in enumerate(texts)
    )
    if abs(number) != 1:
        body = f"{abs(number)}{body}"
    has_letter = any(not symbol.is_positive for symbol in term.free_symbols)
    scaled = len(parts) > 1 or abs(number) != 1
    key = (int(bool(number < 0)), 2 if not has_letter else 0 if scaled else 1)
    return key, f"-{body}" if number < 0 else body


def _split(term: Mul) -> tuple[Expr, Expr]:
    numbers = [part for part in term.args if part.is_Integer]
    rest = [part for part in term.args if not part.is_Integer]
    return Mul(*numbers), Mul(*rest, evaluate=False)
