"""The notation of the notes that the project grew from: x, h', h, y', ŷ, and W from unit j to k."""

from __future__ import annotations

from symback.notation.form import Form, LayerMark, Notation
from symback.notation.spelling import Style

__all__ = ["FOUNDING"]

FOUNDING = Notation(
    name="founding",
    summary="x, h', h, y', ŷ; W from unit j to unit k; a sample is a row",
    source="The notes that the project grew from. They have one hidden layer, one sample and no "
    "matrices: the number of a hidden layer, the index of a sample and the rows are ours.",
    input=Form("x"),
    target=Form("y"),
    weight=Form("W", layer=LayerMark.ALWAYS),
    bias=Form("b", layer=LayerMark.ALWAYS),
    preactivation=Form("h", primes=1, layer=LayerMark.IF_SEVERAL),
    activation=Form("h", layer=LayerMark.IF_SEVERAL),
    output_pre=Form("y", primes=1),
    output=Form("y", accent="hat"),
    loss=Form("L", style=Style.SCRIPT),
    sample_loss=Form("ell"),
    decayed=Form(""),
    delta=Form("delta", layer=LayerMark.ALWAYS),
)
