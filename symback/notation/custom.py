"""A notation of the user's own, stated in TOML as what differs from one that has a name.

The keys are in `NOTATION_KEYS` and `FORM_KEYS`; ``notation.schema.json`` beside this file publishes
them, and a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from symback.errors import InputError, quote
from symback.model.spec import Spec, parse_toml
from symback.notation.clash import check_in_general
from symback.notation.form import (
    DerivativeStyle,
    Form,
    IndexOrder,
    LayerMark,
    Notation,
    Orientation,
    SamplePlace,
)
from symback.notation.presets import NOTATIONS
from symback.notation.spelling import GREEK, Style
from symback.suggest import did_you_mean

__all__ = ["FORM_KEYS", "FORM_TABLES", "NOTATION_KEYS", "read_notation"]

Check = tuple[str, Callable[[object], bool]]
"""What a value must be, in words and as a test."""

_LETTER = re.compile(r"[A-Za-z]{1,16}")
_LABEL = re.compile(r"[A-Za-z0-9]{0,16}(,[A-Za-z0-9]{1,16}){0,3}")


def _one_of(kind: type[StrEnum]) -> Check:
    values = [entry.value for entry in kind]
    return " or ".join(f'"{value}"' for value in values), lambda value: value in values


_BRACKETS = {"(l)": "()", "[l]": "[]", "l": ""}
_SIGNS = {"plus": 1, "minus": -1}
_ACCENTS = ("", "hat", "tilde", "bar", "vec")
_A_LETTER: Check = (
    'a letter, the name of a Greek one or a word, such as "a", "delta" or "net"',
    lambda value: type(value) is str and bool(_LETTER.fullmatch(value)),
)
_A_SHIFT: Check = (
    "a whole number from -1 to 2",
    lambda value: type(value) is int and -1 <= value <= 2,
)

NOTATION_KEYS: dict[str, Check] = {
    "name": ("a name in quotes", lambda value: type(value) is str and 0 < len(value) <= 60),
    "based_on": (
        f"one of {', '.join(NOTATIONS)}",
        lambda value: type(value) is str,
    ),
    "index_order": _one_of(IndexOrder),
    "orientation": _one_of(Orientation),
    "layer": ('"(l)", "[l]" or "l"', lambda value: value in list(_BRACKETS)),
    "sample": _one_of(SamplePlace),
    "samples": (
        'the letter for the number of samples, such as "m"',
        lambda value: type(value) is str and bool(re.fullmatch("[A-Za-z]", value)),
    ),
    "sample_index": (
        'the letter of the index of samples, such as "i"',
        lambda value: type(value) is str and bool(re.fullmatch("[a-z]", value)),
    ),
    "index_letters": (
        "different small letters for the source unit, the target unit and what is summed over, "
        'such as "ijk"',
        lambda value: (
            type(value) is str
            and bool(re.fullmatch("[a-z]{2,8}", value))
            and len(set(value)) == len(value)
        ),
    ),
    "derivative": _one_of(DerivativeStyle),
    "delta_sign": ('"plus" or "minus"', lambda value: value in list(_SIGNS)),
    "commas": ("true or false", lambda value: type(value) is bool),
}
"""The keys of a notation that are no tables."""

FORM_KEYS: dict[str, Check] = {
    "letter": _A_LETTER,
    "accent": (
        '"hat", "tilde", "bar", "vec" or ""',
        lambda value: value in list(_ACCENTS),
    ),
    "primes": (
        "a whole number from 0 to 3",
        lambda value: type(value) is int and 0 <= value <= 3,
    ),
    "layer": _one_of(LayerMark),
    "layer_shift": _A_SHIFT,
    "label": (
        'what stands below before any index, such as "h"',
        lambda value: type(value) is str and bool(_LABEL.fullmatch(value)),
    ),
    "style": _one_of(Style),
    "array": _A_LETTER,
    "array_style": _one_of(Style),
    "batch_array": _A_LETTER,
}
"""The keys of the table of one kind of quantity."""

FORM_TABLES: dict[str, str] = {
    "input": "input",
    "target": "target",
    "weight": "weight",
    "bias": "bias",
    "preactivation": "preactivation",
    "activation": "activation",
    "output_preactivation": "output_pre",
    "output": "output",
    "loss": "loss",
    "sample_loss": "sample_loss",
    "batch_loss": "cost",
    "undecayed_loss": "undecayed",
    "decayed_loss": "decayed",
    "decay_factor": "constant",
    "delta": "delta",
}
"""The tables, each with the form of a `Notation` that it states."""


def read_notation(data: bytes, source: str) -> Notation:
    """Read the bytes of a notation.

    Args:
        data: the file's content, UTF-8.
        source: its name, for messages.

    Raises:
        InputError: for what is not TOML, unknown keys and wrong values, with the line.
    """
    spec = parse_toml(data, source)
    stated = dict(spec.values)
    forms = {key: stated.pop(key) for key in tuple(stated) if key in FORM_TABLES}
    _check(stated, NOTATION_KEYS, (*NOTATION_KEYS, *FORM_TABLES), spec.place)
    base = _base(stated, spec)
    changes: dict[str, Any] = {"name": stated.get("name", source), "source": "", "summary": ""}
    for key, kind in _CHOICES.items():
        if key in stated:
            changes[key] = kind(stated[key])
    if "layer" in stated:
        changes["brackets"] = _BRACKETS[stated["layer"]]
    if "delta_sign" in stated:
        changes["delta_sign"] = _SIGNS[stated["delta_sign"]]
    for table, keys in forms.items():
        if type(keys) is not dict:
            raise InputError(
                f"{table} must be a table",
                where=spec.place(table),
                hint=f'write {table}.letter = "a"',
            )
        part, where = FORM_TABLES[table], spec.place(table)
        _check(keys, FORM_KEYS, FORM_KEYS, lambda _: spec.place(table), f" of {table}")  # noqa: B023
        changes[part] = _changed(getattr(base, part), keys, where)
        if part == "delta" and "letter" in keys:
            changes |= {"differentials": False, "delta_per_sample": False}
    notation = replace(base, **changes)
    try:
        check_in_general(notation)
    except InputError as error:
        raise error.at(source) from None
    return notation


_CHOICES: dict[str, Callable[[Any], Any]] = {
    "index_order": IndexOrder,
    "orientation": Orientation,
    "sample": SamplePlace,
    "samples": str,
    "sample_index": str,
    "index_letters": str,
    "derivative": DerivativeStyle,
    "commas": bool,
}


def _base(stated: Mapping[str, Any], spec: Spec) -> Notation:
    name = stated.get("based_on", "founding")
    if name not in NOTATIONS:
        suggestion = did_you_mean(name, NOTATIONS)
        raise InputError(
            f"unknown notation {quote(name)}{suggestion}",
            where=spec.place("based_on"),
            hint=None if suggestion else f"known are {', '.join(NOTATIONS)}",
        )
    return NOTATIONS[name]


def _check(
    stated: Mapping[str, object],
    checks: Mapping[str, Check],
    known: Iterable[str],
    place: Callable[[str], str],
    of: str = "",
) -> None:
    for key, value in stated.items():
        if key not in checks:
            suggestion = did_you_mean(key, known)
            raise InputError(
                f"unknown key {quote(key)}{of}{suggestion}",
                where=place(key),
                hint=None if suggestion else f"known are {', '.join(known)}",
            )
        wanted, fits = checks[key]
        if not fits(value):
            raise InputError(f"{key}{of} must be {wanted}", where=place(key))


_FIELDS = {
    "letter": "base",
    "accent": "accent",
    "primes": "primes",
    "layer": "layer",
    "layer_shift": "shift",
    "label": "label",
}


def _changed(form: Form | None, keys: Mapping[str, Any], where: str) -> Form:
    """A form with some of its keys stated anew, for the array and for letters as indices too."""
    if form is None:
        if "letter" not in keys:
            raise InputError("the letter is missing", where=where, hint='write letter = "delta"')
        form = Form("", layer=LayerMark.ALWAYS)
    changed = form
    for key, field in _FIELDS.items():
        if key in keys:
            value = LayerMark(keys[key]) if key == "layer" else keys[key]
            changed = _with(changed, field, value, getattr(form, field))
    if "letter" in keys:
        upper = form.batch == form.base.upper() and len(keys["letter"]) == 1
        changed = replace(
            changed,
            batch=keys["letter"].upper() if upper and form.batch else "",
            prefix="",
        )
        if form.whole is not None and form.whole.base == _capital(form.base):
            whole = replace(changed.whole or form.whole, base=_capital(keys["letter"]))
            changed = replace(changed, whole=whole)
        elif form.whole is not None and form.whole.base != form.base:
            changed = replace(changed, whole=None)  # a name of its own, for entries of old
    if "style" in keys:
        changed = replace(changed, style=_style(changed.base, Style(keys["style"])))
    if "array" in keys or "array_style" in keys:
        whole = changed.whole or replace(changed, batch="")
        letter = keys.get("array", whole.base)
        style = Style(keys.get("array_style", whole.style))
        whole = replace(whole, base=letter, style=_style(letter, style), last="")
        changed = replace(changed, whole=whole)
    return replace(changed, batch=keys.get("batch_array", changed.batch))


def _capital(letter: str) -> str:
    """The capital of a letter: ``Theta`` of ``theta``; a word has none of its own."""
    if len(letter) == 1:
        return letter.upper()
    return letter.capitalize() if letter.capitalize() in GREEK else letter


def _with(form: Form, field: str, value: Any, old: Any) -> Form:
    """The form with one field changed, wherever it had the value that it had."""
    inner: dict[str, Any] = {
        name: _with(part, field, value, old) if getattr(part, field) == old else part
        for name in ("whole", "lettered")
        if (part := getattr(form, name)) is not None
    }
    if field == "base":
        inner["style"] = _style(value, form.style)
    return replace(form, **inner, **{field: value})


def _style(letter: str, style: Style) -> Style:
    """A word stands upright, and a letter does not stand as a word."""
    if len(letter) > 1 and letter not in GREEK:
        return Style.WORD
    return Style.ITALIC if style is Style.WORD else style
