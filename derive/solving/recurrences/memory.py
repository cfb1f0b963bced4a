"""How much one optimizer stores against another."""

from __future__ import annotations

from sympy import Mul, Pow

from derive.model.language.claims import Claim, Derivation, DeriveError, Rule
from derive.model.recurrences.memory import Memory
from derive.solving.chain import Known, make
from derive.solving.rules.algebra import work_out

read_off = Rule("count what must be kept", None, lambda expr, known: None, line="start")


def ratio(model: Memory) -> Derivation:
    """stored(0) / stored(1) in numbers. Raises DeriveError where the second stores nothing."""
    known = Known()
    first, second = (model.stored(n) for n in range(2))
    if model.counts[second] == 0:
        raise DeriveError(
            f"{model.programs[1].name} stores nothing beside the parameter; there is no ratio to it"
        )
    goal = first / second
    kept = Mul(model.counts[first], Pow(model.counts[second], -1, evaluate=False), evaluate=False)
    step = make(
        read_off, goal, kept, known, uses=tuple(Claim(k, v) for k, v in model.counts.items())
    )
    steps = [step, work_out.apply(kept, known)]
    return Derivation(goal, tuple(s for s in steps if s is not None))
