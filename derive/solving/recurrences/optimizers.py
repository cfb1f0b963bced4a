"""Closed forms of what an optimizer keeps, one name after the other."""

from __future__ import annotations

from sympy import Expr, Integer, Rational
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Claim, Derivation, DeriveError
from derive.model.language.parts import parts
from derive.model.recurrences.program import GRADIENT, PARAMETER
from derive.model.recurrences.recurrence import SCALED, T, Training, sequence
from derive.solving.chain import Known, grow
from derive.solving.rules.geometric import geometric, geometric_down, geometric_from_one
from derive.solving.rules.limits import zero_term
from derive.solving.rules.roots import square
from derive.solving.rules.sums import constant_factor, of_constant, split, split_difference
from derive.solving.rules.updates import (
    add_up,
    closed_forms,
    common_number,
    same_update,
    unroll,
    update,
)

TIDY = (
    constant_factor,
    zero_term,
    closed_forms,
    square,
    split_difference,
    split,
    of_constant,
    geometric,
    geometric_from_one,
    geometric_down,
    common_number,
)


def closed_form(name: str, model: Training, closed: tuple[Claim, ...] = ()) -> Derivation:
    """The chain from `name(t)` to its closed form; `closed` are the answers for the names it
    depends on.

    A sum that no rule closes stays. Raises DeriveError where the recurrence has no form that is
    solved here.
    """
    known = Known(model.recurrence, model.ranges, closed)
    goal = sequence(name)(T)
    if name not in model.recurrence.start:
        return grow(goal, [update.apply(goal, known)], TIDY, known)
    unrolled = add_up.apply(goal, known) or unroll.apply(goal, known)
    if unrolled is None:
        raise DeriveError(
            f"{name}: its update {model.recurrence.equations[name]} is not of the form "
            f"a*{name} + b with a constant a; "
            "that is not solved here"
        )
    return grow(
        goal,
        [update.apply(goal, known) if unrolled.rule is unroll else None, unrolled],
        TIDY,
        known,
    )


def depends_on(name: str, model: Training) -> tuple[str, ...]:
    """The other names whose values the update of `name` reads. Raises DeriveError where two need
    each other."""
    equations = model.recurrence.equations
    found: dict[str, None] = {}

    def visit(here: str, path: tuple[str, ...]) -> None:
        for part in parts(equations[here]):
            if isinstance(part, AppliedUndef) and part.func.__name__ in equations:
                other = part.func.__name__
                if other in path and other != here:
                    raise DeriveError(
                        f"{name}: {here} and {other} need each other's values; such systems "
                        f"are not solved here"
                    )
                if other not in path:
                    visit(other, (*path, other))
                    found[other] = None

    visit(name, (name,))
    return tuple(found)


DEGREES = (0, 1, 2)


def degrees(model: Training) -> dict[str, int] | None:
    """For each name the power of s by which it grows when every gradient is multiplied by s; None
    where one has none.

    Read off the update lines: all terms of a line must grow alike. States other than w must start
    at zero.
    """
    found: dict[str, int] = {}
    for name, equation in model.recurrence.equations.items():
        if name.endswith(SCALED):
            continue
        fits = [d for d in DEGREES if _degree(equation, {**found, name: d}) == d]
        if name == PARAMETER and not fits:
            step = equation - sequence(name)(T)
            grows = _degree(step, found)
            fits = [] if grows is None else [grows]
        if not fits or (name != PARAMETER and model.starts.get(name, 0) != 0):
            return None
        found[name] = fits[0]
    return found


def scaling(model: Training) -> list[Derivation]:
    """`x(t)(s) = s**d x(t)` for each name of a program whose gradients are all multiplied by s; of
    w, its way from the start.

    `model` is a Training with a `scale`. Raises DeriveError where the update lines do not grow
    alike.
    """
    found = degrees(model)
    if found is None or model.scale is None:
        raise DeriveError(
            f"{model.program.name}: the terms of its updates do not grow alike with the "
            f"gradient; w does not scale with it"
        )
    known = Known(model.recurrence, model.ranges)
    made = []
    for name, degree in found.items():
        value, start = sequence(name)(T), model.starts[name] if name == PARAMETER else Integer(0)
        step = same_update(name + SCALED, start + model.scale**degree * (value - start), known)
        assert step is not None
        made.append(Derivation(step.claim.left, (step,)))
    return made


def _degree(expr: Expr, powers: dict[str, int]) -> int | None:
    """The power of s in an expression when g has power 1; None where its terms differ."""
    if isinstance(expr, AppliedUndef):
        return 1 if expr.func.__name__ == GRADIENT else powers.get(expr.func.__name__)
    if expr.is_Add:
        found = {_degree(a, powers) for a in expr.args}
        return found.pop() if len(found) == 1 else None
    if expr.is_Mul:
        each = [_degree(a, powers) for a in expr.args]
        return None if None in each else sum(each)  # type: ignore[arg-type]
    if expr.is_Pow and isinstance(expr.exp, Rational):
        base = _degree(expr.base, powers)
        power = None if base is None else base * expr.exp
        return int(power) if power is not None and power.is_Integer else None
    return None if expr.has(AppliedUndef) else 0
