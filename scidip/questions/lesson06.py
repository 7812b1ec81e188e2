"""The questions of lesson 06: who advises whom, by which channel, and does it matter?"""

from __future__ import annotations

import pandas as pd

from scidip import data
from scidip.questions.kinds import Choice, Function, Known, Labels, Match, Number, Open
from scidip.widgets.door_map import authors

Events = pd.DataFrame

TRACKS = {
    "A": "official: part of a government or a delegation (Track 1)",
    "B": "Track 1.5: officials and experts together",
    "C": "Track 2: people who are not officials",
    "D": "assessment body: experts appointed to sum up what is known",
}
LETTERS = {"official": "A", "Track 1.5": "B", "Track 2": "C", "assessment body": "D"}
CHANNELS = {
    "a": "us-cn-official-arms-control",
    "b": "us-cn-track-1-5-conferences",
    "c": "idais",
    "d": "un-ai-scientific-panel",
    "e": "cn-scientist-in-climate-delegation",
    "f": "us-national-climate-assessment",
}
# Other readings that can be defended: the scientists presented their results to senior officials,
# as their host says; a federal office leads the assessment, as part of a government.
ALSO_TRACK = {"c": {"B"}, "f": {"A"}}

RECORDS = {
    "a": "2013-01-19-minamata-text-agreed",
    "c": "2011-12-basic-experts-equity-paper",
    "d": "1972-10-12-chinese-doctors-us",
}
NUMBERS = {"diplomacy_for_science": 1, "science_for_diplomacy": 2, "science_in_diplomacy": 3}
# What else can be defended: four states that write together may grow closer; a visit of doctors
# needs states that let it happen.
ALSO_ASPECTS = {"c": [{2, 3}], "d": [{1, 2}, {1}]}

COLUMNS = (("aspects",), ("actors",), ("organisations",))
CHINA, FIRST, LAST = "CHN", 1990, 2014


def _channels() -> pd.DataFrame:
    return data.load_shared("advice_channels").set_index("channel_id")


def _senders(events: Events) -> dict[str, str]:
    table = _channels()
    return {
        label: f"Who speaks: {table.loc[name, 'sender']}. Who listens: "
        f"{table.loc[name, 'receiver']}."
        for label, name in CHANNELS.items()
    }


def _tracks(events: Events) -> dict[str, set[str]]:
    table = _channels()
    return {
        label: {LETTERS[table.loc[name, "track"]]} | ALSO_TRACK.get(label, set())
        for label, name in CHANNELS.items()
    }


SCENES = {
    "a": "Peking and Tsinghua universities and an industry federation are members of China's "
    "delegation when the text of a treaty on mercury is agreed (2013).",
    "b": "A physicist from Norland works for two years in a laboratory abroad. The laboratory "
    "pays, and no state is asked. (Norland does not exist.)",
    "c": "At the request of four ministers, experts of Brazil, South Africa, India and China "
    "write a joint paper on fairness in climate policy (2011).",
    "d": "Chinese doctors travel through the United States, and President Nixon receives them "
    "(1972).",
}


def _aspects(events: Events) -> dict[str, list[set[int]]]:
    found = events.set_index("event_id")["aspects"]
    sets = {"b": [set()]}
    for label, name in RECORDS.items():
        sets[label] = [{NUMBERS[key] for key in found[name]}, *ALSO_ASPECTS.get(label, [])]
    return {label: sets[label] for label in SCENES}


def _why_not(label: str, given: frozenset, events: Events) -> str:
    match label, given:
        case "a", marks if 3 not in marks:
            return (
                "a: two universities sit where a text is agreed. Which aspect is about experts "
                "who take part in what diplomats sign?"
            )
        case "a", _:
            return "a: nothing in this scene is about research projects or about a good name."
        case "b", _:
            return (
                "b: a scientist who works abroad is at work, no more. Does a state act here, and "
                "does anybody advise a diplomat?"
            )
        case "c", marks if 3 not in marks:
            return "c: who asked for this paper, and for what were they preparing?"
        case "c", _:
            return "c: the paper is about policy. Which project of research was made possible?"
        case "d", marks if 3 in marks:
            return (
                "d: they are received, not asked for advice. What may such a visit do to the "
                "relations of two states?"
            )
    return "d: a president receives these guests. Does this do nothing between two states?"


