"""Emitted files are as formatters, linters and type checkers want them."""

import importlib.util
import shutil
import subprocess
import sys

import pytest
from emission_models import MODELS
from emission_networks import NETWORKS
from sampling import covering, sample

from symback import InputError, Network, TooLargeError, emit, read_model
from symback.emission import emit_loader
from symback.model.language.sources import library_text
from symback.notation import NOTATIONS

MORE = {
    "many-layers": Network((5,) * 16, ("tanh",) * 15, "squared-error"),
    "wide": Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"),
    "erf": Network((3, 4, 2), ("erf(x)", "sin(x)"), "squared-error"),
    "letters": Network((2, 2, 2), ("l", "O"), "I"),
    "one-unit": Network((1, 1), ("sigmoid",), "binary-cross-entropy"),
    **MODELS,
}
KINDS = [("readable", "numpy"), ("fast", "numpy"), ("scalar", "numpy"), ("readable", "numba")]
KINDS.append(("readable", "array-api"))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Every network in every style and target that it can have."""
    folder = tmp_path_factory.mktemp("emitted")
    for name, network in {**NETWORKS, **MORE}.items():
        for style, target in KINDS:
            path = folder / f"{name}_{style}_{target}.py".replace("-", "_")
            try:
                path.write_text(emit(network, style, target))
            except (InputError, TooLargeError):
                continue
        annotated = emit(network, notation=NOTATIONS["bishop"])
        (folder / f"{name}_bishop.py".replace("-", "_")).write_text(annotated)
        if name in ("cross-entropy", "absolute"):
            (folder / f"{name}_c.py".replace("-", "_")).write_text(emit_loader(network, "g.c"))
    return folder


def _run(*command, cwd):
    if importlib.util.find_spec(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, (run.stdout + run.stderr)[:2000]


def test_nothing_to_format(files):
    assert len(list(files.glob("*.py"))) > 60
    _run("ruff", "format", "--no-cache", "--isolated", "--check", ".", cwd=files)


def test_nothing_to_lint(files):
    # `20.0 if z > 20.0 else z` keeps what is no number, which `min` need not.
    _run("ruff", "check", "--no-cache", "--isolated", "--ignore", "FURB136", ".", cwd=files)


def test_nothing_to_compile_with_warnings(files):
    for path in files.glob("*.py"):
        compile(path.read_text(), path.name, "exec", flags=0, dont_inherit=True)


TYPED = (
    "cross_entropy_*.py",
    "generic_readable_numpy.py",
    "gelu_fast*.py",
    "twice_batch_scalar*.py",
)
MODEL_KINDS = ("attention", "conv2d", "crf", "linear-regression", "lstm", "tied-embedding")
OTHERS = "torch.*,jax.*,cupy.*,dask.*,ndonnx.*,sparse.*"
"""What the package for all libraries' arrays imports: typed, and large, and never named by us."""


def test_types_and_no_import_too_many(files, tmp_path):
    """One run over files of every kind; the full run of the benchmarks has all of them."""
    networks = {path for pattern in TYPED for path in files.glob(pattern)}
    assert len(networks) == 10
    networks = sample(sorted(networks), 3)
    for path in networks:
        shutil.copy(path, tmp_path)
    for name, (style, target) in covering(MODEL_KINDS, KINDS):
        text = emit(read_model(library_text(name)), style, target)
        (tmp_path / f"{name}_{style}_{target}.py".replace("-", "_")).write_text(text)
    (tmp_path / "mypy.ini").write_text(f"[mypy]\n[mypy-{OTHERS}]\nfollow_imports = skip\n")
    names = sorted(path.name for path in tmp_path.glob("*.py"))
    _run("mypy", "--strict", "--no-error-summary", *names, cwd=tmp_path)
    _run("ruff", "check", "--no-cache", "--isolated", "--select", "F", *names, cwd=tmp_path)
