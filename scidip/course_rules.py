"""The rules of the course's own tables that a schema can't say.

They work on plain strings, like :mod:`scidip.table_rules`, which knows the rules of the schema.
"""

from __future__ import annotations

from collections.abc import Collection

from scidip.table_rules import (
    PRECISION_OF_LENGTH,
    Row,
    Rows,
    broken_cells,
    partial_date,
    place_of,
    reference_problems,
    references,
    table_problems,
)

# Columns that say where a span begins and where it ends.
SPANS = [("date", "end_date"), ("start", "end")]
# Columns that say more exactly what the whole number in ``year`` stands for.
EXACT = ["period", "as_of"]


def find_problems(
    rows: dict[str, Rows], schemas: dict[str, dict], proven: Collection[str] = ()
) -> list[str]:
    """List every problem of a set of tables: cells, references, then the course's own rules.

    Parameters
    ----------
    rows : dict of str to list of dict
        The tables as text. References to a table that is not among them are passed over.
    schemas : dict of str to dict
        Their schemas.
    proven : collection of str
        Names of tables that are known to be without a problem, in themselves and among each other.

    Returns
    -------
    list of str
        One sentence per problem, without its full stop. What only repeats the problem of a cell
        is left out.
    """
    found, broken = [], set()
    unproven = {name: table for name, table in rows.items() if name not in proven}
    for name, table in unproven.items():
        in_table = table_problems(name, table, schemas[name])
        found += in_table
        if in_table:
            broken |= broken_cells(name, table, schemas[name])
    found += reference_problems(rows, schemas, broken, proven)
    bad_rows = {(name, number) for name, number, _ in broken}
    for name, table in unproven.items():
        for number, row in enumerate(table, start=2):
            problems = [] if (name, number) in bad_rows else _row_problems(row)
            if problems:
                where = place_of(name, number, row, schemas[name]["primaryKey"])
                found += [f"{where}: {problem}" for problem in problems]
    if "event_sources" in unproven:
        found += _unused_problems(rows, schemas, broken)
    if "events" in unproven and "actors" in unproven:
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
    for column in EXACT:
        if row.get("year") and row.get(column) and row[column][:4] != row["year"]:
            found.append(
                f"{column} {row[column]!r} does not begin in the year {row['year']!r}; correct one "
                "of them"
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
