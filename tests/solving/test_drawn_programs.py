"""Programs that nobody wrote: what is solved is never FAILS or UNCHECKED, what is not is refused
with a reason."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from derive import DeriveError, Program, solve

LEAVES = ["g", "t", "2", "beta", "eta", "1/3", "g**2", "sqrt(t)", "beta**t", "abs(g)", "(1 - beta)"]
FACTORS = st.sampled_from(["beta", "1", "(1 - eta)", "2", "-1", "1/2", "(1 - beta)", "eta*beta"])
STARTS = st.sampled_from(["0", "1", "x0"])


def values(names: list[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from([*names, *LEAVES]),
        lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        max_leaves=4,
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    names = draw(st.sampled_from([["w"], ["m", "w"], ["m", "v", "w"]]))
    lines = [
        f"{name} <- {draw(FACTORS)}*{name} + {draw(values(names[:n]))}"
        for n, name in enumerate(names)
    ]
    return Program(
        "drawn",
        tuple(lines),
        {name: draw(STARTS) for name in names},
        ("0 < beta < 1", "0 < eta < 1"),
    )


DISTRIBUTED = Program(
    "2*(1 - eta), multiplied out by sympy",
    ("m <- m/2 + g/2 - eta", "v <- beta*v + m", "w <- w - v"),
    {"m": "0", "v": "1", "w": "0"},
    ("0 < beta < 1", "0 < eta < 1"),
)


@given(programs(), st.sampled_from(["c", "2", "-c", "c + d"]))
@example(DISTRIBUTED, "2")
def test_a_drawn_program(program: Program, gradient: str) -> None:
    run = solve(program, gradient=gradient if program.reads_gradient else None)
    for name in run.names:
        try:
            chain = run.derivation(name)
        except DeriveError as error:
            assert "not solved here" in str(error)
            continue
        verdicts = run.verdicts(name)
        chain = run.derivation(name)  # the closed form by itself, where a step did not hold
        assert len(verdicts) == len(chain.lemmas) + len(chain.steps) + 1
        assert all(v.holds for v in verdicts), [str(v) for v in verdicts if not v.holds]


RANGES = ("0 < beta < 1", "0 < eta < 1")


@given(st.sampled_from(["2 + w**2", "w**64 + m", "w*w*m"]))
def test_what_grows_too_fast_is_not_waited_for(update: str) -> None:
    """w itself is refused; m, beside it, is still held against the few steps that can be
    unrolled."""
    run = solve(
        Program("fast", ("m <- beta*m + g", f"w <- {update}"), {"m": "2", "w": "2"}, RANGES)
    )
    assert str(run.verdicts("m")[-1]) == "PROVED"


def test_a_power_of_an_irrational_number_is_counted() -> None:
    run = solve(
        Program(
            "roots",
            ("u <- sqrt(eta)", "m <- beta*m + u**2*g", "w <- w - m/u"),
            {"m": "0", "w": "0"},
            RANGES,
        )
    )
    assert {str(v) for v in run.check().values()} == {"PROVED"}
