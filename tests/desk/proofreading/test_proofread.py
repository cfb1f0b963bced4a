"""The first real key holds as it is, and with any one error put in that error is found, and found
at its place.

A mutant is `changed` where tests/mutants.py, which works that out by itself, finds another value;
one that is not must give no alarm. One that reads a layer that is not there (None) must not pass as
right.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derive.__main__ import main
from derive.desk.proofreading.about import problems_about
from derive.desk.proofreading.found import Found
from derive.desk.proofreading.letters.settings import settings
from derive.desk.proofreading.proofread import proofread, proofread_text
from tests.conftest import FULL
from tests.equations import LEFT, PLACES, RIGHT
from tests.mutants import KEY, Mutant, changed, mutants, put_in, worlds
from tests.operators import OPERATORS
from tests.trees import Outside, differ, latex, worth

TEXT = KEY.read_text(encoding="utf-8")
KEYS = {"file", "line", "tag", "claim", "verdict", "how", "witness", "mend", "reason"}
SAMPLE = 42
SECONDS = 30  # a guard against hanging: one key takes 1


@cache
def found_in_key() -> tuple[Found, ...]:
    return tuple(proofread(KEY, "ps09"))


def test_the_key_holds() -> None:
    assert [str(f) for f in found_in_key() if f.verdict != "holds"] == []
    assert {f.tag for f in found_in_key()} >= {str(tag) for tag in range(1, 18)}
    for tag, (line, _) in PLACES.items():
        assert {f.line for f in found_in_key() if f.tag == str(tag)} == {line}


@pytest.mark.parametrize("line", [32, 35, 42, 44, 49, 51, 71, 73, 97, 109])
def test_chains_in_passing_are_read(line: int) -> None:
    """Each sign of equality of a line, by count; what is only a choice, K = 3, or in words need not
    be a claim."""
    least = {32: 9, 35: 4, 42: 4, 44: 3, 49: 4, 51: 5, 71: 1, 73: 2, 97: 1, 109: 1}
    assert sum(f.line == line for f in found_in_key()) >= least[line]


@pytest.mark.parametrize("tag", RIGHT)
def test_the_trees_say_what_the_key_says(tag: int) -> None:
    """So that a mutant has one error: as LaTeX but for brackets and spaces, and in value."""
    assert _plain(latex(RIGHT[tag])) == _plain(PLACES[tag][1])
    values = []
    for world in worlds(tag):
        try:
            values.append(differ(worth(RIGHT[tag], world), _true(tag, world)))
        except Outside:
            continue
    assert len(values) >= 15 and not any(values)


def _true(tag: int, world: Any) -> Any:
    """The left side, from the world's own unrolling."""
    t, l = (int(world.letters.get(letter, 0)) for letter in "tl")
    return (
        world.sequences[LEFT[tag]][t + 1] if tag < 8 else world.sequences["W"][l if tag < 13 else 0]
    )


def _plain(text: str) -> str:
    for word in (r"\left", r"\right", r"\cdot", *" {}()"):
        text = text.replace(word, "")
    return text


def test_mutants_are_of_all_kinds() -> None:
    drawn = [m for tag in RIGHT for m in mutants(tag)]
    assert {m.operator for m in drawn} == set(OPERATORS)
    kinds = Counter(m.changed for m in drawn)
    assert kinds[True] > 500 and kinds[False] > 100 and kinds[None] > 50
    assert all(changed(tag, RIGHT[tag]) is False for tag in RIGHT)


def part(text: str, tag: int) -> str:
    """Only the problem that an equation belongs to, on its own lines."""
    lines = text.split("\n")
    second = next(n for n, line in enumerate(lines) if "Problem 3" in line)
    keep = range(second) if tag < 8 else range(second, len(lines))
    return "\n".join(line if n in keep else "" for n, line in enumerate(lines))


class TooLong(BaseException):
    """Not an Exception, which might be caught on its way."""


def _ring(number: int, frame: object) -> None:
    raise TooLong


