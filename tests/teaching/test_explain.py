"""Explain: nothing that any output mentions is without an entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running import Symback
from sampling import FULL

from symback.calculus.blackboard.working import Why
from symback.calculus.derivation import Rule
from symback.errors import InputError
from symback.notation import NOTATIONS
from symback.reading.formula.unread import Reason
from symback.reading.statements.codes import CODES
from symback.reading.statements.verdicts import Status
from symback.rendering.environment import template_folders
from symback.rendering.formats import FORMATS
from symback.rendering.teaching.explaining import instance_of
from symback.rendering.teaching.judged import said_of
from symback.rendering.teaching.judged_documents import documents
from symback.rendering.teaching.topics import ALIASES, group_headings, topic, topics
from symback.rendering.teaching.write import sentences, write_page
from symback.teaching.blocks import Own, PageContents, Say, Table
from symback.teaching.drawing import WISHES
from symback.teaching.exercises import KINDS
from symback.teaching.instances import instance
from symback.teaching.outcomes import GENERIC, Outcome
from symback.teaching.slips import SLIPS
from symback.verification.report import Claim, Verdict, Witness

WORDS = {name: (template_folders()[0] / name).read_text("utf-8")
         for name in ("words.j2", "check/words.j2")}  # fmt: skip


def _codes(name: str, macro: str) -> set[str]:
    """The codes that a macro of sentences tells apart."""
    found = re.search(rf"{{% macro {macro}\(.*?%}}(.*?){{%-? endmacro", WORDS[name], re.S)
    assert found is not None, macro
    codes = set(re.findall(r'\bcode == "([a-z0-9-]+)"', found[1]))
    return codes | set(re.findall(r'"([a-z]+(?:-[a-z0-9]+)*)":', found[1]))


def _mentioned() -> set[str]:
    said = sentences(FORMATS["text"])
    wanted = {f"rule.{rule.value}" for rule in Rule}
    wanted |= {f"rule.{code}" for code in _codes("words.j2", "rule")}
    wanted |= {f"rule.{why.value}" for why in Why}
    wanted |= {f"step.{key[9:]}" for key in said if key.startswith("rulename-")}
    wanted |= {f"slip.{code}" for code in (*SLIPS, *GENERIC)}
    wanted |= {f"slip.{key[5:]}" for key in said if key.startswith("slip-") and
               not key.startswith("slip-answer")}  # fmt: skip
    wanted |= {f"outcome.{outcome.value}" for outcome in Outcome}
    wanted |= {f"numbers.{wish}" for wish in (*WISHES, "tidy", "exact", "random")}
    wanted |= {f"numbers.{key}" for key in said if key.startswith("dull-")}
    wanted |= {f"exercise.{kind}" for kind in KINDS}
    wanted |= {f"convention.{code}" for code in _codes("words.j2", "convention")}
    wanted |= {f"assumption.{code}" for code in _codes("words.j2", "assumption")}
    wanted |= {f"verdict.{status.value.lower()}" for status in (*Status, *Verdict)}
    wanted |= {f"witness.{witness.value}" for witness in Witness}
    wanted |= {f"witness.{code}" for code in _codes("words.j2", "left_out")
               if code != "too-large"}  # fmt: skip
    wanted |= {f"claim.{claim.value}" for claim in Claim}
    wanted |= {f"unread.{reason.value}" for reason in Reason}
    for macro, group in (("reason", "reason"), ("problem", "reason"), ("reading", "reading"),
                         ("inferred", "reading"), ("scope", "reading"),
                         ("diagnosis", "diagnosis"), ("repair", "repair"),
                         ("refused", "repair")):  # fmt: skip
        wanted |= {f"{group}.{code}" for code in _codes("check/words.j2", macro)}
    return wanted


def test_everything_that_is_mentioned_has_an_entry() -> None:
    wanted = _mentioned()
    assert len(wanted) > 230
    assert wanted - set(topics()) == set()


def test_the_test_would_see_what_is_missing() -> None:
    assert "rule.chain" in _mentioned()
    assert _mentioned() - (set(topics()) - {"rule.chain"}) == {"rule.chain"}


def test_every_entry_says_something_and_leads_somewhere() -> None:
    root = Path(__file__).parent.parent.parent
    for entry in topics().values():
        assert entry.group in group_headings()
        assert len(entry.rule) > 10
        assert len(entry.why) > 5
        place = entry.further.split(";")[0]
        assert (root / place).is_file(), place
    for code in ALIASES:
        assert topic(code)


WITH_ONE = sorted(topics())
OWN = ("claim", "numbers", "witness")
"""Groups whose topics are each worked out in a way of their own, of which no other tells."""
SEVERAL = [key for at, key in enumerate(WITH_ONE) if not at % 25 or key.startswith(OWN)]
EACH_WAY = [
    "assumption.targets-sum-to-one", "convention.bias", "convention.keyboard", "convention.kink",
    "convention.rows", "exercise.forward", "numbers.slips", "reason.induction", "repair.encoding",
    "rule.quotient", "verdict.inherited",
]  # fmt: skip
"""One topic of each way to work one out, but for those of which `SEVERAL` has some."""


@pytest.mark.spread
@pytest.mark.parametrize("key", sorted({*WITH_ONE} - {*EACH_WAY}) if FULL else SEVERAL)
def test_a_topic_has_an_instance_worked_out_by_the_engine(key: str) -> None:
    _is_worked_out(key)


@pytest.mark.parametrize("key", EACH_WAY)
def test_topics_of_each_group_have_an_instance(key: str) -> None:
    _is_worked_out(key)


def _is_worked_out(key: str) -> None:
    group, _, code = key.partition(".")
    found = instance_of(group, code)
    assert found is not None
    contents = PageContents(Say("verbatim", {"text": Own(key)}), found.blocks)
    notation = NOTATIONS[found.notation] if found.notation else None
    page, _ = write_page(contents, "text", model=found.model, notation=notation)
    assert len(page.decode().split("=\n")[-1].strip()) > 5
    assert instance_of(group, f"no-{code}") is None  # the known-bad twin


@pytest.mark.spread
@pytest.mark.parametrize("key", documents() if FULL else list(documents())[::7])
def test_a_document_is_judged_as_its_topic_says(key: str) -> None:
    said = {one.key for one in said_of(documents()[key])}
    assert key in said
    # The known-bad twin: right and wrong lines are told apart.
    right = {one.key for one in said_of(documents()["verdict.proved"])}
    assert "verdict.proved" in right
    assert "verdict.refuted" not in right


@pytest.mark.parametrize("code", ["negated", "doubled", "copying", "arithmetic", "other-value"])
def test_a_marked_instance_is_judged_so(code: str) -> None:
    found = instance("slip", code)
    assert found is not None
    (table,) = found.blocks
    assert isinstance(table, Table)
    assert len(table.rows) == 1
    assert instance("outcome", code) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("chain-rule", "∂ℒ/∂yₖ′ = ∂ℒ/∂ŷₖ · ∂ŷₖ/∂yₖ′"),
        ("updated-weights", "With the slip"),
        ("Step.Weight", "times what comes in"),
        ("PROVED", "exact identity"),
        ("SB206", "UNREAD"),
        ("collapse", "Iverson"),
    ],
)
def test_topics_are_found_as_people_type_them(symback_command: Symback, name, said) -> None:
    code, out, err = symback_command("explain", name)
    assert (code, err) == (0, "")
    assert said in " ".join(out.split())


def test_a_slip_of_the_pen_gets_a_suggestion(symback_command: Symback) -> None:
    code, _, err = symback_command("explain", "chian-rule")
    assert code == 2
    assert "did you mean chain-rule?" in err
    assert symback_command("explain").out.count("\n") > 230


def test_every_number_of_a_reason_is_explained() -> None:
    for reason, number in CODES.items():
        (entry,) = topic(number)
        assert (entry.group, entry.code) == ("reason", reason)
    assert topic("sb206") == topic("unread.unknown-command")
    with pytest.raises(InputError):
        topic("SB999")
