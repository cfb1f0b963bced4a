r"""Values by cases, and conditions: `\begin{cases} c & t < T \\ 0 & \text{otherwise} \end{cases}`,
`0 < \beta < 1`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import (
    And,
    Basic,
    Determinant,
    Eq,
    Expr,
    Ge,
    Gt,
    Le,
    Lt,
    Matrix,
    Mod,
    Ne,
    Or,
    Piecewise,
    false,
    true,
)

from derive.model.language.claims import relation
from derive.reading.tokens.token import Token, Unreadable

RELATIONS = {"<": Lt, "<=": Le, ">": Gt, ">=": Ge, "!=": Ne, "=": Eq}
ALWAYS = frozenset(["otherwise", "else", "sonst"])
WHEN = frozenset(["", "if", "for", "when", "where", "for all", "wenn", "für", "falls"])
JOINS = {"and": "and", "und": "and", "or": "or", "oder": "or"}
JOINED = ("and", "or", ",")

Value = Callable[[Sequence[Token], int], Expr]


def rows_of(row: Sequence[Token]) -> list[list[list[Token]]]:
    r"""Rows and their cells, split at \\ and &."""
    rows: list[list[list[Token]]] = [[[]]]
    depth = 0
    for token in row:
        depth += token.deeper
        if depth == 0 and token.kind == "op" and token.text == "row":
            rows.append([[]])
        elif depth == 0 and token.kind == "op" and token.text == "&":
            rows[-1].append([])
        else:
            rows[-1][-1].append(token)
    return [cells for cells in rows if any(cells)]


def pieces(begin: Token, row: Sequence[Token], value: Value) -> Expr:
    """The value of a cases or vmatrix environment. Raises Unreadable."""
    rows = rows_of(row)
    if not rows:
        raise Unreadable(f"nothing stands in {begin.text}", begin.at)
    if begin.text == "vmatrix":
        if any(len(cells) != len(rows) for cells in rows):
            raise Unreadable("a determinant has as many columns as rows", begin.at)
        return Determinant(Matrix([[value(cell, begin.at) for cell in cells] for cells in rows]))
    if begin.text not in ("cases", "dcases"):
        raise Unreadable(f"an environment {begin.text} has no value", begin.at)
    found = []
    for cells in rows:
        if len(cells) != 2:
            raise Unreadable("a piece is a value & a condition", begin.at)
        first = [t for t in cells[0] if not (t.text == "," and t is cells[0][-1])]
        found.append((value(first, begin.at), condition(cells[1], value, begin.at)))
    if all(when is false for _, when in found):
        raise Unreadable("none of the conditions holds", begin.at)
    return Piecewise(*found, evaluate=False)


def condition(row: Sequence[Token], value: Value, at: int) -> Basic:
    """Chains of relations, all of which hold or one of which does, or `otherwise`. Raises
    Unreadable."""
    plain = [made for token in row if (made := _said(token)) is not None]
    while plain and plain[-1].text in (",", ";"):
        plain.pop()
    if [t.text for t in plain] == ["otherwise"]:
        return true
    parts, joins = cut(plain, JOINED)
    found = [relations(part, value, at) for part in parts]
    either = "or" in joins
    if either and (set(joins) != {"or"} or any(len(chain) > 1 for chain in found)):
        raise Unreadable('"and" beside "or" in a condition can be read in two ways', at)
    flat = [made for chain in found for made in chain]
    return flat[0] if len(flat) == 1 else (Or if either else And)(*flat, evaluate=False)


def _said(token: Token) -> Token | None:
    """A token of a condition; what words say in it: nothing, and, or, otherwise. Raises Unreadable
    for other words."""
    if token.kind != "text":
        return None if token.text in ("gap", ".") else token
    words = " ".join(token.text.lower().split()).strip(" ,.;:")
    if words in WHEN:
        return None
    if words in JOINS or words in ALWAYS:
        return Token("op", JOINS.get(words, "otherwise"), token.at)
    raise Unreadable(f'"{token.text.strip()}" in a condition is not read', token.at)


def relations(row: Sequence[Token], value: Value, at: int) -> list[Basic]:
    """Each relation of a chain, as sympy relations that stay as they are written. Raises
    Unreadable."""
    sides, signs = cut(row, (*RELATIONS, "divides"))
    if not signs or not all(sides):
        raise Unreadable("a condition compares two sides", at)
    values = [value(s, at) for s in sides]
    found = []
    for sign, a, b in zip(signs, values, values[1:], strict=False):
        found.append(
            Eq(Mod(b, a), 0, evaluate=False)
            if sign == "divides"
            else relation(RELATIONS[sign], a, b)
        )
    return found


def cut(row: Sequence[Token], marks: Sequence[str]) -> tuple[list[list[Token]], list[str]]:
    """The sides of a chain, and the signs between them, where they stand in no brackets."""
    sides: list[list[Token]] = [[]]
    signs: list[str] = []
    depth = 0
    for token in row:
        depth += token.deeper
        if depth == 0 and token.kind == "op" and token.text in marks:
            signs.append(token.text)
            sides.append([])
        else:
            sides[-1].append(token)
    return sides, signs
