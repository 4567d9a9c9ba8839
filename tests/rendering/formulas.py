"""The equations that stand in a LaTeX or Markdown document, in a form that can be compared."""

import re

_SIZES = re.compile(r"\\(?:left|right|[bB]ig[lr]?)(?![A-Za-z])")
_GAPS = re.compile(r"\\(?:cdot|times|quad|qquad)(?![A-Za-z])|\\[,;*]|\s|&|\{\}")
_NOTES = re.compile(r"\\(?:text|hspace|tag)\{[^{}]*\}")
DISPLAY = re.compile(
    r"\\begin\{(align|alignat)\*\}(?:\{\d\})?(.*?)\\end\{\1\*\}|^```math$(.*?)^```$", re.S | re.M
)


def normal(formula: str) -> str:
    """Without what the eye does not read: spaces, dots, sizes and shapes of brackets, reasons."""
    formula = _NOTES.sub("", _ungrouped(_SIZES.sub("", formula)))
    formula = _GAPS.sub("", formula).replace("[", "(").replace("]", ")")
    return re.sub(r"_\{(\w)\}", r"_\1", formula).rstrip(".,")


def equations(document: str) -> set[tuple[str, str]]:
    """Every chain ``left = a = b`` of a document as the pairs (left, a) and (left, b)."""
    found, left = set(), ""
    for display in DISPLAY.finditer(document):
        body = display[2] or display[3]
        # A line that starts with neither a left side nor a relation goes on with the one before.
        lines: list[str] = []
        for line in re.split(r"\\\\\*?", body):
            starts = _top_level(_GAPS.sub(" ", _NOTES.sub("", line)))
            if lines and len(starts) == 1:
                lines[-1] += line
            else:
                lines.append(line)
        for line in lines:
            first, *rights = _top_level(line)
            left = normal(first) or left
            found |= {(left, normal(right)) for right in rights}
    return found


_BRACKET = re.compile(r"(\\[bB]ig[lr])?(\\[lr]vert(?![A-Za-z])|\\[{}]|[][(){}])")
_CLOSES = {")": "(", "]": "[", "}": "{", r"\}": r"\{", r"\rvert": r"\lvert"}


def unbalanced(formula: str) -> str:
    """The first bracket of a formula that has no fellow, or one of another size; or nothing."""
    waiting: list[str] = []
    for size, sign in _BRACKET.findall(re.sub(r"\\text\{[^{}]*\}", "", formula)):
        bracket = size[:-1] + _CLOSES.get(sign, sign)
        if sign not in _CLOSES:
            waiting.append(bracket)
        elif not waiting or waiting.pop() != bracket:
            return size + sign
    return waiting[-1] if waiting else ""


def _top_level(line: str) -> list[str]:
    """Split at the equals signs that stand outside all braces."""
    parts, depth = [""], 0
    for character in line:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "=" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _ungrouped(formula: str) -> str:
    """Each brace under a part without the group that stands around both."""
    while (start := formula.find(r"{\underbrace{")) >= 0:
        body, rest = _group(formula[start:])
        formula = formula[:start] + body + rest
    return formula


def unbraced(formula: str) -> str:
    """A normal formula without its braces."""
    while (start := formula.find(r"\underbrace{")) >= 0:
        body, rest = _group(formula[start + len(r"\underbrace") :])
        formula = formula[:start] + body + _group(rest[1:])[1]
    return formula


def _group(text: str) -> tuple[str, str]:
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return text[1:place], text[place + 1 :]
    raise AssertionError(f"braces do not match in {text!r}")
