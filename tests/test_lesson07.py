"""Lesson 07: the event overlay, the numbers of the prose, and wrong answers of our own."""

import re
from datetime import date

import pytest
from notebook_rules import ROOT
from raw_tables import one, rows

from scidip import data
from scidip.questions import check
from scidip.questions.engine import questions_of
from scidip.questions.lesson07 import ACTS, MAKERS, WINDOWS
from scidip.widgets.event_overlay import (
    EVENTS,
    MEASURES,
    WARNING,
    event_overlay,
    measure_of,
    overlay,
    pairs,
    plot_changes,
    records,
)

LESSON = ROOT / "lessons" / "07_science_under_rivalry.ipynb"
PAPERS = {
    (r["entity"], int(r["year"])): int(r["value"])
    for r in rows("series/copublications", source_id="openalex-bavla")
}
# The acts of bodies in China among the friction of the first picture, read one by one; one record
# tells of acts of both sides, one of a survey.
BY_CHINA = {
    "2022-08-05-china-suspends-climate-talks",
    "2023-07-03-gallium-germanium-controls",
    "2023-07-storm-0558-email-hack",
}
NEITHER_ALONE = {
    "2020-07-22-houston-chengdu-consulates",
    "2023-06-pnas-fears-chinese-american-scientists",
}


def change(entity, first, last):
    return 100 * (PAPERS[entity, last] / PAPERS[entity, first] - 1)


def highest(whole=None):
    years = range(1990, 2024)
    weight = {y: PAPERS["CHN-USA", y] / (PAPERS[whole, y] if whole else 1) for y in years}
    return max(weight, key=weight.get)


@pytest.fixture(scope="module")
def prose(prose):
    return {name: " ".join(text.split()) for name, text in prose.items()}


@pytest.fixture(scope="module")
def printed(printed):
    return {name: " ".join(text.split()) for name, text in printed.items()}


# --- The overlay --------------------------------------------------------------------------------


def test_the_pairs_are_those_of_the_table():
    in_table = {entity for entity, _ in PAPERS if "-" in entity}
    assert set(pairs()) == in_table
    assert next(iter(pairs())) == "CHN-USA"


def test_the_measures_are_counted_again():
    joint, china = PAPERS["CHN-USA", 2016], PAPERS["CHN", 2016]
    assert measure_of("CHN-USA", "number")[2016] == joint
    assert measure_of("CHN-USA", "share_of_china")[2016] == pytest.approx(100 * joint / china)
    share = measure_of("USA-IND", "share_of_usa")[2023]
    assert share == pytest.approx(100 * PAPERS["USA-IND", 2023] / PAPERS["USA", 2023])
    index = measure_of("CHN-GBR", "index", 2010)
    assert index[2010] == 100
    assert index[2023] == pytest.approx(100 + change("CHN-GBR", 2010, 2023))


def test_which_records_are_marked():
    for kind, tones in EVENTS.items():
        expected = set()
        for row in rows("events"):
            both = {"CHN", "USA"} <= set(row["actors"].split(";"))
            if row["tone"] in tones and both:
                expected.add(row["event_id"])
        found = records(kind, 1949, 2026)
        assert set(found["event_id"]) == expected
        assert found["mark"].tolist() == list(range(1, len(expected) + 1))
        assert found["year"].is_monotonic_increasing
    narrow = records("friction", 2019, 2019)
    assert narrow["event_id"].tolist() == [
        "2019-05-16-huawei-entity-list",
        "2019-06-07-doe-talent-program-ban",
    ]


@pytest.mark.parametrize("events", EVENTS)
@pytest.mark.parametrize("measure", MEASURES)
def test_the_figure_says_all_that_it_shows(measure, events):
    figure = overlay(compare="CHN-GBR", measure=measure, events=events)
    assert WARNING in figure.alt
    assert ("A mark stands in the year" in figure.alt) == (events != "none")
    ax = figure.axes[0]
    assert WARNING in ax.get_title(loc="left")
    chosen = records(events, 2010, 2023)
    for row in chosen.itertuples():
        assert f"\n{row.mark}: {row.date}, {row.title}" in figure.alt
    drawn = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert drawn == [str(mark) for mark in chosen["mark"]]
    figure.draw_without_rendering()
    for text in ax.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0
        assert box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
    missing = "No line: China and United Kingdom: United States is not in this pair."
    assert (missing in figure.alt) == (measure == "share_of_usa")


