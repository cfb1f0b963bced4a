"""A caller's problem in sympy's own terms, `rsolve(y(n+1) - 2*y(n), y(n), {y(0): 1})`, on plain
symbols, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Eq, Expr, S, Symbol
from sympy.core.function import AppliedUndef

from derive.model.language.claims import DeriveError, sequence
from derive.model.language.text import read

Given = dict[str, dict[int, Expr]]


@dataclass(frozen=True)
class Outside:
    """A caller's problem on plain symbols and the way back."""

    equations: tuple[tuple[Expr, Expr], ...]
    names: tuple[str, ...]
    given: Given
    index: Symbol
    symbols: Mapping[Symbol, Basic]

    @staticmethod
    def of(f: Any, y: Any, init: Any) -> Outside:
        for each in f if isinstance(f, list | tuple) else [f]:
            if not isinstance(each, Expr | Eq):
                raise DeriveError(f"{each!r:.60}: write an equation of sympy's, y(n + 1) - 2*y(n)")
        asked = _sequences(f, y)
        index = asked[0].args[0]
        called = tuple(a.func.__name__ for a in asked)
        kept = {_free_name(index.name, set())}
        names = tuple(_free_name(name, kept) for name in called)
        items = f if isinstance(f, list | tuple) else [f]
        sides = [(e.lhs, e.rhs) if isinstance(e, Eq) else (e, S.Zero) for e in items]
        values = _values(init, dict(zip(called, names, strict=True)))
        inside = _plain(
            [
                *(s for pair in sides for s in pair),
                *(v for each in values.values() for v in each.values()),
            ],
            index,
            names,
        )
        functions = {
            a: sequence(_free_name(a.func.__name__, kept))
            for pair in sides
            for s in pair
            for a in s.atoms(AppliedUndef)
        }

        def moved(expr: Expr) -> Expr:
            letters = expr.xreplace(inside)
            put = {
                a.xreplace(inside): made(a.args[0].xreplace(inside))
                for a, made in functions.items()
                if len(a.args) == 1
            }
            return letters.xreplace(put)  # type: ignore[no-any-return]

        begun = [v for each in values.values() for v in each.values()]
        if any(index in v.free_symbols for v in begun):
            raise DeriveError(
                f"init: a start value does not hold the index {index}; write a letter of its own"
            )
        starts = {
            name: {at: v.xreplace(inside) for at, v in each.items()}
            for name, each in values.items()
        }  # type: ignore[arg-type]
        back = {plain: symbol for symbol, plain in inside.items()}
        return Outside(
            tuple((moved(a), moved(b)) for a, b in sides), names, starts, inside[index], back
        )

    def back(self, expr: Expr) -> Expr:
        return expr.xreplace(dict(self.symbols))  # type: ignore[no-any-return]


def _sequences(f: Any, y: Any) -> list[AppliedUndef]:
    """The sequences asked for, each at the index. Raises DeriveError."""
    asked = list(y) if isinstance(y, list | tuple) else [y]
    if y is None:
        items = f if isinstance(f, list | tuple) else [f]
        asked = sorted(
            {
                a.func(next(iter(a.free_symbols)))
                for e in items
                for a in e.atoms(AppliedUndef)
                if a.free_symbols
            },
            key=str,
        )
    if not asked or not all(
        isinstance(a, AppliedUndef) and len(a.args) == 1 and a.args[0].is_Symbol for a in asked
    ):
        raise DeriveError(f"{y}: name the sequence to solve for, as y(n)")
    if len({a.args[0] for a in asked}) != 1:
        raise DeriveError(f"{y}: all sequences must have the same index")
    return asked


def _plain(parts: Sequence[Expr], index: Symbol, names: Sequence[str]) -> dict[Symbol, Symbol]:
    """A plain symbol, with a name of its own, for each symbol, the index among them."""
    found: dict[Symbol, Symbol] = {index: Symbol(_free_name(index.name, set()))}
    taken = {found[index].name, *names}
    for symbol in sorted(
        {s for p in parts for s in p.free_symbols} - {index},
        key=lambda s: (str(s), repr(s.assumptions0)),
    ):  # type: ignore[misc, attr-defined]
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
    """The start values by sequence and place; `names` are the names in use by those that a person
    gave. Raises DeriveError."""
    found: Given = {name: {} for name in names.values()}
    if not (init is None or isinstance(init, Mapping | list | tuple)):
        raise DeriveError(f"init: {init!r:.60}: write values by place, as {{y(0): 1}}")
    items = dict(enumerate(init)) if isinstance(init, list | tuple) else dict(init or {})
    for key, value in items.items():
        name, place = next(iter(names)), key
        if isinstance(key, AppliedUndef):
            name, place = key.func.__name__, key.args[0]
        elif len(names) > 1:
            raise DeriveError(f"init: {key}: say of which sequence, as {name}({key})")
        if name not in names or not (isinstance(place, int) or getattr(place, "is_Integer", False)):
            raise DeriveError(
                f"init: {key}: give values of {', '.join(names)} at whole numbers, as {name}(0)"
            )
        found[names[name]][int(place)] = (
            value if isinstance(value, Basic) else read(str(value), f"init: {key}")
        )  # type: ignore[assignment]
    return found
