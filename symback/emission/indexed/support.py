"""Helpers that emitted modules of arrays define where they call them."""

from __future__ import annotations

from collections.abc import Iterable

from symback.emission.indexed.tensors import Dialect

__all__ = ["support"]

_NUMPY = {
    "softmax": '''\
def softmax(z: Array, axis: int = -1) -> Array:
    """exp(z) / sum(exp(z)) along an axis, without overflow."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    p: Array = e / e.sum(axis=axis, keepdims=True)
    return p
''',
    "sigmoid_into": '''\
@np.errstate(over="ignore")  # exp gives inf, and 1/inf is right
def sigmoid_into(z: Array, out: Array) -> None:
    """1/(1 + exp(-z)), written into an array, which may be z."""
    np.negative(z, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.divide(1, out, out=out)
''',
    "softmax_into": '''\
def softmax_into(z: Array, out: Array, axis: int = -1) -> None:
    """exp(z) / sum(exp(z)) along an axis, without overflow, in an array, which may be z."""
    np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    np.exp(out, out=out)
    np.divide(out, out.sum(axis=axis, keepdims=True), out=out)
''',
    "logsumexp": '''\
def logsumexp(z: Array, axis: int = -1) -> Array:
    """log(sum(exp(z))) along an axis, without overflow."""
    top = z.max(axis=axis, keepdims=True)
    total: Array = np.log(np.exp(z - top).sum(axis=axis)) + top.squeeze(axis)
    return total
''',
    "padded": '''\
def padded(x: Array, axis: int, before: int, after: int, value: Any = 0.0) -> Array:
    """An array with a value beside it along one axis; None takes that of its ends."""
    widths = [(0, 0)] * x.ndim
    widths[axis] = (before, after)
    if value is None:
        return np.pad(x, widths, mode="edge")
    return np.pad(x, widths, constant_values=value)
''',
    "windows": '''\
def windows(
    x: Array, axis: int, start: int, counts: tuple[int, ...], steps: tuple[int, ...]
) -> Array:
    """The view x[..., start + steps[0] i + steps[1] j + ..., ...], with an axis for each letter."""
    ends = [(count - 1) * step for count, step in zip(counts, steps, strict=True)]
    low = start + sum(min(end, 0) for end in ends)
    high = start + sum(max(end, 0) for end in ends)
    if low < 0 or high >= x.shape[axis]:
        raise ValueError(f"entries {low} to {high} of an axis of {x.shape[axis]}")
    stride = x.strides[axis]
    first = x[(slice(None),) * axis + (slice(start, None),)]
    shape = (*x.shape[:axis], *counts, *x.shape[axis + 1 :])
    strides = (*x.strides[:axis], *(stride * step for step in steps), *x.strides[axis + 1 :])
    return np.lib.stride_tricks.as_strided(first, shape, strides, writeable=False)
''',
    "folded": '''\
def folded(values: Array, length: int, start: int, steps: tuple[int, int]) -> Array:
    """Each values[r, i] added to place start + steps[0] r + steps[1] i of a new axis."""
    taps, count = values.shape[:2]
    before = max(0, -start)
    end = start + steps[0] * (taps - 1) + steps[1] * (count - 1) + 1
    total = np.zeros((before + max(length, end), *values.shape[2:]), values.dtype)
    for tap in range(taps):
        first = before + start + steps[0] * tap
        total[first : first + steps[1] * (count - 1) + 1 : steps[1]] += values[tap]
    return total[before : before + length]
''',
    "added": '''\
def added(values: Array, places: tuple[Array, ...], shape: tuple[int, ...]) -> Array:
    """Zeros of a shape to which values are added at these places; places may repeat."""
    places = np.broadcast_arrays(*places)
    values = np.asarray(values)
    kept = values.shape[places[0].ndim :]
    total = np.zeros((*shape, *kept), values.dtype)
    np.add.at(total, tuple(places), values)
    return total
''',
}

