r"""An expression as a lecturer writes it: 1-\beta, \eta c, brackets where they were kept. An
unknown node is refused."""

from __future__ import annotations

from sympy import (
    Add,
    And,
    Basic,
    Derivative,
    Determinant,
    Eq,
    Expr,
    Float,
    Mod,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    true,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.model.language.parts import is_grouped
from derive.model.language.whole import Whole
from derive.model.recurrences.lines import GRADIENT
from derive.model.recurrences.training import SCALED
from derive.notation import INDICES, Notation
from derive.writing.brackets import ATOM, PRODUCT, SUM, TALLER, bracket
from derive.writing.functions import function, takes_exponents
from derive.writing.order import factor_place, is_number, term_place

FIGURES = 8  # that a number known only in part is written with
RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "!=": r"\neq", "==": "="}


def latex(expr: Basic, notation: Notation, place: int = SUM) -> str:
    """`expr` in LaTeX, in brackets where `place` (SUM, PRODUCT or ATOM) needs them. Raises
    NotWritable."""
    if isinstance(expr, Relational | Whole):
        return relation(expr, notation)
    if isinstance(expr, Add):
        return bracket(_add(expr, notation)) if place > SUM else _add(expr, notation)
    if isinstance(expr, Mul):
        text = _mul(expr, notation)
        return (
            bracket(text) if place == ATOM or (place == PRODUCT and text.startswith("-")) else text
        )
    if isinstance(expr, Pow):
        return _pow(expr, notation, place)
    if isinstance(expr, Symbol):
        return notation.symbol(expr.name)
    if isinstance(expr, Rational):
        return _number(expr, place)
    if isinstance(expr, Float):
        return rf"{str(expr)[:FIGURES]}\ldots"
    if isinstance(expr, Sum | Product):
        text = _over(expr, notation)
        return bracket(text) if place == ATOM else text
    if isinstance(expr, AppliedUndef):
        name, at = expr.func.__name__, expr.args[0]
        index = latex(at + notation.first if name == GRADIENT else at, notation)
        return notation.value(name.removesuffix(SCALED), index) + "(s)" * name.endswith(SCALED)
    if isinstance(expr, Piecewise):
        return _pieces(expr, notation)
    if isinstance(expr, Derivative):
        letter = latex(expr.variables[0], notation)
        return rf"\frac{{\partial}}{{\partial {letter}}} {latex(expr.expr, notation, PRODUCT)}"
    if isinstance(expr, Determinant):
        return _determinant(expr, notation)
    return function(expr, notation, place, latex)


def _pieces(expr: Piecewise, notation: Notation) -> str:
    """Each piece on a line with its condition, the last one with `otherwise`."""
    rows = []
    for value, condition in expr.args:
        when = r"\text{otherwise}" if condition == true else relation(condition, notation)
        rows.append(rf"{latex(value, notation)} & {when}")
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _determinant(expr: Determinant, notation: Notation) -> str:
    matrix = expr.arg
    rows = [
        " & ".join(latex(matrix[i, j], notation) for j in range(matrix.cols))
        for i in range(matrix.rows)
    ]
    return r"\begin{vmatrix} " + r" \\ ".join(rows) + r" \end{vmatrix}"


def relation(expr: Basic, notation: Notation) -> str:
    """A condition; `n mod S = 0` is written S | n."""
    if isinstance(expr, Eq) and isinstance(expr.lhs, Mod) and expr.rhs == 0:
        whole, divisor = expr.lhs.args
        return rf"{latex(divisor, notation)} \mid {latex(whole, notation, PRODUCT)}"
    if isinstance(expr, Whole):
        return rf"{latex(expr.args[0], notation)} \in \mathbb{{Z}}"
    if isinstance(expr, And):
        return ", ".join(relation(part, notation) for part in expr.args)
    left, right = expr.args
    if (
        isinstance(right, Symbol)
        and right.name in INDICES
        and isinstance(left, Symbol)
        and left.name not in INDICES
    ):
        expr = expr.reversed  # type: ignore[attr-defined]  # t < T, as one counts
    sign_ = RELATIONS[expr.rel_op]  # type: ignore[attr-defined]
    return f"{latex(expr.args[0], notation)} {sign_} {latex(expr.args[1], notation)}"


def _number(expr: Rational, place: int) -> str:
    text = str(abs(expr.p)) if expr.q == 1 else rf"\frac{{{abs(expr.p)}}}{{{expr.q}}}"
    if expr < 0:
        text = f"-{text}"
    return bracket(text) if (place == ATOM and expr.q != 1) or (place > SUM and expr < 0) else text


def signed(term: Expr) -> tuple[bool, Expr]:
    """Whether a term carries a minus, and the term without it. Kept products stay as they are."""
    if isinstance(term, Mul) and term.args[0] == -1 and is_grouped(term):
        return True, Mul(*term.args[1:], evaluate=False) if len(term.args) > 2 else term.args[1]
    if is_grouped(term):
        return False, term
    negative = bool(
        (term.is_Rational and term < 0)
        or (isinstance(term, Mul) and term.args[0].is_Rational and term.args[0] < 0)
    )
    return negative, -term if negative else term


