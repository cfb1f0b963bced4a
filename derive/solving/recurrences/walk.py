"""The values of a recurrence from its start, one after the other, exactly."""

from __future__ import annotations

from sympy import Expr, Integer
from sympy.core.function import AppliedUndef

from derive.errors import DeriveError
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.algebra.rational import tidy

LONGEST = 200_000  # binary digits; squaring doubles them in every step
Known = dict[tuple[str, int], Expr]


def step_by_step(model: Stated, name: str, place: int, known: Known | None = None) -> Expr:
    """The value name(place), by walking the equations from the start; what is `known` is not walked
    again."""
    known = {} if known is None else known
    if (name, place - 1) not in known:
        for at in range(int(model.first), place):
            _value(model, name, at, known)
    return _value(model, name, place, known)


def _value(model: Stated, name: str, place: int, known: Known) -> Expr:
    t = model.index
    since = place - int(model.first)
    if since < model.order(name):
        return model.start[name][since]
    if (name, place) not in known:
        here = model.equations[name].xreplace({t: Integer(place - model.order(name))})
        values = [a for a in here.atoms(AppliedUndef) if a.func.__name__ in model.equations]
        put = {a: _value(model, a.func.__name__, int(a.args[0]), known) for a in values}
        made = here.xreplace(put)
        if made.is_Rational and max(abs(made.p), made.q).bit_length() > LONGEST:
            raise DeriveError(f"{name}({place}): it has more digits than are worked with")
        known[name, place] = made.expand() if made.is_number else tidy(made, t)
    return known[name, place]
