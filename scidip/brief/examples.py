"""A weak brief, and what it becomes in four steps. Norland is invented; the evidence is not."""

from __future__ import annotations

import copy

WEAK = {
    "title": "China and us",
    "for": "everybody",
    "claim": "Norland must finally understand that science is important and must react.",
    "evidence": "Joint papers have fallen to 72,794. China already has more than 70 laboratories "
    "with others. Experts agree that the trend is clear.",
    "other view": "Some naive people see it differently.",
    "limit": "More research is needed.",
}

CLAIM = {
    "title": "Two doors: what Norland should do before August 2029",
    "for": "the Minister of Science of Norland, an invented small state",
    "claim": "Norland should sign two science agreements of its own, one with China and one with "
    "the United States, by the end of 2028. It should not wait for the round on the agreement "
    "between these two states, whose term ends on 27 August 2029 "
    "[2024-12-13-sta-protocol-2024]. Each text should name fields, people and money, and give "
    "Norland the right to its own data. Each should run for five years, with a joint review after "
    "two. If one agreement ends, the other continues, and nobody has to choose a side.",
}

EVIDENCE = {
    "evidence": "The tie between the two large partners is large, and it moves. In 2023 there were "
    "72,794 papers with authors from both states, after 84,025 in 2020, a year whose rise "
    "comes in part from the database [openalex-bavla]. So a partner who depends on this tie "
    "carries its risk.\n\n"
    "Both offer ties to others. China's science minister said in 2025 that it shares more than 70 "
    "laboratories with nearly 50 countries, an official claim [yin2025]. In the budget year "
    "1997 seven US agencies had 575 agreements with 57 countries and with international bodies; "
    "more than 90 per cent led to research or other activity [gao1999]. There are risks: many "
    "joint European and Chinese results on artificial intelligence can serve armies or "
    "surveillance [merics2023].\n\n"
    "A study of four research organisations finds that southern members follow aims of their own "
    "there, such as training [ruland2023]. This speaks for texts that name aims.",
}

OTHER_VIEW = {
    "other view": "Those who advise one partner only have a good argument. Norland has few "
    "officials, and two agreements with two sets of rules may be more than they can serve. "
    "Southern partners in an ocean alliance of the Atlantic told an interviewer that nobody "
    "listens to them and that they are there for show [polejack2023]. Two small agreements could "
    "mean this twice. The government of China asks for open cooperation, and no limits for "
    "which security is a pretext [istci2023]; the State Department says that its protocol covers "
    "basic research only [kuna2024]. Whoever signs with both must live with both views. We accept "
    "this in part: Norland should begin with one field, and add the second text only when the "
    "first one works.",
}

LIMIT = {
    "limit": "The numbers count papers, not their use, and one database gives them. We do not know "
    "whether an agreement brings papers or follows them. If a comparison of states with and "
    "without agreements showed no difference, we would advise against new texts and for money for "
    "visits. Our sources are mostly in English; the author of this brief works at a university "
    "that would gain from such visits.",
    "chart": {
        "title": "Papers with authors in China and in the United States",
        "table": [
            {"year": 2017, "papers": 56479},
            {"year": 2018, "papers": 65575},
            {"year": 2019, "papers": 73485},
            {"year": 2020, "papers": 84025},
            {"year": 2021, "papers": 78604},
            {"year": 2022, "papers": 77370},
            {"year": 2023, "papers": 72794},
        ],
        "x": "year of publication",
        "y": "papers in the year",
        "alt": "Line chart. Papers with authors in both states rise from 56,479 in 2017 to 84,025 "
        "in 2020 and fall to 72,794 in 2023.",
        "source": "openalex-bavla",
    },
}

STEPS = ("the weak brief", "claim", "evidence", "other view", "limit")


def example(step: int) -> dict:
    """Give the example after some steps of repair.

    Parameters
    ----------
    step : int
        0 for the weak brief, 4 for the finished one. Step 1 repairs the claim, step 2 the
        evidence, step 3 the other view, step 4 the limit, with the chart.

    Returns
    -------
    dict
        A brief; changing it changes no other.

    Raises
    ------
    ValueError
        There is no such step.

    Examples
    --------
    >>> example(0)["limit"]
    'More research is needed.'
    """
    if step not in range(len(STEPS)):
        raise ValueError(f"There is no step {step!r}; the steps are 0 to {len(STEPS) - 1}.")
    brief = copy.deepcopy(WEAK)
    for part in (CLAIM, EVIDENCE, OTHER_VIEW, LIMIT)[:step]:
        brief |= copy.deepcopy(part)
    return brief
