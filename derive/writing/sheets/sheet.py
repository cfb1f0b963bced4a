"""The sheet: a problem file's answers set in templates. The words are in templates/, the
mathematics comes checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from sympy import Basic, Integer, Sum, Symbol

from derive.model.language.claims import Claim, Let, Root, T, sequence
from derive.model.language.text import read
from derive.model.language.whole import Whole
from derive.model.recurrences.lines import GRADIENT, STEP
from derive.model.recurrences.program import Program
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.training import trained
from derive.notation import Notation, escaped
from derive.writing.align import environment
from derive.writing.latex import latex, relation
from derive.writing.lines import Line as Row
from derive.writing.lines import alike, lines, where_lines
from derive.writing.said import said


class Page:
    """What the templates may call while one problem is set: it counts equation numbers and
    remembers conditions said."""

    def __init__(self, problem: Any, notation: Notation, full: bool, stated: Any = None):
        self.problem, self.notation, self.full, self.stated = problem, notation, full, stated
        self.told: list[Basic] = []
        self.said: list[str] = []

    def tex(self, expr: Basic | int | str) -> str:
        return latex(
            Symbol(expr)
            if isinstance(expr, str)
            else Integer(expr)
            if isinstance(expr, int)
            else expr,
            self.notation,
        )

    def symbol(self, name: str) -> Symbol:
        return Symbol(name)

    def statement(self, program: Program) -> list[Row]:
        """The program's lines as its updates, numbered from the tag that the problem gives."""
        numbers = self.numbers(program.name)
        rows = []
        model = trained(program)
        for name, equation in model.equations.items():
            back = {T: T - self.notation.first}
            anew = {} if model.order(name) else {T: T + 1}
            left, right = (
                self.tex(side.xreplace(back))
                for side in (sequence(name)(T + 1), equation.xreplace(anew))
            )
            rows.append(Row([right], [], left, str(next(numbers)) if numbers else ""))
        return rows

    def numbers(self, name: str) -> Iterator[int] | None:
        first = self.problem.tags.get(name)
        return None if first is None else count(first)

    def number_of(self, program: Program, target: str) -> str:
        """The number of the line that assigns `target`, or nothing."""
        first = self.problem.tags.get(program.name)
        place = program.targets.index(target)
        return "" if first is None else f"({first + place})"

    def chain(self, *pieces: Any, tags: Iterator[int] | None = None) -> str:
        """One display of one or more derivations; where an answer is only counted, it says so."""
        rows: list[Row] = []
        for piece in pieces:
            derivation = piece.run.shown(piece.name)
            rows += lines(derivation, piece.run.notation, self.full, self.told, tags)
            verdict = piece.run.verdicts(piece.name)[-1]
            if verdict.kind != "PROVED":
                rows[-1].reasons.append(f"counted in {verdict.worlds} worlds, not proved")
        return environment(rows)

    def question(self, words: str, name: str, given: str) -> str:
        """The words before an answer, in them its name and what is given as mathematics."""
        letters = [f"${self.tex(read(p, words))}$" if p else "" for p in (name, given)]
        return words.format(name=letters[0], given=letters[1])

    def asked(self, asked: Any, needs: Sequence[Basic], notation: Notation) -> str:
        """The lines of an answer about a solution, what they need beside them."""
        return said(asked.says, needs, notation, asked.verdict)

    def equations(self, stated: Iterable[Claim], notation: Notation | None = None) -> str:
        """Equations as they are given."""
        sides = [
            [latex(side, notation or self.notation) for side in (claim.left, claim.right)]
            for claim in stated
        ]
        return environment([Row([right], [], left) for left, right in sides])

    def starts(self, start: Sequence[Claim], notation: Notation) -> list[str]:
        """Start values that are more than a letter of the same look."""
        pairs = [tuple(latex(s, notation) for s in (claim.left, claim.right)) for claim in start]
        return [f"{left} = {right}" for left, right in pairs if not alike(left, right)]

    def is_unrolled(self, piece: Any) -> bool:
        """Whether the way is one line of the program, unrolled and summed."""
        chain = piece.run.shown(piece.name)
        return not chain.lemmas and not chain.where

    def where(self, piece: Any) -> list[str]:
        """What roots mean, each once on a page."""
        return self.meanings(piece.run.shown(piece.name).where, piece.run.notation)

    def meanings(self, where: Sequence[Root | Let], notation: Notation) -> list[str]:
        found = where_lines(where, notation)
        new = [text for text in found if text not in self.said]
        self.said += new
        return new

    def cases(self, found: Sequence[Any]) -> str:
        """What each sequence is in each case, the conditions beside it."""
        rows = []
        for case in found:
            run = case["run"]
            new = [c for c in case["conditions"] if not (isinstance(c, Whole) and c in self.told)]
            when = [f"${relation(run.said(c), self.notation)}$" for c in new]
            for name in case["names"]:
                rows.append(
                    Row(
                        [latex(run.closed_form(name), run.notation)],
                        when,
                        latex(run.shown(name).goal, run.notation),
                    )
                )
        return environment(rows)

    def missing(self, run: Any) -> list[str]:
        """The cases that are not covered."""
        open_ = [
            ", ".join(f"${relation(run.said(c), self.notation)}$" for c in conditions)
            for conditions in run.missing
        ]
        return [*(f"equal roots among ${latex(p, run.notation)}$" for p in run.unequal), *open_]

    def words(self, text: str) -> str:
        """Plain text for TeX."""
        return re.sub(r"([#$%&_{}])", r"\\\1", text).replace("^", r"\^{}").replace("*", r"\,")

    def verbatim(self, text: str) -> str:
        """Characters as they are."""
        return escaped(text)

    def display(self, rows: Sequence[Row]) -> str:
        return environment(list(rows))

    def given(self, models: Sequence[Stated]) -> list[str]:
        """What holds throughout: the gradient, the values given, the start, the ranges of the
        problem's own letters."""
        found: dict[str, None] = {}
        for model in models:
            source = model.source
            assert source is not None and source.gradient is not None
            gradient = sequence(GRADIENT)(T - self.notation.first)
            now = {Symbol(n): sequence(n)(T - self.notation.first) for n in source.program.states}
            step = {Symbol(STEP): T + 1 - self.notation.first}
            value = self.tex(source.gradient.xreplace(now | step))
            ever = f"$ for all $t \\ge {self.notation.first}"
            found[f"{self.tex(gradient)} = {value}{ever}"] = None
            values = {Symbol(k): v for k, v in source.values.items()} | {
                sequence(k)(Integer(0)): v for k, start in model.start.items() for v in start
            }
            pairs = [(self.tex(name), self.tex(value)) for name, value in values.items()]
            found |= dict.fromkeys(
                f"{name} = {value}" for name, value in pairs if not alike(name, value)
            )
            found |= dict.fromkeys(_chains(source.ranges, self.notation))
        return list(found)

    def ranges(self, program: Program) -> list[str]:
        return _chains(tuple(stated for _, stated in program.relations), self.notation)

    def is_sum(self, piece: Any) -> bool:
        return bool(piece.run[piece.name].has(Sum))


