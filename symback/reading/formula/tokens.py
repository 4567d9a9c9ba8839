r"""A formula cut into a flat list of tokens, each with its place in the excerpt.

Everything that does not bear on meaning is dropped here (spacing, sizes, styles, colours, labels,
comments) and every spelling of the same thing becomes one token, so that the parser has few
cases. The user's macros are expanded here too: what their bodies say gets the place of the call.
`pylatexenc` was measured for this job and not taken: it needs its whole table of commands
replaced, breaks `''`, and its nodes would have to be flattened into this list again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from symback.reading.formula import commands as words
from symback.reading.formula import foreign_letters as foreign
from symback.reading.formula.customary_commands import customary, customary_macro
from symback.reading.formula.expansion import Argument, Expansion
from symback.reading.formula.macros import Macro, Macros, definition_at, group_end
from symback.reading.formula.opening_words import opener
from symback.reading.formula.syntax import Span
from symback.reading.formula.unread import Reason, Unreadable

LENGTH_LIMIT = 20_000
DEPTH_LIMIT = 50
DIGITS_LIMIT = 40
POWER_LIMIT = 400  # written out, a number with a larger power of ten would fill the memory
EXPANSION_DEPTH = 20

_SPACE = re.compile(r"(?:\s|~|[\u00ad\u200b-\u200d\u2060\ufeff]|%[^\n]*(?:\n|$))+")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
# Digits in groups of three, as `78\,400` or `78{,}400`: two numbers side by side are no product.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?:\\,|\{,\})[0-9]{3})+(?![0-9])(?:\.[0-9]+)?")
# `5{,}5`; three digits behind it may be thousands.
_DECIMAL_COMMA = re.compile(r"([0-9]{1,20})\{,\}([0-9]{1,2}|[0-9]{4,15})(?![0-9])")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# The point of `1. - a`, as programs write a number that is no integer; a sentence ends otherwise.
_BARE_POINT = re.compile(r"\.(?=\s*(?:[-+*/)]|\\(?:odot|cdot|times|circ|right)\b))")
_SECOND_POINT = re.compile(r"(?<=[0-9])\.[0-9]")
_ENVIRONMENT = re.compile(r"\s*\{\s*([A-Za-z]+)\*?\s*\}")
_BREAK_LENGTH = re.compile(
    r"\*?(?:\s*\[\s*(?:-?[0-9.]+\s*[a-z]{2}|-?[0-9.]*\s*\\(?:dimexpr|baselineskip)[^\[\]]{0,80})\s*\])?"
)
_OPTION = re.compile(r"\s*\[[^\[\]]{0,200}\]")
_THIN_SPACES = re.compile(r"(?:\s*\\[,;:>])+")
_LENGTH = re.compile(r"\*?\s*\{?\s*(-?(?:\d+\.?\d*|\.\d+))\s*\\?([a-z]{2,9})\s*\}?")
_BOLD_LETTER = re.compile(r"\s*\{\s*([A-Za-z])\s*\}")
_PERCENT = re.compile(r"\s*\\%|%")
_LONG_SIGNS = re.compile(
    r":=|=:|[-+]=|\.\*(?!\*)|->|=>|<=|>=|!=|==|\.\.\.|[·⋅]{3}|\.\.(?!\.)(?=\s*[0-9A-Za-z\\{,&])"
)
_OF_LETTERS = re.compile(r"([A-Za-z]{3,})(\([A-Za-z](?:,\s*[A-Za-z])*\))")
_WORD_BELOW = re.compile(r"[A-Za-z]{3,}")
_STYLED = re.compile(r"\\[A-Za-z]+\s*\{([^{}]*)\}")
_SIZED = re.compile(r"\s*\\(?:left|big|Big)")
_PRIMED = frozenset(["sup", "letter", "name", "}"])
_LONE_LETTER = re.compile(r"[A-Za-z](?![A-Za-z])")
_BREAKS = re.compile(r"\\\\([{}_]?)")
_INLINE = re.compile(r"\$([^$]+)\$")

_HALF_BREAK = re.compile(r"\\(?=\s)")
_HALF_BREAK_OF_LINES = re.compile(r"\\(?=\s*\n|\s*&)")
_TABLES = {
    **dict.fromkeys("matrix pmatrix bmatrix Bmatrix vmatrix cases dcases".split(), _HALF_BREAK),
    **dict.fromkeys("aligned align gathered split".split(), _HALF_BREAK_OF_LINES),
}
_COLUMNS = frozenset(["array", "tabular", "subarray", "alignedat", "alignat"])


_BARS = frozenset(["|", "||", "mid"])
_SIGNS = frozenset(["sign", "relation", "product", "operator", "punctuation", "connective"])


class Token(NamedTuple):
    """One token; `spaced` says whether white space stands before it.

    `inside` are the calls of macros in whose arguments it stands, the outermost first, each with
    the number of the argument.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    inside: tuple[tuple[Span, int], ...] = ()

    @property
    def span(self) -> Span:
        """Where the token stands in the excerpt."""
        return Span(self.start, self.end)

    def to(self, last: Token) -> Span:
        """The stretch from this token to another: of calls that it leaves or enters, the whole."""
        shared = 0
        for one, other in zip(self.inside, last.inside, strict=False):
            if one != other:
                break
            shared += 1
        start = self.inside[shared][0].start if len(self.inside) > shared else self.start
        end = last.inside[shared][0].end if len(last.inside) > shared else last.end
        return Span(start, end)


