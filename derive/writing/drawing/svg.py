"""A picture of a stack as SVG: plain text, with titles for who points at it or has it read
aloud."""

from __future__ import annotations

from fractions import Fraction
from html import escape

from derive.writing.drawing.picture import Picture, Row

STEP, GAP, RADIUS = 30, 84, 10.5  # between circles and rows, in pixels
NAMES = 112  # the column on the left
ABOVE, BELOW = 32, 62
LETTER = 7  # the mean width of a letter of 12 pixels in a wide font: the viewer's is not known
LINES = {
    "plain": 'stroke="#c5cbd2" stroke-width="1"',
    "padding": 'stroke="#7da3cc" stroke-width="1.2" stroke-dasharray="3 3"',
    "read": 'stroke="#2f6db0" stroke-width="1.7"',
}
DOTS = {
    "padding": 'fill="#ffffff" stroke="#9aa4af" stroke-width="1.2" stroke-dasharray="3 2.6"',
    "plain": 'fill="#ffffff" stroke="#8d97a2" stroke-width="1.2"',
    "read": 'fill="#2f6db0" stroke="#1f4f85" stroke-width="1.2"',
    "asked": 'fill="#d9761a" stroke="#a3540c" stroke-width="1.2"',
}
DIGITS = {"plain": "#6b7580", "read": "#ffffff", "asked": "#ffffff"}


def svg(picture: Picture) -> str:
    """The text of an SVG file; the same for the same picture."""
    left, right = picture.sides
    words = max((len(text) for row in picture.rows for text in row.made), default=0)
    sides = NAMES + RADIUS + float(right - left) * STEP + RADIUS
    width = max(sides + 26 + LETTER * words, 16 + LETTER * len(picture.field))
    height = ABOVE + GAP * (len(picture.rows) - 1) + BELOW
    said = escape(f"{picture.title}. {picture.field}.")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label="{said}" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="12">',
        f"<title>{escape(picture.title)}</title>",
        f"<desc>A row of circles for each layer, the input at the bottom, lines for the taps. "
        f"{escape(picture.field)}.</desc>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for level in range(len(picture.rows)):
        lines += _taps(picture, level)
    for level, row in enumerate(picture.rows):
        lines += _row(picture, level, row)
    return "\n".join([*lines, *_bracket(picture), "</svg>", ""])


def _n(value: float | Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _x(picture: Picture, x: Fraction) -> float:
    return NAMES + RADIUS + float(x - picture.sides[0]) * STEP


def _y(picture: Picture, level: int) -> float:
    return ABOVE + GAP * (len(picture.rows) - 1 - level)


def _taps(picture: Picture, level: int) -> list[str]:
    """A group for each kind, the coloured ones last, that they lie above the others."""
    lines = []
    for kind, look in LINES.items():
        taps = [t for t in picture.rows[level].taps if t.kind == kind]
        drawn = [
            f'<line x1="{_n(_x(picture, t.top))}" y1="{_n(_y(picture, level))}" '
            f'x2="{_n(_x(picture, t.bottom))}" y2="{_n(_y(picture, level - 1))}"/>'
            for t in taps
        ]
        lines += [f'<g class="taps {kind}" {look}>', *drawn, "</g>"] if drawn else []
    return lines


def _row(picture: Picture, level: int, row: Row) -> list[str]:
    y = _y(picture, level)
    lines = [f'<g class="row" aria-label="{row.name}, {row.size}">']
    for kind, look in DOTS.items():
        dots = [d for d in row.dots if d.kind == kind]
        if not dots:
            continue
        lines.append(f'<g class="dots {kind}" {look}>')
        for d in dots:
            what = "padding" if kind == "padding" else f"{row.name}, position {d.index}"
            lines.append(
                f'<circle cx="{_n(_x(picture, d.x))}" cy="{_n(y)}" '
                f'r="{RADIUS}"><title>{what}</title></circle>'
            )
        lines.append("</g>")
        if kind in DIGITS:
            lines.append(
                f'<g fill="{DIGITS[kind]}" font-size="10" text-anchor="middle" '
                f'pointer-events="none">'
            )
            lines += [
                f'<text x="{_n(_x(picture, d.x))}" y="{_n(y + 3.5)}">{d.index}</text>' for d in dots
            ]
            lines.append("</g>")
    lines += _text(8, y - 2, row.name, 'font-weight="bold" fill="#222"') + _text(
        8, y + 13, row.size, 'fill="#555"'
    )
    at, middle = _x(picture, picture.sides[1]) + RADIUS + 18, y + GAP / 2
    for number, text in enumerate(row.made):
        lines += _text(
            at,
            middle - 2 + 15 * number,
            text,
            'fill="#555"' if number else 'font-weight="bold" fill="#222"',
        )
    return [*lines, "</g>"]


def _text(x: float, y: float, text: str, look: str) -> list[str]:
    return [f'<text x="{_n(x)}" y="{_n(y)}" {look}>{escape(text)}</text>']


def _bracket(picture: Picture) -> list[str]:
    """Under the coloured inputs, and in words what they are, within the picture's sides."""
    y, lines = _y(picture, 0) + RADIUS + 8, []
    low, high = (_x(picture, x) for x in picture.sides)
    if found := picture.coloured:
        low_end, high_end = (_x(picture, d.x) for d in (found[0], found[-1]))
        a, b = low_end - RADIUS, high_end + RADIUS
        lines = [
            f'<path d="M{_n(a)} {_n(y)}v6H{_n(b)}v-6" fill="none" stroke="#2f6db0" '
            f'stroke-width="1.5"/>'
        ]
        low, high = low_end, high_end
    half = LETTER * len(picture.field) / 2
    middle = max((low + high) / 2, 8 + half)
    return [*lines, *_text(middle, y + 24, picture.field, 'fill="#1f4f85" text-anchor="middle"')]
