"""Four windows: one case, and what is said of it from the partner, China, the US and Europe.

A window is the place from which somebody speaks. :func:`voices` looks up who speaks, when and in
which text; :func:`plot_windows` draws the four windows, the partner first. A window in which the
course's tables have nobody is drawn as empty, because it is a gap in our sources.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import ipywidgets
import pandas as pd
from matplotlib.patches import Rectangle

from scidip import data
from scidip.figures import DescribedFigure
from scidip.style import FONT_SIZE, INK, QUIET
from scidip.widgets.explorable import Explorable, choice

WINDOWS = ("Partner", "China", "United States", "Europe")
EMPTY = "empty: nobody here in our tables"
SOURCE = (
    "Source: data/cards.csv and data/events.csv of this course. Who speaks decides the window, "
    "not who prints it."
)
COLUMNS = ["window", "words", "speaker", "kind", "date", "text", "source"]
WIDTH, WRAP = 7.6, 82  # inches; characters in a line
LINE, GAP, TOP, BOTTOM, LEFT = 0.175, 0.13, 0.52, 0.52, 1.35  # inches


@dataclass(frozen=True)
class Card:
    """A text of the table cards."""

    window: str
    card_id: str


@dataclass(frozen=True)
class Said:
    """Somebody's words as a record of the table events gives them, with the text it rests on."""

    window: str
    event_id: str
    source_id: str
    speaker: str
    kind: str
    words: str


@dataclass(frozen=True)
class Case:
    """One case: its title, the partner, and the voices."""

    title: str
    partner: str
    voices: tuple


_KENYA, _FELLOWS = "2016-09-26-sajorec-kenya", "2013-01-bai-chunli-twas-president"
_TELESCOPE, _CHILE = "2025-09-argentina-cart-telescope", "2026-01-chile-ends-ventarrones"
_ETHIOPIA, _NIGERIA = "2019-12-20-ethiopia-etrss-1", "2020-04-08-chinese-doctors-nigeria"
_UNION, _LANKA = "2018-01-26-african-union-data-report", "2021-10-29-sri-lanka-fertiliser"

