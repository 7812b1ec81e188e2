"""Putting a submission together: whatever happened to the file, and whatever it tries with it."""

import json
import random
import time

import nbformat
import pytest
from grading_class import CHECKED, Page, cell, name_of

from scidip.grading.assemble import assemble, to_notebook
from scidip.grading.cells import AssemblyError
from scidip.grading.judge import _flags, extra_notes
from scidip.grading.parts import ANSWER, CHECK, EXTRA, LONGEST_CELL
from scidip.grading.run import Outcome

LONG = LONGEST_CELL


def source_of(content, question):
    return assemble(content.encoded())[1].answers.get(question, "")


def put_together(content):
    return assemble(content if isinstance(content, bytes) else content.encoded())[1]


def test_the_answers_stand_between_our_setup_and_our_checks():
    trusted, made = assemble(Page().encoded())
    roles = [step.role for step in made.steps]
    assert tuple(trusted.questions) == CHECKED
    assert made.steps[0].source == trusted.setup[0]
    assert [step.question for step in made.steps if step.role == CHECK] == list(CHECKED)
    assert (roles.count(ANSWER), made.notes, made.untried) == (6, [], set())
    for before, after in zip(made.steps, made.steps[1:], strict=False):
        if after.role == CHECK:
            assert (before.role, before.question) == (ANSWER, after.question)


