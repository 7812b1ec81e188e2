"""What every notebook of the course must be. Each rule gives its problems as sentences.

The rules are functions, so that test_guards.py can prove that each of them finds a mistake.
"""

import csv
import re
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(
    path
    for folder in ("lessons", "solutions", "exercises", "docs")
    for path in (ROOT / folder).glob("*.ipynb")
)
LESSONS = [path for path in NOTEBOOKS if path.parent.name == "lessons"]

CHECKED = "nbval-check-output"
NEAR = 6  # cells: how far a number in prose may stand from the cell that prints it
LONGEST_CELL, LONGEST_LINE, MOST_CELLS, MOST_COLUMNS = 8, 100, 60, 5
WORDS_IN_SENTENCE = 22
USUAL_PATHS = r"/home/|/Users/|/root/|/tmp/|/opt/|[A-Z]:\\\\?\w"
MACHINE_PATH = re.compile(f"{USUAL_PATHS}|{re.escape(str(ROOT))}")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u26ff\u2700-\u27bf\ufe0f]")
YEAR = re.compile(r"(19|20)[0-9]{2}")
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
CITATION = re.compile(r"\[\[(S[0-9]+)\]\]\(([^)\s]+)\)")
SECTIONS = ["Explore", "Check yourself", "Look again at the evidence", "Key points", "Words",
            "Sources", "Next"]  # fmt: skip
WINDOWS = ["China", "Europe", "United States", "Global South"]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def prose(cell):
    """The text of a markdown cell without code, addresses and HTML tags."""
    text = re.sub(r"```.*?```|`[^`]*`", " ", cell.source, flags=re.DOTALL)
    text = LINK.sub(lambda link: link[1], text)
    return re.sub(r"<[^>]+>", " ", text)


def outputs_as_text(cell):
    """All that a code cell shows as text."""
    texts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append("\n".join([output.ename, output.evalue, *output.traceback]))
        else:
            texts += [v for k, v in output.data.items() if k.startswith("text/")]
    return "\n".join(texts)


# --- Form ---------------------------------------------------------------------------------------


def metadata_problems(notebook):
    found = set(notebook.metadata)
    if found != {"kernelspec", "language_info"}:
        yield f"metadata holds {sorted(found)}, but only kernelspec and language_info belong there"
    elif notebook.metadata.kernelspec.name != "python3":
        yield "the kernel is not python3"
    elif dict(notebook.metadata.language_info) != {"name": "python"}:
        yield "language_info must hold the name only, as a version differs between machines"
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        yield "the format is not 4.5"
    for cell in notebook.cells:
        extra = set(cell.metadata) - {"tags", "scidip", "editable", "deletable"}
        if extra:
            yield f"cell {cell.id}: metadata {sorted(extra)} is noise"


def id_problems(notebook):
    ids = [cell.id for cell in notebook.cells]
    for number, cell_id in enumerate(ids):
        if cell_id in ids[:number]:
            yield f"cell {cell_id}: the id stands twice"
        if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", cell_id) or re.fullmatch(
            r"[0-9a-f]{8}", cell_id
        ):
            yield f"cell {cell_id}: the id is not made of words"


def heading_problems(notebook):
    level = 0
    titles = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for marks, title in re.findall(r"^(#{1,6}) +(.+)$", cell.source, flags=re.MULTILINE):
            if len(marks) > level + 1:
                yield f"cell {cell.id}: the heading {title!r} leaves out a level"
            level = len(marks)
            titles.append((level, title))
    if [title for size, title in titles if size == 1] != [t for _, t in titles[:1]]:
        yield "there must be one heading of level 1, and it must come first"
    for number, title in enumerate(titles):
        if title in titles[:number]:
            yield f"the heading {title[1]!r} stands twice"


def code_problems(notebook, lesson):
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        lines = cell.source.splitlines()
        if lesson and len(lines) > LONGEST_CELL:
            yield f"cell {cell.id}: {len(lines)} lines of code, at most {LONGEST_CELL} can be read"
        for line in lines:
            if len(line) > LONGEST_LINE:
                yield f"cell {cell.id}: a line has {len(line)} characters, at most {LONGEST_LINE}"
            if re.match(r"\s*[!%]|.*\bpip install\b", line):
                yield f"cell {cell.id}: {line.strip()!r} is no plain Python"
        if MACHINE_PATH.search(cell.source + outputs_as_text(cell)):
            yield f"cell {cell.id}: a path of one machine"
    if len(notebook.cells) > MOST_CELLS:
        yield f"{len(notebook.cells)} cells, at most {MOST_CELLS}"


