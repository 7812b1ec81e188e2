"""Files that Moodle and Canvas import.

What the imports need was read here:

- Moodle Docs, "Grade import" (https://docs.moodle.org/405/en/Grade_import; read in the versions
  /311/, /27/ and the difference page of /405/): users are mapped by email address (case matters),
  ID number, user id or username; feedback has to come with the grade; grades are points.
- Moodle's importers, grade/import/csv/classes/load_data.php and
  mod/assign/feedback/offline/importgradeslib.php (https://github.com/moodle/moodle): one unknown
  user stops the whole import, and a row *without* user is given to the user of the row before it.
  So a row stands in the file only when it has what users are mapped by. A grading worksheet needs
  the columns Identifier, Grade and Last modified (grade).
- Canvas' importer and exporter, lib/gradebook_importer.rb and lib/gradebook_exporter.rb
  (https://github.com/instructure/canvas-lms): the first columns are Student, ID, SIS User ID, SIS
  Login ID, Section, in this order; an assignment is known by the number in brackets behind its
  name, else by its whole name, else a new one is made; the row Points Possible sets its points.
- Ohio State University, "Import CSV file to Carmen grades" (https://teaching.resources.osu.edu/
  toolsets/carmencanvas/guides/calculating-final-grades/import-csv-file-carmen-grades), and
  Virginia Commonwealth University, "Gradebook Action Menu" (https://ts.vcu.edu/askit/
  teaching-and-learning/canvas/faculty/grading-faculty/gradebook-action-menu-faculty/): what has to
  be in Canvas' file, and that a score overwrites the one that is there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scidip.grading.model import BY_HAND, CORRECT, GRADED, Result
from scidip.grading.report.info import ReportError
from scidip.grading.report.results_table import csv_bytes, safe_cell
from scidip.grading.report.roster import CANVAS, WORKSHEET, Roster, match
from scidip.grading.report.wording import one_line

FEEDBACK = 4_000  # characters
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
WORKSHEET_COLUMNS = ("Identifier", "Full name", "Email address", "Grade", "Maximum grade",
                     "Last modified (grade)", "Feedback comments")  # fmt: skip
ASK_FOR_ROSTER = (
    "Canvas knows students by its own ids: export its gradebook as CSV and give it as roster, and "
    "the ids and the assignment are filled in."
)
# What Moodle can map users by, from what it knows itself to what a person typed.
MOODLE_KEYS = ("Identifier", "Email address", "ID number", "Username")


@dataclass(frozen=True)
class Gradebook:
    """A file for a platform.

    Parameters
    ----------
    name : str
        Of the file.
    content : bytes
        CSV in UTF-8.
    notes : tuple of str
        What an instructor has to know before the import, one sentence each.
    """

    name: str
    content: bytes
    notes: tuple[str, ...]


def gradebooks(results: Sequence[Result], roster: Roster | None = None) -> list[Gradebook]:
    """Write a file for Moodle and one for Canvas for each lesson.

    Parameters
    ----------
    results : sequence of Result
        Of any lessons. What was refused or failed has no grade and stands in no file.
    roster : Roster, optional
        What the platform exported; fills in its ids.

    Returns
    -------
    list of Gradebook
        ``gradebook_moodle_03.csv``, ``gradebook_canvas_03.csv`` and so on.

    Raises
    ------
    ReportError
        The roster is of one assignment, and the results are of several.

    Examples
    --------
    >>> from scidip.grading.model import Mark
    >>> ana = Result("Ana", "a.ipynb", 3, GRADED, marks=(Mark("3.1", CORRECT),),
    ...              identity={"canvas_id": "17"})
    >>> print(gradebooks([ana])[1].content.decode())
    "Student","ID","SIS User ID","SIS Login ID","Section","Exercise 03"
    "    Points Possible","","","","",1
    "Ana","17","","","",1
    <BLANKLINE>
    """
    lessons = sorted({result.lesson for result in results if _counts(result)})
    if roster and roster.kind == WORKSHEET and len(lessons) > 1:
        raise ReportError(
            "The roster is the grading worksheet of one assignment, and these are exercises of "
            f"{len(lessons)} lessons; grade one lesson at a time, or give Moodle's gradebook."
        )
    of_canvas = roster if roster and roster.kind == CANVAS else None
    of_moodle = None if of_canvas else roster
    found = []
    for lesson in lessons:
        chosen = [result for result in results if result.lesson == lesson and _counts(result)]
        # Moodle gives a student another number in each assignment, so each lesson by itself.
        known, missing = ({}, [])
        if roster:
            known, missing = match(roster, {r.student: r.identity for r in chosen})
        found.append(_moodle(lesson, chosen, of_moodle, known, missing if of_moodle else []))
        found.append(_canvas(lesson, chosen, of_canvas, known, missing if of_canvas else []))
    return found


def _counts(result: Result) -> bool:
    return result.status == GRADED and result.lesson is not None


# --- Moodle ----------------------------------------------------------------------------------


def _moodle(lesson, results, roster, known, missing) -> Gradebook:
    rows = {r.student: known.get(r.student, {}) if roster else None for r in results}
    people = {r.student: _moodle_ids(r, rows[r.student]) for r in results}
    key = max(MOODLE_KEYS, key=lambda key: sum(bool(p.get(key)) for p in people.values()))
    if roster and roster.kind == WORKSHEET:
        key = "Identifier"
    here = [result for result in results if people[result.student].get(key)]
    found = [r for r in results if not roster or r.student in known]
    notes = [*missing, *_left_out(found, here, f"{key} that Moodle could know")]
    make = _worksheet if key == "Identifier" else _grade_import
    header, rows, said = make(lesson, here, people, key, _points(results))
    name = f"gradebook_moodle_{lesson:02d}.csv"
    return Gradebook(name, csv_bytes(header, rows, mark=False), (*said, *notes))


def _moodle_ids(result: Result, row: Mapping[str, str] | None) -> dict[str, str]:
    identity = result.identity
    if row is not None:
        kept = {name: row.get(name, "") for name in (*MOODLE_KEYS, "Full name", "Maximum grade",
                                                     "Last modified (grade)")}  # fmt: skip
        first, last = row.get("First name", ""), row.get("Last name") or row.get("Surname") or ""
        found = kept | {"Full name": kept["Full name"] or f"{first} {last}".strip()}
    else:
        number = identity.get("moodle_id", "").strip()
        found = {
            "Identifier": f"Participant {number}" if _is_number(number) else "",
            "Email address": identity.get("email", ""),
            "Full name": result.student,
        }
    return found | {key: _usable(found.get(key, "")) for key in MOODLE_KEYS}


def _is_number(identifier: str) -> bool:
    return identifier.isascii() and identifier.isdecimal()


def _usable(identifier: str) -> str:
    """Give an identifier, or nothing where it is none or a spreadsheet would calculate it."""
    words = one_line(identifier, 200)
    return words if words == identifier.strip() and safe_cell(words) == words else ""


def _worksheet(lesson, results, people, key, points):
    """Write the form of an assignment's grading worksheet."""
    rows = []
    for result in results:
        person = people[result.student]
        most = _number(person.get("Maximum grade")) or points
        rows.append([
            person[key], person["Full name"], person["Email address"],
            _scaled(result.points, points, most), most,
            person.get("Last modified (grade)") or "-", _feedback(result),
        ])  # fmt: skip
    said = [
        f"Moodle, lesson {lesson}: open the assignment, choose Upload grading worksheet. The "
        "assignment needs the feedback types Offline grading worksheet and Feedback comments. To "
        "replace grades that are there, allow updating of records that Moodle changed later.",
        "The word Participant and the names of the columns are those of Moodle in English: set "
        "your own language in Moodle to English for the upload.",
    ]
    return WORKSHEET_COLUMNS, rows, [*said, _about_points(rows, 4, points)]


