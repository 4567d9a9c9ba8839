"""Answer sheets as they come in: wide or long CSV, TOML; digits are kept as they were typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from symback.errors import InputError, quote
from symback.records import dataclass

__all__ = ["Keys", "Sheet", "csv_line", "read_csv", "read_toml_sheets", "safe_cell"]

STUDENT = ("student", "name", "id", "email", "user", "username", "surname", "matriculation",
           "matrikelnummer", "number")  # fmt: skip
"""What the column of students is called; else it is the first."""

MAX_NAME = 200
MAX_COLUMNS = 5000


class Keys(Protocol):
    """What says which value a column or a name means."""

    def key(self, name: str) -> str:
        """The key that a name stands for; empty for one that is passed over."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one student wrote, by key."""

    student: str
    answers: dict[str, str]


def read_csv(
    lines: Iterable[str], source: str, names: Keys, note: Callable[[str], None] = lambda _: None
) -> Iterator[Sheet]:
    """The sheets of a CSV, as they come: one row for each student, or one for each value.

    Args:
        lines: of the file, in any dialect with commas, semicolons or tabs.
        source: its name, for messages.
        names: what the columns may be called.
        note: is told what was taken for granted.

    Raises:
        InputError: for an empty file, an unknown column or value, no column of students, a student
            with two rows, a row of another length; with the line.
    """
    stream = iter(lines)
    first = next(stream, "").removeprefix("\ufeff")
    if not first.strip():
        raise InputError("is empty", where=source, hint="the first line names the values")
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(_counted([first], stream), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader)]
        folded = [cell.casefold() for cell in header]
        if len(header) > MAX_COLUMNS:
            raise InputError(f"has more than {MAX_COLUMNS} columns", where=source)
        if len(folded) == 3 and folded[1] in ("name", "key", "quantity") and folded[2] in (
            "value", "answer",
        ):  # fmt: skip
            yield from _long(reader, source, names)
            return
        yield from _wide(reader, header, _students(header, source, names, note), source, names)
    except csv.Error as error:
        raise InputError(f"no CSV: {error}", where=f"{source}, line {reader.line_num}") from None


def _counted(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    for line in rest:
        yield line.replace("\0", "")


def _students(header: list[str], source: str, names: Keys, note: Callable[[str], None]) -> int:
    """The place of the column of students: one that is called so, else the first."""
    for place, cell in enumerate(header):
        if cell.casefold() in STUDENT:
            return place
    try:
        names.key(header[0])
    except InputError:
        note(f"the first column, {quote(header[0])}, is taken for the students' names")
        return 0
    raise InputError(
        f"has no column of students: the first, {quote(header[0])}, is one of answers",
        where=f"{source}, line 1", hint="call one student",
    )  # fmt: skip


def _wide(
    reader: Iterator[list[str]], header: list[str], student: int, source: str, names: Keys
) -> Iterator[Sheet]:
    keys: list[str | None] = []
    for place, cell in enumerate(header):
        if place == student:
            keys.append(None)
            continue
        try:
            key = names.key(cell)
        except InputError as error:
            raise InputError(
                f"column {place + 1}: {error.message}", where=f"{source}, line 1"
            ) from None
        if key and key in keys:
            raise InputError(f"two columns are {quote(key)}", where=f"{source}, line 1")
        keys.append(key)
    if not any(keys):
        which = " that are asked for" if len(header) > 1 else ""
        raise InputError(f"has no column with values{which}", where=f"{source}, line 1")
    seen: set[str] = set()
    for number, row in enumerate(reader, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise InputError(
                f"has {len(row)} cells, and the first line has {len(header)}",
                where=f"{source}, line {number}",
                hint="a decimal comma needs quotes, or semicolons between cells",
            )
        name = _student(row[student], source, number)
        if name in seen:
            raise InputError(f"a second row for {quote(name)}", where=f"{source}, line {number}")
        seen.add(name)
        yield Sheet(
            name, {key: cell for key, cell in zip(keys, row, strict=True) if key and cell.strip()}
        )


def _long(reader: Iterator[list[str]], source: str, names: Keys) -> Iterator[Sheet]:
    """Rows of a student need not stand together, so all are read first."""
    sheets: dict[str, dict[str, str]] = {}
    for number, row in enumerate(reader, start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{source}, line {number}"
        if len(row) != 3:
            raise InputError(f"has {len(row)} cells, not student, name, value", where=where)
        student = _student(row[0], source, number)
        try:
            key = names.key(row[1])
        except InputError as error:
            raise error.at(where) from None
        answers = sheets.setdefault(student, {})
        if not key:
            continue
        if key in answers:
            raise InputError(f"a second value of {key} for {quote(student)}", where=where)
        answers[key] = row[2]
    for student, answers in sheets.items():
        yield Sheet(student, answers)


def _student(text: str, source: str, number: int) -> str:
    name = text.strip()
    if not name:
        raise InputError("has no student", where=f"{source}, line {number}")
    if len(name) > MAX_NAME:
        raise InputError(
            f"the student's name has {len(name)} letters", where=f"{source}, line {number}"
        )
    return name


def read_toml_sheets(data: bytes, source: str, names: Keys) -> Iterator[Sheet]:
    """The sheets of a TOML file: a table for each student, whose keys are names of values.

    Raises:
        InputError: for what is not TOML, and for an unknown name.
    """
    import tomllib

    from symback.model.spec import parse_toml

    text = parse_toml(data, source).text
    content = tomllib.loads(text, parse_float=str)
    tables = content.get("sheets", content)
    if not isinstance(tables, dict) or not tables:
        raise InputError("has no sheets", where=source, hint='write ["Ann"], then h1 = "0.27"')
    if not all(isinstance(table, dict) for table in tables.values()):
        tables = {"": content}
    for student, table in tables.items():
        answers: dict[str, str] = {}
        for name, value in table.items():
            try:
                key = names.key(name)
            except InputError as error:
                raise error.at(f"{source}, {student}") from None
            if not key:
                continue
            if isinstance(value, dict | list):
                raise InputError(f"{name} must be a number", where=f"{source}, {student}")
            answers[key] = str(value)
        yield Sheet(_student(student or "sheet", source, 1), answers)


def safe_cell(text: str) -> str:
    """A text for a cell of CSV that no spreadsheet takes for a formula."""
    clean = "".join(c for c in text if c.isprintable())
    return f"'{clean}" if clean[:1] in ("=", "+", "-", "@", "\t") else clean


def csv_line(cells: Iterable[str]) -> str:
    """One row of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
