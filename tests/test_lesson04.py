"""Lesson 04: its numbers counted again from the CSV files, its lens, and its checks."""

import itertools
import math
import re
from collections import Counter
from fractions import Fraction

import nbformat
import pytest
from notebook_rules import ROOT, outputs_as_text
from raw_tables import rows

from scidip.data import load
from scidip.ledger import Ledger
from scidip.questions import check
from scidip.questions.lesson04 import QUESTIONS
from scidip.style import LINES
from scidip.widgets.counting_lens import (
    LENSES,
    PARTNERS,
    CountingLens,
    by_year,
    counting_lens,
    points,
)

LESSON = nbformat.read(ROOT / "lessons" / "04_counting_coauthors.ipynb", as_version=4)
TEXT = "\n\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")
SHOWN = "\n".join(outputs_as_text(cell) for cell in LESSON.cells if cell.cell_type == "code")
YEARS = range(1990, 2024)
WITH_TOTAL = ("DEU", "GBR", "IND", "JPN", "USA")


PAPERS = {
    (row["entity"], int(row["year"])): int(row["value"]) for row in rows("series/copublications")
}
PAIRS = sorted({entity for entity, _ in PAPERS if "-" in entity})
TOY = {
    paper: [row["country"] for row in group]
    for paper, group in itertools.groupby(rows("copub_toy"), key=lambda row: row["paper_id"])
}


def joint(partner, year):
    return PAPERS[f"CHN-{partner}", year]


def share(partner, year, whole="CHN"):
    return 100 * joint(partner, year) / PAPERS[whole, year]


def parts(authors):
    return {c: Fraction(n, len(authors)) for c, n in Counter(authors).items()}


def total_parts():
    total = Counter()
    for authors in TOY.values():
        total.update(parts(authors))
    return total


def full_counts():
    return Counter(country for authors in TOY.values() for country in set(authors))


# --- The numbers of the lesson --------------------------------------------------------------------


def says(*phrases):
    flat = " ".join(TEXT.split())
    return [phrase for phrase in phrases if phrase not in flat] == []


def test_the_worked_example():
    assert TOY["toy-01"] == ["CHN", "CHN", "USA", "DEU"]
    assert parts(TOY["toy-01"]) == {
        "CHN": Fraction(1, 2), "USA": Fraction(1, 4), "DEU": Fraction(1, 4),
    }  # fmt: skip
    first = load("copub_toy").query("paper_id == 'toy-01'")
    assert points(first, "full")["points"].tolist() == [1, 1, 1]
    assert points(first, "fractional")["points"].tolist() == [0.5, 0.25, 0.25]
    assert says("China gets two quarters, the others one")


def test_the_invented_papers():
    assert len(TOY) == 12 and sum(map(len, TOY.values())) == 36
    full, fractions = full_counts(), total_parts()
    assert full == {"CHN": 9, "USA": 8, "DEU": 3, "GBR": 3, "BRA": 1, "KEN": 1, "PAK": 1}
    assert sum(full.values()) == 26 and sum(fractions.values()) == 12
    # "Distances and places change": the two that were equal are so no more.
    assert fractions["GBR"] > fractions["DEU"]
    assert fractions["CHN"] / fractions["USA"] > Fraction(full["CHN"], full["USA"])
    for counting, expected in (("full", full), ("fractional", fractions)):
        table = points(load("copub_toy"), counting).groupby("country")["points"].sum()
        assert table.to_dict() == pytest.approx({k: float(v) for k, v in expected.items()})


def test_the_first_picture():
    assert max(YEARS, key=lambda year: joint("USA", year)) == 2020
    assert all(joint("USA", 2023) > 2 * joint(p, 2023) for p in PARTNERS if p != "USA")
    korea = [PAPERS["USA-KOR", year] for year in (2019, 2020, 2021)]
    assert korea == [13433, 23409, 16866]
    assert all(str(number) in SHOWN for number in korea)


def test_2020_is_high_for_most_pairs():
    def growth(pair, year):
        return PAPERS[pair, year] / max(PAPERS[pair, year - 1], 1)

    jump = [pair for pair in PAIRS if growth(pair, 2020) > growth(pair, 2021)]
    assert len(jump) > 0.8 * len(PAIRS)
    for whole in ("CHN", "USA"):  # so the denominators are high too
        assert growth(whole, 2020) > max(growth(whole, 2021), growth(whole, 2022))


