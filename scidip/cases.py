"""Short cases and the sets of aspects that can be defended for them.

The sets are those of the table ``cases``; this module says why a set outside them does not hold.
An aspect is written as its number: 1 diplomacy for science, 2 science for diplomacy, 3 science in
diplomacy. The word ``"none"`` stands for a case without an aspect.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from scidip import data
from scidip.status import CORRECT, NOT_YET, UNTRIED
from scidip.style import ASPECTS

NONE = "none"
NUMBERS = {aspect.key: aspect.number for aspect in ASPECTS}
MARKS = (*NUMBERS.values(), NONE)

# What is said of an aspect that no defensible set of the case holds.
SURPLUS = {
    ("telescope-time", 3): "Foreign experts get time on an instrument. Do they tell a diplomat "
    "what to say or to sign?",
    ("joint-laboratory", 3): "Experts will work in this centre. But does the case say that one "
    "of them advised those who negotiate?",
    ("vaccine-gift", 3): "Experts made the vaccine. But in this case a diplomat hands it over, "
    "and no expert tells the diplomat what to say.",
    ("moon-samples", 3): "Scientists will study the dust. But does the case say that they "
    "advised those who speak for a state?",
    ("phone-sales", 1): "Who acts here, and for what? A firm wants to sell. No state acts so that "
    "science can happen.",
    ("phone-sales", 2): "Sales may make a country better known. But nobody in this case uses "
    "science in order to change relations.",
    ("phone-sales", 3): "Engineers know much about telephones. But in this case nobody asks them "
    "what a diplomat should say or sign.",
    ("umbrella-agreement", 3): "Leaders sign a text about science. Does the case name an expert "
    "whose knowledge shaped that text?",
    ("unofficial-meeting", 1): "The meeting is about what states should do with arms. Did a state "
    "act so that research could happen?",
    ("students-abroad", 3): "The students are to learn. Does the case say that one of them "
    "advised a diplomat?",
    ("chip-rules", 3): "The rule is about science and technology. Does the case name an expert "
    "whose advice shaped it?",
    ("ebola-laboratory", 3): "Experts travel, but to test samples and to treat an epidemic. Does "
    "the case say that they advised diplomats?",
}
# What is said when a set lacks an aspect that every defensible set of the case holds.
MISSING = {
    ("telescope-time", 1): "Your choice may be argued beside another one. What can foreign "
    "astronomers now do that they could not do before, and whose decision was it?",
    ("ipcc-delegate", 3): "Look at the seat of this person: in a delegation, where governments "
    "decide. Which question does that answer with yes?",
    ("vaccine-gift", 2): "Look at the cameras and the thanks. What besides health does the giver "
    "have in view?",
    ("students-abroad", 1): "Your choice may be argued beside another one. What does the state "
    "make possible for the students first of all?",
}


def accepted_sets(case_id: str) -> list[frozenset[int]]:
    """Give every set of aspects that can be defended for a case, ours first.

    Parameters
    ----------
    case_id : str
        A name in the table ``cases``.

    Returns
    -------
    list of frozenset of int
        The empty set stands for a case without an aspect.

    Raises
    ------
    ValueError
        There is no such case.

    Examples
    --------
    >>> accepted_sets("phone-sales")
    [frozenset()]
    """
    return [_numbers(cell) for cell in case_row(case_id)["accepted"]]


def judge_case(case_id: str, labels: Iterable[int | str]) -> tuple[str, str]:
    """Say whether a set of labels can be defended for a case, and why.

    Parameters
    ----------
    case_id : str
        A name in the table ``cases``, such as ``"phone-sales"``.
    labels : iterable of int or str
        Numbers of aspects, or ``["none"]``; nothing in it means that nobody has answered yet.

    Returns
    -------
    (str, str)
        The status, "not tried yet", "not yet" or "correct", and one or more sentences.

    Raises
    ------
    ValueError
        There is no such case or label, or ``"none"`` stands beside an aspect.

    Examples
    --------
    >>> judge_case("phone-sales", [])
    ('not tried yet', 'Choose one or more aspects, or none.')
    >>> judge_case("phone-sales", ["none"])[0], judge_case("phone-sales", [2])[0]
    ('correct', 'not yet')
    """
    accepted = accepted_sets(case_id)
    given = set(labels)
    for label in given:
        if label not in MARKS or isinstance(label, bool):
            raise ValueError(f"There is no label {label!r}; write 1, 2, 3 or 'none'.")
    if not given:
        return UNTRIED, "Choose one or more aspects, or none."
    if NONE in given and len(given) > 1:
        raise ValueError("'none' stands alone; take the aspects away, or take 'none' away.")
    chosen = frozenset(given - {NONE})
    if chosen in accepted:
        return CORRECT, f"{case_row(case_id)['why']}{_others(chosen, accepted)}"
    return NOT_YET, why_not(case_id, chosen)


def why_not(case_id: str, chosen: frozenset[int]) -> str:
    """Say why a set can't be defended, without naming one that can.

    Parameters
    ----------
    case_id : str
        A name in the table ``cases``.
    chosen : frozenset of int
        A set that :func:`accepted_sets` does not hold.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> why_not("phone-sales", frozenset({1})).split(" A ")[0]
    'Who acts here, and for what?'
    """
    accepted = accepted_sets(case_id)
    if not chosen:
        return (
            "This case has both: science, and somebody who acts for a state or speaks to states. "
            "Put the three questions again; at least one gets a yes."
        )
    for aspect in ASPECTS:
        if aspect.number in chosen - frozenset.union(*accepted):
            ask = f"{aspect.word}: nothing in the case says so. Read its question again."
            return SURPLUS.get((case_id, aspect.number), ask)
    # "none" beside other sets needs no label, so it has no say in what is missing.
    some_label = [labels for labels in accepted if labels]
    for number in sorted(frozenset.intersection(*some_label) - chosen):
        if (case_id, number) in MISSING:
            return MISSING[case_id, number]
    if any(chosen > some for some in some_label):
        return (
            "Each of these labels can be argued, but not all of them together. Keep those for "
            "which the case itself gives the words."
        )
    return (
        "What you chose can be argued, but only beside another aspect. "
        "Which other question gets a yes?"
    )


def case_row(case_id: str) -> pd.Series:
    """Give the row of a case.

    Raises
    ------
    ValueError
        There is no such case.

    Examples
    --------
    >>> case_row("phone-sales")["case"].split()[2]
    'company'
    """
    table = data.load_shared("cases").set_index("case_id")
    if case_id not in table.index:
        known = ", ".join(table.index)
        raise ValueError(f"There is no case {str(case_id)[:30]!r}; the cases are {known}.")
    return table.loc[case_id]


def in_words(labels: Iterable[int], between: str = " and ") -> str:
    """Write a set of aspects as a reader does.

    Examples
    --------
    >>> in_words({2, 1}), in_words(set())
    ('1 and 2', 'none')
    """
    return between.join(map(str, sorted(labels))) or NONE


def _numbers(cell: str) -> frozenset[int]:
    return frozenset(NUMBERS[key] for key in cell.split("+") if key != NONE)


def _others(chosen: frozenset[int], accepted: list[frozenset[int]]) -> str:
    others = [in_words(labels, " with ") for labels in accepted if labels != chosen]
    return f" Can be defended as well: {'; '.join(others)}." if others else ""
