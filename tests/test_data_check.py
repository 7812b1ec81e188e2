"""The editor's check names every problem of all tables at once, by the loader's own rules."""

import csv
import io
import json
import re
import socket
import subprocess
import sys

import pytest

from scidip import cli, table_rules
from scidip.data import DATA, DataError, load, problems, tables


def read(folder, table):
    """All rows of a table, header included, as lists of text."""
    text = (folder / f"{table}.csv").read_bytes().decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def change(folder, table, row, column, value):
    """Give a cell another text; rows are counted from the header, which is row 1."""
    rows = read(folder, table)
    rows[row - 1][rows[0].index(column)] = value
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    (folder / f"{table}.csv").write_bytes(text.getvalue().encode())


def places(sentences):
    """The file and the row that each sentence begins with."""
    found = [re.match(r"data/([\w./]+?)(?:\.csv)?(?:, row (\d+))?[ :]", s) for s in sentences]
    return [(match[1], int(match[2]) if match[2] else None) for match in found]


# --- All at once ------------------------------------------------------------------------------


def test_the_tables_of_the_course_have_no_problem(folder):
    assert problems() == []
    assert problems(folder) == []
    assert problems(str(folder)) == []


def test_problems_of_several_tables_are_named_at_once(folder):
    change(folder, "cards", 3, "says", "")
    change(folder, "actors", 7, "kind", "country")
    change(folder, "events", 9, "tone", "warm")
    change(folder, "events", 4, "latitude", "39,9")
    change(folder, "events", 9, "domain", "sports")
    found = problems(folder)
    assert sorted(places(found)) == [
        ("actors", 7), ("cards", 3), ("events", 4), ("events", 9), ("events", 9),
    ]  # fmt: skip
    assert [number for table, number in places(found) if table == "events"] == [4, 9, 9]
    for sentence in found:
        assert sentence.endswith(".") and not sentence.endswith("..") and "\n" not in sentence


def test_a_bad_cell_does_not_hide_a_broken_reference_elsewhere(folder):
    change(folder, "events", 9, "tone", "warm")
    change(folder, "events", 12, "actors", "CHN;XYZ")
    header, *rows = read(folder, "events")
    known = [row[header.index("date_precision")] for row in rows]
    change(folder, "events", known.index("day", 15) + 2, "date_precision", "year")
    change(folder, "event_sources", 5, "source_id", "S9999")
    found = problems(folder)
    assert places(found)[:3] == [("events", 9), ("events", 12), ("event_sources", 5)]
    assert "'XYZ' has no row in data/actors.csv" in found[1]
    assert "'S9999' has no row in data/sources.csv" in found[2]
    assert any("known to the day, but date_precision says 'year'" in s for s in found[3:])


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("events", "event_id", "Not An Id"),
        ("events", "actors", "CHN;"),
        ("events", "date", "soon"),
        ("events", "end_date", "1949-13"),
        ("events", "latitude", "x"),
        ("sources", "source_id", "17"),
        ("event_sources", "event_id", ""),
        ("event_sources", "source_id", ""),
        ("actors", "code", "chn"),
        ("actors", "end", "later"),
    ],
)
def test_one_bad_cell_is_one_problem(table, column, value, folder):
    """What other rows say about the same cell would only repeat it."""
    change(folder, table, 5, column, value)
    assert places(problems(folder)) == [(table, 5)]


@pytest.mark.parametrize("table", tables())
@pytest.mark.parametrize("how", ["missing", "empty", "cut off", "folder"])
def test_the_check_goes_on_after_a_table_that_cannot_be_read(table, how, folder):
    path = folder / f"{table}.csv"
    if how == "cut off":
        path.write_bytes(path.read_bytes()[:-1])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
        if how == "folder":
            path.mkdir()
    others = [name for name in ["actors", "cards", "sources"] if name != table]
    column = {"actors": "name", "cards": "author", "sources": "title"}
    for name in others:
        change(folder, name, 4, column[name], "")
    found = problems(folder)
    # No reference to the unreadable table is called broken.
    assert places(found)[0][0] == table
    assert sorted(places(found)[1:]) == [(name, 4) for name in others]


def test_several_tables_that_cannot_be_read(folder):
    for name in ["events", "cards"]:
        (folder / f"{name}.csv").unlink()
    assert places(problems(folder)) == [("events", None), ("cards", None)]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]"])
def test_a_folder_without_a_usable_description(content, folder):
    path = folder / "datapackage.json"
    path.unlink() if content is None else path.write_bytes(content)
    [sentence] = problems(folder)
    assert sentence.startswith("data/datapackage.json: the file is ")


def test_the_loader_stops_at_the_first_of_the_same_problems(folder):
    change(folder, "actors", 7, "kind", "country")
    change(folder, "events", 9, "tone", "warm")
    found = problems(folder)
    assert len(found) == 2
    with pytest.raises(DataError) as caught:
        load("events", folder)
    assert str(caught.value) == f"{found[0][:-1]} (the first of 2 problems)."


# --- Formulas and sizes -----------------------------------------------------------------------

