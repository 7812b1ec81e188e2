"""Numbers in a text: which of them are figures, and what a reader needs beside each.

A figure is a number that says how much or how many. Years, dates, lengths of time, ordinals,
names with digits (G20, COVID-19), numbers of a list, a note, a page or an article, and numbers in
quotation marks or in titles (*in italics*) are none.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from scidip.brief.keys import Source, keys_in, plain_links

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
TIME = r"(?:years?|months?|weeks?|days?|hours?|minutes?|decades?|centur(?:y|ies)|terms?)\b"
DIGITS = r"[0-9]{1,3}(?:[,'’\u00a0\u202f ][0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:[.,][0-9]+)*"
SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
MASS = r"per[ -]?cent|percentage points?|thousand|million|billion|trillion"
LABELS = (
    "Article|Art|Annex|Agenda|Chapter|Clause|Exercise|Figure|Fig|Goal|Grade|Group|Horizon|Lesson|"
    "Level|No\\.|Nos\\.|Nr|Number|Option|Page|Paragraph|Para|Part|Phase|Point|Question|Resolution|Rule|"
    "SDG|Section|Stage|Step|Table|Tier|Track|Version|Vol|Volume|Apollo|Chang'e|Long March|"
    r"Shenzhou|Tiangong|p|pp|H\.R|S\. Res|Public Law"
)

# What is no figure, in the order in which it is taken out.
_NO_FIGURES = [
    re.compile(r"https?://\S+|www\.\S+|\bdoi:\S+", re.I),
    re.compile(r"`[^`]*`"),
    re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|「[^」]*」|『[^』]*』|《[^》]*》|‘[^‘’]*’|„[^“”]*[“”]"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])[^*]*\*(?![\w*])|(?<!\w)_(?=\S)[^_]*_(?!\w)"),
    re.compile(r"[\[【][^\]】]*[\]】]"),
    # Dates
    re.compile(r"\b[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?\b|\b[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{2}){1,2}\b"),
    re.compile(r"\b[0-9]{1,2}(?:st|nd|rd|th)?(?:\s*(?:-|–|to|and|/)\s*[0-9]{1,2}(?:st|nd|rd|th)?)?"
               rf"\s+(?:of\s+)?{MONTH}", re.I),
    re.compile(rf"\b{MONTH}\s+[0-9]{{1,2}}(?:st|nd|rd|th)?(?:\s*[-–]\s*[0-9]{{1,2}})?(?![0-9])"),
    re.compile(r"[0-9]{1,2}月(?:[0-9]{1,2}[日号])?|[0-9]{1,2}[日号]"),
    re.compile(r"\b[0-9]{1,2}[:.][0-9]{2}\s*(?:UTC|GMT|[ap]\.?m\b\.?|h\b)"),
    re.compile(r"\b[0-9]{1,2}:[0-9]{2}\b|\b[0-9]{1,2}\s*[ap]\.?m\b\.?"),
    # Names with a number that stands apart
    re.compile(r"\b(?:Projects?|Programmes?|Programs?|Proclamation|[Rr]ooms?|Group of)\s[0-9]+"
               r"(?:/[0-9]+)*\b|\b[0-9]{3} (?:Program(?:me)?|Project|Plan)\b|"
               r"\b[0-9]+ (?:FR|CFR|USC|U\.S\.C\.) [0-9]+|\b[0-9][0-9,]* Talents\b|"
               r"(?i:\b(?:one|ten) thousand talents\b)"),
    # Lengths of time
    re.compile(rf"(?:{DIGITS})(?:\s*(?:-|–|to|or|and)\s*(?:{DIGITS}))?[\s-]*(?:more |further |"
               rf"full |working |calendar |consecutive )?{TIME}", re.I),
    re.compile(r"[0-9]+\s*(?:个月|周年|年|天|周|小时)(?<![12][0-9]{3}年)"),
    # Degrees of belief, ordinals, names with digits, numbers of parts
    re.compile(r"\b[0-9]+(?:\.[0-9]+)?\s*(?:%|per ?cent)\s+(?:sure|certain|confident|confidence)\b",
               re.I),
    re.compile(r"\b[0-9]+(?:st|nd|rd|th)\b|第[0-9]+", re.I),
    re.compile(rf"\b(?i:{LABELS})s?\.?\s?[0-9]+(?:\.[0-9]+)*(?:\s*(?:-|–|to|and|,)\s*[0-9]+)*\b"),
    re.compile(r"(?<![\w$€£¥])(?:[A-Za-z]+['’]?[\w'’]*-)+[0-9]+\w*(?:-[0-9]\w*)*"
               r"(?:(?:/| and )[0-9](?=[.,;:)]|\s+(?:in|is|are|was|were|with|by|from|of|to)\b|$))?|"
               r"\b(?!US\$|RMB|USD|EUR|CNY|GBP)[A-Za-z]+[0-9][\w.-]*"),
    re.compile(r"\b[0-9]+-(?!per)[A-Za-z][\w-]*|\b[0-9]+(?:G|D|K|th)\b"),
    re.compile(r"\b24/7\b"),
    re.compile(r"(?:^|(?<=\s))\(?[0-9]{1,2}\)(?=\s|$)|\([0-9]{1,2}\)"),
]  # fmt: skip
_YEAR = re.compile(
    rf"(?<![0-9.,])(?:1[89]|20)[0-9]{{2}}(?:\s?[-–/]\s?[0-9]{{2,4}}(?![0-9]))?s?(?![0-9])"
    rf"(?![,.][0-9])(?!\s*(?:%|{MASS}|bn\b|mn\b))"
)
_COUNTED_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])(?![,.][0-9])")
# Such numbers are counts although they look like years: "There were 1950 projects".
_COUNT_BEFORE = re.compile(
    r"\b(?:there (?:are|were|is|was)|about|around|more than|over|nearly|almost|at least|up to|"
    r"fewer than|less than|only)\s+$",
    re.I,
)
_MONEY = r"(?:(?:US|A|C|HK)?[$€£¥₹]|\b(?:USD|EUR|RMB|CNY|GBP)\s?)"
_FIGURE = re.compile(rf"(?<![A-Za-z0-9_.,])(?P<money>{_MONEY})?\s?(?P<figure>{DIGITS})")
_WORD_FIGURE = re.compile(
    rf"\b(?P<figure>(?:(?:a|{SMALL})(?:[ -](?:{SMALL}|hundred|thousand|and))*))[ -](?:{MASS})\b",
    re.I,
)
_SIGN = re.compile(r"\s?(?:%|‰|°|€|\$|£|¥|[\u4e00-\u9fff]|(?:km|kg|bn|mn|pp|GW|MW|m²|µm|nm)\b)")
_BIG = re.compile(r"[\s-]*(?:hundred|thousand|million|billion|trillion|bn|mn)s?\b", re.I)
_WORD = re.compile(r"[\s-]*(?P<word>[A-Za-z][\w'’-]*)")
# Words that can stand behind a number without being what was counted.
_NO_UNITS = frozenset(
    """
    a about above according after again against ago all already also although an and are around
    as at away be because been before below between both but by came can come could did do does
    down during each earlier even every fell fall falls for from gave give gives had has have
    higher however if in into is it its just last later less lower may might more much must next
    nearly no not now of on once only onto or out over per respectively rise rises rose same
    shall she should since so still than that the their then there these they this those though
    through thus to today together too under until up was we went were what when where whereas
    which while who will with within without would yet
    """.split()  # noqa: SIM905
)
_UNIT_BEFORE = re.compile(
    r"\b(?:numbers?|counts?|totals?|sum) of (?:all |the )?[a-z]|\bper ?cent\b|%|\bpercentage\b|"
    r"\b(?:papers|articles|works|publications|students|doses|institutes|laboratories|patents|"
    r"persons|people|scientists|researchers|countries|states|agreements|projects|proposals|"
    r"dollars|euros|yuan|launches|records|votes|authors|visits|visas|points|index|ratio)\b|"
    r"[\u4e00-\u9fff]",
    re.I,
)
# Words that point back, among the first six of a sentence.
_LEANING = frozenset(
    ["this", "these", "those", "it", "its", "they", "their", "them", "both", "same"]
)
_LEANING_FIRST = frozenset(["that", "here", "then", "since"])
_USUAL = frozenset(
    """about above after again against agreem almost americ among around before below between
    china chines contin cooper countr course during either every first foreig govern intern joint
    later least more nearly other people period record report resear scienc scient shared should
    since source states still their there these third those three together under united until
    where which while world would years""".split()  # noqa: SIM905
)
_ENDS = re.compile(
    r"(?<=[.!?])[\"”’»)*]*\s+(?=[\"“‘«(*\[]*[A-Z0-9\u4e00-\u9fff+$€£~])|(?<=[。！？])"
)
_SHORT = re.compile(
    r"(?:\b(?:[A-Z]|e\.g|i\.e|approx|ca|cf|Dr|Prof|Mr|Ms|Mrs|No|Nos|Nr|vs|al|Art|Fig|Vol|pp?|St|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co))\.$"
)
_KEY_BEHIND = re.compile(r"([.!?。！？])((?:\s*(?:\[[^\[\]]*\]|【[^【】]*】))+)")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?[0-9]{1,2}[.)]|\(?[a-z]\))\s+")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a brief, with what was found in it."""

    words: str
    figures: tuple[str, ...]
    has_unit: bool
    has_year: bool
    sources: tuple[Source, ...]
    unknown: tuple[str, ...]
    own: bool
    leans: bool
    topics: frozenset[str]
    quoted: tuple[str, ...] = ()  # figures in quotation marks: they need a key, no year or unit


