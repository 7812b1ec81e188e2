"""Lesson 05: the attraction chain, the numbers of the prose, and wrong answers of our own."""

import re

import pytest
from notebook_rules import ROOT
from raw_tables import one, rows

from scidip import data
from scidip.questions import check
from scidip.questions.engine import questions_of
from scidip.widgets import attraction_chain as module
from scidip.widgets.attraction_chain import (
    CASES,
    NO_EVIDENCE,
    STEPS,
    attraction_chain,
    chain,
    missing_link,
    names_of,
    plot_chain,
    value,
    yearly,
)

LESSON = ROOT / "lessons" / "05_does_science_attract.ipynb"
EVENTS = data.load("events")


def doses(measure, period, entity="WORLD"):
    row = one("series/vaccines", measure=measure, period=period, entity=entity)
    return float(row["value"])


# --- The chain --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_a_case_has_all_six_steps_in_order(case):
    table = chain(case)
    assert list(dict.fromkeys(table["step"])) == list(STEPS)
    assert list(table.columns) == ["step", "evidence", "kind", "year", "source", "caveat"]
    empty = table["kind"] == "none"
    assert (table.loc[empty, "evidence"] == NO_EVIDENCE).all()
    assert (table.loc[~empty, ["year", "source"]] != "").all(axis=None)
    assert not any(count > 1 for count in table[empty].groupby("step").size())


def test_every_case_lacks_a_step_and_the_table_is_the_same_for_every_state():
    assert all(missing_link(case, STEPS) for case in CASES)
    states = ["students in China", "students in the United States"]
    resource = [chain(case).query("step == 'resource'")["evidence"].item() for case in states]
    assert [text.split(" ", 1)[1] for text in resource] == [resource[0].split(" ", 1)[1]] * 2


@pytest.mark.parametrize("case", CASES)
def test_figures_are_those_of_the_tables(case):
    for entry in CASES[case].evidence:
        if isinstance(entry, module.Figure):
            wanted = {"entity": entry.entity, "period": entry.period, "measure": entry.measure}
            if entry.source_id:
                wanted["source_id"] = entry.source_id
            row = one(f"series/{entry.series}", **wanted)
            amount = float(row["value"])
            shown = chain(case).query("step == @entry.step")["evidence"]
            found = [text for text in shown if text.endswith(row["unit"])]
            near = [abs(float(text.split()[0].replace(",", "")) - amount) for text in found]
            assert min(near) <= (0.05 if amount < 1000 else 0.5)


def test_our_own_words_for_a_record_or_card_rest_on_it():
    """Every number in them stands in the row; so does each proper name of more than one letter."""
    checked = 0
    for case in CASES.values():
        for entry in case.evidence:
            if not getattr(entry, "words", ""):
                continue
            row = (
                one("events", event_id=entry.event_id)
                if isinstance(entry, module.Record)
                else one("cards", card_id=entry.card_id)
            )
            text = " ".join(row.values())
            for part in re.findall(r"[0-9]+|(?<=\s)[A-Z]\w+", entry.words):
                assert part in text, part
            checked += 1
    assert checked >= 3


def test_the_numbers_in_caveats_stand_in_the_tables():
    xinhua = {r["measure"]: r["value"] for r in rows("series/confucius_institutes",
                                                     source_id="csst2018")}  # fmt: skip
    caveats = " ".join(chain("Confucius Institutes")["caveat"])
    assert f"Xinhua has {xinhua['institutes']}" in caveats
    assert f"Xinhua has {xinhua['host_countries']}" in caveats
    assert "34 foreign students" in one("cards", card_id="jiracheewewong2020")["says"]
    usa = rows("series/confucius_institutes", entity="USA", measure="institutes")
    assert max(int(r["value"]) for r in usa) == 108
    note = one("events", event_id="2025-04-24-change-5-samples-loaned")["note"]
    assert "five of the seven" in note


def test_the_first_missing_link():
    assert missing_link("space station") == "resource"
    assert missing_link("space station", ["resource", "offer", "uptake"]) == "perception"
    assert missing_link("space station", "offer") == "resource"
    assert missing_link("Moon samples", ["resource", "offer", "uptake", "behaviour"]) == (
        "perception"
    )
    # A tick does not make up for evidence.
    assert missing_link("students in China", STEPS) == "outcome"


