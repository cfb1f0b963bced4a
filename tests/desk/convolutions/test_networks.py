"""Networks: fields, steps, phases, counts, clipped fields and sizes against positions followed one
by one."""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derive import DeriveError, field_of, size_of
from derive.__main__ import main
from derive.desk.convolutions.network import Analysis
from derive.desk.convolutions.repeats import repeated
from derive.desk.convolutions.widths import input_widths
from derive.model.convolutions.layers import Layer
from derive.reading.networks.data import from_data, read_all
from derive.reading.networks.layers import stages
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
        assert unclipped(nodes, name, period) == {
            p + period * true_steps[name] for p in unclipped(nodes, name, 0)
        }
        assert part(entry["first"]) == told(real[name][0])
        assert part(entry["last"]) == told(real[name][-1])


def run(seed: int, number: int, record_property: Any, graph: bool) -> None:
    rng = random.Random(f"{seed} {graph}")
    for _ in range(number):
        compare(draw(rng, 40 if graph else 12, graph, WIDTH))
    record_property("networks", number)


@pytest.mark.parametrize("graph", [False, True], ids=["stacks", "graphs"])
def test_drawn(graph: bool, record_property: Any) -> None:
    run(0, 250, record_property, graph)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(1, 6))
@pytest.mark.parametrize("graph", [False, True], ids=["stacks", "graphs"])
def test_five_thousand_of_each_drawn(graph: bool, part: int, record_property: Any) -> None:
    run(part, 1_000, record_property, graph)


UNET: list[Spec] = [
    {"id": "x", "op": "input", "inputs": []},
    {"id": "c", "op": "conv", "inputs": ["x"], "kernel_size": 3, "stride": 1, "padding": [1, 1]},
    {"id": "p", "op": "maxpool", "inputs": ["c"], "kernel_size": 2, "stride": 2, "padding": [0, 0]},
    {"id": "d", "op": "conv", "inputs": ["p"], "kernel_size": 3, "stride": 1, "padding": [1, 1]},
    {
        "id": "u",
        "op": "conv_transpose",
        "inputs": ["d"],
        "kernel_size": 2,
        "stride": 2,
        "padding": [0, 0],
    },
    {"id": "m", "op": "concat", "inputs": ["c", "u"]},  # one period 1, one 2
    {"id": "s", "op": "add", "inputs": ["u", "c"]},
    {"id": "t", "op": "conv", "inputs": ["m"], "kernel_size": 3, "stride": 2, "padding": [1, 0]},
]


def test_branches_with_different_periods() -> None:
    compare(UNET)


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("u2 2/2", 1),
        ("u4 3/2", 2),
        ("3/2 t2/2", 2),
        ("u2 3 3/2", 1),
        ("(u2 | t2/2)", 2),
        ("(3p1 | 2/2 u2)", 2),
        ("u2 u3", 6),
        ("t3/3 2/2", 3),
    ],
)
def test_no_more_phases_than_there_are(text: str, phases: int) -> None:
    assert len(Analysis(read_all(text)[0]).at().phases) == phases


# Symbolic repeats.


@pytest.mark.parametrize(
    ("text", "size", "stride"),
    [
        (
            "7/2p3 m3/2p1 (1 3p1 1|)*n1 (1 3/2p1 1|1/2) (1 3p1 1|)*n2",
            "8*n1 + 16*n2 + 19",
            "8",
        ),  # 7, 11, 8 a block, 19, 16 a block
        ("[3]*L", "2*L + 1", "1"),
        ("[3/2]*n", "2*2**n - 1", "2**n"),
        ("[2 2d2 2d4]*n", "7*n + 1", "1"),
        ("(1 3p1 | )*L 1 a2/2 (1 3p1 | )*L", "6*L + 2", "2"),
    ],
)
def test_blocks_repeated_a_letters_times(text: str, size: str, stride: str) -> None:
    parts = stages(text)
    assert parts is not None
    found = repeated(parts)
    assert (str(found.size), str(found.stride), found.verdict.kind) == (size, stride, "COUNTED")
    for n in range(4):
        numbers = re.sub(r"\*(n\d?|L)", f"*{n}", text)
        put = dict.fromkeys(found.size.free_symbols, n)
        report = Analysis(read_all(numbers)[0]).at()
        assert report.phases[0].ends == (found.left.subs(put), found.right.subs(put))
        assert report.stride == found.stride.subs(put)


