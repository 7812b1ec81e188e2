"""The counting lens of lesson 04: the same joint papers, counted in six ways.

Each way answers another question, so the words below the picture always say what is drawn, what
it is divided by, and what it can't show. The invented papers are for learning how to count; the
real numbers are whole counts and can't be turned into fractions.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scidip import data
from scidip.figures import DescribedFigure, plot_bars, plot_lines
from scidip.style import FONT_SIZE, INK, LINES, OTHER_LINES, Line
from scidip.widgets.explorable import Explorable, choice, number

FIRST_YEAR, LAST_YEAR = 1990, 2023
MOST_PARTNERS = 6

LENSES = {
    "toy_full": "invented papers, full counting",
    "toy_fractional": "invented papers, fractional counting",
    "number": "number of joint papers",
    "share_of_china": "share of China's international papers",
    "share_of_partner": "share of the partner's international papers",
    "index": "index, base year = 100",
}
COUNTINGS = ("full", "fractional")

# One source for each series: where two sources differ, they must not be joined into one line.
SERIES = {
    "copublications": "openalex-bavla",
    "rd_share": "wdi-open-numbers",
    "articles": "wdi-open-numbers",
}

# The 28 partners of China in series/copublications, by name.
PARTNERS = {
    "AUS": "Australia", "BRA": "Brazil", "CAN": "Canada", "EGY": "Egypt", "ETH": "Ethiopia",
    "FRA": "France", "DEU": "Germany", "HUN": "Hungary", "IND": "India", "IRN": "Iran",
    "ITA": "Italy", "JPN": "Japan", "KAZ": "Kazakhstan", "KEN": "Kenya", "MYS": "Malaysia",
    "NGA": "Nigeria", "PAK": "Pakistan", "RUS": "Russia", "SAU": "Saudi Arabia", "SRB": "Serbia",
    "SGP": "Singapore", "ZAF": "South Africa", "KOR": "South Korea", "THA": "Thailand",
    "UKR": "Ukraine", "GBR": "United Kingdom", "USA": "United States", "VNM": "Vietnam",
}  # fmt: skip

SOURCE = (
    "Source: OpenAlex, 27 August 2024, counted by V. Batagelj (series/copublications). "
    "Whole counts."
)
TOY_SOURCE = "Source: none. The papers are invented (copub_toy)."
CAREFUL = (
    "Careful: in this state of the database most pairs grew faster in 2020 than in the years "
    "beside it, and 2023 was still filling up. A paper of three countries counts in three pairs."
)


def by_year(entity: str, series: str = "copublications") -> pd.Series:
    """Give the figures of one country or pair, with the years as index.

    Parameters
    ----------
    entity : str
        A country such as ``"CHN"``, or a pair such as ``"CHN-PAK"``.
    series : str
        ``"copublications"`` (whole counts of papers; of a country, those with authors under another
        code), ``"rd_share"`` (per cent of gross domestic product) or ``"articles"`` (articles,
        fractional count). Each from one source only.

    Returns
    -------
    pandas.Series
        One value for each year that the source has.

    Raises
    ------
    ValueError
        There is no such series, or it has no figures for the entity.

    Examples
    --------
    >>> int(by_year("CHN-USA")[2016])
    50424
    """
    if series not in SERIES:
        raise ValueError(f"There is no series {series!r}; the series are {', '.join(SERIES)}.")
    table = data.load_shared(f"series/{series}")
    table = table[table["source_id"] == SERIES[series]]
    rows = table[table["entity"] == entity]
    if rows.empty:
        known = ", ".join(sorted(set(table["entity"])))
        raise ValueError(f"The series {series} has no figures for {entity!r}; it has {known}.")
    values = rows.set_index("year")["value"].sort_index()
    values.index = values.index.astype("int64")
    return values.rename(entity)


def points(papers: pd.DataFrame, counting: str) -> pd.DataFrame:
    """Give each country its points for each paper.

    Parameters
    ----------
    papers : pandas.DataFrame
        One row for each author, with the columns ``paper_id`` and ``country``.
    counting : str
        ``"full"``: a whole point for each country with at least one author. ``"fractional"``: one
        point for each paper, divided equally among its authors.

    Returns
    -------
    pandas.DataFrame
        One row for each paper and country, with the columns ``paper_id``, ``country``, ``points``.

    Raises
    ------
    ValueError
        There is no such way of counting.

    Examples
    --------
    >>> paper = pd.DataFrame({"paper_id": ["p", "p", "p"], "country": ["CHN", "CHN", "USA"]})
    >>> points(paper, "full")["points"].tolist()
    [1.0, 1.0]
    >>> points(paper, "fractional")["points"].round(2).tolist()
    [0.67, 0.33]
    """
    if counting not in COUNTINGS:
        raise ValueError(f"There is no counting {counting!r}; choose {' or '.join(COUNTINGS)}.")
    authors = papers.groupby(["paper_id", "country"], sort=False).size()
    if counting == "full":
        given = authors.clip(upper=1)
    else:
        given = authors / authors.groupby("paper_id").transform("sum")
    return given.astype(float).rename("points").reset_index()


def counting_lens(
    lens: str, partners: Sequence[str] = ("USA",), base_year: int = 2015
) -> DescribedFigure:
    """Draw joint papers in one of six ways, and say in words what is drawn.

    Parameters
    ----------
    lens : str
        A key of ``LENSES``. ``"toy_full"`` and ``"toy_fractional"`` draw points of the invented
        papers. The others draw real pairs: ``"number"`` in papers, ``"share_of_china"`` and
        ``"share_of_partner"`` in per cent, ``"index"`` with 100 in the base year.
    partners : sequence of str
        One to six codes, such as ``["USA", "PAK"]``; of no effect for the invented papers.
    base_year : int
        From 1990 to 2023; of effect for the index only.

    Returns
    -------
    DescribedFigure
        Its alternative text is the caption. A line that can't be computed is not drawn, and the
        caption says why.

    Raises
    ------
    ValueError
        There is no such lens, partner or base year.

    Examples
    --------
    >>> counting_lens("share_of_partner", ["PAK"]).alt.splitlines()[1]
    'No line for Pakistan: the table has no number of all its international papers.'
    """
    if lens not in LENSES:
        raise ValueError(f"There is no lens {lens!r}; the lenses are {', '.join(LENSES)}.")
    if lens.startswith("toy_"):
        return _draw_toy(lens.removeprefix("toy_"))
    partners = _checked(partners)
    if base_year not in range(FIRST_YEAR, LAST_YEAR + 1):
        raise ValueError(f"The base year is {base_year!r}; it lies from 1990 to 2023.")
    lines, missing = {}, []
    for code in partners:
        line, reason = _line(lens, code, int(base_year))
        if line is None:
            missing.append(f"No line for {PARTNERS[code]}: {reason}.")
        else:
            lines[PARTNERS[code]] = line
    title, unit, meaning = _words(lens, partners, int(base_year))
    figure = plot_lines(lines, title, unit, SOURCE, looks=_looks(partners))
    ax = figure.axes[0]
    if not lines:
        ax.set_axis_off()
        ax.text(0.5, 0.5, "\n".join(missing), transform=ax.transAxes, ha="center", color=INK)
    elif lens in ("number", "index"):
        _mark_2020(ax)
    figure.alt = "\n".join([meaning, *missing, figure.alt, CAREFUL])
    return figure


class CountingLens(Explorable):
    """The counting lens with its controls: way of counting, two partners, base year.

    Parameters
    ----------
    lens, partner, second : str
        What is shown first; ``second`` may be ``""`` for one partner only.
    base_year : int
        The year that the index takes as 100.

    Examples
    --------
    >>> lens = CountingLens()
    >>> lens.set(lens="index", partner="ETH", second="", base_year=2010)
    >>> "Ethiopia 7" in repr(lens)
    True
    """

    def __init__(
        self,
        lens: str = "share_of_partner",
        partner: str = "JPN",
        second: str = "GBR",
        base_year: int = 2015,
    ):
        names = [(name, code) for code, name in PARTNERS.items()]
        controls = {
            "lens": choice("Count", [(words, key) for key, words in LENSES.items()], lens),
            "partner": choice("China and", names, partner),
            "second": choice("and, to compare,", [("nobody else", ""), *names], second),
            "base_year": number("Base year", base_year, FIRST_YEAR, LAST_YEAR),
        }
        controls["base_year"].layout.width = "12em"  # room for its label and four digits
        super().__init__(_draw, controls)


def _draw(lens: str, partner: str, second: str, base_year: int) -> DescribedFigure:
    return counting_lens(lens, [partner, second] if second else [partner], base_year)


def _checked(partners: Sequence[str]) -> list[str]:
    """Refuse what is no partner; the same partner twice is drawn once."""
    codes = [partners] if isinstance(partners, str) else list(dict.fromkeys(partners))
    for code in codes:
        if code not in PARTNERS:
            raise ValueError(f"There is no partner {code!r}; choose from {', '.join(PARTNERS)}.")
    if not 1 <= len(codes) <= MOST_PARTNERS:
        raise ValueError(f"There are {len(codes)} partners; choose one to {MOST_PARTNERS}.")
    return codes


def _line(lens: str, code: str, base_year: int) -> tuple[pd.Series | None, str]:
    """Compute one line, or say why it can't be computed."""
    joint = by_year(f"CHN-{code}")
    if lens == "number":
        return joint, ""
    if lens == "index":
        if joint[base_year] == 0:
            return None, f"there was no joint paper in {base_year}, and nothing divides by zero"
        return 100 * joint / joint[base_year], ""
    try:
        whole = by_year("CHN" if lens == "share_of_china" else code)
    except ValueError:
        return None, "the table has no number of all its international papers"
    return 100 * joint / whole, ""