def test_a_whole_chain_has_no_missing_link(monkeypatch):
    record = "2021-05-07-sinopharm-eul"
    whole = module.Case("Whole", tuple(module.Record(step, record) for step in STEPS))
    monkeypatch.setitem(CASES, "whole", whole)
    assert missing_link("whole", STEPS) is None
    assert plot_chain("whole", STEPS).alt.endswith("No link is missing.")


def test_what_does_not_exist_is_refused():
    for function in (chain, missing_link, plot_chain, attraction_chain):
        with pytest.raises(ValueError, match="no case 'Mars'; the cases are space station"):
            function("Mars")
    for function in (missing_link, plot_chain):
        with pytest.raises(ValueError, match="no step 'fame'; the steps are resource, offer"):
            function("space station", ["offer", "fame"])
    with pytest.raises(ValueError, match="0 rows of vaccines have WORLD, 1999"):
        value("vaccines", "WORLD", "1999", "doses_sold")
    with pytest.raises(ValueError, match="2 rows of confucius_institutes"):
        value("confucius_institutes", "USA", "2023", "institutes")
    with pytest.raises(ValueError, match="more than one figure in a year"):
        yearly("views_of_china", "USA", "gallup_favourable")
    with pytest.raises(ValueError, match="no figure for FRA"):
        yearly("views_of_china", "FRA", "gallup_favourable")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("accepted", [(), ("resource", "offer", "uptake"), tuple(STEPS)])
def test_the_figure_says_all_that_it_shows(case, accepted):
    figure = plot_chain(case, accepted)
    lines = figure.alt.splitlines()
    assert len(lines) == 8
    table = chain(case)
    for step, line in zip(STEPS, lines[1:7], strict=True):
        evidence = table[table["step"] == step]
        assert all(text.lower() in line.lower() for text in evidence["evidence"])
        assert all(text in line for text in evidence["caveat"])
    drawn = " ".join(text.get_text().strip() for text in figure.axes[0].texts)
    for evidence in table["evidence"]:
        assert evidence.lower() in re.sub(r"\s+", " ", drawn).lower()
    assert lines[-1] in drawn
    # No text leaves the figure.
    figure.draw_without_rendering()
    box = figure.bbox
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert extent.x0 >= 0 and extent.x1 <= box.width
        assert extent.y0 >= 0 and extent.y1 <= box.height


def test_the_marks_differ_without_colour():
    figure = plot_chain("Moon samples", ["resource", "perception"])
    marks = [
        (line.get_marker(), line.get_markerfacecolor())
        for line in figure.axes[0].lines
        if line.get_marker() != "None"
    ]
    assert [mark for mark, _ in marks] == ["o", "o", "o", "x", "o", "o"]
    assert marks[0][1] != marks[1][1]
    assert "4 perception (ticked, but no evidence)" in figure.alt


def test_the_controls_move_the_chain():
    widget = attraction_chain()
    assert widget.values == {"case": "vaccines from China"} | dict.fromkeys(STEPS, False)
    assert widget.figure.alt.endswith("First missing link: resource.")
    for step, link in zip(list(STEPS)[:4], list(STEPS)[1:5], strict=True):
        widget.controls[step].value = True
        assert widget.figure.alt.endswith(f"First missing link: {link}.")
    widget.set(case="vaccines from the United States")
    assert "687.6 million doses" in repr(widget)
    assert "1 resource (ticked, but no evidence)" in repr(widget)
    assert repr(widget).endswith("First missing link: resource.")
    widget.set(case="students in China", behaviour=True)
    assert repr(widget).endswith("First missing link: outcome.")
    with pytest.raises(ValueError, match="does not take 'Mars'"):
        widget.set(case="Mars")
    assert all(control.description for control in widget.controls.values())


# --- The numbers of the lesson ------------------------------------------------------------------


