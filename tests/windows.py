"""Networks drawn, and what their outputs read by the definition of each layer: a second witness,
written separately."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from typing import Any

Spec = dict[str, Any]


def out_size(node: Spec, width: int) -> int:
    """PyTorch's formulas, each layer's own."""
    match node["op"]:
        case "conv" | "maxpool" | "avgpool":
            left, right = node["padding"]
            room = width + left + right - node.get("dilation", 1) * (node["kernel_size"] - 1) - 1
            stride = node["stride"]
            if node.get("ceil_mode"):
                size = (room + stride - 1) // stride + 1
                return size - 1 if (size - 1) * stride >= width + left else size
            return room // stride + 1
        case "conv_transpose":
            left, right = node["padding"]
            reach = node.get("dilation", 1) * (node["kernel_size"] - 1)
            return (
                (width - 1) * node["stride"]
                - left
                - right
                + reach
                + node.get("output_padding", 0)
                + 1
            )
        case "upsample":
            return width * int(node["scale"])
    return width


def sizes(nodes: list[Spec], width: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in nodes:
        found[node["id"]] = out_size(node, found[node["inputs"][0]]) if node["inputs"] else width
    return found


def clipped(nodes: list[Spec], width: int) -> dict[str, list[frozenset[int]]]:
    """For every output of every node the inputs it depends on: the windows put on the real
    positions, one by one."""
    found: dict[str, list[frozenset[int]]] = {}
    for node in nodes:
        if not node["inputs"]:
            found[node["id"]] = [frozenset({i}) for i in range(width)]
            continue
        below = found[node["inputs"][0]]
        size = out_size(node, len(below))
        sets: list[set[int]] = [set() for _ in range(size)]
        match node["op"]:
            case "conv" | "maxpool" | "avgpool":
                for o in range(size):
                    for k in range(node["kernel_size"]):
                        at = o * node["stride"] + k * node.get("dilation", 1) - node["padding"][0]
                        if 0 <= at < len(below):
                            sets[o] |= below[at]
            case "conv_transpose":  # each input is spread over the outputs
                for i, reads in enumerate(below):
                    for k in range(node["kernel_size"]):
                        at = i * node["stride"] + k * node.get("dilation", 1) - node["padding"][0]
                        if 0 <= at < size:
                            sets[at] |= reads
            case "upsample":
                for i, reads in enumerate(below):
                    for copy in range(node["scale"]):
                        sets[i * node["scale"] + copy] |= reads
            case _:
                for name in node["inputs"]:
                    assert len(found[name]) == size
                    for o, reads in enumerate(found[name]):
                        sets[o] |= reads
        found[node["id"]] = [frozenset(s) for s in sets]
    return found


def unclipped(nodes: list[Spec], name: str, output: int) -> frozenset[int]:
    """The inputs that one output would read if every layer went on for ever on both sides."""
    by_id = {n["id"]: n for n in nodes}

    @cache
    def reads(name: str, o: int) -> frozenset[int]:
        node = by_id[name]
        if not node["inputs"]:
            return frozenset({o})
        taps, dilation = range(node.get("kernel_size", 1)), node.get("dilation", 1)
        match node["op"]:
            case "conv" | "maxpool" | "avgpool":
                below = {o * node["stride"] + k * dilation - node["padding"][0] for k in taps}
            case "conv_transpose":
                whole = [
                    divmod(o - k * dilation + node["padding"][0], node["stride"]) for k in taps
                ]
                below = {quotient for quotient, rest in whole if rest == 0}
            case "upsample":
                below = {o // node["scale"]}
            case _:
                below = {o}
        return frozenset().union(*(reads(i, b) for i in node["inputs"] for b in below))

    return reads(name, output)


def draw_layer(rng: random.Random, name: str, below: str, small: bool = False) -> Spec:
    """Any layer; `small`: one that keeps its input's size."""
    size, dilation = rng.choice((1, 2, 3, 3, 3, 4, 5)), rng.choice((1, 1, 1, 2, 3))
    node: Spec = {"id": name, "inputs": [below], "kernel_size": size, "dilation": dilation}
    if small:
        left = rng.randint(0, dilation * (size - 1))
        return node | {"op": "conv", "stride": 1, "padding": [left, dilation * (size - 1) - left]}
    sides = [rng.randint(-1, 3), rng.randint(-1, 3)]
    match rng.choice(
        ("conv", "conv", "conv", "maxpool", "avgpool", "conv_transpose", "upsample", "relu")
    ):
        case "upsample":
            return {"id": name, "op": "upsample", "inputs": [below], "scale": rng.randint(1, 3)}
        case "relu":
            return {"id": name, "op": "relu", "inputs": [below]}
        case "conv_transpose":
            stride = rng.choice((1, 2, 2, 3))
            extra = rng.randint(0, max(stride, dilation) - 1)
            return node | {
                "op": "conv_transpose",
                "stride": stride,
                "padding": sides,
                "output_padding": extra,
            }
        case "conv":
            return node | {"op": "conv", "stride": rng.choice((1, 1, 1, 2, 2, 3)), "padding": sides}
        case op:
            pad = rng.randint(0, size // 2)
            return node | {
                "op": op,
                "stride": rng.choice((1, 2, 2, 3)),
                "padding": [pad, pad],
                "ceil_mode": rng.random() < 0.5,
            }


def steps(nodes: list[Spec]) -> dict[str, Fraction]:
    """Inputs per output of each node."""
    found: dict[str, Fraction] = {}
    for node in nodes:
        if not node["inputs"]:
            found[node["id"]] = Fraction(1)
            continue
        by = {
            "conv_transpose": Fraction(1, node.get("stride", 1)),
            "upsample": Fraction(1, node.get("scale", 1)),
        }
        found[node["id"]] = found[node["inputs"][0]] * by.get(
            node["op"], Fraction(node.get("stride", 1))
        )
    return found


def draw(rng: random.Random, most: int, graph: bool, width: int) -> list[Spec]:
    """A chain of up to `most` layers, or a graph of up to `most` nodes, in which every node has an
    output at that width."""
    nodes: list[Spec] = [{"id": "x", "op": "input", "inputs": []}]
    for number in range(1, rng.randint(1, most) + 1):
        below = rng.choice(nodes[-3:])["id"] if graph else nodes[-1]["id"]
        node = draw_layer(rng, f"n{number}", below, small=graph and rng.random() < 0.6)
        width_of, step_of = sizes(nodes, width), steps(nodes)
        alike = [
            n["id"]
            for n in nodes
            if width_of[n["id"]] == width_of[below] and step_of[n["id"]] == step_of[below]
        ]
        if graph and len(alike) > 1 and rng.random() < 0.4:
            others = rng.sample(alike, min(2, len(alike)))
            node = {
                "id": f"n{number}",
                "op": rng.choice(("add", "concat")),
                "inputs": [below, *others],
            }
        if 1 <= sizes([*nodes, node], width)[node["id"]] <= 4 * width:
            nodes.append(node)
    return nodes
