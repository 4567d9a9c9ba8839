r"""What the open lines of a document show that it leaves out, as lines of a model.

Behind `∂L/∂a · ∂a/∂z` there is an `a = f(z)` and an `L = L(a)`, whatever else is not said; and a
name of which nothing is said is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from symback.reading.beside.spellings import Spellings
from symback.reading.formula.commands import FUNCTIONS
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Fraction,
    MarkKind,
    Nabla,
    Node,
    Number,
    Symbol,
    Transpose,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import INDEX_LETTERS, base_of, everything, quantities, spelled
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status
from symback.records import dataclass

__all__ = ["Evidence", "Missing", "is_open"]

_TERMS = (
    "({o} - {t})^2 / 2",
    "({o} - {t})^2",
    "-{t} log({o})",
    "-{t} log({o}) - (1 - {t}) log(1 - {o})",
)
"""One output's part of a loss, by the output and its target; the likelier first."""
_TARGETS = ("y", "t", "d", "Y", "T", "target")
_COUNTING = INDEX_LETTERS | {"t"}
_MOST = 2
_PENALTIES = ("lambda", "alpha", "beta", "gamma", "mu")
_LAYERS = (MarkKind.LAYER, MarkKind.BRACKET, MarkKind.BARE, MarkKind.BRACE)


def is_open(judgement: Judgement) -> bool:
    """Whether a claim that holds a derivative is open."""
    statement = judgement.statement
    return (
        judgement.status is Status.UNDECIDED
        and statement.is_claim
        and any(isinstance(node, Derivative | Nabla) for s in _sides(statement) for node in _all(s))
    )


def _typed(symbol: Symbol, spellings: Spellings) -> str:
    """A quantity as a line of a model names it, `x[i,j]` for `x^{(i)}_j`; empty where it cannot."""
    indices: list[Node] = []
    name = symbol.name + "".join(symbol.accents) + "'" * symbol.primes
    for mark in symbol.marks:
        if mark.kind not in _LAYERS or mark.body is None:
            return ""
        name, indices = _with_script(name, indices, mark.body, "")
    for script in symbol.subscripts:
        name, indices = _with_script(name, indices, script, "_")
    if not name.replace("_", "").replace("'", "").isalnum():
        return ""
    if spellings.symbol(name, tuple(indices)) != symbol:
        return ""
    return name + (f"[{','.join(map(spelled, indices))}]" if indices else "")


def _with_script(name: str, indices: list[Node], script: Node, sign: str) -> tuple[str, list[Node]]:
    """A name and its indices with one script more."""
    plain = isinstance(script, Symbol) and script == Symbol(script.name)
    if plain and script.name in _COUNTING:  # type: ignore[attr-defined]
        return name, [*indices, script]
    return name + sign + spelled(script), indices


@dataclass(frozen=True, slots=True)
class Missing:
    """What is left out, as far as the open lines of a document show it.

    Attributes:
        steps: equations of quantities that are differentiated and have none.
        losses: what the loss may be, the most general first, each with its target.
        given: names of which nothing is said.
        shapes: names of which it is not said whether they are numbers, with indices.
    """

    steps: tuple[str, ...]
    losses: tuple[tuple[str, ...], ...]
    given: tuple[str, ...]
    shapes: tuple[str, ...] = ()


def _named(node: Node) -> Iterator[Symbol]:
    if isinstance(node, Symbol):
        yield node
    elif isinstance(node, Nabla) and isinstance(node.by, Symbol):
        yield node.by


def _sides(statement: Statement) -> tuple[Node, ...]:
    return tuple(side for side in (statement.left, statement.right) if side is not None)


def _all(side: Node) -> Iterator[Node]:
    """Everything in an expression, with what is differentiated."""
    yield from everything(side)


def _key(symbol: Symbol) -> tuple[str, str]:
    """A letter and its numbers, `*` where it has an index."""
    scripts = (*(m.body for m in symbol.marks if m.body is not None), *symbol.subscripts)
    letters = any(isinstance(s, Symbol) and s.name in _COUNTING for s in scripts)
    return base_of(symbol), "*" if letters else ",".join(map(spelled, scripts))


