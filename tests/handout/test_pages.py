"""Pages: that they compile, stay within the margins, and are read by other people's programs."""

import json
import re
import shutil

import pytest
from handout.handouts import NETWORKS, handout, text
from handout.mathematics import OF, katex, needs_katex, pdflatex
from sampling import FULL, covering, sample

from symback.calculus import derive
from symback.errors import InputError, MissingToolError
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.printing.measure import measure_latex
from symback.printing.measure_typst import measure_typst
from symback.rendering.handout import entries_for, write_handout
from symback.rendering.handout import pdf as typst_engine
from symback.rendering.handout.embedded_fonts import SLICES, faces
from symback.rendering.handout.fitting import page_count
from symback.rendering.handout.pdf import pdf_from_typst
from symback.rendering.handout.pdflatex import pdf_from_latex
from symback.verification import verify

needs_latex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")


@needs_latex
@pytest.mark.parametrize("name", sample([*NETWORKS], 1))
def test_latex_compiles_and_nothing_runs_out_of_the_margin(name, tmp_path):
    log = pdflatex(handout("latex", name, "full").content, tmp_path)
    assert "Overfull" not in log
    assert "pk>" not in log  # no bitmap fonts


def test_latex_asks_for_no_more_packages_than_it_says():
    asked = re.findall(r"\\usepackage(?:\[.*?\])?\{(.*?)\}", text("latex"))
    assert {name.strip() for names in asked for name in names.split(",")} == {
        "geometry", "amsmath", "mathtools", "amssymb", "array", "booktabs", "longtable", "tikz",
        "microtype", "hyperref",
    }  # fmt: skip


@needs_latex
def test_latex_can_read_and_run_nothing(tmp_path):
    secret = tmp_path / "secret.tex"
    secret.write_text("secret")
    start, end = rb"\documentclass{article}\begin{document}", rb"\end{document}"
    for command in (rf"\input{{{secret}}}", r"\input{/etc/passwd}"):
        with pytest.raises(InputError, match="pdflatex"):
            pdf_from_latex(start + command.encode() + end)
    pdf_from_latex(start + rf"a\immediate\write18{{touch {tmp_path}/ran}}".encode() + end)
    assert not (tmp_path / "ran").exists()


@needs_latex
def test_latex_that_does_not_end_is_stopped(monkeypatch):
    monkeypatch.setattr("symback.rendering.handout.pdflatex.TIME_LIMIT", 1)
    endless = rb"\documentclass{article}\begin{document}\loop\iftrue\repeat\end{document}"
    with pytest.raises(InputError, match="not done after 1 seconds"):
        pdf_from_latex(endless)


@needs_latex
@pytest.mark.whole  # that of Typst is the same each time in the gate
def test_pdf_from_latex_is_the_same_each_time():
    source = text("latex", detail="brief").encode()
    assert pdf_from_latex(source) == pdf_from_latex(source)


@pytest.mark.parametrize("name", [*NETWORKS] if FULL else ["generic"])
def test_pdf_is_accessible_and_the_same_each_time(name):
    pytest.importorskip("typst", reason="the typst package is not installed")
    source = handout("typst", name, "full").content
    content, warnings = pdf_from_typst(source, "")
    assert warnings == ()  # PDF/UA-1 was asked for and met
    assert b"pdfuaid" in content
    if name == "generic":
        assert content == pdf_from_typst(source, "")[0]
    assert page_count(content) > 4


LONGEST = {
    4: Network((2, 2, 2)),
    5: Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"),
    6: Network((3, 5, 4, 2)),
}


TIGHTEST = [(4, "goodfellow"), (5, "mazur"), (6, "mazur")]
"""What is nearest to its limit is in every sample."""


def longest(pages, notation):
    """As the command line writes it."""
    derivation = derive(LONGEST[pages])
    units = [derivation.unit(name, *at) for name, at in entries_for(derivation, "standard", None)]
    report = verify(derivation, units, numbers=False)
    written = write_handout(
        "typst", derivation=derivation, report=report, notation=NOTATIONS[notation]
    )
    return written.content


