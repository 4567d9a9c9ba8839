"""A model prints itself in the language and reads back equal."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from random_models import texts
from sampling import FULL
from sympy import Dummy, Expr, Symbol

from symback.errors import InputError
from symback.model.equations import Model, Quantity
from symback.model.language.reader import read_model
from symback.model.language.writer import model_text
from symback.model.network import Network


def canonical(expression: Expr) -> Expr:
    """Bound indices by the order in which a walk meets them: a name is no part of the meaning."""
    names: dict[Expr, Expr] = {}
    for node in _walk(expression):
        if isinstance(node, Dummy):
            names.setdefault(node, Symbol(f"_{len(names)}", integer=True))
    return expression.xreplace(names)


def _walk(node: Expr):
    yield node
    for part in sorted(node.args, key=_shape):
        yield from _walk(part)


def _shape(node: Expr) -> str:
    """What a part looks like without the numbers that SymPy gives its dummies."""
    text = str(node)
    return text if not node.args else f"{type(node).__name__} {text}"


def plain(model: Model) -> tuple[object, ...]:
    """All that a model says, with letters that are only preferred left out."""
    return (
        tuple(_quantity(q) for q in model.given),
        tuple((_quantity(e.quantity), canonical(e.expression), e.at) for e in model.equations),
        model.wanted,
        model.functions,
        set(model.conditions),
    )


def _quantity(quantity: Quantity) -> Quantity:
    return replace(quantity, ranges=tuple(replace(r, letters="") for r in quantity.ranges))


@settings(max_examples=60 if FULL else 30, deadline=None)
@given(texts())
def test_a_model_prints_itself_and_reads_back_equal(text: str) -> None:
    try:
        model = read_model(text)
    except InputError as error:  # a cycle, or a quotient that is one by 0: a slip with its place
        assert error.where
        return
    printed = model_text(model)
    again = read_model(printed)
    assert model_text(again) == printed
    assert plain(again) == plain(model), f"{text}\n\n{printed}"


def test_a_changed_text_is_another_model() -> None:
    one = read_model("param a[j]\nL = sum(j, a[j]^2)")
    assert plain(one) != plain(read_model("param a[j]\nL = sum(j, a[j]^3)"))
    assert plain(one) != plain(read_model("param a[j]\nL = sum(j in 2..J, a[j]^2)"))


def test_a_network_is_printed_with_its_widths_as_sizes() -> None:
    printed = model_text(Network((2, 3, 1), ("tanh", "f")).model())
    assert "h1[k] = tanh(h1_pre[k]) for k = 1..n_1" in printed
    assert "L = L(y[:], yhat[:])" in printed
    assert model_text(read_model(printed)) == printed


def test_a_softmax_does_not_sum_over_a_letter_that_runs_elsewhere() -> None:
    text = "input i[j,m]\nparam V[j,m]\nz[m] = sum(j, V[j,m] i[j,m])\np[m] = softmax(m, z[m])\n"
    model = read_model(text + "L = sum(m, p[m]^2)")
    (total,) = (each for each in model.equations if each.quantity.name == "p")
    assert "j" not in {symbol.name for symbol in total.expression.atoms(Symbol)}