def test_tones_differ_without_colour():
    figure = overlay(events="all three tones")
    fills = {line.get_fillstyle() for line in figure.axes[0].lines if line.get_marker() == "o"}
    assert fills == {"full", "none", "left"}


def test_marks_do_not_change_the_lines():
    with_marks, without = overlay(), overlay(events="none")
    lines = [figure.axes[0].lines[0].get_ydata().tolist() for figure in (with_marks, without)]
    assert lines[0] == lines[1]
    assert max(with_marks.axes[0].get_yticks()) <= 1.1 * max(lines[0])


def test_the_change_is_said_in_the_right_unit():
    text = overlay(compare="CHN-GBR", first_year=2021, events="none").alt
    us, uk = change("CHN-USA", 2021, 2023), change("CHN-GBR", 2021, 2023)
    assert f"United States {us:+.1f} per cent; China and United Kingdom {uk:+.1f}" in text
    assert f"Difference: {us - uk:+.1f} percentage points." in text
    text = overlay(measure="share_of_china", first_year=2016, events="none").alt
    share = [100 * PAPERS["CHN-USA", y] / PAPERS["CHN", y] for y in (2016, 2023)]
    assert f"{share[1] - share[0]:+.1f} percentage points" in text
    assert "One year has no change." in overlay(first_year=2020, last_year=2020).alt
    assert "no change from zero" in overlay("CHN-ETH", first_year=1990, events="none").alt


def test_what_can_not_be_drawn_is_said():
    alone = overlay("CHN-GBR", measure="share_of_usa")
    assert alone.alt.splitlines()[1:] == [
        "No line: China and United Kingdom: United States is not in this pair."
    ]
    zero = overlay(compare="CHN-ETH", measure="index", base_year=1990, events="none")
    assert "China and Ethiopia have no joint paper in 1990" in zero.alt
    assert "China and United States: " in zero.alt


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"pair": "CHN-XXX"}, "no pair 'CHN-XXX'"),
        ({"compare": "DEU-FRA"}, "no pair 'DEU-FRA'"),
        ({"measure": "fame"}, "no measure 'fame'; they are number"),
        ({"base_year": 1950}, "base_year is 1950; it lies from 1990 to 2023"),
        ({"last_year": 2030}, "last_year is 2030"),
        ({"first_year": 2023, "last_year": 2010}, "ends before it begins"),
        ({"events": "wars"}, "no events 'wars'; the choices are friction"),
    ],
)
def test_what_does_not_exist_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        overlay(**arguments)
    with pytest.raises(ValueError, match="no pair 'CHN'"):
        plot_changes({"CHN": 1.0}, "Change", "Source: none.")


def test_the_controls_move_the_picture():
    widget = event_overlay()
    assert WARNING in repr(widget)
    widget.set(measure="number", pair="USA-IND", compare="", events="none")
    assert "United States and India" in repr(widget) and "No events are drawn" in repr(widget)
    widget.set(last_year=2015, first_year=2019)
    assert "Event overlay, 2015 to 2019." in repr(widget)
    widget.set(events="cooperation", measure="index", base_year=2016, compare="CHN-BRA")
    assert "2016 = 100" in repr(widget) and "cooperation." in repr(widget)
    assert WARNING in repr(widget)
    with pytest.raises(ValueError, match="does not take 'Mars'"):
        widget.set(pair="Mars")
    assert all(control.description for control in widget.controls.values())


# --- The numbers of the lesson ------------------------------------------------------------------


