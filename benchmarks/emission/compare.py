"""Time emitted code beside other people's on the same work: loss and all gradients of a batch.

    python benchmarks/emission/compare.py            # every row; what is not installed is left out
    python benchmarks/emission/compare.py 2,2,2x1    # one row

Hidden layers are tanh, the output is softmax with cross-entropy, numbers are float64, and there is
one thread on one core.  Each time is the processor's own, divided by that of the bare matrix
products (forward, dW and dh, into arrays that are there already), measured before and after it in
the same round; the figure is the median of nine rounds.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import statistics
import sys
import tempfile
import time
import timeit
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from others import OTHERS, Work

import symback
from symback.emission import emit_loader

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
) | {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}

ROUNDS = int(os.environ.get("ROUNDS", "9"))
ROWS = [
    ((2, 2, 2), 1),
    ((2, 2, 2), 64),
    ((784, 30, 10), 10),
    ((784, 128, 10), 64),
    ((784, 512, 512, 10), 256),
    ((1024,) * 6, 512),
]


def bare_products(work):
    """Only the matrix products, into arrays that are there already."""
    rng = np.random.default_rng(1)
    weights = work.parameters[::2]
    layers, batch = work.layers, len(work.x)
    units = [rng.normal(size=(batch, n)) for n in layers]
    deltas = [rng.normal(size=(batch, n)) for n in layers]
    out = [np.empty((batch, n)) for n in layers]
    grads = [np.empty_like(w) for w in weights]
    depth = len(weights)

    def run():
        for i in range(depth):
            np.dot(units[i], weights[i], out[i + 1])
        for i in reversed(range(depth)):
            np.dot(units[i].T, deltas[i + 1], grads[i])
            if i:
                np.dot(deltas[i + 1], weights[i].T, out[i])

    return run


def emitted(work):
    """Every style and target, with a workspace where there is one."""
    network = symback.Network(
        work.layers, ("tanh",) * (len(work.layers) - 2) + ("softmax",), "cross-entropy"
    )
    readable = symback.compile(network)
    parameters = readable.Parameters(*work.parameters)
    x, y = work.x, work.y
    yield "readable", lambda: readable.loss_and_gradients(parameters, x, y)
    for name, style, target in (
        ("fast", "fast", "numpy"),
        ("numba", "readable", "numba"),
    ):
        if target == "numba" and importlib.util.find_spec("numba") is None:
            continue
        made = symback.compile(network, style, target)
        workspace = made.Workspace(len(x))
        yield (
            name,
            lambda f=made.loss_and_gradients, w=workspace: f(parameters, x, y, workspace=w),
        )
    if max(work.layers) <= 9 and len(x) == 1:
        scalar = symback.compile(network, "scalar")
        plain = scalar.Parameters(*(a.tolist() for a in parameters))
        one, target = x[0].tolist(), y[0].tolist()
        yield "scalar", lambda: scalar.loss_and_gradients(plain, one, target)
    made = loaded(network)
    workspace = made.Workspace(len(x))
    for kept, given in zip(workspace.parameters, parameters, strict=True):
        kept[...] = given
    workspace.x[...], workspace.y[...] = x, y
    own, given, targets = workspace.parameters, workspace.x, workspace.y
    yield "C", lambda: made.loss_and_gradients(own, given, targets, workspace=workspace)
    yield "C, run()", workspace.run


def loaded(network):
    """The C file, compiled and loaded by the loader that stands beside it."""
    folder = Path(tempfile.mkdtemp())
    (folder / "gradients.c").write_text(symback.emit(network, target="c"))
    path = folder / "gradients_c.py"
    path.write_text(emit_loader(network, "gradients.c"))
    spec = importlib.util.spec_from_file_location(f"gradients_{id(network)}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seconds(function, number):
    """The processor time of one call: what else the machine does meanwhile does not count."""
    return timeit.timeit(function, number=number, timer=time.process_time) / number


def ratios(functions, bare):
    """For each function the median over the rounds of its time, divided by the bare products'.

    All take their turn in every round, each between two measurements of the products.
    """
    number = max(1, int(0.02 / min(seconds(bare, 3) for _ in range(3))))
    calls = {}
    for name, function in functions.items():
        function()
        calls[name] = max(1, int(0.02 / min(seconds(function, 1) for _ in range(3))))
    found = {name: [] for name in functions}
    for _ in range(ROUNDS):
        before = seconds(bare, number)
        for name, function in functions.items():
            own = seconds(function, calls[name])
            after = seconds(bare, number)
            found[name].append(own / ((before + after) / 2))
            before = after
    return {name: statistics.median(each) for name, each in found.items()}


LIBRARIES = (
    "numpy", "numba", "torch", "jax", "pytensor", "scikit-learn", "autograd", "casadi",
)  # fmt: skip


def versions():
    """What the figures depend on, in one line."""
    found = [f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def main(wanted):
    warnings.simplefilter("ignore")
    rows = {f"{','.join(map(str, layers))}x{batch}" for layers, batch in ROWS}
    if unknown := set(wanted) - rows:
        sys.exit(f"no row {', '.join(sorted(unknown))}; known are {' '.join(sorted(rows))}")
    print(versions(), flush=True)
    for layers, batch in ROWS:
        label = f"{','.join(map(str, layers))}x{batch}"
        if wanted and label not in wanted:
            continue
        work = Work(layers, batch)
        bare = bare_products(work)
        functions = {f"symback {name}": function for name, function in emitted(work)}
        for name, make in OTHERS.items():
            try:
                functions[name] = make(work)
            except ImportError:
                continue
        figures = ratios(functions, bare)
        fastest = min(figures, key=figures.get)
        print(f"{label}: fastest {fastest}", flush=True)
        for name, figure in figures.items():
            print(f"    {name:24s} {figure:8.3g}", flush=True)


if __name__ == "__main__":
    if not ONE_THREAD.items() <= os.environ.items():
        # Libraries read these when they are loaded, which they have been: begin again.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)
    if hasattr(os, "sched_setaffinity"):  # some libraries have threads of their own all the same
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    main(sys.argv[1:])
