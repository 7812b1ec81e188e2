"""Write data/README.md, the codebook: what each table holds, how it was made and what is missing.

The words stand in data/datapackage.json: the descriptions of tables and columns, and two
properties of the course's own, ``"audit"`` and ``"example"``. Numbers are computed from the tables,
so that the page can't say something else than they do.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from scidip.columns import allowed_values, empty_cells, type_in_words
from scidip.data import DATA, PACKAGE, load
from scidip.files import write
from scidip.style import ASPECTS, TONES
from scidip.table_rules import read_file

NAME = "README.md"
AUDIT = {
    "who": "Who",
    "where": "Where",
    "when": "When",
    "how": "How",
    "missing": "What or who is missing",
}
TONE_KEYS = list(TONES)
MOST_ACTORS = 15  # rows in the count by actor
ASPECT_KEYS = [aspect.key for aspect in ASPECTS]


def codebook(folder: Path | str | None = None) -> str:
    """Describe the tables of a folder in Markdown.

    Parameters
    ----------
    folder : path, optional
        A folder with a datapackage.json and its tables; the course's own data/ by default.

    Returns
    -------
    str
        The text of the page, with a line break at the end. The same tables give the same text.

    Raises
    ------
    DataError
        A table breaks a rule, or can't be read.

    Examples
    --------
    >>> print(codebook().splitlines()[0])
    # China's science diplomacy, 1949 to 2026: events, sources and figures
    """
    folder = DATA if folder is None else Path(folder)
    events = load("events", folder)  # refuses a folder that can't be used, in one sentence
    package = json.loads(read_file(folder, PACKAGE))
    parts = [_head(package)]
    for resource in package["resources"]:
        parts.append(_table_part(resource, load(resource["name"], folder)))
    parts.append(_counts_part(events, package.get("audit", {}).get("counts", "")))
    return "\n\n".join(parts) + "\n"


def write_codebook(folder: Path | str) -> Path:
    """Write the codebook into a folder, beside its tables.

    Parameters
    ----------
    folder : path
        As in :func:`codebook`.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    DataError
        A table breaks a rule; nothing is written.
    """
    path = Path(folder) / NAME
    write(path, codebook(folder).encode())
    return path


def codebook_problems(folder: Path | str) -> list[str]:
    """Prove that the codebook in a folder is what its tables give.

    Parameters
    ----------
    folder : path
        As in :func:`codebook`.

    Returns
    -------
    list of str
        One sentence, or nothing when all is well.

    Raises
    ------
    DataError
        A table breaks a rule.
    """
    path = Path(folder) / NAME
    expected = codebook(folder).encode()
    if not path.is_file():
        return [f"data/{NAME}: it is missing; run scidip build."]
    if path.read_bytes() != expected:
        return [
            f"data/{NAME}: it is not what the tables and data/datapackage.json give; edit those, "
            "then run scidip build."
        ]
    return []


# --- Parts of the page -----------------------------------------------------------------------


def _head(package: dict) -> str:
    authors = "; ".join(person["title"] for person in package.get("contributors", []))
    year = package.get("created", "")[:4]
    licence = package["licenses"][0]
    title, version = package["title"], package.get("version", "")
    names = [resource["name"] for resource in package["resources"]]
    # GitHub drops a slash from the address of a heading.
    links = ", ".join(f"[{name}](#{name.replace('/', '')})" for name in names)
    return f"""# {title}

{package["description"]} Tables: {links}.

This page is written by `scidip build`. Edit `datapackage.json` and the tables, not this page.

**How to cite.** {authors} ({year}). *{title}*, version {version} (data set).
Name the source of a fact as well: `sources_of("an event_id")` lists the sources of an event.

**Licence.** [{licence["title"]}]({licence["path"]}) for our wording and selection.
Facts belong to nobody. Pages that we link to have their own terms.

**How to load.** With the course, each table comes checked and typed. Without it, all cells are
text, and an empty cell is `""`.

```python
from scidip.data import load, sources_of, tables
events = load("events")  # with the course

import pandas as pd
rows = pd.read_csv("data/events.csv", dtype="str", keep_default_na=False)  # without it
```

