"""Shut a process off from the rest of the machine, as far as the system allows.

The limits hold for the process that asks for them and for all that it starts. Linux can also give
it namespaces of its own, so that it sees neither other processes nor files that others write.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none
    resource = None

MEBIBYTE = 1 << 20
# From <sched.h>, <sys/mount.h>, <sys/mman.h>, <sys/prctl.h> and <linux/capability.h>.
NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS = 0x20000, 0x8000000, 0x10000000, 0x20000000
NEW_NETWORK = 0x40000000
NO_SUID, NO_DEVICES, READ_ONLY = 2, 4, 1
PRIVATE_AND_ALL_BELOW = 0x40000 | 0x4000
AND_ALL_BELOW = 0x1000 | 0x4000  # a folder seen in another place, with what is mounted in it
MADV_COLLAPSE, HUGE_PAGE = 25, 2 * MEBIBYTE
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION_3 = 0x20080522
NOBODY = 65534
KEYCTL = {"x86_64": 250, "aarch64": 219}  # the number of the system call, which libc does not name
KEYCTL_JOIN_SESSION_KEYRING = 1
NOT_LIMITED = dict.fromkeys(
    ("memory", "computing", "file size", "processes"), "not limited: this system has no way to"
)
COURSE, WORK = "/course", "/student"  # the folders of the course and of a student in the sandbox
# In the sandbox /data leads to LINK. It lies in the student's folder, so that it can lead to other
# tables later, and has a hidden name, as an answer may make a folder "data".
LINK, TABLES = f"{WORK}/.data", f"{COURSE}/data"
KERNEL_MEMORY = 3072  # MiB of address space that an ordinary kernel takes, mostly for threads


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Parameters
    ----------
    memory : int
        MiB of address space; the runner adds what the warm process has.
    cpu : int
        Seconds of computing, for each process.
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
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # the change of user took it away


def begin_apart() -> int:
    """Go on as the first process of process numbers that belong to its own namespace of users.

    Only in such numbers may a process give each of its children numbers of their own without
    privileges outside. The process that was there before waits for the end of this one.

    Returns
    -------
    int
        An open file that stands for these process numbers; :func:`fork_apart` asks for it.

    Raises
    ------
    OSError
        The system does not allow it.
    """
    leave_root()
    _enter(NEW_USER | NEW_PIDS)
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        os._exit(0)
    die_with_parent()
    return os.open("/proc/self/ns/pid", os.O_RDONLY)


def fork_apart(own: int) -> int:
    """Fork a child that is alone in process numbers of its own: whatever it starts ends with it.

    Parameters
    ----------
    own : int
        What :func:`begin_apart` gave.

    Returns
    -------
    int
        Its number here; 0 in the child.

    Raises
    ------
    OSError
        The system does not allow it.
    """
    call("unshare", NEW_PIDS)  # from now on, for children
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid:
            call("setns", own, NEW_PIDS)
    return pid


def enter_namespaces(limits: Limits, own: list[str]) -> None:
    """Give this process users, mounts, shared memory, keys and an empty network of its own.

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
    _enter(NEW_USER | NEW_MOUNTS | NEW_IPC | NEW_NETWORK)
    _forget_keys()
    call("mount", b"none", b"/", None, PRIVATE_AND_ALL_BELOW, None)
    size = f"size={limits.file_size}m,nr_inodes=4096,mode=0700".encode()
    kept = {path: os.open(path, os.O_PATH) for path in _python_below(own)}
    for folder in own:
        call("mount", b"tmpfs", folder.encode(), b"tmpfs", NO_SUID | NO_DEVICES, size)
    for path, number in kept.items():
        Path(path).mkdir(parents=True, exist_ok=True)
        call("mount", f"/proc/self/fd/{number}".encode(), path.encode(), None, AND_ALL_BELOW, None)
        os.close(number)


def _forget_keys() -> None:
    """Leave the keyring of the session, over which processes could pass words to each other."""
    number = KEYCTL.get(platform.machine())
    if sys.platform.startswith("linux") and number is not None:
        with contextlib.suppress(OSError):  # where it is not allowed, a student may not either
            call("syscall", number, KEYCTL_JOIN_SESSION_KEYRING, None)


def _enter(namespaces: int) -> None:
    """Enter new namespaces, one of users among them, and stay the same user there."""
    user, group = os.getuid(), os.getgid()
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # otherwise the maps belong to root
    call("unshare", namespaces)
    for name, words in (
        ("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"),
    ):  # fmt: skip
        Path("/proc/self", name).write_text(words, encoding="ascii")


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
    call("mount", b"tmpfs", b"/proc", b"tmpfs", READ_ONLY | NO_SUID | NO_DEVICES, b"size=4k")


def give_up_privileges() -> None:
    """Drop what a new user namespace grants, for good."""
    if not sys.platform.startswith("linux"):
        return
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with_parent() -> None:
    """Have the system end this process when its parent ends. Only Linux can."""
    if sys.platform.startswith("linux"):
        call("prctl", PR_SET_PDEATHSIG, 9, 0, 0, 0)


def be_first_to_go() -> None:
    """Have Linux end this process, and none of others, when memory runs out."""
    with contextlib.suppress(OSError, AttributeError):
        call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # otherwise the file belongs to root
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def hide_memory() -> None:
    """Let no other process of the same user look into this one. Only Linux can."""
    if sys.platform.startswith("linux"):
        call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)


def contain_whole(limits: Limits, sandbox: bool) -> dict[str, str]:
    """Limit this process for good; for a kernel that has a sandbox of its own.

    Returns
    -------
    dict of str to str
        What is in force, in words.
    """
    if sandbox:
        leave_root()
        give_up_privileges()
        show_tables()
    _forget_keys()  # those of whoever grades
    memory = limits.memory + KERNEL_MEMORY
    return set_limits(replace(limits, memory=memory), namespaces=sandbox)


def import_from_own_folder() -> None:
    """Have imports look into the working folder too, as in JupyterLab: after Python's own modules.

    IPython does so itself, but not where Python was started with ``-I``.
    """
    packages = (path for path in sys.path if Path(path).name in ("site-packages", "dist-packages"))
    first = next(packages, None)
    sys.path.insert(0 if first is None else sys.path.index(first), "")


def show_tables() -> None:
    """Have ``../data`` lead to the tables, as in exercises/. Only in a sandbox it can."""
    with contextlib.suppress(OSError):  # most answers read no file
        Path(LINK).symlink_to(TABLES)


def ease_forks() -> None:
    """Have the system keep this process's memory in large pages, so that a fork copies few entries.

    With ordinary pages, most of the time of a fork and of its end goes into a list of 30,000 of
    them. Linux 6.1 and later can; elsewhere nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        for begin, end in _own_memory():
            for page in range(-(-begin // HUGE_PAGE), end // HUGE_PAGE):
                address = ctypes.c_void_p(page * HUGE_PAGE)
                with contextlib.suppress(OSError):  # one with nothing in it
                    call("madvise", address, ctypes.c_size_t(HUGE_PAGE), MADV_COLLAPSE)


def _own_memory() -> list[tuple[int, int]]:
    """List from where to where memory lies that is not a part of a file."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    words = [line.split(maxsplit=5) for line in lines]
    places = [place for place, may, *_, name in (w if len(w) > 5 else [*w, ""] for w in words)
              if may == "rw-p" and name in ("", "[heap]")]  # fmt: skip
    return [tuple(int(number, 16) for number in place.split("-")) for place in places]


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments) -> None:
    """Call a function of the C library that says by a number below 0 that it failed.

    Raises
    ------
    OSError
        It failed.
    """
    if getattr(_libc(), name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
