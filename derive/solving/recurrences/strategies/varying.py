"""Recurrences of first order whose coefficients vary with the index.

x(t+1) = a(t) x(t) + b(t) has the solution P(t) (x(s) + the sum over k of b(k)/P(k+1)) with P(t) =
a(s) ... a(t-1) (Graham, Knuth, Patashnik, Concrete Mathematics, 2.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Product,
    S,
    Sum,
    Symbol,
    cancel,
    factorial,
    nan,
    rf,
    together,
    zoo,
)
from sympy.core.function import AppliedUndef, Function
from sympy.polys.polyerrors import BasePolynomialError

from derive.model.language.claims import sequence
from derive.model.language.terms import fresh
from derive.model.recurrences.linear import Linear, linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.ends import is_zero_at
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.rational import (
    Needs,
    integer_roots,
    is_rational,
    over,
    parameters,
    tidy,
)
from derive.solving.recurrences.kernel.sums.products import product_form
from derive.solving.recurrences.kernel.sums.terms import collected, gathered, grouped, normal
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.summation import summed
from derive.solving.recurrences.walk import step_by_step

LATEST = 20  # the last index from which a solution may hold


def varying(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """The solution of one equation of first order."""
    t = model.index
    given = slopes_and_rest(model, names, known, 1)
    if given is None:
        return None
    name, (a, *_), b = names[0], *given
    try:
        first = _start(normal(a, t)[0], t, b == 0)
        if any(b.xreplace({t: Integer(at)}).has(zoo, nan) for at in range(LATEST)):
            return None
        if b != 0 and any(is_zero_at(p, t) for p in a.atoms(Pow) if not p.exp.is_Integer):
            return None  # a root that is zero at some index: nothing is carried on from there
        start = model.start[name][0] if first == 0 else S.Zero
        steady = _steady(a, b, t)
        value, needs = first_order(
            a,
            S.Zero if steady != 0 else b,
            t,
            first,
            max(first - 1, 0),
            start - steady,
            model.taken,
        )
        value += steady
    except (NotRational, BasePolynomialError):
        return None
    return Solution(
        {name: value}, needs, first=holds_from(model, name, value, first), how="varying"
    )


def _steady(a: Expr, b: Expr, t: Symbol) -> Expr:
    """The solution that does not move, of a coefficient with functions in it; 0 where there is
    none."""
    if b == 0 or not _has_functions(a, t):
        return S.Zero
    found = cancel(together(b / (1 - a)))
    return S.Zero if t in found.free_symbols or found.has(zoo, nan) else found


def _has_functions(expr: Expr, t: Symbol) -> bool:
    """Whether more than powers, factorials and sequences of a person's own stand in it."""
    return any(
        t in f.free_symbols and not isinstance(f, AppliedUndef | factorial | rf)
        for f in expr.atoms(Function)
    )


def slopes_and_rest(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], order: int
) -> tuple[list[Expr], Expr] | None:
    """a_0, ..., a_(n-1) and b of x(t+n) = sum a_i x(t+i) + b; None where it is of lower order or
    not linear."""
    t = model.index
    form: Linear | None = (
        linear_in(model.equations[names[0]], frozenset(names)) if len(names) == 1 else None
    )
    if (
        form is None
        or int(model.first) != 0
        or model.order(names[0]) < order
        or (order == 1 and model.order(names[0]) > 1)
    ):
        return None
    slopes = [
        form.slopes.get(sequence(names[0])(t + j), S.Zero) for j in range(model.order(names[0]))
    ]
    parts = [put_known(part, known, t) for part in (*slopes, form.rest)]
    values = {a.func.__name__ for part in parts for a in part.atoms(AppliedUndef)}
    return (parts[:-1], parts[-1]) if values <= set(model.free) and slopes[0] != 0 else None


def _start(a: Expr, t: Symbol, alone: bool) -> int:
    """The first index from which a(t) is not zero; 0 where nothing else drives the equation, whose
    values are then a product, up to its first zero too. Raises NotRational where that is late; what
    is not zero up to a pole, where the values end, is not looked at beyond it."""
    field = Field(parameters(a, t))
    top, bottom = (integer_roots(side, field) for side in over(a, t, field))
    ends = min((r for r in bottom if r >= 0), default=None)
    last = max([-1, *(r for r in top if ends is None or r < ends)])
    if last >= LATEST and not alone:
        raise NotRational("only late")
    return 0 if alone and last > 0 else last + 1


def holds_from(model: Stated, name: str, value: Expr, first: int) -> int:
    """The least index from which the form holds, going down from `first`."""
    t = model.index
    for place in range(first - 1, -1, -1):
        here = value.xreplace({t: Integer(place)})
        if (
            here.has(zoo, nan, Sum, Product)
            or tidy(here - step_by_step(model, name, place), t) != 0
        ):
            return place + 1
    return 0


