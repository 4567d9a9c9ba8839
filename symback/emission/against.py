"""Somebody's own gradients beside the proved ones, array by array, with the likely slip."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Integer

from symback.emission.compiling import loaded
from symback.emission.module import Reduction, emit, general_model, render
from symback.emission.program import program
from symback.errors import InputError, quote
from symback.model.equations import Quantity, Role, size_symbol
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model
    from symback.model.network import Network

__all__ = ["Compared", "compare", "report"]

_BATCH = 5
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Compared:
    """One array of gradients.

    Attributes:
        name: of the parameter.
        right: whether it is the proved gradient.
        error: the largest difference, divided by the largest entry of the gradient.
        slip: a code of what is likely wrong, if anything is known.
        detail: what the sentence of that code needs: a factor, shapes, a statement.
    """

    name: str
    right: bool
    error: float = 0.0
    slip: str = ""
    detail: str = ""


Variant = tuple[str, str, Any]
"""What the gradients are with one slip: its code, the statement that has it, and the arrays."""


def compare(
    source: Derivation | Network | Model,
    place: str,
    *,
    batch: bool = False,
    reduction: Reduction | None = None,
    sizes: Mapping[str, int] | None = None,
) -> list[Compared]:
    """Run a function of the user's and compare what it returns with the proved gradients.

    The function takes the arrays by the names of the emitted file (``W1, b1, x, y``, in any order),
    or the parameters as one tuple or table before the inputs; it returns the gradients as a tuple,
    a list or a dictionary, alone or after the loss.  A batch has five samples; a model of equations
    has small sizes, unequal where it allows that.

    Args:
        source: the network or the model.
        place: ``file.py:function``.
        batch: as for `symback.emission.emit`.
        reduction: as for `symback.emission.emit`.
        sizes: of a model, numbers for its sizes.

    Raises:
        InputError: where there is no such function, or it fails, or returns something else.
    """
    function = _function(place)
    text = emit(source, reduction=reduction, batch=batch, sizes=sizes)
    made = loaded(text)
    model = general_model(source)
    if model is None:
        parameters, inputs = _data(source, made)
        said: dict[str, int] = {}
    else:
        parameters, inputs, said = _data_of_model(model, made, batch, reduction, sizes or {})
    names = getattr(made, "Gradients", made.Parameters)._fields
    found = _gradients(function, made, parameters, inputs, names, place)

    def gradients(module: ModuleType) -> Any:
        return module.loss_and_gradients(module.Parameters(*parameters), *inputs.values(), **said)[
            1
        ]

    right = gradients(made)
    variants = list(_variants(text, gradients))
    samples = _BATCH if model is None else 0
    return [
        _judge(name, given, exact, position, variants, samples)
        for position, (name, given, exact) in enumerate(zip(names, found, right, strict=True))
    ]


def report(compared: Sequence[Compared]) -> str:
    """The comparison as lines of text."""
    return render("against.txt.j2", {"arrays": compared})


def _function(place: str) -> Callable[..., Any]:
    name, colon, function = place.rpartition(":")
    path = Path(name)
    if not colon or not function.isidentifier():
        raise InputError(
            f"{quote(place)} names no function", where="--against", hint="write gradients.py:name"
        )
    if not path.is_file():
        raise InputError(f"there is no file {name}", where="--against")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{name} is no Python", where="--against", hint="end it in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        with _beside(path):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # a script that ends is nothing that was compared
        raise InputError(f"{name} fails: {_said(error)}", where="--against") from None
    found: Any = getattr(module, function, None)
    if not callable(found):
        raise InputError(f"{name} has no function {function}", where="--against")

    @wraps(found)
    def called(*given: Any, **named: Any) -> Any:
        with _beside(path):
            return found(*given, **named)

    return called


@contextmanager
def _beside(path: Path) -> Iterator[None]:
    """Imports find what lies beside a file first, as when Python runs it."""
    before = list(sys.path)
    sys.path.insert(0, str(path.absolute().parent))
    try:
        yield
    finally:
        sys.path[:] = before


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _data(source: Any, made: ModuleType) -> tuple[Any, dict[str, Any]]:
    """Random parameters and samples; targets of a cross-entropy sum to one, as most code has it."""
    rng, emitted = np.random.default_rng(0), program(source)
    drawn = [a + 0.3 * rng.normal(size=a.shape) for a in made.initialize()]
    inputs: dict[str, Any] = {}
    loss = emitted.network.loss if emitted.network is not None else ""
    for quantity in emitted.inputs:
        shape = tuple(_BATCH if r.is_rows else r.size for r in quantity.ranges)
        value = rng.normal(size=shape)
        if quantity.role is Role.TARGET and loss == "cross-entropy":
            value = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
        elif quantity.role is Role.TARGET and loss == "binary-cross-entropy":
            value = rng.uniform(size=shape)
        elif quantity.role is Role.TARGET and loss == "hinge":
            value = np.sign(value)
        inputs[quantity.name] = value
    return made.Parameters(*drawn), inputs


def _data_of_model(
    source: Derivation | Model,
    made: ModuleType,
    batch: bool,
    reduction: str | None,
    sizes: Mapping[str, int],
) -> tuple[Any, dict[str, Any], dict[str, int]]:
    """Random arrays for a model at small sizes, and the sizes that no array shows."""
    from symback.emission.indexed.interface import Interface
    from symback.emission.indexed.module import model_program
    from symback.emission.indexed.naming import CodeNames

    written = model_program(source, batch=batch, reduction=reduction)
    interface = Interface(written, CodeNames(written), dict(sizes))
    chosen = interface.example
    numbers = {size_symbol(name): Integer(number) for name, number in chosen.items()}
    rng = np.random.default_rng(0)

    def drawn(quantity: Quantity) -> Any:
        shape = tuple(int((r.upper - r.first + 1).xreplace(numbers)) for r in quantity.ranges)
        if quantity.role is Role.INTEGER:
            assert quantity.counts is not None
            return rng.integers(0, int(quantity.counts.xreplace(numbers)), shape)
        positive = quantity.is_positive or quantity.role is Role.TARGET
        return np.asarray(rng.uniform(0.2 if positive else -1.0, 1.0, shape))

    parameters = made.Parameters(*map(drawn, written.model.parameters))
    inputs = {interface.names.array(q.name): drawn(q) for q in written.inputs}
    shown = {found.name for found in interface.found if found.quantity is not None}
    said = {interface.names.size(n): v for n, v in chosen.items() if n not in shown}
    return parameters, inputs, said


def _gradients(
    function: Callable[..., Any],
    made: ModuleType,
    parameters: Any,
    inputs: Mapping[str, Any],
    names: Sequence[str],
    place: str,
) -> list[Any]:
    fields = made.Parameters._fields
    given = {**dict(zip(fields, parameters, strict=True)), **inputs}
    known = {name: np.array(value) for name, value in given.items()}
    try:
        wanted = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        ]
        if wanted and set(wanted) <= set(known):
            result = function(**{name: known[name] for name in wanted})
        elif len(wanted) == len(known):
            result = function(*known.values())
        else:
            first = _by_name(made)(*(known[name] for name in fields))
            result = function(first, *(known[name] for name in inputs))
    except (Exception, SystemExit) as error:
        hint = f"it may take {', '.join(known)} by name, or all parameters first, then the rest"
        raise InputError(f"{place} fails: {_said(error)}", where="--against", hint=hint) from None
    return _arrays(result, names, place)


def _by_name(made: ModuleType) -> type:
    """The parameters as a tuple that takes their names as indices too, as a table does."""

    class Parameters(made.Parameters):  # type: ignore[misc, name-defined]
        def __getitem__(self, at: Any) -> Any:
            return getattr(self, at) if isinstance(at, str) else super().__getitem__(at)

        def keys(self) -> tuple[str, ...]:
            return tuple(self._fields)

    return Parameters


def _arrays(result: Any, names: Sequence[str], place: str) -> list[Any]:
    """The gradients in the order of the parameters, from what a function returned."""
    if len(names) == 1 and hasattr(result, "shape"):
        result = [result]  # the only gradient, by itself
    listed = isinstance(result, tuple | list)
    if listed and len(result) == 2 and isinstance(result[1], tuple | list | Mapping):
        result = result[1]  # after the loss
    elif listed and len(result) == len(names) + 1:
        result = result[1:]
    if isinstance(result, Mapping):
        keys = {str(key).removeprefix("d"): value for key, value in result.items()}
        result = [keys[name] for name in names] if set(names) <= set(keys) else None
    if isinstance(result, tuple | list) and len(result) == len(names):
        try:
            if any(map(np.iscomplexobj, result)):
                raise TypeError("complex numbers")
            return [np.asarray(value, float) for value in result]
        except (TypeError, ValueError) as error:
            raise InputError(f"{place} returns {_said(error)}", where="--against") from None
    raise InputError(
        f"{place} does not return one gradient for each of {', '.join(names)}", where="--against"
    )


def _variants(text: str, run: Callable[[ModuleType], Any]) -> Iterator[Variant]:
    """What the gradients would be with a usual slip in one statement."""
    for line in dict.fromkeys(re.findall(r"^ +d\w+(?:\[[^]]*\])? = .*", text, re.MULTILINE)):
        for code, wrong in _slips(line):
            try:
                gradients = run(loaded(text.replace(line, wrong)))
            except Exception:  # shapes that do not fit: nobody's slip
                continue
            yield code, wrong.partition("  #")[0].strip(), gradients


_OF_LAYER = r"h\d+|yhat"
_ENTRY = r"[A-Za-z_]\w*(?:\[[^]]*\])?"
_SLOPES = (
    rf"\b({_ENTRY}) \* \(1 - \1\)",
    rf"\(1 - ({_ENTRY}) ?\*\* ?2\)",
    rf"\(({_ENTRY}) > 0\)",
)


def _slips(line: str) -> Iterator[tuple[str, str]]:
    """A statement with one slip in it, each with its code."""
    code, mark, note = line.partition("  #")
    left, right = code.split(" = ", 1)
    for slip, wrong in _wrong(right):
        if wrong != right:
            yield slip, f"{left} = {wrong}{mark}{note}"


def _wrong(right: str) -> Iterator[tuple[str, str]]:
    for pattern in _SLOPES:
        for found in re.finditer(pattern, right):
            slope, output = found[0], found[1]
            inner = "y_pre" if output == "yhat" else f"{output}_pre"
            if re.fullmatch(_OF_LAYER, output):
                yield "of-input", right.replace(slope, slope.replace(output, inner))
            yield "no-slope", right.replace(f" * {slope}", "").replace(f"{slope} * ", "")
            yield "no-square", right.replace(slope, re.sub(r" ?\*\* ?2", "", slope))
    yield "not-transposed", right.replace(".T", "")
    for found in re.finditer(r"\b([A-Za-z_]\w*) @", right):
        yield "not-transposed", f"{right[: found.start()]}{found[1]}.T @{right[found.end() :]}"


def _judge(
    name: str,
    given: Any,
    exact: Any,
    position: int,
    variants: Sequence[Variant],
    samples: int,
) -> Compared:
    scale = max(1e-30, float(np.abs(exact).max()))
    if given.size == exact.size and 1 in given.shape:
        given = given.reshape(exact.shape)  # a row or a column for a vector
    if given.shape != exact.shape:
        shapes = f"{given.shape}, not {exact.shape}"
        turned = given.shape == exact.shape[::-1] and _same(given.T, exact, scale)
        return Compared(name, False, slip="transposed" if turned else "shape", detail=shapes)
    error = float(np.abs(given - exact).max()) / scale
    if error <= _TOLERANCE:
        return Compared(name, True, error)
    if exact.ndim == 2 and exact.shape[0] == exact.shape[1] and _same(given.T, exact, scale):
        return Compared(name, False, error, "transposed")
    factors = {"sign": -1.0}
    if samples:
        factors |= {"summed": float(samples), "averaged": 1 / samples}
    for slip, factor in factors.items():
        if _same(given / factor, exact, scale):
            return Compared(name, False, error, slip)
    ratio = float((given * exact).sum() / max(1e-300, float((exact * exact).sum())))
    if ratio and _same(given / ratio, exact, scale):
        return Compared(name, False, error, "factor", f"{ratio:.6g}")
    for slip, statement, gradients in variants:
        other = gradients[position]
        if _same(given, other, max(scale, float(np.abs(other).max()))):
            return Compared(name, False, error, slip, statement)
    return Compared(name, False, error)


def _same(left: Any, right: Any, scale: float) -> bool:
    return bool(np.abs(left - right).max() <= _TOLERANCE * scale)
