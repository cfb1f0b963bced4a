"""A closed form is right where it meets the start and, put into the equations, leaves zero:
induction over any order."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import (
    Abs,
    Basic,
    Expr,
    Ge,
    Integer,
    Max,
    Min,
    Product,
    Sum,
    Symbol,
    sign,
)
from sympy.core.function import AppliedUndef

from derive.checking.proof.letters import place_of, vanishes
from derive.checking.proof.normal import Normal
from derive.checking.proof.places import N, Place, places
from derive.checking.proof.ratios import Ratio, Unknown, number
from derive.checking.switches.settled import settled
from derive.model.language.claims import Claim, Let, Root
from derive.model.language.conditions import Conditions
from derive.model.recurrences.stated import Stated

Where = tuple[Root | Let, ...]
Done = dict[tuple[str, tuple[Basic, ...]], bool | None]


def prove_closed(
    name: str,
    model: Stated,
    closed: Mapping[str, Claim],
    known: Conditions,
    where: Where,
    done: Done,
) -> bool | None:
    """Whether `closed[name]` holds for all indices from where its needs let it begin, with all that
    it is made from.

    True, False where independent letters leave a remainder, None where the zero test cannot say.
    `done` keeps the answers for each sequence: others may rest on it too.
    """
    answers = []
    for each in _closure(name, model):
        key = (each, known.relations)
        if key not in done:
            done[key] = _at_either_end(each, model, closed, known, where)
        answers.append(done[key])
    return False if False in answers else None if None in answers else True


def _at_either_end(
    name: str, model: Stated, closed: Mapping[str, Claim], known: Conditions, where: Where
) -> bool | None:
    """Terms are peeled off sums at one end; which one, the sums decide."""
    here = _holds(name, model, closed, known, where, "last")
    if not here and name in closed and closed[name].right.has(Sum, Product):
        here = _holds(name, model, closed, known, where, "first") or None
    return here


def _closure(name: str, model: Stated) -> list[str]:
    """A sequence and all whose values it is made from, directly or not."""
    found, waiting = [], [name]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.append(here)
            waiting += sorted(model.reads(here))
    return found


def _holds(
    name: str, model: Stated, closed: Mapping[str, Claim], known: Conditions, where: Where, end: str
) -> bool | None:
    t = model.index
    if name not in closed or not model.first.is_Integer:
        return None
    claim, order = closed[name], model.order(name)
    read = [closed[n] for n in _closure(name, model) if n in closed]
    first = max(int(model.first) + known.plus(c.needs).least(t - model.first) for c in read)
    equation = model.equations[name]
    values = {
        a: closed[a.func.__name__].right
        for a in equation.atoms(AppliedUndef)
        if a.func.__name__ in model.equations
    }
    put = {a: value.xreplace({t: a.args[0]}) for a, value in values.items()}
    after = claim.right.xreplace({t: t + order})
    inside = known.plus((*claim.needs, Ge(t, first, evaluate=False)))
    switching = any(model.equations[n].has(Max, Min, Abs, sign) for n in _closure(name, model))
    if switching:  # what they are on the way, where the ranges decide it
        after, equation = (settled(e, inside) for e in (after, equation.xreplace(put)))
        put = {}
    meant = {entry.name: entry for entry in where}
    signs, whole = known.plus(claim.needs).signs, inside.wholes
    answers = []
    try:
        for j in range(order):
            normal = Normal(where=meant, signs=signs, end=end)
            normal.base |= {
                Symbol(n): normal.natural(n) + number(least) for n, least in whole.items()
            }
            normal.base[t] = number(first + j)
            begun = (
                normal.of(_walked(name, first + j, model, inside))
                if switching
                else _first_values(name, first + j, model, normal)
            )
            answers.append(normal.letters.is_zero(begun - normal.of(claim.right)))
        for place in places(first, (after, equation, *put.values()), t, whole):
            normal = Normal(where=meant, signs=signs, end=end)
            for letter in place.naturals:
                normal.base[letter] = normal.natural(letter.name)
            base = {symbol: normal.of(value) for symbol, value in place.values.items()}
            normal.base |= base
            if _undefined_somewhere(normal, claim.right, place):
                return None
            normal.base |= {
                Symbol(f" {n}"): normal.of(value) for n, value in enumerate(put.values())
            }  # sequences read, as letters
            asked = equation.xreplace({a: Symbol(f" {n}") for n, a in enumerate(put)})
            answers.append(normal.letters.is_zero(normal.of(after) - normal.of(asked)))
    except Unknown:
        return None
    return False if False in answers else None if None in answers else True


def _walked(name: str, at: int, model: Stated, known: Conditions) -> Expr:
    """A value among the first, by unrolling, with what the ranges decide of its switches."""
    t, step = model.index, at - int(model.first)
    if step < 0:
        raise Unknown("a value before the start")
    if step < model.order(name):
        return model.start[name][step]
    equation = model.equations[name].xreplace({t: Integer(at - model.order(name))})
    reads = [a for a in equation.atoms(AppliedUndef) if a.func.__name__ in model.equations]
    values = {a: _walked(a.func.__name__, int(a.args[0]), model, known) for a in reads}
    return settled(equation.xreplace(values), known)


def _undefined_somewhere(normal: Normal, form: Expr, place: Place) -> bool:
    """Whether the closed form divides by zero at some index, whatever the parameters are."""
    bottom = normal.of(form).bottom
    if any(e and i in normal.letters.risky for i, e in enumerate(bottom.degrees())):
        return True
    return any(vanishes(bottom, place_of(normal.natural(letter.name))) for letter in place.naturals)


def undefined_somewhere(form: Expr, model: Stated, known: Conditions) -> bool:
    """The same at any index that is known to be reached."""
    place = Place({model.index: N + model.first + known.least(model.index - model.first)}, (N,))
    normal = Normal(opaque=True, signs=known.signs)
    normal.base |= {N: normal.natural(N.name)}
    normal.base |= {symbol: normal.of(value) for symbol, value in place.values.items()}
    return _undefined_somewhere(normal, form, place)


def _first_values(name: str, at: int, model: Stated, normal: Normal) -> Ratio:
    """A value among the first, by unrolling."""
    t = model.index
    made: dict[tuple[str, int], Ratio] = {}

    def value(name: str, at: int) -> Ratio:
        if (name, at) not in made:
            step, order = at - int(model.first), model.order(name)
            if step < 0:
                raise Unknown("a value before the start")
            if step < order:
                made[name, at] = normal.of(model.start[name][step])
            else:
                equation = model.equations[name]
                reads = [
                    a for a in equation.atoms(AppliedUndef) if a.func.__name__ in model.equations
                ]
                inner = Normal(
                    where=normal.where, signs=normal.signs, letters=normal.letters, end=normal.end
                )
                inner.base[t] = number(at - order)
                for n, a in enumerate(reads):
                    inner.base[Symbol(f" {n}")] = value(
                        a.func.__name__, at - order + int(a.args[0] - t)
                    )
                made[name, at] = inner.of(
                    equation.xreplace({a: Symbol(f" {n}") for n, a in enumerate(reads)})
                )
        return made[name, at]

    return value(name, at)
