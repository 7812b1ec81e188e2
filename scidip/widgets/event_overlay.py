"""The event overlay of lesson 07: a series of joint papers, with the course's records above it.

The same pair can be read in four measures, over any window, against another pair. Every picture
and every text repeats one sentence: order in time is not cause.
"""

from __future__ import annotations

import pandas as pd

from scidip import data
from scidip.figures import DescribedFigure, dress, plot_lines, write_source
from scidip.style import FONT_SIZE, INK, LINES, QUIET, TONES, Line, line_of
from scidip.widgets.counting_lens import FIRST_YEAR, LAST_YEAR, PARTNERS, by_year
from scidip.widgets.explorable import Explorable, choice, number

WARNING = "Order in time is not cause."
MEASURES = {
    "number": "number of joint papers",
    "share_of_china": "share of China's international papers",
    "share_of_usa": "share of the international papers of the United States",
    "index": "index, base year = 100",
}
WHOLES = {"share_of_china": "CHN", "share_of_usa": "USA"}
EVENTS = {
    "friction": ("friction",),
    "cooperation": ("cooperation",),
    "mixed": ("mixed",),
    "all three tones": tuple(TONES),
    "none": (),
}
BOTH = {"CHN", "USA"}

NAMES = {"CHN": "China"} | PARTNERS
# Pairs without China serve as comparison groups.
US_PAIRS = ("USA-CAN", "USA-DEU", "USA-GBR", "USA-IND", "USA-JPN", "USA-KOR", "USA-RUS")

SOURCE = "Source: OpenAlex, 27 August 2024, counted by V. Batagelj; marks: data/events.csv."
CAREFUL = (
    "Careful: the rise of 2020 comes in part from the database, and 2023 was still filling up."
)
OF_MARKS = "A mark stands in the year in which its event begins; our records are a selection."
ROW, CHART, CHART_WIDTH = 0.17, 3.0, 5.5  # inches: a row of marks, and the chart below them


def pairs() -> dict[str, str]:
    """Give the pairs of countries whose joint papers the table has, with their names.

    Returns
    -------
    dict of str to str
        The pair of China and the United States first, then those of China, then others.

    Examples
    --------
    >>> list(pairs().items())[:2]
    [('CHN-USA', 'China and United States'), ('CHN-AUS', 'China and Australia')]
    """
    china = [f"CHN-{code}" for code in PARTNERS if code != "USA"]
    codes = ["CHN-USA", *china, *US_PAIRS]
    return {code: " and ".join(NAMES[one] for one in code.split("-")) for code in codes}


def measure_of(pair: str, measure: str, base_year: int = 2016) -> pd.Series:
    """Give one pair in one measure, for all years of the table.

    Parameters
    ----------
    pair : str
        A key of :func:`pairs`, such as ``"CHN-USA"``.
    measure : str
        A key of ``MEASURES``: ``"number"`` in papers, the two shares in per cent, ``"index"`` with
        100 in the base year.
    base_year : int
        From 1990 to 2023; of effect for the index only.

    Returns
    -------
    pandas.Series
        The values, with the years as index.

    Raises
    ------
    ValueError
        There is no such pair, measure or base year; the share belongs to a state that is not in
        the pair; or the pair has no paper in the base year.

    Examples
    --------
    >>> measure_of("CHN-USA", "share_of_china").round(1)[2016]
    np.float64(42.9)
    """
    if pair not in pairs():
        raise ValueError(f"There is no pair {pair!r}; the pairs are {', '.join(pairs())}.")
    if measure not in MEASURES:
        raise ValueError(f"There is no measure {measure!r}; they are {', '.join(MEASURES)}.")
    _year("base_year", base_year)
    joint = by_year(pair)
    if measure == "number":
        return joint
    if measure == "index":
        if joint[base_year] == 0:
            raise ValueError(f"{pairs()[pair]} have no joint paper in {base_year}")
        return 100 * joint / joint[base_year]
    whole = WHOLES[measure]
    if whole not in pair.split("-"):
        raise ValueError(f"{pairs()[pair]}: {NAMES[whole]} is not in this pair")
    return 100 * joint / by_year(whole)


