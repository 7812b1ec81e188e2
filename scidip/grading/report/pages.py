"""The pages: one for each student, one for the class.

Both are single files without script, for a screen, a screen reader and paper. Jinja2 escapes
everything that is put into them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scidip.figures import picture, plot_bars
from scidip.grading.model import (
    BY_HAND,
    CORRECT,
    ERROR,
    FAILED,
    GRADED,
    NOT_YET,
    STATUSES,
    UNTRIED,
    Mark,
    Result,
)
from scidip.grading.report.gradebooks import Gradebook
from scidip.grading.report.info import RunInfo
from scidip.grading.report.results_table import all_flags, number_key, question_numbers
from scidip.grading.report.wording import as_written, one_line
from scidip.questions.engine import questions_of

HERE = Path(__file__).parent
SIGNS = {CORRECT: "✓", NOT_YET: "↻", ERROR: "✕", UNTRIED: "○", BY_HAND: "✎"}
MOST_FLAGS, MOST_IDEAS, MOST_NOTES = 500, 15, 12
MESSAGE = 1_000  # characters


class Pages:
    """Write pages from templates, which are read once.

    Examples
    --------
    >>> page = Pages().feedback([Result("Ana", "a.ipynb", 3, "refused", "The file is empty.")])
    >>> b"The file is empty." in page
    True
    """

    def __init__(self):
        environment = Environment(
            loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        )  # fmt: skip
        environment.globals["look"] = Markup((HERE / "look.css").read_text("utf-8"))
        self._feedback = environment.get_template("feedback.html")
        self._class = environment.get_template("class.html")

    def feedback(self, results: Sequence[Result], others: Others | None = None) -> bytes:
        """Write the page of one student.

        Parameters
        ----------
        results : sequence of Result
            All of the student, one for each lesson.
        others : Others, optional
            Knows the class, so that no note on the page names another student.

        Returns
        -------
        bytes
            HTML in UTF-8. It holds no flags, no right answers and nothing of other students.
        """
        lessons = [_lesson_of_student(result, n, others) for n, result in enumerate(results)]
        name = shown_name(results[0].student)
        return self._feedback.render(name=name, lessons=lessons).encode("utf-8", "replace")

    def class_page(
        self,
        results: Sequence[Result],
        run: RunInfo,
        links: Mapping[str, str],
        books: Sequence[Gradebook] = (),
        problems: Sequence[str] = (),
    ) -> bytes:
        """Write the page of the class.

        Parameters
        ----------
        results : sequence of Result
            All of the class.
        run : RunInfo
            How they came about.
        links : mapping of str to str
            Student to the file name of the page; who is missing has no page.
        books : sequence of Gradebook
            The gradebook files.
        problems : sequence of str
            Files that could not be written.

        Returns
        -------
        bytes
            HTML in UTF-8, with the figures in it.
        """
        graded = [result for result in results if result.status == GRADED]
        numbers = sorted({r.lesson for r in graded}, key=_lesson_key)
        flags = [{"name": shown_name(r.student), "words": w} for r in results for w in all_flags(r)]
        page = self._class.render(
            summary=_summary_of_class(results),
            lessons=[_lesson_of_class(n, [r for r in graded if r.lesson == n]) for n in numbers],
            statuses=[_look(status) | {"word": status} for status in STATUSES],
            not_graded=[_row(r, links) for r in results if r.status != GRADED],
            flags=flags[:MOST_FLAGS],
            more_flags=max(0, len(flags) - MOST_FLAGS),
            students=[_row(result, links) for result in results],
            books=[_notes_of(book) for book in books],
            problems=list(map(one_line, problems)),
            run_tables=_run_tables(run),
            footer=_times(run),
            command=one_line(" ".join(map(str, run.command))),
        )
        return page.encode("utf-8", "replace")


# --- One student -----------------------------------------------------------------------------


def _lesson_of_student(result: Result, place: int, others: Others | None) -> dict:
    notes = [one_line(note, MESSAGE) for note in result.notes]
    if others is not None:
        notes = [note for note in notes if not others.are_named(note, result.student)]
    return {
        "key": f"lesson-{place + 1}",
        "title": _lesson_title(result.lesson),
        "graded": result.status == GRADED,
        "refusal": _refusal(result),
        "reason": "" if result.status == FAILED else one_line(result.reason, MESSAGE),
        "summary": _summary_of_student(result),
        "questions": [_question(result, mark, place) for mark in result.marks],
        "notes": notes,
        "file": _about_file(result),
    }


def _refusal(result: Result) -> str:
    if result.status == FAILED:
        return ("Your notebook could not be run because of a fault of the machine, not of yours. "
                "Your instructor will run it again.")  # fmt: skip
    return "Your notebook could not be graded."


def _summary_of_student(result: Result) -> str:
    by_hand = len(result.marks) - result.checked
    are = "is" if result.points == 1 else "are"
    words = f"{result.points} of {_counted(result.checked, 'question')} {are} correct."
    more = "are marked by a person." if by_hand != 1 else "is marked by a person."
    return f"{words} {_counted(by_hand, 'question')} {more}" if by_hand else words


def _question(result: Result, mark: Mark, place: int) -> dict:
    question = _question_with(mark.question)
    # A message about a known wrong idea says more than the first hint, which may not fit it.
    needs_hint = mark.status == UNTRIED or (mark.status == NOT_YET and not mark.misconception)
    hints = question.hints if question and needs_hint else ()
    answer, left_out = as_written(result.answers.get(mark.question, ""))
    return _look(mark.status) | {
        "number": one_line(mark.question, 20),
        "anchor": f"{place + 1}-{re.sub(r'[^0-9A-Za-z]', '-', mark.question)[:20]}",
        "title": question.title if question else "",
        "status": one_line(mark.status, 40),
        "message": one_line(mark.message, MESSAGE),
        "hint": hints[0] if hints else "",
        "more_hints": len(hints) > 1,
        "answer": answer if answer.strip() else "",
        "left_out": left_out,
    }


def _about_file(result: Result) -> str:
    """Name the student's own file, without the folders of the class above it."""
    own = one_line(re.split(r"[/\\!]", result.source)[-1], 200)
    when = f", handed in {one_line(result.submitted, 40)}" if result.submitted else ""
    older = len(result.older)
    more = f" It replaces {_counted(older, 'earlier file')} of yours." if older else ""
    return f"File: {own}{when}.{more}" if own else ""


