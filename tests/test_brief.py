"""The one-page brief: right, wrong and borderline texts, its page and its file."""

import copy
import doctest
import importlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pandas as pd
import pytest
from browser import CHROMIUM, needs_browser
from raw_tables import rows

from scidip.brief import BriefError, check, count_words, draw_chart, load, measure, save, to_html
from scidip.brief import page as page_module
from scidip.brief import report as print_report
from scidip.brief.examples import example
from scidip.brief.keys import WINDOWS, all_sources, windows_of_card
from scidip.brief.rules import PARTS, find

WHOLE = example(4)
WORDS = measure(WHOLE)["words"]


def kinds(brief, *parts):
    return [finding.kind for finding in find(brief, *parts)]


def in_evidence(text):
    return kinds({"evidence": text}, "numbers")


@pytest.mark.parametrize("name", ["keys", "figures_in", "rules", "report", "page", "examples"])
def test_examples_in_the_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(f"scidip.brief.{name}"))
    assert result.attempted and not result.failed


# --- Whole briefs -------------------------------------------------------------------------------


def test_a_good_brief_has_no_finding():
    assert check(WHOLE) == []
    before = copy.deepcopy(WHOLE)
    check(WHOLE)
    assert before == WHOLE


def changed(**slots):
    brief = copy.deepcopy(WHOLE)
    for name, value in slots.items():
        target, _, key = name.partition("__")
        if key:
            brief[target][key] = value
        else:
            brief[target.replace("_", " ")] = value
    return brief


def without(*names):
    brief = copy.deepcopy(WHOLE)
    for name in names:
        del brief[name]
    return brief


def replaced(slot, old, new):
    brief = copy.deepcopy(WHOLE)
    assert old in brief[slot]
    brief[slot] = brief[slot].replace(old, new)
    return brief


