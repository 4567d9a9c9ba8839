"""Typst: the formulas of a page, printed from expressions in the language of Typst's math mode."""

# ruff: noqa: D102  (what each method sets is said in Target)

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from symback.model.activations import ACTIVATIONS
from symback.notation import GREEK, Spelling, Style
from symback.printing.measure_typst import measure_typst
from symback.printing.target import FACTOR_BREAK, TIMES_A_LETTER, Level, Over, Target, plainly

__all__ = ["TYPST", "Typst", "escape_typst", "typst_string"]

_KNOWN = {"sigmoid": "sigma", "tanh": "tanh", "sin": "sin", "log": "log", "cos": "cos",
          "exp": "exp", "sqrt": "sqrt", "abs": "abs"}  # fmt: skip
"""Functions that Typst has a name of its own for; every other is a word."""

_WORDS = ("erf", "sign")

_ACCENTS = {"hat": "hat", "tilde": "tilde", "bar": "macron", "vec": "arrow"}

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escape_typst(text: str) -> str:
    """A user's text as the letters that it is: every sign is escaped, so none is markup."""
    return _PUNCTUATION.sub(r"\\\1", text)


def typst_string(text: str) -> str:
    """A string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


class Typst(Target):
    """Sets the parts of a formula in Typst's math mode.

    Parentheses that may be torn apart by a line break are escaped: Typst then neither matches nor
    stretches them, and their size is chosen here.
    """

    name = "typst"
    quotient_level = Level.ATOM
    spells_out = True
    joint = "dot.op "

    def measure(self, text: str) -> float:
        return measure_typst(text)

    def number(self, numerator: int, denominator: int) -> str:
        return str(numerator) if denominator == 1 else f"frac({numerator}, {denominator})"

    def spelling(self, spelling: Spelling) -> str:
        text = _base(spelling)
        if spelling.accent:
            text = f"{_ACCENTS[spelling.accent]}({text})"
        below = _below(spelling)
        if below:
            text += f"_({below})"
        above = ["prime"] * spelling.primes + [_above(part) for part in spelling.above]
        if spelling.mark.isdigit():
            above.append(f"({spelling.mark})")
        elif spelling.mark:
            above.append(f"upright({_letters(spelling.mark)})")
        text = f"{text}^({' '.join(above)})" if above else text
        return f"{_letters(spelling.prefix)} {text}" if spelling.prefix else text

    def function(self, name: str) -> str:
        if name in _KNOWN:
            return _KNOWN[name]
        known = ACTIVATIONS.get(name)
        if known is not None:
            return _upright(known.latex)
        return f'op("{name}")' if name in _WORDS else ""

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        text = factors[0]
        for before, factor in pairwise(factors):
            last, first = _untinted(before), _untinted(factor)
            dotted = "long" in kinds or (last[-1].isdigit() and first[0].isdigit())
            joint = "dot.op " if dotted else _space(last, first)
            text += f" {FACTOR_BREAK}{joint}{factor}"
        return text

    def quotient(self, numerator: str, denominator: str) -> str:
        return f"frac({numerator}, {denominator})"

    def power(self, base: str, exponent: str) -> str:
        if "^" in base and not base.endswith(("\\)", "bigr", "Bigr")):
            base = self.parentheses(base)
        return f"{base}^({exponent})"

    def parentheses(self, body: str) -> str:
        return _enclosed("\\(", body, "\\)")

    def call(self, function: str, primes: int, argument: str) -> str:
        if not primes:
            if function in ("sqrt", "abs"):
                return f"{function}({plainly(argument)})"
        return f"{self.primed(function, primes)} {self.parentheses(_without_commas(argument))}"

    def primed(self, function: str, primes: int) -> str:
        return f"{function}^({' '.join(['prime'] * primes)})" if primes else function

    def compare(self, left: str, relation: str, right: str) -> str:
        return f"{left} {'=' if relation == '==' else relation} {right}"

    def bracket(self, condition: str) -> str:
        return _enclosed("[", condition, "]")

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        said = [
            f"{_without_commas(plainly(value))} & quad {condition}" for value, condition in rows
        ]
        return f"cases({', '.join(said)})"

    def sigma(self, limits: Sequence[Over], body: str, kind: str = "sum") -> str:
        signs = []
        for index, last, first in limits:
            if kind in ("sum", "prod"):
                sign = "product" if kind == "prod" else "sum"
                bounds = f"_({index} = {first})^({last})" if last else f"_({index})"
            else:
                sign = kind if kind in ("max", "min") else f'op("arg {kind[3:]}", limits: #true)'
                bounds = f"_({first} <= {index} <= {last})" if last else f"_({index})"
            signs.append(sign + bounds)
        return f"{' '.join(signs)} {body}"

    def index(self, text: str) -> str:
        return _index(text)

    def unequal(self, left: str, right: str) -> str:
        return f"{left} != {right}"

    def partial(self, of: str, by: str) -> str:
        return f"frac(partial {of}, partial {by})"

    def second_partial(self, of: str, one: str, other: str) -> str:
        return f"frac(partial^2 {of}, partial {one} partial {other})"

    def differential(self, of: str, by: str) -> str:
        return f"frac(d {of}, d {by})"

    def operator(self, by: str, body: str) -> str:
        return f"frac(partial, partial {by}) {_enclosed('[', body, ']')}"

    def directional(self, operator: str, body: str) -> str:
        return f"cal({operator}) lr({{{body}}})"

    def transpose(self, body: str) -> str:
        if body.endswith(")") and "^(" in body and not body.startswith(("frac", "\\(", "Bigl")):
            return f"{body[:-1]} top)"  # one superscript
        return f"{body}^(top)"

    def matrix_product(self, factors: Sequence[str]) -> str:
        return f" {FACTOR_BREAK}med ".join(factors)

    def hadamard(self, factors: Sequence[str]) -> str:
        return f" {FACTOR_BREAK}dot.o ".join(factors)

    def divided(self, above: str, below: str) -> str:
        return f"{above} slash.o {below}"

    def ones(self) -> str:
        return "bold(1)"

    def shaped(self, body: str, rows: str, columns: str) -> str:
        return f"limits({body})_({rows} times {columns})"

    def tinted(self, body: str, tint: int) -> str:
        return f"tone{chr(96 + tint)}({_without_commas(body)})"

    def braced(self, body: str, label: str) -> str:
        return f"underbrace({body}, {label})" if label else f"underbrace({body})"


def _without_commas(arguments: str) -> str:
    """Commas between arguments by name: a bare one would end the argument of a call around it."""
    out, depth = "", 0
    for place, character in enumerate(arguments):
        if arguments[place - 1 : place] != "\\":
            depth += {"(": 1, ")": -1}.get(character, 0)
        out += " comma" if character == "," and not depth else character
    return out


def _base(spelling: Spelling) -> str:
    base = spelling.base
    match spelling.style:
        case Style.SCRIPT:
            return f"cal({base})"
        case Style.WORD:
            return typst_string(base)
        case Style.BOLD:
            return f"bold({base})" if base in GREEK else f"bold(upright({base}))"
        case Style.BOLD_ITALIC:
            return f"bold({base})"
    return base


def _below(spelling: Spelling) -> str:
    """What stands below: a label before the indices, with one below where they are letters."""
    digits = all(index.isdigit() for index in spelling.indices)
    joint = ", " if spelling.needs_commas else "" if digits else " "
    joined = joint.join(map(_index, spelling.indices))
    label = _letters(spelling.label)
    if label and joined and not joined[0].isdigit():
        return f"{label}_({joined})"
    return f"{label} {joined}".strip()


def _above(part: str) -> str:
    """A layer or a sample with its brackets, ``(2)``, ``[2]``, ``s, 2``."""
    inner = ", ".join(_index(name) for name in part.strip("()[]").split(","))
    if part[0] in "([":
        return f"({inner})" if part[0] == "(" else f"\\[{inner}\\]"
    return inner


def _letters(text: str) -> str:
    """A short text of letters, digits and commas; a word stands upright."""
    return ", ".join(_index(part) for part in text.split(",")) if text else ""


def _index(index: str) -> str:
    if len(index) == 1 or index.isdigit():
        return index
    if times := TIMES_A_LETTER.fullmatch(index):
        return f"{times['number']} {_index(times['letter'])}"
    if chosen := _PLACE.fullmatch(index):
        return f'op("arg {chosen["kind"]}")_({_index(chosen["letter"])})'
    letter = index.rstrip("0123456789")
    if len(letter) == 1 and letter.isalpha():
        return f"{letter}_({index[1:]})"
    return typst_string(index) if index.replace("_", "").isalnum() else _expression(index)


_PLACE = re.compile(r"arg(?P<kind>max|min)_(?P<letter>[A-Za-z0-9]+)")
"""The place of a largest or smallest value, by the letter that runs."""

_PART = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<number>[0-9]+)|(?P<sign>.)")


def _expression(text: str) -> str:
    """An index expression: lookups have their index below."""
    out, last = [], ""
    for part in _PART.finditer(text):
        if name := part["name"]:
            known = name in ("max", "min", "floor", "ceil")
            out.append(name if known else _index(name))
        elif part["number"]:
            out.append(part["number"])
        else:
            sign = part["sign"]
            if last in ("max", "min", "floor", "ceil") and sign == "(":
                out[-1] += "("
                last = ""
                continue
            out.append({"[": "_(", "]": ")", "*": " ", ",": ", "}.get(sign, sign))
            if sign == "[":
                out[-2:] = [out[-2] + "_("]
        last = part["name"] or ""
    return re.sub(r" (?=[),])|(?<=\() ", "", " ".join(out))


def _upright(latex: str) -> str:
    r"""A catalogue name as an operator: ``\mathrm{GELU}_{\tanh}`` is a word with words below."""
    words = re.findall("[A-Za-z]+", latex.replace("mathrm", ""))
    first, *below = words
    return f'op("{first}")' + (f'_("{" ".join(below)}")' if below else "")


def _enclosed(left: str, body: str, right: str) -> str:
    if "frac(" in body or "sum_" in body:
        return f"{_BIG[left]} {body} {_BIG[right]}"
    if "\\(" in body:
        return f"{_LARGER[left]} {body} {_LARGER[right]}"
    plain = {"[": "\\[", "]": "\\]"}
    return f"{plain.get(left, left)}{body}{plain.get(right, right)}"


_LARGER = {"\\(": "bigl", "\\)": "bigr", "[": "bigbl", "]": "bigbr"}
_BIG = {"\\(": "Bigl", "\\)": "Bigr", "[": "Bigbl", "]": "Bigbr"}
"""Brackets of a fixed size, which the document's own preamble defines."""


_WORDY = re.compile(r"limits\((op\(|[a-z]{2,} (\\\(|[bB]ig))")
"""What begins with a function's name above a shape, where Typst sets no space before it."""

_WORD = re.compile(r'"[A-Za-z]{2,}"')
"""What begins with a quantity whose name is a word: it would stick to its neighbours."""


_TINTED = re.compile(r"tone[a-z]\((.*)\)", re.S)


def _untinted(factor: str) -> str:
    """A factor without its colour: what it begins and ends with."""
    found = _TINTED.fullmatch(factor)
    return found[1] if found else factor


def _space(before: str, after: str) -> str:
    """A thin space where the next factor would stick: after a parenthesis, before a word."""
    if _WORDY.match(after) or _WORD.match(before) or _WORD.match(after):
        return "thin "
    closed = before.endswith(("\\)", "bigr", "Bigr", "\\]"))
    return "thin " if closed and not after.startswith(("\\(", "bigl", "Bigl", "sum_")) else ""


TYPST = Typst()