CASES = {
    "Belt and Road science": Case(
        "Science with partners in Africa and in the Belt and Road Initiative",
        "Africa",
        (
            Card("Partner", "muchie2019"),
            Card("China", "qiushi2023"),
            Card("United States", "wagner2025"),
            Card("Europe", "natureindex2023"),
        ),
    ),
    "vaccines from China": Case(
        "COVID-19 vaccines from China, 2021 and 2022",
        "Argentina",
        (
            Card("Partner", "oliva2021"),
            Card("China", "vaccine2022"),
            Card("United States", "huang2021"),
            Card("Europe", "vadlamannati2024"),
        ),
    ),
    "fellowships": Case(
        "Paid places for researchers at the Chinese Academy of Sciences",
        "Nigeria",
        (
            Card("Partner", "oguzie2011"),
            Said(
                "China",
                _FELLOWS,
                "S194",
                "Bai Chunli, president of the Academy",
                "official claim",
                "The Academy launched doctoral places in China for 140 students a year from "
                "developing countries.",
            ),
            Card("Europe", "masood2019"),
        ),
    ),
    "centre in Kenya": Case(
        "The Sino-Africa Joint Research Centre at Juja, Kenya",
        "Kenya",
        (
            Card("Partner", "mohamed2018"),
            Said(
                "China",
                _KENYA,
                "S732",
                "Wang Yang, senior leader",
                "official claim",
                "The centre has its place in Africa policy.",
            ),
        ),
    ),
    "satellite of Ethiopia": Case(
        "Ethiopia's first satellite, ETRSS-1",
        "Ethiopia",
        (
            Said(
                "Partner",
                _ETHIOPIA,
                "S1068",
                "Ethiopia's space institute",
                "official claim",
                "Chinese and Ethiopian engineers designed it. China's government paid about six "
                "million of over seven million dollars.",
            ),
            Said(
                "China",
                _ETHIOPIA,
                "S1067",
                "Xinhua, state news agency",
                "official claim",
                "Ethiopia wants data on climate, farming and drought.",
            ),
        ),
    ),
    "telescope in Argentina": Case(
        "The end of the agreement on a radio telescope at El Leoncito, Argentina",
        "Argentina",
        (
            Said(
                "Partner",
                _TELESCOPE,
                "S1273",
                "officials of Argentina",
                "official claim",
                "There were irregular shipments; later: it is about technological sovereignty and "
                "possible strategic uses.",
            ),
            Said(
                "Partner",
                _TELESCOPE,
                "S1273",
                "University of San Juan, a partner",
                "opinion",
                "The project is purely scientific.",
            ),
            Said(
                "United States",
                _TELESCOPE,
                "S1275",
                "The New York Times",
                "report",
                "The United States had pressed Argentina and Chile to review Chinese telescopes.",
            ),
        ),
    ),
    "observatory in Chile": Case(
        "The end of the plan for an observatory at Cerro Ventarrones, Chile",
        "Chile",
        (
            Said(
                "Partner",
                _CHILE,
                "S1254",
                "foreign ministry of Chile",
                "official claim",
                "The university may not conclude such international agreements.",
            ),
            Said(
                "Partner",
                _CHILE,
                "S1256",
                "foreign minister of Chile",
                "official claim",
                "There was no outside pressure.",
            ),
            Said(
                "China",
                _CHILE,
                "S1257",
                "China's embassy",
                "official claim",
                "The United States interferes in Chile's decisions; the aims are scientific.",
            ),
            Said(
                "United States",
                _CHILE,
                "S1256",
                "the US ambassador",
                "official claim",
                "A warning of satellite tracking.",
            ),
        ),
    ),
    "doctors in Nigeria": Case(
        "A Chinese medical team in Nigeria, April 2020",
        "Nigeria",
        (
            Said(
                "Partner",
                _NIGERIA,
                "S1073",
                "Nigerian Medical Association",
                "opinion",
                "Publish the names and qualifications of the team.",
            ),
            Said(
                "Partner",
                _NIGERIA,
                "S1074",
                "health minister of Nigeria",
                "official claim",
                "The team were company staff and not guests.",
            ),
        ),
    ),
    "fertiliser in Sri Lanka": Case(
        "A cargo of fertiliser from China, stopped by Sri Lanka in 2021 (contested)",
        "Sri Lanka",
        (
            Said(
                "Partner",
                _LANKA,
                "S1191",
                "plant quarantine service of Sri Lanka",
                "official claim",
                "Samples of the fertiliser had harmful bacteria.",
            ),
            Said(
                "China",
                _LANKA,
                "S1192",
                "China's embassy",
                "official claim",
                "The goods had passed tests in China and of an international agency; a "
                "third-party test was refused.",
            ),
        ),
    ),
    "headquarters of the African Union": Case(
        "A newspaper's report on data of the African Union (contested, low confidence)",
        "African Union",
        (
            Said(
                "Partner",
                _UNION,
                "S1049",
                "chairman of the AU Commission",
                "official claim",
                "The report is false.",
            ),
            Said(
                "Partner",
                _UNION,
                "S1051",
                "Rwanda's president, then AU chairperson",
                "opinion",
                "Everybody spies; if only Africans had constructed the building.",
            ),
            Said(
                "China",
                _UNION,
                "S1048",
                "China's ambassador",
                "official claim",
                "The report is absurd.",
            ),
            Said(
                "Europe",
                _UNION,
                "S1048",
                "Le Monde, citing unnamed AU sources",
                "report",
                "Servers in the Chinese-built headquarters had sent data to Shanghai at night "
                "for years.",
            ),
        ),
    ),
}


def voices(case: str) -> pd.DataFrame:
    """Give the voices of a case, the partner first.

    Parameters
    ----------
    case : str
        One of the names in ``CASES``.

    Returns
    -------
    pandas.DataFrame
        One row for each voice, with the columns ``window``, ``words``, ``speaker``, ``kind``,
        ``date``, ``text`` (who printed it) and ``source`` (a card_id or source_id). An empty
        window has one row that says so.

    Raises
    ------
    ValueError
        There is no such case.

    Examples
    --------
    >>> voices("centre in Kenya")[["window", "kind"]].values.tolist()[:2]
    [['Partner', 'official claim'], ['China', 'official claim']]
    """
    if case not in CASES:
        raise ValueError(f"There is no case {case!r}; the cases are {', '.join(CASES)}.")
    rows = []
    for window in WINDOWS:
        found = [_look_up(voice) for voice in CASES[case].voices if voice.window == window]
        empty = dict.fromkeys(COLUMNS, "") | {"words": EMPTY, "kind": "none"}
        rows += [row | {"window": window} for row in found or [empty]]
    return pd.DataFrame(rows, columns=COLUMNS)


