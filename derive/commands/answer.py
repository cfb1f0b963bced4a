"""One answer of a run on the terminal, once it is checked."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from derive.errors import DeriveError


def show(run: Any, name: str, steps: bool, checked: bool, as_latex: bool) -> None:
    """The answer called `name`, or its steps. Raises DeriveError where it is not confirmed."""
    from derive.desk.run import worst
    from derive.model.language.whole import Whole
    from derive.writing.latex import latex
    from derive.writing.plain import beside as said_beside

    run.derivation(name)
    verdict = worst(run.verdicts(name))  # nothing is printed that was not checked
    if not verdict.holds:
        raise DeriveError(f"{name}: {verdict}")
    chain = run.shown(name)
    if steps:
        click.echo(run.steps(name)._repr_latex_() if as_latex else run.steps(name))
    told = [] if steps else [(chain.claim, verdict)]
    for line, seen in run.said_of(name) if hasattr(run, "said_of") else told:
        write = partial(latex, notation=run.notation) if as_latex else str
        whole = [n for n in run.needs(name) if isinstance(n, Whole)]
        beside = (
            rf",\quad {', '.join(map(write, whole))}" if as_latex and whole else said_beside(whole)
        )
        click.echo(f"{write(line.left)} = {write(line.right)}{beside}")
        verdict = seen
    if checked:
        click.echo(f"  {verdict}, needs {', '.join(map(str, run.needs(name))) or 'nothing'}")
