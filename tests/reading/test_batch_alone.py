"""Networks said of a batch alone, `Z = W A + b`: what holds of each sample is proved."""

import pytest
from sampling import FULL, covering

from symback.reading import check
from symback.reading.statements.verdicts import Status

FORWARD = r"""
$Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}$ with $A^{[0]} = X$, and $A^{[l]} = g(Z^{[l]})$.

"""
COST = r"""
$$J = -\frac{1}{m} \sum_{i=1}^{m} (y^{(i)} \log(a^{[L](i)}) + (1-y^{(i)}) \log(1- a^{[L](i)}))$$

"""
OF_EACH = r"""
$$\mathcal{L}^{(i)} = -(y^{(i)} \log(a^{[L](i)}) + (1-y^{(i)}) \log(1- a^{[L](i)}))$$

$$J = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}$$

"""
ARRAYS = r"""
$$W = \begin{bmatrix} j & k\\ p & n\end{bmatrix}\;\;\;
X = \begin{bmatrix} a & c\\ d & e\end{bmatrix}$$

"""
BACKWARD = (
    r"\frac{\partial \mathcal{J}}{\partial W^{[l]}} = \frac{1}{m} dZ^{[l]} A^{[l-1] T}",
    r"\frac{\partial \mathcal{J}}{\partial b^{[l]}} = \frac{1}{m} \sum_{i=1}^{m} dZ^{[l](i)}",
    r"dA^{[l-1]} = \frac{\partial \mathcal{L}}{\partial A^{[l-1]}} = W^{[l] T} dZ^{[l]}",
    r"dZ^{[l]} = dA^{[l]} * g'(Z^{[l]})",
)
BEFORE = {"open": "", "mean": COST, "each": OF_EACH, "arrays": COST + ARRAYS}
_GOOD = (Status.PROVED, Status.AGREES)


def ends(before: str, *lines: str) -> list[Status]:
    """The verdicts on lines about a batch."""
    said = r"$dZ^{[l]} = \frac{\partial \mathcal{L}}{\partial Z^{[l]}}$"
    text = f"{FORWARD}{before}{said}\n\n" + "\n".join(f"$${line}$$" for line in lines) + "\n"
    return [each.status for each in check(text, path="notes.md").judgements[-len(lines) :]]


def last(before: str, line: str, lines: tuple[str, ...] = BACKWARD) -> Status:
    return ends(before, *(other for other in lines if other != line), line)[-1]


@pytest.mark.parametrize(("before", "at"), covering(["mean", "each", "arrays"], range(4)))
def test_every_line_of_a_batch(before: str, at: int) -> None:
    assert last(BEFORE[before], BACKWARD[at]) in _GOOD


SLIPS = [
    (0, r"\frac{1}{m} ", ""),
    (0, r"\frac{1}{m}", r"\frac{2}{m}"),
    (0, r"\frac{1}{m}", r"\frac{1}{n}"),
    (0, "A^{[l-1] T}", "A^{[l] T}"),
    (0, "A^{[l-1] T}", "A^{[l-1]}"),
    (0, "dZ", "dA"),
    (1, r"\frac{1}{m} ", ""),
    (1, "dZ^{[l](i)}", "dZ^{[l-1](i)}"),
    (1, "dZ^{[l](i)}", "dZ^{[l](1)}"),
    (1, "^{m}", "^{n}"),
    (2, "W^{[l] T}", "W^{[l]}"),
    (2, "= W", r"= \frac1m W"),
    (3, "g'(", "g("),
]


@pytest.mark.parametrize(("before", "at"), covering(["open", "mean", "each"], range(4)))
def test_wrong_lines_of_a_batch(before: str, at: int) -> None:
    line, own = BACKWARD[at], [(right, wrong) for of, right, wrong in SLIPS if of == at]
    assert all(right in line for right, _ in own)
    lines = [line.replace(right, wrong, 1) for right, wrong in own]
    others = tuple(other for other in BACKWARD if other != line)
    assert not set(ends(BEFORE[before], *others, *lines)[-len(lines) :]) & set(_GOOD)
    for slip in lines if FULL else ():
        assert last(BEFORE[before], slip, others) not in _GOOD, slip


def test_a_mean_is_not_divided_again() -> None:
    """Of one loss for all, what belongs to a sample is divided by their number already."""
    for loss, proved in ((r"\mathcal{L}", True), (r"\mathcal{J}", False)):
        line = rf"\frac{{\partial {loss}}}{{\partial A^{{[l-1]}}}} = W^{{[l] T}} dZ^{{[l]}}"
        text = f"{FORWARD}{COST}$${line}$$\n\n$${BACKWARD[0]}$$\n"
        assert (check(text, path="notes.md").judgements[-1].status in _GOOD) == proved


def test_two_losses_of_which_nothing_is_said_are_two() -> None:
    assert last("", BACKWARD[0]) is Status.UNDECIDED
    assert last("", BACKWARD[2]) in _GOOD


def test_the_readings_are_said() -> None:
    text = f"{FORWARD}{COST}" + "\n".join(f"$${line}$$" for line in BACKWARD)
    codes = {code for j in check(text, path="notes.md").judgements for code, _ in j.readings}
    assert {"samples-in-columns", "gradients-are-means"} <= codes


def test_a_function_of_what_a_layer_computes_is_no_hypothesis() -> None:
    text = (
        r"$\sigma(Z) = \sigma(W A + b) = \frac{1}{1 + e^{-(W A + b)}}$" + "\n\n"
        r"$A^{[L]} = \sigma(Z^{[L]})$" + "\n\n"
        r"$$\sigma'(u) = \sigma(u) (1 SIGN \sigma(u))$$"
    )
    assert check(text.replace("SIGN", "-"), path="n.md").judgements[-1].status in _GOOD
    assert check(text.replace("SIGN", "+"), path="n.md").judgements[-1].status not in _GOOD


RENAMED = r"""
$U^{[l]} = V^{[l]} H^{[l-1]} + b^{[l]}$ with $H^{[0]} = S$, and $H^{[l]} = g(U^{[l]})$.

$$J = -\frac{1}{m} \sum_{n=1}^{m} (y^{(n)} \log(h^{[L](n)}) + (1-y^{(n)}) \log(1- h^{[L](n)}))$$

$$LINE$$
"""


@pytest.mark.parametrize(
    ("line", "right", "wrong"),
    [
        (
            r"\frac{\partial \mathcal{J}}{\partial V^{[l]}} = \frac{1}{m} dU^{[l]} H^{[l-1] T}",
            "H^{[l-1] T}",
            "H^{[l] T}",
        ),
        (
            r"\frac{\partial J}{\partial b^{[l]}} = \frac{1}{m} \sum_{n=1}^{m} dU^{[l](n)}",
            "dU^{[l](n)}",
            "dU^{[l-1](n)}",
        ),
    ],
)
def test_letters_say_nothing_of_what_they_are(line: str, right: str, wrong: str) -> None:
    for own, good in ((line, True), (line.replace(right, wrong), False)):
        found = check(RENAMED.replace("LINE", own), path="n.md").judgements[-1].status
        assert (found in _GOOD) is good
