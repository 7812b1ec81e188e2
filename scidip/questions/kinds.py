"""The kinds of questions: what is right, which wrong answers are known, and what to say of them.

A question is a small frozen record. What is right is computed from the course's own tables when
the check runs, so that a corrected table never makes a check wrong.
"""

from __future__ import annotations

import copy
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
    read_pairs,
    text,
)
from scidip.status import CORRECT, DISCUSSION, NOT_YET, UNTRIED

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


# A letter with the words of its option behind it, and no second letter.
LETTER_AND_OPTION = re.compile(
    r"\s*([A-Za-z])\s?[:.)\u2013\u2014-]\s(?=.*\w{3})(?!.*\b[A-Z][:.)])", re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One letter out of a few. ``accepted`` gives the set of right letters.

    Examples
    --------
    >>> which = Choice(number="9.1", title="", misconception="", hints=("", ""), why="Yes.",
    ...                accepted=lambda events: {"B"}, general="Read again.")
    >>> which.judge("b", events=None), which.judge("A: the first one", events=None)
    (('correct', 'Yes.'), ('not yet', 'Read again.'))
    """

    letters: str = "ABCD"

    def read(self, answer: Any, events: Events) -> str:
        inside = entries(answer)
        if inside is not None:
            if len(inside) != 1:
                raise NotYet("Choose one letter only.")
            answer = plain(inside[0])
        words = text(answer) or ""
        with_option = LETTER_AND_OPTION.match(words)
        letter = (with_option[1] if with_option else words.strip("().:'\" ")).upper()
        if len(letter) != 1 or letter not in self.letters:
            letters = listed(self.letters, "or")
            raise NotYet(f"Write one of the letters {letters} alone, in quotation marks.")
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
        if re.fullmatch(r"[+-]?\d+,\d{1,2}", words.strip()):
            return (
                "Python writes a point before the decimals, not a comma, and no quotation marks: "
                "12.5 and not '12,5'."
            )
        if re.fullmatch(r"[+-]?[\d.,' ]*\d[\d.,' ]*", words):
            return "This is text; take the quotation marks away, then it is a number."
        if re.fullmatch(r"\s*[+-]?[\d.,]*\d\s*(%|per ?cent)\s*", words):
            return "Write the number alone: no unit such as per cent or %, and no quotation marks."
        return "This is text. Write one number alone, without words and without quotation marks."

    @staticmethod
    def _about_kind(answer: Any) -> str:
        if is_kind(answer, complex):
            return "This is a complex number; the exercise asks for an ordinary one."
        if is_exactly(answer, pd.DataFrame):
            return "This is a table; the exercise asks for one number."
        if is_exactly(answer, pd.Series):
            return "This is a whole column; the exercise asks for one number."
        inside = entries(answer)
        if is_kind(answer, tuple) and len(inside) == 2 and all(is_kind(v, int) for v in inside):
            return (
                "A comma makes two values of it. Python writes a point before the decimals, such "
                "as 12.5."
            )
        if inside is not None:
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


@dataclass(frozen=True, kw_only=True)
class Match(Question):
    """Each label goes with one option. ``accepted`` gives the right options of each label.

    The answer is a dictionary from label to letter.

    Parameters
    ----------
    options : callable
        Gives the options that the task shows: from events to a dict of letter to text.
    why_not : dict of (str, str) to str
        What is said about a label that was given this option.

    Examples
    --------
    >>> pairs = Match(number="9.1", title="", misconception="", hints=("", ""), why="Yes.",
    ...               labels=lambda events: {"a": "131", "b": "45"},
    ...               options=lambda events: {"A": "diplomats", "B": "countries"},
    ...               accepted=lambda events: {"a": {"A"}, "b": {"B"}},
    ...               why_not={("a", "B"): "a is too large for a number of countries."})
    >>> pairs.judge({"a": "A", "b": "b"}, events=None)
    ('correct', 'Yes.')
    >>> pairs.judge({"a": "B", "b": "B"}, events=None)
    ('not yet', 'a is too large for a number of countries.')
    """

    options: Callable[[Events], dict[str, str]]
    why_not: dict[tuple[str, str], str]

    def read(self, answer: Any, events: Events) -> dict[str, str]:
        labels, letters = list(self.labels(events)), list(self.options(events))
        given = read_pairs(answer, labels, f'"{letters[0]}"')
        found = {}
        for label, value in given.items():
            letter = (text(plain(value)) or "").strip("().:'\" ").upper()
            if letter not in letters:
                raise NotYet(
                    f"In your answer, {label} must go with one of the letters "
                    f"{listed(letters, 'or')}, in quotation marks."
                )
            found[label] = letter
        return found

    def is_right(self, value: dict[str, str], events: Events) -> bool:
        accepted = self.accepted(events)
        return all(value[label] in accepted[label] for label in accepted)

    def reason(self, value: dict[str, str], events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        accepted = self.accepted(events)
        wrong = [label for label in accepted if value[label] not in accepted[label]]
        for label in wrong:
            if (label, value[label]) in self.why_not:
                return self.why_not[label, value[label]]
        return f"{wrong[0]} does not go with {value[wrong[0]]}. {self.general}".strip()


@dataclass(frozen=True, kw_only=True)
class Labels(Question):
    """Each case gets none, one or several marks. ``accepted`` gives every set that can be defended.

    The answer is a dictionary from case to a list of marks; an empty list means none.

    Parameters
    ----------
    marks : tuple of str or int
        The marks, such as ``(1, 2, 3)`` for the aspects.
    why_not : callable
        Says from case, the given set and events what is wrong with it.

    Examples
    --------
    >>> cases = Labels(number="9.1", title="", misconception="", hints=("", ""), why="Yes.",
    ...                labels=lambda events: {"a": "a treaty", "b": "a sale"}, marks=(1, 2, 3),
    ...                accepted=lambda events: {"a": [{1}, {1, 2}], "b": [set()]},
    ...                why_not=lambda case, given, events: f"Think again about {case}.")
    >>> cases.judge({"a": [1, 2], "b": []}, events=None)
    ('correct', 'Yes.')
    >>> cases.judge({"a": [1], "b": 2}, events=None)
    ('not yet', 'Think again about b.')
    """

    marks: tuple
    why_not: Callable[[str, frozenset, Events], str]

    def judge(self, answer: Any, events: Events) -> tuple[str, str]:
        # An empty list is an answer here: it says that no mark fits.
        if is_kind(answer, dict) and dict.values(answer):
            filled = {
                key: ("none",) if entries(plain(value)) == [] else value
                for key, value in dict.items(answer)
            }
            return super().judge(filled, events)
        return super().judge(answer, events)

    def read(self, answer: Any, events: Events) -> dict[str, frozenset]:
        given = read_pairs(answer, list(self.labels(events)), f"[{self.marks[0]!r}]")
        return {label: self._read_marks(label, value) for label, value in given.items()}

    def _read_marks(self, label: str, value: Any) -> frozenset:
        inside = entries(value)
        inside = [value] if inside is None else inside
        names = {str(mark): mark for mark in self.marks}
        found = set()
        for entry in inside:
            entry = plain(entry)
            if is_kind(entry, float) and float.is_integer(entry):
                entry = int(float.__float__(entry))
            words = text(entry) if is_kind(entry, str) else None
            if words is None and is_kind(entry, int) and not is_kind(entry, bool):
                words = str(int.__int__(entry))
            if words is not None and words.lower() == "none":
                continue
            if words not in names:
                raise NotYet(
                    f"In your answer, {label} has something else than the marks "
                    f"{listed(map(str, self.marks))}; write a list such as [{self.marks[0]!r}], or "
                    "[] for none."
                )
            found.add(names[words])
        return frozenset(found)

    def is_right(self, value: dict[str, frozenset], events: Events) -> bool:
        return not self._wrong(value, events)

    def _wrong(self, value: dict[str, frozenset], events: Events) -> list[str]:
        accepted = self.accepted(events)
        return [label for label in accepted if value[label] not in map(frozenset, accepted[label])]

    def reason(self, value: dict[str, frozenset], events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        wrong = self._wrong(value, events)
        more = f" ({len(wrong)} cases are not right yet.)" if len(wrong) > 1 else ""
        return f"{self.why_not(wrong[0], value[wrong[0]], events)}{more}"


@dataclass(frozen=True, kw_only=True)
class Function(Question):
    """A function that a student writes. ``accepted`` gives one that is right.

    It is called with hidden cases. A known wrong answer is a function too: it is recognised by
    what it gives.

    Parameters
    ----------
    cases : tuple of tuple
        The arguments of each call.
    tolerance : float
        How far a number may be from the right one.
    about : dict of int to str
        What is said when the case with this position is the first that is wrong.

    Examples
    --------
    >>> double = Function(number="9.1", title="", misconception="", hints=("", ""), why="Yes.",
    ...                   cases=((1,), (3,)), accepted=lambda events: lambda x: 2 * x,
    ...                   general="Try it with other values.", about={})
    >>> double.judge(lambda x: x + x, events=None), double.judge(lambda x: x + 1, events=None)
    (('correct', 'Yes.'), ('not yet', 'Try it with other values.'))
    """

    cases: tuple[tuple, ...]
    about: dict[int, str]
    tolerance: float = 1e-9

    def judge(self, answer: Any, events: Events) -> tuple[str, str]:
        if callable(answer) and not is_kind(answer, type):
            try:
                first = answer(*copy.deepcopy(self.cases[0]))
            except Exception:
                first = None
            # Its body is still a blank. An empty list, dictionary or text is an answer.
            empty = is_kind(first, str) or entries(first) == []
            if first is not None and not empty and is_blank(plain(first)):
                return super().judge(first, events)
        return super().judge(answer, events)

    def read(self, answer: Any, events: Events) -> list:
        if not callable(answer) or is_kind(answer, type):
            raise NotYet(
                "This is not a function. Write its name without round brackets, and begin its "
                "first line with def."
            )
        found = []
        for arguments in self.cases:
            shown = ", ".join(map(repr, arguments))
            try:
                value = plain(answer(*copy.deepcopy(arguments)))
                if is_kind(value, dict, list):  # it may give the same one again and again
                    value = copy.deepcopy(value)
            except (NameError, ValueError) as problem:
                said = str(problem)[:200].rstrip(".")
                raise NotYet(f"Your function stops with {shown}: {said}.") from None
            except Exception as problem:
                brackets = (
                    " Often round brackets are missing behind a name."
                    if type(problem) in (TypeError, AttributeError)
                    else ""
                )
                raise NotYet(
                    f"Your function stops with {shown}: {type(problem).__name__}. Try this call "
                    f"in a cell of its own.{brackets}"
                ) from None
            if value is None:
                raise NotYet(
                    f"With {shown} your function gives nothing back. Is the line with return "
                    "missing, or does it stand too far to the right?"
                )
            found.append(value)
        return found

    def is_right(self, value: list, events: Events) -> bool:
        return self._first_wrong(value, events) is None

    def _first_wrong(self, value: list, events: Events) -> int | None:
        right = self.accepted(events)
        for place, arguments in enumerate(self.cases):
            if not same_value(value[place], right(*copy.deepcopy(arguments)), self.tolerance):
                return place
        return None

    def same(self, value: list, wrong: Any, events: Events) -> bool:
        try:
            theirs = [plain(wrong(*copy.deepcopy(arguments))) for arguments in self.cases]
        except Exception:
            return False
        return all(
            same_value(one, other, self.tolerance) for one, other in zip(value, theirs, strict=True)
        )

    def reason(self, value: list, events: Events) -> str:
        for known in self.known:
            if self.same(value, known.answer(events), events):
                return known.message
        return self.about.get(self._first_wrong(value, events), self.general)


def same_value(one: Any, other: Any, tolerance: float) -> bool:
    """Compare two results: numbers by a tolerance, dictionaries and lists part by part.

    Examples
    --------
    >>> same_value({"CHN": 0.3333333333}, {"CHN": 1 / 3}, 1e-6), same_value([1], [1, 2], 0)
    (True, False)
    >>> same_value(Fraction(1, 3), 1 / 3, 1e-6)
    True
    """
    one, other = (float(v) if is_exactly(v, Decimal, Fraction) else plain(v) for v in (one, other))
    if is_kind(one, bool) or is_kind(other, bool):
        return is_kind(one, bool) and is_kind(other, bool) and one is other
    if is_kind(one, int, float) and is_kind(other, int, float):
        return abs(one - other) <= tolerance
    if is_kind(one, dict) and is_kind(other, dict):
        keys = list(dict.keys(one))
        return set(keys) == set(other) and all(
            same_value(dict.__getitem__(one, key), other[key], tolerance) for key in keys
        )
    if is_kind(one, str) and is_kind(other, str):
        return str.__eq__(one, other) is True
    if is_kind(one, list, tuple) and is_kind(other, list, tuple):
        left, right = entries(one), entries(other)
        return len(left) == len(right) and all(
            same_value(a, b, tolerance) for a, b in zip(left, right, strict=True)
        )
    return False
