"""Grade a batch of submissions in this process: the one function that all ways of running call.

A process keeps what it needs between batches: the copy of the course, a warm process, and what the
model answers give (:mod:`scidip.grading.bench`).
"""

from __future__ import annotations

import atexit
import contextlib
import threading
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from scidip.grading import judge as judging
from scidip.grading.assemble import Assembled, Step, assemble
from scidip.grading.bench import Bench, Exercise
from scidip.grading.cells import AssemblyError
from scidip.grading.kernels import Infrastructure
from scidip.grading.model import CORRECT, FAILED, GRADED, REFUSED, Mark, Result, Submission
from scidip.grading.parts import CHECK
from scidip.grading.run import Outcome, Ran
from scidip.grading.settings import GradingError, Settings
from scidip.grading.trusted import Trusted

TRIES = 3  # of what fails for reasons that are not the student's


class Grader:
    """Grades batches under the same settings, one after the other.

    Parameters
    ----------
    settings : Settings
        How.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.bench = Bench(settings)

    def close(self) -> None:
        """End all processes."""
        self.bench.close()

    def prepare(self, lessons: set[int]) -> None:
        """Start what will be needed, and run the model answers of some lessons.

        Raises
        ------
        GradingError
            Nothing can be graded.
        """
        for lesson in lessons:
            with contextlib.suppress(AssemblyError):  # each of its submissions is refused
                self._exercise(lesson)

    def _exercise(self, lesson: int) -> Exercise:
        for left in range(TRIES - 1, -1, -1):
            try:
                return self.bench.exercise(lesson)
            except Infrastructure as problem:
                if not left:
                    raise GradingError(str(problem)) from None
                with contextlib.suppress(Infrastructure):
                    self.bench.renew()
        raise AssertionError

    def branch(self) -> Grader:
        """Make a grader for a process that is forked from this one, with what is ready here.

        Raises
        ------
        Infrastructure
            The warm process is gone.
        """
        twin = copy(self)
        twin.bench = self.bench.branch()
        return twin

    def leave(self) -> None:
        """Let go of the processes, in a process that was forked from this one."""
        self.bench.leave()

    def grade(self, submissions: list[Submission]) -> list[Result]:
        """Grade some submissions.

        Parameters
        ----------
        submissions : list of Submission
            They are read here.

        Returns
        -------
        list of Result
            In the same order. Nothing that a submission holds raises.
        """
        work: list[tuple[int, Trusted, Assembled]] = []
        results: dict[int, Result] = {}
        for place, submission in enumerate(submissions):
            try:
                if submission.problem:
                    raise AssemblyError(submission.problem)
                made = assemble(submission.read(), self.settings.lesson, submission.lesson)
                work.append((place, *made))
            except AssemblyError as problem:
                results[place] = _result(submission, REFUSED, str(problem))
            except OSError as problem:
                results[place] = _result(submission, FAILED, f"It could not be read: {problem}")
            except Exception as problem:  # a mistake of ours must not stop the class
                results[place] = _result(submission, FAILED, _stumbled(problem))
        for place, result in self._graded(submissions, work):
            results[place] = result
        return [results[place] for place in range(len(submissions))]

    def _graded(self, submissions, work) -> Iterator[tuple[int, Result]]:
        exercises = [self._exercise(trusted.lesson) for _, trusted, _ in work]
        outcomes = self._run_all(
            [(made.steps, e) for (_, _, made), e in zip(work, exercises, strict=True)]
        )
        for (place, trusted, made), exercise, outcome in zip(
            work, exercises, outcomes, strict=True
        ):
            submission = replace(submissions[place], lesson=trusted.lesson)
            marks = ()
            if not outcome.problem:
                try:
                    marks = judging.judge(trusted, made, outcome, exercise.expected)
                    marks = _with_other_data(marks, exercise, outcome)
                except Exception as problem:
                    outcome.problem = _stumbled(problem)
            if outcome.problem:
                yield place, _result(submission, FAILED, outcome.problem)
                continue
            notes = (*made.notes, *judging.extra_notes(made, outcome))
            yield (
                place,
                _result(submission, GRADED, "", marks, notes, made.answers, outcome.in_force),
            )

    def _run_all(self, work: list[tuple[list[Step], Exercise]]) -> list[Outcome]:
        """Run notebooks; what fails for reasons of the machine is tried again, alone."""
        outcomes = _run(self.bench, work)
        for _ in range(TRIES - 1):
            failed = [
                place for place, one in enumerate(outcomes) if one.problem or one.other_problem
            ]
            if failed:
                with contextlib.suppress(Infrastructure):
                    self.bench.renew()
            for place in failed:
                again = _run(self.bench, [work[place]])[0]
                if outcomes[place].problem or not again.problem:  # never lose what is there
                    outcomes[place] = again
        return outcomes


def _with_other_data(
    marks: tuple[Mark, ...], exercise: Exercise, outcome: Outcome
) -> tuple[Mark, ...]:
    """Say of each right answer that can be told whether it follows the data."""
    if outcome.other_problem:
        return marks
    checks = {ran.question: ran for ran in outcome.other if ran.role == CHECK}
    return tuple(
        replace(mark, other_data=_followed(checks[mark.question], exercise))
        if mark.status == CORRECT and mark.question in exercise.testable
        else mark
        for mark in marks
    )


def _followed(check: Ran, exercise: Exercise) -> str:
    follows = exercise.room.follows(check.question, check.reply.value)
    return "follows" if follows else "fixed"


def _run(bench: Bench, work: list[tuple[list[Step], Exercise]]) -> list[Outcome]:
    """Run notebooks; when that fails as a whole, each of them has a problem."""
    try:
        return bench.run(work)
    except Exception as problem:
        return [Outcome([], {}, _stumbled(problem)) for _ in work]


def _stumbled(problem: Exception) -> str:
    return f"The grader stumbles over it ({type(problem).__name__}); look at it by hand."


def _result(
    submission, status, reason="", marks=(), notes=(), answers=None, in_force=None
) -> Result:
    return Result(
        submission.student, submission.source, submission.lesson, status, reason, tuple(marks),
        (*submission.notes, *notes), answers or {}, submission.submitted, submission.older,
        submission.identity, in_force or {},
    )  # fmt: skip


_graders: dict[Settings, Grader] = {}
_one_at_a_time = threading.Lock()  # nbval and pytest are not made for threads


def grade_batch(submissions: list[Submission], settings: Settings) -> list[Result]:
    """Grade some submissions in this process, which keeps what it needs for the next batch.

    Parameters
    ----------
    submissions : list of Submission
        They are read here.
    settings : Settings
        How.

    Returns
    -------
    list of Result
        In the same order.

    Raises
    ------
    GradingError
        Nothing can be graded here.
    """
    with _one_at_a_time:
        if settings not in _graders:
            _graders[settings] = Grader(settings)
            atexit.register(_graders[settings].close)
        return _graders[settings].grade(submissions)
