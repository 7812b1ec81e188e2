"""The timeline without a browser: which events are chosen, how they are said, drawn and saved."""

import base64
import doctest
import importlib
import itertools
import struct

import pandas as pd
import pytest

from scidip import data, figures, style
from scidip.timeline import (
    TOURS,
    Selection,
    Step,
    TimelineExplorer,
    Tour,
    compare,
    complete,
    describe,
    plot_decades,
    plot_timeline,
)
from scidip.timeline.figure import place_marks
from scidip.timeline.lanes import LANES
from scidip.timeline.own import event_problems
from scidip.timeline.selection import plain
from scidip.timeline.view import MODULES as SCRIPTS
from scidip.timeline.view import script

# The package exports a function named like one of its modules, so modules are taken by name.
MODULES = ["table", "selection", "lanes", "figure", "tours", "own", "explorer"]


@pytest.fixture(scope="module")
def all_events():
    return data.load("events")


@pytest.fixture
def events(all_events):
    return all_events.copy()


@pytest.mark.parametrize(
    "name", [*(f"scidip.timeline.{name}" for name in MODULES), "scidip.figures", "scidip.tables"]
)
def test_examples_in_the_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


# --- Selection ----------------------------------------------------------------------------------


def test_the_default_chooses_everything_in_the_same_order(events):
    chosen = Selection().apply(events)
    assert chosen["event_id"].tolist() == events["event_id"].tolist()
    chosen.loc[chosen.index[0], "title"] = "changed"
    assert events.loc[0, "title"] != "changed"


@pytest.mark.parametrize("aspect", [aspect.key for aspect in style.ASPECTS])
def test_an_event_with_several_aspects_is_found_under_each(events, aspect):
    chosen = Selection(aspects=[aspect]).apply(events)
    expected = [aspect in found for found in events["aspects"]]
    assert chosen["event_id"].tolist() == events.loc[expected, "event_id"].tolist()
    assert (chosen["aspects"].map(len) > 1).any()


def test_criteria_are_joined_by_and(events):
    selection = Selection(tones=["friction"], actors="USA", first_year=2018, last_year=2020)
    chosen = selection.apply(events)
    assert 0 < len(chosen) < len(events)
    assert set(chosen["tone"]) == {"friction"}
    assert all("USA" in actors for actors in chosen["actors"])
    assert chosen["year"].between(2018, 2020).all()


def test_a_region_stands_for_all_its_states_and_bodies(events):
    regions = data.load("actors").set_index("code")["region"]
    chosen = Selection(actors="Africa").apply(events)
    expected = [any(regions[code] == "Africa" for code in codes) for codes in events["actors"]]
    assert chosen["event_id"].tolist() == events.loc[expected, "event_id"].tolist()
    assert len(chosen) > len(Selection(actors="KEN").apply(events)) > 0


def test_both_years_are_included(events):
    year = int(events["year"].iloc[20])
    chosen = Selection(first_year=year, last_year=year).apply(events)
    assert len(chosen) == (events["year"] == year).sum() > 0


@pytest.mark.parametrize(
    ("written", "same"),
    [("PUGWASH", "pugwash"), ("Neuquén", "neuquen"), (" moon  samples ", "samples moon")],
)
def test_search_ignores_case_accents_spaces_and_order(events, written, same):
    found = [Selection(text=text).apply(events)["event_id"].tolist() for text in (written, same)]
    assert found[0] == found[1] != []


def test_search_finds_beginnings_of_words_only(events):
    assert "thousand" in plain(" ".join(events["summary"]))
    found = Selection(text="usand").apply(events)
    assert found.empty
    assert not Selection(text="thousan").apply(events).empty


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"aspects": ["soft_power"]}, "There is no aspect 'soft_power'; use one of diplomacy_for"),
        ({"tones": "warm"}, "There is no tone 'warm'; use one of cooperation, friction, mixed"),
        ({"confidence": "sure"}, "There is no confidence 'sure'; use one of high, medium, low"),
        ({"actors": 7}, "actors must be names between quotation marks, or a list of them"),
        ({"domains": [None]}, "domains must be names between quotation marks"),
        ({"all_actors": "yes"}, "all_actors is 'yes', but must be True or False"),
        ({"first_year": 1979.5}, "first_year is 1979.5, but must be a year such as 1979"),
        ({"last_year": "1979"}, "last_year is '1979', but must be a year such as 1979"),
        ({"last_year": 10**5}, "last_year is 100000, but must be a year such as 1979"),
        ({"aspects": None}, "There is no aspect None; use one of"),
        ({"text": None}, "text is None, but must be text between quotation marks"),
    ],
)
def test_a_wrong_criterion_is_refused_in_one_sentence(wrong, words):
    with pytest.raises(ValueError, match="^" + words):
        Selection(**wrong)


