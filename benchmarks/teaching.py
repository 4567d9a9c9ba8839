"""What exercises, drawn numbers and marking are held to, measured; takes some ten minutes.

python benchmarks/teaching.py                # everything
python benchmarks/teaching.py exercises      # keys proved, one slip each, nothing twice
python benchmarks/teaching.py numbers        # tidy numbers: how many seeds, how long
python benchmarks/teaching.py marking        # right values, planted slips
python benchmarks/teaching.py times          # a sheet as PDF, a class, by an import
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path
from statistics import mean, median
from typing import Any

from symback.calculus import derive
from symback.errors import InputError
from symback.model.network import Network
from symback.teaching.blocks import Table
from symback.teaching.digits import round_to
from symback.teaching.drawing import Drawer
from symback.teaching.exercises import KINDS, Exercise, make_sheet
from symback.teaching.exercises.sheet import FAMILIES
from symback.teaching.marking import Marker
from symback.teaching.outcomes import Outcome
from symback.teaching.program import Kind, Program
from symback.teaching.slips import variants
from symback.teaching.terms import FLOATS, evaluate
from symback.teaching.unrolling import unroll
from symback.teaching.values import Values, assigned

LAYERS = [
    (2, 2, 2), (2, 3, 1), (3, 2, 2), (2, 2, 1), (1, 2, 1), (2, 1, 2), (3, 3, 2), (2, 3, 3),
    (3, 2, 1), (2, 2, 3), (1, 3, 1), (1, 2, 2), (3, 3, 1), (2, 3, 2), (3, 1, 2), (1, 3, 2),
    (2, 2, 2, 1), (2, 2, 2, 2), (2, 3), (3, 2),
]  # fmt: skip
SEEDS = 50


def exercises() -> None:
    """Three exercises of every seed and network, the kinds in turn, the slip to be found last."""
    order = [kind for kind in KINDS if kind != "find-slip"]
    counts: Counter[str] = Counter()
    faults: list[Any] = []
    for place, layers in enumerate(LAYERS):
        for seed in range(SEEDS):
            first = (place + seed) % len(order)
            kinds = (order[first], order[(first + 5) % len(order)])
            sheets = [make_sheet(layers, seed, 2, kinds=kinds)]
            sheets.append(make_sheet(layers, seed, 1, kinds=("find-slip",)))
            made = [exercise for sheet in sheets for exercise in sheet.exercises]
            counts.update(exercise.kind for exercise in made)
            faults += [(layers, seed, e.kind, "not proved") for e in made if not e.proved]
            if len({e.signature for e in made}) < len(made):
                faults.append((layers, seed, "twice"))
            if not _has_one_slip(made[-1]):
                faults.append((layers, seed, "slip"))
    print(f"{sum(counts.values())} exercises, {SEEDS} seeds, {len(LAYERS)} networks: {counts}")
    print(f"faults: {len(faults)} {faults[:5]}")


def _has_one_slip(exercise: Exercise) -> bool:
    """Whether the printed sheet has one wrong value, which the key names, by one slip."""
    problem = exercise.problem
    assert problem is not None
    lines = problem.program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)
    table = [block for block in exercise.task if isinstance(block, Table)][-1]
    digits = [cell.equals for _, cells in table.rows for cell in cells]
    sheet = dict(zip([line.key for line in lines], digits, strict=True))
    judged = Marker(problem.program, problem.given).mark("", sheet).judged
    wrong = [value for value in judged if value.outcome is Outcome.WRONG]
    first = lines[int(exercise.items[0].answer) - 1].key
    return len(wrong) == 1 and len(wrong[0].slips) == 1 and wrong[0].key == first


def numbers() -> None:
    """Tidy numbers of every network up to width 3 and every family: tidy in all, and how fast."""
    tidy = asked = 0
    times: list[float] = []
    dropped: Counter[Any] = Counter()
    for layers in LAYERS:
        for (hidden, output), loss in FAMILIES:
            if output == "softmax" and layers[-1] < 2:
                continue
            functions = (hidden,) * (len(layers) - 2) + (output,)
            derivation = derive(Network(layers, functions, loss))
            drawer = Drawer(derivation, unroll(derivation))
            drawer.draw("tidy", 10**6)  # what is made once for a network
            for seed in range(SEEDS):
                asked += 1
                start = time.process_time()
                try:
                    drawn = drawer.draw("tidy", seed)
                except InputError:
                    dropped[layers, functions, "none"] += 1
                    continue
                times.append(time.process_time() - start)
                tidy += not drawn.dropped
                if drawn.dropped:
                    dropped[layers, functions, drawn.dropped] += 1
    times.sort()
    slow = sum(t > 0.1 for t in times)
    print(
        f"tidy: {tidy} of {asked} ({100 * tidy / asked:.2f} %); median {median(times):.4f} s, mean "
        f"{mean(times):.4f} s, 99 % within {times[int(0.99 * len(times))]:.3f} s, longest "
        f"{times[-1]:.3f} s, {slow} over 0.1 s"
    )
    for case, count in dropped.most_common(12):
        print(f"  {count:4} {case}")


CASES = [
    ((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error"),
    ((2, 3, 1), ("relu", "identity"), "half-squared-error"),
    ((2, 2, 2), ("relu", "softmax"), "cross-entropy"),
    ((3, 2, 2), ("tanh", "sigmoid"), "squared-error"),
    ((2, 2, 1), ("tanh", "tanh"), "squared-error"),
    ((2, 3, 2), ("tanh", "identity"), "half-squared-error"),
]


def marking() -> None:
    """Right values in both ways of rounding and three precisions, and planted slips."""
    chance = random.Random(11)
    right_values = wrongly = seen = first_found = named = 0
    missed: Counter[str] = Counter()
    for layers, functions, loss in CASES:
        derivation = derive(Network(layers, functions, loss))
        program = unroll(derivation)
        drawer, ways = Drawer(derivation, program), variants(program)
        for seed in range(80):
            numbers = drawer.draw("tidy", seed).given
            marker = Marker(program, numbers)
            floats = {key: float(value) for key, value in numbers.items()}
            for digits in (3, 4, 6):
                for carried in (False, True):
                    rounded = (lambda v, d=digits: float(round_to(v, d))) if carried else None
                    right = program.run(floats, rounded=rounded)
                    answers = {
                        line.key: f"{float(right[line.key]):.{digits}f}" for line in marker.lines
                    }
                    judged = marker.mark("", answers).judged
                    right_values += len(judged)
                    wrongly += sum(v.outcome in (Outcome.WRONG, Outcome.FOLLOWS) for v in judged)
                    slip, altered = chance.choice(ways)
                    try:
                        wrong = program.run(floats, altered=altered, rounded=rounded)
                    except InputError:
                        continue  # the logarithm of a negative output, say
                    first = _first_wrong(marker, program, wrong, altered, digits)
                    if first is None:
                        continue  # nothing is to be seen at these digits
                    answers = {
                        line.key: f"{float(wrong[line.key]):.{digits}f}" for line in marker.lines
                    }
                    found = marker.mark("", answers).first_wrong
                    seen += 1
                    if found is not None and found.key == first:
                        first_found += 1
                        named += slip.code in found.slips
                        if slip.code not in found.slips:
                            missed[f"{slip.code} called {' or '.join(found.slips)}"] += 1
                    else:
                        missed[f"{slip.code}: not at its first value"] += 1
    print(f"right values: {right_values}, marked wrong or as following from something: {wrongly}")
    print(
        f"planted slips that show: {seen}; first wrong value {100 * first_found / seen:.2f} %, "
        f"kind {100 * named / first_found:.2f} % of these"
    )
    for what, count in missed.most_common(8):
        print(f"  {count:3} {what}")


def _first_wrong(
    marker: Marker, program: Program, wrong: dict[str, Any], altered: Any, digits: int
) -> str | None:
    """The first value that a slip changes by more than its rounding can."""
    for line in marker.lines:
        if line.key in altered:
            right = float(evaluate(line.tree, wrong, FLOATS))
            if abs(right - wrong[line.key]) > 2.5 * 10**-digits:
                return line.key
    return None


MAZUR = {
    "x": ["0.05", "0.10"], "y": ["0.01", "0.99"], "W1": [["0.15", "0.25"], ["0.20", "0.30"]],
    "b1": ["0.35", "0.35"], "W2": [["0.40", "0.50"], ["0.45", "0.55"]], "b2": ["0.60", "0.60"],
}  # fmt: skip


def write_class(path: Path, count: int) -> None:
    """A class's sheets of a published example, a third of them with a slip of any kind."""
    derivation = derive(Network((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error"))
    program = unroll(derivation)
    options = {"eta": Fraction(1, 2)}
    given, _ = assigned(derivation.model, program.given, Values("", {}, options, MAZUR))
    floats = {key: float(value) for key, value in given.items()}
    right = program.run(floats)
    wrong = [program.run(floats, altered=altered) for _, altered in variants(program)]
    chance = random.Random(1)
    keys = [x.key for x in program.lines if x.kind is not Kind.AFTER or x.key == "L_new"]
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["student", *keys])
        for number in range(count):
            values = right if chance.random() < 2 / 3 else chance.choice(wrong)
            rows.writerow([f"Student {number}", *(f"{float(values[key]):.4f}" for key in keys)])


PROBLEM = (
    'layers = [2, 2, 2]\nactivations = ["sigmoid", "sigmoid"]\nloss = "half-squared-error"\n'
    "eta = 0.5\nx = [0.05, 0.10]\ny = [0.01, 0.99]\nW1 = [[0.15, 0.25], [0.20, 0.30]]\n"
    "b1 = [0.35, 0.35]\nW2 = [[0.40, 0.50], [0.45, 0.55]]\nb2 = [0.60, 0.60]\n"
)
SHEET = ["exercises", "--layers", "2,3,1", "--seed", "7", "--count", "12", "-o", "sheet.pdf",
         "--key", "key.pdf", "--force"]  # fmt: skip
MARK = ["mark", "class.csv", "--values", "problem.toml", "--force", "-o"]
COMMANDS = [
    ("a sheet of 12 and its key as PDF", SHEET, 4),
    ("a class of 500 as a table", [*MARK, "marks.csv"], 10),
    ("a class of 500 as a page", [*MARK, "marks.html"], 10),
]


def times() -> None:
    """Whole processes in turn with the import that they are compared with."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def seconds(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], env=environment, check=True)
        return time.perf_counter() - start

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_class(Path("class.csv"), 500)
        Path("problem.toml").write_text(PROBLEM)
        for name, arguments, limit in COMMANDS:
            command = ["-m", "symback", *arguments]
            seconds(*command), seconds("-c", "import sympy")
            ratios = [seconds(*command) / seconds("-c", "import sympy") for _ in range(7)]
            print(f"{name:34} {median(ratios):5.2f} x import sympy (at most {limit})")


PARTS = {"exercises": exercises, "numbers": numbers, "marking": marking, "times": times}

if __name__ == "__main__":
    for wanted in sys.argv[1:] or PARTS:
        PARTS[wanted]()
