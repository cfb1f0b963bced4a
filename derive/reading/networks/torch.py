"""Networks from PyTorch modules: `torch.fx` says which module or function reads which, the layers'
own numbers say the rest."""

from __future__ import annotations

from typing import Any

from derive.errors import DeriveError, nearest
from derive.model.convolutions.network import Network
from derive.reading.networks.torch_nodes import Nodes

UNTRACED = (TypeError, ValueError, RuntimeError, AttributeError, LookupError, AssertionError)


def from_torch(
    module: Any, name: str | None = None, output: str | None = None
) -> tuple[Network, ...]:
    """A network for each spatial axis of a `torch.nn.Module`: 1 of a Conv1d net, 2 of a 2d, 3 of a
    3d one.

    The module is traced by `torch.fx.symbolic_trace`: its `forward` is called once with symbols in
    place of tensors. Nothing is trained, no data is run through it, no weight is looked at. Its
    input is (batch, channels, axes...). `output` names the node that is asked about, as fx names
    nodes ("layer4_1_relu"); default: what `forward` returns. Only nodes that it depends on are
    read. Normalizations, dropout, activations pass their input on.

    fx itself does not see that `x += y` changes a tensor that has a second name: that name keeps
    the old value.

    Raises DeriveError where torch is missing, `forward` cannot be traced, no layer says how many
    axes there are, or a node is not known (Linear, flatten, reshape); it names the node, and the
    one before it that `output` can name.
    """
    try:
        import torch
        import torch.fx
    except ImportError:
        raise DeriveError(
            "from_torch needs PyTorch: install torch, as in pip install 'derive[torch]'"
        ) from None
    if not isinstance(module, torch.nn.Module):
        raise DeriveError(f"from_torch reads a torch.nn.Module, not {type(module).__name__}")
    name = name or type(module).__name__
    if torch.fx.Tracer().is_leaf_module(module, ""):  # fx would look inside a single Conv1d
        module = torch.nn.Sequential(module)
    try:
        traced = torch.fx.symbolic_trace(module)
    except (*UNTRACED, torch.fx.proxy.TraceError) as error:
        why = str(error).strip().partition("\n")[0] or type(error).__name__
        raise DeriveError(
            f"{name}: torch.fx cannot trace its forward ({why}); give a part of it, or nodes "
            f"as JSON"
        ) from None
    nodes = {n.name: n for n in traced.graph.nodes}
    if output is not None and (output not in nodes or nodes[output].op == "output"):
        raise DeriveError(
            f"{name}: no node "
            f'"{output}"{nearest(output, [k for k, n in nodes.items() if n.op != "output"])}'
        )
    return Nodes(
        name, traced, _returned(name, traced) if output is None else nodes[output]
    ).networks()


def _returned(name: str, traced: Any) -> Any:
    """The one node that forward returns."""
    found = next(n for n in traced.graph.nodes if n.op == "output").all_input_nodes
    if len(found) != 1:
        names = ", ".join(n.name for n in found) or "none"
        raise DeriveError(
            f"{name}: its forward returns {len(found)} tensors ({names}); say which with output="
        )
    return found[0]
