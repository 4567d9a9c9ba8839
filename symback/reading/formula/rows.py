r"""The rows of a display: environments opened, lines that go on joined, alignment taken out.

The parser of expressions sees one equation's tokens at a time. A row that begins with `+` goes
on with the row before; one that begins with a relation stays a row of its own, because it is a
new step of the chain and must be reported on its own line.
"""

from __future__ import annotations

from collections.abc import Iterator

from symback.reading.formula.opening_words import opener
from symback.reading.formula.relations_typed import with_relations
from symback.reading.formula.tokens import Token

_ROW_ENVIRONMENTS = frozenset(
    """aligned align split gather gathered eqnarray multline multlined equation alignat alignedat
    flalign dmath displaymath math subequations dgroup""".split()
)
_HEAVY = frozenset(["mathbf", "boldsymbol", "bm"])
_MAYBE_ROWS = frozenset(["array", "cases", "dcases", "rcases", "matrix", "Bmatrix"])
_OPERATORS = frozenset(["relation", "sign", "product", "operator"])
_BLANK = frozenset(["align", "quad"])
_BEFORE_REMARK = frozenset(["align", "quad", "row"])
_AFTER_REMARK = frozenset(["align", "quad", "row", "end"])
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def rows(tokens: list[Token]) -> list[list[Token]]:
    """Return the rows of a formula, each ending with a token of kind `end-of-formula`."""
    tokens = _unboxed(_without_empty_groups(tokens[:-1]))
    opened = list(_without_environments(_with_remarks(tokens)))
    joined: list[list[Token]] = []
    going_on = False
    for row in _split(opened):
        if not row:
            continue
        if joined and going_on and _says_again(joined[-1], row):
            joined[-1] += row[row.index(_significant(row)[0]) + 1 :]
        elif joined and (going_on or _continues(row)):
            joined[-1] += row
        else:
            joined.append(row)
        going_on = _unfinished(joined[-1])
    return [[*with_relations(list(_cleaned(_unwrapped(row)))), _end(row)] for row in joined]


def _without_empty_groups(tokens: list[Token]) -> list[Token]:
    r"""Return the tokens without the `{}` that only sets the space of a sign: `{} + b`."""
    kept: list[Token] = []
    for token in tokens:
        if token.kind in _OPERATORS and [t.kind for t in kept[-2:]] == ["{", "}"]:
            if not kept[:-2] or kept[-3].kind in _BEFORE_REMARK:
                del kept[-2:]
        kept.append(token)
    return kept


def _unboxed(tokens: list[Token]) -> list[Token]:
    r"""Return the tokens without braces around a whole display, as `\boxed{…}` leaves them."""
    if len(tokens) > 1 and tokens[1].kind == "begin":
        if tokens[1].text in _ROW_ENVIRONMENTS or tokens[1].text in _MAYBE_ROWS:
            return _unwrapped(tokens)
    return tokens


def _with_remarks(tokens: list[Token]) -> list[Token]:
    r"""Return the tokens with every remark in an environment of its own made one text.

    A remark stands apart, behind an alignment or at the begin of a row, up to the end of its
    row, and holds sentences alone: `& \begin{pmatrix}\text{by the chain rule}\end{pmatrix}`.
    """
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _remark_end(tokens, at) if not found or found[-1].kind in _BEFORE_REMARK else at
        if end > at:
            words = " ".join(t.text.strip() for t in tokens[at:end] if t.kind == "text")
            found.append(tokens[at]._replace(kind="text", text=words, end=tokens[end - 1].end))
        else:
            found.append(tokens[at])
        at = max(end, at + 1)
    return found


def _remark_end(tokens: list[Token], start: int) -> int:
    """Return where the remark that begins at `start` ends, or `start` where none does."""
    depth, end, sentences, begun = 0, start, False, False
    while end < len(tokens) and (depth or tokens[end].kind in ("{", "begin")):
        token = tokens[end]
        if token.kind == "text":
            sentences = sentences or " " in token.text.strip()
        elif token.kind in ("{", "begin"):
            depth, begun = depth + 1, begun or token.kind == "begin"
        elif token.kind in ("}", "end"):
            depth -= 1
        elif token.kind not in ("row", "align", "quad"):
            return start
        end += 1
    closed = end == len(tokens) or tokens[end].kind in _AFTER_REMARK
    return end if sentences and begun and closed else start


def _end(row: list[Token]) -> Token:
    last = row[-1]
    return Token("end-of-formula", "", last.end, last.end)


