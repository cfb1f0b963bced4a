"""What a closed form divides by may be zero: each such case is a model of its own, solved by
itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import (
    Basic,
    Eq,
    Expr,
    Gt,
    Lt,
    Mod,
    Ne,
    Poly,
    Pow,
    S,
    Symbol,
    cos,
    false,
    nan,
    sin,
    sqrt,
    true,
    zoo,
)
from sympy.core.relational import Relational
from sympy.polys.polyerrors import PolynomialError

from derive.model.language.claims import DeriveError, relation
from derive.model.language.conditions import Conditions, plain
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.fields import Field, NotRational, in_factors
from derive.solving.recurrences.solver import solution
from derive.solving.recurrences.strategies.constant import Solution

DEEPEST = 3  # conditions that may hold at once
MOST = 40  # branches


@dataclass(frozen=True)
class Branch:
    """The solution of `model`, which is the stated one where `conditions` hold; None where none is
    known."""

    conditions: tuple[Basic, ...]
    model: Stated
    solution: Solution | None


def branches(model: Stated, general: Solution) -> list[Branch]:
    """The general solution and, for each of its needs that may fail, those of the degenerate
    models; the general one first."""
    found: list[Branch] = []
    _collect(model, general, (), found)
    return found


def _collect(
    model: Stated, general: Solution, conditions: tuple[Basic, ...], found: list[Branch]
) -> None:
    found += [
        Branch((*conditions, *each.needs), model, each) for each in (general, *general.others)
    ]
    if len(_telling(conditions)) >= DEEPEST:
        return
    for need in general.needs:
        for special, smaller in degenerate(model, need):
            held = _together(conditions, special)
            if (
                held is None
                or _is_excluded(special, model)
                or len(found) >= MOST
                or any(_telling(held) == _telling(b.conditions) for b in found)
            ):
                continue
            try:
                if smaller is None:
                    raise DeriveError("no solution is known here")
                _collect(smaller, solution(smaller), held, found)
            except DeriveError:
                found.append(Branch(held, smaller or model, None))


def _telling(conditions: tuple[Basic, ...]) -> set[Basic]:
    """What tells one case from another."""
    return {c for c in conditions if not isinstance(c, Ne)}


def _together(
    conditions: tuple[Basic, ...], special: tuple[Basic, ...]
) -> tuple[Basic, ...] | None:
    """Both, values put in; None where they contradict each other, as S1 = 1/S2 and S2 = 0 do."""
    put = {c.lhs: c.rhs for c in special if isinstance(c, Eq) and isinstance(c.lhs, Symbol)}
    before = [
        relation(type(c), c.lhs.xreplace(put) if isinstance(c, Ne) else c.lhs, c.rhs.xreplace(put))
        for c in conditions
    ]  # type: ignore[arg-type]
    if any(c is false or c.has(zoo, nan) for c in before):
        return None
    flat = {
        c.lhs.args[0]
        for c in (*before, *special)
        if isinstance(c, Eq) and isinstance(c.lhs, sin) and c.rhs == 0
    }
    waves = [
        put.get(c.lhs, c.lhs)
        for c in before
        if isinstance(c, Eq) and isinstance(c.rhs, cos) and c.rhs.args[0] in flat
    ]
    if any(value.is_number and value not in (1, -1) for value in waves):
        return None  # cos(w) is 1 or -1 where sin(w) is 0
    return tuple(dict.fromkeys((*(c for c in before if c is not true), *special)))


def _is_excluded(special: tuple[Basic, ...], model: Stated) -> bool:
    """Whether the ranges leave no room for a case, as 0 < b < 1 leaves none for b = 1."""
    put = {c.lhs: c.rhs for c in special if isinstance(c, Eq) and isinstance(c.lhs, Symbol)}
    known = Conditions(model.ranges)
    there = Conditions(put_into(model, put).ranges)
    moved = [r.xreplace(put) for r in model.ranges]
    return (
        false in moved
        or any(known.give(c.negated) for c in special)
        or any(there.give(r.negated) for r in moved if isinstance(r, Relational))
    )


Special = tuple[tuple[Basic, ...], Stated | None]


def degenerate(model: Stated, need: Basic) -> Iterator[Special]:
    """The conditions under which `need` fails, each with the model that the stated one then is;
    None where none is solved.

    Nothing where the ranges exclude it.
    """
    t = model.index
    known = Conditions(model.ranges)
    if known.give(need):
        return
    if isinstance(need, Gt) and need.rhs == 0 and need.lhs.is_Symbol:  # a root was taken
        yield (relation(Eq, need.lhs, S.Zero),), put_into(model, {need.lhs: S.Zero})
        yield (relation(Lt, need.lhs, S.Zero),), None
    if not isinstance(need, Ne):
        return
    zero = need.lhs - need.rhs
    waves = [w for w in zero.atoms(sin, cos) if t not in w.free_symbols]
    if waves:
        yield from _wave(model, zero, waves[0].args[0])
        return
    if isinstance(need.lhs, Pow) and need.rhs == 1 and need.lhs.exp.free_symbols:  # b**k = 1
        base, exponent = need.lhs.args
        for symbol, value in solved(base - 1, model):
            yield (relation(Eq, symbol, value),), put_into(model, {symbol: value})
        yield (relation(Eq, base, S.NegativeOne), relation(Eq, Mod(exponent, 2), S.Zero)), None
        return
    for symbol, value in solved(zero, model):
        stated = (plain(relation(Ne, f, S.Zero)) for f in _divided_by(value))
        told = (relation(Eq, symbol, value), *(n for n in stated if not known.give(n)))
        yield told, put_into(model, {symbol: value})
    yield from _below(model, zero)


def _divided_by(value: Expr) -> list[Expr]:
    """The factors of what an expression divides by."""
    try:
        field = Field([value])
        element = field.element(value)
    except NotRational:
        return []
    return field.factors(field.one / element) if element else []


def _below(model: Stated, zero: Expr) -> Iterator[Special]:
    """What solving for one symbol leaves out: where what it divides by is zero."""
    factors = dict.fromkeys(f for _, value in solved(zero, model) for f in _divided_by(value))
    for factor in sorted(factors, key=str):
        for letter, at in solved(factor, model):
            here = {letter: at}
            rest, there = in_factors(zero.xreplace(here)), put_into(model, here)
            if rest == 0:
                yield (relation(Eq, letter, at),), there
            for symbol, value in solved(rest, there) if rest.free_symbols else ():
                yield (
                    (relation(Eq, letter, at), relation(Eq, symbol, value)),
                    put_into(there, {symbol: value}),
                )


def solved(zero: Expr, model: Stated) -> list[tuple[Symbol, Expr]]:
    """One symbol in which `zero` = 0 is solved, and its values: of degree one where there is such,
    else two with a root."""
    t = model.index
    starts = {s for values in model.start.values() for v in values for s in v.free_symbols}
    options = []
    for symbol in sorted(zero.free_symbols - {t}, key=str):
        try:
            c = Poly(zero, symbol).all_coeffs()
        except PolynomialError:
            continue
        values = (
            [in_factors(-c[1] / c[0])] if len(c) == 2 else _two_values(*c) if len(c) == 3 else []
        )
        if values:
            options.append(
                (
                    len(c),
                    not c[0].is_number,
                    symbol in starts,
                    -_depth(symbol, model),
                    symbol.name,
                    symbol,
                    values,
                )
            )
    if not options:
        return []
    *_, symbol, values = min(options, key=lambda o: o[:5])
    return [(symbol, value) for value in values]


def _depth(symbol: Symbol, model: Stated) -> int:
    """How often a letter occurs: the one that occurs most is solved for, so that it leaves the most
    places."""
    return sum(e.count(symbol) for e in model.equations.values())


def _two_values(a: Expr, b: Expr, c: Expr) -> list[Expr]:
    """The quadratic formula, where what stands under the root is a square times one letter, or a
    square."""
    try:
        field = Field([a, b, c])
        under = field.element(b) ** 2 - field.element(a) * field.element(c) * 4
        square, letter = field.square(under)
    except NotRational:
        return []
    found = [in_factors((-b + sign * square * sqrt(letter)) / (2 * a)) for sign in (-1, 1)]
    return list(dict.fromkeys(found)) if letter.is_Symbol or letter == 1 or square == 0 else []


def _wave(model: Stated, zero: Expr, angle: Expr) -> Iterator[tuple[tuple[Basic, ...], Stated]]:
    """b^2 - 2 b cos w + 1 = |b - e^(iw)|^2 is zero only for b = cos w = 1 or -1, where cos(w t) =
    b^t; or sin w = 0 itself."""
    t = model.index
    flat = relation(Eq, sin(angle), S.Zero)
    if zero == sin(
        angle
    ):  # cos(w)^2 = 1: r^2 beside 2 r cos(w) is written r^2 cos(w)^2, so that the double root shows
        yield (flat,), put_into(model, {s**2: s**2 * cos(angle) ** 2 for s in model.symbols})
        return
    others = sorted(zero.free_symbols - angle.free_symbols, key=str)
    if len(others) == 1:
        b = others[0]
        put = {cos(angle * t): b**t, sin(angle * t): S.Zero, cos(angle): b, sin(angle): S.Zero}
        yield (flat, relation(Eq, b, cos(angle))), put_into(model, put)


def _made_whole(model: Stated, values: Mapping[Basic, Expr]) -> set[str]:
    """Letters put in for letters that are whole numbers."""
    whole = set(map(Symbol, model.integers))
    return {s.name for letter, v in values.items() if letter in whole for s in v.free_symbols}


def put_into(model: Stated, values: Mapping[Basic, Expr]) -> Stated:
    """The model with values for some of its letters."""
    return replace(
        model,
        equations={name: e.xreplace(values) for name, e in model.equations.items()},
        start={
            name: tuple(v.xreplace(values) for v in given) for name, given in model.start.items()
        },
        integers=model.integers - {str(letter) for letter in values} | _made_whole(model, values),
        more_ranges=tuple(
            r for r in (r.xreplace(values) for r in model.more_ranges) if r not in (True, False)
        ),
    )
