"""Each numbered statement of an emitted file is the derivation's equation of that number.

The statement is run over arrays of symbols, the equation is written out for a small network, and
the two must be equal as expressions once activations are written through their own input.
"""

import re
import types

import numpy as np
import pytest
import sympy
from sampling import sample
from sympy import Function, Integer, Rational, Symbol

from symback import Network, emit
from symback.algebra.expressions import EVERY, Apply, OfVectors, Partial
from symback.calculus import derive

BATCH = 2
NETWORKS = {
    "generic": Network((2, 3, 2)),
    "cross-entropy": Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy"),
    "weight-decay": Network((2, 2), ("softmax",), "cross-entropy", weight_decay=0.5),
    "binary": Network((2, 3, 2), ("sigmoid", "sigmoid"), "binary-cross-entropy"),
    "kinks": Network((2, 2, 3, 2), ("relu", "leaky-relu", "identity"), "hinge", bias=False),
    "absolute": Network((2, 2, 2), ("elu", "mish"), "mean-absolute-error"),
    "huber": Network((2, 2, 2), ("softplus", "x*sigmoid(x)"), "huber"),
    "generic-loss": Network((2, 2), ("softmax",), "E"),
    "one-unit": Network((2, 3, 1), ("tanh", "g"), "mean-squared-error"),
}


def symbols(name, shape):
    if not shape:
        return Symbol(name)
    made = np.empty(shape, dtype=object)
    for at in np.ndindex(shape):
        made[at] = Symbol(f"{name}_{'_'.join(str(i + 1) for i in at)}")
    return made


def each(function):
    return lambda array: np.vectorize(function, otypes=[object])(array)


def prime(name, order=1):
    return Function(name + "'" * order)


def sigmoid(z):
    """1 - sigmoid(-z) for what is written with a minus, so that both signs have one form."""
    return 1 - Function("sigmoid")(-z) if z.could_extract_minus_sign() else Function("sigmoid")(z)


def huber(d):
    far = Function("step")(Function("abs")(d) - 1)
    return (1 - far) * d**2 / 2 + far * (Function("abs")(d) - Rational(1, 2))


RULES = {
    "sigmoid": sigmoid,
    "log_sigmoid": lambda z: Function("log")(sigmoid(z)),
    "relu_slope": lambda a: Function("step")(a),
    "huber": huber,
    "modulus": Function("abs"),
    "positive": Function("positive"),
}


def softmax_and_log(z):
    p = np.array([[sympy.exp(v) / sum(map(sympy.exp, row)) for v in row] for row in z])
    return p, each(Function("log"))(p)


def numpy_of_symbols():
    made = types.SimpleNamespace()
    for name in ("tanh", "exp", "sin", "cos", "sign"):
        setattr(made, name, each(Function(name)))
    # What stands for relu, relu' and step is told apart by the statement that has it.
    made.maximum = lambda z, _: each(Function("relu"))(z)
    made.heaviside = lambda z, _: each(Function("step"))(z)
    made.dot = np.dot
    return made


def environment(program_names, shapes, generic, y, yhat):
    scope = {name: symbols(name, shape) for name, shape in shapes.items()}
    scope |= {"np": numpy_of_symbols(), "batch": Integer(BATCH)}
    for name, rule in RULES.items():
        scope[name] = each(rule)
    for name in program_names:
        if name not in scope:
            plain = name.replace("_", "-")
            scope[name] = each(
                Function(plain) if not name.startswith("d") else prime(plain.removeprefix("d"))
            )
    for name in generic:
        scope[name], scope[f"d{name}"] = each(Function(name)), each(prime(name))
    scope["softmax_and_log"] = softmax_and_log
    scope["softmax"] = lambda z: softmax_and_log(z)[0]
    scope["log_softmax"] = lambda z: softmax_and_log(z)[1]
    losses = np.array([Symbol(f"loss_{s + 1}") for s in range(BATCH)])
    partials = np.array(
        [[Symbol(f"dloss_{s + 1}_{k + 1}") for k in range(y.shape[1])] for s in range(BATCH)]
    )
    scope["functions"] = types.SimpleNamespace(loss=lambda *_: losses, dloss=lambda *_: partials)
    return scope


