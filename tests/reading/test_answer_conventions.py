"""What a student's formula leaves to convention is not held against it."""

from __future__ import annotations

import pytest
from sampling import sample

from symback.model.network import Network
from symback.reading import answer, check
from symback.reading.statements.verdicts import Status

NETWORK = Network((2, 3, 4))
SOFTMAX = Network((2, 3, 4), activations=("sigmoid", "softmax"), loss="cross-entropy")


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(
    ("formula", "reading"),
    [
        (r"\frac{\partial L}{\partial W^{(2)}} = h^T \delta^{(2)}", None),
        (r"\frac{\partial L}{\partial W^{(2)}} = h (\delta^{(2)})^T", "vectors-are-columns"),
        (r"\frac{\partial L}{\partial W^{(1)}} = x (\delta^{(1)})^T", "vectors-are-columns"),
        (r"\frac{\partial L}{\partial h} = W^{(2)} \delta^{(2)}", "vectors-are-columns"),
    ],
)
def test_a_vector_is_a_row_or_a_column(formula: str, reading: str | None) -> None:
    judgement = answer(formula, NETWORK)
    assert judgement.status is Status.PROVED
    found = [code for code, _ in judgement.readings if code.startswith("vectors")]
    assert found == ([reading] if reading else [])
    wrong = answer(formula.replace("= ", "= 2 "), NETWORK)
    assert wrong.status is Status.REFUTED
    assert wrong.reason == "values"


@pytest.mark.parametrize(
    "formula",
    [
        "dL/dW2[1,2] = dL/dyhat[1] * g'(y'[1]) * h[2]",
        r"\frac{\partial L}{\partial W^{(2)}_{jk}} = \delta^{(2)}_j h_k",
        r"\frac{\partial L}{\partial W^{(2)}} = \delta^{(2)} h^T",
    ],
)
def test_the_order_of_a_weights_indices_is_a_notations_to_say(formula: str) -> None:
    judgement = answer(formula, NETWORK)
    assert (judgement.status, judgement.reason) == (Status.UNDECIDED, "weight-order")
    wrong = answer(formula.replace("= ", "= 2 "), NETWORK)
    assert wrong.status is Status.REFUTED


def test_a_notation_that_is_asked_for_says_the_order() -> None:
    assert answer("dL/dW2[j,k] = delta2[j] h[k]", NETWORK, "founding").status is Status.REFUTED
    to_from = r"\frac{\partial C}{\partial w^3_{jk}} = \delta^3_j a^2_k"
    assert answer(to_from, NETWORK, "nielsen").status is Status.PROVED


def test_a_bracket_after_a_known_quantity_is_a_factor() -> None:
    right = r"\frac{\partial C}{\partial w^3} = \delta^3 (a^2)^T"
    assert answer(right, NETWORK, "nielsen").status is Status.PROVED
    assert answer(right.replace("= ", "= 2 "), NETWORK, "nielsen").status is Status.REFUTED


def test_a_sum_with_its_index_in_the_bracket_is_one() -> None:
    right = "dL/dW1[j,k] = x[j] h[k] (1-h[k]) sum(i, W2[k,i] (yhat[i]-y[i]))"
    assert answer(right, SOFTMAX).status is Status.PROVED
    assert answer(right.replace("W2[k,i]", "W2[i,k]"), SOFTMAX).status is Status.REFUTED


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dW2 = h.T @ delta2", "dW2 = h.T @ delta1"),
        ("dW2 = np.outer(h, delta2)", "dW2 = np.outer(h, h)"),
        ("dh = np.dot(delta2, W2.T)", "dh = np.dot(delta1, W1.T)"),
        ("dW1 = np.outer(x, W2.dot(delta2) * f'(h'))", "dW1 = np.outer(x, W2.dot(delta2))"),
        ("db2 = delta2", "db2 = delta1"),
    ],
)
def test_what_is_typed_as_a_program_has_it(right: str, wrong: str) -> None:
    assert answer(right, NETWORK).status is Status.PROVED
    assert answer(wrong, NETWORK).status in (Status.REFUTED, Status.UNDECIDED)