def test_the_first_picture(prose, printed):
    marks = records("friction", 2010, 2023)
    assert f"Marks: {len(marks)} records" in printed["picture-words"]
    before_fall = marks[marks["year"].isin([2018, 2019])]
    assert len(before_fall) == 7 and "below seven new marks" in prose["picture-notes"]
    assert PAPERS["CHN-USA", 2017] < PAPERS["CHN-USA", 2018] < PAPERS["CHN-USA", 2019]
    assert (marks["year"] >= 2018).sum() > len(marks) / 2
    by_us = set(marks["event_id"]) - BY_CHINA - NEITHER_ALONE
    assert len(by_us) > len(marks) / 2 and "Most marks of the first picture" in prose["audit-notes"]
    assert "artificial rise" in one("series_sources", source_id="openalex-bavla")["caveat"]


def test_the_six_cards(prose):
    names = re.findall(r'"([a-z]+20[0-9]{2})"', prose["case-cards"])
    six = [one("cards", card_id=name) for name in names]
    assert len(six) == 6 and {card["lesson"] for card in six} == {"07"}
    cut = [c["card_id"] for c in six if c["answer"].startswith("Politics cut")]
    assert cut == ["tang2021"] and "One: `tang2021`, an opinion." in prose["case-notes"]
    official = [c["card_id"] for c in six if c["kind"] == "official claim"]
    assert sorted(official) == ["istci2023", "kuna2024"]
    assert "Two are *official claims*" in prose["case-notes"]
    assert one("cards", card_id="istci2023")["says"].endswith("It names no country.")
    assert "only a pretext" in one("cards", card_id="istci2023")["says"]
    assert "reduce risks for US security" in one("cards", card_id="kuna2024")["says"]


def test_the_turning_points(prose, printed):
    notes = prose["turning-notes"]
    years = {"China's": highest("CHN"), "those": highest("USA"), "number": highest()}
    assert years == {"China's": 2016, "those": 2019, "number": 2020}
    for name, year in zip(
        ("share_of_china", "share_of_usa", "number"), years.values(), strict=True
    ):
        assert f"{name} is highest in {year}" in printed["turning-years"]
    share = {y: 100 * PAPERS["CHN-USA", y] / PAPERS["CHN", y] for y in range(2015, 2020)}
    of_usa = {y: 100 * PAPERS["CHN-USA", y] / PAPERS["USA", y] for y in range(2018, 2021)}
    for year, value in [*share.items(), *of_usa.items()]:
        assert f"{year}: {value:.1f}" in printed["turning-years"]
    # A highest year need not be a turn: what is called flat moves by less than 0.2 points.
    flat = [share[y] for y in (2015, 2016, 2017)]
    assert max(flat) - min(flat) < 0.2 and "nearly flat from 2015 to 2017" in notes
    falls = [y for y in range(2016, 2020) if share[y - 1] - share[y] > 1]
    assert falls == [2019] and "first fall of more than one point is that of 2019" in notes
    assert max(of_usa.values()) - min(of_usa.values()) < 0.2
    assert "The second line is flat from 2018 to 2020" in notes
    events = re.findall(r"`(20[0-9-]+[a-z0-9-]+)`", notes)
    assert len(events) == 2 and all(
        one("events", event_id=name)["date"] < "2019" for name in events
    )
    assert "go down from 2019, before the pandemic" in one("cards", card_id="wagnercai2022")["says"]


def test_the_comparison(prose, printed):
    us, germany = change("CHN-USA", 2021, 2023), change("CHN-DEU", 2021, 2023)
    assert f"2023: {us:.1f} per cent" in printed["compare-change"]
    assert f"{round(us, 1)} - {round(germany, 1)} = {us - germany:.1f}" in prose["compare-step"]
    groups = {g: us - change(g, 2021, 2023) for g in
              ("CHN-GBR", "CHN-DEU", "CHN-JPN", "USA-GBR", "USA-IND")}  # fmt: skip
    for group, gap in groups.items():
        said = re.search(rf"minus {group} = (-?[0-9.]+)", printed["compare-words"])[1]
        assert float(said) == pytest.approx(gap, abs=0.11)
    assert (max(groups, key=groups.get), min(groups, key=groups.get)) == ("USA-GBR", "USA-IND")
    assert max(groups.values()) < 0 and "from -5.9 points" in prose["compare-notes"]
    assert "to -46.3" in prose["compare-notes"]
    assert f"of the US: {change('USA', 2021, 2023):.1f}" in printed["compare-words"]
    assert "27 fields" in one("cards", card_id="wagner2026")["says"]
    assert "EU-28" in one("cards", card_id="wagnercai2022")["says"]


