"""IPython without a kernel around it: runs a cell and says how it ended.

Magics, ``await`` and a value in the last line work as in a notebook. What a cell prints and shows
is thrown away, save the value in a cell of which it is asked for.
"""

from __future__ import annotations

import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

LONGEST_REASON = 500
# What an answer has no reason to do. That it is tried is reported, not forbidden here.
WATCHED = {
    "open": ("solutions", "submissions", ".git", "lesson0", "lesson1", "/etc/", "/root", "/home"),
    "socket.connect": None,
    "subprocess.Popen": None,
    "os.system": None,
    "os.exec": None,
    "os.posix_spawn": None,
    "os.fork": None,
    "ctypes.dlopen": None,
}
MOST_ATTEMPTS = 20


class _Value(DisplayHook):
    """Keeps the value of the last line."""

    def __call__(self, result=None):
        if result is not None:
            self.shell.last_value = result


class _Nothing(DisplayPublisher):
    """Throws away what a cell displays."""

    def publish(self, *_, **__):
        pass


class Shell(InteractiveShell):
    """A shell that shows nothing."""

    displayhook_class = Type(_Value)
    display_pub_class = Type(_Nothing)
    last_value: Any = None
    last_error: dict[str, str] | None = None

    @classmethod
    def instance(cls, *_, **__):
        quiet = Config()
        quiet.HistoryManager.enabled = False
        quiet.InteractiveShell.colors = "nocolor"
        quiet.InteractiveShell.banner1 = ""
        return super().instance(config=quiet)

    def enable_gui(self, gui=None):
        """There is no window to open."""

    def ask_exit(self):
        """``exit`` ends no check."""

    def showtraceback(self, exc_tuple=None, *_, **__):
        """Take down the error without the page of lines around it, which takes long to make."""
        etype, evalue, _ = self._get_exc_info(exc_tuple)
        self._showtraceback(etype, evalue, [])

    def showsyntaxerror(self, *_, **__):
        self.showtraceback()

    def _showtraceback(self, etype, evalue, stb):
        try:
            words = str(evalue)[:LONGEST_REASON]
        except Exception:
            words = ""
        self.last_error = {"ename": etype.__name__[:80], "evalue": words}

    def run(self, code: str, value: bool) -> dict[str, Any]:
        """Run one cell.

        Parameters
        ----------
        code : str
            The cell.
        value : bool
            Whether the value of its last line is asked for.

        Returns
        -------
        dict
            ``error`` with ename and evalue, or None; ``value`` as text, or None; ``attempts``.
        """
        self.last_value = self.last_error = None
        self.run_cell(code, store_history=False)
        answer: dict[str, Any] = {"error": self.last_error, "value": None}
        if value and self.last_error is None:
            try:
                answer["value"] = repr(self.last_value)
            except Exception as problem:
                answer["error"] = {"ename": type(problem).__name__[:80], "evalue": ""}
        answer["attempts"], self._attempts[:] = list(self._attempts), []
        return answer

    _attempts: list[str] = []  # noqa: RUF012

    def watch(self) -> None:
        """Note from now on what an answer has no reason to do."""
        attempts = self._attempts

        def look(event: str, arguments: tuple) -> None:
            if event not in WATCHED or len(attempts) >= MOST_ATTEMPTS:
                return
            words = WATCHED[event]
            what = arguments[0] if arguments else ""
            what = what if type(what) in (str, bytes) else repr(type(what))
            what = what.decode("utf-8", "replace") if type(what) is bytes else what
            if words is not None and not any(word in what for word in words):
                return
            if what.startswith(sys.prefix) or what.startswith(sys.base_prefix):
                return
            attempts.append(f"{event}: {what[:120]}")

        sys.addaudithook(look)
