"""What ranges give, and no more: each condition that is held to follow is tried at numbers in the
ranges."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq, Ge, Gt, Le, Lt, Ne, Rational, Symbol, false, sqrt, symbols, true
from sympy.core.relational import Relational

from derive.model.language.conditions import Conditions
from derive.model.language.text import relations
from derive.model.language.told import lean
from derive.model.language.whole import Whole
from tests.values import value

b, g, k, e, m, b1, b2 = symbols("b g k e m b1 b2")
RANGES = ("0 < b < 1", "0 < g < 1", "k > 0", "e > 0", "0 < b1 < b2 < 1")
FOLLOW = [
    Ne(b, 1), Ne(b, 0), Ne(b, -1), Ne(b**2, 1), Ne(b * g, 1), Ne(1 - b * g**2, 0), Ne(e * k, 0),
    Ne(b**2 - 2 * b + 1, 0), Ne(b1, 1), Ne(b2, b1), Lt(b1, 1), Gt((1 + sqrt(b)) ** 2 / k, 0),
    Ge(k * (1 - b) / e, 0), Lt(b * g, 1), Ne(sqrt(b), 1),
]  # fmt: skip
DO_NOT = [
    Ne(b, g), Ne(e * k, 1), Ne(b, Rational(1, 2)), Lt(b, g), Gt(b1 + b2, 1), Ne(m, 0), Le(k, 1),
    Ne(b**2 - b * g, 0), Ne(e * k - b, 0),
]  # fmt: skip
KNOWN = Conditions(r for text in RANGES for r in relations(text, "range"))


@pytest.mark.parametrize("need", FOLLOW, ids=str)
def test_ranges_give(need: Relational) -> None:
    assert KNOWN.give(need)


@pytest.mark.parametrize("need", DO_NOT, ids=str)
def test_ranges_do_not_give(need: Relational) -> None:
    assert not KNOWN.give(need)


inside = st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50)
sums = st.lists(
    st.tuples(st.integers(-2, 2), st.lists(st.sampled_from([b, g, k, b1, b2]), max_size=2)),
    min_size=1,
    max_size=4,
)


@given(sums, st.sampled_from([Ne, Lt, Le, Gt, Ge]), st.lists(inside, min_size=5, max_size=5))
def test_what_follows_holds_at_numbers_in_the_ranges(terms, kind, numbers) -> None:  # type: ignore[no-untyped-def]
    form = sum((n * symbols_[0] * symbols_[-1] if symbols_ else n for n, symbols_ in terms), 0 * b)
    need = kind(form, 0, evaluate=False)
    if KNOWN.give(need):
        *first, low, high = numbers
        at = dict(zip("bgk", first, strict=True))
        at |= {"b1": min(low, high), "b2": max(low, high)}
        if low != high:
            found = value(form, at)
            signs = {Ne: found != 0, Lt: found < 0, Le: found <= 0, Gt: found > 0, Ge: found >= 0}
            assert signs[kind]


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        ([Ne(2 * m - m**2, 1), Ne(m, 1)], [Ne(m, 1)]),
        ([Ne(m, 1), Ne(b, 1)], [Ne(m, 1)]),
        ([true, Ge(m, 1), Ge(m, 0)], [Ge(m, 1)]),
        ([Ne(m**2, 1), Ne(m, -1), Ne(m, 1)], [Ne(m, -1), Ne(m, 1)]),
        ([Ne(m * k, 0)], [Ne(k * m, 0)]),
        ([Whole(m), Ge(m, 1)], [Whole(m), Ge(m, 1)]),
    ],
    ids=str,
)
def test_what_is_told_is_what_is_not_given(needs, told) -> None:  # type: ignore[no-untyped-def]
    assert list(lean(needs, KNOWN)) == told


def test_a_whole_number_is_one_at_numbers() -> None:
    a = Symbol("a")
    assert Whole(a).subs(a, 3) is true
    assert Whole(a).subs(a, Rational(5, 2)) is false
    assert str(Whole(a)) == "a is a whole number"
    assert (Whole(a) & Eq(b, 1)).subs({a: Rational(1, 2)}) is false
