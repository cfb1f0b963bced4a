"""Stacks by stepping through their layers, exactly: the size of an output by induction, and stacks
whose sizes are listed.

Rounding down a quotient of floor(A) plus whole numbers is rounding down the same of A (Concrete
Mathematics, 3.11), so that a size is floor(A) + 1 where A takes the layers' steps without rounding:
A(0) is the width less 1, A(l + 1) = (A(l) + what layer l + 1 adds) / S(l + 1).
"""

from __future__ import annotations

from sympy import Add, Basic, Expr, Integer, Product, Sum, floor

from derive.checking.proof.normal import Normal
from derive.checking.proof.ratios import Unknown
from derive.model.convolutions.sizes import SIZE, Sizes
from derive.model.convolutions.stacks import Stack
from derive.model.language.claims import LEVEL, Claim, sequence
from derive.model.language.conditions import Conditions


def prove_sizes(claim: Claim, model: Sizes, known: Conditions) -> bool | None:
    """The size of layer l for every l, or of the last layer of a list. Raises Unknown."""
    exact = _unrounded(claim.right)
    if exact is None:
        return None
    values, depth = model.stack.values, model.stack.depth
    normal = Normal()
    if claim.left == SIZE(LEVEL):
        above = LEVEL + 1
        normal.base[LEVEL] = normal.natural("l")
        start = exact.xreplace({LEVEL: Integer(0)}) - (model.given - 1)
        step = (exact + model.added(above)) / model.stack.of("S", above) - exact.xreplace(
            {LEVEL: above}
        )
        return True if all(_zero(normal, e) for e in (start, step)) else None
    if values is None or claim.left != SIZE(depth) or exact.has(Sum, Product):
        return None
    now, listed = model.given - 1, _listed(model.stack)
    for level in map(Integer, range(1, int(depth) + 1)):
        now = ((now + model.added(level)) / model.stack.of("S", level)).xreplace(listed)
    return True if _zero(normal, now - exact) else None


def _unrounded(size: Expr) -> Expr | None:
    """A, of a size floor(A) + 1, whole numbers in or out of the floor; where nothing is rounded the
    size less 1."""
    floors = [t for t in Add.make_args(size) if isinstance(t, floor)]
    rest = Add(*(t for t in Add.make_args(size) if not isinstance(t, floor))) - 1
    if not floors:
        return None if rest.has(floor) else rest
    return floors[0].args[0] + rest if len(floors) == 1 and rest.is_Integer else None


def prove_listed(claim: Claim, model: Stack, known: Conditions) -> bool | None:
    """A value at the input of a stack whose sizes are listed: its recurrence stepped down from the
    last layer, in its letters."""
    head = claim.left.func.__name__
    if (
        claim.left != sequence(head)(Integer(0))
        or head not in model.recurrence.equations
        or claim.right.has(Sum, Product)
    ):
        return None
    facts: dict[Basic, Basic] = _listed(model)
    start = model.recurrence.start
    facts |= {sequence(name)(model.depth): value for name, (value,) in start.items()}
    for level in range(int(model.depth) - 1, -1, -1):
        for name, equation in model.recurrence.equations.items():
            facts[sequence(name)(Integer(level))] = equation.xreplace(
                {LEVEL: Integer(level)}
            ).xreplace(facts)
    return True if _zero(Normal(), facts[claim.left] - claim.right) else None  # type: ignore[operator]


def _listed(stack: Stack) -> dict[Basic, Basic]:
    """Each K(l) and so on with its number or letter."""
    rows = ((k, x) for k, x in (stack.values or {}).items() if isinstance(x, tuple))
    return {sequence(k)(Integer(level)): size for k, x in rows for level, size in enumerate(x, 1)}


def _zero(normal: Normal, expr: Expr) -> bool:
    try:
        return normal.letters.is_zero(normal.of(expr)) is True
    except Unknown:
        return False
