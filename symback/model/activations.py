"""The activation functions that symback knows by name.

Pure data: formulas are text in the input ``z`` (and, for a derivative, the output ``a``), read by
`symback.algebra.formula` when they are needed, so that a usage error never pays for SymPy.  What an
entry says is not believed: a test proves each derivative against SymPy's own.
"""

from __future__ import annotations

from symback.records import dataclass

__all__ = ["ACTIVATIONS", "Activation"]


@dataclass(frozen=True, slots=True)
class Activation:
    r"""An activation function, applied to each unit, or (softmax) to a whole layer.

    Attributes:
        name: the name a user writes.
        summary: one line for ``symback list``.
        formula: the output ``a`` in terms of the input ``z``.
        derivative: ``da/dz`` in terms of ``z`` and ``a``, as a text book writes it.
        latex: how the function is written in LaTeX, ``\sigma`` for the logistic function.
        text: how it is written on a terminal that knows Unicode.
        elementwise: False for a function of the whole layer.
        keeps_prime: True when a derivation reads better with ``f'(z)`` left standing (and the
            convention stated) than with the derivative's formula put in.
        kinks: the points at which pieces meet, each with the derivative there; where the slopes on
            both sides differ it is a convention, that of PyTorch.
        smooth_at_kinks: True where they do not differ, and the derivative is no convention.
        also: what others call it, for who asks for it by that name.
    """

    name: str
    summary: str
    formula: str
    derivative: str
    latex: str
    text: str
    elementwise: bool = True
    keeps_prime: bool = False
    kinks: tuple[tuple[str, str], ...] = ()
    smooth_at_kinks: bool = False
    also: tuple[str, ...] = ()

    @property
    def has_kink(self) -> bool:
        """Whether there are points at which the derivative is a convention."""
        return bool(self.kinks) and not self.smooth_at_kinks


_GELU_TANH = "tanh(sqrt(2/pi)*(z + 0.044715*z**3))"

ACTIVATIONS: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        Activation(
            name="identity",
            summary="a = z",
            formula="z",
            derivative="1",
            latex=r"\mathrm{id}",
            text="id",
            also=("linear", "none"),
        ),
        Activation(
            name="sigmoid",
            summary="a = 1/(1 + exp(-z)), the logistic function",
            formula="1/(1 + exp(-z))",
            derivative="a*(1 - a)",
            latex=r"\sigma",
            text="σ",
            also=("logistic", "expit"),
        ),
        Activation(
            name="tanh",
            summary="a = tanh z",
            formula="tanh(z)",
            derivative="1 - a**2",
            latex=r"\tanh",
            text="tanh",
        ),
        Activation(
            name="relu",
            summary="a = max(0, z); ReLU'(0) = 0",
            formula="max(0, z)",
            derivative="step(z)",
            latex=r"\mathrm{ReLU}",
            text="ReLU",
            keeps_prime=True,
            kinks=(("0", "0"),),
        ),
        Activation(
            name="leaky-relu",
            summary="a = max(0.01 z, z); its derivative at 0 is 0.01",
            formula="max(0.01*z, z)",
            derivative="0.01 + 0.99*step(z)",
            latex=r"\mathrm{LeakyReLU}",
            text="LeakyReLU",
            keeps_prime=True,
            kinks=(("0", "0.01"),),
        ),
        Activation(
            name="elu",
            summary="a = z for z > 0, exp(z) - 1 otherwise",
            formula="step(z)*z + (1 - step(z))*(exp(z) - 1)",
            derivative="step(z) + (1 - step(z))*exp(z)",
            latex=r"\mathrm{ELU}",
            text="ELU",
            keeps_prime=True,
            kinks=(("0", "1"),),
            smooth_at_kinks=True,
        ),
        Activation(
            name="selu",
            summary="a = 1.0507 z for z > 0, 1.7581 (exp(z) - 1) otherwise",
            # The two constants as published with the function, to the digits that PyTorch has.
            formula="1.0507009873554805*(step(z)*z"
            " + 1.6732632423543772*(1 - step(z))*(exp(z) - 1))",
            derivative="1.0507009873554805*(step(z) + 1.6732632423543772*(1 - step(z))*exp(z))",
            latex=r"\mathrm{SELU}",
            text="SELU",
            keeps_prime=True,
            kinks=(("0", "1.0507009873554805*1.6732632423543772"),),
        ),
        Activation(
            name="softplus",
            summary="a = log(1 + exp(z))",
            formula="log(1 + exp(z))",
            derivative="sigmoid(z)",
            latex=r"\mathrm{softplus}",
            text="softplus",
        ),
        Activation(
            name="silu",
            summary="a = z sigmoid(z), also called swish",
            formula="z*sigmoid(z)",
            derivative="sigmoid(z)*(1 + z*(1 - sigmoid(z)))",
            latex=r"\mathrm{SiLU}",
            text="SiLU",
            keeps_prime=True,
            also=("swish",),
        ),
        Activation(
            name="gelu",
            summary="a = z Phi(z), with the normal distribution function Phi, exactly",
            formula="z*(1 + erf(z/sqrt(2)))/2",
            derivative="(1 + erf(z/sqrt(2)))/2 + z*exp(-z**2/2)/sqrt(2*pi)",
            latex=r"\mathrm{GELU}",
            text="GELU",
            keeps_prime=True,
        ),
        Activation(
            name="gelu-tanh",
            summary="gelu with tanh(sqrt(2/pi) (z + 0.044715 z^3)) for the error function",
            formula=f"z*(1 + {_GELU_TANH})/2",
            derivative=f"(1 + {_GELU_TANH})/2"
            f" + z*(1 - {_GELU_TANH}**2)*sqrt(2/pi)*(1 + 0.134145*z**2)/2",
            latex=r"\mathrm{GELU}_{\tanh}",
            text="GELUtanh",
            keeps_prime=True,
        ),
        Activation(
            name="mish",
            summary="a = z tanh(softplus(z))",
            formula="z*tanh(softplus(z))",
            derivative="tanh(softplus(z)) + z*sigmoid(z)*(1 - tanh(softplus(z))**2)",
            latex=r"\mathrm{mish}",
            text="mish",
            keeps_prime=True,
        ),
        Activation(
            name="hard-tanh",
            summary="a = z cut off at -1 and 1; its derivative at -1 and at 1 is 0",
            formula="clip(z)",
            derivative="within(z)",
            latex=r"\mathrm{hardtanh}",
            text="hardtanh",
            keeps_prime=True,
            kinks=(("-1", "0"), ("1", "0")),
        ),
        Activation(
            name="sin",
            summary="a = sin z",
            formula="sin(z)",
            derivative="cos(z)",
            latex=r"\sin",
            text="sin",
        ),
        Activation(
            name="softmax",
            summary="a_k = exp(z_k) / sum_i exp(z_i), over the whole layer",
            formula="exp(z)/sum(exp(z))",
            derivative="a*(delta - a)",
            latex=r"\mathrm{softmax}",
            text="softmax",
            elementwise=False,
        ),
    )
}