class Others:
    """Tells whether a sentence names another student of the class.

    Parameters
    ----------
    students : iterable of str
        All names.

    Examples
    --------
    >>> others = Others(["Ana Silva", "Bo Li"])
    >>> others.are_named("The file is a copy of Bo Li's.", "Ana Silva")
    True
    """

    def __init__(self, students: Iterable[str]):
        self._by_word = defaultdict(set)
        for student in students:
            name = _words(student)
            if name:
                self._by_word[name[0].casefold()].add(name)

    def are_named(self, sentence: str, student: str) -> bool:
        """Look for the whole name of anybody but the student."""
        own, words = _words(student), _words(sentence)
        return any(
            name != own and _is_named(name, words, place)
            for place, word in enumerate(words)
            for name in self._by_word.get(word.casefold(), ())
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", one_line(text)))


def _is_named(name: tuple[str, ...], words: tuple[str, ...], place: int) -> bool:
    """Tell whether a name stands at a place of a sentence."""
    found = words[place : place + len(name)]
    if len(name) == 1:  # "An answer cell": no student of the name An or answer
        return found == name and place > 0
    return [word.casefold() for word in found] == [word.casefold() for word in name]


# --- The class -------------------------------------------------------------------------------


def _summary_of_class(results: Sequence[Result]) -> str:
    counts = Counter(result.status for result in results)
    students = len({result.student for result in results})
    parts = ", ".join(f"{counts[status]} {status}" for status in (GRADED, "refused", FAILED))
    return f"{_counted(len(results), 'submission')} by {_counted(students, 'student')}: {parts}."


def _lesson_of_class(lesson: int | None, results: Sequence[Result]) -> dict:
    numbers = question_numbers(results)
    found = defaultdict(Counter)
    fixed, ideas = Counter(), Counter()
    for mark in (mark for result in results for mark in result.marks):
        found[mark.question][mark.status] += 1
        fixed[mark.question] += mark.other_data == "fixed"
        if mark.misconception:
            ideas[(mark.question, one_line(mark.misconception, 300))] += 1
    lost = _lost(numbers, found)
    return {
        "key": f"lesson-{lesson if lesson is not None else 'unknown'}",
        "title": _lesson_title(lesson),
        "summary": _summary_of_lesson(results),
        "cost": _most_costly(lost, ideas, len(results)),
        "picture": _picture(lost, len(results), lesson),
        "questions": [
            {
                "number": number,
                "title": title_of(number),
                "counts": [found[number][status] for status in STATUSES],
                "fixed": fixed[number],
            }
            for number in numbers
        ],
        "misconceptions": [
            {"words": words, "number": number, "count": count}
            for (number, words), count in sorted(ideas.items(), key=_by_cost)[:MOST_IDEAS]
        ],
    }


def _by_cost(item: tuple) -> tuple:
    (number, words), count = item
    return -count, number_key(number), words


def _summary_of_lesson(results: Sequence[Result]) -> str:
    points = [result.points for result in results]
    most = max((result.checked for result in results), default=0)
    mean = sum(points) / len(points)
    return (
        f"{_counted(len(results), 'submission')} graded. On average {mean:.1f} of {most} questions "
        f"are correct, from {min(points)} to {max(points)}."
    )


def _lost(numbers: list[str], found: Mapping[str, Counter]) -> dict[str, int]:
    """Count the submissions without a correct answer. What a person marks costs nothing here."""
    checked = [number for number in numbers if found[number].total() > found[number][BY_HAND]]
    return {n: found[n].total() - found[n][CORRECT] - found[n][BY_HAND] for n in checked}


def _most_costly(lost: Mapping[str, int], ideas: Mapping[tuple, int], total: int) -> list[str]:
    """Say which question and which misconception cost most."""
    lines = []
    if lost and max(lost.values()):
        number = max(lost, key=lost.get)  # the first of equals
        title = title_of(number)
        named = f"{number} ({title})" if title else number
        lines.append(f"Question {named} cost most: {lost[number]} of {total} are not correct.")
    if ideas:
        (number, words), count = min(ideas.items(), key=_by_cost)
        lines.append(f"The misconception that cost most, {count} times in {number}: “{words}”")
    return lines


def _picture(lost: Mapping[str, int], total: int, lesson: int | None) -> Markup:
    """Draw what each question cost."""
    if not lost:
        return Markup("")
    title = f"{_lesson_title(lesson)}: submissions without a correct answer, of {total}"
    return Markup(
        picture(plot_bars(list(lost), list(lost.values()), title, "Source: results.csv."))
    )


def _notes_of(book: Gradebook) -> dict:
    notes = [one_line(note, MESSAGE) for note in book.notes]
    more = len(notes) - MOST_NOTES if len(notes) > MOST_NOTES + 1 else 0
    return {"name": book.name, "notes": notes[: len(notes) - more], "more": more}


def _row(result: Result, links: Mapping[str, str]) -> dict:
    page = links.get(result.student)
    graded = result.status == GRADED
    return {
        "name": shown_name(result.student),
        "link": f"feedback/{quote(page)}" if page else "",
        "lesson": "unknown" if result.lesson is None else result.lesson,
        "status": result.status,
        "points": result.points if graded else "",
        "of": result.checked if graded else "",
        "reason": one_line(result.reason, MESSAGE),
        "source": one_line(result.source, 300),
    }


def _run_tables(run: RunInfo) -> list[dict]:
    seed = {} if run.seed is None else {"seed of the other data": run.seed}
    tables = (
        ("What was in force while the answers ran", "Limit", "Value", run.containment),
        ("Versions and seed", "Name", "Value", {**run.versions, **seed}),
        ("Counts", "What", "How many", run.counts),
    )
    return [
        {"title": title, "what": what, "value": value,
         "rows": [(one_line(k, 200), one_line(v, 500)) for k, v in rows.items()]}
        for title, what, value, rows in tables if rows
    ]  # fmt: skip


def _times(run: RunInfo) -> str:
    when = f"Graded from {run.started} to {run.ended}, " if run.started else "Graded "
    return one_line(f"{when}in {run.seconds:,.1f} seconds.")


# --- Words that both pages use ---------------------------------------------------------------


def shown_name(student: str) -> str:
    """Give a name as a page shows it; a name of signs that can't be seen is none."""
    return one_line(student, 200) or "(no name)"


def _look(status: str) -> dict:
    """Give the class and the sign of a status."""
    known = status in STATUSES
    look = status.replace(" ", "-") if known else "unknown"
    return {"look": look, "sign": SIGNS.get(status, "?")}


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _lesson_title(lesson: int | None) -> str:
    return "Lesson unknown" if lesson is None else f"Exercises of lesson {lesson}"


def _lesson_key(lesson: int | None) -> tuple:
    return lesson is None, lesson or 0


def title_of(number: str) -> str:
    question = _question_with(number)
    return question.title if question else ""


@cache
def _question_with(number: str):
    """Give the course's question of a number, or None."""
    lesson = number.partition(".")[0]
    if not (lesson.isascii() and lesson.isdecimal() and len(lesson) < 3):
        return None
    return questions_of(int(lesson)).get(number)
