"""Exercises that answer at once: the names that a notebook imports.

    from scidip.questions import check, hint, solution, ____

lessonNN.py has the questions of one lesson, kinds.py the kinds of questions, engine.py the
commands. answers.py reads what a student wrote, display.py shows what the commands say,
missing_names.py helps when a name does not exist yet.
"""

from scidip.questions.answers import ____
from scidip.questions.display import NotCorrect, Outcome
from scidip.questions.engine import check, hint, show, solution
from scidip.questions.missing_names import explain_missing_names

__all__ = ["NotCorrect", "Outcome", "____", "check", "hint", "show", "solution"]

explain_missing_names()
