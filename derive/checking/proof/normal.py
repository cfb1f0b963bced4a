"""The zero test: an expression as a fraction of polynomials in letters, sums and sequences peeled
to a common form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

from sympy import (
    Add,
    Determinant,
    Expr,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    ceiling,
    floor,
    pi,
)
from sympy.core.function import AppliedUndef

from derive.checking.proof.letters import Letters, place_of, vanishes
from derive.checking.proof.named import over_roots, root_letter, summed_root
from derive.checking.proof.powers import symbolic_power
from derive.checking.proof.ratios import MOST, ONE, RING, Ratio, Unknown, common, number
from derive.checking.proof.special import special
from derive.model.language.claims import Let, Root
from derive.model.language.conditions import NO_SIGNS, Signs
from derive.model.language.terms import height
from derive.model.recurrences.recurrence import Recurrence

Env = Mapping[Symbol, Ratio]
LONGEST = 60
TWO = RING(2)


@dataclass(frozen=True)
class Fact:
    """`name(index) = value`, known from `first` steps on."""

    index: Symbol
    value: Expr
    first: int = 0


@dataclass
class Normal:
    """How expressions become fractions of letters.

    `opaque`: sums, products and sequences are letters, equal up to the names of bound variables
    (how a step is replayed). Otherwise sums run over 0..n-1 from their start, n a natural letter:
    further terms are peeled off at the `end` 'first' or 'last', and constant factors come out.
    Sequences of the `recurrence` step back to their start or to a fact. `signs` names symbols known
    to be >= 0 or <= 0; `base` is what symbols stand for everywhere; `where` says what named roots,
    constants and sequences in between are.
    """

    recurrence: Recurrence | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    end: str = "last"
    opaque: bool = False
    signs: Signs = NO_SIGNS
    letters: Letters = field(default_factory=Letters)
    base: dict[Symbol, Ratio] = field(default_factory=dict)
    where: Mapping[str, Root | Let] = field(default_factory=dict)
    values: dict[tuple[str, Ratio], Ratio] = field(default_factory=dict)
    done: dict[Expr, Ratio] = field(default_factory=dict)
    counts: dict[int, Any] = field(
        default_factory=dict
    )  # how many values a bound letter takes: 0, 1, ...
    level: int = 0

    def natural(self, name: str) -> Ratio:
        return self.letters.letter("natural", name, positive=True)

    def of(self, expr: Expr, env: Env = {}) -> Ratio:  # noqa: B006 (never written)
        """The fraction for `expr`, its symbols read through `env`, then `base`. Raises Unknown."""
        if isinstance(expr, Symbol):
            found = env.get(expr) or self.base.get(expr)
            meant = self.where.get(expr.name) if self.where and found is None else None
            if isinstance(meant, Let) and meant.index is None:
                found = self.of(meant.value)
            if found is None and expr.name in self.signs.negative:
                return -self.letters.letter("symbol", f"-{expr.name}", positive=True)
            return found or self.letters.letter(
                "symbol", expr.name, positive=expr.name in self.signs.positive
            )
        if isinstance(expr, Rational):
            return number(expr.p if expr.q == 1 else Fraction(expr.p, expr.q))
        if env:
            return self._of(expr, env)
        if expr not in self.done:
            self.done[expr] = self._of(expr, env)
        return self.done[expr]

    def _of(self, expr: Expr, env: Env) -> Ratio:
        if isinstance(expr, Add):
            return _fold([self.of(arg, env) for arg in expr.args], True)
        if isinstance(expr, Mul):
            return _fold([self.of(arg, env) for arg in expr.args], False)
        if isinstance(expr, Pow):
            return self._power(expr, env)
        if isinstance(expr, Sum | Product):
            root = summed_root(self, expr) if self.where else None
            if root is not None:
                return over_roots(self, expr, root, env)
            return self._opaque_sum(expr, env) if self.opaque else self._sum(expr, env)
        if not isinstance(expr, AppliedUndef):
            if isinstance(expr, Determinant):
                return self.of(expr.arg.det(method="berkowitz"), env)
            if expr == pi:
                return self.letters.letter("part", "pi")
            try:
                made = special(self, expr, env)
            except Unknown:
                if isinstance(expr, Piecewise):
                    raise
                made = self._whole(expr, env) if isinstance(expr, ceiling | floor) else None
            if made is not None:
                return made
        parts = [self.of(a, env).reduced() for a in expr.args]
        if isinstance(expr, AppliedUndef):
            return self._sequence(expr.func.__name__, parts)
        if not parts:
            raise Unknown(f"no normal form for {expr}")
        return self.letters.letter(
            "part", (type(expr).__name__, *parts), self.letters.inside(*parts)
        )

    def _whole(self, expr: Expr, env: Env) -> Ratio | None:
        """The floor or ceiling of what is not negative: a natural letter."""
        value = self.of(expr.args[0], env).reduced()
        if not all(self.letters.is_natural(side) for side in value) or self.letters.inside(value):
            return None
        return self.letters.letter("natural", (type(expr).__name__, value), positive=True)

    # powers

    def _power(self, expr: Expr, env: Env) -> Ratio:
        base, exponent = self.of(expr.args[0], env), expr.args[1]
        if exponent.is_Integer:
            return base ** int(exponent)
        if exponent.is_Rational and exponent.q == 2:
            return self.letters.root(base) ** int(exponent.p)
        times = self.of(exponent, env).reduced()
        if times.bottom == TWO:
            base, times = self.letters.root(base), Ratio(times.top)
        return self.symbolic_power(base.reduced(), times.polynomial())

    def symbolic_power(self, base: Ratio, exponent: Any) -> Ratio:
        return symbolic_power(self.letters, base, exponent)

    # sums and products

    def _opaque_sum(self, expr: Expr, env: Env) -> Ratio:
        index, lower, upper = _limits(expr)
        bound = self.letters.letter("bound", (self.level, height(expr)))
        body = self.of(expr.function, {**env, index: bound}).reduced()
        low, high = self.of(lower, env).reduced(), self.of(upper, env).reduced()
        inside = self.letters.inside(body, low, high) - self.letters.inside(bound)
        return self.letters.letter("sum", (type(expr).__name__, body, low, high), inside)

    def _sum(self, expr: Expr, env: Env) -> Ratio:
        index, lower, upper = _limits(expr)
        low, adds = self.of(lower, env), isinstance(expr, Sum)
        length = (self.of(upper, env) - low + number(1)).polynomial()
        if not adds and self._starts_inside(
            expr, low, length
        ):  # of factors that are letters: from 0 on, over those before
            whole, before = (
                expr.func(expr.function, (index, 0, end)) for end in (upper, lower - 1)
            )
            return self.of(whole, env) * self.of(before, env) ** -1
        count, extra = self._split(length)
        if not count:
            terms = [self.of(expr.function, {**env, index: low + number(i)}) for i in range(extra)]
            return _fold(terms, adds)
        shift = extra if self.end == "first" else 0
        places = [
            low + number(i) if shift else low + Ratio(count) + number(i) for i in range(extra)
        ]
        terms = [self.of(expr.function, {**env, index: place}) for place in places]
        bound = self.letters.letter("bound", (self.level, height(expr)), positive=True)
        self.counts[place_of(bound)] = count
        body = self.of(expr.function, {**env, index: low + number(shift) + bound})
        own = bound.top.leading_expv().index(1)
        terms.append(self._linear(body, own, count) if adds else self._product(body, own, count))
        return _fold(terms, adds)

    def _starts_inside(self, expr: Expr, low: Ratio, length: Any) -> bool:
        """Whether a product of values that nothing determines starts at an index of a sum around
        it, never beyond its end."""
        values = expr.function.atoms(AppliedUndef)
        named = any(v.func.__name__ in self.where for v in values)
        inside = self.letters.inside(low)
        sequences = self.recurrence.equations if self.recurrence is not None else ()
        moving = any(v.func.__name__ in sequences for v in values)
        if moving or not values or named or len(inside) != 1:
            return False
        (own,) = inside
        if own not in self.counts:
            return False
        least = (
            length + RING.gens[own] - RING(self.counts[own]) + 1
        )  # where the index is the last that the sum has
        return all(not m[own] for m in least.itermonoms()) and self.letters.is_natural(least)

    def _split(self, length: object) -> tuple[object, int]:
        """A number of terms as (natural part, further terms). Raises Unknown where it may be
        negative."""
        constant = int(length.coeff(1))  # type: ignore[attr-defined]
        rest = length - RING(length.coeff(1))  # type: ignore[attr-defined, operator]
        if not self.letters.is_natural(rest) or abs(constant) > LONGEST:
            raise Unknown("a sum whose length may be negative")
        if constant < 0 and rest:
            raise Unknown("a sum whose length may be negative")
        return rest, max(int(constant), 0)

    def _linear(self, body: Ratio, own: int, count: object) -> Ratio:
        """Sum of the body: what does not depend on the index comes out of each term."""
        body = body.reduced()
        moving = [
            own in self.letters.depends[i] if i < len(self.letters.depends) else False
            for i in range(MOST)
        ]
        if own in self.letters.inside(Ratio(body.bottom)):
            if vanishes(body.bottom, own) or any(
                e and i in self.letters.risky for i, e in enumerate(body.bottom.degrees())
            ):
                raise Unknown("a sum with a term that divides by zero")
            shared, _ = common(body.top)
            free = Ratio(
                RING({tuple(0 if m else e for e, m in zip(shared, moving, strict=True)): 1})
            )
            left = (body * free**-1).reduced()
            inside = self.letters.inside(left, Ratio(count)) - {own}
            return free * self.letters.letter("sum", ("Sum", left, count), inside)
        groups: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for monom, c in body.top.iterterms():
            kept = tuple([e if moves else 0 for e, moves in zip(monom, moving, strict=True)])
            groups.setdefault(kept, {})[
                tuple([0 if moves else e for e, moves in zip(monom, moving, strict=True)])
            ] = c
        total = number(0)
        for kept, terms in groups.items():
            outer = Ratio(RING(terms))
            if any(kept):
                inner = Ratio(RING({kept: 1}))
                inside = self.letters.inside(inner, Ratio(count)) - {own}
                total = total + outer * self.letters.letter("sum", ("Sum", inner, count), inside)
            else:
                total = total + outer * Ratio(count)
        return total if body.bottom is ONE else total * Ratio(body.bottom) ** -1

    def _product(self, body: Ratio, own: int, count: object) -> Ratio:
        if own not in self.letters.inside(body):
            return self.symbolic_power(body.reduced(), count)
        body = body.reduced()
        inside = self.letters.inside(body, Ratio(count)) - {own}
        made = self.letters.letter("product", (body, count), inside)
        if vanishes(body.top, own):
            self.letters.risky.add(place_of(made))
        return made

    # sequences

    def _sequence(self, name: str, arguments: list[Ratio]) -> Ratio:
        recurrence, meant = self.recurrence, self.where.get(name)
        if isinstance(meant, Root):
            place = arguments[0].constant()
            if place is None or place.denominator != 1 or place < 0:
                raise Unknown("a root without a number")
            return root_letter(self, meant, int(place))
        if isinstance(meant, Let) and meant.index is not None and not self.opaque:
            self.level += 1  # sums in it have indices of their own
            value = self._of(meant.value, {meant.index: arguments[0]})
            self.level -= 1
            return value
        if (
            not self.opaque
            and recurrence is not None
            and name in recurrence.equations
            and len(arguments) == 1
        ):
            key = (name, arguments[0])
            if key not in self.values:
                self.values[key] = self._stepped(recurrence, name, arguments[0])
            return self.values[key]
        kind = "state" if recurrence is not None and name in recurrence.equations else "sequence"
        return self.letters.letter(kind, (name, *arguments), self.letters.inside(*arguments))

    def _stepped(self, recurrence: Recurrence, name: str, at: Ratio) -> Ratio:
        """A value of a recurrence: a fact, a start, or one step back from `at`."""
        gone = (at - self.of(recurrence.first)) * number(recurrence.direction)
        poly = gone.polynomial()
        steps, fixed = int(poly.coeff(1)), poly.is_ground
        fact = self.facts.get(name)
        if not self.letters.is_natural(poly - RING(poly.coeff(1))) or abs(steps) > LONGEST:
            return self.letters.letter("state", (name, at), self.letters.inside(at))
        if fact is not None and steps >= fact.first:
            return self.of(fact.value, {fact.index: at})
        order = recurrence.order(name)
        if fixed and 0 <= steps < order:
            return self.of(recurrence.start[name][steps])
        if steps >= order:
            before = at - number(recurrence.offset(name))
            return self.of(recurrence.equations[name], {recurrence.index: before})
        return self.letters.letter("state", (name, at), self.letters.inside(at))


def _limits(expr: Expr) -> tuple[Symbol, Expr, Expr]:
    if len(expr.limits) != 1:
        raise Unknown("a sum over several indices")
    index, lower, upper = expr.limits[0]
    return index, lower, upper


def _fold(terms: list[Ratio], adds: bool) -> Ratio:
    return reduce(add if adds else mul, terms, number(0 if adds else 1))
