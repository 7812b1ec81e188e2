"""Lesson 08: the maps, the four windows, the numbers of the prose, and wrong answers of our own."""

import itertools
import re

import matplotlib.colors
import numpy as np
import pytest
from notebook_rules import ROOT
from raw_tables import one, rows

from scidip import data, worldmap
from scidip.questions import check
from scidip.questions.engine import questions_of
from scidip.widgets import four_windows as module
from scidip.widgets.four_windows import (
    CASES,
    EMPTY,
    WINDOWS,
    empty_windows,
    four_windows,
    plot_windows,
    reading_list,
    voices,
)
from scidip.worldmap import PLACES, places, plot_antarctica, plot_places

LESSON = ROOT / "lessons" / "08_seen_from_elsewhere.ipynb"
EVENTS = data.load("events")


@pytest.fixture(scope="module")
def printed(printed):
    return {name: " ".join(text.split()) for name, text in printed.items()}


# --- The outlines and the maps ------------------------------------------------------------------


def test_the_outlines_are_closed_shapes_on_the_globe():
    rings = {}
    for row in rows("coastline"):
        rings.setdefault(int(row["ring"]), []).append(row)
    assert list(rings) == list(range(1, len(rings) + 1))
    for ring in rings.values():
        assert [int(row["order"]) for row in ring] == list(range(1, len(ring) + 1))
        points = [(float(row["longitude"]), float(row["latitude"])) for row in ring]
        assert len(set(points)) >= 3
        # No line runs across the whole map, save along its lower edge, below Antarctica.
        for (x, y), (to_x, to_y) in itertools.pairwise([*points, points[0]]):
            assert abs(x - to_x) < 180 or y == to_y == -90


@pytest.fixture(scope="module")
def outlines():
    rings = {}
    for row in rows("coastline"):
        rings.setdefault(row["ring"], []).append((float(row["longitude"]), float(row["latitude"])))
    return list(rings.values())


@pytest.fixture(scope="module")
def world():
    """The map, and its pixels."""
    figure = plot_places(places(), "Map", "Source: none.")
    figure.canvas.draw()
    return figure, np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3] / 255


@pytest.mark.parametrize(
    ("longitude", "latitude", "land"),
    [
        (116, 38, True), (18, 15, True), (-64, -28, True), (134, -25, True), (0, -85, True),
        (178, 67, True), (-178, 67.5, True), (-40, 72, True), (51, 42, False), (-30, 0, False),
        (170, 40, False), (80, -20, False),
    ],
)  # fmt: skip
def test_land_and_sea_lie_where_they_are(longitude, latitude, land, outlines, world):
    """North China, Chad and so on are land; the Caspian Sea and the oceans are not."""
    # Crossings of a line to the east: odd within the land.
    crossings = 0
    for ring in outlines:
        for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y > latitude) != (to_y > latitude):
                crossings += x + (latitude - y) / (to_y - y) * (to_x - x) > longitude
    assert (crossings % 2 == 1) is land
    figure, pixels = world
    x, y = figure.axes[0].transData.transform((longitude, latitude))
    if figure.axes[0].bbox.contains(x, y):
        expected = matplotlib.colors.to_rgb(worldmap.LAND) if land else (1, 1, 1)
        assert np.allclose(pixels[int(y), int(x)], expected, atol=0.02)


def test_places_are_records_outside_china_and_the_united_states():
    table = places()
    assert len(table) == len(PLACES) == 25
    raw = {row["event_id"]: row for row in rows("events")}
    for row in table.itertuples():
        record = raw[row.event_id]
        assert record["country"] not in {"CHN", "USA", "ATA", ""}
        assert float(record["latitude"]) == row.latitude
        assert float(record["longitude"]) == row.longitude
        assert (row.title, row.place) == (record["title"], record["place"])
    assert list(table["number"]) == list(range(1, 26))
    assert list(table["year"]) == sorted(table["year"])


