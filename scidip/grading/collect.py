"""Find what a class handed in: one row for each student and exercise, whatever the files are like.

A folder, or the zip that Moodle, Canvas, GitHub Classroom or nbgrader gives, is read as it is:
nothing in it is changed, unpacked or run. What can't be graded becomes a row that says why.
`names` knows what names tell, `places` reads folders and zips.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scidip.grading.model import Submission
from scidip.grading.names import (
    LESSONS,
    Owner,
    copy_number,
    date_in,
    folded,
    lesson_in,
    owners,
    platform,
    short,
)
from scidip.grading.places import (
    USUAL,
    Found,
    Limits,
    Place,
    Unreadable,
    fingerprint,
    may_be_notebook,
    walk,
)

__all__ = ["CollectError", "Limits", "collect"]

# Folders inside a student's own in which what is to be graded hardly lies.
ASIDE = {"lessons", "solutions", "old", "backup", "archive"}
STAMP = "timestamp.txt"  # in which nbgrader writes when something was handed in
# A student may hand in thousands of files; a row names so many of them.
MOST_OLDER, MOST_TOLD = 50, 4
MOST_ROWS = 20  # of one student's notebooks that do not say which exercise they are

NOBODY = Owner("", ())

AGAIN = "ask for the file again"
ASK = "ask for the .ipynb file"

# What people hand in instead of a notebook.
DOCUMENTS = {
    ".doc": "a Word document", ".docx": "a Word document", ".odt": "a text document",
    ".rtf": "a text document", ".pages": "a text document", ".pdf": "a PDF file",
    ".html": "a web page", ".htm": "a web page", ".py": "a Python file", ".txt": "a text file",
    ".ppt": "a slide show", ".pptx": "a slide show", ".jpg": "a picture", ".jpeg": "a picture",
    ".png": "a picture", ".heic": "a picture", ".mp4": "a video", ".mov": "a video",
    ".rar": "an archive that is no zip", ".7z": "an archive that is no zip",
    ".tar": "an archive that is no zip", ".gz": "an archive that is no zip",
    ".tgz": "an archive that is no zip", ".zip": "a zip", ".url": "a link to a page",
    ".webloc": "a link to a page", ".lnk": "a link to a file",
}  # fmt: skip

# How files of other kinds begin, whatever they are called.
BEGINNINGS = {
    b"PK\x03\x04": "a zip or an Office document", b"%PDF": "a PDF file",
    b"\xd0\xcf\x11\xe0": "an old Office document", b"Rar!": "an archive that is no zip",
    b"7z\xbc\xaf": "an archive that is no zip", b"\x1f\x8b": "an archive that is no zip",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"<": "a web page",
}  # fmt: skip

_ID = re.compile(r"ex-(\d{1,2})-\d+(?:-\w+)?")
_HEADING = re.compile(r"^#{1,6}[ \t]*Exercise[ \t]+(\d{1,2})\.\d+", re.MULTILINE)
_CHECK = re.compile(r"""^[ \t]*check\([ \t]*["'](\d{1,2})\.\d+["']""", re.MULTILINE)
_TITLE = re.compile(r"^#\s+(\d{1,2})\s*·")


class CollectError(ValueError):
    """There is nothing to collect from. The message says what to do, in one sentence."""


@dataclass(frozen=True)
class Reader:
    """Reads one submission again when it is needed; see ``Submission.read``."""

    place: Place
    digest: str

    def __call__(self) -> bytes:
        content = self.place.read()
        if fingerprint(content) != self.digest:
            raise Unreadable("The file was changed after it was collected; run the grader again.")
        return decoded(content)[0].encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Looked:
    """What looking into a file told.

    Parameters
    ----------
    lesson : int or None
        The exercise that most of its cells belong to.
    exercises : int
        How many of its cells are an exercise's.
    problem : str
        Why it is no notebook: the end of a sentence that begins with the file's name.
    notes : tuple of str
    """

    lesson: int | None = None
    exercises: int = 0
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Item:
    """One file with all that is known of it."""

    found: Found
    lesson: int | None = None
    exercises: int = 0
    digest: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()
    is_notebook: bool = False  # or should be one: by its name, or by what is in it
    stamp: str = ""  # when it was handed in, as a file beside it says
    owner: Owner = NOBODY

    @property
    def age(self) -> tuple:
        """What tells the later of two files."""
        inner = self.owner.inner or self.found.way[-1:]
        date = max(map(date_in, inner), default="") or self.stamp
        number = copy_number(inner[-1]) if inner else 0
        # Of two files in a zip with one name, the later one stands behind.
        place = self.found.place.members if self.found.place else ()
        return (date, number, self.found.order, place, self.found.source)

    @property
    def rank(self) -> tuple:
        """What tells which of two files is graded: an exercise before a lesson, then the later."""
        is_aside = any(part.casefold() in ASIDE for part in self.owner.inner[:-1])
        return (not is_aside, bool(self.exercises), *self.age)


def collect(
    folder: Path | str, lesson: int | None = None, limits: Limits = USUAL
) -> list[Submission]:
    """Find the submissions of a class.

    Of several notebooks that a student handed in for one exercise, the latest that can be read is
    taken: by the date in its name, then by the number behind its name ("-2", "(1)"), then by its
    time in the zip or on the disk. The others are listed with it.

    Parameters
    ----------
    folder : path
        The folder, or a zip as a learning platform gives it. Nothing is written into it.
    lesson : int, optional
        The exercise that is to be graded. Notebooks of other exercises are left out, and those
        that do not say which they are count as it. Without it, all are collected.
    limits : Limits
        How much is read of one file, one zip and so on.

    Returns
    -------
    list of Submission
        In the order of students, then exercises. Each file is opened once, one at a time, and not
        kept; ``Submission.read`` opens it again.

    Raises
    ------
    CollectError
        There is no such folder or file, or it can't be opened.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "anna_03.ipynb").write_text('{"cells": [], "nbformat": 4}')
    >>> [submission] = collect(folder)
    >>> submission.student, submission.lesson, submission.read()[:10]
    ('anna', 3, b'{"cells": ')
    """
    folder = Path(folder)
    repositories: set[tuple[str, ...]] = set()
    try:
        folder.stat()
        items = [_look_safely(found, limits) for found in walk(folder, limits, repositories)]
    except OSError as problem:
        raise CollectError(
            f"{folder} can't be opened ({problem.strerror or problem}); give the folder of the "
            "submissions, or the zip with them."
        ) from None
    items = _with_owners(items, repositories)
    submissions = []
    for group in _students(items):
        submissions.extend(_of_student(*group, lesson))
    return _with_twins(submissions)


def _look_safely(found: Found, limits: Limits) -> _Item:
    try:
        return _look(found, limits)
    except Exception as problem:
        # What nobody thought of must not stop the others.
        said = f"could not be looked into ({type(problem).__name__}); {AGAIN}"
        name = found.way[-1] if found.way else found.source
        return _Item(found, problem=f"{short(name)} {said}.", is_notebook=True)


def _look(found: Found, limits: Limits) -> _Item:
    """Look into one file, and forget its content."""
    name = found.way[-1] if found.way else found.source
    ending = Path(name).suffix.casefold()
    known = platform(name)
    named = lesson_in(known.inner[-1] if known and known.inner else name)
    item = _Item(found, named, problem=found.problem, is_notebook=bool(found.problem))
    if found.is_folder:
        item = replace(item, lesson=None)
    if found.is_folder or found.problem:
        return item
    if name.casefold() == STAMP and found.place:
        return replace(item, stamp=date_in(found.place.read()[:40].decode(errors="replace")))
    if not may_be_notebook(name):
        return replace(item, lesson=None)
    try:
        content = found.place.read()
    except Unreadable as problem:
        said = f"{short(name)}: {str(problem)[0].lower()}{str(problem)[1:]}"
        return replace(item, problem=said, is_notebook=True)
    looked = look_into(content, limits)
    if looked.problem and ending not in (".ipynb", ".zip"):
        return replace(item, lesson=None)  # a text, as it says
    if looked.problem:
        return replace(item, problem=f"{short(name)} {looked.problem}.", is_notebook=True)
    notes = looked.notes
    if ending != ".ipynb":
        notes += (f"{short(name)} is not called .ipynb, but is a notebook.",)
    return replace(
        item, lesson=item.lesson if looked.lesson is None else looked.lesson,
        exercises=looked.exercises, digest=fingerprint(content), is_notebook=True,
        notes=notes + _disagreement(item.lesson, looked.lesson),
    )  # fmt: skip


def _disagreement(named: int | None, found: int | None) -> tuple[str, ...]:
    if named is None or found is None or named == found:
        return ()
    return (f"Its name says exercise {named:02}, its cells are those of {found:02}.",)


def decoded(content: bytes) -> tuple[str, str]:
    """Read a text in the letters it is written in.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    text, letters : str, str
        The name of the letters is empty for what is usual, UTF-8.

    Examples
    --------
    >>> decoded("ü".encode("utf-16"))
    ('ü', 'UTF-16')
    """
    for mark, letters in (
        (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
    ):  # fmt: skip
        if content.startswith(mark):
            name = "" if letters == "utf-8-sig" else letters.upper()
            return content.decode(letters, errors="replace"), name
    # A notebook begins with "{"; a zero beside it is the other half of a letter.
    if content[1:2] == b"\0" and content[:1] != b"\0":
        return content.decode("utf-16-le", errors="replace"), "UTF-16"
    if content[:1] == b"\0" and content[1:2] not in (b"\0", b""):
        return content.decode("utf-16-be", errors="replace"), "UTF-16"
    try:
        return content.decode(), ""
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def look_into(content: bytes, limits: Limits = USUAL) -> Looked:
    """Tell whether a file is a notebook, and of which exercise.

    Parameters
    ----------
    content : bytes
        The whole file.
    limits : Limits
        ``parts`` counts here.

    Returns
    -------
    Looked

    Examples
    --------
    >>> look_into(b'{"nbformat": 4, "cells": [{"id": "ex-3-1-answer"}]}').lesson
    3
    >>> look_into(b"").problem
    'is empty; ask for the file again'
    """
    if not content.strip(b" \t\r\n\0"):
        return Looked(problem=f"is empty; {AGAIN}")
    start = content[:1000].lstrip()
    for beginning, kind in BEGINNINGS.items():
        if start.startswith(beginning):
            return Looked(problem=f"is {kind}, not a notebook; {ASK}")
    text, letters = decoded(content)
    # Ten million bytes of "[],[]," would take a hundred times as much memory.
    if text.count("[") + text.count("{") > limits.parts or text.count(",") > 10 * limits.parts:
        return Looked(problem="has too many parts; ask for the notebook with its outputs cleared")
    try:
        notebook = json.loads(text)
    except RecursionError:
        return Looked(problem=f"is damaged: its parts lie too deep in each other; {AGAIN}")
    except ValueError as problem:
        return Looked(problem=f"is damaged: {_damage(text, problem)}; {AGAIN}")
    cells = _cells(notebook)
    if cells is None:
        return Looked(problem=f"holds other data, not a notebook; {ASK}")
    notes = (f"It is written in {letters}, not in UTF-8.",) if letters else ()
    lesson, exercises = _lesson_of(cells)
    return Looked(lesson, exercises, notes=notes + _form(notebook))


def _damage(text: str, problem: ValueError) -> str:
    if not isinstance(problem, json.JSONDecodeError):
        return "it holds a number that is too long"
    if not text.lstrip().startswith("{"):
        return "it does not begin as a notebook does"
    if problem.msg.startswith("Unterminated") or not text[problem.pos :].strip():
        return "its end is missing"
    if "<<<<<<<" in text and ">>>>>>>" in text:
        return "it holds both sides of a git conflict"
    return f"line {problem.lineno} is not as it should be"


def _cells(notebook: Any) -> list | None:
    """The cells of a notebook in any form, or nothing if it is none."""
    if not isinstance(notebook, dict):
        return None
    if isinstance(notebook.get("cells"), list):
        return notebook["cells"]
    sheets = notebook.get("worksheets")  # up to nbformat 3
    if isinstance(sheets, list) and all(isinstance(sheet, dict) for sheet in sheets):
        lists = [sheet.get("cells") for sheet in sheets]
        return [cell for cells in lists if isinstance(cells, list) for cell in cells]
    return None


def _form(notebook: dict) -> tuple[str, ...]:
    form = notebook.get("nbformat")
    if form == 4:
        return ()
    if isinstance(form, int) and form < 4:
        return (f"It is in an old form of notebooks (nbformat {form}).",)
    return (f"It does not say a form of notebooks that is known (nbformat {str(form)[:10]}).",)


def _lesson_of(cells: list) -> tuple[int | None, int]:
    """The exercise that most cells belong to, and how many do."""
    votes: Counter[int] = Counter()
    title = None
    for cell in cells:
        if isinstance(cell, dict):
            votes.update({number for number in _votes(cell) if number in LESSONS})
            if title is None and (found := _TITLE.match(_source(cell))):
                title = int(found[1])
    if not votes:
        return (title if title in LESSONS else None), 0
    lesson, exercises = min(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return lesson, exercises


def _votes(cell: dict) -> Iterable[int]:
    found = _ID.fullmatch(cell["id"]) if isinstance(cell.get("id"), str) else None
    if found:
        yield int(found[1])
    text = _source(cell)
    for pattern in (_HEADING, _CHECK):
        if found := pattern.search(text):
            yield int(found[1])


def _source(cell: dict) -> str:
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list):
        text = "".join(line for line in text[:100] if isinstance(line, str))
    return text[:10_000] if isinstance(text, str) else ""


def _with_owners(items: list[_Item], repositories) -> list[_Item]:
    things = []
    for item in items:
        name = item.found.way[-1] if item.found.way else item.found.source
        about = (
            (item.lesson if item.lesson is not None else folded(name)) if _counts(item) else None
        )
        way = item.found.way or (name,)
        things.append(((*way, "") if item.found.is_folder else way, about))
    whose = owners(things, repositories)
    stamps = {item.found.way[:-1]: item.stamp for item in items if item.stamp}
    owned = []
    for item, (way, _) in zip(items, things, strict=True):
        if item.found.way and item.found.way[-1].casefold() == STAMP:
            continue
        item = replace(item, owner=whose[way], stamp=stamps.get(item.found.way[:-1], ""))
        if item.lesson is None and not item.problem and item.is_notebook:
            # A folder's name may tell what the file does not.
            named = [lesson_in(part) for part in reversed(item.owner.inner[:-1])]
            item = replace(item, lesson=next((n for n in named if n is not None), None))
        if not (len(way) == len(item.owner.group) + 1 and _is_side_matter(item)):
            owned.append(item)
    return owned


def _counts(item: _Item) -> bool:
    return item.is_notebook


def _is_side_matter(item: _Item) -> bool:
    """Lists and notes of the instructor's or the platform's, which lie beside the students'."""
    name = item.found.way[-1] if item.found.way else ""
    named = item.owner.key[:1] != ("name",)
    return not (
        named
        or item.is_notebook
        or item.found.is_folder
        or Path(name).suffix.casefold() in DOCUMENTS
    )


def _students(items: list[_Item]) -> list[tuple[str, list[_Item], tuple[str, ...]]]:
    """Put each student's files together; tell apart those with one name."""
    together: dict[tuple, list[_Item]] = defaultdict(list)
    for item in items:
        together[item.owner.key].append(item)
    students = []
    for key, own in together.items():
        parts = _apart(own) if key[0] == "name" else [own]
        told = ()
        if len(parts) > 1:
            places = ", ".join(
                short("/".join(part[0].owner.group) or "the top", 40) for part in parts[:MOST_TOLD]
            )
            told = (f"This name is in several folders ({places}): taken as several students.",)
        students += [(key, part, told) for part in parts]
    return _named(students)


def _apart(items: list[_Item]) -> list[list[_Item]]:
    """Tell apart students of one name: in two groups, with different work on one exercise."""
    groups: dict[tuple, list[_Item]] = defaultdict(list)
    for item in items:
        groups[item.owner.group].append(item)
    parts: list[list[_Item]] = []
    for _, group in sorted(groups.items()):
        work = _work(group)
        for part in parts:
            there = _work(part)
            if all(there.get(about, digest) == digest for about, digest in work.items()):
                part.extend(group)
                break
        else:
            parts.append(group)
    return parts


def _work(items: list[_Item]) -> dict[int | None, str]:
    # One that can't be read is nobody else's.
    return {item.lesson: item.digest or item.found.source for item in items if _counts(item)}


def _named(students: list) -> list[tuple[str, list[_Item], tuple[str, ...]]]:
    """Give each student a name that no other has."""
    students = [
        (_display(items), key, sorted(items, key=lambda item: item.found.source), told)
        for key, items, told in students
    ]
    students.sort(key=lambda student: (folded(student[0]), student[1], student[2][0].found.source))
    often = Counter(folded(name) for name, *_ in students)
    taken: set[str] = set()
    named = []
    for name, key, items, told in students:
        own = f"{name} ({key[1]})" if often[folded(name)] > 1 and key[0] != "name" else name
        count = 1
        while folded(own) in taken:
            count += 1
            own = f"{name} ({count})"
        taken.add(folded(own))
        spellings = sorted({item.owner.name for item in items})[:MOST_TOLD]
        if key[0] == "name" and len(spellings) > 1:
            told += (f"{' and '.join(map(short, spellings))} are taken as one student.",)
        named.append((own, items, told))
    return named


def _display(items: list[_Item]) -> str:
    return short(max(items, key=lambda item: item.age).owner.name.strip() or "(no name)", 120)


def _of_student(
    student: str, items: list[_Item], told: tuple[str, ...], lesson: int | None
) -> list[Submission]:
    """Make the rows of one student."""
    identity: dict[str, str] = {}
    for item in items:
        identity |= item.owner.identity
    notebooks = [item for item in items if _counts(item)]
    others = [item for item in items if not _counts(item)]
    if any(not item.problem for item in notebooks):
        # A link to a folder of data, say, is worth a word, but not a row.
        told += tuple(item.problem for item in notebooks if _is_aside(item))[:MOST_TOLD]
        notebooks = [item for item in notebooks if not _is_aside(item)]
    told += _documents(others) if notebooks else ()
    rows = _choose(notebooks, lesson) if notebooks else [_without_notebook(others, lesson)]
    return [
        replace(row, student=student, identity=dict(identity), notes=row.notes + told)
        for row in rows
    ]


def _is_aside(item: _Item) -> bool:
    name = item.found.way[-1] if item.found.way else item.found.source
    return bool(item.problem) and Path(name).suffix.casefold() not in (".ipynb", ".zip")


def _documents(others: list[_Item]) -> tuple[str, ...]:
    names = [item.found.way[-1] for item in others if not item.found.is_folder]
    names = [short(name, 40) for name in names if Path(name).suffix.casefold() in DOCUMENTS]
    if not names:
        return ()
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (f"Handed in beside it: {', '.join(names[:3])}{more}.",)


def _without_notebook(others: list[_Item], lesson: int | None) -> Submission:
    files = [item for item in others if not item.found.is_folder]
    if not files:
        found = others[0].found
        said = f"{short(found.way[-1])} holds no notebook; {ASK}."
        return Submission("", found.source, lesson, problem=said)
    known = [item for item in files if Path(item.found.way[-1]).suffix.casefold() in DOCUMENTS]
    item = (known or files)[0]
    name = item.owner.inner[-1] if item.owner.inner else item.found.way[-1]
    kind = DOCUMENTS.get(Path(name).suffix.casefold(), "a file of another kind")
    said = f"{short(name)} is {kind}, not a notebook; {ASK}."
    if "onlinetext" in item.found.source or re.search(
        r"_\d+_(text|link)\.html$", item.found.source
    ):
        said = f"{short(name)} is what was typed into the platform, not a notebook; {ASK}."
    notes = _documents([other for other in files if other is not item])
    return Submission(
        "", item.found.source, lesson, problem=said, submitted=_submitted(item), notes=notes
    )


def _choose(notebooks: list[_Item], lesson: int | None) -> list[Submission]:
    """Choose, for each exercise, the notebook that is graded."""
    by_lesson: dict[int | None, list[_Item]] = defaultdict(list)
    for item in notebooks:
        by_lesson[item.lesson].append(item)
    if lesson is not None:
        by_lesson = _asked(by_lesson, lesson)
    rows = []
    for number in sorted(by_lesson, key=lambda number: (number is None, number or 0)):
        if number is None and lesson is None:
            # Nothing says that these replace each other.
            items = sorted(_without_copies(by_lesson[None]), key=lambda item: item.rank)
            rows += [_row([item], None) for item in items[-MOST_ROWS + 1 :]]
            rows += [_row(items[: -MOST_ROWS + 1], None)] if items[: -MOST_ROWS + 1] else []
        else:
            rows.append(_row(by_lesson[number], number))
    return rows


def _without_copies(items: list[_Item]) -> list[_Item]:
    seen = {}
    for item in items:
        seen.setdefault(item.digest or item.found.source, item)
    return list(seen.values())


def _asked(by_lesson: dict[int | None, list[_Item]], lesson: int) -> dict[int | None, list[_Item]]:
    """Keep what belongs to the exercise that is asked for."""
    unknown = by_lesson.get(None, [])
    if any(not item.problem for item in by_lesson.get(lesson, [])):
        # One that can't be read may be this exercise too.
        return {lesson: by_lesson[lesson] + [item for item in unknown if item.problem]}
    if lesson in by_lesson:
        return {lesson: by_lesson[lesson] + unknown}
    if None in by_lesson:
        said = f"Nothing in it says which exercise it is; taken as {lesson:02}."
        items = by_lesson[None]
        return {lesson: [item if item.problem else _noted(item, said) for item in items]}
    [*others] = sorted(by_lesson)
    items = [item for number in others for item in by_lesson[number]]
    numbers = " and ".join(f"{number:02}" for number in others)
    said = f"is exercise {numbers}, not {lesson:02}; ask for the other file."
    return {lesson: [_refused(item, said) for item in items]}


def _refused(item: _Item, said: str) -> _Item:
    return replace(item, problem=item.problem or f"{short(item.found.way[-1])} {said}")


def _noted(item: _Item, note: str) -> _Item:
    return replace(item, notes=(*item.notes, note))


def _row(items: list[_Item], lesson: int | None) -> Submission:
    """Make one row of all that a student handed in for one exercise."""
    items = sorted(items, key=lambda item: item.rank)
    readable = [item for item in items if not item.problem]
    chosen = readable[-1] if readable else items[-1]
    older = [item for item in items if item is not chosen]
    notes = (*chosen.found.notes, *chosen.notes, *chosen.owner.notes)
    told = []
    for item in older:
        if readable and item.problem and item.age > chosen.age:
            told.append(f"A later one can't be graded: {item.problem}")
        elif item.digest and item.digest == chosen.digest:
            told.append(f"The file is there twice, also as {short(item.found.source)}.")
    notes += tuple(told[:MOST_TOLD])
    if len(older) > MOST_OLDER:
        notes += (f"There are {len(older) - MOST_OLDER} more files of it.",)
    return Submission(
        "", chosen.found.source, lesson,
        Reader(chosen.found.place, chosen.digest) if readable else bytes,
        chosen.digest if readable else "", chosen.problem, _submitted(chosen),
        tuple(item.found.source for item in reversed(older[-MOST_OLDER:])), notes,
    )  # fmt: skip


def _submitted(item: _Item) -> str:
    inner = item.owner.inner or item.found.way[-1:]
    return max(map(date_in, inner), default="") or item.stamp or item.found.written


def _with_twins(submissions: list[Submission]) -> list[Submission]:
    """Note where two students handed in the same file."""
    same = defaultdict(list)
    for row in submissions:
        if row.digest:
            same[row.digest].append(row.student)
    rows = []
    for row in submissions:
        others = [name for name in same[row.digest] if name != row.student] if row.digest else []
        if others:
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            said = f"Byte for byte the same file as that of {', '.join(others[:3])}{more}."
            row = replace(row, notes=(*row.notes, said))
        rows.append(row)
    return rows
