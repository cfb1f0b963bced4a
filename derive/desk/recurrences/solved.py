"""A recurrence solved: closed forms with their cases, steps and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sympy import And, Basic, Expr, Piecewise, Product, Sum, Symbol, exp, nan, zoo
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1

from derive.checking.counting.count import count_down
from derive.checking.counting.worlds import Sample
from derive.desk.budget import SECONDS, limit, stage
from derive.desk.given import conditions, value
from derive.desk.recurrences import asked, convergence
from derive.desk.recurrences.asked import Asked
from derive.desk.run import Run, worst
from derive.model.language.claims import Claim, Derivation, DeriveError, Step, Verdict
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.statement import stated
from derive.notation import Notation
from derive.solving.recurrences.cases import branches as degenerate_cases
from derive.solving.recurrences.cases import put_into
from derive.solving.recurrences.derivations import derivations, in_one_line
from derive.solving.recurrences.solver import solution
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.walk import Known, step_by_step


class Solved(Run):
    """What `solve` returns for recurrences. `run.x` is the closed form of x, checked before it is
    given out.

    `cases` are the closed forms with the conditions under which each holds, `needs` those of the
    general one.
    """

    def __init__(
        self,
        model: Stated,
        found: Solution | None = None,
        seconds: float | None = SECONDS,
        notation: Notation | None = None,
    ):
        self.seconds = seconds
        self._as_shown: dict[str, list[Verdict]] = {}  # the verdicts of what counts down
        with limit(seconds):
            stage("solving")
            self.solution = found or solution(model)
        makers = {name: lambda run, name=name: run._chains[name] for name in model.equations}
        roots = frozenset(entry.name for entry in self.solution.where)
        notation = replace(notation or Notation(), numbered=roots, taken=model.taken)
        _written_apart(model, notation)
        super().__init__(model, makers, list(model.equations)[-1], notation)

    @cached_property
    def _chains(self) -> dict[str, Derivation]:
        with limit(self.seconds):
            stage("deriving the steps")
            return derivations(self.model, self.solution)

    def _new_sample(self) -> Sample:
        where = tuple(
            dict.fromkeys(entry for chain in self._chains.values() for entry in chain.where)
        )
        return Sample(
            self.model, where, {name: chain.claim for name, chain in self._chains.items()}
        )

    def verdicts(self, name: str | None = None) -> list[Verdict]:
        """Where a step of the way does not hold, the way is given up and the closed form is shown
        by itself."""
        name = name or self.main
        with limit(self.seconds):
            stage(f"checking {name}")
            found = super().verdicts(name)
            if not all(v.holds for v in found) and len(found) > 2:
                self._chains[name] = in_one_line(name, self.model, self.solution)
                self._made.pop(name, None), self._verdicts.pop(name, None)
                found = super().verdicts(name)
            if self.model.down is None:
                return found
            if name not in self._as_shown:
                self._as_shown[name] = self._as_said(name, list(found))
            return self._as_shown[name]

    def _as_said(self, name: str, found: list[Verdict]) -> list[Verdict]:
        """The verdicts, where the lines hold also as they are shown: in places, not in steps down
        from one."""
        chain = self.derivation(name)
        claims = [*(step.claim for step in (*chain.lemmas, *chain.steps)), chain.claim]
        assert self._sample is not None
        for n, claim in enumerate(claims):
            counted = count_down(self._claim(claim), claim, self._sample)
            if counted.differs or (found[n].holds and not counted.agreed):
                kind = "FAILS" if counted.differs else "UNCHECKED"
                found[n] = Verdict(
                    kind,
                    "counted",
                    witness=counted.witness,
                    reason=counted.reason or "the sides differ as shown",
                )
        return found

    def shown(self, name: str | None = None) -> Derivation:
        """Counted as the person counts; confirmed first."""
        chain = self.confirmed(name or self.main)

        def line(step: Step) -> Step:
            return Step(
                self._claim(step.claim), step.rule, step.binding, tuple(map(self._claim, step.uses))
            )

        steps = chain.steps[:-1] if _no_shorter(chain.steps) else chain.steps
        return Derivation(
            self.said(chain.goal),
            tuple(map(line, steps)),
            tuple(map(line, chain.lemmas)),
            chain.where,
        )

    def _claim(self, claim: Claim) -> Claim:
        """A claim as a person counts, its conditions as they are told."""
        needs = dict.fromkeys(self.said(self.solution.told.get(n, n)) for n in claim.needs)
        return Claim(self.said(claim.left), self.said(claim.right), tuple(needs))

    def needs(self, name: str | None = None) -> tuple[Basic, ...]:
        return tuple(dict.fromkeys(map(self.said, super().needs(name))))

    def said(self, expr: Any) -> Any:
        """An expression counted as the person counts."""
        return self.model.said(expr)

    def closed_form(self, name: str | None = None) -> Expr:
        """The closed form, once its verdict holds. Raises DeriveError where it does not."""
        return self.said(self.confirmed(name or self.main).answer)  # type: ignore[no-any-return]

    def confirmed(self, name: str) -> Derivation:
        """The derivation of a name, once every verdict on it holds. Raises DeriveError where one
        does not."""
        verdict = self.verdict(name)
        if not verdict.holds:
            raise DeriveError(
                f"{name}: found {self.said(self.derivation(name).answer)}, which is not "
                f"confirmed: {verdict}"
            )
        return self.derivation(name)

    def verdict(self, name: str | None = None) -> Verdict:
        """The worst verdict on a name's derivation."""
        return worst(self.verdicts(name))

    def __getattr__(self, name: str) -> Expr:
        super().__getattr__(name)
        return self.closed_form(name)

    def __getitem__(self, name: str) -> Expr:
        return self.closed_form(name)

    @property
    def answer(self) -> Expr:
        return self.closed_form()

    @cached_property
    def branches(self) -> list[tuple[tuple[Basic, ...], Solved]]:
        """The general solution and those of the degenerate cases, each a run of its own, each
        checked."""
        with limit(self.seconds):
            stage("solving the degenerate cases")
            found = [b for b in degenerate_cases(self.model, self.solution) if b.solution]
            made = [
                (b.conditions, Solved(b.model, b.solution, self.seconds, self.notation))
                for b in found
            ]
            stage("checking the degenerate cases")
            return [
                (conditions, run)
                for conditions, run in made
                if all(v.holds for v in run.check().values())
            ]

    @property
    def cases(self) -> list[tuple[Basic, Expr]]:
        """(condition, closed form) of the main name, the general one first."""
        return self.cases_of(self.main)

    def cases_of(self, name: str) -> list[tuple[Basic, Expr]]:
        """(condition, closed form) of a name, the general one first."""
        return [
            (And(*map(self.said, conditions)), run.closed_form(name))
            for conditions, run in self.branches
        ]

    @property
    def unequal(self) -> tuple[Expr, ...]:
        """Polynomials whose roots the solution takes to be different, without a condition that says
        so."""
        return self.solution.not_covered

    @cached_property
    def missing(self) -> tuple[tuple[Basic, ...], ...]:
        """The conditions of the cases that `cases` leaves out."""
        found = {b.conditions for b in degenerate_cases(self.model, self.solution)} - {
            conditions for conditions, _ in self.branches
        }
        return tuple(sorted(found, key=str))

    @property
    def not_covered(self) -> tuple[str, ...]:
        """What `cases` leaves out, in words."""
        told = [" and ".join(str(self.said(c)) for c in conditions) for conditions in self.missing]
        return (*(f"equal roots of {polynomial}" for polynomial in self.unequal), *told)

    def piecewise(self, name: str | None = None) -> Expr:
        """All cases as one sympy Piecewise, the general one last."""
        (condition, general), *others = self.cases_of(name or self.main)
        if not others:
            return general
        return Piecewise(*((value, when) for when, value in others), (general, condition))

    def value(self, at: int, name: str | None = None) -> Asked:
        """The value at an index, exactly and without unrolling."""
        return asked.value_at(self, at, name)

    def limit(self, name: str | None = None) -> Asked:
        """The steady state, with the conditions under which it is reached."""
        return convergence.limit(self, name)

    def rate(self, name: str | None = None) -> Asked:
        """The spectral radius."""
        return convergence.rate(self, name)

    def converges(self, parameter: str | None = None, name: str | None = None) -> Asked:
        """For which parameters every start is forgotten, solved for one of them."""
        return convergence.converges(self, parameter, name)

    def first_below(self, delta: Any, name: str | None = None) -> Asked:
        """The least index from which it is closer than delta to its limit."""
        return convergence.first_below(self, delta, name)

    def degree(self, parameter: str, name: str | None = None) -> Asked:
        """By which power it grows with a parameter."""
        return asked.degree(self, parameter, name)

    def sensitivity(self, parameter: str, name: str | None = None) -> Asked:
        """Its derivative by a parameter."""
        return asked.sensitivity(self, parameter, name)

    def __repr__(self) -> str:
        return "\n".join(
            f"{self.said(self.derivation(n).goal)} = {self.closed_form(n)}" for n in self.names
        )