def test_regions_are_those_of_the_actors():
    regions = {row["code"]: row["region"] for row in rows("actors")}
    country = {row["event_id"]: row["country"] for row in rows("events")}
    for row in places().itertuples():
        code = country[row.event_id]
        assert row.region == regions.get(code, worldmap.NO_ACTOR.get(code))


def test_the_map_says_all_that_it_shows():
    table = places()
    figure = plot_places(table, "Some places", "Source: none.")
    for row in table.itertuples():
        assert f"{row.number} {row.place.split(',')[0]} {row.year}" in figure.alt
    labels = ", ".join(text.get_text() for text in figure.axes[0].texts)
    assert sorted(map(int, labels.split(", "))) == list(table["number"])
    marks = [line for line in figure.axes[0].lines if len(line.get_xdata())]
    assert len(marks) == len(table)
    assert len({line.get_marker() for line in marks}) == len(set(table["kind"])) == 5
    hollow = [line for line in marks if line.get_fillstyle() == "none"]
    assert len(hollow) == (table["tone"] == "friction").sum() == 3
    for tone, words in {"friction": "hollow, friction", "mixed": "half-filled, both"}.items():
        numbers = ", ".join(map(str, table.loc[table["tone"] == tone, "number"]))
        assert f"{words}: {numbers};" in figure.alt
    assert figure.alt.endswith("full, cooperation: all others.")
    kiribati = plot_places(table.query("place == 'Tarawa'"), "One place", "Source: none.")
    assert kiribati.alt.endswith("Marks: hollow, friction: 4.")
    with pytest.raises(ValueError, match="with the kinds laboratory, telescope"):
        plot_places(table.iloc[:0], "None", "")
    with pytest.raises(ValueError, match="with the kinds laboratory, telescope"):
        plot_places(table.assign(kind="harbour"), "None", "")


def test_antarctica_has_every_station():
    figure = plot_antarctica("Stations", "Source: none.")
    stations = rows("antarctic_stations")
    for row in stations:
        assert f"{row['station']} {row['opened'][:4]}" in figure.alt
    marks = [line.get_marker() for line in figure.axes[0].lines]
    assert marks.count("s") == sum(row["operator"] == "CHN" for row in stations) == 5
    assert marks.count("o") == len(stations) - 5
    # The pole is in the middle; 90 degrees east is to the right.
    assert worldmap._from_pole(90, -80) == pytest.approx((10, 0))
    assert worldmap._from_pole(0, -90) == pytest.approx((0, 0))


# --- The four windows ---------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_the_partner_comes_first_and_each_window_is_there(case):
    table = voices(case)
    assert list(dict.fromkeys(table["window"])) == list(WINDOWS)
    assert table["kind"].iloc[0] != "none", "no case without a partner's voice"
    spoken = table[table["kind"] != "none"]
    assert (spoken[["words", "speaker", "kind", "date", "text", "source"]] != "").all(axis=None)
    assert (table.loc[table["kind"] == "none", "words"] == EMPTY).all()


