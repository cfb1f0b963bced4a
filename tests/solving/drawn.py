"""Recurrences of every kind, in any letters, with their own unroller: what derive says of them is
held against Python's own arithmetic. Nothing here is shared with derive but what it says.

A template has <choices> that are drawn, X Y Z for unknowns, N for the index, A B C for parameters
and U for a sequence that nothing determines.
"""

from __future__ import annotations

import ast
import random
import re
import string
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from derive import DeriveError, TooHard, solve
from derive.model.language.claims import Root
from tests.solving.test_cases import (
    CALLS,
    IRRATIONAL,
    NUMBER,
    exact,
    mp,
    power,
    same,
    value,
    with_roots,
)
from tests.solving.test_cases import truth as condition_holds
from tests.writing.test_letters import text_again

CHOICES: dict[str, list[str]] = {
    "q": ["2", "3", "-1", "1/2", "-2", "1/3", "-3/2", "5", "2/5", "7/3"],
    "z": ["1", "2", "-1", "3", "-2", "0", "1/2"],
    "k": ["1", "2", "3", "4", "5"],
    "m": ["2", "3", "4"],
    "c": ["<q>", "<q>", "<q>", "A", "A", "(1-A)", "A*B", "(A+1)", "A**2", "-A", "A/2", "(A-B)", "1/A"],
    "b": ["2", "3", "(1/2)", "(-1)", "(-2)", "A", "B", "C", "(A*B)", "(1-B)", "(3/4)"],
    "f": ["0", "0", "1", "<q>", "B", "N", "B*N", "<q>*N**2", "<b>**N", "<q>*<b>**N", "N*<b>**N", "(N+1)*C",
          "N + <b>**N", "1 - <b>**N", "B*<b>**(N+1)", "<b>**(-N)", "N**3", "(B+C)*N", "<b>**(2*N)"],
    "w": ["(-1)**N", "(-1)**(N+1)*N", "Mod(N, <m>)", "cos(pi*N/2)", "sin(pi*N/2)", "cos(2*pi*N/3)", "cos(N)",
          "sin(B*N)", "Piecewise((B, Eq(Mod(N, <m>), 0)), (0, True))", "N*(-1)**N", "cos(pi*N)*N", "sin(pi*N/4)",
          "Piecewise((1, Eq(Mod(N, 2), 0)), (<q>, True))", "floor(N/<m>)", "Abs(cos(pi*N/2))"],
    "p": ["Piecewise((B, N < <k>), (0, True))", "Piecewise((1, N < <k>), (<q>, True))", "Piecewise((N, N <= <k>), (B, True))",
          "Piecewise((B, Eq(N, <k>)), (0, True))", "Piecewise((0, Eq(N, <k>)), (1, True))", "Piecewise((1, Ne(N, <k>)), (B, True))",
          "Min(N, <k>)", "Max(N - <k>, 0)", "Abs(N - <k>)", "Piecewise((N**2, N > <k>), (<q>, N > 1), (B, True))",
          "Min(1, (N+1)/<m>)", "Piecewise((1, N < 5/2), (2, True))"],
    "r": ["(N+1)", "(N+2)/(N+1)", "1/(N+1)", "N/(N+1)", "(2*N+1)/(N+1)", "(N+A)", "A/(N+1)", "(N+1)**2", "(N+3)/(N+1)",
          "(N+1)/2", "(N+1)*A", "A**N", "2**N", "(N+1)*2**N", "(N-<k>)", "(N-<k>)/(N+1)", "(1/2-N)", "-(N+1)"],
    "s": ["1/(N+1)", "1/(N+2)", "1/((N+1)*(N+2))", "N/(N+1)", "1/(N+1)**2", "B/(N+1)", "1/factorial(N)", "factorial(N)", "N*factorial(N)",
          "1/factorial(N-<m>)", "2**N/(N+1)", "binomial(N, 2)", "harmonic(N)", "sqrt(N+1)", "log(N+1)", "1/(N+1/2)", "(2*N+3)/((N+1)**2*(N+2)**2)"],
}  # fmt: skip

