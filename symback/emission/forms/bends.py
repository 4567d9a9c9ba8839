"""Second derivatives of activations in forms that keep their digits, as in `functions`.

With s the sigmoid, c its complement, t = tanh(softplus(z)): silu'' = s c (2 + z (c - s)),
mish'' = s (1 - t^2) (2 + z (c - 2 s t)); and where u is the argument of gelu's sigmoid and p and q
are its first two derivatives, gelu_tanh'' = s c (2 p + z q + z p^2 (c - s)), s and c at u.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BENDS", "Bend"]

_SELU_ALPHA = "1.7580993408473768"  # as in `functions`
_GELU = "1.5957691216057308"  # 2 sqrt(2/pi)


class Bend(NamedTuple):
    """One second derivative: the fields of a `symback.emission.forms.functions.Form`."""

    name: str
    summary: str
    numpy: str
    scalar: str
    xp: str = ""
    needs: tuple[str, ...] = ()
    complex: bool = False


BENDS = (
    Bend(
        "ddsilu",
        "the second derivative of z sigmoid(z)",
        "sigmoid(z) * sigmoid(-z) * (2 + z * (sigmoid(-z) - sigmoid(z)))",
        "sigmoid(z) * sigmoid(-z) * (2.0 + z * (sigmoid(-z) - sigmoid(z)))",
        needs=("sigmoid",),
        complex=True,
    ),
    Bend(
        "ddmish",
        "the second derivative of z tanh(softplus(z))",
        # In e = exp(-|z|), so that neither overflows nor cancels.
        "e = np.exp(np.minimum(z, -z))\n"
        "q = np.exp(np.minimum(-2 * z, 0))\n"
        "below = (1 + e) ** 2 + q\n"
        "t = np.where(z < 0, e * (2 + e), 1 + 2 * e) / below\n"
        "c = np.where(z < 0, 1 - 2 * e * t, e - 2 * t)\n"
        "value: Array = 4 * np.where(z < 0, e, q) * (2 * (1 + e) + z * c) / below**2\n"
        "return value",
        "e = math.exp(-abs(z))\n"
        "q = 1.0 if z < 0.0 else math.exp(-2.0 * z)\n"
        "below = (1.0 + e) * (1.0 + e) + q\n"
        "t = (e * (2.0 + e) if z < 0.0 else 1.0 + 2.0 * e) / below\n"
        "c = 1.0 - 2.0 * e * t if z < 0.0 else e - 2.0 * t\n"
        "return 4.0 * (e if z < 0.0 else q) * (2.0 * (1.0 + e) + z * c) / (below * below)",
        xp="e = xp.exp(-xp.abs(z))\n"
        "q = xp.exp(xp.where(z < 0, xp.zeros_like(z), -2 * z))\n"
        "below = (1 + e) ** 2 + q\n"
        "t = xp.where(z < 0, e * (2 + e), 1 + 2 * e) / below\n"
        "c = xp.where(z < 0, 1 - 2 * e * t, e - 2 * t)\n"
        "return 4 * xp.where(z < 0, e, q) * (2 * (1 + e) + z * c) / below**2",
    ),
    Bend(
        "ddgelu",
        "the second derivative of z normal(z)",
        "a = np.minimum(np.abs(z), 40)\n"
        "value: Array = 0.3989422804014327 * np.exp(-a * a / 2) * (2 - a * a)\n"
        "return value",
        "a = 40.0 if abs(z) > 40.0 else z\n"
        "return 0.3989422804014327 * math.exp(-a * a / 2.0) * (2.0 - a * a)",
        xp="a = xp.where(xp.abs(z) > 40, 40 * xp.ones_like(z), z)\n"
        "return 0.3989422804014327 * xp.exp(-a * a / 2) * (2 - a * a)",
    ),
    Bend(
        "ddgelu_tanh",
        "the second derivative of gelu_tanh",
        "z = np.minimum(np.maximum(z, -30), 30)\n"
        f"u = {_GELU} * z * (1 + 0.044715 * z * z)\n"
        f"p = {_GELU} * (1 + 0.134145 * z * z)\n"
        f"q = {_GELU} * 0.26829 * z\n"
        "s, c = sigmoid(u), sigmoid(-u)\n"
        "value: Array = s * c * (2 * p + z * q + z * p * p * (c - s))\n"
        "return value",
        "z = 30.0 if z > 30.0 else -30.0 if z < -30.0 else z\n"
        f"u = {_GELU} * z * (1.0 + 0.044715 * z * z)\n"
        f"p = {_GELU} * (1.0 + 0.134145 * z * z)\n"
        f"q = {_GELU} * 0.26829 * z\n"
        "s = sigmoid(u)\n"
        "c = sigmoid(-u)\n"
        "return s * c * (2.0 * p + z * q + z * p * p * (c - s))",
        needs=("sigmoid",),
    ),
    Bend(
        "ddelu",
        "0 for z > 0, exp(z) otherwise",
        "np.where(z > 0, 0, np.exp(np.minimum(z, 0)))",
        "0.0 if z > 0.0 else math.exp(z)",
        xp="xp.where(z > 0, xp.zeros_like(z), xp.exp(xp.where(z > 0, xp.zeros_like(z), z)))",
    ),
    Bend(
        "ddselu",
        "0 for z > 0, 1.7581 exp(z) otherwise",
        f"below = {_SELU_ALPHA} * np.exp(np.minimum(z, 0))\n"
        "value: Array = np.where(z > 0, 0, below)\n"
        "return value",
        f"0.0 if z > 0.0 else {_SELU_ALPHA} * math.exp(z)",
        xp=f"below = {_SELU_ALPHA} * xp.exp(xp.where(z > 0, xp.zeros_like(z), z))\n"
        "return xp.where(z > 0, xp.zeros_like(z), below)",
    ),
)
"""The second derivatives that are not written through the function's own output."""
