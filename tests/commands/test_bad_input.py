"""Wrong input: an error that names the thing, the place and the way out, exit code 2, and files
that stay whole."""

from __future__ import annotations

import faulthandler
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import Function, Rational, Symbol

import derive.desk.run
from derive import (
    DeriveError,
    grade,
    memory_ratio,
    min_input,
    out_size,
    proofread,
    receptive_field,
    rsolve,
    scale,
    solve,
    terms,
    truth,
)
from derive.__main__ import main
from derive.model.language.claims import Verdict
from derive.model.recurrences.program import Program

N, Y = Symbol("n"), Function("y")
HANG = 5  # seconds: five times what reading may take
ROOT = Path(__file__).parents[2]
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
    (lambda: solve("sgdm", bta=0.5), 'no such hyperparameter or flag; did you mean "beta"?'),
    (lambda: solve("sgdm", start={"z": 1}), 'start of "z"'),
    (lambda: solve("sgdm", gradient="2*g"), "needs another letter"),
    (lambda: solve("adam", gradient="m_hat"), "needs another letter"),
    (lambda: solve("sgdm", start={"w": "t"}), "needs another letter"),
    (lambda: solve("sgdm", gradient=[1]), "neither a number nor an expression"),
    (lambda: solve("sgdm", gradient="1/0"), "divides by zero"),
    (lambda: solve("sgdm", gradient="c < 1"), "compares"),
    (lambda: solve("sgdm", ranges="c"), "is not a range"),
    (lambda: solve("sgdm").derivation("ww"), 'nothing is derived for "ww"; did you mean "w"?'),
    (lambda: receptive_field(K=[0], S=[1]), "K[1] = 0: K[1] must be a whole number of at least 1"),
    (lambda: receptive_field(K=[3], S=[0]), "S[1] = 0"),
    (lambda: receptive_field(K=[2.5], S=[1]), "K[1] = 5/2"),
    (lambda: receptive_field(K=[3, 3], S="S(l)"), "S = S(l): a list for K gives every layer a " "size; give S a list too"),
    (lambda: receptive_field(K=[3, 5], S=[1]), "S has 1 entries for 2 layers"),
    (lambda: receptive_field(S="2"), "and the kernel size? give K"),  # type: ignore[arg-type]
    (lambda: receptive_field(L=-1), "L = -1"),
    (lambda: out_size(W=32, K=3, P=-1, S=2).answer, "P = -1: P must be a whole number of at " "least 0"),
    (lambda: out_size(W=2, K=3, S=1).answer, "does not fit"),
    (lambda: out_size(W=0, K=3, P=3).answer, "W_in = 0"),
    (lambda: min_input(W_out=0, K=3), "W_out = 0"),
    (lambda: Program("p", ("w <- w - m",), {"w": "0"}).hyperparameters and Program("p", ("m <- m + g", "w <- w - m"), {"w": "0"}),
     'the state "m" has no start'),
    (lambda: Program("p", ("w <- w - u", "u <- g"), {"w": "0"}), 'the state "u" has no start'),
    (lambda: Program("p", ("u <- g", "w <- w - u"), {"w": "0", "u": "0"}), 'start of "u", ' 'which is not a state'),
    (lambda: Program("p", ("m <- g",), {}), 'no line updates the parameter "w"'),
    (lambda: Program("p", (), {}), "no lines"),
    (lambda: Program("p", ("w = w - g",), {"w": "0"}), "line 1: write w <- w - g"),
    (lambda: Program("p", ("w g",), {"w": "0"}), "line 1: write an update as"),
    (lambda: Program("p", ("w -= a + b*g",), {"w": "0"}), "line 1: write w <- w - (a + b*g)"),
    (lambda: Program("p", ("w += d/2",), {"w": "0"}), "line 1: write w <- w + d/2"),
    (lambda: Program("p", ("w *= 1 - a",), {"w": "0"}), "line 1: write w <- w*(1 - a)"),
    (lambda: solve("w <-- w - eta*g"), 'line 1: "<--" is no arrow; write "w <- w - eta*g"'),
    (lambda: solve("w <<- w - eta*g"), 'line 1: "<<-" is no arrow'),
    (lambda: solve("w -= eta*g"), "write w <- w - eta*g for a line of an optimizer"),
    (lambda: solve("w += eta*g"), "write w <- w + eta*g for a line of an optimizer"),
    (lambda: solve("w = w - eta*g"), "write w <- w - eta*g for a line of an optimizer"),
    (lambda: solve("w <- w - lr*grad", gradient="lam*w"), "gradient = lam*w: no line reads g, the gradient; these lines read w, lr, grad: write g there"),
    (lambda: solve("w <- w - lr*x", gradient=2), "these lines read w, lr, x"),
    (lambda: solve("g <- 2*w; w <- w - lr*g", gradient="lam*w"), "no line reads g, the gradient"),
    (lambda: solve("w <- w - eta*g(t)", gradient="lam*w"), "line 1: g(t): write g for the gradient at this step; g(w + mu*v) is"),
    (lambda: solve("sgdm", ranges="bta > 0"), 'ranges: bta > 0: nothing has the letter "bta"; did you mean "beta"?'),
    (lambda: solve("sgdm", gradient=None, ranges="c > 0"), 'nothing has the letter "c"'),
    (lambda: solve("x(t+1) = a*x(t) + b", ranges=["a > 0", "d > 0"]), 'nothing has the letter "d"; there is a, b, t, x_0'),
    (lambda: solve("sgdm").table("x"), "table('x'): how many rows is a number from 1 to"),  # type: ignore[arg-type]
    (lambda: solve("sgdm").table(0), "table(0): how many rows is a number from 1 to"),
    (lambda: solve("sgdm").ask(3), '"3" is no question; write for example w.limit'),  # type: ignore[arg-type]
    (lambda: solve("sgdm").value("w", 100), 'value: nothing is derived for "100"; there is m, w'),  # type: ignore[arg-type]
    (lambda: solve("sgdm").value(1.5), "w(1.5): the index is a whole number"),  # type: ignore[arg-type]
    (lambda: solve("sgdm").value(Symbol("n")), "w(n): the index is a whole number"),  # type: ignore[arg-type]
    (lambda: solve("sgdm").steps(3), 'nothing is derived for "3"'),  # type: ignore[arg-type]
    (lambda: solve("sgdm", ranges=3), "ranges: 3 is not a range"),
    (lambda: solve("sgdm", ranges=[Symbol("c")]), "ranges: c is not a range; write for example c > 0"),
    (lambda: solve("sgdm", seconds="x").w, "seconds = 'x': give a number above 0"),  # type: ignore[arg-type]
    (lambda: solve("x(t+1) = x(t)", seconds="x"), "seconds = 'x': give a number above 0"),  # type: ignore[arg-type]
    (lambda: solve("sgdm", notation=3), "notation = 3: write Notation(names={...})"),  # type: ignore[arg-type]
    (lambda: solve("x(t+1) = x(t)", notation=3), "notation = 3: write Notation"),  # type: ignore[arg-type]
    (lambda: solve("f(n) = 2*f(n/2)", notation=3), "notation = 3: write Notation"),  # type: ignore[arg-type]
    (lambda: solve("sgdm", start=[1, 2]), "start = [1, 2]: of which of m, w?"),  # type: ignore[arg-type]
    (lambda: terms("x(t+1) = x(t)", count="x"), "count = 'x': how many terms is a whole number"),  # type: ignore[arg-type]
    (lambda: grade("sgdm.m", 3), "answer = 3: write it as text, in LaTeX"),  # type: ignore[arg-type]
    (lambda: grade(3, "c"), "question = 3: write its name"),  # type: ignore[arg-type]
    (lambda: grade("sgdm.m", "c", seconds="x"), "seconds = 'x': give a number above 0"),  # type: ignore[arg-type]
    (lambda: truth(3), "3: write the right answer as text"),  # type: ignore[arg-type]
    (lambda: proofread("", about="sgdm"), "key = '': write a file's name, or the text itself"),
    (lambda: proofread(3, about="sgdm"), "key = 3: write a file's name"),  # type: ignore[arg-type]
    (lambda: scale(3), "3: an optimizer's name, or its lines"),  # type: ignore[arg-type]
    (lambda: memory_ratio("sgd", 3), "3: an optimizer's name, or its lines"),  # type: ignore[arg-type]
    (lambda: rsolve(3, Y(N)), "3: write an equation of sympy's"),
    (lambda: rsolve(None, Y(N)), "None: write an equation of sympy's"),
    (lambda: rsolve([Y(N + 1), 3], [Y(N)]), "3: write an equation of sympy's"),
    (lambda: rsolve(Y(N + 1) - Y(N), Y(N), 3), "init: 3: write values by place, as {y(0): 1}"),
    (lambda: solve("w <- w - eta*g(0)"), "line 1: g(0): write g"),
    (lambda: Program("p", ("t <- t + 1",), {}), 'line 1: cannot assign to "t"'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "given"),
    [
        ("sgdm", {"ranges": "c > 0"}),
        ("sgdm", {"gradient": "lam*w", "ranges": "lam > 0, t >= 1"}),
        ("sgdm", {"gradient": None, "start": "w=w0", "ranges": ["w0 > 0", "beta < d", "d < 1"]}),
        ("sgdm", {"eta": "eta0/t", "ranges": "eta0 > 0"}),
        ("adam", {"eps": 0, "ranges": "eps >= 0"}),
        ("x(t+1) = a*x(t)", {"ranges": "x_0 > 0, t >= 2", "a": "2*q"}),
        ("x(t+1) = a*x(t)", {"ranges": "q > 0", "a": "2*q"}),
        ("W(l) = 2*W(l+1)", {"start": {"at": "L", "W": 1}, "ranges": ["L > 3", "l > 1"]}),
    ],
)
def test_ranges_of_letters_that_are_there(program: str, given: dict[str, Any]) -> None:
    assert solve(program, **given).answer is not None


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
    "g[0][1]",
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
def test_hostile_text_is_refused_wherever_it_stands(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    (broken("index =", 'conditions = "some"\nindex ='), 'conditions = "some"; write "needed"'),
    (broken("optimizers =", "optimisers ="), 'did you mean "optimizers"?'),
    (broken("gradient =", "gradeint ="), 'did you mean "gradient"?'),
    (broken('["adam", "sgdm"]', '["adamm", "sgdm"]'), 'no optimizer "adamm"; did you mean "adam"?'),
    (broken('"sgdm.m"', '"sgdmm.m"'), 'part 2: no question "sgdmm.m"; did you mean "sgdm.m"?'),
    (
        broken('"sgdm.m"', '"w.limit"'),
        'part 2: no question "w.limit"; of which optimizer: adam.w.limit or sgdm.w.limit?',
    ),
    (broken('"sgdm.m"', '"w"'), 'no question "w"; of which optimizer: adam.w or sgdm.w?'),
    (
        broken('["adam", "sgdm"]', '["v <- b*v + g; w <- w - v"]'),
        "lines need a name; write [optimizers.mine] and below it lines",
    ),
    (broken("ask =", "asks ="), 'did you mean "ask"?'),
    (broken('eps = "0"', 'epz = "0"'), 'did you mean "eps"?'),
    (broken('eps = "0"', 'beta = "1.5"'), "outside its range"),
    (broken('eps = "0"', "eps = [0]"), "eps = [0]"),
    (broken('w = "0"', 'z = "0"'), 'start of "z"'),
    (broken('gradient = "c"', 'gradient = "c("'), "gradient: cannot read"),
    (broken('gradient = "c"', 'gradient = "2*g"'), "needs another letter"),
    (broken('["c > 0"]', '["c"]'), "is not a range"),
    (
        broken('["c > 0"]', '["c > 0", "bta > 0"]'),
        'nothing has the letter "bta"; did you mean "beta"?',
    ),
    (broken("adam = 1", "adamm = 1"), "adamm = 1"),
    (broken("K = [3, 5, 4]", "K = [3, 0, 4]"), "K[2] = 0"),
    (broken("K = [3, 5, 4]", "K = [3, 5]"), "K has 2 entries for 3 layers"),
    (broken("[problem.given]\nexample", "[problem.given]\nlayers = -1\nexample"), "L = -1"),
    (
        PS09 + '\n[optimizers.mine]\nlines = ["w <- w - u", "u <- g"]\nstart = {w = "0"}\n',
        'optimizer "mine": the state "u" has no start',
    ),
    (
        PS09 + '\n[optimizers.mine]\nline = ["w <- w - g"]\n',
        'unknown key "line"; did you mean "lines"?',
    ),
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
    ("name", "says"),
    [("missing.toml", "No such file"), (".", "is a folder"), ("deep/missing.toml", "No such file")],
)
def test_a_path_that_is_no_problem_file(name: str, says: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["check", str(tmp_path / name)])
    assert done.exit_code == 2 and says in done.output and done.output.count("\n") == 1


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main,
        [
            "sheet",
            str(ROOT / "solutions/ps09/problem.toml"),
            "-o",
            str(tmp_path / "none" / "key.tex"),
        ],
    )
    assert done.exit_code == 2 and "No such file" in done.output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("harmonic(10**9)", "harmonic(...) of a number over 10,000"),
        ("harmonic(10**9, 2)", "harmonic(...) of a number over 10,000"),
        ("factorial(9999999)", "factorial(...) of a number over 10,000"),
        ("gamma(10**7)", "gamma(...) of a number over 10,000"),
        ("binomial(99999999, 5000000)", "binomial(...) of a number over 10,000"),
        ("exp(exp(exp(exp(64))))", "exp(...) of a number over 10,000"),
        ("1e300**64", "has too many digits"),
    ],
)
def test_numbers_that_are_too_large_to_write_down(text: str, says: str) -> None:
    done = CliRunner().invoke(main, ["solve", f"x(t+1) = x(t) + {text}"])
    assert done.exit_code == 2 and says in done.output and done.output.count("\n") == 1


