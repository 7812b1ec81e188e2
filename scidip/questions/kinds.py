"""The kinds of questions: what is right, which wrong answers are known, and what to say of them.

A question is a small frozen record. What is right is computed from the course's own tables when
the check runs, so that a corrected table never makes a check wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import pandas as pd

from scidip.questions.answers import (
    NotYet,
    entries,
    is_blank,
    is_exactly,
    is_kind,
    listed,
    open_entries,
    plain,
    read_labels,
    text,
)

UNTRIED, NOT_YET, CORRECT = "not tried yet", "not yet", "correct"
DISCUSSION, UNKNOWN = "for discussion", "unknown"

Events = pd.DataFrame
FromData = Callable[[Events], Any]


@dataclass(frozen=True)
class Known:
    """A wrong answer that teaches: what it shows, and what to say about it.

    Parameters
    ----------
    misconception : str
        The idea that leads to this answer.
    message : str
        What the student reads. It never holds the right answer.
    answer : callable
        Gives the wrong answer from the table of events.
    """

    misconception: str
    message: str
    answer: FromData


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all questions share.

    Parameters
    ----------
    number, title : str
        ``"2.1"`` and a short name.
    misconception : str
        The idea that the question is aimed at.
    hints : tuple of str
        At least two, each one nearer to the answer.
    why : str
        Why a correct answer matters.
    accepted : callable
        Gives the right answer from the table of events; what it looks like depends on the kind.
    known : tuple of Known
        Wrong answers with their own message.
    general : str
        What is said about any other wrong answer.
    labels : callable, optional
        Gives the labelled texts that a task shows: from events to a dict of label to text.
    """

    number: str
    title: str
    misconception: str
    hints: tuple[str, ...]
    why: str = ""
    accepted: FromData | None = None
    known: tuple[Known, ...] = ()
    general: str = ""
    labels: Callable[[Events], dict[str, str]] | None = None

    def judge(self, answer: Any, events: Events) -> tuple[str, str]:
        """Give status and message for one answer; the answer may be anything."""
        answer = plain(answer)
        if is_blank(answer):
            return UNTRIED, (
                "Write your answer in the answer cell in place of ____, run that cell, "
                "then run this one again."
            )
        try:
            if answer is None:
                raise NotYet(
                    "The answer is None: the answer cell gave no value. "
                    "print shows a value, but does not hand it over."
                )
            still_open = open_entries(answer)
            if still_open:
                raise NotYet(f"In your answer, {still_open} still open.")
            value = self.read(answer, events)
            if self.is_right(value, events):
                return CORRECT, self.why
            return NOT_YET, self.reason(value, events)
        except NotYet as problem:
            return NOT_YET, str(problem)

    def read(self, answer: Any, events: Events) -> Any:
        """Bring an answer into the form that is compared, or raise NotYet."""
        raise NotImplementedError

    def is_right(self, value: Any, events: Events) -> bool:
        """Tell whether an answer that could be read is right."""
        return value == self.accepted(events)

    def same(self, value: Any, wrong: Any, events: Events) -> bool:
        """Tell whether an answer is a known wrong one."""
        return value == self.read(wrong, events)

    def reason(self, value: Any, events: Events) -> str:
        """Say what is wrong with an answer that could be read."""
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        return self.general


