"""Lesson 09: the claim auditor, the numbers of the prose, and wrong answers of our own."""

import re
from urllib.parse import urlsplit

import nbformat
import pandas as pd
import pytest
from notebook_rules import ROOT
from notebook_rules import prose as words_of
from raw_tables import one, rows

from scidip import data
from scidip.ledger import Ledger
from scidip.questions import check
from scidip.questions import lesson09 as module
from scidip.questions.engine import questions_of
from scidip.widgets import claim_auditor as audit
from scidip.widgets.claim_auditor import (
    ClaimAuditor,
    calibration,
    evidence_for,
    independent,
    invented_ledger,
    judge,
    plot_calibration,
    plot_grid,
    plot_provenance,
    plot_shared_words,
    recall,
    shared_words,
    wording,
)

LESSON = ROOT / "lessons" / "09_the_article_on_trial.ipynb"
SOLUTION = ROOT / "solutions" / "09_the_article_on_trial_solutions.ipynb"
ARTICLE = ROOT.parent / "shared" / "article.txt"
CLAIMS = data.load("article_claims")
ROWS = {row["claim_id"]: row for row in rows("article_claims")}


@pytest.fixture(scope="module")
def shown(lesson):
    found = {}
    for cell in lesson.cells:
        if cell.cell_type == "code":
            parts = [out.get("text", "") for out in cell.outputs]
            parts += [out.get("data", {}).get("text/plain", "") for out in cell.outputs]
            found[cell.id] = " ".join(" ".join(parts).split())
    return found


# --- Evidence and its origins -------------------------------------------------------------------


def test_every_page_has_an_origin_and_no_origin_is_idle():
    pages = {row["url"] for row in rows("claim_evidence")}
    used = set()
    for page in pages:
        place = re.sub("^www.", "", urlsplit(page).netloc) + urlsplit(page).path
        keys = [key for key in audit.ORIGINS if place.startswith(key) or f".{key}/" in place]
        assert len(keys) == 1, page
        assert audit.origin_of(page) == audit.ORIGINS[keys[0]]
        used.add(keys[0])
    assert used == set(audit.ORIGINS)
    with pytest.raises(ValueError, match="is not known"):
        audit.origin_of("https://example.org/")


@pytest.mark.parametrize("claim", ROWS)
def test_the_evidence_of_a_claim_is_that_of_the_table(claim):
    found = evidence_for(claim)
    theirs = rows("claim_evidence", claim_id=claim)
    assert found["url"].tolist() == [row["url"] for row in theirs]
    assert found["supports"].tolist() == [row["supports"] for row in theirs]
    assert found["row"].tolist() == list(range(1, len(theirs) + 1))


def test_independence_is_a_matter_of_origins():
    assert independent("S13", 1, 2) and independent("S13", 2, 5)
    assert not independent("S13", 1, 3) and not independent("S13", 1, 1)
    # Three pages, one ministry; two news outlets, one department.
    assert not independent("S09", 1, 3) and not independent("S17", 2, 3)
    for wrong in (0, 9, "1"):
        with pytest.raises(ValueError, match="no evidence row"):
            independent("S13", 1, wrong)
    with pytest.raises(ValueError, match="claims are S01 to S22"):
        evidence_for("S99")


def test_recall_gives_every_claim_with_all_verdicts_that_can_be_argued():
    table = recall(CLAIMS)
    assert len(table) == 22
    for (_, shown_row), row in zip(table.iterrows(), ROWS.values(), strict=True):
        assert row["claim_id"] in shown_row["claim"] and row["fragment"] in shown_row["claim"]
        codes = shown_row["verdict"].replace(" ", "_").split("_or_")
        assert set(codes) == set(row["accepted"].split(";")) and codes[0] == row["verdict"]
        assert row["corrected"] in shown_row["sentence that holds"]
        assert shown_row["sentence that holds"]


# --- Words, hands and the grid ------------------------------------------------------------------


def test_shared_words():
    assert shared_words("A b, c", "C. a!") == (2, 3)
    assert shared_words("", "a") == (0, 0)
    # Counted by hand: all words of the first definition but the last one.
    assert shared_words(wording("article-1"), wording("eeas-1")) == (9, 10)
    with pytest.raises(ValueError, match="no definition"):
        wording("eeas-9")


