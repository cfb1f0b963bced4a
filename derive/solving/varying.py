"""Recurrences whose coefficients vary with the index: of first order, and of higher order by their hypergeometric solutions.

x(t+1) = a(t) x(t) + b(t) has the solution P(t) (x(s) + the sum over k of b(k)/P(k+1)) with P(t) = a(s) ... a(t-1) (Graham, Knuth,
Patashnik, Concrete Mathematics, 2.2). Of higher order: Petkovsek, Wilf, Zeilberger, A = B, chapter 8; where a solution is missing
or the forcing is not hypergeometric, reduction of order and variation of constants, as for differential equations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Basic, Expr, Integer, Mul, Ne, Pow, Product, S, Sum, Symbol, factorial, nan, polygamma, rf, zoo
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import BasePolynomialError
from sympy.polys.rings import PolyElement

from derive.model.claims import T, relation, sequence
from derive.model.equations import Linear, linear_in
from derive.model.stated import Stated
from derive.solving.constant import Solution, put_known
from derive.solving.fields import Field, NotRational
from derive.solving.hypergeometric import Term, cleared, fresh, hyper, linear_solutions, ratio, tidy, written
from derive.solving.products import Needs, element, integer_roots, needs_of, over, parameters, product_form, quotient_form, steps
from derive.solving.summation import grouped, normal, one_power, summed
from derive.solving.walk import step_by_step

LATEST = 20  # the last index from which a solution may hold
FARTHEST = 12  # factors that a ratio of two factorials may have


def gathered(expr: Expr) -> Expr:
    """A product with (n + 1)!/n! as n + 1, (n + 1) n! as (n + 1)!, n!/n as (n - 1)!, each power c**n in one."""
    expr = one_power(expr)
    powers = dict(expr.as_powers_dict()) if isinstance(expr, Mul) else {}
    tall = [f for f in powers if isinstance(f, factorial | rf)]
    for f in tall:
        for g in tall:
            gap = f.args[-1] - g.args[-1]
            if f.args[:-1] == g.args[:-1] and gap.is_Integer and 0 < gap <= FARTHEST and powers[f] * powers[g] < 0:
                times = min(abs(powers[f]), abs(powers[g])) * (1 if powers[f] > 0 else -1)
                return gathered(expr * f**-times * g**times * steps(g, int(gap)) ** times)
    for f in tall:
        up, down = steps(f, 1), f.args[-1]
        if powers.get(up, 0) * powers[f] > 0:
            one = 1 if powers[f] > 0 else -1
            return gathered(expr * f**-one * up**-one * f.func(*f.args[:-1], down + 1) ** one)
        if isinstance(f, factorial) and powers[f] > 0 and powers.get(down, 0) < 0:
            return gathered(expr / f * down * factorial(down - 1))
    return expr


def collected(terms: Sequence[Expr], start: Expr = S.One, lead: Expr = S.Zero) -> Expr:
    """start * lead and the sum of the terms, with one factored coefficient for each factorial, power, harmonic number."""
    groups: dict[Expr, list[Expr]] = {}
    for term in map(gathered, terms):
        for rational, key in [normal(term, T)] if term.has(polygamma) else grouped(term, T):
            groups.setdefault(key, []).append(rational)
    found = {key: tidy(Add(*rationals)) for key, rationals in groups.items()}
    front, key = normal(gathered(lead), T)
    same = tidy(found[key] / front) if lead != 0 and found.get(key, 0) != 0 else T
    if T not in same.free_symbols:  # P(t) (x0 + c)
        found.pop(key)
        start = start + same
    alone = gathered(Mul(start, *tidy(front).as_content_primitive(), key)) if lead != 0 else S.Zero
    return Add(alone, *(gathered(Mul(*c.as_content_primitive(), key)) for key, c in found.items()))


def varying(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """The solution of one equation of first order."""
    given = _linear(model, names, known, 1)
    if given is None:
        return None
    name, (a, *_), b = names[0], *given
    try:
        first = _start(normal(a, T)[0])
        if any(b.xreplace({T: Integer(t)}).has(zoo, nan) for t in range(LATEST)):
            return None
        start = model.start[name][0] if first == 0 else S.Zero
        value, needs = first_order(a, b, first, max(first - 1, 0), start)
    except (NotRational, BasePolynomialError):
        return None
    return Solution({name: value}, needs, first=_holds_from(model, name, value, first), how="varying")


def _linear(model: Stated, names: Sequence[str], known: Mapping[str, Expr], order: int) -> tuple[list[Expr], Expr] | None:
    """a_0, ..., a_(n-1) and b of x(t+n) = sum a_i x(t+i) + b; None where it is of lower order or not linear."""
    form: Linear | None = linear_in(model.equations[names[0]], frozenset(names)) if len(names) == 1 else None
    if form is None or int(model.first) != 0 or model.order(names[0]) < order or (order == 1 and model.order(names[0]) > 1):
        return None
    slopes = [form.slopes.get(sequence(names[0])(T + j), S.Zero) for j in range(model.order(names[0]))]
    parts = [put_known(part, known) for part in (*slopes, form.rest)]
    values = {a.func.__name__ for part in parts for a in part.atoms(AppliedUndef)}
    return (parts[:-1], parts[-1]) if values <= set(model.free) and slopes[0] != 0 else None


def _start(a: Expr) -> int:
    """The first index from which a(t) is not zero. Raises NotRational where it has poles at some t >= 0."""
    field = Field(parameters(a, T))
    top, bottom = (integer_roots(side, field) for side in over(a, T, field))
    if max([-1, *top]) >= LATEST or any(r >= 0 for r in bottom):
        raise NotRational("not defined, or only late")
    return max([-1, *top]) + 1


def _holds_from(model: Stated, name: str, value: Expr, first: int) -> int:
    """The least index from which the form holds, going down from `first`."""
    for place in range(first - 1, -1, -1):
        here = value.xreplace({T: Integer(place)})
        if here.has(zoo, nan, Sum, Product) or tidy(here - step_by_step(model, name, place)) != 0:
            return place + 1
    return 0


def first_order(a: Expr, b: Expr, first: int, low: int, start: Expr) -> tuple[Expr, Needs]:
    """x(t) where x(t+1) = a(t) x(t) + b(t), t >= first, with a(t) not zero, from P(t) (start + sum of b(k)/P(k+1), k >= low)."""
    k, j = fresh(a, b, start), fresh(a, b, start, fresh(a, b, start))
    made = product_form(a.xreplace({T: j}), j, Integer(first), T - 1)
    p, needs = made or (Product(a.xreplace({T: j}), (j, first, T - 1)), ())
    after = {T: k + 1}
    risky = Mul(*(f for f in Mul.make_args(p) if _may_be_zero(f)))
    closed: list[Expr] = []
    rest: list[Expr] = []
    waiting = [[rational, key] for rational, key in grouped(b.xreplace({T: k}), k)]
    while waiting:
        rational, key = waiting.pop(0)
        part = summed(gathered(rational * key / p.xreplace(after)), k, Integer(low), T - 1)
        polynomial = Add(*(r for r in Add.make_args(rational) if r.is_polynomial(k)))
        if not part.rest and not any(_divides(gathered(p * c), risky) for c in part.closed):
            closed, needs = [*closed, *part.closed], (*needs, *part.needs)
        elif polynomial not in (0, rational):
            waiting += [[polynomial, key], [rational - polynomial, key]]
        else:
            rest.append(gathered(rational * key))
    between = Mul(risky.xreplace(after) / p.xreplace(after), *(_between(f, k) for f in Mul.make_args(risky)))
    left = _sum(Add(*rest), between, k, low) if rest else S.Zero
    lead, inside = (p, []) if start.free_symbols else (S.Zero, [p * start])
    if risky == 1 and rest:
        total = p * (start + collected(closed) + left)
    else:
        total = collected([*inside, *(p * c for c in closed)], start, lead) + p / risky * left
    stated = (n for n in dict.fromkeys(needs) if n is not S.true)
    told = tuple(n for n in stated if any(n.lhs.free_symbols & p.base.free_symbols for p in total.atoms(Pow)))
    if total.has(zoo, nan):
        raise NotRational("divides by zero")
    return total, told


def _sum(terms: Expr, times: Expr, k: Symbol, low: int) -> Expr:
    """The sum of terms * times for k from `low` to T - 1, what is free of k before it."""
    factors = Mul.make_args(gathered(terms * times))
    before = Mul(*(f for f in factors if not f.free_symbols & {k, T}))
    return before * Sum(gathered(Mul(*(f for f in factors if f.free_symbols & {k, T}))), (k, low, T - 1))


def _may_be_zero(factor: Expr) -> bool:
    """Whether a factor of P(t) is zero for some values of the parameters: c**t, rf(a, t), a product of what is not known."""
    if isinstance(factor, Product):
        return True
    base, power = factor.as_base_exp()
    letters = base.args[0].free_symbols if isinstance(base, rf) else base.free_symbols - {T} if T in power.free_symbols else set()
    return bool(letters) and not (power.could_extract_minus_sign() and not power.is_Add)


def _between(factor: Expr, k: Symbol) -> Expr:
    """factor(T)/factor(k + 1), written so that nothing is divided by."""
    if isinstance(factor, Product):
        index, _, high = factor.limits[0]
        return Product(factor.function, (index, k + 1, high))
    base, power = factor.as_base_exp()
    if isinstance(base, rf):
        x, n = base.args
        return rf(x + n.xreplace({T: k + 1}), (n - n.xreplace({T: k + 1})).expand()) ** power
    return base ** (power - power.xreplace({T: k + 1})).expand()


def _divides(expr: Expr, risky: Expr) -> bool:
    """Whether what may be zero stands in a denominator."""
    bases = {f if isinstance(f, Product) else f.as_base_exp()[0] for f in Mul.make_args(risky)} - {S.One}
    return any(p.base in bases and p.exp.could_extract_minus_sign() for p in expr.atoms(Pow))


def varying_higher(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """The solution of one equation of order two or more by its hypergeometric solutions; None where too few are found."""
    given = _linear(model, names, known, 2)
    if given is None:
        return None
    name, (slopes, forcing) = names[0], given
    try:
        value, needs, first = Higher.of(slopes, forcing, model, name).solution() or (nan, (), 0)
    except (NotRational, BasePolynomialError):
        return None
    bad = value.has(zoo, nan)
    return None if bad else Solution({name: value}, needs, first=_holds_from(model, name, value, first), how="hypergeometric")


@dataclass(frozen=True)
class Higher:
    """sum of row[i] x(t+i) = row[-1] * forcing from t = `first` on, where its values are `start`."""

    slopes: Sequence[Expr]
    forcing: Expr
    row: Sequence[PolyElement]
    field: Field
    first: int
    start: Sequence[Expr]

    @classmethod
    def of(cls, slopes: Sequence[Expr], forcing: Expr, model: Stated, name: str) -> Higher:
        """The recurrence with its denominators cleared, from where neither end of it vanishes. Raises NotRational."""
        field, order = Field([p for a in slopes for p in parameters(a, T)]), len(slopes)
        tops, below = cleared(slopes, field)
        row = [*(-top for top in tops), below]
        poles = integer_roots(below, field)
        first = max([0, *(r + 1 for r in integer_roots(row[0], field)), *(r + order for r in poles)])
        if first > LATEST or any(r >= 0 for r in poles):
            raise NotRational("not defined, or only late")
        start = [step_by_step(model, name, first + j) for j in range(order)]
        return cls(slopes, forcing, row, field, first, start)

    def solution(self) -> tuple[Expr, Needs, int] | None:
        """(x(t), needs, first)."""
        terms = hyper(self.row, self.first, self.field)
        forms = [form for term in terms if (form := self._form(term)) is not None]
        if len(forms) < len(terms) or not forms:
            return None
        if len(forms) == len(self.slopes):
            return self._combined([form for form, _ in forms], [n for _, needs in forms for n in needs])
        return self._reduced(terms[0], *forms[0]) if len(self.slopes) == 2 else None

    def _form(self, term: Term) -> tuple[Expr, Needs] | None:
        made = quotient_form(self._expr(term.top) / self._expr(term.bottom), T, self.first)
        c = written(term.polynomial, self.field.ring.one, self.field, T)
        return None if made is None else (gathered(made[0] * c), made[1])

    def _expr(self, poly: PolyElement) -> Expr:
        return self.field.polynomial(poly, T)

    def _combined(self, forms: Sequence[Expr], needs: Sequence[Basic]) -> tuple[Expr, Needs, int] | None:
        special, added, more = self._forced(forms) if self.forcing != 0 else (S.Zero, S.Zero, ())
        places = [{T: Integer(self.first + j)} for j in range(len(forms))]
        right = [v - special.xreplace(at) for v, at in zip(self.start, places, strict=True)]
        columns = [[form.xreplace(at) for at in places] for form in forms]
        field = Field([e for column in (*columns, right) for e in column])
        values, _ = linear_solutions([[element(e, field) for e in c] for c in columns], [element(e, field) for e in right], field)
        if values is None:
            return None
        total = Add(*(gathered(field.expr(c) * form) for c, form in zip(values, forms, strict=True)), special, added)
        return total, tuple(dict.fromkeys((*needs, *needs_of(field), *more))), self.first

    def _forced(self, forms: Sequence[Expr]) -> tuple[Expr, Expr, Needs]:
        """A solution in closed form and 0; or 0 and the one that is zero at the start, as a sum; and what they divide by.

        Variation of constants: h_i(t) times the sum of f(k) u_i(k), where sum_i h_i(k+1+j) u_i(k) = 1 for the last j, else 0.
        """
        k = fresh(self.forcing, *forms)
        at = {T: k}
        shifts = [[Mul(*(ratio(h, T).xreplace({T: T + i}) for i in range(j + 1))) for j in range(len(forms))] for h in forms]
        field = Field([T, *(e for column in shifts for e in column)])
        right = [field.zero] * (len(forms) - 1) + [field.one]
        weights, _ = linear_solutions([[element(e, field) for e in column] for column in shifts], right, field)
        if weights is None:
            raise NotRational("solutions that depend on each other")
        pairs = [(tidy(field.expr(w)).xreplace(at) / h.xreplace(at), h) for w, h in zip(weights, forms, strict=True)]
        parts = [summed(gathered(self.forcing.xreplace(at) * w), k, Integer(self.first), T - 1) for w, _ in pairs]
        needs = (*needs_of(field), *(n for part in parts for n in part.needs))
        if not any(part.rest for part in parts):
            closed = [h * c for part, (_, h) in zip(parts, pairs, strict=True) for c in part.closed if T in c.free_symbols]
            return collected(closed), S.Zero, needs
        body = Add(*(gathered(w * h) for w, h in pairs))
        return S.Zero, _sum(self.forcing.xreplace(at), body, k, self.first), needs_of(field)

    def _reduced(self, term: Term, form: Expr, needs: Needs) -> tuple[Expr, Needs, int] | None:
        """Order two with one solution h: x = h u, where the differences of u satisfy an equation of first order."""
        top, bottom, c = map(self._expr, (term.top, term.bottom, term.polynomial))
        step = top / bottom * c.xreplace({T: T + 1}) / c
        if any(r >= self.first for r in integer_roots(term.polynomial, self.field)):
            return None
        h = [form.xreplace({T: Integer(self.first + j)}) for j in range(2)]
        u = [tidy(v / value) for v, value in zip(self.start, h, strict=True)]
        a = tidy(-self.slopes[0] / (step * step.xreplace({T: T + 1})))
        found = first_order(a, gathered(self.forcing / form.xreplace({T: T + 2})), self.first, self.first, tidy(u[1] - u[0]))
        k = fresh(found[0], form)
        part = summed(found[0].xreplace({T: k}), k, Integer(self.first), T - 1)
        rest = _sum(Add(*part.rest), S.One, k, self.first) if part.rest else S.Zero
        zeros = [relation(Ne, f.as_base_exp()[0], S.Zero) for f in Mul.make_args(form) if _may_be_zero(f)]
        value = form * (u[0] + collected(part.closed) + rest)
        return value, tuple(dict.fromkeys((*needs, *found[1], *part.needs, *zeros))), self.first
