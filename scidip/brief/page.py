"""The page and the file of a brief."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from scidip.brief.figures_in import paragraphs
from scidip.brief.keys import OWN, keys_in, plain_links
from scidip.brief.rules import (
    SLOTS,
    check,
    cited,
    count_words,
    number_columns,
    table_of,
    tidy,
)
from scidip.figures import DescribedFigure, dress, picture
from scidip.files import write
from scidip.ledger import Said, shared_folder
from scidip.style import FONT_SIZE, INK, QUIET, line_of

FILE, PAGE = "my_brief.json", "my_brief.html"
HATCHES = ["", "//", "..", "xx", "--"]

STYLE = """
@page { size: A4 portrait; margin: 8mm 14mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 182mm; padding: 4mm; background: #fff; color: #1a1a1a;
  font: 8.8pt/1.25 Georgia, "Noto Serif CJK SC", "Songti SC", serif; }
h1 { font: bold 15pt/1.2 Arial, sans-serif; margin: 0 0 1mm; }
h2 { font: bold 9.6pt/1.2 Arial, sans-serif; margin: 2.4mm 0 0.6mm; }
p, ul, ol { margin: 0 0 1mm; } ul, ol { padding-left: 5mm; }
.for, .draft { font-family: Arial, sans-serif; color: #595959; margin: 0 0 1mm; }
.chart { display: flex; gap: 5mm; align-items: flex-start; margin: 2mm 0; }
figure { margin: 0; flex: 0 0 58%; min-width: 0; } img { width: 100%; height: auto; }
figcaption { font: 7.5pt/1.25 Arial, sans-serif; }
table { border-collapse: collapse; font: 7.5pt/1.25 Arial, sans-serif; flex: 0 1 auto; }
caption { text-align: left; font-weight: bold; }
th, td { border-bottom: 0.3pt solid #8a8a8a; padding: 0.2mm 2mm; text-align: right; }
th:first-child, td:first-child { text-align: left; }
.sources { font: 6.6pt/1.18 Arial, sans-serif; padding: 0; list-style: none; margin: 0;
  columns: 2; column-gap: 5mm; overflow-wrap: anywhere; }
a { color: #00528a; }
.dense { font-size: 8.1pt; line-height: 1.2; } .dense h1 { font-size: 13pt; }
.dense table, .dense figcaption { font-size: 6.6pt; line-height: 1.12; }
.dense .sources { font-size: 6pt; line-height: 1.12; }
@media screen and (max-width: 560px) { .chart { flex-direction: column; }
  .sources { columns: 1; } }
@media print { body { padding: 0; max-width: none; } a { color: inherit; text-decoration: none; }
  h2, .chart, figure, table, li { break-inside: avoid; } h2 { break-after: avoid; } }
"""


class BriefError(ValueError):
    """The brief can't be written, saved or read. The message says what to do."""


def to_html(brief: dict, path: Path | str | None = None, draft: bool = False) -> Said:
    """Write a brief as one HTML page that needs no other file and prints on one A4 page.

    Parameters
    ----------
    brief : dict
        As :func:`scidip.brief.check` takes it.
    path : path, optional
        The file; by default ``my_brief.html`` in the course's folder. It is written whole or not
        at all, in place of an older one.
    draft : bool
        Whether a brief that does not keep the rules yet may be written; the page then says that it
        is a draft.

    Returns
    -------
    Said
        One sentence that shows itself.

    Raises
    ------
    BriefError
        The brief does not keep the rules, or the file can't be written.
    """
    found = check(brief)
    if found and not (draft and isinstance(brief, dict)):
        more = f" ({len(found)} things to repair in all.)" if len(found) > 1 else ""
        raise BriefError(f"No page was written. {found[0]}{more} draft=True writes a draft.")
    path = Path(path) if path is not None else shared_folder() / PAGE
    try:
        write(path, page_of(brief, len(found)).encode("utf-8"))
    except OSError as problem:
        raise BriefError(f"{path.name} can't be written ({problem.strerror}).") from None
    what = f"a draft with {len(found)} things to repair" if found else "the brief"
    return Said(f"{path.name} holds {what}. Open it in a browser, and print it from there.")


def page_of(brief: dict, to_repair: int = 0) -> str:
    """Give the page as text."""
    brief = tidy(brief)
    sources = {source.same: source for source in reversed(cited(brief))}
    sources = dict(reversed(sources.items()))
    places = {same: place for place, same in enumerate(sources, start=1)}
    title = html.escape(brief.get("title") or "A brief without a title")
    parts = [f"<h1>{title}</h1>"]
    if to_repair:
        parts.append(f'<p class="draft">Draft: {to_repair} things to repair.</p>')
    if brief.get("for"):
        parts.append(f'<p class="for">For: {html.escape(brief["for"])}</p>')
    for place, slot in enumerate(SLOTS):
        parts.append(f"<h2>{slot.capitalize()}</h2>{_prose(brief.get(slot, ''), places)}")
        if place == 1:
            parts.append(_chart(brief["chart"]))
    entries = "".join(
        f'<li id="source-{places[s.same]}"><b>[{html.escape(s.key)}]</b> '
        f"{html.escape(s.words)}</li>"
        for s in sources.values()
    )
    if entries:
        parts.append(f'<h2>Sources</h2><ul class="sources">{entries}</ul>')
    words = "".join(brief.get(slot, "") for slot in SLOTS)
    table = table_of(brief["chart"])
    is_dense = len(words) > 2900 or len(sources) > 9 or (table is not None and len(table) > 10)
    han = len(re.findall(r"[\u3400-\u9fff]", words))
    language = "zh" if 2 * han > len(words) else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n"
        f'<body class="{"dense" if is_dense else "usual"}">\n<main>\n'
        + "\n".join(filter(None, parts))
        + "\n</main>\n</body>\n</html>\n"
    )


def _prose(text: str, places: dict[str, int]) -> str:
    """Paragraphs and lists; a source key leads to its place in the list of sources."""
    found, items = [], []
    marked = re.compile(r"^\s*(?:[-*•–]|\(?[0-9]{1,2}[.)])\s+")
    for block in _blocks(text, marked):
        is_item = bool(marked.match(block))
        words = _linked(marked.sub("", block), places)
        if is_item:
            items.append(f"<li>{words}</li>")
            continue
        if items:
            found.append(f"<ul>{''.join(items)}</ul>")
            items = []
        found.append(f"<p>{words}</p>")
    if items:
        found.append(f"<ul>{''.join(items)}</ul>")
    return "".join(found)


def _blocks(text: str, marked: re.Pattern) -> list[str]:
    found, is_open = [], False
    for line in text.splitlines():
        if not line.strip():
            is_open = False
        elif marked.match(line) or not is_open:
            found.append(line)
            is_open = True
        else:
            found[-1] += " " + line.strip()
    assert len(found) == len(paragraphs(text))
    return found


def _linked(text: str, places: dict[str, int]) -> str:
    def link(match: re.Match) -> str:
        sources, unknown, _ = keys_in(match[0])
        if not sources or unknown:
            return html.escape(match[0])
        return "[" + ", ".join(
            f'<a href="#source-{places[s.same]}">{html.escape(s.key)}</a>' for s in sources
        ) + "]"  # fmt: skip

    parts = re.split(r"(\[[^\[\]]*\]|【[^【】]*】)", plain_links(text).strip())
    return "".join(
        link(re.match(r".*", part, re.S)) if part[:1] in "[【" and part else html.escape(part)
        for part in parts
        if part != f"[{OWN}]"
    )


def _chart(chart: dict) -> str:
    table = table_of(chart)
    if table is None or table.empty:
        return ""
    figure = draw_chart(chart)
    title = html.escape(chart.get("title", ""))
    source = html.escape(chart.get("source", ""))
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in table.columns)
    rows = "".join(
        "<tr>" + "".join(
            f'<th scope="row">{html.escape(_cell(cell, True))}</th>' if place == 0
            else f"<td>{html.escape(_cell(cell))}</td>" for place, cell in enumerate(row)
        ) + "</tr>"
        for row in table.itertuples(index=False, name=None)
    )  # fmt: skip
    return (
        f'<div class="chart"><figure>{picture(figure)}'
        f"<figcaption>{html.escape(figure.alt)} Source: {source}.</figcaption></figure>"
        f"<table><caption>{title}: the numbers</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(value: Any, is_name: bool = False) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return "no value"
    if isinstance(value, str) or is_name:
        return str(value)
    return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"


def draw_chart(chart: dict) -> DescribedFigure:
    """Draw the chart of a brief from its table.

    Parameters
    ----------
    chart : dict
        As :func:`scidip.brief.check` takes it. Four or more years in the first column become
        lines, everything else bars.

    Returns
    -------
    DescribedFigure
        Its alternative text is that of the chart.

    Raises
    ------
    BriefError
        There is no table with numbers.
    """
    table = table_of(chart)
    columns = [] if table is None or not len(table) else number_columns(table)
    if not columns:
        raise BriefError("The chart has no table with numbers, so there is nothing to draw.")
    figure = DescribedFigure(alt=chart.get("alt", ""), figsize=(6, 2.2), layout="constrained")
    ax = figure.subplots()
    first = pd.to_numeric(table.iloc[:, 0], errors="coerce")
    has_years = len(table) >= 4 and first.notna().all() and first.is_monotonic_increasing
    places = first if has_years else pd.Series(range(len(table)))
    for number, name in enumerate(columns):
        values = pd.to_numeric(table[name], errors="coerce").to_numpy()
        look = line_of("", number)
        if has_years:
            ax.plot(places, values, look.dash, color=look.color, marker=look.marker, label=name)
        else:
            width = 0.8 / len(columns)
            shift = (number - (len(columns) - 1) / 2) * width
            bars = ax.bar(
                places + shift, values, width * 0.92, color=look.color, label=name,
                hatch=HATCHES[number % len(HATCHES)], edgecolor="white",
            )  # fmt: skip
            ax.bar_label(bars, [_cell(float(value)) for value in values], fontsize=FONT_SIZE - 2)
    if has_years:
        ax.xaxis.get_major_locator().set_params(integer=True)
    else:
        ax.set_xticks(list(places), [str(name) for name in table.iloc[:, 0]])
    ax.set_ylim(min(0, ax.get_ylim()[0]), ax.get_ylim()[1] * 1.08)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    dress(ax, chart.get("title", ""), grid="y")
    ax.set_xlabel(chart.get("x", ""), fontsize=FONT_SIZE - 1, color=INK)
    ax.set_ylabel(chart.get("y", ""), fontsize=FONT_SIZE - 1, color=INK)
    if len(columns) > 1:
        ax.legend(frameon=False, fontsize=FONT_SIZE - 1, labelcolor=QUIET)
    return figure


def save(brief: dict, path: Path | str | None = None) -> Said:
    """Save a brief in a file of your own, whole or not at all.

    Parameters
    ----------
    brief : dict
        Finished or not.
    path : path, optional
        By default ``my_brief.json`` in the course's folder, beside ``my_ledger.csv``. What the
        file held before is kept beside it, under the name ``my_brief_before.json``.

    Raises
    ------
    BriefError
        The brief holds something else than texts, numbers and tables, or the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "my_brief.json"
    >>> save({"claim": "Renew it."}, path)
    my_brief.json holds your brief (2 words in the four slots).
    >>> load(path)
    {'claim': 'Renew it.'}
    """
    path = Path(path) if path is not None else shared_folder() / FILE
    if not isinstance(brief, dict):
        raise BriefError("A brief is a dictionary; nothing was saved.")
    try:
        text = json.dumps(_plain(brief), ensure_ascii=False, indent=1)
    except (TypeError, ValueError):
        raise BriefError(
            "The brief holds something else than texts, numbers and tables; nothing was saved."
        ) from None
    content = f"{text}\n".encode()
    try:
        before = path.read_bytes() if path.exists() else content
        if before != content:
            write(path.with_name(f"{path.stem}_before{path.suffix}"), before)
        write(path, content)
    except OSError as problem:
        raise BriefError(
            f"{path.name} can't be written ({problem.strerror}); nothing was lost."
        ) from None
    words = sum(count_words(tidy(brief).get(slot, "")) for slot in SLOTS)
    return Said(f"{path.name} holds your brief ({words} words in the four slots).")


def load(path: Path | str | None = None) -> dict:
    """Read a brief that was saved.

    Raises
    ------
    BriefError
        There is no such file, or it holds no brief. It is left as it is.
    """
    path = Path(path) if path is not None else shared_folder() / FILE
    try:
        brief = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BriefError(
            f"There is no file {path.name} here; save a brief first. To hand in a notebook, put "
            "the brief itself into it: copy what load() shows."
        ) from None
    except (OSError, ValueError):
        raise BriefError(f"{path.name} can't be read as a brief; it was left as it is.") from None
    if not isinstance(brief, dict):
        raise BriefError(f"{path.name} can't be read as a brief; it was left as it is.")
    return brief


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return json.loads(value.to_json(orient="records"))
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if hasattr(value, "item") and type(value).__module__ == "numpy":
        return value.item()
    return value
