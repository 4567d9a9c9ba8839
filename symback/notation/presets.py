"""The published notations that symback knows, each with where its facts come from.

A new notation is a new entry.  In a gradient's formula j stays the source unit and k the target
unit in all of them; a notation says in which order a weight shows the two.
"""

from __future__ import annotations

from types import MappingProxyType

from symback.notation.form import (
    DerivativeStyle,
    Form,
    IndexOrder,
    LayerMark,
    Notation,
    Orientation,
    SamplePlace,
)
from symback.notation.founding import FOUNDING
from symback.notation.spelling import Style

__all__ = ["NOTATIONS"]

_ALWAYS, _SEVERAL = LayerMark.ALWAYS, LayerMark.IF_SEVERAL


def _vector(letter: str, style: Style = Style.ITALIC) -> Form:
    """The losses of all samples as one array, where the total has the same letter."""
    return Form(letter, accent="vec", style=style)


NIELSEN = Notation(
    name="nielsen",
    summary="w^l to-from, z, a, δ, cost C; layers counted from the input, which is 1",
    source="M. Nielsen, Neural Networks and Deep Learning (2015), chapter 2: w^l_{jk} leads from "
    "unit k of layer l - 1 to unit j of layer l; C = 1/n Σ C_x; in chapter 3 C = C_0 + λ/2n Σ w². "
    "The index of a sample stands where the book has the sample itself, as in a^{x,l}.",
    input=Form("x"),
    target=Form("y"),
    weight=Form("w", layer=_ALWAYS, shift=1),
    bias=Form("b", layer=_ALWAYS, shift=1),
    preactivation=Form("z", layer=_ALWAYS, shift=1),
    activation=Form("a", layer=_ALWAYS, shift=1),
    output_pre=Form("z", layer=_ALWAYS, shift=1),
    output=Form("a", layer=_ALWAYS, shift=1),
    loss=Form("C"),
    sample_loss=Form("C", sample=SamplePlace.BELOW, whole=_vector("C")),
    undecayed=Form("C", label="0"),
    decayed=Form("C"),
    delta=Form("delta", layer=_ALWAYS, shift=1),
    index_order=IndexOrder.TO_FROM,
    orientation=Orientation.COLUMNS,
    brackets="",
    sample=SamplePlace.ABOVE,
    samples="n",
)

BISHOP = Notation(
    name="bishop",
    summary="a before and z after the function, w_{kj}, outputs y, targets t, error E",
    source="C. Bishop, Pattern Recognition and Machine Learning (2006), chapter 5: a_j, z_j = "
    "h(a_j), y_k, t_k, E = Σ E_n, δ_j = ∂E_n/∂a_j, and the bias is w_{j0}, the weight of an input "
    "that is 1; their vector is b here. The book tells the layers apart by the letter of the "
    "index; here a, z and δ carry their number, as w does there.",
    input=Form("x", whole=Form("x", style=Style.BOLD), batch="X"),
    target=Form("t", whole=Form("t", style=Style.BOLD), batch="T"),
    weight=Form("w", layer=_ALWAYS, whole=Form("W", layer=_ALWAYS, style=Style.BOLD)),
    bias=Form("w", layer=_ALWAYS, last="0", whole=Form("b", layer=_ALWAYS, style=Style.BOLD)),
    preactivation=Form(
        "a", layer=_ALWAYS, whole=Form("a", layer=_ALWAYS, style=Style.BOLD), batch="A"
    ),
    activation=Form(
        "z", layer=_ALWAYS, whole=Form("z", layer=_ALWAYS, style=Style.BOLD), batch="Z"
    ),
    output_pre=Form(
        "a", layer=_ALWAYS, whole=Form("a", layer=_ALWAYS, style=Style.BOLD), batch="A"
    ),
    output=Form("y", whole=Form("y", style=Style.BOLD), batch="Y"),
    loss=Form("E"),
    sample_loss=Form("E", whole=_vector("E")),
    decayed=Form("E", accent="tilde"),
    delta=Form("delta", layer=_ALWAYS, whole=Form("delta", layer=_ALWAYS, style=Style.BOLD_ITALIC)),
    index_order=IndexOrder.TO_FROM,
    orientation=Orientation.COLUMNS,
    sample_index="n",
)

