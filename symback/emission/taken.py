"""Names that emitted modules have for themselves, in any style and target.

A quantity of a model that is called so has an ending in code, the same in every file: what a
function reads must not be hidden by one of its arguments.
"""

from __future__ import annotations

import builtins
import keyword

__all__ = ["C_KEYWORDS", "TAKEN"]

C_KEYWORDS = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while".split()
)

_CPP_KEYWORDS = frozenset(
    "alignas alignof and asm bitand bitor bool catch char16_t char32_t char8_t class compl concept "
    "consteval constexpr constinit decltype delete explicit export false friend mutable namespace "
    "new noexcept not nullptr operator or private protected public requires template this throw "
    "true try typeid typename typeof using virtual xor".split()
)

_C_LIBRARY = frozenset(
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 "
    "fabs fdim floor fma fmax fmin fmod frexp hypot ilogb ldexp lgamma llrint llround log log10 "
    "log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow remainder remquo "
    "rint round scalbln scalbn sin sinh sqrt tan tanh tgamma trunc "
    "fpclassify isfinite isinf isnan isnormal signbit NAN INFINITY EOF NULL stderr stdin stdout "
    "memcpy memset printf linux unix".split()
)
"""Functions and macros of the headers that are included; two that compilers define besides."""

_MODULE = frozenset(
    """
    added after along annotations Any Array array arrays at axis back before beside bits both
    both_orders Callable change check clip combined Compiled condition count counts ctypes cut ddelu
    ddgelu ddgelu_tanh ddmish ddselu ddsilu define delu density device dgelu dgelu_tanh dhard_tanh
    difference direction dleaky_relu dmish down draw drawn drelu dselu dsilu dtype elu end endif
    ends entries entry error every far first flat forward found function Functions functions gelu
    gelu_tanh given gradient Gradients gradients half hard_tanh hard_tanh_slope hashlib here hessian
    high huber ifdef importlib initialize inner INPUTS INTEGERS Iterator keep kept kernel kind
    leaky_relu left LIBRARY library log_rest log_sigmoid logsumexp lookup loss losses low made main
    many math memory mish modulus move moved multiplied name NamedTuple NAMES names near njit
    normal np npt numbers os other Outputs outputs own padded Parameters parameters part parts Path
    place places plain positive prange product products ProductWorkspace random RANKS re relu
    relu_slope rest result results right rng rows run said scale second seed self selu selu_slope
    shape SHAPES shapes shifted shown side sides sigmoid sigmoid_into sign silu size SIZES Sizes
    sizes slope slopes softmax softmax_into softplus SOURCE source start state STEP step steps
    stride strides subprocess sys sysconfig tail taken task text top total tried twice TypeVar
    unused up value vector was where width widths windows within Workspace workspace worst xp
    """.split()
)
"""What the templates mention, and the functions that modules define where they need them."""

TAKEN = (
    C_KEYWORDS
    | _CPP_KEYWORDS
    | _C_LIBRARY
    | _MODULE
    | frozenset(keyword.kwlist)
    | frozenset(keyword.softkwlist)
    | frozenset(name for name in dir(builtins) if not name.startswith("_"))
)
"""Names that no quantity of a model of equations has in code."""
