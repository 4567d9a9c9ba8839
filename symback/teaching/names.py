"""Names of values as people type them: our keys, shorter forms of them, and a course's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from symback.errors import InputError, quote
from symback.suggest import did_you_mean
from symback.teaching.program import Program

__all__ = ["Names", "typed_name", "what_was_meant"]


class Names:
    """The keys of a program by everything that stands for them.

    Args:
        program: whose values are named.
        own: names of a course's own, each for a key or a name that is known anyway.

    Raises:
        InputError: for a name of the course's that stands for nothing.
    """

    def __init__(self, program: Program, own: Mapping[str, str] | None = None) -> None:
        self.known: dict[str, str] = {}
        keys = [*program.givens, *(line.key for line in program.lines)]
        for key in keys:
            for form in _forms(key, program.loss):
                self.known.setdefault(form, key)
        for name, meant in (own or {}).items():
            try:
                key = self.key(meant)
            except InputError as error:
                raise error.at(f"names, {name}") from None
            self.known[_folded(name)] = key

    def find(self, name: str) -> str | None:
        """The key that a name stands for, or None."""
        return self.known.get(_folded(name))

    def key(self, name: str) -> str:
        """The key that a name stands for.

        Raises:
            InputError: where it stands for none, with what may have been meant.
        """
        found = self.find(name)
        if found is None:
            raise InputError(f"no value is called {quote(name)}{what_was_meant(name, self.known)}")
        return found


def what_was_meant(name: str, known: Iterable[str]) -> str:
    """What may have been meant by a name that stands for nothing, to be put behind it."""
    if name.count("[") > name.count("]"):  # a table cuts `dW1[1,2]` at its comma
        return "; a name with a comma stands in quotes, or is written dW1[1][2]"
    return did_you_mean(name, known)


def _folded(name: str) -> str:
    return re.sub(r"[\s{}^()]", "", name).replace("∂", "d").replace("][", ",").strip("_")


def _forms(key: str, loss: str) -> list[str]:
    """Ways to type a key: ``dL/dW1[1,2]`` is ``dW1[1,2]``, ``dL/dW1_12`` and ``dW1_12`` too."""
    forms = [key]
    if key.startswith(f"d{loss}/"):
        forms.append(key[len(loss) + 2 :])
    more = []
    for form in forms:
        name, bracket, rest = form.partition("[")
        if not bracket:
            continue
        more.append(f"{name}_{_joined(rest)}")
        if rest == "1]":
            more.append(name)  # the only entry, where nothing else has the name
    return [*forms, *more]


def typed_name(key: str, loss: str) -> str:
    """A short way to type a key, without commas and brackets: ``dW1_12`` for ``dL/dW1[1,2]``."""
    short = key[len(loss) + 2 :] if key.startswith(f"d{loss}/") else key
    name, bracket, rest = short.partition("[")
    return f"{name}_{_joined(rest)}" if bracket else name


def _joined(indices: str) -> str:
    digits = indices[:-1].split(",")
    return ("" if all(len(d) == 1 for d in digits) else "_").join(digits)
