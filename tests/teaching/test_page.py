"""The page to step through: its file by itself, and what it does in a real browser."""

from __future__ import annotations

import json
import random
import re
import shutil
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import mpmath
import pytest
from running import Symback
from sampling import FULL
from teaching.lessons import program

from symback.rendering.teaching.step_page import with_plain_primes
from symback.teaching.stable import stable
from symback.teaching.stepping import _functions, decimals
from symback.teaching.terms import evaluate
from symback.version import __version__

MAZUR = """eta = 0.5
x = [0.05, 0.10]
y = [0.01, 0.99]
W1 = [[0.15, 0.25], [0.20, 0.30]]
b1 = [0.35, 0.35]
W2 = [[0.40, 0.50], [0.45, 0.55]]
b2 = [0.60, 0.60]
"""
STATED = ("--layers", "2,2,2", "--activations", "sigmoid,sigmoid", "--loss", "half-squared-error")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mazur.toml").write_text(MAZUR, "utf-8")
    return tmp_path


def _page(symback_command: Symback, *arguments: str) -> str:
    done = symback_command("page", *arguments, "-o", "step.html", "--force")
    assert done == (0, "", "")
    return Path("step.html").read_text("utf-8")


def test_one_file_within_its_limits(symback_command: Symback) -> None:
    first = _page(symback_command, "--layers", "3,4,2", "--activations", "tanh,sigmoid")
    assert first == _page(symback_command, "--layers", "3,4,2", "--activations", "tanh,sigmoid")
    assert len(first.encode()) <= 120_000
    style = re.search(r"<style>(.*?)</style>", first, re.S)
    script = re.search(r"<script>(.*?)</script>", first, re.S)
    assert style is not None
    assert script is not None
    assert len(script[1].encode()) <= 15_000
    assert len(style[1].encode()) <= 4_000
    for text in (style[1], script[1]):
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"sha256-{digest}" in first
    assert "default-src 'none'" in first
    plain = first.replace("http-equiv", "").replace("http://www.w3.org/1998/Math/MathML", "")
    assert "http" not in plain
    for word in ("eval(", "new Function", "localStorage", "fetch(", "import(", "src="):
        assert word not in plain


def test_what_the_page_is_about_and_what_made_it_is_said(symback_command: Symback) -> None:
    done = symback_command("page", *STATED, "--seed", "1")
    stated = "A 2-2-2 network; functions, layer by layer: sigmoid, sigmoid; loss: half the sum"
    assert f'<title id="drawn">{stated}' in done.out
    assert 'aria-labelledby="drawn drawn-how"' in done.out
    footer = done.out.partition("<footer>")[2].partition("</footer>")[0]
    assert stated in footer
    assert f"symback {__version__}: <code>symback " in footer
    assert "Checked by a witness" in footer


def test_the_data_is_the_program(symback_command: Symback) -> None:
    text = _page(symback_command, *STATED, "--values", "mazur.toml")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found is not None
    data = json.loads(found[1])
    values = dict(data["engine"])
    assert values["L"] == pytest.approx(0.2983711087600027, abs=1e-15)
    assert values["L_new"] == pytest.approx(0.28047144679143016, abs=1e-15)
    shown = re.findall(r'<tr data-k="([^"]+)">', text)
    assert len(shown) == text.count("<tr data-k") > 30
    assert set(shown) <= set(values)


