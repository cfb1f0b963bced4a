"""Worlds on each side of every switch that a claim has, and on it: a claim is looked at where it
goes on otherwise."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import combinations
from typing import Any, NamedTuple

from sympy import Dummy, Expr, Piecewise, Symbol, true

from derive.checking.counting.sharp import Sizes
from derive.checking.counting.worlds import Sample
from derive.checking.numbers.evaluate import Code, Env, agree, code
from derive.checking.numbers.factorials import TooLarge
from derive.checking.numbers.intervals import DIGITS, NotReadable, Open
from derive.checking.numbers.raised import exact
from derive.checking.switches.keys import sign, zero_forms
from derive.checking.switches.lines import Row, cells, crossings, grid, is_polynomial, rows, zeros
from derive.checking.switches.meetings import meetings
from derive.checking.switches.moved import Mover, Unreached
from derive.checking.switches.seen import Seen
from derive.checking.switches.written import (
    LENGTH,
    POINT,
    REST,
    SAID,
    SIGN,
    Switch,
    may_be_open,
    poles_of,
    switches,
)
from derive.model.language.claims import Claim

MOST_TRIED, MOST_WORLDS = 6_000, 1_500
MOST_SLANTED = 3  # points of several letters, of which any two are met at once
EACH = 2  # worlds on one side of all switches
MOST_STEPS = 2  # that are looked for where no zeros can be found: to 1 and to 2


Difference = tuple[Env, Any, Any]


class Sides(NamedTuple):
    """What came of the worlds made for a claim's switches: how many agreed, the first in which the
    sides differ, with their values, the worlds in which only the right side has no value, and the
    switch that could not be reached."""

    agreed: int = 0
    differs: Difference | None = None
    without: tuple[Env, ...] = ()
    unreached: Switch | None = None
    reason: str = ""
    digits: int = DIGITS  # that intervals need in the worlds that agreed


def sides(claim: Claim, sample: Sample, proved: Iterable[Claim] = ()) -> Sides | None:
    """Worlds made for the switches of a claim, which was counted before; None where it has none."""
    found = switches(claim.left, claim.right)
    if not found:
        return None
    said = _relation(claim)
    if said is not None:  # an inequality says itself that it has one side only
        found = tuple(replace(s, kind=SAID) if s.shown == said else s for s in found)
    return _Search(claim, sample, found, tuple(proved)).run()


def without_value(claim: Claim, sample: Sample) -> Env | None:
    """A world on a side of a switch, or where it divides by zero, in which the right side has no
    value and the left has one."""
    poles = poles_of(claim.right)
    if not poles and not may_be_open(claim.right):
        return None
    found = _Search(claim, sample, (*switches(claim.left, claim.right), *poles), ()).run()
    return found.without[0] if found.without else None


def _relation(claim: Claim) -> Any:
    """The relation that a claim says to hold always, as Piecewise((1, relation), (0, True)) = 1."""
    left = claim.left
    if claim.right == 1 and isinstance(left, Piecewise) and len(left.args) == 2:
        (one, relation), (zero, rest) = left.args
        return relation if one == 1 and zero == 0 and rest == true else None
    return None


class _Search:
    """From world to world: along each letter of a switch, to every side that is new."""

    def __init__(
        self, claim: Claim, sample: Sample, found: tuple[Switch, ...], proved: tuple[Claim, ...]
    ):
        self.claim, self.sample, self.switches = claim, sample, found
        letters = sample.free(claim.left) | sample.free(claim.right) | sample.always
        self.plan = sample.plan(claim.needs, letters, frozenset())
        self.mover = Mover(claim, sample, self.plan)
        self.seen = Seen(found, self.mover, sample.known(claim.needs), proved)
        self.rng = random.Random(len(found))
        self.agreed = self.tried = 0
        self.without: list[Env] = []
        self.gone: set[Hashable] = set()  # the lines that were gone along
        self._codes: dict[Expr, Code] = {}
        self._sizes = Sizes(claim)
        self.digits = DIGITS

    def run(self) -> Sides:
        waiting: deque[Env] = deque()
        for env in self.sample.worlds(self.claim):
            if self.seen.note(env):
                waiting.append(env)
        if (
            all(s.kind == LENGTH for s in self.switches)
            and self.seen.unreached(tried=False) is None
        ):
            return Sides()
        waiting.extend(self.mover.plain())
        bases = [waiting[0], waiting[-1]] if waiting else []
        differs, whole = self._search(waiting)
        if differs is None and whole and len(self._slanted) > 1:
            differs, whole = self._search(
                deque(made for env in bases for made in self._meetings(env))
            )
        if not whole:
            return Sides(
                self.agreed,
                None,
                tuple(self.without),
                self.switches[0],
                "more sides than are tried",
            )
        return Sides(
            self.agreed,
            differs,
            tuple(self.without),
            None if differs else self.seen.unreached(),
            digits=self.digits,
        )

    def _search(self, waiting: deque[Env]) -> tuple[Difference | None, bool]:
        """Go on from these worlds: where the sides differ, and whether all was gone through."""
        while waiting:
            env = waiting.popleft()
            for made in self._beside(env):
                if self.tried > MOST_TRIED or self.agreed > MOST_WORLDS:
                    return None, False
                differs, first = self._look(made)
                if differs is not None:
                    return differs, True
                if first:
                    waiting.append(made)
        return None, len(self._slanted) < MOST_SLANTED

    def _beside(self, env: Env) -> Iterator[Env]:
        """The worlds along each letter, on lines that were not gone along."""
        for handle in self.seen.handles:
            line = self.mover.line(env, handle)
            values = () if line in self.gone else self._values(env, handle)
            self.gone.add(line)
            for value in values:
                self.tried += 1
                made = self._made(env, handle, value)
                if made is not None:
                    yield made

    @cached_property
    def _slanted(self) -> list[Switch]:
        """The points that take two letters or more."""
        return [
            s for s in self.switches if s.kind in (POINT, SIGN) and len(self.seen.handles_of(s)) > 1
        ]

    def _meetings(self, env: Env) -> Iterator[Env]:
        """Worlds in which two of them are met at once, in the same letters."""
        for one, other in combinations(self._slanted, 2):
            shared = self.seen.handles_of(one)
            letters = [h for h in shared if isinstance(h, Symbol)]
            if shared != self.seen.handles_of(other) or len(letters) < 2:
                continue
            for x, y in combinations(letters, 2):
                for values in meetings(one.form, other.form, x, y, env):
                    first = self._made(env, x, values[0])
                    made = None if first is None else self._made(first, y, values[1])
                    if made is not None:
                        yield made

    def _made(self, env: Env, handle: Expr, value: Fraction) -> Env | None:
        """The world with a letter moved; None where it is not allowed, or cannot be made and is
        noted."""
        try:
            return self.mover.moved(env, handle, value)
        except Unreached as error:
            if self.seen.often(error.env) == 0:
                self.seen.note_uncounted(error.env)
            return None

    def _look(self, env: Env) -> tuple[Difference | None, bool]:
        """Whether the sides differ here; and whether nothing was seen on these sides of the
        switches before."""
        if self.seen.often(env) >= EACH:
            return None, False
        try:
            a = self.sample.evaluated(self.claim.left, env)
        except (TooLarge, Open):
            self.seen.note_uncounted(env)
            return None, False
        except (ZeroDivisionError, NotReadable):
            return None, self.seen.note(env)
        try:
            b = self.sample.evaluated(self.claim.right, env)
            if not agree(a, b):
                return (env, a, b), True
            if not (exact(a) and exact(b)):
                self.digits = max(self.digits, self._sizes.digits_in(env))
            self.agreed += 1
        except (TooLarge, NotReadable, Open):
            self.seen.note_uncounted(env)
            return None, False
        except ZeroDivisionError:
            self.without.append(env)
        return None, self.seen.note(env)

    @cached_property
    def _rows(self) -> dict[Expr, list[Row]]:
        """For each handle the polynomials whose zeros lie between sides: those of the switches, and
        where ranges end."""
        found: dict[Expr, list[Row]] = {}
        forms = [form for switch in self.switches for form in zero_forms(switch)]
        forms += [r.args[0] - r.args[1] for r in self.plan.relations]  # type: ignore[operator]
        for handle in self.seen.handles:
            letter = Dummy() if not handle.is_Symbol else handle
            own = [f.xreplace({handle: letter}) for f in forms if f.has(handle)]
            found[handle] = [row for form in own for row in rows(form, letter)]  # type: ignore[arg-type]
        return found

    def _values(self, env: Env, handle: Expr) -> Iterator[Fraction]:
        counts = self.mover.counts(handle)
        ends = [zero for row in self._rows[handle] for zero in zeros(row, env) or ()]
        yield from cells(ends, counts, self.rng)
        low, high = self.mover.range(handle)
        for number, switch in enumerate(self.switches):
            if handle not in self.seen.handles_of(switch):
                continue
            if switch.kind == REST and counts:
                yield from self.seen.keys.rests(number, env, low)
            if self.seen.is_open(number) and not (
                handle.is_Symbol and is_polynomial(switch.form, handle)
            ):  # type: ignore[arg-type]
                for form in zero_forms(switch)[-MOST_STEPS:]:
                    at = partial(self._sign_at, self._code(form), env, handle)
                    yield from crossings(at, grid(low, high, counts), counts)

    def _code(self, form: Expr) -> Code:
        return self._codes.setdefault(form, code(form))

    def _sign_at(self, form: Code, env: Env, handle: Expr, value: Fraction) -> int | None:
        try:
            made = self.mover.moved(env, handle, value)
            return None if made is None else sign(form(made))
        except (Unreached, ZeroDivisionError, NotReadable, TypeError):
            return None
