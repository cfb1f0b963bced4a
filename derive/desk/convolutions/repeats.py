"""The field of a network whose blocks are repeated n1, n2, ... times, in these letters; counted at
numbers for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Symbol

from derive.checking.convolutions.reach import reached
from derive.checking.convolutions.spots import TooWide, ends
from derive.errors import DeriveError
from derive.model.convolutions.network import Network, joined
from derive.model.language.claims import Verdict
from derive.solving.convolutions.repeats import grown

WORLDS, MOST = 12, 4  # numbers tried for the letters, and the greatest


@dataclass(frozen=True)
class Stage:
    """A part of the line, how often it stands there, what one output of it reads of its input, and
    the field so far."""

    text: str
    times: Expr
    left: int
    right: int
    stride: int
    size: Expr

    def __str__(self) -> str:
        reads = f"reads {self.left} to {self.right}, stride {self.stride}"
        return f"{self.text}, {self.times} times: {reads}; so far {self.size} positions"


@dataclass(frozen=True)
class Repeated:
    """The field's size, ends and step as expressions; the steps that lead there; a verdict."""

    size: Expr
    left: Expr
    right: Expr
    stride: Expr
    steps: tuple[Stage, ...]
    verdict: Verdict

    def as_dict(self) -> dict[str, Any]:
        shown = {k: str(getattr(self, k)) for k in ("size", "left", "right", "stride")}
        return shown | {"verdict": self.verdict.kind}

    def __str__(self) -> str:
        ends = f"from {self.left} to {self.right}, step {self.stride}"
        last = f"size {self.size}, {ends}: {self.verdict}"
        return "\n".join((*map(str, self.steps), last))


def repeated(parts: Sequence[tuple[Network, str | int]]) -> Repeated:
    """Raises DeriveError where a part cannot be repeated, or the count says otherwise."""
    times = [Symbol(t) if isinstance(t, str) else Integer(t) for _, t in parts]
    steps, now = [], None
    for (network, _), many, (now, own) in zip(
        parts, times, grown(zip((n for n, _ in parts), times, strict=True)), strict=True
    ):
        steps.append(Stage(network.name, many, *own, now.size))
    if now is None:
        raise DeriveError("no layers")
    verdict = _count([n for n, _ in parts], times, (now.left, now.right, now.step))
    if not verdict.holds:
        raise DeriveError(f"found {now.size}, which is not confirmed: {verdict}")
    return Repeated(now.size, now.left, now.right, now.step, tuple(steps), verdict)


def _count(blocks: list[Network], times: list[Expr], forms: tuple[Expr, Expr, Expr]) -> Verdict:
    """The forms at numbers for the letters against the ends that are read through so many blocks,
    one after the other."""
    letters, rng = sorted(set().union(*(t.free_symbols for t in times)), key=str), random.Random(0)
    for world in range(WORLDS):
        put = {s: Integer(rng.randint(0, MOST)) for s in letters}
        network = joined(
            [b for b, t in zip(blocks, times, strict=True) for _ in range(int(t.xreplace(put)))]
        )
        try:
            (left, right), (after, _) = (ends(reached(network, network.output, o)) for o in (0, 1))  # type: ignore[misc]
        except TooWide as reason:
            return Verdict("UNCHECKED", "counted", world, reason=str(reason))
        if tuple(f.xreplace(put) for f in forms) != (left, right, after - left):
            shown = tuple((str(k), str(v)) for k, v in put.items())
            return Verdict("FAILS", "counted", world, shown, f"from {left} to {right} are read")
    return Verdict("COUNTED", "counted", WORLDS)
