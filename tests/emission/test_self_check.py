"""A fault in a gradient statement of an emitted file is found by the file's own check."""

import importlib.util
import re
import shutil
import subprocess

import pytest
from emission_networks import NETWORKS
from emitted_faults import faults, verdict
from sampling import sample

from symback import emit
from symback.emission.program import program

FORMS = [
    *((name, "readable", "numpy") for name in ("generic", "cross-entropy", "binary", "deep")),
    *((name, "fast", "numpy") for name in ("weight-decay", "huber", "binary")),
    *((name, "scalar", "numpy") for name in ("weight-decay", "binary")),
    *((name, "readable", "array-api") for name in ("weight-decay", "absolute")),
]


@pytest.mark.parametrize(("name", "style", "target"), sample(FORMS, 7))
def test_every_seeded_fault_is_found(name, style, target):
    if target == "array-api":
        pytest.importorskip("array_api_compat")
    network = NETWORKS[name]
    found = list(faults(emit(network, style, target), program(network).backward[0].number))
    assert len(found) >= 10
    for fault, text in sample(found, 16):
        assert verdict(text) == 1, fault


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs numba")
def test_faults_in_what_numba_compiles_are_found(monkeypatch):
    network = NETWORKS["weight-decay"]
    text = emit(network, target="numba")
    found = list(faults(text, program(network).backward[0].number))
    for fault, faulty in sample(found, 1):
        assert verdict(faulty) == 1, fault
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)  # as Python: the same statements
    assert verdict(text) == 0
    for fault, faulty in sample(found, 12):
        assert verdict(faulty) == 1, fault


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")
@pytest.mark.parametrize("name", sample(["weight-decay", "binary"], 1))
def test_faults_in_c_are_found(name, tmp_path):
    network = NETWORKS[name]
    text = emit(network, target="c")
    body, tail = text.split("/* A number between 0 and 1")
    found = list(faults(body, program(network).backward[0].number, ["c"]))
    assert len(found) >= 10
    source, binary = tmp_path / "gradients.c", tmp_path / "gradients"
    for fault, faulty in sample(found, 12):
        source.write_text(f"{faulty}/* A number between 0 and 1{tail}")
        subprocess.run(["cc", "-DSYMBACK_CHECK", str(source), "-o", str(binary), "-lm"], check=True)
        run = subprocess.run([str(binary)], capture_output=True, text=True, check=False)
        assert (run.returncode, "WRONG" in run.stdout) == (1, True), fault


@pytest.mark.parametrize(("style", "target"), [("readable", "numpy"), ("fast", "numpy")])
@pytest.mark.parametrize("fault", ["float(L) * 1.001", "float(L) + np.nan"])
def test_a_loss_that_is_not_the_loss_is_found(style, target, fault):
    text = emit(NETWORKS["cross-entropy"], style, target)
    assert "return float(L), " in text
    assert verdict(text.replace("return float(L), ", f"return {fault}, ")) == 1


def test_nan_is_found():
    text = emit(NETWORKS["cross-entropy"])
    assert verdict(text) == 0
    assert verdict(re.sub(r"(    dW1 = .*?)(  #|\n)", r"\1 * np.nan\2", text, count=1)) == 1


def test_what_has_no_value_at_random_data_is_not_called_wrong(symback_command):
    """The logarithm of an output that may be negative: right, and not to be compared there."""
    loss = ("--loss", "y*log(yhat)")
    layers = ("emit", "--layers", "3,4,2", "-a", "tanh,identity")
    done = symback_command(*layers, *loss, "--check")
    assert done.code == 1
    assert "WRONG" not in done.err
    assert "is not finite, so that nothing is compared; nothing was written" in done.err
    assert symback_command(*layers, "--loss", "y*log(1+yhat**2)", "--check").code == 0
