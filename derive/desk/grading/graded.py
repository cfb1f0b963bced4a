"""What comes of grading an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Basic

POINTS = {
    "correct": 1.0,
    "correct-under": 0.5,
    "form": 0.5,
    "wrong": 0.0,
}  # the others need a person
WORSE = ("correct", "form", "correct-under", "undecided", "unreadable", "refused", "wrong")


@dataclass(frozen=True)
class Grade:
    """`verdict`: correct, correct-under (the `condition`), form (right, but not as asked), wrong,
    unreadable, undecided, refused.

    `how` a right answer was found right: proved or counted. A wrong one has a `witness`, the values
    at which it differs, and the kind of `mistake` where one is recognised. `feedback` is for the
    student and gives no answer away.
    """

    verdict: str
    how: str = ""
    condition: tuple[Basic, ...] = ()
    witness: dict[str, str] = field(default_factory=dict)
    mistake: str = ""
    feedback: str = ""

    @property
    def points(self) -> float | None:
        """Between 0 and 1; None where a person must look."""
        return POINTS.get(self.verdict)
