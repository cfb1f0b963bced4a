"""A value that is made anew from its index alone, x(t+1) = 3 + u(t): what is written is the closed
form, from where it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, I, Integer, nan, zoo
from sympy.core.function import AppliedUndef

from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.ends import up_to
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.varying import LATEST, holds_from


def explicit(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """The right side, counted from where it is read; None where the equation reads its own
    values."""
    if len(names) != 1 or model.reads(names[0]) & set(names) or int(model.first) != 0:
        return None
    (name,), t = names, model.index
    order = model.order(name)
    value = put_known(model.equations[name], known, t).xreplace({t: t - order})
    read = [a.args[0] - t for a in model.equations[name].atoms(AppliedUndef)]
    before = max((-int(shift) for shift in read if shift.is_negative), default=0)  # not read there
    stops = {at for at in range(LATEST) if value.xreplace({t: Integer(at)}).has(zoo, nan, I)}
    last = next(at for at in range(LATEST, -1, -1) if at - 1 not in stops)  # none from there on
    later = max(order, before, *(at + 1 for at in stops if at < last))
    first = max(holds_from(model, name, value, later), before)
    found = Solution({name: value}, first=first, how="explicit")
    return found if last == LATEST else up_to(found, model, last) if last else None
