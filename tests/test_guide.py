"""The instructor's guide: what it names exists, its minutes add up, its commands are commands."""

import argparse
import ast
import csv
import importlib
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat import NotebookNode
from notebook_rules import EMOJI, ROOT, WORDS_IN_SENTENCE, broken_links, name_of, sentence_length

from scidip import cli, data
from scidip.questions.engine import questions_of

GUIDE = ROOT / "docs" / "instructors.md"
PAGES = [GUIDE, *sorted((ROOT / "docs" / "instructors").glob("*.md"))]
LESSONS, ASSESSING, MARKING, COUNTRY = (
    ROOT / "docs" / "instructors" / f"{name}.md"
    for name in ("lessons", "assessing", "marking", "another_country")
)
DEMO = ROOT / "docs" / "nbval_demo.ipynb"
NUMBERS = sorted(int(path.name[:2]) for path in (ROOT / "lessons").glob("*.ipynb"))
QUESTIONS = {number: q for lesson in NUMBERS for number, q in questions_of(lesson).items()}
HAS_GRADER = (ROOT / "scidip" / "grading").is_dir()
each_page = pytest.mark.parametrize("path", PAGES, ids=name_of)


def read(path):
    return path.read_text(encoding="utf-8")


def without_code(text):
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)


def rows(text, columns):
    """The cells of all table rows with so many columns, without headings and rules."""
    found = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not set(line) <= set("|- ")
    ]
    return [cells for cells in found if len(cells) == columns]


def section(text, title):
    """What stands below a heading, up to the next one that is not below it."""
    start = re.search(rf"^(#+) {re.escape(title)}$", text, flags=re.MULTILINE)
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, flags=re.MULTILINE)
    return rest[: end.start()] if end else rest


