r"""The second look: is every letter, number and function that was written there, once, in what will
be evaluated?

It knows nothing of how a side is read. It goes through the row as it stands on the one hand, and on
the other through the trees that the grammar made, from the whole side down to the parts of every
name, and counts. What is lost on the way, whoever lost it, makes the side unreadable. `a - a` and
`0 x` are whole here: the trees are looked at before anything is worked out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Basic, Pow, Product, Rational, S, Sum, Tuple, ceiling, floor

from derive.reading.latex.grammar import parsed
from derive.reading.tokens.cursor import Mask, Reading
from derive.reading.tokens.token import Token, Unreadable

# Commands and signs that are seen in a tree as operations; all other commands are names.
OPERATIONS = {
    r"\frac": "quotient",
    r"\over": "quotient",
    "/": "quotient",
    r"\sqrt": "root",
    r"\lfloor": "floor",
    r"\lceil": "ceiling",
    r"\sum": "sum",
    r"\prod": "product",
}
KINDS: dict[type[Basic], str] = {floor: "floor", ceiling: "ceiling", Sum: "sum", Product: "product"}
NAMING = ("number", "letter", "command", "text", "begin")
NAMING_SIGNS = ("!", "...", "mod", r"\lvert")
BARS = "|"  # they come in pairs, of which the first is named


def accounted(row: Sequence[Token], text: str, reading: Reading) -> None:
    """Raises Unreadable, naming it, where something in `row` is not once in the trees of the
    explicit form `text`."""
    said: Counter[int] = Counter()
    done: Counter[str] = Counter()
    for mask, operations in _met(text, reading.masks):
        done.update(operations)
        if mask is not None:
            said.update(map(id, mask.said))
            _is_the_number(mask)
    for token in row:
        if _names(token) and said[id(token)] != 1:
            raise Unreadable(
                f'"{token.text}" is {_how(said[id(token)])} in what was read of this', token.at
            )
    if sum(t.text == BARS for t in row) != 2 * sum(said[id(t)] for t in row if t.text == BARS):
        raise Unreadable("not all bars were read", row[0].at)
    open_ = [
        t
        for t in row
        if t.text in OPERATIONS and not (said[id(t)] and t.text not in (r"\sum", r"\prod"))
    ]
    wanted = Counter(OPERATIONS[t.text] for t in open_)
    del done["power"]
    for kind in sorted(wanted.keys() | done.keys()):
        if wanted[kind] != done[kind]:
            at = next((t.at for t in open_ if OPERATIONS[t.text] == kind), row[0].at)
            raise Unreadable(
                f"a {kind} is {_how(done[kind] * (done[kind] > wanted[kind]))} in what was "
                f"read of this",
                at,
            )


def _is_the_number(mask: Mask) -> None:
    """Raises Unreadable where a number is read as another."""
    if (
        len(mask.said) == 1
        and mask.said[0].kind == "number"
        and mask.value != Rational(mask.said[0].text)
    ):
        raise Unreadable(
            f"{mask.said[0].text} is lost: it was read as {mask.value}", mask.said[0].at
        )


def placed(read: Sequence[Token], rows: Iterable[Sequence[Token]]) -> None:
    """Raises Unreadable where a letter, a number or a command of a formula is in none of the rows
    that it was cut into."""
    kept = {id(token) for row in rows for token in row}
    for token in read:
        if token.kind in ("number", "letter", "command") and id(token) not in kept:
            raise Unreadable(f'"{token.text}" is lost in what was read of this', token.at)


def _how(often: int) -> str:
    return "twice" if often else "lost"


def _names(token: Token) -> bool:
    if token.kind in NAMING:
        return token.text not in OPERATIONS
    return token.kind in ("op", "open") and token.text in NAMING_SIGNS


def _met(text: str, masks: Mapping[str, Mask]) -> Iterator[tuple[Mask | None, list[str]]]:
    """Every mask as often as it is met, and the operations around it, from the tree of a text
    down."""
    waiting: list[Basic] = [parsed(text)]
    while waiting:
        node = waiting.pop()
        if node.is_Symbol:
            mask = masks.get(node.name)  # type: ignore[attr-defined]
            if mask is None:
                raise Unreadable("a letter that nobody wrote was read")
            yield mask, []
            waiting += map(parsed, mask.parts)
        elif isinstance(node, Pow):
            yield None, [_raised(node.exp)]
            waiting += [node.base, node.exp.base] if _is_degree(node.exp) else node.args
        elif node.args:
            if not isinstance(node, Tuple):
                yield None, [KINDS[type(node)]] if type(node) in KINDS else []
            waiting += node.args
        elif node not in (
            S.NegativeOne,
            S.Half,
        ):  # signs, quotients and roots have these; what is written has a name
            raise Unreadable(f"a number {node} that nobody wrote was read")


def _raised(exponent: Basic) -> str:
    """What a power stands for by its exponent as the grammar makes it."""
    if exponent is S.NegativeOne:
        return "quotient"
    return "root" if exponent is S.Half or _is_degree(exponent) else "power"


def _is_degree(exponent: Basic) -> bool:
    r"""Whether an exponent is 1/n as \sqrt[n] has it; one that is written is a product of 1 and
    1/n."""
    return isinstance(exponent, Pow) and exponent.exp is S.NegativeOne and exponent.base.is_Symbol
