"""Two maps that need no internet: places outside China and the United States, and Antarctica.

The outlines of land are in data/coastline.csv. The maps show no border, because many are contested,
and the numbers beside the marks lead to the table that says the same in words.
"""

from __future__ import annotations

import math

import matplotlib.path
import pandas as pd
from matplotlib.patches import PathPatch

from scidip import data
from scidip.figures import DescribedFigure, write_source
from scidip.style import FONT_SIZE, INK, QUIET, TONES

LAND, MARK = "#e4e4e4", "#0072B2"
KINDS = {
    "laboratory": ("laboratory or centre", "o"),
    "telescope": ("telescope or observatory", "^"),
    "station": ("ground or polar station", "s"),
    "satellite": ("plan for satellites", "D"),
    "call": ("call for experiments", "P"),
}

# Which kind a record is: a reading of ours, one record for each place.
PLACES = {
    "2014-09-ebola-sierra-leone-lab": "laboratory",
    "2016-09-26-sajorec-kenya": "laboratory",
    "2011-07-mozambique-farm-centre": "laboratory",
    "2018-04-10-china-arab-beidou-centre": "laboratory",
    "2012-02-13-brazil-china-nanotechnology-centre": "laboratory",
    "2001-juncao-papua-new-guinea": "laboratory",
    "2016-10-12-myanmar-biodiversity-institute": "laboratory",
    "2014-09-13-tajikistan-ecology-centre": "laboratory",
    "2015-04-20-china-pakistan-hydropower-centre": "laboratory",
    "2023-10-25-china-pakistan-earth-sciences-centre": "laboratory",
    "2013-10-cassaca-santiago": "telescope",
    "2016-10-maidanak-telescope": "telescope",
    "2018-10-18-china-iceland-observatory": "telescope",
    "2006-02-san-juan-laser-station": "telescope",
    "2025-09-argentina-cart-telescope": "telescope",
    "2026-01-chile-ends-ventarrones": "telescope",
    "2000-10-china-namibia-tracking-station": "station",
    "2026-02-12-namibia-ground-station": "station",
    "2003-11-kiribati-tracking-station": "station",
    "2004-07-28-yellow-river-station": "station",
    "2015-02-argentina-neuquen-station": "station",
    "2002-11-27-cbers-3-4-protocol": "satellite",
    "2007-11-28-cbers-for-africa": "satellite",
    "2010-12-13-bolivia-satellite-contract": "satellite",
    "2019-06-12-un-css-nine-experiments": "call",
}
# Countries of places that are no actor of an event; regions as in the table actors.
NO_ACTOR = {"AUT": "Europe", "ISL": "Europe", "SJM": "Europe"}
# Where the names of stations in Antarctica stand beside their marks, in points.
BESIDE = {
    "Great Wall": (7, -3), "Zhongshan": (7, -5), "Kunlun": (-14, 7), "Taishan": (-5, -13),
    "Qinling": (-47, -7), "McMurdo": (-56, -2), "Amundsen-Scott South Pole": (-67, -3),
    "Vostok": (6, 2), "Bharati": (7, 5), "Jang Bogo": (8, -4),
}  # fmt: skip


def places() -> pd.DataFrame:
    """Give the places of the map: records of the course with a laboratory, telescope and so on.

    Returns
    -------
    pandas.DataFrame
        One row for each record, by date, with the columns ``number`` (on the map), ``year``,
        ``kind``, ``title``, ``place``, ``region``, ``tone``, ``latitude``, ``longitude`` (degrees)
        and ``event_id``.

    Examples
    --------
    >>> places().loc[0, ["year", "kind", "place"]].to_dict()
    {'year': 2000, 'kind': 'station', 'place': 'Swakopmund'}
    """
    events = data.load_shared("events")
    found = events[events["event_id"].isin(PLACES)].sort_values(["date", "event_id"])
    found = found.assign(
        year=found["date"].str[:4].astype(int),
        kind=found["event_id"].map(PLACES),
        number=range(1, len(found) + 1),
        region=[_region(row) for row in found.itertuples()],
    )
    columns = ["number", "year", "kind", "title", "place", "region", "tone", "latitude"]
    return found[[*columns, "longitude", "event_id"]].reset_index(drop=True)


def plot_places(table: pd.DataFrame, title: str, source: str) -> DescribedFigure:
    """Draw places on a map of the world without borders, each with its number.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of :func:`places`.
    title, source : str
        The line above the map, and the source line below it.

    Returns
    -------
    DescribedFigure
        8 by 4.5 inches. Its alternative text lists every place by kind, with its number and year.
        A filled mark is cooperation, a hollow one friction, a half-filled one both, and the text
        gives the numbers of the last two.

    Raises
    ------
    ValueError
        There is no row, or a row has a kind that the map does not know.

    Examples
    --------
    >>> namibia = places().query("place == 'Swakopmund'")
    >>> print(plot_places(namibia, "One place", "Source: data/events.csv."))
    Map of the world without borders. One place. Ground or polar station
    (1): 1 Swakopmund 2000. Regions: Africa 1. Marks: all are
    cooperation.
    """
    unknown = sorted(set(table["kind"]) - set(KINDS))
    if table.empty or unknown:
        raise ValueError(f"The map needs rows of places(), with the kinds {', '.join(KINDS)}.")
    figure = DescribedFigure(alt="", figsize=(8, 4.5), layout="constrained")
    ax = figure.subplots()
    _draw_land(ax, lambda longitude, latitude: (longitude, latitude))
    said = []
    for kind, (words, marker) in KINDS.items():
        rows = table[table["kind"] == kind]
        for row in rows.itertuples():
            ax.plot(row.longitude, row.latitude, marker, color=MARK, ms=7,
                    fillstyle=TONES[row.tone], markerfacecoloralt="white", mew=1.2)  # fmt: skip
        if len(rows):
            ax.plot([], [], marker, color=MARK, ms=7, linestyle="none", label=words)
            listed = ", ".join(
                f"{row.number} {row.place.split(',')[0]} {row.year}" for row in rows.itertuples()
            )
            said.append(f"{words[0].upper()}{words[1:]} ({len(rows)}): {listed}.")
    for names, longitude, latitude in _groups(table):
        ax.annotate(names, (longitude, latitude), xytext=(5, 4), textcoords="offset points",
                    fontsize=FONT_SIZE - 1, color=INK)  # fmt: skip
    _no_axes(ax, (-180, 180), (-58, 84))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False,
              fontsize=FONT_SIZE - 1, labelcolor=INK)  # fmt: skip
    ax.set_title(title, loc="left", fontsize=FONT_SIZE + 1, color=INK)
    write_source(figure, source)
    counts = table["region"].value_counts(sort=False).sort_index().sort_values(ascending=False)
    regions = ", ".join(f"{region} {count}" for region, count in counts.items())
    figure.alt = (
        f"Map of the world without borders. {title}. {' '.join(said)} Regions: {regions}. "
        f"Marks: {_marks(table)}."
    )
    return figure


