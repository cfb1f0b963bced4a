"""A claim without a proof, counted on each side of its switches."""

from __future__ import annotations

from collections.abc import Iterable

from derive.checking.counting.count import Count, count, witness_of
from derive.checking.counting.sharp import MOST_DIGITS, digits_needed
from derive.checking.counting.worlds import Sample
from derive.checking.numbers.intervals import DIGITS, digits
from derive.checking.switches.settled import settled
from derive.checking.switches.sides import sides
from derive.checking.switches.written import switches
from derive.model.language.claims import Claim


def count_further(claim: Claim, sample: Sample, proved: tuple[Claim, ...], inexact: bool) -> Count:
    """Counted on each side of its switches, with as many digits as the worlds there need."""
    needed = digits_needed(claim, sample.worlds(claim)) if inexact else DIGITS
    while needed <= MOST_DIGITS:
        with digits(needed):
            further = (
                count_sides(claim, sample, proved)
                if needed == DIGITS
                else _anew(claim, sample, proved)
            )
        if further.differs or further.reason or further.digits <= needed:
            return further
        needed = further.digits
    return Count(reason="its terms are too far apart in size to be told from zero")


def _anew(claim: Claim, sample: Sample, proved: tuple[Claim, ...]) -> Count:
    """Counted in worlds drawn with more digits."""
    here = Sample(sample.model, sample.where, sample.closed)
    counted = count(claim, here)
    return counted if counted.differs else count_sides(claim, here, proved)


def without_switches(claim: Claim, sample: Sample) -> Claim:
    """The claim without the switches that its conditions leave on one side."""
    if not switches(claim.left, claim.right):
        return claim
    known = sample.known(claim.needs)
    return Claim(settled(claim.left, known), settled(claim.right, known), claim.needs)


def count_sides(claim: Claim, sample: Sample, proved: Iterable[Claim] = ()) -> Count:
    """Count a claim in worlds on each side of its switches; `reason` names one of which a side was
    not reached."""
    found = sides(claim, sample, proved)
    if found is None:
        return Count()
    if found.differs is not None:
        return Count(found.agreed, witness_of(claim, sample, *found.differs), True)
    if found.unreached is None:
        return Count(found.agreed, digits=found.digits)
    said = found.reason or "no proof, and not counted on every side of what it switches at"
    return Count(found.agreed, reason=f"{said}: {found.unreached.shown}")