@pytest.mark.parametrize(
    ("pages", "notation"),
    sorted({*TIGHTEST, *(covering(LONGEST, NOTATIONS) if FULL else ())}),
)
def test_a_handout_is_no_longer_than_it_is_read(pages, notation):
    pytest.importorskip("typst", reason="the typst package is not installed")
    assert page_count(pdf_from_typst(longest(pages, notation), "")[0]) <= pages


def test_rows_further_apart_take_another_page():
    pytest.importorskip("typst", reason="the typst package is not installed")
    source = longest(*TIGHTEST[0])
    assert b"inset: (x: 3.5pt, y: 3.6pt)" in source
    wide = source.replace(b"inset: (x: 3.5pt, y: 3.6pt)", b"inset: (x: 3.5pt, y: 9pt)")
    assert page_count(pdf_from_typst(wide, "")[0]) > TIGHTEST[0][0]


TYPST_FAULTS = {
    "read": ('#read("SECRET")', "does not compile"),
    "outside": ('#read("../../etc/passwd")', "does not compile"),
    "arguments": ("#read(sys.argv)", "does not compile"),
    "preview": ('#import "@preview/cetz:0.3.0"', "package of Typst's"),
    "put together": ('#import "@pre" + "view/cetz:0.3.0": *', "package of Typst's"),
    "local": ('#import "@local/a:0.1.0"', "does not compile"),
}


@pytest.mark.parametrize("name", TYPST_FAULTS)
def test_typst_of_a_users_template_reads_no_file_and_imports_no_package(name, tmp_path):
    pytest.importorskip("typst", reason="the typst package is not installed")
    (tmp_path / "secret").write_text("secret")
    body, said = TYPST_FAULTS[name]
    source = "#set document(title: [x])\n" + body.replace("SECRET", f"{tmp_path}/secret")
    with pytest.raises(InputError, match=said):
        pdf_from_typst(source.encode(), "", templates=True)


def test_typst_that_does_not_end_is_stopped(monkeypatch):
    pytest.importorskip("typst", reason="the typst package is not installed")
    monkeypatch.setattr(typst_engine, "TIME_LIMIT", 1)
    endless = b'#let f(s) = if s.len() < 60 { f(s + "a") + f(s + "b") } else { 0 }\n#f("")'
    with pytest.raises(InputError, match="not done after 1 seconds"):
        pdf_from_typst(endless, "", templates=True)


def test_a_fault_of_our_own_is_not_a_users():
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    with pytest.raises(typst.TypstError):
        pdf_from_typst(b"#unknown", "")


def test_without_typst_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(MissingToolError, match=r"pip install 'symback\[pdf\]'"):
        typst_engine.pdf_from_typst(b"", "")


@needs_katex
@pytest.mark.parametrize("format", OF)
def test_katex_reads_every_formula(format):
    formulas = [f for name in NETWORKS for f in OF[format](text(format, name, "full"))]
    assert len(formulas) > 200
    katex(formulas)


SMALL = 150_000
"""So many bytes a page of a small network has at most."""

SIGMOIDS = Network((3, 4, 2), ("tanh", "sigmoid"), "half-squared-error")
CLASSES = ("tanh", "softmax"), "cross-entropy"


def page_of(network, notation):
    derivation = derive(network)
    report = verify(derivation, numbers=False)
    notation = NOTATIONS[notation]
    written = write_handout("html", derivation=derivation, report=report, notation=notation)
    return written.content


@pytest.mark.spread
@pytest.mark.parametrize("notation", sample([*NOTATIONS], 3))
def test_html_is_small(notation):
    for network in (Network((2, 2, 2)), Network((3, 4, 2)), SIGMOIDS, Network((2, 2, 2), *CLASSES)):
        assert len(page_of(network, notation)) <= SMALL


