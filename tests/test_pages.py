"""A reader of README.md or docs/ can do all of a page in one folder, and sees what it shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest
from pages import ROOT, Given, Reader, Shown, contents, documents
from sampling import sample

from symback.cli.app import symback

PAGES = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in documents()}
FIRST = "README.md"
WITH_COMMANDS = [name for name, text in PAGES.items() if any(contents(text))]


def faults(text: str, reader: Reader) -> list[str]:
    """What of a page does not do what it shows."""
    found = []
    for entry in contents(text):
        if isinstance(entry, Given):
            reader.take(entry)
            continue
        if entry.command.startswith("cc ") and shutil.which("cc") is None:
            continue
        code, printed = reader.run(entry.command)
        shows = entry.matches(printed) if entry.lines else entry.expects(code)
        if not shows:
            found.append(f"{entry.command} exits with {code} and prints\n{printed}")
    return found


@pytest.mark.parametrize(
    "name", [name for name in WITH_COMMANDS if name in (FIRST, *sample(WITH_COMMANDS, 2))]
)
def test_a_page_is_done_from_top_to_bottom(name: str, tmp_path: Path) -> None:
    assert not faults(PAGES[name], Reader(tmp_path))


@pytest.mark.parametrize(
    "wrong",
    [
        "```console\n$ symback --version\nsymback 0.0.0\n```\n",
        "```console\n$ symback list models\n…\nno such model\n```\n",
        "```bash\nsymback check nowhere.md\n```\n",
        "```bash\nsymback list models > list.txt && cat lost.txt\n```\n",
        '```markdown title="a.md"\nNo mathematics.\n```\n\n```bash\nsymback check b.md\n```\n',
    ],
)
def test_a_page_that_does_not_do_what_it_shows_is_noticed(wrong: str, tmp_path: Path) -> None:
    assert len(faults(wrong, Reader(tmp_path))) == 1


def commands(text: str) -> list[str]:
    """Every command line of symback's on a page, within its sentences too."""
    shown = [entry.command for entry in contents(text) if isinstance(entry, Shown)]
    named = re.findall(r"`{1,2}(symback [^`]+)`", re.sub(r"\s*\n\s*", " ", text))
    return [line for line in (*shown, *named) if line.startswith("symback ")]


def unknown(line: str) -> list[str]:
    """The command and options of a line that do not exist."""
    words = [word for word in line.partition(" # ")[0].split()[1:] if word not in ("COMMAND", "…")]
    if not words or words[0].startswith("-"):
        return [word for word in words[:1] if word not in ("--version", "--help")]
    command = symback.commands.get(words[0])
    if command is None:
        return [words[0]]
    context = click.Context(command)
    known = {name for p in command.get_params(context) for name in (*p.opts, *p.secondary_opts)}
    options = [re.split("[=,.]", word)[0] for word in words if re.match(r"--?[a-zA-Z]", word)]
    return [option for option in options if option not in known]


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_names_exists(name: str) -> None:
    assert {line: unknown(line) for line in commands(PAGES[name]) if unknown(line)} == {}


def test_what_does_not_exist_is_noticed() -> None:
    assert unknown("symback chek notes.md") == ["chek"]
    assert unknown("symback check notes.md --fixx") == ["--fixx"]
    assert unknown("symback check notes.md --fix --write") == []


@pytest.mark.parametrize("name", PAGES)
def test_no_command_is_hidden_from_the_walk(name: str) -> None:
    fenceless = re.sub(r"^```.*?^```$", "", PAGES[name], flags=re.MULTILINE | re.DOTALL)
    assert not re.findall(r"^    symback .*", fenceless, re.MULTILINE)
    assert "```sh\n" not in PAGES[name]


def test_two_lines_do_all_set_up() -> None:
    lines = re.findall(r"^    python3 -m venv .*$", PAGES["README.md"], re.MULTILINE)
    assert len(lines) == 2
    assert "symback derive --layers 2,2,2" in lines[0]
    assert "-m pytest" in lines[1]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", PAGES[name]):
        # A target with a space or a bracket in it stands between < and >.
        path = (ROOT / name).parent / target.removeprefix("<").removesuffix(">")
        assert path.exists(), target
