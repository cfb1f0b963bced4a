"""What is printed, in any letters: put through a reader again and evaluated, it gives the unrolled
values.

Recurrences of every kind are written with drawn letters for the index, the unknowns, the parameters
and what nothing determines. The closed form is taken as a person sees it, as text and as LaTeX,
read again and evaluated by `tests/solving/test_cases.py`, whose numbers and unrolling share nothing with
the solver.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.parsing.sympy_parser import parse_expr, standard_transformations

from derive import Program, rsolve, solve
from derive.desk.proofreading.letters.settings import Setting
from derive.desk.recurrences.solved import Solved
from derive.errors import DeriveError
from derive.model.language.claims import Let, Root
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.statement import stated
from derive.notation import Notation
from derive.reading.latex.sides import side
from derive.reading.tokens.tokens import tokens
from derive.writing.latex import latex
from tests.conftest import FULL
from tests.solving.test_cases import DIGITS, same, truth, unroll, value, with_roots

SEED = 20
GREEK = "alpha beta delta epsilon zeta eta theta iota kappa mu nu xi rho sigma tau phi chi psi omega Delta Omega lam".split()
NAMES = [*string.ascii_letters, *GREEK, "beta1", "x_0", "w_max", "k1", "xx"]
PLACES = range(7)

# @i the index, @x and @y unknowns, @a and @b parameters, @f and @g sequences that nothing
# determines. Equations; start; forms that have no value at some places are left out there by their
# own needs.
KINDS: dict[str, tuple[list[str], dict[str, str]]] = {
    "first order": (["@x(@i+1) = @a*@x(@i) + @b"], {"@x": "1/3"}),
    "start open": (["@x(@i+1) = @a*@x(@i) + @b*@i"], {}),
    "golden": (["@x(@i+2) = @x(@i+1) + @x(@i)"], {"@x": "0, 1"}),
    "tribonacci": (["@x(@i+3) = @x(@i) + @x(@i+1) + @x(@i+2)"], {"@x": "0, 0, 1"}),
    "two roots in letters": (["@x(@i+2) = @a*@x(@i+1) + @b*@x(@i)"], {"@x": "1, 2"}),
    "cubic in letters": (["@x(@i+3) = @a*@x(@i) + @b*@x(@i+1)"], {"@x": "1, 0, 1"}),
    "complex pair": (["@x(@i+2) = 2*@x(@i+1) - 5*@x(@i)"], {"@x": "0, 1"}),
    "geometric": (["@x(@i+1) = @a*@x(@i) + @b**@i"], {"@x": "0"}),
    "resonance": (["@x(@i+1) = @a*@x(@i) + @b*@a**@i*@i"], {"@x": "1"}),
    "cosine": (["@x(@i+1) = @a*@x(@i) + cos(@b*@i)"], {"@x": "0"}),
    "reciprocal": (["@x(@i+1) = @a + @b*@x(@i) + 1/(@i+1)"], {"@x": "0"}),
    "any forcing": (["@x(@i+1) = @a*@x(@i) + @f(@i)"], {"@x": "@b"}),
    "any factor": (["@x(@i+1) = @f(@i)*@x(@i) + @a"], {"@x": "@b"}),
    "any both": (["@x(@i+1) = @f(@i)*@x(@i) + @g(@i)"], {"@x": "2"}),
    "added up": (["@x(@i+1) = @x(@i) + @a*@f(@i+1)"], {"@x": "@b"}),
    "no product": (["@x(@i+1) = (@i**2+@i+3)*@x(@i) + 1"], {"@x": "1"}),
    "no sum": (["@x(@i+1) = @x(@i) + 1/(@i**2 + @a**2)"], {"@x": "0"}),
    "factorial": (["@x(@i+1) = (@i+1)*@x(@i) + @a"], {"@x": "@b"}),
    "rising": (["@x(@i+1) = (@i + @a)*@x(@i) + 1"], {"@x": "1"}),
    "harmonic": (["@x(@i+1) = @x(@i) - @a*@b/(@i+1)"], {"@x": "0"}),
    "ratio": (["@x(@i+1) = (@i+1)/(@i+3)*@x(@i) + @a"], {"@x": "@b"}),
    "hypergeometric": (["@x(@i+2) = (@i+2)*(@i+1)*@x(@i)"], {"@x": "1, 1"}),
    "reduced": (["@x(@i+2) = (@i+2)*@x(@i+1) - (@i+1)*@x(@i)"], {"@x": "0, 1"}),
    "periodic": (["@x(@i+1) = (1 + Mod(@i, 2))*@x(@i) + @a"], {"@x": "@b"}),
    "threshold": (["@x(@i+1) = @a*@x(@i) + Piecewise((@b, @i < 3), (0, True))"], {"@x": "1"}),
    "remainder": (["@x(@i+1) = @a*@x(@i) + Mod(@i, 3) + @b"], {"@x": "1"}),
    "pulses": (
        ["@x(@i+1) = @a*@x(@i) + Piecewise((@b, Eq(Mod(@i, 3), 0)), (0, True))"],
        {"@x": "1"},
    ),
    "system": (
        ["@x(@i+1) = @a*@x(@i) + 1", "@y(@i+1) = @y(@i) - @b*@x(@i+1)"],
        {"@x": "0", "@y": "1"},
    ),
    "turning": (["@x(@i+1) = @x(@i) + @y(@i)", "@y(@i+1) = @a*@x(@i)"], {"@x": "0", "@y": "1"}),
    "averages": (["@x(@i+1) = (@x(@i) + @y(@i))/2", "@y(@i+1) = @y(@i)"], {"@x": "@a", "@y": "@b"}),
    "down": (["@x(@i) = @f(@i+1)*(@x(@i+1) - 1) + @g(@i+1)"], {"at": "6", "@x": "1"}),
    "down with letters": (["@x(@i) = @f(@i+1)*@x(@i+1) + @a"], {"at": "6", "@x": "@b"}),
    "down by a factor": (["@x(@i) = @a*@x(@i+1) + @b"], {"at": "6", "@x": "1"}),
    "newton": (["@x(@i+1) = (@x(@i) + 4/@x(@i))/2"], {"@x": "3"}),
    "fraction": (["@x(@i+1) = (2*@x(@i) + @a)/(@x(@i) + 3)"], {"@x": "1"}),
    "squares": (["@x(@i+1) = @a*@x(@i)**2"], {"@x": "1/2"}),
    "side by side": (["@x(@i+2) = @a*@x(@i) + @b"], {"@x": "0, 1"}),
    "delayed": (["@x(@i+2) = @a*@x(@i+1) + @b**@i"], {"@x": "1, 2"}),
    "counted from two": (["@x(@i+1) = @a*@x(@i) + @i"], {"at": "2", "@x": "@b"}),
}
ROLES = ("@i", "@x", "@y", "@a", "@b", "@f", "@g")
PLAIN = dict(zip(ROLES, ("t", "x", "y", "a", "b", "f", "g"), strict=True))


def written(kind: str, letters: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    equations, start = KINDS[kind]

    def put(text: str) -> str:
        return re.sub(r"@\w", lambda role: letters[role[0]], text)

    return [put(e) for e in equations], {put(k): put(v) for k, v in start.items()}


def drawn(rng: random.Random) -> dict[str, str]:
    return dict(zip(ROLES, rng.sample(NAMES, len(ROLES)), strict=True))


def numbers(rng: random.Random, letters: Mapping[str, str]) -> dict[str, Any]:
    """A world: fractions for parameters, functions for what nothing determines."""
    below = {"@a": 89, "@b": 97}  # with even numbers above: they differ, and are not 1
    world: dict[str, Any] = {
        letters[r]: Fraction(2 * rng.randint(1, 88), n) for r, n in below.items() if r in letters
    }
    for role in {"@f", "@g"} & letters.keys():
        row = [Fraction(rng.randint(1, 20), rng.randint(1, 9)) for _ in range(60)]
        world[letters[role]] = lambda at, row=row: row[int(at)]
    return world


@cache
def told(kind: str) -> list[list[str]]:
    """The reasons of the way in plain letters."""
    return reasons(asked(kind, PLAIN))


def reasons(run: Any) -> list[list[str]]:
    """By which reasons each form is derived, letters in them left out."""
    chains = [run.shown(name) for name in run.names]
    return [
        [re.sub(r"\$.*?\$", "", step.rule.name) for step in (*chain.lemmas, *chain.steps)]
        for chain in chains
    ]


def asked(kind: str, letters: Mapping[str, str]) -> Any:
    equations, start = written(kind, letters)
    return solve(*equations, start=start) if len(equations) == 1 else solve(equations, start=start)


def text_again(expr: Any, where: Any, functions: set[str]) -> Any:
    """What the text says, read by sympy's parser, in which no name means anything but itself."""
    text = str(expr)
    known = {
        name: sp.Symbol(name)
        for name in re.findall(r"[A-Za-z_]\w*(?!\w*\()", text)
        if not hasattr(sp, name) or name in NAMES
    }
    known |= {
        name: sp.Function(name)
        for name in functions | {e.name for e in where if isinstance(e, Root)}
    }
    return parse_expr(text, local_dict=known, transformations=standard_transformations)


