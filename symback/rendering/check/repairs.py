"""Repairs carried from a formula back to the file that it stands in, and printed as a diff.

A repair edits an excerpt: the formula as a finder cut it out, without the `> ` of a quotation, with
the escapes of a notebook decoded. It may be proposed for the file only where the way back is exact:
the characters to be replaced must be spelled in the file as they are in the excerpt (or escaped as
its kind of file escapes), and none may come out of a macro's body, which stands elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from difflib import unified_diff
from html import unescape

from symback.reading.finding import Excerpt, guess
from symback.reading.formula.expansion import calls
from symback.reading.statements.verdicts import DocumentReport, Judgement, Repair, Status
from symback.records import dataclass

__all__ = [
    "Edit", "Proposal", "applied", "diff", "edits_in_file", "is_in_formula", "propose", "repair_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Characters of a file to be replaced: from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would repair a document.

    Attributes:
        edits: in the order of the file; no two touch the same characters.
        refused: places of unique repairs that cannot be carried back, with the code of the reason:
            ``not-exact``, ``overlaps``, ``not-confirmed``.
    """

    edits: tuple[Edit, ...]
    refused: tuple[tuple[Judgement, str], ...] = ()


def repair_of(judgement: Judgement) -> Repair | None:
    """The repair of a statement that says most: the first that is unique, or else the first."""
    found = [d.repair for d in judgement.diagnoses if d.repair is not None]
    return next((repair for repair in found if repair.unique), found[0] if found else None)


def is_in_formula(excerpt: Excerpt, repair: Repair) -> bool:
    """Whether all that a repair changes stands in the formula, and nothing in a macro's body."""
    called = list(calls(excerpt.text, excerpt.macros))
    return not any(
        call.spoils(start, end) and not (repair.code == "left-side" and call.is_within(start, end))
        for start, end, _ in repair.edits
        for call in called
    )


def edits_in_file(
    excerpt: Excerpt, repair: Repair, text: str, kind: str
) -> tuple[Edit, ...] | None:
    """The edits of a repair at their places in the file, or None where one has no exact place.

    Args:
        excerpt: the formula that the repair edits.
        repair: its edits, by offsets in the excerpt.
        text: the whole file.
        kind: what kind of document it is, as `symback.reading.finding.guess` says.
    """
    if not is_in_formula(excerpt, repair):
        return None
    found = []
    for start, end, new in repair.edits:
        edit = _carried(excerpt, start, end, new, text, kind)
        if edit is None:
            return None
        found.append(edit)
    return tuple(sorted(found))


def _carried(excerpt: Excerpt, start: int, end: int, new: str, text: str, kind: str) -> Edit | None:
    body, origin = excerpt.text, excerpt.passage.origin
    if not 0 <= start <= end <= len(body):
        return None
    written = _escaped(new, kind)
    if written is None:
        return None
    first = origin(start) if start < len(body) else origin(start - 1) + 1
    if start == end:
        # What stands beside the place must be spelled as in the file.
        beside = start if start < len(body) else start - 1
        return Edit(first, first, written) if _same(text, origin(beside), body[beside]) else None
    ends = [origin(end)] if end < len(body) else []
    for last in (*ends, origin(end - 1) + 1):
        spelled = text[first:last]
        if body[start:end] in (spelled, _unescaped(spelled, kind)):
            return Edit(first, last, written)
    return None


def _same(text: str, offset: int, character: str) -> bool:
    return text[offset : offset + 1] in (character, "\r" if character == "\n" else character)


def _escaped(new: str, kind: str) -> str | None:
    """A replacement as this kind of file spells it; None where that depends on the place."""
    if kind == "notebook":
        return json.dumps(new, ensure_ascii=False)[1:-1]
    if kind == "html" and re.search(r"[&<>]", new):
        return None
    return new


def _unescaped(spelled: str, kind: str) -> str:
    if kind == "html":
        return unescape(spelled)
    if kind == "notebook":
        try:
            return str(json.loads(f'"{spelled}"'))
        except ValueError:
            return spelled
    return spelled


def propose(report: DocumentReport, check: Callable[[str], DocumentReport]) -> Proposal:
    """The unique repairs of a document, each confirmed by reading the repaired document again.

    Args:
        report: the document as it stands.
        check: judges a text as this document was judged.
    """
    kind = report.kind or guess(report.text, report.path or None)
    wanted: dict[int, tuple[Edit, ...]] = {}
    refused: dict[int, str] = {}
    taken: list[Edit] = []
    for number, judgement in enumerate(report.judgements):
        repair = repair_of(judgement)
        if judgement.status is not Status.REFUTED or repair is None or not repair.unique:
            continue
        edits = edits_in_file(judgement.statement.excerpt, repair, report.text, kind)
        if edits is None:
            refused[number] = "not-exact"
        elif any(_clash(edit, other) for edit in edits for other in taken):
            refused[number] = "overlaps"
        else:
            wanted[number] = edits
            taken.extend(edits)
    while wanted:
        again = check(applied(report.text, _merged(wanted))).judgements
        wrong = [n for n in wanted if len(again) != len(report.judgements) or not _right(again[n])]
        if not wrong:
            break
        for number in wrong:
            refused[number] = "not-confirmed"
            del wanted[number]
    return Proposal(
        tuple(_merged(wanted)), tuple((report.judgements[n], refused[n]) for n in sorted(refused))
    )


def _right(judgement: Judgement) -> bool:
    return judgement.status in (Status.PROVED, Status.AGREES)


def _clash(edit: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters and are not the same edit."""
    if edit == other:
        return False
    if edit.start == edit.end or other.start == other.end:
        return edit.start <= other.end and other.start <= edit.end
    return edit.start < other.end and other.start < edit.end


def _merged(wanted: dict[int, tuple[Edit, ...]]) -> list[Edit]:
    return sorted({edit for edits in wanted.values() for edit in edits})


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made; they must be in order and apart."""
    pieces, read = [], 0
    for edit in edits:
        pieces += [text[read : edit.start], edit.new]
        read = edit.end
    return "".join([*pieces, text[read:]])


def diff(path: str, text: str, edits: Sequence[Edit], *, mark: str = "") -> str:
    """A unified diff as ``patch -p0`` takes it; empty where nothing changes.

    Args:
        path: the file's name.
        text: its text.
        edits: in order and apart.
        mark: the byte-order mark before the text, which is part of the first line.
    """
    name = _file_name(path)
    before, after = _split(mark + text), _split(mark + applied(text, edits))
    lines = unified_diff(before, after, fromfile=name, tofile=name, lineterm="\n")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _split(text: str) -> list[str]:
    # Not splitlines(): for patch a line ends with LF alone, and a CR before it is a character.
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _file_name(path: str) -> str:
    """A name as diffs write it: in quotes, as C does, where it holds what would end the line."""
    if path.isprintable() and not re.search(r'["\\]', path):
        return path + "\t" if " " in path else path  # the tab says that the name ends here
    return json.dumps(path, ensure_ascii=False)
