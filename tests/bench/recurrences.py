"""The recurrences of tests/data/cases.toml: derive beside sympy.rsolve, Maxima's solve_rec and Giac's
rsolve. `make bench` runs it.

Every system is up before the first question and gets the same text, in a translation; what it
answers is compared with exact unrolling, so that 'wrong' is nobody's opinion. sympy's cache is
cleared and rubbish collected before each call, outside of the time taken; for Maxima and Giac, each
one process, it is from the question written to the answer read. Medians of the rounds.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import random
import re
import select
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import sympy as sp
from sympy.core.cache import clear_cache
from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from derive import DeriveError, solve  # noqa: E402
from derive.desk.recurrences.solved import Solved  # noqa: E402
from derive.model.recurrences.statement import stated  # noqa: E402
from tests.solving.test_cases import (  # noqa: E402
    CASES,
    WHOLE,
    Arbitrary,
    letters,
    number,
    same,
    unroll,
    value,
    with_roots,
)

PATIENCE = 20.0  # seconds for one answer of any system
N = sp.Symbol("n")
CHOICES = {
    "if_below": lambda x, y, a, b: a if x < y else b,
    "if_equal": lambda x, y, a, b: a if x == y else b,
}
OUTCOMES = ("solved", "wrong", "refused", "too long", "not read")


class TooLong(Exception):
    """Patience is over."""


@dataclass
class Case:
    """A recurrence in letters that mean nothing to any system: sequences seq1, ..., parameters
    par1, ..., index n."""

    id: str
    equations: list[str]
    start: dict[str, str]
    names: list[str]
    letters: dict[str, str]  # the case's own letter of each

    @staticmethod
    def of(id_: str) -> Case:
        case = CASES[id_]
        names = [e.split("(")[0].strip() for e in case["equations"]]
        index = re.match(r"\s*\w+\((\w+)", case["equations"][0]).group(1)  # type: ignore[union-attr]
        own = letters(case)
        new = {name: f"seq{n}" for n, name in enumerate(names, 1)} | {index: "n"}
        new |= {name: f"par{n}" for n, name in enumerate(own, 1)}

        def say(text: str) -> str:
            return re.sub(r"[A-Za-z]\w*", lambda m: new.get(m.group(), m.group()), text)

        start = {new.get(name, name): say(v) for name, v in case["start"].items()}
        return Case(
            id_,
            list(map(say, case["equations"])),
            start,
            [new[n] for n in names],
            {new[n]: n for n in own},
        )

    @property
    def sides(self) -> Iterator[tuple[str, str]]:
        for equation in self.equations:
            left, right = re.split(r"(?<![<>=!])=(?!=)", equation)
            yield left.strip(), right.strip()

    @property
    def values(self) -> Iterator[tuple[str, int, str]]:
        """(sequence, place, value) of each start."""
        for name, given in self.start.items():
            for j, v in enumerate(given.split(",")):
                yield name, j, v.strip()


@dataclass
class Answer:
    """What a system says: its outcome, its closed forms by name, and the index from which they are
    compared."""

    outcome: str
    seconds: float = math.nan
    said: str = ""


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    clear_cache()
    gc.collect()
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    def ring(number_: int, frame: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# Whether an answer is true.


def judged(case: Case, forms: Mapping[str, Any], first: int, where: Sequence[Any] = ()) -> str:
    """'solved' or 'wrong', or 'not read' where the forms cannot be evaluated, by exact unrolling in
    two worlds."""
    draw = random.Random(case.id)
    own, last = CASES[case.id], CASES[case.id].get("last", 8)
    for _ in range(2):
        world: dict[str, Any] = {p: number(draw, name in WHOLE) for p, name in case.letters.items()}
        places: Sequence[int] = range(first, last + 1)
        if "at" in own["start"]:
            world |= {case.start["at"]: Fraction(5), "S": Arbitrary(draw), "K": Arbitrary(draw)}
            places = range(6)
        true = unroll(case.equations, case.start, world)
        try:
            with patience(60):
                here = with_roots({**CHOICES, **world}, where)
                for name, form in forms.items():
                    for n in places:
                        try:
                            found = value(form, {**here, "n": Fraction(n)})
                        except ZeroDivisionError:
                            if n == 0:  # a form need not hold at the start itself
                                continue
                            return "wrong"
                        if not same(found, true[name](n), 25):
                            return "wrong"
        except (NotImplementedError, KeyError, TypeError, ValueError, TooLong, OverflowError):
            return "not read"
    return "solved"


# The systems.


class System:
    """One system, up and ready. `ask` gives its answer to a case, and how long it took."""

    name = ""

    def ask(self, case: Case, first: int) -> Answer:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to end."""


