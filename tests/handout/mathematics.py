"""The formulas of a handout, taken out of it again."""

from __future__ import annotations

import json
import re

Formula = tuple[str, bool]
"""LaTeX, and whether it stands on a line of its own."""

_ENVIRONMENT = re.compile(r"\\begin\{(alignat\*|align\*|equation\*)\}.*?\\end\{\1\}", re.S)
_NOT_MATHEMATICS = re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.S)


def of_latex(text: str) -> list[Formula]:
    """Displays as whole environments, and what stands between dollars."""
    body = _NOT_MATHEMATICS.sub("", text[text.index(r"\begin{document}") :])
    displays = [(found[0], True) for found in _ENVIRONMENT.finditer(body)]
    rest = _ENVIRONMENT.sub("", body).replace(r"\$", "")
    return displays + [(found, False) for found in re.findall(r"\$([^$]+)\$", rest)]


def of_markdown(text: str) -> list[Formula]:
    """Fences of mathematics, and what stands between dollars and backticks."""
    fence = re.compile(r"^```math\n(.*?)^```$", re.S | re.M)
    displays = [(found, True) for found in fence.findall(text)]
    return displays + [(found, False) for found in re.findall(r"\$`(.+?)`\$", fence.sub("", text))]


def of_notebook(text: str) -> list[Formula]:
    """What stands between one or two dollars in the cells."""
    cells = json.loads(text)["cells"]
    body = "\n\n".join("".join(cell["source"]) for cell in cells)
    display = re.compile(r"^\$\$\n(.*?)^\$\$$", re.S | re.M)
    displays = [(found, True) for found in display.findall(body)]
    rest = display.sub("", body).replace(r"\$", "")
    return displays + [(found, False) for found in re.findall(r"\$([^$\n]+)\$", rest)]


OF = {"latex": of_latex, "markdown": of_markdown, "notebook": of_notebook}
