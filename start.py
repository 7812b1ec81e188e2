"""Start the course with one command.

    python3 start.py          make .venv, install the tested packages, open JupyterLab
    python3 start.py test     the same with the test packages, then run every check

Needs Python 3.11 or newer and nothing else. A second start installs nothing: the file
.venv/scidip-start.json says what was installed and in which folder. It is set to "busy" before
anything changes and to "ready" at the very end, so that an interrupted installation is never
trusted.
"""

# An old Python must be able to read this file as far as the sentence below. So it has no syntax
# that is newer than Python 2.7: str.format instead of f-strings, no `raise ... from`.
from __future__ import print_function

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "start.py: This is Python {}.{}, but the course needs Python 3.11 or newer. "
        "Install one from https://www.python.org/downloads/ and start again, for example with: "
        "python3.13 start.py".format(*sys.version_info[:2])
    )

import argparse
import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

WINDOWS = os.name == "nt"
ROOT = Path(__file__).resolve().parent
LOCK = ROOT / ".start.lock"
LOG = ROOT / "start.log"
VENV = ROOT / ".venv"
OLD_VENV = ROOT / ".venv.start-old"
STATE = VENV / "scidip-start.json"
NEW_STATE = VENV / "scidip-start.json.new"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
VENV_PYTHON = str(BIN / ("python.exe" if WINDOWS else "python"))
# When the venv of another project is active, sys.executable belongs to it: take its base.
BASE_PYTHON = getattr(sys, "_base_executable", None) or sys.executable

LESSON = "lessons/00_start_here.ipynb"
REQUIREMENTS = {"run": "requirements.txt", "test": "requirements-test.txt"}
NEWEST_TESTED = (3, 14)
NEEDED_MB = {"build": 900, "update": 300}
WINDOWS_PATH_LIMIT = 259
LONGEST_PATH_IN_VENV = 160  # measured: a file of JupyterLab has 156


class Stop(Exception):
    """Why start.py ends: one sentence about what is wrong, one about what to do."""


# --- What is there? ---------------------------------------------------------------------------


def folder():
    """Where the course lies; a venv is bound to it."""
    return os.path.normcase(ROOT)


def site_packages():
    """Where .venv has its packages. The name holds the version of the Python that made .venv,
    which need not be the one that runs this file."""
    if WINDOWS:
        return VENV / "Lib" / "site-packages"
    return next(VENV.glob("lib/python*/site-packages"), VENV / "lib")


