"""The questions of lesson 01: three aspects, their limits, and the claims of one article."""

from __future__ import annotations

import pandas as pd

from scidip import data
from scidip.cases import accepted_sets, case_row, why_not
from scidip.questions.kinds import Choice, Known, Labels, Match, Open, Order

Events = pd.DataFrame

ASPECTS = {
    "a": "diplomacy for science",
    "b": "science for diplomacy",
    "c": "science in diplomacy",
}
MEANINGS = {"A": "science for diplomacy", "B": "science in diplomacy", "C": "diplomacy for science"}
NOT_A_MEANING = "D"

CASES = {
    "a": "telescope-time",
    "b": "ipcc-delegate",
    "c": "joint-laboratory",
    "d": "vaccine-gift",
    "e": "attache-posts",
    "f": "moon-samples",
}

# One invented company in four scenes; only one of them is business and nothing else.
SCENES = {
    "A": "The science ministries of two states sign that the firm and a foreign university will "
    "run a joint laboratory.",
    "B": "An embassy shows ministers of the host state around the firm's laboratory, so that they "
    "think better of the country.",
    "C": "Two engineers of the firm sit in a state's delegation and advise it in talks on a "
    "treaty about radio waves.",
    "D": "The firm's new drone is better than all others. It opens shops in four foreign cities "
    "and sells more there than any rival.",
}

COMPARED = {
    "A": "science for diplomacy",
    "B": "diplomacy for science",
    "C": "science in diplomacy",
}
NO_CHANGE = "D"

LINES = {
    "a": "    count[kind] = count[kind] + 1",
    "b": "print(count)",
    "c": "for kind in kinds:",
    "d": 'count = {"fact": 0, "value": 0}',
}
# The places that each line may take: there is only one order that works.
PLACES = {"d": (1, 1), "c": (2, 2), "a": (3, 3), "b": (4, 4)}

SORTED = {"a": "students-abroad", "b": "ebola-laboratory", "c": "telescope-time"}
PURPOSES = {"A": "national needs", "B": "cross-border interests", "C": "global needs"}


def _wording(framework: str, category: str) -> str:
    table = data.load_shared("definitions")
    chosen = table["definition_id"].str.startswith(f"{framework}-")
    return table[chosen & (table["category"] == category)]["wording"].item()


def _meanings(events: Events) -> dict[str, str]:
    # Without quotation marks, as one of the four is ours.
    found = {
        letter: _wording("rs2010", category).strip('"') for letter, category in MEANINGS.items()
    }
    return found | {NOT_A_MEANING: "sending scientists abroad to work as diplomats"}


def _meaning_of(events: Events) -> dict[str, set[str]]:
    table = data.load_shared("definitions")
    by_wording = dict(zip(table["wording"].str.strip('"'), table["category"], strict=True))
    return {
        label: {
            letter for letter, words in _meanings(events).items() if by_wording.get(words) == aspect
        }
        for label, aspect in ASPECTS.items()
    }


def _cases(events: Events) -> dict[str, str]:
    return {label: case_row(case_id)["case"] for label, case_id in CASES.items()}


def _sets(events: Events) -> dict[str, list[frozenset[int]]]:
    return {label: accepted_sets(case_id) for label, case_id in CASES.items()}


def _why_not(label: str, given: frozenset, events: Events) -> str:
    return f"Case {label}: {why_not(CASES[label], given)}"


def _compared(events: Events) -> dict[str, str]:
    found = {
        letter: f"{category}. European service: {_wording('eeas', category)}. "
        f"Article: {_wording('article', category)}."
        for letter, category in COMPARED.items()
    }
    return found | {NO_CHANGE: "None of them: the words differ a little, the meanings do not."}


def _changed(events: Events) -> set[str]:
    """The letters of the definitions that data/article_claims.csv finds contradicted."""
    claims = data.load_shared("article_claims")
    definitions = claims[claims["claim_type"] == "definition"]
    wrong = definitions[definitions["verdict"] == "contradicted"]["fragment"]
    return {
        letter
        for letter, category in COMPARED.items()
        if any(_wording("article", category).strip('"') in fragment for fragment in wrong)
    }


