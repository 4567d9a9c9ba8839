r"""LaTeX: the formulas of a page, inside a subset that amsmath, KaTeX and GitHub all read.

The subset is the table `symback.printing.subset.COMMANDS`; a test reads every printed formula
against it.
"""

# ruff: noqa: D102  (what each method sets is said in Target)

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from symback.model.activations import ACTIVATIONS
from symback.notation import GREEK, Spelling, Style
from symback.printing.measure import measure_latex
from symback.printing.target import FACTOR_BREAK, TIMES_A_LETTER, Level, Over, Target, plainly

__all__ = ["LATEX", "Latex", "escape_latex"]

_ELEMENTARY = {
    "log": r"\log",
    "sin": r"\sin",
    "cos": r"\cos",
    "exp": r"\exp",
    "tanh": r"\tanh",
    "erf": r"\mathrm{erf}",
    "sqrt": r"\sqrt",
    "abs": "|",
    "sign": r"\mathrm{sign}",
}

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip


def escape_latex(text: str) -> str:
    """A user's text as the letters that it is: nothing in it is a command."""
    return "".join(_SPECIAL.get(character, character) for character in text)


class Latex(Target):
    """Sets the parts of a formula in LaTeX."""

    name = "latex"
    quotient_level = Level.ATOM
    spells_out = True
    joint = r"\cdot "

    def measure(self, text: str) -> float:
        return measure_latex(text)

    def number(self, numerator: int, denominator: int) -> str:
        if denominator == 1:
            return str(numerator)
        return rf"\frac{{{numerator}}}{{{denominator}}}"

    def spelling(self, spelling: Spelling) -> str:
        text = _base(spelling)
        if spelling.accent:
            text = rf"\{spelling.accent}{{{text}}}"
        text = spelling.prefix + text
        if spelling.mark:
            mark = spelling.mark if spelling.mark.isdigit() else rf"\mathrm{{{spelling.mark}}}"
            text += f"^{{({mark})}}" if spelling.mark.isdigit() else f"^{{{mark}}}"
        if joined := _below(spelling):
            text += f"_{joined}" if len(joined) == 1 else f"_{{{joined}}}"
        if spelling.above:
            # A prime and a layer share one superscript: TeX refuses two.
            primes = r"\prime" * spelling.primes
            return f"{text}^{{{primes}{''.join(spelling.above)}}}"
        return text + "'" * spelling.primes

    def function(self, name: str) -> str:
        known = ACTIVATIONS.get(name)
        return known.latex if known is not None else _ELEMENTARY.get(name, "")

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        # A dot where a factor is long, as on the board; else they stand side by side.
        text = factors[0]
        for before, factor in pairwise(factors):
            last, first = _untinted(before), _untinted(factor)
            dotted = "long" in kinds or (last[-1].isdigit() and first[0].isdigit())
            joint = r"\cdot " if dotted else _space(last, first)
            text += f" {FACTOR_BREAK}{joint}{factor}"
        return text

    def quotient(self, numerator: str, denominator: str) -> str:
        return rf"\frac{{{numerator}}}{{{denominator}}}"

    def power(self, base: str, exponent: str) -> str:
        if ("^" in base or "'" in base) and not base.endswith(")"):
            base = self.parentheses(base)  # what stands above could be taken for an exponent
        return f"{base}^{exponent}" if len(exponent) == 1 else f"{base}^{{{exponent}}}"

    def parentheses(self, body: str) -> str:
        return _enclosed("(", body, ")")

    def call(self, function: str, primes: int, argument: str) -> str:
        if function == "|" and not primes:
            return rf"\lvert {argument} \rvert"
        if function == r"\sqrt" and not primes:
            return rf"\sqrt{{{plainly(argument)}}}"
        if function in ("max", "min"):
            function = f"\\{function}"
        return self.primed(function, primes) + self.parentheses(argument)

    def primed(self, function: str, primes: int) -> str:
        return function + "'" * primes

    def compare(self, left: str, relation: str, right: str) -> str:
        signs = {">=": r"\geq", "<=": r"\leq", "==": "=", "!=": r"\neq"}
        sign = signs.get(relation, relation)
        return f"{left} {sign} {right}"

    def bracket(self, condition: str) -> str:
        return _enclosed("[", condition, "]")

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        said = [f"{plainly(value)} & {condition}" for value, condition in rows]
        body = " \\\\ ".join(said)
        return rf"\begin{{cases}} {body} \end{{cases}}"

    def sigma(self, limits: Sequence[Over], body: str, kind: str = "sum") -> str:
        signs = []
        for index, last, first in limits:
            if kind in ("sum", "prod"):
                bounds = f"_{{{index} = {first}}}^{{{last}}}" if last else f"_{_group(index)}"
            else:
                within = rf"{first} \leq {index} \leq {last}" if last else index
                bounds = f"_{{{within}}}"
            signs.append(_SIGNS[kind] + bounds)
        return f"{' '.join(signs)} {body}"

    def index(self, text: str) -> str:
        return _spaced(_index(text))

    def unequal(self, left: str, right: str) -> str:
        return rf"{left} \neq {right}"

    def partial(self, of: str, by: str) -> str:
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"

    def second_partial(self, of: str, one: str, other: str) -> str:
        return rf"\frac{{\partial^2 {of}}}{{\partial {one}\, \partial {other}}}"

    def differential(self, of: str, by: str) -> str:
        return rf"\frac{{d {of}}}{{d {by}}}"

    def operator(self, by: str, body: str) -> str:
        return rf"\frac{{\partial}}{{\partial {by}}} {_enclosed('[', body, ']')}"

    def directional(self, operator: str, body: str) -> str:
        return rf"\mathcal{{{operator}}} {_enclosed(chr(92) + '{', body, chr(92) + '}')}"

    def transpose(self, body: str) -> str:
        if body.endswith("}") and "^{" in body and not body.startswith("\\frac"):
            return f"{body[:-1]}\\,\\top}}"  # one superscript: TeX refuses two
        return f"{{{body}}}^\\top" if "'" in body or "^" in body else f"{body}^\\top"

    def matrix_product(self, factors: Sequence[str]) -> str:
        return f" {FACTOR_BREAK}\\; ".join(factors)

    def hadamard(self, factors: Sequence[str]) -> str:
        return f" {FACTOR_BREAK}\\odot ".join(factors)

    def divided(self, above: str, below: str) -> str:
        return rf"{above} \oslash {below}"

    def ones(self) -> str:
        return r"\mathbf{1}"

    def shaped(self, body: str, rows: str, columns: str) -> str:
        return rf"\underset{{{rows} \times {columns}}}{{{body}}}"

    def tinted(self, body: str, tint: int) -> str:
        return rf"\textcolor{{factor{chr(96 + tint)}}}{{{body}}}"

    def braced(self, body: str, label: str) -> str:
        below = f"_{{{label}}}" if label else ""
        # In a group: an operator sign after a brace would lose its space.
        return rf"{{\underbrace{{{body}}}{below}}}"


