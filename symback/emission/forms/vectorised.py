"""Functions of one number without branches and calls, which a compiler turns into vector code.

``exp`` is 2**n exp(r) with n the whole number next to z / ln 2.  n comes from adding 1.5 * 2**52,
in whose last bits it then stands, and exp(r) from its series, of which thirteen terms are exact to
less than half a unit in the last place where r is at most ln(2)/2.  ``tanh`` and ``sigmoid`` follow
from exp(r) - 1 and exp, so that they keep their digits near 0: within 3 units in the last place.
"""

from __future__ import annotations

from math import factorial

__all__ = ["VECTORISED", "vectorised"]

_TERMS = 13


def _series() -> str:
    """exp(r) - 1 for small r, by Horner's rule from the last term to the second."""
    lines = [f"q = {1 / factorial(_TERMS)!r}"]
    lines += [f"q = q * r + {1 / factorial(n)!r}" for n in range(_TERMS - 1, 1, -1)]
    return "\n    ".join([*lines, "q = r + r * r * q"])


_PARTS = f'''\
def _exp_parts(z: float) -> tuple[float, float]:
    """exp(z) as (1 + q) * 2 * half: no branch, so that loops become vector code."""
    shifted = z * 1.4426950408889634 + 6755399441055744.0
    n = shifted - 6755399441055744.0
    r = z - n * 0.6931471803691238
    r = r - n * 1.9082149292705877e-10
    {_series()}
    bits = np.float64(shifted).view(np.int64)
    half = np.int64((bits + 1022) << 52).view(np.float64)
    return q, half'''

_EXP = '''\
def _exp(z: float) -> float:
    """exp(z)"""
    q, half = _exp_parts(z)
    value = (1.0 + q) * half * 2.0
    value = math.inf if z > 709.782712893384 else value
    return 0.0 if z < -708.0 else value'''

_TANH = '''\
def _tanh(z: float) -> float:
    """tanh(z)"""
    cut = 20.0 if z > 20.0 else z
    cut = -20.0 if cut < -20.0 else cut
    q, half = _exp_parts(2.0 * cut)
    less_one = 2.0 * half * q + (2.0 * half - 1.0)
    return less_one / (less_one + 2.0)'''

_SIGMOID = '''\
def _sigmoid(z: float) -> float:
    """1 / (1 + exp(-z))"""
    return 1.0 / (1.0 + _exp(-z))'''

VECTORISED: dict[str, tuple[str, tuple[str, ...]]] = {
    "exp_parts": (_PARTS, ()),
    "exp": (_EXP, ("exp_parts",)),
    "tanh": (_TANH, ("exp_parts",)),
    "sigmoid": (_SIGMOID, ("exp",)),
}
"""The source of each function by its name, and the others that it calls."""


def vectorised(code: str) -> list[str]:
    """The sources of those functions that code calls, callees first."""
    found: dict[str, str] = {}

    def visit(text: str) -> None:
        for name, (source, needs) in VECTORISED.items():
            if f"_{name}(" in text and name not in found:
                for other in needs:
                    visit(f"_{other}(")
                found[name] = f"@function\n{source}"

    visit(code)
    return list(found.values())