def anchor(title):
    """The name of a heading in a link, as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title.lower()))
    return kept.replace(" ", "-")


# --- Links, paths, names ----------------------------------------------------------------------


@each_page
def test_links_resolve(path):
    assert list(broken_links(without_code(read(path)), path)) == []


@each_page
def test_links_into_a_page_lead_to_a_heading(path):
    for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", read(path)):
        page, _, name = target.partition("#")
        if page.startswith("http"):
            continue
        text = read((path.parent / page).resolve() if page else path)
        titles = re.findall(r"^#+ +(.+)$", without_code(text), flags=re.MULTILINE)
        assert name in [anchor(title) for title in titles], target


@each_page
def test_paths_that_a_page_names_exist(path):
    for quoted in re.findall(r"`([\w.]+(?:/[\w.]*)+)`", without_code(read(path))):
        if quoted.startswith((".venv", "anna/", "results5/", "feedback/")):  # made by the reader
            continue
        assert (ROOT / quoted).exists(), quoted


@each_page
def test_every_exercise_that_a_page_names_exists(path):
    text = without_code(read(path))
    named = set()
    for words in re.findall(r"[Ee]xercises? ((?:\d+\.\d+(?:, | and | to )?)+)", text):
        named |= set(re.findall(r"\d+\.\d+", words))
    named |= set(re.findall(r"^- \*\*(\d+\.\d+)\*\*", text, flags=re.MULTILINE))
    named |= set(re.findall(r"with (\d+\.\d+)[.,]", text))
    assert named <= set(QUESTIONS)


def test_every_page_is_reached_from_the_first_one():
    for path in PAGES[1:]:
        assert f"](instructors/{path.name}" in read(GUIDE)
        assert "](../instructors.md)" in read(path)


def test_the_first_page_is_named_where_one_looks():
    assert "docs/instructors.md" in read(ROOT / "README.md")


# --- Language ---------------------------------------------------------------------------------


@each_page
def test_sentences_are_short(path):
    cell = NotebookNode(cell_type="markdown", source=_joined(without_code(read(path))))
    assert sentence_length(NotebookNode(cells=[cell])) <= WORDS_IN_SENTENCE


def _joined(text):
    """Give a paragraph one line, since the measure ends a sentence at the end of a line."""
    return re.sub(r"(?<![\n|])\n(?= *[^\s\-*|#>0-9])", " ", text)


@each_page
def test_words(path):
    text = read(path)
    assert not EMOJI.search(text)
    assert not re.search(r"\b(color|behavior|favor|organiz|recogniz|analyz)", text)
    assert not re.search(r"\b\w+n't\b(?<!can't)", text)


# --- Lessons ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
def test_each_lesson_has_all_its_parts(number):
    title = next((ROOT / "lessons").glob(f"{number:02}_*.ipynb"))
    heading = nbformat.read(title, as_version=4).cells[0].source.splitlines()[0][2:]
    part = section(read(LESSONS), heading.partition(":")[0])
    parts = ["One idea", "Opening", "What students get wrong", "Skip when time is short",
             "Discuss", "On paper"]  # fmt: skip
    places = [part.index(f"**{name}.**") for name in parts]
    assert places == sorted(places)
    discuss = part.partition("**Discuss.**")[2].partition("**On paper.**")[0]
    assert discuss.count("·") == (1 if number else 0)
    exercises = re.findall(r"^- \*\*(\d+)\.\d+\*\*", part, flags=re.MULTILINE)
    assert set(exercises) == {str(number)} and len(exercises) >= 2


def test_every_wrong_idea_is_one_that_the_checks_know():
    items = re.findall(r"^- \*\*(\d+\.\d+)\*\* (.*?)(?=^- |^$)", read(LESSONS), re.DOTALL | re.M)
    assert len(items) > 50
    for number, text in items:
        question = QUESTIONS[number]
        known = {question.misconception, *(k.misconception for k in getattr(question, "known", ()))}
        ideas = re.findall(r"\*(.+?)\*", " ".join(text.split()))
        assert ideas and set(ideas) <= known, (number, set(ideas) - known)


def test_the_sections_that_may_be_skipped_exist():
    everything = "\n".join(read(path) for path in (ROOT / "lessons").glob("*.ipynb"))
    for part in re.findall(r"\*\*Skip when time is short\.\*\*.*?\n\n", read(LESSONS), re.DOTALL):
        for title in re.findall(r"\*([A-Z].+?)\*", " ".join(part.split()).split("**", 2)[2]):
            assert f"## {title}" in everything, title


# --- Timetables -------------------------------------------------------------------------------


def test_ten_weeks_of_ninety_minutes():
    weeks = [cells for cells in rows(read(GUIDE), 8) if cells[0].isdigit()]
    assert [int(cells[0]) for cells in weeks] == list(range(1, 11))
    for cells in weeks:
        assert sum(map(int, cells[2:7])) == int(cells[7]) == 90, cells


def test_the_minutes_of_a_lesson_are_those_that_it_names():
    for cells in rows(read(GUIDE), 8):
        if not cells[1].isdigit() or int(cells[1]) not in NUMBERS or cells[1] == "10":
            continue
        path = next((ROOT / "lessons").glob(f"{int(cells[1]):02}_*.ipynb"))
        title = nbformat.read(path, as_version=4).cells[0].source
        named = re.search(r"about (\d+) minutes of reading, (\d+) minutes of exercises", title)
        assert (cells[3], cells[4]) == named.groups(), cells


@pytest.mark.parametrize(
    ("title", "first", "last"),
    [
        ("Two days", "09:00", "17:00"),
        ("One evening", "18:00", "21:00"),
    ],
)
def test_a_day_has_no_hole_and_no_overlap(title, first, last):
    table = [c for c in rows(section(read(GUIDE), title), 3) if re.fullmatch(r"\d\d:\d\d", c[0])]
    begins = [60 * int(cells[0][:2]) + int(cells[0][3:]) for cells in table]
    for here, after, cells in zip(begins, begins[1:], table, strict=False):
        if cells[1] == "0":
            assert cells[0] == last
        else:
            assert here + int(cells[1]) == after, cells
    assert (table[0][0], table[-1][0]) == (first, last)


def test_a_room_is_checked_in_ten_minutes():
    steps = [c[0] for c in rows(section(read(GUIDE), "Ten minutes to check a room"), 3)][1:]
    spans = [tuple(map(int, step.split(" to "))) for step in steps]
    assert spans[0][0] == 0 and spans[-1][1] == 10
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))


# --- Marks ------------------------------------------------------------------------------------


def test_marks_add_up():
    for title in ("Exercise 4.8, marked", "Exercise 9.8, marked"):
        part = section(read(ASSESSING), title)
        totals = [int(n) for n in re.findall(r"answer: [^*]+\*\* (\d+) points", part)]
        points = [int(c[1]) for c in rows(part, 4) if c[1].isdigit()]
        assert [sum(points[:4]), sum(points[4:])] == totals
        assert all(11 <= total <= 12 for total in totals)
    marks = rows(section(read(ASSESSING), "Assess fairly"), 3)
    assert sum(int(cells[1]) for cells in marks if cells[1].isdigit()) == 100


def test_words_that_earn_points_stand_in_the_model_answers():
    for lesson, title in ((4, "Exercise 4.8, marked"), (9, "Exercise 9.8, marked")):
        path = next((ROOT / "solutions").glob(f"{lesson:02}_*.ipynb"))
        cells = nbformat.read(path, as_version=4).cells
        models = [c.source for c in cells if c.id.startswith(f"ex-{lesson}-8-model")]
        text = _plain(" ".join(models))
        quotes = [q for c in rows(section(read(ASSESSING), title), 4)
                  for q in re.findall(r'"(.+?)"', c[2])]  # fmt: skip
        assert len(quotes) >= 7
        for quote in quotes:
            for part in quote.split(" … "):
                assert _plain(part) in text, part


def _plain(text):
    return re.sub(r"[^a-z0-9 ]", "", " ".join(text.lower().split()))


def test_the_rubric_is_that_of_the_exercises():
    path = next((ROOT / "solutions").glob("04_*.ipynb"))
    task = next(c for c in nbformat.read(path, as_version=4).cells if c.id == "ex-4-8-task")
    table = task.source[task.source.index("| | 0 |") :]
    assert table in section(read(ASSESSING), "The rubric")


# --- Commands ---------------------------------------------------------------------------------


def commands(path):
    """All lines of code blocks that call a program of the course."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```", read(path), flags=re.DOTALL | re.MULTILINE)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [
        line for line in lines if re.match(r"(SCIDIP_STRICT=1 )?(scidip|pytest|python3) ", line)
    ]


