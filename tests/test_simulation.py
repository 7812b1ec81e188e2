"""The role play: its numbers come out of the tables, its lot is fair, its secrets stay apart."""

import doctest
import re
import unicodedata
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from browser import needs_browser, open_browser, serious_findings
from notebook_rules import EMOJI, ROOT, WORDS_IN_SENTENCE
from raw_tables import one, rows

from scidip import simulation as module
from scidip.simulation import (
    GAMES,
    PAGE,
    SimulationError,
    deal,
    event_of,
    exchange,
    people_of,
    read,
    roles_for,
    save,
    second_round,
    to_html,
    words,
)

TEXT = PAGE.read_text(encoding="utf-8")
SIZES = range(8, 25)
SEEDS = 2000
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December"]  # fmt: skip


def event(event_id):
    return one("events", event_id=event_id)


def card(card_id):
    return one("cards", card_id=card_id)


def say(day):
    year, month, day = map(int, day.split("-"))
    return f"{day} {MONTHS[month - 1]} {year}"


def amount(name, entity, period, measure):
    [found] = {
        row["value"]
        for row in rows(f"series/{name}", entity=entity, period=period, measure=measure)
    }
    return float(found)


def most(name, entity, measure):
    """The highest value of a series, and the periods that have it."""
    found = rows(f"series/{name}", entity=entity, measure=measure)
    top = max(float(row["value"]) for row in found)
    return top, [row["period"] for row in found if float(row["value"]) == top]


def joint_share(country):
    whole = amount("copublications", country, "2023", "international_works")
    return round(100 * amount("copublications", "CHN-USA", "2023", "joint_works") / whole, 1)


def table_rows(section):
    """The cells of all tables of a section, by the first cell."""
    found = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in section.splitlines() if re.match(r"\| N?[0-9]+ \|", line)]  # fmt: skip
    assert len({cells[0] for cells in found}) == len(found)
    return {cells[0]: cells[1:] for cells in found}


@pytest.fixture(scope="module")
def renewal():
    return read()


@pytest.fixture(scope="module")
def samples():
    return read("samples")


@pytest.fixture(params=GAMES)
def material(request):
    return read(request.param)


def test_examples_in_the_docstrings_hold():
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


# --- Facts --------------------------------------------------------------------------------------


def life(step):
    return one("agreement_life", step=str(step))


def days(row):
    return (date.fromisoformat(row["ends"]) - date.fromisoformat(row["begins"])).days


def expected_renewal():
    """Number and When of each row of the data sheet, from the raw tables."""
    protocol = event("2024-12-13-sta-protocol-2024")
    short = [row for row in rows("agreement_life") if row["act"] == "extended by six months"]
    agreements = one("series/st_agreements", measure="agreements", source_id="xinhua2025")
    joint, peak = most("copublications", "CHN-USA", "joint_works")
    students, year = most("students_in_usa", "CHN", "students_in_usa")
    models, years = most("ai_models", "CHN-USA", "joint_models")
    protocols = re.search(r"estimates (30 protocols) between agencies and (40 sub-agreements)",
                          card("crs2024")["note"])  # fmt: skip
    south, nigeria = (
        amount("copublications", pair, "2023", "joint_works") for pair in ("CHN-ZAF", "CHN-NGA")
    )
    fears = event("2023-06-pnas-fears-chinese-american-scientists")
    [asked] = re.findall(r"surveyed ([0-9,]+) US academics", fears["summary"])
    [afraid] = re.findall(r"([0-9]+) per cent did not feel safe", fears["summary"])
    core = re.search(r"holds (\d+) per cent of these journals and (\d+) per cent of their articles",
                     card("zhang2025")["says"])  # fmt: skip
    health = event("2005-10-emerging-infectious-disease-mou")["summary"]
    [money] = re.findall(r"gave that centre ([0-9.]+) million dollars for influenza", health)
    assert [row["step"] for row in short] == ["8", "9"]
    assert "16 May 2024" in card("crs2024")["note"] and "2008 budget year" in health
    assert "December 2021 to March 2022" in fears["note"]
    assert "Convenience sample" in fears["note"]
    latest = amount("copublications", "CHN-USA", "2023", "joint_works")
    now = amount("students_in_usa", "CHN", "2024/25", "students_in_usa")
    there = amount("students_in_china", "USA", "2018", "students_in_china")
    return {
        "1": [say(life(11)["ends"]), f"signed {say(protocol['date'])}"],
        "2": [f"{days(life(10))} days",
              f"{say(life(10)['begins'])} to {say(life(10)['ends'])}".replace(" 2024 to", " to")],
        "3": [f"{len(short)} extensions of 6 months each",
              " and ".join(row["begins"][:4] for row in short)],
        "4": [f"{protocols[1]}, {protocols[2]}, an estimate", "May 2024"],
        "5": [f"{agreements['value']} agreements", say(agreements["period"]).split(" ", 1)[1]],
        "6": [f"{south:,.0f} works; {nigeria:,.0f} works", "2023"],
        "7": [f"{latest:,.0f} works; most in one year: {joint:,.0f}", f"2023; {peak[0]}"],
        "8": [f"{joint_share('CHN')} per cent", "2023"],
        "9": [f"{joint_share('USA')} per cent", "2023"],
        "10": [f"{now:,.0f} persons; most in one year: {students:,.0f}", f"2024/25; {year[0]}"],
        "11": [f"{there:,.0f} persons", "2018"],
        "12": [f"{afraid} per cent of {asked} persons asked", f"{fears['date'][:4]} (published)"],
        "13": [f"{core[1]} per cent of the journals, {core[2]} per cent of their articles",
               f"{card('zhang2025')['year']} (published)"],
        "14": [f"{amount('ai_models', 'CHN-USA', '2023', 'joint_models'):.0f} models; "
               f"most in one year: {models:.0f}", f"2023; {' and '.join(years)}"],
        "15": [f"{money} million dollars", "budget year 2008"],
    }  # fmt: skip