@pytest.mark.parametrize(
    ("actor", "meant"), [("France", "'FRA'"), ("Afrika", "'Africa'"), ("fra", ""), ("XYZ", "")]
)
def test_an_unknown_actor_is_refused_and_not_taken_for_a_silence(events, actor, meant):
    with pytest.raises(ValueError, match=f"There is no actor '{actor}'") as caught:
        Selection(actors=actor).apply(events)
    assert meant in str(caught.value)


def test_an_actor_without_events_is_no_mistake(events):
    assert Selection(actors="NGA").apply(events.head(3)).empty


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda events: plot_timeline(events["year"]), "A table of events is needed"),
        (lambda events: plot_timeline(events[["year"]]), "lacks the column 'date'"),
        (lambda events: plot_timeline(events, lanes="colour"), "There are no lanes by 'colour'"),
        (lambda events: plot_timeline(events, other="A"), "other is 'A'; write Selection"),
        (lambda events: plot_timeline(events, "FRA"), "selection is 'FRA'; write Selection"),
        (lambda events: plot_timeline(events.assign(tone="warm")), "There is no tone 'warm'"),
        (lambda events: plot_decades("events"), "A table of events is needed"),
        (lambda events: TimelineExplorer(Selection()), "A table of events is needed"),
    ],
)
def test_what_is_no_table_of_events_is_refused_in_one_sentence(events, draw, words):
    with pytest.raises((TypeError, ValueError), match=words):
        draw(events)


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ({"domains": "spce"}, "No event has the domain 'spce'. Did you mean 'space'?"),
        ({"domains": "zzz"}, "No event has the domain 'zzz'. Look at the column domains."),
        ({"organisations": "Nasa Inc"}, "No event has the organisation 'Nasa Inc'."),
    ],
)
def test_an_unknown_field_or_organisation_is_refused(events, criteria, words):
    with pytest.raises(ValueError) as caught:
        Selection(**criteria).apply(events)
    assert str(caught.value).startswith(words)


def test_years_in_the_wrong_order_choose_nothing(events):
    assert Selection(first_year=1990, last_year=1980).apply(events).empty


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(aspects=["science_in_diplomacy"], tones=["mixed"], text='O\'Brien "x"'),
        Selection(
            actors=["FRA", "Africa"],
            domains="space",
            all_actors=True,
            organisations="ESA",
            first_year=1979,
            last_year=2024,
        ),
    ],
)
def test_code_makes_the_same_selection_again(selection):
    assert eval(selection.to_code()) == selection


# --- Words --------------------------------------------------------------------------------------


def test_the_sentence_counts_what_is_chosen(events):
    chosen = Selection(last_year=1978).apply(events)
    words = describe(chosen, len(events))
    assert words.startswith(
        f"{len(chosen)} of {len(events)} events are shown, from 1950 to 1978.\n"
    )
    for aspect in style.ASPECTS:
        count = sum(aspect.key in found for found in chosen["aspects"])
        assert f"{aspect.word} {count}" in words
    for tone in style.TONES:
        assert f"{tone} {(chosen['tone'] == tone).sum()}" in words


def test_the_sentence_for_one_and_for_none(events):
    assert describe(events.head(1), 9).startswith("1 of 9 event is shown, in 1950.\n")
    assert describe(events.head(0), 9) == "0 of 9 events are shown."


# --- Figures ------------------------------------------------------------------------------------


def test_marks_of_one_lane_never_overlap(all_events):
    for aspect in style.ASPECTS:
        lane = all_events[[aspect.key in found for found in all_events["aspects"]]]
        marks = place_marks(lane, 77)
        assert len(marks) == len(lane) > 20
        for _, row in marks.sort_values("x").groupby("row"):
            gaps = row["x"].diff().dropna()
            assert (gaps > 0.3).all()  # years: less than the width of a mark
            assert (row["start"].iloc[1:].to_numpy() >= row["end"].iloc[:-1].to_numpy()).all()


