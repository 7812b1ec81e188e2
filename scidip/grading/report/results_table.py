"""results.csv: a row for each student and exercise."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from scidip.grading.model import GRADED, Result
from scidip.grading.report.wording import one_line

CELL = 8_000  # characters that lists of notes and sources may take
# Spreadsheets take a text that begins so for a formula. The last four are their wide twins.
_FORMULA = re.compile(r"\s*['\"]?[=+\-@|%＝＋－＠]")
FIRST = ("student", "lesson", "status", "points", "of")
LAST = ("flags", "notes", "source", "submitted", "older", "reason")


def results_csv(results: Sequence[Result]) -> bytes:
    """Write all results as one table.

    Parameters
    ----------
    results : sequence of Result
        In the order of the rows.

    Returns
    -------
    bytes
        CSV in UTF-8 with a byte order mark, so that Excel shows all names. Columns: student,
        lesson, status, points, of; one for each question with its status; one ``… reason`` for
        each question; flags, notes, source, submitted, older, reason. A question of another
        lesson is an empty cell. pandas reads it with ``pandas.read_csv(path)``; for a student
        whose name is NA, add ``keep_default_na=False``.

    Examples
    --------
    >>> print(results_csv([Result("Ana", "a.ipynb", 3, "refused", "Empty.")]).decode("utf-8-sig"))
    "student","lesson","status","points","of","flags","notes","source","submitted","older","reason"
    "Ana",3,"refused","","","","","a.ipynb","","","Empty."
    <BLANKLINE>
    """
    questions = question_numbers(results)
    header = [*FIRST, *questions, *(f"{number} reason" for number in questions), *LAST]
    return csv_bytes(header, (_row(result, questions) for result in results), mark=True)


def question_numbers(results: Iterable[Result]) -> list[str]:
    """List the questions of all results, 3.9 before 3.10."""
    numbers = {mark.question for result in results for mark in result.marks}
    return sorted(numbers, key=number_key)


def number_key(number: str) -> tuple:
    """Give what orders the numbers of questions."""
    return tuple((not part.isdecimal(), part.zfill(6)) for part in number.split("."))


def all_flags(result: Result) -> list[str]:
    """List what an instructor should look at, with the number of the question before it."""
    found = []
    for mark in result.marks:
        flags = list(mark.flags)
        if mark.other_data == "fixed" and not any("other data" in flag for flag in flags):
            flags.append("right here, wrong on other data")
        found += [f"{mark.question}: {one_line(flag)}" for flag in flags]
    return found


def _row(result: Result, questions: list[str]) -> list:
    marks = {mark.question: mark for mark in result.marks}
    graded = result.status == GRADED
    lesson = "" if result.lesson is None else result.lesson
    points = [result.points, result.checked] if graded else ["", ""]
    return [
        result.student, lesson, result.status, *points,
        *(marks[number].status if number in marks else "" for number in questions),
        *(marks[number].message if number in marks else "" for number in questions),
        " | ".join(all_flags(result)), _listed(result.notes), result.source, result.submitted,
        _listed(result.older), result.reason,
    ]  # fmt: skip


def _listed(parts: Iterable[str]) -> str:
    return " | ".join(map(one_line, parts))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence], mark: bool) -> bytes:
    """Write a table as CSV in which no cell is a formula.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    rows : iterable of sequence
        Texts and numbers.
    mark : bool
        Whether a byte order mark comes first. Excel needs it; Canvas does not read a file in
        which it stands before a quotation mark.

    Returns
    -------
    bytes
        Every text in quotation marks: a sign that another country's Excel takes for the end of a
        cell stays inside.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig" if mark else "utf-8")


def safe_cell(value: object) -> object:
    """Flatten a text, and put an apostrophe before what a spreadsheet would calculate.

    Examples
    --------
    >>> safe_cell('=HYPERLINK("http://x")'), safe_cell("a\\nb"), safe_cell(-1)
    ('\\'=HYPERLINK("http://x")', 'a b', -1)
    """
    if isinstance(value, (int, float)):
        return value
    words = one_line(value, CELL)
    # A dash alone is no formula, and Moodle writes it for "never".
    return f"'{words}" if _FORMULA.match(words) and words != "-" else words
