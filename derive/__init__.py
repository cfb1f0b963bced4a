"""Closed forms of recurrences, derived in steps, checked, typeset: the names a person types."""

from derive.desk.answer import memory_ratio, min_input, out_size, receptive_field, scale, solve
from derive.desk.budget import TooHard
from derive.desk.recurrences import terms
from derive.desk.rsolve import rsolve
from derive.model.claims import DeriveError
from derive.model.library import library
from derive.model.program import Program

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
