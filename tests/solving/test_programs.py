"""Optimizers under gradients and schedules: the closed forms beside loops written here by hand, in
numbers; and the same lines typed as equations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from sympy import Add, Expr, Function, Mul, Pow, Product, Sum, Symbol

from derive import DeriveError, Program, solve

mpmath.mp.dps = 30
VALUES = {
    "eta": "0.31", "beta": "0.62", "beta1": "0.71", "beta2": "0.83", "eps": "0.17", "alpha": "0.9",
    "c": "1.3", "a": "0.7", "rho": "0.8", "omega": "0.4", "lam": "0.9", "w_star": "2.2", "w0": "1.9",
    "mu": "0.55", "eta0": "0.45", "T": "6",
}  # fmt: skip
V = {name: mpmath.mpf(text) for name, text in VALUES.items()}
GRADIENTS: dict[str, Callable[[int, Any], Any]] = {
    "c": lambda t, w: V["c"],
    "-c": lambda t, w: -V["c"],
    "a*t": lambda t, w: V["a"] * t,
    "c*rho**t": lambda t, w: V["c"] * V["rho"] ** t,
    "c*(-1)**t": lambda t, w: V["c"] * (-1) ** t,
    "c*cos(omega*t)": lambda t, w: V["c"] * mpmath.cos(V["omega"] * t),
    "lam*w": lambda t, w: V["lam"] * w,
    "lam*(w - w_star)": lambda t, w: V["lam"] * (w - V["w_star"]),
    "k(t)": lambda t, w: mpmath.mpf(t) ** 2 / 7 - 1,
}
Step = Callable[..., dict[str, Any]]


def sgd(s: Any, g: Any, t: int) -> Any:
    return {"w": s["w"] - V["eta"] * g(s["w"])}


def decayed(s: Any, g: Any, t: int) -> Any:
    """Weight decay first, apart from the gradient, which is taken before it."""
    slope = g(s["w"])
    return {"w": s["w"] - V["eta"] * V["lam"] * s["w"] - V["eta"] * slope}


def momentum(s: Any, g: Any, t: int) -> Any:
    m = V["beta"] * s["m"] + g(s["w"])
    return {"m": m, "w": s["w"] - V["eta"] * m}


def sutskever(s: Any, g: Any, t: int) -> Any:
    v = V["mu"] * s["v"] - V["eta"] * g(s["w"] + V["mu"] * s["v"])
    return {"v": v, "w": s["w"] + v}


def coupled(s: Any, g: Any, t: int) -> Any:
    """PyTorch's weight decay, added to the gradient."""
    m = V["beta"] * s["m"] + g(s["w"]) + V["lam"] * s["w"]
    return {"m": m, "w": s["w"] - V["eta"] * m}


def adam(s: Any, g: Any, t: int) -> Any:
    slope = g(s["w"])
    m = V["beta1"] * s["m"] + (1 - V["beta1"]) * slope
    v = V["beta2"] * s["v"] + (1 - V["beta2"]) * slope**2
    over = mpmath.sqrt(v / (1 - V["beta2"] ** t)) + V["eps"]
    return {"m": m, "v": v, "w": s["w"] - V["eta"] * m / (1 - V["beta1"] ** t) / over}


def amsgrad(s: Any, g: Any, t: int) -> Any:
    slope = g(s["w"])
    m = V["beta1"] * s["m"] + (1 - V["beta1"]) * slope
    v = V["beta2"] * s["v"] + (1 - V["beta2"]) * slope**2
    top = max(s["top"], v)
    return {
        "m": m, "v": v, "top": top, "w": s["w"] - V["eta"] * m / (mpmath.sqrt(top) + V["eps"]),
    }  # fmt: skip


def adamax(s: Any, g: Any, t: int) -> Any:
    slope = g(s["w"])
    m = V["beta1"] * s["m"] + (1 - V["beta1"]) * slope
    u = max(V["beta2"] * s["u"], abs(slope))
    return {"m": m, "u": u, "w": s["w"] - V["eta"] / (1 - V["beta1"] ** t) * m / u}


def signum(s: Any, g: Any, t: int) -> Any:
    m = V["beta"] * s["m"] + (1 - V["beta"]) * g(s["w"])
    return {"m": m, "w": s["w"] - V["eta"] * mpmath.sign(m)}


def lion(s: Any, g: Any, t: int) -> Any:
    slope = g(s["w"])
    update = mpmath.sign(V["beta1"] * s["m"] + (1 - V["beta1"]) * slope)
    m = V["beta2"] * s["m"] + (1 - V["beta2"]) * slope
    return {"m": m, "w": s["w"] - V["eta"] * update}


