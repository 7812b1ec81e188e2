"""Source keys: which there are, what they stand for, and from which window a source looks."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

import pandas as pd

from scidip import data

WINDOWS = ("China", "United States", "Europe", "Global South")
OWN = "own"  # marks a number of the writer's own; it is no source

# Where the authors of a card sit, by the first words of its column window.
PLACES = {
    "China": "China",
    "United States": "United States",
    **dict.fromkeys(
        ["Denmark", "Europe", "European Union", "France", "Germany", "Ireland", "Netherlands",
         "Spain", "United Kingdom"], "Europe"),
    **dict.fromkeys(
        ["Africa", "Argentina", "Brazil", "Chile", "Global South", "India", "Kenya", "Nigeria",
         "South Africa", "Thailand"], "Global South"),
}  # fmt: skip

_BRACKET = re.compile(r"\[([^\[\]]*)\]|【([^【】]*)】")
_OTHER_MARK = re.compile(r"\(([^()]*)\)|`([^`]*)`")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:https?://|\.\.?/)[^)\s]*\)")


@dataclass(frozen=True)
class Source:
    """What a key stands for.

    Parameters
    ----------
    key : str
        As the table writes it.
    same : str
        The same for two keys of one and the same page or work.
    words : str
        Author, title and address, for the list of sources.
    windows : tuple of str
        From where it looks; empty where no table says so.
    parts : frozenset of str
        For a record of ``events``: its own sources, by ``same``.
    """

    key: str
    same: str
    words: str
    windows: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()


def windows_of_card(window: str) -> tuple[str, ...]:
    """Read the windows out of the words of a card.

    Examples
    --------
    >>> windows_of_card("United States (Ohio State University), in a Hong Kong newspaper")
    ('United States',)
    >>> windows_of_card("Korea and United States (three universities)")
    ('United States',)
    """
    places = re.split(r"[(,]", window)[0].strip().split(" and ")
    return tuple(PLACES[place] for place in places if place in PLACES)


def all_sources() -> dict[str, Source]:
    """Give every key of the course, in small letters, with what it stands for."""
    names = ("sources", "bibliography", "cards", "series_sources", "events", "event_sources")
    tables = [data.load_shared(name) for name in names]
    # Tables that were loaded again, or are others, are read anew.
    if len(_made) != 2 or any(a is not b for a, b in zip(_made[0], tables, strict=True)):
        _made[:] = [tables, _sources(*tables)]
    return _made[1]


_made: list = []


def _sources(pages, works, cards, series, events, links) -> dict[str, Source]:
    found: dict[str, Source] = {}
    windows_by_page: dict[str, tuple[str, ...]] = {}

    def add(source: Source) -> None:
        found.setdefault(source.key.lower(), source)

    by_work = {}
    for row in works.itertuples():
        windows = tuple(window for window in row.window if window in WINDOWS)
        same = by_work[row.work_id] = _same(row.url)
        windows_by_page[same] = windows
    for row in cards.itertuples():
        same = _same(row.url) if pd.isna(row.work_id) else by_work[row.work_id]
        # A statement that a third country's press reports is "international" in the bibliography.
        seen = {*windows_by_page.get(same, ()), *windows_of_card(row.window)}
        windows = windows_by_page[same] = tuple(w for w in WINDOWS if w in seen)
        year = "no date" if pd.isna(row.year) else row.year
        add(Source(row.card_id, same, f"{row.author} ({year}), {row.work}. {row.url}", windows))
    for row in works.itertuples():
        same = by_work[row.work_id]
        authors = ", ".join(row.authors[:2]) + (" and others" if len(row.authors) > 2 else "")
        words = f"{authors} ({row.year}), {row.title}. {row.url}"
        found[row.work_id.lower()] = Source(row.work_id, same, words, windows_by_page[same])
    for table in (pages, series):
        for row in table.itertuples():
            same = _same(row.url)
            day = "no date" if pd.isna(row.published) else row.published
            words = f"{row.publisher} ({day}), {row.title}. {row.url}"
            add(Source(row.source_id, same, words, windows_by_page.get(same, ())))
    for event_id, rows in links.groupby("event_id")["source_id"]:
        parts = frozenset(found[source_id.lower()].same for source_id in rows)
        title = events.loc[events["event_id"] == event_id, "title"].iloc[0]
        add(
            Source(
                event_id, event_id, f"Record of this course: {title}. data/events.csv", (), parts
            )
        )
    return found


def _same(url: str) -> str:
    return re.sub(r"^https?://(www\.)?|/+$", "", url.lower())


def keys_in(text: str) -> tuple[list[Source], list[str], bool]:
    """Find the source keys of a text.

    Parameters
    ----------
    text : str
        Such as ``"China has agreements with many states [S123, oliva2021]."``

    Returns
    -------
    (list of Source, list of str, bool)
        The sources in their order, what stands like a key in square brackets but is none, and
        whether a number is marked as the writer's own.

    Examples
    --------
    >>> found, unknown, own = keys_in("One [kuna2024; S999999], two [own], three [sic] [1].")
    >>> [source.key for source in found], unknown, own
    (['kuna2024'], ['S999999'], True)
    """
    known = all_sources()
    found, unknown, own = [], [], False
    text = plain_links(text)
    for match in _BRACKET.finditer(text):
        inside = unicodedata.normalize("NFKC", match[1] or match[2] or "")
        for part in re.split(r"[,;，；、]|\s+and\s+", inside):
            key = part.strip(" `\"'").removeprefix("@").strip()
            if key.lower() in known:
                found.append(known[key.lower()])
            elif key.lower() == OWN:
                own = True
            elif _looks_like_a_key(key) or _has_a_space(key, known):
                unknown.append(key)
    for match in _OTHER_MARK.finditer(text):
        for part in re.split(r"[,;]|\s+and\s+", match[1] or match[2] or ""):
            key = part.strip().lower()
            # In round brackets or as code, only what can't be an ordinary word.
            if key in known and re.search(r"[0-9]", key):
                found.append(known[key])
    return found, unknown, own


def plain_links(text: str) -> str:
    """Turn ``[[S1]](address)`` and ``[words](address)`` into ``[S1]`` and ``words``."""
    return _LINK.sub(lambda link: link[1] if link[1].startswith("[") else f" {link[1]} ", text)


def nearest(key: str) -> str:
    """Give the key that is written most alike, or nothing."""
    known = all_sources()
    close = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.75)
    return known[close[0]].key if close else ""


def _looks_like_a_key(part: str) -> bool:
    """A word with letters and with digits or a low line in it; not [1], [sic], [my emphasis]."""
    return bool(
        re.fullmatch(r"[A-Za-z][\w.:/-]*", part) and re.search(r"[0-9_]", part)
    ) and not re.fullmatch(r"[a-z]?[0-9]{1,2}|(note|fn)[0-9]+", part)


def _has_a_space(part: str, known: dict) -> bool:
    """A key in which a space stands, such as [Kuna 2024]."""
    return " " in part and re.sub(r"[\s_]+", "", part).lower() in known


def counted(sources: list[Source]) -> list[Source]:
    """Keep one of each source: not the same page twice, not a record beside its own source."""
    once = {source.same: source for source in reversed(sources)}
    kept = [source for source in dict.fromkeys(sources) if once.get(source.same) is source]
    pages = {source.same for source in kept}
    return [source for source in kept if not source.parts & pages]