@pytest.mark.parametrize("case", CASES)
def test_words_of_our_own_rest_on_the_record(case):
    """Most words of each sentence stand in the record that it belongs to, numbers always."""
    for voice in CASES[case].voices:
        if isinstance(voice, module.Card):
            assert one("cards", card_id=voice.card_id)["answer"] in set(voices(case)["words"])
            continue
        record = " ".join(one("events", event_id=voice.event_id).values()).lower()
        link = one("event_sources", event_id=voice.event_id, source_id=voice.source_id)
        source = " ".join(one("sources", source_id=link["source_id"]).values()).lower()
        known = f"{record} {source}"
        words = [word for word in re.findall(r"[a-z0-9']+", voice.words.lower()) if len(word) > 4]
        missing = [word for word in words if word[:6] not in known]
        assert len(missing) <= len(words) / 3, (voice.words, missing)
        for number in re.findall(r"[0-9]+", voice.words):
            assert number in record


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("hidden", [False, True])
def test_the_figure_of_a_case_says_all_and_stays_inside(case, hidden):
    figure = plot_windows(case, hidden)
    spoken = voices(case).query("kind != 'none'")
    drawn = re.sub(r"\s+", " ", " ".join(t.get_text() for t in figure.axes[0].texts)).lower()
    for row in spoken.itertuples():
        assert row.words.rstrip(".").lower() in figure.alt.lower()
        assert row.words.rstrip(".").lower() in drawn
        assert (row.source in figure.alt) is not hidden
        if hidden:
            assert row.source not in drawn and "Partner" not in figure.alt
    figure.draw_without_rendering()
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert extent.x0 >= 0 and extent.x1 <= figure.bbox.width, text.get_text()
        assert extent.y0 >= 0 and extent.y1 <= figure.bbox.height
    empty = sum(window not in set(spoken["window"]) for window in WINDOWS)
    assert f"Empty windows: {empty} of 4." in figure.alt
    dashed = [patch for patch in figure.axes[0].patches if patch.get_linestyle() == "--"]
    assert len(dashed) == (0 if hidden else empty)


def test_the_controls_move_the_windows():
    widget = four_windows()
    assert widget.values == {"case": "Belt and Road science", "hidden": False}
    assert "muchie2019" in repr(widget)
    widget.controls["hidden"].value = True
    assert "muchie2019" not in repr(widget)
    widget.set(case="observatory in Chile", hidden=False)
    assert "Partner (Chile): The university may not conclude" in repr(widget)
    assert repr(widget).endswith("Empty windows: 1 of 4.")
    assert all(control.description for control in widget.controls.values())
    with pytest.raises(ValueError, match="does not take 'Mars'"):
        widget.set(case="Mars")


def test_what_does_not_exist_is_refused(monkeypatch):
    for function in (voices, plot_windows, four_windows):
        with pytest.raises(ValueError, match="no case 'Mars'; the cases are Belt and Road"):
            function("Mars")
    with pytest.raises(ValueError, match="no lesson '77'; it has 00"):
        reading_list("77")
    wrong = module.Said("China", "2016-09-26-sajorec-kenya", "S001", "x", "opinion", "x")
    monkeypatch.setitem(CASES, "wrong", module.Case("Wrong", "x", (wrong,)))
    with pytest.raises(ValueError, match="S001 is no source of 2016-09-26-sajorec-kenya"):
        voices("wrong")


# --- The numbers of the lesson ------------------------------------------------------------------


def test_the_map_of_the_lesson(prose, printed):
    assert "25 records of science with China" in prose["before"]
    assert printed["setup"] == f"25 places, {len(CASES)} cases for the four windows"
    assert "Regions: Americas 8, Africa 7, Asia 5, Europe 3, Oceania 2." in printed["picture-words"]
    assert "The Americas have eight records, Africa seven" in prose["picture-notes"]
    titles = places().set_index("number")["title"]
    words = re.search(r"In seven of them \(([0-9, ]+)\)", prose["picture-notes"])[1]
    numbers = [int(word) for word in words.split(", ")]
    starts = ("Brazil", "Bolivia", "Argentina", "UN and", "Chile")
    assert [n for n, title in titles.items() if title.startswith(starts)] == numbers
    others = titles.drop(numbers)
    china = ("China", "Xi Jinping", "Chinese", "Science academies of China")
    assert sum(title.startswith(china) for title in others) == len(others) - 1 == 17
    assert "tone" in places() and "mostly China elsewhere" in prose["picture-notes"]


def test_the_cards(prose):
    names = re.findall(r'"([a-z]+20[0-9]{2})"', prose["case-cards"])
    cards = [one("cards", card_id=name, lesson="08") for name in names]
    countries = [card["window"].split()[0] for card in cards]
    assert countries == ["Nigeria", "Kenya", "Brazil", "South", "China", "United"]
    assert "China is not part of this abstract" in cards[2]["says"]
    assert "No partner speaks" in cards[4]["says"]
    assert "partners themselves do not speak" in cards[5]["note"]


