"""Questions about the values of a solution: at an index, the first ones, case by case."""

from __future__ import annotations

from operator import index
from typing import Any

from sympy import (
    Expr,
    Function,
    Integer,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    acos,
    chebyshevt,
    chebyshevu,
    cos,
    nan,
    sin,
    sqrt,
    zoo,
)
from sympy.core.function import AppliedUndef

from derive.checking.counting.unroll import give_meanings
from derive.checking.numbers.evaluate import evaluate
from derive.checking.numbers.factorials import TooLarge
from derive.checking.numbers.intervals import NotReadable
from derive.desk.budget import stage
from derive.desk.recurrences.derived import Derived
from derive.desk.recurrences.questions.asked import Asked, Said, held, short
from derive.model.language.claims import DeriveError, Root, sequence
from derive.model.language.terms import written_out
from derive.solving.recurrences.walk import step_by_step

SOON = 100  # steps that are walked where the closed form has named roots in it
MOST_TERMS = 100_000  # of a sum that are added up for one value
LONGEST = 1000  # the last index at which a cosine's value is multiplied out


def closed(run: Derived, name: str) -> Asked:
    """The closed form by itself."""
    claim = run.as_told(run.confirmed(name).claim)
    says: tuple[Said, ...] = ((claim.left, "=", claim.right, ()),)
    step = f"{claim.left} = {claim.right}"
    return Asked(name, claim.right, (step,), run.needs(name), run.answer_verdict(name), says)


def value_at(run: Derived, name: str, at: int | str) -> Asked:
    """The value at an index, from the closed form, without unrolling; before it holds, by the
    equations. Exact; an expression where there are letters."""
    t = run.model.index
    try:
        at = int(at) if isinstance(at, str) else index(at)
    except (TypeError, ValueError):
        raise DeriveError(f"{name}({at}): the index is a whole number, as in value(100)") from None
    answer: Any
    says: tuple[Said, ...]
    chain = run.confirmed(name)
    first = int(run.model.first)
    goal = f"{name}({at})"
    if at < first or run.model.down is not None:
        raise DeriveError(f"{goal}: the closed form holds from index {first} on")
    stage(f"working out {goal}")
    if at < run.solution.begins(name):
        return _by_steps(run, name, at, "the closed form holds later")
    for part in chain.answer.atoms(Pow, Function, Sum, Product):
        _bounded(part, run, at, goal)
    put = chain.answer.xreplace({t: Integer(at)})
    roots = [e for e in run.solution.where if isinstance(e, Root)]
    if put.free_symbols - {s for r in roots for s in r.polynomial.free_symbols} or any(
        r.polynomial.free_symbols - {r.variable} for r in roots
    ):
        answer = put if roots else written_out(put, LONGEST)
    else:
        env: dict[str, Any] = {t.name: at}
        give_meanings(roots, env)
        try:
            exact = evaluate(chain.answer, env)
            exact = exact.rational() if hasattr(exact, "rational") else exact
            answer = Rational(exact.numerator, exact.denominator)
        except (NotReadable, AttributeError):
            answer = put if roots else written_out(put, LONGEST)
            answer = answer.replace(lambda e: isinstance(e, cos | sin), _by_chebyshev).expand()
    left = {a.func.__name__ for a in answer.atoms(AppliedUndef)} & {r.name for r in roots}
    if left and at - first <= SOON:
        return _by_steps(run, name, at, "by the closed form it has named roots in it")
    said = run.model.said
    steps = (
        f"{said(chain.goal)} = {said(chain.answer)}",
        f"{goal} = {short(answer)}   put in {run.model.letter} = {at}",
    )
    says = ((sequence(name)(at), "=", answer, ()),)
    return Asked(goal, answer, steps, run.needs(name), run.verdict(name), says)


