"""The claims of the article, their evidence, and the small tables of the lessons around them."""

import json
import re

import pandas as pd
import pytest

from scidip.data import DATA, DataError, load, sources_of

LONGEST_FRAGMENT, LONGEST_WHY, LONGEST_QUOTATION = 15, 45, 25
# The text of the article is not ours to publish, so it lies beside the course and not in it.
ARTICLE = DATA.parent.parent / "shared" / "article.txt"
SEE_ARTICLE = pytest.mark.skipif(
    not ARTICLE.is_file(), reason="the text of the article is not part of the course"
)


@pytest.fixture(scope="module")
def claims():
    return load("article_claims")


@pytest.fixture(scope="module")
def evidence():
    return load("claim_evidence")


@pytest.fixture(scope="module")
def definitions():
    return load("definitions")


@pytest.fixture(scope="module")
def network():
    return load("st_network")


@pytest.fixture(scope="module")
def calls():
    return load("openness_funnel")


@pytest.fixture(scope="module")
def addresses():
    """The address of each work of the bibliography."""
    return load("bibliography").set_index("work_id")["url"]


def paragraphs():
    """The paragraphs of the article by number: the heading above the caption has the number 0."""
    lines = ARTICLE.read_text(encoding="utf-8").splitlines()
    return dict(enumerate(line for line in lines if line.strip()))


# --- Claims -----------------------------------------------------------------------------------


def test_claims_are_numbered_without_a_gap(claims):
    assert claims["claim_id"].tolist() == [f"S{number:02}" for number in range(1, 23)]


@SEE_ARTICLE
def test_each_fragment_stands_in_its_paragraph(claims):
    text = paragraphs()
    assert text[1].startswith("Chinese researchers")
    for claim, number, words in claims[["claim_id", "paragraph", "fragment"]].itertuples(False):
        assert words in text[number], claim


@SEE_ARTICLE
def test_definitions_of_the_article_are_its_words(definitions):
    text = ARTICLE.read_text(encoding="utf-8")
    own = definitions[definitions["definition_id"].str.startswith("article-")]
    assert len(own) == 3
    for wording in own["wording"]:
        assert wording.strip('"') in text, wording


def test_fragments_and_reasons_are_short(claims):
    for claim, words in claims.set_index("claim_id")["fragment"].items():
        assert 3 <= len(words.split()) <= LONGEST_FRAGMENT, claim
    for claim, words in claims.set_index("claim_id")["why"].items():
        assert 5 <= len(words.split()) <= LONGEST_WHY, claim
        assert words.endswith("."), claim


def test_our_verdict_can_be_argued(claims):
    for claim, verdict, accepted in claims[["claim_id", "verdict", "accepted"]].itertuples(False):
        assert verdict in accepted, claim


def test_a_claim_that_is_wrong_in_part_has_a_corrected_sentence(claims):
    wrong = claims["verdict"].isin(["contradicted", "partly_supported"])
    assert claims[wrong]["corrected"].notna().all()
    assert claims[claims["verdict"] == "supported"]["corrected"].isna().all()
    given = claims.dropna(subset="corrected")
    assert given["corrected"].str.endswith(".").all()
    assert not (given["corrected"] == given["fragment"]).any()


def test_a_claim_is_not_settled_before_it_is_met(claims):
    assert (claims["settled_lesson"] >= claims["first_lesson"]).all()


# --- Evidence ---------------------------------------------------------------------------------


def test_every_claim_has_evidence(claims, evidence):
    assert set(evidence["claim_id"]) == set(claims["claim_id"])


def test_a_contradicted_claim_rests_on_more_than_one_page(claims, evidence):
    pages = evidence.groupby("claim_id")["url"].nunique()
    contradicted = claims[claims["verdict"] == "contradicted"]["claim_id"]
    assert not contradicted.empty
    assert (pages[contradicted] > 1).all()


def test_the_address_of_a_row_is_that_of_its_work(evidence, definitions, network, calls, addresses):
    for table in [evidence, definitions, network, calls]:
        known = table.dropna(subset="work_id")
        assert not known.empty
        assert known["url"].tolist() == addresses[known["work_id"]].tolist()
        unknown = table[table["work_id"].isna()]
        assert not set(unknown["url"]) & set(addresses), "a work of the bibliography is not named"


def test_the_address_of_a_row_is_a_source_of_its_event(evidence):
    known = evidence.dropna(subset="event_id")
    assert not known.empty
    for event, rows in known.groupby("event_id"):
        assert set(rows["url"]) <= set(sources_of(event)["url"]), event


