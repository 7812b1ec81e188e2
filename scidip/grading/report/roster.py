"""The class as Moodle or Canvas knows it, and who of it handed in what.

A roster is a CSV file that the platform exports: Canvas' gradebook, Moodle's gradebook, or the
grading worksheet of a Moodle assignment.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scidip.grading.report.info import ReportError
from scidip.grading.report.wording import name_key, one_line

CANVAS, MOODLE, WORKSHEET = "Canvas gradebook", "Moodle gradebook", "Moodle grading worksheet"
LARGEST = 50_000_000  # bytes

# What tells the kinds apart, in the order in which they are tried.
_NEEDED = {
    CANVAS: ({"ID", "Section"},),
    WORKSHEET: ({"Identifier", "Grade"},),
    MOODLE: ({"Email address"}, {"ID number"}, {"Username"}),
}
# Which column of each kind is compared with what is known of a student, from sure to less sure.
# "student" is the name in the report: where files are named so, it is a login or a number.
_STEPS = {
    CANVAS: (
        ("canvas_id", "ID"), ("login", "SIS Login ID"), ("email", "SIS Login ID"),
        ("student", "SIS Login ID"), ("student", "SIS User ID"), ("name", "*"),
    ),
    WORKSHEET: (
        ("moodle_id", "Identifier"), ("login", "Username"), ("email", "Email address"),
        ("student", "ID number"), ("student", "Username"), ("student", "Email address"),
        ("name", "*"),
    ),
    MOODLE: (
        ("login", "Username"), ("email", "Email address"), ("student", "ID number"),
        ("student", "Username"), ("student", "Email address"), ("name", "*"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Roster:
    """A file that a platform exported.

    Parameters
    ----------
    kind : str
        ``CANVAS``, ``MOODLE`` or ``WORKSHEET``.
    columns : tuple of str
        As the file names them.
    rows : tuple of dict
        One for each student.
    points : dict of str to str
        Canvas: the row with the points possible.
    """

    kind: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    points: dict[str, str] = field(default_factory=dict)


def read_roster(path: Path) -> Roster:
    """Read what Moodle or Canvas exported.

    Parameters
    ----------
    path : Path
        A CSV file in UTF-8 (or UTF-16 with its mark), with commas, semicolons or tabs.

    Returns
    -------
    Roster
        What it holds.

    Raises
    ------
    ReportError
        It is not such a file. The message says what to export instead.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "class.csv"
    >>> _ = path.write_text("First name,Last name,Email address\\nAna,Silva,ana@uni.example\\n")
    >>> read_roster(path).kind
    'Moodle gradebook'
    """
    table = _read_table(path)
    columns = tuple(cell.strip() for cell in table[0])
    kind = next((k for k, sets in _NEEDED.items() if any(s <= set(columns) for s in sets)), None)
    if kind is None:
        raise ReportError(
            f"The roster {path.name} has none of the columns that a gradebook has (Canvas: ID and "
            "Section; Moodle: Email address, ID number, Username or Identifier); export the "
            "gradebook in English as CSV."
        )
    twice = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    known = {column for _, column in _STEPS[kind]}
    if known & set(twice):
        raise ReportError(
            f"The roster {path.name} has the column {twice[0]} twice; export it again."
        )
    rows = [_as_row(columns, line) for line in table[1:] if any(cell.strip() for cell in line)]
    points = next((row for row in rows if "Points Possible" in next(iter(row.values()))), {})
    rows = [row for row in rows if row is not points and _is_student(kind, row)]
    if not rows:
        raise ReportError(f"The roster {path.name} has no student in it; export it again.")
    return Roster(kind, columns, tuple(rows), points)


def _read_table(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > LARGEST:
            raise ReportError(f"The roster {path.name} is larger than a gradebook can be.")
        content = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise ReportError(f"The roster {path.name} can't be read: {reason}.") from None
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ReportError(
            f"The roster {path.name} is not a CSV file in UTF-8; export the gradebook as CSV, not "
            "as Excel file, and do not save it with another program."
        )
    first = text.lstrip().partition("\n")[0]
    comma = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=comma))
    except csv.Error as problem:
        raise ReportError(f"The roster {path.name} is damaged: {problem}.") from None
    table = [line for line in table if line]
    if not table:
        raise ReportError(f"The roster {path.name} is empty; export it again.")
    return table


def _as_row(columns: tuple[str, ...], line: list[str]) -> dict[str, str]:
    cells = [cell.strip() for cell in line] + [""] * len(columns)
    return dict(zip(columns, cells, strict=False))


def _is_student(kind: str, row: dict[str, str]) -> bool:
    """Tell students from Canvas' rows about posting, and from its test student."""
    name = row.get("Student") or row.get("LastName", "")
    return kind != CANVAS or (bool(row["ID"]) and name != "Student, Test")


