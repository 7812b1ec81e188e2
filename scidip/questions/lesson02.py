"""The questions of lesson 02: how many beginnings, and what a table of records can't tell."""

from __future__ import annotations

import pandas as pd

from scidip.questions.kinds import Choice, Known, Letters, Number, Open, Order, Rows

Events = pd.DataFrame

# The turn of the year 1978 to 1979 is the border that the first exercises look at.
BORDER = 1979

EARLIEST = "1952-germ-warfare-commission-needham"
REPORTED = "whether the scientists worked and reported"
ATTACKED = "whether the attacks took place"
ATTENDED = "whether an expert from China was there"
CHANNELS = {
    "A": ("1957-pugwash-zhou-peiyuan", ATTENDED),
    "B": (EARLIEST, REPORTED),
    "C": ("1988-11-ipcc-first-session-china", ATTENDED),
    "D": (EARLIEST, ATTACKED),
}

DATED = {
    "a": "1979-01-31-us-china-sta",
    "b": "2008-madagascar-hybrid-rice",
    "c": "1978-10-germany-china-st-agreement",
    "d": "1963-04-06-first-medical-team-algeria",
    "e": "1983-11-10-twas-founding",
    "f": "1983-antarctic-treaty-accession",
}

UNORDERED = {
    "a": "1979-01-31-us-china-sta",
    "b": "1978-07-07-frank-press-delegation",
    "c": "1963-04-06-first-medical-team-algeria",
    "d": "1954-10-12-sino-soviet-st-agreement",
    "e": "1979-01-01-us-china-diplomatic-relations",
    "f": "1978-12-26-first-52-scholars",
}


def _before_border(events: Events) -> Events:
    return events[events["year"] < BORDER]


def _with_usa(events: Events) -> Events:
    return events[["USA" in actors for actors in events["actors"]]]


def _without_usa(events: Events) -> int:
    return len(events) - len(_with_usa(events))


def _records(events: Events, ids: dict[str, str]) -> dict[str, pd.Series]:
    by_id = events.set_index("event_id")
    return {label: by_id.loc[event_id] for label, event_id in ids.items()}


def _channels(events: Events) -> dict[str, str]:
    records = _records(events, {label: event_id for label, (event_id, _) in CHANNELS.items()})
    titles = {
        label: record["title"].replace("IPCC", "UN climate panel")
        for label, record in records.items()
    }
    return {
        label: f"{titles[label]}. Contested: {contested}"
        for label, (_, contested) in CHANNELS.items()
    }


def _earliest_channel(events: Events) -> set[str]:
    """The letters with the earliest record of this aspect and what its note calls contested."""
    in_diplomacy = events["aspects"].map(lambda aspects: "science_in_diplomacy" in aspects)
    earliest = events[in_diplomacy].sort_values("first_day", kind="stable")["event_id"].iloc[0]
    return {label for label, answer in CHANNELS.items() if answer == (earliest, ATTACKED)}


def _dated(events: Events) -> dict[str, str]:
    return {
        label: f"{record['date']:<10}  {record['title']}"
        for label, record in _records(events, DATED).items()
    }


def _known_to_the_day(events: Events) -> frozenset[str]:
    records = _records(events, DATED)
    return frozenset(label for label in DATED if records[label]["date_precision"] == "day")


def _why_not_days(label: str, events: Events) -> str:
    precision = _records(events, DATED)[label]["date_precision"]
    if precision == "month":
        return (
            "its record knows the month only. It could be any day of that month, "
            "so a count of days would be a guess."
        )
    return (
        "its record knows the year only. A year alone does not mean 1 January; "
        "it could be any day of that year."
    )


def _not_only_years(events: Events) -> frozenset[str]:
    records = _records(events, DATED)
    return frozenset(label for label in DATED if records[label]["date_precision"] != "year")


def _unordered(events: Events) -> dict[str, str]:
    return {label: record["title"] for label, record in _records(events, UNORDERED).items()}


def _days(events: Events) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    records = _records(events, UNORDERED)
    return {label: (row["first_day"], row["last_day"]) for label, row in records.items()}


def _newest_first(events: Events) -> list[str]:
    days = _days(events)
    return sorted(days, key=lambda label: days[label][0], reverse=True)