def digest(kind):
    """A hash of the two files that decide what is installed for "run" or for "test"."""
    total = hashlib.sha256()
    for name in (REQUIREMENTS[kind], "pyproject.toml"):
        # Git may change line ends on Windows: they must not matter.
        total.update((ROOT / name).read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def read_state():
    """The state of .venv as a dict; "busy" when the file is damaged."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
        return {key: state[key] for key in ("state", "folder", "digests", "packages")}
    except (OSError, ValueError, TypeError, KeyError):
        return {"state": "busy"}


def write_state(state):
    text = json.dumps(state, indent=1, sort_keys=True)
    NEW_STATE.write_text(text, encoding="utf-8")
    NEW_STATE.replace(STATE)


def package_names():
    """The names in site-packages: enough to notice later that a package is gone."""
    ignored = ("__pycache__", ".dist-info", ".pth")
    names = [entry.name for entry in site_packages().iterdir()]
    return sorted(name for name in names if not name.endswith(ignored))


def is_intact(state):
    """True when the venv's Python runs and each installed package is still there."""
    try:
        subprocess.run([VENV_PYTHON, "-I", "-c", ""], check=True, capture_output=True, timeout=60)
        return set(state["packages"]).issubset(package_names())
    except (OSError, subprocess.SubprocessError):
        return False


def defect(state):
    """What is wrong with .venv as a whole, in a word or two; empty when it is sound."""
    if state["state"] != "ready":
        return "unfinished"
    if state["folder"] != folder():
        return "made in another folder"
    return "" if is_intact(state) else "damaged"


def next_step(kind):
    """What .venv needs for `kind`: "nothing", "update" (install in place) or "build" (anew)."""
    if not os.path.lexists(VENV):
        return "build"
    is_folder = VENV.is_dir() and not VENV.is_symlink()
    if is_folder and set(VENV.iterdir()) <= {NEW_STATE}:
        return "build"  # empty, or left by a start that ended in its first moment
    if not is_folder or not STATE.is_file():
        raise Stop(
            "{} was not made by start.py, so it stays as it is. "
            "Rename it or delete it, then start again.".format(VENV)
        )
    state = read_state()
    if defect(state):
        return "build"
    return "nothing" if state["digests"].get(kind) == digest(kind) else "update"


# --- Can it be done? --------------------------------------------------------------------------


def check_files(*names):
    for name in names:
        if not (ROOT / name).is_file():
            raise Stop("{} is missing in {}. Download the course again.".format(name, ROOT))


def check_python():
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Stop(
                "This Python has no module {}. On Debian or Ubuntu, run "
                "`sudo apt install python{}.{}-venv`, then start again; on other systems, "
                "install Python from https://www.python.org/downloads/.".format(
                    module, *sys.version_info[:2]
                )
            )


def check_path_length():
    longest = WINDOWS_PATH_LIMIT - LONGEST_PATH_IN_VENV - len("\\.venv")
    if WINDOWS and len(str(ROOT)) > longest and not long_paths_enabled():
        raise Stop(
            "The path of this folder is too long for Windows: {} characters, at most {} work. "
            "Move the course to a shorter path, for example C:\\course, then start again.".format(
                len(str(ROOT)), longest
            )
        )


def long_paths_enabled():
    """Does this Windows allow paths of more than 260 characters?"""
    import winreg

    key = "SYSTEM\\CurrentControlSet\\Control\\FileSystem"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as handle:
            return winreg.QueryValueEx(handle, "LongPathsEnabled")[0] == 1
    except OSError:
        return False


def check_disk(needed_mb):
    free_mb = shutil.disk_usage(ROOT).free // 10**6
    if free_mb < needed_mb:
        raise Stop(
            "There is not enough disk space: {} MB are free in {}, {} MB are needed. "
            "Make room, then start again.".format(free_mb, ROOT, needed_mb)
        )


def check_port(port):
    if not 1 <= port <= 65535:
        raise Stop("{} is not a port. Choose a number from 1024 to 65535.".format(port))
    hosts = socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)
    for family, kind, _, _, address in hosts:
        with socket.socket(family, kind) as trial:
            if not WINDOWS:  # as JupyterLab does: a port that was just closed is free
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(address)
                trial.listen(1)
            except PermissionError:
                raise Stop("Port {} is not open to you. Choose 1024 or higher.".format(port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise Stop(
                        "Port {} is in use by another program. Choose another number, "
                        "or leave --port out.".format(port)
                    )


@contextlib.contextmanager
def lock():
    """Let only one start.py change .venv. The system frees the lock when its holder ends."""
    with LOCK.open("a") as file:
        try:
            if WINDOWS:
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # pip inherits the lock: it stays locked if start.py is killed before pip ends.
                os.set_inheritable(file.fileno(), True)
        except OSError:
            raise Stop(
                "Another start.py is preparing this folder. "
                "Wait until it has finished, then start again."
            )
        yield


# --- Install ----------------------------------------------------------------------------------


class Progress:
    """One line that counts on a terminal; elsewhere a line for every tenth package."""

    def __init__(self):
        self.is_terminal = sys.stdout.isatty()
        self.width = 0

    def say(self, text):
        print("\r" + text.ljust(self.width) if self.width else text, flush=True)
        self.width = 0

    def count(self, verb, done, total, name):
        text = "{} {} of {}: {}".format(verb, done, total, name)
        if self.is_terminal:
            text = text[: shutil.get_terminal_size().columns - 1]
            print("\r" + text.ljust(self.width), end="", flush=True)
            self.width = len(text)
        elif done % 10 == 0 or done == total:
            print(text, flush=True)


class PackageCount:
    """Follows the output of pip, which is silent while it installs, and counts packages."""

    def __init__(self, requirements, progress):
        lines = (ROOT / requirements).read_text(encoding="utf-8").splitlines()
        self.total = sum(1 for line in lines if line and not line.startswith("#"))
        self.progress = progress
        self.seen = 0
        self.installed = 0
        self.to_install = 0  # above 0 from the moment when pip begins to change .venv
        self.before = self.folders()
        self.retried = False

    @staticmethod
    def folders():
        return set(site_packages().glob("*.dist-info"))

    def read(self, line):
        if line.startswith("Ignoring "):  # meant for another system or Python
            self.total -= 1
        elif line.startswith(("Collecting ", "Processing ", "Requirement already satisfied: ")):
            self.seen += 1
            # "Collecting six==1.17.0 (from ..." or, from a folder, "... /six-1.17.0-py3.whl (from"
            found = re.search("([\\w.-]+?)(==|-[0-9])", line)
            verb = "Checking" if line.startswith("Requirement already") else "Downloading"
            self.progress.count(verb, self.seen, self.total, found[1] if found else "...")
        elif line.startswith("Installing collected packages: "):
            self.to_install = line.count(",") + 1
        elif "Retrying (" in line and not self.retried:
            self.retried = True
            self.progress.say("The package index does not answer. Trying again.")

    def look(self):
        if self.to_install:
            for folder in sorted(self.folders() - self.before):
                self.before.add(folder)
                self.installed += 1
                name = folder.name.split("-")[0]
                self.progress.count("Installing", self.installed, self.to_install, name)


def variables():
    """The environment of the programs in .venv, free of other Pythons and Jupyter kernels."""
    foreign = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "JUPYTER_PATH")
    result = {name: value for name, value in os.environ.items() if name not in foreign}
    result["VIRTUAL_ENV"] = str(VENV)
    result["PATH"] = str(BIN) + os.pathsep + result.get("PATH", os.defpath)
    result["PIP_USER"] = "0"
    result["PYTHONUNBUFFERED"] = "1"
    result["PYTHONIOENCODING"] = "utf-8"
    return result


def run_logged(command, count=None):
    """Run a command with its output in the log file; return its exit code and its output."""
    with LOG.open("ab") as sink, LOG.open("rb") as source:
        source.seek(0, os.SEEK_END)
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=variables(),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            close_fds=WINDOWS,  # see lock()
        )
        output, unfinished, running = [], "", True
        try:
            while running:
                running = process.poll() is None
                lines = (unfinished + source.read().decode("utf-8", "replace")).split("\n")
                unfinished = lines.pop()
                output.extend(lines)
                if count:
                    for line in lines:
                        count.read(line)
                    count.look()
                if running:
                    time.sleep(0.1)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait()
    return process.returncode, "\n".join(output + [unfinished])


