"""The glossary and the bibliography: complete, readable, and balanced between the windows."""

import json
import re

import pandas as pd
import pytest
from notebook_rules import ROOT, WINDOWS

from scidip.data import DataError, load

PLAN = [f"{number:02}" for number in range(11)]
BEHIND_THE_TEACHING = "00-instructor"
LONGEST_DEFINITION, MOST_SENTENCES = 40, 2
# Hosts that publishers use for tests only, and one copy of a site that calls itself unofficial.
NOT_PUBLIC = re.compile(r"staging|core-prod|cambridgecore|localhost|eeas\.eu\.com", re.IGNORECASE)
DEFINED_IN_WORDS = re.compile(r"^- \*\*([^*]+)\*\*(?: \(([^)]+)\))?: ", re.MULTILINE)


@pytest.fixture(scope="module")
def works():
    return load("bibliography")


@pytest.fixture(scope="module")
def words():
    return load("glossary")


def section(lesson, title):
    """The text of one section of a lesson, from its heading to the next."""
    notebook = json.loads((ROOT / "lessons" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    text = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )
    return re.search(rf"^## {title}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]


def defined(lesson):
    """The words that a lesson defines in its section Words, with the Chinese term or None."""
    entries = DEFINED_IN_WORDS.findall(section(lesson, "Words"))
    return [(word, zh or None) for names, zh in entries for word in names.split(", ")]


# Both tables


def test_lists_are_tuples_and_everything_else_is_text(works, words):
    for column in ["authors", "lessons", "window"]:
        assert {type(cell) for cell in works[column]} == {tuple}
        assert {type(value) for cell in works[column] for value in cell} == {str}
    assert set(works.drop(columns=["authors", "lessons", "window"]).dtypes.astype(str)) == {"str"}
    assert set(words.dtypes.astype(str)) == {"str"}


def test_a_term_needs_its_work(folder, words):
    path = folder / "glossary.csv"
    work = words["work_id"].dropna().iloc[0]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f",{work},", ",nobody1900,"), encoding="utf-8")
    with pytest.raises(DataError, match=r"work_id 'nobody1900' has no row in data/bibliography"):
        load("glossary", folder)


def test_every_lesson_number_is_in_the_plan(works, words):
    assert set(works["lessons"].explode()) - {BEHIND_THE_TEACHING} <= set(PLAN)
    assert set(words["lesson"]) <= set(PLAN)
    assert (works["lessons"].str.len() > 0).all()


# Bibliography


@pytest.mark.parametrize("lesson", PLAN[1:])
def test_each_lesson_has_a_work_of_each_window(lesson, works):
    used = works[[lesson in lessons for lessons in works["lessons"]]]
    missing = set(WINDOWS) - set(used["window"].explode())
    assert not missing, f"lesson {lesson} has no work from: {', '.join(sorted(missing))}"


def test_addresses_are_public_web_addresses(works):
    for work, url in zip(works["work_id"], works["url"], strict=True):
        assert re.match(r"https?://[^/\s]+\.[^/\s]+", url), work
        assert not NOT_PUBLIC.search(url), f"{work}: {url} is not an address for readers"


def test_a_work_with_a_doi_has_its_address(works):
    known = works[works["doi"].notna()]
    assert not known.empty
    assert (known["url"] == "https://doi.org/" + known["doi"]).all()
    assert known["doi"].is_unique
    assert not works[works["doi"].isna()]["url"].str.contains("doi.org").any()


def test_the_host_of_a_copy_is_named_where_its_address_is_given(works):
    copies = works[works["seen"].str.contains(r"copy at \S+\.\w+, whose address", regex=True)]
    assert not copies.empty
    for work, seen, url in zip(copies["work_id"], copies["seen"], copies["url"], strict=True):
        host = re.search(r"copy at (\S+\.\w+), whose address", seen)[1]
        assert host in url, work


# Glossary


def test_terms_are_unique_in_any_spelling(words):
    for column in ["term_id", "term"]:
        assert words[column].str.casefold().is_unique
    assert words["chinese"].dropna().is_unique
    assert words["definition"].is_unique


def test_definitions_are_short(words):
    for term, text in zip(words["term"], words["definition"], strict=True):
        assert len(text.split()) <= LONGEST_DEFINITION, term
        assert len(re.findall(r"[.!?](?:\s|$)", text)) in range(1, MOST_SENTENCES + 1), term
        assert text.endswith("."), term


def test_a_definition_follows_a_work_or_is_our_own(words):
    assert (words["work_id"].isna() == (words["origin"] == "own definition")).all()


def test_the_section_words_of_lesson_2_is_found():
    text = section("02_a_long_timeline", "Words")
    assert len(DEFINED_IN_WORDS.findall(text)) == text.count("**") // 2 > 0
    entries = defined("02_a_long_timeline")
    assert ("Periodisation", "分期") in entries
    assert {"Record", "event", "source"} <= {word for word, _ in entries}


@pytest.mark.parametrize(("word", "chinese"), defined("02_a_long_timeline"))
def test_a_word_that_lesson_2_defines_is_in_the_glossary(word, chinese, words):
    row = words[words["term"].str.casefold() == word.casefold()]
    assert len(row) == 1, f"{word!r} is not a term of data/glossary.csv"
    assert pd.isna(row["chinese"].item()) if chinese is None else row["chinese"].item() == chinese
    assert row["lesson"].item() <= "02"
