"""Lesson 09: judge the claims of the article, and see how well confidence agrees with the result.

:func:`judge` is the rule for a verdict, :func:`independent` the rule for two pieces of evidence,
:func:`calibration` counts what came true of a ledger. The auditor steps through the claims as
text, so it draws nothing until its calibration is asked for.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable

import ipywidgets
import pandas as pd

from scidip import data
from scidip.figures import DescribedFigure, dress, in_lines, picture, plot_bars, write_source
from scidip.ledger import Ledger, LedgerError
from scidip.status import CORRECT, NOT_YET, UNTRIED, status_box
from scidip.style import FONT_SIZE, GRID, INK, QUIET
from scidip.widgets.explorable import set_control
from scidip.widgets.stepper import Stepper

VERDICTS = {
    "supported": "the evidence agrees with the sentence",
    "partly_supported": "a part holds; another part does not, or is missing",
    "contradicted": "the evidence says otherwise",
    "contested": "good evidence or good readers point in two directions",
    "opinion": "a judgement of value, or on a motive that nobody has shown",
    "text_problem": "a slip of the text or of its translation",
    "not_checked": "no evidence was looked for",
}
TYPES = ("fact", "definition", "interpretation", "value judgement", "text")
RIGHT = {"supported": 1.0, "partly_supported": 0.5, "contradicted": 0.0}
BINS = ((0, 19), (20, 39), (40, 59), (60, 79), (80, 100))
FEW = 10  # claims: with fewer, one claim more or less moves a share by more than ten points

# From whom a page has what it says, in our reading. Two pages of one origin are one voice.
ARTICLE = "the article itself, in Spanish"
CONGRESS = "US Congress and its research service"
STATE_DEPARTMENT = "US State Department"
MINISTRY = "China's science ministry"
ORIGINS = {
    "unav.edu": ARTICLE,
    "chinadaily.com.cn": "China Daily",
    "eeas.europa.eu": "European External Action Service",
    "royalsociety.org": "Royal Society and AAAS",
    "m.fx361.cc": "Xin Li (study)",
    "ciste.org.cn": "Luo Hui and others (study)",
    "casted.org.cn": "text in Chinese (casted.org.cn)",
    "skylineuniversity.ac.ae": MINISTRY,
    "italian.cri.cn": MINISTRY,
    "capfalcon.net": MINISTRY,
    "brill.com": "Zhao Kejin (study)",
    "doi.org/10.1057/palcomms.2017.8": "Joseph Nye (study)",
    "s4d4c.eu": "Flink and Schreiterer (study)",
    "newreads.blogspot.com": "Gordon Barrett (study)",
    "zh.m.wikisource.org": "State Council Gazette of 1954",
    "nature.com": "Nature",
    "qstheory.cn": "Qiushi and Xinhua",
    "chinahighereducation.org": "China Higher Education",
    "everycrsreport.com": CONGRESS,
    "congress.gov": CONGRESS,
    "china.usc.edu": STATE_DEPARTMENT,
    "shine.cn": "Xinhua",
    "presidency.ucsb.edu": "letter of the US president, 1979",
    "pmc.ncbi.nlm.nih.gov": "Xie and others (study)",
    "npr.org": STATE_DEPARTMENT,
    "scmp.com": STATE_DEPARTMENT,
    "menafn.com": STATE_DEPARTMENT,
    "lpi.usra.edu": "NASA",
    "vuink.com": "SpaceNews",
    "researchpolicy.caltech.edu": "Caltech, on the law",
    "leonarddavid.com": "Inside Outer Space",
    "doi.org/10.1162/qss_a_00098": "Zhu and others (study)",
    "issues.org": "Schwaag Serger and others (study)",
}

# Whose hand a definition went through: the name, the row of definitions or the card, the words.
HANDS = (
    ("Royal Society and AAAS, 2010", "rs2010-3"),
    ("European External Action Service, about 2022", "eeas-3"),
    ("Spanish article, 2023", "unav2023"),
    ("English copy that we read", "article-3"),
)
LINKS = (
    "inferred: the page sorts by the same three aspects",
    "inferred: near in words, no source named; here the meaning changes",
    "seen: the same text; it seems to be a machine translation",
)


def _claim(claim_id: str) -> pd.Series:
    claims = data.load_shared("article_claims").set_index("claim_id")
    if claim_id not in claims.index:
        raise ValueError(
            f"There is no claim {str(claim_id)[:20]!r}; the claims are {claims.index[0]} to "
            f"{claims.index[-1]}."
        )
    return claims.loc[claim_id]


def origin_of(url: str) -> str:
    """Name from whom a page has what it says.

    Parameters
    ----------
    url : str
        An address of the table ``claim_evidence``.

    Returns
    -------
    str
        The name; pages that repeat one agency or ministry have the same name.

    Raises
    ------
    ValueError
        The page is not known.

    Examples
    --------
    >>> origin_of("http://italian.cri.cn/781/2009/07/23/69s123679.htm")
    "China's science ministry"
    """
    place = re.sub(r"^https?://(www\.)?", "", url)
    for beginning, name in ORIGINS.items():
        known = place.startswith(beginning)
        if known or f".{beginning}/" in place.split("/")[0] + "/":
            return name
    raise ValueError(f"The origin of {url[:60]!r} is not known.")


def evidence_for(claim_id: str) -> pd.DataFrame:
    """List the evidence for one claim, with the origin of each page.

    Parameters
    ----------
    claim_id : str
        Such as ``"S13"``.

    Returns
    -------
    pandas.DataFrame
        One row for each page, with the columns ``row`` (a number from 1 on), ``origin``,
        ``supports``, ``url`` and ``event_id``.

    Raises
    ------
    ValueError
        There is no such claim.

    Examples
    --------
    >>> evidence_for("S09")["origin"].unique().tolist()
    ["China's science ministry"]
    """
    _claim(claim_id)
    table = data.load_shared("claim_evidence")
    rows = table[table["claim_id"] == claim_id].reset_index(drop=True)
    rows = rows.assign(row=range(1, len(rows) + 1), origin=rows["url"].map(origin_of))
    return rows[["row", "origin", "supports", "url", "event_id"]]


def independent(claim_id: str, first: int, second: int) -> bool:
    """Tell whether two rows of a claim's evidence do not go back to one origin.

    Parameters
    ----------
    claim_id : str
        Such as ``"S13"``.
    first, second : int
        Numbers in the column ``row`` of :func:`evidence_for`.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        There is no such claim or row.

    Examples
    --------
    >>> independent("S13", 1, 2), independent("S13", 1, 4)
    (True, False)
    """
    origin = evidence_for(claim_id).set_index("row")["origin"]
    for row in (first, second):
        if row not in origin.index:
            raise ValueError(f"{claim_id} has no evidence row {row!r}; it has {len(origin)}.")
    return bool(origin[first] != origin[second])


def recall(claims: pd.DataFrame) -> pd.DataFrame:
    """Put claims, the origins of their evidence and the corrected sentences side by side.

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of the table ``article_claims``.

    Returns
    -------
    pandas.DataFrame
        Columns ``claim`` (with its type), ``origins of the evidence``, ``verdict`` and
        ``sentence that holds``; the last one says so where the claim holds as it stands, or can't
        be mended.

    Examples
    --------
    >>> recall(data.load("article_claims").query("claim_id == 'S22'"))["verdict"].item()
    'supported or partly supported'
    """
    rows = []
    for row in claims.itertuples():
        origins = list(dict.fromkeys(evidence_for(row.claim_id)["origin"]))
        end = "as it stands" if row.verdict == "supported" else "none: nothing to check as it is"
        rows.append(
            {
                "claim": f"{row.claim_id} ({row.claim_type}) \u201c{row.fragment}\u201d",
                "origins of the evidence": "; ".join(origins),
                "verdict": " or ".join(dict.fromkeys([row.verdict, *row.accepted])).replace(
                    "_", " "
                ),
                "sentence that holds": end if pd.isna(row.corrected) else row.corrected,
            }
        )
    return pd.DataFrame(rows)


def wording(definition_id: str) -> str:
    """Give the words of a definition, without its quotation marks.

    Parameters
    ----------
    definition_id : str
        A row of the table ``definitions``, such as ``"eeas-1"``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        There is no such row.

    Examples
    --------
    >>> wording("rs2010-1")
    'facilitating international science cooperation'
    """
    table = data.load_shared("definitions").set_index("definition_id")["wording"]
    if definition_id not in table.index:
        raise ValueError(f"There is no definition {str(definition_id)[:20]!r}.")
    return table[definition_id].strip('"')


def shared_words(text: str, other: str) -> tuple[int, int]:
    """Count how many words of a text stand in another one too.

    Parameters
    ----------
    text, other : str
        Two wordings. Capital letters and the signs around a word do not count.

    Returns
    -------
    tuple of int
        The words of ``text`` that stand in ``other`` too, and all words of ``text``.

    Examples
    --------
    >>> shared_words("the use of science", "The science")
    (2, 4)
    """
    words = [re.findall(r"[^\W\d_]+", part.lower()) for part in (text, other)]
    return sum(word in set(words[1]) for word in words[0]), len(words[0])


def plot_shared_words() -> DescribedFigure:
    """Draw how many words of the article's three definitions stand in two older texts.

    Returns
    -------
    DescribedFigure
        Two bars for each aspect, in per cent of the article's words.

    Examples
    --------
    >>> plot_shared_words().alt.split(". ")[2].split(", ")[:2]
    ['1 European page: 90', '1 report of 2010: 10']
    """
    names, shares = [], []
    for aspect in (1, 2, 3):
        for name, text in (("European\npage", "eeas"), ("report\nof 2010", "rs2010")):
            same, words = shared_words(wording(f"article-{aspect}"), wording(f"{text}-{aspect}"))
            names.append(f"{aspect} {name}")
            shares.append(round(100 * same / words))
    title = "Words of the article's definitions that an older text has, per cent, by aspect"
    return plot_bars(names, shares, title, "Source: data/definitions.csv.")


def plot_provenance() -> DescribedFigure:
    """Draw through which hands the third aspect came to the reader.

    Returns
    -------
    DescribedFigure
        7.6 inches wide. A dotted line is a link that we infer, a full one a link that we saw.

    Examples
    --------
    >>> plot_provenance().alt.splitlines()[0]
    'From hand to hand: the words of the third aspect.'
    """
    card = data.load_shared("cards").set_index("card_id").loc["unav2023", "says"]
    words = {name: wording(row) for name, row in HANDS if row != "unav2023"}
    words[HANDS[2][0]] = re.search(r"'([^']+)'", card)[1]
    figure = DescribedFigure(alt="", figsize=(7.6, 3.9))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, 7.6)
    ax.set_ylim(3.9, 0)
    title = "From hand to hand: the words of the third aspect"
    ax.text(0.18, 0.26, title, fontsize=FONT_SIZE + 1, color=INK, va="center")
    spoken = [f"{title}."]
    for place, (name, _) in enumerate(HANDS):
        down = 0.66 + place * 0.84
        ax.plot(0.3, down, "o", ms=9, mec=INK, mfc=INK)
        ax.text(0.55, down, f"{place + 1} {name}", fontsize=FONT_SIZE, weight="bold", color=INK,
                va="center")  # fmt: skip
        said = f"\u201c{words[name]}\u201d"
        ax.text(0.55, down + 0.22, said, fontsize=FONT_SIZE, color=INK, va="center")
        spoken.append(f"{place + 1} {name}: {said}.")
        if place < len(LINKS):
            style = ":" if LINKS[place].startswith("inferred") else "-"
            ax.plot([0.3, 0.3], [down + 0.1, down + 0.74], linestyle=style, color=INK, linewidth=2)
            ax.text(0.55, down + 0.5, LINKS[place], fontsize=FONT_SIZE - 1.5, color=QUIET,
                    style="italic", va="center")  # fmt: skip
            spoken.append(f"Then {LINKS[place]}.")
    source = "Source: data/definitions.csv and the card unav2023. The links are our reading."
    ax.text(0.18, 3.76, source, fontsize=FONT_SIZE - 2, color=QUIET, va="center")
    figure.alt = "\n".join(spoken)
    return figure


def plot_grid(table: pd.DataFrame, title: str) -> DescribedFigure:
    """Draw a table of counts as squares whose area grows with the number.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts, such as ``pandas.crosstab`` gives.
    title : str
        The line above the figure.

    Returns
    -------
    DescribedFigure
        7.6 inches wide; its alternative text has every number that is not zero.

    Examples
    --------
    >>> print(plot_grid(pd.DataFrame({"x": [1, 0]}, index=["a", "b"]), "Counts").alt)
    Grid. Counts.
    a: x 1.
    b: nothing.
    """
    lines = []
    figure = DescribedFigure(alt="", figsize=(7.6, 1.3 + 0.42 * len(table)), layout="constrained")
    ax = figure.subplots()
    for row, (name, counts) in enumerate(table.iterrows()):
        found = {str(head): int(number) for head, number in counts.items() if number}
        listed = ", ".join(f"{head.replace('_', ' ')} {number}" for head, number in found.items())
        lines.append(f"{name}: {listed or 'nothing'}.")
        for column, number in enumerate(counts):
            if number:
                ax.scatter(column, row, s=70 * number, marker="s", color=GRID)
                ax.text(column, row, int(number), ha="center", va="center", fontsize=FONT_SIZE,
                        color=INK)  # fmt: skip
    heads = [str(head).replace("_", "\n") for head in table.columns]
    ax.set_xticks(range(len(heads)), heads)
    ax.set_yticks(range(len(table)), [str(name) for name in table.index])
    ax.set_xlim(-0.6, len(heads) - 0.4)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.tick_params(length=0, labelsize=FONT_SIZE, labelcolor=INK)
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    ax.set_title(title, loc="left", fontsize=FONT_SIZE + 1, color=INK, pad=12)
    write_source(figure, "Source: data/article_claims.csv; our reading, chosen for teaching.")
    figure.alt = "\n".join([f"Grid. {title}.", *lines])
    return figure


def calibration(ledger: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Compare how sure a ledger was of claims with how many of them held.

    A claim that is supported counts as right (1), a partly supported one as half right (0.5), a
    contradicted one as not right (0). The verdict is the ledger's own where it is among those that
    can be argued, else that of ``claims``. Claims with another verdict can't come true or false;
    they are counted as left out.

    Parameters
    ----------
    ledger : pandas.DataFrame
        With ``claim_id``, ``confidence`` (per cent) and, if it has one, ``verdict``, as
        :meth:`scidip.ledger.Ledger.table` gives. It may be empty.
    claims : pandas.DataFrame
        The table ``article_claims``.

    Returns
    -------
    pandas.DataFrame
        One row for each range of confidence, with ``confidence`` (its name), ``claims`` (how many
        count), ``stated`` and ``right`` (per cent on average; empty without a claim) and
        ``left_out`` (how many do not count).

    Raises
    ------
    ValueError
        A claim of the ledger does not exist, or a confidence is not from 0 to 100.

    Examples
    --------
    >>> ledger = pd.DataFrame({"claim_id": ["S13", "S21"], "confidence": [90, 80]})
    >>> calibration(ledger, data.load("article_claims")).tail(1).values.tolist()
    [['80 to 100', 2, 85.0, 50.0, 0]]
    """
    known = claims.set_index("claim_id")
    found = []
    for row in ledger.to_dict("records"):
        if row["claim_id"] not in known.index:
            raise ValueError(f"There is no claim {str(row['claim_id'])[:20]!r}.")
        if not 0 <= row["confidence"] <= 100:
            raise ValueError(f"{row['claim_id']}: the confidence must be from 0 to 100.")
        claim = known.loc[row["claim_id"]]
        own = row.get("verdict")
        verdict = own if own in claim["accepted"] else claim["verdict"]
        found.append((row["confidence"], RIGHT.get(verdict)))
    return _in_bins(found)


