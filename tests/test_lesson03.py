"""Lesson 03: its numbers come out another way, its widget shows what the table says, its checks
tell wrong ideas apart.

The numbers are computed here from the files as text, without pandas and without the course's code.
"""

import re
from datetime import date

import nbformat
import pandas as pd
import pytest
from notebook_rules import ROOT, prose
from raw_tables import rows

from scidip import data
from scidip.figures import to_png
from scidip.questions import ____, check
from scidip.questions.engine import questions_of
from scidip.widgets import agreements

LESSON = nbformat.read(ROOT / "lessons" / "03_paper_promises.ipynb", as_version=4)
CELLS = {cell.id: cell for cell in LESSON.cells}
TEXT = "\n\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")
QUESTIONS = questions_of(3)


NETWORK = {(row["year"], row["measure"]): int(row["value"]) for row in rows("st_network")}
SERIES = rows("series/st_agreements")
LIFE = rows("agreement_life")


def printed(cell_id):
    return "".join(output.get("text", "") for output in CELLS[cell_id].outputs)


def pairs(letters):
    """An answer to exercise 3.1: a letter for a, for b and so on."""
    return dict(zip("abcde", letters, strict=False))


@pytest.fixture(autouse=True)
def not_strict(monkeypatch):
    monkeypatch.delenv("SCIDIP_STRICT", raising=False)


# --- Numbers ------------------------------------------------------------------------------------


def test_the_five_bars_are_those_of_one_report():
    report = {measure: value for (year, measure), value in NETWORK.items() if year == "2017"}
    named = dict(
        re.findall(
            r"(partner countries and regions|agreements|offices abroad|hosts of these offices|"
            r"science diplomats): (\d+)",
            " ".join(printed("picture-words").split()),
        )
    )
    assert {name: int(value) for name, value in named.items()} == {
        "partner countries and regions": report["partner_countries_regions"],
        "agreements": report["agreements"],
        "offices abroad": report["st_offices_abroad"],
        "hosts of these offices": report["host_countries"],
        "science diplomats": report["st_diplomats"],
    }
    distances = sorted(abs(value - 144) for value in report.values())
    assert distances[0] == 2  # no bar is 144; the one nearest is 146


def test_144_stands_between_two_counts_of_persons():
    ordered = sorted((value, measure) for (_, measure), value in NETWORK.items())
    below = max(pair for pair in ordered if pair[0] < 144)
    above = min(pair for pair in ordered if pair[0] > 144)
    assert (below, above) == ((141, "st_diplomats"), (146, "st_diplomats"))
    hosts = [value for value, measure in ordered if measure == "host_countries"]
    assert hosts == [45, 46, 47]
    assert all(0.3 < host / 144 < 0.34 for host in hosts)  # about a third
    assert not any(row["value"] == "144" for row in SERIES)  # no page gives it


def test_changes_and_ratio_are_those_of_the_table():
    said = printed("compare-pivot")
    for measure in ("agreements", "partner_countries_regions"):
        old, new = NETWORK["2010", measure], NETWORK["2023", measure]
        assert f"{measure} since 2010: {new - old} more, {100 * (new - old) / old:.1f} per" in said
    ratio = NETWORK["2009", "st_offices_abroad"] / NETWORK["2009", "host_countries"]
    assert f"offices per host in 2009: {ratio:.2f}" in said


def test_days_are_counted_from_ends_of_terms():
    days = (date(2024, 12, 13) - date(2023, 8, 27)).days
    assert printed("life-days").startswith(f"{days} days from the end of the term")
    assert f"In these {days} days" in CELLS["life-texts"].source
    # Both are known to the day: the one as the end of a term, the other as a signature.
    stretch = next(row for row in LIFE if row["ends"] == "2023-08-27")
    assert stretch["act"] == "amended and extended by five years"
    events = {row["event_id"]: row for row in rows("events")}
    assert events["2024-12-13-sta-protocol-2024"]["date_precision"] == "day"
    for extension in ("2023-08-27-sta-first-six-month-extension",
                      "2024-02-27-sta-second-six-month-extension"):  # fmt: skip
        assert events[extension]["date_precision"] == "month"
    assert "we know the month only, not the day of signature" in prose(CELLS["life-notes"])


