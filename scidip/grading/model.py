"""What the rooms of the grader hand to each other: a submission, a mark, a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

# How one question ended.
CORRECT = "correct"
NOT_YET = "not yet"
UNTRIED = "not tried"
ERROR = "error"  # the answer's code stopped, ran too long or ended its kernel
BY_HAND = "by hand"  # an open question, which a person marks
STATUSES = (CORRECT, NOT_YET, UNTRIED, ERROR, BY_HAND)

# How one submission ended.
GRADED = "graded"
REFUSED = "refused"  # nothing could be graded; the reason says why
FAILED = "failed"  # the fault is ours or the machine's: to be run again, never scored


@dataclass(frozen=True)
class Submission:
    """One notebook that a student handed in, or the reason why there is none.

    Parameters
    ----------
    student : str
        The name that the report uses, unique in the class. Two students with one name get their
        number, or a count in brackets, behind it.
    source : str
        Where it was found, from the folder of submissions on, with "/"; ``class.zip!/a/03.ipynb``
        inside a zip.
    lesson : int or None
        The exercise, where the file says which.
    read : callable
        Gives the notebook, as UTF-8, each time that it is called, so that a class need not lie in
        memory; nothing when there is a problem. It can be pickled. It raises ``OSError`` if the
        file is gone or is no longer the one that was collected: the submission then failed.
    digest : str
        The fingerprint of the file as it was handed in; empty when there is a problem.
    problem : str
        Why it can't be graded, in one sentence that says what to do; empty otherwise.
    submitted : str
        When, ISO 8601 in UTC, as far as known; empty otherwise.
    older : tuple of str
        Sources of the same student and lesson that a later one replaces.
    notes : tuple of str
        What an instructor should know, such as "the file is a copy of …".
    identity : dict of str to str
        What a learning platform calls the student: ``moodle_id``, ``canvas_id``, ``email``,
        ``login``, as far as the names of the files tell. Empty where the names may be somebody
        else's: nothing goes into a gradebook by them.
    """

    student: str
    source: str
    lesson: int | None = None
    read: Callable[[], bytes] = bytes
    digest: str = ""
    problem: str = ""
    submitted: str = ""
    older: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    identity: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mark:
    """How one question of one submission ended.

    Parameters
    ----------
    question : str
        Such as ``"3.2"``.
    status : str
        One of ``STATUSES``.
    message : str
        The sentence of the check, as the student knows it; for an error, what happened.
    misconception : str
        The idea behind a known wrong answer; empty otherwise.
    other_data : str
        What a second run on other data showed: ``"follows"``, ``"fixed"`` (right here, wrong on
        other data), ``"not tested"``.
    flags : tuple of str
        What an instructor should look at, one sentence each.
    """

    question: str
    status: str
    message: str = ""
    misconception: str = ""
    other_data: str = "not tested"
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came out of one submission: a row of the report.

    Parameters
    ----------
    student, source, lesson, submitted, older, identity
        As in :class:`Submission`.
    status : str
        ``"graded"``, ``"refused"`` or ``"failed"``.
    reason : str
        Why it is not graded; empty otherwise.
    marks : tuple of Mark
        One for each question of the exercise, in order; empty when it is not graded.
    notes : tuple of str
        What was done to put the notebook together, one sentence each.
    answers : dict of str to str
        The code or text of the student for each question, as it was graded.
    in_force : dict of str to str
        The limits that held while it ran, as the process itself reported them.
    """

    student: str
    source: str
    lesson: int | None
    status: str
    reason: str = ""
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    submitted: str = ""
    older: tuple[str, ...] = ()
    identity: dict[str, str] = field(default_factory=dict)
    in_force: dict[str, str] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """How many questions are correct."""
        return sum(mark.status == CORRECT for mark in self.marks)

    @property
    def checked(self) -> int:
        """How many questions a machine can mark."""
        return sum(mark.status != BY_HAND for mark in self.marks)

    def to_json(self) -> dict[str, Any]:
        """Give the result as plain values, for a file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Result:
        """Read what :meth:`to_json` gave.

        Raises
        ------
        TypeError, KeyError
            The values are not those of a result.
        """
        marks = tuple(Mark(**{**mark, "flags": tuple(mark["flags"])}) for mark in values["marks"])
        tuples = {name: tuple(values[name]) for name in ("notes", "older")}
        return cls(**{**values, "marks": marks, **tuples})
