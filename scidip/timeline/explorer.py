"""How a person explores the events: one drawn view with its own controls.

The view (view/*.js) filters and draws in the browser, so that a click needs no kernel and a page
without Python does all that a notebook does. What is shown is one plain value, ``state``, that
Python and the browser share; Python reads and sets it in the same words as :class:`Selection`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

import anywidget
import pandas as pd
import traitlets

from scidip import data
from scidip.figures import DescribedFigure, to_png
from scidip.files import write
from scidip.style import ASPECTS, DOMAINS
from scidip.timeline import view
from scidip.timeline.figure import SOURCE, TITLE, plot_timeline, to_years
from scidip.timeline.own import event_problems, read_own, write_own
from scidip.timeline.selection import (
    Selection,
    compare,
    date_in_words,
    describe,
    searchable,
    span_of,
)
from scidip.timeline.table import ASPECT_KEYS, CONFIDENCE_KEYS, TONE_KEYS, complete
from scidip.timeline.tours import TOURS, Step, Tour

# With more events the browser asks for the text of a card when somebody opens it.
MOST_DETAILS = 5000
OWN_FILE = "my_events.csv"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ background: Canvas; color: CanvasText; font-family: system-ui, sans-serif;
  margin: 0 auto; max-width: 1200px; padding: 0 12px 24px; }}
{style}
</style>
</head>
<body>
<h1>{title}</h1>
<main></main>
<p>{source}</p>
<noscript>{words}</noscript>
<script type="application/json" id="values">{values}</script>
<script type="module">
{script}
{start}
</script>
</body>
</html>
"""
# A stand-in for the model that a notebook has: it holds the values and tells who listens.
START = """
const values = JSON.parse(document.getElementById("values").textContent);
const listeners = {};
const model = {
  get: (name) => values[name],
  set(name, value) {
    values[name] = value;
    (listeners[`change:${name}`] ?? []).forEach((listener) => listener());
  },
  on: (name, listener) => (listeners[name] ??= []).push(listener),
  off: (name, listener) =>
    (listeners[name] = (listeners[name] ?? []).filter((other) => other !== listener)),
  save_changes() {},
  send() {
    throw new Error("no kernel");
  },
};
view.render({ model, el: document.querySelector("main") });
"""


