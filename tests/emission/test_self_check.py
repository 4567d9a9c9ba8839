"""A fault in a gradient statement of an emitted file is found by the file's own check."""

import re
import shutil
import subprocess

import pytest
from emission_networks import NETWORKS

from symback import emit


def faults(text):
    """Copies of a file, each with one fault in one gradient statement."""
    head, body = text.split("def loss_and_gradients(")
    body, tail = body.split("\ndef check(", 1)
    for line in body.splitlines():
        if not re.match(r"    (d[Wb]\d|delta\d)", line):
            continue
        left, right = line.split(" = ", 1)
        right = right.partition("  #")[0]
        changed = [f"-({right})", f"2 * ({right})", f"({right}) * 1.001"]
        if " @ " in right and ".T" in right:
            changed.append(right.replace("dtanh(", "np.tanh(").replace("df(", "f("))
        if "sum(axis=0)" in right:
            changed.append(right.replace(".sum(axis=0)", "[0]"))
        if "np.heaviside" in right:
            changed.append(right.replace("np.heaviside", "np.maximum"))
        for wrong in changed:
            if wrong != right:
                faulty = body.replace(line, f"{left} = {wrong}")
                yield (
                    f"{left.strip()} = {wrong}",
                    f"{head}def loss_and_gradients({faulty}\ndef check({tail}",
                )


@pytest.mark.parametrize("name", ["generic", "cross-entropy", "weight-decay", "binary", "deep"])
def test_every_seeded_fault_is_found(name, capsys):
    text = emit(NETWORKS[name])
    count = 0
    for fault, faulty in faults(text):
        scope = {"__name__": "faulty"}
        exec(compile(faulty, "<faulty>", "exec"), scope)
        assert scope["main"]() == 1, fault
        assert capsys.readouterr().out.endswith("WRONG\n")
        count += 1
    assert count >= 12


def test_nan_is_found(capsys):
    text = emit(NETWORKS["cross-entropy"])
    scope = {"__name__": "faulty"}
    faulty = re.sub(r"(    dW1 = .*?)(  #|\n)", r"\1 * np.nan\2", text, count=1)
    exec(compile(faulty, "<faulty>", "exec"), scope)
    assert scope["main"]() == 1


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")
def test_a_fault_in_c_is_found(tmp_path):
    text = emit(NETWORKS["cross-entropy"], target="c")
    right = "dW1[j][k] += x[s][j] * delta1[k];"
    assert right in text
    source = tmp_path / "gradients.c"
    source.write_text(text.replace(right, "dW1[j][k] += x[s][j] * delta1[0];"))
    subprocess.run(["cc", str(source), "-o", str(tmp_path / "faulty"), "-lm"], check=True)
    run = subprocess.run([str(tmp_path / "faulty")], capture_output=True, text=True, check=False)
    assert (run.returncode, "WRONG" in run.stdout) == (1, True)
