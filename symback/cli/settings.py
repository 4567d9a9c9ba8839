"""What a project says once and for all: ``symback.toml``, or ``[tool.symback]`` in pyproject.toml.

    model = "notes.model"            # or layers, activations, loss, …: the keys of a spec
    notation = "bishop"
    files = ["chapters/*.md"]        # what `symback check` reads when given nothing; else books
    books = ["book.tex"]             # roots: a chapter is read within the book that it belongs to
    macros = ["macros.tex"]
    baseline = "symback-baseline.json"
    fail-on = ["SB102"]              # codes that fail beside what is refuted
    strict = false

The nearest such file above the folder in which the command runs counts.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import field
from pathlib import Path
from typing import Any, cast

from symback.cli.source import read_bytes
from symback.errors import InputError, quote
from symback.model.spec import MAX_BYTES, SPEC_KEYS, Spec, check_spec, parse_toml
from symback.records import dataclass
from symback.suggest import did_you_mean

__all__ = ["KEYS", "Settings", "find_settings", "without_settings"]

_FILE, _PROJECT = "symback.toml", "pyproject.toml"


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(type(entry) is str for entry in value)


def _are_codes(value: object) -> bool:
    from symback.reading.statements.codes import ALL_CODES  # seldom needed, and slow to come

    return _are_names(value) and set(cast("list[str]", value)) <= ALL_CODES


def _is_name(value: object) -> bool:
    return type(value) is str


KEYS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "model": ('a name or a file in quotes, such as "lstm"', _is_name),
    "notation": ('a name or a file in quotes, such as "bishop"', _is_name),
    "files": ('a list of files, folders or patterns, such as ["chapters/*.md"]', _are_names),
    "books": ('a list of files, such as ["book.tex"]', _are_names),
    "macros": ('a list of files, such as ["macros.tex"]', _are_names),
    "baseline": ('a file in quotes, such as "symback-baseline.json"', _is_name),
    "fail-on": ('a list of codes, such as ["SB102"]', _are_codes),
    "strict": ("true or false", lambda value: type(value) is bool),
}
"""Keys beside those of a spec, with what each value must be."""

_STATES_ALL = ("layers", "equations")
"""Keys of a spec that state a network or a model, as the key ``model`` does."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project's configuration says.

    Attributes:
        folder: in which the file stands, from which its names of files are meant.
        source: the file's name, for messages; empty where there is none.
        spec: what it says of the network or model, by the keys of a spec.
        values: the rest, by key.
        places: where each key stands, for messages.
    """

    folder: Path = field(default_factory=Path)
    source: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def model(self) -> str | None:
        """The model that commands are about: a name of the library, or a file."""
        named: str | None = self.values.get("model")
        if named is not None and (self.folder / named).is_file():
            return _short(self.folder / named)
        return named

    @property
    def notation(self) -> str | None:
        """The notation in which the documents are written."""
        named: str | None = self.values.get("notation")
        if named is not None and named.endswith(".toml"):
            return _short(self.folder / named)
        return named

    @property
    def files(self) -> tuple[str, ...]:
        """What is checked when nothing is named."""
        return self._named("files")

    @property
    def books(self) -> tuple[str, ...]:
        """Files that others are parts of."""
        return self._named("books")

    @property
    def macros(self) -> tuple[str, ...]:
        """Files whose definitions are in force in every document."""
        return self._named("macros")

    @property
    def baseline(self) -> str | None:
        """The file of findings that are known."""
        named = self.values.get("baseline")
        return None if named is None else _short(self.folder / named)

    def _named(self, key: str) -> tuple[str, ...]:
        """Files as they are named from the folder in which the command runs."""
        return tuple(_short(self.folder / name) for name in self.values.get(key, ()))

    @property
    def fail_on(self) -> frozenset[str]:
        """Codes of findings that fail a check though nothing is refuted."""
        return frozenset(self.values.get("fail-on", ()))

    @property
    def strict(self) -> bool:
        """Whether what is not decided fails a check."""
        return bool(self.values.get("strict", False))


_no_project: ContextVar[bool] = ContextVar("no_project", default=False)


@contextlib.contextmanager
def without_settings() -> Iterator[None]:
    """Commands that run within go by what they are told alone, wherever they run."""
    before = _no_project.set(True)
    try:
        yield
    finally:
        _no_project.reset(before)


def find_settings(start: Path | None = None) -> Settings:
    """The settings of the nearest folder, from this one upwards, that has any.

    Raises:
        InputError: for a file that is not right, with its line.
    """
    if _no_project.get():
        return Settings()
    try:
        here = (start or Path.cwd()).resolve()
    except FileNotFoundError:  # it was removed while somebody stood in it
        raise InputError("the folder in which this runs is no longer there") from None
    for folder in (here, *here.parents):
        for name in (_FILE, _PROJECT):
            path = folder / name
            if path.is_file() and (found := _read(path)) is not None:
                return found
    return Settings()


def _read(path: Path) -> Settings | None:
    """What one file says; None for a project's file that says nothing of symback."""
    source = _short(path)
    data = read_bytes(str(path), MAX_BYTES)
    if path.name == _PROJECT and b"symback" not in data:
        return None
    whole = parse_toml(data, source)
    values = dict(whole.values)
    if path.name == _PROJECT:
        tools = values.get("tool")
        if not isinstance(tools, dict) or "symback" not in tools:
            return None
        values = tools["symback"]
        if not isinstance(values, dict):
            raise InputError("tool.symback must be a table", where=whole.place("symback"))
    own = {key: value for key, value in values.items() if key in KEYS}
    for key, value in own.items():
        wanted, fits = KEYS[key]
        if not fits(value):
            raise InputError(f"{key} must be {wanted}", where=whole.place(key))
    spec = {key: value for key, value in values.items() if key not in KEYS}
    for key in spec:
        if key not in SPEC_KEYS:
            known = [*KEYS, *SPEC_KEYS]
            suggestion = did_you_mean(key, known)
            raise InputError(
                f"unknown key {quote(key)}{suggestion}",
                where=whole.place(key),
                hint=None if suggestion else f"known are {', '.join(known)}",
            )
    check_spec(Spec(spec, source, whole.text))
    places = {key: whole.place(key) for key in values}
    if "model" in own and (beside := next((key for key in _STATES_ALL if key in spec), None)):
        raise InputError(f"{beside} stands beside model: choose one", where=places[beside])
    return Settings(path.parent, source, spec, own, places)


def _short(path: Path) -> str:
    """A file's name as it is seen from here."""
    return os.path.relpath(path)