def _add(expr: Add, notation: Notation) -> str:
    pairs = [signed(term) for term in expr.args]
    if not is_grouped(expr):
        tall = all(term.has(Sum, Product) for _, term in pairs if not is_number(term))
        pairs.sort(key=lambda pair: term_place(pair[1], pair[0], tall))
    text = ""
    for number, (negative, term) in enumerate(pairs):
        last = number == len(pairs) - 1
        body = latex(term, notation, PRODUCT if isinstance(term, Add | Mod) or negative else SUM)
        if (
            (term.has(Sum) or isinstance(term, Product))
            and not last
            and not body.endswith((")", r"\rfloor"))
        ):
            body = bracket(body)
        text += ("-" if negative else "+" if text else "") + body
    return text


def _mul(expr: Mul, notation: Notation) -> str:
    if is_grouped(expr):
        under = [1 / f for f in expr.args if isinstance(f, Pow) and f.exp == -1]
        text = _join(
            [
                latex(f, notation, PRODUCT)
                for f in expr.args
                if not (isinstance(f, Pow) and f.exp == -1)
            ]
        )
        return rf"\frac{{{text}}}{{{_factors(under, notation)}}}" if under else text
    negative, positive = signed(expr)
    top: list[Expr] = []
    bottom: list[Expr] = []
    for factor in Mul.make_args(positive):
        if isinstance(factor, Pow) and factor.exp.is_Rational and factor.exp < 0:
            bottom.append(1 / factor)
        elif factor.is_Rational and factor.q != 1:
            top += [Rational(factor.p)] if factor.p != 1 else []
            bottom.append(Rational(factor.q))
        else:
            top.append(factor)
    top.sort(key=lambda f: factor_place(f, notation))
    bottom.sort(key=lambda f: factor_place(f, notation))
    minus = "-" if negative else ""
    if not bottom:
        return minus + _factors(top, notation)
    # beside the fraction: sums, and brackets that are tall; a single flat bracket is the numerator
    # and atoms stand before it
    beside = [
        f
        for f in top
        if f.has(Sum, Product) or (isinstance(f, Add) and TALLER.search(latex(f, notation)))
    ]
    over = [f for f in top if f not in beside]
    before: list[Expr] = []
    brackets = [f for f in over if isinstance(f, Add)]
    if len(brackets) == 1 and not beside:
        before, over = [f for f in over if f not in brackets], brackets
    below = latex(bottom[0], notation) if len(bottom) == 1 else _factors(bottom, notation)
    above = latex(over[0], notation) if len(over) == 1 else _factors(over, notation)
    sides = [_factors(factors, notation) if factors else "" for factors in (before, beside)]
    return minus + _join(
        [text for text in (sides[0], rf"\frac{{{above}}}{{{below}}}", sides[1]) if text]
    )


def _factors(factors: list[Expr], notation: Notation) -> str:
    """A product; a sum that is not the last factor is bracketed, so that it ends where it ends."""
    if not factors:
        return "1"
    if len(factors) == 1:
        return latex(factors[0], notation, PRODUCT)
    texts = [
        latex(f, notation, ATOM if isinstance(f, Sum | Product) else PRODUCT) for f in factors[:-1]
    ]
    return _join([*texts, latex(factors[-1], notation, PRODUCT)])


def _join(texts: list[str]) -> str:
    """Factors side by side; a dot between two numbers, or before a number."""
    joined = texts[0]
    for text in texts[1:]:
        joined += (
            r" \cdot " if text[0].isdigit() else "" if text.startswith((r"\left(", "(")) else " "
        ) + text
    return joined


def _pow(expr: Pow, notation: Notation, place: int) -> str:
    base, exponent = expr.args
    if exponent.is_Rational and exponent < 0:
        return rf"\frac{{1}}{{{latex(1 / expr, notation)}}}"
    if exponent == Rational(1, 2):
        return rf"\sqrt{{{latex(base, notation)}}}"
    text = latex(base, notation, ATOM)
    if isinstance(base, AppliedUndef) and base.func.__name__ in notation.numbered:
        return f"{text}^{{{latex(exponent, notation)}}}"
    if (
        isinstance(base, AppliedUndef | Pow)
        or takes_exponents(base)
        or (isinstance(base, Rational) and base < 0 and not text.startswith(("(", r"\left(")))
    ):
        text = bracket(text)
    return f"{text}^{{{latex(exponent, notation)}}}"


def _over(expr: Sum | Product, notation: Notation) -> str:
    head = r"\sum" if isinstance(expr, Sum) else r"\prod"
    body = latex(expr.function, notation, PRODUCT)
    for index, low, high in expr.limits:  # the innermost first
        below = f"{latex(index, notation)}={latex(low, notation)}"
        body = f"{head}_{{{below}}}^{{{latex(high, notation)}}} {body}"
    return body
