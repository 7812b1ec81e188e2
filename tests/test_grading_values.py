"""Values that leave a student's process: the verdict outside is the one of the notebook."""

import ast
import inspect
import json
import random
import time
import tracemalloc
import warnings
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import test_lesson01
import test_lesson03
import test_lesson04
import test_lesson05
import test_questions
from _pytest.mark import ParameterSet
from test_questions import CHECKED, EVENTS, KNOWN, QUESTIONS, answers  # noqa: F401

from scidip.grading.inside import values as module
from scidip.grading.inside.values import Something, ValueProblem, from_text, to_text
from scidip.grading.judge import judge_value
from scidip.questions import ____, check
from scidip.questions.answers import Blank, entries
from scidip.questions.kinds import Function, Rows

MODULES = (test_questions, test_lesson01, test_lesson03, test_lesson04, test_lesson05)


def carried(question, answer):
    """What arrives outside, written and read as the grader does it."""
    cases = getattr(question, "cases", ())
    columns = ["event_id", question.column] if isinstance(question, Rows) else ()
    return from_text(to_text(answer, cases, columns), cases)


def same_verdict(number, answer):
    """Compare what check says in a notebook with what the grader says."""
    question = QUESTIONS[number]
    cases = getattr(question, "cases", ())
    columns = ["event_id", question.column] if isinstance(question, Rows) else ()
    inside = check(number, answer)
    value = to_text(answer, cases, columns)
    status, message, _ = judge_value(number, value)
    said = {"not tried yet": "not tried"}.get(inside.status, inside.status)
    return (said, inside.message), (status, message)


# --- There and back ---------------------------------------------------------------------------


SAME = [
    True, False, 0, -1, 10**14, 10**15, -(10**40), 0.5, -0.0, 1e300, 5e-324, "", "a", "\u4f60",
    "\ud800", "line\nline", None, ..., pd.NA, pd.NaT, [], [1, "a", [2.5, None]], (), (1,), ((), []),
    set(), {1, "a"}, {(1, 2), (3,)}, frozenset("ab"), {}, {"a": [1]}, {1: 2, (1, 2): {"b": None}},
    1j, -2.5 + 0.1j, Decimal("0.10"), Decimal("-inf"), Fraction(1, 3), Fraction(-7), float("inf"),
    pd.Timestamp("1979-01-31"), pd.Timestamp("2024-12-13T10:11:12.123456789", tz="Asia/Shanghai"),
    pd.Timestamp("1700-01-01"), timedelta(days=-1, seconds=3, microseconds=7),
    pd.Timedelta("108 days"), pd.Timedelta("-1 days +3 min 1 ns"),
    {"deep": [[[[[[1]]]]]]},
]  # fmt: skip


# Not the text of a value: that of a set differs from process to process.
@pytest.mark.parametrize("value", SAME, ids=range(len(SAME)))
def test_a_value_comes_back_as_it_went(value):
    back = from_text(to_text(value))
    assert type(back) is type(value)
    assert back is value or back == value
    assert to_text(back) == to_text(value)


@pytest.mark.parametrize(("value", "back"), [
    (np.int64(3), 3), (np.float32(0.5), 0.5), (np.bool_(True), True), (np.str_("a"), "a"),
    (np.array(7), 7), (pd.array([1, None], dtype="Int64"), [1, pd.NA]), (np.longdouble(2), 2.0),
])  # fmt: skip
def test_what_numpy_and_pandas_hold_becomes_plain(value, back):
    assert from_text(to_text(value)) == back


def test_nan_stays_nan_and_a_blank_stays_a_blank():
    assert from_text(to_text(float("nan"))) != from_text(to_text(float("nan")))
    assert type(from_text(to_text(____ + 1))) is Blank


