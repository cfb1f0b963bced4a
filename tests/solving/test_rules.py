"""Every rule's examples: what it must give, what it must refuse; every law holds as its examples
bind it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from sympy import Symbol

import derive.solving.rules
from derive.checking.counting.replay import replay
from derive.checking.counting.worlds import Sample
from derive.model.language.claims import Rule
from derive.model.recurrences.library import library
from derive.model.recurrences.training import trained
from derive.solving.chain import Known
from derive.solving.convolutions import stacks, windows
from derive.solving.recurrences import memory

# Rules that start from a recurrence or are applied by name have no expression to show; their steps
# are replayed in these chains.
ELSEWHERE = {
    "one update": "every chain of test_seals.py and of the key",
    "unroll": "sgdm.m",
    "add up the updates": "sgdm.w",
    "unroll down to the last layer": "rf",
    "multiply up to the last layer": "rf.J",
    "the start": "rf.J",
    "nested floors, layer after layer": "the size of a stack in test_stacks.py",
    "same start, same update": "adam.scaling",
    "put in": "sgdm.w, adam.m_hat",
    "add a zero term": "sgdm.w",
    "take the common number out": "beta = 9/10 in test_problem_file.py",
    "multiply out": "rf (9)",
    "the same for the next layer": "rf (10), (11)",
    "the formula for $L$ layers": "rf.example",
    "put in the numbers": "rf.example",
    "count the windows that fit": "conv.out",
    "the first and the last position read": "conv.min_in",
    "count the positions one by one": "rf",
    "count what must be kept": "memory.ratio",
    "geometric sum": "of any terms: sparse-gradient.m in test_ways.py",
    "telescoping sum": "adagrad.w, rf-dilated.R in test_ways.py",
    "telescoping product": "running-mean.a in test_ways.py",
    "multiply up": "decay-one-over-t.w in test_ways.py",
    "the equation at this index": "periodic-coefficient.m in test_ways.py",
    "up to the change": "step-gradient.m in test_ways.py",
    "from there on": "step-gradient.m in test_ways.py",
    "only multiples count": "sparse-gradient.m in test_ways.py",
}


def all_rules() -> Iterator[Rule]:
    modules = [stacks, windows, memory]
    modules += [
        importlib.import_module(f"derive.solving.rules.{m.name}")
        for m in pkgutil.iter_modules(derive.solving.rules.__path__)
    ]
    seen: dict[int, Rule] = {}
    for module in modules:
        for _, value in inspect.getmembers(module, lambda v: isinstance(v, Rule)):
            seen[id(value)] = value
    yield from seen.values()


RULES = list(all_rules())
SHOWN = [rule for rule in RULES if rule.examples]
MODEL = trained(library()["sgdm"], Symbol("c"))
KNOWN = Known(None, MODEL.ranges)


def test_every_rule_has_examples_or_says_where_it_is_tested() -> None:
    assert len(RULES) >= 25
    assert {r.name for r in RULES if not r.examples} <= set(ELSEWHERE)


@pytest.mark.parametrize("rule", SHOWN, ids=lambda r: r.name)
def test_examples(rule: Rule) -> None:
    refused = 0
    for expr, expected in rule.examples:
        step = rule.apply(expr, KNOWN)
        if expected is None:
            assert step is None, f"{rule.name} must refuse {expr}"
            refused += 1
        else:
            assert step is not None and step.claim.right == expected
    assert refused, "one example is an input that the rule must refuse"


@pytest.mark.parametrize("rule", SHOWN, ids=lambda r: r.name)
def test_the_laws_of_the_examples_hold(rule: Rule) -> None:
    """The step on each example is replayed, so that its law is counted as the example binds it."""
    model = trained(
        library()["sgdm"],
        Symbol("c"),
        ranges=(Symbol("a") > 0, Symbol("b") > 0, Symbol("c") > 0, Symbol("t") >= 1),
    )
    for expr, expected in rule.examples:
        if expected is not None and not expr.atoms(type(Symbol("x"))) & {Symbol("x"), Symbol("y")}:
            step = rule.apply(expr, Known(None, model.ranges))
            wrong = replay(step, SampleWithSizes(model))
            assert wrong is None, wrong


class SampleWithSizes(Sample):
    """A sample whose worlds also give the sequence s(i), which examples of products are about, and
    b != 1."""

    def worlds(self, *arguments, **options):  # type: ignore[no-untyped-def]
        for env in super().worlds(*arguments, **options):
            env.setdefault("s", lambda at: 2 + at)
            yield env


def test_the_names_of_rules_are_the_reasons_that_the_key_prints() -> None:
    from pathlib import Path

    key = (Path(__file__).parents[2] / "solutions" / "ps09" / "solution.tex").read_text(
        encoding="utf-8"
    )
    for name in (
        "geometric sum",
        "cancel the last term",
        "take the factor into the product",
        "the empty product is 1",
    ):
        assert name in key and name in {r.name for r in RULES}
