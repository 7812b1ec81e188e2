"""The series of figures: form, sources, and totals that the sources themselves state."""

import pandas as pd
import pytest

from scidip.data import DataError, cite, describe, load, schema, source, tables

SERIES = [name for name in tables() if name.startswith("series/")]
COLUMNS = ["entity", "year", "period", "measure", "value", "unit", "source_id", "note"]


@pytest.fixture(scope="module")
def series():
    return {name: load(name) for name in SERIES}


@pytest.fixture(scope="module")
def sources():
    return load("series_sources")


def value(table, entity, period, measure=None, source_id=None):
    """The one figure that fits."""
    rows = table[(table["entity"] == entity) & (table["period"] == str(period))]
    if measure:
        rows = rows[rows["measure"] == measure]
    if source_id:
        rows = rows[rows["source_id"] == source_id]
    return rows["value"].item()


# --- Form -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERIES)
def test_all_series_have_the_same_columns(name, series):
    assert series[name].columns.tolist() == COLUMNS


@pytest.mark.parametrize("name", SERIES)
def test_a_measure_has_one_unit_in_words(name, series):
    pairs = series[name][["measure", "unit"]].drop_duplicates()
    assert pairs["measure"].is_unique
    assert pairs["unit"].is_unique
    assert all(" " in unit for unit in pairs["unit"])


@pytest.mark.parametrize("name", SERIES)
def test_a_period_begins_in_its_year(name, series):
    table = series[name]
    assert (table["period"].str[:4] == table["year"].astype(str)).all()
    academic = table["period"].str.extract(r"^(\d{4})/(\d{2})$").dropna()
    assert ((academic[0].astype(int) + 1) % 100 == academic[1].astype(int)).all()


@pytest.mark.parametrize("name", SERIES)
def test_figures_are_possible(name, series):
    table = series[name]
    assert table["value"].notna().all()
    assert (table["value"] >= 0).all()
    percent = table[table["unit"].str.contains("per cent")]
    assert (percent["value"] <= 100).all()


@pytest.mark.parametrize("name", SERIES)
def test_two_figures_for_one_thing_come_from_two_sources_or_say_why(name, series):
    table = series[name]
    key = ["entity", "period", "measure"]
    repeated = table[table.duplicated(key, keep=False)]
    for _, group in repeated.groupby(key):
        assert group["source_id"].is_unique or group["note"].notna().all(), group


def test_the_rule_on_periods_is_one_of_the_loader(folder):
    path = folder / "series" / "copublications.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("CHN-AUS,1990,1990,", "CHN-AUS,1990,1989,"), encoding="utf-8")
    with pytest.raises(DataError, match="period '1989' does not begin in the year '1990'"):
        load("series/copublications", folder)


def test_notes_are_sentences(series):
    for name, table in series.items():
        for note in table["note"].dropna():
            assert note[0].isupper() or note[0] in "'\"“0123456789", (name, note)
            assert note[-1] in ".!?", (name, note)


# --- Sources ----------------------------------------------------------------------------------


def test_every_source_is_used_and_found(series, sources):
    used = {source_id for table in series.values() for source_id in table["source_id"]}
    used |= set(load("un_posts")["source_id"]) | set(load("antarctic_stations")["source_id"])
    assert used == set(sources["source_id"])
    for source_id in used:
        assert source(source_id)["url"].startswith("http")


def test_an_unknown_source_is_refused():
    with pytest.raises(DataError, match=r"^There is no source 'S0' in data/sources\.csv or data/"):
        source("S0")


def test_a_citation_names_each_source(series):
    words = cite("series/vaccines")
    assert "table series/vaccines (data set)." in words.splitlines()[0]
    for source_id in series["series/vaccines"]["source_id"].unique():
        assert source(source_id)["url"] in words


def test_a_citation_of_many_sources_says_where_they_stand():
    assert "sources stand in the table sources" in cite("event_sources")


@pytest.mark.parametrize("name", tables())
def test_every_table_explains_its_columns(name):
    explained = describe(name)
    assert explained["column"].tolist()[: len(schema(name)["fields"])] == [
        field["name"] for field in schema(name)["fields"]
    ]
    assert set(explained["column"]) >= set(load(name).columns)
    assert explained["meaning"].str.len().min() > 3


def test_entities_have_the_names_of_the_actors():
    actors = load("actors").set_index("code")["name"]
    entities = load("entities")
    states = entities[entities["kind"].isin(["state", "former state"])].set_index("entity")["name"]
    both = states.index.intersection(actors.index)
    assert len(both) > 40
    assert (states[both] == actors[both]).all()
    names = {**actors, **states}
    pairs = entities[entities["kind"] == "pair"]
    for code, name in zip(pairs["entity"], pairs["name"], strict=True):
        one, other = code.split("-")
        if not {one, other} <= set(names):
            continue  # Serbia and the like stand in a pair only
        assert name == f"{names[one]} and {names[other]}"