def latex_again(run: Any, expr: Any, where: Any) -> Any:
    """What the LaTeX says, read by the reader of answers."""
    setting = Setting((), run.model, run.notation)
    setting.__dict__["sample"] = run.sample(run.main)
    return side(tokens(latex(expr, run.notation)), setting.vocabulary)


def worlds_of(run: Any, world: Mapping[str, Any]) -> dict[str, Any]:
    """The world, with letters for open starts, and what the printed form's own names stand for."""
    here = dict(world)
    chains = [run.derivation(name) for name in run.names]
    here |= with_roots(here, [e for chain in chains for e in chain.where if not isinstance(e, Let)])
    return here


def held(kind: str, letters: Mapping[str, str], rng: random.Random) -> int:
    """How many values of the forms were compared; an AssertionError where one differs."""
    equations, start = written(kind, letters)
    run = asked(kind, letters)
    assert [sorted(found) for found in reasons(run)] == [sorted(wanted) for wanted in told(kind)]
    used = {
        r: name
        for r, name in letters.items()
        if any(r in e for e in (*KINDS[kind][0], *KINDS[kind][1].values()))
    }
    world = numbers(rng, used)
    opened = (
        {s.name: v for name, v in (run.model.start.items()) for s in v[0].free_symbols}
        if kind == "start open"
        else {}
    )
    opened = {name: Fraction(5, 3) for name in opened}
    starts = start or {letters["@x"]: next(iter(opened))}
    first = int(start.get("at", "0")) if "down" not in kind else 0
    compared = 0
    with mpmath.workdps(DIGITS):
        true = walked(equations, starts, {**world, **opened}, first, "down" in kind)
        for name in run.names:
            shown = run[name]
            where = run.derivation(name).where
            here = worlds_of(run, {**world, **opened})
            functions = {
                letters[r] for r in ("@f", "@g") if any(f"{letters[r]}(" in e for e in equations)
            }
            again = {
                "text": text_again(shown, where, functions),
                "LaTeX": latex_again(run, shown, where),
            }
            index = letters["@i"]
            for at in PLACES if "down" in kind else (first + n for n in PLACES):
                point = {**here, index: Fraction(at)}
                if not all(truth(need, point) for need in run.needs(name)):
                    continue
                if "down" in kind:  # read, its index is the number of steps
                    point[run.model.index.name] = 6 - point[index]
                for how, expr in again.items():
                    got, wanted = value(expr, point), true[name](at)
                    assert same(got, wanted), (
                        f"{name}({index} = {at}) as {how}: {shown}: {got}, not {wanted}"
                    )
                compared += 1
    return compared


