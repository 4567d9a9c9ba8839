"""A document checked: read, its networks learnt, every statement judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from symback.reading.by_samples import with_samples
from symback.reading.by_section import with_sections
from symback.reading.by_steps import with_steps_by_number
from symback.reading.finding import find
from symback.reading.finding.headings import chapters, headings, headings_of
from symback.reading.formula.syntax import Call, Symbol
from symback.reading.judging.completing_stated import Notes, completed, defining
from symback.reading.judging.conventions import in_best_convention
from symback.reading.judging.implications import Implications
from symback.reading.judging.layouts import in_one_layout
from symback.reading.judging.statistics import with_statistics
from symback.reading.judging.whole_document import with_doubts
from symback.reading.judging.written_by_entries import with_written_by_entries
from symback.reading.network.document_model import Stated
from symback.reading.network.flat_names import FlatNames
from symback.reading.network.front_matter import Header
from symback.reading.network.stated import Written, notation_called
from symback.reading.network.symbols import base_of
from symback.reading.network.worlds import Worlds
from symback.reading.proving.document import with_proofs
from symback.reading.statements.adjoints import loss_unsaid, says_sign, with_adjoints
from symback.reading.statements.arrows import without_arrows
from symback.reading.statements.bare_functions import with_their_arguments
from symback.reading.statements.class_labels import with_labels_as_indices
from symback.reading.statements.descent import with_descents
from symback.reading.statements.entries import with_entries
from symback.reading.statements.families import with_families
from symback.reading.statements.from_zero import counted_from_one
from symback.reading.statements.gradient_lists import with_gradients_as_columns
from symback.reading.statements.index_equations import without_index_equations
from symback.reading.statements.inner_products import with_inner_products
from symback.reading.statements.integrals import with_integrals
from symback.reading.statements.lagrange import with_derivatives
from symback.reading.statements.log_likelihoods import with_likelihoods
from symback.reading.statements.losses_put_in import with_losses_put_in
from symback.reading.statements.named_functions import with_named_functions
from symback.reading.statements.names_below import with_names_below
from symback.reading.statements.one_layer import of_one_layer
from symback.reading.statements.open_sums import with_indices
from symback.reading.statements.overloads import told_apart
from symback.reading.statements.parameters_below import with_parameters_below
from symback.reading.statements.primed_formulas import with_primed_formulas
from symback.reading.statements.repeated_indices import leaves_sums_open, says_so, with_sums
from symback.reading.statements.samples_below import with_samples_above
from symback.reading.statements.schemes import without_schemes
from symback.reading.statements.set_once import with_set_once
from symback.reading.statements.set_sums import over_whole_ranges
from symback.reading.statements.sized_ones import with_plain_ones
from symback.reading.statements.slopes import with_slopes
from symback.reading.statements.softmax_by_entries import with_softmax
from symback.reading.statements.statements import Reading, Statement, read_findings
from symback.reading.statements.steps_on_left import with_steps_on_left
from symback.reading.statements.unequal_sums import over_bound_letters
from symback.reading.statements.verdicts import DocumentReport, Judgement, Status
from symback.reading.walking import judged
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.model.language.reader import ModelText
    from symback.model.network import Network
    from symback.notation import Notation
    from symback.reading.finding.book import Book
    from symback.reading.finding.excerpt import Findings

__all__ = ["check", "tried", "worlds_of"]


def check(
    text: str,
    *,
    path: str = "",
    kind: str | None = None,
    spec: Mapping[str, Any] | None = None,
    network: Network | None = None,
    notation: Notation | str | None = None,
    book: Book | None = None,
    beside: ModelText | None = None,
    lines: Sequence[str] = (),
) -> DocumentReport:
    """Return the verdict on every statement of a document.

    Args:
        text: the document.
        path: its name, for reports and to tell its format.
        kind: the format, where the name does not tell it.
        spec: what the document leaves out, as `--spec` or front matter says it.
        network: the network it is about; without one, that of the spec or the front matter.
        notation: the notation in which that network is written, or a preset's name.
        book: the files of which the document is the first, found already.
        beside: a model of equations that it is about, whose quantities it names.
        lines: what the document leaves out, in the language of models or as people type formulas.

    Raises:
        TooLargeError: for a document above `finding.SIZE_LIMIT`.
        InputError: for an unknown kind, a notebook that is none, or a header that is not right.
    """
    header = Header.of(text, path, spec)
    findings = book.findings if book else find(text, kind, name=path or None)
    reading = read_findings(findings)
    found = headings_of(text, findings.kind) if book is None else []
    sections = book.headings if book else tuple(line for line, _ in found)
    parts = book.chapters if book else tuple(chapters(found))
    sized = network is not None or header.has_widths
    network = network or header.network
    chosen = notation_called(notation)

    def under(notation: Notation | None) -> DocumentReport:
        given, flat, read = Stated(), FlatNames({}), reading
        notes: Notes = ()
        if network is not None:
            given, notes, flat, read = _given(network, notation, header, reading, sized=sized)
        given = replace(
            given, same=header.same, sizes=header.sizes,
            meanings={**given.meanings, **header.meanings},
        )  # fmt: skip
        statements = _as_meant(flat.read(read.statements), text)
        proves = network is None or bool(defining(read.statements))
        worlds, verdicts = _judged(statements, sections, given, proves=proves, chapters=parts)
        if beside is not None:
            from symback.reading.beside.document import with_model  # loads SymPy

            verdicts = with_model(verdicts, beside)
        verdicts = _doubted(verdicts, worlds, findings, text)
        if lines:
            read_again = _Again(text, findings, sections, read, flat, given, statements, proves)
            again, may_refute = read_again.beside(lines, by_themselves=beside is None)
            from symback.reading.beside.additions import with_additions

            verdicts = with_additions(verdicts, again, may_refute=may_refute)
        found = tuple(map(flat.without_repairs, in_one_layout(verdicts)))
        noted = (*notes, *worlds.inferred(), *_matched(verdicts, beside))
        if (loss := _loss_of_deltas(read.statements)) is not None:
            noted = (*noted, ("delta-names-derivative", {"loss": loss.name}))
        if findings.letters:
            names = ", ".join(f"\\{name}" for name in findings.letters)
            noted = (*noted, ("letters-of-commands", {"of": names}))
        return DocumentReport(path, text, found, noted, tuple(findings.problems), findings.kind)

    report = under(chosen)
    if network is not None and not defining(reading.statements):
        report = in_best_convention(report, chosen, under)
    return report


@dataclass(frozen=True, slots=True)
class _Again:
    """A document that is read, to be judged again beside lines that say what it leaves out."""

    text: str
    findings: Findings
    sections: Sequence[int]
    read: Reading
    flat: FlatNames
    given: Stated
    statements: tuple[Statement, ...]
    proves: bool

    def beside(
        self, lines: Sequence[str], *, by_themselves: bool
    ) -> tuple[tuple[Judgement, ...], bool]:
        """The verdicts, and whether the lines leave no function open.

        Raises:
            InputError: as `symback.reading.beside.additions.additions`.
        """
        from symback.reading.beside.additions import additions, leave_open

        functions = self.read.functions
        said_by = self.read.statements
        before = additions(lines, said_by, functions, by_themselves=by_themselves)
        own = {id(excerpt) for excerpt, _ in before}
        both = read_findings(self.findings, functions, before)
        meant = _as_meant(self.flat.read(both.statements), self.text)
        said = tuple(s for s in meant if id(s.excerpt) in own)
        rest = tuple(s for s in meant if id(s.excerpt) not in own)
        given = replace(self.given, additions=said)
        worlds, again = _judged(rest, self.sections, given, proves=self.proves)
        may_refute = not (leave_open(before) or _says_anew(said, self.statements))
        return _doubted(again, worlds, self.findings, self.text), may_refute


def _says_anew(said: Sequence[Statement], statements: Sequence[Statement]) -> bool:
    """Say whether lines define what the document defines as well, which may mean another case."""

    def defined(one: Sequence[Statement]) -> set[str]:
        lefts = (s.definition[0] for s in one if s.defines)
        names = (left.function if isinstance(left, Call) else left for left in lefts)
        return {base_of(name) for name in names if isinstance(name, Symbol)}

    return not defined(said).isdisjoint(defined(statements))


def tried(
    text: str, *, path: str = "", kind: str | None = None
) -> Callable[[Sequence[str]], tuple[Judgement, ...]]:
    """What judges a document beside lines that may say what it leaves out.

    Args:
        text: the document.
        path: its name, to tell its format.
        kind: the format, where the name does not tell it.

    Raises:
        InputError: as `check`.
    """
    header = Header.of(text, path, None)
    findings = find(text, kind, name=path or None)
    read = read_findings(findings)
    given = Stated(same=header.same, sizes=header.sizes, meanings=header.meanings)
    statements = _as_meant(read.statements, text)
    sections = headings(text, findings.kind)
    again = _Again(text, findings, sections, read, FlatNames({}), given, statements, proves=True)
    return lambda lines: again.beside(lines, by_themselves=True)[0]


def _judged(
    statements: tuple[Statement, ...],
    sections: Sequence[int],
    given: Stated,
    *,
    proves: bool,
    chapters: Sequence[range] = (),
) -> tuple[Worlds, tuple[Judgement, ...]]:
    """The networks of a document and the verdicts on its statements."""
    worlds = Worlds(statements, sections, given)
    verdicts = judged(statements, worlds)
    if proves:
        verdicts = with_proofs(verdicts, worlds)  # of equations that the document states
        verdicts = with_samples(
            verdicts, partial(_alone, given=given, sections=sections, explains=True)
        )
        verdicts = with_sections(verdicts, worlds, partial(_alone, given=given), chapters)
        verdicts = with_steps_by_number(
            verdicts, worlds, partial(_alone, given=given, sections=sections)
        )
        verdicts = Implications(statements).as_supposed(verdicts)
        verdicts = with_written_by_entries(verdicts)
    return worlds, with_statistics(verdicts, worlds)


def _doubted(
    verdicts: Sequence[Judgement], worlds: Worlds, findings: Findings, text: str
) -> tuple[Judgement, ...]:
    """The verdicts without what the document as a whole makes doubtful."""
    found = with_doubts(verdicts, worlds, findings.letters)
    if not says_so(text):
        return found
    return tuple(
        j.doubted() if j.status is Status.REFUTED and leaves_sums_open(j.statement) else j
        for j in found
    )


def _loss_of_deltas(statements: Sequence[Statement]) -> Symbol | None:
    r"""The loss of which `\delta c_t` is taken for the derivative though no line says so."""
    return None if any(map(says_sign, statements)) else loss_unsaid(statements)


def _alone(
    statements: tuple[Statement, ...],
    given: Stated,
    sections: Sequence[int] = (),
    *,
    explains: bool = False,
) -> tuple[Sequence[Judgement], Worlds]:
    """The verdicts on the statements of a section, as if the document had no other.

    What is to be refuted is to be explained: a slip is less doubtful than a line that differs.
    """
    worlds = Worlds(statements, sections, given)
    return with_proofs(judged(statements, worlds, explains=explains), worlds), worlds


def _matched(judgements: Sequence[Judgement], beside: ModelText | None) -> Notes:
    """Which quantities of a stated model a document names."""
    if beside is None:
        return ()
    from symback.reading.beside.document import names_of_model  # loads SymPy

    names = names_of_model(judgements, beside)
    if not names:
        return (("model-unmatched", {}),)
    return (("model-matched", {"of": ", ".join(names)}),)


def worlds_of(text: str, *, path: str = "", kind: str | None = None) -> Worlds:
    """The networks that a document is about, with nothing judged.

    Args:
        text: the document.
        path: its name, to tell its format.
        kind: the format, where the name does not tell it.

    Raises:
        TooLargeError: for a document above `finding.SIZE_LIMIT`.
        InputError: for an unknown kind, a notebook that is none, or a header that is not right.
    """
    header = Header.of(text, path, None)
    findings = find(text, kind, name=path or None)
    reading = read_findings(findings)
    given = Stated(same=header.same, sizes=header.sizes, meanings=header.meanings)
    statements = _as_meant(reading.statements, text)
    return Worlds(statements, headings(text, findings.kind), given)


_WRITTEN_OUT: tuple[Callable[[Sequence[Statement]], Sequence[Statement]], ...] = (
    without_index_equations, with_labels_as_indices, with_integrals, with_named_functions,
    with_plain_ones, with_likelihoods, with_descents, with_set_once, with_steps_on_left,
    with_parameters_below, with_their_arguments, without_arrows, with_names_below,
    with_families, with_softmax, told_apart, with_derivatives, with_slopes, with_entries,
    with_primed_formulas, with_losses_put_in, with_samples_above, with_gradients_as_columns,
    without_schemes, with_adjoints, with_indices, over_whole_ranges, over_bound_letters,
    counted_from_one, with_inner_products, of_one_layer,
)  # fmt: skip
"""What writes out what a notation leaves to the reader, in this order."""


def _as_meant(statements: Sequence[Statement], text: str) -> tuple[Statement, ...]:
    """The statements with what their notation leaves to the reader written out."""
    meant = tuple(statements)
    for written_out in _WRITTEN_OUT:
        meant = tuple(written_out(meant))
    return with_sums(meant) if says_so(text) else meant


def _given(
    network: Network, notation: Notation | None, header: Header, reading: Reading, *, sized: bool,
) -> tuple[Stated, Notes, FlatNames, Reading]:  # fmt: skip
    """What a stated network says of a document, which may have to be read again with its names."""
    written = Written.of(network, notation)
    given = written.stated if sized else replace(written.stated, widths=())
    if not defining(reading.statements):
        reading = read_findings(reading.findings, written.functions)
    flat = FlatNames.of(header.weights, network, written, sized=sized)
    networks = [given]
    if "bias" not in header.values and network.bias:
        plain = Written.of(replace(network, bias=False), notation)
        networks.append(plain.stated)
    given, notes = completed(flat.read(reading.statements), networks)
    return given, notes, flat, reading
