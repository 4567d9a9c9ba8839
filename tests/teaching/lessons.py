"""Programs for tests, each made once."""

from __future__ import annotations

from functools import cache
from typing import Any

from symback.calculus import derive
from symback.calculus.derivation import Derivation
from symback.model.network import Network
from symback.teaching.program import Program
from symback.teaching.unrolling import unroll
from symback.teaching.values import Values, assigned


@cache
def derived(layers: tuple[int, ...], activations: tuple[str, ...], loss: str) -> Derivation:
    return derive(Network(layers, activations, loss))


@cache
def program(layers: tuple[int, ...], activations: tuple[str, ...], loss: str) -> Program:
    return unroll(derived(layers, activations, loss))


def given(derivation: Derivation, unrolled: Program, **arrays: Any) -> dict[str, Any]:
    options = {"eta": arrays.pop("eta")} if "eta" in arrays else {}
    return assigned(derivation.model, unrolled.given, Values("test", {}, options, arrays))[0]
