"""How long does it take to grade a class, beside other autograders and beside the bare answers?

    .venv/bin/python benchmarks/grading.py [N]           # N submissions, 100 by default
    .venv/bin/python benchmarks/grading.py --scale       # ours for 30, 300 and 3,000

In one run, the same submissions of exercise 5, invented with a seed (right, known wrong, untried,
slow and hostile answers: benchmarks/class_of_students.py), are graded by

- otter: otter-grader, ``otter run`` for each submission, two at one time;
- nbgrader: ``nbgrader autograde`` with a gradebook, the checks as test cells;
- nbmake, nbval: pytest in two processes on notebooks that we have put together already;
- ours: ``scidip grade`` in the sandbox, with and without the second run on other data, and with
  ordinary kernels in place of forked processes;
- floor: the answers executed in a warm process, two at one time, without a kernel or a sandbox.

The other tools are installed into an environment of their own in ~/.cache (benchmarks/rivals.py).
Everybody gets 20 seconds for a cell. The time holds what a person waits for: starting, grading, and
writing the marks down. Ours and the floor are taken again between the others, and the median is
given, so that a busy moment of the machine meets all of them.

    --without-loop    leave out the submission with the endless loop, which costs each tool 20 s
    --only A,B        some of the tools only
    --json FILE       write all figures there
"""

import argparse
import csv
import io
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import rivals
from class_of_students import LESSON, RIGHT, make_class
from meter import Meter

