"""The pages about emitted code show what is written, and their scripts run.

``python tests/test_emission_pages.py --write`` puts the file that is emitted now into its page.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pages import ROOT

from symback import Network, compile, emit, read_model
from symback.model.language.sources import library_text

WALK = ROOT / "docs" / "emission.md"
EXAMPLES = ROOT / "docs" / "examples"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy")
DIGITS = Network((64, 48, 10), ("relu", "softmax"), "cross-entropy", weight_decay=0.0001)
LARGE = Network((256, 32, 10), ("tanh", "softmax"), "cross-entropy")


def blocks() -> list[str]:
    """The parts of the file on its page; what stands after them is about other things."""
    pages = WALK.read_text(encoding="utf-8").split("\n## ")[0]
    return BLOCK.findall(pages)


def code(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def test_the_page_has_the_whole_file() -> None:
    assert code("".join(blocks())) == code(emit(SHOWN))


def test_the_page_of_the_lstm_has_its_whole_function() -> None:
    text = emit(read_model(library_text("lstm")))
    function = text[text.index("def loss_and_gradients(") :].partition("\n\n\n")[0]
    page = (ROOT / "docs" / "emitted-lstm.md").read_text(encoding="utf-8")
    assert code("".join(BLOCK.findall(page))) == code(function)
    stated = page.partition("```model\n")[2].partition("```")[0]
    assert set(code(stated)) <= set(code(library_text("lstm")))


def _run(folder: Path, script: str, *arguments: str) -> str:
    shutil.copy(EXAMPLES / script, folder)
    command = [sys.executable, "-W", "error", script, *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


@pytest.mark.parametrize(
    ("page", "script"), [("digits", "digits"), ("larger-than-memory", "larger_than_memory")]
)
def test_pages_show_their_scripts(page: str, script: str) -> None:
    shown = BLOCK.findall((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    text = (EXAMPLES / f"{script}.py").read_text(encoding="utf-8")
    assert shown[0].strip() == text.split('"""', 2)[2].strip()


def test_digits_are_learnt(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    (tmp_path / "gradients.py").write_text(emit(DIGITS, "fast"))
    printed = _run(tmp_path, "digits.py")
    page = (ROOT / "docs" / "digits.md").read_text(encoding="utf-8")
    # Sums in another order end with other digits: what is shown may differ by one image.
    right, told = (int(re.findall(r"(\d+) of 297", text)[-1]) for text in (printed, page))
    assert abs(right - told) <= 1
    assert [line[:10] for line in printed.splitlines()[:4]] == [f"epoch {n}0: " for n in "1234"]


def test_a_gradient_is_found_chunk_by_chunk(tmp_path: Path) -> None:
    pytest.importorskip("dask.array")
    pytest.importorskip("array_api_compat")
    (tmp_path / "gradients.py").write_text(emit(LARGE, target="array-api"))
    losses = re.findall(r"loss ([\d.]+)", _run(tmp_path, "larger_than_memory.py", "40000"))
    assert len(losses) == 3
    assert float(losses[2]) < float(losses[1]) < float(losses[0])


def test_chunks_give_the_gradient_of_the_whole() -> None:
    da = pytest.importorskip("dask.array")
    pytest.importorskip("array_api_compat")
    plain, made = compile(LARGE), compile(LARGE, target="array-api")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(7, 256)), rng.uniform(size=(7, 10))
    parameters = plain.initialize(1)
    value, gradients = plain.loss_and_gradients(parameters, x, y)
    chunks = made.Parameters(*map(da.from_array, parameters))
    split = (da.from_array(array, chunks=(3, -1)) for array in (x, y))
    other, found = made.loss_and_gradients(chunks, *split)
    assert other == pytest.approx(value, rel=1e-14)
    for left, right in zip(gradients, found, strict=True):
        np.testing.assert_allclose(right.compute(), left, rtol=0, atol=1e-15)


def _write() -> None:
    page = WALK.read_text(encoding="utf-8")
    lines, old = emit(SHOWN).rstrip("\n").split("\n"), blocks()
    starts = [lines.index(block.split("\n")[0]) for block in old]
    for block, start, end in zip(old, starts, [*starts[1:], len(lines)], strict=True):
        new = "\n".join(lines[start:end]).rstrip("\n")
        page = page.replace(f"```python\n{block}```", f"```python\n{new}\n```")
    WALK.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/test_emission_pages.py --write")
    _write()