# What is drawn: a kind's equations, one of them at a time. The orders are read off the templates.
KINDS: dict[str, list[list[str]]] = {
    "first order": [["X(N+1) = <c>*X(N) + <f>"], ["X(N) = <c>*X(N-1) + <f>"], ["X(N+1) = <c>*(X(N) + <f>)"], ["X(N+1) = X(N) + <c>*(B - X(N))"]],
    "higher order": [
        ["X(N+2) = <c>*X(N+1) + <c>*X(N) + <f>"], ["X(N+2) = <z>*X(N+1) + <q>*X(N) + <f>"], ["X(N) = <z>*X(N-1) + <z>*X(N-2) + <q>*X(N-3) + <f>"],
        ["X(N+2) = (A+B)*X(N+1) - A*B*X(N) + <f>"], ["X(N+2) = 2*A*X(N+1) - A**2*X(N) + <f>"], ["X(N+<m>) = <q>*X(N) + <f>"],
        ["X(N+4) = <z>*X(N+2) + <q>*X(N)"], ["X(N) = X(N-1) + X(N-2) + <f>"],
    ],
    "systems": [
        ["X(N+1) = <c>*X(N) + <f>", "Y(N+1) = Y(N) - <q>*X(N+1)"], ["X(N+1) = <q>*X(N) + <q>*Y(N)", "Y(N+1) = <q>*X(N) + <z>*Y(N) + <f>"],
        ["X(N+1) = <c>*X(N) + B", "Y(N+1) = <c>*Y(N) + X(N)"], ["X(N+1) = Y(N)", "Y(N+1) = <c>*X(N) + <z>*Y(N)"],
        ["X(N+1) = <z>*X(N) + Y(N)", "Y(N+1) = <q>*Y(N) + <z>*Z(N)", "Z(N+1) = <q>*Z(N) + <f>"],
        ["X(N+1) = (X(N) + Y(N))/2", "Y(N+1) = <c>*Y(N) + (1-<c>)*X(N)"], ["X(N) = <q>*X(N-1) + Y(N-1)", "Y(N) = X(N-1) + <z>*Y(N-1)"],
    ],
    "waves": [["X(N+1) = <c>*X(N) + <w>"], ["X(N+1) = X(N) + <w>"], ["X(N+2) = <z>*X(N+1) + <q>*X(N) + <w>"], ["X(N+1) = (<q> + Mod(N, 2))*X(N) + <f>"],
              ["X(N+1) = (<q> + (-1)**N)*X(N) + <z>"], ["X(N+1) = cos(pi*N/2)*X(N) + <f>"], ["X(N+2) = 2*cos(<q>)*X(N+1) - X(N)"], ["X(N+2) = X(N) + <w>"]],
    "thresholds": [["X(N+1) = <c>*X(N) + <p>"], ["X(N+1) = X(N) + A*<p>"], ["X(N+1) = X(N) - A*B*Min(1, (N+1)/<k>)"], ["X(N+1) = Piecewise((<q>*X(N), N < <k>), (A*X(N) + 1, True))"],
                   ["X(N+2) = <z>*X(N+1) + <q>*X(N) + <p>"]],
    "varying": [["X(N+1) = <r>*X(N)"], ["X(N+1) = <r>*X(N) + <f>"], ["X(N+1) = <r>*X(N) + <r>"], ["X(N) = <r>*X(N-1)"], ["X(N) = <r>*X(N-1) + <z>"], ["X(N+1) = <c>*<r>*X(N)"]],
    "sums": [["X(N+1) = X(N) + <s>"], ["X(N+1) = <c>*X(N) + <s>"], ["X(N+1) = X(N) + N*<s>"], ["X(N) = X(N-1) + <s>"], ["X(N+1) = X(N) + <r>"]],
    "varying, higher order": [["X(N+2) = (N+<m>)*X(N+1) - (N+1)*X(N)"], ["X(N+2) = <r>*X(N)"], ["X(N+2) = (N+2)*(N+1)*X(N) + <z>"], ["X(N+2) = X(N+1) + (N+1)*X(N)"],
                              ["(N+2)*X(N+2) = (2*N+3)*X(N+1) - (N+1)*X(N)"], ["X(N) = (N-1)*(X(N-1) + X(N-2))"]],
    "nonlinear": [["X(N+1) = <c>*X(N)**2"], ["X(N+1) = X(N)**2 - 2"], ["X(N+1) = 2*X(N)*(1 - X(N))"], ["X(N+1) = (<q>*X(N) + <z>)/(<z>*X(N) + <q>)"], ["X(N+1) = X(N)/(1 + A*X(N))"],
                  ["X(N+1) = (X(N) + A/X(N))/2"], ["X(N+1) = X(N)**2 + 2*X(N)"], ["X(N+1) = A/X(N)"], ["X(N+1) = X(N)**2 + <z>*X(N) + <z>"], ["X(N+1) = (X(N)**2 + <z>)/(2*X(N) + <z>)"],
                  ["X(N+1) = <q>*X(N)**<m>"], ["X(N+1) = X(N)**2 + B*X(N)"], ["X(N+1) = 1/(X(N) + <q>)"], ["X(N+1) = 2*sqrt(X(N))"]],
    "free": [["X(N+1) = <c>*X(N) + U(N)"], ["X(N+1) = X(N) - A*U(N)"], ["X(N+1) = U(N)*X(N) + <z>"], ["X(N+1) = <c>*X(N) + <q>*U(N+1)"], ["X(N+1) = U(N)*X(N)"],
             ["X(N+1) = <q>*X(N) + (1-<q>)*U(N)", "Y(N+1) = Y(N) - B*X(N+1)"], ["X(N+1) = A*X(N) + U(N)**2"]],
    "explicit": [["X(N) = <f>"], ["X(N+1) = <f> + <s>"], ["X(N+1) = A + <q>*U(N)"], ["X(N+1) = <c>*X(N) + <f>", "Y(N+1) = X(N+1)/(1 - A**(N+1))"], ["X(N) = <w>"]],
    "exponents": [["X(N+1) = <q>*X(N) + 3**B"], ["X(N+1) = X(N)*2**A"], ["X(N+1) = X(N) + (N+1)**A"], ["X(N+1) = A**B*X(N) + 1"], ["X(N+1) = A**(N+1)*X(N)"], ["X(N+1) = X(N) + A*2**(-N/2)"],
                  ["X(N+1) = sqrt(A)*X(N) + <f>"], ["X(N+1) = X(N)*sqrt((N+1)/(N+2))"], ["X(N+1) = exp(-A)*X(N) + <z>"], ["X(N+1) = X(N)*(1 + cos(pi*(N+1)/50))/(1 + cos(pi*N/50))"],
                  ["X(N+1) = X(N)*((1-(N+1)/50)/(1-N/50))**<m>"]],
}  # fmt: skip
LETTERS = [c for c in string.ascii_letters if c not in "E"]  # E is Euler's number where exp(1) is
FIRST = 9
RESERVED = {"pi", "lambda"}


