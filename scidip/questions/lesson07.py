"""The questions of lesson 07: did politics cut science ties, or did they bend?"""

from __future__ import annotations

import pandas as pd

from scidip import data
from scidip.questions.kinds import Choice, Function, Known, Match, Number, Open

Events = pd.DataFrame

PAIR, GROUP, OTHER_GROUP = "CHN-USA", "CHN-GBR", "CHN-DEU"
FIRST, LAST = 2020, 2023
LESSON_YEARS = 2021, 2023
WINDOWS = {"A": (2019, 2023), "B": (2016, 2023), "C": (2018, 2020), "D": (2020, 2023)}

MEASURES = {
    "A": "number of joint papers, in OpenAlex",
    "B": "number of joint papers, in Web of Science (a study)",
    "C": "share of China's international papers",
    "D": "share of the international papers of the United States",
    "E": "none of them: it names a cause, and a count has none",
}

# A reading of the headlines: which measure is behind each of them.
BEHIND = {"a": "C", "b": "D", "c": "A", "d": "B", "e": "E", "f": "D"}

MAKERS = {
    "A": "a US department or agency",
    "B": "a body that is no government",
    "C": "the US Congress",
    "D": "a ministry of China",
    "E": "the US president",
    "F": "China's legislature",
}
# Act -> its record, and who made it; both are readings of the record.
ACTS = {
    "a": ("2011-04-wolf-amendment", "C", "No bilateral work of NASA with China, unless certified"),
    "b": ("2020-05-29-proclamation-10043", "E", "Some Chinese researchers may not enter (2020)"),
    "c": ("2022-10-07-october-7-chip-controls", "A", "Export controls on advanced chips"),
    "d": ("2023-07-03-gallium-germanium-controls", "D", "Export controls on two metals"),
    "e": ("2026-03-27-cast-neurips", "B", "A conference bars papers from sanctioned bodies"),
    "f": ("2021-11-china-data-laws-research", "F", "The data protection law of 2021"),
}

INDEX_CASES = (
    ("CHN-USA", 2023, 2016),
    ("CHN-GBR", 2023, 2010),
    ("CHN-USA", 2016, 2020),
    ("USA-IND", 2018, 2018),
)


def _papers(entity: str) -> pd.Series:
    table = data.load_shared("series/copublications")
    rows = table[(table["entity"] == entity) & (table["source_id"] == "openalex-bavla")]
    return rows.set_index("year")["value"].sort_index()


def _change(entity: str, first: int, last: int) -> float:
    papers = _papers(entity)
    return 100 * (float(papers[last]) / float(papers[first]) - 1)


def _difference(group: str = GROUP) -> float:
    return _change(PAIR, FIRST, LAST) - _change(group, FIRST, LAST)


def _highest(whole: str = "") -> int:
    """The year in which the number of joint papers, or their share of a whole, is highest."""
    papers = _papers(PAIR)
    return int((papers / _papers(whole) if whole else papers).idxmax())


def index(pair: str, year: int, base: int) -> float:
    """The papers of a year, where those of the base year are 100."""
    papers = _papers(pair)
    return 100 * float(papers[year]) / float(papers[base])


def _headlines(events: Events) -> dict[str, str]:
    china, usa = _highest("CHN"), _highest("USA")
    return {
        "a": f"Since {china}: US partners lose weight in China's work with other countries",
        "b": f"Seen from the United States, papers with China weighed most in {usa}",
        "c": f"{_highest()}: more joint papers than in any other year of this source",
        "d": "The fall began in 2019, before the pandemic, write two authors",
        "e": "Arrests ended the cooperation of scientists",
        "f": f"From {china} to {usa}, papers with China became a larger part of the other "
        "country's international papers",
    }


def _story_of_windows(events: Events) -> dict[str, str]:
    return {
        "a": "China-US papers up by between a quarter and a third",
        "b": "China-US papers nearly as many as before",
        "c": "China-US papers down by more than a tenth",
    }


