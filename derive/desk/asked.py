"""Questions about a solution, each answered in steps and checked: values, limits, convergence, when close enough, how it depends."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor as down
from math import log as ln
from typing import TYPE_CHECKING, Any

from sympy import Abs, Add, Basic, Expr, Integer, Lt, Max, Mul, Ne, Pow, Rational, S, Symbol, floor, log, sstr
from sympy.core.function import AppliedUndef

from derive.checking.evaluate import evaluate
from derive.checking.functions import NotReadable
from derive.checking.prove import same
from derive.checking.stability import check_stability, largest_root
from derive.checking.unroll import give_meanings
from derive.checking.worlds import SMALL
from derive.desk.given import value
from derive.model.claims import Claim, DeriveError, Root, T, Verdict, relation, sequence
from derive.model.conditions import Conditions
from derive.model.stated import Stated
from derive.solving.stability import conditions, jury

if TYPE_CHECKING:
    from derive.desk.recurrences import Solved

LONG = 60  # digits from which a number is shown short


@dataclass(frozen=True)
class Asked:
    """An answer with its steps, what it needs, and the verdict on it."""

    question: str
    answer: Any
    steps: tuple[str, ...]
    needs: tuple[Basic, ...] = ()
    verdict: Verdict | None = None

    def __repr__(self) -> str:
        told = [f"needs {', '.join(map(str, self.needs))}"] if self.needs else []
        return "\n".join([*self.steps, *told, *([str(self.verdict)] if self.verdict else [])])


def short(value: Any) -> str:
    """A number, its middle left out where it is long, with its digits counted."""
    if isinstance(value, Rational) and value.q != 1:
        return f"{short(Integer(value.p))} / {short(Integer(value.q))}" if len(_digits(value.p)) > LONG else str(value)
    if not isinstance(value, Integer):
        return sstr(value)
    text = _digits(int(value))
    return text if len(text) <= LONG else f"{text[:12]}...{text[-10:]} ({len(text.lstrip('-')):,} digits)"


def _digits(value: int) -> str:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return str(value)
    finally:
        sys.set_int_max_str_digits(before)


def value_at(run: Solved, at: int, name: str | None = None) -> Asked:
    """The value at an index, from the closed form, without unrolling. Exact; an expression where there are letters."""
    name = name or run.main
    chain = run.confirmed(name)
    first = max(int(run.model.first), run.solution.begins(name))
    goal = f"{name}({at})"
    if at < first or run.model.down is not None:
        raise DeriveError(f"{goal}: the closed form holds from index {first} on")
    put = chain.answer.xreplace({T: Integer(at)})
    roots = [e for e in run.solution.where if isinstance(e, Root)]
    if put.free_symbols - {s for r in roots for s in r.polynomial.free_symbols} or any(r.polynomial.free_symbols - {r.variable} for r in roots):
        answer: Any = put
    else:
        env: dict[str, Any] = {T.name: at}
        give_meanings(roots, env)
        try:
            exact = evaluate(chain.answer, env)
            exact = exact.rational() if hasattr(exact, "rational") else exact
            answer = Rational(exact.numerator, exact.denominator)
        except (NotReadable, AttributeError):
            answer = put
    said = run.model.said
    steps = (f"{said(chain.goal)} = {said(chain.answer)}", f"{goal} = {short(answer)}   put in {run.model.letter} = {at}")
    return Asked(goal, answer, steps, tuple(map(said, run.needs(name))), run.verdict(name))


def characteristic(run: Solved, name: str) -> tuple[Expr, Symbol]:
    """The characteristic polynomial of a name's recurrence. Raises DeriveError where it has none."""
    if name not in run.solution.ansatz:
        raise DeriveError(f"{name}: its recurrence is not linear with constant coefficients; there is no characteristic polynomial")
    made = run.solution.ansatz[name]()
    return made.characteristic, made.variable


