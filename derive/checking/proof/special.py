"""Normal forms of functions: arguments are brought to a smallest one by what is known of f(x + 1),
angles are added up."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial as whole_factorial
from typing import Any

import sympy as sp

from derive.checking.proof.angles import angle, arccosine, exponential
from derive.checking.proof.ratios import ONE, Ratio, Unknown, number
from derive.checking.proof.whole import ceiling, delta, piece, remainder, whole_part

FARTHEST = 60  # how far an argument is moved


def special(normal: Any, expr: Any, env: Any) -> Ratio | None:
    """The normal form of a function at its arguments, or None where it is only a letter. Raises
    Unknown."""
    if isinstance(expr, sp.Piecewise):
        return piece(normal, expr, env)
    make = _FORMS.get(type(expr))
    if make is None:
        return None
    return make(normal, [normal.of(a, env).reduced() for a in expr.args])


def _moved(value: Ratio) -> tuple[Ratio, int]:
    """(rest, n) with value = rest + n, n whole and as large as it can be seen to be."""
    top, bottom = value.top, value.bottom
    quotient = top if bottom.is_ground else divmod(top, bottom)[0]
    constant = Fraction(int(quotient.coeff(1)), int(bottom.coeff(1)) if bottom.is_ground else 1)
    whole = constant.numerator // constant.denominator
    if abs(whole) > FARTHEST:
        raise Unknown("an argument too far from where it starts")
    return (value - number(whole)).reduced(), whole


def _letter(normal: Any, kind: str, *parts: Any) -> Ratio:
    ratios = [p for p in parts if isinstance(p, Ratio)]
    return normal.letters.letter("part", (kind, *parts), normal.letters.inside(*ratios))


def _stepped(start: Ratio, steps: int, at: Callable[[int], Ratio], adds: bool) -> Ratio:
    """`start` carried on over `steps` steps, the i-th of which adds or multiplies at(i); back where
    steps < 0."""
    value = start
    for i in range(min(steps, 0), max(steps, 0)):
        step = at(i)
        forward = steps > 0
        value = (
            (value + step if forward else value - step)
            if adds
            else value * step ** (1 if forward else -1)
        )
    return value


def _factorial(normal: Any, args: list[Ratio]) -> Ratio:
    """(x + n)! = x! (x + 1) ... (x + n)."""
    rest, n = _moved(args[0])
    if not rest.top:
        if n < 0:
            raise Unknown("the factorial of a negative number")
        return number(whole_factorial(n))
    return _stepped(
        _letter(normal, "factorial", rest), n, lambda i: rest + number(i + 1), adds=False
    )


def _rising(normal: Any, args: list[Ratio]) -> Ratio:
    """(x)_(m+n) = (x)_m (x + m) ... (x + m + n - 1)."""
    x, (rest, n) = args[0], _moved(args[1])
    if not rest.top:
        return _stepped(number(1), n, lambda i: x + number(i), adds=False)
    fixed = x.constant()
    base, shift = (x, 0) if fixed is not None and fixed <= 0 else _moved(x)  # (0)_m is zero
    start = _letter(normal, "rising", base, rest)  # (b + s)_m = (b)_m (b + m)_s / (b)_s
    for i in range(min(shift, 0), max(shift, 0)):
        step = (base + rest + number(i)) * (base + number(i)) ** -1
        start = start * step ** (1 if shift > 0 else -1)
    return _stepped(start, n, lambda i: x + rest + number(i), adds=False)


def _falling(normal: Any, args: list[Ratio]) -> Ratio:
    """x (x - 1) ... (x - m + 1) = (x - m + 1)_m."""
    x, length = args
    if length.constant() is not None:
        return _rising(normal, [(x - length + number(1)).reduced(), length])
    rest, n = _moved(length)
    return _stepped(
        _letter(normal, "falling", x, rest), n, lambda i: x - rest - number(i), adds=False
    )


def _binomial(normal: Any, args: list[Ratio]) -> Ratio:
    x, k = args
    if k.constant() is not None:
        return _falling(normal, args) * _factorial(normal, [k]) ** -1
    if not all(
        a.bottom == ONE and normal.letters.is_natural(a.top) for a in (x, k, (x - k).reduced())
    ):
        raise Unknown("a binomial of what may be negative")
    below = _factorial(normal, [k]) * _factorial(normal, [(x - k).reduced()])
    return _factorial(normal, [x]) * below**-1


def _harmonic(normal: Any, args: list[Ratio]) -> Ratio:
    """H(n + 1) = H(n) + (n + 1)**(-m)."""
    rest, n = _moved(args[0])
    power = args[1] if len(args) > 1 else number(1)
    start = _letter(normal, "harmonic", rest, power) if rest.top else number(0)
    if not rest.top and n < 0:
        raise Unknown("a harmonic number of a negative index")
    return _stepped(
        start, n, lambda i: _to(normal, (rest + number(i + 1)).reduced(), power), adds=True
    )


def _to(normal: Any, base: Ratio, power: Ratio) -> Ratio:
    """base ** -power."""
    constant = power.constant()
    if constant is None:
        return normal.symbolic_power(base, (-power).polynomial())
    if constant.denominator == 2:
        return normal.letters.root(base) ** -constant.numerator
    if constant.denominator != 1:
        raise Unknown(f"a power of {constant}")
    return base**-constant.numerator


def _polygamma(normal: Any, args: list[Ratio]) -> Ratio:
    """psi_m(x + 1) = psi_m(x) + (-1)^m m! / x^(m+1)."""
    order = args[0].constant()
    if order is None or order.denominator != 1 or order < 0:
        raise Unknown("a polygamma function of no number")
    m = int(order)
    rest, n = _moved(args[1])
    factor = number((-1) ** m * whole_factorial(m))
    return _stepped(
        _letter(normal, "polygamma", args[0], rest),
        n,
        lambda i: factor * (rest + number(i)) ** (-m - 1),
        adds=True,
    )


_FORMS: dict[type, Callable[[Any, list[Ratio]], Ratio]] = {
    sp.factorial: _factorial,
    sp.gamma: lambda normal, args: _factorial(normal, [(args[0] - number(1)).reduced()]),
    sp.RisingFactorial: _rising,
    sp.FallingFactorial: _falling,
    sp.binomial: _binomial,
    sp.harmonic: _harmonic,
    sp.digamma: lambda normal, args: _polygamma(normal, [number(0), *args]),
    sp.polygamma: _polygamma,
    sp.cos: lambda normal, args: angle(normal, args[0])[0],
    sp.sin: lambda normal, args: angle(normal, args[0])[1],
    sp.exp: exponential,
    sp.cosh: lambda normal, args: (
        (exponential(normal, args) + exponential(normal, args) ** -1) * number(Fraction(1, 2))
    ),
    sp.sinh: lambda normal, args: (
        (exponential(normal, args) - exponential(normal, args) ** -1) * number(Fraction(1, 2))
    ),
    sp.acos: arccosine,
    sp.KroneckerDelta: delta,
    sp.Mod: remainder,
    sp.floor: whole_part,
    sp.ceiling: ceiling,
}