class Evidence:
    """What a document's lines say of its quantities.

    Args:
        judgements: the verdicts on them.
    """

    def __init__(self, judgements: Sequence[Judgement]) -> None:
        self.open = [one for one in judgements if is_open(one)]
        sides = [side for one in judgements for side in _sides(one.statement)]
        self.spellings = Spellings(sides)
        self.defined: set[tuple[str, str]] = set()
        self.used: set[tuple[str, str]] = set()
        self.functions: Counter[str] = Counter()
        for judgement in judgements:
            self._learn(judgement.statement)
        self.steps: dict[Symbol, dict[Symbol, None]] = {}
        self.slopes: dict[Symbol, str] = {}
        self.transposed: dict[Symbol, Symbol] = {}
        self.no_path: set[str] = set()
        self.losses: Counter[str] = Counter()
        self.loss_by: dict[Symbol, None] = {}
        for judgement in self.open:
            for node in (n for side in _sides(judgement.statement) for n in _all(side)):
                if isinstance(node, Call) and node.order and len(node.arguments) == 1:
                    if isinstance(only := node.arguments[0], Symbol):
                        self.slopes[only] = node.function.name
                if isinstance(node, Derivative) and len(node.by) == 1:
                    self._learn_derivative(node.of, node.by[0])
                elif isinstance(node, Nabla):
                    self._learn_derivative(node.of, node.by)
            self._learn_factor(judgement)

    def _learn(self, statement: Statement) -> None:
        if not statement.defines:
            return
        left, right = statement.definition
        name = left.function if isinstance(left, Call) else left
        if not isinstance(name, Symbol) or right is None:
            return
        if any(isinstance(node, Derivative) for node in _all(right)):
            return
        self.defined.add(_key(name))
        self.used |= {_key(symbol) for symbol in quantities(right)}
        calls = (node for node in _all(right) if isinstance(node, Call))
        names = (c.function.name for c in calls if len(c.arguments) == 1)
        self.functions.update(name for name in names if name not in LOSSES | FUNCTIONS)

    def _learn_derivative(self, of: Node | None, by: Node | None) -> None:
        of = of.function if isinstance(of, Call) else of
        if not isinstance(of, Symbol) or not isinstance(by, Symbol):
            return
        if base_of(of) in LOSSES and not of.subscripts:
            self.losses[base_of(of)] += 1
            self.loss_by[by] = None
        else:
            self.steps.setdefault(of, {})[by] = None

    def _learn_factor(self, judgement: Judgement) -> None:
        """Learn from `∂L/∂W = ∂L/∂z x^T` what stands behind W in z."""
        left, right = judgement.statement.left, judgement.statement.right
        if isinstance(left, Derivative) and isinstance(left.of, Symbol):
            if judgement.reason in ("no-path", "supposed"):
                self.no_path.add(base_of(left.of))
        for node in _all(right) if right is not None else ():
            if isinstance(node, Transpose) and isinstance(node.body, Symbol):
                for of in (n for side in _sides(judgement.statement) for n in _all(side)):
                    if isinstance(of, Derivative) and isinstance(by := of.by[0], Symbol):
                        self.transposed.setdefault(by, node.body)

    def has(self, symbol: Symbol) -> bool:
        """Whether the document has an equation for a quantity."""
        base, own = _key(symbol)
        return (base, own) in self.defined or (base, "*") in self.defined

    def missing(self) -> Missing:
        """What is left out."""
        steps = dict(self._steps())
        outputs = list(self._outputs(steps))
        return Missing(
            tuple(line for line in steps.values() if line)[: 2 * _MOST],
            tuple(self._losses(outputs)),
            tuple(self._given(steps)),
            tuple(self._shapes(self.open)),
        )

    def line_for(self, judgement: Judgement) -> str:
        """The one line that is missing for an open line, as far as it shows; else nothing."""
        statement = judgement.statement
        if judgement.reason == "undeclared":
            names = list(self._given(self.steps, [judgement]))
            return f"input {', '.join(names)}" if names else ""
        if judgement.reason == "numbers-or-arrays":
            shapes = list(self._shapes([judgement]))
            return f"input {', '.join(shapes)}" if shapes else ""
        steps = dict(self._steps())
        for node in (n for side in _sides(statement) for n in _all(side)):
            if isinstance(node, Derivative) and isinstance(node.of, Symbol) and node.of in steps:
                return steps[node.of]
        losses = self._losses(list(self._outputs(steps)))
        return next((line for line, *_ in losses), "")

    def _shapes(self, judgements: Iterable[Judgement]) -> Iterator[str]:
        """Names of which it is not said whether they are numbers or arrays, as arrays."""
        asked = {
            name
            for judgement in judgements
            if judgement.reason == "numbers-or-arrays"
            for name in judgement.arguments.get("of", "").split(", ")
        }
        sides = (side for one in self.open for side in _sides(one.statement))
        named = {s for side in sides for node in _all(side) for s in _named(node)}
        for symbol in sorted(named, key=lambda s: s.name):
            if symbol.subscripts or symbol.marks or base_of(symbol) in LOSSES:
                continue
            is_matrix = symbol.name.isupper() and len(symbol.name) == 1
            name = _typed(symbol, self.spellings)
            if name and (base_of(symbol) in asked or (asked and is_matrix)):
                yield (
                    f"{name}[n,j]"
                    if is_matrix
                    else f"{name}[{'j' if symbol in self.loss_by else 'n'}]"
                )

    def _steps(self) -> Iterator[tuple[Symbol, str]]:
        for of, by in self.steps.items():
            if self.has(of) or of in by:
                continue
            left, names = _typed(of, self.spellings), [_typed(b, self.spellings) for b in by]
            if not left or not all(names) or any("[" in name for name in (left, *names)):
                continue
            big = [n for n, b in zip(names, by, strict=True) if b.name.isupper()]
            small = [n for n in names if n not in big]
            if len(names) == 1 and small:
                own = self.slopes.get(next(iter(by))) or next(iter(self.functions), "f")
                yield of, f"{left} = {own}({small[0]})"
            elif len(big) == 1 and len(small) == 1:
                yield of, f"{left} = {big[0]} {small[0]}"
            elif len(big) == 1 and (behind := self.transposed.get(next(iter(by)))) is not None:
                if name := _typed(behind, self.spellings):
                    yield of, f"{left} = {big[0]} {name}"
            elif big and not small and (factor := self._factor()):
                squares = " + ".join(f"sum(i, j, {name}[i,j]^2)" for name in big)
                yield of, f"{left} = {factor}/2 ({squares})"
            elif small:
                yield of, f"{left} = f({', '.join(names)})"

    def _factor(self) -> str:
        """The letter that stands before a penalty."""
        named = (s for one in self.open for side in _sides(one.statement) for s in quantities(side))
        return next((s.name for s in named if s.name in _PENALTIES), "")

    def _outputs(self, steps: Iterable[Symbol]) -> Iterator[Symbol]:
        """What the loss is differentiated by and nothing else is made of."""
        inner = {b for of in steps for b in self.steps[of]}
        known = [by for by in self.loss_by if self.has(by) or by in self.steps]
        last = [by for by in known if by not in inner and _key(by) not in self.used]
        yield from last
        yield from (by for by in known if by not in last and "hat" in by.accents)

    def _losses(self, outputs: Sequence[Symbol]) -> Iterator[tuple[str, ...]]:
        loss = max(self.losses, key=lambda name: self.losses[name], default="")
        if not loss or (loss not in self.no_path and any(b == loss for b, _ in self.defined)):
            return
        if (mean := self._mean()) and not any(b == mean[0] for b, _ in self.defined):
            yield (f"{mean[0]} = {mean[1]}/{mean[2]}",)
        names = [name for o in outputs if (name := _typed(o, self.spellings))]
        if not names:
            return
        whole = ", ".join(name.partition("[")[0] for name in names)
        yield (f"{loss} = {loss}({whole})",)
        targets = list(self._targets())[:_MOST]
        for name in names[:_MOST]:
            _, _, indices = name.rstrip("]").partition("[")
            for target in targets:
                entry = f"{target}[{indices}]" if indices else target
                for term in _TERMS:
                    inner = term.format(o=name, t=entry)
                    total = f"sum({indices.replace(',', ', ')}, {inner})" if indices else inner
                    yield f"{loss} = {total}", f"target {entry}"

    def _mean(self) -> tuple[str, str, str] | None:
        """Two losses of which one is the mean of the other, and how many there are."""
        sizes = (
            node.denominator.name
            for one in self.open
            for side in _sides(one.statement)
            for node in _all(side)
            if isinstance(node, Fraction)
            and node.numerator == Number("1")
            and isinstance(node.denominator, Symbol)
        )
        size = next(sizes, "")
        if {"J", "L"} <= self.losses.keys() and size:
            return "J", "L", size
        return None

    def _targets(self) -> Iterator[str]:
        """Names that nothing defines and nothing is differentiated by, those of targets first."""
        by = {base_of(b) for node in self.loss_by for b in (node,)}
        found: dict[str, None] = {}
        for judgement in self.open:
            right = judgement.statement.right
            for symbol in quantities(right) if right is not None else ():
                plain = not symbol.accents and not symbol.primes
                if plain and not self.has(symbol) and base_of(symbol) not in by | LOSSES:
                    name = _typed(symbol, self.spellings).partition("[")[0]
                    if name:
                        found[name] = None
        yield from sorted(found, key=lambda name: name not in _TARGETS)

    def _given(
        self, steps: Iterable[Symbol], judgements: Sequence[Judgement] = ()
    ) -> Iterator[str]:
        """Names of which it is known that nothing is said of them."""
        made = {base_of(step) for step in steps}
        unknown = {
            name
            for judgement in judgements or self.open
            if judgement.reason == "undeclared"
            for name in judgement.arguments.get("symbol", "").split(", ")
        }
        found: dict[str, None] = {}
        for judgement in self.open:
            for symbol in (s for side in _sides(judgement.statement) for s in quantities(side)):
                if spelled(symbol) in unknown and base_of(symbol) not in made:
                    bare = Symbol(symbol.name, symbol.font, symbol.accents, symbol.primes)
                    name = _typed(bare, self.spellings) or _typed(symbol, self.spellings)
                    found |= {name.partition("[")[0]: None} if name else {}
        yield from found