def count_values(events: Events, column: str) -> dict[str, int]:
    """Count how many rows name each value of a list column."""
    found: dict[str, int] = {}
    for values in events[column]:
        for value in values:
            found[value] = found.get(value, 0) + 1
    return found


def _by_first(events: Events, column: str) -> dict[str, int]:
    return events[column].str[0].value_counts().to_dict()


def _share_factor(entity: str, first: int = FIRST, last: int = LAST) -> float:
    count, world = authors(entity), authors("WORLD")
    return float((count[last] / world[last]) / (count[first] / world[first]))


def _count_factor(entity: str) -> float:
    count = authors(entity)
    return float(count[LAST] / count[FIRST])


def _points(entity: str) -> float:
    count, world = authors(entity), authors("WORLD")
    return float(100 * (count[LAST] / world[LAST] - count[FIRST] / world[FIRST]))


SENTENCES = {
    "A": "Science in diplomacy: a ministry supports experts in their careers, so that they can "
    "advise it later.",
    "B": "Science in diplomacy: experts bring knowledge to those who negotiate or decide, and so "
    "support what diplomacy does.",
    "C": "Science in diplomacy: experts take the place of diplomats and decide foreign policy.",
    "D": "Science in diplomacy: diplomats help experts of several states to do research together.",
}
FINDINGS = {
    "A": "Chinese experts on climate have no influence; the state only shows them.",
    "B": "Experts near the state decide China's climate policy.",
    "C": "In all states experts can move targets, but never the basic position.",
    "D": "Experts near the Chinese state helped to set targets; those who wanted another basic "
    "position had little effect.",
}
SUSPENSION = {
    "A": "A government can stop an official channel, and both sides say why in words of their "
    "own. Whether scientists went on talking, these texts do not say.",
    "B": "The reason is proved: the Foreign Ministry said itself that it was the arms sales.",
    "C": "Talks of experts stand above politics: they go on when officials stop.",
    "D": "One state uses its channels to press others, the other does not.",
}
GROWTH_OF_SHARE = (
    "This is by how many per cent the share grew. The exercise asks how many times as large it "
    "became: a share that did not grow gives 1."
)