def test_the_bars_of_shared_words_follow_from_the_definitions():
    texts = {row["definition_id"]: row["wording"].lower() for row in rows("definitions")}
    for aspect in "123":
        for name, text in (("European page", "eeas"), ("report of 2010", "rs2010")):
            mine = re.sub(r"[^a-z ]", "", texts[f"article-{aspect}"]).split()
            theirs = re.sub(r"[^a-z ]", "", texts[f"{text}-{aspect}"]).split()
            share = round(100 * len([word for word in mine if word in theirs]) / len(mine))
            assert f"{aspect} {name}: {share}" in plot_shared_words().alt


@pytest.mark.parametrize(
    "figure",
    [
        plot_provenance(),
        plot_shared_words(),
        plot_grid(pd.crosstab(CLAIMS["claim_type"], CLAIMS["verdict"]), "Claims"),
        plot_calibration(calibration(pd.DataFrame(), CLAIMS)),
    ],
)
def test_no_text_leaves_a_figure(figure):
    figure.draw_without_rendering()
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert extent.x0 >= 0 and extent.x1 <= figure.bbox.width
        assert extent.y0 >= 0 and extent.y1 <= figure.bbox.height


def test_the_hands_are_quoted_from_the_tables():
    said = plot_provenance().alt
    for name in ("rs2010-3", "eeas-3", "article-3"):
        assert one("definitions", definition_id=name)["wording"].strip('"') in said
    assert "el apoyo directo a expertos" in said
    assert "el apoyo directo a expertos" in one("cards", card_id="unav2023")["says"]
    # Only the link between the two versions of one text was seen.
    assert said.count("Then inferred") == 2 and said.count("Then seen") == 1


def test_the_grid_counts_every_claim_once():
    table = pd.crosstab(CLAIMS["claim_type"], CLAIMS["verdict"])
    said = plot_grid(table, "Claims").alt
    assert sum(map(int, re.findall(r" (\d+)", said))) == len(ROWS)
    for row in ROWS.values():
        line = next(x for x in said.splitlines() if x.startswith(row["claim_type"] + ":"))
        assert row["verdict"].replace("_", " ") in line


# --- Calibration --------------------------------------------------------------------------------


def test_calibration_by_hand():
    ids, sure = ["S13", "S21", "S10", "S12", "S18"], [90, 85, 80, 95, 20]
    ledger = pd.DataFrame({"claim_id": ids, "confidence": sure})
    table = calibration(ledger, CLAIMS).set_index("confidence")
    # Contradicted, supported, half: 0 + 1 + 0.5 of 3; the opinion is left out.
    top = table.loc["80 to 100"]
    assert (top["claims"], top["left_out"]) == (3, 1)
    assert top["stated"] == 85 and top["right"] == 50
    assert table.loc["20 to 39", "right"] == 50
    assert table["claims"].sum() + table["left_out"].sum() == len(ids)


def test_the_students_own_verdict_counts_where_it_can_be_argued():
    def right(verdict, claim="S18"):
        ledger = pd.DataFrame({"claim_id": [claim], "confidence": [60], "verdict": [verdict]})
        return calibration(ledger, CLAIMS)["right"].iloc[3]

    assert right("contradicted") == 0 and right("partly_supported") == 50
    assert right("supported") == 50  # can't be argued: ours is taken
    assert right("") == 50 and right(None) == 50


