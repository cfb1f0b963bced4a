"""How powers are written: each base once in a product, and no fraction as a base."""

from __future__ import annotations

from sympy import Add, Expr, Mul, Pow, Rational, S, Sum, Symbol


def power_to(base: Expr, t: Symbol) -> Expr:
    """base**t; (b**2)**t as b**(2*t)."""
    if isinstance(base, Pow) and base.exp.is_Integer:
        return base.base ** (base.exp * t)  # type: ignore[no-any-return]
    return Pow(base, t, evaluate=False) if base.is_Add else base**t  # type: ignore[no-any-return]


def joined(expr: Expr) -> Expr:
    """`expr` with b**t * b written b**(t + 1), and b**t / b written b**(t - 1)."""
    if not expr.args or isinstance(expr, Sum):
        return expr
    args = [joined(a) for a in expr.args]
    if isinstance(expr, Mul):
        whole = {
            g.base if isinstance(g, Pow) else g: g
            for g in args
            if isinstance(g, Symbol) or (isinstance(g, Pow) and g.exp.is_Integer)
        }
        for n, g in enumerate(args):
            if isinstance(g, Pow) and g.base in whole and g.exp.free_symbols:
                other = whole.pop(g.base)
                args[n] = g.base ** (g.exp + (other.exp if isinstance(other, Pow) else 1))
                args[args.index(other)] = S.One
    return expr.func(*args)


def power_of(base: Expr, exponent: Expr) -> Expr:
    """base**exponent; (1/b)**n as b**(-n)."""
    return (
        base.base ** (base.exp * exponent)
        if isinstance(base, Pow) and base.exp.is_Integer
        else base**exponent
    )


def upright(base: Expr, exponent: Expr) -> Expr:
    """(1/2)**k as 2**(-k)."""
    return (
        (1 / base) ** (-exponent) if isinstance(base, Rational) and base.p == 1 else base**exponent
    )


def one_power(expr: Expr) -> Expr:
    """A product with the powers of a base in one: sympy leaves c**(k + 1)*c**(-k - 1)."""
    exponents: dict[Expr, list[Expr]] = {}
    for base, power in (f.as_base_exp() for f in Mul.make_args(expr) if isinstance(f, Pow)):
        if power.free_symbols:
            exponents.setdefault(base, []).append(power)
    twice = {base: powers for base, powers in exponents.items() if len(powers) > 1}
    others = (
        f
        for f in Mul.make_args(expr)
        if not (f.as_base_exp()[0] in twice and f.as_base_exp()[1].free_symbols)
    )
    return (
        Mul(*others, *(base ** Add(*powers).expand() for base, powers in twice.items()))
        if twice
        else expr
    )