class TimelineExplorer(anywidget.AnyWidget):
    """Explore events on a timeline: filter, search, compare, and read each event with its sources.

    In JupyterLab it is a widget. A saved notebook, GitHub and print show the same view as a
    picture, with a sentence that says what is shown.

    Parameters
    ----------
    events : pandas.DataFrame, optional
        Events as :func:`scidip.data.load` gives them, all of the course's by default; or any table
        with the columns ``date`` and ``title`` (see :func:`scidip.timeline.complete`).
    selection : Selection, optional
        The opening view; all events by default.
    lanes : str
        What the lanes are: "aspect", "tone", "domain", "actor", "region" or "all".
    other : Selection, optional
        A second selection to compare with.
    tours : mapping of str to Tour, optional
        The tours that a reader can choose; by default those of the course for the course's events.
    own : path, optional
        A file with a reader's own events, as :meth:`save_own` writes it. It may not exist yet.

    Attributes
    ----------
    events : pandas.DataFrame
        All events, a reader's own included.
    state : dict
        What is shown, in plain values; shared with the browser.

    Raises
    ------
    TypeError, ValueError
        The table, the selection or the file can't be used; the message says why.

    Examples
    --------
    >>> explorer = TimelineExplorer(selection=Selection(last_year=1960, actors="SUN"))
    >>> explorer.to_code()
    "TimelineExplorer(events, Selection(actors=['SUN'], last_year=1960))"
    """

    _esm = view.script()
    _css = view.style()

    payload = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    tours = traitlets.List().tag(sync=True)
    recorded = traitlets.List().tag(sync=True)
    can_add = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        events: pd.DataFrame | None = None,
        selection: Selection | None = None,
        lanes: str = "aspect",
        other: Selection | None = None,
        tours: Mapping[str, Tour] | None = None,
        own: Path | str | None = None,
    ):
        given = data.load_shared("events") if events is None else events
        self._base = complete(given)
        # The course's events are known by their ids; a part of them is the course's too.
        ours = set(data.load_shared("events")["event_id"])
        self._is_course = set(self._base["event_id"]) <= ours
        self._own_file = Path(own) if own is not None else Path(OWN_FILE)
        self._own = pd.DataFrame()
        if own is not None and self._own_file.exists():
            self._own = read_own(self._own_file)
        self.events = self._together()
        if tours is None:
            tours = TOURS if self._is_course and len(self._base) == len(ours) else {}
        self._tours = dict(tours)
        start = Step("Opening view.", selection or Selection(), lanes, other).to_state()
        self._check(selection or Selection(), other)
        super().__init__(
            payload=self._payload(),
            state={**start, "pinned": [], "tour": None},
            tours=[tour.to_state(key) for key, tour in self._tours.items()],
            can_add=self._is_course,
        )
        self.on_msg(self._answer)

    # --- What is shown ---

    @property
    def criteria(self) -> Selection:
        """How the shown events were chosen."""
        return Selection(**self.state["filters"])

    @property
    def selection(self) -> pd.DataFrame:
        """The events that are shown now."""
        return self.criteria.apply(self.events)

    @property
    def selected(self) -> str:
        """The event_id of the open card, or ""."""
        return self.state["selected"]

    @selected.setter
    def selected(self, event_id: str) -> None:
        self._set(selected=self._known(event_id) if event_id else "")

    @property
    def pinned(self) -> list[str]:
        """The event_ids of the cards that are pinned, in the order of pinning."""
        return list(self.state["pinned"])

    @pinned.setter
    def pinned(self, event_ids: list[str]) -> None:
        self._set(pinned=[self._known(event_id) for event_id in event_ids])

    @property
    def other(self) -> Selection | None:
        """The selection A that the view is compared with, or None."""
        return Selection(**self.state["other"]) if self.state["other"] else None

    @property
    def lanes(self) -> str:
        """What the lanes are."""
        return self.state["lanes"]

    def show(
        self,
        selection: Selection | None = None,
        lanes: str | None = None,
        other: Selection | None = None,
    ) -> None:
        """Move the view to a selection.

        Parameters
        ----------
        selection : Selection, optional
            What to show; all events by default.
        lanes : str, optional
            What the lanes are; unchanged by default.
        other : Selection, optional
            A second selection to compare with; none by default.

        Raises
        ------
        ValueError
            The events have no such actor, domain or organisation, or there are no such lanes.
        """
        selection = selection or Selection()
        self._check(selection, other)
        step = Step("View.", selection, lanes or self.lanes, other).to_state()
        self._set(**{**step, "selected": self.selected})

    def tour(self, name: str | Tour, step: int = 1) -> None:
        """Start a tour, or go to one of its steps.

        Parameters
        ----------
        name : str or Tour
            The key of a tour of this explorer, such as "sta", or a tour of your own.
        step : int
            1 for the first step.

        Raises
        ------
        ValueError
            There is no such tour or step.
        """
        if isinstance(name, Tour):
            self._tours["mine"] = name
            self.tours = [tour.to_state(key) for key, tour in self._tours.items()]
            name = "mine"
        if name not in self._tours:
            known = ", ".join(self._tours) or "none"
            raise ValueError(f"There is no tour {name!r}; the tours are: {known}.")
        steps = self._tours[name].steps
        if not 1 <= step <= len(steps):
            raise ValueError(f"The tour has the steps 1 to {len(steps)}, and not {step!r}.")
        self._check(steps[step - 1].selection, steps[step - 1].other)
        self._set(**steps[step - 1].to_state(), tour={"key": name, "step": step - 1})

    def recorded_tour(self, title: str = "My tour") -> Tour:
        """Give the tour that was recorded with the view's button "Add this view to my tour".

        Raises
        ------
        ValueError
            Nothing was recorded yet.
        """
        steps = []
        for step in self.recorded:
            shown = step["state"]
            other = Selection(**shown["other"]) if shown["other"] else None
            steps.append(
                Step(step["text"], Selection(**shown["filters"]), shown["lanes"], other,
                     shown["selected"])
            )  # fmt: skip
        return Tour(title, steps)

    # --- Take it away ---

    def to_code(self) -> str:
        """Give the line of Python that makes this view again."""
        parts = ["events", self.criteria.to_code()]
        if self.lanes != "aspect":
            parts.append(f"lanes={self.lanes!r}")
        if self.other:
            parts.append(f"other={self.other.to_code()}")
        return f"TimelineExplorer({', '.join(parts)})"

    def to_csv(self, path: Path | str) -> Path:
        """Write the shown events to a CSV file, whole or not at all.

        Values of a list are separated by ``;``. A text that a spreadsheet would run as a formula
        gets an apostrophe before it.

        Raises
        ------
        ValueError
            The file would lie in the course's folder data/.
        """
        path = Path(path)
        if data.DATA in [path.resolve(), *path.resolve().parents]:
            raise ValueError(f"{path.name} would lie in the course's folder data/. Choose another.")
        table = self.selection.drop(columns=["first_day", "last_day"])
        for column in table.columns:
            table[column] = [_cell(value) for value in table[column]]
        write(path, table.to_csv(index=False, lineterminator="\n").encode("utf-8"))
        return path

    def figure(self) -> DescribedFigure:
        """Draw the present view with matplotlib, ready for print."""
        return plot_timeline(
            self.events, self.criteria, lanes=self.lanes, other=self.other, **self._labels()
        )

    def to_html(self, path: Path | str, title: str | None = None) -> Path:
        """Write the explorer as one page that needs no Python, no server and no internet.

        Parameters
        ----------
        path : path
            The file to write, such as "timeline.html".
        title : str, optional
            Its heading.

        Returns
        -------
        Path

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> TimelineExplorer().to_html(folder / "timeline.html").stat().st_size < 1_500_000
        True
        """
        names = ("payload", "state", "tours", "recorded")
        values = {name: getattr(self, name) for name in names} | {"can_add": False}
        if not values["payload"]["details"]:
            values["payload"] = self._payload(most=len(self.events))
        # "</script>" inside a text would end the page's script.
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        page = PAGE.format(
            title=escape(title or self._labels()["title"]),
            style=view.style(),
            source=escape(self._labels()["source"]),
            words=escape(describe(self.selection, len(self.events))),
            values=text,
            script=view.script().replace("export default {", "const view = {"),
            start=START,
        )
        path = Path(path)
        write(path, page.encode("utf-8"))
        return path

    def __repr__(self):
        if self.other:
            words = compare(self.events, self.other, self.criteria)
        else:
            words = describe(self.selection, len(self.events))
        return f"Timeline explorer. {words}"

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        bundle, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        picture = self.figure()
        bundle["image/png"] = to_png(picture)
        bundle["text/plain"] = repr(self)
        return bundle, {**metadata, "image/png": {"alt": picture.alt}}

    # --- A reader's own events ---

    @property
    def own_events(self) -> pd.DataFrame:
        """The events that the reader has added, as they stand in a file of :meth:`save_own`."""
        return self._own.copy()

    def add(self, events: pd.DataFrame | Mapping[str, str]) -> None:
        """Add one's own events to the picture. They are drawn with a ring.

        Parameters
        ----------
        events : pandas.DataFrame or mapping
            Rows, or one row, with the columns of data/events.csv as text; ``date``, ``title`` and
            ``summary`` are needed. ``source`` is the address of a source.

        Raises
        ------
        ValueError
            A row breaks a rule of the course's table; the message names every problem. Then none
            is added.
        """
        rows = [dict(events)] if isinstance(events, Mapping) else events.to_dict("records")
        rows = [{k: "" if pd.isna(v) else str(v).strip() for k, v in row.items()} for row in rows]
        problems = []
        known = set(self.events["event_id"])
        for number, row in enumerate(rows, start=1):
            found = event_problems(row)
            problems += [f"Row {number}: {words}" if len(rows) > 1 else words for words in found]
            if not found:
                row["event_id"] = _new_id(row, known)
                known.add(row["event_id"])
        if problems:
            raise ValueError(" ".join(problems))
        self._own = pd.concat([self._own, pd.DataFrame(rows)], ignore_index=True).fillna("")
        self.events = self._together()
        self.payload = self._payload()

    def save_own(self, path: Path | str | None = None) -> Path:
        """Save one's own events to a CSV file, by default my_events.csv beside the notebook.

        A later ``TimelineExplorer(own="my_events.csv")`` shows them again.

        Raises
        ------
        ValueError
            The file would lie in the course's folder data/.
        """
        return write_own(self._own, self._own_file if path is None else path)

    # --- Inside ---

    def _labels(self) -> dict[str, str]:
        if self._is_course:
            return {"title": TITLE, "source": SOURCE}
        return {"title": "Timeline", "source": "Source: a table of the reader."}

    def _set(self, **changes) -> None:
        self.state = {**self.state, **changes}

    def _known(self, event_id: str) -> str:
        if event_id not in set(self.events["event_id"]):
            raise ValueError(f"There is no event {event_id!r} in this timeline.")
        return event_id

    def _check(self, *selections: Selection | None) -> None:
        """Refuse a selection by names that the events do not have."""
        for selection in selections:
            if selection is not None:
                selection.apply(self.events)

    def _together(self) -> pd.DataFrame:
        if self._own.empty:
            return self._base
        own = complete(self._own)
        return pd.concat([self._base, own.reindex(columns=self._base.columns)], ignore_index=True)

    def _answer(self, _widget, question: dict, _buffers) -> None:
        """Answer what the view asks."""
        if "detail" in question:
            row = self.events[self.events["event_id"] == question["detail"]]
            if len(row):
                first = len(self.payload["sources"])
                details, sources = _details(row, self._own, first)
                answer = {"id": question["detail"], "detail": details[0], "sources": sources}
                self.send(answer)
        elif "add" in question:
            row = {str(k): str(v)[:2000] for k, v in question["add"].items() if v}
            problems = event_problems(row)
            if problems:
                self.send({"problems": problems})
            else:
                self.add(row)
                self.send({"added": True, "say": "Your event was added. Save it to keep it."})
        elif "save" in question:
            try:
                path = self.save_own()
                self.send({"say": f"{len(self._own)} events were saved in {path.name}."})
            except (OSError, ValueError) as error:
                self.send({"say": f"Nothing was saved: {error}"})

    def _payload(self, most: int = MOST_DETAILS) -> dict:
        """Turn events and their sources into columns of plain values for the browser."""
        # Events may lie in any order; keys move along the line in order of time.
        events = self.events.sort_values(["first_day", "last_day"], kind="stable")
        actors = data.load_shared("actors").set_index("code")
        codes = _distinct(events["actors"])
        bodies = _distinct(events["organisations"])
        domains = sorted({d for d in events["domain"] if d}, key=lambda d: DOMAINS.get(d, d))
        names, regions = (
            actors[c].reindex(codes).astype(object).where(lambda cell: cell.notna(), None)
            for c in ("name", "region")
        )
        places = {
            "actors": {code: at for at, code in enumerate(codes)},
            "organisations": {name: at for at, name in enumerate(bodies)},
        }
        years = span_of(events, Selection()) if len(events) else (1950, 2026)
        own = set(self._own["event_id"]) if len(self._own) else set()
        columns = {
            "id": events["event_id"].tolist(),
            "title": events["title"].tolist(),
            "date": [
                date_in_words(date, end if isinstance(end, str) and end else None)
                for date, end in zip(events["date"], events["end_date"], strict=True)
            ],
            "year": events["year"].tolist(),
            "start": to_years(events["first_day"]).round(4).tolist(),
            "end": (to_years(events["last_day"]) + 1 / 365).round(4).tolist(),
            "span": [int(isinstance(end, str) and bool(end)) for end in events["end_date"]],
            "aspects": [sum(1 << ASPECT_KEYS.index(a) for a in cell) for cell in events["aspects"]],
            "tone": _positions(events["tone"], TONE_KEYS),
            "confidence": _positions(events["confidence"], CONFIDENCE_KEYS),
            "domain": _positions(events["domain"], domains),
            **{
                column: [[place[value] for value in cell] for cell in events[column]]
                for column, place in places.items()
            },
            "own": [int(event_id in own) for event_id in events["event_id"]],
        }
        details, sources = None, []
        if len(events) <= most:
            details, sources = _details(events, self._own)
        else:
            columns["search"] = searchable(events).tolist()
        return {
            "columns": columns,
            "details": details,
            "sources": sources,
            "years": [min(years), max(years)],
            "record": "Record of Science Diplomacy: the China Case"
            if self._is_course
            else "Record",
            "vocabulary": {
                "aspects": [
                    {"key": a.key, "number": a.number, "word": a.word, "symbol": a.symbol}
                    for a in ASPECTS
                ],
                "tones": list(TONE_KEYS),
                "confidence": list(CONFIDENCE_KEYS),
                "domains": [{"key": d, "word": DOMAINS.get(d, d)} for d in domains],
                "actors": [
                    {"code": code, "name": names[code] or code, "region": regions[code]}
                    for code in codes
                ],
                "regions": sorted({region for region in regions if region}),
                "organisations": bodies,
            },
        }


