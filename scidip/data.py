"""The course's tables: where they come from, and that they are valid.

``load("events")`` gives a typed pandas DataFrame, or one sentence that says which file, row and
rule stand in the way. It never gives half a table. The rules are those of
data/datapackage.json, plus the few below that a schema can't say.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from scidip.table_rules import (
    PRECISION_OF_LENGTH,
    RESTORE,
    DataError,
    Row,
    Rows,
    broken_cells,
    cell_values,
    partial_date,
    place_of,
    read_file,
    read_rows,
    reference_problems,
    references,
    schemas_of,
    table_problems,
)

__all__ = ["DATA", "DataError", "load", "load_shared", "problems", "sources_of", "tables"]

DATA = Path(__file__).resolve().parent.parent / "data"
# The tables that hold each other up: none of them may be loaded without a check against the rest.
JOINS = {("events", "actors"), ("event_sources", "events"), ("event_sources", "sources")}
CORE = {table for pair in JOINS for table in pair}
NO_FIELDS = {"fields": []}
# Columns that say where a span begins and where it ends.
SPANS = [("date", "end_date"), ("start", "end")]


def tables(folder: Path | str | None = None) -> list[str]:
    """Name the tables that :func:`load` knows.

    Parameters
    ----------
    folder : path, optional
        A folder with a datapackage.json; the course's own data/ by default.

    Returns
    -------
    list of str

    Examples
    --------
    >>> tables()[:4]
    ['events', 'sources', 'event_sources', 'actors']
    """
    return list(_schemas(_folder(folder)))


def load(name: str, folder: Path | str | None = None) -> pd.DataFrame:
    """Load one table, checked and typed.

    Parameters
    ----------
    name : str
        A name from :func:`tables`, for example ``"events"``.
    folder : path, optional
        A folder with the same tables; the course's own data/ by default.

    Returns
    -------
    pandas.DataFrame
        A fresh copy: changing it changes nothing else. List columns hold tuples of text. A column
        with a date of uncertain precision stays as written, and three columns are added behind it:
        ``year`` (whole number), ``first_day`` and ``last_day`` (timestamps, the span of days that
        the date may mean; for an event with an ``end_date``, ``last_day`` is the end of that).

    Raises
    ------
    DataError
        The table, or a table that it is joined with, is missing, cut off or breaks a rule. The
        message names file, row and rule, and how many further problems there are.

    Examples
    --------
    >>> events = load("events")
    >>> events.loc[events["event_id"].str.contains("medical-team-algeria"), "actors"].item()
    ('CHN', 'DZA')
    """
    folder = _folder(folder)
    schemas = _schemas(folder)
    if not isinstance(name, str) or name not in schemas:
        known = ", ".join(schemas)
        raise DataError(f"There is no table {str(name)[:60]!r}; the tables are {known}.")
    wanted = _joined_with(name, schemas)
    rows, refused = _read_all([table for table in schemas if table in wanted], schemas, folder)
    if refused:
        raise refused[0]
    found = find_problems(rows, schemas)
    if found:
        more = f" (the first of {len(found)} problems)" if len(found) > 1 else ""
        raise DataError(f"{found[0]}{more}.")
    return _frame(rows[name], schemas[name])


def load_shared(name: str) -> pd.DataFrame:
    """Load one of the course's tables for reading only, again only when its file has changed.

    For the course's own code, which looks into the same table many times. All callers get the same
    frame, so nobody may change it; a notebook takes :func:`load`, which gives a copy of its own.

    Parameters
    ----------
    name : str
        As in :func:`load`.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        As in :func:`load`.

    Examples
    --------
    >>> load_shared("actors") is load_shared("actors")
    True
    """
    path = DATA / f"{name}.csv"
    return _load_once(name, DATA, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=8)
def _load_once(name: str, folder: Path, changed: int) -> pd.DataFrame:
    return load(name, folder)


def problems(folder: Path | str | None = None) -> list[str]:
    """List every problem of all tables at once, for an editor who has changed some of them.

    The rules are those of :func:`load`, which stops at the first problem. A table that can't be
    read is named with one sentence; the others are checked without it.

    Parameters
    ----------
    folder : path, optional
        As in :func:`load`.

    Returns
    -------
    list of str
        One sentence per problem: first the files that can't be read, then the cells table by
        table and row by row, then what rows say against each other. Empty when all is well.
        Nothing is raised: a folder without a usable datapackage.json gives one sentence.

    Examples
    --------
    >>> problems()
    []
    >>> problems("no-such-folder")[0]
    "data/datapackage.json: the file is missing; restore it from the course's repository."
    """
    folder = _folder(folder)
    try:
        schemas = _schemas(folder)
    except DataError as error:
        return [str(error)]
    rows, refused = _read_all(list(schemas), schemas, folder)
    sentences = [str(error) for error in refused]
    return sentences + [f"{problem}." for problem in find_problems(rows, schemas)]


def sources_of(event_id: str, folder: Path | str | None = None) -> pd.DataFrame:
    """List the sources of one event, with what each of them supports.

    Parameters
    ----------
    event_id : str
        An ``event_id`` of the table ``events``.
    folder : path, optional
        As in :func:`load`.

    Returns
    -------
    pandas.DataFrame
        The rows of ``sources`` that belong to the event, with the column ``supports``.

    Raises
    ------
    DataError
        The event is not in the table, or a table breaks a rule.

    Examples
    --------
    >>> "supports" in sources_of("1963-04-06-first-medical-team-algeria")
    True
    """
    links = load("event_sources", folder)
    if not isinstance(event_id, str) or event_id not in set(links["event_id"]):
        raise DataError(
            f"There is no event {str(event_id)[:60]!r} in data/events.csv; look up its event_id."
        )
    links = links[links["event_id"] == event_id]
    return links.merge(load("sources", folder), on="source_id", validate="many_to_one")


def find_problems(rows: dict[str, Rows], schemas: dict[str, dict]) -> list[str]:
    """List every problem of a set of tables: cells, references, then the course's own rules.

    Parameters
    ----------
    rows : dict of str to list of dict
        The tables as text. References to a table that is not among them are passed over.
    schemas : dict of str to dict
        Their schemas.

    Returns
    -------
    list of str
        One sentence per problem, without its full stop. What only repeats the problem of a cell
        is left out.
    """
    found, broken = [], set()
    for name, table in rows.items():
        in_table = table_problems(name, table, schemas[name])
        found += in_table
        if in_table:
            broken |= broken_cells(name, table, schemas[name])
    found += reference_problems(rows, schemas, broken)
    bad_rows = {(name, number) for name, number, _ in broken}
    for name, table in rows.items():
        for number, row in enumerate(table, start=2):
            if (name, number) not in bad_rows:
                where = place_of(name, number, row, schemas[name]["primaryKey"])
                found += [f"{where}: {problem}" for problem in _row_problems(row)]
    if "event_sources" in rows:
        found += _unused_problems(rows, schemas, broken)
    if "events" in rows and "actors" in rows:
        found += _ended_problems(rows, bad_rows)
    return found


def _ended_problems(rows: dict[str, Rows], bad_rows: set[tuple[str, int]]) -> list[str]:
    """Find events with a former state as an actor that lie wholly after its end."""
    ends = {
        actor["code"]: actor["end"]
        for number, actor in enumerate(rows["actors"], start=2)
        if actor["end"] and ("actors", number) not in bad_rows
    }
    found = []
    for number, row in enumerate(rows["events"], start=2):
        if ("events", number) in bad_rows:
            continue
        for code in row["actors"].split(";"):
            if row["date"][:4] > ends.get(code, row["date"]):
                found.append(
                    f"{place_of('events', number, row, ['event_id'])}: actors {code!r} existed "
                    f"until {ends[code]} only; correct the actor or the date"
                )
    return found


def _row_problems(row: Row) -> list[str]:
    """Find what the cells of one row say against each other."""
    found = []
    for begin, end in SPANS:
        first, last = row.get(begin), row.get(end)
        if first and last and partial_date(last)[1] < partial_date(first)[0]:
            found.append(f"{end} {last!r} lies before {begin} {first!r}; correct one of them")
    if row.get("date") and row.get("date_precision"):
        known = PRECISION_OF_LENGTH[len(row["date"])]
        if row["date_precision"] != known:
            found.append(
                f"date {row['date']!r} is known to the {known}, but date_precision says "
                f"{row['date_precision']!r}; correct one of them"
            )
    if bool(row.get("latitude")) != bool(row.get("longitude")):
        found.append("latitude and longitude belong together; give both, or neither")
    return found


def _unused_problems(
    rows: dict[str, Rows], schemas: dict[str, dict], broken: set[tuple[str, int, str]]
) -> list[str]:
    """Every event needs a source, every source an event: this also finds a file cut at a row."""
    unsure = {(name, column) for name, _, column in broken}
    found = []
    for field, table, column in references(schemas["event_sources"]):
        if ("event_sources", field["name"]) in unsure or (table, column) in unsure:
            continue
        linked = {link[field["name"]] for link in rows["event_sources"]}
        for number, row in enumerate(rows.get(table, []), start=2):
            if row[column] not in linked:
                where = place_of(table, number, row, [column])
                found.append(
                    f"{where}: every event needs a source and every source an event, but no row of "
                    f"data/event_sources.csv names this {column}; add one there"
                )
    return found


def _folder(folder: Path | str | None) -> Path:
    return DATA if folder is None else Path(folder)


def _schemas(folder: Path) -> dict[str, dict]:
    content = read_file(folder / "datapackage.json")
    try:
        schemas = schemas_of(json.loads(content))
        joins = {
            (t, target) for t in CORE for _, target, _ in references(schemas.get(t, NO_FIELDS))
        }
        if not joins >= JOINS:
            core = ", ".join(sorted(CORE))
            raise ValueError(f"one of the tables {core} is missing or not joined")
    except (ValueError, LookupError, TypeError, AttributeError, re.error, RecursionError) as error:
        reasons = {
            json.JSONDecodeError: f"line {getattr(error, 'lineno', 0)} is not JSON",
            UnicodeDecodeError: "the text is not UTF-8",
            KeyError: f"{error} is missing or not known",
            ValueError: f"{error}",
        }
        reason = reasons.get(type(error), "a part has the wrong form")
        raise DataError(
            f"data/datapackage.json: the file is damaged or incomplete ({reason}); {RESTORE}."
        ) from None
    return schemas


def _read(name: str, schemas: dict[str, dict], folder: Path) -> Rows:
    return read_rows(folder / f"{name}.csv", [field["name"] for field in schemas[name]["fields"]])


def _read_all(
    names: list[str], schemas: dict[str, dict], folder: Path
) -> tuple[dict[str, Rows], list[DataError]]:
    """Read tables; those that can't be read are missing from the rows and give an error each."""
    rows, refused = {}, []
    for name in names:
        try:
            rows[name] = _read(name, schemas, folder)
        except DataError as error:
            refused.append(error)
    return rows, refused


