"""Closed forms of recurrences, derived in steps, checked, typeset: the names a person types."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.desk.answer import memory_ratio, scale, solve
from derive.desk.budget import TooHard
from derive.model.claims import DeriveError
from derive.model.library import library
from derive.model.program import Program

if TYPE_CHECKING:
    from derive.desk.recurrences import terms
    from derive.desk.rsolve import rsolve
    from derive.desk.stacks import min_input, out_size, receptive_field

adagrad, adam, rmsprop, sgd, sgdm = (library()[name] for name in ("adagrad", "adam", "rmsprop", "sgd", "sgdm"))

__all__ = [
    "DeriveError",
    "Program",
    "TooHard",
    "adagrad",
    "adam",
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
    "solve",
    "terms",
]


# Imported when they are first asked for: the solver takes half as long as sympy, and an optimizer needs nothing of it.
LATER = {
    "terms": "recurrences",
    "rsolve": "rsolve",
    "receptive_field": "stacks",
    "out_size": "stacks",
    "min_input": "stacks",
}


def __getattr__(name: str) -> Any:
    if name in LATER:
        return getattr(import_module(f"derive.desk.{LATER[name]}"), name)
    raise AttributeError(f"module 'derive' has no attribute {name!r}")
