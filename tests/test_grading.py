# ruff: noqa: E501 (the pages are programs in texts)
"""Grading: 34 things that happen to a page, random damage, both roads, power cuts and Ctrl-C."""

import contextlib
import copy
import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from grading_class import (
    CHECKED,
    EXERCISES,
    LESSON,
    WRONG,
    Page,
    cell,
    correct,
    hand_in,
    mark,
    name_of,
    settings,
    statuses,
)

from scidip import data
from scidip.grading import batch, crew
from scidip.grading import grade as command
from scidip.grading.batch import Grader
from scidip.grading.contain import Containment
from scidip.grading.grade import Order, grade
from scidip.grading.model import FAILED, GRADED, REFUSED, Result, Submission
from scidip.grading.settings import GradingError, Settings
from scidip.grading.store import FOLDER, Store, kept_seed
from scidip.grading.variant import make_variant
from scidip.questions.engine import questions_of

ROOT = Path(__file__).resolve().parent.parent
FAIR = ["2.1", "2.2", "2.3", "2.4", "2.5"]  # of the usual page: its 2.6 is wrong
RIGHT_ORDER = 'order = ["d", "c", "b", "f", "e", "a"]'


# --- What happens to a page -------------------------------------------------------------------


def clear_outputs(page):
    for one in page.cells:
        if one["cell_type"] == "code":
            one["outputs"], one["execution_count"] = [], None
    return page


def say_correct(page):
    """What a check cell shows after somebody has edited the file."""
    words = "Exercise 2.6: correct. Yes."
    page.find("2.6", "check")["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": words}, "metadata": {},
         "execution_count": 1}
    ]  # fmt: skip
    return page


def set_check(page, source, question="2.6"):
    page.find(question, "check")["source"] = source
    return page


def drop(page, *names):
    for name in names:
        del page.cells[page.place(name)]
    return page


def checks_last(page):
    checks = [one for one in page.cells if one.get("id", "").endswith("-check")]
    page.content["cells"] = [one for one in page.cells if one not in checks] + checks
    return page


def copied(page, question="2.6", source=RIGHT_ORDER):
    """The answer cell was copied, with its id, and the copy holds the right answer."""
    again = copy.deepcopy(page.find(question))
    again["source"] = source
    return page.behind(question, again)


def merged(page, question="2.3"):
    answer, check = page.find(question), page.find(question, "check")
    answer["source"] += "\n" + "".join(check["source"])
    return drop(page, name_of(question, "check"))


SPLIT = ["early_with_usa = Selection(actors='USA', last_year=1978).apply(events)",
         "number_without_usa = len(events[events['year'] < 1979]) - len(early_with_usa)"]  # fmt: skip


def split(page, with_id):
    page.answer("2.1", SPLIT[0])
    more = {"id": name_of("2.1")} if with_id else {"id": "abc"}
    return page.behind("2.1", cell(SPLIT[1], **more))


def retyped(page, question="2.3"):
    source = page.find(question)["source"]
    page.before(question, cell(source, id="5a5a"))
    return drop(page, name_of(question))


def other_ids(page):
    for number, one in enumerate(page.cells):
        one["id"] = f"{number:08x}"
    return page


def no_ids(page):
    for one in page.cells:
        one.pop("id", None)
        one["metadata"] = {}
    page.content.pop("metadata", None)
    return page


def widget_state(page):
    held = page.content.setdefault("metadata", {})
    held["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    page.cells[3]["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {
        "application/vnd.jupyter.widget-view+json": {"model_id": "5"}}}]  # fmt: skip
    return page


def kernelspec(page, name="julia-1.9"):
    held = page.content.setdefault("metadata", {})
    held |= {"kernelspec": {"name": name, "display_name": name}, "language_info": {"name": "julia"}}
    return page


def format_3(page):
    cells = []
    for one in page.cells:
        old = {"cell_type": one["cell_type"], "metadata": one.get("metadata", {})}
        if one["cell_type"] == "code":
            old |= {"input": one["source"], "language": "python", "outputs": []}
        else:
            old["source"] = one["source"]
        cells.append(old)
    page.content = {"worksheets": [{"cells": cells, "metadata": {}}], "nbformat": 3, "metadata": {}}
    return page


