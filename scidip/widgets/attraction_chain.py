"""The attraction chain: from what a state has to what it gains, with the evidence for each step.

A case is told in six steps. :func:`chain` looks up what the course's tables hold for each of them;
:func:`plot_chain` draws it, with the steps that a reader accepts, and names the first missing link.
The same six questions are put to every state.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_

import ipywidgets
import pandas as pd

from scidip import data
from scidip.figures import DescribedFigure
from scidip.style import FONT_SIZE, GRID, INK, QUIET
from scidip.widgets.explorable import Explorable, choice

STEPS = {
    "resource": "What does the state have that others may want?",
    "offer": "What does it make available, and on which terms?",
    "uptake": "What is in fact taken or used, and by whom?",
    "perception": "What do people then think of the state?",
    "behaviour": "What do they then do?",
    "outcome": "What does the state gain by it in its relations?",
}
NO_EVIDENCE = "no evidence here yet"

SOURCE = (
    "Source: the tables in data/ of this course; brackets name date, kind and source. "
    "A gap may lie in our search."
)
WIDTH, WRAP = 7.6, 82  # inches; characters in a line of evidence
LINE, GAP, LEAST, TOP, BOTTOM = 0.165, 0.2, 0.48, 0.5, 0.62  # inches


@dataclass(frozen=True)
class Figure:
    """A figure of a series: where it stands, and what one must know to read it."""

    step: str
    series: str
    entity: str
    period: str
    measure: str
    caveat: str = ""
    source_id: str = ""
    official: bool = False  # whether a party to the case counts itself


@dataclass(frozen=True)
class Call:
    """A step of a call to foreign scientists, from the table openness_funnel."""

    step: str
    case_id: str
    caveat: str


@dataclass(frozen=True)
class Record:
    """A record of the table events: its title, or in other words what in it belongs to the step."""

    step: str
    event_id: str
    caveat: str = ""
    words: str = ""


@dataclass(frozen=True)
class Card:
    """A card: its answer, or in other words what in it belongs to the step."""

    step: str
    card_id: str
    caveat: str
    words: str = ""


@dataclass(frozen=True)
class Case:
    """A case: its name for people, and where the tables hold evidence for it."""

    label: str
    evidence: tuple[Figure | Call | Record | Card, ...]


CASES = {
    "space station": Case(
        "China Space Station: the call of 2018 for experiments",
        (
            Record(
                "resource",
                "2025-02-28-pakistan-astronaut-agreement",
                "Later than the call. We have no record of how the station was built.",
            ),
            Call("offer", "china-space-station-2018", ""),
            Call(
                "uptake",
                "china-space-station-2018",
                "China is one of the countries. Whether the experiments have flown is not here.",
            ),
        ),
    ),
    "Moon samples": Case(
        "Chang'e-5: the first loans of Moon samples",
        (
            Record("resource", "2025-04-24-change-5-samples-loaned"),
            Call("offer", "change-5-samples-2023", ""),
            Call(
                "uptake",
                "change-5-samples-2023",
                "Some sources say that five of the seven signed on the day.",
            ),
            Record(
                "behaviour",
                "2023-11-29-nasa-change5-certification",
                "An act of one agency. It used an exception that its law already had.",
            ),
            Record(
                "outcome",
                "2024-06-change6-samples-offer",
                "This speaks against a change: the US law stayed.",
            ),
        ),
    ),
    "vaccines from China": Case(
        "COVID-19 vaccines from China",
        (
            Record("resource", "2021-05-07-sinopharm-eul"),
            Figure("offer", "vaccines", "WORLD", "2022-12-28", "doses_promised_as_gift"),
            Figure("offer", "vaccines", "WORLD", "2022-12-28", "doses_sold"),
            Figure(
                "uptake",
                "vaccines",
                "WORLD",
                "2022-12-28",
                "doses_delivered",
                "What is promised or sold need not have arrived.",
            ),
            Card("perception", "huang2021", "One author, early, from outside."),
            Record(
                "perception",
                "2020-pentagon-sinovac-disinformation",
                "A Pentagon document later admitted such messages; a spokeswoman accused China of "
                "disinformation. China's embassy protested. It measures no image.",
            ),
        ),
    ),
    "vaccines from the United States": Case(
        "COVID-19 vaccines given by the United States",
        (
            Card(
                "offer",
                "huang2021",
                "Said in passing, in March 2021.",
                "Russia, India and now the United States compete with China",
            ),
            Figure(
                "uptake",
                "vaccines",
                "USA",
                "2023-03-17",
                "doses_given_by_donor",
                "Shipped gifts. Our tables hold no figure for pledges and sales.",
                official=True,
            ),
        ),
    ),
    "students in China": Case(
        "Students from abroad in China",
        (
            Figure("resource", "articles", "CHN", "2022", "articles"),
            Record(
                "offer",
                "2013-01-bai-chunli-twas-president",
                "One programme among others.",
                "The Academy of Sciences launches 140 doctoral places a year, later up to 200",
            ),
            Figure(
                "uptake",
                "students_in_china",
                "WORLD",
                "2018",
                "students_in_china",
                "Short courses are counted too.",
                official=True,
            ),
            Figure(
                "uptake",
                "students_in_china",
                "WORLD",
                "2018",
                "scholarship_holders",
                "A scholarship is also a payment.",
                official=True,
            ),
            Card(
                "perception",
                "jiracheewewong2020",
                "34 students; the abstract names no group to compare with.",
            ),
            Card(
                "behaviour",
                "jiracheewewong2020",
                "They say so. Nobody observed it.",
                "Holders of scholarships advise close friends to study in China",
            ),
        ),
    ),
    "students in the United States": Case(
        "Students from abroad in the United States",
        (
            Figure("resource", "articles", "USA", "2022", "articles"),
            Record("offer", "2025-08-25-trump-600000-students", "A statement, not a rule."),
            Record(
                "offer",
                "2025-05-28-us-chinese-student-visas",
                "It takes an offer away. Our choice of records: the US order of 2020 to end "
                "Fulbright exchanges with China is not here.",
            ),
            Figure(
                "uptake",
                "students_in_usa",
                "WORLD",
                "2024/25",
                "students_in_usa",
                "People in work training after a degree are counted too.",
            ),
        ),
    ),
    "Confucius Institutes": Case(
        "Confucius Institutes (language and culture: a contrast to science)",
        (
            Record("resource", "2004-11-21-confucius-institute-seoul"),
            Figure(
                "offer",
                "confucius_institutes",
                "WORLD",
                "2018-12",
                "institutes",
                "Xinhua has 525 at that time.",
                "hanban2018",
                official=True,
            ),
            Figure(
                "uptake",
                "confucius_institutes",
                "WORLD",
                "2018-12",
                "host_countries",
                "Xinhua has 138 at that time.",
                "hanban2018",
                official=True,
            ),
            Record(
                "perception",
                "2020-08-13-confucius-institute-us-center",
                "The view of one government, no survey. The centre answered that it neither "
                "managed nor funded the institutes in the United States; China's foreign "
                "ministry protested.",
            ),
            Figure(
                "behaviour",
                "confucius_institutes",
                "USA",
                "2015-06",
                "institutes",
                "All hosts in the United States; the highest count here.",
                official=True,
            ),
            Figure(
                "behaviour",
                "confucius_institutes",
                "USA",
                "2023",
                "institutes",
                "At universities and colleges only. Who closed the others, and why, is not here.",
                "nasem2023",
            ),
        ),
    ),
}


def value(series: str, entity: str, period: str, measure: str) -> int | float:
    """Look up one figure of a series.

    Parameters
    ----------
    series : str
        The table in data/series, such as ``"vaccines"``.
    entity, period, measure : str
        Who, when and what, as in the table.

    Returns
    -------
    int or float
        The figure, in the unit that the table names; a whole number is an int.

    Raises
    ------
    ValueError
        No row, or more than one, has these three.

    Examples
    --------
    >>> value("vaccines", "WORLD", "2021-06-15", "doses_delivered")
    272
    """
    number = float(_row(series, entity, period, measure)["value"])
    return int(number) if number.is_integer() else number


def yearly(series: str, entity: str, measure: str, since: int = 1949) -> pd.Series:
    """Give the figures of one entity, by year.

    Parameters
    ----------
    series, entity, measure : str
        As in :func:`value`.
    since : int
        The first year.

    Returns
    -------
    pandas.Series
        The figures, with the years as index; years without a figure are not in it.

    Raises
    ------
    ValueError
        There is no figure, or a year has more than one.

    Examples
    --------
    >>> yearly("views_of_china", "USA", "gallup_favourable", since=2022).tolist()
    [20, 15]
    """
    table = data.load_shared(f"series/{series}")
    rows = table[(table["entity"] == entity) & (table["measure"] == measure)]
    rows = rows[rows["year"] >= since].sort_values("year")
    if rows.empty or not rows["year"].is_unique:
        what = "no figure" if rows.empty else "more than one figure in a year"
        raise ValueError(f"{series} has {what} for {entity}, {measure}, from {since} on.")
    return rows.set_index("year")["value"]


def names_of(rows: pd.DataFrame, **others: str) -> list[str]:
    """Give the names of the entities of some rows of a series, a word a line for narrow bars.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with a column ``entity``.
    **others : str
        Another name for an entity, where its own would mislead.

    Returns
    -------
    list of str
        One name for each row, in the same order.

    Examples
    --------
    >>> names_of(pd.DataFrame({"entity": ["NGA", "ZAF"]}))
    ['Nigeria', 'South\\nAfrica']
    >>> names_of(pd.DataFrame({"entity": ["WORLD"]}), WORLD="All donors")
    ['All\\ndonors']
    """
    names = data.load_shared("entities").set_index("entity")["name"].to_dict() | others
    return [names[entity].replace(" ", "\n") for entity in rows["entity"]]


def chain(case: str) -> pd.DataFrame:
    """Give the six steps of a case with the evidence that the course's tables hold.

    Parameters
    ----------
    case : str
        One of the names in ``CASES``.

    Returns
    -------
    pandas.DataFrame
        One row for each piece of evidence, in the order of the steps, with the columns ``step``,
        ``evidence``, ``kind`` (record, study, opinion, figure and so on), ``year``, ``source`` and
        ``caveat``. A step without evidence has one row that says so.

    Raises
    ------
    ValueError
        There is no such case.

    Examples
    --------
    >>> chain("space station").loc[2, "evidence"]
    '9 of 42 proposals chosen (from 27 countries; the chosen are from 17)'
    """
    if case not in CASES:
        raise ValueError(f"There is no case {case!r}; the cases are {', '.join(CASES)}.")
    rows = []
    for step in STEPS:
        found = [_look_up(entry) for entry in CASES[case].evidence if entry.step == step]
        empty = {"evidence": NO_EVIDENCE, "kind": "none", "year": "", "source": "", "caveat": ""}
        rows += [{"step": step} | row for row in found or [empty]]
    return pd.DataFrame(rows)


def missing_link(case: str, accepted: Iterable[str] = ()) -> str | None:
    """Name the first step that does not hold: not accepted, or without evidence.

    Parameters
    ----------
    case : str
        One of the names in ``CASES``.
    accepted : iterable of str
        The steps whose evidence the reader accepts.

    Returns
    -------
    str or None
        The name of the step; None when all six hold.

    Raises
    ------
    ValueError
        There is no such case or step.

    Examples
    --------
    >>> missing_link("space station", ["resource", "offer", "uptake", "perception"])
    'perception'
    """
    accepted = _known_steps(accepted)
    table = chain(case)
    holds = set(table.loc[table["kind"] != "none", "step"]) & accepted
    return next((step for step in STEPS if step not in holds), None)


def plot_chain(case: str, accepted: Iterable[str] = ()) -> DescribedFigure:
    """Draw the chain of a case, from the resource above to the outcome below.

    A full mark is a step that is accepted, an empty one has evidence that is not accepted, a cross
    has no evidence here. The line ends at the first missing link.

    Parameters
    ----------
    case : str
        One of the names in ``CASES``.
    accepted : iterable of str
        The steps whose evidence the reader accepts. A step without evidence can't be accepted; the
        figure says so.

    Returns
    -------
    DescribedFigure
        7.6 inches wide; its alternative text has every step, its evidence and the missing link.

    Raises
    ------
    ValueError
        There is no such case or step.

    Examples
    --------
    >>> print(plot_chain("space station", ["resource", "offer", "uptake"]).alt.splitlines()[-1])
    First missing link: perception.
    """
    accepted = _known_steps(accepted)
    table = chain(case)
    missing = missing_link(case, accepted)
    blocks, spoken = [], []
    for number, (step, question) in enumerate(STEPS.items(), start=1):
        rows = table[table["step"] == step]
        state = _state(step in accepted, rows["kind"].iloc[0] != "none")
        lines = [question]
        for row in rows.itertuples():
            lines += textwrap.wrap(
                _sentence(row), WRAP, subsequent_indent="   ", break_on_hyphens=False
            )
        blocks.append((f"{number} {step}", state, lines, step == missing))
        evidence = " ".join(_sentence(row) for row in rows.itertuples())
        spoken.append(f"{number} {step} ({state}): {evidence}")
    end = f"First missing link: {missing}." if missing else "No link is missing."
    alt = "\n".join([f"Attraction chain. {CASES[case].label}.", *spoken, end])
    return _draw(blocks, CASES[case].label, end, alt)


def attraction_chain(case: str = "vaccines from China") -> Explorable:
    """Make the widget: a list of cases, and one tick box for each step.

    Parameters
    ----------
    case : str
        The case of the opening view.

    Returns
    -------
    Explorable
        Its controls are ``case`` and the six steps by name.

    Examples
    --------
    >>> widget = attraction_chain("space station")
    >>> widget.set(resource=True)
    >>> print(widget.figure.alt.splitlines()[-1])
    First missing link: offer.
    """
    chain(case)
    controls = {
        "case": choice("Case", [(found.label, name) for name, found in CASES.items()], case)
    }
    for number, step in enumerate(STEPS, start=1):
        controls[step] = ipywidgets.Checkbox(
            value=False, description=f"{number} {step}", indent=False, layout={"width": "8.5em"}
        )

    def draw(case, **ticks):
        return plot_chain(case, [step for step, ticked in ticks.items() if ticked])

    return Explorable(draw, controls)


def _known_steps(accepted: Iterable[str]) -> set[str]:
    accepted = {accepted} if isinstance(accepted, str) else set(accepted)
    unknown = sorted(map(str, accepted - set(STEPS)))
    if unknown:
        raise ValueError(f"There is no step {unknown[0]!r}; the steps are {', '.join(STEPS)}.")
    return accepted


def _row(series: str, entity: str, period: str, measure: str, source_id: str = "") -> pd.Series:
    table = data.load_shared(f"series/{series}")
    asked = {"entity": entity, "period": period, "measure": measure}
    if source_id:
        asked["source_id"] = source_id
    rows = table[reduce(and_, (table[column] == wanted for column, wanted in asked.items()))]
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} rows of {series} have {', '.join(asked.values())}.")
    return rows.iloc[0]


def _look_up(entry: Figure | Call | Record | Card) -> dict[str, str]:
    match entry:
        case Figure():
            row = _row(entry.series, entry.entity, entry.period, entry.measure, entry.source_id)
            source = data.load_shared("series_sources").set_index("source_id").loc[row["source_id"]]
            amount = float(row["value"])
            amount = f"{amount:,.0f}" if amount >= 1000 else f"{amount:.1f}".removesuffix(".0")
            found = {
                "evidence": f"{amount} {row['unit']}",
                "kind": "official figure" if entry.official else "figure",
                "year": row["period"],
                "source": source["publisher"].split(" (")[0].split(",")[0],
            }
        case Call():
            row = data.load_shared("openness_funnel").set_index("case_id").loc[entry.case_id]
            found = _call(entry.step, row)
        case Record():
            row = data.load_shared("events").set_index("event_id").loc[entry.event_id]
            found = {
                "evidence": entry.words or row["title"],
                "kind": "record",
                "year": row["date"],
                "source": entry.event_id,
            }
        case Card():
            row = data.load_shared("cards").set_index("card_id").loc[entry.card_id]
            found = {
                "evidence": entry.words or row["answer"].removesuffix("."),
                "kind": row["kind"],
                "year": row["year"],
                "source": entry.card_id,
            }
    return found | {"caveat": entry.caveat}


def _call(step: str, row: pd.Series) -> dict[str, str]:
    found = {"kind": "record", "source": row["event_id"]}
    if step == "offer":
        words = f"{row['case']}: open to scientists of other states"
        return found | {"evidence": words, "year": row["call"]}
    asked = row["units"].split(";")[0].split(" for ")[0].removeprefix("applications: ")
    words = (
        f"{row['selected']} of {row['applications']} {asked} chosen "
        f"(from {row['applicant_countries']} countries; the chosen are from "
        f"{row['selected_countries']})"
    )
    return found | {"evidence": words, "year": row["decided"]}


def _state(ticked: bool, has_evidence: bool) -> str:
    if has_evidence:
        return "accepted" if ticked else "not accepted"
    return "ticked, but no evidence" if ticked else "no evidence"


def _sentence(row) -> str:
    if row.kind == "none":
        return f"{row.evidence.capitalize()}."
    words = f"{row.evidence} ({row.year}; {row.kind}; {row.source})."
    return f"{words} {row.caveat}".strip()


def _draw(blocks: list[tuple], title: str, end: str, alt: str) -> DescribedFigure:
    # A step is as high as its evidence, or as the two or three lines below its mark.
    heights = [
        max(LINE * len(lines) + GAP, LEAST + LINE * is_missing)
        for _, _, lines, is_missing in blocks
    ]
    height = TOP + sum(heights) + BOTTOM
    figure = DescribedFigure(alt=alt, figsize=(WIDTH, height))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, WIDTH)
    ax.set_ylim(height, 0)
    small = FONT_SIZE - 1.5
    ax.text(0.18, 0.26, title, fontsize=FONT_SIZE + 1, color=INK, va="center")
    down, before, broken = TOP + 0.12, None, False
    for (name, state, lines, is_missing), size in zip(blocks, heights, strict=True):
        broken = broken or is_missing
        if before is not None:
            look = {"color": GRID, "linestyle": ":"} if broken else {"color": INK}
            ax.plot([0.3, 0.3], [before + 0.09, down - 0.09], linewidth=2, **look)
        marker = "x" if "no evidence" in state else "o"
        fill = INK if state == "accepted" else "white"
        ax.plot(0.3, down, marker, ms=9, mec=INK, mfc=fill, mew=1.6)
        ax.text(0.52, down, name, fontsize=FONT_SIZE, color=INK, va="center", weight="bold")
        ax.text(0.52, down + 0.18, state, fontsize=small, color=QUIET, va="center")
        if is_missing:
            ax.text(0.52, down + 0.35, "first missing link", fontsize=small, color=INK, va="center",
                    style="italic")  # fmt: skip
        for place, line in enumerate(lines):
            look = {"color": QUIET, "style": "italic"} if place == 0 else {"color": INK}
            ax.text(1.95, down + place * LINE, line, fontsize=small, va="center", **look)
        before, down = down, down + size
    ax.text(0.18, height - 0.42, end, fontsize=FONT_SIZE, color=INK, va="center", weight="bold")
    ax.text(0.18, height - 0.18, SOURCE, fontsize=FONT_SIZE - 2, color=QUIET, va="center")
    return figure
