r"""One formula typed as plain text: `dL/dW1[1,2] = sum_i dL/dyhat[i] * g'(y'[i]) * x[1]`.

The text is turned into the tokens that the same formula has in LaTeX, so that one grammar reads
both and gives the same tree: `dL/dW1[1,2]` is `\frac{\partial L}{\partial W^{(1)}_{1,2}}`, and a
`*` is the product that LaTeX writes as nothing.

    name      = letters [digits] { "'" | "[" indices "]" | "_" index | "^(" layer ")" }
    digits    = the layer before a "[", after a capital letter and after a name that always has
                one in the stated network, an index otherwise
    accents   = yhat, abar, xtilde, vvec …

A sum is written `sum_i W2[k,i] y[i]`, with a range `sum_{i=1}^{3} …`, or as in the language of
models, `sum(i, W2[k,i] y[i])`; products of arrays also as NumPy has them, `a @ b`, `np.dot(a, b)`,
`a.dot(b)`, `np.outer(a, b)`.  What is typed in Unicode is brought to this by `typed`.
"""

from __future__ import annotations

import re

from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula import commands as words
from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.syntax import Span
from symback.reading.formula.tokens import LENGTH_LIMIT, Token, is_too_long
from symback.reading.formula.typed import Typed
from symback.reading.formula.unread import Reason, Unreadable
from symback.reading.statements.blocks import Block, block_of_tokens

_NAME = r"[A-Za-z]+[0-9]*"
# A number above is a power, unless an index stands below it: `W^2_jk` is of layer 2.
_SUFFIX = (
    r"(?:'|\[[^\[\]=]{0,60}\]|_\{[^{}]{0,40}\}|_[A-Za-z0-9]+|\^[(\[][^()\[\]]{0,20}[)\]]"
    r"|\^[0-9](?=_[A-Za-z0-9]))*"
)
_QUANTITY = rf"{_NAME}{_SUFFIX}"
_DERIVATIVE = re.compile(
    rf"(?:d|∂|partial\s+)(?P<above>{_QUANTITY})?\s*/\s*(?:d|∂|partial\s+)(?P<below>{_QUANTITY})"
)
_BIG = re.compile(
    r"(?P<big>sum|prod)(?:_(?P<index>[A-Za-z])(?![A-Za-z])|_[{(](?P<range>[^{}()]*)[})])"
)
_OVER = re.compile(r"(?P<big>sum|prod)\(\s*(?P<indices>[a-z](?:\s*,\s*[a-z])*)\s*,(?=\s*[^\s)])")
_LIBRARY = re.compile(r"(?:np|numpy|jnp|torch)\.(?=[A-Za-z])")
_PRODUCT_OF = re.compile(r"(?:(?:np|numpy|jnp|torch)\.)?(?:dot|matmul)\(")
_ARRAYS = re.compile(
    r"@|\.T\b|\b(?:np|numpy|jnp|torch)\.|(?:dot|matmul|outer|sum|mean|transpose)\((?!\s*[a-z]\s*,)"
)
_METHOD = re.compile(r"\.(?:(?P<name>sum|mean)\((?P<none>\s*\))?|transpose\(\s*\))")
_QUANTITY_HERE = re.compile(rf"(?P<letters>[A-Za-z]+)(?P<digits>[0-9]*)(?P<suffix>{_SUFFIX})")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PIECE = re.compile(
    r"'|\[([^\[\]]*)\]|_\{([^{}]*)\}|_([A-Za-z0-9]+)|\^(?:[(\[]([^()\[\]]*)[)\]]|([0-9]))"
)
_RELATION = re.compile(r":=|<-|==|!=|<=|>=|=|<|>")
_EXPONENT = re.compile(r"-?(?:[0-9.]+|[A-Za-z]+)")
_EULER = re.compile(r"e(?=\s*(?:\^|\*\*))")
_SPACE = re.compile(r"\s+")
_ACCENTED = re.compile(r"([A-Za-z]+?)(hat|bar|tilde|vec)$")
_OPENING = ("(", "[", "∂")
_RELATIONS = {**words.RELATIONS, "<-": "\\leftarrow"}
_SINGLE = {
    "+": ("sign", "+"), "-": ("sign", "-"), "/": ("product", "/"), "@": ("product", ""),
    "(": ("bracket", "("), ")": ("bracket", ")"), "[": ("bracket", "["), "]": ("bracket", "]"),
    ",": ("punctuation", ","), ";": ("punctuation", ";"), "|": ("bracket", "|"),
    "⊙": ("product", "\\odot"), "∘": ("product", "\\circ"), "·": ("product", ""),
}  # fmt: skip