def test_numbers_stand_in_the_order_of_their_letters(symback_command: Symback) -> None:
    text = _page(symback_command, *STATED, "--values", "mazur.toml")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found is not None
    trees = {key: tree for key, tree, *_ in json.loads(found[1])["lines"]}
    assert trees["h1_pre[1]"] == [
        "+", ["*", "W1[1,1]", "x[1]"], ["*", "W1[2,1]", "x[2]"], "b1[1]",
    ]  # fmt: skip
    assert trees["dL/dW2[1,2]"] == ["*", "dL/dy_pre[2]", "h1[1]"]
    assert trees["yhat_slope[1]"] == ["*", "yhat[1]", ["+", 1, ["*", -1, "yhat[1]"]]]
    # The known-bad twin: as the engine has them, factors stand in another order.
    line = program((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error").line_of["dL/dW2[1,2]"]
    assert line.tree == ("*", "h1[1]", "dL/dy_pre[2]")


def test_both_logarithms_of_an_output_stand_as_they_are_printed(symback_command: Symback) -> None:
    """``y log(a)`` comes before ``(1 - y) log(1 - a)``, though both begin with the same letter."""
    text = _page(
        symback_command, "--layers", "2,2,2", "--activations", "tanh,sigmoid", "--loss",
        "binary-cross-entropy",
    )  # fmt: skip
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    (loss,) = (line[1] for line in data["lines"] if line[0] == "L")
    sizes = [len(json.dumps(term)) for term in loss[1:]]
    assert [size > sizes[0] for size in sizes] == [False, True, False, True]


def test_a_sentence_by_itself_leads_up_to_nothing(symback_command: Symback) -> None:
    text = _page(symback_command, *STATED, "--values", "mazur.toml")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found is not None
    assert {said[-1] for _, said in json.loads(found[1])["rules"]} == {"."}


def test_a_prime_is_seen_in_any_font(symback_command: Symback) -> None:
    text = _page(symback_command, *STATED, "--values", "mazur.toml")
    assert "<msub><mrow><mi>y</mi><mo>′</mo></mrow><mn>1</mn></msub>" in text
    assert "<mo>′</mo></msubsup>" not in text
    assert "<mo>′</mo></msup>" not in text
    other = "<msubsup><mi>W</mi><mn>1</mn><mo>∗</mo></msubsup>"
    assert with_plain_primes(other) == other


@pytest.mark.parametrize(
    ("layers", "functions", "loss", "key", "operator"),
    [
        ((1, 1), ("sigmoid",), "binary-cross-entropy", "L", "softplus"),
        ((1, 1), ("sigmoid",), "binary-cross-entropy", "yhat_slope[1]", "sigmoid"),
        ((1, 2), ("softmax",), "cross-entropy", "L", "logsoftmax"),
        ((1, 1), ("tanh",), "half-squared-error", "yhat_slope[1]", "sech2"),
        ((1, 1), ("gelu",), "half-squared-error", "yhat[1]", "erfc"),
        ((1, 1), ("gelu",), "half-squared-error", "yhat_slope[1]", "erfc"),
    ],
)
def test_nothing_is_taken_from_one_that_is_nearly_one(
    layers, functions, loss, key: str, operator: str
) -> None:
    """With many digits both forms have one value; with few the plain one has lost its own."""
    own = mpmath.MPContext()
    unrolled = program(layers, functions, loss)
    line = unrolled.line_of[key]
    tree = stable(line.tree, unrolled)
    assert operator in repr(tree)
    arithmetic = dict(_functions(own)) | {
        "erfc": own.erfc, "sech2": lambda z: own.sech(z) ** 2,
        "logsoftmax": lambda k, *row: -own.log1p(
            own.fsum(own.exp(z - row[k]) for i, z in enumerate(row) if i != k)
        ),
    }  # fmt: skip
    given = {k: own.mpf(v) for k, v in zip(unrolled.givens, (5, 1, -1.75, 0.25), strict=False)}
    if len(unrolled.givens) > 5:
        numbers = (4, 1, 0, 3, -2, 0, 0.5, 0.1)
        given = {k: own.mpf(v) for k, v in zip(unrolled.givens, numbers, strict=False)}
    found = {}
    for digits in (60, 15):
        own.dps = digits
        values = unrolled.run(given | {"eta": own.mpf(1)}, arithmetic)
        found[digits] = [+evaluate(t, values, arithmetic) for t in (line.tree, tree)]
    plain, kept = found[60]
    assert abs(plain - kept) <= abs(kept) * 1e-40
    assert abs(found[15][1] - kept) <= abs(kept) * 1e-13


def test_too_many_steps_are_refused(symback_command: Symback) -> None:
    done = symback_command("page", "--layers", "20,20,5", "--activations", "tanh,sigmoid")
    assert done.code == 3
    assert "the limit is 200" in done.err


# In a browser ------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser():
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with driver.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Seen:
    """A page that is open, with what it asked for and complained of."""

    def __init__(self, browser: Any, path: Path, fragment: str = "", **how: Any) -> None:
        self.context = browser.new_context(offline=True, **how)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"file://{path}{fragment}")

    def values(self) -> dict[str, float]:
        rows = self.page.evaluate(
            "[...document.querySelectorAll('#all tr[data-k]')].map(r=>[r.dataset.k,"
            "r.cells[2].dataset.x])"
        )
        return {key: float(value) for key, value in rows if value}


def test_it_agrees_asks_for_nothing_and_is_driven_by_keys(
    symback_command: Symback, browser, here: Path
) -> None:
    _page(symback_command, *STATED, "--values", "mazur.toml")
    seen = Seen(browser, here / "step.html")
    page = seen.page
    assert page.evaluate("document.documentElement.dataset.agrees") == "54/54"
    assert not page.locator("#alarm").is_visible()
    assert len(seen.requests) == 1
    assert seen.complaints == []
    place = page.locator("#place")
    start = place.inner_text()
    page.keyboard.press("ArrowRight")
    assert place.inner_text() != start
    page.keyboard.press("Home")
    assert place.inner_text() == start
    page.keyboard.press("End")
    assert "0.2805" in page.locator("#result").inner_text()
    page.click("#descend")
    assert seen.values()["L"] == pytest.approx(0.28047144679143016, abs=1e-14)
    page.click("#start")
    field = page.locator('input[data-k="x[1]"]')
    field.fill("−0,5")
    changed = seen.values()["h1_pre[1]"]
    assert changed == pytest.approx(-0.5 * 0.15 + 0.1 * 0.2 + 0.35, abs=1e-15)
    field.fill("alert(1)")
    assert field.get_attribute("aria-invalid") == "true"
    assert seen.values()["h1_pre[1]"] == changed
    assert "x_1=-0.5" in page.evaluate("location.hash")


def test_it_asks_before_it_shows_and_names_the_slip(
    symback_command: Symback, browser, here: Path
) -> None:
    _page(symback_command, *STATED, "--values", "mazur.toml")
    seen = Seen(browser, here / "step.html")
    page = seen.page
    page.check("#ask")
    rows = page.evaluate("[...document.querySelectorAll('#all tr[data-k]')].map(r=>r.dataset.k)")
    place = rows.index("dL/dyhat[1]")
    page.evaluate("document.activeElement.blur()")
    for _ in range(place):
        page.keyboard.press("ArrowRight")
    assert page.locator("#result").inner_text() == "= ?"
    assert page.locator("#numbers").inner_text() == ""  # the substitution would give it away
    page.click("#judge")
    assert "Type a number" in page.locator("#verdict").inner_text()
    # The rule may be named by itself; a wrong one, the known-bad twin, is not taken.
    rules = page.locator("#rules option")
    named = [rules.nth(i).inner_text() for i in range(rules.count())]
    right = next(i for i, text in enumerate(named) if "loss is differentiated" in text)
    page.select_option("#rules", index=right)
    page.click("#judge")
    assert page.locator("#verdict").inner_text() == "That is the rule. Now the value."
    page.select_option("#rules", index=1 if right != 1 else 2)
    page.click("#judge")
    assert "Not this rule" in page.locator("#verdict").inner_text()
    page.select_option("#rules", index=0)
    page.fill("#answer", "-0.7414")
    page.click("#judge")
    assert "sign of the error reversed" in page.locator("#verdict").inner_text()
    page.fill("#answer", "0,7414")
    page.click("#judge")
    assert "0.7414" in page.locator("#result").inner_text()


HOSTILE = (
    "#step=1e999&__proto__=1&x_1=<img src=x onerror=alert(1)>&W1_11=NaN&y_1=1e400",
    "#" + "x_1=1&" * 1000,
    "#step=-5&fade=nope&constructor=2&x_1",
)


@pytest.mark.parametrize("fragment", HOSTILE, ids=["values", "long", "names"])
def test_hostile_fragments_are_ignored(
    symback_command: Symback, browser, here: Path, fragment: str
) -> None:
    _page(symback_command, *STATED, "--values", "mazur.toml")
    seen = Seen(browser, here / "step.html", fragment)
    assert seen.complaints == []
    assert seen.values()["L"] == pytest.approx(0.2983711087600027, abs=1e-15)
    assert seen.page.locator("img").count() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--layers", "3,4,2", "--activations", "tanh,sigmoid"),
        ("--layers", "2,2,3", "--activations", "gelu,softmax"),
        ("--model", "rnn", "--sizes", "T=3"),
        ("--model", "batch-norm", "--sizes", "N=3"),
    ],
    ids=str,
)
def test_random_states_agree_with_fifty_digits(
    symback_command: Symback, browser, here: Path, arguments, monkeypatch
) -> None:
    held: dict[str, Any] = {}
    from symback.rendering.teaching import step_page as module

    original = module.step_page

    def keep(data: Any, *args: Any, **how: Any) -> str:
        held["data"] = data
        return original(data, *args, **how)

    monkeypatch.setattr(module, "step_page", keep)
    done = symback_command("page", *arguments, "-o", "step.html")
    if done.code != 0:  # the sizes of a library's model have other names
        done = symback_command("page", *arguments[:2], "-o", "step.html")
    assert done == (0, "", "")
    data = held["data"]
    chance = random.Random(5)
    from symback.teaching.stepping import short_name

    seen = Seen(browser, here / "step.html")
    for _ in range(200 if FULL else 6):
        state = {
            key: value if key.startswith(("y", "eps", "z", "target")) else
            round(chance.uniform(-2, 2), 3)
            for key, value in data.given.items()
        }  # fmt: skip
        parts = [f"{short_name(key)}={float(value)!r}" for key, value in state.items()]
        seen.page.goto("about:blank")
        seen.page.goto(f"file://{here / 'step.html'}#{'&'.join(parts)}")
        found = seen.values()
        exact = decimals(data.program, {k: _fraction(v) for k, v in state.items()})
        largest: dict[str, float] = {}
        for key in found:
            name = key.partition("[")[0]
            largest[name] = max(largest.get(name, 0.0), abs(exact[key]))
        for key, value in found.items():
            assert abs(value - exact[key]) <= 1e-12 * (largest[key.partition("[")[0]] or 1), key
    assert seen.complaints == []


