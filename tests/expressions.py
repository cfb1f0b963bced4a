"""Expressions drawn at random over all functions that the reader reads, in 1 to 80 letters, by a
generator of their own."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from fractions import Fraction

import sympy as sp
from sympy import Expr, Integer, Rational, Symbol

GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi chi omega"
    " Theta Lambda Xi Sigma Upsilon Phi Omega"
).split()
PLAIN = list("abcdfghijklmnopqrstuvwxyzABCDFGIJKLMNOPQRSTUVWXYZ")  # e, E and H are no letters
BELOW = [
    "a_1",
    "a_2",
    "b_12",
    "W_in",
    "x_max",
    "beta_1",
    "beta_2",
    "c_t",
    "m_w",
    "v_ij",
    "theta_0",
    "T_1",
]
ACCENTED = ["xhat", "mhat", "vbar", "ytilde", "betahat"]
NAMES = (*PLAIN, *GREEK, *BELOW, *ACCENTED)
COUNTS = ("n", "t", "L")  # whole numbers at every point


class Drawing:
    """One expression after another. Each has `letters` different letters, and each of these at
    least once."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)

    def expression(self, letters: int) -> Expr:
        """One that is a number at most points, and whose numbers are no longer than what is
        read."""
        while True:
            try:
                drawn = self.drawn(letters)
            except ValueError:  # sympy, asked for the greater of two that are not real
                continue
            if not drawn.has(sp.zoo, sp.nan, sp.oo, sp.I, sp.re, sp.im, sp.arg) and not re.search(
                r"\d{31}", str(drawn)
            ):
                return drawn

    def drawn(self, letters: int) -> Expr:
        names = self.rng.sample(NAMES, letters)
        leaves: list[Expr] = [Symbol(name) for name in names]
        for _ in range(self.rng.randint(0, letters // 3 + 2)):
            leaves.insert(self.rng.randrange(len(leaves) + 1), self.number())
        parts = [self.small(leaf) for leaf in leaves]
        while len(parts) > 1:
            at = self.rng.randrange(len(parts) - 1)
            parts[at : at + 2] = [self.join(parts[at], parts[at + 1])]
        return parts[0]

    def number(self) -> Expr:
        kind = self.rng.random()
        if kind < 0.15:
            return sp.pi if kind < 0.1 else sp.E
        return Rational(self.rng.randint(-12, 120) or 5, self.rng.choice((1, 1, 1, 2, 3, 7, 10)))

    def point(self) -> dict[str, Fraction]:
        """A value for each letter."""
        values = {
            name: Fraction(self.rng.randint(-40, 90), self.rng.randint(7, 29)) or Fraction(1, 3)
            for name in NAMES
        }
        return values | {name: Fraction(self.rng.randint(1, 5)) for name in COUNTS}

    def small(self, leaf: Expr) -> Expr:
        """A letter or number, or a function of it."""
        if self.rng.random() < 0.45:
            return leaf
        return self.rng.choice(FUNCTIONS)(self, leaf)

    def join(self, one: Expr, other: Expr) -> Expr:
        """One of two."""
        kind = self.rng.random()
        if kind < 0.35:
            return one + other
        if kind < 0.45:
            return one - other
        if kind < 0.75:
            return one * other
        if kind < 0.85:
            return one / other if other != 0 else one
        if kind < 0.88 and _flat(one) and _flat(other):
            return self.rng.choice((sp.Max, sp.Min))(one, other)
        if kind < 0.92:
            return (
                self.rng.choice((abs, sp.floor, sp.ceiling, sp.log, sp.cos, sp.sign))(one) * other
            )  # type: ignore[operator]
        if kind < 0.95:
            return self.pieces(one, other)
        return (one + other) ** self.exponent()

    def exponent(self) -> Expr:
        return self.rng.choice(
            (
                Integer(2),
                Integer(3),
                Rational(1, 2),
                Integer(-1),
                Integer(-2),
                Symbol("n"),
                Symbol("t") + 1,
            )
        )

    def letter(self) -> Symbol:
        return Symbol(self.rng.choice(NAMES))

    def pieces(self, one: Expr, other: Expr) -> Expr:
        a, b = self.letter(), self.letter()
        first = self.rng.choice(
            (a < 1, a >= b, sp.Ne(a, b), sp.And(a > 0, b <= 2), sp.Or(a > 3, b < 0))
        )  # type: ignore[operator]
        return sp.Piecewise((one, first), (other, True))

    def over(self, kind: type, leaf: Expr) -> Expr:
        """A sum or product of few terms; its index may be a letter that is free elsewhere."""
        index = self.rng.choice([Symbol(c) for c in "kijp"])
        low = Integer(self.rng.randint(0, 2))
        body = self.rng.choice(
            (leaf**index, leaf * index + 1, index * leaf, leaf + index, leaf / (index + 1))
        )
        return kind(
            body, (index, low, self.rng.choice((Symbol("n"), Symbol("t") - 1, Symbol("L") + 1)))
        )


def _flat(expr: Expr) -> bool:
    """Small enough for sympy to compare quickly."""
    return expr.count_ops() < 4


Draw = Callable[[Drawing, Expr], Expr]
FUNCTIONS: list[Draw] = [
    lambda d, x: sp.sin(x),
    lambda d, x: sp.cos(x) ** 2,
    lambda d, x: sp.tan(x * d.letter()),
    lambda d, x: sp.cosh(x),
    lambda d, x: sp.sinh(x) ** d.rng.choice((2, -1, -3)),
    lambda d, x: sp.acos(x),
    lambda d, x: sp.log(x + d.letter()) ** d.rng.choice((1, 2, -1)),
    lambda d, x: sp.exp(x * d.rng.choice((1, -1, 2))),
    lambda d, x: sp.exp(-(d.letter() ** 2) / 2) * x,
    lambda d, x: sp.sqrt(x),
    lambda d, x: sp.root(x, d.rng.choice((3, 5, Symbol("n")))),
    lambda d, x: abs(x - d.letter()),
    lambda d, x: abs(x - abs(d.letter())),
    lambda d, x: sp.floor(x / d.letter()),
    lambda d, x: sp.ceiling(x) ** 2,
    lambda d, x: sp.sign(x),
    lambda d, x: sp.Max(x, d.letter(), 2),
    lambda d, x: sp.Min(x, d.letter()),
    lambda d, x: sp.factorial(Symbol("n")) * x,
    lambda d, x: sp.factorial(Symbol("t") + 1) ** 2 / x if x != 0 else x,
    lambda d, x: sp.factorial(sp.factorial(Symbol("n"))) + x,
    lambda d, x: sp.binomial(Symbol("n") + 2, Symbol("t")) * x,
    lambda d, x: sp.binomial(Symbol("n"), 2) ** 2 + x,
    lambda d, x: sp.gamma(x + d.letter()),
    lambda d, x: sp.digamma(x * d.letter()),
    lambda d, x: sp.polygamma(1, x + d.letter()) * 2,
    lambda d, x: sp.harmonic(Symbol("n")) * x,
    lambda d, x: sp.harmonic(Symbol("n"), 2) + x,
    lambda d, x: sp.Mod(x, 3),
    lambda d, x: sp.Mod(Symbol("t"), 2) * x,
    lambda d, x: sp.Mod(x + d.letter(), d.letter()) ** 2,
    lambda d, x: x ** d.exponent(),
    lambda d, x: x ** (d.letter() / 2),
    lambda d, x: (x ** Symbol("n")) ** d.letter(),
    lambda d, x: 2 ** (Symbol("n") ** 2) * x,
    lambda d, x: d.over(sp.Sum, x),
    lambda d, x: d.over(sp.Product, x),
    lambda d, x: d.over(sp.Sum, x) ** 2,
    lambda d, x: d.letter() * d.over(sp.Sum, x) * d.letter(),
    lambda d, x: d.pieces(x, d.letter()),
    lambda d, x: d.pieces(x, d.letter()) * x,
]
