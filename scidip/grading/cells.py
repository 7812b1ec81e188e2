"""The cells of a submitted notebook, of any format, and which of ours they claim to be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from scidip.grading.collect import decoded

KEY = "scidip"  # in the metadata of a cell
OUR_ID = re.compile(r"ex-(\d{1,2})-(\d{1,2})-([a-z0-9-]+)")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s.*?\b(\d{1,2})\.(\d{1,2})\b", re.MULTILINE)
MOST_CELLS = 2_000


class AssemblyError(ValueError):
    """A submission has nothing that can be graded. The message says why, in one sentence."""


@dataclass(frozen=True)
class Cell:
    """One cell, as far as the grader cares.

    Parameters
    ----------
    kind : str
        ``"code"`` or anything else.
    source : str
        Its text.
    name : str
        Its id, or what its metadata say in place of one; may be empty.
    """

    kind: str
    source: str
    name: str = ""


def read_cells(content: bytes) -> tuple[list[Cell], set[str]]:
    """Read the cells of a notebook of any format, and which answers it calls correct.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    list of Cell, set of str
        The cells, and the questions whose stored output says correct.

    Raises
    ------
    AssemblyError
        It is no notebook.
    """
    try:
        notebook = json.loads(decoded(content)[0])
    except (ValueError, RecursionError):
        raise AssemblyError(
            "The file is no notebook, or it is cut off; ask the student to save it in JupyterLab "
            "and to hand it in again."
        ) from None
    sheets = notebook.get("worksheets") if isinstance(notebook, dict) else None
    if isinstance(sheets, list):  # nbformat 3
        raw = [
            cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet, "cells")
        ]
    else:
        raw = _list(notebook, "cells") if isinstance(notebook, dict) else []
    raw = [cell for cell in raw if isinstance(cell, dict)]
    if not raw:
        raise AssemblyError(
            "The file holds no cells; ask the student to hand in the notebook itself."
        )
    if len(raw) > MOST_CELLS:
        raise AssemblyError(
            f"The notebook has {len(raw):,} cells, over {MOST_CELLS:,}; look at it."
        )
    said = {number for cell in raw for number in _said_correct(cell)}
    return [_read_cell(cell) for cell in raw], said


def _list(holder: dict, key: str) -> list:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _read_cell(cell: dict) -> Cell:
    source = _text(cell.get("source", cell.get("input")))
    kind = cell.get("cell_type")
    # Half of a character, which JSON can spell, can't be written to a file.
    source = source.encode("utf-8", "replace").decode("utf-8")
    if kind == "heading":  # nbformat 3
        source, kind = f"# {source}", "markdown"
    name = cell.get("id") if isinstance(cell.get("id"), str) else ""
    if not OUR_ID.fullmatch(name):
        metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
        ours = metadata.get(KEY) if isinstance(metadata.get(KEY), dict) else {}
        said = ours.get("cell")
        name = said if isinstance(said, str) and OUR_ID.fullmatch(said) else name
    return Cell(str(kind), source, name)


def _said_correct(cell: dict) -> list[str]:
    words = []
    for output in _list(cell, "outputs"):
        if isinstance(output, dict):
            data = output.get("data") if isinstance(output.get("data"), dict) else output
            words.append(_text(data.get("text/plain")) + _text(output.get("text")))
    return re.findall(r"Exercise (\d{1,2}\.\d{1,2}): correct", " ".join(words)[:20_000])


def question_and_role(name: str) -> tuple[str, str]:
    """Give question and role of one of our cells; two empty texts for any other."""
    found = OUR_ID.fullmatch(name)
    return (f"{int(found[1])}.{int(found[2])}", found[3]) if found else ("", "")


def lesson_of(cells: list[Cell]) -> int | None:
    """Tell from the cells which exercise it is; None when they do not say."""
    votes: dict[int, int] = {}
    for cell in cells:
        number = question_and_role(cell.name)[0] or heading(cell)
        if number:
            lesson = int(number.split(".")[0])
            votes[lesson] = votes.get(lesson, 0) + 1
    return max(votes, key=votes.__getitem__) if votes else None


def heading(cell: Cell) -> str:
    if cell.kind == "code":
        return ""
    found = HEADING.search(cell.source)
    return f"{int(found[1])}.{int(found[2])}" if found else ""


def split_lines(source: str) -> list[str]:
    """Split as Python does; str.splitlines would also split inside of texts."""
    return re.split(r"\r\n|\r|\n", source)


def squeeze(source: str) -> str:
    """Give the code without comments and empty lines, to compare."""
    lines = (line.rstrip() for line in split_lines(source))
    return "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
