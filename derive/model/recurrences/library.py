"""Optimizers by name: the project's own, and those of a file that stands beside a problem."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from derive.errors import nearest
from derive.files import read_toml
from derive.model.language.claims import DeriveError
from derive.model.recurrences.program import Program

TEXTS = ("lines", "ranges", "each", "layer")  # lists of texts
KEYS = ("title", "source", "convention", "start", "flags", "scalar", *TEXTS)


def entry(name: str, data: Any, place: str) -> Program:
    """One optimizer from its table. Raises DeriveError naming `place` and the key."""
    if not isinstance(data, Mapping):
        raise DeriveError(f'{place}: "{name}" is not a table; write [{name}] and its lines below')
    for key in data:
        if key not in KEYS:
            raise DeriveError(
                f'{place}: optimizer "{name}" has an unknown key "{key}"{nearest(key, KEYS)}'
            )
    start = data.get("start", {})
    if not isinstance(start, Mapping):
        raise DeriveError(
            f'{place}: optimizer "{name}": start = {start!r}; write start = {{w = "0"}}'
        )
    flags = data.get("flags", {})
    if not isinstance(flags, Mapping):
        raise DeriveError(
            f'{place}: optimizer "{name}": flags = {flags!r}; write flags = {{nesterov = true}}'
        )
    for key in TEXTS:
        if not isinstance(data.get(key, []), list) or not all(
            isinstance(x, str) for x in data.get(key, [])
        ):
            raise DeriveError(f'{place}: optimizer "{name}": {key} is a list of texts in quotes')
    program = Program(
        name,
        tuple(data.get("lines", ())),
        {k: str(v) for k, v in start.items()},
        tuple(data.get("ranges", ())),
        str(data.get("title", name)),
        str(data.get("source", "")),
        str(data.get("convention", "")),
        each=tuple(data.get("each", ())),
        layer=tuple(data.get("layer", ())),
        scalar=bool(data.get("scalar", False)),
    )
    return program.with_flags(flags) if flags else program


def load(path: Path) -> dict[str, Program]:
    """All optimizers of one TOML file, by name. Raises DeriveError."""
    return {name: entry(name, data, path.name) for name, data in read_toml(path).items()}


FILES = Path(__file__).with_name("optimizers")
NONE = "none.toml"  # what has no form for one parameter, and why


@cache
def library() -> Mapping[str, Program]:
    """The optimizers this package comes with."""
    found: dict[str, Program] = {}
    for file in sorted(FILES.glob("*.toml")):
        found |= load(file) if file.name != NONE else {}
    return found


@cache
def without_form() -> Mapping[str, str]:
    """Optimizers that have no form for one parameter, each with the reason."""
    return {name: f"{e['title']}: {e['why']}" for name, e in read_toml(FILES / NONE).items()}


def beside(folder: Path) -> dict[str, Program]:
    """The optimizers of `optimizers.toml` in `folder`, where there is one."""
    path = folder / "optimizers.toml"
    return load(path) if path.exists() else {}
