"""Imports of networks without the packages that they need, and what networks of several axes are
asked; no torch is needed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive import DeriveError, analyse, from_onnx, from_torch
from derive.__main__ import main
from derive.model.convolutions.layers import conv
from derive.model.convolutions.network import chain
from derive.reading.networks.data import read_all


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(DeriveError, match="install torch"):
        from_torch(None)


def test_without_onnx(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    (tmp_path / "net.onnx").write_bytes(b"")
    with pytest.raises(DeriveError, match="install onnx"):
        from_onnx(tmp_path / "net.onnx")
    done = CliRunner().invoke(main, ["rf", str(tmp_path / "net.onnx")])
    assert done.exit_code == 2 and done.output.startswith(
        "derive: from_onnx needs the package onnx"
    )


def test_a_line_has_one_axis() -> None:
    (network,) = read_all("3/2 3")
    assert analyse(network)[0].at().as_dict()["size"] == 7


def test_a_width_for_each_axis() -> None:
    axes = [chain([conv(3)], "high"), chain([conv(5)], "wide")]
    assert [a.at().out_width for a in analyse(axes, (9, 9))] == [7, 5]
    assert [a.at().out_width for a in analyse(axes, 10)] == [8, 6]
    with pytest.raises(DeriveError, match="3 widths for 2 axes"):
        analyse(axes, (9, 9, 9))
