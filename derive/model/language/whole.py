"""The condition that a letter is a whole number: sympy's own set says it for a symbol that is made
anew, not for the one that a person wrote."""

from __future__ import annotations

from sympy import Basic, Expr, false, true
from sympy.logic.boolalg import BooleanFunction
from sympy.printing.printer import Printer


class Whole(BooleanFunction):
    """A letter, or what is made of some, is a whole number."""

    @classmethod
    def eval(cls, expr: Expr) -> Basic | None:
        """What has no letters is decided."""
        return (true if expr.is_integer else false) if expr.is_number else None

    def _sympystr(self, printer: Printer) -> str:
        return f"{printer._print(self.args[0])} is a whole number"

    def _latex(self, printer: Printer) -> str:
        return rf"{printer._print(self.args[0])} \in \mathbb{{Z}}"