def test_number_and_share():
    assert joint("JPN", 2023) / joint("JPN", 2000) == pytest.approx(10, abs=0.5)
    assert share("JPN", 2023) < share("JPN", 2000) / 2
    assert "2000 1329 papers, 12.6 per cent\n2023 13105 papers, 5.5 per cent" in SHOWN
    assert (round(share("JPN", 2000), 1), round(share("JPN", 2023), 1)) == (12.6, 5.5)
    assert max(YEARS, key=lambda year: share("USA", year)) == 2016
    for year in (2016, 2023):  # a smaller share, but more international papers
        assert f"All international papers of China, {year} {PAPERS['CHN', year]}" in SHOWN
        assert says(f"{PAPERS['CHN', year]:,} in {year}")
    assert share("USA", 2023) < share("USA", 2016)
    assert PAPERS["CHN", 2023] > PAPERS["CHN", 2016]
    assert says("the *number* is highest in 2020, the *share* in 2016")


def test_the_gap_of_two_shares_is_arithmetic():
    for partner in WITH_TOTAL:
        gap = share(partner, 2023, partner) / share(partner, 2023)
        assert gap == pytest.approx(PAPERS["CHN", 2023] / PAPERS[partner, 2023])
    printed = re.findall(r"^([A-Z]{3}) ([\d.]+) % of China's, ([\d.]+) % of its own", SHOWN, re.M)
    assert [code for code, _, _ in printed] == ["GBR", "DEU", "IND", "JPN"]
    for code, ours, own in printed:
        assert float(ours) == round(share(code, 2023), 1)
        assert float(own) == round(share(code, 2023, code), 1)
        assert float(own) > float(ours)
    japan = [f"{share('JPN', 2023, whole):.1f}" for whole in ("JPN", "CHN")]
    assert japan == ["22.0", "5.5"] and says("22.0 against 5.5 per cent")
    assert not {"BRA", "ETH", "PAK", "RUS"} & {entity for entity, _ in PAPERS}


def test_the_exercise_is_not_given_away_by_the_lesson():
    answer = f"{share('USA', 2023, 'USA'):.1f}"
    assert answer == "17.9"
    assert not re.search(r"(?<![\d.])(17\.9|39\.2|3\.67|26)(?![\d.])", SHOWN + TEXT)


def test_the_index():
    five = ("USA", "RUS", "BRA", "PAK", "ETH")
    index = {p: 100 * joint(p, 2023) / joint(p, 2015) for p in five}
    assert (
        sorted(index, key=index.get)[-2:] == ["ETH", "PAK"] and min(index, key=index.get) == "USA"
    )
    assert (round(index["ETH"], 1), round(index["USA"], 1)) == (796.6, 155.1)
    assert index["PAK"] / 100 == pytest.approx(10, abs=0.5)
    added = {p: joint(p, 2023) - joint(p, 2015) for p in ("USA", "PAK", "ETH")}
    assert added["USA"] / added["PAK"] == pytest.approx(3, abs=0.05)
    assert all(f"2023 minus 2015: {number} papers" in SHOWN for number in added.values())
    assert joint("ETH", 2015) == 58 and joint("ETH", 2023) < joint("USA", 2023)


def test_most_pairs_grew_faster_in_2020_than_in_the_years_beside_it():
    def growth(pair, year):
        return PAPERS[pair, year] / PAPERS[pair, year - 1]

    faster = [
        pair for pair in PAIRS if growth(pair, 2020) > max(growth(pair, 2019), growth(pair, 2021))
    ]
    assert len(faster) > len(PAIRS) / 2


def test_pairs_overlap():
    shares = [share(partner, 2023) for partner in PARTNERS]
    assert round(sum(shares)) == 109
    assert "28 shares together: 109 %" in SHOWN


