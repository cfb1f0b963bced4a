"""Two optimizers that are said to be the same run: shown by induction on the step, for every
gradient; and counted, both walked under drawn gradients."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

from sympy import Expr, Symbol, cancel, false, true
from sympy.core.function import AppliedUndef

from derive.checking.counting.plans import small_worlds
from derive.checking.counting.unroll import step
from derive.checking.numbers.evaluate import Env, agree, evaluate
from derive.model.language.claims import Verdict, sequence
from derive.model.recurrences.lines import GRADIENT, PARAMETER, STEP
from derive.model.recurrences.program import Program
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.training import starts

WORLDS, STEPS = 6, 8


def proved_alike(
    one: Stated, other: Stated, states: Mapping[str, Expr], places: tuple[Expr, Expr]
) -> bool:
    """Whether the other's states are these sums of the first one's after every step: at the start,
    and from one step to the next, both taking the gradient at the same place. `places` are these,
    in the values before a step. Exact: rational functions are cancelled."""
    t = one.index

    def later(form: Expr) -> Expr:
        return form.xreplace({sequence(n)(t): sequence(n)(t + 1) for n in one.equations})

    def known(values: Expr, model: Stated, put: Mapping[str, Expr]) -> Expr:
        """New values put in, as often as one reads another; those of the other as said."""
        while fresh := {
            a: model.equations[a.func.__name__]
            for a in values.atoms(AppliedUndef)
            if a.func.__name__ in model.equations and a.args[0] == t + 1
        }:
            anew = {a for a in fresh if not model.order(a.func.__name__)}
            fresh |= {a: fresh[a].xreplace({t: t + 1}) for a in anew}
            values = values.xreplace(fresh)
        return values.xreplace({sequence(n)(t): form for n, form in put.items()})

    own, there = places
    gaps = [there.xreplace({sequence(n)(t): form for n, form in states.items()}) - own]
    for name, form in states.items():
        begins = {sequence(n)(t): v[0] for n, v in one.start.items() if v}
        gaps.append(form.xreplace(begins) - other.start[name][0])
        after = known(sequence(name)(t + 1), other, states)
        gaps.append(after - known(later(form), one, {}))
    return all(cancel(gap) == 0 for gap in gaps)


def counted_alike(
    one: Program, other: Program, letters: Mapping[str, Expr], states: Mapping[str, Expr]
) -> Verdict:
    """Both walked in drawn worlds, exactly, the gradient at a place w of step t being w + c_t with
    c_t drawn: the other's states must be the sums they are said to be after each step."""
    put = {Symbol(name): form for name, form in letters.items()}
    theirs = [relation.xreplace(put) for _, relation in other.relations]
    relations = (*(r for _, r in one.relations), *(r for r in theirs if r != true))
    rng, counted = random.Random(11), 0
    worlds = () if false in relations else small_worlds(one.hyperparameters, relations, 11)
    for env in islice(worlds, WORLDS):
        own = {name: evaluate(form, env) for name, form in letters.items()}
        verdict = _walked(one, other, env, own, states, rng)
        if verdict is not None:
            return verdict
        counted += 1
    if not counted:
        return Verdict("UNCHECKED", "counted", reason="no world meets the ranges of both")
    return Verdict("COUNTED", "counted", counted)


def _walked(
    one: Program, other: Program, env: Env, own: Env, states: Mapping[str, Expr], rng: Any
) -> Verdict | None:
    w = Fraction(rng.randint(-999, 999), 1000)
    first, second = (_begun(p, e, w) for p, e in ((one, env), (other, own)))
    for number in range(1, STEPS + 1):
        c = Fraction(rng.randint(-999, 999), 1000)
        first, second = (
            step(p, {**e, **now, GRADIENT: now[PARAMETER] + c, STEP: number})
            for p, e, now in ((one, env, first), (other, own, second))
        )
        here = {n: first[n] for n in one.states}
        for name, form in states.items():
            said = evaluate(_in_letters(form), {**env, **here})
            if not agree(said, second[name]):
                witness = tuple((k, str(v)) for k, v in env.items())
                return Verdict("FAILS", "counted", 0, witness, f"{name} after {number} steps")
        first = {n: first[n] for n in one.states}
        second = {n: second[n] for n in other.states}
    return None


def _in_letters(form: Expr) -> Expr:
    """Values of sequences as letters of their names."""
    return form.xreplace({a: Symbol(a.func.__name__) for a in form.atoms(AppliedUndef)})


def _begun(program: Program, env: Env, w: Fraction) -> dict[str, Any]:
    forms = starts(program, {PARAMETER: Symbol(PARAMETER)}, {})
    return {name: evaluate(forms[name], env | {PARAMETER: w}) for name in program.states}
