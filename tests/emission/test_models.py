"""Emitted modules of models without layers: right by torch, and checking themselves."""

import ast
import importlib.util
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from emitted_models import apart, called, some_arrays, some_sizes
from general_models import MODELS
from sampling import FULL, covering, sample

import symback
from symback.emission import compile, emit, emit_loader
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.module import model_program
from symback.emission.indexed.naming import CodeNames
from symback.errors import InputError
from symback.model.equations import Role
from symback.model.language.sources import library_names, library_text

torch = pytest.importorskip("torch")
from models_in_torch import gradients  # noqa: E402

FORMS = [
    ("readable", "numpy"),
    ("fast", "numpy"),
    ("scalar", "numpy"),
    ("readable", "array-api"),
    ("readable", "numba"),
]
CASES = [(name, *form, batch) for name in MODELS for form in FORMS for batch in (False, True)]
QUICK = [case for case in CASES if case[2] != "numba" or (case[0] in ("tied", "ridge") and case[3])]


def model(name):
    """A model whose gradients by parameters and inputs are asked for."""
    read = symback.read_model(MODELS[name])
    wanted = [q.name for q in read.given if q.role in (Role.PARAMETER, Role.INPUT)]
    return replace(read, wanted=tuple(wanted))


@pytest.mark.parametrize(
    ("name", "style", "target", "batch"), CASES if FULL else sample(QUICK, 18, seed=3)
)
def test_gradients_are_those_of_torch(name, style, target, batch):
    if target == "array-api":
        pytest.importorskip("array_api_compat")
    if target == "numba":
        pytest.importorskip("numba")
        pytest.importorskip("scipy")  # whose products Numba calls
    made = model(name)
    module = compile(made, style, target, batch=batch)
    whole = model_program(made, batch=batch).model
    for seed in (1, 2):
        sizes = some_sizes(whole, seed)
        arrays = some_arrays(whole, sizes, seed)
        loss, right = gradients(whole, arrays, sizes, made.wanted)
        found_loss, found = called(module, whole, arrays, sizes, style)
        assert found._fields == made.wanted
        assert abs(found_loss - loss) < 1e-12 * max(1.0, abs(loss))
        assert apart(found, right) < 1e-12


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.parametrize(
    ("name", "batch"), covering(sample(list(MODELS), 3, seed=4), [False, True])
)
def test_c_is_clean_and_checks_itself(tmp_path, name, batch):
    whole = model_program(model(name), batch=batch).model
    file = tmp_path / "gradients.c"
    file.write_text(emit(model(name), target="c", batch=batch, sizes=some_sizes(whole, 7)))
    flags = "-DSYMBACK_CHECK -O2 -std=c99 -Wall -Wextra -Wconversion -Werror".split()
    subprocess.run(["cc", *flags, str(file), "-lm", "-o", str(tmp_path / "run")], check=True)
    done = subprocess.run([str(tmp_path / "run")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", sample(list(MODELS), 4, seed=5))
def test_each_style_checks_itself(name):
    for style, target in FORMS[:3]:
        assert compile(model(name), style, target).main() == 0


class _Slip(ast.NodeTransformer):
    """Multiplies what one statement writes, the statement with this number among all."""

    def __init__(self, number):
        self.number, self.count, self.made = number, 0, ""

    def _counts(self, node):
        self.count += 1
        if self.count != self.number:
            return False
        self.made = ast.unparse(node)
        return True

    def visit_Assign(self, node):
        name = ast.unparse(node.targets[0])
        value = ast.unparse(node.value)
        kept = re.match(
            r"(gradients|memory|workspace|dtype|device|xp|mask|batch|place|best|top|z\d)|.*, ", name
        )
        # Memory, and what is 0 or an end; the place of a largest entry is no number.
        made = re.match(
            r"\[|np\.(empty|zeros|ones|full|asc)|xp\.(stack|broadcast)|-math|-?[\d.]+$", value
        )
        if kept or made or value.startswith(("_memory if", "memory(", "arrays", "workspace.")):
            return node
        return (
            ast.Assign(node.targets, _scaled(node.value), lineno=1) if self._counts(node) else node
        )

    def visit_AugAssign(self, node):
        if self._counts(node):
            return ast.AugAssign(node.target, node.op, _scaled(node.value), lineno=1)
        return node

    def visit_Expr(self, node):
        call = node.value
        target = _written(call)
        if target is not None:
            if self._counts(node):
                return [node, ast.AugAssign(target, ast.Mult(), ast.Constant(1.03), lineno=1)]
            return node
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "np.dot":
            return node
        if self._counts(node):
            return ast.Expr(ast.Call(call.func, [_scaled(call.args[0]), *call.args[1:]], []))
        return node


def _written(call):
    """The array that a call writes into, as what is assigned to; None where that is 0."""
    if not isinstance(call, ast.Call):
        return None
    name = ast.unparse(call.func)
    target = next((k.value for k in call.keywords if k.arg == "out"), None)
    if name == "np.copyto" and not isinstance(call.args[1], ast.Constant):
        target = call.args[0]
    if name.endswith("_into"):
        target = call.args[1]
    if target is None:
        return None
    whole = ast.unparse(target)
    return ast.parse(whole if whole.endswith("]") else f"{whole}[...]").body[0].value


def _scaled(value):
    return ast.BinOp(value, ast.Mult(), ast.Constant(1.03))


LIBRARY = {name: library_text(name) for name in library_names()}
SLIPS = [(name, *form) for name in {**LIBRARY, **MODELS} for form in FORMS]


@pytest.mark.parametrize(("name", "style", "target"), SLIPS if FULL else sample(SLIPS, 8, seed=6))
def test_a_slip_in_any_statement_is_found_by_the_file_itself(name, style, target, monkeypatch):
    if target == "array-api":
        pytest.importorskip("array_api_compat")
    if target == "numba":  # run as Python: what is compiled is the same
        numba = pytest.importorskip("numba")
        monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    text = emit(symback.read_model({**LIBRARY, **MODELS}[name]), style, target)
    function = "_gradients" if target == "numba" else "loss_and_gradients"
    number = 1
    while True:
        tree = ast.parse(text)
        slip = _Slip(number)
        slip.visit(next(n for n in tree.body if getattr(n, "name", "") == function))
        if not slip.made:
            break
        module = {"__name__": "slipped"}
        exec(ast.unparse(ast.fix_missing_locations(tree)), module)
        assert module["main"]() == 1, slip.made
        number += 1
    assert number > 2


C_LINE = re.compile(r"(\s+(?:const )?(?:double )?)([\w\[\] +-]+?) (=|\+=|-=) (.+);")


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.parametrize("name", LIBRARY if FULL else sample(list(LIBRARY), 2, seed=8))
def test_a_slip_in_any_statement_of_c_is_found_by_the_file_itself(name, tmp_path):
    made = symback.read_model(LIBRARY[name])
    program = model_program(made)
    sizes = Interface(program, CodeNames(program), {}).example
    head, call, rest = emit(made, target="c", sizes=sizes).partition("\ndouble loss_and_gradients(")
    body, end, tail = rest.partition("\n}\n")
    lines = body.split("\n")
    source, binary, slips = tmp_path / "slipped.c", tmp_path / "slipped", 0
    for place, line in enumerate(lines):
        found = C_LINE.fullmatch(line)
        if found is None or re.match(r"top\d|z\d|best\d|place\d", found[2]):
            continue
        if re.match(r"-?[\d.]+$|-INF|\(|(workspace|gradients|parameters)->", found[4]) and (
            found[4].strip("-").replace(".", "").isdigit() or "->" in found[4] or "INF" in found[4]
        ):
            continue
        wrong = f"{found[1]}{found[2]} {found[3]} ({found[4]}) * 1.03;"
        code = "\n".join([*lines[:place], wrong, *lines[place + 1 :]])
        source.write_text(f"{head}{call}{code}{end}{tail}")
        compiler = ["cc", "-w", "-O0", "-DSYMBACK_CHECK", str(source), "-lm", "-o", str(binary)]
        subprocess.run(compiler, check=True)
        assert subprocess.run([str(binary)], capture_output=True).returncode == 1, line
        slips += 1
    assert slips > 2


def test_arguments_are_checked():
    module = compile(model("rnn"))
    parameters = module.initialize(J=2, K=3, O=2)
    x, y = np.ones((4, 2)), np.ones((4, 2))
    module.loss_and_gradients(parameters, x, y, T=4)
    with pytest.raises(ValueError, match="T is 5, but the shapes show 4"):
        module.loss_and_gradients(parameters, x, y, T=5)
    with pytest.raises(ValueError, match=r"y has shape \(3, 2\), not \(T, O\) = \(4, 2\)"):
        module.loss_and_gradients(parameters, x, y[:3])
    with pytest.raises(TypeError, match="use float32 or float64"):
        module.loss_and_gradients(module.initialize(J=2, K=3, O=2, dtype=int), x, y)


def test_indices_are_checked_and_count_from_zero():
    module = compile(model("tied"))
    parameters = module.initialize(V=3, D=2)
    module.loss_and_gradients(parameters, np.array([0, 2]), np.array([2, 2]))
    with pytest.raises(ValueError, match="entries of y count from 0 to 2"):
        module.loss_and_gradients(parameters, np.array([0, 2]), np.array([3, 2]))
    with pytest.raises(TypeError, match="its entries are indices"):
        module.loss_and_gradients(parameters, np.array([0.0, 2.0]), np.array([1, 2]))


def test_a_size_that_nothing_shows_has_to_be_said():
    module = compile(model("padded"))
    parameters = module.initialize(F=2, C=2, R=3)
    with pytest.raises(ValueError, match="say P="):
        module.loss_and_gradients(parameters, np.ones((2, 5)))
    assert compile(model("padded"), sizes={"P": 1}).loss_and_gradients(parameters, np.ones((2, 5)))


def test_unknown_sizes_are_refused():
    with pytest.raises(InputError, match="has no size 'Q'"):
        emit(model("rnn"), sizes={"Q": 3})
    with pytest.raises(InputError, match="target c needs a number for T"):
        emit(model("rnn"), target="c", sizes={"J": 3, "K": 2, "O": 2})


def test_a_workspace_is_used_again():
    module = compile(model("rnn"))
    parameters = module.initialize(J=2, K=3, O=2)
    workspace = module.Workspace(T=4, J=2, K=3, O=2)
    x, y = np.ones((4, 2)), np.ones((4, 2))
    _, first = module.loss_and_gradients(parameters, x, y, workspace=workspace)
    _, second = module.loss_and_gradients(parameters, x, y, workspace=workspace)
    assert first is second
    assert apart(second, module.loss_and_gradients(parameters, x, y)[1]) == 0.0


def test_single_precision_stays_single():
    for name in ("rnn", "attention", "strided", "tied"):
        module = compile(model(name))
        whole = model(name)
        sizes = some_sizes(whole, 1)
        arrays = {
            n: a if a.dtype.kind == "i" else a.astype(np.float32)
            for n, a in some_arrays(whole, sizes, 1).items()
        }
        _, found = called(module, whole, arrays, sizes)
        assert {g.dtype for g in found} == {np.dtype(np.float32)}


@pytest.mark.parametrize("style", ["readable", "scalar"])
def test_large_logits_do_no_harm(style):
    for name in ("rnn", "attention", "tied", "negatives", "crf"):
        made = model(name)
        module = compile(made, style)
        sizes = dict.fromkeys(made.size_names, 3)
        arrays = {
            n: a if a.dtype.kind == "i" else 1000 * np.sign(a)
            for n, a in some_arrays(made, sizes, 1).items()
        }
        loss, found = called(module, made, arrays, sizes, style)
        assert np.isfinite(loss)
        assert all(np.isfinite(np.asarray(g)).all() for g in found)


def test_a_batch_adds_up_its_samples():
    made = model("attention")
    one, many = compile(made), compile(made, batch=True, reduction="sum")
    sizes = some_sizes(made, 3)
    arrays = some_arrays(made, sizes, 3)
    inputs = np.stack([arrays["x"], 2 * arrays["x"]])
    parameters = one.Parameters(*(arrays[q.name] for q in made.parameters))
    losses, parts = zip(*(one.loss_and_gradients(parameters, x) for x in inputs), strict=True)
    loss, found = many.loss_and_gradients(many.Parameters(*parameters), inputs)
    assert abs(loss - sum(losses)) < 1e-12 * max(1.0, abs(loss))
    for name in found._fields:
        both = np.stack([getattr(part, name) for part in parts])
        right = both if name == "x" else both.sum(axis=0)
        assert apart([getattr(found, name)], [right]) < 1e-12


@pytest.mark.skipif(importlib.util.find_spec("array_api_strict") is None, reason="needs it")
@pytest.mark.parametrize("name", sample(list(MODELS), 4, seed=8))
def test_the_array_api_is_kept_to(name):
    import array_api_strict as xp

    made = model(name)
    module = compile(made, target="array-api")
    sizes = some_sizes(made, 5)
    arrays = some_arrays(made, sizes, 5)
    _, right = gradients(made, arrays, sizes, made.wanted)
    _, found = called(module, made, {n: xp.asarray(a) for n, a in arrays.items()}, sizes)
    assert apart([np.asarray(g) for g in found], right) < 1e-12


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.parametrize("name", ["rnn", "negatives"])
def test_c_is_loaded_as_a_module(tmp_path, name):
    made = model(name)
    sizes = some_sizes(made, 2)
    (tmp_path / "gradients.c").write_text(emit(made, target="c", sizes=sizes))
    path = tmp_path / "loaded.py"
    path.write_text(emit_loader(made, "gradients.c", sizes=sizes))
    spec = importlib.util.spec_from_file_location("loaded", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    arrays = some_arrays(made, sizes, 2)
    loss, right = gradients(made, arrays, sizes, made.wanted)
    found_loss, found = called(module, made, arrays, sizes)
    assert abs(found_loss - loss) < 1e-12
    assert apart(found, right) < 1e-12
    workspace, count = module.Workspace(), len(made.parameters)
    values = list(arrays.values())
    for kept, given in zip(workspace.parameters, values[:count], strict=True):
        kept[...] = given
    own = module.loss_and_gradients(workspace.parameters, *values[count:], workspace=workspace)
    assert own[0] == found_loss


ODD = {
    "names that code cannot have": """
        input x[j], t[i]
        param W'[j,k], lambda[k], loss0[k], range[i,k], step
        y[k] = tanh(sum(j, W'[j,k] x[j])) lambda[k] + loss0[k] + sum(i, range[i,k] t[i])
        L = step sum(k, y[k]^2)""",
    "a function of the caller's": """
        input x[j]
        param W[j,k]
        h[k] = f(sum(j, W[j,k] x[j]))
        L = sum(k, h[k]^2)""",
    "a loss of the caller's": """
        input x[j]
        target y[k]
        param W[j,k]
        yhat[k] = tanh(sum(j, W[j,k] x[j]))
        L = loss(y[:], yhat[:])""",
    "a recursion in two directions": """
        input x[i,j]
        param a, b
        g[0,j] = 1
        g[i,0] = 1
        g[i,j] = tanh(a g[i-1,j] + b g[i,j-1] + x[i,j])
        L = sum(i, j, g[i,j]^2)""",
    "a recursion over two steps": """
        input x[t]
        param a, b
        h[0] = 0
        h[-1] = 0
        h[t] = tanh(a h[t-1] + b h[t-2] + x[t])
        L = sum(t, h[t]^2)""",
    "the gradient by what is computed": """
        input x[t,j]
        param U[k,k], W[j,k]
        h[0,k] = 0
        h[t,k] = tanh(sum(i, U[i,k] h[t-1,i]) + sum(j, W[j,k] x[t,j]))
        L = sum(k, h[T,k]^2)
        gradients h, W""",
}


@pytest.mark.parametrize(("what", "batch"), covering(ODD, [False, True]))
def test_what_is_out_of_the_ordinary(what, batch):
    made = symback.read_model(ODD[what])
    assert compile(made, batch=batch).main() == 0
    if "caller" in what:
        with pytest.raises(InputError, match="functions with a name"):
            emit(made, "scalar", batch=batch)
    else:
        assert compile(made, "scalar", batch=batch).main() == 0
