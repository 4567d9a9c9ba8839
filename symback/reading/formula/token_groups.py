r"""Braces and fonts that hold something else than their contents' look: `\theta{_k}`, `\rm{exp}`.

TeX sets what its groups hold wherever they begin and end. Here they are moved to where the formula
has them, each pass in the order of the tokens and linear in their number.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import pairwise

from symback.reading.formula.commands import FONTS, OLD_FONTS
from symback.reading.formula.token_braces import SCRIPTS, crosses, ends, with_brackets_out
from symback.reading.formula.token_words import has_stops, with_words
from symback.reading.formula.tokens import Token

__all__ = ["regrouped", "with_doubles"]

_MODERN = {old: next(new for new, of in FONTS.items() if of == font)
           for old, font in OLD_FONTS.items()}  # fmt: skip
_SWITCHES = frozenset(OLD_FONTS) - frozenset(FONTS)
_BIG = frozenset(["sum", "prod", "int", "iint", "oint", "lim"])
_CLOSED = frozenset(")]")
_ESTIMATES = frozenset(["hat", "widehat", "tilde", "widetilde", "bar", "overline"])
_SETTERS = frozenset(["underset", "overset", "stackrel"])
_HEAVY = frozenset(name for name, font in FONTS.items() if font == "bold")
_SHORT = 2
_OF_FORMULAS = frozenset(["frac", "dfrac", "tfrac", "partial", "nabla", *_BIG])
_BIG_LETTERS = {"Sigma": "sum", "Pi": "prod"}
_DOUBLE_BARS = {"mid": "||", "|<": "||<", "|>": "||>"}


def regrouped(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with groups that only set type taken apart.

    What a formula does not have is not looked for: most have none of it.
    """
    found = list(tokens)
    commands = {token.text for token in found if token.kind == "command"}
    pairs = {(one.kind, other.kind) for one, other in pairwise(found)}
    if not commands.isdisjoint(_SWITCHES):
        found = _with_fonts_of_one(found)
    if ("{", "}") in pairs:
        found = _without_empty_fonts(found)
    if ("{", "sub") in pairs or ("{", "sup") in pairs or ("{", "}") in pairs:
        found = _with_scripts_out(found)
    if ("{", "command") in pairs and not commands.isdisjoint(_BIG):
        found = _with_operators_out(found)
    if crosses(found):
        found = with_brackets_out(found)
    if "nabla" in commands and not commands.isdisjoint(_ESTIMATES):
        found = _with_estimates(found)
    if not commands.isdisjoint(_SETTERS):
        found = _with_limits(found)
    if ("letter", "number") in pairs and not commands.isdisjoint(FONTS):
        found = _with_names_of_digits(found)
    if not commands.isdisjoint(_HEAVY):
        found = _with_formulas_out(found)
    found = _with_stars(_with_sums_by_letter(found))
    if ("bracket", "bracket") in pairs:
        found = _with_bars(found)
    if ("{", "prime") in pairs:
        found = _with_primes(found)
    if any(token.kind == "bracket" and token.text == "|>" for token in found):
        found = _with_closing_bars_alone(found)
    return with_words(found) if ("letter", "letter") in pairs or has_stops(found) else found


def _with_fonts_of_one(tokens: list[Token]) -> list[Token]:
    r"""Fonts of old as those of today: `\rm{exp}` of its braces, `\bf x` of the letters behind.

    One that begins a group is left to the parser, which sets the whole of it.
    """
    if not any(token.kind == "command" and token.text in _SWITCHES for token in tokens):
        return tokens
    found: list[Token] = []
    fonts = [""]  # the font in force in each group
    at = 0
    while at < len(tokens):
        token = tokens[at]
        after = tokens[at + 1] if at + 1 < len(tokens) else token
        before = found[-1].kind if found else "row"
        if token.kind == "command" and token.text in _SWITCHES and before != "{":
            if after.kind == "{":
                end = _end(tokens, at + 1)
                if end > at + 2:
                    found.append(token._replace(text=_MODERN[token.text]))
                    found += tokens[at + 1 : end + 1]
                    at = end + 1
                    continue
                at = end + 1  # `\rm{}` goes back
                fonts[-1] = ""
                continue
            if not _is_of_formula(tokens, at + 1):
                fonts[-1] = token.text
        elif token.kind == "{":
            fonts.append("" if before in SCRIPTS else fonts[-1])
            found.append(token)
        elif token.kind == "}":
            if len(fonts) > 1:
                fonts.pop()
            found.append(token)
        elif token.kind in ("row", "align") and len(fonts) == 1:
            fonts[-1] = ""
            found.append(token)
        elif token.kind == "letter" and fonts[-1] not in ("", "it") and before not in SCRIPTS:
            end = at + 1
            if fonts[-1] == "rm":
                while tokens[end].kind == "letter" and not tokens[end].spaced:
                    end += 1
            if fonts[-1] == "rm" and end == at + 1:
                found.append(token)  # upright or not, a letter alone is the same quantity
                at = end
                continue
            found += [
                token._replace(kind="command", text=_MODERN[fonts[-1]]),
                token._replace(kind="{", text="{"),
                *tokens[at:end],
                tokens[end - 1]._replace(kind="}", text="}"),
            ]
            at = end
            continue
        else:
            found.append(token)
        at += 1
    return found