def test_large_numbers_that_can_be_written_down() -> None:
    run = solve("x(t+1) = x(t) + binomial(10**6, 2) + factorial(20)/harmonic(5)", start="0")
    twenty, five = 2432902008176640000, Rational(137, 60)
    assert run.x == (499999500000 + twenty / five) * Symbol("t")


@pytest.mark.parametrize("seconds", ["inf", "1e400", "nan", "0", "-1"])
def test_a_time_that_is_none(seconds: str) -> None:
    done = CliRunner().invoke(main, ["solve", "x(t+1) = 2*x(t)", "--seconds", seconds])
    assert done.exit_code == 2 and "give a number above 0" in done.output


def test_a_width_that_is_too_large() -> None:
    done = CliRunner().invoke(main, ["rf", "3 3/2", "--width", "9" * 20])
    assert done.exit_code == 2 and "is not in the range" in done.output


DRAW = ["draw", "3 3/2", "--width", "9", "--output"]


def test_a_device_and_a_directory_are_no_output(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe.svg", tmp_path / "folder.svg"
    os.mkfifo(pipe)
    folder.mkdir()
    for path in (pipe, folder):
        done = CliRunner().invoke(main, [*DRAW, str(path)])
        assert done.exit_code == 2 and "give a file to write" in done.output
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [folder, pipe] and not list(folder.iterdir())


def test_a_file_keeps_its_rights_and_a_link_is_written_through(tmp_path: Path) -> None:
    real, link = tmp_path / "real.svg", tmp_path / "link.svg"
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    assert CliRunner().invoke(main, [*DRAW, str(link)]).exit_code == 0
    assert link.is_symlink() and real.read_text().startswith("<svg")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    done = CliRunner().invoke(main, [*DRAW, str(tmp_path / "a.svg")])
    assert done.exit_code == 2 and "No space left on device" in done.output
    assert not list(tmp_path.iterdir())


def test_a_line_that_fails_stops_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any) -> Verdict:
        return Verdict("FAILS", "counted", witness=(("t", "7"),))

    monkeypatch.setattr(derive.desk.run, "check_answer", failing)
    sheet = tmp_path / "key.tex"
    sheet.write_text("as it was", encoding="utf-8")
    problem = str(ROOT / "solutions/ps09/problem.toml")
    done = CliRunner().invoke(main, ["sheet", problem, "-o", str(sheet)])
    assert (
        done.exit_code == 2
        and "FAILS" in done.output
        and "t = 7" in done.output
        and "memory.ratio" in done.output
    )
    assert sheet.read_text(encoding="utf-8") == "as it was"
    assert CliRunner().invoke(main, ["check", problem]).exit_code == 1
    assert CliRunner().invoke(main, ["solve", "sgdm"]).exit_code == 2, (
        "a query prints no unchecked answer either"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["solve"],
        ["sheet"],
        ["solve", "sgdm", "--set", "beta"],
        ["rf", "-K", "3,,5", "-S", "1,2"],
    ],
)
def test_the_command_line(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2 and done.output


X = "x(t+1) = 2*x(t)"
USAGE: list[tuple[list[str], str]] = [
    (["nonsense"], "derive: No such command 'nonsense'; see derive --help"),
    (["--nonsense"], "derive: No such option '--nonsense'; see derive --help"),
    (["solve"], "derive: solve: Missing argument"),
    (["solve", "sgd", "--strat", "w=1"], "derive: solve: No such option '--strat'"),
    (["solve", "sgd", "--ask"], "'--ask' requires an argument"),
    (["solve", "sgd", "--terms", "0"], "derive: solve: Invalid value for '--terms'"),
    (["networks", "--as", "x"], "derive: networks: Invalid value for '--as'"),
    (["solve", "sgd", "--start", "w=w0", "--start", "w=w1"], "--start w=w1: w is w0 already; give"),
    (["solve", "sgd", "--set", "eta=1", "--set", "eta=2"], "--set eta=2: eta is 1 already; give"),
    (["solve", "sgd", "--gradient", "c", "--gradient", "d"], "--gradient is given twice"),
    (["solve", X, "--terms", "3", "--ask", "x.limit"], "--terms 3 tells the first values alone, without --ask"),
    (["solve", "sgd", "--terms", "3", "--latex"], "alone, without --latex"),
    (["solve", X, "--terms", "3", "--check"], "alone, without --check"),
    (["solve", X, "--terms", "3", "--steps"], "alone, without --steps"),
    (["solve", X, "--ask", "x.rate", "--cases"], "--cases: of a closed form, not of x.rate"),
    (["solve", X, "--optimizers", "mine.toml"], "--optimizers mine.toml: for an optimizer by its"),
    (["proofread", "", "--about", "sgdm"], ". is a folder; name the file in it"),
    (["solve", X, "--start", "x(0)=1, x(0)=2"], "--start x(0)=2: x(0) is 1 already"),
    (["rf", ""], "'': no layers; write kernel/stride"),
    (["rf", "-K", ""], "K = []: a stack has a layer at least"),
    (["rf", "-K", "3,3", "-P", "same"], 'P = "same": write how many are padded on each side'),
    (["rf", "-K", "3,5", "--ask", "left"], "left: asked where paddings P are given"),
    (["rf", "-K", "3", "-K", "5"], "--kernel-sizes is given twice"),
    (["rf", "3/2", "--axes", "2"], "--axes 2: how many axes are alike in what --channels costs"),
    (["rf", "3 3", "--ask", "J"], "--ask J is for sizes given by --kernel-sizes"),
    (["rf", "resnet50", "--ask", "J"], "--ask J is for sizes given by --kernel-sizes"),
    (["rf", "3/2", "--repeat", "n"], "--repeat n is for sizes given by --kernel-sizes"),
    (["rf", "resnet50", "-S", "2"], "--strides 2 beside resnet50: layers are given as text"),
    (["rf", "3/2", "--check"], "--check is for sizes given by --kernel-sizes"),
    (["rf", "3/2", "--latex", "--paths"], "--paths is not told in the table of --latex"),
    (["rf", "-K", "3", "--width", "0"], "--width 0 is for a network"),
    (["rf", "-K", "3", "--axes", "2"], "--axes 2 is for a network"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "says"), USAGE, ids=[" ".join(a) for a, _ in USAGE])
def test_wrong_usage_is_one_line(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2 and says in done.output
    assert done.output.startswith("derive: ") and done.output.count("\n") == 1


@pytest.mark.parametrize("start", [["x(1)=1, x(2)=1"], ["x(1)=1", "x(2)=1"], ["x(2)=1,x(1)=1"]])
def test_several_starts_in_one_option_or_in_many(start: list[str]) -> None:
    given = [word for text in start for word in ("--start", text)]
    done = CliRunner().invoke(
        main, ["solve", "x(t+2) = x(t+1) + x(t)", *given, "--ask", "x.value(10)"]
    )
    assert done.exit_code == 0 and "x(10) = 55" in done.output


def test_several_are_asked_at_once() -> None:
    done = CliRunner().invoke(main, ["solve", "sgdm", "--ask", "m", "--ask", "m.value(1)"])
    assert done.exit_code == 0 and done.output.startswith("m(t) = ") and "m(1) = c" in done.output


def test_a_file_of_optimizers_by_its_own_name(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[plain]\nlines = ["w <- w - g"]\nstart = { w = "0" }\n', encoding="utf-8")
    done = CliRunner().invoke(main, ["solve", "plain", "--optimizers", str(mine)])
    assert done.exit_code == 0 and done.output == "w(t) = -c*t\n"
    mine.write_bytes(b"\xff")
    for path, says in (
        (mine, "not UTF-8"),
        (tmp_path, "is a folder"),
        (tmp_path / "none.toml", "No such file"),
    ):
        done = CliRunner().invoke(main, ["solve", "plain", "--optimizers", str(path)])
        assert done.exit_code == 2 and says in done.output and done.output.count("\n") == 1


# Equations.


def solved_by(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["solve", *arguments])


EQUATIONS: list[tuple[list[str], str]] = [
    (["x(t+1) 2*x(t)"], "each with an equals sign"),
    (["x(t+1) = 2x(t)"], "a sign is missing; did you mean 2*x(t)?"),
    (["x(t+1) = beta x(t)"], "a sign is missing; did you mean beta*x(t)?"),
    (["x(t+1) = 0,5*x(t)"], "a decimal is written with a point"),
    (["x_{t+1} = 2 x_t"], "this is LaTeX"),
    (["x(t+1) = é*x(t)"], '"é" is not a name that may be used here'),
    (["x(t+1) = 2*x(t)", "--gradient", "c"], "equations have no gradient"),
    (["x(t+1) = 2*x(t)", "--start", "x=0, 1"], 'start of "x": 2 values; its equation needs 1'),
    (["x(t+1) = a*x(t)", "--set", "a=2", "--range", "0 < a < 1"], "outside its range a < 1"),
    (["x(t+1) = 2*x(t)", "--ask", "x.limt"], 'no question "limt"; did you mean "limit"?'),
    (["x(t+1) = 2*x(t)", "--ask", "x.value"], "write x.value(index)"),
    (["x(t+1) = 2*x(t)", "--ask", "y.value(3)"], 'no sequence "y"'),
    (["x(t+1) = 2*x(t) = 3"], "is not an equation; write for example"),
    (["x(t+1) = x(t); y(t+1) = 1"], "is not an equation"),
    (["x(t+1) = x(t)\ny(t+1) = y(t)"], "is not an equation"),
    (["= x(t)"], "equation 1: cannot read"),
    (["x(t+1) ="], "equation 1: cannot read"),
    (
        ["x(t+1) = y(s)*x(t)", "y(s+1) = y(s)"],
        "sequences are read at s, t; there must be one index, as t in m(t)",
    ),
    (["x(t+1) = x(n)"], "sequences are read at n, t; there must be one index"),
    (["x(5) = 2*x(4)"], "sequences are read at numbers; there must be one index"),
    (
        ["x(t+1) = 9**9**9**9*x(t)"],
        "equation 1: an exponent holds a number over 64 or another power",
    ),
    (["x(t+1) = 2**(10**9)*x(t)"], "an exponent holds a number over 64"),
    (["x(t+1) = x(t)**(10**9)"], "an exponent holds a number over 64"),
    (["x(t+1) = 2*x(t)", "--start", "y=1"], 'start of "y": no equation for it; there is x'),
    (["x(t+1) = 2*x(t)", "--start", "x="], "start of x: cannot read"),
    (["x(t+1) = 2*x(t)", "--start", "x=1;"], "start of x: cannot read"),
    (["x(t+1) = 2*x(t)", "--start", "x"], "--start x: write name=value"),
    (["x(t+2) = 2*x(t)", "--start", "x=1,1/0"], "divides by zero"),
    (
        ["x(t+1) = a*x(t)", "--start", "at=1.5"],
        "start at 3/2: a recurrence that counts up starts at a whole number",
    ),
    (
        ["x(t+1) = a*x(t)", "--start", "at=L"],
        "start at L: a recurrence that counts up starts at a whole number",
    ),
    (["t(t+1) = 2*t(t)"], '"t"'),
    (["x(t+1) = x(t) + x"], "x"),
    (["x(t+1) = 2*(x(t)"], "'(' was never closed"),
    (["x(t+1) = 2*x(t))"], "unmatched ')'"),
    (["x(t+1) = 2*x(t"], "'(' was never closed"),
    (["x(t+1) = " + "(" * 5_000 + "x(t)" + ")" * 5_000], "equation 1"),
    (["x(t+1) = " + "+".join(["x(t)"] * 3_000)], "an expression has at most"),
    (["x(t+1) = " + "-" * 9_990 + "x(t)"], "equation 1"),
    (["x(t+1) = " + "1" * 5_000 + "*x(t)"], "equation 1"),
    (["x" * 10_000 + "(t+1) = 2*x(t)"], "equation 1"),
    (["x" * 10_000], "no optimizer"),
    (["x(t+1) = 2*x(t)"] * 2_000, "two equations for x"),
    (["x(t+1) = x(t)/0"], "divides by zero"),
    (["x(t+1) = x(t)/(t-t)"], "divides by zero"),
    (["x(t+1) = x(t) + log(0)"], "divides by zero"),
    (["x(t+1) = x(t) + Mod(t, 0)"], "zero"),
    (["x(t+1) = 1e400*x(t)"], "equation 1"),
    (["x(t+1) = x(t) < 1"], "equation 1"),
    (["x(t+2)**2 = x(t)"], "cannot be solved for x(t + 2), which stands in it in a way that is"),
    (["x(t) + y(t) = 1"], "write the value that is made, one of x(t), y(t), alone on the left"),
    (["sqrt(t+1) = sqrt(t) + 1"], "write the value that is made alone on the left"),
    (
        ["x(t+1) = x(t+1)**2 + x(t)"],
        "cannot be solved for x(t + 1), which stands in it in a way that is not linear",
    ),
    (["x(t+1) = x(t+1)"], "cannot be solved for x(t + 1)"),
    (["x(2*t) = x(t) + 1"], "x(2*t): a sequence is read at t plus a whole number, as in x(t + 1)"),
    (["x(t+1) = x(t**2)"], "x(t**2): a sequence is read at t plus a whole number"),
    (["x(t+1) = x(t+1/2)"], "a sequence is read at t plus a whole number"),
    (["x(t+5000) = x(t)"], "an order of 5000; orders up to"),
    (["x(t+1) = x(t)", "x(t+1) = 2*x(t)"], "two equations for x"),
    (["x(t+1) = x()"], "equation 1: x takes one argument"),
    (["x(t,s) = x(t-1,s)"], "equation 1: x takes one argument"),
    (["x(t+1) = cos(t, t)"], "equation 1: cos takes one argument"),
    (["x(t+1) = x(t) + Piecewise((1, t < 3))"], "Piecewise|closed form|pieces"),
    (
        ["Piecewise(t+1) = Piecewise(t)"],
        "is not a piece; write (value, condition), the last one (value, True)",
    ),
    (["x(t+1) = x(t)", "sgdm"], "equation 2: 'sgdm' is not an equation"),
    (["x(t+1) = sin(x(t))"], "no closed form is known here: it is not linear in its values"),
    (["x(t+1) = r*x(t)*(1-x(t))"], "no closed form is known here"),
    (["x(t+1) = 2*x(t)", "--range", "x"], "ranges: 'x' is not a range"),
    (["x(t+1) = 2*x(t)", "--set", "b=1"], 'value of "b": no such letter in the equations'),
    (["x(t+1) = a*x(t)", "--set", "a=1/0"], "divides by zero"),
    (["x(t+1) = a*x(t)", "--ask", "y"], 'nothing is derived for "y"; there is'),
    (["x(t+1) = a*x(t)", "--seconds", "0"], "seconds = 0.0: give a number above 0"),
    (["x(t+1) = 1/x(t)", "--start", "x=0", "--terms", "4"], "divides by zero"),
    (["f(n) = 2*f(n/2) + f(n/3)"], "write one part of the whole, as in f(n) = 2*f(n/2) + n"),
    (["f(n) = 2*f(n/1.5) + n"], "a part is n/b, b a whole number from 2 on"),
    (["f(n) = 2*f(n/2) + n", "--start", "g=1"], '"g"'),
    (["f(n) = 2*f(n/2) + n", "--start", "f=1,2"], "start of f"),
]


@pytest.mark.parametrize(
    ("arguments", "says"),
    EQUATIONS,
    ids=[f"{k} {a[0][:30]!r}" for k, (a, _) in enumerate(EQUATIONS)],
)
def test_equations_on_the_command_line(arguments: list[str], says: str) -> None:
    """One line that names the thing and the way out; exit code 2; a long text is not repeated
    whole."""
    done = solved_by(*arguments)
    assert done.exit_code == 2, (done.output[:500], done.exception)
    assert (
        done.output.startswith("derive: ")
        and done.output.count("\n") == 1
        and len(done.output) < 1_000
    )
    assert any(part in done.output for part in says.split("|"))


@pytest.mark.parametrize(
    "text", [h for h in HOSTILE if "g" in h or "(" in h], ids=lambda h: repr(h[:24])
)
@pytest.mark.parametrize("place", ["right", "left", "start"])
def test_hostile_equations(
    text: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text of another language is run or taken for an equation; a letter g is a letter."""
    monkeypatch.chdir(tmp_path)
    equation, start = {
        "right": (f"x(t+1) = x(t) + ({text})", {}),
        "left": (f"{text} = x(t)", {}),
        "start": ("x(t+1) = 2*x(t)", {"x": f"({text})"}),
    }[place]
    try:
        solve(equation, start=start)
    except DeriveError as error:
        assert "\n" not in str(error)
    assert not list(tmp_path.iterdir()), "something was executed"


SHEET = """[[problem]]
title = "Recurrences"
equations = ["m(t+1) = beta*m(t) + c", "x(t+2) = x(t+1) + x(t)"]

[problem.given]
start = { m = "0", x = "0, 1" }

[[problem.part]]
ask = ["m", "x"]
"""


def varied(*changes: tuple[str, str]) -> str:
    text = SHEET
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


SHEETS: list[tuple[str, str]] = [
    (varied(('"m", "x"', '"y"')), 'part 1: no question "y"'),
    (varied(('"m", "x"', '"mm"')), 'part 1: no question "mm"; did you mean "m"?'),
    (varied(('"m", "x"', '"m.x"')), 'no question "m.x"'),
    (varied(('"m", "x"', '"sgdm.m"')), 'no question "sgdm.m"'),
    (varied(('"m", "x"', "1")), "part 1"),
    (varied(("equations =", "equatons =")), 'unknown key "equatons"; did you mean "equations"?'),
    (
        varied(('["m(t+1) = beta*m(t) + c", "x(t+2) = x(t+1) + x(t)"]', '"m(t+1) = m(t)"')),
        "equations is a list",
    ),
    (varied(('"m(t+1) = beta*m(t) + c"', "3")), "equations are a list of texts in quotes"),
    (
        varied(('"m(t+1) = beta*m(t) + c"', '["m(t+1) = m(t)"]')),
        "equations are a list of texts in quotes",
    ),
    (
        varied(("equations =", 'optimizers = ["sgdm"]\nequations =')),
        "in a problem without optimizers",
    ),
    (varied(("m(t+1) = beta", "m(t+1) beta")), "equation 1"),
    (varied(("x(t+2) = x(t+1)", "x(t+2) = x(t+1")), "equation 2: cannot read"),
    (varied(("x(t+2) = x(t+1) + x(t)", "x(n+2) = x(n+1)")), "there must be one index"),
    (varied(("x(t+2) = x(t+1) + x(t)", "m(t+1) = m(t)")), "two equations for m"),
    (varied(("beta*m(t)", "m(t)/0")), "divides by zero"),
    (varied(("beta*m(t)", "9**9**9*m(t)")), "an exponent holds a number over 64"),
    (varied(('m = "0"', 'y = "0"')), 'start of "y": no equation for it; there is m, x'),
    (varied(('"0, 1"', '"0, 1/0"')), "divides by zero"),
    (varied(('"0, 1"', '"0, ("')), "start of x: cannot read"),
    (varied(('"0, 1"', "true")), "start of x|x = True"),
    (varied(('m = "0"', "m = { a = 1 }")), "start of m|m = {"),
    (varied(("start =", 'ranges = ["beta"]\nstart =')), "is not a range"),
    (
        varied(("start =", 'gradient = "c"\nstart =')),
        "problem 1, given: gradient = 'c': it is for optimizers",
    ),
    (
        varied(("start =", 'ranges = ["bta > 0"]\nstart =')),
        'problem 1: ranges: bta > 0: nothing has the letter "bta"; did you mean "beta"?',
    ),
    (varied(("start =", 'ranges = "beta > 0"\nstart =')), "ranges is a list"),
    (
        varied(("start =", 'values = { bta = "1/2" }\nstart =')),
        'value of "bta": no such letter in the equations',
    ),
    (varied(("start =", 'values = { beta = "1/" }\nstart =')), "beta: cannot read"),
    (varied(("start =", 'values = ["1/2"]\nstart =')), "values is a table"),
    (
        varied(("x(t+2) = x(t+1) + x(t)", "x(t+1) = r*x(t)*(1-x(t))"), ('"0, 1"', '"x0"')),
        "no closed form is known here",
    ),
    (
        SHEET + '\n[[problem]]\ntitle = "second"\nequations = ["y(t+1)"]\n[[problem.part]]\nask = '
        '["y"]\n',
        "is not an equation",
    ),
]


@pytest.mark.parametrize(
    ("content", "says"), SHEETS, ids=[f"{k} {says[:40]}" for k, (_, says) in enumerate(SHEETS)]
)
def test_a_problem_file_with_equations(content: str, says: str, tmp_path: Path) -> None:
    problem, sheet = tmp_path / "problem.toml", tmp_path / "key.tex"
    problem.write_text(content, encoding="utf-8")
    sheet.write_text("as it was", encoding="utf-8")
    done = CliRunner().invoke(main, ["sheet", str(problem), "--output", str(sheet)])
    assert done.exit_code == 2, (done.output[:500], done.exception)
    assert done.output.startswith("derive: ") and done.output.count("\n") == 1
    assert any(part in done.output for part in says.split("|")), done.output
    assert sheet.read_text(encoding="utf-8") == "as it was"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key.tex", "problem.toml"]


def test_the_place_is_named_where_there_are_several_problems(tmp_path: Path) -> None:
    content = (
        SHEET
        + '\n[[problem]]\ntitle = "second"\nequations = ["y(t+1)"]\n[[problem.part]]\nask = ["y"]\n'
    )
    (tmp_path / "problem.toml").write_text(content, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path / "problem.toml")])
    assert done.exit_code == 2 and "problem.toml" in done.output and "problem 2" in done.output


def test_the_sheet_that_these_are_changed_from_is_made(tmp_path: Path) -> None:
    (tmp_path / "problem.toml").write_text(SHEET, encoding="utf-8")
    done = CliRunner().invoke(
        main, ["sheet", str(tmp_path / "problem.toml"), "--output", str(tmp_path / "key.tex")]
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "key.tex").read_text(encoding="utf-8").count("align") >= 2


STACKS = [
    ('stack = { K = "K", Q = 3 }', 'unknown key "Q"'),
    ('stack = { K = "K(" }', "K: cannot read"),
    ("stack = { K = [3, 3], S = [1] }", "S has 1 entries for 2 layers"),
    ('stack = { K = "K" }\nnetworks = ["unet"]', "one of these"),
    ('networks = ["nonet"]', 'no network "nonet"; did you mean "unet"?'),
    ('stack = { layers = "3 3" }', "no part of the layers is repeated"),
    ('stack = { K = [3] }\ngiven = { ranges = ["zz > 0"] }', "given: ranges = ['zz > 0']: it is"),
    ("stack = { K = [3] }", "give lists and width = 16"),
    ("stack = { K = [3], width = 2 }", "nothing is left"),
]
ASKED = {"networks": "networks", "layers": "repeats", "[3]": "drawing"}


@pytest.mark.parametrize(("table", "says"), STACKS, ids=[says for _, says in STACKS])
def test_a_problem_about_stacks(table: str, says: str, tmp_path: Path) -> None:
    asked = next((question for mark, question in ASKED.items() if mark in table), "W")
    file = tmp_path / "problem.toml"
    file.write_text(
        f'[[problem]]\ntitle = "t"\n{table}\npart = [{{ ask = ["{asked}"] }}]\n', encoding="utf-8"
    )
    found = CliRunner().invoke(main, ["sheet", str(file), "--output", str(tmp_path / "key.tex")])
    assert found.exit_code == 2
    assert (
        says in found.stderr
        and found.stderr.count("\n") == 1
        and not (tmp_path / "key.tex").exists()
    )
