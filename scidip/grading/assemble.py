"""Put a student's answers into the trusted notebook.

Nothing of a submission is believed but its answers. The setup, the tables and the checks are ours,
taken from solutions/; stored outputs, tags and check cells of the student are thrown away. What a
cell is, is told by its id, else by its metadata, else by the name that it makes, else by the
heading above it. Cells that are none of ours are kept where the student put them.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from scidip.grading.collect import decoded
from scidip.questions.engine import SOLUTIONS, questions_of, split_answer
from scidip.questions.kinds import Open
from scidip.quick_nbformat import NotebookNode, nbformat

ANSWER, CHECK, GIVEN, EXTRA = "answer", "check", "given", "extra"
KEY = "scidip"  # in the metadata of a cell
OUR_ID = re.compile(r"ex-(\d{1,2})-(\d{1,2})-([a-z0-9-]+)")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s.*?\b(\d{1,2})\.(\d{1,2})\b", re.MULTILINE)
# Comments by which nbval would pass over a cell.
NBVAL_MARK = re.compile(r"(NBVAL|PYTEST_VALIDATE)_(?=[A-Z_]+)")
COMMAND = re.compile(r"#?\s*(check|hint|solution|show)\(.*\)\s*;?")
MOST_CELLS = 2_000
LONGEST_CELL = 200_000  # characters


class AssemblyError(ValueError):
    """A submission has nothing that can be graded. The message says why, in one sentence."""


@dataclass(frozen=True)
class Cell:
    """One cell, as far as the grader cares.

    Parameters
    ----------
    kind : str
        ``"code"`` or anything else.
    source : str
        Its text.
    name : str
        Its id, or what its metadata say in place of one; may be empty.
    """

    kind: str
    source: str
    name: str = ""


@dataclass(frozen=True)
class Step:
    """One cell of the notebook that is run.

    Parameters
    ----------
    role : str
        answer, check, given (ours) or extra (the student's, for no question).
    question : str
        The question that it belongs to; empty for none.
    source : str
        The code.
    """

    role: str
    question: str
    source: str


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


@dataclass
class Assembled:
    """A submission, put together.

    Parameters
    ----------
    steps : list of Step
        What is run, in order.
    answers : dict of str to str
        What the student wrote for each question.
    untried : set of str
        Questions whose answer is missing or untouched.
    notes : list of str
        What was done, one sentence each.
    said_correct : set of str
        Questions that the saved page calls correct.
    """

    steps: list[Step]
    answers: dict[str, str] = field(default_factory=dict)
    untried: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    said_correct: set[str] = field(default_factory=set)


# --- The trusted notebook --------------------------------------------------------------------


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
        number, role = _ours(cell.name)
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
        number, role = _ours(cell.name)
        if role == "answer":
            blank[number] = (*blank.get(number, ()), _squeezed(cell.source))
    # A model answer is not ours: a student may have found the very same one.
    ours = [cell for cell in cells if _ours(cell.name)[1] != "answer"]
    known = {_squeezed(cell.source) for cell in ours + blanks if cell.kind == "code"}
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


# --- The submission --------------------------------------------------------------------------


def read_cells(content: bytes) -> tuple[list[Cell], set[str]]:
    """Read the cells of a notebook of any format, and which answers it calls correct.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    list of Cell, set of str
        The cells, and the questions whose stored output says correct.

    Raises
    ------
    AssemblyError
        It is no notebook.
    """
    try:
        notebook = json.loads(decoded(content)[0])
    except (ValueError, RecursionError):
        raise AssemblyError(
            "The file is no notebook, or it is cut off; ask the student to save it in JupyterLab "
            "and to hand it in again."
        ) from None
    sheets = notebook.get("worksheets") if isinstance(notebook, dict) else None
    if isinstance(sheets, list):  # nbformat 3
        raw = [
            cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet, "cells")
        ]
    else:
        raw = _list(notebook, "cells") if isinstance(notebook, dict) else []
    raw = [cell for cell in raw if isinstance(cell, dict)]
    if not raw:
        raise AssemblyError(
            "The file holds no cells; ask the student to hand in the notebook itself."
        )
    if len(raw) > MOST_CELLS:
        raise AssemblyError(
            f"The notebook has {len(raw):,} cells, over {MOST_CELLS:,}; look at it."
        )
    said = {number for cell in raw for number in _said_correct(cell)}
    return [_read_cell(cell) for cell in raw], said


def _list(holder: dict, key: str) -> list:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _read_cell(cell: dict) -> Cell:
    source = _text(cell.get("source", cell.get("input")))
    kind = cell.get("cell_type")
    # Half of a character, which JSON can spell, can't be written to a file.
    source = source.encode("utf-8", "replace").decode("utf-8")
    if kind == "heading":  # nbformat 3
        source, kind = f"# {source}", "markdown"
    name = cell.get("id") if isinstance(cell.get("id"), str) else ""
    if not OUR_ID.fullmatch(name):
        metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
        ours = metadata.get(KEY) if isinstance(metadata.get(KEY), dict) else {}
        said = ours.get("cell")
        name = said if isinstance(said, str) and OUR_ID.fullmatch(said) else name
    return Cell(str(kind), source, name)


def _said_correct(cell: dict) -> list[str]:
    words = []
    for output in _list(cell, "outputs"):
        if isinstance(output, dict):
            data = output.get("data") if isinstance(output.get("data"), dict) else output
            words.append(_text(data.get("text/plain")) + _text(output.get("text")))
    return re.findall(r"Exercise (\d{1,2}\.\d{1,2}): correct", " ".join(words)[:20_000])


def _ours(name: str) -> tuple[str, str]:
    """Give question and role of one of our cells; two empty texts for any other."""
    found = OUR_ID.fullmatch(name)
    return (f"{int(found[1])}.{int(found[2])}", found[3]) if found else ("", "")


def lesson_of(cells: list[Cell]) -> int | None:
    """Tell from the cells which exercise it is; None when they do not say."""
    votes: dict[int, int] = {}
    for cell in cells:
        number = _ours(cell.name)[0] or _heading(cell)
        if number:
            lesson = int(number.split(".")[0])
            votes[lesson] = votes.get(lesson, 0) + 1
    return max(votes, key=votes.__getitem__) if votes else None


def _heading(cell: Cell) -> str:
    if cell.kind == "code":
        return ""
    found = HEADING.search(cell.source)
    return f"{int(found[1])}.{int(found[2])}" if found else ""


# --- Together --------------------------------------------------------------------------------


def assemble(content: bytes, lesson: int | None = None) -> tuple[Trusted, Assembled]:
    """Put the answers of a submission into the trusted notebook.

    Parameters
    ----------
    content : bytes
        The submitted file.
    lesson : int, optional
        The exercise; by default the one that the cells name.

    Returns
    -------
    Trusted, Assembled

    Raises
    ------
    AssemblyError
        It is no notebook, or none of an exercise of this course.
    """
    cells, said = read_cells(content)
    own = lesson_of(cells)
    if lesson is not None and own is not None and own != lesson:
        raise AssemblyError(
            f"This is the exercise of lesson {own}, not of lesson {lesson}; ask for the right file."
        )
    lesson = own if lesson is None else lesson
    if lesson is None:
        raise AssemblyError("No cell shows which exercise this is; ask for the course's notebook.")
    trusted = trusted_exercise(lesson)
    parts = _sort(cells, trusted)
    return trusted, _put_together(parts, trusted, said)


@dataclass(frozen=True)
class _Part:
    """A cell of the student, with the question that it answers; none for an extra cell."""

    question: str
    source: str
    kind: str


def _sort(cells: list[Cell], trusted: Trusted) -> list[_Part]:
    """Find out which cells are answers, which are extra, and which are ours."""
    owner = {name: number for number, name in trusted.variable.items()}
    region, parts = "", []
    for cell in cells:
        number, role = _ours(cell.name)
        number = number if number in trusted.variable or number in trusted.open else ""
        region = number or _heading(cell) or region
        part = _part(cell, number, role, region, owner, trusted)
        if part is not None:
            parts.append(part)
    return parts


def _part(
    cell: Cell, number: str, role: str, region: str, owner: dict[str, str], trusted: Trusted
) -> _Part | None:
    source = cell.source[:LONGEST_CELL]
    if cell.kind != "code":
        is_answer = role == "answer" and number and source.strip()
        return _Part(number, source, cell.kind) if is_answer else None
    source = _without_commands(source)
    if not _squeezed(source):
        return None
    if role == "answer" and number in trusted.variable:
        return _Part(number, source, "code")
    makes = [owner[name] for name in _made_names(source) if name in owner]
    if makes and _squeezed(source) not in trusted.known:
        # An answer in a cell that is none, or in one that has lost its id.
        return _Part(region if region in makes else makes[-1], source, "code")
    if _squeezed(cell.source) in trusted.known or _squeezed(source) in trusted.known:
        blanks = trusted.blank.get(region, ())
        return _Part(region, source, "code") if _squeezed(source) in blanks else None
    if number and role not in ("", "answer"):
        return None if role in ("table", "check", "help") else _Part("", source, "code")
    return _Part("", source, "code")


def _without_commands(source: str) -> str:
    """Leave out the lines that call check, hint, solution or show, also those in comments."""
    return "\n".join(line for line in source.splitlines() if not COMMAND.fullmatch(line.strip()))


def _squeezed(source: str) -> str:
    """Give the code without comments and empty lines, to compare."""
    lines = (line.rstrip() for line in source.splitlines())
    return "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _made_names(source: str) -> list[str]:
    """List the names that a cell makes at its top level, in order."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return re.findall(r"^(?:def\s+)?([^\W\d]\w*)\s*(?:=(?!=)|\()", source, re.MULTILINE)
    names = []
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.append(node.id)
    return names


def _put_together(parts: list[_Part], trusted: Trusted, said: set[str]) -> Assembled:
    made = Assembled([Step(GIVEN, "", source) for source in trusted.setup], said_correct=said)
    chosen = {number: _chosen(number, parts, trusted, made) for number in trusted.variable}
    last = {number: found[-1] for number, found in chosen.items() if found}
    given_done: set[str] = set()
    for place, part in enumerate(parts):
        number = part.question
        if not number:
            made.steps.append(Step(EXTRA, "", _harmless(part.source)))
        elif number in trusted.open:
            made.answers[number] = _joined(made.answers.get(number, ""), part.source)
        elif place in chosen[number]:
            if number not in given_done:
                made.steps += [Step(GIVEN, number, code) for code in trusted.given.get(number, ())]
                given_done.add(number)
            made.steps.append(Step(ANSWER, number, _harmless(part.source)))
            made.answers[number] = _joined(made.answers.get(number, ""), part.source)
            if place == last[number]:
                made.steps.append(Step(CHECK, number, check_code(number, trusted)))
    for number in trusted.variable:
        if number not in last:
            made.untried.add(number)
            # Later answers may use the table of a question that was left out.
            made.steps += [Step(GIVEN, number, code) for code in trusted.given.get(number, ())]
    return made


def _chosen(number: str, parts: list[_Part], trusted: Trusted, made: Assembled) -> list[int]:
    """Choose the cells that are the answer of a question, by their places."""
    mine = [place for place, part in enumerate(parts) if part.question == number]
    tried = [
        place
        for place in mine
        if _squeezed(parts[place].source) not in trusted.blank.get(number, ())
    ]
    if mine and not tried:
        return []
    if not mine:
        made.notes.append(f"There is no answer cell for {number}.")
        return []
    seen: dict[str, int] = {}
    for place in tried:
        seen[_squeezed(parts[place].source)] = place  # of exact copies the last one stays
    kept = sorted(seen.values())
    if len(kept) < len(tried):
        made.notes.append(f"{number}: a cell that stood there twice was run once.")
    if len(kept) > 1:
        made.notes.append(
            f"{number}: {len(kept)} cells belong to the answer; all were run in order."
        )
    if any(parts[place].kind != "code" for place in kept):
        made.notes.append(f"{number}: the answer stood in a cell for text; it was run as code.")
    return kept


def _joined(before: str, after: str) -> str:
    return f"{before}\n\n{after}" if before else after


def _harmless(source: str) -> str:
    """Take the power from comments that would switch nbval off."""
    return NBVAL_MARK.sub(r"\1-", source)


def check_code(number: str, trusted: Trusted) -> str:
    """Write the check cell: its command is not the one that an answer may have replaced."""
    name = trusted.variable[number]
    return f'from scidip.grading.inside.questions import check\ncheck("{number}", {name})'


def to_notebook(steps: list[Step], expected: dict[str, str]) -> NotebookNode:
    """Write the steps as the notebook that nbval runs.

    Parameters
    ----------
    steps : list of Step
        The cells.
    expected : dict of str to str
        For each question, the output that its check has with the model answer.

    Returns
    -------
    NotebookNode
        The check cells are tagged, and hold the expected outputs.
    """
    cells = []
    for place, step in enumerate(steps):
        ours = {"role": step.role, "question": step.question, "place": place}
        cell = {
            "cell_type": "code", "id": f"c{place}-{step.role}", "metadata": {KEY: ours},
            "execution_count": None, "outputs": [], "source": step.source,
        }  # fmt: skip
        if step.role == CHECK:
            words = {"text/plain": expected.get(step.question, "")}
            cell["metadata"]["tags"] = ["nbval-check-output"]
            cell["execution_count"] = place + 1
            cell["outputs"] = [{
                "output_type": "execute_result", "data": words, "metadata": {},
                "execution_count": place + 1,
            }]  # fmt: skip
        cells.append(cell)
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict(book)
