r"""Commands that documents take from preambles which are not there, and what they customarily mean.

Letters are those of the notation of the book *Deep Learning* (Goodfellow, Bengio and Courville,
https://github.com/goodfeli/dlbook_notation), which conferences pass on: `\vx` is a vector, `\mW` a
matrix, `\tX` a tensor, `\sS` a set, `\gG` a graph, `\rvx` a random vector, `\evx` an entry of one.
A document that defines a command of these names means its own.
"""

from __future__ import annotations

import re
from functools import cache

from symback.reading.formula.commands import GREEK
from symback.reading.formula.macros import Macro, group_end

__all__ = ["DERIVATIVES", "customary", "customary_macro"]

_BRACE = re.compile(r"\s*\{")
# The option that says by what, of an operator that no brace follows: `\pd[w] C`.
_BY = re.compile(r"\s*\[[^\[\]]{1,60}\](?!\s*\{)")
_OF_ONE = frozenset(["vb", "va", "vc", "vect", "vek", "mt", "mat", "matr", "mtx", "mbf", "mb", "bv",
                     "bvec", "vecb", "vv", "mx", "mathbit", "bfs", "bsym", "tens"])  # fmt: skip
_OF_LETTERS = re.compile(r"[A-Za-z]{0,6}(?:vec|mat|vect|matr|bold)", re.IGNORECASE)
_OF_TWO = {
    **dict.fromkeys(["underE", "Eunder"], r"\mathbb{E}_{#1} \left[ #2 \right]"),
    **dict.fromkeys(["restr", "evalat", "eval", "at"], r"\left. #1 \right|_{#2}"),
    **dict.fromkeys(["inner", "ip", "innerproduct", "dotp"], r"\left\langle #1, #2 \right\rangle"),
}  # fmt: skip
# What only sets off its argument, by a colour or a line.
_SET_OFF = frozenset(["hl", "highlight", "alert", "hlmath", "mathhl", "red", "blue", "green",
                      "orange", "purple", "gray", "ul", "uline"])  # fmt: skip
# What sets its argument in brackets.
_BRACKETS = {
    **dict.fromkeys(["pa", "paren", "parens", "prn", "pth", "lr", "rbr", "bigpar", "pars"],
                    (r"\left(", r"\right)")),
    **dict.fromkeys(["br", "sbr", "brk", "sqb", "brac", "bracks", "bks"], (r"\left[", r"\right]")),
    **dict.fromkeys(["set", "cbr", "setof", "curly"], (r"\left\{", r"\right\}")),
    **dict.fromkeys(["E", "El", "Ex", "EE", "Exp", "expect", "Expect", "expectation"],
                    (r"\mathbb{E} \left[", r"\right]")),
    **dict.fromkeys(["norm", "nrm"], (r"\left\|", r"\right\|")),
}  # fmt: skip
_SIGNS = {
    **dict.fromkeys(["pd", "dpd", "tpd", "pder", "pderiv", "pdiff", "pdv", "pdfrac", "fpartial",
                     "partialderiv", "partialfrac", "fracpartial", "parfrac", "pfrac", "partiald",
                     "ppd", "parder", "pardiff", "dpartial"], r"\partial"),
    **dict.fromkeys(["od", "dod", "tod", "deriv", "der", "derivative", "diff", "dfracd", "fracd",
                     "ddfrac", "totalderiv"], "d"),
}  # fmt: skip

