"""Hostile documents, through the whole command: a verdict or one clear line, soon and cheaply."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampling import FULL

from symback.cli.judge import read_formula
from symback.errors import InputError, SymbackError
from symback.model.network import Network
from symback.reading import answer, check
from symback.reading.finding import FINDERS
from symback.rendering.check import Report, render_answer, render_report
from symback.rendering.check.render import FORMATS

SECOND = 1.0
MEGABYTES = 200
HOSTILE = {
    "braces": "{" * 100_000 + "x" + "}" * 100_000,
    "fractions": "a = " + r"\frac{1}{" * 1_000 + "x" + "}" * 1_000,
    "product": "a = " + " ".join(["x"] * 100_000),
    "macro": r"\def\x{\x\x}\x = 1",
    "digits": "a = " + "9" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_formula_costs_little(name: str) -> None:
    begun = time.process_time()
    checked = check(f"$${HOSTILE[name]}$$\n", path="a.md")
    for format in FORMATS:
        assert render_report(Report.of([checked]), format)
    assert time.process_time() - begun < SECOND
    assert [str(judgement.status) for judgement in checked.judgements] == ["UNREAD"]


def test_all_of_them_fit_into_memory(tmp_path: Path) -> None:
    for name, formula in HOSTILE.items():
        (tmp_path / f"{name}.md").write_text(f"$${formula}$$\n")
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from symback.cli.app import run\n"
        "code = run(sys.argv[1:])\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        # On Linux that figure holds what the parent had at the fork; the kernel's own does not.
        "status = Path('/proc/self/status')\n"
        "own = status.read_text().partition('VmHWM:')[2].split() if status.exists() else []\n"
        "print(own[0] if own else peak, file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    files = sorted(path.name for path in tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", code, "check", *files, "--format", "json"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["summary"]["unread"] == len(HOSTILE)
    unit = 1024 if sys.platform != "darwin" else 1
    assert int(done.stderr) * unit < MEGABYTES * 1_000_000


WORDS = r"""
    $$ $$ $ ` > \[ \] \( \) \begin{aligned} \end{aligned} \\ & \frac { } \partial L W _ ^ ( ) '
    1 12 = + - \cdot \odot \sum_i \sum_{i=1}^n h_1 h_1' y_1 \hat{y}_1 g( g'( x_1 W_{11}^{(1)} f T
    \rightarrow \therefore \underbrace \mathcal{L} \nabla \input{/etc/passwd} __class__ \def\x{ \x
    <script> ::error:: % \bogus | ŷ ∂ \text{if} dL/dW1[1,2] [1] sqrt \exp 9 = = since where
"""
PIECES = st.sampled_from(WORDS.split())
GAPS = st.sampled_from(["\n", "\n\n", "\r\n", "\t"])
DOCUMENT = st.lists(PIECES | GAPS, max_size=50).map(" ".join)
DEFINED = r"""
$$h_1 = f(h_1')$$

$$h_1' = W_{11}^{(1)} x_1$$

$$\hat{y}_1 = g(y_1)$$

$$y_1 = h_1$$

"""
FUZZ = settings(
    max_examples=120 if FULL else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@FUZZ
@given(
    st.sampled_from(["", DEFINED]),
    DOCUMENT | st.text(max_size=80),
    st.sampled_from(sorted(FINDERS)),
)
def test_any_document_becomes_a_report(start: str, text: str, kind: str) -> None:
    try:
        report = Report.of([check(start + text, path="a.md", kind=kind)])
    except SymbackError:
        return
    for format in FORMATS:
        assert render_report(report, format, width=50).endswith("\n")
    for entry in report.documents[0].entries:
        assert 1 <= entry.line <= len(report.documents[0].source.lines.starts)


@FUZZ
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=40))
def test_any_formula_becomes_an_answer(text: str) -> None:
    try:
        formula = read_formula(text if text != "-" else "")
    except SymbackError:
        return
    try:
        judgement = answer(formula, Network((2, 3, 2)))
    except InputError as error:
        twice = error.message.endswith("expected, not '='") and re.search(r"=\s+=", formula)
        assert twice or error.message == "there is no formula"
        return
    for format in ("text", "json"):
        assert render_answer(judgement, format).endswith("\n")


FOUND = sorted((Path(__file__).parent / "found").iterdir())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_fuzzing_found_stays_found(path: Path) -> None:
    report = check(path.read_text("utf-8"), path=path.name)
    assert render_report(Report.of([report]), "text")


@pytest.mark.parametrize("formula", [r"\cdot", r"% \sum_{i=1}^n", r"\quad ."])
def test_a_formula_that_says_nothing_is_refused(formula: str) -> None:
    with pytest.raises(InputError, match="there is no formula"):
        answer(formula, Network((2, 2)))
