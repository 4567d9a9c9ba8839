"""The code cells of a notebook: the derivation's statements, a check of them, and training."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS
from symback.rendering.module import numpy_module

if TYPE_CHECKING:
    from symback.model.network import Network
    from symback.rendering.handout.contents import Handout

__all__ = ["CELLS", "code_cells"]

CELLS = ("setup", "forward", "backward", "around", "data", "check", "train")
"""The names of the cells, in the order in which they run."""

_SAMPLES = 40

_RATE, _RATE_OF_MODELS = 0.1, 0.01

_MAIN = ("forward", "loss", "gradients")


def code_cells(document: Handout) -> dict[str, str]:
    """Each cell's source by its name; of a model of equations, what is emitted of it."""
    network = document.network
    if network is None:
        return _cells_of_equations(document)
    module = numpy_module(document)
    tree = ast.parse(module)
    defined = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    sources = {name: ast.get_source_segment(module, node) for name, node in defined.items()}
    imports = _segments(module, tree, (ast.Import, ast.ImportFrom))
    constants = _segments(module, tree, (ast.Assign,))
    opened = {name: _open(defined[name]) for name in ("loss", "gradients")}
    every = dict.fromkeys((*opened["loss"], *opened["gradients"]))
    text = (
        environment(FORMATS["numpy"])
        .get_template("handout/notebook.py.j2")
        .render(
            imports=imports,
            helpers=[*constants, *(s for name, s in sources.items() if name not in _MAIN)],
            opened=[(name, _kind(name, network)) for name in every],
            sources=sources,
            shapes={q.name: q.shape for q in document.derivation.model.parameters},
            layers=network.layers,
            samples=_SAMPLES,
            kind=_targets(network),
            rate=_RATE,
            loss_options=_passed(opened["loss"]),
            gradient_options=_passed(opened["gradients"]),
            words=environment(FORMATS["numpy"]).get_template("handout/code_words.j2").module,
        )
    )
    parts = re.split(r"^# %% (\w+)\n", text, flags=re.M)
    return {name: source.strip() for name, source in zip(parts[1::2], parts[2::2], strict=True)}


def _cells_of_equations(document: Handout) -> dict[str, str]:
    """The emitted module in cells; none for what cannot be emitted.

    Left out is what a reader of the equations does not need: arrays that are used again, and a
    check of many points, in place of which stands that of a few entries.
    """
    from symback.emission import emit

    try:
        module = emit(document.derivation)
    except InputError:
        return {}
    order = ("setup", "forward", "backward", "around", "check")
    cells: dict[str, list[str]] = {name: [] for name in order}
    first, *_, last = ast.parse(module).body  # what the file says of itself, and its call of main
    lines = module.splitlines()
    for node in ast.parse(module).body:
        source = "\n".join(lines[_begins(node) - 1 : node.end_lineno])  # with the last comment
        if node.lineno not in (first.lineno, last.lineno) and "import sys" not in source:
            cells[_cell_of(node)].append(source)
    if "class Functions" in module:  # its functions are letters: the module's own check has some
        cells["check"].append("assert main() == 0")
        return {name: _spaced(sources) for name, sources in cells.items()}
    cells["around"] = [s for s in cells["around"] if not s.startswith(_OF_FILES)]
    cells["setup"] = [s for s in cells["setup"] if not s.startswith((*_OF_FILES, *_OF_CHECKS))]
    cells["backward"] = [_WORKSPACE.sub("", source) for source in cells["backward"]]
    made = {name: _spaced(sources) for name, sources in cells.items()}
    return made | _at_work(module, document)


_OF_FILES = ("class Workspace", "def initialize")
_OF_CHECKS = ("from collections.abc import Iterator", "STEP = ")
_WORKSPACE = re.compile(
    r"^    workspace: Workspace \| None = None,\n"
    r"|^    if workspace is not None:\n        gradients = workspace\.keep\(gradients\)\n",
    re.M,
)


