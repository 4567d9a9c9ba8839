"""What stands beside a document: in its front matter, in a spec, or as a network of its own."""

from __future__ import annotations

import pytest

from symback.errors import InputError
from symback.model.network import Network
from symback.reading import answer, check
from symback.reading.statements.verdicts import DocumentReport, Status

RIGHT = r"$$\frac{\partial L}{\partial W_{jk}^{(2)}} = \frac{\partial L}{\partial \hat{y}_k} "
RIGHT += "g'(y_k') h_j$$\n"
WRONG = RIGHT.replace("g'(y_k')", "g'(y_k)")
SQUARED = r"$$\frac{\partial L}{\partial W_{jk}^{(2)}} = (\hat{y}_k - y_k) \hat{y}_k "
SQUARED += "(1 - \\hat{y}_k) h_j$$\n"
FORWARD = """
$$h_k' = \\sum_j W_{jk}^{(1)} x_j$$
$$h_k = f(h_k')$$
$$y_k' = \\sum_j W_{jk}^{(2)} h_j$$
$$\\hat{y}_k = g(y_k')$$

"""


def headed(header: str, body: str) -> str:
    return f"+++\n{header}\n+++\n{body}"


def last(report: DocumentReport) -> Status:
    return report.judgements[-1].status


def told(report: DocumentReport) -> dict[str, dict[str, str]]:
    return {code: dict(about) for code, about in report.inferred if code.startswith("stated-")}