def test_every_entity_is_used(series):
    used = {entity for table in series.values() for entity in table["entity"]}
    used |= set(load("un_posts")["state"]) | set(load("antarctic_stations")["operator"])
    assert used == set(load("entities")["entity"])


# --- Totals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2011, 2015, 2018])
def test_continents_add_up_to_the_students_in_china(year, series):
    table = series["series/students_in_china"]
    parts = ["AFRICA", "AMERICAS", "ASIA", "EUROPE", "OCEANIA"]
    total = sum(value(table, entity, year, "students_in_china") for entity in parts)
    assert total == value(table, "WORLD", year, "students_in_china")


def test_continents_add_up_to_the_confucius_institutes(series):
    table = series["series/confucius_institutes"]
    parts = ["AFRICA", "AMERICAS", "ASIA", "EUROPE", "OCEANIA"]
    for period, total in [("2014", 475), ("2018-12", 548)]:
        assert sum(value(table, entity, period, "institutes") for entity in parts) == total


def test_no_more_launches_fail_than_are_tried(series):
    table = series["series/launches"]
    key = ["entity", "period", "source_id"]
    tried, failed = (table[table["measure"] == name].set_index(key)["value"] for name in
                     ["launches", "failures"])  # fmt: skip
    assert len(failed) > 200
    assert (failed <= tried[failed.index]).all()


def test_joint_papers_are_part_of_the_papers_with_other_countries(series):
    table = series["series/copublications"]
    totals = table[table["measure"] == "international_works"].set_index(["entity", "year"])["value"]
    pairs = table[table["measure"] == "joint_works"]
    known = set(totals.index.get_level_values(0))
    compared = 0
    for entity, year, number in pairs[["entity", "year", "value"]].itertuples(index=False):
        for country in known & set(entity.split("-")):
            assert number <= totals[country, year]
            compared += 1
    assert compared > 1000


def test_countries_are_part_of_all_authors(series):
    table = series["series/ipcc_authors"]
    medea = table[table["source_id"].str.startswith("medea")]
    totals = medea[medea["entity"] == "WORLD"].set_index("period")["value"]
    parts = medea[medea["entity"] != "WORLD"].groupby("period")["value"].sum()
    assert (parts < totals[parts.index]).all()


def test_regions_of_the_vaccine_tracker_add_up_or_the_note_says_that_they_do_not(series):
    table = series["series/vaccines"]
    last = table[(table["period"] == "2022-12-28") & (table["measure"] == "doses_sold")]
    parts = last[last["entity"] != "WORLD"]["value"].sum()
    assert parts == pytest.approx(last.loc[last["entity"] == "WORLD", "value"].item(), abs=1)
    gifts = table[table["measure"] == "doses_promised_as_gift"]
    for period in ["2021-11-29", "2022-12-28"]:
        rows = gifts[gifts["period"] == period]
        world = rows[rows["entity"] == "WORLD"]
        assert rows[rows["entity"] != "WORLD"]["value"].sum() < world["value"].item()
        assert "add" in world["note"].item()


def test_operators_add_up_to_all_stations(series):
    table = series["series/antarctic_stations"]
    for _, rows in table.groupby("measure"):
        world = rows["entity"] == "WORLD"
        assert rows[~world]["value"].sum() == rows[world]["value"].item()


def test_the_short_table_of_the_ministry_agrees_with_the_long_one(series):
    long = series["series/st_agreements"]
    for row in load("st_network").itertuples():
        same = long[(long["measure"] == row.measure) & (long["year"] == row.year)]
        assert row.value in same["value"].tolist(), row


def test_the_invented_papers_are_twelve_and_say_so():
    papers = load("copub_toy")
    assert papers["paper_id"].nunique() == 12
    assert set(papers["status"]) == {"invented"}
    numbers = papers.groupby("paper_id")["author_number"].apply(list)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers)


def test_the_life_of_the_agreement_has_no_hole():
    life = load("agreement_life")
    assert life["step"].tolist() == list(range(1, len(life) + 1))
    assert life["begins"].tolist()[1:] == life["ends"].tolist()[:-1]
    last = life[life["state"] == "lapsed, later counted back"]
    days = pd.Timestamp(last["ends"].item()) - pd.Timestamp(last["begins"].item())
    assert days.days == 108


def test_each_case_accepts_our_own_labels():
    for case in load("cases").itertuples():
        assert "+".join(case.labels) == case.accepted[0]
        assert len(set(case.accepted)) == len(case.accepted)
        for labels in case.accepted:
            assert set(labels.split("+")) <= {
                "none", "diplomacy_for_science", "science_for_diplomacy", "science_in_diplomacy"
            }  # fmt: skip
