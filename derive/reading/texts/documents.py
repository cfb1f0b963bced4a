r"""A document's formulas: displays and inline mathematics of a .tex or Markdown file, in order,
with the prose before each."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from functools import cached_property

from derive.reading.tokens.tokens import Macro

DISPLAYS = "equation|align|gather|multline|flalign|alignat|eqnarray|displaymath|math|dmath"
FORMULA = re.compile(
    r"(?P<skip>\\begin\{(?P<unread>verbatim|lstlisting|comment|minted|tikzpicture|tabular)\*?\}.*?\\end\{(?P=unread)\*?\}"
    r"|\\verb\*?(?P<bar>[^A-Za-z\s]).*?(?P=bar)|```.*?```|`[^`$\n]*`|\\\$|(?<!\\)%[^\n]*"
    r"|\\iffalse\b.*?\\fi\b|<!--.*?-->)"
    rf"|\\begin\{{(?P<name>(?:{DISPLAYS})\*?)\}}(?P<environment>.*?)\\end\{{(?P=name)\}}"
    r"|\\\[(?P<bracket>.*?)\\\]|\$\$(?P<dollars>.*?)\$\$|\\\((?P<paren>.*?)\\\)|\$(?P<inline>(?:[^$\\]|\\.)+?)\$",
    re.DOTALL,
)
INLINE = frozenset(["paren", "inline"])
BODIES = ("environment", "bracket", "dollars", "paren", "inline")
ROWS = ("align", "gather", "flalign", "alignat", "eqnarray")
TAG_BEHIND = re.compile(r"[^\n]*\n?[^\n]*")
TAG = re.compile(r"^\s*\((\d+[a-z]?)\)|\((\d+[a-z]?)\)[ \t]*$", re.MULTILINE)
MACRO = re.compile(
    r"\\(?:re)?newcommand\*?\s*\{?(\\[A-Za-z]+)\}?\s*(?:\[(\d)\])?\s*\{|\\def\s*(\\[A-Za-z]+)\s*\{"
)
OPERATOR = re.compile(r"\\DeclareMathOperator\*?\s*\{(\\[A-Za-z]+)\}\s*\{([A-Za-z]+)\}")


@dataclass(frozen=True)
class Formula:
    """The mathematics of one display or inline formula, the offset where it begins, the prose since
    the one before.

    `tag` is a number that stands behind a display; `numbered` says how many numbers it takes: none,
    one, one a row ("rows").
    """

    text: str
    at: int
    display: bool
    before: str
    tag: str = ""
    numbered: str = ""


@dataclass(frozen=True)
class Document:
    """A file's text. `formulas` are in order; `macros` are those that the file defines."""

    text: str
    macros: dict[str, Macro] = field(default_factory=dict)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def place(self, at: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect.bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        begin = self.text.find(r"\begin{document}")
        start = last = begin + len(r"\begin{document}") if begin >= 0 else 0
        found: list[Formula] = []
        for match in FORMULA.finditer(self.text, start):
            if match["skip"] is not None:
                continue
            kind = next(k for k in BODIES if match[k] is not None)
            before = self.text[last : match.start()]
            display, name = kind not in INLINE, match["name"] or ""
            tag = self._tag(match.end()) if display and r"\tag" not in match[kind] else ""
            found.append(
                Formula(match[kind], match.start(kind), display, before, tag, _numbers(name))
            )
            last = match.end()
        return tuple(found)

    def _tag(self, end: int) -> str:
        """A number in brackets behind a display: at the start of what follows on its line or the
        next, or at their end."""
        behind = TAG_BEHIND.match(self.text, end)
        near = (behind[0] if behind else "").split("$$")[0].split("\n\n")[0]
        found = TAG.search(near)
        return (found[1] or found[2]) if found else ""


def _numbers(environment: str) -> str:
    return (
        "rows" if environment in ROWS else "one" if environment in ("equation", "multline") else ""
    )


def document(text: str) -> Document:
    """A file's text with the macros that it defines."""
    macros: dict[str, Macro] = {}
    for match in MACRO.finditer(text):
        depth, end = 1, match.end()
        while end < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        macros[match[1] or match[3]] = Macro(int(match[2] or 0), text[match.end() : end - 1])
    for match in OPERATOR.finditer(text):
        macros[match[1]] = Macro(0, rf"\operatorname{{{match[2]}}}")
    return Document(text, macros)
