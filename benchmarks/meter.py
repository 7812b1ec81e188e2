"""Wall time, computing time and memory of commands with all that they start."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil

GROUPS = Path("/sys/fs/cgroup/cpuacct")  # version 1 of Linux' control groups
PAUSE = 0.5  # seconds between two looks at the memory
MEBIBYTE = 1 << 20


class Meter:
    """Measures from ``with`` on, and may start several commands, also at one time.

    Computing time is counted by a control group where this process may make one, which misses
    nothing; elsewhere it is sampled, which misses what a process does after the last look at it.
    Memory is the sum over all processes at one moment: each shared page divided by those that share
    it (PSS), and counted for each of them (RSS).
    """

    def __enter__(self):
        self.group = GROUPS / f"scidip-{os.getpid()}-{time.monotonic_ns()}"
        try:
            self.group.mkdir()
            (self.group / "cgroup.procs").read_text()
            self.how = "control group"
        except OSError:
            self.group, self.how = None, "sampled"
        self.roots: list[subprocess.Popen] = []
        self.used: dict[int, float] = {}
        self.peak = {"pss": 0, "rss": 0, "one": 0, "parent": 0}
        self.stopped = threading.Event()
        self.sampler = threading.Thread(target=self._sample, daemon=True)
        self.started = time.perf_counter()
        self.sampler.start()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.started
        self.stopped.set()
        self.sampler.join()
        if self.group is None:
            self.cpu = sum(self.used.values())
            return
        self.cpu = int((self.group / "cpuacct.usage").read_text()) / 1e9
        for _ in range(100):
            try:
                self.group.rmdir()
                break
            except OSError:
                time.sleep(0.1)

    def run(self, words, cwd, env=None, seconds=None):
        """Run a command; False when it had to be ended."""
        process = subprocess.Popen(
            [str(word) for word in words], cwd=cwd, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=self._join,
        )  # fmt: skip
        self.roots.append(process)
        try:
            process.wait(timeout=seconds)
            return True
        except subprocess.TimeoutExpired:
            for one in [*psutil.Process(process.pid).children(recursive=True), process]:
                with contextlib.suppress(psutil.Error, OSError):
                    one.send_signal(signal.SIGKILL)
            process.wait()
            return False

    def _join(self):
        if self.group is not None:
            (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def _sample(self):
        while not self.stopped.wait(PAUSE):
            found = [self._look(pid) for pid in self._pids()]
            found = [sizes for sizes in found if sizes]
            own = [process.pid for process in self.roots]
            now = {
                "pss": sum(pss for _, pss, _ in found),
                "rss": sum(rss for _, _, rss in found),
                "one": max((pss for pid, pss, _ in found if pid not in own), default=0),
                "parent": max((pss for pid, pss, _ in found if pid in own), default=0),
            }
            self.peak = {name: max(self.peak[name], size) for name, size in now.items()}

    def _pids(self):
        if self.group is not None:
            with contextlib.suppress(OSError):
                return [int(pid) for pid in (self.group / "cgroup.procs").read_text().split()]
        pids = []
        for root in list(self.roots):
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(root.pid)
                pids += [root.pid, *(one.pid for one in process.children(recursive=True))]
        return pids

    def _look(self, pid):
        """Give the memory of one process, in MiB."""
        try:
            process = psutil.Process(pid)
            if self.group is None:
                times = process.cpu_times()
                self.used[pid] = times.user + times.system
            rss = process.memory_info().rss / MEBIBYTE
        except psutil.Error:
            return None
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            pss = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        except (OSError, StopIteration):
            pss = rss
        return pid, pss, rss