def _written_apart(model: Stated, notation: Notation) -> None:
    """Raises DeriveError where two names look the same, as eps and epsilon do."""
    seen: dict[str, str] = {}
    for name in sorted(model.names):
        other = seen.setdefault(notation.symbol(name), name)
        if other != name:
            raise DeriveError(
                f'"{other}" and "{name}" are both written {notation.symbol(name)}; call one of '
                f"them something else"
            )
    if "E" in model.names and any(part.atoms(exp, Exp1) for part in model.equations.values()):
        raise DeriveError(
            '"E" is Euler\'s number where exp(1) is printed; call the letter something else'
        )
    if notation.index == "subscript":
        own = {
            f"{n}_{int(model.first) + j}"
            for n, given in model.start.items()
            for j in range(len(given))
        }
        sequences = {*model.equations, *model.free}
        alike = [n for n in sorted(model.names - own) if n.rpartition("_")[0] in sequences]
        if alike:
            raise DeriveError(
                f'"{alike[0]}" looks like a value of {alike[0].rpartition("_")[0]}; call it '
                f"something else"
            )


def _no_shorter(steps: tuple[Step, ...]) -> bool:
    """Whether a way ends with terms collected to a form that says no more in less than the closed
    line before it."""
    if len(steps) < 2 or steps[-1].rule.name != "collect":
        return False
    line, answer = steps[-2].claim.right, steps[-1].claim.right
    return not line.has(Sum, Product, AppliedUndef) and bool(line.count_ops() <= answer.count_ops())


