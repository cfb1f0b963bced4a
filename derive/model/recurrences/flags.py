"""Flags of a program: a line that ends in `if FLAG` is a line of it only where the flag is given.

`momentum and not nesterov` asks for several. A flag that the line itself reads has a value,
`weight_decay=lam`; another is given or not, `nesterov`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from derive.errors import DeriveError, nearest, short
from derive.model.language.syntax import NAME

Guard = tuple[tuple[str, bool], ...]  # flags, each with whether it must be given
_IF = re.compile(r"\s+if\s+(?!.*\belse\b)(.*)$", re.DOTALL)
_FLAG = r"\s*[A-Za-z]\w*\s*(?:=[^=,]*)?"
_CALLED = re.compile(rf"\s*([A-Za-z]\w*)\(({_FLAG}(?:,{_FLAG})*)\)\s*")
_TRUTHS = {"true": True, "false": False}


def guarded(text: str, place: str) -> tuple[str, Guard]:
    """A line by itself, and what must be given for it. Raises DeriveError."""
    found = _IF.search(text)
    if found is None:
        return text, ()
    parts = [part.split() for part in re.split(r"\s+and\s+", found[1].strip())]
    for words in parts:
        if len(words) not in (1, 2) or words[:-1] not in ([], ["not"]) or not _is_flag(words[-1]):
            raise DeriveError(
                f"{place}: {short(found[1])} is no flag; write for example "
                '"v <- v/2 if nesterov and not dampening", or where(t > 1, a, b) in the line'
            )
    return text[: found.start()], tuple((words[-1], len(words) == 1) for words in parts)


def _is_flag(word: str) -> bool:
    return NAME.fullmatch(word) is not None and word not in ("not", "and", "or", "if")


def met(guard: Guard, flags: Mapping[str, Any]) -> bool:
    """Whether a line is there under these flags."""
    return all((name in flags) == wanted for name, wanted in guard)


def under(
    before: Mapping[str, Any],
    given: Mapping[str, Any],
    possible: Mapping[str, bool],
    guards: Collection[Guard],
    place: str,
) -> dict[str, Any]:
    """The flags that are on after some are `given`: True or a value, False or None to leave one
    out. `possible` are all, each with whether it has a value. Raises DeriveError for another, and
    for one that changes nothing."""
    made = dict(before)
    for name, value in given.items():
        if name not in possible:
            raise DeriveError(f'{place} has no flag "{name[:60]}"{nearest(name, possible)}')
        asked = _asked(name, value, possible[name], place)
        made.pop(name, None)
        if asked is not None:
            made[name] = asked
    for name in given:
        others = {k: v for k, v in made.items() if k != name}
        if name in made and all(met(guard, made) == met(guard, others) for guard in guards):
            raise DeriveError(f"{place}: {name} changes nothing here{_beside(guards, name)}")
    return made


def _asked(name: str, value: Any, has_value: bool, place: str) -> Any:
    """What a person gives for a flag: None where it is off, True, or its value, 0 among them. True
    of a flag with a value leaves it its own name. Raises DeriveError."""
    if isinstance(value, str):
        value = _TRUTHS.get(value.strip().lower(), value)
    if value is None or value is False:
        return None
    if value is True or has_value:
        return value
    raise DeriveError(f"{place}: {name} = {value!s:.40}: it is given or not; write {name}=True")


def _beside(guards: Collection[Guard], name: str) -> str:
    """With which other flags a flag is asked for, in words."""
    beside = [g for g in guards if (name, True) in g]
    others = [("" if on else "not ") + n for g in beside for n, on in g if n != name]
    return f": it goes with {', '.join(dict.fromkeys(others))}" if others else ""


def called(text: str) -> tuple[str, dict[str, Any]]:
    """The name and the flags of `sgd(momentum=beta, nesterov)`; a name alone has none. Raises
    DeriveError."""
    found = _CALLED.fullmatch(text)
    if found is None and "(" in text:
        raise DeriveError(
            f"{short(text)}: write an optimizer with its flags as in sgd(momentum=beta, nesterov)"
        )
    if found is None:
        return text, {}
    parts = [part.partition("=") for part in found[2].split(",")]
    return found[1], {name.strip(): text.strip() if sign else True for name, sign, text in parts}


def is_called(text: str) -> bool:
    """Whether a text is a name with flags, and no equation."""
    return _CALLED.fullmatch(text) is not None