_LETTER = rf"(?P<letter>[A-Za-z]|{'|'.join(sorted(GREEK, key=len, reverse=True))})"
# The first that fits counts; of a vector's or a matrix's prefix alone an entry is told apart.
_FONTS = [
    (re.compile(rf"(?:v|b|bm|mb|bs|vec){_LETTER}"), r"\boldsymbol"),
    (re.compile(r"(?:m|b|mat)(?P<letter>[A-Z]|Beta|Phi|Lambda|Sigma|Gamma|Omega|Psi|Theta)"),
     r"\boldsymbol"),
    (re.compile(r"t(?P<letter>[A-Z])|rv(?P<capital>[a-z])|rm(?P<matrix>[A-Z])"), r"\mathsf"),
    (re.compile(r"(?:g|c|cal)(?P<letter>[A-Z])"), r"\mathcal"),
    (re.compile(r"(?:s|bb)(?P<letter>[A-Z])"), r"\mathbb"),
    (re.compile(r"(?:ev|em|et)(?P<letter>[A-Za-z])"), r"\mathit"),
    (re.compile(r"(?:r|er)(?P<letter>[a-z])"), r"\mathrm"),
    (re.compile(r"(?P<letter>[a-ce-hj-zA-Z])v|(?P<capital>[A-Z])m"), r"\boldsymbol"),
]  # fmt: skip
_WORDS = {
    "given": r"\mid ", "giv": r"\mid ", "Pr": r"\mathrm{Pr}", "Prob": r"\mathrm{Pr}",
    "vone": r"\boldsymbol{1}", "vzero": r"\boldsymbol{0}", "ones": r"\boldsymbol{1}",
    "onedot": ".", "eps": r"\epsilon", "vareps": r"\varepsilon", "lam": r"\lambda",
    "dd": r"\mathrm{d}", "dif": r"\mathrm{d}", "diff": r"\mathrm{d}", "diffd": r"\mathrm{d}",
    "transp": r"^{\top}", "transpose": r"^{\top}", "tran": r"^{\top}", "trans": r"^{\top}",
    "tp": r"^{\top}", "trsp": r"^{\top}", "inv": r"^{-1}",
    "E": r"\mathbb{E}", "Ex": r"\mathbb{E}", "Ls": r"\mathcal{L}", "KL": r"D_{\mathrm{KL}}",
    "Var": r"\mathrm{Var}", "Cov": r"\mathrm{Cov}", "Corr": r"\mathrm{Corr}",
    "softmax": r"\mathrm{softmax}", "sigmoid": r"\mathrm{sigmoid}", "relu": r"\mathrm{relu}",
    "ReLU": r"\mathrm{ReLU}", "Softmax": r"\mathrm{softmax}",
    "pdata": r"p_{\mathrm{data}}", "pmodel": r"p_{\mathrm{model}}", "ptrain": r"p_{\mathrm{train}}",
    "ptarget": r"p_{\mathrm{target}}", "pprior": r"p_{\mathrm{prior}}",
    "pencode": r"p_{\mathrm{encoder}}", "pdecode": r"p_{\mathrm{decoder}}",
    "sign": r"\mathrm{sign}", "Tr": r"\mathrm{Tr}", "tr": r"\mathrm{tr}", "diag": r"\mathrm{diag}",
    "argmax": r"\mathrm{argmax}", "argmin": r"\mathrm{argmin}",
}  # fmt: skip
DERIVATIVES = frozenset(_SIGNS)
"""The commands with two arguments that are customarily derivatives."""


@cache
def customary(name: str) -> str:
    r"""The LaTeX of what a command is customarily defined as, "" for none.

    Args:
        name: the command, without its backslash, which nothing else gives a meaning.
    """
    if name in _WORDS:
        return _WORDS[name]
    for pattern, font in _FONTS:
        if found := pattern.fullmatch(name):
            letter = next(group for group in found.groups() if group)
            return f"{font}{{{letter}}}" if len(letter) == 1 else f"{font}{{\\{letter}}}"
    return ""


def customary_macro(name: str, text: str, offset: int) -> Macro | None:
    r"""The macro that a command with arguments customarily is: `\pd{L}{w}`, `\vb{x}`.

    Args:
        name: the command, without its backslash, which nothing else gives a meaning.
        text: the formula.
        offset: where the command ends in it.
    """
    if _BRACE.match(text, offset):
        if name in _OF_ONE or _OF_LETTERS.fullmatch(name):
            return Macro(name, 1, r"\boldsymbol{#1}")
        if name in _BRACKETS:
            opening, closing = _BRACKETS[name]
            return Macro(name, 1, rf"{opening} #1 {closing}")
        if name in _OF_TWO and _BRACE.match(text, group_end(text, text.find("{", offset))):
            return Macro(name, 2, _OF_TWO[name])
        if name in _SET_OFF:
            return Macro(name, 1, "{#1}")
    above, below = _SIGNS.get(name, ""), _BRACE.match(text, offset)
    if above and below:
        end = group_end(text, below.end() - 1)
        if end > 0 and _BRACE.match(text, end):
            return Macro(name, 2, rf"\frac{{{above} #1}}{{{above} #2}}")
    elif above == r"\partial" and (by := _BY.match(text, offset)) and by.end() < len(text):
        return Macro(name, 1, r"\frac{\partial}{\partial #1}", "")
    return None