def test_a_date_that_is_known_to_the_year_stands_in_the_middle_of_it(events):
    one = events[events["event_id"] == "1966-cscprc-founded"]
    [mark] = place_marks(one, 77).itertuples()
    assert 1966.45 < mark.x < 1966.55
    assert (mark.start, round(mark.end, 2)) == (1966, 1967)


def test_an_event_that_lasted_is_marked_at_its_beginning(events):
    one = events[events["event_id"] == "2018-11-01-china-initiative"]
    [mark] = place_marks(one, 77).itertuples()
    assert mark.x == mark.start < 2018.9
    assert mark.end > 2022


def test_the_figure_says_in_words_what_it_shows(events):
    figure = plot_timeline(events, Selection(last_year=1978), breaks=[1960, 1900, 1972, 2050])
    assert describe(Selection(last_year=1978).apply(events), len(events)) in figure.alt
    assert "Events in each period: 1950 to 1959: " in figure.alt
    assert "1960 to 1971: " in figure.alt
    assert "1900" not in figure.alt
    bundle, metadata = figure._repr_mimebundle_()
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == figure.alt == repr(figure)
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_figure_is_drawn_to_the_same_bytes(events):
    first, second = (figures.to_png(plot_timeline(events)) for _ in range(2))
    assert first == second
    raw = base64.b64decode(first)
    assert raw.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", raw[16:24])
    assert width == 1000
    assert 400 < height < 1200


@pytest.mark.parametrize(
    "selection",
    [Selection(aspects=[]), Selection(text="nowhere"), Selection(first_year=2000, last_year=1990)],
)
def test_an_empty_choice_is_drawn_and_said(events, selection):
    figure = plot_timeline(events, selection)
    assert figure.alt.startswith(f"Timeline. 0 of {len(events)} events are shown.")
    assert figures.to_png(figure)


def test_an_empty_table_is_drawn_and_said(events):
    none = events[events["year"] < 1900]
    assert "0 of 0 events are shown." in plot_timeline(none).alt
    assert plot_decades(none).alt.endswith("No bars.")
    explorer = TimelineExplorer(none)
    assert repr(explorer) == "Timeline explorer. 0 of 0 events are shown."
    assert figures.to_png(plot_timeline(none, Selection(last_year=1978)))


@pytest.mark.parametrize("by", [key for key in LANES if key not in ("aspect", "all")])
def test_other_lanes_are_named_in_the_description(events, by):
    figure = plot_timeline(events, lanes=by)
    assert f"Rows by {LANES[by]}: " in figure.alt
    assert figures.to_png(figure)


def test_two_selections_stand_on_one_axis(events):
    early, late = Selection(last_year=1978), Selection(first_year=1979)
    figure = plot_timeline(events, late, other=early)
    assert figure.alt == f"Timeline of two selections.\n{compare(events, early, late)}"
    assert [round(ax.get_xlim()[0]) for ax in figure.axes] == [1950, 1950]


def test_a_break_may_be_a_single_year(events):
    assert plot_timeline(events, breaks=1979).alt == plot_timeline(events, breaks=[1979]).alt


def test_decades_add_up_and_an_unfinished_one_says_so(events):
    alt = plot_decades(events).alt
    counts = [
        int(part.rpartition(": ")[2]) for part in alt.rstrip(".").split("begin. ")[1].split(", ")
    ]
    assert sum(counts) == len(events)
    assert f"2020s to {events['year'].max()}: {counts[-1]}" in alt


