"""Numbers that are drawn: tidy, exact or random, the same for the same seed.

Tidy numbers are short and say everything: no unit sits at a kink or is saturated, rounding changes
nothing that is looked at, and every slip of the catalogue changes a value, no two in the same way.
Draws are cheap and tests are ordered by cost, so a few dozen draws take a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import lcm
from random import Random
from typing import Any

from sympy import Integer

from symback.calculus.derivation import Derivation
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Model, Quantity, Role
from symback.model.network import Network
from symback.teaching.digits import round_to
from symback.teaching.exact import EXACT, log_of
from symback.teaching.program import Kind, Program
from symback.teaching.slips import Altered, Slip, variants
from symback.teaching.terms import FLOATS, Functions

__all__ = ["WISHES", "Drawer", "Drawn", "draw_integers", "draw_numbers"]

DRAWS = 20_000
"""So many draws at most, of a small network; fewer of a large one."""

WISHES = ("size", "grid", "policies", "dead", "falls")
"""What is given up, in this order, where no numbers have everything; the slips never are."""

LEAST, MOST = 0.01, 30.0
"""The sizes of values that somebody likes to work with."""

RATES = tuple(Fraction(*rate) for rate in ((1, 2), (1, 5), (1, 10), (1, 20), (1, 100)))
"""Learning rates, the largest first: where the loss rises, a smaller one is taken."""

VISIBLE = 2e-3
"""By so much a slip must change a value."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Numbers that were drawn.

    Attributes:
        given: by key.
        functions: the arithmetic in which they are worked out.
        dropped: the wishes that had to be given up.
        draws: how many were made.
    """

    given: dict[str, Any]
    functions: Functions
    dropped: tuple[str, ...] = ()
    draws: int = 1


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


def draw_integers(model: Model, sizes: Mapping[str, int], seed: int) -> dict[str, int]:
    """An index for every entry of the integer arrays: where a lookup looks, which class it is."""
    from symback.teaching.concrete import entry_key

    random = Random(f"integers {seed}")
    sized = model.with_sizes(sizes) if sizes else model
    numbers = {r.name: r.size for q in sized.quantities.values() for r in q.ranges if r.size}
    numbers |= dict(sizes)
    found: dict[str, int] = {}
    for quantity in sized.given:
        if quantity.role is not Role.INTEGER:
            continue
        most = 1
        if quantity.counts is not None:
            known = {s: Integer(numbers[s.name]) for s in quantity.counts.free_symbols
                     if s.name in numbers}  # fmt: skip
            most = int(quantity.counts.xreplace(known))
        for at in product(*(range(1, r.size + 1) for r in quantity.ranges)):
            found[entry_key(quantity.name, at)] = random.randint(1, most)
    return found


class Drawer:
    """Draws numbers for one program, as often as one likes."""

    def __init__(self, derivation: Derivation, program: Program) -> None:
        self.derivation = derivation
        self.program = program
        self.model = derivation.model
        self.functions_used = {
            line.function for line in program.lines if line.function in ACTIVATIONS
        } | {e.function for e in self.model.equations if e.function in ACTIVATIONS}
        slopes = program.of_kind(Kind.SLOPE)
        self.piecewise = bool(self.functions_used) and all(
            name == "identity" or ACTIVATIONS[name].kinks for name in self.functions_used
        )
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
        self.softmax = [
            line for line in self.forward
            if isinstance(line.tree, tuple) and line.tree[0] == "softmax"
        ]  # fmt: skip
        self._slips: tuple[tuple[Slip, Altered], ...] | None = None
        self.spec = "|".join(f"{line.key}={line.function}" for line in self.forward)

    @property
    def slips(self) -> tuple[tuple[Slip, Altered], ...]:
        """The slips of the core that can be made here, each in every way."""
        if self._slips is None:
            self._slips = self._telling([pair for pair in variants(self.program) if pair[0].core])
        return self._slips

    def _telling(self, ways: list[tuple[Slip, Altered]]) -> tuple[tuple[Slip, Altered], ...]:
        """Slips that some numbers show, one of those that no numbers can tell apart.

        With a single unit in a layer several slips are one: they say the same in other words.
        """
        random = Random("telling")
        points = []
        for _ in range(3):
            given = self._plain(random, lambda q: Fraction(random.randint(-999, 999), 500))
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
            if all(_differ(sheet, other, 1e-9) for other in (right, *sheets)):
                kept.append((slip, altered))
                sheets.append(sheet)
        return tuple(kept)

    def draw(self, kind: str, seed: int) -> Drawn:
        """Numbers of one kind."""
        random = Random(f"{kind} {self.spec} {seed}")
        if kind == "random":
            return Drawn(self._plain(random, lambda q: _decimal(random, -100, 100, 100)), FLOATS)
        if kind == "exact":
            return self._exact(random)
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
                given = self._plain(random, self._grid(random))
                if self._is_tidy(given, wishes, FLOATS):
                    return Drawn(given, FLOATS, WISHES[:dropped], draws)
        raise InputError(
            "no tidy numbers were found for this",
            where="--numbers",
            hint="try another seed, fewer units, or --numbers random",
        )

    def _grid(self, random: Random) -> Callable[[Quantity], Any]:
        """What an entry is drawn from, by the functions of the model."""
        if self.piecewise:

            def whole(quantity: Quantity) -> Any:
                if quantity.role is Role.INPUT:
                    return Fraction(random.choice((-3, -2, -1, 1, 2, 3)))
                if quantity.role is Role.TARGET:
                    return Fraction(random.randint(-4, 4))
                if quantity.role is Role.BIAS:
                    return Fraction(random.randint(-2, 2))
                return Fraction(random.choice((-3, -2, -2, -1, -1, 1, 1, 2, 2, 3)))

            return whole

        def tenths(quantity: Quantity) -> Any:
            if quantity.role is Role.TARGET:
                return self._target(random)
            if quantity.role is Role.BIAS:
                return _decimal(random, -5, 5, 10)
            if quantity.role is Role.INPUT:
                return Fraction(random.choice((-20, -15, -10, -5, 5, 10, 15, 20)), 10)
            value = 0
            while not value:
                value = random.randint(-9, 9)
            return Fraction(value, 10)

        return tenths

    def _target(self, random: Random) -> Any:
        output = next(
            (e.function for e in self.model.equations if e.quantity.role is Role.OUTPUT), ""
        )
        loss = next((e.function for e in reversed(self.model.equations) if e.function), "")
        if loss == "binary-cross-entropy":
            return Fraction(random.randint(0, 1))
        if output == "sigmoid":
            return Fraction(random.randint(0, 10), 10)
        if output == "tanh":
            return Fraction(random.randint(-10, 10), 10)
        return Fraction(random.randint(-20, 20), 10)

    def _plain(self, random: Random, entry: Callable[[Quantity], Any]) -> dict[str, Any]:
        """One draw for every given key, as the facts about targets ask."""
        found: dict[str, Any] = {}
        for name, keys in self.program.given.items():
            quantity = self.model.quantities[name]
            numbers: list[Any]
            if quantity.value is not None:
                numbers = [Fraction(repr(quantity.value))]
            elif quantity.role is Role.TARGET and self._are_shares():
                width = _width(keys)
                numbers = []
                for _ in range(len(keys) // width):
                    chosen = random.randrange(width)
                    numbers += [Fraction(int(place == chosen)) for place in range(width)]
            elif quantity.role is Role.TARGET and "targets-are-signs" in self.model.facts:
                numbers = [Fraction(random.choice((-1, 1))) for _ in keys]
            elif quantity.is_positive:
                numbers = [Fraction(random.randint(1, 10), 10) for _ in keys]
            else:
                numbers = self._apart(quantity, keys, entry)
            found.update(zip(keys, numbers, strict=True))
        found["eta"] = random.choice(RATES[:3])
        return found

    def _are_shares(self) -> bool:
        """Whether targets are shares of one: a fact, or what the loss of a softmax wants."""
        if "targets-sum-to-one" in self.model.facts:
            return True
        loss = [x for x in self.forward if self.program.roles[x.quantity] is Role.LOSS]
        return bool(self.softmax) and any("'log'" in repr(line.tree) for line in loss)

    def _apart(
        self, quantity: Quantity, keys: tuple[str, ...], entry: Callable[[Quantity], Any]
    ) -> list[Any]:
        """One draw for each key; of inputs and weights in a row no two alike, if that can be."""
        width = _width(keys)
        numbers: list[Any] = []
        for _ in keys:
            row = numbers[len(numbers) - len(numbers) % width :]
            number = entry(quantity)
            for _ in range(12):
                if quantity.role is Role.INPUT:
                    if abs(number) not in map(abs, row):
                        break
                elif quantity.role not in (Role.WEIGHT, Role.PARAMETER) or number not in row:
                    break
                number = entry(quantity)
            numbers.append(number)
        return numbers

    # Tests, the cheap ones first ------------------------------------------------------------------

    def _is_tidy(self, given: dict[str, Any], wishes: set[str], functions: Functions) -> bool:
        if not self._is_asymmetric(given):
            return False
        numbers: dict[str, Any] = (
            given if functions is EXACT or self.piecewise
            else {key: float(value) for key, value in given.items()}
        )  # fmt: skip
        try:
            values = self.program.run(numbers, functions, lines=self.forward)
            if not self._forward_ok(values, wishes):
                return False
            values = self.program.run(values, functions, lines=self.backward)
            if not self._backward_ok(values, wishes):
                return False
            stepped = self._stepped(given, numbers, values, functions, "falls" in wishes)
            if stepped is None:
                return False
            values = stepped
            if "policies" in wishes and functions is FLOATS and not self._policies(given, values):
                return False
            return self._shows_slips(numbers, values, functions)
        except (InputError, OverflowError):
            return False

    def _stepped(
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

    def _is_asymmetric(self, given: dict[str, Any]) -> bool:
        """Distinct inputs, distinct weights in a row and in a column."""
        for name, keys in self.program.given.items():
            role = self.program.roles[name]
            if role is Role.INPUT:
                row = [abs(given[key]) for key in keys[: _width(keys)]]
                if len(set(row)) < len(row):
                    return False
            elif role in (Role.WEIGHT, Role.PARAMETER) and len(keys) > 1:
                width = _width(keys)
                rows = [[given[k] for k in keys[i : i + width]] for i in range(0, len(keys), width)]
                if any(len(set(row)) < len(row) for row in rows):
                    return False
                if self.piecewise:
                    continue  # of so few numbers columns cannot be asked to differ as well
                if any(len(set(column)) < len(column) for column in zip(*rows, strict=False)):
                    if width <= 3 and len(rows) <= 3:
                        return False
        return True

    def _are_distinct(self, values: Mapping[str, Any]) -> bool:
        """Whether no two units of a layer have the same sum: a swapped index would not show."""
        sums: dict[str, set[float]] = {}
        for key, _, line in self.activated:
            own = sums.setdefault(line.quantity, set())
            if float(values[key]) in own:
                return False
            own.add(float(values[key]))
        return True

    def _forward_ok(self, values: Mapping[str, Any], wishes: set[str]) -> bool:
        if not self._are_distinct(values):
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
            if grid and isinstance(value, Fraction) and 4 % value.denominator:
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

    def _shows_slips(
        self, given: Mapping[str, Any], values: Mapping[str, Any], functions: Functions
    ) -> bool:
        lines = self.program.lines
        right = [float(values[line.key]) for line in lines]
        sheets: dict[str, list[list[float]]] = {}
        hidden: set[str] = set()
        for slip, altered in self.slips:
            if not self._can_show(slip, altered, values):
                continue
            try:
                wrong = self.program.run(given, functions, altered=altered)
            except InputError:
                continue
            sheet = [float(wrong[line.key]) for line in lines]
            if not _differ(sheet, right, VISIBLE):
                if not self.has_kinks:
                    return False
                # Behind a unit that is off nothing shows; some other way of the slip must.
                hidden.add(slip.code)
                continue
            others = [s for code, own in sheets.items() if code != slip.code for s in own]
            if any(not _differ(sheet, other, VISIBLE) for other in others):
                return False
            sheets.setdefault(slip.code, []).append(sheet)
        return hidden <= set(sheets)

    def _can_show(self, slip: Slip, altered: Altered, values: Mapping[str, Any]) -> bool:
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

    # Exact ----------------------------------------------------------------------------------------

    def _exact(self, random: Random) -> Drawn:
        source = self.model.source
        if not isinstance(source, Network):
            raise InputError("exact numbers are drawn for networks of layers", where="--numbers")
        logs = {"sigmoid": (2, 1), "softmax": (2, 1), "tanh": (3, 2)}
        for name in source.activations:
            if name not in logs and name not in ("identity", "relu"):
                raise InputError(
                    f"{name} has no exact values",
                    where="--numbers",
                    hint="sigmoid, tanh, softmax, relu and identity have; or say --numbers tidy",
                )
        for dropped in ((), ("falls",), ("falls", "slips")):
            for draws in range(1, DRAWS if not dropped else 2000):
                given = self._exact_draw(random, source, logs)
                if given is None or not self._is_asymmetric(given):
                    continue
                try:
                    if self._is_exact_enough(given, dropped, 200 if draws < 2000 else 2000):
                        return Drawn(given, EXACT, dropped, draws)
                except (InputError, OverflowError):
                    continue
        raise InputError(
            "no exact numbers were found for this network",
            where="--numbers",
            hint="try another seed, or --numbers tidy",
        )

    def _is_exact_enough(self, given: dict[str, Any], dropped: tuple[str, ...], most: int) -> bool:
        values = self.program.run(given, EXACT, lines=(*self.forward, *self.backward))
        loss = [line for line in self.forward if self.program.roles[line.quantity] is Role.LOSS]
        for line in (*self.forward, *self.backward):
            value = values[line.key]
            if isinstance(value, float):
                return False
            if line not in loss and not _is_small(value, most):
                return False
        if not self._forward_ok_exact(values):
            return False
        stepped = self._stepped(given, given, values, EXACT, "falls" not in dropped)
        if stepped is None:
            return False
        values = stepped
        numbers = {key: float(value) for key, value in given.items()}
        floats = {key: float(value) for key, value in values.items()}
        return "slips" in dropped or self._shows_slips(numbers, floats, FLOATS)

    def _forward_ok_exact(self, values: Mapping[str, Any]) -> bool:
        kinks = [k for k in self.activated if ACTIVATIONS[k[1]].kinks]
        return (
            self._are_distinct(values)
            and all(abs(float(values[key])) > 0.2 for key, _, _ in kinks)
            and (2 * sum(float(values[key]) > 0 for key, _, _ in kinks) >= len(kinks))
        )

    def _exact_draw(
        self, random: Random, source: Network, logs: Mapping[str, tuple[int, int]]
    ) -> dict[str, Any] | None:
        """Integers times a logarithm, layer by layer, so that each sum is an integer times it."""
        sizes = iter(random.sample((1, 2, 3, 4), 4) + [5, 6, 7, 8] * 20)

        def simple(quantity: Quantity) -> Any:
            if quantity.role in (Role.WEIGHT, Role.BIAS):
                return Fraction(1)  # drawn below, once the inputs are known
            if quantity.role is Role.TARGET:
                signed = source.activations[-1] in ("tanh", "identity", "relu")
                return Fraction(random.choice((-1, 0, 1) if signed else (0, 1)))
            return Fraction(next(sizes) * random.choice((1, 1, -1)))

        given = self._plain(random, simple)
        layers: dict[int, list[Quantity]] = {}
        for quantity in self.model.parameters:
            layers.setdefault(quantity.layer, []).append(quantity)
        values: dict[str, Any] = dict(given)
        for layer, function in enumerate(source.activations, start=1):
            inputs = [
                values[key]
                for line_name in (self._input_name(layer),)
                for key in self._entries(line_name)
            ]
            if any(not isinstance(v, int | Fraction) for v in inputs):
                return None
            common = lcm(*(Fraction(v).denominator for v in inputs))
            if common > 60:
                return None
            unit: Any = Fraction(1)
            if function in logs:
                base, parts = logs[function]
                unit = log_of(Fraction(base), Fraction(1, parts))
            drawn = self._exact_layer(random, layers.get(layer, []), inputs, common, unit)
            if drawn is None:
                return None
            given.update(drawn)
            values.update(drawn)
            lines = [
                line for line in self.forward
                if self.model.quantities[line.quantity].layer == layer
                and self.program.roles[line.quantity] is not Role.LOSS
            ]  # fmt: skip
            try:
                values = self.program.run(values, EXACT, lines=lines)
            except InputError:
                return None
            for line in lines:
                if isinstance(values[line.key], float):
                    return None
        return given

    def _exact_layer(
        self, random: Random, quantities: list[Quantity], inputs: list[Any], common: int, unit: Any
    ) -> dict[str, Any] | None:
        """Weights and biases unit by unit, drawn until each unit's sum is small."""
        weight = next(q for q in quantities if q.role is Role.WEIGHT)
        bias = next((q for q in quantities if q.role is Role.BIAS), None)
        is_log = not isinstance(unit, Fraction)
        choices = (-2, -1, -1, 1, 1, 2) if is_log else (-3, -2, -1, 1, 2, 3)
        columns: list[list[int]] = []
        offsets: list[int] = []
        width = len(self.program.given[weight.name]) // len(inputs)
        for _ in range(width):
            for _ in range(40):
                column = [random.choice(choices) for _ in inputs]
                offset = random.randint(-1, 1) if bias is not None else 0
                if any(
                    own in row for own, row in zip(column, zip(*columns, strict=True), strict=False)
                ):
                    continue
                scaled = common if is_log else 1
                total = offset + scaled * sum(w * v for w, v in zip(column, inputs, strict=True))
                if len(set(column)) == len(column) and abs(total) <= (4 if is_log else 12):
                    break
            else:
                return None
            columns.append(column)
            offsets.append(offset)
        scale = common * unit if is_log else unit
        found = {}
        for key, value in zip(
            self.program.given[weight.name],
            [w for row in zip(*columns, strict=True) for w in row],
            strict=True,
        ):
            found[key] = value * scale
        if bias is not None:
            found.update(
                zip(self.program.given[bias.name], [o * unit for o in offsets], strict=True)
            )
        return found

    def _input_name(self, layer: int) -> str:
        if layer == 1:
            return next(q.name for q in self.model.given if q.role is Role.INPUT)
        return next(
            q.name
            for q in self.model.quantities.values()
            if q.role is Role.ACTIVATION and q.layer == layer - 1
        )

    def _entries(self, name: str) -> list[str]:
        if name in self.program.given:
            return list(self.program.given[name])
        return [line.key for line in self.forward if line.quantity == name]


