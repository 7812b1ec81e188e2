"""The rules of a brief: what is missing, where, and what to do."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scidip.brief import figures_in
from scidip.brief.figures_in import Sentence
from scidip.brief.keys import OWN, WINDOWS, Source, counted, keys_in, nearest, plain_links

SLOTS = ("claim", "evidence", "other view", "limit")
CHART = ("title", "table", "x", "y", "alt", "source")
PARTS = ("structure", "sources", "numbers", "chart", "uncertainty")
LEAST_WORDS, MOST_WORDS, LEAST_IN_SLOT = 350, 500, 10
LEAST_SOURCES, LEAST_WINDOWS = 4, 3
LEAST_IN_ALT, VALUES_IN_ALT, MOST_ROWS, MOST_COLUMNS = 8, 2, 15, 5

_HAN = re.compile(r"[\u3400-\u9fff]")
_DOUBT = re.compile(
    r"\b(?:not (?:yet )?(?:know|known|certain|sure|clear|measured|observed|seen|recorded|tested|"
    r"counted|proven|proved|established|read|asked|show|shown)|"
    r"(?:do|does|did|can|could)(?: not|n['’]t)|"
    r"cannot|can['’]t|unknown|uncertain\w*|unclear|unsure|unproven|unmeasured|doubt\w*|may|might|"
    r"could|perhaps|possibl[ey]|probabl[ey]|likely|unlikely|likelihood|confiden\w+|estimat\w+|"
    r"assum\w+|no (?:data|record|records|figure|figures|study|studies|source|sources|table|page|"
    r"evidence|survey)|missing|lacks?|incomplete|provisional|weak\w*|guess\w*|tentative\w*|"
    r"nobody (?:has|can|knows|knew)|no one (?:has|can|knows|knew)|open whether|only one|thin|"
    r"have not seen|open question|depends?|per cent sure|margin|error|biased?|risk)\b|"
    r"可能|也许|或许|不确定|未知|不清楚|不知道|尚不|不明",
    re.I,
)
_IF = re.compile(
    r"\b(?:if|unless|should (?:it|this|that|they|the|a|an|new|later|any)\b|"
    r"were (?:it|this|the|a|they|these)\b|in case|provided that|even though|suppose|supposing)\b|"
    r"如果|若|假如|一旦",
    re.I,
)
_CONSEQUENCE = re.compile(
    r"\b(?:if|unless|in that case|then|so|therefore|thus|hence|consequently|accordingly|otherwise|"
    r"as a result|for this reason|this is why|means? that|would (?:change|fall|fail|turn|be|have|"
    r"lose|weaken|not|no longer|drop|need|make|mean|give|keep|advise|withdraw|reverse|stand|hold)|"
    r"we would|I would|must then|which changes|this changes|changes (?:our|the|my) (?:advice|claim|"
    r"conclusion|answer))\b|那么|因此|所以|就应|则|否则",
    re.I,
)
# Words of doubt that say the contrary: "there is no doubt", "nothing is uncertain".
_SURE = re.compile(
    r"\b(?:no|without|beyond)(?: \w+)? (?:doubts?|risks?|errors?|uncertainty)\b|"
    r"\bnothing\b[^.;]*?\b(?:uncertain|unclear|unknown)\b",
    re.I,
)
_KEYS = re.compile(r"[\[【][^\]】]*[\]】]")
_US = re.compile(r"\bUnited States\b|\bUSA?\b|\bU\.S\.|\bWashington\b|美国")
_THEN = re.compile(
    r"\b(?:would|will|should|must|may|can|could|holds?|falls?|fails?|changes?|weakens?|needs?)\b|"
    r"则|就|应|将"
)
_MORE_RESEARCH = re.compile(
    r"\b(?:more|further|additional) (?:research|study|studies|work|data)\b", re.I
)


@dataclass(frozen=True)
class Finding:
    """One thing to repair: a short name of its kind, and the sentence for the writer."""

    kind: str
    words: str


def check(brief: Any, *parts: str) -> list[str]:
    """Check a brief, and say what is missing, where, and what to do.

    Parameters
    ----------
    brief : dict
        Texts under ``"title"``, ``"claim"``, ``"evidence"``, ``"other view"`` and ``"limit"``, if
        you like also ``"for"`` (the reader), and under ``"chart"`` a dictionary with ``"title"``,
        ``"table"`` (a list of rows, each a dictionary, or a DataFrame; its first column goes along
        the x axis), ``"x"`` and ``"y"`` (the words at the axes), ``"alt"`` and ``"source"``.
    *parts : str
        Which rules: "structure", "sources", "numbers", "chart", "uncertainty"; all by default.

    Returns
    -------
    list of str
        One sentence for each thing to repair; empty when the brief keeps the rules.

    Raises
    ------
    ValueError
        There is no such part of the rules.

    Notes
    -----
    structure
        A title; at least 10 words in each of the four slots; 350 to 500 words in the four slots
        together. Title, chart and source keys do not count. A hyphenated word is one word; two
        Chinese characters are one word.
    sources
        At least four sources, by their keys in square brackets, such as ``[S123]`` or
        ``[S123, oliva2021]``, in the slots or under the chart. A key is a ``source_id`` of
        ``sources`` or ``series_sources``, a ``work_id`` of ``bibliography``, a ``card_id``, or an
        ``event_id``. One page counts once, whatever its keys, and a record does not count beside
        its own source. The sources look from at least three of the four windows, China and the
        Global South among them; a brief that names the United States needs that window too. Works
        and cards have a window; other pages count as sources without one.
    numbers
        A sentence with a figure names its unit and a year, and ends with a source key. A figure is
        a number that says how much or how many. These are none: years, dates, lengths of time,
        ordinals, names with digits, numbers of articles, lists and notes, numbers in titles; a
        number in words counts only before "per cent", "thousand", "million" and the like. A number
        in quotation marks needs a key only. Two neighbouring sentences may share unit, year and
        key: the second with the first, if it opens with This, it, they or a similar word, or has
        the same key; the first, if it has no key, with the second, unless that one is whole by
        itself and speaks of something else. ``[own]`` marks a number of your own, a proposal or a
        result that you computed: it needs no year and no other key.
    chart
        Title, words at both axes, an alternative text of at least 8 words with two values in
        digits, a table of 2 to 15 rows with numbers, and a source key. Each figure in the chart's
        title and alternative text stands in the table, rounded or not, or is a sum, difference,
        share or change of two of its values; "84,025 in 2020" is looked up in the row of 2020.
    uncertainty
        A sentence of the slot *limit* says what is not sure and what follows from it: "We do not
        know ..., so ...", "If ..., we would ...". Two neighbouring sentences will do.

    Examples
    --------
    >>> check({"title": "Renew"}, "structure")[0]
    'The slot "claim" is empty: write what you advise there, in at least 10 words.'
    >>> check("my text")
    ['A brief is a dictionary: curly brackets, and a text for each slot.']
    """
    return [finding.words for finding in find(brief, *parts)]


def find(brief: Any, *parts: str) -> list[Finding]:
    """Like :func:`check`, with the kind of each finding."""
    for part in parts:
        if part not in PARTS:
            raise ValueError(f"There is no part {part!r}; the parts are {', '.join(PARTS)}.")
    if not isinstance(brief, dict):
        words = "A brief is a dictionary: curly brackets, and a text for each slot."
        return [Finding("no dictionary", words)]
    brief = tidy(brief)
    rules = {
        "structure": _structure, "sources": _sources, "numbers": _numbers, "chart": _chart,
        "uncertainty": _uncertainty,
    }  # fmt: skip
    return [finding for part in PARTS if part in (parts or PARTS) for finding in rules[part](brief)]


def tidy(brief: dict) -> dict:
    """Bring the names of slots into one form, and leave out what is no text."""
    named = {_name(key): value for key, value in brief.items()}
    chart = named.get("chart")
    chart = {_name(k): v for k, v in chart.items()} if isinstance(chart, dict) else {}
    texts = {name: _text(value) for name, value in named.items() if name != "chart"}
    return texts | {"chart": {k: v if k == "table" else _text(v) for k, v in chart.items()}}


def _name(key: Any) -> str:
    return " ".join(str(key).replace("_", " ").lower().split())


def _text(value: Any) -> str:
    """A text; a list of texts is a text with a paragraph for each."""
    if isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value):
        value = "\n\n".join(value)
    return value.strip() if isinstance(value, str) and value.strip("_. \n") else ""


def count_words(text: str) -> int:
    """Count the words of a text without its source keys.

    Examples
    --------
    >>> count_words("A five-year term - no more [S123]."), count_words("科技外交")
    (5, 2)
    """
    text = re.sub(r"[\[【][^\]】]*[\]】]|https?://\S+", " ", plain_links(text))
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=[0-9])[ \u202f](?=[0-9]{3}(?![0-9]))", "", text)
    text = re.sub(r"^\s*(?:[-*•–]|\(?[0-9]{1,2}[.)])\s+", " ", text, flags=re.M)
    han = len(_HAN.findall(text))
    parts = re.split(r"[\s—/]+|(?<=\s)–(?=\s)", _HAN.sub(" ", text))
    return sum(any(c.isalnum() for c in part) for part in parts) + math.ceil(han / 2)


def cited(brief: Any) -> list[Source]:
    """List what a brief cites, in the order of its slots, with the chart's source at the end."""
    if not isinstance(brief, dict):
        return []
    brief = tidy(brief)
    found = [source for slot in SLOTS for source in keys_in(brief.get(slot, ""))[0]]
    return found + _chart_keys(brief)[0]