_BOLD = {Style.BOLD: "mathbf", Style.BOLD_ITALIC: "boldsymbol"}


def _base(spelling: Spelling) -> str:
    if spelling.base in GREEK:
        if spelling.style in _BOLD:
            return rf"\boldsymbol{{\{spelling.base}}}"
        return _SHAPES.get(spelling.base, rf"\{spelling.base}")
    if spelling.style is Style.SCRIPT:
        return rf"\mathcal{{{spelling.base}}}"
    if spelling.style in _BOLD:
        return rf"\{_BOLD[spelling.style]}{{{spelling.base}}}"
    if spelling.style is Style.WORD:
        return rf"\mathrm{{{_word(spelling.base)}}}"
    return spelling.base


_SHAPES = {"omicron": "o", "epsilon": r"\varepsilon"}
"""Greek letters that TeX has by another name, or in the shape of other formats by another."""


def _word(name: str) -> str:
    """A quantity's own name: what is not a letter or a digit is escaped or dropped."""
    return re.sub(r"[^A-Za-z0-9]", lambda found: r"\_" if found[0] == "_" else "", name)


def _below(spelling: Spelling) -> str:
    """What stands below: a label that is a word stands upright, and before a letter it has one."""
    label, joined = (
        spelling.label,
        ("," if spelling.needs_commas else "").join(map(_index, spelling.indices)),
    )
    if label.isalpha() and len(label) > 1:
        label = rf"\mathrm{{{label}}}"
    if label and joined and not joined[0].isdigit():
        return f"{label}_{_group(joined)}"
    return label + joined


def _index(index: str) -> str:
    if times := TIMES_A_LETTER.fullmatch(index):
        return times["number"] + _index(times["letter"])
    if index.isalnum():
        return _group_word(index) if len(index) > 1 and not index.isdigit() else index
    return _expression(index)


