"""Draws numbers of any kind, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from random import Random

from symback.calculus.derivation import Derivation
from symback.errors import InputError
from symback.teaching.drawing.drawn import DRAWS, WISHES, Drawn
from symback.teaching.drawing.exact_draws import ExactDraws
from symback.teaching.drawing.tidiness import NEEDS, Tidiness
from symback.teaching.program import Kind, Program
from symback.teaching.terms import FLOATS

__all__ = ["Drawer", "draw_numbers"]


def draw_numbers(kind: str, derivation: Derivation, program: Program, seed: int) -> Drawn:
    """Numbers for every given key of a program.

    Args:
        kind: ``tidy``, ``exact`` or ``random``.
        derivation: of the model.
        program: the same, unit by unit.
        seed: the same numbers for the same seed.

    Raises:
        InputError: where there are none of this kind.
    """
    return Drawer(derivation, program).draw(kind, seed)


class Drawer:
    """Draws numbers for one program, as often as one likes."""

    def __init__(self, derivation: Derivation, program: Program) -> None:
        self.program = program
        self.model = derivation.model
        self.tests = Tidiness(derivation, program)
        self.grid = self.tests.grid
        self.spec = "|".join(
            f"{line.key}={line.function}" for line in program.of_kind(Kind.FORWARD)
        )

    def draw(self, kind: str, seed: int) -> Drawn:
        """Numbers of one kind."""
        random = Random(f"{kind} {self.spec} {seed}")
        if kind == "random":
            return Drawn(self.grid.plain(random, lambda q: random.randint(-100, 100), 100), FLOATS)
        if kind == "exact":
            return ExactDraws(self.model, self.program, self.tests).draw(random)
        return self._tidy(random)

    # Tidy -----------------------------------------------------------------------------------------

    def _tidy(self, random: Random) -> Drawn:
        size = len(self.program.lines)
        tries = min(DRAWS, max(400, 800_000 // size))
        share = tries // 2
        draws = 0
        for dropped in range(len(WISHES) + 1):
            wishes = set(WISHES[dropped:])
            for _ in range(share if not dropped else max(100, share // 4)):
                draws += 1
                given = self.grid.plain(random, *self.grid.tidy(random))
                if self.tests.is_tidy(given, wishes, FLOATS):
                    return Drawn(given, FLOATS, WISHES[:dropped], draws)
        lacking = Counter(
            self.tests.lacks(self.grid.plain(random, *self.grid.tidy(random))) for _ in range(100)
        )
        needed = NEEDS[lacking.most_common(1)[0][0]]
        raise InputError(
            f"no tidy numbers were found for this: of {draws} draws, the last of them without the "
            f"wishes {', '.join(WISHES)}, none will do, mostly for want of {needed}",
            where="--numbers",
            hint="try another seed, fewer units, or --numbers random",
        )
