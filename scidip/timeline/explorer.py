"""How a person explores the events: plain controls, joined in the browser to one drawn view.

The controls are ordinary ipywidgets. ``jslink`` ties them to the view, which filters and draws in
the browser, so that a click needs no kernel. Python reads the controls, never the view: where no
browser is, in tests and under nbval, a link carries nothing.
"""

from __future__ import annotations

from pathlib import Path

import anywidget
import ipywidgets
import pandas as pd
import traitlets

from scidip import data
from scidip.figures import to_png
from scidip.style import ASPECTS, DOMAINS, TONES
from scidip.timeline.figure import plot_timeline, to_years, year_range
from scidip.timeline.selection import (
    Selection,
    date_in_words,
    describe,
    members,
    require,
    searchable,
)

HERE = Path(__file__).parent
TONE_SYMBOLS = {"cooperation": "●", "friction": "○", "mixed": "◐"}


class TimelineView(anywidget.AnyWidget):
    """The drawn timeline with its card and table: explorer.js, fed by these values."""

    _esm = HERE / "explorer.js"
    _css = HERE / "explorer.css"

    events = traitlets.List().tag(sync=True)
    lanes = traitlets.List().tag(sync=True)
    tones = traitlets.List().tag(sync=True)
    actors = traitlets.List().tag(sync=True)
    domains = traitlets.List().tag(sync=True)
    years = traitlets.List().tag(sync=True)

    aspect_1 = traitlets.Bool(True).tag(sync=True)
    aspect_2 = traitlets.Bool(True).tag(sync=True)
    aspect_3 = traitlets.Bool(True).tag(sync=True)
    tone_1 = traitlets.Bool(True).tag(sync=True)
    tone_2 = traitlets.Bool(True).tag(sync=True)
    tone_3 = traitlets.Bool(True).tag(sync=True)
    actor = traitlets.Int(0).tag(sync=True)
    domain = traitlets.Int(0).tag(sync=True)
    first_year = traitlets.Int().tag(sync=True)
    last_year = traitlets.Int().tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)


class TimelineExplorer(ipywidgets.VBox):
    """Explore events on a timeline: filter, search, and read each event with its sources.

    In JupyterLab it is a widget. A saved notebook, GitHub and print show the same view as a
    picture, with a sentence that says what is shown.

    Parameters
    ----------
    events : pandas.DataFrame, optional
        Events as :func:`scidip.data.load` gives them; all of the course's by default.
    selection : Selection, optional
        The opening view; all events by default.

    Attributes
    ----------
    selection : pandas.DataFrame
        The events that are shown now.
    criteria : Selection
        How they were chosen.
    selected : str
        The event_id of the event whose card is open, or "".

    Examples
    --------
    >>> explorer = TimelineExplorer(selection=Selection(last_year=1960, actor="SUN"))
    >>> len(explorer.selection)
    3
    >>> explorer.to_code()
    "TimelineExplorer(events, Selection(actor='SUN', last_year=1960))"
    """

    def __init__(self, events: pd.DataFrame | None = None, selection: Selection | None = None):
        self.events = data.load("events") if events is None else events
        require(self.events)
        self._first, self._last = year_range(self.events, Selection())
        actors = data.load_shared("actors").set_index("code")
        # Events of a reader's own may have actors and fields that the course's tables do not know.
        codes = {code for cell in self.events["actors"] for code in cell}
        names = {code: actors["name"].get(code, code) for code in codes}
        found = sorted(codes, key=names.get)
        regions = sorted(set(actors["region"].reindex(found).dropna()))
        self._actors = ["", *regions, *found]
        self._domains = ["", *sorted(set(self.events["domain"]), key=_field)]

        self.aspects = [_checkbox(f"{aspect.symbol} {aspect.word}") for aspect in ASPECTS]
        self.tones = [_checkbox(f"{TONE_SYMBOLS[tone]} {tone}") for tone in TONES]
        labels = [f"{region} (all its actors)" for region in regions]
        labels += [f"{names[code]} ({code})" for code in found]
        self.actor = _dropdown("Actor", ["any actor", *labels])
        self.domain = _dropdown("Field", ["any field", *map(_field, self._domains[1:])])
        self.first_year = self._year_box("From", self._first)
        self.last_year = self._year_box("To", self._last)
        self.text = ipywidgets.Text(
            description="Search", placeholder="words in title or summary",
            style={"description_width": "initial"}, layout={"width": "20em"},
        )  # fmt: skip

        self.view = TimelineView(
            events=_records(self.events, names),
            lanes=[{"number": a.number, "word": a.word, "symbol": a.symbol} for a in ASPECTS],
            tones=list(TONES),
            actors=[sorted(members(a, self.events)) if a else [] for a in self._actors],
            domains=self._domains,
            years=[self._first, self._last],
            first_year=self._first,
            last_year=self._last,
        )
        self.show(selection or Selection())
        for trait, control in self._controls().items():
            ipywidgets.jslink((control, _synced(control)), (self.view, trait))
        rows = [self.aspects, self.tones, [self.actor, self.domain],
                [self.first_year, self.last_year, self.text]]  # fmt: skip
        wrap = {"flex_flow": "row wrap", "grid_gap": "0 12px"}
        super().__init__([*(ipywidgets.HBox(row, layout=wrap) for row in rows), self.view])

    def _controls(self) -> dict[str, ipywidgets.Widget]:
        """Name the view's value that each control sets."""
        return {
            **{f"aspect_{number}": box for number, box in enumerate(self.aspects, start=1)},
            **{f"tone_{number}": box for number, box in enumerate(self.tones, start=1)},
            "actor": self.actor,
            "domain": self.domain,
            "first_year": self.first_year,
            "last_year": self.last_year,
            "text": self.text,
        }

    def _year_box(self, label: str, value: int) -> ipywidgets.BoundedIntText:
        return ipywidgets.BoundedIntText(
            value, min=self._first, max=self._last, description=label,
            style={"description_width": "initial"}, layout={"width": "8em"},
        )  # fmt: skip

    def show(self, selection: Selection) -> None:
        """Move the controls to a selection.

        Parameters
        ----------
        selection : Selection
            What to show. Years outside the table's are moved to its first or last year.

        Raises
        ------
        ValueError
            The events have no such actor or domain.
        """
        for kind, value, known in [
            ("actor", selection.actor, self._actors),
            ("domain", selection.domain, self._domains),
        ]:
            if value not in known:
                raise ValueError(f"No event has the {kind} {value!r}. Look for its code in events.")
        for box, aspect in zip(self.aspects, ASPECTS, strict=True):
            box.value = aspect.key in selection.aspects
        for box, tone in zip(self.tones, TONES, strict=True):
            box.value = tone in selection.tones
        self.actor.index = self._actors.index(selection.actor)
        self.domain.index = self._domains.index(selection.domain)
        years = [selection.first_year, selection.last_year]
        for box, year, default in zip(
            (self.first_year, self.last_year), years, (self._first, self._last), strict=True
        ):
            box.value = default if year is None else year
        self.text.value = selection.text
        # The browser would hear of this through the links; a saved page must know it from here.
        for trait, control in self._controls().items():
            setattr(self.view, trait, getattr(control, _synced(control)))

    @property
    def criteria(self) -> Selection:
        """How the shown events were chosen, read from the controls."""
        first, last = self.first_year.value, self.last_year.value
        return Selection(
            aspects=[a.key for a, box in zip(ASPECTS, self.aspects, strict=True) if box.value],
            tones=[tone for tone, box in zip(TONES, self.tones, strict=True) if box.value],
            actor=self._actors[self.actor.index],
            domain=self._domains[self.domain.index],
            first_year=None if first == self._first else first,
            last_year=None if last == self._last else last,
            text=self.text.value.strip(),
        )

    @property
    def selection(self) -> pd.DataFrame:
        """The events that are shown now."""
        return self.criteria.apply(self.events)

    @property
    def selected(self) -> str:
        """The event_id of the open card, or ""."""
        return self.view.selected

    @selected.setter
    def selected(self, event_id: str) -> None:
        if event_id and event_id not in set(self.events["event_id"]):
            raise ValueError(f"There is no event {event_id!r} in this timeline.")
        self.view.selected = event_id

    def to_code(self) -> str:
        """Give the line of Python that makes this view again."""
        return f"TimelineExplorer(events, {self.criteria.to_code()})"

    def __repr__(self):
        return "Timeline explorer. " + describe(self.selection, len(self.events))

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        picture = plot_timeline(self.events, self.criteria)
        bundle["image/png"] = to_png(picture)
        bundle["text/plain"] = repr(self)
        return bundle, {"image/png": {"alt": picture.alt}}


