"""Every model of the library in every view and target: a sample of them, with ``--full`` all."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from running import Symback
from sampling import sample

from symback.model.language.reader import ModelText
from symback.model.language.sources import library_names, library_text
from symback.notation import NOTATIONS

DERIVED = ("text", "latex", "markdown", "json", "jsonl")
HANDOUTS = ("pdf", "tex", "md", "html", "ipynb", "typ")
CODE = {
    "readable": (),
    "fast": ("--style", "fast"),
    "scalar": ("--style", "scalar"),
    "array-api": ("--target", "array-api"),
    "c": ("--target", "c"),
}
VIEWS = [
    *(("derive", format, "founding") for format in DERIVED),
    *(("handout", suffix, "founding") for suffix in HANDOUTS),
    *(("handout", "pdf", notation) for notation in NOTATIONS),
    *(("emit", target, "founding") for target in CODE),
]
CASES = [(name, *view) for name in library_names() for view in VIEWS]

INTERNAL = re.compile(
    r"Traceback|Undefined|internal error|<[a-z_.]+ object|\{\{ |\{% |Rule\.[A-Z]|Dummy"
    r"|[\ue000-\ue00f]|\b(Partial|Delta|Largest|Smallest|Quantity|Symbol|Derivative|Piecewise)\("
)
"""What stands in code, and nowhere else."""


@pytest.mark.spread
@pytest.mark.parametrize(("name", "command", "kind", "notation"), sample(CASES, 4, seed=3))
def test_a_model_in_a_view(
    symback_command: Symback, tmp_path: Path, name: str, command: str, kind: str, notation: str
) -> None:
    known = ModelText.of(library_text(name), name).checked.known
    wanted = [n for sort in ("param", "input") for n, k in known.items() if k.kind == sort]
    stated = ("--model", name, "--gradients", ",".join(wanted), "--notation", notation)
    if command == "handout" and kind == "pdf":
        pytest.importorskip("typst")
    if command == "emit":
        if kind == "c" and shutil.which("cc") is None:
            pytest.skip("no C compiler is installed")
        suffix = "c" if kind == "c" else "py"
        options = (*CODE[kind], "--check", "-o", str(tmp_path / f"gradients.{suffix}"))
    elif command == "handout":
        options = ("-o", str(tmp_path / f"handout.{kind}"))
    else:
        options = ("--format", kind)
    done = symback_command(command, *stated, *options)
    assert done.code == 0, done.err
    assert command == "emit" or done.err == ""
    texts = [done.out, *(p.read_text() for p in tmp_path.iterdir() if p.suffix != ".pdf")]
    assert not any(INTERNAL.search(text) for text in texts)
    assert any(texts) or kind == "pdf"


def test_what_stands_in_code_alone_is_noticed() -> None:
    assert INTERNAL.search("the gradient is Partial(L, x[j])")
    assert INTERNAL.search("{{ page.ref(1) }}")
    assert not INTERNAL.search("Partial derivatives of L, with {x} in braces")
