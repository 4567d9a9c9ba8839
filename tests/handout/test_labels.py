"""Names in a drawing without mathematics: marks over indices, nothing over what follows."""

import re

import pytest

from symback.calculus import derive
from symback.cli.app import run
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout
from symback.rendering.handout.side_by_side import _is_torn
from symback.rendering.picture.runs import PRIMES, SIZE, SMALL, advance, in_line, quotient, width_of
from symback.rendering.picture.svg import _text


def starts(runs):
    """Where each run begins, from the steps that its text makes back and forth."""
    places, pen = [], 0.0
    pieces = re.findall(r"<tspan([^>]*)>([^<]*)</tspan>|>([^<]+)(?=<)", _text(0, 0, runs))
    for attributes, text, bare in pieces:
        step = re.search(r'dx="(-?[\d.]+)"', attributes)
        size = re.search(r'font-size="([\d.]+)"', attributes)
        pen += float(step[1]) if step else 0.0
        places.append(round(pen, 1))
        pen += advance(text or bare) * (float(size[1]) if size else SIZE)
    return places


LETTER = ("w", True, 0)


def test_what_follows_two_marks_stands_behind_the_wider_one():
    below, above = ("12", False, -1), ("3", False, 1)
    _, first, second, after = starts([LETTER, below, above, ("a", True, 0)])
    assert first == second == round(advance("w") * SIZE, 1)
    assert after == round(first + advance("12") * SMALL, 1)
    assert after > second + advance("3") * SMALL


def test_an_index_stands_under_a_prime_and_not_behind_it():
    _, index, prime = starts([LETTER, ("2", False, -1), ("′", False, PRIMES)])
    assert index == prime
    assert width_of([LETTER, ("2", False, -1)]) == width_of(
        [LETTER, ("2", False, -1), ("′", False, PRIMES)]
    )


def test_a_derivative_has_two_sides_and_a_product_none():
    slope = [("∂", False, 0), ("E", True, 0), ("/∂", False, 0), ("w", True, 0)]
    above, below = quotient(slope)
    assert [text for text, *_ in above] == ["∂", "E"]
    assert [text for text, *_ in below] == ["∂", "w"]
    assert quotient([LETTER]) is None


def page(notation, **network):
    derivation = derive(Network(**network))
    return write_handout(
        "html", derivation=derivation, report=None, notation=NOTATIONS[notation]
    ).content.decode()


def test_words_below_a_letter_are_upright_and_wide_derivatives_have_a_bar():
    mazur = page("mazur", layers=(2, 2, 2))
    assert re.search(r'<tspan dy="2.8" font-size="8">total</tspan>', mazur)
    assert mazur.count('class="bar factor') >= 3
    assert 'class="bar factor' not in page("founding", layers=(2, 2, 2))


def test_a_line_with_half_a_bracket_is_torn_however_large_that_is():
    assert _is_torn("1/2 lambda Bigl a + b")
    assert _is_torn(r"\frac{1}{2} \Bigl(a + b")
    assert not _is_torn("1/2 lambda Bigl a + b Bigr")
    assert not _is_torn(r"\Bigl(a + b\Bigr)")


def test_a_weight_decay_goes_through_the_layers_in_their_order():
    derivation = derive(Network((2, 2, 2), weight_decay=0.1))
    said = write_handout("markdown", derivation=derivation, report=None).content.decode()
    loss = next(line for line in said.splitlines() if line.startswith("| (6)"))
    assert loss.index("W_{jk}^{(1)}") < loss.index("W_{jk}^{(2)}")


@pytest.mark.parametrize(("digits", "said"), [
    ("ln 3", "log(3)"), ("1/2 ln 3", "log(3)/2"), ("-1/2 ln 3", "-log(3)/2"), ("-9/5", "-9/5"),
    ("3/2 ln 2", "3 log(2)/2"), ("2 ln 3", "2 log(3)"), ("-0.51", "-0.51"),
])  # fmt: skip
def test_a_number_beside_a_unit_stands_on_one_line(digits, said):
    """Above a circle the lower part of a fraction would lie on it."""
    assert in_line(digits) == said
    assert in_line("9/5", slash="\\/") == "9\\/5", "Typst makes a fraction of a bare one"


@pytest.mark.parametrize(("format", "names"), [
    ("html", r">log\(3\)/2<"), ("typst", r"net-beside.*log\(3\)\\/2"), ("latex", r"\\log\(3\)/2"),
])  # fmt: skip
def test_a_drawing_names_the_logarithm_as_formulas_do(format, names, capsys):
    network = ["--layers", "1,1,1", "--activations", "tanh,identity", "--loss"]
    asked = [*network, "half-squared-error", "--numbers", "exact", "--format", format]
    assert run(["handout", *asked]) == 0
    text = capsys.readouterr().out
    assert re.search(names, text)
    assert "ln 3" not in text


def test_phi_has_one_shape_in_a_drawing_and_in_the_formulas_beside_it():
    said = page("founding", layers=(2, 3, 2), activations=("phi", "psi"))
    assert "ϕ" in said[said.index("<svg") : said.index("</svg>")]
    assert "φ" not in said
    assert "".join(_text(0, 0, [("φ", True, 0)])).count("ϕ") == 1
