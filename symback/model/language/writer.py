"""A `Model` as text in the language, which reads back as the same model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import (
    Add,
    Expr,
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
)

from symback.algebra.expressions import EVERY, Apply, OfVectors, Partial, Sum
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Product,
    Smallest,
    Stop,
)
from symback.errors import InputError
from symback.model.equations import PARAMETERS, Equation, Model, Quantity, Range, Role

__all__ = ["model_text"]

_KINDS = {
    Role.INPUT: "input",
    Role.TARGET: "target",
    Role.CONSTANT: "const",
    Role.INTEGER: "integer",
}
_LETTERS = "jkilmnpqrsuvabcdghtwxyzef"
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
"""How tightly a written part holds together."""

Piece = tuple[str, int]


def model_text(model: Model) -> str:
    """A model in the language, one quantity a line.

    Args:
        model: any list of equations; roles of layers and widths of a perceptron are not part of
            the language, and become parameters and sizes.

    Returns:
        The text, with a line break at its end.

    Raises:
        InputError: for an expression that the language does not have.
    """
    return "\n".join(_Writer(model).lines()) + "\n"


class _Writer:
    """One model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.spans: dict[str, tuple[Expr, Expr]] = {}  # of the letters in scope
        self.scalars = {q.name for q in model.quantities.values() if not q.ranges}

    def lines(self) -> Iterator[str]:
        model = self.model
        if model.title:
            yield f"# {model.title}"
            yield ""
        yield from self.declarations()
        sizes = [name for name in model.size_names if not _is_owned(name)]
        owned = set(self.owned())
        extra = [name for name in model.size_names if _is_owned(name) and name not in owned]
        if sizes or extra:
            yield f"size {', '.join((*sizes, *extra))}"
        if model.functions:
            yield f"function {', '.join(model.functions)}"
        if model.wanted:
            yield f"gradients {', '.join(model.wanted)}"
        if numbers := self.numbers():
            yield f"sizes {', '.join(numbers)}"
        yield ""
        for quantity in model.quantities.values():
            if quantity.outside is not None:
                left = self.entry(quantity.name, quantity.indices)
                yield f"{left} = {self.write(quantity.outside, ())} outside"
        for equation in model.equations:
            yield self.equation(equation)

    def declarations(self) -> Iterator[str]:
        group: list[str] = []
        kind = ""
        for quantity in self.model.given:
            own = _KINDS.get(quantity.role, "param")
            item, ranges = self.declared(quantity)
            if own != kind or ranges:
                if group:
                    yield f"{kind} {', '.join(group)}"
                group, kind = [], own
            group.append(item)
            if ranges:
                yield f"{kind} {item} for {', '.join(ranges)}"
                group = []
        if group:
            yield f"{kind} {', '.join(group)}"

    def declared(self, quantity: Quantity) -> tuple[str, list[str]]:
        item = quantity.name
        if quantity.letters:
            item += f"[{','.join(quantity.letters)}]"
        if quantity.counts is not None:
            item += f" in {self.index(quantity.counts)}"
        if quantity.is_positive:
            item += " > 0"
        if quantity.value is not None:
            item += f" = {quantity.value!r}"
        return item, self.said(quantity)

    def said(self, quantity: Quantity) -> list[str]:
        """The ranges that letters do not say by themselves."""
        pairs = zip(quantity.letters, quantity.ranges, strict=True)
        return [
            f"{letter} = {self.index(r.first)}..{self.index(r.upper)}"
            for letter, r in pairs
            if not _is_plain(letter, r) or letter.upper() in self.scalars
        ]

    def owned(self) -> Iterator[str]:
        """Sizes to which some letter runs by itself."""
        for quantity in self.model.quantities.values():
            for letter, r in zip(quantity.letters, quantity.ranges, strict=True):
                if _is_plain(letter, r):
                    yield r.name
                else:  # said by for, which makes a capital known as well
                    yield from (str(s) for s in (r.first + r.upper).free_symbols)

    def numbers(self) -> list[str]:
        found = {
            r.name: r.size
            for q in self.model.quantities.values()
            for r in q.ranges
            if r.is_plain and r.size
        }
        return [f"{name}={size}" for name, size in found.items()]

    def equation(self, equation: Equation) -> str:
        quantity = equation.quantity
        taken = tuple(symbol.name for index in equation.indices for symbol in index.free_symbols)
        self.spans = {
            letter.name: (r.first, r.upper)
            for letter, r in zip(quantity.indices, quantity.ranges, strict=True)
        }
        text = f"{self.entry(quantity.name, equation.indices)} = " + self.write(
            equation.expression, taken
        )
        ranges = [] if equation.is_boundary else self.said(quantity)
        return f"{text} for {', '.join(ranges)}" if ranges else text

    # -- expressions ------------------------------------------------------------------------------

    def write(self, expression: Expr, taken: Sequence[str]) -> str:
        return self.piece(expression, tuple(taken))[0]

    def at_least(self, expression: Expr, taken: tuple[str, ...], level: int) -> str:
        text, own = self.piece(expression, taken)
        return text if own >= level else f"({text})"

    def piece(self, node: Expr, taken: tuple[str, ...]) -> Piece:
        match node:
            case Rational():
                return self.number(node)
            case NumberSymbol():
                return str(node), _ATOM
            case IntegerEntry() | Indexed():
                return self.entry(str(node.base.label), node.indices), _ATOM
            case KroneckerDelta():
                left, right = map(self.index, node.args)
                return f"[{left} == {right}]", _ATOM
            case Bracket():
                sides = [self.write(side, taken) for side in (node.left, node.right)]
                return f"[{sides[0]} {node.relation} {sides[1]}]", _ATOM
            case Symbol():
                return node.name, _ATOM
            case Add():
                return self.sum_of(node, taken), _SUM
            case Mul():
                return self.product(node, taken)
            case Pow():
                if node.exp.is_Rational and node.exp.is_negative:
                    return self.product(node, taken)
                base = self.at_least(node.base, taken, _ATOM)
                return f"{base}^{self.at_least(node.exp, taken, _ATOM)}", _POWER
            case Apply():
                name = node.name.replace("-", "_") + "'" * node.order
                if node.name == "positive" and not node.order:
                    return f"max(0, {self.write(node.argument, taken)})", _ATOM
                return f"{name}({self.write(node.argument, taken)})", _ATOM
            case OfVectors():
                inner = ", ".join(self.write(part, taken) for part in node.arguments)
                return f"{node.name}({inner})", _ATOM
            case Partial():
                of = node.of.name if isinstance(node.of, OfVectors) else str(node.of)
                return f"d{of}/d{self.write(node.by, taken)}", _ATOM
            case Stop():
                return f"stop({self.write(node.body, taken)})", _ATOM
            case Sum():
                return self.binder("sum", node.function, node.limits, taken), _ATOM
            case Product():
                return self.binder("prod", node.body, (node.limit,), taken), _ATOM
            case Extreme():
                return self.binder(node.kind, node.body, (node.limit,), taken), _ATOM
        if node.is_integer:
            return self.index(node), _ATOM
        raise InputError(f"the language has no way to write {node}")

    def number(self, node: Rational) -> Piece:
        if node.is_negative:
            return f"-{self.number(-node)[0]}", _SUM
        if node.q == 1:
            return str(node.p), _ATOM
        rest = node.q
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1 and node.q % 10 == 0 and len(str(node.q)) < 20:
            from decimal import Context, Decimal

            exact = Context(prec=40).divide(Decimal(int(node.p)), Decimal(int(node.q)))
            return f"{exact:f}", _ATOM
        return f"{node.p}/{node.q}", _PRODUCT

    def sum_of(self, node: Add, taken: tuple[str, ...]) -> str:
        terms = sorted(node.args, key=self.is_bias)
        texts = [self.term(term, taken) for term in terms]
        texts.sort(key=lambda text: text.startswith("-"))  # stable: what is added comes first
        first, *rest = texts
        return first + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in rest)

    def is_bias(self, term: Expr) -> bool:
        """Whether a term is a parameter by itself, which is read last."""
        name = str(term.base.label) if isinstance(term, Indexed) else str(term)
        quantity = self.model.quantities.get(name)
        return quantity is not None and quantity.role in PARAMETERS

    def term(self, term: Expr, taken: tuple[str, ...]) -> str:
        number, rest = term.as_coeff_Mul()
        if number.is_Rational and number.is_negative:
            inner = -number * rest
            return f"-{self.at_least(inner, taken, _PRODUCT)}"
        return self.at_least(term, taken, _PRODUCT)

    def product(self, node: Expr, taken: tuple[str, ...]) -> Piece:
        number, rest = node.as_coeff_Mul()
        if number.is_negative:
            return f"-{self.at_least(-number * rest, taken, _PRODUCT)}", _SUM
        factors = list(Mul.make_args(rest))
        above, found = self.contracted(factors, taken)
        below = [1 / f for f in above if _divides(f)]
        above = [f for f in above if not _divides(f)]
        rest_texts = [self.at_least(f, taken, _POWER) for f in sorted(above, key=_factor_key)]
        texts = [*rest_texts, *found]
        # SymPy multiplies a number into a sum beside it: it must not meet one on reading back.
        if number.q != 1 and any(isinstance(f.args[0] if f.is_Pow else f, Add) for f in below):
            texts, number = [f"{number.p}/{number.q}", *texts], S.One
        elif number.p != 1 and texts and isinstance(min(above, key=_factor_key, default=None), Add):
            texts.append(str(number.p))
        elif number.p != 1:
            texts.insert(0, str(number.p))
        bottom = [] if number.q == 1 else [str(number.q)]
        bottom += [self.at_least(f, taken, _POWER) for f in sorted(below, key=_factor_key)]
        top = _beside(texts) if texts else "1"
        if not bottom:
            return top, _PRODUCT if len(texts) > 1 else _POWER
        divisor = bottom[0] if len(bottom) == 1 else f"({_beside(bottom)})"
        return f"{top} / {divisor}", _PRODUCT

    def contracted(
        self, factors: list[Expr], taken: tuple[str, ...]
    ) -> tuple[list[Expr], list[str]]:
        """The factors without what is written as a softmax, and those that are."""
        found = []
        rest = list(factors)
        for divisor in factors:
            if not (_divides(divisor) and divisor.exp == -1 and isinstance(divisor.base, Sum)):
                continue
            total = divisor.base
            body = total.function
            if len(total.limits) != 1 or not isinstance(body, Apply) or body.name != "exp":
                continue
            index, first, last = total.limits[0]
            for factor in rest:
                if isinstance(factor, Apply) and factor.name == "exp" and not factor.order:
                    letter = self.softmax_letter(factor.argument, body.argument, index, taken)
                    if letter is None:
                        continue
                    guards = self.guards(Symbol(letter, integer=True), first, last, rest)
                    if guards is None:
                        continue
                    for part in (factor, divisor, *guards):
                        rest.remove(part)
                    inner = self.write(factor.argument, taken)
                    limits = self.softmax_limits(letter, first, last, factor.argument)
                    found.append(f"softmax({limits}, {inner})")
                    break
        return rest, found

    def softmax_letter(
        self, own: Expr, other: Expr, index: Expr, taken: tuple[str, ...]
    ) -> str | None:
        """The free letter that one exponent has where the other has the bound index."""
        for name in taken:
            if other.xreplace({index: Symbol(name, integer=True)}) == own:
                return name
        return None

    def softmax_limits(self, letter: str, first: Expr, last: Expr, body: Expr) -> str:
        """As `limits`; without a slot the letter runs as it does around."""
        text = self.limits(letter, first, last, (body,))
        has_slot = any(
            Symbol(letter, integer=True) in entry.indices for entry in body.atoms(Indexed)
        )
        return letter if not has_slot and self.spans.get(letter) == (first, last) else text

    def guards(
        self, letter: Expr, first: Expr, last: Expr, factors: list[Expr]
    ) -> list[Expr] | None:
        """The brackets that a softmax with limits carries; None where they are not as it has them.

        A softmax over the whole range of its letter carries none.
        """
        span = self.spans.get(str(letter))
        wanted = []
        if span is None or span != (first, last):
            if span is None or span[1] != last:
                wanted.append(Bracket(letter, "<=", last))
            if first != S.One and (span is None or span[0] != first):
                wanted.append(Bracket(first, "<=", letter))
        return wanted if all(guard in factors for guard in wanted) else None

    # -- binders ----------------------------------------------------------------------------------

    def binder(self, name: str, body: Expr, limits: Sequence[Tuple], taken: tuple[str, ...]) -> str:
        # Inner limits come first where they depend on outer ones; a binder reads from outside in.
        own = {limit[0] for limit in limits}
        if any(own & (limit[1].free_symbols | limit[2].free_symbols) for limit in limits):
            limits = limits[::-1]
        letters = []
        within = list(taken)
        renaming: dict[Expr, Expr] = {}
        before = dict(self.spans)
        for index, first, last in limits:
            letter = self.letter(index, (first, last), within)
            within.append(letter)
            renaming[index] = Symbol(letter, integer=True)
            first, last = first.xreplace(renaming), last.xreplace(renaming)
            self.spans = {**self.spans, letter: (first, last)}
            letters.append((letter, first, last))
        inner = body.xreplace(renaming)
        said = [self.limits(letter, first, last, (inner,)) for letter, first, last in letters]
        text = f"{name}({', '.join(said)}, {self.write(inner, within)})"
        self.spans = before
        return text

    def letter(self, index: Expr, limits: tuple[Expr, Expr], taken: Sequence[str]) -> str:
        preferred = [
            letter
            for q in self.model.quantities.values()
            for r in q.ranges
            if (r.first, r.upper) == limits
            for letter in r.letters
        ]
        own = str(index.name) if isinstance(index, Symbol) else ""
        names: tuple[str, ...] = (own, *preferred, *_LETTERS)
        numbered = (f"j{number}" for number in range(1, 1000))
        for name in (*names, *numbered):
            if name and name not in taken and name not in self.scalars and _is_letter(name):
                return name
        raise InputError("there are no letters left for an index")

    def limits(self, letter: str, first: Expr, last: Expr, inside: Sequence[Expr]) -> str:
        """A letter with its limits, unless the slots in which it stands alone say them."""
        symbol = Symbol(letter, integer=True)
        slots = [
            (r.first, r.upper)
            for node in inside
            for entry in node.atoms(Indexed)
            if str(entry.base.label) in self.model.quantities
            for index, r in zip(
                entry.indices, self.model.quantities[str(entry.base.label)].ranges, strict=True
            )
            if index == symbol
        ]
        plain = not slots and first is S.One and str(last) == letter.upper()
        if plain or (slots and all(slot == (first, last) for slot in slots)):
            return letter
        return f"{letter} in {self.index(first)}..{self.index(last)}"

    # -- indices ----------------------------------------------------------------------------------

    def entry(self, name: str, indices: Sequence[Expr]) -> str:
        if not indices:
            return name
        return f"{name}[{','.join(':' if i == EVERY else self.index(i) for i in indices)}]"

    def index(self, node: Expr) -> str:
        """An index expression, without spaces."""
        match node:
            case Integer():
                return str(node)
            case IntegerEntry():
                return self.entry(str(node.base.label), node.indices)
            case Largest():
                return f"max({','.join(map(self.index, node.args))})"
            case Smallest():
                return f"min({','.join(map(self.index, node.args))})"
            case FloorOf() | CeilingOf():
                name = "floor" if isinstance(node, FloorOf) else "ceil"
                divisor = self.index(node.divisor)
                below = divisor if divisor.isalnum() else f"({divisor})"
                return f"{name}(({self.index(node.numerator)})/{below})"
            case Add():
                texts = [self.index(term) for term in node.args]
                texts.sort(key=lambda t: (t.startswith("-"), t.lstrip("-").isdigit()))
                return texts[0] + "".join(t if t.startswith("-") else f"+{t}" for t in texts[1:])
            case Mul():
                number, rest = node.as_coeff_Mul()
                factors = [self.index(part) for part in Mul.make_args(rest)]
                if number not in (S.One, S.NegativeOne):
                    factors.insert(0, str(abs(number)))
                return ("-" if number.is_negative else "") + "*".join(factors)
            case Symbol(name=name):
                return str(name)
            case Extreme():
                return self.binder(node.kind, node.body, (node.limit,), ())
        raise InputError(f"the language has no way to write the index {node}")


def _is_letter(name: str) -> bool:
    return name[:1].islower() and (len(name) == 1 or name[1:].isdigit())


def _is_owned(name: str) -> bool:
    """Whether a size has a name that a letter can own."""
    return name[:1].isupper() and (len(name) == 1 or name[1:].isdigit())


def _is_plain(letter: str, r: Range) -> bool:
    return r.is_plain and r.name == letter.upper()


def _divides(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp.is_Rational and bool(factor.exp.is_negative)


def _factor_key(factor: Expr) -> tuple[int, str]:
    base = factor.base if isinstance(factor, Pow) else factor
    order = 3 if isinstance(base, Sum | Product | Extreme) else 4 if isinstance(base, Add) else 2
    if isinstance(base, KroneckerDelta | Bracket):
        order = 0
    elif base.is_Symbol:
        order = 1
    return order, str(factor)


def _beside(factors: Sequence[str]) -> str:
    """Factors side by side, with a sign before a number, which cannot follow."""
    text = factors[0]
    for factor in factors[1:]:
        text += f" * {factor}" if factor[0].isdigit() else f" {factor}"
    return text
