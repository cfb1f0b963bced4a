"""The ways to closed forms: told as they should be, every line of them holds, and a line with a
wrong reason is refused."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest
from sympy import Integer, Lambda, Mod, Piecewise, Product, Sum, Symbol
from sympy.core.function import AppliedUndef

from derive import solve
from derive.checking.check import check, check_step
from derive.checking.counting.replay import replay
from derive.desk.recurrences.solved import Solved
from derive.desk.run import Run
from derive.model.language.claims import Claim, Derivation, Law, Let, Root, Rule, Step, T, sequence
from derive.solving.rules.geometric import geometric
from derive.solving.rules.products import telescoping_product
from derive.solving.rules.sums import constant_factor, of_constant
from derive.solving.rules.updates import add_up, unroll, unroll_by_products, unroll_products
from tests.solving.test_cases import CASES, CLOSED, mp, same, truth, value, with_roots, worlds
from tests.solving.test_cases import unroll as run_text

LINES = 12
ONE_LINE = "same start, same equation"
SUMS_OF_ROOTS = {
    ("tribonacci", "F"),
    ("coupled-three", "y"),
    ("coupled-three", "z"),
}  # a sum over all roots has no constants to find
DIGITS = 400


@cache
def solved(case: str) -> Solved:
    return solve(CASES[case]["equations"], start=CASES[case]["start"], seconds=20)


def told(case: str, name: str) -> Derivation:
    """The way as it was made, before it is checked."""
    return solved(case)._chains[name]


def lines(chain: Derivation) -> list[Step]:
    return [*chain.lemmas, *chain.steps]


PAIRS = [
    (case, equation.split("(")[0].strip())
    for case in CLOSED
    for equation in CASES[case]["equations"]
]
EACH = pytest.mark.parametrize(("case", "name"), PAIRS, ids=[f"{c}.{n}" for c, n in PAIRS])


@EACH
def test_every_line_holds(case: str, name: str) -> None:
    """Before a way that does not hold would be given up for one line."""
    run = solved(case)
    verdicts = check(told(case, name), run.sample(run.main))
    assert len(verdicts) == len(lines(told(case, name))) + 1
    wrong = [
        f"{step.rule.name}: {verdict}"
        for step, verdict in zip(lines(told(case, name)), verdicts, strict=False)
        if not verdict.holds
    ]
    assert not wrong and verdicts[-1].holds, wrong
    assert Run.verdicts(run, name)[-1].kind == CASES[case]["verdict"]


@EACH
def test_the_way_is_told(case: str, name: str) -> None:
    chain = told(case, name)
    reasons = [step.rule.name for step in lines(chain)]
    assert reasons != [ONE_LINE], "shown in one line"
    assert len(reasons) <= LINES
    assert len(reasons) >= 2 or (case, name) in SUMS_OF_ROOTS
    assert (
        chain.goal == sequence(name)(solved(case).model.index)
        and chain.steps[0].claim.left == chain.goal
    )
    assert chain.answer == solved(case).solution.values[name]


@EACH
def test_each_line_is_true_by_a_witness(case: str, name: str) -> None:
    """Both sides of every line and of every fact it uses, by a walk from outside, against the
    equations run as text."""
    chain = told(case, name)
    (world,) = worlds(CASES[case], 1, seed=5)
    with mpmath.workdps(DIGITS):
        values = run_text(CASES[case]["equations"], CASES[case]["start"], world)
        if "at" in CASES[case]["start"]:  # counted from the other end
            values = {n: (lambda at, f=f: f(int(world["L"]) - int(at))) for n, f in values.items()}
        here = {**world, **values}
        meanings(chain.where, here)
        checked = 0
        for claim in (c for step in lines(chain) for c in (step.claim, *step.uses)):
            if claim.left.atoms() and type(claim.left).__name__ == "Determinant":
                continue
            for at in (1, 2, 5):
                point = {
                    "z": Fraction(3, 7),
                    **here,
                    solved(case).model.index.name: Fraction(at),
                }  # z: of a characteristic
                if "at" in CASES[case]["start"] and at >= world["L"]:
                    continue
                if all(truth(need, point) for need in claim.needs):
                    assert same(value(claim.left, point), value(claim.right, point)), (
                        f"{claim} at {at}"
                    )
                    checked += 1
        assert checked or "at" in CASES[case]["start"]


def meanings(where: Any, here: dict[str, Any]) -> None:
    for entry in where:
        if isinstance(entry, Root):
            here |= with_roots(here, [entry])
        elif entry.index is None:
            here[entry.name] = value(entry.value, here)
        else:
            here[entry.name] = lambda at, e=entry, known=here: value(
                e.value, {**known, e.index.name: at}
            )


# Faults: the line stays as it is, so that counting says nothing, and its reason is changed.

FAMILIES: dict[str, list[tuple[str, str]]] = {
    "unroll": [("ema", "m"), ("weight-decay", "w"), ("rf-uniform", "W"), ("ema-variance", "s")],
    "add up": [
        ("sgdm", "w"),
        ("lookahead", "s"),
        ("inverse-time-rate", "w"),
        ("exponential-decay-rate", "w"),
    ],
    "roots": [
        ("fibonacci", "F"),
        ("heavy-ball", "w"),
        ("order-two-forced", "x"),
        ("critical-damping", "w"),
        ("complex-roots", "x"),
    ],
    "substitution": [("newton-square-root", "x"), ("logistic-four", "x")],
    "ratio": [("moebius", "x")],
    "products": [
        ("running-mean", "a"),
        ("decay-one-over-t", "w"),
        ("gamma-ratio", "w"),
        ("factorial-with-forcing", "x"),
    ],
    "period": [("periodic-coefficient", "m")],
    "threshold": [("step-gradient", "m")],
    "pulses": [("sparse-gradient", "m")],
    "kept": [("rf-general", "W")],
}


def sides(law: Law) -> list[Any]:
    return [law.left, law.right, *law.needs, *(side for pair in law.given for side in pair)]


def bound_letters(law: Law) -> set[Any]:
    """The law's own indices of sums: another letter there is no fault."""
    return {
        limit[0]
        for side in sides(law)
        for total in side.atoms(Sum, Product)
        for limit in total.limits
    }


