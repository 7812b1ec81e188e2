"""The command ``scidip``, for authors of the course.

scidip build           make exercises/ from solutions/
scidip build --check   only prove that exercises/ is what solutions/ gives
scidip run [NOTEBOOK]  run notebooks from a fresh kernel and save them with their outputs;
                       without a name, all lessons and solutions
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scidip import authoring, notebooks

COURSE = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : list of str, optional
        The words after ``scidip``; by default those of the command line.

    Returns
    -------
    int
        0, or 1 after problems. Each problem is printed as a sentence.
    """
    options = _parser().parse_args(arguments)
    try:
        problems = options.command(options)
    except (notebooks.AuthoringError, OSError) as error:
        problems = [str(error)]
    for problem in problems:
        print(f"scidip: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scidip", description="Tools for authors of the course.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make exercises/ from solutions/")
    build.add_argument("--check", action="store_true", help="write nothing, only compare")
    build.set_defaults(command=_build)
    run = commands.add_parser("run", help="run notebooks and save them with their outputs")
    run.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK", help="default: all")
    run.set_defaults(command=_run)
    return parser


def _build(options: argparse.Namespace) -> list[str]:
    if options.check:
        return authoring.check_build(COURSE)
    for path in authoring.build(COURSE):
        print(f"Written: {path.relative_to(COURSE).as_posix()}")
    return []


def _run(options: argparse.Namespace) -> list[str]:
    problems = []
    every = [*COURSE.glob("lessons/*.ipynb"), *COURSE.glob("solutions/*.ipynb")]
    for path in options.notebooks or sorted(every):
        try:
            notebooks.run(path)
        except notebooks.AuthoringError as error:
            problems.append(str(error))
    return problems
