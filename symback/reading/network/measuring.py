"""How far every index runs, from the equations: what one letter ties together has one range."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Entry,
    Group,
    Hessian,
    Nabla,
    Node,
    Number,
    Product,
    Symbol,
    stripped,
)
from symback.reading.network.batches import samples_are_columns
from symback.reading.network.naming import LOSSES, Parts
from symback.reading.network.places import Definition, Env, Place
from symback.reading.network.ranks import DETERMINANTS, ONE, TRACES
from symback.reading.network.sizes import Sizes
from symback.reading.network.symbols import everything, quantities, spelled

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = [
    "bound",
    "fit_what_is_differentiated",
    "keep_widths",
    "measure",
    "measure_equation",
    "written_out",
]

_ONE = Number("1")
MANY = 12
"""A range that is said to have more values is written out with fewer: the size is nothing but a
name for it."""


def measure(
    model: DocumentModel,
    stated: Mapping[str, int],
    forward: list[Definition],
    orientation: bool | None,
) -> None:
    """Find the ranges, and whether vectors are columns: the forward equations decide.

    Args:
        model: whose definitions are measured.
        stated: sizes that are given by name.
        forward: later equations for whole vectors; where no definition is of such, they decide
            the orientation, and nothing else.
        orientation: whether vectors are columns, where that is known.
    """
    if any(not d.parts.indices and model.ranks.of(d.parts) for d in model.definitions.all()):
        forward = []
    choices = []
    if orientation is None and model.ranks.rows:
        orientation = False  # `x in R^{1 x n}`
    samples = samples_are_columns(model)
    likely = samples is not False
    orders = (likely, not likely) if orientation is None else (orientation,)
    for columns in orders:
        model.columns, model.sizes = columns, Sizes()
        model.ranks.forget()  # a product of two vectors is a number of columns alone
        for number, definition in enumerate(model.definitions.all()):
            for env in model.layers.instances(definition.parts.layer):
                measure_equation(model, (number, *env.values()), definition, env)
        own = model.sizes
        _declare(model)
        penalty, strain = own.penalty, own.strain
        if forward:
            model.sizes = deepcopy(own)
            for at, definition in enumerate(forward):
                for env in model.layers.instances(definition.parts.layer):
                    measure_equation(model, ("forward", at, *env.values()), definition, env)
            penalty, strain = model.sizes.penalty, model.sizes.strain
        choices.append((penalty, strain, columns is not orders[0], columns, own))
        if not (penalty or strain or (samples is None and own.spread)):
            break
    model.ranks.forget()
    *_, model.columns, model.sizes = min(choices, key=lambda choice: choice[:3])
    model.either_way = (
        orientation is None
        and samples is None
        and bool(model.sizes.spread)
        and len({choice[:2] for choice in choices}) == 1
    )
    for parts in model.ranks.single:
        if model.ranks.of(parts) == 1:
            model.sizes.fix((model.place(parts, {}), 0), 1)
    for letter, size in stated.items():
        model.sizes.fix(("bound", letter), size)


def _declare(model: DocumentModel) -> None:
    """Give arrays the sizes that they are said to have: `W \\in R^{D \\times M}`.

    Sizes with two letters can be one, and rarely are; nor is a matrix square by chance.
    """
    letters = set()
    for parts, sizes in model.ranks.shapes.values():
        named = [bound(model, size, {}) for size in sizes]
        rank = model.ranks.of(parts)
        if rank == 1 and len(named) == 2:  # `R^{n \times 1}`
            named = [name for name, size in zip(named, sizes, strict=True) if size != _ONE]
        if len(named) != rank:
            continue
        for position, name in enumerate(named):
            if name is not None:
                letters.add(name)
                model.sizes.unite((model.place(parts, {}), position), name)
    find = model.sizes.find
    square = [
        parts
        for parts in (definition.parts for definition in model.definitions.all())
        if letters and not parts.indices and parts.layer is None and model.ranks.of(parts) == 2
        if find((model.place(parts, {}), 0)) == find((model.place(parts, {}), 1))
    ]
    model.sizes.strain += len(letters) - len({find(name) for name in letters}) + len(square)


def measure_equation(
    model: DocumentModel, scope: Hashable, definition: Definition, env: Env
) -> None:
    """Tie together the ranges that one equation of a layer says are the same."""
    parts = definition.parts
    place = model.place(parts, env)
    _tie(model, place, parts.indices, scope)
    for node, bound_at in _scoped(definition.body, {}, scope):
        if isinstance(node, Symbol):
            inner = model.names.split(node)
            if inner.indices:
                _tie(model, model.place(inner, env), inner.indices, scope, bound_at)
        elif isinstance(node, Entry):
            for index, where in zip(node.indices, _entries(model, node, env, scope), strict=False):
                if isinstance(index, Symbol):
                    letter = spelled(index)
                    model.sizes.unite(where, bound_at.get(letter, (scope, letter)))
        elif isinstance(node, BigSum) and len(node.indices) == 1:
            where = bound_at[spelled(node.indices[0])]
            if isinstance(node.upper, Number) and node.upper.digits.isdecimal():
                last = int(node.upper.digits)
                if last > MANY:
                    model.sizes.unite(("bound", node.upper.digits), where)
                else:
                    model.sizes.fix(where, last)
            elif isinstance(node.upper, Symbol) and node.upper in parts.indices:
                pass  # `s_i = \sum_{j=1}^i w_j` runs up to an index, over no whole range
            elif (name := bound(model, node.upper, env)) is not None:
                model.sizes.unite(name, where)
    if not parts.indices:
        dims = model.ranks.dims(definition.body, env, scope)
        own = model.ranks.symbol_dims(parts, env)
        if dims and own:
            for one, other in zip(own, dims, strict=True):
                model.sizes.unite(one, other)
        elif dims and _is_number(model, parts) and not model.sizes.are_one(dims):
            model.sizes.strain += 1  # the entries of a loss are summed without its being said
        if dims and ONE not in dims and _has_one_index(model, parts):
            model.sizes.strain += 1  # `y_i` of a matrix y is rare


def _has_one_index(model: DocumentModel, parts: Parts) -> bool:
    """Say whether the entries of a small letter are written with one index."""
    is_small = parts.base.split()[-1][:1].islower()
    return is_small and not model.names.sampled and model.names.ranks.get(parts.base) == 1


def _is_number(model: DocumentModel, parts: Parts) -> bool:
    """Say whether a quantity is a number: a loss, and what has a gradient."""
    return parts.base in LOSSES or parts.base in model.names.with_gradients


def fit_what_is_differentiated(model: DocumentModel, operands: Iterable[Node]) -> None:
    """Tie together the ranges in an expression that is differentiated: of `d(x^T C x)/dx`.

    Its factors fit each other, whatever is claimed of it. Neither ranks nor the orientation follow.
    """
    penalty, strain, spread = model.sizes.penalty, model.sizes.strain, model.sizes.spread
    for operand in operands:
        for node in everything(operand):
            if not isinstance(node, Derivative | Differential | Hessian | Nabla) or node.of is None:
                continue
            body = _inside(stripped(node.of))
            is_open = isinstance(body, Call) and body.function.name not in TRACES | DETERMINANTS
            if isinstance(body, Symbol) or is_open:
                continue
            parts = [model.names.split(symbol) for symbol in quantities(body)]
            if not any(own.indices or own.layer is not None for own in parts):
                model.ranks.dims(body, {}, ("differentiated", id(node)))
    model.sizes.penalty, model.sizes.strain, model.sizes.spread = penalty, strain, spread


def _inside(body: Node) -> Node:
    """What a logarithm is of, where it is all that is differentiated: `det X` of `log det X`."""
    if isinstance(body, Call) and body.function.name in ("log", "ln") and not body.order:
        return stripped(body.arguments[0]) if len(body.arguments) == 1 else body
    return body


def _entries(model: DocumentModel, node: Entry, env: Env, scope: Hashable) -> tuple[Hashable, ...]:
    """The ranges of what is taken an entry of, of a vector its only one."""
    dims = model.ranks.dims(node.body, env, scope)
    if dims is None:
        return ()
    if len(node.indices) == 2:
        return dims
    long = [where for where in dims if where != ONE]
    return tuple(long) if len(long) == 1 else ()


def bound(model: DocumentModel, node: Node | None, env: Env) -> tuple[object, ...] | None:
    """The name of a size: `n`, or `m(l)` and `m_l` for one of each layer, or a large number."""
    if isinstance(node, Number) and node.digits.isdecimal() and int(node.digits) > MANY:
        return ("bound", node.digits)
    if isinstance(node, Call) and len(node.arguments) == 1:
        return ("bound", node.function.name, model.layers.number(node.arguments[0], env))
    if isinstance(node, Product) and len(node.factors) == 2:
        name, layer = node.factors
        if isinstance(name, Symbol) and isinstance(layer, Group):
            return ("bound", name.name, model.layers.number(layer.body, env))
    if isinstance(node, Symbol) and spelled(node) not in model.names.layer_letters:
        scripts = [*node.subscripts, *(m.body for m in node.marks if m.body is not None)]
        if not scripts:
            return ("bound", spelled(node))
        return ("bound", node.name, *(model.layers.number(script, env) for script in scripts))
    return None


def _scoped(
    node: Node, bound_at: Mapping[str, Hashable], scope: Hashable
) -> Iterator[tuple[Node, Mapping[str, Hashable]]]:
    """Every node with what its bound letters are: each sum has letters of its own."""
    if isinstance(node, BigSum):
        own = {spelled(index): (scope, spelled(index), id(node)) for index in node.indices}
        bound_at = {**bound_at, **own}
    yield node, bound_at
    if isinstance(node, Symbol):
        return
    if isinstance(node, Call):
        inner: Iterable[Node] = node.arguments
    elif isinstance(node, BigSum):
        inner = (node.body, *node.conditions)
    elif isinstance(node, Entry):
        inner = (node.body,)
    else:
        inner = node.children()
    for child in inner:
        yield from _scoped(child, bound_at, scope)


def _tie(
    model: DocumentModel,
    place: Place,
    indices: tuple[Node, ...],
    scope: Hashable,
    bound_at: Mapping[str, Hashable] | None = None,
) -> None:
    for position, index in enumerate(indices):
        where = (place, position)
        if isinstance(index, Number):
            if index.digits.isdecimal() and int(index.digits):  # `w_0` is a bias beside the others
                model.sizes.reach(where, int(index.digits), closed=True)
        elif isinstance(index, Symbol):
            letter = spelled(index)
            model.sizes.unite(where, (bound_at or {}).get(letter, (scope, letter)))


def written_out(model: DocumentModel, operands: Iterable[Node]) -> Iterator[tuple[Place, int, int]]:
    """The indices written out anywhere: the place, the position, and how far it reaches.

    The 0 of `w_0`, a bias, says nothing of how many others there are.
    """
    for operand in operands:
        for symbol in quantities(operand):
            parts: Parts = model.names.split(symbol)
            for position, index in enumerate(parts.indices):
                if isinstance(index, Number) and len(index.digits) < 4:
                    if reach := int(index.digits):
                        yield model.place(parts, {}), position, reach


def _is_of_numbers(limit: Node) -> bool:
    return not any(isinstance(node, Symbol) for node in limit.walk())


def _of_unit_0(model: DocumentModel, operands: Iterable[Node]) -> Iterator[tuple[Place, int]]:
    """The places of indices that are 0, which count units as other numbers do."""
    for symbol in (symbol for operand in operands for symbol in quantities(operand)):
        parts = model.names.split(symbol)
        for position, index in enumerate(parts.indices):
            if index == Number("0"):
                yield model.place(parts, {}), position


def _summed_to_a_number(
    model: DocumentModel, operands: Iterable[Node]
) -> Iterator[tuple[Place, int]]:
    """The places over which a sum runs that ends at a number: of the h in `sum_{j=1}^2 h_j`."""
    for node in (node for operand in operands for node in everything(operand)):
        if isinstance(node, BigSum) and node.upper is not None and _is_of_numbers(node.upper):
            letters = {*map(spelled, node.indices)}
            for symbol in quantities(node.body):
                parts = model.names.split(symbol)
                for position, index in enumerate(parts.indices):
                    if isinstance(index, Symbol) and spelled(index) in letters:
                        for env in model.layers.instances(parts.layer):
                            yield model.place(parts, env), position


def keep_widths(
    model: DocumentModel, widths: Iterable[tuple[Symbol, tuple[int, ...]]], operands: Iterable[Node]
) -> None:
    """Give a layer of a stated network its own width where its units are counted by a number.

    Elsewhere layers keep unequal widths, at which a slip in an index shows; but a sum over two
    units, written out or by its limits, is a sum over all of them only where there are two.
    """
    operands = list(operands)
    numbered = {(place, position) for place, position, _ in written_out(model, operands)}
    numbered |= {*_summed_to_a_number(model, operands), *_of_unit_0(model, operands)}
    ranges = {model.sizes.find(where) for where in numbered}
    for symbol, sizes in widths:
        parts = model.names.split(symbol)
        for position, size in enumerate(sizes):
            where = (model.place(parts, {}), position)
            if not size:
                continue
            if size == 1 or model.sizes.find(where) in ranges:
                model.sizes.hold(where, size)
