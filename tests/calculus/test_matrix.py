"""The matrix form is what one writes by hand, and gives the index form back."""

from __future__ import annotations

import dataclasses

import pytest

from symback.algebra.equality import equal
from symback.calculus import derive
from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    MatrixForm,
    Node,
    Plus,
    Reduce,
    Transpose,
    index_form,
)
from symback.model.network import Network

NETWORKS = [
    Network((2, 2, 2)),
    Network((4, 3, 2), bias=False),
    Network((2, 3, 4, 1), ("tanh", "relu", "sigmoid"), "half-squared-error"),
    Network((3, 4, 5), ("f", "softmax"), "cross-entropy"),
    Network((3, 4, 5), ("f", "softmax"), "L"),
    Network((3, 4, 5), ("x*sigmoid(x)", "g"), "(y-yhat)**4", weight_decay=0.1),
    Network((3, 4, 5), ("softplus", "softmax"), "cross-entropy", batch=True),
    Network((2, 3, 1), ("tanh", "sigmoid"), "binary-cross-entropy", batch=True, reduction="sum"),
    Network((2, 3, 2), ("elu", "identity"), "mean-squared-error", batch=True, weight_decay=0.5),
    Network((2, 3, 2), ("elu", "identity"), "huber", batch=True),
]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: f"{n.layers}-{n.loss}-{n.batch}")
def test_every_form_gives_its_index_form_back(network: Network) -> None:
    derivation = derive(network)
    for form in derivation.matrices:
        assert equal(index_form(form, derivation.loss), form.index), form.number


def spelled(node: Node) -> str:
    match node:
        case Array(quantity, adjoint):
            return "d" * adjoint + quantity.name
        case Transpose(body):
            return f"{spelled(body)}ᵀ"
        case MatMul(left, right):
            return f"{spelled(left)} {spelled(right)}"
        case Hadamard(parts):
            return " ⊙ ".join(f"({spelled(p)})" for p in parts)
        case Plus(parts):
            return " + ".join(map(spelled, parts))
        case Reduce(body, axis):
            return f"sum{axis}({spelled(body)})"
        case Elementwise(name, order, body):
            return f"{name}{chr(39) * order}({spelled(body)})"
        case _:
            return type(node).__name__


def forms(network: Network) -> dict[str, str]:
    return {
        "d" * form.adjoint + form.quantity.name: spelled(form.right)
        for form in derive(network).matrices
    }


def test_backpropagation_of_one_sample() -> None:
    found = forms(Network((2, 3, 2)))
    assert found["h1_pre"] == "b1 + x W1"
    assert found["dW2"] == "h1ᵀ dy_pre"
    assert found["dW1"] == "xᵀ dh1_pre"
    assert found["dh1"] == "dy_pre W2ᵀ"
    assert found["dh1_pre"] == "(dy_pre W2ᵀ) ⊙ (f'(h1_pre))"
    assert found["db1"] == "dh1_pre"


def test_a_batch_differs_only_in_its_biases() -> None:
    one, many = forms(Network((2, 3, 2))), forms(Network((2, 3, 2), batch=True))
    assert many["dW1"] == one["dW1"]
    assert many["dh1_pre"] == one["dh1_pre"]
    assert many["db1"] == "sum0(dh1_pre)"


def transposed(form: MatrixForm) -> MatrixForm:
    assert isinstance(form.right, MatMul)
    right = MatMul(form.right.right, form.right.left)
    return dataclasses.replace(form, right=right)


def test_a_wrong_form_does_not_give_its_index_form_back() -> None:
    derivation = derive(Network((2, 3, 2)))
    form = next(f for f in derivation.matrices if f.adjoint and f.quantity.name == "h1")
    assert not equal(index_form(transposed(form), derivation.loss), form.index)
