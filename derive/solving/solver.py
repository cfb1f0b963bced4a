"""From a Stated model to its solution: sequences in an order in which each may use those before it, strategies tried in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Expr
from sympy.utilities.iterables import strongly_connected_components

from derive.model.claims import DeriveError
from derive.model.stated import Stated
from derive.solving.constant import Solution, constant
from derive.solving.pieces import changes, periodic, pulses, threshold
from derive.solving.nonlinear import moebius, powers, quadratic, squaring

Strategy = Callable[[Stated, Sequence[str], Mapping[str, Expr]], Solution | None]
STRATEGIES: tuple[Strategy, ...] = (constant, moebius, powers, quadratic, squaring)
BY_CASES = (pulses, threshold, periodic)


def solution(model: Stated) -> Solution:
    """Closed forms of all sequences of a model. Raises DeriveError where none is known, with the reason."""
    values: dict[str, Expr] = {}
    found: list[Solution] = []
    for names in components(model):
        part = _first(model, names, values)
        if part is None:
            raise DeriveError(f"{', '.join(names)}: no closed form is known here for {model.equations[names[0]]}")
        values |= part.values
        found.append(part)
    return Solution(
        {name: values[name] for name in model.equations},
        tuple(dict.fromkeys(need for part in found for need in part.needs)),
        tuple(dict.fromkeys(root for part in found for root in part.where)),
        max(part.first for part in found),
        tuple(dict.fromkeys(what for part in found for what in part.not_covered)),
        found[-1].how,
        found[-1].others if len(found) == 1 else (),
    )


def _first(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """What the first strategy that fits finds."""
    tried = (strategy(model, names, known) for strategy in STRATEGIES)
    if changes(model, names, known):
        tried = (strategy(model, names, known, solution) for strategy in BY_CASES)
    return next((found for found in tried if found is not None), None)


def components(model: Stated) -> list[tuple[str, ...]]:
    """Sequences that need each other, together; each after those it reads."""
    names = list(model.equations)
    arrows = [(name, other) for name in names for other in sorted(model.reads(name)) if other != name]
    groups = strongly_connected_components((names, arrows))
    return [tuple(n for n in names if n in group) for group in groups]
