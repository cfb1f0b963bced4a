"""All indices from one on, in families in which every rest, every threshold and every rounding that
is written is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, lcm

from sympy import Expr, Integer, KroneckerDelta, Mod, Piecewise, Pow, Symbol, ceiling, floor
from sympy.core.relational import Relational

from derive.checking.proof.ratios import Unknown
from derive.model.language.parts import parts as walk

LONGEST_PERIOD = 24
SHORT = 4  # periods that are looked at one by one at the start
TOLD_APART = (Mod, Piecewise, floor, ceiling, KroneckerDelta, Pow)
N = Symbol(" n")  # any natural number; names that nobody can write


@dataclass(frozen=True)
class Place:
    """A family of indices: the index and thresholds as expressions in natural letters
    `naturals`."""

    values: Mapping[Symbol, Expr]
    naturals: tuple[Symbol, ...] = ()


def places(
    first: int, parts: tuple[Expr, ...], t: Symbol, whole: Mapping[str, int]
) -> Iterator[Place]:
    """All values of the index t from `first` on, in families in which every rest and every
    condition is decided, and every impulse past; `whole` are letters that are whole numbers, with
    the least they can be."""
    told = [p for part in parts for p in walk(part) if isinstance(p, TOLD_APART)]
    past = max((j + 1 for part in told for j in _impulse(part, t)), default=first)
    if past - first > LONGEST_PERIOD:
        raise Unknown("an impulse too far away")
    yield from (Place({t: Integer(j)}) for j in range(first, past))
    first = max(first, past)
    found = {p for p in told if not isinstance(p, KroneckerDelta | Pow) and t in p.free_symbols}
    letters = sorted({s for p in found for s in p.free_symbols if s.name in whole}, key=str)
    rests = {m.args[1] for p in found for m in p.atoms(Mod)} | {
        (1 / f.args[0].diff(t)) for p in found for f in p.atoms(floor, ceiling)
    }
    numbers = [int(r) for r in rests if r.is_Integer]
    bounds = {c for p in found for c in p.atoms(Relational) if not c.has(Mod, floor, ceiling)}
    if not found:
        yield Place({t: N + first}, (N,))
    elif len(letters) == 1 and rests == {letters[0]} and whole[letters[0].name] > 0:
        yield from _by_a_letter(first, letters[0], t, _farthest(found, t))
    elif len(letters) == 1 and not rests:
        yield from _around(first, letters[0], whole[letters[0].name], t)
    elif not letters and not bounds and len(numbers) == len(rests):
        period = _lcm(numbers)
        yield from (Place({t: period * N + first + r}, (N,)) for r in range(period))
    elif not letters and not rests:
        sides = [
            side - t if (side - t).is_Integer else side
            for c in bounds
            for side in c.args
            if side != t
        ]
        if not all(side.is_Rational for side in sides):
            raise Unknown("a condition on more than the index")
        last = max(ceil(abs(side)) for side in sides)
        yield from (Place({t: Integer(first + j)}) for j in range(min(last + 2, LONGEST_PERIOD)))
        if last + 2 > LONGEST_PERIOD:
            raise Unknown("a threshold too far away")
        yield Place({t: N + first + last + 2}, (N,))
    else:
        raise Unknown("cases of several kinds")


def least_wholes(expr: Expr, wholes: Mapping[str, int]) -> Iterator[dict[str, tuple[int, bool]]]:
    """Cases of the letters that are whole numbers: the least of each, and whether it may be more. A
    period is told apart from short ones, whose multiples are among the first places."""
    rounded = expr.atoms(Mod, floor, ceiling)
    periods = sorted({s.name for p in rounded for s in p.free_symbols} & set(wholes))
    every = {letter: (least, True) for letter, least in wholes.items()}
    if len(periods) == 1:
        least = wholes[periods[0]]
        for short in range(least, least + SHORT):
            yield every | {periods[0]: (short, False)}
        every[periods[0]] = (least + SHORT, True)
    yield every


def _impulse(part: Expr, t: Symbol) -> Iterator[int]:
    """The index at which an impulse in the index is 1; 0**t is one at 0."""
    if isinstance(part, KroneckerDelta):
        gap = part.args[1] - part.args[0]
    elif isinstance(part, Pow) and part.base == 0:
        gap = part.exp
    else:
        return
    slope = gap.coeff(t)
    if slope and (t - gap / slope).is_Integer:
        yield int(t - gap / slope)


def _lcm(numbers: list[int]) -> int:
    period = lcm(*numbers)
    if period > LONGEST_PERIOD:
        raise Unknown("a long period")
    return period


def _farthest(found: set[Expr], t: Symbol) -> int:
    """The greatest n of Mod(t + n, k), floor((t + n)/k) and the like; at least 0."""
    tops = [m.args[0] for p in found for m in p.atoms(Mod)]
    tops += [f.args[0] / f.args[0].diff(t) for p in found for f in p.atoms(floor, ceiling)]
    shifts = [(top - t).expand() for top in tops]
    if not all(n.is_Integer and abs(n) <= LONGEST_PERIOD // 4 for n in shifts):
        raise Unknown("periods counted from a letter on")
    return max(0, *map(int, shifts))


def _by_a_letter(first: int, k: Symbol, t: Symbol, far: int) -> Iterator[Place]:
    """Periods of a length k >= 1 in which t + far + 1 is looked at: short ones; of others
    the start, the middle, and the last places, one by one."""
    if first:
        raise Unknown("periods counted from elsewhere")
    r, s = Symbol(" r"), Symbol(" s")
    last = far + 1
    for length in range(1, last + 1):
        yield from (
            Place({k: Integer(length), t: length * N + rest}, (N,)) for rest in range(length)
        )
    longer = s + last + 1
    yield Place({k: longer, t: longer * N}, (N, s))
    yield Place({k: longer + r + 1, t: (longer + r + 1) * N + r + 1}, (N, r, s))
    for back in range(last, 0, -1):
        yield Place({k: longer, t: longer * N + longer - back}, (N, s))


def _around(first: int, threshold: Symbol, least: int, t: Symbol) -> Iterator[Place]:
    """Indices well before a threshold, which is at least `least`, near it, and from it on."""
    m = Symbol(" m")
    yield Place({t: N + first, threshold: N + first + m + 4 + least}, (N, m))
    for gap in range(-first, 4 + least):
        low = max(first + gap, least)
        yield Place({t: N + low - gap, threshold: N + low}, (N,))
    yield Place({threshold: m + least, t: m + least + N + first + 1}, (N, m))
