"""The way from documents and formulas to verdicts: where the command line meets the judge.

Everything is loaded here, when it is needed; a file that is missing costs no import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symback.cli.engine import wake_collector
from symback.cli.settings import Settings
from symback.cli.source import Stated, read_bytes, source_name
from symback.cli.subject import Subject
from symback.errors import InputError, SymbackError, TooLargeError
from symback.model.network import Network
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.model.language.reader import ModelText
    from symback.notation import Notation
    from symback.reading.finding.book import Book
    from symback.reading.statements.verdicts import DocumentReport, Judgement

__all__ = ["Judge", "read_formula"]

MAX_FORMULA = 1_000_000

# What a formula may still stand in when it is copied out of a document.
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)"))


def read_formula(text: str) -> str:
    """A formula as it was typed, or from standard input for ``-``, without delimiters.

    Raises:
        InputError: for no formula, or for more than one.
    """
    if text == "-":
        data = read_bytes("-", MAX_FORMULA)
        if len(data) > MAX_FORMULA:
            raise TooLargeError(f"longer than {MAX_FORMULA:,} bytes", where=source_name("-"))
        from symback.reading.finding import decode

        text = decode(data, source_name("-"))
    formula = text.strip()
    if formula.startswith(("$", "\\")) and formula.endswith((".", ",", ";")):
        formula = formula[:-1].rstrip()  # the end of the sentence that it was copied from
    for opening, closing in _DELIMITERS:
        if formula.startswith(opening) and formula.endswith(closing):
            formula = formula[len(opening) : -len(closing)].strip()
            break
    if not formula:
        raise InputError("there is no formula", where="FORMULA")
    if "$" in formula:
        raise InputError("more than one formula", where="FORMULA", hint="leave out every $")
    return formula


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges documents and formulas as the options say.

    Attributes:
        network: what the options state, where they state a whole network.
        spec: what the options and the spec say, by the keys of a spec.
        notation: how the network is written.
        beside: a model of equations beside which a document is judged.
        lines: the text of that model, or lines of one that say what a document leaves out.
        slip: why the text is no whole model, where it is none.
    """

    network: Network | None
    spec: Mapping[str, Any]
    notation: Notation | None
    beside: ModelText | None = None
    lines: str = ""
    slip: InputError | None = None

    @classmethod
    def of(cls, stated: Stated, notation: str | None, settings: Settings | None = None) -> Judge:
        """The judge of what was stated, in the notation of the option or else of the settings.

        Raises:
            InputError: as `symback.cli.notation.notation_for`.
        """
        from symback.cli.notation import notation_for, notation_stated

        if stated.network:
            found = notation_for(notation, Subject(stated.network), settings)
        else:
            found, _ = notation_stated(notation, settings)
        return cls(stated.network, stated.values, found)

    def check_suggesting(self, text: str, name: str, kind: str | None = None) -> DocumentReport:
        """The same with the lines of a model that would decide what is open, if nothing is stated.

        Raises:
            InputError: with the file's name.
        """
        report = self.check(text, name, kind)
        if self.network is not None or self.beside is not None or self.lines:
            return report
        from symback.reading.suggesting.document import with_suggestions

        return with_suggestions(report)

    def check(self, text: str, name: str, kind: str | None = None) -> DocumentReport:
        """The verdicts on a document; its kind is told by its name, if it is not stated.

        Raises:
            InputError: with the file's name.
        """
        from symback.reading import check
        from symback.reading.beside.spellings import UnreadLineError

        wake_collector()
        try:
            return check(
                text,
                path=name,
                kind=kind,
                spec=self.spec or None,
                notation=self.notation,
                beside=self.beside,
                lines=self._lines_beside(text, name, kind),
            )
        except UnreadLineError as error:
            raise self.slip or error from None
        except SymbackError as error:
            raise error.at(error.where or source_name(name)) from None

    def _lines_beside(self, text: str, name: str, kind: str | None = None) -> tuple[str, ...]:
        """What a model that was written of a document says more than the document."""
        if not self.lines:
            return ()
        from symback.cli.subject import text_of_document
        from symback.reading.beside.additions import own_lines

        try:
            understood = text_of_document(text, name, kind)
        except InputError:
            understood = ""
        return own_lines(self.lines, understood)

    def beside_model(self, name: str) -> Judge:
        """The judge of documents about a model, by its name or file.

        Raises:
            InputError: for a name that nothing has.
        """
        from symback.cli.subject import is_library_model, model_source, model_text_named
        from symback.model.language.reader import ModelText

        if is_library_model(name):
            return replace(self, beside=model_text_named(name))
        text, source, first = model_source(name)
        try:
            return replace(self, beside=ModelText.of(text, source, first), lines=text)
        except InputError as slip:
            return replace(self, lines=text, slip=slip if slip.where else slip.at("--model"))

    def check_book(self, book: Book, names: Sequence[str]) -> tuple[DocumentReport, ...]:
        """The verdicts on a book, one report for each of its files.

        Args:
            book: its files taken together.
            names: what the files are called.

        Raises:
            InputError: with the root's name.
        """
        from symback.reading.beside.spellings import UnreadLineError
        from symback.reading.books import check_book

        wake_collector()
        first = book.parts[0]
        try:
            reports = check_book(
                book,
                spec=self.spec or None,
                notation=self.notation,
                beside=self.beside,
                lines=self._lines_beside(first.text, first.name),
            )
        except UnreadLineError as error:
            raise self.slip or error from None
        except SymbackError as error:
            raise error.at(error.where or source_name(names[0])) from None
        return tuple(replace(r, path=name) for r, name in zip(reports, names, strict=True))

    @property
    def open_loss(self) -> str:
        """The letter of the loss where the network leaves it open, else nothing."""
        network = self.network
        return network.loss_letter if network is not None and network.has_generic_loss else ""

    def answer(self, formula: str) -> Judgement:
        """The verdict on one formula about the network.

        Raises:
            InputError: for what holds no formula.
        """
        from symback.reading import answer

        assert self.network is not None
        wake_collector()
        try:
            return answer(formula, self.network, self.notation)
        except InputError as error:
            raise error.at("FORMULA") from None
