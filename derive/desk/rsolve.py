"""`rsolve`, with the arguments of sympy's: sympy's equations in, a plain sympy expression out, or an error that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import (
    Add,
    Basic,
    Dummy,
    Eq,
    Expr,
    Integer,
    Lambda,
    Mul,
    Piecewise,
    Poly,
    Product,
    RootSum,
    S,
    Sum,
    Symbol,
    default_sort_key,
    denom,
    linsolve,
    nan,
    numer,
    roots,
    sqrt,
    together,
    zoo,
)
from sympy.core.function import AppliedUndef

from derive.desk.budget import SECONDS, limit, stage
from derive.desk.recurrences import Solved
from derive.model.claims import DeriveError, Root, T, sequence
from derive.model.equations import linear_in, state
from derive.model.stated import Stated
from derive.model.text import read
from derive.solving.constant import Solution
from derive.solving.solver import solution
from derive.solving.walk import step_by_step

FARTHEST = 200  # places over which given values are carried back to the start
Given = dict[str, dict[int, Expr]]


def rsolve(f: Any, y: Any = None, init: Any = None, seconds: float | None = SECONDS) -> Any:
    """The closed form of a recurrence, `rsolve(y(n+1) - 2*y(n), y(n), {y(0): 1})`, as sympy.rsolve takes it.

    `f` is an expression that is zero, an Eq, or a list of such with `y` a list of sequences (then a list comes back). `init`
    holds values by number or by applied function, or as a list from 0 on; where it leaves some open, C0, C1, ... stay. Raises
    DeriveError (a ValueError) where no closed form is found or none could be confirmed, TooHard when `seconds` are over.
    """
    with limit(seconds):
        stage("reading")
        outside = _Outside.of(f, y, init)
        expressions = [outside.back(e) for e in _closed_forms(outside)]
    return expressions if isinstance(f, list | tuple) else expressions[0]


@dataclass(frozen=True)
class _Outside:
    """A caller's problem on plain symbols, the index T, and the way back."""

    equations: tuple[tuple[Expr, Expr], ...]
    names: tuple[str, ...]
    given: Given
    symbols: Mapping[Symbol, Basic]

    @staticmethod
    def of(f: Any, y: Any, init: Any) -> _Outside:
        asked = _sequences(f, y)
        index = asked[0].args[0]
        called = tuple(a.func.__name__ for a in asked)
        names = tuple(_free_name(name, {T.name}) for name in called)
        items = f if isinstance(f, list | tuple) else [f]
        sides = [(e.lhs, e.rhs) if isinstance(e, Eq) else (e, S.Zero) for e in items]
        values = _values(init, dict(zip(called, names, strict=True)))
        inside = _plain(
            [*(s for pair in sides for s in pair), *(v for each in values.values() for v in each.values())], index, names
        )
        functions = {
            a: sequence(_free_name(a.func.__name__, {T.name})) for pair in sides for s in pair for a in s.atoms(AppliedUndef)
        }

        def moved(expr: Expr) -> Expr:
            letters = expr.xreplace(inside)
            put = {a.xreplace(inside): made(a.args[0].xreplace(inside)) for a, made in functions.items() if len(a.args) == 1}
            return letters.xreplace(put)  # type: ignore[no-any-return]

        own = Symbol(
            _free_name(f"{index}_", {s.name for s in inside.values()} | set(names))
        )  # the index, where a start value has it
        starts = {name: {at: v.xreplace({**inside, index: own}) for at, v in each.items()} for name, each in values.items()}
        back = {plain: symbol for symbol, plain in inside.items()} | {own: index}
        return _Outside(tuple((moved(a), moved(b)) for a, b in sides), names, starts, back)

    def back(self, expr: Expr) -> Expr:
        return expr.xreplace(dict(self.symbols))  # type: ignore[no-any-return]


def _sequences(f: Any, y: Any) -> list[AppliedUndef]:
    """The sequences asked for, each at the index. Raises DeriveError."""
    asked = list(y) if isinstance(y, list | tuple) else [y]
    if y is None:
        items = f if isinstance(f, list | tuple) else [f]
        asked = sorted(
            {a.func(next(iter(a.free_symbols))) for e in items for a in e.atoms(AppliedUndef) if a.free_symbols}, key=str
        )
    if not asked or not all(isinstance(a, AppliedUndef) and len(a.args) == 1 and a.args[0].is_Symbol for a in asked):
        raise DeriveError(f"{y}: name the sequence to solve for, as y(n)")
    if len({a.args[0] for a in asked}) != 1:
        raise DeriveError(f"{y}: all sequences must have the same index")
    return asked


