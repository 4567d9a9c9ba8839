"""`dataclasses.dataclass`, whose frozen classes are made in a fifth of the time.

symback has hundreds of frozen values, and every command makes a hundred of these classes before it
does anything. The standard library writes and compiles six functions for each; here the first of
them, ``__init__``, is compiled, and the others are those of every such class. Instances behave the
same, but for the flag `frozen` of ``__dataclass_params__``, which is read at inheritance alone.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

__all__ = ["Hashed", "dataclass"]


class Hashed:
    """What frozen classes inherit whose values hold each other: each is hashed once."""

    __slots__ = ("_hash",)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, order=False, **options):
        """`dataclasses.dataclass`, with its options."""

        def made(cls):
            if frozen and not order:
                return _frozen(cls, **options)
            return dataclasses.dataclass(cls, frozen=frozen, order=order, **options)

        return made if cls is None else made(cls)


def _frozen(cls: Any, *, eq: bool = True, repr: bool = True, **options: Any) -> Any:
    own = set(vars(cls))
    if cls.__doc__ is None:
        cls.__doc__ = f"{cls.__name__}."  # else its signature is worked out to be one
    has_hash = cls.__dict__.get("__hash__") is not None
    made: Any = dataclasses.dataclass(cls, init=False, repr=False, eq=False, **options)
    entries = fields(made)
    given: dict[str, Any] = {
        "__init__": _initialiser(made, entries), "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
    }  # fmt: skip
    if repr and "__repr__" not in own:
        given["__repr__"] = _written
    if eq:
        if "__eq__" not in own:
            given["__eq__"] = _equality(_getter([one.name for one in entries if one.compare]))
        if not has_hash:
            hashed = [
                one.name for one in entries if (one.compare if one.hash is None else one.hash)
            ]
            hashing = _hashing_once if issubclass(made, Hashed) else _hashing
            given["__hash__"] = hashing(_getter(hashed))
    if options.get("slots"):
        given |= {"__getstate__": _state, "__setstate__": _set_state}
    for name, value in given.items():
        if name not in own or name == "__init__":
            setattr(made, name, value)
    return made


def _initialiser(cls: type, entries: tuple[Field[Any], ...]) -> Any:
    scope: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    taken: dict[bool, list[str]] = {False: [], True: []}
    body = []
    for entry in entries:
        name, value = entry.name, entry.name
        if entry.default is not MISSING:
            scope[f"_default_{name}"] = entry.default
        if entry.default_factory is not MISSING:
            scope[f"_make_{name}"] = entry.default_factory
            value = f"_make_{name}() if {name} is _missing else {name}"
        if entry.init:
            default = ""
            if entry.default is not MISSING:
                default = f"=_default_{name}"
            elif entry.default_factory is not MISSING:
                default = "=_missing"
            taken[bool(entry.kw_only)].append(name + default)
        elif entry.default_factory is not MISSING:
            value = f"_make_{name}()"
        elif entry.default is not MISSING:
            value = f"_default_{name}"
        else:
            continue
        body.append(f"_set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ["self", *taken[False], *(["*", *taken[True]] if taken[True] else [])]
    text = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"])
    exec(text, scope)
    made = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__module__ = cls.__module__
    made.__annotations__ = {one.name: one.type for one in entries if one.init} | {"return": None}
    return made


def _getter(names: list[str]) -> Any:
    """The values of some fields as a tuple, in which what is the same object is equal."""
    if len(names) > 1:
        return attrgetter(*names)
    if names:
        one = attrgetter(names[0])
        return lambda value: (one(value),)
    return lambda value: ()


def _equality(values: Any) -> Any:
    def __eq__(self: Any, other: object) -> Any:
        if other.__class__ is self.__class__:
            return values(self) == values(other)
        return NotImplemented

    return __eq__


def _hashing(values: Any) -> Any:
    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __hash__


def _hashing_once(values: Any) -> Any:
    def __hash__(self: Any) -> int:
        try:
            return cast(int, self._hash)
        except AttributeError:
            found = hash(values(self))
            object.__setattr__(self, "_hash", found)
            return found

    return __hash__


def _written(self: Any) -> str:
    parts = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _refuse_to_set(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
