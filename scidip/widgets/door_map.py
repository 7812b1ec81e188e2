"""The door map: through which channel experts reach those who decide, for one channel or two.

A channel is a row of the table advice_channels. :func:`sentence` says it in words,
:func:`plot_doors` draws it, :func:`yardstick` puts the same four questions to several of them. What
no page says is "not known", for every state. Two small functions give the authors of the IPCC.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import pandas as pd
from matplotlib.patches import FancyBboxPatch

from scidip import data
from scidip.figures import DescribedFigure, dress, write_source
from scidip.style import FONT_SIZE, GRID, INK, QUIET, line_of
from scidip.widgets.explorable import Explorable, choice

# What is asked of every channel, in the order of the drawing: column of the table to words.
QUESTIONS = {
    "sender": "Who speaks?",
    "receiver": "Who listens?",
    "appoints": "Who appoints?",
    "pays": "Who pays?",
    "open_to_public": "Is the advice published?",
    "result": "What came of it?",
}
FOUR = ("Who appoints?", "Who pays?", "Is the advice published?", "Who may dismiss?")
UNKNOWN = "not known"
NONE = ""  # the second channel, when nothing is compared

# The table has no column for dismissal, as hardly any page says it. What its rows do say:
DISMISSALS = {
    "us-national-climate-assessment": "The administration released all authors of the sixth "
    "edition in 2025; which rule allows it is not known",
}

# Short names for the lists of the widget and for the heads of columns.
SHORT = {
    "cn-climate-expert-committee": "China: climate expert committee",
    "cn-scientist-in-climate-delegation": "China: a scientist in the climate delegation",
    "cciced": "China: council of environment advisers (CCICED)",
    "us-national-climate-assessment": "United States: National Climate Assessment",
    "eu-climate-advisory-board": "European Union: climate advisory board",
    "agnes": "African states: AGNES, experts for negotiators",
    "us-cn-official-arms-control": "US-China: official arms-control consultations",
    "us-cn-track-1-5-conferences": "US-China: arms-control conferences",
    "us-cn-scientists-arms-control": "US-China: scientists on arms control",
    "pugwash-china-1957": "Chinese scientists at Pugwash",
    "idais": "Dialogues on AI safety (IDAIS)",
    "ipcc": "UN climate panel (IPCC)",
    "un-ai-scientific-panel": "UN scientific panel on AI",
    "scar-antarctic-treaty": "Antarctic science committee (SCAR)",
}

SOURCE = (
    "Source: data/advice_channels.csv of this course and the pages named there. "
    '"Not known": no page that we read says it.'
)
WIDTH, LEFT, RIGHT = 7.6, 1.3, 0.15  # inches
LINE, TOP, BOTTOM, GAP, ARROW = 0.17, 0.62, 0.36, 0.17, 0.62  # inches
IN_ONE, IN_TWO = 80, 38  # characters in a line, for one channel and for two
MEDEA = "medea2014"


def channel(channel_id: str) -> pd.Series:
    """Look up one channel.

    Parameters
    ----------
    channel_id : str
        One of the names in ``SHORT``, such as ``"agnes"``.

    Returns
    -------
    pandas.Series
        Its row of the table advice_channels.

    Raises
    ------
    ValueError
        There is no such channel.

    Examples
    --------
    >>> channel("agnes")["start"]
    '2015'
    """
    table = data.load_shared("advice_channels").set_index("channel_id")
    if not isinstance(channel_id, str) or channel_id not in table.index:
        known = ", ".join(table.index)
        raise ValueError(f"There is no channel {channel_id!r}; the channels are {known}.")
    return table.loc[channel_id]


def sentence(channel_id: str) -> str:
    """Say in words who speaks to whom, who appoints and pays, and what came of it.

    Parameters
    ----------
    channel_id : str
        As in :func:`channel`.

    Returns
    -------
    str
        One paragraph; what no page says is "not known".

    Raises
    ------
    ValueError
        There is no such channel.

    Examples
    --------
    >>> sentence("agnes").split(": ")[0]
    'African Group of Negotiators Experts Support (AGNES) (official, since 2015)'
    """
    row = channel(channel_id)
    said = [f"{row['name']} ({row['track']}, {_years(row)})"]
    said += [f"{words} {_begun(row[column])}." for column, words in QUESTIONS.items()]
    return f"{said[0]}: {' '.join(said[1:])}"


def yardstick(channel_ids: Iterable[str]) -> pd.DataFrame:
    """Put the same four questions to several channels.

    Parameters
    ----------
    channel_ids : iterable of str
        Their names, in the order of the columns.

    Returns
    -------
    pandas.DataFrame
        One row for each question of ``FOUR``, with the columns ``question`` and one for each
        channel. What no page says is "not known".

    Raises
    ------
    ValueError
        There is no such channel.

    Examples
    --------
    >>> yardstick(["agnes"]).iloc[3].tolist()
    ['Who may dismiss?', 'not known']
    """
    table = {"question": list(FOUR)}
    for channel_id in channel_ids:
        row = channel(channel_id)
        answers = [row["appoints"], row["pays"], row["open_to_public"]]
        table[SHORT[channel_id]] = [*answers, DISMISSALS.get(channel_id, UNKNOWN)]
    return pd.DataFrame(table)


def authors(entity: str) -> pd.Series:
    """Give the leading authors of the first five reports of the IPCC from one country.

    Parameters
    ----------
    entity : str
        Such as ``"CHN"``; ``"WORLD"`` is the total of all countries.

    Returns
    -------
    pandas.Series
        Persons (coordinating lead authors, lead authors and review editors), with the years 1990
        to 2014 as index. The count is that of the MEDEA project, by the country of the institute.
        Later counts have another rule and are left out.

    Raises
    ------
    ValueError
        The project has no figure for this entity.

    Examples
    --------
    >>> authors("CHN").tolist()
    [10, 11, 19, 29, 45]
    """
    table = data.load_shared("series/ipcc_authors")
    rows = table[(table["entity"] == entity) & (table["source_id"] == MEDEA)]
    if rows.empty:
        raise ValueError(f"The MEDEA project has no authors for {entity!r} in this table.")
    return rows.sort_values("year").set_index("year")["value"].astype(int)


def share_of_authors(entity: str) -> pd.Series:
    """Give the same authors as a share of all.

    Parameters
    ----------
    entity : str
        As in :func:`authors`.

    Returns
    -------
    pandas.Series
        Per cent of the authors of all countries, one decimal place, by year.

    Raises
    ------
    ValueError
        The project has no figure for this entity.

    Examples
    --------
    >>> share_of_authors("WORLD").unique().tolist()
    [100.0]
    """
    return (100 * authors(entity) / authors("WORLD")).round(1)


def plot_authors(entities: Iterable[str], unit: str = "authors") -> DescribedFigure:
    """Draw the leading authors of the IPCC by country, report by report.

    A line joins the first five reports, which one project counted. The sixth was counted by
    another rule, so its marks stand alone.

    Parameters
    ----------
    entities : iterable of str
        Such as ``["CHN", "USA"]``.
    unit : str
        ``"authors"`` for persons, ``"per cent"`` for the share of all authors.

    Returns
    -------
    DescribedFigure
        7.6 by 3.8 inches; its alternative text has every figure.

    Raises
    ------
    ValueError
        The unit is not one of the two, or the project has no figure for an entity.

    Examples
    --------
    >>> print(plot_authors(["CHN"], "per cent").alt.splitlines()[1])
    CHN: 3.2 in 1990, 2.5 in 1995, 3.8 in 2001, 4.8 in 2007, 5.3 in 2014; apart 5.1 in 2018.
    """
    if unit not in ("authors", "per cent"):
        raise ValueError(f"The unit is {unit!r}; write 'authors' or 'per cent'.")
    what = "Leading authors" if unit == "authors" else "Share of the leading authors"
    title = f"{what} of the IPCC's reports, by country"
    figure = DescribedFigure(alt="", figsize=(WIDTH, 3.8), layout="constrained")
    ax = figure.subplots()
    ends, said = [], [f"Line chart. {title} ({unit})."]
    for place, entity in enumerate(entities):
        values = authors(entity) if unit == "authors" else share_of_authors(entity)
        look = line_of(entity, place + 1)
        ax.plot(values.index, values.to_numpy(), look.dash, color=look.color, marker=look.marker,
                linewidth=1.8, ms=5)  # fmt: skip
        listed = ", ".join(f"{value:g} in {year}" for year, value in values.items())
        for later, amount in _sixth(entity, unit).items():
            ax.plot(later, amount, look.marker, color=look.color, mfc="white", ms=6, mew=1.4)
            listed += f"; apart {amount:g} in {later}"
        ends.append((float(values.iloc[-1]), entity, look.color))
        said.append(f"{entity}: {listed}.")
    top = ax.get_ylim()[1]
    ax.set(ylim=(-0.02 * top, top), xlim=(1989, 2019))
    lowest = -top
    for height, entity, color in sorted(ends):
        lowest = max(height, lowest + 0.075 * top)
        ax.text(2014.5, lowest, entity, fontsize=FONT_SIZE - 1, color=color, va="center")
    ax.set_xticks([1990, 1995, 2001, 2007, 2014, 2018])
    ax.set_ylabel(unit, fontsize=FONT_SIZE - 1, color=INK)
    dress(ax, title)
    write_source(figure, "Source: MEDEA (institute, line); Carbon Brief (nationality, mark alone).")
    figure.alt = "\n".join(said)
    return figure


def _sixth(entity: str, unit: str) -> dict[int, float]:
    table = data.load_shared("series/ipcc_authors")
    rows = table[table["source_id"] == "carbonbrief2018"].set_index("entity")["value"]
    if entity not in rows.index:
        return {}
    value = float(rows[entity])
    return {2018: value if unit == "authors" else round(100 * value / float(rows["WORLD"]), 1)}


def plot_doors(channel_id: str, other: str = NONE) -> DescribedFigure:
    """Draw one channel, or two side by side: sender above, door between, receiver below.

    Parameters
    ----------
    channel_id : str
        As in :func:`channel`.
    other : str
        A second channel; "" for none.

    Returns
    -------
    DescribedFigure
        7.6 inches wide. Its alternative text has one paragraph for each channel.

    Raises
    ------
    ValueError
        There is no such channel.

    Examples
    --------
    >>> plot_doors("agnes", "ipcc").alt.count("Who appoints?")
    2
    """
    chosen = [channel_id] + ([other] if other != NONE else [])
    alt = "\n".join(["Door map.", *map(sentence, chosen)])
    rows = [channel(name) for name in chosen]
    wide = IN_ONE if len(rows) == 1 else IN_TWO
    heads = [textwrap.wrap(SHORT[name], 3 * wide // 4) for name in chosen]  # bold, larger
    texts = {
        column: [textwrap.wrap(_begun(row[column]), wide) for row in rows] for column in QUESTIONS
    }
    heights = {column: LINE * max(map(len, found)) for column, found in texts.items()}
    head = LINE * (max(map(len, heads)) - 1)
    height = TOP + head + sum(heights.values()) + ARROW + GAP * (len(QUESTIONS) + 1) + BOTTOM
    figure = DescribedFigure(alt=alt, figsize=(WIDTH, height))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, WIDTH)
    ax.set_ylim(height, 0)
    size = (WIDTH - LEFT - RIGHT) / len(rows)
    for place, lines in enumerate(heads):
        for number, line in enumerate(lines):
            ax.text(LEFT + place * size, 0.25 + number * LINE, line, fontsize=FONT_SIZE,
                    color=INK, va="center", weight="bold")  # fmt: skip
    down = TOP + head
    for column, words in QUESTIONS.items():
        for number, line in enumerate(textwrap.wrap(words, 16)):
            ax.text(0.15, down + number * LINE, line, fontsize=FONT_SIZE - 1.5, color=QUIET,
                    va="center", style="italic")  # fmt: skip
        for place, (lines, row) in enumerate(zip(texts[column], rows, strict=True)):
            left = LEFT + place * size
            boxed = column in ("sender", "receiver")
            _write(ax, left, down, lines, _is_unknown(row[column]), boxed, size - 0.2)
            if column == "sender":
                _draw_door(ax, left, down + LINE * len(lines), down + heights[column], row)
        down += max(heights[column], LINE * len(textwrap.wrap(words, 16))) + GAP
        if column == "sender":
            down += ARROW
        elif column == "receiver":
            down += GAP / 2
    ax.text(0.15, height - 0.16, SOURCE, fontsize=FONT_SIZE - 2, color=QUIET, va="center")
    return figure


def door_map(channel_id: str = "us-cn-scientists-arms-control", other: str = NONE) -> Explorable:
    """Make the widget: a list of channels, and a second list to compare with.

    Parameters
    ----------
    channel_id, other : str
        The channels of the opening view; "" compares with none.

    Returns
    -------
    Explorable
        Its controls are ``channel`` and ``compare``.

    Examples
    --------
    >>> widget = door_map("agnes")
    >>> widget.set(compare="eu-climate-advisory-board")
    >>> len(widget.figure.alt.splitlines())
    3
    """
    channel(channel_id)
    options = [(words, name) for name, words in SHORT.items()]
    controls = {
        "channel": choice("Channel", options, channel_id),
        "compare": choice("Compare with", [("no other channel", NONE), *options], other),
    }
    return Explorable(lambda channel, compare: plot_doors(channel, compare), controls)


def _years(row: pd.Series) -> str:
    if pd.isna(row["end"]):
        return f"since {row['start']}"
    return f"{row['start']} to {row['end']}"


def _begun(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".")


def _is_unknown(text: str) -> bool:
    return text.lower().startswith(UNKNOWN)


def _write(ax, left, down, lines, unknown, boxed, size) -> None:
    look = {"color": QUIET, "style": "italic"} if unknown else {"color": INK}
    if boxed:
        tall = LINE * len(lines)
        box = FancyBboxPatch(
            (left - 0.06, down - 0.12), size + 0.06, tall + 0.06, boxstyle="round,pad=0.02",
            facecolor="white", edgecolor=INK, linewidth=1.2,
        )  # fmt: skip
        ax.add_patch(box)
    for number, line in enumerate(lines):
        ax.text(left, down + number * LINE, line, fontsize=FONT_SIZE - 1.5, va="center", **look)


def _draw_door(ax, left, start, down, row) -> None:
    """An arrow through a wall; the wall is whole when the channel has ended or was suspended."""
    middle, ended = left + 0.6, pd.notna(row["end"])
    top, wall, end = start - 0.02, down + ARROW / 2 + 0.02, down + ARROW + 0.03
    stop = wall - 0.05 if ended else end
    ax.annotate("", (middle, stop), xytext=(middle, top),
                arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 1.6})  # fmt: skip
    gap = 0 if ended else 0.14
    for start, stop in ((left, middle - gap), (middle + gap, left + 1.2)):
        ax.plot([start, stop], [wall, wall], color=INK if ended else GRID, linewidth=4,
                solid_capstyle="butt")  # fmt: skip
    ax.text(left + 1.32, wall - 0.08, row["track"], fontsize=FONT_SIZE - 1, color=INK, va="center",
            weight="bold")  # fmt: skip
    ax.text(left + 1.32, wall + 0.09, _years(row), fontsize=FONT_SIZE - 1.5, color=QUIET,
            va="center")  # fmt: skip
