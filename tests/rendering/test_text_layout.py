"""Text for a terminal: no line beyond its width, and lines broken where a reader would."""

import re
from functools import cache
from itertools import product

import pytest
from sampling import FULL, covering, sample

from symback.calculus import derive
from symback.model.network import Network
from symback.model.parameter_names import parse_parameter
from symback.printing.lines import break_lines
from symback.printing.target import FACTOR_BREAK, SUM_BREAK, TERM_BREAK
from symback.rendering.render import render
from symback.verification import verify

NETWORKS = {
    "notes": Network(layers=(2, 2, 2)),
    "three inputs": Network(layers=(3, 2, 2), activations=("relu", "identity")),
    "classifier": Network(layers=(2, 4, 3), activations=("gelu-tanh", "softmax"),
                          loss="cross-entropy"),
    "nine layers": Network(layers=(2,) * 10, bias=False),
    "forty layers": Network(layers=(2,) * 41, bias=False),
    "one unit between": Network(layers=(5, 1, 5)),
    "huber": Network(layers=(2, 3, 1), activations=("leaky-relu", "identity"), loss="huber"),
    "batch": Network(layers=(2, 3, 2), activations=("hard-tanh", "sigmoid"), loss="squared-error",
                     weight_decay=0.1, batch=True),
    "formulas": Network(layers=(2, 3, 2), activations=("x*sigmoid(x)", "g"), loss="(y-yhat)**4"),
}  # fmt: skip
WIDTHS = (40, 61, 80, 200)


derived = cache(derive)


def text(network, width=80, *, ascii=False, report=None, weights=()):
    names = [parse_parameter(name, network) for name in weights] or None
    return render(
        "derivation", "text", derivation=derived(network), report=report, ascii=ascii,
        width=width, weights=names,
    )  # fmt: skip


@pytest.mark.spread
@pytest.mark.parametrize(
    "name", sample([name for name in NETWORKS if FULL or name != "forty layers"], 5)
)
def test_no_line_is_wider_than_the_terminal(name):
    network = NETWORKS[name]
    some = [f"{array}[{','.join('1' * len(shape))}]"
            for array, shape in network.parameter_shapes.items()][-4:]  # fmt: skip
    widths = WIDTHS if FULL or name == "notes" else WIDTHS[::2]
    for width, ascii in covering(widths, (False, True)):
        lines = text(network, width, ascii=ascii, weights=some).splitlines()
        assert [line for line in lines if len(line) > width] == []


def test_what_was_proved_fits_too():
    derivation = derived(NETWORKS["notes"])
    report = verify(derivation, numbers=False)
    for name, width in product(("derivation", "verification"), WIDTHS):
        page = render(name, "text", derivation=derivation, report=report, width=width)
        assert max(map(len, page.splitlines())) <= width


def test_a_terminal_of_few_columns_is_taken_for_forty():
    assert text(NETWORKS["notes"], 10) == text(NETWORKS["notes"], 40)


def test_an_equation_number_of_three_digits_keeps_a_space():
    page = text(NETWORKS["forty layers"], weights=["W1[1,1]"])
    assert re.search(r"^ \(101\) \S", page, re.M)
    assert re.search(r"^ \(1\)   \S", page, re.M)
    assert not re.search(r"^ \(\d+\)\S", page, re.M)


def test_headings_are_underlined_to_their_longest_line():
    page = text(NETWORKS["nine layers"], 40, weights=["W9[1,1]"])
    assert page.startswith(
        "Backpropagation in a 2-2-2-2-2-2-2-2-2-2\n"
        "network\n"
        "════════════════════════════════════════\n"
    )


def test_what_is_nested_is_set_in_and_a_brace_goes_on_in_the_next_line():
    network = Network(layers=(2, 2, 2, 2), bias=False)
    assert """\
         = g(W₁₁⁽³⁾ f(W₁₁⁽²⁾ f(W₁₁⁽¹⁾ x₁ + W₂₁⁽¹⁾ x₂)
                               ╰────── h′₁⁽¹⁾ ─────╯
                 + W₂₁⁽²⁾ f(W₁₂⁽¹⁾ x₁ + W₂₂⁽¹⁾ x₂))
                            ╰────── h′₂⁽¹⁾ ─────╯
               + W₂₁⁽³⁾ f(W₁₂⁽²⁾ f(W₁₁⁽¹⁾ x₁ + W₂₁⁽¹⁾ x₂)
                                   ╰────── h′₁⁽¹⁾ ─────╯
                 + W₂₂⁽²⁾ f(W₁₂⁽¹⁾ x₁ + W₂₂⁽¹⁾ x₂)))
                            ╰────── h′₂⁽¹⁾ ─────╯
""" in text(network, 66, weights=["W1[1,2]"])
    assert r"""
                    * f(W1[1,1] * x[1]
                        \_____________
                        + W1[2,1]
                        _________
                        * x[2])
                        h'[1]
""" in text(Network(layers=(2, 2, 2), bias=False), 40, ascii=True, weights=["W1[1,2]"])


def test_a_left_side_that_leaves_too_little_room_stands_alone():
    page = text(NETWORKS["notes"], 40, ascii=True, weights=["W1[1,2]"])
    assert (
        """
      dyhat[1]/dW1[1,2]
       = g'(y'[1]) * dy'[1]/dW1[1,2]
                 chain rule, through (4)
"""
        in page
    )


T, F, S = TERM_BREAK, FACTOR_BREAK, SUM_BREAK


@pytest.mark.parametrize(
    ("marked", "room", "lines"),
    [
        (f"aaa {T}+ bbb", 9, ["aaa + bbb"]),
        (f"aaa {T}+ bbb", 8, ["aaa", "+ bbb"]),
        # Outside brackets rather than inside, at whatever cost outside.
        (f"(a {T}+ b) {F}· (c {T}+ d) {F}· e", 13, ["(a + b)", "· (c + d) · e"]),
        (f"(a {T}- b) {F}/ (c {F}* (d {T}- e))", 17, ["(a - b)", "/ (c * (d - e))"]),
        # Inside rather than between a weight and a function.
        (f"W {F}f(aaa {T}+ bbb)", 9, ["W f(aaa", ">+ bbb)"]),
        (f"W {F}(aaa {T}+ bbb)", 12, ["W", "·(aaa + bbb)"]),
        # One step in for each bracket that is open.
        (f"g(a {T}+ f(bbbb {T}+ cccc))", 8, ["g(a", ">+ f(bbbb", ">>+ cccc))"]),
        # After a sum sign only if nothing else helps, and then without a sign.
        (f"Σi {S}aaaa {F}· bbbb", 8, ["Σi aaaa", "· bbbb"]),
        (f"Σi {S}Σj {S}aaaa", 7, ["Σi Σj", "aaaa"]),
    ],
)  # fmt: skip
def test_where_a_line_is_broken(marked, room, lines):
    assert break_lines(marked, room, room, len, "·", ">") == lines


def test_text_works_out_one_weight_unless_more_are_asked_for():
    derivation = derive(Network((2, 2, 2)))
    short = render("derivation", "text", derivation=derivation, report=None)
    whole = render("derivation", "text", derivation=derivation, report=None, weights="all")
    heading = "The derivative with respect to "
    assert short.count(heading) == 1
    assert whole.count(heading) == 12
    assert len(short.splitlines()) < 260
    assert "--weight all every one" in " ".join(short.split())
    assert "--weight all" not in whole
