"""The questions of lesson 03: units of count, ratios, breaks in a series, and a lapse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from scidip import data
from scidip.questions.answers import NotYet, is_kind
from scidip.questions.kinds import Choice, Known, Letters, Match, Number, Open

Events = pd.DataFrame

# 3.1: the counts of one day, and the units among which they have to be found.
REPORT_DAY = "2025-09-18"
COUNTED = {
    "a": "agreements",
    "b": "programmes_joined",
    "c": "partner_countries_regions",
    "d": "bri_projects_so_far",
    "e": "bri_joint_laboratories",
}
UNITS = {
    "A": "bri_joint_laboratories",
    "B": "partner_countries_regions",
    "C": "st_diplomats",
    "D": "programmes_joined",
    "E": "bri_projects_so_far",
    "F": "agreements",
}

# 3.3: four measures of the ministry's network, by letter.
GROWING = {
    "A": "partner_countries_regions",
    "B": "st_offices_abroad",
    "C": "host_countries",
    "D": "st_diplomats",
}
GROWING_NOTES = {"host_countries": " (2017: regions and bodies too)"}

# 3.7: rows of the report of 2017, then verdicts.
CLAIM, CLAIMED = "S09", 144
EVIDENCE = {
    "a": "st_diplomats",
    "b": "host_countries",
    "c": "partner_countries_regions",
    "d": "st_offices_abroad",
    "e": "agreements",
}
VERDICTS = {
    "f": ("supported", "Supported: the number is exact, so somebody counted it."),
    "g": ("contested", "Contested: the article has one number, the ministry another; the truth "
          "lies between them."),
    "h": ("contradicted", "Contradicted by the ministry's own counts, of which the last "
          "of this kind is from 2017."),
}  # fmt: skip
# An office stands in one place, so neither of these can be smaller than the number of countries.
LIMITS = {"host_countries", "st_offices_abroad"}


def _network() -> pd.DataFrame:
    """The counts of the ministry: a row for each year, a column for each measure."""
    return data.load_shared("st_network").pivot(index="year", columns="measure", values="value")


def _report() -> pd.Series:
    return _network().loc[2017]


def _per_office(year: int = 2017) -> float:
    counts = _network().loc[year]
    return float(counts["st_diplomats"] / counts["st_offices_abroad"])


def _growth(measure: str) -> float:
    counts = _network()[measure]
    return counts[2017] / counts[2009] - 1


def _fastest(events: Events) -> set[str]:
    return {max(GROWING, key=lambda letter: _growth(GROWING[letter]))}


def _growing(events: Events) -> dict[str, str]:
    counts = _network()
    units = data.load_shared("st_network").query("year == 2009").set_index("measure")["unit"]
    return {
        letter: f"{counts[measure][2009]:.0f} in 2009, {counts[measure][2017]:.0f} in 2017: "
        f"{units[measure]}{GROWING_NOTES.get(measure, '')}"
        for letter, measure in GROWING.items()
    }


def _counts_of_the_day() -> pd.DataFrame:
    table = data.load_shared("series/st_agreements")
    return table[table["period"] == REPORT_DAY].set_index("measure")


def _numbers(events: Events) -> dict[str, str]:
    """The numbers as the reports write them, such as "more than 160"."""
    rows = _counts_of_the_day()
    found = {}
    for label, measure in COUNTED.items():
        note = rows["note"][measure]
        quoted = None if pd.isna(note) else re.search("'([^']*)'", note)
        found[label] = quoted[1] if quoted else f"{rows['value'][measure]:,}"
    return found


def _units(events: Events) -> dict[str, str]:
    table = data.load_shared("series/st_agreements").drop_duplicates("measure")
    units = table.set_index("measure")["unit"]
    return {letter: units[measure] for letter, measure in UNITS.items()}


def _evidence(events: Events) -> dict[str, str]:
    report = data.load_shared("st_network").query("year == 2017").set_index("measure")
    rows = {
        label: f"{report['value'][measure]} {report['unit'][measure]}"
        for label, measure in EVIDENCE.items()
    }
    return rows | {label: words for label, (_, words) in VERDICTS.items()}


def _verdict_and_rows(events: Events) -> frozenset[str]:
    report = _report()
    rows = {
        label
        for label, measure in EVIDENCE.items()
        if measure in LIMITS and report[measure] < CLAIMED
    }
    claims = data.load_shared("article_claims").set_index("claim_id")
    verdict = claims["verdict"][CLAIM]
    return frozenset(rows | {label for label, (key, _) in VERDICTS.items() if key == verdict})


def _why_not_evidence(label: str, events: Events) -> str:
    return {
        "a": "it counts persons. So many persons could work in 144 countries, or in five. The row "
        "shows where the number may come from, but it rules nothing out.",
        "c": "it counts partners of cooperation, not places with an embassy office. Partners can "
        "work together without such an office.",
        "e": "it counts signed agreements. An agreement needs no office, and an "
        "office no agreement.",
        "f": "a number can be exact and wrong. Ask what was counted, by whom and when.",
        "g": "the two numbers do not measure one thing with some error; they may count different "
        "things. A middle between two units is no number of anything.",
        "h": "look again at what the rows say about this verdict.",
    }.get(label, "look again at what this row counts.")


def _lapse() -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and the last day of the stretch without an extension."""
    life = data.load_shared("agreement_life")
    row = life[life["state"].str.startswith("lapsed")].iloc[0]
    return pd.Timestamp(row["begins"]), pd.Timestamp(row["ends"])


