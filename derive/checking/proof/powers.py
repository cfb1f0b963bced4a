"""Normal forms of powers with an exponent that is no number: a letter for each base and each
monomial of the exponent."""

from __future__ import annotations

from typing import Any

from sympy import factorint

from derive.checking.proof.letters import Letters, place_of
from derive.checking.proof.ratios import ONE, RING, Ratio, Unknown, common, number

SHORT = (
    40  # terms up to which squares are looked for in a base: (1 - 2 b + b**2)**t is (1 - b)**(2 t)
)
LARGEST = 10**12  # numbers up to which powers are taken by prime factors: 6**t is 2**t 3**t
MINUS = number(-1)


def symbolic_power(letters: Letters, base: Ratio, exponent: Any) -> Ratio:
    """base ** exponent as letters base ** monomial: beta**(t+1) is beta * (beta**t)."""
    if base.constant() == 1:
        return number(1)
    if not base.top:
        if exponent and not letters.is_natural(exponent - 1):
            raise Unknown("a power of zero")
        return number(0 if exponent else 1)
    result = number(1)
    for monom, c in exponent.iterterms():
        if not any(monom):
            result = result * base ** int(c)
            continue
        natural = letters.is_natural(RING({monom: 1}))
        for part, sign in _factors(base) if natural else [(base, 1)]:
            inside = letters.inside(part, Ratio(RING({monom: 1})))
            # powers of letters are independent; those of numbers or sums may not be: 2**t and 4**t,
            # (1-b)**t and (b-1)**t
            part, times = letters.power_of(part, monom) if natural else (part, monom)
            kind = "power" if _free(letters, part) else "compound power"
            made = letters.letter(kind, (part, times), inside, letters.is_positive(part.top))
            if part == MINUS:
                letters.relations[place_of(made)] = [number(1), number(0)]
            result = result * _twice(letters, made, part, monom, sign * int(c))
    return result


def _free(letters: Letters, base: Ratio) -> bool:
    """Whether a base is one letter, and none that hangs on others, as sqrt(q) does on q."""
    return (
        base.bottom == ONE
        and base.top.is_generator
        and letters.kinds[place_of(base)] in ("symbol", "natural", "bound")
    )


def _twice(letters: Letters, made: Ratio, part: Ratio, monom: tuple[int, ...], times: int) -> Ratio:
    """A power to a number of times; of a root r of p, r**(2 n) is p**n."""
    place = place_of(part) if part.bottom == ONE and part.top.is_generator else None
    if place is None or letters.kinds[place] != "root" or not letters.is_natural(RING({monom: 1})):
        return made**times
    whole, rest = divmod(times, 2)
    return symbolic_power(letters, letters.relations[place][0], RING({monom: whole})) * made**rest


def _factors(base: Ratio) -> list[tuple[Ratio, int]]:
    """Factors whose powers are letters of their own, for exponents that are whole numbers: (a b)**t
    = a**t b**t."""
    found: list[tuple[Ratio, int]] = []
    for poly, sign in ((base.top, 1), (base.bottom, -1)):
        shared, rest = common(poly)
        found += [(Ratio(RING.gens[i]), sign * e) for i, e in enumerate(shared) if e]
        content = int(rest.content()) * (1 if rest.LC > 0 else -1)
        rest = rest.quo_ground(content)
        found += [(Ratio(RING(p)), sign * e) for p, e in _primes(content)]
        if rest != RING.one:
            found += [(Ratio(part), sign * e) for part, e in _squares(rest)]
    return found


def _squares(poly: Any) -> list[tuple[Any, int]]:
    """A polynomial by its factors of different powers, where it may be a square: all its degrees
    are even."""
    if len(poly) > SHORT or any(d % 2 for d in poly.degrees()):
        return [(poly, 1)]
    return [(part.copy(), power) for part, power in poly.sqf_list()[1]]


def _primes(value: int) -> list[tuple[int, int]]:
    """A number by its prime factors, -1 among them; a large one stays whole."""
    sign = [(-1, 1)] if value < 0 else []
    if abs(value) == 1:
        return sign
    return sign + (
        sorted(factorint(abs(value)).items()) if abs(value) < LARGEST else [(abs(value), 1)]
    )