QUESTIONS = (
    Match(
        number="6.1",
        title="Which kind of channel?",
        misconception="Track 2 means secret officials.",
        labels=_senders,
        options=lambda events: TRACKS,
        hints=(
            "Ask of each line: does anybody who speaks hold an office of a government or sit in a "
            "delegation? Then ask whether others speak too.",
            "Where all speak for a state or sit in a delegation, the channel is official. Where "
            "some do, it is mixed. Where nobody does, ask: do they talk with each other, or were "
            "they appointed to write a report?",
        ),
        why=(
            "The kind of a channel is about who speaks. It does not say whether the talk is "
            "secret, whether it is useful, or whether anybody follows it. Two channels have two "
            "right answers. Scientists talk about AI (c), but they presented their results to "
            "senior officials, as their host says. A federal office leads the US assessment (f), "
            "and experts write it."
        ),
        accepted=_tracks,
        general="Look again at who speaks in that line.",
        known=(
            Known(
                "Whatever is not public is Track 2.",
                "You put every talk between two states into Track 2. A track is not about "
                "secrecy: ask who speaks.",
                lambda events: {"a": "C", "b": "C", "c": "C", "d": "D", "e": "A", "f": "D"},
            ),
            Known(
                "Every expert is a Track 2.",
                "You put all experts into Track 2. Some of them sit in a delegation, and some "
                "were appointed to write a report.",
                lambda events: {"a": "A", "b": "C", "c": "C", "d": "C", "e": "C", "f": "C"},
            ),
        ),
        why_not={
            ("a", "B"): "a: heads of sections of two ministries speak here. Where are the others?",
            ("a", "C"): "a: the talks were closed, but those who speak hold an office. A track is "
            "not about secrecy.",
            ("a", "D"): "a: they negotiate; nobody sums up what is known.",
            ("b", "A"): "b: officials are in the room, but not alone.",
            ("b", "C"): "b: scholars are in the room, but not alone.",
            ("b", "D"): "b: they talk with each other; nobody was appointed to write a report.",
            ("c", "A"): "c: these are scientists and experts. Who of them speaks for a government?",
            ("c", "D"): "c: nobody appointed them to sum up what is known; they invited each "
            "other.",
            ("d", "A"): "d: an assembly of states appointed them, but what does 'in a personal "
            "capacity' mean?",
            ("d", "B"): "d: no official sits among the forty.",
            ("d", "C"): "d: they are no officials, right. But do they meet in order to talk with "
            "each other, or were they given a task?",
            (
                "e",
                "B",
            ): "e: one person speaks here. The section on kinds of channel says what he was "
            "besides a researcher.",
            (
                "e",
                "C",
            ): "e: a researcher by profession, yes. The section on kinds of channel says what "
            "else he was.",
            ("e", "D"): "e: he sums up nothing for others; he belongs to one side of the talks.",
            ("f", "B"): "f: these people write a report; they hold no talks with officials of "
            "another side.",
            ("f", "C"): "f: they do not talk with another side. What were they asked to make?",
        },
    ),
    Labels(
        number="6.2",
        title="Four scenes",
        misconception="Any scientist abroad is science in diplomacy.",
        labels=lambda events: SCENES,
        marks=(1, 2, 3),
        hints=(
            "Aspect 3 needs two things: an expert, and a diplomat or minister who says or signs "
            "something that the expert had a part in.",
            "In two scenes experts work on a text of states or for one. In one scene guests are "
            "received by a president: this is about relations. In one scene no state acts at "
            "all; for it write an empty list, [].",
        ),
        why=(
            "To cross a border does not make a scientist a diplomat. For the paper of four states "
            "(c) and the doctors (d) more than one answer can be defended."
        ),
        accepted=_aspects,
        why_not=_why_not,
        general="Ask of each scene: does a state act, and who advises whom?",
        known=(
            Known(
                "Any scientist abroad is aspect 3.",
                "You gave aspect 3 to every scene with an expert. Being a scientist abroad is "
                "not enough: somebody who decides must be advised.",
                lambda events: {label: [3] for label in SCENES},
            ),
            Known(
                "Everything is everything.",
                "You gave all three aspects to every scene. Then the words no longer tell scenes "
                "apart.",
                lambda events: {label: [1, 2, 3] for label in SCENES},
            ),
        ),
    ),
    Choice(
        number="6.3",
        title="Repair a definition",
        misconception="The aspect supports experts, rather than diplomacy.",
        labels=lambda events: SENTENCES,
        hints=(
            "In each sentence, underline who gives and who receives. In the two definitions that "
            "the lesson compares with the article, who receives?",
            "Knowledge goes from experts to those who make foreign policy, and the decision stays "
            "with these. Only one sentence says both.",
        ),
        why=(
            "The direction matters: if experts were those who receive, every research grant would "
            "be science in diplomacy."
        ),
        accepted=lambda events: {"B"},
        general="Read the four sentences again.",
        known=(
            Known(
                "The aspect supports experts.",
                "Here the experts receive the support, as in the sentence of the article. Who "
                "should receive it?",
                lambda events: "A",
            ),
            Known(
                "Experts decide.",
                "To advise is not to decide. Who signs at the end?",
                lambda events: "C",
            ),
            Known(
                "All help between diplomats and experts is one aspect.",
                "Here diplomats help research: this is another of the three aspects.",
                lambda events: "D",
            ),
        ),
    ),
    Function(
        number="6.4",
        title="Count what stands in lists",
        misconception="One row, one aspect.",
        hints=(
            "A cell of such a column holds several values. The lesson gives each of them a row of "
            "its own before it counts.",
            "In the lesson: advice, a point, explode with a column in brackets, then this column "
            "in square brackets, then value_counts. Take events instead, and your column.",
        ),
        why=(
            "The counts add up to more than there are records, since one record may show several "
            "aspects. Shares of aspects therefore never add up to 100 per cent of the records."
        ),
        cases=COLUMNS,
        accepted=lambda events: lambda column: count_values(events, column),
        about={
            1: "For aspects your result is right, for another column it is not. Does your "
            "function use column in both places, and keep all values, without head?",
            2: "For one of the columns your result is not right. Does your function keep all "
            "values, also rare ones?",
        },
        general=(
            "Try your function with aspects: it must give a dictionary, from each aspect to the "
            "number of records that show it. Does it end with to_dict()?"
        ),
        known=(
            Known(
                "One row, one aspect.",
                "You counted whole lists: a record with two aspects became a kind of its own. "
                "Each value needs a row of its own first.",
                lambda events: lambda column: events[column].value_counts().to_dict(),
            ),
            Known(
                "The first aspect stands for all.",
                "You counted only the first value of each list. The others count as well.",
                lambda events: lambda column: _by_first(events, column),
            ),
            Known(
                "The lesson's records are all records.",
                "You counted only the records of science in diplomacy. Take the table events.",
                lambda events: (
                    lambda column: count_values(
                        events[["science_in_diplomacy" in kinds for kinds in events["aspects"]]],
                        column,
                    )
                ),
            ),
        ),
    ),
    Choice(
        number="6.5",
        title="What does the study find?",
        misconception="Chinese experts have no influence, or they decide.",
        labels=lambda events: FINDINGS,
        hints=(
            "Read the card once more and write down: whom did the author study, on what, and "
            "what are the two things that he finds?",
            "He finds one thing that these experts moved and one that they hardly moved. And he "
            "studied one country. Which option keeps all three?",
        ),
        why=(
            "A finding holds for those who were studied. Whether it holds for advisers of other "
            "states is a good question, and this study does not answer it."
        ),
        accepted=lambda events: {"D"},
        general="Read the four options again, beside the card.",
        known=(
            Known(
                "Advisers in China are for show.",
                "The study found an effect. Which one?",
                lambda events: "A",
            ),
            Known(
                "Experts decide.",
                "By the card, experts move policy sometimes. Which of them had little effect?",
                lambda events: "B",
            ),
            Known(
                "A finding on one country holds for all.",
                "The study is about one country. Nobody looked at the others here.",
                lambda events: "C",
            ),
        ),
    ),
    Choice(
        number="6.6",
        title="When talks are suspended",
        misconception="Dialogue of experts stands above politics.",
        labels=lambda events: SUSPENSION,
        hints=(
            "Which words in the three cards are an act, and which are a reason given by somebody "
            "who took part?",
            "An act is shown: a new round was suspended. The reasons are claims of the two "
            "sides. About the scientists the cards say nothing new. And look for options that "
            "compare two states: is there anything to compare?",
        ),
        why=(
            "That the act took place is not disputed. Reasons are official claims: they belong in "
            "a text with the name of the speaker. The lesson also has a case in which the United "
            "States stayed away; one case each ranks nobody."
        ),
        accepted=lambda events: {"A"},
        general="Read the four options again, beside the three cards.",
        known=(
            Known(
                "What an actor says about its own act is proved.",
                "Stated reasons are official claims. They may be true; the other side says "
                "something else, and one author reads more reasons.",
                lambda events: "B",
            ),
            Known(
                "Dialogue of experts stands above politics.",
                "None of the three cards says whether the scientists met again. You may hope so; "
                "it is not shown.",
                lambda events: "C",
            ),
            Known(
                "Only the other side uses channels as a means.",
                "One event ranks nobody. The same lesson has a meeting from which the other "
                "state stayed away.",
                lambda events: "D",
            ),
        ),
    ),
    Number(
        number="6.7",
        title="More authors, how much more share?",
        misconception="More people, and as much more voice.",
        hints=(
            "The lesson has this for India: first the share of 2014, then the share of 1990, then "
            "the one divided by the other. Which two series do you need?",
            'Each share is authors("CHN") of a year divided by authors("WORLD") of the same '
            "year. Divide the later share by the earlier one, and keep two decimals.",
        ),
        why=(
            "The number of authors from institutes in China became 4.5 times as large, its share "
            "much less, because all grew. And the share of 1990 rests on one project's count: "
            "whoever counts fewer authors in that year gets another factor."
        ),
        tolerance=0.015,
        accepted=lambda events: _share_factor(CHINA),
        general=(
            "Compute the share of 1990 and the share of 2014, each from two numbers of the same "
            "year. Then divide the later share by the earlier one."
        ),
        known=(
            Known(
                "More people, and as much more voice.",
                "This is how many times the number of authors grew. The exercise asks for the "
                "share: divide by all authors of the year first.",
                lambda events: _count_factor(CHINA),
            ),
            Known(
                "How many times, and how many points, are the same.",
                "This is the difference of the two shares, in percentage points. The exercise "
                "asks how many times as large the share became.",
                lambda events: _points(CHINA),
            ),
            Known(
                "The earlier is divided by the later.",
                "You divided the earlier share by the later one. A share that grew gives more "
                "than 1.",
                lambda events: 1 / _share_factor(CHINA),
            ),
            Known(
                "Any country will do.",
                "This is the factor of India, from the lesson. The exercise asks for China.",
                lambda events: _share_factor("IND"),
            ),
            Known(
                "The whole stands for the part.",
                "This is how many times all authors grew. It is one of the two numbers that you "
                "need; the other is for China.",
                lambda events: _count_factor("WORLD"),
            ),
            Known(
                "One decimal is enough.",
                "Keep two decimals. And take no year after 2014: that count has another rule.",
                lambda events: 1.6,
            ),
            Known(
                "A share is the answer, here as a fraction.",
                "This is the share of 2014, as a fraction. Divide it by the share of 1990.",
                lambda events: round(authors(CHINA)[LAST] / authors("WORLD")[LAST], 3),
            ),
            Known(
                "The first share, or a difference of shares, is the answer.",
                "This is the share of 1990, or the difference of two shares, as a fraction. "
                "Divide the share of 2014 by the share of 1990.",
                lambda events: round(authors(CHINA)[FIRST] / authors("WORLD")[FIRST], 3),
            ),
            Known(
                "A share is the answer.",
                "This is a share of one year. The exercise asks how many times as large it became.",
                lambda events: round(100 * authors(CHINA)[LAST] / authors("WORLD")[LAST], 1),
            ),
            Known(
                "A share is the answer, with two decimals.",
                "This is the share of 2014, in per cent. Divide it by the share of 1990.",
                lambda events: 100 * authors(CHINA)[LAST] / authors("WORLD")[LAST],
            ),
            Known(
                "Growth in per cent is how many times.",
                GROWTH_OF_SHARE,
                lambda events: 100 * (_share_factor(CHINA) - 1),
            ),
            Known(
                "Growth in per cent is how many times, with one decimal.",
                f"{GROWTH_OF_SHARE} Keep two decimals.",
                lambda events: round(100 * (_share_factor(CHINA) - 1), 1),
            ),
            Known(
                "Growth in per cent is how many times, as a whole number.",
                f"{GROWTH_OF_SHARE} Keep two decimals, and do not round before the end.",
                lambda events: round(100 * (_share_factor(CHINA) - 1)),
            ),
        ),
    ),
    Open(
        number="6.8",
        title="Independence, with one yardstick",
        misconception="Advisers here are free, advisers there are not.",
        look_for=(
            "the same four questions for all three",
            "an answer that surprised you",
            "'not known' where nobody says it",
            "no caricature of any of them",
        ),
        hints=(
            "Make a table first: four questions, three bodies, sixteen words at most in a cell. "
            "Write 'not known' where you have no source.",
            "Look for the answer that does not fit what you expected of that state, and begin "
            "your text with it.",
        ),
    ),
    Open(
        number="6.9",
        title="May the expert disagree in public?",
        misconception="Loyalty and honesty always point the same way.",
        look_for=(
            "both loyalties stated so that their holders would agree",
            "a rule that could be used by every state",
            "a record, card or channel of the lesson",
            "what would change your mind",
        ),
        hints=(
            "Separate three moments: before the delegation decides, while it negotiates, and "
            "after the text is signed.",
            "Write the rule down in one sentence, then test it with a state that you like and "
            "with one that you do not.",
        ),
    ),
)