def test_acts_of_partners(prose):
    text = prose["authors"]
    said = {
        "2003-03-nigeria-china-fao-pact": ["funded by Nigeria's government", "more than 500",
                                           "were to work", "496 who came in the first phase"],
        "2020-04-08-chinese-doctors-nigeria": ["asked for names and qualifications",
                                               "company staff and not guests", "share methods",
                                               "Nigeria's government asked", "In May"],
        "2021-10-29-sri-lanka-fertiliser": ["reported harmful bacteria", "the ship was turned away",
                                            "samples of organic fertiliser", "A court barred",
                                            "listed the bank for default", "tests in China"],
        "2026-01-chile-ends-ventarrones": ["US ambassador warned of satellite tracking",
                                           "denied outside pressure",
                                           "accused the United States of interfering"],
    }  # fmt: skip
    for event_id, parts in said.items():
        assert f"`{event_id}`" in text
        summary = one("events", event_id=event_id)["summary"]
        assert all(part in summary for part in parts), event_id
    assert "agreed to fund over 500" in text and "496 people came in the first phase" in text
    title = one("events", event_id="2003-03-nigeria-china-fao-pact")["title"]
    assert title.startswith("Nigeria agrees to fund over 500")
    assert "share methods, as the government asked; in May" in text
    assert "Kenya's own plan, Vision 2030" in one("cards", card_id="mohamed2018")["says"]
    assert "nobody listens" in one("cards", card_id="polejack2023")["says"]
    assert "both sides gain" in one("cards", card_id="yin2025")["says"]


def test_growth(prose, printed):
    africa = {
        r["year"]: float(r["value"])
        for r in rows("bri_science", measure="joint_papers_china_africa")
    }
    rate = 100 * (africa["2017"] / africa["2007"] - 1)
    assert f"263 to 3,211 papers: {rate:.1f} per cent" in printed["growth-function"]
    assert f"{africa['2017'] / africa['2007']:.1f} times as many" in printed["growth-function"]
    row = one("bri_science", measure="joint_papers_growth")
    assert (row["value"], row["whose_claim"]) == ("132", "Nature Index")
    assert "No absolute numbers were found" in row["note"]
    assert "A paper with a third partner" in row["note"]
    works = {
        (r["entity"], r["year"]): int(r["value"])
        for r in rows("series/copublications", source_id="openalex-bavla")
    }
    rates = {}
    for code in ["CHN", "CHN-USA", "CHN-KEN", "CHN-ZAF", "CHN-NGA", "CHN-ETH"]:
        rates[code] = 100 * (works[code, "2023"] / works[code, "2015"] - 1)
        assert f"{code}: {rates[code]:.1f}" in printed["growth-words"]
    assert f"grew by {rates['CHN']:.1f} per cent" in prose["growth-notes"]
    assert rates["CHN-USA"] < rates["CHN"] < rates["CHN-KEN"] < 132 < rates["CHN-ETH"]
    assert f"from {works['CHN-ETH', '2015']} papers" in prose["growth-notes"]
    assert f"less, from {works['CHN-USA', '2015']:,}" in prose["growth-notes"]
    assert min(rates.values()) > 0 and "all of these grew" in prose["growth-notes"]
    caveat = one("series_sources", source_id="openalex-bavla")["caveat"]
    assert "all types of works" in caveat and "2023 was still filling up" in caveat


def test_the_answers_to_exercises_do_not_stand_in_the_lesson(lesson):
    text = "\n".join(cell.source for cell in lesson.cells)
    text += "\n".join(
        str(out.get("text", "")) + str(out.get("data", {}).get("text/plain", ""))
        for cell in lesson.cells
        if cell.cell_type == "code"
        for out in cell.outputs
    )
    assert not re.search(r"\b232\b|\b2\.32\b", text)
    assert "'Global South': 10" not in text


