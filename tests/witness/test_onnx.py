"""`from_onnx`: exports of real modules beside `from_torch`, and graphs made by hand beside ONNX's
reference evaluator.

The evaluator is seen through by impulses: an input of zeros with a single one, all weights one, and
each output that is not zero reads it. A max-pooling is seen through in the same way.
"""

from __future__ import annotations

import itertools
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

onnx = pytest.importorskip("onnx", reason="the witness needs onnx: make witness")

import numpy as np  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

from derive import DeriveError, analyse, from_onnx  # noqa: E402
from derive.__main__ import main  # noqa: E402
from derive.checking.convolutions.reach import reached  # noqa: E402
from derive.checking.convolutions.spots import within  # noqa: E402

ONES = np.ones


def saved(path: Path, nodes: list[Any], axes: int = 1, opset: int = 19, **constants: Any) -> Path:
    """A file with a graph from x to y; arrays are float32 or int64 initializers."""
    held = [numpy_helper.from_array(np.asarray(v), name=k) for k, v in constants.items()]
    ends = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, [None] * (axes + 2)) for n in ("x", "y")
    ]
    graph = helper.make_graph(nodes, "by hand", ends[:1], ends[1:], held)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9), path
    )
    return path


def ones(*shape: int) -> Any:
    return ONES(shape, dtype=np.float32)


def impulses(path: Path, width: int) -> list[set[int]]:
    """For each output the inputs that it reads, by the reference evaluator."""
    session = ReferenceEvaluator(str(path))
    answers = [
        session.run(None, {"x": np.eye(width, dtype=np.float32)[at].reshape(1, 1, -1)})[0][0, 0]
        for at in range(width)
    ]
    return [{at for at in range(width) if answers[at][o] != 0} for o in range(len(answers[0]))]


def agree(path: Path, widths: Any) -> int:
    """Every output's positions."""
    (network,) = from_onnx(path)
    counted = 0
    for width in widths:
        try:
            analysis = analyse(network, width)[0]
        except DeriveError as error:
            assert "nothing is left" in str(error)
            continue
        assert analysis.sizes is not None
        true = impulses(path, width)
        assert analysis.at().out_width == len(true)
        for output, reads in enumerate(true):
            spots = within(reached(analysis.network, network.output, output, analysis.sizes), width)
            if not isinstance(spots, range):
                spots = [spots[0] + n for n in range(spots[1].bit_length()) if spots[1] >> n & 1]
            found = set(spots)
            assert found == reads, f"{path.name}, width {width}, output {output}"
        counted += 1
    return counted


def test_windows_as_the_reference_has_them(tmp_path: Path) -> None:
    counted = 0
    for size, stride, dilation in itertools.product((1, 2, 3, 4), (1, 2, 3), (1, 2)):
        ways: list[dict[str, Any]] = [{"pads": [1, 2]}, {}]
        ways += [{"auto_pad": a} for a in ("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET")]
        for way in ways:
            conv = helper.make_node(
                "Conv", ["x", "w"], ["y"], strides=[stride], dilations=[dilation], **way
            )
            counted += agree(saved(tmp_path / "conv.onnx", [conv], w=ones(1, 1, size)), (1, 5, 8))
    assert counted > 350


def test_poolings_as_the_reference_has_them(tmp_path: Path) -> None:
    """Without pads and ceil_mode: with them the evaluator (onnx 1.23) moves windows, or leaves some
    out."""
    counted = 0
    for size, stride, op in itertools.product((2, 3, 4), (1, 2, 3), ("MaxPool", "AveragePool")):
        given = {"kernel_shape": [size], "strides": [stride]}
        counted += agree(
            saved(tmp_path / "pool.onnx", [helper.make_node(op, ["x"], ["y"], **given)]), (4, 7, 8)
        )
    assert counted == 54


def test_poolings_with_pads_and_ceil_mode_as_torch_has_them(tmp_path: Path) -> None:
    """The specification's formulas are PyTorch's."""
    torch = pytest.importorskip("torch", reason="make witness")
    from derive import from_torch

    for size, stride, pad, dilation, ceil_mode in itertools.product(
        (2, 3, 5), (1, 2, 3), (0, 1), (1, 2), (False, True)
    ):
        given = {
            "kernel_shape": [size],
            "strides": [stride],
            "ceil_mode": int(ceil_mode),
            "pads": [pad] * 2,
        }
        node = helper.make_node("MaxPool", ["x"], ["y"], dilations=[dilation], **given)
        module = torch.nn.MaxPool1d(size, stride, pad, dilation, ceil_mode=ceil_mode)
        (one,), (two,) = from_onnx(saved(tmp_path / "pool.onnx", [node])), from_torch(module)
        assert one.nodes["y"].layer == two.nodes["_0"].layer


