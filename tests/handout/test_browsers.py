"""The HTML as Chromium and Firefox lay it out, measured; and faults of old that must be seen."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from handout.browsers import BROWSERS, complaints, is_there, measured
from handout.handouts import NETWORKS, text
from sampling import sample

from symback.calculus import derive
from symback.cli.app import run
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout

IN_GATE = sample(BROWSERS, 1)
"""One of them in the gate, the page to step through in the other."""

WIDE, NARROW = 1280, 390
SPREAD = 1.0
"""How many pixels the equals signs of a chain, or two baselines, may be apart."""

PRIME = 4.0
"""How high a prime is at least where text has 16 pixels."""


def loose(page):
    """A page without its policy, so that a fault can be put in its style."""
    return re.sub(r"<meta http-equiv.*?>\n", "", page)


def faulty(old, new, name="generic"):
    page = loose(text("html", name))
    assert old in page
    return page.replace(old, new)


@cache
def wrapped():
    """A page whose equations take two lines each where a screen is narrow."""
    network = Network((3, 4, 2), ("tanh", "softmax"), "cross-entropy", batch=True)
    derivation, notation = derive(network), NOTATIONS["deeplearning.ai"]
    return write_handout(
        "html", derivation=derivation, report=None, notation=notation
    ).content.decode()


@cache
def long_sentences():
    """A page with a formula in a sentence, and a drawing, that are wider than a narrow screen."""
    network = Network((2, 3, 3, 2), ("gelu", "leaky-relu", "mish"), "huber")
    return write_handout(
        "html", derivation=derive(network), report=None, notation=NOTATIONS["mazur"], detail="full"
    ).content.decode()


@cache
def in_numbers():
    """A page with both passes in numbers."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "page.html"
        network = ("--layers", "3,2,2", "--activations", "tanh,sigmoid", "--loss", "huber")
        assert run(["handout", *network, "--numbers", "tidy", "-q", "-o", str(place)]) == 0
        return place.read_text()


def pages():
    written = {name: text("html", name) for name in NETWORKS}
    inline = "display:inline;display:inline math"
    twins = {
        "scrolls": faulty("padding:.35rem 0 .35rem 1.2rem", "padding:0").replace(
            "overflow:auto hidden", "overflow-x:auto"
        ),
        "centred": faulty(inline, "display:block math"),
        "uneven": faulty("align-items:baseline", "align-items:center"),
        "no font": faulty("'STIX Math Subset'", "'Another'"),
        "wrapped": wrapped(),
        "long": long_sentences(),
        "sideways": loose(long_sentences()).replace("p,.passages li{overflow:auto hidden}", ""),
        "numbers": in_numbers(),
        "unshaded": loose(in_numbers()).replace(".chain,.scroll,.work,p,", ".chain,.scroll,p,"),
        "covered": loose(wrapped()).replace("minmax(max-content,1fr)", "minmax(0,1fr)", 1),
        "turned": loose(wrapped()).replace("order:1", "order:0").replace("order:2", "order:0"),
        "small": loose(long_sentences()).replace("max-width:none;min-width:100%", "max-width:100%"),
        "untold": loose(long_sentences()).replace(".slides{display:block}", ""),
        "blocked": text("html", "generic").replace("<style>", "<style>.a{color:red}"),
    }
    return written, twins


@cache
def seen(browser):
    if not is_there(browser):
        pytest.skip(f"{browser} is not installed")
    written, twins = pages()
    return measured(browser, written | twins, (WIDE, NARROW))


def spread(chain):
    """How far apart the equals signs of each column are."""
    columns = [chain["equals"], chain["matrices"]]
    return max(max(column, default=0) - min(column, default=0) for column in columns)


@pytest.mark.parametrize("browser", IN_GATE)
def test_nothing_scrolls_or_is_cut(browser):
    found, _ = seen(browser)
    for name in NETWORKS:
        wide, narrow = found[name, WIDE], found[name, NARROW]
        assert len(wide["chains"]) > 5
        for page in (wide, narrow):
            assert [c["said"] for c in page["chains"] if c["scrolls"] or c["cut"] or c["bar"]] == []
            assert page["beyond"] <= 0
            assert all(figure["left"] >= 0 and figure["within"] for figure in page["figures"])
        assert [c["said"] for c in wide["chains"] if c["wide"] > 0] == []
    assert any(c["scrolls"] for c in found["scrolls", WIDE]["chains"])


