"""Values that somebody gives: numbers for the inputs, targets and parameters of a model.

A file in TOML or JSON, or an ``.npz`` without pickles, whose keys are the names of the quantities
(``W1``, a nested list; or ``"W1[1,2]"``, one entry), those of a spec, and those of `OPTIONS`.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from typing import Any

from symback.errors import InputError, quote
from symback.model.equations import Model, Quantity, Role
from symback.model.spec import MAX_BYTES, SPEC_KEYS
from symback.notation import NOTATIONS
from symback.records import dataclass
from symback.suggest import did_you_mean
from symback.teaching.digits import read_number

__all__ = ["OPTIONS", "Values", "assigned", "open_sizes", "read_problems", "read_values"]


def _is_statement(node: Any) -> bool:
    lines = [node] if isinstance(node, str) else node
    return isinstance(lines, list) and bool(lines) and all(
        isinstance(line, str) and line.strip() for line in lines
    )  # fmt: skip


OPTIONS: Mapping[str, tuple[str, Any]] = {
    "eta": ("a number, the learning rate", lambda v: isinstance(v, Fraction | int | str)),
    "digits": (
        "a whole number of decimals, 1 to 15",
        lambda v: isinstance(v, int) and 1 <= v <= 15,
    ),
    "rounding": ('"shown" or "carried"', lambda v: v in ("shown", "carried")),
    "delta": ('"gradient" or "negative"', lambda v: v in ("gradient", "negative")),
    "update": ('"all", "weights" or "none"', lambda v: v in ("all", "weights", "none")),
    "order": ('"from-to" or "to-from"', lambda v: v in ("from-to", "to-from")),
    "model": ("the name of a model", lambda v: isinstance(v, str)),
    "shown": (
        'a list of the names of worked values that stand on the sheet, such as ["h1[1]"]',
        lambda v: isinstance(v, list) and all(isinstance(e, str) for e in v),
    ),
    "asked": (
        'a list of the names of what is asked for, such as ["h1[1]", "L"]',
        lambda v: isinstance(v, list) and all(isinstance(e, str) for e in v),
    ),
    "answers": (
        'a table of other answers, texts, such as { rule_1 = "a" }',
        lambda v: isinstance(v, dict) and all(isinstance(e, str) and e for e in v.values()),
    ),
    "formulas": (
        'a table of left sides that are asked for, such as { gradient = "dL/dW1[j,k]" }',
        lambda v: isinstance(v, dict) and all(isinstance(e, str) and e.strip() for e in v.values()),
    ),
    "closed": (
        'a list of names of formulas without derivatives, such as ["gradient"]',
        lambda v: isinstance(v, list) and all(isinstance(e, str) for e in v),
    ),
    "counts": (
        'a table of what is counted, such as { n = "parameters", r = "rows of W1" }',
        lambda v: isinstance(v, dict) and all(isinstance(e, str) and e.strip() for e in v.values()),
    ),
    "holds": (
        'a table of statements, true or false, such as { zero = "dL/dW1[1,2] = 0" }',
        lambda v: isinstance(v, dict) and all(map(_is_statement, v.values())),
    ),
    "notation": (
        f"the name of a notation, {', '.join(NOTATIONS)}, or of a file in .toml",
        lambda v: isinstance(v, str) and (v in NOTATIONS or v.endswith(".toml")),
    ),
    "names": (
        'a table of other names, such as { z1 = "h1_pre[1]" }',
        lambda v: isinstance(v, dict) and all(isinstance(e, str) for e in v.values()),
    ),
    "marks": (
        "a table of marks, from 0 to 1000, for each value, such as { L = 2 }",
        lambda v: (
            isinstance(v, dict)
            and all(
                isinstance(e, int | Fraction) and not isinstance(e, bool) and 0 <= e <= 1000
                for e in v.values()
            )
        ),
    ),
}
"""What a file of values can say beside a spec and the values: each key, what it must be, a test."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a file of values says.

    Attributes:
        source: the name of the file.
        spec: what it says of the network, by the keys of a spec.
        options: what it says of the work, by the keys of `OPTIONS`.
        arrays: nested lists of numbers, or one number, by the name of a quantity or an entry.
    """

    source: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether it says of letters and counts alone what is right, and of no network."""
        told = {"answers", "marks", "notation"}
        return not self.spec and not self.arrays and set(self.options) <= told

    @property
    def has_numbers(self) -> bool:
        """Whether it gives numbers to work with, and not only what formulas and counts are about.

        A file that asks for nothing else is taken to give them, so that what lacks is said.
        """
        return bool(self.arrays) or not {"formulas", "counts", "holds"} & set(self.options)


