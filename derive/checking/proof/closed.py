"""The closed forms of a model, proved together: each by induction, with those that it is made from
put in."""

from __future__ import annotations

from sympy import Product, Sum

from derive.checking.counting.worlds import Sample
from derive.checking.proof.induction import Induction
from derive.checking.proof.normal import Fact
from derive.checking.proof.ratios import Unknown
from derive.model.language.conditions import Conditions


def prove_closed(name: str, sample: Sample, known: Conditions) -> bool | None:
    """Whether the closed form of a name holds for all indices from where its needs let it begin,
    with all that it is made from.

    True, False where independent letters leave a remainder, None where the zero test cannot say.
    The sample keeps the answers for each sequence: others may rest on it too.
    """
    answers = []
    for each in sample.model.made_from(name):
        key = (each, known.relations)
        if key not in sample.proofs:
            sample.proofs[key] = _holds(each, sample, known)
        answers.append(sample.proofs[key])
    return False if False in answers else None if None in answers else True


def _holds(name: str, sample: Sample, known: Conditions) -> bool | None:
    """Terms are peeled off sums at one end; which one, the sums decide."""
    model, closed = sample.model, sample.closed
    if name not in closed or not model.first.is_Integer or model.reads_own(closed[name].right):
        return None
    read = [closed[n] for n in model.made_from(name) if n in closed]
    facts = {c.left.func.__name__: Fact(model.index, c.right) for c in read}
    steps = model.index - model.first
    own = known.plus(closed[name].needs)
    since = tuple(n for c in read for n in c.needs if model.index in n.free_symbols)
    induction = Induction(closed[name], model, own.plus(since), facts, {}, sample.where)
    induction.first = own.least(steps)
    joint = own.plus(since).least(steps)  # where what it is made from has its form, too
    try:
        if not all(induction.begins(name, j, facts) for j in range(joint - induction.first)):
            return None
    except Unknown:
        return None
    induction.first = joint
    answers = []
    for end in ("last", "first") if closed[name].right.has(Sum, Product) else ("last",):
        induction.end = end
        try:
            answers.append(induction.by_hypothesis(facts))
        except Unknown:
            answers.append(None)
        if answers[-1]:
            return True
    return answers[0] if len(answers) == 1 else None
