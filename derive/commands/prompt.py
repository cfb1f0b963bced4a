"""The prompt: IPython where it is installed, else Python's own, with the names a person needs."""

from __future__ import annotations

import code
import sys
from typing import Any

from derive.errors import DeriveError

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


class Console(code.InteractiveConsole):
    """Python's own prompt; an error that a person can mend is one line."""

    def showtraceback(self) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, DeriveError):
            self.write(f"derive: {error}\n")
        else:
            super().showtraceback()


def load_ipython_extension(shell: Any) -> None:
    """The same in IPython and in a notebook, as an extension of theirs."""

    def one_line(shell: Any, kind: type, error: DeriveError, *rest: Any, **more: Any) -> list[str]:
        lines = [f"derive: {error}"]
        shell._showtraceback(kind, error, lines)  # where this shell shows errors, a cell or stdout
        return lines

    shell.set_custom_exc((DeriveError,), one_line)


def prompt() -> None:
    """IPython where it is installed, else Python's own; returns when it is left."""
    try:
        from IPython import start_ipython  # an optional extra
    except ImportError:
        Console(names()).interact(banner=BANNER, exitmsg="")
        return
    print(BANNER)
    start_ipython(argv=["--no-banner", f"--ext={__name__}"], user_ns=names())
