"""Several worker processes on this machine, which take batches as they become free."""

from __future__ import annotations

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from scidip.grading.batch import GradingError, Settings
from scidip.grading.model import FAILED, Result, Submission

COURSE = Path(__file__).resolve().parents[2]
BATCH = 8  # submissions: few enough that the progress moves, enough that pytest's start is shared
TRIES = 2


class _Worker:
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

    Yields
    ------
    Submission, Result
        As they are done.

    Raises
    ------
    GradingError
        Nothing can be graded here.
    """
    batches: queue.Queue = queue.Queue()
    for place in range(0, len(submissions), BATCH):
        batches.put((submissions[place : place + BATCH], 1))
    done: queue.Queue = queue.Queue()
    stop = threading.Event()
    crew: list[_Worker] = []
    count = max(1, min(workers, batches.qsize()))
    threads = [
        threading.Thread(target=_work, args=(batches, done, settings, stop, crew), daemon=True)
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        left = len(submissions)
        while left:
            answer = done.get()
            if isinstance(answer, BaseException):
                raise answer
            left -= 1
            yield answer
    finally:
        stop.set()
        if left:  # something went wrong, or somebody pressed Ctrl-C
            for worker in list(crew):
                worker.kill()
        for thread in threads:
            thread.join(timeout=30)


def _work(batches, done, settings: Settings, stop: threading.Event, crew: list) -> None:
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
                    worker = _Worker(settings)
                    crew.append(worker)
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
