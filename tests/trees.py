"""Formulas as small trees that write themselves as LaTeX and are worth a fraction in a drawn world;
nothing here reads LaTeX.

Worlds are unrolled line by line, with numbers for all letters: an optimizer under any gradients, or
a stack of layers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt

LATEX = {
    "beta": r"\beta", "beta1": r"\beta_1", "beta2": r"\beta_2", "eta": r"\eta", "eps": r"\epsilon", "m": "m_w", "v": "v_w",
    "m_hat": r"\hat{m}_w", "v_hat": r"\hat{v}_w", "g": r"\nabla_w L", "add": r"\sum", "times": r"\prod",
}  # fmt: skip
DIGITS = 60


class Outside(Exception):
    """A value that the world does not have: beyond the stack, before the first step, over zero."""


@dataclass(frozen=True)
class Node:
    """`kind` is number, letter, seq (at an index, or without), sum, minus, product, power,
    fraction, root, add or times.

    `parts`: index | terms | one | factors | base, exponent | top, below | one | low, high, body.
    `name` is the number, the letter, the sequence or the bound letter; `bare` sequences have an
    index without brackets, as W^{l+1}.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    name: str = ""
    bare: bool = False


def number(value: int) -> Node:
    return Node("number", name=str(value))


def node(value: Node | int | str) -> Node:
    """A number, a letter, or a letter plus or minus a number: l+1."""
    if isinstance(value, Node):
        return value
    if isinstance(value, int):
        return number(value)
    for sign in "+-":
        if sign in value:
            name, rest = value.split(sign)
            last = number(int(rest))
            return Node(
                "sum", (Node("letter", name=name), last if sign == "+" else Node("minus", (last,)))
            )
    return Node("letter", name=value)


def seq(name: str, index: Node | int | str | None = None, bare: bool = False) -> Node:
    return Node("seq", () if index is None else (node(index),), name, bare)


def plus(*terms: Node | int | str) -> Node:
    return Node("sum", tuple(map(node, terms)))


def minus(term: Node | int | str) -> Node:
    return Node("minus", (node(term),))


def mul(*factors: Node | int | str) -> Node:
    return Node("product", tuple(map(node, factors)))


def power(base: Node | int | str, exponent: Node | int | str) -> Node:
    return Node("power", (node(base), node(exponent)))


def over(top: Node | int | str, below: Node | int | str) -> Node:
    return Node("fraction", (node(top), node(below)))


def root(body: Node) -> Node:
    return Node("root", (body,))


def add(letter: str, low: Node | int | str, high: Node | int | str, body: Node) -> Node:
    return Node("add", (node(low), node(high), body), letter)


def times(letter: str, low: Node | int | str, high: Node | int | str, body: Node) -> Node:
    return Node("times", (node(low), node(high), body), letter)


def latex(n: Node) -> str:
    p = n.parts
    match n.kind:
        case "number":
            return n.name
        case "letter":
            return LATEX.get(n.name, n.name)
        case "seq":
            name = LATEX.get(n.name, n.name)
            return (
                name
                if not p
                else f"{name}^{{{latex(p[0])}}}"
                if n.bare
                else f"{name}^{{({latex(p[0])})}}"
            )
        case "sum":
            texts = [_term(term, last=place == len(p) - 1) for place, term in enumerate(p)]
            return "".join(
                t if not i else f" - {t[2:]}" if t.startswith("- ") else f" + {t}"
                for i, t in enumerate(texts)
            )
        case "minus":
            return _term(n)
        case "product":
            return " ".join(_factor(f, place == len(p) - 1, place) for place, f in enumerate(p))
        case "power":
            whole = p[0].kind in ("letter", "number")
            return f"{latex(p[0]) if whole else _bracketed(p[0])}^{{{latex(p[1])}}}"
        case "fraction":
            return rf"\frac{{{latex(p[0])}}}{{{latex(p[1])}}}"
        case "root":
            return rf"\sqrt{{{latex(p[0])}}}"
    body = _bracketed(p[2]) if p[2].kind in ("sum", "minus") else latex(p[2])
    return rf"{LATEX[n.kind]}_{{{n.name}={latex(p[0])}}}^{{{latex(p[1])}}} {body}"


def _bracketed(n: Node) -> str:
    return rf"\left({latex(n)}\right)"


def _term(n: Node, last: bool = True) -> str:
    """A sum that is not the last term would take in what follows."""
    if n.kind == "minus":
        return f"- {_term(n.parts[0], last)}"
    return _bracketed(n) if n.kind == "sum" or (not last and _open(n)) else latex(n)


def _factor(n: Node, last: bool, place: int) -> str:
    if n.kind in ("sum", "minus") or (not last and _open(n)):
        return _bracketed(n)
    return rf"\cdot {latex(n)}" if place and n.kind == "number" else latex(n)


def _open(n: Node) -> bool:
    """Whether it ends with the body of a sum or product."""
    return n.kind in ("add", "times") or (
        n.kind in ("product", "sum", "minus") and _open(n.parts[-1])
    )


