"""Tables that are pleasant to read: whole texts, aligned to the left, lists in words."""

from __future__ import annotations

import html

import pandas as pd

from scidip import data
from scidip.style import ASPECTS

SHORT = 12  # characters: such a text, for example a date, is not broken into two lines
WORDS = {aspect.key: aspect.word for aspect in ASPECTS}


class Readable:
    """A table as it is shown to a reader. Made by :func:`readable`."""

    def __init__(self, columns: list[str], rows: list[list[str]]):
        self.columns = columns
        self.rows = rows

    def __repr__(self):
        lines = [
            "; ".join(f"{column}: {cell}" for column, cell in zip(self.columns, row, strict=True))
            for row in self.rows
        ]
        return "\n".join(lines) or "No rows."

    def _repr_html_(self):
        head = "".join(_cell("th", name, ' scope="col"') for name in self.columns)
        rows = ("".join(_cell("td", cell) for cell in row) for row in self.rows)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def readable(table: pd.DataFrame) -> Readable:
    """Show a table with whole texts.

    Parameters
    ----------
    table : pandas.DataFrame
        Any rows and columns, such as ``events[["date", "title"]]``.

    Returns
    -------
    Readable
        As the last line of a cell it shows itself. Lists are written with commas, aspects by
        their names, and an empty cell as "not known".

    Examples
    --------
    >>> readable(pd.DataFrame({"date": ["1957"], "aspects": [("science_in_diplomacy",)]}))
    date: 1957; aspects: Science in diplomacy
    """
    rows = [[_words(cell) for cell in row] for row in table.itertuples(index=False, name=None)]
    return Readable([str(name) for name in table.columns], rows)


def cards(lesson: str) -> pd.DataFrame:
    """Give the cards of one lesson: what single texts say to its question.

    Parameters
    ----------
    lesson : str
        Two digits, such as ``"02"``.

    Returns
    -------
    pandas.DataFrame
        Rows of the table ``cards``, numbered from 0.

    Raises
    ------
    ValueError
        The lesson has no cards.

    Examples
    --------
    >>> cards("02")["card_id"].tolist()[:2]
    ['navarra2023', 'zhengli2023']
    """
    table = data.load("cards")
    chosen = table[table["lesson"] == lesson].reset_index(drop=True)
    if chosen.empty:
        known = ", ".join(sorted(set(table["lesson"])))
        raise ValueError(f"Lesson {lesson!r} has no cards; the lessons with cards are {known}.")
    return chosen


def _cell(tag: str, text: str, attributes: str = "") -> str:
    # JupyterLab aligns cells to the right, as for numbers; only a style of its own changes it.
    style = "text-align: left"
    if len(text) <= SHORT:
        style += "; white-space: nowrap"
    return f'<{tag}{attributes} style="{style}">{html.escape(text)}</{tag}>'


def _words(cell: object) -> str:
    if isinstance(cell, tuple):
        return ", ".join(WORDS.get(entry, str(entry)) for entry in cell)
    return "not known" if pd.isna(cell) else str(cell)
