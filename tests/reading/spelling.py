"""Trees spelled in one line, so that a test can say what it expects to be read."""

from __future__ import annotations

from dataclasses import fields

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Form,
    Group,
    Node,
    Number,
    Product,
    Sum,
    Symbol,
    Text,
    Transpose,
)  # fmt: skip


def spell(node: object) -> str:
    """Return a tree as text: products in <>, sums in {}, `D[y/x]` for a derivative."""
    match node:
        case None:
            return "-"
        case str():
            return node
        case tuple():
            return "(" + ", ".join(map(spell, node)) + ")"
        case Number():
            return node.digits
        case Text():
            return repr(node.words)
        case Symbol():
            return _symbol(node)
        case Product():
            parts = [spell(node.factors[0])]
            for operator, factor in zip(node.operators, node.factors[1:], strict=True):
                parts += [operator.name.lower() if operator else "", spell(factor)]
            return "<" + " ".join(filter(None, parts)) + ">"
        case Sum():
            pairs = zip(node.signs, node.terms, strict=True)
            return "{" + " ".join(("+" if s > 0 else "-") + spell(t) for s, t in pairs) + "}"
        case Group():
            closing = {"(": ")", "[": "]", "{": "}", "<": ">"}[node.bracket]
            return f"{node.bracket}{spell(node.body)}{closing}"
        case Transpose():
            return f"{spell(node.body)}^T"
        case Call():
            arguments = ", ".join(map(spell, node.arguments))
            return f"{spell(node.function)}{chr(39) * node.order}[{arguments}]"
        case Derivative():
            by = ", ".join(map(spell, node.by))
            mark = "" if node.form is Form.FRACTION else f":{node.form}"
            return f"D{mark}[{spell(node.of)} / {by}]"
        case Node():
            values = (
                getattr(node, f.name) for f in fields(node) if f.name not in ("span", "meant")
            )
            return f"{type(node).__name__}({', '.join(map(spell, values))})"
    return str(node)


def _symbol(symbol: Symbol) -> str:
    text = ".".join([*symbol.accents, *([symbol.font] if symbol.font else []), symbol.name])
    text += "'" * symbol.primes
    if symbol.subscripts:
        text += "_" + ",".join(map(spell, symbol.subscripts))
    for mark in symbol.marks:
        text += f"^{mark.kind.name.lower()}:{spell(mark.body) if mark.body else ''}"
    return text + (f"@{spell(symbol.iteration)}" if symbol.iteration else "")
