"""Closed forms of recurrences, derived in steps, checked, typeset: the names a person types."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.desk.budget import TooHard
from derive.desk.recurrences.answer import memory_ratio, optimizer, scale, solve
from derive.model.language.claims import DeriveError
from derive.model.recurrences.library import library
from derive.model.recurrences.program import Program

if TYPE_CHECKING:
    from derive.desk.convolutions.network import analyse
    from derive.desk.convolutions.stacks import min_input, out_size, receptive_field
    from derive.desk.grading.exam import truth
    from derive.desk.grading.grade import grade
    from derive.desk.proofreading.proofread import proofread
    from derive.desk.recurrences.declared import stack
    from derive.desk.recurrences.rsolve import rsolve
    from derive.desk.recurrences.typed import terms
    from derive.reading.networks.onnx import from_onnx
    from derive.reading.networks.torch import from_torch
    from derive.solving.convolutions.passes import field_of, size_of

adagrad, adam, rmsprop, sgd, sgdm = (
    library()[name] for name in ("adagrad", "adam", "rmsprop", "sgd", "sgdm")
)

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


# Imported when they are first asked for: the solver takes half as long as sympy, and an optimizer
# needs nothing of it.
LATER = {
    "analyse": "desk.convolutions.network",
    "field_of": "solving.convolutions.passes",
    "from_onnx": "reading.networks.onnx",
    "from_torch": "reading.networks.torch",
    "grade": "desk.grading.grade",
    "min_input": "desk.convolutions.stacks",
    "out_size": "desk.convolutions.stacks",
    "proofread": "desk.proofreading.proofread",
    "receptive_field": "desk.convolutions.stacks",
    "rsolve": "desk.recurrences.rsolve",
    "size_of": "solving.convolutions.passes",
    "stack": "desk.recurrences.declared",
    "terms": "desk.recurrences.typed",
    "truth": "desk.grading.exam",
}


def __getattr__(name: str) -> Any:
    if name in LATER:
        return getattr(import_module(f"derive.{LATER[name]}"), name)
    raise AttributeError(f"module 'derive' has no attribute {name!r}")