def test_the_audit_counts_are_those_of_the_file():
    years = [int(row["year"]) for row in SERIES]
    assert printed("audit-numbers") == (
        f"{len(SERIES)} figures, from {min(years)} to {max(years)}\n"
        "0 counts of diplomats after 2017\n"
    )
    of_posts = {"st_diplomats", "st_offices_abroad", "host_countries"}
    assert {int(row["year"]) for row in SERIES if row["measure"] in of_posts} == {2009, 2010, 2017}


def test_the_cards_and_kinds_are_those_that_the_text_names():
    shown = CELLS["case-cards"].outputs[0].data["text/plain"]
    ids = re.findall(r"^card_id: (\w+);", shown, flags=re.MULTILINE)
    named = re.findall(r"`([a-z]+\d{4})`", CELLS["case-notes"].source)
    assert sorted(ids) == sorted(named) and len(ids) == 6
    assert shown.count("kind: official claim") == shown.count("kind: study") == 3
    windows = [row["window"] for row in rows("cards") if row["card_id"] in ids]
    assert {window.split(" (")[0] for window in windows} == {
        "China", "India", "United States", "European Union", "Argentina",
    }  # fmt: skip


def test_the_verdicts_are_those_of_the_table_of_claims():
    claims = {row["claim_id"]: row for row in rows("article_claims")}
    lines = [line for line in TEXT.splitlines() if line.startswith('| "')]
    found = {}
    for line in lines:
        fragment, claim_id = re.search(r'"([^"]+)" \(`(S\d+)`\)', line).groups()
        found[claim_id] = line.split("|")[-2].strip()
        assert fragment == claims[claim_id]["fragment"] and len(fragment.split()) < 15
    settled = {row["claim_id"] for row in claims.values() if row["settled_lesson"] == "03"}
    assert set(found) == settled == {"S09", "S13", "S14"}
    for claim_id, verdict in found.items():
        assert verdict.startswith(claims[claim_id]["verdict"].replace("_", " "))
        code = f'Ledger().settle("{claim_id}", "{claims[claim_id]["verdict"]}")'
        assert code in CELLS["verdicts"].source


def test_the_verdict_on_s13_answers_who_is_said_to_have_stopped():
    """The article's sentence goes on with an accusation against one state."""
    claims = {row["claim_id"]: row for row in rows("article_claims")}
    assert "China stopped renewing the agreement: no page that we read" in claims["S13"]["note"]
    line = next(line for line in TEXT.splitlines() if "(`S13`)" in line and line.startswith("|"))
    assert "by both in 2018" in line
    assert "adds that China stopped renewing: no page that we read says so" in line
    stretches = {row["begins"]: row for row in LIFE}
    assert stretches["2018"]["act"] == "amended and extended by five years"
    assert stretches["2024-08-27"]["act"] == "no extension signed"
    assert stretches["2024-08-27"]["ends"] == "2024-12-13"
    assert "From August to December 2024 no extension was in force" in line
    event = next(
        row for row in rows("events") if row["event_id"] == "2016-04-sta-one-year-extension"
    )
    assert "change of government in Washington" in event["summary"]
    assert "change of government in Washington" in prose(CELLS["life-notes"])
    assert "one source, Chinese state media" in prose(CELLS["life-notes"])
    assert event["note"].startswith("One source only")


def test_each_claim_is_noted_before_it_is_settled():
    for claim_id in ("S09", "S13", "S14"):
        line = f'Ledger().note("{claim_id}", kind="fact", confidence=50)'
        assert line in CELLS["before"].source
        assert TEXT.index(line) < TEXT.index(f'Ledger().settle("{claim_id}"')


def test_a_break_is_marked_where_growth_is_asked():
    labels = QUESTIONS["3.3"].labels(data.load("events"))
    assert [letter for letter, label in labels.items() if "regions and bodies too" in label] == [
        "C"
    ]