EMAS = ("m <- beta1*m + (1 - beta1)*g", "v <- beta2*v + (1 - beta2)*g**2")
UNIT = ("0 < beta1 < 1", "0 < beta2 < 1", "eps > 0")
PROGRAMS: dict[str, tuple[tuple[str, ...], tuple[str, ...], Step]] = {
    "sgd": (("w <- w - eta*g",), (), sgd),
    "decay": (("w <- w - eta*lam*w", "w <- w - eta*g"), (), decayed),
    "sgdm": (("m <- beta*m + g", "w <- w - eta*m"), ("0 < beta < 1",), momentum),
    "sutskever": (("v <- mu*v - eta*g(w + mu*v)", "w <- w + v"), (), sutskever),
    "coupled": (("g <- g + lam*w", "m <- beta*m + g", "w <- w - eta*m"), (), coupled),
    "adam": (
        (*EMAS, "m_hat <- m/(1 - beta1**t)", "v_hat <- v/(1 - beta2**t)",
         "w <- w - eta*m_hat/(sqrt(v_hat) + eps)"), UNIT, adam,
    ),
    "amsgrad": ((*EMAS, "top <- max(top, v)", "w <- w - eta*m/(sqrt(top) + eps)"), UNIT, amsgrad),
    "adamax": (
        (EMAS[0], "u <- max(beta2*u, abs(g))", "w <- w - eta/(1 - beta1**t)*m/u"), UNIT[:2], adamax,
    ),
    "signum": (("m <- beta*m + (1 - beta)*g", "w <- w - eta*sign(m)"), ("0 < beta < 1",), signum),
    "lion": (
        ("u <- sign(beta1*m + (1 - beta1)*g)", "w <- w - eta*u", "m <- beta2*m + (1 - beta2)*g"),
        UNIT[:2], lion,
    ),
}  # fmt: skip
LINEAR = ("sgd", "decay", "sgdm", "sutskever", "coupled")
ROWS = [(name, gradient) for name in LINEAR for gradient in GRADIENTS]
ROWS += [(name, gradient) for name in PROGRAMS if name not in LINEAR for gradient in ("c", "a*t")]
ROWS += [("adam", g) for g in ("-c", "c*rho**t", "c*(-1)**t", "k(t)")]
# Signs and the greatest of what grows are seen for constants only; roots that are not named by
# numbers are not put beside cosines, nor a sequence that nothing determines into a system.
OPEN = {
    *((name, "a*t") for name in ("amsgrad", "adamax", "signum", "lion")),
    ("coupled", "k(t)"),
    ("coupled", "c*cos(omega*t)"),
}


def program(name: str) -> Program:
    lines, ranges, _ = PROGRAMS[name]
    states = {target: "0" for target in ("m", "v", "u", "top") if _keeps(lines, target)}
    return Program(name, lines, {**states, "w": "0"}, ranges)


def _keeps(lines: tuple[str, ...], target: str) -> bool:
    return any(line.startswith(f"{target} <-") for line in lines) and (target, lines) != (
        "u",
        PROGRAMS["lion"][0],
    )


def loop(name: str, gradient: str, steps: int) -> list[Any]:
    """w after each step, by the loop."""
    step, slope = PROGRAMS[name][2], GRADIENTS[gradient]
    state = dict.fromkeys(("m", "v", "u", "top"), mpmath.mpf(0)) | {"w": V["w0"]}
    path = [state["w"]]
    for t in range(1, steps + 1):
        state |= step(state, lambda w, t=t: slope(t, w), t)
        path.append(state["w"])
    return path


def number(expr: Expr, env: dict[str, Any], roots: dict[Any, Any]) -> Any:
    """An expression in numbers, its sums added up one by one."""
    if isinstance(expr, Sum | Product):
        total = mpmath.mpf(0 if isinstance(expr, Sum) else 1)
        (index, low, high), *more = expr.limits[::-1]
        inner = expr.func(expr.function, *expr.limits[:-1]) if more else expr.function
        ends = (int(number(e, env, roots)) for e in (low, high))
        for at in range(next(ends), next(ends) + 1):
            term = number(inner, {**env, str(index): mpmath.mpf(at)}, roots)
            total = total + term if isinstance(expr, Sum) else total * term
        return total
    if expr in roots:
        return roots[expr]
    if isinstance(expr, Symbol):
        return env[str(expr)]
    if expr.is_number and not expr.args:
        return mpmath.mpf(expr.p) / expr.q if expr.is_Rational else mpmath.mpf(expr.evalf(30))
    if expr.func == Function("k"):
        return GRADIENTS["k(t)"](number(expr.args[0], env, roots), 0)
    parts = [number(a, env, roots) for a in expr.args]
    if isinstance(expr, Add):
        return mpmath.fsum(parts)
    if isinstance(expr, Mul):
        return mpmath.fprod(parts)
    if isinstance(expr, Pow):
        return mpmath.power(*parts)
    named = {"Abs": abs, "sign": mpmath.sign, "Max": max, "Min": min}
    return named.get(expr.func.__name__, getattr(mpmath, expr.func.__name__, None))(*parts)