class Derive(System):
    """derive: the closed forms alone, from equations already read, as rsolve gets them; or steps
    and verdicts, from the text."""

    def __init__(self, checked: bool):
        self.checked, self.name = checked, "derive, steps and verdicts" if checked else "derive"
        self.first: dict[str, int] = {}

    def ask(self, case: Case, first: int) -> Answer:
        model = stated(case.equations, case.start) if not self.checked else None

        def answer() -> Solved:
            if model is not None:
                return Solved(model, seconds=PATIENCE)
            run = solve(case.equations, start=case.start, seconds=PATIENCE)
            steps = [list(run.steps(name)) for name in run.names]
            verdicts = run.check()
            assert all(steps) and all(v.holds for v in verdicts.values())
            return run

        try:
            seconds, run = timed(answer)
        except (DeriveError, AssertionError) as error:
            return Answer(
                "too long" if "no answer within" in str(error) else "refused", said=str(error)
            )
        found = run.solution
        forms = {name: run.model.said(v) for name, v in found.values.items()}
        self.first[case.id] = found.first
        return Answer(judged(case, forms, found.first, found.where), seconds, str(forms))


def sympys(text: str, names: Sequence[str]) -> Any:
    """An equation's side as sympy's own expression."""
    return sp.sympify(
        text, {name: sp.Function(name) for name in (*names, "S", "K")} | {"n": N}, convert_xor=False
    )


class Sympy(System):
    """sympy.rsolve, which takes one equation."""

    name = "sympy.rsolve"

    def ask(self, case: Case, first: int) -> Answer:
        if len(case.equations) > 1:
            return Answer("refused", said="several equations")
        ((left, right),) = case.sides
        equation = sympys(left, case.names) - sympys(right, case.names)
        s = sp.Function(case.names[0])
        init = {s(j): sympys(v, ()) for _, j, v in case.values if _ in case.names}
        try:
            with patience(PATIENCE):
                seconds, found = timed(lambda: sp.rsolve(equation, s(N), init))
        except TooLong:
            return Answer("too long")
        except Exception as error:  # whatever it raises, it has no answer
            return Answer("refused", said=repr(error))
        if found is None:
            return Answer("refused", seconds)
        return Answer(judged(case, {case.names[0]: found}, first), seconds, str(found))


class Process(System):
    """A system of its own, asked by its standard input."""

    command: Sequence[str] = ()
    ready = ""
    end = b"@@END"

    def __init__(self) -> None:
        self.open()

    def open(self) -> None:
        quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        plain = {
            **os.environ,
            "TERM": "dumb",
            "COLUMNS": "100000",
        }  # no line is wrapped where it is echoed
        self.process = subprocess.Popen(self.command, env=plain, **quiet)  # type: ignore[call-overload]
        self.send(self.ready)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()

    def send(self, text: str) -> str:
        """Everything it writes up to the end mark. Raises TooLong, and the process is another one
        then."""
        deadline = time.perf_counter() + PATIENCE
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()
        found = b""
        while self.end not in found:
            left = deadline - time.perf_counter()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                self.close()
                self.open()
                raise TooLong
            found += os.read(self.process.stdout.fileno(), 1 << 16)
        return found.decode(errors="replace")

    def ask(self, case: Case, first: int) -> Answer:
        question = self.question(case)
        if question is None:
            return Answer("refused", said="no way to ask")
        try:
            seconds, said = timed(lambda: self.send(question))
        except TooLong:
            return Answer("too long")
        try:
            forms = self.read(said, case)
        except (SyntaxError, ValueError, TypeError, AttributeError, sp.SympifyError):
            return Answer("not read", seconds, said)
        if forms is None:
            return Answer("refused", seconds, said)
        return Answer(judged(case, forms, first), seconds, str(forms))

    def question(self, case: Case) -> str | None:
        raise NotImplementedError

    def read(self, said: str, case: Case) -> dict[str, Any] | None:
        """Closed forms by name; None where there is none. Raises SyntaxError and the like."""
        raise NotImplementedError