def _by_steps(run: Derived, name: str, at: int, why: str) -> Asked:
    """A value by walking the equations from the start."""
    goal, answer = f"{name}({at})", step_by_step(run.model, name, at)
    if answer.has(zoo, nan):
        raise DeriveError(f"{goal} has no value: it divides by zero")
    told = f"{goal} = {short(answer)}   by the equations; {why}"
    says: tuple[Said, ...] = ((sequence(name)(at), "=", answer, ()),)
    return Asked(goal, answer, (told,), (), run.verdict(name), says)


def _by_chebyshev(wave: Expr) -> Expr:
    """cos(k acos c) as the polynomial T_k(c) and sin(k acos c) as sqrt(1 - c^2) U_(k-1)(c), for
    moderate k."""
    k, angle = wave.args[0].as_coeff_Mul()
    if not (isinstance(angle, acos) and k.is_Integer and 0 < k <= LONGEST):
        return wave
    c = angle.args[0]
    return chebyshevt(k, c) if isinstance(wave, cos) else sqrt(1 - c**2) * chebyshevu(k - 1, c)  # type: ignore[no-any-return]


def _bounded(part: Expr, run: Derived, at: int, goal: str) -> None:
    """Raises DeriveError where a part would have too many digits to be worked with, or too many
    terms."""
    t = run.model.index
    if isinstance(part, Sum | Product):
        _, low, high = (e.xreplace({t: Integer(at)}) for e in part.limits[0])
        if (high - low).is_Integer and high - low > MOST_TERMS:
            raise DeriveError(
                f"{goal}: a sum of {high - low + 1} terms; up to {MOST_TERMS} are worked out"
            )
        return
    named = isinstance(part, Pow) and isinstance(part.base, AppliedUndef)
    if part.free_symbols != {t} and not (named and t in part.free_symbols):
        return
    try:
        evaluate(_at_most(run) ** part.exp if named else part, {t.name: at})
    except TooLarge:
        raise DeriveError(f"{goal}: it has more digits than are worked with") from None
    except (ZeroDivisionError, NotReadable):
        return


def _at_most(run: Derived) -> Expr:
    """No root is larger (Cauchy: 1 + the largest coefficient); 1 where these are letters."""
    where = (e for e in run.solution.where if isinstance(e, Root))
    rows = [e.polynomial.as_poly(e.variable).monic().all_coeffs() for e in where]
    sizes = [abs(c) for row in rows for c in row[1:]]
    return 1 + max(sizes, default=S.Zero) if all(s.is_Rational for s in sizes) else S.One


def terms(run: Derived, name: str, count: int | str = 5) -> Asked:
    """The first values, by the equations themselves; the closed form is held against them."""
    many = int(count) if str(count).isdigit() else 0
    if not 0 < many <= LONGEST:
        raise DeriveError(f"{name}.terms({count}): how many is a number from 1 to {LONGEST}")
    first = int(run.model.first)
    values = [(at, step_by_step(run.model, name, at)) for at in range(first, first + many)]
    says: tuple[Said, ...] = tuple((sequence(name)(at), "=", v, ()) for at, v in values)
    steps = tuple(f"{left} {sign} {short(value)}" for left, sign, value, _ in says)
    return held(Asked("terms", [v for _, v in values], steps, (), run.verdict(name), says))


def cases(run: Any, name: str) -> Asked:
    """The closed form, and those of the degenerate cases, each with its conditions."""
    goal = run.said(run.derivation(name).goal)
    says: tuple[Said, ...] = tuple(
        (goal, "=", each.closed_form(name), (*map(run.said, conditions), *each.aside(name)))
        for conditions, each in run.branches
    )
    steps = tuple(
        f"{goal} = {value}" + (f"   where {', '.join(map(str, c))}" if c else "")
        for _, _, value, c in says
    )
    verdicts = [each.verdict(name) for _, each in run.branches]
    worst = next((v for v in verdicts if v.kind != "PROVED"), verdicts[0])
    return Asked("cases", run.cases_of(name), steps, run.needs(name), worst, says)