# --- Outputs ------------------------------------------------------------------------------------


def output_problems(notebook):
    """Stored outputs are those of one run from top to bottom, and a checked cell is really checked.

    nbval passes over a tagged cell without an execution count, so such a cell must not exist.
    """
    expected = 1
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.get("tags", [])
        if cell.execution_count != expected:
            yield f"cell {cell.id}: not from one run from top to bottom; run the notebook again"
            return
        expected += 1
        kinds = [output.output_type for output in cell.outputs]
        if ("error" in kinds) != ("raises-exception" in tags):
            yield f"cell {cell.id}: an error without the tag raises-exception, or the reverse"
        if CHECKED not in tags:
            continue
        if not cell.outputs:
            yield f"cell {cell.id}: tagged {CHECKED}, but it shows nothing"
        for output in cell.outputs:
            if any(
                "widget" in kind or kind.startswith("image/") for kind in output.get("data", {})
            ):
                yield f"cell {cell.id}: tagged {CHECKED}, but a picture or widget can't be compared"
        if re.search(r"\b0x[0-9a-f]{6,}\b", outputs_as_text(cell)):
            yield f"cell {cell.id}: tagged {CHECKED}, but it shows a memory address"


def picture_problems(notebook):
    """Each picture has an alternative text, and a cell below it says the same in words."""
    cells = notebook.cells
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            for alt in re.findall(r"!\[([^\]]*)\]\(", cell.source):
                if len(alt.split()) < 4:
                    yield f"cell {cell.id}: an image without alternative text"
            continue
        for output in cell.outputs:
            images = [kind for kind in output.get("data", {}) if kind.startswith("image/")]
            for kind in images:
                alt = output.metadata.get(kind, {}).get("alt", "")
                if len(alt.split()) < 8:
                    yield f"cell {cell.id}: the figure has no alternative text"
                if "<Figure" in output.data.get("text/plain", "<Figure"):
                    yield f"cell {cell.id}: the figure has no text beside it"
            if images:
                # The figure's own words may precede it (lesson 00 shows the sentence first).
                near = [c for c in cells[max(0, number - 1) : number + 3] if c is not cell]
                if not any(CHECKED in c.metadata.get("tags", []) for c in near):
                    yield f"cell {cell.id}: no checked cell beside the figure says it in words"


# --- Text ---------------------------------------------------------------------------------------


def text_problems(notebook):
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        if EMOJI.search(cell.source):
            yield f"cell {cell.id}: an emoji, which screen readers read aloud"
        tags = set(re.findall(r"</?([a-z0-9]+)[^>]*>", re.sub(r"`[^`]*`", "", cell.source)))
        if tags - {"details", "summary", "br"}:
            yield f"cell {cell.id}: HTML {sorted(tags)} may be unreadable in one of the themes"
        for line in cell.source.splitlines():
            if line.startswith("|") and line.count("|") - 1 > MOST_COLUMNS:
                yield f"cell {cell.id}: a table with more than {MOST_COLUMNS} columns"


def sentence_length(notebook):
    """Words per sentence, on average, in the paragraphs and lists of a notebook."""
    sentences = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for line in prose(cell).splitlines():
            if line.startswith(("#", "|")):
                continue
            line = re.sub(r"^\s*([-*]|[0-9]+\.)\s+", "", line)
            sentences += [
                part for part in re.split(r"(?<=[.!?:])\s+", line) if len(part.split()) > 1
            ]
    return sum(len(part.split()) for part in sentences) / max(len(sentences), 1)


def link_problems(notebook, path):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for problem in broken_links(cell.source, path):
                yield f"cell {cell.id}: {problem}"


def broken_links(text, path):
    for _, target in LINK.findall(re.sub(r"`[^`]*`", "", text)):
        if re.match(r"https?://[^/]+\.[^/]+|mailto:|#", target):
            continue
        if not (path.parent / unquote(target.partition("#")[0])).exists():
            yield f"the link {target!r} leads nowhere"


# --- Lessons ------------------------------------------------------------------------------------


def anatomy_problems(notebook, path):
    """A numbered lesson has all its parts, in order, and four windows among its sources."""
    if path.name.startswith("00_"):
        return
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    titles = re.findall(r"^## +(.+)$", text, flags=re.MULTILINE)
    found = [title for title in titles if title in SECTIONS]
    if found != SECTIONS:
        yield f"the sections are {found}, but must be {SECTIONS}"
    for part in (
        "**Key question.**",
        "**In this lesson you will**",
        "**You will be able to**",
        "**You need**",
    ):
        if part not in text:
            yield f"the opening lacks {part}"
    sources = text.partition("## Sources")[2]
    for window in WINDOWS:
        if not re.search(rf"Window: [^\n]*{window}", sources):
            yield f"no source looks from this window: {window}"
    questions = text.partition("## Check yourself")[2].partition("\n## ")[0]
    if questions.count("<details>") < 3:
        yield "fewer than three questions in Check yourself"


