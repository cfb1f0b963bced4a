"""A program under a gradient: its lines, with the gradient put in, are equations like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sympy import Basic, Expr, Symbol, false, true
from sympy.core.function import AppliedUndef

from derive.errors import DeriveError, nearest
from derive.model.language.claims import T, sequence
from derive.model.language.text import expression
from derive.model.recurrences.lines import GRADIENT, PARAMETER, STEP
from derive.model.recurrences.periods import whole_letters
from derive.model.recurrences.program import Program
from derive.model.recurrences.stated import Source, Stated


def trained(
    program: Program,
    gradient: Expr | None = None,
    start: Mapping[str, Expr] | None = None,
    values: Mapping[str, Expr] | None = None,
    ranges: Iterable[Basic] = (),
) -> Stated:
    """The equations of a program from a start.

    `gradient` and the hyperparameters' `values` are expressions in t, the number of the step being
    made, in the states as they are before the step, and in sequences that nothing determines,
    `c(t)`. Without a gradient it is any: the sequence g(t) of gradients at w(t). A quantity that
    each step makes anew is an equation of order 0. Raises DeriveError for a name that the program
    does not have, and for a value outside its range.
    """
    start, values, ranges = start or {}, values or {}, tuple(ranges)
    _known("start", "state", program, start, program.states)
    _known("value", "hyperparameter", program, values, program.hyperparameters)
    begun = starts(program, start, values)
    for part in begun.values():
        _moves(program, part, (*program.targets, STEP, GRADIENT))
    for part in (gradient, *values.values()):
        anew = [t for t in program.targets if t not in program.states]
        _moves(program, part, (*anew, GRADIENT))
    reading = _Step(program, gradient, values)
    equations = reading.equations()
    whole, needs = whole_letters(equations.values(), T)
    return Stated(
        equations,
        {name: (begun[name],) if name in begun else () for name in equations},
        more_ranges=(*ranges, *_ranges(program, reading), *needs),
        integers=whole,
        free=_free(equations),
        source=Source(program, gradient, values, ranges),
    )


def gradient_place(program: Program, values: Mapping[str, Expr]) -> Expr:
    """Where a program takes an arbitrary gradient, in its values before a step and those that the
    step has made by then."""
    reading = _Step(program, None, values)
    reading.equations()
    return reading.places[0] if reading.places else sequence(PARAMETER)(T)


def starts(
    program: Program, start: Mapping[str, Expr], values: Mapping[str, Expr]
) -> dict[str, Expr]:
    """Where each state begins: as given, else as the program says, maybe where another does."""
    given = {Symbol(name): value for name, value in values.items()}
    found = {**{name: v.xreplace(given) for name, v in program.starts.items()}, **start}
    for name in (n for n in program.starts if n not in start):
        for _ in program.states:
            others = {Symbol(n): v for n, v in found.items() if n != name}
            found[name] = found[name].xreplace(others)
    return found


def _known(
    what: str, kind: str, program: Program, given: Iterable[str], own: Iterable[str]
) -> None:
    for key in given:
        if key not in own:
            raise DeriveError(
                f'{what} of "{key}": {program.name} has no such {kind}{nearest(key, own)}'
            )


def _moves(program: Program, part: Expr | None, names: Iterable[str]) -> None:
    """Raises DeriveError where an expression holds one of the names."""
    taken = frozenset(names)
    for symbol in sorted(part.free_symbols, key=str) if part is not None else ():
        if str(symbol) in taken:
            raise DeriveError(
                f'"{symbol}" stands for a quantity that {program.name} changes; a constant needs '
                "another letter"
            )


def _free(equations: Mapping[str, Expr]) -> tuple[str, ...]:
    read = {a.func.__name__ for e in equations.values() for a in e.atoms(AppliedUndef)}
    return tuple(sorted(read - set(equations)))


class _Step:
    """One step of a program read line by line: what each name stands for when a line reads it."""

    def __init__(self, program: Program, gradient: Expr | None, values: Mapping[str, Expr]):
        self.program = program
        before: dict[Basic, Basic] = {Symbol(s): sequence(s)(T) for s in program.states}
        before[Symbol(STEP)] = T + 1
        self.values = {name: value.xreplace(before) for name, value in values.items()}
        self.gradient = None if gradient is None else gradient.xreplace(before)
        self.places: list[Expr] = []  # where an arbitrary gradient is taken
        self.now: dict[str, Expr] = {s: sequence(s)(T) for s in program.states}

    def equations(self) -> dict[str, Expr]:
        """What each name becomes, as read: of a name that is assigned again the last value."""
        found: dict[str, Expr] = {}
        last = {line.target: number for number, line in enumerate(self.program.parsed)}
        for number, line in enumerate(self.program.parsed):
            made = expression(line.value, self.meaning, **{GRADIENT: self.gradient_at})
            final = last[line.target] == number and line.target != GRADIENT
            self.now[line.target] = sequence(line.target)(T + 1) if final else made
            if final and line.target in self.program.states:
                found[line.target] = made
            elif final:
                found[line.target] = made.xreplace({T: T - 1})
        return found

    def meaning(self, name: str) -> Any:
        if name in self.now:
            return self.now[name]
        if name == GRADIENT:
            return self.gradient_at(sequence(PARAMETER)(T))
        return T + 1 if name == STEP else self.values.get(name, Symbol(name))

    def gradient_at(self, place: Expr) -> Expr:
        """The gradient with the parameter at `place`."""
        if self.gradient is not None:
            return self.gradient.xreplace({sequence(PARAMETER)(T): place})
        if self.places and place not in self.places:
            raise DeriveError(
                f"{self.program.name}: an arbitrary gradient at {self.places[0]} and at {place}; "
                "give the gradient as an expression in w"
            )
        self.places.append(place)
        return sequence(GRADIENT)(T)


def _ranges(program: Program, reading: _Step) -> list[Basic]:
    """What the hyperparameters, as given, must meet."""
    found: list[Basic] = []
    values = {Symbol(name): value for name, value in reading.values.items()}
    for text, stated in program.relations:
        here = stated.xreplace(values) if stated.free_symbols & values.keys() else stated
        if here == false:
            key = next(s for s in values if s in stated.free_symbols)
            raise DeriveError(f"{key} = {values[key]} is outside its range {text} ({program.name})")
        if here != true and here not in found:
            found.append(here)
    return found


SCALED = "_s"  # ends the name of a sequence as it is when every gradient is multiplied by s


def scaled(model: Stated, letter: Symbol) -> Stated:
    """Each sequence twice: as it is, and as every gradient times `letter` > 0 makes it, its name
    ending in SCALED."""
    gradient = sequence(GRADIENT)

    def other(value: AppliedUndef) -> Expr:
        if value.func == gradient:
            return letter * value
        own = value.func.__name__ in model.equations
        return sequence(value.func.__name__ + SCALED)(*value.args) if own else value

    more = {
        name + SCALED: value.xreplace({a: other(a) for a in value.atoms(AppliedUndef)})
        for name, value in model.equations.items()
    }
    return replace(
        model,
        equations={**model.equations, **more},
        start={**model.start, **{name + SCALED: v for name, v in model.start.items()}},
        more_ranges=(*model.more_ranges, letter > 0),
    )
