"""How the answers of the commands look, in a notebook and in plain text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import ClassVar

from scidip.questions.kinds import CORRECT, DISCUSSION, NOT_YET, UNKNOWN, UNTRIED


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a check says.

    Parameters
    ----------
    number : str
        The exercise, such as ``"2.1"``; empty when there is no such exercise.
    status : str
        ``"not tried yet"``, ``"not yet"``, ``"correct"``, ``"for discussion"`` or ``"unknown"``.
    message : str
        What is wrong, or why a correct answer matters: plain text in one line.

    Examples
    --------
    >>> Outcome("2.1", "not yet", "Count again.")
    Exercise 2.1: not yet. Count again.
    """

    number: str
    status: str
    message: str

    # Symbol and border colour: JupyterLab's own colours, which fit its light and dark theme.
    _LOOK: ClassVar[dict[str, tuple[str, str]]] = {
        UNTRIED: ("○", "var(--jp-border-color0, #757575)"),
        NOT_YET: ("↻", "var(--jp-warn-color1, #b26a00)"),
        CORRECT: ("✓", "var(--jp-success-color1, #388e3c)"),
        DISCUSSION: ("○", "var(--jp-info-color1, #0277bd)"),
        UNKNOWN: ("?", "var(--jp-border-color0, #757575)"),
    }

    def __repr__(self) -> str:
        if self.status == UNKNOWN:
            return self.message
        return f"Exercise {self.number}: {self.status}. {self.message}"

    def _repr_html_(self) -> str:
        symbol, colour = self._LOOK[self.status]
        words = html.escape(repr(self))
        words = words.replace(f": {self.status}.", f": <b>{self.status}</b>.", 1)
        return _box(f'<span aria-hidden="true">{symbol}</span> {words}', colour)


class NotCorrect(Exception):
    """Raised by check in strict mode (``SCIDIP_STRICT=1``) on anything but *correct*."""

    def _render_traceback_(self) -> list[str]:
        return [f"NotCorrect: {self}"]


def _box(content: str, colour: str) -> str:
    style = f"border-left: 4px solid {colour}; padding: 0.3em 0.8em; color: inherit;"
    return f'<div role="status" style="{style}">{content}</div>'


def show_words(line: str, block: str = "", twin: str = "") -> None:
    """Show one line, and a block of text with its HTML twin below it, in a notebook or anywhere."""
    words = f"{line}\n{block}" if block else line
    if running_shell() is None:
        print(words)
        return
    from IPython.display import display

    page = _box(html.escape(line) + twin, "var(--jp-info-color1, #0277bd)")
    display({"text/plain": words, "text/html": page}, raw=True)


def code_page(source: str) -> str:
    style = "white-space: pre-wrap; word-break: normal; color: inherit;"
    return f'<pre style="{style}">{html.escape(source)}</pre>'


def prose_page(markdown: str) -> str:
    """Turn the little Markdown that model answers use into HTML."""
    page = html.escape(markdown)
    for pattern, tag in ((r"\*\*(.+?)\*\*", "b"), (r"\*(.+?)\*", "i"), (r"`(.+?)`", "code")):
        page = re.sub(pattern, rf"<{tag}>\1</{tag}>", page)
    return "".join(f"<p>{paragraph}</p>" for paragraph in page.split("\n\n"))


def running_shell():
    """Give the running IPython, or None."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()
