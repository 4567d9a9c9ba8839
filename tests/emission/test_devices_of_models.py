"""C of models for a device: in float, under a prefix, with a header that others include."""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest
from compilers import STRICT, compiled, compiled_by, one_of, symbols
from emitted_models import some_arrays
from sampling import sample

from symback import InputError, Network, emit, read_model
from symback.calculus.second import PRODUCTS
from symback.emission.compiling import loaded
from symback.emission.indexed.module import Making, emit_model_product
from symback.emission.targets.c_header import header
from symback.model.language.sources import library_text

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")

SIZES = {"T": 4, "J": 3, "K": 2, "O": 3}
NAMES = {"initialize", "loss", "loss_and_gradients", "workspace_size"}


def model(name):
    return read_model(library_text(name).partition("\nclaims")[0])


def test_single_precision_is_within_1e_5_of_double(tmp_path):
    made = model("rnn")
    arrays = some_arrays(made, SIZES, 1)
    text = emit(made, target="c", dtype="float32", sizes=SIZES)
    compiled(text, tmp_path, "-O2", "-shared", "-fPIC", "-lm", *STRICT)
    library = ctypes.CDLL(str(tmp_path / "gradients.o"))
    count = len(made.parameters)
    module = loaded(emit(made))
    values = list(arrays.values())
    value, gradients = module.loss_and_gradients(
        module.Parameters(*values[:count]), *values[count:]
    )
    given = np.concatenate([np.ravel(a) for a in values[:count]]).astype(np.float32)
    rest = [np.ascontiguousarray(a, np.float32) for a in values[count:]]
    space, found = np.empty(10_000, np.float32), np.empty_like(given)
    library.loss_and_gradients.restype = ctypes.c_float
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in (given, *rest, space, found)]
    assert library.loss_and_gradients(*pointers) == pytest.approx(value, rel=1e-5)
    exact = np.concatenate([np.ravel(a) for a in gradients])
    assert np.abs(found - exact).max() <= 1e-5
    assert np.abs(found - exact).max() > 0


@pytest.mark.spread
@pytest.mark.parametrize(("kind", "compiler"), compiled_by([None, *PRODUCTS]), ids=one_of)
def test_every_kind_is_clean_and_named_by_its_prefix(kind, compiler, tmp_path):
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"needs {compiler[0]}")
    making = Making(single=True, prefix="net_")
    text = (
        emit(model("rnn"), target="c", dtype="float32", prefix="net_", sizes=SIZES)
        if kind is None
        else emit_model_product(model("rnn"), kind, target="c", sizes=SIZES, making=making)
    )
    for flags in ([], ["-DSYMBACK_CHECK"]):
        found = symbols(compiled(text, tmp_path, *STRICT, *flags, "-c", compiler=compiler))
        external = {name for kind, name in found if kind == "T"} - {"main"}
        assert all(name.startswith("net_") for name in external)
        assert {f"net_{name}" for name in NAMES} <= external


USER = """#include <stdio.h>
#include "made.h"
int main(void) {
    static net_Parameters parameters;
    net_initialize(1, &parameters);
    printf("%d\\n", (int)(sizeof parameters / sizeof(float)));
    return 0;
}
"""

SOURCES = {
    "network": lambda: emit(
        Network((3, 4, 2), ("gelu", "softmax"), "cross-entropy"),
        target="c",
        dtype="float32",
        prefix="net_",
    ),
    "model": lambda: emit(model("rnn"), target="c", dtype="float32", prefix="net_", sizes=SIZES),
}


C, CPP = ["cc", "-std=c99"], ["g++", "-xc++"]


@pytest.mark.spread
@pytest.mark.parametrize(
    ("kind", "user", "own"),
    sample([(k, user, own) for k in SOURCES for user in (C, CPP) for own in (C, CPP)], 4),
    ids=one_of,
)
def test_a_header_is_all_that_others_need(kind, user, own, tmp_path):
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    text = SOURCES[kind]()
    compiled(text, tmp_path, *STRICT, "-c", compiler=own)
    (tmp_path / "made.h").write_text(header(text, "made.h", "gradients.c"))
    (tmp_path / "user.c").write_text(USER)
    command = [*user, *STRICT, "-c", "user.c", "-o", "user.o"]
    subprocess.run(command, check=True, cwd=tmp_path)
    link = ["g++", "user.o", "gradients.o", "-o", "user", "-lm"]
    subprocess.run(link, check=True, cwd=tmp_path)
    run = subprocess.run(["./user"], check=True, cwd=tmp_path, capture_output=True, text=True)
    assert int(run.stdout) == {"network": 26, "model": 21}[kind]


def test_a_header_declares_what_is_linked_and_nothing_else(tmp_path):
    text = SOURCES["model"]()
    made = header(text, "made.h", "gradients.c")
    external = {n for k, n in symbols(compiled(text, tmp_path, "-c")) if k == "T"}
    assert all(f"{name}(" in made for name in external)
    assert "static" not in made
    assert "enum" not in made
    assert "double draw" not in made
    # A prototype that is not the function's own is refused by the compiler.
    (tmp_path / "made.h").write_text(made.replace("float net_loss(", "double net_loss("))
    wrong = text.replace("#include <math.h>", '#include <math.h>\n#include "made.h"', 1)
    bare = (
        wrong[: wrong.index("/* What is learnt. */")]
        + wrong[wrong.index("#ifdef __cplusplus\nextern") :]
    )
    (tmp_path / "wrong.c").write_text(bare)
    run = subprocess.run(["cc", "-c", "wrong.c"], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode
    (tmp_path / "made.h").write_text(made)
    run = subprocess.run(["cc", "-c", "wrong.c"], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_command_line(symback_command, tmp_path):
    at = tmp_path / "net.c"
    beside = tmp_path / "net.h"
    layers = ("emit", "--layers", "2,3,1", "-a", "tanh,tanh", "--loss", "huber")
    done = symback_command(*layers, "-o", str(at), "--header", str(beside))
    assert done.code == 0, done.err
    assert "SYMBACK_NET_H" in beside.read_text()
    assert "What net.c has for others" in beside.read_text()
    refused = symback_command(*layers, "-o", str(tmp_path / "a.py"), "--header", "a.h")
    assert refused.code == 2
    assert "--header" in refused.err
    with pytest.raises(InputError, match="begins no name"):
        emit(model("rnn"), target="c", prefix="1-", sizes=SIZES)
    with pytest.raises(InputError, match="networks with layers"):
        emit(model("rnn"), target="c", forward_only=True, sizes=SIZES)
