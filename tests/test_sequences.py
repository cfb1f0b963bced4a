"""The kernel against exact unrolling, written here."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol

from derive.solving.sequences import Kernel

t = Symbol("t")
NUMBERS = st.fractions(min_value=-3, max_value=3, max_denominator=3)
FORCING = st.lists(st.tuples(NUMBERS, st.integers(0, 3), st.sampled_from([1, 2, -1, 3, Fraction(1, 2)])), max_size=3)


def rational(x: Fraction) -> Rational:
    return Rational(Fraction(x).numerator, Fraction(x).denominator)


@given(st.lists(NUMBERS, min_size=1, max_size=5), FORCING, st.lists(NUMBERS, min_size=5, max_size=5))
def test_any_order(coefficients: list[Fraction], forcing: list[tuple[Fraction, int, Fraction]], start: list[Fraction]) -> None:
    kernel = Kernel(())
    order = len(coefficients)
    f = sum((rational(c) * t**n * rational(a) ** t for c, n, a in forcing), Integer(0))
    transform = kernel.scalar(
        [kernel.constant(rational(a)) for a in coefficients],
        kernel.transform(f, t),
        [kernel.constant(rational(x)) for x in start[:order]],
    )
    parts = kernel.parts(transform)
    path = start[:order]
    for n in range(14):
        path.append(
            sum((a * x for a, x in zip(coefficients, path[n : n + order], strict=True)), Fraction(0))
            + sum((c * n**d * Fraction(a) ** n for c, d, a in forcing), Fraction(0))
        )
    assert [Fraction(int(v.numerator), int(v.denominator)) for v in (kernel.value(parts, n) for n in range(14))] == path[:14]


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(NUMBERS, min_size=n + 2, max_size=n + 2), min_size=n, max_size=n)))
def test_systems(rows: list[list[Fraction]]) -> None:
    size = len(rows)
    kernel = Kernel(())
    matrix = [[kernel.constant(rational(a)) for a in row[:size]] for row in rows]
    forcing = [kernel.transform(rational(row[size]) * t, t) for row in rows]
    found = kernel.system(matrix, forcing, [kernel.constant(rational(row[size + 1])) for row in rows])
    state = [row[size + 1] for row in rows]
    parts = [kernel.parts(x) for x in found]
    for n in range(8):
        values = [kernel.value(p, n) for p in parts]
        assert [Fraction(int(v.numerator), int(v.denominator)) for v in values] == state
        state = [sum((a * x for a, x in zip(row, state, strict=False)), Fraction(0)) + row[size] * n for row in rows]
