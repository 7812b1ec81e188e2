"""The copy of the course that a student's code sees: no question, no model answer, no verdict."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

from scidip import data

PACKAGE = Path(data.__file__).resolve().parent
# What a notebook of a student never needs, and what knows the answers.
LEFT_OUT = {"questions", "grading", "authoring.py", "cli.py", "codebook.py", "notebooks.py",
            "quick_nbformat.py", "pytest_plugin.py", "__pycache__"}  # fmt: skip
# Columns that hold the answers of exercises. Inside, they are empty.
HIDDEN = {
    "cases": ("labels", "accepted", "purposes", "why"),
    "article_claims": ("verdict", "accepted", "why", "corrected"),
}


def make_course_copy(target: Path) -> Path:
    """Write the course as an exercise needs it while it is graded.

    Parameters
    ----------
    target : Path
        An empty folder. It gets the folders ``scidip`` and ``data``.

    Returns
    -------
    Path
        The same folder.

    Raises
    ------
    OSError
        Something can't be read or written.
    """
    package = target / "scidip"
    shutil.copytree(
        PACKAGE, package, ignore=lambda _, names: [name for name in names if name in LEFT_OUT]
    )
    inside = PACKAGE / "grading" / "inside"
    questions = package / "questions"
    questions.mkdir()
    shutil.copy(PACKAGE / "questions" / "answers.py", questions)
    shutil.copy(inside / "questions.py", questions / "__init__.py")
    shutil.copytree(
        inside, package / "grading" / "inside", ignore=shutil.ignore_patterns("__pycache__")
    )
    (package / "grading" / "__init__.py").write_text('"""Only what runs inside."""\n', "utf-8")
    copy_tables(data.DATA, target / "data")
    _copy_font_list(target / "fonts")
    _let_read(target)
    return target


def copy_tables(tables: Path, target: Path) -> None:
    """Copy tables, without the columns that hold answers.

    Parameters
    ----------
    tables : Path
        A folder with a datapackage.json.
    target : Path
        A folder that does not exist yet.

    Raises
    ------
    OSError
        Something can't be read or written.
    """
    shutil.copytree(tables, target)
    hide_answers(target)
    _let_read(target)


def _let_read(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:  # the student's process may be another user
        path.chmod(0o755 if path.is_dir() else 0o644)


def _copy_font_list(target: Path) -> None:
    """Take along which fonts there are, so that matplotlib need not search for them again."""
    import matplotlib.font_manager  # the import makes the list, if it is missing

    target.mkdir()
    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(path, target)


def hide_answers(tables: Path) -> None:
    """Empty the columns that hold the answers of exercises, in a copy of the tables.

    Parameters
    ----------
    tables : Path
        A folder with a datapackage.json, which is changed so that the emptied tables are valid.
    """
    description = json.loads((tables / "datapackage.json").read_text(encoding="utf-8"))
    for resource in description["resources"]:
        hidden = HIDDEN.get(resource["name"], ())
        for field in resource["schema"]["fields"]:
            if field["name"] in hidden:
                field.pop("constraints", None)
        if hidden:
            _empty(tables / f"{resource['name']}.csv", hidden)
    (tables / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")


def _empty(path: Path, columns: tuple[str, ...]) -> None:
    write_rows(path, [row | dict.fromkeys(columns, "") for row in read_rows(path)])


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table as text, without its rules: what is written next need not keep them."""
    text = path.read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a table of a copy."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
