"""True claims about one network as trees, their mutants and rewrites, and an evaluator of them.

Nothing here is shared with the reader: trees are nested tuples, the network is worked in floating
point, gradients come from a hand-written backward pass, and each notation is a table of LaTeX.

    ("q", name, indices)   an entry, by its name in `SHAPES`      ("sum", letter, body)
    ("d", name, indices)   the loss's derivative by an entry      ("mul", …), ("add", …)
    ("fn", name, order, argument)                                 ("num", n), ("neg", t)
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

Tree = tuple  # type: ignore[type-arg]
SIZES = (2, 3, 4)
SHAPES = {
    "x": (0,), "u": (1,), "h": (1,), "v": (2,), "o": (2,),
    "W1": (0, 1), "W2": (1, 2), "b1": (1,), "b2": (2,),
}  # fmt: skip


def q(name: str, *indices: object) -> Tree:
    return ("q", name, indices)


def d(name: str, *indices: object) -> Tree:
    return ("d", name, indices)


def fn(name: str, order: int, argument: Tree) -> Tree:
    return ("fn", name, order, argument)


BACK = ("sum", "i", ("mul", d("o", "i"), fn("g", 1, q("v", "i")), q("W2", "k", "i")))
CLAIMS: list[tuple[Tree, Tree]] = [
    (d("v", "k"), ("mul", d("o", "k"), fn("g", 1, q("v", "k")))),
    (d("W2", "j", "k"), ("mul", d("v", "k"), q("h", "j"))),
    (d("W2", "j", "k"), ("mul", d("o", "k"), fn("g", 1, q("v", "k")), q("h", "j"))),
    (d("b2", "k"), ("mul", d("o", "k"), fn("g", 1, q("v", "k")))),
    (d("h", "k"), BACK),
    (d("h", "k"), ("sum", "i", ("mul", d("v", "i"), q("W2", "k", "i")))),
    (d("u", "k"), ("mul", fn("f", 1, q("u", "k")), BACK)),
    (d("u", "k"), ("mul", d("h", "k"), fn("f", 1, q("u", "k")))),
    (d("b1", "k"), ("mul", BACK, fn("f", 1, q("u", "k")))),
    (d("W1", "j", "k"), ("mul", d("u", "k"), q("x", "j"))),
    (d("W1", "j", "k"), ("mul", BACK, fn("f", 1, q("u", "k")), q("x", "j"))),
    (q("u", "k"), ("add", ("sum", "j", ("mul", q("W1", "j", "k"), q("x", "j"))), q("b1", "k"))),
    (q("v", "k"), ("add", ("sum", "j", ("mul", q("W2", "j", "k"), fn("f", 0, q("u", "j")))),
                   q("b2", "k"))),
    (q("o", "k"), fn("g", 0, q("v", "k"))),
    (d("W1", 2, 3), ("add", *(("mul", d("o", i), fn("g", 1, q("v", i)), q("W2", 3, i),
                               fn("f", 1, q("u", 3)), q("x", 2)) for i in (1, 2, 3, 4)))),
    (d("W2", 1, 2), ("mul", d("o", 2), fn("g", 1, q("v", 2)), q("h", 1))),
]  # fmt: skip


# The evaluator ------------------------------------------------------------------------------------


class Network:
    """A network with numbers in it, and the derivative of its loss by everything."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.shift = {name: rng.uniform(0.2, 1.2) for name in "fg"}
        n0, n1, n2 = SIZES
        one = lambda n: [rng.uniform(-1.5, 1.5) for _ in range(n)]  # noqa: E731
        v: dict[str, list] = {"x": one(n0), "b1": one(n1), "b2": one(n2)}  # type: ignore[type-arg]
        v["W1"], v["W2"] = [one(n1) for _ in range(n0)], [one(n2) for _ in range(n1)]
        v["u"] = [sum(v["W1"][j][k] * v["x"][j] for j in range(n0)) + v["b1"][k] for k in range(n1)]
        v["h"] = [self.apply("f", 0, z) for z in v["u"]]
        v["v"] = [sum(v["W2"][j][k] * v["h"][j] for j in range(n1)) + v["b2"][k] for k in range(n2)]
        v["o"] = [self.apply("g", 0, z) for z in v["v"]]
        a = {"o": [rng.uniform(0.5, 2.0) * (-1) ** k for k in range(n2)]}
        a["v"] = [a["o"][k] * self.apply("g", 1, v["v"][k]) for k in range(n2)]
        a["h"] = [sum(a["v"][i] * v["W2"][k][i] for i in range(n2)) for k in range(n1)]
        a["u"] = [a["h"][k] * self.apply("f", 1, v["u"][k]) for k in range(n1)]
        a["x"] = [sum(a["u"][k] * v["W1"][j][k] for k in range(n1)) for j in range(n0)]
        a["b1"], a["b2"] = a["u"], a["v"]
        a["W1"] = [[a["u"][k] * v["x"][j] for k in range(n1)] for j in range(n0)]  # type: ignore[misc]
        a["W2"] = [[a["v"][k] * v["h"][j] for k in range(n2)] for j in range(n1)]  # type: ignore[misc]
        self.values, self.adjoints = v, a

    def apply(self, name: str, order: int, at: float) -> float:
        rate = 1.3 if name == "f" else 0.7
        return rate**order * math.sin(rate * at + self.shift[name] + order * math.pi / 2) + 0.1 * (
            at if order == 0 else 1 if order == 1 else 0
        )

    def value(self, tree: Tree, env: dict[object, int]) -> float:
        kind = tree[0]
        if kind in ("q", "d"):
            found = (self.values if kind == "q" else self.adjoints)[tree[1]]
            for index in tree[2]:
                at = env[index] if isinstance(index, str) else index
                found = found[at - 1]
            return found  # type: ignore[return-value]
        if kind == "num":
            return tree[1]
        if kind == "neg":
            return -self.value(tree[1], env)
        if kind == "fn":
            return self.apply(tree[1], tree[2], self.value(tree[3], env))
        if kind == "mul":
            return math.prod(self.value(part, env) for part in tree[1:])
        if kind == "add":
            return sum(self.value(part, env) for part in tree[1:])
        size = ranges(tree[2]).get(tree[1], 2)
        return sum(self.value(tree[2], {**env, tree[1]: n}) for n in range(1, size + 1))


