"""The command ``scidip``, for authors of the course.

scidip build                make exercises/ from solutions/, and data/README.md from the tables
scidip build --check        only prove that they are what a build gives
scidip run [NOTEBOOK]       run notebooks from a fresh kernel and save them with their outputs;
                            without a name, all of lessons/, solutions/ and docs/
scidip data check [FOLDER]  name every problem of all tables; without a name, those of data/
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scidip import authoring, codebook, data, notebooks

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
    except (notebooks.AuthoringError, data.DataError, OSError) as error:
        problems = [str(error)]
    for problem in problems:
        print(f"scidip: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scidip", description="Tools for authors of the course.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make exercises/ and data/README.md")
    build.add_argument("--check", action="store_true", help="write nothing, only compare")
    build.set_defaults(command=_build)
    run = commands.add_parser("run", help="run notebooks and save them with their outputs")
    run.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK", help="default: all")
    run.set_defaults(command=_run)
    tables = commands.add_parser("data", help="look after the tables")
    tasks = tables.add_subparsers(required=True, metavar="TASK")
    check = tasks.add_parser("check", help="name every problem of all tables")
    check.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="default: data/")
    check.set_defaults(command=_check_data)
    return parser


def _build(options: argparse.Namespace) -> list[str]:
    tables = COURSE / "data"
    if options.check:
        problems = authoring.check_build(COURSE)
        return problems + (codebook.codebook_problems(tables) if tables.is_dir() else [])
    written = authoring.build(COURSE)
    if tables.is_dir():
        written.append(codebook.write_codebook(tables))
    for path in written:
        print(f"Written: {path.relative_to(COURSE).as_posix()}")
    return []


def _run(options: argparse.Namespace) -> list[str]:
    problems = []
    folders = ("lessons", "solutions", "docs")
    every = [path for folder in folders for path in COURSE.glob(f"{folder}/*.ipynb")]
    for path in options.notebooks or sorted(every):
        try:
            notebooks.run(path)
        except notebooks.AuthoringError as error:
            problems.append(str(error))
    return problems


def _check_data(options: argparse.Namespace) -> list[str]:
    problems = data.problems(options.folder)
    if problems:
        count = len(problems)
        return [*problems, "1 problem." if count == 1 else f"{count:,} problems."]
    names = data.tables(options.folder)
    rows = sum(len(data.load(name, options.folder)) for name in names)
    print(f"{len(names)} tables, {rows:,} rows: no problem.")
    return []
