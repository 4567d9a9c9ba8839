"""The formulas that documents have for a perceptron's gradients: pure data, each with its source.

What an entry says is not believed: a derivation is held against it, and it against a derivation.

A formula is text over a few words, read by `symback.verification.documents.instantiate`:

- ``a[l,k]``, ``z[l,k]``, ``b[l,k]``, ``W[l,j,k]``, ``y[k]``: activations (those of layer 0 are the
  input), pre-activations, biases, weights from unit j to unit k, targets;
- ``prime[l,k]``: the derivative of layer l's function at ``z[l,k]``;
- ``delta[l,k]``, ``grad[l,k]``: the loss's derivatives by ``z[l,k]`` and by ``a[l,k]``;
- ``outward[l,k]``: ``delta[l,k]`` carried to the loss by (BP1) and (BP2);
- ``total(i, l, ...)``: the sum over the units i of layer l.
"""

from __future__ import annotations

from symback.records import dataclass

__all__ = ["CLOSED_FORMS", "ClosedForm"]


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """One formula of a document: the derivative of the loss by one kind of quantity.

    Attributes:
        name: what it is called.
        source: where it stands.
        of: by what the loss is differentiated: ``W`` at [j, k], or ``b``, ``z``, ``a`` at [k].
        layer: ``last``, ``hidden`` (every other), ``before-last`` or ``every``.
        formula: the right side, at layer ``l``.
        loss: the loss that it is for; empty for all.
        output: the output function that it is for; empty for every function of one unit.
    """

    name: str
    source: str
    of: str
    layer: str
    formula: str
    loss: str = ""
    output: str = ""


_NOTES = "lecture notes on a network of 2, 2 and 2 units without biases"
_NIELSEN = "M. Nielsen, Neural Networks and Deep Learning (2015), chapter 2"
_BISHOP = "C. Bishop, Pattern Recognition and Machine Learning (2006)"

CLOSED_FORMS: dict[str, ClosedForm] = {
    entry.name: entry
    for entry in (
        ClosedForm(
            name="output-weight",
            source=f"{_NOTES}: a weight to an output",
            of="W",
            layer="last",
            formula="grad[l,k] * prime[l,k] * a[l-1,j]",
        ),
        ClosedForm(
            name="hidden-weight",
            source=f"{_NOTES}: a weight to a hidden unit, summed over the outputs",
            of="W",
            layer="before-last",
            formula="total(i, l+1, grad[l+1,i] * prime[l+1,i] * W[l+1,k,i])"
            " * prime[l,k] * a[l-1,j]",
        ),
        ClosedForm(
            name="hidden-weight-any-depth",
            source=f"{_NOTES}: the sum over the outputs, taken through every layer between",
            of="W",
            layer="hidden",
            formula="outward[l,k] * a[l-1,j]",
        ),
        ClosedForm(
            name="output-bias",
            source=f"{_NOTES}: for a bias the same formula holds, only the input becomes 1",
            of="b",
            layer="last",
            formula="grad[l,k] * prime[l,k]",
        ),
        ClosedForm(
            name="hidden-bias",
            source=f"{_NOTES}: for a bias the same formula holds, only the input becomes 1",
            of="b",
            layer="before-last",
            formula="total(i, l+1, grad[l+1,i] * prime[l+1,i] * W[l+1,k,i]) * prime[l,k]",
        ),
        ClosedForm(
            name="BP1",
            source=f"{_NIELSEN}, equation (BP1)",
            of="z",
            layer="last",
            formula="grad[l,k] * prime[l,k]",
        ),
        ClosedForm(
            name="BP2",
            source=f"{_NIELSEN}, equation (BP2)",
            of="z",
            layer="hidden",
            formula="total(i, l+1, W[l+1,k,i] * delta[l+1,i]) * prime[l,k]",
        ),
        ClosedForm(
            name="BP3",
            source=f"{_NIELSEN}, equation (BP3)",
            of="b",
            layer="every",
            formula="delta[l,k]",
        ),
        ClosedForm(
            name="BP4",
            source=f"{_NIELSEN}, equation (BP4)",
            of="W",
            layer="every",
            formula="a[l-1,j] * delta[l,k]",
        ),
        ClosedForm(
            name="squared-error-output",
            source=f"{_BISHOP}, equation (5.18), twice, since the loss there is half of this one",
            of="z",
            layer="last",
            formula="2 * (a[l,k] - y[k])",
            loss="squared-error",
            output="identity",
        ),
        ClosedForm(
            name="half-squared-error-output",
            source=f"{_BISHOP}, equation (5.18)",
            of="z",
            layer="last",
            formula="a[l,k] - y[k]",
            loss="half-squared-error",
            output="identity",
        ),
        ClosedForm(
            name="sigmoid-cross-entropy-output",
            source=f"{_BISHOP}, equation (5.18) and exercise 5.6",
            of="z",
            layer="last",
            formula="a[l,k] - y[k]",
            loss="binary-cross-entropy",
            output="sigmoid",
        ),
        ClosedForm(
            name="softmax-cross-entropy-output",
            source=f"{_BISHOP}, equation (5.18) and exercise 5.7",
            of="z",
            layer="last",
            formula="a[l,k] - y[k]",
            loss="cross-entropy",
            output="softmax",
        ),
    )
}