def converges(run: Solved, parameter: str | Symbol | None = None, name: str | None = None) -> Asked:
    """For which parameters every start is forgotten: all roots inside the unit circle (Jury's conditions)."""
    name = name or run.main
    polynomial, z = characteristic(run, name)
    letter = Symbol(parameter) if isinstance(parameter, str) else parameter
    if letter is not None and letter not in polynomial.free_symbols:
        raise DeriveError(f"{letter} is not in the characteristic polynomial {polynomial}")
    positive = jury(polynomial, z)
    found = conditions(positive, run.model.ranges, letter)
    verdict = check_stability(polynomial, z, found, run.model.ranges)
    steps = (
        f"characteristic polynomial: {polynomial}",
        f"all roots are smaller than 1 exactly where {', '.join(f'{p} > 0' for p in positive)}   Jury's conditions",
        f"that is {', '.join(map(str, found)) or 'always'}",
    )
    return _held(Asked("converges", tuple(found), steps, (), verdict))


def rate(run: Solved, name: str | None = None) -> Asked:
    """The spectral radius: the factor by which the distance to the steady state shrinks, in the long run, in each step."""
    name = name or run.main
    polynomial, z = characteristic(run, name)
    poly = polynomial.as_poly(z)
    assert poly is not None
    if poly.degree() == 1:
        a, b = poly.all_coeffs()
        answer: Any = Abs(-b / a)
    elif not poly.free_symbols_in_domain:
        answer = largest_root([_fraction(c) for c in poly.all_coeffs()])
    else:
        factors = run.solution.ansatz[name]().factors
        named = [e for e in run.solution.where if isinstance(e, Root)]
        values = [sequence(r.name)(Integer(n)) for r in named for n in range(1, int(r.polynomial.as_poly(r.variable).degree()) + 1)]
        plain = [f.as_base_exp()[0] for f in Mul.make_args(factors) if not f.has(*[sequence(r.name) for r in named])]
        single = [-f.as_poly(z).eval(0) / f.as_poly(z).LC() for f in plain if f.as_poly(z) is not None and f.as_poly(z).degree() == 1]
        answer = Max(*map(Abs, (*values, *single)))
    steps = (f"characteristic polynomial: {polynomial}", f"spectral radius: {answer}   the largest root in absolute value")
    return Asked("rate", answer, steps)


def _fraction(c: Expr) -> Any:
    return evaluate(c, {})


def limit(run: Solved, name: str | None = None) -> Asked:
    """The steady state, and the conditions under which every start tends to it."""
    name = name or run.main
    form = run.confirmed(name).answer
    if name not in run.solution.ansatz:
        raise DeriveError(f"{name}: limits are taken of linear recurrences with constant coefficients")
    made = run.solution.ansatz[name]()
    steady, moving = made.particular, []
    parts = Add.make_args(made.particular)
    steady = Add(*(p for p in parts if T not in p.free_symbols), *(c for c, shape in made.terms if shape == 1))
    moving = [p for p in parts if T in p.free_symbols] + [c * shape for c, shape in made.terms if shape != 1 and c != 0]
    needs: list[Basic] = []
    for term in (*moving, *([made.rest] if made.rest != 0 else [])):
        needs += _vanishes(term, run)
    if made.rest != 0 or any(isinstance(e, Root) for e in run.solution.where):
        z = made.variable
        needs += conditions(jury(made.characteristic, z), run.model.ranges)
    known = Conditions(run.model.ranges)
    needs = [n for n in dict.fromkeys(needs) if n is not S.true and not (isinstance(n.lhs, Abs) and _inside(known, n.lhs.args[0]))]
    if S.false in needs:
        raise DeriveError(f"{name}: it does not tend to a limit: {form} grows or keeps moving")
    verdict = _tends(run, name, steady, tuple(needs))
    steps = (f"{run.derivation(name).goal} = {form}", f"{name} -> {steady}   the powers vanish", *(f"needs {n}" for n in needs))
    return _held(Asked("limit", steady, steps[:2], tuple(needs), verdict))


