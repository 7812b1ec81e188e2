"""How the answers of the commands look, in a notebook and in plain text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from scidip.status import DISCUSSION, LOOK, UNKNOWN, box, status_box


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

    def __repr__(self) -> str:
        if self.status == UNKNOWN:
            return self.message
        return f"Exercise {self.number}: {self.status}. {self.message}"

    def _repr_html_(self) -> str:
        words = html.escape(repr(self))
        words = words.replace(f": {self.status}.", f": <b>{self.status}</b>.", 1)
        return status_box(self.status, words)


class NotCorrect(Exception):
    """Raised by check in strict mode (``SCIDIP_STRICT=1``) on anything but *correct*."""

    def _render_traceback_(self) -> list[str]:
        return [f"NotCorrect: {self}"]


def show_words(line: str, block: str = "", twin: str = "") -> None:
    """Show one line, and a block of text with its HTML twin below it, in a notebook or anywhere."""
    words = f"{line}\n{block}" if block else line
    if running_shell() is None:
        print(words)
        return
    from IPython.display import display

    page = box(html.escape(line) + twin, LOOK[DISCUSSION][1])
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