def contrast(one, other):
    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(
            weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_seen_and_text_can_be_read():
    for aspect in style.ASPECTS:
        assert contrast(aspect.color, "#ffffff") >= 3.8  # marks; words are never in these colours
    for color in (style.INK, style.QUIET):
        assert contrast(color, "#ffffff") >= 4.5


# --- A reader's own table ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"date": None, "title": "a"}, "Row 1 ('a') has no date; give it one"),
        ({"date": pd.NaT, "title": "a"}, "Row 1 ('a') has no date; give it one"),
        ({"date": "1979", "title": ""}, "Row 1 has no title; give it one"),
        ({"date": "-1000", "title": "a"}, "Row 1 ('a') has the date '-1000'; write YYYY"),
        ({"date": "12000", "title": "a"}, "Row 1 ('a') has the date '12000'; write YYYY"),
        ({"date": "31.1.1979", "title": "a"}, "Row 1 ('a') has the date '31.1.1979'; write"),
        ({"date": "1979", "end_date": "1978", "title": "a"}, "Row 1 ('a') ends (1978) before it"),
        (
            {"date": "1979", "title": "a", "aspects": "soft_power"},
            "There is no aspect 'soft_power'",
        ),
        ({"date": "1979", "title": "a", "tone": "warm"}, "There is no tone 'warm'; use one of"),
    ],
)
def test_a_row_that_cannot_be_drawn_is_refused_in_one_sentence(row, words):
    with pytest.raises(ValueError) as caught:
        TimelineExplorer(pd.DataFrame([row]))
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)


def test_two_rows_with_one_name_are_refused():
    rows = pd.DataFrame({"date": ["1979", "1980"], "title": ["a", "b"], "event_id": ["x", "x"]})
    with pytest.raises(ValueError, match="Two events have the event_id 'x'"):
        complete(rows)


def test_dates_of_many_forms_are_understood():
    day = pd.Timestamp("1999-05-08")
    rows = pd.DataFrame({"date": [876, 1905.0, "1957-10", day, day.date()], "title": list("abcde")})
    assert complete(rows)["date"].tolist() == [
        "0876", "1905", "1957-10", "1999-05-08", "1999-05-08"
    ]  # fmt: skip
    far = complete(pd.DataFrame({"date": ["0001", "3000-01-01"], "title": ["a", "b"]}))
    assert far["year"].tolist() == [1, 3000]
    assert figures.to_png(plot_timeline(far))


def test_a_complete_table_stays_the_same_object(events):
    assert complete(events) is events


# --- Explorer -----------------------------------------------------------------------------------


@pytest.fixture
def explorer(events):
    return TimelineExplorer(events)


def test_the_script_of_the_view_has_no_import_left():
    text = script()
    assert not [line for line in text.splitlines() if line.startswith("import ")]
    assert text.count("export ") == 1
    for name in SCRIPTS:
        assert f"// --- {name}.js" in text


def test_it_opens_with_every_event(explorer, events):
    assert explorer.criteria == Selection()
    assert explorer.selection["event_id"].tolist() == events["event_id"].tolist()
    assert explorer.to_code() == "TimelineExplorer(events, Selection())"
    assert (explorer.lanes, explorer.other, explorer.selected, explorer.pinned) == (
        "aspect", None, "", []
    )  # fmt: skip


def test_python_reads_what_the_browser_sets(explorer, events):
    """The browser sets `state`; here this is done by hand."""
    selection = Selection(tones=["friction"], actors=["USA", "FRA"], all_actors=True)
    explorer.state = {**explorer.state, "filters": selection.to_state(), "lanes": "domain"}
    assert explorer.criteria == selection
    assert explorer.selection["event_id"].tolist() == selection.apply(events)["event_id"].tolist()
    assert explorer.lanes == "domain"


def test_show_moves_the_view(explorer, events):
    selection = Selection(
        aspects=["science_for_diplomacy"], tones=["friction"], actors="USA", domains="space",
        confidence="high", first_year=1990, last_year=2020, text="satellite",
    )  # fmt: skip
    explorer.show(selection, lanes="tone", other=Selection(actors="Africa"))
    assert explorer.criteria == selection
    again = eval(explorer.to_code())
    assert (again.criteria, again.lanes, again.other) == (
        selection, "tone", Selection(actors="Africa")
    )  # fmt: skip
    assert "Timeline of two selections" in explorer.figure().alt
    explorer.show()
    assert explorer.criteria == Selection()
    assert explorer.other is None


