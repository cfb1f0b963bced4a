"""The way to a closed form, told for each kind of recurrence as a lecturer goes it."""

from __future__ import annotations

from sympy import Ge

from derive.model.claims import Derivation, T, relation, sequence
from derive.model.stated import Stated
from derive.solving.constant import Solution
from derive.solving.rules.ansatz import same_start


def derivation(name: str, model: Stated, found: Solution) -> Derivation:
    """From `name(T)` to its closed form."""
    first = max(int(model.first), found.first) if model.first.is_Integer else 0
    needs = found.needs if first == model.first else (*found.needs, relation(Ge, T, model.first * 0 + first))
    step = same_start(name, found.values[name], model, needs, first)
    return Derivation(sequence(name)(T), (step,), (), found.where)
