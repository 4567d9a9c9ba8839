"""What the R operator finds, as data: a line for each equation and each step that changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, get_args

from sympy import Expr, Symbol

from symback.algebra.directions import Directional
from symback.algebra.expressions import Partial
from symback.calculus.derivation import Derivation, Link
from symback.errors import InputError
from symback.model.equations import Model, Quantity
from symback.records import dataclass

__all__ = ["PRODUCTS", "Product", "Second", "Tangent", "refuse_defined"]

Product = Literal["hvp", "gauss-newton", "jvp", "fisher", "empirical-fisher", "hessian"]
PRODUCTS: tuple[Product, ...] = get_args(Product)[:3]
"""Those that every model has which is differentiable twice; the others are for likelihoods."""


def refuse_defined(model: Model, why: str) -> None:
    """Refuse second order by what an equation defines.

    Raises:
        InputError: with the quantity's name, and why.
    """
    for quantity in model.targets_of_derivation:
        if quantity.name in model.definitions:
            raise InputError(
                f"{quantity.name} is defined by an equation: {why}",
                where="second",
                hint="ask for parameters or inputs",
            )


@dataclass(frozen=True, slots=True)
class Tangent:
    """The derivative of a quantity, or of its adjoint, along the direction.

    Attributes:
        number: the number of the result, counted on from the last step of the derivation.
        of: the number of the equation or step that was differentiated.
        quantity: the quantity whose value or adjoint it is.
        subject: ``Directional(h[k])`` or ``Directional(Partial(L, h[k]))``, in the quantity's
            letters; of a start or an end with the indices that stand there.
        links: subject = first link = second link = …; the last one is the result.
        is_adjoint: whether it belongs to the backward pass.
        at: of a start or an end, its indices.
        by: of an entry of the Hessian, and of what leads there, the array it is differentiated by.
        other: its indices there.
    """

    number: int
    of: int
    quantity: Quantity
    subject: Directional | Partial
    links: tuple[Link, ...]
    is_adjoint: bool = False
    at: tuple[Expr, ...] = ()
    by: Quantity | None = None
    other: tuple[Symbol, ...] = ()

    @property
    def result(self) -> Expr:
        """What it comes to: the last link."""
        return self.links[-1].expression


@dataclass(frozen=True)
class Second:
    """A product of a matrix of derivatives and a vector, with every step that leads there.

    The vector is a direction: an array for each of the quantities that the loss is differentiated
    by, of their shapes.  ``R{q}`` of one of these is its entry of the vector.

    Attributes:
        derivation: the forward and the backward pass.
        product: ``hvp`` for the Hessian times the vector, ``gauss-newton`` for the part of it
            without second derivatives of the outputs, ``jvp`` for the change of the outputs;
            ``hessian`` for the entries, where the direction is one entry of one array.
        forward: R of the equations, in their order.
        backward: R of the steps, in theirs; for ``gauss-newton`` of the loss's own steps, and
            below them the ordinary backward pass, applied to these.
        outputs: names of the quantities that the loss is a function of: in between the model is
            made linear for ``gauss-newton``, and ``jvp`` is about them.
        tail: for ``gauss-newton``, names of what the loss's own equations define.
        family: for ``fisher``, from what the labels are drawn.
        samples: for ``empirical-fisher``, the name of the loss of each sample.
    """

    derivation: Derivation
    product: Product
    forward: tuple[Tangent, ...]
    backward: tuple[Tangent, ...]
    outputs: tuple[str, ...] = ()
    tail: frozenset[str] = frozenset()
    family: str = ""
    samples: str = ""

    def __repr__(self) -> str:
        names = ", ".join(q.name for q in self.direction)
        count = len(self.forward) + len(self.backward)
        return f"<Second: {self.product} along {names}: {count} steps>"

    @property
    def is_linear(self) -> bool:
        """Whether the model is taken as linear in what moves, between that and its outputs."""
        return self.product in ("gauss-newton", "fisher")

    @property
    def model(self) -> Model:
        """The equations."""
        return self.derivation.model

    @property
    def direction(self) -> tuple[Quantity, ...]:
        """The quantities that the direction moves."""
        return self.model.targets_of_derivation

    @cached_property
    def tangents(self) -> tuple[Tangent, ...]:
        """All of them, in the order of their numbers."""
        return self.forward + self.backward

    @cached_property
    def moved(self) -> frozenset[str]:
        """Names of the quantities that change along the direction."""
        return frozenset(t.quantity.name for t in self.forward).union(
            q.name for q in self.direction
        )

    @cached_property
    def adjoints(self) -> Mapping[str, Tangent]:
        """R of the adjoint of each quantity whose adjoint changes, by the quantity's name."""
        return {t.quantity.name: t for t in self.backward}

    @cached_property
    def blocks(self) -> Mapping[tuple[str, str], Tangent]:
        """The Hessian's entries, by the names of the two arrays; each pair once."""
        asked = {q.name for q in self.direction}
        return {
            (t.quantity.name, t.by.name): t
            for t in self.backward
            if t.by is not None and t.by.name in asked and t.quantity.name in asked
        }

    @cached_property
    def curvature(self) -> tuple[Tangent, ...]:
        """Of a Hessian, the second derivatives of the loss by its outputs: what is called M."""
        asked = {q.name for q in self.direction}
        return tuple(t for t in self.backward if t.by is not None and t.by.name not in asked)

    @cached_property
    def products(self) -> Mapping[str, Tangent | None]:
        """The product's part for each array of the vector; None where it is 0."""
        return {q.name: self.adjoints.get(q.name) for q in self.direction}
