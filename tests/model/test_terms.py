"""Putting values into expressions gives what sympy's own substitution gives, though sympy is not
asked to evaluate every part."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from sympy import Add, Expr, Function, Integer, Mul, Pow, Product, Sum, Symbol

from derive.model.language.claims import Claim
from derive.model.language.parts import is_grouped
from derive.model.language.terms import put_in, replace

b, c, t, k = (Symbol(name) for name in "bctk")
m, s = Function("m"), Function("s")
LEAVES = st.sampled_from(
    [b, c, t, m(t), m(t + 1), s(b), Integer(-1), Integer(2), Integer(1), t + 1, 1 - b]
)


def larger(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda pair: Add(*pair)),
        two.map(lambda pair: Mul(*pair)),
        st.tuples(inner, st.sampled_from([t, t + 1, -t, Integer(2), Integer(-1)])).map(
            lambda pair: Pow(*pair)
        ),
        inner.map(lambda part: Sum(part * b**k, (k, 0, t))),
        inner.map(lambda part: Product(part + k, (k, 1, t - 1))),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=6).filter(
    lambda e: not e.has(Integer(0) ** -1)
)
VALUES = st.sampled_from(
    [Integer(1), Integer(2), Integer(-1), c, 1 - c, -c, t + 1, 2 * c, c**2, c + t]
)


@given(EXPRESSIONS, st.sampled_from([b, c, t]), VALUES)
@example(Sum(c, (k, 0, t)), c, Sum(b**k, (k, 0, t)))
@example(2**b, b, Integer(-1))
@example(b**t, t, Integer(1))
@example(-b, b, 1 - c)
def test_a_letter_replaced(expr: Expr, letter: Symbol, value: Expr) -> None:
    assert not is_grouped(expr)
    made, expected = replace(expr, {letter: value}), expr.xreplace({letter: value})
    assert made == expected
    assert (
        made.is_commutative
        and str(made) == str(expected)
        and made.free_symbols == expected.free_symbols
    )


@given(EXPRESSIONS, VALUES)
def test_a_closed_form_put_in(expr: Expr, value: Expr) -> None:
    expected = expr.replace(m, lambda at: value.xreplace({t: at}))
    assert put_in(expr, Claim(m(t), value), t) == expected
