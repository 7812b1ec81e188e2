"""What several test modules need."""

import shutil

import pytest

from scidip.data import DATA


@pytest.fixture
def folder(tmp_path):
    """A copy of the folder data/ that a test may break."""
    for path in [*DATA.glob("*.csv"), DATA / "datapackage.json"]:
        shutil.copy(path, tmp_path)
    return tmp_path
