"""The course's tables load, typed and joined; a broken one is refused in one sentence."""

import csv
import doctest
import io
import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from scidip import data, table_rules
from scidip.data import DATA, DataError, load, sources_of, tables

JOINED = ["events", "sources", "event_sources", "actors"]  # none is loaded without the others
TEXTS = ["cards", "bibliography", "glossary", "article_claims", "claim_evidence", "definitions"]
OF_LESSONS = [
    "cases", "st_network", "agreement_life", "copub_toy", "openness_funnel", "advice_channels",
    "bri_science", "un_posts", "antarctic_stations", "coastline",
]  # fmt: skip
SERIES = [
    f"series/{name}"
    for name in [
        "ai_models", "antarctic_stations", "articles", "confucius_institutes", "copublications",
        "expert_posts", "ipcc_authors", "launch_services", "launches", "patents", "rd_share",
        "st_agreements", "students_in_china", "students_in_usa", "vaccines", "views_of_china",
    ]
]  # fmt: skip
TABLES = [*JOINED, *TEXTS, *OF_LESSONS, "entities", "series_sources", *SERIES]
LISTS = {
    "events": ["actors", "organisations", "aspects"],
    "bibliography": ["authors", "lessons", "window"],
    "article_claims": ["accepted"],
    "cases": ["labels", "accepted", "purposes"],
    "advice_channels": ["actors", "event_ids"],
}


def read(folder, table):
    """All rows of a table, header included, as lists of text."""
    text = (folder / f"{table}.csv").read_bytes().decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def write(folder, table, rows, **form):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", **form).writerows(rows)
    (folder / f"{table}.csv").write_bytes(text.getvalue().encode())


def row_where(folder, table, test):
    """The number, as a spreadsheet counts, of the first row that passes a test."""
    header, *rows = read(folder, table)
    return next(n for n, row in enumerate(rows, 2) if test(dict(zip(header, row, strict=True))))


# Real tables


@pytest.fixture(scope="module")
def real():
    return {name: load(name) for name in TABLES}


def test_tables_are_named():
    assert tables() == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_the_file_is_loaded(name, real):
    header, *rows = read(DATA, name)
    assert len(real[name]) == len(rows)
    assert [column for column in real[name] if column in header] == header
    for column in set(header) - set(LISTS.get(name, [])):
        texts = [row[header.index(column)] for row in rows]
        found = real[name][column]
        if pd.api.types.is_numeric_dtype(found):
            assert [float(text) if text else None for text in texts] == [
                None if pd.isna(value) else float(value) for value in found
            ], column
        else:
            assert found.fillna("").tolist() == texts, column


def test_types(real):
    events = real["events"]
    assert events.columns.get_loc("year") == events.columns.get_loc("date") + 1
    assert pd.api.types.is_integer_dtype(events["year"])
    for column in ["first_day", "last_day"]:
        assert pd.api.types.is_datetime64_dtype(events[column])
    for column in ["latitude", "longitude"]:
        assert pd.api.types.is_float_dtype(events[column])
    for table, columns in LISTS.items():
        for column in columns:
            assert {type(cell) for cell in real[table][column]} == {tuple}
            assert {type(value) for cell in real[table][column] for value in cell} == {str}
    texts = [c for c in events if events[c].dtype == "str"]
    assert {"event_id", "date", "title", "summary", "end_date", "note"} <= set(texts)
    for table in ["sources", "event_sources", "actors"]:
        assert set(real[table].dtypes.astype(str)) == {"str"}


def test_a_whole_number_column_may_have_gaps():
    schema = {"fields": [{"name": "size", "type": "integer"}], "primaryKey": ["size"]}
    column = data._frame([{"size": "3"}, {"size": ""}], schema)["size"]
    assert str(column.dtype) == "Int64"
    assert column[0] == 3 and pd.isna(column[1])