def _in_bins(found: list[tuple[float, float | None]]) -> pd.DataFrame:
    rows = []
    for low, high in BINS:
        # A ledger holds whole numbers; a half lies below the next range.
        inside = [(sure, right) for sure, right in found if low <= sure < high + 1]
        counted = [(sure, right) for sure, right in inside if right is not None]
        stated, came = (pd.Series(part, dtype=float).mean() for part in _columns(counted))
        rows.append(
            {
                "confidence": f"{low} to {high}",
                "claims": len(counted),
                "stated": round(stated, 1),
                "right": round(100 * came, 1),
                "left_out": len(inside) - len(counted),
            }
        )
    return pd.DataFrame(rows)


def _columns(pairs: list[tuple]) -> tuple[list, list]:
    return [first for first, _ in pairs], [second for _, second in pairs]


def plot_calibration(table: pd.DataFrame, title: str = "Confidence and result") -> DescribedFigure:
    """Draw a calibration table: the nearer a mark is to the line, the better the confidence.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`calibration` gives.
    title : str
        The line above the figure.

    Returns
    -------
    DescribedFigure
        6.4 by 4.2 inches. Its alternative text has every range, and says when there is too little.

    Examples
    --------
    >>> empty = calibration(pd.DataFrame(), data.load("article_claims"))
    >>> plot_calibration(empty).alt
    'Calibration. Confidence and result. No claim can be counted yet.'
    """
    number, left = int(table["claims"].sum()), int(table["left_out"].sum())
    parts = [
        f"{row.confidence} per cent sure: {row.claims} claim{'' if row.claims == 1 else 's'}, "
        f"stated {row.stated:.0f}, right {row.right:.0f} per cent."
        for row in table.itertuples()
        if row.claims
    ]
    if not number:
        parts = ["No claim can be counted yet."]
    elif number < FEW:
        parts.append(f"Only {number} counted: too few to judge a person.")
    if left:
        parts.append(f"Left out, as they can't come true or false: {left}.")
    figure = DescribedFigure(
        alt=" ".join([f"Calibration. {title}.", *parts]), figsize=(6.4, 4.2), layout="constrained"
    )
    ax = figure.subplots()
    ax.plot([0, 100], [0, 100], linestyle=":", color=QUIET, linewidth=1.5)
    for row in table.itertuples():
        if row.claims:
            ax.plot(row.stated, row.right, "o", ms=13 + row.claims, mec=INK, mfc="white")
            ax.annotate(f"{row.claims}", (row.stated, row.right), ha="center", va="center",
                        fontsize=FONT_SIZE - 1, color=INK)  # fmt: skip
    if not number:
        ax.text(62, 20, "No claim can be counted yet.", fontsize=FONT_SIZE, color=INK, ha="center")
    ax.set_xlim(-6, 106)
    ax.set_ylim(-10, 110)
    ax.set_xlabel("stated confidence, per cent", fontsize=FONT_SIZE - 1, color=INK)
    ax.set_ylabel("right, per cent", fontsize=FONT_SIZE - 1, color=INK)
    dress(ax, title)
    write_source(figure, "Dotted line: as sure as right. In a mark: how many claims it stands for.")
    return figure