def _chains(ranges: Sequence[Basic], notation: Notation) -> list[str]:
    """Ranges in LaTeX, 0 < b and b < 1 joined; those of the index t are left out."""
    found: list[str] = []
    rest = [r for r in ranges if r.free_symbols != {T}]
    while rest:
        first = rest.pop(0)
        text = relation(first, notation)
        if rest and rest[0].args[0] == first.args[1] and first.args[1].is_Symbol:
            text += relation(rest.pop(0), notation).removeprefix(latex(first.args[1], notation))
        found.append(text)
    return found


def render(
    problems: Any, answers: Any, equations: Any, fragment: bool, student: bool, full: bool
) -> str:
    """The LaTeX of a sheet; see the templates for what each kind of answer says."""
    environment_ = Environment(
        loader=PackageLoader("derive.writing.sheets"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        autoescape=False,
    )
    pages = [
        Page(p, problems.notation, full, e)
        for p, e in zip(problems.problems, equations, strict=True)
    ]
    body = environment_.get_template("body.tex").render(
        pages=list(zip(pages, answers, strict=True)), student=student
    )
    body = re.sub(r"\n\s*\n+", "\n\n", body)
    if fragment:
        return body
    needs = {"tables": "\\toprule" in body, "drawings": "tikzpicture" in body}
    return environment_.get_template("sheet.tex").render(title=problems.title, body=body, **needs)
