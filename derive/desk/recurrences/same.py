"""Are two optimizers the same run, for every gradient? With the hyperparameters that make them so,
and what the states of one are in those of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Rational, Symbol

from derive.checking.proof.alike import counted_alike, proved_alike
from derive.desk.budget import SECONDS, limit, stage
from derive.desk.recurrences.answer import optimizer
from derive.errors import DeriveError
from derive.model.language.claims import T, Verdict, sequence
from derive.model.recurrences.lines import PARAMETER
from derive.model.recurrences.program import Program
from derive.model.recurrences.systems import START, System, system
from derive.model.recurrences.training import trained

PRIME = "_b"  # ends the letters of the second optimizer while it is matched


@dataclass(frozen=True)
class Same:
    """Whether two optimizers are the same run for every gradient: `same` True with the second one's
    hyperparameters (`letters`) and states in those of the first; False with the number of `steps`
    after which no choice of its hyperparameters agrees; None where it cannot be said, with the
    `reason`."""

    one: str
    other: str
    same: bool | None
    letters: Mapping[str, Expr] = field(default_factory=dict)
    states: Mapping[str, Expr] = field(default_factory=dict)
    verdict: Verdict | None = None
    steps: int = 0
    values: Mapping[str, Expr] = field(default_factory=dict)
    reason: str = ""

    def __repr__(self) -> str:
        if self.same is None:
            return f"{self.one} and {self.other}: cannot say: {self.reason}"
        if not self.same:
            at = ", ".join(f"{k} = {v}" for k, v in self.values.items())
            return (
                f"{self.one} and {self.other}: not the same. With {at} no choice of "
                f"{self.other}'s hyperparameters agrees after {self.steps} steps, "
                "gradients 1, 0, 0, ... from w = 0"
            )
        chosen = ", ".join(f"{k} = {v}" for k, v in self.letters.items())
        made = ", ".join(f"{k} = {v}" for k, v in self.states.items())
        return (
            f"{self.one} and {self.other}: the same for every gradient\n"
            f"in the letters of {self.one}, {self.other} has {chosen}\n"
            f"and keeps {made}   after every step, by induction\n"
            f"{self.verdict}"
        )


def same_run(one: Program | str, other: Program | str, seconds: float | None = SECONDS) -> Same:
    """Whether two optimizers take every gradient at the same places, for some choice of the second
    one's hyperparameters in those of the first: linear ones, whose steps do not change with t. Both
    begin at any w with their other states as they say. Raises DeriveError for an unknown name, and
    TooHard."""
    first, second = (p if isinstance(p, Program) else optimizer(p) for p in (one, other))
    with limit(seconds):
        stage("comparing")
        return _compared(first, second)


def _compared(one: Program, other: Program) -> Same:
    from derive.solving.recurrences.alike import matches  # of no use to other questions

    renamed: dict[str, Expr] = {h: Symbol(h + PRIME) for h in other.hyperparameters}
    try:
        ours, theirs = system(one), system(other, renamed)
    except DeriveError as error:
        return Same(one.name, other.name, None, reason=str(error))
    unknown = tuple(renamed.values())
    for match in matches(ours, theirs, unknown):  # type: ignore[arg-type]
        letters = {h: match.letters.get(Symbol(h + PRIME), renamed[h]) for h in renamed}
        if any(str(s).endswith(PRIME) for form in letters.values() for s in form.free_symbols):
            continue  # a letter that is left free
        sums = {name: _sum(ours, row) for name, row in match.states.items()}
        verdict = _checked(one, other, letters, sums, ours)
        if verdict.holds:
            plain = {sequence(name)(T): Symbol(name) for name in ours.states}
            said = {name: form.xreplace(plain) for name, form in sums.items()}
            return Same(one.name, other.name, True, letters, said, verdict)
    return _parted(one, other, ours, theirs, unknown)


def _checked(
    one: Program,
    other: Program,
    letters: Mapping[str, Expr],
    sums: Mapping[str, Expr],
    ours: System,
) -> Verdict:
    """Counted, and proved."""
    counted = counted_alike(one, other, letters, sums)
    if not counted.holds:
        return counted
    start = {PARAMETER: START}
    mine, yours = trained(one, None, start), trained(other, None, start, letters)
    made = system(other, letters)
    if proved_alike(mine, yours, sums, (_sum(ours, ours.place), _sum(made, made.place))):
        return Verdict("PROVED", "induction")
    return counted


def _sum(made: System, row: tuple[Expr, ...]) -> Expr:
    """The states of a system, each times its coefficient."""
    return Add(*(c * sequence(n)(T) for n, c in zip(made.states, row, strict=True)))


def _parted(
    one: Program, other: Program, ours: System, theirs: System, unknown: tuple[Any, ...]
) -> Same:
    from derive.solving.recurrences.alike import parts_after

    numbers: dict[str, Expr] = {
        h: Rational(2 * n + 1, 2 * n + 3) for n, h in enumerate(one.hyperparameters, 1)
    }
    steps = parts_after(system(one, numbers), theirs, unknown)
    if steps is None:
        reason = "no linear change of its states was found, nor a step at which they part"
        return Same(one.name, other.name, None, reason=reason)
    return Same(one.name, other.name, False, steps=steps, values=numbers)
