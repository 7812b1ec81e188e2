"""The timeline without a browser: which events are chosen, how they are said, drawn and saved."""

import base64
import doctest
import importlib
import itertools
import struct

import anywidget
import pandas as pd
import pytest

from scidip import data, figures, style
from scidip.timeline import Selection, TimelineExplorer, describe, plot_decades, plot_timeline
from scidip.timeline.figure import place_marks
from scidip.timeline.selection import plain

# The package exports a function named like one of its modules, so modules are taken by name.
MODULES = ["selection", "figure", "explorer"]


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
    selection = Selection(tones=["friction"], actor="USA", first_year=2018, last_year=2020)
    chosen = selection.apply(events)
    assert 0 < len(chosen) < len(events)
    assert set(chosen["tone"]) == {"friction"}
    assert all("USA" in actors for actors in chosen["actors"])
    assert chosen["year"].between(2018, 2020).all()


def test_a_region_stands_for_all_its_states_and_bodies(events):
    regions = data.load("actors").set_index("code")["region"]
    chosen = Selection(actor="Africa").apply(events)
    expected = [any(regions[code] == "Africa" for code in codes) for codes in events["actors"]]
    assert chosen["event_id"].tolist() == events.loc[expected, "event_id"].tolist()
    assert len(chosen) > len(Selection(actor="KEN").apply(events)) > 0


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
        ({"domain": "moon"}, "There is no domain 'moon'; use one of agriculture"),
        ({"first_year": 1979.5}, "first_year is 1979.5, but must be a year such as 1979"),
        ({"last_year": "1979"}, "last_year is '1979', but must be a year such as 1979"),
        ({"last_year": 10**9}, "last_year is 1000000000, but must be a year such as 1979"),
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
        Selection(actor=actor).apply(events)
    assert meant in str(caught.value)


def test_an_actor_without_events_is_no_mistake(events):
    assert Selection(actor="NGA").apply(events.head(3)).empty


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda events: plot_timeline(events["year"]), "A table of events is needed"),
        (lambda events: plot_timeline(events[["year"]]), "lacks the column event_id"),
        (lambda events: plot_timeline(events, "FRA"), "selection is 'FRA'; write Selection"),
        (lambda events: plot_timeline(events.assign(tone="warm")), "There is no tone 'warm'"),
        (lambda events: plot_decades("events"), "A table of events is needed"),
        (lambda events: TimelineExplorer(Selection()), "A table of events is needed"),
    ],
)
def test_what_is_no_table_of_events_is_refused_in_one_sentence(events, draw, words):
    with pytest.raises((TypeError, ValueError), match=words):
        draw(events)


def test_years_in_the_wrong_order_choose_nothing(events):
    assert Selection(first_year=1990, last_year=1980).apply(events).empty


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(aspects=["science_in_diplomacy"], tones=["mixed"], text='O\'Brien "x"'),
        Selection(actor="FRA", domain="space", first_year=1979, last_year=2024),
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
        marks = place_marks(all_events, aspect.key, 77)
        assert len(marks) == sum(aspect.key in found for found in all_events["aspects"])
        for _, row in marks.sort_values("x").groupby("row"):
            gaps = row["x"].diff().dropna()
            assert (gaps > 0.3).all()  # years: less than the width of a mark
            assert (row["start"].iloc[1:].to_numpy() >= row["end"].iloc[:-1].to_numpy()).all()


def test_a_date_that_is_known_to_the_year_stands_in_the_middle_of_it(events):
    one = events[events["event_id"] == "1966-cscprc-founded"]
    [mark] = place_marks(one, "diplomacy_for_science", 77).itertuples()
    assert 1966.45 < mark.x < 1966.55
    assert (mark.start, round(mark.end, 2)) == (1966, 1967)


def test_an_event_that_lasted_is_marked_at_its_beginning(events):
    one = events[events["event_id"] == "2018-11-01-china-initiative"]
    [mark] = place_marks(one, "diplomacy_for_science", 77).itertuples()
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


# --- Explorer -----------------------------------------------------------------------------------


@pytest.fixture
def explorer(events):
    return TimelineExplorer(events)


def test_it_opens_with_every_event(explorer, events):
    assert explorer.criteria == Selection()
    assert explorer.selection["event_id"].tolist() == events["event_id"].tolist()
    assert explorer.to_code() == "TimelineExplorer(events, Selection())"


