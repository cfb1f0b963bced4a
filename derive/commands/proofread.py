"""`derive proofread`: someone else's key, claim by claim."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from derive.commands.usage import Command


@click.command(cls=Command)
@click.argument("key", type=click.Path(path_type=Path))
@click.option(
    "--problem",
    "--about",
    "about",
    required=True,
    help="The problem: a .toml file, a name such as ps09, an optimizer; ps09:2 is one problem.",
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
    from derive.desk.proofreading.letters.renamed import read_letters
    from derive.desk.proofreading.letters.settings import settings
    from derive.desk.proofreading.proofread import proofread_text
    from derive.desk.proofreading.remarks import remarks
    from derive.files import read_text

    known = settings(problems_about(about))
    text = read_text(key, "key.tex")
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
