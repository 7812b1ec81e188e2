"""What lesson 02 says about its tables is recomputed here, by another way than in the lesson."""

import re

import nbformat
import pytest
from notebook_rules import ROOT, prose

from scidip.data import load
from scidip.timeline import TOURS

LESSON = nbformat.read(ROOT / "lessons" / "02_a_long_timeline.ipynb", as_version=4)
EVENTS = load("events").sort_values("first_day", kind="stable").set_index("event_id")
MOST_WORDS = 2000


def text(cell_id):
    return next(cell.source for cell in LESSON.cells if cell.id == cell_id)


def output(cell_id):
    cell = next(cell for cell in LESSON.cells if cell.id == cell_id)
    return "".join(entry.get("text", "") for entry in cell.outputs)


def saying(words):
    """The records whose title or summary holds a pattern, the oldest first."""
    texts = EVENTS["title"] + " " + EVENTS["summary"]
    return EVENTS[texts.str.contains(words, flags=re.IGNORECASE, regex=True)]


def test_it_stays_short():
    texts = [prose(cell) for cell in LESSON.cells if cell.cell_type == "markdown"]
    words = [word for part in texts for word in part.split() if re.search(r"\w", word)]
    assert 1200 <= len(words) <= MOST_WORDS


@pytest.mark.parametrize(
    ("first", "year", "records"),
    [
        ("1950-09-first-students-eastern-europe", 1950, EVENTS),
        ("1952-china-czechoslovakia-st-agreement", 1952, saying("sign an? .*agreement")),
        (
            "1952-germ-warfare-commission-needham", 1952,
            EVENTS[["science_in_diplomacy" in cell for cell in EVENTS["aspects"]]],
        ),
        ("1957-pugwash-zhou-peiyuan", 1957, saying("pugwash")),
        ("2018-03-28-big-science-plan", 2018, saying("'scientific diplomacy'")),
    ],
)  # fmt: skip
def test_a_beginning_is_the_earliest_in_the_table(first, year, records):
    assert records.index[0] == first
    assert EVENTS.loc[first, "year"] == year
    assert f": {year}, " in text("answer")


def test_help_that_a_partner_asked_for_begins_in_1962_with_two_records():
    """One of the two has no day, so the lesson does not say which came first."""
    asked = saying("at the request of|asked beijing|asked other states for help")
    assert set(asked.index[:2]) == {
        "1962-medical-group-sukarno",
        "1962-04-06-tea-specialists-guinea",
    }
    assert EVENTS.loc["1962-medical-group-sukarno", "date_precision"] == "year"
    assert set(re.findall(r"`(1962-[a-z0-9-]+)`", text("answer"))) == set(asked.index[:2])


def test_all_three_aspects_begin_in_the_1950s():
    assert "All three aspects begin in the 1950s" in text("picture-notes")
    assert set(EVENTS[EVENTS["year"] < 1960]["aspects"].explode()) == {
        "diplomacy_for_science", "science_for_diplomacy", "science_in_diplomacy",
    }  # fmt: skip


def test_shares_that_are_said_in_words():
    friction = EVENTS[EVENTS["tone"] == "friction"]
    assert (load("sources")["kind"] == "news").mean() > 1 / 2
    assert sum("USA" in actors for actors in EVENTS["actors"]) > len(EVENTS) / 3
    assert sum("USA" in actors for actors in friction["actors"]) > len(friction) / 2
    for words in ("over half of them news", "Over a third of the records", "most of the friction"):
        assert words in text("audit-notes")


def test_the_comparison():
    late = EVENTS["year"] >= 1979
    friction = EVENTS["tone"] == "friction"
    for name, part in [("A", ~late), ("B", late)]:
        share = round(100 * (part & friction).sum() / part.sum())
        line = (
            f"{name} friction: {(part & friction).sum()} of {part.sum()} records, {share} percent"
        )
        assert line in output("explore-compare-words")
    assert friction[late].mean() > friction[~late].mean()
    assert late.sum() / len(range(1979, 2027)) > (~late).sum() / len(range(1950, 1979))


def test_the_tour_of_which_the_lesson_shows_the_first_view():
    key = re.search(r'explorer\.tour\("([^"]+)"\)', text("explore"))[1]
    first = TOURS[key].steps[0]
    assert (first.other.last_year, first.selection.first_year) == (1978, 1979)


def test_each_cut_is_a_record_of_the_actors_that_the_lesson_names():
    beijing, powers = (
        re.findall(r'"(\d[^"]+)"', part) for part in text("periods-cuts").split("powers =")[:2]
    )
    assert {EVENTS.loc[cut, "actors"] for cut in beijing} == {("CHN",)}
    assert {actor for cut in powers for actor in EVENTS.loc[cut, "actors"]} == {"CHN", "SUN", "USA"}
    assert f"{[int(EVENTS.loc[cut, 'year']) for cut in beijing]}" == "[1966, 1978, 2021]"
    assert "1966 to 1977" in output("periods-words")


def test_the_lines_for_the_ledger_run_and_settle_what_the_table_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for cell_id in ("before", "answer-notes"):
        exec(re.search(r"```python\n(.*?)```", text(cell_id), re.DOTALL)[1], {})
    said = capsys.readouterr().out
    verdicts = load("article_claims").set_index("claim_id").query("settled_lesson == '02'")
    assert not verdicts.empty
    for claim, verdict in verdicts["verdict"].items():
        assert f"{claim} is settled: {verdict}." in said
