"""Signs and forms that are seldom typed, each beside a slip in the same form."""

import pytest

from symback.reading import check
from symback.reading.finding import decode, encoding_of
from symback.reading.statements.verdicts import Judgement, Status

NETWORK = r"""
$$z = w x + b$$ $$a = \sigma(z)$$ $$L = \frac12 (a - y)^2$$
"""


def last(document: str, line: str, path: str = "notes.md") -> Judgement:
    return check(f"{document}\n\n$${line}$$\n", path=path).judgements[-1]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\frac{dL}{dw} = \frac{dL}{dz}. \frac{dz}{dw}",
         r"\frac{dL}{dw} = \frac{dL}{dz}. \frac{dz}{db}"),
        (r"\frac{dL}{dw} = \frac{dL}{da}. \frac{da}{dz} . \frac{dz}{dw} = (a - y) a (1 - a) x",
         r"\frac{dL}{dw} = \frac{dL}{da}. \frac{da}{dz} . \frac{dz}{dw} = (a - y) a (1 - a)"),
        (r"\vec{\nabla}_w L = (a - y) a (1 - a) x", r"\vec\nabla_w L = (y - a) a (1 - a) x"),
        (r"\frac{dL}{dw} = (a{-}y) a (1{-}a) x", r"\frac{dL}{dw} = (a{+}y) a (1{-}a) x"),
        (r"(\sigma(z))' = \sigma(z) (1 - \sigma(z))", r"(\sigma(z))' = \sigma(z) (1 + \sigma(z))"),
        (r"\frac{da}{dz} \space = a (1 - a)", r"\frac{da}{dz} \space = a (1 + a)"),
    ],
)  # fmt: skip
def test_it_is_read(right: str, wrong: str) -> None:
    assert last(NETWORK, right).status is Status.PROVED
    assert last(NETWORK, wrong).status not in (Status.PROVED, Status.AGREES)


def test_a_stop_between_sentences_is_no_product() -> None:
    found = last(NETWORK, r"\frac{dL}{dz} = (a - y) a (1 - a). \frac{dz}{dw} = x")
    assert found.status is not Status.REFUTED


def test_a_value_at_a_point_is_not_worked_out() -> None:
    for line in (r"\frac{dL}{dw}\bigg|_{w = 3} = 0", r"\frac{dL}{dw} \mid_t = x"):
        found = last(NETWORK, line)
        assert (found.status, found.reason) == (Status.UNDECIDED, "not-supported")


@pytest.mark.parametrize(
    ("document", "right", "wrong"),
    [
        (
            r"$$f(x) = \log(1 + e^{\langle a, x\rangle})$$",
            r"\nabla f(x) = \frac{1}{1 + e^{-\langle a, x\rangle}} a",
            r"\nabla f(x) = \frac{1}{1 + e^{\langle a, x\rangle}} a",
        ),
        (r"$$f(X) = \langle A, X\rangle$$", r"\nabla f(X) = A", r"\nabla f(X) = 2 A"),
        (r"$$f(X) = \mathrm{tr}(A^T X)$$", r"\nabla f(X) = A", r"\nabla f(X) = 2 A"),
    ],
)
def test_inner_products_and_traces(document: str, right: str, wrong: str) -> None:
    assert last(document, right).status is Status.PROVED
    assert last(document, wrong).status is Status.REFUTED


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\sum_{i \neq j} \frac{y_j}{p_j} (-p_i p_j)", Status.PROVED),
        (r"\sum_{i \neq j} \frac{y_j}{p_j} (-p_i p_i)", Status.REFUTED),
        (r"\sum_{j \neq i} \frac{y_j}{p_j} (-p_i p_j)", Status.PROVED),
        (r"\sum_{j \neq i} \frac{y_j}{p_j} (-p_j p_j)", Status.REFUTED),
    ],
)
def test_of_unequal_letters_one_is_summed_over(line: str, verdict: Status) -> None:
    document = r"$$p_i = \frac{e^{a_i}}{\sum_k e^{a_k}}$$ $$L = -\sum_j y_j \log p_j$$"
    left = r"-\sum_j y_j \frac{1}{p_j} \frac{\partial p_j}{\partial a_i}"
    assert last(document, rf"{left} = -\frac{{y_i}}{{p_i}} p_i (1-p_i) - {line}").status is verdict


def test_given_entries_may_sum_to_one() -> None:
    """Where nothing shows that they are the targets of a softmax it is not taken, nor refuted."""
    document = r"$$p_i = \frac{e^{a_i}}{\sum_k e^{a_k}}$$ $$q = \sum_i y_i a_i$$"
    left = r"-\sum_j y_j \frac{1}{p_j} \frac{\partial p_j}{\partial a_i}"
    found = last(document, left + "= p_i - y_i")
    assert found.status is Status.UNDECIDED
    assert last(document, left + "= p_i + y_i").status is Status.REFUTED


LETTERS = r"$$\qa = \sigma(\qz)$$ $$\qz = w x$$"


def test_commands_of_another_file_are_letters() -> None:
    line = r"\frac{\partial \qa}{\partial \qz} = \qa (1 - \qa)"
    report = check(f"{LETTERS}\n\n$${line}$$", path="notes.md")
    assert report.judgements[-1].status is Status.PROVED
    assert ("letters-of-commands", {"of": r"\qa, \qz"}) in report.inferred
    wrong = last(LETTERS, r"\frac{\partial \qa}{\partial \qz} = \qa (1 + \qa)")
    assert wrong.status is Status.UNDECIDED  # since \qa and \qz may be one letter
    for other in (r"\qa{x}_i = 3", r"\qa[x] = 3", r"\qa(z) = 3"):  # of what has arguments, none is
        assert last(LETTERS, other).status is Status.UNREAD


def test_a_remark_beside_a_chain_does_not_end_it() -> None:
    rows = r"""
\begin{align}
\frac{dL}{dw} &= \frac{dL}{dz} \frac{dz}{dw} & & y \mbox{ is constant} \\
&= (a - y) a (1 - a) %s
\end{align}
"""
    for factor, verdict in (("x", Status.PROVED), ("b", Status.REFUTED)):
        assert check(NETWORK + rows % factor, path="n.md").judgements[-1].status is verdict


def test_latex_of_one_byte_for_each_character() -> None:
    said = "\\usepackage[latin9]{inputenc}\n\\begin{document} \u20ac $x$".encode("iso8859-15")
    assert encoding_of(said) == "iso8859-15"
    assert "\u20ac" in decode(said)
    old = "\\section{Caf\u00e9} caf\u00e9".encode("latin-1")
    assert decode(old).endswith("caf\u00e9")
    assert encoding_of("\\section{caf\u00e9}".encode()) == "utf-8"
