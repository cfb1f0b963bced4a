"""A model with its derivations: made when asked for, checked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Basic, Expr, Ge

from derive.checking.check import check_answer, check_steps
from derive.checking.counting.worlds import Sample
from derive.errors import nearest
from derive.model.language.claims import Claim, Derivation, DeriveError, Root, Verdict
from derive.model.language.conditions import Conditions
from derive.model.language.told import lean
from derive.model.language.whole import Whole
from derive.notation import Notation


def look(notation: Any) -> Notation:
    """How letters are written; where nothing is said, as usual. Raises DeriveError."""
    if notation is None or isinstance(notation, Notation):
        return notation or Notation()
    raise DeriveError(
        f"notation = {notation!r:.60}: write Notation(names={{...}}), from derive.notation"
    )


class Steps:
    """A derivation to look at: text in a terminal, typeset in a notebook."""

    def __init__(self, derivation: Derivation, notation: Notation):
        self.derivation, self.notation = derivation, notation

    def __repr__(self) -> str:
        from derive.writing.plain import plain_lines  # looks are not needed to find or check steps

        return "\n".join(plain_lines(self.derivation))

    def _repr_latex_(self) -> str:
        from derive.writing.align import align

        return align(self.derivation, self.notation, full=True)

    def __iter__(self) -> Any:
        return iter(self.derivation.steps)

    def __len__(self) -> int:
        return len(self.derivation.steps)


Make = Callable[["Run"], Derivation]


class Run:
    """What `solve` and its like return. `run.w` (or `run["w"]`) is the closed form, a sympy
    expression on plain symbols.

    `makers` gives each name the function that derives it, in an order in which each may use those
    before it; `needed` says which others a name uses. `main` is the name that `run.answer` means.
    """

    def __init__(
        self,
        model: Any,
        makers: Mapping[str, Make],
        main: str,
        notation: Notation | None = None,
        needed: Any = None,
    ):
        self.model, self.main, self.notation = model, main, look(notation)
        self._makers, self._needed = dict(makers), needed or (lambda name: ())
        self._made: dict[str, Derivation] = {}
        self._verdicts: dict[str, list[Verdict]] = {}
        self._answers: dict[str, Verdict] = {}
        self._samples: dict[tuple[str, ...], Sample] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._makers)

    def derivation(self, name: str | None = None) -> Derivation:
        """The chain of steps for a name. Raises DeriveError for a name that is not derived."""
        name = name or self.main
        if name not in self._makers:
            raise DeriveError(f'nothing is derived for "{name}"{nearest(str(name), self._makers)}')
        if name not in self._made:
            self._made[name] = self._makers[name](self)
        return self._made[name]

    def __getattr__(self, name: str) -> Expr:
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # type: ignore[no-any-return]  # the error that the property met
        if name.startswith("_") or name not in self.__dict__.get("_makers", {}):
            raise AttributeError(
                f"{type(self).__name__} has no "
                f"{name!r}{nearest(name, self.__dict__.get('_makers', {}))}"
            )
        return self.derivation(name).answer

    def __getitem__(self, name: str) -> Expr:
        return self.derivation(name).answer

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._makers]

    @property
    def answer(self) -> Expr:
        return self.derivation().answer

    def steps(self, name: str | None = None) -> Steps:
        """The derivation, with the reason and the conditions of each step."""
        return Steps(self.shown(name), self.notation)

    def shown(self, name: str | None = None) -> Derivation:
        """The derivation as a person reads it."""
        return self.derivation(name)

    def needs(self, name: str | None = None) -> tuple[Basic, ...]:
        """The ranges, and the conditions that they do not give, under which the answer holds."""
        chain = self.derivation(name)
        used, polynomials = chain.claim, (e.polynomial for e in chain.where if isinstance(e, Root))
        letters = {s for e in (used.left, used.right, *polynomials) for s in e.free_symbols}
        ranges = [
            r for r in self.model.ranges if r.free_symbols & letters and _is_told(r, self.model)
        ]
        needs = lean(used.needs, Conditions(self.model.ranges))
        return lean((*ranges, *needs), Conditions(()))

    def aside(self, name: str) -> tuple[Basic, ...]:
        """What is said beside an answer wherever it is shown: which letters are whole numbers, and
        from which on."""
        needs = self.needs(name)
        whole = {s for n in needs if isinstance(n, Whole) for s in n.free_symbols}
        since = (n for n in needs if isinstance(n, Ge) and n.free_symbols <= whole)
        return (*(n for n in needs if isinstance(n, Whole)), *since)

    def closed(self, name: str) -> tuple[Claim, ...]:
        """The answers that the derivation of `name` may use."""
        return tuple(self.derivation(other).claim for other in self._needed(name))

    def verdicts(self, name: str | None = None) -> list[Verdict]:
        """A verdict for each step of a name, and last for its answer; proofs may use answers that
        are proved."""
        name = name or self.main
        if name not in self._verdicts:
            chain, sample = self.derivation(name), self.sample(name)
            steps = check_steps(chain, sample, self._proved(name))
            self._verdicts[name] = [*steps, self.answer_verdict(name)]
        return self._verdicts[name]

    def answer_verdict(self, name: str) -> Verdict:
        """The verdict on a closed form alone; no step to it is looked at."""
        if name not in self._answers:
            claim, sample = self.derivation(name).claim, self.sample(name)
            self._answers[name] = check_answer(claim, sample, self._proved(name))
        return self._answers[name]

    def confirmed(self, name: str) -> Derivation:
        """The derivation of a name, once its closed form is proved or else every verdict on it
        holds. Raises DeriveError where one does not."""
        if name not in self._verdicts and self.answer_verdict(name).kind == "PROVED":
            return self.derivation(name)
        return self.held(name)

    def held(self, name: str) -> Derivation:
        """The derivation of a name, once every verdict on it holds. Raises DeriveError where one
        does not."""
        verdict = self.verdict(name)
        if not verdict.holds:
            found = self.as_told(self.derivation(name).claim).right
            raise DeriveError(f"{name}: found {found}, which is not confirmed: {verdict}")
        return self.derivation(name)

    def verdict(self, name: str | None = None) -> Verdict:
        """The worst verdict on a name's derivation."""
        return worst(self.verdicts(name))

    def as_told(self, claim: Claim) -> Claim:
        """A claim as a person reads it."""
        return claim

    def _proved(self, name: str) -> list[Claim]:
        """The answers that a name uses and that are proved."""
        return [
            self.derivation(o).claim
            for o in self._needed(name)
            if self.answer_verdict(o).kind == "PROVED"
        ]

    def sample(self, name: str) -> Sample:
        """The worlds in which claims about a name are counted."""
        needed = (*self._needed(name), name)
        found = next((s for names, s in self._samples.items() if set(needed) <= set(names)), None)
        return found or self._new_sample(name)

    def _new_sample(self, name: str) -> Sample:
        return self._samples.setdefault(self.names, Sample(self.model))

    def check(self) -> dict[str, Verdict]:
        """The worst verdict on each name: its answer's where every step holds, else that of the
        first step that does not."""
        return {name: worst(self.verdicts(name)) for name in self._makers}

    def __repr__(self) -> str:
        return repr(self.steps())

    def _repr_latex_(self) -> str:
        return self.steps()._repr_latex_()


def _is_told(range_: Basic, model: Any) -> bool:
    """Not that a place to count down from is a whole number: every index is one."""
    return not isinstance(range_, Whole) or range_ in model.wholes


def worst(verdicts: list[Verdict]) -> Verdict:
    """The first verdict that does not hold, else the last."""
    return next((v for v in verdicts if not v.holds), verdicts[-1])
