"""What stands at a handout's foot: sources, and exercises that there are."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest
from handout.handouts import text
from sampling import FULL, sample

from symback.calculus import derive
from symback.cli.app import run
from symback.model.language.reader import read_model
from symback.model.language.sources import library_names, library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import Handout, write_handout

WITH_EXERCISES = {
    "generic": Network((2, 2, 2)),
    "wide": Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"),
    "deep": Network((5, 4, 6, 2), ("tanh", "tanh", "sigmoid"), "half-squared-error"),
    "without biases": Network((3, 1), ("identity",), "huber", bias=False),
}
WITHOUT = {
    "a batch": Network((2, 2, 2), batch=True),
    "decay": Network((2, 2, 2), weight_decay=0.01),
    "known and generic": Network((2, 2, 2), ("tanh", "g")),
    "too deep": Network((2, 2, 2, 2, 2)),
}


def handout(network: Network) -> Handout:
    return Handout(derive(network), None, ())


@pytest.mark.parametrize("name", sample([*WITH_EXERCISES], 1))
def test_the_exercises_that_it_speaks_of_are_written(name, tmp_path):
    command = shlex.split(handout(WITH_EXERCISES[name]).exercised_by)
    assert command[:2] == ["symback", "exercises"]
    assert run([*command[1:], "-o", str(tmp_path / "sheet.md")]) == 0


@pytest.mark.parametrize("name", library_names() if FULL else ["rnn", "max-pooling"])
def test_those_on_models_are_written_where_there_are_any(name, tmp_path):
    derivation = derive(read_model(library_text(name)))
    by = Handout(derivation, None, (), verified_by=f"symback verify --model {name}").exercised_by
    assert (by == "") is (name in ("max-pooling", "average-pooling"))
    asked = shlex.split(by or f"symback exercises --model {name}")
    assert (run([*asked[1:], "--count", "2", "-o", str(tmp_path / "sheet.md")]) == 0) is (by != "")
    assert Handout(derivation, None, ()).exercised_by == "", "nothing says what would state it"


@pytest.mark.parametrize("notation", ["founding", *sample(list(NOTATIONS)[1:], 1)])
def test_they_are_in_the_handout_s_notation(notation, tmp_path):
    network = WITH_EXERCISES["generic"]
    contents = Handout(derive(network), None, (), notation=NOTATIONS[notation])
    for command in (contents.exercised_by, contents.answered_by):
        assert (f"--notation {notation}" in command) is (notation != "founding")
    assert run([*shlex.split(contents.exercised_by)[1:], "-o", str(tmp_path / "sheet.md")]) == 0


@pytest.mark.parametrize("name", [*WITHOUT] if FULL else list(WITHOUT)[:3])
def test_none_are_spoken_of_where_there_are_none(name, tmp_path):
    assert handout(WITHOUT[name]).exercised_by == ""
    assert "symback exercises" not in text("markdown", "deep")
    asked = handout(WITHOUT[name]).command.replace(" verify", " exercises")
    # A deep network has exercises, which are more than a handout's reader works by hand.
    expected = 0 if name == "too deep" else 2
    assert run([*shlex.split(asked)[1:], "-o", str(tmp_path / "sheet.md")]) == expected


def test_a_reader_s_line_is_judged_by_the_command_that_it_speaks_of(capsys):
    command = shlex.split(handout(WITH_EXERCISES["wide"]).answered_by)
    assert run([*command[1:], "dL/dy[2]' = yhat[2] - y[2]"]) == 0
    assert run([*command[1:], "dL/dy[2]' = y[2] - yhat[2]"]) == 1
    assert "PROVED" in capsys.readouterr().out


def test_a_model_s_sources_are_those_of_its_text():
    head = "# A model\n#\n# Sources: One and Two, Journal 1\n# (2001) 1-2; three.\n# Not this.\n\n"
    model = read_model(head + "param w\ninput x\nL = w x\n")
    assert model.sources == "One and Two, Journal 1 (2001) 1-2; three"
    written = write_handout("markdown", derivation=derive(model), report=None).content.decode()
    assert "Sources: One and Two, Journal 1 \\(2001\\) 1\\-2; three." in written
    assert "Not this" not in written
    one = read_model(head.replace("; three", "") + "param w\ninput x\nL = w x\n")
    written = write_handout("markdown", derivation=derive(one), report=None).content.decode()
    assert "Source: One and Two" in written
    without = read_model("# A model\nparam w\ninput x\nL = w x\n")
    assert without.sources == ""
    assert (
        "Sources"
        not in write_handout("markdown", derivation=derive(without), report=None).content.decode()
    )


def test_the_notation_s_source_is_named_where_it_has_one():
    derivation = derive(Network((2, 2, 2)))
    for name, notation in NOTATIONS.items():
        written = write_handout("markdown", derivation=derivation, report=None, notation=notation)
        assert ("The notation follows" in written.content.decode()) is (name != "founding"), name


def test_of_another_notation_the_source_begins_with_where_it_was_published():
    derivation = derive(Network((2, 2, 2)))
    said = "A. Nobody & Sons, Notes (2001), chapter 2: weights are called so: w."
    for source, expected in ((said, r"Nobody \& Sons, Notes (2001), chapter 2."), ("", None)):
        notation = replace(NOTATIONS["bishop"], name="nobody", source=source)
        written = write_handout("latex", derivation=derivation, report=None, notation=notation)
        page = " ".join(written.content.decode().split())
        assert ("The notation follows" in page) is (expected is not None)
        assert expected is None or f"The notation follows A. {expected}" in page
        assert "weights are called so" not in page


@pytest.mark.parametrize("format", ["latex", "typst", "html", "markdown", "notebook"])
def test_a_date_and_a_licence_stand_there_as_typed(format):
    written = text(format, date="1 May <2026>", licence="CC BY 4.0 & more")
    assert "2026" in written
    assert "CC BY 4" in written
    assert "<2026>" not in written or format in ("latex", "notebook")
    assert "CC BY" not in text(format)


def test_typst_takes_no_semicolon_of_a_sentence():
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    assert "$);; on the letter" in text("typst", "classifier")

    def said(sentence: str) -> str:
        shown = "#context [#metadata(repr(query(heading)))<all>]"
        source = f"#let m(said, body) = body\n= {sentence}\n{shown}"
        return str(typst.query(source.encode(), "<all>", field="value", one=True))

    assert "; on" in said('#m("f", [f]);; on the letter')
    assert "; on" not in said('#m("f", [f]); on the letter'), "one is Typst's own"
