"""Python modules that compile a C file and load it: always the file that is there now."""

import importlib
import importlib.util
import shutil
import sys

import numpy as np
import pytest

from symback import Network, emit, read_model
from symback.emission import emit_loader
from symback.model.language.sources import library_text

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")

SMALL = Network((2, 2), ("softmax",), "cross-entropy")
WIDE = Network((2, 7, 2), ("tanh", "softmax"), "cross-entropy")
SQUARES = read_model("param w\ninput x[n]\nL = sum(n, (w x[n])^2)")
CUBES = read_model("param w\ninput x[n]\nL = sum(n, (w x[n])^3)")


def written(source, folder, loader="loaded_c.py", place="", **sizes):
    """A C file, and its loader beside it or elsewhere."""
    (folder / place).mkdir(exist_ok=True)
    (folder / place / "gradients.c").write_text(emit(source, target="c", **sizes))
    (folder / loader).write_text(emit_loader(source, f"{place}gradients.c", **sizes))
    return folder / loader


def loaded(path):
    spec = importlib.util.spec_from_file_location("loaded_c", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def libraries(folder):
    return sorted(p.name for p in folder.iterdir() if p.suffix == ".so")


def test_a_network_emitted_again_is_loaded_again(tmp_path):
    """In one process, whose dynamic loader keeps what a file of that name held."""
    x, y = np.ones((3, 2)), np.full((3, 2), 0.5)
    first = loaded(written(SMALL, tmp_path))
    before = first.loss_and_gradients(first.initialize(), x, y)[0]
    assert len(libraries(tmp_path)) == 1
    second = loaded(written(WIDE, tmp_path))
    parameters = second.initialize()
    path = tmp_path / "right.py"
    path.write_text(emit(WIDE))
    assert second.loss_and_gradients(parameters, x, y)[0] == pytest.approx(
        loaded(path).loss_and_gradients(parameters, x, y)[0], rel=1e-14
    )
    assert len(libraries(tmp_path)) == 1  # that of the file before is gone
    assert first.loss_and_gradients(first.initialize(), x, y)[0] == before


def test_a_model_emitted_again_is_loaded_again(tmp_path):
    sizes = {"sizes": {"N": 2}}
    for model, right in ((SQUARES, 20.0), (CUBES, 72.0), (SQUARES, 20.0)):
        made = loaded(written(model, tmp_path, **sizes))
        assert made.loss_and_gradients((2.0,), np.array([1.0, 2.0]))[0] == right


def test_a_model_lies_in_another_folder_than_its_loader(tmp_path):
    made = loaded(written(SQUARES, tmp_path, place="c/", sizes={"N": 1}))
    assert made.loss_and_gradients((2.0,), np.array([1.0]))[0] == 4.0
    (tmp_path / "c" / "gradients.c").unlink()
    with pytest.raises(ImportError, match=r"there is no .*gradients\.c"):
        loaded(tmp_path / "loaded_c.py")


@pytest.mark.parametrize(
    ("source", "sizes"),
    [(SMALL, {}), (read_model(library_text("rnn")), {"sizes": {"T": 2, "J": 2, "K": 2, "O": 2}})],
    ids=["network", "model"],
)
def test_a_library_is_not_what_an_import_finds(source, sizes, tmp_path, monkeypatch):
    """An extension module goes before a Python file of the same name."""
    loaded(written(source, tmp_path, **sizes))
    assert libraries(tmp_path)
    (tmp_path / "gradients.py").write_text("kind = 'Python'")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "gradients", raising=False)
    assert importlib.import_module("gradients").kind == "Python"
    monkeypatch.delitem(sys.modules, "gradients")


def test_an_empty_batch_is_said_to_be_empty(tmp_path):
    made = loaded(written(SMALL, tmp_path))
    parameters = made.initialize()
    with pytest.raises(ValueError, match=r"x is empty: it has shape \(0, 2\)"):
        made.loss_and_gradients(parameters, np.ones((0, 2)), np.ones((0, 2)))
    assert made.loss_and_gradients(parameters, np.ones((1, 2)), np.ones((1, 2)))[0] > 0
