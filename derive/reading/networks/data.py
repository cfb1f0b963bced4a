"""A network from data (JSON, TOML) in the fixed form: {"name", "nodes": [{"id", "op", "inputs",
...}], "output"}, one axis."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from typing import Any

from derive.errors import DeriveError, nearest
from derive.files import read_json, read_toml
from derive.model.convolutions.layers import KINDS, MERGES, PASSED, Layer
from derive.model.convolutions.network import INPUT, Network, Node, network
from derive.reading.networks.layers import by_axis, layers
from derive.reading.networks.library import named

OPS = (INPUT, *KINDS, *MERGES, *PASSED)
MOST_BYTES = 200_000_000
SWITCHES = ("ceil_mode", "bias")


def read_all(asked: str) -> tuple[Network, ...]:
    """A network for each axis: of a file (.onnx; .json and .toml have one axis), of a name of the
    library, or of layers.

    Raises DeriveError naming the place.
    """
    path = Path(asked)
    match path.suffix.lower():
        case ".json":
            return (from_data(read_json(path, MOST_BYTES), path.name),)
        case ".toml":
            return (from_data(read_toml(path), path.name),)
        case ".onnx":
            from derive.reading.networks.onnx import (
                from_onnx,
            )  # its tables are not needed otherwise

            return from_onnx(path)
    found = named(asked)
    return (found,) if found is not None else tuple(map(layers, by_axis(asked)))


def from_data(data: Any, place: str) -> Network:
    """The network that a table says. Raises DeriveError naming the node and the key."""
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise DeriveError(
            f"{place}: write "
            f'{{"name": ..., "nodes": [{{"id", "op", "inputs", ...}}], "output": ...}}'
        )
    for key in data:
        if key not in ("name", "nodes", "output"):
            raise DeriveError(
                f'{place}: no key "{key}" here{nearest(key, ("name", "nodes", "output"))}'
            )
    output = data.get("output")
    if output is not None and not isinstance(output, str):
        raise DeriveError(f"{place}: output = {output!r}: the id of a node, in quotes")
    nodes = [
        _node(entry, f"{place}, node {number}") for number, entry in enumerate(data["nodes"], 1)
    ]
    return network(str(data.get("name", place)), nodes, output, place)


def _node(entry: Any, place: str) -> Node:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise DeriveError(f'{place}: a node is a table with an "id" in quotes')
    name, op, inputs = entry["id"], entry.get("op"), entry.get("inputs", [])
    place = place.rpartition(",")[0] + f', node "{name}"'
    if not isinstance(op, str) or op not in OPS:
        raise DeriveError(f'{place}: no op "{op}"{nearest(str(op), OPS)}')
    if isinstance(inputs, str):
        inputs = [inputs]
    if not isinstance(inputs, list) or not all(isinstance(i, str) for i in inputs):
        raise DeriveError(f"{place}: inputs is a list of ids")
    given = {k: v for k, v in entry.items() if k not in ("id", "op", "inputs")}
    least, most = (0, 0) if op == INPUT else (1, None) if op in MERGES else (1, 1)
    if len(inputs) < least or (most is not None and len(inputs) > most):
        raise DeriveError(
            f"{place}: {op} has {'at least one' if most is None else ('no', 'one')[most]} "
            f"input, not {len(inputs)}"
        )
    return Node(name, op, tuple(inputs), made(op, given, place))


@cache
def _known(op: str) -> dict[str, bool]:
    """The values an op takes, and whether it needs each."""
    kind = KINDS.get(op)
    return (
        {k: p.default is p.empty for k, p in inspect.signature(kind).parameters.items()}
        if kind
        else {}
    )


def made(op: str, given: dict[str, Any], place: str) -> Layer | None:
    """The layer of an op with the values a node gives. Raises DeriveError naming the place."""
    kind = KINDS.get(op)
    known = _known(op)
    for key in given:
        if key not in known:
            raise DeriveError(f'{place}: {op} has no "{key}"{nearest(key, known)}')
    if kind is None:
        return None
    for key, value in given.items():
        if key != "padding" and type(value) is not (bool if key in SWITCHES else int):
            wanted = "true or false" if key in SWITCHES else "a whole number"
            raise DeriveError(f"{place}: {key} = {value!r}: {wanted} is needed")
    needed = [k for k, needed in known.items() if needed and k not in given]
    if needed:
        raise DeriveError(f"{place}: {op} needs {', '.join(needed)}")
    try:
        return kind(**given)
    except DeriveError as error:
        raise DeriveError(f"{place}: {error}") from None