def big_outputs(page):
    page.find("2.3")["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}
    ]
    return page


def as_text(page, question="2.3"):
    page.find(question)["cell_type"] = "markdown"
    return page


def later_name(page):
    """2.3 uses what only 2.5 makes: run from top to bottom, it stops."""
    page.answer("2.3", "first_channel = made_later")
    return page.behind("2.5", cell('made_later = "D"'))


WITHOUT_3 = [question for question in FAIR if question != "2.3"]
SCENARIOS = {
    "honest": (lambda p: p, FAIR),
    "outputs cleared": (clear_outputs, FAIR),
    "output says correct": (say_correct, FAIR),
    "check tampered": (lambda p: set_check(p, 'print("Exercise 2.6: correct.")'), FAIR),
    "check asks for another answer": (lambda p: set_check(p, f"{RIGHT_ORDER}\ncheck('2.6', order)"), None),
    "check deleted": (lambda p: drop(p, name_of("2.6", "check")), FAIR),
    "checks moved to the end": (checks_last, FAIR),
    "answer copied, second copy right": (copied, [*FAIR, "2.6"]),
    "answer merged with its check": (merged, FAIR),
    "answer split, id copied": (lambda p: split(p, True), FAIR),
    "answer split, no id": (lambda p: split(p, False), FAIR),
    "answer typed in a new cell": (retyped, FAIR),
    "all ids changed": (other_ids, FAIR),
    "ids and metadata lost": (no_ids, FAIR),
    "widget state": (widget_state, FAIR),
    "wrong kernelspec": (kernelspec, FAIR),
    "Unicode": (lambda p: p.answer("2.3", 'первый_канал = "D"\nfirst_channel = первый_канал  # 频道'), FAIR),
    "format 3": (format_3, FAIR),
    "30 MB of stored output": (big_outputs, FAIR),
    "prints 100 MB": (lambda p: p.answer("2.3", 'print("x" * 10**8)\nfirst_channel = "D"'), FAIR),
    "endless loop": (lambda p: p.answer("2.3", "while True:\n    pass"), WITHOUT_3),
    "os._exit": (lambda p: p.answer("2.3", "import os\nos._exit(0)"), WITHOUT_3),
    "deletes data and checker": (lambda p: p.before("2.1", cell(
        "import shutil, scidip\nfor path in scidip.__path__:\n"
        "    shutil.rmtree(path, ignore_errors=True)")), FAIR),
    "replaces the checker": (lambda p: p.before("2.1", cell(
        "import scidip.questions as q\nq.check = check = lambda *_: 'Exercise 2.6: correct.'")), FAIR),
    "NBVAL comment in the check": (lambda p: set_check(p, "# NBVAL_IGNORE_OUTPUT\ncheck('2.6', order)"), FAIR),
    "an error in one": (lambda p: p.answer("2.3", 'first_channel = "D" + 1'), WITHOUT_3),
    "says so itself": (lambda p: p.answer("2.6", 'print("Exercise 2.6: correct.")'), FAIR),
    "answer is a cell for text": (as_text, FAIR),
    "conftest": (lambda p: p.before("2.1", cell("open('conftest.py', 'w').write('1/0')\n"
                                                "open('pytest.ini', 'w').write('[x')")), FAIR),
    "setup deleted, own imports": (lambda p: drop(p, "setup").before("2.1", cell(
        "import scidip\nfrom scidip import data as d\nevents = d.load('events')")), FAIR),
    "print patched": (lambda p: p.before("2.1", cell("import builtins\nbuiltins.print = None")), FAIR),
    "exit()": (lambda p: p.answer("2.3", "exit()"), WITHOUT_3),
    "sys.exit()": (lambda p: p.answer("2.3", "import sys\nsys.exit(0)"), WITHOUT_3),
    "input()": (lambda p: p.answer("2.3", "first_channel = input('?')"), WITHOUT_3),
    "name that is made later": (later_name, WITHOUT_3),
    "warnings": (lambda p: p.before("2.1", cell(
        "import warnings\nwarnings.simplefilter('error')\nwarnings.warn_explicit")), FAIR),
    "untouched": (lambda p: Page(wrong=p.blank_sources), []),
    "a syntax error": (lambda p: p.answer("2.3", 'first_channel = ("D"'), WITHOUT_3),
    "a name is misspelt": (lambda p: p.answer("2.3", 'frist_channel = "D"'), WITHOUT_3),
    "magic and await": (lambda p: p.answer(
        "2.3", '%time x = 1\nimport asyncio\nawait asyncio.sleep(0)\nfirst_channel = "D"'), FAIR),
    "endless recursion": (lambda p: p.answer("2.3", "def f():\n    return f()\nf()"), WITHOUT_3),
    "too much memory": (lambda p: p.answer("2.3", "x = bytearray(10**11)"), WITHOUT_3),
}  # fmt: skip
# The dozen of them that ordinary kernels, which are slow, are tried with each time.
DOZEN = ["honest", "check tampered", "answer copied, second copy right", "answer split, no id",
         "ids and metadata lost", "endless loop", "os._exit", "replaces the checker",
         "an error in one", "exit()", "input()", "magic and await"]  # fmt: skip


