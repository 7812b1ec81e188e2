"""The fast road: processes forked from a warm one. Linux and macOS."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import subprocess
import sys
import time
from copy import copy
from dataclasses import asdict, replace
from pathlib import Path

from scidip.grading.contain import COURSE, OWN, VARIABLES, Containment, bubblewrap
from scidip.grading.inside import runner
from scidip.grading.inside.isolate import Limits
from scidip.grading.kernels import Ended, Infrastructure, Reply

START = (
    "import json, socket, sys\n"
    "sys.path.insert(0, sys.argv[1])\n"
    "from scidip.grading.inside import isolate, runner\n"
    "order = json.loads(sys.argv[3])\n"
    "runner.serve(socket.socket(fileno=int(sys.argv[2])), isolate.Limits(**order['limits']),\n"
    "             order['own'], order['sandbox'])\n"
)
WARM_UP = 120  # seconds


class WarmProcess:
    """One warm process, contained, from which a process is forked for each submission.

    Parameters
    ----------
    course : Path
        The copy of the course that student's code sees.
    containment : Containment
        What this machine can do.
    limits : Limits
        For each submission.
    """

    name = "forked"

    def __init__(self, course: Path, containment: Containment, limits: Limits):
        self._count = 0
        self._control, theirs = socket.socketpair()
        sandbox = containment.is_sandbox
        order = {"limits": asdict(limits), "own": OWN if sandbox else [], "sandbox": sandbox}
        words = bubblewrap([(course, COURSE, False)]) if sandbox else []
        words += [sys.executable, "-I", "-c", START, COURSE if sandbox else str(course)]
        words += [str(theirs.fileno()), json.dumps(order)]
        environment = None if sandbox else {**VARIABLES, "HOME": str(course)}
        self._process = subprocess.Popen(
            words, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=str(course),
            start_new_session=True,  # Ctrl-C is for the grader
        )  # fmt: skip
        theirs.close()
        self._is_warm = False

    def _wait(self) -> None:
        """Wait until the process is warm.

        Raises
        ------
        Infrastructure
            It does not become warm.
        """
        if not self._is_warm:
            ready, _, _ = select.select([self._control], [], [], WARM_UP)
            with contextlib.suppress(OSError):  # it ended, and had not read all that we wrote
                self._is_warm = bool(ready) and self._control.recv(16) == b"warm\n"
        if self._is_warm:
            return
        said = "its origin is gone"
        if self._process is not None:
            self._process.kill()
            said = self._process.stderr.read().decode("utf-8", "replace")
        self.close()
        raise Infrastructure(f"The warm process did not start: {said[-500:]}")

    def load(self, tables: str) -> None:
        """Have further tables ready for the processes to come.

        Parameters
        ----------
        tables : str
            The folder, as the process sees it.
        """
        with contextlib.suppress(Infrastructure):  # the first start says why it is gone
            self._say({"load": tables})

    def branch(self) -> WarmProcess:
        """Fork a second warm process, which lives no longer than this one.

        Returns
        -------
        WarmProcess
            With a control of its own: another process of the grader may use it.

        Raises
        ------
        Infrastructure
            It did not start.
        """
        other = copy(self)
        other._process, other._count, other._is_warm = None, 0, False
        other._control = self._order({"branch": True})
        other._wait()
        return other

    def _say(self, order: dict) -> None:
        try:
            self._control.sendall(json.dumps(order).encode() + b"\n")
        except OSError as problem:
            raise Infrastructure(f"The warm process is gone ({problem}).") from None

    def _order(self, order: dict) -> socket.socket:
        """Send an order, with one end of a pair of sockets; give the other end."""
        self._wait()
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [json.dumps(order).encode() + b"\n"], [theirs.fileno()])
        except OSError as problem:
            ours.close()
            raise Infrastructure(f"The warm process is gone ({problem}).") from None
        finally:
            theirs.close()
        return ours

    def start(self) -> WarmLife:
        """Fork a process for one submission.

        Raises
        ------
        Infrastructure
            The warm process is gone.
        """
        self._count += 1
        return WarmLife(self, self._count, self._order({"start": self._count}))

    def end(self, number: int) -> None:
        """End all processes of a submission."""
        with contextlib.suppress(Infrastructure):
            self._say({"end": number})

    def leave(self) -> None:
        """Let go of it in a process that was forked from the grader and has no use for it."""
        self._control.close()

    def close(self) -> None:
        """End the warm process and all that came from it."""
        self._control.close()
        if self._process is None:  # the process from which it was forked buries it
            return
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stderr.close()


class WarmLife:
    """One forked process: runs cells until it is closed or dies."""

    def __init__(self, origin: WarmProcess, number: int, channel: socket.socket):
        self._origin, self._number, self._channel = origin, number, channel
        ready = self._receive(WARM_UP)
        if not isinstance(ready, dict) or not isinstance(ready.get("ready"), dict):
            self.close()
            said = ready.get("problem", "") if isinstance(ready, dict) else ""
            raise Infrastructure(f"A process for a submission did not start. {said[-500:]}".strip())
        self.in_force = {str(name): str(words) for name, words in ready["ready"].items()}

    def run(self, code: str, value: bool, timeout: float) -> Reply:
        """Run one cell.

        Raises
        ------
        Ended
            The process died, or did not answer in time; it is gone then.
        """
        try:
            self._channel.settimeout(timeout)
            runner.send(self._channel, {"code": code, "value": value})
        except OSError:
            self.close()
            raise Ended("dead") from None
        answer = self._receive(timeout)
        if answer == "timeout":
            self.close()
            raise Ended("timeout")
        try:
            reply = Reply.read(answer)
            return reply if value else replace(reply, value=None)
        except ValueError:
            self.close()
            raise Ended("dead") from None

    def _receive(self, timeout: float):
        """Take one frame, in all within the time; "timeout" when there was none."""
        end = time.monotonic() + timeout
        channel = _Deadline(self._channel, end)
        frame = runner.receive(channel)
        return "timeout" if frame is None and channel.late else frame

    def close(self) -> None:
        """End the process and all that it started."""
        self._channel.close()
        self._origin.end(self._number)


class _Deadline:
    """A socket that stops receiving at a moment: many small pieces must not stretch the time."""

    def __init__(self, channel: socket.socket, end: float):
        self._channel, self._end, self.late = channel, end, False

    def recv(self, size: int) -> bytes:
        left = self._end - time.monotonic()
        if left <= 0:
            self.late = True
            return b""
        self._channel.settimeout(left)
        try:
            return self._channel.recv(size)
        except TimeoutError:
            self.late = True
            return b""