def pieces(text: str, test: str, form: str) -> str:
    """Piecewise((a, c), (b, True)) and Eq(Mod(x, y), z) in another language: `form` with a, c, b;
    `test` with x, y, z."""
    text = re.sub(r"Eq\(Mod\((\w+), (\w+)\), (\w+)\)", test, text)
    return re.sub(r"Piecewise\(\(([^,]+), (.+?)\), \(([^,]+), True\)\)", form, text)


def from_text(text: str, extra: Mapping[str, Any]) -> Any:
    """A closed form as Maxima or Giac print it."""
    names = {f"par{j}": sp.Symbol(f"par{j}") for j in range(1, 12)} | {"n": N, "L": sp.Symbol("L")}
    functions = {
        "S": sp.Function("S"),
        "K": sp.Function("K"),
        "Gamma": sp.gamma,
        "ceil": sp.ceiling,
        **extra,
    }
    found = parse_expr(text, {**names, **functions}, (*standard_transformations, convert_xor))
    if not isinstance(found, sp.Expr) or found.has(sp.nan, sp.zoo, sp.oo):
        raise SyntaxError(text)
    return found


class Maxima(Process):
    """solve_rec, which takes one equation."""

    name = "Maxima solve_rec"
    command = ("maxima", "--very-quiet")
    ready = 'display2d:false$ linel:1000000$ load("solve_rec")$ print(concat("@@","END"))$\n'

    def question(self, case: Case) -> str | None:
        if len(case.equations) > 1 or "at" in case.start:
            return None

        def say(text: str) -> str:
            sequences = re.sub(rf"\b({'|'.join(case.names)})\(([^()]*)\)", r"\1[\2]", text)
            return pieces(sequences, r"equal(mod(\1,\2),\3)", r"(if \2 then \1 else \3)").replace(
                "**", "^"
            )

        ((left, right),) = case.sides
        (name,) = case.names
        values = "".join(f", {s}[{j}]={say(v)}" for s, j, v in case.values if s == name)
        return f'print(errcatch(solve_rec({say(left)}={say(right)}, {name}[n]{values})))$ print(concat("@@","END"))$\n'

    def read(self, said: str, case: Case) -> dict[str, Any] | None:
        line = re.sub(r"\s+", "", said.split("@@END")[0])
        found = re.search(rf"\[{case.names[0]}\[n\]=(.*)\]$", line)
        if not found:
            if "[]" in line or "false" in line or "rror" in line or not line:
                return None
            raise SyntaxError(line)
        text = re.sub(r"%(?=j|k)", "v_", found.group(1)).replace("'", "")
        text = re.sub(
            r"%r\d+", "(7/3)", text
        )  # a constant that is left: where it does not cancel the answer is wrong
        text = re.sub(r"if([^<()]+)<([^<()]+?)then(\w+)else(\w+)", r"if_below(\1,\2,\3,\4)", text)
        text = re.sub(r"ifequal\((\S+?)\)then(\w+)else(\w+)", r"if_equal(\1,\2,\3)", text)
        text = text.replace("%i", "I").replace("%pi", "pi").replace("%e", "E")
        if "v_k[" in text:  # a constant is left: the start was not met
            return None
        v = {f"v_j{x}": sp.Symbol(f"v_j{x}") for x in ("", *range(60))}
        over = {
            "sum": lambda f, k, a, b: sp.Sum(f, (k, a, b)),
            "product": lambda f, k, a, b: sp.Product(f, (k, a, b)),
        }
        choices = {
            name: sp.Function(name) for name in CHOICES
        }  # sympy would take a Piecewise out of a product
        return {case.names[0]: from_text(text, {**v, **over, **choices, "mod": sp.Mod})}


