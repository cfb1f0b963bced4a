"""How the receptive field grows with depth, network by network."""

from __future__ import annotations

from collections.abc import Mapping

from derive.desk.convolutions.network import Analysis
from derive.errors import DeriveError
from derive.reading.networks.data import read_all
from derive.reading.networks.library import networks


def growth(asked: Mapping[str, str]) -> dict[str, list[int]]:
    """For each title the fields after 0, 1, 2, ... layers of a network: layers as text, a file, or
    a name of the library.

    In a graph a node's depth is the most layers on a way from the input to it; of the fields at a
    depth, and of their phases, the largest is given. Raises DeriveError where a network cannot be
    read, a count fails or is not made.
    """
    return {title: _fields(text) for title, text in asked.items()}


def _fields(text: str) -> list[int]:
    entry = networks().get(text)
    analysis = Analysis(read_all(text)[0], entry.width if entry else None)
    depths: dict[str, int] = {}
    found: dict[int, int] = {}
    for name, report in analysis.all().items():
        if not report.verdict.holds:
            raise DeriveError(f"{analysis.network.name}, node {name}: {report.verdict}")
        node = analysis.network.nodes[name]
        depth = max((depths[i] for i in node.inputs), default=0) + (node.layer is not None)
        depths[name] = depth
        found[depth] = max(found.get(depth, 0), *(phase.size for phase in report.phases))
    return [found[depth] for depth in range(len(found))]
