"""A table of answers: graded row by row, in parallel, on a Dask cluster, and again from where it
was left."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.__main__ import main
from derive.desk.grading.batch import COLUMNS, grade_table

ROWS = [
    ("a", "sgdm.m", r"c\frac{1-\beta^t}{1-\beta}", "correct", "1"),
    ("b", "sgdm.m", r"c\sum_{k=0}^{t}\beta^k", "wrong", "0"),
    ("a", "conv.out", "(W_{in}+2P-K)/S+1", "correct-under", "0.5"),
    ("c", "sgdm.w", r"-\eta\sum_{k=1}^{t} m_w^{(k)}", "form", "0.5"),
    ("d", "adam.w", r"-\eta t, c", "unreadable", ""),
    ("e", "adam.w", r"\input{/etc/passwd}", "refused", ""),
    ("f", "no.such", "1", "refused", ""),
    ("g", "adam.scaling", "w does not depend on c", "correct", "1"),
    ("h", "adam.m", "", "unreadable", ""),
    ("i", "rf.example", "17", "correct", "1"),
]


def table(path: Path, rows: list[tuple[str, ...]] = ROWS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "question", "answer"))
        writer.writerows(row[:3] for row in rows)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check(path: Path, rows: list[tuple[str, ...]] = ROWS) -> None:
    found = read(path)
    assert [tuple(r[c] for c in ("id", "verdict", "points")) for r in found] == [
        (r[0], r[3], r[4]) for r in rows
    ]
    assert tuple(found[0]) == COLUMNS


def test_a_table_from_the_shell(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(
        main, ["grade", str(table(tmp_path / "in.csv")), "--about", "ps09", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "3 correct" in done.output and "2 refused" in done.output
    check(out)


def test_it_goes_on_where_it_was_left(tmp_path: Path) -> None:
    source, out = table(tmp_path / "in.csv"), tmp_path / "out.csv"
    grade_table(source, "ps09", out)
    whole = out.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    kept = "".join(lines[:4]).replace("correct,1", "correct,1", 1)
    out.write_text(kept + lines[4][:5], encoding="utf-8")  # the fourth row was being written
    counts = grade_table(source, "ps09", out)
    assert out.read_text(encoding="utf-8") == whole and sum(counts.values()) == len(ROWS)
    before = out.stat().st_mtime_ns
    grade_table(source, "ps09", out)
    assert out.read_text(encoding="utf-8") == whole and out.stat().st_mtime_ns >= before


def test_in_parallel_the_rows_keep_their_order(tmp_path: Path) -> None:
    many = ROWS * 8
    grade_table(table(tmp_path / "in.csv", many), "ps09", tmp_path / "out.csv", jobs=2)
    check(tmp_path / "out.csv", many)


@pytest.mark.slow
def test_on_a_dask_cluster(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    many = ROWS * 4
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        grade_table(
            table(tmp_path / "in.csv", many),
            "ps09",
            tmp_path / "out.csv",
            scheduler=cluster.scheduler_address,
        )
    check(tmp_path / "out.csv", many)


def test_bytes_that_are_no_text_stop_no_other_row(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(
        b"id,question,answer\n1,sgdm.m,c\xff\n2,adam.m_hat,c\n3,adam.m_hat,c\x00\n4,adam.m_hat,c\n"
    )
    grade_table(source, "ps09", tmp_path / "out.csv")
    assert [r["verdict"] for r in read(tmp_path / "out.csv")] == [
        "refused",
        "correct",
        "refused",
        "correct",
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("id,answer\n1,c\n", [], "no column question"),
        (None, [], "No such file"),
        ("id,question,answer\n1,sgdm.m,c\n", ["--about", "ps10"], 'no problem "ps10"'),
        (
            "id,question,answer\n1,sgdm.m,c\n",
            ["--scheduler", "tcp://127.0.0.1:9"],
            "no Dask scheduler",
        ),
    ],
)
def test_what_is_wrong_is_said_once(
    text: str | None, arguments: list[str], message: str, tmp_path: Path
) -> None:
    source = tmp_path / "in.csv"
    if text is not None:
        source.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(
        main,
        [
            "grade",
            str(source),
            "-o",
            str(tmp_path / "out.csv"),
            *(arguments or ["--about", "ps09"]),
        ],
    )
    assert (
        done.exit_code == 2
        and message in done.output
        and len(done.output.strip().splitlines()) == 1
    )


def test_another_file_of_that_name_stays_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    for text in ("what,else\n1,2\n", "id,verdict,points,mistake,feedback\nzz,correct,1,,\n"):
        out.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(
            main, ["grade", str(table(tmp_path / "in.csv")), "--about", "ps09", "-o", str(out)]
        )
        assert done.exit_code == 2 and out.read_text(encoding="utf-8") == text
