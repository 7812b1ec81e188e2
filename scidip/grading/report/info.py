"""What the report says about the run: when, with what, and what was in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


class ReportError(ValueError):
    """The report can't be written. The message says what to do, in one sentence."""


@dataclass(frozen=True)
class RunInfo:
    """One run of the grader.

    Parameters
    ----------
    started, ended : str
        ISO 8601.
    command : sequence of str
        The words of the command line.
    versions : mapping of str to str
        Such as ``{"python": "3.11.7", "scidip": "0.1.0"}``.
    containment : mapping of str to str
        What was in force while the code of students ran, such as ``{"network": "closed"}``.
    seed : int or None
        Of the variant of the data.
    counts : mapping of str to int
        Such as ``{"submissions": 30, "taken from the last run": 28}``.
    seconds : float
        How long it took.

    Examples
    --------
    >>> RunInfo(started="2026-11-26T09:00:00Z").to_json()["seconds"]
    0.0
    """

    started: str = ""
    ended: str = ""
    command: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    containment: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Give it as plain values, for a file."""
        return asdict(self) | {"command": list(self.command)}