def invented_ledger() -> pd.DataFrame:
    """Give twelve claims of Ada, who does not exist: kind, confidence (per cent), 1 for right.

    Returns
    -------
    pandas.DataFrame
        Columns ``kind``, ``confidence`` and ``right``.

    Examples
    --------
    >>> len(invented_ledger())
    12
    """
    rows = [
        ("fact", 90, 1), ("fact", 80, 0), ("interpretation", 90, 1), ("fact", 60, 1),
        ("fact", 85, 0), ("interpretation", 40, 0), ("fact", 95, 1), ("fact", 50, 1),
        ("interpretation", 80, 1), ("fact", 100, 0), ("fact", 70, 1), ("fact", 30, 0),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["kind", "confidence", "right"])


def judge(claim_id: str, verdict: str) -> tuple[str, str]:
    """Judge a verdict on a claim by the set of verdicts that can be argued.

    Parameters
    ----------
    claim_id : str
        Such as ``"S13"``.
    verdict : str
        One of the seven codes in ``VERDICTS``.

    Returns
    -------
    tuple of str
        The status, and the reason: why the verdict can be defended, or what to read again.

    Raises
    ------
    ValueError
        There is no such claim or verdict.

    Examples
    --------
    >>> judge("S12", "contradicted")[0]
    'not yet'
    """
    claim = _claim(claim_id)
    if verdict not in VERDICTS:
        raise ValueError(f"There is no verdict {verdict!r}; write one of {', '.join(VERDICTS)}.")
    if verdict not in claim["accepted"]:
        said = "; ".join(evidence_for(claim_id)["supports"])
        return NOT_YET, (
            f"Your verdict says: {VERDICTS[verdict]}. First ask whether a record could settle the "
            f"sentence as it stands. Then compare the evidence: {said}."
        )
    words = ["This can be defended.", claim["why"]]
    others = [code for code in claim["accepted"] if code != verdict]
    if others:
        words.append(f"Others can argue: {' or '.join(others)}.")
    if pd.notna(claim["corrected"]):
        words.append(f"A sentence that holds: {claim['corrected']}")
    return CORRECT, " ".join(words)