@pytest.mark.parametrize("table", [
    EVENTS, EVENTS.set_index("event_id"), EVENTS.iloc[::-1], EVENTS[["event_id", "year"]],
    EVENTS.set_index(["event_id", "year"]), pd.DataFrame(), EVENTS.iloc[:0], EVENTS.T,
    pd.concat([EVENTS, EVENTS[["event_id"]]], axis=1), pd.concat({"x": EVENTS}, axis=1),
    pd.DataFrame(columns=["a"])
], ids=range(11))  # fmt: skip
def test_a_table_keeps_its_names_rows_and_index(table):
    back = from_text(to_text(table))
    assert type(back) is pd.DataFrame
    kept = back.shape[1]
    assert (len(back), kept) == (len(table), min(kept, table.shape[1]))
    assert back.columns.tolist()[:kept] == table.columns.tolist()[:kept]
    assert list(back.index.names) == list(table.index.names)
    for place in range(kept):
        mine, theirs = back.iloc[:, place].tolist(), table.iloc[:, place].tolist()
        assert all(a == b or (pd.isna(a) and pd.isna(b)) for a, b in zip(mine, theirs, strict=True))


@pytest.mark.parametrize("series", [
    EVENTS["year"], EVENTS["year"] < 1979, EVENTS["title"], pd.Series([], dtype=object),
    pd.Series([1, 2], index=[("a", 1), ("b", 2)]), pd.Series(["x"], index=["answer"]),
])  # fmt: skip
def test_a_column_keeps_values_index_and_whether_it_is_of_true_and_false(series):
    back = from_text(to_text(series))
    assert (back.tolist(), back.index.tolist()) == (series.tolist(), series.index.tolist())
    assert (back.dtype == bool) == (series.dtype == bool)


def test_an_array_keeps_its_shape():
    assert from_text(to_text(np.eye(3))).tolist() == np.eye(3).tolist()
    assert from_text(to_text(np.zeros((0, 3)))).shape == (0, 3)


def test_a_function_comes_back_as_what_it_gives():
    cases = [(1,), (0,), ("a",)]
    back = from_text(to_text(lambda x: {"half": 1 / x}, cases), cases)
    assert back(1) == {"half": 1.0}
    for arguments, error in (((0,), ZeroDivisionError), (("a",), TypeError), ((5,), ValueError)):
        with pytest.raises(error):
            back(*arguments)


@pytest.mark.parametrize("error", [
    ValueError("x"), KeyError("USA"), NameError("name 'q' is not defined", name="q"),
    UnicodeDecodeError("utf-8", b"", 0, 1, "x"), type("Mine", (Exception,), {})("own"),
])  # fmt: skip
def test_an_exception_keeps_its_name_and_words(error):
    def function(_):
        raise error

    back = from_text(to_text(function, [(1,)]), [(1,)])
    with pytest.raises(Exception) as caught:
        back(1)
    assert type(caught.value).__name__ == type(error).__name__


def test_equal_values_give_equal_lines_in_any_order_of_a_set():
    assert to_text({"b", "a", "c"}) == to_text({"c", "b", "a"})
    assert to_text(np.float64(0.5)) == to_text(0.5)


class Spy:
    """Its methods must not be called, inside or outside."""

    def __getattr__(self, name):
        raise AssertionError(name)

    def __reduce__(self):
        raise AssertionError("reduce")


def test_of_an_unknown_thing_only_the_name_of_its_kind_leaves():
    back = from_text(to_text([Spy(), lambda: 1, int, object()]))
    assert [type(one).__mro__[-2] for one in back[:2]] == [Something, Something]
    assert to_text(Spy()) == '{"other":"Spy"}'
    assert callable(back[1]) and not callable(back[0])


# --- The same verdict as in the notebook ------------------------------------------------------


@pytest.mark.parametrize("number", CHECKED)
def test_the_model_answer_has_the_same_verdict(number, answers):  # noqa: F811
    inside, outside = same_verdict(number, answers[number])
    assert inside == outside
    assert outside[0] == "correct"