def _plain(parts: Sequence[Expr], index: Symbol, names: Sequence[str]) -> dict[Symbol, Symbol]:
    """A plain symbol, with a name of its own, for each symbol; T for the index."""
    found: dict[Symbol, Symbol] = {index: T}
    taken = {T.name, *names}
    for symbol in sorted({s for p in parts for s in p.free_symbols} - {index}, key=lambda s: (str(s), repr(s.assumptions0))):  # type: ignore[misc, attr-defined]
        name = _free_name(symbol.name, taken)  # type: ignore[attr-defined]
        taken.add(name)
        found[symbol] = Symbol(name)  # type: ignore[index]
    return found


def _free_name(name: str, taken: set[str]) -> str:
    """A name that is not taken, and none of those that are kept for what is made on the way."""
    name = "".join(c if c.isalnum() or c == "_" else "_" for c in name).lstrip("_") or "x"
    while name in taken:
        name += "_"
    return name


def _values(init: Any, names: Mapping[str, str]) -> Given:
    """The start values by sequence and place; `names` are the names in use by those that a person gave. Raises DeriveError."""
    found: Given = {name: {} for name in names.values()}
    items = dict(enumerate(init)) if isinstance(init, list | tuple) else dict(init or {})
    for key, value in items.items():
        name, place = next(iter(names)), key
        if isinstance(key, AppliedUndef):
            name, place = key.func.__name__, key.args[0]
        elif len(names) > 1:
            raise DeriveError(f"init: {key}: say of which sequence, as {name}({key})")
        if name not in names or not (isinstance(place, int) or getattr(place, "is_Integer", False)):
            raise DeriveError(f"init: {key}: give values of {', '.join(names)} at whole numbers, as {name}(0)")
        found[names[name]][int(place)] = value if isinstance(value, Basic) else read(str(value), f"init: {key}")  # type: ignore[assignment]
    return found


def _closed_forms(outside: _Outside) -> list[Expr]:
    """The closed forms on plain symbols, each confirmed."""
    loose, given = state(outside.equations, outside.names, T, {}), outside.given
    for name in outside.names:
        if loose.order(name) == 0:
            raise DeriveError(f"{name}: no other value of it is in its equation; that is no recurrence")
    stage("solving")
    first = min((at for each in given.values() for at in each), default=0)
    whole = all(set(given[name]) == set(range(first, first + loose.order(name))) for name in outside.names)
    if whole and first >= _regular(loose):
        run = Solved(state(outside.equations, outside.names, T, given), seconds=None)
    else:
        run = Solved(*_general(loose, given, outside), seconds=None)
    return [_spread(plain_roots(run.confirmed(name).answer, run.solution.where)) for name in outside.names]


def _spread(expr: Expr) -> Expr:
    """A number times a bracket multiplied out, as sympy writes it, where there are no parameters to keep together."""
    if expr.free_symbols != {T} or expr.has(RootSum, Sum, Product, Piecewise):
        return expr
    expr = expr.expand(deep=False, basic=False, log=False, mul=False, multinomial=False, power_base=False)
    moving = [g for g in Mul.make_args(expr) if T in g.free_symbols]
    if len(moving) != 1 or not isinstance(moving[0], Add):
        return expr
    outside = Mul(*(g for g in Mul.make_args(expr) if g is not moving[0]))
    return Add(*(outside * term for term in moving[0].args))


def _general(model: Stated, given: Given, outside: _Outside) -> tuple[Stated, Solution]:
    """With constants C0, C1, ... where the start is open, and those values met that are given."""
    letters = [Symbol(f"C{n}") for n in range(sum(map(model.order, model.equations)))]
    waiting, places = iter(letters), [at for each in given.values() for at in each]
    first = max(_regular(model), 0 if not places or min(places) >= 0 else min(places))
    start = {name: tuple(next(waiting) for _ in range(model.order(name))) for name in model.equations}
    open_ = replace(model, start=start, first=Integer(first))
    if len(places) >= len(letters) and min(places) >= first and max(places) - first <= FARTHEST:
        needs = [step_by_step(open_, name, at) - v for name, each in given.items() for at, v in each.items()]
        put = _met(needs, letters)
        if not set(letters) & {s for v in put.values() for s in v.free_symbols}:
            closed = replace(open_, start={name: tuple(v.xreplace(put) for v in values) for name, values in start.items()})
            return closed, solution(closed)
    found = solution(open_)
    values = _with_constants(found, letters)
    since = max(first, found.first)
    if places and min(places) < since and not _reaches(values, outside, min(places), since):
        raise DeriveError(f"the closed form holds from index {since} on only; give values from there on")
    needs = [values[name].xreplace({T: Integer(at)}) - v for name, each in given.items() for at, v in each.items()]
    if needs:
        values = {name: v.xreplace(_met(needs, letters)) for name, v in values.items()}
    started = {n: tuple(v.xreplace({T: Integer(since + j)}) for j in range(model.order(n))) for n, v in values.items()}
    at = replace(model, start=started, first=Integer(since))
    return at, replace(found, values=values, ansatz={}, first=0, since={}, kinds={})


