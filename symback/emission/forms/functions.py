"""Forms of each function that keep their digits, one entry for every name, for arrays and scalars.

Every form is right within 4 units in the last place, or 1e-300 absolutely, where the naive formula
overflows, cancels, or gives NaN; it raises no floating-point exception but underflow, and a NaN
that goes in comes out.  The array forms hold for complex numbers near the real axis too wherever
`complex` says so: that is what makes a derivative by a complex step possible.

The scalar form is Python with ``math`` only, from which `symback.emission.targets.c` makes C.  A
derivative through the function's output is right to 4 units in the last place of its largest value.
"""

from __future__ import annotations

from symback.emission.forms.bends import BENDS
from symback.emission.forms.normal import ERF, TAIL, horner
from symback.records import dataclass

__all__ = ["FORMS", "Form", "code_name", "derivative_form"]


@dataclass(frozen=True, slots=True)
class Form:
    """One function of one argument ``z``.

    Attributes:
        name: its name in code; a derivative's begins with ``d``.
        summary: its formula, for the docstring.
        numpy: an expression in ``z``, or the lines of a body that ends in ``return``.
        scalar: the same for one Python float, with ``math``.
        xp: the same with the array API, where ``np`` alone would not do.
        ufunc: the NumPy function that is all there is to it.
        needs: other entries that it calls.
        fast: the NumPy form that does not overflow, for code that writes into arrays;
            ``highest`` is a number whose exponential is still finite, ``limit`` less than half
            of it.
        quiet: why the NumPy form may overflow without a warning, if it may.
        mask: the comparison that it is, for a place where truth counts as 1: beside another factor.
        complex: whether the NumPy form is analytic as written.
        inline: whether the NumPy form stands in the statement itself.
    """

    name: str
    summary: str
    numpy: str
    scalar: str
    xp: str = ""
    ufunc: str = ""
    needs: tuple[str, ...] = ()
    fast: str = ""
    quiet: str = ""
    mask: str = ""
    complex: bool = True
    inline: bool = False


def _plain(name: str, summary: str, ufunc: str, scalar: str) -> Form:
    return Form(name, summary, f"np.{ufunc}(z)", scalar, ufunc=ufunc)


_GELU = "1.5957691216057308"  # 2 sqrt(2/pi)
_SELU = "1.0507009873554805"
_SELU_ALPHA = "1.7580993408473768"  # the product of the two published constants, rounded once

_NORMAL = f"""\
a = np.minimum(np.abs(z), 40)
t = (a - 5) / (a + 5)
{horner("p", "t", TAIL)}
tail = np.exp(-a * a / 2) * p / (a + 5)
value: Array = np.where(z < 0, tail, 1 - tail)
return value"""

_NORMAL_XP = _NORMAL.replace("np.minimum(np.abs(z), 40)", "xp.clip(xp.abs(z), 0, 40)").replace(
    "np.", "xp."
)

_NORMAL_SCALAR = f"""\
a = abs(z)
if a > 40.0:
    return 0.0 if z < 0.0 else 1.0
t = (a - 5.0) / (a + 5.0)
{horner("p", "t", TAIL)}
tail = math.exp(-a * a / 2.0) * p / (a + 5.0)
return tail if z < 0.0 else 1.0 - tail"""

_ERF = f"""\
s = np.minimum(z * z, 0.5625)
{horner("p", "s", ERF)}
far = 1 - 2 * normal(-np.abs(z) * 1.4142135623730951)
value: Array = np.where(np.abs(z) <= 0.75, z * p, np.sign(z) * far)
return value"""

_ERF_XP = _ERF.replace("np.minimum(z * z, 0.5625)", "xp.clip(z * z, 0, 0.5625)").replace(
    "np.", "xp."
)

_ERF_SCALAR = "math.erf(z)"

