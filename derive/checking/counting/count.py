"""Both sides of a claim evaluated in many worlds, against what the program or the windows really
give."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, log10
from typing import Any

from derive.checking.counting.worlds import Sample, show
from derive.checking.numbers.evaluate import Env, agree, code, evaluate, same_kind
from derive.checking.numbers.intervals import DIGITS, WIDER, NotReadable
from derive.checking.numbers.raised import exact
from derive.model.language.claims import Claim

LARGE = 900  # binary digits that a float still holds


@dataclass(frozen=True)
class Count:
    """In how many worlds the sides agree, and whether in intervals only; where they first differ;
    or why nothing was counted."""

    agreed: int = 0
    witness: tuple[tuple[str, str], ...] = ()
    differs: bool = False
    reason: str = ""
    inexact: bool = False
    digits: int = DIGITS  # that the worlds need


def count(
    claim: Claim,
    sample: Sample,
    indices: tuple[int, ...] | None = None,
    bound: frozenset[str] = frozenset(),
) -> Count:
    """Count a claim. A world in which a side is undefined (0/0, a root of a negative number) does
    not count."""
    agreed, inexact = 0, False
    try:
        for env in sample.worlds(claim, indices, bound):
            try:
                a, b = sample.value(claim.left, env), sample.value(claim.right, env)
                same = agree(a, b)
            except ZeroDivisionError:
                continue
            if not same:
                return Count(agreed, witness_of(claim, sample, env, a, b), True)
            agreed += 1
            inexact |= not (exact(a) and exact(b))
    except NotReadable as error:
        return Count(reason=str(error))
    reason = "" if agreed else "in no world tried are its conditions met and all its values defined"
    return Count(agreed, reason=reason, inexact=inexact)


def witness_of(
    claim: Claim, sample: Sample, env: Env, a: Any, b: Any
) -> tuple[tuple[str, str], ...]:
    """The letters and both sides; and by how much they differ, where that is not seen in so many
    digits."""
    left, right = _short(a), _short(b)
    gap = (("gap", _short(operator.sub(*same_kind(b, a)))),) if left == right else ()
    return (
        *show(env, sample.model, (claim.left, claim.right)),
        ("left", left),
        ("right", right),
        *gap,
    )


def count_down(said: Claim, steps: Claim, sample: Sample) -> Count:
    """A claim as a person reads it who counts down from a place, in the worlds of the same claim
    told in steps from there."""
    model, agreed = sample.model, 0
    sides = [code(side) for side in (said.left, said.right)]
    for env in sample.worlds(steps):
        try:
            place = evaluate(model.down, env)
            turned = {name: _counted_from(place, env[name]) for name in model.equations}
            here = {k: v for k, v in env.items() if isinstance(k, str)} | turned
            here[model.letter.name] = place - env.get(model.index.name, 0)
            a, b = (side(here) for side in sides)
            same = agree(a, b)
        except ZeroDivisionError:
            continue
        except NotReadable as error:
            return Count(reason=str(error))
        if not same:
            return Count(
                agreed,
                (
                    *show(here, model, (said.left, said.right)),
                    ("left", _short(a)),
                    ("right", _short(b)),
                ),
                True,
            )
        agreed += 1
    return Count(
        agreed,
        reason=""
        if agreed
        else "in no world tried are its conditions met and all its values defined",
    )


def _counted_from(place: Any, values: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda at: values(place - at)


def _short(value: Any) -> str:
    if isinstance(value, int | Fraction):
        size = value.numerator.bit_length() - value.denominator.bit_length()
        if abs(size) > LARGE:
            return f"about {'-' if value < 0 else ''}10^{round(size * log10(2))}"
        text = str(value) if value.denominator.bit_length() < LARGE else ""
        return text if text and len(text) <= 24 else f"{float(value):.12g}"
    if exact(value):
        return str(value)
    middle = float(value.mid)
    return f"{middle:.12g}" if isfinite(middle) else str(WIDER.nstr(WIDER.mpf(value.a.a), 12))
