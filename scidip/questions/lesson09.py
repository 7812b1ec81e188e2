"""The questions of lesson 09: how far can we trust the article we started with?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from scidip import data
from scidip.questions.kinds import Choice, Known, Letters, Match, Number, Open
from scidip.widgets.claim_auditor import VERDICTS, invented_ledger, shared_words, wording

Events = pd.DataFrame

# --- Kinds of this lesson -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Enough(Match):
    """Like Match, but a few labels may go with another option."""

    needed: int

    def is_right(self, value: dict[str, str], events: Events) -> bool:
        accepted = self.accepted(events)
        return sum(value[label] in accepted[label] for label in accepted) >= self.needed

    def reason(self, value: dict[str, str], events: Events) -> str:
        said = super().reason(value, events)
        if said in [known.message for known in self.known]:
            return said
        accepted = self.accepted(events)
        good = sum(value[label] in accepted[label] for label in accepted)
        return f"{said} ({good} of {len(accepted)} can be defended, {self.needed} are needed.)"


@dataclass(frozen=True, kw_only=True)
class Voices(Letters):
    """Labels no two of which come from one origin, and as many as that allows."""

    origins: dict[str, str]
    absent: dict[str, str]  # each party that must be heard, and what is said when it is not
    spare: int

    def is_right(self, value: frozenset[str], events: Events) -> bool:
        return not self._twins(value) and not self._lacks(value)

    def _twins(self, value: frozenset[str]) -> list[str]:
        found: dict[str, str] = {}
        for label in sorted(value):
            origin = self.origins[label]
            if origin in found:
                return [found[origin], label]
            found[origin] = label
        return []

    def _lacks(self, value: frozenset[str]) -> bool:
        found = {self.origins[label] for label in value}
        all_of_them = set(self.origins.values())
        return not found.issuperset(self.absent) or len(found) < len(all_of_them) - self.spare

    def reason(self, value: frozenset[str], events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        twins = self._twins(value)
        if twins:
            return (
                f"{twins[0]} and {twins[1]} are one voice: look at the brackets behind the "
                "publishers, at the titles and at the word copy."
            )
        found = {self.origins[label] for label in value}
        missing = [words for party, words in self.absent.items() if party not in found]
        return missing[0] if len(missing) == 1 else self.general


@dataclass(frozen=True, kw_only=True)
class Loaded(Letters):
    """All clear labels, and enough of those that can be argued; none of the others."""

    arguable: frozenset[str]
    least: int
    clues: dict[str, str]  # what to look for when this clear label is missing

    def is_right(self, value: frozenset[str], events: Events) -> bool:
        clear = self.accepted(events) - self.arguable
        return clear <= value <= self.accepted(events) | self.arguable and len(value) >= self.least

    def reason(self, value: frozenset[str], events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        surplus = sorted(value - self.accepted(events) - self.arguable)
        if surplus:
            return f"{surplus[0]} does not belong here: {self.why_not(surplus[0], events)}"
        missing = [clue for label, clue in self.clues.items() if label not in value]
        if len(value) >= self.least and missing:
            return (
                "All that you chose can be defended, but a clear case is missing: look for "
                f"{missing[0]}."
            )
        return self.general


# --- What is right ------------------------------------------------------------------------------

BALLOON, SAMPLES = "2023-02-03-balloon-blinken-postpones", "2023-11-29-nasa-change5-certification"
SPANS = {
    "A": ("in February 2023", "2023-02-03", "2023-02-28"),
    "B": ("after the end of November 2023, and before 2024", "2023-11-29", "2023-12-31"),
    "C": ("in 2024, before August", "2024-01-01", "2024-07-31"),
    "D": ("in 2018 or soon after", "2018-06-27", "2019-12-31"),
}


def _spans(events: Events) -> dict[str, str]:
    return {letter: words for letter, (words, _, _) in SPANS.items()}


def _possible_spans(events: Events) -> set[str]:
    """Not before the last event that the text names, not after the year that it calls this one."""
    days = events.set_index("event_id")["date"]
    first, last = days[SAMPLES], f"{days[BALLOON][:4]}-12-31"
    return {letter for letter, (_, start, end) in SPANS.items() if start >= first and end <= last}


ODD = {
    "a": "The skill between USA and China",
    "b": "the degree program production of vaccines",
    "c": "to facilitate international scientific partnership",
    "d": "the remnants of globalization",
}
SPANISH = {
    "A": "retos: challenges",
    "B": "carrera: a race, or a course of study",
    "C": "habilidad: skill, ability",
    "D": "colaboración: work done together",
    "E": "competencia: competition, or skill",
    "F": "restos: what is left over",
}


def _spanish_words(events: Events) -> dict[str, set[str]]:
    """The letter of the word that our table names behind each odd word."""
    why = data.load_shared("article_claims").set_index("claim_id")
    texts = {
        "a": why.loc["S19", "why"].partition("; ")[2],
        "b": why.loc["S19", "why"].partition("; ")[0],
        "c": why.loc["S19", "note"],
        "d": why.loc["S05", "why"].partition("perhaps")[0],
    }
    return {
        label: {letter for letter, word in SPANISH.items() if f"'{word.split(':')[0]}'" in text}
        for label, text in texts.items()
    }


ORIGIN_OPTIONS = {
    "A": "The author invented them: a text without a source has no source.",
    "B": "From the report of 2010: it had the three aspects first, so the words are its words.",
    "C": "From the page of the European service, or a text that repeats it; by whose hand is open.",
    "D": "From the translator, who put the English words together.",
}


def _origin(events: Events) -> set[str]:
    """The page whose words the first two definitions share most."""
    near = {"eeas": 0, "rs2010": 0}
    for name in near:
        near[name] = sum(
            shared_words(wording(f"article-{n}"), wording(f"{name}-{n}"))[0] for n in (1, 2)
        )
    return {"C"} if near["eeas"] > near["rs2010"] else {"B"}


# Seven pages on the protocol of December 2024, and from whom each has its words (our reading).
PAGES = {
    "a": "S550", "b": "S551", "c": "S552", "d": "S553", "e": "S855", "f": "S856", "g": "S525",
}  # fmt: skip
VOICES = {
    "a": "US State Department",
    "b": "Chinese state media",
    "c": "American Institute of Physics",
    "d": "US State Department",
    "e": "Chinese state media",
    "f": "Radio Free Asia",
    "g": "Radio Free Asia",
}


NO_CHINA = "None of these pages has the words of China's side. The agreement has two parties."


def _pages(events: Events) -> dict[str, str]:
    sources = data.load_shared("sources").set_index("source_id")
    shown = {}
    for label, name in PAGES.items():
        row = sources.loc[name]
        shown[label] = f"{row['publisher']}: {row['title']} ({row['published']})"
    return shown


def _one_of_each(events: Events) -> frozenset[str]:
    first: dict[str, str] = {}
    for label in PAGES:
        first.setdefault(VOICES[label], label)
    return frozenset(first.values())


PHRASES = {
    "a": "currently invading global markets",
    "b": "This agreement came to an end in 2018",
    "c": "used the excuse of protecting national security",
    "d": "the Asian giant has used technology and science as a bridge",
    "e": "between the United States and China signed in 1979",
    "f": "Moments of acrimony",
    "g": "dominating the social networking sector",
    "h": "canceled in February this year a visit to China",
}
PLAIN = {
    "b": "it is wrong, but each of its words is plain. A false sentence need not judge.",
    "e": "it names two states and a year, and judges nobody.",
    "h": "the verb is not exact, but it does not praise or blame. That is another kind of fault.",
}

TIKTOK = "dominating the social networking sector with the great success of Tik Tok"
CODES = dict(zip("ABCDEFG", VERDICTS, strict=True))
# The claim as it stands, the sentence of our own that the evidence supports, or no claim of ours.
SENTENCES = {
    "a": ("S11", "fragment"), "b": ("S13", "corrected"), "c": ("S12", "fragment"),
    "d": ("S08", "fragment"), "e": ("S09", "fragment"), "f": ("S05", "fragment"),
    "g": ("S16", "corrected"), "h": ("", TIKTOK),
}  # fmt: skip


def _sentences(events: Events) -> dict[str, str]:
    claims = data.load_shared("article_claims").set_index("claim_id")
    return {
        label: claims.loc[claim, column] if claim else column
        for label, (claim, column) in SENTENCES.items()
    }


def _verdicts(events: Events) -> dict[str, set[str]]:
    claims = data.load_shared("article_claims").set_index("claim_id")
    letter = {code: key for key, code in CODES.items()}
    found = {}
    for label, (claim, column) in SENTENCES.items():
        if not claim:
            codes = {"not_checked", "opinion"}  # nobody looked for evidence; "great" judges
        elif column == "corrected":
            codes = {"supported"}
        else:
            codes = set(claims.loc[claim, "accepted"])
        found[label] = {letter[code] for code in codes}
    return found


def _right(rows: pd.DataFrame) -> float:
    return 100 * float(rows["right"].mean())


def _sure_facts(least: int = 80, kinds: tuple[str, ...] = ("fact",)) -> pd.DataFrame:
    ledger = invented_ledger()
    return ledger[(ledger["confidence"] >= least) & ledger["kind"].isin(kinds)]


BOTH = ("fact", "interpretation")

QUESTIONS = (
    Choice(
        number="9.1",
        title="When was it written?",
        misconception="The words this year have a fixed meaning.",
        labels=_spans,
        hints=(
            "A text is not older than the last event that it names. Which of its events is the "
            "last, and on which day does our record put it?",
            "The other end: in which year do all of its months lie that it calls this year or most "
            "recent? In the next year it could not have written so.",
        ),
        why=(
            "Two marks in the text close the span: it knows the notice of 29 November 2023, and it "
            "calls that year this year. A text can be dated without a date, though seldom to a day."
        ),
        accepted=_possible_spans,
        general="Read the three marks in the task again.",
        known=(
            Known(
                "The words this year have a fixed meaning.",
                "This is when the visit was put off. The text looks back on it, and on events that "
                "came later.",
                lambda events: "A",
            ),
            Known(
                "What a text leaves out, it knew and passed over.",
                "Here February 2023 would no longer be this year.",
                lambda events: "C",
            ),
            Known(
                "The date of the main event is the date of the text.",
                "A text can speak of 2018 at any later time. It names events that came after.",
                lambda events: "D",
            ),
        ),
    ),
    Match(
        number="9.2",
        title="The word behind the word",
        misconception="An odd word shows an odd idea of the author.",
        labels=lambda events: ODD,
        options=lambda events: SPANISH,
        hints=(
            "Put the second meaning of each Spanish word into the English sentence. Does the "
            "sentence make sense now?",
            "Two Spanish words have two meanings each: the translation took the one that does not "
            "fit. For the other two the lesson names the Spanish word, one of them as a slip.",
        ),
        why=(
            "Two odd words vanish once a Spanish word with two meanings is put back. A translator, "
            "person or machine, chose the wrong meaning; nobody held the odd idea. For the "
            "sentences on the skill and on vaccines this is our inference, as we did not see them "
            "in Spanish."
        ),
        accepted=_spanish_words,
        general="Read the English sentence with that word in place of the odd one.",
        known=(
            Known(
                "The English word was meant, and is the same in Spanish.",
                "You follow the English words as they stand. Ask what a writer on two rival states "
                "and on vaccines would have meant.",
                lambda events: {"a": "C", "b": "C", "c": "D", "d": "A"},
            ),
        ),
        why_not={
            ("a", "C"): "a: this keeps the odd idea. What do two rival states have between them?",
            ("a", "B"): "a: a race between two states would fit, but the English word is skill. "
            "Which Spanish word can mean both?",
            ("b", "C"): "b: who makes a degree of a skill? Look for a word that also means a kind "
            "of contest.",
            ("b", "E"): "b: a contest fits the vaccines, but the translation wrote degree program. "
            "Which Spanish word can mean that too?",
            ("c", "E"): "c: the definition is about working together, not against each other.",
            ("d", "A"): "d: this was perhaps meant, but the Spanish page has another word. The "
            "translation followed the page.",
            ("d", "B"): "d: what is left of a thing is no race.",
        },
    ),
    Choice(
        number="9.3",
        title="Where do the definitions come from?",
        misconception="Unsourced means invented.",
        labels=lambda events: ORIGIN_OPTIONS,
        hints=(
            "Compare the numbers that the cell above the options printed. Which page is near in "
            "words?",
            "An idea and its words can have two origins. The question is about the words; and what "
            "can nobody know who only compares words?",
        ),
        why=(
            "Near words show a tie between two texts, and which page is nearer. They do not show "
            "through whose hands the words went, nor why no source stands there: our copy may have "
            "lost its links."
        ),
        accepted=_origin,
        general="Read the four options again.",
        known=(
            Known(
                "Unsourced means invented.",
                "A source that is not named can still be found. Look at the shares of words.",
                lambda events: "A",
            ),
            Known(
                "Who had the idea first wrote these words.",
                "The idea is older, you are right. But very few words are the same: look at the "
                "smaller numbers.",
                lambda events: "B",
            ),
            Known(
                "Every odd thing is the translator's.",
                "The Spanish page has the three definitions already, so they are older than the "
                "translation.",
                lambda events: "D",
            ),
        ),
    ),
    Voices(
        number="9.4",
        title="How many voices are seven pages?",
        misconception="Two newspapers that print one agency text are two sources.",
        labels=_pages,
        hints=(
            "Who wrote the words that each page prints? Brackets behind a publisher often say it. "
            "Two titles that agree word for word are a sign too.",
            "Three of the seven pages repeat another one. Keep one page of each origin, among them "
            "one of each government's side.",
        ),
        why=(
            "Seven pages, at most four voices. The two parties speak for themselves, and agree on "
            "the five years. Whether the other two are as independent as they look, only further "
            "reading can tell: who pays them, and whom did they ask?"
        ),
        accepted=_one_of_each,
        why_not=lambda label, events: "it repeats another page.",
        origins=VOICES,
        absent={
            "US State Department": "None of these pages prints the words of the State Department. "
            "The agreement has two parties.",
            "Chinese state media": NO_CHINA,
        },
        spare=1,
        general=(
            "No two of your pages are one voice. But you can keep more: is a voice of each of the "
            "two governments among them, and a page that reports in words of its own?"
        ),
        known=(
            Known(
                "Each page is a source.",
                "All seven pages say that the agreement goes on. But some print the words of "
                "another one: who speaks in each?",
                lambda events: frozenset(PAGES),
            ),
            Known(
                "Two newspapers that print one agency text are two sources.",
                "Both pages print one text of a department. Two pages, one voice.",
                lambda events: frozenset("ad"),
            ),
            Known(
                "Two publishers with the same heading are two sources.",
                "The two headings agree word for word: one text on two pages.",
                lambda events: frozenset("be"),
            ),
            Known(
                "One side's voices are enough.",
                NO_CHINA,
                lambda events: frozenset("acf"),
            ),
            Known(
                "Who pays a voice is the voice.",
                "Radio Free Asia writes in words of its own, whoever pays it. Whose own words are "
                "still missing?",
                lambda events: frozenset("bcf"),
            ),
        ),
    ),
    Loaded(
        number="9.5",
        title="Loaded words",
        misconception="Bias is only in false sentences.",
        labels=lambda events: PHRASES,
        hints=(
            "Put a plain word in the place of the strongest one. If the fact stays and a judgement "
            "goes, the word was loaded.",
            "A sentence can be false and plain, or true and loaded. Look for a word of war, a word "
            "for a hidden motive, a nickname for a state, and a word for anger or for rule.",
        ),
        why=(
            "Loaded words go in more than one direction: one of them judges firms of China, one a "
            "government of the United States. Replaced by plain words, the facts can be checked. "
            "The nickname, the word for anger and the strong verb for a network can be argued."
        ),
        accepted=lambda events: frozenset("acdf"),
        arguable=frozenset("dfg"),
        least=4,
        clues={"a": "a word of war", "c": "a word that claims a hidden motive"},
        why_not=lambda label, events: PLAIN[label],
        general=(
            "All that you chose can be defended, but there are more: find at least four, and look "
            "at each phrase for a judgement that no record could show."
        ),
        known=(
            Known(
                "Bias is only in false sentences.",
                "You chose what is not exact. That is a fault of fact. Here we look for words that "
                "judge, in true sentences too.",
                lambda events: frozenset("bh"),
            ),
            Known(
                "Only words against one state are loaded.",
                "These judge China or its firms. Does any phrase judge somebody else?",
                lambda events: frozenset("adg"),
            ),
            Known(
                "Only words against the other state are loaded.",
                "These judge a government of the United States, or the tie of both states. Does "
                "any phrase judge firms, or another state?",
                lambda events: frozenset("cf"),
            ),
            Known(
                "A whole article is loaded.",
                "You chose all eight. Some only name a state, a year or an act.",
                lambda events: frozenset(PHRASES),
            ),
        ),
    ),
    Enough(
        number="9.6",
        title="Eight sentences, seven verdicts",
        misconception="A text is true or false as a whole.",
        labels=_sentences,
        options=lambda events: {key: f"{code}: {VERDICTS[code]}" for key, code in CODES.items()},
        needed=6,
        hints=(
            "Give a verdict to the sentence, not to the article. Three of the eight are not claims "
            "of our table as the article has them.",
            "First ask whether it can be checked at all: a slip, or a judgement? Then which record "
            "speaks to it: all of the sentence, a part, or against it? If no lesson looked for "
            "evidence, there is a code for that.",
        ),
        why=(
            "Eight sentences of one text and its corrections, and all seven verdicts are in use. "
            "Two rewritten sentences hold: often a few words are enough. Of the phrase on TikTok "
            "the course knows nothing, and says so. If you passed with six or seven, compare with "
            "the solution."
        ),
        accepted=_verdicts,
        general="Some verdicts go beyond the evidence. For each, name the record and the part.",
        known=(
            Known(
                "A text with errors is false as a whole.",
                "You call everything contradicted. For each, name the record that says otherwise.",
                lambda events: dict.fromkeys("abcdefgh", "C"),
            ),
            Known(
                "A text that sounds serious is true as a whole.",
                "You call everything supported. Look at each sentence alone.",
                lambda events: dict.fromkeys("abcdefgh", "A"),
            ),
        ),
        why_not={
            ("a", "C"): "a: there are such projects. Which part of the idea is missing?",
            ("b", "C"): "b: this is not the sentence of the article. Compare it with the worked "
            "example.",
            ("b", "B"): "b: compare each date of this sentence with the worked example.",
            ("b", "D"): "b: sources differ on the word lapse. Does this sentence use it?",
            (
                "c",
                "C",
            ): "c: which record could show that a firm does not do this? Look at the verb.",
            ("c", "A"): "c: sales can be counted. Can the verb?",
            ("d", "A"): "d: lesson 5 asked for a proof of attraction.",
            ("e", "A"): "e: lesson 3 compared three units of count.",
            ("e", "B"): "e: in how many countries do the offices stand?",
            ("f", "C"): "f: what would you check? Read the last words aloud.",
            ("f", "E"): "f: it may be a judgement, but can it be understood as it stands?",
            ("g", "C"): "g: compare the card kuna2024 of lesson 7.",
            ("g", "E"): "g: this sentence reports what an office said, and claims no motive.",
            ("g", "G"): "g: the course did check it: see the card kuna2024 of lesson 7.",
            ("h", "A"): "h: in which of our tables did you see it?",
            ("h", "C"): "h: in which of our tables did you see otherwise?",
        },
    ),
    Number(
        number="9.7",
        title="How well did she know?",
        misconception="To be sure is to be right.",
        hints=(
            "Keep only the rows of facts with a confidence of 80 or more: two masks, joined by &. "
            "Each mask stands in round brackets.",
            "The column right holds 1 and 0, so its mean is the share of ones, as a fraction. Per "
            'cent is that times 100: 100 * rows["right"].mean(), with your rows.',
        ),
        why=(
            "She stated 90 per cent on average, and less than half came true: for facts she was "
            "too sure. Five claims are few, so one more would move the share by many points. That "
            "is why the auditor says when it counts too little."
        ),
        tolerance=0.5,
        accepted=lambda events: _right(_sure_facts()),
        general="Count by hand: which rows are facts with 80 or more, and how many have a 1?",
        known=(
            Known(
                "To be sure is to be right.",
                "This is how sure she was of these claims. How many of them were right?",
                lambda events: float(_sure_facts()["confidence"].mean()),
            ),
            Known(
                "One mask is enough: all kinds.",
                "You counted interpretations too. The exercise asks for facts only.",
                lambda events: _right(_sure_facts(80, BOTH)),
            ),
            Known(
                "One mask is enough: any confidence.",
                "You counted all facts. The exercise asks for those of which she was at least 80 "
                "per cent sure.",
                lambda events: _right(_sure_facts(0)),
            ),
            Known(
                "At least means more than.",
                "At least 80 includes 80 itself: write >= and not >.",
                lambda events: _right(_sure_facts(81)),
            ),
            Known(
                "All rows count.",
                "This is the share of all her claims.",
                lambda events: _right(invented_ledger()),
            ),
            Known(
                "A fraction is a percentage.",
                "This is the fraction. The exercise asks for per cent: multiply by 100.",
                lambda events: _right(_sure_facts()) / 100,
            ),
            Known(
                "The share is what was wrong.",
                "This is the share that was not right. The exercise asks for the other one.",
                lambda events: 100 - _right(_sure_facts()),
            ),
            Known(
                "A count is a share.",
                "This is how many were right. Divide by how many there are, times 100.",
                lambda events: float(_sure_facts()["right"].sum()),
            ),
        ),
    ),
    Open(
        number="9.8",
        title="A note to the editor",
        misconception="A correction must list everything that is wrong.",
        hints=(
            "Choose first: which errors would lead a reader to a wrong decision? Begin with that "
            "one, with a source, and with the sentence that you would print.",
            "Say in one sentence what is right. Leave out every word on persons. Then count your "
            "words.",
        ),
        look_for=(
            "At most 120 words, the gravest error first, with the sentence to print.",
            "Each correction has a source, and the slips are kept apart from the errors.",
            "No scorn: sentences are criticised, not people.",
        ),
    ),
    Open(
        number="9.9",
        title="What it gets right",
        misconception="To find errors is to have judged a text.",
        hints=(
            "Look for a claim with the verdict supported or partly supported. Who else, among the "
            "cards of the course, says the same?",
            "Right and seldom said are two claims. For the second you must have looked at others: "
            "say at which.",
        ),
        look_for=(
            "Two things, each with the words of the article and a record, study or figure.",
            "What others say is shown by at least one card, not assumed.",
            "One limit: the course did not test every sentence, and did not read every text.",
        ),
    ),
)
