"""Matrices that a document says to be symmetric, `A = A^T`, and those that may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula.languages import pattern, words
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Hessian,
    Nabla,
    Node,
    Product,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.said_arrays import LIST
from symback.reading.network.symbols import everything, quantities, written
from symback.reading.statements.defining import is_same_turned
from symback.reading.statements.statements import Statement

__all__ = [
    "differentiated_by",
    "in_quadratic_forms",
    "matrices_of",
    "said_to_be",
    "sentence_around",
    "spoken_of",
]

Matrices = dict[tuple[str, str], str]
"""Matrices by letter and the name below it, each as it is written."""


# Words before `A = A^T` by which it is said as a fact, none of which is "if".
_FACT = (
    words("since", "let", "symmetric")
    + r"|\b(?:as|assum\w*|suppos\w*|note|recall|while|comme|como|para que)\b|且|から|ので"
)
_OPEN = (
    words("if", "if, behind")
    + r"|\b(?:not|no|only|cannot|nicht|sauf|pas|не|nie|değil|không|bukan)\b|n't\b|不|なければ|않"
)
_DENIED = words("denied") + r"|[?？]"
"""Words of a sentence by which nothing in it is a fact."""
_SENTENCE = re.compile(r"[.;:!?。；：！？](?=\s|\Z)|\n\s*\n|[。；！？]")
_ARTICLE = (
    r"(?:(?:an?|the|eine?|une?|una?|uma?|real|square|reelle|réelle|assumed|taken)\s+|to be\s+)*"
)
_IS_SYMMETRIC = (
    r"\s*(?:" + words("is") + r"\s*)?" + _ARTICLE + r"(?:" + words("matrix") + r"\s*)?"
    + words("symmetric")
    + r"(?=\s*(?:\Z|[.,;:)。，；]|\$|\n|positive?\b|real|" + words("and", "matrix") + "))"
)  # fmt: skip
_SYMMETRIC_IS = (
    words("symmetric") + r"\s*(?:positive (?:semi-?)?definite\s+)?(?:" + words("matrix") + r")?\s*$"
)
_ON_CONDITION = words("for", "if") + r"\s+" + _ARTICLE + r"\Z"


def differentiated_by(*sides: Node) -> set[Symbol]:
    """What sides differentiate by, which is of any form."""
    return {
        symbol
        for side in sides
        for node in everything(side)
        if isinstance(node, Derivative | Hessian | Nabla)
        for by in (node.by if isinstance(node, Derivative) else (node.by,))
        for symbol in (quantities(by) if by is not None else ())
    }


def matrices_of(model: DocumentModel, statement: Statement) -> Matrices:
    """The matrices of a statement that have no equation, but for those it differentiates by."""
    sides = [side for side in (statement.left, statement.right) if side is not None]
    free = {_key(model, symbol) for symbol in differentiated_by(*sides)}
    found: Matrices = {}
    for symbol in (symbol for side in sides for symbol in quantities(side)):
        parts = model.names.split(symbol)
        is_matrix = len(parts.indices) == 2 or (model.ranks.of(parts) == 2 and not parts.indices)
        if is_matrix and not model.definitions.under(parts):
            if _key(model, symbol) not in free:
                found.setdefault(_key(model, symbol), written(symbol))
    return found


def in_quadratic_forms(model: DocumentModel, *sides: Node) -> set[tuple[str, str]]:
    """The matrices of `x^T A x`, in sides or in the equations of what they differentiate.

    They are often symmetric without a word, as no weight is.
    """
    bodies = [*sides]
    for node in (node for side in sides for node in everything(side)):
        of = node.of if isinstance(node, Derivative | Hessian | Nabla) else None
        of = of.function if isinstance(of, Call) else of
        if isinstance(of, Symbol):
            bodies += (d.body for d in model.definitions.under(model.names.split(of)))
    return {
        _key(model, matrix)
        for node in (node for body in bodies for node in everything(body))
        if isinstance(node, Product)
        for one, matrix, other in zip(
            node.factors, node.factors[1:], node.factors[2:], strict=False
        )
        if isinstance(matrix, Symbol) and isinstance(one, Transpose)
        if stripped(one.body) == stripped(other)
    }


def spoken_of(model: DocumentModel, statements: Iterable[Statement]) -> set[tuple[str, str]]:
    """The matrices of which `A = A^T` is said, be it as a condition."""
    return {_key(model, symbol) for statement in statements for symbol in _says_so(statement)}


def said_to_be(model: DocumentModel, statement: Statement, before: Iterable[Statement]) -> Matrices:
    """Those matrices of a statement that earlier ones say to be symmetric, as a fact."""
    said: set[tuple[str, str]] = set()
    is_fact = False
    for earlier in before:
        letters = list(_says_so(earlier))
        words = earlier.excerpt.before
        if (told := _in_words(earlier)) is not None:
            said.add(_key(model, told))
        if not (is_fact and letters and LIST.fullmatch(words)):
            about = f"{words} {'' if earlier.excerpt.display else earlier.excerpt.after}"
            is_fact = bool(letters and pattern(_FACT).search(about)) and not pattern(_OPEN).search(
                about
            )
        if is_fact:
            said.update(_key(model, symbol) for symbol in letters)
    if not said:
        return {}
    return {key: name for key, name in matrices_of(model, statement).items() if key in said}


def sentence_around(excerpt: Excerpt) -> tuple[str, str]:
    """What the sentence of a formula says before it and behind it."""
    before = _SENTENCE.split(excerpt.before)[-1]
    return before, _SENTENCE.split(excerpt.after, maxsplit=1)[0]


def _in_words(statement: Statement) -> Symbol | None:
    """The letter of a matrix of which words say that it is symmetric, "where A is symmetric"."""
    letter, excerpt = statement.left, statement.excerpt
    if statement.relation or excerpt.display or not isinstance(letter, Symbol):
        return None
    before, after = sentence_around(excerpt)
    asks = excerpt.after[len(after) : len(after) + 1] in ("?", "？")
    if asks or any(pattern(_OPEN + "|" + _DENIED).search(part) for part in (before, after)):
        return None
    if pattern(_IS_SYMMETRIC).match(after):
        return letter
    told = pattern(_SYMMETRIC_IS).search(before)
    return letter if told and not pattern(_ON_CONDITION).search(before[: told.start()]) else None


def _says_so(statement: Statement) -> Iterator[Symbol]:
    """The letter of `A = A^T`, from either side, and of `a_{ij} = a_{ji}`."""
    if statement.left is None or statement.right is None or statement.relation != "=":
        return
    one, other = stripped(statement.left), stripped(statement.right)
    if isinstance(one, Symbol) and is_same_turned(one, other):
        yield one
    for letter, turned in ((one, other), (other, one)):
        if isinstance(letter, Symbol) and isinstance(turned, Transpose):
            if stripped(turned.body) == letter:
                yield letter


def _key(model: DocumentModel, symbol: Symbol) -> tuple[str, str]:
    parts = model.names.split(symbol)
    return parts.base, parts.tag
