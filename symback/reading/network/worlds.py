"""Which network a statement is about: that of its section, with what other sections say of it.

A document is rarely about one network. It explains the chain rule with letters, gives an example,
begins again with matrices, and uses the same letters each time. So every section has a world of its
own: what it defines itself and, for what it does not define, the equations of the nearest section
that does. Inside a section the first equation for a quantity is its definition, until the document
visibly begins anew.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.languages import words
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Hessian,
    Nabla,
    Node,
    Number,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.borrowing import Borrowing
from symback.reading.network.document_model import DocumentModel, Stated
from symback.reading.network.examples import is_example
from symback.reading.network.known_names import (
    KnownNames,
    is_general,
    is_next,
    is_of_last_layer,
    letter_of,
    nodes_of,
)  # fmt: skip
from symback.reading.network.loose_losses import is_over_examples, without_loose_losses
from symback.reading.network.naming import Names
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.named_entries import named_entries
from symback.reading.statements.signatures import is_signature
from symback.reading.statements.softmax_by_entries import by_entries
from symback.reading.statements.solutions import without_solutions

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["Worlds", "is_by_derivative"]

_BEGINS = re.compile(
    words("let") + r"[^.。]*$|(?:^|\s)[(*]*\w[.)]\s*[)*]*$",
    re.IGNORECASE,
)
_PROSE = 250  # characters
_MOST_PARTS = 40
_NEAR = 40  # lines


class Worlds:
    """The networks of one document.

    Args:
        statements: all that it says.
        headings: the lines on which its sections begin.
        stated: what stands beside it.
    """

    def __init__(
        self, statements: Sequence[Statement], headings: Sequence[int], stated: Stated
    ) -> None:
        self.statements = statements
        self.stated = stated
        self.headings = tuple(headings)
        self.place = {id(s): at for at, s in enumerate(statements)}
        self.section = {id(s): bisect_right(headings, s.line) for s in statements}
        self.prose = _prose(statements)
        self.names = KnownNames(statements)
        operands = [side for s in statements for side in (s.left, s.right) if side is not None]
        left = [s.definition[0] for s in statements if s.defines]
        declared = [side for side in left if isinstance(side, Symbol)]
        self.whole = Names.of(operands, declared, arrays=False)
        self.whole.by_entries = frozenset(map(function_name, by_entries(statements)))
        # A name that a chain ends with, as in `… = delta`, it defines only for want of better.
        defining = [s for s in statements if s.defines or is_signature(s) or _names_entries(s)]
        derived = [s for s in defining if is_by_derivative(s)]
        defining = [s for s in defining if not any(_says_anew(s, other) for other in derived)]
        free = without_solutions(defining, statements)
        self.solutions = [s for s in defining if s not in free]
        defining = free
        defining = without_loose_losses(defining, statements, frozenset(self.whole.layer_letters))
        self.defining = sorted(defining, key=lambda s: s.definition[0] is not s.left)
        self._of_section = self._by_section(statements)
        self._of_formula: dict[int, list[Statement]] = {}
        for statement in statements:
            self._of_formula.setdefault(id(statement.excerpt), []).append(statement)
        self._cases: dict[int, list[Statement]] = {}
        self._scripted: dict[int, set[str]] = {}
        self._defining_of_section = self._by_section(self.defining)
        self.transposed = frozenset(_transposed_layers(operands))
        self.counting = _counting(operands)
        self.anew: list[Statement] = []
        self.borrowing = Borrowing(self.names, self.section, self.defining, self.whole, self.anew)
        self.unsure: set[int] = set()
        self._known: dict[tuple[int, ...], DocumentModel] = {}
        self._made_of: dict[int, tuple[Sequence[Statement], Sequence[Statement]]] = {}
        self._remade: dict[tuple[int, str], DocumentModel] = {}

    def of(self, statement: Statement) -> DocumentModel:
        """The network that a statement is about."""
        return self._world(self.section[id(statement)], self._anew_before(statement))

    def without_unsure(self, statement: Statement) -> DocumentModel | None:
        """The network that it is about if equations only said again what was known.

        None where every equation with which its section began anew was seen to be another one.
        """
        anew = self._anew_before(statement)
        sure = [s for s in anew if id(s) not in self.unsure]
        return self._world(self.section[id(statement)], sure) if sure != anew else None

    def without_later(self, statement: Statement, names: set[Symbol]) -> DocumentModel | None:
        """The network that it is about without what is said further on of some quantities.

        None where nothing is.
        """
        section, here = self.section[id(statement)], self.place[id(statement)]
        defining = self._defining_of_section.get(section, [])
        later = [s for s in defining if self.place[id(s)] > here and s.definition[0] in names]
        if not later:
            return None
        kept = [s for s in defining if s not in later]
        own = [s for s in self._of_section[section] if s not in later]
        borrowed = list(self.borrowing.equations(section, own, kept))
        borrowed = [s for s in borrowed if s not in later]
        key = (section, -5, *(self.place[id(s)] for s in later))
        return self._known_as(key, [*own, *borrowed], [*kept, *borrowed])

    def so_far(self, statement: Statement) -> DocumentModel | None:
        """The network that it is about by what its section says up to its formula.

        What comes later may use its letters for something else. None where nothing comes, and for
        more formulas than `_MOST_PARTS`.
        """
        section = self.section[id(statement)]
        everything_ = self._of_section[section]
        last = max(self.place[id(s)] for s in everything_ if s.excerpt is statement.excerpt)
        own = [s for s in everything_ if self.place[id(s)] <= last]
        if len(own) == len(everything_):
            return None
        key = (section, -8, last)
        if key not in self._known:
            if sum(1 for known in self._known if known[1:2] == (-8,)) >= _MOST_PARTS:
                return None
        defining = self._defining_of_section.get(section, [])
        kept = [s for s in defining if self.place[id(s)] <= last]
        borrowed = list(self.borrowing.equations(section, own, kept))
        borrowed = [s for s in borrowed if self.section[id(s)] != section]
        return self._known_as(key, [*own, *borrowed], [*kept, *borrowed])

    def by_own_equations(self, statement: Statement) -> DocumentModel:
        """The network of the equations that a statement rests on, the nearest before it, alone.

        What else a document does with its letters, entries and matrices of them, is left out.
        """
        here = self.place[id(statement)]
        found: list[Statement] = []
        wanted = list(self.names.used(statement))
        have: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name in have:
                continue
            have.add(name)
            own = [
                s
                for s in self.defining
                if name in self.names.defined(s) and self.place[id(s)] < here
                if statement.line - s.line <= _NEAR
            ]
            if own and own[-1] not in found:
                found.append(own[-1])
                wanted += self.names.used(own[-1])
        found.sort(key=lambda s: self.place[id(s)])
        return DocumentModel.of([*found, statement], found, self.stated)

    def of_one_example(self, statement: Statement) -> tuple[DocumentModel, str] | None:
        """The network that it is about with losses over examples left open, and their letters.

        What holds of any loss of one example's outputs holds of its part of the sum. None where
        there is no such loss.
        """
        section = self.section[id(statement)]
        defining = self._defining_of_section.get(section, [])
        own = self._of_section[section]
        borrowed = list(self.borrowing.equations(section, own, defining))
        out = [s for s in (*defining, *borrowed) if is_over_examples(s)]
        if not out:
            return None
        kept = [s for s in (*defining, *borrowed) if s not in out]
        key = (section, -6, *(self.place[id(s)] for s in out))
        found = (left.function if isinstance(left, Call) else left for left in map(_left, out))
        names = {base_of(symbol) for symbol in found if isinstance(symbol, Symbol)}
        rest = [s for s in (*own, *borrowed) if s not in out]
        return self._known_as(key, rest, kept), ", ".join(sorted(names))

    def _anew_before(self, statement: Statement) -> list[Statement]:
        section, here = self.section[id(statement)], self.place[id(statement)]
        return [
            s for s in self.anew if self.place[id(s)] <= here and self.section[id(s)] == section
        ]

    def others(
        self, statement: Statement, refuted: Iterable[Statement] = ()
    ) -> Iterator[DocumentModel]:
        """Other networks that a statement can be about, the likelier first.

        These are that of its formula, that of what was said last, that of its section alone, and
        the one of the whole document.

        Args:
            statement: the statement.
            refuted: equations that are wrong and define nothing.
        """
        section = self.section[id(statement)]
        here = self.place[id(statement)]
        wrong = {id(s) for s in refuted}
        own, defining = self._of_section[section], self._defining_of_section.get(section, [])
        shown = [
            s for s in self.statements if s.excerpt is statement.excerpt and s is not statement
        ]
        own_first = [s for s in defining if s in shown and id(s) not in wrong]
        if own_first:
            yield self._known_as(
                (here, -3, *map(self.place.__getitem__, map(id, own_first))),
                [*shown, statement], own_first,
            )  # fmt: skip
        before = [
            s for s in defining if self.place[id(s)] < here and id(s) not in wrong
        ]  # fmt: skip
        latest = sorted(before, key=lambda s: -self.place[id(s)])
        if latest and latest != before:
            yield self._known_as((section, -4, *(self.place[id(s)] for s in latest)), own, latest)
        yield self._known_as((section, -1), own, defining)
        elsewhere = {
            id(s) for s in self.defining if self.section[id(s)] != section and is_example(s, own)
        }
        if elsewhere:
            kept = [s for s in self.defining if id(s) not in elsewhere]
            yield self._known_as((section, -8), self.statements, kept)
        else:
            yield self.entire()
        if (solved := self._where_solved(statement)) is not None:
            yield solved
        if (ended := self._by_last_links(section, wrong)) is not None:
            yield ended

    def forgets(self, model: DocumentModel, statement: Statement) -> bool:
        """Say whether a network has another equation for what one was said before a statement.

        `Let z = g(x) and w = h(y, z)` is meant in the lines below it, whatever z was before.
        """
        section, here = self.section[id(statement)], self.place[id(statement)]
        used = set(self.names.used(statement))
        adopted = model.definitions.adopted
        instead = {
            name for s in self.defining if id(s) in adopted for name in self.names.defined(s)
        }
        return any(
            used.intersection(self.names.defined(s)) & instead
            for s in self._defining_of_section.get(section, [])
            if id(s) not in adopted and self.place[id(s)] < here
        )

    def _where_solved(self, statement: Statement) -> DocumentModel | None:
        r"""The network with its parameters where a gradient vanishes; None where nothing is solved.

        A line that differentiates by nothing can be about those values: `m b = \sum_i y_i`.
        """
        section, here = self.section[id(statement)], self.place[id(statement)]
        found = [
            s for s in self.solutions if self.section[id(s)] == section and self.place[id(s)] < here
        ]
        slopes = (isinstance(node, Derivative | Hessian | Nabla) for node in nodes_of(statement))
        if not found or statement in self.solutions or any(slopes):
            return None
        own, defining = self._of_section[section], self._defining_of_section.get(section, [])
        borrowed = list(self.borrowing.equations(section, own, defining))
        key = (section, -10, *(self.place[id(s)] for s in found))
        return self._known_as(key, [*own, *borrowed], [*found, *defining, *borrowed])

    def _by_last_links(self, section: int, wrong: set[int]) -> DocumentModel | None:
        r"""The network of a section where chains define by what they end with; None without any.

        `J = D(y, p) = -\sum_i y_i \log p_i` says by its end what J is, whatever D may be.
        """
        own, defining = self._of_section[section], self._defining_of_section.get(section, [])
        ends: dict[tuple[int, int], Statement] = {}
        for s in own:
            if s.relation == "=" and s.right is not None and not s.conditional:
                ends[id(s.excerpt), s.chain] = s
        refuted = {(id(s.excerpt), s.chain) for s in own if id(s) in wrong}
        open_ = self._known_as((section, -1), own, defining).open_functions
        changed = {
            id(s): replace(s, right=end.right)
            for s in defining
            if s.position == 1 and s.definition[0] is s.left and isinstance(s.left, Symbol | Call)
            if (end := ends.get(key := (id(s.excerpt), s.chain))) is not None and end is not s
            if key not in refuted
            and not isinstance(end.right, Symbol | Number | Derivative | Hessian | Nabla)
            if _applies(s.right, open_) and not _applies(end.right, open_)
        }
        if not changed:
            return None
        borrowed = list(self.borrowing.equations(section, own, defining))
        ended = [changed.get(id(s), s) for s in defining]
        made = self._known_as((section, -7), [*own, *borrowed], [*ended, *borrowed])
        adopted = made.definitions.adopted
        adopted |= {first for first, end in changed.items() if id(end) in adopted}
        return made

    def by_next_links(
        self, statement: Statement, unequal: Iterable[Statement]
    ) -> DocumentModel | None:
        """The network in which definitions say what their chains go on with; None without any.

        Of `a = f(y) = f(z)` either link can be the slip.

        Args:
            statement: the statement that the network is about.
            unequal: links of which nothing shows that they hold.
        """
        section = self.section[id(statement)]
        own, defining = self._of_section[section], self._defining_of_section.get(section, [])
        borrowed = list(self.borrowing.equations(section, own, defining))
        seconds = {(id(s.excerpt), s.chain): s for s in unequal if s.position == 2}
        changed = {
            id(s): replace(s, right=link.right)
            for s in (*defining, *borrowed)
            if s.position == 1 and s.definition[0] is s.left and s.relation == "="
            if (link := seconds.get((id(s.excerpt), s.chain))) is not None
            if link.relation == "=" and link.left == s.right
        }
        if not changed:
            return None
        ended, rest = ([changed.get(id(s), s) for s in part] for part in (defining, borrowed))
        key = (section, -9, *sorted(self.place[at] for at in changed))
        return self._known_as(key, [*own, *rest], [*ended, *rest])

    def entire(self) -> DocumentModel:
        """One network of all that the document says."""
        return self._known_as((-1,), self.statements, self.defining)

    def whole_document(self) -> DocumentModel:
        """One network of all that the document says, made anew."""
        return DocumentModel.of(self.statements, self.defining, self.stated, whole=self.whole)

    def sections(self) -> Iterator[DocumentModel]:
        """The network of each section that defines anything, made anew."""
        for section, defining in self._defining_of_section.items():
            own = self._of_section[section]
            borrowed = list(self.borrowing.equations(section, own, defining))
            yield DocumentModel.of(
                [*own, *borrowed], [*defining, *borrowed], self.stated, whole=self.whole
            )

    def inferred(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """What was learnt about the networks, as codes with arguments."""
        found: dict[tuple[str, tuple[tuple[str, str], ...]], None] = {}
        for model in self._known.values():
            for code, arguments in model.assumed.values():
                found[code, tuple(arguments.items())] = None
        return tuple((code, dict(arguments)) for code, arguments in found)

    def may_begin(self, statement: Statement) -> bool:
        """Say whether a document shows that it speaks of something else from a statement on.

        A new section does, some sentences in between, words such as "let" and "suppose", the label
        of an exercise, and a function written out in its argument: examples of functions are all
        called f. What stands in a sentence can be said of anything, and the last layer, `a^L`, can
        have an activation of its own.
        """
        if isinstance(statement.left, Call) or not statement.excerpt.display:
            return True
        if isinstance(statement.left, Symbol) and is_of_last_layer(statement.left):
            return True
        if _BEGINS.search(f"{statement.excerpt.before} {statement.words}"):
            return True
        return self.is_far(statement, set(map(letter_of, self.names.defined(statement))))

    def is_defined_once(self, statement: Statement) -> bool:
        """Say whether only one section has equations for what a statement defines."""
        letters = set(map(letter_of, self.names.defined(statement)))
        sections = {
            self.section[id(s)]
            for s in self.defining
            if letters & set(map(letter_of, self.names.defined(s)))
        }
        return len(sections) == 1

    def is_far(self, statement: Statement, letters: set[str]) -> bool:
        """Say whether sentences or a heading stand between a statement and what defines it."""
        section = self.section[id(statement)]
        earlier = [
            s
            for s in self.statements[: self.place[id(statement)]]
            if s.defines
            and self.section[id(s)] == section
            and letters.intersection(map(letter_of, self.names.defined(s)))
        ]
        return not earlier or self.prose[id(statement)] - self.prose[id(earlier[-1])] > _PROSE

    def together(self, statement: Statement) -> Sequence[Statement]:
        """The statements of one formula of the document, this one among them."""
        return self._of_formula[id(statement.excerpt)]

    def around(self, statement: Statement) -> Sequence[Statement]:
        """The statements of its section, this one among them."""
        return self._of_section[self.section[id(statement)]]

    def cases_around(self, statement: Statement) -> Sequence[Statement]:
        """The equations of its section that define something under a condition."""
        section = self.section[id(statement)]
        if section not in self._cases:
            own = self._of_section[section]
            self._cases[section] = [s for s in own if s.position == 1 and s.conditional
                                    and s.defines]  # fmt: skip
        return self._cases[section]

    def scripted_around(self, statement: Statement) -> Set[str]:
        """The letters of quantities that have something above or below them in its section."""
        section = self.section[id(statement)]
        if section not in self._scripted:
            self._scripted[section] = {
                base_of(symbol)
                for s in self._of_section[section]
                for side in (s.left, s.right)
                if side is not None
                for symbol in quantities(side)
                if symbol.subscripts or symbol.marks
            }
        return self._scripted[section]

    def begin_anew(self, statement: Statement, *, differs: bool) -> None:
        """From this statement on, it is the definition of what stands on its left.

        Args:
            statement: an equation for what has one.
            differs: whether it was seen to say something else, and is not only left open.
        """
        self.anew.append(statement)
        if not differs:
            self.unsure.add(id(statement))

    def _by_section(self, statements: Iterable[Statement]) -> dict[int, list[Statement]]:
        """The statements of each section, in their order."""
        found: dict[int, list[Statement]] = {}
        for statement in statements:
            found.setdefault(self.section[id(statement)], []).append(statement)
        return found

    def _world(self, section: int, anew: Sequence[Statement]) -> DocumentModel:
        own, defining = self._of_section[section], self._defining_of_section.get(section, [])
        first = [s for s in reversed(anew) if s in defining]
        key = (section, *(self.place[id(s)] for s in first))
        if key in self._known:
            return self._known[key]
        defining = [*first, *(s for s in defining if s not in first)]
        borrowed = list(self.borrowing.equations(section, own, defining))
        return self._known_as(key, [*own, *borrowed], [*defining, *borrowed])

    def _known_as(
        self, key: tuple[int, ...], statements: Sequence[Statement], defining: Sequence[Statement]
    ) -> DocumentModel:
        if key not in self._known:
            arrays = True if any(map(self._has_array, statements)) else None
            made = DocumentModel.of(statements, defining, self.stated, arrays, self.whole)
            self._known[key] = made
            self._made_of[id(made)] = (statements, defining)
        return self._known[key]

    def of_arrays(self, model: DocumentModel) -> DocumentModel | None:
        """The same network with vectors and matrices, where nothing says that it has none.

        In `Y = N Q` capital letters can be matrices, though no line shows any.
        """
        if model.arrays or not model.ranks.capitals or id(model) not in self._made_of:
            return None
        return self._again(model, "arrays", self.stated, True)

    def of_numbers(self, model: DocumentModel) -> DocumentModel | None:
        """The same network with nothing but numbers, where it was taken to have arrays."""
        if not model.arrays or id(model) not in self._made_of:
            return None
        return self._again(model, "numbers", self.stated, False)

    def other_way(self, model: DocumentModel) -> DocumentModel | None:
        """The same network with vectors the other way, where nothing tells which way they are.

        Of `Y = X W + b` b is added to every row where samples are rows, and else to every column.
        """
        if not model.either_way or id(model) not in self._made_of:
            return None
        stated = replace(self.stated, columns=not model.columns)
        return self._again(model, "turned", stated, model.arrays)

    def _again(
        self, model: DocumentModel, way: str, stated: Stated, arrays: bool | None
    ) -> DocumentModel:
        """The network of a model's equations, made once in each way."""
        key = id(model), way
        if key not in self._remade:
            equations = self._made_of[id(model)]
            self._remade[key] = DocumentModel.of(*equations, stated, arrays, self.whole)
        return self._remade[key]

    def _has_array(self, statement: Statement) -> bool:
        """Say whether the layer of a quantity stands in it that is transposed somewhere: `a^l`."""
        return bool(self.transposed) and any(
            isinstance(node, Symbol) and _of_layer(node) in self.transposed
            for node in nodes_of(statement)
        )