FORMULAS = [
    "=SUM(A1:A9)", '=HYPERLINK("https://example.org";"see")', "=cmd|' /C calc'!A0", "@SUM(1+1)",
    "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!D2", "-(1)", "+(1)", "=(1)", "=1+2", "-A1",
    "＝SUM(1)",
]  # fmt: skip


@pytest.mark.parametrize("value", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_compute_is_refused(value, folder):
    change(folder, "events", 6, "note", value)
    [sentence] = problems(folder)
    assert places([sentence]) == [("events", 6)]
    assert f"begins with {value[0]!r}, so a spreadsheet may run it as a formula" in sentence


@pytest.mark.parametrize(
    "value", ["-5", "+5", "-116.4", "5 = 5", "a@example.org", "CO-2", "(=1)", "'=1", "–5 °C"]
)
def test_a_plain_number_and_a_sign_further_on_are_no_formula(value, folder):
    change(folder, "events", 6, "note", value)
    assert problems(folder) == []


def test_a_negative_number_in_a_column_of_numbers_is_no_formula(folder):
    change(folder, "events", 4, "latitude", "-33.9")
    change(folder, "events", 4, "longitude", "-70.7")
    assert problems(folder) == []


@pytest.mark.parametrize("table", ["events", "cards"])
def test_a_file_of_absurd_size_is_refused_before_it_is_read(table, folder, monkeypatch):
    path = folder / f"{table}.csv"
    real_read = type(path).read_bytes

    def read_bytes(other):
        assert other.name != path.name, "the file was read"
        return real_read(other)

    with path.open("r+b") as file:
        file.truncate(table_rules.LARGEST + 1)  # sparse: takes no room on most disks
    monkeypatch.setattr(type(path), "read_bytes", read_bytes)
    [sentence] = problems(folder)
    assert sentence.startswith(f"data/{table}.csv: the file has 50 MB, and no table may have more")
    with pytest.raises(DataError, match="and no table may have more than 50"):
        load(table, folder)


def test_the_limit_is_far_from_any_table_of_the_course():
    largest = max(path.stat().st_size for path in DATA.glob("*.csv"))
    assert largest * 20 < table_rules.LARGEST


# --- The command ------------------------------------------------------------------------------


def test_the_command_says_that_all_is_well(folder, capsys):
    rows = sum(len(load(name)) for name in tables())
    for arguments in (["data", "check"], ["data", "check", str(folder)]):
        assert cli.main(arguments) == 0
        output = capsys.readouterr()
        assert output.out == f"{len(tables())} tables, {rows:,} rows: no problem.\n"
        assert output.err == ""


def test_the_command_prints_a_line_per_problem_and_their_number(folder, capsys):
    change(folder, "cards", 3, "says", "")
    change(folder, "events", 9, "tone", "warm")
    assert cli.main(["data", "check", str(folder)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    expected = [*problems(folder), "2 problems."]
    assert output.err.splitlines() == [f"scidip: {sentence}" for sentence in expected]


def test_the_command_knows_one_problem_from_many(tmp_path, capsys):
    assert cli.main(["data", "check", str(tmp_path / "nothing")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert "datapackage.json: the file is missing" in lines[0]
    assert lines[1:] == ["scidip: 1 problem."]


@pytest.mark.parametrize("arguments", [["data"], ["data", "repair"], ["data", "check", "a", "b"]])
def test_the_command_refuses_other_words(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2


# --- The description --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package():
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def test_the_description_is_a_whole_data_package(package):
    """What `frictionless validate` asks for, and what the codebook is made from."""
    for key in ["$schema", "name", "title", "description", "version", "created"]:
        assert isinstance(package[key], str) and package[key], key
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", package["created"])
    for key, parts in {
        "licenses": {"name", "path", "title"},
        "sources": {"title", "path"},
        "contributors": {"title"},
    }.items():
        assert package[key]
        assert all(parts <= set(entry) for entry in package[key]), key


@pytest.mark.parametrize("table", tables())
def test_each_table_is_described(table, package):
    resource = next(r for r in package["resources"] if r["name"] == table)
    assert resource["path"] == f"{table}.csv" and (DATA / resource["path"]).is_file()
    assert resource["description"].endswith(".")
    assert resource["schema"]["missingValues"] == [""]
    for field in resource["schema"]["fields"]:
        assert field["description"].endswith("."), field["name"]


def test_the_description_is_written_in_the_usual_form(package):
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    assert (DATA / "datapackage.json").read_bytes() == text.encode()


def test_a_check_needs_no_network(folder, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert problems(folder) == []


def frictionless_says(folder):
    """Validate a folder with software that is not ours; gives (exit code, report)."""
    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100)
    return run.returncode, run.stdout + run.stderr


def test_the_data_package_is_valid_for_frictionless(folder):
    code, report = frictionless_says(folder)
    assert code == 0, report


def test_frictionless_finds_a_broken_table_too(folder):
    path = folder / "events.csv"
    text = path.read_text(encoding="utf-8")
    assert ",friction," in text
    path.write_text(text.replace(",friction,", ",warm,", 1), encoding="utf-8")
    code, report = frictionless_says(folder)
    assert code == 1
    assert "warm" in report