def test_an_empty_a_short_and_a_full_ledger(tmp_path):
    ledger = Ledger(tmp_path / "my_ledger.csv")
    empty = calibration(ledger.table(), CLAIMS)
    assert empty["claims"].tolist() == [0] * 5
    assert "No claim can be counted yet." in plot_calibration(empty).alt
    ledger.note("S13", kind="fact", confidence=100)
    ledger.note("S12", kind="interpretation", confidence=0)
    short = plot_calibration(calibration(ledger.table(), CLAIMS)).alt
    assert "80 to 100 per cent sure: 1 claim, stated 100, right 0 per cent." in short
    assert "Only 1 counted: too few" in short and "true or false: 1." in short
    for claim in ROWS:
        ledger.note(claim, kind="fact", confidence=50)
    full = calibration(ledger.table(), CLAIMS)
    countable = [r for r in ROWS.values() if r["verdict"] in audit.RIGHT]
    assert full["claims"].sum() == len(countable) >= 10
    assert full["left_out"].sum() == len(ROWS) - len(countable)
    assert "too few" not in plot_calibration(full).alt
    assert plot_calibration(full).alt.count("per cent sure") == 2


def test_a_ledger_that_cannot_be_is_refused():
    for claim, sure, words in (("S99", 50, "no claim 'S99'"), ("S13", 101, "from 0 to 100")):
        with pytest.raises(ValueError, match=words):
            calibration(pd.DataFrame({"claim_id": [claim], "confidence": [sure]}), CLAIMS)


# --- The auditor --------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ROWS)
def test_a_verdict_is_judged_by_the_accepted_set(claim):
    accepted = ROWS[claim]["accepted"].split(";")
    for code in audit.VERDICTS:
        status, message = judge(claim, code)
        assert (status == "correct") == (code in accepted)
        if code not in accepted:
            # The right verdict is not given away by our own words.
            assert ROWS[claim]["why"] not in message
            assert rows("claim_evidence", claim_id=claim)[0]["supports"] in message
    with pytest.raises(ValueError, match="no verdict"):
        judge(claim, "true")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("S03", "contested"),
        ("S06", "contradicted"),
        ("S07", "supported"),
        ("S07", "contested"),
        ("S08", "partly_supported"),
        ("S22", "partly_supported"),
    ],
)
def test_the_verdicts_that_readers_could_argue_are_accepted(claim, verdict):
    assert judge(claim, verdict)[0] == "correct"


def test_a_corrected_sentence_goes_no_further_than_its_evidence():
    assert "lapse" not in ROWS["S13"]["corrected"] + ROWS["S13"]["why"]
    said = one("cards", card_id="kuna2024")["says"]
    assert "reduce risks for US security" in said
    assert "reduce risks for US security" in ROWS["S16"]["corrected"]
    assert one("claim_evidence", claim_id="S16", work_id="kuna2024")
    assert "after the article" in ROWS["S16"]["note"]
    assert "end in 2017" in ROWS["S09"]["why"] and "of 2023" in ROWS["S09"]["why"]


def test_the_codes_are_those_of_the_table():
    field = next(f for f in data.schema("article_claims")["fields"] if f["name"] == "verdict")
    assert list(audit.VERDICTS) == field["constraints"]["enum"]
    field = next(f for f in data.schema("article_claims")["fields"] if f["name"] == "claim_type")
    assert list(audit.TYPES) == field["constraints"]["enum"]


def test_step_through_the_claims():
    auditor = ClaimAuditor()
    assert auditor.claim == "S01" and auditor.check() == "not tried yet"
    auditor.previous()
    assert auditor.claim == "S22"
    auditor.next()
    auditor.choose(verdict="contradicted", confidence=80)
    assert auditor.check() == "not yet"
    auditor.choose(verdict="text_problem", type="text", first=1, second=2)
    assert auditor.check() == "correct"
    said = auditor.children[-3].value
    assert "our table has fact, you have text" in said and "different origins" in said
    auditor.next()
    assert auditor.controls["verdict"].value == "" and auditor.children[-3].value == ""
    auditor.previous()
    assert auditor.controls["second"].value == 2 and auditor.controls["confidence"].value == 80
    assert auditor.count() == {"correct": 1, "not yet": 0, "not tried yet": 21}
    assert repr(auditor).startswith("Claim auditor. 22 claims: 1 correct, 0 not yet, 21 not tried")
    assert len(auditor.table()) == 22


