"""Check, hint and solution: what a student gets when working on an exercise.

``check`` finds the question by its number, lets it judge the answer, and gives one
:class:`Outcome`. It never raises, save in strict mode.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import re
import textwrap
import warnings
from pathlib import Path
from typing import Any

from scidip import data
from scidip.questions.answers import NotYet, is_kind, text
from scidip.questions.display import NotCorrect, Outcome, code_page, prose_page, show_words
from scidip.questions.kinds import Match, Open, Question
from scidip.status import CORRECT, DISCUSSION, NOT_YET, UNKNOWN
from scidip.strict import is_strict

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
MARK = "# solution"  # in a code cell of solutions/, what follows is the model answer
LINE = 88  # characters of printed text
NOTHING = object()  # stands for "no answer was given to check"


def check(number: str = "", answer: Any = NOTHING, *more: Any) -> Outcome:
    """Say whether an answer is correct, not yet, or not tried yet. It never raises.

    Parameters
    ----------
    number : str
        The exercise, such as ``"2.1"``.
    answer : object
        The answer, of any kind.

    Returns
    -------
    Outcome
        It shows itself as the last line of a cell.

    Raises
    ------
    NotCorrect
        Only in strict mode (``SCIDIP_STRICT=1``), on anything but *correct*; an open question,
        which no machine marks, passes.

    Examples
    --------
    >>> check("2.1", ____).status
    'not tried yet'
    >>> check("2.1", "22")
    Exercise 2.1: not yet. This is text; take the quotation marks away, then it is a number.
    """
    if more:
        outcome = Outcome("", UNKNOWN, "Put one answer behind the number; a list counts as one.")
    else:
        outcome = _outcome(number, answer)
    if is_strict() and outcome.status not in (CORRECT, DISCUSSION):
        raise NotCorrect(repr(outcome))
    return outcome


def hint(number: str) -> None:
    """Show the next hint of an exercise; after the last one, say where the model answer is.

    Parameters
    ----------
    number : str
        The exercise, such as ``"2.1"``.

    Examples
    --------
    >>> hint("0.0")
    There is no exercise "0.0". The number stands in the heading of the task.
    """
    question, problem = find_question(number)
    if question is None:
        return show_words(problem)
    number, count = question.number, len(question.hints)
    turn = _hints_shown.get(number, 0)
    _hints_shown[number] = (turn + 1) % (count + 1)
    if turn == count:
        return show_words(
            f"Exercise {number}: there are no more hints. "
            f'solution("{number}") shows the model answer.'
        )
    return show_words(f"Exercise {number}, hint {turn + 1} of {count}: {question.hints[turn]}")


_hints_shown: dict[str, int] = {}


def solution(number: str) -> None:
    """Show the model answer of an exercise, as it stands in solutions/.

    Parameters
    ----------
    number : str
        The exercise, such as ``"2.1"``.

    Examples
    --------
    >>> solution(2)
    Write the number of the exercise in quotation marks, such as "2.1".
    """
    question, problem = find_question(number)
    if question is None:
        return show_words(problem)
    try:
        answers = model_answers(question.number)
    except FileNotFoundError:
        return show_words(
            f"Exercise {question.number}: the model answer is not in this copy of the course; "
            "ask your instructor."
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return show_words(
            f"Exercise {question.number}: the file with the model answer can't be read; "
            "restore the folder solutions/ from the course's repository."
        )
    for place, answer in enumerate(answers, start=1):
        which = f" {place} of {len(answers)}" if len(answers) > 1 else ""
        twin = prose_page(answer) if isinstance(question, Open) else code_page(answer)
        show_words(f"Exercise {question.number}, model answer{which}:", answer, twin)
    return None


def show(number: str) -> None:
    """Print the labelled lines that a task speaks of, made from the table of events.

    Parameters
    ----------
    number : str
        The exercise, such as ``"2.4"``.

    Examples
    --------
    >>> show("2.1")
    Exercise 2.1 has no list of labels.
    """
    question, problem = find_question(number)
    if question is None:
        print(problem)
    elif question.labels is None:
        print(f"Exercise {question.number} has no list of labels.")
    else:
        events = data.load_shared("events")
        lists = [question.labels(events)]
        if isinstance(question, Match):
            lists.append(question.options(events))
        for place, lines in enumerate(lists):
            if place:
                print()
            for label, words in lines.items():
                # JupyterLab would break a long line in the middle of a word.
                print(textwrap.fill(f"{label}  {words}", LINE, subsequent_indent=" " * 3))


def split_answer(source: str) -> tuple[list[str], list[str]] | None:
    """Part the code of a cell at the mark of the model answer.

    Parameters
    ----------
    source : str
        The code of a cell.

    Returns
    -------
    (list of str, list of str) or None
        The lines before the first line ``# solution`` and those behind it; None without a mark.

    Examples
    --------
    >>> split_answer("# The year.\\n# solution\\nyear = 1950")
    (['# The year.'], ['year = 1950'])
    """
    lines = source.splitlines()
    for place, line in enumerate(lines):
        if is_mark(line):
            return lines[:place], lines[place + 1 :]
    return None


def is_mark(line: str) -> bool:
    """Tell whether a line is the mark; spaces behind it can't be seen and don't count."""
    return line.rstrip() == MARK


def model_answers(number: str) -> list[str]:
    """Read the model answers of an exercise from solutions/.

    Parameters
    ----------
    number : str
        The exercise, such as ``"2.1"``.

    Returns
    -------
    list of str
        The code after the mark in ``ex-2-1-answer``, or the texts of ``ex-2-7-model-*``.

    Raises
    ------
    FileNotFoundError
        There is no solutions notebook for this lesson, or no model answer in it.

    Examples
    --------
    >>> len(model_answers("2.7"))
    2
    """
    lesson, place = number.split(".")
    paths = sorted(SOLUTIONS.glob(f"{int(lesson):02d}_*_solutions.ipynb"))
    if not paths:
        raise FileNotFoundError(SOLUTIONS)
    found = []
    for cell in json.loads(paths[0].read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["id"] == f"ex-{lesson}-{place}-answer" and cell["cell_type"] == "code":
            parts = split_answer(source)
            found += ["\n".join(parts[1])] if parts else []
        elif cell["id"].startswith(f"ex-{lesson}-{place}-model-"):
            found.append(source)
    if not found:
        raise FileNotFoundError(number)
    return found


def questions_of(lesson: int) -> dict[str, Question]:
    """List the questions of a lesson.

    Parameters
    ----------
    lesson : int
        The lesson's number.

    Returns
    -------
    dict of str to Question
        By number; empty when the lesson has none.

    Examples
    --------
    >>> list(questions_of(0))
    ['0.1']
    """
    name = f"scidip.questions.lesson{lesson:02d}"
    if importlib.util.find_spec(name) is None:
        return {}
    return {question.number: question for question in importlib.import_module(name).QUESTIONS}


# --- How the commands work -------------------------------------------------------------------


def find_question(number: Any) -> tuple[Question | None, str]:
    """Give the question of a number, or None and a sentence that says what is wrong."""
    if not is_kind(number, str):
        return None, 'Write the number of the exercise in quotation marks, such as "2.1".'
    try:
        name = text(number)
    except NotYet:
        name = ""
    if not re.fullmatch(r"[0-9]{1,2}\.[0-9]{1,2}", name):
        return None, 'An exercise has a number with a point in it, such as "2.1".'
    question = questions_of(int(name.split(".")[0])).get(name)
    if question is None:
        return None, (
            f'There is no exercise "{name}". The number stands in the heading of the task.'
        )
    return question, ""


def _outcome(number: Any, answer: Any) -> Outcome:
    question, problem = find_question(number)
    if question is None:
        return Outcome("", UNKNOWN, problem)
    name = question.number
    if answer is NOTHING and not isinstance(question, Open):
        return Outcome(name, UNKNOWN, f'Write your answer behind the number: check("{name}", ...).')
    try:
        # Not the notebook's own events: a student may have changed those.
        events = data.load_shared("events")
    except data.DataError as error:
        return Outcome(name, UNKNOWN, _one_line(f"Exercise {name} can't be checked now. {error}"))
    try:
        with _quiet():
            status, message = question.judge(answer, events)
    except (Exception, SystemExit):
        status, message = NOT_YET, "This answer can't be read; write it in a simpler form."
    return Outcome(name, status, _one_line(message))


@contextlib.contextmanager
def _quiet():
    """Keep what an answer prints or warns out of the one line."""
    nowhere = io.StringIO()
    with (
        warnings.catch_warnings(action="ignore"),
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield


def _one_line(text: str) -> str:
    return " ".join(text.split())