WRONG = {
    "too long": (changed(claim=f"{WHOLE['claim']} {'word ' * 120}"), ["too long"]),
    "one word too long": (
        changed(claim="word " * (501 - WORDS + count_words(WHOLE["claim"]))), ["too long"]),
    "one word too short": (
        changed(claim="word " * (349 - WORDS + count_words(WHOLE["claim"]))), ["too short"]),
    "no limit": (without("limit"), ["empty slot", "no uncertainty"]),
    "no title": (without("title"), ["no title"]),
    "limit is three words": (changed(limit="If so, no."),
                             ["empty slot", "no uncertainty"]),
    "made-up key": (replaced("evidence", "[gao1999]", "[gao1999, lee2031]"),
                    ["made-up key"]),
    "made-up source number": (replaced("evidence", "[ruland2023]", "[S99999]"),
                              ["made-up key"]),
    "a number without its key": (
        replaced("evidence", ", an official claim [yin2025]", ""), ["no key"]),
    "a number without a year": (
        replaced("evidence", "said in 2025 that", "said that"), ["no year"]),
    "no Chinese window": (
        json.loads(json.dumps(WHOLE).replace("yin2025", "kuna2024").replace("istci2023", "own")),
        ["no China"]),
    "no Southern window": (
        json.loads(json.dumps(WHOLE).replace("ruland2023", "wagner2026")
                   .replace("polejack2023", "S122")),
        ["no Global South"]),
    "no chart": (without("chart"), ["no chart"]),
    "chart without alternative text": (changed(chart__alt=""), ["no alt"]),
    "alternative text is the title": (
        changed(chart__alt=WHOLE["chart"]["title"]), ["no alt"]),
    "alternative text in three words": (changed(chart__alt="A rising line."), ["no alt"]),
    "no words at the y axis": (changed(chart__y=""), ["no axis words"]),
    "x axis called x": (changed(chart__x="x"), ["no axis words"]),
    "no table": (changed(chart__table=None), ["no table"]),
    "table of one row": (changed(chart__table=[{"year": 2020, "papers": 84025}]),
                         ["no table", "not in table"]),
    "table without numbers": (
        changed(chart__table=[{"year": 2020, "papers": "many"}, {"year": 2021, "papers": "few"}]),
        ["no table"]),
    "table of thirty rows": (
        changed(chart__table=[{"year": y, "papers": 56479} for y in range(1990, 2020)]),
        ["long table", "not in table"]),
    "chart without source": (changed(chart__source=""), ["no key"]),
    "chart with a made-up source": (changed(chart__source="openalex2031"), ["made-up key"]),
    "number of the chart not in its table": (
        changed(chart__alt="Line chart. Papers rise from 56,479 in 2017 to 94,025 in 2020."),
        ["not in table"]),
    "number of the title not in its table": (
        changed(chart__title="Joint papers fell to 60,000"), ["not in table"]),
    "values that are reversed": (
        changed(chart__alt="Line chart. Papers fall from 84,025 in 2017 to 56,479 in 2020."),
        ["not in table", "not in table"]),
    "a year that the table does not have": (
        changed(chart__alt="Line chart. Papers rise from 56,479 in 1990 to 84,025 in 2020."),
        ["not in table"]),
    "alternative text without values": (
        changed(chart__alt="Line chart. The joint papers rise for years, and then they fall."),
        ["no alt"]),
    "x axis called x axis": (changed(chart__x="x axis"), ["no axis words"]),
    "table with signs": (
        changed(chart__table=[{"y": 2022, "s": "42.9 %"}, {"y": 2023, "s": "30.6 %"}]),
        ["no table"]),
    "the United States without a voice": (
        json.loads(json.dumps(WHOLE).replace("gao1999", "S001").replace("kuna2024", "S001")),
        ["no United States"]),
    "no doubt, and sure of it": (
        changed(limit="There is no doubt about all this, so we would sign the text. " * 6),
        ["no uncertainty"]),
    "nothing is uncertain": (
        changed(limit="Nothing is uncertain, so all is well with this advice of ours. " * 6),
        ["no uncertainty"]),
    "doubt without consequence": (
        changed(limit="The numbers count papers, not their use, and one database gives them. "
                      "We do not know whether an agreement brings papers or follows them. "
                      + "It is a hard question for all of us here in this town. " * 3),
        ["no consequence"]),
    "more research": (
        changed(limit="More research is needed, and it would be good to have it very soon. " * 4),
        ["no uncertainty"]),
    "no doubt": (
        changed(limit="All numbers come from the tables of the course and were counted well. " * 4),
        ["no uncertainty"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_brief_is_told_what_is_wrong(name):
    brief, wanted = WRONG[name]
    found = kinds(brief)
    assert found == wanted
    for sentence in check(brief):
        assert re.match(r"[A-Z].*[.]$", sentence) and len(sentence) < 320


RIGHT = {
    "exactly 350 words": changed(
        claim="word " * (350 - WORDS + count_words(WHOLE["claim"])) + "[oliva2021]"),
    "exactly 500 words": changed(
        claim="word " * (500 - WORDS + count_words(WHOLE["claim"])) + "[oliva2021]"),
    "slot names in capitals": {k.upper() if k != "other view" else "Other_View": v
                               for k, v in WHOLE.items()},
    "keys in capitals": replaced("evidence", "[yin2025]", "[YIN2025]"),
    "keys as links": replaced("evidence", "[ruland2023]",
                              "[[ruland2023]](https://doi.org/10.1093/scipol/scad024)"),
    "keys as code": replaced("evidence", "[ruland2023]", "`ruland2023`"),
    "keys behind the full stop": replaced("evidence", " [gao1999].", ". [gao1999]"),
    "a list in the evidence": changed(evidence="- " + WHOLE["evidence"].replace("\n\n", "\n- ")),
    "a numbered list": changed(evidence="1. " + WHOLE["evidence"].replace("\n\n", "\n2. ")),
    "foot notes": replaced("claim", "own data.", "own data.¹ Notes[1] stand elsewhere[^2]."),
    "a Chinese term": replaced(
        "claim", "agreements of", "agreements (科技合作协定, 2 texts of 2029) [own] of"),
    "a table as a DataFrame": changed(chart__table=pd.DataFrame(WHOLE["chart"]["table"])),
    "a table as columns": changed(
        chart__table=pd.DataFrame(WHOLE["chart"]["table"]).to_dict("list")),
    "a table as rows under a header": changed(
        chart__table=[["year", "papers"], *([r["year"], r["papers"]]
                                            for r in WHOLE["chart"]["table"])]),
    "a gap in the table": changed(
        chart__table=[*WHOLE["chart"]["table"], {"year": 2024, "papers": None}]),
    "rounded numbers in the words of the chart": changed(
        chart__alt="Line chart. Joint papers rise from 56,000 in 2017 to about 84,000 in 2020 and "
                   "fall by 13 per cent to 72.8 thousand in 2023."),
    "a difference in the words of the chart": changed(
        chart__title="Joint papers: 11,231 fewer in 2023 than in 2020"),
    "a chart source in brackets": changed(
        chart__source="OpenAlex, whole count [openalex-bavla]"),
    "slots as lists of paragraphs": changed(evidence=WHOLE["evidence"].split("\n\n")),
    "sources with a page": replaced("evidence", "[yin2025]", "[yin2025; p. 4]"),
    "a doubt in Chinese": changed(
        limit="这些数字只来自一个数据库。如果新的数据不同，我们的建议就会改变。"
              + WHOLE["limit"].replace("do not know", "know").replace("If a", "A")),
    "nobody knows": changed(
        limit="Nobody knows what was done under the protocol since 2024, so we would review this "
              "advice in 2028. " + "We say so openly to all who read this page of ours. " * 4),
    "nobody has counted": changed(
        limit="Nobody has counted the visits. Were they few, this advice would lose its ground. "
              + "We say so openly to all who read this page of ours. " * 4),
    "two shares that swap the order": changed(
        chart__alt="Line chart. In 2020 there are 84,025 papers; by 13 per cent in 2023 they fall, "
                   "to 72,794 papers in 2023."),
    "uncertainty with unless": changed(
        limit=WHOLE["limit"].replace("If a comparison", "Unless a comparison")),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_brief_raises_no_alarm(name):
    assert check(RIGHT[name]) == []


# --- Numbers ------------------------------------------------------------------------------------

NO_ALARM = [
    "The share was 42.9 per cent in 2016 [openalex-bavla].",
    "In 2016 it was 42.9 per cent. By 2023 it had fallen to 30.6 [openalex-bavla].",
    "There were 84,025 joint papers in 2020 [openalex-bavla]. This is 13 per cent more.",
    "In 2020 there were 84,025 papers [openalex-bavla]. Then came 5,421 fewer [openalex-bavla].",
    "The number of joint papers rose from 50,424 in 2016 to 84,025 in 2020 [openalex-bavla].",
    "Of 42 proposals, nine were chosen in 2019 [S123].",
    "In 2019, 9 of 42 proposals were chosen [S123].",
    "The term runs until 27 August 2029.",
    "It was signed on August 27, 2024, and again on 2024-12-13, or 13.12.2024.",
    "The talks took place from 13 to 15 December 2024 and on the 27th.",
    "Advise a term of 5 years, with a 2-year review and a notice of 90 days.",
    "A six-month extension followed; 6 months later came another.",
    "The agreement of 1979 was renewed in 2018 and 2024, and the 1990s were calm.",
    "Between 2016 and 2019, in 2016-2019, 2016–19 and 2018/19, the tie grew.",
    "The 21st century, the 5th clause and the 1st of May.",
    "COVID-19, Chang'e-5, G20, 5G, H.R. 5245, IF12510, PM2.5 and F-35 are names.",
    "See Article 3, clause 2, lesson 4, step 1, Figure 2 and pages 10-12.",
    'The article says “+132 %”, and another writes "more than 500 people" [S123].',
    "*The 100 years' marathon* and 《2049战略》 are titles.",
    "Track 1.5 talks and option 2 stay open 24/7 until 10:30.",
    "China has many partners[1], as noted (2).",
    "One of two great powers has three reasons and five aims.",
    "We are 70 per cent sure that this holds.",
    "In 2021, twenty-one per cent of British AI papers had Chinese co-authors [merics2023].",
    "Spend US$5 million a year from 2028 on [own].",
    "We propose 40 places for doctoral students [own].",
    "Loans were US$4bn in 2021, after $85 billion in 2016 [nature2023bri].",
    "In 2023 the count was 1 234 567 papers, or 1'234'567 [S123].",
    "In 2022, 10-15 per cent of 1,304 scientists answered [xie2023].",
    "The share fell by 12.3 percentage points from 2016 to 2023 [openalex-bavla].",
    "2016年占42.9%，2023年占30.6% [openalex-bavla]。",
    "协定到2029年8月27日为止，为期5年。",
    "The ratio was 1:5, and 1 in 10 students stayed in 2019 (S123).",
    "See https://example.org/2024/50-papers for 12 pages. [own]",
    "As of 2025, it shares over 70 labs with nearly 50 states. [yin2025] More follow.",
    "Mr. Lee, e.g., saw 12 labs in 2019. [S123]",
    "U.S. agencies paid 12 projects in 2019 [S123].",
    "Under the 14th Five-Year Plan (2021-2025) little changed.",
    "In the U.S. 42 proposals came in 2019 [S123].",
    "Project 985/211, the 973 Programme, the Group of 77 and Proclamation 10043 are names.",
    "See 87 FR 62186, NOT-OD-25-160 and room 214 at 9 a.m.; CBERS-3 and 4 were launched.",
    "The 10,000 Talents plan began about 1980, and over 2019 little came.",
    'The ministry says that "12 laboratories" left [S123].',
]

ALARM = {
    "US universities host 1,177,766 students [S123].": ["no year"],
    "In 2024 US universities hosted 1,177,766 students.": ["no key"],
    "In 2023 it had fallen to 30.6 [S123].": ["no unit"],
    "It is 13 per cent lower.": ["no year"],
    "Twenty per cent of the papers are joint.": ["no year"],
    "In 2019 there were 42 proposals [1].": ["no key"],
    "In 2019 there were 42 proposals [made2019].": ["no key"],
    "China has 46 agreements.": ["no year"],
    # A word that points inside its own sentence lends no year of an earlier one.
    "In 2020 a rule came [S123]. A study that compares names 46 agreements [yin2025].": ["no year"],
    "In 2020 it came [S123]. China has ties: its minister says 46 agreements [yin2025].": [
        "no year"
    ],
    "In 2020 it came [S123]. They said so. Its minister says 46 agreements [yin2025].": ["no year"],
    "There are 2,015 papers [S123].": ["no year"],
    "占42.9%。": ["no year"],
    "In 2019 there were 42 proposals.\n\nNine won [S123].": ["no key"],
    "In 2019 there were 42 proposals. Few won. It was so [S123].": ["no key"],
    "Nobody knows. In 2019, $5 million were paid.": ["no key"],
    "There were 1950 projects [S123].": ["no year"],
    "They asked more than 1900 persons [S123].": ["no year"],
    "Five thousand papers came [S123].": ["no year"],
    'The ministry says that "12" per cent left.': ["no key"],
    'He wrote "more than 500 people".': ["no key"],
    "They had 3 million doses and 5 institutes.": ["no year"],
    "- In 2019 there were 42 proposals\n- others won [S123]": ["no key"],
}


@pytest.mark.parametrize("text", NO_ALARM)
def test_no_false_alarm_about_a_number(text):
    assert in_evidence(text) == []


@pytest.mark.parametrize("text", ALARM)
def test_a_bare_number_is_noticed(text):
    assert in_evidence(text) == ALARM[text]


def test_the_message_names_slot_sentence_number_and_what_to_do():
    [said] = check({"other view": "China has 46 agreements."}, "numbers")
    assert said == (
        'In "other view", the sentence "China has 46 agreements" has the number 46, but lacks a '
        "year, and a source key in square brackets ([own] for a number of your own): add it there."
    )
    [said] = check({"evidence": "A million papers came in 2020."}, "numbers")
    assert "has the number A million, but" in said
    [said] = check({"evidence": "As X writes [Kuna 2024]."}, "sources")[:1]
    assert "(did you mean [kuna2024]? A key has no space.)" in said
    [said] = check({"evidence": "As X writes [kuna2042]."}, "sources")[:1]
    assert "(did you mean [kuna2024]?)" in said


# --- Words, sources, windows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("A well-known, five-year term.", 4),
        ("One [S123] two. [oliva2021]", 2),
        ("- one\n- two\n3. three", 3),
        ("84 025 papers", 2),
        ("yes – no", 2),
        ("word—word and/or", 4),
        ("科技外交", 2),
        ("科技外交 is science diplomacy", 5),
        ("see [the page](https://example.org/a)", 3),
        ("... ! ?", 0),
    ],
)
def test_words_are_counted_as_the_rules_say(text, count):
    assert count_words(text) == count


def test_one_page_counts_once():
    def sources(text):
        return measure({"evidence": text})["sources"]

    assert sources("[kuna2024] and [kuna2024], [KUNA2024]") == ["kuna2024"]
    # One page under the keys of three tables.
    assert sources("[hr5245] [S122] [house2024]") == ["hr5245"]
    assert sources("[S551, xinhua2024]") == ["S551"]
    # A record rests on its sources.
    record = "2024-12-13-sta-protocol-2024"
    assert sources(f"[{record}]") == [record]
    assert sources(f"[{record}] [S552]") == ["S552"]
    assert sources("[own] [1] [sic] [S99999]") == []


def test_every_key_of_the_tables_is_known():
    known = all_sources()
    names = {"sources": "source_id", "bibliography": "work_id", "cards": "card_id",
             "series_sources": "source_id", "events": "event_id"}  # fmt: skip
    for table, column in names.items():
        for row in rows(table):
            assert known[row[column].lower()].key == row[column]
            assert measure({"claim": f"[{row[column]}]"})["sources"] == [row[column]]


def test_every_card_has_its_window_but_four():
    none = [r["window"] for r in rows("cards") if not windows_of_card(r["window"])]
    assert len(none) == 4 and all(re.match("Japan|three|New Zealand|Australia", w) for w in none)
    works = {r["work_id"]: r["window"].split(";") for r in rows("bibliography")}
    for row in rows("cards"):
        found = set(all_sources()[row["card_id"]].windows)
        assert found >= set(works.get(row["work_id"], [])) & set(WINDOWS)


def test_sources_without_a_window_count_but_open_none():
    text = "[S001] [S002] [S003] [openalex-bavla]"
    assert measure({"claim": text}) == {
        "words": 0, "sources": ["S001", "S002", "S003", "openalex-bavla"], "windows": [],
    }  # fmt: skip
    assert kinds({"claim": text}, "sources") == ["no China", "no Global South"]
    assert kinds({"claim": "[istci2023] [yin2025] [oliva2021] [S001]"}, "sources") == [
        "few windows"
    ]
    assert kinds({"claim": "[istci2023] [hr5245] [oliva2021] [S001]"}, "sources") == []


# --- Anything else ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "thing", [None, "text", 5, [], ["claim"], WHOLE["claim"], pd.DataFrame(), object()]
)
def test_what_is_no_dictionary_gets_one_sentence(thing):
    assert check(thing) == ["A brief is a dictionary: curly brackets, and a text for each slot."]


@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"claim": None, "chart": "none"},
        {"claim": 5, "evidence": ..., 3: "x", "chart": {"table": 7, "x": None}},
        {"chart": {"table": [], "alt": 9}},
        {"chart": {"table": [1, 2], "source": [1]}},
        {"chart": {"table": [{"a": {}}, {"a": []}]}},
        {"chart": {"table": {"a": [1], "b": [1, 2]}}},
        {"chart": {"table": [["a", "a"], [1, 2], [3, 4]]}},
        {"evidence": "[" * 300 + "]" * 300 + "\n\n\n - " + "1" * 5000},
        {"limit": "\x00\ud800 \u200b"},
    ],
)
def test_odd_briefs_raise_nothing(slots):
    found = check(slots)
    assert found and all(isinstance(sentence, str) for sentence in found)
    measure(slots)


