"""Equations that change with the index: a period taken as one step, pulses counted, pieces joined where they meet."""

from __future__ import annotations

from sympy import Basic, Ceiling, Eq, Expr, Ge, Integer, Lambda, Le, Mod, Mul, Piecewise, S, Sum, Symbol, ceiling
from sympy.core.function import AppliedUndef

from derive.model.claims import Claim, Derivation, Law, Rule, Step, T, relation, sequence
from derive.model.equations import linear_in
from derive.model.stated import Stated
from derive.model.terms import instantiate
from derive.solving.constant import Solution
from derive.solving.pieces import at_rest
from derive.solving.rules.ansatz import algebra, found, h, n, same_start, x, y
