"""In which rows the chosen events are drawn: a lane for each aspect, tone, field and so on.

The view in the browser follows the same rules (view/lanes.js).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from scidip import data
from scidip.style import ASPECTS, DOMAINS, TONES
from scidip.timeline.table import ASPECT_KEYS

# What a reader can sort the lanes by, and how it is called on the screen.
LANES = {
    "aspect": "aspect",
    "tone": "tone",
    "domain": "field",
    "actor": "actor",
    "region": "region",
    "all": "one row for all",
}
MOST = 8  # lanes for single actors or fields; the rest share one
# An actor in nearly all events would fill a lane that says nothing.
NEARLY_ALL = 0.8


@dataclass(frozen=True)
class Lane:
    """One row of the timeline.

    Parameters
    ----------
    word : str
        What stands above it.
    rows : pandas.Index
        Labels of its events in the table. An event may stand in several lanes.
    aspect : int or None
        Position in ``ASPECTS`` of the one aspect that all its marks show; None when each mark shows
        the first aspect of its event.
    """

    word: str
    rows: pd.Index
    aspect: int | None = None


def lanes_of(
    chosen: pd.DataFrame, by: str = "aspect", aspects: tuple[str, ...] = ASPECT_KEYS
) -> list[Lane]:
    """Sort chosen events into lanes.

    Parameters
    ----------
    chosen : pandas.DataFrame
        The chosen events.
    by : str
        A key of ``LANES``.
    aspects : tuple of str
        With ``by="aspect"``: the aspects whose lanes are wanted.

    Returns
    -------
    list of Lane
        In a fixed order for aspects, tones and regions, by number of events for the others. Events
        that belong to no lane come last, in one called "not known" or, by region, "no region".

    Raises
    ------
    ValueError
        There is no such way to sort.

    Examples
    --------
    >>> [lane.word for lane in lanes_of(data.load("events"), "tone")]
    ['cooperation', 'friction', 'mixed']
    """
    if by not in LANES:
        raise ValueError(f"There are no lanes by {by!r}; use one of {', '.join(LANES)}.")
    if by == "all":
        return [Lane("All events", chosen.index)]
    everywhere = _everywhere(chosen) if by in ("actor", "region") else frozenset()
    values, order = _values(chosen, by, everywhere)
    if by == "aspect":
        wanted = [a for a in ASPECTS if a.key in aspects]
        lanes = [Lane(a.word, _rows(chosen, values, {a.key}), ASPECTS.index(a)) for a in wanted]
        if len(chosen) and not any(values):  # a table of another field
            lanes = []
    elif order:
        lanes = [Lane(word, _rows(chosen, values, {key})) for key, word in order.items()]
        lanes = [lane for lane in lanes if len(lane.rows)]
    else:
        lanes = _most_frequent(chosen, values, by)
    alone = [bool(cell) and everywhere.issuperset(cell) for cell in chosen["actors"]]
    if any(alone):
        names = _names("actor")
        words = " and ".join(names.get(code, code) for code in sorted(everywhere))
        lanes.append(Lane(f"{words} alone", chosen.index[alone]))
    empty = [not cell and not only for cell, only in zip(values, alone, strict=True)]
    if any(empty):
        lanes.append(Lane("no region" if by == "region" else "not known", chosen.index[empty]))
    return lanes or [Lane("All events", chosen.index)]


def _everywhere(chosen: pd.DataFrame) -> frozenset[str]:
    """Find the actors that take part in nearly all events: their lane would say nothing."""
    counts = Counter(code for cell in chosen["actors"] for code in cell)
    found = frozenset(code for code in counts if counts[code] > NEARLY_ALL * len(chosen))
    return found if len(found) < len(counts) else frozenset()


def _values(
    chosen: pd.DataFrame, by: str, everywhere: frozenset[str]
) -> tuple[list[tuple[str, ...]], dict[str, str]]:
    """Give the values of each event, and the fixed order of lanes if there is one."""
    if by == "aspect":
        return list(chosen["aspects"]), {}
    if by == "tone":
        return [(tone,) if tone else () for tone in chosen["tone"]], {tone: tone for tone in TONES}
    if by == "domain":
        return [(domain,) if domain else () for domain in chosen["domain"]], {}
    actors = [tuple(code for code in cell if code not in everywhere) for cell in chosen["actors"]]
    if by == "actor":
        return actors, {}
    regions = data.load_shared("actors").dropna(subset="region").set_index("code")["region"]
    found = [
        tuple(dict.fromkeys(regions[code] for code in cell if code in regions.index))
        for cell in actors
    ]
    return found, {region: region for region in sorted({r for cell in found for r in cell})}


def _most_frequent(chosen: pd.DataFrame, values: list, by: str) -> list[Lane]:
    counts = Counter(value for cell in values for value in cell)
    # Most events first; names decide between equals, so that the order is always the same.
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    names = _names(by)
    lanes = [
        Lane(names.get(value, value), _rows(chosen, values, {value})) for value in ranked[:MOST]
    ]
    rest = set(ranked[MOST:])
    if rest:
        lanes.append(Lane(f"{len(rest)} other {LANES[by]}s", _rows(chosen, values, rest)))
    return lanes


def _names(by: str) -> dict[str, str]:
    if by == "domain":
        return DOMAINS
    actors = data.load_shared("actors")
    return dict(zip(actors["code"], actors["name"], strict=True))


def _rows(chosen: pd.DataFrame, values: list, wanted: set[str]) -> pd.Index:
    return chosen.index[[not wanted.isdisjoint(cell) for cell in values]]