class Giac(Process):
    """rsolve, which takes several equations too."""

    name = "Giac rsolve"
    command = (shutil.which("giac") or "icas",)
    ready = '"@@"+"END"\n'
    end = b'"@@END"'

    def question(self, case: Case) -> str | None:
        if "at" in case.start or "Mod(" in str(
            case.equations
        ):  # a test for a rest of n is decided as it is read: false
            return None

        def say(text: str) -> str:
            return pieces(text, "", r"piecewise(\2,\1,\3)").replace("**", "^")

        equations = [f"{say(left)}={say(right)}" for left, right in case.sides]
        sequences = [f"{name}(n)" for name in case.names]
        values = ",".join(f"{s}({j})={say(v)}" for s, j, v in case.values)
        if len(equations) == 1:
            return f'rsolve({equations[0]},{sequences[0]},[{values}])\n"@@"+"END"\n'
        return f'rsolve([{",".join(equations)}],[{",".join(sequences)}],[{values}])\n"@@"+"END"\n'

    def read(self, said: str, case: Case) -> dict[str, Any] | None:
        lines = [
            line.strip()
            for line in said.splitlines()
            if "@@" not in line and ">>" not in line and "seq1(n+" not in line
        ]
        answer = "".join(lines)
        if (
            answer.startswith('"')
            or "rror" in answer
            or "undef" in answer
            or "solve(" in answer
            or answer in ("[]", "")
        ):
            return None
        if answer == "Done":  # as long as a book: Giac does not print it
            raise SyntaxError(answer)
        inner = answer
        while inner.startswith("[") and inner.endswith("]") and _matching(inner):
            inner = inner[1:-1]
        parts = _split(inner)
        if len(parts) != len(case.names):
            raise SyntaxError(answer)
        return {name: from_text(part, {}) for name, part in zip(case.names, parts, strict=True)}


