"""Which events are chosen, and how that is said in words. Nothing here draws."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from numbers import Integral

import pandas as pd

from scidip import data
from scidip.style import ASPECTS, DOMAINS, TONES

ASPECT_KEYS = tuple(aspect.key for aspect in ASPECTS)
TONE_KEYS = tuple(TONES)
# What a table must have to be chosen from and drawn.
COLUMNS = (
    "event_id", "title", "summary", "year", "date", "end_date", "first_day", "last_day", "actors",
    "organisations", "aspects", "domain", "tone", "place",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """A choice of events. All criteria must hold at once; the default chooses every event.

    Parameters
    ----------
    aspects : iterable of str
        An event is chosen when it has at least one of these aspects.
    tones : iterable of str
        The tones to choose: "cooperation", "friction", "mixed".
    actor : str
        Code of a state or body that takes part, such as "FRA", or a region such as "Africa" for
        any state or body of it; "" for any.
    domain : str
        A domain such as "space"; "" for any.
    first_year, last_year : int or None
        Calendar years, both included, compared with the year in which an event begins.
    text : str
        Words, or beginnings of words, that must all occur in title, summary, place or
        organisations. Accents and capital letters do not matter.

    Raises
    ------
    ValueError
        An aspect, tone, domain or year is not one that exists. The message lists those that do.

    Examples
    --------
    >>> from scidip import data
    >>> events = data.load("events")
    >>> early = Selection(aspects=["science_in_diplomacy"], last_year=1978)
    >>> early.apply(events)["event_id"].tolist()
    ['1957-pugwash-zhou-peiyuan']
    >>> early.to_code()
    "Selection(aspects=('science_in_diplomacy',), last_year=1978)"
    """

    aspects: tuple[str, ...] = ASPECT_KEYS
    tones: tuple[str, ...] = TONE_KEYS
    actor: str = ""
    domain: str = ""
    first_year: int | None = None
    last_year: int | None = None
    text: str = ""

    def __post_init__(self):
        # A frozen dataclass can only be completed this way.
        object.__setattr__(self, "aspects", _known("aspect", self.aspects, ASPECT_KEYS))
        object.__setattr__(self, "tones", _known("tone", self.tones, TONE_KEYS))
        if self.domain:
            _known("domain", (self.domain,), tuple(DOMAINS))
        for name in ("first_year", "last_year"):
            year = getattr(self, name)
            if year is None:
                continue
            # numpy's whole numbers count too: they come out of a column of years.
            if not isinstance(year, Integral) or isinstance(year, bool) or not 1900 <= year <= 2100:
                raise ValueError(f"{name} is {year!r}, but must be a year such as 1979.")
            object.__setattr__(self, name, int(year))
        for name in ("actor", "domain", "text"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise ValueError(
                    f"{name} is {value!r}, but must be text between quotation marks, or left out."
                )

    def apply(self, events: pd.DataFrame) -> pd.DataFrame:
        """Give the chosen rows.

        Parameters
        ----------
        events : pandas.DataFrame
            Events as :func:`scidip.data.load` gives them.

        Returns
        -------
        pandas.DataFrame
            Some of the rows, in the same order, as a copy.

        Raises
        ------
        ValueError
            The actor is neither a code nor a region that exists, or the table lacks a column.
        """
        require(events)
        keep = pd.Series(False, index=events.index)
        for aspect in self.aspects:
            keep |= holds(events["aspects"], aspect)
        keep &= events["tone"].isin(self.tones)
        if self.actor:
            codes = members(self.actor, events)
            keep &= pd.Series([not codes.isdisjoint(cell) for cell in events["actors"]], keep.index)
        if self.domain:
            keep &= events["domain"] == self.domain
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
                parts.append(f"{field.name}={value!r}")
        return f"Selection({', '.join(parts)})"


def require(events: pd.DataFrame) -> None:
    """Refuse what is not a table of events, in one sentence.

    Raises
    ------
    TypeError
        It is no table.
    ValueError
        A column is missing, or a tone is not one of the three.
    """
    if not isinstance(events, pd.DataFrame):
        raise TypeError(
            f"A table of events is needed, but this is a {type(events).__name__}; "
            'start from data.load("events").'
        )
    missing = [column for column in COLUMNS if column not in events.columns]
    if missing:
        raise ValueError(
            f'The table lacks the column {missing[0]}; start from data.load("events"), '
            "and choose rows, not columns."
        )
    _known("tone", events["tone"].unique(), TONE_KEYS)


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
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"\W+", " ", letters.lower())


def searchable(events: pd.DataFrame) -> pd.Series:
    """Give, for each event, the words that a search looks into, each with a space before it."""
    texts = events["title"] + " " + events["summary"] + " " + events["place"].fillna("")
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
        Three sentences, each in a line: how many, by aspect, by tone. An event with two aspects
        counts under both.
    """
    if chosen.empty:
        return f"0 of {total} events are shown."
    first, last = chosen["year"].min(), chosen["year"].max()
    years = f"in {first}" if first == last else f"from {first} to {last}"
    noun = "event is" if len(chosen) == 1 else "events are"
    by_aspect = [
        f"{aspect.word} {holds(chosen['aspects'], aspect.key).sum()}" for aspect in ASPECTS
    ]
    by_tone = [f"{tone} {(chosen['tone'] == tone).sum()}" for tone in TONE_KEYS]
    return (
        f"{len(chosen)} of {total} {noun} shown, {years}.\n"
        f"By aspect (an event may have several): {', '.join(by_aspect)}.\n"
        f"By tone: {', '.join(by_tone)}."
    )


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
