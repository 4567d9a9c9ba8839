"""The page to step through: one file, no request, the program as data and a script of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from html import escape
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from sympy import Integer, Symbol

from symback.algebra.expressions import Entry
from symback.calculus.derivation import Derivation
from symback.model.equations import Model, Role
from symback.model.network import Network
from symback.notation import Notation
from symback.printing.target import plainly
from symback.printing.text import UNICODE
from symback.rendering.environment import environment, template_folders
from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.picture.labels import Mark, Wire, place_labels
from symback.rendering.teaching.settings import HtmlSetting, setting_for
from symback.rendering.teaching.write import sentences
from symback.teaching.blocks import Say
from symback.teaching.digits import written
from symback.teaching.ordering import in_groups
from symback.teaching.program import Kind, Line, Program
from symback.teaching.saying import model_names, network_setting
from symback.teaching.stable import stable
from symback.teaching.stepping import Stepping, short_name
from symback.teaching.terms import Tree, references
from symback.version import __version__

__all__ = ["step_page"]


def step_page(
    data: Stepping,
    derivation: Derivation,
    model: Model,
    *,
    colophon: tuple[Say, ...],
    command: str,
    notation: Notation | None = None,
) -> str:
    """The page, with its policy, style, script and data.

    Args:
        data: the program and its values.
        derivation: whose equations and steps it follows.
        model: whose quantities are printed.
        colophon: what is said of the numbers and their proof.
        command: the command line that wrote it.
        notation: how quantities are spelled.
    """
    chosen = HANDOUT_FORMATS["html"]
    words = sentences(chosen)
    page = setting_for(chosen, words, model, notation)
    assert isinstance(page, HtmlSetting)
    lines = _ordered(data.lines)
    source = derivation.model.source
    style, script = _file("step.css"), _file("step.js")
    rows = [
        (line.key, line.number, _formula(page, line), written(_number(data.values[line.key]), 4))
        for line in lines
    ]
    template = environment(chosen).get_template("teaching/step.html.j2")
    document = template.render(
        page=page,
        say=Say,
        policy=Markup(page.policy(style, script)),
        style=Markup(style),
        script=Markup(script),
        title=page.say(Say("step-title", model_names(derivation))),
        setting=network_setting(source) if isinstance(source, Network) else None,
        picture=Markup(_picture(model, page)),
        version=__version__,
        givens=_givens(data, page),
        has_rate=data.program.rate in data.given,
        rows=rows,
        colophon=colophon,
        command=command,
        data=Markup(_json(data, words, page)),
    )
    return with_plain_primes(document)


def with_plain_primes(document: str) -> str:
    """The same formulas with each prime beside its letter, not above it.

    A prime of a font without mathematical metrics is raised already; raised once more, and above an
    index, it is hardly to be seen. A page of this size has no room for a font of its own.
    """
    beside = _PRIMED.sub(r"<msub><mrow>\1<mo>′</mo></mrow>\2</msub>", document)
    return _PRIMED_ALONE.sub(r"<mrow>\1<mo>′</mo></mrow>", beside)


_LETTER = r"(<m[io][^>]*>[^<]*</m[io]>)"
_PRIMED = re.compile(rf"<msubsup>{_LETTER}((?:(?!</?msubsup>).)*)<mo>′</mo></msubsup>")
_PRIMED_ALONE = re.compile(rf"<msup>{_LETTER}<mo>′</mo></msup>")


@cache
def _file(name: str) -> str:
    for folder in template_folders():
        path = folder / "teaching" / name
        if path.is_file():
            # Only what a browser needs: no comments, no spaces at the beginning of lines.
            text = path.read_text("utf-8")
            kept = [line.strip() for line in text.splitlines()]
            return "\n".join(line for line in kept if line and not line.startswith("//"))
    raise FileNotFoundError(name)


def _number(value: float) -> Any:
    short = round(value, 4)
    return Fraction(repr(short)) if abs(value - short) < 1e-13 else value


def _ordered(lines: tuple[Line, ...]) -> list[Line]:
    """The forward pass, then each quantity's adjoints together, then the step."""
    backward = (Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT)
    return [
        *(line for line in lines if line.kind is Kind.FORWARD),
        *in_groups([line for line in lines if line.kind in backward]),
        *(line for line in lines if line.kind in (Kind.UPDATE, Kind.AFTER)),
    ]


