"""Statements as loops over single numbers: the form of plain Python, numba and C.

A letter in code counts from 0.  Whatever an expression sums is added up before the statement that
uses it, in the outermost loop that knows all its letters.  What is read beyond an array is 0, and a
sum over a condition does nothing where the condition fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sympy import (
    Add,
    Expr,
    Float,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    Symbol,
    Tuple,
    expand,
)

from symback.algebra.exponentials import LogSumExp, Softmax
from symback.algebra.expressions import Apply, Sum, name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Product,
    Smallest,
    Stop,
)
from symback.emission.forms.functions import code_name, derivative_form
from symback.emission.indexed.affine import at_least_given, is_size, letters_of, reach
from symback.emission.indexed.integers import IntegerPrinter
from symback.emission.indexed.naming import CodeNames, plain
from symback.emission.indexed.program import ADJOINT, Array, IndexedProgram, Statement
from symback.emission.indexed.schedule import Loop, Schedule
from symback.emission.indexed.storage import Storage
from symback.emission.indexed.walk import BINDERS, limits_of, rebuilt, substituted, walk
from symback.errors import InputError

__all__ = ["LoopBody", "Target"]

_SUM, _PRODUCT, _UNARY, _ATOM = range(4)
_MASKS = (Bracket, KroneckerDelta, Divides)


class Target:
    """What a loop, an entry and a number look like; this is plain Python."""

    is_c = False
    math = ""

    def loop(self, name: str, first: str, end: str, *, backward: bool) -> str:
        """The head of a loop over whole numbers from ``first`` to before ``end``."""
        if backward:
            last = f"{first} - 1" if first != "0" else "-1"
            return f"for {name} in range({_less_one(end)}, {last}, -1):"
        return f"for {name} in range({end if first == '0' else f'{first}, {end}'}):"

    def when(self, condition: str) -> str:
        """The head of a conditional statement."""
        return f"if {condition}:"

    def both(self, conditions: Sequence[str]) -> str:
        """Several conditions at once."""
        return " and ".join(conditions)

    def close(self) -> str:
        """What ends a loop or a conditional statement; empty for nothing."""
        return ""

    def put(self, left: str, operator: str, right: str) -> str:
        """An assignment."""
        return f"{left} {operator} {right}"

    def new(self, name: str, right: str) -> str:
        """A new number."""
        return f"{name} = {right}"

    def new_integer(self, name: str, right: str) -> str:
        """A new whole number."""
        return f"{name} = {right}"

    def entry(self, name: str, indices: Sequence[str]) -> str:
        """An entry of an array."""
        return name + "".join(f"[{index}]" for index in indices)

    def scalar(self, name: str, *, given: bool, result: bool) -> str:
        """A quantity without indices."""
        return name

    def chosen(self, condition: str, value: str, other: str) -> str:
        """A value where a condition holds, another elsewhere."""
        return f"{value} if {condition} else {other}"

    def power(self, base: str, exponent: str) -> str:
        """A power."""
        return f"{base} ** {exponent}"

    def function(self, name: str) -> str:
        """How a function of ``math`` is called."""
        return f"{self.math}{name}"

    def own(self, name: str) -> str:
        """How one of our own functions is called."""
        return name

    def real(self, text: str) -> str:
        """A whole number as a real one."""
        return text

    @property
    def infinity(self) -> str:
        """A number above all others."""
        return 'float("inf")'

    def comment(self, text: str) -> str:
        """A comment on a line of its own."""
        return f"# {text}"


def _less_one(text: str) -> str:
    return str(int(text) - 1) if text.isdigit() else f"{text} - 1"


class LoopBody:
    """The lines of one function.

    Args:
        program: what is emitted.
        items: its statements, in order and in loops.
        names: the names of everything.
        target: what the language looks like.
        depth: how far the lines are moved in.
    """

    def __init__(
        self,
        program: IndexedProgram,
        items: Schedule,
        names: CodeNames,
        target: Target,
        depth: int = 1,
    ) -> None:
        self.program = program
        self.names = names.local()
        self.target = target
        self.storage = Storage(program, items, all_arrays=True)
        self.used: dict[str, None] = {}
        self.lines: list[str] = []
        self.depth = depth
        self.bounds: dict[Symbol, tuple[Expr, Expr]] = {}
        self.temporary: dict[Expr, str] = {}
        self.is_adjoint = False
        self._count: dict[str, int] = {}
        self._letters: dict[Symbol, str] = {}
        self._known: set[str] = set()
        self.integer = IntegerPrinter(self._atom, is_c=target.is_c)
        self.results = {ADJOINT + q.name for q in program.wanted}
        self._items(items)

    # -- lines

    def line(self, text: str) -> None:
        """One line."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """A loop or a conditional statement."""
        self.line(head)
        self.depth += 1
        yield
        self.depth -= 1
        if self.target.close():
            self.line(self.target.close())

    @contextmanager
    def over(
        self, letter: Symbol, ends: tuple[Expr, Expr], backward: bool = False
    ) -> Iterator[None]:
        """A loop over one letter."""
        before, known = dict(self.bounds), dict(self._letters)
        first, end = self.number(ends[0] - 1), self.number(ends[1])
        self._letters[letter] = self._free_letter(plain(letter.name))
        with self.block(self.target.loop(self.letter(letter), first, end, backward=backward)):
            self.bounds[letter] = ends
            yield
        self.bounds, self._letters = before, known

    def _free_letter(self, name: str) -> str:
        """A name for a letter that no array has, and no letter of a loop around."""
        found, count = name, 1
        while found in self._letters.values() or not self.names.is_free(found):
            found, count = f"{name}{count}", count + 1
        return found

    def fresh(self, kind: str) -> str:
        """A new name."""
        self._count[kind] = self._count.get(kind, 0) + 1
        return self.names.free(f"{kind}{self._count[kind]}")

    # -- whole numbers

    def letter(self, letter: Symbol) -> str:
        """The name of a letter in code, where it counts from 0."""
        return self._letters[letter]

    def number(self, index: Expr) -> str:
        """An index or a size as a whole number of code."""
        from_zero = {s: s + 1 for s in letters_of(index) if not s.name.startswith("@")}
        changed = index.xreplace(from_zero)
        parts = (
            expand(changed) if not changed.has(FloorOf, CeilingOf, Largest, Smallest) else changed
        )
        return self.integer(parts)

    def _atom(self, node: Expr) -> str:
        if isinstance(node, Symbol):
            if node.name.startswith("@"):
                return str(node.name[1:])
            return self.names.size(node.name) if is_size(node) else self.letter(node)
        raise InputError(f"code cannot be written for the index {node}")

    def spelled(self, index: Expr) -> Expr:
        """An index in which lookups and places of extremes are names of code, counted from 0."""
        if isinstance(index, IntegerEntry):
            return Symbol("@" + self.read(index), integer=True) + 1
        if isinstance(index, Extreme):
            return Symbol("@" + self.temporary[index], integer=True) + 1
        return rebuilt(index, self.spelled) if index.has(IntegerEntry, Extreme) else index

    def place(self, index: Expr, first: Expr) -> str:
        """Where in an axis that begins with ``first`` an index is."""
        return self.number(self.spelled(index) - first)

    # -- statements

    def _items(self, items: Schedule) -> None:
        for item in items:
            if isinstance(item, Loop):
                self._loop(item)
            else:
                self._statement(item)

    def _loop(self, loop: Loop) -> None:
        with self.over(loop.letter, (loop.first, loop.last), loop.is_backward):
            for place, item in enumerate(loop.body):
                if place not in loop.within:
                    self._items((item,))
                    continue
                first, last = loop.within[place]
                tests = []
                if first != loop.first:
                    tests.append(f"{self.number(first)} <= {self.number(loop.letter)}")
                if last != loop.last:
                    tests.append(f"{self.number(loop.letter)} <= {self.number(last)}")
                with self.block(self.target.when(self.target.both(tests))):
                    self._items((item,))

    def _statement(self, item: Statement) -> None:
        array = self.program.arrays[item.key]
        self.is_adjoint = array.is_adjoint
        if item.number:
            self.line(self.target.comment(f"({item.number}) {self.names.array(item.key)}"))
        plain: list[Expr] = []
        added: list[tuple[list[Expr], Expr]] = []
        for term in (item.value,) if array.is_integer else Add.make_args(item.value):
            found = self._accumulated(term, item)
            if found is None:
                plain.append(term)
            else:
                added.append(found)
        value = Add(*plain)
        self._assign(item, value, "=")
        for outside, sum_ in added:
            self._add(item, outside, sum_)
        self.temporary = {}

    def _assign(self, item: Statement, value: Expr, operator: str) -> None:
        """The assignment to every entry, with what it sums added up before it."""
        self._nest(list(item.letters), item.bounds, value, lambda v: self._put(item, v, operator))

    def _put(self, item: Statement, value: Expr, operator: str) -> None:
        if self.program.arrays[item.key].is_integer:
            whole = self._whole(value)
            put = self.target.put(self.left(item), "=", whole)
            self.line(put if item.indices else self.target.new_integer(self.left(item), whole))
            return
        text = self(value)
        if not item.indices and item.key not in self.results:
            self.line(self.target.new(self.left(item), text))
        else:
            self.line(self.target.put(self.left(item), operator, text))

    def left(self, item: Statement) -> str:
        """The entry that a statement assigns to."""
        return self._entry(item.key, item.indices)

    def _entry(self, key: str, indices: Sequence[Expr]) -> str:
        array = self.program.arrays[key]
        name = self.names.array(key)
        if not indices:
            given = array.quantity in self.program.model.given and not array.is_adjoint
            return self.target.scalar(name, given=given, result=key in self.results)
        slots = self.storage.slots.get(key, array.slots)
        places = [self.place(i, first) for i, (first, _) in zip(indices, slots, strict=True)]
        return self.target.entry(name, places)

    def _nest(
        self,
        letters: list[Symbol],
        bounds: Mapping[Symbol, tuple[Expr, Expr]],
        value: Expr,
        write: Callable[[Expr], None],
    ) -> None:
        """Loops over letters, sums computed as soon as all their letters are known."""
        value = self._prepared(value, set(letters))
        if not letters:
            write(value)
            return
        with self._forgetting(), self.over(letters[0], bounds[letters[0]]):
            self._nest(letters[1:], bounds, value, write)

    def _prepared(self, value: Expr, unknown: set[Symbol]) -> Expr:
        """An expression whose sums that depend on no unknown letter are names of numbers."""
        if isinstance(value, (*BINDERS,)) and not letters_of(value) & unknown:
            return self._reduced(value)
        if isinstance(value, Softmax):
            return self._normalised(value, unknown)
        if isinstance(value, BINDERS):
            return value
        if not value.has(*BINDERS):
            return value
        return rebuilt(value, lambda part: self._prepared(part, unknown))

    # -- sums

    def _reduced(self, node: Expr) -> Expr:
        """A sum, product or extreme, computed now; the symbol of its name."""
        if node in self.temporary:
            return self._symbol(node)
        match node:
            case Softmax():
                return self._normalised(node, set())
            case LogSumExp():
                top, total = self._exponentials(node)
                name = self.fresh("log_sum")
                self.line(self.target.new(name, f"{top} + {self.target.function('log')}({total})"))
            case Sum():
                name = self.fresh("sum")
                self.line(self.target.new(name, "0.0"))
                self._sum_into(name, list(limits_of(node)), node.function)
            case Product():
                name = self.fresh("product")
                self.line(self.target.new(name, "1.0"))
                letter, first, last = node.limit
                with self.over(letter, (first, last)):
                    inner = self._prepared(node.body, set())
                    self.line(self.target.put(name, "*=", self(inner)))
            case Extreme():
                name = self._extreme(node)
            case _:
                raise AssertionError(type(node).__name__)
        self.temporary[node] = name
        return self._symbol(node)

    def _symbol(self, node: Expr) -> Expr:
        if isinstance(node, Extreme) and node.kind.startswith("arg"):
            return node
        return Symbol("@" + self.temporary[node])

    def _sum_into(self, name: str, limits: list[Expr], body: Expr) -> None:
        """Add up a body over letters; what their ranges mention stands around them."""
        if not limits:
            for term in Add.make_args(body):
                self._add_term(name, term)
            return
        limits = _outermost_first(limits)
        letters = [limit[0] for limit in limits]
        (letter, first, last), rest = limits[0], limits[1:]
        with self._forgetting(), self.over(letter, (first, last)):
            inner = self._prepared(body, set(letters[1:]))
            if rest and isinstance(inner, Mul):
                inner = self._gathered(inner, set(letters[1:]))
            self._sum_into(name, rest, inner)

    @contextmanager
    def _forgetting(self) -> Iterator[None]:
        """What is named inside of a loop is unknown after it."""
        before = dict(self.temporary)
        yield
        self.temporary = before

    def _add_term(self, name: str, term: Expr) -> None:
        conditions, value = self._guarded(term)
        self._added(name, conditions, self._prepared(value, set()))

    def _added(self, left: str, conditions: list[str], value: Expr) -> None:
        """A value added to a number, where conditions hold."""
        negative = value.could_extract_minus_sign()
        with self._assuming(conditions):
            text = self(-value if negative else value)
        line = self.target.put(left, "-=" if negative else "+=", text)
        if not conditions:
            self.line(line)
            return
        with self.block(self.target.when(self.target.both(conditions))):
            self.line(line)

    @contextmanager
    def _assuming(self, conditions: Sequence[str]) -> Iterator[None]:
        """Conditions that hold where something is written, and need not be asked again."""
        before = set(self._known)
        self._known |= set(conditions)
        yield
        self._known = before

    def _exponentials(self, node: LogSumExp) -> tuple[str, str]:
        """The largest exponent, and the sum of the exponentials of all less it."""
        key = LogSumExp(node.body, node.limit)
        known = self.temporary.get(Symbol("@top") * key)
        if known is not None:
            return known, self.temporary[Symbol("@total") * key]
        top, total = self.fresh("top"), self.fresh("total")
        letter, first, last = node.limit
        self.line(self.target.new(top, f"-{self.target.infinity}"))
        with self._forgetting(), self.over(letter, (first, last)):
            value = self(self._prepared(node.body, set()))
            exponent = self.fresh("z")
            self.line(self.target.new(exponent, value))
            with self.block(self.target.when(f"{exponent} > {top}")):
                self.line(self.target.put(top, "=", exponent))
        self.line(self.target.new(total, "0.0"))
        with self._forgetting(), self.over(letter, (first, last)):
            value = self(self._prepared(node.body, set()))
            exp = self.target.function("exp")
            self.line(self.target.put(total, "+=", f"{exp}({_minus(value)} - {top})"))
        self.temporary[Symbol("@top") * key] = top
        self.temporary[Symbol("@total") * key] = total
        return top, total

    def _normalised(self, node: Softmax, unknown: set[Symbol]) -> Expr:
        """A softmax whose largest exponent and sum are computed as soon as they can be."""
        key = LogSumExp(node.body, node.limit)
        if letters_of(key) & unknown:
            return node
        top, total = self._exponentials(node)
        at = substituted(node.body, {node.limit[0]: node.at})
        value = Apply("exp", at - Symbol("@" + top)) / Symbol("@" + total)
        conditions = []
        _, first, last = node.limit
        if letters_of(first) or letters_of(last):
            conditions = [Bracket(first, "<=", node.at), Bracket(node.at, "<=", last)]
        return Mul(value, *conditions)

    def _extreme(self, node: Extreme) -> str:
        """The largest or smallest value, and its place; the name of what is asked for."""
        letter, first, last = node.limit
        best, place = self.fresh("best"), self.fresh("place")
        largest = node.kind.endswith("max")
        start = f"-{self.target.infinity}" if largest else self.target.infinity
        wants_place = node.kind.startswith("arg")
        self.line(self.target.new(best, start))
        if wants_place:
            self.line(self.target.new_integer(place, self.number(first - 1)))
        with self._forgetting(), self.over(letter, (first, last)):
            value = self(self._prepared(node.body, set()))
            name = self.fresh("z")
            self.line(self.target.new(name, value))
            with self.block(self.target.when(f"{name} {'>' if largest else '<'} {best}")):
                self.line(self.target.put(best, "=", name))
                if wants_place:
                    self.line(self.target.put(place, "=", self.letter(letter)))
        return place if wants_place else best

    # -- sums that are added straight into what they define

    def _accumulated(self, term: Expr, item: Statement) -> tuple[list[Expr], Expr] | None:
        """A term as its factors and its sum, if that is added up in place."""
        if not item.letters:
            return None
        factors = list(Mul.make_args(term))
        sums = [f for f in factors if isinstance(f, Sum)]
        if len(sums) != 1:
            return None
        outside = [f for f in factors if f is not sums[0]]
        if any(letters_of(f) & set(item.letters) and not isinstance(f, _MASKS) for f in outside):
            if not self._targets(sums[0], outside, item):
                return None
        if sums[0].function.has(*BINDERS):
            if not self._targets(sums[0], outside, item):
                return None
        return outside, sums[0]

    def _targets(
        self, node: Sum, outside: Sequence[Expr], item: Statement
    ) -> dict[Symbol, tuple[Expr, Expr]]:
        """Letters of the left side that a delta sets to what is summed over, with their deltas."""
        bodies = Add.make_args(node.function)
        if len(bodies) != 1:
            return {}
        factors = Mul.make_args(bodies[0])
        summed = {limit[0] for limit in limits_of(node)}
        found: dict[Symbol, tuple[Expr, Expr]] = {}
        for delta in factors:
            if not isinstance(delta, KroneckerDelta):
                continue
            for letter, value in (delta.args, tuple(reversed(delta.args))):
                if letter not in item.letters or letter in found:
                    continue
                if letter in letters_of(value) or not letters_of(value) & summed:
                    continue
                if letters_of(value) & set(found):
                    continue
                found[letter] = (delta, value)
                break
        return found

    def _add(self, item: Statement, outside: list[Expr], node: Sum) -> None:
        """Add a sum to the entries of an array that is there already."""
        body = (
            Mul(*outside, *Mul.make_args(node.function))
            if not isinstance(node.function, Add)
            else None
        )
        if body is None:
            for part in Add.make_args(node.function):
                self._add(item, outside, Sum(part, *node.limits))
            return
        targets = self._targets(node, outside, item)
        values = {letter: value for letter, (_, value) in targets.items()}
        deltas = [delta for delta, _ in targets.values()]
        factors = [substituted(f, values) for f in Mul.make_args(body) if f not in deltas]
        conditions: list[Expr] = []
        for letter, value in values.items():
            first, last = item.bounds[letter]
            conditions += [Bracket(first, "<=", value), Bracket(value, "<=", last)]
        limits = [*limits_of(node)]
        left = [letter for letter in item.letters if letter not in values]
        indices = [i.xreplace(values) for i in item.indices]
        every = [(letter, *item.bounds[letter]) for letter in left]
        loops = self._loop_order(every, limits, factors, indices)
        if not targets and loops[-1][0] not in left:  # along the sum: a number of its own
            self._sum_of_entry(item, loops, len(left), factors)
            return
        self._accumulate(item, loops, factors, conditions, indices)

    def _sum_of_entry(
        self, item: Statement, loops: list[tuple[Expr, ...]], free: int, factors: list[Expr]
    ) -> None:
        """Loops over the letters on the left around a sum in a variable, which is then added."""
        limits = [Tuple(*loop) for loop in loops[free:]]
        value = Sum(Mul(*factors), *reversed(limits))

        def write(found: Expr) -> None:
            self._added(self._entry(item.key, item.indices), [], found)

        self._nest([loop[0] for loop in loops[:free]], item.bounds, value, write)

    def _loop_order(
        self,
        free: list[tuple[Expr, ...]],
        limits: Sequence[Expr],
        factors: Sequence[Expr],
        indices: Sequence[Expr],
    ) -> list[tuple[Expr, ...]]:
        """The loops of an accumulation, the innermost the one along which most entries lie."""
        summed = [tuple(limit) for limit in _outermost_first(list(limits))]
        if not free:
            return summed
        dependent = {s for limit in summed for end in limit[1:] for s in letters_of(end)}
        last = free[-1]
        if last[0] in dependent:
            return [*free, *summed]
        along = int(len(indices) > 1 and indices[-1] == last[0])
        across = 0
        for factor in factors:
            for node in walk(factor):
                if isinstance(node, Indexed) and node.indices:
                    at_end = letters_of(node.indices[-1])
                    along += last[0] in at_end
                    across += bool(at_end & {limit[0] for limit in summed})
        if across >= along:
            return [*free, *summed]
        return [*free[:-1], *summed, last]

    def _accumulate(
        self,
        item: Statement,
        loops: list[tuple[Expr, ...]],
        factors: list[Expr],
        conditions: list[Expr],
        indices: list[Expr],
    ) -> None:
        """Loops around ``entry += factors``, each factor computed as far outside as it can be."""
        letters = [loop[0] for loop in loops]
        value = self._prepared(Mul(*factors), set(letters))
        if loops:
            value = self._gathered(value, set(letters))
        conditions = [self._prepared(c, set(letters)) for c in conditions]
        indices = [self._prepared(i, set(letters)) for i in indices]
        if loops:
            with self._forgetting(), self.over(loops[0][0], loops[0][1:]):
                self._accumulate(item, loops[1:], list(Mul.make_args(value)), conditions, indices)
            return
        tests, rest = self._guarded(Mul(value, *conditions))
        self._added(self._entry(item.key, indices), tests, rest)

    def _gathered(self, product: Expr, unknown: set[Symbol]) -> Expr:
        """A product whose factors that no further loop changes are one number."""
        known: list[Expr] = []
        rest: list[Expr] = []
        for factor in Mul.make_args(product):
            free = not letters_of(factor) & unknown and not isinstance(factor, _MASKS)
            if free and any(self._inside(e) for e in _open_entries(factor)):
                free = False
            (known if free else rest).append(factor)
        sign = [f for f in known if f is S.NegativeOne]
        known = [f for f in known if f is not S.NegativeOne]
        if not rest or not known or (len(known) == 1 and not isinstance(known[0], Pow)):
            if len(known) != 1 or not isinstance(known[0], Indexed):
                return product
        name = self.fresh("factor")
        self.line(self.target.new(name, self(Mul(*known))))
        return Mul(*sign, *rest, Symbol("@" + name))

    # -- conditions

    def _guarded(self, product: Expr) -> tuple[list[str], Expr]:
        """The conditions under which a product is not 0, and what it is then."""
        tests: dict[str, None] = {}
        rest, masks = [], []
        for factor in Mul.make_args(product):
            if isinstance(factor, _MASKS):
                masks.append(factor)
                continue
            rest.append(factor)
            for node in _entries_of_product(factor):
                tests.update(dict.fromkeys(self._inside(node)))
        for mask in masks:  # what is read to ask must exist
            for node in _open_entries(mask):
                tests.update(dict.fromkeys(self._inside(node)))
        for mask in masks:
            tests.update(dict.fromkeys(self._condition(mask)))
        return [t for t in tests if t not in self._known], Mul(*rest)

    def _condition(self, mask: Expr) -> list[str]:
        match mask:
            case Bracket() if mask.left.is_integer and mask.right.is_integer:
                left, right = mask.left, mask.right
                if mask.relation == "<=" and self._certain(right, left):
                    return []
                return [f"{self._whole(left)} {mask.relation} {self._whole(right)}"]
            case Bracket():
                return [f"{self(mask.left)} {mask.relation} {self(mask.right)}"]
            case KroneckerDelta():
                return [f"{self._whole(mask.args[0])} == {self._whole(mask.args[1])}"]
            case Divides():
                divisor, number = mask.args
                return [f"({self._whole(number, S.Zero)}) % {self._whole(divisor, S.Zero)} == 0"]
        raise AssertionError(type(mask).__name__)

    def _whole(self, index: Expr, less: Expr = S.One) -> str:
        return self.number(self.spelled(index) - less)

    def _inside(self, node: Indexed) -> list[str]:
        """The conditions under which an entry exists, as far as they are not certain."""
        key = name_of(node)
        array = self.program.arrays[key]
        if array.is_integer or (array.outside is None and not self.is_adjoint):
            return []
        if array.outside is not None and array.outside != 0:
            return []
        return self._tests(node, array)

    def _tests(self, node: Indexed, array: Array) -> list[str]:
        slots = self.storage.slots.get(array.key, array.slots)
        tests = []
        for index, (first, last) in zip(node.indices, slots, strict=True):
            if isinstance(index, IntegerEntry):
                continue
            low, high = reach(index, self.bounds)
            if not self._certain(low, first):
                tests.append(f"{self._whole(first)} <= {self._whole(index)}")
            if not self._certain(last, high):
                tests.append(f"{self._whole(index)} <= {self._whole(last)}")
        return tests

    def _certain(self, larger: Expr, smaller: Expr) -> bool:
        low = reach(larger, self.bounds)[0]
        high = reach(smaller, self.bounds)[1]
        return at_least_given(low, high, self.program.model.conditions)

    # -- numbers

    def __call__(self, node: Expr) -> str:
        """An expression as code."""
        return self._at(node, _SUM)

    def _at(self, node: Expr, level: int) -> str:
        text, own = self._print(node)
        return f"({text})" if own < level else text

    def _print(self, node: Expr) -> tuple[str, int]:
        match node:
            case Integer() | Rational() | Float() | NumberSymbol():
                text = repr(float(node))
                return text, _ATOM if node >= 0 else _SUM
            case Symbol() if node.name.startswith("@"):
                return node.name[1:], _ATOM
            case Symbol() | IntegerEntry() | Largest() | Smallest() | FloorOf() | CeilingOf():
                return self.target.real(self._whole(node, S.Zero)), _UNARY
            case Indexed():
                return self.read_guarded(node)
            case Add():
                return self._sum(node), _SUM
            case Mul():
                return self._product(node)
            case Pow():
                return self._power(node.base, node.exp)
            case Apply():
                return self._call(node), _ATOM
            case Extreme() if node.kind.startswith("arg"):
                return self.target.real(self._whole(node, S.Zero)), _UNARY
            case Bracket() | KroneckerDelta() | Divides():
                tests = self._condition(node)
                if not tests:
                    return "1.0", _ATOM
                return f"({self.target.chosen(self.target.both(tests), '1.0', '0.0')})", _ATOM
            case Stop():
                return self._print(node.body)
        if isinstance(node, BINDERS):
            return self._print(self._prepared(node, set()))
        raise InputError(f"code of this target cannot be written for {node}")

    def read(self, node: Indexed) -> str:
        """An entry of an array."""
        return self._entry(name_of(node), node.indices)

    def read_guarded(self, node: Indexed) -> tuple[str, int]:
        """An entry, or what it is beyond the array."""
        array = self.program.arrays[name_of(node)]
        if array.outside is None or array.is_integer:
            return self.read(node), _ATOM
        tests = [t for t in self._tests(node, array) if t not in self._known]
        if not tests:
            return self.read(node), _ATOM
        value = self(array.outside)
        return f"({self.target.chosen(self.target.both(tests), self.read(node), value)})", _ATOM

    def _sum(self, node: Add) -> str:
        terms = sorted(node.args, key=lambda t: (t.could_extract_minus_sign(), t.is_number))
        text = ""
        for term in terms:
            negative = term.could_extract_minus_sign()
            piece = self._at(-term if negative else term, _PRODUCT)
            if not text:
                text = f"-{piece}" if negative else piece
            else:
                text += f" {'-' if negative else '+'} {piece}"
        return text

    def _product(self, node: Expr) -> tuple[str, int]:
        tests, rest = self._guarded(node)
        before, self._known = self._known, self._known | set(tests)
        text, level = self._factors(rest)
        self._known = before
        if tests:
            chosen = self.target.chosen(self.target.both(tests), text, "0.0")
            return f"({chosen})", _ATOM
        return text, level

    def _factors(self, rest: Expr) -> tuple[str, int]:
        over: list[str] = []
        under: list[str] = []
        sign = ""
        for factor in Mul.make_args(rest):
            if factor is S.NegativeOne:
                sign = "-"
            elif isinstance(factor, Pow) and factor.exp.is_number and factor.exp.is_negative:
                under.append(self._at(Pow(factor.base, -factor.exp), _UNARY))
            else:
                over.append(self._at(factor, _PRODUCT if not over else _UNARY))
        text = " * ".join(over) or "1.0"
        if len(under) == 1:
            text += f" / {under[0]}"
        elif under:
            text += f" / ({' * '.join(under)})"
        text = f"{sign}{text}"
        single = len(over) == 1 and not under and not sign
        return text, _ATOM if single else _SUM if sign else _PRODUCT

    def _power(self, base: Expr, exponent: Expr) -> tuple[str, int]:
        if exponent == S.Half:
            return self._call(Apply("sqrt", base)), _ATOM
        if exponent.is_number and exponent.is_negative:
            return f"1.0 / {self._at(Pow(base, -exponent), _UNARY)}", _PRODUCT
        if exponent == 2:
            inner = self._at(base, _ATOM)
            if inner.replace("_", "").isalnum():
                return f"{inner} * {inner}", _PRODUCT
        power = str(exponent) if exponent.is_Integer else self._at(exponent, _ATOM)
        return self.target.power(self._at(base, _ATOM), power), _UNARY

    def _call(self, node: Apply) -> str:
        argument = self(node.argument)
        form = derivative_form(node.name, node.order)
        if form is None:
            return f"{code_name(node.name, node.order)}({argument})"
        plain = form.scalar.removeprefix("math.").removesuffix("(z)")
        if form.scalar == f"math.{plain}(z)":
            return f"{self.target.function(plain)}({argument})"
        if form.name == "modulus":
            return f"{self.target.function('fabs')}({argument})"
        self.used[form.name] = None
        return f"{self.target.own(form.name)}({argument})"


def _minus(text: str) -> str:
    return text if text.replace("_", "").isalnum() else f"({text})"


def _outermost_first(limits: list[Expr]) -> list[Expr]:
    """Limits in an order in which each mentions only letters before it."""
    left, made = list(limits), []
    while left:
        names = {limit[0] for limit in left}
        for limit in left:
            others = names - {limit[0]}
            if not (letters_of(limit[1]) | letters_of(limit[2])) & others:
                made.append(limit)
                left.remove(limit)
                break
        else:
            raise InputError("the limits of a sum mention each other")
    return made


def _open_entries(node: Expr) -> Iterator[Indexed]:
    """The entries of an expression that stand in no sum."""
    if isinstance(node, Indexed):
        yield node
    if not isinstance(node, BINDERS):
        for part in node.args:
            if isinstance(part, Expr):
                yield from _open_entries(part)


def _entries_of_product(factor: Expr) -> Iterable[Indexed]:
    """The entries that make a product 0 where they are: a factor, or a power of one."""
    if isinstance(factor, Indexed) and not isinstance(factor, IntegerEntry):
        yield factor
    elif isinstance(factor, Pow) and factor.exp.is_number and factor.exp.is_positive:
        yield from _entries_of_product(factor.base)
