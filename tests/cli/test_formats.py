"""The suffix decides the format, --format goes before it, and a clash is refused."""

from __future__ import annotations

import pytest
from running import Symback

from symback.cli.formats import FORMATS, choose_format
from symback.errors import InputError

ALL = tuple(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_the_suffix_decides(name: str) -> None:
    suffix = FORMATS[name].suffix
    for output in (f"out{suffix}", f"out{suffix.upper()}", f"folder.d/a.b{suffix}"):
        assert choose_format(output, None, ALL) == name
        assert choose_format(output, name, ALL) == name


@pytest.mark.parametrize("output", ["-", "out", "folder.d/out", "/dev/full", ".hidden"])
def test_without_a_suffix_it_is_text(output: str) -> None:
    assert choose_format(output, None, ALL) == "text"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("output", ["-", "out", "out.v2", "out.odt"])
def test_format_goes_before_a_suffix_that_says_nothing(name: str, output: str) -> None:
    assert choose_format(output, name, ALL) == name


@pytest.mark.parametrize("name", FORMATS)
def test_a_clash_is_refused(name: str) -> None:
    for other in set(FORMATS) - {name}:
        with pytest.raises(InputError, match=f"is a name for {other}, and --format says {name}"):
            choose_format(f"out{FORMATS[other].suffix}", name, ALL)


def test_a_suffix_for_another_command_is_refused() -> None:
    with pytest.raises(InputError, match=r"\.tex stands for no format of this command"):
        choose_format("out.tex", None, ("text", "json"))


def test_a_verdict_in_markdown_is_one_about_a_network(symback_command: Symback) -> None:
    wrong = "dL/db2[k] = dL/dyhat[k] g'(y[k])"
    done = symback_command("answer", "--layers", "2,2,2", wrong, "-f", "markdown")
    assert done.code == 1
    assert done.out.startswith("**REFUTED**\n\n```text\n")
    done = symback_command("answer", "--model", "lstm", "dbo[k] = 1", "-f", "markdown")
    assert (done.code, done.out) == (2, "")
    assert "text or json" in done.err
