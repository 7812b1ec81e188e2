"""Figures that can be read without being seen."""

from __future__ import annotations

import base64
import html
import io
import textwrap

import ipywidgets
import pandas as pd
from matplotlib import figure as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg

from scidip.style import FONT_SIZE, GRID, INK, QUIET, Line, line_of

DPI = 100
PRINTED = 68  # characters in a printed line, as many as a narrow window shows


class DescribedFigure(mpl.Figure):
    """A matplotlib figure that carries its own description.

    As the last line of a cell it shows itself: in JupyterLab as a picture whose alternative text is
    `alt`, elsewhere (a saved notebook, GitHub, print) as a PNG with the same text beside it. It
    takes no pyplot, so that nothing is drawn twice and no figure stays behind in memory.

    Parameters
    ----------
    alt : str
        What the picture shows, in one to three sentences, for people who do not see it.
    **options
        Passed on to :class:`matplotlib.figure.Figure`; `figsize` is in inches.

    Examples
    --------
    >>> figure = DescribedFigure(alt="A line that rises from 1 to 2.", figsize=(4, 2))
    >>> _ = figure.subplots().plot([1, 2])
    >>> figure
    A line that rises from 1 to 2.
    """

    def __init__(self, *, alt: str, **options):
        super().__init__(dpi=DPI, **options)
        FigureCanvasAgg(self)
        self.alt = alt

    def __repr__(self):
        return self.alt

    def __str__(self):
        """The words for `print`, in lines that are not cut within a word."""
        return in_lines(self.alt)

    def _repr_mimebundle_(self, **_):
        png = to_png(self)
        # JupyterLab drops the alternative text of a plain PNG; an HTML widget keeps it.
        image = ipywidgets.HTML(picture(self))
        widget = image._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
        return (
            {
                "application/vnd.jupyter.widget-view+json": widget,
                "image/png": png,
                "text/plain": self.alt,
            },
            {"image/png": {"alt": self.alt}},
        )


def plot_bars(names: list[str], values: list[float], title: str, source: str) -> DescribedFigure:
    """Draw one bar for each name, with its value above it.

    Parameters
    ----------
    names : list of str, shape (bars,)
        What stands below the bars.
    values : list of float, shape (bars,)
        Their heights, in the unit that the title names.
    title, source : str
        The line above the figure, and the source line below it.

    Returns
    -------
    DescribedFigure
        7 by 3.2 inches; its alternative text lists every value.

    Examples
    --------
    >>> plot_bars(["1950s", "1960s"], [7, 4], "Events by decade", "Source: data/events.csv.")
    Bar chart. Events by decade. 1950s: 7, 1960s: 4.
    """
    in_one_line = [" ".join(name.split()) for name in names]
    listed = ", ".join(f"{n}: {value}" for n, value in zip(in_one_line, values, strict=True))
    figure = DescribedFigure(
        alt=f"Bar chart. {title}. {listed or 'No bars'}.", figsize=(7, 3.2), layout="constrained"
    )
    ax = figure.subplots()
    ax.bar_label(ax.bar(names, values, color=QUIET, width=0.7), fontsize=FONT_SIZE, color=INK)
    ax.set_title(title, loc="left", fontsize=FONT_SIZE + 1, color=INK, pad=12)
    ax.set_yticks([])
    ax.tick_params(length=0, labelsize=FONT_SIZE, colors=INK)
    ax.spines[["left", "right", "top"]].set_visible(False)
    write_source(figure, source)
    return figure