class Usual(Page):
    @property
    def blank_sources(self):
        blank = json.loads(next(EXERCISES.glob(f"{LESSON:02d}_*.ipynb")).read_text("utf-8"))
        return {question: one["source"] for question in CHECKED for one in blank["cells"]
                if one.get("id") == name_of(question)}  # fmt: skip


def pages(names):
    return {name: SCENARIOS[name][0](Usual()) for name in names}


@pytest.fixture(scope="module")
def graded(grader):
    made = pages(SCENARIOS)
    with mock.patch.object(grader, "settings", settings(variant=False)):
        results = grader.grade([hand_in(page, name) for name, page in made.items()])
    return {result.student: result for result in results}


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_page_gets_the_fair_mark(graded, name):
    fair = SCENARIOS[name][1]
    if fair is None:  # a check cell that makes the answer: either reading is fair
        assert correct(graded[name]) in (FAIR, [*FAIR, "2.6"])
    else:
        assert correct(graded[name]) == fair


@pytest.mark.parametrize(("name", "question", "status", "words"), [
    ("honest", "2.6", "not yet", "stands before"),
    ("honest", "2.7", "by hand", "A person marks this answer."),
    ("untouched", "2.1", "not tried", "There is no answer."),
    ("endless loop", "2.3", "error", "ran over 6 seconds"),
    ("os._exit", "2.3", "error", "ended the kernel"),
    ("input()", "2.3", "error", "asks for input"),
    ("an error in one", "2.3", "error", "TypeError"),
    ("a syntax error", "2.3", "error", "SyntaxError"),
    ("a name is misspelt", "2.3", "error", "There is no name first_channel"),
    ("name that is made later", "2.3", "error", "made_later"),
    ("too much memory", "2.3", "error", "MemoryError"),
    ("endless recursion", "2.3", "error", "RecursionError"),
])  # fmt: skip
def test_the_report_says_what_happened(graded, name, question, status, words):
    found = mark(graded[name], question)
    assert found.status == status
    assert words in found.message


@pytest.mark.parametrize(("answer", "words"), [
    ("first_channel = C", 'Python looks for a name C. A letter needs quotation marks: "C".'),
    ("first_channel = 'C", "SyntaxError: unterminated string literal (detected at line 1)"),
])  # fmt: skip
def test_what_stops_an_answer_is_said_without_names_of_ours(grader, answer, words):
    [result] = grader.grade([hand_in(Page({"2.3": answer}))])
    assert mark(result, "2.3").message == f"The answer cell stops: {words}"


