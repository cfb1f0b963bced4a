"""Which sides of a claim's switches were seen, and whether one that was not is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from fractions import Fraction
from functools import cached_property

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from derive.checking.numbers.evaluate import Env
from derive.checking.switches.bounds import excluded
from derive.checking.switches.endless import is_endless
from derive.checking.switches.keys import WANTED, Keys, matters, zero_forms
from derive.checking.switches.lines import is_polynomial, rows, zeros
from derive.checking.switches.moved import Mover
from derive.checking.switches.written import POINT, REST, SAID, SIGN, STEPS, Switch
from derive.model.language.claims import Claim
from derive.model.language.conditions import Conditions


class Seen:
    """What worlds have shown of each switch: `seen` the sides that were counted, `possible` those
    that could not be."""

    def __init__(
        self,
        switches: tuple[Switch, ...],
        mover: Mover,
        known: Conditions,
        proved: tuple[Claim, ...],
    ):
        self.switches, self.mover, self.known, self.proved = switches, mover, known, proved
        self.keys = Keys(switches)
        self.seen: list[set[Hashable]] = [set() for _ in switches]
        self.possible: list[set[Hashable]] = [set() for _ in switches]
        self.times: Counter[tuple[Hashable, ...]] = Counter()

    def often(self, env: Env) -> int:
        """How many worlds on the same sides of all switches were noted."""
        return self.times[self.keys.of(env)]

    def note(self, env: Env) -> bool:
        """Take a world in that was counted; whether it is the first on these sides."""
        keys = self.keys.of(env)
        self.times[keys] += 1
        _mark(self.seen, keys)
        return self.times[keys] == 1

    def note_uncounted(self, env: Env) -> None:
        """Take in that there is such a world."""
        _mark(self.possible, self.keys.of(env))

    @cached_property
    def handles(self) -> list[Expr]:
        """The letters, and the places of free sequences, that the switches have."""
        return sorted({h for s in self.switches for h in self.handles_of(s)}, key=str)

    def handles_of(self, switch: Switch) -> list[Expr]:
        """Those of one switch."""
        return self.mover.handles(switch.form if switch.by is None else switch.form + switch.by)

    def unreached(self, tried: bool = True) -> Switch | None:
        """A switch of which a side was not seen, though it is there, or nothing says that it is
        not."""
        for number, switch in enumerate(self.switches):
            seen = self.seen[number]
            if any(map(matters, self.possible[number] - seen)):
                return switch
            missing = set(WANTED[switch.kind]) - seen
            if (
                missing
                and not (tried and self._complete(switch))
                and not missing <= self._excluded(switch.form)
            ):
                return switch
            if switch.kind in (STEPS, REST) and (
                is_endless(switch, self.mover) or not self._takes_a_step(switch, seen)
            ):
                return switch
        return None

    def _takes_a_step(self, switch: Switch, seen: set[Hashable]) -> bool:
        """Whether a rounding was seen at two whole numbers, or is always at one; of several letters
        that is left to chance."""
        steps = {key[1] for key in seen if isinstance(key, tuple)}
        if len(steps) > 1 or len(self.handles_of(switch)) > 1 or self._complete(switch):
            return True
        by = switch.by if switch.by is not None else 1
        return any(
            {-1, 1}
            <= self._excluded(switch.form - n * by) | self._excluded(switch.form - (n + 1) * by)
            for n in steps
        )  # type: ignore[operator]

    def _complete(self, switch: Switch) -> bool:
        """Whether its zeros are all found along the one letter that it has."""
        letters = self.handles_of(switch)
        if (
            len(letters) != 1
            or not letters[0].is_Symbol
            or not is_polynomial(switch.form, letters[0])
        ):  # type: ignore[arg-type]
            return False
        if any(
            zeros(row, {}) is None for form in zero_forms(switch) for row in rows(form, letters[0])
        ):  # type: ignore[arg-type]
            return False
        return switch.kind not in (POINT, SIGN) or not self._irrational(switch.form, letters[0])  # type: ignore[arg-type]

    def _irrational(self, form: Expr, letter: Symbol) -> bool:
        """Whether it is zero at a number that no world has, within the letter's range."""
        low, high = self.mover.range(letter)
        found = (zero for row in rows(form, letter) for zero in zeros(row, {}) or ())
        between = (
            zero
            for zero in found
            if not isinstance(zero, Fraction) and not self.mover.counts(letter)
        )
        return any(
            (low is None or end > low) and (high is None or start < high) for start, end in between
        )

    def _excluded(self, form: Expr) -> frozenset[int]:
        told = self._told(form)
        return excluded(told, self.known.plus(self.mover.sizes(told)))

    def _told(self, form: Expr) -> Expr:
        """A form with the closed forms put in that are proved."""
        for fact in self.proved:
            head = fact.left
            if (
                isinstance(head, AppliedUndef)
                and head.args[0].is_Symbol
                and all(map(self.known.give, fact.needs))
            ):
                places = (a for a in form.atoms(AppliedUndef) if a.func == head.func)
                form = form.xreplace(
                    {a: fact.right.xreplace({head.args[0]: a.args[0]}) for a in places}
                )
        return form

    def is_open(self, number: int) -> bool:
        """Whether a side is wanted that was not seen."""
        kind = self.switches[number].kind
        if kind in (STEPS, REST):
            return not self._takes_a_step(self.switches[number], self.seen[number])
        return bool(set((-1, 1) if kind == SAID else WANTED[kind]) - self.seen[number])


def _mark(where: list[set[Hashable]], keys: tuple[Hashable, ...]) -> None:
    for kept, key in zip(where, keys, strict=True):
        if key is not None:
            kept.add(key)
