"""Induction: a claim holds for all values of its index, by a zero test in a field of letters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import (
    Abs,
    Eq,
    Expr,
    Ge,
    Integer,
    Max,
    Min,
    Mod,
    Piecewise,
    Product,
    Sum,
    Symbol,
    ceiling,
    floor,
    sign,
)
from sympy.core.function import AppliedUndef

from derive.checking.counting.worlds import Sample
from derive.checking.numbers.evaluate import agree
from derive.checking.numbers.intervals import NotReadable
from derive.checking.numbers.raised import exact
from derive.checking.proof.closed import prove_closed
from derive.checking.proof.divides import undefined_somewhere
from derive.checking.proof.induction import Answer, Induction
from derive.checking.proof.normal import Fact, Normal
from derive.checking.proof.ratios import MOST, Unknown
from derive.model.language.claims import DEPTH, LEVEL, Claim
from derive.model.language.conditions import NO_SIGNS, Conditions, Signs
from derive.model.recurrences.recurrence import Recurrence

SWITCHES = (Abs, Max, Min, Mod, Piecewise, ceiling, floor, sign)


def prove(claim: Claim, sample: Sample, proved: Iterable[Claim] = ()) -> Answer:
    """Whether `claim` holds for all values that meet its needs; `proved` are claims that may be
    used.

    True: proved. False: the induction leaves a remainder that is not zero, so some index refutes
    the claim. None: cannot say.
    """
    model = sample.model
    if not (sample.free(claim.left) or sample.free(claim.right) or sample.hidden):
        return _finite(claim, sample)
    known = sample.known(claim.needs)
    try:
        proof = sample.kind.proof(model)
        if proof is not None:
            return proof(claim, model, known)
        if model.stepwise:
            whole, told_apart = _is_answer(claim, sample), sample.where or model.down is not None
            unsafe = told_apart or _may_stop(claim.right, sample, known)
            if whole or unsafe:  # else the induction is tried first: its tests share their letters
                answer = _stated(claim, sample, known)
                if answer is not None or unsafe or model.reads_own(claim.right):
                    return answer
        recurrence = getattr(model, "recurrence", None)
        if recurrence is None:
            return None
        general = _general(claim, recurrence)
        known = sample.known(general.needs)
        facts = _usable(proved, sample, known)
        induction = Induction(general, model, known, facts, sample.normals)
        answer = induction.answer()
        if answer is None and any(
            len(normal.letters.kinds) == MOST for normal in sample.normals.values()
        ):
            sample.normals.clear()  # the lines before have used the letters up
            answer = induction.answer()
        if answer is False and (general is not claim or _ends(claim, model)):
            answer = None  # what is not true for all l may be for l = 0
        return _stated(claim, sample, known) if answer is None and model.stepwise else answer
    except Unknown:
        return None


def _may_stop(form: Expr, sample: Sample, known: Conditions) -> bool:
    """Whether it divides by zero at some index, or that cannot be said."""
    try:
        return undefined_somewhere(form, sample, known)
    except Unknown:
        return True


def _stated(claim: Claim, sample: Sample, known: Conditions) -> Answer:
    """A closed form by induction together with those it rests on; another line where it is
    algebra."""
    if _is_answer(claim, sample):
        return prove_closed(claim.left.func.__name__, sample, known)
    if same(claim.left, claim.right, sample, known.signs):
        return True
    return False if _never_the_same(claim, sample) else None


def _is_answer(claim: Claim, sample: Sample) -> bool:
    """Whether it is the closed form of a sequence."""
    head = claim.left
    if not isinstance(head, AppliedUndef) or head.args != (sample.model.index,):
        return False
    closed = sample.closed.get(head.func.__name__)
    return closed is not None and closed.right == claim.right


def _ends(claim: Claim, model: Any) -> bool:
    """Whether a claim about a recurrence is one up to some index only, or from a letter on; or goes
    on otherwise at some."""
    if not model.stepwise:
        return False
    since = [n for n in claim.needs if model.index in n.free_symbols]
    moving = any(side.has(*SWITCHES) for side in (claim.left, claim.right))
    return moving or not all(isinstance(n, Ge) and n.rhs.is_number for n in since)


def _never_the_same(claim: Claim, sample: Sample) -> bool:
    """Whether two fractions of polynomials in letters differ: they may agree at some values, not at
    all."""
    bounded = getattr(sample.model, "down", None) is not None or any(
        isinstance(n, Eq) for n in claim.needs
    )
    normal = Normal()
    try:
        gap = normal.of(claim.left) - normal.of(claim.right)
        return (
            not bounded
            and normal.letters.is_zero(gap) is False
            and {"symbol"} >= set(normal.letters.kinds)
        )
    except Unknown:
        return False


def same(a: Expr, b: Expr, sample: Sample, signs: Signs = NO_SIGNS) -> bool:
    """Equal by algebra alone: sums, products and sequences are letters, up to the names of bound
    variables."""
    t = sample.model.index
    if a == b:
        return True
    normal = Normal(opaque=True, signs=signs, where={entry.name: entry for entry in sample.where})
    if sample.model.stepwise and sample.model.first.is_nonnegative:
        for symbol in (t, *map(Symbol, sorted(sample.known(()).wholes))):  # (b**2)**t is b**(2 t)
            normal.base[symbol] = normal.natural(symbol.name)
    try:
        return normal.letters.is_zero(normal.of(a) - normal.of(b)) is True
    except Unknown:
        return False


def _finite(claim: Claim, sample: Sample) -> Answer:
    """No letter is left: one exact evaluation decides."""
    try:
        for env in sample.worlds(claim):
            left, right = sample.value(claim.left, env), sample.value(claim.right, env)
            return agree(left, right) if exact(left) and exact(right) else None
    except (ZeroDivisionError, NotReadable):
        pass
    return None


def _usable(proved: Iterable[Claim], sample: Sample, known: Conditions) -> dict[str, Fact]:
    """Proved closed forms whose conditions this claim meets, by the name of their sequence."""
    facts = {}
    recurrence: Recurrence = sample.model.recurrence
    counter = recurrence.distance.free_symbols
    for fact in proved:
        left = fact.left
        if (
            isinstance(left, AppliedUndef)
            and left.args == (recurrence.index,)
            and left.func.__name__ in recurrence.equations
        ):
            others = (n for n in fact.needs if not counter & n.free_symbols)
            if not fact.right.has(left.func) and all(map(known.give, others)):
                facts[left.func.__name__] = Fact(
                    recurrence.index,
                    fact.right,
                    sample.known(fact.needs).least(recurrence.distance),
                )
    return facts


def _general(claim: Claim, recurrence: Recurrence) -> Claim:
    """`W(0) = ...` as the case l = 0 of a claim for all l: limits n become l + n. The proof decides
    whether that holds."""
    head = claim.left
    if (
        recurrence.direction == 1
        or not recurrence.first.free_symbols
        or not isinstance(head, AppliedUndef)
        or head.args != (0,)
    ):
        return claim
    if head.func.__name__ not in recurrence.equations or LEVEL in claim.right.free_symbols:
        return claim
    shifted = _shift_limits(claim.right)
    if shifted.xreplace({LEVEL: Integer(0)}) != claim.right:
        return claim
    needs = tuple(n.xreplace({DEPTH: DEPTH - LEVEL}) for n in claim.needs)
    return Claim(head.func(LEVEL), shifted, needs)


def _shift_limits(expr: Expr) -> Expr:
    if isinstance(expr, Sum | Product):
        index, low, high = expr.limits[0]
        return expr.func(
            _shift_limits(expr.function), (index, low + LEVEL if low.is_Integer else low, high)
        )
    return expr.func(*map(_shift_limits, expr.args)) if expr.args else expr
