"""What is said of every rule, reason, convention, verdict and code that any output mentions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from symback.errors import InputError, quote
from symback.reading.statements.codes import reason_of
from symback.records import dataclass
from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS
from symback.rendering.teaching.write import sentences
from symback.suggest import did_you_mean

__all__ = ["Topic", "group_headings", "topic", "topics"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One entry.

    Attributes:
        group: what kind of code it is.
        code: as outputs mention it.
        title: in words.
        rule: what it says.
        why: why that is so.
        further: where to read on.
    """

    group: str
    code: str
    title: str
    rule: str
    why: str
    further: str


def _module() -> Any:
    return environment(FORMATS["text"]).get_template("teaching/topics.j2").module


def group_headings() -> Mapping[str, str]:
    """What each group is called."""
    found: Mapping[str, str] = _module().groups
    return found


def topics() -> dict[str, Topic]:
    """Every entry, by its group and code."""
    found = {}
    for key, said in _module().topics.items():
        group, _, code = key.partition(".")
        found[key] = Topic(group, code, *said)
    return found


ALIASES = {
    "chain-rule": "rule.chain",
    "softmax": "step.loss-and-output",
    "backpropagation": "rule.upstream",
    "delta": "rule.delta",
    "gradient-descent": "step.update",
    "dead-relu": "numbers.dull-dead",
}


_SENTENCES = {"slip": "slip", "rulename": "step", "rule": "step", "outcome": "outcome",
              "kind": "exercise", "dropped": "numbers"}  # fmt: skip
"""Sentences of the pages for a course that say what a topic is about, by how their codes begin."""


@cache
def _phrases() -> Mapping[str, str]:
    """What is printed where a topic is meant: the topic, by words that are folded."""
    found = {_fold(phrase): key for phrase, key in _module().phrases.items()}
    known = topics()
    for code, text in sentences(FORMATS["text"]).items():
        start, _, rest = code.partition("-")
        key = f"{_SENTENCES.get(start, '')}.{rest}"
        if key in known:
            found.setdefault(_fold(re.sub(r"\{.*?\}", "", text)), key)
    return found


def _fold(text: str) -> str:
    """A text without numbers of equations, and in small letters."""
    plain = re.sub(r"\((?:[0-9]+[a-z]?(?:, )?)+\)|[0-9]+ ?[,:]", "", text.casefold())
    return re.sub(r"[\s,]+", " ", plain).strip(" .:;")


def _as_printed(text: str) -> tuple[str, ...]:
    """The topics of a reason or a sentence as an output prints it: the longest phrase in it."""
    wanted = f" {_fold(text)} "
    phrases = _phrases()
    own = [phrase for phrase in phrases if phrase and f" {phrase} " in wanted]
    if not own:
        own = [phrase for phrase in phrases if len(phrase) > 12 and phrase in wanted]
    longest = max(map(len, own), default=0)
    return tuple(dict.fromkeys(phrases[phrase] for phrase in own if len(phrase) == longest))


def topic(name: str) -> tuple[Topic, ...]:
    """The entries of a name: a code, perhaps with its group, a title, or words as they are printed.

    Raises:
        InputError: for a name that nothing has, with what may have been meant.
    """
    known = topics()
    wanted = name.strip().casefold().replace(" ", "-").replace("_", "-")
    if (numbered := reason_of(wanted.upper())) is not None:
        wanted = f"{'unread' if numbered[1] else 'reason'}.{numbered[0]}"
    if wanted in ALIASES:
        return (known[ALIASES[wanted]],)
    if wanted in known:
        return (known[wanted],)
    found = tuple(entry for entry in known.values() if entry.code == wanted)
    if not found:
        found = tuple(entry for entry in known.values() if entry.title.replace(" ", "-") == wanted)
    if not found:
        found = tuple(known[key] for key in _as_printed(name))
    if not found:
        names = [*ALIASES, *(entry.code for entry in known.values())]
        guess = did_you_mean(wanted, names)
        raise InputError(
            f"nothing is explained under {quote(name)}{guess}",
            where="TOPIC",
            hint=None if guess else "symback explain lists all topics",
        )
    return found
