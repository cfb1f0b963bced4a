"""The truth: a program's own text walked step by step. Exact numbers only."""

from __future__ import annotations

import ast
import operator
import random
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from sympy import Poly, Symbol

from derive.checking.numbers.evaluate import Code, Env, agree, code, evaluate, same_kind
from derive.checking.numbers.factorials import whole
from derive.checking.numbers.intervals import NotReadable
from derive.checking.numbers.raised import exact, power, root
from derive.checking.numbers.roots import Roots, real_roots
from derive.model.language.claims import Let, Root
from derive.model.language.text import number
from derive.model.recurrences.lines import GRADIENT, PARAMETER, STEP
from derive.model.recurrences.memory import Memory
from derive.model.recurrences.program import Program
from derive.model.recurrences.stated import Stated

WORLDS = 36  # in which what a program keeps is counted
MOST_STEPS = 200_000
LONGEST_NUMBER = 200_000  # binary digits; v <- v**2 doubles them in every step

ELSEWHERE = "g()"

Sequences = dict[str, Callable[..., Any]]


class TooLong(ZeroDivisionError):
    """A value with more digits than are worked with: the world does not count, nor would another
    with this index."""


def of_memory(model: Memory, env: Env) -> Sequences:
    """How much each program stores."""

    def many(place: Any) -> int:
        if not 0 <= place < len(model.programs):
            raise ZeroDivisionError(f"no program {place}")
        return len(stored(model.programs[int(place)]))

    return {"stored": many}