@pytest.mark.parametrize(("number", "known"), KNOWN)
def test_a_known_wrong_answer_has_the_same_verdict_and_its_misconception(number, known):
    inside, outside = same_verdict(number, known.answer(EVENTS))
    assert inside == outside
    said = judge_value(
        number, to_text(known.answer(EVENTS), getattr(QUESTIONS[number], "cases", ()))
    )
    assert outside[0] == "not yet" and (not isinstance(QUESTIONS[number], Rows) or said)


def tried():
    """The answers that the tests of the questions try, found in their marks."""
    found = []
    for function in {f for one in MODULES for f in vars(one).values() if inspect.isfunction(f)}:
        for mark in getattr(function, "pytestmark", []):
            names = mark.args[0] if mark.name == "parametrize" else ""
            names = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
            at = next((names.index(name) for name in ("answer", "blank") if name in names), None)
            if at is None:
                continue
            for entry in mark.args[1]:
                values = entry.values if isinstance(entry, ParameterSet) else entry
                values = [entry] if len(names) == 1 and values is entry else values
                if "number" in names:
                    numbers = [values[names.index("number")]]
                else:
                    numbers = ["4.6"] if function.__module__ == "test_lesson04" else CHECKED
                found += [(number, values[at]) for number in numbers]
    return found


TRIED = tried()


def test_all_tried_answers_were_found():
    assert len(TRIED) > 1000
    assert {number for number, _ in TRIED} == set(CHECKED)


def test_every_answer_that_the_tests_try_has_the_same_verdict(monkeypatch):
    different = []
    monkeypatch.setattr(warnings, "warn", lambda *_, **__: None)
    for number, answer in TRIED:
        try:
            inside, outside = same_verdict(number, answer)
        except BaseException as problem:  # pytest would ask the answer for its text
            inside, outside = number, type(problem).__name__
        parts = [answer, *(entries(answer) or [])]
        if any(type(part).__name__.startswith(("Evil", "Leaving")) for part in parts):
            # Outside, an object made of a built-in type has no more methods that go wrong.
            inside, outside = inside[0], outside[0]
        if inside != outside:
            different.append((number, object.__repr__(answer)[:60], inside, outside))
    assert different == []


FORMS = [
    lambda x: [x], lambda x: (x,), lambda x: {"a": x}, lambda x: np.array([x], dtype=object), str,
    lambda x: pd.Series([x]), repr, lambda x: [x, x], lambda x: {0: x}, lambda x: lambda *_: x,
    lambda x: None, lambda x: [], lambda x: [[x]], lambda x: pd.DataFrame({"a": [1]}),
]  # fmt: skip


@pytest.mark.parametrize("number", CHECKED)
def test_other_forms_of_an_answer_have_the_same_verdict(number, answers):  # noqa: F811
    for form in FORMS:
        inside, outside = same_verdict(number, form(answers[number]))
        assert inside == outside


@pytest.mark.parametrize("number", [n for n in CHECKED if isinstance(QUESTIONS[n], Function)])
@pytest.mark.parametrize("result", [
    None, 0, -1.5, "CHN", [], {}, {"CHN": 1}, {"CHN": None}, [1, 2], pd.Series([1]), ____, ...,
    Spy(), float("nan"), np.float64(1), {1: {2: 3}}, lambda: 1, True, 10**400,
], ids=range(19))  # fmt: skip
def test_what_a_function_gives_has_the_same_verdict(number, result):
    assert len(set(same_verdict(number, lambda *_: result))) == 1


@pytest.mark.parametrize("number", [n for n in CHECKED if isinstance(QUESTIONS[n], Function)])
@pytest.mark.parametrize("source", [
    "return nothing", "raise ValueError('no.')", "raise KeyError('x')", "return 1 / 0", "yield 1",
    "a.clear()\n    return 1", "a[0] = 5\n    return a", "return a", "raise StopIteration",
    "assert False", "int('x')", "import nowhere", "return f(a)", "raise SystemExit",
])  # fmt: skip
def test_how_a_function_fails_has_the_same_verdict(number, source):
    names = {}
    exec(f"def f(a=1, *_):\n    {source}", names)
    inside, outside = same_verdict(number, names["f"])
    assert inside[0] == outside[0]
    assert inside[1] == outside[1] or "SystemExit" in source