def test_windows_and_base_years(prose, printed):
    found = [change("CHN-USA", *years) for years in [(2016, 2020), (2016, 2023), (2021, 2023)]]
    said = "{:.1f}, {:.1f} and {:.1f} per cent".format(*found)
    assert said in prose["window-notes"]
    for base in (2010, 2016, 2021):
        us, germany = (100 + change(f"CHN-{code}", base, 2023) for code in ("USA", "DEU"))
        assert (
            f"Base {base} : in 2023 US {us:.1f} Germany {germany:.1f}" in printed["window-changes"]
        )


def test_rules_of_both_sides_rest_on_their_records(lesson):
    text = next(cell.source for cell in lesson.cells if cell.id == "rules")
    table = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(table) == 8
    events = {row["event_id"]: row for row in rows("events")}
    china = [line for line in table if line.startswith("| China")]
    assert len(china) == 3
    for line in table:
        ids = re.findall(r"`([0-9a-z-]+)`", line)
        assert ids and all(name in events for name in ids)
        assert any(events[name]["tone"] == "friction" for name in ids)
    law = next(line for line in table if "`2021-11-china-data-laws-research`" in line)
    record = events["2021-11-china-data-laws-research"]
    assert "Standing Committee of the National People's Congress" in record["organisations"]
    for purpose in ("protect rights in personal information", "promote its reasonable use"):
        assert purpose in record["summary"] and purpose in law
    visas = events["2025-05-28-us-chinese-student-visas"]["summary"]
    assert "Communist Party links or in 'critical fields'" in visas
    assert 'links to the Communist Party or "critical fields" (2025)' in text
    # The same word for the same kind of act of both sides, and no side's own name for it.
    names = ["2022-10-07-october-7-chip-controls", "2023-07-03-gallium-germanium-controls"]
    assert all("imposes export controls on" in events[name]["title"] for name in names)
    assert "countermeasures" not in text
    # Each cell is filled, on both sides, or says that the record has nothing.
    assert all(all(cell.strip() for cell in line.strip("|").split("|")) for line in table)
    loaded = ["excuse", "witch hunt", "spies", "so-called", "aggressive", "harmless", "decoupl"]
    assert not any(word in "\n".join(table).lower() for word in loaded)


def test_who_feels_it(prose):
    note = one("events", event_id="2023-06-pnas-fears-chinese-american-scientists")
    text = note["summary"] + note["note"]
    assert "1,304" in text and "72 per cent" in text and "Convenience sample" in text
    assert "comes from press reports" in text and "According to press reports" in prose["felt"]
    assert (
        "false statements and tax offences"
        in one("events", event_id="2020-01-28-charles-lieber")["summary"]
    )


def test_the_agreement(prose, printed):
    last = rows("agreement_life")[-1]
    gap = date.fromisoformat("2024-12-13") - date.fromisoformat("2024-08-27")
    assert f"no signed extension for {gap.days} days" in prose["life-notes"]
    assert f"Without a signed extension: {gap.days} days" in printed["life-words"]
    assert "2024-08-27 to 2024-12-13: lapsed" in printed["life-words"]
    assert last["ends"] == "2029-08-27" and "until the middle of 2026" in last["note"]
    assert "2024-12-13 to 2029-08-27: in force, term still to run" in printed["life-words"]
    assert "until the beginning of July 2026" in prose["life-notes"]
    assert "no limits on fields" in one("cards", card_id="xinhua2024")["says"]
    assert "basic research only" in one("cards", card_id="kuna2024")["says"]


def test_the_audit(printed):
    found = [len(records(tone, 1949, 2026)) for tone in ("friction", "cooperation")]
    late = int((records("friction", 1949, 2026)["year"] >= 2018).sum())
    text = printed["audit-numbers"]
    assert f"{found[0]} records of friction" in text and f"{late} of them" in text
    assert f"{found[1]} records of cooperation" in text


