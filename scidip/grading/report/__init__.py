"""The report of a graded class: tables, gradebook files, pages, JUnit XML and a log.

Everything is written by ``scidip.files.write``: whole or not at all. The same results give the
same bytes; the time of the run stands in run.json, run.log and the page of the class only.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from scidip.files import write
from scidip.grading.model import Result
from scidip.grading.report.filenames import page_names
from scidip.grading.report.gradebooks import Gradebook, gradebooks
from scidip.grading.report.info import ReportError, RunInfo
from scidip.grading.report.junit import junit_xml
from scidip.grading.report.pages import Others, Pages, title_of
from scidip.grading.report.results_table import results_csv
from scidip.grading.report.roster import read_roster
from scidip.grading.report.wording import name_key, one_line

__all__ = ["ReportError", "RunInfo", "read_roster", "write_report"]

OF_ONE = re.compile(r"feedback/[^/\\]+\.html|gradebook_(moodle|canvas)_\d+\.csv")


def write_report(
    results: Sequence[Result],
    out: Path,
    run: RunInfo,
    roster: Path | None = None,
    say: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write everything that an instructor and the students get.

    Parameters
    ----------
    results : sequence of Result
        All of the class, in any order.
    out : Path
        The folder; it is made where it is missing. Pages and gradebook files of an earlier run
        that belong to nobody any more are removed, as somebody might send them. What else is in it
        stays.
    run : RunInfo
        How the results came about.
    roster : Path, optional
        A gradebook that Moodle or Canvas exported, whose ids are filled into the gradebook files.
    say : callable, optional
        Gets one sentence for each file that can't be written; the rest is written all the same.
        The sentences also stand in run.log and on the page of the class.

    Returns
    -------
    list of Path
        The files that were written: results.csv, ``gradebook_moodle_NN.csv`` and
        ``gradebook_canvas_NN.csv`` for each lesson, gradebook_notes.txt, junit.xml, a page for
        each student in feedback/, class.html, run.json and run.log.

    Raises
    ------
    ReportError
        The roster or the folder can't be used. Nothing has been written. ``read_roster`` tells
        before a class is graded whether its file can be used.

    Examples
    --------
    >>> import tempfile
    >>> from scidip.grading.model import Mark
    >>> ana = Result("Ana", "ana_03.ipynb", 3, "graded", marks=(Mark("3.1", "correct"),))
    >>> out = Path(tempfile.mkdtemp())
    >>> [path.relative_to(out).as_posix() for path in write_report([ana], out, RunInfo())][:2]
    ['results.csv', 'gradebook_moodle_03.csv']
    """
    known = read_roster(roster) if roster is not None else None
    results = sorted(results, key=_order)
    books = gradebooks(results, known)
    files = _Files(out, say)
    before = _written_before(out)
    files.add("results.csv", lambda: results_csv(results))
    for book in books:
        files.add(book.name, lambda book=book: book.content)
    files.add("gradebook_notes.txt", lambda: _notes(books))
    files.add("junit.xml", lambda: junit_xml(results, title_of))
    pages = Pages()
    links = _write_feedback(results, files, pages)
    files.add("class.html", lambda: pages.class_page(results, run, links, books, files.problems))
    files.remove(before)
    files.add("run.json", lambda: _run_json(run, files))
    files.add("run.log", lambda: _run_log(run, files))
    return files.written


class _Files:
    """Writes files into a folder, and remembers what could not be written."""

    def __init__(self, out: Path, say: Callable[[str], None] | None):
        self.out, self._say = out, say
        self.written: list[Path] = []
        self.problems: list[str] = []
        self.tried: set[str] = set()
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise ReportError(f"The folder {out} can't be made: {_reason(problem)}.") from None

    def add(self, name: str, content: Callable[[], bytes]) -> bool:
        """Write one file, and tell whether it was possible."""
        self.tried.add(name.casefold())
        path = self.out / name
        try:
            path.parent.mkdir(exist_ok=True)
            write(path, content())
        except OSError as problem:
            self._report(f"{name} could not be written: {_reason(problem)}.")
            return False
        self.written.append(path)
        return True

    def remove(self, names: set[str]) -> None:
        """Remove files of an earlier run, save those that this one wrote or tried to write."""
        for name in sorted(names):
            if name.casefold() in self.tried:  # on some systems a and A are one file
                continue
            try:
                (self.out / name).unlink(missing_ok=True)
            except OSError as problem:
                self._report(f"{name} is old and could not be removed: {_reason(problem)}.")

    def _report(self, words: str) -> None:
        self.problems.append(words)
        if self._say is not None:
            self._say(words)


def _written_before(out: Path) -> set[str]:
    """Give the files in a folder that belong to single students or lessons of an earlier run."""
    try:
        names = json.loads((out / "run.json").read_bytes())["files"]
        return {name for name in names if OF_ONE.fullmatch(name)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__


def _order(result: Result) -> tuple:
    lesson = -1 if result.lesson is None else result.lesson
    return name_key(result.student), result.student, lesson, result.source


def _write_feedback(results: Sequence[Result], files: _Files, pages: Pages) -> dict[str, str]:
    """Write one page after the other; give the names of those that are there."""
    by_student = defaultdict(list)
    for result in results:
        by_student[result.student].append(result)
    names, others = page_names(by_student), Others(by_student)
    return {
        student: names[student]
        for student, own in by_student.items()
        if files.add(f"feedback/{names[student]}", lambda own=own: pages.feedback(own, others))
    }


def _notes(books: Sequence[Gradebook]) -> bytes:
    parts = ["\n".join([book.name, *(f"- {one_line(note)}" for note in book.notes)])
             for book in books]  # fmt: skip
    words = "\n\n".join(parts) or "Nothing was graded, so there is no gradebook file."
    return f"{words}\n".encode("utf-8", "replace")


def _run_json(run: RunInfo, files: _Files) -> bytes:
    values = {
        "run": run.to_json(),
        "files": [path.relative_to(files.out).as_posix() for path in files.written],
        "problems": files.problems,
    }
    return json.dumps(values, ensure_ascii=False, indent=1, default=str).encode("utf-8", "replace")


def _run_log(run: RunInfo, files: _Files) -> bytes:
    lines = [
        f"started: {run.started}",
        f"ended: {run.ended}",
        f"seconds: {run.seconds:.1f}",
        f"command: {' '.join(map(str, run.command))}",
        *(f"version of {name}: {value}" for name, value in run.versions.items()),
        *(f"in force, {name}: {value}" for name, value in run.containment.items()),
        f"seed: {'none' if run.seed is None else run.seed}",
        *(f"count, {name}: {value}" for name, value in run.counts.items()),
        f"files written: {len(files.written)}",
        *(f"problem: {problem}" for problem in files.problems),
    ]
    return ("\n".join(map(one_line, lines)) + "\n").encode("utf-8", "replace")
