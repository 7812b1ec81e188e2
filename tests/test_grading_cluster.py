"""A Dask cluster of two workers on this machine, one of which is killed in the middle."""

import os
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from notebook_rules import ROOT

from scidip.grading import cluster
from scidip.grading.batch import Grader
from scidip.grading.model import Submission
from scidip.grading.settings import GradingError, Settings

distributed = pytest.importorskip("distributed")
COUNT = 24


def class_of(count):
    """Solutions and untouched exercises by turns."""
    paths = [
        *sorted(Path(ROOT, "solutions").glob("02_*.ipynb")),
        *sorted(Path(ROOT, "exercises").glob("02_*.ipynb")),
    ]
    contents = [path.read_bytes() for path in paths]
    return [
        Submission(
            f"s{number:02d}", "02.ipynb", 2, partial(bytes, contents[number % 2]), str(number)
        )
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def two_workers():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as local:
        yield local


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_one_of_two_workers_is_killed_and_nothing_is_lost_or_doubled(two_workers):
    settings = Settings(variant=False)
    submissions = class_of(COUNT)
    with distributed.Client(two_workers.scheduler_address) as client:
        pids = list(client.run(os.getpid).values())
    assert len(pids) == 2

    killed = []

    def kill_one():
        time.sleep(1.5)
        os.kill(pids[0], signal.SIGKILL)
        killed.append(pids[0])

    killer = threading.Thread(target=kill_one)
    killer.start()
    found = list(cluster.grade_on_cluster(submissions, settings, two_workers.scheduler_address))
    killer.join()
    assert killed
    assert sorted(one.student for one, _ in found) == [one.student for one in submissions]
    here = Grader(settings)
    try:
        same = {one.student: one for one in here.grade(submissions[:2])}
    finally:
        here.close()
    for one, result in found:
        assert result.student == one.student
        assert result.marks == same[f"s{int(one.student[1:]) % 2:02d}"].marks


@pytest.mark.timeout(120)
def test_a_worker_with_another_course_is_refused(two_workers, monkeypatch):
    monkeypatch.setattr(distributed.Client, "run", lambda *_, **__: {"tcp://1": "another"})
    with pytest.raises(GradingError, match="another state of the course"):
        list(cluster.grade_on_cluster(class_of(1), Settings(), two_workers.scheduler_address))


def test_no_scheduler_is_said_in_one_sentence():
    with pytest.raises(GradingError, match="There is no scheduler at"):
        list(cluster.grade_on_cluster(class_of(1), Settings(), "tcp://127.0.0.1:9"))