def test_counts_and_money(prose, printed):
    counted = {
        r["period"]: int(r["value"]) for r in rows("bri_science", measure="joint_laboratories")
    }
    for period, value in counted.items():
        assert f"{period}: {value}" in printed["counts-words"]
    limits = [
        r for r in rows("bri_science", measure="joint_laboratories") if "more than" in r["unit"]
    ]
    assert (len(limits), len(counted)) == (3, 4)
    assert "three of four are lower limits" in prose["counts-notes"]
    [count] = rows("series/st_agreements", measure="bri_joint_laboratories", source_id="mfa2022")
    assert (count["value"], count["note"]) == ("53", "At the end of 2021.")
    assert "counts 53 at the end of 2021 (`mfa2022`)" in prose["counts-notes"]
    assert "end of 2021, by another text: 53" in printed["counts-words"]
    yin = one("cards", card_id="yin2025")["says"]
    assert "nearly 50 countries" in yin and "more than 70" in yin
    assert "does not say who pays which part" in yin
    money = {r["year"]: float(r["value"]) for r in rows("bri_science", measure="loans_paid_out")}
    assert f"{100 * (money['2021'] / money['2016'] - 1):.1f}" in printed["counts-words"]
    says = one("cards", card_id="nature2023")["says"]
    assert "4 billion US dollars in 2021, after more than 85 billion in 2016" in says
    assert "is to rise to 100" in says and "from 200 to 300 places" in says
    assert "were to rise from 200 to 300 a year" in prose["counts-notes"]
    places_a_year = one("bri_science", measure="doctoral_places_per_year", year="2023")
    assert "may join two schemes" in places_a_year["note"]
    assert "if 85 were exact: -95.3" in printed["counts-words"]
    assert "50 and 70 are 'more than', 100 is a target" in printed["counts-words"]
    muchie = one("cards", card_id="muchie2019")["says"]
    assert "large Chinese building projects often have hardly any joint research" in muchie
    oguzie = one("cards", card_id="oguzie2011")["says"]
    assert "three such instruments" in oguzie and "two were passed on" in oguzie
    kiribati = one("events", event_id="2003-11-kiribati-tracking-station")["summary"]
    assert "withdrew its doctors" in kiribati
    argentina = one("events", event_id="2025-09-argentina-cart-telescope")["summary"]
    assert "did not renew the agreement" in argentina and "customs held" in argentina


def test_windows_and_the_audit(prose, printed):
    counts = empty_windows()
    for window in WINDOWS:
        assert f"- {window} {(counts[window] == 0).sum()}" in printed["explore-words"]
    assert f"of {len(CASES)} cases" in printed["explore-words"]
    countries = {"Sri Lanka": "Asia", "Kenya": "Africa", "Chile": "Americas"}
    regions = {row["name"]: row["region"] for row in rows("actors")}
    partners = [case.partner for case in CASES.values()]
    assert all(regions[name] == region and name in partners for name, region in countries.items())
    outside = [name for name in partners if regions.get(name) in {"Asia", "Oceania"}]
    assert (outside, len(CASES)) == (["Sri Lanka"], 10)
    assert "of the ten cases one is from Asia, none from Oceania" in prose["audit-notes"]
    listed = rows("bibliography")
    assert f"of {len(listed)}" in printed["audit-numbers"]
    for window in ("United States", "Europe", "China", "Global South"):
        count = sum(window in row["window"].split(";") for row in listed)
        assert f"{window} {count}" in printed["audit-numbers"]
    ids = {row["work_id"] for row in rows("cards", lesson="08")} - {""}
    seen = [row["seen"] for row in listed if row["work_id"] in ids]
    assert any("abstract" in part for part in seen) and "Often abstracts" in prose["audit-notes"]


