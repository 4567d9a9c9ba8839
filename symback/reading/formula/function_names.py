r"""Which names are functions: `f(x)` is a call and `a(1 - a)` a product only by this table.

A name is written in the table as `spelling` gives it: its letter, with font and accents, and
without scripts (`f`, `bold f`, `hat y`).
"""

from __future__ import annotations

from collections.abc import Iterable

from symback.reading.formula.commands import APPLIED, FUNCTIONS
from symback.reading.formula.syntax import Symbol
from symback.records import dataclass

INDEX_LETTERS = frozenset("ijklmnpqrstuv")
"""Letters that count, and are raised for that."""

# Letters that nobody multiplies a bracket by.
USUAL = frozenset(["f", "g", "sigma", "varsigma", "phi", "varphi", "psi"])


@dataclass(frozen=True, slots=True)
class FunctionTable:
    """The names that are functions, and the letters that are ordinary quantities after all.

    `variables` holds the letters whose usual special meaning a document overrides (`e`, `d`,
    `Delta`, `f`); `iterated` the names that carry a step in brackets, as in `W(t + 1)`; `layered`
    those whose raised number is a layer and no power, as in `a^2 = f(z^2)`; `squared` those whose
    square is a quantity with an equation, as in `sigma^2 = …`; `quantities` those that are known to
    be quantities, so that a bracket after one, as in `delta (x)`, shows no function, and `numbered`
    those of them that never stand without the number of their layer; `letters` are the single
    letters that stand by themselves, in any font, where that is needed to tell a product;
    `indexed` are those with their indices in square brackets behind them, as in `O[i, j]`, and
    `placed` those with a layer or a step there, behind the indices: `y_i[l]`; `stepped` are those
    with a step in round brackets behind them, as in `h(t - 1)`.
    """

    functions: frozenset[str] = USUAL
    variables: frozenset[str] = frozenset()
    iterated: frozenset[str] = frozenset()
    layered: frozenset[str] = frozenset()
    squared: frozenset[str] = frozenset()
    quantities: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    indexed: frozenset[str] = frozenset()
    placed: frozenset[str] = frozenset()
    stepped: frozenset[str] = frozenset()

    def calls(self, symbol: Symbol) -> bool:
        """Say whether this name followed by a bracket is a function of what is in it."""
        name = spelling(symbol)
        if name in self.variables or name in self.stepped:
            return False
        return name in self.functions or symbol.name in FUNCTIONS or symbol.name in APPLIED

    def knows(self, letter: str) -> bool:
        """Say whether a letter is an ordinary quantity here, whatever it is elsewhere."""
        return letter in self.variables

    def steps(self, symbol: Symbol) -> bool:
        """Say whether a bracket after this name says at which step it is taken."""
        return spelling(symbol) in self.iterated

    def has_indices_behind(self, symbol: Symbol) -> bool:
        """Say whether a square bracket after this name holds its indices."""
        return spelling(symbol) in self.indexed

    def has_place_behind(self, symbol: Symbol) -> bool:
        """Say whether a square bracket after this name and its indices holds a layer or a step."""
        return spelling(symbol) in self.placed

    def has_step_behind(self, symbol: Symbol) -> bool:
        """Say whether a round bracket after this name holds the step at which it is taken."""
        return spelling(symbol) in self.stepped

    def counts_layers(self, symbol: Symbol) -> bool:
        """Say whether a number above this name is a layer."""
        return spelling(symbol) in self.layered

    def names_square(self, symbol: Symbol) -> bool:
        """Say whether the square of this is a quantity of its own: a variance."""
        return spelling(symbol) in self.squared

    def extended(
        self,
        functions: Iterable[str] = (),
        variables: Iterable[str] = (),
        iterated: Iterable[str] = (),
        layered: Iterable[str] = (),
        squared: Iterable[str] = (),
        quantities: Iterable[str] = (),
        numbered: Iterable[str] = (),
        letters: Iterable[str] = (),
        indexed: Iterable[str] = (),
        placed: Iterable[str] = (),
        stepped: Iterable[str] = (),
    ) -> FunctionTable:
        """Return the table with more names in it."""
        return FunctionTable(
            self.functions.union(functions),
            self.variables.union(variables),
            self.iterated.union(iterated),
            self.layered.union(layered),
            self.squared.union(squared),
            self.quantities.union(quantities),
            self.numbered.union(numbered),
            self.letters.union(letters),
            self.indexed.union(indexed),
            self.placed.union(placed),
            self.stepped.union(stepped),
        )


def spelling(symbol: Symbol) -> str:
    """Return the name of a symbol as the table spells it."""
    return " ".join([*symbol.accents, *([symbol.font] if symbol.font else []), symbol.name])
