"""Is a line right in a setting? As it stands, or under a condition that lines of the problem's own
derivations need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Basic, Eq, Expr, Integer, Piecewise, true
from sympy.core.relational import Relational

from derive.checking.check import check_claim
from derive.desk.proofreading.letters.settings import Setting
from derive.model.language.claims import Claim, Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict, and the conditions beyond what is said under which it holds."""

    verdict: Verdict
    needs: tuple[Basic, ...] = ()

    @property
    def holds(self) -> bool:
        return self.verdict.holds


def judge(
    left: Expr, right: Expr, setting: Setting, needs: tuple[Basic, ...] = (), only: bool = False
) -> Judgement:
    """The verdict on `left = right` where `needs` hold; `only` under these."""
    verdict = _verdict(Claim(left, right, needs), setting)
    if verdict.holds or only:
        return Judgement(verdict)
    return next((j for j in _under(left, right, setting, needs) if j.holds), Judgement(verdict))


def proved_where(
    left: Expr, right: Expr, setting: Setting, needs: tuple[Basic, ...]
) -> Judgement | None:
    """A proof of a line under one of the conditions; of one that was counted wherever it has a
    value."""
    return next(
        (j for j in _under(left, right, setting, needs) if j.verdict.kind == "PROVED"), None
    )


def _under(
    left: Expr, right: Expr, setting: Setting, needs: tuple[Basic, ...]
) -> Iterator[Judgement]:
    named = left.free_symbols | right.free_symbols | setting.sample.hidden
    for more in setting.conditions:
        if all(need.free_symbols <= named for need in more):
            yield Judgement(_verdict(Claim(left, right, (*needs, *more)), setting), more)


def _verdict(claim: Claim, setting: Setting) -> Verdict:
    """Where a letter is given a value the claim is counted only: a proof would be of more than is
    said."""
    if not any(isinstance(n, Eq) and n.args[0].is_Symbol for n in claim.needs):
        verdict = check_claim(claim, setting.sample, setting.proved)
        if (
            verdict.kind == "FAILS" and not verdict.witness
        ):  # counted right everywhere, and no proof: that is not wrong
            return Verdict(
                "UNCHECKED",
                verdict.seal,
                reason=f"it holds wherever it was counted, but {verdict.reason}",
            )
        return verdict
    return check_claim(claim, setting.sample, prove_it=False)


def truth_of(relation: Basic) -> Expr:
    """1 where a relation holds, 0 elsewhere."""
    return Piecewise((1, relation), (0, True), evaluate=False)  # type: ignore[no-any-return]


def holds_always(relation: Basic, setting: Setting, needs: tuple[Basic, ...] = ()) -> Judgement:
    """The verdict on an inequality: counted, or, where the problem states it, taken from there."""
    stated = setting.model.ranges
    if (
        relation == true
        or relation in stated
        or (isinstance(relation, Relational) and relation.reversed in stated)
    ):
        return Judgement(Verdict("PROVED", "proved"))
    return judge(truth_of(relation), Integer(1), setting, needs)
