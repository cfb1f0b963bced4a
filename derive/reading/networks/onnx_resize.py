"""Resize of ONNX: which input a position of an enlarged axis reads."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer
from derive.reading.networks.axes import enlarged
from derive.reading.networks.onnx_values import Values


def resize(node: Any, said: dict[str, Any], values: Values, axes: int) -> tuple[Layer, ...]:
    """The layer on each axis. Raises DeriveError for scales that are no constant, or that read
    another input than floor(o/scale)."""
    if said.get("mode", "nearest") != "nearest":
        raise DeriveError(f'mode "{said["mode"]}" is not read; only "nearest"')
    given = said.get("scales")
    place = (
        1 if len(node.input) <= 2 else 2
    )  # Upsample and Resize of opset 10: X, scales; later: X, roi, scales, sizes
    if given is None and len(node.input) > place and node.input[place]:
        found = values.of(node.input[place])
        given = None if found is None else [float(v) for v in found.reshape(-1)]
    if not given:
        raise DeriveError(
            "its scales are no constant: an output size of its own depends on the width"
        )
    dims = said.get("axes") or list(range(axes + 2))
    if len(dims) != len(given):
        raise DeriveError(f"scales = {given}: one for each of {len(dims)} dimensions")
    scales = {d % (axes + 2): scale for d, scale in zip(dims, given, strict=True)}
    if scales.get(0, 1) != 1 or scales.get(1, 1) != 1:
        raise DeriveError(f"scales = {given}: scales batch or channels, too")
    made = tuple(enlarged(scales.get(axis + 2, 1)) for axis in range(axes))
    if node.op_type == "Resize":
        how = (
            said.get("coordinate_transformation_mode", "half_pixel"),
            said.get("nearest_mode", "round_prefer_floor"),
        )
        for layer in made:
            if not _is_floor(*how, layer.up):
                raise DeriveError(
                    f"{how[0]} with {how[1]} at scale {layer.up}: output o does not read input "
                    f"floor(o/{layer.up})"
                )
    return made


def _is_floor(transformation: str, rounding: str, scale: int) -> bool:
    """Whether output o reads input floor(o/scale) inside: for each o below the scale, as output o +
    scale reads one input on."""
    half = {
        "asymmetric": Fraction(0),
        "half_pixel": Fraction(1, 2),
        "pytorch_half_pixel": Fraction(1, 2),
        "half_pixel_symmetric": Fraction(1, 2),
    }.get(transformation)
    rounded = {
        "floor": floor,
        "ceil": ceil,
        "round_prefer_floor": lambda x: ceil(x - Fraction(1, 2)),
        "round_prefer_ceil": lambda x: floor(x + Fraction(1, 2)),
    }.get(rounding)
    if half is None or rounded is None or scale > 10_000:
        return False
    return all(rounded((o + half) / scale - half) == 0 for o in range(scale))