def paragraphs(text: str) -> list[str]:
    """Part a text at empty lines and at the items of a list, whose marks are left out."""
    found, is_open = [], False
    for line in text.splitlines():
        item = _ITEM.match(line)
        if not line.strip():
            is_open = False
            continue
        if item or not is_open:
            found.append("")
        found[-1] += " " + (line[item.end() :] if item else line).strip()
        is_open = True
    return [part.strip() for part in found]


def in_sentences(paragraph: str) -> list[str]:
    """Part a paragraph into sentences; a key behind a full stop belongs to the sentence before.

    Examples
    --------
    >>> in_sentences("The U.S. had 42.9 per cent. [S123] Then it fell.")
    ['The U.S. had 42.9 per cent [S123].', 'Then it fell.']
    """
    text = _KEY_BEHIND.sub(r"\2\1 ", plain_links(paragraph))
    text = re.sub(r"\s+([.!?])", r"\1", re.sub(r"\s+", " ", text)).strip()
    found = []
    for part in _ENDS.split(text):
        if found and (_SHORT.search(found[-1]) or not re.search(r"\w", part)):
            found[-1] = f"{found[-1]} {part}".strip()
        elif part.strip():
            found.append(part.strip())
    return found


def read(text: str) -> list[list[Sentence]]:
    """Read a text: for each paragraph its sentences, with their figures, years and sources.

    Examples
    --------
    >>> [[first, second]] = read("In 2019 the share was 42.9 per cent. It fell to 30.6 [S123].")
    >>> first.figures, first.has_year, second.figures, second.leans
    (('42.9',), True, ('30.6',), True)
    """
    return [[_read(words) for words in in_sentences(part)] for part in paragraphs(text)]