def tokenize(text: str, macros: Macros | None = None) -> list[Token]:
    """Return the tokens of a formula, ending with one of kind `end-of-formula`.

    A command or character outside the vocabulary becomes a token of kind `unknown`, so that it
    costs its own row and not the whole display. Raises `Unreadable` for what is too long or too
    deep and for braces that do not match. The time is linear in the length.
    """
    if len(text) > LENGTH_LIMIT:
        raise Unreadable(Reason.TOO_LONG, text[:20], Span(0, len(text)))
    lexer = _Lexer(macros or Macros())
    lexer.run(text, None, 0)
    _check_nesting(lexer.tokens)
    lexer.tokens = list(_without_spacing(_without_signs_of_layout(lexer.tokens)))
    if [token.kind for token in lexer.tokens[-3:]] == ["end", "{", "}"]:
        del lexer.tokens[-2:]  # `\\end{aligned} {}`, as converters write it
    lexer.tokens.append(Token("end-of-formula", "", len(text), len(text)))
    return lexer.tokens


def _without_spacing(tokens: list[Token]) -> Iterator[Token]:
    r"""The tokens without braces around a sign alone, and without an arrow over a gradient's sign.

    `i{+}1` is `i+1` with less space, `\vec{\nabla}` and `{\nabla}` are `\nabla`, and
    `\mathrel{+}=` is the sign of programs.
    """
    at = 0
    while at < len(tokens):
        kinds = [token.kind for token in tokens[at : at + 4]]
        token, after = tokens[at], tokens[at + 1 : at + 3]
        scripted = at and tokens[at - 1].kind in ("sub", "sup", "command")
        sign = kinds[0] == "{" and kinds[2:3] == ["}"] and kinds[1] in _SIGNS
        sign = sign or (kinds[0] == "{" and kinds[2:3] == ["}"] and after[0].text in _BARS)
        if sign and not scripted:
            at += 3
            if after[0].text == ":" and [t.text for t in tokens[at : at + 3]] == ["{", "=", "}"]:
                yield after[0]._replace(kind="relation", text=":=")
                at += 3
                continue
            if after[0].kind == "sign" and [t.text for t in tokens[at : at + 1]] == ["="]:
                yield after[0]._replace(kind="relation", text=f"{after[0].text}=")
                at += 1
            else:
                yield after[0]
        elif kinds[0] == "{" and kinds[2:3] == ["}"] and after[0].text == "nabla" and not scripted:
            yield after[0]._replace(start=token.start, end=after[1].end)
            at += 3
        elif token[:2] == ("command", "vec") and [t.text for t in after] == ["{", "nabla"]:
            yield after[1]
            at += 4
        elif token[:2] == ("command", "vec") and after and after[0].text == "nabla":
            at += 1
        else:
            yield token
            at += 1