def records(events: str = "friction", first_year: int = 2010, last_year: int = 2023):
    """List the records that have both China and the United States among their actors.

    The rule is the same for every tone. An act of one of the two states that names no other actor
    is left out, even if it may concern the other.

    Parameters
    ----------
    events : str
        A key of ``EVENTS``: one tone, all of them or none.
    first_year, last_year : int
        Calendar years, both included, compared with the year in which an event begins.

    Returns
    -------
    pandas.DataFrame
        The rows of the table ``events``, in order of time, with a column ``mark``: the number that
        stands beside the mark, from 1.

    Raises
    ------
    ValueError
        There is no such choice of events.

    Examples
    --------
    >>> records("friction", 2010, 2017)[["mark", "event_id"]].values.tolist()
    [[1, '2011-04-wolf-amendment']]
    """
    if events not in EVENTS:
        raise ValueError(f"There are no events {events!r}; the choices are {', '.join(EVENTS)}.")
    table = data.load_shared("events")
    together = table["actors"].map(BOTH.issubset)
    found = table[together & table["tone"].isin(EVENTS[events])]
    found = found[found["year"].between(first_year, last_year)]
    found = found.sort_values(["year", "first_day", "event_id"]).reset_index(drop=True)
    return found.assign(mark=found.index + 1)


def overlay(
    pair: str = "CHN-USA",
    compare: str = "",
    measure: str = "number",
    base_year: int = 2016,
    first_year: int = 2010,
    last_year: int = 2023,
    events: str = "friction",
) -> DescribedFigure:
    """Draw one pair, if wanted a second one, and above them the records as numbered marks.

    Parameters
    ----------
    pair, compare : str
        Keys of :func:`pairs`; ``compare`` may be ``""`` for no second line.
    measure : str
        A key of ``MEASURES``.
    base_year : int
        The year that the index takes as 100, from 1990 to 2023.
    first_year, last_year : int
        The window, from 1990 to 2023.
    events : str
        A key of ``EVENTS``.

    Returns
    -------
    DescribedFigure
        8 inches wide. Its alternative text says what is drawn, the change over the window, and
        the title of every record by its number. A line that can't be computed is not drawn, and
        the text says why.

    Raises
    ------
    ValueError
        There is no such pair, measure, year or choice of events, or the years are not in order.

    Examples
    --------
    >>> print(overlay(compare="CHN-DEU", first_year=2021, events="none").alt.splitlines()[2])
    From 2021 to 2023: China and United States -7.4 per cent; China and Germany +2.2 per cent. Difference: -9.6 percentage points.
    """  # noqa: E501
    for name, year in [("first_year", first_year), ("last_year", last_year)]:
        _year(name, year)
    if first_year > last_year:
        raise ValueError(f"The window {first_year} to {last_year} ends before it begins.")
    lines, codes, missing = {}, {}, []
    for code in dict.fromkeys([pair, compare] if compare else [pair]):
        if code not in pairs() or measure not in MEASURES or base_year not in _YEARS:
            measure_of(code, measure, base_year)  # it says what is wrong
        try:
            values = measure_of(code, measure, base_year)
        except ValueError as reason:
            missing.append(f"No line: {reason}.")
            continue
        lines[pairs()[code]] = values.loc[first_year:last_year]
        codes[pairs()[code]] = code
    what = MEASURES[measure].replace(", base year = 100", "")
    title = f"Joint papers: {what}" if "joint" not in what else what.capitalize()
    unit = {"number": "papers", "index": f"{base_year} = 100"}.get(measure, "per cent")
    figure = plot_lines(lines, f"{title}\n{WARNING}", unit, SOURCE, looks=_looks(codes))
    ax = figure.axes[0]
    ax.set_xlim(first_year - 0.6, last_year + 0.6)
    said = [f"Event overlay, {first_year} to {last_year}. {WARNING}", *missing]
    if lines:
        chosen = records(events, first_year, last_year)
        if len(chosen):
            _draw_marks(figure, ax, chosen, first_year, last_year)
        said.append(figure.alt.replace(f"\n{WARNING}", ""))
        said.append(_change(lines, measure, first_year, last_year))
        said += [*_words_of(events, chosen), f"{CAREFUL} {OF_MARKS}" if len(chosen) else CAREFUL]
    else:
        ax.set_axis_off()
        ax.text(0.5, 0.5, "\n".join(missing), transform=ax.transAxes, ha="center", color=INK)
    figure.alt = "\n".join(said)
    return figure