# Counting.


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[2/3]*30", 2**30),
        ("[3/5]*40", 3**40),
        ("3d100 3d1000000 3d100000000", 27),
        ("[3/2]*60", 2**61 - 1),
        ("[1/2]*9 3", 3),
    ],
)
def test_counted_at_any_width_by_a_rule(text: str, count: int) -> None:
    assert Analysis(read_all(text)[0]).at().phases[0].count == count


def test_too_wide_to_count_is_null_with_a_reason() -> None:
    entry = Analysis(read_all("3 7d1000000 3d5000003")[0]).at().as_dict()
    assert entry["count"] is None and "more than 10000000 positions" in entry["reason"]
    assert (entry["size"], entry["verdict"]) == (16000009, "COUNTED")
    entry = Analysis(read_all("[t3/2]*12 3d9000001 2d1000003")[0]).at().as_dict()
    assert entry["count"] is not None or entry["verdict"] == "UNCHECKED"


# The command.


def command(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["rf", *arguments])


def as_file(folder: Path, nodes: list[Spec], **more: Any) -> str:
    path = folder / "net.json"
    path.write_text(json.dumps({"name": "net", "nodes": nodes, **more}))
    return str(path)


def test_json(tmp_path: Path) -> None:
    file = as_file(
        tmp_path, UNET[1:], output="t"
    )  # the name that is read and not made is the input
    found = json.loads(command(file, "--json", "--width", "16", "--all").output)
    assert {k: found[k] for k in ("left", "right", "size", "stride", "out_width")} == {
        "left": -5,  # -1 of m, so -1 of u, -1 of d, -2 of p, -4 of c
        "right": 4,
        "size": 10,
        "stride": 2,
        "out_width": 8,
    }
    assert set(found["nodes"]) == {n["id"] for n in UNET}
    assert found["first"]["left"] == 0 and found["last"]["right"] == 15
    assert found["phases"] == [] and len(found["nodes"]["u"]["phases"]) == 2


def test_the_form_of_the_json(tmp_path: Path) -> None:
    conv = {"op": "conv", "kernel_size": 3}
    nodes = [
        {"id": "x", "op": "input"},
        {"id": "a", "inputs": ["x"], **conv, "padding": "same"},
        {"id": "b", "inputs": "a", "op": "relu"},
        {"id": "c", "inputs": ["b"], "op": "avgpool", "kernel_size": 2},
        {"id": "d", "inputs": ["c"], **conv, "padding": [-1, 2], "stride": 1, "dilation": 2},
        {"id": "e", "inputs": ["d"], "op": "upsample", "scale": 2},
    ]
    found = json.loads(command(as_file(tmp_path, nodes), "--json", "--width", "30").output)
    assert found["stride"] == 1 and found["out_width"] == 24
    assert [p["size"] for p in found["phases"]] == [12, 12]
    assert (found["left"], found["right"]) == (1, 12)


NODE: Spec = {"id": "a", "op": "conv", "inputs": ["x"], "kernel_size": 3}
WRONG: list[tuple[list[Any], dict[str, Any], tuple[str, ...], str]] = [
    ([NODE | {"stride": 1.5}], {}, (), "stride = 1.5: a whole number is needed"),
    ([NODE | {"kernel_size": -3}], {}, (), "K = -3: K must be a whole number of at least 1"),
    ([NODE | {"kernel_size": True}], {}, (), "kernel_size = True"),
    ([NODE | {"kernel_size": 4, "padding": "same"}], {}, ("--width", "9"), "which side gets more"),
    ([NODE | {"padding": "same"}], {}, (), "give --width"),
    ([NODE | {"padding": "sam"}], {}, (), 'padding "sam"'),
    ([NODE | {"padding": [1, 2, 3]}], {}, (), "two numbers, [left, right]"),
    ([NODE | {"dilatoin": 2}], {}, (), 'conv has no "dilatoin"; did you mean "dilation"?'),
    ([NODE | {"op": "lstm"}], {}, (), 'no op "lstm"'),
    ([NODE | {"inputs": ["b"]}, NODE | {"id": "b", "inputs": ["a"]}], {}, (), "no input"),
    (
        [
            NODE | {"inputs": ["b", "x"], "op": "add", "id": "a"},
            NODE | {"id": "b", "inputs": ["a"]},
            {"id": "x", "op": "input"},
        ],
        {},
        (),
        'add has no "kernel_size"',
    ),
    ([NODE, NODE], {}, (), 'two nodes with the id "a"'),
    ([NODE, {"id": "x", "op": "input"}, {"id": "y", "op": "input"}], {}, (), "two inputs, x and y"),
    ([NODE, NODE | {"id": "b", "inputs": ["q"]}], {}, (), "it reads"),
    ([NODE], {"output": "z"}, (), 'the output "z" is no node'),
    ([NODE, NODE | {"id": "b"}], {}, (), "2 nodes that none reads: a, b"),
    (
        [NODE | {"stride": 2}, {"id": "m", "op": "add", "inputs": ["x", "a"]}],
        {},
        (),
        "its inputs are not aligned: by x outputs are 1 inputs apart, by x -> a they are 2",
    ),
    (
        [NODE, {"id": "m", "op": "add", "inputs": ["x", "a"]}],
        {},
        ("--width", "9"),
        "two shapes: 9 positions by x, 7 by x -> a",
    ),
    (
        [NODE, NODE | {"id": "b", "inputs": ["a"]}],
        {},
        ("--width", "4"),
        "node b: nothing is left: its input has 2 positions",
    ),
    ([NODE], {}, ("--width", "0"), "a width is a whole number of at least 1"),
    ([{"op": "conv"}], {}, (), 'a node is a table with an "id"'),
    ([{"id": "a", "op": "conv", "inputs": ["x"]}], {}, (), "conv needs kernel_size"),
    (
        [{"id": "a", "op": "upsample", "inputs": ["x"], "scale": 0.5}],
        {},
        (),
        "scale = 0.5: a whole number is needed",
    ),
    ([NODE], {"ouput": "a"}, (), 'no key "ouput" here; did you mean "output"?'),
]