def test_the_verdict_is_that_of_the_table(prose):
    [row] = rows("article_claims", settled_lesson="08")
    assert row["claim_id"] == "S11"
    assert f'settle("S11", "{row["verdict"]}")' in prose["claims"]
    assert 'note("S11", kind="fact"' in prose["before"]
    line = next(x for x in prose["claims"].splitlines() if x.startswith("| `S11`"))
    fragment = re.search(r'"([^"]+)"', line)[1]
    assert fragment in row["fragment"] and len(fragment.split()) < 15
    assert row["verdict"].replace("_", " ") in line.rsplit("|", 2)[1]
    assert set(row["accepted"].split(";")) == {"partly_supported", "supported"}


def test_the_words_are_those_of_the_glossary(prose):
    glossary = {r["term"]: r["definition"] for r in rows("glossary")}
    text = prose["key-points"].partition("## Words")[2].partition("## Sources")[0]
    entries = re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", text, flags=re.MULTILINE)
    assert {term for term, _ in entries} == {
        r["term"] for r in rows("glossary", lesson="08")
    }  # every term of this lesson, and no other
    for term, definition in entries:
        assert definition.casefold() == glossary[term].casefold(), term
        bold = [k for k, s in prose.items() if f"**{term.lower()}**" in s.lower()]
        assert bold[0] != "key-points", f"{term} is not bold where it first stands"


# --- The exercises ------------------------------------------------------------------------------

SETS = {"a": [1], "b": [2], "c": [2, 3], "d": [3], "e": [2]}
KINDS = dict(zip("abcdef", "ABDCAB", strict=True))


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("8.1", 132, "Are the papers of 2015 still there"),
        ("8.1", 2.32, "how many times as many"),
        ("8.1", 1.32, "forgets the start"),
        ("8.1", 32, "took 100 away"),
        ("8.1", 13200, "You multiplied by 132"),
        ("8.1", 231, "Add to the start"),
        ("8.1", "232 papers", "without words"),
        ("8.2", "A", "authors at home only"),
        ("8.2", "B", "which journals"),
        ("8.2", "D", "turned the share round"),
        ("8.3", lambda lesson: reading_list(lesson)["window"].value_counts().to_dict(),
         "Your keys are whole lists"),
        ("8.3", lambda lesson: data.load("bibliography")["window"].explode().value_counts()
         .to_dict(), "the whole reading list"),
        ("8.3", lambda lesson: reading_list("08")["window"].explode().value_counts().to_dict(),
         "gives lesson 8, whatever"),
        ("8.3", lambda lesson: len(reading_list(lesson)), "must give a dictionary"),
        ("8.3", lambda lesson: reading_list(lesson)["window"].str[0].value_counts().to_dict(),
         "only the first window"),
        ("8.3", lambda lesson: {}, "must give a dictionary"),
        ("8.3", lambda: {"China": 3}, "TypeError"),
        ("8.3", {"China": 3}, "This is not a function"),
        ("8.4", "A", "want nothing of their own"),
        ("8.4", "C", "about success"),
        ("8.4", "D", "No leading state"),
        ("8.5", SETS | {"a": [2]}, "a: whose spacecraft cross the region"),
        ("8.5", SETS | {"b": [3]}, "b: read the first sentence"),
        ("8.5", SETS | {"c": [1, 2]}, "policy towards other states"),
        ("8.5", SETS | {"c": [3]}, "her own country's plan"),
        ("8.5", SETS | {"d": [2, 3]}, "no need of Kiribati"),
        ("8.5", SETS | {"e": []}, "e: who is to pay here"),
        ("8.5", {case: [1, 2, 3] for case in "abcde"}, "find the words that support it"),
        # A reader's answer that was once correct, and its parts.
        ("8.5", {case: [1, 2, 3] for case in "abce"} | {"d": [1, 3]}, "a: Namibia agrees"),
        ("8.5", SETS | {"a": [1, 2]}, "a: Namibia agrees. Which words"),
        ("8.5", SETS | {"a": [1, 3]}, "a: two states agree on a station"),
        ("8.5", SETS | {"b": [1, 2, 3]}, "b: China's government pays. Which words"),
        ("8.5", SETS | {"c": [1, 2, 3]}, "c: two people give motives. Neither"),
        ("8.5", SETS | {"e": [1, 2]}, "e: which words say that China needs"),
        ("8.5", SETS | {"e": [2, 3]}, "e: no word here speaks of relations"),
        ("8.5", SETS | {"a": [], "b": []}, "(2 cases are not right yet.)"),
        ("8.6", KINDS | {"c": "A"}, "look at the word will"),
        ("8.6", KINDS | {"a": "C", "c": "B"}, "whether the rise is good"),
        ("8.6", KINDS | {"d": "B"}, "look at the word must"),
        ("8.6", KINDS | {"e": "D"}, "e does not go with D"),
        ("8.6", KINDS | {"f": "A"}, "look at the word because"),
        ("8.7", "A", "lower limits as if they were counts"),
        ("8.7", "B", "hides small changes"),
        ("8.7", "C", "into a success"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words, capsys):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words.lower() in outcome.message.lower()