def _grade_import(lesson, results, people, key, points):
    """Write the form that Moodle's gradebook imports; Moodle asks which column is which."""
    others = [name for name in MOODLE_KEYS[1:] if name != key]
    full = [o for o in others if results and all(people[r.student].get(o) for r in results)]
    columns = [key, *full]
    title = f"Exercise {lesson:02d}"
    rows = [
        [people[r.student]["Full name"], *(people[r.student][c] for c in columns), r.points,
         _feedback(r)]
        for r in results
    ]  # fmt: skip
    said = [
        f"Moodle, lesson {lesson}: Grades > Import > CSV file. Map from {key} to {key}, map "
        f"{title} to the grade item and {title} (Feedback) to its feedback.",
        f"The maximum grade of the item has to be {points}: Moodle takes the points as they are.",
    ]
    return ["Full name", *columns, title, f"{title} (Feedback)"], rows, said


def _feedback(result: Result) -> str:
    """Say in one line how each question ended. Moodle takes it for HTML."""
    parts = []
    for mark in result.marks:
        quiet = mark.status in (CORRECT, BY_HAND) or not mark.message
        parts.append(f"{mark.question}: {mark.status}." + ("" if quiet else f" {mark.message}"))
    return html.escape(one_line(" ".join(parts), FEEDBACK), quote=False)


