"""Grade a batch of submissions in this process: the one function that all ways of running call.

A process keeps what it needs between batches: the copies of the course, a warm process for each,
and what the model answers give.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

from scidip import data
from scidip.grading import judge as judging
from scidip.grading.assemble import (
    CHECK,
    Assembled,
    AssemblyError,
    Step,
    Trusted,
    assemble,
    to_notebook,
    trusted_exercise,
)
from scidip.grading.contain import Containment, find_containment
from scidip.grading.course_copy import make_course_copy
from scidip.grading.inside.isolate import Limits
from scidip.grading.inside.questions import prelude
from scidip.grading.kernels import Infrastructure, Origin, Room, shown
from scidip.grading.model import CORRECT, FAILED, GRADED, REFUSED, Mark, Result, Submission
from scidip.grading.run import Outcome, run_notebooks
from scidip.grading.variant import make_variant
from scidip.questions.engine import SOLUTIONS, questions_of
from scidip.questions.kinds import Function, Rows

TRIES = 3  # of what fails for reasons that are not the student's


class GradingError(Exception):
    """Nothing can be graded. The message says why, in one sentence."""


@dataclass(frozen=True)
class Settings:
    """How a class is graded.

    Parameters
    ----------
    lesson : int or None
        The exercise, if it is to be one only.
    seconds, whole : float
        For one cell, and for one notebook.
    limits : Limits
        What one submission may use.
    variant : bool
        Whether correct answers are tried on other data.
    seed : int
        Draws those data.
    stock : bool
        Whether ordinary Jupyter kernels run the cells, in place of forked processes.
    sandbox : bool
        Whether bubblewrap is used where there is one.
    """

    lesson: int | None = None
    seconds: float = 20
    whole: float = 120
    limits: Limits = field(default_factory=Limits)
    variant: bool = True
    seed: int = 1
    stock: bool = False
    sandbox: bool = True


def containment_of(settings: Settings) -> Containment:
    """Say what contains student's code under these settings on this machine."""
    if not settings.sandbox:
        return Containment("limits only", "it was switched off")
    return find_containment()


def can_fork() -> bool:
    """Tell whether this system can run the fast road."""
    return hasattr(os, "fork") and hasattr(os, "setsid")


def forks(settings: Settings) -> bool:
    """Tell whether cells run in forked processes; else ordinary Jupyter kernels run them."""
    return can_fork() and not settings.stock and containment_of(settings).nested


@dataclass
class Exercise:
    """What is known of one exercise on one set of tables.

    Parameters
    ----------
    room : Room
        Where its cells run.
    expected : dict of str to str
        The value of each model answer.
    """

    trusted: Trusted
    room: Room
    expected: dict[str, str]


class Bench:
    """A copy of the course with one set of tables, and what starts processes for it.

    Parameters
    ----------
    settings : Settings
        How.
    tables : Path
        The tables.
    beside : Bench, optional
        One with other tables; its warm process serves both.
    """

    def __init__(self, settings: Settings, tables: Path, beside: Bench | None = None):
        self.settings, self.tables, self.beside = settings, tables, beside
        self.folder = Path(tempfile.mkdtemp(prefix="scidip-course-"))
        self.forks = forks(settings)
        shares = beside is not None and self.forks
        place = beside.course / "other" if shares else self.folder / "course"
        self.course = make_course_copy(place, tables)
        self.exercises: dict[int, Exercise] = {}
        self._origin: Origin | None = None

    @property
    def origin(self) -> Origin:
        """What starts processes; started when it is first asked for."""
        if self._origin is None and self.beside is not None and self.forks:
            with contextlib.suppress(Infrastructure):  # then it gets one of its own
                self._origin = self.beside.origin.branch(self.course / "data")
        if self._origin is None:
            contained = containment_of(self.settings)
            if self.forks:
                from scidip.grading.warm import WarmProcess

                self._origin = WarmProcess(self.course, contained, self.settings.limits)
            else:
                from scidip.grading.stock import StockKernels

                self._origin = StockKernels(self.course, contained, self.settings.limits)
        return self._origin

    def branch(self) -> Bench:
        """Make the same for another process, with what is ready here."""
        twin = copy(self)
        twin.folder = Path(tempfile.mkdtemp(prefix="worker-", dir=self.folder))
        twin._origin = self.origin.branch(self.course / "data")
        twin.exercises = {
            lesson: replace(exercise, room=replace(exercise.room, origin=twin._origin))
            for lesson, exercise in self.exercises.items()
        }
        twin.beside = None
        return twin

    def renew(self) -> None:
        """Start anew after something went wrong."""
        if self._origin is not None:
            self._origin.close()
        self._origin = None
        for exercise in self.exercises.values():
            exercise.room.origin = self.origin

    def exercise(self, lesson: int) -> Exercise:
        """Run the model answers of an exercise, once.

        Raises
        ------
        GradingError
            A model answer is not accepted: the course is damaged.
        """
        if lesson not in self.exercises:
            self.exercises[lesson] = self._prepare(lesson)
        return self.exercises[lesson]

    def _prepare(self, lesson: int) -> Exercise:
        trusted = trusted_exercise(lesson)
        room = Room(
            self.origin, prelude(*_wanted(lesson)), self.settings.seconds, self.settings.whole
        )
        exercise = Exercise(trusted, room, {})
        path = next(SOLUTIONS.glob(f"{lesson:02d}_*_solutions.ipynb"))
        _, made = assemble(path.read_bytes(), lesson)
        outcome = self.run([(made.steps, exercise)])[0]
        if outcome.problem:
            raise Infrastructure(outcome.problem)
        for ran in outcome.cells:
            if ran.role == CHECK and ran.reply.value is not None:
                exercise.expected[ran.question] = ran.reply.value
        if self.tables == data.DATA:
            _refuse_damaged(exercise)
        return exercise

    def run(self, work: list[tuple[list[Step], Exercise]]) -> list[Outcome]:
        """Run notebooks, given as steps."""
        outcomes: list[Outcome] = [Outcome([], {}, "It was not run.")] * len(work)
        folder = Path(tempfile.mkdtemp(prefix="batch-", dir=self.folder))
        by_room: dict[int, list[int]] = {}
        for place, (_, exercise) in enumerate(work):
            by_room.setdefault(exercise.trusted.lesson, []).append(place)
        for places in by_room.values():
            exercise = work[places[0]][1]
            paths = [folder / f"{place:04d}.ipynb" for place in places]
            words = {number: shown(value) for number, value in exercise.expected.items()}
            for place, path in zip(places, paths, strict=True):
                text = json.dumps(to_notebook(work[place][0], words))
                path.write_text(text, encoding="utf-8")
            done = run_notebooks(paths, exercise.room)
            for place, path in zip(places, paths, strict=True):
                outcomes[place] = done[path]
        shutil.rmtree(folder, ignore_errors=True)
        return outcomes

    def leave(self) -> None:
        """Let go of the processes, in a process that was forked from the grader."""
        if self._origin is not None:
            self._origin.leave()

    def close(self) -> None:
        """End the processes and remove the copy."""
        if self._origin is not None:
            self._origin.close()
            self._origin = None
        shutil.rmtree(self.folder, ignore_errors=True)


