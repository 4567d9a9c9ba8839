"""The judges judged: faults put into right derivations, and which witness refuses each.

``python tests/mutation.py`` runs every fault of every kind on networks of depth 1 to 5 and on
784,128,10 and prints the table; with ``--write`` it puts the table into docs/witnesses.md.  It
takes about twenty minutes of one processor; with ``--minutes 5`` it stops after five, and says how
many of the faults it had no time for, which are of all kinds and networks alike.  The tests run a
seeded sample of the same.
"""

from __future__ import annotations

import contextlib
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

from faults import KINDS, Fault, faults, replaced

from symback.calculus import Derivation, Link, derive
from symback.calculus.matrix.tree import MatMul, Transpose
from symback.model.activations import ACTIVATIONS
from symback.model.network import Network
from symback.verification import Claim, Verdict, Witness, verify
from symback.verification.identity.identity import Identity
from symback.verification.identity.meaning import Claims

PAGE = Path(__file__).resolve().parent.parent / "docs" / "witnesses.md"
BEGIN, END = "<!-- faults: begin -->\n", "<!-- faults: end -->\n"

NETWORKS = {
    "depth 1": Network(layers=(2, 3)),
    "depth 2": Network(layers=(2, 3, 2)),
    "depth 3": Network(layers=(2, 3, 2, 4)),
    "depth 4": Network(layers=(3, 2, 3, 2, 2)),
    "depth 5": Network(layers=(2, 2, 2, 2, 2, 2)),
    "catalogue": Network(layers=(3, 2, 4), activations=("sigmoid", "tanh"), loss="squared-error"),
    "softmax": Network(layers=(2, 3, 3), activations=("tanh", "softmax"), loss="cross-entropy"),
    "softmax, other loss": Network(
        layers=(2, 3, 3), activations=("softplus", "softmax"), loss="mean-squared-error"
    ),
    "batch": Network(
        layers=(2, 3, 2),
        activations=("sigmoid", "sigmoid"),
        loss="binary-cross-entropy",
        batch=True,
        weight_decay=0.5,
    ),
    "784,128,10": Network(layers=(784, 128, 10)),
    "784,128,10 softmax": Network(
        layers=(784, 128, 10), activations=("relu", "softmax"), loss="cross-entropy"
    ),
}

CATALOGUE = {
    "the catalogue's derivative with its sign turned": "-({})",
    "the catalogue's derivative doubled": "2*({})",
    "the catalogue's derivative squared": "({})**2",
    "the catalogue's derivative off by 1": "({}) + 1",
}

UNCHANGED = {
    (name, "the catalogue's derivative squared") for name in ("identity", "relu", "hard-tanh")
}
"""Where the derivative is 0 or 1, and so is its square."""


@dataclass(frozen=True)
class Trial:
    """One fault and who refused it."""

    network: str
    kind: str
    refused: frozenset[Witness]
    located: bool

    def __str__(self) -> str:
        return f"{self.kind} ({self.network})"


def trial(network: str, fault: Fault) -> Trial | None:
    """What becomes of one fault; None where the value is proved to be the same."""
    found = judged(network, fault)
    return None if not found.refused and _same_value(fault) else found


def judged(network: str, fault: Fault) -> Trial:
    """Who refuses one fault."""
    report = verify(fault.derivation)
    refuted = [check for check in report.failures if check.verdict is Verdict.REFUTED]
    # SymPy differentiates the whole loss: what it finds wrong it has found by itself.
    whole = [check for check in report.failures if check.claim is Claim.GRADIENT]
    refused = frozenset(witness for check in (*refuted, *whole) for witness in check.witnesses)
    numbers = {check.location.number for check in refuted}
    return Trial(network, fault.kind, refused, fault.step.number in numbers)


def _same_value(fault: Fault) -> bool:
    """Whether the wrong result is proved to equal the right one, as dL/db is to dL/dy'."""
    right = fault.step.result
    wrong = fault.derivation.step_of[fault.step.quantity.name].result
    steps = derive(fault.derivation.model).steps
    identity = Identity(Claims(fault.derivation.model, {s.quantity.name: s.result for s in steps}))
    return str(identity.compare(right, wrong)) == "equal"


def every_fault(derivation: Derivation) -> Iterator[Fault]:
    """Faults in results, in the links before them, in matrix forms, and steps that are missing."""
    yield from faults(derivation)
    for step in derivation.steps:
        for number, link in enumerate(step.links[:-1]):
            wrong = Link(2 * link.expression, link.rule, link.about)
            links = (*step.links[:number], wrong, *step.links[number + 1 :])
            yield Fault(
                "a link before the result doubled",
                replaced(derivation, step, replace(step, links=links)),
                step,
            )
        for number, path in enumerate(step.paths):
            for part in ("local", "chain", "primed", "contribution"):
                wrong_path = replace(path, **{part: -getattr(path, part)})
                paths = (*step.paths[:number], wrong_path, *step.paths[number + 1 :])
                yield Fault(
                    "a path's part with its sign turned",
                    replaced(derivation, step, replace(step, paths=paths)),
                    step,
                )
        if step.quantity in derivation.model.parameters:
            rest = tuple(other for other in derivation.steps if other is not step)
            yield Fault(
                "a gradient left out", Derivation(derivation.model, rest), replace(step, number=0)
            )
    yield from _matrix_faults(derivation)


def _matrix_faults(derivation: Derivation) -> Iterator[Fault]:
    forms = derivation.matrices
    for position, form in enumerate(forms):
        if form.adjoint and isinstance(form.right, MatMul):
            step = derivation.step_of[form.quantity.name]
            for wrong in (
                MatMul(form.right.right, form.right.left),
                MatMul(_turned(form.right.left), form.right.right),
                MatMul(form.right.left, _turned(form.right.right)),
            ):
                mutant = Derivation(derivation.model, derivation.steps)
                changed = replace(form, right=wrong)
                mutant.__dict__["matrices"] = (*forms[:position], changed, *forms[position + 1 :])
                yield Fault("a matrix form in another order or transposed", mutant, step)