def test_students(prose, printed):
    china = {
        int(r["year"]): int(r["value"])
        for r in rows("series/students_in_china", entity="WORLD", measure="students_in_china")
    }
    assert max(china) == 2018
    words = " ".join(printed["picture-words"].split())
    assert f"CHN: {china[2006]:,} in 2006" in words and f"{china[2018]:,} in 2018" in words
    usa = one("series/students_in_usa", entity="WORLD", measure="students_in_usa", year="2024")
    assert f"{int(usa['value']):,} in 2024" in words
    us = {
        r["year"]: float(r["value"])
        for r in rows("series/students_in_usa", entity="WORLD", measure="students_in_usa")
    }
    assert us["2018"] > us["2019"] > us["2020"] and us["2020"] < us["2021"]
    assert "the US line falls in 2019 and 2020" in prose["picture-notes"]
    paid = one("series/students_in_china", measure="scholarship_holders", year="2018")
    assert f"{100 * int(paid['value']) / china[2018]:.1f} per cent" in printed["percent"]
    source = one("series_sources", source_id="moe2018")
    assert "234,063 were outside degree programmes" in source["caveat"]
    assert 0.45 < 234063 / china[2018] < 0.55 and "about half" in prose["picture-notes"]


def test_the_space_station(prose, printed):
    row = one("openness_funnel", case_id="china-space-station-2018")
    rate = 100 * int(row["selected"]) / int(row["applications"])
    assert f"{rate:.1f} per cent" in printed["funnel-rate"]
    assert f"percent({row['selected']}, {row['applications']})" in prose["funnel-rate"]
    notes = prose["funnel-notes"]
    assert f"of {row['applications']} proposals" in notes and int(row["selected"]) == 9
    assert f"divide {row['selected_countries']} countries by {row['applicant_countries']}" in notes
    assert "China is one of the 17" in row["note"]
    assert "open to all UN member states" in one("events", event_id=row["event_id"])["summary"]


def test_vaccines(prose, printed):
    gifts, sold = (doses(m, "2022-12-28") for m in ("doses_promised_as_gift", "doses_sold"))
    words = printed["vaccines-share"]
    assert f"{gifts:.0f} promised as gifts, {sold:.0f} sold" in words
    assert f"{100 * gifts / (gifts + sold):.1f} per cent" in words
    notes = prose["vaccines-notes"]
    huang = one("cards", card_id="huang2021")["says"]
    assert "69 countries" in huang and "28 more with sales" in huang
    assert "rejects the term" in huang and "rejects the term (`huang2021`)" in notes
    assert "more than 50 million doses" in one("cards", card_id="morgan2022")["says"]
    assert "213 countries" in one("cards", card_id="vadlamannati2024")["says"]
    assert "neutral" in one("cards", card_id="vaccine2022")["says"]
    given = {
        r["entity"]: float(r["value"]) for r in rows("series/vaccines", source_id="unicef-202109")
    }
    share = {code: 100 * given[code] / given["WORLD"] for code in ("USA", "CHN")}
    assert (
        f"United States {share['USA']:.1f} and China {share['CHN']:.1f}"
        in (printed["donors-words"])
    )
    assert "All donors: 207.0" in printed["donors-words"]
    assert share["USA"] > 50 and "more than half" in prose["donors-notes"]


def test_views(prose, printed):
    gallup = {
        r["period"]: int(r["value"])
        for r in rows("series/views_of_china", measure="gallup_favourable")
    }
    assert gallup["2018"] - gallup["2023"] == gallup["1989-02"] - gallup["1989-08"] == 38
    assert "fell by 38 points. In 1989 it fell by as much" in prose["gallup-notes"]
    assert f"highest {gallup['2018']} in 2018, {gallup['2023']} in 2023" in printed["gallup-words"]
    pew = {
        r["entity"]: int(r["value"])
        for r in rows("series/views_of_china", measure="pew_favourable", year="2025")
    }
    assert (max(pew, key=pew.get), min(pew, key=pew.get)) == ("NGA", "JPN")
    assert f"{pew['NGA']} per cent in Nigeria to {pew['JPN']} in Japan" in prose["pew-notes"]
    assert printed["pew-words"].count(": ") == len(pew)


def test_gallup_and_pew_never_share_an_axis(lesson):
    for cell in lesson.cells:
        if cell.cell_type == "code" and "plot_" in cell.source:
            assert not ("gallup" in cell.source.lower() and "pew" in cell.source.lower())


