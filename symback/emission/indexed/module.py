"""From a model to the text of a module, for each style and target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symback.algebra.expressions import OfVectors
from symback.emission.indexed.batching import batched
from symback.emission.indexed.folding import folded
from symback.emission.indexed.indexing import check_wanted, index_program
from symback.emission.indexed.program import IndexedProgram
from symback.emission.indexed.separating import separated
from symback.emission.indexed.shared import shared
from symback.emission.indexed.tensors import Dialect
from symback.errors import InputError, quote
from symback.model.equations import Model
from symback.records import dataclass
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.calculus.second import Product, Second

__all__ = ["Making", "emit_model", "emit_model_loader", "emit_model_product", "model_program"]


def emit_model(
    source: Derivation | Model,
    style: str,
    target: str,
    *,
    batch: bool = False,
    reduction: str | None = None,
    sizes: Mapping[str, int] | None = None,
    making: Making | None = None,
) -> str:
    """The text of a module with the loss and the gradients of a model.

    Args:
        source: the equations, or their derivation.
        style: ``readable``, ``fast`` or ``scalar``; of target ``numpy`` only.
        target: ``numpy``, ``array-api``, ``numba`` or ``c``.
        batch: whether inputs, targets and integer arrays get a first index of samples.
        reduction: over those, ``mean`` or ``sum``.
        sizes: defaults for sizes; target ``c`` needs all of them.
        making: how target ``c`` is written.

    Raises:
        InputError: for a size that the model does not have, and for what a target cannot have.
    """
    program = model_program(source, batch=batch, reduction=reduction)
    numbers = dict(sizes or {})
    check_sizes(program.model, numbers)
    if target == "c":
        return _c(program, numbers, making or Making())
    return _WRITERS[style, target](program, numbers)


def emit_model_product(
    source: Derivation | Model,
    product: Product,
    style: str = "readable",
    target: str = "numpy",
    *,
    batch: bool = False,
    reduction: str | None = None,
    sizes: Mapping[str, int] | None = None,
    making: Making | None = None,
) -> str:
    """The module of a model, with a product of second order or forward mode besides.

    Args:
        source: the equations, or their derivation.
        product: ``hvp``, ``gauss-newton``, ``jvp``, …; ``hessian`` is readable NumPy.
        style: as for `emit_model`.
        target: as for `emit_model`.
        batch: as for `emit_model`.
        reduction: as for `emit_model`.
        sizes: as for `emit_model`.
        making: as for `emit_model`.

    Raises:
        InputError: for what has no second derivative here.
    """
    from symback.calculus.second import derive_second

    numbers = dict(sizes or {})
    model, derivation = _derived(source, batch, reduction)
    if product == "hessian":
        _check_hessian(model, style, target)
    second = derive_second(derivation, product)
    program = shared(folded(index_program(model, derivation)))
    check_sizes(program.model, numbers)
    both = shared(folded(index_program(model, derivation, second)))
    if target == "c":
        return _c(program, numbers, making or Making(), (both, second))
    return _WRITERS[style, target](program, numbers, (both, second))


def _check_hessian(model: Model, style: str, target: str) -> None:
    """Refuse what no block is written for."""
    if (style, target) != ("readable", "numpy"):
        raise InputError(
            "the entries of a Hessian are written as readable NumPy",
            where="second",
            hint="leave --style and --target out, or take --second hvp",
        )
    if model.functions or any(e.expression.has(OfVectors) for e in model.equations):
        raise InputError("hessian needs functions with a name", where="second")


def emit_model_loader(
    source: Derivation | Model,
    file: str,
    *,
    batch: bool = False,
    reduction: str | None = None,
    sizes: Mapping[str, int] | None = None,
) -> str:
    """The Python module that compiles and loads what target ``c`` wrote into a file."""
    from symback.emission.indexed.c import loader_context

    program = separated(model_program(source, batch=batch, reduction=reduction))
    return _rendered("loader.py.j2", loader_context(program, dict(sizes or {}), file))


def model_program(
    source: Derivation | Model, *, batch: bool = False, reduction: str | None = None
) -> IndexedProgram:
    """The program of a model or of its derivation.

    Raises:
        InputError: for a gradient by an array of indices.
    """
    model, derivation = _derived(source, batch, reduction)
    return shared(folded(index_program(model, derivation)))


def check_sizes(model: Model, sizes: Mapping[str, int]) -> None:
    """Refuse a size that a model does not have.

    Raises:
        InputError: with the sizes that it has.
    """
    known = model.size_names
    for name in sizes:
        if name not in known:
            suggestion = did_you_mean(name, known)
            raise InputError(
                f"the model has no size {quote(name)}{suggestion}",
                where="sizes",
                hint=None if suggestion else f"its sizes are {', '.join(known)}",
            )


def _derived(
    source: Derivation | Model, batch: bool, reduction: str | None
) -> tuple[Model, Derivation]:
    """The model that is emitted, and its derivation."""
    from symback.calculus import derive
    from symback.calculus.derivation import Derivation
    from symback.emission.forms.formulas import with_formulas

    model = source.model if isinstance(source, Derivation) else source
    check_wanted(model)
    if batch:
        model = batched(model, reduction or "mean")
    # What is taken for granted about targets is not used: the gradient is right for all of them.
    bare = with_formulas(replace(model, facts=()))
    known = isinstance(source, Derivation) and source.model == bare
    derivation = source if known else derive(bare)
    assert isinstance(derivation, Derivation)
    return bare, derivation


_Product = tuple[IndexedProgram, "Second"]
"""The program of both passes and their R, and the product that it computes."""

_Writer = Callable[..., str]
"""From a program, numbers for sizes and, where one is asked for, a product, to the text."""


def _arrays(dialect: Dialect, template: str, *, fast: bool = False) -> _Writer:
    def write(
        program: IndexedProgram, sizes: Mapping[str, int], product: _Product | None = None
    ) -> str:
        from symback.emission.indexed.factoring import factored
        from symback.emission.indexed.hoisting import hoisted
        from symback.emission.indexed.multiplying import shared_products
        from symback.emission.indexed.numpy import array_context
        from symback.emission.indexed.windowing import windowed

        def prepared(made: IndexedProgram) -> IndexedProgram:
            if not fast:
                return made
            return hoisted(shared_products(windowed(factored(made), taps_first=True)))

        values = array_context(prepared(program), sizes, dialect)
        if product is not None:
            from symback.emission.indexed.second import array_product

            both, second = product
            values |= {"second": array_product(prepared(both), second, sizes, dialect)}
        return _rendered(template, values)

    return write


def _scalar(
    program: IndexedProgram, sizes: Mapping[str, int], product: _Product | None = None
) -> str:
    from symback.emission.indexed.scalar import scalar_context

    values = scalar_context(program, sizes)
    if product is not None:
        from symback.emission.indexed.second import exact, scalar_product

        values |= scalar_product(exact(product[0]), product[1], sizes, values)
    return _rendered("scalar.py.j2", values)


def _numba(
    program: IndexedProgram, sizes: Mapping[str, int], product: _Product | None = None
) -> str:
    from symback.emission.indexed.multiplying import multiplied
    from symback.emission.indexed.numba import numba_context
    from symback.emission.indexed.windowing import windowed

    def prepared(made: IndexedProgram) -> IndexedProgram:
        return separated(multiplied(windowed(made, taps_first=True)))

    values = numba_context(prepared(program), sizes)
    if product is not None:
        from symback.emission.indexed.second import exact, numba_product

        values |= numba_product(prepared(exact(product[0])), product[1], sizes, values)
    return _rendered("numba.py.j2", values)


@dataclass(frozen=True, slots=True)
class Making:
    """How C is written.

    Attributes:
        file: what its comments call it.
        single: whether numbers are ``float``; the check is compiled in double precision then.
        prefix: what every external name begins with.
    """

    file: str = "gradients.c"
    single: bool = False
    prefix: str = ""


def _c(
    program: IndexedProgram,
    sizes: Mapping[str, int],
    making: Making,
    product: _Product | None = None,
) -> str:
    from symback.emission.indexed.c import c_context
    from symback.emission.targets.c_names import prefixed

    values = c_context(separated(program), sizes) | {"file": making.file}
    if product is not None:
        from symback.emission.indexed.second import exact
        from symback.emission.indexed.second_c import c_product

        values |= c_product(separated(exact(product[0])), product[1], sizes, values)
    if making.single:
        from symback.emission.targets.c_single import SINGLE, in_single

        values = in_single(values) | {
            "real": "real",
            "single": True,
            "single_functions": SINGLE,
        }
    return prefixed(_rendered("module.c.j2", values), making.prefix)


def _rendered(template: str, values: dict[str, Any]) -> str:
    from symback.emission.module import render

    return render(f"indexed/{template}", values)


_WRITERS: dict[tuple[str, str], _Writer] = {
    ("readable", "numpy"): _arrays(Dialect("np"), "numpy.py.j2"),
    ("fast", "numpy"): _arrays(Dialect("np", is_fast=True), "numpy_fast.py.j2", fast=True),
    ("scalar", "numpy"): _scalar,
    ("readable", "array-api"): _arrays(Dialect("xp"), "array_api.py.j2"),
    ("readable", "numba"): _numba,
}
