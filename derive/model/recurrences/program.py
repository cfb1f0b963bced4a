"""An optimizer as its update lines: read from text, whitelisted, its memory counted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import Basic, Expr

from derive.model.language.claims import DeriveError
from derive.model.language.text import read, relations
from derive.model.recurrences import flags as flag
from derive.model.recurrences.flags import Guard
from derive.model.recurrences.lines import (
    GRADIENT,
    PARAMETER,
    STEP,
    Line,
    assigned,
    kept,
    names,
    places,
    read_line,
)

LINES = "these lines"  # what a program is called that has no name


@dataclass(frozen=True)
class Program:
    """An optimizer: its update lines in order, the start of each state, ranges of its
    hyperparameters.

    In a line `g` is the gradient at w before the step, `g(e)` the gradient at e, and `t` the number
    of the step being made (1, 2, ...). A name may be assigned again: what follows reads its newer
    value. A name that is read before it is assigned keeps its value from step to step: it is a
    state and needs a start. A name that no line assigns is a hyperparameter. A line `... if FLAG`
    is there where `flags` has FLAG: True, or the value of a flag that the line reads. `source`
    names the paper; `convention` says where sources differ. `each` are hyperparameters
    that every parameter has for itself, as a curvature is; `layer` states that are one number for
    all of a layer's parameters. `scalar`: the form for one parameter of what works on matrices.
    """

    name: str
    lines: tuple[str, ...]
    start: Mapping[str, str] = field(default_factory=dict)
    ranges: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    convention: str = ""
    flags: Mapping[str, Any] = field(default_factory=dict)
    each: tuple[str, ...] = ()
    layer: tuple[str, ...] = ()
    scalar: bool = False

    def __post_init__(self) -> None:
        missing = [s for s in self.states if s not in self._begun]
        if missing:
            raise DeriveError(
                f'optimizer "{self.name}": the state "{missing[0]}" has no start; a line reads '
                f"it before one assigns it. "
                f'Write for example start = {{{missing[0]} = "0"}}'
            )
        others = {line.target for line, _ in self.every_line} if self.possible_flags else ()
        for name in self._begun:
            if name not in self.states and name not in others:
                raise DeriveError(
                    f'optimizer "{self.name}": start of "{name}", which is not a state; '
                    f"states: {', '.join(self.states)}"
                )
        if PARAMETER not in self.states:
            raise DeriveError(
                f'optimizer "{self.name}": no line updates the parameter "w"; write for '
                f'example "w <- w - eta*g"'
            )
        for number, line in enumerate(self.parsed, 1):
            for place in places(line.value):
                if not set(names(place)) & set(self.targets):
                    raise DeriveError(
                        f'optimizer "{self.name}", line {number}: {GRADIENT}({ast.unparse(place)}):'
                        f" write {GRADIENT} for the gradient at this step; {GRADIENT}(w + mu*v) is "
                        "the gradient at another place"
                    )

    @cached_property
    def every_line(self) -> tuple[tuple[Line, Guard], ...]:
        """The lines, read, each with the flags it asks for. Raises DeriveError with the line's
        number."""
        if not self.lines:
            raise DeriveError(
                f'optimizer "{self.name}": no lines; write for example lines = ["w <- w - eta*g"]'
            )
        place = f'optimizer "{self.name}", line'
        return tuple(read_line(text, f"{place} {n}") for n, text in enumerate(self.lines, 1))

    @cached_property
    def parsed(self) -> tuple[Line, ...]:
        """The lines that are there under its flags."""
        return tuple(line for line, guard in self.every_line if flag.met(guard, self.flags))

    @cached_property
    def possible_flags(self) -> dict[str, bool]:
        """Each flag that a line asks for, and whether it has a value, which some line reads."""
        read = {n for line, _ in self.every_line for n in names(line.value)}
        read |= {n for text in self.start.values() for n in re.findall(r"\w+", text)}
        asked = (name for guard in self._guards for name, _ in guard)
        return {name: name in read for name in dict.fromkeys(asked)}

    @cached_property
    def _guards(self) -> tuple[Guard, ...]:
        place = f'optimizer "{self.name}", start'
        return (
            *(guard for _, guard in self.every_line),
            *(flag.guarded(key, place)[1] for key in self.start),
        )

    def with_flags(self, given: Mapping[str, Any]) -> Program:
        """The same under other flags beside its own: True or a value, False or None to leave one
        out. Raises DeriveError for one that it does not have, and for one that changes nothing."""
        made = flag.under(self.flags, given, self.possible_flags, self._guards, self.name)
        return replace(self, flags=made)

    def flagged(self, values: Mapping[str, Any]) -> Program:
        """The same under the flags among some values. Raises DeriveError."""
        flags = {k: v for k, v in values.items() if k in self.possible_flags}
        return self.with_flags(flags) if flags else self

    @property
    def settings(self) -> tuple[str, ...]:
        """All that may be given a value: flags, and the hyperparameters under the flags it has."""
        return tuple(dict.fromkeys((*self.hyperparameters, *self.possible_flags)))

    @property
    def flag_values(self) -> dict[str, Any]:
        """The values of its flags that have one."""
        return {k: v for k, v in self.flags.items() if v is not True and k in self.hyperparameters}

    @property
    def targets(self) -> tuple[str, ...]:
        """The names that a step makes, each where it is assigned last. The gradient may be
        assigned too; it is no quantity of its own."""
        return assigned(self.parsed)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Names whose old value a step reads, in the order of the lines: what must be kept from
        step to step."""
        return kept(self.parsed)

    @cached_property
    def starts(self) -> dict[str, Expr]:
        """Each state's value before the first step, in the order of the states; it may name another
        state, and is that one's then. Raises DeriveError."""
        place = f'optimizer "{self.name}", start'
        return {state: read(self._begun[state], place) for state in self.states}

    @cached_property
    def _begun(self) -> dict[str, str]:
        """The start of each state as it is written, under the flags."""
        found: dict[str, str] = {}
        for key, text in self.start.items():
            name, guard = flag.guarded(key, f'optimizer "{self.name}", start')
            if flag.met(guard, self.flags):
                found[name] = text
        return found

    @cached_property
    def relations(self) -> tuple[tuple[str, Basic], ...]:
        """Each relation of the ranges, with the text it stands in. Raises DeriveError."""
        place = f'optimizer "{self.name}", ranges'
        every = {n for line, _ in self.every_line for n in names(line.value)}
        absent = every - set(self.hyperparameters)
        return tuple(
            (text, found)
            for text in self.ranges
            for found in relations(text, place)
            if not absent & {str(s) for s in found.free_symbols}
        )

    @property
    def memory(self) -> tuple[str, ...]:
        """What is stored for each parameter beside the parameter itself."""
        own = self._own - {PARAMETER, *self.layer}
        return tuple(s for s in self.states if s in own)

    @property
    def shared(self) -> tuple[str, ...]:
        """What is stored once for all parameters, or once for a layer: the step count, where a line
        reads it, and states that depend neither on a gradient nor on a parameter."""
        steps = (STEP,) if any(STEP in names(line.value) for line in self.parsed) else ()
        return (*steps, *(s for s in self.states if s not in (PARAMETER, *self.memory)))

    @cached_property
    def _own(self) -> frozenset[str]:
        """The names whose value is another for each parameter: made of it or of its gradient."""
        found, before = {PARAMETER, GRADIENT, *self.each}, 0
        while len(found) != before:
            before = len(found)
            for line in self.parsed:
                if found & set(names(line.value)) or any(places(line.value)):
                    found.add(line.target)
        return frozenset(found | {s for s in self.states if self._starts_apart(s)})

    def _starts_apart(self, state: str) -> bool:
        return PARAMETER in map(str, self.starts[state].free_symbols)

    @property
    def reads_gradient(self) -> bool:
        """Whether what is given as the gradient is read: g before a line assigns it, or g(...)."""
        for line in self.parsed:
            if GRADIENT in names(line.value) or any(places(line.value)):
                return True
            if line.target == GRADIENT:  # from here on g is this value, and g(...) the gradient
                return any(any(places(other.value)) for other in self.parsed)
        return False

    @cached_property
    def hyperparameters(self) -> tuple[str, ...]:
        """Names that no line assigns, in the order they are met; those of the starts last."""
        own = {line.target for line in self.parsed} | {GRADIENT, STEP}
        met = [n for line in self.parsed for n in names(line.value)]
        for start in self.starts.values():
            met += sorted(map(str, start.free_symbols))
        return tuple(dict.fromkeys(n for n in met if n not in own))


def of_lines(lines: Iterable[str], start: Mapping[str, str], name: str = LINES) -> Program:
    """An optimizer by its lines alone; a state without a start begins at 0. Raises DeriveError."""
    lines = tuple(lines)
    every = [read_line(text, f"line {number}") for number, text in enumerate(lines, 1)]
    flagged = any(guard for _, guard in every)
    begun = (assigned if flagged else kept)([line for line, _ in every])
    return Program(name, lines, {**dict.fromkeys(begun, "0"), **start})