@dataclass
class World:
    """Numbers for letters, and for sequences at each index."""

    letters: dict[str, Fraction]
    sequences: dict[str, dict[int, Fraction]]
    here: int = 0  # the index of a sequence that is written without one
    bound: Mapping[str, Fraction] = field(default_factory=dict)

    def at(self, name: str, index: Fraction) -> Fraction:
        try:
            return self.sequences[name][int(index)]
        except KeyError:
            raise Outside(f"{name}({index})") from None


def worth(n: Node, world: World) -> Fraction:
    """Its value. Raises Outside."""
    p = n.parts
    match n.kind:
        case "number":
            return Fraction(n.name)
        case "letter":
            return world.bound[n.name] if n.name in world.bound else world.letters[n.name]
        case "seq":
            return world.at(n.name, worth(p[0], world) if p else Fraction(world.here))
        case "sum":
            return sum((worth(t, world) for t in p), Fraction(0))
        case "minus":
            return -worth(p[0], world)
        case "product":
            return _product(worth(f, world) for f in p)
        case "power":
            return _power(worth(p[0], world), worth(p[1], world))
        case "fraction":
            return _power(worth(p[1], world), Fraction(-1)) * worth(p[0], world)
        case "root":
            return square_root(worth(p[0], world))
    low, high = (int(worth(end, world)) for end in p[:2])
    values = (
        worth(p[2], replace(world, bound={**world.bound, n.name: Fraction(i)}))
        for i in range(low, high + 1)
    )
    return sum(values, Fraction(0)) if n.kind == "add" else _product(values)


def _product(values: Iterator[Fraction]) -> Fraction:
    found = Fraction(1)
    for value in values:
        found *= value
    return found


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent < 0:
        raise Outside("over zero")
    return base ** int(exponent)


def square_root(value: Fraction) -> Fraction:
    """Exact where it is rational, otherwise to DIGITS digits. Raises Outside for a negative one."""
    if value < 0:
        raise Outside("root of a negative number")
    top, below = isqrt(value.numerator), isqrt(value.denominator)
    if top**2 == value.numerator and below**2 == value.denominator:
        return Fraction(top, below)
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def differ(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) > Fraction(1, 10 ** (DIGITS // 2)) * (1 + abs(one))


def _share(rng: random.Random) -> Fraction:
    """A number between 0 and 1."""
    below = rng.randint(2, 12)
    return Fraction(rng.randint(1, below - 1), below)


def optimizer(rng: random.Random, adam: bool, steps: int = 9) -> World:
    """SGDM or Adam under any gradients, from m = v = 0."""
    letters = {
        "eta": Fraction(rng.randint(1, 20), 10),
        "eps": Fraction(rng.randint(1, 9), 10),
        "beta": _share(rng),
    }
    letters |= {"beta1": _share(rng), "beta2": _share(rng), "t": Fraction(rng.randint(0, 4))}
    beta1, beta2, eta = letters["beta1"], letters["beta2"], letters["eta"]
    g = {
        n: Fraction(rng.choice([-1, 1]) * rng.randint(1, 12), rng.randint(1, 4))
        for n in range(steps)
    }
    s: dict[str, dict[int, Fraction]] = {k: {} for k in ("m_hat", "v_hat")}
    s |= {"g": g, "m": {0: Fraction(0)}, "w": {0: Fraction(rng.randint(-9, 9), 3)}} | (
        {"v": {0: Fraction(0)}} if adam else {}
    )
    for n in range(steps - 1):
        if adam:
            s["m"][n + 1] = beta1 * s["m"][n] + (1 - beta1) * g[n]
            s["v"][n + 1] = beta2 * s["v"][n] + (1 - beta2) * g[n] ** 2
            s["m_hat"][n + 1] = s["m"][n + 1] / (1 - beta1 ** (n + 1))
            s["v_hat"][n + 1] = s["v"][n + 1] / (1 - beta2 ** (n + 1))
            s["w"][n + 1] = s["w"][n] - eta * s["m_hat"][n + 1] / (
                square_root(s["v_hat"][n + 1]) + letters["eps"]
            )
        else:
            s["m"][n + 1] = letters["beta"] * s["m"][n] + g[n]
            s["w"][n + 1] = s["w"][n] - eta * s["m"][n + 1]
    return World(letters, s, here=int(letters["t"]) + 1)


def stack(rng: random.Random) -> World:
    """Layers 1 to L with any kernels and strides, the widths from W(L) = 1 back to W(0)."""
    count = rng.choice([1, 1, 2, 2, 3, 3, 4, 5, 6])
    k, s = ({n: Fraction(rng.randint(1, top)) for n in range(1, count + 1)} for top in (7, 4))
    w = {count: Fraction(1)}
    for n in range(count, 0, -1):
        w[n - 1] = s[n] * (w[n] - 1) + k[n]
    return World(
        {"L": Fraction(count), "l": Fraction(rng.randrange(count))}, {"K": k, "S": s, "W": w}
    )