def test_no_check_setup_output_or_tag_of_the_student_comes_in():
    page = Page()
    for one in page.cells:
        one["metadata"] = {"tags": ["nbval-skip", "nbval-ignore-output"], "scidip": {"role": "x"}}
        if one["cell_type"] == "code" and one["id"].endswith(("check", "setup")):
            one["source"] = "import os\nmine = 'MINE'"
            one["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "MINE"}]
    made = put_together(page)
    text = nbformat.writes(to_notebook(made.steps, {"2.1": "1"}))
    assert "nbval-skip" not in text and "nbval-ignore" not in text
    assert [s.source for s in made.steps if s.role == CHECK] == [
        s.source for s in put_together(Page()).steps if s.role == CHECK
    ]


def test_comments_for_nbval_lose_their_power_in_answers_and_extra_cells():
    lines = ["# NBVAL_IGNORE_OUTPUT", "#NBVAL_SKIP", "# PYTEST_VALIDATE_IGNORE_OUTPUT"]
    page = Page({"2.3": "\n".join([*lines, 'first_channel = "D"'])})
    page.before("2.1", cell("# NBVAL_SKIP\nmine = 1"))
    for step in put_together(page).steps:
        assert "NBVAL_" not in step.source and "VALIDATE_" not in step.source


@pytest.mark.parametrize("line", [
    'check("2.3", first_channel)', '  check("2.3", first_channel);  ', '# hint("2.3")',
    'solution("2.3")', '#  show("2.3")  ',
])  # fmt: skip
def test_our_commands_in_an_answer_are_left_out(line):
    made = put_together(Page({"2.3": f'first_channel = "D"\n{line}'}))
    assert made.answers["2.3"].strip() == 'first_channel = "D"'


def test_a_command_that_was_all_that_stood_in_a_loop_leaves_the_loop_whole():
    source = 'for _ in range(3):\n    hint("2.3")\nfirst_channel = "D"'
    [step] = [s for s in put_together(Page({"2.3": source})).steps if s.question == "2.3"
              and s.role == ANSWER]  # fmt: skip
    assert step.source == 'for _ in range(3):\n    pass\nfirst_channel = "D"'


@pytest.mark.parametrize("character", ["\u2028", "\x0b", "\x0c", "\x85", "\x1c"])
def test_what_python_takes_inside_of_a_text_does_not_cut_it(character):
    source = f'first_channel = "D{character}"'
    assert source_of(Page({"2.3": source}), "2.3") == source


@pytest.mark.parametrize("line", ["checked = check", 'x = check("2.3", 1)', "recheck(1)"])
def test_other_lines_are_kept(line):
    assert line in source_of(Page({"2.3": f'first_channel = "D"\n{line}'}), "2.3")


# --- Files that are made to hurt --------------------------------------------------------------


def any_json(lot, depth=0):
    kind = lot.randrange(8 if depth < 4 else 5)
    if kind < 5:
        return lot.choice([None, True, 0, -1.5, "", "x = 1", "code", "\ud800", "ex-2-1-answer"])
    if kind < 6:
        return [any_json(lot, depth + 1) for _ in range(lot.randrange(4))]
    keys = ["cells", "id", "cell_type", "source", "metadata", "scidip", "outputs", "data", "text",
            "worksheets", "input", "cell", "text/plain"]  # fmt: skip
    return {key: any_json(lot, depth + 1) for key in lot.sample(keys, lot.randrange(5))}


def test_any_json_is_read_or_refused_in_words():
    lot = random.Random(4)
    refused = 0
    for _ in range(2000):
        content = {"cells": [any_json(lot, 1) for _ in range(3)], "metadata": any_json(lot)}
        if lot.random() < 0.3:
            content["worksheets"] = any_json(lot, 1)
        try:
            made = assemble(json.dumps(content).encode(), 2)[1]
            nbformat.writes(to_notebook(made.steps, {})).encode("utf-8")
        except AssemblyError as problem:
            refused += 1
            assert str(problem).endswith(".")
    assert 0 < refused < 2000


def test_each_part_of_a_real_page_may_be_anything():
    lot = random.Random(5)
    for _ in range(400):
        page = Page()
        one = lot.choice(page.cells)
        one[lot.choice(["id", "cell_type", "source", "metadata", "outputs"])] = any_json(lot)
        made = put_together(page)
        nbformat.writes(to_notebook(made.steps, {})).encode("utf-8")


def test_half_a_character_does_not_stop_the_writing_of_a_notebook():
    made = put_together(Page({"2.3": 'first_channel = "\ud800"'}))
    assert made.answers["2.3"] == 'first_channel = "?"'
    nbformat.writes(to_notebook(made.steps, {})).encode("utf-8")


@pytest.mark.parametrize(("content", "words"), [
    (b"", "no notebook"), (b"\x00" * 9, "no notebook"), (b"{", "no notebook"),
    (b"[" * 10**6, "no notebook"), (b"1" * 10**5, "no notebook"), (b"[1]", "no cells"),
    (b'{"cells": {}}', "no cells"), (b'{"cells": [1, 2]}', "no cells"),
    (b'{"cells": [{"source": "a"}]}', "No cell shows"),
    (b'{"cells": [{"id": "ex-99-1-answer", "source": "a"}]}', "no exercise for lesson 99"),
    (json.dumps({"cells": [cell("1")] * 100_000}).encode(), "has 100,000 cells"),
], ids=range(11))  # fmt: skip
def test_what_can_not_be_graded_is_refused_in_one_sentence(content, words):
    with pytest.raises(AssemblyError, match=words):
        assemble(content)


def test_another_exercise_than_the_one_asked_for_is_refused():
    with pytest.raises(AssemblyError, match="lesson 2, not of lesson 3"):
        assemble(Page().encoded(), 3)


SLOW = {
    "spaces": " " * LONG + "x",
    "spaces behind a command": "check()" + " " * (LONG - 20) + "x",
    "spaces below an indented command": "  check()\n" + " " * (LONG - 50) + "x",
    "indented commands": "  check()\n" * (LONG // 10),
    "checks": "check('2.1'," + " " * (LONG - 50) + "x",
    "brackets": "check(" + ")" * (LONG - 20) + "x",
    "empty lines": 'first_channel = "D"' + "\n" * (LONG - 100),
    "tabs": "x = 1\n" + "\t" * (LONG - 100),
    "defs": "def " * (LONG // 4),
    "names": "\n".join(["a"] * (LONG // 2)) + "(",
    "one name": "a" * LONG,
    "minus": "x = " + "-" * (LONG - 100) + "1",
    "dots": "x = a" + ".a" * (LONG // 2 - 100),
    "sum": "x = " + "a+" * (LONG // 2 - 100) + "a",
    "brackets without end": "x = " + "(" * (LONG - 100),
    "texts": "x = " + "'a'" * (LONG // 3 - 100),
    "numbers": "# " + "1.1" * (LONG // 3),
    "headings": "# 1. " * (LONG // 5),
    "backslashes": "\\\n" * (LONG // 2),
    "zero": "x = '\0'",
}


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("place", ["answer", "extra", "text"])
def test_no_text_is_slow_to_read(name, place):
    page = Page({"2.3": SLOW[name]} if place == "answer" else {})
    if place != "answer":
        page.before("2.3", cell(SLOW[name], "code" if place == "extra" else "markdown"))
    start = time.process_time()
    made = put_together(page)
    extra_notes(made, Outcome([], {}))
    for question in CHECKED:
        _flags(question, made, Outcome([], {}))
    assert time.process_time() - start < 4


def test_many_cells_with_the_id_of_one_answer_are_all_run_once():
    page = Page()
    page.behind("2.3", *[cell(f"x{n} = {n % 5}", id=name_of("2.3")) for n in range(1000)])
    made = put_together(page)
    assert sum(step.question == "2.3" for step in made.steps) == 1002
    assert made.notes == ["2.3: 1001 cells belong to the answer; all were run in order."]


def test_an_extra_cell_stays_where_it_was():
    page = Page().before("2.3", cell("mine = 1"))
    steps = put_together(page).steps
    at = next(p for p, step in enumerate(steps) if step.role == EXTRA)
    assert (steps[at - 1].question, steps[at + 1].question) == ("2.2", "2.3")


def roles(content):
    return [(step.role, step.question) for step in put_together(content).steps]


@pytest.mark.parametrize("later", [
    'first_channel = "used again"', "for first_channel in 'ABC':\n    pass",
    "with open('x') as first_channel:\n    pass", "[first_channel for first_channel in 'ABC']",
])  # fmt: skip
def test_what_comes_behind_the_students_own_check_has_no_say(later):
    page = Page().behind("2.3", cell(later), role="check")
    found = roles(page)
    assert found.index((CHECK, "2.3")) < next(n for n, (r, _) in enumerate(found) if r == EXTRA)
    assert found.count((ANSWER, "2.3")) == 1


def test_a_second_answer_counts_where_the_check_stands_behind_it():
    page = Page().behind("2.3", cell('first_channel = "A"\ncheck("2.3", first_channel)'),
                         role="check")  # fmt: skip
    assert roles(page).count((ANSWER, "2.3")) == 2
    page = Page().behind("2.3", cell('first_channel = "A"'))  # before the check
    assert roles(page).count((ANSWER, "2.3")) == 2
    page = Page()
    page.cells.remove(page.find("2.3", "check"))
    page.behind("2.3", cell('first_channel = "A"'))  # nobody knows where the check stood
    assert roles(page).count((ANSWER, "2.3")) == 2


def test_one_cell_may_answer_all_questions():
    trusted = assemble(Page().encoded())[0]
    page, answers = Page(), [trusted.model[number] for number in CHECKED]
    for number in CHECKED:
        page.cells.remove(page.find(number))
    page.cells.insert(page.place(name_of("2.1", "check")), cell("\n".join(answers)))
    made = put_together(page)
    assert made.untried == set()
    assert [s.question for s in made.steps if s.role == CHECK] == list(CHECKED)
    assert [s.role for s in made.steps].count(ANSWER) == 1


def test_a_table_or_a_check_that_was_changed_is_run_as_a_cell_of_ones_own():
    page = Page()
    page.find("2.6", "check")["source"] = 'mine = 1\ncheck("2.6", order)'
    page.find("2.1", "help")["source"] = "mine = 2"
    made = put_together(page)
    assert [s.source for s in made.steps if s.role == EXTRA] == ["mine = 2", "mine = 1"]


def test_our_table_is_there_for_a_cell_between_it_and_the_answer():
    page = Page(lesson=5, wrong={}).before("5.2", cell("mine = samples.copy()"))
    found = roles(page)
    assert found.index(("given", "5.2")) < next(n for n, (r, _) in enumerate(found) if r == EXTRA)
    assert found.count(("given", "5.2")) == 1


def test_the_setup_is_run_again_behind_a_cell_that_undoes_it():
    page = Page()
    page.cells.insert(0, cell("%reset -f"))
    made = put_together(page)
    again = [s.source for s in made.steps if s.question == "setup"]
    assert again == list(assemble(page.encoded())[0].setup)
    assert "setup" not in [question for _, question in roles(Page())]


def test_a_name_that_was_changed_in_answer_and_check_is_followed():
    page = Page({"2.3": 'my_channel = "D"'})
    page.find("2.3", "check")["source"] = 'check("2.3", my_channel)'
    checks = [s.source for s in put_together(page).steps if (s.role, s.question) == (CHECK, "2.3")]
    assert checks[0].endswith('check("2.3", my_channel)')
    page.find("2.3", "check")["source"] = 'check("2.3", __import__("os").listdir())'
    checks = [s.source for s in put_together(page).steps if (s.role, s.question) == (CHECK, "2.3")]
    assert checks[0].endswith('check("2.3", first_channel)')


def test_the_lesson_of_the_file_counts_where_the_cells_name_none():
    page = Page()
    for one in page.cells:
        one.pop("id", None)
        one["metadata"] = {}
    page.cells[:] = [one for one in page.cells if one["cell_type"] == "code"]
    with pytest.raises(AssemblyError, match="No cell shows"):
        assemble(page.encoded())
    trusted, made = assemble(page.encoded(), likely=2)
    assert (trusted.lesson, made.untried) == (2, set())


def test_much_code_in_many_cells_is_refused():
    page = Page().before("2.3", *[cell(f"x = {n} + 1\n" * 9000) for n in range(12)])
    with pytest.raises(AssemblyError, match="characters, over 1,000,000"):
        put_together(page)


def test_an_open_answer_that_was_not_touched_is_none():
    assert "2.7" not in put_together(Page()).answers


@pytest.mark.parametrize("lesson", range(6))
def test_an_answer_that_equals_the_model_is_found_also_without_ids(lesson):
    page = Page(lesson=lesson, wrong={})
    for one in page.cells:
        one.pop("id", None)
        one["metadata"] = {}
    trusted, made = assemble(page.encoded())
    assert made.untried == set()
    assert set(made.answers) >= set(trusted.questions)
