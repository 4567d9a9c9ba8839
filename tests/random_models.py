"""Random texts in the language that mean something: what properties of models are tried on."""

from __future__ import annotations

from hypothesis import strategies as st

LETTERS = "jkm"
FUNCTIONS = ("tanh", "sigmoid", "relu", "exp", "sqrt", "softplus", "f", "gelu")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A model of a few equations: sums, recursions, lookups, conditions, limits, padding."""
    arrays: dict[str, tuple[str, ...]] = {}
    kinds = draw(
        st.lists(st.sampled_from(["input", "param", "const", "target"]), min_size=2, max_size=5)
    )
    lines = []
    for place, kind in enumerate((*kinds, "param")):
        name = f"{'abcuw'[place % 5]}{place}"
        letters = tuple(draw(st.permutations(LETTERS)))[: draw(st.integers(0, 2))]
        arrays[name] = letters
        lines.append(f"{kind} {name}[{','.join(letters)}]" if letters else f"{kind} {name}")
    lines.append("integer z[j] in K, o in M")
    if draw(st.booleans()):
        padded = next((n for n, own in arrays.items() if len(own) == 1), None)
        if padded:
            lines.append(f"{padded}[{arrays[padded][0]}] = 0 outside")
    for place in range(draw(st.integers(1, 3))):
        name = f"q{place}"
        own = tuple(draw(st.permutations(LETTERS)))[: draw(st.integers(1, 2))]
        left = f"{name}[{','.join(own)}]"
        right = draw(expressions(arrays, own, 2))
        if draw(st.booleans()):
            start = ",".join(("0", *own[1:]))
            lines.append(f"{name}[{start}] = {draw(st.sampled_from(['0', '1', '1/2']))}")
            right += f" + {name}[{','.join((f'{own[0]}-1', *own[1:]))}]"
        lines.append(f"{left} = {right}")
        arrays[name] = own
    total = " + ".join(
        f"sum({', '.join(own)}, {name}[{','.join(own)}]^2)" if own else name
        for name, own in arrays.items()
    )
    lines.append(f"L = {total}")
    return "\n".join(lines)


@st.composite
def expressions(
    draw: st.DrawFn, arrays: dict[str, tuple[str, ...]], scope: tuple[str, ...], depth: int
) -> str:
    """An expression over arrays, whose letters are those in scope or bound inside."""
    kind = draw(
        st.sampled_from(
            [
                "entry",
                "number",
                "sum",
                "plus",
                "times",
                "function",
                "bracket",
                "softmax",
                "power",
                "lookup",
                "extreme",
                "limited",
                "quotient",
                "stop",
            ]
            if depth
            else ["entry", "number"]
        )
    )

    def inner(letters: tuple[str, ...] = scope) -> str:
        return draw(expressions(arrays, letters, depth - 1))

    free = [letter for letter in LETTERS if letter not in scope]
    match kind:
        case "number":
            return draw(st.sampled_from(["2", "0.5", "1/3", "3e-2", "pi"]))
        case "plus":
            return f"({inner()} - {inner()})"
        case "times":
            return f"{draw(entries(arrays, scope))} ({inner()})"
        case "quotient":
            return f"({inner()}) / (1 + {draw(entries(arrays, scope))}^2)"
        case "function":
            return f"{draw(st.sampled_from(FUNCTIONS))}({inner()})"
        case "power":
            return f"({inner()})^{draw(st.sampled_from(['2', '3', '-1', '(1/2)']))}"
        case "stop":
            return f"stop({inner()})"
        case "lookup" if "j" in scope:
            return "[k1 == z[j]]".replace("k1", draw(st.sampled_from(["1", "K", "o"])))
        case "bracket" if len(scope) > 1:
            relation = draw(st.sampled_from(["<=", "==", "<", "!="]))
            return f"[{scope[0]} {relation} {scope[1]}]"
        case "softmax":
            letter = scope[0]
            return f"softmax({letter}, {inner()})"
        case "sum" | "extreme" if free:
            letter = free[0]
            name = "sum" if kind == "sum" else draw(st.sampled_from(["max", "mean", "prod", "min"]))
            return f"{name}({letter} in 1..{letter.upper()}, {inner((*scope, letter))})"
        case "limited" if free:
            letter = free[0]
            return f"sum({letter} in 1..{scope[0]}, {inner()})"
    return draw(entries(arrays, scope))


@st.composite
def entries(draw: st.DrawFn, arrays: dict[str, tuple[str, ...]], scope: tuple[str, ...]) -> str:
    """An entry of an array whose letters are all in scope, or at single places."""
    name = draw(st.sampled_from(sorted(arrays)))
    indices = [
        letter if letter in scope else draw(st.sampled_from(["1", letter.upper()]))
        for letter in arrays[name]
    ]
    return f"{name}[{','.join(indices)}]" if indices else name