def _counting(operands: Iterable[Node]) -> frozenset[str]:
    """Letters that stand in scripts and nowhere else."""
    scripts: set[str] = set()
    quantities: set[str] = set()
    for operand in operands:
        for node in everything(operand):
            if isinstance(node, Symbol) and (node.subscripts or node.marks):
                quantities.add(base_of(node))
                bodies = (*node.subscripts, *(m.body for m in node.marks if m.body is not None))
                scripts |= {p.name for body in bodies for p in body.walk() if isinstance(p, Symbol)}
    return frozenset(scripts - quantities)


def _left(statement: Statement) -> Node | None:
    return statement.definition[0]


def _prose(statements: Sequence[Statement]) -> dict[int, int]:
    """How many characters that are no mathematics stand in the file before each statement."""
    found: dict[int, int] = {}
    mathematics, last = 0, None
    for statement in statements:
        excerpt = statement.excerpt
        if last is not None and excerpt is not last:
            mathematics += len(last.text)
        last = excerpt
        found[id(statement)] = excerpt.passage.origin(0) - mathematics
    return found


def is_by_derivative(statement: Statement) -> bool:
    """Say whether a statement gives a derivative a name: `delta = partial L / partial z`."""
    left, right = statement.definition
    return isinstance(left, Symbol) and isinstance(
        stripped(right) if right is not None else None, Derivative | Nabla
    )