def _entry(line: Line) -> Any:
    if not line.indices:
        return Symbol(line.quantity)
    return Entry(line.quantity, *map(Integer, line.indices))


def _formula(page: HtmlSetting, line: Line) -> Markup:
    printer = page.printer
    right = plainly(printer(line.formula))
    if line.kind in (Kind.UPDATE, Kind.AFTER):
        name = page.say(Say("new-value", {"entry": page.inline(printer(_entry(line)), None)}))
        return Markup(f"{name} {page.inline('{} = ' + right, None)}")
    return page.inline(f"{plainly(printer(line.subject))} = {right}", None)


def _givens(data: Stepping, page: HtmlSetting) -> list[tuple[str, Markup, str, str]]:
    entries = {key: expression for expression, key in data.program.keys.items()}
    found = []
    for key, value in data.given.items():
        printed = entries[key]
        found.append((
            key, page.inline(page.printer(printed), None), plainly(page.spoken(printed)),
            written(value, 12) if not hasattr(value, "terms") else f"{float(value):.12g}",
        ))  # fmt: skip
    return found


def _alone(sentence: str) -> str:
    """A sentence that leads up to formulas elsewhere, where none come after it."""
    return f"{sentence[:-1]}." if sentence.endswith(":") else sentence


def _json(data: Stepping, words: Mapping[str, str], page: HtmlSetting) -> str:
    """The data of the script; nothing in it can end its element."""
    places = {rule: place for place, rule in enumerate(data.rules)}
    every = [
        [
            line.key,
            _tree(in_printed_order(line, data.program, page)),
            places.get(line.rule, 0),
            *([_tree(kept)] if (kept := stable(line.tree, data.program)) != line.tree else []),
        ]
        for line in data.program.lines
        if line.key in data.values
    ]
    codes = sorted({code for own in data.slips.values() for code, _ in own})
    content = {
        "given": [[key, _tree(_exact(value))] for key, value in data.given.items()],
        "short": {key: short_name(key) for key in data.given},
        "lines": every,
        "engine": [[key, value] for key, value in data.values.items()],
        "slips": {
            key: [[codes.index(code), _tree(tree)] for code, tree in own]
            for key, own in data.slips.items()
        },
        "slipwords": [words[f"slip-{code}"] for code in codes],
        "rules": [
            [words[f"rulename-{rule}"], _alone(words[f"rule-{rule}"])] for rule in data.rules
        ],
        "names": {"sigmoid": "σ", "relu": "ReLU", "log": "ln"},
        "words": {
            name: words[f"step-{name}"].replace("[", "{").replace("]", "}")
            for name in (
                "agrees", "step", "none", "choose", "rule", "ruled", "number", "right", "slip",
                "wrong",
            )
        },
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def in_printed_order(line: Line, program: Program, page: HtmlSetting) -> Tree:
    """A line's tree with its terms and factors in the order in which its formula is printed.

    Then numbers that are put in stand below the letters that they stand for.
    """
    uses = {key: str(_TOKEN + place) for place, key in enumerate(line.uses)}
    expressions = {expression: uses[key] for expression, key in program.keys.items() if key in uses}
    printed = plainly(page.numbered(expressions, UNICODE)(line.formula))
    places = {key: printed.find(token) for key, token in uses.items()}

    def place(tree: Tree) -> tuple[int, bool, int]:
        found = [places[key] for key in references(tree) if places[key] >= 0]
        # a (1 - a), and y log(a) + (1 - y) log(1 - a)
        return min(found, default=-1), isinstance(tree, tuple), len(str(tree))

    def ordered(tree: Tree) -> Tree:
        if not isinstance(tree, tuple):
            return tree
        if tree[0] == "softmax":
            return tree
        parts = [ordered(part) for part in tree[1:]]
        return (tree[0], *(sorted(parts, key=place) if tree[0] in ("+", "*") else parts))

    return ordered(line.tree)


_TOKEN = 700_000
"""Numbers that stand for values while a formula is printed, to see where they come."""


def _exact(value: Any) -> Any:
    return float(value) if hasattr(value, "terms") else value


def _tree(tree: Tree) -> Any:
    if isinstance(tree, Fraction):
        if tree.denominator == 1:
            return int(tree)
        decimal = float(tree)
        # A decimal is what was typed; any other fraction is divided in the browser.
        return (
            decimal if Fraction(repr(decimal)) == tree else ["/", tree.numerator, tree.denominator]
        )
    if isinstance(tree, tuple):
        return [tree[0], *map(_tree, tree[1:])]
    return tree


# The picture -------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _RADIUS, _MARGIN = 680, 400, 17, 40


def _picture(model: Model, page: HtmlSetting) -> str:
    """A network's units and weights, each with the keys of its values; empty for another model."""
    layers = _layers(model)
    if not layers or max(map(len, layers)) > 6:
        return ""
    columns = len(layers) + 1
    at: dict[str, tuple[float, float]] = {}
    for column, keys in enumerate(layers):
        for row, (name, index) in enumerate(keys):
            x = _MARGIN + (_WIDTH - 2 * _MARGIN) * column / (columns - 1)
            y = _HEIGHT * (row + 0.5) / len(keys)
            at[f"{name}[{index}]"] = (x, y)
    loss = model.loss.name
    at[loss] = (_WIDTH - _MARGIN, _HEIGHT / 2)
    lines, nodes = [], []
    for layer, (before, after) in enumerate(pairwise(layers), start=1):
        wires: dict[Any, tuple[Wire, str]] = {}
        for (source, j), (target, k) in ((s, t) for s in before for t in after):
            weight = f"W{layer}[{j},{k}]"
            (x1, y1), (x2, y2) = at[f"{source}[{j}]"], at[f"{target}[{k}]"]
            marks = f"{weight} d{loss}/d{weight} {weight.replace('[', '_new[', 1)}"
            lines.append(
                f'<line data-p="{marks}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'
            )
            entry = Entry(f"W{layer}", Integer(j), Integer(k))
            wires[entry] = Wire((x1, y1), (x2, y2), entry, Mark.NONE), weight
        for label in place_labels([wire for wire, _ in wires.values()]):
            x, y, weight = label.x, label.y + 4, wires[label.entry][1]
            nodes.append(f'<text class="w" data-v="{weight}" x="{x:.0f}" y="{y:.0f}"/>')
    for name, index in layers[-1]:
        (x1, y1), (x2, y2) = at[f"{name}[{index}]"], at[loss]
        key = f"d{loss}/d{name}[{index}]"
        lines.append(f'<line data-p="{key}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>')
    for key, (x, y) in at.items():
        nodes.append(_node(key, x, y, loss, page))
    assert isinstance(model.source, Network)  # it has layers
    title = escape(str(page.say(network_setting(model.source))))
    told = escape(str(page.say(Say("step-picture"))))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="drawn drawn-how">'
        f'<title id="drawn">{title}</title><desc id="drawn-how">{told}</desc>'
        + "".join(lines)
        + "".join(nodes)
        + "</svg>"
    )


