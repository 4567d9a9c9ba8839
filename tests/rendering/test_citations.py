"""Every reason names what its step used, and nothing else; and no step changes nothing."""

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from emission_models import MODELS
from sampling import sample

from symback.algebra.expressions import Partial, name_of
from symback.calculus import derive
from symback.model.network import Network
from symback.notation import FOUNDING
from symback.printing import TARGETS, Printer
from symback.rendering.document import Document

NETWORKS = {
    "generic": Network((2, 2, 2)),
    "decay": Network((2, 2, 2), weight_decay=0.01),
    "batch": Network((2, 2, 2), batch=True),
    "sum": Network((2, 3, 1), ("tanh", "identity"), "half-squared-error", batch=True,
                   reduction="sum"),
    "all at once": Network((3, 2, 3), ("relu", "softmax"), "cross-entropy", batch=True,
                           weight_decay=0.1),
    "deep": Network((3, 5, 4, 2), weight_decay=0.1, batch=True),
    "no biases": Network((2, 3, 2), ("gelu", "sigmoid"), "binary-cross-entropy", bias=False),
    "one path": Network((1, 1), weight_decay=0.1),
    "softmax": Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"),
}  # fmt: skip
ALL = NETWORKS | MODELS


@cache
def document(name):
    derivation = derive(ALL[name])
    entries = ()
    if name in NETWORKS:
        entries = tuple((q.name, (1,) * len(q.shape)) for q in derivation.model.parameters)
    return Document(derivation, None, entries)


def chains(doc):
    """Every chain with its reasons, under the name of what it is in."""
    yield from doc.steps
    yield from doc.formulas
    for unit in doc.units:
        yield from doc.chains(unit)


def adjoints(doc, expression):
    loss, steps = doc.derivation.loss, doc.derivation.step_of
    partials = (p for p in expression.atoms(Partial) if p.of == loss)
    return {steps[name_of(p.by)].number for p in partials if name_of(p.by) in steps}


def wrong(doc, chain):
    """Reasons of a chain that name another result or another equation than the step used."""
    found = []
    for before, link in zip((None, *chain.links), chain.links, strict=False):
        cited = set(link.equations)
        if link.rule == "upstream":
            used = adjoints(doc, before.expression) - adjoints(doc, link.expression)
            if cited != used or not used or chain.number in cited:
                found.append((chain.subject, link.rule, cited, used))
        if link.rule == "chain" and chain.number and chain in doc.steps:
            name = chain.quantity.name
            used = {e.number for e in doc.derivation.model.equations if name in e.mentions}
            if cited != used:
                found.append((chain.subject, link.rule, cited, used))
    return found


@pytest.mark.parametrize("name", sample([*ALL], 8))
def test_reasons_cite_what_was_used_and_nothing_else(name):
    doc = document(name)
    said = list(chains(doc))
    assert sum(bool(link.equations) for chain in said for link in chain.links) > 3
    assert [w for chain in said for w in wrong(doc, chain)] == []


FAULTS = {
    "itself": lambda chain, cited: (*cited, chain.number or 99),
    "another": lambda _, cited: (*cited, 1),
    "one left out": lambda _, cited: cited[1:],
    "the next": lambda _, cited: tuple(n + 1 for n in cited),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["decay", "batch", "all at once", "deep"])
def test_a_wrong_citation_is_seen(name, fault):
    doc, seen = document(name), 0
    for chain in chains(doc):
        for place, link in enumerate(chain.links):
            if link.rule != "upstream":
                continue
            cited = FAULTS[fault](chain, link.equations)
            links = list(chain.links)
            links[place] = replace(link, equations=cited)
            assert wrong(doc, replace(chain, links=tuple(links)))
            seen += 1
    assert seen > 3


@pytest.mark.parametrize("name", sample([*ALL], 8, seed=2))
def test_every_step_changes_what_is_read(name):
    doc = document(name)
    for target in ("text", "latex"):
        printer = Printer(TARGETS[target], doc.derivation.model, FOUNDING)
        for chain in chains(doc):
            lines = [printer(link.expression) for link in chain.links]
            assert [a for a, b in pairwise(lines) if a == b] == []
            if len(lines) > 1:
                assert lines[0] != printer(chain.subject)
            assert not any(re.search(r"(\\cdot|·) 1(?![\d./])", line) for line in lines)
