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

Gradient = Callable[[int, float], float]  # of the number of the step and the place
Names = dict[str, Any]

OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
CALLED: dict[str, Callable[..., Any]] = {
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,  # RAdam's r, where it is not used
    "abs": abs, "max": max, "min": min, "floor": math.floor, "Mod": operator.mod,
    "sign": lambda x: float((x > 0) - (x < 0)),
}  # fmt: skip


def valued(node: ast.expr, gradient: Gradient) -> Callable[[Names], Any]:
    """The function that has an expression's value, of the values of its names."""
    match node:
        case ast.Constant(value=number):
            return lambda now: number
        case ast.Name(id=name):
            return operator.itemgetter(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = valued(operand, gradient)
            return lambda now: -inner(now)
        case (
            ast.BinOp(left=left, op=sign, right=right)
            | ast.Compare(left=left, ops=[sign], comparators=[right])
        ):
            one, two, made = valued(left, gradient), valued(right, gradient), OPERATIONS[type(sign)]
            return lambda now: made(one(now), two(now))
        case ast.Call(func=ast.Name(id="where"), args=[condition, then, otherwise]):
            met = valued(condition, gradient)
            one, two = valued(then, gradient), valued(otherwise, gradient)
            return lambda now: one(now) if met(now) else two(now)
        case ast.Call(func=ast.Name(id="g"), args=[place]):
            at = valued(place, gradient)
            return lambda now: gradient(now["t"], at(now))
        case ast.Call(func=ast.Name(id=name), args=args):
            function, parts = CALLED[name], [valued(a, gradient) for a in args]
            return lambda now: function(*(part(now) for part in parts))
    raise ValueError(ast.unparse(node))


def begun(program: Program, hyper: Mapping[str, float], w0: float) -> dict[str, float]:
    """Each state before the first step; a start may name another state, or a hyperparameter."""
    known = {**hyper, "w": w0}
    waiting = [state for state in program.states if state != "w"]
    while waiting:
        state = waiting.pop(0)
        letters = program.starts[state].free_symbols
        if all(str(letter) in known for letter in letters):
            start = program.starts[state].subs({letter: known[str(letter)] for letter in letters})
            known[state] = float(start)
        else:
            waiting.append(state)
    return {state: known[state] for state in program.states}


Lines = tuple[tuple[str, ast.expr], ...]


def lines(program: Program) -> Lines:
    return tuple((line.target, line.value) for line in program.parsed)


def walk(
    program: Program,
    gradient: Gradient,
    hyper: Mapping[str, float],
    w0: float,
    steps: int,
    written: Lines | None = None,
) -> Iterator[Names]:
    """The value of each name after each step, by the program's lines or by those that are
    `written`."""
    chosen = lines(program) if written is None else written
    made = [(target, valued(value, gradient)) for target, value in chosen]
    states = begun(program, hyper, w0)
    for t in range(1, steps + 1):
        now: Names = {**hyper, **states, "t": t, "g": gradient(t, states["w"])}
        for target, value in made:
            now[target] = value(now)
        states = {state: now[state] for state in program.states}
        yield now


def run(
    program: Program, gradient: Gradient, hyper: Mapping[str, float], w0: float, steps: int
) -> list[float]:
    """The parameter after each step."""
    return [now["w"] for now in walk(program, gradient, hyper, w0, steps)]


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
