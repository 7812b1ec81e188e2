"""start.py, run as a user runs it, in copies of the repository.

Most tests use a tiny course: start.py with a few hand-made packages and no network, so that pip
and venv do their real work in seconds. The slow test at the end installs the real course.
"""

import ast
import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="these tests use POSIX signals")

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
# Stands in for JupyterLab: says how it was called.
FAKE_LAB = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "variables": dict(os.environ)}))
"""
# A build backend of a few lines, as the tiny course has no setuptools.
BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "scidip-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        info = "scidip-0.1.0.dist-info/"
        metadata = "Metadata-Version: 2.1\\nName: scidip\\nVersion: 0.1.0\\n"
        wheel.writestr(info + "METADATA", metadata)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "scidip"
version = "0.1.0"
"""


def make_wheel(folder, name, version, **modules):
    """Write a wheel with one package: NAME/MODULE.py for each module."""
    info = f"{name}-{version}.dist-info/"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for module, source in modules.items():
            wheel.writestr(f"{name}/{module}.py", source)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        wheel.writestr(info + "METADATA", metadata)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")


class Course:
    """A folder with start.py, and ways to run it."""

    def __init__(self, folder):
        self.folder = folder
        self.venv = folder / ".venv"
        self.state_file = self.venv / "scidip-start.json"
        self.log = folder / "start.log"

    @property
    def state(self):
        return json.loads(self.state_file.read_text())["state"]

    def popen(self, *arguments, patch="", python=sys.executable, **variables):
        """Start start.py; `patch` is Python that runs before it, to fake a computer."""
        command = [str(python), "start.py", *arguments]
        if patch:
            run = "runpy.run_path('start.py', run_name='__main__')"
            code = f"import os, runpy, sys\n{patch}\nsys.argv[:1] = ['start.py']\n{run}"
            command = [str(python), "-c", code, *arguments]
        environment = os.environ | {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": (self.folder / "wheels").as_uri(),  # pip splits at spaces
        }
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start(self, *arguments, **options):
        """Run start.py to its end; returns (exit code, standard output, standard error)."""
        process = self.popen(*arguments, **options)
        out, err = process.communicate(timeout=100)
        return process.returncode, out, err

    def starts(self, *arguments, **options):
        """Run start.py, which must work; returns what it printed."""
        code, out, err = self.start(*arguments, **options)
        assert (code, err) == (0, ""), out + err
        assert self.state == "ready"
        return out

    def refuses(self, *arguments, **options):
        """Run start.py, which must refuse in one line without traceback; returns the line."""
        code, out, err = self.start(*arguments, **options)
        assert code not in (0, None), out
        assert err.startswith("start.py: "), err
        assert len(err.splitlines()) == 1, err
        assert "Traceback" not in out
        return err


def make_course(folder):
    (folder / "lessons").mkdir(parents=True)
    (folder / "wheels").mkdir()
    make_wheel(folder / "wheels", "jupyterlab", "1.0", __main__=FAKE_LAB)
    make_wheel(folder / "wheels", "helper", "1.0", __init__="")
    make_wheel(folder / "wheels", "helper", "2.0", __init__="")
    (folder / "lessons" / "00_start_here.ipynb").write_text(json.dumps(NOTEBOOK))
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "requirements.txt").write_text("# comment\njupyterlab==1.0\nhelper==1.0\n")
    shutil.copy(ROOT / "start.py", folder)
    return Course(folder)


