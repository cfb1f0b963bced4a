"""The optimizers beside each other: `derive optimizers`, `derive memory`, `derive same`."""

from __future__ import annotations

import click

from derive.commands.usage import Command

FORM = click.option(
    "--as",
    "form",
    type=click.Choice(["text", "markdown", "latex", "json"]),
    default="text",
    show_default=True,
)


@click.command(cls=Command)
@click.argument("names", nargs=-1)
@FORM
def optimizers(names: tuple[str, ...], form: str) -> None:
    """A table of optimizers: what they keep, their flags, their sources."""
    from derive.desk.recurrences.listed import optimizers as listed

    click.echo(listed(names).written(form))


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="OPTIMIZER...")
@click.option("--parameters", type=float, default=1, show_default=True, help="How many: 7e9.")
@click.option("--dtype", default="float32", show_default=True, help="Of parameters and gradients.")
@click.option("--master", help="The type of a copy of the parameters, and of the states.")
@FORM
def memory(
    names: tuple[str, ...], parameters: float, dtype: str, master: str | None, form: str
) -> None:
    """What training with optimizers holds, in bytes: "adam(amsgrad)" is one with a flag."""
    from derive.desk.recurrences.listed import memory as held

    table = held(*names, parameters=parameters, dtype=dtype, master=master)
    click.echo(table.written(form))


@click.command(cls=Command)
@click.argument("one", metavar="OPTIMIZER")
@click.argument("other", metavar="OPTIMIZER")
def same(one: str, other: str) -> None:
    """Are two optimizers the same run for every gradient, for some choice of the second one's
    hyperparameters? Names, with flags or without, or lines in quotes. Exits with 1 where they are
    not, or where it cannot be said."""
    from derive.desk.recurrences.same import same_run

    found = same_run(one, other)
    click.echo(found)
    if not found.same:
        click.get_current_context().exit(1)
