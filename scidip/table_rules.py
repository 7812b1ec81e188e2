"""Read one CSV table and hold it against its schema in data/datapackage.json.

The schema is a Frictionless Table Schema, of which this module understands the part that the
course uses: field types, ``required``, ``unique``, ``enum``, ``pattern``, ``minimum``,
``maximum``, the primary key and foreign keys. Two properties of a field are the course's own:
``"list"`` says that a cell holds several values (``{"separator": ";"}``, with ``"enum"`` or
``"references"`` for each of them), and ``"partialDate": true`` marks an ISO date that is only as
precise as it is known (1954, 1954-10 or 1954-10-12).

Everything here works on plain strings: a row is a dictionary from column to text. Problems are
collected, each as one sentence with file, row and rule; the caller decides what to do.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

Row = dict[str, str]
Rows = list[Row]

PRECISION_OF_LENGTH = {4: "year", 7: "month", 10: "day"}


class DataError(ValueError):
    """A table can't be used. The message names file, row and rule in one sentence."""


def read_rows(path: Path, columns: list[str]) -> Rows:
    """Read a whole CSV file, or refuse it.

    Parameters
    ----------
    path : Path
        The CSV file: UTF-8, comma, one header row.
    columns : list of str
        The column names that the schema gives, in order.

    Returns
    -------
    list of dict
        One dictionary per row, column name to text ("" where the cell is empty).

    Raises
    ------
    DataError
        The file is missing, is not UTF-8, has other columns, or ends before its last row does.
    """
    name = f"data/{path.name}"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise DataError(
            f"{name}: the file is missing; restore it from the course's repository."
        ) from None
    except UnicodeDecodeError as error:
        row = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DataError(
            f"{name}, row {row}: the text is not UTF-8; save the table as 'CSV UTF-8'."
        ) from None
    except OSError as error:
        raise DataError(f"{name}: the file can't be read ({error.strerror}).") from None
    if not text.strip():
        raise DataError(f"{name}: the file is empty; restore it from the course's repository.")
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{name}, row {row}: the file holds bytes that are not text; restore it.")

    try:
        lines = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error as error:
        row = text.count("\n") + 1
        raise DataError(
            f"{name}, row {row}: a quotation mark is not closed, so the file seems cut off "
            f"({error}); restore it."
        ) from None
    if lines[0] != columns:
        raise DataError(_header_problem(name, lines[0], columns))
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(columns):
            raise DataError(
                f"{name}, row {number}: {len(line)} cells where the header has {len(columns)}; "
                "the row is cut off, or a comma in a text is not inside quotation marks."
            )
    if not text.endswith("\n"):
        raise DataError(
            f"{name}, row {len(lines)}: the file ends in the middle of a row; restore it."
        )
    if len(lines) == 1:
        raise DataError(f"{name}, row 2: the table has a header but no rows; restore it.")
    return [dict(zip(columns, line, strict=True)) for line in lines[1:]]


def _header_problem(name: str, found: list[str], expected: list[str]) -> str:
    if len(found) == 1 and (";" in found[0] or "\t" in found[0]):
        return f"{name}, row 1: the cells are not parted by commas; save the table as CSV (comma)."
    missing = [column for column in expected if column not in found]
    unknown = [column for column in found if column not in expected]
    if missing:
        return f"{name}, row 1: the column {missing[0]!r} is missing; restore the header."
    if unknown:
        return f"{name}, row 1: the column {unknown[0]!r} is not in data/datapackage.json."
    return f"{name}, row 1: the columns are not in the order of data/datapackage.json."


def cell_values(cell: str, field: dict) -> tuple[str, ...]:
    """Give the values that a cell holds: several in a list field, one in any other, or none.

    Parameters
    ----------
    cell : str
        The cell's text, "" when empty.
    field : dict
        The field's entry in the schema.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> cell_values("CHN;USA", {"name": "actors", "list": {"separator": ";"}})
    ('CHN', 'USA')
    """
    if not cell:
        return ()
    if "list" not in field:
        return (cell,)
    return tuple(part.strip() for part in cell.split(field["list"]["separator"]))


