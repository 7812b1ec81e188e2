"""Carry the value of an answer out of the student's process, and build it up again outside.

A value becomes text in JSON and from it a value again, made of nothing but built-in types, pandas
and numpy. So no object of a student's own, with methods of its own, ever reaches the grader. A
function can't be carried; what it gives for the cases of the question can.
"""

from __future__ import annotations

import builtins
import copy
import json
import math
import pickle
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from scidip.questions.answers import (
    INDEXES,
    LONGEST_TEXT,
    MOST_ENTRIES,
    Blank,
    entries,
    is_exactly,
    is_kind,
    plain,
)

DEEPEST = 8
# More than a check ever reads, so that what is left out changes no verdict.
MOST_VALUES = 60_000
MOST_ROWS = 5_000
MOST_TEXT = 6_000
MOST_DIGITS = 4_000
MOST_COLUMNS = 1_000
MOST_CELLS = 20_000  # of one table
LONGEST_VALUE = 2_000_000  # characters of JSON
# What a text may hold that is read; a forged one could keep the grader busy for hours.
MOST_PARTS = 5 * MOST_VALUES
MOST_HEAVY = 1_500
HEAVY = frozenset({"series", "index", "array", "table", "function"})
FRACTION = re.compile(rf"-?\d{{1,{MOST_DIGITS}}}(/\d{{1,{MOST_DIGITS}}})?")
MOMENT = re.compile(r"-?\d{4,5}-\d\d-\d\dT[0-9:.]{8,18}([+-]\d\d:\d\d(:\d\d)?)?")
SPAN = re.compile(r"-?P[-0-9]{1,12}DT[-0-9]{1,4}H[-0-9]{1,4}M[-0-9.]{1,16}S")
NOT_FINITE = frozenset({"nan", "inf", "-inf"})


class ValueProblem(ValueError):
    """A text is not one that :func:`to_text` writes."""


class Something:
    """Stands for a thing that is not carried over: no check reads more of it than its kind."""

    def __init__(self, kind: str):
        self.kind = kind

    def __repr__(self):
        return f"<{self.kind}>"


class SomethingCallable(Something):
    """The same for a thing that can be called, such as a builtin function."""

    def __call__(self, *_, **__):
        raise TypeError(f"{self.kind} is not carried over")


def to_text(answer: Any, cases: Sequence[tuple] = (), columns: Sequence[str] = ()) -> str:
    """Write the value of an answer as one line of text; equal values give equal lines.

    Parameters
    ----------
    answer : object
        Anything at all. Of objects of unknown types only the name of the type is kept.
    cases : sequence of tuple
        The arguments with which a function is called.
    columns : sequence of str
        The columns of a table that are kept; by default all.

    Returns
    -------
    str

    Examples
    --------
    >>> to_text(["a", 1]), to_text({"b", "a"}), to_text(np.float64(0.5))
    ('{"list":["a",1]}', '{"set":["a","b"]}', '0.5')
    >>> to_text(lambda x: x + 1, cases=[(1,)])
    '{"function":[{"gives":2}]}'
    """
    plan = _Writer(columns).write(answer, cases=cases)
    return json.dumps(plan, separators=(",", ":"))


def from_text(text: str, cases: Sequence[tuple] = ()) -> Any:
    """Build the value of an answer up again.

    Parameters
    ----------
    text : str
        What :func:`to_text` wrote, or what a student's process made to look like it.
    cases : sequence of tuple
        As they were given to :func:`to_text`.

    Returns
    -------
    object
        For a function, one that gives in each case what the student's function gave.

    Raises
    ------
    ValueProblem
        The text is something else.

    Examples
    --------
    >>> from_text('{"list":["a",1]}')
    ['a', 1]
    """
    if len(text) > LONGEST_VALUE:
        raise ValueProblem("the value is too long")
    try:
        plan = json.loads(text)
        _weigh(plan)
        return _read(plan, list(cases), 0)
    except ValueProblem:
        raise
    except RecursionError:
        raise ValueProblem("the value is too deep") from None
    except Exception as problem:  # pandas raises all kinds
        raise ValueProblem(f"the value can't be read ({type(problem).__name__})") from None


