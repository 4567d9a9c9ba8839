r"""The delimiters that open and close mathematics in running text, and what hides them.

The scanner is our own and not `markdown-it-py` with its `dollarmath` plugin, for one reason that
was measured: its inline tokens carry neither offset nor line (only the paragraph's first and last
line), and it drops the backslashes of `\(` and `\\[`, so no formula in a sentence could be given
its place. It would also add a fifth of `import sympy` to every start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from symback.records import dataclass

# Environments that are displays wherever they stand; inner ones (aligned, cases) are not here.
ENVIRONMENTS = (
    "equation", "align", "alignat", "flalign", "gather", "multline", "eqnarray", "displaymath",
    "math", "dmath", "split", "aligned", "gathered",
)  # fmt: skip

_ENVIRONMENT = r"\\begin\s*\{(?P<environment>(?:" + "|".join(ENVIRONMENTS) + r")\*?)\}"
_HIDDEN_TAGS = r"<(?P<tag>pre|code|script|style|textarea)\b[^>]*>"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What opens mathematics in one kind of text; `hides` opens a stretch without any."""

    name: str
    opener: re.Pattern[str]


def _dialect(name: str, *parts: str) -> Dialect:
    return Dialect(name, re.compile("|".join(parts), re.IGNORECASE))


_DOLLARS = (r"\$`", r"\$\$", r"\$")
_BRACKETS = (r"\\\\\[", r"\\\\\(", r"\\\[", r"\\\(")

MARKDOWN = _dialect(
    "markdown", r"\\\$", _ENVIRONMENT, r"\\{3}[\[(]", *_BRACKETS, r"\\\\", r"\\`", r"<!--",
    _HIDDEN_TAGS, *_DOLLARS, r"(?P<ticks>`+)",
)  # fmt: skip
LATEX = _dialect("latex", _ENVIRONMENT, r"\\\[", r"\\\(", r"\\.", r"\$\$", r"\$")
HTML = _dialect("html", r"\\\$", _ENVIRONMENT, r"\\\[", r"\\\(", r"\$\$")
HTML_WITH_DOLLARS = _dialect(
    "html", r"\\\$", _ENVIRONMENT, r"\\\[", r"\\\(", r"\$\$", r"\$"
)  # fmt: skip

_CLOSERS = {
    "$": "$", "$$": "$$", "$`": "`$", r"\[": r"\]", r"\(": r"\)", r"\\[": r"\\]", r"\\(": r"\\)",
}  # fmt: skip
_NESTED_DOLLARS = 4
_LOOK_AHEAD = 200
_DISPLAYS = frozenset({"$$", r"\[", r"\\["})


class Stretch(NamedTuple):
    """Mathematics between two delimiters: its outer and inner offsets.

    Where the opener is never closed `inner_end` is -1.
    """

    start: int
    inner_start: int
    inner_end: int
    end: int
    delimiter: str
    display: bool


