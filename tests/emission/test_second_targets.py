"""Products of second order in every style and target: right, checked by their files, strict C."""

import ctypes
import re
import shutil
import subprocess

import numpy as np
import pytest
from emitted_models import apart, shown, some_arrays, some_sizes
from sampling import FULL, covering, sample

from symback import Network
from symback.calculus.second import PRODUCTS
from symback.emission.checking import check_emitted
from symback.emission.compiling import loaded
from symback.emission.indexed.module import emit_model_product
from symback.emission.indexed.second import FUNCTIONS
from symback.emission.second import emit_product
from symback.model.equations import Role
from symback.model.language.sources import library_names

pytest.importorskip("torch")
from second_in_torch import CURVED, drawn, gauss_newton, product, stated

NETWORK = Network((3, 4, 2), ("tanh", "softmax"), "cross-entropy", batch=True, weight_decay=0.1)

SIZES = {"T": 4, "J": 3, "K": 2, "O": 3}
TARGETS = [("fast", "numpy"), ("scalar", "numpy"), ("readable", "array-api")]
SLOW = [("readable", "numba")]
CC = shutil.which("cc")
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-Wno-unknown-pragmas"]


def asked(module, made, arrays, sizes, vector, kind, style):
    """A product of a module of Python for these arguments."""
    lists = style == "scalar"
    values = [a.tolist() if lists else a for a in arrays.values()]
    vector = [np.asarray(v).tolist() if lists else np.asarray(v) for v in vector]
    count = len(made.parameters)
    said = {n: s for n, s in sizes.items() if n not in shown(made)}
    given = module.Parameters(*values[:count])
    along = getattr(module, "Gradients", module.Parameters)(*vector)
    name = "hessian_vector_product" if kind == "hvp" else "gauss_newton_product"
    return getattr(module, name)(given, along, *values[count:], **said)


def right(made, arrays, sizes, vector, kind):
    """The same by PyTorch."""
    of = product if kind == "hvp" else gauss_newton
    return of(made, arrays, sizes, vector)


def models(kind):
    return library_names() if kind == "hvp" else [n for n in CURVED if n != "gan-critic"]


CASES = [
    (name, kind, target)
    for kind in ("hvp", "gauss-newton")
    for target in TARGETS
    for name in (models(kind) if FULL else sample(models(kind), 4, seed=len(kind)))
]
CASES += [
    (name, kind, target)
    for kind, few in (("hvp", ["vae"]), ("gauss-newton", ["rnn"]))
    for target in SLOW
    for name in (models(kind) if FULL else few)
]


@pytest.mark.parametrize(("name", "kind", "target"), CASES)
def test_products_are_those_of_torch(name, kind, target):
    if target[1] == "numba":
        pytest.importorskip("numba")
    made = stated(name)
    module = loaded(emit_model_product(made, kind, *target))
    sizes = some_sizes(made, 4)
    arrays = some_arrays(made, sizes, 4)
    vector = drawn(made, arrays, 4)
    found = asked(module, made, arrays, sizes, vector, kind, target[0])
    assert apart(found, right(made, arrays, sizes, vector, kind)) < 1e-11


def library(text, folder):
    """A C file as a shared library, compiled without a word."""
    source, made = folder / "made.c", folder / "made.so"
    source.write_text(text)
    command = [CC, "-std=c99", "-O1", *STRICT, "-shared", "-fPIC", str(source), "-o", str(made)]
    subprocess.run([*command, "-lm"], check=True)
    return ctypes.CDLL(str(made))


def flat(arrays):
    parts = [np.ravel(np.asarray(a, float)) for a in arrays] or [np.zeros(1)]
    return np.ascontiguousarray(np.concatenate(parts))


def in_c(code, made, arrays, vector, kind):
    """The same of a C file, which is given its structures as their numbers in a row."""
    count = len(made.parameters)
    passed, held = [], []
    for name, array in list(arrays.items())[count:]:
        is_whole = made.quantities[name].role is Role.INTEGER
        if not np.shape(array):
            passed.append(ctypes.c_int(int(array)) if is_whole else ctypes.c_double(float(array)))
            continue
        held.append(np.ascontiguousarray(array, np.intc if is_whole else float))
        passed.append(ctypes.c_void_p(held[-1].ctypes.data))
    given, along = flat(list(arrays.values())[:count]), flat(vector)
    space, made_here = np.empty(100_000), np.full(along.shape, np.nan)
    where = [ctypes.c_void_p(a.ctypes.data) for a in (given, along, space, made_here)]
    name = "hessian_vector_product" if kind == "hvp" else "gauss_newton_product"
    function = getattr(code, name)
    function.restype = None
    function(where[0], where[1], *passed, where[2], where[3])
    ends = np.cumsum([np.size(v) for v in vector])[:-1]
    return [p.reshape(np.shape(v)) for p, v in zip(np.split(made_here, ends), vector, strict=True)]


