"""Closed forms of recurrences, derived in steps, checked, typeset: the names a person types."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.desk.answer import memory_ratio, scale, solve
from derive.desk.budget import TooHard
from derive.model.claims import DeriveError
from derive.model.library import library
from derive.model.program import Program

if TYPE_CHECKING:
    from derive.desk.network import analyse
    from derive.desk.recurrences import terms
    from derive.desk.rsolve import rsolve
    from derive.desk.stacks import min_input, out_size, receptive_field
    from derive.reading.onnx import from_onnx
    from derive.reading.torch import from_torch
    from derive.solving.passes import field_of, size_of

adagrad, adam, rmsprop, sgd, sgdm = (library()[name] for name in ("adagrad", "adam", "rmsprop", "sgd", "sgdm"))

__all__ = [
    "DeriveError",
    "Program",
    "TooHard",
    "adagrad",
    "adam",
    "analyse",
    "field_of",
    "from_onnx",
    "from_torch",
    "library",
    "memory_ratio",
    "min_input",
    "out_size",
    "receptive_field",
    "rmsprop",
    "rsolve",
    "scale",
    "sgd",
    "sgdm",
    "size_of",
    "solve",
    "terms",
]


# Imported when they are first asked for: the solver takes half as long as sympy, and an optimizer needs nothing of it.
LATER = {
    "analyse": "desk.network",
    "field_of": "solving.passes",
    "from_onnx": "reading.onnx",
    "from_torch": "reading.torch",
    "min_input": "desk.stacks",
    "out_size": "desk.stacks",
    "receptive_field": "desk.stacks",
    "rsolve": "desk.rsolve",
    "size_of": "solving.passes",
    "terms": "desk.recurrences",
}


def __getattr__(name: str) -> Any:
    if name in LATER:
        return getattr(import_module(f"derive.{LATER[name]}"), name)
    raise AttributeError(f"module 'derive' has no attribute {name!r}")
