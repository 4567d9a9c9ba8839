"""``symback schema``: the JSON Schema of what symback reads and writes."""

from __future__ import annotations

import json
from typing import Any

import click

from symback.cli.command import Command, OneOf
from symback.cli.output import print_text

__all__ = ["schema", "with_notations"]

# Each schema lies beside the code that it describes.
_SCHEMAS = {
    "spec": ("model", "spec.schema.json"),
    "notation": ("notation", "notation.schema.json"),
    "derivation": ("rendering", "derivation.schema.json"),
    "verification": ("rendering", "derivation.schema.json"),
    "second": ("rendering", "derivation.schema.json"),
    "answer": ("rendering", "derivation.schema.json"),
    "check": ("rendering", "check", "report.schema.json"),
}


@click.command(
    cls=Command,
    short_help="Show the JSON Schema of a spec, a notation, or of what --format json writes.",
    examples=("symback schema spec", "symback schema derivation", "symback schema check"),
)
@click.argument("name", type=OneOf("schema", _SCHEMAS))
def schema(name: str) -> None:
    """Show the JSON Schema of a spec, of a notation, or of what --format json writes.

    That is a derivation, one of second order (with --second or --jvp), a verification (of symback
    verify), an answer, or a check.
    """
    text = _read(name)
    if name == "answer":
        text = _text(_answer(json.loads(text), json.loads(_read("check"))))
    elif name == "verification":
        text = _text(_verification(json.loads(text)))
    elif name == "second":
        text = _text(_second(json.loads(text)))
    elif name == "notation":
        text = _text(with_notations(json.loads(text)))
    print_text(text)


def _read(name: str) -> str:
    from importlib.resources import files

    # By its path: asking a package of ours for it would import all that the package needs.
    return files("symback").joinpath(*_SCHEMAS[name]).read_text(encoding="utf-8")


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def with_notations(notation: dict[str, Any]) -> dict[str, Any]:
    """The schema of a notation, with the names on which one can be based."""
    from symback.notation import NOTATIONS

    named = notation["properties"]["based_on"] | {"enum": list(NOTATIONS)}
    return notation | {"properties": notation["properties"] | {"based_on": named}}


def _verification(derivation: dict[str, Any]) -> dict[str, Any]:
    """The part of a derivation's schema that is about what was proved."""
    own = {name: derivation["properties"][name] for name in derivation["required"]}
    return derivation | {
        "$id": "symback/verification",
        "title": "What symback verify proved",
        "properties": own
        | {"document": {"const": "verification"}, "claims": derivation["properties"]["claims"]},
    }


def _second(derivation: dict[str, Any]) -> dict[str, Any]:
    """What symback derive writes of a product of second order, or of forward mode."""
    formula, known = {"$ref": "#/$defs/formula"}, derivation["properties"]
    number, name = {"type": "integer", "minimum": 0}, {"type": "string"}
    names = {"type": "array", "items": name}

    def rows(what: str, **own: Any) -> dict[str, Any]:
        item = {"type": "object", "additionalProperties": False, "required": [*own]}
        return {"description": what, "type": "array", "items": item | {"properties": own}}

    line = {
        "number": number,
        "of": number,
        "quantity": name,
        "left": formula,
        "links": {"$ref": "#/$defs/links"},
    }
    sides = {"number": number, "left": formula, "right": formula}
    result = sides | {"number": number | {"minimum": 0}}
    own = {
        "document": {"const": "second"},
        "product": {
            "enum": ["hvp", "gauss-newton", "jvp", "fisher", "empirical-fisher", "hessian"]
        },
        "network": known["network"],
        "direction": names | {"description": "The quantities that the vector moves."},
        "outputs": names | {"description": "What the loss is a function of; empty for hvp."},
        "equations": known["equations"],
        "steps": rows("The results of the backward pass.", **sides),
        "along": rows("R of each equation that changes; of is its number.", **line),
        "back": rows("R or G of each step that changes; of is its number.", **line),
        "products": rows("The product; 0 is the number of what is 0.", quantity=name, **result),
        "proof": known["proof"],
    }
    return derivation | {
        "$id": "symback/second",
        "title": "A product of second order by symback",
        "required": [*own],
        "properties": own,
    }


def _answer(derivation: dict[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    """What symback answer writes: about a model, or as one line of a check about a network."""
    claims = derivation["properties"]["claims"]
    item = claims["items"]
    own = {name: part for name, part in item["properties"].items() if name != "line"}
    reading = {
        "type": "object",
        "additionalProperties": False,
        "required": ["code", "names", "words"],
        "properties": {
            "code": {"type": "string"},
            "names": {"type": "array", "items": {"type": "string"}},
            "words": {"type": "string"},
        },
    }
    about_model = {
        "title": "About a model",
        "type": "object",
        "additionalProperties": False,
        "required": ["document", "claims", "readings"],
        "properties": {
            "document": {"const": "answer"},
            "claims": claims | {"items": item | {"required": [*own], "properties": own}},
            "readings": {
                "description": "How what the lines leave open was read.",
                "type": "array",
                "items": reading,
            },
        },
    }
    return {
        "$schema": derivation["$schema"],
        "$id": "symback/answer",
        "title": "What symback answer decided",
        "oneOf": [about_model, {"$ref": "#/$defs/statement"}],
        "$defs": derivation["$defs"] | report["$defs"],
    }
