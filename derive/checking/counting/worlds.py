"""Worlds in which a claim is counted: exact numbers that meet the ranges and the claim's needs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sympy import Basic, Eq, Expr
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.checking.counting.kind import FEW, LARGE, SHOWN
from derive.checking.counting.kinds import hidden, kind_of, rational, sequences, truth
from derive.checking.counting.plans import Plan, all_hold, bounds, meet, places
from derive.checking.counting.unroll import TooLong, give_compiled, meanings
from derive.checking.numbers.evaluate import Code, Env, code
from derive.checking.proof.normal import Normal
from derive.model.language.claims import LEVEL, Claim, Let, Root, free_symbols
from derive.model.language.conditions import Conditions

SMALL = tuple(range(9))  # every index 0..8, and one above 20
EXTRA = (*range(9, 20), *range(26, 61))  # where a refuted claim is searched for a witness
TRIES = 200


class Sample:
    """The worlds in which the claims about one model are counted: drawn once, with the truth
    unrolled once.

    A world is an environment for `evaluate`. Each draws every parameter anew from over 10^6
    rationals (whole numbers for sizes), with an index of its own: 0..8 and one of 20..25.
    """

    def __init__(
        self,
        model: Any,
        where: tuple[Root | Let, ...] = (),
        closed: Mapping[str, Claim] | None = None,
    ):
        self.model, self.where, self.closed = model, where, closed or {}
        self.kind = kind_of(model)
        taken = (*getattr(model, "symbols", ()), *getattr(model, "equations", ()))
        clash = {entry.name for entry in where} & set(map(str, taken))
        if clash:
            raise ValueError(
                f"{', '.join(sorted(clash))} stands for something in the model already"
            )
        self.hidden = frozenset(s for part in hidden(model) for s in part.free_symbols)
        self._ranges = Conditions(model.ranges)
        self.always = self.hidden.union(*(r.free_symbols for r in model.ranges))
        self._rng = random.Random(20)
        self._squares, self.where_compiled = kind_of(model).squares(model), meanings(where)
        first = int(model.first) if model.stepwise and model.first.is_Integer else 0
        self.indices = tuple(
            first + n for n in (*SMALL, self._rng.randint(*LARGE), *self.kind.more)
        )
        self._drawn: dict[tuple[int, int], list[Env]] = {}
        self._ways: dict[Any, int] = {}
        self._values: dict[tuple[Basic, int], Any] = {}
        self._codes: dict[Basic, Code] = {}
        self._known: dict[tuple[Basic, ...], Conditions] = {}
        self._worlds: dict[Any, list[Env]] = {}
        self._free: dict[Basic, frozenset[Any]] = {}
        self.normals: dict[Any, Normal] = {}  # zero tests that claims of this model share
        self.proofs: dict[Any, bool | None] = {}  # what induction said of each sequence

    def worlds(
        self,
        claim: Claim,
        indices: tuple[int, ...] | None = None,
        bound: frozenset[str] = frozenset(),
    ) -> list[Env]:
        """One world for each index in which the claim's needs hold; indices for which none is found
        are left out.

        `bound` are letters of the claim that are indices of a sum around it: small whole numbers.
        """
        free = self.free(claim.left) | self.free(claim.right) | self.always
        key = (claim.needs, free, bound, indices)
        if key not in self._worlds:
            self._worlds[key] = list(
                self._found(self.plan(claim.needs, free, bound), indices or self.indices)
            )
        return self._worlds[key]

    def free(self, expr: Basic) -> frozenset[Any]:
        return self._free.setdefault(expr, frozenset(expr.free_symbols))

    def _found(self, plan: Plan, indices: tuple[int, ...]) -> Iterator[Env]:
        for index in indices:
            env = next(
                (e for e in self._candidates(index, plan) if all_hold(self.value, plan.needs, e)),
                None,
            )
            if env is not None:
                yield env
            if not plan.symbols:
                return

    def known(self, needs: tuple[Basic, ...]) -> Conditions:
        """The model's ranges and these needs."""
        if needs not in self._known:
            self._known[needs] = self._ranges.plus(needs)
        return self._known[needs]

    def whole(self, known: Conditions) -> frozenset[str]:
        """Names of the letters that are whole numbers; of a recurrence those that are said to
        be."""
        sizes = frozenset() if self.model.stepwise else self.model.integers
        return sizes | known.wholes.keys()

    def value(self, expr: Basic, env: Env) -> Any:
        """`expr` in a world of this sample, one that was drawn and is kept; each is evaluated
        once."""
        key = (expr, id(env))
        if key not in self._values:
            self._values[key] = self.evaluated(expr, env)
        return self._values[key]

    def evaluated(self, expr: Basic, env: Env) -> Any:
        if expr not in self._codes:
            self._codes[expr] = code(expr)
        return self._codes[expr](env)

    def plan(self, needs: tuple[Basic, ...], free: frozenset[Any], bound: frozenset[str]) -> Plan:
        """What to draw for a claim with these needs and symbols, and between which bounds."""
        known = self.known(needs)
        relations = tuple(r for r in known.relations if isinstance(r, Relational))
        symbols = free_symbols(*free, *needs)
        own = tuple(s.name for s in symbols if s.name in self.model.indices)
        ranges = {s.name: bounds(s, known) for s in symbols if s.name not in own}
        most, whole = partial(self.kind.most, self.model), self.whole(known)
        wholes = {s.name: most(s.name) for s in symbols if s.name in whole}
        wholes |= dict.fromkeys(bound, LARGE[0])
        names = tuple(s.name for s in symbols)
        shaping = tuple(
            r for r in relations if isinstance(r, Eq) or LEVEL in r.free_symbols
        )  # what is drawn is bent to these
        drawn_by = (names, tuple(ranges.items()), tuple(wholes.items()), shaping)
        return Plan(
            relations,
            needs,
            names,
            own,
            ranges,
            wholes,
            self._ways.setdefault(drawn_by, len(self._ways)),
        )

    def _candidates(self, index: int, plan: Plan) -> Iterator[Env]:
        """Worlds with an index that the relations allow: those drawn before in the same way, then
        new ones.

        Not those drawn for a claim that needs c > 0, l <= L - 3, or that S divides: a claim that
        does not must hold without.
        """
        drawn = self._drawn.setdefault((index, plan.way), [])
        yield from drawn
        at = places(index, plan)
        for _ in range(TRIES if at else 0):
            env: Env = dict(self._rng.choice(at))
            for name, (low, high) in plan.ranges.items():
                most = plan.wholes.get(name)
                if most is not None:
                    most = FEW if self.kind.near_one and index % 3 == 1 else most
                    env[name] = self._rng.randint(int(low or 0), int(high or most))
                else:
                    chosen = rational(self._rng, low, high)
                    env[name] = chosen**2 if name in self._squares else chosen
            if index in self.kind.more:
                self.kind.bent(self._rng, self.model, env, index)
            env |= sequences(self._rng, self.model)
            try:
                meet(env, plan.relations)
                give_compiled(self.where_compiled, env)
                env |= truth(self.model, env)
                counts = all_hold(self.evaluated, self.model.ranges, env)
            except TooLong:  # another draw would not do better
                return
            except ZeroDivisionError:
                continue
            if counts:
                drawn.append(env)
                yield env


def show(env: Env, model: Any, parts: tuple[Expr, ...]) -> tuple[tuple[str, str], ...]:
    """The values a reader needs to see a claim fail: its symbols, and what sizes a stack drew."""
    found = [
        (s.name, str(env[s.name])) for s in free_symbols(*parts, *hidden(model)) if s.name in env
    ]
    heads = {a.func.__name__ for p in parts for a in p.atoms(AppliedUndef)}
    sizes = kind_of(model).sizes
    if sizes and model.depth.free_symbols and env["L"] <= SHOWN and heads:
        places = range(1, env["L"] + 1)
        found += [(f"{name}({i})", str(env[name](i))) for name in sizes for i in places]
    return tuple(found)