def test_the_precision_of_a_date_is_kept(real):
    events = real["events"]
    assert set(events["date_precision"]) == {"day", "month", "year"}
    lengths = events["date_precision"].map({"year": 4, "month": 7, "day": 10})
    assert (events["date"].str.len() == lengths).all()
    one = events[events["end_date"].isna()]
    span = (one["last_day"] - one["first_day"]).dt.days.groupby(one["date_precision"])
    assert span.max().to_dict() == {"day": 0, "month": 30, "year": 365}
    assert span.min().to_dict() == {"day": 0, "month": 27, "year": 364}
    assert (events["year"] == events["first_day"].dt.year).all()
    ended = events[events["end_date"].notna()]
    assert not ended.empty
    for end, last in zip(ended["end_date"], ended["last_day"], strict=True):
        assert last.date() == table_rules.partial_date(end)[1]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1979", "1979-01-01", "1979-12-31"),
        ("1979-12", "1979-12-01", "1979-12-31"),
        ("1980-02", "1980-02-01", "1980-02-29"),
        ("1981-02", "1981-02-01", "1981-02-28"),
        ("1979-01-31", "1979-01-31", "1979-01-31"),
    ],
)
def test_partial_date(text, first, last):
    assert [day.isoformat() for day in table_rules.partial_date(text)] == [first, last]


def test_tables_join_in_both_directions(real):
    links = real["event_sources"]
    assert set(links["event_id"]) == set(real["events"]["event_id"])
    assert set(links["source_id"]) == set(real["sources"]["source_id"])
    assert set(real["events"]["actors"].explode()) <= set(real["actors"]["code"])
    joined = real["events"].merge(links, validate="one_to_many")
    joined = joined.merge(real["sources"], on="source_id", validate="many_to_one")
    assert len(joined) == len(links)


def test_every_event_has_a_source_and_every_address_is_a_web_address(real):
    for event in real["events"]["event_id"]:
        assert (real["event_sources"]["event_id"] == event).any(), event
    assert real["sources"]["url"].str.match(r"https?://[^/\s]+\.[^/\s]+").all()


def test_each_load_gives_a_fresh_copy():
    events = load("events")
    before = events.copy(deep=True)
    events["title"] = "changed"
    events.loc[:, "actors"] = None
    del events["year"]
    pd.testing.assert_frame_equal(load("events"), before)


def test_sources_of(real):
    for event in [real["events"]["event_id"].iloc[0], real["events"]["event_id"].iloc[-1]]:
        found = sources_of(event)
        links = real["event_sources"].query("event_id == @event")
        assert found["source_id"].tolist() == links["source_id"].tolist()
        expected = real["sources"].set_index("source_id").loc[found["source_id"], "url"]
        assert found["url"].tolist() == expected.tolist()
        assert "supports" in found


@pytest.mark.parametrize("event", ["1949-no-such-event", "", None, 7, ["a"], pd.Series(["a", "b"])])
def test_sources_of_an_unknown_event(event):
    with pytest.raises(DataError, match=r"^There is no event .*; look up its event_id\.$"):
        sources_of(event)


@pytest.mark.parametrize("name", ["event", "events.csv", "", None, ["events"]])
def test_an_unknown_table(name):
    with pytest.raises(DataError, match="the tables are events, sources, event_sources, actors"):
        load(name)


