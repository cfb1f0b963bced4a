"""Rules about quotients rounded down."""

from __future__ import annotations

from sympy import Basic, Expr, Function, Ge, Lambda, Product, Sum, Symbol, floor

from derive.model.language.claims import Binding, Law, Rule
from derive.solving.chain import Known, by_law

a, m, n, i, j, k = map(Symbol, ("a", "m", "n", "i", "j", "k"))
x = Symbol("x")
y, s, c = map(Function, "ysc")


def _nested(part: Basic, known: Known) -> Binding | None:
    """A quotient of a rounded quotient and whole numbers: what is added must be whole, which
    letters of sizes are."""
    top, bottom = part.args[0].as_numer_denom()
    terms = top.as_ordered_terms()
    inside = [t for t in terms if isinstance(t, floor)]
    if len(inside) != 1 or bottom == 1:
        return None
    return {x: inside[0].args[0], a: top - inside[0], n: bottom}


# Graham, Knuth, Patashnik, "Concrete Mathematics", section 3.2, equation (3.11): floor((x + a)/n) =
# floor((floor(x) + a)/n).
nested_floor = by_law(
    "nested floors: rounding down inside is lost in rounding down outside",
    Law(floor((floor(x) + a) / n), floor((x + a) / n), (Ge(n, 1),)),
    _nested,
    lambda: (
        (floor((floor(x / m) + a) / n), floor((x / m + a) / n)),
        (floor((x + a) / n), None),
    ),
)

# By induction, each step of it nested floors; S(1), S(2), ... are whole numbers of at least 1,
# c(1), c(2), ... whole numbers.
collapse = Rule(
    "nested floors, layer after layer",
    Law(
        y(k),
        floor(
            (y(0) - 1 + Sum(c(j) * Product(s(i), (i, 1, j - 1)), (j, 1, k)))
            / Product(s(i), (i, 1, k))
        )
        + 1,
        given=((y(k + 1), floor((y(k) - 1 + c(k + 1)) / s(k + 1)) + 1),),
    ),
)


def collapsed(heads: tuple[Lambda, Lambda, Lambda], depth: Expr) -> Binding:
    """The law's binding: y (the sizes), c (what each layer adds), s (what it divides by), at a
    depth."""
    return dict(zip((y, c, s), heads, strict=True)) | {k: depth}
