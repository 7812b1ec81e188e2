"""The question of lesson 00: it teaches how check, hint and solution work."""

from __future__ import annotations

from scidip.questions.kinds import Known, Number

QUESTIONS = (
    Number(
        number="0.1",
        title="The first year in the table",
        misconception="A table about the People's Republic must begin in its first year.",
        hints=(
            'The column "year" holds the year of each record. The earliest year is the smallest '
            "number in it.",
            'events["year"] is the column. A column has methods such as .max(), which gives the '
            "largest number. Which method gives the smallest one?",
        ),
        why=(
            "A first record is the beginning of the table, not of the history: "
            "somebody chose where to start collecting."
        ),
        accepted=lambda events: int(events["year"].min()),
        general="This is not the earliest year in the table. Look at the column year.",
        known=(
            Known(
                "The records begin with the founding of the state.",
                "In that year the People's Republic was founded, but the table has no record of "
                "it. Ask the table, not your memory.",
                lambda events: 1949,
            ),
            Known(
                "Largest and smallest are mixed up.",
                "This is the latest year in the table; the exercise asks for the earliest.",
                lambda events: int(events["year"].max()),
            ),
            Known(
                "Counting rows gives the first year.",
                "This is the number of records. The exercise asks for a year.",
                lambda events: len(events),
            ),
        ),
    ),
)
