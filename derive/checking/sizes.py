"""The size of a stack's output by induction: O(l) = floor(A(l)) + 1 where A takes the layers' steps without rounding."""

from __future__ import annotations

from sympy import Expr, Integer, floor

from derive.checking.letters import Unknown
from derive.checking.normal import Normal
from derive.model.claims import Claim
from derive.model.sizes import SIZE, Sizes
from derive.model.stacks import LEVEL


def prove_sizes(claim: Claim, model: Sizes) -> bool | None:
    """Rounding down a quotient of floor(A) plus whole numbers is rounding down the same of A (Concrete Mathematics, 3.11).

    So it is enough that A(0) is the width less 1, a whole number, and A(l + 1) = (A(l) + what layer l + 1 adds) / S(l + 1).
    Raises Unknown.
    """
    inside = claim.right - 1
    if claim.left != SIZE(LEVEL) or (inside.has(floor) and not isinstance(inside, floor)):
        return None
    exact = inside.args[0] if isinstance(inside, floor) else inside
    above = LEVEL + 1
    normal = Normal()
    normal.base[LEVEL] = normal.natural("l")
    start = exact.xreplace({LEVEL: Integer(0)}) - (model.given - 1)
    step = (exact + model.added(above)) / model.stack.of("S", above) - exact.xreplace({LEVEL: above})
    return True if all(_zero(normal, e) for e in (start, step)) else None


def _zero(normal: Normal, expr: Expr) -> bool:
    try:
        return normal.letters.is_zero(normal.of(expr)) is True
    except Unknown:
        return False
