"""What is asked of a network: size, ends, step and count of each node's field, its phases, its
clipped fields; each counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derive.checking.convolutions.costs import weights
from derive.checking.convolutions.reach import outermost, reached, windows
from derive.checking.convolutions.spots import TooWide, count, ends
from derive.desk.convolutions.paths import Profile, profile
from derive.desk.convolutions.reported import Reading, Reported
from derive.errors import DeriveError, nearest
from derive.model.convolutions.network import Network
from derive.model.language.claims import Verdict
from derive.reading.networks.data import read_all
from derive.solving.convolutions.costs import Cost, costs
from derive.solving.convolutions.passes import fields, sized

BY_AXIS = "hull by axis; in two dimensions a hull need not be filled"
MOST_STEPS = 4_000_000  # nodes walked through to count, over all phases and nodes asked for


class Analysis:
    """A network with all that is asked of it. Raises DeriveError where it has no meaning (see the
    passes)."""

    def __init__(self, network: Network, width: int | None = None):
        self.sizes: dict[str, int] | None = None
        if width is not None:
            network, self.sizes = sized(network, width)
        self.network, self.fields = network, fields(network)
        self._left = MOST_STEPS

    def at(self, node: str | None = None) -> Reported:
        """What a node's outputs read (default: the network's output). Raises DeriveError for an
        unknown node, a failed check."""
        node = self._known(node)
        found = self.fields[node]
        counted = [self._counted(node, output) for output in range(len(found.ends))]
        for output, (true, _, _) in enumerate(counted):
            if true != found.ends[output] and true != "unknown":
                raise DeriveError(
                    f"{self.network.name}, node {node}: FAILS: output {output} reads {true}, "
                    f"not {found.ends[output]}"
                )
        phases = tuple(
            Reading(e, number, reason)
            for e, (_, number, reason) in zip(found.ends, counted, strict=True)
        )
        unknown = next((reason for true, _, reason in counted if true == "unknown"), None)
        verdict = (
            Verdict("UNCHECKED", "counted", reason=unknown)
            if unknown
            else Verdict("COUNTED", "counted", len(phases))
        )
        if self.sizes is None:
            return Reported(node, found.stride, phases, verdict)
        self._count_windows(node)
        last = self.sizes[node] - 1
        first, end = self._clipped(node, 0), self._clipped(node, last)
        return Reported(
            node, found.stride, phases, verdict, last + 1, first, end, self._note(phases)
        )

    def _note(self, phases: tuple[Reading, ...]) -> str:
        """A field is meant on an input that is larger; on a smaller one no output sees so much."""
        assert self.sizes is not None
        width, size = self.sizes[self.network.input], max(p.size for p in phases)
        return (
            f"the input, {width} wide, is smaller than the field, {size}: no output sees more of it"
            if width < size
            else ""
        )

    def all(self) -> dict[str, Reported]:
        """Every node, the input first."""
        return {name: self.at(name) for name in self.fields}

    def paths(self, node: str | None = None, output: int = 0) -> Profile:
        """In how many ways taps lead from each input to an output of a node (default: the
        network's), nothing clipped.

        Raises DeriveError for an unknown node or output, where there are too many to count, and for
        a failed check.
        """
        node = self._known(node)
        if output < 0 or (self.sizes is not None and output >= self.sizes[node]):
            there = "from 0" if self.sizes is None else f"0 to {self.sizes[node] - 1}"
            raise DeriveError(
                f"{self.network.name}, node {node}: no output {output}; its outputs count {there}"
            )
        return profile(self.network, self.fields, node, output)

    def _known(self, node: str | None) -> str:
        node = node or self.network.output
        if node not in self.fields:
            raise DeriveError(f'{self.network.name}: no node "{node}"{nearest(node, self.fields)}')
        return node

    def costs(self, channels: int, axes: int = 1) -> dict[str, Cost]:
        """Each node's channels, parameters and, with a width, multiply-adds; `channels` are the
        input's, all `axes` are alike.

        Raises DeriveError where a convolution's channels are not given, or a count of its weights
        says otherwise.
        """
        found = costs(self.network, channels, axes, self.sizes)
        for node in self.network.nodes.values():
            if (
                node.layer is not None
                and node.layer.channels is not None
                and node.op.startswith("conv")
            ):
                true = weights(node.layer, found[node.inputs[0]].channels, axes)
                if true is not None and true != found[node.id].parameters:
                    raise DeriveError(
                        f"{self.network.name}, node {node.id}: FAILS: {true} parameters are counted"
                    )
        return found

    def records(self) -> list[dict[str, Any]]:
        """A record for each node and phase, as `pandas.DataFrame` takes them."""
        found = []
        for name, report in self.all().items():
            entry = report.as_dict()
            ends = {
                f"{end}_{k}": entry[end][k]
                for end in ("first", "last")
                if end in entry
                for k in ("left", "right", "count")
            }
            shared = {
                "stride": entry["stride"],
                "out_width": entry.get("out_width"),
                **ends,
                "verdict": entry["verdict"],
            }
            for phase, reading in enumerate(report.phases):
                said = reading.as_dict()
                found.append(
                    {
                        "node": name,
                        "op": self.network.nodes[name].op,
                        "phase": phase,
                        **said,
                        **shared,
                    }
                )
        return found

    def _counted(self, node: str, output: int) -> tuple[Any, int | None, str]:
        """The ends as counted back from the output, or "unknown"; how many positions are read, or
        why that is not known."""
        try:
            self._walk()
            spots = reached(self.network, node, output)
            return ends(spots), count(spots), ""
        except TooWide as reason:
            why = str(reason)
        try:
            self._walk()
            return outermost(self.network, node, output), None, why
        except TooWide as reason:
            return "unknown", None, str(reason)

    def _clipped(self, node: str, output: int) -> Reading:
        """What an output reads of an input that has an end: only counting tells."""
        try:
            self._walk()
            spots = reached(self.network, node, output, self.sizes)
        except TooWide as reason:
            return Reading(None, None, str(reason))
        return Reading(ends(spots), count(spots))

    def _walk(self) -> None:
        """Once more back through all nodes. Raises TooWide where that was too often."""
        if self._left <= 0:
            raise TooWide(
                f"counted for at most {MOST_STEPS} nodes walked through; ask for one node"
            )
        self._left -= len(self.fields)

    def _count_windows(self, node: str) -> None:
        assert self.sizes is not None
        for other in self.network.above(node):
            if (
                other.layer is not None
                and windows(other.layer, self.sizes[other.inputs[0]]) != self.sizes[other.id]
            ):
                raise DeriveError(
                    f"{self.network.name}, node {other.id}: FAILS: another number of windows "
                    f"is counted"
                )


def analyse(
    networks: Network | Iterable[Network] | str, width: int | Iterable[int] | None = None
) -> tuple[Analysis, ...]:
    """An analysis of each axis of a network, of layers as text, or of a network of the library by
    its name, as in `analyse(from_torch(model), 224)[0].at()`; a width for all
    axes, or one for each.

    In more dimensions than one the hull of a field is the box of its hulls by axis; it need not be
    filled. Raises DeriveError.
    """
    if isinstance(networks, str):
        networks = read_all(networks)
    axes: tuple[Network, ...]
    try:
        axes = (networks,) if isinstance(networks, Network) else tuple(networks)
    except TypeError:
        raise DeriveError(
            f'{networks!r:.60}: a network, its name, or layers such as "7/2 3/2"'
        ) from None
    widths = (
        tuple(width)
        if isinstance(width, Iterable) and not isinstance(width, str)
        else (width,) * len(axes)
    )
    for axis in axes:
        if not isinstance(axis, Network):
            raise DeriveError(f"{axis!r:.60}: an axis is a network, as from_torch gives")
    for its in widths:
        if not (its is None or isinstance(its, int)):
            raise DeriveError(f"width = {its!r:.60}: a whole number, or one for each axis")
    if len(widths) != len(axes):
        raise DeriveError(f"width = {widths}: {len(widths)} widths for {len(axes)} axes")
    return tuple(Analysis(network, its) for network, its in zip(axes, widths, strict=True))