def measure(brief: Any) -> dict[str, Any]:
    """Count what a brief has so far.

    Returns
    -------
    dict
        ``words``, ``sources`` (their keys) and ``windows``.

    Examples
    --------
    >>> measure({"claim": "Renew it [oliva2021]."})
    {'words': 2, 'sources': ['oliva2021'], 'windows': ['Global South']}
    """
    slots = tidy(brief) if isinstance(brief, dict) else {}
    sources = counted(cited(brief))
    seen = {window for source in sources for window in source.windows}
    return {
        "words": sum(count_words(slots.get(slot, "")) for slot in SLOTS),
        "sources": [source.key for source in sources],
        "windows": [window for window in WINDOWS if window in seen],
    }


# --- Structure ----------------------------------------------------------------------------------

_ASKS = {
    "claim": "what you advise",
    "evidence": "what speaks for it, with sources",
    "other view": "what those who disagree would say, so that they would sign it",
    "limit": "what is not sure, and what would change your advice",
}


def _structure(brief: dict) -> Iterator[Finding]:
    if not brief.get("title"):
        yield Finding("no title", 'The brief has no title: write one line under "title".')
    for slot in SLOTS:
        words = count_words(brief.get(slot, ""))
        if not words:
            yield Finding(
                "empty slot",
                f'The slot "{slot}" is empty: write {_ASKS[slot]} there, in at least '
                f"{LEAST_IN_SLOT} words.",
            )
        elif words < LEAST_IN_SLOT:
            yield Finding(
                "empty slot",
                f'The slot "{slot}" is nearly empty ({words} of at least {LEAST_IN_SLOT} words): '
                f"say there {_ASKS[slot]}.",
            )
    words = sum(count_words(brief.get(slot, "")) for slot in SLOTS)
    if words > MOST_WORDS:
        yield Finding(
            "too long",
            f"The four slots have {words} words, {words - MOST_WORDS} more than {MOST_WORDS}: cut "
            "what the reader can decide without.",
        )
    elif words < LEAST_WORDS:
        yield Finding(
            "too short",
            f"The four slots have {words} words, {LEAST_WORDS - words} fewer than {LEAST_WORDS}: "
            "add what the reader needs to decide.",
        )


