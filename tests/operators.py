"""Errors to put into a formula: each operator gives what a node may become; the last ones keep its
value, and are no errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.trees import Node, minus, mul, node, number, over, plus


def _shifted(n: Node, by: int) -> Node:
    """An index or a limit, greater by a number: l+1 becomes l+2 or l."""
    if n.kind == "number":
        return number(int(n.name) + by)
    if n.kind == "sum":
        last = n.parts[1]
        by += int(last.name) if last.kind == "number" else -int(last.parts[0].name)
        n = n.parts[0]
    return n if by == 0 else plus(n, by) if by > 0 else plus(n, minus(-by))


def change(n: Node, place: int, *new: Node) -> Node:
    """The node with one part replaced; with none, without it, and alone what is left alone."""
    parts = (*n.parts[:place], *new, *n.parts[place + 1 :])
    return parts[0] if len(parts) == 1 and n.kind in ("sum", "product") else replace(n, parts=parts)


def _shift_part(kinds: tuple[str, ...], place: int, by: int) -> Callable[[Node], Iterator[Node]]:
    def shift(n: Node) -> Iterator[Node]:
        if n.kind in kinds and n.parts:
            yield change(n, place, _shifted(n.parts[place], by))

    return shift


def _flip_sign(n: Node) -> Iterator[Node]:
    if n.kind == "sum":
        for place, term in enumerate(n.parts):
            yield change(n, place, term.parts[0] if term.kind == "minus" else minus(term))


def _drop_term(n: Node) -> Iterator[Node]:
    if n.kind == "sum":
        yield from (change(n, place) for place in range(len(n.parts)))


def _drop_factor(n: Node) -> Iterator[Node]:
    if n.kind == "product":
        yield from (change(n, place) for place in range(len(n.parts)))
    if n.kind == "fraction":
        yield n.parts[0]


def _repeat_factor(n: Node) -> Iterator[Node]:
    if n.kind == "product":
        yield from (change(n, place, factor, factor) for place, factor in enumerate(n.parts))


def _drop(kind: str) -> Callable[[Node], Iterator[Node]]:
    def drop(n: Node) -> Iterator[Node]:
        if n.kind == kind:
            yield n.parts[0]

    return drop


def _rename(kind: str, names: dict[str, tuple[str, ...]]) -> Callable[[Node], Iterator[Node]]:
    def rename(n: Node) -> Iterator[Node]:
        if n.kind == kind:
            yield from (replace(n, name=name) for name in names.get(n.name, ()))

    return rename


def _number(by: int) -> Callable[[Node], Iterator[Node]]:
    def change(n: Node) -> Iterator[Node]:
        if n.kind == "number":
            yield number(int(n.name) + by)

    return change


def _invert(n: Node) -> Iterator[Node]:
    if n.kind == "product":
        yield from (change(n, place, over(1, factor)) for place, factor in enumerate(n.parts))
    if n.kind == "fraction":
        yield over(n.parts[1], n.parts[0])


def _complement(n: Node) -> Iterator[Node]:
    """x for 1 - x."""
    if (
        n.kind == "sum"
        and len(n.parts) == 2
        and n.parts[0] == number(1)
        and n.parts[1].kind == "minus"
    ):
        yield n.parts[1].parts[0]


def _other_kind(n: Node) -> Iterator[Node]:
    if n.kind in ("add", "times"):
        yield replace(n, kind="times" if n.kind == "add" else "add")


def _first_only(n: Node) -> Iterator[Node]:
    """a b + c for a (b + c)."""
    if n.kind == "product":
        for place, factor in enumerate(n.parts):
            if factor.kind == "sum":
                yield plus(change(n, place, factor.parts[0]), *factor.parts[1:])


def _outside_brackets(n: Node) -> Iterator[Node]:
    """Sum x + y for sum (x + y), and the factor outside of a product's body."""
    if n.kind in ("add", "times") and n.parts[2].kind == "product":
        first, *rest = n.parts[2].parts
        yield (
            mul(*rest, change(n, 2, first))
            if not _bound_in(rest, n.name)
            else mul(change(n, 2, first), change(n, 2, *rest))
        )


def _bound_in(parts: list[Node], letter: str) -> bool:
    return any(
        (p.kind == "letter" and p.name == letter) or _bound_in(list(p.parts), letter) for p in parts
    )


