"""Numbers that an ONNX graph has without any input: initializers, constants, and what exporters
compute of them for pads."""

from __future__ import annotations

from math import prod
from typing import Any

from derive.errors import DeriveError

MOST = 10_000  # numbers in a constant that is looked at; weights are not
DEEPEST = 100


class Values:
    """By name, what does not depend on the graph's input. Large constants have a shape only;
    external data is never opened."""

    def __init__(self, graph: Any):
        self.tensors = {t.name: t for t in graph.initializer}
        self.sparse = {t.values.name: list(t.dims) for t in graph.sparse_initializer}
        self.makers = {name: n for n in graph.node for name in n.output[:1] if name}
        self._known: dict[str, Any] = {}

    def __contains__(self, name: str) -> bool:
        return self.shape(name) is not None

    def shape(self, name: str) -> list[int] | None:
        """The shape of a constant; None for what is none, or is computed in a way that is not known
        here."""
        for _ in range(DEEPEST):
            if name in self.tensors:
                return list(self.tensors[name].dims)
            if name in self.sparse:
                return self.sparse[name]
            node = self.makers.get(name)
            if node is None or node.domain not in ("", "ai.onnx"):
                return None
            if (
                node.op_type == "Constant"
                and len(node.attribute) == 1
                and node.attribute[0].name == "value"
            ):
                return list(node.attribute[0].t.dims)
            if node.op_type not in ("Identity", "Cast", "DequantizeLinear", "QuantizeLinear"):
                value = self.of(name)
                return None if value is None else list(value.shape)
            name = node.input[0] if node.input else ""
        return None

    def of(self, name: str, depth: int = 0) -> Any:
        """The constant as an array; None for what is none. Raises DeriveError for one that is too
        large or lies elsewhere."""
        if depth > DEEPEST:
            return None
        if name not in self._known:
            self._known[name] = None  # for nodes in a circle
            node = self.makers.get(name)
            if name in self.tensors:
                self._known[name] = _array(self.tensors[name])
            elif node is not None and node.domain in ("", "ai.onnx") and node.op_type in COMPUTED:
                given = [self.of(i, depth + 1) for i in node.input]
                self._known[name] = (
                    None if any(v is None for v in given) else _computed(node, given)
                )
        return self._known[name]

    def integers(self, name: str, what: str) -> list[int] | None:
        """A constant list of whole numbers; None where no name is given. Raises DeriveError where
        it is no constant."""
        if not name:
            return None
        value = self.of(name)
        if value is None or value.dtype.kind not in "iu":
            raise DeriveError(
                f'its {what}, "{name}", are computed from sizes or are no whole numbers'
            )
        return [int(v) for v in value.reshape(-1)]


COMPUTED = (
    "Constant",
    "ConstantOfShape",
    "Concat",
    "Reshape",
    "Slice",
    "Transpose",
    "Cast",
    "Identity",
    "Unsqueeze",
    "Squeeze",
)


def attributes(node: Any) -> dict[str, Any]:
    """A node's attributes as Python values, texts as str. Raises DeriveError for one without a
    type."""
    import onnx

    found = {}
    for attribute in node.attribute:
        try:
            value = onnx.helper.get_attribute_value(attribute)
            found[attribute.name] = value.decode("utf-8") if isinstance(value, bytes) else value
        except (ValueError, UnicodeDecodeError) as error:
            raise DeriveError(f'its attribute "{attribute.name}" cannot be read: {error}') from None
    return found


def _array(tensor: Any) -> Any:
    import onnx

    if prod(tensor.dims) > MOST or any(d < 0 for d in tensor.dims):
        raise DeriveError(f'the constant "{tensor.name}" has more than {MOST} numbers')
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise DeriveError(f'the constant "{tensor.name}" lies in another file, which is not opened')
    try:
        return onnx.numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError) as error:
        raise DeriveError(f'the constant "{tensor.name}" cannot be read: {error}') from None


def _computed(node: Any, given: list[Any]) -> Any:
    """A node's value from its inputs' values; None where this form of it is not known. Raises
    DeriveError where it has none."""
    import numpy

    said = attributes(node)
    try:
        value = _value(numpy, node.op_type, said, given)
    except (ValueError, IndexError, TypeError, KeyError, OverflowError) as error:
        raise DeriveError(
            f'the constant "{node.output[0]}" ({node.op_type}) cannot be computed: {error}'
        ) from None
    if value is not None and value.size > MOST:
        raise DeriveError(f'the constant "{node.output[0]}" has more than {MOST} numbers')
    return value


def _value(numpy: Any, op: str, said: dict[str, Any], given: list[Any]) -> Any:
    match op:
        case "Constant":
            (kind, value), *_ = said.items()
            return (
                _array(value)
                if kind == "value"
                else numpy.array(value)
                if kind.startswith("value_")
                else None
            )
        case "ConstantOfShape":
            shape = [int(n) for n in given[0].reshape(-1)]
            if prod(shape) > MOST:
                raise ValueError("too large")
            fill = _array(said["value"]).reshape(-1)[0] if "value" in said else numpy.float32(0)
            return numpy.full(shape, fill)
        case "Concat":
            return numpy.concatenate(given, axis=said["axis"])
        case "Reshape" | "Squeeze" | "Unsqueeze" if len(given) == 2 or op == "Squeeze":
            axes = tuple(int(n) for n in given[1].reshape(-1)) if len(given) == 2 else None
            make = {
                "Reshape": numpy.reshape,
                "Squeeze": numpy.squeeze,
                "Unsqueeze": numpy.expand_dims,
            }[op]
            return None if op == "Reshape" and 0 in (axes or ()) else make(given[0], axes)
        case "Slice" if len(given) >= 3:
            starts, stops, *more = [[int(n) for n in v.reshape(-1)] for v in given[1:]]
            along, steps = (
                more[0] if more else range(len(starts)),
                more[1] if len(more) > 1 else [1] * len(starts),
            )
            index = [slice(None)] * given[0].ndim
            for axis, start, stop, step in zip(along, starts, stops, steps, strict=True):
                beyond = stop < -given[0].shape[axis]  # before the first, counted from the end
                index[axis] = slice(start, None if step < 0 and beyond else stop, step)
            return given[0][tuple(index)]
        case "Transpose":
            return numpy.transpose(given[0], said.get("perm"))
        case "Cast":
            return given[0].astype(numpy.int64) if said.get("to") == 7 else given[0]  # 7: INT64
        case "Identity":
            return given[0]
    return None
