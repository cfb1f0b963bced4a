"""Normal forms of functions: arguments are brought to a smallest one by what is known of f(x + 1),
angles are added up."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial as whole_factorial
from typing import Any

import sympy as sp

from derive.checking.proof.angles import angle, arccosine, exponential
from derive.checking.proof.letters import ONE, RING, Ratio, Unknown, number

FARTHEST = 60  # how far an argument is moved


def special(normal: Any, expr: Any, env: Any) -> Ratio | None:
    """The normal form of a function at its arguments, or None where it is only a letter. Raises
    Unknown."""
    if isinstance(expr, sp.Piecewise):
        return _piece(normal, expr, env)
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
    base, shift = _moved(x)
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


def _delta(normal: Any, args: list[Ratio]) -> Ratio:
    gap = (args[0] - args[1]).reduced()
    constant = gap.constant()
    if constant is not None:
        return number(int(constant == 0))
    if positive(normal, gap) or positive(normal, -gap):
        return number(0)
    raise Unknown("two indices that may be equal")


def positive(normal: Any, value: Ratio) -> bool:
    """Whether a whole number is seen to be at least 1."""
    less = (value - number(1)).reduced()
    return less.bottom == ONE and normal.letters.is_natural(less.top)


def natural(normal: Any, value: Ratio) -> bool:
    """Whether a whole number is seen to be at least 0."""
    here = value.reduced()
    return here.bottom == ONE and normal.letters.is_natural(here.top)


def _mod(normal: Any, args: list[Ratio]) -> Ratio:
    """The rest by a number, where all but the constant is a multiple of it; by a letter, where the
    whole part is in sight."""
    return _quotient(normal, args[0], args[1])[1]


def _quotient(normal: Any, value: Ratio, by: Ratio) -> tuple[Ratio, Ratio]:
    """(q, r) with value = q by + r, 0 <= r < by."""
    top, constant = value.polynomial(), by.constant()
    if not all(_is_whole(normal, side) for side in (top, by.polynomial())):
        raise Unknown("a rest of what may be no whole number")
    if constant is not None:
        modulus = int(constant)
        if constant.denominator != 1 or modulus <= 0:
            raise Unknown("a rest by what is no whole number")
        rest = int(top.coeff(1)) % modulus
        multiple = top - RING(rest)
        if any(int(c) % modulus for c in multiple.itercoeffs()):
            raise Unknown("a rest that is not in sight")
        return Ratio(multiple.quo_ground(modulus)), number(rest)
    whole, left = (Ratio(part.copy()) for part in divmod(top, by.polynomial()))
    for less in (
        0,
        1,
    ):  # which letter leads the division is chance: the rest may come out below zero
        q, r = whole - number(less), left + by * number(less)
        if natural(normal, r) and positive(normal, by - r):
            return q, r
    raise Unknown("a rest that is not in sight")


def _is_whole(normal: Any, poly: Any) -> bool:
    """Whether a polynomial is a whole number, seen from its letters."""
    kinds = normal.letters.kinds
    return all(
        kinds[i] in ("natural", "bound")
        for monom in poly.itermonoms()
        for i, e in enumerate(monom)
        if e
    )


def _floor(normal: Any, args: list[Ratio]) -> Ratio:
    return _quotient(normal, Ratio(args[0].top), Ratio(args[0].bottom))[0]


def _ceiling(normal: Any, args: list[Ratio]) -> Ratio:
    quotient, rest = _quotient(normal, Ratio(args[0].top), Ratio(args[0].bottom))
    if rest.constant() == 0:
        return quotient
    if not positive(normal, rest):
        raise Unknown("a rest that may be zero")
    return quotient + number(1)


def _piece(normal: Any, expr: Any, env: Any) -> Ratio:
    """The first piece whose condition is decided to hold, all before it decided not to."""
    for value, condition in expr.args:
        if decided(normal, condition, env):
            return normal.of(value, env)
    raise Unknown("no piece holds")


def decided(normal: Any, condition: Any, env: Any) -> bool:
    """Whether a relation between whole numbers holds. Raises Unknown where that is not in sight."""
    if condition in (True, False):
        return bool(condition)
    if isinstance(condition, sp.And | sp.Or):
        held = [decided(normal, c, env) for c in condition.args]
        return all(held) if isinstance(condition, sp.And) else any(held)
    gap = (normal.of(condition.args[0], env) - normal.of(condition.args[1], env)).reduced()
    signs = {0: gap.constant() == 0, 1: positive(normal, gap), -1: positive(normal, -gap)}
    kind = type(condition)
    holds = {sp.Eq: {0}, sp.Ne: {1, -1}, sp.Lt: {-1}, sp.Gt: {1}, sp.Le: {0, -1}, sp.Ge: {0, 1}}[
        kind
    ]
    for sign, held in signs.items():
        if held:
            return sign in holds
    if holds in ({0, 1}, {-1}) and natural(normal, gap):
        return kind is sp.Ge
    if holds in ({0, -1}, {1}) and natural(normal, -gap):
        return kind is sp.Le
    raise Unknown("a condition that is not decided")


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
    sp.KroneckerDelta: _delta,
    sp.Mod: _mod,
    sp.floor: _floor,
    sp.ceiling: _ceiling,
}