def expected_samples():
    loans = one("openness_funnel", case_id="change-5-samples-2023")
    loan = event("2025-04-24-change-5-samples-loaned")
    payload = event("2025-04-24-change-8-payloads")
    law = event("2011-04-wolf-amendment")
    permit = event("2023-11-29-nasa-change5-certification")
    assert loan["date"] == loans["decided"] == payload["date"]
    assert "Two US universities were chosen" in loan["note"]
    assert "five of the seven signed" in loan["note"] and "one mission only" in permit["summary"]
    assert "From 41 proposals it approved ten projects" in payload["summary"]
    assert law["date"] == "2011-04" and loans["call"] == "2023-11"
    assert "countries and international organisations" in loans["units"]
    day = say(loan["date"])
    return {
        "1": [f"{loans['applications']} requests, from {loans['applicant_countries']} countries "
              "and international organisations", "call of November 2023"],
        "2": [f"{loans['selected']} institutions", day],
        "3": [f"{loans['selected_countries']} countries", day],
        "4": ["2 universities", day],
        "5": [f"5 of {loans['selected']}, or all {loans['selected']}: sources differ", day],
        "6": ["since April 2011", "2011"],
        "7": ["1 mission, Chang'e-5", say(permit["date"])],
        "8": ["10 projects of 41 proposals", say(payload["date"])],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("game", "expected"), [("renewal", expected_renewal), ("samples", expected_samples)]
)
def test_every_number_of_the_data_sheet_comes_out_of_the_raw_tables(game, expected):
    sheet = table_rows(read(game).data_sheet)
    numbered = {row: cells[1:3] for row, cells in sheet.items() if not row.startswith("N")}
    assert numbered == expected()


def test_the_sheet_says_what_is_not_known(material):
    unknown = {
        row: cells for row, cells in table_rows(material.data_sheet).items() if row[0] == "N"
    }
    assert len(unknown) >= 5
    assert sum("ot known" in cells[-1] for cells in unknown.values()) >= 4


