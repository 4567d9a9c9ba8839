"""Whole documents: that they are well formed, the same each time, and safe."""

import json
import re
import shutil
import subprocess
from functools import cache
from importlib.resources import files

import jsonschema
import pytest
from handout.combinations import COMBINATIONS, notation_of
from rendering.formulas import DISPLAY, unbalanced
from running import Symback
from sampling import covering, sample

from symback.calculus import derive
from symback.errors import InputError, TooLargeError
from symback.model.network import Network
from symback.model.parameter_names import parse_parameter
from symback.notation import FOUNDING, NOTATIONS
from symback.printing.subset import unknown
from symback.rendering import FORMATS
from symback.rendering.page import two_digits
from symback.rendering.render import render
from symback.verification import verify

NETWORKS = {
    "generic": Network(layers=(2, 2, 2)),
    "one layer": Network(layers=(2, 1), activations=("g",)),
    "classifier": Network(layers=(3, 4, 2), activations=("relu", "softmax"), loss="cross-entropy"),
    "deep": Network(layers=(2, 3, 2, 1), activations=("tanh", "elu", "sigmoid"),
                    loss="binary-cross-entropy", bias=False),
    "wide": Network(layers=(784, 128, 10)),
    "regression": Network(layers=(2, 2, 1), activations=("phi", "identity"), loss="huber"),
}  # fmt: skip


derived = cache(derive)


def document(network, name, **options):
    return render("derivation", name, derivation=derived(network), report=None, **options)


@cache
def plain(network, name):
    """A document that several tests read, written once."""
    return document(NETWORKS[network], name)


@pytest.mark.spread
@pytest.mark.parametrize(("network", "name"), covering(NETWORKS, FORMATS))
def test_every_document_is_written_and_the_same_each_time(network, name):
    first = plain(network, name)
    if network in ("classifier", "regression"):
        assert first == render(
            "derivation", name, derivation=derive(NETWORKS[network]), report=None
        )
    assert first.endswith("\n")
    assert not re.search("[\ue000-\ue00f]|&#\\d+;|&(?:lt|gt|amp);|Undefined", first)
    assert "\n\n\n\n" not in first


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ["latex", "markdown"])
def test_mathematics_stays_in_the_subset(network, name):
    text = plain(network, name)
    formulas = re.findall(r"^```math$(.*?)^```$|\$`?([^$`\n]+)`?\$", text, re.S | re.M)
    assert formulas
    displays = re.findall(
        r"\\begin\{(align|alignat|equation)\*\}(?:\{2\})?(.*?)\\end\{\1", text, re.S
    )
    for formula in [a or b for a, b in formulas] + [body for _, body in displays]:
        layout = (
            r"\\(begin|end)\{aligned\}|\\tag\{\d+\}|\\text\{\\small .*?\}(?=\s|\\|$)"
            r"|\\hspace\{\d+em\}|\\q?quad|\\\\\*?|&|\n"
        )
        assert unknown(re.sub(layout, " ", formula)) == []


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ["latex", "markdown"])
def test_every_display_is_a_formula_of_its_own(network, name):
    text = plain(network, name)
    displays = [found[2] or found[3] for found in DISPLAY.finditer(text)]
    assert len(displays) > 5
    assert [d for d in displays if unbalanced(d)] == []


def test_a_formula_that_is_broken_stays_in_one_display():
    network = Network((3, 4, 2))
    text = document(network, "markdown", weights=[parse_parameter("W1[2,3]", network)])
    broken = [found[3] for found in DISPLAY.finditer(text) if r"\\" in found[0]]
    assert len(broken) >= 4
    assert [d for d in broken if unbalanced(d) or not d.startswith("\n\\begin{aligned}")] == []


@pytest.mark.parametrize("formula", [r"\bigl(a", r"a\bigr)", r"\bigl(a)", "(a]", "{(a})", "a)("])
def test_a_bracket_without_a_fellow_is_found(formula):
    assert unbalanced(formula)


