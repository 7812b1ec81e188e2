"""Checks: right answers, known wrong ones, hostile ones, and what a student sees of each."""

import contextlib
import doctest
import html
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import warnings
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

from scidip import authoring, data, notebooks, status
from scidip.questions import (
    NotCorrect,
    Outcome,
    ____,
    check,
    display,
    engine,
    hint,
    kinds,
    show,
    solution,
)
from scidip.questions import answers as answers_module
from scidip.questions.engine import questions_of
from scidip.questions.kinds import (
    Choice,
    Function,
    Labels,
    Letters,
    Match,
    Number,
    Open,
    Order,
    Rows,
)
from scidip.strict import is_strict

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("*.ipynb"))
QUESTIONS = {}
for path in SOLUTIONS:
    QUESTIONS |= questions_of(int(path.name[:2]))
CHECKED = [number for number, question in QUESTIONS.items() if not isinstance(question, Open)]
KNOWN = [
    pytest.param(number, known, id=f"{number} {known.misconception}")
    for number in CHECKED
    for known in QUESTIONS[number].known
]
EVENTS = data.load("events")


@pytest.fixture(autouse=True)
def not_strict(monkeypatch):
    monkeypatch.delenv("SCIDIP_STRICT", raising=False)
    monkeypatch.setattr(engine, "_hints_shown", {})


@pytest.fixture(scope="module")
def answers():
    """The model answers as they are stored in solutions/, by number."""
    found = {}
    for path in SOLUTIONS:
        names = {}
        for cell in nbformat.read(path, as_version=4).cells:
            for number in authoring.checks_in(cell):
                found[number] = names[re.search(r", (\w+)\)", cell.source).group(1)]
            if cell.cell_type == "code" and not authoring.checks_in(cell):
                with contextlib.redirect_stdout(None):
                    exec(cell.source, names)
    return found