def partial_date(text: str) -> tuple[date, date]:
    """Turn a date of any precision into the first and the last day that it may mean.

    Parameters
    ----------
    text : str
        ISO 8601: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Returns
    -------
    (date, date)
        First and last possible day; equal when the day is known.

    Raises
    ------
    ValueError
        The text is not a date in one of the three forms.

    Examples
    --------
    >>> partial_date("1978-06")
    (datetime.date(1978, 6, 1), datetime.date(1978, 6, 30))
    """
    # Digits only by [0-9]: \d would also let through digits of other scripts.
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
        raise ValueError(f"{text!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
    numbers = [int(part) for part in text.split("-")]
    first = date(*numbers, *[1] * (3 - len(numbers)))
    if len(numbers) == 3:
        return first, first
    if len(numbers) == 1 or numbers[1] == 12:
        return first, date(first.year, 12, 31)
    next_month = date(first.year, first.month + 1, 1)
    return first, date.fromordinal(next_month.toordinal() - 1)


def cell_problem(text: str, field: dict) -> str | None:
    """Say which rule of the schema a cell breaks.

    Parameters
    ----------
    text : str
        The cell.
    field : dict
        The field's entry in the schema.

    Returns
    -------
    str or None
        A sentence part such as ``"tone 'warm' is not one of cooperation, friction, mixed"``,
        or None when the cell is good.
    """
    rules = field.get("constraints", {})
    name = field["name"]
    if text == "":
        return f"{name} is empty, but every row needs one" if rules.get("required") else None
    if text != text.strip():
        return f"{name} {text!r} begins or ends with a space"
    values = cell_values(text, field)
    if len(set(values)) < len(values):
        return f"{name} {text!r} names a value twice"
    for value in values:
        problem = _value_problem(value, field, rules)
        if problem:
            return f"{name} {value!r} {problem}"
    return None


def _value_problem(value: str, field: dict, rules: dict) -> str | None:
    is_list = "list" in field
    allowed = field["list"].get("enum") if is_list else rules.get("enum")
    if allowed is not None and value not in allowed:
        return f"is not one of {', '.join(allowed)}"
    kind = field["type"]
    if kind == "string" and field.get("format") == "uri":
        address = urlsplit(value)
        if address.scheme not in ("http", "https") or not address.netloc or " " in value:
            return "is not a web address that begins with http:// or https://"
    if field.get("partialDate"):
        try:
            partial_date(value)
        except ValueError:
            return "is not a date; write YYYY, YYYY-MM or YYYY-MM-DD"
    if kind in ("number", "integer"):
        try:
            number = float(value) if kind == "number" else int(value)
        except ValueError:
            return f"is not {'a number' if kind == 'number' else 'a whole number'}"
        low, high = rules.get("minimum", number), rules.get("maximum", number)
        # A comparison with "not a number" is always false, so this form refuses it too.
        if not low <= number <= high:
            return f"is outside {low} to {high}"
    pattern = None if is_list else rules.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        return f"does not have the form {field.get('form', pattern)}"
    return None


def table_problems(name: str, rows: Rows, schema: dict) -> list[str]:
    """List every rule that the rows of one table break.

    Parameters
    ----------
    name : str
        The table's name, as in ``data/<name>.csv``.
    rows : list of dict
        From :func:`read_rows`.
    schema : dict
        The table's schema.

    Returns
    -------
    list of str
        One sentence per problem, in row order; empty when there is none.
    """
    problems = []
    key = schema.get("primaryKey", [])
    unique = [f["name"] for f in schema["fields"] if f.get("constraints", {}).get("unique")]
    seen: dict[tuple, dict] = {}
    for number, row in enumerate(rows, start=2):
        where = place_of(name, number, row, key)
        for field in schema["fields"]:
            problem = cell_problem(row[field["name"]], field)
            if problem:
                problems.append(f"{where}: {problem}.")
        for columns in [key, *([column] for column in unique if [column] != key)]:
            value = tuple(row[column] for column in columns)
            first = seen.setdefault(tuple(columns), {}).setdefault(value, number)
            if columns and first != number:
                label = " and ".join(columns)
                problems.append(f"{where}: the same {label} stands in row {first}; use each once.")
    return problems


def place_of(name: str, number: int, row: Row, key: list[str]) -> str:
    """Name a row for a message: file, row as a spreadsheet counts it, and key.

    Examples
    --------
    >>> place_of("events", 2, {"event_id": "1952-x"}, ["event_id"])
    'data/events.csv, row 2 (1952-x)'
    """
    label = ", ".join(row[column] for column in key if row[column])
    return f"data/{name}.csv, row {number}" + (f" ({label})" if label else "")


def reference_problems(tables: dict[str, Rows], schemas: dict[str, dict]) -> list[str]:
    """List the cells that name a row of another table which is not there.

    Parameters
    ----------
    tables : dict of str to list of dict
        The tables to compare; references to tables that are not given are passed over.
    schemas : dict of str to dict
        Their schemas.

    Returns
    -------
    list of str
        One sentence per broken reference.
    """
    problems = []
    for name, rows in tables.items():
        key = schemas[name].get("primaryKey", [])
        for field, target, target_column in references(schemas[name]):
            if target not in tables:
                continue
            known = {row[target_column] for row in tables[target]}
            for number, row in enumerate(rows, start=2):
                for value in cell_values(row[field["name"]], field):
                    if value not in known:
                        problems.append(
                            f"{place_of(name, number, row, key)}: {field['name']} {value!r} "
                            f"has no row in data/{target}.csv."
                        )
    return problems


def references(schema: dict) -> list[tuple[dict, str, str]]:
    """List the fields of a table that point to another table.

    Returns
    -------
    list of (field, table name, column name)
        From the schema's foreign keys, and from its list fields.
    """
    fields = {field["name"]: field for field in schema["fields"]}
    found = [
        (fields[key["fields"][0]], key["reference"]["resource"], key["reference"]["fields"][0])
        for key in schema.get("foreignKeys", [])
    ]
    for field in schema["fields"]:
        target = field.get("list", {}).get("references")
        if target:
            found.append((field, target["resource"], target["field"]))
    return found