def _days_of_lapse(events: Events) -> int:
    begins, ends = _lapse()
    return (ends - begins).days


def _days_since(day: str) -> int:
    return (_lapse()[1] - pd.Timestamp(day)).days


def _days_by_thirty(events: Events) -> int:
    begins, ends = _lapse()
    return 30 * (ends.month - begins.month) + ends.day - begins.day


@dataclass(frozen=True, kw_only=True)
class Days(Number):
    """A number of days. A length of time without ``.days`` is told so."""

    @staticmethod
    def _about_kind(answer: Any) -> str:
        if is_kind(answer, timedelta):
            return (
                "This is a length of time. Put the difference in round brackets and write .days "
                "behind them, then it is a number."
            )
        if is_kind(answer, pd.Timestamp):
            return "This is one day. The exercise asks how many days lie between two."
        return Number._about_kind(answer)

    def read(self, answer: Any, events: Events):
        if is_kind(answer, timedelta):
            raise NotYet(self._about_kind(answer))
        return super().read(answer, events)


QUESTIONS = (
    Match(
        number="3.1",
        title="Five numbers, five units",
        misconception="All numbers in a news item count the same thing.",
        labels=_numbers,
        options=_units,
        hints=(
            "Guess first: which of the units can be large, which must be small? Then choose one "
            "unit after the other in the unit switcher of the lesson, and look at the last year.",
            "A row of the table has the number and its unit. This shows the rows of another day: "
            'readable(counts[counts["period"] == "2023-02-24"][["value", "unit"]]). '
            "Change the day.",
        ),
        why=(
            "Two reports of one day count partners, agreements, laboratories and projects. "
            "Take the word behind a number with you whenever you take the number."
        ),
        accepted=lambda events: {
            label: {letter for letter, unit in UNITS.items() if unit == measure}
            for label, measure in COUNTED.items()
        },
        general="Look for the number in the rows of September 2025 and read its unit.",
        known=(
            Known(
                "All numbers in a news item count the same thing.",
                "You gave all five numbers one unit. Each of them counts something else.",
                lambda events: dict.fromkeys(COUNTED, "B"),
            ),
            Known(
                "Diplomats are in every report.",
                "Five times persons? We found no report after 2017 that counts the diplomats.",
                lambda events: dict.fromkeys(COUNTED, "C"),
            ),
        ),
        why_not={
            ("a", "B"): (
                "a is too small for the partners. A state can cooperate with a partner without an "
                "agreement between governments."
            ),
            ("c", "F"): (
                "c is too large for the agreements. Not every partner has signed one with China."
            ),
            (
                "e",
                "D",
            ): "e does not count programmes. Laboratories and programmes are near in size.",
            (
                "b",
                "A",
            ): "b does not count laboratories. Programmes and laboratories are near in size.",
            (
                "d",
                "B",
            ): "d is larger than the number of states in the world, so no count of partners.",
            **{
                (label, "C"): (
                    f"{label} does not count persons: we found no report after 2017 that counts "
                    "the diplomats."
                )
                for label in COUNTED
            },
        },
    ),
    Number(
        number="3.2",
        title="Diplomats per office",
        misconception="A ratio can be turned upside down, or is a per cent.",
        tolerance=0.005,
        hints=(
            "Per means divided by. Which number stands in front of the word per, which behind it?",
            "This gives the agreements per partner with an agreement in 2010: "
            'wide.loc[2010, "agreements"] / wide.loc[2010, "agreement_partner_countries"]. Change '
            "the year and both names.",
        ),
        why=(
            "About two diplomats per office: these offices are small. But this is an average. It "
            "does not say that each office has two, and the report itself says 'some 70' offices."
        ),
        accepted=lambda events: round(_per_office(), 2),
        general=(
            "Divide the diplomats of 2017 by the offices of 2017, and round to two places. Look at "
            "the third place behind the point."
        ),
        known=(
            Known(
                "A ratio can be turned upside down.",
                "This is offices per diplomat. Which number must stand above the line?",
                lambda events: round(1 / _per_office(), 2),
            ),
            Known(
                "A ratio is a per cent.",
                "You multiplied by 100. The question is how many persons work in one office, not "
                "how many per cent.",
                lambda events: round(100 * _per_office(), 2),
            ),
            Known(
                "A difference is a ratio.",
                "This is the difference. It says how many more, not how many for each.",
                lambda events: float(_report()["st_diplomats"] - _report()["st_offices_abroad"]),
            ),
            Known(
                "The year does not matter.",
                "This is the ratio of 2009. The exercise asks for 2017.",
                lambda events: round(_per_office(2009), 2),
            ),
            Known(
                "The newest year does not matter.",
                "This is the ratio of 2010. The exercise asks for 2017.",
                lambda events: round(_per_office(2010), 2),
            ),
            Known(
                "Offices and host countries are the same.",
                "You divided by the countries and bodies that host offices. Some of them host "
                "more than one office.",
                lambda events: round(
                    float(_report()["st_diplomats"] / _report()["host_countries"]), 2
                ),
            ),
            Known(
                "To round is to cut off.",
                "Round, do not cut off: look at the third place behind the point. Is it 5 or more?",
                lambda events: int(100 * _per_office()) / 100,
            ),
            Known(
                "One place is enough.",
                "You rounded to one place behind the point. The exercise asks for two.",
                lambda events: round(_per_office(), 1),
            ),
            Known(
                "A whole number is enough.",
                "This is a whole number. Write / and not //, and round to two places.",
                lambda events: float(_per_office() // 1),
            ),
        ),
    ),
    Choice(
        number="3.3",
        title="Which grew fastest?",
        misconception="Absolute growth is relative growth.",
        labels=_growing,
        hints=(
            "Fastest relative growth: how large is the step, compared with where it began? Ten "
            "more is a lot for twenty and little for a thousand.",
            "This gives the growth of the agreements from 2010 to 2023 in per cent: "
            '100 * (wide.loc[2023, "agreements"] / wide.loc[2010, "agreements"] - 1). Do it for '
            "the four measures, from 2009 to 2017.",
        ),
        why=(
            "The measure with the largest step in number is not the one with the largest step in "
            "per cent. And nearly all of this growth lies in one year, 2009 to 2010: look at the "
            "next exercise before you call it a policy."
        ),
        accepted=_fastest,
        general="Divide the step from 2009 to 2017 by the number of 2009, for each measure.",
        known=(
            Known(
                "The largest number grows fastest.",
                "It is the largest number of the four, but its step is small compared with it.",
                lambda events: "A",
            ),
            Known(
                "All parts of a network grow alike.",
                "The hosts grew slowly: look at the step, and divide it by the number of 2009.",
                lambda events: "C",
            ),
            Known(
                "Absolute growth is relative growth.",
                "It gained most in number. The question is how much it gained compared with where "
                "it began.",
                lambda events: "D",
            ),
        ),
    ),
    Choice(
        number="3.4",
        title="Two steps that may be none",
        misconception="A jump in a series is always a policy.",
        hints=(
            "Ask of each number: who says it, in which words, and since when is it known?",
            "In the first table compare the column unit, in the second read the column note. "
            "Which number was already given three years before?",
        ),
        why=(
            "Before you explain a step, ask whether the thing counted, its label or the speaker "
            "changed. If you can't tell, say so: the step may be real, but these rows do not "
            "show it."
        ),
        accepted=lambda events: {"C"},
        general="Read the column unit and the column note once more.",
        known=(
            Known(
                "A jump in a series is always a policy.",
                "New offices are possible. But two reports with two labels do not show it. What "
                "else changed between the rows?",
                lambda events: "A",
            ),
            Known(
                "Where two numbers differ, somebody lies.",
                "Both numbers can be honest. Think of the label, of the day of the count, and of "
                "an old number that is repeated.",
                lambda events: "B",
            ),
            Known(
                "The mean of two numbers is the safest.",
                "A mean of two units is no number of anything, and a mean hides the conflict. "
                "Better print both, with who said them.",
                lambda events: "D",
            ),
        ),
    ),
    Days(
        number="3.5",
        title="How many days without an extension?",
        misconception="Days can be counted in months of thirty days, or with both ends.",
        hints=(
            "Both days are known. The later day minus the earlier one gives a length of time.",
            "This counts the days of the first six-month extension: "
            '(pd.Timestamp("2024-02-27") - pd.Timestamp("2023-08-27")).days. Change both days.',
        ),
        why=(
            "Both days are known, so you may count. What the days were in law is another "
            "question: the next exercise."
        ),
        accepted=_days_of_lapse,
        general="Take the later day minus the earlier day: 13 December 2024 and 27 August 2024.",
        known=(
            Known(
                "Both ends count.",
                "One too many: from one day to the next is one day, not two.",
                lambda events: _days_of_lapse(events) + 1,
            ),
            Known(
                "Only the days between count.",
                "One too few: you left out both ends. The later day minus the earlier day keeps "
                "one of them.",
                lambda events: _days_of_lapse(events) - 1,
            ),
            Known(
                "The order of a difference does not matter.",
                "The number is below zero: take the later day minus the earlier one.",
                lambda events: -_days_of_lapse(events),
            ),
            Known(
                "Every month has thirty days.",
                "You counted months of thirty days. Let pandas count the real ones.",
                _days_by_thirty,
            ),
            Known(
                "The gap begins with the second extension.",
                "You began on 27 February 2024. From that day on the second extension ran; take "
                "the day on which it ended.",
                lambda events: _days_since("2024-02-27"),
            ),
            Known(
                "The gap begins with the end of the five-year term.",
                "You began on 27 August 2023. Two extensions of six months followed that day.",
                lambda events: _days_since("2023-08-27"),
            ),
            Known(
                "A length of time is a number of months.",
                "This looks like months. The exercise asks for days.",
                lambda events: 4,
            ),
        ),
    ),
    Choice(
        number="3.6",
        title="What were these days?",
        misconception="Not renewed in time means dead for ever; or there was no gap at all.",
        hints=(
            "Separate three things: what was signed in September 2024, what was signed in "
            "December 2024, and which word a text uses for the time between.",
            "Put yourself into October 2024: which text is in force, and what can you know about "
            "December? Then read the protocol's first day of the new term.",
        ),
        why=(
            "A rule can be given a date in the past. Afterwards there is no gap in the text, but "
            "nobody could rely on that at the time. The word lapse is the research service's; "
            "Xinhua's report does not speak of it. Say who says what."
        ),
        accepted=lambda events: {"D"},
        general="Read the four sentences again, and ask which of them no source contradicts.",
        known=(
            Known(
                "Not renewed in time means dead for ever.",
                "Then December would have needed a new agreement. What the sources describe is an "
                "extension of the one of 1979.",
                lambda events: "A",
            ),
            Known(
                "There was no gap at all.",
                "In September 2024 nobody had signed an extension, and nobody could know that one "
                "would come. What was settled only later?",
                lambda events: "B",
            ),
            Known(
                "Without an agreement, joint research is forbidden.",
                "No source that we read says this. An agreement between governments makes joint "
                "work easier; its absence is not a ban.",
                lambda events: "C",
            ),
        ),
    ),
    Letters(
        number="3.7",
        title="A verdict and its evidence",
        misconception="A precise number is a reliable number.",
        labels=_evidence,
        why_not=_why_not_evidence,
        hints=(
            "Take one row at a time and ask: if this row is right, can there still be offices in "
            "144 countries? If yes, the row does not belong to the evidence.",
            "One office stands in one country. What follows from a number of offices for the "
            "number of countries? Then choose one verdict that goes no further than the rows.",
        ),
        why=(
            "Two rows rule the claim out for 2017, each on its own; the diplomats only hint at "
            "where 144 may come from. Your verdict has a limit: the ministry counts itself, and "
            "we found no count of offices after 2017."
        ),
        accepted=_verdict_and_rows,
        general=(
            "What you chose belongs to the answer, but something is missing. The answer has one "
            "verdict, and every row that rules out 144 countries on its own."
        ),
        known=(
            Known(
                "A precise number is a reliable number.",
                "You found support in the number that is nearest to the claim. But that row "
                "counts persons, and an exact number is not yet a checked one.",
                lambda events: frozenset("af"),
            ),
            Known(
                "A number above 144 makes room for 144.",
                "There are enough partners, but a partner is no embassy with an office. Which "
                "rows count the offices or their places?",
                lambda events: frozenset("cf"),
            ),
            Known(
                "Any row of the same report is evidence.",
                "You took all rows. Some of them would be true even if the claim were right, so "
                "they decide nothing.",
                lambda events: frozenset("abcdeh"),
            ),
            Known(
                "A verdict needs no evidence.",
                "You chose a verdict without a row. Which rows carry it?",
                lambda events: frozenset("h"),
            ),
            Known(
                "Only a row with the same unit can decide.",
                "This row and verdict hold. A row in another unit can set a limit too: how many "
                "countries can a given number of offices reach at most?",
                lambda events: frozenset("bh"),
            ),
        ),
    ),
    Open(
        number="3.8",
        title="From agreement to cooperation",
        misconception="A signed agreement is cooperation.",
        hints=(
            "Separate what is put in (money, posts, places for students) from what comes out "
            "(joint papers, shared data, a working laboratory). Choose one of each.",
            "For each indicator write four things: the unit of count, the source and who can see "
            "it, its weakness, and what people would do if they were paid by it. The cards "
            "gao1999, eu2009 and lopez2022 each look beyond a signature.",
        ),
        look_for=(
            "One indicator of input and one of output.",
            "Each has its unit of count, a source, and who can see it.",
            "A weakness of each is named.",
            "What people might do to raise the number (a perverse incentive) is named.",
        ),
    ),
    Open(
        number="3.9",
        title="When is an agreement a success?",
        misconception="An agreement that lapses has failed.",
        hints=(
            "Three measures of success lead to three answers: it was signed, it was used, or it "
            "was never without force. Say which one you choose, and for whom.",
            "Use one case that supports you and one that does not: the agreement of 1979 with its "
            "lapse, the Argentine food centre, the arrangement of the EU for 2021 to 2024, or the "
            "audit of US agreements.",
        ),
        look_for=(
            "The measure of success is stated, and for whom it holds.",
            "Two cases are used, and one of them is hard for your view.",
            "The view of somebody who measures success differently is stated fairly.",
            "It is said what the sources do not show.",
        ),
    ),
)
