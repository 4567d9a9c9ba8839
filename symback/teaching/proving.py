"""Values put before the witness: what a page says is checked before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symback.model.equations import Model
from symback.teaching.program import Kind, Program
from symback.teaching.terms import FLOATS, Functions
from symback.teaching.witness import Testimony, Witness

__all__ = ["proof_of"]


def proof_of(
    model: Model,
    sizes: Mapping[str, int],
    program: Program,
    given: Mapping[str, Any],
    functions: Functions = FLOATS,
    integers: Mapping[str, int] | None = None,
    witness: Witness | None = None,
) -> Testimony:
    """What the witness says of every value of both passes, unrounded."""
    judge = witness or Witness(model, sizes, integers)
    kinds = (Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)
    lines = program.of_kind(Kind.FORWARD, Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT)
    values = program.run(given, functions, lines=lines)
    claims = {line.key: values[line.key] for line in lines if line.kind in kinds}
    known = {key: value for key, value in given.items() if key != program.rate}
    return judge.judge(known, claims)
