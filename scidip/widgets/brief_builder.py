"""The brief builder: boxes for the slots of a brief, and what is still missing beside them."""

from __future__ import annotations

import html
from pathlib import Path

import ipywidgets

from scidip.brief import SLOTS, BriefError, load, save
from scidip.brief.page import FILE
from scidip.brief.report import report_words
from scidip.brief.rules import PARTS, check, measure
from scidip.figures import DescribedFigure, in_lines, picture, plot_bars
from scidip.ledger import shared_folder
from scidip.status import CORRECT, NOT_YET, status_box

LABELS = {
    "title": "Title",
    "for": "For (the reader)",
    "claim": "Claim: what do you advise?",
    "evidence": "Evidence: what speaks for it? [source keys]",
    "other view": "Other view: what would those say who disagree?",
    "limit": "Limit: what is not sure, and what would follow?",
}
CHART_LABELS = {
    "title": "Chart: title",
    "x": "Chart: words at the x axis",
    "y": "Chart: words at the y axis, with the unit",
    "alt": "Chart: alternative text",
    "source": "Chart: source key",
    "table": "Chart: table, one row a line, cells parted by semicolons, names in the first line",
}


def read_table(text: str) -> list[dict]:
    """Read the table of a chart from the lines of a box.

    Parameters
    ----------
    text : str
        Names in the first line, then one row a line; cells are parted by semicolons.

    Returns
    -------
    list of dict
        Numbers as numbers, an empty cell as None.

    Raises
    ------
    ValueError
        A line has another number of cells than the first one.

    Examples
    --------
    >>> read_table("year; papers\\n2022; 77,370\\n2023; 30.6")
    [{'year': 2022, 'papers': 77370}, {'year': 2023, 'papers': 30.6}]
    """
    lines = [
        [cell.strip() for cell in line.split(";")] for line in text.splitlines() if line.strip()
    ]
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(lines[0]):
            raise ValueError(
                f"Line {number} of the table has {len(line)} cells, the first line {len(lines[0])}."
            )
        rows.append(dict(zip(lines[0], map(_value, line), strict=True)))
    return rows


def write_table(rows: list[dict]) -> str:
    """Write a table as the lines of a box, the reverse of :func:`read_table`."""
    if not rows:
        return ""
    names = [str(name) for name in rows[0]]
    lines = ["; ".join("" if v is None else str(v) for v in row.values()) for row in rows]
    return "\n".join(["; ".join(names), *lines])