def plot_antarctica(title: str, source: str) -> DescribedFigure:
    """Draw the stations of data/antarctic_stations.csv around the South Pole.

    Parameters
    ----------
    title, source : str
        The line above the map, and the source line below it.

    Returns
    -------
    DescribedFigure
        5.6 by 4.4 inches. Squares are Chinese stations, circles those of other states.

    Examples
    --------
    >>> "Great Wall 1985" in plot_antarctica("Stations", "Source: none.").alt
    True
    """
    stations = data.load_shared("antarctic_stations")
    figure = DescribedFigure(alt="", figsize=(5.6, 4.4), layout="constrained")
    ax = figure.subplots()
    _draw_land(ax, _from_pole, below=-60, edge=0)
    for row in stations.itertuples():
        x, y = _from_pole(row.longitude, row.latitude)
        chinese = row.operator == "CHN"
        ax.plot(x, y, "s" if chinese else "o", color=MARK if chinese else INK, ms=6,
                fillstyle="full" if chinese else "none", mew=1.2)  # fmt: skip
        name = row.station.split()[-2:] if "Pole" in row.station else [row.station]
        ax.annotate(" ".join(name), (x, y), xytext=BESIDE.get(row.station, (6, 4)),
                    textcoords="offset points", fontsize=FONT_SIZE - 1,
                    color=MARK if chinese else INK)  # fmt: skip
    _no_axes(ax, (-34, 34), (-26, 26))
    ax.set_title(title, loc="left", fontsize=FONT_SIZE + 1, color=INK)
    write_source(figure, source)
    names = data.load_shared("entities").set_index("entity")["name"]
    said = [
        f"{names[code]}: "
        + ", ".join(f"{row.station} {row.opened[:4]}" for row in rows.itertuples())
        for code, rows in stations.groupby("operator", sort=False)
    ]
    figure.alt = f"Map of Antarctica without borders. {title}. {'; '.join(said)}."
    return figure


def _marks(table: pd.DataFrame) -> str:
    """Which numbers have a hollow or a half-filled mark."""
    said = []
    for tone, words in {"friction": "hollow, friction", "mixed": "half-filled, both"}.items():
        numbers = table.loc[table["tone"] == tone, "number"]
        if len(numbers):
            said.append(f"{words}: {', '.join(map(str, numbers))}")
    if not said:
        return "all are cooperation"
    others = len(table) - table["tone"].isin(["friction", "mixed"]).sum()
    return "; ".join([*said, "full, cooperation: all others"] if others else said)


def _region(row) -> str:
    """The region of a place: that of its country, by the UN standard M49."""
    regions = data.load_shared("actors").set_index("code")["region"].to_dict()
    return (regions | NO_ACTOR)[row.country]


def _draw_land(ax, project, below: float | None = None, edge: float = 0.3) -> None:
    """Draw all outlines as one shape, so that a sea within land stays open."""
    points, codes = [], []
    for _, ring in data.load_shared("coastline").groupby("ring"):
        if below is not None and ring["latitude"].min() > below:
            continue
        shape = [project(x, y) for x, y in zip(ring["longitude"], ring["latitude"], strict=True)]
        points += [*shape, shape[0]]
        codes += [1, *[2] * (len(shape) - 1), 79]  # move to, line to, close
    shape = matplotlib.path.Path(points, codes)
    ax.add_patch(PathPatch(shape, facecolor=LAND, edgecolor=QUIET, linewidth=edge, zorder=0))


def _from_pole(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees from the South Pole, with longitude 0 upwards."""
    angle = math.radians(longitude)
    return (90 + latitude) * math.sin(angle), (90 + latitude) * math.cos(angle)


def _groups(table: pd.DataFrame) -> list[tuple[str, float, float]]:
    """Numbers of places that are so near each other that they share a label."""
    groups: list[list] = []
    for row in table.itertuples():
        for group in groups:
            if abs(group[1] - row.longitude) < 6 and abs(group[2] - row.latitude) < 6:
                group[0].append(str(row.number))
                break
        else:
            groups.append([[str(row.number)], row.longitude, row.latitude])
    return [(", ".join(names), longitude, latitude) for names, longitude, latitude in groups]


def _no_axes(ax, width: tuple, height: tuple) -> None:
    ax.set_xlim(*width)
    ax.set_ylim(*height)
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
