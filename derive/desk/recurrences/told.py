"""A derivation as a person reads it: whether it says anything new, and whether it holds as said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr, Pow, Product, Sum
from sympy.core.function import AppliedUndef

from derive.checking.counting.count import count_down
from derive.checking.counting.worlds import Sample
from derive.model.language.claims import Claim, Derivation, Step, Verdict


def every_claim(chain: Derivation) -> list[Claim]:
    """The claims of its lemmas and steps, and its answer last, as verdicts are given."""
    return [*(step.claim for step in (*chain.lemmas, *chain.steps)), chain.claim]


def as_read(chain: Derivation, told: Callable[[Claim], Claim]) -> Derivation:
    """Each claim as it is told, without a last line that says no more than the one before."""

    def line(step: Step) -> Step:
        return Step(told(step.claim), step.rule, step.binding, tuple(map(told, step.uses)))

    steps = chain.steps[:-1] if _no_shorter(chain.steps) else chain.steps
    goal, lemmas = told(chain.claim).left, tuple(map(line, chain.lemmas))
    return Derivation(goal, tuple(map(line, steps)), lemmas, chain.where)


def as_said(
    said: Sequence[Claim], claims: Sequence[Claim], found: Sequence[Verdict], sample: Sample
) -> list[Verdict]:
    """The verdicts, where the claims hold also as they are said: in places, not in steps down from
    one."""
    verdicts = list(found)
    for n, (one, claim) in enumerate(zip(said, claims, strict=True)):
        counted = count_down(one, claim, sample)
        if counted.differs or (found[n].holds and not counted.agreed):
            kind = "FAILS" if counted.differs else "UNCHECKED"
            reason = counted.reason or "the sides differ as shown"
            verdicts[n] = Verdict(kind, "counted", witness=counted.witness, reason=reason)
    return verdicts


def is_closed(form: Expr) -> bool:
    """Whether no sum is left, nor a value of a sequence."""
    return not form.has(Sum, Product, AppliedUndef)


def _no_shorter(steps: tuple[Step, ...]) -> bool:
    """Whether a way ends with terms collected to a form that says no more in less than the closed
    line before it."""
    if len(steps) < 2 or steps[-1].rule.name != "collect":
        return False
    line, answer = steps[-2].claim.right, steps[-1].claim.right
    if not is_closed(line) or any(_is_square(p.base) for p in line.atoms(Pow)):
        return False
    return bool(line.count_ops() <= answer.count_ops())


def _is_square(base: Expr) -> bool:
    """A whole power, which a power of it takes up: (b**2)**t."""
    return bool(base.is_Pow and base.exp.is_Integer)
