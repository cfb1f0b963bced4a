"""Which inputs of a chain have so many outputs."""

from __future__ import annotations

from derive.errors import DeriveError
from derive.model.convolutions.network import Network
from derive.solving.convolutions.passes import sized


def input_widths(network: Network, outputs: int) -> tuple[int, int]:
    """The least and the greatest input of a chain with so many outputs. Raises DeriveError for a
    graph, or where no input has."""
    if any(len(n.inputs) > 1 for n in network.nodes.values()):
        raise DeriveError(
            f"{network.name}: an input for {outputs} outputs is asked of a chain; a graph's "
            f"branches may not fit"
        )
    least, above = _first_width(network, outputs), _first_width(network, outputs + 1)
    if least == above:
        raise DeriveError(
            f"{network.name}: no input has {outputs} outputs; one of width {least} has more"
        )
    return least, above - 1


def _first_width(network: Network, outputs: int) -> int:
    """The least input with at least so many outputs, by halving: more width never gives fewer."""

    def enough(width: int) -> bool:
        try:
            return sized(network, width)[1][network.output] >= outputs
        except DeriveError:
            return False  # nothing is left of it

    low, high = 0, 1
    while not enough(high):
        low, high = high, 2 * high
        if high > 10**18:
            raise DeriveError(f"{network.name}: no input up to 10^18 has {outputs} outputs")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
