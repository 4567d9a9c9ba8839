"""What a quantity may be called: anything that the language takes, in every style and target."""

import ast
import re
import shutil

import pytest
from sampling import covering

from symback import emit, read_model
from symback.emission.checking import check_emitted
from symback.emission.code_names import named
from symback.emission.forms.functions import FORMS
from symback.emission.indexed.module import emit_model_product
from symback.emission.taken import TAKEN

MODEL = """
input {0}[t,j]
target {1}[t,k]
param {2}[j,k], {3}[k]
const {4}[k]
h0[0,k] = 0
{5}[t,k] = {4}[k] + sum(j, {2}[j,k] {0}[t,j])
h0[t,k] = tanh({5}[t,k] + {3}[k] h0[t-1,k])
L = sum(t, k, (h0[t,k] - {1}[t,k])^2)
"""
SIZES = {"T": 3, "J": 2, "K": 2}
STYLES = [
    ("readable", "numpy"),
    ("fast", "numpy"),
    ("scalar", "numpy"),
    ("readable", "array-api"),
    ("readable", "c"),
]

PARTS = """
input x[t,j]
integer z[t] in V
target y[t,o]
param W[j,k], U[k,k], b[k], V[k,o], E[v,k], g
h[0,k] = 0
h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] h[t-1,i]) + b[k] + E[z[t],k])
q[t,o] = gelu(sum(k, V[k,o] relu(h[t,k])))
p[t,o] = softmax(o, q[t,o] * sigmoid(g))
m[t] = max(o, q[t,o])
L = -sum(t, o, y[t,o] log(p[t,o])) + sum(t, m[t]^2)
"""
"""A recursion, lookups, a softmax, a maximum: what brings functions of the module's own."""


def written(model, kind, style, target):
    sizes = {name: n for n, name in enumerate(model.size_names, 2)}
    if kind is None:
        return emit(model, style, target, sizes=sizes)
    return emit_model_product(model, kind, style, target, sizes=sizes)


def mentioned(text, target):
    """Every name in a file that is no attribute and no field."""
    if target == "c":
        code = re.sub(r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|#include.*?\n', " ", text, flags=re.DOTALL)
        code = re.sub(r"(\.|->)\s*[A-Za-z_]\w*", "", code)
        return set(re.findall(r"(?<!\w)[A-Za-z_]\w*", code))
    found = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name)
    return found


@pytest.mark.spread
@pytest.mark.parametrize(
    ("form", "kind"),
    covering([*STYLES, ("readable", "numba")], [None, "hvp", "gauss-newton", "jvp"]),
)
def test_names_of_modules_are_known(form, kind):
    """What is only letters is the model's own, or made for it, or taken; so it stays as files grow.

    A name of one letter is no module's where an argument is read, and one with a digit or a stroke
    is made by what knows the names there are.
    """
    model, (style, target) = read_model(PARTS), form
    own = {*model.quantities, *model.size_names}
    made = {*own, *(f"d{name}" for name in own), "mask"}
    found = mentioned(written(model, kind, style, target), target)
    assert {n for n in found - made - TAKEN if re.fullmatch("[A-Za-z]{2,}", n)} == set()
    assert found & TAKEN


def test_forms_of_functions_are_known():
    assert set(FORMS) <= TAKEN


ODD = [
    ("error", "value", "map", "vector", "low", "shape"),
    ("rng", "zip", "SHAPES", "pow", "name", "array"),
    ("temporary1", "here", "fabs", "temporary2", "change", "product"),
    ("step0", "seed", "text", "STEP", "worst", "outputs"),
    ("found", "positive", "new", "isnan", "NAN", "operator"),
    ("lambda", "in0", "iter", "dict", "move", "tried"),
    ("i", "linux", "log1p", "scale", "given", "hessian"),
    ("gamma", "y0", "j1", "index", "int", "def"),
    ("W", "dW", "dy", "R", "G", "vW"),
]


@pytest.mark.spread
@pytest.mark.parametrize(
    ("form", "names"), covering([(*form, kind) for form in STYLES for kind in (None, "hvp")], ODD)
)
def test_a_quantity_may_have_any_name(form, names):
    style, target, kind = form
    if target == "c" and shutil.which("cc") is None:
        pytest.skip("needs cc")
    found = check_emitted(written(read_model(MODEL.format(*names)), kind, style, target), target)
    assert found.right, found.line


def test_the_same_name_in_every_file():
    """An ending, where a module has the name for itself in one of them."""
    given = ("vector", "fabs", "temporary1", "error", "h", "isnan")
    names = named(given)
    assert list(names.values()) == ["vector_", "fabs_", "temporary1", "error_", "h", "isnan_"]
    model = read_model(MODEL.format("vector", "fabs", "temporary1", "error", "u", "isnan"))
    for style, target in STYLES[:-1]:
        for kind in (None, "hvp"):
            text = written(model, kind, style, target)
            arguments = {
                tuple(a.arg for a in node.args.args)
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.FunctionDef) and node.name == "loss_and_gradients"
            }
            assert arguments == {("parameters", "vector_", "fabs_", "u")}
