"""The functions of one number that emitted modules define for themselves."""

from __future__ import annotations

from collections.abc import Iterable

from symback.emission.forms.functions import FORMS, Form

__all__ = ["SOFTMAX", "helper_sources", "source", "with_needed"]

SOFTMAX = {
    "softmax": (
        "exp(z_k) / sum_i exp(z_i) in each row",
        "e = np.exp(z - z.max(axis=-1, keepdims=True))\n"
        "p: Array = e / e.sum(axis=-1, keepdims=True)\n"
        "return p",
    ),
    "log_softmax": (
        "z_k - log(sum_i exp(z_i)) in each row",
        "shifted = z - z.max(axis=-1, keepdims=True)\n"
        "value: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))\n"
        "return value",
    ),
    "softmax_and_log": (
        "exp(z_k) / sum_i exp(z_i) in each row, and its logarithm",
        "shifted = z - z.max(axis=-1, keepdims=True)\n"
        "e = np.exp(shifted)\n"
        "total = e.sum(axis=-1, keepdims=True)\n"
        "return e / total, shifted - np.log(total)",
    ),
}


SOFTMAX_XP = {
    "softmax": (
        SOFTMAX["softmax"][0],
        "xp = array_namespace(z)\n"
        "e = xp.exp(z - xp.max(z, axis=-1, keepdims=True))\n"
        "return e / xp.sum(e, axis=-1, keepdims=True)",
    ),
    "log_softmax": (
        SOFTMAX["log_softmax"][0],
        "xp = array_namespace(z)\n"
        "shifted = z - xp.max(z, axis=-1, keepdims=True)\n"
        "return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))",
    ),
    "softmax_and_log": (
        SOFTMAX["softmax_and_log"][0],
        "xp = array_namespace(z)\n"
        "shifted = z - xp.max(z, axis=-1, keepdims=True)\n"
        "e = xp.exp(shifted)\n"
        "total = xp.sum(e, axis=-1, keepdims=True)\n"
        "return e / total, shifted - xp.log(total)",
    ),
}


def with_needed(names: Iterable[str]) -> list[Form]:
    """The entries of these names and of all that they call, callees first."""
    found: dict[str, Form] = {}

    def visit(name: str) -> None:
        form = FORMS.get(name)
        if form is None or name in found:
            return
        for other in form.needs:
            visit(other)
        found[name] = form

    for name in names:
        visit(name)
    return list(found.values())


def helper_sources(used: Iterable[str], language: str) -> list[str]:
    """The definitions of the functions that a module calls."""
    names = list(used)
    sources = [
        source(form.name, form.summary, _in_namespace(form))
        if language == "xp"
        else _quiet(form) + source(form.name, form.summary, form.numpy)
        for form in with_needed(names)
    ]
    for name in SOFTMAX:
        if name in names:
            summary, body = (SOFTMAX_XP if language == "xp" else SOFTMAX)[name]
            result = "tuple[Array, Array]" if name == "softmax_and_log" else "Array"
            sources.append(source(name, summary, body, result))
    return sources


def source(name: str, summary: str, body: str, result: str = "", *, kind: str = "Array") -> str:
    """The definition of one function; ``kind`` is the type of its argument."""
    lines = body.splitlines()
    if len(lines) == 1 and not body.startswith("return"):
        lines = [f"return {body}"]
        if kind == "Array":
            lines = [f"value: Array = {body}", "return value"]
    plain = summary[0].isalpha() and "(" not in summary.split()[0] and len(summary.split()[0]) > 1
    told = f"{summary[0].upper()}{summary[1:]}" if plain else summary
    head = [f"def {name}(z: {kind}) -> {result or kind}:", f'    """{told}."""']
    return "\n".join([*head, *(f"    {line}" for line in lines)])


def _in_namespace(form: Form) -> str:
    """A form for the array API, which has to ask an array for its namespace."""
    body = form.xp or form.numpy.replace("np.", "xp.")
    if "return" not in body:
        body = f"return {body}"
    return f"xp = array_namespace(z)\n{body}" if "xp." in body else body


def _quiet(form: Form) -> str:
    """The line above a definition that keeps an overflow which is meant from being reported."""
    return f'@np.errstate(over="ignore")  # {form.quiet}\n' if form.quiet else ""
