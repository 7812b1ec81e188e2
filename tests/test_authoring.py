"""The rule that makes exercises from solutions, and the proofs that catch its misuse."""

import doctest
import json
import shutil
from pathlib import Path

import nbformat
import pytest

from scidip import authoring, cli, notebooks
from scidip.authoring import blank_out, build, check_build
from scidip.notebooks import AuthoringError
from scidip.questions.engine import split_answer

ROOT = Path(__file__).resolve().parent.parent
NAME = "00_start_here"


def code(ident, source, tags=()):
    return nbformat.v4.new_code_cell(source, id=ident, metadata={"tags": list(tags)})


def markdown(ident, source, tags=()):
    return nbformat.v4.new_markdown_cell(source, id=ident, metadata={"tags": list(tags)})


def tiny_cells():
    """A solutions notebook for the one question of lesson 00, without the table of events."""
    return {
        "title": markdown("title", "# 0 · Start: solutions\n\nAll solutions are here."),
        "setup": code("setup", "from scidip.questions import check, ____"),
        "task": markdown("ex-0-1-task", "## Exercise 0.1 · The first year in the table"),
        "answer": code("ex-0-1-answer", "# The year.\n# solution\nfirst_year = 1900 + 50"),
        "check": code("ex-0-1-check", 'check("0.1", first_year)', ["nbval-check-output"]),
        "model": markdown("ex-0-1-model-a", "A text for instructors alone.", ["solution"]),
    }


def write_course(folder, cells=None):
    """A course of one solutions notebook; give the paths of solution and exercise."""
    for name in ("solutions", "exercises"):
        (folder / name).mkdir(exist_ok=True)
    cells = list((cells or tiny_cells()).values())
    solution = folder / "solutions" / f"{NAME}_solutions.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), solution)
    return solution, folder / "exercises" / f"{NAME}_exercises.ipynb"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    write_course(folder)
    build(folder)
    return folder


