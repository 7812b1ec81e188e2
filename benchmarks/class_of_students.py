"""Invented submissions of a real exercise, drawn with a seed: right, wrong, slow, hostile."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from scidip import data
from scidip.questions.engine import SOLUTIONS, model_answers, questions_of
from scidip.questions.kinds import Choice, Match, Number, Open, Order

LESSON = 5
RIGHT, WRONG, UNTRIED, STOPS = "correct", "not yet", "not tried", "error"
DRAWN = ((RIGHT, 65), (WRONG, 25), (UNTRIED, 10))  # per cent
OWN_PLOTS = 30  # per cent of the students
NAMES = {
    "5.1": "steps", "5.2": "selection_rate", "5.3": "shows", "5.4": "gift_share",
    "5.5": "soft_power_1975", "5.6": "conclusion", "5.7": "design",
}  # fmt: skip
# More than one way to write an answer: (what it is, code).
OTHER_WAYS = {
    "5.2": [
        (RIGHT, "one = samples.iloc[0]\nselection_rate = percent(one.selected, one.applications)"),
        (RIGHT, "selection_rate = 29.2"),
        (RIGHT, "chosen = 7\nasked = 24\nselection_rate = chosen / asked * 100"),
    ],
    "5.4": [
        (RIGHT, "def gift_share(period):\n    g, s = [value('vaccines', 'WORLD', period, m)"
         " for m in ('doses_promised_as_gift', 'doses_sold')]\n    return 100 * g / (g + s)"),
        (WRONG, "def gift_share(period):\n"
         "    gifts = value('vaccines', 'WORLD', period, 'doses_promised_as_gift')\n"
         "    return percent(gifts, value('vaccines', 'WORLD', period, 'doses_sold'))"),
        (WRONG, "def gift_share(period):\n    day = '2021-06-15'\n"
         "    gifts = value('vaccines', 'WORLD', day, 'doses_promised_as_gift')\n"
         "    return percent(gifts, gifts + value('vaccines', 'WORLD', day, 'doses_sold'))"),
        (WRONG, "def gift_share(period):\n    return 100.0"),
    ],
}  # fmt: skip
PLOTS = (
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
    "ax.bar(['asked', 'chosen'], [24, 7])\nax.set_title('Moon samples')\nplt.show()",
    "plot_chain('Confucius Institutes')",
    "import matplotlib.pyplot as plt\ndays = ['2021-06-15', '2021-11-29', '2022-12-28']\n"
    "plt.plot(days, [value('vaccines', 'WORLD', d, 'doses_sold') for d in days], marker='o')\n"
    "plt.ylabel('doses sold')\nplt.show()",
)
# What stands before an answer, and what the question is then; None leaves it as it was drawn.
LOOP = "while True:\n    pass"
SPECIAL = {
    "os._exit": ("import os\nos._exit(1)", STOPS),
    "endless loop": (LOOP, STOPS),
    "error": ("1 / 0", STOPS),
    "slow": ("import time\ntime.sleep(2)", None),
    "exit": ("exit()", None),
    "input": ("input('Your answer? ')", STOPS),
    "much output": ("for _ in range(100):\n    print('x' * 100_000)", None),
}
HOW_MANY = {"slow": 5, "error": 5}  # of 100; the others once


@dataclass
class Student:
    """One submission.

    Parameters
    ----------
    name : str
        Also the name of the file.
    special : str
        A key of ``SPECIAL``, or empty.
    is_now : dict of str to str
        For each question, what it is by the way that it was made.
    """

    name: str
    path: Path
    special: str
    is_now: dict[str, str] = field(default_factory=dict)


def exercise_path() -> Path:
    """Find the exercise."""
    return next((SOLUTIONS.parent / "exercises").glob(f"{LESSON:02d}_*_exercises.ipynb"))


def make_class(folder: Path, count: int, seed: int, without_loop: bool = False) -> list[Student]:
    """Write the submissions of a class into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lot = random.Random(seed)
    specials = _specials(count, lot)
    blank = nbformat.read(exercise_path(), as_version=4)
    students = []
    for place in range(count):
        name = f"student{place:04d}"
        special = specials.get(place, "")
        student = Student(name, folder / f"{name}_{LESSON:02d}.ipynb", special)
        book = _submission(blank, special, lot, student)
        if not (without_loop and special == "endless loop"):
            nbformat.write(book, student.path)
            students.append(student)
    return students


def _specials(count: int, lot: random.Random) -> dict[int, str]:
    wanted = list(SPECIAL)
    for name, number in HOW_MANY.items():
        wanted += [name] * (round(number * count / 100) - 1)
    wanted = wanted[: max(count // 3, 1)]
    return dict(zip(lot.sample(range(count), len(wanted)), wanted, strict=True))


def _submission(blank, special, lot, student):
    book = nbformat.from_dict(blank)
    questions = questions_of(LESSON)
    codes = {}
    for number, question in questions.items():
        if not isinstance(question, Open):
            codes[number], student.is_now[number] = _answer(number, question, lot)
    if special:
        number = lot.choice([n for n, what in student.is_now.items() if what != UNTRIED] or ["5.7"])
        before, what = SPECIAL[special]
        codes[number] = f"{before}\n{codes[number] or model_answers(number)[0]}"
        student.is_now[number] = what or student.is_now[number].replace(UNTRIED, RIGHT)
    with_plot = lot.randrange(100) < OWN_PLOTS
    cells = []
    for cell in book.cells:
        number = ".".join(cell.id.split("-")[1:3]) if cell.id.startswith("ex-") else ""
        if cell.id.endswith("-answer"):
            if codes.get(number):
                comments = [line for line in cell.source.splitlines() if line.startswith("#")]
                cell.source = "\n".join([*comments, codes[number]])
            elif number not in codes:
                cell.source = f"My text on {number}: the chain stops where nobody has measured."
        cells.append(cell)
        if with_plot and cell.id == "ex-5-2-table":
            cells.append(nbformat.v4.new_code_cell(lot.choice(PLOTS)))
    book.cells = cells
    return book


def _answer(number, question, lot):
    """Draw one answer: its code (none for an untried one) and what it is."""
    what = lot.choices([name for name, _ in DRAWN], [share for _, share in DRAWN])[0]
    if what == UNTRIED:
        return "", UNTRIED
    others = [code for kind, code in OTHER_WAYS.get(number, ()) if kind == what]
    if what == RIGHT:
        return lot.choice([*model_answers(number), *others]), RIGHT
    if others:
        return lot.choice(others), WRONG
    return f"{NAMES[number]} = {_wrong(question, lot)!r}", WRONG


def _wrong(question, lot):
    """Draw a known wrong answer, or one that nobody has thought of."""
    events = data.load_shared("events")
    known = [idea.answer(events) for idea in question.known]
    if isinstance(question, Choice):
        letters = set(question.letters) - question.accepted(events)
        known += sorted(letters)
    elif isinstance(question, Number):
        known += [42, 3.5]
    elif isinstance(question, (Order, Match)):
        known += [["a", "b", "c", "d", "e", "f"]] if isinstance(question, Order) else []
    value = lot.choice(known)
    return value.item() if hasattr(value, "item") else value
