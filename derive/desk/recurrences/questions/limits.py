"""Questions about where a solution goes: its limit, and from when on it is close enough."""

from __future__ import annotations

import operator
from typing import Any

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    KroneckerDelta,
    Lt,
    Max,
    Ne,
    Pow,
    S,
    Symbol,
    exp,
    floor,
    log,
)
from sympy.core.function import AppliedUndef

from derive.checking.counting.worlds import SMALL
from derive.checking.numbers.evaluate import evaluate, same_kind
from derive.checking.numbers.intervals import NotReadable, middle
from derive.desk.given import value
from derive.desk.recurrences.derived import Derived
from derive.desk.recurrences.questions.asked import Asked, Said, held
from derive.model.language.claims import Claim, DeriveError, Root, Verdict, relation, sequence
from derive.model.language.conditions import Conditions
from derive.model.language.told import lean
from derive.solving.recurrences.stability import conditions, jury

FAR = 300  # steps after which what tends to a limit has come nearer to it


def limit(run: Derived, name: str) -> Asked:
    """The steady state, and the conditions under which every start tends to it."""
    t = run.model.index
    form = run.confirmed(name).answer
    if name not in run.solution.ansatz:
        raise DeriveError(
            f"{name}: limits are taken of linear recurrences with constant coefficients"
        )
    made = run.solution.ansatz[name]()
    steady, moving = made.particular, []
    parts = Add.make_args(made.particular)
    steady = Add(
        *(p for p in parts if t not in p.free_symbols),
        *(c for c, shape in made.terms if shape == 1),
    )
    moving = [p for p in parts if t in p.free_symbols] + [
        c * shape for c, shape in made.terms if shape != 1 and c != 0
    ]
    needs: list[Basic] = []
    for term in (*moving, *([made.rest] if made.rest != 0 else [])):
        needs += _vanishes(term, run)
    if made.rest != 0 or any(isinstance(e, Root) for e in run.solution.where):
        z = made.variable
        needs += conditions(jury(made.characteristic, z), run.model.ranges)
    known = Conditions(run.model.ranges)
    needs = [
        n
        for n in dict.fromkeys(needs)
        if n is not S.true and not (isinstance(n, Lt) and _inside(known, n.lhs))
    ]
    if S.false in needs:
        raise DeriveError(f"{name}: it does not tend to a limit: {form} grows or keeps moving")
    verdict = _tends(run, name, steady, tuple(needs))
    steps = (
        f"{run.derivation(name).goal} = {form}",
        f"{name} -> {steady}   the powers vanish",
        *(f"needs {n}" for n in needs),
    )
    says: tuple[Said, ...] = ((run.derivation(name).goal, "->", steady, ()),)
    return held(Asked("limit", steady, steps[:2], tuple(needs), verdict, says))


def _inside(known: Conditions, size: Expr) -> bool:
    """Whether |base| < 1 is known."""
    if not isinstance(size, Abs):
        return False
    base = size.args[0]
    return known.give(relation(Lt, base, S.One)) and known.give(relation(Lt, S.NegativeOne, base))


def _none_met(needs: tuple[Basic, ...]) -> str:
    """Why nothing was counted."""
    return f"no values within the ranges were met with {', '.join(map(str, needs)) or 'them all'}"


def _vanishes(term: Expr, run: Derived) -> list[Basic]:
    """What makes a term tend to zero: the bases of its powers are smaller than one."""
    t = run.model.index
    found: list[Basic] = []
    powers = [p.as_base_exp() for p in term.atoms(Pow, exp)]
    powers = [(base, exponent) for base, exponent in powers if t in exponent.free_symbols]
    if not powers:
        return [S.false]
    for base, exponent in powers:
        if base.atoms(AppliedUndef):
            continue  # a named root: Jury's conditions say it
        found.append(relation(Lt, Abs(base ** exponent.expand().coeff(t)), S.One))
    return found


