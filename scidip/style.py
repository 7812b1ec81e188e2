"""The one look of the course: an aspect has one colour, one marker and one word everywhere.

Colours are from the Okabe-Ito palette. This triple keeps a contrast of 3.8:1 or more on white, and
stays apart for readers who see few colours; the usual blue, orange and green do not. A tone never
rests on colour: filled marks are cooperation, hollow ones friction, half-filled ones mixed.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT_SIZE = 10
INK = "#1a1a1a"
QUIET = "#595959"
GRID = "#d9d9d9"


@dataclass(frozen=True)
class Aspect:
    """How one aspect of science diplomacy is named and drawn.

    Parameters
    ----------
    number : int
        1, 2 or 3, the order in which the course teaches the aspects.
    key : str
        The value in data/events.csv.
    word : str
        The name for people.
    color : str
        Hexadecimal colour on a light ground.
    marker : str
        A matplotlib marker.
    symbol : str
        The same marker as a character, for text.
    """

    number: int
    key: str
    word: str
    color: str
    marker: str
    symbol: str


ASPECTS = (
    Aspect(1, "diplomacy_for_science", "Diplomacy for science", "#0072B2", "o", "●"),
    Aspect(2, "science_for_diplomacy", "Science for diplomacy", "#D55E00", "s", "■"),
    Aspect(3, "science_in_diplomacy", "Science in diplomacy", "#000000", "^", "▲"),
)

# How much of a mark is filled, in the names that matplotlib uses.
TONES = {"cooperation": "full", "friction": "none", "mixed": "left"}

DOMAINS = {
    "agriculture": "Agriculture",
    "ai_digital": "AI and digital",
    "biotech": "Biotechnology",
    "climate": "Climate and environment",
    "education": "Education",
    "general": "Science in general",
    "health": "Health",
    "infrastructure": "Infrastructure",
    "nuclear": "Nuclear",
    "ocean": "Ocean",
    "physics": "Physics",
    "polar": "Polar regions",
    "quantum": "Quantum",
    "semiconductors": "Semiconductors",
    "space": "Space",
    "telecom": "Telecommunications",
}


@dataclass(frozen=True)
class Line:
    """How one country or group is drawn in a chart of lines, everywhere in the course.

    Parameters
    ----------
    color : str
        Hexadecimal colour, with a contrast of 3:1 or more on white.
    dash : str
        A matplotlib line style, so that the line is known without its colour.
    marker : str
        A matplotlib marker.
    """

    color: str
    dash: str
    marker: str


# Okabe-Ito colours that keep 3:1 on white; each country also has its own dash and marker.
LINES = {
    "CHN": Line("#D55E00", "-", "s"),
    "USA": Line("#0072B2", "-", "o"),
    "GBR": Line("#000000", "--", "D"),
    "DEU": Line("#5D5D00", "-.", "v"),
    "JPN": Line("#9E2A7A", ":", "^"),
    "IND": Line("#00705A", "--", "P"),
    "KOR": Line("#6B4C9A", "-.", "X"),
    "FRA": Line("#44566C", ":", "<"),
    "RUS": Line("#7A5230", "--", ">"),
    "BRA": Line("#8A6A00", "-.", "^"),
    "ETH": Line("#4B3FA8", "--", "P"),
    "PAK": Line("#2E7D32", ":", "D"),
    "WORLD": Line(QUIET, "-", "."),
}
OTHER_LINES = (
    Line("#0072B2", "-", "o"),
    Line("#D55E00", "--", "s"),
    Line("#000000", "-.", "^"),
    Line("#6B4C9A", ":", "D"),
    Line("#00705A", "--", "P"),
    Line("#7A5230", "-.", "X"),
)


def line_of(entity: str, place: int = 0) -> Line:
    """Give the look of an entity: its own, that of China's partner in a pair, or one by place.

    Examples
    --------
    >>> line_of("CHN-GBR") == line_of("GBR")
    True
    """
    one, _, other = entity.partition("-")
    found = LINES.get(other or one)
    return found or OTHER_LINES[place % len(OTHER_LINES)]
