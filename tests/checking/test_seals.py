"""The seals bite: each planted fault is seen by the seals that the table names, and by no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from sympy import Expr, Function, Max, Sum, Symbol, sqrt, zeta

from derive.checking.check import check, check_claim
from derive.checking.counting.count import count
from derive.checking.counting.replay import replay
from derive.checking.counting.worlds import EXTRA
from derive.checking.proof.prove import prove
from derive.model.language.claims import Claim, Derivation, Step
from tests.faults import COUNTED, FAULTS, PROVED, REPLAYED, SAME, Fault, answer, run, sample

t, c, beta = Symbol("t"), Symbol("c"), Symbol("beta")


def proved_before(fault: Fault) -> list[Claim]:
    """The answers that the fault's run has for other names, so that a proof can use them."""
    goal = (fault.made().claim if isinstance(fault.made(), Step) else fault.made()).left
    return [
        d.claim
        for name in run(fault.name).names
        if (d := run(fault.name).derivation(name)).goal != goal
    ]


def caught_by(fault: Fault) -> set[str]:
    made, here = fault.made(), sample(fault.name)
    claim = made.claim if isinstance(made, Step) else made
    seen = set()
    if count(claim, here).differs:
        seen.add(COUNTED)
    if isinstance(made, Step) and replay(made, here) is not None:
        seen.add(REPLAYED)
    if prove(claim, here, proved_before(fault)) is False:
        seen.add(PROVED)
    return seen


@pytest.mark.parametrize("fault", FAULTS, ids=[f.what for f in FAULTS])
def test_a_fault_is_seen_by_these_seals(fault: Fault) -> None:
    assert caught_by(fault) == fault.seen


def test_enough_faults_of_each_kind() -> None:
    alone = Counter(next(iter(f.seen)) for f in FAULTS if len(f.seen) == 1)
    assert len(FAULTS) >= 30 and len({f.what for f in FAULTS}) == len(FAULTS)
    assert all(alone[seal] >= 5 for seal in (COUNTED, REPLAYED, PROVED)), alone
    assert all(f.seen for f in FAULTS)


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.seen == {PROVED}], ids=lambda f: f.what)
def test_what_only_the_proof_sees_is_shown_with_values(fault: Fault) -> None:
    made = fault.made()
    assert isinstance(made, Claim)
    verdict = check_claim(made, sample(fault.name), proved_before(fault))
    assert (verdict.kind, verdict.seal) == ("FAILS", "proved")
    assert dict(verdict.witness), "the values at which the sides differ"
    assert int(dict(verdict.witness).get("t", dict(verdict.witness).get("L", 0))) in EXTRA


@pytest.mark.parametrize(
    ("what", "name", "state", "change"), SAME, ids=[f"{n}.{s}: {w}" for w, n, s, _ in SAME]
)
def test_a_change_that_keeps_the_value_is_no_fault(
    what: str, name: str, state: str, change: Callable[[Expr], Expr]
) -> None:
    right = answer(name, state)
    claim = replace(right, right=change(right.right))
    others = [d.claim for n in run(name).names if (d := run(name).derivation(n)).goal != right.left]
    assert check_claim(claim, sample(name), others).kind in ("PROVED", "COUNTED")


@pytest.mark.parametrize("number", range(4))
def test_a_fault_in_one_step_fails_there(number: int) -> None:
    chain = run("sgdm").derivation("m")
    bad = replace(
        chain.steps[number],
        claim=replace(chain.steps[number].claim, right=chain.steps[number].claim.right + 1),
    )
    steps = tuple(bad if n == number else s for n, s in enumerate(chain.steps))
    verdicts = check(Derivation(chain.goal, steps), sample("sgdm"))
    assert verdicts[number].kind == "FAILS" and verdicts[number].witness
    assert all(v.holds for n, v in enumerate(verdicts[:number]))


def test_a_step_that_starts_elsewhere_fails() -> None:
    chain = run("sgdm").derivation("m")
    verdicts = check(Derivation(chain.goal, chain.steps[:2] + chain.steps[3:]), sample("sgdm"))
    assert verdicts[2].kind == "FAILS" and "not the line before" in verdicts[2].reason


def test_a_wrong_used_fact_fails_though_the_line_follows_from_it() -> None:
    """If m(k) were c, w would be -eta c (t + 1): the step follows, the fact does not hold."""
    chain = run("sgdm").derivation("w")
    put = chain.steps[2]
    fact = Claim(Function("m")(t), c)
    right = put.claim.left.subs(Function("m")(Symbol("k")), c)
    verdicts = check(
        Derivation(
            chain.goal,
            (*chain.steps[:2], Step(Claim(put.claim.left, right), put.rule, {}, (fact,))),
        ),
        sample("sgdm"),
    )
    assert not verdicts[2].holds


def test_worlds_of_a_stronger_claim_are_not_lent_to_a_weaker_one() -> None:
    """sqrt(c^2) = c, counted first where c > 0 is stated, then where it is not."""
    here = sample("sgdm")
    root = Claim(sqrt(c**2), c, (c > 0,))
    assert count(root, here).agreed and not count(root, here).differs
    assert count(replace(root, needs=()), here).differs


def test_levels_of_a_stronger_claim_are_not_lent_to_a_weaker_one() -> None:
    """max(L - l, 3) = L - l, counted first for l <= L - 3, then for every layer."""
    here, layer, depth = sample("rf"), Symbol("l"), Symbol("L")
    far = Claim(Max(depth - layer, 3), depth - layer, (layer <= depth - 3,))
    indices = tuple(range(5, 60))  # enough depths for a level near the last to be drawn
    assert count(far, here, indices).agreed and not count(far, here, indices).differs
    assert count(replace(far, needs=(layer <= depth,)), here, indices).differs


def test_what_cannot_be_counted_is_unchecked() -> None:
    m = Function("m")
    for claim in (
        Claim(m(t), zeta(t)),
        Claim(m(t), Function("unknown")(t)),
        Claim(m(t), sqrt(-1 - c**2)),
        Claim(m(t), c, (beta > 2,)),
        Claim(Sum(c, (Symbol("k"), 0, 10**7)), c),
    ):
        verdict = check_claim(claim, sample("sgdm"))
        assert verdict.kind == "UNCHECKED" and not verdict.holds and verdict.reason


def test_intervals_are_counted_and_never_taken_for_a_proof() -> None:
    claim = answer("rmsprop", "w")
    assert check_claim(claim, sample("rmsprop")).kind == "COUNTED"
