r"""The letters of a LaTeX page as macros: an author changes each in one place.

``W_{jk}^{(2)}`` becomes ``\weight{2}{jk}``, and what stands above besides is an optional argument,
``\weight[\,\top]{2}{}``, since TeX sets one superscript alone.  Formulas are printed, measured and
broken with the letters themselves; the macros are put in at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from symback.model.equations import Model, Quantity, Role
from symback.notation import Spelling
from symback.notation.vocabulary import Vocabulary
from symback.printing.latex import LATEX
from symback.records import dataclass

__all__ = ["Letter", "letters_of", "with_letters"]

_NAMES = {
    Role.INPUT: "inputunit",
    Role.TARGET: "target",
    Role.WEIGHT: "weight",
    Role.BIAS: "bias",
    Role.PREACTIVATION: "preactivation",
    Role.ACTIVATION: "activation",
    Role.OUTPUT: "outputunit",
    Role.LOSS: "loss",
    Role.CONSTANT: "decay",
}
"""What a network's quantities are called in its source, by their roles."""

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Letter:
    r"""One letter, with what it is called in the source.

    Attributes:
        macro: its name, without the backslash.
        base: as LaTeX sets it, without what stands below and above.
        primes: how many primes follow it.
        layered: whether a layer stands above it.
        brackets: what encloses the layer; empty for nothing.
    """

    macro: str
    base: str
    primes: int
    layered: bool
    brackets: str

    @property
    def arguments(self) -> int:
        """How many arguments it takes: what else stands above, the layer, what stands below."""
        return 3 if self.layered else 2

    @property
    def body(self) -> str:
        """What it stands for."""
        prime = r"\prime" * self.primes
        layer = self.brackets[:1] + "#2" + self.brackets[1:] if self.layered else ""
        below = f"#{self.arguments}"
        return rf"\scripted{{{self.base}}}{{{below}}}{{{prime}{layer}#1}}"


def letters_of(vocabulary: Vocabulary) -> tuple[Letter, ...]:
    """A letter for each way in which quantities, and derivatives by them, are spelled."""
    found: dict[tuple[str, int, bool], Letter] = {}
    names: set[str] = set()
    model = vocabulary.model
    for quantity, spelling, suffix, is_delta in _spellings(vocabulary):
        base = LATEX.spelling(_bare(spelling))
        layered = bool(spelling.layer)
        key = base, spelling.primes, layered
        if key in found:
            continue
        name = "adjoint" if is_delta else _name(model, quantity)
        macro = next(n for n in _candidates(name, suffix) if n not in names)
        names.add(macro)
        found[key] = Letter(macro, base, spelling.primes, layered, spelling.brackets)
    return tuple(found.values())


def with_letters(text: str, letters: Iterable[Letter]) -> str:
    """A LaTeX page whose formulas name their letters by macros."""
    return _Source(text, letters).written()


def _spellings(vocabulary: Vocabulary) -> Iterator[tuple[Quantity, Spelling, str, bool]]:
    slots = [*vocabulary.slots.values(), *vocabulary.deltas.values()]
    for suffix in ("", "array", "row", "entry"):
        for slot in slots:
            body = {"": slot.entry, "array": slot.whole, "row": slot.row, "entry": slot.lettered}
            spelling = body[suffix]
            if spelling is not None:
                yield slot.quantity, spelling, suffix, slot.is_delta


def _bare(spelling: Spelling) -> Spelling:
    return replace(spelling, primes=0, indices=(), layer="", sample="", label="")


def _name(model: Model, quantity: Quantity) -> str:
    if not model.has_layers:
        spelled = re.sub(r"\d", lambda digit: _DIGITS[int(digit[0])], quantity.name)
        return "q" + re.sub("[^A-Za-z]", "", spelled)
    if quantity.role is Role.LOSS and quantity.ranges:
        return "sampleloss"
    if quantity.role is Role.LOSS and quantity.name != model.loss.name:
        return "plainloss"
    return _NAMES.get(quantity.role, "quantity")


def _candidates(name: str, suffix: str) -> Iterator[str]:
    yield name + suffix
    for place in ("output", "other", "further"):
        yield place + name + suffix
    yield from (f"{name}{suffix}{'x' * more}" for more in range(2, 99))


_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.S)

_ENVIRONMENTS = ("align*", "alignat*", "equation*")

_SIGNS = (r"\sum", r"\prod", r"\max", r"\min")
"""What stands below and above these is an index with its range, and no quantity."""

_TEXT = (r"\text", r"\why", r"\whybelow")
"""Commands whose argument is text within a formula."""

_PLAIN = (r"\tag", r"\tag*", r"\label", r"\eqref", r"\eqn", r"\begin", r"\end", r"\textcolor",
          r"\hspace", r"\mathrm", r"\operatorname", r"\needroom")  # fmt: skip
