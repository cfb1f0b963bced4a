"""Questions about the characteristic roots: where every start is forgotten, and how fast."""

from __future__ import annotations

from typing import Any

from sympy import (
    Abs,
    Expr,
    Float,
    Integer,
    Max,
    Mul,
    Poly,
    Rational,
    S,
    Symbol,
    sqrt,
)

from derive.checking.counting.stability import check_rate, check_stability, largest_root
from derive.checking.numbers.evaluate import evaluate
from derive.desk.recurrences.derived import Derived
from derive.desk.recurrences.questions.asked import Asked, Said, held
from derive.model.language.claims import DeriveError, Root, sequence
from derive.solving.recurrences.solver import components
from derive.solving.recurrences.stability import conditions, jury


def characteristic(run: Derived, name: str) -> tuple[tuple[Expr, ...], Symbol, Expr]:
    """The characteristic polynomials of a name's recurrence and of those that drive it, their
    variable, and all of them in factors. Raises DeriveError where there is none."""
    model = run.model.only(run.model.made_from(name))
    leads = [
        next(n for n in reversed(group))
        for group in components(model)
        if any(map(model.order, group))
    ]
    if any(lead not in run.solution.ansatz for lead in leads):
        raise DeriveError(
            f"{name}: its recurrence is not linear with constant coefficients; there is no "
            f"characteristic polynomial"
        )
    made = [run.solution.ansatz[lead]() for lead in leads]
    z = made[-1].variable
    polynomials = dict.fromkeys(m.characteristic.xreplace({m.variable: z}) for m in made)
    factors = dict.fromkeys(m.factors.xreplace({m.variable: z}) for m in made)
    return tuple(polynomials), z, Mul(*factors)


def converges(run: Derived, name: str, parameter: str | Symbol | None = None) -> Asked:
    """For which parameters every start is forgotten: all roots inside the unit circle (Jury's
    conditions)."""
    polynomials, z, _ = characteristic(run, name)
    polynomial = Mul(*polynomials)
    letter = Symbol(parameter) if isinstance(parameter, str) else parameter
    if letter is not None and letter not in polynomial.free_symbols:
        raise DeriveError(f"{letter} is not in the characteristic polynomial {polynomial}")
    positive = [p for each in polynomials for p in jury(each, z)]
    found = conditions(positive, run.model.ranges, letter)
    if S.false in found:
        raise DeriveError(f"{name}: its start is never forgotten, whatever the letters are")
    verdict = check_stability(
        polynomial, z, found, [r for r in run.model.ranges if run.model.index not in r.free_symbols]
    )
    steps = (
        f"characteristic polynomial: {polynomial}",
        f"all roots are smaller than 1 exactly where {', '.join(f'{p} > 0' for p in positive)} "
        f"  Jury's conditions",
        f"that is {', '.join(map(str, found)) or 'always'}",
    )
    says: tuple[Said, ...] = tuple((None, "", c, ()) for c in found or (S.true,))
    return held(Asked("converges", tuple(found), steps, (), verdict, says))


def rate(run: Derived, name: str) -> Asked:
    """The spectral radius: the factor by which the distance to the steady state shrinks, in the
    long run, in each step."""
    polynomials, z, factors = characteristic(run, name)
    polynomial = Mul(*polynomials)
    poly = polynomial.as_poly(z)
    assert poly is not None
    if poly.degree() == 1:
        a, b = poly.all_coeffs()
        answer: Any = Abs(-b / a)
    elif not poly.free_symbols_in_domain:
        answer = _largest(poly)
    elif not any(poly.all_coeffs()[1:-1]):  # z^n = c
        answer = Abs(poly.eval(0) / poly.LC()) ** Rational(1, poly.degree())
    else:
        named = [e for e in run.solution.where if isinstance(e, Root)]
        values = [
            sequence(r.name)(Integer(n))
            for r in named
            for n in range(1, int(r.polynomial.as_poly(r.variable).degree()) + 1)
        ]
        plain = [
            f.as_base_exp()[0]
            for f in Mul.make_args(factors)
            if not f.has(*[sequence(r.name) for r in named])
        ]
        single = [
            -f.as_poly(z).eval(0) / f.as_poly(z).LC()
            for f in plain
            if f.as_poly(z) is not None and f.as_poly(z).degree() == 1
        ]
        if not (values or single):
            raise DeriveError(f"{name}: how large the roots of {polynomial} are is not told")
        answer = Max(*map(Abs, (*values, *single)))
    steps = (
        f"characteristic polynomial: {polynomial}",
        f"spectral radius: {answer}   the largest root in absolute value",
    )
    verdict = check_rate(polynomial, z, answer, run.solution.where, run.model.ranges)
    says: tuple[Said, ...] = ((None, "", _as_expr(answer), ()),)
    return held(Asked("rate", answer, steps, (), verdict, says))


def _largest(poly: Poly) -> Any:
    """The size of the largest root of a polynomial in numbers: exact where it is one of a factor of
    degree one or two, else a number."""
    if not all(c.is_Rational for c in poly.all_coeffs()):
        return largest_root([_fraction(c) for c in poly.all_coeffs()])
    found = []
    for factor, _ in poly.factor_list()[1]:
        row = factor.monic().all_coeffs()
        size: Any = largest_root([_fraction(c) for c in row])
        if len(row) == 2:
            size = abs(row[1])
        elif len(row) == 3:
            under = row[1] ** 2 - 4 * row[2]
            size = (abs(row[1]) + sqrt(under)) / 2 if under >= 0 else sqrt(row[2])
        found.append(size)
    return max(found, key=float, default=S.Zero)


def _as_expr(answer: Any) -> Expr:
    """A number of the numerical roots, or the expression that it is."""
    return answer if isinstance(answer, Expr) else Float(str(answer), 15)


def _fraction(c: Expr) -> Any:
    return evaluate(c, {})