# --- Sources ------------------------------------------------------------------------------------


def _sources(brief: dict) -> Iterator[Finding]:
    for slot in SLOTS:
        for key in dict.fromkeys(keys_in(brief.get(slot, ""))[1]):
            yield _unknown(key, f'In "{slot}"')
    sources = counted(cited(brief))
    if len(sources) < LEAST_SOURCES:
        have = ", ".join(source.key for source in sources) or "none"
        yield Finding(
            "few sources",
            f"The brief has {len(sources)} of at least {LEAST_SOURCES} different sources ({have}): "
            "add keys in square brackets, such as [S123]; one page counts once.",
        )
    windows = [w for w in WINDOWS if any(w in source.windows for source in sources)]
    names_us = any(_US.search(_KEYS.sub(" ", brief.get(slot, ""))) for slot in SLOTS)
    for window in ("China", "Global South"):
        if window not in windows:
            yield Finding(
                f"no {window}",
                f"No source looks from {window if window == 'China' else 'the ' + window}: cite a "
                "work of the bibliography or a card with this window; other pages have none.",
            )
    has_both = {"China", "Global South"} <= set(windows)
    if has_both and names_us and "United States" not in windows:
        yield Finding(
            "no United States",
            "The brief names the United States, but no source looks from there: cite a work of the "
            "bibliography or a card with this window.",
        )
    elif len(windows) < LEAST_WINDOWS and has_both:
        yield Finding(
            "few windows",
            f"The sources look from {len(windows)} of at least {LEAST_WINDOWS} windows "
            f"({', '.join(windows)}): add a work or a card from another one.",
        )