"""Commands whose first argument is no formula."""


class _Source:
    """Reads a page once, and knows where it is in a formula."""

    def __init__(self, text: str, letters: Iterable[Letter]) -> None:
        self.text = text
        self.place = 0
        # The longest first: a letter with a hat before the letter alone.
        self.letters = sorted(
            letters, key=lambda letter: (-len(letter.base), -letter.primes, not letter.layered)
        )

    def written(self) -> str:
        """Everything, with the macros put in."""
        return "".join(self._text(""))

    # Text

    def _text(self, until: str) -> Iterator[str]:
        """Text up to an unmatched closing brace, or to the end."""
        depth = 0
        while self.place < len(self.text):
            token = self._next()
            if token == "}" and until and not depth:
                yield token
                return
            depth += {"{": 1, "}": -1}.get(token, 0)
            if token == "%":
                yield token + self._up_to("\n")
            elif token == "$":
                yield token
                yield from self._formula("$")
            elif token == r"\begin" and (name := self._environment()):
                yield token + self._group()
                if name.startswith("alignat"):
                    yield self._group()
                yield from self._formula(rf"\end{{{name}}}")
            else:
                yield token

    def _environment(self) -> str:
        return next((n for n in _ENVIRONMENTS if self.text.startswith(f"{{{n}}}", self.place)), "")

    # Formulas

    def _formula(self, until: str) -> Iterator[str]:
        before = ""
        while self.place < len(self.text):
            if self.text.startswith(until, self.place):
                self.place += len(until)
                yield until
                return
            letter = self._letter(before)
            if letter:
                yield letter
                before = "}"
                continue
            token = self._next()
            yield token
            if token in _TEXT and self.text.startswith("{", self.place):
                yield self._next()
                yield from self._text("}")
            elif token in _PLAIN:
                yield self._group()
                if token == r"\begin":
                    yield self._option()
            elif token in "_^" and (before in _SIGNS or (token == "^" and before == "_of")):
                yield self._group()
                before = "_of" if token == "_" else ""
                continue
            before = before if token.isspace() else token

    def _letter(self, before: str) -> str:
        if before in ("_", "^") and not self.text.startswith("{", self.place):
            return ""
        for letter in self.letters:
            if not self.text.startswith(letter.base, self.place):
                continue
            start, self.place = self.place, self.place + len(letter.base)
            written = "" if self._goes_on(letter.base) else self._called(letter)
            if written:
                return written
            self.place = start
        return ""

    def _goes_on(self, base: str) -> bool:
        """Whether the name of a command goes on after a base that ends like one."""
        return base.startswith("\\") and base[-1].isalpha() and self._here().isalpha()

    def _called(self, letter: Letter) -> str:
        below = self._script("_")
        primes = re.compile("'*").match(self.text, self.place)
        assert primes is not None
        self.place = primes.end()
        above = self._script("^")
        count = len(primes[0])
        while not primes[0] and above.startswith(r"\prime"):
            count, above = count + 1, above[len(r"\prime") :]
        if count != letter.primes:
            return ""
        layer = ""
        if letter.layered:
            opening, closing = map(re.escape, (letter.brackets[:1], letter.brackets[1:]))
            ends = rf"{opening}([A-Za-z0-9,]+){closing}"
            found = re.match(ends, above)
            if not found:
                return ""
            layer, above = f"{{{found[1]}}}", above[found.end() :]
        more = "" if not above else f"[{{{above}}}]" if "]" in above else f"[{above}]"
        return rf"\{letter.macro}{more}{layer}{{{below}}}"

    def _script(self, sign: str) -> str:
        """What stands below or above here, without its braces."""
        if self._here() != sign:
            return ""
        self.place += 1
        group = self._group()
        return group[1:-1] if group.startswith("{") else group

    # Characters

    def _here(self) -> str:
        return self.text[self.place : self.place + 1]

    def _next(self) -> str:
        found = _TOKEN.match(self.text, self.place)
        assert found is not None
        self.place = found.end()
        return found[0]

    def _up_to(self, end: str) -> str:
        start = self.place
        self.place = self.text.find(end, start) + len(end) or len(self.text)
        return self.text[start : self.place]

    def _option(self) -> str:
        """The option of an environment as it stands: the t of ``aligned`` is no letter."""
        return self._up_to("]") if self._here() == "[" else ""

    def _group(self) -> str:
        """A group in braces as it stands, or one token."""
        if self._here() != "{":
            return self._next() if self._here() else ""
        start, depth = self.place, 0
        while self.place < len(self.text):
            depth += {"{": 1, "}": -1}.get(self._next(), 0)
            if not depth:
                break
        return self.text[start : self.place]
