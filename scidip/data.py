"""The course's tables: where they come from, and that they are valid.

``load("events")`` gives a typed pandas DataFrame, or one sentence that says which file, row and
rule stand in the way. It never gives half a table. The rules are those of
data/datapackage.json, plus the few of :mod:`scidip.course_rules` that a schema can't say.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from scidip.columns import allowed_values, empty_cells, type_in_words
from scidip.course_rules import find_problems
from scidip.table_rules import (
    RESTORE,
    DataError,
    Rows,
    cell_values,
    partial_date,
    read_file,
    read_rows,
    references,
    schemas_of,
)

__all__ = [
    "DATA",
    "DataError",
    "cite",
    "describe",
    "load",
    "load_shared",
    "problems",
    "schema",
    "source",
    "sources_of",
    "tables",
]

DATA = Path(__file__).resolve().parent.parent / "data"
# The tables that hold each other up: none of them may be loaded without a check against the rest.
JOINS = {("events", "actors"), ("event_sources", "events"), ("event_sources", "sources")}
CORE = {table for pair in JOINS for table in pair}
NO_FIELDS = {"fields": []}
PACKAGE = "datapackage.json"
# Tables that list sources, each in a column with this name.
SOURCE_TABLES = ["sources", "series_sources"]
SOURCE_ID = "source_id"
MOST_KEPT = 128  # tables that stay in memory once they are loaded
MOST_CITED = 40  # sources that a citation still lists one by one
# The columns that stand behind a date of uncertain precision in a loaded table.
ADDED = {
    "year": ("whole number", "Year in which the event begins."),
    "first_day": ("day", "First day that the date may mean."),
    "last_day": ("day", "Last day that the date may mean; the end of a span."),
}


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
    _refuse_unknown(name, schemas)
    return _load_state(name, folder, _stamps(folder, _joined_with(name, schemas))).copy()


@lru_cache(maxsize=MOST_KEPT)
def _load_state(name: str, folder: Path, stamps: tuple) -> pd.DataFrame:
    """Load one state of the files; again only when one of them has changed."""
    schemas = _schemas(folder)
    wanted = _joined_with(name, schemas)
    # The core is joined with itself only, so it is proven once for all tables that point to it.
    rows = dict(_core(folder, _stamps(folder, CORE))) if wanted & CORE else {}
    proven = set(rows)
    others, refused = _read_all([t for t in schemas if t in wanted - proven], schemas, folder)
    if refused:
        raise refused[0]
    rows |= others
    _refuse_problems(find_problems(rows, schemas, proven))
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


@lru_cache(maxsize=MOST_KEPT)
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


def schema(name: str, folder: Path | str | None = None) -> dict:
    """Give the rules of a table: its entry in datapackage.json. It must not be changed.

    Parameters
    ----------
    name : str
        As in :func:`load`.
    folder : path, optional
        As in :func:`load`.

    Returns
    -------
    dict
        A Frictionless Table Schema.

    Raises
    ------
    DataError
        There is no such table, or datapackage.json can't be used.

    Examples
    --------
    >>> schema("events")["primaryKey"]
    ['event_id']
    """
    schemas = _schemas(_folder(folder))
    _refuse_unknown(name, schemas)
    return schemas[name]


def source(source_id: str, folder: Path | str | None = None) -> pd.Series:
    """Look up one source, of an event or of a figure in a series.

    Parameters
    ----------
    source_id : str
        As it stands in a column ``source_id``, for example ``"S001"``.
    folder : path, optional
        As in :func:`load`.

    Returns
    -------
    pandas.Series
        Its row: at least ``title``, ``publisher``, ``url``, ``published`` and ``kind``.

    Raises
    ------
    DataError
        No source has this name, or a table breaks a rule.

    Examples
    --------
    >>> source("S001")["publisher"]
    'China Daily (government portal)'
    """
    for name in SOURCE_TABLES:
        table = load(name, folder).set_index(SOURCE_ID)
        if isinstance(source_id, str) and source_id in table.index:
            return table.loc[source_id]
    files = " or ".join(f"data/{name}.csv" for name in SOURCE_TABLES)
    raise DataError(
        f"There is no source {str(source_id)[:60]!r} in {files}; look up its {SOURCE_ID}."
    )


def describe(name: str, folder: Path | str | None = None) -> pd.DataFrame:
    """Explain the columns of a table, one row for each.

    Parameters
    ----------
    name : str
        As in :func:`load`.
    folder : path, optional
        As in :func:`load`.

    Returns
    -------
    pandas.DataFrame
        The columns ``column``, ``type``, ``meaning``, ``allowed`` (which values it may hold) and
        ``empty`` (how many cells have none). The columns that :func:`load` adds come last.

    Raises
    ------
    DataError
        As in :func:`load`.

    Examples
    --------
    >>> describe("events").set_index("column").loc["tone", "allowed"]
    'cooperation, friction, mixed'
    """
    table = load(name, folder)
    rules = schema(name, folder)
    rows = [
        {
            "column": field["name"],
            "type": type_in_words(field),
            "meaning": field.get("description", ""),
            "allowed": allowed_values(field, rules),
            "empty": empty_cells(table[field["name"]]),
        }
        for field in rules["fields"]
    ]
    named = {row["column"] for row in rows}
    rows += [
        {"column": column, "type": kind, "meaning": meaning, "allowed": "any", "empty": 0}
        for column, (kind, meaning) in ADDED.items()
        if column in table and column not in named
    ]
    return pd.DataFrame(rows)


def cite(name: str, folder: Path | str | None = None) -> str:
    """Say how to cite a table, with the sources that its figures come from.

    Parameters
    ----------
    name : str
        As in :func:`load`.
    folder : path, optional
        As in :func:`load`.

    Returns
    -------
    str
        One line for the table. For a table with up to forty sources, as a series has, a line for
        each of them follows, with publisher, year and address; for more, the line says where the
        sources stand.

    Raises
    ------
    DataError
        As in :func:`load`.

    Examples
    --------
    >>> cite("events").endswith("table events (data set).")
    True
    """
    table = load(name, folder)
    package = _package(_folder(folder))
    authors = "; ".join(person["title"] for person in package.get("contributors", []))
    lines = [
        f"{authors} ({package.get('created', '')[:4]}). {package['title']}, version "
        f"{package.get('version', 'not stated')}, table {name} (data set)."
    ]
    named = {target for _, target, _ in references(schema(name, folder))} & set(SOURCE_TABLES)
    if not named:
        return lines[0]
    [listed] = named
    used = load(listed, folder).set_index(SOURCE_ID).loc[list(dict.fromkeys(table[SOURCE_ID]))]
    if len(used) > MOST_CITED:
        return f"{lines[0]} Its {len(used)} sources stand in the table {listed}."
    for row in used.itertuples():
        year = row.published[:4] if pd.notna(row.published) else "no date"
        lines.append(f"- {row.publisher} ({year}). {row.title}. {row.url}")
    return "\n".join(lines)


@lru_cache(maxsize=4)
def _core(folder: Path, stamps: tuple) -> dict[str, Rows]:
    """Read and check the core tables; again only when one of the files has changed."""
    schemas = _schemas(folder)
    rows, refused = _read_all([table for table in schemas if table in CORE], schemas, folder)
    if refused:
        raise refused[0]
    _refuse_problems(find_problems(rows, schemas))
    return rows


def _stamps(folder: Path, names: set[str]) -> tuple:
    """Tell one state of some files from another."""
    stamps = []
    for file in [PACKAGE, *(f"{name}.csv" for name in sorted(names))]:
        try:
            found = (folder / file).stat()
        except OSError:
            return (file, object())  # never the same twice: what is missing is looked for again
        stamps.append((found.st_mtime_ns, found.st_size, found.st_ino))
    return tuple(stamps)


def _refuse_problems(found: list[str]) -> None:
    if found:
        more = f" (the first of {len(found)} problems)" if len(found) > 1 else ""
        raise DataError(f"{found[0]}{more}.")


def _refuse_unknown(name: object, schemas: dict[str, dict]) -> None:
    if not isinstance(name, str) or name not in schemas:
        known = ", ".join(schemas)
        raise DataError(f"There is no table {str(name)[:60]!r}; the tables are {known}.")


def _folder(folder: Path | str | None) -> Path:
    return DATA if folder is None else Path(folder)


def _package(folder: Path) -> dict:
    """Read the data package; the same bytes are understood once only."""
    return _understand(read_file(folder, PACKAGE))[0]


def _schemas(folder: Path) -> dict[str, dict]:
    return _understand(read_file(folder, PACKAGE))[1]


@lru_cache(maxsize=4)
def _understand(content: bytes) -> tuple[dict, dict[str, dict]]:
    """Turn the bytes of datapackage.json into the package and its tables' schemas."""
    try:
        package = json.loads(content)
        schemas = schemas_of(package)
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
            f"data/{PACKAGE}: the file is damaged or incomplete ({reason}); {RESTORE}."
        ) from None
    return package, schemas


def _read(name: str, schemas: dict[str, dict], folder: Path) -> Rows:
    return read_rows(folder, name, [field["name"] for field in schemas[name]["fields"]])


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