@pytest.mark.parametrize("network", NETWORKS)
def test_markdown_keeps_its_mathematics_from_markdown(network):
    text = plain(network, "markdown")
    words = re.sub(r"^```math\n(?:(?!```).*\n)+```$|\$`[^`$\n]+`\$", "", text, flags=re.M)
    assert not re.search(r"[$`_]|\\[A-Za-z,;]", words)


@pytest.mark.parametrize("name", ["text", "latex", "markdown"])
def test_no_matrix_form_says_that_something_equals_itself(name):
    page = plain("generic", name)
    matrices = page[page.index("In matrices") : page.index("Conventions")]
    numbers = re.findall(r"^ \((\d+)\)|\\tag\{(\d+)\}", matrices, re.M)
    assert [int(a or b) for a, b in numbers] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13]


def test_a_sum_over_an_open_number_of_samples_is_not_written_out():
    batch = Network(layers=(2, 2), activations=("g",), batch=True)
    assert "Unit by unit" not in document(batch, "text")
    assert "Unit by unit" in document(Network(layers=(2, 2), activations=("g",)), "text")


def test_ascii_is_ascii():
    assert document(NETWORKS["generic"], "text", ascii=True).isascii()


def test_colour_only_when_asked():
    page = plain("generic", "text")
    coloured = document(NETWORKS["generic"], "text", color=True)
    assert "\x1b" not in page
    assert re.sub(r"\x1b\[\d*m", "", coloured) == page


@pytest.mark.spread
@pytest.mark.parametrize("network", NETWORKS)
def test_json_obeys_its_schema(network):
    schema = json.loads(files("symback.rendering").joinpath("derivation.schema.json").read_text())
    data = json.loads(plain(network, "json"))
    jsonschema.validate(data, schema)
    for parameter in data["parameters"]:
        assert parameter["units"], "every array has an entry worked out"
        assert parameter["left"]["text"] not in parameter["gradient"]["text"]
    reasons = [link["reason"] for step in data["steps"] for link in step["links"]]
    assert all(reasons)


def test_json_names_what_vanishes_and_the_range_of_a_sum():
    data = json.loads(plain("generic", "json"))
    first, second = data["parameters"][:2]
    assert first["gradient"]["text"].startswith("sum(i in 1..2, dL/dyhat[i]*")
    assert second["left"]["text"] == "dL/db1[k]"
    zeros = [
        [part["text"] for part in link["vanishes"]]
        for chain in first["units"][1]["chains"]
        for link in chain["links"]
        if link["vanishes"]
    ]
    assert zeros == [["dh[1]/dW1[1,2]"], ["dh[1]/dW1[1,2]"]]


def test_exactly_the_weights_asked_for():
    network = NETWORKS["generic"]
    text = document(network, "text", weights=[parse_parameter("W1[1,2]", network)])
    assert re.findall("The derivative with respect to (.*)", text) == ["W₁₂⁽¹⁾"]


def test_too_many_weights_are_refused():
    with pytest.raises(TooLargeError, match="1002000 weights"):
        document(Network(layers=(1000, 1000, 2), bias=False), "text", weights="all")


def test_unknown_documents_and_formats():
    derivation = derive(NETWORKS["one layer"])
    for name, kind in (("poem", "text"), ("derivation", "docx"), ("verification", "latex")):
        with pytest.raises(InputError):
            render(name, kind, derivation=derivation, report=None)


TALL = "tanh(sin(x)+cos(x)/(1+exp(-x)))*exp(-x**2)/(1+x**2+x**4)"
TYPESET = {
    **{name: (NETWORKS[name], FOUNDING) for name in ("generic", "classifier", "deep", "wide")},
    **{name: (COMBINATIONS[name], notation_of(name)) for name in sample([*COMBINATIONS], 2)},
    "tall": (Network((2, 3, 2), (TALL, "g"), "(y-yhat)**4/(1+(y-yhat)**2)"), FOUNDING),
    "many paths": (Network((1000,) * 12), NOTATIONS["nielsen"]),
}


