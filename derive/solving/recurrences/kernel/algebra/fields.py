"""The field a recurrence is solved in: rational functions of its parameters over the rationals or
an algebraic number field."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property, reduce
from math import lcm
from operator import add, mul
from typing import Any

from sympy import QQ, ZZ, Add, Expr, I, Integer, Mul, Pow, Rational, S, Symbol, sqrt
from sympy.core.function import Function
from sympy.polys.polyerrors import BasePolynomialError
from sympy.polys.rings import PolyElement, PolyRing

from derive.solving.recurrences.kernel.algebra.circles import circles, without_square

Z = Symbol("__z")  # no letter that a person writes


class NotRational(ValueError):
    """Not in the field, or not a sum of polynomials times powers: another strategy's business."""


class Field:
    """Rational functions in all letters of some expressions; `element` and `expr` lead in and out.

    A letter is a symbol, its root where roots of it occur (a is then (a**(1/2))**2), or a function
    of parameters such as cos(omega), taken as a letter of its own. Irrational numbers extend the
    rationals; beside letters they are letters themselves. `divisors` collects what the expressions
    given out divide by.
    """

    def __init__(self, expressions: Iterable[Expr]):
        roots: dict[Expr, int] = {}
        numbers: set[Expr] = set()
        for expr in expressions:
            _collect(expr, roots, numbers)
        if roots:  # fractions over a field of numbers are slow, and not always right
            roots |= dict.fromkeys(numbers, 1)
            numbers = set()
        letters = sorted(roots, key=str)
        ground = QQ.algebraic_field(*sorted(numbers, key=str)) if numbers else QQ
        generators = [
            letter if roots[letter] == 1 else letter ** Rational(1, roots[letter])
            for letter in letters
        ]
        self.generators, self.ground = tuple(generators), ground
        self.domain: Any
        self.ring: PolyRing
        self.domain, self.ring = (
            _rings(len(generators)) if ground is QQ else _made(ground, len(generators))
        )
        made = self.domain.gens if generators else ()
        self._letters = {
            letter: (gen, roots[letter]) for letter, gen in zip(letters, made, strict=True)
        }
        self.letters = tuple(letters)
        self.z: PolyElement = self.ring.gens[0]
        self.zero, self.one = self.domain.zero, self.domain.one
        self.divisors: dict[Expr, None] = {}
        self.inverses: dict[Any, PolyElement] = {}  # of polynomials modulo one, as asked for
        self._known: dict[PolyElement, tuple[list[tuple[Expr, int]], Any]] = {}

    def element(self, expr: Expr) -> Any:
        """An expression in the letters. Raises NotRational."""
        found = self._letters.get(expr)
        if found is not None:
            return found[0] ** found[1]
        if isinstance(expr, Rational):
            return self.domain.from_sympy(expr)
        if isinstance(expr, Add):
            return reduce(add, map(self.element, expr.args))
        if isinstance(expr, Mul):
            return reduce(mul, map(self.element, expr.args))
        if isinstance(expr, Pow):
            base, exponent = expr.args
            if exponent.is_Integer:
                value = self.element(base)
                if exponent < 0 and not value:
                    raise NotRational(f"{base} is zero")
                return (
                    value ** int(exponent)
                    if exponent >= 0
                    else (self.one / value) ** -int(exponent)
                )
            if base in self._letters and exponent.is_Rational:
                gen, root = self._letters[base]
                power = int(exponent * root)
                return gen**power if power >= 0 else self.one / gen**-power
        if expr.is_number:
            try:
                value = self.ground.from_sympy(expr)
                return self.domain.convert(value) if self._letters else value
            except BasePolynomialError as error:
                raise NotRational(f"{expr} is in another field") from error
        raise NotRational(f"{expr} is not in the field")

    def expr(self, element: Any) -> Expr:
        """An element as an expression, numerator and denominator factored, each factor with its
        number in front positive."""
        if not self._letters:
            return self.ground.to_sympy(element)
        element = self._shorter(element)
        (top, above), (bottom, below) = self._factors(element.numer), self._factors(element.denom)
        self.divisors |= dict.fromkeys(factor for factor, _ in bottom)
        number = self.ground.to_sympy(self.ground(above) / self.ground(below))
        powers = [*top, *((factor, -power) for factor, power in bottom)]
        if number.is_Rational and number < 0:
            turned = next(
                (n for n, (factor, power) in enumerate(powers) if power % 2 and _turns(factor)),
                None,
            )
            if turned is not None:
                powers[turned], number = (-powers[turned][0], powers[turned][1]), -number
        return Mul(number, *(_power(factor, power) for factor, power in powers))

    def _shorter(self, element: Any) -> Any:
        """With sin(w)**2 as 1 - cos(w)**2 on top, or the reverse, where that is shorter."""
        top = element.numer
        for one, other in self._circles:
            top = min(top, without_square(top, one, other), key=len)
        return element if top is element.numer else element.new(top, element.denom)

    @cached_property
    def _circles(self) -> list[tuple[int, PolyElement]]:
        return circles({x: gen.numer for x, (gen, root) in self._letters.items() if root == 1})

    def factors(self, element: Any) -> list[Expr]:
        """The different factors of an element's numerator that hold letters."""
        return [factor for factor, _ in self._factors(element.numer)[0]] if self._letters else []

    def square(self, element: Any) -> tuple[Expr, Expr]:
        """(a, b) with element = a**2 * b, b without squares. Raises NotRational for a number that
        is no square."""
        if not self._letters:
            number = sqrt(self.ground.to_sympy(element))
            if not number.is_Rational:
                raise NotRational(f"{number} is not rational")
            return number, S.One
        outside, inside = [], []
        (top, above), (bottom, below) = self._factors(element.numer), self._factors(element.denom)
        for factor, power in (*top, *((f, -p) for f, p in bottom)):
            outside.append(factor ** (power // 2))
            inside.append(factor ** (power % 2))
        number = sqrt(self.ground.to_sympy(self.ground(above) / self.ground(below)))
        if not number.is_Rational:
            raise NotRational(f"{number} is not rational")
        return Mul(number, *outside), Mul(*inside)

    def _factors(self, poly: PolyElement) -> tuple[list[tuple[Expr, int]], Any]:
        """The factors of a polynomial in the letters, and its number."""
        found = self._known.get(poly)
        if found is None:
            found = self._known[poly] = self._factored(poly)
        return found

    def _factored(self, poly: PolyElement) -> tuple[list[tuple[Expr, int]], Any]:
        if len(poly) <= 1:
            powers = zip(self.generators, poly.LM if poly else (), strict=False)
            return [(gen, power) for gen, power in powers if power], poly.LC
        number, factors = (
            poly.factor_list() if self.ground is QQ else (self.ground.one, [(poly, 1)])
        )
        found = []
        for factor, power in factors:
            flip = _wants_flip(factor)
            number = -number if flip and power % 2 else number
            found.append(((-factor if flip else factor).as_expr(*self.generators), power))
        return found, number

    def plain(self, element: Any) -> Expr:
        """An element as an expression, multiplied out."""
        if not self._letters:
            return self.ground.to_sympy(element)  # type: ignore[no-any-return]
        return element.numer.as_expr(*self.generators) / element.denom.as_expr(*self.generators)  # type: ignore[no-any-return]

    def polynomial(self, poly: PolyElement, variable: Expr) -> Expr:
        """A polynomial in z as an expression in `variable`."""
        return Add(*(self.expr(c) * variable**e for (e,), c in poly.iterterms()))

    def constant(self, poly: PolyElement) -> Any:
        return poly.coeff(1)


def _power(base: Expr, power: int) -> Expr:
    """A whole power; of a sum without asking sympy whether its terms are infinite."""
    return Pow(base, power, evaluate=False) if base.is_Add and power != 1 else base**power  # type: ignore[no-any-return]


def _made(ground: Any, size: int) -> tuple[Any, PolyRing]:
    """Fractions in so many letters over a field of numbers, and polynomials in z over them. Over
    the rationals with whole numbers: fractions of fractions would be cleared each time they are
    reduced."""
    letters = [Symbol(f"__x{n}") for n in range(size)]
    domain = (ZZ if ground is QQ else ground).frac_field(*letters) if letters else ground
    return domain, PolyRing([Z], domain)


@cache
def _rings(size: int) -> tuple[Any, PolyRing]:
    """The same over the rationals: made once, since sympy compiles functions for every ring."""
    return _made(QQ, size)


def _turns(factor: Expr) -> bool:
    """A sum that may be written either way round: without a number in it."""
    return bool(factor.is_Add and not any(arg.is_number for arg in factor.args))


def _wants_flip(poly: PolyElement) -> bool:
    """1 - b and not b - 1; a - b and not b - a: what stands last, a number before all, is positive,
    else what stands first."""
    lead = poly.coeff(1) or poly.LC
    return bool(lead < 0) if not hasattr(lead, "rep") else False


def _collect(expr: Expr, roots: dict[Expr, int], numbers: set[Expr]) -> None:
    """The letters of an expression, each with the root it needs; and its irrational numbers."""
    if isinstance(expr, Rational):
        return
    if isinstance(expr, Symbol):
        roots.setdefault(expr, 1)
    elif isinstance(expr, Add | Mul):
        for arg in expr.args:
            _collect(arg, roots, numbers)
    elif isinstance(expr, Pow) and expr.exp.is_Integer:
        _collect(expr.base, roots, numbers)
    elif expr == I or (
        isinstance(expr, Pow) and isinstance(expr.base, Integer | Rational) and expr.exp.is_Rational
    ):
        numbers.add(expr)
    elif isinstance(expr, Pow) and expr.exp.is_Rational and not expr.base.is_number:
        roots[expr.base] = lcm(roots.get(expr.base, 1), int(expr.exp.q))
    elif isinstance(expr, Pow | Function) or expr.is_number:
        if expr.has(S.ComplexInfinity, S.NaN, S.Infinity, S.NegativeInfinity):
            raise NotRational(f"{expr} is not a number")
        roots.setdefault(expr, 1)
    else:
        raise NotRational(f"{expr} is not a parameter")


def in_factors(expr: Expr) -> Expr:
    """Numerator and denominator factored; what is not rational stays as it is."""
    try:
        field = Field([expr])
        return field.expr(field.element(expr))
    except NotRational:
        return expr