def test_the_verdicts_are_those_of_the_table(lesson):
    source = next(cell.source for cell in lesson.cells if cell.id == "claims")
    settled = {r["claim_id"]: r for r in rows("article_claims", settled_lesson="07")}
    assert set(settled) == {"S15", "S16"}
    before = next(cell.source for cell in lesson.cells if cell.id == "before")
    for claim_id, row in settled.items():
        assert f'settle("{claim_id}", "{row["verdict"]}")' in source
        assert f'note("{claim_id}"' in before
        line = next(x for x in source.splitlines() if x.startswith(f"| `{claim_id}`"))
        assert row["verdict"].replace("_", " ") in line
        fragment = line.split("|")[1].partition("` ")[2].strip()[1:-1]
        assert fragment in row["fragment"] and len(fragment.split()) < 15


def test_the_words_are_those_of_the_glossary(lesson):
    cells = {cell.id: cell.source for cell in lesson.cells}
    glossary = {r["term"]: r["definition"] for r in rows("glossary")}
    text = cells["key-points"].partition("## Words")[2].partition("## Sources")[0]
    entries = re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", text, flags=re.MULTILINE)
    assert len(entries) == 7
    for term, definition in entries:
        assert definition.casefold() == glossary[term].casefold(), term
        bold = [k for k, s in cells.items() if f"**{term.lower()}**" in s.lower()]
        assert bold[0] != "key-points", f"{term} is not bold where it first stands"


# --- The exercises ------------------------------------------------------------------------------


