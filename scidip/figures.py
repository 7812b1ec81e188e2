"""Figures that can be read without being seen."""

from __future__ import annotations

import base64
import html
import io

import ipywidgets
from matplotlib import figure as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg

from scidip.style import FONT_SIZE, INK, QUIET

DPI = 100


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

    def _repr_mimebundle_(self, **_):
        png = to_png(self)
        # JupyterLab drops the alternative text of a plain PNG; an HTML widget keeps it.
        image = ipywidgets.HTML(_image(png, self.alt))
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
    figure.supxlabel(source, x=0.01, ha="left", fontsize=FONT_SIZE - 2, color=QUIET)
    return figure


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


def _image(png: str, alt: str) -> str:
    source = f"data:image/png;base64,{png}"
    return f'<img src="{source}" alt="{html.escape(alt, quote=True)}" style="max-width: 100%">'
