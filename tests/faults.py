"""Seeded faults: what goes wrong in gradients derived by hand, put into a right derivation.

Each kind takes the result of one step and writes it wrongly in every way that it knows; what the
step says before its result stays right, as it does where a slip is made at the end of a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sympy import Add, Expr, Indexed, Integer, Mul, Pow, S, Sum, Symbol

from symback.algebra.expressions import Apply, Entry, Partial, indices_of, name_of
from symback.algebra.sums import limits_of, total
from symback.calculus import Derivation, Link, Step
from symback.model.equations import Role

Kind = Callable[[Step, Derivation], Iterator[Expr]]


@dataclass(frozen=True)
class Fault:
    """A wrong derivation, and where it is wrong."""

    kind: str
    derivation: Derivation
    step: Step


def faults(derivation: Derivation, kinds: dict[str, Kind] | None = None) -> Iterator[Fault]:
    """Every fault that can be put into a derivation and changes the expression."""
    for kind, make in (kinds or KINDS).items():
        for step in derivation.steps:
            seen = {step.result}
            for result in make(step, derivation):
                if result not in seen and not result.has(S.ComplexInfinity, S.NaN):
                    seen.add(result)
                    yield Fault(kind, with_result(derivation, step, result), step)


def with_result(derivation: Derivation, step: Step, result: Expr) -> Derivation:
    """The same derivation with another result in one step."""
    last = step.links[-1]
    links = (*step.links[:-1], Link(result, last.rule, last.about))
    return replaced(derivation, step, replace(step, links=links))


def replaced(derivation: Derivation, old: Step, new: Step) -> Derivation:
    """The same derivation with another step."""
    steps = tuple(new if step is old else step for step in derivation.steps)
    return Derivation(derivation.model, steps)


# Whole results ------------------------------------------------------------------------------------


def scaled(factor: Expr) -> Kind:
    return lambda step, _: iter([factor * step.result])


def shifted(step: Step, _: Derivation) -> Iterator[Expr]:
    yield step.result + 1


def gone(step: Step, _: Derivation) -> Iterator[Expr]:
    yield S.Zero


def summed_once_more(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """The sum over one of the quantity's own indices."""
    for index, own in zip(step.quantity.indices, step.quantity.ranges, strict=True):
        letter = Symbol(f"{index.name}0", integer=True)
        yield total(step.result.xreplace({index: letter}), [(letter, own.upper)])


def of_another(role: Role) -> Kind:
    """The gradient of the same kind of array in another layer."""

    def make(step: Step, derivation: Derivation) -> Iterator[Expr]:
        if step.quantity.role is role:
            for other in derivation.steps:
                if other is not step and other.quantity.role is role:
                    yield other.result

    return make


# Factors, terms, powers ---------------------------------------------------------------------------


def nodes(expression: Expr, kind: type) -> list[Expr]:
    return sorted(expression.atoms(kind), key=str)


def put(expression: Expr, old: Expr, new: Expr) -> Iterator[Expr]:
    if old != new:
        yield expression.xreplace({old: new})


def factor_lost(step: Step, _: Derivation) -> Iterator[Expr]:
    for product in {*step.result.atoms(Mul)}:
        for factor in product.args:
            if not factor.is_number:
                yield from put(step.result, product, product / factor)


def factor_squared(step: Step, _: Derivation) -> Iterator[Expr]:
    for product in {*step.result.atoms(Mul)}:
        for factor in product.args:
            if not factor.is_number:
                yield from put(step.result, product, product * factor)


def term_lost(step: Step, _: Derivation) -> Iterator[Expr]:
    for addition in nodes(step.result, Add):
        for term in addition.args:
            yield from put(step.result, addition, addition - term)


def term_turned(step: Step, _: Derivation) -> Iterator[Expr]:
    for addition in nodes(step.result, Add):
        for term in addition.args:
            yield from put(step.result, addition, addition - 2 * term)


def power_changed(step: Step, _: Derivation) -> Iterator[Expr]:
    for power in nodes(step.result, Pow):
        yield from put(step.result, power, power.base ** (power.exp + 1))
        yield from put(step.result, power, power.base ** (power.exp - 1))


def number_changed(step: Step, _: Derivation) -> Iterator[Expr]:
    for product in nodes(step.result, Mul):
        number, rest = product.as_coeff_Mul()
        if number not in (S.One, S.NegativeOne):
            yield from put(step.result, product, rest)


# Functions ----------------------------------------------------------------------------------------


