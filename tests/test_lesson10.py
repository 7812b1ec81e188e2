"""Lesson 10: the builder, the numbers of the prose, model briefs, and wrong answers of our own."""

import contextlib
import json
import re

import nbformat
import pytest
from notebook_rules import ROOT
from raw_tables import rows

from scidip import bargain
from scidip.brief import check as check_brief
from scidip.brief import load
from scidip.brief.examples import example
from scidip.questions import check
from scidip.widgets.brief_builder import BriefBuilder, read_table, write_table

LESSON = ROOT / "lessons" / "10_write_the_brief.ipynb"
SOLUTIONS = ROOT / "solutions" / "10_write_the_brief_solutions.ipynb"


@pytest.fixture(scope="module")
def model():
    """The names of the solutions, run from top to bottom."""
    names = {}
    for cell in nbformat.read(SOLUTIONS, as_version=4).cells:
        if cell.cell_type == "code" and "show(" not in cell.source:
            with contextlib.redirect_stdout(None):
                exec(cell.source, names)
    return names


# --- Two briefs with opposite advice ------------------------------------------------------------


def test_two_model_briefs_with_opposite_advice_keep_all_rules(model):
    one = model["my_brief"] | {"chart": model["chart"]}
    other = model["other_brief"]
    assert check_brief(one) == check_brief(other) == []
    assert "should extend" in one["claim"] and "should not extend" in other["claim"]
    for number in ("10.1", "10.2", "10.3", "10.6"):
        assert check(number, one).status == check(number, other).status == "correct"
    assert check("10.4", model["other_chart"]).status == "correct"


def test_their_numbers_are_those_of_the_tables(model):
    table = rows("series/copublications")
    pair, china = (
        {int(r["year"]): int(r["value"]) for r in table if r["entity"] == e and r["measure"] == m}
        for e, m in (("CHN-USA", "joint_works"), ("CHN", "international_works"))
    )
    for row in model["chart"]["table"]:
        assert row["papers"] == pair[row["year"]]
    for row in model["other_chart"]["table"]:
        assert row["share"] == round(100 * pair[row["year"]] / china[row["year"]], 1)
    says = {r["card_id"]: r["says"] for r in rows("cards")}
    assert "2.03 per cent" in says["leehaupt2020"] and "1,304" in says["xie2023"]
    assert "27 fields" in says["wagner2026"] and "only 3 to 6 percentage" in says["wagner2026"]
    assert "8 to 24" in says["wagner2026"] and "no limits on fields" in says["xinhua2024"]
    samples = " ".join(rows("events", event_id="2025-04-24-change-5-samples-loaned")[0].values())
    assert "seven" in samples.lower() and "six countries" in samples.lower()


# --- The lesson ---------------------------------------------------------------------------------


def test_what_is_seen_in_the_pictures(prose, printed):
    life = [r for r in rows("agreement_life") if r["ends"][:4] >= "2016" and r["begins"] >= "2016"]
    states = [r["state"] for r in life]
    assert states.count("not known") == 1 and sum("lapsed" in s for s in states) == 1
    short = [r for r in life if re.search("one year|six months", r["act"])]
    assert len(short) == 3 and "Three short terms" in prose["picture-notes"]
    counts = [len(check_brief(example(step))) for step in range(5)]
    assert f"{counts[0]} things to repair" in printed["weak-check"]
    for count, name in zip(counts, ("brief", "claim", "evidence", "view", "limit"), strict=True):
        assert f"{name}: {count}" in " ".join(printed["steps-words"].split())
    assert counts[0] == counts[1] and "removes no finding" in prose["steps-notes"]
    assert "3 to 5" in " ".join(printed["room-words"].split())
    assert bargain.zone({"Norland": (3, 10), "Westria": (1, 2)}) is None
    assert "None" in printed["room-words"]


def test_the_rules_in_the_lesson_are_those_of_the_checker(prose, printed):
    assert printed["rules-numbers"] == "350 to 500 words; at most 15 rows\n"
    assert "350 to 500 words" in prose["rules"] and "2 to 15 rows" in prose["rules"]


def test_the_first_task_of_the_explorer():
    brief = example(4)
    brief["evidence"] = brief["evidence"].replace(" [yin2025]", "")
    [sentence] = check_brief(brief)
    assert "70" in sentence and "lacks a source key" in sentence