def named_roots(run: Any, name: str) -> dict[Any, Any]:
    found = {}
    for entry in run.derivation(name).where:
        if hasattr(entry, "polynomial"):
            row = [number(c, V, {}) for c in entry.polynomial.as_poly(entry.variable).all_coeffs()]
            for n, root in enumerate(mpmath.polyroots(row, maxsteps=500, extraprec=200), 1):
                found[Function(entry.name)(n)] = root
    return found


@pytest.mark.parametrize(("name", "gradient"), ROWS, ids=lambda x: x)
def test_the_closed_form_is_what_the_loop_makes(name: str, gradient: str) -> None:
    letters = {"c", "a", "rho", "lam", "eta"} & set(re.findall(r"\w+", gradient))
    ranges = [f"{letter} > 0" for letter in sorted(letters)]
    try:
        run = solve(program(name), gradient, {"w": "w0"}, ranges, seconds=60)
        form = run.w
    except DeriveError as error:
        said = "no closed form is known" in str(error) or "UNCHECKED" in str(error)
        assert (name, gradient) in OPEN and said
        return
    assert (name, gradient) not in OPEN, "it is solved now: take it out of the list"
    assert run.verdict("w").kind in ("PROVED", "COUNTED")
    path, roots = loop(name, gradient, 9), named_roots(run, "w")
    for t in (0, 1, 2, 5, 9):
        found = number(form, {**V, "t": mpmath.mpf(t)}, roots)
        assert abs(found - path[t]) < 1e-18 * (1 + abs(path[t])), (t, found, path[t], form)


@pytest.mark.parametrize("eta", ["eta0/t", "eta0/sqrt(t)", "eta0*(1 - t/T)", "eta0*rho**t"])
@pytest.mark.parametrize("name", ["sgd", "sgdm"])
def test_a_schedule(name: str, eta: str) -> None:
    run = solve(program(name), "c", {"w": "w0"}, eta=eta)
    rates: dict[str, Callable[[int], Any]] = {
        "eta0/t": lambda t: V["eta0"] / t,
        "eta0/sqrt(t)": lambda t: V["eta0"] / mpmath.sqrt(t),
        "eta0*(1 - t/T)": lambda t: V["eta0"] * (1 - t / V["T"]),
        "eta0*rho**t": lambda t: V["eta0"] * V["rho"] ** t,
    }
    w, m = V["w0"], mpmath.mpf(0)
    for t in range(1, 9):
        m = V["beta"] * m + V["c"] if name == "sgdm" else V["c"]
        w -= rates[eta](t) * m
        assert abs(harmonics(run.w, t) - w) < 1e-18 * (1 + abs(w)), (t, run.w)


def harmonics(form: Expr, t: int) -> Any:
    """The same where harmonic numbers are left: put in t, and let sympy add up."""
    at = form.subs(Symbol("t"), t).doit()
    return number(at, V, {})


def test_a_program_and_its_equations_answer_the_same_questions() -> None:
    first = solve("sgdm", "lam*w", {"w": "w0"}, ["lam > 0"])
    second = solve(
        ["m(t+1) = beta*m(t) + lam*w(t)", "w(t+1) = w(t) - eta*m(t+1)"],
        start={"m": "0", "w": "w0"},
        ranges=["lam > 0", "eta >= 0", "0 < beta < 1"],
    )
    assert first.w == second.w
    for question in ("w.limit", "w.rate", "w.converges(eta)", "w.degree(w0)", "w.terms(4)"):
        one, other = first.ask(question), second.ask(question)
        assert one.answer == other.answer and one.verdict == other.verdict, question
    assert [c for c, _ in first.cases_of("w")] == [c for c, _ in second.cases_of("w")]
    assert first.table(3).splitlines()[1:] and second.table(3).splitlines()[1:]
    assert solve("sgdm").value(10**6, "m").verdict.kind == "PROVED"


def test_names_of_a_program_are_said_or_refused() -> None:
    for arguments, said in (
        ({"gradient": "2*g"}, "needs another letter"),
        ({"gradient": "m_hat"}, "needs another letter"),
        ({"start": {"w": "t"}}, "needs another letter"),
        ({"beta1": 2}, "outside its range"),
    ):
        with pytest.raises(DeriveError, match=said):
            solve("adam", **arguments)  # type: ignore[arg-type]
    nesterov = Program("n", ("v <- g - g(w - v)", "w <- w - v"), {"v": "0", "w": "0"})
    with pytest.raises(DeriveError, match="an arbitrary gradient at"):
        solve(nesterov, gradient=None)
    with pytest.raises(DeriveError, match="not confirmed"):
        print(solve("adam", gradient=0, eps=0))
