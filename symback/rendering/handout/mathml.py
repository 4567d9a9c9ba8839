"""MathML from our own LaTeX subset, by math-core; every formula is made once."""

from __future__ import annotations

import re
from collections.abc import Callable

from symback.errors import MissingToolError
from symback.printing.subset import unknown

__all__ = ["converter"]

_WRAPPED = re.compile(r"<mrow><mspace/>(<mi[^>]*>[^<]*</mi>)</mrow>")
"""A name in a group of its own, which no browser spaces otherwise than the name."""

_CELL = re.compile(r'<mtd style="[^"]*?(padding-left:1em;)?">')
"""A cell of cases: its style is a class, since the page allows no style beside its own."""

_SIZED = re.compile(r'<mo minsize="([^"]*)" maxsize="[^"]*">([][(){}])</mo>')
"""A bracket of a fixed size, which a browser would space like an operator."""

_LAYER = re.compile(
    r'(<mrow>)?<mo stretchy="false">([\[(])</mo><mn>(\d+)</mn><mo stretchy="false">([\])])</mo>'
    r'(</mrow>(?=</m(?:sub)?sup>)|(?=<mspace width="[\d.]+em"/><mi>⊤</mi></mrow>))'
)
"""The number of a layer, above, also with the sign of a transpose: a text, whose brackets have
nothing to stretch to, since a page is full of them.  Those of an argument are signs."""

_SPACE = re.compile(r'(?<=<mspace width=")0(\.\d{3})\d*(?=em"/>)')
"""The width of a space, to more digits than anyone sees."""

_SIZE = re.compile(
    r'<mrow><mn>(\d+)</mn><mo lspace="0" rspace="0">×</mo><mn>(\d+)</mn></mrow>(?=</munder>)'
)
"""The size of a matrix in digits, below it: a text, since a page is full of them."""

_BIG = "1.2em"
"""How high a bracket is that is hardly larger than the text: one that a browser stretches has as
much room to its sides as the largest of its kind."""


_COLOURS = ("red", "blue", "green", "cyan", "magenta", "gray", "brown", "teal")
"""What math-core knows by name, in place of the colours of factors, which are those of the page."""

_OF_FACTOR = re.compile(r"(?<=\\textcolor\{)factor([a-h])(?=\})")

_COLOURED = re.compile(r'<mrow style="color:#([0-9A-F]{6});">')

_HEX = ("FF0000", "0000FF", "03FF00", "00B9F2", "FB3199", "808080", "BF803F", "008080")
"""What math-core makes of these names, in the same order."""


def _layer(found: re.Match[str]) -> str:
    text = f"<mtext>{found[2]}{found[3]}{found[4]}</mtext>"
    return text if found[1] and found[5] else (found[1] or "") + text + found[5]


def _fenced(found: re.Match[str]) -> str:
    form = "prefix" if found[2] in "([{" else "postfix"
    size = f'minsize="{found[1]}" maxsize="{found[1]}"'
    if found[1] == _BIG:
        size = f'stretchy="false" mathsize="{_BIG}"'
    return f'<mo form="{form}" lspace="0" rspace="0" {size}>{found[2]}</mo>'


_POWER = re.compile(r'<msup>(<mo form="postfix"([^>]*)>[])]</mo>)(<m\w+>[^<]*</m\w+>)</msup>')
"""A power of a bracket of a fixed size, which stands on its closing half alone."""


def _powers(mathml: str) -> str:
    """Powers of large brackets as those of the whole: browsers set a half by itself smaller."""
    done = 0
    while found := _POWER.search(mathml, done):
        done = found.start() + 1
        opens = mathml.rfind(f'<mo form="prefix"{found[2]}>', 0, found.start())
        inside = mathml[opens : found.start()]
        if opens < 0 or len(re.findall(r"<m\w+[^>/]*>", inside)) != inside.count("</m"):
            continue
        whole = f"<msup><mrow>{inside}{found[1]}</mrow>{found[3]}</msup>"
        mathml = mathml[:opens] + whole + mathml[found.end() :]
    return mathml


def _tidied(mathml: str) -> str:
    mathml = _powers(_SIZED.sub(_fenced, mathml))
    mathml = mathml.replace("\u03f5", "\u03b5")  # the letter that the other formats have
    # Firefox takes this sign for that of a sum over many, and sets it larger.
    mathml = re.sub(r"<mo([^>]*)>⊙", r'<mo largeop="false"\1>⊙', mathml)
    mathml = _SIZE.sub(r"<mtext>\1×\2</mtext>", mathml).replace("<mrow></mrow>", "<mrow/>")
    mathml = _SPACE.sub(r"\1", _LAYER.sub(_layer, mathml))
    mathml = _COLOURED.sub(lambda m: f'<mrow class="f{"abcdefgh"[_HEX.index(m[1])]}">', mathml)
    mathml = _CELL.sub(lambda cell: f'<mtd class="{"when" if cell[1] else "case"}">', mathml)
    # Firefox has a gap for this sign, which is to have no width; other functions have none.
    mathml = re.sub(r"<mo>(&ApplyFunction;|\u2061)</mo>", "", mathml)
    return _WRAPPED.sub(r"\1", mathml).replace("\ufe00", "")


def converter(*, tex: bool = False) -> Callable[[str, bool], str]:
    """A function from a formula, and whether it stands alone, to MathML.

    Args:
        tex: whether its LaTeX stands beside it, in an annotation, for programs that copy it.

    Raises:
        MissingToolError: where math-core is not installed.
    """
    try:
        from math_core import LatexToMathML
    except ImportError:
        raise MissingToolError(
            "HTML needs math-core, which is not installed", hint="pip install math-core"
        ) from None
    convert = LatexToMathML(pretty_print="never", annotation=tex).convert_with_local_state
    known: dict[tuple[str, bool], str] = {}

    def mathml(formula: str, display: bool) -> str:
        key = formula, display
        if key not in known:
            stray = unknown(re.sub(r"\\quad", "", formula))
            if stray:
                raise ValueError(f"{stray[0]!r} is outside our LaTeX in {formula!r}")
            named = _OF_FACTOR.sub(lambda m: _COLOURS["abcdefgh".index(m[1])], formula)
            known[key] = _tidied(convert(named, displaystyle=display))
        return known[key]

    return mathml