@dataclass
class Drawn:
    """Equations as a person types them, and how many values each unknown starts with."""

    kind: str
    equations: list[str]
    start: dict[str, str]
    names: list[str]
    parameters: list[str]
    index: str
    free: str
    at: int = 0
    orders: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{'; '.join(self.equations)}   start {self.start}"


def put(template: str, rng: random.Random) -> str:
    while found := re.search(r"<(\w)>", template):
        template = (
            template[: found.start()] + rng.choice(CHOICES[found[1]]) + template[found.end() :]
        )
    return template


def orders(equations: list[str]) -> dict[str, int]:
    """How many values before its own each unknown needs."""
    shifts = {
        e[m.start()]: int(m[1] or 0)
        for e in equations
        for m in [re.search(r"[XYZ]\(N(?:\+(\d))?\)", e)]
        if m
    }
    reads = {
        name: [
            int((m[1] or "0").replace("+", ""))
            for e in equations
            for m in re.finditer(rf"{name}\(N([+-]\d)?\)", e.split(" = ")[1])
        ]
        for name in shifts
    }
    for e in equations:  # made anew at every index, the first one too
        left, right = e.split(" = ")
        name = re.search(r"[XYZ](?=\()", left)[0]  # type: ignore[index]
        if (
            shifts[name]
            and (seen := re.findall(r"[XYZU]\((N.*?)\)", right))
            and set(seen) == {f"N+{shifts[name]}"}
        ):
            shifts[name], reads[name] = 0, []
    return {
        name: max([shift, *(shift - read for read in reads[name])])
        for name, shift in shifts.items()
    }


