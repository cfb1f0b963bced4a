"""The house as it was designed: which room may import which, how long a module may be, what may not
be called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "derive").rglob("*.py"))
ALLOWED = {
    "commands": {"commands", "desk", "model", "writing", "reading"},
    "model": {"model"},
    "errors": set(),
    "files": set(),
    "notation": set(),
    "solving": {"solving", "model"},
    "checking": {"checking", "model"},
    "writing": {"writing", "model", "notation"},
    "reading": {"reading", "model", "notation"},
    "desk": {"desk", "model", "solving", "checking", "writing", "reading", "notation"},
}
LEAVES = {"errors", "files"}  # that any file may import
OPTIONAL = {"IPython", "torch", "onnx", "matplotlib", "numpy", "joblib", "distributed"}
# One module reads with these, in the function that does: a query must not wait for them.
LAZY = {"latex2sympy2", "antlr4"}
LONGEST = 250
LONGER = {  # still to be cut by meaning; what is short enough again must go from this list
    "checking/proof/normal.py",
    "checking/switches/sides.py",
}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are absolute"
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(ROOT / "derive").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_keeps_the_rules_of_the_house(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    here = room(path)
    if here in ALLOWED:
        for name in imports(tree):
            if name.startswith("derive."):
                wanted = name.split(".")[1]
                assert wanted in ALLOWED[here] | LEAVES, f"{here} imports {name}"
    long = len(text.splitlines()) > LONGEST
    assert long == (path.relative_to(ROOT / "derive").as_posix() in LONGER)
    assert ast.get_docstring(tree) or not text.strip()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            assert isinstance(node.type, ast.Name | ast.Attribute | ast.Tuple), (
                f"line {node.lineno}: catches everything"
            )
            assert getattr(node.type, "id", "") not in ("Exception", "BaseException"), (
                f"line {node.lineno}"
            )
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            assert called not in ("simplify", "nsimplify", "exec", "sympify", "parse_expr"), (
                f"line {node.lineno}: {called}"
            )
            assert not (called == "eval" and isinstance(node.func, ast.Name)), (
                f"line {node.lineno}: eval"
            )
    for name in imports(
        ast.Module([n for n in tree.body if not isinstance(n, ast.FunctionDef)], [])
    ):
        assert name.split(".")[0] not in OPTIONAL | LAZY, (
            f"{name} is optional: import it where it is used"
        )
    if path.name != "grammar.py":
        assert not {name.split(".")[0] for name in imports(tree)} & LAZY


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


@cache
def imported() -> dict[str, set[str]]:
    """The files that each file imports, in functions and for type checkers, too."""
    names = {module_name(path) for path in MODULES}
    found: dict[str, set[str]] = {}
    for path in MODULES:
        found[module_name(path)] = here = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                here |= {alias.name for alias in node.names} & names
            elif isinstance(node, ast.ImportFrom) and node.module in names:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                here |= inner & names or {node.module}
    return found


def circles() -> set[frozenset[str]]:
    """Files that import each other, however long the way round."""
    graph = imported()
    reached: dict[str, set[str]] = {}
    for start in graph:
        reached[start], waiting = set(), [start]
        while waiting:
            new = graph[waiting.pop()] - reached[start]
            reached[start] |= new
            waiting += new
    return {
        frozenset(m for m in reached[name] if name in reached[m])
        for name in graph
        if name in reached[name]
    }


def test_no_files_import_each_other() -> None:
    assert not circles(), [sorted(circle) for circle in circles()]


def test_every_public_name_says_what_it_does() -> None:
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                short = isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno <= 8  # type: ignore[operator]
                assert short or ast.get_docstring(node), f"{path.name}: {node.name}"


def test_checking_stands_alone() -> None:
    """The checker must run with the solver's and the writer's rooms locked."""
    import subprocess
    import sys

    code = (
        "import sys, importlib.abc\n"
        "class Lock(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[:2] in [['derive', room] for room in ('solving', "
        "'writing', 'desk', 'reading')]:\n"
        "            raise ImportError('locked: ' + name)\n"
        "import types; package = types.ModuleType('derive'); package.__path__ = ['derive']; "
        "sys.modules['derive'] = package\n"
        "sys.meta_path.insert(0, Lock())\n"
        "import derive.checking.check, derive.checking.convolutions.reach, "
        "derive.checking.convolutions.depth, derive.checking.convolutions.paths\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_one_table_row_or_entry_is_all_a_new_optimizer_needs() -> None:
    """No module names an optimizer of the library but the one line of names for the prompt."""
    names = ("rmsprop", "adagrad")
    for path in MODULES:
        if path.name != "__init__.py":
            text = path.read_text(encoding="utf-8")
            assert not [n for n in names if n in text], path


# derive/README.md draws the rooms; what it draws is what the files import.
PAGE = (ROOT / "derive" / "README.md").read_text(encoding="utf-8")


EMPTY = {"derive.model", "derive.reading"}  # no files but those in the rooms inside


def drawn(block: str) -> list[str]:
    """The lines of one block of the page."""
    return PAGE.split(f"```{block}\n")[1].split("```")[0].splitlines()


def place(name: str) -> str:
    """The room of a module as the page writes it: desk/grading, or a file of the top floor."""
    path = Path(*name.split(".")[1:])
    if (ROOT / "derive" / path).is_dir():
        return path.as_posix() if path.parts else "__init__"
    return path.as_posix() if len(path.parts) == 1 else path.parent.as_posix()


def arrows() -> set[tuple[str, str]]:
    """Which room imports from which, but for the leaves, which all may."""
    found = {(place(one), place(other)) for one, others in imported().items() for other in others}
    return {(a, b) for a, b in found if a != b and b not in LEAVES}


def test_the_page_names_every_room_once() -> None:
    named: list[str] = []
    for line in drawn("tree"):
        found = re.fullmatch(r"((?:  )*)(\w+)(?:/|\.py) +\S.*", line)
        assert found, f"not a room and what it knows: {line}"
        above = [n for n in named if n.count("/") == len(found[1]) // 2 - 1][-1:]
        named.append("/".join((*above, found[2])))
    assert sorted(named) == sorted({place(module_name(path)) for path in MODULES})


def test_the_page_has_every_arrow_and_no_other() -> None:
    """A line a room that has files, in the order of the names."""
    rooms = sorted({place(name) for name in imported() if name not in EMPTY} - LEAVES)
    right = [
        " ".join((room, "->", *sorted(other for one, other in arrows() if one == room)))
        for room in rooms
    ]
    gone, missing = set(drawn("arrows")) - set(right), set(right) - set(drawn("arrows"))
    assert drawn("arrows") == right, f"instead of {gone} write {missing}"


def test_imports_lead_down_the_picture() -> None:
    tops = {place(module_name(path)).partition("/")[0] for path in MODULES}
    rows = [
        (word, n) for n, line in enumerate(drawn("picture")) for word in re.findall(r"\w+", line)
    ]
    heights = [(word, n) for word, n in rows if word in tops]
    assert sorted(word for word, _ in heights) == sorted(tops)
    for pair in arrows():
        above, below = (name.partition("/")[0] for name in pair)
        assert above == below or dict(heights)[above] < dict(heights)[below], pair


def test_the_page_names_files_that_are_there() -> None:
    for name in re.findall(r"`([\w/.]+/[\w/.]*)`", PAGE):
        assert (ROOT / "derive" / name).exists() or (ROOT / name).exists(), name
    entries = re.findall(r"`([A-Z]+)` (?:in|of) `([\w/.]+)`", PAGE)
    assert len(entries) >= 8
    for entry, name in entries:
        file = next(p for p in (ROOT / "derive" / name, ROOT / name) if p.exists())
        assert re.search(rf"^{entry}\b.*=", file.read_text(encoding="utf-8"), re.MULTILINE), entry
