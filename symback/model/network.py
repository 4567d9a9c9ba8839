"""A multilayer perceptron as its author states it: widths, activation functions, loss, biases.

Whatever is wrong with the statement is said here, in the words of whoever made it and before SymPy
is loaded; `symback.model.perceptron` turns a valid one into equations.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING

from symback.errors import InputError, TooLargeError, quote
from symback.model.activations import ACTIVATIONS, Activation
from symback.model.drawn import Drawn
from symback.model.losses import LOSSES, Loss
from symback.model.user_formulas import ACTIVATION_NAMES, LOSS_NAMES, check_formula, is_formula
from symback.records import dataclass
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.model.equations import Equation, Model

__all__ = [
    "GREEK_LETTERS",
    "MAX_DEPTH",
    "MAX_WIDTH",
    "REDUCTIONS",
    "Network",
    "parse_layers",
    "parse_names",
    "parse_number",
]

MAX_DEPTH = 1000
MAX_WIDTH = 10**9

# Those that look unlike any Latin letter, and so have a LaTeX command of their own.
# fmt: off
GREEK_LETTERS = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi",
    "Omega",
)
# fmt: on

_GENERIC = re.compile(rf"([A-Za-z]|{'|'.join(GREEK_LETTERS)})[0-9]?")

# Letters that the formulas use themselves; a digit does not help, since h2 is a layer and b1 an
# array.
_TAKEN = {
    "x": "the input x",
    "h": "the hidden units h",
    "y": "the target y and the output yhat",
    "W": "the weights W",
    "w": "the weights W",
    "b": "the biases b",
    "d": "the d of a derivative",
    "delta": "the adjoints delta",
    "Sigma": "the sign of a sum",
    "N": "the number of samples N",
    "i": "the index i",
    "j": "the index j",
    "k": "the index k",
}


@dataclass(frozen=True, slots=True)
class Network(Drawn):
    """A fully connected feed-forward network with a loss.

    Attributes:
        layers: the number of units of each layer, the input's first and the output's last.
        activations: the name of one function for each layer of weights; left out, a generic ``f``
            on every hidden layer and a generic ``g`` on the output. A generic function is a single
            letter, Latin or the name of a Greek one (``phi``), with a digit if need be (``f2``);
            a formula in ``x`` is a function of its own (``x*sigmoid(x)``).
        loss: a name from the catalogue, a letter for a generic function of ``y`` and ``yhat``, or
            a formula in ``y`` and ``yhat`` that is summed over the outputs (``(y-yhat)**4``).
        bias: whether each layer of weights has a bias.
        batch: whether the loss is that of a batch of samples, with an index of their own.
        reduction: the loss of a batch is the ``mean`` or the ``sum`` of its samples' losses.
        weight_decay: the factor of half the sum of all squared weights, added to the loss.

    Raises:
        InputError: for a network that cannot be; ``where`` is the attribute at fault.
        TooLargeError: for more than `MAX_DEPTH` layers or `MAX_WIDTH` units in one.
    """

    layers: tuple[int, ...]
    activations: tuple[str, ...] = ()
    loss: str = "L"
    bias: bool = True
    batch: bool = False
    reduction: str = "mean"
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        # Frozen: what was given as a list, or left out, is settled once, here.
        object.__setattr__(self, "layers", _checked_layers(self.layers))
        if isinstance(self.activations, str):
            raise InputError("one text is not a list of names", where="activations")
        generic = ("f",) * (self.depth - 1) + ("g",)
        object.__setattr__(self, "activations", tuple(self.activations or generic))
        _check_activations(self)
        _check_loss(self)
        _check_batch(self)
        _check_weight_decay(self)

    @property
    def depth(self) -> int:
        """The number of layers of weights."""
        return len(self.layers) - 1

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each array of parameters, in the order W1, b1, W2, b2, ….

        ``W1`` has shape (units of the layer it comes from, units of the layer it goes to).
        """
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(1, self.depth + 1):
            source, target = self.layers[layer - 1 : layer + 1]
            shapes[f"W{layer}"] = (source, target)
            if self.bias:
                shapes[f"b{layer}"] = (target,)
        return shapes

    @property
    def parameter_count(self) -> int:
        """The number of weights and biases."""
        return sum(prod(shape) for shape in self.parameter_shapes.values())

    @property
    def has_generic_loss(self) -> bool:
        """Whether the loss is left open: any function of the targets and the outputs."""
        return self.loss not in LOSSES and not is_formula(self.loss, LOSS_NAMES)

    @property
    def loss_letter(self) -> str:
        """How the loss is written: its own letter when it is generic, L otherwise."""
        return self.loss if self.has_generic_loss else "L"

    @property
    def generic_letters(self) -> frozenset[str]:
        """The letters of the functions that are left open, and of the loss."""
        functions = {name for name in self.activations if _GENERIC.fullmatch(name)}
        return frozenset(functions - {*ACTIVATIONS} | {self.loss_letter})

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Codes of what is taken for granted about generic functions.

        ``outputs-are-probabilities``: a generic output function stands before a loss that takes
        the logarithm of the outputs.
        """
        wants_probabilities = self.loss in LOSSES and LOSSES[self.loss].outputs
        generic = self.activations[-1] not in ACTIVATIONS
        return ("outputs-are-probabilities",) if wants_probabilities and generic else ()

    def model(self, reduction: str | None = None) -> Model:
        """The network as numbered equations over indexed units.

        Args:
            reduction: ``mean`` or ``sum`` for the loss of a batch; left out, as the network says.
        """
        return _model(self, reduction or (self.reduction if self.batch else None))

    def equations(self) -> tuple[Equation, ...]:
        """The numbered equations of the forward pass, the loss last."""
        return self.model().equations


@lru_cache(maxsize=16)
def _model(network: Network, reduction: str | None) -> Model:
    """The same list for the same network: what is derived from it is then equal, too."""
    from symback.model.perceptron import perceptron

    return perceptron(network, reduction)


def parse_layers(text: str) -> tuple[int, ...]:
    """Widths separated by commas, as in ``2,3,1``: ASCII digits only.

    Raises:
        InputError: with the entry at fault.
    """
    widths = []
    for position, entry in enumerate(_entries(text), start=1):
        if re.fullmatch("-[0-9]+", entry):
            raise InputError(f"entry {position} is {entry[:20]}; a width is at least 1")
        if not re.fullmatch("[0-9]+", entry):
            raise InputError(
                f"entry {position}, {quote(entry)}, is not a whole number",
                hint="write widths separated by commas, such as 2,3,1",
            )
        # A number of a thousand digits is refused for its size, and never converted.
        widths.append(int(entry[:20]))
    return tuple(widths)


def parse_names(text: str) -> tuple[str, ...]:
    """Names separated by commas, as in ``tanh,sigmoid``.

    Raises:
        InputError: with the entry at fault.
    """
    return tuple(_entries(text))


def parse_number(text: str) -> float:
    """A decimal number in ASCII digits, as in ``0.01`` or ``1e-4``.

    Raises:
        InputError: for anything else.
    """
    if re.fullmatch(r"-[0-9.]+([eE][+-]?[0-9]{1,2})?", text.strip()[:40]):
        raise InputError(f"{quote(text)} must not be negative", hint="write one such as 0.01")
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]{3,}", text.strip()[:40]):
        raise InputError(
            f"{quote(text)} has more than two digits in its exponent", hint="write one such as 0.01"
        )
    if len(text) > 40 or not re.fullmatch(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?", text.strip()):
        raise InputError(f"{quote(text)} is not a number", hint="write one such as 0.01")
    return float(text)


def _entries(text: str) -> list[str]:
    entries = [entry.strip(" \t") for entry in _split(text)]
    if entries == [""]:
        raise InputError("nothing is given")
    if "" in entries:
        raise InputError(f"entry {entries.index('') + 1} of {quote(text)} is empty")
    return entries


def _split(text: str) -> list[str]:
    """Split at the commas that stand outside brackets: ``max(0, x),g`` has two entries."""
    entries, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth <= 0:
            entries.append(text[start:position])
            start = position + 1
    return [*entries, text[start:]]


def _checked_layers(layers: Iterable[int]) -> tuple[int, ...]:
    widths = tuple(_whole_number(entry, i) for i, entry in enumerate(layers, start=1))
    if len(widths) < 2:
        raise InputError(
            f"{len(widths)} layer{'s' * (len(widths) != 1)} cannot make a network",
            where="layers",
            hint="give at least two widths, the input's and the output's, such as 2,2",
        )
    if len(widths) - 1 > MAX_DEPTH:
        raise TooLargeError(
            f"{len(widths) - 1} layers of weights",
            where="layers",
            hint=f"the limit is {MAX_DEPTH}",
        )
    for position, width in enumerate(widths, start=1):
        if width < 1:
            raise InputError(
                f"entry {position} is {width}", where="layers", hint="a width is at least 1"
            )
        if width > MAX_WIDTH:
            raise TooLargeError(
                f"entry {position} has more than {MAX_WIDTH} units",
                where="layers",
                hint="the formulas are the same for every width: choose a smaller one",
            )
    return widths


def _whole_number(entry: object, position: int) -> int:
    # True is an int in Python, and no number of units; NumPy's integers are.
    if isinstance(entry, bool) or not hasattr(entry, "__index__"):
        raise InputError(
            f"entry {position}, {quote(str(entry))}, is not a whole number", where="layers"
        )
    return operator.index(entry)


def _check_activations(network: Network) -> None:
    activations, depth = network.activations, network.depth
    if len(activations) != depth:
        raise InputError(
            f"{len(activations)} activation{'s' * (len(activations) != 1)} for {depth} layer"
            f"{'s' * (depth != 1)} of weights",
            where="activations",
            hint="give one for each layer of weights",
        )
    for position, name in enumerate(activations, start=1):
        _check_function(name, ACTIVATIONS, "activation")
        if name in ACTIVATIONS and not ACTIVATIONS[name].elementwise:
            _check_whole_layer(name, position, network)
    if "sigma" in activations and "sigmoid" in activations:
        raise InputError(
            "the generic function sigma would be written like sigmoid",
            where="activations",
            hint="choose another letter",
        )


def _check_whole_layer(name: str, position: int, network: Network) -> None:
    if position != network.depth:
        raise InputError(
            f"{name} stands on hidden layer {position}",
            where="activations",
            hint=f"{name} is for the output layer; a hidden layer takes a function of one unit",
        )
    if network.layers[-1] == 1:
        raise InputError(
            f"{name} of one output is always 1",
            where="activations",
            hint="take sigmoid, or at least two outputs",
        )


def _check_loss(network: Network) -> None:
    loss, output = network.loss, network.activations[-1]
    _check_function(loss, LOSSES, "loss")
    letter = network.loss_letter
    if letter in network.activations:
        raise InputError(
            f"the loss and an activation are both written {letter}",
            hint="choose another letter for one of them",
        )
    allowed = LOSSES[loss].outputs if loss in LOSSES else ()
    if allowed and output in ACTIVATIONS and output not in allowed:
        raise InputError(
            f"{loss} takes outputs that are probabilities, and {output} does not give them"
            if output != "softmax"
            else f"{loss} takes each output as a probability of its own, and softmax makes them "
            "share one",
            where="loss",
            hint=f"put {' or '.join(allowed)}, or a generic function, on the output layer",
        )


REDUCTIONS = ("mean", "sum")


def _check_batch(network: Network) -> None:
    for name in ("bias", "batch"):
        if not isinstance(value := getattr(network, name), bool):
            raise InputError(
                f"{quote(str(value))} is neither True nor False", where=name, hint="give a bool"
            )
    if network.reduction not in REDUCTIONS:
        name = network.reduction
        raise InputError(
            f"unknown reduction {quote(str(name))}{did_you_mean(str(name), REDUCTIONS)}",
            where="reduction",
            hint="known are mean and sum",
        )
    if network.batch and "s" in (*network.activations, network.loss):
        raise InputError(
            "the generic function s would be written like the index s of the samples",
            hint="choose another letter",
        )


def _check_weight_decay(network: Network) -> None:
    value = network.weight_decay
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value < float("inf"):
        problem = (
            "must not be negative" if number and value < 0 else "is not a number of at least 0"
        )
        raise InputError(f"{quote(str(value))} {problem}", where="weight_decay")
    if value and "lambda" in (*network.activations, network.loss):
        raise InputError(
            "the generic function lambda would be written like the factor of the weight decay",
            hint="choose another letter",
        )


def _check_function(name: object, catalogue: Iterable[str], kind: str) -> None:
    """A function's name is one from the catalogue, or a letter that the formulas do not use."""
    where = "loss" if kind == "loss" else "activations"
    if not isinstance(name, str):
        raise InputError(f"{quote(str(name))} is not the name of a function", where=where)
    if name in catalogue:
        return
    names = LOSS_NAMES if kind == "loss" else ACTIVATION_NAMES
    if is_formula(name, names):
        check_formula(name, names, where)
        return
    if match := _GENERIC.fullmatch(name):
        if taken := _TAKEN.get(match[1]):
            raise InputError(
                f"{kind} {name!r} clashes with {taken}",
                where=where,
                hint=f"choose another letter, such as {'E' if kind == 'loss' else 'f or phi'}",
            )
        return
    entries: Iterable[Activation | Loss] = (LOSSES if kind == "loss" else ACTIVATIONS).values()
    others = {other: entry.name for entry in entries for other in entry.also}
    meant = others.get(name.casefold(), _latin(name))
    suggestion = did_you_mean(meant, [*catalogue, *GREEK_LETTERS])
    raise InputError(
        f"unknown {kind} {quote(name)}{suggestion}",
        where=where,
        hint=None if suggestion else f"known are {', '.join(catalogue)}, and single letters",
    )


def _latin(name: str) -> str:
    """The name of a Greek letter that was typed as the letter itself."""
    import unicodedata

    words = unicodedata.name(name, "").split() if len(name) == 1 else []
    return words[-1].lower() if words[:1] == ["GREEK"] else name
