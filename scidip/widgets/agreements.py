"""Lesson 03: the same network in fifteen units of count, and the life of one agreement.

Both pictures show what is not known as openly as what is: a figure with a note is an empty mark
and the note is written out, and a stretch of the agreement carries its state in words.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
from matplotlib.patches import Patch

from scidip import data
from scidip.figures import DescribedFigure, dress, write_source
from scidip.style import ASPECTS, FONT_SIZE, INK, LINES
from scidip.widgets.explorable import Explorable, choice, number

ARTICLE = 144  # the article's number, claim S09
FIRST_YEAR, LAST_YEAR = 1979, 2029
MOST_NOTES = 5  # stretches: with more of them in view, their notes would hide the picture
TYPICAL_YEAR = 365.25

# Each state has a filling of its own beside its words, so that no colour has to be told apart.
STATES = {
    "in force": {"facecolor": ASPECTS[0].color, "edgecolor": INK},
    "lapsed, later counted back": {"facecolor": "white", "edgecolor": INK, "hatch": "////"},
    "not known": {"facecolor": "white", "edgecolor": INK, "hatch": "..", "linestyle": "--"},
}
STILL_TO_RUN = {"facecolor": "white", "edgecolor": INK}
SEEN_UNTIL = pd.Timestamp("2026-07-01")  # the pages behind the table were read until then
PLAIN = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # so that a line spares the words


def measures() -> dict[str, str]:
    """Give the measures of ``series/st_agreements``, each with its unit in words.

    Returns
    -------
    dict of str to str
        In the order of the table.

    Examples
    --------
    >>> measures()["st_diplomats"]
    'science and technology diplomats (persons)'
    """
    table = data.load_shared("series/st_agreements")
    return dict(zip(table["measure"], table["unit"], strict=True))


def plot_measure(measure: str, compare: int | None = None) -> DescribedFigure:
    """Draw what Chinese bodies counted in one unit, year by year.

    Parameters
    ----------
    measure : str
        A key of :func:`measures`, such as ``"st_diplomats"``.
    compare : int, optional
        A number in the same unit, drawn as a dashed line across the years.

    Returns
    -------
    DescribedFigure
        8 by 3.8 inches. The axis begins at zero. A full mark is a figure without a note, an
        empty one has a note, and its number leads to the words below. Its alternative text has
        one line for the figures, one for the comparison and one for each note.

    Raises
    ------
    ValueError
        There is no such measure.

    Examples
    --------
    >>> plot_measure("st_diplomats", compare=144)
    Chart of points. Science and technology diplomats (persons): 131 (2009-07-23), 141 (2010), 146 (2017-01-13).
    Nearest to 144 is 146 (2017-01-13): 2 more.
    """  # noqa: E501
    if measure not in measures():
        known = ", ".join(measures())
        raise ValueError(f"There is no measure {measure!r}; the measures are {known}.")
    table = data.load_shared("series/st_agreements")
    rows = table[table["measure"] == measure].sort_values("period", kind="stable")
    notes = {text: place for place, text in enumerate(rows["note"].dropna().unique(), start=1)}
    unit = _upper(measures()[measure])

    figure = DescribedFigure(alt="", figsize=(8, 3.8), layout="constrained")
    ax = figure.subplots()
    _draw_points(ax, rows, notes)
    top = max(rows["value"].max(), compare or 0)
    if compare is not None:
        ax.axhline(compare, color=INK, linewidth=1.2, linestyle="--")
        ax.annotate(f"{compare:,}", (1, compare), xycoords=("axes fraction", "data"), va="center",
                    xytext=(4, 0), textcoords="offset points", fontsize=FONT_SIZE)  # fmt: skip
    ax.set_ylim(0, 1.18 * top)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.xaxis.get_major_locator().set_params(integer=True)
    dress(ax, unit)
    source = "Source: data/series/st_agreements.csv, official claims by Chinese bodies."
    key = " An empty mark has a note: its number leads to it." if notes else ""
    write_source(figure, source + key)
    figure.alt = "\n".join(_words_of_measure(unit, rows, notes, compare))
    return figure


def plot_life(first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> DescribedFigure:
    """Draw the life of the US-China science agreement of 1979, one bar for each stretch of time.

    Parameters
    ----------
    first_year, last_year : int
        The years to look at, from 1 January of the first to 31 December of the last.

    Returns
    -------
    DescribedFigure
        8 inches wide. Each bar has its state in words beside it, and is empty where its time lies
        after the reading of the pages (July 2026). A thin line at its end covers the month or year
        in which it began or ended when the day is not known. Its alternative text
        has a line for each stretch, and with five stretches or fewer also their notes.

    Raises
    ------
    ValueError
        The years are not in order, or lie outside 1979 to 2029.

    Examples
    --------
    >>> plot_life(2028, 2029)
    Bars over time, from 2028 to 2029: the US-China science agreement of 1979.
    2024-12-13 to 2029-08-27: in force, term still to run; amended and extended by five years. The end lies in the future. Not known: any act under the agreement since the protocol, on pages seen until the middle of 2026.
    """  # noqa: E501
    if not FIRST_YEAR <= first_year <= last_year <= LAST_YEAR:
        raise ValueError(
            f"The years {first_year} to {last_year} are not a span within {FIRST_YEAR} to "
            f"{LAST_YEAR}; write the earlier year first."
        )
    life = data.load_shared("agreement_life")
    early = life["ends"].map(lambda day: _ends_of(day)[1].year) < first_year
    late = life["begins"].map(lambda day: _ends_of(day)[0].year) > last_year
    rows = life[~early & ~late]

    figure = DescribedFigure(alt="", figsize=(8, 1.5 + 0.32 * len(rows)), layout="constrained")
    ax = figure.subplots()
    ax.set_xlim(first_year, last_year + 1)
    for place, row in enumerate(rows.itertuples()):
        _draw_stretch(ax, place, row)
    labels = [f"{row.begins} to {row.ends}" for row in rows.itertuples()]
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.xaxis.get_major_locator().set_params(integer=True, nbins=9)
    dress(ax, "The life of the US-China science agreement of 1979", grid="x")
    looks = STATES | {"term still to run": STILL_TO_RUN}
    key = [Patch(label=state, **look) for state, look in looks.items()]
    figure.legend(handles=key, loc="outside upper left", ncols=4, frameon=False,
                  fontsize=FONT_SIZE - 1)  # fmt: skip
    write_source(
        figure,
        "Source: data/agreement_life.csv. Thin line: only the month or the year is known.",
    )
    figure.alt = "\n".join(_words_of_life(rows, first_year, last_year))
    return figure


def unit_switcher() -> Explorable:
    """Make the unit switcher: choose what is counted, see its figures and their notes.

    Returns
    -------
    Explorable
        With the controls ``measure`` and ``compare``; 0 compares with nothing.

    Examples
    --------
    >>> switcher = unit_switcher()
    >>> switcher.set(measure="st_offices_abroad", compare=0)
    >>> print(repr(switcher).splitlines()[0])
    Chart of points. Offices or groups for science and technology abroad: 62 (2009-07-23), 69 (2010), 70 (2017-01-13).
    """  # noqa: E501
    units = [(_upper(unit), measure) for measure, unit in measures().items()]
    # A list to choose from shows nothing at all for None, so "nothing" is 0 here.
    against = [(f"{ARTICLE}, the article's number", ARTICLE), ("nothing", 0)]
    controls = {"measure": choice("Unit", units), "compare": choice("Compare with", against)}
    for control in controls.values():
        control.layout.max_width = "100%"
    return Explorable(
        lambda measure, compare: plot_measure(measure, compare or None),
        controls,
    )


def life_explorer() -> Explorable:
    """Make the view of the agreement's life, with a first and a last year to choose.

    Returns
    -------
    Explorable
        With the controls ``first_year`` and ``last_year``; they may stand in either order.

    Examples
    --------
    >>> life = life_explorer()
    >>> life.set(first_year=2017, last_year=2017)
    >>> print(repr(life).splitlines()[0])
    Bars over time, from 2017 to 2017: the US-China science agreement of 1979.
    """
    return Explorable(
        lambda first_year, last_year: plot_life(*sorted((first_year, last_year))),
        {
            "first_year": number("From", FIRST_YEAR, FIRST_YEAR, LAST_YEAR),
            "last_year": number("To", LAST_YEAR, FIRST_YEAR, LAST_YEAR),
        },
    )


def _draw_points(ax, rows: pd.DataFrame, notes: dict[str, int]) -> None:
    """Draw the figures, and lines between them that are dotted beside a note."""
    look = LINES["CHN"]
    points = [
        (_middle(row.period), row.value, None if pd.isna(row.note) else notes[row.note])
        for row in rows.itertuples()
    ]
    for (x, value, mark), (next_x, next_value, next_mark) in pairwise(points):
        dash = "-" if mark is None and next_mark is None else ":"
        ax.plot([x, next_x], [value, next_value], dash, color=look.color, linewidth=1.6)
    width = points[-1][0] - points[0][0]
    before, above = (points[0][0] - width - 1, None, None), True
    for x, value, mark in points:
        fill = look.color if mark is None else "white"
        ax.plot(x, value, look.marker, ms=7, mfc=fill, mec=look.color, mew=1.5)
        # Figures of nearly the same day: written above and below by turns, and once if equal.
        crowded = x - before[0] < 0.07 * width
        if crowded and before[1:] == (value, mark):
            continue
        above = not above if crowded else True
        words = f"{value:,}" if mark is None else f"{value:,} ({mark})"
        ax.annotate(words, (x, value), xytext=(0, 9 if above else -10), textcoords="offset points",
                    ha="center", va="bottom" if above else "top", fontsize=FONT_SIZE - 1,
                    color=INK, bbox=PLAIN)  # fmt: skip
        before = (x, value, mark)
    margin = max(0.08 * width, 0.6)
    ax.set_xlim(points[0][0] - margin, points[-1][0] + margin)


def _words_of_measure(
    unit: str, rows: pd.DataFrame, notes: dict[str, int], compare: int | None
) -> list[str]:
    figures = ", ".join(f"{row.value:,} ({row.period})" for row in rows.itertuples())
    lines = [f"Chart of points. {unit}: {figures}."]
    if compare is not None:
        nearest = rows.loc[(rows["value"] - compare).abs().idxmin()]
        step = int(nearest["value"]) - compare
        far = "the same" if step == 0 else f"{abs(step):,} {'more' if step > 0 else 'less'}"
        lines.append(
            f"Nearest to {compare:,} is {nearest['value']:,} ({nearest['period']}): {far}."
        )
    for text, place in notes.items():
        periods = rows.loc[rows["note"] == text, "period"]
        lines.append(f"Note ({place}), {', '.join(periods)}: {text}")
    return lines


def _draw_stretch(ax, place: int, row) -> None:
    """Draw the part of a stretch that is certain as a bar, and its uncertain ends as a line."""
    (earliest, begun), (ending, latest) = _ends_of(row.begins), _ends_of(row.ends)
    ax.plot([_as_year(earliest), _as_year(latest)], [place, place], color=INK, linewidth=1)
    left, right = _as_year(begun), _as_year(ending)
    size = {"height": 0.66, "linewidth": 0.9, "zorder": 3}
    ax.barh(place, right - left, left=left, **size, **STATES[row.state])
    if ending > SEEN_UNTIL:
        seen = max(left, _as_year(SEEN_UNTIL))
        ax.barh(place, right - seen, left=seen, **size, **STILL_TO_RUN)
    # The words stand where there is more room: behind the bar, or in front of it.
    first, last = ax.get_xlim()
    start, end = max(_as_year(earliest), first), min(_as_year(latest), last)
    behind = last - end > start - first
    ax.annotate(row.state, (end if behind else start, place), xytext=(5 if behind else -5, 0),
                textcoords="offset points", ha="left" if behind else "right", va="center",
                fontsize=FONT_SIZE - 1, color=INK, bbox=PLAIN, zorder=4)  # fmt: skip


def _words_of_life(rows: pd.DataFrame, first_year: int, last_year: int) -> list[str]:
    lines = [
        f"Bars over time, from {first_year} to {last_year}: the US-China science agreement of 1979."
    ]
    for row in rows.itertuples():
        note = f" {row.note}" if len(rows) <= MOST_NOTES else ""
        more = ", term still to run" if _ends_of(row.ends)[0] > SEEN_UNTIL else ""
        lines.append(f"{row.begins} to {row.ends}: {row.state}{more}; {row.act}.{note}")
    return lines


def _ends_of(day: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and the last day that a date such as 2016-04 may mean."""
    period = pd.Period(day)
    return period.start_time, period.end_time.normalize()


def _as_year(day: pd.Timestamp) -> float:
    return day.year + (day.day_of_year - 1) / TYPICAL_YEAR


def _middle(period: str) -> float:
    first, last = map(_as_year, _ends_of(period))
    return (first + last) / 2


def _upper(unit: str) -> str:
    return unit[0].upper() + unit[1:]