@pytest.mark.parametrize("module", [data, table_rules])
def test_docstring_examples(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_texts_speak_to_the_reader():
    """Remarks of the people who made the tables have no place in a cell."""
    remark = re.compile(r"\bthe seed\b|\bTODO\b|\bFIXME\b|\bcheck this\b", re.IGNORECASE)
    found = []
    for table in TABLES:
        header, *rows = read(DATA, table)
        for number, row in enumerate(rows, 2):
            for column, cell in zip(header, row, strict=True):
                found += [f"{table}.csv, row {number}, {column}: {m}" for m in remark.findall(cell)]
    assert not found, "\n".join(found)


# What is not broken


@pytest.mark.parametrize("how", ["bom", "crlf", "all quoted", "folder as text"])
def test_another_way_to_write_the_same_table(how, folder, real):
    path = folder / "events.csv"
    if how == "bom":
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    elif how == "crlf":
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    elif how == "all quoted":
        write(folder, "events", read(folder, "events"), quoting=csv.QUOTE_ALL)
    found = load("events", str(folder) if how == "folder as text" else folder)
    pd.testing.assert_frame_equal(found, real["events"])


def test_a_clock_that_is_behind_does_not_make_the_tables_invalid(monkeypatch):
    class Behind(date):
        @classmethod
        def today(cls):
            return cls(2000, 1, 1)

    monkeypatch.setattr(table_rules, "date", Behind)
    assert not load("events").empty


# What is broken: each function breaks a copy and may return the row that the message must name.

BROKEN = []


def broken(file, row, words, name=None):
    """Register a breakage: the file and row that the message names, and words of the rule."""

    def register(function):
        label = name or function.__name__.replace("_", " ")
        BROKEN.append(pytest.param(function, file, row, words, id=label))
        return function

    return register


def cell(table, column, value, words, row=5, where=None, name=None):
    """Register one changed cell, in a given row or in the first that passes a test."""

    def change(folder):
        number = row_where(folder, table, where) if where else row
        rows = read(folder, table)
        rows[number - 1][rows[0].index(column)] = value
        write(folder, table, rows)
        return number

    label = name or f"{table}.{column} {ascii(value)[:30]}"
    broken(f"{table}.csv", None, [column, *words], label)(change)


def content(table, change, row, words, name):
    """Register a change of a file's bytes."""

    def apply(folder):
        path = folder / f"{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    broken(f"{table}.csv", row, words, name)(apply)


def lines(table, change, row, words, name):
    """Register a change of the list of rows (row 1 has index 0)."""

    def apply(folder):
        rows = read(folder, table)
        write(folder, table, change(rows) or rows)

    broken(f"{table}.csv", row, words, name)(apply)


def package(change, words, name):
    """Register a change of datapackage.json."""

    def apply(folder):
        path = folder / "datapackage.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        result = change(content)
        path.write_text(json.dumps(content if result is None else result), encoding="utf-8")

    broken("datapackage.json", None, words, name)(apply)


for file in ["datapackage.json", *(f"{table}.csv" for table in JOINED)]:

    @broken(file, None, ["missing", "restore"], f"{file} missing")
    def _(folder, file=file):
        (folder / file).unlink()

    @broken(file, None, ["can't be read", "check that it is a file"], f"{file} is a folder")
    def _(folder, file=file):
        (folder / file).unlink()
        (folder / file).mkdir()


@broken("datapackage.json", None, ["missing"])
def folder_missing(folder):
    shutil.rmtree(folder)


@broken("datapackage.json", None, ["can't be read"])
def folder_is_a_file(folder):
    shutil.rmtree(folder)
    folder.write_text("no folder")


@broken("datapackage.json", None, ["damaged", "(line ", "is not JSON"])
def datapackage_cut_off(folder):
    path = folder / "datapackage.json"
    path.write_bytes(path.read_bytes()[:2000])


@broken("datapackage.json", None, ["damaged"])
def datapackage_empty(folder):
    (folder / "datapackage.json").write_bytes(b"")


@broken("datapackage.json", None, ["damaged"])
def datapackage_not_utf8(folder):
    (folder / "datapackage.json").write_bytes(b'{"name": "caf\xe9"}')


@broken("datapackage.json", None, ["damaged"])
def datapackage_nested_too_deep(folder):
    (folder / "datapackage.json").write_text("[" * 100_000)


def schema(package, table="events"):
    return next(r for r in package["resources"] if r["name"] == table)["schema"]


def field(package, name, table="events"):
    return next(field for field in schema(package, table)["fields"] if field["name"] == name)


package(lambda p: [], ["incomplete"], "datapackage is a list")
package(lambda p: p.pop("resources") and None, ["resources"], "datapackage without resources")
package(lambda p: p["resources"].append(p["resources"][0]), ["same name"], "table described twice")
package(lambda p: p["resources"][1].pop("schema") and None, ["schema"], "schema missing")
package(lambda p: schema(p).update(fields=[]), ["no fields"], "fields missing")
package(lambda p: schema(p).update(fields=None), ["incomplete"], "fields null")
package(lambda p: schema(p).update(primaryKey=["id"]), ["primary key"], "wrong primary key")
package(lambda p: schema(p).pop("primaryKey") and None, ["primaryKey"], "primary key missing")
package(lambda p: schema(p, "event_sources").pop("foreignKeys") and None, ["not joined"], "no keys")
package(
    lambda p: field(p, "actors")["list"]["references"].update(field="iso"),
    ["events.actors points to actors.iso"],
    "reference to an unknown column",
)
package(lambda p: field(p, "title").pop("type") and None, ["type"], "type missing")
package(lambda p: field(p, "title").update(type="any"), ["events.title"], "unknown type")
package(lambda p: field(p, "title").update(constraints={"max": 3}), ["max"], "unknown constraint")
package(lambda p: field(p, "date").update(constraints={"pattern": "("}), ["incomplete"], "pattern")
package(lambda p: field(p, "tone").update(constraints={"enum": "warm"}), ["events.tone"], "enum")
package(lambda p: field(p, "actors").update(list={}), ["separator"], "list without separator")
for missing in JOINED:
    package(
        lambda p, missing=missing: p["resources"].remove(
            next(r for r in p["resources"] if r["name"] == missing)
        ),
        ["incomplete", "restore"],
        f"table {missing} not described",
    )

content("events", lambda b: b"", None, ["is empty"], "0 bytes")
content("events", lambda b: b"\xef\xbb\xbf\r\n", None, ["is empty"], "only a byte order mark")
content("events", lambda b: b.splitlines(keepends=True)[0], 2, ["no rows"], "header only")
content("events", lambda b: b.split(b"\n", 1)[1], 1, ["'event_id'", "missing"], "header missing")
content("events", lambda b: b"\n" + b, 1, ["'event_id'", "missing"], "empty line first")
content("events", lambda b: b"sep=,\n" + b, 1, ["'event_id'", "missing"], "line sep=,")
content("events", lambda b: b + b"\n", None, ["row is empty", "delete"], "empty line last")
content("events", lambda b: b + b"," * 15 + b"\n", None, ["row is empty"], "row of commas")
content("events", lambda b: b.decode().encode("utf-16"), 1, ["UTF-8"], "UTF-16")
content("events", lambda b: b.decode().encode("utf-16-le"), 1, [r"'\x00'"], "UTF-16 without mark")
content("events", lambda b: b[:-1], None, ["cut off"], "last line break missing")
content("events", lambda b: b.replace(b"\n", b"\r"), 1, [r"'\r'", "UTF-8"], "CR line ends")
content("sources", lambda b: b + "S999,Zü".encode()[:-1], None, ["cut off"], "cut in a character")
content("actors", lambda b: b.replace(b"CHN", b"CH\0"), 2, [r"'\x00'"], "NUL")
content("actors", lambda b: b.replace(b"China", b"Chin\xe9"), 2, ["UTF-8"], "Latin-1")
content("actors", lambda b: b.replace(b"China", "ChinÃ©".encode()), 2, ["UTF-8"], "encoded twice")
content("actors", lambda b: b.replace(b"China", b"\xe2\x80\x8bChina"), 2, ["u200b"], "invisible")
content("actors", lambda b: b.replace(b",China", b',"China', 1), 2, ["quotation"], "open quote")
content("actors", lambda b: b.replace(b",China", b',China"', 1), 2, ["quotation mark"], "end quote")
content("actors", lambda b: b.replace(b",China", b',"Ch"ina"'), 2, ["quotation"], "inner quote")
content("actors", lambda b: b.replace(b",China", b",China,", 1), 2, ["9", "comma"], "extra comma")
content("actors", lambda b: b.replace(b",China", b"", 1), 2, ["7", "header has 8"], "cell missing")
content("actors", lambda b: b[: b.index(b"China") + 2], 2, ["cut off"], "row cut in half")
content(
    "actors",
    lambda b: b.replace(b"China,state", b'"Chi\nna",st\0te'),
    2,
    [r"'\x00'"],
    "NUL behind a line break in a cell",
)


@broken("event_sources.csv", None, ["number of cells is 2"])
def row_behind_a_cell_of_three_lines(folder):
    rows = read(folder, "event_sources")
    rows[2][2] = "year,\nplace,\nfigures"
    rows[6].pop()
    write(folder, "event_sources", rows)
    return 7


@broken("event_sources.csv", None, ["source_id 'S1' has no row"])
def bad_cell_behind_a_cell_of_three_lines(folder):
    rows = read(folder, "event_sources")
    rows[2][2] = "year,\nplace,\nfigures"
    rows[6][1] = "S1"
    write(folder, "event_sources", rows)
    return 7


def semicolons(folder):
    write(folder, "sources", read(folder, "sources"), delimiter=";")


def tabs(folder):
    write(folder, "sources", read(folder, "sources"), delimiter="\t")


broken("sources.csv", 1, ["not separated by commas"])(semicolons)
broken("sources.csv", 1, ["not separated by commas"])(tabs)

lines("sources", lambda r: [[*w[1::-1], *w[2:]] for w in r], 1, ["order"], "columns swapped")
lines("sources", lambda r: [[*w, ""] for w in r], 1, ["column ''"], "column too many")
lines("sources", lambda r: [[*w, w[-1]] for w in r], 1, ["twice"], "column doubled")
lines("sources", lambda r: [w[:-1] for w in r], 1, ["'address'", "missing"], "column too few")
lines("sources", lambda r: r[0].__setitem__(1, "Title"), 1, ["'title'"], "column renamed")
lines("sources", lambda r: [r[0], *(w[1::-1] + w[2:] for w in r[1:])], 2, ["source_id"], "cells")
lines("events", lambda r: r.insert(9, r[3]), 10, ["event_id", "same", "row 4"], "event twice")
lines("sources", lambda r: r.insert(9, r[3]), 10, ["source_id", "same", "row 4"], "source twice")
lines("actors", lambda r: r.insert(9, r[3]), 10, ["code", "same", "row 4"], "actor twice")
lines("event_sources", lambda r: r.append(r[3]), None, ["event_id and source_id", "row 4"], "link")
lines("actors", lambda r: r.insert(5, r[0]), 6, ["code 'code' is not valid"], "header twice")


@broken("events.csv", 5, ["needs a source", "event_sources.csv"])
def event_without_a_source(folder):
    event = read(folder, "events")[4][0]
    rows = read(folder, "event_sources")
    write(folder, "event_sources", [row for row in rows if row[0] != event])


@broken("sources.csv", None, ["every source an event"])
def source_without_an_event(folder):
    rows = read(folder, "sources")
    new = ["S9999", "A title", "A publisher", "https://example.org/", "", "news", "publisher"]
    write(folder, "sources", [*rows, new])
    return len(rows) + 1


def cut_at_a_row(folder, table, keep):
    rows = read(folder, table)
    write(folder, table, rows[:keep] if keep > 0 else rows[: len(rows) + keep])


for table, first_named in [
    ("events", "event_sources"),
    ("sources", "event_sources"),
    ("actors", "events"),
]:
    for keep in [10, -1]:

        @broken(f"{first_named}.csv", None, ["has no row in", table], f"{table} cut at row {keep}")
        def _(folder, table=table, keep=keep):
            cut_at_a_row(folder, table, keep)


@broken("events.csv", None, ["needs a source"])
def links_cut_at_row_10(folder):
    cut_at_a_row(folder, "event_sources", 10)


for value in [
    "1979-13",
    "1979-00",
    "2023-02-30",
    "01/02/1979",
    "Feb-79",
    "1979-1-2",
    "1979-01-02 00:00",
    "79",
    "about 1979",
    "１９７９",
]:
    cell("events", "date", value, ["not a date", "YYYY-MM"])
cell("events", "date", "", ["is empty", "fill it in"])
cell("events", "date", " 1979", ["space"])
cell("events", "date", "1948-12-31", ["from 1949 on"])
cell("events", "date", "2999", ["in the future"])
TOMORROW = max(date.today(), table_rules.REVIEWED) + timedelta(days=1)
cell("events", "date", str(TOMORROW), ["in the future"], name="tomorrow")
cell("events", "end_date", "2999-01", ["in the future"])
cell("events", "end_date", "soon", ["not a date"])
cell("events", "end_date", "1949", ["before date"])
cell("sources", "published", "2999-01-01", ["in the future"])
cell("sources", "published", "12 May 1979", ["not a date"])
cell("actors", "end", "1900", ["before start"], where=lambda row: row["start"])
cell("actors", "start", "1922-12", ["year of four digits"])


def precise(to, row):
    return row["date_precision"] == to and not row["end_date"]


for true, wrong in [("day", "year"), ("month", "day"), ("year", "month")]:
    cell(
        "events",
        "date_precision",
        wrong,
        [f"known to the {true}"],
        where=lambda row, true=true: precise(true, row),
        name=f"{true} said to be {wrong}",
    )
cell("events", "date_precision", "decade", ["write one of year, month, day"])

cell("events", "event_id", "A Title", ["hyphens"])
cell("events", "event_id", "", ["is empty"])
cell("events", "title", "", ["is empty"])
cell("events", "title", "  ", ["space"])
cell("events", "title", "word " * 19 + "end", ["98 characters", "90"])
cell("events", "summary", "", ["is empty"])
cell("events", "summary", "Only five words are here.", ["25 to 60 words"])
cell("events", "summary", "word " * 23 + "word", ["(words: 24)", "25 to 60"], name="24 words")
cell("events", "summary", "word " * 60 + "word", ["(words: 61)", "25 to 60"], name="61 words")
cell("events", "summary", "word " * 199 + "word", ["(words: 200)", "25 to 60"], name="200 words")
cell("events", "aspects", "", ["is empty"])
cell("events", "aspects", "science_diplomacy", ["not allowed", "science_for_diplomacy"])
cell("events", "aspects", "Science_in_diplomacy", ["not allowed"])
cell("events", "aspects", "science_in_diplomacy;science_in_diplomacy", ["twice"])
cell("events", "aspects", "science_in_diplomacy,science_for_diplomacy", ["not allowed"])
cell("events", "domain", "sports", ["not allowed"])
cell("events", "tone", "warm", ["cooperation, friction, mixed"])
cell("events", "confidence", "certain", ["high, medium, low"])
cell("events", "actors", "", ["is empty"])
cell("events", "actors", "CHN;XYZ", ["'XYZ'", "no row in data/actors.csv"])
cell("events", "actors", "CHN;CHN", ["twice"])
cell(
    "events", "actors", "CHN;DDR", ["existed until 1990 only"],
    where=lambda row: row["date"] > "1991", name="an actor that no longer exists",
)  # fmt: skip
cell("events", "actors", "CHN;", ["empty value in a list"])
cell("events", "actors", "CHN; USA", ["space"])
cell("events", "organisations", "CERN;;IAEA", ["empty value in a list"])


def has_place(row):
    return row["latitude"] and row["longitude"]


cell("events", "latitude", "", ["give both"], where=has_place, name="no latitude")
cell("events", "longitude", "", ["give both"], where=has_place, name="no longitude")
for value in ["39,9", "nan", "inf", "1e1", "3_9", "39°", "９", "1" * 400]:
    cell("events", "latitude", value, ["not a number", "not a comma"], where=has_place)
cell("events", "latitude", "90.1", ["outside -90 to 90"], where=has_place)
cell("events", "latitude", "-116.4", ["outside -90 to 90"], where=has_place)
cell("events", "longitude", "180.5", ["outside -180 to 180"], where=has_place)

cell("sources", "source_id", "17", ["S and three or four digits"])
cell("sources", "title", "", ["is empty"])
cell("sources", "url", "", ["is empty"])
for value in [
    "javascript:alert(1)",
    "ftp://example.org/a",
    "file:///etc/hosts",
    "www.example.org",
    "http://",
    "https:///a",
    "http://[::1",
    "https://example.org/a b",
    "https://user@example.org/",
    "HTTPS//example.org",
]:
    cell("sources", "url", value, ["web address", "https://"])
cell("sources", "kind", "blog", ["not allowed"])
cell("event_sources", "event_id", "1949-no-such-event", ["no row in data/events.csv"])
cell("event_sources", "source_id", "S9999", ["no row in data/sources.csv"])
cell("event_sources", "source_id", "", ["is empty"])
cell("event_sources", "supports", "", ["is empty"])
cell("actors", "code", "chn", ["capital letters"])
cell("actors", "kind", "country", ["not allowed"])
cell("actors", "region", "Antarctica", ["not allowed"])


@broken("sources.csv", 5, ["the same url as row 4"])
def two_sources_with_one_address(folder):
    rows = read(folder, "sources")
    rows[4][3] = rows[3][3]
    write(folder, "sources", rows)


@broken("actors.csv", 5, ["kind 'country'", "(the first of 3 problems)"])
def three_problems(folder):
    rows = read(folder, "actors")
    for number in [5, 6, 7]:
        rows[number - 1][2] = "country"
    write(folder, "actors", rows)


def refusal(folder, name="events"):
    """The message that a load is refused with; any other exception fails the test."""
    with pytest.raises(DataError) as caught:
        load(name, folder)
    # A first exception that shows up above the sentence would be a traceback of pandas or csv.
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".") and ".." not in message.replace("...", "")
    return message


