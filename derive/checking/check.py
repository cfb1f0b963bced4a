"""The verdict on a line: counted, replayed and proved."""

from __future__ import annotations

from collections.abc import Iterable

from derive.checking.counting.conditions import unstated
from derive.checking.counting.count import Count, count, count_sides
from derive.checking.counting.intervals import DIGITS, digits
from derive.checking.counting.replay import replay
from derive.checking.counting.sharp import MOST_DIGITS, digits_needed
from derive.checking.counting.worlds import EXTRA, Sample
from derive.checking.proof.prove import prove
from derive.checking.switches.settled import settled
from derive.checking.switches.written import switches
from derive.model.language.claims import Claim, Derivation, Step, Verdict
from derive.model.recurrences.stated import Stated


def check_claim(
    claim: Claim, sample: Sample, proved: Iterable[Claim] = (), prove_it: bool = True
) -> Verdict:
    """Counted and, where it can be (and `prove_it`), proved; without a proof counted on each side
    of its switches too.

    `proved` are claims that the proof may use.
    """
    proved = tuple(proved)
    counted = count(claim, sample)
    if counted.differs:
        return Verdict("FAILS", "counted", witness=counted.witness, reason="the sides differ")
    if not counted.agreed:
        return Verdict("UNCHECKED", "counted", reason=counted.reason)
    answer = prove(claim, sample, proved) if prove_it else None
    if answer is not True and prove_it and (settled := _settled(claim, sample)) != claim:
        answer = prove(settled, sample, proved)
    if answer:
        return Verdict("PROVED", "proved", counted.agreed)
    further = _further(
        claim,
        sample,
        proved,
        digits_needed(claim, sample.worlds(claim)) if counted.inexact else DIGITS,
    )
    if further.differs:
        return Verdict("FAILS", "counted", counted.agreed, further.witness, "the sides differ")
    if answer is False:
        further = count(claim, sample, EXTRA)
        reason = "the induction leaves a remainder that is not zero"
        return Verdict("FAILS", "proved", counted.agreed, further.witness, reason)
    if further.reason:
        return Verdict("UNCHECKED", "counted", counted.agreed, reason=further.reason)
    return Verdict("COUNTED", "counted", counted.agreed + further.agreed)


def _further(claim: Claim, sample: Sample, proved: tuple[Claim, ...], needed: int) -> Count:
    """Counted on each side of its switches, with as many digits as the worlds there need."""
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


def _settled(claim: Claim, sample: Sample) -> Claim:
    """The claim without the switches that its conditions leave on one side."""
    if not switches(claim.left, claim.right):
        return claim
    known = sample.known(claim.needs)
    return Claim(settled(claim.left, known), settled(claim.right, known), claim.needs)


def check_step(step: Step, sample: Sample, proved: Iterable[Claim] = ()) -> Verdict:
    """The claim of a step, and its reason; the facts it uses are counted with it."""
    verdict = check_claim(step.claim, sample, proved)
    if not verdict.holds:
        return verdict
    for fact in step.uses:
        counted = count(fact, sample)
        if counted.differs or not counted.agreed:
            return Verdict(
                "FAILS" if counted.differs else "UNCHECKED",
                "counted",
                0,
                counted.witness,
                f"it uses {fact.left} = {fact.right}",
            )
    wrong = replay(step, sample)
    return verdict if wrong is None else Verdict("FAILS", "replayed", verdict.worlds, reason=wrong)


def check(derivation: Derivation, sample: Sample, proved: Iterable[Claim] = ()) -> list[Verdict]:
    """A verdict for each lemma, for each step, and last for the whole: the goal equals the answer.

    A step must start where the chain stands: at the goal or at the line before.
    """
    proved = list(proved)
    verdicts = [check_step(step, sample, proved) for step in derivation.lemmas]
    line = derivation.goal
    for step in derivation.steps:
        if step.claim.left not in (derivation.goal, line):
            verdicts.append(
                Verdict("FAILS", "replayed", reason=f"{step.claim.left} is not the line before")
            )
        else:
            verdicts.append(check_step(step, sample, proved))
        line = step.claim.right
    verdicts.append(
        _complete(derivation.claim, check_claim(derivation.claim, sample, proved), sample)
    )
    return verdicts


def _complete(claim: Claim, verdict: Verdict, sample: Sample) -> Verdict:
    """The verdict on an answer, once it states under which conditions it has a value. Other models'
    laws state theirs."""
    missing = (
        unstated(claim, sample) if verdict.holds and isinstance(sample.model, Stated) else None
    )
    return (
        verdict
        if missing is None
        else Verdict("FAILS", "conditions", verdict.worlds, reason=missing)
    )
