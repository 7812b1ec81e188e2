"""Lesson 01: sort short cases by the three aspects, and the figures and tables of that lesson.

:func:`judge_case` is the rule. The sorter steps through cases as text, so it draws nothing; in a
saved notebook and in print it is a table of its cases and of the answers so far.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

import ipywidgets
import pandas as pd

from scidip import data
from scidip.cases import NONE, case_row, in_words, judge_case
from scidip.figures import DescribedFigure, in_lines, plot_bars, write_source
from scidip.status import status_box
from scidip.style import ASPECTS, FONT_SIZE, INK
from scidip.timeline import plot_timeline
from scidip.widgets.stepper import Stepper

__all__ = [
    "AspectSorter",
    "answers",
    "judge_case",
    "plot_crossing",
    "plot_rows",
    "plot_windows",
    "wordings",
]

# Short enough for a narrow window, which would cut a longer line.
QUESTIONS = {
    1: "so that science can happen?",
    2: "so that relations change?",
    3: "do experts shape the words?",
}
PURPOSES = ("national needs", "cross-border interests", "global needs", NONE)
WINDOWS = ("Europe", "United States", "China", "Global South", "international")


class AspectSorter(Stepper):
    """Step through cases, choose aspects or none, and read why a choice holds or not.

    Parameters
    ----------
    cases : iterable of str, optional
        Names of cases in the table ``cases``; all of them by default.

    Attributes
    ----------
    answers : dict of str to set
        What was chosen for each case that was checked last: numbers of aspects, or ``"none"``.
    results : dict of str to str
        The status of each case.

    Raises
    ------
    ValueError
        There is no such case, or there are no cases at all.

    Examples
    --------
    >>> sorter = AspectSorter(["phone-sales"])
    >>> sorter.choose("none")
    >>> sorter.check()
    'correct'
    >>> sorter
    Aspect sorter. 1 case: 1 correct, 0 not yet, 0 not tried yet.
    1. phone-sales: none, correct. A Chinese company becomes the biggest
       seller of telephones in several countries.
    """

    title = "Aspect sorter"
    noun = "case"

    def __init__(self, cases: Iterable[str] | None = None):
        names = list(data.load_shared("cases")["case_id"]) if cases is None else list(cases)
        self._texts = {name: case_row(name)["case"] for name in names}
        super().__init__(list(self._texts))
        self._case, self._said, self._count = (ipywidgets.HTML() for _ in range(3))
        self.boxes = {
            aspect.number: _box(
                f"{aspect.symbol} {aspect.number} {aspect.word}: {QUESTIONS[aspect.number]}"
            )
            for aspect in ASPECTS
        }
        self.boxes[NONE] = _box("None: each question gets a no.")
        for label, box in self.boxes.items():
            box.observe(lambda change, label=label: self._ticked(label, change.new), names="value")
        row = self._make_buttons(
            {"Check": self.check, "Previous case": self.previous, "Next case": self.next}
        )
        self._show()
        self.children = [self._case, *self.boxes.values(), row, self._said, self._count]

    @property
    def case(self) -> str:
        """The name of the case that is shown."""
        return self._here

    @property
    def labels(self) -> set:
        """What is ticked now."""
        return {label for label, box in self.boxes.items() if box.value}

    def choose(self, *labels: int | str) -> None:
        """Tick these boxes and no others.

        Raises
        ------
        ValueError
            There is no such box, or "none" stands beside an aspect.
        """
        judge_case(self.case, labels)
        for label, box in self.boxes.items():
            box.value = label in labels

    def check(self) -> str:
        """Judge what is ticked, show why, and give the status."""
        status, message = judge_case(self.case, self.labels)
        if self.labels:
            self.answers[self.case] = self.labels
            self.results[self.case] = status
        self._messages[self.case] = status_box(status, f"<b>{status}</b>. {html.escape(message)}")
        self._show_result()
        return status

    def table(self) -> pd.DataFrame:
        """Give the cases with the answers so far, one row each."""
        return pd.DataFrame(
            {
                "number": range(1, len(self._names) + 1),
                "case": list(self._texts.values()),
                "your answer": [_answer(self.answers.get(name)) for name in self._names],
                "result": list(self.results.values()),
            }
        )

    def __repr__(self):
        rows = (
            f"{number}. {name}: {_answer(self.answers.get(name))}, {self.results[name]}. {text}"
            for number, (name, text) in enumerate(self._texts.items(), start=1)
        )
        # JupyterLab would break a long line in the middle of a word.
        folded = (in_lines(row, indent="   ") for row in rows)
        return "\n".join([self._summary(), *folded])

    def _ticked(self, label: int | str, ticked: bool) -> None:
        """None and an aspect exclude each other."""
        if not ticked:
            return
        for other, box in self.boxes.items():
            if (label == NONE) != (other == NONE):
                box.value = False

    def _show(self) -> None:
        answer = self.answers.get(self.case, set())
        for label, box in self.boxes.items():
            box.value = label in answer
        place = f"Case {self._place + 1} of {len(self._names)}."
        text = html.escape(self._texts[self.case])
        self._case.value = f'<div role="status"><b>{place}</b> {text}</div>'
        self._show_result()

    def _show_result(self) -> None:
        self._said.value = self._messages[self.case]
        self._count.value = _count_table(self.count())


def wordings(*frameworks: str) -> pd.DataFrame:
    """Put the wordings of some frameworks side by side, category by category.

    Parameters
    ----------
    *frameworks : str
        The beginnings of their names in the table ``definitions``, such as ``"rs2010"``.

    Returns
    -------
    pandas.DataFrame
        Columns ``category``, ``framework`` and ``wording``. A category that two frameworks share
        stands in neighbouring rows.

    Raises
    ------
    ValueError
        There is no framework with this name.

    Examples
    --------
    >>> wordings("rs2010", "eeas")["category"].tolist()[:3]
    ['diplomacy for science', 'diplomacy for science', 'science for diplomacy']
    """
    table = data.load_shared("definitions")
    name = table["definition_id"].str.rsplit("-", n=1).str[0]
    for wanted in frameworks:
        if wanted not in set(name):
            known = ", ".join(name.unique())
            raise ValueError(f"There is no framework {wanted!r}; the frameworks are {known}.")
    parts = [table[name == wanted] for wanted in frameworks]
    chosen = pd.concat(parts)
    first = {category: place for place, category in enumerate(dict.fromkeys(chosen["category"]))}
    chosen = chosen.sort_values("category", key=lambda column: column.map(first), kind="stable")
    return chosen[["category", "framework", "wording"]].reset_index(drop=True)


def answers(cards: Iterable[str]) -> pd.DataFrame:
    """Give what some texts answer to a lesson's question, in the order in which they are named.

    Parameters
    ----------
    cards : iterable of str
        Names of cards in the table ``cards``, such as ``"luo2021"``.

    Returns
    -------
    pandas.DataFrame
        Columns ``author``, ``window``, ``kind`` and ``answer``.

    Raises
    ------
    ValueError
        There is no card with this name.

    Examples
    --------
    >>> answers(["ruffini2020"])["answer"].tolist()
    ['Usual definitions show cooperation and hide competition.']
    """
    table = data.load_shared("cards").set_index("card_id")
    wanted = list(cards)
    for name in wanted:
        if name not in table.index:
            raise ValueError(f"There is no card {str(name)[:30]!r} in data/cards.csv.")
    return table.loc[wanted, ["author", "window", "kind", "answer"]].reset_index(drop=True)


def plot_rows(rows: Sequence[Mapping]) -> DescribedFigure:
    """Draw a few events that were typed in, in the three bands of the course.

    Parameters
    ----------
    rows : list of dict
        Each has ``"date"`` (ISO 8601), ``"title"`` and ``"aspects"``, a list of the numbers 1 to 3.

    Returns
    -------
    DescribedFigure
        10 inches wide.

    Raises
    ------
    ValueError
        A row has no date, no title, or an aspect that does not exist; the message names the row.

    Examples
    --------
    >>> print(plot_rows([{"date": "1979", "title": "A treaty", "aspects": [1, 2]}]).alt)
    Timeline. 1 of 1 event is shown, in 1979.
    By aspect (an event may have several): Diplomacy for science 1, Science for diplomacy 1, \
