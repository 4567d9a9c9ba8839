"""Tokens into lines: declarations, equations, claims; by recursive descent, to a bounded depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from symback.errors import InputError, quote
from symback.model.language.syntax import (
    Binary,
    Bracket,
    Call,
    Claims,
    Declaration,
    Declared,
    Derivative,
    Entry,
    EquationLine,
    For,
    Limited,
    Line,
    Name,
    Names,
    Negative,
    Node,
    Number,
    Sizes,
    Whole,
)
from symback.model.language.tokens import Place, Source, Token, tokens_of

__all__ = ["KINDS", "MAX_DEPTH", "parse", "parse_line"]

KINDS = ("input", "target", "param", "const", "integer", "size", "function")
"""The first words of declarations."""

MAX_DEPTH = 50
_RESERVED = ("for", "in", "outside", "claims")
_RELATIONS = ("<=", ">=", "==", "!=", "<", ">")
_MAX_SIZE = 10**9
T = TypeVar("T")


def parse(source: Source) -> list[Line]:
    """The lines of a text.

    Raises:
        InputError: with line, column and what would be right, for what is no line of the language.
    """
    return [_Parser(source, tokens).line() for tokens in tokens_of(source)]


def parse_line(source: Source) -> Line:
    """The one line of a text.

    Raises:
        InputError: as `parse`, and for more or less than one line.
    """
    lines = parse(source)
    if len(lines) != 1:
        raise InputError("one equation is expected", where=source.name or None)
    return lines[0]


class _Parser:
    """One line."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    # -- small steps ------------------------------------------------------------------------------

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    @property
    def next(self) -> Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.here
        self.at += token.kind != "end"
        return token

    def sees(self, *texts: str) -> bool:
        return self.here.kind in ("sign", "name") and self.here.text in texts

    def accept(self, text: str) -> bool:
        if self.sees(text):
            self.at += 1
            return True
        return False

    def expect(self, text: str, why: str) -> Token:
        if not self.sees(text):
            raise self.error(f"{quote(text)} is expected {why}")
        return self.take()

    def name(self, what: str) -> Token:
        if self.here.kind != "name" or self.here.text in _RESERVED:
            raise self.error(f"{what} is expected")
        return self.take()

    def error(
        self, problem: str, hint: str | None = None, place: Place | None = None
    ) -> InputError:
        found = "the end of the line" if self.here.kind == "end" else quote(self.here.text)
        if problem.endswith("expected") or "expected " in problem:
            problem = f"{problem}, not {found}"
        return self.source.error(problem, place or self.here.place, hint)

    def listed(self, item: Callable[[], T]) -> tuple[T, ...]:
        found = [item()]
        while self.accept(","):
            found.append(item())
        return tuple(found)

    def end(self) -> None:
        if self.here.kind == "end":
            return
        if self.sees("="):
            raise self.error(
                "a second = in one line", "one equation stands in each line; equality is =="
            )
        if self.sees(")", "]"):
            raise self.error(f"{quote(self.here.text)} closes nothing")
        if self.here.kind == "number":
            raise self.error("a number cannot follow here", "write * before it")
        raise self.error("the line should end here, expected nothing more")

    # -- lines ------------------------------------------------------------------------------------

    def line(self) -> Line:
        first = self.here
        if first.text == "claims" and self.next.kind == "end":
            return Claims(first.place)
        if first.kind == "name" and self.next.kind == "name" and self.next.text not in _RESERVED:
            if first.text in KINDS:
                return self.declaration()
            if first.text == "gradients":
                self.take()
                line = Names(first.place, self.listed(self._plain_name))
                self.end()
                return line
            if first.text == "sizes":
                self.take()
                numbers = Sizes(first.place, self.listed(self._size_number))
                self.end()
                return numbers
        return self.equation()

    def _plain_name(self) -> Name:
        token = self.name("the name of a quantity")
        return Name(token.place, token.text)

    def _size_number(self) -> tuple[Name, int]:
        name = self._plain_name()
        self.expect("=", "between a size and its number")
        number = self.here
        if number.kind != "number" or not number.text.isdigit() or int(number.text[:10]) < 1:
            raise self.error("a whole number from 1 is expected")
        self.take()
        return name, min(int(number.text[:10]), _MAX_SIZE)

    def declaration(self) -> Declaration:
        kind = self.take()
        items = self.listed(lambda: self._declared(kind.text))
        ranges = self._ranges()
        self.end()
        return Declaration(kind.place, kind.text, items, ranges)

    def _declared(self, kind: str) -> Declared:
        name = self.name(f"the name of what {kind} declares")
        letters: tuple[Name, ...] = ()
        if self.sees("[") and self.here.touches:
            self.take()
            letters = self.listed(self._letter)
            self.expect("]", "after the letters of the indices")
        counts = None
        if self.accept("in"):
            counts = self.expression()
        positive = False
        if self.accept(">"):
            if self.here.text != "0":
                raise self.error("0 is expected after >", "a constant is positive or says nothing")
            self.take()
            positive = True
        value = ""
        if self.accept("="):
            sign = "-" if self.accept("-") else ""
            if self.here.kind != "number":
                raise self.error("the number of a constant is expected")
            value = sign + self.take().text
        return Declared(name.place, name.text, letters, counts, positive, value)

    def _letter(self) -> Name:
        if self.here.kind == "number" or self.sees("-", "+"):
            raise self.error(
                "a letter is expected for each index of a declaration",
                "its range is said by for, as in x[n] for n = 1..N",
            )
        token = self.name("the letter of an index")
        if not self.sees(",", "]"):
            raise self.error(
                "a letter by itself is expected for each index of a declaration",
                "its range is said by for, as in v[i] for i = 1..N-M+1",
            )
        return Name(token.place, token.text)

    def _ranges(self) -> tuple[For, ...]:
        if not self.accept("for"):
            return ()
        return self.listed(self._for)

    def _for(self) -> For:
        letter = self.name("the letter that runs")
        if not self.accept("="):
            self.expect("in", "or = after the letter, as in for i = 1..N,")
        first = self.expression()
        self.expect("..", "between the first and the last value")
        return For(letter.place, letter.text, first, self.expression())

    def equation(self) -> EquationLine:
        start = self.here
        if start.kind != "name":
            raise self.error("a line begins with a name; one is expected")
        left = self.primary()
        if not isinstance(left, Name | Entry | Derivative):
            raise self.error(
                "what stands on the left of = is a name with its indices",
                "write name[index, …] = expression",
                start.place,
            )
        if not self.sees("="):
            raise self._no_equation(start)
        self.take()
        right = self.expression()
        outside = self.accept("outside")
        ranges = self._ranges()
        self.end()
        return EquationLine(start.place, left, right, ranges, outside)

    def _no_equation(self, start: Token) -> InputError:
        from symback.suggest import did_you_mean

        words = (*KINDS, "gradients", "sizes", "claims")
        if self.here.kind == "name":
            guess = did_you_mean(start.text, words)
            if guess:
                return self.error(
                    f"{quote(start.text)} begins no declaration{guess}", None, start.place
                )
        return self.error("= is expected", "each line is a declaration or name[index, …] = …")

    # -- expressions ------------------------------------------------------------------------------

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(
                f"brackets are nested more than {MAX_DEPTH} deep",
                "name a part in a line of its own",
            )
        left = self.product()
        while self.sees("+", "-"):
            operator = self.take()
            left = Binary(operator.place, operator.text, left, self.product())
        self.depth -= 1
        return left

    def product(self) -> Node:
        left = self.signed()
        while True:
            if self.sees("*", "/"):
                operator = self.take()
                left = Binary(operator.place, operator.text, left, self.signed())
            elif self._begins_factor():
                place = self.here.place
                left = Binary(place, "*", left, self.power())
            else:
                return left

    def _begins_factor(self) -> bool:
        token = self.here
        return (token.kind == "name" and token.text not in _RESERVED) or (
            token.kind == "sign" and token.text in ("(", "[")
        )

    def signed(self) -> Node:
        signs: list[Token] = []
        while self.sees("+", "-"):
            signs.append(self.take())
        if len(signs) > 2:
            raise self.error("too many signs", "write one", signs[2].place)
        node = self.power()
        for sign in reversed(signs):
            node = Negative(sign.place, node) if sign.text == "-" else node
        return node

    def power(self) -> Node:
        base = self.primary()
        if not self.sees("^", "**"):
            return base
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"powers are nested more than {MAX_DEPTH} deep")
        operator = self.take()
        node = Binary(operator.place, "^", base, self.signed())
        self.depth -= 1
        return node

    def primary(self) -> Node:
        token = self.here
        if token.kind == "number":
            self.take()
            return Number(token.place, token.text)
        if token.kind == "name" and token.text not in _RESERVED:
            return self._named()
        if self.accept("("):
            inner = self.expression()
            self.expect(")", f"for the ( in column {token.place.column}")
            return inner
        if self.accept("["):
            return self._bracket(token)
        raise self.error("a name, a number or a bracket is expected")

    def _named(self) -> Node:
        token = self.take()
        if self._is_derivative(token):
            self.take()
            by = self._named()
            if isinstance(by, Name | Entry):
                bare = type(by)
                inner = by.name[1:]
                entry = (
                    Name(by.place, inner)
                    if bare is Name
                    else Entry(by.place, inner, by.indices if isinstance(by, Entry) else ())
                )
                return Derivative(token.place, token.text[1:], entry)
            raise self.error("a derivative is by an entry", "write dL/dW[j,k]", token.place)
        if self.here.touches and self.sees("["):
            self.take()
            indices = self.listed(self._index)
            self.expect("]", f"for the [ after {token.text}")
            return Entry(token.place, token.text, indices)
        if self.here.touches and self.sees("("):
            self.take()
            arguments = self.listed(self._argument)
            self.expect(")", f"for the ( after {token.text}")
            return Call(token.place, token.text, arguments)
        return Name(token.place, token.text)

    def _is_derivative(self, token: Token) -> bool:
        """Whether ``dL/dh`` stands here: three tokens that touch, two of them d and a name."""
        after = self.next
        return (
            self.sees("/")
            and self.here.touches
            and after.kind == "name"
            and after.touches
            and all(len(part.text) > 1 and part.text[0] == "d" for part in (token, after))
        )

    def _index(self) -> Node:
        if self.sees(":"):
            return Whole(self.take().place)
        return self.expression()

    def _argument(self) -> Node:
        token = self.here
        if token.kind == "name" and self.next.kind == "name" and self.next.text == "in":
            self.take()
            self.take()
            first = self.expression()
            self.expect("..", "between the first and the last value")
            return Limited(token.place, token.text, first, self.expression())
        if token.kind == "name" and self.next.kind == "sign" and self.next.text == "=":
            raise self.error(
                "= cannot stand in an argument", f"write {token.text} in 1..N", self.next.place
            )
        return self.expression()

    def _bracket(self, opening: Token) -> Node:
        sides = [self.expression()]
        relations = []
        while self.sees(*_RELATIONS):
            relations.append(self.take().text)
            sides.append(self.expression())
        if self.sees("="):
            raise self.error("= cannot stand in a condition", "equality is ==")
        if not relations:
            raise self.error(
                "a bracket by itself is a condition, as in [i <= j]",
                "indices follow their name without a space; group with ( )",
                opening.place,
            )
        self.expect("]", f"for the [ in column {opening.place.column}")
        return Bracket(opening.place, tuple(sides), tuple(relations))
