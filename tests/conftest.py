"""What several test modules need."""

import shutil

import pytest

from scidip.data import DATA


@pytest.fixture
def folder(tmp_path):
    """A copy of the tables in data/ that a test may break."""
    only_tables = shutil.ignore_patterns("*.md")
    return shutil.copytree(DATA, tmp_path / "data", ignore=only_tables)
