"""The commands for what people write: proofread a key, grade answers."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("key", type=click.Path(path_type=Path))
@click.option(
    "--problem",
    "--about",
    "about",
    required=True,
    help="The problem: a .toml file, a name such as ps09, an optimizer.",
)
@click.option(
    "--letters",
    default="",
    help=r"What the key writes otherwise than the problem: '\beta=\rho,K=k'.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON list, an object a claim.")
@click.option("--brief", is_flag=True, help="Only the claims that do not hold.")
def proofread(key: Path, about: str, letters: str, as_json: bool, brief: bool) -> None:
    """Check every claim of a LaTeX or Markdown key; exit 1 where one fails."""
    from derive.desk.proofreading.about import problems_about
    from derive.desk.proofreading.found import as_json as listed
    from derive.desk.proofreading.found import summary
    from derive.desk.proofreading.proofread import proofread_text, read_text
    from derive.desk.proofreading.remarks import remarks
    from derive.desk.proofreading.renamed import read_letters
    from derive.desk.proofreading.settings import settings

    known = settings(problems_about(about))
    text = read_text(key)
    found = proofread_text(text, known, key.name, read_letters(letters, known))
    if as_json:
        click.echo(listed(found))
    else:
        for claim in found:
            if not brief or claim.verdict != "holds":
                click.echo(claim)
        click.echo(summary(found))
        for remark in remarks(text, known):
            click.echo(remark)
    if any(claim.verdict == "fails" for claim in found):
        sys.exit(1)


@click.command()
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
