"""First order with coefficients that nothing determines, S(t) and K(t): a sum of products, as short
as it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Product, S, Sum
from sympy.core.function import AppliedUndef

from derive.model.language.claims import sequence
from derive.model.language.terms import fresh
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known


def kept(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """x(t) = c + sum of b(k) times the a's after k, where x - c is what the recurrence carries on:
    c = 0, or the start.

    With c = x(0) the product of all a's goes; that is taken where (a - 1) c + b is shorter than b.
    None where a has no free function.
    """
    t = model.index
    form = (
        linear_in(put_known(model.equations[names[0]], known, t), frozenset(names))
        if len(names) == 1
        else None
    )
    this = sequence(names[0])(t)
    if (
        form is None
        or model.order(names[0]) != 1
        or int(model.first) != 0
        or set(form.slopes) != {this}
    ):
        return None
    a, b, start = form.slopes[this], form.rest, model.start[names[0]][0]
    if not any(f.func.__name__ in model.free for f in a.atoms(AppliedUndef)):
        return None
    centre, forcing = centred(a, b, start)
    k = fresh(a, b, start, taken=model.taken)
    j = fresh(a, b, start, k, taken=model.taken)
    after = Product(a.xreplace({t: j}), (j, k + 1, t - 1))
    total = Sum(forcing.xreplace({t: k}) * after, (k, 0, t - 1)) if forcing != 0 else S.Zero
    lead = (
        (start - centre) * Product(a.xreplace({t: j}), (j, 0, t - 1)) if start != centre else S.Zero
    )
    return Solution({names[0]: centre + lead + total}, how="kept")


def centred(a: Expr, b: Expr, start: Expr) -> tuple[Expr, Expr]:
    """(c, what forces x - c): the start where that makes the forcing shorter, else 0."""
    moved = ((a - 1) * start + b).expand()
    return (start, moved) if start != 0 and moved.count_ops() < b.count_ops() else (S.Zero, b)
