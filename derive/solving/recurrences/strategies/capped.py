"""Equations with min, max and absolute values that the index decides: Min(1, (t+1)/T), a
warm-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Abs, Basic, Expr, Ge, Lt, Max, Min, Piecewise, S, Symbol, true

from derive.model.language.claims import relation
from derive.model.language.whole import Whole
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.pieces import Solve


def capped(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solve: Solve
) -> Solution | None:
    """Each min or max of two sides, |a| as that of a and -a, said by the index at which they
    cross; its letters are then whole numbers."""
    t = model.index
    equations = {name: put_known(model.equations[name], known, t) for name in names}
    found = {e: _pieces(e, t) for made in equations.values() for e in made.atoms(Abs, Min, Max)}
    put = {e: pieces for e, pieces in found.items() if pieces is not None}
    if not put:
        return None
    letters = sorted(
        {s for pieces in put.values() for s in pieces.args[0][1].free_symbols} - {t}, key=str
    )
    needs = tuple(n for s in letters for n in (relation(Ge, s, S.One), Whole(s)))
    here = replace(
        model,
        equations={**model.equations, **{n: e.xreplace(put) for n, e in equations.items()}},
        integers=model.integers | {s.name for s in letters},
        more_ranges=(*model.more_ranges, *(relation(Ge, s, S.One) for s in letters)),
    )
    solved = solve(here.only(tuple(names)))
    return replace(solved, needs=tuple(dict.fromkeys((*solved.needs, *needs))))


def _pieces(expr: Basic, t: Symbol) -> Piecewise | None:
    """Min(a, b) as a up to where they cross and b after it, or the other way round; None where
    they are not two sides whose gap is a multiple, by a positive number or one over a letter, of
    the index and a whole number of letters."""
    sides = (-expr.args[0], expr.args[0]) if isinstance(expr, Abs) else expr.args
    if len(sides) != 2:
        return None
    a, b = sides
    gap = (b - a).expand()
    slope = gap.coeff(t)
    if slope == 0 or not (slope.is_Rational or (1 / slope).is_Symbol or (-1 / slope).is_Symbol):
        return None
    place = (t - gap / slope).expand()
    if t in place.free_symbols or not all(
        c.is_Integer and (letter == 1 or letter.is_Symbol)
        for letter, c in place.as_coefficients_dict().items()
    ):
        return None
    rises = slope.is_positive if slope.is_Rational else not slope.could_extract_minus_sign()
    before, after = (b, a) if rises == isinstance(expr, Min) else (a, b)
    return Piecewise((before, relation(Lt, t, place)), (after, true))