def walked(
    equations: list[str], start: Mapping[str, str], world: Mapping[str, Any], first: int, down: bool
) -> dict[str, Any]:
    if down or not first:
        return unroll(equations, start, world)
    index = re.match(r"\w+\((\w+)", equations[0])[1]  # type: ignore[index]  # counted from `first`: the same moved to 0
    moved = [
        left + "=" + re.sub(rf"\b{index}\b", f"({index}+{first})", right)
        for left, right in (e.split("=") for e in equations)
    ]
    name = equations[0].split("(")[0]
    moved = [m.replace(f"{name}(({index}+{first}))", f"{name}({index})") for m in moved]
    found = unroll(moved, {k: v for k, v in start.items() if k != "at"}, world)
    return {n: lambda at, f=f: f(at - first) for n, f in found.items()}


def cases(count: int, seed: int) -> Iterator[tuple[str, dict[str, str], int]]:
    rng = random.Random(seed)
    kinds = sorted(KINDS)
    for number in range(count):
        yield kinds[number % len(kinds)], drawn(rng), rng.randrange(10**6)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("part", range(10 if FULL else 1))
def test_any_letters(kind: str, part: int) -> None:
    rng = random.Random(f"{SEED} {kind} {part}")
    for _ in range(5 if FULL else 2):
        letters = drawn(rng)
        print(SEED, kind, letters)
        assert held(kind, letters, rng)