def test_parts_are_checked_alone():
    empty = {"title": "x"}
    assert sum(len(check(empty, part)) for part in PARTS) == len(check(empty))
    with pytest.raises(ValueError, match="no part 'style'; the parts are structure, sources"):
        check(empty, "style")
    with pytest.raises(ValueError, match="no step 7"):
        example(7)


def test_each_step_of_the_example_repairs_something():
    counts = [len(check(example(step))) for step in range(5)]
    assert counts == sorted(counts, reverse=True) and counts[0] > 8 and counts[-1] == 0


def test_the_example_says_what_the_tables_say():
    papers = {r["year"]: int(r["value"]) for r in rows("series/copublications", entity="CHN-USA")}
    for row in WHOLE["chart"]["table"]:
        assert papers[str(row["year"])] == row["papers"]
    cards = {r["card_id"]: r["says"] for r in rows("cards")}
    assert "nearly 50 countries" in cards["yin2025"] and "more than 70 joint" in cards["yin2025"]
    assert "seven agencies take part in 575 agreements with 57 countries" in cards["gao1999"]
    assert "more than 90 per cent lead to research" in cards["gao1999"]
    assert "results can serve armies or surveillance" in cards["merics2023"]
    assert "national security is only a pretext" in cards["istci2023"]
    assert "four large research organisations" in cards["ruland2023"]
    assert "nobody listens" in cards["polejack2023"]
    assert "basic research only" in cards["kuna2024"]
    [life] = rows("agreement_life", event_id="2024-12-13-sta-protocol-2024")
    assert life["ends"] == "2029-08-27" and "27 August 2029" in WHOLE["claim"]


