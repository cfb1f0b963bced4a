"""A problem file's answer key: `derive sheet` makes it, `derive check` checks it."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from derive.commands.usage import Command, shown
from derive.errors import DeriveError

PROBLEM = click.argument("problem", type=click.Path(path_type=Path))
TRUST = click.option(
    "--trust", is_flag=True, help="Take LaTeX that has TeX read, write or define something."
)


@click.command(cls=Command)
@PROBLEM
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="The .tex to write; default: standard output.",
)
@click.option("--fragment", is_flag=True, help="Only the body, for another document to \\input.")
@click.option("--student", is_flag=True, help="The questions without the answers.")
@click.option(
    "--detail",
    type=click.Choice(["brief", "full"]),
    default="brief",
    show_default=True,
    help="full: every step on a line.",
)
@TRUST
def sheet(
    problem: Path, output: Path | None, fragment: bool, student: bool, detail: str, trust: bool
) -> None:
    """Make the answer key of a problem file, once every line of it is checked."""
    from derive.desk.sheets.key import open_key
    from derive.desk.sheets.key import sheet as make
    from derive.files import write

    if output and output.exists() and problem.exists() and output.samefile(problem):
        raise DeriveError(f"{output}: that is the problem file itself; give another file to write")
    key = open_key(problem, trust, partial(shown, "derived"))
    text = make(key, fragment, student, detail == "full", partial(shown, "checked"))
    if output is None:
        click.echo(text, nl=False)
    else:
        write(text, output)


@click.command(cls=Command)
@PROBLEM
@click.option("--json", "as_json", is_flag=True, help="One JSON list, an object a claim.")
@TRUST
def check(problem: Path, as_json: bool, trust: bool) -> None:
    """Check every claim of a problem file's key; exit 1 unless all are PROVED or COUNTED."""
    from derive.desk.sheets.key import open_key

    key = open_key(problem, trust, partial(shown, "derived"))
    reports = key.check(partial(shown, "checked"))
    if as_json:
        import json  # not needed for anything else

        click.echo(json.dumps([r.as_dict() for r in reports], indent=1))
    else:
        for report in reports:
            click.echo(report)
    if not all(r.verdict.holds for r in reports):
        sys.exit(1)
