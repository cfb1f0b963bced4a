"""A program's lines walked in floats, and its mutants: each line with one fault put in."""

from __future__ import annotations

import ast
import copy
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from derive.errors import DeriveError
from derive.model.recurrences.program import Program

Gradient = Callable[[int, float], float]
OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip
COMPARED: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
CALLED: dict[str, Callable[..., Any]] = {
    "sqrt": math.sqrt, "abs": abs, "max": max, "min": min, "Mod": lambda a, b: a % b,
    "floor": math.floor, "sign": lambda x: (x > 0) - (x < 0),
}  # fmt: skip


def value(node: ast.expr, now: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=number):
            return number
        case ast.Name(id=name):
            return now[name]
        case ast.UnaryOp(operand=operand):
            return -value(operand, now)
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATIONS[type(op)](value(left, now), value(right, now))
        case ast.Call(func=ast.Name(id="where"), args=[ast.Compare() as when, one, other]):
            sides = value(when.left, now), value(when.comparators[0], now)
            return value(one if COMPARED[type(when.ops[0])](*sides) else other, now)
        case ast.Call(func=ast.Name(id="g"), args=[place]):
            return now["g()"](value(place, now))
        case ast.Call(func=ast.Name(id=name), args=args):
            return CALLED[name](*(value(a, now) for a in args))
    raise AssertionError(ast.dump(node))


Lines = tuple[tuple[str, ast.expr], ...]


def lines(program: Program) -> Lines:
    return tuple((line.target, line.value) for line in program.parsed)


def walk(
    program: Program,
    gradient: Gradient,
    given: Mapping[str, Any],
    w: float,
    steps: int,
    written: Lines | None = None,
) -> list[dict[str, float]]:
    """All values after each step."""
    state: dict[str, Any] = {"w": w}
    for _ in program.states:  # a start may name another
        for name, start in program.starts.items():
            if name != "w" and all(str(s) in {**given, **state} for s in start.free_symbols):
                state[name] = float(start.subs({s: {**given, **state}[str(s)] for s in start.free_symbols}))  # fmt: skip
    path = []
    for t in range(1, steps + 1):
        now: dict[str, Any] = {**given, **state, "t": t, "g": gradient(t, state["w"])}
        now["g()"] = lambda place, t=t: gradient(t, place)
        for target, node in lines(program) if written is None else written:
            now[target] = value(node, now)
        state = {name: now[name] for name in program.states}
        path.append({n: now[n] for n in program.targets})
    return path


def flagged(program: Program) -> Iterator[Program]:
    """The program under each choice of its flags that is one."""
    names = list(program.possible_flags)
    for count in range(len(names) + 1):
        for chosen in combinations(names, count):
            try:
                yield replace(program, flags={}).with_flags(dict.fromkeys(chosen, True))
            except DeriveError:  # one that changes nothing without another
                continue


@dataclass(frozen=True)
class Mutant:
    """Lines with one fault, and what it is."""

    number: int
    fault: str
    lines: Lines

    def __str__(self) -> str:
        target, node = self.lines[self.number]
        return f"{target} <- {ast.unparse(node)}: {self.fault}"


TWINS = {
    "beta1": "beta2", "beta2": "beta1", "beta3": "beta1", "nu1": "nu2", "nu2": "nu1", "m": "g",
    "m_hat": "m", "v_hat": "v", "eta_plus": "eta_minus", "eta_minus": "eta_plus", "v_max": "v",
}  # fmt: skip
FLIPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add}


def mutants(program: Program) -> Iterator[Mutant]:
    """Each line with one fault: a sign turned, t + 1 for t, another decay rate, a factor or a term
    lost, epsilon moved into the root or out of it."""
    written = lines(program)
    known = {*program.hyperparameters, *program.targets}
    for number, (target, node) in enumerate(written):
        for fault, made in _faults(node, known):
            yield Mutant(number, fault, (*written[:number], (target, made), *written[number + 1 :]))


def _faults(tree: ast.expr, known: set[str]) -> Iterator[tuple[str, ast.expr]]:
    for number, node in enumerate(ast.walk(tree)):
        for fault, made in _of_node(node, known):
            copied = copy.deepcopy(tree)
            old = list(ast.walk(copied))[number]
            yield fault, _put(copied, old, made)


def _put(tree: ast.expr, old: ast.AST, new: ast.expr) -> ast.expr:
    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return new if node is old else self.generic_visit(node)

    return Swap().visit(tree)  # type: ignore[no-any-return]


def _of_node(node: ast.AST, known: set[str]) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Name(id="t"):
            yield "t + 1 for t", ast.parse("t + 1", mode="eval").body
        case ast.Name(id=name) if TWINS.get(name) in known | {"g"}:
            yield f"{TWINS[name]} for {name}", ast.Name(TWINS[name])
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield "a sign turned", ast.BinOp(left, FLIPPED[type(op)](), right)
            yield "a term lost", left
            if isinstance(left, ast.Call) and getattr(left.func, "id", "") == "sqrt":
                inside = ast.BinOp(left.args[0], op, right)
                yield "epsilon into the root", ast.Call(left.func, [inside], [])
        case ast.Call(func=ast.Name(id="sqrt") as root, args=[ast.BinOp(op=ast.Add()) as inner]):
            out = ast.BinOp(ast.Call(root, [inner.left], []), ast.Add(), inner.right)
            yield "epsilon out of the root", out
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield "a factor lost", left
            yield "a factor lost", right
        case ast.BinOp(left=left, op=ast.Div()):
            yield "a division lost", left
        case ast.BinOp(left=left, op=ast.Pow()):
            yield "a power lost", left
