"""Submissions for the tests of the grader: a real exercise, filled in, and what happens to it."""

import copy
import json
from functools import partial

from scidip.grading.contain import find_containment
from scidip.grading.model import CORRECT, GRADED, Submission
from scidip.grading.settings import Settings
from scidip.grading.trusted import trusted_exercise
from scidip.questions.engine import SOLUTIONS

EXERCISES = SOLUTIONS.parent / "exercises"
LESSON = 2  # numbers, rows, letters; two of its answers follow the data
CHECKED = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6")
NO_SANDBOX = "" if find_containment().is_sandbox else find_containment().why
WRONG = {"2.6": 'order = ["a", "b", "c", "d", "e", "f"]'}


def settings(**more):
    """Short times: an endless loop must not make a test endless."""
    return Settings(**{"seconds": 6, "whole": 60, **more})


def cell(source, kind="code", **more):
    made = {"cell_type": kind, "metadata": {}, "source": source, **more}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def name_of(question, role="answer"):
    return f"ex-{question.replace('.', '-')}-{role}"


class Page:
    """An exercise that a student works on. By default everything is right but 2.6."""

    def __init__(self, answers=None, lesson=LESSON, wrong=WRONG):
        path = next(EXERCISES.glob(f"{lesson:02d}_*.ipynb"))
        self.content = json.loads(path.read_text(encoding="utf-8"))
        self.trusted = trusted_exercise(lesson)
        for question, source in (self.trusted.model | dict(wrong) | (answers or {})).items():
            if question in self.trusted.model:
                self.answer(question, source)

    @property
    def cells(self):
        return self.content["cells"]

    def place(self, name):
        return next(p for p, one in enumerate(self.cells) if one.get("id") == name)

    def find(self, question, role="answer"):
        return self.cells[self.place(name_of(question, role))]

    def answer(self, question, source):
        self.find(question)["source"] = source
        return self

    def before(self, question, *cells):
        """Put cells of the student's own before an answer."""
        at = self.place(name_of(question))
        self.cells[at:at] = [copy.deepcopy(one) for one in cells]
        return self

    def behind(self, question, *cells, role="answer"):
        at = self.place(name_of(question, role)) + 1
        self.cells[at:at] = [copy.deepcopy(one) for one in cells]
        return self

    def encoded(self):
        return json.dumps(self.content).encode()


def hand_in(content, student="s"):
    """Make a submission of a page or of bytes."""
    data = content.encoded() if isinstance(content, Page) else content
    return Submission(student, f"{student}.ipynb", None, partial(bytes, data))


def statuses(result):
    assert result.status == GRADED, result.reason
    return {mark.question: mark.status for mark in result.marks}


def correct(result):
    """The questions that are correct, in order."""
    return [question for question, status in statuses(result).items() if status == CORRECT]


def mark(result, question):
    return next(one for one in result.marks if one.question == question)
