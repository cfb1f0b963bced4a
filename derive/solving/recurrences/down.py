"""Sums and products of what counts down from a place, counted from the other end: S(L - k) for k =
0, ... as S(k) up to L."""

from __future__ import annotations

from sympy import Basic, Expr, Product, Sum

from derive.model.language.parts import transform


def turned(expr: Expr, place: Expr) -> Expr:
    """Every sum and product over k in which `place - k` stands, with k for it."""

    def change(part: Basic) -> Basic | None:
        if not isinstance(part, Sum | Product) or len(part.limits) != 1:
            return None
        index, low, high = part.limits[0]
        if place.free_symbols and not place.free_symbols & part.function.free_symbols:
            return None
        body = turned(part.function.xreplace({index: place - index}), place)
        return part.func(body, (index, place - high, place - low))

    return transform(expr, change)  # type: ignore[return-value]