def citation_problems(notebook, sources):
    """[[S012]](address) names a row of data/sources.csv, with that row's address."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for source_id, url in CITATION.findall(cell.source):
            if source_id not in sources:
                yield f"cell {cell.id}: {source_id} is not in data/sources.csv"
            elif sources[source_id]["url"] != url:
                yield f"cell {cell.id}: the address of {source_id} is not that of data/sources.csv"


def number_problems(notebook, facts):
    """A number in prose is printed by a cell near it, or stands in the data that is cited.

    Passed over: addresses, code, headings, numbers of lists, of lessons and of exercises, and the
    minutes in the line below the title.

    Parameters
    ----------
    notebook : the lesson
    facts : function from a source_id or event_id to the text of the rows that belong to it
    """
    cells = notebook.cells
    texts = [
        f"{cell.source}\n{outputs_as_text(cell)}" if cell.cell_type == "code" else ""
        for cell in cells
    ]
    # A year names a place on the timeline rather than a result: it may be printed anywhere.
    years = {number for text in texts for number in numbers(text) if YEAR.fullmatch(number)}
    for place, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        near = texts[max(0, place - NEAR) : place + NEAR + 1]
        known = years.union(*map(numbers, near))
        # Events, cards and claims are cited by their ids, written as code.
        cited = {source for source, _ in CITATION.findall(cell.source)}
        cited |= set(re.findall(r"`([0-9a-zS-]+)`", cell.source))
        here = known.union(*(numbers(facts(source)) for source in cited))
        text = re.sub(r"^#.*$|^Lesson [0-9].*$", " ", prose(cell), flags=re.MULTILINE)
        # Works in the list of sources carry their year and their own numbers.
        if "## Sources" in cell.source:
            text = re.sub(r"^.*\bWindow: .*$", " ", text, flags=re.MULTILINE)
        text = re.sub(r"\[?S[0-9]+\]?|[Ll]essons? [0-9]+|[Ee]xercises? [0-9.]+", " ", text)
        text = re.sub(r"^(\s*|\W{2})[0-9]+\. ", " ", text, flags=re.MULTILINE)
        for number in sorted(numbers(text) - here):
            yield f"cell {cell.id}: no cell prints the number {number}"


def numbers(text):
    """The numbers of two or more digits in a text; 10,689 and 10689 are the same."""
    found = re.findall(r"(?<![\w.])[0-9]+(?:[,.][0-9]+)*(?![0-9])", text)
    return {number.replace(",", "") for number in found if len(number) > 1}


def facts_by_source():
    """A function that gives the text of all rows of data/ that belong to one source or event.

    It also knows the cards by their card_id and the claims of the article by their claim_id.
    """

    def rows(name):
        with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    events = {row["event_id"]: " ".join(row.values()) for row in rows("events")}
    texts = {row["source_id"]: row["title"] + " " + row["published"] for row in rows("sources")}
    for link in rows("event_sources"):
        texts[link["source_id"]] += " " + events[link["event_id"]]
    texts |= {row["card_id"]: " ".join(row.values()) for row in rows("cards")}
    texts |= {row["claim_id"]: " ".join(row.values()) for row in rows("article_claims")}
    # A date of the table, such as 1957-05-02, holds its year, month and day as numbers.
    return lambda name: (texts | events).get(name, "").replace("-", " ")


def sources_by_id():
    with (ROOT / "data" / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_id"]: row for row in csv.DictReader(file)}


def problems(notebook, path):
    """All problems of one notebook."""
    lesson = path.parent.name == "lessons"
    found = [
        *metadata_problems(notebook),
        *id_problems(notebook),
        *heading_problems(notebook),
        *code_problems(notebook, lesson),
        *output_problems(notebook),
        *picture_problems(notebook),
        *text_problems(notebook),
        *link_problems(notebook, path),
        *citation_problems(notebook, sources_by_id()),
        *number_problems(notebook, facts_by_source()),
    ]
    if lesson:
        found += anatomy_problems(notebook, path)
        length = sentence_length(notebook)
        if length > WORDS_IN_SENTENCE:
            found.append(
                f"{length:.1f} words in a sentence on average, at most {WORDS_IN_SENTENCE}"
            )
    return found
