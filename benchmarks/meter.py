"""Wall time, computing time and memory of commands with all that they start."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil

# Version 1 of Linux' control groups: one for the computing time, one for the memory.
TIME, MEMORY = Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup/memory")
PAUSE = 0.5  # seconds between two looks at the memory
MEBIBYTE = 1 << 20


class Meter:
    """Measures from ``with`` on, and may start several commands, also at one time.

    Computing time is counted by a control group where this process may make one, which misses
    nothing; elsewhere it is sampled, which misses what a process does after the last look at it.
    Memory is looked at twice a second. The control group tells how much all processes have made
    together, each shared page once and files not at all; elsewhere each shared page is divided by
    those that share it (PSS), which takes so long to find out that it slows what is measured.
    """

    def __enter__(self):
        name = f"scidip-{os.getpid()}-{time.monotonic_ns()}"
        self.groups = [TIME / name, MEMORY / name]
        try:
            for group in self.groups:
                group.mkdir()
                (group / "cgroup.procs").read_text()
            self.how = "control group"
        except OSError:
            self.groups, self.how = [], "sampled"
        self.roots: list[subprocess.Popen] = []
        self.used: dict[int, float] = {}
        self.peak = {"all": 0, "rss": 0, "one": 0, "parent": 0}
        self.stopped = threading.Event()
        self.sampler = threading.Thread(target=self._sample, daemon=True)
        self.started = time.perf_counter()
        self.sampler.start()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.started
        self.stopped.set()
        self.sampler.join()
        if not self.groups:
            self.cpu = sum(self.used.values())
            return
        self.cpu = int((self.groups[0] / "cpuacct.usage").read_text()) / 1e9
        for group in self.groups:
            for _ in range(100):
                try:
                    group.rmdir()
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
        for group in self.groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def _sample(self):
        while not self.stopped.wait(PAUSE):
            found = {pid: sizes for pid in self._pids() if (sizes := self._look(pid))}
            own = [process.pid for process in self.roots]
            now = {
                "all": self._all() or sum(pss for pss, _ in found.values()),
                "rss": sum(rss for _, rss in found.values()),
                "one": max((rss for pid, (_, rss) in found.items() if pid not in own), default=0),
                "parent": max((rss for pid, (_, rss) in found.items() if pid in own), default=0),
            }
            self.peak = {name: max(self.peak[name], size) for name, size in now.items()}

    def _all(self):
        """Give the memory that the control group counts, in MiB."""
        with contextlib.suppress(OSError, IndexError):
            lines = (self.groups[1] / "memory.stat").read_text().splitlines()
            return (
                next(int(line.split()[1]) for line in lines if line[:10] == "total_rss ") / MEBIBYTE
            )
        return 0

    def _pids(self):
        with contextlib.suppress(OSError, IndexError):
            return [int(pid) for pid in (self.groups[0] / "cgroup.procs").read_text().split()]
        pids = []
        for root in list(self.roots):
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(root.pid)
                pids += [root.pid, *(one.pid for one in process.children(recursive=True))]
        return pids

    def _look(self, pid):
        """Give the memory of one process, divided (PSS) and not, in MiB."""
        try:
            process = psutil.Process(pid)
            rss = process.memory_info().rss / MEBIBYTE
            if self.groups:
                return 0, rss
            times = process.cpu_times()
            self.used[pid] = times.user + times.system
        except psutil.Error:
            return None
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            pss = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        except (OSError, StopIteration):
            pss = rss
        return pss, rss
