"""From a derivation to a program: every equation and every step at each of its indices.

The equations give the forward pass, the steps of the derivation the backward pass, so that what is
worked out, and what is marked, is what was derived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sympy import (
    Add,
    Expr,
    Indexed,
    Integer,
    S,
    Symbol,
)

from symback.algebra.expressions import Apply, OfVectors, Partial, name_of
from symback.algebra.indexing import Extreme
from symback.calculus.derivation import Derivation, Rule, Step
from symback.errors import InputError, TooLargeError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model, Quantity, Role
from symback.teaching.concrete import MAX_LINES, Concrete, entry_key
from symback.teaching.lowering import ELEMENTARY, Lowering
from symback.teaching.program import Kind, Line, Program, new_key
from symback.teaching.terms import Tree, replace_keys

__all__ = ["is_worked", "unroll", "worked_formula"]

RATE = Symbol("eta")


def unroll(
    derivation: Derivation,
    sizes: Mapping[str, int] | None = None,
    *,
    integers: Mapping[str, int] | None = None,
    shared_bias: bool = False,
    updates: Callable[[Quantity], bool] | None = None,
) -> Program:
    """The program of a derivation.

    Args:
        derivation: of any model whose functions have names.
        sizes: numbers for sizes that the model leaves open, as ``N``, the number of samples.
        integers: the entries of integer arrays, by key: where a lookup looks.
        shared_bias: whether the biases of a layer are one number, as some notes have it: its
            gradient is then the sum of theirs.
        updates: which parameters a step of descent changes; all by default.

    Raises:
        InputError: for a model with generic functions, and for sizes that are still open.
        TooLargeError: for more than `MAX_LINES` values.
    """
    return _Unrolling(derivation, sizes or {}, integers or {}, shared_bias, updates).program()


def is_worked(derivation: Derivation) -> bool:
    """Whether it has a program: its functions have names, and no index depends on values."""
    expressions = [e.expression for e in derivation.model.equations]
    formulas = [step.result for step in derivation.steps]
    chosen = {node.kind for e in (*expressions, *formulas) for node in e.atoms(Extreme)}
    generic = any(map(_generic_in, derivation.model.equations))
    return not generic and chosen <= {"max", "min"}


def _generic_in(equation: Equation) -> str:
    """The name of a function in an equation that has no values; empty where there is none."""
    for node in equation.expression.atoms(Apply, OfVectors):
        known = not isinstance(node, OfVectors) and (
            node.name in ACTIVATIONS or node.name in ELEMENTARY or node.name == "positive"
        )
        if not known:
            return str(node.name)
    return ""


class _Unrolling:
    def __init__(
        self,
        derivation: Derivation,
        sizes: Mapping[str, int],
        integers: Mapping[str, int],
        shared_bias: bool,
        updates: Callable[[Quantity], bool] | None,
    ) -> None:
        self.derivation = derivation
        self.model: Model = derivation.model.with_sizes(sizes) if sizes else derivation.model
        self.indices = Concrete(self.model, sizes, integers)
        self.shared_bias = shared_bias
        self.updates = updates or (lambda quantity: True)
        self.loss = self.model.loss.name
        self.lines: dict[str, Line] = {}
        self.keys: dict[Any, str] = {}
        self.trees = Lowering(self.keys, self.lines)
        self.pending: dict[str, Callable[[], Line]] = {}
        self.given: dict[str, tuple[str, ...]] = {}
        self.named_slopes = {
            (e.expression.name, name_of(e.expression.argument))
            for e in self.model.equations
            if isinstance(e.expression, Apply) and isinstance(e.expression.argument, Indexed)
        }

    # The whole program ----------------------------------------------------------------------------

    def program(self) -> Program:
        self._refuse_generic()
        for quantity in self.model.given:
            if quantity.role is Role.INTEGER:
                continue
            keys = [self._know(quantity, at) for at in self.indices.places(quantity)]
            self.given[quantity.name] = tuple(keys)
        for equation in self.model.equations:
            if not equation.is_boundary:
                for at in self.indices.places(equation.quantity):
                    self._promise_forward(equation, at)
            else:
                for at in self.indices.places_at(equation.quantity, equation.at):
                    self._promise_forward(equation, at)
        for key in list(self.pending):
            self._settle(key)
        parameters = {q.name for q in self.model.parameters}
        for step in self.derivation.steps:
            if self.model.quantities[step.quantity.name].role is Role.INTEGER:
                continue
            kind = Kind.GRADIENT if step.quantity.name in parameters else Kind.ADJOINT
            quantity = self.model.quantities[step.quantity.name]
            for at in self.indices.places(quantity):
                self._promise_adjoint(step, at, kind)
            for start in step.starts:
                for at in self.indices.places_at(quantity, start):
                    self.indices.starts.add((quantity.name, at))
                    self._promise_adjoint(step, at, kind)
        for key in list(self.pending):
            self._settle(key)
        self._add_updates()
        roles = {q.name: q.role for q in self.model.quantities.values()}
        return Program(self.given, tuple(self.lines.values()), self.loss, self.keys, roles)

    def _refuse_generic(self) -> None:
        for equation in self.model.equations:
            if name := _generic_in(equation):
                loss = equation.quantity.role is Role.LOSS
                raise InputError(
                    f"the function {name} has no values: it is generic",
                    where="--loss" if loss else "--activations",
                    hint="name one, such as "
                    + ("half-squared-error" if loss else "sigmoid for each layer of weights"),
                )

    # Promises: a line is written when something needs it ------------------------------------------

    def _know(self, quantity: Quantity, at: Sequence[int]) -> str:
        key = entry_key(quantity.name, at)
        self.keys[quantity.at(*at)] = key
        return key

    def _promise_forward(self, equation: Equation, at: tuple[int, ...]) -> None:
        quantity = equation.quantity
        key = self._know(quantity, at)
        if equation.is_boundary:
            letters = {
                index: Integer(n)
                for index, n in zip(equation.at, at, strict=True)
                if isinstance(index, Symbol)
            }
        else:
            if key in self.pending:
                return  # a boundary defines it already
            letters = dict(zip(quantity.indices, map(Integer, at), strict=True))

        def write() -> Line:
            formula = self.indices.concrete(equation.expression, letters)
            rule = _forward_rule(equation)
            return Line(
                key, Kind.FORWARD, quantity.name, at, equation.number, quantity.at(*at), formula,
                self.trees.lower(formula), rule, equation.function,
            )  # fmt: skip

        self.pending[key] = write

    def _promise_adjoint(self, step: Step, at: tuple[int, ...], kind: Kind) -> None:
        quantity = self.model.quantities[step.quantity.name]
        entry = quantity.at(*at)
        subject = Partial(self.derivation.loss, entry)
        key = f"d{self.loss}/d{entry_key(quantity.name, at)}"
        self.keys[subject] = key
        letters = dict(zip(step.quantity.indices, map(Integer, at), strict=True))
        chosen, rule = _taught(step, self.named_slopes)

        def write() -> Line:
            formula = self.indices.concrete(chosen, letters)
            return Line(
                key, kind, quantity.name, at, step.number, subject, formula,
                self.trees.lower(formula), rule,
            )  # fmt: skip

        self.pending[key] = write

    def _settle(self, key: str) -> None:
        """Write a line, and before it those that it rests on; deep recursions need no stack."""
        stack = [key]
        written: dict[str, Line] = {}
        opened: set[str] = set()
        while stack:
            top = stack[-1]
            if top in self.lines or top not in self.pending:
                stack.pop()
                continue
            if top not in written:
                written[top] = self.pending[top]()
            missing = [k for k in written[top].uses if k in self.pending and k not in self.lines]
            if missing:
                if top in opened:
                    raise InputError("is defined by itself", where=top)
                opened.add(top)
                stack.extend(reversed(missing))
                continue
            if len(self.lines) >= MAX_LINES:
                raise TooLargeError(
                    f"there are more than {MAX_LINES} values",
                    hint="choose a smaller network, or smaller sizes",
                )
            self.lines[top] = written[top]
            stack.pop()

    # Steps of descent -----------------------------------------------------------------------------

    def _add_updates(self) -> None:
        moved: dict[str, str] = {}
        for quantity in self.model.parameters:
            if not self.updates(quantity):
                continue
            places = list(self.indices.places(quantity))
            shared = self.shared_bias and quantity.role is Role.BIAS
            for at in places:
                entry, key = quantity.at(*at), entry_key(quantity.name, at)
                those = places if shared else [at]
                slopes = [Partial(self.derivation.loss, quantity.at(*p)) for p in those]
                formula = entry - RATE * Add(*slopes)
                after = Symbol(f"{key}_new")
                moved[key] = new_key(key)
                self.keys[after] = moved[key]
                gradient: Tree = self.keys[slopes[0]]
                if len(slopes) > 1:
                    gradient = ("+", *(self.keys[slope] for slope in slopes))
                tree = ("+", key, ("*", -1, "eta", gradient))
                self.lines[moved[key]] = Line(
                    moved[key], Kind.UPDATE, quantity.name, at, 0, after, formula, tree, "update"
                )
        self.keys[RATE] = "eta"
        forward = [line for line in self.lines.values() if line.kind is Kind.FORWARD]
        changed = dict(moved)
        for line in forward:
            if any(use in changed for use in line.uses):
                changed[line.key] = new_key(line.key)

                tree = replace_keys(line.tree, changed)
                after = Symbol(f"{line.key}_new")
                self.keys[after] = changed[line.key]
                self.lines[changed[line.key]] = Line(
                    changed[line.key], Kind.AFTER, line.quantity, line.indices, line.number, after,
                    line.formula, tree, line.rule, line.function,
                )  # fmt: skip


def _forward_rule(equation: Equation) -> str:
    if equation.is_boundary:
        return "boundary"
    if equation.quantity.role is Role.LOSS:
        return "loss"
    if equation.function:
        return "activation"
    return "weighted-sum" if equation.quantity.role is Role.PREACTIVATION else "definition"


_LATER = (Rule.FUNCTION, Rule.UPSTREAM)


def _taught(step: Step, named: set[tuple[str, str]]) -> tuple[Expr, str]:
    """A step as it is worked by hand: from the adjoint before it, a function's slope by its name.

    Where the loss takes something for granted, its short result is what is taught.
    """
    if step.facts:
        return step.result, "loss-and-output"
    links = [link for link in step.links if link.rule not in _LATER]
    chosen = links[-1]
    if chosen.rule is Rule.CHAIN:  # nothing simpler was found
        chosen = step.links[-1]
    slopes = [node for node in chosen.expression.atoms(Apply) if node.order == 1]
    if any(not isinstance(s.argument, Indexed) or (s.name, name_of(s.argument)) not in named
           for s in slopes):  # fmt: skip
        # No value is such a function alone: its slope is written out where it stands.
        chosen = next((k for k in step.links if k.rule is Rule.FUNCTION), chosen)
    direct = all(path.upstream is S.One for path in step.paths)
    return chosen.expression, "differentiate-loss" if direct else _chain_rule(step)


def _chain_rule(step: Step) -> str:
    """Which of the chain rule's cases a step is."""
    if step.quantity.role is Role.BIAS:
        return "bias"
    if step.quantity.role in (Role.WEIGHT, Role.PARAMETER):
        return "weight"
    if step.quantity.role is Role.PREACTIVATION:
        return "through-function"
    return "sum-over-paths"