@contextmanager
def within(seconds: int) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def wrong_about(mutant: Mutant, whole: bool) -> str:
    """What proofreading makes wrong of a mutant; nothing where all is as it should be."""
    text, display = put_in(mutant, TEXT)
    try:
        with within(SECONDS):
            found = proofread_text(
                text if whole else part(text, mutant.tag),
                settings(problems_about("ps09")),
                "key.md",
            )
    except TooLong:
        return f"more than {SECONDS} s: {mutant}"
    fails = {f.line for f in found if f.verdict == "fails"}
    here = [f for f in found if f.line in display]
    if elsewhere := fails - set(display):
        return f"false alarm at lines {sorted(elsewhere)}: {mutant}"
    if not here:
        return f"not read: {mutant}"
    if mutant.changed is False and any(f.verdict != "holds" for f in here):
        return f"no error, but {[f.verdict for f in here]}: {mutant}"
    if mutant.changed is None and all(f.verdict == "holds" for f in here):
        return f"passed, though it reads what is not there: {mutant}"
    if mutant.changed and not fails:
        return f"missed, {[f.verdict for f in here]}: {mutant}"
    return ""


def score(judged: list[tuple[Mutant, str]]) -> dict[str, dict[str, int]]:
    """By operator: how many were tried of each kind, and how many of them came out right."""
    counts: dict[str, Counter[str]] = {}
    for mutant, wrong in judged:
        kind = {True: "changed", False: "unchanged", None: "outside"}[mutant.changed]
        counts.setdefault(mutant.operator, Counter()).update(
            [kind, *[f"{kind}, right"] * (not wrong)]
        )
    return {operator: dict(c) for operator, c in counts.items()}


def sample() -> list[Mutant]:
    """Of each operator some, from the equations that have had the fewest, in a fixed order."""
    left = {
        name: [m for tag in RIGHT for m in mutants(tag) if m.operator == name] for name in OPERATORS
    }
    taken: list[Mutant] = []
    while len(taken) < SAMPLE:
        for rest in left.values():
            if rest and len(taken) < SAMPLE:
                had, kinds = Counter(m.tag for m in taken), Counter(m.changed for m in taken)
                rest.sort(key=lambda m: (had[m.tag], kinds[m.changed], len(m.latex)))
                taken.append(rest.pop(0))
    return taken


@pytest.mark.parametrize("mutant", sample(), ids=lambda mutant: str(mutant)[:40])
def test_one_error(mutant: Mutant, record_property: Any) -> None:
    wrong = wrong_about(mutant, whole=False)
    record_property("proofreading", score([(mutant, wrong)]))
    assert wrong == ""


@pytest.mark.slow
@pytest.mark.skipif(not FULL, reason="all mutants only in the full run")
@pytest.mark.parametrize("tag", RIGHT)
def test_every_error(tag: int, record_property: Any) -> None:
    judged: list[tuple[Mutant, str]] = []
    for mutant in mutants(tag):
        judged.append((mutant, wrong_about(mutant, whole=True)))
    record_property("proofreading", score(judged))
    assert [wrong for _, wrong in judged if wrong] == []


def run(*words: str) -> Any:
    return CliRunner().invoke(main, ["proofread", *words])


def test_the_command_on_a_right_key() -> None:
    result, brief = run(str(KEY), "--about", "ps09"), run(str(KEY), "--about", "ps09", "--brief")
    assert result.exit_code == brief.exit_code == 0
    assert brief.output.startswith("56 claims:")
    assert result.output.startswith("ps09-solution.md:15: (1) holds") and result.output.endswith(
        brief.output
    )


def test_the_command_on_a_wrong_key(tmp_path: Path) -> None:
    file = tmp_path / "wrong.md"
    file.write_text(
        TEXT.replace(r"= c \cdot (1-\beta_1^t)$$", r"= c \cdot (1-\beta_1^{t+1})$$"),
        encoding="utf-8",
    )
    result = run(str(file), "--about", "ps09")
    assert result.exit_code == 1
    assert "wrong.md:49: fails" in result.output
    listed = json.loads(run(str(file), "--about", "ps09", "--json").output)
    (wrong,) = (f for f in listed if f["verdict"] == "fails")
    assert all(f.keys() == KEYS for f in listed)
    assert (wrong["file"], wrong["line"], wrong["tag"], wrong["how"]) == ("wrong.md", 49, "", "")
    assert wrong["claim"].endswith(r"= c \cdot (1-\beta_1^{t+1})")
    assert {"left", "right", "beta1"} <= wrong["witness"].keys()
    assert wrong["reason"] and wrong["mend"]