def test_each_control_changes_the_choice(explorer, events):
    moves = [
        (explorer.aspects[0], "value", False, {"aspects": [a.key for a in style.ASPECTS[1:]]}),
        (explorer.tones[1], "value", False, {"tones": ["cooperation", "mixed"]}),
        (explorer.actor, "index", explorer.actor.options.index("France (FRA)"), {"actor": "FRA"}),
        (explorer.domain, "index", explorer.domain.options.index("Space"), {"domain": "space"}),
        (explorer.first_year, "value", 1979, {"first_year": 1979}),
        (explorer.last_year, "value", 1990, {"last_year": 1990}),
        (explorer.text, "value", "moon", {"text": "moon"}),
    ]
    for control, trait, value, criteria in moves:
        before = getattr(control, trait)
        setattr(control, trait, value)
        assert explorer.criteria == Selection(**criteria)
        expected = Selection(**criteria).apply(events)
        assert explorer.selection["event_id"].tolist() == expected["event_id"].tolist()
        assert 0 < len(expected) < len(events)
        setattr(control, trait, before)
    assert explorer.criteria == Selection()


def test_every_control_is_linked_to_the_view_in_the_browser(monkeypatch, events):
    linked = {}
    monkeypatch.setattr(
        "ipywidgets.jslink", lambda source, target: linked.update({target[1]: (source, target[0])})
    )
    explorer = TimelineExplorer(events)
    filters = set(explorer.view.traits(sync=True)) - set(anywidget.AnyWidget().traits(sync=True))
    filters -= {"events", "lanes", "tones", "actors", "domains", "years", "selected", "_css"}
    assert set(linked) == filters
    for (control, trait), view in linked.values():
        assert view is explorer.view
        assert control.traits()[trait].metadata.get("sync")


def test_show_moves_the_controls_and_the_view(explorer, events):
    selection = Selection(
        aspects=["science_for_diplomacy"], tones=["friction"], actor="USA", domain="space",
        first_year=1990, last_year=2020, text="satellite",
    )  # fmt: skip
    explorer.show(selection)
    assert explorer.criteria == selection
    view = explorer.view
    assert [view.aspect_1, view.aspect_2, view.aspect_3] == [False, True, False]
    assert [view.tone_1, view.tone_2, view.tone_3] == [False, True, False]
    assert view.actors[view.actor] == ["USA"]
    assert view.domains[view.domain] == "space"
    assert (view.first_year, view.last_year, view.text) == (1990, 2020, "satellite")
    assert eval(explorer.to_code()).criteria == selection


def test_a_saved_page_shows_picture_and_sentence(events):
    explorer = TimelineExplorer(events, Selection(last_year=1978))
    bundle, metadata = explorer._repr_mimebundle_()
    assert bundle["text/plain"] == "Timeline explorer. " + describe(explorer.selection, len(events))
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert describe(explorer.selection, len(events)) in metadata["image/png"]["alt"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("selection", [Selection(actor="XXX"), Selection(actor="ATA")])
def test_an_actor_without_events_is_refused(explorer, selection):
    with pytest.raises(ValueError, match="No event has the actor"):
        explorer.show(selection)


def test_a_card_can_be_opened_by_code(explorer):
    explorer.selected = "1957-pugwash-zhou-peiyuan"
    assert explorer.view.selected == "1957-pugwash-zhou-peiyuan"
    with pytest.raises(ValueError, match="There is no event '1957'"):
        explorer.selected = "1957"


def test_each_event_reaches_the_browser_with_its_sources(explorer, events):
    links = data.load("event_sources")
    records = {record["id"]: record for record in explorer.view.events}
    assert set(records) == set(events["event_id"])
    for event_id, group in links.groupby("event_id"):
        assert len(records[event_id]["sources"]) == len(group) > 0
        assert all(source["url"].startswith("http") for source in records[event_id]["sources"])


def test_own_events_without_sources_are_shown(events):
    own = events.head(2).assign(event_id=["own-1", 'own "2"'], domain="music")
    own["actors"] = [("CHN", "XKX"), ("CHN",)]
    explorer = TimelineExplorer(own)
    assert [record["sources"] for record in explorer.view.events] == [[], []]
    assert len(explorer.selection) == 2
    explorer.show(Selection(actor="XKX"))
    assert explorer.selection["event_id"].tolist() == ["own-1"]
    assert "music" in explorer.domain.options


def test_events_in_any_order_are_given_in_order_of_time(events):
    explorer = TimelineExplorer(events.sample(frac=1, random_state=1))
    starts = [record["start"] for record in explorer.view.events]
    assert all(one <= other for one, other in itertools.pairwise(starts))
    assert isinstance(explorer.selection, pd.DataFrame)