_ENTRIES = (
    # -- elementary functions, as formulas of a user's own call them
    _plain("exp", "exp(z)", "exp", "math.exp(z)"),
    _plain("log", "log(z)", "log", "math.log(z)"),
    _plain("sqrt", "sqrt(z)", "sqrt", "math.sqrt(z)"),
    _plain("sin", "sin(z)", "sin", "math.sin(z)"),
    _plain("cos", "cos(z)", "cos", "math.cos(z)"),
    _plain("tanh", "tanh(z)", "tanh", "math.tanh(z)"),
    Form(
        "sign",
        "-1, 0 or 1",
        "np.sign(z)",
        "1.0 if z > 0.0 else -1.0 if z < 0.0 else z",
        ufunc="sign",
        complex=False,
    ),
    Form(
        "modulus",
        "|z|",
        "np.maximum(z, -z)",
        "abs(z)",
        xp="xp.abs(z)",
        complex=False,
    ),
    Form(
        "step",
        "1 for z > 0, 0 otherwise",
        "np.heaviside(z.real, 0)",
        "if z > 0.0:\n    return 1.0\nif z <= 0.0:\n    return 0.0\nreturn z",
        xp="xp.where(xp.isnan(z), z, xp.astype(z > 0, z.dtype))",
        mask="z > 0",
        fast="np.maximum(np.sign(z), 0)",
        complex=False,
    ),
    Form(
        "positive",
        "max(z, 0)",
        "np.maximum(z, 0)",
        "if z <= 0.0:\n    return 0.0\nreturn z",
        xp="xp.where(z <= 0, xp.zeros_like(z), z)",
        inline=True,
        complex=False,
    ),
    Form(
        "clip",
        "z cut off at -1 and 1",
        "np.minimum(np.maximum(z, -1), 1)",
        "if z < -1.0:\n    return -1.0\nif z > 1.0:\n    return 1.0\nreturn z",
        xp="xp.clip(z, -1, 1)",
        complex=False,
    ),
    Form(
        "within",
        "1 for -1 < z < 1, 0 otherwise",
        "np.heaviside(1 - np.abs(z.real), 0)",
        "1.0 if -1.0 < z < 1.0 else 0.0 if abs(z) >= 1.0 else z",
        xp="xp.where(xp.isnan(z), z, xp.astype(xp.abs(z) < 1, z.dtype))",
        mask="np.abs(z) < 1",
        complex=False,
    ),
    Form(
        "huber",
        "z**2/2 for |z| <= 1, |z| - 1/2 beyond",
        "near = clip(z)\nreturn near * (z - near / 2)",
        "near = clip(z)\nreturn near * (z - near / 2.0)",
        needs=("clip",),
        complex=False,
    ),
    # -- the logistic function and its family
    Form(
        "sigmoid",
        "1/(1 + exp(-z))",
        "a: Array = np.exp(-z)\na += 1\na **= -1\nreturn a",
        "e = math.exp(-abs(z))\nreturn (1.0 if z >= 0.0 else e) / (1.0 + e)",
        xp="e = xp.exp(-xp.abs(z))\nreturn xp.where(z < 0, e / (1 + e), 1 / (1 + e))",
        fast="1 / (1 + np.exp(np.minimum(-z, highest)))",
        quiet="exp gives inf, and 1/inf is right",
    ),
    Form(
        "log_sigmoid",
        "log(1/(1 + exp(-z)))",
        "-softplus(-z)",
        "-softplus(-z)",
        needs=("softplus",),
    ),
    Form(
        "softplus",
        "log(1 + exp(z))",
        "np.maximum(z, 0) + np.log1p(np.exp(np.minimum(z, -z)))",
        "positive(z) + math.log1p(math.exp(-abs(z)))",
        xp="positive(z) + xp.log1p(xp.exp(-xp.abs(z)))",
        needs=("positive",),
    ),
    Form(
        "silu",
        "z sigmoid(z)",
        "z * sigmoid(z)",
        "z * sigmoid(z)",
        needs=("sigmoid",),
    ),
    Form(
        "dsilu",
        "sigmoid(z) (1 + z (1 - sigmoid(z)))",
        "sigmoid(z) * (1 + z * sigmoid(-z))",
        "sigmoid(z) * (1.0 + z * sigmoid(-z))",
        needs=("sigmoid",),
        fast="e = np.exp(np.minimum(-z, highest))\na = 1 / (1 + e)\nreturn a * (1 + z * (e * a))",
    ),
    Form(
        "mish",
        "z tanh(softplus(z))",
        "z * np.tanh(softplus(z))",
        "z * math.tanh(softplus(z))",
        needs=("softplus",),
    ),
    Form(
        "dmish",
        "the derivative of z tanh(softplus(z))",
        # Numerator and denominator in e = exp(-|z|), so that neither overflows nor cancels.
        "e = np.exp(np.minimum(z, -z))\n"
        "right = 1 + 4 * e + (4 * z + 6) * e**2 + 4 * (z + 1) * e**3\n"
        "left = e * (4 * (z + 1) + (4 * z + 6) * e + 4 * e**2 + e**3)\n"
        "below = np.where(z < 0, 2 + 2 * e + e**2, 1 + 2 * e + 2 * e**2)\n"
        "slope: Array = np.where(z < 0, left, right) / below**2\n"
        "return slope",
        "e = math.exp(-abs(z))\n"
        "right = 1.0 + e * (4.0 + e * (4.0 * z + 6.0 + e * 4.0 * (z + 1.0)))\n"
        "left = e * (4.0 * (z + 1.0) + e * (4.0 * z + 6.0 + e * (4.0 + e)))\n"
        "below = 2.0 + e * (2.0 + e) if z < 0.0 else 1.0 + 2.0 * e * (1.0 + e)\n"
        "return (left if z < 0.0 else right) / (below * below)",
        xp="e = xp.exp(-xp.abs(z))\n"
        "right = 1 + 4 * e + (4 * z + 6) * e**2 + 4 * (z + 1) * e**3\n"
        "left = e * (4 * (z + 1) + (4 * z + 6) * e + 4 * e**2 + e**3)\n"
        "below = xp.where(z < 0, 2 + 2 * e + e**2, 1 + 2 * e + 2 * e**2)\n"
        "return xp.where(z < 0, left, right) / below**2",
    ),
    # -- the error function and its family
    Form(
        "normal",
        "the normal distribution function, by a polynomial",
        _NORMAL,
        _NORMAL_SCALAR,
        xp=_NORMAL_XP,
        complex=False,
    ),
    Form(
        "erf",
        "the error function, by a polynomial",
        _ERF,
        _ERF_SCALAR,
        xp=_ERF_XP,
        needs=("normal",),
        complex=False,
    ),
    Form(
        "gelu",
        "z times the normal distribution function",
        "z * normal(z)",
        "z * normal(z)",
        needs=("normal",),
        complex=False,
    ),
    Form(
        "dgelu",
        "the derivative of z normal(z)",
        "a = np.minimum(np.abs(z), 40)\n"
        "density = 0.3989422804014327 * np.exp(-a * a / 2)\n"
        "value: Array = normal(z) + z * density\n"
        "return value",
        "a = 40.0 if abs(z) > 40.0 else z\n"
        "return normal(z) + z * math.exp(-a * a / 2.0) * 0.3989422804014327",
        xp="a = xp.clip(xp.abs(z), 0, 40)\n"
        "return normal(z) + z * 0.3989422804014327 * xp.exp(-a * a / 2)",
        needs=("normal",),
        complex=False,
    ),
    Form(
        "gelu_tanh",
        "z (1 + tanh(sqrt(2/pi) (z + 0.044715 z**3)))/2",
        f"z * sigmoid({_GELU} * z * (1 + 0.044715 * z * z))",
        f"z * sigmoid({_GELU} * z * (1.0 + 0.044715 * z * z))",
        needs=("sigmoid",),
    ),
    Form(
        "dgelu_tanh",
        "the derivative of gelu_tanh",
        f"u = {_GELU} * z * (1 + 0.044715 * z * z)\n"
        f"slope = {_GELU} * (1 + 0.134145 * z * z)\n"
        "return sigmoid(u) * (1 + z * slope * sigmoid(-u))",
        f"u = {_GELU} * z * (1.0 + 0.044715 * z * z)\n"
        f"slope = {_GELU} * (1.0 + 0.134145 * z * z)\n"
        "return sigmoid(u) * (1.0 + z * slope * sigmoid(-u))",
        needs=("sigmoid",),
        # Below -22 the sigmoid without a context manager is small, but z * slope is large.
        fast="z = np.maximum(z, -22)\n"
        f"u = {_GELU} * z * (1 + 0.044715 * z * z)\n"
        f"slope = {_GELU} * (1 + 0.134145 * z * z)\n"
        "e = np.exp(np.minimum(-u, highest))\n"
        "a = 1 / (1 + e)\n"
        "return a * (1 + z * slope * (e * a))",
    ),
    # -- piecewise functions
    Form(
        "relu",
        "max(0, z)",
        "np.maximum(z, 0)",
        "if z <= 0.0:\n    return 0.0\nreturn z",
        xp="xp.where(z <= 0, xp.zeros_like(z), z)",
        inline=True,
        complex=False,
    ),
    Form(
        "drelu",
        "1 for z > 0, 0 otherwise",
        "np.heaviside(z, 0)",
        "if z > 0.0:\n    return 1.0\nif z <= 0.0:\n    return 0.0\nreturn z",
        xp="xp.where(xp.isnan(z), z, xp.astype(z > 0, z.dtype))",
        inline=True,
        complex=False,
    ),
    Form(
        "relu_slope",
        "1 where relu's output is positive, 0 otherwise",
        "np.sign(z)",
        "1.0 if z > 0.0 else z",
        ufunc="sign",
        mask="z > 0",
        complex=False,
    ),
    Form(
        "leaky_relu",
        "max(0.01 z, z)",
        "np.maximum(0.01 * z, z)",
        "0.01 * z if z <= 0.0 else z",
        xp="xp.where(z > 0, z, 0.01 * z)",
        complex=False,
    ),
    Form(
        "dleaky_relu",
        "1 for z > 0, 0.01 otherwise",
        "np.where(z > 0, 1, 0.01 + 0 * z)",
        "1.0 if z > 0.0 else 0.01 if z <= 0.0 else z",
        xp="xp.where(z > 0, xp.ones_like(z), 0.01 + 0 * z)",
        complex=False,
    ),
    Form(
        "elu",
        "z for z > 0, exp(z) - 1 otherwise",
        "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))",
        "z if z > 0.0 else math.expm1(z)",
        xp="xp.where(z > 0, z, xp.expm1(xp.where(z > 0, xp.zeros_like(z), z)))",
        complex=False,
    ),
    Form(
        "delu",
        "1 for z > 0, exp(z) otherwise",
        "np.exp(np.minimum(z, 0))",
        "1.0 if z > 0.0 else math.exp(z)",
        xp="xp.exp(xp.where(z > 0, xp.zeros_like(z), z))",
        complex=False,
    ),
    Form(
        "selu",
        "1.0507 z for z > 0, 1.7581 (exp(z) - 1) otherwise",
        f"below = {_SELU_ALPHA} * np.expm1(np.minimum(z, 0))\n"
        f"value: Array = np.where(z > 0, {_SELU} * z, below)\n"
        "return value",
        f"{_SELU} * z if z > 0.0 else {_SELU_ALPHA} * math.expm1(z)",
        xp=f"below = {_SELU_ALPHA} * xp.expm1(xp.where(z > 0, xp.zeros_like(z), z))\n"
        f"return xp.where(z > 0, {_SELU} * z, below)",
        complex=False,
    ),
    Form(
        "dselu",
        "1.0507 for z > 0, 1.7581 exp(z) otherwise",
        f"below = {_SELU_ALPHA} * np.exp(np.minimum(z, 0))\n"
        f"value: Array = np.where(z > 0, {_SELU}, below)\n"
        "return value",
        f"{_SELU} if z > 0.0 else {_SELU_ALPHA} * math.exp(z)",
        xp=f"below = {_SELU_ALPHA} * xp.exp(xp.where(z > 0, xp.zeros_like(z), z))\n"
        f"return xp.where(z > 0, {_SELU} * xp.ones_like(z), below)",
        complex=False,
    ),
    Form(
        "selu_slope",
        "the derivative of selu, from its output",
        f"value: Array = np.where(z > 0, {_SELU}, z + {_SELU_ALPHA})\nreturn value",
        f"{_SELU} if z > 0.0 else z + {_SELU_ALPHA}",
        xp=f"return xp.where(z > 0, {_SELU} * xp.ones_like(z), z + {_SELU_ALPHA})",
        complex=False,
    ),
    Form(
        "hard_tanh",
        "z cut off at -1 and 1",
        "np.minimum(np.maximum(z, -1), 1)",
        "if z < -1.0:\n    return -1.0\nif z > 1.0:\n    return 1.0\nreturn z",
        xp="xp.clip(z, -1, 1)",
        complex=False,
    ),
    Form(
        "dhard_tanh",
        "1 for -1 < z < 1, 0 otherwise",
        "np.heaviside(1 - np.abs(z.real), 0)",
        "1.0 if -1.0 < z < 1.0 else 0.0 if abs(z) >= 1.0 else z",
        xp="xp.where(xp.isnan(z), z, xp.astype(xp.abs(z) < 1, z.dtype))",
        complex=False,
    ),
    Form(
        "hard_tanh_slope",
        "1 where hard_tanh's output is between -1 and 1, 0 otherwise",
        "np.sign(1 - np.abs(z))",
        "1.0 if abs(z) < 1.0 else 1.0 - abs(z)",
        mask="np.abs(z) < 1",
        complex=False,
    ),
)

FORMS: dict[str, Form] = {form.name: form for form in _ENTRIES} | {
    bend.name: Form(**bend._asdict()) for bend in BENDS
}

_CODE_NAMES = {"abs": "modulus"}


def code_name(name: str, order: int = 0) -> str:
    """The name in code of a function or of its derivative: ``dleaky_relu``."""
    plain = _CODE_NAMES.get(name, name.replace("-", "_"))
    return "d" * order + plain


def derivative_form(name: str, order: int) -> Form | None:
    """The entry of a function or its derivative; None for a generic function."""
    return FORMS.get(code_name(name, order))
