"""What several test modules need."""

import shutil

import nbformat
import pytest

from scidip.data import DATA


@pytest.fixture
def folder(tmp_path):
    """A copy of the tables in data/ that a test may break."""
    only_tables = shutil.ignore_patterns("*.md")
    return shutil.copytree(DATA, tmp_path / "data", ignore=only_tables)


@pytest.fixture(scope="module")
def lesson(request):
    """The notebook that a module names as its LESSON."""
    return nbformat.read(request.module.LESSON, as_version=4)


@pytest.fixture(scope="module")
def prose(lesson):
    """The sources of the lesson's cells, by id."""
    return {cell.id: cell.source for cell in lesson.cells}


@pytest.fixture(scope="module")
def printed(lesson):
    """What the lesson's code cells have printed, by id."""
    return {
        cell.id: "".join(out.get("text", "") for out in cell.outputs)
        for cell in lesson.cells
        if cell.cell_type == "code"
    }


@pytest.fixture(scope="session")
def grader():
    """One grader for all tests, as its start takes some seconds."""
    from grading_class import settings

    from scidip.grading.batch import Grader

    made = Grader(settings())
    yield made
    made.close()
