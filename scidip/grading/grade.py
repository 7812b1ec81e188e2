"""The command ``scidip grade``: a class in, a report out."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tqdm import tqdm

from scidip.grading.collect import collect
from scidip.grading.crew import grade_here
from scidip.grading.model import FAILED, GRADED, REFUSED, Result, Submission
from scidip.grading.report import RunInfo, read_roster, write_report
from scidip.grading.settings import GradingError, Settings, containment_of, forks
from scidip.grading.store import FOLDER, Store, kept_seed

VERSIONS = ("scidip", "nbval", "pytest", "ipykernel", "pandas", "numpy", "matplotlib")
INTERRUPTED = 130  # the usual exit code after Ctrl-C


@dataclass(frozen=True)
class Order:
    """What was asked for on the command line.

    Parameters
    ----------
    submissions, out : Path
        The class, and where the report goes.
    settings : Settings
        How answers are run.
    workers : int
        Processes at one time; more than cores, since a student's cell may sleep.
    require_sandbox : bool
        Whether to refuse to run without a sandbox.
    again : bool
        Whether what is graded already is graded again.
    roster : Path or None
        An exported gradebook with the platform's ids.
    scheduler : str
        Address of a Dask cluster; empty for this machine.
    command : tuple of str
        The words of the command line, for the report.
    """

    submissions: Path
    out: Path
    settings: Settings = field(default_factory=Settings)
    workers: int = field(default_factory=lambda: 2 * (os.cpu_count() or 1))
    require_sandbox: bool = False
    again: bool = False
    roster: Path | None = None
    scheduler: str = ""
    command: tuple[str, ...] = ()


def grade(order: Order, say: Callable[[str], None] = print) -> int:
    """Grade a class and write the report.

    Parameters
    ----------
    order : Order
        What to do.
    say : callable
        Gets each sentence for the instructor.

    Returns
    -------
    int
        0 when every submission was graded or refused with a reason, 1 when some failed through no
        fault of the student, 130 after Ctrl-C. The report is written in each case.

    Raises
    ------
    GradingError
        Nothing can be graded. The message says why.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    _refuse_mixed_folders(order)
    contained = _containment(order)
    if order.require_sandbox and not _is_sandbox(contained):
        raise GradingError(
            f"A sandbox was required, and there is none here ({contained.get('sandbox', '')}). "
            "On Linux, install bubblewrap."
        )
    for name, words in contained.items():
        say(f"{name}: {words}")
    if order.roster is not None:
        read_roster(order.roster)  # what can't be used is to be known before the work begins
    submissions = collect(order.submissions, order.settings.lesson)
    order.out.mkdir(parents=True, exist_ok=True)
    if order.settings.seed is None:
        order = replace(order, settings=replace(order.settings, seed=kept_seed(order.out)))
    store = Store(order.out, order.settings)
    results: dict[int, Result] = {}
    if not order.again:
        found = ((place, store.get(one)) for place, one in enumerate(submissions))
        results = {place: result for place, result in found if result is not None}
    taken = len(results)
    left = [(place, one) for place, one in enumerate(submissions) if place not in results]
    say(f"{len(submissions)} submissions; {taken} of them graded already.")
    places = {id(one): place for place, one in left}
    interrupted = False
    try:
        for one, result in _with_progress(_graded(order, [one for _, one in left]), len(left)):
            results[places[id(one)]] = result
            store.put(one, result)
    except KeyboardInterrupt:
        interrupted = True
        say("Interrupted. What is graded is kept; the same command goes on from here.")
    done = [results[place] for place in sorted(results)]
    counts = Counter(result.status for result in done)
    run = RunInfo(
        started=started.isoformat(timespec="seconds"),
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        command=order.command,
        versions=_versions(),
        containment={**contained, **_limits(order.settings), **_in_force(done)},
        seed=order.settings.seed if order.settings.variant else None,
        counts={
            "submissions": len(submissions), "taken from an earlier run": taken,
            **{status: counts[status] for status in (GRADED, REFUSED, FAILED)},
            "not reached": len(submissions) - len(done),
        },
        seconds=round(time.monotonic() - clock, 1),
    )  # fmt: skip
    write_report(done, order.out, run, order.roster, say)
    say(
        f"{counts[GRADED]} graded, {counts[REFUSED]} refused, {counts[FAILED]} failed. "
        f"Begin with {order.out / 'class.html'}."
    )
    return INTERRUPTED if interrupted else int(bool(counts[FAILED]))


def _refuse_mixed_folders(order: Order) -> None:
    """A report inside the submissions would be collected the next time."""
    out, submissions = order.out.resolve(), order.submissions.resolve()
    if out == submissions or submissions in out.parents:
        raise GradingError(
            f"The folder for the results, {order.out}, lies in that of the submissions; choose "
            "another one."
        )
    if order.out.exists() and not order.out.is_dir():
        raise GradingError(f"{order.out} is a file; choose a folder for the results.")
    strange = order.out.is_dir() and any(order.out.iterdir()) and not (order.out / FOLDER).is_dir()
    if strange:
        raise GradingError(
            f"The folder {order.out} holds other files; choose an empty or a new folder."
        )


def _containment(order: Order) -> dict[str, str]:
    if order.scheduler:
        from scidip.grading.cluster import containment_on_cluster

        return containment_on_cluster(order.scheduler, order.settings)
    return containment_of(order.settings).in_force()


def _is_sandbox(contained: dict[str, str]) -> bool:
    kinds = [words for name, words in contained.items() if name.endswith("sandbox")]
    return bool(kinds) and all(words == "bubblewrap" for words in kinds)


def _in_force(results: list[Result]) -> dict[str, str]:
    """Say which limits the processes reported; several, where they differ between machines."""
    found: dict[str, dict[str, None]] = {}
    for result in results:
        for name, words in result.in_force.items():
            found.setdefault(name, {})[words] = None
    return {name: " or ".join(words) for name, words in found.items()}


def _limits(settings: Settings) -> dict[str, str]:
    """Say which limits were asked for."""
    limits = settings.limits
    return {
        "memory": f"{limits.memory} MiB beyond the process's own",
        "computing": f"{limits.cpu} seconds",
        "time for a cell": f"{settings.seconds:g} seconds",
        "time for a notebook": f"{settings.whole:g} seconds",
        "processes": f"{limits.processes} (in a sandbox)",
        "file size": f"{limits.file_size} MiB",
        "kernels": "forked from a warm process" if forks(settings) else "ordinary Jupyter kernels",
    }


def _graded(order: Order, left: list[Submission]) -> Iterator[tuple[Submission, Result]]:
    if not left:
        return iter(())
    if order.scheduler:
        from scidip.grading.cluster import grade_on_cluster

        return grade_on_cluster(left, order.settings, order.scheduler)
    return grade_here(left, order.settings, order.workers)


def _with_progress(pairs, total: int):
    """Show how far it is and how long it will take, on a terminal."""
    return tqdm(
        pairs, total=total, unit="submission", file=sys.stderr, disable=None, dynamic_ncols=True
    )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "system": platform.platform()}
    for name in VERSIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
