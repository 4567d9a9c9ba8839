"""A network stated in TOML: the same as the options of the command line.

The keys are the attributes of `symback.model.network.Network`, and what a document about one may
leave out: what its flat names connect, which of its letters are the same, how long its indices run.
``spec.schema.json`` beside this file publishes them, and a test holds the two together. What a
value means is checked where the network is built; here is only what TOML can get wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from symback.errors import InputError, quote
from symback.records import dataclass
from symback.suggest import did_you_mean

__all__ = [
    "MAX_BYTES", "SPEC_KEYS", "Spec", "check_spec", "decode_text", "parse_toml", "read_spec",
]  # fmt: skip

MAX_BYTES = 1_000_000

_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "it begins with a byte-order mark",
    b"\xff\xfe": "it is UTF-16",
    b"\xfe\xff": "it is UTF-16",
}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a spec says.

    Attributes:
        values: by key; only the keys that the file has.
        source: the name of the file, for messages.
        text: the file's text, to say in which line a key stands.
    """

    values: Mapping[str, Any]
    source: str
    text: str

    def place(self, key: str) -> str:
        """Where a key stands: ``network.toml, line 3``."""
        line = _line_of(key, self.text)
        return f"{self.source}, line {line}" if line else self.source


def _is_list_of(kind: type) -> Callable[[object], bool]:
    # type(), not isinstance(): true is no number of units.
    return lambda value: isinstance(value, list) and all(type(entry) is kind for entry in value)


def _is_table_of(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _are_equalities(value: object) -> bool:
    return _is_list_of(str)(value) and all("=" in entry for entry in cast("list[str]", value))


# Each key with what its value must be, in words and as a test.
SPEC_KEYS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "layers": ("a list of whole numbers, such as [2, 3, 1]", _is_list_of(int)),
    "activations": ('a list of names, such as ["tanh", "sigmoid"]', _is_list_of(str)),
    "loss": ('a name in quotes, such as "half-squared-error"', lambda value: type(value) is str),
    "bias": ("true or false", lambda value: type(value) is bool),
    "batch": ("true or false", lambda value: type(value) is bool),
    "reduction": ('"mean" or "sum"', lambda value: value in ("mean", "sum")),
    "weight_decay": (
        "a number of at least 0, such as 0.01",
        _is_amount,
    ),
    "weights": (
        'a table of what each name connects, such as { w_5 = "h1 -> o1" }',
        _is_table_of(lambda entry: type(entry) is str and "->" in entry),
    ),
    "same": ('a list of equal spellings, such as ["w = W"]', _are_equalities),
    "equations": (
        'a model in three quotes, such as """…"""',
        lambda value: type(value) is str,
    ),
    "gradients": ('a list of names, such as ["W", "x"]', _is_list_of(str)),
    "sizes": (
        "a table of whole numbers from 1, such as { n = 3 }",
        _is_table_of(_is_size),
    ),
}


def read_spec(data: bytes, source: str) -> Spec:
    """Read the bytes of a spec.

    Args:
        data: the file's content, UTF-8.
        source: its name, for messages.

    Raises:
        InputError: for what is not TOML, and for unknown keys and values of the wrong kind, with
            the line.
    """
    return check_spec(parse_toml(data, source))


def check_spec(spec: Spec) -> Spec:
    """The spec itself, if it says nothing but what a spec can say.

    Raises:
        InputError: for unknown keys and values of the wrong kind, with the line.
    """
    for key, value in spec.values.items():
        if key not in SPEC_KEYS:
            suggestion = did_you_mean(key, SPEC_KEYS)
            raise InputError(
                f"unknown key {quote(key)}{suggestion}",
                where=spec.place(key),
                hint=None if suggestion else f"known are {', '.join(SPEC_KEYS)}",
            )
        wanted, fits = SPEC_KEYS[key]
        if not fits(value):
            raise InputError(f"{key} must be {wanted}", where=spec.place(key))
        if value == []:
            raise InputError(
                f"{key} is an empty list", where=spec.place(key), hint=f"write {wanted}"
            )
    return spec


def parse_toml(data: bytes, source: str) -> Spec:
    """The values of any file in TOML, with where each of its keys stands.

    Raises:
        InputError: for what is not TOML, with the line.
    """
    text = decode_text(data, source)
    return Spec(_parse(text, source), source, text)


def decode_text(data: bytes, source: str) -> str:
    """The text of a file in UTF-8.

    Raises:
        InputError: for what is none, and for a file beyond the limit.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"larger than the limit of {MAX_BYTES} bytes", where=source)
    for mark, problem in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            raise InputError(
                problem, where=source, hint="save it as UTF-8 without a byte-order mark"
            )
    if b"\0" in data:
        raise InputError("not a text file", where=source, hint="save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"byte {data[error.start]:#04x} is not UTF-8",
            where=f"{source}, line {line}",
            hint="save it as UTF-8",
        ) from None


_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_TOO_DEEP = re.compile(rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{32}}")
"""A key of more parts than any spec has: the parser takes a time that grows as their square.

A part is looked for where one can begin, and not again from each of its letters.
"""


def _parse(text: str, source: str) -> dict[str, Any]:
    if deep := _TOO_DEEP.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise InputError("a key has more than 32 parts", where=f"{source}, line {line}")
    # Only a run with --spec pays for the parser.
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, line = _explain(str(error), text)
        raise InputError(problem, where=f"{source}, line {line}") from None
    except (RecursionError, ValueError):
        # Brackets nested by the thousand, and numbers of thousands of digits.
        raise InputError("nested too deeply, or a number too long", where=source) from None


def _explain(complaint: str, text: str) -> tuple[str, int]:
    """The parser's complaint in a user's words, and its line."""
    match = re.search(r" ?\(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)$", complaint)
    line = int(match[1]) if match and match[1] else text.rstrip().count("\n") + 1
    problem = complaint[: match.start()] if match else complaint
    if problem.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        return "this key stands in the file already", line
    column = f", column {match[2]}" if match and match[2] else ""
    return f"not TOML{column}: {problem[:1].lower()}{problem[1:]}", line


def _line_of(key: str, text: str) -> int | None:
    """The line of a top-level key, which the parser does not tell."""
    name = re.escape(key)
    pattern = rf"""^[ \t]*(?:\[+[ \t]*)?["']?{name}["']?[ \t]*[=.\]]"""
    match = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None
