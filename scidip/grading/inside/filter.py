"""Refuse the system calls that an exercise never needs, so that they are no way out either.

Namespaces and limits say what a process reaches and how much it may use. Behind them stands the
whole of Linux, with calls that no limit counts, that open a way to the host of a virtual machine,
or in which holes were found. The filter holds for the process, for its threads and for all that it
starts, and nobody can take it off again.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

from scidip.grading.inside import isolate

# From <linux/audit.h>: how a filter sees for which machine a call was made.
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# From <asm/unistd_64.h> for x86_64, and from <asm-generic/unistd.h> for aarch64; in Linux 6.18. The
# numbers from 424 on are the same on both. None is a call that a machine does not have.
NEVER_NEEDED = {
    # Memory that no limit counts: it is there without being in a process.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # Keys of whoever grades, and words between submissions.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Looking into other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # Large parts of the system in which holes were found again and again.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "modify_ldt": (154, None),
    # Namespaces, mounts, and files beside their names.
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "open_tree_attr": (467, 467),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # Where memory lies on machines with several processors.
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "set_mempolicy_home_node": (450, 450),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # The machine as a whole.
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "reboot": (169, 142),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
}
# Calls of which the arguments make the difference.
SOCKET, SOCKETPAIR = (41, 198), (53, 199)
CLONE, CLONE3, PERSONALITY = (56, 220), (435, 435), (135, 92)
# AF_UNIX, AF_INET and AF_INET6, from <bits/socket.h>. Not AF_VSOCK, which leads to the host of a
# virtual machine. From AF_NETLINK the list of network devices only, NETLINK_ROUTE of
# <linux/netlink.h>: socket.if_nameindex asks for it, and ZeroMQ in an ordinary kernel.
FAMILIES = (1, 2, 10)
NETLINK, NETLINK_ROUTE = 16, 0
# From <sched.h>: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
NEW_NAMESPACES = 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000
ONLY_ASK = (0xFFFFFFFF,)  # of personality: what it is, without a change
X32 = 0x40000000  # numbers from here on are x86_64's second set, with pointers of 32 bits

# From <linux/bpf_common.h> and <linux/seccomp.h>: the instructions of a filter, and what it says.
LOAD, IS, IS_AT_LEAST, HAS_ANY_OF, SAY = 0x20, 0x15, 0x35, 0x45, 0x06
# Where they stand; both machines are little-endian.
NUMBER, MACHINE, FIRST_ARGUMENT, THIRD_ARGUMENT = 0, 4, 16, 32
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2

Step = tuple[int, int, int, int]  # the instruction, steps to skip if it holds and if not, a number


class _Program(ctypes.Structure):
    """``struct sock_fprog`` of <linux/filter.h>."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def program(machine: str) -> list[Step]:
    """Write the filter for a kind of machine, one of `MACHINES`."""
    column = list(MACHINES).index(machine)
    steps = [
        (LOAD, 0, 0, MACHINE),
        (IS, 1, 0, MACHINES[machine]),
        _refusal(),  # a program for 32 bits, whose numbers mean something else
        (LOAD, 0, 0, NUMBER),
        (IS_AT_LEAST, 0, 1, X32),
        _refusal(),
    ]
    # Its flags lie where a filter can't look. The C library takes clone when it is told this.
    steps += [(IS, 0, 1, CLONE3[column]), _refusal(errno.ENOSYS)]
    steps += _when(CLONE[column], [(HAS_ANY_OF, 0, 1, NEW_NAMESPACES), _refusal()])
    steps += _when(SOCKET[column], [*_devices_only(), *_one_of(FAMILIES)])
    steps += _when(SOCKETPAIR[column], _one_of(FAMILIES))
    steps += _when(PERSONALITY[column], _one_of(ONLY_ASK))
    numbers = [one[column] for one in NEVER_NEEDED.values() if one[column] is not None]
    return steps + _none_of(sorted(numbers))


def _refusal(error: int = errno.EPERM) -> Step:
    return (SAY, 0, 0, REFUSE | error)


def _when(number: int, steps: list[Step]) -> list[Step]:
    """Run steps on the first argument of one call, and allow it if they say nothing else.

    They see its lower 32 bits, and Linux reads no others of these arguments.
    """
    steps = [(LOAD, 0, 0, FIRST_ARGUMENT), *steps, (SAY, 0, 0, ALLOW)]
    return [(IS, 0, len(steps), number), *steps]


def _one_of(values: tuple[int, ...]) -> list[Step]:
    """Refuse all values but these."""
    return [*((IS, len(values) - place, 0, one) for place, one in enumerate(values)), _refusal()]


def _devices_only() -> list[Step]:
    allowed = (SAY, 0, 0, ALLOW)
    which = [(LOAD, 0, 0, THIRD_ARGUMENT), (IS, 0, 1, NETLINK_ROUTE), allowed, _refusal()]
    return [(IS, 0, len(which), NETLINK), *which]


def _none_of(numbers: list[int]) -> list[Step]:
    """Refuse these calls and allow all others.

    By halves: when Linux takes a filter, it tries all calls on it, and so for each submission.
    """
    if len(numbers) <= 3:
        steps = [step for one in numbers for step in ((IS, 0, 1, one), _refusal())]
        return [*steps, (SAY, 0, 0, ALLOW)]
    middle = len(numbers) // 2
    lower, upper = _none_of(numbers[:middle]), _none_of(numbers[middle:])
    return [(IS_AT_LEAST, len(lower), 0, numbers[middle]), *lower, *upper]


def _packed() -> bytes:
    # A Python for 32 bits makes the calls of another machine.
    if not sys.platform.startswith("linux") or sys.maxsize < 1 << 32:
        return b""
    machine = platform.machine()
    steps = program(machine) if machine in MACHINES else []
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


STEPS = _packed()  # it takes a while; a forked process finds it ready


def refuse_calls(sandbox: bool) -> dict[str, str]:
    """Install the filter on this process, for good. It must have given up privileges before.

    Parameters
    ----------
    sandbox : bool
        Whether there is one. Without it network and files are open, and a filter shuts no door.

    Returns
    -------
    dict of str to str
        What is in force, in words. Where the system does not take the filter, the run goes on.
    """
    why = ""
    if not sandbox:
        why = "there is no sandbox"
    elif not STEPS:
        why = "there is no filter for this system"
    else:
        try:
            _install(STEPS)
        except OSError as problem:
            why = f"the system does not take the filter ({problem.strerror})"
    return {"system calls": f"not filtered: {why}" if why else "filtered"}


def _install(steps: bytes) -> None:
    code = _Program(len(steps) // 8, steps)
    mode = ctypes.c_ulong(SECCOMP_MODE_FILTER)
    isolate.call("prctl", PR_SET_SECCOMP, mode, ctypes.byref(code), 0, 0)
