"""The codebook says what the tables say, whole and up to date, and its examples run."""

import contextlib
import doctest
import io
import itertools
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from scidip import cli, codebook
from scidip.data import DATA, DataError, load, tables

ROOT = DATA.parent
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in PACKAGE["resources"]}


@pytest.fixture(scope="module")
def page():
    return codebook.codebook()


def section(page, heading):
    """The part of a page below one heading of the second level."""
    return re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.M | re.S)[1]


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def rows_of(text):
    """The rows of the Markdown tables of a text, headers left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = [place for place, line in enumerate(lines) if set(line) <= set("| -")]
    heads = {*rules, *(place - 1 for place in rules)}
    return [cells(line) for place, line in enumerate(lines) if place not in heads]


# --- The file ---------------------------------------------------------------------------------


def test_the_file_in_data_is_up_to_date():
    assert codebook.codebook_problems(DATA) == []


def test_the_same_tables_give_the_same_text(page, folder):
    assert codebook.codebook(folder) == page
    assert codebook.codebook(str(folder)) == page


def test_an_old_a_missing_and_an_edited_file_are_found(folder):
    assert codebook.codebook_problems(folder) == [
        "data/README.md: it is missing; run scidip build."
    ]
    path = codebook.write_codebook(folder)
    assert path == folder / "README.md"
    assert codebook.codebook_problems(folder) == []
    path.write_bytes(path.read_bytes() + b"More.\n")
    [sentence] = codebook.codebook_problems(folder)
    assert sentence.startswith("data/README.md: it is not what the tables")
    codebook.write_codebook(folder)
    table = folder / "events.csv"
    table.write_bytes(table.read_bytes().replace(b",high,", b",medium,", 1))
    assert codebook.codebook_problems(folder) == [], "a change that the page doesn't show"
    table.write_bytes(table.read_bytes().replace(b",cooperation,", b",mixed,", 1))
    assert codebook.codebook_problems(folder) == [sentence]


def test_a_broken_table_gives_no_page(folder):
    codebook.write_codebook(folder)
    before = (folder / "README.md").read_bytes()
    (folder / "cards.csv").unlink()
    for function in (codebook.codebook, codebook.write_codebook, codebook.codebook_problems):
        with pytest.raises(DataError, match=r"^data/cards\.csv: the file is missing"):
            function(folder)
    assert (folder / "README.md").read_bytes() == before


def test_the_command_writes_and_compares_it(folder, tmp_path, monkeypatch, capsys):
    course = tmp_path / "course"
    course.mkdir()
    monkeypatch.setattr(cli, "COURSE", course)
    monkeypatch.setattr(cli.authoring, "build", lambda _: [course / "exercises" / "x.ipynb"])
    monkeypatch.setattr(cli.authoring, "check_build", lambda _: ["x.ipynb: old."])
    shutil.copytree(folder, course / "data", ignore=shutil.ignore_patterns("course"))
    assert cli.main(["build", "--check"]) == 1
    assert capsys.readouterr().err == (
        "scidip: x.ipynb: old.\nscidip: data/README.md: it is missing; run scidip build.\n"
    )
    assert cli.main(["build"]) == 0
    written = "Written: exercises/x.ipynb\nWritten: data/README.md\n"
    assert capsys.readouterr().out == written
    monkeypatch.setattr(cli.authoring, "check_build", lambda _: [])
    assert cli.main(["build", "--check"]) == 0
    (course / "data" / "cards.csv").unlink()
    for arguments in (["build"], ["build", "--check"]):
        assert cli.main(arguments) == 1
        assert "scidip: data/cards.csv: the file is missing" in capsys.readouterr().err


# --- The form ---------------------------------------------------------------------------------


def test_the_page_is_short_and_plain(page):
    assert page.endswith("\n") and not page.endswith("\n\n")
    assert "\n\n\n" not in page
    assert len(page.splitlines()) <= 20 + 30 * len(tables())
    assert not re.search("[\U0001f000-\U0001faff\u2600-\u27bf!]", page.replace("![", "["))
    for line in page.splitlines():
        if line.startswith("|"):
            assert len(cells(line)) <= 5, line
            assert all(cells(line)), line


def test_an_empty_line_stands_before_each_table(page):
    """Without an empty line before it, a table is not a table."""
    lines = page.splitlines()
    for before, line in itertools.pairwise(lines):
        if line.startswith("|") and not before.startswith("|"):
            assert before == "", line


def test_the_head_says_how_to_cite_and_under_which_licence(page):
    head = page.split("\n## ")[0]
    licence, author = PACKAGE["licenses"][0]["path"], PACKAGE["contributors"][0]["title"]
    for words in [PACKAGE["title"], PACKAGE["version"], licence, author]:
        assert words in head
    for label in ["How to cite", "Licence", "How to load"]:
        assert f"\n**{label}.** " in head
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {PACKAGE['version']}\n" in cff
    assert f'name: "{PACKAGE["contributors"][0]["title"]}"' in cff


def test_links_inside_the_page_lead_to_a_heading(page):
    links = re.findall(r"\[([\w/ ]+)\]\(#([\w-]+)\)", page)
    assert [name for name, _ in links] == tables()
    # GitHub makes the address of a heading from its letters and digits.
    assert [target for _, target in links] == [name.replace("/", "") for name in tables()]
    assert re.findall(r"^## ([\w/]+)$", page, re.M) == tables()


# --- Each table -------------------------------------------------------------------------------


@pytest.mark.parametrize("table", tables())
def test_each_table_has_its_audit_and_its_columns(table, page):
    text = section(page, table)
    for label in ["What", "Who", "Where", "When", "How", "What or who is missing"]:
        [words] = re.findall(rf"^- \*\*{label}\.\*\* (.+)$", text, re.M)
        assert len(words.split()) > 3 and words.endswith("."), label
    fields = RESOURCES[table]["schema"]["fields"]
    rows = rows_of(text)
    assert [row[0] for row in rows] == [f"`{field['name']}`" for field in fields]
    assert [row[2] for row in rows] == [
        " ".join(field["description"].replace("|", "\\|").split()) for field in fields
    ]


@pytest.mark.parametrize("table", tables())
def test_numbers_are_those_of_the_file(table, page):
    file = pd.read_csv(DATA / f"{table}.csv", dtype="str", keep_default_na=False)
    text = section(page, table)
    assert f" Rows: {len(file):,}." in text
    empty = {row[0].strip("`"): int(row[4]) for row in rows_of(text)}
    assert empty == (file == "").sum().to_dict()
    for column, first, last in re.findall(r"Years in `(\w+)`: (\d{4}) to (\d{4})\.", text):
        years = file.loc[file[column] != "", column].str[:4]
        assert (years.min(), years.max()) == (first, last)


def test_the_years_of_the_events_are_said(page):
    assert re.search(r"Years in `date`: 19\d\d to 20\d\d\.", section(page, "events"))
    assert "Years in" not in section(page, "actors"), "few actors have a first year"


def test_types_and_allowed_values(page):
    rows = {row[0].strip("`"): row for row in rows_of(section(page, "events"))}
    assert [rows[name][1] for name in ["date", "latitude", "title", "actors"]] == [
        "date", "number", "text", "list of text, `;`",
    ]  # fmt: skip
    assert rows["tone"][3] == "`cooperation`, `friction`, `mixed`"
    assert rows["actors"][3] == "`code` of actors"
    assert rows["latitude"][3] == "-90 to 90"
    assert rows["title"][3] == "up to 90 characters"
    assert rows["event_id"][3].endswith("; each value once")
    links = {row[0].strip("`"): row for row in rows_of(section(page, "event_sources"))}
    assert links["source_id"][3] == "`source_id` of sources"


def test_a_bar_or_a_line_break_in_a_description_does_not_break_the_table(folder):
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"][0]["schema"]["fields"][0]["description"] = "One | two\nthree."
    path.write_text(json.dumps(package), encoding="utf-8")
    row = rows_of(section(codebook.codebook(folder), "events"))[0]
    assert len(row) == 5 and row[2] == "One \\| two three."


def test_a_table_without_an_audit_is_still_described(folder):
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        del resource["audit"], resource["example"]
    del package["audit"]
    path.write_text(json.dumps(package), encoding="utf-8")
    page = codebook.codebook(folder)
    assert "**Who.**" not in page and "Rows: " in section(page, "cards")


# --- Examples ---------------------------------------------------------------------------------


def test_every_example_line_runs_and_shows_something(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    names = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert len(names["events"]) == len(names["rows"]) == len(load("events"))
    examples = re.findall(r"^- \*\*Example\.\*\* `(.+)`$", page, re.M)
    assert len(examples) == len(tables())
    for example in examples:
        assert len(example) <= 100
        assert len(eval(example, names)) > 0, example


def test_the_second_way_to_load_gives_the_text_of_the_file(monkeypatch):
    monkeypatch.chdir(ROOT)
    events = pd.read_csv("data/events.csv", dtype="str", keep_default_na=False)
    assert (events["end_date"] == "").any()
    assert events["event_id"].tolist() == load("events")["event_id"].tolist()


def test_the_commands_that_the_page_names_exist(page):
    for words in set(re.findall(r"`scidip ([a-z ]+)`", page)):
        with pytest.raises(SystemExit) as ended, contextlib.redirect_stdout(io.StringIO()):
            cli.main([*words.split(), "--help"])
        assert ended.value.code == 0, words


# --- Counts -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def counts(page):
    return section(page, "What the counts may say about our sources")


def test_counts_are_those_of_the_events(counts):
    events = load("events")
    counts, _, by_actor = counts.partition("Tone by actor, for")
    rows = rows_of(counts)
    groups = {row[0]: [int(cell) for cell in row[1:]] for row in rows[:2]}
    usa = events["actors"].map(lambda actors: "USA" in actors)
    for name, part in [("with", events[usa]), ("without", events[~usa])]:
        tones = part["tone"].value_counts()
        assert groups[f"{name} the United States"] == [
            len(part), tones["cooperation"], tones["friction"], tones["mixed"]
        ]  # fmt: skip
    decades = (len(rows) - 2) // 2
    by_tone, by_aspect = rows[2 : 2 + decades], rows[2 + decades :]
    assert [row[0] for row in by_tone] == [row[0] for row in by_aspect]
    for row, other in zip(by_tone, by_aspect, strict=True):
        part = events[events["year"] // 10 == int(row[0][:3])]
        assert int(row[1]) == int(other[1]) == len(part)
        assert sum(map(int, row[2:])) == len(part)
        expected = [
            sum(aspect in cell for cell in part["aspects"])
            for aspect in ["diplomacy_for_science", "science_for_diplomacy", "science_in_diplomacy"]
        ]
        assert list(map(int, other[2:])) == expected
    assert sum(int(row[1]) for row in by_tone) == len(events)
    tones, _, by_aspect = by_actor.partition("Aspects by actor:")
    for text, column in [(tones, "tone"), (by_aspect, "aspects")]:
        found = rows_of(text)
        assert [row[0] for row in found[:2]] == ["CHN", "USA"]
        for row in found:
            part = events[events["actors"].map(lambda cell, code=row[0]: code in cell)]
            first = {"tone": "cooperation", "aspects": "diplomacy_for_science"}[column]
            assert int(row[1]) == len(part)
            assert int(row[2]) == sum(first in cell for cell in part[column])


def test_the_remark_on_the_counts_is_two_sentences(counts):
    remark = PACKAGE["audit"]["counts"]
    assert remark in counts
    assert len(re.findall(r"\.(?: |$)", remark)) == 2


def test_what_the_words_say_of_the_numbers_is_true(counts):
    """The words are written by hand: they must be read again when one of these fails."""
    events, sources, actors = load("events"), load("sources"), load("actors")
    usa = events["actors"].map(lambda cell: "USA" in cell)
    assert 1 / 3 < usa.mean() < 0.4, "over a third of the events involve the United States"
    friction = events["tone"] == "friction"
    assert friction[usa].mean() > 1.5 * friction[~usa].mean()
    decades = (events["year"] // 10 * 10).value_counts()
    assert set(decades.index[:2]) == {2010, 2020}, "the last two decades have the most events"
    assert {1950, 1960, 1990} == set(decades.index[-3:]), "little of the 1960s and 1990s"
    assert events["first_day"].max() < pd.Timestamp("2026-07-05"), "nothing after early July 2026"
    silent = events["last_day"].ge("1968") & events["first_day"].lt("1971")
    assert set(events[silent]["event_id"]) <= {"1966-cscprc-founded"}, "none begins in 1968 to 1970"
    kinds = sources["kind"].value_counts(normalize=True)
    assert 0.45 < kinds["news"] < 0.57, "about half are news media"
    assert kinds[["news", "official", "treaty"]].sum() > 0.6, "mostly a government or a newspaper"
    no_chinese = events["actors"].map(lambda cell: "CHN" not in cell)
    assert 0 < no_chinese.sum() < 10, "a few events without a Chinese actor"
    assert (actors["kind"] == "state").sum() < 130, "many states of the world are missing"
    assert set(actors.loc[actors["kind"] == "body", "code"]) == {"UN", "EU", "AU"}
    cards = load("cards").groupby("lesson")["window"].agg(" ".join)
    for lesson in ["02", "03", "04", "05", "06", "07", "08"]:
        for window in ["China", "United States"]:
            assert window in cards[lesson], (lesson, window)
    west = load("bibliography")["window"].map(
        lambda cell: {*cell} and {*cell} <= {"United States", "Europe"}
    )
    assert west.astype(bool).mean() > 0.5, (
        "more than half look from the United States or Europe only"
    )


def test_docstring_examples():
    result = doctest.testmod(codebook)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_page_names_no_machine(page):
    assert str(Path.home()) not in page
    assert not re.search(r"(?<!\w)/(home|tmp|work|Users)/", page)