@pytest.mark.parametrize(("function", "file", "row", "words"), BROKEN)
def test_a_broken_table_is_refused_in_one_sentence(function, file, row, words, folder):
    row = function(folder) or row
    message = refusal(folder)
    assert re.match(
        rf"data/{re.escape(file)}" + (rf", row {row}( \(|:)" if row else "(, row [0-9]+)?( \\(|:)"),
        message,
    ), message
    for word in words:
        assert word in message, message
    # Whichever table is asked for, the answer is the same: none of them is half loaded.
    assert refusal(folder, "actors") == message


def test_a_broken_word_list_does_not_close_the_events(folder):
    path = folder / "glossary.csv"
    path.write_bytes(path.read_bytes()[:200])
    assert len(load("events", folder)) > 200
    with pytest.raises(DataError, match=r"^data/glossary.csv"):
        load("glossary", folder)


@pytest.mark.parametrize("table", [name for name in TABLES if name not in JOINED])
def test_a_table_cut_behind_a_row_is_refused_by_its_number_of_rows(table, folder):
    path = folder / f"{table}.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(DataError, match=rf"^data/{table}\.csv, row [0-9]+: the table ends here"):
        load(table, folder)


def test_a_table_that_no_other_refers_to_says_how_many_rows_it_has(folder):
    rows = read(folder, "cards")
    write(folder, "cards", rows[:-2])
    left = len(rows) - 3
    words = rf"^data/cards.csv, row {left + 1}: the table ends here, with {left} rows"
    with pytest.raises(DataError, match=words):
        load("cards", folder)


