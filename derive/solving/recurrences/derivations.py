"""The way to a closed form, told for each kind of recurrence as a lecturer goes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sympy import Ge, Integer

from derive.model.language.claims import Derivation, relation, sequence
from derive.model.language.conditions import Conditions
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.ways.cases import by_period, by_pulses, by_threshold
from derive.solving.recurrences.ways.first import unrolled
from derive.solving.recurrences.ways.kept import by_sum_of_products
from derive.solving.recurrences.ways.linear import by_roots
from derive.solving.recurrences.ways.maps import by_ratio, by_square
from derive.solving.recurrences.ways.varying import by_products
from derive.solving.rules.ansatz import found

Way = Callable[[str, Stated, Solution], Derivation | None]
WAYS: dict[str, Way] = {
    "moebius": by_ratio,
    "squaring": by_square,
    "doubling": by_square,
    "varying": by_products,
}
WAYS |= {
    "periodic": by_period,
    "threshold": by_threshold,
    "pulses": by_pulses,
    "kept": by_sum_of_products,
}


def derivations(model: Stated, solved: Solution) -> dict[str, Derivation]:
    """A derivation for each sequence of the model, their constants under different names."""
    made: dict[str, Derivation] = {}
    for name in model.equations:
        used = {entry.name for chain in made.values() for entry in chain.where}
        chain = derivation(name, model, solved, used)
        told = {step.claim for other in made.values() for step in other.lemmas}
        made[name] = replace(
            chain, lemmas=tuple(step for step in chain.lemmas if step.claim not in told)
        )
    return made


def derivation(name: str, model: Stated, solved: Solution, used: Iterable[str] = ()) -> Derivation:
    """From `name(T)` to its closed form, in a lecturer's steps where this kind of recurrence has
    some."""
    chain, kind = unrolled(name, model, solved), solved.kinds.get(name, "")
    begins = model.first == 0 and solved.begins(name) == 0
    if chain is None and name in solved.ansatz and begins and kind != "interlaced":
        chain = by_roots(name, model, solved, solved.ansatz[name](), used)
    way = WAYS.get(kind)
    if chain is None and way is not None:
        chain = way(name, model, solved)
    return _asking_less(chain or in_one_line(name, model, solved), name, model, solved)


def _asking_less(chain: Derivation, name: str, model: Stated, solved: Solution) -> Derivation:
    """Without the conditions of the way that the answer does without: a factor that cancels may be
    zero."""
    known = Conditions((*model.ranges, *solved.needs))
    kept = [n for n in chain.needs if model.index in n.free_symbols or known.give(n)]
    if len(kept) == len(chain.needs) or chain.answer != solved.values[name]:
        return chain
    return replace(chain, asks=tuple(dict.fromkeys((*kept, *solved.needs))))


def in_one_line(name: str, model: Stated, solved: Solution) -> Derivation:
    """The closed form, shown to start as the sequence does and to go on as it does."""
    t = model.index
    first = max(int(model.first), solved.begins(name))
    needs = (
        solved.needs if first == model.first else (*solved.needs, relation(Ge, t, Integer(first)))
    )
    step = found(name, solved.values[name], model, needs, first)
    return Derivation(sequence(name)(t), (step,), (), solved.where)