@pytest.fixture
def course(tmp_path):
    """A tiny course that was never started."""
    return make_course(tmp_path / "my course")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A tiny course that was started once. Tests leave it in working order."""
    course = make_course(tmp_path_factory.mktemp("installed") / "my course")
    course.first_output = course.starts()
    return course


def load_start():
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- Python -----------------------------------------------------------------------------------


def old_pythons():
    """Interpreters older than 3.11 on this computer."""
    versions = ["2.7", *(f"3.{minor}" for minor in range(5, 11))]
    found = [shutil.which(f"python{version}") for version in versions]
    pyenv = Path.home() / ".pyenv" / "versions"
    found += [pyenv_python for v in versions for pyenv_python in pyenv.glob(f"{v}.*/bin/python")]
    return [str(path) for path in found if path]


def test_old_python_is_refused_in_one_sentence(course):
    simulated = "sys.version_info = (3, 10, 13, 'final', 0)"
    message = course.refuses(patch=simulated)
    assert "This is Python 3.10" in message
    assert "3.11 or newer" in message
    for python in old_pythons():
        version = subprocess.run([python, "--version"], capture_output=True, text=True)
        if version.returncode:
            continue  # a launcher for a Python that is not there
        message = course.refuses(python=python)
        number = (version.stdout + version.stderr).split()[1]
        assert f"This is Python {number.rsplit('.', 1)[0]}," in message
    assert not course.venv.exists()


def test_old_python_can_read_the_file():
    """No syntax that is newer than Python 2.7, so that the version check is reached."""
    newer = (
        *(ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Starred, ast.Nonlocal),
        *(ast.AsyncFunctionDef, ast.YieldFrom, ast.Match, ast.MatMult),
    )
    tree = list(ast.walk(ast.parse((ROOT / "start.py").read_text(encoding="ascii"))))
    calls = [node for node in tree if isinstance(node, ast.Call) and node.args]
    starred_at_end = [call.args[-1] for call in calls]  # f(a, *b) is old syntax
    for node in tree:
        if node in starred_at_end:
            continue
        assert not isinstance(node, newer), ast.unparse(node)
        if isinstance(node, ast.arguments):
            assert not node.kwonlyargs and not node.posonlyargs
            assert not any(argument.annotation for argument in node.args)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
        if isinstance(node, ast.Raise):
            assert node.cause is None


# --- First and second start -------------------------------------------------------------------


def test_first_start_installs_with_visible_progress(installed):
    lines = installed.first_output.splitlines()
    version = ".".join(map(str, sys.version_info[:3]))
    assert lines[0] == f"Making .venv with Python {version}"
    assert "Downloading 2 of 2: helper" in lines
    assert any(line.startswith("Installing 2 of 2: ") for line in lines)
    assert "Successfully installed" in installed.log.read_text()
    assert "Successfully installed" not in installed.first_output


def test_second_start_takes_no_install_step(installed):
    before = installed.log.stat().st_mtime_ns
    out = installed.starts(PIP_NO_INDEX="0", PIP_INDEX_URL="http://127.0.0.1:9/")
    assert out.splitlines()[0].startswith("JupyterLab starts.")
    assert installed.log.stat().st_mtime_ns == before


def test_jupyterlab_runs_from_the_venv_on_the_first_lesson(installed):
    foreign = {"PYTHONPATH": "/nowhere", "JUPYTER_PATH": "/nowhere"}
    out = installed.starts("--no-browser", "--port", "18765", **foreign)
    call = json.loads(out.splitlines()[1])
    assert "--LabApp.default_url=/lab/tree/lessons/00_start_here.ipynb" in call["arguments"]
    assert f"--ServerApp.root_dir={installed.folder}" in call["arguments"]
    assert "--ServerApp.port=18765" in call["arguments"]
    assert "--no-browser" in call["arguments"]
    variables = call["variables"]
    assert variables["VIRTUAL_ENV"] == str(installed.venv)
    assert variables["PATH"].startswith(str(installed.venv))
    assert variables["JUPYTER_CONFIG_PATH"] == str(installed.folder / "jupyter_config")
    assert not foreign.keys() & variables.keys()


def test_jupyter_settings_of_the_course_turn_news_and_update_checks_off():
    folder = ROOT / "jupyter_config"
    settings = json.loads((folder / "jupyter_lab_config.json").read_text())["LabApp"]
    assert settings["news_url"] is None
    assert settings["check_for_updates_class"] == "jupyterlab.NeverCheckForUpdate"
    overrides = folder / "labconfig" / "default_setting_overrides.json"
    notification = json.loads(overrides.read_text())["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false", "checkForUpdates": False}


# --- A venv that does not fit -----------------------------------------------------------------


def test_changed_requirements_are_installed_in_place(installed):
    requirements = installed.folder / "requirements.txt"
    kept = installed.venv / "kept.txt"
    kept.touch()
    text = requirements.read_text()
    requirements.write_text(text.replace("helper==1.0", "helper==2.0"))
    assert "Installing 1 of 1: helper" in installed.starts()
    requirements.write_text(text)
    installed.starts()
    assert kept.exists()


def test_an_update_without_network_does_not_harm_a_working_venv(installed):
    requirements = installed.folder / "requirements.txt"
    text = requirements.read_text()
    requirements.write_text(text + "absent==1.0\n")
    assert "no tested packages" in installed.refuses()
    requirements.write_text(text)
    assert installed.starts().startswith("JupyterLab starts.")


def test_a_removed_package_is_noticed(installed):
    [package] = installed.venv.rglob("site-packages/helper")
    shutil.rmtree(package)
    assert "The old .venv is damaged" in installed.starts()
    assert package.is_dir()


def test_a_dead_interpreter_is_noticed(installed):
    for python in installed.venv.glob("bin/python*"):
        python.unlink()
    assert "The old .venv is damaged" in installed.starts()


def test_a_damaged_state_file_is_not_trusted(installed):
    installed.state_file.write_text('{"state": "ready"')
    assert "The old .venv is unfinished" in installed.starts()


def test_another_python_uses_the_venv_as_it_is(installed):
    """A working .venv brings its own Python, so it also starts offline from any other."""
    versions = [f"3.{minor}" for minor in range(11, 16) if minor != sys.version_info.minor]
    pyenv = Path.home() / ".pyenv" / "versions"
    found = [path for v in versions for path in pyenv.glob(f"{v}.*/bin/python")]
    found += [path for v in versions if (path := shutil.which(f"python{v}"))]
    for python in found:
        works = subprocess.run([python, "-c", ""], capture_output=True).returncode == 0
        if works:
            out = installed.starts(python=python)
            assert "Installing" not in out and "Making .venv" not in out
            return
    pytest.skip("only one Python on this computer")


def test_a_moved_folder_is_noticed(installed):
    moved = installed.folder.with_name("moved")
    installed.folder.rename(moved)
    try:
        assert "made in another folder" in Course(moved).starts()
    finally:
        moved.rename(installed.folder)
    assert "made in another folder" in installed.starts()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_half_made_venv_is_never_trusted(course, how):
    process = course.popen()
    while not course.state_file.exists():
        time.sleep(0.02)
        assert process.poll() is None
    time.sleep(0.5)
    os.killpg(process.pid, how)
    process.communicate(timeout=30)
    assert process.returncode == {signal.SIGKILL: -9, signal.SIGINT: 130, signal.SIGTERM: 143}[how]
    assert course.state == "busy"
    if how == signal.SIGKILL:
        assert "The old .venv is unfinished" in course.starts()


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_a_foreign_venv_is_left_alone(course, tmp_path, kind):
    if kind == "folder":
        course.venv.mkdir()
        (course.venv / "pyvenv.cfg").write_text("mine")
    elif kind == "file":
        course.venv.write_text("mine")
    else:
        (tmp_path / "elsewhere").mkdir()
        course.venv.symlink_to(tmp_path / "elsewhere")
    message = course.refuses()
    assert "was not made by start.py" in message
    assert "Rename it or delete it" in message
    if kind == "folder":
        assert [path.name for path in course.venv.iterdir()] == ["pyvenv.cfg"]
    elif kind == "file":
        assert course.venv.read_text() == "mine"
    else:
        assert course.venv.is_symlink()


def test_an_empty_venv_folder_is_used(course):
    course.venv.mkdir()
    course.starts()


# --- What can go wrong on a computer ----------------------------------------------------------


def test_no_network(course):
    closed = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"}
    message = course.refuses(PIP_FIND_LINKS="", **closed)
    assert "The package index cannot be reached. Connect this computer" in message
    assert str(course.log) in message
    assert course.state == "busy"


def test_no_disk_space_before_the_installation(course):
    full = (
        "import shutil; shutil.disk_usage = lambda path: shutil._ntuple_diskusage(9, 8, 5 * 10**6)"
    )
    message = course.refuses(patch=full)
    assert "not enough disk space: 5 MB are free" in message
    assert "900 MB are needed" in message
    assert not course.venv.exists()


def test_no_disk_space_during_the_installation(course):
    full = """
