"""Tables with other numbers in them, to tell a computed answer from one that was typed in.

A variant has the same columns and names. Some events are missing, some lie in other years, and
figures are larger or smaller by up to a fifth, all drawn with a seed. What the text of an exercise
names stays as it is. On such tables a computed answer follows, and a number or a list that was
written down does not.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from scidip import data
from scidip.grading.course_copy import read_rows, write_rows
from scidip.questions.engine import SOLUTIONS

FIGURES = ("value", "applications", "applicant_countries", "selected", "selected_countries")
# One of so many events, among those that nothing else names, is dropped, and one is moved.
DROPPED, MOVED = 8, 4
FIRST_YEAR, LAST_YEAR = 1950, 2025
CHANGE = 0.2


def make_variant(target: Path, seed: int, tables: Path = data.DATA) -> Path:
    """Write a variant of the course's tables.

    Parameters
    ----------
    target : Path
        A folder that does not exist yet.
    seed : int
        The same seed gives the same variant.
    tables : Path
        The tables to start from.

    Returns
    -------
    Path
        The same folder. Its tables keep all the rules; what would break them stays unchanged.
    """
    shutil.copytree(tables, target)
    lot = random.Random(seed)
    package = json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
    moved = _change_events(target, package, lot)
    while broken := _named(moved, data.problems(target)):  # a state may be younger than the event
        rows = read_rows(target / "events.csv")
        _write_events(
            target, [moved[r["event_id"]] if r["event_id"] in broken else r for r in rows]
        )
        moved = {name: row for name, row in moved.items() if name not in broken}
    before: dict[str, tuple[Path, bytes]] = {}
    for resource in package["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        figures = [name for name in FIGURES if name in fields]
        if figures:
            path = target / resource["path"]
            before[resource["name"]] = path, path.read_bytes()
            _change_figures(path, figures, fields, lot)
    while broken := _named(before, data.problems(target)):
        for name in broken:
            path, content = before.pop(name)
            path.write_bytes(content)
    return target


def _named(names: Iterable[str], problems: list[str]) -> list[str]:
    return [name for name in names if any(name in problem for problem in problems)]


def _change_events(folder: Path, package: dict, lot: random.Random) -> dict[str, dict[str, str]]:
    """Leave out or move some of the events that neither a table nor an exercise names.

    Gives the events that were moved, as they were before.
    """
    events = read_rows(folder / "events.csv")
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("*.ipynb"))]
    questions = Path(__file__).resolve().parents[1] / "questions"
    texts += [path.read_text(encoding="utf-8") for path in sorted(questions.glob("*.py"))]
    texts += [
        (folder / resource["path"]).read_text(encoding="utf-8")
        for resource in package["resources"]
        if resource["name"] not in ("events", "event_sources", "sources")
    ]
    named = set(re.findall(r"\d{4}[a-z0-9-]+", "\n".join(texts)))
    free = [row["event_id"] for row in events if row["event_id"] not in named]
    gone = set(lot.sample(free, len(free) // DROPPED))
    pairs = [row for row in read_rows(folder / "event_sources.csv") if row["event_id"] not in gone]
    cited = {row["source_id"] for row in pairs}
    sources = [row for row in read_rows(folder / "sources.csv") if row["source_id"] in cited]
    chosen = set(lot.sample(free, len(free) // MOVED)) - gone
    _write_events(folder, [
        _moved(row, lot) if row["event_id"] in chosen else row
        for row in events
        if row["event_id"] not in gone
    ])  # fmt: skip
    write_rows(folder / "event_sources.csv", pairs)
    write_rows(folder / "sources.csv", sources)
    return {row["event_id"]: row for row in events if row["event_id"] in chosen}


def _write_events(folder: Path, rows: list[dict[str, str]]) -> None:
    write_rows(folder / "events.csv", sorted(rows, key=lambda row: (row["date"], row["event_id"])))


def _moved(row: dict[str, str], lot: random.Random) -> dict[str, str]:
    """Put an event of one day, month or year into another year."""
    if row["end_date"] or row["date"][5:] == "02-29":
        return row
    return row | {"date": f"{lot.randint(FIRST_YEAR, LAST_YEAR)}{row['date'][4:]}"}


def _change_figures(path: Path, figures: list[str], fields: dict, lot: random.Random) -> None:
    rows = read_rows(path)
    for row in rows:
        factor = lot.uniform(1 - CHANGE, 1 + CHANGE)  # one for a row: parts stay within the whole
        for name in figures:
            if row[name]:
                row[name] = _changed(row[name], factor, fields[name])
    write_rows(path, rows)


def _changed(text: str, factor: float, field: dict) -> str:
    bounds = field.get("constraints", {})
    number = float(text) * factor
    number = min(max(number, bounds.get("minimum", number)), bounds.get("maximum", number))
    if field["type"] == "integer":
        return str(max(round(number), 1 if float(text) else 0))
    return f"{number:.6g}"
