"""A process that grades batches for the grader, until that one goes away.

It takes frames from its standard input and answers on its standard output: pickles, between two
programs of ours. Student's code never runs here, but in processes that are contained.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys

from scidip.grading.batch import Grader, grade_batch
from scidip.grading.settings import GradingError


def main() -> None:
    """Grade what comes, until nothing comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which ends this one
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    settings = pickle.load(orders)
    while True:
        try:
            batch = pickle.load(orders)
        except EOFError:
            return
        try:
            answer = grade_batch(batch, settings)
        except GradingError as problem:
            answer = str(problem)
        pickle.dump(answer, answers)
        answers.flush()


def serve(orders, grader: Grader, strangers: list) -> None:
    """Do the same in a process that was forked from the grader.

    Parameters
    ----------
    orders : multiprocessing.connection.Connection
        Gives batches, takes results.
    grader : Grader
        Made for this process.
    strangers : list
        What belongs to other processes; it is let go of.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)
    for stranger in strangers:
        getattr(stranger, "leave", stranger.close)()
    while True:
        try:
            batch = orders.recv()
        except EOFError:
            break
        try:
            answer = grader.grade(batch)
        except GradingError as problem:
            answer = str(problem)
        orders.send(answer)
    grader.close()


if __name__ == "__main__":
    main()