def ranges(*trees: Tree) -> dict[object, int]:
    """The size of each letter's range; the least of the places where it stands."""
    found: dict[object, int] = {}
    for tree in trees:
        for node in nodes(tree):
            if node[0] in ("q", "d"):
                for index, layer in zip(node[2], SHAPES[node[1]], strict=True):
                    if isinstance(index, str):
                        found[index] = min(found.get(index, 9), SIZES[layer])
    return found


def nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple) and part and isinstance(part[0], str) and part[0] in KINDS:
            yield from nodes(part)


KINDS = frozenset(["q", "d", "fn", "mul", "add", "sum", "num", "neg"])
NETWORKS = [Network(seed) for seed in (1, 2)]


def same(left: Tree, right: Tree) -> bool | None:
    """Whether two trees agree for all values of their free letters; None where one has none."""
    free = {**ranges(left), **ranges(right)}
    for letter, size in ranges(left).items():
        free[letter] = min(free[letter], size)
    environments: list[dict[object, int]] = [{}]
    for letter, size in free.items():
        environments = [{**e, letter: n} for e in environments for n in range(1, size + 1)]
    for network in NETWORKS:
        for env in environments:
            try:
                one, other = network.value(left, env), network.value(right, env)
            except (IndexError, KeyError):
                return None
            if abs(one - other) > 1e-7 * (abs(one) + abs(other) + 1e-3):
                return False
    return True


# Mutants and rewrites -----------------------------------------------------------------------------


def replaced(tree: Tree, at: int, change: Callable[[Tree], Tree]) -> Tree:
    """The tree with its node of this number, in the order of `nodes`, changed."""
    count = -1

    def walk(node: Tree) -> Tree:
        nonlocal count
        count += 1
        if count == at:
            return change(node)
        return tuple(
            walk(part)
            if isinstance(part, tuple) and part and isinstance(part[0], str) and part[0] in KINDS
            else part
            for part in node
        )

    return walk(tree)