def abc(letters):
    return dict(zip("abcdef", letters, strict=False))


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("7.1", abc("AAAAAA"), "one measure to all"),
        ("7.1", abc("ADABED"), "Weight in a whole is no number"),
        ("7.1", abc("DDABED"), "one state is named"),
        ("7.1", abc("CAABED"), "not the most papers"),
        ("7.1", abc("CDBBED"), "the fall begins earlier"),
        ("7.1", abc("CDAAED"), "Who says 2019?"),
        ("7.1", abc("CDAEED"), "names no cause"),
        ("7.1", abc("CDABAD"), "Does it say why?"),
        ("7.1", abc("CDABBD"), "e does not go with B"),
        ("7.1", abc("CDABEC"), "that share became smaller"),
        ("7.1", abc("CDABEX"), "one of the letters"),
        ("7.2", -13.4, "one pair alone"),
        ("7.2", 22.1, "comparison group alone"),
        ("7.2", 8.7, "You added"),
        ("7.2", 35.5, "the other way round"),
        ("7.2", -35.36, "China-Germany"),
        ("7.2", -0.3546, "This is a fraction"),
        ("7.2", -16783, "These are papers"),
        ("7.2", -36, "whole points at the end"),
        ("7.2", -35, "Keep one decimal"),
        ("7.2", -23.7, "the years of the lesson"),
        ("7.2", -30, "Compute the change of each pair"),
        ("7.2", "-35,5", "a point before the decimals"),
        ("7.3", "A", "in all these states"),
        ("7.3", "B", "did all of them fall"),
        ("7.3", "D", "growth of research inside China"),
        ("7.4", abc("ABC"), "in their order"),
        ("7.4", abc("BAD"), "more growth than a third"),
        ("7.4", abc("DAC"), "begins at the highest number"),
        ("7.4", abc("CDA"), "lower at the end"),
        ("7.4", abc("CBD"), "grew a good deal"),
        ("7.4", abc("CAB"), "this window shows growth"),
        ("7.5", abc("AEADBF"), "Did it make it?"),
        ("7.5", abc("AAADAD"), "each state one maker"),
        ("7.5", abc("CCADBF"), "this was no law"),
        ("7.5", abc("CECDBF"), "Congress passed no law that day"),
        ("7.5", abc("CEAFBF"), "Does either of them pass laws?"),
        ("7.5", abc("CEADDF"), "who answered later"),
        ("7.5", abc("CEADCF"), "the rule was its own"),
        ("7.5", abc("CEADBD"), "another adopted it"),
        ("7.5", abc("CEADBC"), "Of which state?"),
        ("7.6", "A", "Nobody in China was asked"),
        ("7.6", "C", "from those who answered to all"),
        ("7.6", "D", "asked once"),
        ("7.7", lambda pair, year, base: 144.4, "another is not"),
        ("7.7", lambda pair, year: 1, "TypeError"),
        ("7.7", lambda pair, year, base: "100.0", "Return a number, with at least one decimal."),
        ("7.7", 144.4, "This is not a function"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words in outcome.message


def test_index_by_wrong_and_by_right_ways():
    def value(pair, year, base):
        return 100 * PAPERS[pair, year] / PAPERS[pair, base]

    said = {
        "the wrong way round": lambda pair, year, base: value(pair, base, year),
        "This is the fraction": lambda pair, year, base: value(pair, year, base) / 100,
        "the base year is 100, not 0": lambda pair, year, base: value(pair, year, base) - 100,
        "Your base year is fixed": lambda pair, year, base: value(pair, year, 2016),
        "takes one pair": lambda pair, year, base: value("CHN-USA", year, base),
        "You rounded to whole numbers": lambda p, y, b: round(value(p, y, b)),
        "cut off the decimals": lambda p, y, b: int(value(p, y, b)),
        "It needs no if": lambda pair, year, base: value(pair, max(year, base), base),
    }
    for words, function in said.items():
        outcome = check("7.7", function)
        assert outcome.status == "not yet" and words in outcome.message
    assert check("7.7", value).status == "correct"
    assert check("7.7", lambda p, y, b: round(value(p, y, b), 1)).status == "correct"


def test_right_answers_are_accepted():
    exact = change("CHN-USA", 2020, 2023) - change("CHN-GBR", 2020, 2023)
    for right in (exact, round(exact, 1), -35.46, -13.4 - 22.1):
        assert check("7.2", right).status == "correct"
    assert check("7.1", abc("CDABED")).status == "correct"
    assert check("7.3", "c").status == "correct"
    assert check("7.6", "B").status == "correct"


def test_each_headline_fits_one_window_and_one_window_is_left():
    found = {letter: change("CHN-USA", *years) for letter, years in WINDOWS.items()}
    story = {
        "a": [x for x, c in found.items() if 25 < c < 33.3],
        "b": [x for x, c in found.items() if -2 < c < 2],
        "c": [x for x, c in found.items() if c < -10],
    }
    assert all(len(letters) == 1 for letters in story.values())
    answer = {label: letters[0] for label, letters in story.items()}
    assert check("7.4", answer).status == "correct"
    assert len(set(answer.values())) == 3


def test_the_makers_stand_in_the_records():
    word = {
        "A": ("Department",),
        "B": ("NeurIPS Foundation",),
        "C": ("US Congress",),
        "D": ("Ministry",),
        "E": ("White House",),
        "F": ("Standing Committee of the National People's Congress",),
    }
    for event_id, maker, _ in ACTS.values():
        organisations = one("events", event_id=event_id)["organisations"]
        assert any(part in organisations for part in word[maker])
    assert set(word) == set(MAKERS)
    answer = {label: maker for label, (_, maker, _) in ACTS.items()}
    assert check("7.5", answer).status == "correct"


def test_the_right_answers_follow_the_data(monkeypatch):
    """With other papers in 2023, other answers are right."""
    papers = data.load("series/copublications")
    rows_of = (papers["entity"] == "CHN-USA") & (papers["year"] == 2023)
    papers.loc[rows_of, "value"] = 84025
    real = data.load_shared
    monkeypatch.setattr(
        data, "load_shared", lambda name: papers if name == "series/copublications" else real(name)
    )
    assert check("7.2", -35.5).status == "not yet"
    assert check("7.2", -change("CHN-GBR", 2020, 2023)).status == "correct"
    assert check("7.4", abc("CAD")).status == "not yet"


def test_messages_do_not_give_the_answer_away():
    question = questions_of(7)["7.2"]
    assert not any("35." in known.message for known in question.known)
    survey = one("events", event_id="2023-06-pnas-fears-chinese-american-scientists")["summary"]
    assert "1,304 US academics of Chinese descent" in survey and "72 per cent" in survey
