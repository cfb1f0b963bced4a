"""Networks beside each other and in pictures: `derive networks`, `derive draw`, `derive plot`."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.usage import Command


@click.command(cls=Command)
@click.argument("names", nargs=-1)
@click.option(
    "--as",
    "form",
    type=click.Choice(["markdown", "latex", "json"]),
    default="markdown",
    show_default=True,
)
def networks(names: tuple[str, ...], form: str) -> None:
    """A table of published networks, each field computed from the layout and counted back."""
    from derive.desk.convolutions.report import published

    click.echo(published(names, form))


@click.command(cls=Command)
@click.argument("net", metavar="LAYERS | FILE")
@click.option("--width", type=int, default=16, show_default=True, help="The input's width.")
@click.option(
    "--at", type=int, default=0, show_default=True, help="The output whose inputs are coloured."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="A .svg or .tex to write; default: SVG on standard output.",
)
@click.option(
    "--fragment",
    is_flag=True,
    help="Of a .tex: only the tikzpicture, for another document to \\input.",
)
def draw(net: str, width: int, at: int, output: Path | None, fragment: bool) -> None:
    """Draw a small stack: a row of circles a layer, a line a tap, one output's receptive field
    coloured."""
    from derive.desk.convolutions.drawing import drawing
    from derive.files import write

    text = drawing(net, width, at, output.suffix if output else ".svg", fragment)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(text, output)


@click.command(cls=Command)
@click.argument("nets", nargs=-1, required=True, metavar="[TITLE=]LAYERS | FILE...")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    required=True,
    help="A .svg, .png or .pdf to write.",
)
def plot(nets: tuple[str, ...], output: Path) -> None:
    """Plot how receptive fields grow with depth, a curve a network."""
    from derive.desk.convolutions.growth import growth
    from derive.writing.drawing.plots import growth_plot

    titled = [net.partition("=") if "=" in net else (net, "=", net) for net in nets]
    growth_plot(growth({title: layers for title, _, layers in titled}), output)