def _is_of_formula(tokens: Sequence[Token], start: int) -> bool:
    r"""Say whether a font is set for a whole formula, `\bf \frac{dL}{dw} = x`."""
    depth = 0
    for token in tokens[start:]:
        depth += (token.kind == "{") - (token.kind == "}")
        if depth < 0 or (not depth and token.kind in ("row", "align")):
            return False
        if token.kind == "relation" or (token.kind == "command" and token.text in _OF_FORMULAS):
            return True
    return False


def _end(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        depth += (tokens[at].kind == "{") - (tokens[at].kind == "}")
        if not depth:
            return at
    return len(tokens) - 1


def _without_empty_fonts(tokens: list[Token]) -> list[Token]:
    r"""The tokens without fonts of nothing: the `\mathop{}` that only sets space."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        kinds = [token.kind for token in tokens[at : at + 3]]
        if kinds == ["command", "{", "}"] and tokens[at].text in FONTS:
            at += 3
        else:
            found.append(tokens[at])
            at += 1
    return found


def _with_scripts_out(tokens: list[Token]) -> list[Token]:
    r"""Scripts in braces of their own, behind what they belong to: `\theta{_k}`, `\sum{_i}`."""
    closing = ends(tokens)
    dropped: set[int] = set()
    for start, end in closing.items():
        if end == start + 1 and start and [t.kind for t in tokens[end + 1 : end + 2]] == ["prime"]:
            dropped |= {start, end}  # `u{}'`
        if start and end > start + 1 and all(t.kind == "prime" for t in tokens[start + 1 : end]):
            dropped |= {start, end}  # `f^{out}{'}`
        if tokens[start + 1].kind not in SCRIPTS or not start:
            continue
        before = tokens[start - 1]
        is_base = before.kind in ("letter", "name", "number", "}", "text") or (
            before.kind == "bracket" and before.text in _CLOSED
        )
        if is_base or (before.kind == "command" and before.text in _BIG):
            if not (before.kind == "}" and start >= _SHORT and tokens[start - 2].kind == "{"):
                dropped |= {start, end}
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _with_operators_out(tokens: list[Token]) -> list[Token]:
    r"""Sums whose braces hold the sign and its limits alone: `{\sum_{j=1}^V} x_j`."""
    closing = ends(tokens)
    dropped: set[int] = set()
    for start, end in closing.items():
        sign = tokens[start + 1]
        if sign.kind != "command" or sign.text not in _BIG:
            continue
        if start and tokens[start - 1].kind in (*SCRIPTS, "command"):
            continue
        at = start + 2
        while at < end and tokens[at].kind in SCRIPTS:
            at = closing.get(at + 1, at + 1) + 1
        if at == end:
            dropped |= {start, end}
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _with_estimates(tokens: list[Token]) -> list[Token]:
    r"""Signs of gradients with an accent, `\hat{\nabla}`: of an estimate of one."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        texts = [t.text for t in tokens[at + 1 : at + 4]]
        length = 4 if texts == ["{", "nabla", "}"] else _SHORT if texts[:1] == ["nabla"] else 0
        if token.kind == "command" and token.text in _ESTIMATES and length:
            found.append(token._replace(text="estimated nabla"))
            at += length
        else:
            found.append(token)
            at += 1
    return found


def _with_limits(tokens: list[Token]) -> list[Token]:
    r"""Sums whose limits are set over and under them: `\underset{i=1}{\overset{n}{\sum}} x_i`.

    So are relations: `\stackrel != 0` has its mark without braces.
    """
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "command" and token.text in _SETTERS:
            scripts, sign, end = _set_around(tokens, at)
            if sign is not None and sign.kind == "command":
                found += [sign, *scripts]
                at = end
                continue
            after = tokens[at + 1] if at + 1 < len(tokens) else token
            if after[:2] == ("relation", "\\neq") and after.end - after.start == _SHORT:
                found.append(after._replace(text="="))
                at += _SHORT
                continue
        found.append(token)
        at += 1
    return found


def _set_around(tokens: Sequence[Token], at: int) -> tuple[list[Token], Token | None, int]:
    """The limits of a sum as scripts, the sum's sign if it is one, and where all of it ends."""
    scripts: list[Token] = []
    depth = 0
    while tokens[at].kind == "command" and tokens[at].text in _SETTERS:
        kind = "sub" if tokens[at].text == "underset" else "sup"
        if at + 1 >= len(tokens) or tokens[at + 1].kind != "{":
            return [], None, at
        end = _end(tokens, at + 1)
        scripts += [tokens[at]._replace(kind=kind, text="_"), *tokens[at + 1 : end + 1]]
        at = end + 1
        if at + 1 < len(tokens) and tokens[at].kind == "{":
            at, depth = at + 1, depth + 1
        if at >= len(tokens):
            return [], None, at
    sign = tokens[at]
    at += 1
    while depth and at < len(tokens) and tokens[at].kind == "}":
        at, depth = at + 1, depth - 1
    is_sum = sign.kind == "command" and sign.text in _BIG
    return (scripts, sign, at) if is_sum and not depth else ([], None, at)


def _with_names_of_digits(tokens: list[Token]) -> list[Token]:
    r"""Names of letters and digits in a font of their own, `\mathbf{im2col}`, as one."""
    found: list[Token] = []
    closing = ends(tokens)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = closing.get(at + 1, 0) if token.kind == "command" and token.text in FONTS else 0
        inside = tokens[at + 2 : end]
        name = "".join(t.text for t in inside)
        letters = [t for t in inside if t.kind == "letter"]
        of_both = {t.kind for t in inside} == {"letter", "number"} and inside[0].kind == "letter"
        if of_both and len(letters) > _SHORT and not any(t.spaced for t in inside[1:]):
            if name.isalnum() and any(t.kind == "letter" for t in inside[1:]):
                found.append(inside[0]._replace(kind="name", text=name, end=inside[-1].end))
                at = end + 1
                continue
        found.append(token)
        at += 1
    return found


def _with_formulas_out(tokens: list[Token]) -> list[Token]:
    r"""Relations in heavy type, `\mathbf{V' = V} + b`, without it: it is of the whole formula."""
    closing = ends(tokens)
    dropped: set[int] = set()
    for start, end in closing.items():
        font = tokens[start - 1] if start else tokens[start]
        if font.kind != "command" or FONTS.get(font.text) != "bold":
            continue
        depth = 0
        for token in tokens[start + 1 : end]:
            depth += (token.text in ("{", "(", "[")) - (token.text in ("}", ")", "]"))
            if not depth and token.kind in ("relation", "punctuation"):
                dropped |= {start - 1, start, end}
                break
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _with_sums_by_letter(tokens: list[Token]) -> list[Token]:
    r"""Signs of sums and products that were typed as letters, `\Sigma_{i=1}^n x_i`.

    In a formula with one of them those with an index alone, `\Sigma_i`, are signs, too.
    """
    signs = {
        name
        for at, name in _capitals(tokens)
        if [t.kind for t in tokens[at + 1 : at + 5]] == ["sub", "{", "letter", "relation"]
        and tokens[at + 4].text == "="
    }
    for at, name in _capitals(tokens) if signs else ():
        if name in signs and tokens[at + 1].kind == "sub":
            tokens[at] = tokens[at]._replace(kind="command", text=_BIG_LETTERS[name])
    return tokens


def _with_stars(tokens: list[Token]) -> list[Token]:
    r"""Stars that have an index, `\delta \star_t`, as the name that only a letter can be."""
    for at, token in enumerate(tokens[:-1]):
        star = (token.kind, token.text) == ("product", "*")
        if star and tokens[at + 1].kind == "sub" and not (at and tokens[at - 1].kind in SCRIPTS):
            tokens[at] = token._replace(kind="name", text="star")
    return tokens


def _capitals(tokens: Sequence[Token]) -> list[tuple[int, str]]:
    found = enumerate(tokens[:-1])
    return [(at, t.text) for at, t in found if t.kind == "name" and t.text in _BIG_LETTERS]


def _with_primes(tokens: list[Token]) -> list[Token]:
    r"""Primes that stand in braces by themselves, `f^{out}{'}(z)`, without them."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at + 1
        while tokens[at].kind == "{" and end < len(tokens) and tokens[end].kind == "prime":
            end += 1
        alone = end > at + 1 and end < len(tokens) and tokens[end].kind == "}"
        if alone and not (found and found[-1].kind in SCRIPTS):
            found += tokens[at + 1 : end]
            at = end + 1
        else:
            found.append(tokens[at])
            at += 1
    return found


def _with_closing_bars_alone(tokens: list[Token]) -> list[Token]:
    r"""Closing bars that nothing opens, `p(y \rvert \theta)`, as the bar of what is given."""
    depth = 0
    for at, token in enumerate(tokens):
        if token.kind != "bracket" or token.text not in ("|<", "|>"):
            continue
        depth += 1 if token.text == "|<" else -1
        if depth < 0:
            tokens[at] = token._replace(text="mid")
            depth = 0
    return tokens


def _with_bars(tokens: list[Token]) -> list[Token]:
    r"""Bars typed twice as one double bar: `p \mid\mid q`, `\lvert\lvert x \rvert\rvert`."""
    return with_doubles(tokens, "bracket", _DOUBLE_BARS, apart=_DOUBLE_BARS)


def with_doubles(
    tokens: Sequence[Token], kind: str, signs: Mapping[str, str], apart: Container[str]
) -> list[Token]:
    """The tokens with two signs that stand side by side as one.

    Args:
        tokens: of a formula.
        kind: of these signs.
        signs: by what two of each are replaced.
        apart: those that may have a space between them.
    """
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if last is not None and last.kind == token.kind == kind and last.text == token.text:
            if token.text in signs and (token.text in apart or not token.spaced):
                found[-1] = last._replace(text=signs[token.text], end=token.end)
                continue
        found.append(token)
    return found
