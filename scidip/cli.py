"""The command ``scidip``, for instructors and for authors of the course.

scidip build                make exercises/ from solutions/, and data/README.md from the tables
scidip build --check        only prove that they are what a build gives
scidip run [NOTEBOOK]       run notebooks from a fresh kernel and save them with their outputs;
                            without a name, all of lessons/, solutions/ and docs/
scidip data check [FOLDER]  name every problem of all tables; without a name, those of data/
scidip grade CLASS --out RESULTS
                            mark the submissions of a class (docs/instructors.md says more)
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
    words = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(words)
    options.words = words
    try:
        problems = options.command(options)
    except (notebooks.AuthoringError, data.DataError, OSError) as error:
        problems = [str(error)]
    if isinstance(problems, int):
        return problems
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
    _add_grade(commands)
    return parser


def _add_grade(commands) -> None:
    grade = commands.add_parser("grade", help="mark the submissions of a class")
    grade.add_argument("submissions", type=Path, metavar="CLASS", help="a folder, or a zip")
    grade.add_argument("--out", type=Path, required=True, metavar="RESULTS", help="a folder")
    grade.add_argument("--lesson", type=int, help="only the exercise of this lesson")
    grade.add_argument("--roster", type=Path, help="exported gradebook, for the platform's ids")
    grade.add_argument("--workers", type=int, help="processes at one time; default: two for a core")
    grade.add_argument("--again", action="store_true", help="also what was graded before")
    grade.add_argument(
        "--require-sandbox", action="store_true", help="refuse to run where there is none"
    )
    grade.add_argument("--no-sandbox", action="store_true", help="do without; for trusted code")
    grade.add_argument(
        "--no-other-data", action="store_true", help="do not try correct answers on other data"
    )
    grade.add_argument(
        "--seed", type=int, help="draws the other data; default: by lot, once for each RESULTS"
    )
    grade.add_argument("--seconds", type=float, default=20, help="for one cell; default: 20")
    grade.add_argument("--memory", type=int, default=1024, help="MiB for one; default: 1024")
    grade.add_argument("--stock", action="store_true", help="ordinary Jupyter kernels: slower")
    grade.add_argument("--scheduler", default="", help="tcp://... of a Dask cluster")
    grade.set_defaults(command=_grade)


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


def _grade(options: argparse.Namespace) -> list[str] | int:
    # Imported here, as it needs pytest and more, which the other commands do not.
    from scidip.grading.collect import CollectError
    from scidip.grading.grade import Order, grade
    from scidip.grading.inside.isolate import Limits
    from scidip.grading.report import ReportError
    from scidip.grading.settings import GradingError, Settings

    problems = [
        f"--{name} must be more than 0."
        for name in ("seconds", "memory", "workers")
        if getattr(options, name) is not None and getattr(options, name) <= 0
    ]
    if problems:
        return problems
    settings = Settings(
        lesson=options.lesson,
        seconds=options.seconds,
        whole=max(120, 3 * options.seconds),
        limits=Limits(memory=options.memory),
        variant=not options.no_other_data,
        seed=options.seed,
        stock=options.stock,
        sandbox=not options.no_sandbox,
    )
    workers = {} if options.workers is None else {"workers": options.workers}
    order = Order(
        options.submissions, options.out, settings, require_sandbox=options.require_sandbox,
        again=options.again, roster=options.roster, scheduler=options.scheduler,
        command=("scidip", *options.words), **workers,
    )  # fmt: skip
    try:
        return grade(order)
    except (GradingError, CollectError, ReportError) as problem:
        return [str(problem)]


def _check_data(options: argparse.Namespace) -> list[str]:
    problems = data.problems(options.folder)
    if problems:
        count = len(problems)
        return [*problems, "1 problem." if count == 1 else f"{count:,} problems."]
    names = data.tables(options.folder)
    rows = sum(len(data.load(name, options.folder)) for name in names)
    print(f"{len(names)} tables, {rows:,} rows: no problem.")
    return []
