"""Questions about a solution, answered in steps and checked: its value at an index, how it depends
on a parameter."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from sympy import (
    Add,
    Basic,
    Derivative,
    Expr,
    Gt,
    Integer,
    Ne,
    Pow,
    Rational,
    S,
    Symbol,
    acos,
    chebyshevt,
    chebyshevu,
    cos,
    sin,
    sqrt,
    sstr,
)
from sympy.core.function import AppliedUndef

from derive.checking.counting.evaluate import evaluate
from derive.checking.counting.functions import TooLarge
from derive.checking.counting.intervals import NotReadable
from derive.checking.counting.unroll import give_meanings
from derive.checking.proof.prove import same
from derive.desk.recurrences.derived import Derived
from derive.model.language.claims import DeriveError, Root, Verdict, relation, sequence
from derive.model.language.conditions import Conditions
from derive.model.language.terms import unused
from derive.model.recurrences.stated import Stated
from derive.notation import Notation
from derive.solving.recurrences.walk import step_by_step

LONG = 60  # digits from which a number is shown short
LONGEST = 1000  # the last index at which a cosine's value is multiplied out


Said = tuple[Basic | None, str, Basic, tuple[Basic, ...]]


@dataclass(frozen=True)
class Asked:
    """An answer with its steps, what it needs, and the verdict on it. `says` are its lines as they
    stand on a sheet: left side (None: the answer alone), sign, right side, conditions beside it."""

    question: str
    answer: Any
    steps: tuple[str, ...]
    needs: tuple[Basic, ...] = ()
    verdict: Verdict | None = None
    says: tuple[Said, ...] = ()

    def _repr_latex_(self) -> str:
        from derive.writing.said import said  # how it looks is not needed to find or to check it

        return said(self.says, self.needs, Notation(), self.verdict)

    def __repr__(self) -> str:
        told = [f"needs {', '.join(map(str, self.needs))}"] if self.needs else []
        return "\n".join([*self.steps, *told, *([str(self.verdict)] if self.verdict else [])])


def short(value: Any) -> str:
    """A number, its middle left out where it is long, with its digits counted."""
    if isinstance(value, Rational) and value.q != 1:
        return (
            f"{short(Integer(value.p))} / {short(Integer(value.q))}"
            if len(_digits(value.p)) > LONG
            else str(value)
        )
    if not isinstance(value, Integer):
        return sstr(value)
    text = _digits(int(value))
    return (
        text
        if len(text) <= LONG
        else f"{text[:12]}...{text[-10:]} ({len(text.lstrip('-')):,} digits)"
    )


def _digits(value: int) -> str:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return str(value)
    finally:
        sys.set_int_max_str_digits(before)


def value_at(run: Derived, name: str, at: int | str) -> Asked:
    """The value at an index, from the closed form, without unrolling. Exact; an expression where
    there are letters."""
    t = run.model.index
    at = int(at) if isinstance(at, str) and at.lstrip("-").isdigit() else at
    chain = run.confirmed(name)
    first = max(int(run.model.first), run.solution.begins(name))
    goal = f"{name}({at})"
    if not isinstance(at, int) or at < first or run.model.down is not None:
        raise DeriveError(f"{goal}: the closed form holds from index {first} on")
    for power in chain.answer.atoms(Pow):
        _bounded(power, t, at, goal)
    put = chain.answer.xreplace({t: Integer(at)})
    roots = [e for e in run.solution.where if isinstance(e, Root)]
    if put.free_symbols - {s for r in roots for s in r.polynomial.free_symbols} or any(
        r.polynomial.free_symbols - {r.variable} for r in roots
    ):
        answer: Any = put
    else:
        env: dict[str, Any] = {t.name: at}
        give_meanings(roots, env)
        try:
            exact = evaluate(chain.answer, env)
            exact = exact.rational() if hasattr(exact, "rational") else exact
            answer = Rational(exact.numerator, exact.denominator)
        except (NotReadable, AttributeError):
            answer = put.replace(lambda e: isinstance(e, cos | sin), _by_chebyshev).expand()
    said = run.model.said
    steps = (
        f"{said(chain.goal)} = {said(chain.answer)}",
        f"{goal} = {short(answer)}   put in {run.model.letter} = {at}",
    )
    says: tuple[Said, ...] = ((sequence(name)(at), "=", answer, ()),)
    return Asked(goal, answer, steps, run.needs(name), run.verdict(name), says)


def _by_chebyshev(wave: Expr) -> Expr:
    """cos(k acos c) as the polynomial T_k(c) and sin(k acos c) as sqrt(1 - c^2) U_(k-1)(c), for
    moderate k."""
    k, angle = wave.args[0].as_coeff_Mul()
    if not (isinstance(angle, acos) and k.is_Integer and 0 < k <= LONGEST):
        return wave
    c = angle.args[0]
    return chebyshevt(k, c) if isinstance(wave, cos) else sqrt(1 - c**2) * chebyshevu(k - 1, c)  # type: ignore[no-any-return]


def _bounded(power: Pow, t: Symbol, at: int, goal: str) -> None:
    """Raises DeriveError where a power of a number would have too many digits to be worked with."""
    if t not in power.exp.free_symbols or not power.base.is_number:
        return
    try:
        evaluate(power, {t.name: at})
    except TooLarge:
        raise DeriveError(f"{goal}: it has more digits than are worked with") from None
    except (ZeroDivisionError, NotReadable):
        return


def terms(run: Derived, name: str, count: int | str = 5) -> Asked:
    """The first values, by the equations themselves; the closed form is held against them."""
    many = int(count) if str(count).isdigit() else 0
    if not 0 < many <= LONGEST:
        raise DeriveError(f"{name}.terms({count}): how many is a number from 1 to {LONGEST}")
    first = int(run.model.first)
    values = [(at, step_by_step(run.model, name, at)) for at in range(first, first + many)]
    says: tuple[Said, ...] = tuple((sequence(name)(at), "=", v, ()) for at, v in values)
    steps = tuple(f"{left} {sign} {short(value)}" for left, sign, value, _ in says)
    return held(Asked("terms", [v for _, v in values], steps, (), run.verdict(name), says))


def cases(run: Derived, name: str) -> Asked:
    """The closed form, and those of the degenerate cases, each with its conditions."""
    goal = run.said(run.derivation(name).goal)
    found = [(conditions, each.closed_form(name)) for conditions, each in run.branches]
    says: tuple[Said, ...] = tuple((goal, "=", v, tuple(map(run.said, c))) for c, v in found)
    steps = tuple(
        f"{goal} = {value}" + (f"   where {', '.join(map(str, c))}" if c else "")
        for _, _, value, c in says
    )
    verdicts = [each.verdict(name) for _, each in run.branches]
    worst = next((v for v in verdicts if v.kind != "PROVED"), verdicts[0])
    return Asked("cases", run.cases_of(name), steps, run.needs(name), worst, says)


def degree(run: Derived, name: str, parameter: str | Symbol) -> Asked:
    """The power of s by which a name grows when a parameter is multiplied by s; None where it does
    not grow by a power."""
    letter, s = Symbol(str(parameter)), Symbol(unused("sruv", run.model.taken))
    if letter not in run.model.symbols:
        raise DeriveError(
            f'no letter "{letter}" in the recurrence; there is '
            f"{', '.join(sorted(map(str, run.model.symbols)))}"
        )
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


def sensitivity(run: Derived, name: str, parameter: str | Symbol) -> Asked:
    """The derivative of a name by a parameter, checked as the solution of the differentiated
    recurrence."""
    letter = Symbol(str(parameter))
    if letter not in run.model.symbols:
        raise DeriveError(
            f'no letter "{letter}" in the recurrence; there is '
            f"{', '.join(sorted(map(str, run.model.symbols)))}"
        )
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


def held(asked: Asked) -> Asked:
    if asked.verdict is not None and not asked.verdict.holds:
        raise DeriveError(
            f"{asked.question}: found {asked.answer}, which is not confirmed: {asked.verdict}"
        )
    return asked
