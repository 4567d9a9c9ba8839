"""How the quantities of one kind are spelled, and all the kinds together: what a notation is.

Pure data, which knows neither SymPy nor a network.  Whatever a text book varies (letters, accents,
primes, which index comes first, where the number of a layer stands) is a field here.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from symback.notation.spelling import Style
from symback.records import dataclass

__all__ = [
    "PARTS",
    "DerivativeStyle",
    "Form",
    "IndexOrder",
    "LayerMark",
    "Notation",
    "Orientation",
    "SamplePlace",
]


class LayerMark(StrEnum):
    """When a quantity carries the number of its layer."""

    ALWAYS = "always"
    NEVER = "never"
    IF_SEVERAL = "if-several"  # when the network has more than one layer of that kind


class IndexOrder(StrEnum):
    """Which unit a weight's first index is."""

    FROM_TO = "from-to"
    TO_FROM = "to-from"


class Orientation(StrEnum):
    """How the units of one sample stand in matrix form."""

    ROWS = "rows"  # x W, and a batch has one row for each sample
    COLUMNS = "columns"  # W x, and a batch has one column for each sample


class SamplePlace(StrEnum):
    """Where the index of a sample stands."""

    BELOW = "below"  # before the other indices
    ABOVE = "above"  # after the layer in parentheses; before a layer that has none


class DerivativeStyle(StrEnum):
    """How the derivative of a function of one unit is written."""

    PRIME = "prime"  # f'(z)
    D = "d"  # df(z)/dz
    PARTIAL = "partial"  # the same with a round d


@dataclass(frozen=True, slots=True)
class Form:
    """How the quantities of one kind are spelled.

    Attributes:
        base: a letter, the name of a Greek one, or a word; empty to keep the quantity's own.
        accent: ``hat``, ``tilde``, ``bar``, ``vec`` or nothing.
        primes: how many primes follow.
        layer: when the number of the layer stands above.
        style: how the letter is set.
        shift: what is added to the number of the layer of weights.
        prefix: what stands before the letter as part of the name.
        label: what stands below, before any index, as part of the name.
        last: a last index that never varies: the 0 of ``w_{k0}``.
        flat: numbers run on through all layers: ``w_1, ..., w_8``.
        sample: where the index of the sample stands; None for where the notation puts it.
        batch: the letter of the whole array for a batch of samples; empty for no other.
        whole: how the array without indices is spelled; None for the same letter.
        lettered: for a flat form, how an entry is spelled whose indices are letters.
    """

    base: str
    accent: str = ""
    primes: int = 0
    layer: LayerMark = LayerMark.NEVER
    style: Style = Style.ITALIC
    shift: int = 0
    prefix: str = ""
    label: str = ""
    last: str = ""
    flat: bool = False
    sample: SamplePlace | None = None
    batch: str = ""
    whole: Form | None = None
    lettered: Form | None = None


@dataclass(frozen=True, slots=True)
class Notation:
    """A way of spelling every quantity of a network by its role and layer, readable both ways.

    Attributes:
        name: what a user calls it.
        input: the form of the inputs.
        target: the form of the targets.
        weight: the form of the weights.
        bias: the form of the biases.
        preactivation: the form of what a hidden unit's function is applied to.
        activation: the form of a hidden unit.
        output_pre: the form of what an output's function is applied to.
        output: the form of an output.
        loss: the form of the loss of one sample; the letter gives way to one of the user's.
        sample_loss: within a batch, the form of the loss of one of its samples.
        cost: the form of the loss of a batch; None for that of `loss`.
        undecayed: with weight decay, the form of the loss before it is added; None for that of
            the loss.
        decayed: with weight decay, the form of the whole.
        constant: the form of the factor of the weight decay.
        delta: the form of the loss's derivative by a pre-activation; None where the notation has
            no letter for it.  With an empty base it is the pre-activation's own letter.
        summary: one line for a list.
        source: where the notation was published, and what of it is decided here.
        index_order: which unit a weight's first index is.
        orientation: how the units of one sample stand in matrix form.
        brackets: what encloses the number of a layer: ``()``, ``[]`` or nothing.
        sample: where the index of a sample stands.
        samples: the letter for the number of samples.
        sample_index: the letter of the index that runs over samples.
        index_letters: of the source unit, the target unit, then of units that are summed over; of
            these others follow where they are needed.
        derivative: how the derivative of a function of one unit is written.
        delta_sign: 1, or -1 where delta is the negative derivative.
        differentials: whether delta's form, ``dz``, serves for the derivative by any quantity.
        delta_per_sample: whether in a batch delta belongs to the loss of its sample alone, which is
            N times its part in a mean.
        commas: whether indices are always set apart by commas.
    """

    name: str
    input: Form
    target: Form
    weight: Form
    bias: Form
    preactivation: Form
    activation: Form
    output_pre: Form
    output: Form
    loss: Form
    sample_loss: Form
    decayed: Form
    cost: Form | None = None
    undecayed: Form | None = None
    constant: Form = Form("")
    delta: Form | None = None
    summary: str = field(default="", compare=False)
    source: str = field(default="", compare=False)
    index_order: IndexOrder = IndexOrder.FROM_TO
    orientation: Orientation = Orientation.ROWS
    brackets: str = "()"
    sample: SamplePlace = SamplePlace.BELOW
    samples: str = "N"
    sample_index: str = "s"
    index_letters: str = "jk"
    derivative: DerivativeStyle = DerivativeStyle.PRIME
    delta_sign: int = 1
    differentials: bool = False
    delta_per_sample: bool = False
    commas: bool = False


PARTS = (
    "input", "target", "weight", "bias", "preactivation", "activation", "output_pre", "output",
    "loss", "sample_loss", "cost", "undecayed", "decayed", "constant", "delta",
)  # fmt: skip
"""The names of a notation's forms."""