_XP = {
    "softmax": '''\
def softmax(z: Array, axis: int = -1) -> Array:
    """exp(z) / sum(exp(z)) along an axis, without overflow."""
    xp = array_namespace(z)
    e = xp.exp(z - xp.max(z, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)
''',
    "logsumexp": '''\
def logsumexp(z: Array, axis: int = -1) -> Array:
    """log(sum(exp(z))) along an axis, without overflow."""
    xp = array_namespace(z)
    top = xp.max(z, axis=axis, keepdims=True)
    return xp.log(xp.sum(xp.exp(z - top), axis=axis)) + xp.squeeze(top, axis=axis)
''',
    "where": '''\
def where(condition: Array, value: Any, other: float) -> Array:
    """A value where a condition holds, and a number elsewhere."""
    xp = array_namespace(condition)
    if isinstance(value, (int, float)):
        dtype = xp.asarray(1.0).dtype
        value = xp.asarray(value, dtype=dtype, device=condition.device)
    return xp.where(condition, value, xp.asarray(other, dtype=value.dtype, device=value.device))
''',
    "padded": '''\
def padded(x: Array, axis: int, before: int, after: int, value: float | None = 0.0) -> Array:
    """An array with a value beside it along one axis; None takes that of its ends."""
    xp = array_namespace(x)

    def beside(width: int, end: int) -> list[Array]:
        if not width:
            return []
        shape = (*x.shape[:axis], width, *x.shape[axis + 1 :])
        if value is not None:
            return [xp.full(shape, value, dtype=x.dtype, device=x.device)]
        place = (slice(None),) * axis + (slice(end, end + 1), ...)
        return [xp.broadcast_to(x[place], shape)]

    parts = [*beside(before, 0), x, *beside(after, x.shape[axis] - 1)]
    return xp.concat(parts, axis=axis)
''',
    "windows": '''\
def windows(
    x: Array, axis: int, start: int, counts: tuple[int, ...], steps: tuple[int, ...]
) -> Array:
    """x[..., start + steps[0] i + steps[1] j + ..., ...], with an axis for each letter."""
    xp = array_namespace(x)
    places = [start]
    for count, step in zip(counts, steps, strict=True):
        places = [place + step * n for place in places for n in range(count)]
    if places and (min(places) < 0 or max(places) >= x.shape[axis]):
        raise ValueError(f"entries {min(places)} to {max(places)} of {x.shape[axis]}")
    taken = xp.take(x, xp.asarray(places, dtype=xp.int64, device=x.device), axis=axis)
    return xp.reshape(taken, (*x.shape[:axis], *counts, *x.shape[axis + 1 :]))
''',
    "lookup": '''\
def lookup(x: Array, *places: Array | int) -> Array:
    """x[places], for arrays of places along the first axes."""
    xp = array_namespace(x)
    shape = x.shape[: len(places)]
    flat: Any = 0
    for place, count in zip(places, shape, strict=True):
        flat = flat * count + place
    rest = x.shape[len(places) :]
    rows = xp.reshape(x, (-1, *rest))
    taken = xp.take(rows, xp.reshape(flat, (-1,)), axis=0)
    return xp.reshape(taken, (*flat.shape, *rest))
''',
    "folded": '''\
def folded(values: Array, length: int, start: int, steps: tuple[int, int]) -> Array:
    """Each values[r, i] added to place start + steps[0] r + steps[1] i of a new axis."""
    xp = array_namespace(values)
    taps, count = values.shape[:2]
    place = start + steps[0] * xp.arange(taps, device=values.device)[:, None]
    place = place + steps[1] * xp.arange(count, device=values.device)[None, :]
    flat = xp.reshape(place, (-1,))
    hit = xp.arange(length, device=values.device)[:, None] == flat[None, :]
    rest = values.shape[2:]
    width = 1
    for size in rest:
        width *= size
    rows = xp.reshape(values, (taps * count, width))
    return xp.reshape(xp.astype(hit, values.dtype) @ rows, (length, *rest))
''',
    "added": '''\
def added(values: Any, places: tuple[Any, ...], shape: tuple[int, ...]) -> Array:
    """Zeros of a shape to which values are added at these places; places may repeat."""
    xp = array_namespace(*(p for p in (values, *places) if not isinstance(p, (int, float))))
    flat: Any = 0
    size = 1
    for place, count in zip(places, shape, strict=True):
        flat = flat * count + place
        size *= count
    if isinstance(values, (int, float)):
        values = xp.full(flat.shape, float(values), device=flat.device)
    kept = values.shape[len(flat.shape) :]
    values = xp.broadcast_to(values, (*flat.shape, *kept))
    rows = xp.reshape(flat, (-1,))
    hit = xp.astype(xp.arange(size, device=values.device)[:, None] == rows[None, :], values.dtype)
    width = 1
    for count in kept:
        width *= count
    total = hit @ xp.reshape(values, (rows.shape[0], width))
    return xp.reshape(total, (*shape, *kept))
''',
}


def support(used: Iterable[str], dialect: Dialect) -> list[str]:
    """The definitions of these helpers."""
    table = _NUMPY if dialect.is_numpy else _XP
    names = list(used)
    return [text.rstrip("\n") for name, text in table.items() if name in names]