def letters(law: Law) -> set[Any]:
    """What a law must have bound: its letters and its functions."""
    free = {s for side in sides(law) for s in side.free_symbols}
    return free | {type(a) for side in sides(law) for a in side.atoms(AppliedUndef)}


def moved(part: Any) -> Any:
    """Another binding: one more than it was; of a function, twice it and one more, since sums
    telescope up to a constant."""
    return Lambda(part.signature, 2 * part.expr + 1) if isinstance(part, Lambda) else part + 1


@dataclass(frozen=True)
class Planted:
    case: str
    name: str
    number: int
    what: str
    step: Step


def planted(case: str, name: str) -> Iterator[Planted]:
    for number, step in enumerate(lines(told(case, name))):

        def fault(what: str, changed: Step, number: int = number) -> Planted:
            return Planted(case, name, number, what, changed)

        law = step.rule.law
        if law is not None:
            for key in step.binding:
                if key in letters(law) - bound_letters(law):
                    yield fault(
                        f"{key} bound to something else",
                        replace(step, binding={**step.binding, key: moved(step.binding[key])}),
                    )
            yield fault("no law", replace(step, rule=Rule("so it is", None, step.rule.apply)))
            yield fault(
                "a law that says more",
                replace(step, rule=replace(step.rule, law=replace(law, right=law.right + 1))),
            )
            if law.left != law.right:
                yield fault(
                    "the law turned round",
                    replace(
                        step,
                        rule=replace(step.rule, law=replace(law, left=law.right, right=law.left)),
                    ),
                )
        for place, fact in enumerate(step.uses):
            wrong = replace(fact, right=fact.right + 1)
            yield fault(
                f"fact {place} is wrong",
                replace(step, uses=(*step.uses[:place], wrong, *step.uses[place + 1 :])),
            )
            yield fault(
                f"fact {place} left out",
                replace(step, uses=(*step.uses[:place], *step.uses[place + 1 :])),
            )
        yield fault(
            "a fact that is not used",
            replace(step, uses=(*step.uses, Claim(sequence("nowhere")(T), Integer(0)))),
        )


ALL = [(family, case, name) for family, members in FAMILIES.items() for case, name in members]


@pytest.mark.parametrize(("family", "case", "name"), ALL, ids=[f"{f}: {c}.{n}" for f, c, n in ALL])
def test_a_true_line_with_a_wrong_reason_is_refused(family: str, case: str, name: str) -> None:
    sample = solved(case).sample(solved(case).main)
    right = lines(told(case, name))
    assert all(check_step(step, sample).holds for step in right)
    faults = list(planted(case, name))
    missed = []
    for fault in faults:
        assert fault.step.claim == right[fault.number].claim, "the line itself is true"
        verdict = check_step(fault.step, sample)
        if verdict.holds and not harmless(fault):
            missed.append(f"line {fault.number}, {right[fault.number].rule.name}: {fault.what}")
    assert not missed, missed
    assert len(faults) >= 4


def harmless(fault: Planted) -> bool:
    """A constant is known by what `where` says it is; a line up to the change holds for a later
    change, too."""
    step, constants = (
        lines(told(fault.case, fault.name))[fault.number],
        {
            e.name
            for e in told(fault.case, fault.name).where
            if isinstance(e, Let) and e.index is None
        },
    )
    if "left out" in fault.what:
        return str(step.uses[int(fault.what.split()[1])].left) in constants
    return step.rule.name == "up to the change" and fault.what.startswith("p ")


