"""Every sentence of examples, sheets, marks and pages stands in their words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORDS = set(
    re.findall(
        r'^"([^"]+)":', (ROOT / "templates/teaching/words.j2").read_text("utf-8"), re.MULTILINE
    )
)
SAID = re.compile(r'\b[Ss]ay\("([a-z][a-z0-9-]*)"[,)]')


def missing(texts: Iterable[str]) -> set[str]:
    """The codes that are said and have no words."""
    return {code for text in texts for code in SAID.findall(text)} - WORDS


def test_every_code_has_its_words() -> None:
    files = [
        *(ROOT / "templates" / "teaching").glob("*.j2"),
        *(ROOT / "symback" / "teaching").rglob("*.py"),
        *(ROOT / "symback" / "rendering" / "teaching").rglob("*.py"),
    ]
    texts = [path.read_text("utf-8") for path in files]
    assert sum(len(SAID.findall(text)) for text in texts) > 100
    assert missing(texts) == set()


def test_a_code_without_words_is_noticed() -> None:
    assert missing(['{{ page.say(say("column-of-none")) }}', 'Say("given")']) == {"column-of-none"}