@pytest.fixture
def course(built, tmp_path):
    """A built course that a test may damage."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def edit(path, change):
    notebook = nbformat.read(path, as_version=4)
    change({cell.id: cell for cell in notebook.cells}, notebook)
    nbformat.write(notebook, path)


# --- The rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("x = 1", "x = ____"),
        ("x = (1 +\n     2)", "x = ____"),
        ("x: int = 1", "x = ____"),
        ("x = y = 1", "x = ____\ny = ____"),
        ("a, (b, *c) = values", "a = ____\nb = ____\nc = ____"),
        ("x = 1; y = 2", "x = ____\ny = ____"),
        ("x = 1  # because", "x = ____"),
        ('d = {"a": 1, "b": 2}', 'd = {\n    "a": ____,\n    "b": ____,\n}'),
        ("d = {'a': {1: 2}}", "d = {\n    'a': {\n        1: ____,\n    },\n}"),
        ("d = {**other}", "d = ____"),
        ("d = {}", "d = ____"),
        ("def f(x):\n    return x", "def f(x):\n    return ____"),
        ("def f(x): return x", "def f(x):\n    return ____"),
        (
            'def f(\n    y="é",\n):\n    """Sum.\n\n    More.\n    """\n    # secret\n    return y',
            'def f(\n    y="é",\n):\n    """Sum.\n\n    More.\n    """\n    return ____',
        ),
        ("@cache\ndef f():\n  # secret\n  y = 1\n  return y", "@cache\ndef f():\n  return ____"),
        ("def f():\n    @cache\n    def g():\n        pass", "def f():\n    return ____"),
        ("# 1 is right\nx = 1", "x = ____"),
        ("# far\n\nx = 1", "x = ____"),
        ("# about print\nprint(1)\nx = 1", "x = ____"),
        ("import os\nx = 1\nx += 1\nt['x'] = 1\nfor i in x:\n    y = i\nprint(x)\nx", "x = ____"),
        ("class A:\n    y = 1\nx = A()", "x = ____"),
    ],
    ids=lambda text: text.split("\n")[0],
)
def test_names_stay_and_answers_become_blanks(answer, kept):
    before = 'n = 3  # stays\nprint("# solution")\n\n'
    assert blank_out(f"{before}# solution\n{answer}") == f"{before}{kept}"
    assert blank_out(answer) == answer, "without the mark nothing changes"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("# solution\nx = 1\n# solution\ny = 2", "2 times"),
        ("# solution\nx = = 1", "not valid Python"),
        ("# solution\nprint(1)", "nothing of the model answer can stay"),
        ("# solution\n", "nothing of the model answer can stay"),
    ],
)
def test_a_cell_that_the_rule_cannot_replace_is_refused(source, words):
    with pytest.raises(AuthoringError, match=words):
        blank_out(source)
    notebook = nbformat.v4.new_notebook(cells=[code("ex-0-1-answer", source)])
    with pytest.raises(AuthoringError, match="cell ex-0-1-answer: "):
        authoring.make_exercise(notebook)


def test_an_exercise_keeps_ids_and_drops_model_answers_and_noise():
    solution = nbformat.v4.new_notebook(cells=list(tiny_cells().values()))
    solution.cells[3].metadata["execution"] = {"iopub.execute_input": "2026-01-01"}
    solution.metadata = {"widgets": {"state": {}}, "language_info": {"version": "3.11.7"}}
    before = nbformat.writes(solution)
    exercise = authoring.make_exercise(solution)
    assert nbformat.writes(solution) == before
    assert [cell.id for cell in exercise.cells] == [
        "title", "setup", "ex-0-1-task", "ex-0-1-answer", "ex-0-1-check",
    ]  # fmt: skip
    assert exercise.cells[0].source == "# 0 · Start: exercises\n\nAll solutions are here."
    assert exercise.cells[3].source == "# The year.\nfirst_year = ____"
    assert exercise.cells[3].metadata == {"tags": [], "scidip": {"cell": "ex-0-1-answer"}}
    assert exercise.metadata["language_info"] == {"name": "python"}
    assert set(exercise.metadata) == {"kernelspec", "language_info"}


def test_the_examples_in_the_docstrings_run():
    result = doctest.testmod(authoring)
    assert (result.failed, result.attempted > 4) == (0, True)


# --- Build ------------------------------------------------------------------------------------


def test_a_built_exercise_is_run_and_untouched(built, record_property):
    path = built / "exercises" / f"{NAME}_exercises.ipynb"
    record_property("notebook", f"exercises/{path.name}")
    exercise = nbformat.read(path, as_version=4)
    nbformat.validate(exercise)
    check = exercise.cells[-1]
    assert check.execution_count == 3
    assert check.outputs[0].data["text/plain"].startswith("Exercise 0.1: not tried yet. ")
    assert "execution" not in check.metadata
    assert path.read_bytes().endswith(b"}\n") and b"\r" not in path.read_bytes()


def test_a_second_build_gives_the_same_bytes(course):
    path = course / "exercises" / f"{NAME}_exercises.ipynb"
    first = path.read_bytes()
    path.unlink()
    assert build(course) == [path]
    assert path.read_bytes() == first
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_failing_cell_leaves_the_old_files_untouched(course):
    path = course / "exercises" / f"{NAME}_exercises.ipynb"
    solution = course / "solutions" / f"{NAME}_solutions.ipynb"
    first = path.read_bytes()
    edit(solution, lambda cells, _: cells["setup"].update(source="1 / 0"))
    failing = solution.read_bytes()
    with pytest.raises(AuthoringError) as caught:
        build(course)
    assert str(caught.value) == (
        f"{NAME}_solutions.ipynb: cell setup: ZeroDivisionError: division by zero"
    )
    with pytest.raises(AuthoringError, match=r"_solutions\.ipynb: cell setup: ZeroDivisionError"):
        notebooks.run(solution)
    assert path.read_bytes() == first and solution.read_bytes() == failing
    assert check_build(course) == [str(caught.value)]


def test_a_kernel_that_ends_is_named(course):
    solution = course / "solutions" / f"{NAME}_solutions.ipynb"
    edit(solution, lambda cells, _: cells["setup"].update(source="import os\nos._exit(1)"))
    with pytest.raises(AuthoringError, match="cell setup: the kernel died"):
        notebooks.run(solution)


def test_run_stores_outputs_without_noise(tmp_path):
    path = tmp_path / "02_lesson.ipynb"
    source = 'import sys\nprint("one")\nprint("two")\nsys.stdout.flush()\nprint("three")'
    notebook = nbformat.v4.new_notebook(cells=[code("a", source)], metadata={"widgets": {"x": {}}})
    nbformat.write(notebook, path)
    notebooks.run(path)
    first = path.read_bytes()
    stored = json.loads(first)
    assert [output["text"] for output in stored["cells"][0]["outputs"]] == [
        ["one\n", "two\n", "three\n"]
    ]
    assert stored["metadata"]["language_info"] == {"name": "python"}
    assert "widgets" not in stored["metadata"]
    notebooks.run(path)
    assert path.read_bytes() == first


# --- The proof --------------------------------------------------------------------------------


def test_a_fresh_build_has_no_problem_even_in_strict_mode(built, monkeypatch):
    monkeypatch.setenv("SCIDIP_STRICT", "1")
    assert check_build(built) == []


def test_the_exercises_of_the_course_are_what_its_solutions_give(record_property):
    for path in sorted((ROOT / "exercises").glob("*.ipynb")):
        record_property("notebook", path.relative_to(ROOT).as_posix())
    assert check_build(ROOT) == []


def test_an_exercise_edited_by_hand_is_found(course):
    path = course / "exercises" / f"{NAME}_exercises.ipynb"
    edit(path, lambda cells, _: cells["title"].update(source="# 0 · Start: exercises"))
    [problem] = check_build(course)
    assert problem.startswith(f"{path.name}: it is not what its solutions notebook gives")


def test_a_solved_exercise_is_found(course):
    path = course / "exercises" / f"{NAME}_exercises.ipynb"
    edit(path, lambda cells, _: cells["ex-0-1-answer"].update(source="first_year = 1950"))
    notebooks.run(path)
    problems = check_build(course)
    assert len(problems) == 2
    assert "is not what its solutions notebook gives" in problems[0]
    assert "cell ex-0-1-check does not say that exercise 0.1 is not tried yet" in problems[1]


def test_an_answer_before_the_mark_is_found(course):
    solution = course / "solutions" / f"{NAME}_solutions.ipynb"
    edit(solution, lambda cells, _: cells["ex-0-1-answer"].update(source="first_year = 1950"))
    build(course)
    [problem] = check_build(course)
    assert "cell ex-0-1-check does not say that exercise 0.1 is not tried yet" in problem


def test_a_printed_leak_is_found_in_a_build(course):
    solution = course / "solutions" / f"{NAME}_solutions.ipynb"
    edit(
        solution,
        lambda cells, _: cells["setup"].update(
            source=(cells["setup"].source + '\nprint("first_year = " + "1900 + 50")')
        ),
    )
    build(course)
    [problem] = check_build(course)
    assert "cell setup shows a line of the model answer" in problem
    assert problem.endswith("first_year = 1900 + 50")


@pytest.mark.parametrize("secret", ["first_year = 1900 + 50", "A text for instructors alone."])
def test_a_leak_in_a_text_is_found(secret):
    cells = tiny_cells()
    cells["task"].source += f"\n\nWrite `{secret}` below."
    solution = nbformat.v4.new_notebook(cells=list(cells.values()))
    [problem] = authoring.leak_problems("x.ipynb", solution, authoring.make_exercise(solution))
    assert problem.startswith("x.ipynb: cell ex-0-1-task shows") and problem.endswith(secret)


def test_lines_that_the_rule_keeps_are_no_leak():
    answer = 'def f():\n    """Doc."""\n    return 1\n\n\nd = {\n    "a": 1,\n}'
    solution = nbformat.v4.new_notebook(cells=[code("x", f"# solution\n{answer}")])
    exercise = authoring.make_exercise(solution)
    assert authoring.leak_problems("x.ipynb", solution, exercise) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda cells: cells.pop("check"), ["question 0.1 has no cell ex-0-1-check"]),
        (
            lambda cells: cells["check"].update(source='check("0.7", first_year)'),
            ["cell ex-0-1-check checks 0.7, but there is no such question",
             "cell ex-0-1-check must hold one check of 0.1"],
        ),
        (lambda cells: cells["check"].metadata.update(tags=[]), ["lacks the tag"]),
        (
            lambda cells: cells["model"].metadata.update(tags=["solutions"]),
            ["cell ex-0-1-model-a is a model answer, but has no tag 'solution'"],
        ),
        (
            lambda cells: cells["task"].update(source="## Exercise 0.9 · The first year"),
            ["cell ex-0-1-task must begin with '## Exercise 0.1 · "],
        ),
        (
            lambda cells: cells.update(again=code("again", 'check("0.1", 1)')),
            ["cell again checks 0.1 again"],
        ),
    ],
    ids=["no check", "unknown question", "no tag", "open model answer", "heading", "twice"],
)  # fmt: skip
def test_each_check_has_its_question_and_each_question_its_check(change, words):
    cells = tiny_cells()
    change(cells)
    notebook = nbformat.v4.new_notebook(cells=list(cells.values()))
    problems = authoring.question_problems(f"{NAME}_solutions.ipynb", notebook)
    assert len(problems) == len(words)
    assert all(word in problem for word, problem in zip(words, problems, strict=True))


def test_an_open_question_needs_a_model_answer():
    path = ROOT / "solutions" / "02_a_long_timeline_solutions.ipynb"
    notebook = notebooks.read(path)
    assert authoring.question_problems(path.name, notebook) == []
    notebook.cells = [cell for cell in notebook.cells if "-model-" not in cell.id]
    [problem] = authoring.question_problems(path.name, notebook)
    assert "question 2.7 has no model answer" in problem


def test_a_space_behind_the_mark_changes_nothing():
    """It can't be seen, so the leak check and solution() must find the mark all the same."""
    cells = tiny_cells()
    cells["answer"].source = cells["answer"].source.replace("# solution", "# solution  ")
    solution = nbformat.v4.new_notebook(cells=list(cells.values()))
    exercise = authoring.make_exercise(solution)
    assert authoring.leak_problems("x.ipynb", solution, exercise) == []
    exercise.cells[1].source += "\nfirst_year = 1900 + 50"
    [problem] = authoring.leak_problems("x.ipynb", solution, exercise)
    assert "shows a line of the model answer" in problem
    assert split_answer(cells["answer"].source)[1] == ["first_year = 1900 + 50"]


