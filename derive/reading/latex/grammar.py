r"""The grammar of latex2sympy2, asked only for what it reads right: a side in explicit form.

Taken as it is, it takes the index of `m^{(t+1)}` for a power, `x/yz` for x/(yz) and \log for the
logarithm to base 10, solves an equation that it is given, and needs 10 to 150 ms where it must find
out by itself what is multiplied. In explicit form (every product has its dot, every base its
brackets, every name is one letter) its parser decides by what comes next (the SLL mode of ANTLR,
which gives the same tree wherever it gives one) and needs under 2 ms.
"""

from __future__ import annotations

import hashlib
import sys
import typing
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sympy import Basic, Expr, Pow, Product, Sum, Tuple, factorial, nan, oo, zoo

from derive.errors import DeriveError
from derive.reading.tokens.token import Refused, Unreadable

HIGHEST_TOWER = 2  # 2^(2^t) is read, 2^(2^(2^t)) is not
LARGEST_POWER = 20_000  # binary digits
LARGEST_FACTORIAL = 1_000
LONGEST_SUM = 100_000


@cache
def letter(number: int) -> tuple[str, str]:
    """A name as it stands in the explicit form, and what the grammar calls its symbol.

    All are of the one kind that the grammar has no other meaning for, and there is one for each
    number: its single letters run out, and T, e, i, d are transposes, numbers and differentials to
    it.
    """
    name = f"m{number}"
    return rf"\variable{{{name}}}", name + hashlib.md5(
        name.encode(), usedforsecurity=False
    ).hexdigest()


@cache
def _grammar() -> Any:
    """latex2sympy2. It imports a package called `gen`: its own, beside it, and not a file of that
    name in the current folder, nor one that is imported already."""
    sys.modules.setdefault("typing.io", typing)  # for antlr4 4.7; Python 3.13 has it no more
    spec = find_spec("latex2sympy2")
    home = str(Path(spec.origin).parent) if spec and spec.origin else ""
    others = {n: sys.modules.pop(n) for n in [*sys.modules] if n.partition(".")[0] == "gen"}
    sys.path.insert(0, home)
    try:
        import latex2sympy2
    finally:
        sys.path.remove(home)
        sys.modules.update(others)
    return latex2sympy2


@lru_cache(maxsize=4096)
def parsed(text: str) -> Expr:
    """The tree of a side in explicit form, nothing in it evaluated. Raises Unreadable."""
    grammar = _grammar()
    from antlr4 import CommonTokenStream, InputStream, PredictionMode
    from antlr4.error.ErrorListener import ErrorListener

    class Raise(ErrorListener):  # type: ignore[misc]
        def syntaxError(
            self, recognizer: Any, symbol: Any, line: int, column: int, message: str, error: Any
        ) -> None:
            raise Unreadable(f"cannot be read: {message}")

    def tree(mode: Any) -> Any:
        lexer = grammar.PSLexer(InputStream(text))
        parser = grammar.PSParser(CommonTokenStream(lexer))
        for part in (lexer, parser):
            part.removeErrorListeners()
            part.addErrorListener(Raise())
        parser._interp.predictionMode = mode
        found = parser.expr()  # the rule above it first looks through the whole text for commas
        if parser.getCurrentToken().type != -1:
            raise Unreadable("cannot be read to its end")
        return found

    try:
        found = tree(PredictionMode.SLL)
    except Unreadable:
        found = tree(PredictionMode.LL)
    return grammar.convert_expr(found)  # type: ignore[no-any-return]


def as_written(tree: Basic, names: Mapping[str, Expr]) -> Expr:
    """The same with nothing simplified: c/(a/b), which sympy makes b c/a, has no value where b is
    0."""
    if tree.is_Symbol:
        return names[tree.name]  # type: ignore[attr-defined]
    args = [as_written(a, names) for a in tree.args]
    if isinstance(tree, Tuple) or not args:
        return Tuple(*args) if args else tree  # type: ignore[return-value]
    if isinstance(tree, Sum | Product):
        return tree.func(args[0], tuple(args[1].args))
    return tree.func(*args, evaluate=False)  # type: ignore[no-any-return]


def meant(tree: Basic, names: Mapping[str, Expr]) -> Expr:
    """The tree with what its letters stand for; sums stay as they are. Raises Unreadable,
    Refused."""
    if tree.is_Symbol:
        return names[tree.name]  # type: ignore[attr-defined]
    if not tree.args:
        return tree  # type: ignore[return-value]
    args = [meant(a, names) for a in tree.args]
    if isinstance(tree, Tuple):
        return Tuple(*args)  # type: ignore[return-value]
    if isinstance(tree, Pow):
        return worked_out(power, *args)
    if isinstance(tree, Sum | Product):
        return over(type(tree), args[0], *args[1].args)
    return worked_out(tree.func, *args)


def worked_out(function: Callable[..., Expr], *args: Expr) -> Expr:
    """A function of values. Raises Unreadable where it has no value: 1/0, log 0, the greater of two
    that are not real."""
    try:
        made = function(*args)
    except DeriveError:
        raise
    except (ValueError, TypeError):  # sympy, asked to compare what has no order
        raise Unreadable("it has no real value") from None
    if made.has(zoo, nan, oo):
        raise Unreadable("it divides by zero, or has no value")
    return made


def over(kind: type, body: Expr, index: Expr, low: Expr, high: Expr) -> Expr:
    """A sum or product. Raises Refused where it has too many terms."""
    if (
        low.is_number
        and high.is_number
        and (high - low).is_extended_real
        and (high - low) > LONGEST_SUM
    ):
        raise Refused(f"a sum of over {LONGEST_SUM} terms")
    return kind(body, (index, low, high))


def power(base: Expr, exponent: Expr) -> Expr:
    """base ** exponent. Raises Unreadable for 0 to a negative power, Refused for a number too large
    to work with."""
    if base.is_zero and exponent.is_negative:
        raise Unreadable("it divides by zero")
    if _height(exponent) >= HIGHEST_TOWER:
        raise Refused(f"powers in exponents, over {HIGHEST_TOWER} high")
    if base.is_Rational and exponent.is_number:
        if (
            not exponent.is_Rational
            or abs(exponent) * max(abs(base.p), base.q).bit_length() > LARGEST_POWER
        ):
            raise Refused("a power too large to work with")
    elif exponent.is_Rational and max(abs(exponent.p), exponent.q) > LARGEST_POWER:
        raise Refused("an exponent too large to work with")
    return base**exponent


def _height(exponent: Expr) -> int:
    """How many powers stand on one another in an exponent."""
    return max((1 + _height(p.args[1]) for p in exponent.atoms(Pow)), default=0)  # type: ignore[arg-type]


def whole(function: Any, *args: Expr) -> Expr:
    """A factorial or the like of what may be a number. Raises Refused where that is too large to
    work with."""
    if any(a.is_number and not abs(a) <= LARGEST_FACTORIAL for a in args):
        raise Refused("a factorial too large to work with")
    return function(*args)


def factorial_of(value: Expr) -> Expr:
    return whole(factorial, value)
