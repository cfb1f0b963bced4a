"""On which side of a switch a world is."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from math import floor
from typing import Any

from sympy import Expr

from derive.checking.numbers.evaluate import Code, Env, code
from derive.checking.numbers.intervals import Interval, NotReadable
from derive.checking.numbers.raised import exact
from derive.checking.switches.written import (
    KINK,
    LENGTH,
    ORDER,
    POINT,
    REST,
    SAID,
    SIGN,
    SOFT,
    STEPS,
    Switch,
)

MOST_RESTS = 250  # of a division that are all gone through, twice
WANTED: dict[str, tuple[int, ...]] = {
    POINT: (0,),
    ORDER: (-1, 1),
    SIGN: (-1, 0, 1),
    KINK: (-1, 1),
    LENGTH: (-1, 0, 1),
}
WANTED |= dict.fromkeys((SOFT, SAID, REST, STEPS), ())
NEAR = range(-1, 3)  # the steps that are looked at


class Keys:
    """The sides of switches, by number; None where a form has no value that tells."""

    def __init__(self, switches: tuple[Switch, ...]):
        self.kinds = [s.kind for s in switches]
        self.forms: list[Code] = [code(s.form) for s in switches]
        self.numbers = [s.by is not None and bool(s.by.is_number) for s in switches]
        self.by: list[Code | None] = [None if s.by is None else code(s.by) for s in switches]

    def of(self, env: Env) -> tuple[Hashable, ...]:
        return tuple(self.one(number, env) for number in range(len(self.kinds)))

    def one(self, number: int, env: Env) -> Hashable:
        kind, by = self.kinds[number], self.by[number]
        try:
            value = self.forms[number](env)
            if kind == STEPS:
                return _step(value)
            if by is not None:
                return _rest(value, by(env), self.numbers[number])
            return sign(value)
        except (ZeroDivisionError, NotReadable, TypeError):
            return None

    def rests(self, number: int, env: Env, low: Fraction | None) -> Iterator[Fraction]:
        """Whole numbers that leave every rest, twice; of a great divisor those about its
        multiples."""
        by = self.by[number]
        try:
            modulus = by(env) if by is not None else 0
        except (ZeroDivisionError, NotReadable):
            return
        if not exact(modulus) or Fraction(modulus).denominator != 1 or modulus < 1:
            return
        start = floor(low or 0)
        if modulus <= MOST_RESTS:
            yield from map(Fraction, range(start, start + 2 * int(modulus) + 2))
        else:
            yield from (
                Fraction(start + n * int(modulus) + d)
                for n in range(3)
                for d in (-1, 0, 1, 2, int(modulus) // 2)
            )


def zero_forms(switch: Switch) -> list[Expr]:
    """The forms that are zero where a switch goes from one side to another."""
    if switch.kind == STEPS:
        return [switch.form - n for n in NEAR]
    if switch.by is not None:
        return [switch.form - n * switch.by for n in NEAR]
    return [switch.form]


def sign(value: Any) -> int:
    """-1, 0 or 1. Raises ZeroDivisionError where an interval leaves that open."""
    if isinstance(value, Interval):
        if 0 in value:
            raise ZeroDivisionError("a number that may be zero")
        return 1 if value > 0 else -1
    return int(value > 0) - int(value < 0)


def _step(value: Any) -> tuple[bool, int]:
    if isinstance(value, Interval):
        low, high = floor(value.a), floor(value.b)
        if low != high:
            raise ZeroDivisionError("a step that may be taken")
        return False, min(max(low, NEAR[0] - 1), NEAR[-1])
    return Fraction(value).denominator == 1, min(max(floor(value), NEAR[0] - 1), NEAR[-1])


def _rest(value: Any, by: Any, is_number: bool) -> tuple[Any, int]:
    """The rest, where it is one of few whole numbers, else whether there is one; and how often it
    goes in, up to a few times."""
    if not (exact(value) and exact(by)):
        raise ZeroDivisionError("a rest of what is known in intervals only")
    times, rest = divmod(Fraction(value), Fraction(by))
    few = is_number and rest.denominator == 1 and by <= MOST_RESTS
    return rest if few else rest != 0, min(max(times, NEAR[0] - 1), NEAR[-1])


def matters(key: Hashable) -> bool:
    """Whether a side must be seen where it is: of steps and rests not the last that are looked at,
    which go on without end."""
    return not isinstance(key, tuple) or key[1] in NEAR[:-1]