def test_a_saved_page_shows_picture_and_sentence(events):
    explorer = TimelineExplorer(events, Selection(last_year=1978))
    bundle, metadata = explorer._repr_mimebundle_()
    assert bundle["text/plain"] == "Timeline explorer. " + describe(explorer.selection, len(events))
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert describe(explorer.selection, len(events)) in metadata["image/png"]["alt"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda e: e.show(Selection(actors="XXX")), "There is no actor 'XXX'"),
        (lambda e: e.show(Selection(domains="moon")), "No event has the domain 'moon'"),
        (lambda e: e.show(lanes="colour"), "There are no lanes by 'colour'"),
        (lambda e: setattr(e, "selected", "1957"), "There is no event '1957'"),
        (lambda e: setattr(e, "pinned", ["1957"]), "There is no event '1957'"),
        (lambda e: e.tour("nowhere"), "There is no tour 'nowhere'; the tours are: sta"),
        (lambda e: e.tour("sta", 9), "The tour has the steps 1 to 4, and not 9"),
        (lambda e: e.recorded_tour(), "A tour needs a list of one Step or more"),
        (lambda e: e.to_csv(data.DATA / "x.csv"), "x.csv would lie in the course's folder data/"),
        (lambda e: e.save_own(data.DATA / "x.csv"), "x.csv would lie in the course's folder data/"),
        (lambda e: e.add({"date": "1979"}), "title is empty"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(explorer, act, words):
    with pytest.raises(ValueError) as caught:
        act(explorer)
    assert str(caught.value).startswith(words)


def test_a_card_can_be_opened_and_pinned_by_code(explorer):
    explorer.selected = "1957-pugwash-zhou-peiyuan"
    explorer.pinned = ["1954-10-12-sino-soviet-st-agreement"]
    assert explorer.state["selected"] == explorer.selected == "1957-pugwash-zhou-peiyuan"
    assert explorer.pinned == ["1954-10-12-sino-soviet-st-agreement"]


def test_each_event_reaches_the_browser_with_its_sources(explorer, events):
    links = data.load("event_sources").groupby("event_id")["source_id"].count()
    payload = explorer.payload
    found = dict(zip(payload["columns"]["id"], payload["details"], strict=True))
    assert set(found) == set(events["event_id"])
    for event_id, detail in found.items():
        assert len(detail["sources"]) == links[event_id]
        for place, _ in detail["sources"]:
            assert payload["sources"][place]["url"].startswith("http")


def test_the_page_of_the_course_is_small(explorer, tmp_path):
    assert explorer.to_html(tmp_path / "t.html").stat().st_size < 1_000_000


def test_own_events_of_another_kind_are_shown(events):
    own = events.head(2).assign(event_id=["own-1", 'own "2"'], domain="music")
    own["actors"] = [("CHN", "XKX"), ("CHN",)]
    explorer = TimelineExplorer(own)
    assert [detail["sources"] for detail in explorer.payload["details"]] == [[], []]
    explorer.show(Selection(actors="XKX"))
    assert explorer.selection["event_id"].tolist() == ["own-1"]
    assert [d["key"] for d in explorer.payload["vocabulary"]["domains"]] == ["music"]


def test_events_in_any_order_are_given_in_order_of_time(events):
    explorer = TimelineExplorer(events.sample(frac=1, random_state=1))
    starts = explorer.payload["columns"]["start"]
    assert all(one <= other for one, other in itertools.pairwise(starts))
    assert isinstance(explorer.selection, pd.DataFrame)


# --- Tours --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", TOURS)
def test_every_step_of_a_tour_shows_something(explorer, events, key):
    for number, step in enumerate(TOURS[key].steps, start=1):
        explorer.tour(key, number)
        assert explorer.state["tour"] == {"key": key, "step": number - 1}
        assert not explorer.selection.empty
        if step.selected:
            assert step.selected in explorer.selection["event_id"].tolist()


def test_a_tour_of_ones_own(explorer):
    explorer.tour(Tour("Mine", [Step("Look.", Selection(actors="FRA"), lanes="tone")]))
    assert explorer.criteria == Selection(actors="FRA")
    assert explorer.tours[-1]["title"] == "Mine"
    shown = {k: explorer.state[k] for k in ("filters", "lanes", "other", "selected")}
    explorer.recorded = [{"text": "Look again.", "state": shown}]
    [step] = explorer.recorded_tour().steps
    assert (step.text, step.selection, step.lanes) == (
        "Look again.", Selection(actors="FRA"), "tone"
    )  # fmt: skip


# --- A reader's own events ------------------------------------------------------------------------

OWN = {
    "date": "1971-05",
    "title": "A student adds an event",
    "summary": " ".join(["word"] * 30),
    "tone": "mixed",
    "actors": "CHN;FRA",
    "aspects": "diplomacy_for_science",
    "source": "https://example.org/page",
}


def test_own_events_are_added_saved_and_read_again(explorer, events, tmp_path):
    before = (data.DATA / "events.csv").read_bytes()
    explorer.add(OWN)
    assert len(explorer.selection) == len(events) + 1
    own = explorer.payload["columns"]["own"]
    assert sum(own) == 1
    place = explorer.payload["details"][own.index(1)]["sources"][0][0]
    assert explorer.payload["sources"][place]["url"] == OWN["source"]
    path = explorer.save_own(tmp_path / "my_events.csv")
    again = TimelineExplorer(events, own=path)
    assert again.own_events["title"].tolist() == [OWN["title"]]
    assert len(again.events) == len(events) + 1
    again.add({**OWN, "title": "Another one"})
    assert again.own_events["event_id"].is_unique
    assert again.save_own().read_text(encoding="utf-8").count("\n") == 3
    assert (data.DATA / "events.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"summary": "Too short."}, "summary 'Too short.' is not valid; write 25 to 60 words."),
        ({"title": "x" * 91}, "has 91 characters; shorten it to 90."),
        ({"title": "=1+1"}, "a spreadsheet may run it as a formula"),
        ({"date": "soon"}, "date 'soon' is not a date of the calendar"),
        ({"date": "2999"}, "lies in the future; correct the date."),
        ({"end_date": "1960"}, "ends (1960) before it begins (1971-05); correct one."),
        ({"domain": "music"}, "domain 'music' is not allowed; write one of agriculture"),
        ({"tone": "warm"}, "tone 'warm' is not allowed; write one of cooperation"),
    ],
)
def test_an_own_event_is_checked_by_the_rules_of_the_table(explorer, change, words):
    [problem] = event_problems({**OWN, **change})
    assert words in problem
    with pytest.raises(ValueError, match="Row 2: "):
        explorer.add(pd.DataFrame([OWN, {**OWN, **change}]))
    assert explorer.own_events.empty  # none is added when one is wrong


