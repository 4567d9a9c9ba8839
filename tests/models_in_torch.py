"""Any model evaluated entry by entry in torch: it shares no code with what it judges."""

import math
from functools import cache

import torch
from sympy import Add, Indexed, KroneckerDelta, Mul, NumberSymbol, Pow, Symbol

from symback.algebra.expressions import Apply, Sum
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Product,
    Smallest,
    Stop,
)
from symback.model.equations import Role

FUNCTIONS = {
    "abs": torch.abs,
    "cos": torch.cos,
    "elu": torch.nn.functional.elu,
    "erf": torch.erf,
    "exp": torch.exp,
    "gelu": torch.nn.functional.gelu,
    "gelu-tanh": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
    "identity": lambda z: z,
    "leaky-relu": torch.nn.functional.leaky_relu,
    "log": torch.log,
    "positive": torch.relu,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "silu": torch.nn.functional.silu,
    "sin": torch.sin,
    "softplus": torch.nn.functional.softplus,
    "sqrt": torch.sqrt,
    "tanh": torch.tanh,
}
RELATIONS = {
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


class Evaluation:
    """The loss of a model for given arrays (integer arrays count from 0) and sizes."""

    def __init__(self, model, arrays, sizes):
        self.model, self.arrays, self.sizes = model, arrays, sizes
        self.entry = cache(self._entry)

    def loss(self):
        return self.entry(self.model.loss.name, ())

    def _entry(self, name, indices):
        quantity = self.model.quantities[name]
        if name in self.arrays:
            array = self.arrays[name]
            places = [
                i - self.index(r.first, {}) for i, r in zip(indices, quantity.ranges, strict=True)
            ]
            if any(not 0 <= p < n for p, n in zip(places, array.shape, strict=True)):
                return self.value(quantity.outside, {})
            found = array[tuple(places)]
            return int(found) + 1 if quantity.role is Role.INTEGER else found
        for equation in self.model.boundaries.get(name, ()):
            letters = self._matched(equation.at, indices)
            if letters is not None:
                return self.value(equation.expression, letters)
        ends = [(self.index(r.first, {}), self.index(r.upper, {})) for r in quantity.ranges]
        if any(not a <= i <= b for i, (a, b) in zip(indices, ends, strict=True)):
            return self.value(quantity.outside, {})
        equation = self.model.definitions[name]
        return self.value(equation.expression, dict(zip(quantity.indices, indices, strict=True)))

    def _matched(self, pattern, indices):
        letters = {}
        for part, index in zip(pattern, indices, strict=True):
            if isinstance(part, Symbol) and not part.is_positive:
                letters[part] = index
            elif self.index(part, {}) != index:
                return None
        return letters

    def index(self, node, letters):
        """An index as a whole number."""
        match node:
            case IntegerEntry():
                name = str(node.base.label)
                return self.entry(name, tuple(self.index(i, letters) for i in node.indices))
            case Symbol():
                return letters[node] if node in letters else self.sizes[node.name]
            case Add():
                return sum(self.index(part, letters) for part in node.args)
            case Mul():
                return math.prod(self.index(part, letters) for part in node.args)
            case Largest():
                return max(self.index(part, letters) for part in node.args)
            case Smallest():
                return min(self.index(part, letters) for part in node.args)
            case FloorOf():
                return self.index(node.numerator, letters) // self.index(node.divisor, letters)
            case CeilingOf():
                return -(-self.index(node.numerator, letters) // self.index(node.divisor, letters))
            case Extreme():
                return self.value(node, letters)
            case Pow():
                return self.index(node.base, letters) ** int(node.exp)
        return int(node)

    def value(self, node, letters):
        """An expression as a number of torch."""
        match node:
            case IntegerEntry() | Largest() | Smallest() | FloorOf() | CeilingOf():
                return self.index(node, letters)
            case Indexed():
                name = str(node.base.label)
                return self.entry(name, tuple(self.index(i, letters) for i in node.indices))
            case Symbol() if node.is_integer:
                return self.index(node, letters)
            case Symbol():
                return self.entry(node.name, ())
            case Add():
                return sum(self.value(part, letters) for part in node.args)
            case Mul():
                return self._product(node.args, letters)
            case Pow():
                base, power = self.value(node.base, letters), self.value(node.exp, letters)
                if not torch.is_tensor(base):
                    base = torch.tensor(float(base), dtype=torch.float64)
                return base**power
            case Apply():
                argument = self.value(node.argument, letters)
                if not torch.is_tensor(argument):
                    argument = torch.tensor(float(argument), dtype=torch.float64)
                return FUNCTIONS[node.name](argument)
            case Sum():
                return self._sum(node.function, list(reversed(node.limits)), letters)
            case Product():
                return math.prod(value for _, value in self._over(node, letters))
            case Extreme():
                pairs = self._over(node, letters)
                best = (max if node.kind.endswith("max") else min)(
                    pairs, key=lambda pair: float(pair[1].detach())
                )
                return best[0] if node.kind.startswith("arg") else best[1]
            case Bracket() | KroneckerDelta() | Divides():
                return 1.0 if self._holds(node, letters) else 0.0
            case Stop():
                value = self.value(node.body, letters)
                return value.detach() if torch.is_tensor(value) else value
            case NumberSymbol():
                return float(node)
        return float(node)

    def _product(self, factors, letters):
        conditions = [f for f in factors if isinstance(f, Bracket | KroneckerDelta | Divides)]
        if not all(self._holds(c, letters) for c in conditions):
            return 0.0
        return math.prod(self.value(f, letters) for f in factors if f not in conditions)

    def _sum(self, body, limits, letters):
        if not limits:
            return self.value(body, letters)
        bound = {limit[0] for limit in limits}
        own = next(  # a limit may mention another letter
            limit for limit in limits if not (limit[1].free_symbols | limit[2].free_symbols) & bound
        )
        index, rest = own[0], [limit for limit in limits if limit is not own]
        values = range(self.index(own[1], letters), self.index(own[2], letters) + 1)
        return sum((self._sum(body, rest, {**letters, index: v}) for v in values), 0.0)

    def _over(self, node, letters):
        index, first, last = node.limit
        values = range(self.index(first, letters), self.index(last, letters) + 1)
        return [(v, self.value(node.body, {**letters, index: v})) for v in values]

    def _holds(self, node, letters):
        if isinstance(node, KroneckerDelta):
            return self.index(node.args[0], letters) == self.index(node.args[1], letters)
        if isinstance(node, Divides):
            return self.index(node.args[1], letters) % self.index(node.args[0], letters) == 0
        sides = [
            self.index(s, letters) if s.is_integer else float(self.value(s, letters))
            for s in (node.left, node.right)
        ]
        return RELATIONS[node.relation](*sides)


def gradients(model, arrays, sizes, names):
    """The loss, and its gradient by each of some given arrays, by automatic differentiation."""
    held = {}
    for name, array in arrays.items():
        tensor = torch.as_tensor(array)
        held[name] = tensor.requires_grad_(True) if name in names else tensor
    loss = Evaluation(model, held, sizes).loss()
    found = torch.autograd.grad(loss, [held[n] for n in names], allow_unused=True)
    return loss.item(), [
        torch.zeros_like(held[n]).numpy() if g is None else g.numpy()
        for n, g in zip(names, found, strict=True)
    ]