def _at_work(module: str, document: Handout) -> dict[str, str]:
    """Random values, the gradients at a few of their entries beside differences, and descent."""
    drawn = module[module.index("\ndef _tried(") :]
    sizes = re.findall(r"^    (\w+) = (\d+)$", drawn, re.M)
    integers = re.findall(r"^    (\w+) = (rng\.integers\(.*\))$", drawn, re.M)
    values = re.findall(r"^        (\w+) = rng\.uniform\((low|0\.1), high, (.*)\)$", drawn, re.M)
    given = [*(name for name, *_ in values), *(name for name, _ in integers)]
    model = document.derivation.model
    parameters = [q.name for q in model.parameters]
    # What stands behind stop() moves the loss, and no gradient.
    held = re.search(r"        if name in \((.*?),? ?\):\n            continue", module)
    text = (
        environment(FORMATS["numpy"])
        .get_template("handout/notebook_model.py.j2")
        .render(
            sizes=sizes,
            integers=integers,
            values=values,
            parameters=[name for name in given if name in parameters],
            inputs=_inputs(module),
            passed=_sizes_of(module),
            held=held[1] if held else "",
            learnt=[name for name in parameters if name in document.derivation.gradients],
            rate=_RATE_OF_MODELS,
            words=environment(FORMATS["numpy"]).get_template("handout/code_words.j2").module,
        )
    )
    parts = re.split(r"^# %% (\w+)\n", text, flags=re.M)
    found = {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    return {name: source for name, source in found.items() if source}


def _inputs(module: str) -> list[str]:
    """What the emitted loss is given behind its parameters."""
    loss = next(n for n in ast.parse(module).body if getattr(n, "name", "") == "loss")
    assert isinstance(loss, ast.FunctionDef)
    return [argument.arg for argument in loss.args.args if argument.arg != "parameters"]


def _sizes_of(module: str) -> list[str]:
    """The sizes that it is told."""
    loss = next(n for n in ast.parse(module).body if getattr(n, "name", "") == "loss")
    assert isinstance(loss, ast.FunctionDef)
    return [argument.arg for argument in loss.args.kwonlyargs]


def _begins(node: ast.stmt) -> int:
    """The first line of a statement, its decorators among it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min(node.lineno, *(d.lineno for d in decorators), node.lineno)


def _cell_of(node: ast.stmt) -> str:
    """The cell in which a statement of an emitted module stands.

    What both passes call only when they run stands behind them: the equations come first.
    """
    name = getattr(node, "name", "")
    if name in ("check", "main", "_directions", "_tried"):
        return "check"
    if name in ("loss", "loss_and_gradients"):
        return {"loss": "forward"}.get(name, "backward")
    names = [t.id for t in getattr(node, "targets", ()) if isinstance(t, ast.Name)]
    behind = name in ("Workspace", "initialize") or name.startswith("_") or "NAMES" in names
    return "around" if behind or {"SHAPES", "INTEGERS"} & set(names) else "setup"


def _spaced(sources: list[str]) -> str:
    """Statements under one another, with room around what has lines of its own."""
    text = ""
    for source in sources:
        gap = "\n\n\n" if "\n" in source or text.endswith((")", "    ")) else "\n"
        text += gap + source if text else source
    return text


def _segments(module: str, tree: ast.Module, kinds: tuple[type[ast.stmt], ...]) -> list[str]:
    """The source of each statement of some kinds."""
    found = (ast.get_source_segment(module, n) for n in tree.body if isinstance(n, kinds))
    return [source for source in found if source]


def _open(function: ast.FunctionDef) -> list[str]:
    """The functions that a function of the module is given, since the network leaves them open."""
    return [argument.arg for argument in function.args.kwonlyargs]


def _kind(name: str, network: Network) -> str:
    letter = network.loss_letter
    if network.has_generic_loss and name == letter:
        return "loss"
    if network.has_generic_loss and name == f"d{letter}":
        return "loss slope"
    return "slope" if name.startswith("d") else "function"


def _targets(network: Network) -> str:
    """What targets the loss wants."""
    kinds = {"cross-entropy": "classes", "binary-cross-entropy": "bits", "hinge": "signs"}
    return kinds.get(network.loss, "numbers")


def _passed(names: list[str]) -> str:
    return "".join(f", {name}={name}" for name in names)