def test_the_last_table_and_the_claims():
    assert joint("USA", 2023) == max(joint(partner, 2023) for partner in PARTNERS) == 72794
    assert (f"{share('USA', 2016):.1f}", f"{share('USA', 2023):.1f}") == ("42.9", "30.6")
    # "a smaller share than before": of China's papers and of the partner's.
    for measure in (share, lambda p, year: share(p, year, p)):
        assert measure("USA", 2023) < max(measure("USA", year) for year in YEARS)
    money = {
        row["entity"]: float(row["value"])
        for row in rows("series/rd_share")
        if row["year"] == "2022" and row["source_id"] == "wdi-open-numbers"
    }
    assert max(money, key=money.get) == "KOR"
    for state in ("KOR", "USA", "CHN", "RUS", "ZAF"):
        assert (
            f"{state} spends on research {round(money[state], 2)} % of gross domestic product"
            in SHOWN
        )
    claims = load("article_claims").set_index("claim_id")
    for claim in ("S21", "S22"):
        verdict = claims.loc[claim, "verdict"]
        [line] = [line for line in TEXT.splitlines() if line.startswith(f"| `{claim}`")]
        assert line.split("|")[3].strip().startswith(verdict)
        settled = f'Ledger().settle("{claim}", "{verdict}")'
        noted = f'Ledger().note("{claim}", kind="{claims.loc[claim, "claim_type"]}", confidence=50)'
        assert settled in TEXT.partition(noted)[2]
        quoted = re.findall('"([^"]+)"', line.split("|")[1])
        assert quoted and all(part in claims.loc[claim, "fragment"] for part in quoted)
        assert len(" ".join(quoted).split()) < 15
    assert {"515", "613"} <= set(re.findall(r"\d+", claims.loc["S22", "why"]))


def test_the_ledger_takes_the_verdicts(tmp_path):
    ledger = Ledger(tmp_path / "my_ledger.csv")
    for claim in ("S21", "S22"):
        ledger.note(claim, kind="fact", confidence=60)
        assert "is settled: supported" in repr(ledger.settle(claim, "supported"))


def test_words_have_the_wording_of_the_glossary():
    glossary = load("glossary").set_index("term")["definition"]
    words = re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", TEXT.partition("## Words")[2], re.M)
    assert len(words) == 6
    for term, definition in words:
        assert definition == glossary[term]
        assert re.search(rf"\*\*{re.escape(term)}\*\*", TEXT.partition("## Words")[0], re.I), term


def test_the_toy_papers_are_called_invented():
    """In the words of each figure and cell that uses them, and in each task."""
    assert "INVENTED" in counting_lens("toy_full").axes[0].get_title(loc="left")
    for folder, name in (("lessons", ""), ("solutions", "_solutions"), ("exercises", "_exercises")):
        path = ROOT / folder / f"04_counting_coauthors{name}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        for number, cell in enumerate(cells):
            if cell.cell_type == "code" and re.search(r"\btoy\b", cell.source):
                said = [c.source for c in cells[number - 3 : number] if c.cell_type == "markdown"]
                said.append(outputs_as_text(cell))
                assert "invented" in " ".join(said).lower(), f"{name} {cell.id}"


# --- The lens -------------------------------------------------------------------------------------


def test_partners_are_those_of_the_table():
    entities = {row["entity"]: row["name"] for row in rows("entities")}
    assert {f"CHN-{code}" for code in PARTNERS} == {p for p in PAIRS if p.startswith("CHN-")}
    for code, name in PARTNERS.items():
        assert entities[f"CHN-{code}"] == f"China and {name}"


def drawn(lens, *partners):
    """The heights of each line of a picture; the markers are lines of their own, left out here."""
    lines = counting_lens(lens, partners).axes[0].get_lines()
    return [list(line.get_ydata()) for line in lines if len(line.get_ydata()) == len(YEARS)]


@pytest.mark.parametrize("code", PARTNERS)
def test_each_partner_gives_the_numbers_of_the_file(code):
    numbers = [joint(code, year) for year in YEARS]
    assert drawn("number", code) == [numbers]
    [shares] = drawn("share_of_china", code)
    assert shares == pytest.approx([share(code, year) for year in YEARS])
    own = drawn("share_of_partner", code)
    if code in WITH_TOTAL:
        assert own == [pytest.approx([share(code, year, code) for year in YEARS])]
    else:
        words = f"No line for {PARTNERS[code]}: the table has no number of all its international"
        assert words in counting_lens("share_of_partner", [code]).alt and own == []