def read_values(data: bytes, source: str) -> Values:
    """Read the bytes of a file of values; its first bytes say which kind it is.

    Args:
        data: of the file.
        source: its name.

    Raises:
        InputError: for what is no such file, for a sheet of several problems, and for an option of
            the wrong kind.
    """
    content = _content(data, source)
    tables = content.get("exercise")
    if isinstance(tables, dict):
        raise InputError(
            f"is a sheet with the exercises {', '.join(map(str, tables))}", where=source,
            hint="give the values of one problem",
        )  # fmt: skip
    return _values(content, source)


def read_problems(data: bytes, source: str, exercise: int | None = None) -> dict[int, Values]:
    """Read a file of values with one problem, number 0, or the tables ``[exercise.N]`` of a sheet.

    Args:
        data: of the file.
        source: its name.
        exercise: which exercise alone is meant; it has the number 0 then.

    Raises:
        InputError: as `read_values`, and for an exercise that is not there.
    """
    content = _content(data, source)
    tables = content.get("exercise")
    if not isinstance(tables, dict):
        if exercise is not None:
            raise InputError(f"has no exercise {exercise}", where=source)
        return {0: _values(content, source)}
    numbers = ", ".join(map(str, tables))
    if exercise is not None:
        table = tables.get(str(exercise))
        if not isinstance(table, dict):
            raise InputError(f"has no exercise {exercise}, but {numbers}", where=source)
        return {0: _values(table, source)}
    found = {}
    for number, table in tables.items():
        if not number.isdigit() or not int(number) or not isinstance(table, dict):
            raise InputError(f"[exercise.{number}] is no numbered table", where=source)
        found[int(number)] = _values(table, source)
    if not found:
        raise InputError("has no exercise", where=source)
    return found


def exercises_in(data: bytes, source: str) -> frozenset[int]:
    """The numbers of the exercises that a file of values has; none where it has one problem."""
    tables = _content(data, source).get("exercise")
    if not isinstance(tables, dict):
        return frozenset()
    return frozenset(int(number) for number in tables if number.isdigit())


def _content(data: bytes, source: str) -> Mapping[str, Any]:
    """What a file of values holds, as a table."""
    if len(data) > MAX_BYTES:
        raise InputError(f"larger than the limit of {MAX_BYTES} bytes", where=source)
    if not data.strip():
        raise InputError("is empty", where=source, hint="give x, y and the weights")
    if data[:2] == b"PK":
        return _from_npz(data, source)
    if data[:6] == b"\x93NUMPY" or data[:1] == b"\x80":
        raise InputError("is a pickle or a single array", where=source, hint="use numpy.savez")
    if data.lstrip()[:1] == b"{":
        return _from_json(data, source)
    return _from_toml(data, source)


def _values(content: Mapping[str, Any], source: str) -> Values:
    spec, options, arrays = {}, {}, {}
    for key, value in content.items():
        if key in OPTIONS:
            wanted, fits = OPTIONS[key]
            if isinstance(value, bool) or not fits(value):
                raise InputError(f"{key} must be {wanted}", where=source)
            options[key] = value
        elif key in SPEC_KEYS and not (key == "y" or key == "x"):
            if key == "sizes" and not SPEC_KEYS[key][1](value):
                raise InputError(f"sizes must be {SPEC_KEYS[key][0]}", where=source)
            spec[key] = value
        else:
            arrays[key] = value
    if "weight_decay" in spec and isinstance(spec["weight_decay"], Fraction):
        spec["weight_decay"] = float(spec["weight_decay"])
    return Values(source, spec, options, arrays)


MOST_POWER = 400
"""No float has a power of ten beyond it, and a fraction with such a one takes no end of memory."""


