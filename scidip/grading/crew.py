"""Several worker processes on this machine, which take batches as they become free."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from scidip.grading.batch import Grader
from scidip.grading.kernels import Infrastructure
from scidip.grading.model import FAILED, Result, Submission
from scidip.grading.settings import GradingError, Settings, can_fork
from scidip.grading.worker import serve

COURSE = Path(__file__).resolve().parents[2]
# Submissions in one batch: an interruption loses what is in work, and pytest's start is shared.
BATCH = 16
TRIES = 2


class _Worker:
    """A process that begins from nothing."""

    def __init__(self, settings: Settings):
        start = f"import sys; sys.path.insert(0, {str(COURSE)!r})\n"
        start += "from scidip.grading.worker import main\nmain()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._send(settings)

    def _send(self, what) -> None:
        pickle.dump(what, self.process.stdin)
        self.process.stdin.flush()

    def grade(self, batch: list[Submission]) -> list[Result] | str:
        self._send(batch)
        return pickle.load(self.process.stdout)

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        self.process.kill()


class _Forked:
    """A process that is forked from this one, with all that is ready here."""

    def __init__(self, grader: Grader, strangers: list):
        context = multiprocessing.get_context("fork")
        self.grader = grader
        self.orders, theirs = context.Pipe()
        strangers = [*strangers, self.orders]
        self.process = context.Process(target=serve, args=(theirs, grader, strangers), daemon=True)
        self.process.start()
        theirs.close()
        grader.leave()

    def grade(self, batch: list[Submission]) -> list[Result] | str:
        self.orders.send(batch)
        return self.orders.recv()

    def leave(self) -> None:
        """Let go of it, in another process that was forked."""
        self.orders.close()

    def close(self) -> None:
        self.orders.close()
        self.process.join(timeout=20)
        if self.process.is_alive():
            self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


class _Crew:
    """The processes that grade, and what they have in common."""

    def __init__(self, submissions: list[Submission], settings: Settings, count: int):
        self.settings, self.all, self.forked = settings, [], []
        self.grader = None
        if count == 1 or not can_fork():  # one has nobody to share with
            return
        self.grader = Grader(settings)
        try:
            self.grader.prepare({one.lesson for one in submissions if one.lesson is not None})
            twins = [self.grader.branch() for _ in range(count)]
            for place, twin in enumerate(twins):
                strangers = [*self.forked, *twins[place + 1 :], self.grader]
                self.forked.append(_Forked(twin, strangers))
        except Infrastructure as problem:
            self.close()
            raise GradingError(str(problem)) from None
        except BaseException:
            self.close()
            raise
        self.all += self.forked

    def hire(self) -> _Worker | _Forked:
        """Give a worker that is free; a new one when all have work or are gone."""
        with contextlib.suppress(IndexError):
            return self.forked.pop()
        worker = _Worker(self.settings)
        self.all.append(worker)
        return worker

    def kill(self) -> None:
        for worker in list(self.all):
            worker.kill()

    def close(self) -> None:
        for worker in self.forked:  # those that nobody hired
            worker.close()
        if self.grader is not None:
            self.grader.close()


def grade_here(
    submissions: list[Submission], settings: Settings, workers: int
) -> Iterator[tuple[Submission, Result]]:
    """Grade on this machine.

    Parameters
    ----------
    submissions : list of Submission
        What is to be graded.
    settings : Settings
        How.
    workers : int
        Processes that grade at one time.

    Returns
    -------
    iterator of (Submission, Result)
        As they are done.

    Raises
    ------
    GradingError
        Nothing can be graded here.
    """
    batches: queue.Queue = queue.Queue()
    for batch in _cut(submissions, workers):
        batches.put((batch, 1))
    count = max(1, min(workers, batches.qsize()))
    # Here and not in the generator: where there are threads already, nothing should be forked.
    return _graded(batches, len(submissions), count, _Crew(submissions, settings, count))


def _cut(submissions: list[Submission], workers: int) -> Iterator[list[Submission]]:
    """Cut into batches that become smaller, so that all workers end at about the same time."""
    done = 0
    while done < len(submissions):
        size = min(BATCH, max(1, (len(submissions) - done) // (2 * workers)))
        yield submissions[done : done + size]
        done += size


def _graded(batches, left: int, count: int, crew: _Crew) -> Iterator[tuple[Submission, Result]]:
    done: queue.Queue = queue.Queue()
    stop = threading.Event()
    threads = [
        threading.Thread(target=_work, args=(batches, done, stop, crew), daemon=True)
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        while left:
            answer = done.get()
            if isinstance(answer, BaseException):
                raise answer
            left -= 1
            yield answer
    finally:
        stop.set()
        if left:  # something went wrong, or somebody pressed Ctrl-C
            crew.kill()
        for thread in threads:
            thread.join(timeout=30)
        crew.close()


def _work(batches, done, stop: threading.Event, crew: _Crew) -> None:
    """Feed one worker; when it dies, give its batch to a new one, piece by piece."""
    worker = None
    try:
        while not stop.is_set():
            try:
                batch, tries = batches.get_nowait()
            except queue.Empty:
                break
            try:
                if worker is None:
                    worker = crew.hire()
                results = worker.grade(batch)
            except (EOFError, OSError, pickle.UnpicklingError):
                worker = None
                if stop.is_set():
                    break
                _give_back(batch, tries, batches, done)
                continue
            if isinstance(results, str):
                raise GradingError(results)
            for pair in zip(batch, results, strict=True):
                done.put(pair)
    except BaseException as problem:
        done.put(problem)
    finally:
        if worker is not None:
            worker.close()


def _give_back(batch: list[Submission], tries: int, batches, done) -> None:
    if len(batch) == 1 and tries >= TRIES:
        one = batch[0]
        words = "The grading process ended twice with this submission; look at it by hand."
        done.put((one, Result(one.student, one.source, one.lesson, FAILED, words)))
        return
    for one in batch:
        batches.put(([one], tries + 1))
