"""Derivations of any model: every step for all sizes, every seeded fault where it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sampling import covering, sample
from seeding import with_link
from sympy import Add, Expr, S, Symbol

from symback.algebra.expressions import Partial, Sum
from symback.calculus import Derivation, derive
from symback.model.equations import Model
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.verification import Claim, Verdict, Witness, verify

MODELS = (
    "average-pooling", "causal-attention", "conv1d", "conv2d", "crf", "gru", "hmm",
    "layer-norm", "lstm", "max-pooling", "mixture-of-experts", "neural-ode", "rnn",
    "tied-embedding", "word2vec",
)  # fmt: skip


def model(name: str) -> Model:
    return ModelText.of(library_text(name), name).model()


@pytest.mark.spread
@pytest.mark.parametrize("name", sample([*MODELS], 6))
def test_every_step_is_proved_for_all_sizes(name: str) -> None:
    report = verify(derive(model(name)), numbers=False)
    assert report.ok, report.first_failure
    results = [c for c in report.checks if c.claim is Claim.ADJOINT]
    assert results
    for check in results:
        assert check.verdict is Verdict.PROVED
        assert {Witness.IDENTITY, Witness.SMALL_INSTANCE} & set(check.witnesses)


def shifted(expression: Expr) -> Iterator[Expr]:
    """The index t + 1 of an adjoint taken for t."""
    t = Symbol("t", integer=True)
    for node in sorted(expression.atoms(Partial), key=str):
        if node.by.has(t + 1):
            yield expression.xreplace({node: node.xreplace({t + 1: t})})


def lost(expression: Expr) -> Iterator[Expr]:
    """A term left out: a step of time, or a path."""
    for term in Add.make_args(expression) if isinstance(expression, Add) else ():
        yield expression - term


def unlimited(expression: Expr) -> Iterator[Expr]:
    """A sum that begins, or ends, one too late."""
    for node in sorted(expression.atoms(Sum), key=str):
        (index, first, last), *rest = node.limits
        yield expression.xreplace({node: Sum(node.function, (index, first + 1, last), *rest)})


KINDS = {"a shift by one": shifted, "a path or a step of time lost": lost, "a limit": unlimited}


def faults(derivation: Derivation, kind: str) -> Iterator[tuple[int, Derivation]]:
    for step in derivation.steps:
        for wrong in KINDS[kind](step.result):
            if wrong not in (step.result, S.Zero):
                yield step.number, with_link(derivation, step, len(step.links), wrong)
                break


def test_another_form_is_proved_by_putting_in_what_both_sides_mention():
    """The row sum of attention's scores by the outputs: both sides mention dA, which one drops."""
    report = verify(derive(model("attention")), numbers=False)
    (check,) = (check for check in report.checks if check.claim is Claim.OTHER_FORM)
    assert check.verdict is Verdict.PROVED


@pytest.mark.parametrize(("name", "kind"), covering(["rnn", "conv1d", "neural-ode", "hmm"], KINDS))
def test_a_seeded_fault_is_refused_and_located(name: str, kind: str) -> None:
    found = derive(model(name))
    for number, wrong in list(faults(found, kind))[:2]:
        report = verify(wrong, numbers=False)
        refuted = {
            c.location.number
            for c in report.checks
            if c.verdict is Verdict.REFUTED and c.claim in (Claim.LINK, Claim.ADJOINT)
        }
        assert refuted == {number}