def _words(lens: str, partners: list[str], base_year: int) -> tuple[str, str, str]:
    """Give title, unit, and what the picture means in words."""
    both = "papers with at least one author in China and one in the partner country"
    if lens == "number":
        return "Joint papers with China, by partner", "papers", f"Drawn: number of {both}, by year."
    if lens == "index":
        starts = ", ".join(
            f"{PARTNERS[code]} {by_year(f'CHN-{code}')[base_year]:,}" for code in partners
        )
        return (
            f"Joint papers with China, index ({base_year} = 100)",
            f"index, {base_year} = 100",
            f"Drawn: number of {both}, divided by that of {base_year}, times 100. The height says "
            f"how fast each line moves, not how many papers there are. Papers in {base_year}: "
            f"{starts}.",
        )
    whose = "China's" if lens == "share_of_china" else "the partner's own"
    differ = "" if lens == "share_of_china" else " Each line has its own denominator."
    return (
        f"Joint papers with China, share of {whose} international papers",
        "per cent",
        f"Drawn: number of {both}, in per cent of {whose} papers with authors under any "
        f"other country code.{differ}",
    )


def _mark_2020(ax) -> None:
    """Draw the upright line at 2020; its words stand on the left, where the lines are low."""
    ax.axvline(2020, color=INK, linewidth=1, linestyle="--")
    ax.annotate(
        "2020 is doubtful", (2020, ax.get_ylim()[1]), xytext=(-4, -2), va="top",
        textcoords="offset points", ha="right", fontsize=FONT_SIZE - 2, color=INK,
    )  # fmt: skip


