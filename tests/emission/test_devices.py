"""C for a device: in float, under a prefix, with the forward pass alone, for strict compilers."""

import shutil
import subprocess

import numpy as np
import pytest
from compilers import COMPILERS, STRICT, compiled, compiled_by, one_of, symbols
from emission_networks import module
from sampling import sample

from symback import InputError, Network, TooLargeError, emit, read_model
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.module import model_program
from symback.emission.indexed.naming import CodeNames
from symback.model.language.sources import library_names, library_text

NETWORK = Network((3, 4, 2), ("gelu", "softmax"), "cross-entropy", weight_decay=0.1)
DIGITS = Network((64, 48, 10), ("relu", "softmax"), "cross-entropy", weight_decay=1e-4)


KINDS = {
    "plain": {},
    "float": {"dtype": "float32"},
    "prefix": {"prefix": "net_"},
    "forward": {"dtype": "float32", "prefix": "net_", "forward_only": True},
}


pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")


@pytest.mark.spread
@pytest.mark.parametrize(("kind", "compiler"), compiled_by(KINDS), ids=one_of)
def test_strict_compilers_have_nothing_to_say(kind, compiler, tmp_path):
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"needs {compiler[0]}")
    text = emit(NETWORK, target="c", **KINDS[kind])
    for flags in ([], ["-DSYMBACK_CHECK"]):
        compiled(text, tmp_path, *STRICT, *flags, "-c", compiler=compiler)


@pytest.mark.parametrize(
    "network",
    [
        Network((3, 4, 2), ("erf(x)", "tanh"), "half-squared-error"),
        Network((3, 4, 2), ("tanh", "identity"), "yhat"),
    ],
)
def test_nothing_is_unused(network, tmp_path):
    compiled(emit(network, target="c"), tmp_path, *STRICT, "-c")


def test_what_is_linked_has_no_check_and_no_variables(tmp_path):
    found = symbols(compiled(emit(NETWORK, target="c"), tmp_path, "-O1", "-c"))
    external = {name for kind, name in found if kind == "T"}
    assert external == {"forward", "loss", "loss_and_gradients", "initialize"}
    assert not {name for kind, name in found if kind in "bBdDC"}
    assert {name for kind, name in found if kind == "U"} <= {"exp", "log", "log1p", "memcpy"}


def test_every_external_name_has_the_prefix(tmp_path):
    text = emit(NETWORK, target="c", **KINDS["forward"])
    found = symbols(compiled(text, tmp_path, "-O1", "-c"))
    assert {name for kind, name in found if kind == "T"} == {"net_forward"}
    assert {name for kind, name in found if kind == "U"} <= {"expf", "memcpy"}


def some_data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, 3)), rng.uniform(size=(6, 2))


def digits():
    """The pictures on which the tutorial trains, and which digit each is."""
    data = pytest.importorskip("sklearn.datasets").load_digits()
    return data.data[:32] / 16, np.eye(10)[data.target[:32]]


@pytest.mark.spread
@pytest.mark.parametrize(
    ("network", "data"),
    [(NETWORK, some_data), (DIGITS, digits)],
    ids=["random", "digits"],
)
def test_single_precision_is_within_1e_5_of_double(network, data, tmp_path):
    import ctypes

    text = emit(network, target="c", dtype="float32")
    compiled(text, tmp_path, "-O2", "-shared", "-fPIC", "-lm")
    library = ctypes.CDLL(str(tmp_path / "gradients.o"))
    made = module(network)
    parameters = made.initialize(1)
    x, y = data()
    value, gradients = made.loss_and_gradients(parameters, x, y)
    given = np.concatenate([array.ravel() for array in parameters]).astype(np.float32)
    found = np.empty_like(given)
    library.loss_and_gradients.restype = ctypes.c_float
    arrays = [a.astype(np.float32) for a in (x, y)]
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in (given, *arrays, found)]
    single = library.loss_and_gradients(pointers[0], ctypes.c_size_t(len(x)), *pointers[1:])
    assert single == pytest.approx(value, rel=1e-5)
    exact = np.concatenate([array.ravel() for array in gradients])
    assert np.abs(found - exact).max() <= 1e-5


def assert_clean(text, folder, compiler):
    """A file's own check finds nothing, and neither do the sanitizers."""
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"needs {compiler[0]}")
    flags = ["-DSYMBACK_CHECK", "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover"]
    source, program = folder / "gradients.c", folder / "gradients"
    source.write_text("int main(void) { return 0; }\n")
    command = [*compiler, *flags, str(source), "-o", str(program), "-lm"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the sanitizers")
    source.write_text(text)
    subprocess.run(command, check=True)
    run = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("right\n")


@pytest.mark.spread
@pytest.mark.parametrize(
    ("kind", "compiler"), compiled_by(["plain", "float", "prefix"]), ids=one_of
)
def test_sanitizers_and_the_check_find_nothing(kind, compiler, tmp_path):
    assert_clean(emit(NETWORK, target="c", **KINDS[kind]), tmp_path, compiler)


@pytest.mark.parametrize(
    ("name", "compiler"), compiled_by(sample(library_names(), 2, seed=9)), ids=one_of
)
def test_models_are_clean_for_strict_compilers_and_sanitizers(name, compiler, tmp_path):
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"needs {compiler[0]}")
    made = read_model(library_text(name))
    program = model_program(made)
    text = emit(made, target="c", sizes=Interface(program, CodeNames(program), {}).example)
    for flags in ([], ["-DSYMBACK_CHECK"]):
        compiled(text, tmp_path, *STRICT, *flags, "-c", compiler=compiler)
    assert_clean(text, tmp_path, compiler)


def test_a_fault_is_found_under_every_compiler(tmp_path):
    made = read_model(library_text("linear-regression"))
    program = model_program(made)
    text = emit(made, target="c", sizes=Interface(program, CodeNames(program), {}).example)
    head, call, rest = text.partition("\ndouble loss_and_gradients(")
    for compiler in COMPILERS:
        with pytest.raises(AssertionError):
            assert_clean(head + call + rest.replace("+=", "-=", 1), tmp_path, compiler)


def test_what_is_too_large_for_the_stack_is_refused():
    with pytest.raises(TooLargeError, match="bytes of the stack"):
        emit(Network((2, 200_000, 2), ("tanh",) * 2, "squared-error"), target="c")


def test_what_is_for_c_alone_is_refused_elsewhere():
    with pytest.raises(InputError, match="for target c"):
        emit(NETWORK, dtype="float32")
    with pytest.raises(InputError, match="begins no name"):
        emit(NETWORK, target="c", prefix="1-")