def test_the_verdict_is_that_of_the_table(prose):
    [row] = rows("article_claims", settled_lesson="10")
    assert row["claim_id"] == "S20" and row["verdict"] == "opinion"
    assert 'settle("S20", "opinion")' in prose["claims"]
    assert row["fragment"] in prose["claims"] and 'note("S20", kind="value"' in prose["before"]


def test_the_words_are_those_of_the_glossary(prose):
    glossary = {r["term"]: r["definition"] for r in rows("glossary")}
    text = prose["key-points"].partition("## Words")[2].partition("## Sources")[0]
    entries = re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", text, flags=re.MULTILINE)
    assert len(entries) == 5
    for term, definition in entries:
        assert definition.casefold() == glossary[term].casefold(), term
        bold = [k for k, s in prose.items() if f"**{term.lower()}**" in s.lower()]
        assert bold[0] != "key-points"


def test_a_zone_needs_two_parties_and_a_range_its_order():
    with pytest.raises(ValueError, match="two parties"):
        bargain.zone({"A": (1, 2)})
    with pytest.raises(ValueError, match="range of B ends before"):
        bargain.zone({"A": (1, 2), "B": (3, 1)})
    empty = bargain.plot_zone({"A": (1, 2), "B": (3, 4)}, "Terms", "years")
    assert empty.alt.endswith("Zone of possible agreement: empty.")


# --- The builder --------------------------------------------------------------------------------


def test_the_builder_counts_while_one_writes(tmp_path):
    builder = BriefBuilder(path=tmp_path / "my_brief.json")
    assert repr(builder) == "Nothing is written yet."
    builder.set(claim="Renew it, says the ministry [istci2023].")
    assert "Words: 5. Sources: 1. Windows: China." in repr(builder)
    assert "Windows: China. To repair: " in builder._count.value
    builder.set(other_view="No [oliva2021].")
    assert "Windows: China, Global South." in repr(builder)
    with pytest.raises(ValueError, match="no slot 'colour'; the slots are title, for"):
        builder.set(colour="red")
    with pytest.raises(ValueError, match="no slot 'colour'"):
        builder.fill({"colour": "red"})
    boxes = [*builder.boxes.values(), *builder.chart_boxes.values()]
    assert all(box.description and box.tabbable is not False for box in boxes)


def test_the_builder_holds_a_whole_brief(tmp_path):
    builder = BriefBuilder(example(4), tmp_path / "my_brief.json")
    assert builder.brief == example(4)
    assert check_brief(builder.brief) == []
    assert "To repair: nothing." in repr(builder)
    bundle = builder._repr_mimebundle_()
    assert "Brief builder, with boxes for claim" in bundle["text/html"]
    assert not list(tmp_path.iterdir())


def test_no_text_is_ever_lost(tmp_path):
    path = tmp_path / "my_brief.json"
    first = BriefBuilder(path=path)
    first.set(claim="one")
    assert load(tmp_path / "my_brief_unsaved_1.json")["claim"] == "one"
    first.buttons["Save"].click()
    assert "holds your brief" in first._said.value
    assert [p.name for p in tmp_path.iterdir()] == ["my_brief.json"]
    # A second builder writes something else; nobody's text goes.
    second = BriefBuilder(path=path)
    second.set(claim="two")
    second.buttons["Open my file"].click()
    assert second.boxes["claim"].value == "one" and "my_brief_unsaved_1" in second._said.value
    assert load(tmp_path / "my_brief_unsaved_1.json")["claim"] == "two"
    second.set(claim="three")
    second.save()
    assert load(path)["claim"] == "three"
    assert load(tmp_path / "my_brief_before.json")["claim"] == "one"
    assert load(tmp_path / "my_brief_unsaved_1.json")["claim"] == "two"


def test_a_damaged_file_is_said_and_left(tmp_path):
    path = tmp_path / "my_brief.json"
    path.write_text("{")
    builder = BriefBuilder({"claim": "mine"}, path)
    builder.buttons["Open my file"].click()
    assert "left as it is" in builder._said.value
    assert builder.boxes["claim"].value == "mine" and path.read_text() == "{"


def test_the_table_of_the_chart_in_lines():
    table = example(4)["chart"]["table"]
    assert read_table(write_table(table)) == table
    with pytest.raises(ValueError, match="Line 3 of the table has 1 cells, the first line 2"):
        read_table("a; b\n1; 2\n3")
    assert read_table("state; share\nA; 2.5\nB;") == [
        {"state": "A", "share": 2.5},
        {"state": "B", "share": None},
    ]