def test_what_the_rows_not_known_say_is_in_the_tables():
    assert "nobody outside can read the text" in card("aip2024")["says"]
    assert "16 December 2024" in card("aip2024")["note"]
    note = event("2024-12-13-sta-protocol-2024")["note"]
    assert "Not known: whether a joint meeting, an amendment or a termination followed" in note
    assert "July 2026" in note
    assert "not checked further" in event("2020-05-29-proclamation-10043")["note"]
    audit = card("gao1999")["says"]
    assert "seven agencies take part in 575 agreements" in audit and "budget year 1997" in audit
    rules = event("2021-11-china-data-laws-research")["summary"]
    assert "told Nature that unclear rules discouraged joint projects" in rules
    assert "10 September 2024" in card("house2024")["note"]
    assert "does not show it as law" in card("house2024")["note"]
    assert (
        "invited scientists of all countries" in event("2024-06-change6-samples-offer")["summary"]
    )
    # The series have no later value than the one that the sheet gives.
    american = rows("series/students_in_china", entity="USA", measure="students_in_china")
    assert max(row["year"] for row in american) == "2018"
    assert max(row["period"] for row in rows("series/students_in_usa", entity="CHN")) == "2024/25"
    assert max(row["year"] for row in rows("series/copublications", entity="CHN-USA")) == "2023"


def test_the_numbers_of_the_knowledge_test_are_those_of_the_tables():
    test = TEXT.partition("## Knowledge test")[2].partition("\n## ")[0]
    for country in ("CHN", "USA"):
        whole = amount("copublications", country, "2023", "international_works")
        assert f"{whole:,.0f}" in test
        assert f"{joint_share(country)} per cent" in test
    assert f"{amount('copublications', 'CHN-USA', '2023', 'joint_works'):,.0f}" in test
    assert len(re.findall(r"^\*\*[1-6]\. ", test, re.MULTILINE)) == test.count("<details>") == 6
    assert test.count("</details>") == 6


def test_every_id_exists():
    known = {row["event_id"] for row in rows("events")} | {r["card_id"] for r in rows("cards")}
    known |= {row["source_id"] for row in rows("series_sources")}
    known |= {row["case_id"] for row in rows("openness_funnel")}
    known |= {path.stem for path in (ROOT / "data").glob("*.csv")}
    known |= {f"series/{path.stem}" for path in (ROOT / "data" / "series").glob("*.csv")}
    named = set(re.findall(r"`([^`]+)`", TEXT))
    others = {"data/", "simulation_print.html", "copies=True", 'game = "samples"'}
    assert named - known == others
    assert len(named & known) > 50


def test_a_card_and_a_record_are_called_by_their_right_name():
    kinds = {row["card_id"]: row["kind"] for row in rows("cards")}
    for name, kind in re.findall(r"Card `([^`]+)` \(([^)]+)\)", TEXT):
        assert kind.startswith(kinds[name]), name
    records = {row["event_id"] for row in rows("events")}
    assert set(re.findall(r"[Rr]ecord `([^`]+)`", TEXT)) <= records
    assert set(re.findall(r"[Cc]ard `([^`]+)`", TEXT)) <= set(kinds)


def test_each_role_has_evidence_for_it_and_against_it(material):
    sheet = table_rows(material.data_sheet)
    for role in material.roles:
        points = re.findall(r"^- ", role.evidence, re.MULTILINE)
        assert 4 <= len(points) <= 6, role
        assert role.evidence.count("Against you:") == 1, role
        [used] = re.findall(r"Data sheet: (.+)", role.evidence)
        assert set(re.findall(r"\d+", used)) <= set(sheet)


# --- Fairness and language ------------------------------------------------------------------------


def test_what_is_invented_is_marked(material):
    assert TEXT.count("**Private brief (invented for the game).**") == 16
    assert all("(fiction)" in found.title for found in material.events)
    assert "(fiction)" in material.clause_sheet
    for role in material.roles:
        assert "`" not in role.brief, f"role {role.number}: a fact in the invented part"
    # The end of the term is a fact, the day of the game is not, December is a wrong answer.
    later = re.findall(r"(\w+)\W+(\w+)\s+(?:202[7-9]|20[3-9]\d)", TEXT)
    assert set(later) == {
        ("27", "August"), ("27", "February"), ("of", "February"), ("A", "December"),
        ("Renewal", "Round"),
    }  # fmt: skip


def test_no_role_gets_more_room_than_another(material):
    for part in ("position", "brief"):
        lengths = [len(getattr(role, part).split()) for role in material.roles]
        assert max(lengths) <= 2.6 * min(lengths), (part, lengths)


