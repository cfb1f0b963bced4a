"""The functions that are read, by their names."""

from __future__ import annotations

from collections.abc import Callable

from sympy import (
    Abs,
    Expr,
    Function,
    Max,
    Min,
    acos,
    ceiling,
    cos,
    cosh,
    digamma,
    exp,
    floor,
    gamma,
    harmonic,
    log,
    polygamma,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
)

from derive.reading.latex.grammar import whole

FUNCTIONS: dict[str, Callable[..., Expr]] = {
    r"\exp": exp,
    r"\log": log,
    r"\ln": log,
    r"\cos": cos,
    r"\sin": sin,
    r"\tan": tan,
    r"\arccos": acos,
    r"\cosh": cosh,
    r"\sinh": sinh,
    r"\max": Max,
    r"\min": Min,
    r"\Gamma": gamma,
    "sign": sign,
    "sgn": sign,
    "max": Max,
    "min": Min,
    "abs": Abs,
    "exp": exp,
    "log": log,
    "ln": log,
    "cos": cos,
    "sin": sin,
    "tan": tan,
    "cosh": cosh,
    "sinh": sinh,
    "acos": acos,
    "arccos": acos,
    "sqrt": sqrt,
    "floor": floor,
    "ceil": ceiling,
    r"\mathbb{E}": Function("E"),
    "E": Function("E"),
    "Var": Function("Var"),
    r"\psi": digamma,
    "polygamma": polygamma,
    "harmonic": lambda *args: whole(harmonic, *args),
}
MANY = (Max, Min)  # of any number of arguments
NUMBERS = {"polygamma": (2,), "harmonic": (1, 2)}  # of arguments, where it is not one
MANY = (Max, Min)  # of any number of arguments
