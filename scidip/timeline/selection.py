"""Which events are chosen, and how that is said in words. Nothing here draws.

The view in the browser follows the same rules (view/choose.js and view/words.js); tests hold the
two against each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from numbers import Integral

import pandas as pd

from scidip import data
from scidip.style import ASPECTS
from scidip.timeline.table import (
    ASPECT_KEYS,
    CONFIDENCE_KEYS,
    FIRST_YEAR,
    LAST_YEAR,
    TONE_KEYS,
    complete,
)

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """A choice of events. All criteria must hold at once; the default chooses every event.

    Where a criterion takes several values, one value may stand alone: ``actors="FRA"``.

    Parameters
    ----------
    aspects : iterable of str
        An event is chosen when it has at least one of these aspects.
    tones : iterable of str
        The tones to choose: "cooperation", "friction", "mixed".
    confidence : iterable of str
        How well the record is supported: "high", "medium", "low".
    actors : iterable of str
        Codes of states or bodies that take part, such as "FRA", or regions such as "Africa" for
        any state or body of it; none for any.
    all_actors : bool
        Whether all these actors must take part, and not only one of them.
    domains : iterable of str
        Fields such as "space"; none for any.
    organisations : iterable of str
        Names of organisations, one of which takes part; none for any.
    first_year, last_year : int or None
        Calendar years, both included, compared with the year in which an event begins.
    text : str
        Words, or beginnings of words, that must all occur in title, summary, place or
        organisations. Accents and capital letters do not matter.

    Raises
    ------
    ValueError
        An aspect, tone, confidence or year is not one that exists. The message lists those that
        do. Other names are looked up in the events, by :meth:`apply`.

    Examples
    --------
    >>> from scidip import data
    >>> events = data.load("events")
    >>> early = Selection(aspects="science_in_diplomacy", last_year=1952)
    >>> early.apply(events)["event_id"].tolist()
    ['1952-germ-warfare-commission-needham']
    >>> early.to_code()
    "Selection(aspects=['science_in_diplomacy'], last_year=1952)"
    """

    aspects: tuple[str, ...] = ASPECT_KEYS
    tones: tuple[str, ...] = TONE_KEYS
    confidence: tuple[str, ...] = CONFIDENCE_KEYS
    actors: tuple[str, ...] = ()
    all_actors: bool = False
    domains: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    text: str = ""

    def __post_init__(self):
        # A frozen dataclass can only be completed this way.
        for name, kind, allowed in [
            ("aspects", "aspect", ASPECT_KEYS),
            ("tones", "tone", TONE_KEYS),
            ("confidence", "confidence", CONFIDENCE_KEYS),
        ]:
            object.__setattr__(self, name, _known(kind, getattr(self, name), allowed))
        for name in ("actors", "domains", "organisations"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        for name in ("first_year", "last_year"):
            year = getattr(self, name)
            if year is None:
                continue
            # numpy's whole numbers count too: they come out of a column of years.
            whole = isinstance(year, Integral) and not isinstance(year, bool)
            if not whole or not FIRST_YEAR <= year <= LAST_YEAR:
                raise ValueError(f"{name} is {year!r}, but must be a year such as 1979.")
            object.__setattr__(self, name, int(year))
        if not isinstance(self.text, str):
            raise ValueError(
                f"text is {self.text!r}, but must be text between quotation marks, or left out."
            )
        if not isinstance(self.all_actors, bool):
            raise ValueError(f"all_actors is {self.all_actors!r}, but must be True or False.")

    def apply(self, events: pd.DataFrame) -> pd.DataFrame:
        """Give the chosen rows.

        Parameters
        ----------
        events : pandas.DataFrame
            Events as :func:`scidip.data.load` gives them, or any table that
            :func:`scidip.timeline.complete` takes.

        Returns
        -------
        pandas.DataFrame
            Some of the rows, in the same order, as a copy.

        Raises
        ------
        TypeError, ValueError
            The table can't be used, or has no such actor, domain or organisation.
        """
        events = complete(events)
        keep = pd.Series(True, index=events.index)
        # With every value chosen there is nothing to ask: an event without any is kept too.
        if len(self.aspects) < len(ASPECT_KEYS):
            keep &= _any_of(events["aspects"], frozenset(self.aspects))
        if len(self.tones) < len(TONE_KEYS):
            keep &= events["tone"].isin(self.tones)
        if len(self.confidence) < len(CONFIDENCE_KEYS):
            keep &= events["confidence"].isin(self.confidence)
        wanted = [members(actor, events) for actor in self.actors]
        if wanted and self.all_actors:
            for codes in wanted:
                keep &= _any_of(events["actors"], codes)
        elif wanted:
            keep &= _any_of(events["actors"], frozenset().union(*wanted))
        if self.domains:
            _exist("domain", self.domains, events["domain"])
            keep &= events["domain"].isin(self.domains)
        if self.organisations:
            _exist("organisation", self.organisations, events["organisations"].explode())
            keep &= _any_of(events["organisations"], frozenset(self.organisations))
        if self.first_year is not None:
            keep &= events["year"] >= self.first_year
        if self.last_year is not None:
            keep &= events["year"] <= self.last_year
        words = plain(self.text).split()
        texts = searchable(events) if words else None
        for word in words:
            keep &= holds(texts, f" {word}")
        return events[keep].copy()

    def to_code(self) -> str:
        """Give the Python expression that makes this selection."""
        parts = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                written = list(value) if isinstance(value, tuple) else value
                parts.append(f"{field.name}={written!r}")
        return f"Selection({', '.join(parts)})"

    def to_state(self) -> dict:
        """Give the selection as plain values, the form in which the browser holds it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


