"""The formulas of a handout, taken out of it again, and the programs that read them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

Formula = tuple[str, bool]
"""LaTeX, and whether it stands on a line of its own."""

_ENVIRONMENT = re.compile(r"\\begin\{(alignat\*|align\*|equation\*)\}.*?\\end\{\1\}", re.S)
_NOT_MATHEMATICS = re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.S)


_LETTER = re.compile(
    r"\\providecommand\{\\(\w+)\}\[\d\]\[\]\{\\scripted\{(.*)\}\{#\d\}\{(.*)#1\}\}"
)


def _group(text: str, place: int) -> tuple[str, int]:
    """An argument in braces, and where it ends."""
    assert text[place] == "{", text[place : place + 30]
    depth, end = 0, place
    while True:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
        if not depth:
            return text[place + 1 : end - 1], end


def expanded(text: str) -> str:
    """The body of a LaTeX page with its letters in place of the macros that it defines for them."""
    known = {name: (base, above) for name, base, above in _LETTER.findall(text)}
    body = text[text.index(r"\begin{document}") :]
    out, place = [], 0
    pattern = re.compile(r"\\(" + "|".join(sorted(known, key=len, reverse=True)) + r")(?![A-Za-z])")
    while known and (found := pattern.search(body, place)):
        base, above = known[found[1]]
        out.append(body[place : found.start()])
        place, more = found.end(), ""
        if body[place] == "[" and body[place + 1] == "{":
            more, place = _group(body, place + 1)
            place += 1
        elif body[place] == "[":
            end = body.index("]", place)
            more, place = body[place + 1 : end], end + 1
        if "#2" in above:
            layer, place = _group(body, place)
            above = above.replace("#2", layer)
        below, place = _group(body, place)
        scripts = ("_", below), ("^", above + more)
        out.append(base + "".join(f"{sign}{{{what}}}" for sign, what in scripts if what))
    return "".join([*out, body[place:]])


def of_latex(text: str) -> list[Formula]:
    """Displays as whole environments, and what stands between dollars."""
    body = _NOT_MATHEMATICS.sub("", expanded(text))
    body = re.sub(r"\\textcolor\{factor[a-h]\}", r"\\textcolor{red}", body)
    body = re.sub(r"\\(?:eqref|eqn)\{(?:eq:)?(\w+)\}", r"(\1)", body)  # macros of its own
    body = (
        re.sub(r"\\label\{.*?\}", "", body).replace(r"\why{", "{").replace(r"\whybelow{", r"\text{")
    )
    displays = [(found[0], True) for found in _ENVIRONMENT.finditer(body)]
    rest = _ENVIRONMENT.sub("", body).replace(r"\$", "")
    inline: list[str] = []
    for found in re.findall(r"\$([^$]+)\$", rest):
        further = found.startswith(r"\displaystyle \quad")  # a line of a formula in a table
        inline[-1:] = [f"{inline[-1]} {found}"] if further else [*inline[-1:], found]
    return displays + [(found, False) for found in inline]


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


def spoken(typst: str) -> list[str]:
    """What is said of the formulas and of the drawing of a handout in Typst."""
    return re.findall(r'(?:alt: |#m\(|^  \()"((?:\\.|[^"])*)"', typst, re.M)


FOREIGN = re.compile(r"\\|\b(frac|display|bold)\b|sum_|W1\[|[\ue000-\ue00f=∂Σ′₀-₉ⱼₖᵢ⁰-⁹]")
"""What a formula in words has nothing of: commands, names in code, signs, and our own marks."""

OF = {"latex": of_latex, "markdown": of_markdown, "notebook": of_notebook}


def pdflatex(source: bytes, folder: Path) -> str:
    """What pdflatex says of a handout that it sets."""
    (folder / "page.tex").write_bytes(source)
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"],
        cwd=folder, capture_output=True, text=True, errors="replace", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


def _katex() -> Path | None:
    """A folder with KaTeX in it, above this one or in NODE_PATH."""
    places = [*Path(__file__).parents, *map(Path, os.environ.get("NODE_PATH", "").split(":"))]
    found = [*(p / "node_modules/katex" for p in places), *(p / "katex" for p in places)]
    return next((p for p in found if (p / "dist/katex.js").is_file()), None)


needs_katex = pytest.mark.skipif(
    not shutil.which("node") or not _katex(), reason="KaTeX is not installed"
)


def katex(formulas: list[Formula]) -> None:
    """Have KaTeX set all formulas, strictly."""
    script = (
        f"const katex = require({json.dumps(str(_katex()))});"
        "const all = JSON.parse(require('fs').readFileSync(0));"
        "for (const [tex, displayMode] of all)"
        "  katex.renderToString(tex, {displayMode, throwOnError: true, strict: 'error'});"
    )
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(formulas), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