class BriefBuilder(ipywidgets.VBox):
    """Write a brief in boxes; what it has and what is missing is counted while you write.

    Every change is kept in a file ``my_brief_unsaved_N.json``, and Save writes ``my_brief.json``.
    No text is ever written over: what ``my_brief.json`` held before is kept in
    ``my_brief_before.json``, and text in the boxes is kept before another one is opened.

    Parameters
    ----------
    brief : dict, optional
        What stands in the boxes at the beginning, as :func:`scidip.brief.check` takes it.
    path : path, optional
        The file; by default ``my_brief.json`` in the course's folder.

    Attributes
    ----------
    brief : dict
        What the boxes hold now.

    Examples
    --------
    >>> builder = BriefBuilder({"title": "Renew"})
    >>> builder.brief["title"]
    'Renew'
    >>> repr(builder).splitlines()[0]
    'Words: 0. Sources: 0. Windows: none.'
    """

    def __init__(self, brief: dict | None = None, path: Path | str | None = None):
        self.path = Path(path) if path is not None else shared_folder() / FILE
        self._unsaved: Path | None = None
        self._said = ipywidgets.HTML()
        self._count = ipywidgets.HTML()
        self._quiet = True
        self.boxes = {name: _box(name, label) for name, label in LABELS.items()}
        self.chart_boxes = {
            name: _box(f"chart {name}", label) for name, label in CHART_LABELS.items()
        }
        self.fill(brief or {})
        for box in (*self.boxes.values(), *self.chart_boxes.values()):
            box.observe(self._changed, names="value")
        self.buttons = {}
        for name, step in {"Save": self.save, "Open my file": self.read}.items():
            self.buttons[name] = ipywidgets.Button(description=name)
            self.buttons[name].on_click(lambda _, step=step: self._do(step))
        row = ipywidgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        parts = [*self.boxes.values(), *self.chart_boxes.values()]
        super().__init__([*parts, row, self._said, self._count])
        self._quiet = False

    @property
    def brief(self) -> dict:
        """What the boxes hold now, as a dictionary."""
        brief = {name: box.value for name, box in self.boxes.items()}
        chart = {name: box.value for name, box in self.chart_boxes.items() if name != "table"}
        try:
            chart["table"] = read_table(self.chart_boxes["table"].value)
        except ValueError:
            chart["table"] = self.chart_boxes["table"].value
        return brief | {"chart": chart} if any(chart.values()) else brief

    def fill(self, brief: dict) -> None:
        """Put a brief into the boxes.

        Raises
        ------
        ValueError
            It has a slot that the builder does not have.
        """
        for name in brief:
            if name not in (*LABELS, "chart"):
                known = ", ".join((*LABELS, "chart"))
                raise ValueError(f"There is no slot {name!r}; the slots are {known}.")
        was, self._quiet = self._quiet, True
        for name, box in self.boxes.items():
            box.value = brief.get(name) or ""
        chart = brief.get("chart") or {}
        for name, box in self.chart_boxes.items():
            value = chart.get(name) or ""
            box.value = write_table(value) if isinstance(value, list) else value
        self._quiet = was
        self._show()

    def set(self, **slots: str) -> None:
        """Write into boxes by code; a low line in a name stands for a space."""
        for name, text in slots.items():
            key = name.replace("_", " ")
            if key not in self.boxes:
                raise ValueError(f"There is no slot {name!r}; the slots are {', '.join(LABELS)}.")
            self.boxes[key].value = text

    def save(self) -> str:
        """Write the boxes into the file, and say so."""
        said = save(self.brief, self.path)
        if self._unsaved is not None:
            self._unsaved.unlink(missing_ok=True)
            self._unsaved = None
        return str(said)

    def read(self) -> str:
        """Read the file into the boxes; unsaved text of the boxes stays in its own file."""
        self.fill(load(self.path))
        kept = f" What you had not saved is in {self._unsaved.name}." if self._unsaved else ""
        self._unsaved = None
        return f"{self.path.name} is in the boxes.{kept}"

    def _do(self, step) -> None:
        try:
            self._said.value = status_box(CORRECT, html.escape(step()))
        except BriefError as problem:
            self._said.value = status_box(NOT_YET, html.escape(str(problem)))

    def _changed(self, _change) -> None:
        if self._quiet:
            return
        try:
            if self._unsaved is None:
                self._unsaved = _free_name(self.path)
            save(self.brief, self._unsaved)
            self._unsaved.with_name(f"{self._unsaved.stem}_before.json").unlink(missing_ok=True)
        except BriefError as problem:
            self._said.value = status_box(NOT_YET, html.escape(str(problem)))
        self._show()

    def _show(self) -> None:
        counts, found = measure(self.brief), check(self.brief)
        windows = ", ".join(counts["windows"]) or "none"
        line = (
            f"Words: {counts['words']} of 350 to 500. Sources: {len(counts['sources'])}. "
            f"Windows: {windows}. To repair: {len(found) or 'nothing'}."
        )
        items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in found)
        self._count.value = status_box(
            NOT_YET if found else CORRECT, f"{html.escape(line)}<ul>{items}</ul>"
        )

    def __repr__(self):
        return in_lines(self._report(), "  ")

    def _report(self) -> str:
        return report_words(self.brief) if any(self.brief.values()) else _EMPTY

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        bundle["text/plain"] = repr(self)
        counts, _, repairs = self._report().partition("\n- ")
        lines = "".join(f"<li>{html.escape(one)}</li>" for one in repairs.split("\n- ") if one)
        slots = ", ".join((*SLOTS, "chart"))
        figure = plot_repairs(self.brief)
        bundle["text/html"] = (
            f"<p>Brief builder, with boxes for {slots}.</p>"
            f"<p>{html.escape(counts)}</p><ul>{lines}</ul>"
            f"{picture(figure)}<p>{html.escape(figure.alt)}</p>"
        )
        return bundle


def plot_repairs(brief: dict) -> DescribedFigure:
    """Draw how many things are to repair in each part of the rules.

    Parameters
    ----------
    brief : dict
        As :func:`scidip.brief.check` takes it.

    Returns
    -------
    DescribedFigure
        One bar for each part.

    Examples
    --------
    >>> plot_repairs({"title": "Renew"}).alt[:42]
    'Bar chart. Things to repair in this brief.'
    """
    counts = [len(check(brief, part)) for part in PARTS]
    title = "Things to repair in this brief"
    return plot_bars(list(PARTS), counts, title, "Source: scidip.brief, the rules of lesson 10.")


_EMPTY = "Nothing is written yet."


def _box(name: str, label: str) -> ipywidgets.Widget:
    long = name in (*SLOTS, "chart alt", "chart table")
    kind = ipywidgets.Textarea if long else ipywidgets.Text
    layout = {"width": "98%"} | ({"height": "7.5em"} if long else {})
    return kind(
        layout=layout, placeholder=label, continuous_update=True,
        description=name.capitalize(), style={"description_width": "7em"},
    )  # fmt: skip


def _value(cell: str) -> object:
    if not cell:
        return None
    plain = cell.replace(",", "")
    try:
        return int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return cell


def _free_name(path: Path) -> Path:
    number = 1
    while (found := path.with_name(f"{path.stem}_unsaved_{number}{path.suffix}")).exists():
        number += 1
    return found