def empty_windows() -> pd.DataFrame:
    """Count the voices in each window of each case; 0 is an empty window.

    Returns
    -------
    pandas.DataFrame
        One row for each case, one column for each window.

    Examples
    --------
    >>> empty_windows().loc["centre in Kenya"].tolist()
    [1, 1, 0, 0]
    """
    counts = {
        case: [int((found["kind"] != "none").sum()) for _, found in _by_window(voices(case))]
        for case in CASES
    }
    return pd.DataFrame.from_dict(counts, orient="index", columns=list(WINDOWS))


def reading_list(lesson: str) -> pd.DataFrame:
    """Give the works of the bibliography that a lesson uses.

    Parameters
    ----------
    lesson : str
        Two digits, such as ``"08"``.

    Returns
    -------
    pandas.DataFrame
        Rows of the table ``bibliography``. The column ``window`` holds a list of windows for each
        work, since its authors may look from more than one.

    Raises
    ------
    ValueError
        No work belongs to this lesson.

    Examples
    --------
    >>> reading_list("08")["window"].iloc[3]
    ('Global South', 'Europe')
    """
    works = data.load("bibliography")
    found = works[[lesson in lessons for lessons in works["lessons"]]].reset_index(drop=True)
    if found.empty:
        known = ", ".join(sorted(set(works["lessons"].explode())))
        raise ValueError(f"The reading list has no lesson {lesson!r}; it has {known}.")
    return found


def plot_windows(case: str, hidden: bool = False) -> DescribedFigure:
    """Draw the four windows of a case, the partner first.

    Parameters
    ----------
    case : str
        One of the names in ``CASES``.
    hidden : bool
        Whether speakers and windows stay hidden, so that a reader can guess them. The voices then
        stand in the order of their words.

    Returns
    -------
    DescribedFigure
        7.6 inches wide; its alternative text has every voice with speaker, kind, date and text.

    Raises
    ------
    ValueError
        There is no such case.

    Examples
    --------
    >>> print(plot_windows("centre in Kenya").alt.splitlines()[3])
    United States, empty: nobody here in our tables.
    """
    table = voices(case)
    chosen = CASES[case]
    if hidden:
        spoken = table[table["kind"] != "none"].sort_values("words")
        blocks = [
            (f"Voice {place}", [(_sentence(words), "who speaks is hidden")])
            for place, words in enumerate(spoken["words"], start=1)
        ]
        lines = [f"{name}: {said[0][0]}" for name, said in blocks]
        gaps = int((table["kind"] == "none").sum())
        end = f"Who speaks from where? Empty windows: {gaps} of {len(WINDOWS)}."
    else:
        blocks, lines = [], []
        for window, found in _by_window(table):
            name = f"{window}\n({chosen.partner})" if window == "Partner" else window
            said = [(_sentence(row.words), _origin(row)) for row in found.itertuples(index=False)]
            blocks.append((name, said))
            lines += [_spoken(window, chosen.partner, row) for row in found.itertuples()]
        gaps = sum(found["kind"].iloc[0] == "none" for _, found in _by_window(table))
        end = f"Empty windows: {gaps} of {len(WINDOWS)}."
    alt = "\n".join([f"Four windows. {chosen.title}.", *lines, end])
    return _draw(blocks, chosen.title, alt, end)


def four_windows(case: str = "Belt and Road science") -> Explorable:
    """Choose a case and look at it through four windows; a tick hides who speaks.

    Parameters
    ----------
    case : str
        The case that is shown first.

    Returns
    -------
    Explorable
        With the controls ``case`` and ``hidden``; :func:`plot_windows` draws.

    Raises
    ------
    ValueError
        There is no such case.

    Examples
    --------
    >>> widget = four_windows()
    >>> widget.set(case="doctors in Nigeria", hidden=True)
    >>> print(repr(widget).splitlines()[-1])
    Who speaks from where? Empty windows: 3 of 4.
    """
    voices(case)  # raises when there is no such case
    box = ipywidgets.Checkbox(False, description="Hide who speaks", indent=False)
    box.layout.width = "auto"
    return Explorable(plot_windows, {"case": choice("Case", list(CASES), case), "hidden": box})


