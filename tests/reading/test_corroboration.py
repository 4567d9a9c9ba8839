"""In a long document a line is only called wrong where something bears out how it was read."""

from symback.reading import check
from symback.reading.statements.verdicts import Status

REMARKS = "\n\n".join(f"$$u_{{{n}}} = v_{{{n}}} + {n}$$" for n in range(1, 20))
MODEL = r"""
$$z = w x + b, \quad a = \sigma(z), \quad L = \frac12 (a - y)^2$$

"""
WRONG = r"$$\frac{\partial L}{\partial w} = \log(a) x + b$$"
SLIP = r"$$\frac{\partial L}{\partial w} = (a + y) \sigma'(z) x$$"
RIGHT = r"$$\frac{\partial L}{\partial b} = (a - y) \sigma'(z)$$"


def last(*parts: str) -> Status:
    return check("\n\n".join(parts), path="notes.md").judgements[-1].status


def test_a_short_note_is_its_own_witness() -> None:
    assert last(MODEL, WRONG) is Status.REFUTED


def test_a_long_document_bears_out_how_it_is_read() -> None:
    assert last(REMARKS, MODEL, WRONG) is Status.UNDECIDED
    assert last(REMARKS, MODEL, RIGHT, WRONG) is Status.REFUTED


def test_a_slip_that_one_change_mends_needs_no_witness() -> None:
    assert last(REMARKS, MODEL, SLIP) is Status.REFUTED