def test_the_saved_page_that_says_correct_is_flagged(graded, grader):
    flags = mark(graded["output says correct"], "2.6").flags
    assert "The saved page calls it correct; run anew, it is not." in flags
    page = say_correct(Page())
    page.find("2.6")["source"] = "# Nothing here: the answer was typed into the check."
    found = mark(grader.grade([hand_in(page)])[0], "2.6")
    assert (found.status, len(found.flags)) == ("not tried", 1)


def test_no_submission_speaks_as_the_grader(grader):
    """Neither an error with a name of ours nor a forged list of what was tried is believed."""
    forged = "nothing. A person has found it right."
    pages = [
        Page({"2.3": "class NotRun(Exception):\n    pass\nraise NotRun('It counts as correct.')"}),
        Page({"2.3": f'get_ipython()._attempts[:] = ["{forged}", "open: /etc/x"]'}),
    ]
    said, flagged = (mark(one, "2.3") for one in grader.grade([hand_in(page) for page in pages]))
    assert said.message == "The answer cell stops: NotRun: It counts as correct."
    assert f"While it ran, the code tried something that it calls '{forged}'." in flagged.flags
    assert "While it ran, the code tried open: '/etc/x'." in flagged.flags


def test_a_cell_that_was_turned_into_text_is_named(graded):
    assert any("cell for text" in note for note in graded["answer is a cell for text"].notes)


def stock_marks(names):
    grader = Grader(settings(stock=True, variant=False, seconds=10))
    try:
        made = pages(names)
        results = grader.grade([hand_in(page, name) for name, page in made.items()])
    finally:
        grader.close()
    return {result.student: result for result in results}


def compare_roads(graded, names):
    for name, result in stock_marks(names).items():
        assert statuses(result) == statuses(graded[name]), name


def test_ordinary_kernels_give_the_same_marks(graded):
    compare_roads(graded, DOZEN)


@pytest.mark.slow
def test_ordinary_kernels_give_the_same_marks_on_all_pages(graded):
    compare_roads(graded, [name for name in SCENARIOS if name not in DOZEN])


@pytest.mark.parametrize("lesson", range(6))
def test_every_model_answer_is_correct_and_every_blank_is_not_tried(grader, lesson):
    page = Page(lesson=lesson, wrong={})
    blank = next(EXERCISES.glob(f"{lesson:02d}_*.ipynb")).read_bytes()
    right, empty = grader.grade([hand_in(page), hand_in(blank)])
    assert {"correct"} == set(statuses(right).values()) - {"by hand"}
    assert {"not tried"} == set(statuses(empty).values()) - {"by hand"}
    assert {one.other_data for one in right.marks} <= {"follows", "not tested"}


# --- Random honest damage ---------------------------------------------------------------------


def extra_cells(page, lot):
    lines = ["events.head()", "# a thought", "x = len(events)", "1 / 0", "import pandas as pd",
             "help(len)", "number_of_events = 5", "%who", "hint('2.1')", "events['year'].plot()"]  # fmt: skip
    for question in lot.sample(CHECKED, 2):
        page.before(question, cell(lot.choice(lines), lot.choice(["code", "markdown"])))


def some_answer(page, lot):
    answers = [p for p, one in enumerate(page.cells) if one.get("id", "").endswith("-answer")
               and one["cell_type"] == "code"]  # fmt: skip
    return lot.choice(answers) if answers else None


def twice(page, lot):
    at = some_answer(page, lot)
    if at is not None:
        page.cells.insert(at + 1, copy.deepcopy(page.cells[at]))


def lose_one_id(page, lot):
    at = some_answer(page, lot)
    if at is not None:
        page.cells[at]["id"] = f"{lot.getrandbits(32):08x}"


def comment(page, lot):
    at = some_answer(page, lot)
    if at is not None:
        page.cells[at]["source"] = f"# mine\n\n{''.join(page.cells[at]['source'])}\n\n# done  "


def ask_again(page, lot):
    at = some_answer(page, lot)
    if at is not None:
        page.cells[at]["source"] = "".join(page.cells[at]["source"]) + '\n# hint("2.1")\nNone'


def drop_some(page, lot):
    roles = ("-check", "-table", "-help", "-look")
    names = [one["id"] for one in page.cells if one.get("id", "").endswith(roles)]
    for name in lot.sample(names, min(3, len(names))):
        drop(page, name)


