"""The slips that people make, each as a change of the program that they then work out.

A slip is no wrong number but a wrong rule: it changes the right sides of some lines, and what
follows from them follows.  The catalogue is what published answer sheets, keys and errata show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from symback.errors import InputError
from symback.model.equations import PARAMETERS, Role
from symback.teaching.program import Kind, Line, Program
from symback.teaching.terms import FLOATS, Functions, Tree, references, replace_keys

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation

__all__ = ["SLIPS", "Altered", "Slip", "applicable", "variants", "visible"]

Altered = Mapping[str, Tree]
"""Other right sides for some keys."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One kind of slip.

    Attributes:
        code: its name; words for it stand in ``words.j2``.
        changes: for a program, each way in which it can be made there.
        follows: whether it is a change of what is worked out, which holds from there on, rather
            than of single values: a half in the loss.
        core: whether numbers for exercises must show it.
    """

    code: str
    changes: Callable[[Program], Iterator[dict[str, Tree]]]
    follows: bool = False
    core: bool = True

    def alter(self, program: Program) -> Altered:
        """The first way in which it can be made; nothing where it cannot."""
        return next(iter(self.changes(program)), {})


def variants(program: Program) -> tuple[tuple[Slip, Altered], ...]:
    """Every way to make every slip in a program, the plainest first."""
    place = dict.fromkeys(program.givens, -1)
    place |= {line.key: number for number, line in enumerate(program.lines)}

    def can_be_worked_out(altered: Altered) -> bool:
        """Whether nothing is used before it is found: with recursions an update comes too late."""
        return all(
            place.get(use, len(place)) < place[key]
            for key, tree in altered.items()
            for use in references(tree)
        )

    found = []
    for slip in SLIPS.values():
        for altered in slip.changes(program):
            real = {k: t for k, t in altered.items() if t != program.line_of[k].tree}
            if real and can_be_worked_out(real):
                found.append((slip, real))
    return tuple(found)


def applicable(program: Program, derivation: Derivation) -> Iterator[tuple[Slip, Altered]]:
    """Every slip of the core that can be made here, once."""
    seen: set[str] = set()
    for slip, altered in variants(program):
        if slip.core and slip.code not in seen:
            seen.add(slip.code)
            yield slip, altered


def visible(
    program: Program,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    altered: Altered,
    least: float,
    functions: Functions = FLOATS,
) -> bool:
    """Whether a slip changes some value by at least so much."""
    lines = [line for line in program.lines if line.key in values]
    try:
        wrong = program.run(given, functions, altered=altered, lines=lines)
    except (InputError, KeyError):
        return True  # it cannot even be worked out
    return any(abs(float(wrong[line.key]) - float(values[line.key])) >= least for line in lines)


# What the changes have in common ------------------------------------------------------------------


def _times(factor: Any, tree: Tree) -> Tree:
    return ("*", factor, tree)


def _weights(program: Program) -> list[str]:
    """The names of the matrices of weights, in order."""
    return [
        name
        for name, keys in program.given.items()
        if program.roles.get(name) in (Role.WEIGHT, Role.PARAMETER) and "," in keys[0]
    ]


def _name(key: str) -> str:
    return key.partition("[")[0]


def _swapped(key: str) -> str:
    """The key with its two indices exchanged."""
    name, _, rest = key.partition("[")
    first, _, second = rest[:-1].partition(",")
    return f"{name}[{second},{first}]"


def _groups(lines: Iterator[Line] | list[Line] | tuple[Line, ...]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.quantity, []).append(line)
    return found


def _is_adjoint(key: str, program: Program) -> bool:
    return key.startswith(f"d{program.loss}/d")


def _at_loss(program: Program) -> list[Line]:
    """The adjoints that the loss alone decides: where the error begins."""
    rules = ("differentiate-loss", "loss-and-output")
    return [
        line
        for line in program.of_kind(Kind.ADJOINT)
        if line.rule in rules and program.roles.get(line.quantity) is not Role.LOSS
    ]


def _is_squared(program: Program) -> bool:
    lines = [
        line
        for line in program.of_kind(Kind.FORWARD)
        if program.roles.get(line.quantity) is Role.LOSS
    ]

    def squares(tree: Tree) -> bool:
        if not isinstance(tree, tuple):
            return False
        if tree[0] == "^" and tree[2] == 2 and isinstance(tree[1], tuple):
            return True
        return any(squares(part) for part in tree[1:])

    return any(squares(line.tree) for line in lines)


# The loss -----------------------------------------------------------------------------------------


def _scaled_loss(factor: Fraction) -> Callable[[Program], Iterator[dict[str, Tree]]]:
    def changes(program: Program) -> Iterator[dict[str, Tree]]:
        if not _is_squared(program):
            return
        lines = [
            line
            for line in program.of_kind(Kind.FORWARD)
            if program.roles.get(line.quantity) is Role.LOSS and line.function
        ] or [program.line_of[program.loss]]
        after = [line for line in program.of_kind(Kind.AFTER) if line.quantity == lines[0].quantity]
        yield {line.key: _times(factor, line.tree) for line in (*lines, *_at_loss(program), *after)}
        yield {line.key: _times(factor, line.tree) for line in _at_loss(program)}

    return changes


def _sign(program: Program) -> Iterator[dict[str, Tree]]:
    altered = {line.key: _times(-1, line.tree) for line in _at_loss(program)}
    both = {line.quantity for line in _at_loss(program)}
    if len(both) > 1:  # with softmax the pre-activation's adjoint has the loss in it as well
        for name in both:
            yield {k: t for k, t in altered.items() if program.line_of[k].quantity == name}
    if altered:
        yield altered


def _log_ten(program: Program) -> Iterator[dict[str, Tree]]:
    def ten(tree: Tree) -> Tree:
        if not isinstance(tree, tuple):
            return tree
        parts = tuple(ten(part) for part in tree[1:])
        return ("/", ("log", *parts), ("log", 10)) if tree[0] == "log" else (tree[0], *parts)

    altered = {}
    for line in program.of_kind(Kind.FORWARD, Kind.AFTER):
        if program.roles.get(line.quantity) is Role.LOSS:
            changed = ten(line.tree)
            if changed != line.tree:
                altered[line.key] = changed
    if altered:
        yield altered


# Functions and their slopes -----------------------------------------------------------------------


def _slope_missing(program: Program) -> Iterator[dict[str, Tree]]:
    slopes = {line.key for line in program.of_kind(Kind.SLOPE)}
    users = [
        line
        for line in program.of_kind(Kind.ADJOINT, Kind.GRADIENT)
        if any(use in slopes for use in line.uses)
    ]
    ways = [
        {line.key: replace_keys(line.tree, dict.fromkeys(slopes, 1)) for line in lines}
        for lines in reversed(_groups(users).values())
    ]
    yield from ways
    if len(ways) > 1:
        yield {key: tree for way in ways for key, tree in way.items()}


def _argument(program: Program, line: Line) -> str:
    """The key of the pre-activation that a slope is taken at."""
    return program.keys.get(line.subject.argument, "")


def _slope_at_output(program: Program) -> Iterator[dict[str, Tree]]:
    for lines in _groups(program.of_kind(Kind.SLOPE)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            output = _output(line)
            if line.function in ("sigmoid", "tanh") and output in line.uses:
                again = (line.function, output)
                altered[line.key] = replace_keys(line.tree, {output: again})
        if altered:
            yield altered


def _output(line: Line) -> str:
    return line.key.replace("_slope", "", 1)


def _function_for_slope(program: Program) -> Iterator[dict[str, Tree]]:
    for lines in _groups(program.of_kind(Kind.SLOPE)).values():
        yield {line.key: _output(line) for line in lines}


def _slope_of_other(program: Program) -> Iterator[dict[str, Tree]]:
    """``a (1 - a)`` for tanh, ``1 - a^2`` for sigmoid."""
    for lines in _groups(program.of_kind(Kind.SLOPE)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            a = _output(line)
            if line.function == "tanh":
                altered[line.key] = ("*", a, ("+", 1, ("*", -1, a)))
            elif line.function == "sigmoid":
                altered[line.key] = ("+", 1, ("*", -1, ("^", a, 2)))
        if altered:
            yield altered


def _slope_unsquared(program: Program) -> Iterator[dict[str, Tree]]:
    for lines in _groups(program.of_kind(Kind.SLOPE)).values():
        altered = {
            line.key: ("+", 1, ("*", -1, _output(line)))
            for line in lines
            if line.function == "tanh"
        }
        if altered:
            yield altered


def _slope_sign(program: Program) -> Iterator[dict[str, Tree]]:
    for lines in _groups(program.of_kind(Kind.SLOPE)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            a = _output(line)
            if line.function == "tanh":
                altered[line.key] = ("+", 1, ("^", a, 2))
            elif line.function == "sigmoid":
                altered[line.key] = ("*", a, ("+", 1, a))
        if altered:
            yield altered


def _activation_missing(program: Program) -> Iterator[dict[str, Tree]]:
    for lines in _groups(program.of_kind(Kind.FORWARD)).values():
        altered = {
            line.key: line.tree[1]
            for line in lines
            if line.rule == "activation"
            and isinstance(line.tree, tuple)
            and len(line.tree) == 2
            and isinstance(line.tree[1], str)
        }
        if altered:
            yield altered


def _softmax_diagonal(program: Program) -> Iterator[dict[str, Tree]]:
    """The softmax's derivative by its own input alone: ``-y (1 - yhat)``."""
    altered: dict[str, Tree] = {}
    for line in program.of_kind(Kind.ADJOINT):
        if line.rule == "loss-and-output" and len(line.uses) == 2:
            target, output = sorted(line.uses, key=lambda key: key in program.line_of)
            altered[line.key] = ("*", -1, target, ("+", 1, ("*", -1, output)))
    if altered:
        yield altered