@pytest.mark.parametrize(
    ("nodes", "more", "options", "says"), WRONG, ids=[w[3][:50] for w in WRONG]
)
def test_bad_networks(
    tmp_path: Path, nodes: list[Any], more: dict[str, Any], options: tuple[str, ...], says: str
) -> None:
    found = command(as_file(tmp_path, nodes, **more), "--json", *options)
    assert found.exit_code == 2
    assert says in found.stderr and found.stderr.count("\n") == 1 and not found.stdout


def test_a_circle_names_its_nodes(tmp_path: Path) -> None:
    nodes = [
        {"id": "x", "op": "input"},
        {"id": "a", "op": "add", "inputs": ["x", "b"]},
        NODE | {"id": "b", "inputs": ["a"]},
    ]
    found = command(as_file(tmp_path, nodes, output="b"))
    assert found.exit_code == 2 and "go in a circle" in found.stderr and "a" in found.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("3 [3", '"[" is not closed'),
        ("3 )", '")" closes nothing'),
        ("*3", "nothing does"),
        ("3 | 3", "stands between branches"),
        ("3/1.5", 'cannot read the layer "3/1.5"'),
        ("3,5", "cannot read the layer"),
        ("3*9999999", "more than 1000000 layers"),
        ("[3 [3]*n]*2", "a letter repeats a part of the whole line"),
        ("[t2/2]*n", "do not all read alike"),
        ("3 u2o1", "upsample has no"),
        ("t3/2o2", "output_padding = 2"),
        ("[" * 60, "nested deeper"),
        ("nofile.json", "No such file"),
        ("[u2]*13", "in 8192 different ways"),
    ],
)
def test_bad_lines(text: str, says: str) -> None:
    found = command(text)
    assert found.exit_code == 2 and says in found.stderr and found.stderr.count("\n") == 1


# What else is asked.


@pytest.mark.parametrize("text", ["3/2 3/2", "7/2p3 m3/2p1", "3d2 5/3", "m3/2ceil 2/2", "t3/2 3/4"])
def test_which_inputs_give_so_many_outputs(text: str) -> None:
    (network,) = read_all(text)
    widths: dict[int, list[int]] = {}
    for width in range(1, 120):
        try:
            report = Analysis(network, width).at()
        except DeriveError:
            continue
        assert report.out_width is not None
        widths.setdefault(report.out_width, []).append(width)
    for outputs in (n for n in range(1, 12) if n in widths):
        assert input_widths(network, outputs) == (widths[outputs][0], widths[outputs][-1])


def test_no_input_has_so_many_outputs() -> None:
    with pytest.raises(DeriveError, match="no input has 5 outputs; one of width 3 has more"):
        input_widths(read_all("u2")[0], 5)
    with pytest.raises(DeriveError, match="asked of a chain"):
        input_widths(read_all("(3p1 | )")[0], 5)


