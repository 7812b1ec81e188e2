"""How far an answer is: the words for it, and how they look in a notebook.

Exercises and widgets judge answers; both say the result in these words and in this box.
"""

from __future__ import annotations

UNTRIED, NOT_YET, CORRECT = "not tried yet", "not yet", "correct"
DISCUSSION, UNKNOWN = "for discussion", "unknown"

# Symbol and border colour: JupyterLab's own colours, which fit its light and dark theme.
LOOK = {
    UNTRIED: ("○", "var(--jp-border-color0, #757575)"),
    NOT_YET: ("↻", "var(--jp-warn-color1, #b26a00)"),
    CORRECT: ("✓", "var(--jp-success-color1, #388e3c)"),
    DISCUSSION: ("○", "var(--jp-info-color1, #0277bd)"),
    UNKNOWN: ("?", "var(--jp-border-color0, #757575)"),
}


def status_box(status: str, content: str) -> str:
    """Put HTML behind the sign of a status, which a screen reader leaves out.

    Parameters
    ----------
    status : str
        A key of ``LOOK``.
    content : str
        HTML that says the status in words too.

    Returns
    -------
    str
        HTML in the colour of the status.

    Examples
    --------
    >>> status_box("correct", "Well counted.").endswith("✓</span> Well counted.</div>")
    True
    """
    sign, colour = LOOK[status]
    return box(f'<span aria-hidden="true">{sign}</span> {content}', colour)


def box(content: str, colour: str) -> str:
    """Put HTML beside a coloured border; a screen reader says it when it appears."""
    style = f"border-left: 4px solid {colour}; padding: 0.3em 0.8em; color: inherit;"
    return f'<div role="status" style="{style}">{content}</div>'
