"""From a network to the text of a module: one entry for each style and target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from symback.emission.by_index import asked, by_index
from symback.emission.layout import WIDTH, call
from symback.emission.program import Program, program
from symback.emission.styles.context import context, counted
from symback.emission.styles.fast import FastBody, workspace_lines
from symback.errors import InputError, quote
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from jinja2 import Environment

    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model
    from symback.model.network import Network
    from symback.notation import Notation

__all__ = ["STYLES", "TARGETS", "Language", "Reduction", "Style", "emit", "emit_loader", "render"]

Style = Literal["readable", "fast", "scalar"]
Language = Literal["numpy", "array-api", "numba", "c"]
Reduction = Literal["mean", "sum"]
Precision = Literal["float64", "float32"]

STYLES: tuple[Style, ...] = get_args(Style)
TARGETS: tuple[Language, ...] = get_args(Language)


def emit(
    source: Derivation | Network | Model,
    style: Style = "readable",
    target: Language = "numpy",
    reduction: Reduction | None = None,
    notation: Notation | None = None,
    *,
    batch: bool = False,
    sizes: Mapping[str, int] | None = None,
    dtype: Precision = "float64",
    prefix: str = "",
    forward_only: bool = False,
    file: str = "gradients.c",
) -> str:
    """The text of a module with loss and gradients: of a network, for a batch of samples.

    Args:
        source: a network, a list of equations, or the derivation of either.
        style: ``readable``, ``fast`` or ``scalar``; of target ``numpy`` only.
        target: ``numpy``, ``array-api``, ``numba`` or ``c``.
        reduction: ``mean`` or ``sum`` over the batch; by default what the network says.
        notation: how comments write each equation; names and code never depend on it.
        batch: of a model without layers, whether inputs, targets and integer arrays get a first
            index of samples; a network always has one.
        sizes: of such a model, defaults for its sizes; target ``c`` needs all of them, and where
            gradients of a network by other than all parameters are asked for, ``batch``.
        dtype: the numbers of target ``c``; what NumPy computes in, its arguments say.
        prefix: what every external name of target ``c`` begins with.
        forward_only: for target ``c``: the forward pass alone.
        file: for target ``c``: what its comments call it.

    Raises:
        InputError: for an unknown style or target, and for what a target cannot have.
    """
    _check("style", style, STYLES)
    _check("target", target, TARGETS)
    if reduction is not None:
        _check("reduction", reduction, ("mean", "sum"))
    if target != "numpy" and style != "readable":
        raise InputError(f"target {target} has one form", where="style", hint="leave the style out")
    _check("dtype", dtype, get_args(Precision))
    where = "dtype" if dtype != "float64" else "prefix" if prefix else "forward-only"
    is_special = dtype != "float64" or bool(prefix) or forward_only
    if target != "c" and is_special:
        raise InputError("this is for target c", where=where)
    general = general_model(source)
    if general is not None:
        from symback.emission.indexed.module import Making, emit_model

        if forward_only:
            raise InputError("this is for networks with layers", where="forward-only")
        making = Making(file, dtype == "float32", prefix)
        return emit_model(
            general, style, target, batch=batch, reduction=reduction, sizes=sizes, making=making
        )
    made = program(source, reduction)
    if wanted := asked(source):
        from symback.emission.indexed.module import Making, emit_model

        if forward_only:
            raise InputError("the forward pass alone has no gradients", where="forward-only")
        model, known = by_index(made.model, target, sizes or {}, wanted)
        making = Making(file, dtype == "float32", prefix)
        return emit_model(model, style, target, sizes=known, making=making)
    if target == "c":
        text = _c(made, dtype, prefix, forward_only, file)
    else:
        text = _WRITERS[style, target](made)
    if notation is None:
        return text
    from symback.emission.styles.annotated import annotated

    return annotated(text, made, notation)


def general_model(source: Derivation | Network | Model) -> Derivation | Model | None:
    """The source, if it is a model without weights of layers, which is written in index form."""
    from symback.model.equations import Model, Role

    model = source if isinstance(source, Model) else getattr(source, "model", None)
    if not isinstance(model, Model):
        return None
    if any(q.role in (Role.WEIGHT, Role.BIAS) for q in model.given):
        return None
    return source  # type: ignore[return-value]


def emit_loader(
    source: Derivation | Network | Model,
    file: str,
    *,
    batch: bool = False,
    reduction: str | None = None,
    sizes: Mapping[str, int] | None = None,
) -> str:
    """The Python module that compiles and loads what target ``c`` wrote into a file.

    Args:
        source: what the C was emitted from, in double precision and without a prefix.
        file: the C file as seen from the module's folder: ``gradients.c`` beside it.
        batch: as for `emit`.
        reduction: as for `emit`.
        sizes: as for `emit`.

    Raises:
        InputError: for a name that does not end in ``.c``.
    """
    name = Path(file).as_posix()
    if not name.endswith(".c"):
        raise InputError(f"{quote(name)} is no name for C", hint="end it in .c")
    general = general_model(source)
    if general is not None:
        from symback.emission.indexed.module import emit_model_loader

        return emit_model_loader(general, name, batch=batch, reduction=reduction, sizes=sizes)
    made = program(source, reduction)
    if wanted := asked(source):
        from symback.emission.indexed.module import emit_model_loader

        model, known = by_index(made.model, "c", sizes or {}, wanted)
        return emit_model_loader(model, name, sizes=known)
    from symback.emission.targets.c import loader_context

    return render("loader.py.j2", loader_context(made, name))


def _check(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        suggestion = did_you_mean(name, known)
        raise InputError(
            f"unknown {kind} {name!r}{suggestion}",
            where=kind,
            hint=None if suggestion else f"known are {', '.join(known)}",
        )


def _readable(made: Program) -> str:
    return render("numpy.py.j2", context(made))


def render(name: str, values: dict[str, Any]) -> str:
    """A template, filled in."""
    return _environment().get_template(f"emit/{name}").render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    package = Path(__file__).resolve().parent.parent
    places = [package / "templates", package.parent / "templates"]
    return Environment(
        loader=FileSystemLoader([place for place in places if (place / "emit").is_dir()]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        autoescape=False,
    )


def _fast(made: Program) -> str:
    body = FastBody(made)
    lines, names = workspace_lines(body)
    values = context(made)
    gradients = [made.names[array] for array in made.gradients]
    code = values["functions_lines"] if values["generic"] else []
    code += counted(made, "\n".join(line.partition("#")[0] for line in body.lines))
    values |= {
        "imports": "\n".join(_imported("numpy", body.recorder.imports)),
        "workspace_lines": [f"        {line}" for line in lines],
        "workspace_arrays": "\n".join(call("self.arrays: Arrays = (", names, ")", depth=2)),
        "workspace_gradients": "\n".join(
            call("self.gradients = Parameters(", gradients, ")", depth=2)
        ),
        "unpack_workspace": "\n".join(call("(", names, ") = workspace.arrays", depth=1)),
        "gradients_body": "\n".join([*code, *body.lines]),
    }
    return render("numpy_fast.py.j2", values)


def _imported(package: str, names: Iterable[str]) -> list[str]:
    line = f"from {package} import {', '.join(sorted(names))}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {package} import (", *(f"    {name}," for name in sorted(names)), ")"]


def _scalar(made: Program) -> str:
    from symback.emission.styles.scalar import context as scalar_context

    return render("scalar.py.j2", scalar_context(made))


def _c(made: Program, dtype: Precision, prefix: str, forward_only: bool, file: str) -> str:
    from symback.emission.targets.c import context as c_context

    single = dtype == "float32"
    values = c_context(made, single=single, prefix=prefix, forward_only=forward_only)
    return render("module.c.j2", values | {"file": file})


def _numba(made: Program) -> str:
    from symback.emission.targets.numba import context as numba_context

    return render("numba.py.j2", numba_context(made))


def _array_api(made: Program) -> str:
    from symback.emission.targets.array_api import context as array_context

    return render("array_api.py.j2", array_context(made))


_WRITERS = {
    ("readable", "numpy"): _readable,
    ("fast", "numpy"): _fast,
    ("scalar", "numpy"): _scalar,
    ("readable", "array-api"): _array_api,
    ("readable", "numba"): _numba,
}