DEEPLEARNING_AI = Notation(
    name="deeplearning.ai",
    summary="W^[l], z^[l], a^[l], samples in columns, 1/m, cost J, dz",
    source="A. Ng, K. Katanforoosh and Y. Bensouda Mourri, Neural Networks and Deep Learning "
    "(deeplearning.ai), Standard notations for Deep Learning: X and Y hold samples in columns, "
    "W^[l] has shape (units, units of the layer before), J = 1/m Σ ℒ. dW is ∂J/∂W; dZ and dA "
    "belong to each sample's own ℒ, so that dZ = m ∂J/∂Z and dW = 1/m dZ A^T.",
    input=Form("x", batch="X"),
    target=Form("y", batch="Y"),
    weight=Form("W", layer=_ALWAYS),
    bias=Form("b", layer=_ALWAYS),
    preactivation=Form("z", layer=_ALWAYS, batch="Z"),
    activation=Form("a", layer=_ALWAYS, batch="A"),
    output_pre=Form("z", layer=_ALWAYS, batch="Z"),
    output=Form("a", layer=_ALWAYS, batch="A"),
    loss=Form("L", style=Style.SCRIPT),
    sample_loss=Form("L", style=Style.SCRIPT),
    cost=Form("J"),
    decayed=Form("J", label="regularized"),
    delta=Form("", prefix="d"),
    index_order=IndexOrder.TO_FROM,
    orientation=Orientation.COLUMNS,
    brackets="[]",
    sample=SamplePlace.ABOVE,
    sample_index="i",
    samples="m",
    differentials=True,
    delta_per_sample=True,
)

UFLDL = Notation(
    name="ufldl",
    summary="W^(l) leads from layer l to l + 1, z^(l+1), a^(l+1), h_{W,b}, cost J",
    source="UFLDL tutorial (Stanford), Multi-Layer Neural Network: W^(l)_{ij} joins unit j of "
    "layer l to unit i of layer l + 1, the input is layer 1, δ^(l) belongs to z^(l), the "
    "hypothesis h_{W,b}(x) is the last a^(l), and J is the cost of one sample as of all m. With "
    "weight decay the tutorial keeps J; here the loss without it is J_0.",
    input=Form("x"),
    target=Form("y"),
    weight=Form("W", layer=_ALWAYS),
    bias=Form("b", layer=_ALWAYS),
    preactivation=Form("z", layer=_ALWAYS, shift=1),
    activation=Form("a", layer=_ALWAYS, shift=1),
    output_pre=Form("z", layer=_ALWAYS, shift=1),
    output=Form("a", layer=_ALWAYS, shift=1, whole=Form("h", label="W,b")),
    loss=Form("J"),
    sample_loss=Form("J", whole=_vector("J")),
    undecayed=Form("J", label="0"),
    decayed=Form("J"),
    delta=Form("delta", layer=_ALWAYS, shift=1),
    index_order=IndexOrder.TO_FROM,
    orientation=Orientation.COLUMNS,
    sample=SamplePlace.ABOVE,
    sample_index="i",
    samples="m",
)


def _unit(word: str, label: str) -> Form:
    """A unit by the word for what it is: net_{h1}, out_{o2}."""
    layered = Form(word, label=label, style=Style.WORD, layer=_SEVERAL)
    return Form(word, label=label, style=Style.WORD, flat=True, whole=layered, lettered=layered)


