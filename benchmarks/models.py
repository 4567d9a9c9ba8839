"""Time emitted code of models beside torch, JAX and bare products: loss and gradients.

    python benchmarks/models.py               # every model; what is not installed is left out
    python benchmarks/models.py lstm conv2d   # some

Numbers are float64, and there is one thread on one core.  Recurrent models take 50 steps of 64
inputs and 128 units for a batch of 32; the convolution 16 images of 3 x 32 x 32 and 16 filters of
3 x 3; the norms 256 x 512; attention and the block 8 sequences of 64 tokens of width 64.  All are
timed in turn within a round, in the processor's own time, so that what else the machine does counts
little; the figure is the least time over the rounds divided by that of the quickest of torch,
torch.compile and jax.jit.
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
import time
import timeit
import warnings

import numpy as np
from model_peers import arrays, jax_losses, products, torch_losses

import symback

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
) | {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}

ROUNDS = int(os.environ.get("ROUNDS", "15"))

RECURRENT = {
    "rnn": """
input x[t,j]
param W[j,k], U[k,k], b[k]
const v[t,k]
h[0,k] = 0
h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] h[t-1,i]) + b[k])
L = sum(t, k, v[t,k] h[t,k])
""",
    "lstm": """
input x[t,j]
param Wi[j,k], Wf[j,k], Wo[j,k], Wg[j,k], Ui[k,k], Uf[k,k], Uo[k,k], Ug[k,k]
param bi[k], bf[k], bo[k], bg[k]
const v[t,k]
h[0,k] = 0
c[0,k] = 0
zi[t,k] = sum(j, Wi[j,k] x[t,j]) + sum(l, Ui[l,k] h[t-1,l]) + bi[k]
i[t,k] = sigmoid(zi[t,k])
zf[t,k] = sum(j, Wf[j,k] x[t,j]) + sum(l, Uf[l,k] h[t-1,l]) + bf[k]
f[t,k] = sigmoid(zf[t,k])
zo[t,k] = sum(j, Wo[j,k] x[t,j]) + sum(l, Uo[l,k] h[t-1,l]) + bo[k]
o[t,k] = sigmoid(zo[t,k])
zg[t,k] = sum(j, Wg[j,k] x[t,j]) + sum(l, Ug[l,k] h[t-1,l]) + bg[k]
g[t,k] = tanh(zg[t,k])
c[t,k] = f[t,k] c[t-1,k] + i[t,k] g[t,k]
h[t,k] = o[t,k] tanh(c[t,k])
L = sum(t, k, v[t,k] h[t,k])
""",
    "gru": """
input x[t,j]
param Wu[j,k], Wr[j,k], Wn[j,k], Uu[k,k], Ur[k,k], Un[k,k], bu[k], br[k], bn[k]
const v[t,k]
h[0,k] = 0
zu[t,k] = sum(j, Wu[j,k] x[t,j]) + sum(l, Uu[l,k] h[t-1,l]) + bu[k]
u[t,k] = sigmoid(zu[t,k])
zr[t,k] = sum(j, Wr[j,k] x[t,j]) + sum(l, Ur[l,k] h[t-1,l]) + br[k]
r[t,k] = sigmoid(zr[t,k])
zn[t,k] = sum(j, Wn[j,k] x[t,j]) + sum(l, Un[l,k] r[t,l] h[t-1,l]) + bn[k]
n[t,k] = tanh(zn[t,k])
h[t,k] = u[t,k] h[t-1,k] + (1 - u[t,k]) n[t,k]
L = sum(t, k, v[t,k] h[t,k])
""",
    "conv2d": """
input x[c,h,w]
param K[f,c,r,q], b[f]
const v[f,i,j]
x[c,h,w] = 0 outside
y[f,i,j] = sum(c, r, q, K[f,c,r,q] x[c,i+r-2,j+q-2]) + b[f]
L = sum(f, i, j, v[f,i,j] y[f,i,j])
""",
    "batch-norm": """
