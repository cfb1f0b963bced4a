"""What all commands have in common: an option is given once, and wrong usage is one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

MANY = 20  # problems, or answers, that take long enough to show how far it is


class Command(click.Command):
    """A command that takes no option twice, of which the last would win in silence."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for param in order:
            once = isinstance(param, click.Option) and not (param.multiple or param.is_flag)
            if once and order.count(param) > 1:
                raise click.UsageError(f"{param.opts[0]} is given twice; give it once", ctx)
        return super().parse_args(ctx, args)


def told(error: click.UsageError) -> str:
    """Wrong usage in one line, with where to look."""
    path = error.ctx.command_path if error.ctx else "derive"
    command = path.partition(" ")[2]
    said = " ".join(error.format_message().split()).rstrip(".")
    return f"derive: {f'{command}: ' if command else ''}{said}; see {path} --help"


def shown(label: str, items: Sequence[Any]) -> Iterator[Any]:
    """The items one by one; where they are many, with a bar on a terminal that says how far."""
    if len(items) <= MANY or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar


def printable(line: str) -> str:
    """A line as one line: what moves the cursor, or is half a character, by its number."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def fail(ctx: click.Context, error: Any) -> None:
    """Ends with an error that a person can mend: one line, exit code 2."""
    line = told(error) if isinstance(error, click.UsageError) else f"derive: {error}"
    click.echo(printable(line), err=True)
    ctx.exit(2)