def mutate(tree: Tree, rng: random.Random) -> Tree:
    """One slip somewhere in a tree."""

    def change(node: Tree) -> Tree:
        kind = node[0]
        if kind in ("q", "d"):
            _, name, indices = node
            choice = rng.randrange(4)
            if choice == 0 and len(indices) == 2:
                return (kind, name, indices[::-1])
            if choice == 1:
                at = rng.randrange(len(indices))
                new = rng.choice("ijk") if isinstance(indices[at], str) else rng.randint(1, 3)
                return (kind, name, (*indices[:at], new, *indices[at + 1 :]))
            others = [n for n, s in SHAPES.items() if len(s) == len(indices) and n != name]
            if kind == "d":
                others = [n for n in others if n != "x"]
            return (kind, rng.choice(others), indices)
        if kind == "fn":
            if rng.random() < 0.5:
                return ("fn", node[1], 1 - node[2], node[3])
            return ("fn", "g" if node[1] == "f" else "f", node[2], node[3])
        if kind in ("mul", "add"):
            at = rng.randrange(1, len(node))
            if rng.random() < 0.5 and len(node) > 2:
                return (*node[:at], *node[at + 1 :]) if len(node) > 3 else node[3 - at]
            extra = rng.choice([("num", 2), ("neg", node[at]), node[at]])
            if extra[0] == "neg":
                return (*node[:at], extra, *node[at + 1 :])
            return (*node, extra)
        if kind == "sum":
            return node[2]
        return ("neg", node)

    return replaced(tree, rng.randrange(sum(1 for _ in nodes(tree))), change)


FORWARD: dict[str, tuple[str, Callable[..., Tree]]] = {
    "o": ("k", lambda k, new: fn("g", 0, q("v", k))),
    "h": ("k", lambda k, new: fn("f", 0, q("u", k))),
    "u": ("k", lambda k, new: ("add", ("sum", new, ("mul", q("W1", new, k), q("x", new))),
                               q("b1", k))),
    "v": ("k", lambda k, new: ("add", ("sum", new, ("mul", q("W2", new, k), q("h", new))),
                               q("b2", k))),
}  # fmt: skip


def rewrite(tree: Tree, rng: random.Random) -> Tree:
    """A tree that means the same: terms and factors exchanged, sums renamed, definitions put in."""

    def change(node: Tree) -> Tree:
        kind = node[0]
        if kind in ("mul", "add"):
            parts = list(node[1:])
            if kind == "mul" and rng.random() < 0.2:
                sums = [p for p in parts if p[0] == "add"]
                if sums:
                    others = [p for p in parts if p is not sums[0]]
                    return ("add", *(("mul", *others, term) for term in sums[0][1:]))
            if kind == "mul" and rng.random() < 0.2:
                return ("neg", ("mul", ("neg", parts[0]), *parts[1:]))
            rng.shuffle(parts)
            return (kind, *parts)
        if kind == "sum":
            new = rng.choice([x for x in "lmnp" if x not in ranges(node)])

            def rename(inner: Tree) -> Tree:
                if inner[0] in ("q", "d"):
                    return (*inner[:2], tuple(new if i == node[1] else i for i in inner[2]))
                return tuple(
                    rename(p) if isinstance(p, tuple) and p and p[0] in KINDS else p for p in inner
                )

            if any(inner[0] == "sum" for inner in nodes(node[2])):
                return node
            return ("sum", new, rename(node[2]))
        if kind == "q" and node[1] in FORWARD:
            fresh = [letter for letter in "rs" if letter != node[2][0]]
            return FORWARD[node[1]][1](node[2][0], rng.choice(fresh))
        return node

    for _ in range(rng.randint(1, 3)):
        tree = replaced(tree, rng.randrange(sum(1 for _ in nodes(tree))), change)
    return tree


# Notations ----------------------------------------------------------------------------------------

