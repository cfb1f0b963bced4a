"""The nodes of a traced PyTorch module as parts of a network, one for each spatial axis."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from functools import cache, reduce
from typing import Any

from derive.errors import DeriveError
from derive.model.convolutions.network import INPUT, Network
from derive.reading.networks.axes import Part, one_each, scaling
from derive.reading.networks.torch_layers import item, layers
from derive.reading.networks.torch_names import (
    ARGUMENTS,
    FUNCTIONS,
    METHODS,
    MODULES,
    OPERATORS,
    RENAMED,
)


@cache
def _functions() -> dict[Any, tuple[str, int]]:
    """What is meant by a function of PyTorch: by the object, as anyone may call another one
    `relu`."""
    import torch

    found: dict[Any, tuple[str, int]] = {
        getattr(operator, k): (kind, 0) for k, kind in OPERATORS.items()
    }
    for place in (torch, torch.nn.functional):
        found |= {getattr(place, k): said for k, said in FUNCTIONS.items() if hasattr(place, k)}
    return found


class Nodes:
    """The nodes that one node depends on, read from the last to the first."""

    def __init__(self, name: str, traced: Any, end: Any):
        self.name, self.traced, self.end = name, traced, end
        above = set(self._above(end))
        ranked = [(n, rank) for n in traced.graph.nodes if (rank := self._kind(n)[1])]
        found = next((r for r in ranked if r[0] in above), ranked[0] if ranked else None)
        self.first: str = found[0].name if found else ""
        self.axes = found[1] if found else 1

    def networks(self) -> tuple[Network, ...]:
        """One for each axis. Raises DeriveError for the first node in forward's order that is not
        known."""
        parts: dict[str, Part] = {}
        wanted, errors = {self.end.name}, []
        for node in reversed(self.traced.graph.nodes):
            if node.name in wanted:
                try:
                    parts[node.name] = part = self._part(node)
                    wanted.update(part.inputs)
                except DeriveError as error:
                    errors.append((node, error))
                    wanted.update(
                        n.name for n in node.all_input_nodes[:1]
                    )  # not what its numbers are computed from
        if errors:
            node, why = errors[-1]
            raise DeriveError(
                f'{self.name}, node "{node.name}" ({self._what(node)}): {why}{self._way_out(node)}'
            )
        if not self.first:
            raise DeriveError(
                f"{self.name}: no convolution or pooling in it says how many spatial axes there are"
            )
        self._refuse_changed(parts)
        return one_each(dict(reversed(parts.items())), self.axes, self.name, self.end.name)

    def _above(self, end: Any) -> Iterator[Any]:
        seen, stack = {end}, [end]
        while stack:
            yield (node := stack.pop())
            stack += (more := [n for n in dict.fromkeys(node.all_input_nodes) if n not in seen])
            seen.update(more)

    def _what(self, node: Any) -> str:
        if node.op == "call_module":
            return type(self.traced.get_submodule(node.target)).__name__
        return str(getattr(node.target, "__name__", node.target))

    def _way_out(self, node: Any) -> str:
        before = [n.name for n in node.all_input_nodes if n.op not in ("placeholder", "get_attr")]
        stop = f'output="{before[0]}", or ' if before else ""
        return f"; give the part before it: {stop}a submodule, as in from_torch(model.features)"

    def _kind(self, node: Any) -> tuple[str, int]:
        """What a node is and on how many axes, 0 where any; "" where it is not known."""
        if node.op == "call_module":
            classes = type(self.traced.get_submodule(node.target)).__mro__
            return next(
                (MODULES[c.__name__] for c in classes if c.__name__ in MODULES), ("", 0)
            )  # fx keeps torch's own whole
        if node.op == "call_method":
            return METHODS.get(node.target, ""), 0
        return _functions().get(node.target, ("", 0)) if node.op == "call_function" else ("", 0)

    def _part(self, node: Any) -> Part:
        if node.op == "placeholder":
            return Part(INPUT, ())
        if node.target is operator.getitem:
            return self._item(*node.args)
        kind, rank = self._kind(node)
        if node.op == "get_attr":
            raise DeriveError("a constant, where a tensor that depends on the input is needed")
        if not kind:
            raise DeriveError("it has no field on an axis, or is not known here")
        if rank not in (0, self.axes):
            raise DeriveError(f'it has {rank} spatial axes, node "{self.first}" {self.axes}')
        values = self._values(node, kind)
        given = list(values.pop("tensors", ())) or [
            v for k in ("input", "other") if (v := values.pop(k, None)) is not None
        ]
        inputs = self._inputs(kind, given)
        if not inputs:
            raise DeriveError("it does not depend on the input")
        if any(hasattr(v, "all_input_nodes") for value in values.values() for v in _flat(value)):
            raise DeriveError("one of its numbers is computed from sizes or tensors")
        try:
            made = layers(kind, values, self.axes)
        except KeyError as missing:
            raise DeriveError(f"it is called without its {missing}") from None
        op = (
            {"cat": "concat", "merge": "add"}.get(kind, "")
            if len(inputs) > 1
            else kind
            if made
            else "identity"
        )
        return Part(op, inputs, made)

    def _values(self, node: Any, kind: str) -> dict[str, Any]:
        names = ARGUMENTS[kind].split()
        if node.op == "call_module":
            if len(node.args) + len(node.kwargs) != 1:
                raise DeriveError("it is called with more than its input")
            module = self.traced.get_submodule(node.target)
            own = {
                n: getattr(module, RENAMED.get(n, n), None)
                for n in (*names[1:], "kernel_size", "padding_mode")
            }
            if kind == "pad" and not type(module).__name__.startswith(("Zero", "Constant")):
                own["mode"] = type(module).__name__
            return {"input": node.all_input_nodes[0]} | {
                k: v for k, v in own.items() if v is not None
            }
        values = dict(zip(names, node.args, strict=False)) | node.kwargs
        if values.get("out") is not None:
            raise DeriveError("out= changes a tensor in place")
        if kind == "pass":  # what else it takes are weights and numbers that no field depends on
            extra = [
                n for n in node.all_input_nodes if n is not values["input"] and n.op != "get_attr"
            ]
            if extra:
                raise DeriveError(f"it takes {extra[0].name}, too")
            return {"input": values["input"]}
        if kind.startswith("conv"):
            values.pop("bias", None)
            weight = values.pop("weight")
            if getattr(weight, "op", "") != "get_attr":
                raise DeriveError("its weight is computed")
            values["kernel_size"] = tuple(self._constant(weight).shape[2:])
        return values

    def _constant(self, node: Any) -> Any:
        return reduce(getattr, node.target.split("."), self.traced)

    def _inputs(self, kind: str, given: list[Any]) -> tuple[str, ...]:
        """The tensors that depend on an input. Raises DeriveError for a constant that is not the
        same at all positions."""
        names = []
        for value in given:
            if getattr(value, "op", "") == "get_attr" and kind == "merge":
                scaling(self._constant(value).shape, self.axes)
            elif hasattr(value, "all_input_nodes"):
                names.append(value.name)
            elif kind != "merge" or not isinstance(value, int | float | complex):
                raise DeriveError(f"its operand {str(value)[:40]} is no tensor")
        return tuple(names)

    def _item(self, source: Any, index: Any) -> Part:
        if self._kind(source)[0] == "chunk" and type(index) is int:
            return Part("identity", (source.name,))
        return Part("slice", (source.name,), item(index, self.axes))

    def _refuse_changed(self, parts: dict[str, Part]) -> None:
        """Raises DeriveError where a method such as add_ changes a tensor that is read again
        afterwards."""
        order = {n: number for number, n in enumerate(self.traced.graph.nodes)}
        for node in order:
            if (
                node.op != "call_method"
                or not node.target.endswith("_")
                or METHODS.get(node.target) == "pass"
            ):
                continue
            at = node.args[0]
            while at is not None:  # what the changed tensor may share its memory with
                if any(order[user] > order[node] and user.name in parts for user in at.users):
                    why = f'it changes "{at.name}", which is read again'
                    raise DeriveError(f'{self.name}, node "{node.name}" ({node.target}): {why}')
                part = parts.get(at.name)
                shares = at.all_input_nodes and (part is None or part.op in ("identity", "slice"))
                at = at.all_input_nodes[0] if shares else None


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple | list):
        for part in value:
            yield from _flat(part)
    elif isinstance(value, slice):
        yield from (value.start, value.stop, value.step)
    else:
        yield value
