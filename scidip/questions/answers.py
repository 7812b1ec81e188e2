"""Reading an answer, whatever it is.

An answer is anything at all, so it is never trusted. It is looked at by its type first, with the
methods of built-in types and never with methods of its own: no comparison, iteration or text of
the answer is asked for before its type is known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

LONGEST_TEXT = 200
MOST_ENTRIES = 1000


class Blank:
    """The place for an answer, written ``____``.

    What is computed with a blank is a blank again, so that an untouched cell runs.

    Examples
    --------
    >>> (____ + 1) < 5
    ____
    >>> ____.head()["title"]
    ____
    """

    __slots__ = ()
    # pandas and numpy then leave the operation to the blank.
    __pandas_priority__ = 10_000
    __array_ufunc__ = None

    def _blank(self, *_, **__):
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _blank
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _blank
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __divmod__ = __rdivmod__ = _blank
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _blank
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _blank
    __neg__ = __pos__ = __invert__ = __abs__ = __round__ = _blank
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _blank
    __getitem__ = __call__ = _blank

    def __getattr__(self, name):
        # Names with an underscore are asked for by IPython, numpy and pandas, not by students.
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __hash__(self):
        return hash(Blank)

    def __bool__(self):
        return False

    def __iter__(self):
        return iter(())

    def __repr__(self):
        return "____"


____ = Blank()


class NotYet(Exception):
    """The answer can't be right, and this says why: a sentence for the student."""


INDEXES = (pd.Index, pd.RangeIndex, pd.CategoricalIndex, pd.DatetimeIndex, pd.MultiIndex)


def is_kind(answer: Any, *kinds: type) -> bool:
    """Compare types without a word from the answer: isinstance would ask its __class__."""
    return any(issubclass(type(answer), kind) for kind in kinds)


def is_exactly(answer: Any, *kinds: type) -> bool:
    """Like is_kind, but a subclass with methods of its own does not count."""
    return any(type(answer) is kind for kind in kinds)