class TestTheNetworkOfAHeader:
    @pytest.mark.parametrize("header", ["layers = [2, 3, 2]", 'activations = ["f", "g"]'])
    def test_decides_what_the_document_does_not_define(self, header: str) -> None:
        assert last(check(headed(header, RIGHT))) is Status.PROVED
        assert last(check(headed(header, WRONG))) is Status.REFUTED

    def test_has_functions_and_a_loss(self) -> None:
        header = 'layers = [2, 3, 2]\nactivations = ["tanh", "sigmoid"]\n'
        header += 'loss = "half-squared-error"'
        assert last(check(headed(header, SQUARED))) is Status.PROVED
        slip = SQUARED.replace(r"\hat{y}_k - y_k", r"y_k - \hat{y}_k")
        judgement = check(headed(header, slip)).judgements[-1]
        assert judgement.status is Status.REFUTED
        assert judgement.diagnoses[0].arguments["ratio"] == "-1"

    def test_is_completed_by_a_spec_that_goes_before_it(self) -> None:
        text = headed('layers = [2, 3, 2]\nloss = "cross-entropy"', SQUARED)
        spec = {"loss": "half-squared-error", "activations": ["tanh", "sigmoid"]}
        assert last(check(text, spec=spec)) is Status.PROVED
        assert last(check(text, spec={**spec, "activations": ["tanh", "tanh"]})) is Status.REFUTED

    @pytest.mark.parametrize(
        "front",
        [
            "+++\r\nlayers = [2, 3, 2]\r\n+++\r\n",
            "<!--\n+++\nlayers = [2, 3, 2]\n+++\n-->\n",
            "% +++\n% layers = [2, 3, 2]\n% +++\n",
            '+++\ntitle = "Notes"\ndraft = true\nlayers = [2, 3, 2]\n+++\n',
            '+++\ntitle = "Notes"\nweight = 3\n[symback]\nlayers = [2, 3, 2]\n+++\n',
        ],
    )
    def test_stands_where_other_front_matter_stands(self, front: str) -> None:
        assert last(check(f"{front}\n{RIGHT}", path="n.md")) is Status.PROVED

    def test_of_a_site_is_left_to_it(self) -> None:
        text = '+++\ntitle = "Notes"\n[params]\nlayers = "x"\n+++\n'
        assert check(text + FORWARD + RIGHT, path="n.md").judgements[-1].status is Status.PROVED

    def test_of_a_site_may_have_a_key_that_looks_like_one(self) -> None:
        text = '+++\ntitle = "Notes"\nimages = ["a.png"]\n+++\n'
        assert check(text + FORWARD + RIGHT, path="n.md").judgements[-1].status is Status.PROVED

    @pytest.mark.parametrize(
        ("header", "message"),
        [
            ("layer = [2, 2]", r"n\.md, line 2: unknown key 'layer'; did you mean layers\?"),
            ("\nlayers = 3", r"n\.md, line 3: layers must be a list"),
            ("[symback]\nlayrs = [2]", r"line 3: unknown key 'layrs'; did you mean layers\?"),
            ("layers = [2, 2", r"n\.md, line \d+: not TOML"),
            ('same = ["w = W^2 + 1"]', "same: 'W\\^2 \\+ 1' is no letter"),
            ('activations = ["tanhh"]', "tanhh"),
        ],
    )
    def test_that_is_wrong_is_refused(self, header: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            check(headed(header, RIGHT), path="n.md")


class TestWidths:
    """A sum that is written out is one over all units only where there are as many."""

    BOTH = "dL/dh[1] = dL/dyhat[1]*g'(y'[1])*W2[1,1] + dL/dyhat[2]*g'(y'[2])*W2[1,2]"
    FIRST = BOTH.partition(" + ")[0]

    @pytest.mark.spread
    @pytest.mark.parametrize(
        ("layers", "formula", "status"),
        [
            ((2, 2, 2), BOTH, Status.PROVED),
            ((2, 2, 3), BOTH, Status.REFUTED),
            ((2, 2, 1), FIRST, Status.PROVED),
            ((2, 2, 2), FIRST, Status.REFUTED),
        ],
    )
    def test_hold_where_units_are_numbered(
        self, layers: tuple[int, ...], formula: str, status: Status
    ) -> None:
        assert answer(formula, Network(layers)).status is status

    @pytest.mark.parametrize("notation", [None, "nielsen", "bishop"])
    def test_are_those_of_the_notation(self, notation: str | None) -> None:
        network = Network((4, 3, 2))
        formula = {
            None: r"\frac{\partial L}{\partial W_{41}^{(1)}} = \delta_1^{(1)} x_4",
            "nielsen": r"\frac{\partial C}{\partial w_{14}^{2}} = \delta_1^{2} x_4",
            "bishop": r"\frac{\partial E}{\partial w_{14}^{(1)}} = \delta_1^{(1)} x_4",
        }[notation]
        assert answer(formula, network, notation).status is Status.PROVED
        assert answer(formula.replace("4", "3"), network, notation).status is Status.PROVED
        beyond = answer(formula.replace("4", "5"), network, notation)
        assert (beyond.status, beyond.reason) == (Status.UNDECIDED, "no-such-unit")
        assert beyond.arguments["units"] == "4"


class TestFlatWeights:
    HEADER = 'layers = [2, 2, 2]\nweights = { w_5 = "h1 -> o1", w_6 = "h2 -> o1" }'
    LINE = (
        r"$$\frac{\partial L}{\partial w_5} = \frac{\partial L}{\partial \hat y_1} g'(y_1') h_1$$"
    )

    def test_are_the_entries_that_they_connect(self) -> None:
        assert last(check(self.LINE)) is Status.UNDECIDED
        assert last(check(headed(self.HEADER, self.LINE))) is Status.PROVED
        slip = check(headed(self.HEADER, self.LINE.replace("w_5", "w_6"))).judgements[-1]
        assert slip.status is Status.REFUTED
        assert all(diagnosis.repair is None for diagnosis in slip.diagnoses)

    def test_stand_in_sums(self) -> None:
        line = r"$$y_1' = w_5 h_1 + w_6 h_2 + b_1^{(2)}$$"
        assert last(check(headed(self.HEADER, line))) is Status.PROVED
        swapped = line.replace("w_5", "w_7").replace("w_6", "w_5").replace("w_7", "w_6")
        report = check(headed(self.HEADER, swapped))
        assert told(report)["stated-contradicted"] == {"of": "y'_1", "line": "5"}

    @pytest.mark.parametrize(
        ("ends", "message"),
        [
            ("x1 -> o1", "connects no layer with the next one"),
            ("h1 -> 5", "'5' names no unit"),
            ("h3 -> o1", "is beyond the 2×2 weights"),
            ("h1[1] -> h2[1]", None),
        ],
    )
    def test_connect_two_units(self, ends: str, message: str | None) -> None:
        text = headed(f'layers = [2, 2, 2]\nweights = {{ w_5 = "{ends}" }}', self.LINE)
        if message is None:
            assert last(check(text)) is Status.PROVED
            return
        with pytest.raises(InputError, match=message) as caught:
            check(text)
        assert caught.value.where == "weights"


class TestBesideADocumentThatDefinesSomething:
    def test_the_loss_is_completed(self) -> None:
        text = FORWARD + SQUARED.replace(r"\hat{y}_k (1 - \hat{y}_k)", "g'(y_k')")
        report = check(text, network=Network((2, 3, 2), loss="half-squared-error"))
        assert last(report) is Status.PROVED
        assert told(report) == {"stated-completes": {"of": "L"}}
        report = check(text, network=Network((2, 3, 2), loss="squared-error"))
        assert last(report) is Status.REFUTED

    def test_generic_functions_are_named(self) -> None:
        text = FORWARD + r"$$\frac{\partial h_k}{\partial h_k'} = 1 - h_k^2$$"
        report = check(text, network=Network((2, 3, 2), ("tanh", "g")))
        assert last(report) is Status.PROVED
        assert told(report) == {"stated-function": {"of": "f", "is": "tanh"}}
        assert last(check(text, network=Network((2, 3, 2), ("sigmoid", "g")))) is Status.REFUTED

    def test_a_contradiction_is_told_and_the_document_goes_first(self) -> None:
        text = FORWARD.replace("W_{jk}^{(1)} x_j", "W_{kj}^{(1)} x_j") + RIGHT
        report = check(text, network=Network((2, 3, 2)))
        assert last(report) is Status.PROVED
        assert told(report)["stated-contradicted"] == {"of": "h'_k", "line": "2"}
        assert "stated-contradicted" not in told(check(FORWARD, network=Network((2, 3, 2))))

    def test_another_number_of_layers_is_a_contradiction(self) -> None:
        report = check(FORWARD + RIGHT, network=Network((2, 3, 4, 2)))
        assert told(report)["stated-contradicted"] == {"of": "h_k", "line": "3"}

    def test_in_letters_of_its_own_it_is_not_used(self) -> None:
        text = (
            "$$z = w x + b$$\n$$a = \\sigma(z)$$\n$$C = \\frac12 (a - y)^2$$\n"
            "$$\\frac{\\partial C}{\\partial w} = (a - y) \\sigma'(z) x$$\n"
        )
        report = check(text, network=Network((2, 3, 2)))
        assert last(report) is Status.PROVED
        assert told(report) == {"stated-unused": {"of": "z, a, C"}}


def test_a_function_is_one_of_the_catalogue() -> None:
    text = "$$a = f(z)$$ and $$\\frac{\\partial a}{\\partial z} = a (1 - a)$$\n"
    assert last(check(text)) is Status.UNDECIDED  # it is right of the logistic function
    assert last(check(headed('same = ["f = sigmoid"]', text))) is Status.PROVED
    assert last(check(headed('same = ["f = \\\\tanh"]', text))) is Status.REFUTED


def test_sizes_say_how_far_an_index_runs() -> None:
    text = "$$y = \\sum_{i=1}^{n} w_i x_i$$\n\n$$y = w_1 x_1 + w_2 x_2$$\n"
    assert last(check(headed("sizes = { n = 2 }", text))) is Status.PROVED
    assert last(check(headed("sizes = { n = 3 }", text))) is Status.REFUTED
