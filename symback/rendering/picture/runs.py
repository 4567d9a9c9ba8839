"""Names and short formulas as runs of text, for drawings that set no mathematics."""

from __future__ import annotations

import unicodedata

from sympy import Expr, Indexed, Integer, Mul, Symbol, fraction

from symback.algebra.expressions import Apply, Partial
from symback.model.activations import ACTIVATIONS
from symback.notation import GREEK, Spelling, Style
from symback.printing import Printer
from symback.printing.deltas import in_deltas

__all__ = [
    "PRIMES", "SIZE", "SMALL", "WIDE", "Run", "advance", "function_run", "has_marks", "in_line",
    "quotient", "runs_of", "spelled", "width_of",
]  # fmt: skip

SIZE, SMALL = 11.0, 8.0
"""Of characters on the line, and of those above and below it."""

WIDE = 42.0
"""A wider factor on an edge is set above and below a bar, and smaller."""

_LETTERS = 2
"""So many letters in a row are indices; more are a word."""

_SCRIPT = {"L": "ℒ", "E": "ℰ", "F": "ℱ", "B": "ℬ", "H": "ℋ", "I": "ℐ", "M": "ℳ", "R": "ℛ"}
_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "vec": "\u20d7"}

Run = tuple[str, bool, int]
"""Characters, whether they are italic, and whether they stand below (-1) or above (1, primes 2)."""

PRIMES = 2
"""Primes stand above an index and before what else stands above; their sign is high by itself."""


def runs_of(printer: Printer, expression: Expr, *, deltas: bool = False) -> list[Run]:
    """An entry, a derivative, or a product of such; nothing for what has no room on one line.

    Args:
        printer: its notation names what is drawn.
        expression: what is said.
        deltas: whether a derivative of the loss has its letter, where the notation has one.
    """
    if deltas:
        expression = in_deltas(expression, printer.vocabulary)
    return _runs(printer, expression, deltas) or []


def _runs(printer: Printer, node: Expr, deltas: bool) -> list[Run] | None:
    vocabulary = printer.vocabulary
    match node:
        case Indexed():
            return spelled(vocabulary.spell(str(node.base.label), node.indices))
        case Symbol():
            return spelled(vocabulary.spell(str(node)))
        case Integer():
            return [(str(node).replace("-", "−"), False, 0)]
        case Partial():
            return _derivative(printer, node, deltas)
        case Apply():
            return _applied(printer, node)
        case Mul():
            return _product(printer, node, deltas)
    return None


def _derivative(printer: Printer, node: Partial, deltas: bool) -> list[Run] | None:
    loss = node.of == printer.model.loss.at()
    if deltas and loss and isinstance(node.by, Indexed):
        letter = printer.vocabulary.spell_delta(str(node.by.base.label), node.by.indices)
        if letter is not None:
            return spelled(letter)
    above, below = (_runs(printer, side, deltas) for side in (node.of, node.by))
    if above is None or below is None:
        return None
    return [("∂", False, 0), *above, ("/∂", False, 0), *below]


def _applied(printer: Printer, node: Apply) -> list[Run] | None:
    argument = _runs(printer, node.argument, False)
    if argument is None:
        return None
    called = [("(", False, 0), *argument, (")", False, 0)]
    function = function_run(node.name)
    style = printer.vocabulary.notation.derivative
    if not node.order:
        return [*function, *called]
    if style == "prime":
        return [*function, ("′" * node.order, False, 0), *called]
    d = ("d" if style == "d" else "∂", False, 0)
    slash = (f"/{d[0]}", False, 0)
    return [d, *function, *called, slash, *argument] if node.order == 1 else None


