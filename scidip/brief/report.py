"""What the rules say, as lines for a reader."""

from __future__ import annotations

from typing import Any

from scidip.brief.rules import check, measure
from scidip.figures import in_lines

NOTHING = "Nothing is written yet."


def report(brief: Any, *parts: str) -> None:
    """Print what a brief has so far and what is missing.

    Parameters
    ----------
    brief : dict
        As :func:`scidip.brief.check` takes it.
    *parts : str
        Which rules, as there.

    Examples
    --------
    >>> report({"claim": "____"})
    Nothing is written yet.
    """
    print(in_lines(report_words(brief, *parts), indent="  "))


def report_words(brief: Any, *parts: str) -> str:
    """Give the lines of :func:`report`."""
    if isinstance(brief, dict) and not _is_begun(brief):
        return NOTHING
    found = check(brief, *parts)
    counts = measure(brief)
    windows = ", ".join(counts["windows"]) or "none"
    lines = [
        f"Words: {counts['words']}. Sources: {len(counts['sources'])}. Windows: {windows}.",
        f"To repair: {len(found) or 'nothing'}.",
    ]
    return "\n".join(lines + [f"- {sentence}" for sentence in found])


def _is_begun(brief: dict) -> bool:
    values = [*brief.values()]
    values += [v for value in values if isinstance(value, dict) for v in value.values()]
    return any(
        (isinstance(value, str) and value.strip("_. \n")) or isinstance(value, list)
        for value in values
    )