`scidip data check` names every row that breaks a rule. In the lists of columns, *list* means that
a cell may hold several values, with the sign that stands between them, and *Empty* counts the cells
without a value."""


def _table_part(resource: dict, table: pd.DataFrame) -> str:
    schema = resource["schema"]
    facts = [f"**What.** {resource.get('description', resource['title'])} {_size(schema, table)}"]
    audit = resource.get("audit", {})
    facts += [f"**{label}.** {audit[key]}" for key, label in AUDIT.items() if key in audit]
    if "example" in resource:
        facts.append(f"**Example.** `{resource['example']}`")
    lines = [f"## {resource['name']}", "", *(f"- {fact}" for fact in facts)]
    rows = [
        [
            f"`{field['name']}`",
            type_in_words(field, "`"),
            field.get("description", ""),
            allowed_values(field, schema, "`"),
            str(empty_cells(table[field["name"]])),
        ]
        for field in schema["fields"]
    ]
    columns = _markdown(["Column", "Type", "Meaning", "Allowed", "Empty"], rows)
    return "\n".join([*lines, "", columns])


def _size(schema: dict, table: pd.DataFrame) -> str:
    """Say how many rows there are, and the first and last year.

    They are those of the first date column in which at least every second cell is filled.
    """
    rows = f"Rows: {len(table):,}."
    for field in schema["fields"]:
        if field.get("partialDate"):
            years = table[field["name"]].dropna().str[:4]
            if len(years) * 2 >= len(table):
                return f"{rows} Years in `{field['name']}`: {years.min()} to {years.max()}."
    return rows


def _counts_part(events: pd.DataFrame, remark: str) -> str:
    with_usa = events["actors"].map(lambda actors: "USA" in actors)
    group = with_usa.map({True: "with the United States", False: "without the United States"})
    decade = (events["year"] // 10 * 10).astype("str") + "s"
    tones = _count_rows(group, events, TONE_KEYS) + _count_rows(decade, events, TONE_KEYS)
    aspects = [aspect.word for aspect in ASPECTS]
    parts = [
        "## What the counts may say about our sources",
        remark,
        "Tone by actor group (is `USA` among the actors?) and by decade:",
        _markdown(["Group", "Events", *TONE_KEYS], tones),
        "Aspects by decade; an event may show several, so a row adds up to more than its events:",
        _markdown(["Decade", "Events", *aspects], _count_rows(decade, events, ASPECT_KEYS)),
        "Tone by actor, for the most frequent actors; an event counts for each of its actors:",
        _markdown(["Actor", "Events", *TONE_KEYS], _actor_rows(events, TONE_KEYS)),
        "Aspects by actor:",
        _markdown(["Actor", "Events", *aspects], _actor_rows(events, ASPECT_KEYS)),
    ]
    return "\n\n".join(part for part in parts if part)


def _actor_rows(events: pd.DataFrame, columns: list[str]) -> list[list[str]]:
    """Count tones or aspects of the actors with the most events."""
    by_actor = events.explode("actors")
    sizes = by_actor["actors"].value_counts()
    # Names decide between equals, so that the page is always the same.
    first = sorted(sizes.index, key=lambda code: (-sizes[code], code))[:MOST_ACTORS]
    by_actor = by_actor[by_actor["actors"].isin(first)]
    rows = _count_rows(by_actor["actors"], by_actor, columns)
    return sorted(rows, key=lambda row: first.index(row[0]))


def _count_rows(groups: pd.Series, events: pd.DataFrame, columns: list[str]) -> list[list[str]]:
    """Count, for each group of events, all of them and those with each tone or aspect."""
    rows = []
    for group in sorted(groups.unique()):
        part = events[groups == group]
        marks = [
            {tone, *aspects} for tone, aspects in zip(part["tone"], part["aspects"], strict=True)
        ]
        counts = [sum(column in mark for mark in marks) for column in columns]
        rows.append([group, *map(str, [len(part), *counts])])
    return rows


def _markdown(header: list[str], rows: list[list[str]]) -> str:
    """Write a Markdown table; a bar inside a cell is escaped, a line break becomes a space."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in line) + " |"
        for line in lines
    )
