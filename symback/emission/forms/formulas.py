"""Functions of the catalogue that have no form of their own in code, by their formulas."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.emission.forms.functions import derivative_form
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Model
from symback.model.perceptron import FUNCTIONS

__all__ = ["with_formulas"]


def with_formulas(model: Model) -> Model:
    """The equations with each function of the catalogue that has no form of its own as its formula.

    An activation is emitted as soon as it has an entry; a form that keeps its digits can follow.
    """

    def changed(expression: Expr) -> Expr:
        found = {
            node: parse_formula(ACTIVATIONS[node.name].formula, {"z": node.argument}, FUNCTIONS)
            for node in expression.atoms(Apply)
            if not node.order
            and node.name in ACTIVATIONS
            and ACTIVATIONS[node.name].elementwise
            and derivative_form(node.name, 0) is None
        }
        return expression.xreplace(found) if found else expression

    equations = tuple(replace(e, expression=changed(e.expression)) for e in model.equations)
    return model if equations == model.equations else replace(model, equations=equations)