def _turned(kind: str) -> Callable[[Node], Iterator[Node]]:
    """Terms or factors from the last to the first."""

    def turn(n: Node) -> Iterator[Node]:
        if n.kind == kind:
            yield replace(n, parts=n.parts[::-1])

    return turn


def _multiplied(n: Node) -> Iterator[Node]:
    """a b + a c for a (b + c)."""
    if n.kind == "product":
        for place, factor in enumerate(n.parts):
            if factor.kind == "sum":
                signs = (t.kind == "minus" for t in factor.parts)
                terms = (
                    change(n, place, t.parts[0] if t.kind == "minus" else t) for t in factor.parts
                )
                yield plus(
                    *(minus(t) if negative else t for negative, t in zip(signs, terms, strict=True))
                )


def _with(n: Node, letter: str, new: Node) -> Node:
    """A body with something else for its bound letter."""
    if n.kind == "letter":
        return new if n.name == letter else n
    if (
        n.kind == "sum"
        and n.parts[0] == Node("letter", name=letter)
        and n.parts[1].kind in ("number", "minus")
    ):
        last = n.parts[1]
        return _shifted(new, int(last.name) if last.kind == "number" else -int(last.parts[0].name))
    return replace(n, parts=tuple(_with(part, letter, new) for part in n.parts))


def _renamed(n: Node) -> Iterator[Node]:
    if n.kind in BIG:
        yield change(replace(n, name="n"), 2, _with(n.parts[2], n.name, node("n")))


def _counted_from_before(n: Node) -> Iterator[Node]:
    """A sum from 0 for one from 1."""
    if n.kind in BIG:
        low, high, body = n.parts
        yield replace(
            n,
            parts=(_shifted(low, -1), _shifted(high, -1), _with(body, n.name, node(f"{n.name}+1"))),
        )


def _one_taken_off(n: Node) -> Iterator[Node]:
    """The last, or the first, term or factor by itself."""
    if n.kind in BIG:
        low, high, body = n.parts
        join = plus if n.kind == "add" else mul
        yield join(change(n, 1, _shifted(high, -1)), _with(body, n.name, high))
        yield join(_with(body, n.name, low), change(n, 0, _shifted(low, 1)))


TWINS = {"beta1": ("beta2",), "beta2": ("beta1",), "beta": ("eta",), "eps": ("eta",)}
SEQUENCES = {
    "m": ("v", "w", "m_hat"),
    "v": ("m", "v_hat"),
    "m_hat": ("v_hat", "m"),
    "v_hat": ("m_hat", "v"),
    "w": ("m",),
    "g": ("m",),
}
BIG = ("add", "times")
OPERATORS: dict[str, Callable[[Node], Iterator[Node]]] = {
    "lower limit +1": _shift_part(BIG, 0, 1),
    "lower limit -1": _shift_part(BIG, 0, -1),
    "upper limit +1": _shift_part(BIG, 1, 1),
    "upper limit -1": _shift_part(BIG, 1, -1),
    "index +1": _shift_part(("seq",), 0, 1),
    "index -1": _shift_part(("seq",), 0, -1),
    "flip a sign": _flip_sign,
    "drop a term": _drop_term,
    "drop a factor": _drop_factor,
    "repeat a factor": _repeat_factor,
    "exponent +1": _shift_part(("power",), 1, 1),
    "exponent -1": _shift_part(("power",), 1, -1),
    "drop an exponent": _drop("power"),
    "drop a root": _drop("root"),
    "another letter": _rename("letter", TWINS),
    "K for S": _rename("seq", {"K": ("S",), "S": ("K",)}),
    "another sequence": _rename("seq", SEQUENCES),
    "number +1": _number(1),
    "number -1": _number(-1),
    "invert a factor": _invert,
    "x for 1 - x": _complement,
    "sum for product": _other_kind,
    "brackets end early": _first_only,
    "a product of sums": _outside_brackets,
    # These are no errors, but where what is taken off is not there.
    "terms turned": _turned("sum"),
    "factors turned": _turned("product"),
    "multiplied out": _multiplied,
    "another bound letter": _renamed,
    "counted from before": _counted_from_before,
    "one taken off": _one_taken_off,
}