# --- The exercises ------------------------------------------------------------------------------

WHOLE = example(4)


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("10.1", "my_brief", "not a dictionary"),
        ("10.1", WHOLE | {"evidence": "many words " * 300}, "longer than a page"),
        ("10.1", WHOLE | {"evidence": "few words here " * 5}, "shorter than the rules ask"),
        ("10.1", WHOLE | {"other view": "No."}, "A slot is empty"),
        ("10.1", {k: v for k, v in WHOLE.items() if k != "title"}, "The brief has no title"),
        ("10.2", WHOLE | {"evidence": "[S1, lee2042]"}, "nobody can look it up"),
        ("10.2", {"claim": "[xie2023] [hr5245] [istci2023] [merics2023]"}, "Global South speaks"),
        ("10.2", {"claim": "[xie2023] [hr5245] [oliva2021] [merics2023]"}, "Nobody from China"),
        ("10.2", {"claim": "[oliva2021] [istci2023] [oliva2021]"}, "too few different"),
        ("10.2", {"claim": "[oliva2021] [istci2023] [S001] [S002]"}, "2 of at least 3 windows"),
        (
            "10.2",
            {"claim": "The US [oliva2021] [istci2023] [merics2023] [S001]"},
            "nobody from there",
        ),
        ("10.2", {"CLAIM": "[oliva2021] [istci2023] [oliva2021]"}, "too few different"),
        ("10.3", {"limit": "The tie lost 30 per cent [S123]."}, "no year"),
        ("10.3", {"claim": "By 2024, 12 laboratories had closed."}, "no source key"),
        ("10.3", {"claim": "By 2024 it was 12 [S123]."}, "no unit"),
        ("10.4", WHOLE["chart"] | {"alt": "A rise."}, "Say in the alternative"),
        ("10.4", WHOLE["chart"] | {"x": "x"}, "An axis has no words"),
        ("10.4", WHOLE["chart"] | {"table": [1, 2]}, "The table is missing"),
        ("10.4", WHOLE["chart"] | {"title": "Joint papers: 99,999 in 2020"}, "not in its table"),
        (
            "10.4",
            WHOLE["chart"] | {"alt": "Papers fall from 84,025 in 2017 to 56,479 in 2020."},
            "in another row",
        ),
        ("10.4", WHOLE["chart"] | {"source": "somebody"}, "The chart has no source"),
        ("10.5", dict(zip("abcde", "ABABA", strict=True)), "nobody asks for anything"),
        ("10.5", dict(zip("abcde", "BBABC", strict=True)), "What does Norland fear"),
        ("10.5", dict(zip("abcde", "AABBC", strict=True)), "open who sends"),
        ("10.5", dict(zip("abcde", "BABAC", strict=True)), "a: a list is one way"),
        ("10.6", {"limit": "We may be wrong about the number of papers."}, "not what follows"),
        ("10.6", {"limit": "All is certain."}, "found nothing in your limit that may be wrong"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words in outcome.message


def test_a_known_message_names_the_report_too():
    outcome = check("10.3", {"claim": "By 2024, 12 laboratories had closed."})
    assert outcome.message.endswith("the lines of report above the check name the place.")


def test_a_brief_without_a_chart_is_no_chart():
    outcome = check("10.4", {k: v for k, v in WHOLE.items() if k != "chart"})
    assert outcome.status == "not yet" and "hand over chart" in outcome.message.lower()


def test_a_saved_brief_is_an_answer(tmp_path):
    builder = BriefBuilder(example(4), tmp_path / "my_brief.json")
    builder.save()
    for number in ("10.1", "10.2", "10.3", "10.4", "10.6"):
        assert check(number, load(tmp_path / "my_brief.json")).status == "correct"


def test_the_builder_has_a_static_picture(tmp_path):
    stored = BriefBuilder(example(3), tmp_path / "my_brief.json")._repr_mimebundle_()["text/html"]
    assert stored.count("<img") == 1 and "Bar chart. Things to repair in this brief." in stored


def test_answers_are_plain_values(model):
    for name in ("my_brief", "chart", "kinds"):
        assert json.loads(json.dumps(model[name])) == model[name]
