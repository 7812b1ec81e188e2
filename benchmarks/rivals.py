"""The other tools, each in the form that its own documentation gives for a folder of submissions.

They live in an environment of their own, outside the repository, which is made when it is missing.
Each function prepares what an instructor prepares once, outside the measured time, and gives back
what is run and what reads the marks.
"""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import nbformat
from class_of_students import LESSON, exercise_path

from scidip.grading.assemble import assemble
from scidip.grading.parts import CHECK
from scidip.questions.engine import questions_of

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "scidip-benchmarks"
PINNED = ["otter-grader==7.0.0", "nbgrader==0.9.6", "nbmake==1.5.5"]
SECONDS = 20
OTTER_SECONDS = 60  # from outside, for one submission: otter has no limit of its own here
CORRECT, WRONG, NOTHING = "correct", "not correct", "no mark"


def python():
    """Give the other environment's Python; make it if it is missing."""
    found = HOME / "grading" / "bin" / "python"
    stamp = HOME / "grading" / "made-for.txt"
    wanted = f"{ROOT} {PINNED}"
    if not stamp.is_file() or stamp.read_text() != wanted:
        print("Making an environment for the other tools …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", HOME / "grading"], check=True)
        install = [found, "-m", "pip", "install", "-q", "-c", ROOT / "requirements-test.txt"]
        more = ["pytest-xdist", "pytest-timeout", "-e", ROOT]
        subprocess.run([*install, *PINNED, *more], check=True)
        stamp.write_text(wanted)
    return found


def environment(**more):
    """Give the variables under which the other tools run."""
    path = f"{HOME / 'grading' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "PATH": path, "PYTHONWARNINGS": "ignore", **more}


def checked(lesson=LESSON):
    """Give the code of the check of each question that a machine marks, from the exercise."""
    book = nbformat.read(exercise_path(), as_version=4)
    sources = {cell.id: cell.source for cell in book.cells}
    return {
        number: sources[f"ex-{number.replace('.', '-')}-check"]
        for number in questions_of(lesson)
        if f"ex-{number.replace('.', '-')}-check" in sources
    }


# --- otter-grader ----------------------------------------------------------------------------


def otter(folder, place, meter):
    """``otter run`` for each submission, two at a time: grading without containers."""
    tests = place / "tests"
    tests.mkdir(parents=True)
    for number, code in checked().items():
        # The check of the course, as a doctest.
        test = textwrap.dedent(f"""
            OK_FORMAT = True
            test = {{"name": "q{number.replace(".", "_")}", "points": 1, "suites": [{{
                "cases": [{{"code": ">>> {code.replace('"', "'")}.status == 'correct'\\nTrue",
                           "hidden": False, "locked": False}}],
                "scored": True, "setup": "", "teardown": "", "type": "doctest"}}]}}
        """)
        (tests / f"q{number.replace('.', '_')}.py").write_text(test)
    (place / "otter_config.json").write_text(json.dumps({"show_hidden": True}))
    make = [python(), "-m", "otter", "generate", "-t", tests, "-c", place / "otter_config.json"]
    make += ["-o", place / "autograder.zip", "--no-requirements", "--no-environment"]
    subprocess.run(make, check=True, cwd=place, env=environment(), capture_output=True)
    assert zipfile.is_zipfile(place / "autograder.zip")
    hung = []

    def one(path):
        out = place / "results" / path.stem
        out.mkdir(parents=True)
        words = [python(), "-m", "otter", "run", "-a", place / "autograder.zip", "-o", out, path]
        if not meter.run(words, cwd=out, env=environment(), seconds=OTTER_SECONDS):
            hung.append(path.stem)

    def run():
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, sorted(folder.glob("*.ipynb"))))

    def marks():
        found = {}
        for path in sorted(folder.glob("*.ipynb")):
            file = place / "results" / path.stem / "results.json"
            found[path.stem] = {}
            for test in json.loads(file.read_text())["tests"] if file.is_file() else []:
                number = test["name"].split()[0].removeprefix("q").replace("_", ".")
                if number in checked():
                    right = test.get("score", 0) == test.get("max_score", 1)
                    found[path.stem][number] = CORRECT if right else WRONG
        return found, f"{len(hung)} ended from outside after {OTTER_SECONDS} s"

    return run, marks


# --- nbgrader --------------------------------------------------------------------------------


def _for_nbgrader(book):
    for cell in book.cells:
        if cell.cell_type != "code" or not cell.id.startswith("ex-"):
            continue
        number = ".".join(cell.id.split("-")[1:3])
        common = {"schema_version": 3, "task": False, "grade_id": cell.id, "cell_type": "code"}
        if cell.id.endswith("-answer"):
            cell.metadata["nbgrader"] = common | {"grade": False, "solution": True, "locked": False}
        elif cell.id.endswith("-check") and number in checked():
            kind = {"grade": True, "solution": False, "locked": True, "points": 1}
            cell.metadata["nbgrader"] = common | kind
    return book


READ_GRADEBOOK = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    found = {}
    for sub in book.assignment_submissions("exercise"):
        grades = {g.name: g.auto_score for n in sub.notebooks for g in n.grades}
        found[sub.student.id] = grades