def _not_normalised(program: Program) -> Iterator[dict[str, Tree]]:
    altered: dict[str, Tree] = {}
    for line in program.of_kind(Kind.FORWARD):
        if isinstance(line.tree, tuple) and line.tree[0] == "softmax":
            position, *row = line.tree[1:]
            altered[line.key] = ("/", row[position], ("+", *row))
    if altered:
        yield altered


# Weights and paths --------------------------------------------------------------------------------


def _with_weights(
    program: Program, lines: list[Line], change: Callable[[str], str | None]
) -> dict[str, Tree]:
    """Lines with other weights; nothing where one of these does not exist."""
    known = {*program.givens, *program.line_of}
    altered: dict[str, Tree] = {}
    for line in lines:
        new: dict[str, str] = {}
        for use in line.uses:
            other = change(use)
            if other is not None:
                if other not in known:
                    return {}
                new[use] = other
        if new:
            altered[line.key] = replace_keys(line.tree, new)
    return altered


def _backward(program: Program) -> list[Line]:
    return [
        line
        for line in program.of_kind(Kind.ADJOINT)
        if any(program.roles.get(_name(use)) in PARAMETERS for use in line.uses)
    ]


def _transposed(key: str, names: tuple[str, ...]) -> str | None:
    return _swapped(key) if _name(key) in names and "," in key else None


