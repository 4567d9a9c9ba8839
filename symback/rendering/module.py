"""A Python module from the matrix forms: forward pass, loss and gradients of a batch."""

from __future__ import annotations

import re

from sympy import Symbol

from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.calculus import derive
from symback.calculus.derivation import Derivation
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model, Quantity, Role
from symback.model.perceptron import FUNCTIONS
from symback.printing import Printer
from symback.printing.numpy import CODE, ELEMENTARY, NUMPY, NumPyPrinter, function_name
from symback.records import dataclass
from symback.rendering.document import Document
from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS
from symback.rendering.page import Page

__all__ = ["numpy_module"]

STABLE = {"elu", "relu", "selu", "sigmoid", "softmax", "softplus"}
"""Functions that the template writes by hand, because their formula overflows."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One assignment, with the number of the equation it comes from; 0 for none."""

    name: str
    right: str
    number: int


@dataclass(frozen=True, slots=True)
class _Function:
    """A function of the catalogue as the module defines it, from its formula there."""

    name: str
    order: int
    right: str
    calls: tuple[str, ...]


def _formula(name: str, order: int) -> tuple[str, tuple[str, ...]]:
    """A catalogue function, or its derivative, as an expression in ``z``."""
    entry = ACTIVATIONS[name]
    if not entry.elementwise:
        return "", ()
    z = Symbol("z")
    text = entry.derivative if order else entry.formula
    expression = parse_formula(text, {"z": z, "a": Apply(name, z)}, FUNCTIONS)
    calls = {node.name for node in expression.atoms(Apply) if node.name in ACTIVATIONS}
    given = (Quantity("z", Role.OTHER),)
    printer = Printer(NUMPY, Model(given, (Equation(1, Quantity("L", Role.LOSS), z),)), CODE)
    return printer(expression), tuple(sorted(calls))


def _definitions(wanted: list[tuple[str, int]]) -> list[_Function]:
    """The catalogue's functions that a module needs, and those that they call in turn."""
    found: dict[tuple[str, int], _Function] = {}
    waiting = list(wanted)
    while waiting:
        name, order = waiting.pop()
        if (name, order) not in found and (order or name not in ELEMENTARY):
            found[name, order] = _Function(name, order, *_formula(name, order))
            if name not in STABLE:
                waiting += [(other, 0) for other in found[name, order].calls]
    return [found[key] for key in sorted(found)]


def numpy_module(document: Document) -> str:
    """The module for the derivation's network.

    Raises:
        InputError: for a list of equations that came from no network.
    """
    if document.network is None:
        raise InputError("a NumPy module is written for a network", where="format")
    network = document.network
    batch = derive(network.model(network.reduction))
    # A generic loss is an argument by its letter, so its mean over the batch has another name.
    letter = network.loss_letter
    taken = {letter: f"{letter}_{network.reduction}"} if network.has_generic_loss else {}
    printer = NumPyPrinter(Printer(NUMPY, batch.model, CODE), taken)
    numbers = _numbers(document.derivation)
    statements = {
        (form.quantity.name, form.adjoint): Statement(
            printer.variable(form.quantity.name, form.adjoint),
            _right(form.number, batch, printer.statement(form)),
            numbers.get((form.quantity.name, form.adjoint), 0),
        )
        for form in batch.matrices
    }
    model = batch.model
    roles = {q.name: q.role for q in model.quantities.values()}
    forward = [
        s
        for (name, adjoint), s in statements.items()
        if not adjoint and roles[name] is not Role.LOSS
    ]
    losses = [
        s for (name, adjoint), s in statements.items() if not adjoint and roles[name] is Role.LOSS
    ]
    backward = _used(
        [s for (_, adjoint), s in statements.items() if adjoint],
        [f"d{q.name}" for q in model.parameters],
    )
    known = sorted(
        {(n, o) for n, o in printer.calls if n in ACTIVATIONS}
        | {(e.function, 0) for e in model.equations if e.function == "softmax"}
    )
    generic = sorted(
        {
            function_name(n.removesuffix("_each"), o)
            for n, o in printer.calls
            if n not in ACTIVATIONS and n not in ("erf", "sqrt")
        }
    )
    formulas = _definitions(known)
    template = environment(FORMATS["numpy"]).get_template("gradients.py.j2")
    return template.render(
        doc=document,
        page=Page(FORMATS["numpy"], document, FORMATS["numpy"].room),
        network=network,
        parameters=[q.name for q in model.parameters],
        shapes={q.name: q.shape for q in model.parameters},
        forward=forward,
        losses=losses,
        backward=backward,
        generic=generic,
        generic_forward=_mentioned(generic, forward),
        generic_loss=_mentioned(generic, [*forward, *losses]),
        generic_gradients=_mentioned(generic, [*forward, *backward]),
        known=formulas,
        needs_erf=any("erf(" in s.right for s in (*forward, *losses, *backward))
        or any("erf(" in function.right for function in formulas),
        output=next(s.name for s in reversed(forward)),
        total=printer.variable(model.loss.name),
        loss_name=function_name(letter) if network.has_generic_loss else "",
        loss_slope=function_name(letter, 1),
        constants=[(q.name, q.value) for q in model.given if q.role is Role.CONSTANT],
    )


def _mentioned(names: list[str], statements: list[Statement]) -> list[str]:
    """The open functions that some statements call."""
    return [n for n in names if any(re.search(rf"\b{n}\(", s.right) for s in statements)]


def _right(number: int, batch: Derivation, right: str) -> str:
    """Softmax keeps its name, so that it can be evaluated without overflow."""
    equations = batch.model.equations
    if number <= len(equations) and equations[number - 1].function == "softmax":
        return f"softmax({equations[number - 2].quantity.name})"
    return right


def _numbers(derivation: Derivation) -> dict[tuple[str, bool], int]:
    """The numbers of the one-sample derivation, which every other format shows."""
    numbers = {(e.quantity.name, False): e.number for e in derivation.model.equations}
    numbers |= {(s.quantity.name, True): s.number for s in derivation.steps}
    return numbers


def _used(statements: list[Statement], wanted: list[str]) -> list[Statement]:
    """Drop what no gradient needs."""
    needed, kept = set(wanted), []
    for statement in reversed(statements):
        if statement.name in needed:
            needed |= set(re.findall(r"\bd\w+", statement.right))
            kept.append(statement)
    return kept[::-1]
