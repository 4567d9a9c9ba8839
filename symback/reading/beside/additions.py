"""Lines of a model that say what a document leaves out, as statements that stand before it.

A line is one of the language of models, whose indices run as they say, or a formula as people type
it, `h_t = tanh(W x_t + b)`, or LaTeX.  Its names are spelled as the document spells them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from symback.errors import InputError, quote
from symback.model.language import syntax as typed
from symback.model.language.parser import parse
from symback.model.language.tokens import Source
from symback.reading.beside.spellings import Spellings, UnreadLineError
from symback.reading.beside.translating import TRANSPOSED, Translation
from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula.commands import FUNCTIONS
from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.infix import read_infix
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Node,
    Number,
    Span,
    Symbol,
)
from symback.reading.formula.unread import Unread
from symback.reading.network.function_meanings import function_named
from symback.reading.network.places import function_name
from symback.reading.network.symbols import everything
from symback.reading.statements.blocks import Block, Chain, read_block
from symback.reading.statements.relations import Link
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["additions", "leave_open", "own_lines", "with_additions"]

_OVER = ("sum", "prod", "mean", "max", "argmax", "softmax")
_SHOWN = (Status.PROVED, Status.AGREES)


def additions(
    lines: Sequence[str],
    statements: Sequence[Statement],
    functions: FunctionTable,
    *,
    by_themselves: bool = False,
) -> tuple[tuple[Excerpt, Block], ...]:
    """What lines beside a document say, as formulas that stand before it.

    Args:
        lines: in the language of models, or as formulas are typed.
        statements: the document's.
        functions: which of its names are functions.
        by_themselves: whether every name has to be one of the document's or of the lines.

    Raises:
        UnreadLineError: for a line that is neither.
        InputError: for a name that nothing has.
    """
    sides = [s for one in statements for s in (one.left, one.right) if s is not None]
    limits = _limits(sides)
    spellings = Spellings(sides)
    parsed = [_parsed(line) for line in lines]
    if by_themselves:
        _check_names([one for one in parsed if one is not None], spellings)
    return tuple(
        (Excerpt.of(line, plain=True), _read(line, one, spellings, limits, functions))
        for line, one in zip(lines, parsed, strict=True)
    )


def _parsed(line: str) -> typed.Line | None:
    """A line of the language; None for one that is a formula, or no line at all."""
    try:
        (found,) = parse(Source(line))
    except (InputError, ValueError):
        return None
    return found


def _check_names(lines: Sequence[typed.Line], spellings: Spellings) -> None:
    """Refuse a name that neither the lines nor the document have.

    Raises:
        InputError: with the name.
    """
    known: set[str] = set()
    letters: set[str] = set()
    used: dict[str, None] = {}
    for line in lines:
        if isinstance(line, typed.Declaration):
            known.update(item.name for item in line.items)
            letters.update(letter.name for item in line.items for letter in item.letters)
        elif isinstance(line, typed.EquationLine):
            sides = (
                line.left,
                line.right,
                *(end for r in line.ranges for end in (r.first, r.last)),
            )
            if isinstance(line.left, typed.Name | typed.Entry):
                known.add(line.left.name)
            for node in (part for side in sides for part in typed.nodes_in(side)):
                if isinstance(node, typed.Name | typed.Entry):
                    used[node.name] = None
                if isinstance(node, typed.Limited):
                    letters.add(node.letter)
                if isinstance(node, typed.Entry):
                    letters.update(i.name for i in node.indices if isinstance(i, typed.Name))
                if isinstance(node, typed.Call) and node.name in _OVER:
                    bound = node.arguments[:-1]
                    letters.update(i.name for i in bound if isinstance(i, typed.Name))
    for name in used:
        size = (name.lower() in letters and name.isupper()) or Symbol(name) in TRANSPOSED
        if not (name in known or name in letters or size or spellings.has(name)):
            raise InputError(
                f"{quote(name)} is named neither by the document nor by the lines beside it",
                where="--model",
            )


def with_additions(
    judgements: Sequence[Judgement], again: Sequence[Judgement], *, may_refute: bool
) -> tuple[Judgement, ...]:
    """The verdicts on a document, those that are open settled by what stands beside it.

    What the lines say may not be all that is missing: a line is wrong only where it is seen how,
    or where it goes on from one that is right.

    Args:
        judgements: one for each statement, in order.
        again: the same beside the lines.
        may_refute: whether the lines leave no function open.
    """
    found: list[Judgement] = []
    right: set[int] = set()
    for old, new in zip(judgements, again, strict=True):
        chain = new.statement.chain
        is_wrong = may_refute and new.status is Status.REFUTED and new.reason == "values"
        is_wrong = is_wrong and (bool(new.diagnoses) or chain in right)
        if new.status in _SHOWN:
            right.add(chain)
        if old.status is Status.UNDECIDED and (new.status in _SHOWN or is_wrong):
            readings = (("beside-model", {}), *new.readings)
            found.append(replace(new, statement=old.statement, readings=readings))
        else:
            found.append(old)
    return tuple(found)


def leave_open(before: Sequence[tuple[Excerpt, Block]]) -> bool:
    """Whether lines apply a function that is not known by its name."""
    chains = [item for _, block in before for item in block.items if isinstance(item, Chain)]
    told = {function_name(c.first.function) for c in chains if isinstance(c.first, Call)}
    applied = {
        function_name(node.function)
        for chain in chains
        for link in chain.links
        for node in everything(link.operand)
        if isinstance(node, Call)
    }
    return any(not _is_known(name) for name in applied - told)


def _is_known(name: str) -> bool:
    return function_named(name) is not None or name in FUNCTIONS


def _limits(sides: Sequence[Node]) -> dict[str, Node]:
    """The upper limit of each letter that the document sums over."""
    found: dict[str, Node] = {}
    for node in (part for side in sides for part in everything(side)):
        if isinstance(node, BigSum) and len(node.indices) == 1 and node.upper is not None:
            found.setdefault(node.indices[0].name, node.upper)
    return found


def _read(
    line: str,
    parsed: typed.Line | None,
    spellings: Spellings,
    limits: dict[str, Node],
    functions: FunctionTable,
) -> Block:
    if parsed is None:
        return _typed(line, spellings, functions)
    translation = Translation(spellings, limits)
    if isinstance(parsed, typed.EquationLine):
        return Block((_chain(line, *translation.equation(parsed)),))
    if isinstance(parsed, typed.Declaration) and parsed.kind not in ("size", "function"):
        return Block(
            tuple(
                _chain(
                    line, spellings.symbol(item.name), *([Number(item.value)] * bool(item.value))
                )
                for item in parsed.items
            )
        )
    return Block(())


def own_lines(text: str, understood: str) -> tuple[str, ...]:
    """The lines of a model that say more than what was understood of a document by itself.

    Args:
        text: the model, or only lines of one.
        understood: the model as it was understood of the document.
    """
    known = set(_lines(understood))
    return tuple(line for line in _lines(text) if line not in known)


def _lines(text: str) -> Iterator[str]:
    """The declarations and equations of a text, without comments."""
    for line in text.splitlines():
        said = " ".join(line.partition("#")[0].split())
        if said == "claims":
            return
        if said and said.split()[0] not in ("sizes", "gradients"):
            yield said


def _chain(line: str, left: Node, *rights: Node) -> Chain:
    span = Span(0, len(line))
    return Chain(left, tuple(Link("=", right, span) for right in rights), span)


def _typed(line: str, spellings: Spellings, functions: FunctionTable) -> Block:
    """A formula as people type it."""
    latex = "\\" in line
    block = read_block(Excerpt.of(line), functions) if latex else read_infix(line, functions)
    if not block.items or any(isinstance(item, Unread) for item in block.items):
        raise UnreadLineError(f"{quote(line)} is not read", where="--model")
    if not any(isinstance(item, Chain) and item.first and item.links for item in block.items):
        raise UnreadLineError(f"{quote(line)} says nothing of anything", where="--model")
    if latex:
        return block
    spelled = partial(_spelled, spellings=spellings)
    return replace(
        block,
        items=tuple(item.with_operands(spelled) for item in block.items if isinstance(item, Chain)),
    )


def _spelled(node: Node, spellings: Spellings) -> Node:
    """A formula with the document's spelling of bare names, as in bold letters."""
    if not isinstance(node, Symbol):
        return changed(node, partial(_spelled, spellings=spellings))
    if node.font or node.marks:
        return node
    name = node.name + "".join(node.accents)
    if node.primes or not spellings.has(name):
        return node
    return spellings.symbol(name, node.subscripts)