def _of_layer(key: str, own: str, other: str) -> str | None:
    return other + key[len(own) :] if _name(key) == own else None


def _forward_transposed(program: Program) -> Iterator[dict[str, Tree]]:
    forward = list(program.of_kind(Kind.FORWARD))
    for name in _weights(program):
        change = partial(_transposed, names=(name,))
        altered = _with_weights(program, forward, change)
        if altered:
            yield altered
            back = _with_weights(program, _backward(program), change)
            if back:
                yield altered | back
    names = _weights(program)
    if len(names) > 1:
        every = _with_weights(program, forward, partial(_transposed, names=tuple(names)))
        if every:
            yield every


def _backward_transposed(program: Program) -> Iterator[dict[str, Tree]]:
    for name in _weights(program):
        altered = _with_weights(
            program,
            _backward(program),
            partial(_transposed, names=(name,)),
        )
        if altered:
            yield altered


def _gradient_transposed(program: Program) -> Iterator[dict[str, Tree]]:
    ways = []
    for name in _weights(program):
        lines = {line.key: line for line in program.of_kind(Kind.GRADIENT) if line.quantity == name}
        if all(_swapped(key) in lines for key in lines):
            way = {key: lines[_swapped(key)].tree for key in lines if _swapped(key) != key}
            if way:
                ways.append(way)
    yield from reversed(ways)
    if len(ways) > 1:
        yield {key: tree for way in ways for key, tree in way.items()}