input x[n,j]
param gamma[j], beta[j]
const v[n,j]
mu[j] = mean(n, x[n,j])
s2[j] = mean(n, (x[n,j] - mu[j])^2)
xh[n,j] = (x[n,j] - mu[j]) / sqrt(s2[j] + 0.00001)
y[n,j] = gamma[j] xh[n,j] + beta[j]
L = sum(n, j, v[n,j] y[n,j])
gradients x, gamma, beta
""",
    "layer-norm": """
input x[n,j]
param gamma[j], beta[j]
const v[n,j]
mu[n] = mean(j, x[n,j])
s2[n] = mean(j, (x[n,j] - mu[n])^2)
xh[n,j] = (x[n,j] - mu[n]) / sqrt(s2[n] + 0.00001)
y[n,j] = gamma[j] xh[n,j] + beta[j]
L = sum(n, j, v[n,j] y[n,j])
gradients x, gamma, beta
""",
    "attention": """
input x[n,d]
param WQ[d,e], WK[d,e], WV[d,w]
const v[n,w]
Q[n,e] = sum(d, x[n,d] WQ[d,e])
K[n,e] = sum(d, x[n,d] WK[d,e])
V[n,w] = sum(d, x[n,d] WV[d,w])
S[n,m] = sum(e, Q[n,e] K[m,e]) / sqrt(E) for m = 1..N
A[n,m] = softmax(m, S[n,m]) for m = 1..N
O[n,w] = sum(m, A[n,m] V[m,w])
L = sum(n, w, v[n,w] O[n,w])
""",
    "block": """
input x[n,d]
param WQ[d,e], WK[d,e], WV[d,e], WO[e,d], g1[d], b1[d], g2[d], b2[d]
param A[d,f], a[f], B[f,d], c[d]
const v[n,d]
mu1[n] = mean(d, x[n,d])
sd1[n] = sqrt(mean(d, (x[n,d] - mu1[n])^2) + 0.00001)
xh[n,d] = (x[n,d] - mu1[n]) / sd1[n]
n1[n,d] = g1[d] xh[n,d] + b1[d]
Q[n,e] = sum(d, n1[n,d] WQ[d,e])
K[n,e] = sum(d, n1[n,d] WK[d,e])
V[n,e] = sum(d, n1[n,d] WV[d,e])
S[n,m] = sum(e, Q[n,e] K[m,e]) / sqrt(E) for m = 1..N
P[n,m] = softmax(m, S[n,m]) for m = 1..N
O[n,e] = sum(m, P[n,m] V[m,e])
h[n,d] = x[n,d] + sum(e, O[n,e] WO[e,d])
mu2[n] = mean(d, h[n,d])
sd2[n] = sqrt(mean(d, (h[n,d] - mu2[n])^2) + 0.00001)
hh[n,d] = (h[n,d] - mu2[n]) / sd2[n]
n2[n,d] = g2[d] hh[n,d] + b2[d]
u[n,f] = relu(sum(d, n2[n,d] A[d,f]) + a[f])
y[n,d] = h[n,d] + sum(f, u[n,f] B[f,d]) + c[d]
L = sum(n, d, v[n,d] y[n,d])
""",
}

ORDER = {
    "lstm": (("Wi", "Wf", "Wo", "Wg"), ("Ui", "Uf", "Uo", "Ug"), ("bi", "bf", "bo", "bg")),
    "gru": (("Wu", "Wr", "Wn"), ("Uu", "Ur", "Un"), ("bu", "br", "bn")),
}


def ours(name):
    """Every style and target, called with the peers' arrays."""
    model = symback.read_model(RECURRENT[name])
    p, x, v = arrays(name)
    if name in ORDER:
        for whole, parts in zip("WUb", ORDER[name], strict=True):
            split = np.split(p[whole], len(parts), axis=-1)
            p |= dict(zip(parts, map(np.ascontiguousarray, split), strict=True))
    norm = name.endswith("norm")
    if not norm:  # the peers' upstream gradient differs from sample to sample: an input here
        model = symback.read_model(RECURRENT[name].replace("const v", "input v"))
        model = _by_parameters(model)
    for label, style, target in (
        ("readable", "readable", "numpy"),
        ("fast", "fast", "numpy"),
        ("numba", "readable", "numba"),
    ):
        if target == "numba" and importlib.util.find_spec("numba") is None:
            continue
        module = symback.compile(model, style, target, batch=not norm)
        parameters = module.Parameters(*(p[q.name] for q in model.parameters))
        kept = workspace(module, (*parameters, x, v))
        yield (
            label,
            lambda m=module, p=parameters, w=kept: m.loss_and_gradients(p, x, v, workspace=w),
        )


