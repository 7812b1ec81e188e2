"""A process that grades batches for the grader, until that one goes away.

It takes frames from its standard input and answers on its standard output: pickles, between two
programs of ours. Student's code never runs here, but in processes that are contained.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys

from scidip.grading.batch import GradingError, grade_batch


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


if __name__ == "__main__":
    main()