def test_the_report_is_printed_in_whole_words(capsys):
    print_report(example(1))
    printed = capsys.readouterr().out
    assert printed.startswith("Words: 119. Sources: 1. Windows: none.\nTo repair: ")
    assert max(map(len, printed.splitlines())) <= 72
    print_report(dict.fromkeys(WHOLE, ...))
    print_report(WHOLE)
    assert "Nothing is written yet." in (printed := capsys.readouterr().out)
    assert printed.endswith("To repair: nothing.\n")


# --- The page -----------------------------------------------------------------------------------


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text):
        self.text += text

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "page.html"
    said = to_html(WHOLE, path)
    assert repr(said) == "page.html holds the brief. Open it in a browser, and print it from there."
    return path.read_text(encoding="utf-8")


def test_the_page_is_accessible_and_needs_nothing_else(written):
    page = Page(written)
    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(tag)) for tag in ("title", "h1", "main", "table", "caption", "img")] == [
        1, 1, 1, 1, 1, 1,
    ]  # fmt: skip
    [image] = page.all("img")
    assert image["alt"] == WHOLE["chart"]["alt"] and image["src"].startswith("data:image/png")
    assert {a["scope"] for a in page.all("th")} == {"col", "row"}
    assert not re.search(r"(?:src|href)=\"(?!data:|#)|<script|<link|@import|url\(", written)
    targets = {a["href"].removeprefix("#") for a in page.all("a")}
    assert targets <= {a["id"] for a in page.all("li") if "id" in a}
    assert "@page { size: A4" in written
    for row in WHOLE["chart"]["table"]:
        assert f"<td>{row['papers']:,}</td>" in written and f">{row['year']}</th>" in written