def _says_anew(statement: Statement, derived: Statement) -> bool:
    """Say whether a statement is a formula for what a derivative elsewhere has defined: a claim.

    `delta^l = partial L / partial z^l` defines the delta of every layer, wherever its recursion
    stands.
    """
    left, right = statement.definition
    name, _ = derived.definition
    if statement is derived or is_by_derivative(statement):
        return False
    if not isinstance(left, Symbol) or not isinstance(name, Symbol) or right is None:
        return False
    if base_of(left) != base_of(name):
        return False
    counts = {len(left.subscripts), len(name.subscripts)}
    if len(counts) > 1 and 0 not in counts:  # a whole and its entries are one quantity
        return False
    own = [mark.body for mark in left.marks]
    other = [mark.body for mark in name.marks]
    if len(own) != len(other):
        return False
    for one, two in zip(own, other, strict=True):
        if one != two and not (two is not None and (is_general(two) or is_next(one, two))):
            return False
    letters = all(isinstance(i, Symbol) for i in (*left.subscripts, *name.subscripts))
    return letters or left.subscripts == name.subscripts


def _transposed_layers(operands: Iterable[Node]) -> Iterator[str]:
    """The letters of which a layer is transposed as a whole, `(a^{l-1})^T`: arrays everywhere."""
    for node in (part for operand in operands for part in everything(operand)):
        body = stripped(node.body) if isinstance(node, Transpose) else None
        if isinstance(body, Symbol) and _of_layer(body):
            yield _of_layer(body)


def _of_layer(symbol: Symbol) -> str:
    """The letter of a layer's quantity as a whole, else nothing."""
    return base_of(symbol) if symbol.marks and not symbol.subscripts else ""


def _names_entries(statement: Statement) -> bool:
    return named_entries(statement.left, statement.right) is not None


def _applies(node: Node | None, functions: Set[str]) -> bool:
    """Say whether one of these functions is applied in an expression."""
    return node is not None and any(
        isinstance(part, Call) and function_name(part.function) in functions
        for part in everything(node)
    )
