"""Orders as sums of numbers times letters: `b < 1` as 1 - b > 0."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from sympy import Basic, Expr, Integer
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

ORDERS = (LessThan, StrictLessThan, GreaterThan, StrictGreaterThan)
ONE = Integer(1)

Number = int | Fraction


class Linear(NamedTuple):
    """A sum of numbers times letters (or what stands for one), and a number."""

    letters: dict[Any, Number]
    number: Number


class Above(NamedTuple):
    """`form >= 0`, or `form > 0` where strict."""

    form: Linear
    strict: bool


class Bound(NamedTuple):
    """A number that a quantity does not pass; excluded where it does not reach it either."""

    value: Number
    excluded: bool


def linear(*parts: tuple[int, Expr]) -> Linear:
    """The sum of the parts, each times its number, without asking sympy to add: this is called very
    often."""
    total: dict[Any, Number] = {}
    for times, part in parts:
        for letter, factor in part.as_coefficients_dict().items():
            value = factor.p if factor.q == 1 else Fraction(factor.p, factor.q)
            total[letter] = total.get(letter, 0) + times * value
    number = total.pop(ONE, 0)
    return Linear({letter: factor for letter, factor in total.items() if factor}, number)


def less(one: Linear, other: Linear) -> Linear:
    """one - other."""
    letters = {
        letter: one.letters.get(letter, 0) - other.letters.get(letter, 0)
        for letter in dict.fromkeys((*one.letters, *other.letters))
    }
    kept = {letter: factor for letter, factor in letters.items() if factor}
    return Linear(kept, one.number - other.number)


def gap_of(one: Linear, other: Linear) -> Number | None:
    """one - other where that is a number."""
    return one.number - other.number if one.letters == other.letters else None


def above(known: Iterable[Basic]) -> list[Above]:
    """The orders among the relations, each as something above zero."""
    found = []
    for r in known:
        if isinstance(r, ORDERS):
            rising = 1 if isinstance(r, LessThan | StrictLessThan) else -1
            form = linear((rising, r.args[1]), (-rising, r.args[0]))
            found.append(Above(form, isinstance(r, StrictLessThan | StrictGreaterThan)))
    return found
