"""Lesson 06: the door map, the numbers of the prose, and wrong answers of our own."""

import re
from collections import Counter
from itertools import combinations

import nbformat
import pytest
from notebook_rules import ROOT
from raw_tables import one, rows

from scidip import data
from scidip.questions import check, lesson06
from scidip.questions.engine import questions_of
from scidip.widgets.door_map import (
    DISMISSALS,
    FOUR,
    QUESTIONS,
    SHORT,
    authors,
    channel,
    door_map,
    plot_authors,
    plot_doors,
    sentence,
    share_of_authors,
    yardstick,
)

LESSON = ROOT / "lessons" / "06_experts_at_the_table.ipynb"
EVENTS = data.load("events")
BODIES = [
    "cn-climate-expert-committee", "us-national-climate-assessment",
    "eu-climate-advisory-board", "agnes",
]  # fmt: skip
COUNTRIES = ["CHN", "USA", "BRA", "IND", "ZAF"]


def medea(entity, year):
    found = one("series/ipcc_authors", entity=entity, period=str(year), source_id="medea2014")
    return int(found["value"])


def share(entity, year):
    return 100 * medea(entity, year) / medea("WORLD", year)


def in_advice():
    return [r for r in rows("events") if "science_in_diplomacy" in r["aspects"].split(";")]


@pytest.fixture(scope="module")
def printed(lesson):
    return {
        cell.id: "".join(
            out.get("text", "") or out.get("data", {}).get("text/plain", "") for out in cell.outputs
        )
        for cell in lesson.cells
        if cell.cell_type == "code"
    }


# --- The door map -----------------------------------------------------------------------------


def test_every_channel_has_a_short_name_and_can_be_said():
    table = rows("advice_channels")
    assert set(SHORT) == {row["channel_id"] for row in table}
    assert len(set(SHORT.values())) == len(SHORT)
    for row in table:
        words = sentence(row["channel_id"]).lower()
        for column, question in QUESTIONS.items():
            assert f"{question.lower()} {row[column].rstrip('.').lower()}." in words
        assert row["track"].lower() in words and row["start"] in words


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("other", ["", "scar-antarctic-treaty"])
def test_the_figure_says_all_that_it_shows(name, other):
    figure = plot_doors(name, other)
    assert figure.alt.splitlines() == ["Door map.", *map(sentence, filter(None, [name, other]))]
    drawn = "".join(re.sub(r"\s", "", text.get_text()) for text in figure.axes[0].texts)
    for shown in filter(None, [name, other]):
        for column in QUESTIONS:
            text = channel(shown)[column].rstrip(".")
            assert re.sub(r"\s", "", text[1:]) in drawn
    # No text leaves the figure or runs into the second channel.
    figure.draw_without_rendering()
    box = figure.bbox
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert extent.x0 >= 0 and extent.x1 <= box.width, text.get_text()
        assert extent.y0 >= 0 and extent.y1 <= box.height, text.get_text()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    for one_box, other_box in combinations(boxes, 2):
        wide = min(one_box.x1, other_box.x1) - max(one_box.x0, other_box.x0)
        tall = min(one_box.y1, other_box.y1) - max(one_box.y0, other_box.y0)
        assert wide <= 2 or tall <= 4


def test_what_is_not_known_and_what_has_ended_show_without_colour():
    figure = plot_doors("us-cn-official-arms-control", "us-cn-scientists-arms-control")
    styles = {t.get_text(): t.get_style() for t in figure.axes[0].texts}
    assert styles["Not known"] == "italic" and styles["Partly"] == "normal"
    # The wall of an ended channel has no opening.
    walls = [line.get_xdata() for line in figure.axes[0].lines]
    assert walls[0][1] == walls[1][0] and walls[2][1] < walls[3][0]


