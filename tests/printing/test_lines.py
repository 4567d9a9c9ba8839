"""Where a formula is broken: before a factor rather than inside a bracket, whatever opens it."""

import pytest

from symback.calculus import derive
from symback.model.network import Network
from symback.printing import LATEX, UNICODE, Printer
from symback.printing.lines import break_lines
from symback.printing.target import FACTOR_BREAK, SUM_BREAK, TERM_BREAK, plainly
from symback.printing.typst import TYPST

DEEP = Network((3,) * 8, ("tanh",) * 6 + ("softmax",), loss="cross-entropy")
OPENS = {"latex": ("(",), "typst": ("(", "bigl", "Bigl"), "text": ("(",)}
CLOSES = {"latex": (")",), "typst": (")", "bigr", "Bigr"), "text": (")",)}


def torn(line, target):
    """Whether a bracket of a line is closed in another, by any of the signs that open one."""
    opened = sum(map(line.count, OPENS[target.name]))
    return opened != sum(map(line.count, CLOSES[target.name]))


@pytest.mark.parametrize("target", [LATEX, TYPST, UNICODE], ids=lambda target: target.name)
def test_a_product_of_brackets_is_broken_between_them(target):
    derivation = derive(DEEP)
    printer = Printer(target, derivation.model)
    marked = printer.marked(derivation.chain("W1")[-1].expression)
    room = target.measure(plainly(marked)) / 3.5
    lines = break_lines(marked, room, room, target.measure, target.joint, target.nest)
    assert len(lines) > 3
    assert not [line for line in lines if torn(line, target)]


def test_brackets_that_are_not_seen_would_be_torn(monkeypatch):
    """The twin: with the names of Typst's brackets unknown, a line ends inside one."""
    monkeypatch.setattr("symback.printing.lines._TYPST_OPENS", __import__("re").compile("(?!)"))
    monkeypatch.setattr("symback.printing.lines._TYPST_CLOSES", __import__("re").compile("(?!)"))
    derivation = derive(DEEP)
    marked = Printer(TYPST, derivation.model).marked(derivation.chain("W1")[-1].expression)
    room = TYPST.measure(plainly(marked)) / 3.5
    lines = break_lines(marked, room, room, TYPST.measure, TYPST.joint, TYPST.nest)
    assert [line for line in lines if torn(line, TYPST)]


def test_a_bracket_is_broken_before_its_terms_and_not_within_one():
    """A term that is parted from its factor takes longer to read than one line more."""
    term = f"weight {FACTOR_BREAK}· tanh(one + two)"
    inside = f" {TERM_BREAK}+ ".join([term] * 4)
    lines = break_lines(f"f({inside} {TERM_BREAK}+ bias)", 63, 55, len)
    assert len(lines) == 3
    assert all(line.startswith("+ ") for line in lines[1:])
    narrow = break_lines(f"f({term})", 20, 16, len)  # where one term has no room there is no choice
    assert narrow[1].startswith("· ")


def test_in_a_bracket_a_sum_keeps_its_summand():
    """A break after a sum sign parts a term as well, and is worse than one before a factor."""
    sums = f"first {FACTOR_BREAK}· Σₖ{SUM_BREAK} one {FACTOR_BREAK}· Σₙ{SUM_BREAK} two two two"
    lines = break_lines(f"(other {TERM_BREAK}+ {sums}) {FACTOR_BREAK}· last", 32, 28, len)
    assert len(lines) > 1
    assert not [line for line in lines if line.endswith(("Σₖ", "Σₙ"))]


def test_no_line_holds_the_end_of_a_term_and_the_beginning_of_another():
    formula = f"v{TERM_BREAK} + aaaaaaaa{FACTOR_BREAK} * bbbbbbbb{TERM_BREAK} + ccc"
    lines = break_lines(formula, 16, 16, len, nest="  ")
    assert lines == ["v", "+ aaaaaaaa", "  * bbbbbbbb", "+ ccc"]


def test_a_factor_below_its_term_is_set_in_where_there_are_several_terms():
    formula = f"vv{TERM_BREAK} + aaaaaaaa{FACTOR_BREAK} * bbbbbbbb"
    assert break_lines(formula, 11, 11, len, nest="  ")[-1].startswith("  *")
    alone = f"aaaaaaaa{FACTOR_BREAK} * bbbbbbbb"
    assert not break_lines(alone, 11, 11, len, nest="  ")[-1].startswith(" ")


def test_in_a_bracket_a_factor_gives_way_before_the_argument_of_another():
    formula = f"(s(aaaa{TERM_BREAK} - bbbb){FACTOR_BREAK} * cccc{FACTOR_BREAK} * dddd)"
    lines = break_lines(formula, 16, 16, len)
    assert lines[0].startswith("(s(aaaa - bbbb)")
    # Where there is no other place it is broken there, too.
    assert break_lines(formula, 9, 9, len)[0] == "(s(aaaa"