# --- Writing ---------------------------------------------------------------------------------


class _Writer:
    def __init__(self, columns: Sequence[str]):
        self.columns = columns
        self.left = MOST_VALUES

    def write(self, answer: Any, depth: int = 0, cases: Sequence[tuple] = ()) -> Any:
        self.left -= 1
        if self.left < 0 or depth > DEEPEST:
            return {"other": "too much"}
        answer = plain(answer)
        simple = self._simple(answer)
        if simple is not None:
            return simple
        for kind, name in ((list, "list"), (tuple, "tuple")):
            if is_kind(answer, kind):
                return {name: self._all(entries(answer), depth)}
        for kind, name in ((set, "set"), (frozenset, "frozenset")):
            if is_kind(answer, kind):
                return {name: sorted(self._all(entries(answer), depth), key=json.dumps)}
        if is_kind(answer, dict):
            pairs = list(dict.items(answer))[: MOST_ENTRIES + 1]
            return {"dict": [[self.write(part, depth + 1) for part in pair] for pair in pairs]}
        if is_exactly(answer, pd.DataFrame):
            return self._table(answer, depth)
        if is_exactly(answer, pd.Series):
            values = answer.iloc[:MOST_ROWS]
            if self.left < 2 * len(values):
                return {"other": "too much"}
            return {
                "series": self._all(values.tolist(), depth, MOST_ROWS),
                "index": self._all(values.index.tolist(), depth, MOST_ROWS),
                "bool": bool(answer.dtype == bool),
            }
        if is_exactly(answer, *INDEXES):
            return {"index": self._all(answer.tolist(), depth)}
        if is_exactly(answer, np.ndarray):
            flat = answer.ravel()[: MOST_ENTRIES + 1]
            return {"array": self._all(flat.tolist(), depth), "shape": list(answer.shape)}
        if entries(answer) is not None:  # an array of pandas
            return {"list": self._all(entries(answer), depth)}
        return self._thing(answer, depth, cases)

    def _simple(self, answer: Any) -> Any:
        """Write what has no parts; None for the rest."""
        if answer is None:
            return {"is": "None"}
        if answer is Ellipsis:
            return {"is": "dots"}
        if is_kind(answer, Blank):
            return {"is": "blank"}
        if answer is pd.NA or answer is pd.NaT:
            return {"is": str(answer)}
        if is_kind(answer, bool):
            return bool.__bool__(answer)
        if is_kind(answer, int):
            number = int.__int__(answer)
            return number if abs(number) < 10**15 else {"int": _digits(number)}
        if is_kind(answer, float):
            number = float.__float__(answer)
            return number if math.isfinite(number) else {"float": repr(number)}
        if is_kind(answer, str):
            return str.__getitem__(answer, slice(0, MOST_TEXT))
        if is_exactly(answer, complex):
            return {"complex": [repr(answer.real), repr(answer.imag)]}
        if is_exactly(answer, Decimal, Fraction):
            return {type(answer).__name__: str(answer)[:MOST_DIGITS]}
        if is_exactly(answer, pd.Timestamp):
            return {"Timestamp": answer.isoformat()}
        if is_exactly(answer, pd.Timedelta):
            return {"Timedelta": answer.isoformat()}
        if is_exactly(answer, timedelta):
            return {"timedelta": [answer.days, answer.seconds, answer.microseconds]}
        return None

    def _all(self, parts: Sequence, depth: int, most: int = MOST_ENTRIES) -> list:
        written = []
        for part in list(parts)[: most + 1]:
            if self.left < 0:
                break
            written.append(self.write(part, depth + 1))
        return written

    def _table(self, table: pd.DataFrame, depth: int) -> dict:
        names = table.columns.tolist()
        kept = [
            place
            for place, name in enumerate(names)
            if not self.columns or (is_kind(name, str) and name in self.columns)
        ]
        rows = table.iloc[: MOST_ROWS + 1]
        kept = kept[: min(MOST_COLUMNS, MOST_CELLS // max(1, len(rows)))]
        if self.left < (len(kept) + 1) * (len(rows) + 1):
            return {"other": "too much"}
        return {
            "table": [
                [
                    self.write(names[place], depth + 1),
                    self._all(rows.iloc[:, place], depth, MOST_ROWS),
                ]
                for place in kept
            ],
            "rows": len(table),
            "names": len(names),
            "index": self._all(table.index.names, depth),
            "labels": self._all(rows.index.tolist(), depth, MOST_ROWS)
            if any(name is not None for name in table.index.names)
            else None,
        }

    def _thing(self, answer: Any, depth: int, cases: Sequence[tuple]) -> dict:
        name = type.__getattribute__(type(answer), "__name__")[:80]
        if is_kind(answer, type):
            return {"other": "class"}
        if not callable(answer):
            return {"other": name}
        if not cases:
            return {"other": name, "callable": True}
        return {"function": [self._call(answer, arguments, depth) for arguments in cases]}

    def _call(self, function: Callable, arguments: tuple, depth: int) -> dict:
        try:
            return {"gives": self.write(function(*copy.deepcopy(arguments)), depth + 1)}
        except (Exception, SystemExit) as problem:
            kind = type(problem).__name__[:80]
            try:
                said = str(problem)[:LONGEST_TEXT]
            except Exception:
                said = ""
            missing = getattr(problem, "name", None)
            return {"raises": [kind, said, missing if type(missing) is str else None]}


def _digits(number: int) -> str:
    try:
        return str(number)
    except ValueError:  # Python refuses to write more than 4,300 digits
        return "9" * MOST_DIGITS if number > 0 else "-" + "9" * MOST_DIGITS


# --- Reading ---------------------------------------------------------------------------------


def _weigh(plan: Any) -> None:
    """Refuse what no answer needs and what would take long to build up."""
    waiting, parts, heavy = [plan], 0, 0
    while waiting:
        part = waiting.pop()
        if type(part) is list:
            waiting += part
        elif type(part) is dict:
            waiting += part.values()
            heavy += not HEAVY.isdisjoint(part)
        parts += 1
        if parts > MOST_PARTS or heavy > MOST_HEAVY:
            raise ValueProblem("the value has too many parts")


def _read(plan: Any, cases: list[tuple], depth: int) -> Any:
    if depth > 2 * DEEPEST:
        raise ValueProblem("the value is too deep")
    if type(plan) in (bool, int, float, str):
        return plan
    if type(plan) is not dict or not plan:
        raise ValueProblem("the value has a part of an unknown kind")
    kind = next(iter(plan))
    if kind not in _READERS:
        raise ValueProblem("the value has a part of an unknown kind")
    return _READERS[kind](plan, cases, depth)


def _parts(key: str, make: Callable) -> Callable:
    return lambda plan, cases, depth: make([_read(part, cases, depth + 1) for part in plan[key]])


def _read_is(plan, _cases, _depth):
    signs = {"None": None, "dots": ..., "blank": Blank(), "<NA>": pd.NA, "NaT": pd.NaT}
    return signs[plan["is"]]


def _read_dict(plan, cases, depth):
    pairs = [[_read(part, cases, depth + 1) for part in pair] for pair in plan["dict"]]
    return dict(pairs)


def _read_series(plan, cases, depth):
    values = [_read(part, cases, depth + 1) for part in plan["series"]]
    index = [_read(part, cases, depth + 1) for part in plan["index"]]
    dtype = bool if plan["bool"] is True else object
    return pd.Series(values, index=pd.Index(index, tupleize_cols=False), dtype=dtype)


def _read_array(plan, cases, depth):
    values = [_read(part, cases, depth + 1) for part in plan["array"]]
    array = np.empty(len(values), dtype=object)
    array[:] = values
    shape = plan["shape"]
    if len(shape) > 32 or any(type(side) is not int for side in shape):
        raise ValueProblem("the array has no shape")
    return array.reshape(shape) if math.prod(shape) == len(values) else array


def _read_table(plan, cases, depth):
    names = [_read(name, cases, depth + 1) for name, _ in plan["table"]]
    columns = [[_read(cell, cases, depth + 1) for cell in cells] for _, cells in plan["table"]]
    if len(names) > MOST_COLUMNS:
        raise ValueProblem("the table has too many columns")
    rows = int(plan["rows"])
    if not 0 <= rows <= 10**9:
        raise ValueProblem("the table has an impossible number of rows")
    shown = min(rows, MOST_ROWS + 1)
    if any(len(column) != shown for column in columns):
        raise ValueProblem("the columns of the table are not equally long")
    index_names = [_read(name, cases, depth + 1) for name in plan["index"]]
    if plan["labels"] is None:
        index = pd.RangeIndex(shown)
    else:
        labels = [_read(label, cases, depth + 1) for label in plan["labels"]]
        if len(index_names) > 1:
            index = pd.MultiIndex.from_tuples(labels, names=index_names)
        else:
            index = pd.Index(labels, name=index_names[0], tupleize_cols=False)
    series = {place: pd.Series(column, index=index, dtype=object)
              for place, column in enumerate(columns)}  # fmt: skip
    # Columns that were not kept still count: a table without columns is no answer.
    others = 0 if columns else min(int(plan["names"]), 1)
    for place in range(others):
        series[place], names = pd.Series([None] * shown, index=index, dtype=object), ["(other)"]
    table = pd.DataFrame(series, index=index)
    table.columns = names
    return table


def _read_function(plan, cases, depth):
    results = plan["function"]
    if len(results) != len(cases):
        raise ValueProblem("the function was not called with the cases of the question")
    keys = [pickle.dumps(arguments) for arguments in cases]

    def replay(*arguments):
        result = results[keys.index(pickle.dumps(arguments))]
        if "gives" in result:
            return _read(result["gives"], [], depth + 1)
        raise _problem(*result["raises"])

    for result in results:  # what can't be read must be found now, not in the middle of a check
        if "gives" in result:
            _read(result["gives"], [], depth + 1)
        else:
            _problem(*result["raises"])
    return replay


def _problem(kind: str, said: str, missing: str | None) -> Exception:
    """Make an exception of the same name; of the builtin kind where there is one."""
    kind, said = str(kind)[:80], str(said)[:LONGEST_TEXT]
    known = getattr(builtins, kind, None)
    if not (isinstance(known, type) and issubclass(known, Exception)):
        return type(kind, (Exception,), {})(said)
    try:
        problem = known(said)
    except TypeError:  # some need more than a text
        return type(kind, (known,), {"__init__": Exception.__init__})(said)
    if isinstance(problem, NameError) and missing and type(missing) is str:
        problem.name = missing
    return problem


def _read_other(plan, _cases, _depth):
    if plan["other"] == "class":
        return object
    kind = SomethingCallable if plan.get("callable") is True else Something
    return kind(str(plan["other"])[:80])


def _text(plan: dict, form: re.Pattern | frozenset[str]) -> str:
    """Give the text of a part, if it has the form that it must have."""
    words = next(iter(plan.values()))
    fits = words in form if isinstance(form, frozenset) else form.fullmatch(words)
    if not fits:
        raise ValueProblem("the value has a part that is written wrongly")
    return words


_READERS: dict[str, Callable] = {
    "is": _read_is,
    "int": lambda plan, *_: int(str(plan["int"])[:MOST_DIGITS]),
    "float": lambda plan, *_: float(_text(plan, NOT_FINITE)),
    "complex": lambda plan, *_: complex(*(float(str(part)[:40]) for part in plan["complex"])),
    "Decimal": lambda plan, *_: Decimal(str(plan["Decimal"])[:MOST_DIGITS]),
    "Fraction": lambda plan, *_: Fraction(_text(plan, FRACTION)),
    "Timestamp": lambda plan, *_: pd.Timestamp(_text(plan, MOMENT)),
    "Timedelta": lambda plan, *_: pd.Timedelta(_text(plan, SPAN)),
    "timedelta": lambda plan, *_: timedelta(*plan["timedelta"]),
    "list": _parts("list", list),
    "tuple": _parts("tuple", tuple),
    "set": _parts("set", set),
    "frozenset": _parts("frozenset", frozenset),
    "index": _parts("index", lambda parts: pd.Index(parts, dtype=object, tupleize_cols=False)),
    "dict": _read_dict,
    "series": _read_series,
    "array": _read_array,
    "table": _read_table,
    "function": _read_function,
    "other": _read_other,
}