def worked_formula(
    derivation: Derivation,
    program: Program,
    quantity: Quantity,
    expression: Expr,
    values: Mapping[str, Any],
    sizes: Mapping[str, int] | None = None,
    integers: Mapping[str, int] | None = None,
) -> Iterator[tuple[tuple[int, ...], Any]]:
    """What a formula in a quantity's own letters comes to, at each of its indices.

    Args:
        derivation: of the program.
        program: whose values are known.
        quantity: in whose letters the formula is.
        expression: the formula.
        values: by key.
        sizes: numbers for sizes, as the program has them.
        integers: the entries of integer arrays, as the program has them.
    """
    from symback.teaching.terms import FLOATS, evaluate

    model = derivation.model.with_sizes(sizes) if sizes else derivation.model
    indices = Concrete(model, sizes or {}, integers or {})
    for step in derivation.steps:
        for start in step.starts:
            places = indices.places_at(model.quantities[step.quantity.name], start)
            indices.starts.update((step.quantity.name, at) for at in places)
    trees = Lowering(dict(program.keys), dict(program.line_of))
    for at in indices.places(quantity):
        letters = dict(zip(quantity.indices, map(Integer, at), strict=True))
        tree = trees.lower(indices.concrete(expression, letters))
        yield at, evaluate(tree, values, FLOATS)
