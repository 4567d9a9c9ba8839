"""Documents to measure `symback check` with: the notes of a 2-2-2 network, and a thousand lines."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

__all__ = ["write_documents"]

DISPLAYS = Path(__file__).resolve().parent.parent / "tests" / "data" / "founding_displays.toml"
FORWARD = r"""
$$h_k' = \sum_j W_{jk}^{(1)} x_j, \quad h_k = f(h_k')$$
$$y_k' = \sum_j W_{jk}^{(2)} h_j, \quad \hat{y}_k = g(y_k')$$

The loss is $L(y, \hat{y})$.
"""
SLOPE = r"\frac{\partial L}{\partial \hat{y}_%s}"
GRADIENTS = (
    (r"W_{jk}^{(2)}", "", (SLOPE % "k", "g'(y_k')", "h_j")),
    (r"W_{jk}^{(1)}", r"\sum_i", (SLOPE % "i", "g'(y_i')", "W_{ki}^{(2)}", "f'(h_k')", "x_j")),
)


def write_documents(folder: Path) -> None:
    """Write ``notes.txt`` and ``formulas.md``, the second with 1,000 claims, no two alike."""
    (folder / "notes.txt").write_text(notes(), encoding="utf-8")
    (folder / "formulas.md").write_text(formulas(1000), encoding="utf-8")


def notes() -> str:
    """The displays of the notes with the words before them, slips included."""
    displays = tomllib.loads(DISPLAYS.read_text(encoding="utf-8"))["display"]
    lines = []
    for display in displays:
        sign = "$" if display.get("inline") else "$$"
        lines.append(f"{display.get('words', '')} {sign}{display['text']}{sign}".strip())
    return "\n\n".join(lines)


def formulas(count: int) -> str:
    """The gradients of the weights, with factors in another order each time."""
    shuffled = Random(5)
    lines = [FORWARD]
    for number in range(count):
        by, total, factors = GRADIENTS[number % 2]
        right = " ".join(shuffled.sample(factors, len(factors)))
        factor = number + 2
        lines.append(
            rf"$${factor} \frac{{\partial L}}{{\partial {by}}} = {factor} {total} {right}$$"
        )
    return "\n\n".join(lines) + "\n"