def _wrong_layer(program: Program) -> Iterator[dict[str, Tree]]:
    names = _weights(program)
    for own in names:
        for other in names:
            if other == own:
                continue
            change = partial(_of_layer, own=own, other=other)
            altered = _with_weights(program, _backward(program), change)
            if altered:
                yield altered


def _updated_weights(program: Program) -> Iterator[dict[str, Tree]]:
    updates = {line.key.replace("_new", "", 1): line for line in program.of_kind(Kind.UPDATE)}
    moved = {key: line.tree for key, line in updates.items()}
    altered: dict[str, Tree] = {}
    for line in _backward(program):
        if any(use in updates for use in line.uses):
            altered[line.key] = replace_keys(line.tree, moved)
    if altered:
        yield altered


def _path_missing(program: Program) -> Iterator[dict[str, Tree]]:
    for lines in _groups(_backward(program)).values():
        terms = [
            line
            for line in lines
            if isinstance(line.tree, tuple) and line.tree[0] == "+" and len(line.tree) > 2
        ]
        if not terms:
            continue
        count = min(len(line.tree) - 1 for line in terms)
        for kept in range(count):
            if count == 2:
                yield {line.key: line.tree[1 + kept] for line in terms}
            else:
                yield {
                    line.key: ("+", *line.tree[1 : 1 + kept], *line.tree[2 + kept :])
                    for line in terms
                }
        if count > 2:
            for kept in range(count):
                yield {line.key: line.tree[1 + kept] for line in terms}


# Biases, inputs -----------------------------------------------------------------------------------