QUESTIONS = (
    Number(
        number="2.1",
        title="Before 1979, without the United States",
        misconception="China was scientifically isolated until 1979.",
        hints=(
            "Make your guess first. Then open the timeline explorer of the lesson: the fields From "
            "and To choose the years, and the list Actor chooses one state. What do you have to "
            "subtract from what?",
            "Here is the same count for other years and another state: the records from 2020 on "
            'without India are len(events[events["year"] >= 2020]) minus '
            'len(Selection(actors="IND", first_year=2020).apply(events)).',
        ),
        why=(
            "China was not cut off from world science before 1979, and the United States was not "
            "its only partner. But contact was uneven: look in which years these records lie."
        ),
        accepted=lambda events: (
            len(_before_border(events)) - len(_with_usa(_before_border(events)))
        ),
        general=(
            "Count the records before 1979, then take away those that have the United States "
            "(USA) as an actor."
        ),
        known=(
            Known(
                "China was scientifically isolated until 1979.",
                "You count no record at all, as if China had been cut off from world science. "
                "The table has such records: look at its first rows.",
                lambda events: 0,
            ),
            Known(
                "All early contact counts, with whomever.",
                "These are all records before 1979. Now take away those that have the United "
                "States as an actor.",
                lambda events: len(_before_border(events)),
            ),
            Known(
                "What is taken away may lie outside of what was counted.",
                "You took away the records with the United States of all years. Take away only "
                "those before 1979: Selection also takes last_year.",
                lambda events: len(_before_border(events)) - len(_with_usa(events)),
            ),
            Known(
                "Without is read as with.",
                "These are the records with the United States. The exercise asks for the others.",
                lambda events: len(_with_usa(_before_border(events))),
            ),
            Known(
                "A comparison alone chooses rows.",
                "This is the number of all records. len(...) counts True and False alike: put the "
                "comparison into events[...] first.",
                lambda events: len(events),
            ),
            Known(
                "The years do not matter.",
                "These are the records without the United States in all years. Choose those "
                "before 1979 only.",
                _without_usa,
            ),
            Known(
                "A count is a year.",
                "This is a year. The exercise asks how many records there are.",
                lambda events: BORDER,
            ),
        ),
    ),
    Rows(
        number="2.2",
        title="Filter the early records",
        misconception="One = compares; a year is text.",
        column="year",
        hints=(
            'A filter has the form events[condition]. The condition compares events["year"] with '
            "a number. In Python a single = gives a name to a value, it does not compare.",
            'This filter takes the records after 2019: events[events["year"] > 2019]. '
            "The year is a number, so it has no quotation marks. Change the sign and the year.",
        ),
        why=(
            "You now have the rows themselves, not only their number: you can read who met whom. "
            'Where a filter finds nothing, say "no record here", not "nothing happened".'
        ),
        accepted=_before_border,
        general="These are not the rows before 1979. Compare the column year with 1979.",
        known=(
            Known(
                "Before 1979 includes 1979.",
                "Your rows include those of 1979 itself. Before 1979 ends with 31 December 1978.",
                lambda events: events[events["year"] <= BORDER],
            ),
            Known(
                "One = compares, so two do the same as smaller.",
                "Two equal signs ask for the year 1979 itself. "
                "The exercise asks for the years before it.",
                lambda events: events[events["year"] == BORDER],
            ),
            Known(
                "Before and after are mixed up.",
                "These are the rows after 1979: the sign points the wrong way.",
                lambda events: events[events["year"] > BORDER],
            ),
            Known(
                "Before and since are mixed up.",
                "These are the rows from 1979 on: the sign points the wrong way.",
                lambda events: events[events["year"] >= BORDER],
            ),
            Known(
                "Not equal means before.",
                "These are all rows but those of 1979, so the later years are in it too.",
                lambda events: events[events["year"] != BORDER],
            ),
            Known(
                "Before 1979 ends with 1977.",
                "The rows of 1978 are missing, and 1978 lies before 1979.",
                lambda events: events[events["year"] < BORDER - 1],
            ),
            Known(
                "A table is filtered by its name.",
                "This is the whole table. A filter needs a condition in square brackets.",
                lambda events: events,
            ),
        ),
    ),
    Choice(
        number="2.3",
        title="The earliest record of aspect 3",
        misconception="Expert advice to diplomacy is a recent invention.",
        labels=_channels,
        hints=(
            "In the explorer, leave only the aspect Science in diplomacy. Which mark is the first?",
            "Open that record in the timeline explorer of the lesson and read its note. What does "
            "it call undisputed, and what not?",
        ),
        why=(
            "Experts reported on quarrels of states long before there were climate panels. China "
            "and North Korea made the charge, the commission confirmed it, Western governments "
            "rejected it. To a historian, documents from Moscow, revealed in 1998, seemed to show "
            "a hoax. Advice is not neutral because a scientist gives it."
        ),
        accepted=_earliest_channel,
        general="Compare the year of each option, and what it calls contested, with its record.",
        known=(
            Known(
                "The first case is the famous one.",
                "This is an early case, but the table has an older record. Leave only this "
                "aspect and sort by date.",
                lambda events: "A",
            ),
            Known(
                "If a finding is contested, the report itself is in doubt.",
                "The record is well chosen. Read its note again: it says that one thing is "
                "undisputed, and another is not.",
                lambda events: "B",
            ),
            Known(
                "Expert advice begins with climate panels.",
                "This is an early case of an official expert body, but the table has older "
                "records of science in diplomacy. Sort by date.",
                lambda events: "C",
            ),
        ),
    ),
    Letters(
        number="2.4",
        title="Between which dates may you count days?",
        misconception='"1979" means 1 January 1979.',
        labels=_dated,
        why_not=_why_not_days,
        hints=(
            "To count the days between two events you must know the day of both. "
            "Look at how each date is written.",
            "A date such as 1954-10-12 is known to the day, 1954-10 to the month, 1954 to the "
            "year. The column date_precision says the same in a word.",
        ),
        why=(
            "A date is as precise as its source. If you fill in a missing day, the table looks "
            "exact, but the result may be wrong, by up to a year."
        ),
        accepted=_known_to_the_day,
        general="All letters that you chose are right, but some that belong here are missing.",
        known=(
            Known(
                '"1979" means 1 January 1979.',
                "You took all six. But some of these dates leave the day open: "
                "a year alone does not mean 1 January of that year.",
                lambda events: frozenset(DATED),
            ),
            Known(
                "A month is nearly a day.",
                "You left out the dates with a year alone, and rightly. "
                "A month without a day still leaves the day open.",
                _not_only_years,
            ),
            Known(
                "The question asks for the vague dates.",
                "These are just the dates that leave the day open; the question asks for the "
                "others.",
                lambda events: frozenset(DATED) - _known_to_the_day(events),
            ),
        ),
    ),
    Choice(
        number="2.5",
        title="Two fifths of the records are recent",
        misconception="More records mean more activity.",
        hints=(
            "A record is not an event. Between the two stands a person who found a page about it.",
            "Think of a meeting of 1956 and one of 2024. Which of them has a web page in English "
            "that somebody can find in 2026?",
        ),
        why=(
            "The table measures what was recorded, put online and found. To compare activity over "
            "time you need a source that was kept in the same way in all years."
        ),
        accepted=lambda events: {"B"},
        general="Read the four options again.",
        known=(
            Known(
                "More records mean more activity.",
                "The table counts records, not activity. What else changed between the 1950s and "
                "the 2020s that makes a record easier to find?",
                lambda events: "A",
            ),
            Known(
                "What can't prove growth proves nothing at all.",
                "This goes too far. Each record still shows what its sources say; the table only "
                "can't be used to compare decades.",
                lambda events: "C",
            ),
            Known(
                "What is important gets recorded.",
                "Importance is not what decides here. Important events can stay in closed "
                "archives or in languages that nobody searched.",
                lambda events: "D",
            ),
        ),
    ),
    Order(
        number="2.6",
        title="Six events in order",
        misconception="The science agreement came before diplomatic relations.",
        labels=_unordered,
        hints=(
            "Do not reason from what states usually do. Look up each date: in the explorer you can "
            "search for a word of the title.",
            "This shows the titles in order of time for other years: "
            'readable(events[events["year"] == 1985].sort_values("date")[["date", "title"]]). '
            "Do the same with < 1980.",
        ),
        why=(
            "Science envoys and the first students travelled before diplomatic relations began; "
            "the agreement was signed after that. Scientific contact need not wait for embassies."
        ),
        accepted=_days,
        general="Look up both dates.",
        known=(
            Known(
                "Order means newest first.",
                "You put the newest event first. Start with the oldest one.",
                _newest_first,
            ),
        ),
        pairs={
            ("a", "e"): (
                "In your list the science agreement (a) stands before diplomatic relations (e). "
                "Both are of the same month: compare the days."
            ),
        },
    ),
    Open(
        number="2.7",
        title="Two ways to cut the time",
        misconception="A period is a fact that one finds in the data.",
        hints=(
            "Say first by what you cut: who governs and with whom a government works (politics), "
            "or what is used, such as student exchange, agreements or joint laboratories "
            "(instruments). Then look for the record where it changes.",
            "Choose at most four periods for each. For every break write down one event_id. Then "
            "look for a record that stands in the wrong period of both: something that is "
            "too early, too late, or goes on through a break.",
        ),
        look_for=(
            "The criterion of each periodisation is stated.",
            "Each break is tied to a record.",
            "One event that fits neither is named and discussed.",
            "One beginning is defended, with its criterion.",
        ),
    ),
)
