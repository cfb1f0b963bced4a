"""ONNX files that are none, are broken, or hold what is not read: one line that names the file or
the node."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

onnx = pytest.importorskip("onnx", reason="the witness needs onnx: make witness")

import numpy as np  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

import derive.reading.networks.onnx  # noqa: E402
from derive import DeriveError, analyse, from_onnx  # noqa: E402
from derive.__main__ import main  # noqa: E402
from tests.witness.test_onnx import crossed, ones, resized, saved  # noqa: E402

Node = helper.make_node

FILES: list[tuple[bytes, str]] = [
    (b"", "it has no graph"),
    (b"a line of text\n", "no ONNX file"),
    (b'{"nodes": []}', "no ONNX file"),
    (bytes(range(256)), "no ONNX file"),
    (bytes(10_000), "no ONNX file"),
]


@pytest.mark.parametrize("number", range(len(FILES)))
def test_files_that_are_none(number: int, tmp_path: Path) -> None:
    data, said = FILES[number]
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    with pytest.raises(DeriveError, match=f"net.onnx: .*{said}"):
        from_onnx(path)
    done = CliRunner().invoke(main, ["rf", str(path)])
    assert done.exit_code == 2 and "net.onnx" in done.output and "Traceback" not in done.output


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.onnx", tmp_path):
        with pytest.raises(DeriveError, match=path.name):
            from_onnx(path)


def test_a_text_suffix_does_not_choose_the_format(tmp_path: Path) -> None:
    assert len(from_onnx(crossed(tmp_path / "net.onnx").rename(tmp_path / "net.json"))) == 2


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive.reading.networks.onnx, "MOST_BYTES", 10)
    with pytest.raises(DeriveError, match="larger than 10 bytes"):
        from_onnx(crossed(tmp_path / "net.onnx"))


def test_random_bytes_and_broken_files(tmp_path: Path) -> None:
    """Nothing but DeriveError comes out, and now and then a network, where a harmless byte was
    changed."""
    rng, path = random.Random(0), tmp_path / "net.onnx"
    wholes = [crossed(path).read_bytes(), resized(path, "asymmetric", "floor", 2).read_bytes()]
    refused = 0
    for number in range(1500):
        data = bytearray(rng.choice(wholes) if number % 5 else rng.randbytes(rng.randint(1, 200)))
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data[: rng.randint(1, len(data))] if number % 7 == 0 else data)
        try:
            analyse(from_onnx(path), 20)
        except DeriveError:
            refused += 1
    assert 500 < refused < 1500


CONV = Node("Conv", ["x", "w"], ["c"], name="first")
W = {"w": ones(1, 1, 3)}


def after(*args: Any, **given: Any) -> list[Any]:
    return [CONV, Node(*args, name="second", **given)]


GRAPHS: list[tuple[Callable[[], list[Any]], dict[str, Any], str]] = [
    (
        lambda: after("Flatten", ["c"], ["y"]),
        W,
        r'node "second" \(Flatten\): the operator Flatten has no field.*output="c"',
    ),
    (
        lambda: [CONV, Node("Flatten", ["c"], ["f"], name="flat"), Node("Gemm", ["f", "w"], ["y"])],
        W,
        r'node "flat" \(Flatten\)',
    ),
    (lambda: after("Relu", ["c"], ["y"], domain="com.own"), W, "the operator Relu has no field"),
    (lambda: after("Softmax", ["c"], ["y"]), W, "Softmax along dimension -1"),
    (lambda: after("Concat", ["c", "c"], ["y"], axis=2), W, "Concat along dimension 2"),
    (
        lambda: after("Concat", ["c", "w"], ["y"], axis=1),
        W,
        'value "w": it does not depend on the input',
    ),
    (
        lambda: after("Pad", ["c", "p"], ["y"], mode="reflect"),
        W | {"p": np.array([0, 0, 1, 0, 0, 1])},
        'mode "reflect"',
    ),
    (lambda: after("Pad", ["c", "c"], ["y"]), W, "are computed from sizes"),
    (
        lambda: after("Pad", ["c", "p"], ["y"]),
        W | {"p": np.array([1, 1])},
        "two whole numbers for each of 3 dimensions",
    ),
    (
        lambda: after("Slice", ["c", "b", "e"], ["y"]),
        W | {"b": np.array([0, 0, 0]), "e": np.array([9, 9, 5])},
        "the slice 0:5:1",
    ),
    (
        lambda: after("Resize", ["c", "", "", "s"], ["y"]),
        W | {"s": np.array([1, 1, 9])},
        "its scales are no constant",
    ),
    (
        lambda: after("Resize", ["c", "", "s"], ["y"], mode="linear"),
        W | {"s": ones(3)},
        'mode "linear" is not read',
    ),
    (
        lambda: after("Resize", ["c", "", "s"], ["y"]),
        W | {"s": ones(3) * np.float32(1.5)},
        "scales batch or channels",
    ),
    (
        lambda: after("Add", ["c", "m"], ["y"]),
        W | {"m": ones(1, 1, 7)},
        r"operand of shape \[1, 1, 7\] differs by position",
    ),
    (lambda: after("Conv", ["c", "c"], ["y"]), W, 'its operand "c" is no constant'),
    (
        lambda: after("Conv", ["c", "c"], ["y"], kernel_shape=[3], group=1),
        W,
        'its operand "c" is no constant',
    ),
    (
        lambda: after("Conv", ["c", "v"], ["y"]),
        W | {"v": ones(1, 1, 3, 3)},
        "its kernel has 2 axes, the graph 1",
    ),
    (lambda: after("Conv", ["c", "w"], ["y"], pads=[1]), W, r"pads = \[1\]: 2 whole numbers"),
    (
        lambda: after("Conv", ["c", "w"], ["y"], strides=[1.5]),
        W,
        r"strides = \[1.5\]: 1 whole numbers",
    ),
    (lambda: after("Conv", ["c", "w"], ["y"], strides=[0]), W, "S = 0"),
    (lambda: after("Conv", ["c", "w"], ["y"], auto_pad="SAME"), W, 'auto_pad "SAME" is not known'),
    (
        lambda: after("ConvTranspose", ["c", "w"], ["y"], auto_pad="SAME_UPPER"),
        W,
        "its padding depends on the width",
    ),
    (
        lambda: after("ConvTranspose", ["c", "w"], ["y"], output_shape=[9]),
        W,
        "its padding depends on the width",
    ),
    (lambda: after("MaxPool", ["c"], ["y"]), W, "it has no kernel_shape"),
    (
        lambda: after("MaxPool", ["c"], ["y"], kernel_shape=[2], auto_pad="VALID", ceil_mode=1),
        W,
        "VALID with ceil_mode",
    ),
    (
        lambda: after("MaxPool", ["c"], ["m", "y"], kernel_shape=[2]),
        W,
        "its second output, which depends on the data",
    ),
    (lambda: after("Add", ["c", "z"], ["y"]), W, 'value "z": nothing makes it'),
    (lambda: after("Add", ["c", "y"], ["y"]), W, "go in a circle"),
    (lambda: after("Add", ["w", "w"], ["y"]), W, "differs by position"),
    (lambda: after("Relu", ["c"], ["c"]), W, 'two nodes make "c"'),
    (lambda: [Node("Relu", ["x"], ["y"])], {}, "says how many spatial axes"),
    (lambda: after("Concat", ["c", "c"], ["y"], axis=[1, 2]), W, "along dimension"),
    (lambda: after("Upsample", ["c"], ["y"], scales=2.0), W, "not as they should be"),
]


@pytest.mark.parametrize("number", range(len(GRAPHS)))
def test_refused_by_name(number: int, tmp_path: Path) -> None:
    nodes, constants, said = GRAPHS[number]
    path = saved(tmp_path / "net.onnx", nodes(), **constants)
    with pytest.raises(DeriveError, match="net.onnx.*" + said):
        from_onnx(path)


def test_weights_in_another_file_are_not_opened(tmp_path: Path) -> None:
    """The kernel's shape stands in the graph; a number that is needed from the other file is an
    error."""
    model = onnx.load(
        saved(
            tmp_path / "net.onnx",
            after("Pad", ["c", "p"], ["y"]),
            p=np.array([0, 0, 1, 0, 0, 1]),
            **W,
        )
    )
    for tensor in model.graph.initializer:
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="../secret")
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    assert from_onnx(tmp_path / "net.onnx", output="c")[0].nodes["c"].layer.kernel_size == 3  # type: ignore[union-attr]
    with pytest.raises(
        DeriveError, match='the constant "p" lies in another file, which is not opened'
    ):
        from_onnx(tmp_path / "net.onnx")


def test_constants_that_grow_without_end(tmp_path: Path) -> None:
    grown = [Node("Concat", [f"p{n}", f"p{n}"], [f"p{n + 1}"], axis=0) for n in range(60)]
    path = saved(
        tmp_path / "net.onnx",
        [CONV, *grown, Node("Pad", ["c", "p60"], ["y"])],
        p0=np.array([0]),
        **W,
    )
    with pytest.raises(DeriveError, match="has more than 10000 numbers"):
        from_onnx(path)
    circle = [Node("Concat", ["q", "q"], ["p"], axis=0), Node("Concat", ["p", "p"], ["q"], axis=0)]
    with pytest.raises(DeriveError, match="computed from sizes"):
        from_onnx(
            saved(tmp_path / "net.onnx", [CONV, *circle, Node("Pad", ["c", "p"], ["y"])], **W)
        )