Science in diplomacy 0.
    """
    keys = {aspect.number: aspect.key for aspect in ASPECTS}
    table = []
    for number, row in enumerate(rows, start=1):
        for aspect in row.get("aspects", []):
            if aspect not in keys:
                raise ValueError(f"Row {number} has the aspect {aspect!r}; write 1, 2 or 3.")
        aspects = [keys[aspect] for aspect in row.get("aspects", [])]
        table.append({**row, "aspects": aspects})
    columns = ["date", "title", "aspects"]
    return plot_timeline(
        pd.DataFrame(table, columns=columns),
        title="Three aspects",
        source="Source: the rows typed in the cell above, which are records of data/events.csv.",
    )


def plot_crossing(cases: pd.DataFrame) -> DescribedFigure:
    """Draw how the aspects of 2010 and the purposes of 2017 cross in a table of cases.

    Parameters
    ----------
    cases : pandas.DataFrame
        The table ``cases``. A case counts in each box of its aspects (our reading) and of its
        purposes (each that can be defended).

    Returns
    -------
    DescribedFigure
        7.5 by 3.6 inches: a grid with one row for each aspect, one column for each purpose, and
        the number of cases in each box.

    Examples
    --------
    >>> from scidip import data
    >>> plot_crossing(data.load("cases")).alt.splitlines()[-1]
    'no aspect: national needs 1, cross-border interests 0, global needs 0, no purpose 1.'
    """
    keys = {aspect.key: f"{aspect.number} {aspect.word}" for aspect in ASPECTS}
    keys[NONE] = "no aspect"
    grid = pd.DataFrame(0, index=list(keys), columns=list(PURPOSES))
    for labels, purposes in zip(cases["labels"], cases["purposes"], strict=True):
        for label in labels:
            for purpose in purposes:
                grid.loc[label, purpose] += 1
    title = f"{len(cases)} cases by aspect (2010) and by purpose (2017)"
    heads = [purpose if purpose != NONE else "no purpose" for purpose in PURPOSES]
    lines = [
        f"{word}: " + ", ".join(f"{head} {n}" for head, n in zip(heads, grid.loc[key], strict=True))
        for key, word in keys.items()
    ]
    words = f"Grid. {title}. A case may count in several boxes."
    figure = DescribedFigure(
        alt="\n".join([words, *(f"{line}." for line in lines)]),
        figsize=(7.5, 3.6),
        layout="constrained",
    )
    ax = figure.subplots()
    for row, key in enumerate(keys):
        for column, purpose in enumerate(PURPOSES):
            number = int(grid.loc[key, purpose])
            # The area of a square grows with the number that stands in it.
            ax.scatter(column, row, s=190 * number, marker="s", color="#d0d0d0")
            ax.text(column, row, number, ha="center", va="center", fontsize=FONT_SIZE, color=INK)
    ax.set_xticks(range(len(heads)), [head.replace("border ", "border\n") for head in heads])
    ax.set_yticks(range(len(keys)), keys.values())
    ax.set_xlim(-0.6, len(PURPOSES) - 0.4)
    ax.set_ylim(len(keys) - 0.4, -0.6)
    ax.tick_params(length=0, labelsize=FONT_SIZE, labelcolor=INK)
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    ax.set_title(title, loc="left", fontsize=FONT_SIZE + 1, color=INK, pad=12)
    source = "Source: data/cases.csv; our reading of the cases, which are no sample."
    write_source(figure, source)
    return figure


def plot_windows(lesson: str) -> DescribedFigure:
    """Draw from where the works of a lesson look, as bars.

    Parameters
    ----------
    lesson : str
        Two digits, such as ``"01"``.

    Returns
    -------
    DescribedFigure
        A work with two windows counts in both bars.

    Raises
    ------
    ValueError
        The bibliography has no work for this lesson.

    Examples
    --------
    >>> plot_windows("01").alt.split(". ")[0]
    'Bar chart'
    """
    works = data.load_shared("bibliography")
    used = works[[lesson in lessons for lessons in works["lessons"]]]
    if used.empty:
        raise ValueError(f"The bibliography has no work for lesson {lesson!r}.")
    found = used["window"].explode()
    counts = [int((found == window).sum()) for window in WINDOWS]
    return plot_bars(
        list(WINDOWS), counts,
        title=f"From where the {len(used)} works of this lesson look (some from two windows)",
        source="Source: data/bibliography.csv; windows by the institution of the authors.",
    )  # fmt: skip


def _box(text: str) -> ipywidgets.Checkbox:
    return ipywidgets.Checkbox(
        value=False, description=text, indent=False, layout={"width": "auto"}
    )


def _answer(labels: set | None) -> str:
    if not labels:
        return "no answer"
    return in_words(label for label in labels if label != NONE)


def _count_table(counts: dict[str, int]) -> str:
    # Inside a widget, cells have no space of their own between them.
    style = 'style="text-align: left; padding: 0 1.6em 0 0"'
    head = "".join(f'<th scope="col" {style}>{state}</th>' for state in counts)
    row = "".join(f"<td {style}>{number}</td>" for number in counts.values())
    return f"<table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>"
