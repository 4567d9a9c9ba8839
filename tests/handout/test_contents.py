"""What a handout says, at each level of detail."""

import re
from itertools import pairwise

import pytest
from handout.handouts import NETWORKS, proved, text
from handout.mathematics import FOREIGN, OF, spoken
from rendering.formulas import unbalanced
from sampling import covering, sample

from symback.algebra.expressions import Marked, Partial
from symback.calculus import derive
from symback.errors import InputError
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import HANDOUT_FORMATS, Detail, Handout, entries_for, write_handout
from symback.rendering.handout.pdf import pdf_from_typst
from symback.verification import verify

WRITTEN = [name for name in HANDOUT_FORMATS if name != "pdf"]


def contents(name, detail="standard"):
    derivation, report = proved(name, detail)
    return Handout(derivation, report, entries_for(derivation, detail, None), detail=Detail(detail))


HEADINGS = {
    "summary": "In short", "network": "The network", "equations": "Forward and backward pass",
    "worked": "A weight, step by step", "functions": "The functions and their derivatives",
    "gradients": "All gradients", "conventions": "Conventions", "proof": "Proof",
    "further": "Reading and exercises",
    "steps": "Every step of the chain rule", "transposes": "Where the transposes come from",
    "claims": "What was proved, claim by claim",
}  # fmt: skip


def heading(format, number, said):
    return {
        "latex": f"\\section{{{said}}}",
        "markdown": f"## {number} {said}",
        "notebook": f"## {number} {said}",
        "html": f"<h2>{said}</h2>",
        "typst": f"= {said}",
    }[format]


@pytest.mark.parametrize(("format", "name"), covering(WRITTEN, NETWORKS))
def test_every_part_is_there_in_order(format, name):
    written = text(format, name)
    parts = contents(name).sections
    said = [heading(format, number, HEADINGS[code]) for number, code in enumerate(parts, 1)]
    places = [written.index(part) for part in said]
    assert places == sorted(places)
    assert {"summary", "network", "equations", "worked", "gradients", "proof"} <= set(parts)
    assert ("functions" in parts) is bool(set(NETWORKS[name].get("activations", ())) - {"g"})
    assert not re.search("[\ue000-\ue00f]|Undefined|\\b1 \\\\cdot |[-+] [-+] ", written)


@pytest.mark.parametrize("format", WRITTEN)
def test_parts_can_be_chosen(format):
    written = text(format, sections=("proof", "summary"))
    assert heading(format, 1, "In short") in written
    assert written.index("In short") < written.index(heading(format, 2, "Proof"))
    assert "The network" not in written
    assert "eq-" not in written.partition("#title()")[2], "nothing leads to what is not there"


def test_a_part_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="no part 'prof'"):
        text("html", sections=("prof",))


@pytest.mark.parametrize(("name", "adds_up"), [("regression", False), ("classifier", True)])
def test_nothing_is_added_up_over_a_single_output(name, adds_up):
    written = text("markdown", name)
    assert ("All outputs together:" in written) is adds_up
    assert (r"\mathbf{1}" in written) is adds_up
    assert ("| column of ones" in written) is adds_up
    whole = text("markdown", name, "full")
    assert ("A row of ones" in whole or "A column of ones" in whole) is adds_up


@pytest.mark.spread
@pytest.mark.parametrize(("format", "name"), covering(OF, NETWORKS))
def test_every_formula_has_its_brackets(format, name):
    formulas = [formula for formula, _ in OF[format](text(format, name, "full"))]
    assert [formula for formula in formulas if unbalanced(formula)] == []


def test_levels_say_more_and_more():
    lengths = [len(text("latex", detail=detail)) for detail in ("brief", "standard", "full")]
    assert lengths == sorted(lengths)
    assert 2 * lengths[0] < lengths[2]
    assert "The derivative with respect to" not in text("latex", detail="brief")
    assert "One factor at a time" in text("latex")
    assert "everything written out" in text("latex", detail="full")
    assert "everything written out" not in text("latex")


def examples(detail):
    worked = r"\\subsection\*\{The derivative with respect to \$(.*?)\$\}"
    return re.findall(worked, text("latex", detail=detail))


