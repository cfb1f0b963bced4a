"""The prompt: IPython where it is installed, else Python's own, with the names a person needs."""

from __future__ import annotations

import code
from typing import Any

BANNER = """derive: closed forms with steps and verdicts. Try:
  run = solve(sgdm, gradient=c)
  run.w   run.steps("w")   run.needs("w")   run.check()   run.table(10)
  receptive_field(K=[3, 5, 4], S=[2, 1, 3]).steps()        out_size(W=32, K=3, P=1, S=2)"""


def names() -> dict[str, Any]:
    """What is at hand: all of `derive`, sympy's everyday names, the usual letters as plain
    symbols."""
    from sympy import Symbol, diff, lambdify, limit, symbols

    import derive

    letters = {n: Symbol(n) for n in ("alpha", "beta", "beta1", "beta2", "eta", "eps", "c", "t")}
    own = {n: getattr(derive, n) for n in derive.__all__}
    return letters | own | {"symbols": symbols, "diff": diff, "limit": limit, "lambdify": lambdify}


def prompt() -> None:
    try:
        from IPython import start_ipython  # an optional extra
    except ImportError:
        code.interact(banner=BANNER, local=names(), exitmsg="")
        return
    print(BANNER)
    start_ipython(argv=["--no-banner"], user_ns=names())