def step(program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
    """One step: the values after all lines. `values` holds states, hyperparameters, g and t.

    The gradient at another place than w is that of a loss with the curvature 1. Raises KeyError for
    a name without a value.
    """

    def elsewhere(place: Any) -> Any:
        slope, here, there = same_kind(values[GRADIENT], values[PARAMETER], place)
        return slope + there - here

    now = {ELSEWHERE: elsewhere, **values}
    for line in program.parsed:
        now[line.target] = _value(line.value, now)
    del now[ELSEWHERE]
    return now


def _value(node: ast.AST, now: Mapping[str, Any]) -> Any:
    """The few constructs that a line may hold, on numbers."""
    match node:
        case ast.Constant(value=value):
            return value if isinstance(value, int) else number(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return now[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, now)
        case ast.UnaryOp(operand=operand):
            return _value(operand, now)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return power(_value(left, now), _value(right, now))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = same_kind(_value(left, now), _value(right, now))
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return operator.mul(*same_kind(a, power(b, -1)))
        case ast.Call(func=ast.Name(id="where"), args=[ast.Compare() as when, one, other]):
            a, b = same_kind(_value(when.left, now), _value(when.comparators[0], now))
            return _value(one if _HOLDS[type(when.ops[0])](a, b) else other, now)
        case ast.Call(func=ast.Name(id="g"), args=[place]):
            return now[ELSEWHERE](_value(place, now))
        case ast.Call(func=ast.Name(id=name), args=args) if name in _CALLS:
            return _CALLS[name](*(_value(a, now) for a in args))
    raise NotReadable(f"cannot walk {ast.dump(node)}")


_CALLS: dict[str, Callable[..., Any]] = {
    "sqrt": root,
    "abs": abs,
    "max": lambda *values: max(same_kind(*values)),
    "min": lambda *values: min(same_kind(*values)),
    "sign": lambda x: (x > 0) - (x < 0),
    "Mod": lambda x, y: x % y,
    "floor": lambda x: x // 1,
}
_HOLDS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def stored(program: Program) -> tuple[str, ...]:
    """The names whose old value a step cannot do without, the parameter and what is the same for
    all parameters aside: found in drawn worlds by leaving each one out, and by giving another
    parameter other gradients."""
    names = (*program.states, *program.hyperparameters, GRADIENT)
    apart = (PARAMETER, GRADIENT, *program.each)
    needed: set[str] = set()
    own: set[str] = set()
    for seed in range(WORLDS):
        rng = random.Random(seed)
        unit, most = ((1, 3), (97, 96), (97, 300))[seed % 3]  # whole numbers, too: a period is one
        one = {name: Fraction(rng.randint(1, most), unit) for name in names} | {STEP: 7}
        two = one | {name: Fraction(-rng.randint(1, most), unit) for name in apart}
        try:
            needed |= {name for name in program.states if not _does_without(program, one, name)}
            first, second = (_walked(program, start) for start in (one, two))
        except ZeroDivisionError:  # a root of a negative number: the world does not count
            continue
        own |= {name for name in program.states if not agree(first[name], second[name])}
    return tuple(s for s in program.states if s in needed & own - {PARAMETER, *program.layer})


def _does_without(program: Program, values: Mapping[str, Any], name: str) -> bool:
    try:
        step(program, {k: v for k, v in values.items() if k != name})
    except KeyError:
        return False
    return True


def _walked(program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values after as many steps as there are states."""
    now = dict(values)
    for _ in program.states:
        after = step(program, now)
        now |= {name: after[name] for name in program.states}
    return now


def _digits(value: Any) -> int:
    """How many binary digits an exact value has."""
    return (
        value.numerator.bit_length() + value.denominator.bit_length()
        if isinstance(value, int | Fraction)
        else 0
    )


def of_stated(model: Stated, env: Env) -> Sequences:
    """Each equation taken as it stands, from the start on; the values it reads are made first."""
    first = whole(evaluate(model.first, env))
    past = {name: [evaluate(v, env) for v in given] for name, given in model.start.items()}
    codes = {name: code(equation) for name, equation in model.equations.items()}
    own: Env = dict(env)
    anew: dict[tuple[str, int], Any] = {}

    def value(name: str, at: Any) -> Any:
        place, made = whole(at) - first, past[name]
        if place < 0:
            raise ZeroDivisionError(f"{name}({at}) does not exist")
        if place > MOST_STEPS:
            raise TooLong(f"{name}({at})")
        if not model.order(name):  # it need not have a value at each place before
            if (name, place) not in anew:
                anew[name, place] = codes[name](own | {model.index.name: first + place})
            return anew[name, place]
        while len(made) <= place:
            new = codes[name](own | {model.index.name: first + len(made) - model.order(name)})
            if _digits(new) > LONGEST_NUMBER:
                raise TooLong(f"{name}({at})")
            made.append(new)
        return made[place]

    own |= {name: lambda at, name=name: value(name, at) for name in model.equations}
    return {name: own[name] for name in model.equations}


Meaning = tuple[str, list[Code], Symbol | None]


def meanings(where: Iterable[Root | Let]) -> list[Meaning]:
    """Names with what they stand for, compiled: of a root the coefficients of its polynomial from
    the lowest on."""
    found: list[Meaning] = []
    for entry in where:
        if isinstance(entry, Root):
            row = Poly(entry.polynomial, entry.variable).all_coeffs()[::-1]
            found.append((entry.name, [code(c) for c in row], entry.variable))
        else:
            found.append((entry.name, [code(entry.value)], entry.index))
    return found


def give_meanings(where: Iterable[Root | Let], env: Env) -> None:
    """Put into a world what names in a derivation stand for: roots, constants, sequences; each may
    use those before it."""
    give_compiled(meanings(where), env)


def give_compiled(where: Iterable[Meaning], env: Env) -> None:
    """The same where they are compiled already."""
    for name, codes, index in where:
        if len(codes) > 1:
            row = [c(env) for c in codes]
            if all(map(exact, row)):
                env[name] = Roots(name, row)
            elif len(row) == 3:
                two = real_roots(row)
                env[name] = lambda number, two=two: two[whole(number) - 1]
            else:
                raise NotReadable(f"the roots {name} of a polynomial known only in intervals")
        elif index is None:
            env[name] = codes[0](env)
        else:
            env[name] = lambda at, made=codes[0], index=index.name: made(env | {index: at})
