"""Closed forms of recurrences, derived in steps, checked, typeset: the names a person types."""

from typing import TYPE_CHECKING, Any

from derive.desk.answer import memory_ratio, min_input, out_size, receptive_field, scale, solve
from derive.desk.budget import TooHard
from derive.model.claims import DeriveError
from derive.model.library import library
from derive.model.program import Program

if TYPE_CHECKING:
    from derive.desk.recurrences import terms
    from derive.desk.rsolve import rsolve

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


def __getattr__(name: str) -> Any:
    """`terms` and `rsolve`, imported when they are first asked for: with the solver they take half as long as sympy."""
    if name == "terms":
        from derive.desk.recurrences import terms

        return terms
    if name == "rsolve":
        from derive.desk.rsolve import rsolve

        return rsolve
    raise AttributeError(f"module 'derive' has no attribute {name!r}")
