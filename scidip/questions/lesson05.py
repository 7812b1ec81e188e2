"""The questions of lesson 05: does science attract, and how would we know?"""

from __future__ import annotations

import pandas as pd

from scidip import data
from scidip.questions.kinds import Choice, Function, Known, Match, Number, Open, Order

Events = pd.DataFrame

# An invented story: nobody can know its order from the news.
STORY = {
    "a": "Norland gets the votes that it wanted for the seat of a new international office",
    "b": "Norland lets foreign groups use a tenth of the telescope's time",
    "c": "Two foreign universities choose Norland for their next laboratory, and say why",
    "d": "Norland has built a large telescope",
    "e": "Three foreign groups observe with it for a year",
    "f": "Asked before and after, these groups trust science in Norland more than they did",
}
PLACES = {"d": 1, "b": 2, "e": 3, "f": 4, "c": 5, "a": 6}

STATION, SAMPLES = "china-space-station-2018", "change-5-samples-2023"
PROMISE = "2021-11-29-focac-dakar-vaccine-pledge"
LISTING = "2021-05-07-sinopharm-eul"
OPTIONS = {
    "A": "resource: what the state has",
    "B": "offer: what it makes available",
    "C": "uptake: what is in fact taken or used",
    "D": "perception: what people then think of the state",
    "E": "behaviour: what they then do",
    "F": "outcome: what the state gains in its relations",
    "G": "none of them: the state, or its media, judges its own offer",
}

# The regional lines of the vaccine tracker; COVAX buys, and gets no gifts in this table.
REGIONS = ("AFRICA", "ASIA_PACIFIC", "EUROPE", "LATIN_AMERICA", "COVAX")
PERIODS = (("2021-06-15",), ("2021-11-29",), ("2022-12-28",))


def _call(case_id: str) -> pd.Series:
    return data.load_shared("openness_funnel").set_index("case_id").loc[case_id]


def _rate(case_id: str, part: str = "selected", whole: str = "applications") -> float:
    row = _call(case_id)
    return 100 * float(row[part]) / float(row[whole])


def _figure(series: str, entity: str, period: str, measure: str) -> float:
    """One figure of a series; where sources differ, the last row."""
    table = data.load_shared(f"series/{series}")
    rows = table[
        (table["entity"] == entity) & (table["period"] == period) & (table["measure"] == measure)
    ]
    return float(rows["value"].iloc[-1])


def _doses(measure: str, period: str, entities: tuple[str, ...] = ("WORLD",)) -> float:
    table = data.load_shared("series/vaccines")
    rows = table[(table["period"] == period) & (table["measure"] == measure)]
    return float(rows.loc[rows["entity"].isin(entities), "value"].sum())


def gift_share(period: str, entities: tuple[str, ...] = ("WORLD",)) -> float:
    """Per cent of the doses promised or sold that were promised as gifts, up to a day."""
    gifts = _doses("doses_promised_as_gift", period, entities)
    return 100 * gifts / (gifts + _doses("doses_sold", period, entities))


def _by_region(period: str) -> float:
    # The first report has no regional lines.
    return gift_share(period, REGIONS if period != PERIODS[0][0] else ("WORLD",))


def _gifts_to(measure: str, period: str) -> float:
    return 100 * _doses("doses_promised_as_gift", period) / _doses(measure, period)


def _statements(events: Events) -> dict[str, str]:
    titles = events.set_index("event_id")["title"]
    favour = _figure("views_of_china", "NGA", "2025", "pew_favourable")
    most = _figure("confucius_institutes", "USA", "2015-06", "institutes")
    left = _figure("confucius_institutes", "USA", "2023", "institutes")
    return {
        "a": f"{_call(SAMPLES)['applications']} requests for Moon samples come in",
        "b": titles[PROMISE].partition(";")[0],
        "c": f"{favour:.0f} per cent of the adults asked in Nigeria see China favourably (2025)",
        "d": f"Confucius Institutes in the United States: {most:.0f} in 2015, about {left:.0f} in "
        "2023",
        "e": titles[LISTING],
        "f": f"A Xinhua writer calls the choice of {_call(STATION)['selected']} experiments "
        "a real step towards openness",
    }


def _steps_of_statements(events: Events) -> dict[str, set[str]]:
    # A reading of the statements. An institute exists where a host takes it, so that its end may
    # count as uptake or as behaviour.
    return {"a": {"C"}, "b": {"B"}, "c": {"D"}, "d": {"C", "E"}, "e": {"A"}, "f": {"G"}}


