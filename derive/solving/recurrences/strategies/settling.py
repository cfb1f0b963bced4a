"""First order with the greater or least of values, signs or sizes that are decided along the way: a
value that stays once it is reached, or the greatest of values that grow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Abs, Expr, Ge, Integer, Max, Min, sign
from sympy.core.function import AppliedUndef

from derive.model.language.claims import sequence
from derive.model.language.conditions import Conditions
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.rules.signs import decided

SWITCHES = (Max, Min, sign, Abs)


def settling(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """The first form that the equation carries on as itself; None where none is seen to be."""
    if len(names) != 1 or model.order(names[0]) != 1 or model.first != 0:
        return None
    (name,), t = names, model.index
    after = put_known(model.equations[name], known, t)
    old = sequence(name)(t)
    others = after.atoms(AppliedUndef) - {old}
    if not after.has(*SWITCHES) or others:
        return None
    ranges = Conditions(model.ranges)
    one = decided(after.xreplace({old: model.start[name][0]}).xreplace({t: Integer(0)}), ranges)
    later = ranges.plus((Ge(t, 1, evaluate=False),))
    for form in _forms(one, after, old, model):
        goes_on = decided(after.xreplace({old: form}), later)
        if goes_on == form.xreplace({t: t + 1}) and form.xreplace({t: Integer(1)}) == one:
            first = 0 if form.xreplace({t: Integer(0)}) == model.start[name][0] else 1
            return Solution({name: form}, first=first, how="settling")
    return None


def _forms(one: Expr, after: Expr, old: AppliedUndef, model: Stated) -> Iterator[Expr]:
    """The first value made; what the greatest is of, at this index."""
    yield one
    for largest in sorted(after.atoms(Max, Min), key=str):
        for part in largest.args:
            if not part.has(old):
                yield part.xreplace({model.index: model.index - 1})
