"""Is the reason right? A step's law, as it was bound, must hold, must fit the line before, and must give this line."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Expr

from derive.checking.letters import Unknown
from derive.checking.normal import Normal
from derive.checking.count import count
from derive.model.claims import Claim, Step
from derive.model.conditions import follows, nonnegative
from derive.model.terms import instantiate, put_in, rewrite


def replay(step: Step, model: Any) -> str | None:
    """None where the reason holds, else what is wrong with it."""
    claim, law = step.claim, step.rule.law
    known = (*model.ranges, *claim.needs)
    line = claim.left
    if law is not None:
        left, right = (instantiate(side, step.binding) for side in (law.left, law.right))
        for need in (instantiate(n, step.binding) for n in law.needs):
            if isinstance(need, Eq):
                if count(Claim(need.lhs, need.rhs, claim.needs), model).differs:
                    return f"its condition {need.lhs} = {need.rhs} does not hold"
            elif not follows(need, known):
                return f"its condition {need} is not stated"
        if count(Claim(left, right, claim.needs), model).differs:
            return f'the law of "{step.rule.name}" does not hold as bound: {left} = {right}'
        changed = rewrite(line, left, right)
        if changed == line and left != right:
            return f"{left} does not stand in {line}"
        line = changed
    for fact in step.uses:
        changed = put_in(line, fact)
        if changed == line:
            return f"{fact.left} does not stand in {line}"
        line = changed
    if not same(line, claim.right, known):
        return f"gives {line}, not {claim.right}"
    return None


def same(a: Expr, b: Expr, known: tuple[Any, ...] = ()) -> bool:
    """Equal by algebra alone: sums, products and sequences are letters, up to the names of bound variables."""
    normal = Normal(opaque=True, positive=nonnegative(known))
    try:
        return normal.letters.is_zero(normal.of(a) - normal.of(b)) is True
    except Unknown:
        return False