def _refuse_damaged(exercise: Exercise) -> None:
    """Grade nothing by a course whose own model answers are not accepted."""
    for number in exercise.trusted.questions:
        status, message, _ = judging.judge_value(number, exercise.expected.get(number, ""))
        if status != CORRECT:
            raise GradingError(
                f"The model answer of {number} is not accepted here ({message}) Restore the "
                "folders scidip/, data/ and solutions/ from the course's repository."
            )


def _wanted(lesson: int) -> tuple[dict, dict]:
    """Give the cases of functions, and the columns of tables that a check reads."""
    questions = questions_of(lesson)
    cases = {n: list(q.cases) for n, q in questions.items() if isinstance(q, Function)}
    columns = {n: ["event_id", q.column] for n, q in questions.items() if isinstance(q, Rows)}
    return cases, columns


class Grader:
    """Grades batches under the same settings, one after the other.

    Parameters
    ----------
    settings : Settings
        How.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="scidip-grade-"))
        self.base = Bench(settings, data.DATA)
        self._other: Bench | None = None
        self._testable: dict[int, set[str]] = {}

    def close(self) -> None:
        """End all processes."""
        if self._other is not None:
            self._other.close()
        self.base.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, lessons: set[int]) -> None:
        """Start what will be needed, and run the model answers of some lessons.

        Raises
        ------
        GradingError
            Nothing can be graded.
        """
        for lesson in lessons:
            with contextlib.suppress(AssemblyError):  # each of its submissions is refused
                _try_again(self.base, lambda n=lesson: self.base.exercise(n))
                if self.settings.variant:
                    self.testable(lesson)

    def branch(self) -> Grader:
        """Make a grader for a process that is forked from this one, with what is ready here.

        Raises
        ------
        Infrastructure
            The warm process is gone.
        """
        twin = copy(self)
        twin.folder = Path(tempfile.mkdtemp(prefix="worker-", dir=self.folder))
        twin.base = self.base.branch()
        if self._other is not None:
            twin._other = self._other.branch()
        return twin

    def leave(self) -> None:
        """Let go of the processes, in a process that was forked from this one."""
        for bench in (self.base, self._other):
            if bench is not None:
                bench.leave()

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
                work.append((place, *assemble(submission.read(), self.settings.lesson)))
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
        outcomes = self._run_all(self.base, [(made.steps, trusted) for _, trusted, made in work])
        marks = {}
        for (place, trusted, made), outcome in zip(work, outcomes, strict=True):
            if not outcome.problem:
                expected = self.base.exercise(trusted.lesson).expected
                try:
                    marks[place] = judging.judge(trusted, made, outcome, expected)
                except Exception as problem:
                    outcome.problem = _stumbled(problem)
        if self.settings.variant:
            marks = self._with_other_data(work, outcomes, marks)
        for (place, trusted, made), outcome in zip(work, outcomes, strict=True):
            submission = replace(submissions[place], lesson=trusted.lesson)
            if outcome.problem:
                yield place, _result(submission, FAILED, outcome.problem)
                continue
            notes = (*made.notes, *judging.extra_notes(made, outcome))
            yield (
                place,
                _result(
                    submission, GRADED, "", marks[place], notes, made.answers, outcome.in_force
                ),
            )

    def _run_all(self, bench: Bench, work: list[tuple[list[Step], Trusted]]) -> list[Outcome]:
        """Run notebooks; what fails for reasons of the machine is tried again, alone."""
        exercises = [_try_again(bench, lambda t=t: bench.exercise(t.lesson)) for _, t in work]
        outcomes = _run(bench, [(steps, e) for (steps, _), e in zip(work, exercises, strict=True)])
        for place in range(len(outcomes)):
            tries = 1
            while outcomes[place].problem and tries < TRIES:
                with contextlib.suppress(Infrastructure):
                    bench.renew()
                    outcomes[place] = _run(bench, [(work[place][0], exercises[place])])[0]
                tries += 1
        return outcomes

    # --- Other data ---------------------------------------------------------------------------

    @property
    def other(self) -> Bench:
        """The bench with other tables; made when it is first asked for."""
        if self._other is None:
            tables = make_variant(self.folder / "tables", self.settings.seed)
            self._other = Bench(self.settings, tables, beside=self.base)
        return self._other

    def testable(self, lesson: int) -> set[str]:
        """Name the questions whose model answer follows the data."""
        if lesson not in self._testable:
            here = self.base.exercise(lesson).expected
            there = _try_again(self.other, lambda: self.other.exercise(lesson)).expected
            with _judging_by(self.other.tables):
                self._testable[lesson] = {
                    number
                    for number, value in there.items()
                    if value != here.get(number)
                    and judging.judge_value(number, value)[0] == CORRECT
                    and judging.judge_value(number, here.get(number, ""))[0] != CORRECT
                }
        return self._testable[lesson]

    def _with_other_data(self, work, first: list[Outcome], marks: dict[int, tuple[Mark, ...]]):
        """Try the correct answers on other data."""
        again, asked = [], []
        for (place, trusted, made), outcome in zip(work, first, strict=True):
            testable = self.testable(trusted.lesson)
            right = {m.question for m in marks.get(place, ()) if m.status == CORRECT} & testable
            if right:
                again.append((_only(_lasting(made.steps, outcome), right), trusted))
                asked.append((place, right))
        outcomes = self._run_all(self.other, again) if again else []
        marks = dict(marks)
        for (place, right), (_, trusted), outcome in zip(asked, again, outcomes, strict=True):
            expected = self.other.exercise(trusted.lesson).expected
            found = {} if outcome.problem else self._follows(outcome, right, expected)
            marks[place] = tuple(
                replace(mark, other_data=found.get(mark.question, "not tested"))
                for mark in marks[place]
            )
        return marks

    def _follows(
        self, outcome: Outcome, asked: set[str], expected: dict[str, str]
    ) -> dict[str, str]:
        found = {}
        with _judging_by(self.other.tables):
            for ran in outcome.cells:
                if ran.role == CHECK and ran.question in asked:
                    value = ran.reply.value or ""
                    same = ran.same and value == expected.get(ran.question)
                    right = same or judging.judge_value(ran.question, value)[0] == CORRECT
                    found[ran.question] = "follows" if right else "fixed"
        return found


def _lasting(steps: list[Step], outcome: Outcome) -> list[Step]:
    """Leave out the cells that ended their process: the first run went on without them too."""
    ended = {
        step.question or str(place)
        for place, (step, ran) in enumerate(zip(steps, outcome.cells, strict=False))
        if ran.reply.error and ran.reply.error["ename"] in judging.ENDED
    }
    return [step for place, step in enumerate(steps) if (step.question or str(place)) not in ended]


def _only(steps: list[Step], questions: set[str]) -> list[Step]:
    """Keep the checks of some questions, and nothing behind the last of them."""
    kept = [step for step in steps if step.role != CHECK or step.question in questions]
    last = max(place for place, step in enumerate(kept) if step.role == CHECK)
    return kept[: last + 1]


def _run(bench: Bench, work: list[tuple[list[Step], Exercise]]) -> list[Outcome]:
    """Run notebooks; when that fails as a whole, each of them has a problem."""
    try:
        return bench.run(work)
    except Exception as problem:
        return [Outcome([], {}, _stumbled(problem)) for _ in work]


def _stumbled(problem: Exception) -> str:
    return f"The grader stumbles over it ({type(problem).__name__}); look at it by hand."


def _try_again(bench: Bench, what):
    for left in range(TRIES - 1, -1, -1):
        try:
            return what()
        except Infrastructure as problem:
            if not left:
                raise GradingError(str(problem)) from None
            with contextlib.suppress(Infrastructure):
                bench.renew()
    raise AssertionError


@contextlib.contextmanager
def _judging_by(tables: Path) -> Iterator[None]:
    """Let the questions look into other tables."""
    with mock.patch.object(data, "DATA", tables):
        yield


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