import pathlib
def full(*arguments, **options):
    raise OSError(28, "No space left on device")
pathlib.Path.write_text = full
"""
    assert "The disk is full. Make room" in course.refuses(patch=full)
    course.starts()


def test_read_only_folder(course):
    frozen = """
import pathlib
def frozen(path, *arguments, **options):
    raise OSError(30, "Read-only file system", str(path))
pathlib.Path.open = frozen
"""
    message = course.refuses(patch=frozen)
    assert "cannot be written. Copy the course to a folder of your own" in message


def test_python_without_venv(course):
    bare = """
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "ensurepip" else real(name, *rest)
"""
    message = course.refuses(patch=bare)
    assert "has no module ensurepip" in message
    assert "sudo apt install python3." in message


def test_missing_lesson(course):
    (course.folder / "lessons" / "00_start_here.ipynb").unlink()
    message = course.refuses()
    assert "lessons/00_start_here.ipynb is missing" in message


def test_port_in_use_is_told_before_the_installation(course):
    with socket.create_server(("localhost", 0)) as server:
        message = course.refuses("--port", str(server.getsockname()[1]))
    assert "is in use by another program" in message
    assert not course.venv.exists()


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_impossible_port(course, port):
    assert f"{port} is not a port" in course.refuses(f"--port={port}")


def test_two_starts_at_once(course):
    first = course.popen()
    while not course.venv.exists():
        time.sleep(0.02)
        assert first.poll() is None
    message = course.refuses()
    assert "Another start.py is preparing this folder" in message
    assert first.communicate(timeout=60) and first.returncode == 0
    assert course.state == "ready"


def test_a_killed_start_keeps_the_lock_while_its_installer_lives(course):
    first = course.popen()
    while not course.log.exists() or not (course.venv / "pyvenv.cfg").exists():
        time.sleep(0.02)
        assert first.poll() is None
    first.kill()
    first.wait()
    assert "Another start.py is preparing this folder" in course.refuses()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert "The old .venv is unfinished" in course.starts()


def test_a_lock_that_was_left_behind_does_not_matter(course):
    (course.folder / ".start.lock").touch()
    course.starts()


def test_path_too_long_for_windows(monkeypatch):
    start = load_start()
    monkeypatch.setattr(start, "WINDOWS", True)
    monkeypatch.setattr(start, "long_paths_enabled", lambda: False)
    monkeypatch.setattr(start, "ROOT", Path("C:/", "x" * 60))
    start.check_path_length()
    monkeypatch.setattr(start, "ROOT", Path("C:/", "x" * 120))
    with pytest.raises(start.Stop, match="too long for Windows: 123 characters"):
        start.check_path_length()
    monkeypatch.setattr(start, "long_paths_enabled", lambda: True)
    start.check_path_length()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full."),
        ("SSLError(SSLCertVerificationError(1, 'certificate verify failed", "secure connection"),
        ("Failed to establish a new connection: NewConnectionError", "cannot be reached"),
        ("PermissionError: [WinError 32] used by another process", "Close JupyterLab"),
        ("ERROR: No matching distribution found for numpy==2.5.5", "Python 3.11 to 3.14"),
        ("something new", "did not work"),
    ],
)
def test_each_reason_of_pip_has_its_sentence(output, sentence):
    assert sentence in load_start().reason(output)


# --- start.py test ----------------------------------------------------------------------------

SAMPLE_TESTS = """
import pytest