def _node(key: str, x: float, y: float, loss: str, page: HtmlSetting) -> str:
    name, _, rest = key.partition("[")
    before = {"yhat": "y_pre"}.get(name, f"{name}_pre") if name not in ("x", loss) else name
    own = f"{before}[{rest}" if rest else before
    keys = dict.fromkeys((key, own, f"d{loss}/d{key}", f"d{loss}/d{own}", f"{name}_slope[{rest}"))
    printed = Entry(name, Integer(int(rest[:-1]))) if rest else Symbol(name)
    label = escape(plainly(page.spoken(printed)))
    above = own if rest else key
    return (
        f'<circle data-p="{" ".join(keys)}" cx="{x:g}" cy="{y:g}" r="{_RADIUS}"/>'
        f'<text class="n" x="{x:g}" y="{y + 5:g}">{label}</text>'
        f'<text class="v" data-v="{key}" x="{x:g}" y="{y + _RADIUS + 14:g}"/>'
        f'<text class="d" data-v="d{loss}/d{above}" x="{x:g}" y="{y - _RADIUS - 5:g}"/>'
    )


def _layers(model: Model) -> list[list[tuple[str, int]]]:
    """The units of each layer of a network; nothing for a batch or another model."""
    layers = getattr(model.source, "layers", None)
    if layers is None or any(r.is_rows for q in model.given for r in q.ranges):
        return []
    names = ["x", *(f"h{i}" for i in range(1, len(layers) - 1)), "yhat"]
    known = {q.name for q in model.quantities.values() if q.role is not Role.LOSS}
    if not set(names) <= known:
        return []
    return [
        [(name, index) for index in range(1, size + 1)]
        for name, size in zip(names, layers, strict=True)
    ]
