"""The terms of a sum: what a bracket hides is multiplied out, and like terms have one key, so that
they cancel before they are summed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Add, Expr, Mul, S, Symbol, factorial, polygamma, rf

from derive.solving.recurrences.kernel.algebra.powers import one_power, upright
from derive.solving.recurrences.kernel.algebra.rational import is_rational, tidy
from derive.solving.recurrences.kernel.sums.hypergeometric import is_linear
from derive.solving.recurrences.kernel.sums.products import steps

FARTHEST = 12  # from (k + n)! to k!
HIGHEST = 4  # the highest power of a bracket that is multiplied out


def grouped(f: Expr, k: Symbol) -> list[tuple[Expr, Expr]]:
    """f as a sum of a rational function times a key that is none (a factorial, a power, ...), each
    key once."""
    groups: dict[Expr, list[Expr]] = {}
    for term in _distributed(f, k):
        rational, key = normal(term, k)
        groups.setdefault(key, []).append(rational)
    return [(Add(*rationals), key) for key, rationals in groups.items()]


def _distributed(f: Expr, k: Symbol) -> Iterator[Expr]:
    """The terms of f, brackets that hold more than rational functions of k multiplied out."""
    if isinstance(f, Add) and not is_rational(f, k):
        for arg in f.args:
            yield from _distributed(arg, k)
        return
    for n, factor in enumerate(f.args if isinstance(f, Mul) else (f,)):
        base, power = factor.as_base_exp()
        if (
            isinstance(base, Add)
            and power.is_Integer
            and 0 < power <= HIGHEST
            and not is_rational(base, k)
        ):
            others = (
                Mul(*f.args[:n], *f.args[n + 1 :], base ** (power - 1))
                if isinstance(f, Mul)
                else base ** (power - 1)
            )
            for arg in base.args:
                yield from _distributed(others * arg, k)
            return
    yield f


def normal(term: Expr, k: Symbol) -> tuple[Expr, Expr]:
    """(rational function of k, key) of a product: (k + 1)! = (k + 1) k!, c**(k + 1) = c c**k, so
    that like terms have one key."""
    rational: list[Expr] = []
    key: list[Expr] = []
    for factor in Mul.make_args(term):
        if is_rational(factor, k):
            rational.append(factor)
            continue
        base, power = factor.as_base_exp()
        if k in power.free_symbols and k not in base.free_symbols:
            rest = power.expand().xreplace({k: S.Zero})
            rational.append(base**rest)
            key.append(upright(base, (power - rest).expand()))
        else:
            outer, inner = _moved(base, k)
            rational.append(outer**power)
            key.append(inner**power)
    return Mul(*rational), Mul(*key)


def _moved(f: Expr, k: Symbol) -> tuple[Expr, Expr]:
    """factorial(u + n) as a rational function times factorial(u); the same of rising factorials."""
    if isinstance(f, factorial | rf) and is_linear(f.args[-1], k):
        n, u = f.args[-1].as_coeff_Add()
        start = S.One if isinstance(f, factorial) else f.args[0]
        if n.is_Integer and abs(n) <= FARTHEST and k not in start.free_symbols:
            steps = Mul(*(start + u + i for i in range(int(min(n, 0)), int(max(n, 0)))))
            return steps if n > 0 else 1 / steps, f.func(*f.args[:-1], u)
    return S.One, f


def gathered(expr: Expr) -> Expr:
    """A product with (n + 1)!/n! as n + 1, (n + 1) n! as (n + 1)!, n!/n as (n - 1)!, each power
    c**n in one."""
    expr = one_power(expr)
    found = expr.as_powers_dict() if isinstance(expr, Mul) else {}
    powers = {base: power for base, power in found.items() if power.is_number}
    tall = [f for f in powers if isinstance(f, factorial | rf)]
    for f in tall:
        for g in tall:
            gap = f.args[-1] - g.args[-1]
            if (
                f.args[:-1] == g.args[:-1]
                and gap.is_Integer
                and 0 < gap <= FARTHEST
                and powers[f] * powers[g] < 0
            ):
                times = min(abs(powers[f]), abs(powers[g])) * (1 if powers[f] > 0 else -1)
                return gathered(expr * f**-times * g**times * steps(g, int(gap)) ** times)
    for f in tall:
        up, down = steps(f, 1), f.args[-1]
        if powers.get(up, 0) * powers[f] > 0 and abs(powers[up]) >= 1:
            one = 1 if powers[f] > 0 else -1
            return gathered(expr * f**-one * up**-one * f.func(*f.args[:-1], down + 1) ** one)
        if isinstance(f, factorial) and powers[f] > 0 and powers.get(down, 0) <= -1:
            return gathered(expr / f * down * factorial(down - 1))
    return expr


def collected(terms: Sequence[Expr], t: Symbol, start: Expr = S.One, lead: Expr = S.Zero) -> Expr:
    """start * lead and the sum of the terms, with one factored coefficient for each factorial,
    power, harmonic number."""
    groups: dict[Expr, list[Expr]] = {}
    for term in map(gathered, terms):
        for rational, key in [normal(term, t)] if term.has(polygamma) else grouped(term, t):
            groups.setdefault(key, []).append(rational)
    found = {key: tidy(Add(*rationals), t) for key, rationals in groups.items()}
    front, key = normal(gathered(lead), t)
    same = tidy(found[key] / front, t) if lead != 0 and found.get(key, 0) != 0 else t
    if t not in same.free_symbols:  # P(t) (x0 + c)
        found.pop(key)
        start = start + same
    alone = (
        gathered(Mul(start, *tidy(front, t).as_content_primitive(), key)) if lead != 0 else S.Zero
    )
    return Add(alone, *(gathered(Mul(*c.as_content_primitive(), key)) for key, c in found.items()))
