"""Every notebook: it runs, says what it stored, and is made as the course's notebooks are made."""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from notebook_rules import LESSONS, NOTEBOOKS, ROOT, broken_links, name_of, problems

from scidip import data
from scidip.authoring import check_build
from scidip.questions.engine import questions_of


def nbval(*arguments, cwd=ROOT, **variables):
    """Run pytest --nbval as an instructor would; gives (exit code, output)."""
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "-q",
        "--nbval-cell-timeout=60", *map(str, arguments),
    ]  # fmt: skip
    environment = os.environ | {"PYTHONWARNINGS": "ignore"} | variables
    run = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_it_runs_and_every_output_is_the_stored_one(path, record_property):
    """Strict nbval: every cell's text is compared, those with the tag and all others."""
    record_property("notebook", name_of(path))
    code, output = nbval("--nbval", path)
    assert code == 0, output
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert f"{len(cells)} passed" in output


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_it_keeps_the_rules(path):
    found = problems(nbformat.read(path, as_version=4), path)
    assert not found, "\n".join(found)


def test_exercises_are_what_solutions_give():
    assert check_build(ROOT) == []


def test_each_lesson_has_its_partners_and_stands_on_the_map():
    plan = (ROOT / "lessons" / "README.md").read_text(encoding="utf-8")
    order = re.findall(r"\]\((\d\d_\w+\.ipynb)\)", plan)
    assert order == [path.name for path in LESSONS]
    for path in LESSONS:
        for role in ("exercises", "solutions"):
            assert (ROOT / role / f"{path.stem}_{role}.ipynb") in NOTEBOOKS
        assert f"../exercises/{path.stem}_exercises.ipynb" in plan
        assert re.fullmatch(r"[0-9]{2}_[a-z0-9_]{1,29}\.ipynb", path.name)


def test_the_map_says_which_claims_a_lesson_settles():
    plan = (ROOT / "lessons" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", plan, re.MULTILINE)
    said = {int(lesson): re.findall(r"S\d\d", claims) for lesson, claims in rows}
    claims = data.load("article_claims")
    settled = claims.groupby(claims["settled_lesson"].astype(int))["claim_id"].agg(list)
    assert said == {int(path.name[:2]): settled.get(int(path.name[:2]), []) for path in LESSONS}


def test_each_lesson_leads_to_the_next_one():
    """Previous and next links follow the order of the map."""
    texts = [path.read_text(encoding="utf-8") for path in LESSONS]
    for number, (path, text) in enumerate(zip(LESSONS, texts, strict=True)):
        assert f"../exercises/{path.stem}_exercises.ipynb" in text
        if number:
            assert f"]({LESSONS[number - 1].name})" in text
            assert f"]({path.name})" in texts[number - 1]


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("[a-z]*/*.md")), ids=name_of
)
def test_links_in_texts_resolve(path):
    assert list(broken_links(path.read_text(encoding="utf-8"), path)) == []


def test_a_stranger_may_run_nbval_on_whole_folders():
    code, output = nbval("--nbval", "lessons", "solutions", "docs")
    assert code == 0, output


def test_numbers_in_the_readme_are_those_of_the_course():
    years = data.load("events")["year"]
    for path in (ROOT / "README.md", ROOT / "lessons" / "README.md"):
        text = path.read_text(encoding="utf-8")
        counts = re.findall(r"\[(\d+)\]\([./]*exercises/(\d\d)_", text)
        lessons = [int(lesson.name[:2]) for lesson in LESSONS]
        assert counts == [(str(len(questions_of(n))), f"{n:02}") for n in lessons]
    first, last = re.search(
        r"from (\d{4}) to (\d{4})", (ROOT / "README.md").read_text("utf-8")
    ).groups()
    assert (int(first), int(last)) == (years.min(), years.max())


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=name_of)
def test_paths_that_a_text_names_exist(path):
    """Such as `data/events.csv`; NN stands for the number of a lesson."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for quoted in re.findall(r"`([\w.]+(?:/[\w.]*)+)`", text):
        if not quoted.startswith(".venv"):
            assert list(ROOT.glob(quoted.replace("NN", "[0-9][0-9]"))), quoted