def test_plain_text_has_no_fonts_to_tell_of() -> None:
    assert not answer("db2 = dL/dy'", NETWORK).readings[1:]
    latex = answer(r"\frac{\partial L}{\partial b^{(2)}_k} = \delta^{(2)}_k", NETWORK)
    assert ("same-letter", {"written": "L", "taken": "calligraphic L"}) in latex.readings


TO_FROM = r"\frac{\partial L}{\partial W^{(2)}} = \delta^{(2)} h^T"
BY_INDEX = r"\frac{\partial L}{\partial W^{(2)}_{jk}} = \delta^{(2)}_j h_k"
FROM_TO = r"\frac{\partial L}{\partial W^{(2)}_{jk}} = \delta^{(2)}_k h_j"
BACK = r"\frac{\partial L}{\partial h_k} = \sum_i W^{(2)}_{ki} \delta^{(2)}_i"


def checked(*lines: str, notation: str | None = None) -> tuple[list[str], set[str]]:
    text = "\n\n".join(f"$${line}$$" for line in lines)
    report = check(text, kind="markdown", network=NETWORK, notation=notation)
    return [str(j.status) for j in report.judgements], {code for code, _ in report.inferred}


def test_a_document_without_equations_shows_its_conventions() -> None:
    verdicts, told = checked(TO_FROM, BY_INDEX)
    assert verdicts == ["PROVED", "PROVED"]
    assert {"weights-are-to-from", "vectors-are-columns"} <= told
    verdicts, told = checked(FROM_TO, BACK)
    assert verdicts == ["PROVED", "PROVED"]
    assert not {"weights-are-to-from", "vectors-are-columns"} & told


def test_one_line_shows_no_order_and_a_notation_does() -> None:
    assert checked(BY_INDEX)[0] == ["UNDECIDED"]
    assert checked(BY_INDEX, notation="founding")[0] == ["REFUTED"]


def test_a_slip_among_right_lines_stays_one() -> None:
    assert checked(FROM_TO, BACK, BY_INDEX)[0] == ["PROVED", "PROVED", "REFUTED"]
    twice = BY_INDEX.replace("= ", "= 2 ")
    assert checked(TO_FROM, BY_INDEX, twice)[0] == ["PROVED", "PROVED", "REFUTED"]


def test_the_targets_of_every_sample_sum_to_one() -> None:
    batch = Network((2, 3, 4), activations=("sigmoid", "softmax"), loss="cross-entropy", batch=True)
    lines = [
        "dW2 = h.T @ (yhat - y) / N",
        "dL/dW2[j,k] = sum_n (yhat[n,k] - y[n,k]) h[n,j] / N",
    ]
    for right in sample(lines, 1):
        assert answer(right, batch).status is Status.PROVED
        old, new = ("-", "+") if right.startswith("dL") else (" / N", "")
        assert answer(right.replace(old, new), batch).status is Status.REFUTED


def test_a_slip_in_a_product_entry_by_entry_is_one() -> None:
    network = Network((2, 3, 4), activations=("sigmoid", "sigmoid"), loss="half-squared-error")
    right = "delta2 = (yhat - y) * yhat * (1 - yhat)"
    assert answer(right, network).status is Status.PROVED
    for wrong in (right.replace("yhat - y", "y - yhat", 1), right.replace("1 - yhat", "1 + yhat")):
        assert answer(wrong, network).status is Status.REFUTED


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        ("(yhat[k]-y[k]) yhat[k] (1-yhat[k]) h[j]", Status.PROVED),
        ("(yhat-y) yhat (1-yhat) h[j]", Status.PROVED),
        # There is one output: yhat[j] is right at j = 1 alone, where nothing else is tried.
        ("(yhat[j]-y[j]) yhat[j] (1-yhat[j]) h[k]", Status.UNDECIDED),
        ("(yhat[k]-y[k]) yhat[k] (1-yhat[k]) h[k]", Status.REFUTED),
    ],
)
def test_an_index_of_a_layer_of_one_unit_does_not_stand_for_all(
    right: str, verdict: Status
) -> None:
    network = Network((2, 3, 1), activations=("sigmoid", "sigmoid"), loss="half-squared-error")
    assert answer(f"dL/dW2[j,k] = {right}", network).status is verdict
