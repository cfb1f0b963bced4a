"""A world with one letter moved: what is not drawn is made anew, and what the ranges do not allow
is none."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from itertools import chain
from typing import Any

from sympy import Basic, Expr, Ge, Pow, Product, Sum, Symbol, binomial, factorial, gamma
from sympy.core.function import AppliedUndef

from derive.checking.counting.kind import SPREAD
from derive.checking.counting.kinds import truth
from derive.checking.counting.plans import Plan
from derive.checking.counting.unroll import TooLong, give_compiled
from derive.checking.counting.worlds import Sample
from derive.checking.numbers.evaluate import Code, Env, code
from derive.checking.numbers.factorials import whole
from derive.checking.numbers.intervals import NotReadable
from derive.checking.numbers.raised import exact
from derive.model.convolutions.stacks import LEAST
from derive.model.language.claims import Claim

# beyond this an index is gone to only where all letters are simple: the numbers grow with it
FAR = 300
FARTHEST = 10_000
SIMPLE = tuple(
    Fraction(*x)
    for x in (
        (1, 2),
        (2, 1),
        (1, 3),
        (3, 1),
        (2, 3),
        (3, 2),
        (5, 1),
        (1, 4),
        (3, 4),
        (7, 1),
        (1, 5),
    )
)
PLAIN = " plain"  # marks a world of simple numbers; a name that nobody can write
GROWING = (Pow, Sum, Product, factorial, binomial, gamma, AppliedUndef)


class Unreached(Exception):
    """A world that is allowed, and cannot be made: `env` has its letters."""

    def __init__(self, env: Env):
        super().__init__("too far")
        self.env = env


class Mover:
    """Moves letters, and places of free sequences, in the worlds of one claim."""

    def __init__(self, claim: Claim, sample: Sample, plan: Plan):
        self.claim, self.sample, self.plan, self.model = claim, sample, plan, sample.model
        self.free = frozenset(
            getattr(self.model, "free", ()) or getattr(self.model, "sequences", ())
        )
        self.whole = frozenset(self.model.indices) | self.sample.whole(
            self.sample.known(claim.needs)
        )
        relations = dict.fromkeys((*plan.relations, *claim.needs, *self.model.ranges))
        self.of_letters = [code(r) for r in relations if not r.atoms(AppliedUndef)]
        self.of_sequences = [code(r) for r in relations if r.atoms(AppliedUndef)]
        self.grows = any(part.has(*GROWING) for part in (claim.left, claim.right))
        self._handles: dict[Expr, list[Expr]] = {}

    def handles(self, form: Expr) -> list[Expr]:
        """What can be moved of a form: its letters and places; where it has a sequence of the
        model, all that this is made of."""
        if form not in self._handles:
            applied = form.atoms(AppliedUndef)
            places = {a for a in applied if a.func.__name__ in self.free and len(a.args) == 1}
            letters = {s for s in form.free_symbols if s.name in self.plan.symbols}  # type: ignore[union-attr]
            if applied - places:
                letters |= {s for s in self.sample.hidden if s.name in self.plan.symbols}
            self._handles[form] = sorted(letters | places, key=str)
        return self._handles[form]

    def counts(self, handle: Expr) -> bool:
        """Whether it is a whole number."""
        if isinstance(handle, Symbol):
            return handle.name in self.whole
        return not self.model.stepwise  # sizes of layers

    def range(self, handle: Expr) -> tuple[Fraction | None, Fraction | None]:
        known = self.sample.known(self.claim.needs)
        if not isinstance(handle, Symbol):
            return (Fraction(1), None) if self.counts(handle) else (None, None)
        low, high = known.lower(handle), known.upper(handle)
        return None if low is None else Fraction(low.value), None if high is None else Fraction(
            high.value
        )

    def sizes(self, form: Expr) -> tuple[Basic, ...]:
        """What is known of the sizes of layers in a form."""
        if self.model.stepwise:
            return ()
        return tuple(
            Ge(a, LEAST[a.func.__name__], evaluate=False)
            for a in form.atoms(AppliedUndef)
            if a.func.__name__ in LEAST
        )

    def line(self, env: Env, handle: Expr) -> Hashable:
        """All of a world that is drawn, but for one letter."""
        own = handle.name if isinstance(handle, Symbol) else ""
        values = tuple((k, env[k]) for k in self.plan.symbols if k in env and k != own)
        return (
            handle,
            values,
            tuple(id(env[k]) for k in sorted(self.free) if k in env),
            PLAIN in env,
        )

    def moved(self, env: Env, handle: Expr, value: Fraction) -> Env | None:
        """The world with `handle` at `value`; None where ranges or needs do not allow it. Raises
        Unreached."""
        if self.counts(handle):
            least = (
                1 if self.model.stepwise and not self._index(handle) else None
            )  # a period, a threshold
            if value.denominator != 1 or (least is not None and value < least):
                return None
        made = {name: v for name, v in env.items() if isinstance(name, str)}
        number: Any = int(value) if value.denominator == 1 else value
        if isinstance(handle, Symbol):
            made[handle.name] = number
        else:
            place, old = whole(code(handle.args[0])(made)), made[handle.func.__name__]  # type: ignore[attr-defined]
            if number < 1 and self.counts(handle):
                return None
            made[handle.func.__name__] = lambda at: number if at == place else old(at)  # type: ignore[attr-defined]
        if not _hold(self.of_letters, made):
            return None
        if self._too_far(made, handle, value):
            raise Unreached(made)
        return self._made(made, handle)

    def _index(self, handle: Expr) -> bool:
        return isinstance(handle, Symbol) and handle.name in self.model.indices

    def _made(self, made: Env, handle: Expr) -> Env | None:
        try:
            if not (
                self._index(handle) and self.model.stepwise
            ):  # these run on from one index to the next
                give_compiled(self.sample.where_compiled, made)
                made |= truth(self.model, made)
            return made if _hold(self.of_sequences, made) else None
        except TooLong:
            raise Unreached(made) from None
        except (ZeroDivisionError, NotReadable):
            return None

    def _too_far(self, env: Env, handle: Expr, value: Fraction) -> bool:
        """Whether an index or a size is beyond what is counted."""
        if not self.counts(handle):
            return False
        if self.model.stepwise:
            return self.grows and value > (FARTHEST if PLAIN in env else FAR)
        most = FAR if self._index(handle) else self.plan.wholes.get(str(handle), SPREAD)
        return value > most

    def plain(self) -> Iterator[Env]:
        """A world of simple numbers, in which an index may go far."""
        for env in self.sample.worlds(self.claim)[-1:]:
            made: Env = {name: v for name, v in env.items() if isinstance(name, str)} | {PLAIN: 1}
            taken: set[Fraction] = set()
            for name, (low, high) in self.plan.ranges.items():
                if name in self.plan.wholes or not exact(made.get(name, 0)):
                    continue
                fits = (
                    s
                    for s in chain(SIMPLE, (-x for x in SIMPLE))
                    if (low is None or s > low) and (high is None or s < high)
                )
                value = next((s for s in fits if s not in taken), None)
                if value is not None:
                    taken.add(value)
                    made[name] = value
            found = self._made(made, Symbol(""))
            if found is not None:
                yield found


def _hold(relations: list[Code], env: Env) -> bool:
    """Whether all relations hold, and have values."""
    try:
        return all(c(env) for c in relations)
    except (ZeroDivisionError, NotReadable):
        return False