_PLAIN = "{letter}_{{{below}}}"
NOTATIONS: dict[str, dict[str, str]] = {
    "founding": {
        "x": "x_{%s}", "u": "h_{%s}'", "h": "h_{%s}", "v": "y_{%s}'", "o": r"\hat{y}_{%s}",
        "W1": "W_{%s%s}^{(1)}", "W2": "W_{%s%s}^{(2)}", "b1": "b_{%s}^{(1)}",
        "b2": "b_{%s}^{(2)}", "loss": r"\mathcal{L}", "signature": r"\mathcal{L}(y, \hat{y})",
    },
    "nielsen": {
        "x": "x_{%s}", "u": "z^2_{%s}", "h": "a^2_{%s}", "v": "z^3_{%s}", "o": "a^3_{%s}",
        "W1": "w^2_{%2$s%1$s}", "W2": "w^3_{%2$s%1$s}", "b1": "b^2_{%s}", "b2": "b^3_{%s}",
        "loss": "C", "signature": "C(y, a^3)",
    },
    "bishop": {
        "x": "x_{%s}", "u": "a_{%s}^{(1)}", "h": "z_{%s}^{(1)}", "v": "a_{%s}^{(2)}",
        "o": "y_{%s}", "W1": "w_{%2$s%1$s}^{(1)}", "W2": "w_{%2$s%1$s}^{(2)}",
        "b1": "b_{%s}^{(1)}", "b2": "b_{%s}^{(2)}", "loss": "E", "signature": "E(t, y)",
    },
    "brackets": {
        "x": "x_{%s}", "u": "z_{%s}^{[1]}", "h": "a_{%s}^{[1]}", "v": "z_{%s}^{[2]}",
        "o": "a_{%s}^{[2]}", "W1": "W_{%2$s,%1$s}^{[1]}", "W2": "W_{%2$s,%1$s}^{[2]}",
        "b1": "b_{%s}^{[1]}", "b2": "b_{%s}^{[2]}", "loss": "J", "signature": "J(y, a^{[2]})",
    },
    "letters": {
        "x": "x_{%s}", "u": "s_{%s}", "h": "h_{%s}", "v": "r_{%s}", "o": "o_{%s}",
        "W1": "V_{%s%s}", "W2": "W_{%s%s}", "b1": "b_{%s}", "b2": "c_{%s}",
        "loss": "E", "signature": "E(t, o)",
    },
}  # fmt: skip


def latex(tree: Tree, table: dict[str, str], rng: random.Random | None = None) -> str:
    """A tree in LaTeX, with cosmetic commands thrown in by a random number generator."""

    def entry(name: str, indices: tuple[object, ...]) -> str:
        form = table[name]
        if "$" in form:
            return form.replace("%2$s", str(indices[1])).replace("%1$s", str(indices[0]))
        return form % tuple(map(str, indices))

    def show(node: Tree, tight: bool = False) -> str:
        kind = node[0]
        if kind == "q":
            return entry(node[1], node[2])
        if kind == "d":
            below = entry(node[1], node[2])
            big = rng.choice([r"\frac", r"\dfrac", r"\tfrac"]) if rng else r"\frac"
            return rf"{big}{{\partial {table['loss']}}}{{\partial {below}}}"
        if kind == "num":
            return str(node[1])
        if kind == "fn":
            return f"{node[1]}{chr(39) * node[2]}({show(node[3])})"
        if kind == "neg":
            return bracket(f"-{show(node[1], True)}")
        if kind == "mul":
            joint = rng.choice([" ", r" \cdot ", r"\,", r" \times "]) if rng else " "
            if any(part[0] == "num" for part in node[1:]):
                joint = r" \cdot "
            parts = [show(part, True) for part in node[1:]]
            return joint.join(parts)
        if kind == "add":
            text = " + ".join(show(part) for part in node[1:])
            return bracket(text) if tight else text
        body = show(node[2], True)
        text = rf"\sum_{{{node[1]}}} {body}"
        return bracket(text)

    def bracket(text: str) -> str:
        left, right = rng.choice([("(", ")"), (r"\left(", r"\right)"), ("[", "]"),
                                  (r"\bigl(", r"\bigr)")]) if rng else ("(", ")")  # fmt: skip
        return f"{left}{text}{right}"

    return show(tree)


def preamble(table: dict[str, str]) -> str:
    """The network's own equations in a notation."""
    lines = []
    for name in ("u", "h", "v", "o"):
        left = latex(q(name, "k"), table)
        right = latex(FORWARD[name][1]("k", "j"), table)
        lines.append(f"$${left} = {right}$$")
    lines.append(f"$${table['loss']} = {table['signature']}$$")
    return "\n".join(lines)
