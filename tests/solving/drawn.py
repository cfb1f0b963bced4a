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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from tests.solving.test_cases import (
    CALLS,
    IRRATIONAL,
    NUMBER,
    mp,
    power,
)

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
    "down": [["X(N) = <c>*X(N+1) + <z>"], ["X(N) = U(N+1)*X(N+1) + A"], ["X(N) = X(N+1) + <q>*N"], ["X(N) = <q>*X(N+1) + B**N"], ["X(N) = A*(X(N+1) - 1) + B"], ["X(N) = (N+1)*X(N+1)"],
             ["X(N) = U(N+1)*(X(N+1) - 1) + 1"]],
    "from a letter on": [["X(N+1) = <c>*X(N) + Piecewise((B, N < D), (0, True))"], ["X(N+1) = X(N) + Min(1, (N+1)/D)"], ["X(N+1) = X(N) + A*Piecewise((N, N <= D), (1, True))"], ["X(N+1) = <q>*X(N) + Piecewise((1, Eq(N, D)), (0, True))"],
                         ["X(N+1) = X(N) - B*Min(1, N/D)"], ["X(N+1) = X(N)*(1-(N+1)/D)/(1-N/D)"], ["X(N+1) = <q>*X(N) + Piecewise((A, Eq(Mod(N, D), 0)), (0, True))"], ["X(N+1) = X(N) + Max(N - D, 0)"]],
    "not solved for it": [["<q>*X(N+1) = <c>*X(N) + <f>"], ["X(N+1) - <q>*X(N) = <f>"], ["X(N+2) - <z>*X(N+1) - <q>*X(N) - <z> = 0"], ["(N+1)*X(N+1) = <q>*X(N)"], ["X(N)/X(N-1) = <r>"], ["0 = X(N+1) - <c>*X(N) - <z>"], ["A*X(N+1) = X(N) + <z>"]],
    "anything": [["X(N+1) = <e>*X(N) + <e>"], ["X(N+2) = <e>*X(N+1) + <e>*X(N) + <e>"], ["X(N+1) = X(N) + <e>"], ["X(N+1) = <e>*X(N)"], ["X(N+1) = <e>*X(N) + <e>", "Y(N+1) = <e>*Y(N) + <e>*X(N)"], ["X(N) = <e>"]],
}  # fmt: skip
ATOMS = ["N", "N", "A", "B", "1", "2", "3", "1/2", "(-1)", "5"]
LETTERS = [c for c in string.ascii_letters if c not in "E"]  # E is Euler's number where exp(1) is
FUNCTIONS = ["sqrt", "cos", "sin", "exp", "factorial", "Abs", "log", "floor"]
POWERS = ["{0}**2", "{0}**N", "2**{0}", "{0}**(-1)", "A**{0}", "(-1)**{0}"]


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
    whole: str = ""  # a letter that stands for a whole number

    def __str__(self) -> str:
        return f"{'; '.join(self.equations)}   start {self.start}"


def put(template: str, rng: random.Random) -> str:
    while found := re.search(r"<(\w)>", template):
        chosen = tree(rng, 3) if found[1] == "e" else rng.choice(CHOICES[found[1]])
        template = template[: found.start()] + chosen + template[found.end() :]
    return template


def tree(rng: random.Random, depth: int) -> str:
    """Any expression in the index and letters."""
    kind = rng.choice("aa+-*/^f") if depth else "a"
    if kind == "a":
        return rng.choice(ATOMS)
    if kind == "f":
        return f"{rng.choice(FUNCTIONS)}({tree(rng, depth - 1)})"
    if kind == "^":
        return rng.choice(POWERS).format(f"({tree(rng, depth - 1)})")
    return f"({tree(rng, depth - 1)} {kind} {tree(rng, depth - 1)})"


PLACE = re.compile(r"([XYZ])\(N([+-]\d)?\)")


def orders(equations: list[str]) -> dict[str, int]:
    """How many values before its own each unknown needs."""
    found: dict[str, int] = {}
    read = [(m[1], int(m[2] or 0)) for e in equations for m in PLACE.finditer(e)]
    for e in equations:
        name, shift = next((m[1], int(m[2] or 0)) for m in PLACE.finditer(e))
        found[name] = max([shift, *(shift - at for other, at in read if other == name)])
        left, _, right = e.partition(" = ")
        seen = set(re.findall(r"[XYZU]\((N.*?)\)", right))
        if (plain := re.fullmatch(r"[XYZ]\((N\+\d)\)", left)) and seen == {plain[1]}:
            found[name] = 0  # made anew at every index, the first one too
    return found