def test_transposed_convolutions_as_the_reference_has_them(tmp_path: Path) -> None:
    counted = 0
    for size, stride, dilation, pads in itertools.product(
        (1, 2, 3), (1, 2, 3), (1, 2), ([0, 0], [1, 0])
    ):
        given = {
            "strides": [stride],
            "dilations": [dilation],
            "pads": pads,
        }  # the evaluator gets output_padding wrong
        node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], kernel_shape=[size], **given)
        counted += agree(saved(tmp_path / "up.onnx", [node], w=ones(1, 1, size)), (2, 5))
    assert counted > 60


MODES = ("asymmetric", "half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners")
ROUNDINGS = ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")


def resized(path: Path, mode: str, rounding: str, scale: float) -> Path:
    node = helper.make_node(
        "Resize",
        ["c", "", "s"],
        ["y"],
        mode="nearest",
        coordinate_transformation_mode=mode,
        nearest_mode=rounding,
    )
    scales = np.array([1, 1, scale], dtype=np.float32)
    conv = helper.make_node("Conv", ["x", "w"], ["c"], kernel_shape=[1])
    return saved(path, [conv, node], w=ones(1, 1, 1), s=scales)


def test_resize_is_read_only_where_it_is_the_floor(tmp_path: Path) -> None:
    read = set()
    for mode, rounding, scale in itertools.product(MODES, ROUNDINGS, (1, 2, 3, 4, 5, 7)):
        path = resized(tmp_path / "resize.onnx", mode, rounding, scale)
        true = impulses(path, 6) == [{o // scale} for o in range(6 * scale)]
        try:
            agree(path, (1, 6))
        except DeriveError as error:
            assert "does not read input floor" in str(error)
            continue
        assert true
        read.add((mode, rounding, scale))
    assert ("asymmetric", "floor", 5) in read and ("half_pixel", "round_prefer_floor", 3) in read
    assert ("asymmetric", "round_prefer_floor", 3) not in read and len(read) > 20


def test_pads_and_slices_as_the_reference_has_them(tmp_path: Path) -> None:
    conv = helper.make_node("Conv", ["x", "w"], ["c"])
    cases: list[tuple[Any, dict[str, Any]]] = [
        (helper.make_node("Pad", ["c", "p"], ["y"]), {"p": np.array([0, 0, 2, 0, 0, 1])}),
        (
            helper.make_node("Pad", ["c", "p", "", "a"], ["y"]),
            {"p": np.array([3, 1]), "a": np.array([-1])},
        ),
        (
            helper.make_node("Slice", ["c", "b", "e", "a"], ["y"]),
            {"b": np.array([1]), "e": np.array([-2]), "a": np.array([2])},
        ),
        (
            helper.make_node("Slice", ["c", "b", "e", "a", "s"], ["y"]),
            {
                "b": np.array([1]),
                "e": np.array([2**63 - 1]),
                "a": np.array([-1]),
                "s": np.array([2]),
            },
        ),
    ]
    for node, constants in cases:
        assert (
            agree(
                saved(tmp_path / "pad.onnx", [conv, node], w=ones(1, 1, 3), **constants), (7, 8, 12)
            )
            == 3
        )


def test_a_negative_pad_is_a_slice(tmp_path: Path) -> None:
    """The evaluator has none."""
    conv = helper.make_node("Conv", ["x", "w"], ["c"])
    pad, crop = (
        helper.make_node("Pad", ["c", "p"], ["y"]),
        helper.make_node("Slice", ["c", "b", "e", "a"], ["y"]),
    )
    (one,) = from_onnx(
        saved(tmp_path / "a.onnx", [conv, pad], w=ones(1, 1, 3), p=np.array([0, 0, -2, 0, 0, -1]))
    )
    given = {"b": np.array([2]), "e": np.array([-1]), "a": np.array([2])}
    (two,) = from_onnx(saved(tmp_path / "b.onnx", [conv, crop], w=ones(1, 1, 3), **given))
    assert one.nodes["y"].layer == two.nodes["y"].layer


@pytest.mark.parametrize("op", ["GlobalAveragePool", "ReduceMean", "ReduceMax"])
def test_whole_axes(op: str, tmp_path: Path) -> None:
    over = {"a": np.array([-1])} if op.startswith("Reduce") else {}
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"]), helper.make_node(op, ["c", *over], ["y"])]
    assert agree(saved(tmp_path / "all.onnx", nodes, w=ones(1, 1, 3), **over), (3, 8)) == 2


def test_older_forms(tmp_path: Path) -> None:
    conv = helper.make_node("Conv", ["x", "w"], ["c"])
    pad = helper.make_node("Pad", ["c"], ["y"], pads=[0, 0, 1, 0, 0, 2])
    up = helper.make_node("Upsample", ["c", "s"], ["y"], mode="nearest")
    crop = helper.make_node("Slice", ["c"], ["y"], starts=[1], ends=[-1], axes=[2])
    scales = np.array([1, 1, 3], dtype=np.float32)
    assert agree(saved(tmp_path / "a.onnx", [conv, pad], opset=10, w=ones(1, 1, 3)), (6, 7)) == 2
    assert (
        agree(saved(tmp_path / "b.onnx", [conv, up], opset=9, w=ones(1, 1, 3), s=scales), (6, 7))
        == 2
    )
    assert agree(saved(tmp_path / "c.onnx", [conv, crop], opset=9, w=ones(1, 1, 3)), (6, 7)) == 2


def test_elements_and_branches(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], pads=[1, 1]),
        helper.make_node("Conv", ["x", "w"], ["b"], pads=[2, 2], dilations=[2]),
        helper.make_node("Add", ["a", "b"], ["ab"]),
        helper.make_node("Mul", ["two", "ab"], ["m"]),
        helper.make_node("Relu", ["m"], ["r"]),
        helper.make_node("Concat", ["r", "x"], ["j"], axis=1),
        helper.make_node("ReduceSum", ["j", "over"], ["s"]),
        helper.make_node("Identity", ["s"], ["y"]),
    ]
    path = saved(
        tmp_path / "graph.onnx", nodes, w=ones(1, 1, 3), two=np.float32(2), over=np.array([1])
    )
    assert agree(path, (4, 9)) == 2


