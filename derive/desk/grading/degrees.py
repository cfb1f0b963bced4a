"""How a quantity grows with the gradient, answered in words, which are read whole: one phrase, and
neutral words around it."""

from __future__ import annotations

import re

from derive.notation import Notation
from derive.reading.tokens.token import Unreadable

NOT = "(?:not|never|no longer)"
DEGREES = (  # what is said, of which degree, whether it is denied
    (rf"{NOT} (?:directly )?(?:linear|proportional)(?:ly)?", 1, True),
    (rf"{NOT} (?:depend|scale|grow|change|vary) (?:linear|proportional)ly", 1, True),
    (rf"{NOT} (?:independent|invariant|unaffected)", 0, True),
    (
        rf"{NOT} (?:depend|dependent|change|affect|affected|matter|vary)|no "
        rf"(?:dependence|effect|influence)",
        0,
        False,
    ),
    ("independent|invariant|unaffected|cancels?", 0, False),
    ("(?:proportional to (?:the )?)?(?:quadratic(?:ally)?|squared?|second power|c²)", 2, False),
    (
        "inversely(?: proportional)?|(?:proportional to )?(?:the )?(?:inverse|reciprocal|1/c)",
        -1,
        False,
    ),
    (
        "(?:directly )?(?:linear|proportional)(?:ly)?|scales with|(?:constant )?multiple of",
        1,
        False,
    ),
    ("depends|dependent", 0, True),
)
NEUTRAL = frozenset(
    "w c the gradient gradients constant parameter weight weights it is it's its a an with of "
    "on in by to as and does do depends"
    " depend grows grow scales scale scaling scaled changes change varies at all so thus hence "
    "therefore answer function size"
    " magnitude out when".split()
)
TURNED = re.compile(
    r"\b(affect|matter|effect|influence|cancels?)\b"
)  # said of the gradient: c does not affect w
SPELLED = (
    (r"\\(?:d|t)?frac\{?1\}?\{?\s*c\}?|\b1\s*/\s*c\b|\bc\^\{?-1\}?", " 1/c "),
    (r"\bc\s*(?:\^\s*\{?2\}?|²)", " c² "),
    (r"\\propto\b|∝", " proportional to "),
    (r"\bw\s*(?:\^\s*\{\(t\)\}|\^\(t\)|_\{?t\}?|\(t\))", " w "),
    (r"\bcan ?not\b", " not possible "),
    (r"n['’]t\b", " not "),
)


def degree(text: str, notation: Notation) -> tuple[int, bool] | None:
    """Of which degree a text says that w is in the gradient, and whether it denies that; None where
    it says nothing of it.

    Raises Unreadable for a word beside the phrase that is not neutral, and where another thing is
    said to depend on w.
    """
    for name in ("w", "c"):
        text = text.replace(notation.symbol(name), name)
    for pattern, plain in SPELLED:
        text = re.sub(pattern, plain, text)
    words = " ".join(
        w.strip(".,;:!$()") for w in text.replace("$", " ").lower().split() if w.strip(".,;:!$()")
    )
    for pattern, said, denied in DEGREES:
        found = re.search(rf"(?<!\S)(?:{pattern})(?!\S)", words)
        if found:
            _rest(words[: found.start()].split(), found[0], words[found.end() :].split())
            return said, denied
    return None


def _rest(before: list[str], phrase: str, behind: list[str]) -> None:
    """Raises Unreadable unless all that stands around a phrase is neutral, and w is what it speaks
    of."""
    for word in (*before, *behind):
        if word not in NEUTRAL:
            raise Unreadable(
                f'"{word[:30]}" is not understood here: say only how w depends on the gradient'
            )
    if TURNED.search(phrase):
        wrong = "w" in before and "affect" in phrase.split()
    else:
        wrong = "w" in behind or (bool({"c", "gradient"} & {*before}) and "w" not in before)
    if wrong or (before + behind).count("w") > 1:
        raise Unreadable("say how w depends on the gradient")
