"""Induction: a claim holds for all values of its index, by a zero test in a field of letters."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from sympy import (
    Abs,
    Add,
    Eq,
    Expr,
    Ge,
    Integer,
    Max,
    Min,
    Mod,
    Piecewise,
    Product,
    Sum,
    Symbol,
    ceiling,
    floor,
    sign,
)
from sympy.core.function import AppliedUndef

from derive.checking.convolutions.sizes import prove_listed, prove_sizes
from derive.checking.convolutions.windows import prove_window
from derive.checking.counting.evaluate import agree
from derive.checking.counting.intervals import NotReadable
from derive.checking.counting.raised import exact
from derive.checking.counting.worlds import Sample
from derive.checking.proof.closed import prove_closed, undefined_somewhere
from derive.checking.proof.normal import Fact, Normal
from derive.checking.proof.ratios import MOST, Ratio, Unknown, number
from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import DEPTH, LEVEL, Stack
from derive.model.convolutions.windows import Window
from derive.model.language.claims import Claim
from derive.model.language.conditions import NO_SIGNS, Conditions, Signs
from derive.model.recurrences.recurrence import Recurrence
from derive.model.recurrences.stated import Stated

SWITCHES = (Abs, Max, Min, Mod, Piecewise, ceiling, floor, sign)
Answer = bool | None  # proved, refuted, cannot say


def prove(claim: Claim, sample: Sample, proved: Iterable[Claim] = ()) -> Answer:
    """Whether `claim` holds for all values that meet its needs; `proved` are claims that may be
    used.

    True: proved. False: the induction leaves a remainder that is not zero, so some index refutes
    the claim. None: cannot say.
    """
    model = sample.model
    if not (sample.free(claim.left) or sample.free(claim.right) or sample.hidden):
        return _finite(claim, sample)
    known = sample.known(claim.needs)
    try:
        if isinstance(model, Window):
            return prove_window(claim, model, known)
        if isinstance(model, Sizes):
            return prove_sizes(claim, model)
        if isinstance(model, Stack) and model.values is not None and model.depth.is_Integer:
            return prove_listed(claim, model)
        if isinstance(model, Stated):
            answer = _stated(claim, sample, known)
            told_apart = sample.where or model.down is not None
            if answer is not None or told_apart or undefined_somewhere(claim.right, model, known):
                return answer
        recurrence = getattr(model, "recurrence", None)
        if recurrence is None:
            return None
        general = _general(claim, recurrence)
        known = sample.known(general.needs)
        facts = _usable(proved, sample, known)
        answer = _Induction(general, sample, known, facts).answer()
        if answer is None and any(
            len(normal.letters.kinds) == MOST for normal in sample.normals.values()
        ):
            sample.normals.clear()  # the lines before have used the letters up
            answer = _Induction(general, sample, known, facts).answer()
        if answer is False and (general is not claim or _ends(claim, model)):
            return None  # what is not true for all l may be for l = 0
        return answer
    except Unknown:
        return None


def _stated(claim: Claim, sample: Sample, known: Conditions) -> Answer:
    """A closed form by induction together with those it rests on; another line where it is
    algebra."""
    t = sample.model.index
    head = claim.left
    name = head.func.__name__ if isinstance(head, AppliedUndef) and head.args == (t,) else ""
    if name in sample.closed and sample.closed[name].right == claim.right:
        return prove_closed(name, sample.model, sample.closed, known, sample.where, sample.proofs)
    if same(claim.left, claim.right, sample, known.signs):
        return True
    return False if _never_the_same(claim, sample) else None


def _ends(claim: Claim, model: Any) -> bool:
    """Whether a claim about a recurrence is one up to some index only, or from a letter on; or goes
    on otherwise at some."""
    if not isinstance(model, Stated):
        return False
    since = [n for n in claim.needs if model.index in n.free_symbols]
    moving = any(side.has(*SWITCHES) for side in (claim.left, claim.right))
    return moving or not all(isinstance(n, Ge) and n.rhs.is_number for n in since)


def _never_the_same(claim: Claim, sample: Sample) -> bool:
    """Whether two fractions of polynomials in letters differ: they may agree at some values, not at
    all."""
    bounded = getattr(sample.model, "down", None) is not None or any(
        isinstance(n, Eq) for n in claim.needs
    )
    normal = Normal()
    try:
        gap = normal.of(claim.left) - normal.of(claim.right)
        return (
            not bounded
            and normal.letters.is_zero(gap) is False
            and {"symbol"} >= set(normal.letters.kinds)
        )
    except Unknown:
        return False


def same(a: Expr, b: Expr, sample: Sample, signs: Signs = NO_SIGNS) -> bool:
    """Equal by algebra alone: sums, products and sequences are letters, up to the names of bound
    variables."""
    t = sample.model.index
    if a == b:
        return True
    normal = Normal(opaque=True, signs=signs, where={entry.name: entry for entry in sample.where})
    if isinstance(sample.model, Stated) and sample.model.first.is_nonnegative:
        for symbol in (t, *map(Symbol, sorted(sample.known(()).wholes))):  # (b**2)**t is b**(2 t)
            normal.base[symbol] = normal.natural(symbol.name)
    try:
        return normal.letters.is_zero(normal.of(a) - normal.of(b)) is True
    except Unknown:
        return False


def _finite(claim: Claim, sample: Sample) -> Answer:
    """No letter is left: one exact evaluation decides."""
    try:
        for env in sample.worlds(claim):
            left, right = sample.value(claim.left, env), sample.value(claim.right, env)
            return agree(left, right) if exact(left) and exact(right) else None
    except (ZeroDivisionError, NotReadable):
        pass
    return None


def _usable(proved: Iterable[Claim], sample: Sample, known: Conditions) -> dict[str, Fact]:
    """Proved closed forms whose conditions this claim meets, by the name of their sequence."""
    facts = {}
    recurrence: Recurrence = sample.model.recurrence
    counter = recurrence.distance.free_symbols
    for fact in proved:
        left = fact.left
        if (
            isinstance(left, AppliedUndef)
            and left.args == (recurrence.index,)
            and left.func.__name__ in recurrence.equations
        ):
            others = (n for n in fact.needs if not counter & n.free_symbols)
            if not fact.right.has(left.func) and all(map(known.give, others)):
                facts[left.func.__name__] = Fact(
                    recurrence.index,
                    fact.right,
                    sample.known(fact.needs).least(recurrence.distance),
                )
    return facts


def _general(claim: Claim, recurrence: Recurrence) -> Claim:
    """`W(0) = ...` as the case l = 0 of a claim for all l: limits n become l + n. The proof decides
    whether that holds."""
    head = claim.left
    if (
        recurrence.direction == 1
        or not recurrence.first.free_symbols
        or not isinstance(head, AppliedUndef)
        or head.args != (0,)
    ):
        return claim
    if head.func.__name__ not in recurrence.equations or LEVEL in claim.right.free_symbols:
        return claim
    shifted = _shift_limits(claim.right)
    if shifted.xreplace({LEVEL: Integer(0)}) != claim.right:
        return claim
    needs = tuple(n.xreplace({DEPTH: DEPTH - LEVEL}) for n in claim.needs)
    return Claim(head.func(LEVEL), shifted, needs)


def _shift_limits(expr: Expr) -> Expr:
    if isinstance(expr, Sum | Product):
        index, low, high = expr.limits[0]
        return expr.func(
            _shift_limits(expr.function), (index, low + LEVEL if low.is_Integer else low, high)
        )
    return expr.func(*map(_shift_limits, expr.args)) if expr.args else expr


class _Induction:
    """The zero tests of one claim: as it stands, then from n to n + 1."""

    def __init__(self, claim: Claim, sample: Sample, known: Conditions, facts: dict[str, Fact]):
        recurrence: Recurrence = sample.model.recurrence
        self.claim, self.recurrence, self.facts, self.pool = (
            claim,
            recurrence,
            facts,
            sample.normals,
        )
        self.signs = known.signs
        self.end = "last"
        symbols = sample.free(claim.left) | sample.free(claim.right)
        if recurrence.index in symbols:
            self.variable: Symbol | None = recurrence.index
            self.first = known.least(recurrence.distance)
        elif DEPTH in symbols and recurrence.direction == -1:
            self.variable, self.first = DEPTH, known.least(DEPTH)
        else:
            self.variable, self.first = None, 0

    def normal(self, steps: int | None, facts: dict[str, Fact], plus: int = 0) -> Normal:
        """A zero test with the variable after `first + steps` steps, or (None) after `first + n +
        plus`, n any natural.

        The lines of a chain share theirs, and with it what they have in common; and tests for n and
        n + 1 share their letters.
        """
        key = (tuple(facts.items()), self.end, self.signs, self.variable, self.first, steps)
        if (key, plus) not in self.pool:
            made = Normal(self.recurrence, facts, self.end, signs=self.signs)
            if (key, 0) in self.pool:
                made.letters = self.pool[key, 0].letters
            self.place(made, steps, plus)
            self.pool[key, plus] = made
        return self.pool[key, plus]

    def place(self, normal: Normal, steps: int | None, plus: int = 0) -> None:
        """Set what the variable stands for."""
        if self.variable is not None:
            count = number(self.first + plus) + (
                normal.natural("n") if steps is None else number(steps)
            )
            if self.variable == DEPTH:
                normal.base[DEPTH] = count
            else:
                normal.base[self.variable] = normal.of(self.recurrence.first) + count * number(
                    self.recurrence.direction
                )

    def difference(self, normal: Normal) -> Ratio:
        return normal.of(self.claim.left) - normal.of(self.claim.right)

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
        if not self.is_state():
            return self.recurrence.direction == 1
        return self.claim.left in Add.make_args(
            self.recurrence.equations[self.claim.left.func.__name__]
        )

    def attempt(self, facts: dict[str, Fact]) -> Answer:
        """As it stands, then by induction; the other way round for a closed form, which only the
        induction can show."""
        tests = [self.as_it_stands, self.by_hypothesis if self.is_state() else self.by_difference]
        if self.is_state() and not self.claim.right.has(self.claim.left.func):
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

    def as_it_stands(self, facts: dict[str, Fact]) -> Answer:
        normal = self.normal(None, facts)
        return normal.letters.is_zero(self.difference(normal))

    def is_state(self) -> bool:
        left = self.claim.left
        return (
            isinstance(left, AppliedUndef)
            and left.args == (self.variable,)
            and left.func.__name__ in self.recurrence.equations
        )

    def base_case(self, facts: dict[str, Fact]) -> Answer:
        normal = self.normal(0, facts)
        return normal.letters.is_zero(self.difference(normal))

    def by_hypothesis(self, facts: dict[str, Fact]) -> Answer:
        """x(n) = F(n) at the start; and with it put in, the recurrence gives F(n + 1)."""
        name = self.claim.left.func.__name__
        facts = {k: v for k, v in facts.items() if k != name}
        base = self.base_case(facts)
        if not base:
            return base
        if self.claim.right.has(self.claim.left):
            raise Unknown("a value by itself, put in for itself")
        normal = Normal(self.recurrence, facts, self.end, signs=self.signs)
        self.place(normal, None, plus=1)
        assert self.variable is not None
        before = (normal.natural("n") + number(self.first)).reduced()
        normal.facts = {**facts, name: Fact(self.variable, self.claim.right, only=before)}
        return normal.letters.is_zero(self.difference(normal))

    def by_difference(self, facts: dict[str, Fact]) -> Answer:
        """left - right is zero at the start and does not change from n to n + 1."""
        base = self.base_case(facts)
        if not base:
            return base
        now, then = self.normal(None, facts), self.normal(None, facts, plus=1)
        return now.letters.is_zero(self.difference(then) - self.difference(now))