def members(actor: str, events: pd.DataFrame) -> frozenset[str]:
    """Give the codes that an actor stands for: its own, or those of a whole region.

    Raises
    ------
    ValueError
        There is no such actor; the message names those with a similar name.

    Examples
    --------
    >>> events = data.load("events")
    >>> sorted(members("FRA", events)), {"DZA", "AU"} <= members("Africa", events)
    (['FRA'], True)
    """
    actors = data.load_shared("actors")
    region = frozenset(actors.loc[actors["region"] == actor, "code"])
    if region:
        return region
    names = dict(zip(actors["name"], actors["code"], strict=True))
    # Events of a reader's own may have actors that the course's table does not know.
    if actor not in names.values() and not holds(events["actors"], actor).any():
        regions = list(actors["region"].dropna().unique())
        near = get_close_matches(actor, [*names, *names.values(), *regions], n=1)
        meant = f" Did you mean {names.get(near[0], near[0])!r}?" if near else ""
        raise ValueError(
            f"There is no actor {actor!r}; write a code such as 'FRA' or a region such as "
            f"'Africa'.{meant}"
        )
    return frozenset({actor})


def holds(column: pd.Series, value: str) -> pd.Series:
    """Ask of each cell whether it holds a value: a tuple an entry, a text a part of it.

    Unlike ``Series.map`` this gives truth values also for an empty column.

    Examples
    --------
    >>> holds(pd.Series([("CHN", "USA"), ("CHN",)]), "USA").tolist()
    [True, False]
    """
    return pd.Series([value in cell for cell in column], index=column.index, dtype=bool)


def _any_of(column: pd.Series, values: frozenset[str]) -> pd.Series:
    """Ask of each cell whether it holds at least one of the values."""
    found = [not values.isdisjoint(cell) for cell in column]
    return pd.Series(found, index=column.index, dtype=bool)


def _names(name: str, values: Iterable[str] | str) -> tuple[str, ...]:
    values = (values,) if isinstance(values, str) else values
    try:
        values = tuple(dict.fromkeys(values))
    except TypeError:
        values = (None,)
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name} must be names between quotation marks, or a list of them.")
    return tuple(value for value in values if value)


def _exist(kind: str, values: tuple[str, ...], column: pd.Series) -> None:
    """Refuse what no event has, so that a slip of the pen is not taken for a silence."""
    known = sorted(set(column.dropna()))
    for value in values:
        if value not in known:
            near = get_close_matches(value, known, n=1, cutoff=0.5)
            advice = f"Did you mean {near[0]!r}?" if near else f"Look at the column {kind}s."
            raise ValueError(f"No event has the {kind} {value!r}. {advice}")


