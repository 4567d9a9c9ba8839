"""What a stated network adds to a document that defines something of one itself.

A document's own equations always go first: they are what its reader sees. The stated network gives
the rest where both write the same letters, and says what the document's generic functions are.
Where they contradict each other, or have no letter in common, that is told and not settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Call, Derivative, Nabla, Node, Symbol, stripped
from symback.reading.judging.judge import Judge
from symback.reading.network.document_model import DocumentModel, Stated
from symback.reading.network.function_meanings import function_called
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything, quantities, spelled, written
from symback.reading.statements.statements import Kind, Statement
from symback.reading.statements.verdicts import Status

__all__ = ["completed", "defining"]

Notes = tuple[tuple[str, Mapping[str, str]], ...]


def defining(statements: Iterable[Statement]) -> list[Statement]:
    """The equations by which a document itself says how its loss comes about."""
    return [
        statement
        for statement in statements
        if statement.kind is Kind.DEFINITION
        and statement.defines
        and isinstance(left := statement.definition[0], Symbol)
        and left.name != "delta"
        and not any(isinstance(node, Derivative | Nabla) for node in _body(statement))
    ]


def completed(statements: Sequence[Statement], networks: Sequence[Stated]) -> tuple[Stated, Notes]:
    """The part of a stated network that a document needs, and what is to be said of it.

    Args:
        statements: the document's.
        networks: the stated network, with its variants where it need not be taken at its word, as
            of biases that nobody mentioned; the one that proves most of the document is taken.
    """
    own = defining(statements)
    if not own:
        return networks[0], ()
    letters = {_key(s.left)[0] for network in networks for s in network.statements}
    foreign = [s for s in own if _key(s.definition[0])[0] not in letters]
    found = [_compared(own, network) for network in networks]
    given, named, verdicts = max(found, key=lambda one: one[2].count(Status.PROVED))
    against = [s for s, verdict in zip(own, verdicts, strict=True) if verdict is Status.REFUTED]
    # An equation for one unit that agrees with those for all of them defines nothing.
    own = [s for s in own if s in against or not _is_of_one_unit(s)]
    have = {_key(s.definition[0]) for s in own}
    shared = [s for s in given.statements if _knows(have, _key(s.left))]
    if foreign and all(map(_is_loss, shared)):
        return Stated(), (("stated-unused", {"of": _listed(s.definition[0] for s in foreign)}),)
    missing = tuple(s for s in given.statements if s not in shared)
    notes: list[tuple[str, Mapping[str, str]]] = []
    notes += (("stated-function", {"of": of, "is": name}) for of, name in named.items())
    for s in against:
        about = {"of": _listed([s.definition[0]]), "line": str(s.line)}
        notes.append(("stated-contradicted", about))
    used = {base_of(q) for s in statements for side in _sides(s) for q in quantities(side)}
    added = [s.left for s in missing if isinstance(s.left, Symbol) and base_of(s.left) in used]
    if added and own:
        notes.append(("stated-completes", {"of": _listed(added)}))
    return replace(given, statements=missing), tuple(notes)


def _compared(
    own: Sequence[Statement], network: Stated
) -> tuple[Stated, Mapping[str, str], list[Status | None]]:
    """A network with the functions that a document calls by letters, and its verdicts on it."""
    keys = {_key(s.left) for s in network.statements}
    both = [_meets(_key(s.definition[0]), keys) for s in own]
    named = dict(_functions(own, network))
    network = replace(network, meanings={**network.meanings, **named})
    pairs = zip(own, both, strict=True)
    return network, named, [_verdict(s, network) if known else None for s, known in pairs]


def _listed(symbols: Iterable[Node | None]) -> str:
    return ", ".join(dict.fromkeys(written(s) for s in symbols if isinstance(s, Symbol)))


def _is_of_one_unit(statement: Statement) -> bool:
    left = statement.definition[0]
    return (
        isinstance(left, Symbol)
        and bool(left.subscripts)
        and not any(
            isinstance(node, Symbol) and node.name.isalpha()
            for index in left.subscripts
            for node in everything(index)
        )
    )


def _body(statement: Statement) -> Iterable[Node]:
    body = statement.definition[1]
    return everything(body) if body is not None else ()


def _sides(statement: Statement) -> list[Node]:
    return [side for side in (statement.left, statement.right) if side is not None]


def _key(left: Node | None) -> tuple[str, str]:
    """A letter and its layer, `*` for any."""
    if not isinstance(left, Symbol):
        return "", ""
    marks = [mark.body for mark in left.marks if mark.body is not None]
    numbered = marks and not any(isinstance(node, Symbol) for node in everything(marks[0]))
    return base_of(left), spelled(marks[0]) if numbered else "*"


def _knows(have: set[tuple[str, str]], key: tuple[str, str]) -> bool:
    base, layer = key
    return (base, layer) in have or (base, "*") in have


def _meets(key: tuple[str, str], keys: set[tuple[str, str]]) -> bool:
    """Say whether an equation is about one that is stated, or about all layers of its letter."""
    return _knows(keys, key) or (key[1] == "*" and any(base == key[0] for base, _ in keys))


def _is_loss(statement: Statement) -> bool:
    return isinstance(statement.left, Symbol) and not statement.left.subscripts


def _functions(own: Iterable[Statement], network: Stated) -> Iterator[tuple[str, str]]:
    """The generic functions of a document that a stated network names."""
    stated = {_key(s.left): _applied(s) for s in network.statements}
    for statement in own:
        mine, other = _applied(statement), stated.get(_key(statement.definition[0]))
        if mine is None or other is None or mine == other or function_called(mine):
            continue
        name = network.meanings.get(other) or function_called(other)
        if name is not None:
            yield mine, name


def _applied(statement: Statement) -> str | None:
    body = statement.definition[1]
    body = stripped(body) if body is not None else None
    return function_name(body.function) if isinstance(body, Call) and not body.order else None


def _verdict(statement: Statement, network: Stated) -> Status:
    """The verdict on an equation of a document as one about the stated network.

    One for the only layer of a letter is wrong of a network that has several.
    """
    left = statement.definition[0]
    layers = {key for s in network.statements if (key := _key(s.left))[0] == _key(left)[0]}
    if len(layers) > 1 and isinstance(left, Symbol) and not left.marks:
        return Status.REFUTED
    claim = replace(statement, kind=Kind.CLAIM, defines=False)
    return Judge(DocumentModel.of([claim], [], network)).judge(claim).status
