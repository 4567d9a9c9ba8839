"""Matrix forms in columns or to-from stand for the same entries as those in rows and from-to."""

from __future__ import annotations

import pytest
from sympy import Expr, Indexed, Integer

from symback.algebra.equality import equal
from symback.algebra.expressions import Entry
from symback.calculus.chain_rule import derive
from symback.calculus.matrix.orientation import exchanged, oriented
from symback.calculus.matrix.tree import (
    MatMul,
    MatrixForm,
    Transpose,
    VectorLoss,
    axes,
    entry,
    placed,
)
from symback.model.equations import Quantity, Role
from symback.model.network import Network

NETWORKS = {
    "one sample": Network((2, 3, 4, 5)),
    "one layer": Network((3, 2), ("sigmoid",), "binary-cross-entropy"),
    "batch": Network((4, 3, 2), ("tanh", "softmax"), "cross-entropy", batch=True),
    "decay": Network((4, 3, 2), batch=True, weight_decay=0.5),
}


def columns(quantity: Quantity) -> bool:
    return bool(quantity.ranges) and quantity.role is not Role.WEIGHT


def to_from(quantity: Quantity) -> bool:
    return quantity.role is Role.WEIGHT


def both(quantity: Quantity) -> bool:
    return bool(quantity.ranges)


WAYS = {"columns": columns, "to-from": to_from, "both": both}


def entries_of(form: MatrixForm, way, model) -> tuple[Expr, Expr]:
    """The general entry of an oriented right side, and of the one that it was made from."""
    row, column = (
        Integer(1) if axis is None else form.quantity.indices[axis]
        for axis in placed(form.quantity)
    )
    turned = oriented(form, way)
    at = (column, row) if way(form.quantity) else (row, column)
    found = entry(turned.right, *at, model.loss.at())
    back = {
        node: Entry(node.base, *reversed(node.indices))
        for node in found.atoms(Indexed)
        if len(node.indices) == 2 and way(model.quantities[str(node.base.label)])
    }
    return found.xreplace(back), entry(form.right, row, column, model.loss.at())


def has_vector_loss(form: MatrixForm) -> bool:
    return isinstance(form.right, VectorLoss)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_every_entry_is_the_same(network: Network, way) -> None:
    derivation = derive(network)
    compared = 0
    for form in derivation.matrices:
        if has_vector_loss(form):
            continue
        found, wanted = entries_of(form, way, derivation.model)
        assert equal(found, wanted), form
        compared += 1
    assert compared > len(derivation.matrices) - 2


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_shapes_fit(network: Network, way) -> None:
    for form in derive(network).matrices:
        turned = oriented(form, way)
        check_products(turned.right)
        if not has_vector_loss(form) and form.quantity.ranges:
            sizes = [None if axis is None else axis.name for axis in axes(turned.right)]
            own = exchanged(form.quantity) if way(form.quantity) else form.quantity
            places = [None if at is None else own.ranges[at].name for at in placed(own)]
            shown = [(a, b) for a, b in zip(sizes, places, strict=True) if a is not None]
            assert all(a == b for a, b in shown), form


def check_products(node) -> None:
    if isinstance(node, MatMul):
        left, right = axes(node.left)[1], axes(node.right)[0]
        assert (left and left.name) == (right and right.name)
    for name in getattr(node, "__slots__", ()):
        value = getattr(node, name)
        for part in value if isinstance(value, tuple) else (value,):
            if type(part).__module__ == type(node).__module__:
                check_products(part)


def test_a_forgotten_transpose_is_seen() -> None:
    derivation = derive(Network((2, 3, 2)))
    form = next(f for f in derivation.matrices if f.adjoint and f.quantity.name == "W1")
    turned = oriented(form, both)
    assert isinstance(turned.right, MatMul)
    assert isinstance(turned.right.right, Transpose)
    wrong = MatMul(turned.right.left, turned.right.right.body)
    with pytest.raises(AssertionError):
        check_products(wrong)