def _distinct(column: pd.Series) -> list[str]:
    return sorted({value for cell in column for value in cell})


def _positions(column: pd.Series, order: tuple[str, ...] | list[str]) -> list[int]:
    places = {value: at for at, value in enumerate(order)}
    return [places.get(value, -1) for value in column]


def _details(
    events: pd.DataFrame, own: pd.DataFrame, first: int = 0
) -> tuple[list[dict], list[dict]]:
    """Give the text of each card, and the sources that the cards point to by their position."""
    links = data.load_shared("event_sources")
    links = links[links["event_id"].isin(set(events["event_id"]))]
    table = data.load_shared("sources").set_index("source_id")
    columns = ["title", "publisher", "url", "published", "kind"]
    used = list(dict.fromkeys(links["source_id"]))
    place = {source_id: first + at for at, source_id in enumerate(used)}
    found = table.loc[used, columns].astype(object)
    sources = found.where(found.notna(), "").to_dict("records")
    by_event: dict[str, list] = {}
    for link in links.itertuples():
        by_event.setdefault(link.event_id, []).append([place[link.source_id], link.supports])
    addresses = dict(zip(own["event_id"], own.get("source", ""), strict=False)) if len(own) else {}
    details = []
    for event in events.itertuples():
        pairs = by_event.get(event.event_id, [])
        if addresses.get(event.event_id):
            pairs = [[first + len(sources), ""]]
            sources.append({"title": addresses[event.event_id], "url": addresses[event.event_id]})
        texts = {name: getattr(event, name) for name in ("summary", "place", "note")}
        texts = {name: "" if pd.isna(text) else text for name, text in texts.items()}
        details.append({**texts, "sources": pairs})
    return details, sources


def _cell(value: object) -> str:
    text = ";".join(value) if isinstance(value, tuple) else "" if pd.isna(value) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _new_id(row: dict[str, str], known: set[str]) -> str:
    wanted = row.get("event_id") or f"own-{row['date']}"
    number, event_id = 1, wanted
    while event_id in known:
        number += 1
        event_id = f"{wanted}-{number}"
    return event_id