def plain(answer: Any) -> Any:
    """Turn a numpy scalar or an array without dimension into the Python value that it holds."""
    if is_exactly(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    if is_kind(answer, np.longdouble):
        return float(answer)
    return np.generic.item(answer) if is_kind(answer, np.generic) else answer


def entries(answer: Any) -> list | None:
    """List what a container holds; None for everything that is not a known container.

    For a dictionary these are its values. Generators and other unknown things are not touched:
    they may never end.
    """
    for kind in (list, tuple, set, frozenset):
        if is_kind(answer, kind):
            return list(kind.__iter__(answer))
    if is_kind(answer, dict):
        return list(dict.values(answer))
    if is_exactly(answer, pd.Series, np.ndarray, *INDEXES):
        return answer.ravel().tolist() if is_exactly(answer, np.ndarray) else answer.tolist()
    if is_kind(answer, pd.api.extensions.ExtensionArray) and type(answer).__module__.startswith(
        "pandas."
    ):
        return answer.tolist()
    return None


def text(answer: Any) -> str | None:
    """Read a text without its odd spaces and wide forms; None for what is no text.

    Raises
    ------
    NotYet
        The text is longer than any answer.
    """
    if not is_kind(answer, str):
        return None
    words = str.__str__(answer)
    if len(words) > LONGEST_TEXT:
        raise NotYet("This text is too long for an answer.")
    visible = [c for c in unicodedata.normalize("NFKC", words) if unicodedata.category(c) != "Cf"]
    return " ".join("".join(visible).split())


def is_blank(answer: Any, depth: int = 3) -> bool:
    """Tell whether nothing was answered: a blank, three dots, no text, only blanks inside."""
    if is_kind(answer, Blank) or answer is Ellipsis:
        return True
    if is_kind(answer, str):
        return len(answer) <= LONGEST_TEXT and not text(answer).strip("_. ")
    if is_exactly(answer, pd.DataFrame):
        return answer.shape[1] == 0
    inside = entries(answer)
    if inside is None or depth == 0 or len(inside) > MOST_ENTRIES:
        return False
    return all(is_blank(entry, depth - 1) for entry in inside)


def open_entries(answer: Any) -> str:
    """Name the entries that are still blank, in words; empty when none is."""
    inside = entries(answer) or []
    if len(inside) > MOST_ENTRIES:
        return ""
    places = [place for place, entry in enumerate(inside) if is_blank(entry)]
    if not places:
        return ""
    if is_kind(answer, dict):
        keys = list(dict.keys(answer))
        names = [text(keys[place]) or f"number {place + 1}" for place in places]
    elif is_kind(answer, set, frozenset):
        return "one entry is"
    else:
        names = [f"number {place + 1}" for place in places]
    noun, verb = ("entry", "is") if len(names) == 1 else ("entries", "are")
    return f"{noun} {listed(names[:6])} {verb}"


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *most, last = words
    return f"{', '.join(most)} {joint} {last}" if most else last


def read_labels(answer: Any, labels: Iterable[str]) -> list[str]:
    """Read labels out of a container or a text such as ``"a, c"``, in their order.

    Raises
    ------
    NotYet
        It holds something else than the labels.

    Examples
    --------
    >>> read_labels("a, c", "abc")
    ['a', 'c']
    """
    known = list(labels)
    range_of_labels = f"{known[0]} to {known[-1]}"
    if is_kind(answer, dict):
        chosen = dict.values(answer)
        keys = list(dict.keys(answer))
        if all(is_kind(value, bool, np.bool_) for value in chosen):
            keys = [key for key, value in dict.items(answer) if value]
        answer = keys
    words = text(answer)
    inside = entries(answer) if words is None else re.sub(r"\band\b|[\s,;]", "", words.lower())
    if inside is None:
        raise NotYet(f'Write the labels as a list, such as ["{known[0]}", "{known[1]}"].')
    if len(inside) > MOST_ENTRIES:
        raise NotYet(f"There are far too many entries; the labels are {range_of_labels}.")
    found = []
    for place, entry in enumerate(inside, start=1):
        label = (text(plain(entry)) or "").lower()
        if label not in known:
            if len(label) > 1 and set(re.findall(r"\w", label)) <= set(known):
                raise NotYet(
                    "One entry holds several letters. Give each letter its own quotation marks, "
                    "with commas between them."
                )
            of_what = (
                "an entry" if is_kind(answer, set, frozenset, str) else f"entry number {place}"
            )
            raise NotYet(f"In your answer, {of_what} is not one of the labels {range_of_labels}.")
        found.append(label)
    return found


def read_pairs(answer: Any, labels: list[str], example: str) -> dict[str, Any]:
    """Read a dictionary that has one value for each label.

    Parameters
    ----------
    answer : object
        What the student wrote.
    labels : list of str
        The keys that must be there.
    example : str
        A value, as it is written, for the message.

    Raises
    ------
    NotYet
        It is no dictionary, or has other keys.

    Examples
    --------
    >>> read_pairs({"a": 1, "B": 2}, ["a", "b"], "1")
    {'a': 1, 'b': 2}
    """
    if not is_kind(answer, dict):
        raise NotYet(
            f"Write a dictionary in curly brackets: each label, a colon, its value, such as "
            f'{{"{labels[0]}": {example}, ...}}.'
        )
    found = {}
    for key, value in dict.items(answer):
        label = (text(plain(key)) or "").lower()
        if label not in labels:
            raise NotYet(
                f"In your dictionary, a key is not one of the labels {labels[0]} to {labels[-1]}."
            )
        found[label] = value
    missing = [label for label in labels if label not in found]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise NotYet(f"{listed(missing)} {verb} not in your dictionary yet; all must be in it.")
    return {label: found[label] for label in labels}
