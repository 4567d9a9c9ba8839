"""Whether numbers are tidy: not dull, not saturated, showing every slip; cheap tests come first."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any

from symback.calculus.derivation import Derivation
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Role
from symback.teaching.digits import round_to
from symback.teaching.drawing.grid import RATES, Grid, softmax_lines, width_of
from symback.teaching.exact import EXACT
from symback.teaching.program import Kind, Line, Program
from symback.teaching.slips import Altered, Slip, variants
from symback.teaching.terms import FLOATS, Functions

__all__ = ["NEEDS", "VISIBLE", "Tidiness"]

LEAST, MOST = 0.01, 30.0
"""The sizes of values that somebody likes to work with."""

VISIBLE = 2e-3
"""By so much a slip must change a value."""

NEEDS: Mapping[str, str] = {
    "apart": "inputs that differ, and weights that do in each row",
    "forward": "sums that differ, away from kinks and saturation, half of the units active, "
    "and no value beyond 30",
    "backward": "errors that can be seen, and no gradient beyond 30",
    "slips": "values that show every slip",
}
"""What is never given up, in words, by what `Tidiness.lacks` says."""


class Tidiness:
    """The tests that tidy numbers of one program pass."""

    def __init__(self, derivation: Derivation, program: Program) -> None:
        self.derivation = derivation
        self.program = program
        self.model = derivation.model
        self.functions_used = {
            line.function for line in program.lines if line.function in ACTIVATIONS
        } | {e.function for e in self.model.equations if e.function in ACTIVATIONS}
        slopes = program.of_kind(Kind.SLOPE)
        self.piecewise = bool(self.functions_used) and all(map(_is_straight, self.functions_used))
        self.has_kinks = any(ACTIVATIONS[name].kinks for name in self.functions_used)
        squashing = {line.quantity for line in slopes if line.function == "sigmoid"}
        # Each further sigmoid makes what is passed back four times smaller, or more.
        self.least = 0.2 if self.piecewise else LEAST * 0.2 ** max(0, len(squashing) - 2)
        self.activated = [
            (program.keys[line.subject.argument], line.function, line)
            for line in slopes
            if line.subject.argument in program.keys
        ]
        self.forward = program.of_kind(Kind.FORWARD)
        self.backward = program.of_kind(Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT)
        self.step = program.of_kind(Kind.UPDATE, Kind.AFTER)
        self.softmax = softmax_lines(program)
        self.grid = Grid(self.model, program, self.piecewise)

    @cached_property
    def slips(self) -> list[tuple[Slip, Altered, tuple[Line, ...]]]:
        """The slips of the core that can be made here, each in every way, and what they change.

        Those that numbers failed to show come first: the same fail again and again.
        """
        ways = self._telling([pair for pair in variants(self.program) if pair[0].core])
        return [(slip, altered, self.program.behind(altered)) for slip, altered in ways]

    def _telling(self, ways: list[tuple[Slip, Altered]]) -> tuple[tuple[Slip, Altered], ...]:
        """Slips that some numbers show, one of those that no numbers can tell apart.

        With a single unit in a layer several slips are one: they say the same in other words.
        """
        random = Random("telling")
        points = []
        for _ in range(3):
            given = self.grid.plain(random, lambda q: random.randint(-999, 999), 500)
            numbers = {key: float(value) for key, value in given.items()}
            try:
                points.append((numbers, self.program.run(numbers)))
            except InputError:
                continue
        kept: list[tuple[Slip, Altered]] = []
        sheets: list[list[float]] = []
        for slip, altered in ways:
            sheet: list[float] = []
            for numbers, _ in points:
                try:
                    wrong = self.program.run(numbers, altered=altered)
                    sheet += [float(wrong[line.key]) for line in self.program.lines]
                except InputError:
                    sheet += [float("inf")] * len(self.program.lines)
            right = [float(v[line.key]) for _, v in points for line in self.program.lines]
            if all(differ(sheet, other, 1e-9) for other in (right, *sheets)):
                kept.append((slip, altered))
                sheets.append(sheet)
        return tuple(kept)

    def is_tidy(self, given: dict[str, Any], wishes: set[str], functions: Functions) -> bool:
        """Whether numbers pass every test; their rate may become smaller."""
        found = self.worked(given, wishes, functions)
        try:
            return found is not None and self.shows_slips(found, functions)
        except (InputError, OverflowError):
            return False

    def worked(
        self, given: dict[str, Any], wishes: set[str], functions: Functions
    ) -> dict[str, Any] | None:
        """The numbers and all values, where they pass every test but that of slips; else None."""
        # Of straight lines alone all values are whole over a power of two, which floats have.
        numbers: dict[str, Any] = (
            given if functions is EXACT else {key: float(v) for key, v in given.items()}
        )
        if not self.is_asymmetric(numbers):
            return None
        try:
            values = self.program.run(numbers, functions, lines=self.forward)
            if not self._forward_ok(values, wishes):
                return None
            values = self.program.run(values, functions, lines=self.backward)
            if not self._backward_ok(values, wishes):
                return None
            stepped = self.stepped(given, numbers, values, functions, "falls" in wishes)
            if stepped is None:
                return None
            values = stepped
            if "policies" in wishes and functions is FLOATS and not self._policies(given, values):
                return None
            return values
        except (InputError, OverflowError):
            return None

    def lacks(self, given: Mapping[str, Any]) -> str:
        """Which test numbers fail that no wish stands for: a key of `NEEDS`."""
        numbers = {key: float(value) for key, value in given.items()}
        if not self.is_asymmetric(numbers):
            return "apart"
        try:
            values = self.program.run(numbers, lines=self.forward)
            if not self._forward_ok(values, set()):
                return "forward"
            values = self.program.run(values, lines=self.backward)
        except (InputError, OverflowError):
            return "forward"
        return "slips" if self._backward_ok(values, set()) else "backward"

    def stepped(
        self,
        given: dict[str, Any],
        numbers: dict[str, Any],
        values: dict[str, Any],
        functions: Functions,
        must_fall: bool,
    ) -> dict[str, Any] | None:
        """The values after a step whose rate makes the loss fall; None where none of a few does."""
        first = RATES.index(given["eta"])
        for eta in RATES[first:] if must_fall else RATES[first : first + 1]:
            given["eta"] = eta
            numbers["eta"] = eta if numbers is given else float(eta)
            found = self.program.run({**values, "eta": numbers["eta"]}, functions, lines=self.step)
            after = found.get(f"{self.program.loss}_new")
            if not must_fall or after is None:
                return found
            if float(after) < float(values[self.program.loss]):
                return found
        return None

    def is_asymmetric(self, given: Mapping[str, Any]) -> bool:
        """Distinct inputs, distinct weights in a row and in a column."""
        for name, keys in self.program.given.items():
            if len(keys) < 2:
                continue
            role = self.program.roles[name]
            if role is Role.INPUT:
                row = [abs(given[key]) for key in keys[: width_of(keys)]]
                if len(set(row)) < len(row):
                    return False
            elif role in (Role.WEIGHT, Role.PARAMETER):
                width = width_of(keys)
                rows = [[given[k] for k in keys[i : i + width]] for i in range(0, len(keys), width)]
                if any(len(set(row)) < len(row) for row in rows):
                    return False
                if self.piecewise:
                    continue  # of so few numbers columns cannot be asked to differ as well
                if any(len(set(column)) < len(column) for column in zip(*rows, strict=False)):
                    if width <= 3 and len(rows) <= 3:
                        return False
        return True

    def are_distinct(self, values: Mapping[str, Any]) -> bool:
        """Whether no two units of a layer have the same sum: a swapped index would not show."""
        sums: dict[str, set[float]] = {}
        for key, _, line in self.activated:
            own = sums.setdefault(line.quantity, set())
            if float(values[key]) in own:
                return False
            own.add(float(values[key]))
        return True

    def _forward_ok(self, values: Mapping[str, Any], wishes: set[str]) -> bool:
        if not self.are_distinct(values):
            return False
        active = total = 0
        for key, function, _ in self.activated:
            z = float(values[key])
            if ACTIVATIONS[function].kinks:
                if any(abs(z - float(_point(point))) < 0.5 for point, _ in _kinks(function)):
                    return False
                total += 1
                active += z > 0
            elif function in ("sigmoid", "tanh"):
                limit = 1.8 if function == "sigmoid" else 1.2
                if "size" in wishes and abs(z) > limit:
                    return False
                if abs(z) > 3.5:
                    return False
        if total and 2 * active < total:
            return False
        if total >= 3 and "dead" in wishes and active == total:
            return False
        if any(not 0.05 <= float(values[line.key]) <= 0.9 for line in self.softmax):
            return False
        return all(abs(float(values[line.key])) <= MOST for line in self.forward)

    def _backward_ok(self, values: Mapping[str, Any], wishes: set[str]) -> bool:
        least = self.least
        grid = self.piecewise and "grid" in wishes
        for line in self.backward:
            value = values[line.key]
            size = abs(float(value))
            if size > MOST:
                return False
            if "size" in wishes and line.kind is not Kind.SLOPE and 0 < size < least:
                return False
            if grid and 4 * float(value) % 1:
                return False
        errors = [
            float(values[line.key])
            for line in self.backward
            if line.kind is Kind.ADJOINT and line.rule in ("differentiate-loss", "loss-and-output")
        ]
        return not errors or any(abs(error) >= least for error in errors)

    def _policies(self, given: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Whether values carried with 4 decimals agree in 3 with those carried exactly."""
        carried = self.program.run(
            given, FLOATS, lines=(*self.forward, *self.backward), rounded=_four
        )
        return all(
            abs(float(carried[line.key]) - float(values[line.key])) < 5e-4
            for line in (*self.forward, *self.backward)
        )

    def shows_slips(self, values: Mapping[str, Any], functions: Functions) -> bool:
        """Whether every slip changes a value, and no two slips give the same sheet."""
        lines = self.program.lines
        right = [float(values[line.key]) for line in lines]
        sheets: dict[str, list[tuple[int, list[float]]]] = {}
        hidden: set[str] = set()
        for place, (slip, altered, changed) in enumerate(self.slips):
            if not self.can_show(slip, altered, values):
                continue
            try:
                wrong = self.program.run(values, functions, altered=altered, lines=changed)
            except InputError:
                continue
            sheet = [float(wrong[line.key]) for line in lines]
            if not differ(sheet, right, VISIBLE):
                if not self.has_kinks:
                    self._first(place)
                    return False
                # Behind a unit that is off nothing shows; some other way of the slip must.
                hidden.add(slip.code)
                continue
            others = (s for code, own in sheets.items() if code != slip.code for s in own)
            for other_place, other in others:
                if not differ(sheet, other, VISIBLE):
                    self._first(other_place, place)
                    return False
            sheets.setdefault(slip.code, []).append((place, sheet))
        return hidden <= set(sheets)

    def _first(self, *places: int) -> None:
        """Try these slips first from now on; which numbers pass does not depend on the order."""
        chosen = [self.slips[place] for place in places]
        rest = [way for place, way in enumerate(self.slips) if place not in places]
        self.slips[:] = [*chosen, *rest]

    def can_show(self, slip: Slip, altered: Altered, values: Mapping[str, Any]) -> bool:
        """Whether numbers can show a slip: a missing slope of 1 shows nowhere."""
        if slip.code == "slope-missing" and self.has_kinks:
            uses = {u for key in altered for u in self.program.line_of[key].uses}
            slopes = [values[u] for u in uses if u.split("[")[0].endswith("_slope")]
            return any(slope != 1 for slope in slopes)
        if slip.code == "bias-missing":
            uses = {u for key in altered for u in self.program.line_of[key].uses}
            own = [u for u in uses if self.program.roles.get(u.split("[")[0]) is Role.BIAS]
            return any(values[u] for u in own)
        if slip.code == "wrong-layer" or slip.code == "other-input":
            return not _is_same_by_construction(altered, self.program)
        return True


def _four(value: Any) -> Any:
    return round_to(value, 4) if isinstance(value, int | Fraction) else round(value, 4)


def _is_straight(function: str) -> bool:
    """Whether a function consists of straight lines: ELU has a kink, but bends beside it."""
    own = ACTIVATIONS[function]
    return function == "identity" or (bool(own.kinks) and "exp" not in own.derivative)


def _kinks(function: str) -> tuple[tuple[str, str], ...]:
    return ACTIVATIONS[function].kinks


def _point(text: str) -> Fraction:
    return Fraction(text)


def differ(left: list[float], right: list[float], least: float) -> bool:
    return any(a != b and abs(a - b) >= least for a, b in zip(left, right, strict=True))


def _is_same_by_construction(altered: Altered, program: Program) -> bool:
    """Whether a changed program says the same as the right one."""
    return all(tree == program.line_of[key].tree for key, tree in altered.items())
