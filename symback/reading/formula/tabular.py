r"""Matrices and case distinctions: the environments whose rows are not equations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula import symbols as names
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
    Unevaluated,
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
# What stands in a cell for the row or column that goes on.
_STROKES = frozenset(["|", "|<", "|>", "mid", "\\cdot", ":", ".."])


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
            if not (cases and rows[-1] == [None]):  # a column that is empty in front
                rows[-1].append(None)
        elif parser.sees("punctuation") and (cases or _is_trailing(parser, rows[-1][-1])):
            parser.take()
        elif parser.sees("punctuation", ",") and not cases and rows[-1][-1] is not None:
            if (
                parser.peek(-1).kind == parser.peek(1).kind == "number"
                and not parser.peek(1).spaced
            ):
                raise parser.failure(Reason.UNEXPECTED)  # `1,5` may be one number
            parser.take()  # entries with commas between: `\\begin{bmatrix} a, b \\end{bmatrix}`
            rows[-1].append(None)
        elif rows[-1][-1] is None:
            rows[-1][-1] = _cell(parser, condition=cases and len(rows[-1]) > 1)
        elif cases and len(rows[-1]) > 1 and _is_behind_comma(parser):
            rows[-1][-1] = _conditions(parser, rows[-1][-1])
        elif cases and len(rows[-1]) == 1 and (parser.sees("text") or _is_behind_comma(parser)):
            rows[-1].append(_condition_alone(parser))
        else:
            raise parser.failure(Reason.UNEXPECTED)
    return [row for row in rows if any(cell is not None for cell in row)]


def _is_line(parser: Parser) -> bool:
    """Say whether a cell is a stroke or a dot, which goes on with the row or column beside it."""
    named = parser.peek().kind in ("sign", "product", "operator")
    stroke = named or parser.peek().text in _STROKES
    return stroke and any(parser.sees(kind, ahead=1) for kind in ("align", "row", "end"))


def _cell(parser: Parser, *, condition: bool) -> Node:
    if _is_line(parser):
        parser.take()
        return Dots(span=parser.span_from(parser.at - 1))
    if not condition:
        at = parser.at
        cell = _said(parser) if parser.sees("text") else parser.relation()
        if ends_in_a_stroke(parser):
            parser.take()
            return Unevaluated("a row of an array", (cell,), span=parser.span_from(at))
        return cell
    start, said = parser.at, []
    while (parser.sees("text") and not _begins_formula(parser)) or _is_if(parser):
        said.append(parser.take().text.strip())
    if parser.sees("row") or parser.sees("end") or parser.sees("punctuation"):
        return Text(" ".join(said), span=parser.span_from(start))
    node = parser.relation()
    if said and parser.sees("text") and parser.starts_factor_behind():
        return _in_words(parser, start)
    while parser.sees("text") or parser.opens_words():
        parser.at += brackets_end(parser) if parser.sees("bracket") else 0
        parser.take()
    return node


def ends_in_a_stroke(parser: Parser) -> bool:
    r"""Say whether a sign at the end of a cell is a stroke, as in a row `- x_1 -`."""
    return parser.sees("sign", "-") and _ends_cell(parser)


def _is_trailing(parser: Parser, cell: Node | None) -> bool:
    """Say whether a comma or a full stop ends a cell that holds something."""
    return cell is not None and parser.peek().text in (",", ";", ".") and _ends_cell(parser)


def _in_words(parser: Parser, start: int) -> Node:
    r"""Step over a condition with words in its middle, `\\text{if } x \\text{ is } 1`."""
    while parser.peek().kind not in ("row", "end", "align", "end-of-formula"):
        parser.take()
    beside = " ".join(token.text for token in parser.tokens[start : parser.at])
    return Unevaluated("a condition in words", (), beside, span=parser.span_from(start))


def _said(parser: Parser) -> Node:
    """Read a cell that begins with words: a heading of a table, or a name."""
    start = parser.at
    words = parser.peek().text.strip()
    named = words.isalnum() and not names.is_typed_word(parser.peek())
    if named and parser.peek(1).kind != "command":
        return parser.relation()
    parser.take()
    if _ends_cell(parser, 0):
        return Text(words, span=parser.span_from(start))
    said = Text(words, span=parser.span_from(start))
    return Unevaluated("words", (said, parser.relation()), span=parser.span_from(start))


def _ends_cell(parser: Parser, ahead: int = 1) -> bool:
    return any(parser.sees(kind, ahead=ahead) for kind in ("align", "row", "end"))


def _begins_formula(parser: Parser) -> bool:
    r"""Say whether a word in a condition is the name of a quantity: `\\text{w} \\cdot x > 0`."""
    after = parser.peek(1)
    return parser.peek().text.strip().isalnum() and after.kind in ("product", "sub", "relation")


def _conditions(parser: Parser, first: Node) -> Node:
    """Read the conditions that follow one behind a comma; all of them hold, which is not judged."""
    start = parser.at
    other = _cell(parser, condition=True)
    return Unevaluated("several conditions", (first, other), span=parser.span_from(start))


def brackets_end(parser: Parser) -> int:
    """Return how many places on the bracket that comes next closes."""
    depth = ahead = 0
    while not parser.sees("end", ahead=ahead) and not parser.sees("end-of-formula", ahead=ahead):
        text = parser.peek(ahead).text
        depth += (text in ("(", "[")) - (text in (")", "]"))
        if depth <= 0:
            break
        ahead += 1
    return ahead


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
        for row in ([*row, *[None] * (width - len(row))] for row in rows)
    ]
    kept = [column for column in zip(*padded, strict=True) if any(c is not None for c in column)]
    if len(kept) == len(rows):  # in a square it may stand for noughts, which is not said
        kept = [tuple(Dots() if cell is None else cell for cell in column) for column in kept]
    filled = tuple(
        tuple(cell for cell in row if cell is not None) for row in zip(*kept, strict=True)
    )
    if any(len(row) != len(kept) for row in filled):
        raise parser.failure(Reason.ALIGNMENT)
    return filled