def test_the_rest_of_the_prose(prose, printed):
    aspect = [r for r in rows("events") if "science_for_diplomacy" in r["aspects"]]
    assert f"{len(aspect)} of {len(rows('events'))} records" in printed["audit-numbers"]
    views = rows("series/views_of_china")
    usa = [r for r in views if r["entity"] == "USA"]
    assert f"{len(usa)} of {len(views)} poll figures" in printed["audit-numbers"]
    jones = one("cards", card_id="jones2015")["says"]
    assert "more than 500 US students at 11 colleges" in jones
    assert "more than 500 US students at 11 colleges" in prose["stay"]
    chinese = [case for case in CASES if "United States" not in case]
    assert (len(chinese), len(CASES)) == (5, 7) and "Five of our seven cases" in prose[
        "audit-notes"
    ]
    links = {case: missing_link(case, STEPS) for case in CASES}
    assert None not in links.values() and "none of our seven cases" in prose["key-points"]
    for case, link in links.items():
        assert f"- {case}: {link}" in printed["explore-words"]


def test_the_verdicts_are_those_of_the_table(prose):
    settled = {r["claim_id"]: r for r in rows("article_claims", settled_lesson="05")}
    assert set(settled) == {"S03", "S08"}
    for claim_id, row in settled.items():
        assert f'settle("{claim_id}", "{row["verdict"]}")' in prose["claims"]
        line = next(x for x in prose["claims"].splitlines() if x.startswith(f"| `{claim_id}`"))
        fragment = re.search(r'"([^"]+)"', line)[1]
        assert fragment in row["fragment"] and len(fragment.split()) < 15
        assert row["verdict"] in line.rsplit("|", 2)[1]
        # All that can be argued is named, and nothing else.
        for code in ("supported", "partly_supported", "contradicted", "contested"):
            told = code == row["verdict"] or f"*{code.replace('_', ' ')}* " in line
            assert told == (code in row["accepted"].split(";")), (claim_id, code)


def test_the_words_are_those_of_the_glossary(prose):
    glossary = {r["term"]: r["definition"] for r in rows("glossary")}
    text = prose["key-points"].partition("## Words")[2].partition("## Sources")[0]
    entries = re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", text, flags=re.MULTILINE)
    assert len(entries) == 6
    for term, definition in entries:
        assert definition.casefold() == glossary[term].casefold(), term
        bold = [k for k, s in prose.items() if f"**{term.lower()}**" in s.lower()]
        assert bold[0] != "key-points", f"{term} is not bold where it first stands"


def test_the_names_of_bars():
    table = data.load("series/views_of_china")
    pew = table[(table["measure"] == "pew_favourable") & (table["year"] == 2025)]
    assert {name.replace("\n", " ") for name in names_of(pew)} >= {"Nigeria", "South Korea"}
    assert names_of(pew[pew["entity"] == "NGA"], NGA="Here") == ["Here"]


# --- The exercises ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("5.1", list("dbefac"), "a stands before c"),
        ("5.1", list("adbefc"), "votes (a) come before use (e)"),
        ("5.1", list("dbfeca"), "trust (f) comes before use (e)"),
        ("5.1", list("dbecfa"), "new laboratory (c) comes before trust (f)"),
        ("5.1", list("bdefca"), "b stands before d"),
        ("5.1", list("acfebd"), "You begin with what the state gains"),
        ("5.1", ["d", "b", "e"], "not in your list yet"),
        ("5.2", 29, "Keep one decimal place"),
        ("5.2", 7, "Divide what was chosen"),
        ("5.2", 0.29, "This is the fraction"),
        ("5.2", 342.9, "wrong way round"),
        ("5.2", 54.5, "countries by countries"),
        ("5.2", 21.4, "the rate of the space station"),
        ("5.2", 70.8, "was not chosen"),
        ("5.2", 100 * 5 / 24, "Divide what was chosen"),
        ("5.3", dict.fromkeys("abcdef", "F"), "a request tells what others want"),
        ("5.3", dict(zip("abcdef", "BBDEAG", strict=True)), "the offer was the call"),
        ("5.3", dict(zip("abcdef", "CCDEAG", strict=True)), "has not arrived yet"),
        ("5.3", dict(zip("abcdef", "CBDFAG", strict=True)), "hosts changed"),
        ("5.3", dict(zip("abcdef", "CBDECG", strict=True)), "counts no dose used"),
        ("5.3", dict(zip("abcdef", "CBDEGG", strict=True)), "WHO, not the state"),
        ("5.3", dict(zip("abcdef", "CBDEAF", strict=True)), "the writer belongs to the state"),
        ("5.3", dict(zip("abcdef", "CBDEAD", strict=True)), "No public abroad was asked"),
        ("5.3", dict(zip("abcdef", "CBDEAH", strict=True)), "one of the letters"),
        ("5.4", lambda period: 7.4, "2021-06-15"),
        ("5.4", lambda period: 2.9449423815621, "the share of one day"),
        ("5.4", lambda period: 2.9 if "06" in period else 0, "Does your function use period, and"),
        ("5.4", lambda day: 1 / 0, "ZeroDivisionError"),
        ("5.4", lambda: 2.9, "TypeError"),
        ("5.4", lambda period: print(period, end=""), "gives nothing back"),
        ("5.4", 2.9, "This is not a function"),
        ("5.5", "A", "under a word that did not exist"),
        ("5.5", "D", "Attraction runs the other way"),
        ("5.6", "B", "subtracts the answer of one public"),
        ("5.6", ["A", "C"], "one letter only"),
        ("5.7", "C", "compared with whom?"),
        ("5.7", "D", "never wanted to go"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words, capsys):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words in outcome.message


