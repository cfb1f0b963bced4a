"""`derive rf`: receptive fields of a network, or of a stack of convolutions with its steps."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import click

from derive.commands.answer import show
from derive.commands.usage import Command
from derive.errors import DeriveError


@click.command(cls=Command)
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
    type=click.IntRange(max=10**15),
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
    help="With --channels: axes that are alike; default: 1.",
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
    axes: int | None,
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
        names = ("--kernel-sizes", "--strides", "--dilations", "--paddings", "--layers")
        _alone(
            dict(zip(names, (*given.values(), L), strict=True)),
            f"beside {net[:60]}: layers are given as text or a file, or by {names[0]}; not both",
        )
        _alone({"--repeat": repeat}, 'is for sizes given by --kernel-sizes; here write "[3 3]*n"')
        _alone({"--ask": ask}, "is for sizes given by --kernel-sizes; of a network all is told")
        _alone(
            {"--check": checked or None},
            "is for sizes given by --kernel-sizes; a network's numbers are always checked",
        )
        if axes is not None and channels is None:
            raise DeriveError(
                f"--axes {axes}: how many axes are alike in what --channels costs; give both"
            )
        if as_latex:
            rest = {"--json": as_json or None, "--paths": weighed or None}
            _alone(
                {**rest, "--outputs": outputs, "--channels": channels},
                "is not told in the table of --latex; give one of them",
            )
        from derive.desk.convolutions.report import Wanted

        return _network(
            net, width, Wanted(every, weighed, outputs, channels, axes or 1), as_json, as_latex
        )
    _alone(
        {
            "--width": width,
            "--all": every or None,
            "--paths": weighed or None,
            "--outputs": outputs,
            "--channels": channels,
            "--axes": axes,
            "--json": as_json or None,
        },
        'is for a network: derive rf "7/2 3/2" --json',
    )
    from derive.desk.convolutions.stacks import asked

    lettered = any(re.search("[A-Za-z]", x or "") for x in given.values())
    alike = L is not None and not any("," in (x or "") for x in given.values())
    one = (lettered or alike) and repeat is None
    sizes = {letter: _sizes(x, one) for letter, x in given.items()}
    show(asked(ask or "W", sizes, L, repeat), ask or "W", True, checked, as_latex)


def _alone(given: dict[str, Any], why: str) -> None:
    """Raises DeriveError for an option that is given where it would do nothing."""
    for option, value in given.items():
        if value is not None:
            raise DeriveError(f"{option}{'' if value is True else f' {value}'} {why}")


def _sizes(text: str | None, one: bool) -> Any:
    """A list of sizes, one a layer; or, where any is an expression, the one for all layers."""
    return text if text is None or one else text.split(",") if text.strip() else []


def _network(net: str, width: int | None, wanted: Any, as_json: bool, as_latex: bool) -> None:
    from derive.desk.convolutions import report as desk

    sys.set_int_max_str_digits(
        0
    )  # fields of many strides have more digits than Python prints unasked
    if as_latex:
        return click.echo(desk.as_latex(net, width))
    entry, text = desk.report(net, width, wanted)
    click.echo(json.dumps(entry) if as_json else text)
