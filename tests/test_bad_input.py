"""Wrong input: an error that names the thing, the place and the way out, exit code 2, and files that stay whole."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import derive.desk.run
from derive import DeriveError, min_input, out_size, receptive_field, solve
from derive.__main__ import main
from derive.model.claims import Verdict
from derive.model.program import Program

HANG = 5  # seconds: five times what reading may take
ROOT = Path(__file__).parents[1]
PS09 = (ROOT / "solutions" / "ps09" / "problem.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def guard() -> Iterator[None]:
    """Ends the run where a text is worked on for too long."""
    faulthandler.dump_traceback_later(12 * HANG, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


CALLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: solve("adamm"), 'no optimizer "adamm"; did you mean "adam"?'),
    (lambda: solve("sgdm", beta=1.5), "beta = 3/2 is outside its range 0 < beta < 1"),
    (lambda: solve("sgdm", beta="9/8"), "outside its range"),
    (lambda: solve("sgdm", bta=0.5), 'no such hyperparameter; did you mean "beta"?'),
    (lambda: solve("sgdm", start={"z": 1}), 'start of "z"'),
    (lambda: solve("sgdm", gradient="w"), "needs another letter"),
    (lambda: solve("sgdm", gradient="t"), "needs another letter"),
    (lambda: solve("sgdm", gradient=None), "neither a number nor an expression"),
    (lambda: solve("sgdm", gradient="1/0"), "divides by zero"),
    (lambda: solve("sgdm", gradient="c < 1"), "compares"),
    (lambda: solve("sgdm", ranges="c"), "is not a range"),
    (lambda: solve("sgdm").derivation("ww"), 'nothing is derived for "ww"; did you mean "w"?'),
    (lambda: receptive_field(K=[0], S=[1]), "K[1] = 0: K[1] must be a whole number of at least 1"),
    (lambda: receptive_field(K=[3], S=[0]), "S[1] = 0"),
    (lambda: receptive_field(K=[2.5], S=[1]), "K[1] = 5/2"),
    (lambda: receptive_field(K=["x"], S=[1]), "K[1] = x"),
    (lambda: receptive_field(K=[3, 5], S=[1]), "S has 1 entries for 2 layers"),
    (lambda: receptive_field(K=3, S=1), "give one number a layer"),  # type: ignore[arg-type]
    (lambda: receptive_field(L=-1), "L = -1"),
    (lambda: out_size(W=32, K=3, P=-1, S=2).answer, "P = -1: P must be a whole number of at least 0"),
    (lambda: out_size(W=2, K=3, S=1).answer, "does not fit"),
    (lambda: out_size(W=0, K=3, P=3).answer, "W_in = 0"),
    (lambda: min_input(W_out=0, K=3), "W_out = 0"),
    (lambda: Program("p", ("w <- w - m",), {"w": "0"}).hyperparameters and Program("p", ("m <- m + g", "w <- w - m"), {"w": "0"}),
     'the state "m" has no start'),
    (lambda: Program("p", ("w <- w - u", "u <- g"), {"w": "0"}), 'the state "u" has no start'),
    (lambda: Program("p", ("u <- g", "w <- w - u"), {"w": "0", "u": "0"}), 'start of "u", which is not a state'),
    (lambda: Program("p", ("m <- g",), {}), 'no line updates the parameter "w"'),
    (lambda: Program("p", (), {}), "no lines"),
    (lambda: Program("p", ("w = w - g",), {"w": "0"}), "line 1: write an update as"),
    (lambda: Program("p", ("t <- t + 1",), {}), 'line 1: cannot assign to "t"'),
    (lambda: Program("p", ("w <- w - g", "w <- w"), {"w": "0"}), "assigned twice"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "says"), CALLS, ids=[says for _, says in CALLS])
def test_a_call(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(DeriveError) as error:
        call()
    assert says in str(error.value)
    assert "\n" not in str(error.value)


HOSTILE = [
    "__import__('os').system('touch touched')",
    "m.__class__",
    "9**9**9**9",
    "((9**64)**64)**64",
    "2**(10**9)",
    "lambda: 1",
    "[x for x in g]",
    "{1: 2}",
    "f'{g}'",
    "(x := 1)",
    "1 if g else 2",
    "'text'",
    "g[0]",
    "g and 1",
    "not g",
    "True",
    "...",
    "open('touched', 'w')",
    "exec('1')",
    "g; g",
    "g\ng",
    "",
    "g +",
    "sqrt(g, g)",
    "sqrt(x=1)",
    "sqrt(*g)",
    "m * m @ m",
    "g % 2",
    "g // 2",
    "g & 1",
    "~g",
    "1j",
    "g\x00",
    "(" * 10_000,
    "-" * 1_500 + "g",
    "(" * 150 + "g" + ")" * 150,
    "+".join(["g"] * 50_000),
    "1" * 100,
    "g" * 100_000,
    "await g",
    "yield",
    "\udcff",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(h[:24]) for h in HOSTILE])
def test_hostile_text_is_refused_wherever_it_stands(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    places: list[Callable[[], Any]] = [
        lambda: Program("p", (f"w <- {text}",), {"w": "0"}),
        lambda: solve("sgdm", gradient=text),
        lambda: solve("sgdm", beta=text),
        lambda: solve("sgdm", start={"w": text}),
        lambda: solve("sgdm", ranges=text),
    ]
    for call in places:
        with pytest.raises(DeriveError):
            call()
    assert not list(tmp_path.iterdir()), "something was executed"


def broken(old: str, new: str) -> str:
    assert old in PS09
    return PS09.replace(old, new, 1)


FILES: list[tuple[str | bytes, str]] = [
    (b"", "no problem in it"),
    (b"\xff\xfe", "not UTF-8"),
    (b"title = ", "not TOML"),
    (b"[[problem]]\ntitle = 'x'\n", "nothing is asked"),
    (b"problem = 3", "problem = 3; problem is a list"),
    (broken("title = ", "titel = "), 'unknown key "titel"; did you mean "title"?'),
    (broken("[notation]", "[notaton]"), 'did you mean "notation"?'),
    (broken("index =", "indx ="), 'did you mean "index"?'),
    (broken('"superscript"', '"superscripts"'), 'index = "superscripts"'),
    (broken("optimizers =", "optimisers ="), 'did you mean "optimizers"?'),
    (broken("gradient =", "gradeint ="), 'did you mean "gradient"?'),
    (broken('["adam", "sgdm"]', '["adamm", "sgdm"]'), 'no optimizer "adamm"; did you mean "adam"?'),
    (broken('"sgdm.m"', '"sgdmm.m"'), 'part 2: no question "sgdmm.m"; did you mean "sgdm.m"?'),
    (broken("ask =", "asks ="), 'did you mean "ask"?'),
    (broken('eps = "0"', 'epz = "0"'), 'did you mean "eps"?'),
    (broken('eps = "0"', 'beta = "1.5"'), "outside its range"),
    (broken('eps = "0"', "eps = [0]"), "eps = [0]"),
    (broken('w = "0"', 'z = "0"'), 'start of "z"'),
    (broken('gradient = "c"', 'gradient = "c("'), "gradient: cannot read"),
    (broken('gradient = "c"', 'gradient = "w"'), "needs another letter"),
    (broken('["c > 0"]', '["c"]'), "is not a range"),
    (broken("adam = 1", "adamm = 1"), "adamm = 1"),
    (broken("K = [3, 5, 4]", "K = [3, 0, 4]"), "K[2] = 0"),
    (broken("K = [3, 5, 4]", "K = [3, 5]"), "K has 2 entries for 3 layers"),
    (broken("[problem.given]\nexample", "[problem.given]\nlayers = -1\nexample"), "L = -1"),
    (
        PS09 + '\n[optimizers.mine]\nlines = ["w <- w - u", "u <- g"]\nstart = {w = "0"}\n',
        'optimizer "mine": the state "u" has no start',
    ),
    (PS09 + '\n[optimizers.mine]\nline = ["w <- w - g"]\n', 'unknown key "line"; did you mean "lines"?'),
]


@pytest.mark.parametrize(("content", "says"), FILES, ids=[says for _, says in FILES])
def test_a_problem_file(content: str | bytes, says: str, tmp_path: Path) -> None:
    problem, sheet = tmp_path / "problem.toml", tmp_path / "key.tex"
    problem.write_bytes(content if isinstance(content, bytes) else content.encode())
    sheet.write_text("as it was", encoding="utf-8")
    done = CliRunner().invoke(main, ["sheet", str(problem), "--output", str(sheet)])
    assert done.exit_code == 2, done.output
    assert says in done.output and done.output.count("\n") == 1
    assert done.output.startswith("derive: ")
    assert sheet.read_text(encoding="utf-8") == "as it was"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key.tex", "problem.toml"]


@pytest.mark.parametrize(
    ("name", "says"), [("missing.toml", "No such file"), (".", "is a folder"), ("deep/missing.toml", "No such file")]
)
def test_a_path_that_is_no_problem_file(name: str, says: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["check", str(tmp_path / name)])
    assert done.exit_code == 2 and says in done.output and done.output.count("\n") == 1


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["sheet", str(ROOT / "solutions/ps09/problem.toml"), "-o", str(tmp_path / "none" / "key.tex")]
    )
    assert done.exit_code == 2 and "No such file" in done.output


def test_a_line_that_fails_stops_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = derive.desk.run.check

    def failing(derivation: Any, *rest: Any) -> list[Verdict]:
        verdicts = real(derivation, *rest)
        return [Verdict("FAILS", "counted", witness=(("t", "7"),)), *verdicts[1:]]

    monkeypatch.setattr(derive.desk.run, "check", failing)
    sheet = tmp_path / "key.tex"
    sheet.write_text("as it was", encoding="utf-8")
    problem = str(ROOT / "solutions/ps09/problem.toml")
    done = CliRunner().invoke(main, ["sheet", problem, "-o", str(sheet)])
    assert done.exit_code == 2 and "FAILS" in done.output and "t = 7" in done.output and "memory.ratio" in done.output
    assert sheet.read_text(encoding="utf-8") == "as it was"
    assert CliRunner().invoke(main, ["check", problem]).exit_code == 1
    assert CliRunner().invoke(main, ["solve", "sgdm"]).exit_code == 2, "a query prints no unchecked answer either"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["solve"], ["sheet"], ["solve", "sgdm", "--set", "beta"], ["rf", "-K", "3,,5", "-S", "1,2"]]
)
def test_the_command_line(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2 and done.output


def test_a_file_of_optimizers_by_its_own_name(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[plain]\nlines = ["w <- w - g"]\nstart = { w = "0" }\n', encoding="utf-8")
    done = CliRunner().invoke(main, ["solve", "plain", "--optimizers", str(mine)])
    assert done.exit_code == 0 and done.output == "w(t) = -c*t\n"
    mine.write_bytes(b"\xff")
    for path, says in ((mine, "not UTF-8"), (tmp_path, "is a folder"), (tmp_path / "none.toml", "No such file")):
        done = CliRunner().invoke(main, ["solve", "plain", "--optimizers", str(path)])
        assert done.exit_code == 2 and says in done.output and done.output.count("\n") == 1
