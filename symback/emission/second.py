"""Forward mode over the statements of both passes: Jacobian- and Hessian-vector products.

R{.} is the derivative along a direction in the parameters (Pearlmutter 1994; Bishop 2006, 5.4.6).
It is linear, so each statement of the forward and the backward pass gives one more, by the product
and the chain rule.  For the Gauss-Newton product (Schraudolph 2002) the loss's Hessian by the last
pre-activations is applied to R of these, and the result goes back by the ordinary backward pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from sympy import Integer, S

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    Number,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
)
from symback.calculus.second.gauss_newton import linear_in, tail_of
from symback.emission.by_index import by_index
from symback.emission.layout import WIDTH, call
from symback.emission.named import refuse_letters
from symback.emission.program import Program, Statement, needed, program
from symback.emission.styles.readable import Body, arguments
from symback.emission.tidy import tidy
from symback.emission.tree import LogSoftmax, Softmax, arrays, rebuild
from symback.errors import InputError
from symback.model.equations import Quantity, Role

if TYPE_CHECKING:
    from symback.emission.indexed.module import Making
    from symback.model.network import Network

__all__ = ["PRODUCTS", "Product", "emit_product"]

Product = Literal["hvp", "gauss-newton", "jvp", "fisher", "empirical-fisher", "hessian"]
PRODUCTS: tuple[Product, ...] = get_args(Product)[:3]

_MINUS = Integer(-1)
_NAMES = {
    "hvp": "hessian_vector_product",
    "gauss-newton": "gauss_newton_product",
    "jvp": "jacobian_vector_product",
}


def _minus(node: Any) -> Any:
    return Scaled(_MINUS, node)


def _one_minus(node: Any) -> Any:
    return Plus((Number(S.One), _minus(node)))


_SLOPES: dict[tuple[str, int], Callable[[Any, Any], Any]] = {
    ("tanh", 0): lambda z, a: _one_minus(Power(a, Integer(2))),
    ("sigmoid", 0): lambda z, a: Hadamard((a, _one_minus(a))),
    ("exp", 0): lambda z, a: a,
    ("log", 0): lambda z, a: Power(z, _MINUS),
    ("sqrt", 0): lambda z, a: Scaled(S.Half, Power(a, _MINUS)),
    ("sin", 0): lambda z, a: Elementwise("cos", 0, z),
    ("cos", 0): lambda z, a: _minus(Elementwise("sin", 0, z)),
    ("relu", 0): lambda z, a: Elementwise("relu-slope", 0, a),
    ("leaky-relu", 0): lambda z, a: Elementwise("leaky-relu", 1, a),
    ("hard-tanh", 0): lambda z, a: Elementwise("hard-tanh-slope", 0, a),
    ("elu", 0): lambda z, a: _one_minus(Elementwise("positive", 0, _minus(a))),
    ("selu", 0): lambda z, a: Elementwise("selu-slope", 0, a),
    ("selu-slope", 0): lambda a, _: _one_minus(Elementwise("step", 0, a)),
    ("softplus", 0): lambda z, a: Elementwise("sigmoid", 0, z),
    ("log_sigmoid", 0): lambda z, a: Elementwise("sigmoid", 0, _minus(z)),
    ("positive", 0): lambda z, a: Elementwise("step", 0, z),
    ("abs", 0): lambda z, a: Elementwise("sign", 0, z),
    ("huber", 0): lambda z, a: Elementwise("clip", 0, z),
    ("clip", 0): lambda z, a: Elementwise("within", 0, z),
}
"""The derivative of each function, of its argument and its value."""

for _name in ("silu", "mish", "gelu", "gelu-tanh"):
    _SLOPES[_name, 0] = lambda z, _, name=_name: Elementwise(name, 1, z)  # type: ignore[misc]
    _SLOPES[_name, 1] = lambda z, _, name=_name: Elementwise(name, 2, z)  # type: ignore[misc]

_FLAT = {
    ("step", 0), ("sign", 0), ("within", 0), ("relu-slope", 0), ("hard-tanh-slope", 0),
    ("leaky-relu", 1),
}  # fmt: skip
"""Functions whose derivative is 0 wherever they have one."""


class _Directional:
    """R{.} of trees, given that of the arrays in them."""

    def __init__(self, known: dict[Array, Any], values: dict[Any, Array]) -> None:
        self.known = known
        self.values = values

    def __call__(self, node: Any) -> Any:
        """R of a tree; None where it is 0."""
        match node:
            case Array():
                return self.known.get(node)
            case Number():
                return None
            case Plus(terms):
                return _sum(map(self, terms))
            case Hadamard(factors):
                parts = [self(factor) for factor in factors]
                return _sum(
                    None if part is None else Hadamard((*factors[:i], part, *factors[i + 1 :]))
                    for i, part in enumerate(parts)
                )
            case MatMul(left, right):
                first, second = self(left), self(right)
                return _sum(
                    (
                        None if first is None else MatMul(first, right),
                        None if second is None else MatMul(left, second),
                    )
                )
            case Transpose() | Scaled() | Reduce():
                inner = self(node.body)
                return None if inner is None else rebuild(node, lambda _: inner)
            case Power(body, exponent):
                inner = self(body)
                if inner is None:
                    return None
                lower = exponent - 1
                rest = body if lower == 1 else Power(body, lower)
                return Scaled(exponent, Hadamard((rest, inner)) if lower != 0 else inner)
            case Softmax(body) | LogSoftmax(body):
                return self._softmax(node, body)
            case Elementwise(name, order, body):
                return self._function(node, name, order, body)
        raise InputError(f"no second derivative of {type(node).__name__}", where="second")

    def _softmax(self, node: Any, body: Any) -> Any:
        inner = self(body)
        if inner is None:
            return None
        p: Any = self.values.get(Softmax(body), Softmax(body))
        centred = Plus((inner, _minus(Reduce(Hadamard((p, inner)), 1))))
        return Hadamard((p, centred)) if isinstance(node, Softmax) else centred

    def _function(self, node: Any, name: str, order: int, body: Any) -> Any:
        inner = self(body)
        if inner is None or (name, order) in _FLAT:
            return None
        if (name, order) not in _SLOPES:
            raise InputError(
                f"there is no second derivative of {name} here yet",
                where="second",
                hint="write it as a formula, as x*sigmoid(x) for silu",
            )
        slope = _SLOPES[name, order](body, self.values.get(node, node))
        return Hadamard((inner, slope))


def _sum(parts: Iterable[Any]) -> Any:
    found: list[Any] = []
    for part in parts:
        if part is not None:
            found += part.terms if isinstance(part, Plus) else [part]
    return None if not found else found[0] if len(found) == 1 else Plus(tuple(found))


class _Names:
    """The names of a program, with those of the directional derivatives beside them."""

    def __init__(self, made: Program) -> None:
        self._own = made.names
        self._more: dict[Quantity, str] = {}

    def __getitem__(self, array: Array) -> str:
        return self._more.get(array.quantity) or self._own[array]

    def directional(self, array: Array) -> Array:
        """The array that holds R of another: ``R_h1``."""
        name = f"R_{self._own[array]}"
        quantity = replace(array.quantity, name=name, role=Role.OTHER)
        self._more[quantity] = name
        return Array(quantity)

    def vector(self, quantity: Quantity) -> Array:
        """The entry of the vector for a parameter: ``v_W1``."""
        made = replace(quantity, name=f"v_{quantity.name}", role=Role.OTHER)
        self._more[made] = made.name
        return Array(made)


def emit_product(
    source: Network,
    kind: Product,
    reduction: str | None = None,
    style: str = "readable",
    target: str = "numpy",
    *,
    sizes: Mapping[str, int] | None = None,
    making: Making | None = None,
    wanted: tuple[str, ...] = (),
) -> str:
    """The module with a product of second or first order besides.

    ``hessian_vector_product(parameters, vector, x, y)`` and ``gauss_newton_product`` return one
    array for each parameter, ``jacobian_vector_product(parameters, vector, x)`` the change of the
    output; ``vector`` is a direction in the parameters.  In another style or target than readable
    NumPy the module is that of the same equations by their indices.

    Args:
        source: the network, of a batch.
        kind: ``hvp``, ``gauss-newton`` or ``jvp``.
        reduction: ``mean`` or ``sum`` over the batch; by default what the network says.
        style: as for `symback.emission.emit`.
        target: as for `symback.emission.emit`.
        sizes: for target ``c``, the number of samples by the name ``batch``.
        making: how target ``c`` is written.
        wanted: in what the vector is a direction; empty for all parameters.

    Raises:
        InputError: for generic functions, and functions without a second derivative here.
    """
    from symback.emission.module import emit, render

    plain = program(source, reduction)
    refuse_letters(plain, kind, "second")
    is_array = (style, target) == ("readable", "numpy") and kind in _NAMES and not wanted
    if not is_array or (kind == "gauss-newton" and not _is_linear_to_the_last(plain)):
        return _by_indices(plain, kind, style, target, sizes or {}, making, wanted)
    made = replace(plain)
    names = _Names(plain)
    made.__dict__["names"] = names
    vectors = {q: names.vector(q) for q in plain.parameters}
    statements, results = _statements(plain, kind, names, vectors)
    inputs = ["x"] if kind == "jvp" else [q.name for q in plain.inputs]
    body = Body(made, needed(statements, results))
    code = "\n".join(line.partition("  #")[0] for line in body.lines)
    batch = [f"    batch = len({inputs[0]})"] if re.search(r"\bbatch\b", code) else []
    given = [names[v] for v in vectors.values()]
    taken = f"    {', '.join(given)}{',' * (len(given) == 1)} = vector"
    unpacked = [taken] if len(taken) <= WIDTH else call("(", given, ") = vector", depth=1)
    text = emit(source, reduction=reduction)  # type: ignore[arg-type]
    helpers = [h for h in _helpers(body) if f"def {h.split('def ')[1].split('(')[0]}(" not in text]
    function = render(
        "second.py.j2",
        {
            "kind": kind,
            "name": _NAMES[kind],
            "inputs": inputs,
            "check_inputs": [q.name for q in plain.inputs],
            "linear": linear_in(
                plain.model,
                (_last_preactivation(plain).name,),
                tuple(q.name for q in reversed(plain.parameters)),
            ),
            "lines": [*arguments(plain, inputs), *unpacked, *batch, *body.lines],
            "results": [names[array] for array in results],
            "returned": "\n".join(
                call("return Parameters(", [names[array] for array in results], ")", depth=1)
            ),
            "helpers": helpers,
        },
    )
    checked = f"check_product(parameters, {', '.join(q.name for q in plain.inputs)})"
    text = text.replace("\n\ndef check(", f"\n\n{function}\n\ndef check(", 1)
    also = f"    product = {checked}\n    right = right and product <= 1e-5\n"
    return text.replace("    print(f", f"{also}    print(f", 1)


def _is_linear_to_the_last(plain: Program) -> bool:
    """Whether the outputs of a Gauss-Newton product are the last pre-activations, or equal them."""
    given = {q.name for q in plain.model.given}
    outputs = set(tail_of(plain.model, frozenset(plain.model.quantities)).outputs) - given
    last = plain.forward[-1]
    return outputs == {_last_preactivation(plain).name} or isinstance(last.value, Array)


def _by_indices(
    plain: Program,
    kind: Product,
    style: str,
    target: str,
    given: Mapping[str, int],
    making: Making | None,
    wanted: tuple[str, ...],
) -> str:
    """The module of the same equations by their indices, where outputs are functions of others.

    Their statement here has the loss's slope and the function's in one, of which Gauss and Newton
    differentiate the first alone.
    """
    from symback.emission.indexed.module import emit_model_product

    model, sizes = by_index(plain.model, target, given, wanted)
    return emit_model_product(model, kind, style, target, sizes=sizes, making=making)


def _helpers(body: Body) -> list[str]:
    from symback.emission.styles.helpers import helper_sources

    return helper_sources(dict.fromkeys(body.used), "np")


def _statements(
    plain: Program, kind: Product, names: _Names, vectors: dict[Quantity, Array]
) -> tuple[list[Statement], list[Array]]:
    """Both passes with their R beside them, and what is returned."""
    known: dict[Array, Any] = {Array(q): v for q, v in vectors.items()}
    values = {s.value: s.left for s in plain.forward}
    full = _Directional(known, values)
    output = _last_preactivation(plain)
    statements: list[Statement] = []

    def add(item: Statement, value: Any) -> None:
        if value is None:
            return
        left = names.directional(item.left)
        known[item.left] = left
        shown = tidy(value)
        statements.append(Statement(item.number, left.quantity, False, shown, shown))

    for item in plain.forward:
        statements.append(item)
        add(item, full(item.value))
    if kind == "jvp":
        return statements, [Array(plain.output), known[Array(plain.output)]]
    adjoints: dict[Array, Any] = {}
    below = _Directional(adjoints, values)
    passed = False
    for item in plain.backward:
        statements.append(item)
        if kind == "hvp" or not passed:
            add(item, full(item.value))
            passed = passed or item.quantity == output
        else:
            adjoints |= {a: r for a, r in known.items() if a.adjoint}
            add(item, _gauss_newton(item.value, below, full))
    return statements, [known[array] for array in plain.gradients]


def _gauss_newton(value: Any, below: _Directional, full: _Directional) -> Any:
    """The ordinary backward pass for R of the adjoints; a term of the weights alone is its own."""
    terms = value.terms if isinstance(value, Plus) else (value,)
    return _sum((below if any(a.adjoint for a in arrays(term)) else full)(term) for term in terms)


def _last_preactivation(plain: Program) -> Quantity:
    found = [s.quantity for s in plain.forward if s.quantity.role is Role.PREACTIVATION]
    if not found:
        raise InputError("the network has no pre-activations", where="second")
    return found[-1]
