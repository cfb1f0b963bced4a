"""Published networks by name: layouts in the one-line notation, and the sizes that others give for
them, from TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import derive.model.convolutions
from derive.errors import DeriveError, nearest
from derive.files import read_toml
from derive.model.convolutions.network import Network
from derive.reading.networks.layers import layers

NAME = re.compile(r"[A-Za-z][\w.-]{0,80}")
NUMBERS = ("size", "stride", "padding", "width", "out_width")


@dataclass(frozen=True, slots=True)
class Published:
    """What somebody else says of a network: its size, stride, left padding, and, at an input's
    width, its outputs' number."""

    source: str
    size: int | None = None
    stride: int | None = None
    padding: int | None = None
    width: int | None = None
    out_width: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A network of the library. `width` where the layout's padding depends on it; `output` is the
    layer that is asked about."""

    name: str
    title: str
    layers: str
    source: str
    output: str
    notes: str = ""
    width: int | None = None
    published: tuple[Published, ...] = ()

    def network(self) -> Network:
        """The layout, read. Raises DeriveError."""
        return layers(self.layers, self.name)


def entry(name: str, data: Any, place: str) -> Entry:
    """One network from its table; `layers` is a text or a list of texts. Raises DeriveError naming
    `place` and the key."""
    place = f'{place}: network "{name}"'
    if not isinstance(data, Mapping):
        raise DeriveError(f"{place} is not a table; write [{name}] and its layers below")
    given = dict(data)
    if isinstance(given.get("layers"), list) and all(
        isinstance(line, str) for line in given["layers"]
    ):
        given["layers"] = "\n".join(given["layers"])
    stated = given.pop("published", [])
    if not isinstance(stated, list) or not all(isinstance(s, Mapping) for s in stated):
        raise DeriveError(f"{place}: published is a list of tables")
    _check(given, ("title", "layers", "source", "output"), ("notes",), ("width",), place)
    for said in stated:
        _check(said, ("source",), (), NUMBERS, f"{place}: published")
    return Entry(name, **given, published=tuple(Published(**said) for said in stated))


def _check(
    data: Mapping[str, Any],
    needed: tuple[str, ...],
    more: tuple[str, ...],
    numbers: tuple[str, ...],
    place: str,
) -> None:
    known = (*needed, *more, *numbers)
    for key, value in data.items():
        if key not in known:
            raise DeriveError(f'{place}: unknown key "{key}"{nearest(key, known)}')
        kind, called = (int, "a whole number") if key in numbers else (str, "a text in quotes")
        if type(value) is not kind:
            raise DeriveError(f"{place}: {key} = {value!r}: {called} is needed")
    for key in needed:  # empty says as little
        if not data.get(key):
            raise DeriveError(f"{place}: {key} is missing")


@cache
def networks() -> Mapping[str, Entry]:
    """The networks this package comes with, by name."""
    found: dict[str, Entry] = {}
    for file in sorted(Path(derive.model.convolutions.__path__[0], "networks").glob("*.toml")):
        for name, data in read_toml(file).items():
            if name in found:
                raise DeriveError(f'{file.name}: a second network "{name}"')
            found[name] = entry(name, data, file.name)
    return found


def named(asked: str) -> Network | None:
    """The network of that name; None where the text is layers or no name. Raises DeriveError for an
    unknown name."""
    known = networks()
    if asked in known:
        return known[asked].network()
    if not NAME.fullmatch(asked):
        return None
    try:
        return layers(asked)  # "g" and "m3" are names by their letters
    except DeriveError:
        files = "a file ends in .json, .toml or .onnx"
        other = f"{files}; layers are written kernel/stride, such as 7/2 3/2"
        raise DeriveError(f'no network "{asked}"{nearest(asked, known)}; {other}') from None
