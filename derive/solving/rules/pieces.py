"""Rules of equations that change with the index: one index, one side of a place, the multiples of a
number."""

from __future__ import annotations

from sympy import Eq, Ge, Le, Mod, Ne, Piecewise, S, Sum, Symbol, ceiling

from derive.model.language.claims import Law, Rule, sequence
from derive.solving.rules.updates import same_start_and_update

n, m, p, q, a, i, j = (Symbol(letter) for letter in "nmpqaij")
x, y, h, b, f = (sequence(name) for name in "xyhbf")

one_update = Rule("the equation at this index", Law(x(m + 1), h(x(m), m)))

until = Rule(
    "up to the change",
    Law(
        x(n),
        y(n),
        (Le(n, p),),
        ((x(S.Zero), y(S.Zero)), *((g(n), h(g(n - 1), n - 1)) for g in (x, y))),
    ),
)
since = Rule("from there on", same_start_and_update.law)

unroll_terms = Rule(
    "unroll",
    Law(
        x(n),
        a**n * x(0) + Sum(b(i) * a ** (n - 1 - i), (i, 0, n - 1)),
        given=((x(n + 1), a * x(n) + b(n)),),
    ),
)
multiples = Rule(
    "only multiples count",
    Law(
        Sum(b(i) * f(i), (i, 0, n - 1)),
        a * Sum(f(m * j), (j, 0, ceiling(n / m) - 1)),
        (Ge(m, 1),),
        ((b(i), Piecewise((a, Eq(Mod(i, m), 0)), (0, True))),),
    ),
)
geometric = Rule(
    "geometric sum",
    Law(
        Sum(f(j), (j, 0, q)),
        f(0) * (1 - a ** (q + 1)) / (1 - a),
        (Ne(a, 1), Ge(q, -1)),
        ((f(j + 1), a * f(j)),),
    ),
)
