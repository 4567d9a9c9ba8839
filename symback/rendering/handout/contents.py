"""What a handout says, before any language: its parts, what they tell of notation, its drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from sympy import Expr, KroneckerDelta, Sum, Symbol

from symback.algebra.expressions import KINKED, SMOOTH, Apply
from symback.algebra.formula_syntax import ARITIES
from symback.calculus.derivation import Rule
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Quantity, Role
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.model.perceptron import FUNCTIONS
from symback.notation import FOUNDING, NOTATIONS
from symback.printing import UNICODE, Printer
from symback.records import dataclass
from symback.rendering.definitions import definitions
from symback.rendering.document import command_for
from symback.rendering.environment import is_formula
from symback.rendering.equalities import ChainOf
from symback.rendering.handout.detail import SECTIONS
from symback.rendering.handout.in_numbers import InNumbers
from symback.rendering.handout.lesson import Lesson
from symback.rendering.handout.notation_rows import notation_rows
from symback.rendering.handout.proof_rows import ProofRow, proof_rows
from symback.rendering.handout.slopes import SLOPES
from symback.rendering.picture import Picture, Way, computation_graph, follow, lay_out, lay_out_way
from symback.rendering.proof import Proof

if TYPE_CHECKING:
    from symback.calculus.second import Second
    from symback.rendering.along import Along
    from symback.verification.report import Report

__all__ = ["Handout"]


KNOWN_FUNCTIONS = frozenset({*ACTIVATIONS, *FUNCTIONS, *SMOOTH, *KINKED, *ARITIES})
"""Functions of which more is known than their names."""

_SIGNS = ("product", "quotient", "transpose", "ones")
"""Signs of matrices that are told with the notation."""

_SHORT, _FEW_CONVENTIONS = ("conventions", "proof", "further"), 8
"""Parts that are short, conventions where they are no more than so many."""

_TOLD_OF_MODELS = frozenset(
    {
        "from-one",
        "rows",
        "columns",
        "condition",
        "entrywise-function",
        "entrywise-power",
        "no-matrices",
    }
)
"""Conventions of a model that its table of notation says, or what leads to its equations."""

MAX_UNITS_IN_FULL = 24
"""Up to so many units the forward pass is written out unit by unit, where all is asked for."""


_LAYERS_BY_HAND, _UNITS_BY_HAND = 4, 3
"""So many layers, with so many units each, anybody can work through by hand."""


@dataclass(frozen=True)
class Handout(Lesson):
    """The contents of a handout.

    Attributes:
        title: the user's; empty for the document's own.
        authors: the user's.
        date: the user's.
        licence: the user's.
        tex: whether HTML holds the LaTeX of each formula beside it.
        fragment: whether LaTeX is to be put into a document of the user's.
        in_numbers: both passes in numbers; None for none.
        second: a product of second order, as a part of its own; None for none.
        second_report: what was proved of it.
        verified_by: the command that shows every claim, where no options of a network are it.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    tex: bool = False
    fragment: bool = False
    in_numbers: InNumbers | None = None
    second: Second | None = None
    second_report: Report | None = None
    verified_by: str = ""
    date: str = ""
    licence: str = ""

    @property
    def command(self) -> str:
        """The command that shows every claim; empty where nothing states the model again."""
        return super().command or self.verified_by

    @property
    def answered_by(self) -> str:
        """How the command begins that judges a reader's line; empty where none does."""
        if self.network is not None:
            typed = any(map(is_formula, (*self.network.activations, self.network.loss)))
            return "" if typed else self._in_notation(self.command, "answer")
        shown, _, rest = self.verified_by.partition(" verify ")
        return f"{shown} answer {rest.partition(' --gradients')[0]}" if rest else ""

    @property
    def exercised_by(self) -> str:
        """The command that writes exercises on it, or on the like, small enough for work by hand.

        Empty where it would write none: they are on one sample, with functions that have numbers,
        or with generic ones alone; on models with parameters that are worked value by value.
        """
        network = self.network
        if network is None:
            from symback.teaching.unrolling import is_worked

            model = self.derivation.model
            if not (self.verified_by and model.parameters and is_worked(self.derivation)):
                return ""
            return self.verified_by.replace(" verify ", " exercises ", 1)
        if len(network.layers) > _LAYERS_BY_HAND:
            return ""
        plain = Network(network.layers)
        generic = (network.activations, network.loss) == (plain.activations, plain.loss)
        known = network.loss in LOSSES and all(name in ACTIVATIONS for name in network.activations)
        if network.batch or network.weight_decay or not (generic or known):
            return ""
        small = replace(network, layers=tuple(min(n, _UNITS_BY_HAND) for n in network.layers))
        return self._in_notation(command_for(small), "exercises")

    def _in_notation(self, command: str, name: str) -> str:
        """A command about the same network under another name, in the handout's notation."""
        spelled = self.notation.name
        known = spelled in NOTATIONS and spelled != FOUNDING.name
        return command.replace(" verify", f" {name}", 1) + (f" --notation {spelled}" * known)

    @property
    def is_smaller_by_hand(self) -> bool:
        """Whether the exercises are on a smaller network."""
        return self.network is not None and max(self.network.layers) > _UNITS_BY_HAND

    @cached_property
    def lines(self) -> Along | None:
        """The lines of the product of second order."""
        if self.second is None:
            return None
        from symback.rendering.along import Along

        return Along(self.second)

    @cached_property
    def second_proof(self) -> Proof | None:
        """What was proved of these."""
        return None if self.second_report is None else Proof(self.second_report)

    @property
    def most_units(self) -> int:
        """Up to so many units the forward pass is written out unit by unit."""
        return MAX_UNITS_IN_FULL

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The codes of its parts, in their order; a part with nothing in it is left out."""
        wanted = self.chosen_sections
        empty = {
            "worked": not self.entries,
            "functions": not self.functions and not self.slopes and not self.jacobians,
            "gradients": self.is_general,  # they stand among the equations, as they are
            "second": self.second is None,
            "numbers": self.in_numbers is None,
            "units": not self.written_out,
            "transposes": not self.passages,
            "conventions": not self.conventions and not self.assumptions,
            "proof": self.proof is None,
            "claims": self.proof is None,
            "further": self.is_general and not (self.derivation.model.sources or self.answered_by),
        }
        return tuple(code for code in SECTIONS if code in wanted and not empty.get(code, False))

    @property
    def closing(self) -> tuple[str, ...]:
        """The codes of short parts at the end, which stand together; none where it is one alone."""
        last = tuple(takewhile(lambda code: code in _SHORT, reversed(self.sections)))[::-1]
        few = len(self.conventions) + len(self.assumptions) <= _FEW_CONVENTIONS
        holds = self.proof is not None and self.proof.ok
        if "conventions" in last and not few:
            last = last[last.index("conventions") + 1 :]
        return last if holds and len(last) > 1 else ()

    @property
    def shown(self) -> tuple[ChainOf, ...]:
        """The chains that stand on the page: of each step what its lines show."""
        wanted = self.chosen_sections
        lines = [line.chain for line in (*self.forward_lines, *self.backward_lines)]
        steps = self.steps if "steps" in wanted else ()
        used = self.jacobians if "functions" in wanted else ()
        forms = (form for step in self.steps for form in self.other_forms(step))
        along = (*self.lines.forward, *self.lines.back) if self.lines else ()
        uses = (chain for j in used for chain in (j.derivative, j.use) if chain)
        return (*lines, *forms, *steps, *uses, *along)

    def has(self, section: str) -> bool:
        """Whether a part is there to be referred to."""
        return section in self.sections

    def runs(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Numbers as runs of such as follow one another, by its first and its last; no pairs."""
        found: list[tuple[int, int]] = []
        for number in sorted(numbers):
            if found and found[-1][1] == number - 1:
                found[-1] = (found[-1][0], number)
            else:
                found.append((number, number))
        pairs = [run if run[1] != run[0] + 1 else None for run in found]
        return [
            one
            for run, (first, last) in zip(pairs, found, strict=True)
            for one in ([run] if run else [(first, first), (last, last)])
        ]

    @cached_property
    def conventions(self) -> tuple[tuple[str, str], ...]:
        """Codes of the conventions that it relies on; what is said elsewhere is not among them."""
        wanted = self.chosen_sections
        told = {"bias"} if self.core_is_layered and "summary" in wanted else set()
        if "network" in wanted:
            told |= {f"entrywise-{sign}" for sign in _SIGNS if sign != "transpose"}
        if "equations" in wanted:
            told.add("entrywise-repeated")
        if self.is_general and {"network", "equations"} <= set(wanted):
            told |= _TOLD_OF_MODELS if self.plain_sizes else _TOLD_OF_MODELS - {"from-one"}
        return tuple(pair for pair in self.relied_on if pair[0] not in told)

    @property
    def brackets(self) -> str | None:
        """Which conditions stand in brackets, of a model: ``equal`` for equalities alone.

        Those in the derivative of a softmax are explained there.
        """
        kind = dict(self.relied_on).get("condition") if self.is_general else None
        if kind == "equal" and self.jacobians and "functions" in self.chosen_sections:
            results = (chain.links[-1].expression for chain in self.steps)
            return kind if any(right.has(KroneckerDelta) for right in results) else None
        return kind

    @cached_property
    def functions(self) -> tuple[ChainOf, ...]:
        """The functions that are called by name, and derivatives that are stated only."""
        known = definitions(self.derivation.model)
        told = {*self._worked_slopes, *(self._without_use if self.is_general else ())}
        return tuple(c for c in known if _slope_of(c) not in told)

    @cached_property
    def _without_use(self) -> set[str]:
        """The functions that everybody knows whose derivatives are in no line: behind a stop."""
        used = {
            name
            for line in self.backward_lines
            for link in line.reasons
            if link.rule == Rule.FUNCTION
            for name in link.about
        }
        return {"tanh"} - used - set(self.named_functions)

    @cached_property
    def slopes(self) -> tuple[tuple[ChainOf, ...], ...]:
        """The derivatives that are worked out, each behind what has to be known of its function."""
        return tuple(SLOPES[name]() for name in self._worked_slopes)

    @cached_property
    def _worked_slopes(self) -> tuple[str, ...]:
        """The functions of which they are; of a network with several, only in full: for length."""
        told = definitions(self.derivation.model)
        if self.is_general:
            told = tuple(c for c in told if _slope_of(c) not in self._without_use)
        names = [n for c in told if (n := _slope_of(c)) in SLOPES]
        return tuple(names if self.is_full or self.is_general or len(names) == 1 else ())

    @cached_property
    def explained_further(self) -> tuple[int, ...]:
        """The numbers of equations whose reason is worked out where the functions are."""
        if not self.has("functions") or self.fragment:
            return ()
        through = {_slope_of(chains[-1]) for chains in self.slopes}
        first = (
            line.number
            for line in self.backward_lines
            for link in line.reasons
            if link.rule == Rule.FUNCTION and through & set(link.about)
        )
        used = (j.use.number for j in self.jacobians if j.use)
        return (*used, *islice(first, 1))

    def number_of(self, section: str) -> int:
        """The number of a part."""
        return self.sections.index(section) + 1

    @cached_property
    def picture(self) -> Picture | None:
        """The network, with the paths of the earliest weight; of a model its computation graph."""
        if self.is_general:
            return computation_graph(self.derivation.model)
        printer = Printer(UNICODE, self.derivation.model, self.notation)
        drawn = lay_out(self.derivation, self.drawn_entry, printer)
        if drawn is None or self.way is None:
            return drawn
        digits = self.in_numbers.shown if self.in_numbers else {}
        return replace(drawn, way=lay_out_way(self.way, digits, printer))

    @property
    def draws_parameters(self) -> bool:
        """Whether the computation graph has parameters or constants."""
        drawn = {str(unit.label) for unit in self.picture.units} if self.picture else set()
        kinds = (Role.PARAMETER, Role.CONSTANT)
        return any(q.name in drawn for q in self.derivation.model.given if q.role in kinds)

    @property
    def drawn_entry(self) -> tuple[str, tuple[int, ...]] | None:
        """The worked parameter whose paths are drawn: the earliest weight."""
        return min(self.entries, key=lambda entry: (entry[0][0] != "W", entry[0]), default=None)

    @cached_property
    def way(self) -> Way | None:
        """Its way to the loss, unit by unit, where anybody could follow that."""
        if self.is_general or self.drawn_entry is None:
            return None
        name, indices = self.drawn_entry
        return follow(self.derivation, self.derivation.unit(name, *indices))

    @property
    def marked(self) -> Expr:
        """The parameter whose paths are marked in the drawing."""
        assert self.picture is not None
        assert self.picture.entry is not None
        name, indices = self.picture.entry
        return self.derivation.model.quantities[name].at(*indices)

    @property
    def marked_paths(self) -> int:
        """In how many ways it reaches the loss."""
        assert self.picture is not None
        assert self.picture.entry is not None
        name, indices = self.picture.entry
        return self.derivation.unit(name, *indices).paths

    @cached_property
    def dictionary(self) -> tuple[Quantity, ...]:
        """The quantities, each once, in the order in which they become known."""
        return tuple(self.derivation.model.quantities.values())

    @cached_property
    def notation_rows(self) -> tuple[tuple[Quantity, ...], ...]:
        """The quantities of each row of the dictionary: layers of one width share theirs."""
        return notation_rows(self.dictionary, self.network.layers if self.network else ())

    @property
    def given_first(self) -> int:
        """How many rows at the head of the dictionary are given or learnt, not computed."""
        given = {quantity.name for quantity in self.derivation.model.given}
        return len(list(takewhile(lambda row: row[0].name in given, self.notation_rows)))

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """Codes of what stands in formulas and is no quantity of the model."""
        there = {
            "functions": bool(self.generic_functions),
            "slopes": bool(self.named_functions),
            "delta": self.has_deltas and not self.notation.differentials,
            "differentials": self.has_deltas and self.notation.differentials,
            **{sign: sign in self.matrix_signs for sign in _SIGNS},
            "sigmoid": self._applies("sigmoid"),
            "sign": self.has("equations") and self._writes("sign", self.steps),
            "erf": self.has("functions") and self._writes("erf", self.functions),
            "condition": self.brackets is not None,
            "letters": bool(self.summed),
            "samples": self.has_samples,
            "sizes": bool(self.plain_sizes),
        }
        codes = tuple(code for code, is_there in there.items() if is_there)
        return (*codes, *(name for name in self.size_names if name not in self.plain_sizes))

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What the author of a model says that each name is; empty words for the others."""
        said = dict(self.derivation.model.meanings)
        return {
            name: said.get(name, "")
            for name in (*self.derivation.model.quantities, *self.size_names)
        }

    @cached_property
    def plain_sizes(self) -> tuple[str, ...]:
        """The sizes that are the last value of an index with their letter, and nothing more."""
        ranges = (r for q in self.derivation.model.quantities.values() for r in q.ranges)
        lasts = {r.upper.name for r in ranges if isinstance(r.upper, Symbol)}
        return tuple(n for n in self.size_names if n in lasts and not self.meanings[n])

    def is_boundary(self, chain: ChainOf) -> bool:
        """Whether an equation gives single entries, a start or an end."""
        return self.derivation.model.equations[chain.number - 1].is_boundary

    def numbers_of(self, quantity: Quantity) -> tuple[int, ...]:
        """The numbers of the equations that define a quantity, its starts and ends among them."""
        equations = self.derivation.model.equations
        return tuple(e.number for e in equations if e.quantity.name == quantity.name)

    @cached_property
    def generic_functions(self) -> tuple[str, ...]:
        """The names of functions of which nothing is known."""
        equations = self.derivation.model.equations
        nodes = (node for e in equations for node in e.expression.atoms(Apply))
        return tuple(sorted({n.name for n in nodes} - KNOWN_FUNCTIONS))

    @cached_property
    def named_functions(self) -> tuple[str, ...]:
        """The names of functions whose derivatives stand in the results."""
        results = (chain.links[-1].expression for chain in self.steps)
        nodes = (node for right in results for node in right.atoms(Apply) if node.order)
        return tuple(sorted({node.name for node in nodes}))

    def _applies(self, name: str) -> bool:
        """Whether a function of the catalogue is called by its name."""
        return any(_slope_of(chain) == name for chain in definitions(self.derivation.model))

    def _writes(self, name: str, chains: Iterable[ChainOf]) -> bool:
        """Whether a function stands in the last forms of some chains."""
        rights = (chain.links[-1].expression for chain in chains)
        nodes = (node for right in rights for node in right.atoms(Apply))
        return any(node.name == name for node in nodes)

    @cached_property
    def summed(self) -> tuple[Expr, ...]:
        """The letters over which sums run on the page."""
        return tuple(self._summed[name][0] for name in sorted(self._summed))

    @property
    def sums_over_units(self) -> bool:
        """Whether the letter that conventions name for such sums is among those on the page."""
        return "i" in self._summed

    @property
    def lasts_of_sums(self) -> tuple[tuple[Expr, frozenset[Expr]], ...]:
        """Of a model, each letter of sums with its last values; of a network sums say them."""
        if not self.is_general:
            return ()
        return tuple((index, frozenset(lasts)) for index, lasts in self._summed.values())

    @cached_property
    def _summed(self) -> dict[str, tuple[Expr, set[Expr]]]:
        """The letters by their names, with their last values; a sum of one term is not written."""
        parts: dict[str, Iterable[ChainOf]] = {
            "equations": (*(line.chain for line in self.backward_lines), *self._forms_shown),
            "worked": (*(c for w in self.in_full for s, _ in w.stages for c in s.chains),
                       *self.in_brief),
            "functions": (c for j in self.jacobians for c in (j.derivative, j.use) if c),
            "gradients": self.carried,
            "steps": (*self.steps, *self.carried_chains),
        }  # fmt: skip
        told = [chain for code, chains in parts.items() if self.has(code) for chain in chains]
        rights = (link.expression for chain in (*self.forward, *told) for link in chain.links)
        single = {r.upper for q in self.derivation.model.quantities.values()
                  for r in q.ranges if r.size == 1 and not self.is_general}  # fmt: skip
        letters: dict[str, tuple[Expr, set[Expr]]] = {}
        for right in rights:
            for node in right.atoms(Sum):
                for index, _, last in node.limits:
                    if last not in single:
                        letters.setdefault(str(index), (index, set()))[1].add(last)
        return letters

    @property
    def _forms_shown(self) -> Iterator[ChainOf]:
        yield from (form for _, form in self.forms_of_steps)

    @property
    def tells_biases(self) -> bool:
        """Whether the gradients by biases are told where a weight is worked out, and not before."""
        before = self.core_is_layered and self.has("summary")
        return bool(self.bias_numbers) and not self.is_full and not before

    # What was proved ------------------------------------------------------------------------------

    @cached_property
    def proof_rows(self) -> tuple[ProofRow, ...]:
        """The claims equation by equation, then entry by entry, then those about the whole."""
        if self.report is None:
            return ()
        return proof_rows(self.report, self.derivation, self.entries)


def _slope_of(chain: ChainOf) -> str:
    """The function of which a chain tells the derivative; empty words for any other chain."""
    left = chain.subject
    return left.name if isinstance(left, Apply) and left.order == 1 else ""
