"""The command line and the prompt: reads arguments, calls the desk, prints."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from derive.model.language.claims import DeriveError
from derive.texts import grade, proofread


class Commands(click.Group):
    """Errors that a person can mend are one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DeriveError as error:
            click.echo(f"derive: {error}", err=True)
            ctx.exit(2)


@click.group(
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


PROBLEM = click.argument("problem", type=click.Path(path_type=Path))


@main.command()
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
def sheet(problem: Path, output: Path | None, fragment: bool, student: bool, detail: str) -> None:
    """Make the answer key of a problem file, once every line of it is checked."""
    from derive.desk.sheets.key import open_key, write
    from derive.desk.sheets.key import sheet as make

    text = make(open_key(problem), fragment, student, detail == "full")
    if output is None:
        click.echo(text, nl=False)
    else:
        write(text, output)


@main.command()
@PROBLEM
@click.option("--json", "as_json", is_flag=True, help="One JSON list, an object a claim.")
def check(problem: Path, as_json: bool) -> None:
    """Check every claim of a problem file's key; exit 1 unless all are PROVED or COUNTED."""
    from derive.desk.sheets.key import open_key

    reports = open_key(problem).check()
    if as_json:
        import json  # not needed for anything else

        click.echo(json.dumps([r.as_dict() for r in reports], indent=1))
    else:
        for report in reports:
            click.echo(report)
    if not all(r.verdict.holds for r in reports):
        sys.exit(1)


def pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    """`name=value` options as a table."""
    found = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark:
            raise DeriveError(f"{option} {text}: write name=value, as in {option} beta=9/10")
        found[name.strip()] = value.strip()
    return found


@main.command()
@click.argument("asked", nargs=-1, required=True, metavar="OPTIMIZER | EQUATION...")
@click.option(
    "--gradient", default="c", show_default=True, help="The constant gradient, an expression."
)
@click.option("--set", "values", multiple=True, help="A hyperparameter's value: --set eps=0")
@click.option("--start", multiple=True, help="A state's start: --start w=w0")
@click.option("--range", "ranges", multiple=True, help='What a letter must meet: --range "c > 0"')
@click.option("--ask", help="Only this name, such as w.")
@click.option("--steps", is_flag=True, help="The derivation, not only the answer.")
@click.option("--check", "checked", is_flag=True, help="The verdicts, too.")
@click.option("--latex", "as_latex", is_flag=True, help="As LaTeX.")
@click.option(
    "--optimizers", type=click.Path(path_type=Path), help="A TOML file with optimizers of your own."
)
@click.option(
    "--cases", "with_cases", is_flag=True, help="Of equations: the degenerate cases, too."
)
@click.option(
    "--terms", "count", type=click.IntRange(1, 1000), help="Of equations: the first values instead."
)
@click.option(
    "--seconds",
    type=float,
    default=10.0,
    show_default=True,
    help="Of equations: the time an answer may take.",
)
def solve(
    asked: tuple[str, ...],
    gradient: str,
    values: tuple[str, ...],
    start: tuple[str, ...],
    ranges: tuple[str, ...],
    ask: str | None,
    steps: bool,
    checked: bool,
    as_latex: bool,
    optimizers: Path | None,
    with_cases: bool,
    count: int | None,
    seconds: float,
) -> None:
    """Closed forms of an optimizer under a constant gradient, or of recurrences.

    An optimizer is a name of the library; equations are texts such as "x(t+2) = x(t+1) + x(t)" with
    --start "x=0, 1".
    """
    from derive.desk.recurrences.answer import optimizer as find
    from derive.desk.recurrences.answer import solve as answer
    from derive.model.recurrences.library import load

    own = load(optimizers) if optimizers else {}
    given: dict[str, Any] = pairs(values, "--set")
    if any("=" in text for text in asked):
        if count:
            return _show_terms(asked, pairs(start, "--start"), count, ranges, given)
        run = answer(
            asked, gradient, start=pairs(start, "--start"), ranges=ranges, seconds=seconds, **given
        )
        if hasattr(run, "in_n"):
            return click.echo(run)
    elif len(asked) > 1 or "(" in asked[0]:
        raise DeriveError(
            f"{' '.join(asked)}: one optimizer, or equations in quotes, each with an equals sign"
        )
    else:
        run = answer(find(asked[0], own), gradient, pairs(start, "--start"), ranges, **given)
    for name in [ask] if ask else run.names:
        _show(run, name, steps, checked, as_latex)
        if with_cases and hasattr(run, "cases_of"):
            for condition, value in run.cases_of(name)[1:]:
                click.echo(f"  where {condition}: {value}")


def _show_terms(
    asked: tuple[str, ...],
    start: dict[str, str],
    count: int,
    ranges: tuple[str, ...],
    given: dict[str, Any],
) -> None:
    from derive.desk.recurrences.typed import terms

    for name, values in terms(asked, start, count, ranges, **given).items():
        click.echo(f"{name}: {', '.join(map(str, values))}")


def _show(run: Any, name: str, steps: bool, checked: bool, as_latex: bool) -> None:
    from derive.desk.run import worst
    from derive.writing.latex import latex

    run.derivation(name)
    verdict = worst(run.verdicts(name))  # nothing is printed that was not checked
    if not verdict.holds:
        raise DeriveError(f"{name}: {verdict}")
    chain = run.shown(name)
    if steps:
        click.echo(run.steps(name)._repr_latex_() if as_latex else run.steps(name))
    elif as_latex:
        click.echo(f"{latex(chain.goal, run.notation)} = {latex(chain.answer, run.notation)}")
    else:
        click.echo(f"{chain.goal} = {chain.answer}")
    if checked:
        click.echo(f"  {verdict}, needs {', '.join(map(str, run.needs(name))) or 'nothing'}")


@main.command()
@click.argument("net", required=False, metavar="[LAYERS | FILE]")
@click.option(
    "--kernel-sizes",
    "-K",
    "K",
    help='One number a layer: 3,5,4; or one expression for all: K, 2**l, "K(l)"',
)
@click.option("--strides", "-S", "S", help="One number a layer: 2,1,3; or one expression for all.")
@click.option("--dilations", "-D", "D", help='The same for dilations: "2**(l-1)"')
@click.option("--paddings", "-P", "P", help="The same for the padding on each side.")
@click.option("--layers", "-L", "L", help="How many layers, where sizes stay letters.")
@click.option("--repeat", help="The letter for how often the layers are repeated, as a block: n")
@click.option(
    "--ask", help="Instead of the field W: J, left, right, centre, N, or O, the number of outputs."
)
@click.option(
    "--width",
    type=int,
    help="The input's width: sizes, and what the outermost outputs really read.",
)
@click.option("--all", "every", is_flag=True, help="Every node of a network, not only its output.")
@click.option(
    "--paths",
    "weighed",
    is_flag=True,
    help="In how many ways taps lead from each input to the network's output 0.",
)
@click.option(
    "--outputs", type=click.IntRange(1), help="Of a chain: which inputs have so many outputs."
)
@click.option(
    "--channels",
    type=click.IntRange(1),
    help="The input's: parameters, with --width multiply-adds (3c64: channels).",
)
@click.option(
    "--axes",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="With --channels: axes that are alike.",
)
@click.option("--json", "as_json", is_flag=True, help="Of a network: as JSON.")
@click.option(
    "--latex", "as_latex", is_flag=True, help="As LaTeX; of a network a table of all nodes."
)
@click.option("--check", "checked", is_flag=True, help="The verdict, too.")
def rf(
    net: str | None,
    K: str | None,
    S: str | None,
    D: str | None,
    P: str | None,
    L: str | None,
    repeat: str | None,
    ask: str | None,
    width: int | None,
    every: bool,
    weighed: bool,
    outputs: int | None,
    channels: int | None,
    axes: int,
    as_json: bool,
    as_latex: bool,
    checked: bool,
) -> None:
    """The receptive field of a network, or of a stack of convolutions with its steps.

    A network is a file (.json, .toml, .onnx), a name such as resnet50, or layers as kernel/stride,
    such as "7/2 3/2 [3 3]*16" or "(1 3 1 | )*4".
    """
    given = {"K": K, "S": S, "D": D, "P": P}
    if net is not None:
        if any(x is not None for x in (*given.values(), L, repeat, ask)):
            raise DeriveError(
                "layers are given as text or a file, or by --kernel-sizes and the like; not both"
            )
        from derive.desk.convolutions.report import Wanted

        return _network(
            net, width, Wanted(every, weighed, outputs, channels, axes), as_json, as_latex
        )
    if any((width, every, weighed, outputs, channels, as_json)):
        raise DeriveError(
            '--width, --all, --json and the like are for a network: derive rf "7/2 3/2" --json'
        )
    from derive.desk.convolutions.stacks import asked

    lettered = any(re.search("[A-Za-z]", x or "") for x in given.values())
    sizes = {letter: _sizes(x, lettered and repeat is None) for letter, x in given.items()}
    _show(asked(ask or "W", sizes, L, repeat), ask or "W", True, checked, as_latex)


def _sizes(text: str | None, one: bool) -> Any:
    """A list of sizes, one a layer; or, where any is an expression, the one for all layers."""
    return text if text is None or one else text.split(",") if text.strip() else []


def _network(net: str, width: int | None, wanted: Any, as_json: bool, as_latex: bool) -> None:
    import json

    from derive.desk.convolutions import report as desk

    sys.set_int_max_str_digits(
        0
    )  # fields of many strides have more digits than Python prints unasked
    if as_latex:
        return click.echo(desk.as_latex(net, width))
    entry, text = desk.report(net, width, wanted)
    click.echo(json.dumps(entry) if as_json else text)


@main.command()
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


@main.command()
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
    from derive.desk.sheets.key import write
    from derive.reading.networks.data import read_all

    text = drawing(read_all(net)[0], width, at, output.suffix if output else ".svg", fragment)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(text, output)


@main.command()
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


main.add_command(proofread)
main.add_command(grade)

if __name__ == "__main__":
    main(prog_name="derive")
