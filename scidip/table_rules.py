"""Read one CSV table and hold it against its schema in data/datapackage.json.

The schema is a Frictionless Table Schema, of which this module understands the part that the
course uses: the types string, number and integer, the constraints in ``CONSTRAINTS``, the primary
key and foreign keys of one column. It refuses what it doesn't understand. Three properties of a
field are the course's own:

- ``"list"``: a cell holds several values (``{"separator": ";"}``, with ``"enum"`` or
  ``"references"`` for each of them);
- ``"partialDate": true``: an ISO date that is only as precise as it is known (1954, 1954-10 or
  1954-10-12), and not in the future;
- ``"form"``: what the pattern asks for, in words.

A schema may also say how many ``"rows"`` a table has: the one way to notice that a file was cut
between two rows when no other table refers to it.

Two more rules protect the reader of a table: a file may not be absurdly large, and a text may not
begin like a formula, because a spreadsheet program would compute it.

Everything here works on plain strings: a row is a dictionary from column to text. Problems are
collected, each as one sentence with file, row and rule; the caller decides what to do. Rows are
counted as a spreadsheet shows them: the header is row 1, and a line break inside a cell doesn't
start a new row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

Row = dict[str, str]
Rows = list[Row]

PRECISION_OF_LENGTH = {4: "year", 7: "month", 10: "day"}
# Where a computer's clock is behind, the events up to this day are still not "in the future".
REVIEWED = date(2026, 11, 25)
RESTORE = "restore it from the course's repository"
CONSTRAINTS = {
    "required": bool,
    "unique": bool,
    "enum": list,
    "pattern": str,
    "maxLength": int,
    "minimum": (int, float),
    "maximum": (int, float),
}
# Limited in length, so that every number also fits into a column of numbers.
NUMBERS = {"number": r"-?[0-9]{1,15}(\.[0-9]{1,15})?", "integer": r"-?[0-9]{1,15}"}
# Far more than any table of the course has; it keeps a wrong file from filling the memory.
LARGEST = 50_000_000  # bytes
# Spreadsheet programs also take the wide forms of these signs, which East Asian keyboards give.
FORMULA = re.compile(r"[=+\-@＝＋－＠]")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# A lone CR, other control characters, invisible ones, and the traces of a wrong encoding.
UNREADABLE = re.compile(
    r"\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffd]"
    r"|[\xc2\xc3][\x80-\xbf]|\xe2\u20ac"
)


class DataError(ValueError):
    """A table can't be used. The message names file, row and rule in one sentence."""


def read_file(folder: Path, file: str) -> bytes:
    """Read a whole file, or say in one sentence why that is not possible.

    Parameters
    ----------
    folder : Path
        The folder of the tables; messages call it data/, whatever its name is.
    file : str
        The file's place in it, for example ``"series/launches.csv"``.

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        The file is missing, is a folder, may not be read, or has more than ``LARGEST`` bytes.
    """
    path = folder / file
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise DataError(
                f"data/{file}: the file has {size // 1_000_000:,} MB, and no table may have "
                f"more than {LARGEST // 1_000_000}; {RESTORE}."
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"data/{file}: the file is missing; {RESTORE}.") from None
    except OSError as error:
        raise DataError(
            f"data/{file}: the file can't be read ({error.strerror}); close the programs that "
            "use it, and check that it is a file and that you may read it."
        ) from None


def read_rows(folder: Path, name: str, columns: list[str]) -> Rows:
    """Read a whole CSV file, or refuse it.

    Parameters
    ----------
    folder : Path
        The folder of the tables.
    name : str
        The table's name: its file is ``<name>.csv`` in that folder, in UTF-8, with commas, one
        header row and a line break after the last row.
    columns : list of str
        The column names that the schema gives, in order.

    Returns
    -------
    list of dict
        One dictionary per row, column name to text ("" where the cell is empty).

    Raises
    ------
    DataError
        The file is missing, is too large, is not UTF-8, has other columns, or ends before its last
        row does.
    """
    file = f"{name}.csv"
    content = read_file(folder, file)

    def refusal(row: int, problem: str) -> DataError:
        return DataError(f"data/{file}, row {row}: {problem}.")

    if not content.strip(b"\xef\xbb\xbf\r\n\t "):
        raise DataError(f"data/{file}: the file is empty; {RESTORE}.")
    # What is not UTF-8 becomes the replacement character, which UNREADABLE finds with its row.
    text = content.decode("utf-8-sig", "replace")
    found = UNREADABLE.search(text)
    if found and found.end() < len(text):
        raise refusal(
            _row_at_end(text[: found.start()]),
            f"the text is not plain UTF-8 with usual line ends (found {found[0]!a}); save the "
            f"table as 'CSV UTF-8', or {RESTORE}",
        )
    if not text.endswith("\n"):
        raise refusal(
            _row_at_end(text),
            f"there is no line break at the end, so the row may be cut off; {RESTORE}, or add a "
            "line break if the row is whole",
        )

    lines: list[list[str]] = []
    try:
        for line in csv.reader(io.StringIO(text.replace("\r\n", "\n"), newline=""), strict=True):
            lines.append(line)
    except csv.Error:
        raise refusal(
            len(lines) + 1,
            "a quotation mark is not closed, or one inside a text is not doubled; correct the "
            "row, or restore the file",
        ) from None
    if lines[0] != columns:
        raise refusal(1, _header_problem(lines[0], columns))
    for number, line in enumerate(lines[1:], start=2):
        if not any(line):
            raise refusal(number, "the row is empty; delete it")
        if len(line) != len(columns):
            raise refusal(
                number,
                f"the number of cells is {len(line)}, but the header has {len(columns)}; the row "
                "is cut off, or a text or number with a comma is not inside quotation marks",
            )
        if any(cell.count('"') % 2 for cell in line):
            raise refusal(number, "a quotation mark has no partner; add or delete one")
    if len(lines) == 1:
        raise refusal(2, f"the table has a header but no rows; {RESTORE}")
    return [dict(zip(columns, line, strict=True)) for line in lines[1:]]