def _field(domain: str) -> str:
    return DOMAINS.get(domain, domain)


def _synced(control: ipywidgets.Widget) -> str:
    """Name what the browser knows of a control: the value of a dropdown stays in Python."""
    return "index" if isinstance(control, ipywidgets.Dropdown) else "value"


def _checkbox(label: str) -> ipywidgets.Checkbox:
    return ipywidgets.Checkbox(True, description=label, indent=False, layout={"width": "auto"})


def _dropdown(label: str, options: list[str]) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        options=options, index=0, description=label,
        style={"description_width": "initial"}, layout={"width": "18em"},
    )  # fmt: skip


def _records(events: pd.DataFrame, names: dict[str, str]) -> list[dict]:
    """Turn events and their sources into plain values for the browser."""
    links = data.load_shared("event_sources")
    sources = links.merge(data.load_shared("sources"), on="source_id")
    columns = ["title", "publisher", "url", "published", "kind", "supports"]
    # Missing cells are pandas' NA, which JSON does not know.
    sources[columns] = sources[columns].astype(object).where(sources[columns].notna(), "")
    by_event = {
        key: group[columns].to_dict("records") for key, group in sources.groupby("event_id")
    }
    keys = [aspect.key for aspect in ASPECTS]
    frame = events.assign(
        start=to_years(events["first_day"]),
        end=to_years(events["last_day"]) + 1 / 365,
        search=searchable(events),
    )
    # Events of a reader's own may lie in any order; keys move along the line in order of time.
    frame = frame.sort_values(["first_day", "last_day"], kind="stable")
    return [
        {
            "id": event.event_id,
            "title": event.title,
            "date": date_in_words(event.date, None if pd.isna(event.end_date) else event.end_date),
            "year": int(event.year),
            "start": round(event.start, 4),
            "end": round(event.end, 4),
            "span": not pd.isna(event.end_date),
            "summary": event.summary,
            "aspects": [keys.index(aspect) for aspect in event.aspects],
            "tone": list(TONES).index(event.tone),
            "actors": list(event.actors),
            "names": [names[code] for code in event.actors],
            "domain": event.domain,
            "field": _field(event.domain),
            "organisations": list(event.organisations),
            "place": "" if pd.isna(event.place) else event.place,
            "confidence": event.confidence,
            "note": "" if pd.isna(event.note) else event.note,
            "sources": by_event.get(event.event_id, []),
            "search": event.search,
        }
        for event in frame.itertuples()
    ]
