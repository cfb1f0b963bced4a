"""Putting things into expressions: a law's binding, a fact, one part for another; letters for bound
variables."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Set
from functools import cache
from itertools import chain, count
from typing import Any

from sympy import Add, Basic, Expr, Ge, Integer, Lambda, Le, Mul, Product, Sum, Symbol, Tuple
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Binding, Claim, Law, relation
from derive.model.language.parts import parts, transform


def instantiate(expr: Basic, binding: Binding) -> Basic:
    """A side of a law with its symbols (bound variables too) and functions put in."""

    def change(part: Basic) -> Basic | None:
        if isinstance(part, Symbol):
            return binding.get(part)
        body = binding.get(part.func) if isinstance(part, AppliedUndef) else None
        if isinstance(body, Lambda):
            read = body.expr.free_symbols
            return replace(
                body.expr,
                {
                    v: instantiate(a, binding)
                    for v, a in zip(body.variables, part.args, strict=True)
                    if v in read
                },
            )
        return None

    return transform(expr, change)


@cache
def _own_letters(expr: Basic) -> frozenset[Symbol]:
    return frozenset(
        limit[0] for part in parts(expr) if isinstance(part, Sum | Product) for limit in part.limits
    )


def _names(value: Expr | Lambda) -> set[str]:
    """The names in what a letter of a law is bound to, but for those of its own arguments."""
    body, own = (value.expr, value.variables) if isinstance(value, Lambda) else (value, ())
    return {_name(a) for a in body.atoms(Symbol, AppliedUndef) if a not in own}


def apart(law: Law, binding: Binding, taken: frozenset[str] = frozenset()) -> Binding:
    """The binding with letters for the law's own sums and products that it does not bind, where
    what it binds has theirs, or they are `taken`."""
    own = _own_letters(law.left) | _own_letters(law.right)
    loose = sorted((s for s in own if binding.get(s, s) == s), key=str)
    if not loose:
        return binding
    names = taken | {
        name for symbol, value in binding.items() if value != symbol for name in _names(value)
    }
    put: dict[Any, Expr | Lambda] = {}
    for letter in loose:
        if letter.name in names:
            put[letter] = fresh(*own, *put.values(), taken=names)
    return {**binding, **put} if put else binding


def same_names(expr: Basic) -> Basic:
    """`expr` with bound variables named by how deep their sums nest, so that equals but for letters
    are equal."""

    def change(part: Basic) -> Basic | None:
        if not isinstance(part, Sum | Product):
            return None
        if len(part.limits) > 1:
            return part  # equal only with the same letters
        body = same_names(part.function)
        index, low, high = part.limits[0]
        name = Symbol(f"_{height(part)}")
        return part.func(
            body.xreplace({index: name}), Tuple(name, same_names(low), same_names(high))
        )

    return transform(expr, change)


def height(expr: Basic) -> int:
    """How deep sums and products nest: names a bound variable the same wherever its sum stands."""
    return max((height(a) for a in expr.args), default=0) + isinstance(expr, Sum | Product)


def rewrite(expr: Basic, left: Basic, right: Basic) -> Basic:
    """`expr` with `left`, wherever it stands, replaced by `right`; also as part of a longer sum or
    product."""
    kind = type(left)
    found = transform(expr, lambda part: right if type(part) is kind and part == left else None)
    if found is not expr:
        return found
    wanted = same_names(left)

    def change(part: Basic) -> Basic | None:
        if type(part) is kind or (isinstance(part, AppliedUndef) and part == left):
            if same_names(part) == wanted:
                return right
            if isinstance(part, Add | Mul):
                mine, rest = list(map(same_names, part.args)), list(part.args)
                for piece in map(same_names, left.args):
                    if piece not in mine:
                        return None
                    place = mine.index(piece)
                    del mine[place], rest[place]
                return part.func(right, *rest)
        return None

    return transform(expr, change)


def put_in(expr: Basic, fact: Claim, index: Symbol | None) -> Basic:
    """`expr` with a fact put in wherever x stands: `x(t + n) = ...`, true for every index t, or
    `x(0) = ...`."""
    head = fact.left
    if not isinstance(head, AppliedUndef):
        return rewrite(expr, head, fact.right)
    index = index if index in head.args[0].free_symbols else None

    def change(part: Basic) -> Basic | None:
        if not isinstance(part, AppliedUndef) or part.func != head.func:
            return None
        if index is None:
            return fact.right if part == head else None
        at = part.args[0] - (head.args[0] - index)
        return (
            None
            if at.is_number and at < 0
            else replace(rebound(fact.right, at.free_symbols), {index: at})
        )

    return transform(expr, change)


def replace(expr: Basic, values: Mapping[Symbol, Basic]) -> Basic:
    """`expr` with symbols replaced, its brackets kept."""
    values = {symbol: value for symbol, value in values.items() if symbol != value}
    return (
        expr
        if not values
        else transform(expr, lambda part: values.get(part) if isinstance(part, Symbol) else None)
    )


def binders(expr: Basic) -> tuple[Basic, ...]:
    """What the sums and products in `expr` say of their indices: each lies between its limits."""
    found = [limit for p in parts(expr) if isinstance(p, Sum | Product) for limit in p.limits]
    return tuple(
        dict.fromkeys(
            r
            for index, low, high in found
            for r in (relation(Ge, index, low), relation(Le, index, high))
        )
    )


def binders_of(part: Basic, line: Basic) -> tuple[Basic, ...]:
    """What the sums and products in a line say of the indices in a part of it. Of other letters
    they say nothing: a sum over 1 <= j <= L may be empty."""
    left, found, inside = list(binders(line)), [], set(part.free_symbols)
    while bearing := [r for r in left if r.args[0] in inside]:
        found += bearing
        inside |= {s for r in bearing for s in r.free_symbols}
        left = [r for r in left if r not in bearing]
    return tuple(found)


def fresh(
    *parts: Basic, taken: frozenset[str] = frozenset(), letters: Iterable[str] = "kjilmnpq"
) -> Symbol:
    """A letter for an index that stands in none of the parts, bound or free, and is no name that is
    `taken`."""
    names = {_name(a) for part in parts for a in part.atoms(Symbol, AppliedUndef)}
    return Symbol(unused(letters, names | taken))


def _name(part: Basic) -> str:
    return part.name if isinstance(part, Symbol) else part.func.__name__


def unused(letters: Iterable[str], taken: Container[str]) -> str:
    """The first name that is not taken: of the letters, else the first of them with a number."""
    first, *others = letters
    return next(
        name
        for name in chain((first, *others), (f"{first}{n}" for n in count(1)))
        if name not in taken
    )


def rebound(value: Basic, taken: Set[Symbol]) -> Basic:
    """`value` with other letters for those bound variables that are taken."""
    clash = [
        s
        for p in parts(value)
        if isinstance(p, Sum | Product)
        for s, _, _ in p.limits
        if s in taken
    ]
    put: dict[Symbol, Symbol] = {}
    for old in dict.fromkeys(clash):
        put[old] = fresh(value, *taken, *put.values(), letters="ijknpq")
    return value.xreplace(put) if put else value


def written_out(expr: Expr, most: int) -> Expr:
    """Sums and products of a number of terms, at most so many, written out; a product from 1 to 0
    is 1."""
    if not expr.has(Sum, Product):
        return expr
    made = expr.func(*(written_out(a, most) for a in expr.args))
    if not isinstance(made, Sum | Product) or len(made.limits) > 1:
        return made  # type: ignore[no-any-return]
    index, low, high = made.limits[0]
    if not (low.is_Integer and high.is_Integer and high - low < most):
        return made
    terms = [made.function.xreplace({index: Integer(at)}) for at in range(int(low), int(high) + 1)]
    return Add(*terms) if isinstance(made, Sum) else Mul(*terms)
