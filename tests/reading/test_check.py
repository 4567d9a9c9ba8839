"""Documents are judged: right lines are proved, slips are refuted with their repair."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sampling import sample

from symback.errors import InputError
from symback.model.network import Network
from symback.reading import answer, check
from symback.reading.statements.verdicts import DocumentReport, Judgement, Status

DATA = Path(__file__).parents[1] / "data"
GOOD = (Status.PROVED, Status.AGREES)


def founding_notes() -> str:
    displays = tomllib.loads((DATA / "founding_displays.toml").read_text())["display"]
    lines = [""] * 74
    for display in displays:
        sign = "$" if display.get("inline") else "$$"
        formula = f"{sign}{display['text']}{sign}"
        lines[display["line"] - 1] = f"{display.get('words', '')} {formula}".strip()
    return "\n".join(lines)


@pytest.fixture(scope="module")
def founding() -> DocumentReport:
    return check(founding_notes(), path="notes.txt")


def refuted(report: DocumentReport) -> list[Judgement]:
    return [j for j in report.judgements if j.status is Status.REFUTED]


class TestTheFoundingNotes:
    def test_have_38_checks_of_which_35_are_proved(self, founding: DocumentReport) -> None:
        claims = [j for j in founding.judgements if j.status in (Status.PROVED, Status.REFUTED)]
        assert (len(claims), sum(j.checks for j in claims)) == (26, 38)
        assert sum(j.checks for j in claims if j.status is Status.PROVED) == 35
        assert founding.count(Status.DEFINITION) == 8
        assert founding.count(Status.UNREAD, Status.UNDECIDED) == 0

    def test_lack_eight_primes_in_three_lines(self, founding: DocumentReport) -> None:
        found = refuted(founding)
        assert [j.statement.line for j in found] == [67, 69, 71]
        repairs = [d.repair for j in found for d in j.diagnoses if d.repair is not None]
        assert [repair.code for repair in repairs] == ["prime-missing"] * 3
        assert [len(repair.edits) for repair in repairs] == [2, 2, 4]
        assert all(repair.unique for repair in repairs)

    def test_repaired_are_proved(self, founding: DocumentReport) -> None:
        text = founding_notes().split("\n")
        for judgement in refuted(founding):
            repair = next(d.repair for d in judgement.diagnoses if d.repair is not None)
            formula = judgement.statement.excerpt.text
            better = formula
            for start, end, piece in reversed(repair.edits):
                better = better[:start] + piece + better[end:]
            line = judgement.statement.line - 1
            text[line] = text[line].replace(formula, better)
        assert not refuted(check("\n".join(text), path="notes.txt"))

    def test_line_71_inherits(self, founding: DocumentReport) -> None:
        last = refuted(founding)[-1]
        assert last.diagnoses[0].code == "inherits"
        assert last.diagnoses[0].arguments == {"lines": "67, 69"}

    def test_readings_are_said(self, founding: DocumentReport) -> None:
        def readings(line: int) -> set[tuple[str, str]]:
            return {
                (code, arguments.get("written", ""))
                for j in founding.judgements
                if j.statement.line == line
                for code, arguments in j.readings
            }

        assert readings(63) == {("same-letter", "w")}
        assert readings(35) == {("same-letter", "L"), ("for-all", "")} - {("for-all", "")}
        assert ("for-all", "") in readings(45)
        assert readings(31) == set()

    def test_without_a_signature_the_loss_is_some_function_of_the_outputs(self) -> None:
        text = founding_notes().replace(r"$\mathcal{L}(y, \hat{y}_1, \hat{y}_2)$", "any")
        report = check(text, path="notes.txt")
        by_loss = [j for j in report.judgements if j.statement.line in (29, 45, 49, 71)]
        verdicts = [(j.statement.line, j.status) for j in by_loss]
        assert verdicts == [
            (29, Status.PROVED), (45, Status.PROVED), (45, Status.PROVED), (49, Status.PROVED),
            (71, Status.UNDECIDED),
        ]  # fmt: skip
        assert by_loss[-1].reason == "undeclared"  # `y_1`, which only the signature mentioned
        said = {("depends-on", "hat y_1, hat y_2")}
        assert all(said <= {(c, a.get("on", "")) for c, a in j.readings} for j in by_loss)


ERRATA = tomllib.loads((DATA / "errata.toml").read_text())["erratum"]
INVISIBLE = {"E25"}  # the slip is in a term that the derivative drops


@pytest.mark.parametrize("erratum", sample(ERRATA, 5), ids=lambda erratum: erratum["id"])
def test_published_slips(erratum: dict[str, str]) -> None:
    for version in ("wrong", "right"):
        text = f"{erratum['definitions']}\n$$\n{erratum[version]}\n$$\n"
        found = refuted(check(text, path="notes.md"))
        assert bool(found) == (version == "wrong" and erratum["id"] not in INVISIBLE)


MATRIX = r"""
$$\mathbf{z} = \mathbf{W}^{(1)} \mathbf{x}$$
$$\mathbf{h} = \phi(\mathbf{z})$$
$$\mathbf{o} = \mathbf{W}^{(2)} \mathbf{h}$$
$$L = l(\mathbf{o}, y)$$
$$s = \frac{\lambda}{2} (\|\mathbf{W}^{(1)}\|_F^2 + \|\mathbf{W}^{(2)}\|_F^2)$$
$$J = L + s$$
"""


@pytest.mark.spread
@pytest.mark.parametrize(
    ("formula", "status"),
    [
        (r"\frac{\partial J}{\partial \mathbf{W}^{(2)}} = \frac{\partial J}{\partial \mathbf{o}} "
         r"\mathbf{h}^\top + \lambda \mathbf{W}^{(2)}", Status.PROVED),
        (r"\frac{\partial J}{\partial \mathbf{W}^{(2)}} = \frac{\partial J}{\partial \mathbf{o}} "
         r"\mathbf{h} + \lambda \mathbf{W}^{(2)}", Status.REFUTED),
        (r"\frac{\partial J}{\partial \mathbf{W}^{(2)}} = \frac{\partial J}{\partial \mathbf{o}} "
         r"\mathbf{h}^\top", Status.REFUTED),
        (r"\frac{\partial J}{\partial \mathbf{h}} = {\mathbf{W}^{(2)}}^\top "
         r"\frac{\partial J}{\partial \mathbf{o}}", Status.PROVED),
        (r"\frac{\partial J}{\partial \mathbf{h}} = \mathbf{W}^{(2)} "
         r"\frac{\partial J}{\partial \mathbf{o}}", Status.REFUTED),
        (r"\frac{\partial J}{\partial \mathbf{z}} = \frac{\partial J}{\partial \mathbf{h}} "
         r"\odot \phi'(\mathbf{z})", Status.PROVED),
        (r"\frac{\partial J}{\partial \mathbf{h}} = \textrm{prod}\left(\frac{\partial J}"
         r"{\partial \mathbf{o}}, \frac{\partial \mathbf{o}}{\partial \mathbf{h}}\right)",
         Status.PROVED),
        (r"\frac{\partial J}{\partial s} = 1", Status.PROVED),
        (r"\frac{\partial Q}{\partial s} = 1", Status.UNDECIDED),
        (r"\frac{\partial L}{\partial \mathbf{u}} = 0", Status.UNDECIDED),
    ],
)  # fmt: skip
def test_matrices_have_shapes(formula: str, status: Status) -> None:
    report = check(f"{MATRIX}\n$${formula}$$\n", path="notes.md")
    assert report.judgements[-1].status is status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("0.5 * 0.25 = 0.125", Status.AGREES),
        ("0.74136507 * 0.186815602 * 0.593269992 = 0.082167041", Status.AGREES),
        ("0.74136507 * 0.186815602 * 0.593269992 = 0.082177041", Status.REFUTED),
        ("0.3 * 0.3 = 0.1", Status.AGREES),
        ("2 \\cdot 3 = 6", Status.PROVED),
        ("2 \\cdot 3 = 7", Status.REFUTED),
    ],
)
def test_numbers_by_their_printed_digits(line: str, status: Status) -> None:
    assert check(f"$${line}$$", path="notes.md").judgements[0].status is status


class TestAnAnswer:
    network = Network((2, 3, 2))

    @pytest.mark.parametrize(
        "formula",
        [
            "dL/dW2[1,2] = dL/dyhat[2] * g'(y'[2]) * h[1]",
            "dL/dW1[j,k] = sum_i dL/dyhat[i] * g'(y'[i]) * W2[k,i] * f'(h'[k]) * x[j]",
            r"\frac{\partial L}{\partial W^{(2)}} = h^\top "
            r"\left(\frac{\partial L}{\partial \hat y} \odot g'(y')\right)",
        ],
    )
    def test_is_right(self, formula: str) -> None:
        assert answer(formula, self.network).status is Status.PROVED

    def test_is_wrong_by_a_sign(self) -> None:
        judgement = answer("dL/db2[2] = -dL/dyhat[2] * g'(y'[2])", self.network)
        assert judgement.status is Status.REFUTED
        assert judgement.diagnoses[0].arguments == {"ratio": "-1"}

    def test_is_another_gradient(self) -> None:
        formula = r"\frac{\partial L}{\partial b_1^{(2)}} = \frac{\partial L}{\partial \hat y_1}"
        codes = [d.code for d in answer(formula, self.network).diagnoses]
        assert "another-gradient" in codes

    def test_has_its_indices_exchanged(self) -> None:
        formula = "dL/dh[k] = sum_i dL/dy'[i] * W2[i,k]"
        for notation, status in ((None, Status.UNDECIDED), ("founding", Status.REFUTED)):
            judgement = answer(formula, self.network, notation)
            repairs = [d.repair.code for d in judgement.diagnoses if d.repair is not None]
            assert judgement.status is status
            assert repairs == ["indices-exchanged"]

    @pytest.mark.parametrize(
        ("formula", "code", "repaired"),
        [
            ("dL/dW2[1,2] = dL/dyhat[2] h[1]", "factor-missing",
             "dL/dW2[1,2] = dL/dyhat[2] h[1] g'(y'[2])"),
            (r"\frac{\partial L}{\partial b_k^{(2)}} = \frac{\partial L}{\partial \hat y_k}",
             "factor-missing", None),
            ("dL/dh[k] = delta2[i] W2[k,i]", "sum-missing", "dL/dh[k] = sum_i delta2[i] W2[k,i]"),
            ("dL/dh[3] = delta2[1] W2[3,1]", "paths-missing",
             "dL/dh[3] = delta2[1] W2[3,1] + delta2[2] W2[3,2]"),
            ("dL/dW2[1,2] = delta2[2] h[2]", "index", "dL/dW2[1,2] = delta2[2] h[1]"),
            ("dL/dW2[1,2] = delta2[2] x[1]", "other-quantity", "dL/dW2[1,2] = delta2[2] h[1]"),
            ("dL/db2[1] = dL/dyhat[1] g'(h'[1])", "other-quantity",
             "dL/db2[1] = dL/dyhat[1] g'(y'[1])"),
        ],
    )  # fmt: skip
    def test_lacks_something(self, formula: str, code: str, repaired: str | None) -> None:
        judgement = answer(formula, self.network)
        assert judgement.status is Status.REFUTED
        found = {d.repair.code: d.repair for d in judgement.diagnoses if d.repair is not None}
        assert code in found
        if repaired is not None:
            text = formula
            for start, end, new in sorted(found[code].edits, reverse=True):
                text = text[:start] + new + text[end:]
            assert text == repaired
            assert answer(repaired, self.network).status is Status.PROVED

    @pytest.mark.parametrize("formula", ["dL/dW2[1,2]", "dL/dW2[1,2] > 0", "w <- w - eta dL/dw"])
    def test_claims_nothing(self, formula: str) -> None:
        assert answer(formula, self.network).reason == "no-claim"

    def test_leaves_out_the_only_layer(self) -> None:
        judgement = answer("dE/dw2[k,j] = delta2[k] z[j]", self.network, "bishop")
        assert judgement.status is Status.PROVED
        assert ("only-layer", {"of": "z", "layer": "1"}) in judgement.readings

    @pytest.mark.parametrize(
        ("notation", "right", "wrong"),
        [
            ("nielsen", r"\delta_j^{3} = (a_j^{3}-y_j) g'(z_j^{3})",
             r"\delta_j^{3} = (a_j^{3}-y_j) g(z_j^{3})"),
            ("nielsen", r"\delta^2 = ((w^3)^T \delta^3) \odot f'(z^2)",
             r"\delta^2 = ((w^3)^T \delta^3) \odot f'(z^3)"),
            ("bishop", r"\delta_k^{(2)} = (y_k - t_k) g'(a_k^{(2)})",
             r"\delta_k^{(2)} = y_k - t_k"),
            ("mazur", r"\frac{\partial E_{total}}{\partial out_{o1}} = -(target_{o1} - out_{o1})",
             r"\frac{\partial E_{total}}{\partial out_{o1}} = (target_{o1} - out_{o1})"),
        ],
    )  # fmt: skip
    def test_in_the_notation_of_a_book(self, notation: str, right: str, wrong: str) -> None:
        network = Network((2, 3, 2), loss="half-squared-error")
        assert answer(right, network, notation).status is Status.PROVED
        assert answer(wrong, network, notation).status is Status.REFUTED


def test_front_matter_says_which_letters_are_the_same() -> None:
    body = "$$z = v x$$ and $$\\frac{\\partial z}{\\partial x} = 2 u - u$$\n"
    assert check(body, path="n.md").judgements[-1].status is Status.UNDECIDED
    text = '+++\nsame = ["u = v"]\n+++\n' + body
    judgement = check(text, path="n.md").judgements[-1]
    assert judgement.status is Status.PROVED
    assert ("same-letter", {"written": "u", "taken": "v"}) in judgement.readings


def test_front_matter_that_is_wrong_is_refused() -> None:
    with pytest.raises(InputError, match="unknown key"):
        check("+++\nsane = []\n+++\n", path="n.md")


def test_an_update_that_forgets_the_weight_is_wrong() -> None:
    text = "$$E = (w x - t)^2$$ $$w = w \\cdot (-\\eta \\frac{\\partial E}{\\partial w})$$"
    assert check(text, path="n.md").judgements[-1].status is Status.REFUTED
    text = "$$E = (w x - t)^2$$ $$w = w - \\eta \\frac{\\partial E}{\\partial w}$$"
    assert check(text, path="n.md").judgements[-1].status is Status.ASSIGNMENT


def test_both_sides_vanishing_shows_nothing() -> None:
    text = "$$y = f(x_1) + w x_2$$ $$\\frac{\\partial y}{\\partial x_1} - f'(x_1) = 0$$"
    assert check(text, path="n.md").judgements[-1].status is Status.PROVED
    text = "$$y = f(x_1) + w x_2$$ $$\\frac{\\partial y}{\\partial w} - x_2 = x_1 - x_1$$"
    judgement = check(text, path="n.md").judgements[-1]
    assert (judgement.status, judgement.reason) == (Status.UNDECIDED, "vacuous")


def test_a_slip_in_a_delta_is_its_definitions() -> None:
    text = next(e["definitions"] for e in ERRATA if e["id"] == "E09")
    text = text.replace(r"\sigma'(Z^o)", r"\sigma(Z^o)").replace(":=", "=")
    report = check(text + r"$$\frac{\partial C}{\partial B^o} = \delta^o$$", path="n.md")
    assert [j.statement.excerpt.text[:8] for j in refuted(report)] == [r"\delta^o"]
    assert report.judgements[-1].status is Status.PROVED


@pytest.mark.parametrize("number", ["0.5", "1e5"])
def test_a_fraction_of_a_number_that_tex_would_cut_is_not_read(number: str) -> None:
    judgement = check(f"$$x = \\frac{number}{{2}}$$", path="n.md").judgements[-1]
    assert judgement.status is Status.UNREAD


def test_a_function_that_is_defined_by_itself_is_circular() -> None:
    report = check("$$f(x) = g(x)$$ $$g(x) = f(x)$$ $$f(a) = f(b)$$", path="n.md")
    assert report.judgements[-1].status is Status.UNDECIDED


@pytest.mark.parametrize(
    ("end", "status"), [("g'(h) f'(a)", Status.PROVED), ("g'(a) f'(a)", Status.REFUTED)]
)
def test_a_chain_goes_on_behind_a_reason(end: str, status: Status) -> None:
    text = "$$h = f(a)$$\n\n$$y = g(h)$$\n\nSimilarly,\n\n"
    text += "$$\\frac{\\partial y}{\\partial a} = g'(h) \\frac{\\partial h}{\\partial a}$$\n\n"
    text += f"since\n\n$$h = f(a)$$\n\n$$= {end}$$\n"
    assert check(text, path="notes.md").judgements[-1].status is status


def test_what_goes_on_behind_an_unread_row_goes_on_from_nothing_else() -> None:
    for before, row in (
        ("$$a = 3$$\n\n", r"\foo &= 2 \\ &= 1 + 1"),
        ("$$y = 3x$$\n\n$$\frac{\\partial y}{\\partial x} = 3$$\n\n", r"\foo{z} &= 2 \\ &= 2"),
    ):
        text = before + "$$\begin{align} " + row + r" \end{align}$$"
        found = check(text, kind="markdown").judgements
        assert found[-1].status is Status.UNREAD


def test_two_whole_numbers_are_one_or_two() -> None:
    for wrong in ("3 = 2", "9 = 8", "12 = 13"):
        assert check(f"$${wrong}$$", kind="markdown").judgements[-1].status is Status.REFUTED
    for right in ("3 = 3", "0.67 = 2/3", "0.5 = 0.50"):
        assert check(f"$${right}$$", kind="markdown").judgements[-1].status is not Status.REFUTED


def test_a_number_has_one_point() -> None:
    assert check("$$s = 0.1.277$$", kind="markdown").judgements[-1].status is Status.UNREAD
    right = check(r"$$0.5 \cdot .5 = 0.25$$", kind="markdown").judgements[-1]
    assert right.status in (Status.PROVED, Status.AGREES)