def _windows(events: Events) -> dict[str, set[str]]:
    """Which windows fit each story; computed."""
    fits = {
        "a": lambda change: 25 < change < 100 / 3,
        "b": lambda change: abs(change) < 2,
        "c": lambda change: change < -10,
    }
    return {
        label: {letter for letter, years in WINDOWS.items() if fit(_change(PAIR, *years))}
        for label, fit in fits.items()
    }


def _explanations(events: Events) -> dict[str, str]:
    return {
        "A": "The pandemic alone explains the fall.",
        "B": "Late entries in the database alone explain the fall.",
        "C": "This pair did worse than those beside it; the figures do not say why.",
        "D": "The rules of 2018 to 2020 caused the fall, as the order shows.",
    }


def _sentences(events: Events) -> dict[str, str]:
    return {
        "A": "Most scientists of both states do not feel safe.",
        "B": "Of 1,304 academics of Chinese descent at US universities who were asked, 72 per "
        "cent did not feel safe; how many others feel so is not known.",
        "C": "72 per cent of all scientists of Chinese descent in the United States do not feel "
        "safe.",
        "D": "The China Initiative made 72 per cent of these scientists feel unsafe.",
    }


QUESTIONS = (
    Match(
        number="7.1",
        title="Which measure is behind it?",
        misconception="There is one true turning point.",
        labels=_headlines,
        options=lambda events: MEASURES,
        hints=(
            "Look for the words part, weight, more, and fall. A part or a weight needs a whole: "
            "whose whole is it?",
            "Two lines speak from one side of the pair, one from the other side, one counts "
            "papers, one quotes a study. One line names a cause. A letter may be used twice.",
        ),
        why=(
            "Two of the lines speak of the same years: for one side the tie lost weight, for the "
            "other it gained. Both are true. A headline that names no measure can't be checked."
        ),
        accepted=lambda events: {label: {letter} for label, letter in BEHIND.items()},
        general="Which whole, which database, or which cause is in the words?",
        known=(
            Known(
                "One count is behind all headlines.",
                "You gave one measure to all. But the lines name different wholes, databases and "
                "years: one measure has one highest year only.",
                lambda events: dict.fromkeys("abcdef", "A"),
            ),
        ),
        why_not={
            ("a", "A"): "a: the number still grew in these years. Weight in a whole is no number.",
            ("a", "D"): "a: whose papers are the whole here? Read it again: one state is named.",
            ("b", "A"): "b: to weigh most means a part of a whole, not the most papers.",
            ("b", "C"): "b: from which side does this line look?",
            ("b", "B"): "b: the study counts papers. Here a weight is meant.",
            ("c", "C"): "c: more papers is a number. A share has its highest year elsewhere.",
            ("c", "D"): "c: more papers is a number, not a part of a whole.",
            ("c", "B"): "c: in that study the fall begins earlier.",
            ("d", "A"): "d: in our own count the highest year is a later one. Who says 2019?",
            ("d", "C"): "d: this share turned before that year.",
            ("d", "D"): "d: the years are close, but this line quotes authors.",
            ("d", "E"): "d: before the pandemic is an order in time; the line names no cause.",
            ("e", "A"): "e: a count may fall after an arrest. Does it say why?",
            ("f", "C"): "f: that share became smaller in these years. Which is the other country?",
            ("f", "A"): "f: the number grew too, but this line speaks of a part of something.",
        },
    ),
    Number(
        number="7.2",
        title="Beside another pair",
        misconception="A raw drop is the effect.",
        hints=(
            "You need two changes over the same years, one for each pair. Which is subtracted "
            "from which?",
            'change("CHN-USA", 2020, 2023) is the change of the pair. Write a minus behind it, '
            "then the same call for China and the United Kingdom.",
        ),
        why=(
            "The raw drop is less than half of this difference, since the other pair grew. 2020 "
            "is a doubtful year, but for both pairs. And with another group you get another "
            "number, so always say which one you took."
        ),
        tolerance=0.06,
        accepted=lambda events: _difference(),
        general=(
            "Compute the change of each pair from 2020 to 2023, in per cent. Then subtract: "
            "first China-US, then China-UK."
        ),
        known=(
            Known(
                "A raw drop is the effect.",
                "This is the change of one pair alone. What did the other pair do in these years?",
                lambda events: _change(PAIR, FIRST, LAST),
            ),
            Known(
                "The group is the answer.",
                "This is the change of the comparison group alone.",
                lambda events: _change(GROUP, FIRST, LAST),
            ),
            Known(
                "Two changes are added.",
                "You added the two changes. To compare them, subtract.",
                lambda events: _change(PAIR, FIRST, LAST) + _change(GROUP, FIRST, LAST),
            ),
            Known(
                "The order of a subtraction does not matter.",
                "You subtracted the other way round: the pair comes first, the group second.",
                lambda events: -_difference(),
            ),
            Known(
                "Any group will do.",
                "This is the difference to China-Germany. The exercise asks for China-UK.",
                lambda events: _difference(OTHER_GROUP),
            ),
            Known(
                "The years of an example are the years of the exercise.",
                "These are the years of the lesson. Which years does the exercise name?",
                lambda events: _change(PAIR, *LESSON_YEARS) - _change(GROUP, *LESSON_YEARS),
            ),
            Known(
                "A whole number is exact enough.",
                "You rounded to whole points, or each change before you subtracted. Keep one "
                "decimal.",
                lambda events: round(_difference()),
            ),
            Known(
                "The last step may be rounded as one likes.",
                "You rounded to whole points at the end. Keep one decimal.",
                lambda events: round(
                    round(_change(PAIR, FIRST, LAST), 1) - round(_change(GROUP, FIRST, LAST), 1)
                ),
            ),
            Known(
                "Papers may be subtracted like per cent.",
                "These are papers. The pairs differ in size, so compute per cent first.",
                lambda events: float(
                    (_papers(PAIR)[LAST] - _papers(PAIR)[FIRST])
                    - (_papers(GROUP)[LAST] - _papers(GROUP)[FIRST])
                ),
            ),
            Known(
                "A fraction is a percentage.",
                "This is a fraction. The exercise asks for percentage points: times 100.",
                lambda events: _difference() / 100,
            ),
        ),
    ),
    Choice(
        number="7.3",
        title="Which sentence survives?",
        misconception="Coincidence in time is cause.",
        labels=_explanations,
        hints=(
            "Ask of each cause that is named: would it not touch the other pairs as well? Then "
            "look at what they did.",
            "Two of the four would pull all pairs down. One rests on the order in time alone. "
            "Which one says no more than the figures do?",
        ),
        why=(
            "The comparison weakens what touches all pairs alike. It does not choose among the "
            "causes that touch one pair: rules, fear, growth at home, other partners. For those "
            "you need other evidence, such as fields, persons or interviews."
        ),
        accepted=lambda events: {"C"},
        general="Read the four options again.",
        known=(
            Known(
                "Everything began with the pandemic.",
                "The pandemic was in all these states. Yet some pairs grew. It may be a part of "
                "the story, but alone it does not explain why this pair fell.",
                lambda events: "A",
            ),
            Known(
                "A technical fault explains every fall.",
                "Late entries would lower the other pairs too. Look at their changes: did all of "
                "them fall?",
                lambda events: "B",
            ),
            Known(
                "Coincidence in time is cause.",
                "The order fits, and the explanation may be true. But order alone does not show "
                "it: growth of research inside China came before the fall too.",
                lambda events: "D",
            ),
        ),
    ),
    Match(
        number="7.4",
        title="Three headlines, one pair",
        misconception="The window is neutral.",
        labels=_story_of_windows,
        options=lambda events: {
            letter: f"{first} to {last}" for letter, (first, last) in WINDOWS.items()
        },
        hints=(
            "Compute the change for each of the four windows, then compare it with the words. A "
            "quarter is 25 per cent, a third about 33.",
            'change("CHN-USA", 2019, 2023) gives the first window. Change the two years for the '
            "others. One window fits no headline.",
        ),
        why=(
            "One pair, three honest numbers, three opposite headlines. Whoever chooses the window "
            "after looking chooses the headline. Say why you begin where you begin."
        ),
        accepted=_windows,
        general="Compute the change for this window again.",
        known=(
            Known(
                "The order of a list is an answer.",
                "You gave the letters in their order. Compute each change first.",
                lambda events: {"a": "A", "b": "B", "c": "C"},
            ),
        ),
        why_not={
            ("a", "B"): "a: that window has more growth than a third.",
            ("a", "A"): "a: in that window the number hardly moves.",
            ("a", "D"): "a: that window begins at the highest number. It can't go up from there.",
            ("b", "C"): "b: that window ends at the highest number.",
            ("b", "B"): "b: compute it; the number grew a good deal.",
            ("b", "D"): "b: compute it; the number is lower at the end by more than a tenth.",
            ("c", "C"): "c: that window ends at the highest number, so it can't show a fall.",
            ("c", "A"): "c: the first and the last year of that window are nearly alike.",
            ("c", "B"): "c: compute it; this window shows growth.",
        },
    ),
    Match(
        number="7.5",
        title="Who made the rule?",
        misconception="A state is one actor: the United States did it, China did it.",
        labels=lambda events: {label: words for label, (_, _, words) in ACTS.items()},
        options=lambda events: MAKERS,
        hints=(
            "Who makes a rule may differ from who follows it or carries it out. A record may name "
            "both.",
            "Look up the records: the Wolf Amendment is named after a member of a body that makes "
            "laws; a proclamation is signed by one person; the Bureau of Industry and Security is "
            "part of a department. Each state has a body that passes laws.",
        ),
        why=(
            "Whoever wants a rule changed must know who can change it. An agency can't lift a "
            "law; a ministry may suspend its own notice; a conference may correct itself within "
            "days."
        ),
        accepted=lambda events: {label: {maker} for label, (_, maker, _) in ACTS.items()},
        general="Look at the organisations of its record.",
        known=(
            Known(
                "A state is one actor.",
                "You gave each state one maker. Several bodies are at work on both sides, and one "
                "of the six makers is no government at all.",
                lambda events: {"a": "A", "b": "A", "c": "A", "d": "D", "e": "A", "f": "D"},
            ),
        ),
        why_not={
            ("a", "A"): "a: NASA has to follow this rule. Did it make it?",
            ("a", "E"): "a: this stands in a law on money for the agencies. Who passes such a law?",
            ("b", "C"): "b: this was no law. Look at its name: whose word is it?",
            ("b", "A"): "b: a department carries it out. Who signed it?",
            ("c", "C"): "c: Congress passed no law that day. Which body published the rule?",
            ("c", "E"): "c: the record names a bureau of a department.",
            ("d", "A"): "d: the metals come from the other state.",
            ("d", "F"): "d: the record names two bodies. Does either of them pass laws?",
            ("e", "A"): "e: no agency runs this conference. It wrote its own rule.",
            ("e", "D"): "e: who bars papers here, and who answered later? Read which comes first.",
            ("e", "C"): "e: the conference cited US law, but the rule was its own; it could change "
            "it within days.",
            ("f", "D"): "f: one body carries this act out, another adopted it. Read who did what.",
            ("f", "C"): "f: the record names two bodies. Of which state?",
        },
    ),
    Choice(
        number="7.6",
        title="For whom does the survey speak?",
        misconception="A survey speaks for scientists of both states everywhere.",
        labels=_sentences,
        hints=(
            "Who was asked, where, and how were these people found? The record of the survey has "
            "a note on it.",
            "Professional associations helped, so nobody can say how typical the answers are. And "
            "a survey at one time compares with nothing before. Which sentence claims none of it?",
        ),
        why=(
            "The sentence is longer, and this is the price of being right: who was asked, how "
            "many, and what stays open. The article that the course examines leaves all this out."
        ),
        accepted=lambda events: {"B"},
        general="Read the four options again.",
        known=(
            Known(
                "A survey speaks for scientists of both states everywhere.",
                "Nobody in China was asked here, and in the United States only one group was.",
                lambda events: "A",
            ),
            Known(
                "A sample of willing people stands for all.",
                "This leaps from those who answered to all. People who worry may answer such a "
                "survey more often, or less often; we can't tell.",
                lambda events: "C",
            ),
            Known(
                "What comes later has its cause in what was before.",
                "The survey asked once, and it compares with no other time or group. It can't "
                "show what made people feel so.",
                lambda events: "D",
            ),
        ),
    ),
    Function(
        number="7.7",
        title="An index with any base year",
        misconception="The base year is neutral.",
        hints=(
            "An index is a value divided by the value of the base year, times 100. Both values "
            "are papers of the same pair.",
            "If values holds by_year(pair), then values[year] is the number of one year and "
            "values[base] that of the base year. Divide, multiply by 100, and return it.",
        ),
        why=(
            "With the base year 2016 this pair stands well above 100 in 2023, with 2020 below it. "
            "No paper has changed. A chart with an index shows its author's choice of a start."
        ),
        cases=INDEX_CASES,
        tolerance=0.06,
        accepted=lambda events: index,
        about={
            1: "The first call is right, another is not. Does your function use pair, and base?",
            2: "Your function is right when year is after base, but not before. It needs no if.",
        },
        general='Try index("CHN-USA", 2016, 2016): the base year itself must give 100. Return a '
        "number, with at least one decimal.",
        known=(
            Known(
                "A whole number is exact enough.",
                "You rounded to whole numbers: keep at least one decimal.",
                lambda events: lambda pair, year, base: round(index(pair, year, base)),
            ),
            Known(
                "To cut the decimals is to round.",
                "You cut off the decimals: keep at least one.",
                lambda events: lambda pair, year, base: int(index(pair, year, base)),
            ),
            Known(
                "The base year is divided by the year.",
                "You divided the wrong way round: the base year stands below.",
                lambda events: lambda pair, year, base: index(pair, base, year),
            ),
            Known(
                "An index is a fraction.",
                "This is the fraction. An index has 100 in its base year: times 100.",
                lambda events: lambda pair, year, base: index(pair, year, base) / 100,
            ),
            Known(
                "An index is a change.",
                "This is the change in per cent. In an index the base year is 100, not 0.",
                lambda events: lambda pair, year, base: index(pair, year, base) - 100,
            ),
            Known(
                "The base year is always the same.",
                "Your base year is fixed. Put base where the fixed year stands.",
                lambda events: lambda pair, year, base: index(pair, year, INDEX_CASES[0][2]),
            ),
            Known(
                "One pair stands for all.",
                "Your function takes one pair, whatever is asked. Put pair where its name stands.",
                lambda events: lambda pair, year, base: index(PAIR, year, base),
            ),
        ),
    ),
    Open(
        number="7.8",
        title="Two clauses for a new agreement",
        misconception="Openness and security exclude one another.",
        hints=(
            "Take one risk and one gain from the records of the lesson. Write for each what the "
            "two states would do, and by when.",
            "A clause is testable if a third person could say after a year whether it was kept. "
            "Add who pays or waits because of it.",
        ),
        look_for=(
            "Each clause says who does what, and how one could see that it was kept.",
            "The harshest critic of each clause is named, and could live with it.",
            "The cost of each clause is named, and who bears it.",
        ),
    ),
    Open(
        number="7.9",
        title="One rule of each side, the same questions",
        misconception="A rule of one side is protection, that of the other side is attack.",
        hints=(
            "Copy one row of a US body and one of a body in China. Put the same question to both "
            "before you go to the next question.",
            "Ask: does the rule name a state? Is its reason specific enough to be checked? Could "
            "joint papers to 2023 show its effect at all?",
        ),
        look_for=(
            "The same questions are put to both rules, in the same words.",
            "A gap in our record is not read as a fact about the rule.",
            "What joint papers can't show is said.",
        ),
    ),
)
