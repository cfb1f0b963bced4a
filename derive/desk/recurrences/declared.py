"""Optimizers and stacks declared by the LaTeX of a paper: the library's own where they are the
same, else where they differ."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice, permutations
from typing import Any

from derive.checking.counting.kinds import rational
from derive.checking.counting.unroll import step
from derive.checking.numbers.evaluate import agree
from derive.model.recurrences.library import library
from derive.model.recurrences.lines import GRADIENT, PARAMETER, STEP, names
from derive.model.recurrences.program import Program
from derive.reading.texts.programs import read_program

SIZES = (1, 3, 1, 100, 2, 1, 9, 1)  # of the gradients, some near where a sign may turn
ORDERS = 720  # ways to match hyperparameters that are tried


def declared(text: str) -> Program:
    """The optimizer that lines of LaTeX state: the library's entry where it does the same for all
    gradients, whatever its letters are called; else a program of its own, whose `source` says from
    which entry it differs and in which line.

    Raises DeriveError with line and column for what cannot be read.
    """
    program = read_program(text)
    known = library().values()
    for entry in (e for e in known if len(e.parsed) == len(program.parsed)):
        if any(_same(program, entry, letters) for letters in _letters(program, entry)):
            return (
                entry
                if _starts_at_zero(program)
                else replace(program, source=f"differs from {entry.name}: its start")
            )
    near = next(
        (e for e in known if {x.target for x in e.parsed} == {x.target for x in program.parsed}),
        None,
    )
    return (
        program
        if near is None
        else replace(program, source=f"differs from {near.name}: {_differs(program, near)}")
    )


def _starts_at_zero(program: Program) -> bool:
    return all(value == "0" for value in program.start.values())


def _letters(program: Program, entry: Program) -> Iterator[dict[str, str]]:
    """Ways in which the program's hyperparameters may be the entry's, the same names first."""
    ours, theirs = program.hyperparameters, entry.hyperparameters
    if len(ours) == len(theirs):
        plain = [o for o in ours if o in theirs]
        for order in islice(permutations(theirs), ORDERS):
            letters = dict(zip(ours, order, strict=True))
            if all(letters[o] == o for o in plain):
                yield letters


def _same(program: Program, entry: Program, letters: Mapping[str, str]) -> bool:
    """Whether both move w alike for some steps under drawn gradients: exact, or in intervals."""
    rng = random.Random(5)
    values = {theirs: rational(rng, Fraction(0), Fraction(1)) for theirs in entry.hyperparameters}
    gradients = [rational(rng, Fraction(-size), Fraction(size)) for size in SIZES]
    try:
        mine = _path(program, {ours: values[theirs] for ours, theirs in letters.items()}, gradients)
        return all(agree(a, b) for a, b in zip(mine, _path(entry, values, gradients), strict=True))
    except (ZeroDivisionError, KeyError):
        return False


def _path(program: Program, values: Mapping[str, Any], gradients: list[Any]) -> list[Any]:
    now: dict[str, Any] = dict.fromkeys(program.states, 0)
    found = []
    for number, gradient in enumerate(gradients, 1):
        now = step(
            program,
            {**{k: now[k] for k in program.states}, **values, GRADIENT: gradient, STEP: number},
        )
        found.append(now[PARAMETER])
    return found


def _differs(program: Program, entry: Program) -> str:
    """The first line that does another thing than the entry's line for the same quantity."""
    rng = random.Random(6)
    read = {n for p in (program, entry) for line in p.parsed for n in names(line.value)}
    values = {n: rational(rng, Fraction(0), Fraction(1)) for n in sorted(read)} | {STEP: 3}
    values[GRADIENT] = -rational(rng, Fraction(0), Fraction(1))  # where |g| is another than g
    for line in program.parsed:
        theirs = next(other.text for other in entry.parsed if other.target == line.target)
        if not agree(*(_one_line(x, line.target, values) for x in (line.text, theirs))):
            return f"{line.text}, and not {theirs}"
    return "the lines are the same by themselves, not together"


def _one_line(text: str, target: str, values: Mapping[str, Any]) -> Any:
    """What a line by itself makes of its target."""
    alone = (text,) if target == PARAMETER else (text, f"{PARAMETER} <- {PARAMETER}")
    states = (
        {target, PARAMETER}
        if target in re.findall(r"\w+", text.partition("<-")[2])
        else {PARAMETER}
    )
    return step(Program("line", alone, dict.fromkeys(states, "0")), {PARAMETER: 1, **values})[
        target
    ]