def test_what_it_says_of_two_rows():
    auditor = ClaimAuditor(["S13", "S09"])
    for first, second, words in (
        (1, 3, "go back to one origin"),
        (1, 1, "one row twice"),
        (1, 0, "choose two rows"),
        (2, 5, "different origins"),
    ):
        auditor.choose(verdict="contradicted", first=first, second=second)
        auditor.check()
        assert words in auditor.children[-3].value
    auditor.next()
    auditor.choose(verdict="contradicted", first=1, second=2)
    auditor.check()
    assert "one origin only" in auditor.children[-3].value


def test_the_calibration_of_the_auditor_and_of_the_ledger(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    auditor = ClaimAuditor(["S13", "S12", "S22"])
    auditor.show_calibration()
    assert auditor.children[-1].value.count("No claim can be counted yet.") >= 2
    for verdict, sure in (("contradicted", 90), ("supported", 90), ("supported", 60)):
        auditor.choose(verdict=verdict, confidence=sure)
        auditor.check()
        auditor.next()
    table = auditor.calibration()
    assert table["claims"].tolist() == [0, 0, 0, 1, 2]
    assert table["right"].tolist()[3:] == [100, 50]
    Ledger().note("S22", kind="fact", confidence=70)
    auditor.show_calibration()
    assert "60 to 79 per cent sure: 1 claim, stated 70, right 100" in auditor.children[-1].value
    (tmp_path / "my_ledger.csv").write_text("broken", encoding="utf-8")
    auditor.show_calibration()
    assert "is damaged" in auditor.children[-1].value


def test_a_wrong_control_or_claim_is_refused():
    auditor = ClaimAuditor(["S13"])
    for values, words in (
        ({"colour": 1}, "no control 'colour'"),
        ({"verdict": "true"}, "does not take 'true'"),
        ({"first": 9}, "does not take 9"),
        ({"confidence": 101}, "whole number from 0 to 100"),
        ({"confidence": "90"}, "whole number from 0 to 100"),
    ):
        with pytest.raises(ValueError, match=words):
            auditor.choose(**values)
    with pytest.raises(ValueError, match="claims are S01 to S22"):
        ClaimAuditor(["S00"])
    with pytest.raises(ValueError, match="at least one"):
        ClaimAuditor([])
    assert all(control.description for control in auditor.controls.values())


# --- The numbers of the lesson ------------------------------------------------------------------


def test_the_counts_of_the_prose(prose, shown):
    verdicts = [row["verdict"] for row in ROWS.values()]
    assert f"{len(ROWS)} claims" in shown["setup"]
    for code in set(verdicts):
        assert f"{code.replace('_', ' ')}: {verdicts.count(code)}" in shown["picture-words"]
    assert verdicts.count("contradicted") == 3 and "Three are" in prose["picture-notes"]
    assert max(set(verdicts), key=verdicts.count) == "partly_supported"
    assert "not_checked" not in verdicts
    facts = [row for row in ROWS.values() if row["claim_type"] == "fact"]
    against = [row for row in facts if row["verdict"] == "contradicted"]
    part = [row for row in facts if row["verdict"] == "partly_supported"]
    assert (len(facts), len(part), len(against)) == (11, 6, 2)
    assert "Of 11 facts, 6 hold in part and 2 do not hold" in prose["grid-notes"]
    assert "11 facts, 3 contradicted, 2 both" in shown["masks"]
    earlier = [row for row in ROWS.values() if row["settled_lesson"] < "09"]
    assert len(earlier) == 15 and "fifteen claims" in prose["recall"]
    assert all(row["claim_id"] in shown["recall-table"] for row in earlier)
    evidence = rows("claim_evidence")
    assert f"{len(evidence)} rows of evidence" in shown["audit-numbers"]
    assert f"{len({row['url'] for row in evidence})} pages" in shown["audit-numbers"]
    single = [c for c in ROWS if len(set(evidence_for(c)["origin"])) == 1]
    assert f"{len(single)} of 22 claims" in shown["audit-numbers"]
    assert {"S09", "S07", "S15"} <= set(single)
    # No voice of the evidence is from Africa, Latin America or South Asia, as the lesson says.
    assert "none from Africa, Latin America or South Asia" in prose["audit-notes"]
    used = {row["work_id"] for row in evidence} - {""}
    works = [row for row in rows("bibliography") if row["work_id"] in used]
    known = "China|Kore|Euro|United|Germany|France|Sweden"  # Kuwait only reports for Washington
    for row in works:
        assert row["work_id"] == "kuna2024" or re.match(known, row["place"]), row["work_id"]


def test_an_untouched_auditor_says_little():
    """Readers met 391 words of "no answer" under the widget."""
    assert len(repr(ClaimAuditor()).split()) < 20


def test_the_worked_example(prose, shown):
    assert "5 pages, 3 origins" in shown["worked-origins"]
    assert ROWS["S13"]["corrected"] in shown["worked-corrected"]
    assert "no page that we read says so" in ROWS["S13"]["note"]
    summary = one("events", event_id="2018-sta-renewal-2018")
    assert "amended" in summary["summary"] and "Sources differ on the day" in summary["note"]
    linked = {r["source_id"] for r in rows("event_sources", event_id=summary["event_id"])}
    assert {"S247", "S249"} <= linked
    assert "stopped renewing" in prose["worked-notes"]


def test_dates_and_rules(prose):
    balloon = one("events", event_id="2023-02-03-balloon-blinken-postpones")
    assert balloon["date"] == "2023-02-03" and "On 3 February" in prose["dates"]
    assert "stray civilian airship" in balloon["summary"]
    assert "surveillance craft" in balloon["summary"]
    assert one("events", event_id="2023-06-18-blinken-beijing")["date"].startswith("2023-06")
    law = one("events", event_id="2011-04-wolf-amendment")
    assert "certified to bring no security risk" in law["summary"]
    assert "since November 2011 allow" in law["summary"]
    linked = one("event_sources", event_id=law["event_id"], source_id="S706")["supports"]
    assert "certification route of November 2011" in linked
    assert "to bring no security risk [[S706]]" in prose["rule"]
    notice = one("events", event_id="2023-11-29-nasa-change5-certification")
    assert "not a breach" in notice["note"] and notice["date"] == "2023-11-29"
    assert "sidestepping US ban" in one("sources", source_id="S908")["title"]
    zhao = one("cards", card_id="zhao2019")["says"]
    assert "by culture, not by institutions" in zhao and "Communist Party leads" in zhao


def test_what_the_cards_say(prose, shown):
    notes = prose["case-notes"]
    assert "sees no hidden agenda" in one("cards", card_id="liu2019")["says"]
    assert "Liu sees no hidden agenda" in notes
    assert "accepted the treaty system" in one("cards", card_id="harrington2015")["answer"]
    assert "Sun Yat-sen" in one("cards", card_id="jiang2024")["window"] and "Sun Yat-sen" in notes
    taishan = one("antarctic_stations", station="Taishan")
    assert taishan["kind"] == "camp" and "station in most Chinese texts" in taishan["note"]
    assert shown["case-cards"].count("author:") == 6
    study = one("cards", card_id="wineburg2017")["says"]
    assert "much less time" in study and "better-founded" in study


def test_ada(prose, shown):
    cell = prose["calibration-figure"]
    ids = re.findall(r'"(S\d\d)"', cell)
    sure = [int(n) for n in re.search(r"sure = \[([^\]]+)\]", cell)[1].split(",")]
    worth = {"supported": 1, "partly_supported": 0.5, "contradicted": 0}
    high = [
        worth[ROWS[c]["verdict"]]
        for c, s in zip(ids, sure, strict=True)
        if s >= 80 and ROWS[c]["verdict"] in worth
    ]
    said = f"{len(high)} claims, stated 88, right {100 * sum(high) / len(high):.0f} per cent"
    assert said in shown["calibration-words"]
    assert len([c for c in ids if ROWS[c]["verdict"] in worth]) == 10
    assert "ten claims are few" in prose["calibration-notes"]


def test_the_claims_are_noted_before_they_are_settled(prose, shown):
    mine = {c: row for c, row in ROWS.items() if row["settled_lesson"] == "09"}
    assert list(mine) == ["S02", "S05", "S07", "S17", "S18", "S19"]
    for claim, row in mine.items():
        assert f'note("{claim}"' in prose["before"]
        assert f'settle("{claim}", "{row["verdict"]}")' in prose["claims-ledger"]
        assert claim in shown["six-claims"] and claim in shown["claims-table"]
        words = row["verdict"].replace("_", " ")
        assert words in prose["slips"] + prose["dates"] + prose["rule"] + prose["words-notes"] or (
            words == "text problem" and "*text problems*" in prose["slips"]
        )


def test_the_words_are_those_of_the_glossary(prose):
    glossary = {row["term"]: row["definition"] for row in rows("glossary")}
    text = prose["key-points"].partition("## Words")[2].partition("## Sources")[0]
    entries = re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", text, flags=re.MULTILINE)
    assert len(entries) == 7
    for term, definition in entries:
        assert definition.casefold() == glossary[term].casefold(), term
        bold = [k for k, s in prose.items() if f"**{term.lower()}**" in s.lower()]
        assert bold[0] != "key-points", f"{term} is not bold where it first stands"


@pytest.mark.skipif(not ARTICLE.is_file(), reason="the article is not part of the course")
def test_what_is_quoted_stands_in_the_article_and_is_short(lesson):
    article = " ".join(ARTICLE.read_text(encoding="utf-8").split())
    quoted = [*module.PHRASES.values(), *module.ODD.values(), module.TIKTOK]
    assert all(text in article and len(text.split()) <= 15 for text in quoted)
    for cell in lesson.cells:
        if cell.cell_type != "markdown":
            continue
        for text in re.findall(r'"([^"]+)"', words_of(cell)):
            known = text in article or text in (
                "the race to produce vaccines",
                "sidestepping US ban",
            )
            assert known and len(text.split()) <= 15, text


def test_the_lesson_quotes_no_long_piece_of_the_article(lesson):
    longest = max(
        len(match.split())
        for cell in lesson.cells
        for match in re.findall(r'"([^"\n]{3,})"', cell.source)
    )
    assert longest <= 15


# --- The exercises ------------------------------------------------------------------------------

GOOD = {"a": "B", "b": "A", "c": "E", "d": "D", "e": "C", "f": "F", "g": "A", "h": "G"}


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("9.1", "A", "looks back on it"),
        ("9.1", "C", "no longer be this year"),
        ("9.1", 2023, "in quotation marks"),
        ("9.2", {"a": "C", "b": "B", "c": "D", "d": "F"}, "this keeps the odd idea"),
        ("9.2", {"a": "E", "b": "E", "c": "D", "d": "F"}, "degree program"),
        ("9.2", {"a": "E", "b": "B", "c": "D", "d": "A"}, "perhaps meant"),
        ("9.2", {"a": "E", "b": "B", "c": "A", "d": "F"}, "c does not go with A"),
        ("9.3", "A", "can still be found"),
        ("9.3", "B", "The idea is older"),
        ("9.4", ["a", "d"], "Two pages, one voice"),
        ("9.4", ["a", "b", "c", "e"], "b and e are one voice"),
        ("9.4", ["b", "d", "f", "g"], "f and g are one voice"),
        ("9.4", ["a", "b"], "you can keep more"),
        ("9.4", ["c", "f"], "you can keep more"),
        ("9.4", ["d", "c", "f"], "None of these pages has the words of China's side"),
        ("9.4", ["f", "b", "c"], "Whose own words are still missing?"),
        ("9.4", ["b", "f"], "prints the words of the State Department"),
        ("9.4", "abcdefg", "who speaks in each?"),
        ("9.5", ["a", "c", "d"], "at least four"),
        ("9.5", ["a", "b", "c", "d", "f"], "b does not belong here: it is wrong"),
        ("9.5", ["a", "c", "d", "h"], "h does not belong here: the verb is not exact"),
        ("9.5", ["a", "d", "f", "g"], "a word that claims a hidden motive"),
        ("9.5", ["c", "d", "f", "g"], "a word of war"),
        ("9.5", ["a", "c", "g"], "at least four"),
        ("9.5", ["a", "d", "g"], "judge somebody else"),
        ("9.5", ["c", "f"], "judge firms, or another state"),
        ("9.6", dict.fromkeys("abcdefgh", "G"), "can be defended, 6 are needed"),
        ("9.6", GOOD | {"a": "C", "b": "C", "g": "E"}, "(5 of 8 can be defended"),
        (
            "9.6",
            GOOD | {"e": "B", "f": "C", "g": "E"},
            "in how many countries do the offices stand",
        ),
        ("9.7", 60, "was not right"),
        ("9.7", 0.4, "fraction"),
        ("9.7", 50, ">= and not >"),
        ("9.7", 57.1, "facts only"),
        ("9.7", 58.3, "share of all her claims"),
        ("9.7", 2, "how many were right"),
        ("9.7", 33.3, "Count by hand"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words in outcome.message


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("9.4", ["a", "b", "c", "f"]),
        ("9.4", ["d", "e", "c", "g"]),
        ("9.4", ["b", "d", "g"]),  # some count the institute with the department it reports on
        ("9.4", ["a", "e", "c"]),
        ("9.4", ["a", "b", "f"]),
        ("9.5", ["a", "c", "d", "f"]),
        ("9.5", ["a", "c", "d", "g"]),
        ("9.5", ["a", "c", "d", "f", "g"]),
        ("9.5", ["a", "c", "f", "g"]),
        ("9.6", GOOD),
        ("9.6", GOOD | {"a": "A", "d": "C", "h": "E"}),
        ("9.6", GOOD | {"d": "B", "b": "C", "e": "A"}),  # six of eight
        ("9.7", 40.0),
    ],
)
def test_every_defensible_answer_is_accepted(number, answer):
    assert check(number, answer).status == "correct"


