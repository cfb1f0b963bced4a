"""The table of questions: the same answers at the prompt, on the command line, in a problem file and
for a grader; what is no question is told with those that are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from sympy import Integer, Rational, Symbol

from derive import DeriveError, grade, proofread, solve
from derive.__main__ import main
from derive.desk.grading.exam import Exam
from derive.desk.recurrences.questions.entries import TABLE, ask
from derive.desk.sheets.key import open_key, sheet

a, b, eta, lam, beta, x0 = (Symbol(s) for s in ("a", "b", "eta", "lam", "beta", "x0"))
RUN = solve("x(n+1) = a*x(n) + b", start={"x": "x0"}, ranges="0 < a < 1")
FILE = """
title = "Questions"
[[problem]]
number = 7
title = "Momentum on a quadratic"
text = "One dimension."
optimizers = ["sgdm"]
given = { gradient = "lam*w", start = { w = "w0" }, ranges = ["lam > 0"] }
[[problem.part]]
text = "Solve."
ask = ["sgdm.w", "w.limit", "w.converges(eta)", "sgdm.w.rate", "w.value(2)", "w.degree(w0)"]
[[problem]]
title = "Interest"
text = "A debt w."
equations = ["w(n+1) = (1 + r)*w(n) - p"]
given = { start = { w = "w0" }, ranges = ["r > 0"] }
[[problem.part]]
text = "Solve."
ask = ["w", "w.terms(3)", "w.sensitivity(r)", "7.w.limit"]
[[problem]]
title = "Merge sort"
text = "Count."
equations = ["T(n) = 2*T(n/2) + n"]
given = { start = { T = 1 } }
[[problem.part]]
text = "Solve."
ask = ["T"]
"""


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    path = tmp_path / "problem.toml"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("x.limit", b / (1 - a)),
        ("limit", b / (1 - a)),
        ("x.rate", None),
        ("x.degree(b)", None),
        ("x.value(2)", None),
    ],
)
def test_an_answer_by_its_question(question: str, answer: object) -> None:
    found = ask(RUN, question)
    if answer is not None:
        assert found.answer == answer
    if found.verdict is not None:
        assert found.verdict.holds


def test_each_question_of_the_table_is_answered_and_shown() -> None:
    given = {"value": "(4)", "terms": "(3)", "converges": "(a)", "first_below": "(1/100)"}
    given |= {"degree": "(x0)", "sensitivity": "(a)"}
    plain = solve("x(n+1) = a*x(n)", start={"x": "x0"}, ranges="0 < a < 1")
    for name in TABLE:
        found = ask(plain, f"x.{name}{given.get(name, '')}")
        assert found.verdict is not None and found.verdict.holds, name
        assert found.says and found._repr_latex_().startswith("\\begin{align*}"), name
        assert str(found)


def test_values_are_those_of_the_loop() -> None:
    run = solve("x(n+1) = x(n)/2 + 3", start={"x": 1})
    value, path = Fraction(1), []
    for _ in range(12):
        path.append(value)
        value = value / 2 + 3
    assert run.ask("x.terms(12)").answer == [Rational(v.numerator, v.denominator) for v in path]
    assert run.ask("x.value(11)").answer == Rational(path[11].numerator, path[11].denominator)
    least = next(n for n, v in enumerate(path) if abs(v - 6) < Fraction(1, 10))
    assert run.ask("x.first_below(1/10)").answer == Integer(least)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("x.limt", 'no question "limt"; did you mean "limit"?'),
        ("y.limit", 'no sequence "y"'),
        ("x.value", "write x.value(index)"),
        ("x.limit(3)", "write x.limit"),
        ("limt", 'nothing is derived for "limt"; did you mean "limit"?'),
        ("x limit", "is no question; write for example w.limit"),
        ("x.value(-3)", "the closed form holds from index 0 on"),
        ("x.terms(0)", "how many is a number from 1"),
    ],
)
def test_what_is_no_question(question: str, said: str) -> None:
    with pytest.raises(DeriveError) as error:
        RUN.ask(question)
    assert said in str(error.value)


def test_on_the_command_line() -> None:
    lines = ["solve", "sgdm", "--gradient", "lam*w", "--range", "lam > 0", "--start", "w=w0"]
    done = CliRunner().invoke(main, [*lines, "--ask", "w.converges(eta)"])
    assert done.exit_code == 0 and "that is eta > 0, eta < 2*(beta + 1)/lam" in done.output
    done = CliRunner().invoke(main, [*lines, "--ask", "w.limit", "--latex"])
    assert r"w^{(t)} &\to 0" in done.output and "counted in" in done.output
    done = CliRunner().invoke(main, ["solve", "T(n) = 2*T(n/2) + n", "--start", "T=1", "--steps"])
    assert "2**k*C + p(k)" in done.output and "T(n) = n*log(n)/log(2) + n" in done.output
    done = CliRunner().invoke(main, ["solve", "T(n) = 2*T(n/2) + n", "--latex", "--check"])
    assert r"T(n) = \frac{n \log(n)}{\log(2)}+T_1 n \qquad n = 2^{k}" in done.output
    assert r"T(n) = \Theta\left(n \log(n)\right)" in done.output and "COUNTED" in done.output
    done = CliRunner().invoke(main, ["solve", "T(n) = 2*T(n/2) + n", "--ask", "T.value(8)"])
    assert done.exit_code == 0 and "T(8) = 8*T1 + 24" in done.output
    done = CliRunner().invoke(main, ["solve", "T(n) = 2*T(n/2) + n", "--ask", "T.limit"])
    assert done.exit_code == 2 and "asked of f(k), n = 2**k; of T there is" in done.output
    done = CliRunner().invoke(main, ["solve", "sgdm", "--terms", "2"])
    assert "m(1) = c" in done.output and "w(1) = -c*eta" in done.output


def test_in_a_problem_file(problem: Path) -> None:
    key = open_key(problem)
    assert all(report.verdict.holds for report in key.check())
    text = sheet(key)
    for shown in (
        r"g^{(t)} = \lambda w^{(t)}$ for all $t \ge 0$",
        r"&\eta < 2 \frac{\beta+1}{\lambda}",
        r"w^{(t)} &\to 0",
        r"\frac{\partial}{\partial r} w^{(n)} &=",
        r"are the roots of $z^{2}+(\eta \lambda-\beta-1) z+\beta$",
        r"T(n) &= 2 T(\frac{n}{2})+n",
        r"T(n) &= \frac{n \log(n)}{\log(2)}+n",
    ):
        assert shown in text, shown


def test_a_problem_by_its_number_for_a_grader(problem: Path) -> None:
    exam = Exam(problem)
    first, second = exam.question("1.w.limit"), exam.question("2.w")
    assert exam.question("7.w.limit").goal == first.goal == 0
    assert second.key is not None and Symbol("r") in second.key.free_symbols
    assert grade(second, r"w_0 (1+r)^n - p \frac{(1+r)^n - 1}{r}").verdict == "correct"
    assert grade(second, r"w_0 (1+r)^n - p \frac{(1+r)^n}{r}").verdict == "wrong"
    assert grade(exam.question("w.value(0)"), "w_0").verdict == "correct"
    assert grade(exam.question("3.T"), r"2^k k + 2^k").verdict == "correct"
    with pytest.raises(DeriveError, match="there are 3 problems"):
        exam.question("5.w")
    with pytest.raises(DeriveError, match='no question "limit2"'):
        exam.question("2.limit2")


def test_a_problem_by_its_number_for_a_proofreader(problem: Path, tmp_path: Path) -> None:
    """Both problems have a w; the text says nothing of which it is about."""
    key = tmp_path / "key.md"
    key.write_text("$w^{(n+1)} = (1+r) w^{(n)} - p$, so $w^{(1)} = (1+r) w_0 - p$.\n")
    for number, verdict in (("2", "holds"), ("7", "unchecked")):
        found = proofread(str(key), f"{problem}:{number}")
        assert {claim.verdict for claim in found} == {verdict}
    with pytest.raises(DeriveError, match="there are 3 problems"):
        proofread(str(key), f"{problem}:4")
