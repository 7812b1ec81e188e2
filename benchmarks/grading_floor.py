"""The floor: the answers executed in a warm process, two at a time, with no kernel and no sandbox.

    python benchmarks/grading_floor.py CLASS MARKS.json

For each submission a process is forked, which executes its cells one after the other and asks the
questions for their verdicts. No grader that runs student's code can do less; this one can't be
trusted either, since the answers and the verdicts live in one process.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

SECONDS = 20
AT_ONE_TIME = 2


def warm_up(lesson):
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot  # noqa: F401

    import scidip.widgets.attraction_chain  # noqa: F401
    from scidip import data
    from scidip.grading import assemble  # noqa: F401
    from scidip.grading.trusted import trusted_exercise

    for name in data.tables():
        data.load(name)
    trusted_exercise(lesson)


def run(content, verdicts):
    """Execute the cells of one submission; each verdict is written as soon as it is there."""
    from scidip.grading.assemble import assemble
    from scidip.grading.parts import ANSWER, CHECK
    from scidip.questions import check

    def too_long(*_):
        raise TimeoutError

    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    signal.signal(signal.SIGALRM, too_long)
    trusted, made = assemble(content)
    names, stopped = {"__name__": "__main__"}, set()
    marks = dict.fromkeys(made.untried, "not tried")
    verdicts.write_text(json.dumps(marks))
    for step in made.steps:
        signal.alarm(SECONDS)
        try:
            if step.role == CHECK:
                said = check(step.question, eval(trusted.variable[step.question], names)).status
                wrong = "error" if step.question in stopped and said != "correct" else said
                marks[step.question] = wrong
            else:
                exec(compile(step.source, "<cell>", "exec"), names)
        except BaseException:
            if step.role in (ANSWER, CHECK):
                stopped.add(step.question)
                marks[step.question] = "error"
        signal.alarm(0)
        verdicts.write_text(json.dumps(marks))


def main(folder, target):
    paths = sorted(Path(folder).glob("*.ipynb"))
    warm_up(5)
    with tempfile.TemporaryDirectory() as place:
        running = 0
        for path in paths:
            if running == AT_ONE_TIME:
                os.wait()
                running -= 1
            if os.fork() == 0:
                try:
                    run(path.read_bytes(), Path(place, path.stem))
                finally:
                    os._exit(0)
            running += 1
        for _ in range(running):
            os.wait()
        marks = {path.stem: json.loads(Path(place, path.stem).read_text()) for path in paths}
    Path(target).write_text(json.dumps(marks))


if __name__ == "__main__":
    main(*sys.argv[1:])