def test_the_right_answers_follow_the_data(monkeypatch):
    claims = data.load("article_claims")
    claims.loc[claims["claim_id"].isin(["S11", "S09", "S05"]), "accepted"] = pd.Series(
        [("contested",)] * len(claims)
    )
    real = data.load_shared
    monkeypatch.setattr(
        data, "load_shared", lambda name: claims if name == "article_claims" else real(name)
    )
    assert check("9.6", GOOD).status == "not yet"
    assert check("9.6", GOOD | {"a": "D", "e": "D", "f": "D"}).status == "correct"


def test_the_span_follows_from_two_records():
    events = data.load("events")
    events.loc[events["event_id"] == module.SAMPLES, "date"] = "2024-01-01"
    assert module._possible_spans(events) == set()
    assert module._possible_spans(data.load("events")) == {"B"}


def test_adas_share_by_hand():
    kept = [
        right
        for kind, sure, right in invented_ledger().itertuples(index=False)
        if kind == "fact" and sure >= 80
    ]
    assert kept == [1, 0, 0, 1, 0]
    assert check("9.7", 100 * sum(kept) / len(kept)).status == "correct"
    assert "less than half came true" in questions_of(9)["9.7"].why


def test_pages_that_repeat_another_one_show_it():
    """What the task prints is enough to see which pages are one voice."""
    sources = {row["source_id"]: row for row in rows("sources")}
    pages = {label: sources[name] for label, name in module.PAGES.items()}
    assert all("State Department" in pages[label]["publisher"] for label in "ad")
    assert pages["b"]["title"] == pages["e"]["title"]
    assert pages["f"]["title"] == pages["g"]["title"] and "copy" in pages["g"]["publisher"]
    protocol = {
        r["source_id"] for r in rows("event_sources", event_id="2024-12-13-sta-protocol-2024")
    }
    assert {name for label, name in module.PAGES.items() if label != "g"} <= protocol


def test_the_notes_of_the_model_answers_are_short_and_the_two_disagree():
    cells = {cell.id: cell.source for cell in nbformat.read(SOLUTION, as_version=4).cells}
    for letter in "ab":
        note = re.search(r"\*The note\.\* (.+)", cells[f"ex-9-8-model-{letter}"])[1]
        assert len(note.split()) <= 120
    assert "144" in cells["ex-9-8-model-a"].partition("*Why so.*")[0]
    assert "144" not in cells["ex-9-8-model-b"].partition("*Why so.*")[0]
    assert "does not convince me" in cells["ex-9-9-model-b"]