@pytest.mark.parametrize("notation", ["bishop", "goodfellow"])
def test_html_is_small_where_most_letters_are_bold(notation):
    page = page_of(Network((3, 4, 2), *CLASSES), notation)
    assert len(page) <= SMALL
    # With a font for all bold letters, and with brackets of layers that could be stretched, not.
    every = "".join(chr(low) for slices in SLICES.values() for low, _ in slices)
    fonts = len(faces(every)) - len(faces(page.decode()))
    layers = re.findall(rb"<mtext>\(\d\)</mtext>", page)
    assert len(page) + fonts + len(layers) * len('<mo stretchy="false"></mo>') > SMALL


def test_a_page_has_the_letters_that_it_shows_and_no_others():
    page = page_of(Network((2, 2, 2)), "goodfellow").decode()
    assert page.count("@font-face") == 2
    assert "U+1D468-1D49B" in page
    # The error of a layer as a vector is bold and slanted, and the only such Greek letter.
    page = page_of(Network((2, 2, 2)), "bishop").decode()
    assert "U+1D400-1D433" in page
    assert "U+1D739-1D739" in page
    assert page.count("@font-face") == 3


def test_a_chain_that_a_narrow_screen_scrolls_is_reached_by_the_keyboard():
    pages = {name: text("html", name) for name in NETWORKS}
    chains = [
        c
        for page in pages.values()
        for c in re.findall(r'<div class="chain"[^>]*>.*?\n</div>', page, re.S)
    ]
    reached = [chain for chain in chains if "tabindex" in chain or "<a " in chain]
    others = [re.sub("<[^>]*>", "", chain) for chain in chains if chain not in reached]
    assert reached
    assert others, "what is narrow takes no stop of the keyboard"
    assert max(len(line.strip()) for chain in others for line in chain.splitlines()) <= 24


def test_notebook_is_valid():
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    made = nbformat.reads(text("notebook"), as_version=4)
    nbformat.validate(made)
    assert any("network.svg" in cell.get("attachments", {}) for cell in made.cells)


RUN = {
    "open": Network((2, 2, 2)),
    "batch": Network((3, 4, 2), batch=True, weight_decay=0.01),
    "classifier": Network((4, 5, 3), ("relu", "softmax"), "cross-entropy"),
    "bits": Network((2, 3, 1), ("gelu", "sigmoid"), "binary-cross-entropy"),
    "signs": Network((2, 3, 1), ("selu", "identity"), "hinge"),
    "own": Network((2, 4, 3), ("x*sigmoid(x)", "elu"), "(y-yhat)**4", bias=False),
}


def code_of(network):
    written = write_handout("notebook", derivation=derive(network), report=None)
    cells = json.loads(written.content)["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]


@pytest.mark.spread
@pytest.mark.parametrize("name", sample([*RUN], 4))
def test_a_notebook_runs_from_top_to_bottom(name, capsys):
    code = code_of(RUN[name])
    assert len(code) == 6
    known = {}
    for cell in code:
        exec(cell, known)
    said = capsys.readouterr().out.splitlines()
    assert float(said[0].split()[-1]) < 1e-6
    assert len(said) == 8


def test_a_wrong_statement_of_a_notebook_is_noticed():
    code, known = code_of(RUN["open"]), {}
    code[2] = code[2].replace("@ W2.T", "@ W2")
    with pytest.raises(AssertionError):
        exec("\n\n".join(code), known)


@pytest.mark.parametrize(
    ("latex", "typst"),
    [
        (r"W_{12}^{(1)} x_1 + b_1", "W_(12)^((1)) x_(1) + b_(1)"),
        (r"\frac{\partial \mathcal{L}}{\partial h'}", "frac(partial cal(L), partial h^(prime))"),
        (r"\underset{2 \times 2}{W^{(1)}}", "limits(W^((1)))_(2 times 2)"),
    ],
)
def test_both_languages_measure_alike(latex, typst):
    assert measure_typst(typst) == pytest.approx(measure_latex(latex), abs=0.6)
