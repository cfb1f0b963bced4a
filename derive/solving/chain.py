"""Making steps: a rule's law bound and put in, a chain of steps grown until no rule fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sympy import Basic, Eq, Expr, Symbol

from derive.model.claims import Binding, Claim, Derivation, Law, Rule, Step
from derive.model.conditions import ORDERS, follows
from derive.model.recurrence import Recurrence
from derive.model.terms import instantiate, parts, put_in, rewrite

LONGEST = 60


@dataclass(frozen=True)
class Known:
    """What a rule may use: the recurrence, the ranges, and closed forms already derived."""

    recurrence: Recurrence | None = None
    ranges: tuple[Basic, ...] = ()
    closed: tuple[Claim, ...] = field(default=())


Match = Callable[[Basic, Known], Binding | None]


def by_law(name: str, law: Law, match: Match, examples: tuple[tuple[Expr, Expr | None], ...] = (), line: str = "own") -> Rule:
    """A rule that looks for the first part of a line on which `match` gives a binding, and puts the law in there."""

    def apply(expr: Expr, known: Known) -> Step | None:
        for binding in _bindings(expr, known, match):
            left, right = (instantiate(side, binding) for side in (law.left, law.right))
            return make(rule, expr, rewrite(expr, left, right), known, binding)
        return None

    rule = Rule(name, law, apply, examples, line)
    return rule


def _bindings(expr: Expr, known: Known, match: Match) -> Iterator[Binding]:
    for part in parts(expr):
        binding = match(part, known)
        if binding is not None:
            yield binding


def make(rule: Rule, left: Expr, right: Basic, known: Known, binding: Binding | None = None, uses: tuple[Claim, ...] = ()) -> Step | None:
    """The step `left = right`, or None where it changes nothing. Its needs are the law's and the facts', as bound,
    less what the ranges say of indices and what has no letters."""
    if right == left:
        return None
    binding = binding or {}
    law_needs = tuple(instantiate(n, binding) for n in rule.law.needs) if rule.law else ()
    return Step(Claim(left, right, stated((*law_needs, *_fact_needs(uses)), known.ranges)), rule, binding, uses)  # type: ignore[arg-type]


def stated(needs: Iterable[Basic], ranges: tuple[Basic, ...]) -> tuple[Basic, ...]:
    """The needs that a reader must be told: not equations that the facts settle, not orders that the ranges give."""
    kept = [n for n in needs if n != True and not isinstance(n, Eq)]  # noqa: E712 (sympy's true)
    return tuple(dict.fromkeys(n for n in kept if not (isinstance(n, ORDERS) and follows(n, ranges))))


def _fact_needs(uses: tuple[Claim, ...]) -> Iterator[Basic]:
    """Conditions of the facts, but for those on their index: it has been replaced by another."""
    for fact in uses:
        own = fact.left.args[0].free_symbols if fact.left.args else set()
        yield from (n for n in fact.needs if not n.free_symbols & own)


def facts_put_in(rule: Rule, expr: Expr, facts: Iterable[Claim], known: Known) -> Step | None:
    """The step that puts in every fact that stands in the line, or None where none does."""
    line: Basic = expr
    used = []
    for fact in facts:
        changed = put_in(line, fact)
        if changed != line:
            line = changed
            used.append(fact)
    return make(rule, expr, line, known, uses=tuple(used)) if used else None


def grow(goal: Expr, steps: Iterable[Step | None], rules: Iterable[Rule], known: Known) -> Derivation:
    """The given first steps, then the first rule that fits, again and again."""
    made = [s for s in steps if s is not None]
    rules = tuple(rules)
    line = made[-1].claim.right if made else goal
    while len(made) < LONGEST:
        step = next((s for r in rules if (s := r.apply(line, known)) is not None), None)
        if step is None:
            break
        made.append(step)
        line = step.claim.right
    return Derivation(goal, tuple(carry(made)))


def carry(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, each with the needs of the lines that it starts from."""
    before: Step | None = None
    for step in steps:
        inherited = before.claim.needs if before is not None and step.claim.left == before.claim.right else ()
        needs = tuple(dict.fromkeys((*inherited, *step.claim.needs)))
        before = Step(Claim(step.claim.left, step.claim.right, needs), step.rule, step.binding, step.uses)
        yield before


def free_of(expr: Basic, index: Symbol) -> bool:
    return index not in expr.free_symbols