def reason(output):
    """Why pip or venv failed: what is wrong and what to do, from what it wrote."""
    reasons = (
        (
            ("No space left", "Errno 28", "WinError 112", "not enough space", "Disk quota"),
            "The disk is full. Make room, then start again.",
        ),
        (
            ("CERTIFICATE_VERIFY_FAILED", "SSLError", "certificate verify failed"),
            "The network does not let pip make a secure connection to the package index. "
            "Ask those who run the network for its certificate or proxy, or use another network.",
        ),
        (
            ("Retrying (", "NewConnectionError", "Connection", "timed out", "ProxyError"),
            "The package index cannot be reached. "
            "Connect this computer to the internet, then start again.",
        ),
        (
            ("WinError 206", "File name too long"),
            "The path of this folder is too long. Move the course to a shorter path.",
        ),
        (
            ("WinError 5]", "WinError 32]", "Permission denied", "Read-only file system"),
            "A file in .venv cannot be changed. Close JupyterLab and other programs that use this "
            "folder, make sure that you may write in it, then start again.",
        ),
        (
            ("No matching distribution",),
            "The package index has no tested packages for Python {}.{} on this system. "
            "Use Python 3.11 to 3.14 (64 bit).".format(*sys.version_info[:2]),
        ),
    )
    for signs, sentence in reasons:
        if any(sign in output for sign in signs):
            return sentence
    return "The installation did not work."


def install_step(command, count=None):
    code, output = run_logged(command, count)
    if code:
        raise Stop("{} Details: {}".format(reason(output), LOG))