def test_the_words_follow_the_controls():
    lens = CountingLens()
    for code in ("PAK", "ETH", "USA"):
        lens.set(lens="number", partner=code, second="")
        assert f"{PARTNERS[code]}: {joint(code, 1990):,} in 1990" in repr(lens)
        assert f"{joint(code, 2023):,} in 2023" in repr(lens)
        assert repr(lens).splitlines()[0] in lens.children[2].value
    lens.controls["second"].value = "BRA"
    assert "Brazil" in repr(lens) and "United States" in repr(lens)
    lens.set(lens="share_of_partner", partner="JPN", second="PAK")
    assert "Japan: 5.11 in 1990" in repr(lens) and "No line for Pakistan" in repr(lens)


@pytest.mark.parametrize("base", [1990, 2000, 2015, 2023])
def test_the_index_follows_the_base_year(base):
    lens = CountingLens("index", "ETH", "USA", base)
    starts = f"Papers in {base}: Ethiopia {joint('ETH', base):,}, United States"
    assert starts in repr(lens)
    lines = lens.figure.axes[0].get_lines()
    if joint("ETH", base) == 0:
        assert f"No line for Ethiopia: there was no joint paper in {base}" in repr(lens)
    else:
        expected = [100 * joint("ETH", year) / joint("ETH", base) for year in YEARS]
        assert list(lines[0].get_ydata()) == pytest.approx(expected)
    lens.set(base_year=2010)
    assert "index (2010 = 100)" in repr(lens)


def test_the_caption_says_what_is_drawn_for_each_lens():
    lens = CountingLens()
    seen = set()
    for key in LENSES:
        lens.set(lens=key)
        words = repr(lens)
        assert words.startswith("Drawn: ") and words not in seen
        seen.add(words)
        if key.startswith("toy_"):
            assert "invented" in words and "no effect" in words
        else:
            assert "grew faster in 2020" in words and "still filling up" in words
        assert lens.figure.axes[0].get_title(loc="left")
        source = lens.figure._supxlabel.get_text()
        assert ("invented" in source) == key.startswith("toy_")
    assert "in per cent of the partner's own papers" in repr(CountingLens())


def test_the_opening_view_is_the_stored_one():
    [cell] = [cell for cell in LESSON.cells if cell.id == "explore-widget"]
    stored = cell.outputs[0].data["text/plain"]
    assert stored == repr(CountingLens()) and "image/png" in cell.outputs[0].data


def test_a_partner_chosen_twice_is_drawn_once():
    assert len(counting_lens("number", ["PAK", "PAK"]).axes[0].get_lines()) == len(
        counting_lens("number", ["PAK"]).axes[0].get_lines()
    )


def test_no_two_lines_of_a_picture_share_a_colour():
    for chosen in itertools.combinations(["USA", "KOR", "ETH", "PAK", "EGY", "VNM", "IRN"], 5):
        colours = [
            line.get_color()
            for line in counting_lens("share_of_china", chosen).axes[0].get_lines()[::2]
        ]
        assert len(set(colours)) == len(chosen)
        assert LINES["CHN"].color not in colours


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("papers",), "no lens 'papers'"),
        (("number", ["CHN"]), "no partner 'CHN'"),
        (("number", "Pakistan"), "no partner 'Pakistan'"),
        (("number", []), "choose one to 6"),
        (("number", list(PARTNERS)), "choose one to 6"),
        (("index", ["USA"], 1989), "from 1990 to 2023"),
        (("index", ["USA"], "2015"), "from 1990 to 2023"),
    ],
)
def test_the_lens_refuses_what_it_does_not_know(arguments, words):
    with pytest.raises(ValueError, match=words):
        counting_lens(*arguments)


def test_the_helpers_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="no series 'papers'"):
        by_year("CHN", "papers")
    with pytest.raises(ValueError, match="no figures for 'PAK'"):
        by_year("PAK")
    with pytest.raises(ValueError, match="no counting 'half'"):
        points(load("copub_toy"), "half")
    with pytest.raises(ValueError, match="'partner' does not take 'CHN'"):
        CountingLens().set(partner="CHN")


def test_by_year_never_joins_two_sources():
    for series in ("rd_share", "articles", "copublications"):
        for entity in {row["entity"] for row in rows(f"series/{series}")}:
            assert by_year(entity, series).index.is_unique
    assert math.isclose(by_year("CHN", "articles")[2022], 898949, rel_tol=1e-4)