def _read(words: str) -> Sentence:
    sources, unknown, own = keys_in(words)
    plain, has_year = clean(words)
    figures = [match["figure"].strip() for match in _FIGURE.finditer(plain)]
    spelled = [
        match[0] if match["figure"].lower() == "a" else match["figure"]
        for match in _WORD_FIGURE.finditer(plain)
    ]
    has_unit = bool(spelled or _UNIT_BEFORE.search(plain)) or any(
        match["money"] or _is_counted(plain[match.end() :]) for match in _FIGURE.finditer(plain)
    )
    return Sentence(
        words, (*figures, *spelled), has_unit, has_year, tuple(sources), tuple(unknown), own,
        _leans(words), _topics(plain), _quoted(words),
    )  # fmt: skip


def _quoted(words: str) -> tuple[str, ...]:
    """The figures that stand in quotation marks; titles such as 《…》 are none."""
    marks = re.findall(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|‘[^‘’]*’|„[^“”]*[“”]", words)
    found = [_FIGURE.finditer(clean(f" {mark[1:-1]} ")[0]) for mark in marks]
    return tuple(match["figure"].strip() for matches in found for match in matches)


def _leans(words: str) -> bool:
    # Behind a colon, "its" points to what stands before the colon.
    first = [word.lower() for word in re.findall(r"\w+", re.split("[:;]", words[:120])[0])[:6]]
    return bool(_LEANING & {*first} or _LEANING_FIRST & {*first[:1]}) or words[:2] in (
        "其中",
        "这些",
    )


def _topics(plain: str) -> frozenset[str]:
    """The longer words of a sentence, cut to six letters, without those of the whole course."""
    words = (word[:6].lower() for word in re.findall(r"[A-Za-z]{5,}", plain))
    return frozenset(words) - _USUAL


def clean(words: str) -> tuple[str, bool]:
    """Take out all numbers that are no figures, and say whether a year is named."""
    words = re.sub(r"[\u00b9\u00b2\u00b3\u2070-\u2079]+|\^\[?[0-9]+\]?|\[\^[^\]]*\]", " ", words)
    words = unicodedata.normalize("NFKC", words.replace("\u00a0", "\u202f")).replace("**", "")
    without_keys = re.sub(r"[\[【][^\]】]*[\]】]|`[^`]*`|https?://\S+", " ", words)
    has_year = any(not _is_count(match) for match in _COUNTED_YEAR.finditer(without_keys))
    for pattern in _NO_FIGURES:
        words = pattern.sub(" ", words)
    return _YEAR.sub(lambda match: match[0] if _is_count(match) else " ", words), has_year


def _is_count(year: re.Match) -> bool:
    """Tell whether what looks like a year says how many: "more than 1900 papers"."""
    before, after = year.string[: year.start()], year.string[year.end() :]
    word = re.match(r"\s+([a-z][a-z-]*s)\b", after)
    return bool(word and word[1] not in _NO_UNITS and _COUNT_BEFORE.search(before))


def _is_counted(rest: str) -> bool:
    """Tell whether a unit stands behind a number."""
    big = _BIG.match(rest)
    rest = rest[big.end() :] if big else rest
    if _SIGN.match(rest) or re.match(r"\s*per[ -]?\w", rest):
        return True
    word = _WORD.match(rest)
    return bool(word) and word["word"].lower() not in _NO_UNITS


def values(text: str) -> list[tuple[str, bool]]:
    """List the figures of a text as they are written, and whether each is a percentage.

    Examples
    --------
    >>> values("From 84,025 papers in 2020 by 13 per cent.")
    [('84,025', False), ('13', True)]
    """
    plain, _ = clean(text)
    return [
        (match["figure"].strip(), bool(re.match(r"\s*(?:%|per)", plain[match.end() :])))
        for match in _FIGURE.finditer(plain)
    ]