def test_a_damaged_file_of_own_events_is_refused(events, tmp_path):
    path = tmp_path / "my_events.csv"
    path.write_text("date,title,summary\n1971,A title,Too short.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^my_events\.csv, row 2: summary 'Too short\.' is not"):
        TimelineExplorer(events, own=path)


def test_the_view_can_ask_for_it(explorer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sent = []
    monkeypatch.setattr(explorer, "send", lambda content, buffers=None: sent.append(content))
    explorer._answer(explorer, {"add": {**OWN, "summary": "short"}}, [])
    explorer._answer(explorer, {"add": OWN}, [])
    explorer._answer(explorer, {"save": True}, [])
    assert "25 to 60 words" in sent[0]["problems"][0]
    assert sent[1]["added"] is True
    assert sent[2]["say"] == "1 events were saved in my_events.csv." or "1 event" in sent[2]["say"]
    assert (tmp_path / "my_events.csv").is_file()


def test_a_large_table_gives_its_cards_one_by_one(monkeypatch):
    many = pd.DataFrame({"date": [1900 + n % 100 for n in range(6000)], "title": "a thing"})
    many["summary"] = [f"text {n}" for n in range(6000)]
    explorer = TimelineExplorer(many)
    sent = []
    monkeypatch.setattr(explorer, "send", lambda content, buffers=None: sent.append(content))
    explorer._answer(explorer, {"detail": "event-17"}, [])
    assert sent[0]["detail"]["summary"] == "text 16"


def test_the_shown_events_are_written_without_formulas(tmp_path):
    rows = pd.DataFrame({"date": ["1979"], "title": ["=1+1"], "actors": ["CHN;FRA"]})
    path = TimelineExplorer(rows).to_csv(tmp_path / "out.csv")
    back = pd.read_csv(path)
    assert back.loc[0, "title"] == "'=1+1"
    assert back.loc[0, "actors"] == "CHN;FRA"