def match(
    roster: Roster, students: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Find the row of each student.

    Parameters
    ----------
    roster : Roster
        What the platform exported.
    students : mapping of str to mapping
        Name in the report to identity.

    Returns
    -------
    tuple
        Student to row, and one sentence for each student who can't be found or told from others;
        one more where students were found by a login, which may be another platform's.

    Examples
    --------
    >>> roster = Roster(MOODLE, (), ({"First name": "Ana", "Last name": "Silva",
    ...                              "Email address": "ana@uni.example"},))
    >>> found, problems = match(roster, {"Ana Silva": {}, "Bo": {}})
    >>> found["Ana Silva"]["Email address"], problems
    ('ana@uni.example', ['Bo is not in the roster.'])
    """
    steps = _STEPS[roster.kind]
    indexes = [_index(roster, *step) for step in steps]
    found: dict[str, tuple[int, int]] = {}  # student to step and row
    problems = []
    for student, identity in students.items():
        values = [_keys(student, identity, *step) for step in steps]
        hits = (
            (step, index.get(value))
            for step, (index, value) in enumerate(zip(indexes, values, strict=True))
            if value
        )
        step, rows = next(((step, rows) for step, rows in hits if rows), (0, []))
        if len(rows) == 1:
            found[student] = (step, rows[0])
        else:
            why = "fits more than one row of" if rows else "is not in"
            problems.append(f"{one_line(student)} {why} the roster.")
    clear, doubtful = _without_rivals(found)
    problems += [f"{one_line(student)} fits a row of the roster that fits others too."
                 for student in doubtful]  # fmt: skip
    by_login = sum(steps[found[student][0]][0] == "login" for student in clear)
    if by_login:
        problems.append(
            f"Found by a login: {by_login}. Compare the names where logins are GitHub's and not "
            "the university's."
        )
    return {student: roster.rows[row] for student, row in clear.items()}, problems


def _without_rivals(found: dict[str, tuple[int, int]]) -> tuple[dict[str, int], list[str]]:
    """Give each row to the student who fits it best; to nobody when two fit it equally."""
    claims = defaultdict(list)
    for student, (step, row) in found.items():
        claims[row].append((step, student))
    clear, doubtful = {}, []
    for row, rivals in claims.items():
        best = min(step for step, _ in rivals)
        winners = [student for step, student in rivals if step == best]
        if len(winners) == 1:
            clear[winners[0]] = row
        doubtful += [student for _, student in rivals if student not in clear]
    return clear, doubtful


def _index(roster: Roster, known: str, column: str) -> dict[object, list[int]]:
    index = defaultdict(list)
    for place, row in enumerate(roster.rows):
        value = _person(_name_in(row)) if known == "name" else _value(column, row.get(column, ""))
        if value:
            index[value].append(place)
    return index


def _keys(student: str, identity: Mapping[str, str], known: str, column: str) -> object:
    if known == "name":
        return _person(student)
    return _value(column, student if known == "student" else identity.get(known, ""))


def _value(column: str, cell: str) -> str:
    if column == "Identifier":  # "Participant 12345"; the word depends on the site's language
        numbers = re.findall(r"\d+", cell)
        return str(int(numbers[-1])) if numbers else ""
    return name_key(cell)


def _name_in(row: dict[str, str]) -> str:
    whole = row.get("Student") or row.get("Full name")
    last = row.get("LastName") or row.get("Last name") or row.get("Surname") or ""
    return whole or f"{row.get('FirstName') or row.get('First name') or ''} {last}"


def _person(name: str) -> tuple[str, ...]:
    """Give the words of a name in an order of their own: "Silva, Ana" is "Ana Silva"."""
    return tuple(sorted(name_key(name).replace(",", " ").replace("_", " ").split()))
