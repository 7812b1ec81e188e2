"""What several test modules need."""

import shutil

import pytest

from scidip.data import DATA


@pytest.fixture
def folder(tmp_path):
    """A copy of the tables in data/ that a test may break."""
    only_tables = shutil.ignore_patterns("*.md")
    return shutil.copytree(DATA, tmp_path / "data", ignore=only_tables)


@pytest.fixture(scope="session")
def grader():
    """One grader for all tests, as its start takes some seconds."""
    from grading_class import settings

    from scidip.grading.batch import Grader

    made = Grader(settings())
    yield made
    made.close()