def slope_lost(step: Step, _: Derivation) -> Iterator[Expr]:
    for node in nodes(step.result, Apply):
        if node.order:
            yield from put(step.result, node, Integer(1))


def order_changed(by: int) -> Kind:
    def make(step: Step, _: Derivation) -> Iterator[Expr]:
        for node in nodes(step.result, Apply):
            if node.order:
                changed = Apply(node.name, node.argument, node.order + by)
                yield from put(step.result, node, changed)

    return make


def argument_replaced(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """f'(h) for f'(h')."""
    definitions = derivation.model.definitions
    for node in nodes(step.result, Apply):
        for equation in definitions.values():
            applied = equation.expression
            if isinstance(applied, Apply) and name_of(applied.argument) == name_of(node.argument):
                other = equation.quantity.at(*indices_of(node.argument))
                yield from put(step.result, node, Apply(node.name, other, node.order))


# Entries ------------------------------------------------------------------------------------------


def entries(expression: Expr) -> list[Expr]:
    inside = {partial.by for partial in expression.atoms(Partial)}
    return [node for node in nodes(expression, Indexed) if node not in inside]


def weight_transposed(step: Step, derivation: Derivation) -> Iterator[Expr]:
    for node in entries(step.result):
        if len(node.indices) == 2 and role(node, derivation) is Role.WEIGHT:
            yield from put(step.result, node, Entry(node.base, *reversed(node.indices)))


def renamed(*roles: Role) -> Kind:
    """The same quantity of another layer."""

    def make(step: Step, derivation: Derivation) -> Iterator[Expr]:
        for node in entries(step.result):
            if role(node, derivation) in roles:
                for other in derivation.model.quantities.values():
                    if other.role in roles and len(other.ranges) == len(node.indices):
                        yield from put(step.result, node, other.at(*node.indices))

    return make


def activation_for_input(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """h' for h, and h for h'."""
    for node in entries(step.result):
        for equation in derivation.model.equations:
            inner = [n for n in equation.mentions if n != name_of(node)]
            if name_of(node) == equation.quantity.name and len(inner) == 1:
                before = derivation.model.quantities[inner[0]]
                if len(before.ranges) == len(node.indices):
                    yield from put(step.result, node, before.at(*node.indices))


def entry_index(step: Step, _: Derivation) -> Iterator[Expr]:
    """Another of the formula's indices on an entry."""
    letters = known_indices(step)
    for node in entries(step.result):
        for position, own in enumerate(node.indices):
            for letter in letters:
                if letter != own:
                    changed = [*node.indices]
                    changed[position] = letter
                    yield from put(step.result, node, Entry(node.base, *changed))


def target_and_output(step: Step, derivation: Derivation) -> Iterator[Expr]:
    quantities = derivation.model.quantities.values()
    target = next(q for q in quantities if q.role is Role.TARGET)
    output = next(q for q in quantities if q.role is Role.OUTPUT)
    swapped = {
        node: other.at(*node.indices)
        for node in entries(step.result)
        for own, other in ((target, output), (output, target))
        if name_of(node) == own.name
    }
    if swapped:
        yield step.result.xreplace(swapped)


def target_lost(step: Step, derivation: Derivation) -> Iterator[Expr]:
    for node in entries(step.result):
        if role(node, derivation) is Role.TARGET:
            yield from put(step.result, node, S.Zero)


def weight_updated(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """The weights after the descent, in the delta of the layer before them."""
    for node in entries(step.result):
        if role(node, derivation) is Role.WEIGHT and step.quantity.role is not Role.WEIGHT:
            x = derivation.step_of[name_of(node)].result
            letters = derivation.model.quantities[name_of(node)].indices
            if not x.has(Sum):
                moved = x.xreplace(dict(zip(letters, node.indices, strict=True)))
                yield from put(step.result, node, node - moved / 10)


# Adjoints -----------------------------------------------------------------------------------------


def adjoint_of_another(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """The adjoint of another quantity: another layer's delta, or that of h for that of h'."""
    loss = derivation.loss
    for node in nodes(step.result, Partial):
        for other in derivation.steps:
            quantity = other.quantity
            if len(quantity.ranges) == len(indices_of(node.by)) and other.number < step.number:
                yield from put(step.result, node, Partial(loss, quantity.at(*indices_of(node.by))))


def adjoint_index(step: Step, _: Derivation) -> Iterator[Expr]:
    for node in nodes(step.result, Partial):
        for position, own in enumerate(indices_of(node.by)):
            for letter in known_indices(step):
                if letter != own and node.of == step.adjoint.of:
                    changed = [*node.by.indices]
                    changed[position] = letter
                    by = Entry(node.by.base, *changed)
                    yield from put(step.result, node, Partial(node.of, by))


def adjoint_lost(step: Step, _: Derivation) -> Iterator[Expr]:
    for node in nodes(step.result, Partial):
        yield from put(step.result, node, Integer(1))


# Sums ---------------------------------------------------------------------------------------------


def sum_lost(step: Step, _: Derivation) -> Iterator[Expr]:
    """One term of a sum for the sum."""
    for node in nodes(step.result, Sum):
        index = limits_of(node)[0][0]
        for letter in step.quantity.indices:
            yield from put(step.result, node, node.function.xreplace({index: letter}))


def sum_index(step: Step, _: Derivation) -> Iterator[Expr]:
    """A factor under a sum at another index than the sum's."""
    for node in nodes(step.result, Sum):
        index = limits_of(node)[0][0]
        for factor in Mul.make_args(node.function):
            for letter in step.quantity.indices:
                if factor.has(index):
                    body = node.function.xreplace({factor: factor.xreplace({index: letter})})
                    yield from put(step.result, node, total(body, limits_of(node)))


def sum_range(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """The number of units of another layer at the end of a sum."""
    uppers = {r.upper for q in derivation.model.quantities.values() for r in q.ranges}
    for node in nodes(step.result, Sum):
        (index, _, upper), *rest = limits_of(node)
        for other in sorted(uppers - {upper}, key=str):
            yield from put(step.result, node, total(node.function, [(index, other), *rest]))


def size_lost(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """The number of samples or outputs, left out or put in once more."""
    sizes = {r.upper for q in derivation.model.quantities.values() for r in q.ranges}
    for size in sorted(sizes & step.result.free_symbols, key=str):
        yield step.result * size
        yield step.result / size


def constant_lost(step: Step, derivation: Derivation) -> Iterator[Expr]:
    """The factor of the weight decay, left out or doubled."""
    for quantity in derivation.model.given:
        if quantity.role is Role.CONSTANT and step.result.has(quantity.at()):
            yield step.result.xreplace({quantity.at(): S.Zero})
            yield step.result.xreplace({quantity.at(): 2 * quantity.at()})


def role(node: Expr, derivation: Derivation) -> Role:
    return derivation.model.quantities[name_of(node)].role


def known_indices(step: Step) -> list[Symbol]:
    """The letters of the step's own indices and of those it sums over."""
    bound = {index for node in step.result.atoms(Sum) for index, _, _ in limits_of(node)}
    return [*step.quantity.indices, *sorted(bound - {*step.quantity.indices}, key=str)]


KINDS: dict[str, Kind] = {
    "the sign turned": scaled(Integer(-1)),
    "a factor 2 put in": scaled(Integer(2)),
    "a factor 1/2 put in": scaled(S.Half),
    "1 added": shifted,
    "zero for the result": gone,
    "summed once more over an own index": summed_once_more,
    "the gradient of another layer's weights": of_another(Role.WEIGHT),
    "the gradient of another layer's biases": of_another(Role.BIAS),
    "a factor left out": factor_lost,
    "a factor squared": factor_squared,
    "a term left out": term_lost,
    "a term's sign turned": term_turned,
    "an exponent off by one": power_changed,
    "a number left out": number_changed,
    "f' left out": slope_lost,
    "f for f'": order_changed(-1),
    "f'' for f'": order_changed(1),
    "f'(h) for f'(h')": argument_replaced,
    "the weights transposed": weight_transposed,
    "another layer's weights": renamed(Role.WEIGHT),
    "another layer's units": renamed(Role.ACTIVATION, Role.INPUT, Role.OUTPUT),
    "h' for h": activation_for_input,
    "a wrong index on an entry": entry_index,
    "target and output exchanged": target_and_output,
    "the target left out": target_lost,
    "updated weights in the hidden delta": weight_updated,
    "another quantity's adjoint": adjoint_of_another,
    "a wrong index on an adjoint": adjoint_index,
    "the adjoint left out": adjoint_lost,
    "one term for a sum": sum_lost,
    "a factor not summed over": sum_index,
    "a sum over another range": sum_range,
    "the number of samples or outputs wrong": size_lost,
    "the weight decay left out or doubled": constant_lost,
}
"""Every kind of fault in the result of a step."""
