"""The same work on the machines of a Dask cluster.

Each machine has the course installed, with ``scidip[cluster]``. A batch whose worker dies is given
to another one; that it was begun twice changes nothing, as a batch has no effect but its results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from scidip.grading.batch import grade_batch
from scidip.grading.crew import BATCH
from scidip.grading.model import Result, Submission
from scidip.grading.settings import GradingError, Settings, containment_of
from scidip.grading.store import course_digest

RETRIES = 5
WAIT = "20s"  # for the scheduler


def grade_on_cluster(
    submissions: list[Submission], settings: Settings, scheduler: str
) -> Iterator[tuple[Submission, Result]]:
    """Grade on an existing Dask cluster.

    Parameters
    ----------
    submissions : list of Submission
        What is to be graded; the files are read here and sent.
    settings : Settings
        How.
    scheduler : str
        Its address, such as ``tcp://10.0.0.1:8786``.

    Yields
    ------
    Submission, Result
        As they are done.

    Raises
    ------
    GradingError
        There is no Dask, no cluster, or a worker that has another course.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise GradingError(
            "Dask is not installed; install the course with the extra scidip[cluster]."
        ) from None
    try:
        client = Client(scheduler, timeout=WAIT)
    except (OSError, ValueError) as problem:
        raise GradingError(f"There is no scheduler at {scheduler} ({problem}).") from None
    with client:
        _same_course(client)
        batches = {}
        for place in range(0, len(submissions), BATCH):
            part = submissions[place : place + BATCH]
            future = client.submit(
                grade_batch, [_with_content(one) for one in part], settings, pure=False,
                retries=RETRIES,
            )  # fmt: skip
            batches[future] = part
        for future in as_completed(list(batches)):
            part = batches.pop(future)
            yield from zip(part, future.result(), strict=True)
            future.release()


def containment_on_cluster(scheduler: str, settings: Settings) -> dict[str, str]:
    """Say what contains student's code on each machine."""
    from distributed import Client

    with Client(scheduler, timeout=WAIT) as client:
        found = client.run(containment_of, settings)
    return {
        f"{worker}: {name}": words
        for worker, contained in sorted(found.items())
        for name, words in contained.in_force().items()
    }


def _with_content(submission: Submission) -> Submission:
    if submission.problem:
        return submission
    return replace(submission, read=partial(bytes, submission.read()))


def _same_course(client) -> None:
    """Refuse a cluster in which a worker would give other marks."""
    ours = course_digest()
    theirs = client.run(course_digest, on_error="return")
    # A worker that dies just now is none that lacks the course.
    theirs = {name: said for name, said in theirs.items() if not isinstance(said, OSError)}
    if not theirs:
        raise GradingError("The cluster has no worker.")
    for worker, digest in sorted(theirs.items()):
        if isinstance(digest, Exception):
            raise GradingError(f"The worker {worker} does not have the course ({digest}).")
        if digest != ours:
            raise GradingError(
                f"The worker {worker} has another state of the course than this machine; update it."
            )
