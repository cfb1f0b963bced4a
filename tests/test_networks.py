"""Networks: fields, steps, phases, counts, clipped fields and sizes against positions followed one by one."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import Any

import pytest

from derive.desk.network import Analysis
from derive.reading.networks import from_data
from tests.windows import Spec, clipped, draw, sizes, steps, unclipped

WIDTH = 60


def told(found: frozenset[int]) -> dict[str, Any]:
    """What a set of positions is reported as."""
    ends = {"left": min(found), "right": max(found)} if found else {"left": None, "right": None}
    return {"size": max(found) - min(found) + 1 if found else 0, "count": len(found), **ends}


def part(entry: dict[str, Any]) -> dict[str, Any]:
    return {k: entry[k] for k in ("size", "count", "left", "right")}


def compare(nodes: list[Spec]) -> None:
    """Everything that is said of every node."""
    data = {"name": "drawn", "nodes": nodes, "output": nodes[-1]["id"]}
    analysis = Analysis(from_data(json.loads(json.dumps(data)), "drawn"), WIDTH)
    true_sizes, true_steps, real = sizes(nodes, WIDTH), steps(nodes), clipped(nodes, WIDTH)
    for name, report in analysis.all().items():
        entry = report.as_dict()
        assert entry["verdict"] == "COUNTED"
        assert Fraction(entry["stride"]) == true_steps[name]
        assert entry["out_width"] == true_sizes[name] == len(real[name])
        assert part(entry) == told(unclipped(nodes, name, 0))
        for phase in entry["phases"]:
            assert part(phase) == told(unclipped(nodes, name, phase["phase"]))
        period = len(report.phases)
        assert unclipped(nodes, name, period) == {p + period * true_steps[name] for p in unclipped(nodes, name, 0)}
        assert part(entry["first"]) == told(real[name][0])
        assert part(entry["last"]) == told(real[name][-1])


def run(seed: int, number: int, record_property: Any, graph: bool) -> None:
    rng = random.Random(f"{seed} {graph}")
    for _ in range(number):
        compare(draw(rng, 40 if graph else 12, graph, WIDTH))
    record_property("networks", number)


@pytest.mark.parametrize("graph", [False, True], ids=["stacks", "graphs"])
def test_drawn(graph: bool, record_property: Any) -> None:
    run(0, 60, record_property, graph)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(1, 6))
@pytest.mark.parametrize("graph", [False, True], ids=["stacks", "graphs"])
def test_five_thousand_drawn(graph: bool, part: int, record_property: Any) -> None:
    run(part, 500, record_property, graph)
