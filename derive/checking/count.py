"""Both sides of a claim evaluated in many worlds, against what the program or the windows really give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derive.checking.evaluate import NotReadable, agree, code, exact
from derive.checking.worlds import show, worlds
from derive.model.claims import Claim


@dataclass(frozen=True)
class Count:
    """In how many worlds the sides agree; where they first differ; or why nothing could be counted."""

    agreed: int = 0
    witness: tuple[tuple[str, str], ...] = ()
    differs: bool = False
    reason: str = ""


def count(claim: Claim, model: Any, indices: tuple[int, ...] | None = None) -> Count:
    """Count a claim. A world in which a side is undefined (0/0, a root of a negative number) does not count."""
    agreed = 0
    try:
        left, right = code(claim.left), code(claim.right)
        for env in worlds(model, (claim.left, claim.right), claim.needs, indices):
            try:
                a, b = left(env), right(env)
            except ZeroDivisionError:
                continue
            if not agree(a, b):
                return Count(agreed, (*show(env, model, (claim.left, claim.right)), ("left", _short(a)), ("right", _short(b))), True)
            agreed += 1
    except NotReadable as error:
        return Count(reason=str(error))
    return Count(agreed, reason="" if agreed else "no world meets its conditions")


def _short(value: Any) -> str:
    text = str(value)
    if exact(value) and len(text) > 24:
        return f"{float(value):.12g}"
    return text if exact(value) else f"{float(value.mid):.12g}"