def _met(needs: Sequence[Expr], letters: Sequence[Symbol]) -> dict[Symbol, Expr]:
    """The constants with which all needs are zero. Raises DeriveError where there are none."""
    solved = linsolve(list(needs), list(letters))
    if not solved:
        raise DeriveError("init: no solution has all these values")
    return dict(zip(letters, next(iter(solved)), strict=True))


def _with_constants(found: Solution, letters: Sequence[Symbol]) -> dict[str, Expr]:
    """The closed forms; of one sequence as a sum of constant times shape where it has that form, numbered as sympy does."""
    if len(found.values) > 1:
        return dict(found.values)
    ((name, value),) = found.values.items()
    if name in found.ansatz and not found.first:
        ansatz = found.ansatz[name]()
        shapes, rest = [shape for _, shape in ansatz.terms], ansatz.particular
        if ansatz.rest != 0:
            return {name: value}
    else:
        rest = value.xreplace(dict.fromkeys(letters, S.Zero))
        terms = Add.make_args((value - rest).expand() if value.has(*letters) and len(letters) == 1 else value - rest)
        shapes = list(dict.fromkeys(_shape(term, letters) for term in terms))
    if len(shapes) != len(letters) or any(set(letters) & shape.free_symbols for shape in shapes):
        return {name: value}
    ordered = sorted(shapes, key=default_sort_key)
    return {name: Add(*(c * shape for c, shape in zip(letters, ordered, strict=True)), rest)}


def _shape(term: Expr, letters: Sequence[Symbol]) -> Expr:
    """The factors that hold the index, b**(t - 2) as b**t; the constants stand for the others."""
    found = []
    for factor in Mul.make_args(term):
        if T not in factor.free_symbols:
            continue
        base, power = factor.as_base_exp()
        gap = (power - T).is_number if T not in base.free_symbols else False
        found.append(base**T if gap else factor)
    return Mul(*found)


def _regular(model: Stated) -> int:
    """The first index from which no equation divides by zero, nor loses the oldest value that it reads."""
    found = [0]
    for name, equation in model.equations.items():
        form = linear_in(equation.expand(), frozenset(model.equations))
        oldest = S.Zero if form is None else form.slopes.get(sequence(name)(T), S.Zero)
        below = denom(together(equation.xreplace({a: Dummy() for a in equation.atoms(AppliedUndef)})))
        for part in (below, numer(together(oldest)) if model.order(name) > 1 else S.One):
            if part.is_polynomial(T) and T in part.free_symbols:
                found += [int(r) + 1 for r in roots(Poly(part, T), filter="Z")]
    return max(found)


def _reaches(values: Mapping[str, Expr], outside: _Outside, low: int, since: int) -> bool:
    """Whether the closed forms meet the equations, as they are given, also at indices before `since`, from `low` on."""
    for left, right in outside.equations:
        put = {a: values[a.func.__name__].xreplace({T: a.args[0]}) for a in (left - right).atoms(AppliedUndef)}
        rest = (left - right).xreplace(put)
        for place in range(low, since):
            here = rest.xreplace({T: Integer(place)})
            if here.has(zoo, nan) or here.expand() != 0:
                return False
    return True


def plain_roots(expr: Expr, where: Sequence[Any]) -> Expr:
    """Named roots as radicals where there are two, as sympy's RootSum where a sum runs over all."""
    for root in reversed(where):
        if not isinstance(root, Root):
            continue
        r = sequence(root.name)
        coefficients = Poly(root.polynomial, root.variable).all_coeffs()
        if len(coefficients) == 3:
            a, b, c = coefficients
            signs = {r(Integer(1)): 1, r(Integer(2)): -1}
            expr = expr.xreplace({value: (-b + sign * sqrt(b**2 - 4 * a * c)) / (2 * a) for value, sign in signs.items()})
        sums = [s for s in expr.atoms(Sum) if s.has(r)]
        put = {s: _root_sum(s, root) for s in sums}
        expr = expr.xreplace(put)
    return expr


def _root_sum(total: Sum, root: Root) -> Expr:
    index = total.limits[0][0]
    z = next(Symbol(name) for name in ("z", "zeta", "xi", "_z") if Symbol(name) not in total.free_symbols)
    body = total.function.xreplace({sequence(root.name)(index): z})
    return RootSum(Poly(root.polynomial.xreplace({root.variable: z}), z), Lambda(z, body), auto=False)  # type: ignore[no-any-return]
