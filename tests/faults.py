"""Wrong changes planted into lines, reasons, conditions and facts, each with the seals that must
see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sympy import Expr, Function, Lambda, Mul, Product, Sum, Symbol, floor, sqrt

from derive import receptive_field, scale, solve
from derive.checking.counting.worlds import Sample
from derive.desk.convolutions.stacks import window
from derive.desk.run import Run
from derive.model.convolutions.stacks import LEVEL
from derive.model.language.claims import Claim, Step
from derive.model.recurrences.program import Program
from derive.solving.rules.geometric import geometric
from derive.solving.rules.limits import last_term, together
from derive.solving.rules.products import absorb
from derive.solving.rules.sums import constant_factor, of_constant, split
from derive.solving.rules.updates import closed_forms, unroll, update

t, k, l, L, j, i, c, s = (Symbol(n) for n in "tklLjics")
beta, beta1, beta2, eta, eps, alpha, w0 = (
    Symbol(n) for n in ("beta", "beta1", "beta2", "eta", "eps", "alpha", "w0")
)
W_in, W_out, K_, S_, P_ = (Symbol(n) for n in ("W_in", "W_out", "K", "S", "P"))
m, w, v, K, S, W = (Function(n) for n in "mwvKSW")

COUNTED, REPLAYED, PROVED = "counted", "replayed", "proved"
LOOSE = Program(
    "loose", ("m <- beta*m + g", "w <- w - eta*m"), {"m": "0", "w": "0"}
)  # no ranges: beta may be 1


@cache
def run(name: str) -> Run:
    """The runs that faults are planted into."""
    return {
        "sgdm": lambda: solve("sgdm"),
        "loose": lambda: solve(LOOSE),
        "adam": lambda: solve("adam", eps=0),
        "adam eps": lambda: solve("adam"),
        "rmsprop": lambda: solve("rmsprop"),
        "adagrad": lambda: solve("adagrad"),
        "scale": lambda: scale("adam", eps=0),
        "rf": receptive_field,
        "three": lambda: receptive_field([3, 5, 4], [2, 1, 3]),
        "out": lambda: window("out", "W_in", "K", "P", "S"),
        "least": lambda: window("min_in", "W_out", "K", "P", "S"),
    }[name]()


def sample(name: str) -> Sample:
    """Made anew each time: which worlds are drawn must not depend on the tests before."""
    return Sample(run(name).model)


def step(name: str, state: str, number: int) -> Step:
    return run(name).derivation(state).steps[number]


def answer(name: str, state: str) -> Claim:
    return run(name).derivation(state).claim


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which run, the planted claim or step, and the seals that must see it."""

    what: str
    name: str
    made: Callable[[], Claim | Step]
    seen: frozenset[str]


def line(
    what: str, name: str, state: str, number: int, change: Callable[[Expr], Expr], *seen: str
) -> Fault:
    """A step whose right side is changed."""

    def made() -> Step:
        right = step(name, state, number)
        changed = change(right.claim.right)
        assert changed != right.claim.right, what
        return replace(right, claim=replace(right.claim, right=changed))

    return Fault(what, name, made, frozenset(seen))


def reason(
    what: str, name: str, state: str, number: int, *seen: str, needs: Any = None, **changes: Any
) -> Fault:
    """A true step with another rule, binding, used fact or stated conditions."""

    def made() -> Step:
        right = step(name, state, number)
        if needs is not None:
            right = replace(right, claim=replace(right.claim, needs=needs))
        return replace(
            right,
            **{key: value(right) if callable(value) else value for key, value in changes.items()},
        )

    return Fault(what, name, made, frozenset(seen))


def final(what: str, name: str, state: str, change: Callable[[Expr], Expr], *seen: str) -> Fault:
    """An answer that is changed: goal = something else."""

    def made() -> Claim:
        right = answer(name, state)
        return replace(right, right=change(right.right))

    return Fault(what, name, made, frozenset(seen))


def vanishing(name: str, state: str, index: Symbol) -> Fault:
    """A polynomial that is zero wherever the answer is counted."""
    return final(
        f"{state} of {name} + a polynomial that vanishes at all counted {index}",
        name,
        state,
        lambda x: x + c * Mul(*(index - n for n in sample(name).indices)),
        PROVED,
    )