MAZUR = Notation(
    name="mazur",
    summary="flat w_1, w_2, …; net_{h1}, out_{h1}, target_{o1}, E_total",
    source="M. Mazur, A Step by Step Backpropagation Example (2015): i_1, net_{h1}, out_{h1}, "
    "δ_{o1}, and w_1 … w_8 counted target by target: w_2 leads from i_2 to h_1. The article shares "
    "one bias in each layer; here every unit has its own, and they are counted like the weights. "
    "A weight whose units are letters cannot be counted: it is w_{jk} with its layer, from j to k.",
    input=Form("i"),
    target=_unit("target", "o"),
    weight=Form(
        "w",
        flat=True,
        whole=Form("w", layer=_ALWAYS),
        lettered=Form("w", layer=_ALWAYS),
    ),
    bias=Form(
        "b",
        flat=True,
        whole=Form("b", layer=_ALWAYS),
        lettered=Form("b", layer=_ALWAYS),
    ),
    preactivation=_unit("net", "h"),
    activation=_unit("out", "h"),
    output_pre=_unit("net", "o"),
    output=_unit("out", "o"),
    loss=Form("E", label="total"),
    sample_loss=Form("E"),
    undecayed=Form("E", label="data"),
    decayed=Form("E", label="total"),
    delta=Form("delta", flat=True),
    sample=SamplePlace.ABOVE,
    samples="N",
    derivative=DerivativeStyle.PARTIAL,
)

ROW_VECTOR = Notation(
    name="row-vector",
    summary="H = φ(X W + b), O: samples in rows and weights from-to",
    source="A. Zhang, Z. Lipton, M. Li and A. Smola, Dive into Deep Learning, sections 5.1 and "
    "5.3: H = σ(X W^(1) + b^(1)), O = H W^(2) + b^(2), z before and h after the function, L the "
    "mean of the samples' losses l^(i), J = L + s with weight decay. The book has no letter for "
    "the loss's derivative by a pre-activation; δ is ours.",
    input=Form("x", batch="X"),
    target=Form("y", batch="Y"),
    weight=Form("W", layer=_ALWAYS),
    bias=Form("b", layer=_ALWAYS),
    preactivation=Form("z", layer=_SEVERAL, batch="Z"),
    activation=Form("h", layer=_SEVERAL, batch="H"),
    output_pre=Form("o", batch="O"),
    output=Form("y", accent="hat", batch="Y"),
    loss=Form("L"),
    sample_loss=Form("l"),
    decayed=Form("J"),
    delta=Form("delta", layer=_ALWAYS),
    sample=SamplePlace.ABOVE,
    sample_index="i",
    samples="n",
)


def _bold(letter: str, layer: LayerMark = LayerMark.NEVER) -> Form:
    """A vector of the book, bold and italic as a whole."""
    return Form(letter, style=Style.BOLD_ITALIC, layer=layer)


GOODFELLOW = Notation(
    name="goodfellow",
    summary="a^(k) = W^(k) h^(k-1) + b^(k), h^(k) = f(a^(k)), output ŷ, J = L(ŷ, y)",
    source="I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), algorithms 6.3 and "
    "6.4, column vectors in bold; J̃ = J + αΩ in chapter 7. The g of algorithm 6.4 is overwritten "
    "from layer to layer and is no letter for one quantity, so derivatives are spelled out.",
    input=Form("x", whole=_bold("x"), batch="X"),
    target=Form("y", whole=_bold("y"), batch="Y"),
    weight=Form("W", layer=_ALWAYS, whole=_bold("W", layer=_ALWAYS)),
    bias=Form("b", layer=_ALWAYS, whole=_bold("b", layer=_ALWAYS)),
    preactivation=Form("a", layer=_ALWAYS, whole=_bold("a", layer=_ALWAYS), batch="A"),
    activation=Form("h", layer=_ALWAYS, whole=_bold("h", layer=_ALWAYS), batch="H"),
    output_pre=Form("a", layer=_ALWAYS, whole=_bold("a", layer=_ALWAYS), batch="A"),
    output=Form(
        "y",
        accent="hat",
        whole=Form("y", accent="hat", style=Style.BOLD_ITALIC),
        batch="Y",
    ),
    loss=Form("J"),
    sample_loss=Form("L"),
    decayed=Form("J", accent="tilde"),
    constant=Form("alpha"),
    index_order=IndexOrder.TO_FROM,
    orientation=Orientation.COLUMNS,
    sample=SamplePlace.ABOVE,
    sample_index="i",
    samples="m",
    commas=True,
)

NOTATIONS: MappingProxyType[str, Notation] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            FOUNDING,
            NIELSEN,
            BISHOP,
            DEEPLEARNING_AI,
            UFLDL,
            MAZUR,
            ROW_VECTOR,
            GOODFELLOW,
        )
    }
)
"""Every notation that has a name, the project's own first."""
