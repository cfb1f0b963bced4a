"""Making steps: a rule's law bound and put in, a chain of steps grown until no rule fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from sympy import Basic, Expr, Product, S, Sum, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import GreaterThan, LessThan

from derive.model.language.claims import Binding, Claim, Derivation, Examples, Law, Rule, Step
from derive.model.language.conditions import Conditions, plain
from derive.model.language.parts import parts
from derive.model.language.terms import apart, binders_of, instantiate, put_in, rewrite
from derive.model.recurrences.recurrence import Recurrence
from derive.solving.quotients import cancelled

LONGEST = 60


@dataclass(frozen=True)
class Known:
    """What a rule may use: the recurrence, the ranges, and closed forms already derived."""

    recurrence: Recurrence | None = None
    ranges: tuple[Basic, ...] = ()
    closed: tuple[Claim, ...] = ()
    taken: frozenset[str] = frozenset()  # names that no letter of a sum may have

    @cached_property
    def conditions(self) -> Conditions:
        return Conditions(self.ranges)

    @cached_property
    def parts(self) -> Callable[[Expr], Mapping[type, list[Basic]]]:
        """The parts of a line by their type (AppliedUndef for sequences), outermost first; the last
        line's are kept.

        Sums over several indices are not among them: those stay as they are.
        """

        def by_type(expr: Expr) -> Mapping[type, list[Basic]]:
            found: dict[type, list[Basic]] = {}
            for part in parts(expr):
                if isinstance(part, Sum) and not is_sum(part):
                    continue
                found.setdefault(
                    AppliedUndef if isinstance(part, AppliedUndef) else type(part), []
                ).append(part)
            return found

        return lru_cache(maxsize=1)(by_type)


Match = Callable[[Basic, Known], Binding | None]


def by_law(
    name: str,
    law: Law,
    match: Match,
    examples: Callable[[], Examples] = tuple,
    line: str = "own",
    within: type[Basic] | None = None,
) -> Rule:
    """A rule that looks for the first part of a line on which `match` gives a binding, and puts the
    law in there.

    It looks at parts of the kind of the law's left side; or, where the law is about some terms or
    factors, at those `within`.
    """
    kind = within or type(law.left)

    def apply(expr: Expr, known: Known) -> Step | None:
        for part in known.parts(expr).get(kind, ()):
            binding = match(part, known)
            if binding is not None:
                binding = apart(law, binding, known.taken)
                left = part if kind in (Sum, Product) else instantiate(law.left, binding)
                return make(
                    rule, expr, rewrite(expr, left, instantiate(law.right, binding)), known, binding
                )
        return None

    rule = Rule(name, law, apply, examples, line)
    return rule


def make(
    rule: Rule,
    left: Expr,
    right: Basic,
    known: Known,
    binding: Binding | None = None,
    uses: tuple[Claim, ...] = (),
) -> Step | None:
    """The step `left = right`, or None where it changes nothing. Its needs are the law's and the
    facts', as bound, less what the ranges say of indices and what has no letters."""
    if right == left:
        return None
    right, binding = cancelled(right), binding or {}
    law_needs = tuple(plain(instantiate(n, binding)) for n in rule.law.needs) if rule.law else ()
    needs = (*law_needs, *_fact_needs(uses))
    if needs:
        needs = stated(needs, known.conditions, left)
    return Step(Claim(left, right, needs), rule, binding, uses)  # type: ignore[arg-type]


def stated(needs: Iterable[Basic], known: Conditions, line: Basic = S.Zero) -> tuple[Basic, ...]:
    """The needs that a reader must be told: not bounds that follow from others, or from the limits
    of the sums in the line."""
    told = [n for n in dict.fromkeys(needs) if n is not S.true]
    bounds = [n for n in told if isinstance(n, LessThan | GreaterThan)]
    for need in bounds:
        others = (n for n in told if n is not need)
        if known.plus((*binders_of(need, line), *others)).give(need):
            told.remove(need)
    return tuple(told)


def _fact_needs(uses: tuple[Claim, ...]) -> Iterator[Basic]:
    """Conditions of the facts, but for those on their index: it has been replaced by another."""
    for fact in uses:
        own = fact.left.args[0].free_symbols if fact.left.args else set()
        yield from (n for n in fact.needs if not n.free_symbols & own)


def put_all_in(
    line: Basic, facts: Iterable[Claim], index: Symbol | None
) -> tuple[Basic, tuple[Claim, ...]]:
    """The line with every fact put in that stands in it, and which those were."""
    used = []
    for fact in facts:
        changed = put_in(line, fact, index)
        if changed != line:
            line = changed
            used.append(fact)
    return line, tuple(used)


def grow(
    goal: Expr, steps: Iterable[Step | None], rules: Iterable[Rule], known: Known
) -> Derivation:
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
    return Derivation(goal, carry(made, known))


def carry(steps: Iterable[Step], known: Known) -> tuple[Step, ...]:
    """The steps, each with the needs of the lines that it starts from."""
    done: list[Step] = []
    for step in steps:
        inherited = done[-1].claim.needs if done and step.claim.left == done[-1].claim.right else ()
        new = tuple(n for n in step.claim.needs if n not in inherited)
        needs = stated((*inherited, *new), known.conditions) if new else inherited
        done.append(
            step
            if needs == step.claim.needs
            else replace(step, claim=replace(step.claim, needs=needs))
        )
    return tuple(done)


def is_sum(part: Basic) -> bool:
    """A sum over one index."""
    return isinstance(part, Sum) and len(part.limits) == 1


def free_of(expr: Basic, index: Symbol) -> bool:
    return index not in expr.free_symbols
