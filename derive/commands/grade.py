"""`derive grade`: a table of answers."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.usage import Command


@click.command(cls=Command)
@click.argument("answers", type=click.Path(path_type=Path))
@click.option(
    "--about",
    help="The problem: a .toml file, a name such as ps09; default: the library's optimizers, "
    "convolutions.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    required=True,
    help="The .csv to write, or to go on with.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="How many processes."
)
@click.option("--scheduler", help="The address of a Dask scheduler, whose workers grade.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 60),
    default=1.5,
    show_default=True,
    help="The time an answer may take.",
)
def grade(
    answers: Path, about: str | None, output: Path, jobs: int, scheduler: str | None, seconds: float
) -> None:
    """Grade a table of answers (columns id, question, answer) in LaTeX, each in a sandbox."""
    from derive.desk.grading.batch import grade_table
    from derive.desk.proofreading.about import problems_about

    if about is not None:
        problems_about(about)  # an error in it is told once, not for every answer
    counts = grade_table(answers, about, output, jobs, scheduler, seconds)
    click.echo(", ".join(f"{n} {verdict}" for verdict, n in counts.most_common()) or "no answers")
