"""Which strategy is tried on some equations, in which order; and why none fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from sympy import (
    Abs,
    Expr,
    I,
    Max,
    Min,
    Mod,
    Piecewise,
    Pow,
    ceiling,
    cos,
    floor,
    sin,
)

from derive.model.language.claims import Root, sequence
from derive.model.language.parts import parts
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.ends import SOON, end, up_to
from derive.solving.recurrences.strategies.apart import apart
from derive.solving.recurrences.strategies.capped import capped
from derive.solving.recurrences.strategies.constant import Solution, constant
from derive.solving.recurrences.strategies.explicit import explicit
from derive.solving.recurrences.strategies.higher import varying_higher
from derive.solving.recurrences.strategies.kept import kept
from derive.solving.recurrences.strategies.nonlinear import (
    Why,
    moebius,
    powers,
    why_not,
)
from derive.solving.recurrences.strategies.pieces import (
    Solve,
    changes,
    interlaced,
    periodic,
)
from derive.solving.recurrences.strategies.pulses import pulses
from derive.solving.recurrences.strategies.settling import settling
from derive.solving.recurrences.strategies.squares import quadratic, squaring
from derive.solving.recurrences.strategies.swinging import swinging
from derive.solving.recurrences.strategies.thresholds import threshold
from derive.solving.recurrences.strategies.varying import slopes_and_rest, varying

Strategy = Callable[[Stated, Sequence[str], Mapping[str, Expr]], Solution | None]
ByCases = Callable[[Stated, Sequence[str], Mapping[str, Expr], Solve], Solution | None]
STRATEGIES: tuple[Strategy, ...] = (
    constant,
    kept,
    varying,
    varying_higher,
    moebius,
    powers,
    quadratic,
    squaring,
    explicit,
    settling,
)
BY_CASES = (pulses, threshold, periodic, apart)


def first_found(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solution: Solve
) -> Solution | None:
    """What the first strategy that fits finds."""
    if len(names) == 1 and not model.order(names[0]):
        return explicit(model, names, known)
    stop = end(model, names)
    if stop is not None and stop.place - int(model.first) <= SOON:
        return None
    tried: Iterator[Solution | None] = (s(model, names, known) for s in STRATEGIES)
    if changes(model, names, known):
        tried = (strategy(model, names, known, solution) for strategy in BY_CASES)
        tried = chain(tried, (_left_a_sum(model, names, known) for _ in range(1)))
    told = (s(model, names, known, solution) for s in _otherwise(model, names, known))
    tried = chain(told, tried)
    found = next((found for found in tried if found is not None), None)
    if found is None or any(_is_high(root) for root in found.where):
        side_by_side = interlaced(model, names, known, solution)
        if side_by_side is not None:
            found = replace(side_by_side, ansatz=found.ansatz if found else {})
    if found is None or any(value.has(I) for value in found.values.values()):
        return None
    return found if stop is None else up_to(found, model, stop.place)


def _left_a_sum(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """A forcing with a rest that has no period of its own, Mod(t**2, 3): its sum."""
    given = slopes_and_rest(model, names, known, 1)
    rounded = (Piecewise, ceiling, floor)
    if given is None or given[1].has(*rounded) or any(s.has(Mod, *rounded) for s in given[0]):
        return None
    return varying(model, names, known)


def _is_high(root: Root) -> bool:
    """Whether there are more than two such roots."""
    powers = root.polynomial.atoms(Pow)
    return any(p.base == root.variable and p.exp > 2 for p in powers)


def _otherwise(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Iterator[ByCases]:
    """The strategies that say the equations otherwise before they are solved."""
    written = (*(model.equations[name] for name in names), *known.values())
    kinds = {type(p) for e in written for p in parts(e) if not isinstance(p, Pow) or p.base == -1}
    if kinds & {Pow, cos, sin}:
        yield swinging
    if kinds & {Abs, Min, Max}:
        yield capped


def reason(model: Stated, names: Sequence[str]) -> Why:
    """Why no strategy fits."""
    stop = end(model, names)
    if stop is not None:
        missing = sequence(stop.name)(stop.place)
        return f"{missing} has no value, its equation {stop.why} there", ()
    if any(linear_in(model.equations[name], frozenset(names)) is None for name in names):
        return why_not(model, names)
    if len(names) > 1:
        return "the coefficients of the system vary with the index", ()
    return "it is linear, but neither hypergeometric solutions nor a closed sum were found", ()