def draw(kind: str, seed: Any) -> Drawn:
    rng = random.Random(f"{kind} {seed}")
    plain = [put(e, rng) for e in rng.choice(KINDS[kind])]
    letters = rng.sample(LETTERS, 9)
    role = dict(zip("XYZNABCDU", letters, strict=True))
    texts = [re.sub(r"\b[XYZNABCDU]\b", lambda m: role[m[0]], e) for e in plain]
    need = {role[name]: n for name, n in orders(plain).items()}
    start: dict[str, str] = {}
    for name, n in need.items():
        if n and rng.random() < 0.8:
            values = [
                rng.choice(["0", "1", "2", "-1", "1/2", "3", "5/3", role["C"]]) for _ in range(n)
            ]
            start[name] = ", ".join(values)
    at = rng.choice([-3, -1, 1, 2, 4]) if rng.random() < 0.25 and any(need.values()) else 0
    if kind == "down":
        need, at = {role["X"]: 1}, rng.choice([6, 9])
        start = {role["X"]: rng.choice(["1", "2", "0", "1/2", role["C"]])}
    if at:
        start["at"] = str(at)
    used = " ".join([*texts, *start.values()])
    parameters = [role[c] for c in "ABCD" if re.search(rf"\b{role[c]}\b", used)]
    return Drawn(
        kind, texts, start, list(need), parameters, role["N"], role["U"], at, need, role["D"]
    )


# The truth.

SPECIAL = [Fraction(x) for x in ("0", "1", "-1", "2", "1/2", "-2", "4")]


def world(drawn: Drawn, rng: random.Random, special: bool) -> dict[str, Any]:
    """Numbers for the parameters; in a special world such as closed forms divide by, or equal ones."""
    found: dict[str, Any] = {}
    for name in drawn.parameters:
        if name == drawn.whole:
            found[name] = Fraction(rng.randint(1, 9))
            continue
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
    text = " ".join(drawn.equations)
    anything = drawn.kind == "anything" and re.search(r"[a-z]{3,}\(|\*\*", text)
    numbers = not anything and not IRRATIONAL.search(text)
    lift: Callable[[Any], Any] = (lambda x: x) if numbers else mp
    scope = {
        **CALLS,
        "Min": min,
        "Max": max,
        "log": logarithm,
        "floor": lambda x: lift(CALLS["floor"](x)),
        "pi": +mpmath.pi,
        "_number": lambda n: lift(Fraction(n)),
        "_power": power,
    }
    scope |= {name: v if callable(v) else lift(v) for name, v in here.items()}
    known: dict[tuple[str, int], Any] = {}
    rights: dict[str, tuple[str, str, int]] = {}
    for equation in drawn.equations:
        left, right = equation.split(" = ")
        name, shift = newest(drawn, equation)
        alone = left == f"{name}({drawn.index}{f'+{shift}' if shift else ''})"
        rights[name] = (right if alone else "", f"({left})-({right})", shift)
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
            right, gap, shift = rights[name]
            here = {**scope, drawn.index: lift(Fraction(at - shift))}
            if right:
                known[name, at] = eval(code(right), here)
                return known[name, at]
            gaps = []  # linear in the value: at 0 and at 1
            for probe in (0, 1):
                known[name, at] = lift(Fraction(probe))
                gaps.append(eval(code(gap), here))
            known[name, at] = gaps[0] / (gaps[0] - gaps[1])
        return known[name, at]

    for name in drawn.names:
        scope[name] = lambda at, name=name: value(name, at)
    return value


def logarithm(x: Any) -> Any:
    if not x:
        raise ZeroDivisionError
    return CALLS["log"](x)


def newest(drawn: Drawn, equation: str) -> tuple[str, int]:
    """The value that an equation makes: its name, and how far on it stands."""
    calls = re.findall(rf"\b(\w+)\({drawn.index}(?:\+(\d))?\)", equation)
    places = [(int(shift or 0), name) for name, shift in calls if name in drawn.names]
    left = re.match(rf"(\w+)\({drawn.index}(?:\+(\d))?\) = ", equation)
    return (left[1], int(left[2] or 0)) if left else max(places)[::-1]
