"""The formats that a document can be written in, and the suffix that stands for each."""

from __future__ import annotations

from pathlib import PurePath

from symback.errors import InputError, quote
from symback.records import dataclass

__all__ = ["FORMATS", "HANDOUT_FORMATS", "KNOWN", "REPORT_FORMATS", "Format", "choose_format"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of output.

    Attributes:
        name: what ``--format`` calls it.
        suffix: the end of a file's name that stands for it; empty where none does.
        summary: one line for ``symback list``.
    """

    name: str
    suffix: str
    summary: str


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("text", ".txt", "for a terminal; --ascii for one without Unicode"),
        Format("latex", ".tex", "a page that pdflatex compiles as it is"),
        Format("markdown", ".md", "as GitHub renders it"),
        Format("numpy", ".py", "a module with forward pass, loss and gradients of a batch"),
        Format("json", ".json", "every step and verdict as data; symback schema derivation"),
        Format("jsonl", ".jsonl", "the gradient of every single weight and bias, one on each line"),
    )
}

REPORT_FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format(
            "html",
            ".html",
            "one page that needs nothing else: of a handout, or of checked documents",
        ),
        Format("sarif", ".sarif", "of checked documents: for code hosts and editors"),
        Format("github", "", "of checked documents: annotations on the lines of a pull request"),
    )
}
"""The formats that only a report on checked documents has."""

HANDOUT_FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("pdf", ".pdf", "of a handout: accessible pages, without TeX; --engine pdflatex"),
        Format("typst", ".typ", "of a handout: what its PDF is compiled from"),
        Format("notebook", ".ipynb", "of a handout: for Jupyter"),
    )
}
"""The formats that only a handout has."""

LESSON_FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("csv", ".csv", "of marks: a row for each student, for a spreadsheet"),
        Format("moodle", ".xml", "of exercises: Moodle's XML, with STACK questions"),
        Format("canvas", ".t2q", "of exercises: text2qti's text, for Canvas"),
        Format("numbas", ".exam", "of exercises: Numbas, errors carried forward"),
        Format("gift", ".gift", "of exercises: GIFT"),
        Format("nbgrader", "", "of exercises: a notebook with cells that nbgrader marks"),
    )
}
"""The formats that only what is made for a course has."""

KNOWN = FORMATS | LESSON_FORMATS | REPORT_FORMATS | HANDOUT_FORMATS
"""Every format of every command."""


def choose_format(
    output: str,
    stated: str | None,
    possible: tuple[str, ...],
    default: str = "text",
    option: str = "-o",
) -> str:
    """The format of a document: the one that was asked for, or else that of the file's suffix.

    Args:
        output: the file's name; ``-`` is standard output.
        stated: the value of ``--format``, if it was given.
        possible: the formats that the command can write.
        default: the format where neither is said.
        option: what names the file.

    Raises:
        InputError: when suffix and ``--format`` clash, or the suffix stands for no format.
    """
    suffix = "" if output == "-" else PurePath(output).suffix.lower()
    by_suffix = next((f.name for f in KNOWN.values() if suffix and f.suffix == suffix), None)
    if stated is not None:
        if by_suffix not in (None, stated):
            own = KNOWN[stated].suffix
            rename = f"end the name in {own}" if own else "choose another name"
            raise InputError(
                f"{quote(output)} is a name for {by_suffix}, and --format says {stated}",
                where="-o",
                hint=f"{rename}, or leave out --format",
            )
        return stated
    if not suffix:
        return default
    if by_suffix not in possible:
        known = ", ".join(filter(None, (KNOWN[name].suffix for name in possible)))
        raise InputError(
            f"the suffix {suffix} stands for no format of this command",
            where=option,
            hint=f"end the name in one of {known}"
            + (", or say --format" if option == "-o" else "")
            + (f"; symback handout writes {suffix}" if _is_of_handout(by_suffix, possible) else ""),
        )
    return by_suffix


def _is_of_handout(name: str | None, possible: tuple[str, ...]) -> bool:
    """Say whether a format is a handout's where a derivation was to be written."""
    return tuple(FORMATS) == possible and (name == "html" or name in HANDOUT_FORMATS)
