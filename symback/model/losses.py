"""The loss functions that symback knows by name.

Pure data, as in `symback.model.activations`: each loss is a sum over the outputs of a ``term`` in
the target ``y`` and the output ``yhat`` of one unit.
"""

from __future__ import annotations

from symback.records import dataclass

__all__ = ["LOSSES", "Loss"]


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one sample, the sum of one term for each output.

    Attributes:
        name: the name a user writes.
        summary: one line for ``symback list``.
        term: the contribution of one output, in ``y``, ``yhat`` and the number of outputs ``n``.
        derivative: the derivative of the whole loss by one ``yhat``, as a text book writes it.
        facts: codes of what the loss takes for granted about its targets (``targets-sum-to-one``);
            a step that uses one says so.
        outputs: names of the catalogue's activations that may come before this loss; empty for all.
        kinks: what vanishes where the derivative is a convention, and the derivative taken there.
        also: what others call it, for who asks for it by that name.
    """

    name: str
    summary: str
    term: str
    derivative: str
    facts: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    kinks: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()


LOSSES: dict[str, Loss] = {
    entry.name: entry
    for entry in (
        Loss(
            name="squared-error",
            summary="sum over the outputs of (y - yhat)^2",
            term="(y - yhat)**2",
            derivative="2*(yhat - y)",
            also=("sse",),
        ),
        Loss(
            name="half-squared-error",
            summary="one half of the sum over the outputs of (y - yhat)^2",
            term="(y - yhat)**2/2",
            derivative="yhat - y",
        ),
        Loss(
            name="mean-squared-error",
            summary="mean over the outputs of (y - yhat)^2",
            term="(y - yhat)**2/n",
            derivative="2*(yhat - y)/n",
            also=("mse",),
        ),
        Loss(
            name="mean-absolute-error",
            summary="mean over the outputs of |y - yhat|; its derivative at y = yhat is 0",
            term="abs(y - yhat)/n",
            derivative="sign(yhat - y)/n",
            kinks=(("y - yhat", "0"),),
            also=("mae",),
        ),
        Loss(
            name="huber",
            summary="sum over the outputs of d^2/2 for |d| <= 1, |d| - 1/2 beyond; d = y - yhat",
            term="(1 - step(abs(y - yhat) - 1))*(y - yhat)**2/2"
            " + step(abs(y - yhat) - 1)*(abs(y - yhat) - 1/2)",
            derivative="clip(yhat - y)",
        ),
        Loss(
            name="hinge",
            summary="sum over the outputs of max(0, 1 - y yhat), y = -1 or 1; 0 at the kink",
            term="max(0, 1 - y*yhat)",
            derivative="-y*step(1 - y*yhat)",
            facts=("targets-are-signs",),
            kinks=(("1 - y*yhat", "0"),),
        ),
        Loss(
            name="cross-entropy",
            summary="minus the sum over the outputs of y log yhat; the targets sum to one",
            term="-y*log(yhat)",
            derivative="-y/yhat",
            facts=("targets-sum-to-one",),
            outputs=("softmax",),
            also=("ce", "nll"),
        ),
        Loss(
            name="binary-cross-entropy",
            summary="minus the sum over the outputs of y log yhat + (1 - y) log(1 - yhat)",
            term="-y*log(yhat) - (1 - y)*log(1 - yhat)",
            derivative="(yhat - y)/(yhat*(1 - yhat))",
            outputs=("sigmoid",),
            also=("bce", "log-loss"),
        ),
    )
}
