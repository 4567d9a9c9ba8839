"""What is derived has the form in which it is published: of twenty models, and of the library's.

`normal_forms` says when two lines have one form.  Where a published line has another one, it stands
beside ours: as another form of the step, or, as listed here, as a line that is proved equal.
"""

from __future__ import annotations

from dataclasses import replace as replace_fields
from functools import cache
from pathlib import Path

import pytest
from normal_forms import Line, put_in, same_form
from sampling import sample
from sympy import Add, Expr, KroneckerDelta, Mul, S, expand

from symback.algebra.expressions import Partial, Sum, within
from symback.algebra.indexing import Bracket
from symback.algebra.sums import replace
from symback.calculus import Derivation, derive
from symback.model.claims import ClaimLine, Stated
from symback.model.equations import Equation
from symback.model.language.reader import read_stated
from symback.model.language.sources import library_names, library_text
from symback.verification.report import Verdict
from symback.verification.stated import check_stated

ORACLES = Path(__file__).parents[1] / "data/oracles"
TEXTS = {path.stem: path.read_text() for path in sorted(ORACLES.glob("*.model"))}
TEXTS |= {f"library: {name}": library_text(name) for name in library_names()}

# Names under which a source has an adjoint.
CALLED = {
    "neural-ode-euler-steps": {"a": "z"},
    "library: neural-ode": {"a": "z"},
    "library: hmm": {"b": "f"},
}

# Published lines of another form, joined to ours by a proof for all sizes, and in what they differ.
BESIDE = {
    ("conv-2-d-channels-stride", "x"): "deltas left standing",
    ("library: conv2d", "x"): "deltas left standing",
    ("library: average-pooling", "x"): "deltas left standing",
    ("crf-log-z-by-the-forward-recursion", "u"): "the backward variable",
    ("crf-log-z-by-the-forward-recursion", "A"): "the backward variable",
    ("library: crf", "u"): "the backward variable",
    ("library: crf", "A"): "the backward variable",
    ("library: infonce", "a"): "the cosine by its name",
    ("library: infonce", "b"): "the cosine by its name",
    ("library: transformer-block", "r"): "a norm's line beside the residual one",
    ("library: transformer-block", "x"): "a norm's line beside the residual one",
}


@cache
def stated(key: str) -> Stated:
    return read_stated(TEXTS[key], key)


@cache
def derived(key: str) -> Derivation:
    """The gradients by everything given that a line is about."""
    model = stated(key).model
    named = {claim.of for claim in stated(key).claims}
    return derive(
        replace_fields(model, wanted=tuple(q.name for q in model.given if q.name in named))
    )


def published(key: str) -> dict[str, tuple[ClaimLine, Expr]]:
    """The general line about each adjoint, in the letters of its quantity, helpers put in."""
    model, loss = stated(key).model, stated(key).model.loss.at()
    helpers: dict[str, Line] = {}
    for claim in stated(key).claims:
        line = claim.equation
        name = line.quantity.name
        if name in CALLED.get(key, {}):
            quantity = model.quantities[CALLED[key][name]]
            helpers[name] = quantity.indices, Partial(loss, quantity.entry)
        elif not claim.of and not line.is_boundary and name not in line.mentions:
            helpers[name] = line.indices, line.expression
    found = {}
    for claim in stated(key).claims:
        line = claim.equation
        if claim.of and not line.is_boundary:
            letters = dict(zip(line.indices, model.quantities[claim.of].indices, strict=True))
            found[claim.of] = claim, replace(put_in(line.expression, helpers), letters)
    return found


def where_it_holds(expression: Expr, line: Equation) -> Expr:
    """An expression without the conditions that the range of a line's letters decides."""
    values: dict[Expr, Expr] = {}
    for letter, r in zip(line.indices, line.quantity.ranges, strict=True):
        for node in within(expression, Bracket, KroneckerDelta):
            first = node.args[0]
            if node.args[-1] != letter or not (first.is_Integer and r.first.is_Integer):
                continue
            if isinstance(node, Bracket) and node.relation == "<=" and first <= r.first:
                values[node] = S.One
            elif isinstance(node, KroneckerDelta) and first < r.first:
                values[node] = S.Zero
    return expression.xreplace(values)


def has_form(key: str, name: str, right: Expr, line: Equation) -> bool:
    """Whether a line is that of the derivation, or one of the forms that stand beside it."""
    steps = derived(key).step_of
    ours: dict[str, Line] = {n: (s.quantity.indices, s.result) for n, s in steps.items()}
    theirs: dict[str, Line] = {}
    for other, (claim, expression) in published(key).items():
        theirs[other] = stated(key).model.quantities[claim.of].indices, expression
    ours.pop(name), theirs.pop(name)
    step = steps[name]
    return any(
        same_form(right, where_it_holds(form, line), theirs, ours)
        for form in (step.result, *(form.expression for form in step.forms))
    )


@pytest.mark.parametrize("key", sample([*TEXTS], 9))
def test_what_is_derived_has_the_published_form(key: str) -> None:
    lines = published(key)
    other = {
        n for n, (claim, right) in lines.items() if not has_form(key, n, right, claim.equation)
    }
    beside = {name for text, name in BESIDE if text == key}
    assert other == beside, "state these lines as they are derived, or say in BESIDE why they stand"


@pytest.mark.spread
@pytest.mark.parametrize("key", sample(sorted({key for key, _ in BESIDE}), 3))
def test_another_form_is_joined_by_a_proof(key: str) -> None:
    checks = check_stated(stated(key), {})
    beside = {name for text, name in BESIDE if text == key}
    verdicts = {check.verdict for check in checks if check.location.quantity in beside}
    # That the adjoint of a CRF's forward variable is a marginal, no induction of ours shows.
    expected = Verdict.AGREES if "crf" in key else Verdict.PROVED
    assert verdicts == {expected}


@pytest.mark.parametrize("key", sample([*TEXTS], 12))
def test_every_end_that_is_published_is_said(key: str) -> None:
    said = {str(end) for step in derived(key).steps for end in step.ends}
    for claim in stated(key).claims:
        if claim.of and claim.equation.is_boundary and claim.equation.expression is S.Zero:
            model = stated(key).model
            entry = model.quantities[claim.of].at(*claim.equation.at)
            assert str(Partial(model.loss.at(), entry)) in said


def of_another_form(right: Expr) -> dict[str, Expr]:
    """Lines that have not the form of a line, most of them wrong."""
    found = {"twice": 2 * right, "with a term": right + 1}
    adjoints = sorted(within(right, Partial), key=str)
    if adjoints:
        found["an adjoint squared"] = right.xreplace({adjoints[0]: adjoints[0] ** 2})
    if isinstance(right, Sum) and isinstance(right.function, Mul):
        spread = expand(right.function, deep=False)
        if isinstance(spread, Add):
            found["multiplied out"] = Sum(spread, *right.limits)
    return found


@pytest.mark.parametrize("key", ["lstm", "gru-reset-before", "attention-head-causal", "rmsnorm"])
def test_a_line_of_another_form_is_told_apart(key: str) -> None:
    for name, (claim, right) in published(key).items():
        for kind, line in of_another_form(right).items():
            assert not has_form(key, name, line, claim.equation), (name, kind)


def test_what_is_multiplied_out_has_another_form() -> None:
    kinds = [of_another_form(right) for _, right in published("lstm").values()]
    assert sum("multiplied out" in kind for kind in kinds) >= 10
