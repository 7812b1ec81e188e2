"""Shut student's code in: the command that starts a contained Python, and what holds in it.

On Linux with bubblewrap, the process sees the system's libraries, this Python and the copy of the
course, all of it read-only, and neither the network nor any other file. Elsewhere only the limits
of the system are left. What is in force is not guessed: it is tried first, and the report says it.
"""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scidip.grading.inside import isolate
from scidip.grading.inside.isolate import COURSE, WORK

OWN = [WORK, "/tmp", "/dev/shm"]  # each submission gets an empty one of its own
VARIABLES = {
    "PATH": "/usr/bin:/bin",
    "HOME": WORK,
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONWARNINGS": "ignore",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "IPYTHONDIR": "/tmp/ipython",
    # One thread: a forked process has only one, and several would fight for the cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
INSIDE = Path(isolate.__file__).resolve().parent
NESTED = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); import isolate\n"
    "pid = isolate.fork_apart(isolate.begin_apart())\n"
    "if pid:\n"
    "    os.waitpid(pid, 0)\n"
    "else:\n"
    f"    isolate.enter_namespaces(isolate.Limits(), {OWN!r})\n"
    "    isolate.hide_processes()\n"
    "    print('in')"
)
ROOT_MAY = ["CAP_SETUID", "CAP_SETGID"]  # root inside may become another user


@dataclass(frozen=True)
class Containment:
    """What there is to contain a process, found out by trying.

    Parameters
    ----------
    kind : str
        ``"bubblewrap"`` or ``"limits only"``.
    why : str
        Why it is no more than that; empty for bubblewrap.
    nested : bool
        Whether a process in a sandbox can shut off its own children from each other. Where it
        can't, each submission needs a sandbox of its own.
    """

    kind: str
    why: str = ""
    nested: bool = True

    @property
    def is_sandbox(self) -> bool:
        """Whether network, files and processes of the machine are out of reach."""
        return self.kind == "bubblewrap"

    def in_force(self) -> dict[str, str]:
        """Say what holds for a student's code, beside the limits that it reports itself."""
        if self.is_sandbox:
            return {
                "sandbox": "bubblewrap",
                "network": "none",
                "files": "the system and the course, read-only; an empty folder for each",
                "solutions": "not there",
                "other submissions": "not there",
            }
        return {
            "sandbox": f"none: {self.why}",
            "network": "OPEN to the student's code",
            "files": "READABLE AND WRITABLE, as far as you may yourself",
            "solutions": "not in the copy of the course, but readable elsewhere on this machine",
            "other submissions": "readable",
        }


@lru_cache(maxsize=1)
def find_containment() -> Containment:
    """Find out what this machine can do."""
    if not sys.platform.startswith("linux"):
        return Containment("limits only", "bubblewrap is for Linux only")
    if shutil.which("bwrap") is None:
        return Containment("limits only", "bubblewrap is not installed")
    trial = [*bubblewrap([]), sys.executable, "-I", "-c", "print('in')"]
    try:
        done = subprocess.run(trial, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError) as problem:
        return Containment("limits only", f"bubblewrap does not run ({problem})")
    if done.stdout != "in\n":
        said = " ".join(done.stderr.split())[-200:]
        return Containment("limits only", f"bubblewrap is not allowed to work here ({said})")
    trial = [*bubblewrap([(INSIDE, COURSE, False)]), sys.executable, "-I", "-c", NESTED, COURSE]
    try:
        done = subprocess.run(trial, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return Containment("bubblewrap", nested=False)
    return Containment("bubblewrap", nested=done.stdout == "in\n")


def bubblewrap(shared: list[tuple[Path, str, bool]]) -> list[str]:
    """Write the words before a command that is to run contained.

    Parameters
    ----------
    shared : list of (Path, str, bool)
        What is visible beside the system: where it lies, where it is seen, whether it may be
        written.

    Returns
    -------
    list of str
    """
    words = [
        "bwrap", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "course",
        "--cap-drop", "ALL", "--clearenv",
    ]  # fmt: skip
    if _is_root():
        words += [word for capability in ROOT_MAY for word in ("--cap-add", capability)]
    else:
        words.append("--unshare-user")
    for name, value in VARIABLES.items():
        words += ["--setenv", name, value]
    words += _system()
    words += _covered(Path("/usr"))
    words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    for folder in OWN:
        words += ["--perms", "1777", "--tmpfs", folder]
    shown = [*_python(), *shared]
    if not any(Path(place).is_relative_to("/data") for _, place, _ in shown):
        words += ["--symlink", isolate.LINK, "/data"]  # "../data", as seen from WORK
    for path, place, writable in shown:
        # bubblewrap would make the folders above for root alone.
        words += [word for above in reversed(Path(place).parents) for word in ("--dir", str(above))]
        words += ["--bind" if writable else "--ro-bind", str(path), place, *_covered(path)]
    return [*words, "--remount-ro", "/", "--chdir", WORK, "--"]


def _covered(visible: Path) -> list[str]:
    """Hide the course itself, with its solutions, where it lies in a folder that is visible."""
    package = Path(__file__).resolve().parents[1]
    installed = [
        Path(path).resolve() for path in (*site.getsitepackages(), sysconfig.get_path("purelib"))
    ]
    hidden = {package, package.parent / "solutions", *(path / "scidip" for path in installed)}
    inside = (path for path in sorted(hidden) if path.is_dir() and path.is_relative_to(visible))
    return [word for path in inside for word in ("--tmpfs", str(path), "--remount-ro", str(path))]


def _is_root() -> bool:
    return os.geteuid() == 0


def _system() -> list[str]:
    words = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        path = Path("/", name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    for name in ("ld.so.cache", "localtime", "fonts", "alternatives"):
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return words


def _python() -> list[tuple[Path, str, bool]]:
    """List where this Python and its packages lie, as far as /usr does not hold them."""
    found = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]}
    outside = sorted(path for path in found if not path.is_relative_to("/usr"))
    return [(path, str(path), False) for path in outside]