@pytest.mark.parametrize("letter", "ijklmnpqrtsuvxyzCdeEINSOQ" if FULL else "iktCN")
def test_letters_of_ours_as_theirs(letter: str) -> None:
    """The letters that the solver itself likes to use, in each role."""
    for number, kind in enumerate(sorted(KINDS)):
        role = ROLES[number % len(ROLES)]
        others = iter(n for n in ("h", "o", "w", "a", "b", "g", "F") if n != letter)
        letters = {r: letter if r == role else next(others) for r in ROLES}
        assert held(kind, letters, random.Random(kind))


REFUSED = [
    ("x(t+1) = 2*x(t) + g*g(t)", {}, '"g" is a sequence and a letter'),
    ("x(t+1) = 2*x(t)", {"x": "x"}, '"x" is a sequence and a letter'),
    ("x(n+1) = 2*x(n)", {"x": "n"}, "does not hold the index n"),
    ("x(t+1) = eps*x(t) + epsilon", {}, '"eps" and "epsilon" are both written'),
    ("f(n) = 2*f(n/2) + f", {}, '"f" is a sequence and a letter'),
]


@pytest.mark.parametrize(("equation", "start", "said"), REFUSED, ids=lambda x: str(x))
def test_two_meanings_of_a_letter_are_refused(
    equation: str, start: dict[str, str], said: str
) -> None:
    with pytest.raises(DeriveError, match=re.escape(said)):
        print(solve(equation, start=start))


def test_what_would_be_printed_alike_is_refused() -> None:
    n, y = sp.Symbol("n"), sp.Function("y")
    with pytest.raises(DeriveError, match="does not hold the index"):
        rsolve(y(n + 1) - 2 * y(n), y(n), {0: n})
    with pytest.raises(DeriveError, match='"E" is Euler'):
        solve("u(k+1) = exp(1)*u(k) + E", start={"u": "1"})
    with pytest.raises(DeriveError, match='"x_1" looks like a value of x'):
        Solved(stated("x(n+1) = x_n*x(n) + x_1", {"x": "1"}), notation=Notation("subscript"))
    assert Solved(stated("x(n+1) = 2*x(n)", {}), notation=Notation("subscript")).x == sp.sympify(
        "2**n*x_0"
    )
    with pytest.raises(DeriveError, match='"t" stands for a quantity'):
        solve(Program("p", lines=("w <- w - k*g",), start={"w": "t"}))
    for delta in ("n", "x"):
        with pytest.raises(DeriveError, match="is the index or a sequence"):
            solve("x(n+1) = a*x(n)", start={"x": "1"}, ranges=["0 < a < 1"]).first_below(delta)


def test_an_open_start_has_a_letter_of_its_own() -> None:
    assert str(solve("x(t+1) = x_0*x(t)").x) == "x_0**t*x_start_0"
    assert solve("x(t+1) = 2*x(t)", start={"at": "-2"}).needs()[0] == sp.Ge(
        sp.Symbol("t"), -2, evaluate=False
    )


def test_what_counts_down_is_counted_as_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in turning steps into places is seen, though every line holds in steps."""
    run = solve("W(l) = S(l+1)*(W(l+1) - 1) + K(l+1)", start={"at": "L", "W": "1"})
    assert run.verdict().kind == "PROVED" and [str(n) for n in run.needs()] == [
        "l <= L",
        "l >= 0",
    ]
    right = Stated.said

    def slipped(model: Stated, expr: Any) -> Any:
        said = right(model, expr)
        return (
            said
            if expr.is_Relational or isinstance(expr, AppliedUndef)
            else said.subs(model.letter, model.letter + 1)
        )

    monkeypatch.setattr(Stated, "said", slipped)
    run = solve("W(l) = S(l+1)*(W(l+1) - 1) + K(l+1)", start={"at": "L", "W": "1"})
    assert run.verdicts()[-1].kind == "FAILS"
    with pytest.raises(DeriveError, match="not confirmed"):
        print(run.W)
