"""Where notebooks run: a copy of the course, processes for it, and what the model answers give."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from unittest import mock

from scidip import data
from scidip.grading import judge as judging
from scidip.grading.assemble import Step, assemble, to_notebook
from scidip.grading.contain import COURSE
from scidip.grading.course_copy import copy_tables, make_course_copy
from scidip.grading.inside.questions import begin_again, prelude
from scidip.grading.kernels import Infrastructure, Origin, Room, shown
from scidip.grading.model import CORRECT
from scidip.grading.parts import CHECK
from scidip.grading.run import Outcome, Ran, run_notebooks
from scidip.grading.settings import GradingError, Settings, containment_of, forks
from scidip.grading.trusted import Trusted, trusted_exercise
from scidip.grading.variant import make_variant
from scidip.questions.engine import SOLUTIONS, questions_of
from scidip.questions.kinds import Function, Rows
from scidip.quick_nbformat import NotebookNode

OTHER = "other"  # the folder of the other data, in the copy of the course


@dataclass
class Exercise:
    """What is known of one exercise.

    Parameters
    ----------
    trusted : Trusted
        Its cells.
    room : Room
        Where they run.
    expected, elsewhere : dict of str to str
        The value of each model answer, on the course's data and on other data.
    testable : set of str
        The questions whose model answer follows the data.
    """

    trusted: Trusted
    room: Room
    expected: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    testable: set[str] = field(default_factory=set)

    def notebook(self, steps: list[Step]) -> NotebookNode:
        """Write what nbval runs: the steps, and behind them those for other data."""
        tried = {step.question for step in steps if step.role == CHECK} & self.testable
        again = [replace(step, other=True) for step in _only(steps, tried)]
        return to_notebook(steps + again, _shown(self.expected), _shown(self.elsewhere))


def _only(steps: list[Step], questions: set[str]) -> list[Step]:
    """Keep the checks of some questions, and nothing behind the last of them."""
    kept = [step for step in steps if step.role != CHECK or step.question in questions]
    last = max((place for place, step in enumerate(kept) if step.role == CHECK), default=-1)
    return kept[: last + 1]


def _shown(values: dict[str, str]) -> dict[str, str]:
    return {number: shown(value) for number, value in values.items()}


class Bench:
    """A copy of the course, with other data beside its own, and what starts processes for it.

    Parameters
    ----------
    settings : Settings
        How.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="scidip-course-"))
        self.course = make_course_copy(self.folder / "course")
        self.exercises: dict[int, Exercise] = {}
        self.tables: Path | None = None  # the other data, as questions are to see them
        self._origin: Origin | None = None

    @property
    def origin(self) -> Origin:
        """What starts processes; started when it is first asked for."""
        if self._origin is None:
            contained = containment_of(self.settings)
            if forks(self.settings):
                from scidip.grading.warm import WarmProcess as Kind
            else:
                from scidip.grading.stock import StockKernels as Kind
            origin = Kind(self.course, contained, self.settings.limits)
            try:
                if self.settings.variant:
                    self._make_other_data()  # while the process warms up
                    origin.load(self._other)
            except BaseException:
                origin.close()
                raise
            self._origin = origin
        return self._origin

    def _make_other_data(self) -> None:
        if self.tables is None:
            places = self.folder / "tables", self.course / OTHER
            for place in places:  # half of them may be there
                shutil.rmtree(place, ignore_errors=True)
            tables = make_variant(places[0], self.settings.seed)
            copy_tables(tables, places[1])
            self.tables = tables

    @property
    def _other(self) -> str:
        """Where a student's process sees the other data."""
        inside = COURSE if containment_of(self.settings).is_sandbox else self.course
        return str(Path(inside, OTHER))

    def branch(self) -> Bench:
        """Make the same for another process, with what is ready here."""
        twin = copy(self)
        twin.folder = Path(tempfile.mkdtemp(prefix="worker-", dir=self.folder))
        twin._origin = self.origin.branch()
        twin.exercises = {
            lesson: replace(exercise, room=replace(exercise.room, origin=twin._origin))
            for lesson, exercise in self.exercises.items()
        }
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
        exercise = Exercise(trusted, room)
        path = next(SOLUTIONS.glob(f"{lesson:02d}_*_solutions.ipynb"))
        _, made = assemble(path.read_bytes(), lesson)
        if self.settings.variant:
            room.to_other_data = begin_again(self._other)
            room.is_asked = lambda *_: True
            exercise.testable = set(trusted.questions)
        outcome = self.run([(made.steps, exercise)])[0]
        if outcome.problem or outcome.other_problem:
            raise Infrastructure(outcome.problem or outcome.other_problem)
        exercise.expected = _values(outcome.cells)
        exercise.elsewhere = _values(outcome.other)
        _refuse_damaged(exercise)
        if self.settings.variant:
            if not exercise.elsewhere:
                raise Infrastructure("No model answer could be run on other data.")
            exercise.testable = self._testable(exercise)
            room.is_asked = partial(_is_asked, exercise)
            room.follows = partial(_follows, exercise, self.tables)
        return exercise

    def _testable(self, exercise: Exercise) -> set[str]:
        with judging_by(self.tables):
            return {
                number
                for number, value in exercise.elsewhere.items()
                if value != exercise.expected[number]
                and judging.judge_value(number, value)[0] == CORRECT
                and judging.judge_value(number, exercise.expected[number])[0] != CORRECT
            }

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
            for place, path in zip(places, paths, strict=True):
                path.write_text(json.dumps(exercise.notebook(work[place][0])), encoding="utf-8")
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


def _values(cells: list[Ran]) -> dict[str, str]:
    """Give the value of each answer."""
    return {
        ran.question: ran.reply.value
        for ran in cells
        if ran.role == CHECK and ran.reply.value is not None
    }


def _is_asked(exercise: Exercise, number: str, value: str) -> bool:
    """Tell whether an answer is run on other data: if it is right on the course's own."""
    if number not in exercise.testable:
        return False
    return value == exercise.expected[number] or judging.judged(number, value)[0] == CORRECT


def _follows(exercise: Exercise, tables: Path, number: str, value: str | None) -> bool:
    """Tell whether an answer is right on other data."""
    if value is None or value == exercise.elsewhere[number]:
        return value is not None
    with judging_by(tables):
        return judging.judge_value(number, value)[0] == CORRECT


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


@contextlib.contextmanager
def judging_by(tables: Path) -> Iterator[None]:
    """Let the questions look into other tables."""
    with mock.patch.object(data, "DATA", tables):
        yield
