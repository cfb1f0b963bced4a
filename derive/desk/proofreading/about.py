"""The problem that a text is about: a file, a name under solutions/, a problem that comes with the
package, an optimizer."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

from derive.desk.sheets.problem import Part, Problem, ProblemSet, read_problems
from derive.errors import DeriveError, nearest
from derive.model.recurrences.library import library
from derive.model.recurrences.program import Program
from derive.notation import Notation


def problems_about(about: str | Path) -> ProblemSet:
    """The problem set of a file (.toml), or of a name: of a folder under solutions/ here or above,
    of the package's own problems, of an optimizer of the library under a constant gradient c. A
    number behind it, `ps09:2`, is one problem of it. Raises DeriveError naming what there is."""
    whole, mark, number = str(about).rpartition(":")
    if mark and number.isdigit():
        return _one(problems_about(whole), int(number), str(about))
    path = Path(about)
    if path.suffix == ".toml":
        return read_problems(path)
    name = str(about)
    if path.parts == (name,):
        for folder in (Path.cwd(), *Path.cwd().parents):
            found = folder / "solutions" / name / "problem.toml"
            if found.is_file():
                return read_problems(found)
        own = files("derive") / "problems" / f"{name}.toml"
        if own.is_file():
            with as_file(own) as there:
                return read_problems(there)
        if name in library():
            return alone(library()[name])
    known = [
        *library(),
        *(
            p.name.removesuffix(".toml")
            for p in (files("derive") / "problems").iterdir()
            if ".toml" in p.name
        ),
    ]
    raise DeriveError(
        f'no problem "{name[:60]}": give a .toml file, or a name{nearest(name, known)}'
    )


def _one(problems: ProblemSet, number: int, about: str) -> ProblemSet:
    """The problem of that number, or else of that place."""
    numbered = [p for p in problems.problems if p.number == number]
    chosen = numbered or problems.problems[number - 1 : number]
    if not chosen:
        raise DeriveError(f"{about}: there are {len(problems.problems)} problems")
    return replace(problems, problems=tuple(chosen[:1]))


def alone(program: Program) -> ProblemSet:
    """One optimizer under a constant gradient c, all of it asked."""
    asked = tuple(f"{program.name}.{line.target}" for line in program.parsed)
    part = Part("", asked)
    place = f"problem of {program.name}"
    problem = Problem(
        program.title, "", None, (program,), (), {}, (), {"gradient": "c"}, {}, (part,), place
    )
    return ProblemSet(program.title, Notation(), (problem,))