def make_venv(progress):
    """An empty .venv, known as ours and as unfinished from its first moment."""
    shutil.rmtree(OLD_VENV, ignore_errors=True)
    if STATE.is_file():
        progress.say("The old .venv is {}. It is made anew.".format(defect(read_state())))
    if os.path.lexists(VENV):
        VENV.rename(OLD_VENV)  # in one step, or not at all when a program uses it
        shutil.rmtree(OLD_VENV, ignore_errors=True)
    check_disk(NEEDED_MB["build"])
    progress.say("Making .venv with Python {}.{}.{}".format(*sys.version_info[:3]))
    if sys.version_info[:2] > NEWEST_TESTED:
        progress.say("The course was not tested with this Python, only with 3.11 to 3.14.")
    VENV.mkdir()
    write_state({"state": "busy", "folder": folder(), "digests": {}, "packages": []})
    install_step([BASE_PYTHON, "-m", "venv", str(VENV)])


def install(kind, step):
    """Build or update .venv and install what `kind` needs; trust it only at the very end."""
    progress = Progress()
    started = time.monotonic()
    LOG.write_bytes(b"")
    if step == "build":
        make_venv(progress)
    else:
        check_disk(NEEDED_MB["update"])
    state = read_state()
    pip = [VENV_PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check", "install"]
    # requirements.txt is complete, so pip need not look for dependencies. Byte-compiling
    # afterwards uses all cores; pip would use one.
    packages = ["--progress-bar=off", "--no-deps", "--no-compile", "-r", REQUIREMENTS[kind]]
    count = PackageCount(REQUIREMENTS[kind], progress)
    write_state(dict(state, state="busy"))
    try:
        install_step(pip + packages, count)
    except BaseException:
        if not count.to_install:
            write_state(state)  # nothing was changed: a venv that worked still works
        raise
    if count.to_install:
        text = "Installed {} packages. Preparing them for a quick start."
        progress.say(text.format(count.to_install))
        run_logged([VENV_PYTHON, "-m", "compileall", "-q", "-j", "0", str(site_packages())])
    project = ["--no-deps", "--no-build-isolation", "--editable", "."]
    install_step(pip + project)
    digests = dict(state["digests"], **{kind: digest(kind)})
    write_state(dict(state, state="ready", digests=digests, packages=package_names()))
    progress.say("Ready after {:.0f} seconds.".format(time.monotonic() - started))


def prepare(kind):
    """Make sure that .venv holds what `kind` ("run" or "test") needs."""
    check_files("pyproject.toml", REQUIREMENTS[kind])
    if next_step(kind) == "nothing":
        return
    check_python()
    check_path_length()
    with lock():
        step = next_step(kind)  # another start may have done it in the meantime
        if step != "nothing":
            install(kind, step)


# --- The two commands -------------------------------------------------------------------------


def run_visibly(command, **more_variables):
    """Run a program of .venv in this terminal until it ends; Ctrl-C goes to it as well."""
    process = subprocess.Popen(command, cwd=ROOT, env=dict(variables(), **more_variables))
    try:
        return process.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)  # it has got the same Ctrl-C and ends by itself
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def open_lab(port, browser):
    """Open JupyterLab on the first lesson and stay until it ends."""
    check_files(LESSON)
    if port is not None:
        check_port(port)
    prepare("run")
    settings = [
        "--ServerApp.root_dir={}".format(ROOT),
        "--ServerApp.answer_yes=True",  # Ctrl-C stops without a question
        "--LabApp.default_url=/lab/tree/" + LESSON,
        # Open tabs of other projects stay out of the course, and those of the course out of them.
        "--LabApp.workspaces_dir={}".format(VENV / "workspaces"),
        "--log-level=WARN",
        "--LabApp.log_level=WARN",
    ]
    if not browser:
        settings.append("--no-browser")
    if port is not None:
        settings += ["--ServerApp.port={}".format(port), "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        settings.append("--allow-root")  # JupyterLab refuses root without it, as in containers
    search = [str(ROOT / "jupyter_config"), os.environ.get("JUPYTER_CONFIG_PATH")]
    print("JupyterLab starts. To stop it, press Ctrl-C in this window.", flush=True)
    try:
        code = run_visibly(
            [VENV_PYTHON, "-m", "jupyterlab"] + settings,
            JUPYTER_CONFIG_PATH=os.pathsep.join(filter(None, search)),
            JUPYTER_PREFER_ENV_PATH="1",  # the kernel "python3" is that of .venv
        )
    except KeyboardInterrupt:
        code = 0
    if code:
        raise Stop("JupyterLab ended with code {}. Its messages stand above.".format(code))
    print("JupyterLab has ended.")
    return 0


def run_checks(pytest_arguments):
    """Run ruff and pytest and close with one line; return 0 when all passed, otherwise 1."""
    prepare("test")
    style = run_visibly([VENV_PYTHON, "-m", "ruff", "check", "."])
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        # Not in pyproject.toml: without the test packages, pytest would not know the time limit.
        limits = ["-n", "2", "--dist", "loadfile", "--timeout=300"]
        command = [VENV_PYTHON, "-m", "pytest"] + limits
        tests = run_visibly(command + ["--junitxml={}".format(report)] + pytest_arguments)
        results = [(style, "style"), (tests, describe_tests(report, tests))]
    failed = ", ".join(text for code, text in results if code)
    passed = ", ".join(text for code, text in results if not code)
    if not failed:
        print("start.py test: passed: " + passed, flush=True)
        return 0
    print("start.py test: FAILED: {}; passed: {}".format(failed, passed or "nothing"), flush=True)
    return 1


def describe_tests(report, code):
    """The results of pytest in a few words, read from its JUnit report.

    A test that runs a notebook calls `record_property("notebook", path)` to be counted.
    """
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        cases = []
    bad = [case for case in cases if {"failure", "error"} & {child.tag for child in case}]
    skipped = [skip.get("message") for case in cases for skip in case.iter("skipped")]
    notebooks = {
        entry.get("value")
        for case in cases
        for entry in case.iter("property")
        if entry.get("name") == "notebook"
    }
    if code and not bad:
        return "tests (pytest ended with code {}, see above)".format(code)
    if bad:
        names = ["{}::{}".format(case.get("classname"), case.get("name")) for case in bad]
        more = ", ..." if len(names) > 5 else ""
        listed = ", ".join(names[:5]) + more
        return "{} of {} tests ({})".format(len(bad), len(cases), listed)
    text = "{} tests".format(len(cases) - len(skipped))
    if skipped:
        reasons = Counter(skipped).most_common()
        listed = "; ".join("{} {}".format(number, why) for why, number in reasons)
        if len(reasons) == 1:
            listed = reasons[0][0]
        text += " ({} skipped: {})".format(len(skipped), listed)
    return text + (", notebooks {}".format(len(notebooks)) if notebooks else "")


# --- Command line -----------------------------------------------------------------------------


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="start.py",
        description="Install the course into .venv, if need be, and open it in JupyterLab.",
        epilog="`start.py test` installs the test packages as well and runs every check. What "
        "follows `test` goes to pytest, for example: start.py test -k timeline",
    )
    parser.add_argument("command", nargs="?", choices=["test"], help="run every check")
    parser.add_argument("--no-browser", action="store_true", help="open no browser window")
    parser.add_argument("--port", type=int, help="where JupyterLab listens (else: a free port)")
    if arguments[:1] == ["test"] and not {"-h", "--help"} & set(arguments):
        return parser.parse_args(["test"]), arguments[1:]
    return parser.parse_args(arguments), []


def describe_error(error):
    """A system error as a sentence about what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Make room, then start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            "{} cannot be written. Copy the course to a folder of your own, or close the "
            "programs that use it, then start again.".format(error.filename or ROOT)
        )
    return "The system reports an error: {}.".format(error)


def main(arguments):
    # A request to end, for example from a CI runner, ends pip and JupyterLab as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options, pytest_arguments = parse(arguments)
    try:
        if options.command == "test":
            return run_checks(pytest_arguments)
        return open_lab(options.port, browser=not options.no_browser)
    except Stop as stop:
        message, code = str(stop), 1
    except OSError as error:
        message, code = describe_error(error), 1
    except KeyboardInterrupt:
        message, code = "Stopped. The next start goes on safely.", 130
    sys.stdout.flush()
    if sys.stdout.isatty():
        print(flush=True)  # leave the line that counts
    print("start.py: " + message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