@pytest.mark.skipif(CC is None, reason="there is no C compiler")
@pytest.mark.parametrize(
    ("name", "kind"),
    covering(
        library_names() if FULL else ["rnn", "vae", "word2vec", "conv2d"], ["hvp", "gauss-newton"]
    ),
)
def test_products_in_c_are_those_of_torch(name, kind, tmp_path):
    if kind == "gauss-newton" and name not in CURVED:
        pytest.skip("its matrix is 0")
    made = stated(name)
    sizes = some_sizes(made, 5)
    arrays = some_arrays(made, sizes, 5)
    vector = drawn(made, arrays, 5)
    code = library(emit_model_product(made, kind, target="c", sizes=sizes), tmp_path)
    found = in_c(code, made, arrays, vector, kind)
    assert apart(found, right(made, arrays, sizes, vector, kind)) < 1e-11


@pytest.mark.skipif(CC is None, reason="there is no C compiler")
@pytest.mark.parametrize("kind", PRODUCTS)
def test_c_is_c_plus_plus_and_runs_under_sanitizers(kind, tmp_path):
    text = emit_model_product(stated("rnn"), kind, target="c", sizes=SIZES)
    source = tmp_path / "made.c"
    source.write_text(text)
    command = [CC, *STRICT, "-DSYMBACK_CHECK", "-fsanitize=undefined,address"]
    command += ["-fno-sanitize-recover=all", str(source), "-o", str(tmp_path / "made"), "-lm"]
    subprocess.run([*command, "-std=c99"], check=True)
    run = subprocess.run([str(tmp_path / "made")], capture_output=True, text=True, check=True)
    assert run.stdout.endswith(": right\n")
    if plus := shutil.which("g++"):
        as_plus = ["-x", "c++", str(source), "-x", "none", "-fsyntax-only"]
        subprocess.run([plus, *STRICT, "-DSYMBACK_CHECK", *as_plus], check=True)


@pytest.mark.parametrize(
    ("kind", "form"),
    covering(PRODUCTS, [*TARGETS, *(SLOW if FULL else ()), ("readable", "c")]),
    ids=str,
)
def test_a_network_has_them_too(kind, form):
    style, target = form
    text = emit_product(NETWORK, kind, None, style, target, sizes={"batch": 3})
    found = check_emitted(text, target)
    assert found.right, found.line


FORMS = [("readable", "numpy"), *TARGETS, ("readable", "c")]


@pytest.mark.parametrize(
    ("kind", "style", "target"),
    [
        *(("hvp", *form) for form in FORMS[1:]),
        *(("gauss-newton", *form) for form in (FORMS if FULL else [FORMS[0], FORMS[-1]])),
    ],
)
def test_a_wrong_product_is_found_by_the_file(kind, style, target):
    made = stated("softmax-regression")
    sizes = {name: n for n, name in enumerate(made.size_names, 2)}
    text = emit_model_product(made, kind, style, target, sizes=sizes)
    assert check_emitted(text, target).right
    head, name, body = text.partition(f"{FUNCTIONS[kind]}(")
    lines = body.splitlines()
    starts = ("R_dW", "R_dz", "R_z", "R_db")
    places = [n for n, line in enumerate(lines) if line.strip().startswith(starts) and "=" in line]
    seen = 0
    for place in places:
        left, equals, value = lines[place].partition("= ")
        if not value or value.startswith(("[", "0.0", "np.empty", "xp.")):
            continue
        seen += 1
        wrong = [*lines[:place], f"{left}{equals}1.25 * {value}", *lines[place + 1 :]]
        assert not check_emitted(head + name + "\n".join(wrong), target).right, lines[place]
    assert seen > (2 if kind == "hvp" else 0)


@pytest.mark.parametrize(("style", "target"), FORMS if FULL else [FORMS[0], FORMS[2]])
def test_a_wrong_curvature_of_a_loss_is_found_by_the_file(style, target):
    """The product is as symmetric and linear as it was."""
    text = emit_product(NETWORK, "gauss-newton", None, style, target, sizes={"batch": 3})
    curvature = r"((?:R_delta2|G_dy_pre)(?:\[.*\])? = )(?!np\.empty|0\.0|\[)(.+?)(;?)(  #.*)?$"
    head, name, body = text.partition(f"{FUNCTIONS['gauss-newton']}(")
    wrong, count = re.subn(curvature, r"\1 1.25 * (\2)\3", body, count=1, flags=re.MULTILINE)
    assert count == 1
    assert not check_emitted(head + name + wrong, target).right


def test_what_a_product_is_not_written_with(symback_command):
    rnn = (
        "emit",
        "--model",
        "rnn",
        "--second",
        "hvp",
        "--target",
        "c",
        "--sizes",
        "T=2,J=2,K=2,O=2",
    )
    assert symback_command(*rnn).code == 0
    for option in (["--prefix", "a_"], ["--dtype", "float32"]):
        assert symback_command(*rnn, *option, "--check").code == 0, option
    refused = symback_command(*rnn, "--loader", "a.py", "-o", "a.c")
    assert refused.code == 2
    assert "--loader" in refused.err
    layers = ("emit", "--layers", "2,2", "-a", "tanh", "--loss", "squared-error", "--jvp")
    refused = symback_command(*layers, "--target", "c")
    assert refused.code == 2
    assert "say --sizes batch=32" in refused.err
    done = symback_command(*layers, "--target", "c", "--sizes", "batch=3", "--check")
    assert done.code == 0
    one_form = symback_command(*layers, "--target", "numba", "--style", "fast")
    assert one_form.code == 2
    assert "target numba has one form" in one_form.err
