"""Put a student's answers into the trusted notebook.

Nothing of a submission is believed but its answers. The setup, the tables and the checks are ours,
taken from solutions/; stored outputs, tags and check cells of the student are thrown away. What a
cell is, is told by :mod:`scidip.grading.parts`. Cells that are none of ours are kept where the
student put them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scidip.grading.cells import KEY, AssemblyError, lesson_of, read_cells
from scidip.grading.parts import ANSWER, CHECK, EXTRA, GIVEN, LONGEST_CELL, Part, sort
from scidip.grading.trusted import Trusted, trusted_exercise
from scidip.quick_nbformat import NotebookNode, nbformat

# Comments by which nbval would pass over a cell.
NBVAL_MARK = re.compile(r"(NBVAL|PYTEST_VALIDATE)_(?=[A-Z_]+)")
MOST_CODE = 1_000_000  # characters of all code cells; reading it takes seconds


@dataclass(frozen=True)
class Step:
    """One cell of the notebook that is run.

    Parameters
    ----------
    role : str
        answer, check, given (ours) or extra (the student's, for no question).
    question : str
        The question that it belongs to; empty for none. An extra cell counts as one of its own.
    source : str
        The code.
    other : bool
        Whether it is run on other data than the course's.
    """

    role: str
    question: str
    source: str
    other: bool = False


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


def assemble(
    content: bytes, lesson: int | None = None, likely: int | None = None
) -> tuple[Trusted, Assembled]:
    """Put the answers of a submission into the trusted notebook.

    Parameters
    ----------
    content : bytes
        The submitted file.
    lesson : int, optional
        The exercise; by default the one that the cells name.
    likely : int, optional
        The exercise where the cells name none, for example by the name of the file.

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
    lesson = next((one for one in (lesson, own, likely) if one is not None), None)
    if lesson is None:
        raise AssemblyError("No cell shows which exercise this is; ask for the course's notebook.")
    length = sum(len(cell.source[:LONGEST_CELL]) for cell in cells if cell.kind == "code")
    if length > MOST_CODE:
        raise AssemblyError(
            f"The code cells have {length:,} characters, over {MOST_CODE:,}; look at the file."
        )
    trusted = trusted_exercise(lesson)
    parts = sort(cells, trusted)
    return trusted, _put_together(parts, trusted, said)


def _put_together(parts: list[Part], trusted: Trusted, said: set[str]) -> Assembled:
    made = Assembled([Step(GIVEN, "", source) for source in trusted.setup], said_correct=said)
    chosen = {number: _chosen(number, parts, trusted, made) for number in trusted.variable}
    left = {number: list(codes) for number, codes in trusted.given.items()}
    run = {parts[place].squeezed for places in chosen.values() for place in places}
    for place, part in enumerate(parts):
        answered = [number for number, places in chosen.items() if place in places]
        if answered:
            for number in answered:
                made.steps += [Step(GIVEN, number, code) for code in left.pop(number, ())]
                made.answers[number] = _joined(made.answers.get(number, ""), part.source)
            question = part.question if part.question in answered else answered[0]
            made.steps.append(Step(ANSWER, question, _harmless(part.source)))
            for number in answered:
                if place == chosen[number][-1]:
                    name = _name_of_answer(number, parts, trusted)
                    made.steps.append(Step(CHECK, number, check_code(number, name)))
        elif part.role == GIVEN:
            made.steps += _ours_again(part, made, left)
        elif part.question in trusted.open:
            if _is_answer(part, trusted):
                before = made.answers.get(part.question, "")
                made.answers[part.question] = _joined(before, part.source)
        elif part.role == EXTRA or (_is_answer(part, trusted) and part.squeezed not in run):
            made.steps.append(Step(EXTRA, f"extra cell {place}", _harmless(part.source)))
    for number in trusted.variable:
        if not chosen[number]:
            made.untried.add(number)
            # Later answers may use the table of a question that was left out.
            made.steps += [Step(GIVEN, number, code) for code in left.pop(number, ())]
    return made


def _ours_again(part: Part, made: Assembled, left: dict[str, list[str]]) -> list[Step]:
    """Give what runs where the student has one of our cells."""
    if part.question:
        if part.source not in left.get(part.question, ()):
            return []
        left[part.question].remove(part.source)
        return [Step(GIVEN, part.question, part.source)]
    # The setup comes first anyway. Behind cells that may have undone it, it is run once more.
    if any(step.role != GIVEN for step in made.steps):
        return [Step(EXTRA, "setup", part.source)]
    return []


def _is_answer(part: Part, trusted: Trusted) -> bool:
    """Tell an answer from an untouched cell."""
    is_blank = part.squeezed in trusted.blank.get(part.question, ())
    return part.role == ANSWER and not is_blank


def _name_of_answer(number: str, parts: list[Part], trusted: Trusted) -> str:
    """Give the name to look at: ours, or one that the student put in place of it, check and all."""
    ours = trusted.variable[number]
    names = {name for part in parts for name in part.makes}
    asked = [name for part in parts for one, name in part.asks if one == number]
    return asked[-1] if asked and ours not in names and asked[-1] in names else ours


def _chosen(number: str, parts: list[Part], trusted: Trusted, made: Assembled) -> list[int]:
    """Choose the cells that are the answer of a question, by their places."""
    mine = [place for place, part in enumerate(parts)
            if part.role == ANSWER and part.question == number]  # fmt: skip
    tried = [place for place in mine if _is_answer(parts[place], trusted)]
    if not tried:  # it may stand in one cell with others
        name = trusted.variable[number]
        tried = [place for place, part in enumerate(parts)
                 if name in part.makes and _is_answer(part, trusted)]  # fmt: skip
    # What comes behind the student's own check has no say: there a name may be used again.
    last = max((place for place, part in enumerate(parts)
                if number in (one for one, _ in part.asks)), default=len(parts))  # fmt: skip
    tried = [place for place in tried if place <= last] or tried
    if not tried:
        if not mine:
            made.notes.append(f"There is no answer cell for {number}.")
        return []
    seen: dict[str, int] = {}
    for place in tried:
        seen[parts[place].squeezed] = place  # of exact copies the last one stays
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


def check_code(number: str, name: str) -> str:
    """Write the check cell: its command is not the one that an answer may have replaced."""
    return f'from scidip.grading.inside.questions import check\ncheck("{number}", {name})'


def to_notebook(
    steps: list[Step], expected: dict[str, str], on_other_data: dict[str, str] | None = None
) -> NotebookNode:
    """Write the steps as the notebook that nbval runs.

    Parameters
    ----------
    steps : list of Step
        The cells.
    expected : dict of str to str
        For each question, the output that its check has with the model answer.
    on_other_data : dict of str to str, optional
        The same, for the steps that are run on other data.

    Returns
    -------
    NotebookNode
        The check cells are tagged, and hold the expected outputs.
    """
    cells = []
    for place, step in enumerate(steps):
        ours = {"role": step.role, "question": step.question, "other": step.other}
        outputs = (on_other_data or {}) if step.other else expected
        cell = {
            "cell_type": "code", "id": f"c{place}-{step.role}", "metadata": {KEY: ours},
            "execution_count": None, "outputs": [], "source": step.source,
        }  # fmt: skip
        if step.role == CHECK:
            words = {"text/plain": outputs.get(step.question, "")}
            cell["metadata"]["tags"] = ["nbval-check-output"]
            cell["execution_count"] = place + 1
            cell["outputs"] = [{
                "output_type": "execute_result", "data": words, "metadata": {},
                "execution_count": place + 1,
            }]  # fmt: skip
        cells.append(cell)
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict(book)
