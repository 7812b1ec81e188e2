"""Tours: some views of the timeline, one after the other, with a short text each.

A text asks before it shows: each step is a question or a hint that the next view answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scidip.timeline.lanes import LANES
from scidip.timeline.selection import Selection


@dataclass(frozen=True)
class Step:
    """One view of a tour.

    Parameters
    ----------
    text : str
        What a reader is told or asked.
    selection : Selection
        Which events are shown.
    lanes : str
        What the lanes are, as in :func:`scidip.timeline.plot_timeline`.
    other : Selection, optional
        A second selection to compare with.
    selected : str
        The event_id of the event whose card is open.

    Raises
    ------
    ValueError
        The text is empty, or there are no such lanes.

    Examples
    --------
    >>> Step("What came before 1979?", Selection(last_year=1978)).lanes
    'aspect'
    """

    text: str
    selection: Selection = field(default_factory=Selection)
    lanes: str = "aspect"
    other: Selection | None = None
    selected: str = ""

    def __post_init__(self):
        if not isinstance(self.text, str) or not self.text.strip():
            raise ValueError("A step of a tour needs a text.")
        if self.lanes not in LANES:
            raise ValueError(
                f"There are no lanes by {self.lanes!r}; use one of {', '.join(LANES)}."
            )

    def to_state(self) -> dict:
        """Give the view as plain values, the form in which the browser holds it."""
        return {
            "filters": self.selection.to_state(),
            "lanes": self.lanes,
            "other": self.other.to_state() if self.other else None,
            "selected": self.selected,
        }


@dataclass(frozen=True)
class Tour:
    """A named list of steps.

    Parameters
    ----------
    title : str
        What stands on its button.
    steps : sequence of Step
        At least one.

    Raises
    ------
    ValueError
        There is no step.

    Examples
    --------
    >>> len(Tour("Two views", [Step("First."), Step("Second.")]).steps)
    2
    """

    title: str
    steps: Sequence[Step]

    def __post_init__(self):
        if not self.steps or not all(isinstance(step, Step) for step in self.steps):
            raise ValueError("A tour needs a list of one Step or more.")

    def to_state(self, key: str) -> dict:
        """Give the tour as plain values, the form in which the browser holds it."""
        steps = [{"text": step.text, "state": step.to_state()} for step in self.steps]
        return {"key": key, "title": self.title, "steps": steps}


TOURS = {
    "sta": Tour(
        "The life of one agreement",
        [
            Step(
                "The United States and China signed an agreement on science in January 1979, a "
                "month after they opened diplomatic relations. The words in the search field find "
                "its records. What do you expect to see: a line without a break, or stops and "
                "starts?",
                Selection(text="science agreement", actors=["USA", "CHN"], all_actors=True),
            ),
            Step(
                "Here it begins. Read the card. Was it a treaty? Who had to agree?",
                Selection(text="science agreement", actors="USA", last_year=1990),
                selected="1979-01-31-us-china-sta",
            ),
            Step(
                "An extension for one year only, in 2016. What does the card say about the time "
                "after it, and how sure is it?",
                Selection(text="agreement", actors="USA", first_year=2010, last_year=2020),
                selected="2016-04-sta-one-year-extension",
            ),
            Step(
                "August 2024: the agreement lapses. Then look at December of the same year. Was "
                "there a gap, or none? It depends on whom you ask.",
                Selection(text="science agreement", actors="USA", first_year=2022),
                selected="2024-08-27-sta-lapse",
            ),
        ],
    ),
    "before-after": Tour(
        "Before and after 1979",
        [
            Step(
                "Two selections on one axis: A is before 1979, B is from 1979 on. Which has more "
                "records in a year? Which share differs most? The words above the picture say it.",
                Selection(first_year=1979),
                other=Selection(last_year=1978),
            ),
            Step(
                "Now only the records in which the United States takes part. How much of the "
                "difference comes from this one partner?",
                Selection(first_year=1979, actors="USA"),
                other=Selection(last_year=1978, actors="USA"),
            ),
            Step(
                "And only the records with an African partner. Does the same year divide them, or "
                "would you cut elsewhere?",
                Selection(first_year=1979, actors="Africa"),
                other=Selection(last_year=1978, actors="Africa"),
            ),
        ],
    ),
    "advice": Tour(
        "Experts at the table",
        [
            Step(
                "Only the third aspect: knowledge or experts shape what diplomats say or sign. "
                "When does it begin, and where is it silent?",
                Selection(aspects="science_in_diplomacy"),
                lanes="domain",
            ),
            Step(
                "A meeting of scientists, and not of governments. Would you count it?",
                Selection(aspects="science_in_diplomacy", last_year=1990),
                selected="1957-pugwash-zhou-peiyuan",
            ),
            Step(
                "Climate only. Who speaks for whom in these records: a state, an institute, a "
                "person?",
                Selection(aspects="science_in_diplomacy", domains="climate"),
                lanes="tone",
            ),
        ],
    ),
}
