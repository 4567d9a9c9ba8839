"""Mathematics in reStructuredText: the `math` directive and the `math` role, as Sphinx has them."""

from __future__ import annotations

import re

from symback.reading.finding.collecting import Collector
from symback.reading.finding.passage import Passage

_DIRECTIVE = re.compile(r"([ \t]*)\.\. math::[ \t]*(?P<argument>[^\n]*)\n?$")
_LITERAL = re.compile(
    r"([ \t]*)(?:\.\. (?:code|code-block|sourcecode|literalinclude|parsed-literal)::.*"
    r"|.*::[ \t]*)\n?$"
)
_OPTION = re.compile(r"[ \t]*:[a-z-]+:(?:[ \t].*)?\n?$")
_ROLE = re.compile(r":math:`(?P<formula>[^`]*)`|``[^`\n]*``|:math:`(?P<unclosed>)")


def find(passage: Passage, collector: Collector) -> None:
    """Collect the mathematics of a reStructuredText document; literal blocks hide theirs."""
    lines = _lines(passage)
    prose: list[Passage] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        directive = _DIRECTIVE.match(line.text)
        block = directive or _LITERAL.match(line.text)
        if not block:
            prose.append(line)
            number += 1
            continue
        end = _block_end(lines, number + 1, _indentation(line.text))
        if directive:
            _roles(Passage.join(prose), collector)
            prose = []
            _directive(directive, line, lines[number + 1 : end], collector)
        else:
            prose.append(line)
        number = end
    _roles(Passage.join(prose), collector)


def _directive(
    directive: re.Match[str], line: Passage, body: list[Passage], collector: Collector
) -> None:
    """Add the formulas of one directive: docutils reads each paragraph as an equation."""
    argument = line.cut(directive.start("argument"), directive.end("argument"))
    paragraph = [argument] if argument.text.strip() else []
    options = True
    for row in body:
        if options and _OPTION.match(row.text):
            continue
        if row.text.strip():
            options = False
            paragraph.append(row)
        else:
            options = options and not paragraph
            collector.formula(Passage.join(paragraph), "math", display=True)
            paragraph = []
    collector.formula(Passage.join(paragraph), "math", display=True)


def _roles(passage: Passage, collector: Collector) -> None:
    read = 0
    for match in _ROLE.finditer(passage.text):
        collector.words(passage.text[read : match.start()])
        if match["formula"] is not None:
            inner = passage.cut(match.start("formula"), match.end("formula"))
            collector.formula(inner, "math", display=False)
        elif match["unclosed"] is not None:
            collector.unclosed(passage, match.start(), ":math:`")
        read = match.end()
    collector.words(passage.text[read:])


def _block_end(lines: list[Passage], number: int, indentation: int) -> int:
    """Return the number of the first line after a block indented more than its head."""
    end = number
    while number < len(lines):
        text = lines[number].text
        if text.strip():
            if _indentation(text) <= indentation:
                break
            end = number + 1
        number += 1
    return end


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" \t"))


def _lines(passage: Passage) -> list[Passage]:
    found, start, text = [], 0, passage.text
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        found.append(passage.cut(start, end))
        start = end
    return found
