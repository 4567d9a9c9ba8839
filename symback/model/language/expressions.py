"""The meaning of each expression of a line: names, letters in scope, limits, what is read."""

from __future__ import annotations

import re

from symback.algebra.formula_syntax import MAX_DIGITS, MAX_EXPONENT
from symback.errors import InputError, quote
from symback.model.language.affine import Affine, Letter, Span
from symback.model.language.checked import (
    Added,
    Applied,
    Bound,
    Condition,
    Expression,
    Index,
    Limit,
    Multiplied,
    OfWhole,
    PartialOf,
    Pi,
    Power,
    Rational,
    Read,
    Softmax,
    Stopped,
)
from symback.model.language.names import is_capital, is_letter
from symback.model.language.scope import BINDERS, FUNCTIONS, Scope, spine
from symback.model.language.syntax import (
    Binary,
    Bracket,
    Call,
    Derivative,
    Entry,
    Limited,
    Name,
    Negative,
    Node,
    Number,
    Whole,
    nodes_in,
)
from symback.model.language.tokens import Place
from symback.suggest import did_you_mean

__all__ = ["Meaning"]

_RELATIONS = {">": ("<", True), ">=": ("<=", True)}


class Meaning(Scope):
    """Reads the right side of one line."""

    # -- values -----------------------------------------------------------------------------------

    def value(self, node: Node) -> Expression:
        """What an expression means, as a number.

        Raises:
            InputError: with the place of what means nothing, and what would be right.
        """
        match node:
            case Number(place, text):
                return self._number(text, place)
            case Name():
                return self._scalar(node)
            case Entry(place, name):
                if _has_whole(node):
                    raise self.source.error(
                        f"a whole array of {name} stands where a number is expected",
                        place,
                        "say the index, or give it to a function of whole arrays: "
                        "loss(y[:], yhat[:])",
                    )
                return self._entry(node)
            case Call():
                return self._call(node)
            case Derivative():
                return self._derivative(node)
            case Bracket():
                return self._bracket(node)
            case Negative(_, operand):
                return Added(((True, self.value(operand)),))
            case Binary(operator="^"):
                return self._power(node)
            case Binary(operator="+" | "-"):
                parts = spine(node, "+-")
                return Added(tuple((sign == "-", self.value(part)) for sign, part in parts))
            case Binary():
                parts = spine(node, "*/")
                self._refuse_zero(parts)
                return Multiplied(tuple((sign == "/", self.value(part)) for sign, part in parts))
            case Limited(place, letter):
                raise self.source.error(
                    f"{letter} in … stands in a binder only", place, "as in sum(m in 1..n, …)"
                )
            case Whole(place):
                raise self.source.error(": stands in place of an index only", place)

    def _number(self, text: str, place: Place) -> Expression:
        """A number that is not too long."""
        exponent = re.split("[eE]", text)[1:]
        if len(text) > MAX_DIGITS or (exponent and abs(int(exponent[0])) > 300):
            raise self.source.error(
                f"the number {quote(text)} is too long", place, f"at most {MAX_DIGITS} digits"
            )
        return Rational(text)

    def _refuse_zero(self, parts: list[tuple[str, Node]]) -> None:
        for sign, part in parts:
            if sign == "/" and isinstance(part, Number) and not float(part.text):
                raise self.source.error("division by zero", part.place)

    def _scalar(self, node: Name) -> Expression:
        name, place = node.name, node.place
        known = self.names.get(name)
        is_scalar = known is not None and known.kind not in ("function", "size") and not known.spans
        if name in self.letters:
            if is_scalar:
                raise self.source.error(
                    f"{name} is a letter in this line and the name of a quantity",
                    place,
                    "rename one of them",
                )
            return Index(Affine.atom(Letter(name)))
        if is_scalar and known is not None:
            return self._read(known, (), place)
        adjoint = self.names.adjoint(name)
        if adjoint is not None:
            return self._adjoint(adjoint, (), place)
        if self.names.is_size(name):
            return Index(Affine.size(name))
        if name == "pi":
            return Pi()
        raise self._unknown(name, place, known)

    def _derivative(self, node: Derivative) -> Expression:
        """``dL/dh[t,k]``, or the partial of a generic function of whole arrays."""
        by = node.by.name
        if node.of in self.names.vectors and node.of != self.names.loss:
            known = self.names.quantity(by, node.by.place)
            nodes = node.by.indices if isinstance(node.by, Entry) else ()
            self._check_arity(by, len(known.spans), len(nodes), known, node.by.place)
            return PartialOf(node.of, by, tuple(self.index(index) for index in nodes))
        if node.of != self.names.loss:
            raise self.source.error(
                f"d{node.of}/d{by} without spaces is a derivative, and {node.of} is not the loss",
                node.place,
                f"write dL/d{by}, or d{node.of} / d{by} for a quotient".replace(
                    "dL", f"d{self.names.loss}"
                ),
            )
        if not self.names.in_claims:
            raise self.source.error(
                "an adjoint stands in claims only", node.place, "begin them with a line claims"
            )
        known = self.names.quantity(by, node.by.place)
        nodes = node.by.indices if isinstance(node.by, Entry) else ()
        return self._adjoint(known, nodes, node.by.place)

    def _power(self, node: Binary) -> Expression:
        base = self.value(node.left)
        number = _constant(node.right)
        if number is not None:
            if abs(number[0] / number[1]) > MAX_EXPONENT or number[1] > MAX_EXPONENT:
                raise self.source.error(
                    f"an exponent is at most {MAX_EXPONENT}",
                    node.place,
                    "write exp(…) for a power of e",
                )
            if number[0] < 0 and isinstance(node.left, Number) and not float(node.left.text):
                raise self.source.error("division by zero", node.left.place)
            top: Expression = Rational(str(number[0]))
            if number[1] != 1:
                top = Multiplied(((False, top), (True, Rational(str(number[1])))))
            return Power(base, top)
        try:
            return Power(base, Index(self.index(node.right)))
        except InputError:
            raise self.source.error(
                "an exponent is a number or an index expression",
                node.place,
                "write exp(…) for a power of e",
            ) from None

    def _bracket(self, node: Bracket) -> Expression:
        sides = [self._side(side) for side in node.sides]
        conditions = []
        for place, relation in enumerate(node.relations):
            left, right = sides[place], sides[place + 1]
            turned, exchange = _RELATIONS.get(relation, (relation, False))
            if exchange:
                left, right = right, left
            conditions.append(Condition(left, turned, right))
        if len(conditions) == 1:
            return conditions[0]
        return Multiplied(tuple((False, condition) for condition in conditions))

    def _side(self, node: Node) -> Expression:
        """One side of a condition: an index expression where it is one."""
        if self._is_index(node):
            return Index(self.index(node, limits=True))
        return self.value(node)

    def _is_index(self, node: Node) -> bool:
        """Whether nothing in an expression is a value."""
        for part in nodes_in(node):
            match part:
                case Name(_, name):
                    known = self.names.get(name)
                    chosen = known is not None and known.kind in ("integer", "chosen", "size")
                    if not (name in self.letters or chosen or self.names.is_size(name)):
                        return False
                case Entry(_, name):
                    known = self.names.get(name)
                    if known is None or known.kind not in ("integer", "chosen"):
                        return False
                case Number(_, text):
                    if not text.isdigit():
                        return False
                case Call(_, name):
                    if name not in ("min", "max", "ceil", "floor"):
                        return False
                case Binary(operator="+" | "-" | "*") | Negative():
                    pass
                case Binary(operator="/"):
                    pass
                case _:
                    return False
        return True

    # -- functions --------------------------------------------------------------------------------

    def _call(self, node: Call) -> Expression:
        name = node.name
        if name in BINDERS and not self._is_two_numbers(node):
            return self._binder(node)
        if name in ("ceil", "floor"):
            return Index(self.index(node, limits=True))
        if name == "stop":
            self._check_count(node, 1)
            return Stopped(self.value(node.arguments[0]))
        if any(isinstance(part, Entry) and _has_whole(part) for part in node.arguments):
            return self._of_whole(node)
        base = name.rstrip("'")
        order = len(name) - len(base)
        if base in FUNCTIONS:
            if order > 1 or (order and FUNCTIONS[base] != 1):
                raise self.source.error(f"{base} has no derivative written so", node.place)
            self._check_count(node, FUNCTIONS[base])
        elif base in self.names.functions or self.names.may_be_generic(base):
            self._check_count(node, 1)
            self.names.applied.setdefault(base, node.place)
        else:
            raise self._no_function(node, base)
        return Applied(base, order, tuple(self.value(part) for part in node.arguments))

    def _no_function(self, node: Call, base: str) -> InputError:
        known = self.names.get(base)
        if known is not None:
            return self.source.error(
                f"{base} is a quantity and no function",
                node.place,
                f"write {base} * (…) for a product"
                if not known.spans
                else f"indices stand in [ ]: {base}[{','.join(known.letters)}]",
            )
        guess = did_you_mean(base, (*FUNCTIONS, *BINDERS, *self.names.functions, "stop"))
        hint = None if guess else f"declare it: function {base}"
        return self.source.error(f"unknown function {quote(base)}{guess}", node.place, hint)

    def _of_whole(self, node: Call) -> Expression:
        """A generic function of whole arrays: a loss."""
        arguments = []
        for part in node.arguments:
            read = self._entry(part) if isinstance(part, Entry) else None
            if isinstance(part, Name):
                read = self.value(part)
            if not isinstance(read, Read):
                raise self.source.error(
                    "a function of whole arrays takes arrays and scalars only",
                    node.place,
                    "as in loss(y[:], yhat[:])",
                )
            arguments.append(read)
        if node.name in FUNCTIONS or node.name in BINDERS:
            raise self.source.error(
                f"{node.name} takes numbers, not whole arrays",
                node.place,
                "say the index, as in tanh(z[k]) or sum(k, z[k])",
            )
        self.names.vectors.setdefault(node.name, node.place)
        return OfWhole(node.name, tuple(arguments))

    def _is_two_numbers(self, node: Call) -> bool:
        """Whether ``max(a, b)`` or ``min(a, b)`` is of two numbers, and not over a letter."""
        if node.name not in ("max", "min") or len(node.arguments) != 2:
            return False
        first = node.arguments[0]
        if not isinstance(first, Name):
            return not isinstance(first, Limited)
        known = self.names.get(first.name)
        return first.name in self.letters or not is_letter(first.name) or known is not None

    # -- binders ----------------------------------------------------------------------------------

    def _binder(self, node: Call) -> Expression:
        *letters, body = node.arguments
        if not letters or isinstance(body, Limited):
            raise self.source.error(
                f"{node.name} needs its letter first",
                node.place,
                f"write {node.name}(j, …)",
            )
        if node.name == "softmax":
            return self._softmax(node, letters, body)
        if node.name.startswith("arg") and len(letters) > 1:
            raise self.source.error(f"{node.name} is over one letter", node.place)
        limits = []
        for place, letter in enumerate(letters):
            limits.append(self._bind(node, letter, (*letters[place + 1 :], body)))
        inner = self.value(body)
        for limit in limits:
            del self.letters[limit.letter]
        return Bound(node.name, tuple(limits), inner)

    def _bind(self, node: Call, letter: Node, inside: tuple[Node, ...]) -> Limit:
        """Bring a letter into scope, with its limits."""
        if not isinstance(letter, Name | Limited):
            raise self.source.error(
                f"{node.name} takes letters first", letter.place, f"write {node.name}(j, …)"
            )
        name = letter.letter if isinstance(letter, Limited) else letter.name
        if not is_letter(name):
            hint = "index letters are small, with or without digits after them, as in j or j2"
            if is_capital(name):
                hint = f"{name} is a size; write {node.name}({name.lower()}, …)"
            raise self.source.error(f"{name} is no index letter", letter.place, hint)
        if name in self.letters:
            raise self.source.error(
                f"the letter {name} is bound twice",
                letter.place,
                "it stands on the left or in a binder around this: use another letter here",
            )
        span = (
            self._limits(letter)
            if isinstance(letter, Limited)
            else self.names.span_by_slots(name, inside, letter.place)
            or self.names.capital_span(name, letter.place)
        )
        self.letters[name] = span
        self.names.note_letter(name, span)
        return Limit(name, span)

    def _limits(self, node: Limited) -> Span:
        for part in (*nodes_in(node.first), *nodes_in(node.last)):
            # A letter that runs to its capital owns it here as it does without limits.
            if isinstance(part, Name) and part.name == node.letter.upper():
                if part.name not in self.names.scalars:
                    self.names.owned.setdefault(part.name)
        first, last = self.index(node.first, limits=True), self.index(node.last, limits=True)
        return Span(first, last)

    def _softmax(self, node: Call, letters: list[Node], body: Node) -> Expression:
        """The softmax over a letter at that letter, which stands on the left or is bound around."""
        letter = letters[0]
        if len(letters) > 1 or not isinstance(letter, Name | Limited):
            raise self.source.error("softmax is over one letter", node.place, "write softmax(k, …)")
        name = letter.letter if isinstance(letter, Limited) else letter.name
        around = self.letters.get(name)
        if around is None:
            raise self.source.error(
                f"the letter {name} of this softmax is nowhere free",
                letter.place,
                f"softmax({name}, …) is an entry at {name}: put {name} on the left, or bind it "
                f"around, as in sum({name}, …)",
            )
        if isinstance(letter, Limited):
            del self.letters[name]  # limits do not mention the letter itself
            span = self._limits(letter)
        else:
            span = self.names.span_by_slots(name, (body,), letter.place) or around
        self.letters[name] = span
        inner = self.value(body)
        self.letters[name] = around
        own = Affine.atom(Letter(name))
        limit = Limit(
            name,
            span,
            above=not self._holds(span.last - own),
            below=not self._holds(own - span.first),
        )
        return Softmax(limit, inner)

    def _holds(self, difference: Affine) -> bool:
        """Whether an index expression is never negative."""
        bounds = difference.bound("min", self.span_of) or []
        return any(bound.is_nonnegative for bound in bounds)


def _has_whole(node: Entry) -> bool:
    return any(isinstance(index, Whole) for index in node.indices)


def _constant(node: Node) -> tuple[int, int] | None:
    """Numerator and denominator of a constant exponent."""
    match node:
        case Number(_, text):
            from fractions import Fraction

            if len(text) > MAX_DIGITS or "e" in text.lower():
                return None
            value = Fraction(text)
            return value.numerator, value.denominator
        case Negative(_, operand):
            inner = _constant(operand)
            return None if inner is None else (-inner[0], inner[1])
        case Binary(operator="/", left=left, right=right):
            top, bottom = _constant(left), _constant(right)
            if top is None or bottom is None or not bottom[0]:
                return None
            sign = 1 if bottom[0] > 0 else -1
            return sign * top[0] * bottom[1], abs(bottom[0]) * top[1]
    return None