@pytest.mark.parametrize(
    "name", ["Residual", "UNet", "WaveNet", "Chomped", "Inception", "Crossed", "Enlarged", "Solid"]
)
def test_exports_say_the_same_as_the_modules(name: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the exports need PyTorch: make witness")
    from derive import from_torch
    from tests.witness import modules

    module = getattr(modules, name)().eval()
    sizes = modules.SIZES[type(module)]
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the exporter that needs no further package is called legacy
        torch.onnx.export(
            module, (torch.ones(1, 1, *sizes),), str(tmp_path / "net.onnx"), dynamo=False
        )
    exported, traced = (
        analyse(from_onnx(tmp_path / "net.onnx"), sizes),
        analyse(from_torch(module), sizes),
    )
    assert [a.at().as_dict() for a in exported] == [a.at().as_dict() for a in traced]
    assert len(exported) == len(sizes)


def crossed(path: Path) -> Path:
    nodes = [
        helper.make_node("Conv", ["x", "v"], ["a"], name="wide", pads=[0, 1, 0, 1]),
        helper.make_node("Conv", ["x", "w"], ["b"], name="high", pads=[2, 0, 2, 0]),
        helper.make_node("Add", ["a", "b"], ["y"]),
    ]
    return saved(path, nodes, axes=2, v=ones(1, 1, 1, 3), w=ones(1, 1, 5, 1))


def test_on_the_command_line(tmp_path: Path) -> None:
    path = str(crossed(tmp_path / "crossed.onnx"))
    shown = CliRunner().invoke(main, ["rf", path, "--width", "9"])
    assert (
        shown.output.startswith("axis 0: y: 5 positions, -2 to 2")
        and "\naxis 1: y: 3 positions, -1 to 1" in shown.output
    )
    told = json.loads(CliRunner().invoke(main, ["rf", path, "--json"]).output)
    assert [axis["size"] for axis in told["axes"]] == [5, 3] and told["note"].startswith(
        "hull by axis"
    )
    assert set(told) == {"axes", "note"}
    square = saved(
        tmp_path / "square.onnx",
        [helper.make_node("Conv", ["x", "w"], ["y"])],
        axes=2,
        w=ones(1, 1, 3, 3),
    )
    told = json.loads(CliRunner().invoke(main, ["rf", str(square), "--json", "--all"]).output)
    assert told["size"] == 3 and set(told["nodes"]) == {"x", "y"}


def test_output_by_value_or_node(tmp_path: Path) -> None:
    path = crossed(tmp_path / "crossed.onnx")
    assert (
        [n.output for n in from_onnx(path, output="a")]
        == [n.output for n in from_onnx(path, output="wide")]
        == ["a", "a"]
    )
    assert "b" not in from_onnx(path, output="a")[0].nodes
    with pytest.raises(DeriveError, match='no node "hihg"'):
        from_onnx(path, output="hihg")
