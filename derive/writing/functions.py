"""Functions in LaTeX: a row of the table for each, with how its parts are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import (
    Abs,
    Basic,
    FallingFactorial,
    KroneckerDelta,
    Max,
    Min,
    Mod,
    RisingFactorial,
    S,
    Sum,
    acos,
    binomial,
    ceiling,
    cos,
    cosh,
    exp,
    factorial,
    floor,
    gamma,
    harmonic,
    log,
    pi,
    polygamma,
    sign,
    sin,
    sinh,
    tan,
)

from derive.model.language.terms import fresh
from derive.notation import Notation
from derive.writing.brackets import ATOM, PRODUCT, SUM, bracket

Write = Callable[..., str]  # writes a part: (expression, notation, what it may be without brackets)
NAMED = {
    cos: r"\cos",
    sin: r"\sin",
    tan: r"\tan",
    acos: r"\arccos",
    cosh: r"\cosh",
    sinh: r"\sinh",
    log: r"\log",
    exp: r"\exp",
    gamma: r"\Gamma",
}
CONSTANTS: dict[Basic, str] = {pi: r"\pi", S.Exp1: "e"}


class NotWritable(ValueError):
    """No way to write this node is known."""


def function(expr: Any, notation: Notation, place: int, write: Write) -> str:
    """A named function, or a constant such as pi. Raises NotWritable."""
    if expr in CONSTANTS:
        named_e = expr == S.Exp1 and "e" in notation.taken
        return r"\exp\left(1\right)" if named_e else CONSTANTS[expr]
    if type(expr) in NAMED:
        return f"{NAMED[type(expr)]}{bracket(write(expr.args[0], notation))}"
    if type(expr) in WITH_PLACE:
        return WITH_PLACE[type(expr)](expr, notation, place, write)
    if type(expr) not in SHAPES:
        raise NotWritable(f"no LaTeX for {type(expr).__name__}: {expr}")
    return SHAPES[type(expr)](expr, *(write(a, notation) for a in expr.args))


def takes_exponents(base: Basic) -> bool:
    """Whether a function's own brackets would take the exponent for theirs: cos(w)^2, t!^2."""
    return type(base) in (
        *NAMED,
        factorial,
        RisingFactorial,
        FallingFactorial,
        harmonic,
        polygamma,
    )


def _factorial(expr: Any, text: str) -> str:
    return f"{text}!" if expr.args[0].is_Symbol or expr.args[0].is_Integer else f"{bracket(text)}!"


def _power(line: str) -> Callable[..., str]:
    """A rising or falling factorial: its length as an exponent with a line."""

    def written(expr: Any, notation: Notation, place: int, write: Write) -> str:
        base, length = write(expr.args[0], notation, ATOM), write(expr.args[1], notation)
        return f"{base}^{{{line}{{{length}}}}}"

    return written


def _harmonic(expr: Any, notation: Notation, place: int, write: Write) -> str:
    """H_n; where H is a name of the problem's own, the sum that it stands for."""
    n, *power = expr.args
    if "H" in notation.taken:
        index = fresh(expr, taken=notation.taken)
        body = index ** -(power[0] if power else S.One)
        return write(Sum(body, (index, 1, n)), notation, place)
    order = f"^{{({write(power[0], notation)})}}" if power else ""
    return f"H_{{{write(n, notation)}}}{order}"


def _mod(expr: Any, notation: Notation, place: int, write: Write) -> str:
    whole, divisor = write(expr.args[0], notation, PRODUCT), write(expr.args[1], notation, ATOM)
    text = rf"{whole} \bmod {divisor}"
    return bracket(text) if place > SUM else text


def _operator(name: str) -> Callable[..., str]:
    return lambda expr, *texts: rf"\operatorname{{{name}}}{bracket(', '.join(texts))}"


WITH_PLACE: dict[type, Callable[[Any, Notation, int, Write], str]] = {
    RisingFactorial: _power(r"\overline"),
    FallingFactorial: _power(r"\underline"),
    harmonic: _harmonic,
    Mod: _mod,
}
SHAPES: dict[type, Callable[..., str]] = {  # of the function, and its arguments as text
    factorial: _factorial,
    polygamma: lambda expr, m, x: rf"\psi{'' if m == '0' else f'^{{({m})}}'}{bracket(x)}",
    binomial: lambda expr, n, k: rf"\binom{{{n}}}{{{k}}}",
    KroneckerDelta: lambda expr, i, j: f"[{j} = {i}]",
    floor: lambda expr, x: rf"\left\lfloor {x} \right\rfloor",
    ceiling: lambda expr, x: rf"\left\lceil {x} \right\rceil",
    Abs: lambda expr, x: rf"\left| {x} \right|",
    Max: _operator("max"),
    Min: _operator("min"),
    sign: _operator("sign"),
}