def _row_at_end(text: str) -> int:
    """Count the rows up to the end of a text; between quotation marks, a line break is none."""
    return 1 + sum(part.count("\n") for part in text.split('"')[::2])


def _header_problem(found: list[str], expected: list[str]) -> str:
    if len(found) == 1 and (";" in found[0] or "\t" in found[0]):
        return "the cells are not separated by commas; save the table as CSV with commas"
    for column in expected:
        if column not in found:
            return f"the column {column!r} is missing; restore the header row"
    for column in found:
        if column not in expected:
            return f"the column {column!r} is not in data/datapackage.json; delete it"
    if len(found) > len(expected):
        return "a column stands there twice; delete one"
    return "the columns are not in the order of data/datapackage.json; move them back"


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
    return tuple(cell.split(field["list"]["separator"]))


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
        What is wrong and what to do, such as ``"title is empty, but every row needs it; fill it
        in"``, or None when the cell is good.
    """
    rules = field.get("constraints", {})
    name = field["name"]
    if not text and rules.get("required"):
        return f"{name} is empty, but every row needs it; fill it in"
    if field["type"] == "string" and FORMULA.match(text) and not PLAIN_NUMBER.fullmatch(text):
        return (
            f"{name} {_shown(text)} begins with {text[0]!r}, so a spreadsheet may run it as a "
            "formula; begin with a word"
        )
    values = cell_values(text, field)
    for value in values:
        problem = _value_problem(value, field, rules)
        if problem:
            return f"{name} {_shown(value)} {problem}"
        if values.count(value) > 1:
            return f"{name} names {_shown(value)} twice; name it once"
    return None


def _value_problem(value: str, field: dict, rules: dict) -> str | None:
    if not value:
        return f"is an empty value in a list; delete one {field['list']['separator']!r}"
    if value != value.strip():
        return "begins or ends with a space; delete the space"
    # In a list field, a pattern is about the whole cell and repeats the enum for other software.
    is_list = "list" in field
    allowed = (field["list"] if is_list else rules).get("enum")
    if allowed is not None and value not in allowed:
        return f"is not allowed; write one of {', '.join(allowed)}"
    if field.get("partialDate"):
        try:
            first, _ = partial_date(value)
        except ValueError:
            return "is not a date of the calendar; write YYYY, YYYY-MM or YYYY-MM-DD"
        if first > max(date.today(), REVIEWED):
            return "lies in the future; correct the date"
    kind = field["type"]
    if kind in NUMBERS:
        if not re.fullmatch(NUMBERS[kind], value):
            if kind == "integer":
                return "is not a whole number; write digits only"
            return "is not a number; write digits with a decimal point, not a comma"
        low, high = rules.get("minimum", float("-inf")), rules.get("maximum", float("inf"))
        if not low <= float(value) <= high:
            return f"is outside {low} to {high}; correct it"
    if len(value) > rules.get("maxLength", len(value)):
        return f"has {len(value)} characters; shorten it to {rules['maxLength']}"
    pattern = None if is_list else rules.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        return f"is not valid; write {field.get('form', pattern)}"
    return None


def _shown(value: str) -> str:
    """Quote a value for a message; a long one is shortened and its words are counted."""
    if len(value) <= 60:
        return repr(value)
    return f"{value[:40] + '…'!r} (words: {len(value.split())})"


def broken_cells(name: str, rows: Rows, schema: dict) -> set[tuple[str, int, str]]:
    """Name the cells of one table that break a rule of the schema.

    Parameters
    ----------
    name, rows, schema
        As in :func:`table_problems`.

    Returns
    -------
    set of (table name, row number, column name)
        The header is row 1.

    Examples
    --------
    >>> schema = {"fields": [{"name": "size", "type": "integer"}], "primaryKey": ["size"]}
    >>> broken_cells("cities", [{"size": "3"}, {"size": "big"}], schema)
    {('cities', 3, 'size')}
    """
    return {
        (name, number, field["name"])
        for number, row in enumerate(rows, start=2)
        for field in schema["fields"]
        if cell_problem(row[field["name"]], field)
    }


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
        One sentence per problem, without its full stop; empty when there is none.
    """
    problems = []
    key = schema["primaryKey"]
    unique = [[f["name"]] for f in schema["fields"] if f.get("constraints", {}).get("unique")]
    keys = [key, *(columns for columns in unique if columns != key)]
    seen: dict[tuple, int] = {}
    # Cells repeat, above all in series: each text of a column is judged once.
    judged: dict[tuple[str, str], str | None] = {}
    for number, row in enumerate(rows, start=2):
        for field in schema["fields"]:
            cell = field["name"], row[field["name"]]
            if cell not in judged:
                judged[cell] = cell_problem(cell[1], field)
            if judged[cell]:
                problems.append(f"{place_of(name, number, row, key)}: {judged[cell]}")
        for columns in keys:
            value = tuple((column, row[column]) for column in columns)
            first = seen.setdefault(value, number)
            if first != number:
                problems.append(
                    f"{place_of(name, number, row, key)}: it has the same {' and '.join(columns)} "
                    f"as row {first}; delete or correct one"
                )
    expected = schema.get("rows", len(rows))
    if len(rows) != expected:
        problems.append(
            f"data/{name}.csv, row {len(rows) + 1}: the table ends here, with {len(rows)} rows, "
            f"but data/datapackage.json says {expected}; restore it, or correct that number"
        )
    return problems