def _sorted(events: Events) -> dict[str, str]:
    return {label: case_row(case_id)["case"] for label, case_id in SORTED.items()}


def _options(events: Events) -> dict[str, str]:
    return {
        letter: f"{purpose}: {_wording('gluckman2017', purpose)}"
        for letter, purpose in PURPOSES.items()
    }


def _purposes(events: Events) -> dict[str, set[str]]:
    return {
        label: {
            letter
            for letter, purpose in PURPOSES.items()
            if purpose in case_row(case_id)["purposes"]
        }
        for label, case_id in SORTED.items()
    }


QUESTIONS = (
    Match(
        number="1.1",
        title="Three names, three meanings",
        misconception="Science for diplomacy means that diplomacy gives something to science.",
        labels=lambda events: ASPECTS,
        options=_meanings,
        hints=(
            "In each name the word behind 'for' is the one that gets something. What gets "
            "something in 'bread for the guests'?",
            "Begin with the small word 'in': there, science is inside the work of diplomats. "
            "For the two names with 'for', ask which comes first as the means, and which comes "
            "last as the aim.",
        ),
        why=(
            "The names differ in one small word, and the word decides what is the means and what "
            "is the aim. A text that mixes them up tells another story about the same event."
        ),
        accepted=_meaning_of,
        general="Read the name and the meaning once more: which of the two is the aim?",
        known=(
            Known(
                "Science for diplomacy means that diplomacy gives something to science.",
                "You have exchanged the two names with 'for'. What stands behind it gets the "
                "benefit; what stands before it is the means.",
                lambda events: {"a": "A", "b": "C", "c": "B"},
            ),
            Known(
                "Every use of science in foreign policy is science in diplomacy.",
                "You have given b the meaning of c. To advise those who make foreign policy is "
                "one thing; to use joint science so that relations improve is another.",
                lambda events: {"a": "C", "b": "B", "c": "A"},
            ),
        ),
        why_not={
            ("c", "D"): (
                "A scientist may become a diplomat. But this aspect is about knowledge that "
                "reaches foreign policy, whoever carries it."
            ),
            ("a", "D"): (
                "Here scientists would serve diplomacy. In the first aspect it is the other way "
                "round: diplomats act, and science is the aim."
            ),
            ("b", "D"): (
                "A post abroad is only one way, and it need not change a relation. Look for the "
                "meaning that names the aim."
            ),
            ("a", "B"): "Advice is something that science gives. What does diplomacy give in a?",
            ("c", "C"): (
                "To make cooperation easier is a gift to science. In c, science gives something "
                "to those who make foreign policy."
            ),
        },
    ),
    Labels(
        number="1.2",
        title="Six cases",
        misconception="Each case has exactly one aspect.",
        labels=_cases,
        marks=(1, 2, 3),
        why_not=_why_not,
        hints=(
            "Put all three questions to each case: did a state act so that science across borders "
            "could happen (1)? Was science used to change relations or influence (2)? Did "
            "knowledge or experts shape what diplomats said or signed (3)? Write every number that "
            "gets a yes.",
            "More than one answer is accepted for each case, so one good reason is enough. "
            "In a, somebody opens an instrument. In b, look at the seat. In c and f, ask who pays "
            "and who speaks about it. In d, look at the cameras. In e, ask what such a person does "
            "all day.",
        ),
        why=(
            "Other sets are accepted too: see the column accepted of data/cases.csv. Careful "
            "readers differ. What counts is the reason: which words of the case give this yes? "
            "When you code with another person, compare the reasons and not only the labels."
        ),
        accepted=_sets,
        general="Put the three questions to each case again.",
        known=(
            Known(
                "Everything with science in it has all three aspects.",
                "You gave all three labels to every case. A label needs words of the case that "
                "support it. Begin with a: does an expert advise a diplomat there?",
                lambda events: {label: [1, 2, 3] for label in CASES},
            ),
            Known(
                "Science diplomacy is what diplomats do.",
                "You gave the third label to every case. It needs an expert or a finding that "
                "shapes what diplomats say or sign. In most of these cases nobody gives advice.",
                lambda events: {label: [3] for label in CASES},
            ),
            Known(
                "Aid and trade are never science diplomacy.",
                "You gave no label at all. In most of these cases at least one question gets a "
                "yes. Begin with the first question.",
                lambda events: {label: [] for label in CASES},
            ),
        ),
    ),
    Choice(
        number="1.3",
        title="One firm, four scenes",
        misconception="Any success of a country's technology abroad is science diplomacy.",
        labels=lambda events: SCENES,
        hints=(
            "Ask of each scene: who acts, and for what? A firm may be part of science diplomacy "
            "when a state acts with it, shows it or listens to it.",
            "Cross out each scene in which a ministry, an embassy or a delegation appears.",
        ),
        why=(
            "The same firm stands in all four scenes. Success alone is business, however large it "
            "is. It becomes science diplomacy where a state uses it, helps it for the sake of "
            "science, or takes its advice."
        ),
        # A reading of the scenes, which are invented; nothing in data/ decides it.
        accepted=lambda events: {"D"},
        general="Put the three questions to each scene.",
        known=(
            Known(
                "Where a firm takes part, it is business and nothing else.",
                "A firm takes part here, but who signs? Two states act so that research can "
                "happen, so the first question gets a yes.",
                lambda events: "A",
            ),
            Known(
                "To show something is advertising, whoever shows it.",
                "It looks like advertising. But an embassy does it, with the firm's science, and "
                "relations are the aim. So the second question gets a yes.",
                lambda events: "B",
            ),
            Known(
                "Experts of a firm can't be part of diplomacy.",
                "They are paid by a firm, and this may matter for their advice. But they shape "
                "what a state says in talks, so the third question gets a yes.",
                lambda events: "C",
            ),
        ),
    ),
    Choice(
        number="1.4",
        title="Similar words, another meaning",
        misconception="Similar words have the same meaning.",
        labels=_compared,
        hints=(
            "Do not count the words that are the same. Ask of each sentence: who or what gets "
            "support?",
            "Draw an arrow in each sentence, from the one who gives to the one who receives. In "
            "one pair, the two arrows end at different people.",
        ),
        why=(
            "Diplomacy is supported through science in one text; experts are supported in the "
            "other. Nearly all words are alike, and the receiver has changed. The Spanish version "
            "has the same change, so the translation did not make it. Lesson 6 returns to it."
        ),
        accepted=_changed,
        general="Compare the two sentences of each pair once more.",
        known=(
            Known(
                "A slip of grammar changes the meaning.",
                "The article has a slip of language here ('for promote'). But who uses what, and "
                "for which aim, is the same in both sentences.",
                lambda events: "A",
            ),
            Known(
                "Every changed word changes the meaning.",
                "One word differs here, 'partnership' for 'collaboration'. The act and its aim "
                "are the same.",
                lambda events: "B",
            ),
            Known(
                "Similar words have the same meaning.",
                "Most words are alike in all three pairs, and that is the difficulty. Ask of each "
                "pair: who gets something, by each of the two texts?",
                lambda events: "D",
            ),
        ),
    ),
    Order(
        number="1.5",
        title="Count labels in a list",
        misconception="A name can be used before it is made.",
        labels=lambda events: LINES,
        hints=(
            "Python reads from top to bottom. Which name do the other lines need before they can "
            "run?",
            "First the empty counts, then the line that takes one thing after another out of the "
            "list. What must happen for each of them? Show the result when all of this is done.",
        ),
        why=(
            "A computer meets each name in the order in which you write it. You can now read every "
            "loop of this course: prepare, repeat, show."
        ),
        accepted=lambda events: PLACES,
        general="Read your lines from the top, as Python does.",
        known=(
            Known(
                "Order does not matter, Python finds what it needs.",
                "In this order the first line uses names that do not exist yet. Begin with the "
                "line that needs nothing from the others.",
                lambda events: ["a", "b", "c", "d"],
            ),
            Known(
                "The counts begin anew for each thing.",
                "In this order the counts are made after the loop begins. Make them once, before "
                "anything is counted.",
                lambda events: ["c", "d", "a", "b"],
            ),
        ),
        pairs={
            ("a", "d"): (
                "In your list a stands before d. But a adds to the counts, and d makes them: a "
                "name can't be used before it is made."
            ),
            ("a", "c"): (
                "In your list a stands before c. But a uses the name kind, and this name gets its "
                "value in c."
            ),
            ("b", "d"): (
                "In your list b stands before d. It would show counts that do not exist yet."
            ),
            ("b", "a"): (
                "In your list b stands before a: the counts are shown before anything is added to "
                "them."
            ),
        },
    ),
    Match(
        number="1.6",
        title="The same cases, sorted by purpose",
        misconception="A way to sort has one true answer for each case.",
        labels=_sorted,
        options=_options,
        hints=(
            "This framework of 2017 does not ask what science does. It asks whose need is served "
            "directly. For two of the three cases more than one answer is accepted.",
            "In a, for whom were the students to learn? In b, an epidemic does not stop at a "
            "border, and is a danger to all; help may also serve the helper. In c, who may use the "
            "instrument, and who built it?",
        ),
        why=(
            "Two of these cases have more than one answer that can be defended. A framework is a "
            "question that we put to a case. Say which one you use before you give a label."
        ),
        accepted=_purposes,
        general="Read the meaning of the three purposes once more.",
        known=(
            Known(
                "What crosses a border is a cross-border interest.",
                "All three cases cross a border; that is not what the purpose means. It means an "
                "interest that the states on both sides share.",
                lambda events: dict.fromkeys(SORTED, "B"),
            ),
            Known(
                "Science is always for the whole world.",
                "You gave all three cases to the whole world. Begin with a: whose need did this "
                "decision serve directly?",
                lambda events: dict.fromkeys(SORTED, "C"),
            ),
        ),
        why_not={
            ("a", "B"): (
                "The students cross a border. But does the case name an interest that both states "
                "share, such as a river or a disease?"
            ),
            ("a", "C"): (
                "Knowledge may serve all in the end. Whose need did the decision serve directly, "
                "by the words of the case?"
            ),
            ("c", "B"): (
                "The telescope is open to every country, so there is no one border across which "
                "two states share an interest."
            ),
        },
    ),
    Open(
        number="1.7",
        title="Moon dust in three frameworks",
        misconception="A framework only describes; it hides nothing.",
        hints=(
            "Read case f of exercise 1.2 again. Then put the question of each framework to it: "
            "which role has science (2010), whose need is served (2017), which of the two acts on "
            "the other (2025)?",
            "For your choice, write one thing about the loan that the framework makes easy to "
            "see, and one that it has no word for: who decides, who competes, who may not take "
            "part.",
        ),
        look_for=(
            "One framework is chosen, with a reason that rests on the record.",
            "Both directions of 2025 are considered.",
            "It is said who decides about the loan, and whether competition comes into view.",
            "One thing that the chosen framework hides is named.",
        ),
    ),
    Open(
        number="1.8",
        title="Begin your claim ledger",
        misconception="A claim that sounds certain is a fact.",
        hints=(
            "One sentence may hold two types: then say which one you type. Ask which record could "
            "show that it is wrong; if you can name one, begin with fact.",
            "Confidence goes from 0 (surely wrong) to 100 (certain); 50 means that you can't tell. "
            "Ask: at what number would I be surprised to be wrong?",
        ),
        look_for=(
            "Three claims are copied word for word, each with its number.",
            "Each is typed as fact, interpretation or value, with a reason.",
            "Each has a confidence, and no verdict yet.",
            "The wording of a claim is kept apart from what it claims.",
        ),
    ),
)