@pytest.mark.parametrize("browser", IN_GATE)
def test_no_page_scrolls_sideways_as_a_whole(browser):
    found, _ = seen(browser)
    assert found["long", NARROW]["beyond"] <= 0
    assert found["sideways", NARROW]["beyond"] > 0


@pytest.mark.parametrize("browser", IN_GATE)
def test_the_equals_signs_of_a_chain_stand_under_one_another(browser):
    found, _ = seen(browser)
    for name in NETWORKS:
        for width in (WIDE, NARROW):
            chains = found[name, width]["chains"]
            assert sum(len(c["equals"]) > 1 for c in chains) > 4
            assert [c["said"] for c in chains if spread(c) > SPREAD] == []
    assert any(spread(c) > SPREAD for c in found["centred", WIDE]["chains"])


@pytest.mark.parametrize("browser", IN_GATE)
def test_no_formula_parts_the_sentence_that_it_stands_in(browser):
    found, _ = seen(browser)
    assert [found[name, WIDE]["parted"] for name in NETWORKS if found[name, WIDE]["parted"]] == []
    assert any("This is (12)" in said for said in found["centred", WIDE]["parted"])


@pytest.mark.parametrize("browser", IN_GATE)
def test_both_sides_of_an_equation_stand_on_one_line(browser):
    found, _ = seen(browser)
    for name in NETWORKS:
        gaps = {c["said"]: c["gap"] for c in found[name, WIDE]["chains"] if c["gap"] > SPREAD}
        assert gaps == {}
    assert any(c["gap"] > SPREAD for c in found["uneven", WIDE]["chains"])


@pytest.mark.parametrize("browser", IN_GATE)
def test_primes_can_be_seen(browser):
    found, _ = seen(browser)
    for name in NETWORKS:
        page = found[name, WIDE]
        assert page["fonts"] >= 1
        assert len(page["primes"]) > 10
        assert min(page["primes"]) * 16 / page["size"] >= PRIME
    assert found["no font", WIDE]["fonts"] == 0


def test_the_console_is_silent():
    _, console = seen("chromium")
    said = complaints(console)
    assert len(said) == 2, said  # of the page whose policy blocks its style, at both widths
    assert all("Content Security Policy" in line for line in said)


def test_no_element_has_a_style_of_its_own():
    assert not any(re.search(r"<[a-z]+[^>]* style=", text("html", name)) for name in NETWORKS)


@pytest.mark.parametrize("browser", IN_GATE)
def test_on_a_narrow_screen_an_equation_is_read_from_top_to_bottom(browser):
    """All its lines, then its matrix form and its reason; no number stands on a formula."""
    found, _ = seen(browser)
    for name in [*NETWORKS, "wrapped"]:
        chains = found[name, NARROW]["chains"]
        assert [c["said"] for c in chains if c["covered"] or c["turned"]] == []
    assert any(c["covered"] for c in found["covered", NARROW]["chains"])
    assert any(c["turned"] for c in found["turned", NARROW]["chains"])


@pytest.mark.parametrize("browser", IN_GATE)
def test_on_a_narrow_screen_a_shadow_says_where_something_goes_on(browser):
    found, _ = seen(browser)
    for name in [*NETWORKS, "numbers"]:
        assert found[name, NARROW]["unshaded"] == []
    assert "work" in found["unshaded", NARROW]["unshaded"]


LETTERS = 9.0
"""How many pixels the letters of a drawing's labels have at least."""


@pytest.mark.parametrize("browser", IN_GATE)
def test_every_label_of_a_drawing_can_be_read(browser):
    """Where a screen is too narrow for that the drawing scrolls in its own box, and says so."""
    found, _ = seen(browser)

    def fair(figure):
        return min(figure["letters"]) >= LETTERS and (figure["told"] or not figure["slides"])

    for name in (*NETWORKS, "long"):
        for width in (WIDE, NARROW):
            figures = found[name, width]["figures"]
            assert len(figures) == 1
            assert all(map(fair, figures))
    assert found["long", NARROW]["figures"][0]["slides"]
    for twin in ("small", "untold"):
        assert not all(map(fair, found[twin, NARROW]["figures"]))