def as_list(page, lot):
    for one in page.cells:
        one["source"] = "".join(one["source"]).splitlines(keepends=True)


def move_a_help(page, lot):
    at = [p for p, one in enumerate(page.cells) if one.get("id", "").endswith("-help")]
    if at:
        page.cells.append(page.cells.pop(lot.choice(at)))


def title_again(page, lot):
    page.cells.insert(0, cell("# My homework\nBy me", "markdown"))


DAMAGES = [
    lambda page, lot: clear_outputs(page), lambda page, lot: checks_last(page),
    lambda page, lot: other_ids(page), lambda page, lot: no_ids(page),
    lambda page, lot: widget_state(page), lambda page, lot: kernelspec(page), extra_cells, twice,
    lose_one_id, comment, ask_again, drop_some, as_list, move_a_help, title_again,
]  # fmt: skip
WRONG_ANSWERS = {
    "2.1": "number_without_usa = 1", "2.2": "early = events[events['year'] < 1990]",
    "2.3": 'first_channel = "A"', "2.4": 'countable = ["b"]', "2.5": 'what_it_proves = "C"', **WRONG,
}  # fmt: skip


def damaged(lot):
    """A page with known right answers, to which one to six things happened."""
    wrong = lot.sample(CHECKED, lot.randrange(len(CHECKED)))
    page = Page(wrong={question: WRONG_ANSWERS[question] for question in wrong})
    for damage in lot.sample(DAMAGES, lot.randint(1, 6)):
        with contextlib.suppress(StopIteration):  # the cell that it looks for is gone already
            damage(page, lot)
    return page, {question for question in CHECKED if question not in wrong}


def too_high_and_too_low(grader, seed, count):
    lot = random.Random(seed)
    made = [damaged(lot) for _ in range(count)]
    with mock.patch.object(grader, "settings", settings(variant=False)):
        results = grader.grade([hand_in(page, str(n)) for n, (page, _) in enumerate(made)])
    got = [(set(correct(result)), fair) for result, (_, fair) in zip(results, made, strict=True)]
    return ([place for place, (marks, fair) in enumerate(got) if marks - fair],
            [place for place, (marks, fair) in enumerate(got) if fair - marks])  # fmt: skip


def test_random_honest_damage_changes_no_mark(grader):
    high, low = too_high_and_too_low(grader, seed=20261126, count=100)
    assert high == []
    assert len(low) <= 1


@pytest.mark.slow
def test_more_random_honest_damage_changes_no_mark(grader):
    high, low = too_high_and_too_low(grader, seed=1957, count=300)
    assert high == []
    assert len(low) <= 3


# --- A class on the disk ----------------------------------------------------------------------


def write_class(folder, count=3):
    for number in range(count):
        at = folder / "class" / f"student{number}"
        at.mkdir(parents=True, exist_ok=True)
        page = Page({"2.1": f"number_without_usa = {number}"})
        (at / "02_a_long_timeline_exercises.ipynb").write_bytes(page.encoded())
    return folder / "class"


def run_order(folder, **more):
    said = []
    order = Order(folder / "class", folder / "out", settings(variant=False), workers=1, **more)
    return grade(order, said.append), said


