"""Small stacks as pictures, what is coloured being counted before it is drawn."""

from __future__ import annotations

from derive.checking.convolutions.reach import reached, windows
from derive.checking.convolutions.spots import listed
from derive.errors import DeriveError
from derive.model.convolutions.network import Network
from derive.reading.networks.data import read_all
from derive.solving.convolutions.passes import sized
from derive.writing.drawing.picture import Picture
from derive.writing.drawing.stack import picture
from derive.writing.drawing.svg import svg as write_svg
from derive.writing.drawing.tikz import tikz as write_tikz


def svg(network: Network, width: int, output: int = 0) -> str:
    """A chain over an input of that width as SVG, coloured what `output` depends on. Raises
    DeriveError for what is not drawn."""
    return write_svg(_counted(network, width, output))


def tikz(network: Network, width: int, output: int = 0, fragment: bool = False) -> str:
    """The same as a document with TikZ; `fragment`: the tikzpicture alone."""
    return write_tikz(_counted(network, width, output), fragment)


def drawing(layers: str, width: int, output: int, ending: str, fragment: bool = False) -> str:
    """The text of a file with that ending, of layers as text. Raises DeriveError for another than
    .svg and .tex, and for a fragment of an SVG."""
    network = read_all(layers)[0]
    if ending.lower() == ".tex":
        return tikz(network, width, output, fragment)
    if ending.lower() != ".svg":
        raise DeriveError(f'a drawing ends with .svg or .tex, not "{ending}"')
    if fragment:
        raise DeriveError("--fragment is for a .tex; an SVG stands in a page as it is")
    return svg(network, width, output)


def _counted(network: Network, width: int, output: int) -> Picture:
    fitted, sizes = sized(network, width)
    made = picture(fitted, sizes, output)
    true = listed(reached(fitted, fitted.output, output, sizes))
    layers = [(n.layer, n) for n in fitted.above(fitted.output) if n.layer is not None]
    alike = all(windows(layer, sizes[n.inputs[0]]) == sizes[n.id] for layer, n in layers)
    if [d.index for d in made.coloured] != true or not alike:
        raise DeriveError(
            f"{network.name}: FAILS: output {output} depends on other inputs, or a layer has "
            f"other outputs"
        )
    return made