def _joined_with(name: str, schemas: dict[str, dict]) -> set[str]:
    """Find the tables that one table needs: those that it refers to, and the core as a whole.

    Not those that refer to it: a mistake in the glossary must not close the events.
    """
    wanted: set[str] = set()
    grown = {name}
    while grown != wanted:
        wanted = set(grown)
        if wanted & CORE:
            grown |= CORE
        for table in wanted:
            grown |= {target for _, target, _ in references(schemas[table])}
    return wanted


def _frame(rows: Rows, schema: dict) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for field in schema["fields"]:
        name = field["name"]
        texts = [row[name] for row in rows]
        if "list" in field:
            columns[name] = pd.Series([cell_values(text, field) for text in texts], dtype=object)
        elif field["type"] == "string":
            columns[name] = pd.Series([text or None for text in texts], dtype="str")
        elif field["type"] == "integer":
            numbers = [int(text) if text else None for text in texts]
            columns[name] = pd.Series(numbers, dtype="Int64")
        else:
            numbers = [float(text) if text else None for text in texts]
            columns[name] = pd.Series(numbers, dtype="float64")
        if name == "date" and field.get("partialDate"):
            columns |= _days(rows)
    return pd.DataFrame(columns)


def _days(rows: Rows) -> dict[str, pd.Series]:
    first, last = zip(*(partial_date(row["date"]) for row in rows), strict=True)
    ends = [row.get("end_date") for row in rows]
    last = [partial_date(end)[1] if end else day for end, day in zip(ends, last, strict=True)]
    return {
        "year": pd.Series([day.year for day in first]),
        "first_day": pd.Series(pd.to_datetime(list(first))),
        "last_day": pd.Series(pd.to_datetime(list(last))),
    }