def statements(text):
    """Left side, right side and number of each statement of loss_and_gradients."""
    body = text.split("def loss_and_gradients(")[1].split("\ndef check(")[0]
    found = []
    pending = None
    for line in body.splitlines():
        above = re.fullmatch(r"    # ((?:\(\d+\), )+).*", line)
        beside = re.fullmatch(r"    ([\w, ]+) = (.+?)  # ((?:\(\d+\), )+).*", line)
        plain = re.fullmatch(r"    ([\w, ]+) = (.+)", line)
        if above:
            pending = numbers(above[1])
        elif beside:
            found.append((beside[1], beside[2], numbers(beside[3])))
        elif plain and pending:
            found.append((plain[1], plain[2], pending))
            pending = None
        elif plain and re.fullmatch(r"\w+_part\d+|d\w+_each", plain[1]):
            found.append((plain[1], plain[2], ()))
    return found


def numbers(text):
    """Those of the equations put into a statement, and its own."""
    return tuple(map(int, re.findall(r"\d+", text)))


class Written:
    """Equations of a derivation at single indices, sums written out, in the same symbols."""

    def __init__(self, derivation, loss_name):
        self.model = derivation.model
        self.sizes = {symbol: (size or BATCH) for symbol, size in self.model.sizes.items()}
        self.loss_name = loss_name
        self.names = {q.name: q for q in self.model.quantities.values()}

    def at(self, expression, indices):
        return self.write(expression.xreplace(indices))

    def write(self, node):
        if isinstance(node, sympy.Sum):
            total = Integer(0)
            (index, _, upper), *rest = node.limits
            body = node.func(node.function, *rest) if rest else node.function
            for value in range(1, self.sizes[upper] + 1):
                total += self.write(body.xreplace({index: Integer(value)}))
            return total
        if node in self.sizes:
            return Integer(self.sizes[node])
        if isinstance(node, sympy.Indexed):
            return self.symbol(node, adjoint=False)
        if isinstance(node, Partial):
            if isinstance(node.of, sympy.Symbol) and node.of.name == self.loss_name:
                step = self.steps.get(str(node.by.base.label))
                if step is not None and step.result != step.adjoint:
                    return self.symbol(node.by, adjoint=True)
            indices = "_".join(map(str, node.by.indices))
            return Symbol(f"dloss_{indices}")
        if isinstance(node, OfVectors):
            row = next(i for i in node.arguments[0].indices if i != EVERY)
            return Symbol(f"loss_{row}")
        if isinstance(node, Apply):
            argument = self.write(node.argument)
            if node.name == "exp":
                return sympy.exp(argument)
            if node.name == "sigmoid" and not node.order:
                return sigmoid(argument)
            name = {"step": "step", "relu": "relu"}.get(node.name, node.name)
            return prime(name, node.order)(argument)
        if not node.args:
            return node
        return node.func(*(self.write(part) for part in node.args))

    def symbol(self, node, adjoint):
        name = str(node.base.label)
        quantity = self.names[name]
        if adjoint:
            name = f"delta{quantity.layer}" if name.endswith("_pre") else f"d{name}"
        return Symbol("_".join([name, *map(str, node.indices)]))


KNOWN = {"relu'": Function("step"), "sin'": Function("cos"), "positive": Function("relu")}


OF_OUTPUTS = {
    (Function("step"), Function("relu")): Function("step"),
    (prime("leaky-relu"), Function("leaky-relu")): prime("leaky-relu"),
    # max(-elu(z), 0), in 1 - max(-elu(z), 0)
    (Function("relu"), Function("elu")): lambda z: 1 - prime("elu")(z),
    (Function("exp"), Function("softplus")): lambda z: 1 - sigmoid(z),
}
"""What a function of another's output, or of minus that, is of the other's input."""


