"""Small changes of an expression: what mends a wrong line, and what slips make of a right one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sympy import (
    Add,
    Basic,
    Expr,
    Integer,
    Mul,
    Pow,
    Product,
    S,
    Sum,
    Symbol,
    Tuple,
    ceiling,
    floor,
)
from sympy.core.function import AppliedUndef

from derive.desk.proofreading.letters.settings import Setting
from derive.model.language.claims import sequence

KINDS = (
    "limit",
    "index",
    "exponent",
    "sign",
    "number",
    "factor",
    "letter",
    "name",
    "term",
    "floor",
    "missing factor",
    "inverted",
)


@dataclass(frozen=True)
class Edit:
    """`expr` is the whole with `old` in it made `new`; `kind` names what was changed."""

    kind: str
    expr: Expr
    old: Basic
    new: Basic


@dataclass(frozen=True)
class Words:
    """What may take another's place: letters for letters, sequences for sequences, and factors that
    may be missing."""

    letters: tuple[Expr, ...] = ()
    sequences: tuple[str, ...] = ()
    factors: tuple[Expr, ...] = ()


def edits(expr: Expr, words: Words) -> Iterator[Edit]:
    """Every small change of `expr`, each once; the kinds are those of KINDS, the likelier first."""
    seen = {expr}
    for edit in _edits(expr, words, frozenset()):
        if edit.expr not in seen and not edit.expr.has(S.ComplexInfinity, S.NaN):
            seen.add(edit.expr)
            yield edit


def _edits(expr: Basic, words: Words, bound: frozenset[Symbol]) -> Iterator[Edit]:
    for kind, new in _here(expr, words, bound):
        yield Edit(kind, new, expr, new)
    if isinstance(expr, AppliedUndef):
        return
    if isinstance(expr, Sum | Product):
        yield from _limits(expr, words, bound)
        return
    for place, part in enumerate(expr.args):
        for edit in _edits(part, words, bound):
            args = (*expr.args[:place], edit.expr, *expr.args[place + 1 :])
            made = _made(expr, args)
            if made is not None:
                yield Edit(edit.kind, made, edit.old, edit.new)


def _made(expr: Basic, args: tuple[Basic, ...]) -> Expr | None:
    if isinstance(expr, Pow) and args[0].is_zero and args[1].is_negative:  # type: ignore[attr-defined]
        return None
    try:
        return expr.func(*args)  # type: ignore[no-any-return]
    except ZeroDivisionError:  # a rest by zero
        return None


def _limits(expr: Sum | Product, words: Words, bound: frozenset[Symbol]) -> Iterator[Edit]:
    """The limits of a sum moved by one, and changes in its body."""
    index, low, high = expr.limits[0]
    for a, b in ((low, high - 1), (low, high + 1), (low + 1, high), (low - 1, high)):
        new = expr.func(expr.function, (index, a, b), *expr.limits[1:])
        yield Edit("limit", new, Tuple(low, high), Tuple(a, b))
    for edit in _edits(expr.function, words, bound | {index}):
        yield Edit(edit.kind, expr.func(edit.expr, *expr.limits), edit.old, edit.new)


def _here(expr: Basic, words: Words, bound: frozenset[Symbol]) -> Iterator[tuple[str, Expr]]:
    """Changes of this part itself."""
    match expr:
        case AppliedUndef():
            at = expr.args[0]
            yield from (("index", expr.func(at + by)) for by in (1, -1))
            yield from (
                ("name", sequence(n)(at)) for n in words.sequences if n != expr.func.__name__
            )
        case Add():
            yield from (("sign", expr - 2 * term) for term in expr.args)
            yield from (("term", expr - term) for term in expr.args)
        case Mul():
            yield from (("factor", expr / f) for f in expr.args if f != -1 and f != 0)
            yield from (("inverted", expr / f**2) for f in expr.args if f != -1 and f != 0)
            yield from (
                ("factor", Mul(*(a.args[0] if a is f else a for a in expr.args)))
                for f in expr.args
                if _square(f)
            )
        case Pow():
            base, exponent = expr.args
            yield from (("exponent", base ** (exponent + by)) for by in (1, -1) if base != 0)
            yield "exponent", base
        case Integer():
            yield from (("number", expr + by) for by in (1, -1))
        case Symbol() if expr not in bound:
            yield from (("letter", other) for other in words.letters if other != expr)
        case floor() | ceiling():
            yield "floor", expr.args[0]
            yield "floor", (ceiling if isinstance(expr, floor) else floor)(expr.args[0])
    if isinstance(expr, Expr) and not isinstance(expr, Add) and not expr.is_number:
        yield "sign", -expr
    if isinstance(expr, Expr) and (
        expr.is_Mul or expr.is_Pow or expr.is_Add or isinstance(expr, Sum | AppliedUndef)
    ):
        yield from (("missing factor", expr * f) for f in words.factors)
        yield from (("missing factor", expr / f) for f in words.factors)


def _square(factor: Basic) -> bool:
    return isinstance(factor, Pow) and factor.args[1] == 2


def words_for(setting: Setting, parts: Sequence[Expr]) -> Words:
    """What may take the place of parts: in an optimizer any letter, elsewhere one that is met: no
    width stands for a depth."""
    vocabulary = setting.vocabulary.words.values()
    letters = tuple(
        dict.fromkeys(w.value for w in vocabulary if w.value is not None and w.value.is_Symbol)
    )
    met = tuple(s for s in letters if any(s in part.free_symbols for part in parts))
    sequences = tuple(dict.fromkeys(w.name for w in vocabulary if w.indexed and w.body is None))
    factors = tuple(dict.fromkeys((*met, *factors_of(parts))))
    any_letter = getattr(setting.model, "source", None) is not None
    return Words(letters if any_letter else met, sequences, factors)


def factors_of(parts: Iterable[Expr], most: int = 12) -> tuple[Expr, ...]:
    """Factors that may be lost: the letters of the parts, and what they multiply and divide by."""
    found: dict[Expr, None] = {}
    for part in parts:
        for node in _walk(part):
            if isinstance(node, Mul):
                for f in node.args:
                    base = f.args[0] if isinstance(f, Pow) and f.args[1] in (-1, 2, -2) else f
                    if (
                        isinstance(base, Expr)
                        and base.free_symbols
                        and not base.has(Sum, Product, AppliedUndef)
                    ):
                        found.setdefault(base)
    return tuple(found)[:most]


def _walk(expr: Basic) -> Sequence[Basic]:
    return [expr, *(n for a in expr.args for n in _walk(a))]
