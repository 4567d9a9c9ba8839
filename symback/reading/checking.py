"""A document checked: read, its network learnt, every statement judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .adjoints import mend_deltas
from .diagnosis import Diagnostician
from .document_model import DocumentModel
from .functions import FunctionTable
from .header import Header
from .judge import Judge
from .names import everything, quantities
from .scopes import changed
from .stated import forward_equations
from .statements import Kind, Reading, Statement, read_document
from .syntax import Derivative, Node, Number, Symbol
from .verdicts import DocumentReport, Judgement, Status

if TYPE_CHECKING:
    from symback.model.network import Network

__all__ = ["check", "judged", "preface"]

_SETTLED = {
    Kind.DEFINITION: Status.DEFINITION,
    Kind.ASSIGNMENT: Status.ASSIGNMENT,
    Kind.REMARK: Status.REMARK,
    Kind.EXPRESSION: Status.REMARK,
    Kind.UNREAD: Status.UNREAD,
}


def check(
    text: str,
    *,
    path: str = "",
    kind: str | None = None,
    spec: Mapping[str, Any] | None = None,
    network: Network | None = None,
    notation: str | None = None,
) -> DocumentReport:
    """Return the verdict on every statement of a document.

    Args:
        text: the document.
        path: its name, for reports and to tell its format.
        kind: the format, where the name does not tell it.
        spec: what the document leaves out, as `--spec` or front matter says it.
        network: the network it is about, where it does not define one.
        notation: the preset in which that network is written.

    Raises:
        TooLargeError: for a document above `finding.SIZE_LIMIT`.
        InputError: for an unknown kind, a notebook that is none, or a header that is not right.
    """
    header = Header.of(text, path, spec)
    reading = read_document(text, kind, name=path or None)
    stated: tuple[Statement, ...] = ()
    columns: bool | None = None
    if network is not None and not _defines_network(reading):
        given, columns = preface(network, notation)
        stated, table = given.statements, given.functions
        reading = read_document(text, kind, name=path or None, functions=table)
    model = DocumentModel.of(
        reading, same=header.same, sizes=header.sizes, stated=stated, columns=columns
    )
    judgements = judged(reading.statements, model)
    inferred = tuple(model.assumed.values())
    return DocumentReport(path, text, judgements, inferred, tuple(reading.findings.problems))


def preface(network: Network, notation: str | None) -> tuple[Reading, bool]:
    """The definitions of a stated network, and whether its vectors are columns."""
    lines, columns = forward_equations(network, notation)
    table = FunctionTable().extended(name for name in network.activations if name.isalpha())
    text = "".join(f"$$\n{line}\n$$\n\n" for line in lines)
    return read_document(text, "markdown", functions=table), columns


def _defines_network(reading: Reading) -> bool:
    """Say whether a document says itself how its loss comes about."""
    return any(
        statement.kind is Kind.DEFINITION
        and statement.right is not None
        and not any(isinstance(node, Derivative) for node in everything(statement.right))
        for statement in reading.statements
    )


def judged(statements: tuple[Statement, ...], model: DocumentModel) -> tuple[Judgement, ...]:
    """The verdicts on all statements of a document, in order."""
    mended = mend_deltas(model, statements)
    judge = Judge(model)
    diagnostician = Diagnostician(judge, (*model.stated, *statements))
    found: list[Judgement] = []
    for statement in statements:
        if id(statement) in mended:
            found.append(mended[id(statement)])
            continue
        status = _SETTLED.get(statement.kind)
        if id(statement) in model.claims:
            status = None
        if status is Status.ASSIGNMENT and loses_weight(judge, statement):
            found.append(Judgement(statement, Status.REFUTED, "update-loses-weight"))
        elif status is not None:
            found.append(Judgement(statement, status, _reason(statement)))
        elif statement.conditional:
            found.append(Judgement(statement, Status.UNDECIDED, "conditional"))
        else:
            judgement = judge.judge(statement)
            judgement = _sound_again(judge, judgement, found)
            if judgement.status is Status.REFUTED:
                judgement = diagnostician.explained(judgement, found)
            found.append(judgement)
    return tuple(found)


def _sound_again(judge: Judge, judgement: Judgement, earlier: list[Judgement]) -> Judgement:
    """Do not refute a link only because the one before it was wrong.

    A link after a refuted one is compared with the last expression of the chain that was sound;
    and one that only carries on what was refuted is refuted with it.
    """
    statement = judgement.statement
    before = [
        j for j in earlier
        if j.statement.chain == statement.chain and j.statement.place is statement.place
        and j.statement.position < statement.position
    ]  # fmt: skip
    if not before or before[-1].status is not Status.REFUTED:
        return judgement
    head = next(j.statement.left for j in before if j.status is Status.REFUTED)
    if judgement.status not in (Status.REFUTED, Status.PROVED, Status.AGREES):
        return judgement
    return judge.judge(statement, head)


def loses_weight(judge: Judge, statement: Statement) -> bool:
    """Say whether nothing of the old value is left in an update whose gradient vanishes."""
    left, right = statement.left, statement.right
    if not isinstance(left, Symbol) or right is None:
        return False
    if not any(isinstance(node, Derivative) for node in everything(right)):
        return False
    if left.unmarked not in {symbol.unmarked for symbol in quantities(right)}:
        return False

    def still(node: Node) -> Node:
        return Number("0") if isinstance(node, Derivative) else changed(node, still)

    return judge.sides(still(right), Number("0")).status is Status.PROVED


def _reason(statement: Statement) -> str:
    return str(statement.unread.reason) if statement.unread else ""