def workspace(module, arrays):
    """A workspace of the sizes that the arrays' shapes show."""
    sizes = {}
    for text, array in zip(module.SHAPES, arrays, strict=True):
        sizes |= zip(text.strip("(),").split(", "), array.shape, strict=True)
    known = inspect.signature(module.Workspace).parameters
    return module.Workspace(**{name: size for name, size in sizes.items() if name in known})


def _by_parameters(model):
    from dataclasses import replace

    return replace(model, wanted=tuple(q.name for q in model.parameters))


def in_torch(name, *, compiled):
    """Loss and gradients by torch's automatic differentiation."""
    import torch

    torch.set_num_threads(1)
    loss = torch_losses()[name]
    p, x, v = arrays(name)
    p = {n: torch.tensor(a, requires_grad=True) for n, a in p.items()}
    x, v = torch.tensor(x, requires_grad=name.endswith("norm")), torch.tensor(v)
    own = getattr(loss, "parameters", None)
    leaves = own() if own else list(p.values()) + [x] * x.requires_grad
    run = torch.compile(loss) if compiled else loss
    return lambda: torch.autograd.grad(run(p, x, v), leaves)


def in_jax(name):
    """Loss and gradients by ``jax.jit``."""
    import jax

    jax.config.update("jax_enable_x64", True)
    p, x, v = arrays(name)
    p = {n: jax.numpy.asarray(a) for n, a in p.items()}
    x, v = jax.numpy.asarray(x), jax.numpy.asarray(v)
    which = (0, 1) if name.endswith("norm") else 0
    run = jax.jit(jax.value_and_grad(jax_losses()[name], which))
    return lambda: jax.block_until_ready(run(p, x, v))


def bare(name):
    """Only the products of matrices, into arrays that are there already."""
    rng = np.random.default_rng(1)
    work = [
        (rng.normal(size=a), rng.normal(size=b), np.empty((a[0], b[1])), n)
        for a, b, n in products(name)
    ]

    def run():
        for left, right, out, n in work:
            for _ in range(n):
                np.dot(left, right, out)

    return run


def row(name):
    """The least times of everybody in one run, in milliseconds."""
    calls = dict(ours(name))
    if products(name):
        calls["products"] = bare(name)
    if importlib.util.find_spec("torch"):
        calls["torch"] = in_torch(name, compiled=False)
        if name not in ("rnn", "lstm", "gru") and not os.environ.get("NO_COMPILE"):
            calls["torch.compile"] = in_torch(name, compiled=True)
    if importlib.util.find_spec("jax"):
        calls["jax.jit"] = in_jax(name)
    number = {}
    for label, call in calls.items():
        call()
        call()
        number[label] = max(1, min(20, int(0.02 / min(seconds(call, 1) for _ in range(3)))))
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for label, call in calls.items():
            least[label] = min(least[label], seconds(call, number[label]))
    return {label: 1e3 * found for label, found in least.items()}


def seconds(call, number):
    """The processor time of one call."""
    return timeit.timeit(call, number=number, timer=time.process_time) / number


def main():
    """Print one row for each model."""
    if os.environ.get("OMP_NUM_THREADS") != "1":
        os.execvpe(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)
    if hasattr(os, "sched_setaffinity"):  # some libraries have threads of their own all the same
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or RECURRENT:
        found = row(name)
        peers = [found[n] for n in ("torch", "torch.compile", "jax.jit") if n in found]
        best = min(peers) if peers else min(found.values())
        cells = "  ".join(f"{n} {t:.2f} ms ({t / best:.2f})" for n, t in found.items())
        print(f"{name:11} {cells}", flush=True)


if __name__ == "__main__":
    main()