@pytest.mark.parametrize("column", ["claim_id", "event_id", "work_id"])
def test_evidence_for_nothing_is_refused(column, folder, evidence):
    path = folder / "claim_evidence.csv"
    known = evidence[column].dropna().iloc[-1]
    wrong = {"claim_id": "S99", "event_id": "1949-no-such-event", "work_id": "nobody1900"}[column]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(known, wrong), encoding="utf-8")
    with pytest.raises(DataError, match=rf"{column} '{wrong}' has no row in data/"):
        load("claim_evidence", folder)


# --- Definitions ------------------------------------------------------------------------------


def test_a_quotation_is_marked_and_short(definitions):
    quoted = definitions["quoted"] == "yes"
    assert quoted.any() and not quoted.all()
    marked = definitions["wording"].str.fullmatch(r'"[^"]+"')
    assert marked.tolist() == quoted.tolist()
    for name, wording in definitions[quoted][["definition_id", "wording"]].itertuples(False):
        assert len(wording.split()) <= LONGEST_QUOTATION, name


def test_the_three_aspects_can_be_compared(definitions):
    aspects = ["diplomacy for science", "science for diplomacy", "science in diplomacy"]
    three = definitions[definitions["category"].isin(aspects)].groupby("framework")["category"]
    whole = three.nunique()[three.nunique() == 3].index
    assert len(whole) == 3, "the report of 2010, the European service and the article"


# --- Network and calls ------------------------------------------------------------------------


def number(network, measure, year):
    row = network[(network["measure"] == measure) & (network["year"] == year)]
    return row["value"].item()


@pytest.mark.parametrize(
    ("measure", "values"),
    [
        ("st_diplomats", {2009: 131, 2010: 141, 2017: 146}),
        ("st_offices_abroad", {2009: 62, 2010: 69, 2017: 70}),
        ("host_countries", {2009: 45, 2010: 46, 2017: 47}),
        ("partner_countries_regions", {2009: 152, 2010: 152, 2017: 158, 2019: 160, 2023: 160}),
        ("agreements", {2010: 104, 2017: 111, 2019: 114, 2023: 116}),
        ("agreement_partner_countries", {2009: 99, 2010: 97}),
    ],
)
def test_numbers_of_the_network(measure, values, network):
    rows = network[network["measure"] == measure]
    assert dict(zip(rows["year"], rows["value"], strict=True)) == values


def test_ratios_that_the_third_lesson_asks_for(network):
    per_office = number(network, "st_diplomats", 2017) / number(network, "st_offices_abroad", 2017)
    assert round(per_office, 2) == 2.09
    growth = number(network, "st_offices_abroad", 2017) / number(network, "st_offices_abroad", 2009)
    assert round(100 * (growth - 1), 1) == 12.9


def test_no_count_is_the_number_of_the_article(network):
    assert 144 not in set(network["value"])
    diplomats = network[network["measure"] == "st_diplomats"]["value"]
    assert diplomats.min() < 144 < diplomats.max()


def test_the_conflict_of_units_is_said(network, claims):
    rows = network[network["measure"].isin(["st_diplomats", "host_countries"])]
    assert rows["note"].str.contains("diplomats or countries", regex=False).all()
    assert "diplomats or countries" in claims.set_index("claim_id").loc["S09", "note"]


def test_the_year_is_that_of_the_report(network):
    assert network["as_of"].str[:4].astype(int).tolist() == network["year"].tolist()
    assert network["unit"].str.contains(r"[a-z]{4}", regex=True).all()


def test_the_two_calls(calls):
    columns = ["applications", "applicant_countries", "selected", "selected_countries"]
    assert calls[columns].values.tolist() == [[42, 27, 9, 17], [24, 11, 7, 6]]
    assert (calls["selected"] < calls["applications"]).all()
    assert (calls["decided"] > calls["call"]).all()
    for units in calls["units"]:
        assert re.search("applications: .+; .*selected: ", units)


# --- Form -------------------------------------------------------------------------------------


def test_each_foreign_key_of_the_plan_is_in_the_schema():
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    keys = {
        (table, key["fields"][0], key["reference"]["resource"])
        for table in ["claim_evidence", "definitions", "st_network", "openness_funnel"]
        for key in schemas[table]["foreignKeys"]
    }
    assert keys == {
        ("claim_evidence", "claim_id", "article_claims"),
        ("claim_evidence", "event_id", "events"),
        ("claim_evidence", "work_id", "bibliography"),
        ("definitions", "work_id", "bibliography"),
        ("st_network", "work_id", "bibliography"),
        ("openness_funnel", "event_id", "events"),
        ("openness_funnel", "work_id", "bibliography"),
    }


def test_every_row_has_a_source(evidence, definitions, network, calls):
    for table in [evidence, definitions, network, calls]:
        assert table["url"].str.match(r"https?://[^/\s]+\.[^/\s]+").all()
        assert not pd.isna(table["url"]).any()
