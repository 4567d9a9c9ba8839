"""A network's equations as those of any model: for what the writers of layers do not have.

These have the gradients of all parameters.  Gradients by inputs, by units or by some parameters,
and most products of second order, are written from the equations' index form, as a model's are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sympy import Rational

from symback.errors import InputError
from symback.model.equations import Model, Role

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.network import Network

__all__ = ["asked", "by_index"]


def asked(source: Derivation | Network | Model) -> tuple[str, ...]:
    """By what gradients of a model of layers are asked for, if not by all of its parameters."""
    model: Any = source if isinstance(source, Model) else getattr(source, "model", None)
    if not isinstance(model, Model):
        return ()
    is_layered = any(q.role in (Role.WEIGHT, Role.BIAS) for q in model.given)
    usual = tuple(q.name for q in model.parameters)
    return model.wanted if is_layered and model.wanted != usual else ()


def by_index(
    model: Model, target: str, given: Mapping[str, int], wanted: tuple[str, ...] = ()
) -> tuple[Model, dict[str, int]]:
    """The equations of a batch with their numbers put in, and the sizes that are known.

    Args:
        model: the equations of a batch of samples.
        target: what is written; C needs the number of samples.
        given: that number, by the name ``batch``.
        wanted: by what gradients are asked for; empty for all parameters.

    Raises:
        InputError: for C without a number of samples.
    """
    ranges = [r for q in model.quantities.values() for r in q.ranges]
    sizes = {r.name: r.size for r in ranges if r.size and not r.is_rows}
    numbers = {q: Rational(str(q.value)) for q in model.given if q.value is not None}
    values = {q.at(): number for q, number in numbers.items() if not q.ranges}
    stated = replace(
        model,
        given=tuple(q for q in model.given if q not in numbers),
        equations=tuple(
            replace(e, expression=e.expression.xreplace(values)) for e in model.equations
        ),
        wanted=wanted,
    )
    samples = [r.name for r in ranges if r.is_rows][:1]
    if target == "c" and "batch" not in given:
        raise InputError(
            "target c needs a number of samples for this",
            where="sizes",
            hint="say --sizes batch=32",
        )
    sizes |= dict.fromkeys(samples, given["batch"]) if "batch" in given else {}
    return stated, sizes
