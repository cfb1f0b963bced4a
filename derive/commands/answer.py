"""One answer of a run on the terminal, once it is checked."""

from __future__ import annotations

from typing import Any

import click


def show(run: Any, name: str, steps: bool, checked: bool, as_latex: bool) -> None:
    """The answer called `name`, or its steps. Raises DeriveError where it is not confirmed."""
    # nothing is printed that was not checked; steps that are not printed need not be
    chain = run.held(name) if steps or checked else run.confirmed(name)
    claim, verdict = run.as_told(chain.claim), run.answer_verdict(name)
    if steps:
        click.echo(run.steps(name)._repr_latex_() if as_latex else run.steps(name))
    if hasattr(run, "in_n"):
        verdict = run.said_of(name)[0][1]
        click.echo(run.as_latex() if as_latex else run)
    elif not steps:
        left, right = (_text(side, run, as_latex) for side in (claim.left, claim.right))
        beside = ""
        if aside := run.aside(name):
            told = [_text(n, run, as_latex) for n in aside]
            beside = rf",\quad {', '.join(told)}" if as_latex else f"   where {' and '.join(told)}"
        click.echo(f"{left} = {right}{beside}")
    if checked:
        click.echo(f"  {verdict}, needs {', '.join(map(str, run.needs(name))) or 'nothing'}")


def _text(side: Any, run: Any, as_latex: bool) -> str:
    if not as_latex:
        return str(side)
    from derive.writing.latex import latex

    return latex(side, run.notation)
