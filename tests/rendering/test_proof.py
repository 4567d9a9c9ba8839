"""What was proved is told in words, and what was not is located."""

import json
from importlib.resources import files

import jsonschema
import pytest
from sympy import Symbol

from symback.calculus import derive
from symback.model.network import Network
from symback.rendering.render import render
from symback.verification import report as reports
from symback.verification.report import Check, Claim, Location, Report, Verdict, Witness

DERIVATION = derive(Network(layers=(2, 2, 2)))
TESTIMONIES = (
    reports.Testimony(Witness.IDENTITY, 3, 3),
    reports.Testimony(Witness.SMALL_INSTANCE, 3, 3, (("n_1", 2),), error_bits=60),
    reports.Testimony(Witness.SYMPY_DIFF, 0, 0, left_out="too-many", limit=200),
)
GOOD = Report(
    (
        Check(Claim.LINK, Location("y_pre", 7, link=1), Verdict.PROVED, (Witness.IDENTITY,)),
        Check(Claim.LINK, Location("y_pre", 7, link=2), Verdict.AGREES, (Witness.IDENTITY,)),
        Check(Claim.MATRIX, Location("W2", 8), Verdict.PROVED, (Witness.IDENTITY,)),
    ),
    TESTIMONIES,
    sources={"BP1": "a text book, chapter 2"},
)
BAD = Report(
    (
        Check(
            Claim.LINK,
            Location("y_pre", 7, link=2),
            Verdict.REFUTED,
            (Witness.IDENTITY,),
            left=DERIVATION.step_of["y_pre"].result,
            right=Symbol("L"),
        ),
    ),
    TESTIMONIES,
)


def written(document, name, report):
    return render(document, name, derivation=DERIVATION, report=report)


@pytest.mark.parametrize("document", ["derivation", "verification"])
def test_what_holds(document):
    text = " ".join(written(document, "text", GOOD).split())
    assert "Every claim below was checked and holds." in text
    unchecked = "The worked examples were not checked link by link."
    assert (unchecked in text) is (document == "derivation")
    assert "2 links of the steps, each equal to the one before it: 1 proved, 1 agrees" in text
    assert "1 matrix form, entry by entry: proved." in text
    assert "not asked, beyond 200 weights and biases." in text
    assert "A text book: chapter 2." in text


def test_claims_are_counted_by_what_came_of_them():
    def check(verdict):
        return Check(Claim.LINK, Location("y_pre", 7, link=2), verdict, (Witness.IDENTITY,))

    checks = (*map(check, Verdict), check(Verdict.REFUTED))
    report = Report(checks, TESTIMONIES)
    text = " ".join(written("verification", "text", report).split())
    assert "3 of the claims below do not hold. 1 of the claims below could not be decided" in text
    counted = (
        "1 proved, 1 agrees at small sizes, 2 refuted, 1 wrong for what it builds on, 1 undecided."
    )
    assert counted in text
    assert "do not hold, 1 of 6 claims are undecided" in repr(report)
    open_ = Report((check(Verdict.UNDECIDED),), TESTIMONIES)
    assert "do not hold" not in repr(open_) + written("verification", "text", open_)
    assert not open_.refuted
    assert report.refuted


def test_what_does_not_hold_is_located():
    text = " ".join(written("verification", "text", BAD).split())
    assert "1 refuted" in text
    assert "1 of the claims below does not hold." in text
    assert "Does not hold: ∂ℒ/∂yₖ′, (7), link 2: it does not equal what stands before it" in text
    assert "ℒ should equal ∂ℒ/∂ŷₖ · g′(yₖ′)." in text


@pytest.mark.parametrize("report", [GOOD, BAD], ids=["good", "bad"])
@pytest.mark.parametrize("document", ["derivation", "verification"])
def test_json(document, report):
    schema = json.loads(files("symback.rendering").joinpath("derivation.schema.json").read_text())
    data = json.loads(written(document, "json", report))
    jsonschema.validate(data, schema)
    assert data["proof"]["ok"] is report.ok
    if document == "derivation":
        (step,) = (step for step in data["steps"] if step["quantity"] == "y_pre")
        assert step["links"][1]["verdict"] == ("agrees" if report.ok else "refuted")


@pytest.mark.parametrize("name", ["latex", "markdown"])
def test_the_other_formats_say_it_too(name):
    said = written("derivation", name, GOOD)
    assert "2 of 3 claims hold by exact algebra; 1 link of the steps" in said