def read_infix(text: str, functions: FunctionTable | None = None, *, arrays: bool = False) -> Block:
    """Return what a formula in plain infix says; like `read_block`, it never raises.

    Args:
        text: the formula.
        functions: which names are functions.
        arrays: whether a `*` is the product entry by entry, as in a program, though nothing else
            shows that it is one.
    """
    excerpt = Excerpt.of(text)
    table = functions or FunctionTable()
    return block_of_tokens(excerpt, lambda: infix_tokens(text, table, arrays=arrays), table)


def plain_name(base: str) -> str:
    """A letter with its accents as it is typed: `yhat` for ``hat y``."""
    *accents, letter = base.split()
    return letter.rstrip("'") + "".join(accents)


def infix_tokens(
    text: str, table: FunctionTable | None = None, *, arrays: bool = False
) -> list[Token]:
    """Return the LaTeX tokens of a plain formula; raises `Unreadable`."""
    if len(text) > LENGTH_LIMIT:
        raise Unreadable(Reason.TOO_LONG, text[:20], Span(0, len(text)))
    typed = Typed.of(text)
    lexer = _Lexer(table or FunctionTable())
    lexer.of_arrays = arrays or bool(_ARRAYS.search(typed.text))
    try:
        lexer.run(typed.text, 0)
    except Unreadable as refusal:
        place = typed.span(*refusal.span)
        token = text[place.start : place.end] if len(refusal.token) == 1 else refusal.token
        raise Unreadable(refusal.reason, token, place) from None
    lexer.add("end-of-formula", "", Span(len(typed.text), len(typed.text)))
    places = (typed.span(token.start, token.end) for token in lexer.tokens)
    return [
        token._replace(start=start, end=end)
        for token, (start, end) in zip(lexer.tokens, places, strict=True)
    ]