def over(total: Expr, low: int, high: int) -> Expr:
    """The same sums and products with other limits."""
    return total.replace(
        lambda e: isinstance(e, Sum | Product),
        lambda e: e.func(e.function, (e.limits[0][0], e.limits[0][1] + low, e.limits[0][2] + high)),
    )


def swapped(expr: Expr) -> Expr:
    spare = Function("spare")
    return expr.replace(K, spare).replace(S, K).replace(spare, S)


FAULTS = [
    # lines of a chain
    line(
        "sgdm.m: unrolled sum to t instead of t - 1",
        "sgdm",
        "m",
        1,
        lambda x: over(x, 0, 1),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line("sgdm.m: unrolled sum from 1", "sgdm", "m", 1, lambda x: over(x, 1, 0), COUNTED, REPLAYED),
    line("sgdm.m: c dropped", "sgdm", "m", 2, lambda x: x / c, COUNTED, REPLAYED, PROVED),
    line(
        "sgdm.m: t + 1 for t", "sgdm", "m", 3, lambda x: x.subs(t, t + 1), COUNTED, REPLAYED, PROVED
    ),
    line(
        "sgdm.m: one update with t for t - 1",
        "sgdm",
        "m",
        0,
        lambda x: x.subs(m(t - 1), m(t)),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line("sgdm.w: sign", "sgdm", "w", 0, lambda x: -x, COUNTED, REPLAYED, PROVED),
    line(
        "sgdm.w: sum of m to t - 1",
        "sgdm",
        "w",
        1,
        lambda x: over(x, 0, -1),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line("sgdm.w: eta dropped", "sgdm", "w", 3, lambda x: x / eta, COUNTED, REPLAYED, PROVED),
    line(
        "sgdm.w: t for t + 1 at the end",
        "sgdm",
        "w",
        -1,
        lambda x: x.subs(t, t - 1),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line(
        "adam.m: beta2 for beta1",
        "adam",
        "m",
        3,
        lambda x: x.subs(beta1, beta2),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line("adam.v: c for c^2", "adam", "v", 3, lambda x: x / c, COUNTED, REPLAYED, PROVED),
    line(
        "adam.m_hat: bias correction with t - 1",
        "adam",
        "m_hat",
        0,
        lambda x: x.subs(beta1**t, beta1 ** (t - 1)),
        COUNTED,
        REPLAYED,
    ),
    line("adam.w: the root of c^2 is -c", "adam", "w", 2, lambda x: -x, COUNTED, REPLAYED, PROVED),
    line("rf (8): K and S swapped", "rf", "layers", 0, swapped, COUNTED, REPLAYED, PROVED),
    line(
        "rf (12): product from l instead of l + 1",
        "rf",
        "layers",
        -1,
        lambda x: over(x, -1, 0),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line("rf (13): K and S swapped", "rf", "W", 0, swapped, COUNTED, REPLAYED),
    line(
        "rf (14): inner product to j + 1",
        "rf",
        "W",
        3,
        lambda x: over(x, 0, 1),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line(
        "rf (15): last term not cancelled", "rf", "W", 4, lambda x: x - 1, COUNTED, REPLAYED, PROVED
    ),
    line(
        "rf (16): the empty product forgotten",
        "rf",
        "W",
        7,
        lambda x: x - 1,
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line(
        "rf (17): K for K - 1",
        "rf",
        "W",
        -1,
        lambda x: x.replace(lambda e: e == K(j) - 1, lambda e: K(j)),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line("the example: 16 for 17", "three", "W", -1, lambda x: x - 1, COUNTED, REPLAYED, PROVED),
    line(
        "out: rounding dropped",
        "out",
        "out",
        1,
        lambda x: x.replace(floor, lambda e: e),
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line(
        "out: the first output forgotten",
        "out",
        "out",
        1,
        lambda x: x - 1,
        COUNTED,
        REPLAYED,
        PROVED,
    ),
    line(
        "least input: P for 2 P", "least", "min_in", 1, lambda x: x + P_, COUNTED, REPLAYED, PROVED
    ),
    # answers, where only counting can tell: what stays beside a root that the other side has not is
    # nothing the proof can judge
    final(
        "rmsprop.w: alpha^(k+1) for alpha^k",
        "rmsprop",
        "w",
        lambda x: x.xreplace({alpha**k: alpha ** (k + 1)}),
        COUNTED,
    ),
    final(
        "rmsprop.w: alpha^(k-1) for alpha^k",
        "rmsprop",
        "w",
        lambda x: x.xreplace({alpha**k: alpha ** (k - 1)}),
        COUNTED,
    ),
    final(
        "rmsprop.w: the root dropped",
        "rmsprop",
        "w",
        lambda x: x.xreplace({sqrt(1 - alpha**k): 1 - alpha**k}),
        COUNTED,
    ),
    final("rmsprop.w: sum from 2", "rmsprop", "w", lambda x: over(x, 1, 0), COUNTED),
    final(
        "adagrad.w: the root of k + 1",
        "adagrad",
        "w",
        lambda x: x.xreplace({sqrt(k): sqrt(k + 1)}),
        COUNTED,
    ),
    final(
        "adagrad.w: the root dropped", "adagrad", "w", lambda x: x.xreplace({sqrt(k): k}), COUNTED
    ),
    final("adagrad.w: sum to t - 1", "adagrad", "w", lambda x: over(x, 0, -1), COUNTED),
    final("rmsprop.w: sign", "rmsprop", "w", lambda x: -x, COUNTED, PROVED),
    final("rmsprop.w: eta dropped", "rmsprop", "w", lambda x: x / eta, COUNTED, PROVED),
    final(
        "adagrad.w: epsilon twice", "adagrad", "w", lambda x: x.subs(eps, 2 * eps), COUNTED, PROVED
    ),
    final(
        "adagrad.w: + t(t-1)(t-2)(t-3)",
        "adagrad",
        "w",
        lambda x: x + t * (t - 1) * (t - 2) * (t - 3),
        COUNTED,
    ),
    # answers
    final(
        "sgdm.m: + t(t-1)(t-2)(t-3), zero at the first t",
        "sgdm",
        "m",
        lambda x: x + t * (t - 1) * (t - 2) * (t - 3),
        COUNTED,
        PROVED,
    ),
    final("sgdm.m: started from 1", "sgdm", "m", lambda x: x + beta**t, COUNTED, PROVED),
    final("sgdm.w: started from w0", "sgdm", "w", lambda x: x + w0, COUNTED, PROVED),
    final("adam.w: grows with c", "adam", "w", lambda x: c * x, COUNTED, PROVED),
    final(
        "adam.w with epsilon: epsilon dropped",
        "adam eps",
        "w",
        lambda x: x.subs(eps, 0),
        COUNTED,
        PROVED,
    ),
    final("adam scaled: v grows with s", "scale", "v_s", lambda x: x / s, COUNTED, PROVED),
    final("rf (17): sum to L - 1", "rf", "W", lambda x: x - (K(L) - 1), COUNTED),
    # answers right at every counted index
    vanishing("sgdm", "m", t),
    vanishing("sgdm", "w", t),
    vanishing("adam", "m", t),
    vanishing("adam", "v", t),
    vanishing("adam", "w", t),
    vanishing("rf", "layers", L),
    # true lines with a wrong reason
    reason(
        "a geometric sum called a sum of a constant", "sgdm", "m", 3, REPLAYED, rule=of_constant
    ),
    reason("a constant taken out, called a split", "sgdm", "m", 2, REPLAYED, rule=split),
    reason("an unrolling called one update", "sgdm", "m", 1, REPLAYED, rule=update),
    reason("one update called an unrolling", "sgdm", "m", 0, REPLAYED, rule=unroll),
    reason(
        "values put in, called a constant taken out", "sgdm", "w", 2, REPLAYED, rule=constant_factor
    ),
    reason("the value that is put in left out", "sgdm", "w", 2, REPLAYED, uses=()),
    reason("a fact that is not used", "sgdm", "m", 3, REPLAYED, uses=(Claim(w(0), Mul(0)),)),
    reason(
        "the geometric sum of another base",
        "sgdm",
        "m",
        3,
        REPLAYED,
        binding=lambda st: {**st.binding, Symbol("x"): eta},
    ),
    reason(
        "the geometric sum to another limit",
        "sgdm",
        "m",
        3,
        REPLAYED,
        binding=lambda st: {**st.binding, Symbol("q"): t},
    ),
    reason(
        "another factor taken out",
        "sgdm",
        "m",
        2,
        REPLAYED,
        binding=lambda st: {**st.binding, Symbol("a"): 2 * c},
    ),
    reason(
        "unrolled with another forcing",
        "sgdm",
        "m",
        1,
        REPLAYED,
        binding=lambda st: {**st.binding, Function("b"): Lambda(t, 2 * c)},
    ),
    reason("beta != 1 not stated where nothing else says it", "loose", "m", 3, REPLAYED, needs=()),
    reason("beta != 1 not stated at the end of w", "loose", "w", -1, REPLAYED, needs=()),
    reason(
        "a factor taken into the product, called a cancelled term",
        "rf",
        "W",
        3,
        REPLAYED,
        rule=last_term,
    ),
    reason("a cancelled term called a factor taken in", "rf", "W", 4, REPLAYED, rule=absorb),
    reason("terms collected, called sums put together", "rf", "W", -1, REPLAYED, rule=together),
    reason(
        "numbers worked out, called a geometric sum", "three", "W", -1, REPLAYED, rule=geometric
    ),
    reason(
        "S divides, not stated",
        "out",
        "exact",
        0,
        COUNTED,
        REPLAYED,
        PROVED,
        needs=(W_in + 2 * P_ >= K_,),
    ),
    reason(
        "L >= 1 not stated where the last term cancels",
        "rf",
        "W",
        4,
        COUNTED,
        REPLAYED,
        PROVED,
        needs=(),
    ),
    reason("c > 0 not stated where a root is taken", "adam", "w", 2, COUNTED, REPLAYED, needs=()),
    reason(
        "a wrong fact put in",
        "sgdm",
        "w",
        2,
        REPLAYED,
        uses=(Claim(m(t), c * (1 - beta**t)),),
        rule=closed_forms,
    ),
]

# Changes that leave the value as it is: no fault.
SAME: list[tuple[str, str, str, Callable[[Expr], Expr]]] = [
    ("the order of factors", "sgdm", "m", lambda x: (1 - beta**t) * c / (1 - beta)),
    ("signs in both", "sgdm", "m", lambda x: c * (beta**t - 1) / (beta - 1)),
    ("expanded", "sgdm", "m", lambda x: c / (1 - beta) - c * beta**t / (1 - beta)),
    ("doubled and halved", "sgdm", "m", lambda x: 2 * x / 2),
    ("as the sum", "sgdm", "m", lambda x: c * Sum(beta**j, (j, 0, t - 1))),
    ("as the sum from 1", "sgdm", "m", lambda x: c * Sum(beta ** (j - 1), (j, 1, t))),
    (
        "summed the other way",
        "sgdm",
        "w",
        lambda x: -eta * c / (1 - beta) * (t - beta * (1 - beta**t) / (1 - beta)),
    ),
    ("expanded", "sgdm", "w", lambda x: x.expand()),
    (
        "a renamed index",
        "rf",
        "W",
        lambda x: Sum((K(i) - 1) * Product(S(k), (k, 1, i - 1)), (i, 1, L)) + 1,
    ),
    (
        "as (16)",
        "rf",
        "W",
        lambda x: (
            Sum(K(j) * Product(S(i), (i, 1, j - 1)), (j, 1, L))
            - Sum(Product(S(i), (i, 1, j - 1)), (j, 1, L))
            + 1
        ),
    ),
    ("multiplied out", "adam eps", "w", lambda x: -1 / (1 / (eta * t) + eps / (c * eta * t))),
    ("a root of a square", "adam", "w", lambda x: -eta * sqrt(t**2)),
]
assert l == LEVEL
