"""Linear recurrences with constant coefficients: closed forms against exact unrolling, written
here."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from sympy import Function, Integer, Rational, Symbol

from derive.checking.counting.unroll import give_meanings
from derive.checking.numbers.evaluate import agree, evaluate
from derive.desk.recurrences.solved import Solved
from derive.model.language.claims import T
from derive.model.recurrences.equations import state

t = Symbol("t")
NUMBERS = st.fractions(min_value=-3, max_value=3, max_denominator=3)
FORCING = st.lists(
    st.tuples(NUMBERS, st.integers(0, 3), st.sampled_from([1, 2, -1, 3, Fraction(1, 2)])),
    max_size=3,
)


def rational(x: Fraction) -> Rational:
    return Rational(Fraction(x).numerator, Fraction(x).denominator)


def values(run: Solved, name: str, count: int) -> list[Fraction | None]:
    """The closed form at 0, 1, ...; None before it holds."""
    env: dict = {}
    give_meanings(run.solution.where, env)
    form = run.derivation(name).answer
    return [
        None if n < run.solution.first else evaluate(form, {**env, "t": n}) for n in range(count)
    ]


@given(
    st.lists(NUMBERS, min_size=1, max_size=5), FORCING, st.lists(NUMBERS, min_size=5, max_size=5)
)
def test_any_order(
    coefficients: list[Fraction],
    forcing: list[tuple[Fraction, int, Fraction]],
    start: list[Fraction],
) -> None:
    x, order = Function("x"), len(coefficients)
    right = sum((rational(a) * x(t + j) for j, a in enumerate(coefficients)), Integer(0))
    right += sum((rational(c) * t**n * rational(a) ** t for c, n, a in forcing), Integer(0))
    run = Solved(
        state(
            [(x(t + order), right)],
            ("x",),
            T,
            {"x": {j: rational(v) for j, v in enumerate(start[:order])}},
        )
    )
    path = start[:order]
    for n in range(14):
        path.append(
            sum(
                (a * x for a, x in zip(coefficients, path[n : n + order], strict=True)), Fraction(0)
            )
            + sum((c * n**d * Fraction(a) ** n for c, d, a in forcing), Fraction(0))
        )
    assert all(
        value is None or agree(value, true)
        for value, true in zip(values(run, "x", 14), path, strict=False)
    )
    assert run.verdict("x").kind == "PROVED"


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(
            st.lists(NUMBERS, min_size=n + 2, max_size=n + 2), min_size=n, max_size=n
        )
    )
)
def test_systems(rows: list[list[Fraction]]) -> None:
    names = "abcd"[: len(rows)]
    seq = [Function(name) for name in names]
    equations = []
    for f, row in zip(seq, rows, strict=True):
        right = sum(
            (rational(c) * g(t) for c, g in zip(row, seq, strict=False)),
            rational(row[len(rows)]) * t,
        )
        equations.append((f(t + 1), right))
    run = Solved(
        state(
            equations,
            tuple(names),
            T,
            {name: {0: rational(row[-1])} for name, row in zip(names, rows, strict=True)},
        )
    )
    forms = [values(run, name, 8) for name in names]
    path = [row[-1] for row in rows]
    for n in range(8):
        assert all(
            form[n] is None or agree(form[n], true) for form, true in zip(forms, path, strict=True)
        )
        path = [
            sum((a * v for a, v in zip(row, path, strict=False)), Fraction(0)) + row[len(rows)] * n
            for row in rows
        ]
    assert {str(run.verdict(name)) for name in names} == {"PROVED"}
