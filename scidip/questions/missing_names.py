"""In IPython, answer ``check("2.1", early)`` without an ``early`` by one line.

The name is looked up before check starts, so check itself can't help.
"""

from __future__ import annotations

import ast
import linecache

from scidip.questions.display import NotCorrect, Outcome, running_shell
from scidip.questions.engine import find_question
from scidip.questions.kinds import Choice, Letters, Order
from scidip.status import NOT_YET
from scidip.strict import is_strict


def explain_missing_names() -> None:
    """Ask the running IPython, if there is one, to bring every NameError here first."""
    shell = running_shell()
    if shell is not None:
        shell.set_custom_exc((NameError,), _on_name_error)


def _on_name_error(shell, kind, error, trace, tb_offset=None):
    number = _checked_exercise(shell, error, trace)
    if number is None:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return
    marks = (
        " A letter needs quotation marks."
        if isinstance(find_question(number)[0], (Choice, Letters, Order))
        else ""
    )
    outcome = Outcome(
        number,
        NOT_YET,
        f"There is no name {error.name} yet. "
        f"Run your answer cell first; if it shows red text, repair it.{marks}",
    )
    if is_strict():
        strict = NotCorrect(repr(outcome))
        shell.showtraceback((NotCorrect, strict, trace), tb_offset=tb_offset)
        return
    from IPython.display import display

    display(outcome)


def _checked_exercise(shell, error: NameError, trace) -> str | None:
    """Find the exercise whose check call, in the cell itself, lacks the name."""
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    if frame.f_globals is not shell.user_ns or frame.f_locals is not frame.f_globals:
        return None
    try:
        cell = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except SyntaxError:  # the cell has magics: an ordinary traceback is good enough
        return None
    for call in ast.walk(cell):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "check"
            and call.lineno <= trace.tb_lineno <= call.end_lineno
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ):
            names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)} - {"check"}
            question, _ = find_question(call.args[0].value)
            if question is not None and error.name in names:
                return question.number
    return None