def test_words_have_the_wording_of_the_glossary_and_are_bold_where_they_first_stand():
    terms = {row["term"]: row["definition"] for row in rows("glossary") if row["lesson"] == "03"}
    section = TEXT.partition("## Words")[2].partition("\n## ")[0]
    found = dict(re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", section, flags=re.MULTILINE))
    assert {term: text[0].upper() + text[1:] for term, text in found.items()} == terms
    before = TEXT.partition("## Words")[0]
    for term in terms:
        for word in re.sub(r" \(.*\)", "", term).split(", "):
            assert re.search(rf"\*\*{word}\*\*", before, flags=re.IGNORECASE), word


# --- Widget -------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", sorted({row["measure"] for row in SERIES}))
def test_every_measure_is_drawn_with_all_its_figures_and_notes(measure):
    figure = agreements.plot_measure(measure, compare=144)
    here = [row for row in SERIES if row["measure"] == measure]
    first, *others = figure.alt.splitlines()
    for row in here:
        assert f"{int(row['value']):,} ({row['period']})" in first
        assert not row["note"] or any(line.endswith(row["note"]) for line in others)
    nearest = min(abs(int(row["value"]) - 144) for row in here)
    assert f": {nearest:,} " in others[0]
    ax = figure.axes[0]
    marks = [line for line in ax.lines if line.get_marker() == "s"]
    assert [mark.get_ydata()[0] for mark in marks] == [
        int(row["value"]) for row in sorted(here, key=lambda row: row["period"])
    ]
    assert sum(mark.get_markerfacecolor() == "white" for mark in marks) == sum(
        bool(row["note"]) for row in here
    )
    assert ax.get_ylim()[0] == 0
    assert ax.get_title(loc="left").lower() == here[0]["unit"].lower()
    low, high = ax.get_xlim()
    assert all(low < mark.get_xdata()[0] < high for mark in marks)


def test_a_line_beside_a_note_is_dotted():
    ax = agreements.plot_measure("host_countries").axes[0]
    assert [line.get_linestyle() for line in ax.lines if len(line.get_xdata()) == 2] == ["-", ":"]


def test_the_switcher_follows_its_controls():
    switcher = agreements.unit_switcher()
    measures = [value for _, value in switcher.controls["measure"].options]
    assert measures == list(dict.fromkeys(row["measure"] for row in SERIES))
    before = to_png(switcher.figure)
    switcher.set(measure="st_diplomats")
    assert "Nearest to 144 is 146 (2017-01-13): 2 more." in repr(switcher)
    assert to_png(switcher.figure) != before
    switcher.set(compare=0)
    assert "144" not in repr(switcher)
    assert switcher.controls["compare"].label == "nothing"  # the list shows what is chosen
    switcher.set(measure="agreement_partner_countries")
    assert "99 (2009-07-23), 97 (2009-09-30)" in repr(switcher)
    assert "It conflicts with the 97" in switcher.children[2].value
    with pytest.raises(ValueError, match="does not take 'embassies'"):
        switcher.set(measure="embassies")


def test_a_number_is_compared_in_words():
    assert ": the same." in agreements.plot_measure("st_diplomats", compare=141).alt
    assert ": 97 less." in agreements.plot_measure("host_countries", compare=144).alt
    with pytest.raises(ValueError, match=r"no measure 'embassies'; the measures are partner_c"):
        agreements.plot_measure("embassies")


def test_every_stretch_has_its_state_in_words_and_a_filling_of_its_own():
    figure = agreements.plot_life()
    ax = figure.axes[0]
    assert [text.get_text() for text in ax.texts] == [row["state"] for row in LIFE]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        f"{row['begins']} to {row['ends']}" for row in LIFE
    ]
    for row in LIFE:
        assert f"{row['begins']} to {row['ends']}: {row['state']}" in figure.alt
        assert row["act"] in figure.alt
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert set(legend) == {row["state"] for row in LIFE} | {"term still to run"}
    looks = [tuple(map(str, look.items())) for look in agreements.STATES.values()]
    hatches = {look.get("hatch") for look in agreements.STATES.values()}
    assert len(set(looks)) == len(hatches) == 3


