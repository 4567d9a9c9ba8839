r"""Conditions: where a statement is claimed to hold, as `if $i = j$` and `(k \neq j)` say it.

A condition is a relation of simple things (symbols, numbers, their sums) that words, a bracket of
its own or its letters show to be one. It hangs on the statement it is said of: the one before it
or, where it comes first, those after it. In a sentence it hangs on the next formula of that
sentence, or on the display that the sentence goes on from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import NamedTuple

from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula.languages import words
from symback.reading.formula.opening_words import closes, match_opener, opener, opens_forwards
from symback.reading.formula.syntax import (
    Derivative,
    Dots,
    Group,
    Indicator,
    Node,
    Number,
    Product,
    Relation,
    Sum,
    Symbol,
    Tuple,
)
from symback.reading.formula.unread import Unread
from symback.reading.statements.relations import Block, Chain

_GOES_ON = re.compile(r"[\s,，、]*" + words("and"))
_SENTENCE_END = re.compile(r"(?<!i\.e)(?<!e\.g)(?<!resp)(?<!cf)(?:[.!?](?:\s|$)|[。！？])")
# Words behind which a condition that was said before holds no longer.
_RETURNS = re.compile(
    words("otherwise", "in general") + r"|\bfor (?:all|every)\b|(?:^|\s)#+\s", re.IGNORECASE
)
# Before or behind a formula: it holds where no condition that was said before does.
_OTHERWISE = words("otherwise")
_BEHIND = re.compile(r"[\s,;，、]*" + _OTHERWISE, re.IGNORECASE)
_BEFORE = re.compile(_OTHERWISE + r"[^.;!?。；]*$", re.IGNORECASE)
# Alone before a display: the case that is left, of another paragraph than the one it is left of.
_ALONE = re.compile(
    rf"(?:^|[.;:!?。；：\n])[\s*_\-–—•]*(?:{words('and')}[\s,]*)?{_OTHERWISE}[\s,:，、：*_]*$",
    re.IGNORECASE,
)
# Behind a condition: its sentence says both cases itself, and none is left for what comes.
_SAYS_BOTH = re.compile(rf"[^.!?。！？\n]*{_OTHERWISE}[^.!?。！？\n]*[.!?。！？]", re.IGNORECASE)
_NEAR = 8  # lines
_INEQUALITIES = frozenset(["\\neq", "<", ">", "\\leq", "\\geq"])
_OPPOSITE = {"=": "\\neq", "\\neq": "=", "<": "\\geq", ">": "\\leq", "\\leq": ">", "\\geq": "<"}
_INDICES = frozenset("ijklmnpqrst") | {"ell"}
_FIRST = frozenset(["0", "1"])
Relations = tuple[Relation, ...]


class Said(NamedTuple):
    """One chain of a formula (or what is unread of it), with what shows its part.

    `opener` is the kind of word that opened a condition before it, `again` says that other
    chains stand between, `forwards` that the word begins a sentence and `leads` that a colon or
    an arrow follows.
    """

    item: Chain | Unread
    row: int
    opener: str = ""
    again: bool = False
    forwards: bool = False
    leads: bool = False


# --- conditions in one formula ----------------------------------------------------------------


def hung(said: Sequence[Said]) -> tuple[Chain | Unread, ...]:
    """Return the chains of a formula with the conditions among them hung on the others."""
    items: list[Chain | Unread] = []
    pending: list[tuple[Chain, Relations]] = []
    idle = False  # no statement has come under what is pending yet
    for _, group in groupby(said, key=lambda one: one.row):
        row = list(group)
        conditions = _conditions(row)
        states = not all(conditions)
        stated = begun = False
        for one, relations in zip(row, conditions, strict=True):
            chain = one.item
            if not isinstance(chain, Chain):
                items.append(chain)
                stated = True
            elif not relations:
                items.append(_under(chain, [r for _, found in pending for r in found]))
                idle, stated = idle and not chain.links, True
            elif (stated or not states) and items and not (one.forwards or one.leads):
                _hang(items, chain, relations, also=one.opener != "or")
            else:
                if not begun:
                    items += [_claiming_nothing(condition) for condition, _ in pending if idle]
                    pending = []
                pending.append((chain, relations))
                idle = begun = True
    items += [_claiming_nothing(condition) for condition, _ in pending if idle]
    return tuple(items)


def _conditions(row: Sequence[Said]) -> list[Relations]:
    r"""Return for each chain of a row what it says as a condition, nothing where it claims.

    In `for i, j \neq k` the letters before the relation are under it too.
    """
    found: list[Relations] = []
    stated: Chain | None = None
    listed: list[Symbol] = []
    for at, one in enumerate(row):
        after = row[at + 1].item if at + 1 < len(row) else None
        relation = None
        if isinstance(one.item, Chain):
            listed = listed if one.opener and one.again else []
            relation = _condition(one, one.item, stated, after)
            if relation is None and one.opener and isinstance(one.item.first, Symbol):
                listed.append(one.item.first)
            stated = stated if relation else one.item
        if relation is None:
            found.append(())
        else:
            others = (replace(relation, operands=(x, *relation.operands[1:])) for x in listed)
            found.append((*others, relation))
    return found


def _condition(
    one: Said, chain: Chain, stated: Chain | None, after: Chain | Unread | None
) -> Relation | None:
    relation = relation_of(chain)
    if relation is None or chain.remark:
        return None
    if one.opener and not one.again:
        return condition_after(one.opener, relation, chain.words)
    if one.opener and (_counts(relation) or _INEQUALITIES.issuperset(relation.operators)):
        return relation
    if not chain.links:  # in brackets of its own
        return relation if stated else None
    if one.leads:
        return relation if _counts(relation) else None
    follows = stated is not None and _governs(relation, stated)
    precedes = stated is None and isinstance(after, Chain) and _governs(relation, after)
    return relation if follows or precedes else None


def leads(chain: Chain) -> bool:
    """Say whether a chain before a colon is a condition of what follows."""
    relation = relation_of(chain)
    return relation is not None and _counts(relation)


def _hang(
    items: list[Chain | Unread], condition: Chain, relations: Relations, *, also: bool
) -> None:
    """Hang conditions on the last statement and on those that it continues.

    Where they hold instead of the ones before and not with them, none can be named.
    """
    at = len(items) - 1
    while at > 0 and isinstance(chain := items[at], Chain) and not (chain.links or chain.broken):
        at -= 1
    if not isinstance(items[at], Chain):
        items.append(_claiming_nothing(condition))
    while at >= 0 and isinstance(chain := items[at], Chain):
        if also:
            items[at] = _under(chain, relations)
        else:
            items[at] = replace(chain, conditional=True, conditions=())
        at = at - 1 if chain.first is None else -1


def _under(chain: Chain, relations: Iterable[Relation]) -> Chain:
    """Return a chain that holds under more conditions."""
    for relation in relations:
        if chain.conditional and not chain.conditions:
            return chain  # another condition is in words alone
        conditional = chain.conditional or restricts(relation)
        conditions = (*chain.conditions, relation)
        chain = replace(chain, conditions=conditions, conditional=conditional)
    return chain


def _claiming_nothing(chain: Chain) -> Chain:
    return replace(chain, condition=True)


# --- conditions in sentences ------------------------------------------------------------------


def returns(excerpt: Excerpt) -> bool:
    """Say whether the words before a formula leave every case: `In general`."""
    return bool(_RETURNS.search(excerpt.before))


def in_sentences(read: Iterable[tuple[Excerpt, Block]]) -> list[tuple[Excerpt, Block]]:
    """Hang the conditions of sentences on the formulas they are said of."""
    pairs = list(read)
    pending: list[Relation] = []
    said: list[Relation] = []  # the conditions that an `otherwise` is beside
    carried: list[Relation] = []  # what a sentence began with holds for the displays behind it too
    left: list[Relation] | None = None  # what remains where an `otherwise` stands alone
    line = 0
    kind = ""
    for at, (excerpt, block) in enumerate(pairs):
        if _SENTENCE_END.search(excerpt.before):
            pending = []
            said = said if _BEFORE.search(excerpt.before) else []
        if excerpt.line > line + 1:
            said = []  # of another paragraph
        if excerpt.display and _ALONE.search(excerpt.before):
            left = carried if excerpt.line - line <= _NEAR else []
        elif excerpt.before.strip():
            left = None
        if returns(excerpt) or excerpt.line - line > _NEAR:
            carried = []
        line = excerpt.line
        again = bool(_GOES_ON.fullmatch(excerpt.before))  # `if $i = j$ and $k = 1$`
        is_closed = closes(excerpt.after)
        kind = opener(excerpt.before) or ("if" if is_closed else kind if again else "")
        found = _in_sentence(excerpt, block, kind)
        if kind and not excerpt.display and _counts_down(block):
            pairs[at] = excerpt, _mapped(block, _claiming_nothing)
        elif found is not None:
            pairs[at] = excerpt, _mapped(block, _claiming_nothing)
            said.append(found)
            begins = kind == "if" and (is_closed or opens_forwards(excerpt.before))
            begins = begins and not _SAYS_BOTH.match(excerpt.after)
            carried = [found] if begins and restricts(found) else []
            if at and _states(pairs[at - 1][1]) and _goes_on(pairs[at - 1][0], excerpt):
                statement, own = pairs[at - 1]
                pairs[at - 1] = statement, _block_under(own, [found])
                kind = ""
            else:
                pending.append(found)
        elif pending and _states(block):
            pairs[at] = excerpt, _block_under(block, pending)
            pending = []
        elif said and _states(block) and _is_elsewhere(excerpt):
            pairs[at] = excerpt, _mapped(block, partial(_elsewhere, said))
        elif left is not None and excerpt.display and _differentiates(block):
            pairs[at] = excerpt, _mapped(block, partial(_elsewhere, left))
        elif carried and excerpt.display and _differentiates(block):
            pairs[at] = excerpt, _block_under(block, carried)
    return pairs


def _in_sentence(excerpt: Excerpt, block: Block, kind: str) -> Relation | None:
    if not kind or excerpt.display or len(block.items) != 1:
        return None
    (only,) = block.items
    if not isinstance(only, Chain) or only.remark or not only.links:
        return None
    relation = relation_of(only)
    return relation and condition_after(kind, relation, excerpt.before)


def _counts_down(block: Block) -> bool:
    r"""Say whether a formula lists the values of an index: `for $l = L, L - 1, \dots, 1$`."""
    if len(block.items) < 2:
        return False
    first, *others = block.items
    if not isinstance(first, Chain) or len(first.links) != 1:
        return False
    index = first.first
    if not isinstance(index, Symbol) or index.subscripts or index.marks:
        return False
    return first.links[0].relation == "=" and all(
        isinstance(item, Chain) and not item.links for item in others
    )


def _goes_on(statement: Excerpt, condition: Excerpt) -> bool:
    """Say whether a condition in a sentence is said of the formula that stands before it."""
    match = match_opener(condition.before)
    if match is None or condition.before[: match.start()].strip(" ,;"):
        return False
    return not opens_forwards(condition.before) and not statement.text.rstrip().endswith(".")


def _states(block: Block) -> bool:
    return any(isinstance(item, Chain) and item.links for item in block.items)


def _differentiates(block: Block) -> bool:
    return any(
        isinstance(node, Derivative)
        for item in block.items
        if isinstance(item, Chain)
        for operand in item.operands
        for node in operand.walk()
    )


def _block_under(block: Block, relations: Sequence[Relation]) -> Block:
    """Return a block whose statements hold under conditions, besides those with their own."""
    return _mapped(
        block,
        lambda chain: chain if chain.remark or chain.conditions else _under(chain, relations),
    )


def _is_elsewhere(excerpt: Excerpt) -> bool:
    return bool(_BEHIND.match(excerpt.after) or _BEFORE.search(excerpt.before))


def _elsewhere(said: Sequence[Relation], chain: Chain) -> Chain:
    """Return a chain that holds where none of the conditions of its sentence does."""
    opposite = _negated(said[0]) if len(said) == 1 else None
    if opposite is not None:
        return _under(chain, [opposite])
    return replace(chain, conditional=True, conditions=())


def _mapped(block: Block, function: Callable[[Chain], Chain]) -> Block:
    items = tuple(function(item) if isinstance(item, Chain) else item for item in block.items)
    return replace(block, items=items)


# --- what a condition is ----------------------------------------------------------------------


def condition_after(kind: str, relation: Relation, words: str = "") -> Relation | None:
    """Return what a relation after an opener of this kind says as a condition, None if it is none.

    After "where" only a relation of indices is a condition, after "for" an inequality too. After
    "unless" it is the opposite of what is written.
    """
    inequality = _INEQUALITIES.issuperset(relation.operators)
    if not kind or not (
        kind in ("if", "or") or _counts(relation) or (kind == "for" and inequality)
    ):
        return None
    return _negated(relation) if words.lower().rstrip(" ,:").endswith("unless") else relation


def relation_of(chain: Chain) -> Relation | None:
    """Return a chain of simple things as one relation; also one in brackets of its own."""
    if chain.first is None or chain.broken:
        return None
    if not chain.links:
        inside = chain.first.body if isinstance(chain.first, Group) else chain.first
        inside = inside.condition if isinstance(inside, Indicator) else inside
        return inside if isinstance(inside, Relation) and _is_simple(inside) else None
    operators = tuple(link.relation for link in chain.links)
    relation = Relation(chain.operands, operators, span=chain.span)
    return relation if _is_simple(relation) else None


def restricts(relation: Relation) -> bool:
    r"""Say whether a condition leaves anything out; `i = 1, …, n` and `1 \leq i \leq n` do not."""
    if relation.operators == ("\\in",):
        return False
    first, *rest = relation.operands
    if relation.operators == ("=",) and isinstance(rest[0], (Tuple, Product)):
        items = list(rest[0].children())
        return not (dotted(items) and isinstance(items[0], Number) and items[0].digits in _FIRST)
    if len(rest) == 2 and {"\\leq", "<"}.issuperset(relation.operators):
        return not (isinstance(first, Number) and first.digits in _FIRST)
    return True


def dotted(items: Iterable[Node]) -> bool:
    """Say whether a list leaves something out with dots."""
    return any(isinstance(item, Dots) for item in items)


def _counts(relation: Relation) -> bool:
    """Say whether a relation is one of indices: `i = j`, `k > 1`, `t = 1, …, T`."""
    return _is_count(relation) and any(
        isinstance(operand, Symbol) and operand.name in _INDICES for operand in relation.operands
    )


def _governs(relation: Relation, statement: Chain) -> bool:
    """Say whether a relation beside a statement is of the indices in it."""
    indices = set(_indices(statement))
    return _is_count(relation) and any(
        isinstance(operand, Symbol) and operand.name in indices for operand in relation.operands
    )


def _is_simple(node: Node) -> bool:
    if isinstance(node, (Relation, Sum, Tuple)):
        return all(map(_is_simple, node.children()))
    if isinstance(node, Product):  # `2k`, or dots without commas
        several = sum(not isinstance(factor, Number) for factor in node.factors) > 1
        return dotted(node.factors) or not several
    return isinstance(node, (Symbol, Number, Dots))


def _is_count(node: Node) -> bool:
    """Say whether a node is made of numbers and of letters that nothing decorates."""
    if isinstance(node, (Relation, Sum, Tuple, Product)):
        return all(map(_is_count, node.children()))
    if isinstance(node, Symbol):
        bare = len(node.name) == 1 or node.name == "ell"
        return bare and not (node.subscripts or node.marks or node.accents)
    return isinstance(node, (Number, Dots))


def _indices(chain: Chain) -> Iterator[str]:
    """Yield the letters that stand below or above something in a chain."""
    for operand in chain.operands:
        for node in operand.walk():
            if isinstance(node, Symbol):
                for script in (*node.subscripts, *node.marks):
                    yield from (s.name for s in script.walk() if isinstance(s, Symbol))


def _negated(relation: Relation) -> Relation | None:
    if len(relation.operators) != 1 or relation.operators[0] not in _OPPOSITE:
        return None
    return replace(relation, operators=(_OPPOSITE[relation.operators[0]],))
