"""A notation changes comments, and nothing else of an emitted file."""

import ast
import dataclasses
import re

import pytest
from emission_networks import NETWORKS

from symback import Network, emit
from symback.notation import NOTATIONS, Form

NETWORK = NETWORKS["cross-entropy"]
FORMS = [("readable", "numpy"), ("fast", "numpy"), ("scalar", "numpy"), ("readable", "array-api")]


@pytest.mark.parametrize("notation", NOTATIONS)
def test_python_is_the_same_without_its_comments(notation):
    text = emit(Network((2, 2, 2)), notation=NOTATIONS[notation])
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(emit(Network((2, 2, 2)))))


@pytest.mark.parametrize(("style", "target"), FORMS)
def test_every_form_takes_a_notation(style, target):
    text = emit(NETWORK, style, target, notation=NOTATIONS["nielsen"])
    plain = emit(NETWORK, style, target)
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(plain))
    assert "# ∂C/∂w²ₖⱼ = Σₛ δ^{s,2}ₖ xˢⱼ\n" in text


def test_c_is_the_same_without_its_comments():
    text = emit(NETWORK, target="c", notation=NOTATIONS["bishop"])
    plain = emit(NETWORK, target="c")
    assert text != plain
    assert re.sub(r" *//.*\n", "", text) == re.sub(r" *//.*\n", "", plain)


@pytest.mark.parametrize("name", ["C\nimport os", "C\u2028import os", "C\\", "C??/"])
def test_a_notation_cannot_leave_its_comment(name):
    notation = dataclasses.replace(NOTATIONS["nielsen"], cost=Form(name))
    text = emit(NETWORK, target="c", notation=notation)
    plain = emit(NETWORK, target="c")
    assert re.sub(r" *//.*\n", "", text) == re.sub(r" *//.*\n", "", plain)
