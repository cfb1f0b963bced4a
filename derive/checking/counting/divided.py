"""A closed form told in n beside the same in k, at n = b**k: by many digits, since
n**(log(3)/log(2)) is no fraction."""

from __future__ import annotations

import random

from sympy import Expr, Integer, Rational, Symbol, log, nan, zoo
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Verdict

DIGITS, CLOSE = 60, 40  # that are worked with; to which they agree
PLACES, WORLDS = range(6), 3


def check_at(told: Expr, form: Expr, n: Symbol, b: Expr, k: Symbol) -> Verdict:
    """Whether `told` at n = b**k is `form`, in worlds of rational letters (b a whole number)."""
    if told.atoms(AppliedUndef) or form.atoms(AppliedUndef):
        return Verdict("UNCHECKED", "counted", reason="a sequence that nothing determines")
    rng = random.Random(20)
    counted = 0
    for place in PLACES:
        for _ in range(WORLDS):
            letters = sorted(
                (told.free_symbols | form.free_symbols | b.free_symbols) - {n, k}, key=str
            )
            world: dict[Symbol, Expr] = {
                s: Rational(rng.randint(10**6, 9 * 10**6), 10**6) for s in letters
            }
            world |= {s: Integer(rng.randint(2, 9)) for s in b.free_symbols}
            at = (b**place).xreplace(world)
            one, other = (
                e.xreplace(world).evalf(DIGITS)
                for e in (
                    told.xreplace({log(n): place * log(b)}).xreplace({n: at, k: Integer(place)}),
                    form.xreplace({k: Integer(place)}),
                )
            )
            if one.has(nan, zoo) or other.has(nan, zoo):
                continue
            if abs(one - other).evalf(DIGITS) > Rational(1, 10**CLOSE) * (1 + abs(other)):
                at_ = ((str(s), str(v)) for s, v in ((k, place), *world.items()))
                return Verdict("FAILS", "counted", counted, tuple(at_), "the sides differ")
            counted += 1
    if not counted:
        return Verdict("UNCHECKED", "counted", reason="in no world tried it has a value")
    return Verdict("COUNTED", "counted", counted)