def _bias_missing(program: Program) -> Iterator[dict[str, Tree]]:
    ways = []
    for lines in _groups(program.of_kind(Kind.FORWARD)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            if not isinstance(line.tree, tuple) or line.tree[0] != "+":
                continue
            kept = [
                part
                for part in line.tree[1:]
                if not (isinstance(part, str) and program.roles.get(_name(part)) is Role.BIAS)
            ]
            if 0 < len(kept) < len(line.tree) - 1:
                altered[line.key] = kept[0] if len(kept) == 1 else ("+", *kept)
        if altered:
            ways.append(altered)
    yield from ways
    if len(ways) > 1:
        yield {key: tree for way in ways for key, tree in way.items()}


def _gradients(program: Program) -> Iterator[list[Line]]:
    """The gradients of each matrix of weights that are one product of an input and an error."""
    for name in _weights(program):
        lines = [line for line in program.of_kind(Kind.GRADIENT) if line.quantity == name]
        if lines and all(
            isinstance(line.tree, tuple) and line.tree[0] == "*" and len(line.tree) == 3
            for line in lines
        ):
            yield lines


def _input_of(program: Program, line: Line) -> str:
    return next((use for use in line.uses if not _is_adjoint(use, program)), "")


def _input_missing(program: Program) -> Iterator[dict[str, Tree]]:
    for lines in _gradients(program):
        yield {line.key: replace_keys(line.tree, {_input_of(program, line): 1}) for line in lines}


def _other_input(program: Program) -> Iterator[dict[str, Tree]]:
    """The inputs of another layer in a gradient, or what comes before the activation."""
    known = {*program.givens, *program.line_of}
    sources = [
        name for name, role in program.roles.items() if role in (Role.INPUT, Role.ACTIVATION)
    ]
    for lines in _gradients(program):
        own = _name(_input_of(program, lines[0]))
        pre = {
            _input_of(program, line): _before_activation(program, _input_of(program, line))
            for line in lines
        }
        if all(pre.values()):
            yield {line.key: replace_keys(line.tree, pre) for line in lines}
        for other in sources:
            if other == own:
                continue
            altered = {
                line.key: replace_keys(
                    line.tree,
                    {use: other + use[len(own) :] for use in line.uses if _name(use) == own},
                )
                for line in lines
            }
            if all(use in known for tree in altered.values() for use in references(tree)):
                yield altered


def _before_activation(program: Program, key: str) -> str:
    line = program.line_of.get(key)
    if line is None or line.rule != "activation" or len(line.uses) != 1:
        return ""
    return line.uses[0]


def _error_before_slope(program: Program) -> Iterator[dict[str, Tree]]:
    """A gradient with the error of the activation, where that of the pre-activation belongs."""
    loss = program.loss
    for lines in _gradients(program):
        altered: dict[str, Tree] = {}
        for line in lines:
            error = next(use for use in line.uses if _is_adjoint(use, program))
            above = program.line_of[error]
            outer = [u for u in above.uses if _is_adjoint(u, program)]
            if above.rule == "through-function" and len(outer) == 1:
                altered[line.key] = replace_keys(line.tree, {error: outer[0]})
        if altered and loss:
            yield altered


def _exchanged(role: Role) -> Callable[[Program], Iterator[dict[str, Tree]]]:
    def changes(program: Program) -> Iterator[dict[str, Tree]]:
        for name, keys in program.given.items():
            if program.roles.get(name) is not role or len(keys) != 2:
                continue
            other = {keys[0]: keys[1], keys[1]: keys[0]}
            yield {
                line.key: replace_keys(line.tree, other)
                for line in program.lines
                if any(use in other for use in line.uses)
            }

    return changes


# The step -----------------------------------------------------------------------------------------


def _update(change: Callable[[str, Tree], Tree]) -> Callable[[Program], Iterator[dict[str, Tree]]]:
    def changes(program: Program) -> Iterator[dict[str, Tree]]:
        lines = program.of_kind(Kind.UPDATE)
        if lines:
            yield {line.key: change(line.tree[1], line.tree[2][3]) for line in lines}

    return changes


def _bias_not_updated(program: Program) -> Iterator[dict[str, Tree]]:
    altered = {
        line.key: line.tree[1]
        for line in program.of_kind(Kind.UPDATE)
        if program.roles.get(line.quantity) is Role.BIAS
    }
    if altered:
        yield altered


HALF, TWO = Fraction(1, 2), Fraction(2)

SLIPS: Mapping[str, Slip] = {
    slip.code: slip
    for slip in (
        Slip("half-in-loss", _scaled_loss(HALF), follows=True),
        Slip("two-in-loss", _scaled_loss(TWO), follows=True),
        Slip("sign", _sign),
        Slip("slope-missing", _slope_missing),
        Slip("slope-at-output", _slope_at_output),
        Slip("function-for-slope", _function_for_slope, core=False),
        Slip("slope-of-other", _slope_of_other),
        Slip("slope-unsquared", _slope_unsquared, core=False),
        Slip("slope-sign", _slope_sign, core=False),
        Slip("activation-missing", _activation_missing, core=False),
        Slip("forward-transposed", _forward_transposed),
        Slip("bias-missing", _bias_missing),
        Slip("softmax-diagonal", _softmax_diagonal),
        Slip("softmax-not-exponential", _not_normalised, core=False),
        Slip("log-ten", _log_ten, core=False),
        Slip("backward-transposed", _backward_transposed),
        Slip("wrong-layer", _wrong_layer),
        Slip("updated-weights", _updated_weights),
        Slip("path-missing", _path_missing),
        Slip("gradient-transposed", _gradient_transposed),
        Slip("input-missing", _input_missing),
        Slip("other-input", _other_input),
        Slip("error-before-slope", _error_before_slope, core=False),
        Slip("inputs-exchanged", _exchanged(Role.INPUT), core=False),
        Slip("targets-exchanged", _exchanged(Role.TARGET), core=False),
        Slip("update-sign", _update(lambda own, slope: ("+", own, ("*", "eta", slope)))),
        Slip("rate-missing", _update(lambda own, slope: ("+", own, ("*", -1, slope)))),
        Slip("bias-not-updated", _bias_not_updated, core=False),
    )
}
"""Every slip by its code, in the order in which they are tried."""
