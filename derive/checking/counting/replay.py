"""Is the reason right? A step's law, as it was bound, must hold, must fit the line before, and must
give this line."""

from __future__ import annotations

from sympy import Expr

from derive.checking.counting.count import count
from derive.checking.counting.worlds import Sample
from derive.checking.proof.prove import same
from derive.model.language.claims import Binding, Claim, Step
from derive.model.language.parts import parts
from derive.model.language.terms import apart, binders, instantiate, put_in, rewrite

Wrong = tuple[str, str]  # FAILS or UNCHECKED, and why


def replay(step: Step, sample: Sample) -> Wrong | None:
    """None where the reason holds, else what is wrong with it; what could not be counted is not
    called wrong."""
    claim, line = step.claim, step.claim.left
    signs = sample.known(claim.needs).signs
    law = step.rule.law
    for binding in (step.binding, *step.again) if law is not None else ():
        assert law is not None
        binding = apart(law, binding)
        left, right = (instantiate(side, binding) for side in (law.left, law.right))
        wrong = _law(step, binding, left, right, sample)
        if wrong is not None:
            return wrong
        changed = rewrite(line, left, right)
        if (
            changed == line and left != right
        ):  # sympy may have multiplied out what was bound: 2*(1 - b) as 2 - 2*b
            part = next(
                (p for p in parts(line) if type(p) is type(left) and same(p, left, sample, signs)),
                None,
            )
            if part is None:
                return "FAILS", f"{left} does not stand in {line}"
            changed = rewrite(line, part, right)
        line = changed
    for fact in step.uses:
        changed = put_in(line, fact, sample.model.index)
        if changed == line:
            return "FAILS", f"{fact.left} does not stand in {line}"
        line = changed
    if not same(line, claim.right, sample, signs):
        return "FAILS", f"gives {line}, not {claim.right}"
    return None


def _law(step: Step, binding: Binding, left: Expr, right: Expr, sample: Sample) -> Wrong | None:
    """The law as bound holds, and its conditions are stated; where it stands inside a sum, for the
    indices of that sum."""
    assert step.rule.law is not None
    around = binders(step.claim.left)
    free = {s for r in around for s in r.free_symbols} & (left.free_symbols | right.free_symbols)
    bound = frozenset(r.args[0].name for r in around if r.args[0] in free)
    needs = (*step.claim.needs, *(r for r in around if r.args[0] in free))
    known = sample.known(needs)
    for need in (instantiate(n, binding) for n in step.rule.law.needs):
        if not known.give(need):
            return "FAILS", f"its condition {need} is not stated"
    for one, other in step.rule.law.given:
        given = Claim(instantiate(one, binding), instantiate(other, binding), needs)
        own = {
            s.name
            for r in binders(left)
            for s in r.args[:1]
            if s in given.left.free_symbols | given.right.free_symbols
        }
        counted = count(given, sample, sample.indices[::2], bound | own)
        if counted.differs or not counted.agreed:
            kind = "FAILS" if counted.differs else "UNCHECKED"
            how = "does not hold" if counted.differs else f"could not be counted: {counted.reason}"
            return kind, f"it starts from {given.left} = {given.right}, which {how}"
    counted = count(Claim(left, right, needs), sample, sample.indices[::2], bound)
    law = f'the law of "{step.rule.name}"'
    if counted.differs:
        return "FAILS", f"{law} does not hold as bound: {left} = {right}"
    return (
        None if counted.agreed else ("UNCHECKED", f"{law} could not be counted: {counted.reason}")
    )
