"""Higher order with coefficients that vary: by its hypergeometric solutions.

Petkovsek, Wilf, Zeilberger, A = B, chapter 8; where a solution is missing or the forcing is not
hypergeometric, reduction of order and variation of constants, as for differential equations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Basic, Expr, Integer, Mul, Ne, S, Symbol, nan, zoo
from sympy.polys.polyerrors import BasePolynomialError
from sympy.polys.rings import PolyElement

from derive.model.language.claims import relation
from derive.model.language.terms import fresh
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.rational import (
    Needs,
    cleared,
    element,
    integer_roots,
    needs_of,
    parameters,
    tidy,
    written,
)
from derive.solving.recurrences.kernel.sums.hypergeometric import Term, hyper, ratio
from derive.solving.recurrences.kernel.sums.polynomials import linear_solutions
from derive.solving.recurrences.kernel.sums.products import quotient_form
from derive.solving.recurrences.kernel.sums.terms import collected, gathered
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.strategies.summation import summed
from derive.solving.recurrences.strategies.varying import (
    LATEST,
    first_order,
    holds_from,
    may_be_zero,
    slopes_and_rest,
    sum_of,
)
from derive.solving.recurrences.walk import step_by_step


def varying_higher(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr]
) -> Solution | None:
    """The solution of one equation of order two or more by its hypergeometric solutions; None where
    too few are found."""
    given = slopes_and_rest(model, names, known, 2)
    if given is None:
        return None
    name, (slopes, forcing) = names[0], given
    try:
        value, needs, first = Higher.of(slopes, forcing, model, name).solution() or (nan, (), 0)
    except (NotRational, BasePolynomialError):
        return None
    bad = value.has(zoo, nan)
    return (
        None
        if bad
        else Solution(
            {name: value}, needs, first=holds_from(model, name, value, first), how="hypergeometric"
        )
    )


@dataclass(frozen=True)
class Higher:
    """sum of row[i] x(t+i) = row[-1] * forcing from t = `first` on, where its values are
    `start`."""

    slopes: Sequence[Expr]
    forcing: Expr
    row: Sequence[PolyElement]
    field: Field
    first: int
    start: Sequence[Expr]
    t: Symbol
    taken: frozenset[str]

    @classmethod
    def of(cls, slopes: Sequence[Expr], forcing: Expr, model: Stated, name: str) -> Higher:
        """The recurrence with its denominators cleared, from where neither end of it vanishes.
        Raises NotRational."""
        t = model.index
        field, order = Field([p for a in slopes for p in parameters(a, t)]), len(slopes)
        tops, below = cleared(slopes, t, field)
        row = [*(-top for top in tops), below]
        poles = integer_roots(below, field)
        first = max(
            [0, *(r + 1 for r in integer_roots(row[0], field)), *(r + order for r in poles)]
        )
        if first > LATEST or any(r >= 0 for r in poles):
            raise NotRational("not defined, or only late")
        start = [step_by_step(model, name, first + j) for j in range(order)]
        return cls(slopes, forcing, row, field, first, start, t, model.taken)

    def solution(self) -> tuple[Expr, Needs, int] | None:
        """(x(t), needs, first)."""
        terms = hyper(self.row, self.first, self.field)
        forms = [form for term in terms if (form := self._form(term)) is not None]
        if len(forms) < len(terms) or not forms:
            return None
        if len(forms) == len(self.slopes):
            return self._combined(
                [form for form, _ in forms], [n for _, needs in forms for n in needs]
            )
        return self._reduced(terms[0], *forms[0]) if len(self.slopes) == 2 else None

    def _form(self, term: Term) -> tuple[Expr, Needs] | None:
        t = self.t
        made = quotient_form(self._expr(term.top) / self._expr(term.bottom), t, self.first)
        c = written(term.polynomial, self.field.ring.one, self.field, t)
        return None if made is None else (gathered(made[0] * c), made[1])

    def _expr(self, poly: PolyElement) -> Expr:
        return self.field.polynomial(poly, self.t)

    def _combined(
        self, forms: Sequence[Expr], needs: Sequence[Basic]
    ) -> tuple[Expr, Needs, int] | None:
        special, added, more = self._forced(forms) if self.forcing != 0 else (S.Zero, S.Zero, ())
        places = [{self.t: Integer(self.first + j)} for j in range(len(forms))]
        right = [v - special.xreplace(at) for v, at in zip(self.start, places, strict=True)]
        columns = [[form.xreplace(at) for at in places] for form in forms]
        field = Field([e for column in (*columns, right) for e in column])
        values, _ = linear_solutions(
            [[element(e, field) for e in c] for c in columns],
            [element(e, field) for e in right],
            field,
        )
        if values is None:
            return None
        total = Add(
            *(gathered(field.expr(c) * form) for c, form in zip(values, forms, strict=True)),
            special,
            added,
        )
        return total, tuple(dict.fromkeys((*needs, *needs_of(field), *more))), self.first

    def _forced(self, forms: Sequence[Expr]) -> tuple[Expr, Expr, Needs]:
        """A solution in closed form and 0; or 0 and the one that is zero at the start, as a sum;
        and what they divide by.

        Variation of constants: h_i(t) times the sum of f(k) u_i(k), where sum_i h_i(k+1+j) u_i(k) =
        1 for the last j, else 0.
        """
        t = self.t
        k = fresh(self.forcing, *forms, t, taken=self.taken)
        at = {t: k}
        shifts = [
            [
                Mul(*(ratio(h, t).xreplace({t: t + i}) for i in range(j + 1)))
                for j in range(len(forms))
            ]
            for h in forms
        ]
        field = Field([t, *(e for column in shifts for e in column)])
        right = [field.zero] * (len(forms) - 1) + [field.one]
        weights, _ = linear_solutions(
            [[element(e, field) for e in column] for column in shifts], right, field
        )
        if weights is None:
            raise NotRational("solutions that depend on each other")
        pairs = [
            (tidy(field.expr(w), t).xreplace(at) / h.xreplace(at), h)
            for w, h in zip(weights, forms, strict=True)
        ]
        parts = [
            summed(gathered(self.forcing.xreplace(at) * w), k, Integer(self.first), t - 1)
            for w, _ in pairs
        ]
        divided = tuple(n for n in needs_of(field) if t not in n.free_symbols)
        needs = (*divided, *(n for part in parts for n in part.needs if t not in n.free_symbols))
        if not any(part.rest for part in parts):
            closed = [
                h * c
                for part, (_, h) in zip(parts, pairs, strict=True)
                for c in part.closed
                if t in c.free_symbols
            ]
            return collected(closed, t), S.Zero, needs
        body = Add(*(gathered(w * h) for w, h in pairs))
        return S.Zero, sum_of(self.forcing.xreplace(at), body, k, self.first, t), divided

    def _reduced(self, term: Term, form: Expr, needs: Needs) -> tuple[Expr, Needs, int] | None:
        """Order two with one solution h: x = h u, where the differences of u satisfy an equation of
        first order."""
        t = self.t
        top, bottom, c = map(self._expr, (term.top, term.bottom, term.polynomial))
        step = top / bottom * c.xreplace({t: t + 1}) / c
        if any(r >= self.first for r in integer_roots(term.polynomial, self.field)):
            return None
        h = [form.xreplace({t: Integer(self.first + j)}) for j in range(2)]
        u = [tidy(v / value, t) for v, value in zip(self.start, h, strict=True)]
        a = tidy(-self.slopes[0] / (step * step.xreplace({t: t + 1})), t)
        forcing = gathered(self.forcing / form.xreplace({t: t + 2}))
        found = first_order(a, forcing, t, self.first, self.first, tidy(u[1] - u[0], t), self.taken)
        k = fresh(found[0], form, t, taken=self.taken)
        part = summed(found[0].xreplace({t: k}), k, Integer(self.first), t - 1)
        rest = sum_of(Add(*part.rest), S.One, k, self.first, t) if part.rest else S.Zero
        zeros = [
            relation(Ne, f.as_base_exp()[0], S.Zero)
            for f in Mul.make_args(form)
            if may_be_zero(f, t)
        ]
        value = form * (u[0] + collected(part.closed, t) + rest)
        told = (n for n in part.needs if t not in n.free_symbols)
        return value, tuple(dict.fromkeys((*needs, *found[1], *told, *zeros))), self.first