@dataclass(frozen=True, kw_only=True)
class Open(Question):
    """A question for discussion: hints and model answers, no automatic check.

    Parameters
    ----------
    look_for : tuple of str
        What a good answer has.
    """

    look_for: tuple[str, ...]

    def judge(self, answer: Any, events: Events) -> tuple[str, str]:
        return DISCUSSION, (
            "No machine marks this answer. Compare it with the table of points in the task. "
            f'hint("{self.number}") helps, and solution("{self.number}") shows model answers.'
        )


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One letter out of a few. ``accepted`` gives the set of right letters.

    Examples
    --------
    >>> which = Choice(number="9.1", title="", misconception="", hints=("", ""), why="Yes.",
    ...                accepted=lambda events: {"B"}, general="Read again.")
    >>> which.judge("b", events=None), which.judge("A", events=None)
    (('correct', 'Yes.'), ('not yet', 'Read again.'))
    """

    letters: str = "ABCD"

    def read(self, answer: Any, events: Events) -> str:
        inside = entries(answer)
        if inside is not None:
            if len(inside) != 1:
                raise NotYet("Choose one letter only.")
            answer = plain(inside[0])
        words = text(answer)
        letter = (words or "").strip("().:'\" ").upper()
        if len(letter) != 1 or letter not in self.letters:
            raise NotYet(f"Write one of the letters {listed(self.letters)} in quotation marks.")
        return letter

    def is_right(self, value: str, events: Events) -> bool:
        return value in self.accepted(events)


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """One number. ``accepted`` gives the right one.

    Parameters
    ----------
    tolerance : float
        How far from it an answer may be, in the unit of the number.

    Examples
    --------
    >>> count = Number(number="9.1", title="", misconception="", hints=("", ""),
    ...                accepted=lambda events: 3, general="Count again.",
    ...                known=(Known("none", "There are some.", lambda events: 0),))
    >>> count.judge(2, events=None), count.judge(0, events=None)
    (('not yet', 'Count again.'), ('not yet', 'There are some.'))
    """

    tolerance: float = 0

    def read(self, answer: Any, events: Events) -> int | float | Fraction:
        inside = entries(answer)
        if inside is not None and len(inside) == 1:
            answer = plain(inside[0])
        if is_kind(answer, bool):
            raise NotYet(
                "True and False answer a yes-or-no question; this exercise asks for a number."
            )
        if is_kind(answer, str):
            raise NotYet(self._about_text(text(answer)))
        if is_kind(answer, int):
            return int.__int__(answer)
        if is_kind(answer, float):
            number = float.__float__(answer)
        elif is_exactly(answer, Decimal, Fraction):
            number = float(answer)
        else:
            raise NotYet(self._about_kind(answer))
        if math.isnan(number):
            raise NotYet("The answer is nan, a missing number: it was computed from nothing.")
        if math.isinf(number):
            raise NotYet("The answer is infinite; look for a division by zero.")
        return number

    @staticmethod
    def _about_text(words: str) -> str:
        if re.fullmatch(r"[+-]?[\d.,' ]*\d[\d.,' ]*", words):
            return "This is text; take the quotation marks away, then it is a number."
        return (
            "This is text, not a number. Take the quotation marks away, or take a column that "
            "holds numbers, such as year."
        )

    @staticmethod
    def _about_kind(answer: Any) -> str:
        if is_kind(answer, complex):
            return "This is a complex number; the exercise asks for an ordinary one."
        if is_exactly(answer, pd.DataFrame):
            return "This is a table; the exercise asks for one number."
        if is_exactly(answer, pd.Series):
            return "This is a whole column; the exercise asks for one number."
        if entries(answer) is not None:
            return "This holds several values; the exercise asks for one number."
        if answer is pd.NA or answer is pd.NaT:
            return "The answer is a missing value; the exercise asks for a number."
        if callable(answer):
            return "This is a function that was not called: are its round brackets missing?"
        return "This is not a number; write one number, without quotation marks."

    def is_right(self, value: int | float, events: Events) -> bool:
        return abs(value - self.accepted(events)) <= self.tolerance

    def same(self, value: int | float, wrong: Any, events: Events) -> bool:
        return abs(value - wrong) <= self.tolerance


@dataclass(frozen=True, kw_only=True)
class Rows(Question):
    """A filtered table of events. ``accepted`` gives it; only the set of rows counts.

    Parameters
    ----------
    column : str
        The column that the filter looks at; a copy with other values in it is noticed.
    """

    column: str

    def read(self, answer: Any, events: Events) -> frozenset[str]:
        if not is_exactly(answer, pd.DataFrame):
            raise NotYet(self._about_kind(answer))
        table = answer
        columns = _text_columns(table)
        if "event_id" not in columns and table.index.names == ["event_id"]:
            table = table.reset_index()
            columns = _text_columns(table)
        if columns.count("event_id") != 1:
            raise NotYet("The column event_id is not in your table: choose rows, keep all columns.")
        if not len(table):
            raise NotYet(
                f"No row is left. Are there quotation marks around your number? Or was the column "
                f"{self.column} overwritten by a single = sign? Then run the setup cell again."
            )
        names = table["event_id"].tolist()
        if not all(is_kind(name, str) for name in names):
            raise NotYet("The column event_id was changed. Run the setup cell again.")
        self._compare_column(table, columns, events)
        if len(set(names)) < len(names):
            raise NotYet("Some rows stand in your table twice; each event counts once.")
        return frozenset(names)

    def _compare_column(self, table: pd.DataFrame, columns: list, events: Events) -> None:
        if columns.count(self.column) != 1:
            return
        true = dict(zip(events["event_id"], events[self.column], strict=True))
        pairs = zip(table["event_id"].tolist(), table[self.column].tolist(), strict=True)
        for name, value in pairs:
            if name not in true or not is_kind(value, int, float) or value != true[name]:
                raise NotYet(
                    f"The column {self.column} no longer holds the values of the table. A single = "
                    "does not compare, it overwrites. Run the setup cell again, then compare."
                )

    @staticmethod
    def _about_kind(answer: Any) -> str:
        if is_exactly(answer, pd.Series):
            if answer.dtype == bool:
                return (
                    "This is the column of True and False. It says which rows to take; "
                    "put it in square brackets behind events to take them."
                )
            return "This is one column; the exercise asks for whole rows of the table."
        if is_kind(answer, bool):
            return "This is one True or False; compare the whole column of the table."
        if is_kind(answer, int, float):
            return "This is a number; the exercise asks for the rows themselves, not for a count."
        if is_kind(answer, str):
            if not re.search(r"\w", text(answer)):
                return (
                    "This is only the sign. Write the whole expression, from events[ to the last ]."
                )
            return "This is text; take the quotation marks away, so that Python computes it."
        if entries(answer) is not None:
            return "This is a list of values; keep the rows as a table, with square brackets."
        return "This is not a table; the exercise asks for rows of events."

    def is_right(self, value: frozenset[str], events: Events) -> bool:
        return value == frozenset(self.accepted(events)["event_id"])

    def reason(self, value: frozenset[str], events: Events) -> str:
        message = super().reason(value, events)
        if message == self.general and value < frozenset(self.accepted(events)["event_id"]):
            return (
                "All these rows belong to the answer, but some rows that belong to it are missing."
            )
        return message

    def same(self, value: frozenset[str], wrong: Any, events: Events) -> bool:
        return is_exactly(wrong, pd.DataFrame) and value == frozenset(wrong["event_id"])


def _text_columns(table: pd.DataFrame) -> list[str]:
    return [name for name in table.columns.tolist() if is_kind(name, str)]


@dataclass(frozen=True, kw_only=True)
class Letters(Question):
    """A set of labels. ``accepted`` gives the right set.

    Parameters
    ----------
    why_not : callable
        Says from label and events why a label does not belong to the answer.

    Examples
    --------
    >>> days = Letters(number="9.1", title="", misconception="", hints=("", ""),
    ...                labels=lambda events: {"a": "1957", "b": "1963-04-06"},
    ...                accepted=lambda events: frozenset("b"),
    ...                why_not=lambda label, events: "the day is not known.")
    >>> days.judge(["a", "b"], events=None)
    ('not yet', 'a does not belong here: the day is not known.')
    """

    why_not: Callable[[str, Events], str]

    def read(self, answer: Any, events: Events) -> frozenset[str]:
        return frozenset(read_labels(answer, self.labels(events)))

    def reason(self, value: frozenset[str], events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        surplus = sorted(value - self.accepted(events))
        if surplus:
            return f"{surplus[0]} does not belong here: {self.why_not(surplus[0], events)}"
        return self.general


@dataclass(frozen=True, kw_only=True)
class Order(Question):
    """Labels in order of time. ``accepted`` gives (first day, last day) for each label.

    Two events whose days overlap may stand either way.

    Parameters
    ----------
    pairs : dict of (str, str) to str
        The message for a pair of labels that stands in this wrong order by a known misconception.

    Examples
    --------
    >>> days = {"a": (1957, 1957), "b": (1963, 1963), "c": (1957, 1963)}
    >>> order = Order(number="9.1", title="", misconception="", hints=("", ""), why="Yes.",
    ...               labels=lambda events: days, accepted=lambda events: days, pairs={})
    >>> order.judge("acb", events=None)  # the days of c overlap with those of a and b
    ('correct', 'Yes.')
    """

    pairs: dict[tuple[str, str], str]

    def read(self, answer: Any, events: Events) -> tuple[str, ...]:
        if is_kind(answer, set, frozenset, dict):
            raise NotYet(
                'Curly brackets keep no order; write a list in square brackets, such as ["a", "b"].'
            )
        labels = list(self.labels(events))
        found = read_labels(answer, labels)
        twice = sorted(label for label in labels if found.count(label) > 1)
        missing = [label for label in labels if label not in found]
        if twice:
            raise NotYet(f"{twice[0]} stands in your list more than once; each label counts once.")
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            raise NotYet(f"{listed(missing)} {verb} not in your list yet; all must be in it.")
        return tuple(found)

    def _wrong_pairs(self, value: tuple[str, ...], events: Events) -> list[tuple[str, str]]:
        days = self.accepted(events)
        return [pair for pair in combinations(value, 2) if days[pair[1]][1] < days[pair[0]][0]]

    def is_right(self, value: tuple[str, ...], events: Events) -> bool:
        return not self._wrong_pairs(value, events)

    def reason(self, value: tuple[str, ...], events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        wrong = self._wrong_pairs(value, events)
        for pair in wrong:
            if pair in self.pairs:
                return self.pairs[pair]
        late, early = wrong[0]
        return f"In your list {late} stands before {early}, but {late} came later. {self.general}"
