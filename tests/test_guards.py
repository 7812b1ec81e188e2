"""The checks themselves: a deliberate mistake of each kind makes them fail."""

import copy
import re
import shutil

import nbformat
import notebook_rules as rules
import pytest
from test_notebooks import nbval

from scidip import data
from scidip.authoring import check_build

LESSON = next(path for path in rules.LESSONS if path.name.startswith("02_"))


@pytest.fixture
def lesson():
    return nbformat.read(LESSON, as_version=4)


def cell(notebook, cell_id):
    return next(entry for entry in notebook.cells if entry.id == cell_id)


def found(notebook):
    return "\n".join(rules.problems(notebook, LESSON))


def test_the_lesson_as_it_is_has_no_problem(lesson):
    assert found(lesson) == ""


def test_a_changed_number_in_a_stored_output(lesson, tmp_path):
    """What prose rests on is printed by a cell; nbval compares it with a fresh run."""
    output = cell(lesson, "filter-early").outputs[0]
    assert "55 of" in output.text
    output.text = output.text.replace("55 of", "23 of")
    nbformat.write(lesson, tmp_path / "lesson.ipynb")
    code, text = nbval("--nbval-lax", tmp_path / "lesson.ipynb")
    assert code == 1
    assert "23 of" in text


def test_a_changed_number_in_prose(lesson):
    cell(lesson, "sort-notes").source += "\n\nIn 1964 scientists came from 45 countries."
    assert "cell sort-notes: no cell prints the number 45" in found(lesson)


def test_a_number_that_only_a_far_cell_prints(lesson):
    output = cell(lesson, "audit-numbers").outputs[0].text
    far = re.search(r"([0-9]+) sources", output)[1]
    cell(lesson, "before").source += f"\n\nIt rests on {far} sources."
    assert f"cell before: no cell prints the number {far}" in found(lesson)


def test_an_edited_exercise(tmp_path):
    for folder in ("solutions", "exercises"):
        shutil.copytree(rules.ROOT / folder, tmp_path / folder)
    path = tmp_path / "exercises" / "00_start_here_exercises.ipynb"
    assert check_build(tmp_path) == []
    path.write_text(path.read_text(encoding="utf-8").replace("earliest", "first"), encoding="utf-8")
    assert any("not what its solutions notebook gives" in line for line in check_build(tmp_path))


def test_a_row_without_a_source(tmp_path):
    folder = shutil.copytree(data.DATA, tmp_path / "data")
    path = folder / "event_sources.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith("1957-pugwash-zhou-peiyuan,")]
    assert len(kept) < len(rows)
    path.write_text("".join(kept), encoding="utf-8")
    with pytest.raises(data.DataError, match=r"1957-pugwash-zhou-peiyuan\): every event needs"):
        data.load("events", folder)


def test_a_figure_without_alternative_text(lesson):
    output = cell(lesson, "picture-figure").outputs[0]
    output.metadata = {}
    assert "cell picture-figure: the figure has no alternative text" in found(lesson)


def test_a_figure_without_words_beside_it(lesson):
    words = cell(lesson, "record-words")
    words.metadata.tags = []
    assert "cell record-figure: no checked cell beside the figure" in found(lesson)


def untag(notebook):
    cell(notebook, "explore-words").execution_count = None


def add(cell_id, text):
    def change(notebook):
        cell(notebook, cell_id).source += text

    return change


def take_out(cell_id, text, new=""):
    def change(notebook):
        assert text in cell(notebook, cell_id).source
        cell(notebook, cell_id).source = cell(notebook, cell_id).source.replace(text, new)

    return change


def metadata(notebook):
    notebook.metadata["widgets"] = {}


def timing(notebook):
    notebook.cells[3].metadata["execution"] = {"iopub.execute_input": "2026-11-25T00:00:00Z"}


def same_id(notebook):
    notebook.cells[4].id = notebook.cells[3].id


def random_id(notebook):
    notebook.cells[4].id = "4f2a91c0"


def tagged_widget(notebook):
    cell(notebook, "explore-widget").metadata["tags"] = ["nbval-check-output"]


def broken_run(notebook):
    cell(notebook, "setup").outputs = [
        nbformat.v4.new_output("error", ename="NameError", evalue="x", traceback=["x"])
    ]


def address(notebook):
    cell(notebook, "setup").outputs[0].text += "<object at 0x7f00aa00bb00>"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (untag, "not from one run from top to bottom"),
        (metadata, "only kernelspec and language_info belong there"),
        (timing, "['execution'] is noise"),
        (same_id, "the id stands twice"),
        (random_id, "the id is not made of words"),
        (tagged_widget, "a picture or widget can't be compared"),
        (broken_run, "an error without the tag raises-exception"),
        (address, "it shows a memory address"),
        (add("setup", "\n!pip install x"), "is no plain Python"),
        (add("setup", "\nopen('/home/me/x')"), "a path of one machine"),
        (add("setup", "\n" + "x = 1\n" * 9), "lines of code, at most 8"),
        (add("setup", "\n" + "x" * 101), "a line has 101 characters"),
        (add("audit", "\n\n# Second title"), "one heading of level 1"),
        (add("audit", "\n\n#### Deep"), "leaves out a level"),
        (add("audit", "\n\n## Words"), "the heading 'Words' stands twice"),
        (add("audit", "\n\n![](x.png)"), "an image without alternative text"),
        (add("audit", " 🎉"), "an emoji"),
        (add("audit", '<p style="color: red">x</p>'), "HTML ['p']"),
        (add("audit", "\n\n|a|b|c|d|e|f|\n|-|-|-|-|-|-|"), "more than 5 columns"),
        (add("audit", " [x](nowhere.ipynb)"), "the link 'nowhere.ipynb' leads nowhere"),
        (add("audit", " [[S9999]](https://example.org)"), "S9999 is not in data/sources.csv"),
        (add("audit", " [[S001]](https://example.org)"), "the address of S001 is not that of"),
        (take_out("audit", "## Look again at the evidence"), "the sections are"),
        (take_out("title", "**Key question.**"), "the opening lacks **Key question.**"),
        (take_out("key-points", "Window: Global South"), "no source looks from this window: Glob"),
        (take_out("self-check", "<details>"), "fewer than three questions"),
        (add("audit", "\n\n" + ("word " * 400 + ". ") * 30), "words in a sentence on average"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_found(lesson, change, words):
    before = copy.deepcopy(lesson)
    change(lesson)
    assert lesson != before
    assert words in found(lesson)
