"""The command line as a group of commands. Nothing here waits for sympy: a command imports what it
needs when it is called."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import click

from derive.commands.grade import grade
from derive.commands.library import memory, optimizers, same
from derive.commands.networks import draw, networks, plot
from derive.commands.proofread import proofread
from derive.commands.rf import rf
from derive.commands.sheet import check, sheet
from derive.commands.solve import solve
from derive.commands.usage import fail
from derive.errors import DeriveError


class Commands(click.Group):
    """Errors that a person can mend are one line and exit code 2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            fail(ctx, error)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (DeriveError, click.UsageError) as error:
            fail(ctx, error)
        except OSError as error:
            if error.errno == errno.EPIPE:  # nobody reads on, which is no error
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            fail(ctx, f"the output cannot be written: {error.strerror}")


@click.group(
    name="derive",
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="derive")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Derive, check and typeset closed forms of recurrences. Without a command: a prompt."""
    if ctx.invoked_subcommand is None:
        from derive.commands.prompt import prompt

        prompt()


COMMANDS = (
    solve, optimizers, memory, same, sheet, check, rf, networks, draw, plot, proofread, grade,
)  # fmt: skip
for command in COMMANDS:
    main.add_command(command)
