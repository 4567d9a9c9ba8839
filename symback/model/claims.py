"""What a text in the language states beside its model: claims, warnings, sizes to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from symback.model.equations import Equation, Model
from symback.records import dataclass

if TYPE_CHECKING:
    from sympy import Expr

    from symback.model.language.checked import Warning

__all__ = ["ClaimLine", "Stated"]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One line below ``claims``.

    On right sides an adjoint ``dh[t,k]`` is ``Partial(loss, h[t,k])``, and a helper is an entry
    of its own name.

    Attributes:
        equation: its left side is an entry of a quantity named ``dh`` for the adjoint of h, or of
            the helper that it defines; starts and ends are boundaries, as in a model.
        of: the quantity whose adjoint the left side is; empty for a helper.
        line: in the text, from 1.
        column: likewise.
    """

    equation: Equation
    of: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A model with what stands beside it in its text.

    Attributes:
        model: the model.
        claims: below ``claims``, in order.
        warnings: what is odd and no error, as codes with names and places.
        sizes: the numbers that the text has for sizes.
        outside: for names that claims mention, what they are beyond their range: of an adjoint
            (``dy``), a helper, or a quantity of the model.
    """

    model: Model
    claims: tuple[ClaimLine, ...] = ()
    warnings: tuple[Warning, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    outside: Mapping[str, Expr] = field(default_factory=dict)
