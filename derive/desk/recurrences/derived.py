"""A recurrence solved: closed forms with their cases, steps and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Basic, Expr, nan, zoo

from derive.checking.counting.worlds import Sample
from derive.desk.budget import SECONDS, stage, within
from derive.desk.recurrences.alike import told_apart
from derive.desk.recurrences.told import as_read, as_said, every_claim, is_closed
from derive.desk.run import Run, look
from derive.model.language.claims import (
    Claim,
    Derivation,
    DeriveError,
    Let,
    NoClosedForm,
    Root,
    Verdict,
)
from derive.model.language.conditions import Conditions
from derive.model.language.told import lean
from derive.model.recurrences.lines import PARAMETER
from derive.model.recurrences.stated import Stated
from derive.notation import Notation
from derive.solving.recurrences.ways.lines import by_lines

if TYPE_CHECKING:
    from derive.solving.recurrences.strategies.constant import Solution


class Derived(Run):
    """`run.x` is the closed form of x, checked before it is given out; `needs` its conditions.

    Of a program, each name is derived when it is asked for: by its lines, as a
    lecturer does; where these leave a sum, or names need each other, by what the solver finds.
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
        self._found = found
        self._parts: dict[tuple[str, ...], Derived] = {}
        notation = replace(look(notation), taken=model.taken)
        told_apart(model, notation)
        make = Derived._solved if model.source is None else Derived._by_lines
        makers = {name: lambda run, name=name: make(run, name) for name in model.equations}
        main = list(model.equations)[-1] if model.source is None else PARAMETER
        super().__init__(model, makers, main, notation, self._told_before)
        if model.source is None:
            self._number(self.solution.where)

    @cached_property
    @within
    def solution(self) -> Solution:
        """Closed forms of all names. Raises NoClosedForm."""
        from derive.solving.recurrences.solver import solution  # what lines tell needs it not

        stage("solving")
        return self._found or solution(self.model)

    @cached_property
    @within
    def _chains(self) -> dict[str, Derivation]:
        from derive.solving.recurrences.derivations import derivations

        stage("deriving the steps")
        return derivations(self.model, self.solution)

    def _solved(self, name: str) -> Derivation:
        return self._chains[name]

    def _by_lines(self, name: str) -> Derivation:
        """A program's name: by its line, where those that it reads are derived; else as solved."""
        told = None
        if self._is_apart(name):
            closed = tuple(self.derivation(other).claim for other in self._before(name))
            told = by_lines(name, self.model, closed)
            if told is not None and told.answer.has(nan, zoo):
                raise DeriveError(f"{name}: its first step divides by zero")
            if told is not None and is_closed(told.answer):
                return told
        try:
            chain = self.about(name).derivation(name)
        except NoClosedForm:
            if told is None:
                raise
            return told  # a sum that stays is shown as one
        if told is not None and not is_closed(chain.answer):
            return told
        self._number(chain.where)
        return chain

    def _before(self, name: str) -> tuple[str, ...]:
        """The names that a name is made from, in an order in which each uses those before it."""
        return tuple(n for n in self.model.made_from(name) if n != name)

    def _is_apart(self, name: str) -> bool:
        """Whether no name that this one is made from is made from it."""
        return not any(name in self.model.made_from(other) for other in self._before(name))

    def _told_before(self, name: str) -> tuple[str, ...]:
        """The names whose answers the way to a name takes up."""
        by_line = self.model.source is not None and self._is_apart(name)
        return self._before(name) if by_line else ()

    def about(self, name: str | None = None) -> Derived:
        """The run of a name's own equations, however they were stated; questions are put to it."""
        if self.model.source is None:
            return self
        names = self.model.made_from(name or self.main)
        if names not in self._parts:
            self._parts[names] = self.other(self.model.only(names))
        return self._parts[names]

    def _number(self, where: Iterable[Root | Let]) -> None:
        """Roots are written with their number."""
        roots = frozenset(entry.name for entry in where)
        self.notation = replace(self.notation, numbered=self.notation.numbered | roots)

    @within
    def verdicts(self, name: str | None = None) -> list[Verdict]:
        """Where a step of the way does not hold, the way is given up and the closed form is shown
        by itself."""
        name = name or self.main
        stage(f"checking {name}")
        found = super().verdicts(name)
        if not all(v.holds for v in found) and len(found) > 2:
            found = self._in_one_line(name) or found
        if self.model.down is None:
            return found
        if name not in self._as_shown:
            claims = every_claim(self.derivation(name))
            said = [self.as_told(claim) for claim in claims]
            self._as_shown[name] = as_said(said, claims, found, self.sample(name))
        return self._as_shown[name]

    def _in_one_line(self, name: str) -> list[Verdict] | None:
        from derive.solving.recurrences.derivations import in_one_line

        try:
            part = self.about(name)
            self._made[name] = in_one_line(name, part.model, part.solution)
        except NoClosedForm:
            return None
        self._verdicts.pop(name, None)
        self._answers.pop(name, None)
        return super().verdicts(name)

    def _new_sample(self, name: str) -> Sample:
        """For all names, where all are derived; else for a name and those it is made from."""
        try:
            chains = {n: self.derivation(n) for n in self.names}
        except NoClosedForm:
            chains = {n: self.derivation(n) for n in self.model.made_from(name)}
        where = tuple(dict.fromkeys(entry for chain in chains.values() for entry in chain.where))
        closed = {n: chain.claim for n, chain in chains.items()}
        return self._samples.setdefault(tuple(chains), Sample(self.model, where, closed))

    @within
    def shown(self, name: str | None = None) -> Derivation:
        """Counted as the person counts; each step confirmed first."""
        return as_read(self.held(name or self.main), self.as_told)

    @within
    def check(self) -> dict[str, Verdict]:
        return super().check()

    def as_told(self, claim: Claim) -> Claim:
        """A claim as a person counts, with the conditions that a reader must be told."""
        given = () if self.notation.conditions == "all" else self.model.ranges
        needs = lean((self._told.get(n, n) for n in claim.needs), Conditions(given))
        return Claim(self.said(claim.left), self.said(claim.right), tuple(map(self.said, needs)))

    @property
    def _told(self) -> Mapping[Basic, Basic]:
        """Needs that are said shorter, of what has been solved."""
        parts = (*self._parts.values(), self)
        return {
            n: short
            for p in parts
            if "solution" in p.__dict__
            for n, short in p.solution.told.items()
        }

    def needs(self, name: str | None = None) -> tuple[Basic, ...]:
        return tuple(dict.fromkeys(map(self.said, super().needs(name))))

    def aside(self, name: str) -> tuple[Basic, ...]:
        """Also from which index it holds, where that is not the first."""
        index, known = self.model.index, Conditions(self.model.ranges)
        needs = (n for n in self.derivation(name).claim.needs if index in n.free_symbols)
        since = [self.said(n) for n in lean(needs, known)]
        return tuple(dict.fromkeys((*super().aside(name), *since)))

    def said(self, expr: Any) -> Any:
        """An expression counted as the person counts."""
        return self.model.said(expr)

    def closed_form(self, name: str | None = None) -> Expr:
        """The closed form, once its verdict holds. Raises DeriveError where it does not."""
        return self.said(self.confirmed(name or self.main).answer)  # type: ignore[no-any-return]

    @within
    def confirmed(self, name: str) -> Derivation:
        stage(f"proving {name}")
        return self.held(name) if self.model.down is not None else super().confirmed(name)

    def __getattr__(self, name: str) -> Expr:
        super().__getattr__(name)
        return self.closed_form(name)

    def __getitem__(self, name: str) -> Expr:
        return self.closed_form(name)

    @property
    def answer(self) -> Expr:
        return self.closed_form()

    def other(self, model: Stated, found: Solution | None = None) -> Derived:
        """A run of another model, its solution known or not."""
        return Derived(model, found, self.seconds, self.notation)

    @within
    def __repr__(self) -> str:
        from derive.writing.plain import beside

        return "\n".join(
            f"{self.said(self.derivation(n).goal)} = {self.closed_form(n)}{beside(self.aside(n))}"
            for n in self.names
        )