@each_page
def test_commands_are_commands(path):
    for line in commands(path):
        words = shlex.split(line.removeprefix("SCIDIP_STRICT=1 "))
        if words[0] == "scidip":
            if words[1] == "grade" and not HAS_GRADER:
                continue
            assert isinstance(cli._parser().parse_args(words[1:]), argparse.Namespace)
        elif words[0] == "pytest":
            paths = [word for word in words[1:] if not word.startswith("-")]
            assert all((ROOT / word).exists() for word in paths), line
        elif words[1].endswith(".py"):
            assert (ROOT / words[1]).is_file()


def test_each_option_in_the_text_is_one_of_the_grader():
    if not HAS_GRADER:
        pytest.skip("this copy has no scidip grade")
    source = ast.parse(read(ROOT / "scidip" / "cli.py"))
    known = {node.value for node in ast.walk(source)
             if isinstance(node, ast.Constant) and str(node.value).startswith("--")}  # fmt: skip
    named = set(re.findall(r"`(--[a-z-]+)", read(MARKING)))
    assert named and named <= known | {"--nbval"}


def test_statuses_are_those_of_the_grader():
    if not HAS_GRADER:
        pytest.skip("this copy has no scidip grade")
    model = importlib.import_module("scidip.grading.model")
    part = section(read(MARKING), "What each status means")
    named = [cells[0] for cells in rows(part, 3) if not cells[0].startswith("Status")]
    assert named == [*model.STATUSES, model.GRADED, model.REFUSED, model.FAILED]


def test_the_lines_on_the_sandbox_are_those_that_the_grader_says():
    if not HAS_GRADER:
        pytest.skip("this copy has no scidip grade")
    contain = importlib.import_module("scidip.grading.contain")
    for name, words in contain.Containment("bubblewrap").in_force().items():
        assert f"{name}: {words}\n" in read(MARKING)
    without = contain.Containment("limits only", "").in_force().values()
    for word in ("OPEN", "READABLE AND WRITABLE"):
        assert any(word in words for words in without)
        assert f"`{word}`" in read(MARKING)


