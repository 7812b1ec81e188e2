"""The tables as text, read without pandas and without the course's own loader."""

import csv

from notebook_rules import ROOT


def rows(name, **wanted):
    """Rows of a table, such as "series/vaccines", whose columns hold what is wanted."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[k] == v for k, v in wanted.items())]


def one(name, **wanted):
    """The one row of a table whose columns hold what is wanted."""
    found = rows(name, **wanted)
    assert len(found) == 1, wanted
    return found[0]