def test_one_hidden_weight_is_worked_and_in_full_one_of_each_array():
    assert examples("standard") == [r"\weight{1}{12}"]
    assert examples("full") == [
        r"\weight{1}{12}", r"\bias{1}{1}", r"\weight{2}{12}", r"\bias{2}{1}",
    ]  # fmt: skip
    made = contents("generic")
    assert [str(chain.quantity.name) for chain in made.in_brief] == ["W2"]


def test_what_vanishes_and_inner_parts_stand_over_a_brace():
    for format, brace in (("latex", r"\underbrace{"), ("typst", "underbrace("), ("html", "⏟")):
        assert brace in text(format)


def test_what_vanishes_is_explained_where_it_stands():
    made = contents("classifier", "full")
    for worked in made.in_full:
        stages = [stage for stage, _ in worked.stages]
        for before, stage in pairwise(stages):
            if stage.part != "vanishing":
                continue
            (chain,) = before.chains
            marks = chain.links[-1].expression.atoms(Marked)
            braced = {p.of for m in marks for p in m.atoms(Partial) if m.mark == "vanishes"}
            assert {chain.subject for chain in stage.chains} <= braced
        parts = [stage.part for stage in stages]
        assert parts.count("rest") == parts.count("vanishing") > 0


def test_full_has_each_unit_of_a_small_network():
    assert contents("classifier", "full").written_out
    assert not contents("wide", "full").written_out


def test_equation_numbers_are_those_of_the_derivation():
    derivation, _ = proved("generic")
    last = derivation.steps[-1].number
    for format, pattern in (
        ("latex", r"\\tag\{(\d+)\}"),
        ("markdown", r"^\| \((\d+)\) \|"),
        ("html", r'id="eq-(\d+)"'),
        ("typst", r"^    \((\d+), "),
    ):
        found = re.findall(pattern, text(format), re.M)
        assert list(map(int, found)) == list(range(1, last + 1)), format


def test_every_reference_leads_somewhere():
    for name in NETWORKS:
        page = text("html", name, "full")
        assert set(re.findall(r'href="#([\w-]+)"', page)) <= set(re.findall(r'id="([\w-]+)"', page))
        latex = text("latex", name, "full")
        numbers = set(re.findall(r"\\(?:eqn\{|label\{eq:)(\w+)\}", latex))
        assert set(re.findall(r"\\eqref\{eq:(\w+)\}", latex)) <= numbers
        assert len(numbers) > 20


@pytest.mark.parametrize("name", NETWORKS)
def test_every_transpose_has_a_reason(name):
    made = contents(name)
    for passage in made.passages:
        assert all(
            code.removesuffix("-again") in ("outer-left", "sum-right", "ones-entries-right")
            for code, _ in passage.reasons
        )
    weights = [q for q in made.derivation.model.parameters if q.role == "weight"]
    outer = [p for p in made.passages if p.reasons[0][0].startswith("outer-left")]
    assert len(outer) == len(weights)


def test_the_proof_is_told_equation_by_equation():
    made = contents("generic")
    assert [n for row in made.proof_rows for n in row.numbers] == list(range(1, 14))
    assert made.proof_rows[0].numbers == (1, 2, 3, 4, 5), "of which the same was proved"
    assert made.proof_rows[0].claims == (("matrix", 1),)
    assert [row.entries for row in made.proof_rows if row.entries]
    assert {row.verdict for row in made.proof_rows} <= {"proved", "agrees"}


def test_conventions_at_kinks_are_stated():
    assert "ReLU" in text("html", "classifier")
    assert "convention of PyTorch at a kink" in text("latex", "classifier")


def test_it_is_the_same_each_time():
    for format in WRITTEN:
        first = text(format)
        text.cache_clear()
        assert text(format) == first


OTHERS = {
    "a batch in mazur": ({"layers": (2, 2, 2), "batch": True}, "mazur"),
    "a batch in bishop": ({"layers": (2, 2, 2), "batch": True}, "bishop"),
    "decimals": ({"layers": (2, 3, 2), "activations": ("leaky-relu", "selu")}, "founding"),
    "a root": ({"layers": (2, 3, 2), "activations": ("f", "sqrt(1+x**2)-1")}, "founding"),
}  # fmt: skip


