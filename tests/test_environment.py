"""One environment, written down four times: the four files must agree."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11.0", "3.11.14", "3.12.12", "3.13.9", "3.14.0")
SYSTEMS = {
    "Linux": {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
    "Windows": {"sys_platform": "win32", "os_name": "nt", "platform_machine": "AMD64"},
    "Darwin": {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64"},
    "Darwin Intel": {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "x86_64"},
}
# Packages that only some systems or Pythons need.
PARTIAL = {
    "appnope", "colorama", "importlib-metadata", "lazy-importer", "overrides", "pexpect",
    "ptyprocess", "pywinpty", "zipp",
}  # fmt: skip


def lines(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins(name, python, system):
    """The packages that pip installs from a requirements file there: {name: version}."""
    marker_values = SYSTEMS[system] | {
        "platform_system": system.split()[0],
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_name": "cpython",
        "implementation_version": python,
        "platform_python_implementation": "CPython",
    }
    found = {}
    for requirement in map(Requirement, lines(name)):
        if requirement.marker is None or requirement.marker.evaluate(marker_values):
            key = canonicalize_name(requirement.name)
            assert key not in found, f"{name} pins {key} twice for Python {python} on {system}"
            [specifier] = requirement.specifier
            assert specifier.operator == "=="
            found[key] = Version(specifier.version)
    return found


def ranges(entries):
    found = [Requirement(entry) for entry in entries]
    return {canonicalize_name(entry.name): entry.specifier for entry in found}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_conda_and_pip_users_get_the_same_ranges():
    packages = [entry for entry in conda()["dependencies"] if isinstance(entry, str)]
    expected = ranges(project()["project"]["dependencies"])
    found = ranges(packages)
    python = found.pop("python")
    found.pop("pip")
    assert found == expected
    assert all(str(specifier) for specifier in found.values())
    supported = [f"3.{minor}" for minor in range(5, 20) if python.contains(f"3.{minor}")]
    assert supported == ["3.11", "3.12", "3.13", "3.14"]
    assert project()["project"]["requires-python"] == ">=3.11"


def test_conda_installs_the_project_itself_with_pip():
    environment = conda()
    assert environment["name"] == "scidip"
    assert environment["channels"] == ["conda-forge"]
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}


def test_nbval_is_pinned_as_later_versions_number_cells_differently():
    assert "nbval==0.11.0" in project()["project"]["dependencies"]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_tested_versions_lie_in_the_ranges(python, system):
    settings = project()
    direct = ranges(settings["project"]["dependencies"])
    build = ranges(settings["dependency-groups"]["build"])
    test = ranges(settings["project"]["optional-dependencies"]["test"])
    assert build == ranges(settings["build-system"]["requires"])
    run_pins = pins("requirements.txt", python, system)
    test_pins = pins("requirements-test.txt", python, system)
    for name, specifier in (direct | build).items():
        assert run_pins[name] in specifier, name
    for name, specifier in test.items():
        assert test_pins[name] in specifier, name


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_both_requirements_files_agree(python, system):
    """The test packages are added to those of the course; none of these changes."""
    run_pins = pins("requirements.txt", python, system)
    test_pins = pins("requirements-test.txt", python, system)
    assert run_pins.items() <= test_pins.items()
    test_only = test_pins.keys() - run_pins.keys()
    assert test_only >= {"playwright", "pytest-timeout", "pytest-xdist", "ruff"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_each_package_is_there_for_every_python_and_system(name):
    everywhere = {canonicalize_name(Requirement(line).name) for line in lines(name)} - PARTIAL
    for python, system in itertools.product(PYTHONS, SYSTEMS):
        missing = everywhere - pins(name, python, system).keys()
        assert not missing, f"{missing} for Python {python} on {system}"


def test_this_environment_satisfies_every_requirement_of_its_packages():
    """The requirements file is complete: start.py installs it without looking for more."""
    from importlib import metadata

    pinned = {canonicalize_name(Requirement(line).name) for line in lines("requirements-test.txt")}
    for name in sorted(pinned & {canonicalize_name(d.name) for d in metadata.distributions()}):
        for entry in metadata.requires(name) or ():
            needed = Requirement(entry)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in pinned, f"{name} needs {needed}"
                assert metadata.version(needed.name) in needed.specifier, f"{name} needs {needed}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_requirements_hold_names_versions_and_markers_only(name):
    first, *rest = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert first.startswith("# Made by: uv pip compile ")
    assert first.endswith(f"-o {name}")
    for line in rest:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; [\w .<>=!'()]+)?", line), line


@pytest.mark.parametrize("name", ["environment.yml", "requirements.txt", "requirements-test.txt"])
def test_no_address_hash_or_path(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(
        r"://|--hash|sha256|(?<!--no-emit-)index-url|find-links|(^|\s)/|[A-Z]:\\", text
    )