@pytest.mark.parametrize("name", ["a", "b", "b"])
def test_notebook(record_property, name):
    record_property("notebook", name)

@pytest.mark.parametrize("n", [1, 2])
def test_browser(n):
    pytest.skip("no browser")
"""


@pytest.mark.parametrize(
    ("addition", "expected_code", "expected"),
    [
        ("", 0, "3 tests (2 skipped: no browser), notebooks 2"),
        ("def test_bad(): assert 0", 1, "1 of 6 tests (test_sample::test_bad)"),
        ("def test_other(): pytest.skip('x')", 0, "(3 skipped: 2 no browser; 1 x), notebooks 2"),
        ("import nowhere", 2, "1 of 1 tests"),
    ],
)
def test_results_are_read_from_the_report(tmp_path, addition, expected_code, expected):
    (tmp_path / "test_sample.py").write_text(SAMPLE_TESTS + addition)
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path)]
    command += ["-p", "no:cacheprovider", f"--junitxml={report}", str(tmp_path)]
    code = subprocess.run(command, capture_output=True, check=False).returncode
    assert code == expected_code
    assert expected in load_start().describe_tests(report, code)


def test_a_pytest_that_left_no_report_is_a_failure(tmp_path):
    text = load_start().describe_tests(tmp_path / "absent.xml", 4)
    assert text == "tests (pytest ended with code 4, see above)"


def test_arguments_after_test_go_to_pytest():
    start = load_start()
    options, rest = start.parse(["test", "-k", "timeline", "--port"])
    assert (options.command, rest) == ("test", ["-k", "timeline", "--port"])
    options, rest = start.parse(["--port", "8890", "--no-browser"])
    assert (options.command, options.port, options.no_browser, rest) == (None, 8890, True, [])


# --- The real course --------------------------------------------------------------------------


def free_port():
    with socket.create_server(("localhost", 0)) as server:
        return server.getsockname()[1]


def index_is_reached():
    """Asks pip itself, not start.py, so that a wrong message of start.py cannot skip the test."""
    ask = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--ignore-installed"]
    with contextlib.suppress(subprocess.TimeoutExpired):
        return not subprocess.run([*ask, "six"], capture_output=True, timeout=60).returncode
    return False


def get(port, path, token):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}")
    request.add_header("Authorization", f"token {token}")
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.URLError as error:
            # The address may be printed a moment before the server listens.
            if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def wait_for_lab(process):
    """Read what start.py prints up to the address of JupyterLab; returns (lines, port, token)."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        found = re.search(r"http://127.0.0.1:(\d+)/lab/tree/.*[?]token=(\w+)", line)
        if found:
            return lines, int(found[1]), found[2]
    raise AssertionError("".join(lines))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_real_course_installs_opens_and_is_tested(tmp_path):
    if not index_is_reached():
        pytest.skip("the package index is not reached")
    left_out = shutil.ignore_patterns(".git", ".venv*", "*.egg-info", ".*_cache", "start.log")
    course = Course(Path(shutil.copytree(ROOT, tmp_path / "the course", ignore=left_out)))
    lesson = course.folder / "lessons" / "00_start_here.ipynb"
    environment = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}

    def popen(*arguments):
        command = [sys.executable, "start.py", *arguments]
        return subprocess.Popen(command, cwd=course.folder, start_new_session=True, **environment)

    # First start: JupyterLab serves the lesson, with the course's settings and kernel.
    process = popen("--no-browser", "--port", str(free_port()))
    lines, port, token = wait_for_lab(process)
    assert any(line.startswith("Installing 10 of ") for line in lines)
    model = json.loads(get(port, "api/contents/lessons/00_start_here.ipynb", token))
    stored = [cell.source for cell in nbformat.read(lesson, as_version=4).cells]
    assert [cell["source"] for cell in model["content"]["cells"]] == stored
    assert '"news": {"disabled": true}' in get(port, "lab", token)
    name = "@jupyterlab/apputils-extension:notification"
    schema = json.loads(get(port, f"lab/api/settings/{name}", token))["schema"]
    assert schema["properties"]["fetchNews"]["default"] == "false"
    kernels = json.loads(get(port, "api/kernelspecs", token))
    folder = Path(kernels["kernelspecs"]["python3"]["resources"]["logo-svg"])
    assert folder.name == "logo-svg.svg"
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert rest.splitlines()[-1] == "JupyterLab has ended."
    python = course.venv / ("Scripts" if os.name == "nt" else "bin") / "python"
    check = "import scidip, sys; print(scidip.__file__)"
    where = subprocess.run([python, "-c", check], cwd="/", capture_output=True, text=True)
    assert where.stdout.strip() == str(course.folder / "scidip" / "__init__.py")

    # Second start: nothing is installed.
    process = popen("--no-browser")
    lines, _, _ = wait_for_lab(process)
    assert lines[0].startswith("JupyterLab starts.")
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)

    # The check command: first all is well, then one test and the style fail.
    shutil.rmtree(course.folder / "tests")
    (course.folder / "tests").mkdir()
    sample = course.folder / "tests" / "test_sample.py"
    sample.write_text("def test_good():\n    assert 1\n")
    out, _ = popen("test").communicate()
    assert out.splitlines()[-1] == "start.py test: passed: style, 1 tests"
    assert re.search(r"=+ 1 passed in .* =+", out)
    sample.write_text("import os\n\n\ndef test_bad():\n    assert 0\n")
    process = popen("test", "-k", "bad")
    out, _ = process.communicate()
    assert process.returncode == 1
    last = (
        "start.py test: FAILED: style, 1 of 1 tests (tests.test_sample::test_bad); passed: nothing"
    )
    assert out.splitlines()[-1] == last