@pytest.mark.parametrize("name", sample([*OTHERS], 1))
def test_other_networks_and_notations_are_written(name):
    network, notation = OTHERS[name]
    derivation = derive(Network(**network))
    report = verify(derivation, numbers=False)
    for format in WRITTEN:
        written = write_handout(
            format, derivation=derivation, report=report, notation=NOTATIONS[notation]
        )
        assert written.content, format
    if notation == "bishop":
        pytest.importorskip("typst", reason="the typst package is not installed")
        source = write_handout(
            "typst", derivation=derivation, report=report, notation=NOTATIONS[notation]
        )
        assert pdf_from_typst(source.content, "")[0].startswith(b"%PDF")


def test_the_layout_is_that_of_the_notation():
    derivation, report = proved("generic")
    rows, columns = (
        write_handout(
            "markdown", derivation=derivation, report=report, notation=NOTATIONS[name]
        ).content.decode()
        for name in ("row-vector", "nielsen")
    )
    assert "vector of units is a row" in rows
    assert "vector of units is a column" not in rows
    assert "vector of units is a column" in columns
    assert "vector of units is a row" not in columns


def test_a_bound_index_is_not_the_number_of_samples():
    network = {"layers": (2, 3, 3, 2), "activations": ("f", "f", "softmax")}
    derivation = derive(Network(**network, loss="cross-entropy", batch=True))
    report = verify(derivation, numbers=False)
    written = write_handout(
        "markdown", derivation=derivation, report=report, notation=NOTATIONS["ufldl"]
    ).content.decode()
    assert r"\frac{1}{m}" in written
    assert not re.search(r"\\sum_\{?m\b", written)


def test_html_carries_the_latex_of_each_formula_where_it_is_asked_for():
    assert "<annotation" not in text("html")
    page = text("html", tex=True)
    assert page.count("<math") == page.count('<annotation encoding="application/x-tex">') > 50


@pytest.mark.spread
@pytest.mark.parametrize("notation", ["founding", "deeplearning.ai", "bishop"])
def test_what_is_said_of_formulas_and_the_drawing_is_in_letters_alone(notation):
    derivation = derive(Network((2, 2, 2), activations=("relu", "softmax"), batch=True))
    written = {
        format: write_handout(
            format,
            derivation=derivation,
            report=None,
            notation=NOTATIONS[notation],
            picture_name="drawing.svg",
        ).content.decode()
        for format in ("typst", "markdown")
    }
    said = spoken(written["typst"])
    assert len(said) > 40
    assert not [words for words in said if FOREIGN.search(words)]
    (drawing,) = re.findall(r"!\[(.*?)\]\(", written["markdown"])
    assert "W1" not in drawing
    assert "\\\\" not in drawing


def test_batch_weight_decay_and_formulas_of_the_user_are_stated():
    network = Network(
        (2, 3, 2),
        activations=("x*sigmoid(x)", "g"),
        loss="(y - yhat)**4",
        batch=True,
        weight_decay=0.25,
    )
    derivation = derive(network)
    written = write_handout("latex", derivation=derivation, report=None).content.decode()
    assert "The loss of a batch is the mean of the losses of its samples." in written
    assert "Weight decay adds half of $\\decay{}$ = 0.25 times the sum" in written
    assert "WEIGHT" in written
    assert "loss before the weight decay" in written
    assert "sigmoid(x)" not in written
    assert "yhat" not in written.replace("{yhat}", "")


def test_a_sum_of_one_term_and_a_bound_are_written_as_anybody_would():
    derivation = derive(Network((2, 3, 1), ("tanh", "identity"), "huber"))
    for notation in ("founding", "nielsen"):
        written = write_handout(
            "markdown", derivation=derivation, report=None, notation=NOTATIONS[notation]
        ).content.decode()
        assert r"\mathbf{1}" not in written
        assert r"\leq 1" in written
        assert r"- 1 \leq 0" not in written
