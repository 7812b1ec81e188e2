"""Shut a process off from the rest of the machine, as far as the system allows.

The limits hold for the process that asks for them and for all that it starts. Linux can also give
it namespaces of its own, so that it sees neither other processes nor files that others write.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none
    resource = None

MEBIBYTE = 1 << 20
# From <sched.h>, <sys/mount.h>, <sys/prctl.h> and <linux/capability.h>.
NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS = 0x20000, 0x8000000, 0x10000000, 0x20000000
NO_SUID, NO_DEVICES, READ_ONLY = 2, 4, 1
PRIVATE_AND_ALL_BELOW = 0x40000 | 0x4000
AND_ALL_BELOW = 0x1000 | 0x4000  # a folder seen in another place, with what is mounted in it
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION_3 = 0x20080522
NOBODY = 65534
NOT_LIMITED = dict.fromkeys(
    ("memory", "computing", "file size", "processes"), "not limited: this system has no way to"
)
KERNEL_MEMORY = 3072  # MiB of address space that an ordinary kernel takes, mostly for threads


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Parameters
    ----------
    memory : int
        MiB of address space; the runner adds what the warm process has.
    cpu : int
        Seconds of computing, for each run.
    processes : int
        Processes and threads at one time.
    file_size : int
        MiB of one file, and of all files together where namespaces are to be had.
    open_files : int
        Files open at one time.
    """

    memory: int = 1024
    cpu: int = 120
    processes: int = 64
    file_size: int = 32
    open_files: int = 128


def set_limits(limits: Limits, namespaces: bool) -> dict[str, str]:
    """Put the limits on this process.

    Returns
    -------
    dict of str to str
        What is in force, in words.
    """
    if resource is None:
        return dict(NOT_LIMITED)
    in_force = {}
    wanted = {
        "memory": (resource.RLIMIT_AS, limits.memory * MEBIBYTE, f"{limits.memory} MiB"),
        "computing": (resource.RLIMIT_CPU, limits.cpu, f"{limits.cpu} seconds"),
        "file size": (
            resource.RLIMIT_FSIZE, limits.file_size * MEBIBYTE, f"{limits.file_size} MiB",
        ),
        "open files": (resource.RLIMIT_NOFILE, limits.open_files, str(limits.open_files)),
        "core dumps": (resource.RLIMIT_CORE, 0, "none"),
    }  # fmt: skip
    # Without a namespace of its own, this counts all that the user runs, and would stop others.
    # For root it is never enforced.
    if namespaces and os.getuid() != 0:
        wanted["processes"] = (resource.RLIMIT_NPROC, limits.processes, str(limits.processes))
    for name, (kind, value, words) in wanted.items():
        try:
            resource.setrlimit(kind, (value, value))
            in_force[name] = words
        except (OSError, ValueError) as problem:
            in_force[name] = f"not limited ({problem})"
    return in_force


def memory_now() -> int:
    """MiB of address space that this process has already; a guess where that is not to be read."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE") // MEBIBYTE
    except (OSError, ValueError, IndexError):
        return 2048


def leave_root() -> None:
    """Become the user nobody, if this is root: most limits do not hold for root.

    Raises
    ------
    OSError
        The system does not allow it.
    """
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    # Otherwise the maps of the next step belong to root.
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def enter_namespaces(limits: Limits, own: list[str]) -> None:
    """Give this process users, mounts and, for its children, process numbers of their own.

    Parameters
    ----------
    limits : Limits
        ``file_size`` bounds each of the folders.
    own : list of str
        Folders that become empty and writable, for this process and its children only.

    Raises
    ------
    OSError
        The system does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    _call("unshare", NEW_USER | NEW_MOUNTS | NEW_PIDS | NEW_IPC)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    _call("mount", b"none", b"/", None, PRIVATE_AND_ALL_BELOW, None)
    size = f"size={limits.file_size}m,nr_inodes=4096,mode=0700".encode()
    kept = {path: os.open(path, os.O_PATH) for path in _python_below(own)}
    for folder in own:
        _call("mount", b"tmpfs", folder.encode(), b"tmpfs", NO_SUID | NO_DEVICES, size)
    for path, number in kept.items():
        Path(path).mkdir(parents=True, exist_ok=True)
        _call("mount", f"/proc/self/fd/{number}".encode(), path.encode(), None, AND_ALL_BELOW, None)
        os.close(number)


def _python_below(own: list[str]) -> list[str]:
    """List where this Python lies, if that is in a folder that is to become empty."""
    places = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])}
    return sorted(
        place for place in places if any(Path(place).is_relative_to(folder) for folder in own)
    )


def hide_processes() -> None:
    """Cover /proc, which would show the processes outside the namespace.

    Raises
    ------
    OSError
        The system does not allow it.
    """
    _call("mount", b"tmpfs", b"/proc", b"tmpfs", READ_ONLY | NO_SUID | NO_DEVICES, b"size=4k")


def give_up_privileges() -> None:
    """Drop what a new user namespace grants, for good, and die with the parent."""
    if not sys.platform.startswith("linux"):
        return
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with_parent() -> None:
    """Have the system end this process when its parent ends. Only Linux can."""
    if sys.platform.startswith("linux"):
        _call("prctl", PR_SET_PDEATHSIG, 9, 0, 0, 0)


def be_first_to_go() -> None:
    """Have the system end this process, and none of others, when memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def hide_memory() -> None:
    """Let no other process of the same user look into this one. Only Linux can."""
    if sys.platform.startswith("linux"):
        _call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)


def contain_whole(limits: Limits, sandbox: bool) -> None:
    """Limit this process for good; for a kernel that has a sandbox of its own."""
    if sandbox:
        leave_root()
    memory = limits.memory + KERNEL_MEMORY
    set_limits(replace(limits, memory=memory), namespaces=sandbox)


def _call(name: str, *arguments) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