def test_every_defensible_answer_is_accepted():
    for right in (232, 232.0, 100 * 2.32, 100 + 132):
        assert check("8.1", right).status == "correct"
    more = {"b": [2, 3], "d": [1, 3]}
    for case, marks in more.items():
        assert check("8.5", SETS | {case: marks}).status == "correct"
    assert check("8.5", SETS | more).status == "correct"

    def by_hand(lesson):
        found = {}
        for row in rows("bibliography"):
            if lesson in row["lessons"].split(";"):
                for window in row["window"].split(";"):
                    found[window] = found.get(window, 0) + 1
        return found

    assert check("8.3", by_hand).status == "correct"


def test_the_message_on_the_reading_lists_holds():
    listed = [window for row in rows("bibliography") for window in row["window"].split(";")]
    four = ("China", "United States", "Europe", "Global South")
    whole = sorted(four, key=listed.count, reverse=True)
    own = reading_list("08")["window"].explode().value_counts()
    assert whole[0] == own.index[-1] == "United States" and own.index[0] == "Global South"
    assert whole[-1] == "Global South"
    assert "Global South is in front and the United States last" in questions_of(8)["8.3"].why


def test_the_right_answers_follow_the_data(monkeypatch):
    table = data.load("bri_science")
    table.loc[table["measure"] == "joint_papers_growth", "value"] = 50
    real = data.load_shared
    monkeypatch.setattr(
        data, "load_shared", lambda name: table if name == "bri_science" else real(name)
    )
    assert check("8.1", 150).status == "correct"
    assert check("8.1", 232).status == "not yet"


def test_the_texts_of_the_motives_rest_on_records():
    def summary(event_id):
        return one("events", event_id=event_id)["summary"]

    namibia = one("events", event_id="2000-10-china-namibia-tracking-station")
    assert namibia["title"].startswith("China and Namibia agree on a")
    assert "crewed spacecraft cross on re-entry" in summary(
        "2000-10-china-namibia-tracking-station"
    )
    ethiopia = summary("2019-12-20-ethiopia-etrss-1")
    assert "wants data on climate, farming and drought" in ethiopia
    assert "about six million of over seven million dollars" in ethiopia
    assert "its place in Africa policy" in summary("2016-09-26-sajorec-kenya")
    assert "establish diplomatic relations with Taiwan" in summary(
        "2003-11-kiribati-tracking-station"
    )
    assert "all 36 states" in summary("2003-03-nigeria-china-fao-pact")


def test_model_answers_name_records_and_cards_that_exist():
    text = (ROOT / "solutions" / "08_seen_from_elsewhere_solutions.ipynb").read_text("utf-8")
    known = set(EVENTS["event_id"]) | {row["card_id"] for row in rows("cards")}
    quoted = set(re.findall(r"`(\d{4}-[a-z0-9-]+|[a-z]+20\d\d)`", text))
    assert len(quoted) >= 7 and quoted <= known
