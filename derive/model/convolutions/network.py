"""A network on one axis: layers and merges, each node once, in an order in which a node comes after
what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from derive.errors import DeriveError, nearest
from derive.model.convolutions.layers import Layer

INPUT = "input"
MOST_SHOWN = 6  # nodes of a path that an error has room for


@dataclass(frozen=True, slots=True)
class Node:
    """`op` as written; `layer` where it is one; without, the input, a merge (add, concat) or what
    passes on what it gets."""

    id: str
    op: str
    inputs: tuple[str, ...]
    layer: Layer | None = None


@dataclass(frozen=True)
class Network:
    """Nodes by id, the input first; `output` is the node that is asked about."""

    name: str
    nodes: Mapping[str, Node]
    output: str

    @property
    def input(self) -> str:
        return next(n.id for n in self.nodes.values() if n.op == INPUT)

    def fitted(self, layers: Mapping[str, Layer]) -> Network:
        """The same with other layers at some nodes."""
        nodes = {
            k: replace(n, layer=layers[k]) if k in layers else n for k, n in self.nodes.items()
        }
        return replace(self, nodes=nodes)

    def above(self, output: str) -> Iterator[Node]:
        """The nodes that `output` depends on, itself first, each before what it reads."""
        wanted = {output}
        for node in reversed(self.nodes.values()):  # type: ignore[call-overload]
            if node.id in wanted:
                wanted.update(node.inputs)
                yield node

    def path(self, end: str) -> list[str]:
        """One way from the input to a node: by the first of each node's inputs."""
        found = [end]
        while inputs := self.nodes[found[-1]].inputs:
            found.append(inputs[0])
        return found[::-1]


def network(name: str, nodes: Iterable[Node], output: str | None, place: str) -> Network:
    """The nodes put in order. Raises DeriveError for a name twice or unknown, a circle, no input or
    two, no output."""
    by_id: dict[str, Node] = {}
    for node in nodes:
        if node.id in by_id:
            raise DeriveError(f'{place}: two nodes with the id "{node.id}"')
        by_id[node.id] = node
    by_id = _with_input(by_id, place)
    try:
        order = list(TopologicalSorter({k: n.inputs for k, n in by_id.items()}).static_order())
    except CycleError as error:
        circle = " -> ".join(shortened(error.args[1]))
        raise DeriveError(f"{place}: the nodes go in a circle: {circle}") from None
    if output is None:
        read = {i for n in by_id.values() for i in n.inputs}
        ends = [k for k in by_id if k not in read]
        if len(ends) != 1:
            raise DeriveError(
                f'{place}: no "output", and {len(ends)} nodes that none reads: '
                f"{', '.join(shortened(ends))}"
            )
        output = ends[0]
    if output not in by_id:
        raise DeriveError(f'{place}: the output "{output}" is no node{nearest(output, by_id)}')
    return Network(name, {k: by_id[k] for k in order}, output)


def _with_input(nodes: dict[str, Node], place: str) -> dict[str, Node]:
    """Where no node is the input, the one name that is read and not made is."""
    inputs = [k for k, n in nodes.items() if n.op == INPUT]
    if len(inputs) > 1:
        raise DeriveError(
            f"{place}: two inputs, {inputs[0]} and {inputs[1]}; fields are counted from one"
        )
    missing = {i: n.id for n in nodes.values() for i in n.inputs if i not in nodes}
    if not inputs and len(missing) == 1:
        name = next(iter(missing))
        return {name: Node(name, INPUT, ()), **nodes}
    for name, reader in missing.items():
        raise DeriveError(
            f'{place}, node {reader}: it reads "{name}", which is no node{nearest(name, nodes)}'
        )
    if not inputs:
        raise DeriveError(f'{place}: no input; write {{"id": "x", "op": "input", "inputs": []}}')
    return nodes


def chain(layers: Iterable[Layer], name: str = "stack") -> Network:
    """One layer after the other, as nodes 1, 2, ... after the input 0."""
    nodes = {"0": Node("0", INPUT, ())}
    for number, layer in enumerate(layers, 1):
        nodes[str(number)] = Node(str(number), "layer", (str(number - 1),), layer)
    return Network(name, nodes, str(len(nodes) - 1))


def shortened(path: list[str]) -> list[str]:
    """The ends of a long path, dots between."""
    half = MOST_SHOWN // 2
    return path if len(path) <= MOST_SHOWN else [*path[:half], "...", *path[-half:]]


def fork(first: list[str], second: list[str]) -> tuple[str, str]:
    """Two ways to one node, from where they part."""
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    start = max(same - 1, 0)
    return " -> ".join(shortened(first[start:])), " -> ".join(shortened(second[start:]))


def joined(parts: Iterable[Network], name: str = "joined") -> Network:
    """One network after the other, each on the output of the one before."""
    nodes, end = {"0": Node("0", INPUT, ())}, "0"
    for number, part in enumerate(parts, 1):
        names = {part.input: end} | {k: f"{number}.{k}" for k in part.nodes if k != part.input}
        for node in part.nodes.values():
            if node.op != INPUT:
                nodes[names[node.id]] = replace(
                    node, id=names[node.id], inputs=tuple(names[i] for i in node.inputs)
                )
        end = names[part.output]
    return Network(name, nodes, end)