def test_costs_by_hand() -> None:
    """A stem and a bottleneck in 2-D: 64*3*49 + 64; 64*64 + 64; 64*16*9 + 64; 256*64 + 256, twice;
    pools none."""
    (network,) = read_all("7/2c64p3 m3/2p1 (1c64 3p1c64g4 1c256 | 1c256) t2/2c8")
    found = Analysis(network, 64).costs(3, axes=2)
    assert [c.parameters for c in found.values() if c.parameters] == [
        9472,
        4160,
        16640,
        9280,
        16640,
        8 * 256 * 4 + 8,
    ]
    by_output = {c.parameters: c.multiply_adds for c in found.values()}
    assert by_output[9472] == 9408 * 32**2 and by_output[9280] == 9216 * 16**2
    assert by_output[8200] == 8192 * 16**2  # a transposed convolution multiplies once an input
    depthwise = Analysis(read_all("3c16g16")[0]).costs(16)["1"]
    assert (depthwise.parameters, depthwise.multiply_adds) == (16 * 3 + 16, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("3c8 3", "give out_channels"),
        ("3c8g3", "not divided by 3 groups"),
        ("(3p1c8 | )", "adds 8, 4 channels"),
    ],
)
def test_costs_refused(text: str, says: str) -> None:
    with pytest.raises(DeriveError, match=says):
        Analysis(read_all(text)[0]).costs(4)


def test_a_field_wider_than_the_input_says_so() -> None:
    """'Average pooling widens the field' is false where an output sees the whole input already."""
    whole = Analysis(read_all("[3p1]*30")[0], 20).at()
    pooled = Analysis(read_all("[3p1]*30 a2/2")[0], 20).at()
    assert "smaller than the field" in whole.note and "smaller than the field" in pooled.note
    assert whole.first == pooled.first and whole.first is not None and whole.first.count == 20
    assert pooled.phases[0].size > whole.phases[0].size
    assert "note" not in Analysis(read_all("[3p1]*3")[0], 20).at().as_dict()


def test_more_on_the_command_line() -> None:
    found = json.loads(
        command(
            "7/2c64p3 m3/2p1 3c8",
            "--channels",
            "3",
            "--axes",
            "2",
            "--width",
            "64",
            "--outputs",
            "10",
            "--json",
        ).output
    )
    assert (found["parameters"], found["multiply_adds"]) == (14088, 10536960)
    assert (found["least_input"], found["greatest_input"]) == (45, 48)
    table = command("3/2 t2/2", "--latex", "--width", "9").output
    assert (
        table.startswith("\\begin{tabular}{llrrrrrrr}") and "conv\\_transpose & $1$ & $3$" in table
    )
    assert "| U-Net | 188, 204 | 1 |" in CliRunner().invoke(main, ["networks", "unet"]).output
    records = Analysis(read_all("3/2 t2/2")[0], 9).records()
    assert [r["phase"] for r in records] == [0, 0, 0, 1] and records[-1]["out_width"] == 8


def test_axes_that_differ() -> None:
    """1x3 beside 3x1: 3 on each axis, a hull of 9 places of which 5 are read: that it is a hull is
    said where axes differ."""
    crossed = command("(1x3p0x1 | 3x1p1x0)").output
    assert crossed.startswith("3: 3 positions, -1 to 1") and "2 axes alike; hull by axis" in crossed
    found = json.loads(command("3x5/2x1 3", "--json").output)
    assert [axis["size"] for axis in found["axes"]] == [7, 7] and "hull" in found["note"]
    assert [axis["stride"] for axis in found["axes"]] == [2, 1]
    assert "axis 0: " in command("3x5/2x1 3").output
    assert command("3x3x3").output.startswith(command("3").output)
    assert "sizes for 2 and for 3 axes" in command("3x5 3x3x3").stderr


@pytest.mark.parametrize("seed", range(20))
def test_long_chains_from_numbers_alone(seed: int) -> None:
    rng = random.Random(seed)
    sizes = [
        (rng.randint(1, 4), rng.randint(1, 2), rng.randint(1, 3), rng.randint(0, 2))
        for _ in range(rng.randint(0, 7))
    ]
    nodes: list[Spec] = [{"id": "x", "op": "input", "inputs": []}]
    for n, (k, s, d, p) in enumerate(sizes):
        given = {"kernel_size": k, "stride": s, "dilation": d, "padding": [p, p]}
        nodes.append({"id": f"c{n}", "op": "conv", "inputs": [nodes[-1]["id"]], **given})
    true = unclipped(nodes, nodes[-1]["id"], 0)
    columns = [[layer[place] for layer in sizes] for place in range(4)]
    assert size_of(*columns[:3]) == max(true) - min(true) + 1
    assert size_of(columns[0], columns[1]) == 1 + sum(
        (k - 1) * prod(columns[1][:n]) for n, k in enumerate(columns[0])
    )
    found = field_of(Layer(k, s, (p, p), d) for k, s, d, p in sizes)
    assert found.ends == ((min(true), max(true)),) and found.stride == prod(columns[1])


