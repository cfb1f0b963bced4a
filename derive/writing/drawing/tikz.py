"""A picture of a stack as TikZ, a document of its own or a `tikzpicture` for another."""

from __future__ import annotations

from fractions import Fraction

from derive.notation import escaped
from derive.writing.drawing.picture import Picture

HEAD = r"""\documentclass[tikz,border=4pt]{standalone}
\begin{document}
"""
LOOKS = r"""\begin{tikzpicture}[x=0.62cm, y=1.75cm, font=\small\sffamily,
  dot/.style={circle, draw=black!45, fill=white, text=black!60, minimum size=0.48cm, inner sep=0pt, font=\scriptsize\sffamily},
  plain/.style={}, padding/.style={densely dashed},
  read/.style={draw=field!75!black, fill=field, text=white}, asked/.style={draw=asked!75!black, fill=asked, text=white},
  tap plain/.style={black!22}, tap padding/.style={field!60, densely dashed}, tap read/.style={field, line width=0.7pt},
  words/.style={align=left, anchor=west}, name/.style={align=left, text width=1.9cm, anchor=east}]
  \definecolor{field}{HTML}{2F6DB0}
  \definecolor{asked}{HTML}{D9761A}"""  # noqa: E501


def tikz(picture: Picture, fragment: bool = False) -> str:
    """The text of a .tex file; `fragment`: the picture alone, for a document with
    \\usepackage{tikz}."""
    left, right = picture.sides
    lines = [f"% {picture.title}", LOOKS]
    for level, row in enumerate(picture.rows):
        for kind in (
            "plain",
            "padding",
            "read",
        ):  # the coloured ones last, that they lie above the others
            for t in row.taps:
                if t.kind == kind:
                    lines.append(
                        rf"  \draw[tap {kind}] ({_n(t.top)},{level}) -- "
                        rf"({_n(t.bottom)},{level - 1});"
                    )
    for level, row in enumerate(picture.rows):
        for d in row.dots:
            digits = "" if d.kind == "padding" else str(d.index)
            lines.append(rf"  \node[dot, {d.kind}] at ({_n(d.x)},{level}) {{{digits}}};")
        lines.append(rf"  \node[name] at ({_n(left - 1)},{level}) {{{_bold(row.name, row.size)}}};")
        if row.made:
            lines.append(
                rf"  \node[words] at ({_n(right + 1)},{_n(level - Fraction(1, 2))}) "
                rf"{{{_bold(*row.made)}}};"
            )
    return _framed([*lines, *_bracket(picture), r"\end{tikzpicture}"], fragment)


def _framed(lines: list[str], fragment: bool) -> str:
    body = "\n".join(lines) + "\n"
    return body if fragment else HEAD + body + "\\end{document}\n"


def _bracket(picture: Picture) -> list[str]:
    look, words = "text=field!75!black", f"{{{escaped(picture.field)}}};"
    if not picture.coloured:
        return [
            rf"  \node[anchor=north west, yshift=-0.35cm, {look}] at "
            rf"({_n(picture.sides[0])},0) {words}"
        ]
    ends = [_n(d.x) for d in (picture.coloured[0], picture.coloured[-1])]
    return [
        rf"  \draw[field, line width=0.7pt] ([xshift=-0.24cm, yshift=-0.36cm]{ends[0]},0) -- "
        rf"++(0,-0.12cm)"
        rf" -| ([xshift=0.24cm, yshift=-0.36cm]{ends[1]},0)"
        f" node[pos=0.25, below, {look}] {words}"
    ]


def _n(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _bold(first: str, *others: str) -> str:
    return r"\\ ".join([rf"\textbf{{{escaped(first)}}}", *map(escaped, others)])
