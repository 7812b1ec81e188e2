"""The ordinary road: one Jupyter kernel for each submission. Slower, and the same marks."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from queue import Empty

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from scidip.grading.contain import COURSE, VARIABLES, Containment, bubblewrap
from scidip.grading.inside.isolate import Limits
from scidip.grading.kernels import Ended, Infrastructure, Reply

START = (
    "import json, sys\n"
    "sys.path.insert(0, sys.argv[1])\n"
    "from scidip.grading.inside import isolate\n"
    "from scidip.grading.inside.filter import refuse_calls\n"
    "limits, sandbox = isolate.Limits(**json.loads(sys.argv[2])), sys.argv[3] == 'yes'\n"
    "in_force = isolate.contain_whole(limits, sandbox) | refuse_calls(sandbox)\n"
    "with open(sys.argv[4], 'w', encoding='utf-8') as file:\n"
    "    json.dump(in_force, file)\n"
    "sys.argv[1:5] = []\n"
    "from ipykernel.kernelapp import launch_new_instance\n"
    "isolate.import_from_own_folder()\n"
    "launch_new_instance()\n"
)
START_UP = 90  # seconds


class _OneSpec(KernelSpecManager):
    """Knows one kernel only: ours."""

    def __init__(self, argv: list[str], **options):
        super().__init__(**options)
        self._argv = argv

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(argv=self._argv, language="python", display_name="contained")


class StockKernels:
    """Starts an ordinary kernel for each submission.

    Parameters
    ----------
    course : Path
        The copy of the course that student's code sees.
    containment : Containment
        What this machine can do.
    limits : Limits
        For each submission.
    """

    name = "stock"

    def __init__(self, course: Path, containment: Containment, limits: Limits):
        self._course, self._containment, self._limits = course, containment, limits

    def load(self, _tables: str) -> None:
        """Each kernel loads what it needs."""

    def branch(self) -> StockKernels:
        """Give the same: kernels share nothing."""
        return self

    def leave(self) -> None:
        """There is nothing to let go of."""

    def start(self) -> StockLife:
        """Start a kernel.

        Raises
        ------
        Infrastructure
            It did not start.
        """
        return StockLife(self._course, self._containment, self._limits)

    def close(self) -> None:
        """Nothing stays behind between submissions."""


class StockLife:
    """One kernel: runs cells until it is closed or dies."""

    def __init__(self, course: Path, containment: Containment, limits: Limits):
        sandbox = containment.is_sandbox
        self._folder = Path(tempfile.mkdtemp(prefix="scidip-k-"))
        sockets = self._folder / "s"
        sockets.mkdir(mode=0o777)
        sockets.chmod(0o777)  # the kernel may be another user
        words = [sys.executable, "-I", "-c", START, COURSE if sandbox else str(course)]
        said = sockets / "in_force.json"
        words += [json.dumps(asdict(limits)), "yes" if sandbox else "no", str(said)]
        words += ["-f", "{connection_file}"]
        if sandbox:
            shared = [(course, COURSE, False), (sockets, str(sockets), True)]
            words = [*bubblewrap(shared), *words]
        options = {} if os.name == "nt" else {"transport": "ipc", "ip": str(sockets / "k")}
        self._manager = KernelManager(
            kernel_name="contained", kernel_spec_manager=_OneSpec(words),
            connection_file=str(sockets / "kernel.json"), **options,
        )  # fmt: skip
        environment = {**os.environ, **VARIABLES, "HOME": str(self._folder)}
        self._client = None
        try:
            self._manager.start_kernel(
                env=environment, cwd=str(self._folder), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            with contextlib.suppress(OSError):
                (sockets / "kernel.json").chmod(0o644)
            self._client = self._manager.blocking_client()
            self._client.start_channels()
            self._client.wait_for_ready(timeout=START_UP)
            in_force = json.loads(said.read_text(encoding="utf-8"))  # no student's code ran yet
        except Exception as problem:
            self.close()
            raise Infrastructure(f"A kernel did not start ({problem}).") from None
        self.in_force = {"own namespaces": "yes" if sandbox else "no", **in_force}

    def run(self, code: str, value: bool, timeout: float) -> Reply:
        """Run one cell.

        Raises
        ------
        Ended
            The kernel died, or did not answer in time; it is gone then.
        """
        try:
            return self._run(code, value, timeout)
        except (AttributeError, KeyError, TypeError, ValueError):  # it sends what is no message
            self.close()
            raise Ended("dead") from None

    def _run(self, code: str, value: bool, timeout: float) -> Reply:
        number = self._client.execute(
            code, store_history=False, allow_stdin=False, stop_on_error=False
        )
        end = time.monotonic() + timeout
        result, error = None, None
        while True:
            message = self._next(end)
            if message["parent_header"].get("msg_id") != number:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind == "execute_result":
                result = content["data"].get("text/plain")
            elif kind == "error":
                error = {"ename": content["ename"], "evalue": content["evalue"]}
        return Reply.read({"value": result if value and error is None else None, "error": error})

    def _next(self, end: float) -> dict:
        while True:
            left = end - time.monotonic()
            if left <= 0:
                self.close()
                raise Ended("timeout")
            try:
                return self._client.get_iopub_msg(timeout=min(left, 1))
            except Empty:
                if not self._manager.is_alive():
                    self.close()
                    raise Ended("dead") from None

    def close(self) -> None:
        """End the kernel and all that it started."""
        if self._client is not None:
            self._client.stop_channels()
        with contextlib.suppress(Exception):
            self._manager.shutdown_kernel(now=True)
        shutil.rmtree(self._folder, ignore_errors=True)
