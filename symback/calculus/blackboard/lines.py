"""The working of one weight or bias, line by line: what `blackboard.working` describes.

The total derivative comes first, over all outputs.  Where an output depends on its whole layer, or
where the way is too long to be written out, the paths are put together at a layer on the way, whose
adjoint stands for the rest.  Then each output, or each unit of that layer, is written out down to
the parameter and differentiated factor by factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Integer, S, Sum, Symbol

from symback.algebra.collapse import collapse
from symback.algebra.expressions import Marked, Partial, differentiate, name_of, within
from symback.algebra.sums import index_names, limits_of, name_bound, replace, total_but
from symback.calculus.blackboard.ends import But, End, Ends, is_few
from symback.calculus.blackboard.renaming import permutations, renamed, renamed_chain
from symback.calculus.blackboard.substitution import MAX_ENTRIES, Substitution
from symback.calculus.blackboard.working import Chain, Part, UnitDerivation, Why
from symback.calculus.dependence import dependence
from symback.calculus.derivation import Link, Rule
from symback.calculus.local import replaced_adjoints, replaced_functions

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Step
    from symback.model.equations import Quantity

__all__ = ["Board"]


class Board:
    """The working of one parameter: what has been written so far."""

    def __init__(self, derivation: Derivation, step: Step, indices: tuple[int, ...]) -> None:
        self.derivation = derivation
        self.model = derivation.model
        self.loss = derivation.loss
        self.step = step
        self.indices = tuple(Integer(index) for index in indices)
        self.entry = step.quantity.at(*indices)
        self.adjoint = Partial(self.loss, self.entry)
        self.depends = dependence(derivation, step.quantity, indices)
        at = dict(zip(step.quantity.indices, self.indices, strict=True))
        # What the loss itself says of the parameter, as the weight decay does.
        self.direct = Add(
            *(replace(path.primed, at) for path in step.paths if path.upstream is S.One)
        )
        self.chains: list[Chain] = []
        self.derivatives: dict[Expr, Expr] = {}
        self.explained: set[Expr] = set()
        self.ends = Ends(derivation, step, self.depends)
        self.text = Substitution(self.model, self.depends, self.ends.layer or self.ends.outputs)

    def work(self) -> UnitDerivation:
        """Total derivative, each output that is reached, all of them together, the instance."""
        outputs, layer, gathered = self.ends.outputs, self.ends.layer, self.ends.gathered
        ends = self.ends.of(outputs)
        unreached = [end for end in ends if not self.ends.reached(end)]
        links: list[Link] = []
        self._follow(links, self._total(ends), Rule.TOTAL, (q.name for q in outputs))
        if layer:
            ends = self.ends.of(layer)
            unreached += [end for end in ends if not self.ends.reached(end)]
            self._follow(links, self._total(ends), Rule.GATHER, (q.name for q in layer))
        reached = [end for end in ends if self.ends.reached(end)]
        if len(reached) == 1 and self._is_above(reached[0].entry):
            self._in_one_go(reached[0], links)
            self._add(Part.TOTAL, self.adjoint, links)
            self._explain(unreached)
        else:
            self._add(Part.TOTAL, self.adjoint, links)
            self._explain(unreached)
            self._work_out(reached)
            links = self._collect(reached)
        self._instance()
        ways = {self.depends.path_counts[q.name] for q in outputs}
        return UnitDerivation(
            self.step.quantity,
            tuple(int(index) for index in self.indices),
            self.adjoint,
            tuple(self.chains),
            self.depends.count_paths(),
            ways.pop() if len(ways) == 1 else 0,
            links[-1].expression,
            gathered,
            self.text.written | {r.name for q in outputs for r in q.ranges if is_few(r.size)},
        )

    def _add(self, part: Part, subject: Expr, links: list[Link], but: But = ()) -> None:
        if links:
            self.chains.append(Chain(part, subject, tuple(links), but))

    def _follow(
        self, links: list[Link], expression: Expr, rule: Rule, about: Iterable[str] = ()
    ) -> None:
        """Append a link unless it says again what the last one says."""
        named = self._name(expression)
        if not links or named != links[-1].expression:
            links.append(Link(named, rule, tuple(about)))

    def _total(self, ends: list[End]) -> Expr:
        """The sum over all outputs; an output that the parameter does not reach has a brace."""
        terms = []
        for end in ends:
            inner: Expr = Partial(end.entry, self.entry)
            if not self.ends.reached(end):
                inner = Marked(inner, "vanishes")
            terms.append(self.ends.over(end, Partial(self.loss, end.entry) * inner))
        return Add(self.direct, *terms)

    def _explain(self, ends: Iterable[End]) -> None:
        """Why entries do not depend on the parameter: their definition, without it."""
        for end in ends:
            if end.entry not in self.explained:
                self.explained.add(end.entry)
                # An index of every output stands in the lines around it: no letter for a sum.
                around = map(str, self.ends.letters)
                spelled = self._name(self.text.spelled(end.entry), around)
                links = [Link(spelled, Rule.DEFINITION)]
                self._add(Part.VANISHING, end.entry, links, end.but)

    # One output, straight above the parameter ---------------------------------------------------

    def _is_above(self, entry: Expr) -> bool:
        """Whether the parameter stands in an output's own equation or directly under it."""
        definitions = self.model.definitions
        equation = definitions[self._quantity(entry).name]
        inner = [definitions[name] for name in equation.mentions if name in definitions]
        return any(self.step.quantity.name in e.mentions for e in (equation, *inner))

    def _in_one_go(self, end: End, links: list[Link]) -> None:
        """Operator, derivative, names, closed form: all in the chain of the total derivative."""

        def whole(inner: Expr) -> Expr:
            return self.direct + self.ends.over(end, Partial(self.loss, end.entry) * inner)

        inside = self.text.spelled(end.entry)
        self._follow(links, whole(Partial(end.entry, self.entry)), Rule.VANISH)
        self._follow(links, whole(Partial(inside, self.entry)), Rule.OPERATOR)
        differentiated = collapse(differentiate(inside, self.entry), ())
        self._follow(links, whole(differentiated), Rule.DIFFERENTIATE)
        self._follow(links, whole(self._derivative(end.entry)), Rule.NAME)
        self._close(links, [end])

    # One output among several -------------------------------------------------------------------

    def _work_out(self, ends: list[End]) -> None:
        """Work the first output of each layer; the others follow by renaming units."""
        first: dict[str, tuple[Expr, list[Chain]]] = {}
        for end in ends:
            entry = end.entry
            quantity = self._quantity(entry)
            fixed = all(isinstance(index, Integer) for index in entry.indices)
            known = first.get(quantity.name)
            if known is None or not fixed or self._shares_range(quantity):
                start = len(self.chains)
                self._output(entry)
                chains = [c for c in self.chains[start:] if c.part is not Part.VANISHING]
                first.setdefault(quantity.name, (entry, chains))
                continue
            like, chains = known
            moves = permutations(quantity, _numbers(like), _numbers(entry))
            self.chains += [renamed_chain(chain, self.model, moves) for chain in chains]
            self.derivatives[entry] = renamed(self._derivative(like), self.model, moves)

    def _shares_range(self, quantity: Quantity) -> bool:
        """Whether renaming units of an output would rename the parameter's own."""
        return bool(set(quantity.ranges) & set(self.step.quantity.ranges))

    def _output(self, entry: Expr) -> None:
        """Substitute down to the parameter, then differentiate from the outside in."""
        lines, whole = self.text.stages(entry)
        definitions = [Link(self._name(line), Rule.DEFINITION) for line in lines]
        self._add(Part.SUBSTITUTION, entry, definitions)
        subject = Partial(entry, self.entry)
        zeros: list[End] = []
        self._add(Part.FACTORS, subject, self._factor_by_factor(entry, zeros))
        self._explain(sorted(zeros, key=_place))
        derivative = collapse(differentiate(whole, self.entry), ())
        if len(derivative.atoms(Indexed)) and _entries(derivative) <= MAX_ENTRIES:
            links: list[Link] = []
            self._follow(links, derivative, Rule.DIFFERENTIATE)
            self._follow(links, self._derivative(entry), Rule.NAME)
            self._add(Part.WRITTEN_OUT, subject, links)

    def _factor_by_factor(self, entry: Expr, zeros: list[End]) -> list[Link]:
        """``dyhat/dW = g'(y') dy'/dW = g'(y') W dh/dW = …``, one equation at a time.

        Args:
            entry: what is differentiated.
            zeros: is given what stands over a brace with ``= 0``, with the letters that it has
                there.
        """
        links: list[Link] = []
        current: Expr = Partial(entry, self.entry)
        while open_ends := self._open(current):
            names = sorted({name_of(node.of) for node in open_ends})
            shown, plain = {}, {}
            found: list[End] = []
            for node in open_ends:
                shown[node], plain[node] = self._through(node.of, found)
            last = all(self.step.quantity.name in self.model.definitions[n].mentions for n in names)
            through = current.xreplace(plain)
            self._follow(links, current.xreplace(shown), Rule.LOCAL if last else Rule.CHAIN, names)
            zeros += _as_named(found, links[-1].expression)
            self._follow(links, through, Rule.VANISH)
            current = through
        return links

    def _open(self, expression: Expr) -> list[Partial]:
        """Derivatives by the parameter that are still to be found."""
        return [
            node
            for node in expression.atoms(Partial)
            if node.by == self.entry and isinstance(node.of, Indexed)
        ]

    def _through(self, entry: Expr, zeros: list[End]) -> tuple[Expr, Expr]:
        """An entry's derivative by the parameter, through its own equation only.

        Args:
            entry: an entry that depends on the parameter.
            zeros: is given the entries whose derivatives are zero.

        Returns:
            The derivative with the terms that vanish under a brace, and without them.
        """
        shown, plain = [], []
        every = self.depends.locals(entry, every=True)
        for local, wide in zip(self.depends.locals(entry), every, strict=True):
            if local.quantity == self.step.quantity:
                plain.append(local.value)
                shown.append(local.value)
                continue
            inner = Partial(local.quantity.at(*local.at), self.entry)
            plain.append(self.text.write(local.over(local.value * inner)))
            inner = Partial(wide.quantity.at(*wide.at), self.entry)
            shown.append(self._braced(wide.over(wide.value * inner), zeros))
        return Add(*shown), Add(*plain)

    def _braced(self, expression: Expr, zeros: list[End]) -> Expr:
        """Derivatives that are zero under braces: one by one, or all of a sum but one."""
        written = self._split(self.text.write(expression), zeros)
        vanishing = {}
        for node in self._open(written):
            if not self.depends.reaches(node.of):
                vanishing[node] = Marked(node, "vanishes")
                zeros.append(End(node.of))
        return written.xreplace(vanishing)

    def _split(self, expression: Expr, zeros: list[End]) -> Expr:
        """A sum with one term that depends on the parameter: that term and all the others."""
        values = {}
        for node in expression.atoms(Sum):
            (index, _, upper), *more = limits_of(node)
            inside = self._open(node.function)
            only = {self._only(partial.of, index) for partial in inside}
            if more or len(only) != 1 or None in only:
                continue
            value = only.pop()
            letter = self._letter(inside[0].of, index)
            rest = node.function.xreplace({p: Marked(p, "vanishes") for p in inside})
            others = total_but(rest.xreplace({index: letter}), letter, value, upper)
            values[node] = node.function.xreplace({index: value}) + others
            zeros += [End(p.of.xreplace({index: letter}), ((letter, value),)) for p in inside]
        return expression.xreplace(values)

    def _only(self, entry: Expr, index: Expr) -> Expr | None:
        """The one value of an index at which an entry depends on the parameter."""
        pattern = self.depends.known[name_of(entry)]
        pairs = zip(entry.indices, pattern, strict=True)
        return next((only for own, only in pairs if own == index), None)

    def _letter(self, entry: Expr, index: Expr) -> Symbol:
        """A letter for an index that is named in a sentence, too."""
        quantity = self._quantity(entry)
        place = entry.indices.index(index)
        taken = [str(i) for i in self.ends.letters]
        return index_names([quantity.ranges[place].upper], self.derivation.letters, taken)[0]

    def _derivative(self, entry: Expr) -> Expr:
        """An entry's derivative by the parameter in named quantities, all the way down."""
        if entry in self.derivatives:
            return self.derivatives[entry]
        current: Expr = Partial(entry, self.entry)
        while open_ends := self._open(current):
            current = current.xreplace({node: self._through(node.of, [])[1] for node in open_ends})
        self.derivatives[entry] = current
        return current

    # All outputs together -----------------------------------------------------------------------

    def _collect(self, ends: list[End]) -> list[Link]:
        terms = [
            self.ends.over(end, Partial(self.loss, end.entry) * self._derivative(end.entry))
            for end in ends
        ]
        links = [Link(self._name(Add(self.direct, *terms)), Rule.COLLECT)]
        self._close(links, ends)
        self._add(Part.COLLECTION, self.adjoint, links)
        return links

    def _close(self, links: list[Link], ends: list[End]) -> None:
        """Put in what the catalogue knows: functions through their outputs, then the loss."""
        current = links[-1].expression
        taught = self.depends.taught(current)
        self._follow(links, taught, Rule.FUNCTION, replaced_functions(current, taught))
        if self.ends.gathered and self.ends.gathered.why is Why.FAR:
            return
        steps = {name_of(end.entry): self._step(end.entry) for end in ends}
        known = {name: step for name, step in steps.items() if step.result != step.adjoint}
        facts = tuple(dict.fromkeys(fact for step in known.values() for fact in step.facts))
        adjoints = links[-1].expression
        for facts_used in (False, True):
            values = {}
            for end in ends:
                step = steps[name_of(end.entry)]
                if name_of(end.entry) in known:
                    at = dict(zip(step.quantity.indices, end.entry.indices, strict=True))
                    right = step.result if facts_used else step.before_facts
                    values[Partial(self.loss, end.entry)] = replace(right, at)
            put_in = self.text.write(adjoints.xreplace(values))
            if facts_used:
                self._follow(links, put_in, Rule.FACT, facts)
            else:
                before = links[-1].expression
                self._follow(
                    links, put_in, Rule.UPSTREAM, replaced_adjoints(self.loss, before, put_in)
                )

    def _instance(self) -> None:
        """The index formula at these indices, carried to the loss, and as its step has it."""
        name = self.step.quantity.name
        at = dict(zip(self.step.quantity.indices, self.indices, strict=True))
        links: list[Link] = []
        outward = self.derivation.chain(name)
        if outward:
            self._follow(links, replace(outward[-1].expression, at), Rule.INSTANCE, (name,))
        self._follow(links, replace(self.step.result, at), Rule.DELTA, (name,))
        self._add(Part.INSTANCE, self.adjoint, links)

    # Small tools --------------------------------------------------------------------------------

    def _quantity(self, entry: Expr) -> Quantity:
        return self.model.quantities[name_of(entry)]

    def _step(self, entry: Expr) -> Step:
        return self.derivation.step_of[name_of(entry)]

    def _name(self, expression: Expr, around: Iterable[str] = ()) -> Expr:
        """Give dummies letters; an index that stands for every output keeps its own."""
        if not expression.has(Sum):
            return expression
        taken = {s.name for s in expression.free_symbols if isinstance(s, Symbol)} | {*around}
        return name_bound(expression, self.derivation.letters, taken)


def _place(end: End) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Numbers before letters: an order that does not depend on how sets are arranged."""
    indices = ((int(i), "") if i.is_Integer else (0, str(i)) for i in end.entry.indices)
    return name_of(end.entry), tuple(indices)


def _as_named(zeros: Iterable[End], line: Expr) -> Iterator[End]:
    """Entries whose derivatives vanish with the letters that they have in a line."""
    marked = {
        p.of for m in within(line, Marked) if m.mark == "vanishes" for p in within(m, Partial)
    }
    for end in zeros:
        if not end.but:
            yield end
            continue
        lacking = dict(end.but)
        for entry in marked:
            if name_of(entry) != name_of(end.entry):
                continue
            pairs = list(zip(end.entry.indices, entry.indices, strict=True))
            if all(own.is_Symbol == new.is_Symbol for own, new in pairs):
                yield End(entry, tuple((new, lacking[own]) for own, new in pairs if own in lacking))


def _numbers(entry: Expr) -> tuple[int, ...]:
    return tuple(int(index) for index in entry.indices)


def _entries(expression: Expr) -> int:
    """How many entries an expression shows, as often as it shows them."""
    if isinstance(expression, Indexed):
        return 1
    return sum(_entries(part) for part in expression.args)