class Closers:
    """Where each closer next stands, looked up so that a whole scan stays linear."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[str, int] = {}

    def after(self, closer: str, offset: int, *, escapes: bool = True) -> int:
        """Return the first unescaped `closer` at or after `offset`, or -1."""
        found = self.known.get(closer, offset - 1)
        if found == -1 and closer in self.known:
            return -1
        if found < offset:
            found = self._find(closer, offset, escapes)
            self.known[closer] = found
        return found

    def _find(self, closer: str, offset: int, escapes: bool) -> int:
        found = self.text.find(closer, offset)
        while escapes and found > 0 and self._escaped(found, offset):
            found = self.text.find(closer, found + 1)
        return found

    def _escaped(self, found: int, offset: int) -> bool:
        backslashes = 0
        while found - backslashes > offset and self.text[found - backslashes - 1] == "\\":
            backslashes += 1
        return backslashes % 2 == 1


def scan(text: str, dialect: Dialect) -> Iterator[Stretch]:
    """Yield the mathematics of a text in order, unclosed openers included; linear."""
    closers = Closers(text)
    offset = 0
    while match := dialect.opener.search(text, offset):
        groups = match.groupdict()
        opener = match[0]
        if environment := groups.get("environment"):
            stretch = _environment(text, match, environment, closers)
        elif groups.get("ticks"):
            offset = _after_ticks(match, closers)
            continue
        elif tag := groups.get("tag"):
            end = closers.after(f"</{tag.lower()}", match.end())
            offset = end if end >= 0 else match.end()
            continue
        elif opener == "<!--":
            end = closers.after("-->", match.end())
            offset = end + 3 if end >= 0 else len(text)
            continue
        elif opener in _CLOSERS:
            stretch = _between(text, match, opener, closers)
            if dialect is MARKDOWN and opener == r"\(" and _is_prose(text, stretch):
                offset = match.end()
                continue
        else:  # an escaped character
            offset = match.end()
            continue
        if stretch.inner_end >= 0 or not _is_money(text, stretch):
            yield stretch
        offset = stretch.end


def _is_prose(text: str, stretch: Stretch) -> bool:
    r"""Say whether a `\(…\)` is a bracket escaped in Markdown, as its full stop is: `\(5\.1\)`."""
    return r"\." in text[stretch.inner_start : max(0, stretch.inner_end)]


def _after_ticks(match: re.Match[str], closers: Closers) -> int:
    """Return where a code span ends: at the next run of as many backticks, if there is one."""
    ticks, end = match["ticks"], match.end()
    while (end := closers.after(ticks, end, escapes=False)) >= 0:
        run = end
        while closers.text.startswith("`", run):
            run += 1
        if run - end == len(ticks):
            return run
        end = run
    return match.end()


def _environment(text: str, match: re.Match[str], name: str, closers: Closers) -> Stretch:
    start, inner = match.span()
    if name.startswith("alignat"):
        argument = re.compile(r"\s*\{\d*\}").match(text, inner)
        inner = argument.end() if argument else inner
    closer = f"\\end{{{name}}}"
    end = closers.after(closer, inner)
    if end < 0:
        return Stretch(start, inner, -1, inner, name, True)
    return Stretch(start, inner, end, end + len(closer), name.rstrip("*"), name != "math")


def _between(text: str, match: re.Match[str], opener: str, closers: Closers) -> Stretch:
    start, inner = match.span()
    closer = _CLOSERS[opener]
    end = closers.after(closer, inner)
    for _ in range(_NESTED_DOLLARS if opener == "$" else 0):
        # The `$` of a `\\text{if $x$}` is not the end of the formula around it.
        if end < 0 or text.count("{", inner, end) <= text.count("}", inner, end):
            break
        end = closers.after(closer, end + 1)
    if end < 0 or not _closes(text, opener, inner, end):
        return Stretch(start, inner, -1, inner, opener, opener in _DISPLAYS)
    return Stretch(start, inner, end, end + len(closer), opener, opener in _DISPLAYS)


_MATHEMATICAL = re.compile(r"\\[A-Za-z]|[\^=]|_\{")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_PROSE = re.compile(
    r"\n[ \t]*\n(?:[^\n\\$]{0,80}[ \t])?[A-Za-z]{2,20}[,:]?[ \t]{1,3}[a-z]{2,20}[ \t,.:]{1,3}[a-z]"
)


def _closes(text: str, opener: str, inner: int, end: int) -> bool:
    """Say whether the closer found is this opener's own, or the next formula's.

    Inline mathematics never spans a blank line. A display may (people leave one after `$$`),
    but not a paragraph of prose, nor another opener.
    """
    if end == inner:
        return False
    if opener == "$":
        # `$5 and $x`: a space on one side only, around words, is a currency's.
        body = text[inner:end] if end - inner < _LOOK_AHEAD else ""
        if body and body[0].isspace() != body[-1].isspace():
            if len(body.split()) > 1 and not _MATHEMATICAL.search(body):
                return False
        if end + 1 < len(text) and text[end + 1].isdigit():
            return False
    if opener in ("$", "$`", r"\(", r"\\("):
        return not _BLANK_LINE.search(text, inner, end)
    if opener == "$$" and _opens_another(text, inner, end):
        return False
    if opener != "$$" and text.find(opener, inner, end) >= 0 and opener == r"\\[":
        return False
    return not _PROSE.search(text, inner, end)


def _opens_another(text: str, inner: int, end: int) -> bool:
    """Say whether the `$$` at `end` begins a one-line display of its own."""
    line_start = text.rfind("\n", inner, end) + 1
    if not line_start or text[line_start:end].strip():
        return False
    line_end = text.find("\n", end)
    rest = text[end + 2 : line_end if line_end >= 0 else len(text)]
    return "$$" in rest and bool(rest[: rest.find("$$")].strip())


def _is_money(text: str, stretch: Stretch) -> bool:
    """Say whether an unclosed `$` is the sign of a currency or of a shell, not of mathematics."""
    line = text[stretch.inner_start : stretch.inner_start + _LOOK_AHEAD].partition("\n")[0]
    return stretch.delimiter == "$" and not _MATHEMATICAL.search(line)