def _unknown(key: str, where: str) -> Finding:
    near = nearest(key)
    space = " A key has no space." if " " in key else ""
    did = f" (did you mean [{near}]?{space})" if near else ""
    return Finding(
        "made-up key",
        f"{where}: [{key}] is no source key of the course{did}; take a key from the tables in "
        "data/, or leave the brackets out.",
    )


# --- Numbers ------------------------------------------------------------------------------------


def _numbers(brief: dict) -> Iterator[Finding]:
    for slot in SLOTS:
        for sentences in figures_in.read(brief.get(slot, "")):
            for place, sentence in enumerate(sentences):
                if (sentence.figures or sentence.quoted) and not sentence.own:
                    yield from _about_figures(slot, sentence, _passage(sentences, place))


def _passage(sentences: list[Sentence], place: int) -> list[Sentence]:
    """The sentences that share key and year with one of them."""
    one = sentences[place]
    found = [one]
    if not one.sources and place + 1 < len(sentences):
        following = sentences[place + 1]
        is_whole = following.figures and following.has_year and following.has_unit
        if not is_whole or following.leans or following.topics & one.topics:
            found.append(following)
    if place and _leans_on(one, sentences[place - 1]):
        found.append(sentences[place - 1])
    return found


def _leans_on(sentence: Sentence, earlier: Sentence) -> bool:
    has_same_key = bool(sentence.sources) and sentence.sources == earlier.sources
    return sentence.leans or has_same_key


def _about_figures(slot: str, sentence: Sentence, passage: list[Sentence]) -> Iterator[Finding]:
    lacks = {
        "no unit": None if any(s.has_unit for s in passage) else "a unit, what was counted",
        "no year": None if any(s.has_year for s in passage) else "a year",
        "no key": None
        if any(s.sources for s in passage)
        else f"a source key in square brackets ([{OWN}] for a number of your own)",
    }
    if not sentence.figures:
        # What others say in quotation marks may stand as it is, but who says it?
        lacks = {"no key": lacks["no key"]}
    kinds = [kind for kind, words in lacks.items() if words]
    if kinds:
        shown = (sentence.figures or sentence.quoted)[:3]
        numbers = " and ".join(dict.fromkeys(shown))
        noun = "number" if len(set(shown)) == 1 else "numbers"
        yield Finding(
            kinds[0],
            f'In "{slot}", the sentence "{_opening(sentence.words)}" has the {noun} {numbers}, '
            f"but lacks {', and '.join(lacks[kind] for kind in kinds)}: add it there.",
        )


def _opening(words: str, most: int = 8) -> str:
    parts = words.split()
    opening = " ".join(parts[:most]) if len(parts) > 1 else words[:40]
    return opening.rstrip(".,;:") + (" ..." if len(parts) > most else "")


# --- Chart --------------------------------------------------------------------------------------


def table_of(chart: dict) -> pd.DataFrame | None:
    """Read the table of a chart; None where there is none that can be read."""
    table = chart.get("table")
    try:
        if isinstance(table, (list, tuple)) and all(isinstance(r, (list, tuple)) for r in table):
            table = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
        if isinstance(table, (list, tuple)) and not all(isinstance(r, dict) for r in table):
            return None
        found = pd.DataFrame(table)
        return found if found.columns.is_unique and found.shape[1] else None
    except (TypeError, ValueError, IndexError):
        return None


def number_columns(table: pd.DataFrame) -> list[str]:
    """Name the columns behind the first that hold numbers."""
    return [
        name
        for name in table.columns[1:]
        if pd.to_numeric(table[name], errors="coerce").notna().any()
    ]


def _chart_keys(brief: dict) -> tuple[list[Source], list[str]]:
    """The chart's sources: its words may be one bare key, or hold keys in brackets."""
    words = brief.get("chart", {}).get("source", "")
    found, unknown, _ = keys_in(words)
    if not found and not unknown:
        parts = [part.strip() for part in re.split(r"[,;]|\s+and\s+", words) if part.strip()]
        found = [source for part in parts for source in keys_in(f"[{part}]")[0]]
        if not found:
            unknown = [key for part in parts for key in keys_in(f"[{part}]")[1]]
    return found, unknown


