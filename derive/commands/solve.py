"""`derive solve`: closed forms of an optimizer or of recurrences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from derive.commands.answer import show
from derive.commands.usage import Command
from derive.errors import DeriveError


def pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    """`name=value` options as a table."""
    found: dict[str, str] = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark:
            raise DeriveError(f"{option} {text}: write name=value, as in {option} beta=9/10")
        if name.strip() in found:
            raise DeriveError(
                f"{option} {text}: {name.strip()} is {found[name.strip()]} already; give it once"
            )
        found[name.strip()] = value.strip()
    return found


@click.command(cls=Command)
@click.argument("asked", nargs=-1, required=True, metavar="OPTIMIZER | EQUATION...")
@click.option(
    "--gradient", help="The gradient, an expression in t, w and letters; without it a constant c."
)
@click.option(
    "--variance", help="Of independent noise on the gradient: means and variances are answered."
)
@click.option("--set", "values", multiple=True, help="A hyperparameter's value: --set eps=0")
@click.option("--start", multiple=True, help="A state's start: --start w=w0")
@click.option("--range", "ranges", multiple=True, help='What a letter must meet: --range "c > 0"')
@click.option(
    "--ask",
    multiple=True,
    help="Only this: a name, such as w; or a question, w.limit, w.value(100).",
)
@click.option("--steps", is_flag=True, help="The derivation, not only the answer.")
@click.option("--check", "checked", is_flag=True, help="The verdicts, too.")
@click.option("--latex", "as_latex", is_flag=True, help="As LaTeX.")
@click.option(
    "--optimizers", type=click.Path(path_type=Path), help="A TOML file with optimizers of your own."
)
@click.option(
    "--cases", "with_cases", is_flag=True, help="Of equations: the degenerate cases, too."
)
@click.option(
    "--terms", "count", type=click.IntRange(1, 1000), help="Of equations: the first values instead."
)
@click.option(
    "--seconds",
    type=float,
    default=10.0,
    show_default=True,
    help="The time an answer may take.",
)
def solve(
    asked: tuple[str, ...],
    gradient: str | None,
    variance: str | None,
    values: tuple[str, ...],
    start: tuple[str, ...],
    ranges: tuple[str, ...],
    ask: tuple[str, ...],
    steps: bool,
    checked: bool,
    as_latex: bool,
    optimizers: Path | None,
    with_cases: bool,
    count: int | None,
    seconds: float,
) -> None:
    """Closed forms of an optimizer under a gradient, or of recurrences.

    An optimizer is a name of the library, or its lines, "w <- w - eta*g"; equations are texts such
    as "x(t+2) = x(t+1) + x(t)" with --start "x=0, 1".
    """
    from derive.desk.budget import limit
    from derive.model.recurrences.starts import each_start

    _goes_with_terms(
        count,
        {
            "--ask": ask,
            "--steps": steps,
            "--check": checked,
            "--latex": as_latex,
            "--cases": with_cases,
        },
    )
    begun = pairs(tuple(part for text in start for part in each_start(text)), "--start")
    given: dict[str, Any] = pairs(values, "--set")
    if gradient is not None:
        given["gradient"] = gradient
    if variance is not None:
        given["variance"] = variance
    with limit(seconds):
        if count and _are_equations(asked):
            return _show_terms(asked, begun, count, ranges, given)
        given |= {"start": begun, "ranges": ranges, "seconds": seconds}
        run = _run(asked, optimizers, given)
        if count:
            return click.echo("\n".join(str(run.ask(f"{n}.terms({count})")) for n in run.names))
        for name in ask or run.names:
            if name in run.names:
                show(run, name, steps, checked, as_latex)
                if with_cases:
                    _show_cases(run, name)
            elif with_cases:
                raise DeriveError(f"--cases: of a closed form, not of {name}; --ask its name alone")
            else:
                click.echo(run.ask(name)._repr_latex_() if as_latex else run.ask(name))


def _are_equations(asked: tuple[str, ...]) -> bool:
    """Whether first values are made step by step, from any place on."""
    from derive.desk.recurrences.divide import divides

    return all("=" in text for text in asked) and not (len(asked) == 1 and divides(asked[0]))


def _run(asked: tuple[str, ...], optimizers: Path | None, given: dict[str, Any]) -> Any:
    """The run of equations, of lines, or of an optimizer's name."""
    from derive.desk.recurrences.answer import optimizer as find
    from derive.desk.recurrences.answer import solve as answer
    from derive.model.recurrences.flags import is_called
    from derive.model.recurrences.library import load

    called = is_called(asked[0])
    if any(sign in text for text in asked for sign in ("=", "<-", "←")) and not called:
        if optimizers:
            raise DeriveError(
                f"--optimizers {optimizers}: for an optimizer by its name; here are lines or "
                "equations"
            )
        return answer(asked, **given)
    if len(asked) > 1 or ("(" in asked[0] and not called):
        raise DeriveError(
            f"{' '.join(asked)}: one optimizer, or equations in quotes, each with an equals sign"
        )
    return answer(find(asked[0], load(optimizers) if optimizers else {}), **given)


def _show_cases(run: Any, name: str) -> None:
    """The degenerate cases, and those that none of them is."""
    for condition, value in run.cases_of(name)[1:]:
        click.echo(f"  where {condition}: {value}")
    for left_out in run.about(name).not_covered:
        click.echo(f"  not covered: {left_out}")


def _goes_with_terms(count: int | None, given: dict[str, Any]) -> None:
    """Raises DeriveError where first values are wanted, and something that they do not have."""
    for option, value in given.items():
        if count and value:
            raise DeriveError(
                f"--terms {count} tells the first values alone, without {option}; for one name "
                f'among others: --ask "x.terms({count})"'
            )


def _show_terms(
    asked: tuple[str, ...],
    start: dict[str, str],
    count: int,
    ranges: tuple[str, ...],
    given: dict[str, Any],
) -> None:
    from derive.desk.recurrences.typed import terms

    for name, values in terms(asked, start, count, ranges, **given).items():
        click.echo(f"{name}: {', '.join(map(str, values))}")
