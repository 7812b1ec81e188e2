"""The questions of lesson 08: whose view, how much growth, and what partners want."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from scidip import data
from scidip.questions.kinds import Choice, Function, Known, Labels, Match, Number, Open

Events = pd.DataFrame

START = 100
LESSONS = (("08",), ("05",), ("02",))

# Each case says in its text which motives it names; more may be argued, but not every one.
MOTIVES = {
    "a": "China and Namibia agree on a station in a region that China's crewed spacecraft cross "
    "on their way back to Earth.",
    "b": "Ethiopia wants a satellite for data on climate, farming and drought. China's government "
    "pays most of its cost.",
    "c": "China pays for a research centre in Kenya. Kenya's minister says that it supports her "
    "country's plan; a senior leader of China stresses its place in Africa policy.",
    "d": "China takes down its satellite station in Kiribati after the government there decides "
    "to establish diplomatic relations with Taiwan.",
    "e": "Nigeria agrees to pay for over 500 Chinese farm technicians, who are to work in all its "
    "states.",
}
MARKS = (1, 2, 3)
NAMED = {"a": {1}, "b": {2}, "c": {2, 3}, "d": {3}, "e": {2}}
# Marks that no word of the text supports. In b China's government pays, which may be read as
# policy; in d the station that ends was China's own.
NEVER = {"a": {2, 3}, "b": {1}, "c": {1}, "d": {2}, "e": {1, 3}}
MISSING = {
    ("a", 1): "a: whose spacecraft cross the region? Who needs the station for that?",
    ("b", 2): "b: read the first sentence again. Who wants the data, and for what?",
    ("c", 2): "c: one of two people speaks of her own country's plan. Which motive is that?",
    ("c", 3): "c: one of two people speaks of a policy towards other states. Which motive is that?",
    ("d", 3): "d: the station ends right after a decision about diplomatic relations.",
    ("e", 2): "e: who is to pay here? One pays for what one wants.",
}
TOO_MUCH = {
    ("a", 2): "a: Namibia agrees. Which words name something that Namibia wants from the station?",
    ("a", 3): "a: two states agree on a station. No word here makes relations or policy the aim.",
    ("b", 1): "b: China's government pays. Which words name something that China needs from it?",
    ("c", 1): "c: two people give motives. Neither of them names a need of China itself.",
    ("e", 1): "e: which words say that China needs this for itself?",
    ("e", 3): "e: no word here speaks of relations or policy.",
    ("d", 2): "d: the act is to take the station down. The text names no need of Kiribati that "
    "this act could serve.",
}

SENTENCES_OPTIONS = {
    "A": "fact: can be checked by counting or looking it up",
    "B": "interpretation: says why something is so, or what it means",
    "C": "value judgement: says what is good, or what should be done",
    "D": "promise: about the future, cannot be checked yet",
}


def _bri(measure: str, period: str) -> pd.Series:
    table = data.load_shared("bri_science")
    return table[(table["measure"] == measure) & (table["period"] == period)].iloc[0]


def _growth() -> float:
    return float(_bri("joint_papers_growth", "2015-2023")["value"])


def _sets(must: set, never: set) -> list[set]:
    """All sets of marks that hold what a text names, and nothing that it excludes."""
    free = [mark for mark in MARKS if mark not in must | never]
    found = [set(must)]
    for mark in free:
        found += [one | {mark} for one in found]
    return found


def _motives(events: Events) -> dict[str, list[set]]:
    return {label: _sets(NAMED[label], NEVER[label]) for label in MOTIVES}


def _why_not(case: str, given: frozenset, events: Events) -> str:
    missing = sorted(NAMED[case] - given)
    if missing:
        return MISSING[case, missing[0]]
    return TOO_MUCH[case, min(NEVER[case] & given)]


def _windows(name: str) -> dict[str, int]:
    works = data.load_shared("bibliography")
    found: dict[str, int] = {}
    for lessons, windows in zip(works["lessons"], works["window"], strict=True):
        if name in lessons:
            for window in windows:
                found[window] = found.get(window, 0) + 1
    return found


def _whole_list(name: str) -> dict[str, int]:
    return {
        window: int(count)
        for window, count in data.load_shared("bibliography")["window"]
        .explode()
        .value_counts()
        .items()
    }


def _unopened(name: str) -> dict:
    found: dict = {}
    works = data.load_shared("bibliography")
    for lessons, windows in zip(works["lessons"], works["window"], strict=True):
        if name in lessons:
            found[windows] = found.get(windows, 0) + 1
    return found


def _first_only(name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for windows, count in _unopened(name).items():
        found[windows[0]] = found.get(windows[0], 0) + count
    return found


def _as_function(function: Callable) -> Callable:
    return lambda events: function


def _sentences(events: Events) -> dict[str, str]:
    first = _bri("joint_papers_china_africa", "2007")
    last = _bri("joint_papers_china_africa", "2017")
    target = _bri("joint_laboratories_target", "2023-2028")
    return {
        "a": f"China and Africa had {first['value']:,.0f} joint papers in {first['year']}, and "
        f"{last['value']:,.0f} in {last['year']}.",
        "b": "By joint papers with Belt and Road countries, China seeks influence.",
        "c": f"The number of joint laboratories will rise to {target['value']:.0f} within five "
        "years.",
        "d": "Western states must engage and not withdraw.",
        "e": "The joint research centre near Nairobi was paid for by China.",
        "f": "Southern states succeed in large laboratories because of scientists, politics and "
        "industry at home.",
    }


QUESTIONS = (
    Number(
        number="8.1",
        title="The level after a growth",
        misconception="+132 per cent is 1.32 times as many.",
        hints=(
            "Growth is what was added. In the lesson, 50 per cent was added to 200: how much is "
            "that, and which level came out?",
            "Compute first what is added to 100 papers, then add it to the papers that were there "
            "already: start + start * growth / 100.",
        ),
        why=(
            "The level is more than twice the start. The start of 100 is our invention: without "
            "the true number of papers, nobody can say whether many or few were added."
        ),
        tolerance=0.01,
        accepted=lambda events: START + START * _growth() / 100,
        general="Add to the start the part of the start that the growth names.",
        known=(
            Known(
                "+132 per cent is 1.32 times as many.",
                "You have the papers that were added, or 1.32 times the start. Are the papers of "
                "2015 still there?",
                lambda events: START * _growth() / 100,
            ),
            Known(
                "A factor is a level.",
                "This says how many times as many. The exercise asks for the number of papers, "
                "with 100 at the start.",
                lambda events: 1 + _growth() / 100,
            ),
            Known(
                "+132 per cent is 1.32 times as many, as a factor.",
                "This would be a factor, and one that forgets the start. The exercise asks for a "
                "number of papers.",
                lambda events: _growth() / 100,
            ),
            Known(
                "Growth is what stands above one hundred.",
                "You took 100 away. Growth is added to the start.",
                lambda events: _growth() - START,
            ),
            Known(
                "Per cent needs no division by 100.",
                "You multiplied by 132. Per cent means: of each hundred, so divide by 100.",
                lambda events: START * _growth(),
            ),
        ),
    ),
    Choice(
        number="8.2",
        title="28 per cent of what?",
        misconception="A share of some papers is a share of all papers.",
        hints=(
            "Read what the card says about the 28 per cent: which papers are the whole, and which "
            "are left out?",
            "Two limits make the whole small: one is about the authors, the other about the "
            "journals. Which option has both?",
        ),
        why=(
            "A share without its whole can be quoted in any direction. And one year alone is no "
            "trend: the share of an earlier year was not found."
        ),
        accepted=lambda events: {"C"},
        general="Read the four options again.",
        known=(
            Known(
                "A share of some papers is a share of all papers.",
                "Most papers of a large country have authors at home only. The card leaves them "
                "out of the whole.",
                lambda events: "A",
            ),
            Known(
                "A database is the world.",
                "One limit is right, the other is missing: which journals does the Nature Index "
                "look at?",
                lambda events: "B",
            ),
            Known(
                "A share can be turned round.",
                "You turned the share round: this would be how much the partners depend on China. "
                "The card counts from China's side.",
                lambda events: "D",
            ),
        ),
    ),
    Function(
        number="8.3",
        title="Who is on the reading list?",
        misconception="My sources are the debate.",
        hints=(
            'reading_list(lesson) gives the works. Its column "window" holds a list for each '
            "work; explode, which the audit of the lesson uses, gives each entry a row of its own.",
            "Write three methods one after the other behind the column: explode(), then "
            "value_counts(), then to_dict().",
        ),
        why=(
            "In lesson 8 the Global South is in front and the United States last; in the whole "
            "list it is nearly the reverse. Somebody chose both lists. Who reads only one of them "
            "takes a choice for the debate."
        ),
        cases=LESSONS,
        accepted=_as_function(_windows),
        about={
            1: "For lesson 8 your result is right, for another lesson it is not. Does your "
            "function use lesson?",
        },
        general=(
            'Try windows_of("08") in a cell of its own: it must give a dictionary from window to '
            "the number of works."
        ),
        known=(
            Known(
                "The whole list stands for each lesson.",
                "Your function counts the whole reading list, whatever the lesson. Begin with "
                "reading_list(lesson).",
                _as_function(_whole_list),
            ),
            Known(
                "A work has one window.",
                "Your keys are whole lists of windows. A work may look from two windows; give "
                "each of them a row of its own before you count.",
                _as_function(_unopened),
            ),
            Known(
                "The first window is the window.",
                "You counted only the first window of each work. A work may look from two.",
                _as_function(_first_only),
            ),
            Known(
                "One lesson stands for all.",
                "Your function gives lesson 8, whatever the lesson. Put lesson where 08 stands.",
                _as_function(lambda name: _windows("08")),
            ),
        ),
    ),
    Choice(
        number="8.4",
        title="Why did they join?",
        misconception="Partners only receive.",
        hints=(
            "The card compares four organisations. Does it speak of one aim or of several? Of one "
            "result or of different ones?",
            "Look for two aims that the card names, and for the words on success. One option "
            "keeps both apart.",
        ),
        why=(
            "To have an aim is agency; to reach it is another question. The study says that "
            "success depends on home as well as on the organisation."
        ),
        accepted=lambda events: {"B"},
        general="Read the four options again.",
        known=(
            Known(
                "Partners only receive.",
                "Here the southern states want nothing of their own. What does the card say "
                "about aims?",
                lambda events: "A",
            ),
            Known(
                "Equal rules give equal results.",
                "Here all reach their aims. What does the card say about success?",
                lambda events: "C",
            ),
            Known(
                "A weaker state follows a stronger one.",
                "No leading state stands in the card. This puts our picture of great powers into "
                "another text.",
                lambda events: "D",
            ),
        ),
    ),
    Labels(
        number="8.5",
        title="Motives in one case",
        misconception="Motives exclude one another: aid or interest.",
        labels=lambda events: MOTIVES,
        marks=MARKS,
        why_not=_why_not,
        hints=(
            "Ask three questions of each text: does it name something that China needs for itself "
            "(1)? Something that the partner wants (2)? Relations or policy between states (3)?",
            "Begin with what the words say. In c two people give two motives. In d look at the "
            "act itself, the end of the station. More marks than one are often right.",
        ),
        why=(
            "For b and d other sets are accepted too. Aid and interest do "
            "not exclude one another, for any state. A motive that a text names is a claim; what "
            "people really wanted may stay unknown."
        ),
        accepted=_motives,
        general="Put the three questions to each text again.",
        known=(
            Known(
                "Everything has every motive.",
                "You gave all three to every case. A motive needs words of the text. For each "
                "mark, find the words that support it; if there are none, take it away.",
                lambda events: {label: [1, 2, 3] for label in MOTIVES},
            ),
            Known(
                "All is interest of the strong.",
                "You gave the first motive to every case, and nothing else. What do the partners "
                "want, and who is to pay in e?",
                lambda events: {label: [1] for label in MOTIVES},
            ),
            Known(
                "All is help.",
                "You gave the second motive to every case, and nothing else. Read a and d again: "
                "what does China need, and what came just before the end?",
                lambda events: {label: [2] for label in MOTIVES},
            ),
            Known(
                "All is diplomacy.",
                "You gave the third motive to every case, and nothing else. Some texts name needs "
                "that have nothing to do with relations.",
                lambda events: {label: [3] for label in MOTIVES},
            ),
        ),
    ),
    Match(
        number="8.6",
        title="Fact, interpretation, value, promise",
        misconception="Numbers are facts, and adjectives are no claims.",
        labels=_sentences,
        options=lambda events: SENTENCES_OPTIONS,
        hints=(
            "Ask of each sentence: what would I have to do to check it? Count, look up, find a "
            "reason, agree on what is good, or wait?",
            "Two sentences can be looked up. One has a number, but nobody can count it yet. One "
            "says what others must do. Two say what something is for, or why it comes about.",
        ),
        why=(
            "A number can stand in a promise, and a fact needs no number. An interpretation may "
            "be well founded: it needs reasons, and not only a count."
        ),
        accepted=lambda events: {
            "a": {"A"},
            "b": {"B"},
            "c": {"D"},
            "d": {"C"},
            "e": {"A"},
            "f": {"B"},
        },
        general="What would you have to do to check this sentence?",
        known=(
            Known(
                "Numbers are facts, sentences without numbers are opinions.",
                "You took each sentence with a number for a fact and the others for values. One "
                "number here was not counted by anybody, and some plain sentences can be checked.",
                lambda events: {"a": "A", "b": "C", "c": "A", "d": "C", "e": "C", "f": "C"},
            ),
        ),
        why_not={
            ("a", "B"): "a: two counts, without a reason. Their meaning is not in the sentence.",
            ("a", "C"): "a: nothing here says whether the rise is good.",
            ("b", "A"): "b: papers can be counted. Can an aim be counted?",
            ("b", "C"): "b: it says what somebody is after, and not whether this is good.",
            ("b", "D"): "b: it is about an aim today, not about a date to come.",
            ("c", "A"): "c: it has a number; but look at the word will.",
            ("c", "B"): "c: no reason and no meaning is given. When could one count?",
            ("c", "C"): "c: nothing says that the number is good.",
            ("d", "A"): "d: look at the word must. Could one look it up?",
            ("d", "B"): "d: it does not say why something is so. Look at the word must.",
            ("d", "D"): "d: nobody promises anything; somebody is told what to do.",
            ("e", "B"): "e: who paid can be looked up, even without a number.",
            ("e", "C"): "e: no word here praises or blames.",
            ("f", "A"): "f: look at the word because. A study may argue it well; a count alone "
            "does not show it.",
            ("f", "C"): "f: it does not say what should be done.",
        },
    ),
    Choice(
        number="8.7",
        title="More than 70 laboratories",
        misconception="A lower limit is a count, and a target is a result.",
        hints=(
            "'More than 50' may be 51 or 69. What does that do to a difference?",
            "Write beside each number what it is: a lower limit, or a target. Then see which "
            "option treats every number as what it is.",
        ),
        why=(
            "Read the words around a number. The same words, 'more than 70', appear in texts "
            "nine months apart: that may mean no growth, or that nobody changed the sentence."
        ),
        accepted=lambda events: {"D"},
        general="Read the four options again.",
        known=(
            Known(
                "A lower limit is a count.",
                "You compute with lower limits as if they were counts. The true numbers may lie "
                "far apart, or near each other.",
                lambda events: "A",
            ),
            Known(
                "The same words mean the same number.",
                "The same lower limit does not mean the same number: it hides small changes.",
                lambda events: "B",
            ),
            Known(
                "A target is a result.",
                "This turns a part of a target into a success. What the laboratories found or "
                "gave, no number here says.",
                lambda events: "C",
            ),
        ),
    ),
    Open(
        number="8.8",
        title="Three clauses and one refusal",
        misconception="A partner can only say yes or no.",
        hints=(
            "Begin with your own state: what does it lack, and what do others want from it? A "
            "site, data, people, a vote?",
            "For each clause name the record that taught you to ask for it. For the refusal say "
            "what you would lose by it.",
        ),
        look_for=(
            "The interest of your own state comes first, and is named.",
            "At least one clause is about capacity, and one about data or about leaving.",
            "The refusal has a price, and the text says which.",
        ),
    ),
    Open(
        number="8.9",
        title="When is dependence acceptable?",
        misconception="Dependence is always a trap, or never one.",
        hints=(
            "Take one case with a record. Who would lose what if the tie ended tomorrow?",
            "Ask the same of a tie with another state than China. Would your condition still hold?",
        ),
        look_for=(
            "A condition that can be tested, not only a feeling.",
            "The same condition is put to two different states.",
            "The view of somebody who would decide otherwise is stated fairly.",
        ),
    ),
)