def _product(printer: Printer, node: Mul, deltas: bool) -> list[Run] | None:
    number, rest = node.as_coeff_Mul()
    above, below = fraction(rest)
    if below.is_Symbol:  # of one sample: a part of the mean
        divided = _runs(printer, number * above, deltas)
        return divided and [*divided, ("/", False, 0), (printer(below), True, 0)]
    parts = [_runs(printer, part, deltas) for part in printer.order.factors(list(rest.args))]
    if rest.is_Atom or rest.func is not Mul:
        parts = [_runs(printer, rest, deltas)]
    front: list[Run] = [] if number == 1 else [("−", False, 0)]
    if abs(number) != 1 or None in parts:
        return None
    return [*front, *(run for part in parts if part for run in part)]


def spelled(spelling: Spelling) -> list[Run]:
    """A spelling as runs of text."""
    base = GREEK.get(spelling.base, spelling.base)
    script = spelling.style is Style.SCRIPT and base in _SCRIPT
    if script:
        base = _SCRIPT[base]
    if spelling.accent:
        base = unicodedata.normalize("NFC", base + _ACCENTS[spelling.accent])
    italic = spelling.style not in (Style.WORD, Style.SCRIPT, Style.BOLD)
    runs: list[Run] = [(spelling.prefix + base, italic, 0)]
    if spelling.below:
        runs.append((spelling.below, _slants(spelling.below), -1))
    if spelling.primes:
        runs.append(("′" * spelling.primes, False, PRIMES))
    if spelling.mark:
        # A number by itself could be taken for an exponent.
        mark = f"({spelling.mark})" if spelling.mark.isdigit() else spelling.mark
        runs.append((mark, False, 1))
    if spelling.above:
        runs.append(("".join(spelling.above), False, 1))
    return runs


def in_line(digits: str, log: str = "log", slash: str = "/") -> str:
    """A number as it stands beside a unit, on one line: there a fraction would lie on its circle.

    Args:
        digits: with ``ln`` before what there are logarithms of.
        log: how formulas name the logarithm.
        slash: what a language takes for one that makes no fraction.
    """
    front, has_log, rest = digits.partition("ln ")
    if has_log:
        above, bar, below = front.strip().partition("/")
        logs = " ".join(f"{log}({part})" for part in rest.split())
        sign = above[:-1] if above in ("", "1", "-1") else f"{above} "
        digits = f"{sign}{logs}{bar}{below}"
    return digits.replace("/", slash)


def quotient(runs: list[Run]) -> tuple[list[Run], list[Run]] | None:
    """What stands above and below the bar of a derivative; None for anything else."""
    bars = [place for place, (text, _, _) in enumerate(runs) if text in ("/∂", "/d")]
    if len(bars) != 1:
        return None
    (bar,) = bars
    return runs[:bar], [(runs[bar][0][1:], False, 0), *runs[bar + 1 :]]


def has_marks(runs: list[Run]) -> bool:
    """Whether something stands above a letter and something below."""
    return {-1, 1} <= {shift for _, _, shift in runs}


def _slants(below: str) -> bool:
    """Whether an index is italic; numbers and words are not."""
    is_word = below.isalpha() and len(below) > _LETTERS
    return not is_word and not below.replace(",", "").isdigit()


def function_run(name: str) -> list[Run]:
    """The name of a function."""
    known = ACTIVATIONS.get(name)
    text = GREEK.get(name, name) if known is None else known.text
    return [(text, len(text) == 1, 0)]


def advance(characters: str) -> float:
    """About the width of characters in ems, as fonts with serifs have it."""
    return sum(0.3 if c in ",.()′" else 0.95 if c == "W" else 0.5 for c in characters)


def width_of(runs: list[Run]) -> float:
    """About the width of runs; what stands below and above one letter shares its place."""
    total = below = above = 0.0
    for text, _, shift in runs:
        if not shift:
            total += max(below, above) + advance(text) * SIZE
            below = above = 0.0
        elif shift < 0:
            below += advance(text) * SMALL
        else:
            above += advance(text) * (SIZE if shift == PRIMES else SMALL)
    return total + max(below, above)
