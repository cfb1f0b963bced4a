"""The command line starts at once: help and version are told without sympy."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

import derive
from derive.commands.main import main
from derive.commands.usage import shown

ROOT = Path(__file__).parents[2]
LISTING = """
import sys
from derive.__main__ import main
try:
    main({arguments!r}, prog_name="derive")
finally:
    print(*sorted(m.split(".")[0] for m in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([name, "--help"] for name in sorted(main.commands))]
)
def test_help_and_version_do_not_wait_for_sympy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LISTING.format(arguments=arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(("Usage: derive", "derive, version"))
    loaded = set(done.stderr.split())
    assert "derive" in loaded and not loaded & {"sympy", "jinja2", "latex2sympy2", "IPython"}


def test_every_public_name_is_where_the_table_says() -> None:
    assert set(dir(derive)) == set(derive.__all__) >= {"solve", "sgdm", "DeriveError"}
    for name in derive.__all__:
        assert getattr(derive, name).__doc__ or name in derive.OPTIMIZERS
    with pytest.raises(AttributeError, match="no attribute 'slove'"):
        derive.slove  # noqa: B018


def test_names_for_type_checkers_are_the_names_at_run_time() -> None:
    import ast

    tree = ast.parse(Path(derive.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == {name: f"derive.{module}" for name, module in derive.WHERE.items()}
    typed = {n.target.id for n in block.body if isinstance(n, ast.AnnAssign)}  # type: ignore[union-attr]
    assert typed == set(derive.OPTIMIZERS)


def test_progress_is_shown_where_there_is_much_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal only."""
    for terminal, many, wanted in ((True, 30, True), (True, 3, False), (False, 30, False)):
        told = io.StringIO()
        told.isatty = lambda terminal=terminal: terminal  # type: ignore[method-assign]
        monkeypatch.setattr("sys.stderr", told)
        assert list(shown("checked", range(many))) == list(range(many))
        assert ("100%" in told.getvalue()) == wanted
