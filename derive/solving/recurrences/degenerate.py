"""The equalities under which a solution divides by zero, and the model with them put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import (
    Basic,
    Eq,
    Expr,
    Ge,
    Gt,
    Lt,
    Mod,
    Ne,
    Poly,
    Pow,
    S,
    Symbol,
    cos,
    sin,
    sqrt,
)
from sympy.polys.polyerrors import PolynomialError

from derive.model.language.claims import relation
from derive.model.language.conditions import Conditions, plain
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational, in_factors

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
    if isinstance(need, Gt) and need.rhs == 0:  # a root was taken
        for symbol, value in solved(need.lhs, model):
            yield (relation(Eq, symbol, value),), put_into(model, {symbol: value})
        yield (relation(Lt, need.lhs, S.Zero),), None
    if isinstance(need, Ge) and t not in need.free_symbols:  # a threshold before the start
        yield (relation(Lt, need.lhs, need.rhs),), None
    if not isinstance(need, Ne):
        return
    zero = need.lhs - need.rhs
    waves = [w for w in zero.atoms(sin, cos) if t not in w.free_symbols]
    if waves:
        yield from _wave(model, zero, waves[0].args[0])
        return
    if isinstance(need.lhs, Pow) and need.rhs == 1 and need.lhs.exp.free_symbols:  # b**k = 1
        base, exponent = need.lhs.args
        for zero in (base - 1, exponent):
            whole = any(s.name in model.integers for s in zero.free_symbols)  # at least 1
            for symbol, value in solved(zero, model) if zero != exponent or not whole else ():
                yield (relation(Eq, symbol, value),), put_into(model, {symbol: value})
        yield (relation(Eq, base, S.NegativeOne), relation(Eq, Mod(exponent, 2), S.Zero)), None
        return
    found = solved(zero, model)
    if not found:
        yield _related(model, zero)
    for symbol, value in found:
        stated = (plain(relation(Ne, f, S.Zero)) for f in _divided_by(value))
        told = (relation(Eq, symbol, value), *(n for n in stated if not known.give(n)))
        yield told, put_into(model, {symbol: value})
    yield from _below(model, zero)


def _related(model: Stated, zero: Expr) -> Special:
    """A relation that gives no letter by itself, as a^2 = 3: put in for the power; where none is
    one of a single power, it is only said."""
    for symbol in sorted(zero.free_symbols - {model.index}, key=str):
        poly = zero.as_poly(symbol)
        if poly is None or any(poly.all_coeffs()[1:-1]) or not poly.LC().is_number:
            continue
        degree, value = poly.degree(), (-poly.eval(0) / poly.LC()).expand()
        powers = {
            p
            for e in model.equations.values()
            for p in e.atoms(Pow)
            if p.base == symbol and p.exp.is_Integer
        }
        put = {p: symbol ** (p.exp % degree) * value ** (p.exp // degree) for p in powers}
        return (relation(Eq, symbol**degree, value),), put_into(model, put)
    return (relation(Eq, zero, S.Zero),), None


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
    poly = None if others else zero.as_poly(cos(angle))
    if poly is not None and poly.degree() == 1 and not poly.free_symbols_in_domain:
        b = -poly.eval(0) / poly.LC()
        if abs(b) == 1:
            put = {cos(angle * t): b**t, sin(angle * t): S.Zero, cos(angle): b, sin(angle): S.Zero}
            yield (relation(Eq, cos(angle), b),), put_into(model, put)
    elif len(others) == 1:
        b = others[0]
        put = {cos(angle * t): b**t, sin(angle * t): S.Zero, cos(angle): b, sin(angle): S.Zero}
        yield (flat, relation(Eq, b, cos(angle))), put_into(model, put)


def _made_whole(model: Stated, values: Mapping[Basic, Expr]) -> set[str]:
    """Letters put in for letters that are whole numbers."""
    whole = set(map(Symbol, model.integers))
    return {s.name for letter, v in values.items() if letter in whole for s in v.free_symbols}


def moved(condition: Basic, values: Mapping[Basic, Expr]) -> Basic:
    """A condition with values put in; false where it then has none, as 1/b > 0 for b = 0."""
    try:
        return condition.xreplace(values)
    except TypeError:  # what sympy raises at a comparison with nan or zoo
        return S.false


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
            r for r in (moved(r, values) for r in model.more_ranges) if r not in (True, False)
        ),
    )
