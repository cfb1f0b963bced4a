"""What one asks of optimizers, and of recurrences. Each gives a Run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Symbol

from derive.desk.budget import SECONDS
from derive.desk.given import conditions, value
from derive.desk.recurrences.solved import Solved
from derive.desk.run import Run
from derive.errors import nearest
from derive.model.language.claims import DeriveError
from derive.model.language.syntax import Anything
from derive.model.recurrences.library import library
from derive.model.recurrences.memory import Memory
from derive.model.recurrences.program import Program
from derive.model.recurrences.training import SCALED, trained
from derive.notation import Notation
from derive.solving.recurrences.memory import ratio
from derive.solving.recurrences.scaling import scaling


def optimizer(name: str, own: Mapping[str, Program] | None = None) -> Program:
    r"""The optimizer of that name, from `own` or the library; or the one that lines of LaTeX
    declare, as a paper prints them: the library's entry where it is that, else one whose `source`
    says where it differs. Raises DeriveError with the nearest."""
    if "\\" in name or "=" in name:
        from derive.desk.recurrences.declared import (
            declared,
        )  # reading LaTeX is not needed otherwise

        return declared(name)
    known = {**library(), **(own or {})}
    if name not in known:
        raise DeriveError(f'no optimizer "{name[:60]}"{nearest(name, known)}')
    return known[name]


def solve(
    program: Program | str | Sequence[str],
    gradient: Any = "c",
    start: Mapping[str, Any] | None = None,
    ranges: Any = (),
    notation: Notation | None = None,
    seconds: float | None = SECONDS,
    **values: Any,
) -> Solved:
    """Closed forms of all that an optimizer keeps, under a constant gradient; or of recurrences,
    given as text.

    An optimizer is a Program or a name of the library; recurrences are `"x(t+2) = x(t+1) + x(t)"`
    or a list of such, with `start={"x": "0, 1"}`; their Run is a Solved. `seconds` bounds the time
    of the latter (None: no bound; TooHard is raised).

    `gradient` and `values` (hyperparameters, `eps=0`, `beta="9/10"`, `eta="alpha"`) are numbers,
    text or sympy expressions; `start` gives states their first value; `ranges` what letters of your
    own must meet, `"c > 0"`. Raises DeriveError.
    """
    if isinstance(program, list | tuple) or (isinstance(program, str) and "=" in program):
        from derive.desk.recurrences.divide import divide, divides
        from derive.desk.recurrences.typed import solve_recurrence  # a program needs nothing of it

        texts = [program] if isinstance(program, str) else program
        if gradient != "c":
            raise DeriveError(
                f"{gradient}: equations have no gradient; give several as a list, solve(["
                f'"...", "..."])'
            )
        if len(texts) == 1 and divides(texts[0]):
            return divide(texts[0], start, ranges, seconds, values)
        return solve_recurrence(program, start, ranges, seconds, values)
    program = optimizer(program) if isinstance(program, str) else program  # type: ignore[assignment]
    assert isinstance(program, Program)
    model = trained(
        program,
        None if gradient is None else value(gradient, "gradient", Anything()),
        {k: value(v, f"start of {k}") for k, v in (start or {}).items()},
        {k: value(v, k, Anything()) for k, v in values.items()},
        conditions(ranges, "ranges"),
    )
    return Solved(model, None, seconds, notation)


def scale(
    program: Program | str,
    start: Mapping[str, Any] | None = None,
    notation: Notation | None = None,
    **values: Any,
) -> Run:
    """How each quantity grows when every gradient, whatever it is, is multiplied by s > 0. Names
    end in `_s`."""
    program = optimizer(program) if isinstance(program, str) else program
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
    programs = tuple(optimizer(p) if isinstance(p, str) else p for p in (first, second))
    model = Memory(programs)
    return Run(model, {"ratio": lambda run: ratio(model)}, "ratio", notation)
