"""What templates of a report ask for: codes said in words, formulas and lines set."""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from jinja2 import UndefinedError
from markupsafe import Markup

from symback.reading.statements.codes import code_of
from symback.reading.statements.verdicts import Judgement, Repair, Status
from symback.rendering.check.formats import REPORT_FORMATS, escape_property, longest_run
from symback.rendering.check.report import UNCLOSED, CheckedDocument, Entry, Report
from symback.rendering.check.source import strip, visible
from symback.rendering.environment import environment, template_folders

__all__ = ["ReportPage"]

_COLORS = {
    "PROVED": "32", "AGREES": "32", "REFUTED": "1;31", "UNREAD": "33", "UNDECIDED": "33",
    "UNCLOSED": "33",
}  # fmt: skip
_VERDICT = 11  # columns for the longest verdict, and one space
_SHAPES = frozenset(["shape", "layout"])  # reasons that name the shapes, as their witnesses do
_HARD = "\N{NO-BREAK SPACE}"
_BLOCK_WIDTH = 100
_CELL_WIDTH = 300
_LINE_LIMIT = 2_000
"""So much of a line is shown on a page; no formula that is read would be cut by less than this."""


class ReportPage:
    """Sets a report in one format.

    Args:
        name: the format, one of `REPORT_FORMATS`.
        report: what is told.
        width: for text, the number of columns.
        color: for text, whether to use a terminal's colours.
    """

    def __init__(self, name: str, report: Report, *, width: int = 80, color: bool = False) -> None:
        self.setting = REPORT_FORMATS[name]
        self.report = report
        self.width = max(width, 40)
        self.color = color
        self.ascii = name == "ascii"
        self.is_text = self.setting.format.name == "text"
        self.environment = environment(self.setting.format)
        self._widths: dict[str, int] = {}

    def render(self, document: str = "report", **more: str) -> str:
        """The whole document: a ``report``, or the ``answer`` to one formula with what it takes."""
        suffix = self.setting.format.suffix
        template = self.environment.get_template(f"check/{document}.{suffix}.j2")
        text: str = template.render(page=self, report=self.report, words=self.words, **more)
        return text

    # In words -------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> Any:
        """The sentences of ``check/words.j2`` in this format."""
        return self.environment.get_template("check/words.j2").make_module({"page": self})

    def say(self, kind: str, code: str, about: Mapping[str, object] | None = None) -> Markup:
        """A code in words; one that the words do not know, as itself with what it is about."""
        if not code:
            return Markup("")
        about = about or {}
        macro: Callable[..., Markup] = getattr(self.words, kind)
        try:
            said = macro(code, about)
        except UndefinedError:  # it lacks what its sentence mentions
            said = Markup("")
        return Markup(said.strip() or self.words.unknown(code, about).strip())

    def reading(self, code: str, about: Mapping[str, str]) -> Markup:
        """An assumption in words."""
        return self.say("reading", code, about)

    def repair(self, repair: Repair) -> Markup:
        """An edit in words."""
        return self.say("repair", repair.code, repair.arguments)

    def reasons(self, entry: Entry) -> list[Markup]:
        """Why an entry has its verdict: sentences, the most telling first."""
        judgement = entry.judgement
        if judgement is None:
            problem = entry.problem
            assert problem is not None  # an entry is one or the other
            return [self.say("problem", problem.code, {"token": problem.token})]
        statement = judgement.statement
        said: list[Markup] = []
        if statement.unread is not None:
            why = statement.unread.reason.value
            sentence = self.words.unread(why, statement.unread.token).strip()
            said.append(self.words.numbered(sentence, code_of(why, unread=True)).strip())
        for diagnosis in judgement.diagnoses:
            if diagnosis.code != "repair":
                said.append(self.say("diagnosis", diagnosis.code, diagnosis.arguments))
            if diagnosis.repair is not None and diagnosis.repair is entry.repair:
                said.append(self.repair(diagnosis.repair))
        # That two sides differ needs no sentence beside the one that says where.
        told = judgement.reason == "values" and judgement.witness is not None
        if judgement.reason and statement.unread is None and not told:
            sentence = self.say("reason", judgement.reason, judgement.arguments)
            if judgement.status is Status.UNDECIDED:
                settled = self._settles(judgement)
                sentence = self.words.numbered(sentence, code_of(judgement.reason)).strip()
                said += [sentence, settled]
            else:
                said.append(sentence)
        if judgement.witness is not None and judgement.reason not in _SHAPES:
            said.append(self.words.witness(judgement.witness).strip())
        return [Markup(sentence) for sentence in dict.fromkeys(said) if sentence]

    def _settles(self, judgement: Judgement) -> Markup:
        """What would decide an undecided line; nothing where that is not known."""
        if judgement.settled_by:
            return Markup(self.words.settled_by(judgement.settled_by).strip())
        try:
            return Markup(self.words.settles(judgement.reason, judgement.arguments).strip())
        except UndefinedError:
            return Markup("")

    def because(self, entry: Entry) -> Markup:
        """The reasons as one paragraph."""
        return Markup(" ").join(self.reasons(entry))

    def code(self, text: object) -> str:
        """A formula or a token within a sentence."""
        shown = self.setting.code(str(text))
        if not self.is_text:
            return shown
        # Not to be broken when the paragraph is filled.
        return Markup(self._escaped(shown).replace(" ", _HARD))

    def ranges(self, numbers: Sequence[int]) -> str:
        """Numbers with runs joined: ``63-71, 80``."""
        joint = "–" if self.setting.format.name in ("text", "html", "markdown") else "-"
        runs: list[list[int]] = []
        for number in sorted(set(numbers)):
            if runs and number == runs[-1][1] + 1:
                runs[-1][1] = number
            else:
                runs.append([number, number])
        joint = "-" if self.ascii else joint
        return ", ".join(str(a) if a == b else f"{a}{joint}{b}" for a, b in runs)

    def in_property(self, value: object) -> Markup:
        """The value of a property of a workflow command."""
        return escape_property(str(value))

    # Text -----------------------------------------------------------------------------------------

    def title(self, text: str) -> Markup:
        """A heading, underlined."""
        plain = self._escaped(text)
        return Markup(f"{self._paint(plain, '1')}\n{('=' if self.ascii else '═') * len(plain)}")

    def verdict(self, entry: Entry) -> Markup:
        """The verdict, in its colour."""
        return Markup(self._paint(entry.verdict, _COLORS.get(entry.verdict, "2")))

    def place(self, entry: Entry) -> Markup:
        """Line, column and verdict, in columns."""
        place = self.cited(entry).rjust(self._places(entry))
        return Markup(f"{place}  {self.verdict(entry)}")

    def cited(self, entry: Entry) -> str:
        """The place of an entry as a reader finds it: line and column, in a notebook of a cell."""
        at = entry.in_cell
        if at is None:
            return f"{entry.line}:{entry.column}"
        return str(self.words.in_cell(at.cell, at.line, at.column)).strip()

    def settled(self, entry: Entry, note: str = "") -> Markup:
        """One line for what needs no look, and a note at its end."""
        place = self.place(entry)
        end = f"  {note}" if note else ""
        room = self.width - self._places(entry) - 2 - _VERDICT - 1 - len(end)
        shown = self.cut(entry.latex, self.width - room)
        return Markup(f"{place}{' ' * (_VERDICT - len(entry.verdict))} {shown}{end}".rstrip())

    def cut(self, text: str, indent: int) -> Markup:
        """The beginning of a text, as much as there is room for behind an indentation."""
        return Markup(strip(text, [(1, 2)], self.width - indent, ascii_only=self.ascii).shown)

    def _places(self, entry: Entry) -> int:
        """Columns for the places of a document: the last one of its last line is the widest."""
        path = entry.document.path
        if path not in self._widths:
            self._widths[path] = max(len(self.cited(each)) for each in entry.document.entries)
        return self._widths[path]

    def underlined(self, line: str, marks: Iterable[tuple[int, int]], indent: int = 4) -> Markup:
        """A line cut to the width, with carets under its marks."""
        cut = strip(line, marks, self.width - indent, ascii_only=self.ascii)
        pad = " " * indent
        return Markup(f"{pad}{cut.shown}\n{pad}{self._paint(cut.carets, '1;31')}")

    def paragraph(self, text: str, indent: int = 0, hanging: int = 0) -> Markup:
        """Text filled to the width; formulas in it are not broken."""
        filled = textwrap.fill(
            " ".join(text.split(" ")),
            min(self.width, 88),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
        )
        return Markup(filled.replace(_HARD, " "))

    def _escaped(self, text: str) -> str:
        return self.setting.format.escape(text)

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def last(self, text: str) -> Markup:
        """The last line, in the colour of the whole."""
        color = {"bad": "1;31", "wait": "33", "good": "1;32"}[self.outcome]
        return Markup(self._paint(text, color))

    # Markdown and HTML ----------------------------------------------------------------------------

    def block(self, line: str, marks: Iterable[tuple[int, int]]) -> Markup:
        """A fenced line with carets under its marks."""
        cut = strip(line, marks, _BLOCK_WIDTH)
        fence = "`" * max(3, longest_run(cut.shown, "`") + 1)
        return Markup(f"{fence}text\n{cut.shown}\n{cut.carets}\n{fence}")

    def cell(self, line: str) -> Markup:
        """A line as a code span in a table, where a bar would end the cell."""
        shown = strip(line, [(1, 2)], _CELL_WIDTH).shown
        return Markup(self.setting.code(shown).replace("|", "\\|"))

    def pieces(self, line: str, entries: Sequence[Entry]) -> list[tuple[str, str]]:
        """A line cut at the places of its entries: each piece with the verdict that marks it."""
        found, read = [], 0
        for entry in entries:
            start, end = entry.mark
            if read < start <= min(len(line), _LINE_LIMIT):
                found += [(line[read : start - 1], ""), (line[start - 1 : end - 1], entry.verdict)]
                read = end - 1
        found.append((line[read:_LINE_LIMIT] + ("…" if len(line) > _LINE_LIMIT else ""), ""))
        return [(_seen(text), verdict) for text, verdict in found if text]

    def highlighted(self, entry: Entry) -> list[tuple[str, bool]]:
        """The repaired line, cut into what is new and what stood there before."""
        assert entry.repaired is not None
        line, marks = entry.repaired
        found, read = [], 0
        for start, end in marks:
            found += [(line[read : start - 1], False), (line[start - 1 : end - 1], True)]
            read = end - 1
        return [(text, new) for text, new in (*found, (line[read:], False)) if text]

    @staticmethod
    def to_look_at(document: CheckedDocument) -> list[tuple[int, str]]:
        """The lines that need a look, each with its verdict that needs it most."""
        found: dict[int, str] = {}
        for entry in document.entries:
            if entry.is_finding and entry.says_something and found.get(entry.line) != "REFUTED":
                found[entry.line] = entry.verdict
        return list(found.items())

    @staticmethod
    def worst(entries: Sequence[Entry]) -> str:
        """How a row is marked: after the verdict that needs a look most."""
        if any(entry.verdict == "REFUTED" for entry in entries):
            return "row-bad"
        return "row-wait" if any(entry.is_finding for entry in entries) else "row-calm"

    @cached_property
    def style(self) -> Markup:
        """The style sheet; a page holds all that it needs."""
        folder = next(f for f in template_folders() if (f / "check" / "report.css").is_file())
        return Markup((folder / "check" / "report.css").read_text(encoding="utf-8"))

    @property
    def style_hash(self) -> str:
        """What lets a browser take this style sheet and no other."""
        digest = hashlib.sha256(self.style.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"

    # Everywhere -----------------------------------------------------------------------------------

    @property
    def outcome(self) -> str:
        """The whole in one word: ``bad``, ``wait`` or ``good``."""
        if not self.report.ok:
            return "bad"
        return "good" if self.report.complete and self.report.counts.total else "wait"

    @property
    def verdicts(self) -> list[str]:
        """The verdicts that occur, for a legend, in the order of a reader's interest."""
        order = (
            "REFUTED", "UNREAD", UNCLOSED, "UNDECIDED", "PROVED", "AGREES", "DEFINITION",
            "ASSIGNMENT", "REMARK",
        )  # fmt: skip
        found = {e.verdict for d in self.report for e in d.entries if e.says_something}
        return [verdict for verdict in order if verdict in found]


def _seen(text: str) -> str:
    return text if text.isprintable() else "".join(visible(character).text for character in text)
