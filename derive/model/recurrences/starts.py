"""First values by their places, `a(1) = 1, a(2) = 3`: the values by name, and the index they are
from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from derive.errors import DeriveError
from derive.model.language.typed import plain as plain_text

PLACED = re.compile(r"(\w+)\s*\(\s*(-?\w+)\s*\)")

_NEXT = re.compile(r",\s*(?=[A-Za-z_]\w*\s*(?:\(\s*-?\w+\s*\)\s*)?=)")


def each_start(text: str) -> list[str]:
    """The parts of `x=0, 1, y(1)=2`, one for each name."""
    return _NEXT.split(text)


def by_name(start: Mapping[str, Any], down: bool) -> dict[str, Any]:
    """The start with `"at"` for the first index where values stand under `a(1)`; `down` says that
    the equations count down from it. Raises DeriveError."""
    start = {plain_text(key): value for key, value in start.items()}
    read = {key: PLACED.fullmatch(key) for key in start}
    places: dict[str, dict[str, Any]] = {}
    for key, found in read.items():
        if found is not None:
            places.setdefault(found[1], {})[found[2]] = start[key]
    if not places:
        return dict(start)
    plain = {key: value for key, value in start.items() if read[key] is None}
    for name in places:
        if name in plain or "at" in plain:
            beside = name if name in plain else "at"
            raise DeriveError(f"start of {name}: by {beside} and by its places; give one of them")
    begun = {name: _in_order(name, values, down) for name, values in places.items()}
    firsts = {first for first, _ in begun.values()} | ({"0"} if plain else set())
    if len(firsts) > 1:
        raise DeriveError(
            f"start: first values at {', '.join(sorted(firsts))}; all begin at one index"
        )
    at = firsts.pop()
    values = {name: given for name, (_, given) in begun.items()}
    return {**plain, **values, **({} if at == "0" and not down else {"at": at})}


def _in_order(name: str, values: Mapping[str, Any], down: bool) -> tuple[str, list[Any]]:
    """The place of the first value, and the values as they are counted."""
    if len(values) == 1:  # also at a letter, from where it is counted down
        ((place, value),) = values.items()
        return place, [value]
    if not all(re.fullmatch(r"-?\d+", place) for place in values):
        raise DeriveError(
            f"start of {name}: at {', '.join(values)}; write whole numbers, {name}(0)"
        )
    numbers = {int(place): value for place, value in values.items()}
    order = sorted(numbers, reverse=down)
    if max(order) - min(order) != len(values) - 1:
        raise DeriveError(
            f"start of {name}: at {', '.join(map(str, order))}; give values at indices that "
            "follow each other"
        )
    return str(order[0]), [numbers[place] for place in order]