def _by_window(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(window, table[table["window"] == window]) for window in WINDOWS]


def _look_up(voice: Card | Said) -> dict[str, str]:
    if isinstance(voice, Card):
        row = data.load_shared("cards").set_index("card_id").loc[voice.card_id]
        speaker = f"{row['author'].split(', in ')[0]}, {row['window']}"
        return {
            "words": row["answer"], "speaker": speaker, "kind": row["kind"],
            "date": str(row["year"]), "text": row["work"], "source": voice.card_id,
        }  # fmt: skip
    links = data.load_shared("event_sources")
    linked = links[(links["event_id"] == voice.event_id) & (links["source_id"] == voice.source_id)]
    if linked.empty:
        raise ValueError(f"{voice.source_id} is no source of {voice.event_id}.")
    row = data.load_shared("sources").set_index("source_id").loc[voice.source_id]
    date = "no date" if pd.isna(row["published"]) else str(row["published"])
    return {
        "words": voice.words, "speaker": voice.speaker, "kind": voice.kind, "date": date,
        "text": row["publisher"], "source": voice.source_id,
    }  # fmt: skip


def _sentence(words: str) -> str:
    return (words[0].upper() + words[1:]).rstrip(".") + "."


def _origin(row) -> str:
    if row.kind == "none":
        return ""
    if row.source.startswith("S"):
        return f"{row.speaker}; {row.kind}; in {row.text}, {row.date} ({row.source})"
    return f"{row.speaker}; {row.kind}; {row.date} ({row.source})"


def _spoken(window: str, partner: str, row) -> str:
    name = f"{window} ({partner})" if window == "Partner" else window
    return f"{name}, {row.words}." if row.kind == "none" else (
        f"{name}: {_sentence(row.words)} [{_origin(row)}]"
    )  # fmt: skip


def _draw(blocks: list[tuple], title: str, alt: str, end: str) -> DescribedFigure:
    """Draw one framed window below the other."""
    wrapped = []
    for name, said in blocks:
        lines = []
        for words, origin in said:
            lines += [(line, INK) for line in textwrap.wrap(words, WRAP)]
            lines += [(line, QUIET) for line in textwrap.wrap(origin, WRAP)]
        wrapped.append((name, lines))
    heights = [max(len(lines), 2) * LINE + 2 * GAP for _, lines in wrapped]
    height = TOP + sum(heights) + GAP * len(heights) + BOTTOM
    figure = DescribedFigure(alt=alt, figsize=(WIDTH, height))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, WIDTH)
    ax.set_ylim(0, height)
    ax.text(0.1, height - 0.16, title, fontsize=FONT_SIZE + 1, color=INK, va="top")
    upper = height - TOP
    for (name, lines), tall in zip(wrapped, heights, strict=True):
        empty = len(lines) == 1 and lines[0][0].startswith("Empty: ")
        ax.add_patch(
            Rectangle(
                (0.1, upper - tall),
                WIDTH - 0.2,
                tall,
                facecolor="none",
                linewidth=0.9,
                edgecolor=QUIET if empty else INK,
                linestyle="--" if empty else "-",
            )
        )
        ax.text(0.22, upper - GAP, name, fontsize=FONT_SIZE, color=INK, va="top", weight="bold")
        for place, (line, color) in enumerate(lines):
            size = FONT_SIZE if color == INK else FONT_SIZE - 1
            ax.text(LEFT + 0.2, upper - GAP - place * LINE, line, fontsize=size,
                    color=QUIET if empty else color, va="top")  # fmt: skip
        upper -= tall + GAP
    ax.text(0.1, 0.4, end, fontsize=FONT_SIZE, color=INK, va="center")
    ax.text(0.1, 0.16, SOURCE, fontsize=FONT_SIZE - 2, color=QUIET, va="center")
    return figure