def _chart(brief: dict) -> Iterator[Finding]:
    chart = brief["chart"]
    if not chart:
        yield Finding(
            "no chart", 'The brief has no chart: write a dictionary under "chart", with '
            + ", ".join(f'"{name}"' for name in CHART) + "."
        )  # fmt: skip
        return
    if not chart.get("title"):
        yield Finding("no title", 'The chart has no title: write one line under its "title".')
    for axis in ("x", "y"):
        words = chart.get(axis, "")
        if not words or words.lower() in (axis, "axis", f"{axis} axis", f"{axis}-axis"):
            yield Finding(
                "no axis words",
                f'The {axis} axis of the chart has no words: say under "{axis}" what it shows, and '
                "in which unit.",
            )
    table = table_of(chart)
    yield from _alt(chart, table)
    yield from _table(chart, table)
    found, unknown = _chart_keys(brief)
    for key in dict.fromkeys(unknown):
        yield _unknown(key, 'In the "source" of the chart')
    if not found and not unknown:
        yield Finding(
            "no key", 'The chart has no source: write a source key of the course under "source".'
        )
    if table is not None and number_columns(table):
        yield from _strangers(chart, table)


def _alt(chart: dict, table: pd.DataFrame | None) -> Iterator[Finding]:
    words = chart.get("alt", "")
    if not words:
        yield Finding(
            "no alt",
            'The chart has no alternative text: say under "alt" what the picture shows, for people '
            "who do not see it.",
        )
    elif words == chart.get("title") or count_words(words) < LEAST_IN_ALT:
        yield Finding(
            "no alt",
            f"The alternative text of the chart is too short (at least {LEAST_IN_ALT} words, and "
            "not the title again): say what rises, falls or differs, with two values.",
        )
    elif _values_in(words, table) < VALUES_IN_ALT:
        yield Finding(
            "no alt",
            f"The alternative text of the chart needs {VALUES_IN_ALT} values of its table, in "
            "digits: a reader who does not see the picture can then follow what rises, falls or "
            "differs.",
        )


def _values_in(words: str, table: pd.DataFrame | None) -> int:
    """Count the values in a text; one that looks like a year counts if the table has it."""
    found = {figure for figure, _ in figures_in.values(words)}
    if table is not None and number_columns(table):
        cells = table[number_columns(table)].apply(pd.to_numeric, errors="coerce").stack()
        has = {f"{value:g}" if value < 1e5 else str(value) for value in map(float, cells)}
        found |= has & set(re.findall(r"(?<![0-9.,])[0-9]+(?:\.[0-9]+)?(?![0-9])", words))
    return len(found)


def _table(chart: dict, table: pd.DataFrame | None) -> Iterator[Finding]:
    if chart.get("table") is None or table is None:
        yield Finding(
            "no table",
            'The chart has no table that can be read: write under "table" a list of rows, such as '
            '[{"year": 2022, "papers": 5}, {"year": 2023, "papers": 7}].',
        )
    elif len(table) < 2 or not number_columns(table):
        yield Finding(
            "no table",
            "The table of the chart needs at least 2 rows and a column of numbers behind the first "
            "column: write a number alone, without sign and quotation marks, such as 42.9.",
        )
    elif len(table) > MOST_ROWS or table.shape[1] > MOST_COLUMNS:
        yield Finding(
            "long table",
            f"The table of the chart has {len(table)} rows and {table.shape[1]} columns; a page "
            f"has room for {MOST_ROWS} and {MOST_COLUMNS}: choose what the reader needs.",
        )


def _strangers(chart: dict, table: pd.DataFrame) -> Iterator[Finding]:
    """Figures in the chart's words that its table does not give."""
    for name in ("title", "alt"):
        strange = [
            figure
            for figure, of_hundred in figures_in.values(chart.get(name, ""))
            if not in_table(figure, table, of_hundred)
        ]
        if strange:
            where = "title" if name == "title" else "alternative text"
            yield Finding(
                "not in table",
                f"The {where} of the chart has {', '.join(dict.fromkeys(strange))}, which its "
                "table does not give: correct one of the two.",
            )
            continue
        yield from _misplaced(name, chart.get(name, ""), table)


_IN_YEAR = re.compile(
    rf"(?P<by>\bby (?:about |nearly |some )?)?(?<![0-9.,])(?P<figure>{figures_in.DIGITS})"
    r"(?P<unit>(?: (?!in\b|to\b|and\b|from\b)[A-Za-z%]+){0,3}) in (?P<year>(?:1[89]|20)[0-9]{2})\b"
)