def plot_lines(
    lines: dict[str, pd.Series],
    title: str,
    unit: str,
    source: str,
    looks: dict[str, Line] | None = None,
) -> DescribedFigure:
    """Draw one or more lines over the years, each with its name at its end.

    Parameters
    ----------
    lines : dict of str to pandas.Series
        Name to values, with years as index. A year without a value leaves a gap in the line.
    title, unit, source : str
        What stands above, beside and below the figure.
    looks : dict of str to Line, optional
        Name to colour, dash and marker; by default one after the other.

    Returns
    -------
    DescribedFigure
        8 by 3.8 inches. Its alternative text gives first, highest and last value of each line.

    Examples
    --------
    >>> up = pd.Series([1, 3], index=[2000, 2010])
    >>> plot_lines({"China": up}, "Papers", "papers", "Source: none.")
    Line chart. Papers (papers). China: 1 in 2000, highest 3 in 2010, 3 in 2010.
    """
    parts = []
    figure = DescribedFigure(alt="", figsize=(8, 3.8), layout="constrained")
    ax = figure.subplots()
    ends = []
    for place, (name, values) in enumerate(lines.items()):
        values = values.dropna().sort_index()
        if not len(values):
            parts.append(f"{name}: no value")
            continue
        look = (looks or {}).get(name) or line_of(name, place)
        every = max(1, len(values) // 8)
        full = values.reindex(range(int(values.index.min()), int(values.index.max()) + 1))
        ax.plot(full.index, full.to_numpy(dtype=float), look.dash, color=look.color, linewidth=1.8)
        ax.plot(values.index[::every], values.iloc[::every], look.marker, color=look.color, ms=5)
        ends.append((float(values.iloc[-1]), values.index[-1], name, look.color))
        top = values.idxmax()
        parts.append(
            f"{name}: {_figure(values.iloc[0])} in {values.index[0]}, highest "
            f"{_figure(values[top])} in {top}, {_figure(values.iloc[-1])} in {values.index[-1]}"
        )
    low, high = ax.get_ylim()
    low = min(0, low)
    ax.set_ylim(low, high)
    _write_names(ax, sorted(ends), low, high)
    ax.set_ylabel(unit, fontsize=FONT_SIZE - 1, color=INK)
    ax.yaxis.set_major_formatter(lambda value, _: _figure(value))
    ax.xaxis.get_major_locator().set_params(integer=True)
    dress(ax, title)
    write_source(figure, source)
    listed = "; ".join(parts) or "No line"
    figure.alt = f"Line chart. {title} ({unit}). {listed}."
    return figure


def dress(ax, title: str, grid: str = "both") -> None:
    """Give axes the look of the course: a title, pale lines behind the drawing, no frame.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes.
    title : str
        The line above them.
    grid : str
        Along which axis the pale lines are drawn: "x", "y" or "both".
    """
    ax.set_title(title, loc="left", fontsize=FONT_SIZE + 1, color=INK, pad=12)
    ax.tick_params(length=0, labelsize=FONT_SIZE - 1, colors=INK)
    ax.grid(axis=grid, color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["left", "right", "top"]].set_visible(False)


def write_source(figure: mpl.Figure, words: str) -> None:
    """Write the source line below a figure."""
    figure.supxlabel(words, x=0.01, ha="left", fontsize=FONT_SIZE - 2, color=QUIET)


def _write_names(ax, ends: list[tuple], low: float, high: float) -> None:
    """Write each name at the end of its line, moved apart where two would overlap."""
    step = (high - low) * 0.065
    lowest = low
    for value, year, name, color in ends:
        height = max(value, lowest)
        lowest = height + step
        ax.annotate(name, (year, value), xytext=(year, height), textcoords="data", va="center",
                    fontsize=FONT_SIZE - 1, color=color, annotation_clip=False,
                    ha="left").set_x(year + 0.4)  # fmt: skip


def _figure(value: float) -> str:
    """Write a number as short as it can be read."""
    value = float(value)
    if value.is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def to_png(figure: mpl.Figure) -> str:
    """Draw a figure as a PNG.

    Returns
    -------
    str
        The file's bytes in base64.
    """
    with io.BytesIO() as buffer:
        # No software name or version in the file: the same figure gives the same bytes.
        figure.savefig(buffer, format="png", metadata={"Software": None})
        return base64.b64encode(buffer.getvalue()).decode("ascii")


def picture(figure: DescribedFigure) -> str:
    """Write a figure as HTML that keeps its alternative text.

    Returns
    -------
    str
        An ``img`` element with the picture inside.
    """
    source = f"data:image/png;base64,{to_png(figure)}"
    alt = html.escape(figure.alt, quote=True)
    return f'<img src="{source}" alt="{alt}" style="max-width: 100%">'


def in_lines(text: str, indent: str = "") -> str:
    """Break a long text between words, as JupyterLab breaks printed lines within them.

    Parameters
    ----------
    text : str
        Any text; its own line breaks stay.
    indent : str
        What stands before the further lines that a line is broken into.

    Returns
    -------
    str
        Lines of at most 68 characters.

    Examples
    --------
    >>> print(in_lines("one " * 30))
    one one one one one one one one one one one one one one one one one
    one one one one one one one one one one one one one
    """
    return "\n".join(
        textwrap.fill(line, PRINTED, subsequent_indent=indent) for line in text.splitlines()
    )
