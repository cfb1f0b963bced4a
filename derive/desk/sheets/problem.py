"""A problem file: what is given, what is asked, how letters are written. Read, and every key
checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.desk.sheets.trust import harmless
from derive.errors import DeriveError, nearest, short
from derive.files import read_toml
from derive.model.recurrences.library import beside, entry, library
from derive.model.recurrences.lines import ARROWS
from derive.model.recurrences.program import Program
from derive.notation import Notation

CHOICES = {  # in [notation]
    "index": {"superscript": "m^{(t)}", "subscript": "m_t"},
    "conditions": {"needed": "what the ranges do not give", "all": "every condition of a step"},
}
KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "": {"title": str, "notation": dict, "optimizers": dict, "problem": list},
    "notation": {"index": str, "names": dict, "conditions": str},
    "problem": {
        "number": int,
        "title": str,
        "text": str,
        "optimizers": list,
        "equations": list,
        "stack": dict,
        "networks": list,
        "given": dict,
        "tags": dict,
        "part": list,
    },
    "given": {
        "gradient": (str, int),
        "start": dict,
        "values": dict,
        "ranges": list,
        "layers": int,
        "example": dict,
    },
    "example": {"K": list, "S": list},
    "stack": {
        **dict.fromkeys("KSDP", (list, str, int)),
        "L": (str, int),
        "repeat": str,
        "width": int,
        "layers": str,
    },
    "part": {"text": str, "ask": list, "form": str},
}


FORMS = ("", "closed", "simplified")


@dataclass(frozen=True)
class Part:
    """One question as the students see it, the names of the answers it asks for, in which form: "",
    "closed", "simplified"."""

    text: str
    ask: tuple[str, ...]
    form: str = ""


@dataclass(frozen=True)
class Problem:
    """A problem: its optimizers, what is given, which numbers its equations carry, its parts."""

    title: str
    text: str
    number: int | None
    optimizers: tuple[Program, ...]
    equations: tuple[str, ...]
    stack: Mapping[str, Any]
    networks: tuple[str, ...]
    given: Mapping[str, Any]
    tags: Mapping[str, int]
    parts: tuple[Part, ...]
    place: str


@dataclass(frozen=True)
class ProblemSet:
    """A whole file."""

    title: str
    notation: Notation
    problems: tuple[Problem, ...]


def read_problems(path: Path, trust: bool = True) -> ProblemSet:
    """The problem set in a TOML file; an `optimizers.toml` beside it adds optimizers. Without
    `trust`, no text of it may have TeX read or run something. Raises DeriveError naming the
    place."""
    name = path.name
    data = read_toml(path)
    if not trust:
        harmless(data, name)
    _check(data, "", name)
    if not data.get("problem"):
        raise DeriveError(
            f"{name}: no problem in it; write [[problem]] and below it title, [[problem.part]] "
            f"and ask = [...]"
        )
    own = beside(path.parent) | {
        k: entry(k, v, f"{name}, optimizers") for k, v in data.get("optimizers", {}).items()
    }
    if not trust:
        harmless({k: [p.title, p.source] for k, p in own.items()}, f"{name}, optimizers")
    notation = data.get("notation", {})
    _check(notation, "notation", f"{name}, notation")
    for key, choices in CHOICES.items():
        if key in notation and notation[key] not in choices:
            said = " or ".join(f'"{choice}" for {what}' for choice, what in choices.items())
            raise DeriveError(f'{name}, notation: {key} = "{notation[key]}"; write {said}')
    names = notation.get("names", {})
    if not all(isinstance(v, str) for v in names.values()):
        raise DeriveError(f"{name}, notation: names gives each letter its LaTeX as text in quotes")
    problems = tuple(
        _problem(p, f"{name}, problem {n}", own) for n, p in enumerate(data["problem"], 1)
    )
    return ProblemSet(data.get("title", path.parent.name), Notation(**notation), problems)


def _check(data: Any, table: str, place: str) -> None:
    """Every key known, every value of its kind."""
    known = KEYS[table]
    if not isinstance(data, Mapping):
        raise DeriveError(f"{place}: expected a table with {', '.join(known)}")
    for key, value in data.items():
        if key not in known:
            raise DeriveError(f'{place}: unknown key "{key}"{nearest(key, known)}')
        if not isinstance(value, known[key]) or isinstance(value, bool):
            kind = known[key]
            kinds = {str: "text in quotes", int: "a whole number", list: "a list", dict: "a table"}
            wanted = " or ".join(kinds[k] for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise DeriveError(f"{place}: {key} = {value!r}; {key} is {wanted}")


def _problem(data: Any, place: str, own: Mapping[str, Program]) -> Problem:
    _check(data, "problem", place)
    given = data.get("given", {})
    _check(given, "given", f"{place}, given")
    _check(given.get("example", {}), "example", f"{place}, example")
    known = {**library(), **own}
    chosen = []
    for name in data.get("optimizers", ()):
        if isinstance(name, str) and any(arrow in name for arrow in ARROWS):
            raise DeriveError(
                f"{place}: optimizers = [{short(name)}]: lines need a name; write "
                '[optimizers.mine] and below it lines = [...], and here optimizers = ["mine"]'
            )
        if not isinstance(name, str) or name not in known:
            raise DeriveError(
                f'{place}: no optimizer "{str(name)[:60]}"{nearest(str(name), known)}'
            )
        chosen.append(known[name])
    equations = data.get("equations", [])
    stack, networks = data.get("stack", {}), data.get("networks", [])
    _check(stack, "stack", f"{place}, stack")
    if not all(isinstance(n, str) for n in networks):
        raise DeriveError(f"{place}: networks are a list of names in quotes")
    if (stack or networks) and (chosen or equations or (stack and networks)):
        raise DeriveError(
            f"{place}: a problem is about optimizers, equations, a stack or networks: one of these"
        )
    if equations and (chosen or not all(isinstance(e, str) for e in equations)):
        raise DeriveError(
            f"{place}: equations are a list of texts in quotes, in a problem without optimizers"
        )
    for key, there in (("gradient", bool(chosen)), ("ranges", bool(chosen or equations))):
        if key in given and not there:
            kinds = "optimizers" if key == "gradient" else "optimizers or equations"
            raise DeriveError(f"{place}, given: {key} = {given[key]!r}: it is for {kinds}")
    if not equations:
        _given_fits(given, chosen, place)
    tags = data.get("tags", {})
    for key, first in tags.items():
        if key not in (*data.get("optimizers", ()), "rf") or not isinstance(first, int):
            raise DeriveError(
                f'{place}: tags: {key} = {first!r}; give an optimizer of this problem or "rf" '
                f"the number of its first equation"
            )
    parts = tuple(
        _part(p, f"{place}, part {n}", data) for n, p in enumerate(data.get("part", ()), 1)
    )
    if not parts:
        raise DeriveError(f'{place}: nothing is asked; write [[problem.part]] and ask = ["sgdm.w"]')
    return Problem(
        data.get("title", ""),
        data.get("text", ""),
        data.get("number"),
        tuple(program.flagged(given.get("values", {})) for program in chosen),
        tuple(equations),
        stack,
        tuple(networks),
        given,
        tags,
        parts,
        place,
    )


def _given_fits(given: Mapping[str, Any], chosen: Sequence[Program], place: str) -> None:
    """Each value and start belongs to one of the problem's optimizers."""
    for table, known in (
        ("values", {h for p in chosen for h in p.settings}),
        ("start", {s for p in chosen for s in p.states}),
    ):
        for key, value in given.get(table, {}).items():
            if key not in known:
                raise DeriveError(
                    f'{place}, given: {table} of "{key}": no optimizer of this problem has '
                    f"it{nearest(key, known)}"
                )
            switch = any(p.possible_flags.get(key) is not None for p in chosen)
            if not isinstance(value, str | int | float) or (isinstance(value, bool) and not switch):
                raise DeriveError(
                    f"{place}, given: {key} = {value!r}; write a number or an expression in quotes"
                )


def _part(data: Any, place: str, problem: Mapping[str, Any]) -> Part:
    _check(data, "part", place)
    if not data.get("ask"):
        raise DeriveError(f'{place}: nothing is asked; write ask = ["sgdm.w"]')
    for question in data["ask"]:
        if not isinstance(question, str):
            raise DeriveError(
                f"{place}: ask = [..., {question!r}]; a question is text in quotes, such as "
                f'"sgdm.w"'
            )
    form = data.get("form", "")
    if form not in FORMS:
        raise DeriveError(
            f'{place}: form = "{form}"; "closed" asks for no sum signs, "simplified" also for '
            f"no more than needed"
        )
    return Part(data.get("text", ""), tuple(data["ask"]), form)
