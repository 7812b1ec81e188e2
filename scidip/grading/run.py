"""Have nbval run assembled notebooks, and take down how each cell ended."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest

from scidip.grading.cells import KEY
from scidip.grading.kernels import Infrastructure, Kernel, Reply, Room
from scidip.grading.parts import CHECK

# No plugin of the environment, no file of the folder and no cache has a say.
OPTIONS = [
    "-c", os.devnull, "--noconftest", "-p", "nbval.plugin", "-p", "no:cacheprovider",
    "-p", "no:logging", "-p", "no:doctest", "-p", "no:junitxml", "-p", "no:pastebin",
    "-p", "no:unraisableexception", "-p", "no:threadexception", "-p", "no:faulthandler",
    "-p", "no:warnings", "--capture=no", "--color=no", "--tb=no", "--no-header", "--no-summary",
    "-q", "--nbval-lax", "--nbval-current-env", "--continue-on-collection-errors",
]  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """How one cell ended.

    Parameters
    ----------
    role, question : str
        What the cell is.
    same : bool
        For a check: whether nbval found the output that the model answer has.
    reply : Reply
        What the process said.
    """

    role: str
    question: str
    same: bool
    reply: Reply


@dataclass
class Outcome:
    """How one notebook ended.

    Parameters
    ----------
    cells : list of Ran
        In order.
    in_force : dict of str to str
        The limits under which it ran.
    problem : str
        Why it could not be run, where that is not the student's fault; empty otherwise.
    other : list of Ran
        The cells that ran on other data.
    other_problem : str
        Why these could not be run.
    """

    cells: list[Ran]
    in_force: dict[str, str]
    problem: str = ""
    other: list[Ran] = field(default_factory=list)
    other_problem: str = ""


class _TakeDown:
    """A plugin for pytest that tells the kernel what comes and keeps what came."""

    def __init__(self):
        self.outcomes: dict[str, Outcome] = {}

    def _outcome(self, item) -> Outcome:
        return self.outcomes.setdefault(str(item.path), Outcome([], {}))

    def pytest_runtest_call(self, item):
        ours = item.cell.metadata[KEY]
        item.parent.kernel.next_cell(ours["role"], ours["question"], ours["other"])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        outcome = self._outcome(item)
        ours = item.cell.metadata[KEY]
        problem = call.excinfo.value if call.excinfo else None
        kernel = item.parent.kernel
        if isinstance(problem, Infrastructure) or (call.when != "call" and problem is not None):
            words = str(problem) or type(problem).__name__
            if ours["other"]:
                outcome.other_problem = outcome.other_problem or words
            else:
                outcome.problem = outcome.problem or words
        elif call.when == "call" and kernel is not None:
            same = ours["role"] == CHECK and problem is None
            cells = outcome.other if ours["other"] else outcome.cells
            cells.append(Ran(ours["role"], ours["question"], same, kernel.reply))
            outcome.in_force = kernel.in_force
        return (yield)


def run_notebooks(paths: list[Path], room: Room) -> dict[Path, Outcome]:
    """Run notebooks with nbval, one after the other.

    Parameters
    ----------
    paths : list of Path
        Notebooks as :func:`scidip.grading.assemble.to_notebook` makes them, in one folder.
    room : Room
        Where their cells run.

    Returns
    -------
    dict of Path to Outcome
        A notebook that pytest could not even begin has an outcome with a problem.

    Raises
    ------
    RuntimeError
        pytest itself failed.
    """
    taken = _TakeDown()
    Kernel.room = room
    with _in_place_of_nbval_kernel(), _silence():
        folder = str(paths[0].parent)
        # Without confcutdir, pytest looks at all that lies beside this folder.
        words = [*OPTIONS, "--rootdir", folder, "--confcutdir", folder, *map(str, paths)]
        code = pytest.main(words, plugins=[taken])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"pytest ended with {code!r}.")
    none = Outcome([], {}, "It could not be run.")
    return {path: taken.outcomes.get(str(path), none) for path in paths}


@contextlib.contextmanager
def _in_place_of_nbval_kernel() -> Iterator[None]:
    """Let nbval use our kernel; it has no setting for that."""
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    with mock.patch("nbval.plugin.RunningKernel", Kernel), mock.patch.dict(os.environ, alone):
        yield


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