def test_shares_by_other_wrong_ways():
    def of(part, whole):
        return lambda period: 100 * doses(part, period) / sum(doses(w, period) for w in whole)

    gift, sold, came = "doses_promised_as_gift", "doses_sold", "doses_delivered"
    said = {
        "divided the gifts by the doses sold": of(gift, [sold]),
        "do not fit": of(gift, [came]),
        "share of the doses sold": of(sold, [gift, sold]),
        "This is the fraction": lambda period: of(gift, [gift, sold])(period) / 100,
        "every dose a gift": of(gift, [gift]),
    }
    for words, function in said.items():
        outcome = check("5.4", function)
        assert outcome.status == "not yet" and words in outcome.message
    assert check("5.4", of(gift, [gift, sold])).status == "correct"
    assert check("5.4", lambda day: round(of(gift, [sold, gift])(day), 1)).status == "correct"


def test_regional_lines_are_noticed_and_the_numbers_of_the_decision_hold():
    def regional(period):
        if period == "2021-06-15":
            return 2.9
        found = [r for r in rows("series/vaccines", period=period) if r["entity"] != "WORLD"]
        total = {
            measure: sum(float(r["value"]) for r in found if r["measure"] == measure)
            for measure in ("doses_promised_as_gift", "doses_sold")
        }
        return 100 * total["doses_promised_as_gift"] / sum(total.values())

    outcome = check("5.4", regional)
    assert outcome.status == "not yet" and "You added the regional lines" in outcome.message
    why = questions_of(5)["5.4"].why
    headline = doses("doses_promised_as_gift", "2021-11-29")
    headline = 100 * headline / (headline + doses("doses_sold", "2021-11-29"))
    assert f"the headline gives {headline:.1f} per cent" in why.replace("\n", " ")
    assert f"only {regional('2021-11-29'):.1f}" in why


def test_every_defensible_answer_is_accepted():
    for d in "CE":
        answer = dict(zip("abcdef", ["C", "B", "D", d, "A", "G"], strict=True))
        assert check("5.3", answer).status == "correct"
    for right in (29.2, 29.17, 29.1666666, 29.166666666666668):
        assert check("5.2", right).status == "correct"


def test_the_right_answers_follow_the_data(monkeypatch):
    """With another number of loans, the rate that counts as right is another one."""
    funnel = data.load("openness_funnel")
    funnel.loc[funnel["case_id"] == "change-5-samples-2023", "selected"] = 12
    real = data.load_shared
    monkeypatch.setattr(
        data, "load_shared", lambda name: funnel if name == "openness_funnel" else real(name)
    )
    assert check("5.2", 50).status == "correct"
    assert check("5.2", 29.2).status == "not yet"


def test_the_story_says_that_it_is_invented():
    task = (ROOT / "solutions" / "05_does_science_attract_solutions.ipynb").read_text("utf-8")
    assert "Norland is a state that does not exist" in task
    assert "1975-09-25-csta-delegation-washington" in set(EVENTS["event_id"])