def plot_changes(changes: dict[str, float], title: str, source: str) -> DescribedFigure:
    """Draw changes as bars to the left and to the right of a line at zero.

    Parameters
    ----------
    changes : dict of str to float
        Pair to change, in per cent; the first pair is the one that the others are compared with.
    title, source : str
        The line above the figure, and the source line below it.

    Returns
    -------
    DescribedFigure
        8 inches wide; its alternative text lists every value.

    Raises
    ------
    ValueError
        There is no such pair.

    Examples
    --------
    >>> plot_changes({"CHN-USA": -7.4, "CHN-DEU": 2.2}, "Change, per cent", "Source: none.")
    Bar chart. Change, per cent. China and United States: -7.4, China and Germany: +2.2.
    """
    unknown = [code for code in changes if code not in pairs()]
    if unknown:
        raise ValueError(f"There is no pair {unknown[0]!r}; the pairs are {', '.join(pairs())}.")
    names = [pairs()[code] for code in changes]
    shown = [f"{value:+.1f}" for value in changes.values()]
    listed = ", ".join(f"{name}: {value}" for name, value in zip(names, shown, strict=True))
    figure = DescribedFigure(
        alt=f"Bar chart. {title}. {listed}.",
        figsize=(8, 1.1 + 0.34 * len(names)),
        layout="constrained",
    )
    ax = figure.subplots()
    colors = [LINES["USA"].color] + [QUIET] * (len(names) - 1)
    bars = ax.barh(names, list(changes.values()), color=colors, height=0.62)
    ax.bar_label(bars, shown, padding=3, fontsize=FONT_SIZE - 1, color=INK)
    ax.axvline(0, color=INK, linewidth=1)
    ax.margins(x=0.12)
    ax.invert_yaxis()
    dress(ax, title, grid="x")
    write_source(figure, source)
    return figure


def event_overlay(
    pair: str = "CHN-USA",
    compare: str = "CHN-GBR",
    measure: str = "index",
    base_year: int = 2016,
    first_year: int = 2010,
    last_year: int = 2023,
    events: str = "friction",
) -> Explorable:
    """Make the widget: pair, comparison, measure, base year, window and events.

    Parameters
    ----------
    pair, compare, measure, base_year, first_year, last_year, events
        The opening view, as in :func:`overlay`.

    Returns
    -------
    Explorable
        Its controls have the names of the parameters. The two years of the window may stand in
        either order.

    Examples
    --------
    >>> widget = event_overlay(events="none")
    >>> widget.set(measure="number", compare="", first_year=2020)
    >>> repr(widget).splitlines()[2]
    'From 2020 to 2023: China and United States -13.4 per cent.'
    """
    names = [(name, code) for code, name in pairs().items()]
    controls = {
        "pair": choice("Pair", names, pair),
        "compare": choice("compared with", [("no other pair", ""), *names], compare),
        "measure": choice("Measure", [(words, key) for key, words in MEASURES.items()], measure),
        "base_year": number("Base year", base_year, FIRST_YEAR, LAST_YEAR),
        "first_year": number("From", first_year, FIRST_YEAR, LAST_YEAR),
        "last_year": number("To", last_year, FIRST_YEAR, LAST_YEAR),
        "events": choice("Events", list(EVENTS), events),
    }
    controls["base_year"].layout.width = "12em"  # room for its label and four digits

    def draw(first_year, last_year, **others):
        first_year, last_year = sorted((first_year, last_year))
        return overlay(first_year=first_year, last_year=last_year, **others)

    return Explorable(draw, controls)


