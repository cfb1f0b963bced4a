"""Coefficients that swing: (-1)**t, cos(pi t/2) and the like, said by the rest of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import lcm

from sympy import Eq, Expr, Integer, Mod, Piecewise, Pow, S, Symbol, cos, pi, sin, true

from derive.model.language.claims import relation
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.pieces import LONGEST, Solve


def swinging(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solve: Solve
) -> Solution | None:
    """Coefficients with (-1)**t, cos(pi t/2), |sin(pi t/3)|: said by the rest of the index, then
    periodic."""
    t = model.index
    equations = {name: put_known(model.equations[name], known, t) for name in names}
    lengths = {wave: _length(wave, t) for e in equations.values() for wave in _waves(e, t)}
    if not lengths or not all(lengths.values()):
        return None
    forms = [linear_in(e, frozenset(names)) for e in equations.values()]
    slopes = [c for form in forms if form is not None for c in form.slopes.values()]
    if not any(_waves(c, t) for c in slopes):
        return None
    period = lcm(*lengths.values())
    if period > LONGEST:
        return None
    rest = Mod(t, period)
    put = {
        wave: Piecewise(
            *(
                (wave.xreplace({t: Integer(r)}), relation(Eq, rest, Integer(r)))
                for r in range(period - 1)
            ),
            (wave.xreplace({t: Integer(period - 1)}), true),
        )
        for wave in lengths
    }
    told = {name: e.xreplace(put) for name, e in equations.items()}
    return solve(replace(model, equations={**model.equations, **told}).only(tuple(names)))


def _waves(expr: Expr, t: Symbol) -> set[Expr]:
    """(-1)**t, cos(pi t/2) and the like."""
    return {
        e
        for e in expr.atoms(Pow, cos, sin)
        if t in e.free_symbols and (isinstance(e, cos | sin) or e.base == -1)
    }


def _length(wave: Expr, t: Symbol) -> int:
    """After how many steps a wave is as before; 0 where that is not seen."""
    inner = wave.exp * pi if isinstance(wave, Pow) else wave.args[0]
    turns = (inner / pi).expand().diff(t) / 2
    whole = isinstance(wave, cos | sin) or (inner / pi).xreplace({t: S.Zero}).is_Integer
    return int(turns.q) if turns.is_Rational and turns != 0 and whole else 0
