"""The library's optimizers as a table, and what each stores in bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from derive.checking.counting.unroll import stored
from derive.desk.recurrences.answer import optimizer
from derive.errors import DeriveError, nearest
from derive.model.recurrences import givens
from derive.model.recurrences.library import library
from derive.model.recurrences.program import Program
from derive.writing.sheets.tables import Table

OPTIMIZERS = {
    "name": "name",
    "title": "optimizer",
    "keeps": "keeps for each parameter",
    "shared": "keeps once",
    "flags": "flags",
    "source": "source",
}
MEMORY = {"program": "optimizer", "what": "what", "values": "values for each parameter"}
BYTES = {
    "float64": 8, "float32": 4, "bfloat16": 2, "float16": 2, "int8": 1, "float8_e4m3fn": 1,
    "float8_e5m2": 1,
}  # fmt: skip  # torch's names


def optimizers(names: Iterable[str] = ()) -> Table:
    """The optimizers of the library, or those named: their states, flags and sources. Raises
    DeriveError for an unknown name."""
    chosen = [optimizer(name) for name in names] or list(library().values())
    records = (
        {
            "name": p.name,
            "title": p.title,
            "keeps": list(p.memory) or "nothing",
            "shared": list(p.shared),
            "flags": list(p.possible_flags),
            "source": p.source,
            "convention": p.convention,
            "lines": list(p.lines),
        }
        for p in chosen
    )
    return Table(tuple(records), OPTIMIZERS)


def gradients() -> Table:
    """The gradients that have a name, for `solve(..., gradient="quadratic")`."""
    return _givens(givens.gradients(), "gradient")


def schedules() -> Table:
    """The learning rates that have a name, for `solve(..., eta="cosine")`. Of another
    hyperparameter the letters are its own: alpha0 for eta0."""
    return _givens(givens.schedules(), "learning rate in step t")


def _givens(table: Mapping[str, givens.Given], what: str) -> Table:
    records = (
        {"name": e.name, "title": e.title, "value": e.value, "ranges": list(e.ranges),
         "source": e.source}
        for e in table.values()
    )  # fmt: skip
    columns = {"name": "name", "title": "title", "value": what, "ranges": "ranges"}
    if any(entry.source for entry in table.values()):
        columns["source"] = "source"
    return Table(tuple(records), columns)


def memory(
    *programs: Program | str,
    parameters: float = 1,
    dtype: str = "float32",
    master: str | None = None,
    gradients: bool = True,
    **flags: Any,
) -> Table:
    """What training with each of some optimizers (default: the library's) holds for `parameters`
    values, in bytes, a row a thing: the parameters and their gradients in `dtype`, and the states;
    with `master`, a type, a copy of the parameters in it, and the states in it, too.

    What all parameters share, or all of a layer, is one value each and is not counted. `flags` are
    the optimizers' own, `amsgrad=True`. Raises DeriveError for an unknown type, name or flag, for a
    number of parameters below 0, and for what works on matrices.
    """
    for kind in (dtype, *([master] if master else [])):
        if kind not in BYTES:
            raise DeriveError(f'no type "{kind!s:.40}"{nearest(str(kind), BYTES)}')
    if isinstance(parameters, bool) or not isinstance(parameters, int | float) or parameters < 0:
        raise DeriveError(f"parameters = {parameters!r:.40}: how many values, as in 7e9")
    chosen = [p if isinstance(p, Program) else optimizer(p) for p in programs]
    records: list[dict[str, Any]] = []
    for program in chosen or [p for p in library().values() if not p.scalar]:
        if program.scalar:
            raise DeriveError(
                f"{program.name}: this is its form for one parameter; what it keeps of a matrix "
                "depends on its sides"
            )
        made = program.with_flags(flags)
        records += _rows(made, parameters, dtype, master, gradients)
    return Table(tuple(records), {**MEMORY, "dtype": "type", "bytes": "bytes"})


def _rows(
    program: Program, parameters: float, dtype: str, master: str | None, gradients: bool
) -> list[dict[str, Any]]:
    if set(stored(program)) != set(program.memory):
        raise DeriveError(
            f"{program.name}: what it keeps is not what counting finds; please report it"
        )
    states = master or dtype
    held = [("parameters", dtype)] + [("gradients", dtype)] * gradients
    held += [("master copy", states)] * (master is not None)
    held += [(state, states) for state in program.memory]
    rows: list[dict[str, Any]] = [
        {"program": program.name, "what": what, "values": 1, "dtype": kind,
         "bytes": round(parameters * BYTES[kind])}
        for what, kind in held
    ]  # fmt: skip
    total = {
        "what": "all",
        "values": len(held),
        "dtype": "",
        "bytes": sum(r["bytes"] for r in rows),
    }
    return [*rows, {"program": program.name, **total}]
