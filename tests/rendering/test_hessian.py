"""Documents about the Hessian entry by entry: every format, the handout, what does not hold."""

import json
import re
from dataclasses import replace
from functools import cache

import jsonschema
import pytest
from sampling import covering, sample

import symback
from symback import Network
from symback.calculus.second import derive_second
from symback.model.language.sources import library_text
from symback.rendering.handout import HANDOUT_FORMATS, write_handout
from symback.rendering.second import SECOND_FORMATS, render_second
from symback.verification.second import verify_second


@cache
def hessian(name):
    if name == "open":
        return derive_second(symback.derive(Network((2, 2, 2))), "hessian")
    model = symback.read_model(library_text(name).partition("\nclaims")[0])
    return derive_second(symback.derive(model), "hessian")


@cache
def verified(name):
    return verify_second(hessian(name))


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "format"),
    covering(sample(["open", "logistic-regression", "layer-norm"], 2, seed=4), SECOND_FORMATS),
)
def test_every_line_stands_in_every_format(name, format, symback_command):
    made = hessian(name)
    text = render_second(made, format, report=verified(name))
    for line in made.tangents:
        tags = {"text": f"({line.number})", "json": f'"number": {line.number},'}
        assert tags.get(format, rf"\tag{{{line.number}}}") in text
    assert not re.search(r"Directional|Partial|Undefined|R\{", text)
    if format == "json":
        schema = json.loads(symback_command("schema", "second").out)
        jsonschema.validate(json.loads(text), schema)


def test_a_block_is_told_with_its_curvature_by_name_and_put_in():
    made = hessian("open")
    text = render_second(made, "text", report=verified("open"))
    blocks = text.partition("The blocks of the Hessian")[2]
    assert "∂²ℒ/∂Wⱼₖ⁽²⁾∂Wₗₘ⁽²⁾ = ∂²ℒ/∂yₖ′∂yₘ′ · hⱼ · hₗ" in blocks
    assert "(∂ℒ/∂yₘ′ · [k = l] + hₗ · Σᵢ ∂²ℒ/∂yᵢ′∂yₘ′ · Wₖᵢ⁽²⁾)" in blocks
    assert "put in (14)" in text
    assert "Every claim below was checked and holds." in text
    assert "4 arrays of entries, for any vector" in text
    latex = render_second(made, "latex", report=None)
    assert r"\frac{\partial^2 \mathcal{L}}{\partial " in latex
    plain = render_second(made, "text", report=None, ascii=True)
    assert plain.isascii()
    assert "d2L/dW2[j,k]dW2[l,m]" in plain


def test_a_wrong_block_is_told():
    made = hessian("open")
    line = made.blocks["W2", "W2"]
    slip = replace(line.links[-1], expression=2 * line.result)
    wrong = replace(line, links=(*line.links[:-1], slip))
    changed = replace(made, backward=tuple(wrong if t is line else t for t in made.backward))
    text = " ".join(render_second(changed, "text", report=verify_second(changed)).split())
    assert "2 of the claims below do not hold" in text
    assert "times a vector it is not the change of the gradient" in text
    assert "a small step of the entry does otherwise" in text
    assert "3 proved, 1 refuted" in text


@pytest.mark.parametrize("format", sample(HANDOUT_FORMATS, 1))
def test_a_handout_has_the_blocks(format):
    made = hessian("open")
    options = {"derivation": made.derivation, "report": symback.verify(made.derivation)}
    written = write_handout(format, second=made, second_report=verified("open"), **options)
    text = written.content.decode()
    assert "The Hessian, entry by entry" in text
    assert "The blocks of the Hessian" in text
    assert "Every line was checked by differences" in " ".join(text.split())
    assert not re.search(r"Directional|Partial\(|Undefined|along the vector", text)


def test_the_command_line(symback_command):
    made = symback_command("derive", "--model", "softmax-regression", "--second", "hessian")
    assert made.code == 0
    refused = symback_command("derive", "--model", "rnn", "--second", "hessian")
    assert refused.code == 2
    assert "--second: with a recursion there is no closed form" in refused.err