def test_a_bar_covers_only_the_time_that_is_certain():
    ax = agreements.plot_life().axes[0]
    bars = {round(bar.get_y() + bar.get_height() / 2): bar for bar in reversed(ax.patches)}
    lines = {line.get_ydata()[0]: line.get_xdata() for line in ax.lines}
    unknown = next(place for place, row in enumerate(LIFE) if row["state"] == "not known")
    bar = bars[unknown]  # from April 2017 to some day in 2018
    assert 2017.3 < bar.get_x() < 2017.4
    assert bar.get_x() + bar.get_width() == pytest.approx(2018, abs=0.01)
    assert lines[unknown][0] == pytest.approx(2017.25, abs=0.01)
    assert lines[unknown][1] == pytest.approx(2019, abs=0.01)
    lapse = next(place for place, row in enumerate(LIFE) if row["state"].startswith("lapsed"))
    days = (date(2024, 12, 13) - date(2024, 8, 27)).days
    assert bars[lapse].get_width() * 365.25 == pytest.approx(days, abs=0.1)


@pytest.mark.parametrize(
    ("first", "last"), [(1979, 2029), (2017, 2017), (2023, 2024), (2000, 2000)]
)
def test_the_years_choose_the_stretches(first, last):
    figure = agreements.plot_life(first, last)
    here = [row for row in LIFE if int(row["ends"][:4]) >= first and int(row["begins"][:4]) <= last]
    assert len(figure.alt.splitlines()) == 1 + len(here)
    assert all((row["note"] in figure.alt) == (len(here) <= 5) for row in here)


def test_the_life_follows_its_controls_in_either_order():
    life = agreements.life_explorer()
    life.set(first_year=2024, last_year=2023)
    assert "from 2023 to 2024" in repr(life)
    assert "The day of signature is not known." in repr(life)
    assert ">2024-08-27 to 2024-12-13: lapsed, later counted back;" in life.children[2].value
    for years in ((2024, 2023), (1978, 2000), (2000, 2030)):
        with pytest.raises(ValueError, match="are not a span within 1979 to 2029"):
            agreements.plot_life(*years)


def test_the_lesson_stores_the_opening_pictures():
    for cell_id in ("explore-units", "explore-life"):
        output = CELLS[cell_id].outputs[0]
        assert output.data["image/png"] and output.metadata["image/png"]["alt"]
        assert printed(f"{cell_id}-words").split() == output.data["text/plain"].split()


# --- Exercises ----------------------------------------------------------------------------------