def test_two_cells_with_one_id_are_refused(course):
    solution = course / "solutions" / f"{NAME}_solutions.ipynb"
    text = solution.read_text(encoding="utf-8")
    solution.write_text(text.replace('"id": "setup"', '"id": "title"'), encoding="utf-8")
    with pytest.raises(AuthoringError, match="two cells have the id title; rename one"):
        notebooks.read(solution)


def test_run_without_a_name_takes_all_lessons_and_solutions(monkeypatch):
    taken = []
    monkeypatch.setattr(notebooks, "run", taken.append)
    assert cli.main(["run"]) == 0
    names = {path.name for path in taken}
    lesson = {"00_start_here.ipynb", "00_start_here_solutions.ipynb"}
    assert lesson | {"simulation_roles.ipynb"} <= names
    assert not any("exercises" in name for name in names)


def test_stored_errors_and_cells_that_were_not_run_are_found():
    cells = list(tiny_cells().values())
    cells[1].execution_count = 1
    cells[1].outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]
    problems = authoring.unsolved_problems("x", nbformat.v4.new_notebook(cells=cells))
    assert "x: cell setup raised an error." in problems
    assert "x: cell ex-0-1-check was not run." in problems
    assert "x: cell ex-0-1-check does not say that exercise 0.1 is not tried yet." in problems


