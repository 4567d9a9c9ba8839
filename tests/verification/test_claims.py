"""Claims beside a model: right ones are shown for all sizes, wrong ones refused where they are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from sampling import sample

import symback
from symback.errors import InputError
from symback.model.claims import Stated
from symback.model.language.reader import read_stated
from symback.verification import Verdict, Witness
from symback.verification.allsizes.claims import prove_claims
from symback.verification.stated import Judged, judge_claims

ORACLES = sorted((Path(__file__).parent.parent / "data" / "oracles").glob("*.model"))
LIBRARY = sorted((Path(symback.__file__).parent / "models").glob("*.model"))

ONLY_AT_SIZES = {"crf", "crf-log-z-by-the-forward-recursion"}
"""Their closed form is a theorem about two recursions at once, which induction does not find."""


@cache
def stated(path: Path) -> Stated:
    return read_stated(path.read_text(), path.name)


@pytest.mark.spread
@pytest.mark.parametrize("path", sample([*ORACLES, *LIBRARY], 3), ids=lambda path: path.stem)
def test_every_claim_is_shown_and_for_all_sizes(path: Path) -> None:
    for judged in judge_claims(stated(path)):
        if judged.verdict is None:
            assert not judged.claim.of
        elif path.stem in ONLY_AT_SIZES:
            assert judged.verdict is Verdict.AGREES, judged
            assert len(judged.sizes) >= 3
        else:
            assert judged.verdict is Verdict.PROVED, judged
            assert Witness.IDENTITY in judged.witnesses
            assert len(judged.witnesses) > 1, "no numbers stand beside the proof"


def test_most_of_the_library_is_shown_for_all_sizes() -> None:
    assert len([path for path in LIBRARY if path.stem not in ONLY_AT_SIZES]) >= 25


FAULTS = [
    ("lstm", "dc[t+1,k] f[t+1,k]", "dc[t+1,k] f[t,k]", "dc", "shift by one in a gate"),
    ("lstm", " + dc[t+1,k] f[t+1,k]", "", "dc", "a lost time step"),
    ("lstm", "ag[T+1,k] = 0", "ag[T+1,k] = 1", "dh", "a wrong end"),
    ("gru-reset-before", "dh[t+1,k] u[t+1,k] + ", "", "dh", "a lost path through time"),
    ("vanilla-rnn", "da[t+1,i] U[k,i]", "da[t+1,i] U[i,k]", "dh", "transposed weights"),
    ("vanilla-rnn", "da[t,k] h[t-1,i]", "da[t,k] h[t,i]", "dU", "shift by one"),
    ("conv-1-d-valid", "dy[n-m+1] w[m]", "dy[n-m] w[m]", "dx", "shift by one"),
    ("conv-1-d-valid", "dy[n-m+1] w[m]", "dy[n-m+1] w[M-m+1]", "dx", "flipped kernel"),
    ("conv-1-d-dx-with-limits", "max(1,n-M+1)..", "max(2,n-M+1)..", "dx", "wrong limit"),
    ("conv-1-d-dx-with-limits", "min(n,N-M+1)", "n", "dx", "a limit lost"),
    ("conv-1-d-dx-with-limits", "w[n-i+1]", "w[M-n+i]", "dx", "flipped kernel"),
    ("conv-2-d-channels-stride", "x[c,2*(i-1)+r,", "x[c,2*i+r-1,", "dK", "shift by one"),
    ("conv-2-d-channels-stride", "[h == 2*(i-1)+r]", "[h == i+r-1]", "dx", "a stride lost"),
    (
        "attention-head-causal",
        "(dA[n,m] - sum(k in 1..n, A[n,k] dA[n,k]))",
        "dA[n,m] (1 - A[n,m])",
        "dS",
        "diagonal of the softmax only",
    ),
    ("attention-head-causal", "n in m..N, dS", "n in 1..N, dS", "", "the same limits, unlimited"),
    ("attention-head-causal", "sum(n in m..N, A[n,m]", "sum(n in 1..m, A[n,m]", "dV", "limit"),
    ("batch-norm", "N dy[n,j] - dbeta[j]", "N dy[n,j]", "dx", "mean lost"),
    ("layer-norm", " - mean(k, gamma[k] dy[n,k])", "", "dx", "mean lost"),
    (
        "layer-norm",
        "mean(k, gamma[k] dy[n,k] xh[n,k])",
        "gamma[j] mean(k, dy[n,k] xh[n,k])",
        "dx",
        "gamma outside the mean",
    ),
    (
        "rmsnorm",
        "mean(k, g[k] dy[n,k] x[n,k] / r[n])",
        "g[j] mean(k, dy[n,k] x[n,k] / r[n])",
        "dx",
        "gamma outside the mean",
    ),
    (
        "embedding-and-tied-output",
        "[v == z[t]] sum(u",
        "[v == y[t]] sum(u",
        "dE",
        "wrong row of a lookup",
    ),
    ("word2vec-negative-sampling", "[v == neg[k]]", "[v == o]", "dU", "wrong row of a lookup"),
    ("max-pooling", "2*(i-1)+s[i]]", "2*(i-1)+1]", "dx", "the first for the largest"),
    ("neural-ode-euler-steps", "q[t+1,l] W[k,l]", "q[t+1,l] W[l,k]", "dx dW", "transposed"),
    ("crf-log-z-by-the-forward-recursion", "b[t,k] - Z) - [l", "Z) - [l", "dA", "a path"),
]


def with_fault(name: str, old: str, new: str) -> Stated:
    path = next(path for path in ORACLES if path.stem == name)
    head, claims = path.read_text().split("claims", 1)
    assert old in claims
    return read_stated(head + "claims" + claims.replace(old, new, 1))


def named(judged: Judged) -> str:
    return f"d{judged.claim.of}"


@pytest.mark.parametrize(
    ("name", "old", "new", "wrong", "kind"), sample(FAULTS, 4), ids=lambda value: str(value)[:40]
)
def test_a_fault_is_refused_and_located(
    name: str, old: str, new: str, wrong: str, kind: str
) -> None:
    faulty = with_fault(name, old, new)
    found = judge_claims(faulty)
    refused = {named(j) for j in found if j.verdict is Verdict.REFUTED}
    assert refused == set(wrong.split())
    assert all(j.ok for j in found if named(j) not in refused)
    for judged in found:
        if judged.verdict is Verdict.REFUTED:
            assert judged.reason or judged.values[0] != judged.values[1]
    # The proof for all sizes by itself, without numbers to stop it, shows none of them.
    shown = prove_claims(faulty)
    wrong_ones = [n for n, j in enumerate(found) if j.values]
    assert not [n for n in wrong_ones if n in shown]


def test_a_missing_end_is_refused_when_it_is_read() -> None:
    with pytest.raises(InputError, match=r"an is read at t\+1, .* ends at T"):
        with_fault("gru-reset-before", "an[T+1,k] = 0\n", "")


def test_faults_are_seeded_in_ten_models() -> None:
    assert len({name for name, *_ in FAULTS}) >= 10


def test_a_claim_that_rests_on_itself_says_nothing() -> None:
    text = "input x[k]\nparam w[k]\ny[k] = w[k] x[k]\nL = sum(k, y[k]^2)\nclaims\ndy[k] = dy[k]\n"
    (judged,) = judge_claims(read_stated(text))
    assert (judged.verdict, judged.reason) == (Verdict.UNDECIDED, "circle")


def test_a_convolution_reads_the_entries_of_its_index() -> None:
    """An index such as ``i + m - 1`` once ended in a KeyError of the small instance."""
    text = "input x[n]\nparam w[m]\ny[i] = sum(m, w[m] x[i+m-1]) for i = 1..N-M+1\n"
    text += "L = sum(i, y[i]^2)\nclaims\ndw[m] = 2 sum(i in 1..N-M+1, y[i] x[i+m-1])\n"
    (judged,) = judge_claims(read_stated(text))
    assert judged.verdict is Verdict.PROVED
    assert {("N", 3), ("M", 3)} in [set(sizes) for sizes in judged.sizes] or len(judged.sizes) > 3