def test_right_answers_come_out_another_way():
    assert list(QUESTIONS) == [f"3.{number}" for number in range(1, 10)]
    events = data.load("events")
    right = {n: q.accepted(events) for n, q in QUESTIONS.items() if q.accepted}
    units = {
        (row["measure"], row["unit"])
        for row in SERIES
        if row["source_id"] in ("xinhua2025", "scio2025")
    }
    labels, options = QUESTIONS["3.1"].labels(events), QUESTIONS["3.1"].options(events)
    assert labels == {"a": "119", "b": "more than 60", "c": "more than 160",
                      "d": "nearly 4,000", "e": "over 70"}  # fmt: skip
    for label, letters in right["3.1"].items():
        [letter] = letters
        number = re.sub(r"\D", "", labels[label])
        assert (next(r["measure"] for r in SERIES if r["period"] == "2025-09-18"
                     and r["value"] == number), options[letter]) in units  # fmt: skip
    assert right["3.2"] == 2.09 == round(146 / 70, 2)
    growth = {
        letter: NETWORK["2017", measure] / NETWORK["2009", measure]
        for letter, measure in zip(
            "ABCD",
            ["partner_countries_regions", "st_offices_abroad", "host_countries", "st_diplomats"],
            strict=True,
        )
    }
    assert right["3.3"] == {max(growth, key=growth.get)}
    assert right["3.5"] == (date(2024, 12, 13) - date(2024, 8, 27)).days == 108
    limits = {"b": NETWORK["2017", "host_countries"], "d": NETWORK["2017", "st_offices_abroad"]}
    assert right["3.7"] == {label for label, most in limits.items() if most < 144} | {"h"}


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("3.1", pairs("FABED"), "b does not count laboratories"),
        ("3.1", pairs("FDBCA"), "d does not count persons"),
        ("3.1", pairs("BDFEA"), "too small for the partners"),
        ("3.1", pairs("EDBFA"), "a does not go with E"),
        ("3.1", pairs("FD"), "c, d and e are not in your dictionary yet"),
        ("3.1", "FDBEA", "Write a dictionary"),
        ("3.2", 70 / 146, "offices per diplomat"),
        ("3.2", 208.57, "multiplied by 100"),
        ("3.2", 76, "the difference"),
        ("3.2", 131 / 62, "ratio of 2009"),
        ("3.2", 141 / 69, "ratio of 2010"),
        ("3.2", 146 / 47, "host more than one office"),
        ("3.2", 2.08, "do not cut off"),
        ("3.2", 2.1, "one place"),
        ("3.2", 146 // 70, "whole number"),
        ("3.2", 1.49, "Divide the diplomats"),
        ("3.2", "2.09", "take the quotation marks away"),
        ("3.3", "D", "gained most in number"),
        ("3.3", "E", "one of the letters"),
        ("3.4", "A", "do not show it"),
        ("3.4", "D", "mean of two units"),
        ("3.5", pd.Timedelta(days=108), "write .days"),
        ("3.5", date(2024, 12, 13) - date(2024, 8, 27), "write .days"),
        ("3.5", pd.Timestamp("2024-12-13"), "This is one day"),
        ("3.5", 109, "One too many"),
        ("3.5", 107, "One too few"),
        ("3.5", -108, "below zero"),
        ("3.5", 106, "thirty days"),
        ("3.5", 291 - 1, "began on 27 February 2024"),
        ("3.5", 474, "began on 27 August 2023"),
        ("3.5", 4, "looks like months"),
        ("3.5", 100, "later day minus the earlier day"),
        ("3.6", "A", "extension of the one of 1979"),
        ("3.6", "B", "nobody could know"),
        ("3.6", "C", "not a ban"),
        ("3.7", ["a", "f"], "nearest to the claim"),
        ("3.7", ["b", "d"], "one verdict"),
        ("3.7", ["d", "h"], "every row"),
        ("3.7", ["b", "h"], "at most"),
        ("3.7", ["b", "d", "g"], "a middle between two units"),
        ("3.7", ["b", "d", "f"], "exact and wrong"),
        ("3.7", ["a", "b", "d", "h"], "it counts persons"),
        ("3.7", ["b", "c", "d", "h"], "not places with an embassy office"),
        ("3.7", ["b", "d", "e", "h"], "it counts signed agreements"),
        ("3.7", ["h"], "without a row"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words.lower() in outcome.message.lower()


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("3.1", pairs("fdbea")), ("3.2", 146 / 70), ("3.2", 2.09),
        ("3.3", "b"), ("3.4", ["C"]), ("3.5", 108.0), ("3.6", " d "), ("3.7", {"h", "d", "b"}),
        ("3.7", "b, d and h"),
    ],
)  # fmt: skip
def test_the_form_of_a_right_answer_does_not_matter(number, answer):
    assert check(number, answer).status == "correct"


def test_an_open_length_of_time_is_a_blank():
    assert check("3.5", ____.days).status == "not tried yet"


def test_no_table_of_an_exercise_prints_a_solution():
    path = ROOT / "exercises" / "03_paper_promises_exercises.ipynb"
    text = "\n".join(
        str(output.get("text", "")) + str(output.get("data", ""))
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    assert "2.09" not in text and "108" not in text and "12.9" not in text
    assert text.count("not tried yet") == 2 * 7  # seven checks, each in words and as HTML
