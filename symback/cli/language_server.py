"""A language server: verdicts as diagnostics while a document is written, repairs as quick fixes.

Each document is judged as `symback check` judges it: with the settings of its folder, within the
book that it is part of, and as it stands in the editor.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symback.cli.documents import Document, documents_of
from symback.cli.judge import Judge
from symback.cli.known import Known
from symback.cli.settings import Settings, find_settings
from symback.cli.source import stated_by
from symback.errors import MissingToolError, SymbackError
from symback.install import install_hint
from symback.version import __version__

if TYPE_CHECKING:
    from symback.reading.statements.verdicts import DocumentReport
    from symback.rendering.check import CheckedDocument
    from symback.rendering.check.report import Entry

__all__ = ["judged_text", "language_server"]


def judged_text(path: str, text: str) -> CheckedDocument:
    """A file whose text stands in an editor, and not yet on the disk, with its verdicts.

    Args:
        path: of the file; its folder says which settings count.
        text: what the editor shows.

    Raises:
        SymbackError: for settings that are not right, and for what cannot be read.
    """
    from symback.rendering.check import Report

    settings = find_settings(Path(path).parent)
    report = Report.of([_verdicts(path, text, settings)])
    (document,) = Known(settings.baseline).marked(report)
    return document


def _verdicts(path: str, text: str, settings: Settings) -> DocumentReport:
    judge = Judge.of(stated_by(settings=settings), None, settings)
    document = _document(path, settings)
    if document is None or document.book is None:
        return judge.check(text, path)
    names = [file.name for file in document.files]
    at = next(n for n, name in enumerate(names) if Path(name).resolve() == Path(path).resolve())
    book = document.book.again(document.book.parts[at].name, text)
    reports = judge.check_book(book, names)
    return next(report for report in reports if report.path == names[at])


def _document(path: str, settings: Settings) -> Document | None:
    """The book that a file is part of, as it stands on the disk; None for a file not saved yet."""
    if not Path(path).is_file():
        return None
    documents, _ = documents_of([path], settings)
    return documents[0]


def language_server() -> Any:
    """A server that is ready to be started on standard input and output.

    Raises:
        MissingToolError: without pygls.
    """
    try:
        from lsprotocol import types
        from pygls.lsp.server import LanguageServer
    except ImportError:
        raise MissingToolError(
            "pygls speaks with editors", where="--lsp", hint=install_hint("serve")
        ) from None

    server = LanguageServer("symback", __version__)
    shown: dict[str, list[tuple[types.Diagnostic, list[types.TextEdit]]]] = {}

    def judge(uri: str) -> None:
        document = server.workspace.get_text_document(uri)
        try:
            judged = judged_text(document.path, document.source)
        except SymbackError as error:
            nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
            whole = types.Diagnostic(nowhere, str(error), types.DiagnosticSeverity.Error)
            found = [(whole, list[types.TextEdit]())]
        else:
            found = list(_diagnostics(judged, types))
        shown[uri] = found
        server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, [diagnostic for diagnostic, _ in found])
        )

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(parameters: types.DidOpenTextDocumentParams) -> None:
        judge(parameters.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(parameters: types.DidChangeTextDocumentParams) -> None:
        judge(parameters.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(parameters: types.DidSaveTextDocumentParams) -> None:
        judge(parameters.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(parameters: types.DidCloseTextDocumentParams) -> None:
        uri = parameters.text_document.uri
        shown.pop(uri, None)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def fixes(parameters: types.CodeActionParams) -> list[types.CodeAction]:
        uri, asked = parameters.text_document.uri, parameters.range
        return [
            types.CodeAction(
                title=diagnostic.data["fix"],
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic],
                is_preferred=True,
                edit=types.WorkspaceEdit(changes={uri: edits}),
            )
            for diagnostic, edits in shown.get(uri, ())
            if edits and _touch(diagnostic.range, asked)
        ]

    return server


def _touch(one: Any, other: Any) -> bool:
    """Whether two ranges share a line."""
    first, second = one.start.line <= other.end.line, other.start.line <= one.end.line
    return bool(first and second)


def _diagnostics(document: CheckedDocument, types: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Each finding of a document, with the edits of its unique repair."""
    from symback.rendering.check import Report
    from symback.rendering.check.page import ReportPage

    page = ReportPage("json", Report((document,)))
    severities = {"REFUTED": types.DiagnosticSeverity.Error}
    for entry in document.entries:
        if not (entry.is_finding and entry.says_something):
            continue
        lines = entry.document.text.split("\n")
        start, end = entry.mark
        line = lines[entry.line - 1]
        fix = entry.repair if entry.repair and entry.repair.unique and entry.edits else None
        yield (
            types.Diagnostic(
                range=types.Range(
                    types.Position(entry.line - 1, _units(line, start - 1)),
                    types.Position(entry.line - 1, _units(line, end - 1)),
                ),
                message=str(page.because(entry)) or entry.verdict,
                severity=severities.get(entry.verdict, types.DiagnosticSeverity.Information),
                code=entry.code or entry.verdict,
                source="symback",
                data={"fix": str(page.repair(fix))} if fix else None,
            ),
            list(_edits(entry, lines, types)) if fix else [],
        )


def _edits(entry: Entry, lines: list[str], types: Any) -> Iterator[Any]:
    position = entry.document.source.lines.position
    for edit in entry.edits or ():
        places = []
        for offset in (edit.start, edit.end):
            line, column = position(offset)
            places.append(types.Position(line - 1, _units(lines[line - 1], column - 1)))
        yield types.TextEdit(range=types.Range(*places), new_text=edit.new)


def _units(line: str, column: int) -> int:
    """A column in the units of the protocol, which counts in UTF-16."""
    return len(line[:column].encode("utf-16-le")) // 2
