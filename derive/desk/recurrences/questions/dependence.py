"""Questions about how a solution depends on a letter: by which power, its derivative."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from sympy import (
    Add,
    Basic,
    Derivative,
    Expr,
    Gt,
    Integer,
    Ne,
    Pow,
    S,
    Symbol,
)
from sympy.core.function import AppliedUndef

from derive.checking.proof.prove import same
from derive.desk.recurrences.derived import Derived
from derive.desk.recurrences.questions.asked import Asked, Said, held
from derive.model.language.claims import DeriveError, Root, Verdict, relation, sequence
from derive.model.language.conditions import Conditions
from derive.model.language.terms import unused
from derive.model.recurrences.stated import Stated


def degree(run: Derived, name: str, parameter: str | Symbol) -> Asked:
    """The power of s by which a name grows when a parameter is multiplied by s; None where it does
    not grow by a power."""
    letter, s = _letter(run, parameter), Symbol(unused("sruv", run.model.taken))
    if any(letter in e.polynomial.free_symbols for e in run.solution.where if isinstance(e, Root)):
        raise DeriveError(
            f"{name}: its closed form has named roots, which depend on {letter}; how it grows "
            f"with it is not told"
        )
    form = run.confirmed(name).answer
    scaled = form.xreplace({letter: s * letter})
    sample = run.sample(name)
    found = next((d for d in (0, 1, 2, -1, -2, 3, -3) if same(scaled, s**d * form, sample)), None)
    told = (
        f"{s}**{found} times as large"
        if found is not None
        else "not seen to be a power of it times as large"
    )
    steps = (f"{name} = {form}", f"with {s}*{letter} for {letter}: {told}")
    if found is None:
        return Asked("degree", None, steps)
    return Asked(
        "degree", found, steps, (), Verdict("PROVED", "proved", 1), ((None, "", s**found, ()),)
    )


def _letter(run: Derived, name: str | Symbol) -> Symbol:
    letter = Symbol(str(name))
    if letter not in run.model.symbols:
        there = ", ".join(sorted(map(str, run.model.symbols))) or "none"
        raise DeriveError(f'no letter "{letter}" in the recurrence; there is {there}')
    return letter


def sensitivity(run: Derived, name: str, parameter: str | Symbol) -> Asked:
    """The derivative of a name by a parameter, checked as the solution of the differentiated
    recurrence."""
    letter = _letter(run, parameter)
    model = run.model
    prefix = next(
        p for p in map("d".__mul__, count(1)) if not {p + n for n in model.equations} & model.taken
    )
    if run.solution.where:
        raise DeriveError(
            f"{name}: its closed form has named roots, which depend on {letter} too; that is "
            f"not differentiated here"
        )
    forms = {n: run.confirmed(n).answer for n in model.equations}
    derived = {n: form.diff(letter) for n, form in forms.items()}
    equations = dict(model.equations)
    for n, equation in model.equations.items():
        values = [a for a in equation.atoms(AppliedUndef) if a.func.__name__ in model.equations]
        letters = {a: Symbol(f"_v{i}") for i, a in enumerate(values)}
        here = equation.xreplace(letters)
        back = {v: a for a, v in letters.items()}
        total = here.diff(letter) + Add(
            *(
                here.diff(v) * sequence(prefix + a.func.__name__)(a.args[0])
                for a, v in letters.items()
            )
        )
        equations[prefix + n] = total.xreplace(back)
    start = dict(model.start) | {
        prefix + n: tuple(v.diff(letter) for v in given) for n, given in model.start.items()
    }
    both = Stated(
        equations, start, model.first, model.more_ranges, model.integers, model.free, model.index
    )
    values_ = forms | {prefix + n: d for n, d in derived.items()}
    since = {n: run.solution.begins(n) for n in forms} | {
        prefix + n: run.solution.begins(n) for n in forms
    }
    known = Conditions((*model.ranges, *run.solution.needs))
    asks = [
        need
        for need in _asks(derived.values(), model.index, int(model.first))
        if not known.give(need)
    ]
    needs = tuple(dict.fromkeys((*run.solution.needs, *asks)))
    found = replace(
        run.solution, values=values_, ansatz={}, kinds={}, since=since, others=(), needs=needs
    )
    both_run = run.other(both, found)
    verdict = both_run.verdict(prefix + name)
    steps = (f"{name} = {forms[name]}", f"d{name}/d{letter} = {derived[name]}")
    goal = Derivative(run.said(sequence(name)(model.index)), letter)
    answer, told = run.said(derived[name]), both_run.needs(prefix + name)
    says: tuple[Said, ...] = ((goal, "=", answer, ()),)
    return held(Asked("sensitivity", answer, steps, told, verdict, says))


def _asks(forms: Iterable[Expr], t: Symbol, first: int) -> list[Basic]:
    """What must hold so that derivatives have a value: what they divide by is not zero, what is
    under a root above it."""
    found: list[Basic] = []
    for power in sorted({p for form in forms for p in form.atoms(Pow)}, key=str):
        base, exponent = power.args
        if t in base.free_symbols or base.is_number:
            continue
        if exponent.is_Rational and exponent.q == 2:
            found.append(relation(Gt, base, S.Zero))
        elif exponent.xreplace({t: Integer(first)}).is_negative:
            found.append(relation(Ne, base, S.Zero))
    return found
