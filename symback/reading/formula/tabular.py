r"""Matrices and case distinctions: the environments whose rows are not equations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Abs,
    Cases,
    Dots,
    Matrix,
    Node,
    Norm,
    Relation,
    Span,
    Text,
)
from symback.reading.formula.unread import Reason

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser

_BRACKETS = {
    "matrix": "", "smallmatrix": "", "array": "", "pmatrix": "(", "bmatrix": "[",
    "Bmatrix": "{", "vmatrix": "|", "Vmatrix": "||", "psmallmatrix": "(", "bsmallmatrix": "[",
}  # fmt: skip
_CASES = frozenset(["cases", "dcases", "rcases"])
ENVIRONMENTS = frozenset(_BRACKETS) | _CASES


def opens_cases(parser: Parser) -> bool:
    r"""Say whether a brace stands before a table and none behind: `\\left\\{ … \\right.`."""
    if not parser.sees("bracket", "{") or not parser.sees("begin", ahead=1):
        return False
    depth, ahead = 0, 1
    while True:
        kind = parser.peek(ahead).kind
        depth += (kind == "begin") - (kind == "end")
        if not depth or kind == "end-of-formula":
            return parser.sees("null", "close", ahead + 1)
        ahead += 1


def read_behind_brace(parser: Parser) -> Node:
    r"""Read `\\left\\{\\begin{array}{ll} … \\end{array}\\right.`, which are cases."""
    start = parser.at
    parser.take()
    node = read(parser, is_cases=True)
    parser.take()
    return replace(node, span=parser.span_from(start))


def read(parser: Parser, *, is_cases: bool = False) -> Node:
    """Read a matrix or cases.

    Args:
        parser: at the beginning of the environment.
        is_cases: whether it is one of cases whatever its name.
    """
    start = parser.at
    name = parser.peek().text
    is_cases = is_cases or name in _CASES
    if name not in ENVIRONMENTS and not is_cases:
        raise parser.failure(Reason.UNKNOWN_ENVIRONMENT)
    parser.take()
    closers, parser.closers = parser.closers, []
    in_subscript, parser.in_subscript = parser.in_subscript, False
    rows = _rows(parser, cases=is_cases)
    parser.closers, parser.in_subscript = closers, in_subscript
    parser.take()
    span = parser.span_from(start)
    if is_cases:
        return _cases(parser, rows, span)
    matrix = Matrix(_filled(parser, rows), _BRACKETS[name], span=span)
    if name == "vmatrix":
        return Abs(matrix, span=span)
    return Norm(matrix, span=span) if name == "Vmatrix" else matrix


def _rows(parser: Parser, *, cases: bool) -> list[list[Node | None]]:
    rows: list[list[Node | None]] = [[None]]
    while not parser.sees("end"):
        if parser.skip("row"):
            rows.append([None])
        elif parser.skip("align"):
            rows[-1].append(None)
        elif cases and parser.sees("punctuation"):
            parser.take()
        elif rows[-1][-1] is None:
            rows[-1][-1] = _cell(parser, condition=cases and len(rows[-1]) > 1)
        elif cases and len(rows[-1]) == 1 and (parser.sees("text") or _is_behind_comma(parser)):
            rows[-1].append(_condition_alone(parser))
        else:
            raise parser.failure(Reason.UNEXPECTED)
    return [row for row in rows if any(cell is not None for cell in row)]


def _is_line(parser: Parser) -> bool:
    """Say whether a cell is a stroke or a dot, which goes on with the row or column beside it."""
    stroke = parser.sees("sign", "-") or parser.peek().text in ("|", "|<", "|>", "mid", "\\cdot")
    return stroke and any(parser.sees(kind, ahead=1) for kind in ("align", "row", "end"))


def _cell(parser: Parser, *, condition: bool) -> Node:
    if _is_line(parser):
        parser.take()
        return Dots(span=parser.span_from(parser.at - 1))
    if not condition:
        return parser.relation()
    start, said = parser.at, []
    while parser.sees("text") or _is_if(parser):
        said.append(parser.take().text.strip())
    if parser.sees("row") or parser.sees("end") or parser.sees("punctuation"):
        return Text(" ".join(said), span=parser.span_from(start))
    node = parser.relation()
    while parser.sees("text"):
        parser.take()
    return node


def _is_behind_comma(parser: Parser) -> bool:
    before = parser.tokens[parser.at - 1]
    return before.kind == "punctuation" and before.text == ","


def _condition_alone(parser: Parser) -> Node:
    """Read a condition that no alignment divides from its value: `-r_k r_i, k = i`."""
    start = parser.at
    node = _cell(parser, condition=True)
    if not isinstance(node, Relation | Text):
        raise parser.failure(Reason.UNEXPECTED, parser.tokens[start])
    return node


def _is_if(parser: Parser) -> bool:
    return (parser.sees("letter", "i") and parser.sees("letter", "f", 1)) or (
        parser.sees("letter", "f") and parser.sees("letter", "i", -1)
    )


def _cases(parser: Parser, rows: list[list[Node | None]], span: Span) -> Node:
    values: list[Node] = []
    conditions: list[Node | None] = []
    for row in rows:
        cells = [cell for cell in row if cell is not None]
        if row[0] is None or len(cells) > 2:
            raise parser.failure(Reason.ALIGNMENT)
        values.append(cells[0])
        conditions.append(cells[1] if len(cells) > 1 else None)
    if not values:
        raise parser.failure(Reason.MISSING_OPERAND)
    return Cases(tuple(values), tuple(conditions), span=span)


def _filled(parser: Parser, rows: list[list[Node | None]]) -> tuple[tuple[Node, ...], ...]:
    """Return the rows without columns that are empty throughout (a `&&` makes one)."""
    width = max((len(row) for row in rows), default=0)
    if not rows:
        raise parser.failure(Reason.MISSING_OPERAND)
    # Beside dots and strokes a blank is more of them: `\\vdots & & \\ddots`.
    padded = [
        [Dots() if cell is None and any(isinstance(x, Dots) for x in row) else cell for cell in row]
        + [None] * (width - len(row))
        for row in rows
    ]
    kept = [column for column in zip(*padded, strict=True) if any(c is not None for c in column)]
    filled = tuple(
        tuple(cell for cell in row if cell is not None) for row in zip(*kept, strict=True)
    )
    if any(len(row) != len(kept) for row in filled):
        raise parser.failure(Reason.ALIGNMENT)
    return filled