@pytest.fixture
def other_data(tmp_path, monkeypatch):
    """A copy of data/ that the checks look at; call it with old and new text for events.csv."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    monkeypatch.setattr(data, "DATA", folder)

    def edit(event_id, **changes):
        table = pd.read_csv(folder / "events.csv", dtype=str, keep_default_na=False)
        for column, value in changes.items():
            table.loc[table["event_id"] == event_id, column] = value
        table.to_csv(folder / "events.csv", index=False, lineterminator="\n")

    return edit


def accepted_answer(question):
    """One right answer, in the form that a student would write."""
    right = question.accepted(EVENTS)
    if isinstance(question, Choice):
        return min(right)
    if isinstance(question, Order):
        return sorted(right, key=lambda label: right[label][0])
    if isinstance(question, Match):
        return {label: min(letters) for label, letters in right.items()}
    if isinstance(question, Labels):
        return {label: sorted(sets[0]) for label, sets in right.items()}
    return right


# --- Each question ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", CHECKED)
def test_the_model_answer_is_correct(number, answers):
    outcome = check(number, answers[number])
    assert (outcome.number, outcome.status) == (number, "correct")
    assert outcome.message == QUESTIONS[number].why
    assert repr(outcome) == f"Exercise {number}: correct. {QUESTIONS[number].why}"


@pytest.mark.parametrize("number", CHECKED)
@pytest.mark.parametrize(
    "blank",
    [
        ____, ..., "", "____", "  ", "...", "…", "\u200b", [], (), {}, set(), frozenset(),
        [____], [____, ...], (____,), {"a": ____, "b": "____"}, [[____], []], pd.Series([____]),
        np.array([____, ____]), pd.DataFrame(), ____ + 1,
    ],
)  # fmt: skip
def test_what_is_blank_was_not_tried(number, blank):
    outcome = check(number, blank)
    assert outcome.status == "not tried yet"
    assert repr(outcome).startswith(f"Exercise {number}: not tried yet. ")


@pytest.mark.parametrize(("number", "known"), KNOWN)
def test_each_known_wrong_answer_gets_its_own_message(number, known):
    outcome = check(number, known.answer(EVENTS))
    assert (outcome.status, outcome.message) == ("not yet", known.message)


@pytest.mark.parametrize("number", CHECKED)
def test_a_question_teaches(number):
    question = QUESTIONS[number]
    reasons = [known.message for known in question.known]
    if isinstance(question, Order):
        reasons += question.pairs.values()
    if isinstance(question, Match):
        reasons += question.why_not.values()
    if isinstance(question, Function):
        reasons += question.about.values()
    assert len(reasons) >= 2
    assert len({*reasons, question.general}) == len(reasons) + 1
    assert all(known.misconception for known in question.known)
    assert question.misconception and question.why and question.general and question.title


@pytest.mark.parametrize("number", QUESTIONS)
def test_there_are_two_hints_and_they_differ(number):
    assert len(set(QUESTIONS[number].hints)) >= 2


@pytest.mark.parametrize("number", CHECKED)
def test_nothing_that_is_said_before_success_holds_the_answer(number):
    question = QUESTIONS[number]
    answer = accepted_answer(question)
    said = [known.message for known in question.known] + [question.general, *question.hints]
    said += getattr(question, "pairs", {}).values()
    match question:
        case Number():
            forms = {f"{answer}", f"{answer:.1f}", f"{answer:.2f}", f"{answer:,}"}
            forbidden = "|".join(rf"(?<![\d.,]){re.escape(form)}(?![\d])" for form in forms)
        case Rows():
            forbidden = r"[\"']year[\"']\]\s*<"
        case Choice():
            forbidden = rf"\b{answer}\b"
        case Letters() | Order():
            labels = sorted(answer) if isinstance(question, Letters) else answer
            forbidden = r"\W+(and\W+)?".join(labels)
        case Match() | Labels():
            pairs = (f'"{label}": *.?{value}' for label, value in answer.items())
            forbidden = "|".join(map(re.escape, pairs))
        case Function():
            forbidden = r"\breturn\b.*[-+*/]"
        case _:  # a text of the student's own: there is no one answer to give away
            forbidden = r"(?!)"
    assert [text for text in said if re.search(forbidden, text)] == []


def test_questions_name_records_that_exist():
    from scidip.questions import lesson02

    named = {event_id for event_id, _ in lesson02.CHANNELS.values()}
    named |= {*lesson02.DATED.values(), *lesson02.UNORDERED.values()}
    assert named <= set(EVENTS["event_id"])
    days = [lesson02._days(EVENTS)[label] for label in accepted_answer(QUESTIONS["2.6"])]
    for (_, last), (first, _) in itertools.pairwise(days):
        assert last < first, "the order of these events is not certain"


@pytest.mark.parametrize(
    ("stops", "brackets"),
    [
        (lambda text: 1 + text, True),  # TypeError
        (lambda text: text.lower.strip(), True),  # AttributeError
        (lambda text: text[9], False),  # IndexError
    ],
)
def test_a_function_that_stops_is_told_of_missing_brackets(stops, brackets):
    question = Function(
        number="9.1", title="", misconception="", hints=("", ""), why="Yes.", cases=(("08",),),
        accepted=lambda events: str.strip, general="", about={},
    )  # fmt: skip
    status, message = question.judge(stops, events=None)
    assert status == "not yet" and message.startswith("Your function stops with '08': ")
    assert ("Often round brackets are missing behind a name." in message) == brackets


def test_a_choice_question_has_a_reason_for_each_wrong_option():
    for question in QUESTIONS.values():
        if isinstance(question, Choice):
            wrong = {known.answer(EVENTS) for known in question.known}
            assert wrong | question.accepted(EVENTS) == set(question.letters)


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("2.1", "22", "This is text; take the quotation marks away"),
        ("2.1", "２２", "This is text; take the quotation marks away"),
        ("2.1", True, "True and False"),
        ("2.1", np.bool_(False), "True and False"),
        ("2.1", float("nan"), "nan, a missing number"),
        ("2.1", Decimal("nan"), "nan, a missing number"),
        ("2.1", float("-inf"), "infinite"),
        ("2.1", 1j, "complex number"),
        ("2.1", EVENTS["year"], "whole column"),
        ("2.1", EVENTS, "This is a table"),
        ("2.1", "29,2", "a point before the decimals"),
        ("2.1", (29, 2), "A comma makes two values"),
        ("2.1", "29.2 %", "no unit such as per cent"),
        ("2.1", "29.2 per cent", "no unit such as per cent"),
        ("2.1", "many", "without words"),
        ("2.1", [1, 2], "several values"),
        ("2.1", [3], "Count the records"),
        ("2.1", pd.NA, "missing value"),
        ("2.1", len, "round brackets missing"),
        ("2.1", None, "The answer is None"),
        ("2.1", 10**400, "Count the records"),
        ("2.2", EVENTS["year"] < 1979, "column of True and False"),
        ("2.2", (EVENTS["year"] < 1979).sum(), "not for a count"),
        ("2.2", EVENTS["title"], "one column"),
        ("2.2", "<", "only the sign"),
        ("2.4", ["ade"], "One entry holds several letters"),
        ("2.6", ["d, b, f, e, a, c"], "One entry holds several letters"),
        ("2.6", list("dbfea"), "c is not in your list yet"),
        ("2.2", ["1950-09-first-students-eastern-europe"], "list of values"),
        ("2.2", 'events[events["year"] < 1979]', "This is text"),
        ("2.2", EVENTS[EVENTS["year"] == "1979"], "No row is left"),
        ("2.2", EVENTS[["date", "title"]], "column event_id is not"),
        ("2.2", EVENTS.assign(year=1979), "it overwrites"),
        ("2.2", pd.concat([EVENTS.head(3), EVENTS.head(3)]), "twice"),
        ("2.2", EVENTS[EVENTS["year"] < 1960], "some rows that belong to it are missing"),
        ("2.3", "E", "A, B, C or D"), ("2.3", "A. B", "A, B, C or D"),
        ("2.3", "A: the first; B: the other", "A, B, C or D"), ("2.3", "A word", "A, B, C or D"),
        ("2.3", ["A", "B"], "one letter only"),
        ("2.3", 4, "in quotation marks"),
        ("2.4", ["a", "b"], "b does not belong here: its record knows the year only"),
        ("2.4", ["a", "c"], "c does not belong here: its record knows the month only"),
        ("2.4", {"a"}, "All letters that you chose are right"),
        ("2.4", ["a", ____, "d", ____], "entries number 2 and number 4 are still open"),
        ("2.4", {"a": True, "d": ____}, "entry d is still open"),
        ("2.4", {"a", ____}, "one entry is still open"),
        ("2.4", ["a", "x"], "entry number 2 is not one of the labels a to f"),
        ("2.4", (label for label in "ad"), "as a list"),
        ("2.4", ["a"] * 10**6, "far too many"),
        ("2.6", {"a", "b"}, "Curly brackets keep no order"),
        ("2.6", list("dbf"), "a, c and e are not in your list yet"),
        ("2.6", list("dbffec"), "f stands in your list more than once"),
        ("2.6", list("dbfaec"), "science agreement (a) stands before diplomatic relations (e)"),
        ("2.6", list("bdfeac"), "b stands before d, but b came later"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_what_is_wrong(number, answer, words):
    outcome = check(number, answer)
    assert outcome.status == "not yet"
    assert words in outcome.message


@pytest.mark.parametrize(
    ("number", "form"),
    [
        ("2.1", float), ("2.1", np.int64), ("2.1", np.float32), ("2.1", np.array), ("2.1", Decimal),
        ("2.1", Fraction), ("2.1", np.longdouble),
        ("2.2", lambda rows: rows.iloc[::-1]), ("2.2", lambda rows: rows.reset_index()),
        ("2.2", lambda rows: rows.set_index("event_id")), ("2.2", lambda rows: rows[["event_id"]]),
        ("2.3", str.lower), ("2.3", "  {} ".format), ("2.3", lambda x: [x]), ("2.3", "({})".format),
        ("2.3", "{}: as the option says, 1957 it was".format), ("2.3", "{}) The record".format),
        ("2.3", "{}. It is uncertain".format), ("2.3", "{} \u2013 the record".format),
        ("2.3", lambda x: chr(ord(x) + 0xFEE0)), ("2.3", "\u00a0{}\u200b".format), ("2.3", np.str_),
        ("2.3", lambda x: pd.Series([x], index=["answer"])), ("2.3", np.array),
        ("2.4", set), ("2.4", tuple), ("2.4", frozenset), ("2.4", ", ".join), ("2.4", "".join),
        ("2.4", lambda x: str.upper(" and ".join(x))), ("2.4", np.array), ("2.4", pd.Series),
        ("2.4", pd.Index), ("2.4", lambda x: {c: c in x for c in "abcdef"}),
        ("2.4", lambda x: dict.fromkeys(x, "day")), ("2.4", lambda x: pd.Series(x).unique()),
        ("2.4", lambda x: [*x, *x]), ("2.4", lambda x: pd.Series(x, index=x)),
        ("2.6", tuple), ("2.6", "".join), ("2.6", " ".join), ("2.6", np.array), ("2.6", pd.Series),
    ],
)  # fmt: skip
def test_the_form_of_a_right_answer_does_not_matter(number, form, answers):
    assert check(number, form(answers[number])).status == "correct"


# --- Hostile answers --------------------------------------------------------------------------


def hostile_class(name, error, *bases):
    """A class in which every special method that a check might call goes wrong."""

    def fail(self, *args, **kwargs):
        print("noise")
        warnings.warn("noise", stacklevel=1)
        raise error("hostile")

    methods = (
        "eq ne lt le gt ge hash iter len bool repr str format contains getitem int float index "
        "complex abs sub rsub add radd call array next getattr class reduce round"
    )
    body = {f"__{method}__": fail for method in methods.split() if method != "class"}
    body["__class__"] = property(fail)
    return type(name, bases, body)


def endless():
    while True:
        yield "a"


class Endless:
    def __iter__(self):
        return endless()

    def __len__(self):
        return 10**9

    def __getitem__(self, place):
        return "a"


class EndlessList(list):
    def __iter__(self):
        return endless()


def hostile_answers():
    knot = []
    knot.append(knot)
    ring = {}
    ring["a"] = ring
    frame = EVENTS.copy()
    frame["event_id"] = [object() for _ in range(len(frame))]
    doubled = pd.concat([EVENTS, EVENTS[["event_id"]]], axis=1)
    evil = hostile_class("Evil", ValueError)
    evil_array = np.empty(1, dtype=object)
    evil_array[0] = evil()
    paired = pd.MultiIndex.from_tuples([("event_id", "x"), ("year", "y")])
    leaving = hostile_class("Leaving", SystemExit)
    answers = {
        "evil object": evil(),
        "object that leaves": leaving(),
        "evil number": hostile_class("EvilInt", ValueError, int)(5),
        "evil float": hostile_class("EvilFloat", SystemExit, float)(5),
        "evil text": hostile_class("EvilText", ValueError, str)("zz"),
        "evil list": hostile_class("EvilList", SystemExit, list)(["zz"]),
        "evil tuple": hostile_class("EvilTuple", ValueError, tuple)(["zz"]),
        "evil dictionary": hostile_class("EvilDict", ValueError, dict)(zz="zz"),
        "list of evil": [evil(), leaving()],
        "dictionary of evil": {"a": evil()},
        "evil class": evil,
        "array of evil": evil_array,
        "generator": endless(),
        "endless container": Endless(),
        "endless list": EndlessList(["zz"]),
        "range": range(10**12),
        "map": map(str, endless()),
        "knot": knot,
        "ring": ring,
        "deep list": json.loads("[" * 500 + "]" * 500),
        "long list": ["zz"] * 10**6,
        "long text": "a" * 10**7,
        "long array": np.zeros(10**6),
        "lone surrogate": "\ud800",
        "control characters": "\x00\x1b[31m\r\n\u2028",
        "bytes": b"22",
        "module": sys,
        "function": lambda: 1 / 0,
        "exception": ValueError("x"),
        "huge number": 10**5000,
        "tiny": 5e-324,
        "not a time": pd.NaT,
        "time": pd.Timestamp("1979-01-01"),
        "table with strange ids": frame,
        "table with a column twice": doubled,
        "table with paired columns": pd.DataFrame([[1, 2]], columns=paired),
        "table with levels": pd.concat({"x": EVENTS}, axis=1),
        "table with other index": EVENTS.set_index("year"),
        "grouped": EVENTS.groupby("year"),
        "masked array": np.ma.masked_all(3),
        "structured array": np.zeros(2, dtype=[("a", int)]),
        "empty array": np.zeros((0, 3)),
        "matrix": np.eye(3),
        "many levels": pd.MultiIndex.from_tuples([("a", "b")]),
        "question": QUESTIONS["2.1"],
        "outcome": check("2.1", 3),
    }
    return [pytest.param(answer, id=name) for name, answer in answers.items()]


@pytest.mark.parametrize("number", CHECKED)
@pytest.mark.parametrize("answer", hostile_answers())
def test_hostile_answers_get_one_line(number, answer, capfd):
    with warnings.catch_warnings(action="error"):
        outcome = check(number, answer)
    assert outcome.status in ("not yet", "not tried yet")
    assert repr(outcome).startswith(f"Exercise {number}: {outcome.status}. ")
    assert len(repr(outcome).splitlines()) == 1
    assert " at 0x" not in repr(outcome) and "\x1b" not in repr(outcome)
    assert capfd.readouterr() == ("", "")


def test_leaving_is_caught_and_an_interrupt_passes(monkeypatch):
    def fail_with(error):
        def read(self, answer, events):
            raise error

        monkeypatch.setattr(Number, "read", read)

    for error in (SystemExit, RecursionError, MemoryError, ZeroDivisionError):
        fail_with(error)
        assert check("2.1", 1).status == "not yet"
    fail_with(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        check("2.1", 1)


def test_what_an_answer_prints_or_warns_stays_out(monkeypatch, capfd):
    def read(self, answer, events):
        print("noise")
        print("noise", file=sys.stderr)
        warnings.warn("noise", stacklevel=1)
        return 1

    monkeypatch.setattr(Number, "read", read)
    with warnings.catch_warnings(record=True) as caught:
        assert check("2.1", 1).status == "not yet"
    assert capfd.readouterr() == ("", "")
    assert caught == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("77.7", 1), 'There is no exercise "77.7".'),
        (("99.99", 1), 'There is no exercise "99.99".'),
        (("2", 1), "with a point in it"),
        (("", 1), "with a point in it"),
        (("x" * 10**6, 1), "with a point in it"),
        (("2.1\n2.2", 1), "with a point in it"),
        ((2.1, 1), "in quotation marks"),
        ((3,), "in quotation marks"),
        ((None, 1), "in quotation marks"),
        (([], 1), "in quotation marks"),
        (("2.1",), 'check("2.1", ...)'),
    ],
)
def test_a_strange_number_gets_one_sentence(arguments, words):
    outcome = check(*arguments)
    assert outcome.status == "unknown"
    assert words in outcome.message
    assert repr(outcome) == outcome.message
    assert len(repr(outcome).splitlines()) == 1


def test_a_number_may_have_odd_spaces_and_wide_digits(answers):
    assert check(" ２.1 ", answers["2.1"]).status == "correct"


def test_an_open_question_is_for_discussion():
    for arguments in (("2.7",), ("2.7", "my text"), ("2.7", ____)):
        outcome = check(*arguments)
        assert outcome.status == "for discussion"
        assert 'hint("2.7")' in outcome.message and 'solution("2.7")' in outcome.message


def test_the_order_of_checks_does_not_matter(answers):
    calls = [(number, answers[number]) for number in CHECKED]
    calls += [(param.values[0], param.values[1].answer(EVENTS)) for param in KNOWN]
    calls += [(number, ____) for number in CHECKED]
    first = [repr(check(*call)) for call in calls]
    for seed in range(3):
        order = random.Random(seed).sample(range(len(calls)), len(calls))
        assert [repr(check(*calls[place])) for place in order] == [first[place] for place in order]


# --- The data decide --------------------------------------------------------------------------


def test_a_corrected_table_changes_what_is_right(other_data, answers):
    assert check("2.1", answers["2.1"]).status == "correct"
    other_data("1980-05-japan-china-st-agreement", date="1978-05")
    assert check("2.1", answers["2.1"]).status == "not yet"
    assert check("2.1", answers["2.1"] + 1).status == "correct"
    moved = data.load("events")
    assert check("2.2", moved[moved["year"] < 1979]).status == "correct"


def test_a_corrected_date_changes_which_records_count_days(other_data):
    assert check("2.4", ["a", "d", "e"]).status == "correct"
    other_data("1963-04-06-first-medical-team-algeria", date="1963-04", date_precision="month")
    assert check("2.4", ["a", "e"]).status == "correct"
    assert "d does not belong here" in check("2.4", ["a", "d", "e"]).message


def test_events_whose_order_is_not_certain_may_stand_either_way(other_data):
    assert check("2.6", list("dcbfea")).status == "correct"
    assert check("2.6", list("dcfbea")).status == "not yet"
    other_data("1978-07-07-frank-press-delegation", date="1978", date_precision="year", end_date="")
    assert check("2.6", list("dcfbea")).status == "correct"
    assert check("2.6", list("dcbfea")).status == "correct"


def test_a_damaged_table_is_said_and_nothing_is_judged(other_data):
    other_data("1979-cuspea", date="in spring")
    outcome = check("2.1", 1)
    assert outcome.status == "unknown"
    assert "events.csv" in outcome.message and "in spring" in outcome.message
    assert len(repr(outcome).splitlines()) == 1


def test_changing_the_table_of_the_notebook_changes_no_check(answers):
    table = data.load("events")
    table["year"] = 0
    table.loc[:, "date_precision"] = "year"
    assert check("2.1", answers["2.1"]).status == "correct"


# --- What is shown ----------------------------------------------------------------------------


def test_the_html_says_the_same_words_in_any_theme():
    for answer in (____, 3, accepted_answer(QUESTIONS["2.1"])):
        outcome = check("2.1", answer)
        page = outcome._repr_html_()
        words = html.unescape(re.sub(r"<span aria-hidden.*?</span>|<[^>]+>", "", page)).strip()
        assert words == repr(outcome)
        assert f"<b>{outcome.status}</b>" in page
        assert 'role="status"' in page
        assert re.search(r"border-left: 4px solid var\(--jp-[\w-]+, #\w{6}\)", page)
        assert "color: inherit" in page and "background" not in page
        assert " id=" not in page


def test_html_in_a_message_is_text():
    assert "<i>" not in Outcome("2.1", "not yet", "<i>x</i>")._repr_html_()


def test_hints_come_one_by_one_and_start_over(capsys):
    for _ in range(4):
        hint("2.1")
    first, second, end, again = capsys.readouterr().out.splitlines()
    assert first == f"Exercise 2.1, hint 1 of 2: {QUESTIONS['2.1'].hints[0]}"
    assert second == f"Exercise 2.1, hint 2 of 2: {QUESTIONS['2.1'].hints[1]}"
    assert 'solution("2.1") shows the model answer' in end
    assert again == first


@pytest.mark.parametrize("number", CHECKED)
def test_the_solution_is_the_stored_model_answer(number, capsys):
    assert solution(number) is None
    shown = capsys.readouterr().out
    assert shown.startswith(f"Exercise {number}, model answer:\n")
    assert "# solution" not in shown and "____" not in shown and " = " in shown


def test_an_open_question_has_two_model_answers(capsys):
    solution("2.7")
    shown = capsys.readouterr().out
    assert "model answer 1 of 2" in shown and "model answer 2 of 2" in shown
    for answer in engine.model_answers("2.7"):
        page = display.prose_page(answer)
        assert "*" not in page and "`" not in page
        words = html.unescape(re.sub(r"<[^>]+>", " ", page)).split()
        assert "".join(words) == re.sub(r"[*`\s]", "", answer)


def test_hidden_or_damaged_solutions_are_said_in_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(engine, "SOLUTIONS", tmp_path / "hidden")
    solution("2.1")
    assert capsys.readouterr().out == (
        "Exercise 2.1: the model answer is not in this copy of the course; ask your instructor.\n"
    )
    monkeypatch.setattr(engine, "SOLUTIONS", tmp_path)
    for damage in ("{", "[]", '{"cells": [{}]}', '{"cells": 3}'):
        (tmp_path / "02_x_solutions.ipynb").write_text(damage, encoding="utf-8")
        solution("2.1")
        assert "can't be read" in capsys.readouterr().out
    (tmp_path / "02_x_solutions.ipynb").write_text('{"cells": []}', encoding="utf-8")
    solution("2.1")
    assert "ask your instructor" in capsys.readouterr().out


@pytest.mark.parametrize("command", [hint, solution, show])
def test_every_command_answers_a_strange_number_with_one_sentence(command, capsys):
    for number in ("77.7", 2.1, None, "x"):
        assert command(number) is None
        assert len(capsys.readouterr().out.splitlines()) == 1


def test_show_prints_the_labels_from_the_data(other_data, capsys):
    show("2.4")
    before = capsys.readouterr().out.splitlines()
    assert [line[0] for line in before if line[0] != " "] == list("abcdef")
    assert max(map(len, before)) <= 88
    other_data("1983-11-10-twas-founding", title="Another title")
    show("2.4")
    assert "Another title" in capsys.readouterr().out


def test_a_computation_with_a_blank_is_a_blank():
    results = [____ + 1, 1 - ____, -____, ____ == 3, ____ < 3, 3 - ____, ____ & True, ~____]
    results += [____["year"], ____.head(3), ____ / ____, round(____, 2), 2**____, ____ != ____]
    assert all(type(result) is type(____) for result in results)
    assert repr(____) == "____" and not ____ and list(____) == [] and len({____, ____}) == 1
    assert not hasattr(____, "_repr_html_")


def test_strict_mode_raises_on_everything_but_correct(monkeypatch, answers):
    monkeypatch.setenv("SCIDIP_STRICT", "1")
    assert check("2.1", answers["2.1"]).status == "correct"
    assert check("2.7", "my essay").status == "for discussion"  # no machine marks it
    for arguments in (("2.1", ____), ("2.1", 3), ("77.7", 1), ("2.1",), (), ("2.1", 1, 2)):
        with pytest.raises(NotCorrect) as caught:
            check(*arguments)
        [line] = caught.value._render_traceback_()
        assert line == f"NotCorrect: {caught.value}"


@pytest.mark.parametrize(
    ("value", "strict"), [("1", True), ("true", True), ("1 ", True), ("0", False), ("off", False)]
)
def test_a_typing_error_never_switches_strict_mode_off(monkeypatch, value, strict):
    monkeypatch.setenv("SCIDIP_STRICT", value)
    assert is_strict() == strict


def test_a_blank_inside_an_expression_stays_a_blank():
    with warnings.catch_warnings(action="error"):
        for value in (EVENTS["year"] < ____, ____ + EVENTS["year"], np.int64(3) * ____, -____):
            assert value is ____


def test_the_lines_do_not_depend_on_the_hash_seed():
    code = (
        "from scidip.questions import check, ____\n"
        "for n, a in [('2.4', set('abcdef')), ('2.4', {'b', 'c', 'f', 'a'}), ('2.4', {'x', 'y'}),"
        " ('2.4', {'a', ____}), ('2.6', list('aabbcc')), ('2.1', 3)]: print(check(n, a))"
    )
    lines = set()
    for seed in ("0", "1", "2"):
        variables = os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-c", code]
        lines.add(subprocess.run(command, env=variables, capture_output=True, check=True).stdout)
    assert len(lines) == 1 and len(lines.pop().splitlines()) == 6


def test_the_examples_in_the_docstrings_run():
    for module in (answers_module, kinds, engine, status):
        result = doctest.testmod(module, extraglobs={"____": ____})
        assert result.attempted > 0
        assert result.failed == 0


# --- In a kernel ------------------------------------------------------------------------------


def test_a_missing_name_in_a_check_is_explained_in_one_line(tmp_path):
    sources = [
        "from scidip.questions import check",
        'check("2.2", early)',
        'x = 1\ncheck(\n    "2.1",\n    len(early),\n)',
        "print(early)",
        'def count():\n    return nothing\n\ncheck("2.1", count())',
        'check("77.7", early)',
        'import os\nos.environ["SCIDIP_STRICT"] = "1"',
        'check("2.2", early)',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    resources = {"metadata": {"path": str(tmp_path)}}
    client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, resources=resources)
    client.execute()
    _, missing, nested, other, inside, unknown, _, strict = (
        cell.outputs[0] if cell.outputs else None for cell in notebook.cells
    )
    for output, number in ((missing, "2.2"), (nested, "2.1")):
        assert output.output_type == "display_data"
        assert output.data["text/plain"] == (
            f"Exercise {number}: not yet. There is no name early yet. "
            "Run your answer cell first; if it shows red text, repair it."
        )
        assert "<b>not yet</b>" in output.data["text/html"]
    assert [o.get("ename") for o in (other, inside, unknown)] == ["NameError"] * 3
    assert strict.ename == "NotCorrect"
    assert len(strict.traceback) == 1 and "Exercise 2.2: not yet." in strict.traceback[0]


def run_nbval(folder, *arguments, **variables):
    """Run pytest with nbval; give its exit code and the failures as {notebook: [text, ...]}."""
    report = folder / "report.xml"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no"]
    command += [f"--rootdir={folder}", f"--junitxml={report}", *map(str, arguments)]
    result = subprocess.run(
        command, cwd=folder, env=clean | variables, capture_output=True, text=True, timeout=110
    )
    assert report.is_file(), result.stdout + result.stderr
    failures = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = re.search(r"(\w+)\.ipynb", case.get("classname")).group(1)
        found = failures.setdefault(name, [])
        found += [failure.text for failure in case.iter("failure")]
    return result.returncode, failures


def with_answers(exercise, wrong=(), cleared=True):
    """An exercise as a student hands it in: the answers of solutions/, a few of them wrong."""
    solved = nbformat.read(ROOT / "solutions" / exercise.name.replace("exercises", "solutions"), 4)
    answers = {cell.id: cell.source for cell in solved.cells}
    notebook = nbformat.read(exercise, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cleared:
            cell.outputs, cell.execution_count = [], None
        if cell.cell_type == "code" and cell.id.endswith("-answer"):
            cell.source = dict(wrong).get(cell.id, answers[cell.id])
    return notebook


def test_strict_mode_is_an_honest_quick_check(tmp_path, record_property):
    exercise = ROOT / "exercises" / "02_a_long_timeline_exercises.ipynb"
    wrong = {
        "ex-2-1-answer": "number_before_1979 = 0",
        "ex-2-5-answer": 'what_it_proves = "A"',
    }
    # One is saved as a student saves it, the other after "Clear all outputs".
    right = notebooks.execute(with_answers(exercise), tmp_path)
    nbformat.write(right, tmp_path / "all_right.ipynb")
    nbformat.write(with_answers(exercise, wrong), tmp_path / "two_wrong.ipynb")
    # Answers typed and saved, but not run: the stored outputs still say "not tried yet".
    nbformat.write(with_answers(exercise, cleared=False), tmp_path / "not_run.ipynb")
    for path in [*SOLUTIONS, *EXERCISES]:
        shutil.copy(path, tmp_path)
        record_property("notebook", path.relative_to(ROOT).as_posix())
    code, failures = run_nbval(tmp_path, "--nbval-lax", tmp_path, SCIDIP_STRICT="1")
    assert code == 1

    def said(name):
        found = failures[name]
        assert all("NotCorrect: Exercise" in text for text in found)
        line = re.compile(r"NotCorrect: (Exercise .*?: [a-z ]+)\.")
        return [line.search(text).group(1) for text in found]

    assert said("all_right") == said("not_run") == []
    assert said("two_wrong") == ["Exercise 2.1: not yet", "Exercise 2.5: not yet"]
    assert [said(path.stem) for path in SOLUTIONS] == [[]] * len(SOLUTIONS)
    untouched = [line for path in EXERCISES for line in said(path.stem)]
    assert untouched == [f"Exercise {number}: not tried yet" for number in CHECKED]


# --- The notebooks as texts -------------------------------------------------------------------


@pytest.mark.parametrize("path", [*SOLUTIONS, *EXERCISES], ids=lambda path: path.name)
def test_a_notebook_is_complete(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata["language_info"] == {"name": "python"}
    ids = [cell.id for cell in notebook.cells]
    assert ids[:3] == ["title", "intro", "setup"] and ids[-1] == "next"
    headings = re.findall(r"^# .*", "\n".join(c.source for c in notebook.cells[:2]), re.MULTILINE)
    assert len(headings) == 1 and headings[0].endswith(path.stem.rpartition("_")[2])
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is not None, "nbval would not compare this cell"
    for number, question in questions_of(int(path.name[:2])).items():
        task = notebook.cells[ids.index(f"ex-{number.replace('.', '-')}-task")]
        assert task.source.startswith(f"## Exercise {number} · {question.title}\n")
        assert task.metadata["scidip"]["question"] == number
        assert task.metadata["scidip"]["misconception"] == question.misconception
        assert task.metadata["scidip"]["kind"]


@pytest.mark.parametrize("path", [*SOLUTIONS, *EXERCISES], ids=lambda path: path.name)
def test_each_link_leads_to_a_file(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for target in re.findall(r"\]\(([^)#]+)", cell.source):
            if "://" not in target:
                assert (path.parent / target).is_file(), f"{cell.id}: {target}"


def test_model_answers_name_records_that_the_table_has():
    text = "\n".join(engine.model_answers("2.7"))
    quoted = set(re.findall(r"`(\d{4}-[a-z0-9-]+)`", text))
    assert len(quoted) > 8 and quoted <= set(EVENTS["event_id"])