_PLACE = re.compile(r"arg(?P<kind>max|min)_(?P<letter>[A-Za-z0-9]+)")
"""The place of a largest or smallest value, by the letter that runs."""

_PART = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>.)")
_ROUNDED = re.compile(
    r"(?P<kind>floor|ceil)\((?P<top>\([^()]*\)|[^()/]*)/(?P<below>\([^()]*\)|[^()]*)\)"
)


def _expression(text: str) -> str:
    """An index expression: lookups have their index below, quotients are rounded by brackets."""
    text = _ROUNDED.sub(_rounded, text)
    out, closing = "", []
    for part in _PART.finditer(text):
        if name := part["name"]:
            if name in ("max", "min", "lfloor", "rfloor", "lceil", "rceil", "frac"):
                out += f"\\{name} " if name not in ("frac",) else "\\frac"
            elif chosen := _PLACE.fullmatch(name):
                out += rf"\mathrm{{arg\,{chosen['kind']}}}_{{{chosen['letter']}}}"
            else:
                out += _group_word(name) if len(name) > 1 else name
        elif part["sign"] == "[":
            closing.append("}")
            out += "_{"
        elif part["sign"] == "]":
            out += closing.pop() if closing else "]"
        else:
            out += {"*": " ", "\\": ""}.get(part["sign"], part["sign"])
    return re.sub(r"\\(max|min) \(", r"\\\1(", out)


def _rounded(found: re.Match[str]) -> str:
    """``floor((n-1)/S)`` between brackets that round, with a bar."""
    left, right = ("lfloor", "rfloor") if found["kind"] == "floor" else ("lceil", "rceil")
    top, below = (found[part].strip("()") for part in ("top", "below"))
    return f"\\{left} \\frac{{{top}}}{{{below}}} \\{right}"


def _spaced(text: str) -> str:
    """Spaces around the signs of a displayed index expression."""
    depth, out = 0, ""
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        binary = character in "+-" and place and not depth and text[place - 1] not in "(,{"
        out += f" {character} " if binary else ", " if character == "," and not depth else character
    return out


_SIGNS = {
    "sum": r"\sum",
    "prod": r"\prod",
    "max": r"\max",
    "min": r"\min",
    "argmax": r"\mathrm{arg\,max}",
    "argmin": r"\mathrm{arg\,min}",
}


def _group_word(index: str) -> str:
    letter, digits = index.rstrip("0123456789"), index.lstrip("abcdefghijklmnopqrstuvwxyz")
    if len(letter) == 1 and letter + digits == index:
        return f"{letter}_{_group(digits)}"
    return rf"\mathrm{{{_word(index)}}}"


def _group(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _enclosed(left: str, body: str, right: str) -> str:
    size = _size(body)
    return f"{size}l{left}{body}{size}r{right}" if size else f"{left}{body}{right}"


def _size(body: str) -> str:
    r"""Parentheses grow with what they hold; ``\left`` would forbid breaking the line."""
    if r"\frac" in body or r"\sum" in body:
        return r"\Big"
    return r"\big" if "(" in re.sub(r"\^\{[^}]*\}", "", body) else ""


_NAMED = re.compile(
    r"\\mathrm\{[A-Za-z]{2,}\}(_|$)"
    r"|\\underset\{[^{}]*\}\{\\[A-Za-z{}]{3,}(\\[bB]igl)?\("
)
"""A quantity whose name is a word, or a function's name above a shape."""

_WORDY = re.compile(rf"{_NAMED.pattern}|\\mathrm\{{[A-Za-z]{{2,}}\}}'*(\\[bB]igl)?\(")
"""The same, and any function whose name is a word."""


_TINTED = re.compile(r"\\textcolor\{[a-z]+\}\{(.*)\}", re.S)


def _untinted(factor: str) -> str:
    """A factor without its colour: what it begins and ends with."""
    found = _TINTED.fullmatch(factor)
    return found[1] if found else factor


def _space(before: str, after: str) -> str:
    """A thin space where the next factor would stick: after a parenthesis, beside a word."""
    if _NAMED.match(before) or _WORDY.match(after):
        return r"\, "
    apart = not after.startswith(("(", r"\sum"))
    return r"\, " if before.endswith((")", "]")) and apart else ""


LATEX = Latex()