def test_two_students_with_numbers_stay_two(tmp_path):
    if not HAS_GRADER:
        pytest.skip("this copy has no scidip grade")
    assert "`n12_05.ipynb`" in read(GUIDE) and "`n12_05.ipynb`" in read(ASSESSING)
    text = read(next((ROOT / "exercises").glob("05_*.ipynb")))
    for name in ("n12_05.ipynb", "n13_05.ipynb", "13/05_exercises.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("# 5", f"# 5 {name}", 1), encoding="utf-8")
    found = importlib.import_module("scidip.grading.collect").collect(tmp_path)
    assert {one.student for one in found} == {"n12", "n13", "13"}


# --- The demonstration ------------------------------------------------------------------------


def run(*words, **variables):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"} | variables
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_plain_nbval_passes_a_wrong_answer():
    cells = {cell.id: cell for cell in nbformat.read(DEMO, as_version=4).cells}
    assert sum(cell.cell_type == "code" for cell in cells.values()) == 2
    shown = cells["ex-0-1-check"].outputs[0]
    assert "Exercise 0.1: not yet." in str(shown)
    done = run("--nbval", str(DEMO))
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout
    assert "2 passed" in read(MARKING)


def test_strict_mode_names_the_wrong_answer():
    done = run("--nbval-lax", str(DEMO), SCIDIP_STRICT="1")
    assert done.returncode == 1 and "1 failed, 1 passed" in done.stdout, done.stdout
    assert "Exercise 0.1: not yet." in done.stdout


def test_the_grader_says_not_yet(tmp_path):
    if not HAS_GRADER:
        pytest.skip("this copy has no scidip grade")
    class_folder, results = tmp_path / "one", tmp_path / "results"
    class_folder.mkdir()
    shutil.copy(DEMO, class_folder / "anna_00.ipynb")
    words = ["grade", str(class_folder), "--out", str(results), "--no-other-data"]
    assert cli.main(words) == 0
    with (results / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["student"], row["0.1"], row["points"], row["of"]) == ("anna", "not yet", "0", "1")


# --- Numbers ----------------------------------------------------------------------------------


def test_numbers_that_the_pages_quote():
    verdicts = data.load("article_claims")["verdict"].value_counts()
    assert len(data.load("article_claims")) == 22
    assert (verdicts["contradicted"], verdicts["partly_supported"]) == (3, 7)
    assert "Three of 22 claims are contradicted, and seven are" in read(LESSONS)
    report = data.load("st_network").query("year == 2017")["value"]
    assert {158, 111, 70, 47, 146} <= set(report.astype(int))
    assert "158, 111, 70, 47 and 146" in read(LESSONS)


def test_numbers_of_the_other_country():
    events = data.load("events")
    ours = events[["GBR" in actors for actors in events["actors"]]]
    before = ours[ours["year"] < 1979]
    assert f"the {len(ours)} records" in read(COUNTRY)
    assert f"dropped the other {len(events) - len(ours)}" in read(COUNTRY)
    assert len(before) == len(ours[ours["year"] <= 1979]) == 6
    assert sum("USA" in actors for actors in before["actors"]) == 3
    early = ours[ours["year"] < 1978]
    assert (sum("FRA" in actors for actors in early["actors"]), len(early)) == (2, 5)
    assert (ours["date_precision"] == "year").sum() == 1
    counts = re.search(r"named (\d+) problems.*?\"no problem\"", read(COUNTRY), re.DOTALL)
    parts = re.findall(r"(\d+)\s+in\s+`data/", counts[0])
    assert sum(map(int, parts)) == int(counts[1])
    table = section(read(COUNTRY), "Which tests fail, and what they tell")
    failed, stopped = re.search(r"(\d+) failed, (\d+) more", table).groups()
    assert sum(int(c[1]) for c in rows(table, 3) if c[1].isdigit()) == int(failed) + int(stopped)


def test_the_disk_that_is_asked_for_is_what_start_asks_for():
    needed = re.search(r'"build": (\d+)', read(ROOT / "start.py"))[1]
    assert f"{needed} MB" in read(GUIDE)