def _number(text: str) -> Any:
    power = text.lower().partition("e")[2].replace("_", "")
    if len(power) > 9 or (power.lstrip("+-").isdigit() and abs(int(power)) > MOST_POWER):
        return float(text)
    try:
        return Fraction(text.replace("_", ""))
    except ValueError:  # nan and inf, which are refused where the value is used
        return float(text)


def _from_toml(data: bytes, source: str) -> Mapping[str, Any]:
    import tomllib

    from symback.model.spec import parse_toml

    text = parse_toml(data, source).text  # says what is wrong, and where
    return tomllib.loads(text, parse_float=_number)


def _from_json(data: bytes, source: str) -> Mapping[str, Any]:
    try:
        found = json.loads(data, parse_float=_number, parse_constant=float)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {str(error)[:80]}", where=source) from None
    if not isinstance(found, dict):
        raise InputError("must be an object with a key for each quantity", where=source)
    return found


def _from_npz(data: bytes, source: str) -> Mapping[str, Any]:
    try:
        import numpy
    except ImportError:
        raise InputError("reading .npz needs NumPy", where=source, hint="use TOML") from None
    found: dict[str, Any] = {}
    try:
        with numpy.load(io.BytesIO(data), allow_pickle=False) as arrays:
            for name in arrays.files:
                array = arrays[name]
                if array.dtype.kind in "US" and not array.shape:
                    found[name] = str(array)
                elif array.dtype.kind not in "fiu":
                    raise InputError("holds no numbers", where=f"{source}, {name}")
                else:
                    found[name] = array.tolist()
    except InputError:
        raise
    except Exception as error:  # a damaged archive, or a pickle, which is never loaded
        pickled = "pickle" in str(error).lower()
        reason = "holds a pickle, which is not loaded" if pickled else "is no .npz that can be read"
        raise InputError(reason, where=source) from None
    return found


def open_sizes(model: Model, values: Values) -> dict[str, int]:
    """The sizes that a model leaves open and the shapes of the given arrays say."""
    found: dict[str, int] = {}
    for quantity in model.given:
        node = values.arrays.get(quantity.name)
        for r in quantity.ranges:
            if not isinstance(node, list) or not node:
                break
            if not r.size and r.is_plain:
                found.setdefault(r.name, len(node))
            node = node[0]
    return found


def assigned(
    model: Model, given: Mapping[str, tuple[str, ...]], values: Values, *, draw: Any = None
) -> tuple[dict[str, Any], bool]:
    """A number for every given key of a program.

    Args:
        model: says the shapes.
        given: the keys of each given quantity, in order.
        values: what the file says.
        draw: for what the file leaves out, a function of the quantity's name and the number of its
            entries; None where all must be said.

    Returns:
        The numbers by key, and whether a bias was given as one number for its whole layer.

    Raises:
        InputError: for a missing or unknown name, a wrong shape, or what is no finite number.
    """
    known = {key for keys in given.values() for key in keys}
    quantities = {q.name: q for q in model.given if q.name in given}
    integers = {q.name for q in model.given if q.role is Role.INTEGER}
    for name in values.arrays:
        if name in integers:
            continue  # its entries say where others look, and are in the program already
        if name not in quantities and name.replace(" ", "") not in known:
            if name in model.size_names:
                raise InputError(
                    f"{name} is a size of the model", where=values.source,
                    hint=f"say --sizes {name}=3, or sizes = {{ {name} = 3 }}, for 3 of them",
                )  # fmt: skip
            guess = did_you_mean(name, [*quantities, *OPTIONS])
            raise InputError(
                f"there is no {quote(name)}{guess}",
                where=values.source,
                hint=None if guess else f"known are {', '.join(quantities)}, eta",
            )
    singles = {name.replace(" ", ""): value for name, value in values.arrays.items()}
    found: dict[str, Any] = {}
    shared = False
    transposed = values.options.get("order") == "to-from"
    for name, quantity in quantities.items():
        keys = given[name]
        if name in values.arrays:
            node = values.arrays[name]
            if quantity.role is Role.BIAS and len(keys) > 1 and not isinstance(node, list):
                shared = True
                node = [node] * len(keys)
            if transposed and quantity.role is Role.WEIGHT and len(quantity.ranges) == 2:
                node = _exchanged(node, quantity, values.source)
            numbers = list(_flat(node, _shape(quantity, keys), name, values.source))
            found.update(zip(keys, numbers, strict=True))
        elif quantity.value is not None:
            found[keys[0]] = Fraction(repr(quantity.value))
        missing = [key for key in keys if key not in found and key not in singles]
        if missing and draw is not None:
            found.update(zip(keys, draw(quantity, len(keys)), strict=True))
        elif missing:
            what = name if len(missing) == len(keys) else missing[0]
            raise InputError(f"{what} has no value", where=values.source)
    for key in known & set(singles):
        found[key] = _value(singles[key], key, values.source)
    if "eta" in values.options:
        found["eta"] = _value(values.options["eta"], "eta", values.source)
    _check_targets(model, given, found, values.source)
    return found, shared