def place_of(name: str, number: int, row: Row, key: list[str]) -> str:
    """Name a row for a message: file, row as a spreadsheet counts it, and key.

    Examples
    --------
    >>> place_of("events", 2, {"event_id": "1952-x"}, ["event_id"])
    'data/events.csv, row 2 (1952-x)'
    """
    label = " ".join(", ".join(row[column] for column in key if row[column]).split())
    return f"data/{name}.csv, row {number}" + (f" ({label[:80]})" if label else "")


def reference_problems(
    tables: dict[str, Rows],
    schemas: dict[str, dict],
    broken: Collection[tuple[str, int, str]] = (),
    proven: Collection[str] = (),
) -> list[str]:
    """List the cells that name a row of another table which is not there.

    Parameters
    ----------
    tables : dict of str to list of dict
        The tables to compare; references to tables that are not given are passed over.
    schemas : dict of str to dict
        Their schemas.
    broken : collection of (table name, row number, column name), optional
        From :func:`broken_cells`: cells whose problem is already known. They are passed over, and
        so are the references to a column in which one of them stands.
    proven : collection of str, optional
        Tables whose own references are known to be good.

    Returns
    -------
    list of str
        One sentence per broken reference, without its full stop.
    """
    problems = []
    unsure = {(table, column) for table, _, column in broken}
    for name, rows in tables.items():
        if name in proven:
            continue
        key = schemas[name]["primaryKey"]
        for field, target, target_column in references(schemas[name]):
            if target not in tables or (target, target_column) in unsure:
                continue
            known = {row[target_column] for row in tables[target]}
            for number, row in enumerate(rows, start=2):
                if (name, number, field["name"]) in broken:
                    continue
                for value in cell_values(row[field["name"]], field):
                    if value not in known:
                        problems.append(
                            f"{place_of(name, number, row, key)}: {field['name']} {value!r} "
                            f"has no row in data/{target}.csv; correct it, or add that row"
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


def schemas_of(package: dict) -> dict[str, dict]:
    """Take the tables' schemas from a data package, once they are as this module needs them.

    Parameters
    ----------
    package : dict
        The content of datapackage.json.

    Returns
    -------
    dict of str to dict
        Table name to schema.

    Raises
    ------
    LookupError, TypeError, AttributeError, ValueError, re.error
        The package is incomplete, or asks for a rule that this module doesn't know.
    """
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    if len(schemas) < len(package["resources"]):
        raise ValueError("two tables have the same name")
    for name, schema in schemas.items():
        columns = {field["name"] for field in schema["fields"]}
        if not columns or len(columns) < len(schema["fields"]):
            raise ValueError(f"the table {name} has no fields, or two with the same name")
        if not schema["primaryKey"] or not columns.issuperset(schema["primaryKey"]):
            raise ValueError(f"the primary key of the table {name} is not one of its fields")
        for field in schema["fields"]:
            rules, parts = field.get("constraints", {}), field.get("list", {"separator": ";"})
            if (
                field["type"] not in ("string", *NUMBERS)
                or not all(isinstance(rules[rule], CONSTRAINTS[rule]) for rule in rules)
                or not all(isinstance(v, str) for v in rules.get("enum", parts.get("enum", [])))
                or not parts["separator"]
            ):
                raise ValueError(f"the field {name}.{field['name']} has a rule of the wrong form")
            re.compile(rules.get("pattern", ""))
        for field, target, column in references(schema):
            if column not in [other["name"] for other in schemas[target]["fields"]]:
                raise ValueError(f"{name}.{field['name']} points to {target}.{column}")
    return schemas