def test_words_are_fair_and_plain():
    unquoted = re.sub(r'"the (Chinese|Americans)"', "", TEXT)
    for phrase in ("the Americans", "real intentions", "spies", "spy", "witch hunt", "debt trap",
                   "win-win", "vaccine diplomacy", "regime", "the West "):  # fmt: skip
        assert phrase not in unquoted
    assert not re.search(r"the Chinese\b(?! (science|counterpart|embassy))", unquoted)
    assert not EMOJI.search(TEXT)
    for american in ("color", "center", "labor ", "favor", "organiz", "program "):
        assert american not in TEXT


def test_sentences_are_short():
    joined = re.sub(r"\n(?=[^\n#|>*\-0-9])", " ", TEXT)
    lines = [re.sub(r"`[^`]*`", "X", line) for line in joined.splitlines()]
    lines = [line for line in lines if not line.startswith(("#", "|", "<"))]
    sentences = [
        part
        for line in lines
        for part in re.split(r"(?<=[.!?:])\s+", re.sub(r"^\W*([0-9]+\.)?\s*", "", line))
        if len(part.split()) > 1
    ]
    assert sum(len(part.split()) for part in sentences) / len(sentences) < WORDS_IN_SENTENCE


# --- The page -------------------------------------------------------------------------------------


def test_the_plan_adds_up_to_sixty_minutes(renewal):
    bounds = [(step.begins, step.ends) for step in renewal.steps]
    assert bounds == [(0, 5), (5, 12), (12, 18), (18, 23), (23, 38), (38, 41), (41, 49), (49, 52),
                      (52, 60)]  # fmt: skip
    assert sum(ends - begins for begins, ends in bounds) == 60
    assert 8 * 40 <= 60 * (18 - 12)
    for step in renewal.steps:
        assert step.say.startswith('"') and step.say.endswith('"')


def test_four_clauses_with_open_brackets(material):
    clauses = re.split(r"^### Clause \d · ", material.clause_sheet, flags=re.MULTILINE)[1:]
    assert len(clauses) == 4
    for clause in clauses:
        assert clause.count("[") == clause.count("]") >= 5


def test_shares_of_the_marks_add_up():
    marks = TEXT.partition("## Marks")[2].partition("\n## ")[0]
    assert sum(map(int, re.findall(r"\| ([0-9]+) per cent \|", marks))) == 100
    assert len(re.findall(r"^\| [123], ", marks, re.MULTILINE)) == 3


def test_at_least_twelve_things_that_go_wrong():
    wrong = TEXT.partition("## What goes wrong")[2]
    listed = re.findall(r"^\| (\d+)\. ", wrong, re.MULTILINE)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert len(listed) >= 12


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("## Data sheet\n", "## Numbers\n", "the section 'Data sheet' is missing or empty"),
        ("## Variant: data sheet\n", "## Other\n", "'Variant: data sheet' is missing or empty"),
        ("### Role 3 · ", "### Role 9 · ", "must begin 'Role 3 ·'"),
        ("**Private brief (invented for the game).** Your minister", "Your minister",
         "role 1 has no part 'Private brief (invented for the game).'"),
        ("### Minute 12 to 18", "### Minute 13 to 18", "must begin at minute 12"),
        ("### Minute 52 to 60", "### Minute 52 to 61", "ends at minute 61, but must end at 60"),
        ("(fiction)\n\nOn the same morning", "\n\nOn the same morning", "'(fiction)'"),
        ("> ", "", "'Safety note'"),
        ("- Our interest", "Our interest", None),
        ("1. What did you have to say", "What did you have to say", "Debrief"),
    ],
)  # fmt: skip
def test_a_damaged_page_is_named_in_one_sentence(old, new, problem, tmp_path):
    path = tmp_path / "simulation.md"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    game = "samples" if "Variant" in old else "renewal"
    if problem is None:
        assert len(read(game, path).lines) == 2
        return
    with pytest.raises(SimulationError) as error:
        read(game, path)
    assert problem in str(error.value)
    assert_one_sentence(error)


