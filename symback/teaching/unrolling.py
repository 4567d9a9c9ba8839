"""From a derivation to a program: every equation and every step at each of its indices.

The equations give the forward pass, the steps of the derivation the backward pass, so that what is
worked out, and what is marked, is what was derived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from sympy import (
    Add,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    Symbol,
)
from sympy import Sum as SympySum

from symback.algebra.expressions import Apply, Extremum, Marked, OfVectors, Partial, name_of
from symback.algebra.formula import parse_formula
from symback.algebra.indexing import (
    Bracket,
    Extreme,
    IntegerEntry,
    Product,
    Stop,
    bracket,
    is_index,
)
from symback.calculus.derivation import Derivation, Rule, Step
from symback.errors import InputError, TooLargeError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model, Quantity, Role
from symback.model.perceptron import FUNCTIONS
from symback.teaching.program import Kind, Line, Program, new_key
from symback.teaching.terms import Tree, replace_keys

__all__ = ["MAX_LINES", "entry_key", "unroll", "worked_formula"]

MAX_LINES = 5000
"""Beyond so many values nobody reads them one by one."""

RATE = Symbol("eta")

_BASIC = ("relu", "sigmoid", "tanh", "softplus")
"""Functions of the catalogue that have an operator of their own."""

_ELEMENTARY = ("exp", "log", "sqrt", "sin", "cos", "erf", "abs", "sign", "step", "clip", "within")


def entry_key(name: str, indices: Sequence[int] = ()) -> str:
    """The key of one entry of a quantity: ``W1[1,2]``; a scalar's name alone."""
    return f"{name}[{','.join(map(str, indices))}]" if indices else name


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
        self.sizes: dict[Expr, Expr] = {}
        for r in (r for q in self.model.quantities.values() for r in q.ranges):
            number = sizes.get(r.name, r.size)
            if not number and r.is_plain:
                raise InputError(
                    f"the size {r.name} is open", hint=f"say --sizes {r.name}=3, or give the values"
                )
            if r.is_plain:
                self.sizes[r.upper] = Integer(number)
        for name, number in sizes.items():
            self.sizes.setdefault(Symbol(name, integer=True, positive=True), Integer(number))
        self.integers = integers
        self.shared_bias = shared_bias
        self.updates = updates or (lambda quantity: True)
        self.loss = self.model.loss.name
        self.lines: dict[str, Line] = {}
        self.keys: dict[Any, str] = {}
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
            keys = [self._know(quantity, at) for at in self.places(quantity)]
            self.given[quantity.name] = tuple(keys)
        for equation in self.model.equations:
            if not equation.is_boundary:
                for at in self.places(equation.quantity):
                    self._promise_forward(equation, at)
            else:
                for at in self._boundary_places(equation):
                    self._promise_forward(equation, at)
        for key in list(self.pending):
            self._settle(key)
        parameters = {q.name for q in self.model.parameters}
        for step in self.derivation.steps:
            if self.model.quantities[step.quantity.name].role is Role.INTEGER:
                continue
            kind = Kind.GRADIENT if step.quantity.name in parameters else Kind.ADJOINT
            for at in self.places(self.model.quantities[step.quantity.name]):
                self._promise_adjoint(step, at, kind)
        for key in list(self.pending):
            self._settle(key)
        self._add_updates()
        roles = {q.name: q.role for q in self.model.quantities.values()}
        return Program(self.given, tuple(self.lines.values()), self.loss, self.keys, roles)

    def _refuse_generic(self) -> None:
        for equation in self.model.equations:
            for node in equation.expression.atoms(Apply, OfVectors):
                generic = isinstance(node, OfVectors) or not (
                    node.name in ACTIVATIONS or node.name in _ELEMENTARY or node.name == "positive"
                )
                if generic:
                    loss = equation.quantity.role is Role.LOSS
                    raise InputError(
                        f"the function {node.name} has no values: it is generic",
                        where="--loss" if loss else "--activations",
                        hint="name one, such as "
                        + ("half-squared-error" if loss else "sigmoid for each layer of weights"),
                    )

    def places(self, quantity: Quantity) -> Iterator[tuple[int, ...]]:
        """The indices of every entry, the last index running fastest."""
        axes = []
        for r in quantity.ranges:
            first, last = self.integer(r.first), self.integer(r.upper)
            axes.append(range(first, last + 1))
        count = 1
        for axis in axes:
            count *= len(axis)
        if count > MAX_LINES:
            raise TooLargeError(
                f"{quantity.name} has {count} entries",
                hint=f"the limit is {MAX_LINES} values: choose a smaller network",
            )
        return product(*axes)

    def _boundary_places(self, equation: Equation) -> Iterator[tuple[int, ...]]:
        axes = []
        for index, r in zip(equation.at, equation.quantity.ranges, strict=True):
            if isinstance(index, Symbol) and index in equation.quantity.indices:
                axes.append(range(self.integer(r.first), self.integer(r.upper) + 1))
            else:
                number = self.integer(index)
                axes.append(range(number, number + 1))
        return product(*axes)

    def integer(self, expression: Expr) -> int:
        """The number that an index expression without letters comes to."""
        value = self.concrete(expression, {})
        if not value.is_Integer:
            raise InputError(f"the size in {expression} is open", hint="say --sizes")
        return int(value)

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
            formula = self.concrete(equation.expression, letters)
            rule = _forward_rule(equation)
            return Line(
                key, Kind.FORWARD, quantity.name, at, equation.number, quantity.at(*at), formula,
                self.lower(formula), rule, equation.function,
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
            formula = self.concrete(chosen, letters)
            return Line(
                key, kind, quantity.name, at, step.number, subject, formula, self.lower(formula),
                rule,
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
                    f"there are more than {MAX_LINES} values", hint="choose a smaller network"
                )
            self.lines[top] = written[top]
            stack.pop()

    # Steps of descent -----------------------------------------------------------------------------

    def _add_updates(self) -> None:
        moved: dict[str, str] = {}
        for quantity in self.model.parameters:
            if not self.updates(quantity):
                continue
            places = list(self.places(quantity))
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

    # Expressions at concrete indices --------------------------------------------------------------

    def concrete(self, node: Expr, at: Mapping[Expr, Expr]) -> Expr:
        """An expression with numbers for its indices and sizes, every sum written out."""
        if node.is_Rational or isinstance(node, NumberSymbol):
            return node
        if isinstance(node, Symbol):
            return at.get(node) or self.sizes.get(node, node)
        if isinstance(node, Indexed):
            return self._entry(node, at)
        if isinstance(node, SympySum):
            return Add(*self._terms(node.function, list(node.limits), at))
        if isinstance(node, Product):
            return Mul(*self._terms(node.body, [node.limit], at))
        if isinstance(node, Extreme):
            return self._extreme(node, at)
        if isinstance(node, Mul):
            return self._product(node, at)
        if isinstance(node, Bracket):
            return bracket(
                self.concrete(node.left, at), node.relation, self.concrete(node.right, at)
            )
        if isinstance(node, KroneckerDelta):
            left, right = (self.concrete(index, at) for index in node.args)
            return S.One if left == right else S.Zero
        if isinstance(node, Marked):
            return self.concrete(node.body, at)
        if isinstance(node, Apply):
            return Apply(node.name, self.concrete(node.argument, at), node.order)
        if self._is_beyond(node, at):
            return S.Zero
        if not node.args:
            return node
        return node.func(
            *(self.concrete(part, at) if isinstance(part, Expr) else part for part in node.args)
        )

    def _product(self, node: Mul, at: Mapping[Expr, Expr]) -> Expr:
        """A product; what a bracket makes zero is not looked at, it may not exist."""
        deciding = (KroneckerDelta, Bracket)
        first = [f for f in node.args if isinstance(f, deciding) or is_index(f)]
        decided = Mul(*(self.concrete(f, at) for f in first))
        if decided is S.Zero or any(self._is_beyond(f, at) for f in node.args):
            return S.Zero
        return Mul(decided, *(self.concrete(f, at) for f in node.args if f not in first))

    def _is_beyond(self, node: Expr, at: Mapping[Expr, Expr]) -> bool:
        """Whether this is the adjoint of an entry that does not exist: nothing comes back there."""
        if not isinstance(node, Partial) or not isinstance(node.by, Indexed):
            return False
        quantity = self.model.quantities[name_of(node.by)]
        indices = [self.concrete(index, at) for index in node.by.indices]
        return all(i.is_Integer for i in indices) and not self._exists(quantity, indices)

    def _terms(self, body: Expr, limits: list[Any], at: Mapping[Expr, Expr]) -> Iterator[Expr]:
        if not limits:
            yield self.concrete(body, at)
            return
        # The last limit is the outermost: those before it may mention its index.
        *inner, (index, first, last) = limits
        start, end = (int(self.concrete(bound, at)) for bound in (first, last))
        for value in range(start, end + 1):
            yield from self._terms(body, inner, {**at, index: Integer(value)})

    def _extreme(self, node: Extreme, at: Mapping[Expr, Expr]) -> Expr:
        parts = list(self._terms(node.body, [node.limit], at))
        if node.kind in ("max", "min"):
            found = parts[0]
            for part in parts[1:]:
                found = Extremum(node.kind, found, part)
            return found
        raise InputError("an index that depends on values is not worked out unit by unit")

    def _entry(self, node: Indexed, at: Mapping[Expr, Expr]) -> Expr:
        name = name_of(node)
        quantity = self.model.quantities[name]
        indices = [self.concrete(index, at) for index in node.indices]
        if isinstance(node, IntegerEntry):
            key = entry_key(name, [int(i) for i in indices])
            if key not in self.integers:
                raise InputError("has no value", where=key, hint="give it with --values")
            return Integer(self.integers[key])
        entry = quantity.at(*(int(i) for i in indices))
        if quantity.outside is not None and not self._exists(quantity, indices):
            return self.concrete(quantity.outside, {})
        return entry

    def _exists(self, quantity: Quantity, indices: Sequence[Expr]) -> bool:
        return all(
            self.integer(r.first) <= int(index) <= self.integer(r.upper)
            for index, r in zip(indices, quantity.ranges, strict=True)
        )

    # From expressions to trees --------------------------------------------------------------------

    def lower(self, node: Expr) -> Tree:
        """The tree of a concrete expression."""
        if isinstance(node, Integer):
            return int(node)
        if isinstance(node, Rational):
            return Fraction(int(node.p), int(node.q))
        if node in self.keys:
            return self.keys[node]
        if isinstance(node, (Indexed, Symbol)):
            raise InputError(f"{node} is read and never defined")
        if isinstance(node, Partial):
            raise InputError(f"the derivative by {node.by} is read and never found")
        if isinstance(node, NumberSymbol):
            return ("pi",) if str(node) == "pi" else Fraction(float(node))
        if isinstance(node, Add):
            return ("+", *map(self.lower, node.args))
        if isinstance(node, Mul):
            return self._lower_product(node)
        if isinstance(node, Pow):
            return self._lower_power(node)
        if isinstance(node, Apply):
            return self._lower_application(node)
        if isinstance(node, Extremum):
            return (node.name, *map(self.lower, node.sides))
        if isinstance(node, Stop):
            return self.lower(node.body)
        if isinstance(node, Bracket):
            return (node.relation, self.lower(node.left), self.lower(node.right))
        raise InputError(f"{type(node).__name__} cannot be worked out unit by unit")

    def _lower_product(self, node: Mul) -> Tree:
        above, below = [], []
        for factor in node.args:
            if isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp.is_negative:
                below.append(1 / factor)
            elif isinstance(factor, Rational) and factor.q != 1:
                if factor.p != 1:
                    above.append(Integer(factor.p))
                below.append(Integer(factor.q))
            else:
                above.append(factor)
        softmax = self._softmax(above, below)
        if softmax is not None:
            return softmax
        top = _joined("*", [self.lower(f) for f in above]) if above else 1
        return ("/", top, _joined("*", [self.lower(f) for f in below])) if below else top

    def _softmax(self, above: list[Expr], below: list[Expr]) -> Tree | None:
        """``exp(a)/(exp(a) + exp(b) + …)``, which must not overflow."""
        if len(above) != 1 or len(below) != 1 or not isinstance(below[0], Add):
            return None
        terms = list(below[0].args)
        if not all(isinstance(t, Apply) and t.name == "exp" and not t.order for t in terms):
            return None
        if above[0] not in terms:
            return None
        row = sorted((self.lower(term.argument) for term in terms), key=_in_order)
        own = self.lower(above[0].argument)
        return ("softmax", row.index(own), *row)

    def _lower_power(self, node: Pow) -> Tree:
        if node.exp == S.Half:
            return ("sqrt", self.lower(node.base))
        if node.exp.is_Integer:
            if node.exp.is_negative:
                return ("/", 1, self.lower(1 / node))
            return ("^", self.lower(node.base), int(node.exp))
        if node.exp.is_Rational:
            root = ("sqrt", self.lower(node.base))
            if (2 * node.exp).is_Integer:
                power = int(2 * node.exp)
                return ("^", root, power) if power > 0 else ("/", 1, ("^", root, -power))
        return ("exp", ("*", self.lower(node.exp), ("log", self.lower(node.base))))

    def _lower_application(self, node: Apply) -> Tree:
        if node.order == 1:
            return self._slope(node)
        if node.order:
            raise InputError(f"a derivative of order {node.order} is not worked out")
        argument = self.lower(node.argument)
        if node.name == "positive":
            return ("relu", argument)
        if node.name in _BASIC or node.name in _ELEMENTARY:
            return (node.name, argument)
        if node.name == "identity":
            return argument
        return self._with_argument(_formula(node.name, "formula"), node.argument)

    def _with_argument(self, formula: Expr, argument: Expr) -> Tree:
        return self.lower(formula.xreplace({Symbol("z"): argument}))

    def _slope(self, node: Apply) -> Tree:
        """A function's derivative at its argument: a line of its own where its output has one."""
        known = ACTIVATIONS[node.name]
        output = self._output(node)
        if output is None:
            formula = _formula(node.name, "derivative").xreplace(
                {Symbol("a"): Apply(node.name, node.argument), Symbol("z"): node.argument}
            )
            return self.lower(formula)
        line = self.lines[self.keys[output]]
        key = entry_key(f"{line.quantity}_slope", line.indices)
        if key not in self.lines:
            through = {Symbol("a"): output, Symbol("z"): node.argument}
            formula = _formula(node.name, "derivative").xreplace(through)
            self.keys[node] = key
            self.lines[key] = Line(
                key, Kind.SLOPE, line.quantity, line.indices, 0, node, formula,
                self.lower(formula), "function", known.name,
            )  # fmt: skip
        return key

    def _output(self, node: Apply) -> Expr | None:
        """The entry that is this function at this argument."""
        wanted = Apply(node.name, node.argument)
        for line in self.lines.values():
            if line.kind is Kind.FORWARD and line.formula == wanted:
                return line.subject
        return None


@cache
def _formula(name: str, which: str) -> Expr:
    """A catalogue function's formula or derivative, in ``z`` and its output ``a``."""
    names = {"z": Symbol("z"), "a": Symbol("a")}
    return parse_formula(getattr(ACTIVATIONS[name], which), names, FUNCTIONS)


def _joined(operator: str, parts: list[Tree]) -> Tree:
    return parts[0] if len(parts) == 1 else (operator, *parts)


def _in_order(tree: Tree) -> Any:
    return (len(str(tree)), str(tree))


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
) -> Iterator[tuple[tuple[int, ...], Any]]:
    """What a formula in a quantity's own letters comes to, at each of its indices.

    Args:
        derivation: of the program.
        program: whose values are known.
        quantity: in whose letters the formula is.
        expression: the formula.
        values: by key.
    """
    from symback.teaching.terms import FLOATS, evaluate

    worker = _Unrolling(derivation, {}, {}, False, None)
    worker.keys = dict(program.keys)
    worker.lines = dict(program.line_of)
    for at in worker.places(quantity):
        letters = dict(zip(quantity.indices, map(Integer, at), strict=True))
        tree = worker.lower(worker.concrete(expression, letters))
        yield at, evaluate(tree, values, FLOATS)
