"""What a problem file may put into a sheet: LaTeX that is read or run by nobody but the reader.

A sheet is compiled where it is made; TeX can read any file and write some, so that a file from
elsewhere is looked at first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from derive.errors import DeriveError, short

# that read, write, run, or change what signs mean (The TeXbook, chapters 7, 20 and 21)
COMMANDS = (
    "input include InputIfFileExists IfFileExists openin openout read write immediate special "
    "closein closeout csname endcsname catcode lccode uccode mathcode activechar scantokens "
    "directlua luaexec latelua pdffiledump pdfobj shellescape ShellEscape loop endlinechar "
    "newwrite newread lstinputlisting verbatiminput includegraphics usepackage RequirePackage "
    "documentclass everypar output expandafter def edef gdef xdef let futurelet newcommand "
    "renewcommand providecommand "
    "makeatletter makeatother ExplSyntaxOn UseName endinput stop bye batchmode nonstopmode "
    "errorstopmode font relax aftergroup afterassignment"
).split()
# what a sheet's prose may open; filecontents would write a file, and \begin{input} reads one
OPENED = (
    "align alignat aligned array bmatrix cases center description enumerate equation eqnarray "
    "flushleft flushright gather gathered itemize matrix multline pmatrix quotation quote "
    "smallmatrix split tabular theorem verbatim verse vmatrix"
).split()
_FOUND = re.compile(
    rf"\\(?:{'|'.join(COMMANDS)})(?![A-Za-z])|\^\^|\x00|\\[A-Za-z]*@"
    rf"|\\(?:begin|end)(?![A-Za-z])(?!\s*\{{(?:{'|'.join(OPENED)})\*?\}})"
)


def harmless(data: Any, place: str) -> None:
    """Raises DeriveError for a text, at any depth of a file's tables, that TeX would run, or that
    closes what it did not open."""
    for where, text in _texts(data, place):
        command = _FOUND.search(text)
        if command is not None:
            raise DeriveError(
                f"{where}: {short(text)} holds {command[0]}, which TeX reads or runs; take it "
                "out, or give --trust where you know the file"
            )
        if not _closes(text):
            raise DeriveError(
                f"{where}: {short(text)} has braces, or dollar signs, that do not match; close "
                "them, or give --trust where you know the file"
            )
        if re.search(r"(?<!\\)%", text):
            raise DeriveError(
                f"{where}: {short(text)}: TeX leaves out what stands behind %; write \\%"
            )


def _texts(data: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text with where it stands, names of keys too."""
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, dict):
        for key, inner in data.items():
            yield f"{place}, a name", key
            yield from _texts(inner, f"{place}, {key}")
    elif isinstance(data, list):
        for number, inner in enumerate(data, 1):
            yield from _texts(inner, f"{place} {number}")


def _closes(text: str) -> bool:
    """Whether its braces are opened and closed in turn, and its dollar signs come in pairs."""
    text = re.sub(r"\\verb\*?([^A-Za-z\s]).*?\1|\\begin\{verbatim\}.*?\\end\{verbatim\}", "", text)
    signs = re.findall(r"\\.|[{}$]", text, re.DOTALL)
    depth = 0
    for brace in signs:
        depth += (brace == "{") - (brace == "}")
        if depth < 0:
            return False
    return depth == 0 and signs.count("$") % 2 == 0
