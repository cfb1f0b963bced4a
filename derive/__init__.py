"""Closed forms of recurrences, derived in steps, checked, typeset: the names a person types."""

import builtins
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.desk.budget import TooHard
    from derive.desk.convolutions.network import analyse
    from derive.desk.convolutions.stacks import min_input, out_size, receptive_field
    from derive.desk.grading.exam import truth
    from derive.desk.grading.grade import grade
    from derive.desk.proofreading.letters.declared import stack
    from derive.desk.proofreading.proofread import proofread
    from derive.desk.recurrences.answer import memory_ratio, optimizer, scale, solve
    from derive.desk.recurrences.listed import gradients, memory, optimizers, schedules
    from derive.desk.recurrences.rsolve import rsolve
    from derive.desk.recurrences.same import same_run
    from derive.desk.recurrences.typed import terms
    from derive.errors import DeriveError
    from derive.model.recurrences.library import library
    from derive.model.recurrences.program import Program
    from derive.reading.networks.onnx import from_onnx
    from derive.reading.networks.torch import from_torch
    from derive.solving.convolutions.passes import field_of, size_of

    adagrad: Program
    adam: Program
    rmsprop: Program
    sgd: Program
    sgdm: Program

# Where each name is, imported when it is first asked for: `derive --help` must not wait for sympy,
# nor an optimizer for the solver.
WHERE = {
    "DeriveError": "errors",
    "Program": "model.recurrences.program",
    "TooHard": "desk.budget",
    "analyse": "desk.convolutions.network",
    "field_of": "solving.convolutions.passes",
    "from_onnx": "reading.networks.onnx",
    "from_torch": "reading.networks.torch",
    "grade": "desk.grading.grade",
    "gradients": "desk.recurrences.listed",
    "library": "model.recurrences.library",
    "memory": "desk.recurrences.listed",
    "memory_ratio": "desk.recurrences.answer",
    "min_input": "desk.convolutions.stacks",
    "optimizer": "desk.recurrences.answer",
    "optimizers": "desk.recurrences.listed",
    "out_size": "desk.convolutions.stacks",
    "proofread": "desk.proofreading.proofread",
    "receptive_field": "desk.convolutions.stacks",
    "rsolve": "desk.recurrences.rsolve",
    "same_run": "desk.recurrences.same",
    "scale": "desk.recurrences.answer",
    "schedules": "desk.recurrences.listed",
    "size_of": "solving.convolutions.passes",
    "solve": "desk.recurrences.answer",
    "stack": "desk.proofreading.letters.declared",
    "terms": "desk.recurrences.typed",
    "truth": "desk.grading.exam",
}
OPTIMIZERS = ("adagrad", "adam", "rmsprop", "sgd", "sgdm")  # those that `import *` brings

__all__ = sorted((*WHERE, *OPTIMIZERS))


def __getattr__(name: str) -> Any:
    if name in WHERE:
        return getattr(import_module(f"derive.{WHERE[name]}"), name)
    if not name.startswith("_"):  # an optimizer of the library, by its own name
        known = import_module("derive.model.recurrences.library").library()
        if name in known:
            return known[name]
    raise AttributeError(f"module 'derive' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


if hasattr(builtins, "get_ipython"):  # imported in a notebook: an error there is one line, too
    import_module("derive.commands.prompt").load_ipython_extension(builtins.get_ipython())