def _without_signs_of_layout(tokens: list[Token]) -> list[Token]:
    r"""The tokens without what only sets off: the square that ends a proof, an empty delimiter.

    `= 0.\ \square` ends in 0, and `\left. f' \right|_{x = 0}` is `f'|_{x = 0}`.
    """
    kept: list[Token] = []
    for number, token in enumerate(tokens):
        after = tokens[number + 1].kind if number + 1 < len(tokens) else "row"
        if (token.kind, token.text) == ("null", "open") and _opens_value(tokens, number):
            continue
        if token.kind == "unknown" and token.text.lstrip("\\") in words.ENDS_OF_PROOFS:
            if kept and kept[-1].kind != "{" and after in ("row", "end", "}"):
                continue
            token = token._replace(kind="dots")  # the place of what is not said
        kept.append(token)
    return kept


def _opens_value(tokens: list[Token], start: int) -> bool:
    """Say whether an empty delimiter is closed by the bar of a value at a point."""
    depth = bars = 0
    for token in tokens[start + 1 :]:
        depth += (token.kind in ("{", "begin")) - (token.kind in ("}", "end"))
        bars += token.kind == "bracket" and token.text in ("|<", "||<")
        if depth < 0 or token.kind == "null":
            return False
        if token.kind == "bracket" and token.text in ("|>", "||>"):
            if not bars:
                return not depth
            bars -= 1
    return False


def _check_nesting(tokens: list[Token]) -> None:
    """Refuse groups and environments that do not match or are nested too deeply."""
    opened: list[Token] = []
    for token in tokens:
        if token.kind in ("{", "begin"):
            opened.append(token)
            if len(opened) > DEPTH_LIMIT:
                raise Unreadable(Reason.TOO_DEEP, token.text, token.span)
        elif token.kind in ("}", "end"):
            if not opened or (opened[-1].kind == "{") != (token.kind == "}"):
                raise Unreadable(Reason.UNBALANCED, token.text, token.span)
            begun = opened.pop()
            if token.kind == "end" and begun.text != token.text:
                raise Unreadable(Reason.UNBALANCED, token.text, token.span)
    if opened:
        raise Unreadable(Reason.UNBALANCED, opened[-1].text, opened[-1].span)


def _eaten_breaks(half: re.Pattern[str], text: str, start: int, end: int) -> set[int]:
    r"""Where a table has `\ ` for the `\\` of which Markdown, or its author, took one half."""
    if "\\\\" in text[start:end] or r"\cr" in text[start:end]:
        return set()
    return {found.start() for found in half.finditer(text, start, end)}


def _escapes_twice(text: str) -> bool:
    r"""Say whether `\\\\` stands before braces and underscores alone, as Markdown has it."""
    found = _BREAKS.findall(text)
    return all(found) and found.count("{") == found.count("}")


def is_too_long(number: str) -> bool:
    """Say whether a number has too many digits, or would have if its power of ten were written."""
    power = number.lower().partition("e")[2].lstrip("+-")
    return len(number) > DIGITS_LIMIT or int(power or 0) > POWER_LIMIT