def inside(applied):
    argument = applied.args[0]
    return -argument if argument.could_extract_minus_sign() else argument


def through_inputs(expression, definitions):
    """Outputs written through the inputs of their functions, as often as they occur."""
    for _ in range(3):
        expression = expression.xreplace(definitions)
    for name, other in KNOWN.items():
        expression = expression.replace(Function(name), other)
    for (outer, inner), write in OF_OUTPUTS.items():
        expression = expression.replace(
            lambda e, outer=outer, inner=inner: e.func == outer and inside(e).func == inner,
            lambda e, write=write: write(inside(e).args[0]),
        )
    return expression.replace(Function("softplus'"), lambda z: sigmoid(z))


@pytest.mark.spread
@pytest.mark.parametrize("name", sample([*NETWORKS], 5))
def test_each_statement_is_its_equation(name):
    network = NETWORKS[name]
    text = emit(network)
    derivation = derive(network.model("mean"))
    model = derivation.model
    shapes = {
        q.name: tuple(r.size or BATCH for r in q.ranges)
        for q in model.quantities.values()
        if q.name != "lambda"
    }
    for q in model.quantities.values():
        if q.name.endswith("_pre"):
            shapes[f"delta{q.layer}"] = shapes[q.name]
    helpers = re.findall(r"^def (\w+)\(z", text, re.MULTILINE)
    generic = [n for n in (*network.activations,) if n in ("f", "g")]
    y, yhat = symbols("y", shapes["y"]), symbols("yhat", shapes["yhat"])
    scope = environment(helpers, shapes, generic, y, yhat)
    scope["WEIGHT_DECAY"] = Symbol("lambda")
    written = Written(derivation, model.loss.name)
    written.steps = derivation.step_of
    right_sides = {e.number: (e.quantity, e.expression) for e in model.equations}
    right_sides |= {s.number: (s.quantity, s.result) for s in derivation.steps}
    definitions = {}
    facts = {}
    if model.facts == ("targets-sum-to-one",):
        for row in y:
            facts[row[-1]] = 1 - sum(row[:-1])
    compared = set()
    for left, right, stated in statements(text):
        found = eval(re.sub(r"\(([^()]+) > 0\)", r"relu_slope(\1)", right), scope)
        if not stated:
            scope[left] = found
            continue
        *within, number = stated
        for inner in within:  # equations that are put into this one
            quantity, expression = right_sides[inner]
            for at in np.ndindex(shapes[quantity.name]):
                letters = {k: Integer(i + 1) for k, i in zip(quantity.indices, at, strict=True)}
                symbol = symbols(quantity.name, shapes[quantity.name])[at]
                definitions[symbol] = written.at(expression, letters)
        compared.update(within)
        if "," in left:
            left, logarithm = left.split(", ")
            found, scope[logarithm] = found
        quantity, expression = right_sides[number]
        shape = shapes.get(left, shapes[quantity.name])
        assert np.shape(found) == shape
        for at in np.ndindex(shape):
            entry = found[at] if shape else found
            indices = {
                letter: Integer(i + 1) for letter, i in zip(quantity.indices, at, strict=True)
            }
            exact = written.at(expression, indices)
            if quantity.role.value in ("activation", "output") and number <= len(model.equations):
                symbol = symbols(quantity.name, shapes[quantity.name])[at]
                definitions[symbol] = exact
            difference = through_inputs(sympy.sympify(entry) - exact, definitions).xreplace(facts)
            difference = through_inputs(difference, definitions)
            assert sympy.expand(sympy.together(sympy.expand(difference))) == 0, (left, right, at)
        compared.add(number)
    gradients = {s.number for s in derivation.steps if s.quantity in model.parameters}
    assert gradients <= compared
    assert {e.number for e in model.equations} <= compared