# --- Texts that nobody's answer gave ----------------------------------------------------------


def nested(depth):
    return '{"list":[' * depth + "1" + "]}" * depth


FRACTION = json.dumps({"Fraction": "7" * 3999 + "/" + "3" * 3998})
FORGED = {
    "empty": "", "no JSON": "{", "a list": "[1]", "null": "null", "unknown": '{"evil":1}',
    "deep": nested(40), "very deep": nested(400), "too deep for JSON": "[" * 10**6,
    "digits": "9" * 5000, "digits in text": '{"int":"' + "9" * 10**6 + '"}',
    "int of rubbish": '{"int":"os.system"}', "float of rubbish": '{"float":"9e9"}',
    "long float": '{"float":"' + "9" * 10**6 + '"}', "fraction": '{"Fraction":"1e999999999"}',
    "fraction of zero": '{"Fraction":"1/0"}', "decimal": '{"Decimal":["1"]}',
    "time": '{"Timestamp":"now"}', "long time": '{"Timestamp":"' + "1" * 10**6 + '"}',
    "span": '{"Timedelta":"1 day"}', "complex": '{"complex":["1","2","3"]}',
    "set of lists": '{"set":[{"list":[]}]}', "key that is a list": '{"dict":[[{"list":[]},1]]}',
    "dict of three": '{"dict":[[1,2,3]]}', "dict of text": '{"dict":"ab"}', "is": '{"is":"x"}',
    "list of text": '{"list":5}', "series of none": '{"series":[1],"index":[],"bool":false}',
    "series without": '{"series":[1]}', "bool of text": '{"series":["a"],"index":[1],"bool":true}',
    "shape of text": '{"array":[1],"shape":["9"]}',
    "no shape": '{"array":[1],"shape":' + "[1," * 40,
    "long shape": '{"array":[1],"shape":[' + "1," * 100 + "1]}",
    "wide shape": '{"array":[1],"shape":[' + f"{10**4000}," * 200 + "1]}",
    "billions of rows": '{"table":[],"rows":1000000000000,"names":1,"index":[],"labels":null}',
    "negative rows": '{"table":[],"rows":-1,"names":1,"index":[],"labels":null}',
    "rows of text": '{"table":[],"rows":"1","names":"x","index":5,"labels":null}',
    "unequal columns": '{"table":[["a",[1]]],"rows":2,"names":1,"index":["x"],"labels":null}',
    "labels": '{"table":[["a",[1]]],"rows":1,"names":1,"index":["a","b"],"labels":[1]}',
    "no index": '{"table":[["a",[1]]],"rows":1,"names":1,"index":[],"labels":[1]}',
    "function": '{"function":[{"gives":1}]}', "function of text": '{"function":"ab"}',
    "other": '{"other":{"a":1}}', "callable": '{"other":"' + "x" * 10**6 + '","callable":true}',
    "surrogate": '"\\ud800"', "zero": '"\\u0000"', "markup": '"<script>alert(1)</script>"',
    "columns": '{"table":[' + ",".join(['["a",[]]'] * 200_000)
    + '],"rows":0,"names":1,"index":[{"is":"None"}],"labels":null}',
    "tables": '{"list":[' + ",".join(
        ['{"table":[],"rows":9999,"names":1,"index":["x"],"labels":null}'] * 25_000) + "]}",
    "series": '{"list":[' + ",".join(['{"series":[],"index":[],"bool":false}'] * 50_000) + "]}",
    "functions": '{"list":[' + ",".join(['{"function":[]}'] * 100_000) + "]}",
    "lists": '{"list":[' + ",".join(['{"list":[]}'] * 150_000) + "]}",
    "numbers": '{"list":[' + ",".join(["1"] * 900_000) + "]}",
    "letters": '{"list":[' + ",".join(['"a"'] * 400_000) + "]}",
    "long text": json.dumps("a, " * 600_000), "too long": json.dumps("a" * 10**8),
    "spaces": json.dumps(" " * 10**6), "wide": json.dumps("\ufdfa" * 10**5),
    "times": '{"list":[' + ",".join(['{"Timestamp":"2000-01-01T00:00:00"}'] * 50_000) + "]}",
    "fractions": '{"list":[' + ",".join(
        [FRACTION] * 240) + "]}",
    "raises": '{"function":[' + ",".join(['{"raises":["SystemExit","x",null]}'] * 8) + "]}",
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_text_is_never_correct_slow_large_or_a_crash(name):
    tracemalloc.start()
    start = time.process_time()
    for number in ("2.1", "2.2", "2.4", "4.6"):
        status, message, _ = judge_value(number, FORGED[name])
        assert status in ("not yet", "error", "not tried")
        assert len(message) < 600
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - start < 20
    assert used < 400e6


RAISES = ["KeyboardInterrupt", "SystemExit", "BaseException", "StopIteration", "x" * 10**6,
          "\x00", "\ud800", "", "exit", "print", "__import__", "ExceptionGroup", "OSError", 5,
          None]  # fmt: skip


@pytest.mark.parametrize("kind", RAISES, ids=range(len(RAISES)))
@pytest.mark.parametrize("said", ["x", "x" * 10**6, "\ud800", {"a": 1}, None])
def test_a_forged_exception_is_only_an_exception(kind, said):
    cases = QUESTIONS["4.6"].cases
    value = json.dumps({"function": [{"raises": [kind, said, "missing"]}] * len(cases)})
    status, message, _ = judge_value("4.6", value)
    assert status in ("not yet", "error")
    assert len(message) < 600
    message.encode("utf-8")


def any_plan(lot, depth=0):
    kinds = list(module._READERS)
    if depth > 4 or lot.random() < 0.3:
        return lot.choice([1, -1, 0.5, "a", "", True, None, [], {}, "event_id", 10**18])
    kind = lot.choice(kinds)
    parts = [any_plan(lot, depth + 1) for _ in range(lot.randrange(4))]
    plan = {kind: lot.choice([parts, [parts, parts], any_plan(lot, depth + 1)])}
    for key in ("index", "bool", "shape", "rows", "names", "labels", "callable"):
        if lot.random() < 0.5:
            plan[key] = lot.choice([parts, True, 1, None, [len(parts)], any_plan(lot, depth + 1)])
    return plan


def test_any_plan_is_read_or_refused():
    lot = random.Random(7)
    read = 0
    for _ in range(3000):
        text = json.dumps(any_plan(lot))
        try:
            from_text(text, ((1,),))
            read += 1
        except ValueProblem:
            pass
    assert read > 200


def test_writing_stops_at_a_limit_whatever_there_is():
    wide = pd.DataFrame(np.zeros((6000, 300)))
    for value in (wide, [wide] * 50, [[1] * 1000] * 1000, {n: [n] * 1000 for n in range(1000)},
                  [pd.Series(range(5000))] * 100, np.zeros((5000, 5000)), ["x" * 10**6] * 100,
                  [np.zeros(10**6)] * 100):  # fmt: skip
        start = time.process_time()
        text = to_text(value)
        assert len(text) <= module.LONGEST_VALUE
        from_text(text)
        assert time.process_time() - start < 10


def test_what_runs_inside_imports_nothing_that_knows_an_answer():
    allowed = ("scidip", "scidip.grading.inside", "scidip.questions.answers")
    for path in Path(module.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("scidip"):
                assert node.module in allowed or node.module.startswith(allowed[1] + ".")
