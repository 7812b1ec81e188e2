"""The questions of lesson 04: what a count of joint papers says, and what it does not say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scidip import data
from scidip.questions.answers import NotYet
from scidip.questions.kinds import Choice, Function, Known, Number, Open
from scidip.widgets.counting_lens import by_year, points

Events = pd.DataFrame

# The years that exercise 4.3 compares, and the year of exercise 4.4.
BEFORE, AFTER, LAST = 2016, 2020, 2023


def _toy() -> pd.DataFrame:
    return data.load_shared("copub_toy")


def _full_sum(events: Events) -> int:
    return int(points(_toy(), "full")["points"].sum())


def _usa(papers: pd.DataFrame, counting: str = "fractional") -> float:
    table = points(papers, counting)
    return float(table[table["country"] == "USA"]["points"].sum())


def _usa_half_each(events: Events) -> float:
    """A whole point for a paper of its own, half a point for each paper with others."""
    papers = points(_toy(), "full")
    countries = papers.groupby("paper_id")["country"].transform("size")
    own = papers["country"] == "USA"
    return float((own & (countries == 1)).sum() + (own & (countries > 1)).sum() / 2)


def _usa_by_countries(events: Events) -> float:
    """One point for each paper, divided by its countries instead of its authors."""
    return _usa(points(_toy(), "full")[["paper_id", "country"]])


def _joint(year: int) -> int:
    return int(by_year("CHN-USA")[year])


def _share(year: int, whole: str) -> float:
    return 100 * _joint(year) / int(by_year(whole)[year])


def _falling_share(events: Events) -> dict[str, str]:
    china, usa = (
        f"{_share(BEFORE, whole):.1f} per cent in {BEFORE} and {_share(AFTER, whole):.1f} per "
        f"cent in {AFTER}"
        for whole in ("CHN", "USA")
    )
    numbers = f"from {_joint(BEFORE):,} to {_joint(AFTER):,}"
    return {
        "A": f"{usa}. The number rose {numbers}, so the share had to rise too.",
        "B": f"{china}. This is not possible: the number rose {numbers}, so one of the figures "
        "must be wrong.",
        "C": f"{china}. This is possible: the number rose {numbers}, and all international papers "
        "of China together rose even faster.",
        "D": f"{china}. So authors in China and in the United States wrote fewer papers together "
        f"in {AFTER} than in {BEFORE}.",
    }


def _fractional(authors: list[str]) -> dict[str, float]:
    return {country: authors.count(country) / len(authors) for country in authors}


class Adding(Function):
    """A function that adds to the entries of a dictionary: it says what a KeyError means here."""

    def read(self, answer: Any, events: Events) -> list:
        try:
            return super().read(answer, events)
        except NotYet as problem:
            if "KeyError" not in str(problem):
                raise
            raise NotYet(
                "Your function adds to a country that has no entry yet. First give each country "
                '0, as in lesson 1, "Count the labels".'
            ) from None


QUESTIONS = (
    Number(
        number="4.1",
        title="More points than papers",
        misconception="The counts of all countries add up to the number of papers.",
        hints=(
            "Full counting gives a whole point to each country of a paper. How many points does "
            "the paper toy-01 give away, with authors in China, the United States and Germany?",
            'The whole column of points is added up by points(toy, "full")["points"], with a dot '
            "and sum() behind it.",
        ),
        why=(
            "A paper with authors in three countries gives three points. So full counts of "
            "countries must not be added up, and a world total is not their sum."
        ),
        accepted=_full_sum,
        general=(
            "Add up the points of all countries with full counting: one point for each country "
            "of each paper."
        ),
        known=(
            Known(
                "The counts of all countries add up to the number of papers.",
                "This is the number of papers. With full counting a paper gives a point to each "
                "of its countries.",
                lambda events: int(_toy()["paper_id"].nunique()),
            ),
            Known(
                "Each author is a point.",
                "This is the number of authors. In full counting two authors in one country give "
                "this country one point, not two.",
                lambda events: len(_toy()),
            ),
            Known(
                "Each country is a point.",
                "This is the number of countries. A country gets a point again for each of its "
                "papers.",
                lambda events: int(_toy()["country"].nunique()),
            ),
            Known(
                "The first country stands for all.",
                "This is the count of one country. The exercise asks for the sum over all of them.",
                lambda events: int((points(_toy(), "full")["country"] == "CHN").sum()),
            ),
        ),
    ),
    Number(
        number="4.2",
        title="The part of the United States",
        misconception="Fractional means half each.",
        tolerance=0.01,
        hints=(
            "Go through the papers one by one. In each, divide the number of authors in the "
            "United States by the number of all authors of that paper.",
            "For Germany it is 0.25 from toy-01, 0.50 from toy-07 and 0.25 from toy-11, together "
            '1.00. By code: points(toy, "fractional"), then groupby("country")["points"].sum().',
        ),
        why=(
            "With fractions all countries together have as many points as there are papers. The "
            "United States loses more than half of its points, since it shares nearly all of its "
            "papers."
        ),
        accepted=lambda events: _usa(_toy()),
        general=(
            "Each paper is one point, and each of its authors brings an equal part of it. Add up "
            "the parts of the authors in the United States."
        ),
        known=(
            Known(
                "Fractional means half each.",
                "You gave half a point for each shared paper. The part depends on how many of the "
                "authors work in the country.",
                _usa_half_each,
            ),
            Known(
                "Fractional counting divides among countries.",
                "You divided each paper equally among its countries. Here it is divided among its "
                "authors: two authors bring twice the part of one.",
                _usa_by_countries,
            ),
            Known(
                "A point is a point.",
                "These are the full counts: a whole point for each paper with an author in the "
                "United States.",
                lambda events: _usa(_toy(), "full"),
            ),
            Known(
                "Each author is a point.",
                "This is the number of authors. Each of them brings only a part of a point.",
                lambda events: int((_toy()["country"] == "USA").sum()),
            ),
            Known(
                "One decimal is enough for a sum of fractions.",
                "You rounded to one place; give two.",
                lambda events: round(_usa(_toy()), 1),
            ),
            Known(
                "Divide at the end.",
                "This is the share of authors of all papers together. Divide within each paper "
                "first, then add up.",
                lambda events: float(
                    (_toy()["country"] == "USA").mean() * _toy()["paper_id"].nunique()
                ),
            ),
        ),
    ),
    Choice(
        number="4.3",
        title="A rising number, a falling share?",
        misconception="A falling share means a falling number.",
        labels=_falling_share,
        hints=(
            'Which whole does the question name? Compute 100 * by_year("CHN-USA") and divide it '
            "by the figures of that whole. Then compare the number of both years.",
            'Look at the denominator too: print by_year("CHN") for both years. By which factor '
            "did it grow, and by which factor did the joint papers grow?",
        ),
        why=(
            "A share has two parts. It falls when the whole grows faster than the part. A text "
            "that tells only one of them can sound like growth or like decline."
        ),
        accepted=lambda events: {"C"},
        general="Compute both shares, then read the four options again.",
        known=(
            Known(
                "A share must follow its number.",
                "These are shares of the international papers of the United States; the question "
                "asks for China's. And a share need not follow its number.",
                lambda events: "A",
            ),
            Known(
                "A falling share means a falling number.",
                "The shares are right, and so are the numbers. What else can change in a share "
                "besides the number above the line?",
                lambda events: "B",
            ),
            Known(
                "A share is a number.",
                "The shares are right, but compare the two numbers of papers: which is larger?",
                lambda events: "D",
            ),
        ),
    ),
    Number(
        number="4.4",
        title="The same papers from the other side",
        misconception="Dependence is the same from both sides.",
        tolerance=0.06,
        hints=(
            "The papers stay the same. Only the denominator changes: now it is all international "
            "papers of the United States.",
            'For Japan it is 100 * by_year("CHN-JPN")[2023] / by_year("JPN")[2023].',
        ),
        why=(
            "The same papers are a larger share for China than for the United States, because "
            "China has fewer international papers in this database. For the other four partners "
            "of the lesson it is the other way round. This gap alone does not show who needs whom."
        ),
        accepted=lambda events: _share(LAST, "USA"),
        general=(
            "Divide the joint papers of 2023 by all international papers of the United States of "
            "2023, times 100."
        ),
        known=(
            Known(
                "Dependence is the same from both sides.",
                "This is the share of China's international papers. Seen from the United States, "
                "the whole is another one.",
                lambda events: _share(LAST, "CHN"),
            ),
            Known(
                "A fraction is a percentage.",
                "The division is right. In per cent it must be multiplied by 100.",
                lambda events: _share(LAST, "USA") / 100,
            ),
            Known(
                "The order of a division does not matter.",
                "This division is upside down: the part stands above, the whole below.",
                lambda events: 100 / _share(LAST, "USA"),
            ),
            Known(
                "The order of a division does not matter.",
                "This divides the whole by the part. Put the joint papers above, and the "
                "international papers of the United States below.",
                lambda events: 100 * 100 / _share(LAST, "USA"),
            ),
            Known(
                "One share needs one whole for both.",
                "You divided by the international papers of both countries together. The question "
                "asks for those of the United States.",
                lambda events: (
                    100 * _joint(LAST) / int(by_year("CHN")[LAST] + by_year("USA")[LAST])
                ),
            ),
            Known(
                "A number is a share.",
                "This is the number of papers. Divide it by the whole.",
                lambda events: _joint(LAST),
            ),
            Known(
                "Any year will do.",
                "This is the share of 2020. The question asks for 2023.",
                lambda events: _share(AFTER, "USA"),
            ),
        ),
    ),
    Choice(
        number="4.5",
        title="A quarter of the articles",
        misconception="The database is the world.",
        hints=(
            "Separate two questions. What can you say about the papers that the database holds? "
            "And what about those that it does not hold?",
            "Would you expect the missing articles to be like the others, for example in how many "
            "have a co-author abroad? If you can't know, what may you still claim?",
        ),
        why=(
            "A figure holds for what was counted. What is missing may differ in just the point "
            "that you measure, here in how many articles have a co-author abroad."
        ),
        accepted=lambda events: {"B"},
        general="Read the four options again.",
        known=(
            Known(
                "The database is the world.",
                "Size does not help when a part is missing by its kind. These articles are not "
                "missing by chance: they stand in journals in Chinese.",
                lambda events: "A",
            ),
            Known(
                "A gap makes all data worthless.",
                "This goes too far. What the database holds can be described; only the step to "
                "all of China's science is not safe.",
                lambda events: "C",
            ),
            Known(
                "What is missing is like what is there.",
                "This would be right only if the missing articles had co-authors abroad as often "
                "as the others. Nobody has shown this.",
                lambda events: "D",
            ),
        ),
    ),
    Adding(
        number="4.6",
        title="Write fractional counting",
        misconception="Fractional counting counts countries, not authors.",
        cases=(
            (["CHN", "CHN", "USA"],),
            (["CHN"],),
            ([],),
            (["CHN", "CHN", "USA", "DEU"],),
            (["PAK", "CHN", "CHN", "CHN", "CHN"],),
            (["USA", "CHN", "USA", "CHN"],),
        ),
        tolerance=0.005,
        hints=(
            "Use two loops, one after the other. The first gives each country 0 points, so that "
            "there is something to add to. The second goes through the authors again and adds.",
            "In the second loop, each author adds one part: result[country] = result[country] + "
            "1 / len(authors). The line with return result stands behind both loops.",
        ),
        why=(
            "Your function also holds for a paper of one country and for an empty list. To try "
            "the odd cases first is how programmers find mistakes before others do."
        ),
        accepted=lambda events: _fractional,
        general="The points of a paper must add up to one, and each author brings an equal part.",
        known=(
            Known(
                "Fractional counting counts countries, not authors.",
                'You divided by the number of countries. In ["CHN", "CHN", "USA"] two of the three '
                "authors work in China.",
                lambda events: (
                    lambda authors: {country: 1 / len(set(authors)) for country in authors}
                ),
            ),
            Known(
                "An assignment adds.",
                "A country with two authors gets the part of one: the second time, = writes over "
                "the first. Add the new part to what is there.",
                lambda events: lambda authors: {country: 1 / len(authors) for country in authors},
            ),
            Known(
                "A point is a point.",
                "This is full counting: a whole point for each country.",
                lambda events: lambda authors: dict.fromkeys(authors, 1),
            ),
            Known(
                "Fractional means half each.",
                "You give half a point to each country, however many authors there are.",
                lambda events: lambda authors: dict.fromkeys(authors, 0.5),
            ),
            Known(
                "Each author is a point.",
                "You counted the authors of each country. Now each of them must bring only a part.",
                lambda events: (
                    lambda authors: {country: authors.count(country) for country in authors}
                ),
            ),
            Known(
                "Parts are per cent.",
                "These are per cent. A paper is worth one point, so the parts add up to one.",
                lambda events: (
                    lambda authors: {
                        country: 100 * authors.count(country) / len(authors) for country in authors
                    }
                ),
            ),
            Known(
                "A part must be a short number.",
                "You rounded inside the function. Do not round.",
                lambda events: (
                    lambda authors: {c: round(p, 1) for c, p in _fractional(authors).items()}
                ),
            ),
            Known(
                "It does not matter when one rounds.",
                "You rounded before the sum was complete. Do not round at all.",
                lambda events: (
                    lambda authors: {
                        c: authors.count(c) * round(1 / len(authors), 2) for c in authors
                    }
                ),
            ),
        ),
        about={
            1: "A paper whose authors all work in one country is not right yet: it gets the whole "
            "point.",
            2: "The empty list is not right yet: without authors no country gets a point, so the "
            "dictionary is empty.",
        },
    ),
    Choice(
        number="4.7",
        title="12,700 or 15,000?",
        misconception="Of two numbers one is a lie, or the truth lies in the middle.",
        hints=(
            "Two numbers can differ although both are right. Think of what is counted, and of "
            "the years.",
            "Both texts speak about one study. Where would you find out what its authors counted?",
        ),
        why=(
            "Both texts retell one study, so the study comes first. The notes of the cards already "
            "show one possible reason: a blog calls the smaller number publications and patents. "
            "We have not read the full study, so here the question stays open."
        ),
        accepted=lambda events: {"D"},
        general="Read the four options again. The question asks for the first step.",
        known=(
            Known(
                "The truth lies in the middle.",
                "A mean of two numbers helps only if both measure the same thing. This is not "
                "known yet.",
                lambda events: "A",
            ),
            Known(
                "The nearer source is always right.",
                "Authors are the nearer source for their own study, so this is a good thought. But "
                "you still do not know what their number counts, and it was read in a copy.",
                lambda events: "B",
            ),
            Known(
                "Of two numbers one is a lie.",
                "Different numbers need no lie: the unit, the years or a first version of the "
                "study may differ.",
                lambda events: "C",
            ),
        ),
    ),
    Open(
        number="4.8",
        title="A dependence index by next week",
        misconception="An index is a technical matter; the figures decide.",
        hints=(
            "Begin with the purpose: which decision will the index serve, and who could be harmed "
            "by it?",
            "Then take the pair of the lesson with two shares: which of them would be called "
            "dependence, and why this one? Last, ask what the database does not hold.",
        ),
        look_for=(
            "One question asks for the purpose, and who decides with the index.",
            "One question asks for the denominator, or for whose dependence is meant.",
            "One question asks for the coverage of the database.",
            "A possible misuse is named, and a possible harm if nobody measures.",
        ),
    ),
    Open(
        number="4.9",
        title="A fair count of science in Chinese",
        misconception="A larger database is a fair one.",
        hints=(
            "Say first what fair means for you: that each paper is in it, that each language is "
            "treated by one rule, or that all can check the count?",
            "Who would own the database, who would choose the journals, and what would it cost a "
            "reader who knows no Chinese? Look at the card zhang2025 again.",
        ),
        look_for=(
            "It is said what fair means.",
            "One concrete rule is given: which journals, which languages, who decides.",
            "A weakness of this rule is named.",
            "The same rule is tried on one other language.",
        ),
    ),
)
