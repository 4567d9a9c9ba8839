"""The number before an expression: what is pulled out of it, and with which sign.

SymPy multiplies ``2*(a - b)`` out and puts ``-b + a`` in an order of its own; here the number that
all terms share comes out again, and a minus sign goes in front where every term has one.
"""

from __future__ import annotations

from math import gcd

from sympy import Add, Expr, Mul, Rational, S, Sum

__all__ = ["coefficient"]


def coefficient(expression: Expr) -> tuple[Rational, Expr]:
    """A number and the rest of an expression, whose product it is.

    >>> from sympy import symbols
    >>> a, b = symbols("a b")
    >>> coefficient(-2 * a - 2 * b)
    (-2, a + b)
    """
    if expression.is_Rational:
        return expression, S.One
    if isinstance(expression, Add):
        return _of_terms(expression)
    if isinstance(expression, Sum):
        number, body = coefficient(expression.function)
        if number is S.One:
            return number, expression
        return number, expression.func(body, *expression.limits)
    if isinstance(expression, Mul):
        number, rest = expression.as_coeff_Mul(rational=True)
        parts = [_of_factor(part) for part in Mul.make_args(rest)]
        if all(part is S.One for part, _ in parts):
            return number, rest
        for part, _ in parts:
            number *= part
        return number, Mul(*(part for _, part in parts))
    return S.One, expression


def _of_factor(factor: Expr) -> tuple[Rational, Expr]:
    """As `coefficient`; and ``a - 1`` is taught as ``1 - a``, with a sign to be put in front."""
    number, rest = coefficient(factor)
    if isinstance(rest, Add) and rest.args[0].is_Number and rest.args[0].is_negative:
        return -number, -rest
    return number, rest


def _of_terms(expression: Add) -> tuple[Rational, Expr]:
    numbers = [coefficient(term)[0] for term in expression.args]
    denominators = {number.q for number in numbers}
    if len(denominators) > 1:
        content = S.One
    else:
        content = Rational(gcd(*(int(number.p) for number in numbers)), denominators.pop())
    if all(number.is_negative for number in numbers):
        content = -content
    if content is S.One:
        return content, expression
    return content, Add(*(term / content for term in expression.args))