def draw(kind: str, seed: Any) -> Drawn:
    rng = random.Random(f"{kind} {seed}")
    plain = [put(e, rng) for e in rng.choice(KINDS[kind])]
    letters = rng.sample(LETTERS, 8)
    role = dict(zip("XYZNABCU", letters, strict=True))
    texts = [re.sub(r"\b[XYZNABCU]\b", lambda m: role[m[0]], e) for e in plain]
    need = {role[name]: n for name, n in orders(plain).items()}
    start: dict[str, str] = {}
    for name, n in need.items():
        if n and rng.random() < 0.8:
            values = [
                rng.choice(["0", "1", "2", "-1", "1/2", "3", "5/3", role["C"]]) for _ in range(n)
            ]
            start[name] = ", ".join(values)
    at = rng.choice([-3, -1, 1, 2, 4]) if rng.random() < 0.25 and any(need.values()) else 0
    if at:
        start["at"] = str(at)
    used = " ".join([*texts, *start.values()])
    parameters = [role[c] for c in "ABC" if re.search(rf"\b{role[c]}\b", used)]
    return Drawn(kind, texts, start, list(need), parameters, role["N"], role["U"], at, need)


# The truth.

SPECIAL = [Fraction(x) for x in ("0", "1", "-1", "2", "1/2", "-2", "4")]


def world(drawn: Drawn, rng: random.Random, special: bool) -> dict[str, Any]:
    """Numbers for the parameters; in a special world such as closed forms divide by, or equal ones."""
    found: dict[str, Any] = {}
    for name in drawn.parameters:
        found[name] = Fraction(rng.randint(1, 40), rng.randint(1, 12)) * rng.choice([1, 1, -1])
        if special and rng.random() < 0.7:
            found[name] = rng.choice([*SPECIAL, *found.values()])
    row: dict[int, Fraction] = {}
    found[drawn.free] = lambda n: row.setdefault(
        int(n), Fraction(random.Random(f"{n} {drawn}").randint(-9, 9), 4)
    )
    return found


@lru_cache(maxsize=4096)
def code(text: str) -> Any:
    tree = Powers().visit(ast.parse(NUMBER.sub(r"_number(\g<0>)", text.strip()), mode="eval"))
    return compile(ast.fix_missing_locations(tree), text, "eval")