def _conclusions(events: Events) -> dict[str, str]:
    before = _figure("views_of_china", "USA", "2018", "gallup_favourable")
    after = _figure("views_of_china", "USA", "2023", "gallup_favourable")
    nigeria = _figure("views_of_china", "NGA", "2025", "pew_favourable")
    return {
        "A": "Science from China attracts in Africa, and no longer in the United States.",
        "B": f"Between 2018 and 2025 the view of China rose by {nigeria - before:.0f} points, "
        "since the newest figure counts.",
        "C": "Two answers, each for one public: in the United States fewer adults saw China "
        f"favourably in 2023 ({after:.0f} per cent) than in 2018 ({before:.0f}, Gallup); in "
        f"Nigeria most did in 2025 ({nigeria:.0f}, Pew). About science, nothing yet.",
        "D": "Nothing at all: polls that differ so much can't be right.",
    }


QUESTIONS = (
    Order(
        number="5.1",
        title="Six steps in order",
        misconception="To be seen is to have influence.",
        labels=lambda events: STORY,
        hints=(
            "Begin with what must be there before anything can be offered. Which line is about "
            "something that was built?",
            "After use come three more steps. Ask of each line: is it in people's heads, in what "
            "they do, or in what the state gets from other states? That is also the order.",
        ),
        why=(
            "Each step needs the one before it, and none of them brings the next by itself. Most "
            "reports stop at the third step, because use is easy to count."
        ),
        accepted=lambda events: {label: (place, place) for label, place in PLACES.items()},
        general="Which of the two makes the other possible?",
        known=(
            Known(
                "The chain begins with the aim.",
                "You begin with what the state gains. It may be its first wish, but it is the "
                "last step to happen.",
                lambda events: sorted(PLACES, key=lambda label: -PLACES[label]),
            ),
        ),
        pairs={
            ("a", "e"): (
                "In your list votes (a) come before use (e). Being seen to offer something is "
                "not influence yet: what has to happen in between?"
            ),
            ("f", "e"): (
                "In your list trust (f) comes before use (e). But these groups were asked about "
                "what they had used."
            ),
            ("c", "f"): (
                "In your list the new laboratory (c) comes before trust (f). In this chain, what "
                "people think comes before what they do."
            ),
        },
    ),
    Number(
        number="5.2",
        title="A selection rate",
        misconception="A rate may be taken from any two numbers; a higher rate is more open.",
        hints=(
            "The selection rate says how many of all requests were met. Which of the two numbers "
            "is the part, and which the whole?",
            "For the space station, the part is the number of projects chosen and the whole is "
            "the number of proposals: percent(9, 42). Take the same two columns of the other row.",
        ),
        why=(
            "Do not rank the two calls by their rates. One chose experiments for a station, the "
            "other lent samples to institutions; the units and the number of applicants differ. A "
            "high rate can mean openness, or few applicants."
        ),
        tolerance=0.06,
        accepted=lambda events: _rate(SAMPLES),
        general="Divide what was chosen by what was asked for, in the same row, times 100.",
        known=(
            Known(
                "The whole is divided by the part.",
                "You divided the wrong way round: a part of something is never more than 100 per "
                "cent of it.",
                lambda events: _rate(SAMPLES, "applications", "selected"),
            ),
            Known(
                "A fraction is a percentage.",
                "This is the fraction. The exercise asks for per cent: multiply by 100.",
                lambda events: _rate(SAMPLES) / 100,
            ),
            Known(
                "A rate may be rounded to a whole number.",
                "Keep one decimal place.",
                lambda events: round(_rate(SAMPLES)),
            ),
            Known(
                "Countries are a rate too.",
                "You divided countries by countries. They are counted in different ways at the "
                "two ends, as the column units says; take requests and institutions.",
                lambda events: _rate(SAMPLES, "selected_countries", "applicant_countries"),
            ),
            Known(
                "Any call will do.",
                "This is the rate of the space station. The exercise asks for the Moon samples.",
                lambda events: _rate(STATION),
            ),
            Known(
                "The rate is what was refused.",
                "This is the share that was not chosen. The exercise asks for the other one.",
                lambda events: 100 - _rate(SAMPLES),
            ),
        ),
    ),
    Match(
        number="5.3",
        title="Which step does it show?",
        misconception="Inputs prove outcomes.",
        labels=_statements,
        options=lambda events: OPTIONS,
        hints=(
            "Ask of each statement: who acts or thinks here, the state that offers or somebody "
            "else? What others do or think comes from the third step on.",
            "Two statements are about what the state has or promises, one about what others ask "
            "for, one about what people think. In one, hosts have acted. In one, nobody but the "
            "state that offers speaks. A letter may stay unused.",
        ),
        why=(
            "No statement reached the last step. This is usual: what a state has and offers is in "
            "its own reports, what it gains is seldom counted."
        ),
        accepted=_steps_of_statements,
        general="Read the words of that step again: who must act or think in it?",
        known=(
            Known(
                "What is given shows what is gained.",
                "You let promises and requests count as gains. What went in is not yet what came "
                "out: look for the step at which each statement stops.",
                lambda events: {"a": "F", "b": "F", "c": "F", "d": "F", "e": "A", "f": "F"},
            ),
        ),
        why_not={
            ("a", "B"): "a: the offer was the call. Requests show who answered it.",
            ("a", "D"): "a: who asks for a sample wants the sample; what the person thinks of the "
            "state was not asked.",
            ("a", "E"): "a: to take what is offered is an earlier step. Behaviour is what people "
            "do afterwards.",
            ("a", "F"): "a: a request tells what others want, not what the state gains.",
            ("b", "C"): "b: a promise has not arrived yet.",
            ("b", "F"): "b: what a state gives is not what it gains.",
            ("c", "E"): "c: these people said what they think; what they do was not asked.",
            ("c", "F"): "c: a good name is not yet a gain in relations.",
            ("d", "D"): "d: these are institutes, not opinions. Something was done.",
            ("d", "F"): "d: the count shows that hosts changed. What it did to relations between "
            "states is another step.",
            ("e", "B"): "e: the listing says that the vaccine exists and may be used. It does not "
            "say what was made available to whom.",
            ("e", "C"): "e: the listing allows use; it counts no dose used.",
            ("e", "G"): "e: WHO, not the state, speaks here.",
            ("e", "F"): "e: a listed vaccine is what one begins with, not what one gains.",
            ("f", "B"): "f: it praises an offer; it does not make one.",
            ("f", "D"): "f: who speaks here? No public abroad was asked.",
            ("f", "F"): "f: the writer belongs to the state that made the offer. Its judgement "
            "can't show what others gave in return.",
        },
    ),
    Function(
        number="5.4",
        title="The share of gifts",
        misconception="Every dose that went abroad was a gift.",
        hints=(
            'The part is the figure "doses_promised_as_gift". The whole is that figure and '
            '"doses_sold" together. Both belong to the entity "WORLD".',
            'value("vaccines", "WORLD", period, "doses_sold") gives the doses sold up to a day. '
            "Call value twice, then let percent do the division: first the part, then the whole.",
        ),
        why=(
            "The share of gifts rose, and most doses were sold. For November 2021 the headline "
            "gives 7.4 per cent, the regional lines of the same report only 6.1. Both compare "
            "promises with contracts. These reports do not split the doses delivered."
        ),
        cases=PERIODS,
        tolerance=0.06,
        accepted=lambda events: gift_share,
        about={
            1: "For the first day your result is right, for a later one it is not. Does your "
            "function use period, and keep one decimal place?",
        },
        general=(
            "Try your function with the day 2021-06-15. The part is the gifts, the whole is gifts "
            "and doses sold together, and the result is per cent."
        ),
        known=(
            Known(
                "A share is the part divided by the rest.",
                "You divided the gifts by the doses sold. The whole must hold the gifts too.",
                lambda events: lambda period: _gifts_to("doses_sold", period),
            ),
            Known(
                "What was promised can be divided by what arrived.",
                "You divided gifts by doses delivered. The gifts are promises, and delivered "
                "doses are gifts and sales together: the two do not fit.",
                lambda events: lambda period: _gifts_to("doses_delivered", period),
            ),
            Known(
                "Part and rest are mixed up.",
                "This is the share of the doses sold. The exercise asks for the gifts.",
                lambda events: lambda period: 100 - gift_share(period),
            ),
            Known(
                "A fraction is a percentage.",
                "This is the fraction. The exercise asks for per cent; percent(...) gives it.",
                lambda events: lambda period: gift_share(period) / 100,
            ),
            Known(
                "Every dose abroad was a gift.",
                "Your function makes every dose a gift. Which figure did you take for the whole?",
                lambda events: lambda period: 100.0,
            ),
            Known(
                "The regions must add up to the headline.",
                "You added the regional lines. That can be defended, but they do not add up to "
                'the headline. The exercise asks for the headline, the entity "WORLD".',
                lambda events: _by_region,
            ),
            Known(
                "One day stands for all.",
                "Your function gives the share of one day, whatever the day. Put period where "
                "the day stands.",
                lambda events: lambda period: gift_share(PERIODS[0][0]),
            ),
        ),
    ),
    Choice(
        number="5.5",
        title="Soft power in 1975?",
        misconception="Today's word was yesterday's plan.",
        hints=(
            "Two things are asked here: when a word was made, and whether the thing that it names "
            "can be older. Lesson 2 has a word for the difference.",
            "The card nye2017 says when the term was made and why. A historian may use a later "
            "word for an earlier time, on one condition. Which option names it?",
        ),
        why=(
            "A later word can help to compare times, if we say that it is ours. To learn from "
            "others, or to buy from them, is not to attract them. So the claim needs proof of "
            "attraction; a search for technology is none."
        ),
        accepted=lambda events: {"C"},
        general="Read the four options again.",
        known=(
            Known(
                "Today's word was yesterday's plan.",
                "Nobody could plan under a word that did not exist. On which condition may we use "
                "it today for what they did?",
                lambda events: "A",
            ),
            Known(
                "Without the word there is no thing.",
                "This goes too far: people can be attracted before scholars name it. Names come "
                "late.",
                lambda events: "B",
            ),
            Known(
                "To want from others is to attract them.",
                "To look for technology abroad is access: the state wants something from others. "
                "Attraction runs the other way.",
                lambda events: "D",
            ),
        ),
    ),
    Choice(
        number="5.6",
        title="Two publics, two institutes",
        misconception="One public stands for the world.",
        labels=_conclusions,
        hints=(
            "Write down for each figure who was asked, by whom, in which year and what about. "
            "Which of these are the same?",
            "Gallup and Pew ask different questions, so their figures may not be subtracted. And "
            "look at the question: does it contain the word science?",
        ),
        why=(
            "A figure belongs to one public, one question and one institute. The two say nothing "
            "against each other, and neither says why."
        ),
        accepted=lambda events: {"C"},
        general="Read the four options again.",
        known=(
            Known(
                "A view of a country is a view of its science.",
                "Neither institute asked about science here, and two states are not Africa and "
                "the world. Trade, war, health and news change such views too.",
                lambda events: "A",
            ),
            Known(
                "One public stands for the world.",
                "This subtracts the answer of one public from that of another, and one "
                "institute's question from another's.",
                lambda events: "B",
            ),
            Known(
                "Figures that differ must be wrong.",
                "They are from different people: adults in one state and adults in another may "
                "well think differently.",
                lambda events: "D",
            ),
        ),
    ),
    Choice(
        number="5.7",
        title="A design that could show it",
        misconception="A survey of fellows is proof.",
        hints=(
            "To say that the fellowship changed a view, you must know what the view would have "
            "been without it. Who could tell you that?",
            "The people whom you compare with should be as similar as possible: they wanted the "
            "same thing. And a change needs two points in time. The card jones2015 has one half "
            "of this.",
        ),
        why=(
            "Those who wanted to go are already different from those who did not. Only people who "
            "also wanted to go can show what the stay itself added. In our table no study has "
            "this design."
        ),
        accepted=lambda events: {"B"},
        general="Read the four options again.",
        known=(
            Known(
                "A survey of fellows alone is proof.",
                "Perhaps they liked the country before they came: that may be why they applied. "
                "Nobody asked them then, and nobody else was asked.",
                lambda events: "A",
            ),
            Known(
                "More people make a better design.",
                "A larger number makes the figure steadier. But the question stays open: compared "
                "with whom?",
                lambda events: "C",
            ),
            Known(
                "Any other group will do for a comparison.",
                "A comparison is a good idea. But these people never wanted to go; the two groups "
                "may have differed from the beginning.",
                lambda events: "D",
            ),
        ),
    ),
    Open(
        number="5.8",
        title="It worked, it did not work",
        misconception="Of two sincere readings one must be dishonest.",
        hints=(
            "Choose the case whose chain you know best. Write first the side that you do not hold.",
            "For each side take one step and one piece of evidence that the chain prints, with "
            "its year and source. Then say which step is missing for both.",
        ),
        look_for=(
            "Both texts could have been written by somebody who believes them.",
            "Each text uses a card, a record or a figure, with its unit and year.",
            "The verdict is limited to the steps that have evidence.",
        ),
    ),
    Open(
        number="5.9",
        title="One yardstick, two states",
        misconception="A longer chain in our table is a stronger attraction in the world.",
        hints=(
            "Draw the two chains one after the other, with all steps that have evidence accepted. "
            "Where does each end?",
            "Ask of each gap: did nothing happen, did nobody measure it, or did we not look? What "
            "would you have to read in order to know?",
        ),
        look_for=(
            "The same step is compared in both states, in the same unit.",
            "A gap in the table is kept apart from a gap in the world.",
            "One source that could fill a gap is named.",
        ),
    ),
)
