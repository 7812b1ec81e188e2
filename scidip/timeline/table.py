"""What a table of events must have before it can be chosen from and drawn.

The course's own events have it all. A reader's own table needs the columns ``date`` and ``title``;
what else it lacks is filled in as "not known", so that another field can be explored too.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from numbers import Integral

import pandas as pd

from scidip.style import ASPECTS, TONES
from scidip.table_rules import partial_date

ASPECT_KEYS = tuple(aspect.key for aspect in ASPECTS)
TONE_KEYS = tuple(TONES)
CONFIDENCE_KEYS = ("high", "medium", "low")
LISTS = ("actors", "organisations", "aspects")
TEXTS = ("summary", "domain", "tone", "place", "confidence", "note")
DAYS = ("year", "first_day", "last_day")
COLUMNS = ("event_id", "title", "date", "end_date", *DAYS, *LISTS, *TEXTS)
NEEDED = ("date", "title")
ALLOWED = {"tone": TONE_KEYS, "confidence": CONFIDENCE_KEYS}
FIRST_YEAR, LAST_YEAR = 1, 9999  # what a date can be in ISO 8601 with four digits


def complete(events: pd.DataFrame) -> pd.DataFrame:
    """Give a table of events all the columns that the timeline works with.

    Parameters
    ----------
    events : pandas.DataFrame
        Events as :func:`scidip.data.load` gives them, or any table with the columns ``date``
        (YYYY, YYYY-MM or YYYY-MM-DD, a whole number for a year, or a day) and ``title``. In
        columns with several values they are separated by ``;`` or stand in a list.

    Returns
    -------
    pandas.DataFrame
        The same table when nothing is missing, or else a new one with the columns in ``COLUMNS``.

    Raises
    ------
    TypeError
        It is no table.
    ValueError
        A column is missing, or a cell can't be used; the message names row and column.

    Examples
    --------
    >>> table = complete(pd.DataFrame({"date": ["1876"], "title": ["A telephone speaks"]}))
    >>> table[["event_id", "year", "aspects"]].values.tolist()
    [['event-1', 1876, ()]]
    """
    if not isinstance(events, pd.DataFrame):
        raise TypeError(
            f"A table of events is needed, but this is a {type(events).__name__}; "
            'start from data.load("events"), or from a table with the columns date and title.'
        )
    for column in NEEDED:
        if column not in events.columns:
            raise ValueError(
                f'The table lacks the column {column!r}; start from data.load("events"), or give '
                "each row a date and a title."
            )
    if set(COLUMNS) <= set(events.columns) and pd.api.types.is_datetime64_dtype(
        events["first_day"]
    ):
        _check_words(events)
        return events
    rows = [_complete_row(number, row) for number, row in enumerate(_rows(events), start=1)]
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=events.index)
    for column in ("first_day", "last_day"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[us]")
    table["year"] = table["year"].astype("int64")
    for column in ("event_id", "title", "date", "end_date", *TEXTS):
        table[column] = table[column].astype("str")
    repeated = table["event_id"][table["event_id"].duplicated()]
    if len(repeated):
        raise ValueError(f"Two events have the event_id {repeated.iloc[0]!r}; change one of them.")
    _check_words(table)
    return table


def _rows(events: pd.DataFrame) -> Iterable[dict]:
    columns = [column for column in COLUMNS if column in events.columns]
    return (dict(zip(columns, row, strict=True)) for row in zip(*map(events.get, columns)))  # noqa: B905


def _complete_row(number: int, row: dict) -> dict:
    title = _text(row["title"])
    where = f"Row {number} ({title[:40]!r})" if title else f"Row {number}"
    if not title:
        raise ValueError(f"{where} has no title; give it one, or leave the row out.")
    date, end_date = (_date(where, name, row.get(name)) for name in ("date", "end_date"))
    if not date:
        raise ValueError(f"{where} has no date; give it one, or leave the row out.")
    first, last = partial_date(date)
    if end_date:
        last = partial_date(end_date)[1]
        if last < first:
            raise ValueError(f"{where} ends ({end_date}) before it begins ({date}); correct one.")
    return {
        "event_id": _text(row.get("event_id")) or f"event-{number}",
        "title": title,
        "date": date,
        "end_date": end_date or None,
        "year": first.year,
        "first_day": first,
        "last_day": last,
        **{name: _values(row.get(name)) for name in LISTS},
        **{name: _text(row.get(name)) for name in TEXTS},
    }


def _date(where: str, column: str, value: object) -> str:
    """Write a date as ISO 8601, no more precise than it is given."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        value = f"{value:04}" if value >= 0 else str(value)
    elif isinstance(value, float) and value.is_integer():
        value = f"{int(value):04}"  # a column of years with a gap is one of floats
    elif isinstance(value, datetime.date) and not pd.isna(value):
        value = f"{value:%Y-%m-%d}".zfill(10)
    text = _text(value)
    try:
        if text:
            partial_date(text)
    except ValueError:
        raise ValueError(
            f"{where} has the {column} {text[:30]!r}; write YYYY, YYYY-MM or YYYY-MM-DD, from the "
            f"year {FIRST_YEAR} to {LAST_YEAR}."
        ) from None
    return text


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, dict)):
        return "; ".join(map(str, value))
    return "" if value is None or pd.isna(value) else str(value).strip()


def _values(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple, set)):
        parts = [_text(part) for part in value]
    else:
        parts = [part.strip() for part in _text(value).split(";")]
    return tuple(dict.fromkeys(part for part in parts if part))


def _check_words(events: pd.DataFrame) -> None:
    """Refuse a tone, a confidence or an aspect that the timeline has no sign for."""
    for column, allowed in ALLOWED.items():
        for value in events[column].dropna().unique():
            if value and value not in allowed:
                raise ValueError(
                    f"There is no {column} {value!r}; use one of {', '.join(allowed)}, or leave "
                    "the cell empty."
                )
    for value in {aspect for cell in events["aspects"] for aspect in cell} - set(ASPECT_KEYS):
        raise ValueError(f"There is no aspect {value!r}; use one of {', '.join(ASPECT_KEYS)}.")
