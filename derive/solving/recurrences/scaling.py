"""How what a program keeps grows when every gradient is multiplied by s > 0."""

from __future__ import annotations

from sympy import Abs, Add, Expr, Integer, Max, Min, Rational, Symbol, sign
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Derivation, DeriveError, sequence
from derive.model.recurrences.lines import GRADIENT, PARAMETER
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.training import SCALED, scaled
from derive.solving.chain import Known
from derive.solving.rules.updates import same_update

DEGREES = (0, 1, 2)


def degrees(model: Stated) -> dict[str, int] | None:
    """For each name the power of s by which it grows when every gradient is multiplied by s; None
    where one has none.

    Read off the equations: all terms of one must grow alike. States other than w must start at
    zero.
    """
    found: dict[str, int] = {}
    for name, equation in model.equations.items():
        if name.endswith(SCALED):
            continue
        fits = [d for d in DEGREES if _degree(equation, {**found, name: d}) == d]
        if name == PARAMETER and not fits:
            step = equation - sequence(name)(model.index)
            grows = _degree(step, found)
            fits = [] if grows is None else [grows]
        if not fits or (name != PARAMETER and any(v != 0 for v in model.start[name])):
            return None
        found[name] = fits[0]
    return found


def scaling(model: Stated, letter: Symbol) -> tuple[Stated, list[Derivation]]:
    """`x(t)(s) = s**d x(t)` for each name of a program under any gradient, all of them multiplied
    by `letter`; of w, its way from the start. And the model that these are about.

    Raises DeriveError where the update lines do not grow alike.
    """
    found = degrees(model)
    if found is None:
        raise DeriveError(
            "the terms of its updates do not grow alike with the gradient; w does not scale with it"
        )
    both, t = scaled(model, letter), model.index
    known = Known(both.recurrence, both.ranges, taken=both.taken)
    made = []
    for name, degree in found.items():
        value = sequence(name)(t)
        start = model.start[name][0] if name == PARAMETER else Integer(0)
        step = same_update(name + SCALED, start + letter**degree * (value - start), known)
        assert step is not None
        made.append(Derivation(step.claim.left, (step,)))
    return both, made


def _degree(expr: Expr, powers: dict[str, int]) -> int | None:
    """The power of s in an expression when g has power 1; None where its terms differ."""
    if isinstance(expr, AppliedUndef):
        return 1 if expr.func.__name__ == GRADIENT else powers.get(expr.func.__name__)
    if isinstance(expr, Add | Max | Min):
        found = {_degree(a, powers) for a in expr.args}
        return found.pop() if len(found) == 1 else None
    if expr.is_Mul:
        each = [_degree(a, powers) for a in expr.args]
        return None if None in each else sum(each)  # type: ignore[arg-type]
    if expr.is_Pow and isinstance(expr.exp, Rational):
        base = _degree(expr.base, powers)
        power = None if base is None else base * expr.exp
        return int(power) if power is not None and power.is_Integer else None
    if isinstance(expr, Abs | sign):
        inner = _degree(expr.args[0], powers)
        return 0 if inner is not None and isinstance(expr, sign) else inner
    return None if expr.has(AppliedUndef) else 0
