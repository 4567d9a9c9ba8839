"""A derivation as JSON: every formula in LaTeX and in plain infix text, every reason in words.

The schema lies beside this file, ``derivation.schema.json``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symback.algebra.expressions import Marked
from symback.calculus.blackboard.working import UnitDerivation
from symback.calculus.matrix.tree import MatrixForm
from symback.printing import LATEX, Printer
from symback.printing.matrix import MatrixPrinter
from symback.printing.target import plainly
from symback.rendering.document import Document
from symback.rendering.environment import environment
from symback.rendering.equalities import ChainOf, Stage
from symback.rendering.formats import FORMATS
from symback.rendering.page import Page

if TYPE_CHECKING:
    from symback.rendering.second import SecondDocument
    from symback.verification.report import Check
    from symback.verification.stated import Judged

__all__ = ["as_json", "claims_as_json", "second_as_json"]

Data = dict[str, Any]


def as_json(document: str, contents: Document) -> str:
    """A document as JSON text; keys keep the order of reading."""
    writer = _Writer(contents)
    data: Data = {"document": document, "network": writer.network()}
    if document == "derivation":
        data |= writer.derivation()
    data["proof"] = writer.proof()
    if contents.claims:
        data["claims"] = [writer.claim(chain, line) for chain, line in contents.claims]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def claims_as_json(contents: Document, readings: Sequence[tuple[str, tuple[str, ...]]] = ()) -> str:
    """What came of lines about a model, as JSON text, without its derivation."""
    writer = _Writer(contents)
    data: Data = {
        "document": "answer",
        "claims": [writer.judged(chain, line, False) for chain, line in contents.claims],
        "readings": [
            {"code": code, "names": list(names), "words": writer.reading(code, names)}
            for code, names in readings
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def second_as_json(contents: SecondDocument) -> str:
    """A product of second order as JSON text; keys keep the order of reading."""
    writer, second = _Writer(contents), contents.second
    data: Data = {
        "document": "second",
        "product": second.product,
        "network": writer.network(),
        "direction": [q.name for q in second.direction],
        "outputs": list(second.outputs),
        "equations": [writer.equation(chain) for chain in contents.forward],
        "steps": [writer.equation(chain) for chain in contents.results],
        "along": [writer.tangent(chain) for chain in contents.lines.forward],
        "back": [writer.tangent(chain) for chain in contents.lines.back],
        "products": [writer.product(chain) for chain in contents.lines.products],
        "proof": writer.proof(),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _vanishing(expression: Expr) -> list[Expr]:
    """What stands over a brace with ``= 0``, in an order of its own."""
    found = (node.body for node in expression.atoms(Marked) if node.mark == "vanishes")
    return sorted(found, key=str)


class _Writer:
    """Turns the contents of a document into what JSON can hold."""

    def __init__(self, contents: Document) -> None:
        self.contents = contents
        output_format = FORMATS["json"]
        self.page = Page(output_format, contents, output_format.room)
        self.text = self.page.bounded
        model = contents.derivation.model
        self.latex = Printer(LATEX, model, contents.notation, bounds=True)
        self.matrix = MatrixPrinter(self.latex)
        words = environment(output_format).get_template("words.j2")
        self.words: Any = words.make_module({"page": self.page, "doc": contents})

    def network(self) -> Data | None:
        """What was asked for."""
        network = self.contents.network
        if network is None:
            return None
        return {
            "layers": list(network.layers),
            "activations": list(network.activations),
            "loss": network.loss,
            "bias": network.bias,
            "batch": network.batch,
            "reduction": network.reduction,
            "weight_decay": network.weight_decay,
        }

    def derivation(self) -> Data:
        """Equations, steps, parameters, matrix forms and what is taken for granted."""
        contents = self.contents
        return {
            "equations": [self.equation(chain) for chain in contents.forward],
            "functions": [self.sides(chain) for chain in contents.functions],
            "steps": [self.step(chain) for chain in contents.steps],
            "parameters": [self.parameter(chain) for chain in contents.formulas],
            "matrices": [self.matrix_form(form) for form in contents.matrices],
            "conventions": [
                str(self.words.convention(code, name)) for code, name in contents.conventions
            ],
            "assumptions": [
                {"code": code, "words": str(self.words.assumption(code))}
                for code in contents.assumptions
            ],
        }

    def formula(self, expression: Expr) -> Data:
        """One expression in both languages."""
        return {"latex": self.latex(expression), "text": self.text(expression)}

    def equation(self, chain: ChainOf) -> Data:
        """One numbered equation of the forward pass."""
        return {"number": chain.number} | self.sides(chain)

    def sides(self, chain: ChainOf) -> Data:
        """Both sides of an equation."""
        return {
            "left": self.formula(chain.subject),
            "right": self.formula(chain.links[0].expression),
        }

    def step(self, chain: ChainOf) -> Data:
        """One adjoint with its chain of equalities."""
        assert chain.quantity is not None
        return {
            "number": chain.number,
            "quantity": chain.quantity.name,
            "role": chain.quantity.role.value,
            "left": self.formula(chain.subject),
            "links": self.links(chain, "link", chain.quantity.name),
            "forms": [
                self.formula(form.links[-1].expression)
                | {"kind": form.part, "about": list(form.links[-1].about)}
                for form in self.contents.other_forms(chain)
            ],
        }

    def links(
        self, chain: ChainOf, claim: str, name: str, unit: tuple[int, ...] = (), place: int = 0
    ) -> list[Data]:
        """The links of a chain, each with its rule, the reason in words, and the verdict."""
        proof = self.contents.proof
        return [
            self.formula(link.expression)
            | {
                "rule": str(link.rule),
                "reason": str(self.words.rule(link)),
                "verdict": proof.verdict(claim, name, unit, place, number) if proof else None,
                "vanishes": [self.formula(part) for part in _vanishing(link.expression)],
            }
            for number, link in enumerate(chain.links, start=1)
        ]

    def tangent(self, chain: ChainOf) -> Data:
        """One line along a vector, with its chain of equalities."""
        assert chain.quantity is not None
        proof = self.contents.proof
        verdicts = {
            check.location.link: str(check.verdict)
            for check in (proof.report.checks if proof else ())
            if check.location.number == chain.number and check.claim == "tangent"
        }
        links = self.links(chain, "", chain.quantity.name)
        for number, link in enumerate(links, start=1):
            link["verdict"] = verdicts.get(number)
        return {
            "number": chain.number,
            "of": chain.links[0].equations[0],
            "quantity": chain.quantity.name,
            "left": self.formula(chain.subject),
            "links": links,
        }

    def product(self, chain: ChainOf) -> Data:
        """One array of what was asked for, by the number of its line; 0 for one that is 0."""
        assert chain.quantity is not None
        return {"quantity": chain.quantity.name, "number": chain.number} | self.sides(chain)

    def parameter(self, chain: ChainOf) -> Data:
        """One parameter array: its index form both ways, and its worked entries."""
        quantity = chain.quantity
        assert quantity is not None
        by_layers = self.contents.derivation.gradients[quantity.name].formula
        return {
            "name": quantity.name,
            "role": quantity.role.value,
            "layer": quantity.layer,
            "shape": list(quantity.shape),
            "step": chain.number,
            "left": self.formula(chain.subject),
            "gradient": self.formula(chain.links[-1].expression if chain.links else by_layers),
            "to_the_loss": self.links(chain, "chain", quantity.name),
            "by_layers": self.formula(by_layers),
            "units": [self.unit(unit) for unit in self.contents.units if unit.quantity == quantity],
        }

    def unit(self, unit: UnitDerivation) -> Data:
        """One worked weight or bias."""
        return {
            "indices": list(unit.indices),
            "left": self.formula(unit.adjoint),
            "gradient": self.formula(unit.result),
            "paths": unit.paths,
            "chains": [
                {
                    "part": str(chain.part),
                    "words": str(
                        self.words.part(Stage(chain.part, (chain,)), unit.adjoint.by, unit)
                    ),
                    "subject": self.formula(chain.subject),
                    "links": self.links(chain, "unit", unit.quantity.name, unit.indices, place),
                }
                for place, chain in enumerate(self.contents.chains(unit), start=1)
            ],
        }

    def matrix_form(self, form: MatrixForm) -> Data:
        """One equation or step in matrices, with shapes."""
        return {
            "number": form.number,
            "left": self.matrix.left(form),
            "right": plainly(self.matrix.right(form)),
        }

    def claim(self, chain: ChainOf, line: Judged) -> Data:
        """One claim that stands beside a model, with what came of it."""
        return {"line": line.claim.line, **self.judged(chain, line, True)}

    def judged(self, chain: ChainOf, line: Judged, numbered: bool) -> Data:
        """What came of one line; where its number in the text says something, with that."""
        return {
            **self.sides(chain),
            "verdict": str(line.verdict),
            "witnesses": [str(witness) for witness in line.witnesses],
            "reason": line.reason,
            "sizes": [dict(choice) for choice in line.sizes],
            "at": list(line.at),
            "values": list(line.values),
            "words": str(self.words.judged(line, numbered)),
        }

    def reading(self, code: str, names: tuple[str, ...]) -> str:
        """How something was read that a line leaves open, in words."""
        return str(self.words.reading(code, names))

    def proof(self) -> Data | None:
        """What was proved: every claim with its place and verdict, and every witness."""
        proof = self.contents.proof
        if proof is None:
            return None
        return {
            "ok": proof.ok,
            "checks": [self.check(check) for check in proof.report.checks],
            "testimonies": [
                asdict(testimony)
                | {"sizes": dict(testimony.sizes), "words": str(self.words.testimony(testimony))}
                for testimony in proof.report.testimonies
            ],
            "sources": dict(proof.sources),
        }

    def check(self, check: Check) -> Data:
        """One claim; its two sides only where it does not hold."""
        data: Data = {"claim": str(check.claim)} | asdict(check.location)
        data |= {"verdict": str(check.verdict), "witnesses": [str(w) for w in check.witnesses]}
        if not check.ok:
            data["words"] = str(self.words.failure(check))
            sides = {"left": check.left, "right": check.right}
            data |= {side: self.formula(e) for side, e in sides.items() if e is not None}
        return data
