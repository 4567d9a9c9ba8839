"""A seeded sample of faults: none is refused by none, and each is located."""

from __future__ import annotations

import pytest
from faults import KINDS
from mutation import BEGIN, END, NETWORKS, PAGE, catalogue_trials, networks, table, trials
from sampling import sample

SHARES = {
    "depth 1": 0.1,
    "depth 2": 0.02,
    "depth 3": 0.003,
    "depth 4": 0.0015,
    "depth 5": 0.0008,
    "catalogue": 0.003,
    "softmax": 0.003,
    "softmax, other loss": 0.004,
    "batch": 0.003,
    "784,128,10": 0.003,
    "784,128,10 softmax": 0.003,
}


def test_there_are_twenty_kinds() -> None:
    assert len(KINDS) >= 20
    assert set(SHARES) == set(NETWORKS)


@pytest.mark.parametrize("name", sample([*NETWORKS], 3))
def test_faults_are_refused_and_located(name: str) -> None:
    found = list(trials([name], SHARES[name]))
    assert found
    assert [str(t) for t in found if not t.refused] == []
    assert [str(t) for t in found if not t.located] == []


def test_faults_of_the_catalogue_are_refused_and_located() -> None:
    names = {"tanh", "relu"}
    found = list(catalogue_trials(names))
    assert len(found) == 7
    assert all(t.refused and t.located for t in found)


def test_the_table_counts_every_fault() -> None:
    found = list(trials(["depth 1"], 0.2))
    assert f"| **all** | {len(found)} |" in table(found)


def test_the_page_has_every_kind_and_says_on_which_networks() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = page[page.index(BEGIN) : page.index(END)]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()[3:]]
    kinds = {row[0]: [int(cell) for cell in row[1:]] for row in rows if row}
    assert {*KINDS} <= {*kinds}
    assert all(counts[0] == counts[-2] == counts[-1] > 0 for counts in kinds.values())
    assert networks() in shown
