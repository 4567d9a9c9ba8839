"""Numbers whose values are small fractions, or such fractions times one logarithm."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from random import Random
from typing import Any

from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Model, Quantity, Role
from symback.model.network import Network
from symback.teaching.drawing.drawn import DRAWS, Drawn
from symback.teaching.drawing.tidiness import Tidiness
from symback.teaching.exact import EXACT, log_of
from symback.teaching.program import Program
from symback.teaching.terms import FLOATS

__all__ = ["ExactDraws"]


class ExactDraws:
    """Draws such numbers for a network of layers.

    Args:
        model: of the network.
        program: the same, unit by unit.
        tests: that numbers pass.
    """

    def __init__(self, model: Model, program: Program, tests: Tidiness) -> None:
        self.model = model
        self.program = program
        self.tests = tests
        self.grid = tests.grid
        self.forward = tests.forward
        self.backward = tests.backward

    def draw(self, random: Random) -> Drawn:
        """Exact numbers.

        Raises:
            InputError: for functions that have none, and where none were found.
        """
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
                given = self._draw(random, source, logs)
                if given is None or not self.tests.is_asymmetric(given):
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
        stepped = self.tests.stepped(given, given, values, EXACT, "falls" not in dropped)
        if stepped is None:
            return False
        values = stepped
        floats = {key: float(value) for key, value in values.items()}
        return "slips" in dropped or self.tests.shows_slips(floats, FLOATS)

    def _forward_ok_exact(self, values: Mapping[str, Any]) -> bool:
        kinks = [k for k in self.tests.activated if ACTIVATIONS[k[1]].kinks]
        return (
            self.tests.are_distinct(values)
            and all(abs(float(values[key])) > 0.2 for key, _, _ in kinks)
            and (2 * sum(float(values[key]) > 0 for key, _, _ in kinks) >= len(kinks))
        )

    def _draw(
        self, random: Random, source: Network, logs: Mapping[str, tuple[int, int]]
    ) -> dict[str, Any] | None:
        """Integers times a logarithm, layer by layer, so that each sum is an integer times it."""
        sizes = iter(random.sample((1, 2, 3, 4), 4) + [5, 6, 7, 8] * 20)

        def simple(quantity: Quantity) -> int:
            if quantity.role in (Role.WEIGHT, Role.BIAS):
                return 1  # drawn below, once the inputs are known
            if quantity.role is Role.TARGET:
                signed = source.activations[-1] in ("tanh", "identity", "relu")
                return random.choice((-1, 0, 1) if signed else (0, 1))
            return next(sizes) * random.choice((1, 1, -1))

        given = self.grid.plain(random, simple)
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
            drawn = self._layer(random, layers.get(layer, []), inputs, common, unit)
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

    def _layer(
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


def _is_small(value: Any, most: int) -> bool:
    """Whether a number can be worked with on paper."""
    fractions = value.terms.values() if hasattr(value, "terms") else (Fraction(value),)
    return all(abs(f.numerator) < 5 * most and f.denominator <= most for f in fractions)