def test_fields_of_any_number_of_digits() -> None:
    found = json.loads(command("[3/2]*200", "--json").output)
    assert (
        found["size"] == 2**201 - 1 and found["stride"] == 2**200 and found["centre"] == 2**200 - 1
    )
    assert len(command("[3/2]*20000", "--json").output) > 20_000
    assert json.loads(command("4", "--json").output)["centre"] == "3/2"


# Paddings with names, and kinds that are not drawn.


@pytest.mark.parametrize(
    ("layer", "width", "outputs", "ends"),
    [
        (
            {"kernel_size": 3, "stride": 2, "padding": "same"},
            224,
            112,
            (0, 2),
        ),  # 1 to pad: right (TensorFlow)
        ({"kernel_size": 3, "stride": 2, "padding": "same"}, 225, 113, (-1, 1)),  # 2 to pad
        ({"kernel_size": 3, "stride": 2, "padding": "same_lower"}, 224, 112, (-1, 1)),
        ({"kernel_size": 4, "padding": "same_upper"}, 10, 10, (-1, 2)),
        ({"kernel_size": 4, "padding": "same_lower"}, 10, 10, (-2, 1)),
        (
            {"kernel_size": 2, "stride": 2, "padding": "same"},
            10,
            5,
            (0, 1),
        ),  # nothing to pad, so no side to choose
        (
            {"kernel_size": 3, "stride": 5, "padding": "same"},
            10,
            2,
            (0, 2),
        ),  # the stride steps over the end
        ({"kernel_size": 3, "dilation": 4, "padding": "same"}, 10, 10, (-4, 4)),
        ({"kernel_size": 3, "dilation": 4, "padding": "causal"}, 10, 10, (-8, 0)),
        ({"kernel_size": 3, "padding": "valid"}, 10, 8, (0, 2)),
        ({"op": "unfold", "kernel_size": 16}, 224, 14, (0, 15)),
        ({"op": "maxpool", "kernel_size": 3}, 9, 3, (0, 2)),  # the stride is the kernel's size
        ({"op": "global_pool"}, 7, 1, (0, 6)),
    ],
    ids=str,
)
def test_layers_by_hand(layer: Spec, width: int, outputs: int, ends: tuple[int, int]) -> None:
    data = {"nodes": [{"id": "a", "op": "conv", "inputs": ["x"], **layer}]}
    report = Analysis(from_data(data, "net"), width).at()
    assert (report.out_width, report.phases[0].ends, report.verdict.kind) == (
        outputs,
        ends,
        "COUNTED",
    )


def test_toml(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    file.write_text(
        'nodes = [{ id = "a", op = "conv", inputs = ["x"], kernel_size = 5, padding = [2, 2] }]\n'
    )
    assert json.loads(command(str(file), "--json").output)["left"] == -2
    file.write_text("nodes = 3")
    assert command(str(file)).exit_code == 2


def test_a_pooling_rounded_up_that_pytorch_refuses() -> None:
    """More padding than half the kernel: pad should be at most half of effective kernel size."""
    node = {"id": "p", "op": "maxpool", "inputs": ["x"], "kernel_size": 2, "stride": 3}
    for padding, taken in ((1, True), (2, False)):
        made = node | {"padding": [padding, padding], "ceil_mode": True}
        data = {"name": "n", "nodes": [{"id": "x", "op": "input", "inputs": []}, made]}
        if taken:
            assert Analysis(from_data(data, "n"), 10).at()
        else:
            with pytest.raises(DeriveError, match=r"padding \[2, 2\], ceil_mode: PyTorch refuses"):
                from_data(data, "n")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[3]*n*2", "repeats twice"),
        ("[3]*2*2", "repeats twice"),
        ("3p1p2", "one thing twice"),
        ("[3]*10000000000", "more than 1000000 layers"),
    ],
)
def test_layers_that_say_a_thing_twice(text: str, what: str) -> None:
    with pytest.raises(DeriveError, match=re.escape(what)):
        read_all(text)


def test_zeros_before_how_often() -> None:
    assert Analysis(read_all("[3]*00000023")[0]).at().as_dict()["size"] == 47
