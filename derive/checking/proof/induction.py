"""Induction: what holds at the start, and goes on from one index to the next, holds for all. By a
zero test in a field of letters; over any order, and over all families of indices that a claim
tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from sympy import Abs, Add, Expr, Ge, Integer, Max, Min, Symbol, sign
from sympy.core.function import AppliedUndef

from derive.checking.proof.divides import may_divide, undefined
from derive.checking.proof.normal import Fact, Normal
from derive.checking.proof.places import N, Place, least_wholes, places
from derive.checking.proof.ratios import Ratio, Unknown, number
from derive.model.language.claims import DEPTH, Claim, Let, Root
from derive.model.language.conditions import Conditions
from derive.model.language.terms import replace
from derive.model.recurrences.recurrence import Recurrence
from derive.model.recurrences.stated import Stated

Answer = bool | None  # proved, refuted, cannot say
SWITCHES = (Abs, Max, Min, sign)  # that the ranges may decide


class Induction:
    """The zero tests of one claim about a model that has a `recurrence`.

    `facts` are closed forms that may be put in, by name; `pool` keeps zero tests for the lines of a
    chain, which have much in common.
    """

    def __init__(
        self,
        claim: Claim,
        model: Any,
        known: Conditions,
        facts: Mapping[str, Fact],
        pool: dict[Any, Normal],
        where: Sequence[Root | Let] = (),
    ):
        self.claim, self.model, self.known, self.facts = claim, model, known, dict(facts)
        self.recurrence: Recurrence = model.recurrence
        self.pool, self.where = pool, {entry.name: entry for entry in where}
        self.signs, self.end = known.signs, "last"
        symbols = claim.left.free_symbols | claim.right.free_symbols
        if self.recurrence.index in symbols:
            self.variable: Symbol | None = self.recurrence.index
            self.first = known.least(self.recurrence.distance)
        elif DEPTH in symbols and self.recurrence.direction == -1:
            self.variable, self.first = DEPTH, known.least(DEPTH)
        else:
            self.variable, self.first = None, 0

    # where the index stands

    def fresh(self, facts: Mapping[str, Fact]) -> Normal:
        return Normal(self.recurrence, facts, self.end, signs=self.signs, where=self.where)

    def normal(self, steps: int | None, facts: Mapping[str, Fact], plus: int = 0) -> Normal:
        """A zero test with the variable after `first + steps` steps, or (None) after `first + n +
        plus`, n any natural; tests for n and n + 1 share their letters."""
        key = (tuple(facts.items()), self.end, self.signs, self.variable, self.first, steps)
        if (key, plus) not in self.pool:
            made = self.fresh(facts)
            if (key, 0) in self.pool:
                made.letters = self.pool[key, 0].letters
            self.place(made, steps, plus)
            self.pool[key, plus] = made
        return self.pool[key, plus]

    def place(self, normal: Normal, steps: int | None, plus: int = 0) -> None:
        """Set what the variable stands for."""
        if self.variable is None:
            return
        n = normal.natural("n") if steps is None else number(steps)
        count = number(self.first + plus) + n
        if self.variable == DEPTH:
            normal.base[DEPTH] = count
        else:
            turned = count * number(self.recurrence.direction)
            normal.base[self.variable] = normal.of(self.recurrence.first) + turned

    def families(self, *parts: Expr) -> Iterator[Place]:
        """Indices from `first` on; of what changes with the index, those told apart."""
        if self.model.stepwise and self.variable is not None:
            first = int(self.model.first) + self.first
            yield from places(first, parts, self.recurrence.index, self.known.wholes)
        else:
            yield Place({}, (N,))

    def at(self, family: Place, facts: Mapping[str, Fact]) -> Normal:
        """A zero test with the index in a family."""
        normal = self.fresh(facts)
        for letter in family.naturals:
            normal.base[letter] = normal.natural(letter.name)
        if family.values:
            normal.base |= {symbol: normal.of(value) for symbol, value in family.values.items()}
        else:
            down = int(self.recurrence.direction == -1)  # there the index is the next one's
            count = normal.base[N] + number(self.first + down)
            turned = count * number(self.recurrence.direction)
            normal.base[self.recurrence.index] = normal.of(self.recurrence.first) + turned
        return normal

    # the tests

    def answer(self) -> Answer:
        """Tried with and without the facts, terms peeled off sums at either end, the likelier one
        before."""
        ends = ("last", "first") if self.adds_up() else ("first", "last")
        refuted = False
        for facts, end in product((self.facts, {}) if self.facts else ({},), ends):
            self.end = end
            verdict = self.attempt(facts)
            if verdict:
                return True
            refuted |= verdict is False
        return False if refuted else None

    def adds_up(self) -> bool:
        """Whether a step adds a last term to what was there; in m = beta*m + c it puts a first one
        before beta*Sum(beta**k)."""
        name = self.state()
        if name is None:
            return self.recurrence.direction == 1
        return self.claim.left in Add.make_args(self.recurrence.equations[name])

    def attempt(self, facts: Mapping[str, Fact]) -> Answer:
        """As it stands, then by induction; the other way round for a closed form, which only the
        induction can show."""
        name = self.state()
        tests = [self.as_it_stands, self.by_difference if name is None else self.by_hypothesis]
        if name is not None and not self.claim.right.has(self.claim.left.func):
            tests.reverse()
        for test in tests:
            try:
                verdict = test(facts)
            except Unknown:
                verdict = None
            if verdict or self.variable is None:
                return verdict
            if verdict is False and test != self.as_it_stands:
                return False
        return None

    def state(self) -> str | None:
        """The name of the sequence whose value at the index is claimed."""
        left = self.claim.left
        if not isinstance(left, AppliedUndef) or left.args != (self.recurrence.index,):
            return None
        name: str = left.func.__name__
        return name if name in self.recurrence.equations else None

    def difference(self, normal: Normal) -> Ratio:
        return normal.of(self.claim.left) - normal.of(self.claim.right)

    def as_it_stands(self, facts: Mapping[str, Fact]) -> Answer:
        normal = self.normal(None, facts)
        return normal.letters.is_zero(self.difference(normal))

    def by_difference(self, facts: Mapping[str, Fact]) -> Answer:
        """left - right is zero at the start and does not change from n to n + 1."""
        start = self.normal(0, facts)
        base = start.letters.is_zero(self.difference(start))
        if not base:
            return base
        now, then = self.normal(None, facts), self.normal(None, facts, plus=1)
        return now.letters.is_zero(self.difference(then) - self.difference(now))

    def by_hypothesis(self, facts: Mapping[str, Fact]) -> Answer:
        """x(n) = F(n) at the start; and with F put in for what the equation reads, it gives F at
        the next index. Over as many indices as the equation goes back."""
        name = self.state()
        assert name is not None
        form, index = self.claim.right, self.recurrence.index
        others = {k: v for k, v in facts.items() if k != name}
        answers = [self.begins(name, j, others) for j in range(max(self.recurrence.order(name), 1))]
        if False in answers:
            return False
        if form.has(self.claim.left):
            raise Unknown("a value by itself, put in for itself")
        shift = self.recurrence.offset(name)
        after, equation = replace(form, {index: index + shift}), self.recurrence.equations[name]
        own = {a: replace(form, {index: a.args[0]}) for a in self.reads(equation, name)}
        put = {a: replace(f.value, {index: a.args[0]}) for k, f in others.items()
               for a in self.reads(equation, k)}  # fmt: skip
        equation = equation.xreplace(own)
        if any(part.has(*SWITCHES) for part in (equation, *put.values())):
            from derive.checking.switches.settled import settled  # few equations have switches

            inside = self.known.plus((Ge(index, self.first, evaluate=False),))
            after, equation = (settled(e, inside) for e in (after, equation.xreplace(put)))
        for family in self.families(after, equation, *put.values()):
            normal = self.at(family, others)
            if may_divide(form, {index, *family.values}) and undefined(normal, form, family):
                return None
            answers.append(normal.letters.is_zero(normal.of(after) - normal.of(equation)))
        return False if False in answers else None if None in answers else True

    def reads(self, equation: Expr, name: str) -> list[AppliedUndef]:
        return [a for a in equation.atoms(AppliedUndef) if a.func.__name__ == name]

    def begins(self, name: str, j: int, facts: Mapping[str, Fact]) -> Answer:
        """Whether the form gives the value j after the first that it is claimed for."""
        if not self.model.stepwise:
            normal = self.fresh(facts)
            self.place(normal, j)
            return normal.letters.is_zero(self.difference(normal))
        cases = least_wholes(self.claim.right, self.known.wholes)
        answers = [self.begins_at(name, j, least) for least in cases]
        return False if False in answers else None if None in answers else True

    def begins_at(self, name: str, j: int, wholes: Mapping[str, tuple[int, bool]]) -> Answer:
        normal = self.fresh({})
        self.place(normal, j)
        for letter, (least, or_more) in sorted(wholes.items()):
            more = normal.natural(letter) if or_more else number(0)
            normal.base[Symbol(letter)] = more + number(least)
        if any(self.recurrence.equations[n].has(*SWITCHES) for n in self.model.made_from(name)):
            at = int(self.model.first) + self.first + j
            here = normal.of(walked(name, at, self.model, self.known))
            return normal.letters.is_zero(here - normal.of(self.claim.right))
        return normal.letters.is_zero(self.difference(normal))


def walked(name: str, at: int, model: Stated, known: Conditions) -> Expr:
    """A value among the first, by unrolling, with what the ranges decide of its switches."""
    from derive.checking.switches.settled import settled

    t, step = model.index, at - int(model.first)
    if step < 0:
        raise Unknown("a value before the start")
    if step < model.order(name):
        return model.start[name][step]
    equation = model.equations[name].xreplace({t: Integer(at - model.order(name))})
    reads = [a for a in equation.atoms(AppliedUndef) if a.func.__name__ in model.equations]
    values = {a: walked(a.func.__name__, int(a.args[0]), model, known) for a in reads}
    return settled(equation.xreplace(values), known)