print(json.dumps(found))
"""


def nbgrader(folder, place, meter):
    """``nbgrader autograde``, with the checks as test cells of the assignment."""
    source = place / "source" / "exercise"
    source.mkdir(parents=True)
    (place / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
        f"c.CourseDirectory.root = {str(place)!r}\nc.Execute.timeout = {SECONDS}\n"
        f"c.ExecutePreprocessor.timeout = {SECONDS}\n"
    )
    book = _for_nbgrader(nbformat.read(exercise_path(), as_version=4))
    nbformat.write(book, source / "exercise.ipynb")
    strict = environment(SCIDIP_STRICT="1")  # a check that is not correct raises
    words = [python(), "-m", "nbgrader", "generate_assignment", "exercise"]
    subprocess.run(words, check=True, cwd=place, env=strict, capture_output=True)
    for path in sorted(folder.glob("*.ipynb")):
        target = place / "submitted" / path.stem / "exercise"
        target.mkdir(parents=True)
        book = _for_nbgrader(nbformat.read(path, as_version=4))
        nbformat.write(book, target / "exercise.ipynb")

    def run():
        meter.run([python(), "-m", "nbgrader", "autograde", "exercise"], cwd=place, env=strict)

    def marks():
        done = subprocess.run(
            [python(), "-c", READ_GRADEBOOK], cwd=place, env=environment(), text=True,
            capture_output=True, check=True,
        )  # fmt: skip
        found = {}
        for student, grades in json.loads(done.stdout.splitlines()[-1]).items():
            graded = (place / "autograded" / student).is_dir()
            found[student] = {
                number: CORRECT if grades[f"ex-{number.replace('.', '-')}-check"] else WRONG
                for number in checked()
                if graded
            }
        lost = [path.stem for path in folder.glob("*.ipynb") if not found.get(path.stem)]
        return found, f"{len(lost)} submissions without a mark"

    return run, marks


# --- nbmake and nbval ------------------------------------------------------------------------


def _assembled(folder, target, tags=()):
    """Write the trusted notebook with the answers of each student; give the places of checks."""
    target.mkdir(parents=True)
    places = {}
    for path in sorted(folder.glob("*.ipynb")):
        _, made = assemble(path.read_bytes(), LESSON)
        cells = []
        places[path.stem] = dict.fromkeys(made.untried, -1)
        for place, step in enumerate(made.steps):
            cells.append(nbformat.v4.new_code_cell(step.source, metadata={"tags": list(tags)}))
            if step.role == CHECK:
                places[path.stem][step.question] = place
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
        nbformat.write(book, target / path.name)
    return places


def _pytest(place, *words):
    common = ["-c", os.devnull, "--rootdir", place, "-p", "no:cacheprovider", "-q", "--tb=no"]
    return [python(), "-m", "pytest", *common, "-n", "2", *words]


def nbmake(folder, place, meter):
    """``pytest --nbmake``; each cell may stop, and the stored outputs say how the checks ended."""
    books = place / "books"
    places = _assembled(folder, books, tags=["raises-exception"])

    def run():
        words = _pytest(place, "--nbmake", f"--nbmake-timeout={SECONDS}", "--overwrite", books)
        meter.run(words, cwd=place, env=environment(SCIDIP_STRICT="1"))

    def marks():
        found = {}
        for student, checks in places.items():
            cells = nbformat.read(books / f"{student}.ipynb", as_version=4).cells
            found[student] = {}
            if not any(cell.execution_count for cell in cells):
                continue  # nbmake stores nothing when a kernel dies or a cell runs too long
            for number, at in checks.items():
                outputs = cells[at].outputs
                right = at >= 0 and outputs and outputs[-1].output_type != "error"
                found[student][number] = CORRECT if right else WRONG
        lost = sum(not marks for marks in found.values())
        return found, f"{lost} submissions without a mark"

    return run, marks


def nbval(folder, place, meter):
    """``pytest --nbval-lax -n 2 --dist loadfile`` in strict mode: each check passes or fails."""
    books, report = place / "books", place / "report.xml"
    places = _assembled(folder, books)

    def run():
        words = _pytest(
            place, "--dist", "loadfile", "--nbval-lax", "--nbval-current-env", "--timeout=45",
            f"--nbval-cell-timeout={SECONDS}", f"--junitxml={report}", books,
        )  # fmt: skip
        meter.run(words, cwd=place, env=environment(SCIDIP_STRICT="1"))

    def marks():
        passed = set()
        for case in ElementTree.parse(report).iter("testcase"):
            if not len(case):
                student = case.get("classname").removeprefix("books.").removesuffix(".ipynb")
                passed.add((student, case.get("name")))
        found = {}
        for student, checks in places.items():
            found[student] = {
                number: CORRECT if (student, f"Cell {at}") in passed else WRONG
                for number, at in checks.items()
            }
        return found, ""

    return run, marks


def remove(place):
    """Remove what a tool has left behind."""
    shutil.rmtree(place, ignore_errors=True)