def _known(kind: str, values: Iterable[str], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Give the values in the order of `allowed`, or refuse those that are not in it."""
    values = (values,) if isinstance(values, str) or values is None else tuple(values)
    for value in values:
        if value not in allowed:
            raise ValueError(f"There is no {kind} {value!r}; use one of {', '.join(allowed)}.")
    return tuple(value for value in allowed if value in values)


def plain(text: str) -> str:
    """Reduce a text to words in plain letters, so that "lopez" finds "López".

    Examples
    --------
    >>> plain("Instituto Antártico (INACH)")
    'instituto antartico inach '
    """
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in letters if unicodedata.category(letter)[0] != "M")
    return re.sub(r"\W+", " ", letters.lower())


def searchable(events: pd.DataFrame) -> pd.Series:
    """Give, for each event, the words that a search looks into, each with a space before it."""
    texts = events["title"] + " " + events["summary"].fillna("") + " " + events["place"].fillna("")
    return " " + (texts + " " + events["organisations"].map(" ".join)).map(plain)


def describe(chosen: pd.DataFrame, total: int) -> str:
    """Say in words what is chosen.

    Parameters
    ----------
    chosen : pandas.DataFrame
        The chosen events.
    total : int
        How many events there are in all.

    Returns
    -------
    str
        Up to three sentences, each in a line: how many, by aspect, by tone. An event with two
        aspects counts under both. What no chosen event has is not counted.

    Examples
    --------
    >>> describe(data.load("events").head(0), 9)
    '0 of 9 events are shown.'
    """
    if chosen.empty:
        return f"0 of {total} events are shown."
    first, last = chosen["year"].min(), chosen["year"].max()
    years = f"in {first}" if first == last else f"from {first} to {last}"
    noun = "event is" if len(chosen) == 1 else "events are"
    lines = [f"{len(chosen)} of {total} {noun} shown, {years}."]
    by_aspect = {a.word: holds(chosen["aspects"], a.key).sum() for a in ASPECTS}
    by_tone = {tone: (chosen["tone"] == tone).sum() for tone in TONE_KEYS}
    for heading, counts in [
        ("By aspect (an event may have several)", by_aspect),
        ("By tone", by_tone),
    ]:
        if any(counts.values()):
            lines.append(f"{heading}: {', '.join(f'{k} {n}' for k, n in counts.items())}.")
    return "\n".join(lines)


def compare(events: pd.DataFrame, first: Selection, second: Selection) -> str:
    """Say in words how two selections differ.

    Parameters
    ----------
    events : pandas.DataFrame
        The table that both choose from.
    first, second : Selection
        They are called A and B.

    Returns
    -------
    str
        Three lines: events, years and events per year of A; the same of B; and the aspect or tone
        whose share differs most. The years are those of the selection, or else of the table.

    Examples
    --------
    >>> events = data.load("events")
    >>> early, late = Selection(last_year=1978), Selection(first_year=1979)
    >>> compare(events, early, late).splitlines()[0].startswith("A: ")
    True
    """
    events = complete(events)
    parts = [selection.apply(events) for selection in (first, second)]
    lines = []
    for name, selection, chosen in zip("AB", (first, second), parts, strict=True):
        start, end = span_of(events, selection)
        years = max(end + 1 - start, 1)
        # Rounded half up, as in the browser; Python's round would round half to even.
        rate = (20 * len(chosen) + years) // (2 * years) / 10
        lines.append(
            f"{name}: {len(chosen)} {'event' if len(chosen) == 1 else 'events'} in {years} "
            f"{'year' if years == 1 else 'years'} ({start} to {end}), {rate:.1f} per year."
        )
    lines.append(_largest_difference(*parts))
    return "\n".join(lines)


def _largest_difference(one: pd.DataFrame, other: pd.DataFrame) -> str:
    if one.empty or other.empty:
        return "Shares can't be compared, as one of the two is empty."
    signs = [(a.word, "aspects", a.key) for a in ASPECTS] + [(t, "tone", t) for t in TONE_KEYS]
    found = []
    for word, column, key in signs:
        # A tone is one text and aspects are several, so each is asked in its own way.
        counts = [
            int((holds(part[column], key) if column == "aspects" else part[column] == key).sum())
            for part in (one, other)
        ]
        found.append((word, *counts))
    sizes = len(one), len(other)
    word, in_one, in_other = max(
        found, key=lambda item: abs(item[1] * sizes[1] - item[2] * sizes[0])
    )
    if in_one * sizes[1] == in_other * sizes[0]:
        return "Aspects and tones have the same shares in both."
    shares = [
        (200 * n + size) // (2 * size) for n, size in zip((in_one, in_other), sizes, strict=True)
    ]
    return (
        f"The share that differs most: {word}, {shares[0]} per cent of A and {shares[1]} per cent "
        "of B."
    )


def span_of(events: pd.DataFrame, selection: Selection) -> tuple[int, int]:
    """Give the first and last year that a selection looks at: its own, else those of the table."""
    first, last = selection.first_year, selection.last_year
    if first is None:
        first = events["year"].min() if len(events) else LAST_YEAR
    if last is None:
        last = events["last_day"].dt.year.max() if len(events) else FIRST_YEAR
    return int(first), int(last)


def date_in_words(date: str, end_date: str | None = None) -> str:
    """Write a date of the table in words, no more precise than it is known.

    Parameters
    ----------
    date : str
        ISO 8601: YYYY, YYYY-MM or YYYY-MM-DD.
    end_date : str, optional
        The end of a span, in the same form.

    Returns
    -------
    str

    Examples
    --------
    >>> date_in_words("1979-01-31")
    '31 January 1979'
    >>> date_in_words("1978-06")
    'June 1978 (day not known)'
    >>> date_in_words("1952")
    '1952 (day and month not known)'
    >>> date_in_words("1959", "1960-07-18")
    'from 1959 to 18 July 1960'
    """
    if end_date:
        return f"from {_words(date)} to {_words(end_date)}"
    missing = {4: " (day and month not known)", 7: " (day not known)", 10: ""}
    return _words(date) + missing[len(date)]


def _words(date: str) -> str:
    year, *rest = date.split("-")
    if not rest:
        return year
    month = MONTHS[int(rest[0]) - 1]
    return f"{int(rest[1])} {month} {year}" if len(rest) == 2 else f"{month} {year}"