class Powers(ast.NodeTransformer):
    """a ** b as a power that stays exact where it can, and has many digits where it cannot."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        return ast.Call(ast.Name("_power", ast.Load()), [node.left, node.right], [])


def truth(
    drawn: Drawn, here: Mapping[str, Any], opened: Mapping[str, Any]
) -> Callable[[str, int], Any]:
    """What each unknown is at an index. Raises ZeroDivisionError where it has no value."""
    numbers = all(exact(v) for v in here.values() if not callable(v)) and not IRRATIONAL.search(
        " ".join(drawn.equations)
    )
    lift: Callable[[Any], Any] = (lambda x: x) if numbers else mp
    scope = {
        **CALLS,
        "Min": min,
        "Max": max,
        "pi": +mpmath.pi,
        "_number": lambda n: lift(Fraction(n)),
        "_power": power,
    }
    scope |= {name: v if callable(v) else lift(v) for name, v in here.items()}
    known: dict[tuple[str, int], Any] = {}
    rights: dict[str, tuple[str, int]] = {}
    for equation in drawn.equations:
        left, right = equation.split(" = ")
        name = next(n for n in drawn.names if re.search(rf"\b{n}\({drawn.index}\b", left))
        factor, call = re.fullmatch(rf"(.*?)(?:\*)?{name}\((.*?)\)", left).groups()  # type: ignore[union-attr]
        rights[name] = (f"({right})/({factor or 1})", int(call.partition("+")[2] or 0))
        values = (
            drawn.start[name].split(",")
            if name in drawn.start
            else [opened[f"{name}{n}"] for n in range(drawn.orders[name])]
        )
        for n, v in enumerate(values):
            known[name, drawn.at + n] = lift(eval(code(v), scope) if isinstance(v, str) else v)

    def value(name: str, at: Any) -> Any:
        at = int(at)
        if (name, at) not in known:
            right, shift = rights[name]
            known[name, at] = eval(code(right), {**scope, drawn.index: lift(Fraction(at - shift))})
        return known[name, at]

    for name in drawn.names:
        scope[name] = lambda at, name=name: value(name, at)
    return value


# What became of it.

SECONDS = 5
WORLDS, NEAR, PLACES = 7, 25, (*range(7), 13)
WORK = 60  # digits


@dataclass
class Outcome:
    """`kind` is PROVED, COUNTED, "refused: ...", "too hard: ...", or what must not be: wrong, traceback,
    not confirmed, incomplete."""

    kind: str
    drawn: Drawn
    said: str = ""


def outcome(drawn: Drawn) -> Outcome:
    functions = {drawn.free} if f"{drawn.free}(" in " ".join(drawn.equations) else set()
    try:
        run = solve(drawn.equations, start=drawn.start, seconds=SECONDS)
        forms = {
            name: text_again(run[name], run.derivation(name).where, functions)
            for name in drawn.names
        }
        verdicts = {v.kind for v in run.check().values()}
        said = differs(drawn, run, forms)
    except TooHard as error:
        return Outcome(f"too hard: {str(error).partition(': ')[2].partition(';')[0]}", drawn)
    except DeriveError as error:
        kind = (
            "not confirmed"
            if "not confirmed" in str(error)
            else "refused: " + reason(str(error), drawn)
        )
        return Outcome(kind, drawn, str(error))
    except Exception:
        return Outcome("traceback", drawn, traceback.format_exc(limit=-4))
    if said:
        return Outcome(said.partition(":")[0], drawn, said)
    for bad in ("FAILS", "UNCHECKED"):
        if bad in verdicts:
            return Outcome("not confirmed", drawn, str(run.check()))
    return Outcome("PROVED" if verdicts == {"PROVED"} else "COUNTED", drawn)


def reason(message: str, drawn: Drawn) -> str:
    """A refusal without what is this text's own."""
    message = message.partition("; ")[0]
    for name in drawn.names:
        message = re.sub(rf"\b{name}: ", "", message)
    return re.sub(r"\S*[()*]\S*|\b[a-zA-Z]\b|-?\d+", "_", message)[:90]