class ClaimAuditor(Stepper):
    """Step through the claims: type, verdict, two pieces of evidence, confidence, then the reason.

    Parameters
    ----------
    claims : iterable of str, optional
        Such as ``["S13", "S18"]``; all claims by default.

    Attributes
    ----------
    answers : dict of str to dict
        For each claim that was checked: ``type``, ``verdict``, ``rows`` and ``confidence``.
    results : dict of str to str
        The status of each claim.

    Raises
    ------
    ValueError
        There is no such claim, or there are no claims at all.

    Examples
    --------
    >>> auditor = ClaimAuditor(["S13"])
    >>> auditor.choose(type="fact", verdict="contradicted", first=1, second=2, confidence=90)
    >>> auditor.check()
    'correct'
    >>> auditor
    Claim auditor. 1 claim: 1 correct, 0 not yet, 0 not tried yet.
    S13 "This agreement came to an end in 2018": contradicted (90 per
       cent sure), correct.
    """

    title = "Claim auditor"
    noun = "claim"

    def __init__(self, claims: Iterable[str] | None = None):
        table = data.load_shared("article_claims")
        names = list(table["claim_id"]) if claims is None else list(claims)
        self._fragments = {name: _claim(name)["fragment"] for name in names}
        super().__init__(list(self._fragments))
        self._text, self._said, self._count, self._end = (ipywidgets.HTML() for _ in range(4))
        empty = [("choose", "")]
        codes = [(f"{code}: {words}", code) for code, words in VERDICTS.items()]
        self.controls = {
            "type": _list("Type", empty + [(name, name) for name in TYPES]),
            "verdict": _list("Verdict", empty + codes),
            "first": _list("Evidence 1", [("none", 0)]),
            "second": _list("Evidence 2", [("none", 0)]),
            "confidence": ipywidgets.IntSlider(
                50, 0, 100, 5, description="Per cent sure",
                style={"description_width": "7em"}, layout={"width": "min(100%, 46em)"},
            ),
        }  # fmt: skip
        row = self._make_buttons(
            {
                "Check": self.check,
                "Previous claim": self.previous,
                "Next claim": self.next,
                "Calibration": self.show_calibration,
            }
        )
        self._show()
        self.children = [
            self._text, *self.controls.values(), row, self._said, self._count, self._end,
        ]  # fmt: skip

    @property
    def claim(self) -> str:
        """The claim that is shown."""
        return self._here

    def choose(self, **values) -> None:
        """Set controls by code: type, verdict, first, second (rows of evidence), confidence.

        Raises
        ------
        ValueError
            There is no such control, or it does not take this value.
        """
        for name, value in values.items():
            if name == "confidence" and not (isinstance(value, int) and 0 <= value <= 100):
                raise ValueError(f"The confidence {value!r} is not a whole number from 0 to 100.")
            set_control(self.controls, name, value)

    def check(self) -> str:
        """Judge what is chosen for this claim, show why, and give the status."""
        chosen = {name: control.value for name, control in self.controls.items()}
        if not chosen["verdict"]:
            status, words = UNTRIED, ["Choose a verdict, then press Check."]
        else:
            status, reason = judge(self.claim, chosen["verdict"])
            words = [reason, *self._about_rest(chosen)]
            self.answers[self.claim] = {
                "type": chosen["type"],
                "verdict": chosen["verdict"],
                "rows": tuple(row for row in (chosen["first"], chosen["second"]) if row),
                "confidence": chosen["confidence"],
            }
            self.results[self.claim] = status
        lines = "<br>".join(html.escape(line) for line in words)
        self._messages[self.claim] = status_box(status, f"<b>{status}</b>. {lines}")
        self._show_result()
        return status

    def table(self) -> pd.DataFrame:
        """Give the claims with the answers so far, one row each."""
        answers = [self.answers.get(name) for name in self._names]
        return pd.DataFrame(
            {
                "claim": [f"{name} \u201c{text}\u201d" for name, text in self._fragments.items()],
                "your verdict": [a["verdict"] if a else "no answer" for a in answers],
                "sure, per cent": [str(a["confidence"]) if a else "no answer" for a in answers],
                "result": list(self.results.values()),
            }
        )

    def calibration(self) -> pd.DataFrame:
        """Compare how sure you were of your verdicts with how many can be defended."""
        return _in_bins(
            [
                (answer["confidence"], float(self.results[name] == CORRECT))
                for name, answer in self.answers.items()
            ]
        )

    def show_calibration(self) -> None:
        """Show the calibration of the verdicts here, and of the ledger of lesson 1."""
        claims = data.load_shared("article_claims")
        parts = [_calibrated(self.calibration(), "Your verdicts in this auditor")]
        try:
            parts.append(_calibrated(calibration(Ledger().table(), claims), "Your own ledger"))
        except (LedgerError, ValueError) as problem:
            parts.append(status_box(NOT_YET, html.escape(str(problem))))
        self._end.value = "".join(parts)

    def __repr__(self):
        rows = []
        for name in filter(self.answers.get, self._names):
            answer = self.answers[name]
            said = f"{answer['verdict']} ({answer['confidence']} per cent sure)"
            rows.append(f'{name} "{self._fragments[name]}": {said}, {self.results[name]}.')
        # JupyterLab would break a long line in the middle of a word.
        return "\n".join([self._summary(), *(in_lines(row, indent="   ") for row in rows)])

    def _about_rest(self, chosen: dict) -> list[str]:
        """Say what to think of the type and of the two pieces of evidence."""
        claim = _claim(self.claim)
        words = []
        if chosen["type"] and chosen["type"] != claim["claim_type"]:
            words.append(
                f"Type: our table has {claim['claim_type']}, you have {chosen['type']}. Could a "
                "record alone show it right or wrong? Then it is a fact."
            )
        origins = evidence_for(self.claim)["origin"].unique()
        if len(origins) == 1:
            words.append(f"Evidence: our table has one origin only ({origins[0]}).")
        elif chosen["first"] and chosen["second"]:
            if chosen["first"] == chosen["second"]:
                words.append("Evidence: this is one row twice.")
            elif independent(self.claim, chosen["first"], chosen["second"]):
                words.append("Evidence: your two rows have different origins.")
            else:
                words.append("Evidence: your two rows go back to one origin.")
        else:
            words.append("Evidence: choose two rows with different origins.")
        return words

    def _show(self) -> None:
        place = f"Claim {self._place + 1} of {len(self._names)}, {self.claim}."
        text = html.escape(f"\u201c{self._fragments[self.claim]}\u201d")
        self._text.value = f'<div role="status"><b>{place}</b> {text}</div>'
        pages = [("none", 0)] + [
            (textwrap.shorten(f"{row.row} {row.origin}: {row.supports}", 90), row.row)
            for row in evidence_for(self.claim).itertuples()
        ]
        answer = self.answers.get(self.claim, {})
        for name in ("first", "second"):
            self.controls[name].options = pages
            self.controls[name].value = 0
        for name, row in zip(("first", "second"), answer.get("rows", ()), strict=False):
            self.controls[name].value = row
        self.controls["type"].value = answer.get("type", "")
        self.controls["verdict"].value = answer.get("verdict", "")
        self.controls["confidence"].value = answer.get("confidence", 50)
        self._show_result()

    def _show_result(self) -> None:
        self._said.value = self._messages[self.claim]
        self._count.value = f"<p>{html.escape(self._summary())}</p>"


def _calibrated(table: pd.DataFrame, title: str) -> str:
    figure = plot_calibration(table, title)
    return f"{picture(figure)}<p>{html.escape(figure.alt)}</p>"


def _list(label: str, options: list[tuple]) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        options=options, value=options[0][1], description=label,
        style={"description_width": "7em"}, layout={"width": "min(100%, 46em)"},
    )  # fmt: skip