def _four(value: Any) -> Any:
    return round_to(value, 4) if isinstance(value, int | Fraction) else round(value, 4)


def _width(keys: tuple[str, ...]) -> int:
    """The length of the last axis."""
    last = keys[-1].partition("[")[2].rstrip("]").rpartition(",")[2]
    first = keys[0].partition("[")[2].rstrip("]").rpartition(",")[2]
    return int(last) - int(first) + 1 if last else 1


def _decimal(random: Random, low: int, high: int, unit: int) -> Fraction:
    return Fraction(random.randint(low, high), unit)


def _kinks(function: str) -> tuple[tuple[str, str], ...]:
    return ACTIVATIONS[function].kinks


def _point(text: str) -> Fraction:
    return Fraction(text)


def _differ(left: list[float], right: list[float], least: float) -> bool:
    return any(abs(a - b) >= least for a, b in zip(left, right, strict=True))


def _is_small(value: Any, most: int) -> bool:
    """Whether a number can be worked with on paper."""
    fractions = value.terms.values() if hasattr(value, "terms") else (Fraction(value),)
    return all(abs(f.numerator) < 5 * most and f.denominator <= most for f in fractions)


def _is_same_by_construction(altered: Altered, program: Program) -> bool:
    """Whether a changed program says the same as the right one."""
    return all(tree == program.line_of[key].tree for key, tree in altered.items())
