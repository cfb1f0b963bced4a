"""Is every condition of an answer stated? Parameters are looked for that meet all that is and give
the answer no value."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sympy import (
    Basic,
    Expr,
    Ne,
    Piecewise,
    Poly,
    Pow,
    Product,
    S,
    Sum,
    Symbol,
    acos,
    log,
    sin,
    tan,
)
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import PolynomialError

from derive.checking.counting.kinds import truth
from derive.checking.counting.unroll import TooLong
from derive.checking.counting.worlds import Sample
from derive.checking.numbers.evaluate import Env, evaluate
from derive.checking.numbers.factorials import TooLarge
from derive.checking.numbers.intervals import NotReadable
from derive.checking.numbers.raised import exact
from derive.model.language.claims import Claim, free_symbols
from derive.model.language.conditions import plain

SOON = 4  # indices from the first on
MOST = 3  # worlds in which one is looked for
ZEROS = {sin: Fraction(0), tan: Fraction(0), log: Fraction(1)}  # where a function is zero


def unstated(claim: Claim, sample: Sample) -> str | None:
    """What the right side must not do, in words, at parameters that the conditions allow; None
    where none are found."""
    worlds = sample.worlds(claim)[:MOST]
    model = sample.model
    first = int(model.first) + sample.known(claim.needs).least(model.index - model.first)
    stated = {plain(n) for n in sample.known(claim.needs).relations if isinstance(n, Ne)}
    for part in _parts(claim.right, sample.model.index):
        divides = isinstance(part, Pow) and part.exp.is_Integer and part.exp.is_negative
        if divides and plain(Ne(part.args[0], S.Zero, evaluate=False)) in stated:
            continue  # word for word
        for env in worlds:
            for changed in _worse(part, env, sample, first):
                if _allowed(claim, sample, changed):
                    at = ", ".join(
                        f"{s} = {changed[s.name]}" for s in free_symbols(part) if s.name in changed
                    )
                    return f"it has no value at {at}, which no condition excludes: {part}"
    return None


def stops(claim: Claim, sample: Sample) -> bool:
    """Whether the sequence has no value in any world but at its first indices: there a closed form
    can be right, and nowhere else."""
    t, values = sample.model.index, []
    for env in sample.worlds(claim):
        if env.get(t.name, 0) < int(sample.model.first) + SOON:
            continue
        try:
            values.append(sample.value(claim.left, env))
        except (TooLarge, TooLong):  # it has a value there
            return False
        except ZeroDivisionError:
            values.append(None)
    return bool(values) and all(v is None for v in values)


def _parts(expr: Expr, t: Symbol) -> list[Expr]:
    """What may have no value: powers that divide, roots, arccosines; not under sums, where they
    change with an index."""
    found: dict[Expr, None] = {}
    waiting: list[tuple[Basic, bool]] = [(expr, False)]
    while waiting:
        part, piece = waiting.pop()
        if isinstance(part, Sum | Product):
            continue
        moving = (
            isinstance(part, Pow) and t in part.exp.free_symbols and not piece
        )  # a piece need not be read at the start
        if (
            isinstance(part, Pow)
            and t not in part.base.free_symbols
            and (part.exp.is_negative or moving)
        ):
            found[part] = None
        elif (isinstance(part, Pow) and part.exp.is_Rational and part.exp.q == 2) or isinstance(
            part, acos
        ):
            found[part] = None  # type: ignore[index]
        waiting += [(a, piece or isinstance(part, Piecewise)) for a in part.args]
    return [p for p in found if not p.atoms(AppliedUndef) and (p.args[0].free_symbols - {t})]


def _worse(part: Expr, env: Env, sample: Sample, first: int) -> Iterator[Env]:
    """Worlds in which a base is zero, what is under a root negative, a cosine 2."""
    t = sample.model.index
    inner, wanted = part.args[0], Fraction(0)
    if isinstance(part, Pow) and not part.exp.is_negative:
        if t in part.exp.free_symbols:
            place = {**env, t.name: first}
            try:
                exponent = evaluate(part.exp, place)
            except (ZeroDivisionError, NotReadable):
                return
            if not exact(exponent) or exponent >= 0:
                return
        else:
            wanted = Fraction(-1)
    elif isinstance(part, acos):
        wanted = Fraction(2)
    for symbol in sorted(inner.free_symbols - {t}, key=str):
        value = _solved(inner, symbol, wanted, env)
        if value is not None:
            yield {**{k: v for k, v in env.items() if isinstance(k, str)}, symbol.name: value}


def _solved(expr: Expr, symbol: Symbol, wanted: Fraction, env: Env) -> Fraction | None:
    """The value of one letter with which a linear expression, or a function of one, is `wanted`."""
    if wanted == 0 and type(expr) in ZEROS:
        return _solved(expr.args[0], symbol, ZEROS[type(expr)], env)
    try:
        row = Poly(expr, symbol).all_coeffs()
        if len(row) != 2:
            return None
        a, b = (evaluate(c, env) for c in row)
        return (wanted - b) / Fraction(a) if exact(a) and exact(b) and a else None
    except (PolynomialError, ZeroDivisionError, NotReadable, TypeError):
        return None


def _allowed(claim: Claim, sample: Sample, env: Env) -> bool:
    """Whether conditions and ranges hold, those on the index aside, and the recurrence itself has
    values."""
    t = sample.model.index
    model = sample.model
    try:
        values = truth(model, env)
        for name in model.equations:
            values[name](int(model.first) + model.order(name) + 1)
        relations = [
            r
            for r in (*claim.needs, *model.ranges)
            if t not in r.free_symbols and not r.atoms(AppliedUndef)
        ]
        return all(evaluate(r, env) for r in relations)
    except (ZeroDivisionError, NotReadable):
        return False