def test_the_controls_move_the_map():
    widget = door_map("agnes")
    assert widget.values == {"channel": "agnes", "compare": ""}
    assert len(repr(widget).splitlines()) == 2
    for name in SHORT:
        widget.controls["channel"].value = name
        assert repr(widget).splitlines()[1] == sentence(name)
    widget.set(compare="ipcc")
    assert repr(widget).splitlines()[2] == sentence("ipcc")
    widget.set(compare="")
    assert len(repr(widget).splitlines()) == 2
    with pytest.raises(ValueError, match="does not take 'court'"):
        widget.set(channel="court")
    assert all(control.description for control in widget.controls.values())


def test_errors_are_raised():
    for function in (channel, sentence, plot_doors, door_map, lambda name: yardstick([name])):
        with pytest.raises(ValueError, match="There is no channel 'court'; the channels are cn-"):
            function("court")
    with pytest.raises(ValueError, match="no channel 'court'"):
        plot_doors("agnes", "court")
    with pytest.raises(ValueError, match="write 'authors' or 'per cent'"):
        plot_authors(["CHN"], "shares")
    with pytest.raises(ValueError, match="has no authors for 'XYZ'"):
        authors("XYZ")


def test_the_yardstick_asks_all_the_same_and_invents_nothing():
    table = yardstick(SHORT)
    assert table["question"].tolist() == list(FOUR)
    for name, words in SHORT.items():
        row = one("advice_channels", channel_id=name)
        assert table[words].tolist()[:3] == [row["appoints"], row["pays"], row["open_to_public"]]
    assert set(DISMISSALS) == {"us-national-climate-assessment"}
    row = one("advice_channels", channel_id="us-national-climate-assessment")
    assert "28 April 2025 the administration released all authors of the sixth" in row["result"]
    others = [r for r in rows("advice_channels") if r["channel_id"] not in DISMISSALS]
    assert not any(re.search("dismiss|released", " ".join(r.values())) for r in others)


@pytest.mark.parametrize("entity", [*COUNTRIES, "WORLD", "KOR"])
def test_authors_are_those_of_one_project_only(entity):
    found = authors(entity)
    assert found.index.tolist() == [1990, 1995, 2001, 2007, 2014]
    for year, count in found.items():
        assert count == medea(entity, year)
        assert abs(share_of_authors(entity)[year] - share(entity, year)) <= 0.05 + 1e-9


