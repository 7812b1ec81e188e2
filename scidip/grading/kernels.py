"""What nbval takes for a kernel: it runs cells and goes on after a cell that ends the process.

nbval asks a kernel for messages. Here they are made from a plain reply, whatever gave it: a forked
process (:mod:`scidip.grading.warm`) or an ordinary Jupyter kernel (:mod:`scidip.grading.stock`).
When a cell ends the process or takes too long, a new one is started and brought to the same point
without the cells of that question, so that the mistake costs no other question.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from scidip.grading.assemble import CHECK, EXTRA, GIVEN

SHORT = 300  # characters of a value that nbval compares as they are
MOST_LIVES = 14
MISSING = re.compile(r"name '(\w{1,80})' is not defined")
ENDINGS = {
    "timeout": (
        "CellTimeout",
        "The code ran over {seconds:g} seconds; is there a loop without end?",
    ),
    "dead": (
        "KernelDied",
        "The code ended the kernel, for example by os._exit or too much memory.",
    ),
    "late": ("NotRun", "It was not run: the time for the whole notebook was over."),
}


class Infrastructure(Exception):
    """The grader or the machine is at fault, not the student: run it again, never score it."""


class Ended(Exception):
    """A process is gone: ``"dead"`` or ``"timeout"``."""


@dataclass(frozen=True)
class Reply:
    """How a cell ended.

    Parameters
    ----------
    value : str or None
        The value of an answer, as text; of check cells only.
    error : dict or None
        ``ename`` and ``evalue``, and ``name`` for a name that does not exist.
    attempts : tuple of str
        What the code tried and an answer has no reason to do.
    """

    value: str | None = None
    error: dict[str, str] | None = None
    attempts: tuple[str, ...] = ()

    @classmethod
    def read(cls, answer: Any) -> Reply:
        """Read what a student's process sent; it may be anything.

        Raises
        ------
        ValueError
            It is no reply.
        """
        if not isinstance(answer, dict):
            raise ValueError(answer)
        value, error = answer.get("value"), answer.get("error")
        attempts = answer.get("attempts") or []
        if value is not None and not isinstance(value, str):
            raise ValueError("value")
        if error is not None:
            if not isinstance(error, dict):
                raise ValueError("error")
            error = {key: _readable(error.get(key, ""), 600) for key in ("ename", "evalue")}
            error["ename"] = error["ename"][:80] or "Error"
            missing = MISSING.match(error["evalue"])
            if error["ename"] == "NameError" and missing:
                error["name"] = missing[1]
        if not isinstance(attempts, list):
            raise ValueError("attempts")
        return cls(value, error, tuple(_readable(attempt, 200) for attempt in attempts[:20]))


def _readable(words: Any, most: int) -> str:
    if not isinstance(words, str):
        raise ValueError("words")
    # Half of a character can't be written to a file.
    return words[:most].encode("utf-8", "replace").decode("utf-8")


class Life(Protocol):
    """One process in which cells run."""

    in_force: dict[str, str]

    def run(self, code: str, value: bool, timeout: float) -> Reply: ...

    def close(self) -> None: ...


class Origin(Protocol):
    """What starts processes."""

    name: str

    def start(self) -> Life: ...

    def branch(self, tables: Path) -> Origin: ...

    def leave(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Room:
    """What a kernel needs beyond what nbval hands it.

    Parameters
    ----------
    origin : Origin
        Starts processes.
    prelude : str
        Code that is run first in each of them.
    seconds : float
        For one cell.
    whole : float
        Seconds for one notebook.
    """

    origin: Origin
    prelude: str
    seconds: float = 20
    whole: float = 120


def shown(value: str) -> str:
    """Give the text that stands for a value in a check cell's output: itself, or its digest.

    nbval explains a difference character by character, which takes minutes for long texts.
    """
    if len(value) <= SHORT:
        return value
    digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
    return f"{value[:60]}... {len(value)} characters, sha256 {digest}"


@dataclass
class _Cell:
    code: str
    role: str
    question: str


@dataclass
class Kernel:
    """Stands in nbval for its ``RunningKernel``, with the same methods.

    `Kernel.room` must be set before nbval starts one; ``next_cell`` before each cell.
    """

    kernel_name: str
    cwd: str | None = None
    startup_timeout: float = 60
    room: ClassVar[Room]

    life: Life | None = None
    cells: list[_Cell] = field(default_factory=list)
    broken: dict[str, Reply] = field(default_factory=dict)
    messages: deque = field(default_factory=deque)
    reply: Reply | None = None
    replies: list[Reply] = field(default_factory=list)
    in_force: dict[str, str] = field(default_factory=dict)
    lives: int = 0
    role: str = GIVEN
    question: str = ""

    def __post_init__(self):
        self.end = time.monotonic() + self.room.whole
        self._begin()

    def next_cell(self, role: str, question: str, place: int) -> None:
        """Say what the next cell is. An extra cell counts as a question of its own."""
        self.role = role
        self.question = f"extra cell {place}" if role == EXTRA else question

    # What nbval calls.

    def execute_cell_input(self, code: str, allow_stdin: bool | None = None) -> str:
        self.reply = self._run(_Cell(code, self.role, self.question))
        self.replies.append(self.reply)
        number = str(len(self.replies))
        self.messages.clear()
        for kind, content in _messages(self.reply):
            self.messages.append(
                {"msg_type": kind, "content": content, "parent_header": {"msg_id": number}}
            )
        return number

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """The cell has ended already."""

    def await_idle(self, msg_id: str, timeout: float) -> None:
        """The cell has ended already."""

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        return self.messages.popleft()

    def is_alive(self) -> bool:
        return True

    def interrupt(self) -> None:
        """Nothing runs any more."""

    def stop(self) -> None:
        if self.life is not None:
            self.life.close()
            self.life = None

    # How it goes on.

    def _run(self, cell: _Cell) -> Reply:
        if cell.question in self.broken:
            return self.broken[cell.question]
        left = self.end - time.monotonic()
        if left <= 0 or self.lives > MOST_LIVES:
            return self._ending("late")
        if self.life is None and not self._bring_back():
            return self._ending("late")
        if cell.question in self.broken:
            return self.broken[cell.question]
        seconds = max(min(self.room.seconds, self.end - time.monotonic()), 1)
        try:
            reply = self.life.run(cell.code, cell.role == CHECK, seconds)
        except Ended as ended:
            return self._broken(cell, str(ended))
        self.cells.append(cell)
        return reply

    def _begin(self) -> None:
        self.lives += 1
        self.life = self.room.origin.start()
        self.in_force = self.life.in_force
        try:
            reply = self.life.run(self.room.prelude, False, 60)
        except Ended as ended:
            raise Infrastructure(f"The first cell ended the process ({ended}).") from None
        if reply.error:
            raise Infrastructure(f"The first cell stopped: {reply.error['evalue']}")

    def _bring_back(self) -> bool:
        """Run again what ran before; what now ends the process is left out from then on."""
        while self.lives <= MOST_LIVES and time.monotonic() < self.end:
            self._begin()
            for cell in self.cells:
                try:
                    self.life.run(cell.code, cell.role == CHECK, self.room.seconds)
                except Ended as ended:
                    self._broken(cell, str(ended))
                    break
            else:
                return True
        return False

    def _broken(self, cell: _Cell, how: str) -> Reply:
        self.life = None
        if cell.role == GIVEN and not cell.question:
            raise Infrastructure(f"The setup of the exercise ended the process ({how}).")
        self.cells = [before for before in self.cells if before.question != cell.question]
        self.broken[cell.question] = self._ending(how)
        return self.broken[cell.question]

    def _ending(self, how: str) -> Reply:
        name, words = ENDINGS[how]
        return Reply(error={"ename": name, "evalue": words.format(seconds=self.room.seconds)})


def _messages(reply: Reply) -> list[tuple[str, dict]]:
    """Write a reply as the messages that a Jupyter kernel would send."""
    found = []
    if reply.error:
        error = dict(reply.error)
        found.append(("error", error | {"traceback": [f"{error['ename']}: {error['evalue']}"]}))
    elif reply.value is not None:
        words = {"text/plain": shown(reply.value)}
        found.append(("execute_result", {"data": words, "metadata": {}, "execution_count": 1}))
    return [*found, ("status", {"execution_state": "idle"})]