def read_model(
    equations: str | Sequence[str],
    start: Mapping[str, Any],
    ranges: Any = (),
    values: Mapping[str, Any] | None = None,
) -> Stated:
    """The model of recurrences as text. Raises DeriveError, naming the place."""
    model = stated(equations, start, conditions(ranges, "ranges"))
    put = {Symbol(name): value(v, name) for name, v in (values or {}).items()}
    for symbol in put:
        if symbol not in model.symbols:
            known = ", ".join(sorted(map(str, model.symbols)))
            raise DeriveError(
                f'value of "{symbol}": no such letter in the equations; there is {known}'
            )
    return put_into(model, put) if put else model


def solve_recurrence(
    equations: str | Sequence[str],
    start: Mapping[str, Any] | None = None,
    ranges: Any = (),
    seconds: float | None = SECONDS,
    values: Mapping[str, Any] | None = None,
) -> Solved:
    """Closed forms of recurrences as text. Raises DeriveError with the reason where none is known,
    TooHard when time is over."""
    with limit(seconds):
        stage("reading")
        return Solved(read_model(equations, start or {}, ranges, values), seconds=seconds)


def terms(
    equations: str | Sequence[str],
    start: Mapping[str, Any] | None = None,
    count: int = 5,
    ranges: Any = (),
    **values: Any,
) -> dict[str, list[Expr]]:
    """The first `count` values of each sequence, exactly, by the equations themselves: also where
    no closed form is known."""
    model = read_model(equations, start or {}, ranges, values)
    first = int(model.first)
    known: Known = {}
    found = {
        name: [step_by_step(model, name, at, known) for at in range(first, first + count)]
        for name in model.equations
    }
    for name, values_ in found.items():
        wrong = next((at for at, v in enumerate(values_, first) if v.has(zoo, nan)), None)
        if wrong is not None:
            raise DeriveError(f"{name}({wrong}) divides by zero; ask for fewer terms")
    return found
