"""Closed forms of recurrences, derived in steps, checked, typeset: the names a person types."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.desk.answer import memory_ratio, optimizer, scale, solve
from derive.desk.budget import TooHard
from derive.model.claims import DeriveError
from derive.model.library import library
from derive.model.program import Program

if TYPE_CHECKING:
    from derive.desk.declared import stack
    from derive.desk.exam import truth
    from derive.desk.grading import grade
    from derive.desk.network import analyse
    from derive.desk.proofread import proofread
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
    "grade",
    "library",
    "memory_ratio",
    "min_input",
    "optimizer",
    "out_size",
    "proofread",
    "receptive_field",
    "rmsprop",
    "rsolve",
    "scale",
    "sgd",
    "sgdm",
    "size_of",
    "solve",
    "stack",
    "terms",
    "truth",
]


# Imported when they are first asked for: the solver takes half as long as sympy, and an optimizer needs nothing of it.
LATER = {
    "analyse": "desk.network",
    "field_of": "solving.passes",
    "from_onnx": "reading.onnx",
    "from_torch": "reading.torch",
    "grade": "desk.grading",
    "min_input": "desk.stacks",
    "out_size": "desk.stacks",
    "proofread": "desk.proofread",
    "receptive_field": "desk.stacks",
    "rsolve": "desk.rsolve",
    "size_of": "solving.passes",
    "stack": "desk.declared",
    "terms": "desk.recurrences",
    "truth": "desk.exam",
}


def __getattr__(name: str) -> Any:
    if name in LATER:
        return getattr(import_module(f"derive.{LATER[name]}"), name)
    raise AttributeError(f"module 'derive' has no attribute {name!r}")