@pytest.mark.parametrize("table", JOINED)
def test_a_file_cut_at_any_byte_is_refused(table, folder):
    path = folder / f"{table}.csv"
    whole = path.read_bytes()
    for size in [*range(0, len(whole), len(whole) // 12 + 1), len(whole) - 2, len(whole) - 1]:
        path.write_bytes(whole[:size])
        assert f"data/{table}.csv" in refusal(folder) or "data/event" in refusal(folder)


@pytest.mark.parametrize("table", JOINED)
def test_a_file_cut_behind_any_of_its_rows_is_refused(table, folder):
    rows = read(folder, table)
    for keep in [*range(1, len(rows), len(rows) // 6), len(rows) - 2, len(rows) - 1]:
        write(folder, table, rows[:keep])
        assert re.match(r"data/\w+\.csv, row [0-9]+", refusal(folder))


@pytest.mark.parametrize("file", ["events.csv", "datapackage.json"])
def test_a_file_that_may_not_be_read(file, folder, monkeypatch):
    real_read = Path.read_bytes

    def read_bytes(path):
        if path.name == file:
            raise PermissionError(13, "Permission denied", str(path))
        return real_read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    message = refusal(folder)
    assert message.startswith(f"data/{file}: the file can't be read (Permission denied)")
    assert "may read it" in message
