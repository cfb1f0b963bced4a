"""What one asks of optimizers, and of recurrences. Each gives a Run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Basic, Expr, Symbol

from derive.desk.budget import SECONDS
from derive.desk.given import all_about, conditions, first_values, letters, value
from derive.desk.recurrences.solved import Solved
from derive.desk.run import Run
from derive.errors import nearest
from derive.model.language.claims import DeriveError
from derive.model.language.syntax import Anything
from derive.model.recurrences.flags import called, is_called
from derive.model.recurrences.givens import named_gradient, named_schedule
from derive.model.recurrences.library import library, without_form
from derive.model.recurrences.lines import ARROWS, GRADIENT, names
from derive.model.recurrences.program import LINES, Program, of_lines
from derive.model.recurrences.training import SCALED, trained
from derive.notation import Notation


def optimizer(name: str, own: Mapping[str, Program] | None = None) -> Program:
    r"""The optimizer of that name, from `own` or the library; the one of some lines,
    "m <- beta*m + g; w <- w - eta*m"; or the one that lines of LaTeX declare, as a paper prints
    them: the library's entry where it is that, else one whose `source` says where it differs.
    Raises DeriveError with the nearest."""
    if not isinstance(name, str):
        raise DeriveError(f"{name!r:.60}: an optimizer's name, or its lines, as text")
    if any(arrow in name for arrow in ARROWS):
        return of_lines(_lines(name), {})
    if "\\" in name or ("=" in name and not is_called(name)):
        from derive.desk.recurrences.declared import declared  # reading LaTeX takes long to import

        return declared(name)
    known = {**library(), **(own or {})}
    name, flags = called(name)
    if name in without_form():
        raise DeriveError(f"no scalar form of {without_form()[name]}")
    if name not in known:
        raise DeriveError(f'no optimizer "{name[:60]}"{nearest(name, known)}')
    return known[name].with_flags(flags) if flags else known[name]


class Unasked(str):
    """A default, told from the same text given by a person."""


CONSTANT = Unasked("c")


def solve(
    program: Program | str | Sequence[str],
    gradient: Any = CONSTANT,
    start: Mapping[str, Any] | str | int | None = None,
    ranges: Any = (),
    notation: Notation | None = None,
    seconds: float | None = SECONDS,
    variance: Any = None,
    **values: Any,
) -> Solved:
    """Closed forms of all that an optimizer keeps under a gradient, or of recurrences.

    An optimizer is a Program, a name of the library, or its lines, `["w <- w - eta*g"]`;
    recurrences are texts, `"x(t+2) = x(t+1) + x(t)"` or a list of such.

    `gradient` is an expression in t, the number of the step being made, and in the states before
    it, `"lam*w"`; None is an arbitrary one. `values` are hyperparameters (`eps=0`, `beta="9/10"`,
    `eta="eta0/sqrt(t)"`) or letters of the equations; `start` gives first values, `{"x": "0, 1"}`;
    `variance` is that of independent noise of mean 0 on the gradient, `"sigma**2"`: the answers are
    then the means, variances and covariances of what a linear optimizer keeps, `run.var_w`.
    `ranges` is what letters must meet, `"c > 0"`. `seconds` bounds the time (None: no bound;
    TooHard is raised). Raises DeriveError.
    """
    if isinstance(gradient, str) and gradient in library():
        raise DeriveError(f"gradient = {gradient}: that is an optimizer; solve one at a time")
    texts = _texts(program, gradient)
    if texts and not any(arrow in text for text in texts for arrow in ARROWS):
        from derive.desk.recurrences.divide import divide, divides
        from derive.desk.recurrences.typed import solve_recurrence  # a program needs nothing of it

        own = isinstance(gradient, Unasked) or gradient in texts
        if not own or variance is not None:
            what = f"variance = {variance}" if own else f"gradient = {gradient}"
            raise DeriveError(f"{what}: equations have no gradient; put it into them")
        if len(texts) == 1 and divides(texts[0]):
            return divide(texts[0], first_values(start), ranges, seconds, values, notation)
        return solve_recurrence(texts, first_values(start), ranges, seconds, values, notation)
    program = of_lines(texts, {}) if texts else _program(program)
    program, values = _with_values(program, values)
    if gradient is not None and not isinstance(gradient, Unasked) and not program.reads_gradient:
        read = dict.fromkeys(n for line in program.parsed for n in names(line.value))
        raise DeriveError(
            f"gradient = {gradient!s:.60}: no line reads {GRADIENT}, the gradient; {program.name} "
            f"read{'' if program.name == LINES else 's'} {', '.join(read)}: write {GRADIENT} there"
        )
    first = first_values(start)
    if "" in first:
        raise DeriveError(f"start = {first['']}: of which of {', '.join(program.states)}?")
    begun = {name.removesuffix("(0)"): value(v, f"start of {name}") for name, v in first.items()}
    declared = conditions(ranges, "ranges")
    slope, put, more = _put(gradient, values)
    if variance is not None:
        from derive.desk.recurrences.noisy import noisy  # only where there is noise

        spread = value(variance, "variance")
        model = noisy(program, slope, begun, put, (*declared, *more), spread)
    else:
        model = trained(program, slope, begun, put, (*declared, *more))
    all_about(declared, letters(model))
    return Solved(model, None, seconds, notation)


def _put(
    gradient: Any, values: Mapping[str, Any]
) -> tuple[Expr | None, dict[str, Expr], tuple[Basic, ...]]:
    """A gradient and hyperparameters, typed or by the names of the tables, and what the letters of
    these must meet."""
    named = {k: named_schedule(v, k) for k, v in values.items()}
    slope = named_gradient(gradient)
    found = [entry for entry in (slope, *named.values()) if entry is not None]
    if slope is not None:
        gradient = slope.value
    put = {
        k: value(v if (entry := named[k]) is None else entry.value, k, Anything())
        for k, v in values.items()
    }
    ranges = conditions([text for entry in found for text in entry.ranges], "ranges")
    return None if gradient is None else value(gradient, "gradient", Anything()), put, ranges


def _with_values(program: Program, values: Mapping[str, Any]) -> tuple[Program, dict[str, Any]]:
    """A program under the flags among some values, and the values of its hyperparameters. Raises
    DeriveError for a value of something that it does not have."""
    found = program.flagged(values)
    for name in values:
        if name not in found.settings:
            raise DeriveError(
                f'value of "{name}": {program.name} has no such hyperparameter or '
                f"flag{nearest(name, found.settings)}"
            )
    given = {k: v for k, v in values.items() if k not in program.possible_flags}
    return found, {**found.flag_values, **given}


def _texts(program: Any, gradient: Any) -> list[str]:
    """The equations or lines that are given as text; the second of two equations stands where a
    gradient does."""
    if isinstance(program, str):
        signs = ("=", *ARROWS)
        if not any(s in program for s in signs) or "\\" in program or is_called(program):
            return []
        more = isinstance(gradient, str) and "=" in gradient
        return [*_lines(program), *([gradient] if more else [])]
    if isinstance(program, list | tuple) and not program:
        raise DeriveError('no equation; write for example "m(t+1) = beta*m(t) + c"')
    if isinstance(program, list | tuple) and all(isinstance(text, str) for text in program):
        return [part for text in program for part in _lines(text)]
    if isinstance(program, Program):
        return []
    raise DeriveError(
        f"{program!r:.60}: an optimizer, its name, or equations as text are solved, for example "
        'solve("x(t+1) = 2*x(t)"); sympy\'s own equations: rsolve'
    )


def _lines(text: str) -> list[str]:
    """The lines of a text with arrows, by ; or by rows; an equation is one by itself."""
    if not any(arrow in text for arrow in ARROWS):
        return [text]
    return [line for line in re.split(r"[;\n]", text) if line.strip()]


def _program(program: Program | str | Sequence[str]) -> Program:
    if isinstance(program, Program):
        return program
    found = optimizer(str(program))
    if "\\" in program and not found.reads_gradient:
        raise DeriveError(
            "these lines have no gradient; type equations as in m(t+1) = beta*m(t) + c (of LaTeX "
            "an optimizer's lines are read)"
        )
    return found


def scale(
    program: Program | str,
    start: Mapping[str, Any] | None = None,
    notation: Notation | None = None,
    **values: Any,
) -> Run:
    """How each quantity grows when every gradient, whatever it is, is multiplied by s > 0. Names
    end in `_s`."""
    from derive.solving.recurrences.scaling import scaling  # of no use to other questions

    program = program if isinstance(program, Program) else optimizer(program)
    program, values = _with_values(program, values)
    given = {k: value(v, k, Anything()) for k, v in values.items()}
    if "s" in (*program.targets, *program.hyperparameters):
        raise DeriveError(
            f'{program.name}: "s" is what gradients are multiplied by; call it something '
            f"else in the lines"
        )
    plain = trained(
        program, None, {k: value(v, f"start of {k}") for k, v in (start or {}).items()}, given
    )
    try:
        model, made = scaling(plain, Symbol("s"))
    except DeriveError as error:
        raise DeriveError(f"{program.name}: {error}") from None
    chains = {d.goal.func.__name__: d for d in made}
    makers = {name: lambda run, name=name: chains[name] for name in chains}
    before = {name: tuple(list(chains)[:number]) for number, name in enumerate(chains)}
    return Run(model, makers, f"w{SCALED}", notation, before.__getitem__)


def memory_ratio(
    first: Program | str, second: Program | str, notation: Notation | None = None
) -> Run:
    """How many times more the first optimizer stores for each parameter, beside the parameter."""
    from derive.model.recurrences.memory import Memory
    from derive.solving.recurrences.memory import ratio

    programs = tuple(p if isinstance(p, Program) else optimizer(p) for p in (first, second))
    model = Memory(programs)
    return Run(model, {"ratio": lambda run: ratio(model)}, "ratio", notation)
