"""Networks from ONNX files: the graph's nodes and their attributes. No code of a file is run, no
weight file is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from derive.errors import DeriveError, nearest
from derive.model.convolutions.network import INPUT, Network
from derive.reading.networks.axes import Part, one_each, scaling
from derive.reading.networks.onnx_layers import KNOWN, MERGED, PASSED, POOLED, kernel, layers
from derive.reading.networks.onnx_values import Values, attributes

MOST_BYTES = 2_000_000_000  # protobuf's own limit is 2 GiB


def from_onnx(path: str | Path, output: str | None = None) -> tuple[Network, ...]:
    """A network for each spatial axis of an ONNX graph, whose input is (batch, channels, axes...).

    Nodes are named by the values they make, as the file names them. `output` names the one that is
    asked about (a value, or the node that makes it); default: the graph's output. Only nodes that
    it depends on are read.

    Raises DeriveError where onnx is missing, the file is none or larger than 2 GB, or a node is not
    known; it names the node.
    """
    path = Path(path)
    graph, opset = _graph(path)
    nodes: dict[str, Any] = {}
    for node in graph.node:
        for made in filter(None, node.output):
            if made in nodes:
                raise DeriveError(f'{path.name}: two nodes make "{made}"')
            nodes[made] = node
    constant = {t.name for t in graph.initializer} | {
        t.values.name for t in graph.sparse_initializer
    }
    inputs = [i.name for i in graph.input if i.name not in constant]
    if output is None:
        if len(graph.output) != 1:
            names = ", ".join(o.name for o in graph.output) or "none"
            raise DeriveError(
                f"{path.name}: the graph has {len(graph.output)} outputs ({names}); say which "
                f"with output="
            )
        output = graph.output[0].name
    elif output not in nodes and output not in inputs:
        made = [n.output[0] for n in graph.node if n.name == output and n.output]
        if len(made) != 1:
            raise DeriveError(f'{path.name}: no node "{output}"{nearest(output, nodes)}')
        output = made[0]
    return _Reader(path.name, nodes, inputs, Values(graph), opset).networks(output)


def _graph(path: Path) -> tuple[Any, int]:
    """The graph of a file, and the version of the operators in it. Raises DeriveError naming the
    file."""
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError:
        raise DeriveError(
            "from_onnx needs the package onnx: install onnx, as in pip install 'derive[onnx]'"
        ) from None
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DeriveError(f"{path.name}: larger than {MOST_BYTES} bytes")
        model = onnx.load(path, format="protobuf", load_external_data=False)
    except OSError as error:
        raise DeriveError(f"{path}: {error.strerror or error}") from None
    except (DecodeError, UnicodeDecodeError, ValueError) as error:
        raise DeriveError(
            f"{path.name}: no ONNX file: {str(error).partition(chr(10))[0]}"
        ) from None
    if not model.HasField("graph") or not model.opset_import:
        raise DeriveError(f"{path.name}: no ONNX file: it has no graph")
    return model.graph, next(
        (o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 1
    )


class _Reader:
    """The nodes that one value depends on."""

    def __init__(
        self, place: str, nodes: dict[str, Any], inputs: list[str], values: Values, opset: int
    ):
        self.place, self.nodes, self.inputs, self.values, self.opset = (
            place,
            nodes,
            inputs,
            values,
            opset,
        )
        self.axes = 0

    def networks(self, output: str) -> tuple[Network, ...]:
        """One for each axis. Raises DeriveError for the first node in the file's order that is not
        known."""
        known = self._axes(output)
        self.axes = known or 1
        parts: dict[str, Part] = {}
        errors: dict[str, DeriveError] = {}
        stack = [output]
        while stack:
            name = stack.pop()
            if name in parts or name in errors:
                continue
            try:
                parts[name] = self._part(name)
                stack += parts[name].inputs
            except (DeriveError, TypeError, AttributeError, LookupError, OverflowError) as error:
                odd = DeriveError(f"its attributes or inputs are not as they should be ({error})")
                errors[name] = error if isinstance(error, DeriveError) else odd
                stack += (
                    [i for i in self.nodes[name].input[:1] if i in self.nodes]
                    if name in self.nodes
                    else []
                )
        if errors:
            name = next((n for n in self.nodes if n in errors), next(iter(errors)))
            raise DeriveError(f"{self._place(name)}: {errors[name]}{self._way_out(name)}") from None
        if not known:
            raise DeriveError(
                f"{self.place}: no convolution or pooling in it says how many spatial axes "
                f"there are"
            )
        return one_each(parts, self.axes, self.place, output)

    def _place(self, name: str) -> str:
        node = self.nodes.get(name)
        return f"{self.place}, " + (
            f'value "{name}"' if node is None else f'node "{node.name or name}" ({node.op_type})'
        )

    def _way_out(self, name: str) -> str:
        node = self.nodes.get(name)
        before = (
            [i for i in node.input if i in self.nodes and i not in self.values]
            if node is not None
            else []
        )
        return f'; ask for the part before it: output="{before[0]}"' if before else ""

    def _axes(self, output: str) -> int:
        """How many axes the kernels on the way have; 0 where there is none."""
        above = list(self._above(output))
        for node in [*reversed(above), *self.nodes.values()]:
            if node.op_type in ("Conv", "ConvTranspose") or node.op_type in POOLED:
                try:
                    return len(kernel(node, attributes(node), self.values))
                except DeriveError as error:
                    raise DeriveError(f"{self._place(node.output[0])}: {error}") from None
        return 0

    def _above(self, output: str) -> Iterator[Any]:
        seen, stack = {output}, [output]
        while stack:
            node = self.nodes.get(stack.pop())
            if node is not None:
                yield node
                stack += (more := [i for i in dict.fromkeys(node.input) if i not in seen])
                seen.update(more)

    def _part(self, name: str) -> Part:
        if name in self.inputs:
            return Part(INPUT, ())
        node = self.nodes.get(name)
        if node is None:
            raise DeriveError(
                "it does not depend on the input" if name in self.values else "nothing makes it"
            )
        if node.domain not in ("", "ai.onnx") or node.op_type not in KNOWN:
            raise DeriveError(
                f"the operator {node.op_type} has no field on an axis, or is not known here"
            )
        if name != node.output[0] and node.op_type != "Split":
            raise DeriveError(f'"{name}" is its second output, which depends on the data')
        given = [i for i in node.input if i]
        if node.op_type in MERGED:
            inputs = []
            for operand in given:
                shape = self.values.shape(operand)
                if shape is None:
                    inputs.append(operand)
                else:
                    scaling(shape, self.axes)
            if not inputs:
                raise DeriveError("it does not depend on the input")
            return Part("add" if len(inputs) > 1 else "identity", tuple(inputs))
        if node.op_type == "Concat":
            layers(node, self.values, self.axes, self.opset)
            return Part("concat", tuple(given))
        self._refuse_more(node)
        made = layers(node, self.values, self.axes, self.opset)
        return Part(node.op_type.lower() if made else "identity", tuple(given[:1]), made)

    def _refuse_more(self, node: Any) -> None:
        """Raises DeriveError for a node without an input, or whose weights are computed from the
        graph's input."""
        if not node.input or not node.input[0]:
            raise DeriveError("it has no input")
        for other in filter(None, node.input[1:]):
            if (
                node.op_type in PASSED or node.op_type in ("Conv", "ConvTranspose")
            ) and other not in self.values:
                raise DeriveError(f'its operand "{other}" is no constant')