@pytest.mark.parametrize(("family", "case", "name"), ALL, ids=[f"{f}: {c}.{n}" for f, c, n in ALL])
def test_a_wrong_line_fails_with_its_reason(family: str, case: str, name: str) -> None:
    """With 1 more on the right of a line, or twice as much, it is not held, nor is the chain."""
    chain, sample = told(case, name), solved(case).sample(solved(case).main)
    for number, step in enumerate(lines(chain)):
        for wrong in (step.claim.right + 1, 2 * step.claim.right + 1):
            bad = replace(step, claim=replace(step.claim, right=wrong))
            assert not check_step(bad, sample).holds, f"line {number}: {bad.claim}"
            placed = [bad if n == number else s for n, s in enumerate(lines(chain))]
            changed = replace(
                chain,
                lemmas=tuple(placed[: len(chain.lemmas)]),
                steps=tuple(placed[len(chain.lemmas) :]),
            )
            assert not all(v.holds for v in check(changed, sample)), f"line {number}"


LAWS = {
    rule.name: rule
    for rule in (
        unroll,
        add_up,
        unroll_products,
        unroll_by_products,
        telescoping_product,
        constant_factor,
        geometric,
        of_constant,
    )
}


@pytest.mark.parametrize(("family", "case", "name"), ALL, ids=[f"{f}: {c}.{n}" for f, c, n in ALL])
def test_the_law_of_another_rule_is_refused(family: str, case: str, name: str) -> None:
    sample = solved(case).sample(solved(case).main)
    for step in lines(told(case, name)):
        for rule in (
            unroll,
            add_up,
            unroll_products,
            unroll_by_products,
            telescoping_product,
            constant_factor,
            geometric,
        ):
            if (
                step.rule.law is not None
                and rule.law is not None
                and rule.law != step.rule.law
                and set(step.binding) >= letters(rule.law)
            ):
                found = replay(replace(step, rule=rule), sample)
                assert found is not None, f"{step.rule.name} called {rule.name}"


def test_each_family_goes_its_way() -> None:
    """By the reasons it must give."""
    says = {
        ("ema", "m"): "unroll",
        ("sgdm", "w"): "add up the updates",
        ("fibonacci", "F"): "superposition",
        ("order-two-forced", "x"): "which solves the equation",
        ("dampened-sgd", "m"): "characteristic polynomial of the system",
        ("newton-square-root", "x"): "square again and again",
        ("logistic-four", "x"): "double the angle again and again",
        ("moebius", "x"): "superposition; the constants from the start",
        ("running-mean", "a"): "telescoping product",
        ("decay-one-over-t", "w"): "multiply up",
        ("periodic-coefficient", "m"): "unroll period by period",
        ("step-gradient", "m"): "from there on",
        ("sparse-gradient", "m"): "only multiples count",
        ("rf-general", "W"): "unroll down to the last layer",
        ("adagrad", "w"): "telescoping sum",
    }
    for (case, name), reason in says.items():
        assert reason in [step.rule.name for step in lines(told(case, name))], (case, name)


def test_a_way_that_does_not_hold_is_given_up_for_one_line() -> None:
    run = solve("m(t+1) = beta*m(t) + c", start={"m": "0"})
    chain = run._chains["m"]
    bad = replace(
        chain.steps[-1],
        binding={
            key: moved(v) if not isinstance(v, Symbol) else v
            for key, v in chain.steps[-1].binding.items()
        },
    )
    run._chains["m"] = replace(chain, steps=(*chain.steps[:-1], bad))
    assert run.verdict("m").kind == "PROVED" and [
        s.rule.name for s in run.derivation("m").steps
    ] == [ONE_LINE]


def test_names_in_between_differ_for_each_sequence() -> None:
    chains = [told("dampened-sgd", name) for name in ("m", "w")]
    one, two = ({entry.name for entry in chain.where if isinstance(entry, Let)} for chain in chains)
    assert one and two and not one & two


def test_the_worlds_differ_enough() -> None:
    """What the witness says depends on the world: a constant taken from another world is seen."""
    draw = random.Random(1)
    first, second = worlds(CASES["ema"], 2, draw.randint(1, 99))
    assert first != second and isinstance(first, Mapping)
    assert mp(Fraction(1, 2)) == mpmath.mpf("0.5")


def test_pieces_and_rests_stay_in_the_answers() -> None:
    assert isinstance(told("step-gradient", "m").answer, Piecewise)
    assert told("periodic-coefficient", "m").answer.has(Mod)
