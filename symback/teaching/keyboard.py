"""What people type for a formula, as it is read: without dollars, in the notation's own names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symback.model.network import Network
from symback.notation import FOUNDING, NOTATIONS, Notation
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.printing.target import plainly

__all__ = ["bare", "in_letters"]

_FRAMES = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("`", "`"))


def bare(text: str) -> str:
    """A formula without the dollars, brackets or backticks that set it, and without a full stop."""
    found = " ".join(text.split())
    while True:
        before = found
        found = found.rstrip(".;").strip() if not found.endswith("...") else found
        for first, last in _FRAMES:
            inner = found[len(first) : len(found) - len(last)]
            is_framed = found.startswith(first) and found.endswith(last) and inner.strip()
            if is_framed and first not in inner and last not in inner:
                found = inner.strip()
        if found == before:
            return found


def in_letters(text: str, network: Network, notation: Notation | str | None = None) -> str:
    """A formula about a network in the letters of a notation, whichever of our names it has.

    ``h1_pre[k]``, as answers are called, is ``h'[k]`` where there is one hidden layer; and a
    letter that is no function of the network, ``f'(h1_pre[k])``, is the function applied there.

    Args:
        text: as it was typed.
        network: what it is about.
        notation: in which it is read; the founding notes' by default.
    """
    chosen = NOTATIONS[notation] if isinstance(notation, str) else notation or FOUNDING
    model = network.model()
    write = Printer(PLAIN, model, chosen)
    spelled: dict[str, str] = {}
    functions: dict[str, str] = {}
    for quantity in model.quantities.values():
        name = plainly(write(quantity.entry)).partition("[")[0]
        if len(quantity.indices) == 1 and name != quantity.name:
            spelled[quantity.name] = name
    for equation in model.equations:
        argument = equation.quantity.name.removesuffix("_pre") if equation.quantity else ""
        pre = {"yhat": "y_pre"}.get(argument, f"{argument}_pre")
        if pre in model.quantities and argument == equation.quantity.name:
            layer = network.depth if argument == "yhat" else int(argument[1:])
            function = network.activations[layer - 1]
            for known in (pre, spelled.get(pre, pre)):
                functions[known] = function
    taken = {plainly(write(q.entry)).partition("[")[0] for q in model.quantities.values()}
    names = {name: other for name, other in spelled.items() if name not in taken}
    return _with_functions(_with_names(text, names), functions, network)


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """Our names replaced, also behind a d and before an index below: ``dL/dh1_pre_k``."""
    for name in sorted(names, key=len, reverse=True):
        plain = rf"(?<![A-Za-z0-9_\\^{{])(d?|∂?){name}(?![A-Za-z0-9'′])(?!_pre)"
        text = re.sub(plain, rf"\g<1>{names[name]}", text)
    return text


_LETTERS = r"(?:f|g|φ|ϕ|\\phi|\\varphi|phi|varphi|σ|\\sigma|sigma|act|a)"


def _with_functions(text: str, functions: Mapping[str, str], network: Network) -> str:
    """Letters for a function in general, as the function that is applied to that sum."""
    if any(len(name) == 1 for name in network.activations):
        return text  # it has letters of its own
    is_logistic = "sigmoid" in network.activations
    for name, function in sorted(functions.items(), key=lambda pair: -len(pair[0])):
        if function == "softmax":
            continue
        argument = rf"({re.escape(name)}(?![A-Za-z0-9'′])[^()]*)"
        called = rf"(?<![A-Za-z\\])({_LETTERS})(['′]?)\({argument}\)"

        def replaced(found: re.Match[str], function: str = function) -> str:
            letter, prime, argument = found[1], found[2], found[3]
            if is_logistic and letter.strip("\\") in ("sigma", "σ"):
                return found[0]
            if function == "identity":
                return "1" if prime else f"({argument})"
            known = "sigma" if function == "sigmoid" else function
            return f"{known}{prime}({argument})"

        text = re.sub(called, replaced, text)
    return text
