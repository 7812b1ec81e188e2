"""Events that a reader adds: checked by the rules of the course's table, kept in an own file.

They are never written into the course's folder data/.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pandas as pd

from scidip import data
from scidip.files import write
from scidip.table_rules import cell_problem
from scidip.timeline.table import complete

# A reader may leave these out; the course's own records may not.
OPTIONAL = {"actors", "aspects", "domain", "tone", "confidence", "date_precision", "event_id"}
FIELDS = (
    "event_id", "date", "end_date", "title", "summary", "actors", "organisations", "aspects",
    "domain", "tone", "place", "confidence", "note", "source",
)  # fmt: skip


def event_problems(event: dict[str, str]) -> list[str]:
    """Name everything that keeps an event from being added.

    Parameters
    ----------
    event : dict of str to str
        Column to text, as in data/events.csv; values of a list are separated by ``;``. ``source``
        is the address of a source.

    Returns
    -------
    list of str
        One sentence for each problem; empty when there is none.

    Examples
    --------
    >>> event_problems({"date": "1971", "title": "A visit", "summary": "Too short."})[0]
    "summary 'Too short.' is not valid; write 25 to 60 words."
    """
    found = []
    schema = {field["name"]: field for field in data.schema("events")["fields"]}
    for name in FIELDS:
        field = schema.get(name)
        if field is None or (name in OPTIONAL and not event.get(name)):
            continue
        problem = cell_problem(str(event.get(name) or ""), field)
        if problem:
            found.append(f"{problem}.")
    if not found:
        try:
            complete(pd.DataFrame([event]))
        except ValueError as error:
            found.append(str(error))
    return found


def read_own(path: Path | str) -> pd.DataFrame:
    """Read a file that :func:`write_own` has written.

    Raises
    ------
    ValueError
        A row can't be used; the message names it.
    """
    text = Path(path).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for number, row in enumerate(rows, start=2):
        problems = event_problems({k: v or "" for k, v in row.items() if k})
        if problems:
            raise ValueError(f"{Path(path).name}, row {number}: {problems[0]}")
    return pd.DataFrame(rows, columns=list(FIELDS)).fillna("")


def write_own(events: pd.DataFrame, path: Path | str) -> Path:
    """Write a reader's own events to a CSV file, whole or not at all.

    Parameters
    ----------
    events : pandas.DataFrame
        With the columns in ``FIELDS``.
    path : path
        A file outside the course's folder data/.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        The file lies in data/.
    """
    path = Path(path)
    if data.DATA in [path.resolve(), *path.resolve().parents]:
        raise ValueError(
            f"{path.name} would lie in the course's folder data/. Choose another folder: your "
            "events and the course's are kept apart."
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=os.linesep)
    writer.writerow(FIELDS)
    writer.writerows(
        events.reindex(columns=list(FIELDS)).astype(object).fillna("").astype(str).values
    )
    write(path, text.getvalue().encode("utf-8"))
    return path
