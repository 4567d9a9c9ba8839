"""Documents about products of second order: every format, Pearlmutter's notation, refusals."""

import json
import re
from dataclasses import replace
from functools import cache

import jsonschema
import pytest
from sampling import covering, sample

import symback
from symback import InputError, Network
from symback.calculus.second import PRODUCTS, derive_second
from symback.model.language.sources import library_names, library_text
from symback.rendering.handout import HANDOUT_FORMATS, write_handout
from symback.rendering.second import SECOND_FORMATS, render_second
from symback.verification.second import verify_second

CLASSIFIER = Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy")


@cache
def second(name, product="hvp"):
    model = symback.read_model(library_text(name).partition("\nclaims")[0])
    return derive_second(symback.derive(model), product)


@cache
def classified(product):
    return derive_second(symback.derive(CLASSIFIER), product)


@pytest.mark.parametrize("format", SECOND_FORMATS)
@pytest.mark.parametrize("name", sample(library_names(), 4, seed=3))
def test_every_line_stands_in_every_format(name, format):
    made = second(name)
    text = render_second(made, format, report=None)
    for line in made.tangents:
        tags = {"text": f"({line.number})", "json": f'"number": {line.number},'}
        assert tags.get(format, rf"\tag{{{line.number}}}") in text
    assert not re.search(r"Directional|Partial|Undefined", text)


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_network_is_told_in_its_notation(product):
    made = derive_second(symback.derive(CLASSIFIER), product)
    text = render_second(made, "text", report=verify_second(made))
    assert "R{hₖ} = tanh′(hₖ′) R{hₖ′}" in text
    assert "Every claim below was checked and holds." in text
    # Bishop (2006), (5.109): R of the adjoint of a pre-activation.
    assert ("G{∂ℒ/∂hₖ} = Σᵢ G{∂ℒ/∂yᵢ′} · Wₖᵢ⁽²⁾" in text) == (product == "gauss-newton")
    assert ("R{∂ℒ/∂yₖ′} = R{ŷₖ}" in text) == (product == "hvp")


def test_plain_text_has_no_unicode_beyond_names():
    text = render_second(second("linear-regression"), "text", report=None, ascii=True)
    assert text.isascii()
    assert "R{dL/dw[j]}" in text


def test_what_does_not_change_is_0():
    text = render_second(second("layer-norm"), "text", report=None)
    assert "R{∂L/∂β[j]} = 0" in text


def faulty():
    """A product with a factor too much in its last line."""
    made = second("linear-regression")
    last = made.backward[-1]
    slip = replace(last.links[-1], expression=2 * last.result)
    return replace(made, backward=(*made.backward[:-1], replace(last, links=(slip,))))


def test_a_line_that_does_not_hold_is_told():
    wrong = faulty()
    text = " ".join(render_second(wrong, "text", report=verify_second(wrong)).split())
    assert "of the claims below do not hold" in text
    assert "it is not the derivative along the direction" in text


def test_another_format_is_refused():
    with pytest.raises(InputError, match="not written as 'html'"):
        render_second(second("rnn"), "html", report=None)


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "product"), covering(sample(["rnn", "classifier", "layer-norm"], 1, seed=7), PRODUCTS)
)
def test_data_keep_to_their_schema(name, product, symback_command):
    if (name, product) == ("layer-norm", "gauss-newton"):
        pytest.skip("its matrix is 0")
    made = second(name, product) if name != "classifier" else classified(product)
    schema = json.loads(symback_command("schema", "second").out)
    data = json.loads(render_second(made, "json", report=verify_second(made)))
    jsonschema.validate(data, schema)
    assert [line["number"] for part in ("along", "back") for line in data[part]] == [
        line.number for line in made.tangents
    ]
    links = [link for part in ("along", "back") for line in data[part] for link in line["links"]]
    assert {link["verdict"] for link in links} <= {"proved", "agrees"}
    without = data | {"products": [{**data["products"][0], "left": "0"}]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(without, schema)


@pytest.mark.spread
@pytest.mark.parametrize("option", [["--second", "hvp"], ["--second", "gauss-newton"], ["--jvp"]])
@pytest.mark.parametrize(
    "model", [["--model", "linear-regression"], ["--layers", "2,3,2", "--loss", "huber"]]
)
def test_the_command_line(symback_command, model, option):
    assert symback_command("derive", *model, *option).code == 0
    made = symback_command("derive", *model, *option, "--format", "latex")
    assert made.code == 0
    assert r"\mathcal{R}" in made.out


def test_the_command_line_refuses_by_name(symback_command):
    linear = symback_command("derive", "--model", "lora", "--second", "gauss-newton")
    assert linear.code == 2
    assert "--second: the loss is linear in its outputs y" in linear.err
    both = symback_command("derive", "--model", "rnn", "--second", "hvp", "--jvp")
    assert both.code == 2
    data = symback_command("derive", "--model", "rnn", "--second", "hvp", "--format", "jsonl")
    assert data.code == 2
    assert "possible are text, latex, markdown, numpy and json" in data.err
    code = symback_command("derive", "--model", "rnn", "--second", "hvp", "--format", "numpy")
    assert code.code == 0
    assert "def hessian_vector_product(" in code.out


def handout(made, format, **options):
    report, own = symback.verify(made.derivation), verify_second(made)
    options |= {"derivation": made.derivation, "report": report}
    written = write_handout(format, second=made, second_report=own, **options)
    return written.content.decode()


EACH = [(format, product) for format in HANDOUT_FORMATS for product in PRODUCTS]


@pytest.mark.spread
@pytest.mark.parametrize(("format", "product"), sample(EACH, 5))
def test_a_handout_has_it_as_a_part(format, product):
    made = classified(product)
    text = handout(made, format)
    name = {"hvp": "Hessian", "gauss-newton": "Gauss-Newton matrix"}.get(product, "outputs")
    assert f"The {name}" in text
    assert "Every line along the vector was checked" in text
    for line in made.tangents:
        assert f"({line.number})" in text or f"\\tag{{{line.number}}}" in text
    assert not re.search(r"Directional|Partial\(|Undefined", text)
    without = write_handout(format, derivation=made.derivation, report=None).content.decode()
    assert f"The {name} " not in without


def test_a_brief_handout_has_results_alone():
    text = handout(classified("hvp"), "markdown", detail="brief")
    assert "product and chain rule" not in text
    assert r"\mathcal{R}" in text


def test_a_handout_tells_a_line_that_does_not_hold():
    text = " ".join(handout(faulty(), "markdown").split())
    assert "of the claims below do not hold" in text
    assert "it is not the derivative along the direction" in text
    assert "Every line along the vector was checked" not in text


def test_the_command_line_writes_a_handout(symback_command, tmp_path):
    page = tmp_path / "page.html"
    made = symback_command("handout", "--model", "rnn", "--jvp", "-o", str(page))
    assert made.code == 0, made.err
    assert 'id="second"' in page.read_text()
    refused = symback_command("handout", "--model", "lora", "--second", "gauss-newton")
    assert refused.code == 2
    assert "--second: the loss is linear in its outputs y" in refused.err