def typeset(page, folder):
    """What pdflatex says of a page."""
    (folder / "page.tex").write_text(page, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


def complaints(log):
    """What a reader of the page would see: what runs out of it, and bitmap fonts."""
    return re.findall(r"Overfull \\[hv]box|undefined|pk>", log)


needs_pdflatex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is missing")


@pytest.mark.spread
@needs_pdflatex
@pytest.mark.parametrize("name", sample([*TYPESET], 4))
def test_latex_compiles_and_nothing_runs_out_of_the_page(name, tmp_path):
    network, notation = TYPESET[name]
    derivation = derived(network)
    report = verify(derivation, numbers=False) if name in NETWORKS else None
    page = render("derivation", "latex", derivation=derivation, report=report,
                  notation=notation)  # fmt: skip
    assert complaints(typeset(page, tmp_path)) == []


@needs_pdflatex
def test_what_runs_out_of_a_page_is_noticed(tmp_path):
    page = plain("generic", "latex")
    torn = page.replace(r"\section{Conventions}", r"\noindent\hbox to 2\textwidth{\hfill}")
    assert complaints(typeset(torn, tmp_path)) == [r"Overfull \hbox"]


@pytest.mark.spread
@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ((100, 1000, 1000, 1000, 1000), "10⁹ paths"),
        ((2, 7777, 7777, 7777, 7777), "about 4.7 · 10¹¹ paths"),
        ((2, 900, 900, 900), "810,000 paths"),
    ],
)
def test_a_number_of_paths_that_can_be_read(layers, said):
    network = Network(layers)
    text = document(network, "text", weights=[parse_parameter("W1[1,2]", network)])
    assert f"  There are {said} from W₁₂⁽¹⁾ to the loss" in text


def test_two_digits():
    for number in (10, 99, 9949, 9951, 10**15 - 1, 10**15, 2701703435345984178, 10**9000 - 1):
        lead, exponent = two_digits(number)
        assert 10 <= lead < 100
        assert 2 * abs(lead * 10 ** (exponent - 1) - number) <= 10 ** (exponent - 1)


@pytest.mark.parametrize(
    ("formula", "outside"),
    [
        (r"\frac{a}{b} \, \delta_k^{(1)}", []),
        (r"\operatorname{f}(x)", [r"\operatorname"]),
        ("a ÷ b", ["÷"]),
        ("a}{b", ["}", "{"]),
        ("{a", ["{"]),
    ],
)
def test_what_is_outside_the_subset_of_latex_is_noticed(formula: str, outside: list[str]) -> None:
    assert unknown(formula) == outside


@pytest.mark.spread
@pytest.mark.parametrize(
    "name", sample(["lstm", "batch-norm", "conv1d", "tied-embedding", "attention"], 3)
)
def test_the_data_of_a_model_obey_the_schema(symback_command: Symback, name: str) -> None:
    schema = json.loads(files("symback.rendering").joinpath("derivation.schema.json").read_text())
    wanted = () if name == "tied-embedding" else ("--gradients", "inputs")
    data = json.loads(symback_command("derive", "--model", name, *wanted, "--format", "json").out)
    jsonschema.validate(data, schema)


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("conv1d", "∂L/∂x[n] = Σ(i=max(1,n−M+1)..min(n,N−M+1)) ∂L/∂y[i] · w[n−i+1]"),
        ("attention", "∂L/∂S[n,m] = (∂L/∂A[n,m] − Σⱼ ∂L/∂O[n,j] · O[n,j]) · A[n,m]"),
        ("rms-norm", "The same with (5) put in:"),
    ],
)
def test_another_textbook_form_stands_below_its_step(
    symback_command: Symback, name: str, form: str
) -> None:
    arguments = ("derive", "--model", name, "--gradients", "inputs")
    assert form in symback_command(*arguments).out
    for format in ("latex", "markdown"):
        assert "The same with" in symback_command(*arguments, "--format", format).out
    steps = json.loads(symback_command(*arguments, "--format", "json").out)["steps"]
    assert any(step["forms"] for step in steps)
