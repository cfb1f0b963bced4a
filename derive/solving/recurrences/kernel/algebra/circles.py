"""sin(w)**2 + cos(w)**2 = 1 among the letters of a field."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, cos, sin
from sympy.polys.rings import PolyElement


def circles(letters: Mapping[Expr, PolyElement]) -> list[tuple[int, PolyElement]]:
    """Of each angle whose sine and cosine are letters, which generator the one is, and the square
    that is 1 minus the square of the other; both ways."""
    return [
        (letters[one].leading_expv().index(1), 1 - letters[other] ** 2)
        for letter in letters
        if isinstance(letter, sin) and (cosine := cos(letter.args[0])) in letters
        for one, other in ((letter, cosine), (cosine, letter))
    ]


def without_square(poly: PolyElement, number: int, square: PolyElement) -> PolyElement:
    """A polynomial with the square of one generator replaced."""
    found = poly.ring.zero
    for monom, coefficient in poly.iterterms():
        half, rest = divmod(monom[number], 2)
        term = poly.ring({(*monom[:number], rest, *monom[number + 1 :]): coefficient})
        found += term * square**half
    return found