ROOT = Path(__file__).resolve().parent.parent
SEED = 1
SIZES = (30, 300, 3_000)
GRADE = [sys.executable, "-c", "from scidip.cli import main; raise SystemExit(main())", "grade"]
OURS = {
    "ours": [],
    "ours (one data)": ["--no-other-data"],
    "ours (stock)": ["--stock"],
}
OFTEN = ("floor", "ours", "ours (one data)")
SELDOM = ("nbval", "nbgrader", "nbmake", "otter", "ours (stock)")


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def ours(name):
    def prepare(folder, place, meter):
        def run():
            words = [*GRADE, folder, "--out", place / "out", "--require-sandbox", *OURS[name]]
            place.mkdir(parents=True)
            meter.run(words, cwd=place, env=environment())

        def marks():
            text = (place / "out" / "results.csv").read_text(encoding="utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            numbers = rivals.checked()
            return {row["student"]: {n: row[n] for n in numbers} for row in rows}, ""

        return run, marks

    return prepare


def floor(folder, place, meter):
    def run():
        place.mkdir(parents=True)
        words = [sys.executable, ROOT / "benchmarks" / "grading_floor.py", folder]
        meter.run([*words, place / "marks.json"], cwd=place, env=environment())

    def marks():
        found = json.loads((place / "marks.json").read_text())
        return {name.rsplit("_", 1)[0]: row for name, row in found.items()}, ""

    return run, marks


TOOLS = {
    "floor": floor, **{name: ours(name) for name in OURS}, "otter": rivals.otter,
    "nbgrader": rivals.nbgrader, "nbmake": rivals.nbmake, "nbval": rivals.nbval,
}  # fmt: skip


def order_of(tools):
    """Take the quick ones again between the slow ones, forwards and backwards."""
    often = [name for name in OFTEN if name in tools]
    order = list(often)
    for place, name in enumerate(name for name in SELDOM if name in tools):
        order.append(name)
        if place % 2:
            order += often[::-1] if place % 4 == 1 else often
    return order


def measure(name, folder, count):
    """Grade the class once with one tool."""
    place = Path(tempfile.mkdtemp(prefix="scidip-bench-")) / "run"
    try:
        meter = Meter()
        run, marks = TOOLS[name](folder, place, meter)
        with meter:
            run()
        found, remark = marks()
    finally:
        shutil.rmtree(place.parent, ignore_errors=True)
    students = {student.rsplit(f"_{LESSON:02d}", 1)[0]: row for student, row in found.items()}
    figures = {
        "tool": name, "wall, s": meter.wall, "CPU, s": meter.cpu, "per second": count / meter.wall,
        "memory, MiB": meter.peak["all"], "RSS, MiB": meter.peak["rss"],
        "largest, MiB": max(meter.peak["one"], meter.peak["parent"]), "counted by": meter.how,
        "remark": remark, "load": os.getloadavg()[0],
    }  # fmt: skip
    said = {key: round(value, 2) if isinstance(value, float) else value
            for key, value in figures.items()}  # fmt: skip
    print(json.dumps(said), flush=True)
    return figures, students


def agreement(students, marks, reference):
    """Compare the marks of a tool, question by question, with others: correct or not."""
    counts, differ = Counter(), Counter()
    for student in students:
        for number, wanted in reference[student.name].items():
            mark = marks.get(student.name, {}).get(number)
            if mark is None:
                counts["no mark"] += 1
                differ[student.special or "ordinary"] += 1
            elif (mark == RIGHT) == (wanted == RIGHT):
                counts["same"] += 1
            else:
                counts["other"] += 1
                differ[student.special or "ordinary"] += 1
    return counts, differ


def compare(options):
    """Grade one class with all tools, and print the tables."""
    tools = options.only.split(",") if options.only else list(TOOLS)
    if set(tools) & {"otter", "nbgrader", "nbmake", "nbval"}:
        rivals.python()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "class"
        students = make_class(folder, options.count, SEED, options.without_loop)
        kinds = Counter(mark for student in students for mark in student.is_now.values())
        print(f"{len(students)} submissions; answers: {dict(kinds)}; special: "
              f"{dict(Counter(s.special for s in students if s.special))}")  # fmt: skip
        runs, marks = [], {}
        for name in order_of(tools):
            figures, found = measure(name, folder, len(students))
            runs.append(figures)
            if name not in marks:
                marks[name] = found
                same = agreement(students, found, {one.name: one.is_now for one in students})
                print(f"    marks beside the way they were made: {dict(same[0])} {dict(same[1])}")
    rows = [median_of([run for run in runs if run["tool"] == name]) for name in TOOLS
            if name in tools]  # fmt: skip
    print_table(rows)
    made = {student.name: student.is_now for student in students}
    print("\nMarks (correct or not), question by question; differences by kind of submission")
    compared = {}
    for name in marks:
        with_ours = agreement(students, marks[name], marks.get("ours", made))
        with_made = agreement(students, marks[name], made)
        compared[name] = {
            "with ours": [dict(one) for one in with_ours],
            "with the way they were made": [dict(one) for one in with_made],
        }
        print(f"{name:16} with ours {dict(with_ours[0])} {dict(with_ours[1])}; "
              f"as made {dict(with_made[0])} {dict(with_made[1])}")  # fmt: skip
    return {"runs": runs, "medians": rows, "marks": compared, "without loop": options.without_loop}


def median_of(runs):
    row = dict(runs[0], rounds=len(runs))
    for key, value in row.items():
        if isinstance(value, float):
            row[key] = statistics.median(run[key] for run in runs)
    return row


def print_table(rows):
    by = {row["tool"]: row for row in rows}
    names = ["wall, s", "CPU, s", "per second", "memory, MiB", "RSS, MiB", "largest, MiB"]
    print("\n" + f"{'tool':16}" + "".join(f"{name:>14}" for name in names)
          + f"{'ours is':>12}{'CPU of ours':>13}")  # fmt: skip
    for row in rows:
        words = "".join(f"{row[name]:>14.2f}" if row[name] < 100 else f"{row[name]:>14.0f}"
                        for name in names)  # fmt: skip
        if "ours" in by:
            words += f"{by['ours']['per second'] / row['per second']:>11.1f}x"
            words += f"{by['ours']['CPU, s'] / row['CPU, s']:>12.2f}x"
        print(f"{row['tool']:16}{words}  {row['remark']}")
    if rows[0]["counted by"] == "control group":
        print("Computing time and memory by control group. Memory: the most at one moment that all")
        print("processes have made, each shared page once; RSS and largest: with files and all")
        print("shared pages, for each process.")
    else:
        print("Computing time and memory sampled. Memory: the most at one moment, shared pages")
        print("divided; RSS and largest: for each process.")


# --- How it grows, and where the time goes ---------------------------------------------------


def scale(sizes):
    """Grade the same 30 submissions once, ten and a hundred times over."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "class"
        make_class(folder, SIZES[0], SEED, without_loop=True)
        originals = sorted(folder.glob("*.ipynb"))
        for size in sizes:
            many = Path(temporary) / f"class{size}"
            many.mkdir()
            for place in range(size):
                path = originals[place % len(originals)]
                shutil.copy(path, many / f"student{place:05d}_{LESSON:02d}.ipynb")
            place = Path(temporary) / f"run{size}"
            meter = Meter()
            run, marks = TOOLS["ours"](many, place, meter)
            with meter:
                run()
            row = {
                "submissions": len(marks()[0]), "wall, s": round(meter.wall, 1),
                "ms of wall for one": round(1000 * meter.wall / size, 1),
                "ms of CPU for one": round(1000 * meter.cpu / size, 1),
                "all, MiB": round(meter.peak["all"]), "parent, MiB": round(meter.peak["parent"]),
                "largest other, MiB": round(meter.peak["one"]), "load": os.getloadavg()[0],
            }  # fmt: skip
            rows.append(row)
            print(json.dumps(row), flush=True)
        parts = where_the_time_goes(originals, Path(temporary) / "report")
    print("\nOne submission in one worker, milliseconds of wall time")
    for name, milliseconds in parts.items():
        print(f"{name:44}{milliseconds:8.1f}")
    return {"scale": rows, "one submission, ms": parts}


class Clock:
    """Adds up the time that some functions take."""

    def __init__(self):
        self.spent = Counter()

    def wrap(self, holder, name, part):
        inner = getattr(holder, name)

        def timed(*arguments, **named):
            started = time.perf_counter()
            try:
                return inner(*arguments, **named)
            finally:
                self.spent[part] += time.perf_counter() - started

        setattr(holder, name, timed)


def graded(submissions, settings, clock=None):
    """Grade in this process; give the results, and the seconds without the start."""
    from scidip.grading.batch import Grader
    from scidip.grading.crew import BATCH

    grader = Grader(settings)
    grader.prepare({LESSON})
    if clock:
        clock.spent.clear()
    started = time.perf_counter()
    results = []
    for place in range(0, len(submissions), BATCH):
        results += grader.grade(submissions[place : place + BATCH])
    seconds = time.perf_counter() - started
    grader.close()
    return results, seconds


def where_the_time_goes(paths, out):
    from scidip.grading import batch, bench, warm
    from scidip.grading.collect import collect
    from scidip.grading.grade import _versions
    from scidip.grading.report import RunInfo, write_report

    clock = Clock()
    clock.wrap(warm.WarmProcess, "start", "start")
    clock.wrap(warm.WarmLife, "run", "cells")
    clock.wrap(bench, "run_notebooks", "nbval")
    clock.wrap(batch, "assemble", "put together")
    clock.wrap(batch.judging, "judge", "judge")
    submissions = [one for one in collect(paths[0].parent, LESSON)
                   if "sleep(2)" not in one.read().decode()]  # fmt: skip
    _, plain = graded(submissions, batch.Settings(variant=False))
    results, total = graded(submissions, batch.Settings(), clock)
    out.mkdir()
    now = datetime.now(UTC).isoformat()
    started = time.perf_counter()
    run = RunInfo(now, now, (), _versions(), {}, 1, {"submissions": len(results)}, total)
    write_report(results, out, run, None, lambda _: None)
    report = time.perf_counter() - started
    spent, each = clock.spent, 1000 / len(results)
    runs = {
        "fork and namespaces": spent["start"],
        "cells in the forked process": spent["cells"],
        "nbval and pytest around them": spent["nbval"] - spent["start"] - spent["cells"],
        "put together": spent["put together"],
        "judge": spent["judge"],
        "all of it": total,
        "all of it without other data": plain,
        "report": report,
    }
    return {name: round(each * seconds, 1) for name, seconds in runs.items()}


# --- The command -----------------------------------------------------------------------------


def about():
    names = ["scidip", "nbval", "pytest", "pandas", "matplotlib", "ipykernel", "jupyter_client"]
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True,
                            capture_output=True, check=False).stdout.strip()  # fmt: skip
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit,
        "machine": f"{len(model)} x {model[0] if model else platform.machine()}",
        "system": platform.platform(), "python": platform.python_version(), "seed": SEED,
        "versions": {**{name: version(name) for name in names},
                     **dict(pin.split("==") for pin in rivals.PINNED)},
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=100)
    parser.add_argument("--scale", nargs="*", type=int, help="sizes; default: 30 300 3000")
    parser.add_argument("--without-loop", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    facts = about()
    print(json.dumps(facts))
    figures = compare(options) if options.scale is None else scale(options.scale or SIZES)
    if options.json:
        options.json.write_text(json.dumps({**facts, **figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