def _inside(known: Conditions, base: Expr) -> bool:
    """Whether -1 < base < 1 is known."""
    return known.give(relation(Lt, base, S.One)) and known.give(relation(Lt, S.NegativeOne, base))


def _vanishes(term: Expr, run: Solved) -> list[Basic]:
    """What makes a term tend to zero: the bases of its powers are smaller than one."""
    found: list[Basic] = []
    powers = [p for p in term.atoms(Pow) if T in p.exp.free_symbols]
    if not powers:
        return [S.false]
    for power in powers:
        if power.base.atoms(AppliedUndef):
            continue  # a named root: Jury's conditions say it
        found.append(relation(Lt, Abs(power.base ** power.exp.coeff(T)), S.One))
    return found


def _tends(run: Solved, name: str, steady: Expr, needs: tuple[Basic, ...]) -> Verdict:
    """The distance to the limit, unrolled in worlds that meet the needs, after many steps against after few."""
    sample = run._new_sample()
    agreed = 0
    claim = Claim(sequence(name)(T), steady, tuple(n for n in needs if not n.atoms(AppliedUndef)))
    for env in sample.worlds(claim, SMALL):
        try:
            goal = evaluate(steady, env)
            near, far = (abs(float(env[name](n) - goal)) for n in (4, 60))
        except (ZeroDivisionError, NotReadable, OverflowError, TypeError):
            continue
        if far > near and far > 1e-6:
            shown = tuple((k, str(v)) for k, v in env.items() if not callable(v) and isinstance(k, str))
            return Verdict("FAILS", "counted", agreed, shown, "it moves away from there")
        agreed += 1
    return Verdict("COUNTED", "counted", agreed) if agreed else Verdict("UNCHECKED", "counted", reason="no world was met")


def first_below(run: Solved, delta: Any, name: str | None = None) -> Asked:
    """The least index from which |x(t) - x*| < delta, x* the limit, for a first-order recurrence that shrinks geometrically."""
    name = name or run.main
    made = run.solution.ansatz.get(name)
    ansatz = made() if made is not None else None
    small = value(delta, "delta")
    if ansatz is None or len(ansatz.terms) != 1 or ansatz.rest != 0 or T in ansatz.particular.free_symbols:
        raise DeriveError(f"{name}: asked of x(t) = C*a**t + x*, which {run.derivation(name).answer} is not")
    ((c, shape),) = ansatz.terms
    base, exponent = shape.as_base_exp()
    base = base ** exponent.coeff(T)
    inside = log(small / Abs(c)) / log(Abs(base))
    answer = Max(0, floor(inside) + 1)
    needs = (relation(Lt, Abs(base), S.One), relation(Lt, S.Zero, small), relation(Ne, c, S.Zero), relation(Ne, base, S.Zero))
    steps = (
        f"|{run.derivation(name).goal} - ({ansatz.particular})| = |{c}|*|{base}|**t",
        f"below {small} exactly where t > {inside}",
        f"so from t = {answer} on",
    )
    return _held(Asked("first_below", answer, steps, tuple(n for n in needs if n is not S.true), _first(run, name, c, base, small)))


def _first(run: Solved, name: str, c: Expr, base: Expr, small: Expr) -> Verdict:
    """The index before is not below, the index itself is: in worlds with numbers of their own."""
    sample = run._new_sample()
    agreed = 0
    for env in sample.worlds(Claim(c + small * 0, base, (relation(Lt, Abs(base), S.One),))):
        try:
            height, ratio = abs(evaluate(c, env)), abs(evaluate(base, env))
            size = evaluate(small, env) if all(s.name in env for s in small.free_symbols) else Fraction(1, 1000)
            if not (0 < ratio < 1 and height > 0 and size > 0):
                continue
            at = max(0, down(ln(size / height) / ln(ratio)) + 1)
            if not (height * ratio**at < size and (at == 0 or height * ratio ** (at - 1) >= size)):
                return Verdict("FAILS", "counted", agreed, reason=f"not at {at}")
        except (ZeroDivisionError, NotReadable, TypeError):
            continue
        agreed += 1
    return Verdict("COUNTED", "counted", agreed) if agreed else Verdict("UNCHECKED", "counted", reason="no world was met")


