"""What nbval takes for a kernel: it runs cells and goes on after a cell that ends the process.

nbval asks a kernel for messages. Here they are made from a plain reply, whatever gave it: a forked
process (:mod:`scidip.grading.warm`) or an ordinary Jupyter kernel (:mod:`scidip.grading.stock`).
When a cell ends the process or takes too long, a new one is started and brought to the same point
without the cells of that question, so that the mistake costs no other question.

Behind the cells may stand the same ones again, to be run on other data. They go on in the same
process, which has forgotten the names of the first time, and only as far as an answer was right.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from scidip.grading.inside.shell import WATCHED
from scidip.grading.parts import CHECK, GIVEN

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
LONG = 10  # seconds of a first run, behind which the second one gets a process of its own


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
    ended : bool
        Whether the error is ours and says that the process ended; no process can say so itself.
    """

    value: str | None = None
    error: dict[str, str] | None = None
    attempts: tuple[str, ...] = ()
    ended: bool = False

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
        return cls(value, error, tuple(_attempt(words) for words in attempts[:20]))


def _attempt(words: Any) -> str:
    """Read what was tried; a process may send any words, so what we did not write is quoted."""
    words = _readable(words, 200)
    event, _, what = words.partition(": ")
    return f"{event}: {what!r}" if event in WATCHED else f"something that it calls {words!r}"


def _readable(words: Any, most: int) -> str:
    if not isinstance(words, str):
        raise ValueError("words")
    # Half of a character can't be written to a file.
    return words[:most].encode("utf-8", "replace").decode("utf-8")


NOT_ASKED = Reply()


class Life(Protocol):
    """One process in which cells run."""

    in_force: dict[str, str]

    def run(self, code: str, value: bool, timeout: float) -> Reply: ...

    def close(self) -> None: ...


class Origin(Protocol):
    """What starts processes."""

    name: str

    def start(self) -> Life: ...

    def load(self, tables: str) -> None: ...

    def branch(self) -> Origin: ...

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
    to_other_data : str
        Code that makes a process begin again with other data, before the prelude.
    is_asked, follows : callable
        Tell from a question and the value of its answer whether that answer is run on other data,
        and whether it is right there. The second gets None where there was no value.
    """

    origin: Origin
    prelude: str
    seconds: float = 20
    whole: float = 120
    to_other_data: str = ""
    is_asked: Callable[[str, str], bool] = lambda _question, _value: False
    follows: Callable[[str, str | None], bool] = lambda _question, value: value is not None


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
    other: bool = False
    asked: set[str] = field(default_factory=set)
    has_past: bool = False  # whether the process has run the cells on the course's data before

    def __post_init__(self):
        self.begun = time.monotonic()
        self.end = self.begun + self.room.whole
        self._begin()

    def next_cell(self, role: str, question: str, other: bool = False) -> None:
        """Say what the next cell is."""
        self.role, self.question = role, question
        if other and not self.other:
            self._turn_to_other_data()

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
        if self.other and not self.asked:
            return NOT_ASKED
        if cell.question in self.broken:
            return self._done(cell, self.broken[cell.question])
        left = self.end - time.monotonic()
        if left <= 0 or self.lives > MOST_LIVES:
            return self._ending("late")
        if self.life is None and not self._bring_back():
            return self._ending("late")
        if cell.question in self.broken:
            return self._done(cell, self.broken[cell.question])
        if cell.role == CHECK and self.other and cell.question not in self.asked:
            return NOT_ASKED
        seconds = max(min(self.room.seconds, self.end - time.monotonic()), 1)
        try:
            reply = self.life.run(cell.code, cell.role == CHECK, seconds)
        except Ended as ended:
            if self.has_past:
                return self._anew(cell)
            return self._done(cell, self._broken(cell, str(ended)))
        is_check = cell.role == CHECK
        if self.has_past and is_check and not self.room.follows(cell.question, reply.value):
            return self._anew(cell)
        self.cells.append(cell)
        return self._done(cell, reply)

    def _anew(self, cell: _Cell) -> Reply:
        """Run a cell in a new process: what goes wrong in one with a past proves nothing."""
        self.stop()
        return self._run(cell)

    def _done(self, cell: _Cell, reply: Reply) -> Reply:
        """Keep in mind which answers are still to be run on other data."""
        if cell.role == CHECK:
            if self.other:
                self.asked.discard(cell.question)
            elif reply.value is not None and self.room.is_asked(cell.question, reply.value):
                self.asked.add(cell.question)
        return reply

    def _turn_to_other_data(self) -> None:
        self.other, self.cells, self.lives = True, [], 0
        now = time.monotonic()
        # Limits count for a process: a second run must not suffer from a long first one.
        if not self.asked or now - self.begun > LONG:
            self.stop()
        self.end = now + self.room.whole
        if self.life is not None:
            self.has_past = True
            try:
                if self.life.run(self._prelude, False, self.room.seconds).error is not None:
                    self.stop()
            except Ended:
                self.life = None

    @property
    def _prelude(self) -> str:
        again = f"{self.room.to_other_data}\n" if self.other else ""
        return again + self.room.prelude

    def _begin(self) -> None:
        self.lives += 1
        self.has_past = False
        self.life = self.room.origin.start()
        self.in_force = self.life.in_force
        try:
            reply = self.life.run(self._prelude, False, 60)
        except Ended as ended:
            raise Infrastructure(f"The first cell ended the process ({ended}).") from None
        if reply.error:
            self.stop()
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
        error = {"ename": name, "evalue": words.format(seconds=self.room.seconds)}
        return Reply(error=error, ended=True)


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
