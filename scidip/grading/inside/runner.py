"""The warm process, and the short-lived ones that are forked from it: one for each submission.

The warm process loads pandas, matplotlib and the course once. For each submission it forks a
process, which shuts itself in before the first of the student's cells. With process numbers of its
own, all that a submission started ends with it.

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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scidip.grading.inside import isolate
from scidip.grading.inside.filter import refuse_calls
from scidip.grading.inside.shell import Shell

LONGEST_FRAME = 4 << 20  # the longest cell, and more than a value that is judged
FONTS = f"{isolate.COURSE}/fonts"


def serve(control: socket.socket, limits: isolate.Limits, own: list[str], sandbox: bool) -> None:
    """Wait for orders until the grader goes away.

    Parameters
    ----------
    control : socket.socket
        Each order is one JSON line: ``{"start": 7}`` comes with the socket of submission 7,
        ``{"end": 7}`` ends all its processes, ``{"load": "/course/other"}`` has further tables
        ready, and ``{"branch": true}`` comes with the socket that controls a copy of this process.
    limits : isolate.Limits
        For each submission.
    own : list of str
        Folders of which each submission gets an empty one of its own.
    sandbox : bool
        Whether namespaces are asked for. Where they fail, nothing is run: without them one student
        could reach another.
    """
    numbers = isolate.begin_apart() if sandbox else None
    warm_up()
    isolate.hide_memory()
    _serve(control, _Room(limits, own, numbers))


@dataclass(frozen=True)
class _Room:
    """How a process for a student is shut in.

    Parameters
    ----------
    limits : isolate.Limits
        For each submission.
    own : list of str
        Folders of which each submission gets an empty one of its own.
    numbers : int or None
        What :func:`isolate.begin_apart` gave; None where there are no namespaces.
    """

    limits: isolate.Limits
    own: list[str]
    numbers: int | None


def _serve(control: socket.socket, room: _Room) -> None:
    students: dict[int, int] = {}
    control.sendall(b"warm\n")
    orders = _Orders(control)
    for order in orders:
        if "load" in order:
            _load_tables(Path(order["load"]))
        elif "end" in order:
            if (pid := students.pop(order["end"], None)) is not None:
                _end(pid, alone=room.numbers is not None)
        else:
            # Without memory for a fork, the grader hears that nobody is there, and tries again.
            with orders.sockets.pop(0) as channel, contextlib.suppress(OSError):
                if "branch" in order:
                    _branch(control, channel, room)
                else:
                    students[order["start"]] = _start(channel, room)
    for pid in students.values():
        _end(pid, alone=room.numbers is not None)


def _branch(control: socket.socket, channel: socket.socket, room: _Room) -> None:
    """Fork a copy of the warm process."""
    if os.fork() == 0:
        control.close()
        isolate.die_with_parent()
        _serve(channel, room)
        os._exit(0)


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
    figure, axes = matplotlib.pyplot.subplots()  # the first one takes longer
    axes.bar(["a"], [1])
    figure.canvas.draw()
    matplotlib.pyplot.close(figure)
    Shell.instance().run_cell("1", store_history=False)
    _load_tables(scidip.data.DATA)


def _load_tables(folder: Path) -> None:
    from scidip import data

    own, data.DATA = data.DATA, folder
    for name in data.tables():
        data.load_shared(name)
    data.DATA = own
    # What is frozen is not touched by the collector, so the memory stays shared after a fork.
    gc.collect()
    gc.freeze()
    isolate.ease_forks()


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


def _end(pid: int, alone: bool) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if not alone:  # what it started has the same group
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _start(channel: socket.socket, room: _Room) -> int:
    """Fork the process of a student."""
    limits = replace(room.limits, memory=room.limits.memory + isolate.memory_now())
    pid = os.fork() if room.numbers is None else isolate.fork_apart(room.numbers)
    if pid:
        return pid
    try:
        in_force = _shut_in(channel, replace(room, limits=limits))
    except BaseException:  # nothing is run
        with contextlib.suppress(OSError):
            send(channel, {"problem": traceback.format_exc()})
        os._exit(1)
    try:
        _run_cells(channel, in_force)
    finally:
        os._exit(0)


def _shut_in(channel: socket.socket, room: _Room) -> dict[str, str]:
    """Take from this process what a student has no use for; say what is in force."""
    isolate.die_with_parent()
    os.setsid()
    _close_all_but(channel.fileno())
    sandbox = room.numbers is not None
    if sandbox:
        isolate.enter_namespaces(room.limits, room.own)
    isolate.be_first_to_go()
    if sandbox:
        isolate.hide_processes()
    in_force = isolate.set_limits(room.limits, sandbox)
    in_force["own namespaces"] = "yes" if sandbox else "no"
    if sandbox:
        isolate.give_up_privileges()
        os.chdir(isolate.WORK)
        isolate.show_tables()
    return in_force | refuse_calls(sandbox)  # last: it forbids what stands above


def _run_cells(channel: socket.socket, in_force: dict[str, str]) -> None:
    """Run the cells of one submission, one after the other."""
    random.seed(0)
    sys.modules["numpy"].random.seed(0)
    shell = Shell.instance()
    shell.watch()
    isolate.import_from_own_folder()
    send(channel, {"ready": in_force})
    while (order := receive(channel)) is not None:
        _look_for_new_files()
        send(channel, shell.run(order["code"], order["value"]))


def _look_for_new_files() -> None:
    """Forget what Python found in the working folder.

    It looks again when the time of the folder changes; before Linux 6.13 cells come faster.
    """
    with contextlib.suppress(OSError):
        sys.path_importer_cache.pop(str(Path.cwd()), None)


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