def degree(run: Solved, parameter: str | Symbol, name: str | None = None) -> Asked:
    """The power of s by which a name grows when a parameter is multiplied by s; None where it does not grow by a power."""
    name = name or run.main
    letter, s = Symbol(str(parameter)), Symbol("s_" if Symbol("s") in run.model.symbols else "s")
    if letter not in run.model.symbols:
        raise DeriveError(f'no letter "{letter}" in the recurrence; there is {", ".join(sorted(map(str, run.model.symbols)))}')
    form = run.confirmed(name).answer
    scaled = form.xreplace({letter: s * letter})
    sample = run._new_sample()
    found = next((d for d in (0, 1, 2, -1, -2, 3, -3) if same(scaled, s**d * form, sample)), None)
    told = f"{s}**{found} times as large" if found is not None else "not seen to be a power of it times as large"
    steps = (f"{name} = {form}", f"with {s}*{letter} for {letter}: {told}")
    return Asked("degree", found, steps, (), None if found is None else Verdict("PROVED", "proved", 1))


def sensitivity(run: Solved, parameter: str | Symbol, name: str | None = None) -> Asked:
    """The derivative of a name by a parameter, checked as the solution of the differentiated recurrence."""
    from derive.desk.recurrences import Solved as Run

    name = name or run.main
    letter = Symbol(str(parameter))
    if letter not in run.model.symbols:
        raise DeriveError(f'no letter "{letter}" in the recurrence; there is {", ".join(sorted(map(str, run.model.symbols)))}')
    model, prefix = run.model, "d"
    if run.solution.where:
        raise DeriveError(f"{name}: its closed form has named roots, which depend on {letter} too; that is not differentiated here")
    forms = {n: run.confirmed(n).answer for n in model.equations}
    derived = {n: form.diff(letter) for n, form in forms.items()}
    equations = dict(model.equations)
    for n, equation in model.equations.items():
        values = [a for a in equation.atoms(AppliedUndef) if a.func.__name__ in model.equations]
        letters = {a: Symbol(f"_v{i}") for i, a in enumerate(values)}
        here = equation.xreplace(letters)
        back = {v: a for a, v in letters.items()}
        total = here.diff(letter) + Add(*(here.diff(v) * sequence(prefix + a.func.__name__)(a.args[0]) for a, v in letters.items()))
        equations[prefix + n] = total.xreplace(back)
    start = dict(model.start) | {prefix + n: tuple(v.diff(letter) for v in given) for n, given in model.start.items()}
    both = Stated(equations, start, model.first, model.more_ranges, model.integers, model.free, model.letter)
    values_ = forms | {prefix + n: d for n, d in derived.items()}
    since = {n: run.solution.begins(n) for n in forms} | {prefix + n: run.solution.begins(n) for n in forms}
    found = replace(run.solution, values=values_, ansatz={}, kinds={}, since=since, others=())
    verdict = Run(both, found, run.seconds).verdict(prefix + name)
    steps = (f"{name} = {forms[name]}", f"d{name}/d{letter} = {derived[name]}")
    return _held(Asked("sensitivity", run.said(derived[name]), steps, run.needs(name), verdict))


def _held(asked: Asked) -> Asked:
    if asked.verdict is not None and not asked.verdict.holds:
        raise DeriveError(f"{asked.question}: found {asked.answer}, which is not confirmed: {asked.verdict}")
    return asked

