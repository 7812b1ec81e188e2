"""Exercises that answer at once: the names that a notebook imports.

    from scidip.questions import check, hint, solution, ____

lessonNN.py has the questions of one lesson; kinds.py the kinds of questions; answers.py reads what
a student wrote; engine.py has the commands.
"""

from scidip.questions.answers import ____
from scidip.questions.engine import (
    NotCorrect,
    Outcome,
    check,
    explain_missing_names,
    hint,
    show,
    solution,
)

__all__ = ["NotCorrect", "Outcome", "____", "check", "hint", "show", "solution"]

explain_missing_names()