def marks_in(folder):
    with (folder / "out" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def in_process(monkeypatch, grader):
    """Grade with the shared grader, not in workers that have to start first."""
    done = []

    def grade_here(left, _settings, _workers):
        for one in left:
            done.append(one.student)
            yield one, grader.grade([one])[0]

    monkeypatch.setattr(command, "grade_here", grade_here)
    monkeypatch.setattr(grader, "settings", settings(variant=False))
    return done


def test_a_second_run_takes_only_what_changed(tmp_path, in_process):
    write_class(tmp_path)
    assert run_order(tmp_path)[0] == 0
    first = marks_in(tmp_path)
    assert len(in_process) == 3
    assert run_order(tmp_path)[1][-2].startswith("3 submissions; 3 of them")
    assert len(in_process) == 3
    changed = next((tmp_path / "class" / "student1").iterdir())
    changed.write_bytes(Page(wrong={}).encoded())
    run_order(tmp_path)
    assert in_process[3:] == ["student1"]
    assert [row for row in marks_in(tmp_path) if "1" not in str(row)[:40]] == [
        row for row in first if "1" not in str(row)[:40]
    ]
    run_order(tmp_path, again=True)
    assert len(in_process) == 7


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"stamp": 1}', b"\xff" * 9, b"5"])
def test_a_damaged_store_file_is_graded_again(tmp_path, in_process, content):
    write_class(tmp_path, 1)
    run_order(tmp_path)
    kept = next((tmp_path / "out" / FOLDER).glob("*.json"))
    whole = kept.read_bytes()
    kept.write_bytes(content)
    run_order(tmp_path)
    assert (len(in_process), kept.read_bytes()) == (2, whole)


@pytest.mark.parametrize("part", ["marks", "notes", "status", "flags"])
def test_a_store_file_with_a_part_of_another_kind_is_graded_again(tmp_path, in_process, part):
    write_class(tmp_path, 1)
    run_order(tmp_path)
    kept = next((tmp_path / "out" / FOLDER).glob("*.json"))
    held = json.loads(kept.read_text(encoding="utf-8"))
    place = held["result"]["marks"][0] if part == "flags" else held["result"]
    del place[part]
    kept.write_text(json.dumps(held), encoding="utf-8")
    run_order(tmp_path)
    assert len(in_process) == 2


def test_other_settings_or_another_course_are_graded_again(tmp_path, monkeypatch):
    one = Submission("s", "s.ipynb", 2, digest="d")
    result = Result("s", "s.ipynb", 2, GRADED)
    Store(tmp_path, Settings()).put(one, result)
    assert Store(tmp_path, Settings()).get(one) == result
    assert Store(tmp_path, Settings(seconds=5)).get(one) is None
    assert Store(tmp_path, Settings(seed=2)).get(one) is None
    assert Store(tmp_path, Settings()).get(replace(one, digest="e")) is None
    assert Store(tmp_path, Settings()).get(replace(one, student="t")) is None
    # What the folder around says may change; what was found in the file stays.
    noted = replace(one, notes=("Two places.",))
    Store(tmp_path, Settings()).put(noted, replace(result, notes=("Two places.", "Run once.")))
    assert Store(tmp_path, Settings()).get(one).notes == ("Run once.",)
    later = replace(one, notes=("Another place.",))
    assert Store(tmp_path, Settings()).get(later).notes == ("Another place.", "Run once.")
    monkeypatch.setattr("scidip.grading.store.course_digest", lambda: "another")
    assert Store(tmp_path, Settings()).get(one) is None


def test_the_lot_for_other_data_is_drawn_once_for_a_folder(tmp_path):
    first = kept_seed(tmp_path / "a")
    assert kept_seed(tmp_path / "a") == first
    assert len({kept_seed(tmp_path / str(n)) for n in range(5)}) == 5
    (tmp_path / "a" / FOLDER / "seed.txt").write_text("broken")
    assert kept_seed(tmp_path / "a") == kept_seed(tmp_path / "a")


@pytest.mark.parametrize("seed", [668835601, 274281998, 796487718, 903565516, 5, 6])
def test_other_tables_keep_the_rules_whatever_the_lot(tmp_path, seed):
    """With the first four, an event came into years in which its state did not exist."""
    assert data.problems(make_variant(tmp_path / "tables", seed)) == []


