"""The verdict on a line: counted, replayed and proved."""

from __future__ import annotations

from collections.abc import Iterable

from derive.checking.counting.conditions import stops, unstated
from derive.checking.counting.count import count
from derive.checking.counting.replay import replay
from derive.checking.counting.worlds import EXTRA, Sample
from derive.checking.numbers.intervals import NotReadable
from derive.checking.proof.prove import prove
from derive.model.language.claims import Claim, Derivation, Step, Verdict


def check_claim(
    claim: Claim, sample: Sample, proved: Iterable[Claim] = (), prove_it: bool = True
) -> Verdict:
    """As `_checked`; what has no meaning here is UNCHECKED."""
    try:
        return _checked(claim, sample, tuple(proved), prove_it)
    except NotReadable as error:
        return Verdict("UNCHECKED", "counted", reason=str(error))


def _checked(claim: Claim, sample: Sample, proved: tuple[Claim, ...], prove_it: bool) -> Verdict:
    """Counted and, where it can be (and `prove_it`), proved; without a proof counted on each side
    of its switches too. Only numbers refute it: a proof that fails may be the proof's own fault.

    `proved` are claims that the proof may use.
    """
    counted = count(claim, sample)
    if counted.differs:
        return Verdict("FAILS", "counted", witness=counted.witness, reason="the sides differ")
    if not counted.agreed:
        return Verdict("UNCHECKED", "counted", reason=counted.reason)
    answer = prove(claim, sample, proved) if prove_it else None
    if answer is True:
        return Verdict("PROVED", "proved", counted.agreed)
    # what has a proof needs nothing of the switches, which take long to import
    from derive.checking.switches.further import count_further, without_switches

    if prove_it and (plain := without_switches(claim, sample)) != claim:
        answer = prove(plain, sample, proved)
        if answer:
            return Verdict("PROVED", "proved", counted.agreed)
    further = count_further(claim, sample, proved, counted.inexact)
    if further.differs:
        return Verdict("FAILS", "counted", counted.agreed, further.witness, "the sides differ")
    if answer is False and (beyond := count(claim, sample, EXTRA)).differs:
        reason = "the induction leaves a remainder that is not zero"
        return Verdict("FAILS", "proved", counted.agreed, beyond.witness, reason)
    if further.reason:
        return Verdict("UNCHECKED", "counted", counted.agreed, reason=further.reason)
    return Verdict("COUNTED", "counted", counted.agreed + further.agreed)


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
    return (
        verdict if wrong is None else Verdict(wrong[0], "replayed", verdict.worlds, reason=wrong[1])
    )


def check(derivation: Derivation, sample: Sample, proved: Iterable[Claim] = ()) -> list[Verdict]:
    """A verdict for each lemma, for each step, and last for the whole: the goal equals the
    answer."""
    proved = list(proved)
    return [
        *check_steps(derivation, sample, proved),
        check_answer(derivation.claim, sample, proved),
    ]


def check_steps(
    derivation: Derivation, sample: Sample, proved: Iterable[Claim] = ()
) -> list[Verdict]:
    """A verdict for each lemma and each step. A step must start where the chain stands: at the goal
    or at the line before."""
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
    return verdicts


def check_answer(claim: Claim, sample: Sample, proved: Iterable[Claim] = ()) -> Verdict:
    """The verdict on an answer, which must state under which conditions it has a value. Other
    models' laws state theirs."""
    verdict = check_claim(claim, sample, proved)
    if not verdict.holds or not sample.model.stepwise:
        return verdict
    if stops(claim, sample):
        reason = f"{claim.left} has no value but at the first indices: it divides by zero"
        return Verdict("UNCHECKED", "counted", verdict.worlds, reason=reason)
    missing = unstated(claim, sample)
    return (
        verdict
        if missing is None
        else Verdict("FAILS", "conditions", verdict.worlds, reason=missing)
    )
