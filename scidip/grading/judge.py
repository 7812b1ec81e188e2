"""From how the cells ended to marks, in the grader's own process.

nbval has compared each check cell with the output that the model answer has. What is equal is
correct. What is not may still be right, since many questions accept more than one answer; so the
value is built up again here, and the question judges it as it does in a notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from scidip import data
from scidip.grading.assemble import Assembled
from scidip.grading.inside.values import ValueProblem, from_text
from scidip.grading.kernels import Reply
from scidip.grading.model import BY_HAND, CORRECT, ERROR, NOT_YET, UNTRIED, Mark
from scidip.grading.parts import ANSWER, CHECK, EXTRA
from scidip.grading.run import Outcome, Ran
from scidip.grading.trusted import Trusted
from scidip.questions.engine import questions_of
from scidip.questions.kinds import Question
from scidip.status import CORRECT as SAID_CORRECT
from scidip.status import UNTRIED as SAID_UNTRIED

LONGEST_KEPT = 10_000  # characters of a value
PLACE = re.compile(r" \(<[^<>]{1,80}>, line \d{1,6}\)$")  # where a cell stops, by a name of ours
SAID_SO = "The saved page calls it correct; run anew, it is not."
SUSPICIOUS = {
    r"solutions\b|model_answers|\.git\b": "looks for the model answers",
    r"scidip\.questions\.(?!answers)|questions_of|find_question": "looks into the questions",
    r"^[ \t]*(def\s+check\b|check\s*=)|questions\.check\s*=": "puts something in place of check",
    r"builtins|^[ \t]*(print\s*=|def\s+print\b)|sys\.std(out|err)\s*=": "changes what print does",
    r"Exercise \d+\.\d+: correct": "writes a verdict itself",
    r"brief\.examples|\bexample\(": "takes the course's own example",
    r"\bctypes\b|\bgc\.get_|_getframe|settrace|addaudithook": "looks into the running program",
    r"\bos\.(_exit|kill|fork)\b|\b(subprocess|multiprocessing)\b": "starts or ends processes",
}


def judge(
    trusted: Trusted, assembled: Assembled, outcome: Outcome, expected: dict[str, str]
) -> tuple[Mark, ...]:
    """Give one mark for each question of an exercise.

    Parameters
    ----------
    trusted : Trusted
        The exercise.
    assembled : Assembled
        The submission as it was put together.
    outcome : Outcome
        How its cells ended.
    expected : dict of str to str
        For each question, the value of the model answer on the same data.

    Returns
    -------
    tuple of Mark
        In the order of the exercise, open questions too.
    """
    questions = questions_of(trusted.lesson)
    checks = {ran.question: ran for ran in outcome.cells if ran.role == CHECK}
    marks = []
    for number, question in questions.items():
        if number in trusted.open:
            marks.append(Mark(number, BY_HAND, "A person marks this answer."))
        elif number in assembled.untried or number not in checks:
            flags = (SAID_SO,) if number in assembled.said_correct else ()
            marks.append(Mark(number, UNTRIED, "There is no answer.", flags=flags))
        else:
            flags = _flags(number, assembled, outcome)
            before = _error_before(number, outcome)
            mark = _mark(question, checks[number], before, expected.get(number, ""))
            if number in assembled.said_correct and mark.status != CORRECT:
                flags += (SAID_SO,)
            marks.append(replace(mark, flags=flags))
    return tuple(marks)


def _mark(question: Question, check: Ran, before: Reply | None, expected: str) -> Mark:
    number = question.number
    reply = check.reply
    if reply.error is not None or reply.value is None:
        return _error_mark(number, before or reply, reply)
    if check.same and reply.value == expected:
        return Mark(number, CORRECT, question.why)
    status, message, misconception = judged(number, reply.value)
    if status != CORRECT and before is not None:
        return _error_mark(number, before, reply)
    return Mark(number, status, message, misconception)


def _error_mark(number: str, first: Reply, check: Reply) -> Mark:
    error = first.error or check.error or {"ename": "Error", "evalue": "no value came out"}
    name, words, missing = error["ename"], error["evalue"], error.get("name", "")
    if first.ended or (not first.error and check.ended):
        return Mark(number, ERROR, words)
    if name in ("EOFError", "StdinNotImplementedError"):
        return Mark(number, ERROR, "The code asks for input; nobody answers while it is checked.")
    if name == "NameError" and first.error is check.error:
        return Mark(
            number, ERROR, f"There is no name {missing}: the answer cell does not make it, or its "
            "spelling was changed."
        )  # fmt: skip
    if len(missing) == 1 and missing.isupper():
        return Mark(
            number, ERROR, f"The answer cell stops: Python looks for a name {missing}. A letter "
            f'needs quotation marks: "{missing}".'
        )  # fmt: skip
    words = PLACE.sub("", " ".join(words.split()))
    return Mark(number, ERROR, f"The answer cell stops: {name}: {words[:300]}")


def _error_before(number: str, outcome: Outcome) -> Reply | None:
    """Find the error in the answer's own cells; an error there explains a check that fails."""
    errors = [
        ran.reply for ran in outcome.cells
        if ran.role == ANSWER and ran.question == number and ran.reply.error
    ]  # fmt: skip
    return errors[-1] if errors else None