def _fraction(value: Any) -> Any:
    from fractions import Fraction

    return Fraction(repr(float(value)))


def test_without_script_on_a_phone_and_in_print(
    symback_command: Symback, browser, here: Path
) -> None:
    _page(symback_command, "--layers", "3,4,2", "--activations", "tanh,sigmoid")
    off = Seen(browser, here / "step.html", java_script_enabled=False)
    assert not off.page.locator("#panel").is_visible()
    assert off.page.locator("#all tbody tr").count() == 84
    assert "" not in off.page.locator("#all tbody td:nth-child(3)").all_inner_texts()
    phone = Seen(browser, here / "step.html", viewport={"width": 390, "height": 800})
    wide = phone.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide == 0
    names = phone.page.evaluate(
        "[...document.querySelectorAll('input,select,button')].filter(n=>!(n.labels&&"
        "n.labels.length)&&!n.getAttribute('aria-label')&&!n.textContent.trim()).length"
    )
    assert names == 0
    last = "document.querySelector('#all tr[data-k=\"L\"] td:last-child')"
    ends = f"{last}.getBoundingClientRect().right"
    assert phone.page.evaluate(ends) <= 390
    phone.page.evaluate(f"{last}.style.position = 'static'")  # the known-bad twin
    assert phone.page.evaluate(ends) > 390
    phone.page.emulate_media(media="print")
    assert not phone.page.locator("#panel").is_visible()
    assert phone.page.locator("#all").is_visible()


def test_every_stylesheet_sets_formulas_in_line_where_a_browser_knows_one_word() -> None:
    """`inline math` alone is dropped there, and every formula of a sentence takes a line."""
    templates = Path(__file__).parents[2] / "templates"
    for path in (*templates.rglob("*.j2"), *templates.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        assert text.count("display:inline math") == text.count(
            "display:inline;display:inline math"
        ), path


def test_no_line_shows_above_the_point_of_a_weight() -> None:
    """What surrounds a digit reaches over the gap beside it: a lit line made `0:9` of `0.9`."""
    css = (Path(__file__).parents[2] / "templates/teaching/step.css").read_text(encoding="utf-8")
    found = re.search(r"text\.w\{font-size:(\d+)px;.*?stroke-width:(\d+)px", css)
    assert found
    size, stroke = map(int, found.groups())
    assert stroke / 2 >= size / 3  # a point is a third of the size wide
