"""The questions of lesson 10: a brief of one page, positions and interests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from scidip import data
from scidip.brief.examples import example
from scidip.brief.rules import SLOTS, Finding, find, tidy
from scidip.questions.answers import NotYet, is_exactly
from scidip.questions.kinds import Known, Match, Open, Question

Events = pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Written(Question):
    """A brief, or the chart of one, that keeps one part of the rules.

    A known wrong answer is recognised by the kind of its first finding, as no two briefs are alike.

    Parameters
    ----------
    part : str
        The part of the rules, as :func:`scidip.brief.check` names it.
    """

    part: str

    def __post_init__(self):
        # What is known about a kind of mistake does not say where it stands.
        known = tuple(replace(k, message=f"{k.message} {LOOK_AT_REPORT}") for k in self.known)
        object.__setattr__(self, "known", known)

    def read(self, answer: Any, events: Events) -> list[Finding]:
        if not is_exactly(answer, dict):
            raise NotYet(
                "This is not a dictionary. Write the name of your dictionary, without quotation "
                "marks."
            )
        slots = {str(name).strip().lower().replace("_", " ") for name in answer}
        has_chart = "chart" in slots
        if self.part != "chart" and not any(tidy(answer).get(slot) for slot in SLOTS):
            raise NotYet('No slot holds a text yet: "claim", "evidence", "other view", "limit".')
        if self.part == "chart" and not has_chart and slots & {*SLOTS}:
            raise NotYet("This brief has no chart yet. Hand over chart, without quotation marks.")
        is_chart = self.part == "chart" and not has_chart
        return find({"chart": answer} if is_chart else answer, self.part)

    def is_right(self, value: list[Finding], events: Events) -> bool:
        return not value

    def same(self, value: list[Finding], wrong: Any, events: Events) -> bool:
        return value[0].kind == self.read(wrong, events)[0].kind

    def reason(self, value: list[Finding], events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        more = f" ({len(value)} things to repair in all.)" if len(value) > 1 else ""
        return f"{value[0].words}{more}"


def _changed(**slots: str) -> dict:
    return example(4) | {name.replace("_", " "): text for name, text in slots.items()}


def _chart(**parts: Any) -> dict:
    return example(4)["chart"] | parts


SENTENCES = {
    "a": "Norland will not sign a text with a list of closed fields.",
    "b": "Norland's earthquake service must get measurements from abroad within an hour.",
    "c": "Westria demands a term of two years, not one day longer.",
    "d": "Westria's parliament must be able to stop what goes wrong before it becomes a habit.",
}
OPTIONS = {
    "A": "position: what a party says that it wants",
    "B": "interest: what a party needs",
    "C": "neither: something that both can look up",
}


def _sentences(events: Events) -> dict[str, str]:
    life = data.load_shared("agreement_life")
    day = pd.Timestamp(life["ends"].iloc[-1])
    return SENTENCES | {
        "e": f"The term of the US-China protocol ends on {day.day} {day.month_name()} {day.year}."
    }


LOOK_AT_REPORT = "In your notebook, the lines of report above the check name the place."

QUESTIONS = (
    Written(
        number="10.1",
        title="One page, four slots",
        misconception="Longer is stronger.",
        part="structure",
        hints=(
            "Begin with the claim: who should do what, by when? Then ask of every sentence whether "
            "the reader can decide without it.",
            "About 80 words for the claim, 130 for the evidence, 100 for the other view and 80 for "
            'the limit give a whole brief. report(my_brief, "structure") says what is missing.',
        ),
        why=(
            "A reader who decides has minutes. What is left out shows the judgement of the writer "
            "as much as what stands there."
        ),
        accepted=lambda events: example(4),
        general=f"A slot, the title or the length is not right yet. {LOOK_AT_REPORT}",
        known=(
            Known(
                "Longer is stronger.",
                "Your brief is longer than a page. More words hide the strong ones: cut what the "
                "reader can decide without.",
                lambda events: _changed(claim="word " * 400),
            ),
            Known(
                "A short brief needs no reasons.",
                "Your brief is shorter than the rules ask. A claim alone is an order, not advice: "
                "which reason or which doubt does the reader miss?",
                lambda events: _changed(evidence="It is so, as everybody who looks at it can see."),
            ),
            Known(
                "A brief can do without the other view or the limit.",
                "A slot is empty, or nearly so. A reader who meets the objection elsewhere will "
                "trust the rest less.",
                lambda events: _changed(limit="No."),
            ),
        ),
    ),
    Written(
        number="10.2",
        title="Four sources, three windows",
        misconception="Balance is one source for each of the two great powers.",
        part="sources",
        hints=(
            'data.load("bibliography") has a column window, and so have the '
            "cards. Put the key in square brackets behind what it supports.",
            "One work from an author in China and one from Africa, Latin America, India or "
            "South-East Asia are needed. If you name the United States, the third comes from "
            "there; otherwise from there or from Europe. Any fourth page counts.",
        ),
        why=(
            "Partners who sit at neither end of the table see other things. A window says from "
            "where somebody looks, not that the person is right."
        ),
        accepted=lambda events: example(4),
        general=f"Something is not right with your sources yet. {LOOK_AT_REPORT}",
        known=(
            Known(
                "Balance is one source for each of the two great powers.",
                "Nobody from the Global South speaks in your brief. The great powers alone make no "
                "balance: who else lives with the result?",
                lambda events: _changed(
                    claim="[istci2023]",
                    evidence="[S122] [xie2023] [wagner2026] [dhooghe2020]",
                    other_view="No key.",
                    limit="No key.",
                ),
            ),
            Known(
                "One of two parties can speak for both.",
                "Your brief names the United States, but nobody from there speaks in it.",
                lambda events: _changed(
                    claim="The United States should renew it [istci2023].",
                    evidence="[S001] [merics2023] [dhooghe2020] [oliva2021]",
                    other_view="No key.",
                    limit="No key.",
                ),
            ),
            Known(
                "China can be judged from texts about China alone.",
                "Nobody from China speaks in your brief. How would an author there put it?",
                lambda events: _changed(
                    claim="[oliva2021]",
                    evidence="[S122] [xie2023] [wagner2026] [dhooghe2020]",
                    other_view="No key.",
                    limit="No key.",
                ),
            ),
            Known(
                "The same page twice is two sources.",
                "There are too few different sources. A page counts once, however often it is "
                "cited. A key stands in square brackets and has no space: copy it from the table.",
                lambda events: _changed(
                    claim="[istci2023]",
                    evidence="[oliva2021]",
                    other_view="No key.",
                    limit="No key.",
                ),
            ),
            Known(
                "A key may be made up.",
                "One of your keys is in no table of the course, so nobody can look it up.",
                lambda events: _changed(claim="[nobody1900]"),
            ),
        ),
    ),
    Written(
        number="10.3",
        title="No bare number",
        misconception="Numbers speak for themselves.",
        part="numbers",
        hints=(
            "Take each number in turn. Of what? In which year? Who says so?",
            "A whole sentence: In 2023 there were so many papers, then the key in square brackets. "
            "A number that is your own, such as a proposal, gets [own].",
        ),
        why=(
            "Each number has a unit, a year and a source, so a reader can check it and see when it "
            "stops to hold."
        ),
        accepted=lambda events: example(4),
        general=f"A number is still bare. {LOOK_AT_REPORT}",
        known=(
            Known(
                "A number needs no date.",
                "A number has no year. Was it so ten years ago, and is it so today?",
                lambda events: {"evidence": "China has 46 agreements."},
            ),
            Known(
                "A number needs no source.",
                "A number has no source key. Who counted, and where can the reader look?",
                lambda events: {"evidence": "In 2023 there were 500 papers."},
            ),
            Known(
                "A number needs no unit.",
                "A number has no unit. What was counted: papers, per cent, persons?",
                lambda events: {"evidence": "In 2023 it was 500 [S123]."},
            ),
        ),
    ),
    Written(
        number="10.4",
        title="A chart that can be read without being seen",
        misconception="The chart explains itself.",
        part="chart",
        hints=(
            "Six entries: title, table, x, y, alt, source. The table is a list of rows, each a "
            "dictionary with the same names.",
            "Look up the rows with load, and say in alt what rises or falls, with the first and "
            "the last value as they stand in your table. The source is the source_id of the rows.",
        ),
        why=(
            "Some readers hear the page, some print it, some want to compute. The words and the "
            "table serve all of them, and they show mistakes that a line hides."
        ),
        accepted=lambda events: example(4)["chart"],
        general=f"Something is missing in your chart. {LOOK_AT_REPORT}",
        known=(
            Known(
                "The chart explains itself.",
                "A reader who does not see the picture learns too little. Say in the alternative "
                "text what rises, falls or differs, with values.",
                lambda events: _chart(alt="A line."),
            ),
            Known(
                "Axes need no words.",
                "An axis has no words. Papers, per cent or persons?",
                lambda events: _chart(y="y"),
            ),
            Known(
                "A picture needs no table.",
                "The table is missing or has no numbers that can be read.",
                lambda events: _chart(table=[1, 2]),
            ),
            Known(
                "Words and table may differ a little.",
                "A number in the chart's words is not in its table, or in another row of it. "
                "Which of the two is right?",
                lambda events: _chart(title="Joint papers fell to 11,111"),
            ),
        ),
    ),
    Match(
        number="10.5",
        title="Position or interest?",
        misconception="Positions are interests.",
        labels=_sentences,
        options=lambda events: OPTIONS,
        hints=(
            "Ask of each sentence: could the party get what it needs in another way? Then the "
            "sentence names one way only.",
            "Words such as demands and will not sign point to what is said at the table. Words "
            "such as must get and must be able to point to a need. One sentence is a fact.",
        ),
        why=(
            "Two positions can exclude each other while the interests behind them fit: a review "
            "after two years can serve both a short and a long term."
        ),
        accepted=lambda events: {"a": {"A"}, "b": {"B"}, "c": {"A"}, "d": {"B"}, "e": {"C"}},
        general="Is this what the party says that it wants, what it needs, or a fact?",
        known=(
            Known(
                "Positions are interests.",
                "You gave the same letter to demands and to needs. A demand is one way to serve a "
                "need, and there may be others.",
                lambda events: dict.fromkeys("abcd", "B") | {"e": "C"},
            ),
            Known(
                "Whatever is said at the table is a position.",
                "You called every sentence of a party a position. In two of them the party says "
                "what it needs, and leaves open how.",
                lambda events: dict.fromkeys("abcd", "A") | {"e": "C"},
            ),
        ),
        why_not={
            ("a", "B"): "a: a list is one way to limit a text. What does Norland fear from it? "
            "That would be the need.",
            ("b", "A"): "b: this leaves open who sends the measurements and by which text.",
            ("c", "B"): "c: why two years? The sentence gives no need.",
            ("d", "A"): "d: this leaves open how: by a short term, a review, or notice.",
            ("e", "A"): "e: nobody asks for anything here.",
            ("e", "B"): "e: nobody needs anything here.",
        },
    ),
    Written(
        number="10.6",
        title="What is not sure, and what follows",
        misconception="Doubt weakens advice.",
        part="uncertainty",
        hints=(
            "Which of your numbers or reasons could turn out to be wrong?",
            "Say the doubt and its consequence together: we do not know this; if it were "
            "otherwise, we would advise that.",
        ),
        why=(
            "A reader can plan with a doubt that has a consequence. Advice that hides its doubt is "
            "trusted until the first surprise."
        ),
        accepted=lambda events: example(4),
        general=f"The slot limit is not whole yet. {LOOK_AT_REPORT}",
        known=(
            Known(
                "Doubt weakens advice.",
                "I found nothing in your limit that may be wrong in your own advice, with what "
                "would follow. A call for more research is no limit. If you said both in other "
                "words, say so with if or not known.",
                lambda events: {"limit": "More research is needed."},
            ),
            Known(
                "It is enough to say that something is uncertain.",
                "You name a doubt, but not what follows from it. How would your advice change?",
                lambda events: {"limit": "The number of papers is uncertain."},
            ),
        ),
    ),
    Open(
        number="10.7",
        title="The claim on which you were most wrong",
        misconception="To change one's mind is to have failed.",
        hints=(
            "Ledger().table() shows your claims with the confidence that you noted. Where do "
            "confidence and verdict lie furthest apart?",
            "Name the one record, study or number that moved you, and one that did not.",
        ),
        look_for=("specific", "names the evidence that moved you"),
    ),
    Open(
        number="10.8",
        title="A clause that two roles could sign",
        misconception="A compromise lies halfway between two positions.",
        hints=(
            "Begin with the interests of both roles, not with their positions.",
            "Is the zone of possible agreement empty? Then say so: a failed round is a result too.",
        ),
        look_for=("both interests", "what each gives up", "what would make the zone empty"),
    ),
)
