"""The warm process, and the short-lived ones that are forked from it: one for each submission.

The warm process loads pandas, matplotlib and the course once. For each submission it forks a guard,
the guard enters namespaces of its own and forks the process in which the student's cells run. The
guard runs no student's code; it ends the other one when it is told to, and so nothing survives.

Cells and answers go over one socket for each submission, in frames: four bytes with the length,
then JSON.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import random
import shutil
import signal
import socket
import struct
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from scidip.grading.inside import isolate
from scidip.grading.inside.shell import Shell

LONGEST_FRAME = 4 << 20  # the longest cell, and more than a value that is judged
WORK = "/student"
FONTS = "/course/fonts"


def serve(control: socket.socket, limits: isolate.Limits, own: list[str], sandbox: bool) -> None:
    """Wait for orders until the grader goes away.

    Parameters
    ----------
    control : socket.socket
        Each order is one JSON line: ``{"start": 7}`` comes with the socket of submission 7,
        ``{"end": 7}`` ends all its processes, ``{"branch": "/course/data"}`` comes with the socket
        that controls a copy of this process with those tables.
    limits : isolate.Limits
        For each submission.
    own : list of str
        Folders of which each submission gets an empty one of its own.
    sandbox : bool
        Whether namespaces are asked for.
    """
    warm_up()
    isolate.hide_memory()
    _serve(control, limits, own, sandbox)


def _serve(control: socket.socket, limits: isolate.Limits, own: list[str], sandbox: bool) -> None:
    for_each = replace(limits, memory=limits.memory + isolate.memory_now())
    guards: dict[int, int] = {}
    control.sendall(b"warm\n")
    orders = _Orders(control)
    for order in orders:
        if "branch" in order:
            channel = orders.sockets.pop(0)
            if os.fork() == 0:
                _branch(control, channel, order["branch"])
                _serve(channel, limits, own, sandbox)
                os._exit(0)
            channel.close()
        elif "start" in order:
            channel = orders.sockets.pop(0)
            guards[order["start"]] = _start(control, channel, for_each, own, sandbox)
        elif (pid := guards.pop(order["end"], None)) is not None:
            _end(pid)
    for pid in guards.values():
        _end(pid)


def _branch(control: socket.socket, channel: socket.socket, tables: str) -> None:
    """Begin as a copy of the warm process."""
    control.close()
    isolate.die_with_parent()
    from scidip import data

    if tables != str(data.DATA):
        data.DATA = Path(tables)
        _load_tables()
        _keep_shared()


def warm_up() -> None:
    """Load what exercises need, so that each submission finds it ready."""
    with contextlib.suppress(OSError):  # else matplotlib looks through all fonts first
        shutil.copytree(FONTS, os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
    import matplotlib

    matplotlib.use("Agg")
    import ipywidgets  # noqa: F401
    import matplotlib.pyplot
    import numpy.random  # noqa: F401
    import pandas  # noqa: F401

    import scidip

    for module in pkgutil.walk_packages(scidip.__path__, "scidip."):
        with contextlib.suppress(ImportError):
            importlib.import_module(module.name)
    _load_tables()
    Shell.instance().run_cell("1", store_history=False)
    _keep_shared()


def _load_tables() -> None:
    from scidip import data

    for name in data.tables():
        data.load(name)


def _keep_shared() -> None:
    # What is frozen is not touched by the collector, so the memory stays shared after a fork.
    gc.collect()
    gc.freeze()


class _Orders:
    """Orders as they come: lines of JSON, some with a socket; several may come at once."""

    def __init__(self, control: socket.socket):
        self.control = control
        self.lines: list[bytes] = []
        self.rest = b""
        self.sockets: list[socket.socket] = []

    def __iter__(self):
        return self

    def __next__(self) -> dict:
        while not self.lines:
            try:
                words, numbers, _, _ = socket.recv_fds(self.control, 4096, 16)
            except OSError:
                raise StopIteration from None
            if not words:
                raise StopIteration
            self.sockets += [socket.socket(fileno=number) for number in numbers]
            *self.lines, self.rest = (self.rest + words).split(b"\n")
        return json.loads(self.lines.pop(0))


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _start(control, channel, limits, own, sandbox) -> int:
    pid = os.fork()
    if pid:
        channel.close()
        return pid
    control.close()
    try:
        _guard(channel, limits, own, sandbox)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _guard(channel: socket.socket, limits: isolate.Limits, own: list[str], sandbox: bool) -> None:
    """Fork the process of the student, and end it when told to."""
    isolate.die_with_parent()
    if sandbox:  # where this fails, nothing is run: without it one student could reach another
        isolate.leave_root()
    isolate.be_first_to_go()
    if sandbox:
        isolate.enter_namespaces(limits, own)
        isolate.hide_processes()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # until it is known what to end
    pid = os.fork()
    if pid == 0:
        try:
            _student(channel, limits, sandbox)
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    channel.close()

    def end(*_):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        if not sandbox:  # what it started has the same group
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _student(channel: socket.socket, limits: isolate.Limits, sandbox: bool) -> None:
    """Run the cells of one submission, one after the other."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.setsid()
    _close_all_but(channel.fileno())
    in_force = isolate.set_limits(limits, sandbox)
    in_force["own namespaces"] = "yes" if sandbox else "no"
    if sandbox:
        isolate.give_up_privileges()
        os.chdir(WORK)
    random.seed(0)
    sys.modules["numpy"].random.seed(0)
    shell = Shell.instance()
    shell.watch()
    send(channel, {"ready": in_force})
    while (order := receive(channel)) is not None:
        send(channel, shell.run(order["code"], order["value"]))


def _close_all_but(kept: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.closerange(3, kept)
    os.closerange(kept + 1, 1024)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def send(channel: socket.socket, message: Any) -> None:
    """Send one frame."""
    body = json.dumps(message, separators=(",", ":")).encode("utf-8", "replace")
    channel.sendall(struct.pack("!I", len(body)) + body)


def receive(channel: socket.socket) -> Any:
    """Take one frame; None when the other side is gone, or sends what is no frame."""
    try:
        head = _exactly(channel, 4)
        if head is None:
            return None
        (length,) = struct.unpack("!I", head)
        if length > LONGEST_FRAME:
            return None
        body = _exactly(channel, length)
        return None if body is None else json.loads(body)
    except (OSError, ValueError, RecursionError):
        return None


def _exactly(channel: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = channel.recv(min(length - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
