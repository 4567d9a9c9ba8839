"""Lines of a document as claims beside a model: what adjoint each is about, and where it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Nabla,
    Node,
    Symbol,
    stripped,
)
from symback.reading.lowering.expressions import NotLowered
from symback.reading.network.naming import everything, spelled
from symback.reading.proving.kinds import is_index
from symback.reading.proving.names import Name, Spelling, letters_of
from symback.reading.proving.sides import at_entry, hidden_dims, left_side
from symback.reading.proving.stating import Stating
from symback.reading.proving.writing import At, Read

__all__ = ["ClaimText", "adjoint_names", "claim_text", "differentiated", "is_backward"]

_BACKWARD = (Derivative, Nabla, Differential)


def is_backward(node: Node, adjoints: Iterable[Name], spelling: Spelling) -> bool:
    """Say whether an expression mentions a derivative, by its sign or by a name for it."""
    known = set(adjoints)
    return any(
        isinstance(part, _BACKWARD)
        or (isinstance(part, Symbol) and spelling.use(part).name in known)
        for part in everything(node)
    )


def differentiated(node: Node | None) -> tuple[Symbol, Symbol | None] | None:
    """By what an expression is a derivative, and of what, where it is nothing else."""
    node = stripped(node) if node is not None else None
    by: Node | None
    of: Node | None
    if isinstance(node, Derivative) and len(node.by) == 1:
        by, of = node.by[0], node.of
    elif isinstance(node, Nabla) and node.by is not None:
        by, of = node.by, node.of
    elif isinstance(node, Differential) and node.kind == "d" and node.order == 1:
        by, of = node.of, None
    else:
        return None
    if not isinstance(by, Symbol) or not isinstance(of, Symbol | None):
        return None
    return by, of


def adjoint_names(
    pairs: Iterable[tuple[Node, Node]], spelling: Spelling, loss: Name
) -> Mapping[Name, Name]:
    """Quantities that a document defines as a derivative of the loss: `delta_t = dL/dz_t`."""
    found: dict[Name, Name] = {}
    for left, right in pairs:
        about = differentiated(right)
        if not isinstance(left, Symbol) or about is None or about[1] is None:
            continue
        (name, indices), (by, places) = spelling.use(left), spelling.use(about[0])
        if spelling.use(about[1]) == (loss, ()) and indices == places:
            found.setdefault(name, by)
    return found


@dataclass(frozen=True, slots=True)
class ClaimText:
    """A line below ``claims``.

    Attributes:
        text: in the language.
        inner: whether it is about all steps but the first or the last alone.
        letters: of the indices on its left, in the model.
        step: the letter of the step or sample whose part it is, summed in the text.
        loose: whether vectors side by side are multiplied entry by entry.
    """

    text: str
    inner: bool = False
    letters: tuple[str, ...] = ()
    step: str = ""
    loose: bool = False


def claim_text(
    stating: Stating, left: Node, right: Node, *, turned: bool = False
) -> ClaimText | None:
    """A line that says what an adjoint is; None where there is nothing to turn.

    Args:
        stating: the model.
        left: a derivative of its loss, or a name for one.
        right: what it is said to be.
        turned: whether the left side is the other way round than the matrix by which it is, as
            those write it who count the loss first.

    Raises:
        NotLowered: with a code, for what the language cannot say.
    """
    glossary, loss = stating.glossary, stating.loss
    spelling = glossary.ranges.kinds.spelling
    symbol, of = _left(left, stating)
    name = of or spelling.use(symbol).name
    if name not in glossary.names:
        raise NotLowered("unknown", name.base)
    lines, text, at, conditions = left_side(glossary, symbol, loss, adjoint=True, of=name)
    if turned:
        if glossary.ranges.kinds.hidden(symbol) != 2:
            return None
        *before, row, column = at
        text = glossary.entry(name, (*before, column, row), adjoint=True)
    step = _open_letter(spelling, symbol, right)
    if step is not None:
        # What one step or sample adds to the gradient by something that all of them share.
        right = BigSum("sum", (Symbol(step),), None, None, right)
    entry = at_entry(lines.table(right), hidden_dims(glossary, name, symbol, spelling), at)
    limits = dict(_limits(stating, lines.reads, at, name))
    ranges = [f"{x} = {limit}" for x, limit in {**conditions, **limits}.items()]
    where = f" for {', '.join(ranges)}" if ranges else ""
    letters = tuple(each.letter for each in at)
    return ClaimText(f"{text} = {entry}{where}", bool(limits), letters, step or "", lines.loose)


def _open_letter(spelling: Spelling, left: Symbol, right: Node) -> str | None:
    """The one letter that stands free on the right and not on the left."""
    known = {letter for index in spelling.use(left).indices for letter in letters_of(index)}
    found: set[str] = set()

    def visit(node: Node, bound: frozenset[str]) -> None:
        if isinstance(node, BigSum):
            visit(node.body, bound | set(map(spelled, node.indices)))
            return
        if isinstance(node, Symbol):
            for index in () if is_index(spelling, node) else spelling.use(node).indices:
                found.update(x for x in letters_of(index) if x in spelling.letters - bound)
            return
        for child in node.arguments if isinstance(node, Call) else node.children():
            visit(child, bound)

    visit(right, frozenset())
    return (found - known).pop() if len(found - known) == 1 else None


def _left(left: Node, stating: Stating) -> tuple[Symbol, Name | None]:
    """The symbol whose indices the left side has, and the quantity where it is another."""
    spelling = stating.glossary.ranges.kinds.spelling
    left = stripped(left)
    if isinstance(left, Symbol):
        of = stating.glossary.adjoints.get(spelling.use(left).name)
        if of is None:
            raise NotLowered("no-adjoint")
        return left, of
    about = differentiated(left)
    if about is None:
        raise NotLowered("no-adjoint")
    by, of_ = about
    if of_ is not None and spelling.use(of_) != (stating.loss, ()):
        raise NotLowered("derivative")
    if spelling.use(by).name in stating.glossary.adjoints:
        raise NotLowered("derivative")
    return by, None


def _limits(
    stating: Stating, reads: Sequence[Read], at: Sequence[At], name: Name
) -> Iterator[tuple[str, str]]:
    """How far the letters of the left side run so that everything exists that is read."""
    glossary = stating.glossary
    for position, own in enumerate(at):
        if own.letter.isupper():
            continue  # it is the last one, or counted from it
        low, high = 1, 0
        for read in reads:
            for index in read.at:
                if index.letter != own.letter:
                    continue
                step = 0 if read.adjoint else stating.steps.get(read.name, 0)
                low = max(low, 1 - index.more - (step < 0))
                high = max(high, index.more - (step > 0))
        if (low, high) != (1, 0):
            end = glossary.letters.letter(glossary.range_of((name, position))).upper()
            yield own.letter, f"{low}..{end}" + (f"-{high}" if high else "")
