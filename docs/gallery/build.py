"""Write every kind of output again: ``python docs/gallery/build.py``, from anywhere.

Needs the extras ``pdf`` and ``notebook``.  The same files come out each time.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from symback.cli.app import run
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_names, library_text

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run every command of gallery.toml and of the library, and draw the pages of the PDF."""
    commands = tomllib.loads((HERE / "gallery.toml").read_text(encoding="utf-8"))["commands"]
    (HERE / "models").mkdir(exist_ok=True)
    for arguments in (*commands, *map(page_of, library_names())):
        *rest, name = arguments
        code = run([*rest, str(HERE / name), "--force"])
        if code:
            print(f"{name}: exit code {code}", file=sys.stderr)
            return code
    (HERE / "models" / "index.md").write_text(index(), encoding="utf-8")
    pages()
    return 0


def page_of(model: str) -> list[str]:
    """The command that writes a model's page: by its parameters and its inputs."""
    known = ModelText.of(library_text(model), model).checked.known
    names = [n for kind in ("param", "input") for n, k in known.items() if k.kind == kind]
    return ["handout", "--model", model, "--gradients", ",".join(names), "-o", f"models/{model}.md"]


def index() -> str:
    """The list of the library's models: what each is called, its sources, its page."""
    lines = [
        "# Every model of the library",
        "",
        "Each page is what `symback handout --model NAME -o NAME.md` writes with `--gradients`,",
        "by its parameters and inputs; a drawing lies beside it.",
        "Sources and conventions are those of the model's own text, `symback model NAME`.",
        "",
        "| model | page | sources and conventions |",
        "|---|---|---|",
    ]
    for name in library_names():
        title, notes = heading(library_text(name))
        lines.append(f"| {title} | [{name}]({name}.md) | {notes} |")
    return "\n".join([*lines, ""])


def heading(text: str) -> tuple[str, str]:
    """What a model is called, and what its text says about it, in one line each."""
    comments = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.removeprefix("#").strip())
    title, *notes = comments
    return title, " ".join(" ".join(notes).split()).replace("|", "\\|").replace("*", "\\*")


def pages() -> None:
    """The pages of the PDF as pictures, for who only looks at the gallery."""
    import typst

    drawn = typst.compile(
        (HERE / "handout.typ").read_bytes(), format="png", ppi=80, ignore_system_fonts=True
    )
    for number, page in enumerate(drawn if isinstance(drawn, list) else [drawn], start=1):
        name = "handout.png" if number == 1 else f"handout-{number}.png"
        (HERE / name).write_bytes(page)


if __name__ == "__main__":
    sys.exit(main())