def judge_value(number: str, value: str) -> tuple[str, str, str]:
    """Judge the value of an answer as the check in a notebook does.

    Parameters
    ----------
    number : str
        The question.
    value : str
        As :func:`scidip.grading.inside.values.to_text` writes it.

    Returns
    -------
    status, message, misconception : str
    """
    question = questions_of(int(number.split(".")[0]))[number]
    try:
        answer = from_text(value, getattr(question, "cases", ()))
    except ValueProblem as problem:
        return ERROR, f"The answer can't be carried over: {problem}.", ""
    events = data.load_shared("events")
    try:
        said, message = question.judge(answer, events)
    except Exception:
        said, message = NOT_YET, "This answer can't be read; write it in a simpler form."
    status = {SAID_CORRECT: CORRECT, SAID_UNTRIED: UNTRIED}.get(said, NOT_YET)
    message = message.encode("utf-8", "replace").decode("utf-8")
    ideas = [known.misconception for known in question.known if known.message == message]
    return status, " ".join(message.split()), ideas[0] if ideas and status == NOT_YET else ""


# Many students give the same answer; long ones are rarely the same, and must not fill the memory.
_short: Callable[[str, str], tuple[str, str, str]] = lru_cache(maxsize=4096)(judge_value)


def judged(number: str, value: str) -> tuple[str, str, str]:
    """Do the same on the course's own data, and remember what was said."""
    return (_short if len(value) <= LONGEST_KEPT else judge_value)(number, value)


def _flags(number: str, assembled: Assembled, outcome: Outcome) -> tuple[str, ...]:
    """Say what an instructor should look at in an answer."""
    source = assembled.answers.get(number, "")
    found = [f"The answer {words}." for words in _suspicions(source)]
    for ran in outcome.cells:
        if ran.question == number and ran.role in (ANSWER, CHECK):
            found += [f"While it ran, the code tried {attempt}." for attempt in ran.reply.attempts]
    return tuple(dict.fromkeys(found))[:12]


def _suspicions(source: str) -> list[str]:
    return [words for pattern, words in SUSPICIOUS.items() if re.search(pattern, source, re.M)]


def extra_notes(assembled: Assembled, outcome: Outcome) -> list[str]:
    """Say what is to be known of the student's cells that belong to no question."""
    notes = []
    extra = [ran for ran in outcome.cells if ran.role == EXTRA]
    stopped = [ran for ran in extra if ran.reply.error]
    if stopped:
        error = stopped[0].reply.error
        words = f"{error['ename']}: {' '.join(error['evalue'].split())[:120]}"
        notes.append(f"A cell of the student's own stops ({words}); the run went on behind it.")
    source = "\n".join(step.source for step in assembled.steps if step.role == EXTRA)
    notes += [f"A cell of the student's own {words}." for words in _suspicions(source)]
    attempts = dict.fromkeys(attempt for ran in extra for attempt in ran.reply.attempts)
    notes += [f"A cell of the student's own tried {attempt}." for attempt in list(attempts)[:5]]
    return notes