def _looks(partners: list[str]) -> dict[str, Line]:
    """Give each partner its look; those without one of their own get a colour that is free."""
    looks = {PARTNERS[code]: LINES[code] for code in partners if code in LINES}
    # China's colour is no partner's.
    taken = {look.color for look in looks.values()} | {LINES["CHN"].color}
    spare = [*OTHER_LINES, *LINES.values()]
    for code in partners:
        if PARTNERS[code] not in looks:
            look = next(look for look in spare if look.color not in taken)
            taken.add(look.color)
            looks[PARTNERS[code]] = look
    return looks


def _draw_toy(counting: str) -> DescribedFigure:
    papers = data.load_shared("copub_toy")
    totals = {
        way: points(papers, way).groupby("country")["points"].sum().to_dict() for way in COUNTINGS
    }
    # Both ways keep one order of the bars, so that they can be compared.
    order = sorted(totals["full"], key=lambda code: (-totals["full"][code], code))
    names = {"CHN": "China", **PARTNERS}
    values = [
        int(totals["full"][code]) if counting == "full" else round(totals[counting][code], 2)
        for code in order
    ]
    figure = plot_bars(
        [names[code].replace(" ", "\n") for code in order],
        values,
        f"Points of each country for twelve INVENTED papers, {counting} counting",
        TOY_SOURCE,
    )
    rule = {
        "full": "each country with at least one author of a paper gets a whole point",
        "fractional": "each paper is worth one point, which is divided equally among its authors",
    }[counting]
    figure.alt = (
        f"Drawn: points of each country for twelve invented papers; {rule}. Partners and base year "
        f"have no effect here.\n{figure.alt}"
    )
    return figure
