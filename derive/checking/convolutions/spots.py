"""Sets of positions on a line: a range where they are evenly spaced, else a bit for each. Exact,
and bounded in width."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

WIDEST = 10_000_000  # positions from end to end that are kept one by one
NEAR = 64  # how far apart two positions are looked for


@dataclass(frozen=True, slots=True)
class Sparse:
    """Too wide for a bit each: how many there are from the first to the last, any two at least
    `gap` apart."""

    first: int
    last: int
    number: int
    gap: int


Bits = tuple[int, int]  # (offset, bits), bit n standing for position offset + n, bit 0 set
Spots = range | Bits | Sparse


class TooWide(ValueError):
    """More positions than are kept one by one."""


NONE: Spots = range(0)


def ends(spots: Spots) -> tuple[int, int] | None:
    """The first and the last."""
    if isinstance(spots, range):
        return (spots[0], spots[-1]) if spots else None
    if isinstance(spots, Sparse):
        return spots.first, spots.last
    return spots[0], spots[0] + spots[1].bit_length() - 1


def count(spots: Spots) -> int:
    """How many."""
    if isinstance(spots, range):
        return (spots[-1] - spots[0]) // spots.step + 1 if spots else 0  # len() ends at 2**63
    return spots.number if isinstance(spots, Sparse) else spots[1].bit_count()


def listed(spots: Spots) -> list[int]:
    """Each position, in order. Raises TooWide."""
    if isinstance(spots, range):
        return list(spots)
    offset, bits = _bits(spots, 0)
    return [offset + n for n in range(bits.bit_length()) if bits >> n & 1]


def plus(spots: Spots, step: int, number: int) -> Spots:
    """Each position and those up to number - 1 steps on."""
    if not spots or number == 1:
        return spots
    if isinstance(spots, range):
        if count(spots) == 1:
            return range(spots[0], spots[0] + step * number, step)
        for (small, few), large in (
            ((spots.step, count(spots)), step),
            ((step, number), spots.step),
        ):
            if (
                large % small == 0 and large // small <= few
            ):  # the gaps of one are filled by the other
                return range(spots[0], spots[-1] + step * (number - 1) + 1, small)
    try:
        offset, bits = _bits(spots, step * (number - 1))
    except TooWide:
        return _apart(_sparse(spots), step, number)
    return offset, _repeated(bits, step, number)


def _apart(spots: Sparse, step: int, number: int) -> Sparse:
    """Copies that all end before the next position begins: so many times more. Raises TooWide where
    they meet."""
    span = step * (number - 1)
    if span >= spots.gap:
        raise TooWide(f"more than {WIDEST} positions from end to end, and windows that overlap")
    return Sparse(
        spots.first, spots.last + span, spots.number * number, min(step, spots.gap - span)
    )


def _sparse(spots: Spots) -> Sparse:
    if isinstance(spots, Sparse):
        return spots
    if isinstance(spots, range):
        return Sparse(spots[0], spots[-1], count(spots), spots.step)
    offset, bits = spots
    gap = next((g for g in range(1, NEAR) if bits & bits >> g), NEAR)
    return Sparse(offset, offset + bits.bit_length() - 1, bits.bit_count(), gap)


def times(spots: Spots, factor: int, shift: int) -> Spots:
    """Each position times a factor of at least 1, and moved."""
    if isinstance(spots, range):
        start, step = spots.start * factor + shift, spots.step * factor
        return range(start, start + step * count(spots), step)
    if factor > 1 and not isinstance(spots, Sparse) and spots[1].bit_length() * factor > WIDEST:
        spots = _sparse(spots)
    if isinstance(spots, Sparse):
        return Sparse(
            spots.first * factor + shift,
            spots.last * factor + shift,
            spots.number,
            spots.gap * factor,
        )
    offset, bits = spots
    if factor > 1:
        bits = int(("0" * (factor - 1)).join(bin(bits)[2:]), 2)
    return offset * factor + shift, bits


def quotients(spots: Spots, factor: int) -> Spots:
    """The quotients of the positions that are multiples of a factor."""
    if factor == 1 or not spots:
        return spots
    if isinstance(spots, range):
        every = factor // gcd(spots.step, factor)
        start = next((p for p in spots[:every] if p % factor == 0), None)
        if start is None:
            return NONE
        step, last = spots.step * every // factor, spots[-1]
        return range(start // factor, last // factor + 1, step)
    offset, bits = _bits(spots, 0)
    first = -offset % factor
    return _trimmed(
        (offset + first) // factor, int(bin(bits)[:1:-1][first::factor][::-1] or "0", 2)
    )


def within(spots: Spots, width: int) -> Spots:
    """The positions from 0 to width - 1."""
    if isinstance(spots, range):
        low = -(spots.start // spots.step) if spots.start < 0 else 0
        high = max(-((spots.start - width) // spots.step), 0)
        return spots[low:high]
    if isinstance(spots, Sparse) and spots.first >= 0 and spots.last < width:
        return spots
    offset, bits = _bits(spots, 0)
    if offset < 0:
        offset, bits = 0, bits >> -offset
    return _trimmed(offset, bits & ((1 << max(width - offset, 0)) - 1))


def union(one: Spots, two: Spots) -> Spots:
    """The positions in either; a range where one is in the other, or both have the same step and
    touch."""
    if not one or not two or one == two:
        return one or two
    if isinstance(one, range) and isinstance(two, range):
        for inner, outer in ((one, two), (two, one)):
            if (
                inner[0] in outer
                and inner[-1] in outer
                and (count(inner) == 1 or inner.step % outer.step == 0)
            ):
                return outer
        one, two = sorted((one, two), key=lambda r: r.start)
        step = one.step if count(one) > 1 else two.step
        alike = count(two) == 1 or two.step == step
        if alike and (two.start - one.start) % step == 0 and two.start <= one[-1] + step:
            return range(one.start, max(one[-1], two[-1]) + 1, step)
    low = min(ends(one)[0], ends(two)[0])  # type: ignore[index]
    parts = [_bits(s, 0) for s in (one, two)]
    _narrow(max(o + b.bit_length() for o, b in parts) - low)
    return low, parts[0][1] << (parts[0][0] - low) | parts[1][1] << (parts[1][0] - low)


def _bits(spots: Spots, more: int) -> Bits:
    """As bits, if they stay narrow enough with so many more."""
    if isinstance(spots, range):
        _narrow(spots[-1] - spots[0] + 1 + more)
        return spots[0], _repeated(1, spots.step, len(spots))
    if isinstance(spots, Sparse):
        raise TooWide(f"more than {WIDEST} positions from end to end")
    _narrow(spots[1].bit_length() + more)
    return spots


def _repeated(bits: int, step: int, number: int) -> int:
    """The bits and their copies, each a step on: twice as many each time."""
    made = 1
    while 2 * made <= number:
        bits |= bits << step * made
        made *= 2
    return bits | bits << step * (number - made)


def _narrow(width: int) -> None:
    if width > WIDEST:
        raise TooWide(f"more than {WIDEST} positions from end to end")


def _trimmed(offset: int, bits: int) -> Spots:
    if not bits:
        return NONE
    zeros = (bits & -bits).bit_length() - 1
    return offset + zeros, bits >> zeros