def test_the_two_counts_are_never_joined():
    figure = plot_authors(COUNTRIES)
    for line in figure.axes[0].lines:
        years = list(map(int, line.get_xdata()))
        assert years == [2018] or max(years) == 2014
    assert figure.alt.count("apart") == 4  # this table has no such count for India
    looks = {(line.get_marker(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len([look for look in looks if look[1] != "None"]) >= len(COUNTRIES)
    later = one("series/ipcc_authors", entity="CHN", source_id="carbonbrief2018")["value"]
    total = one("series/ipcc_authors", entity="WORLD", source_id="carbonbrief2018")["value"]
    assert f"apart {later} in 2018" in figure.alt
    part = 100 * int(later) / int(total)
    assert f"apart {part:.1f} in 2018" in plot_authors(["CHN"], "per cent").alt


# --- The numbers of the lesson ----------------------------------------------------------------


def test_the_records(prose, printed):
    found = in_advice()
    actors = Counter(actor for row in found for actor in row["actors"].split(";"))
    shown = ", ".join(f"{code}: {number}" for code, number in actors.most_common(6))
    assert shown in " ".join(printed["picture-words"].split())
    assert f"{len(found)} records" in printed["picture-words"]
    assert f"in {actors['CHN']} of {len(found)} records" in prose["picture-notes"]
    assert actors.most_common(2)[1][0] == "UN" and "The UN comes second" in prose["picture-notes"]
    assert f"{len(found)} of {len(rows('events'))} records" in printed["audit-numbers"]


def test_the_cards(prose):
    cards = {r["card_id"]: r for r in rows("cards", lesson="06")}
    for ident in ("haas1992", "wubbeke2013", "xuxu2022", "gao2017", "cisac2006", "agn2024"):
        assert f'"{ident}"' in prose["case-cards"]
    assert "speaks about itself" in cards["cisac2006"]["note"]
    assert cards["gao2017"]["kind"] == "opinion"
    assert "June 2005" in cards["mpiwg0000"]["says"] and "early 2007" in cards["mpiwg0000"]["says"]
    pku = cards["pku2021"]
    assert "38 members" in pku["says"] and "letters of appointment" in pku["says"]
    assert "foundation to 2006" in pku["note"]
    assert "the Senate must confirm" in cards["ostp2017"]["says"]
    assert "appointed by the Commission" in cards["sam2015"]["answer"]
    assert (
        "Senate confirms (`ostp2017`, a study, by a body of one of the two states)"
        in (prose["yardstick-notes"])
    )
    for ident, kind in (("mfa2024", "official claim"), ("voa2024", "official claim"),
                        ("ucs2024", "opinion")):  # fmt: skip
        assert cards[ident]["kind"] == kind
        assert re.search(rf"`{ident}`, an {kind}\)", prose["states-notes"])


def test_the_channels(prose, printed):
    table = rows("advice_channels")
    kinds = Counter(row["track"] for row in table)
    for cell in ("tracks-words", "audit-numbers"):
        for kind, number in kinds.items():
            assert re.search(rf"^{kind} +{number}$", printed[cell], flags=re.MULTILINE)
    for column in ("appoints", "pays", "open_to_public"):
        missing = sum(row[column] == "not known" for row in table)
        assert (
            f"{missing} of {len(table)} channels: not known, {column}" in printed["audit-numbers"]
        )
    assert f"First year: {min(row['start'] for row in table)}" in printed["audit-numbers"]
    talks = one("advice_channels", channel_id="us-cn-official-arms-control")
    assert (talks["start"], talks["end"]) == ("2023-11", "2024-07-17")
    scientists = one("advice_channels", channel_id="us-cn-scientists-arms-control")
    assert (scientists["start"], scientists["end"]) == ("1988", "")
    assert "glossary" in scientists["result"] and "treaty" not in scientists["result"]


def test_one_yardstick_for_experts_in_a_personal_capacity(prose):
    table = rows("advice_channels")
    boards = [
        row for row in table if row["sender"].startswith(("Forty experts", "Fifteen experts"))
    ]
    assert [row["channel_id"] for row in boards] == [
        "un-ai-scientific-panel", "eu-climate-advisory-board"
    ]  # fmt: skip
    for row in boards:
        assert "in a personal capacity" in row["sender"] and row["track"] == "assessment body"
    kinds = Counter(row["track"] for row in table)
    assert (kinds["official"], kinds["assessment body"]) == (5, 5)
    assert one("advice_channels", channel_id="agnes")["note"].startswith("The track is our reading")
    assert "For AGNES the label *official* is our reading" in prose["tracks-notes"]


def test_the_report_of_the_panel_on_ai_stands_in_its_channel():
    panel = one("advice_channels", channel_id="un-ai-scientific-panel")
    report = one("events", event_id="2026-07-01-un-ai-panel-report")
    assert report["event_id"] in panel["event_ids"].split(";")
    assert "published a preliminary report" in report["summary"]
    assert "published a preliminary report" in panel["result"]
    assert panel["open_to_public"] == "published"


def test_the_yardstick(prose, printed):
    unknown = {
        name: sum(one("advice_channels", channel_id=name)[c] == "not known"
                  for c in ("appoints", "pays", "open_to_public")) + (name not in DISMISSALS)
        for name in BODIES
    }  # fmt: skip
    assert list(unknown.values()) == [2, 0, 1, 2] and sum(unknown.values()) == 5
    for name, number in unknown.items():
        assert f"{number} {SHORT[name]}" in printed["yardstick-count"]
    notes = prose["yardstick-notes"]
    assert "Five answers are missing: two for China, two for the African states" in notes
    usa = one("advice_channels", channel_id="us-national-climate-assessment")
    partly = [usa["appoints"], usa["pays"], DISMISSALS[usa["channel_id"]]]
    assert [text for text in partly if "not known" in text] == partly
    partly = [
        sum("not known" in text and text != "not known" for text in yardstick([name])[SHORT[name]])
        for name in BODIES
    ]
    assert partly == [2, 3, 1, 0]
    assert "two for China, three for the United States, one for the EU." in notes
    pku = one("cards", card_id="pku2021")["says"]
    assert "gives out letters of appointment" in pku and "office is at that Admin" in pku
    founded = one("advice_channels", channel_id="agnes")["note"]
    assert "Scientists decided to found it in April 2015" in founded
    assert "Canada" in one("advice_channels", channel_id="agnes")["pays"]
    assert "under review" in usa["result"]


def test_the_authors(prose, printed):
    for entity in COUNTRIES:
        for year in (1990, 1995, 2001, 2007, 2014):
            assert f"{medea(entity, year)} in {year}" in printed["authors-words"].replace("\n", " ")
    gained = {code: medea(code, 2014) - medea(code, 1990) for code in ("CHN", "IND", "USA")}
    assert max(gained, key=gained.get) == "USA"
    falls = [code for code in COUNTRIES if share(code, 2014) < share(code, 1990)]
    assert falls == ["USA"]
    assert all(medea(code, 2014) > medea(code, 1990) for code in COUNTRIES)
    notes = prose["shares-notes"]
    assert f"from {share('USA', 1990):.1f} to {share('USA', 2014):.1f} per cent" in notes
    india = medea("IND", 2014) / medea("IND", 1990)
    part = share("IND", 2014) / share("IND", 1990)
    assert f"becomes {india:.2f} times as large, its share only {part:.2f} times" in notes
    assert f"counts {medea('WORLD', 1990)} authors" in notes
    first = one("series/ipcc_authors", entity="CHN", period="1990", source_id="medea2014")
    assert "only about 100 authors" in first["note"]
    hong_kong = one("series_sources", source_id="medea2014")["caveat"]
    assert "Hong Kong is counted apart" in hong_kong
    assert "Hong Kong counts apart" in prose["audit-notes"]


def test_what_states_did(prose):
    ids = re.findall(r'"(\d{4}-\d\d-\d\d-[\w-]+)"', prose["states-table"])
    assert len(ids) == 5
    found = {name: one("events", event_id=name) for name in ids}
    assert [n for n, r in found.items() if "no government was a party" in r["note"]] == [
        "2024-03-10-idais-beijing"
    ]
    assert "whether a second round was held" in found["2024-05-14-geneva-ai-dialogue"]["note"]
    hangzhou = found["2025-02-24-ipcc-hangzhou-no-us"]["summary"]
    assert "China, the host, India and Saudi Arabia resisted" in hangzhou
    assert "haste could limit the part of developing countries" in hangzhou
    panel = found["2026-02-12-un-ai-scientific-panel"]["summary"]
    assert "significant overreach" in panel and "China voted in favour" in panel
    berlin = one("events", event_id="2014-04-12-ipcc-berlin-deleted-figures")
    assert "group led by Saudi Arabia had charts" in berlin["summary"]
    assert "which state asked for which chart" in berlin["note"]
    assert "China deleted" not in " ".join(prose.values())


def test_the_verdict_is_that_of_the_table(prose):
    [row] = rows("article_claims", settled_lesson="06")
    assert row["claim_id"] == "S04"
    assert f'settle("S04", "{row["verdict"]}")' in prose["claims"]
    line = next(x for x in prose["claims"].splitlines() if x.startswith("| `S04`"))
    fragment = re.search(r'"([^"]+)"', line)[1]
    assert fragment in row["fragment"] and len(fragment.split()) < 15
    assert set(row["accepted"].split(";")) == {"contradicted", "partly_supported"}
    cell = line.rsplit("|", 2)[1]
    assert cell.strip().startswith(row["verdict"]) and "*partly supported* is accepted" in cell
    assert 'note("S04"' in prose["before"]


def test_the_words_are_those_of_the_glossary(prose):
    glossary = {r["term"]: r["definition"] for r in rows("glossary")}
    text = prose["key-points"].partition("## Words")[2].partition("## Sources")[0]
    entries = re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", text, flags=re.MULTILINE)
    assert len(entries) == 7
    for term, definition in entries:
        assert definition.casefold() == glossary[term].casefold(), term
        bold = [k for k, s in prose.items() if f"**{term.lower()}**" in s.lower()]
        assert bold[0] != "key-points", f"{term} is not bold where it first stands"


def test_cards_and_events_that_are_named_exist(prose):
    known = {r["card_id"] for r in rows("cards")} | {r["event_id"] for r in rows("events")}
    known |= {r["channel_id"] for r in rows("advice_channels")}
    known |= {r["claim_id"] for r in rows("article_claims")}
    solutions = nbformat.read(
        ROOT / "solutions" / "06_experts_at_the_table_solutions.ipynb", as_version=4
    )
    texts = list(prose.values()) + [c.source for c in solutions.cells if "-model-" in c.id]
    named = re.findall(r"`([a-z0-9-]*[0-9]{4}[a-z0-9-]*|eu-[a-z-]+|us-[a-z-]+)`", " ".join(texts))
    assert len(named) > 15 and set(named) <= known


# --- The exercises ----------------------------------------------------------------------------

RIGHT_KINDS = dict(zip("abcdef", "ABCDAD", strict=True))
RIGHT_SCENES = {"a": [3], "b": [], "c": [3], "d": [2]}


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("6.1", RIGHT_KINDS | {"a": "C"}, "hold an office"),
        ("6.1", RIGHT_KINDS | {"b": "A"}, "but not alone"),
        ("6.1", RIGHT_KINDS | {"c": "A"}, "speaks for a government"),
        ("6.1", RIGHT_KINDS | {"d": "C"}, "were they given a task"),
        ("6.1", RIGHT_KINDS | {"e": "C"}, "kinds of channel says what else he was"),
        ("6.1", RIGHT_KINDS | {"e": "B"}, "what he was besides a researcher"),
        ("6.1", RIGHT_KINDS | {"f": "C"}, "do not talk with another side"),
        ("6.1", RIGHT_KINDS | {"f": "B"}, "write a report"),
        ("6.1", RIGHT_KINDS | {"f": "E"}, "one of the letters"),
        ("6.1", {"a": "A"}, "b"),
        ("6.1", dict(zip("abcdef", "ACCCCC", strict=True)), "all experts into Track 2"),
        ("6.2", RIGHT_SCENES | {"a": [1]}, "where a text is agreed"),
        ("6.2", RIGHT_SCENES | {"a": [1, 3]}, "research projects"),
        ("6.2", RIGHT_SCENES | {"b": [1]}, "Does a state act here"),
        ("6.2", RIGHT_SCENES | {"b": [3]}, "Does a state act here"),
        ("6.2", RIGHT_SCENES | {"c": [2]}, "who asked for this paper"),
        ("6.2", RIGHT_SCENES | {"c": [1, 3]}, "Which project of research"),
        ("6.2", RIGHT_SCENES | {"d": [3]}, "not asked for advice"),
        ("6.2", RIGHT_SCENES | {"d": []}, "receives these guests"),
        ("6.2", RIGHT_SCENES | {"d": [4]}, "something else than the marks"),
        ("6.3", "A", "the experts receive the support"),
        ("6.3", "C", "To advise is not to decide"),
        ("6.3", "D", "another of the three aspects"),
        ("6.4", lambda column: EVENTS[column].value_counts().to_dict(), "counted whole lists"),
        ("6.4", lambda column: EVENTS[column].str[0].value_counts().to_dict(), "only the first"),
        ("6.4", lambda column: EVENTS.explode(column)[column].value_counts(), "to_dict()"),
        ("6.4", lambda column: EVENTS.explode("aspects")["aspects"].value_counts().to_dict(),
         "use column in both places"),
        ("6.4", lambda column: EVENTS.explode(column)["aspects"].value_counts().to_dict(),
         "use column in both places"),
        ("6.4", lambda column: EVENTS.explode(column)[column].value_counts().head(9).to_dict(),
         "use column in both places"),
        ("6.4", lambda column: EVENTS.explode(column)[column].value_counts().head(6).to_dict(),
         "keep all values, without head"),
        ("6.4", lambda column: EVENTS.explode(column)[column].value_counts.to_dict(),
         "Often round brackets are missing"),
        ("6.4", lambda column: len(EVENTS), "must give a dictionary"),
        ("6.4", lambda: {}, "TypeError"),
        ("6.4", {"science_in_diplomacy": 69}, "This is not a function"),
        ("6.5", "A", "found an effect"),
        ("6.5", "B", "Which of them had little effect"),
        ("6.5", "C", "about one country"),
        ("6.6", "B", "official claims"),
        ("6.6", "C", "whether the scientists met again"),
        ("6.6", "D", "ranks nobody"),
        ("6.7", 4.5, "the number of authors grew"),
        ("6.7", 2.07, "in percentage points"),
        ("6.7", 2.1, "Compute the share of 1990"),
        ("6.7", 0.61, "the earlier share by the later"),
        ("6.7", 2.14, "factor of India"),
        ("6.7", 2.73, "one of the two numbers that you need"),
        ("6.7", 64.7, "by how many per cent"),
        ("6.7", 64.74, "by how many per cent"),
        ("6.7", 65, "by how many per cent"),
        ("6.7", 5.26, "This is the share of 2014, in per cent"),
        ("6.7", 1.6, "Keep two decimals"),
        ("6.7", 1.606, "no year after 2014"),
        ("6.7", 5.3, "a share of one year"),
        ("6.7", 3.2, "Compute the share of 1990"),
        ("6.7", 0.053, "share of 2014, as a fraction"),
        ("6.7", 0.032, "share of 1990, or the difference"),
        ("6.7", 0.021, "share of 1990, or the difference"),
        ("6.7", "1,65", "a point before the decimals"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words in outcome.message


def test_every_defensible_answer_is_accepted():
    for kinds in (RIGHT_KINDS, RIGHT_KINDS | {"c": "B"}, RIGHT_KINDS | {"f": "A"}):
        assert check("6.1", kinds).status == "correct"
    for c in ([3], [2, 3]):
        for d in ([2], [1, 2], [1]):
            assert check("6.2", RIGHT_SCENES | {"c": c, "d": d}).status == "correct"
    exact = share("CHN", 2014) / share("CHN", 1990)
    for right in (exact, round(exact, 2), round(5.3 / 3.2, 2), 1.65, 1.64):
        assert check("6.7", right).status == "correct"
    assert f"became {medea('CHN', 2014) / medea('CHN', 1990)} times" in questions_of(6)["6.7"].why
    wanted = {
        column: Counter(v for row in rows("events") for v in row[column].split(";") if v)
        for column in ("aspects", "actors", "organisations")
    }
    assert check("6.4", lambda column: dict(wanted[column])).status == "correct"
    assert sum(wanted["aspects"].values()) > len(EVENTS)


def test_the_scenes_rest_on_their_records():
    found = {label: one("events", event_id=name) for label, name in lesson06.RECORDS.items()}
    scenes = lesson06.SCENES
    assert (
        "Peking and Tsinghua universities and an industry federation were members"
        in (found["a"]["summary"])
    )
    assert found["a"]["date"].startswith("2013") and "(2013)" in scenes["a"]
    assert "had asked their experts for this work" in found["c"]["summary"]
    assert "equity" in found["c"]["title"] and "(2011)" in scenes["c"]
    assert "received by President Nixon" in found["d"]["title"] and "(1972)" in scenes["d"]
    assert "Norland does not exist" in scenes["b"]


def test_the_right_answers_follow_the_data(monkeypatch):
    """With another track in the table, another letter is right."""
    table = data.load("advice_channels")
    table.loc[table["channel_id"] == "idais", "track"] = "Track 1.5"
    real = data.load_shared
    monkeypatch.setattr(
        data, "load_shared", lambda name: table if name == "advice_channels" else real(name)
    )
    assert check("6.1", RIGHT_KINDS).status == "not yet"
    assert check("6.1", RIGHT_KINDS | {"c": "B"}).status == "correct"


def test_the_card_bears_the_answer_to_exercise_5():
    says = one("cards", card_id="wubbeke2013")["says"]
    assert "help to set national targets" in says and "have little effect" in says