def test_what_failed_is_not_kept(tmp_path):
    one = Submission("s", "s.ipynb", 2, digest="d")
    Store(tmp_path, Settings()).put(one, Result("s", "s.ipynb", 2, FAILED, "disk"))
    assert Store(tmp_path, Settings()).get(one) is None


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(tmp_path, monkeypatch, in_process):
    write_class(tmp_path)
    whole = command.grade_here

    def interrupted(left, *more):
        for number, pair in enumerate(whole(left, *more)):
            if number == 2:
                raise KeyboardInterrupt
            yield pair

    monkeypatch.setattr(command, "grade_here", interrupted)
    code, said = run_order(tmp_path)
    assert code == 130
    assert any("goes on from here" in words for words in said)
    assert len(marks_in(tmp_path)) == 2
    monkeypatch.setattr(command, "grade_here", whole)
    assert run_order(tmp_path)[0] == 0
    assert len(marks_in(tmp_path)) == 3
    assert len(in_process) == 4  # the third was begun twice, the others once


def test_after_a_power_cut_the_next_run_goes_on(tmp_path):
    """kill -9 in the middle: what is kept is whole, and the end is the same."""
    write_class(tmp_path, 12)
    words = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--workers", "1",
             "--no-other-data"]  # fmt: skip
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom scidip.cli import main\n"
    argv = [sys.executable, "-c", f"{start}sys.exit(main({words!r}))"]
    running = subprocess.Popen(argv, start_new_session=True, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    kept = tmp_path / "out" / FOLDER
    end = time.monotonic() + 120
    while len(list(kept.glob("*.json"))) < 3 and running.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    for path in kept.glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["result"]["status"] == GRADED
    before = len(list(kept.glob("*.json")))
    assert before >= 3
    done = subprocess.run(argv, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0
    assert f"12 submissions; {before} of them graded already" in done.stdout
    assert len(marks_in(tmp_path)) == 12


def test_a_worker_that_is_killed_costs_no_submission(monkeypatch):
    workers = []
    start = crew._Worker.__init__

    def begin(self, *more):
        start(self, *more)
        workers.append(self)
        if len(workers) == 1:
            self.process.kill()

    monkeypatch.setattr(crew._Worker, "__init__", begin)
    class_ = [hand_in(Page(), str(number)) for number in range(3)]
    results = list(crew.grade_here(class_, settings(variant=False), 1))
    assert len(workers) >= 2
    assert sorted(one.student for one, _ in results) == ["0", "1", "2"]
    assert all(correct(result) == FAIR for _, result in results)


def test_a_submission_that_ends_the_worker_is_named_and_the_others_are_graded(monkeypatch):
    def grade_in(self, asked):
        if any(one.student == "1" for one in asked):
            raise EOFError
        return [Result(one.student, one.source, 2, GRADED) for one in asked]

    monkeypatch.setattr(crew, "can_fork", lambda: False)
    monkeypatch.setattr(crew._Worker, "__init__", lambda self, settings: None)
    monkeypatch.setattr(crew._Worker, "grade", grade_in)
    monkeypatch.setattr(crew._Worker, "close", lambda self: None)
    class_ = [hand_in(b"", str(number)) for number in range(4)]
    results = {one.student: result for one, result in crew.grade_here(class_, settings(), 2)}
    assert {name: result.status for name, result in results.items()} == {
        "0": GRADED, "1": FAILED, "2": GRADED, "3": GRADED,
    }  # fmt: skip


def test_one_that_the_grader_stumbles_over_stops_no_other(grader, monkeypatch):
    def gone():
        raise OSError("gone")

    def strange():
        raise ZeroDivisionError

    class_ = [Submission("a", "a", 2, gone), Submission("b", "b", 2, strange), hand_in(b"{"),
              Submission("c", "c", 2, bytes, "", "It is a film."), hand_in(Page())]  # fmt: skip
    monkeypatch.setattr(grader, "settings", settings(variant=False))
    results = grader.grade(class_)
    assert [one.status for one in results] == [FAILED, FAILED, REFUSED, REFUSED, GRADED]
    assert "ZeroDivisionError" in results[1].reason


def test_when_a_batch_breaks_each_is_tried_alone(grader, monkeypatch):
    run = batch.Bench.run

    def breaking(self, work):
        if len(work) > 1:
            raise RuntimeError("pytest itself failed")
        return run(self, work)

    monkeypatch.setattr(batch.Bench, "run", breaking)
    monkeypatch.setattr(grader, "settings", settings(variant=False))
    assert [correct(one) for one in grader.grade([hand_in(Page()), hand_in(Page())])] == [FAIR] * 2


def test_a_notebook_that_breaks_in_the_middle_is_tried_anew(grader, monkeypatch):
    """A process that does not start is the machine's fault: never a mark."""
    origin = type(grader.bench.origin)
    start, count = origin.start, []

    def failing(self):
        count.append(1)
        if len(count) == 1:
            raise batch.Infrastructure("no process")
        return start(self)

    monkeypatch.setattr(origin, "start", failing)
    monkeypatch.setattr(grader, "settings", settings(variant=False))
    assert correct(grader.grade([hand_in(Page())])[0]) == FAIR
    monkeypatch.setattr(origin, "start", mock.Mock(side_effect=batch.Infrastructure("never")))
    result = grader.grade([hand_in(Page())])[0]
    assert (result.status, result.marks) == (FAILED, ())


def test_a_second_try_never_loses_what_the_first_one_gave(grader, monkeypatch):
    """Where only the run on other data fails, the marks are there."""
    run, count = batch.Bench.run, []

    def failing(self, work):
        count.append(1)
        outcomes = run(self, work)
        if len(count) > 1:
            return [batch.Outcome([], {}, "The machine is full.")] * len(work)
        outcomes[0].other_problem = "no process"
        return outcomes

    monkeypatch.setattr(batch.Bench, "run", failing)
    [result] = grader.grade([hand_in(Page())])
    assert correct(result) == FAIR
    assert mark(result, "2.1").other_data == "not tested"


@pytest.mark.parametrize("out", ["class", "class/out", "class/student0"])
def test_results_among_the_submissions_are_refused(tmp_path, out):
    order = Order(write_class(tmp_path), tmp_path / out, settings())
    with pytest.raises(GradingError, match="lies in that of the submissions"):
        grade(order, print)


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path):
    write_class(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(GradingError, match="holds other files"):
        run_order(tmp_path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(GradingError, match="is a file"):
        grade(Order(tmp_path / "class", tmp_path / "file", settings()), print)


def test_a_required_sandbox_that_is_not_there_stops_all(tmp_path, monkeypatch, capsys):
    from scidip.cli import main

    write_class(tmp_path)
    none = Containment("limits only", "bubblewrap is not installed")
    monkeypatch.setattr("scidip.grading.settings.find_containment", lambda: none)
    words = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--require-sandbox"]
    assert main(words) == 1
    assert "A sandbox was required" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(GradingError, match="it was switched off"):
        run_order_without(tmp_path)


def run_order_without(folder):
    order = Order(folder / "class", folder / "out", settings(sandbox=False), require_sandbox=True)
    return grade(order, print)


def test_without_a_sandbox_the_marks_are_the_same():
    grader = Grader(settings(sandbox=False, variant=False))
    names = ["honest", "endless loop", "os._exit", "replaces the checker", "exit()"]
    try:
        made = pages(names)
        results = grader.grade([hand_in(page, name) for name, page in made.items()])
    finally:
        grader.close()
    assert {one.student: correct(one) for one in results} == {n: SCENARIOS[n][1] for n in names}


def test_a_result_survives_being_a_file(graded):
    for result in graded.values():
        assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_reading_may_be_sent_to_another_process():
    assert isinstance(hand_in(Page()).read, partial)


def test_rows_chosen_by_a_typed_list_are_found_out(grader):
    ids = list(questions_of(2)["2.2"].accepted(data.load("events"))["event_id"])
    page = Page().answer("2.2", f'early = events[events["event_id"].isin({ids!r})]')
    [result] = grader.grade([hand_in(page)])
    assert {mark.question: mark.other_data for mark in result.marks}["2.2"] == "fixed"


def test_what_was_in_force_comes_from_the_processes_themselves(grader):
    [result] = grader.grade([hand_in(Page())])
    assert result.in_force["computing"] == "120 seconds"
    assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result
    other = replace(result, in_force={"computing": "not limited"})
    assert command._in_force([result, other])["computing"] == "120 seconds or not limited"