# --- Canvas ----------------------------------------------------------------------------------


def _canvas(lesson, results, roster, known, missing) -> Gradebook:
    column, notes = _assignment(lesson, roster)
    points = _points(results)
    most = _number(roster.points.get(column)) if roster else 0
    most = most or points
    rows, here = [["    Points Possible", "", "", "", "", most]], []
    for result in results:
        person = _canvas_ids(result, known.get(result.student, {}) if roster else None)
        if any(person[1:4]):
            here.append(result)
            rows.append([*person, _scaled(result.points, points, most)])
    found = [r for r in results if not roster or r.student in known]
    notes = [
        f"Canvas, lesson {lesson}: Grades > Import. A score in the file replaces the one that is "
        "in Canvas.",
        *notes,
        *([_about_points(rows, -1, points)] if most != points else []),
        *missing,
        *_left_out(found, here, "ID that Canvas could know"),
    ]
    if not roster:
        notes.insert(1, ASK_FOR_ROSTER)
    content = _exact_first_cell(csv_bytes([*CANVAS_COLUMNS, column], rows, mark=False))
    return Gradebook(f"gradebook_canvas_{lesson:02d}.csv", content, tuple(notes))


def _exact_first_cell(content: bytes) -> bytes:
    """Give back the blanks before Points Possible, with which Canvas writes it."""
    return content.replace(b'"Points Possible"', b'"    Points Possible"', 1)


def _canvas_ids(result: Result, row: Mapping[str, str] | None) -> list[str]:
    if row is not None:
        last_first = f"{row.get('LastName', '')}, {row.get('FirstName', '')}".strip(", ")
        name = row.get("Student") or last_first
        return [name, *(_usable(row.get(column, "")) for column in CANVAS_COLUMNS[1:4]),
                row.get("Section", "")]  # fmt: skip
    number = result.identity.get("canvas_id", "").strip()
    # A login may be GitHub's, and then somebody else's here: it counts only against a roster.
    return [result.student, number if _is_number(number) else "", "", "", ""]


def _assignment(lesson: int, roster: Roster | None) -> tuple[str, list[str]]:
    """Give the heading of the column, and what to say about it."""
    title = f"Exercise {lesson:02d}"
    if roster is None:
        return title, []
    named = [c for c in roster.columns if re.search(r" \(\d+\)$", c)]
    number = re.compile(rf"(?<![\d.]){lesson:d}(?![\d.])|(?<!\d){lesson:02d}(?!\d)")
    fitting = [c for c in named if number.search(c.rpartition(" (")[0])]
    if len(fitting) == 1:
        return fitting[0], []
    which = "more than one assignment" if fitting else "no assignment"
    return title, [
        f"The roster has {which} with the number {lesson} in its name; Canvas will make a new one, "
        f"{title}, unless you write the heading of the right column over it."
    ]


# --- Points ----------------------------------------------------------------------------------


def _points(results: Sequence[Result]) -> int:
    return max((result.checked for result in results), default=0)


def _number(cell: str | None) -> float:
    """Read what a platform says is the most that can be reached; 0 where it says nothing."""
    try:
        value = float((cell or "").replace(",", "."))
    except ValueError:
        return 0
    if not 0 < value < 1e6:
        return 0
    return int(value) if value.is_integer() else value


def _scaled(points: int, of: int, most: float) -> float:
    """Bring points to the platform's scale: 5 of 6 are 83.33 where it counts to 100."""
    if most == of or not of:
        return points
    value = round(points * most / of, 2)
    return int(value) if float(value).is_integer() else value


def _about_points(rows: list, column: int, points: int) -> str:
    if all(row[column] == points for row in rows[:1]):
        return f"The assignment's maximum has to be {points} points."
    most = rows[0][column]
    return f"{points} points here are {most} on the platform: the grades are scaled to that."


def _left_out(results: Sequence[Result], here: Sequence[Result], needed: str) -> list[str]:
    inside = {result.student for result in here}
    if results and not inside:
        return [f"Not one student has an {needed}: no student is in the file."]
    return [f"{one_line(r.student)} has no {needed}: not in the file."
            for r in results if r.student not in inside]  # fmt: skip