# --- The checks -----------------------------------------------------------------------------------


def test_the_right_answers_counted_in_another_way():
    by_number = {question.number: question for question in QUESTIONS}
    assert by_number["4.1"].accepted(None) == sum(full_counts().values())
    assert by_number["4.2"].accepted(None) == pytest.approx(float(total_parts()["USA"]))
    assert by_number["4.4"].accepted(None) == pytest.approx(share("USA", 2023, "USA"))
    options = by_number["4.3"].labels(None)
    assert f"{share('USA', 2016):.1f} per cent in 2016" in options["C"]
    assert f"{share('USA', 2020):.1f} per cent in 2020" in options["C"]
    assert f"{share('USA', 2016, 'USA'):.1f} per cent in 2016" in options["A"]
    growth = PAPERS["CHN", 2020] / PAPERS["CHN", 2016]
    assert growth > joint("USA", 2020) / joint("USA", 2016) > 1


def no_return(authors):
    {country: authors.count(country) / len(authors) for country in authors}


def divides_first(authors):
    part = 1 / len(authors)
    result = {}
    for country in authors:
        result[country] = result.get(country, 0) + part
    return result


def adds_to_nothing(authors):
    result = {}
    for country in authors:
        result[country] = result[country] + 1 / len(authors)
    return result


def rounded_to_one(authors):
    return {country: round(part, 1) for country, part in fractional(authors).items()}


def rounded_first(authors):
    return {country: authors.count(country) * round(1 / len(authors), 2) for country in authors}


def gives_list(authors):
    return [authors.count(country) / len(authors) for country in authors]


def zero_when_empty(authors):
    return fractional(authors) if authors else 0


def misses_single(authors):
    return fractional(authors) if len(set(authors)) != 1 else {authors[0]: 0.0}


def fractional(authors):
    result = {}
    for country in authors:
        result[country] = 0
    for country in authors:
        result[country] = result[country] + 1 / len(authors)
    return result


def exact(authors):
    return {country: float(part) for country, part in parts(authors).items()}


def rounded(authors):
    return {country: round(part, 2) for country, part in fractional(authors).items()}


@pytest.mark.parametrize("answer", [fractional, rounded, exact])
def test_a_right_function_is_taken(answer):
    assert check("4.6", answer).status == "correct"


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("4.1", 25, "one point for each country of each paper"),
        ("4.1", "26", "take the quotation marks away"),
        ("4.1", 36.0, "number of authors"),
        ("4.2", 0.31, "equal part of it"),
        ("4.2", 4.5, "half a point"),
        ("4.2", 3.92, "equally among its countries"),
        ("4.2", 3, "Divide within each paper first"),
        ("4.2", 3.7, "rounded to one place; give two"),
        ("4.3", "CHN", "letters A, B, C or D"),
        ("4.4", 30.6, "Seen from the United States"),
        ("4.4", 0.179, "multiplied by 100"),
        ("4.4", 19.9, "share of 2020"),
        ("4.4", 405719, "Divide the joint papers"),
        ("4.5", "a", "missing by its kind"),
        ("4.5", 24, "in quotation marks"),
        ("4.6", no_return, "gives nothing back"),
        ("4.6", divides_first, "stops with []: ZeroDivisionError"),
        ("4.6", adds_to_nothing, 'as in lesson 1, "Count the labels"'),
        ("4.6", rounded_to_one, "inside the function. Do not round"),
        ("4.6", rounded_first, "before the sum was complete"),
        ("4.6", gives_list, "must add up to one"),
        ("4.6", zero_when_empty, "empty list is not right yet"),
        ("4.6", misses_single, "all work in one country"),
        ("4.6", {"CHN": 0.67, "USA": 0.33}, "not a function"),
        ("4.6", fractional(["CHN", "CHN", "USA"]), "not a function"),
        ("4.7", "A", "measure the same thing"),
        ("4.7", 13850, "in quotation marks"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words in outcome.message


def test_open_questions_have_two_model_answers_each():
    path = ROOT / "solutions" / "04_counting_coauthors_solutions.ipynb"
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    for place in (8, 9):
        assert {f"ex-4-{place}-model-a", f"ex-4-{place}-model-b"} <= set(ids)
