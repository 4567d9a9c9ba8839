"""What an emitted NumPy module says and does."""

import subprocess
import sys

import numpy as np
import pytest
from emission_networks import NETWORKS, module
from sampling import covering

from symback import InputError, Network, emit

STYLES = ("readable", "fast")


@pytest.mark.spread
@pytest.mark.parametrize(("name", "style"), covering(NETWORKS, STYLES))
def test_a_module_checks_itself(name, style):
    assert module(NETWORKS[name], style).main() == 0


def test_a_module_runs_without_symback(tmp_path):
    path = tmp_path / "gradients.py"
    path.write_text(emit(NETWORKS["cross-entropy"]))
    command = [sys.executable, "-I", "-W", "error", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("largest error")
    assert "symback" not in "".join(
        line for line in path.read_text().splitlines() if line.startswith(("import", "from"))
    )


def test_statements_read_like_the_derivation():
    text = emit(Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"))
    for line in (
        "h1_pre = x @ W1 + b1  # (1), shape (batch, 128)",
        "h1 = np.maximum(h1_pre, 0)  # (2), shape (batch, 128)",
        "y_pre = h1 @ W2 + b2  # (3), shape (batch, 10)",
        "dW2 = h1.T @ delta2  # (10), shape (128, 10)",
        "db2 = delta2.sum(axis=0)  # (11), shape (10,)",
        "dW1 = x.T @ delta1  # (14), shape (784, 128)",
    ):
        assert f"    {line}\n" in text
    assert "    delta1 = (delta2 @ W2.T) * (h1 > 0)  # (13), shape (batch, 128)\n" in text
    assert text.count("\n") < 240


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_in_is_dtype_out(dtype):
    made = module(NETWORKS["cross-entropy"])
    parameters = made.initialize(3, dtype)
    x, y = np.ones((2, 4)), np.eye(3)[:2]
    value, gradients = made.loss_and_gradients(parameters, x, y)
    assert type(value) is float
    assert [g.dtype.name for g in gradients] == [dtype] * 4
    assert [g.shape for g in gradients] == [p.shape for p in parameters]
    assert made.forward(parameters, x).dtype == dtype


def test_a_workspace_is_returned_again():
    made = module(NETWORKS["cross-entropy"])
    parameters, workspace = made.initialize(), made.Workspace(2)
    x, y = np.ones((2, 4)), np.eye(3)[:2]
    first = made.loss_and_gradients(parameters, x, y, workspace=workspace)
    second = made.loss_and_gradients(parameters, 2 * x, y, workspace=workspace)
    assert first[1] is second[1]
    alone = made.loss_and_gradients(parameters, 2 * x, y)
    assert alone[0] == second[0]
    for kept, new in zip(second[1], alone[1], strict=True):
        np.testing.assert_array_equal(kept, new)


def test_softmax_with_cross_entropy_is_right_for_all_targets():
    made = module(NETWORKS["cross-entropy"])
    x, y = np.ones((2, 4)), np.array([[3.0, 0.5, 1.0], [0.1, 0.0, 0.0]])
    assert made.check(made.initialize(1), x, y) < 1e-8


@pytest.mark.parametrize("letter", ["lambda"])
def test_a_keyword_cannot_name_a_function(letter):
    with pytest.raises(InputError, match="keyword"):
        emit(Network((2, 2), (letter,)))


def test_functions_may_come_as_a_mapping():
    made = module(NETWORKS["hinge"])
    functions = {"f": np.tanh, "df": lambda z: 1 - np.tanh(z) ** 2}
    x, y = np.ones((2, 4)), np.ones((2, 3))
    assert made.check(made.initialize(1), x, y, functions=functions) < 1e-8