def differs(drawn: Drawn, run: Any, forms: Mapping[str, Any]) -> str:
    """Where what is said is not so; empty where all is."""
    rng = random.Random(str(drawn))
    open_names = {
        name: [s.name for s in values]
        for name, values in run.model.start.items()
        if name not in drawn.start
    }
    with mpmath.workdps(WORK):
        for number in range(WORLDS):
            here = world(drawn, rng, number % 2 == 1)
            opened = {
                f"{name}{n}": Fraction(rng.randint(-9, 9), rng.randint(1, 4))
                for name in drawn.names
                for n in range(drawn.orders[name])
            }
            true = truth(drawn, here, opened)
            letters = dict(here)
            for name, symbols in open_names.items():
                letters |= {s: opened[f"{name}{n}"] for n, s in enumerate(symbols)}
            for name in drawn.names:
                if found := held(
                    drawn, run, name, forms[name], letters, true, covered=number % 2 == 1
                ):
                    return f"{found}, {name} in { {k: str(v) for k, v in letters.items() if not callable(v)} }: {run[name]}"
    return ""


def held(
    drawn: Drawn,
    run: Any,
    name: str,
    form: Any,
    letters: Mapping[str, Any],
    true: Any,
    covered: bool,
) -> str:
    needs = run.needs(name)
    here = rooted(letters, run, name)
    compared = 0
    if not defined(true, name, drawn.at + drawn.orders[name]):
        return ""
    for n in (drawn.at + k for k in (PLACES[:5] if drawn.kind == "nonlinear" else PLACES)):
        point = {**here, drawn.index: Fraction(n)}
        if not defined(true, name, n):
            break
        wanted = true(name, n)
        if not all(holds(need, point) for need in needs):
            continue
        try:
            found = value(form, point)
        except ZeroDivisionError:
            return f"wrong: no value at {n}, where it is {short(wanted)}"
        if not same(found, wanted, NEAR):
            return f"wrong: {short(found)} at {n}, where it is {short(wanted)}"
        compared += 1
    if not compared and covered and name == run.main:
        return uncovered(drawn, run, name, letters, true)
    return ""


def uncovered(drawn: Drawn, run: Any, name: str, letters: Mapping[str, Any], true: Any) -> str:
    """A world where no need of the general form holds: a case holds there, or it is named as left out."""
    n = drawn.at + (4 if drawn.kind == "nonlinear" else PLACES[-1])
    if not defined(true, name, n):
        return ""
    wanted = true(name, n)
    point = {**letters, drawn.index: Fraction(n)}
    point = rooted(point, run, name)
    for condition, form in run.cases:
        if holds(condition, point):
            try:
                found = value(text_again(form, (), {drawn.free}), point)
            except ZeroDivisionError:
                return (
                    f"wrong: no value at {n} in the case {condition}, where it is {short(wanted)}"
                )
            return (
                ""
                if same(found, wanted, NEAR)
                else f"wrong: {short(found)} at {n} in the case {condition}, where it is {short(wanted)}"
            )
    for told in run.not_covered:
        if "equal roots" in told or all(
            holds(text_again(part, (), set()), point) for part in told.split(" and ")
        ):
            return ""
    return f"incomplete: nothing is said of {n}; cases {[c for c, _ in run.cases]}, left out {run.not_covered}"


def defined(true: Callable[[str, int], Any], name: str, n: int) -> bool:
    """Whether it has a value at an index, a real one."""
    try:
        wanted = true(name, n)
    except (ZeroDivisionError, mpmath.libmp.ComplexResult):
        return False
    return exact(wanted) or not isinstance(wanted, mpmath.mpc) and bool(mpmath.isfinite(wanted))


def rooted(letters: Mapping[str, Any], run: Any, name: str) -> dict[str, Any]:
    return with_roots(letters, [e for e in run.derivation(name).where if isinstance(e, Root)])


def holds(condition: Any, point: Mapping[str, Any]) -> bool:
    try:
        return condition_holds(condition, point)
    except ZeroDivisionError:
        return False


def short(x: Any) -> str:
    return str(x) if exact(x) and len(str(x)) < 30 else str(mpmath.nstr(mp(x)))
