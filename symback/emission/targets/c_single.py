"""C in double precision as C in single precision."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["SINGLE", "in_single"]

SINGLE = (
    "exp",
    "log",
    "log1p",
    "expm1",
    "sqrt",
    "sin",
    "cos",
    "tanh",
    "erf",
    "pow",
    "fabs",
    "fmax",
)
"""The functions of ``math.h`` that have a name of their own in single precision."""


def in_single(values: dict[str, Any]) -> dict[str, Any]:
    """The same texts with numbers of single precision, called ``real``."""

    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return "\n".join(map(_single_line, value.split("\n")))
        if isinstance(value, list):
            return [changed(part) for part in value]
        return value

    code = ("forward_body", "loss_body", "gradients_body", "helpers", "fields", "constants")
    names = [*code, "inputs_typed", "forward_typed", "output_type", "arguments"]
    names += ["parameter_fields", "gradient_fields", "workspace_fields"]
    draws = [re.sub(r"\[i\] = (.*);$", r"[i] = (real)(\1);", line) for line in values["draws"]]
    single = {n: changed(values[n]) for n in names if n in values} | {"draws": draws}
    if "second" in values:
        own = ("lines", "workspace_fields", "output_fields")
        product = values["second"]
        single["second"] = product | {n: changed(product[n]) for n in own}
    return values | single


def _single_line(line: str) -> str:
    text, mark, remark = line.partition("//")
    if text.lstrip().startswith("/*"):
        return line
    text = re.sub(r"\bdouble\b", "real", text)
    text = re.sub(r"(?<![\w.])(\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?![\w.])", r"\1f", text)
    text = re.sub(rf"\b({'|'.join(SINGLE)})\(", r"\1f(", text).replace("HUGE_VAL", "HUGE_VALF")
    return text + mark + remark