def _tends(run: Derived, name: str, steady: Expr, needs: tuple[Basic, ...]) -> Verdict:
    """The distance to the limit, unrolled in worlds that meet the needs, after many steps against
    after few."""
    t = run.model.index
    sample = run.sample(name)
    agreed = 0
    claim = Claim(sequence(name)(t), steady, tuple(n for n in needs if not n.atoms(AppliedUndef)))
    for env in sample.worlds(claim, SMALL):
        try:
            goal = evaluate(steady, env)
            near, far = (
                abs(float(middle(operator.sub(*same_kind(env[name](n), goal))))) for n in (4, FAR)
            )
        except (ZeroDivisionError, NotReadable, OverflowError, TypeError):
            continue
        if far > 1.5 * near and far > 1e-6:
            shown = tuple(
                (k, str(v)) for k, v in env.items() if not callable(v) and isinstance(k, str)
            )
            return Verdict("FAILS", "counted", agreed, shown, "it moves away from there")
        agreed += 1
    return (
        Verdict("COUNTED", "counted", agreed)
        if agreed
        else Verdict("UNCHECKED", "counted", reason=_none_met(needs))
    )


def first_below(run: Derived, name: str, delta: Any) -> Asked:
    """The least index from which |x(t) - x*| < delta, x* the limit, for a first-order recurrence
    that shrinks geometrically."""
    t = run.model.index
    made = run.solution.ansatz.get(name)
    ansatz = made() if made is not None else None
    small = value(delta, "delta")
    moving = sorted(
        s.name
        for s in small.free_symbols
        if s == t or s.name in run.model.equations or s.name in run.model.free
    )
    if moving:
        raise DeriveError(
            f'delta = {small}: "{moving[0]}" is the index or a sequence; a distance needs a '
            f"letter of its own"
        )
    if small.is_number and not small > 0:
        raise DeriveError(f"delta = {small}: a distance is above 0")
    form = run.confirmed(name).answer
    term = _geometric(form, ansatz, t) if ansatz is not None else None
    if ansatz is None or term is None:
        raise DeriveError(f"{name}: asked of {name}({t}) = C*a**{t} + x*, which {form} is not")
    c, base = term
    needs: tuple[Basic, ...] = (relation(Lt, S.Zero, small),)
    if c == 0:
        answer: Expr = S.Zero
        steps: tuple[str, ...] = (f"{run.derivation(name).goal} = {form} from the start",)
    else:
        inside = log(small / Abs(c)) / log(Abs(base))
        answer = Max(0, floor(inside) + 1)
        needs += (
            relation(Lt, Abs(base), S.One),
            relation(Ne, c, S.Zero),
            relation(Ne, base, S.Zero),
        )
        steps = (
            f"|{run.derivation(name).goal} - ({ansatz.particular})| = |{c}|*|{base}|**{t}",
            f"below {small} exactly where {t} > {inside}",
            f"so from {t} = {answer} on",
        )
    known = Conditions(run.model.ranges)
    needs = lean((n for n in needs if not (isinstance(n, Lt) and _inside(known, n.lhs))), known)
    verdict = _first(run, name, answer, c, base, small, needs)
    says: tuple[Said, ...] = ((t, "=", answer, ()),)
    return held(Asked("first_below", answer, steps, needs, verdict, says))


def _geometric(form: Expr, ansatz: Any, t: Symbol) -> tuple[Expr, Expr] | None:
    """C and a of C*a**t beside a constant; C = 0 where it stands still. None for other forms."""
    if t not in form.free_symbols:
        return S.Zero, S.One
    if (
        form.has(KroneckerDelta)
        or ansatz.rest != 0
        or t in ansatz.particular.free_symbols
        or len(ansatz.terms) != 1
    ):
        return None
    ((c, shape),) = ansatz.terms
    base, exponent = shape.as_base_exp()
    base = base ** exponent.coeff(t)
    return (c, base) if t not in base.free_symbols and exponent.has(t) else None


def _first(
    run: Derived,
    name: str,
    answer: Expr,
    c: Expr,
    base: Expr,
    small: Expr,
    needs: tuple[Basic, ...],
) -> Verdict:
    """The index before is not below, the index itself is: compared exactly, in worlds that meet the
    needs."""
    agreed = 0
    for env in run.sample(name).worlds(Claim(c, Add(base, small, evaluate=False), needs)):
        try:
            at = int(evaluate(answer, env))
            height, ratio, size = (abs(evaluate(v, env)) for v in (c, base, small))
            if not height * ratio**at < size or (at > 0 and height * ratio ** (at - 1) < size):
                return Verdict("FAILS", "counted", agreed, reason=f"not at {at}")
        except (ZeroDivisionError, NotReadable, TypeError):
            continue
        agreed += 1
    return (
        Verdict("COUNTED", "counted", agreed)
        if agreed
        else Verdict("UNCHECKED", "counted", reason=_none_met(needs))
    )
