"""The exercise as we know it: what is read from solutions/, and never from a student."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from scidip.grading.cells import AssemblyError, question_and_role, read_cells, squeeze
from scidip.questions.engine import SOLUTIONS, questions_of, split_answer
from scidip.questions.kinds import Open


@dataclass(frozen=True)
class Trusted:
    """The exercise as we know it.

    Parameters
    ----------
    lesson : int
        Its number.
    setup : tuple of str
        The code before the first question.
    given : dict of str to tuple of str
        For each question, our cells before its answer that make names.
    variable : dict of str to str
        For each question, the name that its check looks at.
    blank : dict of str to tuple of str
        For each question, what its answer cells look like untouched.
    model : dict of str to str
        For each question, the model answer.
    open : tuple of str
        The questions that a person marks.
    known : frozenset of str
        All our code cells, to recognise them.
    """

    lesson: int
    setup: tuple[str, ...]
    given: dict[str, tuple[str, ...]]
    variable: dict[str, str]
    blank: dict[str, tuple[str, ...]]
    model: dict[str, str]
    open: tuple[str, ...]
    known: frozenset[str]

    @property
    def questions(self) -> list[str]:
        """All questions that a machine checks, in order."""
        return list(self.variable)


@lru_cache(maxsize=32)
def trusted_exercise(lesson: int) -> Trusted:
    """Read what is ours from solutions/.

    Raises
    ------
    AssemblyError
        There is no such lesson.
    """
    paths = sorted(SOLUTIONS.glob(f"{lesson:02d}_*_solutions.ipynb"))
    questions = questions_of(lesson)
    if not paths or not questions:
        raise AssemblyError(f"There is no exercise for lesson {lesson} in solutions/.")
    cells = read_cells(paths[0].read_bytes())[0]
    exercise = (
        paths[0].parent.parent / "exercises" / paths[0].name.replace("_solutions", "_exercises")
    )
    blanks = read_cells(exercise.read_bytes())[0] if exercise.is_file() else []
    setup, given, variable, model = [], {}, {}, {}
    blank: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        number, role = question_and_role(cell.name)
        if cell.kind != "code" or role == "help":
            continue
        if not number:
            setup += [cell.source] if not given else []
        elif role == "answer":
            model[number] = cell.source
        elif role == "check":
            variable[number] = _checked_name(cell.source)
        elif number not in variable and _makes_names(cell.source):
            given[number] = (*given.get(number, ()), cell.source)
        given.setdefault(number, ()) if number else None
    for cell in blanks:
        number, role = question_and_role(cell.name)
        if role == "answer":
            blank[number] = (*blank.get(number, ()), squeeze(cell.source))
    # A model answer is not ours: a student may have found the very same one.
    ours = [cell for cell in cells if question_and_role(cell.name)[1] != "answer"]
    known = {squeeze(cell.source) for cell in ours + blanks if cell.kind == "code"}
    return Trusted(
        lesson,
        tuple(setup),
        given,
        variable,
        blank,
        {number: _only_answer(source) for number, source in model.items() if number in variable},
        tuple(number for number, question in questions.items() if isinstance(question, Open)),
        frozenset(known),
    )


def _only_answer(source: str) -> str:
    parts = split_answer(source)
    return "\n".join(parts[1]) if parts else source


def _checked_name(source: str) -> str:
    """Find the name in ``check("5.1", steps)``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            return ast.unparse(node.args[1])
    raise AssemblyError(f"solutions/: a check cell has no check in it: {source[:60]!r}.")


def _makes_names(source: str) -> bool:
    """Tell whether a cell does more than show something."""
    return any(not isinstance(statement, ast.Expr) for statement in ast.parse(source).body)