def test_missing_and_superfluous_exercises_are_found(course):
    path = course / "exercises" / f"{NAME}_exercises.ipynb"
    path.rename(path.with_name("01_other_exercises.ipynb"))
    assert check_build(course) == [
        f"{path.name}: it is missing; run scidip build.",
        "01_other_exercises.ipynb: it has no solutions notebook; delete it.",
    ]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": []}', "\ufeff{}"])
def test_a_file_that_is_no_notebook_is_said(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(AuthoringError, match=r"^x\.ipynb: "):
        notebooks.run(path)
    assert path.read_text(encoding="utf-8") == content


# --- The command ------------------------------------------------------------------------------


def test_the_command_builds_checks_and_reports(course, monkeypatch, capsys):
    monkeypatch.setattr(cli, "COURSE", course)
    assert cli.main(["build"]) == 0
    assert capsys.readouterr().out == f"Written: exercises/{NAME}_exercises.ipynb\n"
    assert cli.main(["build", "--check"]) == 0
    path = course / "exercises" / f"{NAME}_exercises.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    assert cli.main(["build", "--check"]) == 1
    assert capsys.readouterr().err.startswith(f"scidip: {path.name}: it is not what")


def test_the_command_says_what_is_wrong_and_ends_with_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cli, "COURSE", tmp_path)
    for arguments in (["build"], ["build", "--check"]):
        assert cli.main(arguments) == 1
        assert capsys.readouterr().err == "scidip: solutions/: there is no solutions notebook.\n"
    assert cli.main(["run", str(tmp_path / "a.ipynb"), str(tmp_path / "b.ipynb")]) == 1
    assert capsys.readouterr().err == (
        "scidip: a.ipynb: there is no such file.\nscidip: b.ipynb: there is no such file.\n"
    )
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 2