def _matching(text: str) -> bool:
    """Whether the first bracket ends at the last."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "[(") - (letter in ")]")
        if not depth:
            return at == len(text) - 1
    return False


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[(") - (letter in ")]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


# The table.


@dataclass
class Row:
    """Outcome and times of one system at one case."""

    outcome: str = ""
    times: list[float] = field(default_factory=list)
    said: str = ""

    @property
    def seconds(self) -> float:
        return statistics.median(self.times) if self.times else math.nan

    def __str__(self) -> str:
        return (
            f"{self.outcome} {1000 * self.seconds:8.1f} ms"
            if self.times
            else f"{self.outcome} {'':11}"
        )


def run(systems: Sequence[System], cases: Sequence[Case], rounds: int) -> dict[str, dict[str, Row]]:
    """By case and system: what it answers in the first round is judged; times are of all."""
    table: dict[str, dict[str, Row]] = {case.id: {s.name: Row() for s in systems} for case in cases}
    for number_ in range(rounds):
        for case in cases:
            if sys.stderr.isatty():
                print(f"\rround {number_ + 1} of {rounds}: {case.id:30}", end="", file=sys.stderr)
            first = 0
            for system in systems:
                row = table[case.id][system.name]
                if number_ and row.outcome in ("too long", "refused"):
                    continue
                answer = system.ask(case, first)
                if isinstance(system, Derive):
                    first = system.first.get(case.id, 0)
                row.outcome, row.said = (
                    (answer.outcome, answer.said) if not number_ else (row.outcome, row.said)
                )
                if answer.outcome in ("solved", "wrong", "not read"):
                    row.times.append(answer.seconds)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return table


def report(
    table: Mapping[str, Mapping[str, Row]], systems: Sequence[System], verbose: bool
) -> None:
    width = max(map(len, table)) + 2
    print(f"\n{'':{width}}" + "".join(f"{s.name:>27}" for s in systems))
    for id_, rows in table.items():
        print(f"{id_:{width}}" + "".join(f"{rows[s.name]!s:>27}" for s in systems))
        if verbose:
            for s in systems:
                if rows[s.name].outcome in ("wrong", "not read"):
                    print(f"    {s.name}: {rows[s.name].said[:300]}")
    print()
    for s in systems:
        counts = Counter(rows[s.name].outcome for rows in table.values())
        print(
            f"{s.name:28} "
            + ", ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o] or o in OUTCOMES[:3])
        )
    alone, checked, *peers = systems
    for peer in peers:
        for ours in (alone, checked):
            both = [
                rows
                for rows in table.values()
                if rows[peer.name].outcome == rows[ours.name].outcome == "solved"
            ]
            if both:
                ratio = statistics.geometric_mean(
                    rows[peer.name].seconds / rows[ours.name].seconds for rows in both
                )
                print(
                    f"{peer.name} / {ours.name}: {ratio:.2f} (geometric mean of {len(both)} "
                    f"that both solve)"
                )


# How the time grows with the order.


def drawn(order: int, draw: random.Random) -> tuple[list[str], dict[str, str]]:
    """An order, coefficients p/q with p and q below 10, and a start of such."""

    def fraction() -> str:
        return f"({draw.choice((-1, 1)) * draw.randint(1, 9)}/{draw.randint(1, 9)})"

    right = " + ".join(f"{fraction()}*x(t+{j})" for j in range(order))
    return [f"x(t+{order}) = {right}"], {"x": ", ".join(fraction() for _ in range(order))}


def growth(rounds: int, highest: int, picture: Path) -> None:
    draw = random.Random(2)
    orders = list(range(1, highest + 1))
    problems = [drawn(order, draw) for order in orders]

    def alone(equations: list[str], start: dict[str, str]) -> Any:
        return Solved(stated(equations, start), seconds=60).solution

    def checked(equations: list[str], start: dict[str, str]) -> Any:
        return solve(equations, start=start, seconds=60).check()

    found: dict[str, list[float]] = {}
    for label, call in (("closed form", alone), ("with steps and verdicts", checked)):
        call(*problems[0])
        found[label] = [
            statistics.median(timed(lambda c=call, p=p: c(*p))[0] for _ in range(rounds))
            for p in problems
        ]
    print("\norder " + "".join(f"{order:8}" for order in orders))
    for label, times in found.items():
        print(f"{label:24}" + "".join(f"{1000 * s:8.1f}" for s in times) + "  ms")
        for low in (1, 4):
            print(f"   slope from order {low} on: {slope(orders[low - 1 :], times[low - 1 :]):.2f}")
    plot(orders, found, picture)


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """Of log y over log x, by least squares."""
    return statistics.linear_regression([math.log(v) for v in x], [math.log(v) for v in y]).slope


def plot(orders: Sequence[int], found: Mapping[str, Sequence[float]], picture: Path) -> None:
    try:
        import matplotlib
    except ImportError:
        print("no matplotlib: no picture (pip install -e '.[bench]')")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for (label, times), mark in zip(found.items(), "os", strict=True):
        axes.loglog(
            orders,
            [1000 * s for s in times],
            mark + "-",
            label=f"{label}, slope {slope(orders, times):.1f}",
        )
    axes.set(xlabel="order", ylabel="ms", title="one recurrence with rational coefficients")
    axes.set_xticks(orders, [str(order) for order in orders])
    axes.minorticks_off()
    axes.grid(True, which="major", alpha=0.3)
    axes.legend()
    figure.savefig(picture, dpi=100, metadata={"Software": None})
    print(f"drawn: {picture}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="ids of cases")
    parser.add_argument("--verbose", action="store_true", help="show what is wrong or not read")
    parser.add_argument("--no-growth", action="store_true")
    parser.add_argument("--picture", type=Path, default=Path(__file__).with_name("growth.png"))
    given = parser.parse_args()
    cases = [Case.of(id_) for id_ in CASES if not given.only or id_ in given.only]
    systems: list[System] = [Derive(False), Derive(True), Sympy()]
    for peer, command in ((Maxima, "maxima"), (Giac, Giac.command[0])):
        if shutil.which(command):
            systems.append(peer())
        else:
            print(f"{peer.name}: not installed")
    try:
        with mpmath.workdps(120):
            (
                systems[0].ask(cases[0], 0),
                systems[2].ask(cases[0], 0),
            )  # what is imported late is imported now
            report(run(systems, cases, given.rounds), systems, given.verbose)
    finally:
        for system in systems:
            system.close()
    if not given.no_growth:
        growth(given.rounds, 12, given.picture)


if __name__ == "__main__":
    main()
