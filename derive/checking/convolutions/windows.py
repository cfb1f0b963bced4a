"""Counts of windows: N is right where window N - 1 still lies on the padded input and window N does
not."""

from __future__ import annotations

from typing import Any

from sympy import Add, Eq, Expr, Integer, Mod, Symbol, floor

from derive.checking.proof.letters import Letters
from derive.checking.proof.normal import Normal
from derive.checking.proof.ratios import Ratio, Unknown, number
from derive.model.convolutions.windows import Window
from derive.model.language.claims import Claim
from derive.model.language.conditions import Conditions

MOST_REMAINDERS = 64


def prove_window(claim: Claim, model: Window, known: Conditions) -> bool | None:
    """A claim about the number of outputs, or about the least input. Raises Unknown.

    Where the stride is a number, each remainder below it is a case of its own.
    """
    stride = model.layer.stride
    if not stride.is_number:
        return _prove(claim, model, known, None)
    if stride > MOST_REMAINDERS:
        raise Unknown("too many remainders to look at each")
    answers = [_prove(claim, model, known, remainder) for remainder in range(int(stride))]
    return True if all(answers) else False if False in answers else None


def _prove(claim: Claim, model: Window, known: Conditions, remainder: int | None) -> bool | None:
    floors = claim.left.atoms(floor) | claim.right.atoms(floor)
    normal = Normal()
    _wholes(normal, known)
    quotients = _divided(normal, floors, known, remainder)
    left, right = (side.xreplace(quotients) for side in (claim.left, claim.right))
    if left != model.goal:
        return normal.letters.is_zero(normal.of(left) - normal.of(right))
    layer = model.layer

    def room(width: Ratio, output: Ratio) -> Ratio:
        """What is left on the right of a window's last position; negative where it does not fit."""
        last = normal.of(layer.stride) * output + normal.of(layer.reach + 1)
        return (width + normal.of(Add(*layer.padding)) - last).reduced()

    answer, given = normal.of(right), normal.of(model.given)
    if model.asked == "reads":
        span = room(number(0), number(0)) - room(
            number(0), given - number(1)
        )  # how far the last window ends beyond the first
        return normal.letters.is_zero(answer - span - normal.of(layer.reach + 1))
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


def _divided(
    normal: Normal, floors: set[Any], known: Conditions, remainder: int | None
) -> dict[Expr, Expr]:
    """Each floor(n/S) as a quotient q with n = S q + r, 0 <= r < S, by which one width in n is
    expressed.

    Where n is known to be a multiple of S, r is 0 and n/S is q; of a number S, r is the
    `remainder`. One n/S is all that is read: a second would have to agree with the first about the
    width.
    """
    exact = {
        r.lhs.args
        for r in known.relations
        if isinstance(r, Eq) and isinstance(r.lhs, Mod) and r.rhs == 0
    }
    quotients = {f.args[0].as_numer_denom() for f in floors} | exact
    if not quotients:
        return {}
    if len(quotients) > 1:
        raise Unknown("more than one quotient")
    whole, stride = quotients.pop()
    width = next(
        (
            s
            for s in sorted(whole.free_symbols, key=str)
            if s.name.startswith("W") and whole.diff(s) == 1
        ),
        None,
    )
    if width is None or not known.give(whole >= 0) or not isinstance(stride, Symbol | Integer):
        raise Unknown("a floor whose argument may be negative")
    quotient, q, r = Symbol("_q"), normal.natural("q"), number(remainder or 0)
    if isinstance(stride, Symbol) and not exact:
        r = normal.natural("r")
        normal.base[stride] = (
            r + number(1) + normal.natural(stride.name)
        )  # S = r + 1 + s says r < S
    normal.base[quotient] = q
    normal.base[width] = (
        normal.of(stride) * q + (number(0) if exact else r) - normal.of(whole - width)
    )
    return dict.fromkeys((*floors, floor(whole / stride)), quotient)


def _at_least(letters: Letters, value: Ratio, least: int) -> bool:
    """Whether value - least has no negative term in its natural letters."""
    rest = value - number(least)
    return rest.bottom == rest.bottom.ring.one and letters.is_natural(rest.top)