def _check_targets(
    model: Model, given: Mapping[str, tuple[str, ...]], found: Mapping[str, Any], source: str
) -> None:
    """Refuse targets that a loss's short derivative does not hold for."""
    if "targets-sum-to-one" not in model.facts:
        return
    for quantity in model.given:
        if quantity.role is not Role.TARGET:
            continue
        rows: dict[str, Any] = {}
        for key in given[quantity.name]:
            row = key.rpartition(",")[0] if "," in key else quantity.name
            rows[row] = rows.get(row, 0) + found[key]
        for row, total in rows.items():
            if abs(total - 1) > 1e-9:
                raise InputError(
                    f"the targets add up to {float(total):g}, and this loss takes it that they "
                    "add up to 1",
                    where=f"{source}, {row.partition('[')[0]}",
                )


def _shape(quantity: Quantity, keys: tuple[str, ...]) -> tuple[int, ...]:
    """The shape of an array, from the first and the last of its keys."""
    if not quantity.ranges:
        return ()
    first, last = (
        [int(i) for i in key.partition("[")[2][:-1].split(",")] for key in (keys[0], keys[-1])
    )
    return tuple(b - a + 1 for a, b in zip(first, last, strict=True))


def _exchanged(node: Any, quantity: Quantity, source: str) -> Any:
    if isinstance(node, list) and not _has_lists(node):
        node = [node]  # of one unit
    if not isinstance(node, list) or not all(isinstance(row, list) for row in node):
        raise InputError(f"{quantity.name} must be a list of rows", where=source)
    if len({len(row) for row in node}) > 1:
        raise InputError(f"the rows of {quantity.name} differ in length", where=source)
    return [list(column) for column in zip(*node, strict=True)]


def _flat(node: Any, shape: tuple[int, ...], name: str, source: str) -> Iterator[Any]:
    if not shape:
        if isinstance(node, list) and len(node) == 1:
            node = node[0]
        yield _value(node, name, source)
        return
    if not isinstance(node, list):
        if shape == (1,):
            yield _value(node, name, source)
            return
        raise InputError(f"{name} must be a list of {shape[0]}, not one number", where=source)
    if len(shape) == 2 and shape[1] == 1 and len(node) == shape[0]:
        node = [row if isinstance(row, list) else [row] for row in node]
    if len(shape) == 2 and shape[0] == 1 and len(node) == shape[1] and not _has_lists(node):
        node = [node]
    if len(node) != shape[0]:
        wanted = " x ".join(map(str, shape)) if len(shape) > 1 else f"a list of {shape[0]}"
        raise InputError(
            f"{name} must be {wanted}, and has {len(node)} where {shape[0]} belong", where=source
        )
    for place, part in enumerate(node, start=1):
        if len(shape) == 1:
            yield _value(part, f"{name}[{place}]", source)
        else:
            yield from _flat(part, shape[1:], f"{name}[{place}]", source)


def _has_lists(node: list[Any]) -> bool:
    return any(isinstance(part, list) for part in node)


def _value(value: Any, name: str, source: str) -> Any:
    """One number: exact where it was written as a decimal or a fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | str):
        raise InputError(f"{name} must be a number", where=source)
    if isinstance(value, str):
        try:
            return read_number(value).value
        except InputError as error:
            raise InputError(f"{name}: {error.message}", where=source) from None
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputError(f"{name} is {value}, not a finite number", where=source)
        return Fraction(repr(value))
    exact = Fraction(value)  # also of what is too large for a float
    if abs(exact) > 10**9:
        raise InputError(f"{name} is too large", where=source)
    return exact