def _without_environments(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens without the `\\begin` and `\\end` of environments made of equations."""
    open_rows: list[bool] = []
    previous: Token | None = None
    in_brace = False
    for number, token in enumerate(tokens):
        if _embraces_rows(tokens, number, previous):
            in_brace = True  # `\\left\\{ … \\right.` around several equations
            continue
        if in_brace and token.kind == "null" and not open_rows:
            in_brace = False
            continue
        if token.kind == "begin":
            of_cases = number and _embraces(tokens, number - 1)
            is_rows = (token.text in _ROW_ENVIRONMENTS and (in_brace or not of_cases)) or (
                token.text in _MAYBE_ROWS
                and (previous is None or previous.kind == "row")
                and _first_cells_relate(tokens, number)
            )
            open_rows.append(is_rows)
            if is_rows:
                continue
        elif token.kind == "end" and open_rows.pop():
            continue
        previous = token
        yield token


def _embraces_rows(tokens: list[Token], at: int, previous: Token | None) -> bool:
    """Say whether a brace that opens a row stands before an array of equations."""
    if not (previous is None or previous.kind == "row"):
        return False
    return _embraces(tokens, at) and _first_cells_relate(tokens, at + 1)


def _embraces(tokens: list[Token], at: int) -> bool:
    """Say whether a brace opens here before a table, and none closes behind it."""
    if tokens[at].kind != "bracket" or tokens[at].text != "{":
        return False
    depth = 0
    for number, token in enumerate(tokens[at + 1 :], at + 1):
        depth += (token.kind == "begin") - (token.kind == "end")
        if depth <= 0:
            after = tokens[number + 1] if number + 1 < len(tokens) else token
            return token.kind == "end" and (after.kind, after.text) == ("null", "close")
    return False


def _first_cells_relate(tokens: list[Token], begin: int) -> bool:
    """Say whether an array or cases holds equations: `a &=& b`, or `a = b` in its first cell."""
    aligned = depth = 0
    start = begin + 1
    while start < len(tokens) and tokens[start].kind in _BLANK:
        start += 1  # columns that are empty in front set the rows in
    for number, token in enumerate(tokens[start:], start):
        if token.kind in ("{", "begin"):
            depth += 1
        elif token.kind in ("}", "end"):
            depth -= 1
            if depth < 0:
                return False
        elif not depth and token.kind == "text" and opener(token.text):
            return False  # `-a_k a_i \\text{ if } k \\neq i`
        elif not depth and token.kind == "relation":
            return not aligned or tokens[number - 1].kind == "align"
        elif not depth and token.kind == "align":
            aligned += 1
        elif not depth and token.kind == "row":
            return False
    return False


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    row: list[Token] = []
    depth = 0
    for token in tokens:
        if token.kind in ("{", "begin"):
            depth += 1
        elif token.kind in ("}", "end"):
            depth -= 1
        if token.kind == "row" and not depth:
            yield row
            row = []
        else:
            row.append(token)
    yield row


def _significant(row: list[Token]) -> list[Token]:
    return [token for token in row if token.kind not in _BLANK]


def _continues(row: list[Token]) -> bool:
    """Say whether a row goes on with the sum or product of the row before, or is its reason."""
    apart = [token for token in row if token.kind != "align"]
    if apart and apart[0].kind == "quad" and all(t.kind in ("quad", "text") for t in apart):
        return True
    row = _significant(row)
    if not row or row[0].kind not in ("sign", "product", "operator"):
        return False
    if row[0].text != "-":
        return True
    # `- b` goes on, `-x = …` is an equation of its own.
    return not any(token.kind == "relation" for token in _outside(row))


def _says_again(before: list[Token], row: list[Token]) -> bool:
    """Say whether a row begins with the relation that ends the one before, `a =` and `= b`."""
    begun, goes_on = _significant(before), _significant(row)
    if not begun or not goes_on:
        return False
    last, first = begun[-1], goes_on[0]
    again = last.kind == first.kind and last.kind in ("relation", "sign", "product")
    return again and last.text == first.text


def _unfinished(row: list[Token]) -> bool:
    """Say whether a row ends in the middle: after an operator or inside brackets."""
    row = _significant(row)
    if not row:
        return False
    depth = 0
    for token in row:
        if token.kind == "bracket":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
    return depth > 0 or row[-1].kind in _OPERATORS


def _outside(row: list[Token]) -> Iterator[Token]:
    """Yield the tokens that stand in no braces, brackets or environments."""
    depth = 0
    for token in row:
        opens = token.kind in ("{", "begin") or (token.kind == "bracket" and token.text in _OPENING)
        closes = token.kind in ("}", "end") or (token.kind == "bracket" and token.text in _CLOSING)
        depth -= closes
        if not depth and not opens and not closes:
            yield token
        depth += opens


def _unwrapped(row: list[Token]) -> list[Token]:
    r"""Return a row without braces around the whole of it, as `\boxed{…}` leaves them."""
    if len(row) > 3 and row[0].text in _HEAVY and row[1].kind == "{" and _relates(row):
        row = _unwrapped(row[1:]) if _spans(row[1:]) else row  # `\\mathbf{a = b}`
    while len(row) > 2 and row[0].kind == "{" and row[-1].kind == "}":
        depth = 0
        for number, token in enumerate(row):
            depth += (token.kind == "{") - (token.kind == "}")
            if not depth and number < len(row) - 1:
                return row
        if any(token.kind == "command" and token.text == "over" for token in row):
            return row
        row = row[1:-1]
    return row


def _relates(row: list[Token]) -> bool:
    return any(token.kind == "relation" for token in row)


def _spans(row: list[Token]) -> bool:
    """Say whether the brace that a row begins with closes at its end."""
    depth = 0
    for number, token in enumerate(row):
        depth += (token.kind == "{") - (token.kind == "}")
        if not depth:
            return number == len(row) - 1
    return False


def _cleaned(row: list[Token]) -> Iterator[Token]:
    """Yield a row's tokens; an alignment or wide space left in separates two equations."""
    depth = 0
    inside_tables = 0
    for number, token in enumerate(row):
        inside_tables += (token.kind == "begin") - (token.kind == "end")
        depth += token.kind in ("{",) or (token.kind == "bracket" and token.text in _OPENING)
        depth -= token.kind in ("}",) or (token.kind == "bracket" and token.text in _CLOSING)
        if token.kind == "quad" and inside_tables:
            continue
        if token.kind in _BLANK and not inside_tables:
            if depth > 0:
                continue
            if not _separates(row, number):
                continue
            token = token._replace(kind="quad")
        yield token


def _separates(row: list[Token], number: int) -> bool:
    """Say whether a wide space or alignment stands between two expressions, once for a run."""
    if number and row[number - 1].kind in _BLANK:
        return False
    after = number
    while after < len(row) and row[after].kind in _BLANK:
        after += 1
    if not number or after == len(row):
        return False
    return row[number - 1].kind not in _OPERATORS and row[after].kind not in _OPERATORS
