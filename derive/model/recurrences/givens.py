"""Gradients and learning rates by name: an entry each of two files beside this one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from derive.errors import DeriveError
from derive.files import read_toml

RATE = "eta"  # what the letters of a schedule are called after: eta0, eta_min
CLOSE = 0.8  # how alike a word is to a name that it is taken for


@dataclass(frozen=True)
class Given:
    """An expression with a name, and what its letters must meet."""

    name: str
    title: str
    value: str
    ranges: tuple[str, ...] = ()
    source: str = ""


@cache
def gradients() -> Mapping[str, Given]:
    """The gradients that have a name."""
    return _read("gradients")


@cache
def schedules() -> Mapping[str, Given]:
    """The learning rates that have a name."""
    return _read("schedules")


def _read(file: str) -> dict[str, Given]:
    table = read_toml(Path(__file__).with_name(f"{file}.toml"))
    return {
        name: Given(name, e["title"], e["value"], tuple(e.get("ranges", ())), e.get("source", ""))
        for name, e in table.items()
    }


def named_gradient(given: Any) -> Given | None:
    """The gradient that a text names; None for an expression. Raises DeriveError for a misspelt
    name."""
    return _named(given, gradients, "gradient")


def named_schedule(given: Any, rate: str) -> Given | None:
    """The schedule that a text names, in letters of that rate: alpha0 for eta0."""
    found = _named(given, schedules, rate)
    if found is None or rate == RATE:
        return found
    other = re.compile(rf"\b{RATE}(?=0|_min)")
    texts = (other.sub(rate, text) for text in found.ranges)
    return replace(found, value=other.sub(rate, found.value), ranges=tuple(texts))


def _named(given: Any, named: Callable[[], Mapping[str, Given]], what: str) -> Given | None:
    if not isinstance(given, str) or not re.fullmatch(r"[a-z_]{3,}", given.strip()):
        return None
    name, table = given.strip(), named()
    close = difflib.get_close_matches(name, table, n=1, cutoff=CLOSE)
    if name not in table and close:
        raise DeriveError(
            f'{what} = {name}: did you mean "{close[0]}"? A letter needs another name'
        )
    return table.get(name)
