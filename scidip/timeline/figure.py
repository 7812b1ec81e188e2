"""How chosen events are drawn with matplotlib."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from scidip.figures import DescribedFigure, plot_bars
from scidip.style import ASPECTS, FONT_SIZE, GRID, INK, QUIET, TONES
from scidip.timeline.lanes import LANES, Lane, lanes_of
from scidip.timeline.selection import Selection, compare, describe, span_of
from scidip.timeline.table import complete

WIDTH = 10  # inches
MARK = 6.5  # points: the diameter of a mark
ROW = 0.105  # inches: the height of one row of marks
TOP, GAP, BOTTOM, SIDE = 0.42, 0.07, 0.46, 0.25  # inches
EMPTY_YEARS = (1950, 2026)  # of the axis, when there is no event to take them from
SOURCE = "Source: data/events.csv of this course; each event names its sources."
TITLE = "China's science diplomacy"


def plot_timeline(
    events: pd.DataFrame,
    selection: Selection | None = None,
    breaks: Iterable[int] = (),
    lanes: str = "aspect",
    other: Selection | None = None,
    title: str = TITLE,
    source: str = SOURCE,
) -> DescribedFigure:
    """Draw events on a time axis, in lanes.

    An event with two aspects stands in two lanes. Marks never hide each other: they are stacked.
    A mark stands in the middle of the days that its date may mean, and a line shows them: a year
    for a date that is known to the year only, the whole span for an event that lasted.

    Parameters
    ----------
    events : pandas.DataFrame
        Events as :func:`scidip.data.load` gives them, shape (events, columns), or any table that
        :func:`scidip.timeline.complete` takes.
    selection : Selection, optional
        Which of them to draw; all by default.
    breaks : iterable of int
        Years in which a new period begins. A dashed line is drawn at the first day of each, and the
        description counts the events of each period.
    lanes : str
        What the lanes are: "aspect", "tone", "domain", "actor", "region" or "all".
    other : Selection, optional
        A second selection to compare with: then there are two lanes, A for `other` and B for
        `selection`, on one axis.
    title, source : str
        What stands above and below the figure.

    Returns
    -------
    DescribedFigure
        10 inches wide and as high as the stacks need.

    Raises
    ------
    TypeError, ValueError
        What was given is no table of events or no selection; the message says what to do.

    Examples
    --------
    >>> from scidip import data
    >>> events = data.load("events")
    >>> print(plot_timeline(events.head(2), Selection(last_year=1952)).alt.splitlines()[0])
    Timeline. 2 of 2 events are shown, from 1950 to 1952.
    """
    events = complete(events)
    selection = Selection() if selection is None else selection
    for name, value in [("selection", selection), ("other", other)]:
        if not isinstance(value, Selection) and not (name == "other" and value is None):
            raise TypeError(f"{name} is {value!r}; write Selection(...), or leave it out.")
    chosen = selection.apply(events)
    first, last = year_range(events, selection)
    if other is None:
        rows = lanes_of(chosen, lanes, selection.aspects)
        words = f"Timeline. {describe(chosen, len(events))}"
        if lanes not in ("aspect", "all"):
            listed = ", ".join(f"{lane.word} {len(lane.rows)}" for lane in rows)
            words += f"\nRows by {LANES[lanes]}: {listed}."
        heading = f"{title}: {len(chosen)} of {len(events)} events"
        drawn = chosen
    else:
        early, late = year_range(events, other)
        first, last = min(first, early), max(last, late)
        before = other.apply(events)
        spans = [span_of(events, part) for part in (other, selection)]
        names = [
            f"{name} ({start} to {end})" for name, (start, end) in zip("AB", spans, strict=True)
        ]
        rows = [Lane(names[0], before.index), Lane(names[1], chosen.index)]
        words = f"Timeline of two selections.\n{compare(events, other, selection)}"
        heading = f"{title}: two selections compared"
        drawn = events
    stacks = [place_marks(drawn.loc[lane.rows], last + 1 - first, lane.aspect) for lane in rows]
    heights = [ROW * (max(3, int(marks["row"].max() + 1)) + 2) if len(marks) else ROW * 4
               for marks in stacks]  # fmt: skip

    years = [breaks] if isinstance(breaks, int) else breaks
    cuts = sorted({year for year in years if first < year <= last})

    figure = DescribedFigure(
        alt=f"{words}{_periods(chosen, cuts, first, last)}",
        figsize=(WIDTH, TOP + sum(heights) + GAP * len(heights) + BOTTOM),
    )
    inch = 1 / figure.get_figheight()
    left, width = SIDE / WIDTH, 1 - 2 * SIDE / WIDTH
    write = {"ha": "left", "va": "baseline", "color": INK}
    figure.text(left, 1 - 0.22 * inch, heading, fontsize=FONT_SIZE + 2, **write)
    write["color"] = QUIET
    figure.text(left, 0.08 * inch, source, fontsize=FONT_SIZE - 2, **write)
    top = 1 - TOP * inch
    for lane, marks, height in zip(rows, stacks, heights, strict=True):
        top -= height * inch
        ax = figure.add_axes((left, top, width, height * inch), xlim=(first, last + 1))
        _draw_lane(ax, lane, marks, height / ROW)
        _draw_years(ax, first, last, labelled=lane is rows[-1])
        for year in cuts:
            ax.axvline(year, color=INK, linewidth=1, linestyle="--")
        top -= GAP * inch
    if (drawn["tone"] != "").any():
        figure.legend(
            handles=_tone_marks(), ncols=3, frameon=False, fontsize=FONT_SIZE - 1,
            handletextpad=0.1, loc="upper right", bbox_to_anchor=(1 - left, 1), borderaxespad=0.2,
        )  # fmt: skip
    return figure


def plot_decades(events: pd.DataFrame) -> DescribedFigure:
    """Draw how many events begin in each decade, as bars with their numbers.

    Parameters
    ----------
    events : pandas.DataFrame
        Events as :func:`scidip.data.load` gives them.

    Returns
    -------
    DescribedFigure

    Examples
    --------
    >>> from scidip import data
    >>> plot_decades(data.load("events")).alt.split(", ")[1]
    'by decade in which they begin. 1950s: 16'
    """
    events = complete(events)
    decades = events["year"] // 10 * 10
    counts = decades.value_counts().sort_index()
    if len(counts):  # a decade without events keeps its place
        counts = counts.reindex(range(counts.index[0], counts.index[-1] + 10, 10), fill_value=0)
    names = [f"{decade}s" for decade in counts.index]
    last = events["year"].max()
    if names and last % 10 < 9:  # a decade that is not over must not look like a full one
        names[-1] += f"\nto {last}"
    return plot_bars(
        names, counts.tolist(),
        title="Events in the course's table, by decade in which they begin",
        source=SOURCE,
    )  # fmt: skip


def year_range(events: pd.DataFrame, selection: Selection) -> tuple[int, int]:
    """Give the first and last year of the axis: those chosen, else those of the table."""
    if not len(events) and selection.first_year is None and selection.last_year is None:
        return EMPTY_YEARS
    first, last = span_of(events, selection)
    return min(first, max(last, first)), max(first, last)


def place_marks(lane: pd.DataFrame, years: int, aspect: int | None = None) -> pd.DataFrame:
    """Stack the marks of one lane so that none hides another.

    Each event, in order of time, takes the lowest row in which its mark and its line are free.

    Parameters
    ----------
    lane : pandas.DataFrame
        The events of the lane.
    years : int
        Length of the time axis, in years.
    aspect : int, optional
        Position in ``ASPECTS`` of the sign for all marks; by default each has that of the first
        aspect of its event.

    Returns
    -------
    pandas.DataFrame
        Columns x, start, end (in years, with fractions), tone, aspect (a position, -1 for none)
        and row (0 at the bottom).
    """
    start, end = to_years(lane["first_day"]), to_years(lane["last_day"]) + 1 / 365
    lasted = lane["end_date"].map(lambda day: bool(day) and not pd.isna(day)).astype(bool)
    # An event that lasted is marked at its beginning, an uncertain date in the middle.
    x = (start + end).where(~lasted, 2 * start) / 2
    keys = [a.key for a in ASPECTS]
    signs = [
        aspect if aspect is not None else min(map(keys.index, cell), default=-1)
        for cell in lane["aspects"]
    ]
    marks = pd.DataFrame(
        {"x": x, "start": start, "end": end, "tone": lane["tone"], "aspect": signs}
    )
    marks = marks.sort_values("x", kind="stable")
    gap = 0.6 * MARK / 72 / (WIDTH - 2 * SIDE) * years
    free_from: list[float] = []
    rows = []
    for mark in marks.itertuples():
        left, right = min(mark.start, mark.x - gap), max(mark.end, mark.x + gap)
        row = next((i for i, free in enumerate(free_from) if free <= left), len(free_from))
        free_from[row : row + 1] = [right]
        rows.append(row)
    return marks.assign(row=rows)


def to_years(days: pd.Series) -> pd.Series:
    """Turn days into years with a fraction: 2 July 1979 is about 1979.5."""
    return days.dt.year + (days.dt.day_of_year - 1) / (365 + days.dt.is_leap_year)


def _periods(chosen: pd.DataFrame, cuts: list[int], first: int, last: int) -> str:
    """Count the events of each period in words; nothing when there is only one period."""
    if not cuts:
        return ""
    ends = [*(year - 1 for year in cuts), last]
    counts = [
        f"{start} to {end}: {chosen['year'].between(start, end).sum()}"
        for start, end in zip([first, *cuts], ends, strict=True)
    ]
    return f"\nEvents in each period: {', '.join(counts)}."


def _draw_lane(ax: Axes, lane: Lane, marks: pd.DataFrame, height: float) -> None:
    for (sign, tone), group in marks.groupby(["aspect", "tone"]):
        color, marker = (ASPECTS[sign].color, ASPECTS[sign].marker) if sign >= 0 else (QUIET, "o")
        long = group[group["end"] - group["start"] > 0.2]
        ax.hlines(long["row"], long["start"], long["end"], color=color, linewidth=1.2)
        fill = TONES.get(tone, "full")
        ax.plot(group["x"], group["row"], marker, fillstyle=fill, **_look(color))
    ax.set_ylim(-1.2, height - 1.2)
    ax.set_yticks([])
    ax.tick_params(length=0)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["left", "right", "top"]].set_visible(False)
    ax.spines["bottom"].set_color(QUIET)
    # The symbol takes the colour; the words stay dark, as vermillion is too light for text.
    above = {"xy": (0, 1), "xycoords": "axes fraction", "textcoords": "offset points",
             "va": "top", "fontsize": FONT_SIZE}  # fmt: skip
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    words, shift = f"{lane.word}: {len(lane.rows)}", 0
    if lane.aspect is not None:
        aspect = ASPECTS[lane.aspect]
        words, shift = f"{aspect.number} {words}", 12
        ax.annotate(aspect.symbol, xytext=(1, -2), color=aspect.color, bbox=ground, **above)
    ax.annotate(words, xytext=(1 + shift, -2), color=INK, bbox=ground, **above)


def _look(color: str) -> dict:
    return {
        "markersize": MARK,
        "markeredgewidth": 1,
        "color": color,
        "markerfacecoloralt": "white",
        "clip_on": False,
    }


def _draw_years(ax: Axes, first: int, last: int, labelled: bool) -> None:
    years = last + 1 - first
    step = next((step for step in (1, 2, 5, 10, 20) if years / step <= 13), 50)
    # Ticks at round years; a tick stands at the first day of its year.
    ax.set_xticks(range(math.ceil(first / step) * step, last + 1, step))
    ax.tick_params(axis="x", labelsize=FONT_SIZE, colors=INK, labelbottom=labelled)


def _tone_marks() -> list[Line2D]:
    return [
        Line2D([], [], marker="o", linestyle="", fillstyle=fill, label=tone, **_look(QUIET))
        for tone, fill in TONES.items()
    ]