def test_the_page_is_the_same_each_time(written):
    assert page_module.page_of(WHOLE) == written


def test_the_text_on_the_page_is_text():
    brief = changed(title="<b>&", claim=f"<script>alert(1)</script> {WHOLE['claim']}")
    text = page_module.page_of(brief)
    assert "<script" not in text and "&lt;script&gt;" in text and "&lt;b&gt;&amp;" in text


def test_a_page_mostly_in_chinese_says_so():
    assert '<html lang="zh">' in page_module.page_of({"claim": "协定应当延长五年。"})


def test_no_page_is_written_for_a_brief_that_breaks_a_rule(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("before")
    with pytest.raises(BriefError, match=r"No page was written\. .* draft=True writes a draft\."):
        to_html(example(3), path)
    assert path.read_text() == "before"
    assert "a draft with 3 things" in to_html(example(3), path, draft=True)
    assert "Draft: 3 things to repair." in path.read_text(encoding="utf-8")
    with pytest.raises(BriefError):
        to_html("text", path, draft=True)
    with pytest.raises(BriefError, match="can't be written"):
        to_html(WHOLE, tmp_path / "nowhere" / "page.html")
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_bars_and_lines():
    line = draw_chart(WHOLE["chart"])
    assert len(line.axes[0].lines) == 1 and line.alt == WHOLE["chart"]["alt"]
    assert (line.axes[0].get_xlabel(), line.axes[0].get_ylabel()) == (
        "year of publication", "papers in the year",
    )  # fmt: skip
    table = [{"state": "A", "x": 1, "y": 2.5}, {"state": "B", "x": 3, "y": None}]
    bars = draw_chart(WHOLE["chart"] | {"table": table})
    assert len(bars.axes[0].patches) == 4 and bars.axes[0].get_legend()
    with pytest.raises(BriefError, match="nothing to draw"):
        draw_chart({"table": []})


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("size", ["usual", "largest"])
def test_it_prints_on_one_page(size, tmp_path):
    brief = WHOLE
    if size == "largest":
        keys = " ".join(f"[S{n:03}]" for n in range(1, 6))
        brief = changed(
            claim="agree " * (500 - WORDS + count_words(WHOLE["claim"]) - 1) + keys,
            chart__table=[{"year": y, "papers": 56479 + y} for y in range(2004, 2019)],
            chart__alt="Line chart. Papers rise from 58,483 in 2004 to 58,497 in 2018.",
        )
        assert check(brief) == []
    path = tmp_path / "page.html"
    to_html(brief, path)
    target = tmp_path / "page.pdf"
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={target}",
         f"--user-data-dir={tmp_path / 'profile'}", path.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    content = target.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert [int(float(side)) for side in box.groups()] in ([594, 841], [595, 841], [595, 842])


# --- The file -----------------------------------------------------------------------------------


def test_a_brief_is_saved_whole_and_read_again(tmp_path):
    path = tmp_path / "my_brief.json"
    save(WHOLE, path)
    assert load(path) == WHOLE
    save(changed(chart__table=pd.DataFrame(WHOLE["chart"]["table"])), path)
    assert load(path) == WHOLE
    assert [p.name for p in tmp_path.iterdir()] == ["my_brief.json"]


def test_what_a_file_held_before_is_kept(tmp_path):
    path = tmp_path / "my_brief.json"
    save({"claim": "one"}, path)
    save({"claim": "two"}, path)
    assert load(path) == {"claim": "two"}
    assert load(tmp_path / "my_brief_before.json") == {"claim": "one"}
    with pytest.raises(BriefError, match="nothing was saved"):
        save({"claim": object()}, path)
    with pytest.raises(BriefError, match="nothing was saved"):
        save("text", path)
    assert load(path) == {"claim": "two"}


def test_a_file_that_is_no_brief_is_left_as_it_is(tmp_path):
    path = tmp_path / "my_brief.json"
    with pytest.raises(BriefError, match=r"no file my_brief\.json here"):
        load(path)
    for content in ("{", "[]", "\xff"):
        path.write_text(content, encoding="latin-1")
        with pytest.raises(BriefError, match="left as it is"):
            load(path)
        assert path.read_text(encoding="latin-1") == content


def test_the_usual_files_lie_in_the_courses_folder(tmp_path, monkeypatch):
    (tmp_path / "lessons").mkdir()
    monkeypatch.chdir(tmp_path / "lessons")
    save(WHOLE)
    to_html(load())
    assert {p.name for p in tmp_path.iterdir()} == {"lessons", "my_brief.json", "my_brief.html"}
    shutil.rmtree(tmp_path / "lessons")