class _Lexer:
    def __init__(self, macros: Macros) -> None:
        self.macros = macros
        self.tokens: list[Token] = []
        self.expanded = 0
        self.spaced = False
        self.breaks: set[int] = set()

    def add(self, kind: str, text: str, span: Span) -> None:
        self.tokens.append(Token(kind, text, span.start, span.end, self.spaced))
        self.spaced = False

    def run(self, text: str, place: Span | None, depth: int, start: int = 0) -> None:
        """Add the tokens of `text`, all of them at `place` if one is given."""
        offset = start
        while offset < len(text):
            character = text[offset]
            if space := _SPACE.match(text, offset):
                self.spaced = True
                offset = space.end()
            elif character == "\\":
                offset = self._command(text, offset, place, depth)
            elif comma := _DECIMAL_COMMA.match(text, offset):
                self.add("number", f"{comma[1]}.{comma[2]}", place or Span(*comma.span()))
                offset = comma.end()
            elif number := _GROUPED.match(text, offset) or _NUMBER.match(text, offset):
                span = place or Span(offset, number.end())
                if is_too_long(number[0]):
                    raise Unreadable(Reason.NUMBER_TOO_LONG, number[0], span)
                digits, offset = re.sub(r"\\,|\{,\}", "", number[0]), number.end()
                if _SECOND_POINT.match(text, offset):
                    raise Unreadable(Reason.UNEXPECTED, ".", span)  # `0.1.277` is no product
                if "." not in digits and (point := _BARE_POINT.match(text, offset)):
                    offset = point.end()
                if percent := _PERCENT.match(text, offset):
                    digits, offset = f"{Decimal(digits).scaleb(-2):f}", percent.end()
                    span = place or Span(span.start, offset)
                self.add("number", digits, span)
            else:
                offset = self._character(text, offset, place)

    def _character(self, text: str, offset: int, place: Span | None) -> int:
        character = text[offset]
        span = place or Span(offset, offset + 1)
        if character.isascii() and character.isalpha():
            combining = words.COMBINING.get(text[offset + 1 : offset + 2])
            if combining:
                self._accented(combining, character, span)
                return offset + 2
            self.add("letter", character, span)
        elif character in "{}":
            self.add(character, character, span)
        elif character == "?" and self.tokens and self.tokens[-1].kind == "relation":
            self.add("text", "?", span)  # a side left blank
        elif character == "$" and not text.count("$") % 2:
            self.spaced = True  # of a box in the formula
        elif character == "!" and _SIZED.match(text, offset + 1):
            self.spaced = False  # a `\\!` whose stroke Markdown took
        elif character == '"' and self.tokens and self.tokens[-1].kind in _PRIMED:
            if self.tokens[-1].kind == "sup":
                self.tokens.pop()
            self.add("prime", "'", span)
            self.add("prime", "'", span)
        elif long := _LONG_SIGNS.match(text, offset):
            span = place or Span(*long.span())
            self._long_sign(long[0], span)
            return long.end()
        elif kind := words.CHARACTERS.get(character):
            self.add(kind, words.CANONICAL.get(character, character), span)
        elif name := words.UNICODE_COMMANDS.get(character):
            self._known(name, span)
        elif character in words.SUPERSCRIPTS or character in words.SUBSCRIPTS:
            return self._small_characters(text, offset, place)
        elif words_end := foreign.words_end(text, offset):
            self.add("text", text[offset:words_end], place or Span(offset, words_end))
            return words_end
        else:
            self._decomposed(character, span, text[offset + 1 : offset + 2])
        return offset + 1

    def _long_sign(self, sign: str, span: Span) -> None:
        if sign == ".*":  # as programs multiply entry by entry
            self.add("product", words.PRODUCT_OPERATORS["odot"], span)
        elif sign in ("...", "..") or sign[0] in "·⋅":
            self.add("dots", sign, span)
        elif sign == "->":
            self.add("arrow", sign, span)
        elif sign == "=>":
            self.add("connective", sign, span)
        else:
            self.add("relation", words.RELATIONS[sign], span)

    def _small_characters(self, text: str, offset: int, place: Span | None) -> int:
        """Read a run of Unicode superscripts or subscripts as a braced script."""
        table = words.SUPERSCRIPTS if text[offset] in words.SUPERSCRIPTS else words.SUBSCRIPTS
        end = offset
        while end < len(text) and text[end] in table:
            end += 1
        span = place or Span(offset, end)
        self.add("sup" if table is words.SUPERSCRIPTS else "sub", text[offset], span)
        self.add("{", "{", span)
        self.run("".join(table[small] for small in text[offset:end]), span, 0)
        self.add("}", "}", span)
        return end

    def _decomposed(self, character: str, span: Span, after: str = "") -> None:
        """Read a letter with an accent of its own (`ŷ`) as the accent over the letter.

        In the middle of a word it is a letter of it, as is one whose accent no formula has.
        """
        parts = unicodedata.normalize("NFD", character)
        accent = words.COMBINING.get(parts[1:])
        before = self.tokens[-1] if self.tokens and not self.spaced else None
        in_word = before is not None and before.kind == "letter" and after.isalpha()
        if found := foreign.set_letter(character):
            font, letter = found
            self.run(rf"\{font}{{{letter}}}" if font else letter, span, 0)
        elif accent and foreign.is_latin(parts[0]) and not (in_word and accent == "ddot"):
            self._accented(accent, parts[0], span)
        elif foreign.is_latin(parts[0]):
            self.add("letter", character, span)
        else:
            self.add("unknown", character, span)

    def _accented(self, accent: str, letter: str, span: Span) -> None:
        self.add("command", accent, span)
        self.add("{", "{", span)
        self.add("letter", letter, span)
        self.add("}", "}", span)

    def _command(self, text: str, offset: int, place: Span | None, depth: int) -> int:
        match = _COMMAND.match(text, offset)
        if not match:
            raise Unreadable(Reason.UNKNOWN_COMMAND, "\\", place or Span(offset, offset + 1))
        name, end = match[0][1:], match.end()
        name = words.ALIASES.get(name, name)
        span = place or Span(offset, end)
        if name == "\\" and text[end : end + 1] in ("_", "{", "}") and _escapes_twice(text):
            name, end = text[end], end + 1
            span = place or Span(offset, end)
        if text[end : end + 1] == "*" and (
            f"{name}*" in words.COSMETIC or name in ("operatorname", "text", "intertext")
        ):
            end += 1
        if macro := self.macros.get(name):
            return self._expand(macro, text, offset, end, place, depth)
        if found := definition_at(text, offset):
            return found.end
        if offset in self.breaks and place is None:
            self.add("row", "\\\\", span)
            return end
        if name == "\\" or name in ("cr", "newline"):
            length = _BREAK_LENGTH.match(text, end)
            self.add("row", "\\\\", span)
            return length.end() if length and name == "\\" else end
        if name in ("begin", "end"):
            return self._environment(name, text, end, span, place)
        if name == "textbf" and (letter := _BOLD_LETTER.match(text, end)):
            self._accented("mathbf", letter[1], span if place else Span(offset, letter.end()))
            return letter.end()
        if name in words.IN_BRACES and (
            end_of_rows := self._in_braces(name, text, end, place, depth)
        ):
            return end_of_rows
        if name in words.LONG_ARROWS:
            self.add("arrow", name, span)
            option = _OPTION.match(text, end)
            end = option.end() if option else end
            return max(end, group_end(text, end)) if text[end : end + 1] == "{" else end
        if name == "_" and (below := _WORD_BELOW.match(text, end)):
            self._below(below, place)
            return below.end()
        if name in words.TEXTS:
            return self._text(text, end, span, place, depth)
        if name in words.SIZES:
            return self._sized(words.SIZES[name], text, end, place, offset)
        if name in words.SPACES and (length := _LENGTH.match(text, end)):
            return self._space(length, span)
        if name in words.COSMETIC:
            return self._cosmetic(name, text, end, span)
        if name == "not":
            return self._negated(text, end, place, depth)
        before = len(self.tokens)
        self._known(name, span)
        if self.tokens[before:] and self.tokens[before].kind == "unknown":
            if macro := customary_macro(name, text, end):
                self.tokens.pop()
                return self._expand(macro, text, offset, end, place, depth)
            meant = r"^{\top}" if name == "T" and self._ends_value() else customary(name)
            if meant and (text[end : end + 1] != "{" or meant[0] == "^"):
                self.tokens.pop()
                self.run(meant, span, depth + 1)
        return end

    def _ends_value(self) -> bool:
        """Say whether what stands before the command just read can be transposed."""
        before = self.tokens[-2] if len(self.tokens) > 1 else None
        return before is not None and (
            before.kind in ("letter", "name", "}", "end") or before.text in (")", "]", "}")
        )

    def _known(self, name: str, span: Span) -> None:
        """Add the token of a command that stands for itself."""
        if name in (" ", "\n", "\t", "/", "-"):
            self.spaced = True
        elif name in ("quad", "qquad", "enspace", "enskip"):
            self.add("quad", name, span)
        elif name == "_":  # Markdown authors escape their underscores
            self.add("sub", "_", span)
        elif name in ("*",):
            self.add("product", "*", span)
        elif name == "colon":
            self.add("punctuation", ":", span)
        elif name == "prime":
            self.add("prime", "'", span)
        elif name in words.LETTER_COMMANDS:
            self.add("name", words.LETTER_COMMANDS[name], span)
        elif name in words.RELATIONS:
            self.add("relation", words.RELATIONS[name], span)
        elif name in words.PRODUCT_OPERATORS:
            self.add("product", words.PRODUCT_OPERATORS[name], span)
        elif name in words.CONNECTIVES:
            self.add("connective", name, span)
        elif name in words.QUANTIFIERS:
            self.add("quantifier", words.QUANTIFIERS[name], span)
        elif name in words.ARROWS:
            self.add("arrow", name, span)
        elif name in words.DOTS:
            self.add("dots", name, span)
        elif name in words.DELIMITERS:
            self.add("bracket", words.DELIMITERS[name], span)
        elif name in words.PARSED:
            self.add("command", name, span)
        elif name in words.NUMBER_SETS:
            self._accented("mathbb", name[0], span)
        elif name in ("pm", "mp"):
            self.add("sign", "±", span)
        elif name in words.OTHER_OPERATORS:
            self.add("operator", f"\\{name}", span)
        elif name in words.TICKS:
            self.add("text", name, span)
        else:
            self.add("unknown", f"\\{name}", span)

    def _below(self, word: re.Match[str], place: Span | None) -> None:
        r"""Add a word behind an escaped underscore, `dx\_norm`, as the index that it is."""
        span = place or Span(*word.span())
        self.add("sub", "_", span)
        self.add("{", "{", span)
        self.run(word[0], span, 0)
        self.add("}", "}", span)

    def _in_braces(self, name: str, text: str, offset: int, place: Span | None, depth: int) -> int:
        r"""Add the rows that plain TeX has in braces, `\displaylines{a \cr b}`, 0 for no braces."""
        start = offset + len(text[offset:]) - len(text[offset:].lstrip())
        end = group_end(text, start, LENGTH_LIMIT) if text[start : start + 1] == "{" else -1
        if end < 0:
            return 0
        environment = words.IN_BRACES[name]
        self.add("begin", environment, place or Span(offset, start + 1))
        self.run(text[: end - 1], place, depth, start=start + 1)
        self.add("end", environment, place or Span(end - 1, end))
        return end

    def _sized(self, side: str, text: str, offset: int, place: Span | None, size: int) -> int:
        r"""Add the delimiter after `\left`, `\bigr` and their kin, with the side of a bar.

        It begins with its command at `size`, from which nothing may part it.
        """
        space = _SPACE.match(text, offset)
        offset = space.end() if space else offset
        command = _COMMAND.match(text, offset)
        end = command.end() if command else offset + 1
        span = place or Span(size, end)
        written = command[0][1:] if command else text[offset:end]
        if written == "." and side in ("open", "close"):
            self.add("null", side, span)
            return end
        delimiter = words.DELIMITERS.get(written, written) if command else written
        if delimiter in ("|", "||") and side:
            delimiter += {"open": "<", "close": ">", "middle": ""}[side]
            delimiter = "mid" if side == "middle" else delimiter
        if delimiter in ("/", "\\backslash"):
            self.add("product", "/", span)
        elif delimiter in words.BRACKETS:
            self.add("bracket", delimiter, span)
        else:
            raise Unreadable(Reason.UNEXPECTED, written, span)
        return end

    def _cosmetic(self, name: str, text: str, offset: int, span: Span) -> int:
        if name in words.OPTIONAL_FIRST and (option := _OPTION.match(text, offset)):
            offset = option.end()
        for _ in range(words.COSMETIC[name]):
            space = _SPACE.match(text, offset)
            offset = space.end() if space else offset
            if text[offset : offset + 1] == "{":
                end = group_end(text, offset)
                if end < 0:
                    raise Unreadable(Reason.UNBALANCED, f"\\{name}", span)
                offset = end
        if name in (",", ";", ":", ">", "thinspace", "medspace", "thickspace"):
            run = _THIN_SPACES.match(text, span.start)
            if run and sum(words.THIN_SPACES.get(sign, 0) for sign in run[0]) >= 0.8:
                self.add("quad", "spaces", span)  # `\;\;\;` is as wide as a quad, nearly
                return run.end()
            self.spaced = True
        return offset

    def _space(self, length: re.Match[str], span: Span) -> int:
        r"""Add a `\hspace{1in}` that is as wide as a `\quad`; a narrower one only separates."""
        if float(length[1]) * words.SPACE_UNITS.get(length[2], 0) >= 1:
            self.add("quad", "hspace", span)
        else:
            self.spaced = True
        return length.end()

    def _text(self, text: str, offset: int, span: Span, place: Span | None, depth: int) -> int:
        space = _SPACE.match(text, offset)
        offset = space.end() if space else offset
        if letter := _LONE_LETTER.match(text, offset):  # `\\text D`
            self.add("text", letter[0], place or Span(offset, letter.end()))
            return letter.end()
        end = group_end(text, offset) if text[offset : offset + 1] == "{" else -1
        if end < 0:
            raise Unreadable(Reason.UNBALANCED, text[span.start : offset] or "\\text", span)
        whole = span if span.end > offset else Span(span.start, end)
        inside = text[offset + 1 : end - 1]
        if "\\" in inside and "$" not in inside:  # `\\text{\\textbf{sign}}`
            inside = _STYLED.sub(r"\1", inside)
        found = list(_INLINE.finditer(inside))
        if found and opener(inside[: found[0].start()]):
            self._sentence(text[: end - 1], offset + 1, whole, place, depth)
        elif called := _OF_LETTERS.fullmatch(inside.strip()):  # `\\text{softmax(x)}`
            self.add("text", called[1], whole)
            self.run(called[2], whole, depth)
        elif inside.strip() in words.OPERATORS_IN_WORDS:
            self.add("command", "operatorname", whole)
            self.add("{", "{", whole)
            self.run(inside.strip(), whole, depth)
            self.add("}", "}", whole)
        else:
            self.add("text", inside, whole)
        return end

    def _sentence(self, text: str, offset: int, span: Span, place: Span | None, depth: int) -> None:
        r"""Add words with mathematics between them that state a condition: `\text{if $i = j$}`."""
        for match in _INLINE.finditer(text, offset):
            self.add("text", text[offset : match.start()], span)
            self.run(text[: match.end(1)], place, depth, start=match.start(1))
            offset = match.end()
        if text[offset:].strip():
            self.add("text", text[offset:], span)

    def _environment(
        self, which: str, text: str, offset: int, span: Span, place: Span | None
    ) -> int:
        match = _ENVIRONMENT.match(text, offset)
        if not match:
            raise Unreadable(Reason.UNKNOWN_ENVIRONMENT, f"\\{which}", span)
        offset = match.end()
        if which == "begin":
            if match[1] in _TABLES and (end := text.find(rf"\end{{{match[1]}}}", offset)) >= 0:
                self.breaks |= _eaten_breaks(_TABLES[match[1]], text, offset, end)
            if option := _OPTION.match(text, offset):
                offset = option.end()
            if match[1] in _COLUMNS and (brace := text.find("{", offset)) >= 0:
                offset = max(offset, group_end(text, brace))
        if which == "end" and place is None:
            span = Span(span.start, offset)  # what ends with it has its name too
        if match[1] != "subarray":  # whose rows are those below a sum
            self.add(which, match[1], span)
        return offset

    def _negated(self, text: str, offset: int, place: Span | None, depth: int) -> int:
        before = len(self.tokens)
        space = _SPACE.match(text, offset)
        offset = space.end() if space else offset
        command = _COMMAND.match(text, offset)
        end = command.end() if command else offset + 1
        self.run(text[offset:end], place or Span(offset, end), depth)
        negated = self.tokens[before:]
        if len(negated) == 1 and negated[0].kind == "letter":  # `x_{\\not S}`
            self.tokens.pop()
            self._accented("not", negated[0].text, negated[0].span)
            return end
        if len(negated) != 1 or negated[0].text not in words.NEGATED:
            raise Unreadable(Reason.UNKNOWN_COMMAND, "\\not", place or Span(offset, end))
        self.tokens[-1] = negated[0]._replace(text=words.NEGATED[negated[0].text])
        return end

    def _expand(
        self, macro: Macro, text: str, start: int, offset: int, place: Span | None, depth: int
    ) -> int:
        arguments: list[Argument] = []
        if macro.default is not None:
            option = _OPTION.match(text, offset)
            given = option[0].strip()[1:-1] if option else macro.default
            arguments.append(Argument(given, None))
            offset = option.end() if option else offset
        while len(arguments) < macro.arity:
            space = _SPACE.match(text, offset)
            offset = space.end() if space else offset
            command = _COMMAND.match(text, offset)
            if text[offset : offset + 1] == "{":
                end = group_end(text, offset, LENGTH_LIMIT)
                argument = Argument(text[offset + 1 : end - 1], offset + 1)
            else:
                end = command.end() if command else offset + 1
                argument = Argument(text[offset:end], offset)
            if end < 0 or (not argument.text.strip() and end > len(text)):
                span = place or Span(start, min(offset + 1, len(text)))
                raise Unreadable(Reason.MACRO_ARGUMENT, f"\\{macro.name}", span)
            arguments.append(argument)
            offset = end
        expansion = Expansion(macro, arguments, place or Span(start, offset))
        self.expanded += len(expansion.text) + 1
        if depth >= EXPANSION_DEPTH or self.expanded > LENGTH_LIMIT:
            raise Unreadable(Reason.MACRO_LIMIT, f"\\{macro.name}", expansion.call)
        if place:
            self.run(expansion.text, place, depth + 1)
        else:
            self._placed(expansion, depth + 1)
        return offset

    def _placed(self, expansion: Expansion, depth: int) -> None:
        """Add the tokens of an expansion, each at the place where it was written."""
        first = len(self.tokens)
        try:
            self.run(expansion.text, None, depth)
        except Unreadable as stopped:
            span, _ = expansion.place(stopped.span)
            raise Unreadable(stopped.reason, stopped.token, span) from None
        for at in range(first, len(self.tokens)):
            token = self.tokens[at]
            span, inside = expansion.place(token.span, token.inside)
            self.tokens[at] = token._replace(start=span.start, end=span.end, inside=inside)