def _misplaced(name: str, words: str, table: pd.DataFrame) -> Iterator[Finding]:
    """ "84,025 in 2020" where the table gives another value, or no row, for that year."""
    years = pd.to_numeric(table.iloc[:, 0], errors="coerce")
    if not years.between(1800, 2100).all():
        return
    for match in _IN_YEAR.finditer(words):
        if match["by"] or re.search(r"\b(?:fewer|less|more)\b", match["unit"]):
            continue  # a change, which no single row gives
        row = table[years == int(match["year"])]
        of_hundred = "%" in match["unit"] or "per" in match["unit"]
        if row.empty or not in_table(match["figure"], row, of_hundred):
            where = "title" if name == "title" else "alternative text"
            yield Finding(
                "not in table",
                f"The {where} of the chart says {match['figure']} in {match['year']}, but the "
                f"table has {'no such year' if row.empty else 'another value there'}: correct one "
                "of the two.",
            )


def in_table(figure: str, table: pd.DataFrame, of_hundred: bool = False) -> bool:
    """Tell whether a figure stands in a table, or is computed from its values.

    Parameters
    ----------
    figure : str
        As it is written, such as ``"84,025"``.
    table : pandas.DataFrame
        The table of the chart.
    of_hundred : bool
        Whether it is a percentage: then shares and changes in per cent count too.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2016, 2023], "share": [42.9, 30.6]})
    >>> [in_table(figure, table) for figure in ("43", "12.3", "2", "29")]
    [True, True, True, False]
    >>> in_table("29", table, of_hundred=True)
    True
    """
    digits = re.sub(r"[,'’\u00a0\u202f ](?=[0-9]{3})", "", figure).replace(",", ".")
    try:
        wanted = float(digits)
    except ValueError:
        return True
    if wanted in (len(table), table.shape[1], table.shape[1] - 1):
        return True
    places = len(digits.partition(".")[2])
    zeros = len(digits) - len(digits.rstrip("0")) if not places else 0
    slack = min(0.5 * 10 ** (zeros if zeros >= 2 else 0), max(0.5, wanted / 40)) * 10**-places
    slack += 1e-9

    def near(value: float) -> bool:
        sizes = (abs(value) / scale for scale in (1, 1e3, 1e6, 1e9))
        return any(abs(size - wanted) <= slack for size in sizes)

    numbers = table.apply(pd.to_numeric, errors="coerce")
    found = [float(value) for column in numbers for value in numbers[column].dropna()]
    if any(map(near, found)):
        return True
    # A sum, or a difference, share or change of two values, in one column or one row.
    groups = [numbers[column].dropna().tolist() for column in numbers.columns[1:]]
    groups += [row.dropna().tolist() for _, row in numbers.iloc[:, 1:].iterrows()]
    pairs = [(a, b) for group in groups for a in group for b in group if a != b]
    if any(near(sum(group)) for group in groups if group) or any(near(a - b) for a, b in pairs):
        return True
    ratios = [100 * a / b for a, b in pairs if b] if of_hundred else []
    return any(abs(abs(r - less) - wanted) <= slack for r in ratios for less in (0, 100))


# --- Uncertainty --------------------------------------------------------------------------------


def _uncertainty(brief: dict) -> Iterator[Finding]:
    doubts = False
    for part in figures_in.paragraphs(brief.get("limit", "")):
        sentences = figures_in.in_sentences(part)
        for sentence, following in zip(sentences, [*sentences[1:], ""], strict=True):
            if _is_whole(sentence, following):
                return
            doubts = doubts or bool(_DOUBT.search(_SURE.sub(" ", sentence)))
    if doubts:
        yield Finding(
            "no consequence",
            'The slot "limit" names a doubt, but not what follows from it: add how your advice '
            'would change, for example "If ..., we would ...".',
        )
    else:
        yield Finding(
            "no uncertainty",
            'I found no sentence in the slot "limit" on what is not sure and what follows from it: '
            'write one, such as "We do not know ...; if ..., we would ...". If yours has both in '
            'other words, say so with "if" or "not known".',
        )


def _is_whole(sentence: str, following: str) -> bool:
    """Tell whether a sentence, with the next one, holds a doubt and its consequence."""
    sentence, following = _SURE.sub(" ", sentence), _SURE.sub(" ", following)
    has_if = bool(_IF.search(sentence))
    if _MORE_RESEARCH.search(sentence) and not has_if:
        return False
    if has_if and _THEN.search(sentence):
        return True
    follows = _CONSEQUENCE.search(sentence) or _CONSEQUENCE.match(following)
    return bool(_DOUBT.search(sentence) and (follows or _IF.search(following)))