_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


def _year(name: str, year: int) -> None:
    if year not in _YEARS:
        raise ValueError(f"{name} is {year!r}; it lies from {FIRST_YEAR} to {LAST_YEAR}.")


def _looks(codes: dict[str, str]) -> dict[str, Line]:
    """Give each pair the look of its partner; the second gets another one if they are alike."""
    looks = {name: line_of(code) for name, code in codes.items()}
    names = list(looks)
    if len(names) == 2 and looks[names[0]] == looks[names[1]]:
        looks[names[1]] = line_of("", 2)
    return looks


def _draw_marks(figure, ax, chosen: pd.DataFrame, first: int, last: int) -> None:
    """Draw the records above the lines: one numbered mark each, stacked in its year."""
    places = chosen.groupby("year").cumcount()
    rows = int(places.max()) + 1
    low, high = ax.get_ylim()
    ticks = [tick for tick in ax.get_yticks() if low <= tick <= high]
    row = (high - low) * ROW / CHART  # the height of a row of marks, in units of the axis
    top = high + row * (rows + 0.4)
    width, tall = figure.get_size_inches()
    figure.set_size_inches(width, tall + ROW * rows)
    ax.set_ylim(low, top)
    ax.set_yticks(ticks)
    ax.yaxis.label.set_y(0.5 * (high - low) / (top - low))  # beside the lines, not the marks
    point = (last - first + 1.2) / (CHART_WIDTH * 72)  # the width of a point, in years
    small = last - first > 20
    for place, record in zip(places, chosen.itertuples(), strict=True):
        height = high + row * (place + 0.7)
        ax.plot(record.year - 5 * point, height, "o", ms=4 if small else 6, mfc=INK, mec=INK,
                mew=0.9, fillstyle=TONES[record.tone], markerfacecoloralt="white")  # fmt: skip
        ax.text(record.year - (2 if small else 1) * point, height, str(record.mark),
                fontsize=FONT_SIZE - (4 if small else 2), va="center_baseline",
                color=INK)  # fmt: skip
    for year in sorted(set(chosen["year"])):
        ax.plot([year, year], [low, high], ":", color=QUIET, linewidth=0.7, zorder=0.5)


def _words_of(events: str, chosen: pd.DataFrame) -> list[str]:
    if events == "none":
        return ["No events are drawn."]
    several = len(EVENTS[events]) > 1
    words = "friction, cooperation or mixed" if several else events
    plural = "record" if len(chosen) == 1 else "records"
    lines = [f"Marks: {len(chosen)} {plural} between China and the United States, {words}."]
    for row in chosen.itertuples():
        tone = f" ({row.tone})" if several else ""
        lines.append(f"{row.mark}: {row.date}, {row.title}{tone}.")
    return lines


def _change(lines: dict[str, pd.Series], measure: str, first: int, last: int) -> str:
    if first == last:
        return "One year has no change."
    share = measure in WHOLES
    changes = []
    for values in lines.values():
        begin, end = float(values[first]), float(values[last])
        changes.append(end - begin if share else 100 * (end / begin - 1) if begin else None)
    unit = "percentage points" if share else "per cent"
    parts = [
        f"{name} {found:+.1f} {unit}" if found is not None else f"{name} no change from zero"
        for name, found in zip(lines, changes, strict=True)
    ]
    text = f"From {first} to {last}: {'; '.join(parts)}."
    if len(changes) == 2 and None not in changes:
        text += f" Difference: {changes[0] - changes[1]:+.1f} percentage points."
    return text
