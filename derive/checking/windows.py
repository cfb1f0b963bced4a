"""Counts of windows: N is right where window N - 1 still lies on the padded input and window N does not."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Expr, Integer, Mod, Mul, Pow, Symbol, floor

from derive.checking.letters import Letters, Ratio, Unknown, number
from derive.checking.normal import Normal
from derive.model.claims import Claim
from derive.model.conditions import Conditions
from derive.model.layers import Window


def prove_window(claim: Claim, model: Window, known: Conditions) -> bool | None:
    """A claim about the number of outputs, or about the least input. Raises Unknown."""
    floors = claim.left.atoms(floor) | claim.right.atoms(floor)
    normal = Normal()
    _wholes(normal, known)
    quotients = _divided(normal, floors, known)
    left, right = (side.xreplace(quotients) for side in (claim.left, claim.right))
    if left != model.goal:
        return normal.letters.is_zero(normal.of(left) - normal.of(right))
    layer = model.layer

    def room(width: Ratio, output: Ratio) -> Ratio:
        """What is left on the right of a window's last position; negative where it does not fit."""
        last = normal.of(layer.stride) * output + normal.of(layer.kernel_size)
        return (width + number(2) * normal.of(layer.padding) - last).reduced()

    answer, given = normal.of(right), normal.of(model.given)
    if model.asked == "reads":
        span = room(number(0), number(0)) - room(number(0), given - number(1))  # how far the last window ends beyond the first
        return normal.letters.is_zero(answer - span - normal.of(layer.kernel_size))
    if model.asked == "out":
        fits, fails = room(given, answer - number(1)), room(given, answer)
    else:
        fits, fails = room(answer, given - number(1)), room(answer - number(1), given - number(1))
    enough = _at_least(normal.letters, fits, 0)
    too_many = _at_least(normal.letters, -fails, 1)
    return True if enough and too_many else None


def _wholes(normal: Normal, known: Conditions) -> None:
    """Each size with a least value n becomes n + a natural letter."""
    for symbol in sorted({s for r in known.relations for s in r.free_symbols}, key=str):
        for least in (1, 0):
            if known.give(symbol >= least):
                normal.base[symbol] = number(least) + normal.natural(symbol.name)
                break


def _divided(normal: Normal, floors: set[Any], known: Conditions) -> dict[Expr, Expr]:
    """Each floor(n/S) as a quotient q with n = S q + r, 0 <= r < S, by which one width in n is expressed.

    Where n is known to be a multiple of S, r is 0 and n/S is q.
    """
    found: dict[Expr, Expr] = {}
    exact = [
        (r.lhs.args[0], r.lhs.args[1]) for r in known.relations if isinstance(r, Eq) and isinstance(r.lhs, Mod) and r.rhs == 0
    ]
    for whole, stride in [*(_fraction(f.args[0]) for f in sorted(floors, key=str)), *exact]:
        width = next((s for s in sorted(whole.free_symbols, key=str) if s.name.startswith("W") and whole.diff(s) == 1), None)
        if width is None or not known.give(whole >= 0) or not isinstance(stride, Symbol | Integer):
            raise Unknown("a floor whose argument may be negative")
        divides = (whole, stride) in exact
        q, r = normal.natural("q"), number(0) if divides else normal.natural("r")
        name = Symbol("_q")
        normal.base[name] = q
        if isinstance(stride, Symbol) and not divides:
            normal.base[stride] = r + number(1) + normal.natural(stride.name)  # S = r + 1 + s says r < S
        elif not divides and stride != 1:
            raise Unknown("a remainder below a number")
        if stride == 1:
            r = number(0)
        normal.base[width] = normal.of(stride) * q + r - normal.of(whole - width)
        found[floor(whole / stride)] = name
    return found


def _fraction(expr: Expr) -> tuple[Expr, Expr]:
    bottom = Mul(*(p for p in Mul.make_args(expr) if isinstance(p, Pow) and p.exp == -1))
    return expr / bottom, 1 / bottom


def _at_least(letters: Letters, value: Ratio, least: int) -> bool:
    """Whether value - least has no negative term in its natural letters."""
    rest = value - number(least)
    return rest.bottom == rest.bottom.ring.one and letters.is_natural(rest.top)