def first_order(
    a: Expr, b: Expr, t: Symbol, first: int, low: int, start: Expr, taken: frozenset[str]
) -> tuple[Expr, Needs]:
    """x(t) where x(t+1) = a(t) x(t) + b(t), t >= first, with a(t) not zero, from P(t) (start + sum
    of b(k)/P(k+1), k >= low).

    `taken` are names that no letter of a sum or product may have.
    """
    k = fresh(a, b, start, t, taken=taken)
    j = fresh(a, b, start, t, k, taken=taken)
    made = product_form(a.xreplace({t: j}), j, Integer(first), t - 1)
    p, needs = made or (Product(a.xreplace({t: j}), (j, first, t - 1)), ())
    after = {t: k + 1}
    risky = Mul(*(f for f in Mul.make_args(p) if may_be_zero(f, t)))
    safe = Mul(*(f for f in Mul.make_args(p) if not may_be_zero(f, t)))
    closed: list[Expr] = []
    rest: list[Expr] = []
    forcing = b.xreplace({t: k})
    if _has_functions(p, t) and not forcing.has(AppliedUndef):
        whole = cancel(together(forcing / p.xreplace(after)))
        if is_rational(whole, k):  # p divides all of it
            sums = summed(whole, k, Integer(low), t - 1)
            if not sums.rest:
                return p * (start + Add(*sums.closed)), (*needs, *sums.needs)
    waiting = [[rational, key] for rational, key in grouped(forcing, k)]
    while waiting:
        rational, key = waiting.pop(0)
        part = summed(gathered(rational * key / p.xreplace(after)), k, Integer(low), t - 1)
        polynomial = Add(*(r for r in Add.make_args(rational) if r.is_polynomial(k)))
        if not part.rest and not any(_divides(gathered(p * c), risky) for c in part.closed):
            closed, needs = [*closed, *part.closed], (*needs, *part.needs)
        elif polynomial not in (0, rational):
            waiting += [[polynomial, key], [rational - polynomial, key]]
        else:
            rest.append(gathered(rational * key))
    between = Mul(
        risky.xreplace(after) / p.xreplace(after),
        *(_between(f, t, k) for f in Mul.make_args(risky)),
    )
    left = sum_of(Add(*rest), between, k, low, t) if rest else S.Zero
    lead, inside = (p, []) if start.free_symbols else (S.Zero, [p * start])
    if risky == 1 and rest:
        total = p * (start + collected(closed, t) + left)
    else:
        total = collected([*inside, *(p * c for c in closed)], t, start, lead) + safe * left
    stated = (n for n in dict.fromkeys(needs) if n is not S.true and t not in n.free_symbols)
    told = tuple(
        n for n in stated if any(n.lhs.free_symbols & p.base.free_symbols for p in total.atoms(Pow))
    )
    if total.has(zoo, nan):
        raise NotRational("divides by zero")
    return total, told


def sum_of(terms: Expr, times: Expr, k: Symbol, low: int, t: Symbol) -> Expr:
    """The sum of terms * times for k from `low` to t - 1, what is free of k before it."""
    factors = Mul.make_args(gathered(terms * times))
    before = Mul(*(f for f in factors if not f.free_symbols & {k, t}))
    return before * Sum(
        gathered(Mul(*(f for f in factors if f.free_symbols & {k, t}))), (k, low, t - 1)
    )


def may_be_zero(factor: Expr, t: Symbol) -> bool:
    """Whether a factor of P(t) is zero for some values of the parameters: c**t, rf(a, t), a product
    of what is not known."""
    if isinstance(factor, Product):
        return True
    base, power = factor.as_base_exp()
    letters = (
        base.args[0].free_symbols
        if isinstance(base, rf)
        else base.free_symbols - {t}
        if t in power.free_symbols
        else set()
    )
    return bool(letters) and not (power.could_extract_minus_sign() and not power.is_Add)


def _between(factor: Expr, t: Symbol, k: Symbol) -> Expr:
    """factor(t)/factor(k + 1), written so that nothing is divided by."""
    if isinstance(factor, Product):
        index, _, high = factor.limits[0]
        return Product(factor.function, (index, k + 1, high))
    base, power = factor.as_base_exp()
    if isinstance(base, rf):
        x, n = base.args
        return rf(x + n.xreplace({t: k + 1}), (n - n.xreplace({t: k + 1})).expand()) ** power
    return base ** (power - power.xreplace({t: k + 1})).expand()


def _divides(expr: Expr, risky: Expr) -> bool:
    """Whether what may be zero stands in a denominator."""
    bases = {f if isinstance(f, Product) else f.as_base_exp()[0] for f in Mul.make_args(risky)} - {
        S.One
    }
    return any(p.base in bases and p.exp.could_extract_minus_sign() for p in expr.atoms(Pow))
