"""How a class is graded, and what this machine can do for it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from scidip.grading.contain import Containment, find_containment
from scidip.grading.inside.isolate import Limits


class GradingError(Exception):
    """Nothing can be graded. The message says why, in one sentence."""


@dataclass(frozen=True)
class Settings:
    """How a class is graded.

    Parameters
    ----------
    lesson : int or None
        The exercise, if it is to be one only.
    seconds, whole : float
        For one cell, and for one notebook.
    limits : Limits
        What one submission may use.
    variant : bool
        Whether correct answers are tried on other data.
    seed : int or None
        Draws those data. None: by lot, once for a folder of results, so that nobody knows before.
    stock : bool
        Whether ordinary Jupyter kernels run the cells, in place of forked processes.
    sandbox : bool
        Whether bubblewrap is used where there is one.
    """

    lesson: int | None = None
    seconds: float = 20
    whole: float = 120
    limits: Limits = field(default_factory=Limits)
    variant: bool = True
    seed: int | None = 1
    stock: bool = False
    sandbox: bool = True


def containment_of(settings: Settings) -> Containment:
    """Say what contains student's code under these settings on this machine."""
    if not settings.sandbox:
        return Containment("limits only", "it was switched off")
    return find_containment()


def can_fork() -> bool:
    """Tell whether this system can run the fast road."""
    return hasattr(os, "fork") and hasattr(os, "setsid")


def forks(settings: Settings) -> bool:
    """Tell whether cells run in forked processes; else ordinary Jupyter kernels run them."""
    return can_fork() and not settings.stock and containment_of(settings).nested