def _turned(node):
    return node.body if isinstance(node, Transpose) else Transpose(node)


def catalogue_trials(names: Collection[str] = ACTIVATIONS) -> Iterator[Trial]:
    """Every function of one unit with a wrong derivative in the catalogue, on two layers."""
    for name, entry in ACTIVATIONS.items():
        if not entry.elementwise or name not in names:
            continue
        for kind, pattern in CATALOGUE.items():
            if name == "identity" or (name, kind) in UNCHANGED:
                continue  # no derivation looks that of the identity up: its equation says h = h'
            wrong = replace(entry, derivative=pattern.format(entry.derivative))
            with _catalogue(name, wrong):
                network = Network(layers=(3, 4, 4, 2), activations=(name, name, "g"))
                derivation = derive(network)
                steps = [s for s in derivation.steps if s.quantity.name == "h2_pre"]
                yield judged(name, Fault(kind, derivation, steps[0]))


@contextlib.contextmanager
def _catalogue(name: str, entry: object) -> Iterator[None]:
    """The catalogue with one other entry; what was read from it before is forgotten."""
    kept = ACTIVATIONS[name]
    ACTIVATIONS[name] = entry
    _forget()
    try:
        yield
    finally:
        ACTIVATIONS[name] = kept
        _forget()


def _forget() -> None:
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("symback."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def trials(names: Iterable[str], share: float = 1.0, seed: int = 1986) -> Iterator[Trial]:
    """The faults of some networks, or a seeded share of them."""
    draw = Random(seed)
    for name in names:
        for fault in every_fault(derive(NETWORKS[name])):
            if share < 1 and draw.random() >= share:
                continue
            found = trial(name, fault)
            if found is not None:
                yield found


def table(found: Iterable[Trial]) -> str:
    """The faults of each kind by who refused them, as Markdown."""
    counts: Counter[tuple[str, str]] = Counter()
    for t in found:
        for column in ("faults", "located", "refused", *t.refused):
            said = {"refused": bool(t.refused), "located": t.located}.get(str(column), True)
            counts[t.kind, str(column)] += said
    columns = ["faults", *map(str, Witness), "refused", "located"]
    kinds = list(dict.fromkeys([*KINDS, *(kind for kind, _ in counts)]))
    rows = [[kind, *(counts[kind, column] for column in columns)] for kind in kinds]
    sums = [sum(int(row[n]) for row in rows) for n in range(1, len(columns) + 1)]
    head = ["fault", "seeded", *(str(w).replace("-", " ") for w in Witness), "refused", "located"]
    lines = [head, ["---", *["---:"] * len(columns)], *rows, ["**all**", *sums]]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def networks() -> str:
    """The networks of the table, each with its functions, its loss and what else it has."""
    said = []
    for network in NETWORKS.values():
        extras = ["batch"] * network.batch
        if network.weight_decay:
            extras.append(f"weight decay {network.weight_decay}")
        parts = (*network.activations, network.loss, *extras)
        said.append(f"{','.join(map(str, network.layers))} ({', '.join(parts)})")
    return "; ".join(said)


SLICES = 24
"""The faults of a network are tried in so many parts, each with faults of all kinds."""

Part = tuple[str, int]
"""A network and which of its slices, or a function of the catalogue and -1."""


def _trials_of(part: Part) -> list[Trial]:
    name, number = part
    if number < 0:
        return list(catalogue_trials({name}))
    chosen = islice(every_fault(derive(NETWORKS[name])), number, None, SLICES)
    return [found for fault in chosen if (found := trial(name, fault)) is not None]


def _all_trials(minutes: float) -> tuple[list[Trial], int]:
    """What became of the faults, in their order, and of how many parts there was no time for."""
    catalogue: list[Part] = [(name, -1) for name in ACTIVATIONS]
    parts = catalogue + [(name, number) for number in range(SLICES) for name in NETWORKS]
    with ProcessPoolExecutor() as pool:
        running = {pool.submit(_trials_of, part): part for part in parts}
        wait(running, timeout=60 * minutes or None)
        pool.shutdown(cancel_futures=True)
    done = [future for future in running if not future.cancelled()]
    found = {running[future]: future.result() for future in done}
    return [t for part in sorted(found) for t in found[part]], len(parts) - len(done)


def main(arguments: list[str]) -> int:
    """Run everything and print or write the table; 1 if a fault was refused by nobody."""
    began = time.monotonic()
    options = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--write", action="store_true", help="put the table into the page")
    options.add_argument("--minutes", type=float, default=0, help="stop after so many")
    chosen = options.parse_args(arguments)
    found, left_out = _all_trials(chosen.minutes)
    for t in found:
        if not t.refused or not t.located:
            print("NOT LOCATED" if t.refused else "NOT REFUSED", t, file=sys.stderr)
    text = table(found)
    text += f"\nThe networks: {networks()}; and each function of the catalogue on 3,4,4,2.\n"
    if left_out:
        whole = len(ACTIVATIONS) + SLICES * len(NETWORKS)
        text += f"\nTried were {whole - left_out} of {whole} parts of all faults, of every kind of"
        text += " network; there was no time for the rest.\n"
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        _, after = rest.split(END)
        PAGE.write_text(before + BEGIN + text + END + after, encoding="utf-8")
    else:
        print(text)
    seconds = time.monotonic() - began
    print(f"{len(found)} faults in {seconds:.0f} s, {left_out} parts left out", file=sys.stderr)
    return int(not all(t.refused and t.located for t in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