def test_a_page_that_is_missing_cut_or_no_text(tmp_path):
    with pytest.raises(SimulationError, match=r"simulation\.md is missing"):
        read(path=tmp_path / "simulation.md")
    (tmp_path / "half.md").write_text(TEXT[: len(TEXT) // 4], encoding="utf-8")
    with pytest.raises(SimulationError, match=r"half\.md is damaged: "):
        read(path=tmp_path / "half.md")
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(SimulationError, match=r"bytes\.md can't be read"):
        read(path=tmp_path / "bytes.md")
    with pytest.raises(SimulationError, match="write one of renewal, samples"):
        read("moon")


def assert_one_sentence(error):
    text = str(error.value)
    assert not text[0].islower() or text.startswith("simulation")
    assert text.endswith(".") and "\n" not in text
    assert len(text.split()) < 45


# --- The lot --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", SIZES)
def test_every_seed_gives_each_person_one_role_and_each_team_two_or_three(count):
    roles = roles_for(count)
    for seed in range(SEEDS if count in (13, 24) else 200):
        draw = deal(count, seed)
        assert tuple(draw.teams) == roles
        assert {len(team) for team in draw.teams.values()} <= {2, 3}
        everybody = sorted(person for team in draw.teams.values() for person in team)
        assert everybody == list(range(1, count + 1))


def test_small_groups_keep_two_states_and_then_the_partners():
    for count in SIZES:
        assert set(roles_for(count)) >= {1, 2, 3, 4}
        assert set(range(1, 9)) - set(roles_for(count)) <= {5, 6, 7, 8}
        if count >= 12:
            assert {7, 8} <= set(roles_for(count))
    assert 5 in roles_for(10) and 5 in roles_for(14)


@pytest.mark.parametrize("count", [8, 11, 13, 18, 21, 24])
def test_the_lot_is_even(count):
    """Chi-square over 2,000 seeds: nobody gets a role, and no role a third person, more often."""
    roles = roles_for(count)
    draws = [deal(count, seed) for seed in range(SEEDS)]
    got = Counter(
        (person, draw.role_of(person)) for draw in draws for person in range(1, count + 1)
    )
    expected = SEEDS / len(roles)
    statistic = sum(
        (got[person, role] - expected) ** 2 / expected
        for person in range(1, count + 1)
        for role in roles
    )
    freedom = (count - 1) * (len(roles) - 1)
    # Within four standard deviations of the mean of its distribution.
    assert abs(statistic - freedom) < 4 * (2 * freedom) ** 0.5
    large = Counter(r for draw in draws for r, team in draw.teams.items() if len(team) == 3)
    share = count / len(roles) - 2
    for role in roles:
        assert abs(large[role] / SEEDS - share) < 0.05


def test_the_same_seed_repeats_the_draw_and_another_one_does_not(renewal):
    assert words(deal(20, 7), renewal) == words(deal(20, 7), renewal)
    assert len({str(deal(20, seed).teams) for seed in range(100)}) > 95
    drawn = deal(20)
    assert deal(20, drawn.seed) == drawn
    assert f"seed {drawn.seed}" in words(drawn, renewal)


@pytest.mark.parametrize("count", SIZES)
def test_who_refuses_changes_places_with_one_other(count):
    for seed in range(50):
        before = deal(count, seed)
        person = seed % count + 1
        after = exchange(before, person)
        moved = [p for p in range(1, count + 1) if before.role_of(p) != after.role_of(p)]
        assert len(moved) == 2 and person in moved
        assert [len(team) for team in after.teams.values()] == [
            len(team) for team in before.teams.values()
        ]
        again = exchange(after, person)
        assert again.role_of(person) not in (before.role_of(person), after.role_of(person))


def test_who_refuses_every_role_may_observe():
    draw = deal(8, 1)
    for _ in range(3):
        draw = exchange(draw, 4)
    with pytest.raises(SimulationError, match="let this person observe") as error:
        exchange(draw, 4)
    assert_one_sentence(error)


def test_two_people_never_push_a_refused_role_back():
    for seed in range(100):
        draw = deal(12, seed)
        for person in (1, 2, 3, 1):
            draw = exchange(draw, person)
        assert all(draw.role_of(person) != role for person, role in draw.refused)


@pytest.mark.parametrize("count", SIZES)
def test_in_the_second_round_nobody_keeps_a_role_and_states_change(count, renewal):
    first = deal(count, 2029)
    second = second_round(first)
    assert tuple(second.teams) == tuple(first.teams)
    assert sorted(second.teams.values()) == sorted(first.teams.values())
    for person in range(1, count + 1):
        assert first.role_of(person) != second.role_of(person)
        if first.role_of(person) in (1, 2):
            assert second.role_of(person) in (3, 4, 5)
    for role in (1, 2):
        assert first.role_of(second.teams[role][0]) in (3, 4, 5)
    assert event_of(first, renewal) != event_of(second, renewal)
    with pytest.raises(SimulationError, match="second round already"):
        second_round(second)


def test_a_refused_role_stays_refused_in_the_second_round():
    for seed in range(100):
        draw = deal(16, seed)
        person = draw.teams[1][0]
        after = second_round(exchange(draw, person))
        assert after.role_of(person) != 1


def test_every_event_card_is_drawn(material):
    drawn = Counter(event_of(deal(16, seed), material).letter for seed in range(600))
    assert set(drawn) == {found.letter for found in material.events}
    assert max(drawn.values()) < 1.5 * min(drawn.values())


@pytest.mark.parametrize(
    ("people", "problem"),
    [
        (0, "With 0 people there is nobody to draw for"),
        (-3, "With -3 people there is nobody"),
        ([], "With 0 people"),
        ("", "With 0 people"),
        (1, "1 person is too few"),
        (7, "7 people are too few for this draw of 8 to 24"),
        ("7", "7 people are too few"),
        (25, "make 2 rooms of 12 or 13 people"),
        (40, "make 2 rooms of 20 people"),
        (300, "300 people are too many for one room of 24; make 13 rooms of 23 or 24 people"),
        (True, "write a whole number, or a list"),
        (12.5, "write a whole number, or a list"),
        (None, "write a whole number, or a list"),
        ([*"abcdefg", "A"], "'A' is both name 1 and name 8"),
        ([*"abcdefg", "a "], "'a' is both name 1 and name 8"),
        (["José", *"bcdefg", unicodedata.normalize("NFD", "José")], "both name 1 and name 8"),
        ([*"abcdefg", "  "], "Name 8 is blank"),
        ([*"abcdefg", None], "Name 8 is blank"),
        ([*"abcdefg", "\u200b"], "Name 8 is blank"),
        ("a\nb\n\nd\ne\nf\ng\nh", "Name 3 is blank"),
        ([*"abcdefg", "x" * 61], "Name 8 has 61 characters"),
    ],
)
def test_people_who_do_not_fit_get_one_clear_sentence(people, problem):
    with pytest.raises(SimulationError) as error:
        deal(people, 1)
    assert problem in str(error.value)
    assert_one_sentence(error)


@pytest.mark.parametrize("seed", ["2029", 1.5, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(SimulationError, match="write a whole number, or None"):
        deal(12, seed)


@pytest.mark.parametrize("person", [0, 13, "Zoe", None, 1.0])
def test_an_unknown_person(person):
    with pytest.raises(SimulationError, match="There is no person") as error:
        exchange(deal(12, 1), person)
    assert_one_sentence(error)


NAMES = ["李明", "王芳", "محمد علي", "سارة", "Ana", "Zoë", "O'Neill <b>", "Øyvind", "Ngũgĩ"]


def test_names_of_any_script_are_dealt(renewal):
    draw = deal(NAMES, 5)
    assert draw.people == people_of("\n".join(NAMES)) == tuple(NAMES)
    said = words(draw, renewal, names=True)
    assert all(name in said for name in NAMES)
    assert not any(name in words(draw, renewal) for name in NAMES)
    assert exchange(draw, "سارة").role_of(4) != draw.role_of(4)


# --- The file to print ----------------------------------------------------------------------------


def sections(page):
    """The sections of the file as pairs of kind and HTML."""
    found = re.findall(r'<section [^>]*class="([^"]+)">(.*?)</section>', page, re.DOTALL)
    assert len(found) == page.count("<section ") == page.count("</section>")
    return found


@pytest.mark.parametrize("count", [8, 10, 13, 15, 16, 24])
@pytest.mark.parametrize("copies", [False, True])
def test_a_brief_stands_on_the_pages_of_its_team_only(count, copies, material):
    draw = deal(count, 3)
    pages = sections(to_html(material, draw, copies=copies))
    for role in material.roles:
        brief = module._block(role.brief)
        holding = [(kind, page) for kind, page in pages if brief in page]
        times = len(draw.teams.get(role.number, ()))
        assert len(holding) == (times if copies else min(times, 1))
        for kind, page in holding:
            assert kind == "secret"
            assert f">Role {role.number} · " in page.partition("</h2>")[0]
        for kind, page in pages:
            first = re.split(r"(?<=[.?!]) ", brief)[0].removeprefix("<p>")
            assert first not in page or kind == "secret"
    assert sum(kind == "secret" for kind, _ in pages) == (count if copies else len(draw.teams))


def test_what_follows_a_role_card_may_be_seen_by_all(material):
    """On the back of each card, in two-sided print, are the public positions."""
    kinds = [kind for kind, _ in sections(to_html(material, deal(24, 1), copies=True))]
    backs = [after for kind, after in pairwise(kinds) if kind == "secret"]
    assert set(backs) == {"shared positions"} and len(backs) == 24
    assert kinds.index("secret") == 0 and all(kinds[n] == "secret" for n in range(0, 48, 2))


def test_the_file_holds_all_that_is_needed_and_nothing_from_elsewhere(material):
    draw = deal(16, 2029)
    page = to_html(material, draw)
    kinds = [kind for kind, _ in sections(page)]
    for kind in ("event", "instructor draw", "instructor plan", "shared rules", "shared data",
                 "shared clauses", "shared tally"):  # fmt: skip
        assert kinds.count(kind) == 1
    assert page.startswith("<!doctype html>") and '<html lang="en">' in page
    assert page.count("<h1") == 1 and "seed 2029" in page
    assert not re.search(r"https?:|src=|@import|url\(|<script|<link", page)
    for step in material.steps:
        assert module._inline(step.say) in page
    assert event_of(draw, material).title in page
    others = [found for found in material.events if found != event_of(draw, material)]
    assert not any(module._inline(found.text) in page for found in others)
    assert page.count("<th") == page.count("<th scope=") + page.count("<thead>")
    assert "`" not in page and "**" not in page and "](" not in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == page.count("aria-labelledby")


def test_names_are_in_the_file_only_when_asked_for(renewal, tmp_path):
    path = tmp_path / "simulation_print.html"
    draw = deal(NAMES, 5)
    assert "it holds no names" in save(path, renewal, draw)
    without = path.read_text(encoding="utf-8")
    assert not any(name in without for name in NAMES)
    assert "it holds names: delete it" in save(path, renewal, draw, names=True)
    pages = sections(path.read_text(encoding="utf-8"))
    for kind, page in pages:
        assert ("李明" in page) == (kind == "instructor draw")
    assert "O'Neill <b>" not in path.read_text(encoding="utf-8")
    assert "it holds no names" in save(path, renewal, deal(9, 5), names=True)


def test_nothing_is_written_by_dealing(renewal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    to_html(renewal, deal(NAMES, 5), names=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written(renewal, tmp_path):
    with pytest.raises(SimulationError, match="choose another folder") as error:
        save(tmp_path / "missing" / "simulation.html", renewal, deal(8, 1))
    assert_one_sentence(error)


def test_the_file_is_not_kept_by_git():
    assert "simulation_print*.html" in (ROOT / ".gitignore").read_text(encoding="utf-8")


@needs_browser
@pytest.mark.browser
def test_each_card_fills_one_page_of_either_paper_and_can_be_read_aloud(tmp_path):
    driver, launch = open_browser()
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "15mm")
    with driver as started:
        browser = launch(started)
        for game in GAMES:
            path = tmp_path / f"{game}.html"
            draw = deal(24, 1)
            save(path, read(game), draw)
            page = browser.new_page()
            page.goto(path.as_uri())
            assert serious_findings(page, "main") == []
            for paper in ("A4", "Letter"):
                pdf = page.pdf(format=paper, margin=margins)
                # Beside the cards and their backs: event, draw, plan and the sheets for all.
                assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2 * len(draw.teams) + 9
            page.add_style_tag(content="section:not(.secret, .positions) { display: none }")
            for paper in ("A4", "Letter"):
                pdf = page.pdf(format=paper, margin=margins)
                assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2 * len(draw.teams)
            page.close()
        browser.close()
