"""Whether a form divides by zero at some index."""

from __future__ import annotations

from sympy import Expr, Function, Pow, Product, Sum, Symbol
from sympy.core.function import AppliedUndef

from derive.checking.counting.worlds import Sample
from derive.checking.proof.letters import place_of, vanishes
from derive.checking.proof.normal import Normal
from derive.checking.proof.places import N, Place
from derive.model.language.conditions import Conditions
from derive.model.language.parts import parts


def undefined_somewhere(form: Expr, sample: Sample, known: Conditions) -> bool:
    """Whether a form divides by zero at any index that is known to be reached."""
    model = sample.model
    if not may_divide(form, {model.index}):
        return False
    first = model.first + known.least(model.index - model.first)
    normal = Normal(opaque=True, signs=known.signs)
    normal.base |= {N: normal.natural(N.name)}
    normal.base[model.index] = normal.of(N + first)
    return undefined(normal, form, Place({}, (N,)))


def undefined(normal: Normal, form: Expr, family: Place) -> bool:
    """Whether a form divides by zero at some index of a family, whatever the parameters are."""
    bottom = normal.of(form).bottom
    if any(e and i in normal.letters.risky for i, e in enumerate(bottom.degrees())):
        return True
    naturals = (normal.natural(letter.name) for letter in family.naturals)
    return any(vanishes(bottom, place_of(natural)) for natural in naturals)


def may_divide(form: Expr, moving: set[Symbol]) -> bool:
    """False where no value of the letters that move, nor an index of a sum, can be seen to make it
    divide by zero."""
    found = list(parts(form))
    moving = moving.union(s.limits[0][0] for s in found if isinstance(s, Sum | Product))
    return any(isinstance(f, Function) and not isinstance(f, AppliedUndef) for f in found) or any(
        isinstance(p, Pow) and p.base.free_symbols & moving and not p.exp.is_nonnegative
        for p in found
    )
