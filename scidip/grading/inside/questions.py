"""What an exercise imports as ``scidip.questions`` while it is graded.

In the contained copy of the course this file stands in place of the questions. ``check`` looks the
same from outside, but judges nothing: it hands out the value of the answer, and the grader, in
another process, says whether it is right.
"""

from __future__ import annotations

import base64
import pickle
from typing import Any

from scidip.grading.inside.isolate import LINK
from scidip.grading.inside.values import to_text
from scidip.questions.answers import Blank, ____

__all__ = ["NotCorrect", "Outcome", "____", "check", "hint", "show", "solution"]

_cases: dict[str, list[tuple]] = {}
_columns: dict[str, list[str]] = {}


class NotCorrect(Exception):
    """Never raised here; an exercise may import it."""


class Outcome:
    """The value of an answer, as text."""

    status = "recorded"
    message = "The answer was recorded."

    def __init__(self, number: str, value: str):
        self.number = number
        self.value = value

    def __repr__(self) -> str:
        return self.value


def begin(cases: dict[str, list[tuple]], columns: dict[str, list[str]]) -> None:
    """Say with what functions are called, and which columns of a table are wanted."""
    _cases.update(cases)
    _columns.update(columns)


def prelude(cases: dict[str, list[tuple]], columns: dict[str, list[str]]) -> str:
    """Write the code that hands cases and columns to the student's process.

    Parameters
    ----------
    cases : dict of str to list of tuple
        For each question that asks for a function, the arguments of the calls.
    columns : dict of str to list of str
        For each question that asks for rows, the columns that its check reads.

    Returns
    -------
    str
        Lines of Python.
    """
    packed = base64.b64encode(pickle.dumps((cases, columns))).decode("ascii")
    return (
        "import base64 as _base64, pickle as _pickle\n"
        "import scidip.questions as _questions  # first, as the next one needs it\n"
        "import scidip.grading.inside.questions as _questions\n"
        f"_questions.begin(*_pickle.loads(_base64.b64decode('{packed}')))\n"
        "get_ipython().ask_exit = lambda: None  # exit() ends no check\n"
        "del _base64, _pickle, _questions"
    )


def begin_again(tables: str) -> str:
    """Write the code that makes a process forget all names, and take other tables.

    Parameters
    ----------
    tables : str
        The folder, as the process sees it.

    Returns
    -------
    str
        Lines of Python; :func:`prelude` is to follow.
    """
    return (
        "get_ipython().reset(new_session=False)\n"
        "import contextlib as _contextlib, pathlib as _pathlib, scidip.data as _data\n"
        f"_data.DATA = _pathlib.Path({tables!r})\n"
        # Where the link is missing, there is no sandbox, or the student's code has removed it.
        "with _contextlib.suppress(OSError):\n"
        f"    _pathlib.Path({LINK!r}).unlink()\n"
        f"    _pathlib.Path({LINK!r}).symlink_to(_data.DATA)\n"
        "del _contextlib, _data, _pathlib"
    )


def check(number: str = "", answer: Any = Blank(), *_more: Any) -> Outcome:  # noqa: B008
    """Hand out the value of an answer."""
    name = number if type(number) is str else ""
    return Outcome(name, to_text(answer, _cases.get(name, ()), _columns.get(name, ())))


def hint(*_: Any) -> None:
    """There are no hints while an exercise is graded."""


show = solution = hint
