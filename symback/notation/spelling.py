"""A spelled quantity: a letter with what stands on it, after it, below it and above it.

A spelling is data, so that each printer can set it in its own language, and so that a reader of
documents can look one up: two spellings that a reader cannot tell apart are equal in `shown`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from symback.records import dataclass

__all__ = ["GREEK", "Spelling", "Style", "general_name", "own_name"]

GREEK: dict[str, str] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "ell": "ℓ",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
"""Greek letters by name, and as a terminal shows them; ℓ has a name of its own as they have.

Of the capitals those that are neither Latin letters nor signs of a sum or a product.
"""


class Style(StrEnum):
    """The shape of a spelling's base."""

    ITALIC = "italic"  # one letter, Latin or Greek
    SCRIPT = "script"  # one calligraphic capital
    BOLD = "bold"  # one upright bold letter
    BOLD_ITALIC = "bold-italic"
    WORD = "word"  # a name of several letters, upright


@dataclass(frozen=True, slots=True)
class Spelling:
    """One quantity, as it stands in a formula.

    Attributes:
        base: a letter, the name of a Greek letter, or a word.
        style: how the base is set.
        accent: ``hat``, ``tilde``, ``bar``, ``vec`` or nothing.
        primes: how many primes follow.
        indices: what stands below, one text for each index.
        layer: the number of the layer, which stands above; empty for nothing.
        prefix: what stands before the letter as part of the name: the d of ``dz``.
        label: what stands below before the indices as part of the name: the h of ``net_{h1}``.
        brackets: what encloses the layer: ``()``, ``[]``, or nothing.
        sample: the index of the sample, where it stands above; empty for nothing.
        commas: whether indices are always set apart by commas.
        mark: what stands above as part of the name: the i of ``W^i`` for ``Wi``, upright.
        in_brackets: whether text has the indices in brackets: ``h[t-1,k]``.
    """

    base: str
    style: Style = Style.ITALIC
    accent: str = ""
    primes: int = 0
    indices: tuple[str, ...] = ()
    layer: str = ""
    prefix: str = ""
    label: str = ""
    brackets: str = "()"
    sample: str = ""
    commas: bool = False
    mark: str = ""
    in_brackets: bool = False

    @property
    def needs_commas(self) -> bool:
        """Whether the indices would run together: ``W_{1,12}``, not ``W_{112}``."""
        return self.commas or any(len(index) > 1 for index in self.indices)

    @property
    def below(self) -> str:
        """Everything that stands below, run together as it is read: ``12``, ``1,12``, ``h1``."""
        return self.label + ("," if self.needs_commas else "").join(self.indices)

    @property
    def above(self) -> tuple[str, ...]:
        """What stands above, each with its brackets: ``("(2)", "(s)")``, ``("s,2",)``."""
        if not self.brackets:
            both = ",".join(part for part in (self.sample, self.layer) if part)
            return (both,) if both else ()
        layer = (f"{self.brackets[0]}{self.layer}{self.brackets[1]}",) if self.layer else ()
        return (*layer, f"({self.sample})") if self.sample else layer

    @property
    def is_like_a_power(self) -> bool:
        """Whether what stands above could be taken for an exponent."""
        return not self.brackets and bool(self.layer or self.sample)

    @property
    def name(self) -> tuple[str, str, int]:
        """The letter with what stands before, on and after it."""
        return self.prefix + self.base, self.accent, self.primes

    @property
    def shown(self) -> tuple[tuple[str, str, int], str, tuple[str, ...]]:
        """All that tells one spelling from another; fonts do not, since speech has none."""
        apart = "," if any(len(index) > 1 for index in self.indices) else ""
        above = (*self.above, self.mark) if self.mark else self.above
        return self.name, self.label + apart.join(self.indices), above


_ACCENTED = re.compile(r"(?P<base>[A-Za-z]|[a-z]{2,})(?P<accent>hat|tilde|bar)")


def general_name(name: str, siblings: Collection[str] = ()) -> Spelling:
    """A quantity of a model that has no layers, by its own name; text has it as it was typed.

    ``Wi`` is W with an upright i above, and so are ``bi`` where the model has a ``Wi``, and ``zn``
    beside ``zi``; ``s2`` is s with a 2 above, since below stand the indices; ``xhat`` is x with a
    hat.

    Args:
        name: the name.
        siblings: the other names of the model.
    """
    accented = _ACCENTED.fullmatch(name)
    if accented and (len(accented["base"]) == 1 or accented["base"] in GREEK):
        return Spelling(accented["base"], accent=accented["accent"], in_brackets=True)
    letter = name.rstrip("0123456789")
    if _is_letter(letter):
        return Spelling(letter, mark=name[len(letter) :], in_brackets=True)
    if name == "eps":
        return Spelling("epsilon", in_brackets=True)
    base, mark = name[:1], name[1:]
    capitals = {other[1:] for other in siblings if other[:1].isupper()}
    family = {other[1:] for other in siblings if other[:1] == base and len(other) == 2}
    alike = mark in capitals or bool(family & capitals)
    if len(mark) == 1 and mark.isalpha() and (base.isupper() or mark.isupper() or alike):
        return Spelling(base, mark=mark, in_brackets=True)
    return Spelling(name, Style.WORD, in_brackets=True)


def _is_letter(name: str) -> bool:
    return name in GREEK or (len(name) == 1 and name.isalpha())


def own_name(name: str) -> Spelling:
    """A quantity or function that has no role here, spelled by its own name.

    >>> own_name("f2").indices
    ('2',)
    """
    letter, digits = name.rstrip("0123456789"), re.search("[0-9]*$", name)
    below = (digits[0],) if digits and digits[0] else ()
    if letter in GREEK or (len(letter) == 1 and letter.isalpha()):
        return Spelling(letter, indices=below)
    return Spelling(name, Style.WORD)
