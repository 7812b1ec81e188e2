"""The zone of possible agreement between parties, as numbers and as a picture."""

from __future__ import annotations

from scidip.figures import DescribedFigure, dress, write_source
from scidip.style import FONT_SIZE, INK, line_of


def zone(ranges: dict[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Give what all parties would accept.

    Parameters
    ----------
    ranges : dict of str to tuple of float
        For each party the least and the most that it would rather accept than no agreement.

    Returns
    -------
    tuple of float or None
        Least and most; None when the zone is empty.

    Raises
    ------
    ValueError
        There are fewer than two parties, or a range ends before it begins.

    Examples
    --------
    >>> zone({"Norland": (3, 10), "Westria": (1, 5)}), zone({"A": (1, 2), "B": (3, 4)})
    ((3, 5), None)
    """
    if len(ranges) < 2:
        raise ValueError("A zone needs at least two parties.")
    for party, (least, most) in ranges.items():
        if most < least:
            raise ValueError(f"The range of {party} ends before it begins; turn it round.")
    least = max(low for low, _ in ranges.values())
    most = min(high for _, high in ranges.values())
    return (least, most) if least <= most else None


def plot_zone(ranges: dict[str, tuple[float, float]], title: str, unit: str) -> DescribedFigure:
    """Draw the ranges of the parties, and the zone below them.

    Parameters
    ----------
    ranges : dict of str to tuple of float
        As in :func:`zone`.
    title, unit : str
        The line above the figure, and the words below its axis.

    Returns
    -------
    DescribedFigure
        7 inches wide.

    Examples
    --------
    >>> plot_zone({"Norland": (3, 10), "Westria": (1, 5)}, "An invented case", "years")
    Bars along one axis. An invented case (years). Norland: 3 to 10. Westria: 1 to 5. Zone of \
possible agreement: 3 to 5.
    """
    common = zone(ranges)
    found = f"{common[0]} to {common[1]}" if common else "empty"
    said = " ".join(f"{party}: {low} to {high}." for party, (low, high) in ranges.items())
    figure = DescribedFigure(
        alt=f"Bars along one axis. {title} ({unit}). {said} Zone of possible agreement: {found}.",
        figsize=(7, 0.9 + 0.5 * (len(ranges) + 1)), layout="constrained",
    )  # fmt: skip
    ax = figure.subplots()
    bars = {**ranges, "zone": common} if common else {**ranges, "zone (empty)": None}
    for place, (name, span) in enumerate(bars.items()):
        if span is None:
            continue
        is_zone = name == "zone"
        ax.barh(place, span[1] - span[0], left=span[0], height=0.5,
                color=INK if is_zone else line_of("", place).color,
                hatch="" if is_zone else ["//", "..", "xx"][place % 3],
                edgecolor="white")  # fmt: skip
        ax.annotate(f"{span[0]} to {span[1]}", (span[1], place), xytext=(5, 0),
                    textcoords="offset points", va="center", fontsize=FONT_SIZE - 1)  # fmt: skip
    ax.set_yticks(range(len(bars)), list(bars))
    ax.set_ylim(len(bars) - 0.5, -0.5)
    ax.set_xlim(0, max(high for _, high in ranges.values()) * 1.12)
    dress(ax, title, grid="x")
    ax.set_xlabel(unit, fontsize=FONT_SIZE - 1, color=INK)
    write_source(figure, "Invented for the course.")
    return figure
