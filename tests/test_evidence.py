"""What the records rest on: no copies, places in their countries, our own words."""

import csv
import json
import re

import pytest
import reverse_geocode
from babel.core import get_global

from scidip.data import DATA, load

# The collected material is not part of the course; its excerpts are there to compare with.
EVIDENCE = DATA.parent.parent / "shared" / "evidence"
SEE_EVIDENCE = pytest.mark.skipif(
    not EVIDENCE.is_dir(), reason="the collected material is not part of the course"
)
SAME_WORDS = 8  # so many words in a row are a copy
ALL_TABLES = sorted(DATA.rglob("*.csv"))
# Names and titles are the same in every text that names them.
# Quotations with their source are ours to show.
QUOTED = {("definitions.csv", "wording"), ("article_claims.csv", "fragment")}
NAMES = {"title", "work", "publisher", "url", "organisations", "name", "authors", "venue", "author"}


@pytest.fixture(scope="module")
def events():
    return load("events")


# --- Numbers that the plan of the course asks for ---------------------------------------------


def test_there_are_enough_events_of_each_kind(events):
    regions = load("actors").set_index("code")["region"]
    far = {"Africa", "Asia", "Americas"}
    # Japan, South Korea and Canada are rich and near the United States; they don't count here.
    near = {"CHN", "HKG", "JPN", "KOR", "TWN", "CAN", "USA", "RUS"}
    south = [
        row.year >= 2000
        and "USA" not in row.actors
        and any(regions.get(code) in far for code in set(row.actors) - near)
        for row in events.itertuples()
    ]
    third = [("science_in_diplomacy" in cell) for cell in events["aspects"]]
    assert len(events) >= 270
    assert sum(third) >= 40
    assert (events["year"] < 1979).sum() >= 25
    assert sum(south) >= 60


# --- Sources ----------------------------------------------------------------------------------


def test_an_event_that_rests_on_copies_only_is_not_of_high_confidence(events):
    links = load("event_sources").merge(load("sources"), on="source_id")
    original = links[links["address"] == "publisher"]["event_id"]
    copies = events[~events["event_id"].isin(set(original))]
    assert 0 < len(copies) < 10
    assert not (copies["confidence"] == "high").any()
    told = copies["note"].str.contains(r"cop(?:y|ies)|transcription|collection|treaty sites")
    assert told.all(), copies[~told]["event_id"].tolist()


def test_encyclopaedias_written_by_anybody_are_copies():
    sources = load("sources")
    wiki = sources["url"].str.contains(r"wiki(?:pedia|source)\.org|wiki2\.org|liquisearch")
    assert wiki.any()
    assert set(sources[wiki]["address"]) == {"copy"}


# --- Places -----------------------------------------------------------------------------------


def test_coordinates_lie_in_their_country(events):
    """Looked up in the nearest of 140,000 towns; for Antarctica, by the latitude."""
    placed = events.dropna(subset="latitude")
    assert len(placed) > 200
    assert placed["country"].notna().all()
    assert events[events["latitude"].isna()]["country"].isna().all()
    two_letters = get_global("territory_aliases")
    for row in placed.itertuples():
        if row.country == "ATA":
            assert row.latitude < -60, row.event_id
            continue
        found = reverse_geocode.get((row.latitude, row.longitude))["country_code"]
        assert [found] == two_letters[row.country], (row.event_id, row.place, found)


def test_a_place_has_one_country(events):
    countries = events.dropna(subset="country").groupby("place")["country"].nunique()
    assert (countries == 1).all()


# --- Our own words ----------------------------------------------------------------------------


def runs_of_words(text):
    words = re.findall(r"[^\W_]+", text.lower())
    return {tuple(words[at : at + SAME_WORDS]) for at in range(len(words) - SAME_WORDS + 1)}


def excerpts():
    """Every text of others that was kept for checking."""
    for line in (EVIDENCE / "events.jsonl").read_text(encoding="utf-8").splitlines():
        for source in json.loads(line)["sources"]:
            yield source.get("evidence") or ""


def copied(tables, texts):
    """Cells that share a run of words with one of the texts: file, row, column, words."""
    theirs = set().union(*map(runs_of_words, texts))
    found = []
    for path, rows in tables:
        for number, row in enumerate(rows, start=2):
            for column, cell in row.items():
                if column in NAMES or "_id" in column or (path, column) in QUOTED:
                    continue
                for words in runs_of_words(cell) & theirs:
                    found.append(f"{path}, row {number}, {column}: {' '.join(words)}")
    return found


def table_rows():
    for path in ALL_TABLES:
        with path.open(encoding="utf-8", newline="") as file:
            yield path.relative_to(DATA).as_posix(), list(csv.DictReader(file))


def test_a_copied_run_of_words_is_found():
    theirs = "The two governments agreed to set up a joint commission for science in Beijing."
    ours = "They say: the two governments agreed to set up a joint commission."
    assert copied([("x.csv", [{"summary": ours}])], [theirs])
    assert not copied([("x.csv", [{"summary": ours.replace("agreed", "decided")}])], [theirs])


@SEE_EVIDENCE
def test_no_cell_copies_a_run_of_words_from_a_source():
    texts = list(excerpts())
    assert len(texts) > 600
    assert sum(map(len, texts)) > 50_000
    assert copied(table_rows(), texts) == []