def test_json_of_a_right_key() -> None:
    result = run(str(KEY), "--about", "ps09", "--json")
    listed = json.loads(result.output)
    assert result.exit_code == 0
    assert all(
        f.keys() == KEYS and f["verdict"] == "holds" and f["how"] in ("proved", "counted")
        for f in listed
    )
    assert [f["line"] for f in listed] == sorted(f["line"] for f in listed)
    assert isinstance(listed[0]["line"], int) and listed[0]["tag"] == "1"


@pytest.mark.parametrize(
    "words, said",
    [
        (["no-such-key.md", "--about", "ps09"], "no-such-key.md"),
        ([str(KEY.parent), "--about", "ps09"], str(KEY.parent)),
        ([str(KEY), "--about", "ps9"], "ps9"),
        ([str(KEY), "--about", "none.toml"], "none.toml"),
        ([str(KEY), "--about", "ps09", "--letters", "beta"], "beta"),
        ([str(KEY), "--about", "ps09", "--letters", r"\zeta=\rho"], "zeta"),
        ([str(KEY), "--about", "ps09", "--letters", r"\beta="], "beta"),
        ([str(KEY), "--about", "ps09", "--letters", r"\beta=\frac{1}{2}"], "frac"),
        ([str(KEY)], "--about"),
    ],
)
def test_errors_of_the_command(words: list[str], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_key_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "key.tex"
    file.write_bytes(b"$m = \xff$")
    result = run(str(file), "--about", "ps09")
    assert result.exit_code == 2
    assert "UTF-8" in result.output


def test_an_empty_key(tmp_path: Path) -> None:
    file = tmp_path / "key.tex"
    file.write_text("", encoding="utf-8")
    result = run(str(file), "--about", "ps09", "--json")
    assert (result.exit_code, json.loads(result.output)) == (0, [])


STACK = '[[problem]]\ntitle = "A stack"\nstack = {{ {} }}\n[[problem.part]]\nask = ["W"]\n'


@pytest.mark.parametrize(
    "sizes",
    ["K = [3, 5, 4], S = [2, 1, 3]", 'K = "K(l)", S = "S(l)"', 'K = "K", S = "S"', "K = [3]"],
)
@pytest.mark.parametrize(
    "text", ["$W^{(0)} = 4$", "$W^{(0)} = 4$ and $K^{(1)} = 3$", "$x = 4$", "$4 = 5$"]
)
def test_a_line_about_a_stack_whose_sizes_the_text_has_not_named(
    sizes: str, text: str, tmp_path: Path
) -> None:
    """All its letters mean something, and yet no setting is one that the text speaks of: it had
    been an IndexError."""
    problem = tmp_path / "problem.toml"
    problem.write_text(STACK.format(sizes), encoding="utf-8")
    assert all(claim.verdict in ("fails", "unchecked") for claim in proofread(text + "\n", problem))


def test_a_line_about_networks_alone(tmp_path: Path) -> None:
    problem = tmp_path / "problem.toml"
    asked = (
        '[[problem]]\ntitle = "N"\nnetworks = ["vgg_16"]\n[[problem.part]]\nask = ["networks"]\n'
    )
    problem.write_text(asked, encoding="utf-8")
    assert [claim.verdict for claim in proofread("$W = 4$\n", problem)] in ([], ["unchecked"])


def test_what_is_commented_out_is_no_claim() -> None:
    for text in (r"\iffalse $\beta = \beta + 1$ \fi", r"<!-- $\beta = \beta + 1$ -->"):
        assert not list(proofread(f"So {text} holds.\n", about="sgdm"))
