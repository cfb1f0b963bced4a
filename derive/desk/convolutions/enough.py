"""Questions about how a stack's answers grow: how fast, how many layers are enough, how large a
size is enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Basic, Expr, Integer, Max, Ne, Poly, Pow, S, Sum, Symbol, ceiling, log
from sympy.polys.polyerrors import PolynomialError

from derive.checking.convolutions.depth import check_enough, check_growth
from derive.desk.convolutions.blocks import Blocks
from derive.desk.given import value
from derive.desk.recurrences.questions.asked import Asked, held
from derive.errors import DeriveError
from derive.model.language.claims import relation

FARTHEST = 10**6  # layers, or the size, at which the search for numbers ends
WORDS = {0: "constant", 1: "linear", 2: "quadratic", 3: "cubic"}


def growth(run: Blocks, name: str) -> Asked:
    """How a sequence grows with the depth: `answer` is its leading term, without its constant: 1,
    n, n**2 or base**n."""
    form = run.confirmed(name).answer
    letter = run.block.letter
    base, degree = _leading(form, letter, name)
    factor = _factor(form, letter, base, degree)
    term = base**letter if base != 1 else letter**degree
    word = (
        f"exponential, by the factor {base} a step"
        if base != 1
        else WORDS.get(degree, f"of degree {degree}")
    )
    steps = (f"{name}({letter}) = {run.said(form)}", f"{word}: {term}")
    needs = _needs(run, name, factor)
    return held(
        Asked("growth", term, steps, needs, check_growth(run.block, form, base, degree, needs))
    )


def _leading(form: Expr, t: Symbol, name: str) -> tuple[Expr, int]:
    """The greatest base to the power t, and where there is none the degree in t."""
    if form.has(Sum):
        raise DeriveError(
            f"{name}: a sum over all layers is left, whose growth depends on sizes that "
            f"nothing determines"
        )
    bases = {p.base ** p.exp.coeff(t) for p in form.atoms(Pow) if t in p.exp.free_symbols}
    if not bases:
        try:
            return S.One, int(Poly(form.expand(), t).degree()) if t in form.free_symbols else 0
        except PolynomialError:
            raise DeriveError(f"{name}: neither a polynomial nor a power: {form}") from None
    if len(bases) > 1 and not all(b.is_number for b in bases):
        raise DeriveError(
            f"{name}: which is greatest of {', '.join(sorted(map(str, bases)))} is open; give "
            f"numbers"
        )
    return max(bases, key=lambda b: b if b.is_number else 0), 0


def _needs(run: Blocks, name: str, *factors: Expr) -> tuple[Basic, ...]:
    """What the sizes must meet, and that these factors are not zero."""
    found = [n for n in run.needs(name) if run.block.letter not in n.free_symbols]
    tops = [f.factor().as_numer_denom()[0] for f in factors]
    return (*found, *(relation(Ne, top, S.Zero) for top in tops if top.free_symbols))


def _factor(form: Expr, t: Symbol, base: Expr, degree: int) -> Expr:
    """What the leading term is multiplied by."""
    mark = Symbol("_p")
    one, power = (
        (form.xreplace({t: mark}), degree) if base == 1 else (_power_out(form, t, base, mark), 1)
    )
    return one.expand().coeff(mark, power) if degree or base != 1 else S.One


def least_depth(run: Blocks, field: Any) -> Asked:
    """The least number of layers whose receptive field is at least `field` wide, a number or a
    letter."""
    wanted, form, letter = value(field, "field"), run.confirmed("W").answer, run.block.letter
    steps = [f"W({letter}) = {run.said(form)} >= {wanted}"]
    if form.free_symbols <= {letter} and wanted.is_number:
        found = _first(
            lambda n: form.xreplace({letter: Integer(n)}) >= wanted, 0, f"field = {wanted}"
        )
        steps.append(
            f"W({found}) = {form.xreplace({letter: Integer(found)})}" + _before(form, letter, found)
        )
        answer: Expr = Integer(found)
    else:
        inside, line, factor = _inverse(form, letter, wanted)
        steps += [line.format(letter), f"{letter} >= {inside}"]
        answer = Max(0, ceiling(inside))
    needs = _needs(run, "W", *([] if answer.is_Integer else [factor]))
    return held(
        Asked(
            "least_depth",
            answer,
            tuple(steps),
            needs,
            check_enough(run.block, form, letter, answer, wanted, needs, 0),
        )
    )


def _before(form: Expr, t: Symbol, found: int) -> str:
    return f", W({found - 1}) = {form.xreplace({t: Integer(found - 1)})}" if found else ""


def _inverse(form: Expr, t: Symbol, wanted: Expr) -> tuple[Expr, str, Expr]:
    """The t at which a form c + d*t or c + d*base**t is `wanted`, the line before it, and d."""
    base, _ = _leading(form, t, "W")
    mark = Symbol("_p")
    one = form.xreplace({t: mark}) if base == 1 else _power_out(form, t, base, mark)
    try:
        poly = Poly(one, mark)
    except PolynomialError:
        raise DeriveError(
            f"least_depth: asked of c + d*n or c + d*base**n, which {form} is not; give numbers"
        ) from None
    if poly.degree() != 1 or t in one.free_symbols:
        raise DeriveError(
            f"least_depth: asked of c + d*n or c + d*base**n, which {form} is not; give numbers"
        )
    factor, rest = poly.all_coeffs()
    at = ((wanted - rest) / factor).factor()
    if base == 1:
        return at, f"({factor.factor()})*{{0}} >= {wanted} - ({rest.factor()})", factor
    return log(at) / log(base), f"{base}**{{0}} >= {at}", factor


def _power_out(form: Expr, t: Symbol, base: Expr, mark: Symbol) -> Expr:
    """The power base**t as a letter; also where it is written base**(t + 1)."""
    powers = {
        p: p.base ** p.exp.subs(t, 0) * mark for p in form.atoms(Pow) if t in p.exp.free_symbols
    }
    return form.xreplace(powers).expand()


def least_size(run: Blocks, name: str, field: Any, depth: Any) -> Asked:
    """The least whole number for a letter of the stack (a kernel size, a stride) with which `depth`
    layers see `field`."""
    size, wanted, layers = Symbol(name), value(field, "field"), value(depth, "depth")
    if size not in run.block.symbols:
        known = ", ".join(sorted(map(str, run.block.symbols))) or "none"
        raise DeriveError(f'no letter "{name}" in this stack; there is {known}')
    form = _of_depth(run, layers)
    needs = tuple(n for n in _needs(run, "W") if size not in n.free_symbols)
    steps = [f"W({layers}) = {form} >= {wanted}"]
    if form.free_symbols <= {size} and wanted.is_number:
        found = _first(
            lambda n: form.xreplace({size: Integer(n)}) >= wanted,
            run.block.least(size),
            f"field = {wanted}",
        )
        steps.append(f"{name} = {found}: {form.xreplace({size: Integer(found)})}")
        answer: Expr = Integer(found)
    else:
        poly = Poly(form.expand(), size) if form.is_polynomial(size) else None
        if poly is None or poly.degree() != 1:
            raise DeriveError(
                f"{name}: the field is not linear in it; give numbers for the others, the "
                f"depth and the field"
            )
        factor, rest = (c.factor() for c in poly.all_coeffs())
        steps.append(f"{name} >= ({wanted} - ({rest}))/({factor})")
        answer = Max(run.block.least(size), ceiling((wanted - rest) / factor))
    verdict = check_enough(run.block, form, size, answer, wanted, needs, run.block.least(size))
    return held(Asked("least_size", answer, tuple(steps), needs, verdict))


def _of_depth(run: Blocks, layers: Expr) -> Expr:
    """W after so many layers; of few, added up layer by layer, which divides by nothing."""
    if layers.is_Integer and 0 <= layers <= 60:
        from derive.solving.recurrences.walk import step_by_step

        return step_by_step(run.model, "W", int(layers)).expand()
    return run.confirmed("W").answer.xreplace({run.block.letter: layers})  # type: ignore[no-any-return]


def _first(enough: Callable[[int], Any], least: int, what: str) -> int:
    """The first whole number that is enough: twice as far until it is, then by halving; more is
    never less."""
    low, high = least - 1, max(least, 1)
    while not enough(high):
        low, high = high, 2 * high
        if high > FARTHEST:
            raise DeriveError(f"{what}: not reached up to {FARTHEST}")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
