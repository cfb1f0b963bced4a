"""Where a line of a text stands: what has been named, assumed and given before it, and what its
words say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derive.desk.proofreading.letters.settings import Setting
from derive.reading.texts.chains import EQUALS, Statement

# The last of these words before a formula tells a condition from a claim.
CONDITION = (
    "for with where let if when whenever given giving since because putting setting taking "
    "take set using inserting provided"
    " define write fix unless except covered case cases"
)
CLAIM = (
    "then give gives get gets have has yield yields so thus hence therefore is are become becomes "
    "obtain obtains follows holds"
)
TELLS = re.compile(
    rf"\b(?P<condition>{'|'.join(CONDITION.split())}|assum\w*|suppos\w*|plugging in|as long "
    rf"as|choos\w+|denot\w+)\b"
    rf"|\b(?P<claim>(?:{'|'.join(CLAIM.split())}|namely)\b|i\.e\.)",
    re.IGNORECASE,
)
# Where a paragraph of prose ends, and with it what it assumed; but for one that takes that up.
ENDS = re.compile(r"(?<=[.!?])\)?\s*\n\s*\n|\\section|\\paragraph|\\item|\n#")
GOES_ON = re.compile(
    r"\s*(then|so|thus|hence|this|these|here|with|in this|in that|we|it|plugging|now)\b",
    re.IGNORECASE,
)
NAMING = re.compile(r"\b(let|where|define|denote|write|with|set|put)\b[^.]*$|:=", re.IGNORECASE)


@dataclass
class Context:
    """What a text has said so far."""

    settings: Sequence[Setting]
    heading: str = ""
    last: Setting | None = None
    given: bool = False  # whether what the problem gives has been said
    assumed: list[Statement] = field(default_factory=list)
    condition: bool = False  # what the formula before was, for one that has no words of its own

    def pass_over(self, prose: str) -> None:
        """Take in the prose before a formula: names of models, the end of a paragraph."""
        end = ENDS.search(prose)
        if end and not GOES_ON.match(prose, end.end()):
            self.assumed.clear()
        names = [name for s in self.settings for name in s.names]
        met = [
            (m.end(), m[0])
            for name in names
            for m in re.finditer(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", prose)
        ]
        if met:
            self.heading = max(met)[1]

    def assume(self, statement: Statement) -> None:
        """From here on this holds; what was said of the same letter before, no more."""
        head = [t.text for t in statement.links[0].row]
        equal = statement.links[1].sign in EQUALS
        self.assumed = [
            s for s in self.assumed if not equal or [t.text for t in s.links[0].row] != head
        ]
        self.assumed.append(statement)

    def is_condition(self, statement: Statement) -> bool:
        """Whether the words before a statement make it a condition."""
        sentence = re.split(r"[.!?]\s", statement.before)[-1]
        tells = list(TELLS.finditer(sentence))
        if tells:
            self.condition = tells[-1]["condition"] is not None
        elif statement.before.strip(" ,;\n").lower() not in ("", "and", "or"):
            self.condition = False
        return self.condition

    def ordered(self, fitting: Sequence[Setting]) -> Iterator[Setting]:
        """The settings in which a statement can be read, the likeliest first: what the text names,
        what it spoke of last."""
        yield from sorted(
            fitting,
            key=lambda s: (self.heading not in s.names if s.names else 0.5, s is not self.last),
        )


def names_something(before: str) -> bool:
    """Whether a statement may say what a letter of the text's own stands for."""
    return bool(NAMING.search(re.split(r"[.;!?]\s", before)[-1]))