class _Lexer:
    def __init__(self, table: FunctionTable) -> None:
        self.table = table
        self.tokens: list[Token] = []
        self.of_arrays = False  # whether a `*` is the product entry by entry
        self.open: list[bool] = []  # for each open bracket whether it is that of `dot(a, b)`

    def add(self, kind: str, text: str, span: Span) -> None:
        # Every token counts as spaced: names never run together in plain text.
        self.tokens.append(Token(kind, text, span.start, span.end, True))

    def run(self, text: str, base: int) -> None:
        """Add the tokens of a text that begins at `base` in the formula."""
        offset = 0
        while offset < len(text):
            if space := _SPACE.match(text, offset):
                offset = space.end()
            elif big := _BIG.match(text, offset):
                offset = self._big(big, base)
            elif over := _OVER.match(text, offset):
                offset = self._over(over, base)
            elif product := _PRODUCT_OF.match(text, offset):
                offset = self._product_of(product, base)
            elif library := _LIBRARY.match(text, offset):
                offset = self._of_library(library, text, base)
            elif (found := _DERIVATIVE.match(text, offset)) and self._begins_name(text, offset):
                offset = self._derivative(found, base)
            elif _EULER.match(text, offset):
                self.add("letter", "e", Span(base + offset, base + offset + 1))
                offset += 1
            elif quantity := _QUANTITY_HERE.match(text, offset):
                self._quantity(quantity, base + offset)
                offset = quantity.end()
            else:
                offset = self._sign(text, offset, base)

    def _begins_name(self, text: str, offset: int) -> bool:
        return not offset or not text[offset - 1].isalnum()

    def _sign(self, text: str, offset: int, base: int) -> int:
        character = text[offset]
        span = Span(base + offset, base + offset + 1)
        if number := _NUMBER.match(text, offset):
            span = Span(base + offset, base + number.end())
            if is_too_long(number[0]):
                raise Unreadable(Reason.NUMBER_TOO_LONG, number[0], span)
            self.add("number", number[0], span)
            return number.end()
        if relation := _RELATION.match(text, offset):
            self.add("relation", _RELATIONS[relation[0]], span)
            return relation.end()
        if text.startswith("**", offset) or character == "^":
            self.add("sup", "^", span)
            offset += 2 if character == "*" else 1
            return self._exponent(text, offset, base)
        if text.startswith(".T", offset):
            whole = Span(base + offset, base + offset + 2)
            self.add("sup", "^", whole)
            self.add("name", "top", whole)
            return offset + 2
        if (method := _METHOD.match(text, offset)) is not None:
            return self._method(method, base)
        if text.startswith(".dot(", offset):
            self._juxtaposes(text, offset + 4, span)
            return offset + 4
        if character in ("(", ")", ",") and self._bracket(character, span):
            return offset + 1
        if text.startswith(".*", offset):
            self.add("product", "\\odot", span)
            return offset + 2
        if character == "*":
            if self.of_arrays:
                self.add("product", "*", span)
            else:
                self._juxtaposes(text, offset + 1, span)
            return offset + 1
        kind, meaning = _SINGLE.get(character, ("unknown", character))
        if kind == "product" and not meaning:
            self._juxtaposes(text, offset + 1, span)
        else:
            self.add(kind, meaning, span)
        return offset + 1

    def _of_library(self, library: re.Match[str], text: str, base: int) -> int:
        """Add a function without the name of its library, which stays a part of its place."""
        first = len(self.tokens)
        quantity = _QUANTITY_HERE.match(text, library.end())
        assert quantity is not None
        self._quantity(quantity, base + library.end())
        self.tokens[first] = self.tokens[first]._replace(start=base + library.start())
        return quantity.end()

    def _method(self, method: re.Match[str], base: int) -> int:
        """Put a function before what it is a method of, `(a - b).sum(axis=0)`."""
        span = Span(base + method.start(), base + method.end())
        if method["name"] is None:
            self.add("sup", "^", span)
            self.add("name", "top", span)
            return method.end()
        first = _first_of_operand(self.tokens, self.table)
        name = Token("name", method["name"], span.start, span.end, True)
        opened = Token("bracket", "(", span.start, span.end, True)
        self.tokens[first:first] = [name, opened]
        self.open.append(False)
        if method["none"] is None:
            self.add("punctuation", ",", span)
        else:
            self._bracket(")", span)
            self.add("bracket", ")", span)
        return method.end()

    def _product_of(self, match: re.Match[str], base: int) -> int:
        """Open the bracket of `np.dot(a, b)`, which becomes `((a) (b))`."""
        span = Span(base + match.start(), base + match.end())
        self.open.append(True)
        for _ in range(2):
            self.add("bracket", "(", span)
        return match.end()

    def _bracket(self, character: str, span: Span) -> bool:
        """Keep count of brackets; say whether this is a part of a product written as a call."""
        if character == "(":
            self.open.append(False)
            return False
        product = bool(self.open) and self.open[-1]
        if character == ")" and self.open:
            self.open.pop()
        if not product:
            return False
        self.add("bracket", ")", span)
        if character == ",":
            self.add("bracket", "(", span)
            return True
        self.add("bracket", ")", span)
        return True

    def _juxtaposes(self, text: str, offset: int, span: Span) -> None:
        """Leave a product's sign out, unless LaTeX's parser needs it between these two."""
        after = text[offset:].lstrip()[:1]
        before = self.tokens[-1] if self.tokens else None
        factor_before = before is not None and (
            before.kind in ("letter", "name", "number", "prime", "}") or before.text in (")", "]")
        )
        if not (factor_before and (after.isalnum() or after in _OPENING)):
            self.add("product", "*", span)

    def _exponent(self, text: str, offset: int, base: int) -> int:
        """Add an exponent in braces; one in round brackets would be a layer in LaTeX."""
        while text[offset : offset + 1] == " ":
            offset += 1
        end = offset
        opened = text[offset : offset + 1]
        if opened in ("(", "{"):
            closed = {"(": ")", "{": "}"}[opened]
            depth = 0
            while end < len(text):
                depth += (text[end] == opened) - (text[end] == closed)
                end += 1
                if not depth:
                    break
            inner = (offset + 1, end - 1)
        else:
            match = _EXPONENT.match(text, offset)
            end = match.end() if match else offset
            inner = (offset, end)
        span = Span(base + offset, base + end)
        self.add("{", "{", span)
        self.run(text[inner[0] : inner[1]], base + inner[0])
        self.add("}", "}", span)
        return end

    def _big(self, match: re.Match[str], base: int) -> int:
        span = Span(base + match.start(), base + match.end())
        self.add("command", match["big"], span)
        self.add("sub", "_", span)
        self.add("{", "{", span)
        name = "index" if match["index"] else "range"
        self.run(match[name], base + match.start(name))
        self.add("}", "}", span)
        return match.end()

    def _over(self, match: re.Match[str], base: int) -> int:
        """Add `sum(i, k, …)` as one sum for each index, of what stands in its bracket."""
        span = Span(base + match.start(), base + match.end())
        for index in re.finditer("[a-z]", match["indices"]):
            self.add("command", match["big"], span)
            self.add("sub", "_", span)
            self.add("{", "{", span)
            start = match.start("indices") + index.start()
            self.add("letter", index[0], Span(base + start, base + start + 1))
            self.add("}", "}", span)
        self.add("bracket", "(", span)
        return match.end()

    def _derivative(self, match: re.Match[str], base: int) -> int:
        span = Span(base + match.start(), base + match.end())
        self.add("command", "frac", span)
        for half in ("above", "below"):
            self.add("{", "{", span)
            self.add("command", "partial", span)
            if match[half] and (quantity := _QUANTITY_HERE.match(match[half])):
                self._quantity(quantity, base + match.start(half))
            self.add("}", "}", span)
        return match.end()

    def _quantity(self, match: re.Match[str], start: int) -> None:
        letters, digits, suffix = match["letters"], match["digits"], match["suffix"]
        span = Span(start, start + len(letters) + len(digits))
        self._name(letters, span)
        primes = sum(piece[0] == "'" for piece in _PIECE.finditer(suffix))
        for _ in range(primes):
            self.add("prime", "'", span)
        indexed = "[" in suffix or "_" in suffix
        if digits:
            as_layer = indexed or self._has_layers(letters)
            inside = (digits, start + len(letters))
            self._script("sup" if as_layer else "sub", [inside], span, layer=as_layer)
        indices: list[tuple[str, int]] = []
        for piece in _PIECE.finditer(suffix):
            where = Span(span.end + piece.start(), span.end + piece.end())
            if piece.lastindex in (4, 5):  # a layer, in brackets or by itself
                inside = (piece[piece.lastindex], span.end + piece.start(piece.lastindex))
                self._script("sup", [inside], where, layer=True)
            elif piece.lastindex:
                number = piece.lastindex
                indices.append((piece[number], span.end + piece.start(number)))
        if indices:  # `W[1][2]`, as programs write it, has two
            after = Span(span.end, span.end + len(suffix))
            self._script("sub", indices, after, layer=False)

    def _has_layers(self, letters: str) -> bool:
        """Say whether a number after a name, or after that of its adjoint, `dW`, is a layer."""
        plain = letters[1:] if len(letters) == 2 and letters[0] == "d" else letters
        return plain[:1].isupper() or plain in self.table.numbered

    def _script(
        self, kind: str, insides: list[tuple[str, int]], span: Span, *, layer: bool
    ) -> None:
        """Add an index or a layer, each with the place at which it stands."""
        self.add(kind, "^" if kind == "sup" else "_", span)
        self.add("{", "{", span)
        if layer:
            self.add("bracket", "(", span)
        for number, (inside, start) in enumerate(insides):
            if number:
                self.add("punctuation", ",", Span(start, start))
            self.run(inside, start)
        if layer:
            self.add("bracket", ")", span)
        self.add("}", "}", span)

    def _name(self, letters: str, span: Span) -> None:
        accented = _ACCENTED.match(letters)
        if accented and len(accented[1]) == 2 and letters[0] == "d":  # `dyhat`, likewise
            self.add("letter", "d", span)
            self._name(letters[1:], span)
        elif accented and letters not in words.WORDS | words.FUNCTIONS:
            self.add("command", accented[2], span)
            self.add("{", "{", span)
            self._name(accented[1], span)
            self.add("}", "}", span)
        elif len(letters) == 1:
            self.add("letter", letters, span)
        elif len(letters) == 2 and letters[0] == "d":  # `dz`, the way of writing an adjoint
            self.add("letter", "d", span)
            self.tokens.append(Token("letter", letters[1], span.start, span.end))
        elif letters == "sqrt":
            self.add("command", "sqrt", span)
        else:
            self.add("name", letters, span)


def _first_of_operand(tokens: list[Token], table: FunctionTable) -> int:
    """Where the operand begins that the last token ends: a bracket with the name before it."""
    at = len(tokens) - 1
    depth = 0
    while at >= 0:
        if tokens[at].text in (")", "]", "}"):
            depth += 1
        elif tokens[at].text in ("(", "[", "{"):
            depth -= 1
        if depth == 0 and not _goes_with_the_one_before(tokens, at, table):
            return at
        at -= 1
    return 0


def _goes_with_the_one_before(tokens: list[Token], at: int, table: FunctionTable) -> bool:
    """Say whether a token belongs to what stands before it: an index, a prime, an argument."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if before is None:
        return False
    if token.kind in ("sub", "sup", "prime") or before.kind in ("sub", "sup"):
        return True
    if token.text in ("(", "{"):
        is_function = before.kind == "letter" and before.text in table.functions
        return is_function or before.kind in ("name", "command", "prime") or token.text == "{"
    return False
