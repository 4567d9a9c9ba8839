"""What a letter is follows from its uses: notes in other letters get the same verdicts."""

from __future__ import annotations

import pytest
from sampling import sample

from symback.reading import check
from symback.reading.statements.verdicts import Status

LAYERS = (
    "{z}^l = {W}^l {a}^{{l-1}} + {b}^l",
    "{a}^l = f({z}^l)",
    r"{d}^l = \frac{{\partial {L}}}{{\partial {z}^l}}",
)
ROWS = ("{Z} = {X} {W} + {b}", "{A} = f({Z})", "{Y} = {A} {V}")


D = r"\frac{{\partial {L}}}{{\partial %s}}"


def verdict(formulas: tuple[str, ...], line: str, letters: dict[str, str]) -> Status:
    lines = [formula.format(**letters) for formula in (*formulas, line)]
    found = check("\n\n".join(f"$${each}$$" for each in lines), kind="markdown")
    return found.judgements[-1].status


@pytest.mark.parametrize(
    "letters",
    sample(
        [
            {"z": "u", "W": "M", "a": "v", "b": "c", "d": r"\epsilon", "L": "E"},
            {"z": "z", "W": "J", "a": "a", "b": "b", "d": "r", "L": "L"},
            {"z": "p", "W": "C", "a": "u", "b": r"\lambda", "d": r"\varepsilon", "L": "J"},
            {"z": r"\rho", "W": "G", "a": "a", "b": r"\gamma", "d": r"\epsilon", "L": "L"},
            {"z": r"\lambda", "W": "K", "a": "t", "b": "n", "d": r"\xi", "L": "C"},
        ],
        2,
    ),
)
def test_a_missing_transpose_is_never_proved_in_layers(letters: dict[str, str]) -> None:
    right = r"{d}^l = \left(({W}^{{l+1}})^\top {d}^{{l+1}}\right) \odot f'({z}^l)"
    wrong = r"{d}^l = \left({W}^{{l+1}} {d}^{{l+1}}\right) \odot f'({z}^l)"
    assert verdict(LAYERS, right, letters) is not Status.REFUTED
    assert verdict(LAYERS, wrong, letters) not in (Status.PROVED, Status.AGREES)


@pytest.mark.parametrize(
    "letters",
    sample(
        [
            {"Z": "M", "X": "V", "W": "U", "b": "c", "A": "N", "Y": "Y", "V": "Q", "L": "J"},
            {
                "Z": "B",
                "X": "A",
                "W": "C",
                "b": r"\theta",
                "A": "E",
                "Y": "F",
                "V": "W",
                "L": r"\ell",
            },
            {"Z": "C", "X": "A", "W": "W", "b": "n", "A": "K", "Y": "Y", "V": "P", "L": "D"},
            {"Z": "Z", "X": "X", "W": "W", "b": "b", "A": "A", "Y": "Y", "V": "V", "L": "L"},
        ],
        2,
    ),
)
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            f"{D % '{A}'} = {D % '{Y}'} " + r"{V}^\top",
            f"{D % '{A}'} = {D % '{Y}'} " + "{V}",
        ),
        (
            f"{D % '{V}'} = " + r"{A}^\top " + D % "{Y}",
            f"{D % '{V}'} = {D % '{Y}'} " + r"{A}^\top",
        ),
    ],
)
def test_a_product_of_capitals_is_one_of_matrices(
    letters: dict[str, str], right: str, wrong: str
) -> None:
    assert verdict(ROWS, right, letters) is not Status.REFUTED
    assert verdict(ROWS, wrong, letters) not in (Status.PROVED, Status.AGREES)


def test_numbers_in_capital_letters_are_left_open_until_something_says_so() -> None:
    notes = "$$Z = W X$$\n\n$$A = f(Z)$$\n\n$$E = (A - Y)^2$$\n\n{said}$$%s$$"
    line = r"\frac{\partial E}{\partial W} = 2 (A - Y) f'(Z) X"
    wrong = r"\frac{\partial E}{\partial W} = 2 (Y - A) f'(Z) X"
    (*_, found) = check(notes.format(said="") % line, kind="markdown").judgements
    assert (found.status, found.reason) == (Status.UNDECIDED, "numbers-or-arrays")
    said = "$W = 0.5$ and $X = 2$.\n\n"
    (*_, found) = check(notes.format(said=said) % line, kind="markdown").judgements
    assert found.status is Status.PROVED
    (*_, found) = check(notes.format(said=said) % wrong, kind="markdown").judgements
    assert found.status is Status.REFUTED


@pytest.mark.parametrize("vector", sample([r"\kappa", r"\lambda", "p", "t", "net"], 2))
def test_what_a_matrix_is_applied_to_is_a_vector(vector: str) -> None:
    notes = f"$$z = W {vector}$$\n\n$$g = \\tanh(z)$$\n\n$$L = \\frac12 \\|g - y\\|^2$$\n\n$$%s$$"
    right = rf"\frac{{\partial L}}{{\partial W}} = ((g - y) \odot (1 - g^2)) {vector}^\top"
    wrong = rf"\frac{{\partial L}}{{\partial W}} = ((g - y) \odot (1 - g)) {vector}^\top"
    assert check(notes % right, kind="markdown").judgements[-1].status is Status.PROVED
    assert check(notes % wrong, kind="markdown").judgements[-1].status is Status.REFUTED


@pytest.mark.parametrize("mark", ["{Tr}", r"{\mathrm{Tr}}", r"{\text{Tr}}", r"{\rm Tr}"])
def test_tr_is_a_transpose(mark: str) -> None:
    notes = "$$y = V h$$\n\n$$%s$$"
    right = rf"\frac{{\partial L}}{{\partial h}} = V^{mark} \frac{{\partial L}}{{\partial y}}"
    wrong = rf"\frac{{\partial L}}{{\partial V}} = h^{mark} \frac{{\partial L}}{{\partial y}}"
    assert check(notes % right, kind="markdown").judgements[-1].status is Status.PROVED
    assert check(notes % wrong, kind="markdown").judgements[-1].status is Status.REFUTED


SIZED = r"""+++
sizes = { K = SIZE, M = SIZE }
+++
$$\hat y_k = \sum_{m=1}^M w_{km} z_m$$
$$L = \frac12 \sum_{k=1}^K (\hat y_k - y_k)^2$$
$$\frac{\partial L}{\partial z_m} = \sum_{k=1}^K w_{km} (LINE)$$
"""


@pytest.mark.parametrize(
    ("line", "size", "status"),
    [
        (r"\hat y_k - y_k", "3", Status.PROVED),
        (r"\hat y_m - y_k", "3", Status.REFUTED),
        # Of one unit each every index is right.
        (r"\hat y_m - y_k", "1", Status.UNDECIDED),
    ],
)
def test_letters_are_not_told_apart_by_one_unit_each(line: str, size: str, status: Status) -> None:
    text = SIZED.replace("SIZE", size).replace("LINE", line)
    assert check(text, path="notes.md").judgements[-1].status is status
