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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scidip.grading.model import Submission
from scidip.grading.names import (
    CLASS_FOLDER,
    LESSONS,
    MANY,
    Owner,
    copy_number,
    date_in,
    folded,
    has_unseen,
    is_nobody,
    lesson_in,
    looks,
    owners,
    person_in,
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
MOST_PLACES = 30  # in which one name makes rows of its own
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


@dataclass(frozen=True, order=True)
class _Origin:
    """Where a student's name was read.

    Parameters
    ----------
    around : tuple of str
        The folders and zips around what is named after the student.
    group : tuple of str
        The same; for a clone, with the clone itself.
    unseen : bool
        Whether the name has signs that can't be seen.
    unsure : bool
        Whether it can be read as another student's.
    """

    around: tuple[str, ...]
    group: tuple[str, ...]
    unseen: bool
    unsure: bool

    @property
    def is_clear(self) -> bool:
        return not (self.unseen or self.unsure)

    @property
    def words(self) -> str:
        if self.unseen:
            return "with signs that can't be seen"
        if self.unsure:
            return "a name that can be read in two ways"
        return short("/".join(self.group), 40) or "the top"


@dataclass(frozen=True)
class _Student:
    """All of one student's files, and what is to be said about them."""

    key: tuple[str, ...]
    shown: str  # the name, which others may have too
    items: list[_Item]
    told: tuple[str, ...] = ()
    identity: dict[str, str] = field(default_factory=dict)
    place: str = ""  # stands behind the name, where it takes that to tell students apart
    rank: int = 0  # the student proper before those who only bear the name
    around: tuple[str, ...] = ()  # the folders around


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
    is_copy: bool = False  # of a file of the same student that lies in a better place

    @property
    def origin(self) -> _Origin:
        """Where its name comes from."""
        group = self.owner.group
        clone = self.owner.key[:1] == ("login",)
        # What a platform numbered may be called as it likes.
        unseen = self.owner.key[:1] == ("name",) and any(
            map(has_unseen, self.found.raw[: len(group) + 1])
        )
        return _Origin(group[:-1] if clone else group, group, unseen, self.owner.unsure)

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
        return (not self.is_copy, not is_aside, bool(self.exercises), *self.age)


def collect(
    folder: Path | str, lesson: int | None = None, limits: Limits = USUAL
) -> list[Submission]:
    """Find the submissions of a class.

    Of several notebooks that a student handed in for one exercise, the latest that can be read is
    taken: by the date in its name, then by the number behind its name ("-2", "(1)"), then by its
    time in the zip or on the disk. The others are listed with it.

    Only files in one folder replace each other. Where another folder holds a file with the same
    student's name or number, and with different work, it gets a row of its own, and both rows say
    so: the folder may be that of somebody who called a file so.

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
    for name, student in _students(items):
        submissions.extend(_of_student(name, student, lesson))
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
    stamps = {_folder(item): item.stamp for item in items if item.stamp}
    owned = []
    for item, (way, _) in zip(items, things, strict=True):
        if item.found.way and item.found.way[-1].casefold() == STAMP:
            continue
        item = replace(item, owner=whose[way], stamp=stamps.get(_folder(item), ""))
        if item.lesson is None and not item.problem and item.is_notebook:
            # A folder's name may tell what the file does not.
            named = [lesson_in(part) for part in reversed(item.owner.inner[:-1])]
            item = replace(item, lesson=next((n for n in named if n is not None), None))
        if not (len(way) == len(item.owner.group) + 1 and _is_side_matter(item)):
            owned.append(item)
    return owned


def _folder(item: _Item) -> tuple[str, ...]:
    # Two folders may be printed alike.
    return (item.found.raw or item.found.way)[:-1]


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


def _students(items: list[_Item]) -> list[tuple[str, _Student]]:
    """Put each student's files together; tell apart those with one name."""
    together: dict[tuple, list[_Item]] = defaultdict(list)
    people: dict[tuple, set] = defaultdict(set)
    for item in items:
        together[item.owner.key].append(item)
        if item.owner.key[0] == "name" and not _counts(item):
            continue
        around = item.origin.around
        people[item.owner.key[0], around, True].add(item.owner.key)
        people["", around, True].add(item.owner.key)
        for depth in range(len(around) + 1):
            people[item.owner.key[0], around[:depth], False].add(item.owner.key)
            people["", around[:depth], False].add(item.owner.key)
    sizes = {place: len(keys) for place, keys in people.items()}
    students = []
    for key, own in together.items():
        students += _apart(key, own, sizes)
    return _with_lookalikes(_named(students))


def _outranks(home: _Origin, other: _Origin, kind: str, sizes: dict) -> bool:
    """Whether a name in one place is certainly the student's own, against one in another place.

    It is, where the other lies in a folder that lies beside the student's own things, and that
    names few people: then it is the folder of another student.
    """
    if home.is_clear != other.is_clear:
        return home.is_clear
    depth = len(home.around)
    if len(other.around) <= depth or other.around[:depth] != home.around:
        return False
    inside = sizes.get((kind, other.around[: depth + 1], False), 0)
    return 2 * inside <= sizes.get((kind, home.around, True), 0)


def _apart(key: tuple[str, ...], items: list[_Item], sizes: dict) -> list[_Student]:
    """Tell apart students of one name: in two places, with different work on one exercise.

    A file never replaces one that lies in another place, as whoever made that place may have
    called it so.
    """
    origins: dict[_Origin, list[_Item]] = defaultdict(list)
    for item in items:
        origins[item.origin].append(item)

    def order(origin: _Origin):
        size = sizes.get((key[0], origin.around, True), 0)
        return (not origin.is_clear, len(origin.around), -size, origin)

    parts: list[tuple[_Origin, list[_Item]]] = []
    works: list[dict[int | None, set[str]]] = []
    several: list[list[_Origin]] = []
    more = 0
    for origin in sorted(origins, key=order):
        new, work = origins[origin], _work(origins[origin])
        for number, (home, _) in enumerate(parts):
            kept = _joined(works[number], new, work, _outranks(home, origin, key[0], sizes))
            if kept is not None:
                break
        else:
            if len(parts) < MOST_PLACES:
                parts.append((origin, new))
                works.append(work)
                several.append([origin])
                continue
            number, kept, more = len(parts) - 1, new, more + 1
        parts[number][1].extend(kept)
        for lesson, digests in work.items():
            works[number].setdefault(lesson, set()).update(digests)
        if not all(item.is_copy for item in kept):
            several[number].append(origin)
    sure = len(parts) == 1 or all(
        _outranks(parts[0][0], other, key[0], sizes) for other, _ in parts[1:]
    )
    places = ", ".join(part[0].words for part in parts[:MOST_TOLD])
    places += f" and {len(parts) + more - MOST_TOLD} more" if len(parts) > MOST_TOLD else ""
    students = []
    for number, ((origin, part), where) in enumerate(zip(parts, several, strict=True)):
        told = ()
        if len(parts) > 1:
            told = (f"This name is in several folders ({places}): {_say(sure, number, key[0])}",)
            if more and number == len(parts) - 1:
                told += (f"{more} folders more with this name are taken together here.",)
        elif len(where) > 1 and _is_mixed(where, sizes):
            names = ", ".join(one.words for one in where[:MOST_TOLD])
            told = (f"Files of this name are in several folders ({names}); check that all are "
                    "this student's.",)  # fmt: skip
        identity = part[0].owner.identity if sure and not number else {}
        doubted = len(parts) > 1 and (number > 0 if sure else key[0] != "name")
        if len(parts) == 1 and key[0] != "name" and (said := _in_anothers(origin, sizes)):
            few, note = said
            told, doubted = (*told, note), few
            identity = {} if few else identity
        place = f"in {origin.words}" if origin.is_clear else origin.words
        students.append(_Student(
            key, _display([item for item in part if item.origin == origin]), part, told,
            dict(identity), place if doubted else "", number, origin.around,
        ))  # fmt: skip
    return students


def _in_anothers(origin: _Origin, sizes: dict) -> tuple[bool, str] | None:
    """Say so where a platform's name was read in what may be another student's folder."""
    for depth in range(len(origin.around)):
        direct = sizes.get(("", origin.around[:depth], True), 0)
        inside = sizes["", origin.around[: depth + 1], False]
        if direct and (inside <= MANY or 2 * inside <= direct):
            few = inside <= MANY and inside <= direct
            what = short("/".join(origin.around[: depth + 1]), 40)
            said = f"This name was read in {what}, which lies beside files of other students"
            if few:
                said += (
                    ", so this row may be somebody else's, and goes into no gradebook by its "
                    "number; if it is right, move the file beside the others and grade again"
                )
            elif CLASS_FOLDER.fullmatch(origin.around[depth]):
                continue
            else:
                said += "; check that it is no student's own folder"
            return few, f"{said}."
    return None


def _say(sure: bool, number: int, kind: str) -> str:
    if not sure:
        rows = "taken as several students."
        by_number = "" if kind == "name" else " None of them goes into a gradebook by its number."
        return f"{rows}{by_number} If they are one, move the wrong files away and grade again."
    if number == 0:
        return "taken as several students. This row is the student's; look at the others."
    return (
        "taken as several students. This row may be somebody else's, and goes into no gradebook "
        "by its number; if it is the right one, move the other away and grade again."
    )


def _is_mixed(where: list[_Origin], sizes: dict) -> bool:
    """Whether one of the places lies beside things of students."""
    direct = {around for _, around, is_direct in sizes if is_direct}
    return any(one.around[:depth] in direct for one in where for depth in range(len(one.around)))


def _joined(work: dict, new: list[_Item], more: dict, is_doubtful: bool) -> list[_Item] | None:
    """Give what joins a student's files from another place; nothing if it is somebody else's."""
    if is_doubtful:
        # A copy is listed, and decides nothing.
        if more and all(digests <= work.get(lesson, set()) for lesson, digests in more.items()):
            return [replace(item, is_copy=True) for item in new]
        return None
    shared = work.keys() & more.keys()
    if any(work[lesson] != more[lesson] for lesson in shared):
        return None
    # A file that does not say its exercise may be of any.
    if work and more and work != more and None in work.keys() | more.keys():
        return None
    return [replace(item, is_copy=_counts(item) and item.lesson in shared) for item in new]


def _work(items: list[_Item]) -> dict[int | None, set[str]]:
    work: dict[int | None, set[str]] = defaultdict(set)
    for item in items:
        if _counts(item):
            # One that can't be read is nobody else's.
            work[item.lesson].add(item.digest or item.found.source)
    return work


def _named(students: list[_Student]) -> list[tuple[str, _Student]]:
    """Give each student a name that no other has."""
    shown = [
        (student.shown, replace(
            student, items=sorted(student.items, key=lambda item: item.found.source)
        ))
        for student in students
    ]  # fmt: skip
    shown.sort(
        key=lambda pair: (
            folded(pair[0]), pair[1].key, pair[1].rank, pair[1].items[0].found.source
        )
    )  # fmt: skip
    often = Counter(folded(name) for name, student in shown if not student.place)
    kinds = defaultdict(set)
    for name, student in shown:
        kinds[folded(name)].add((student.key[0], student.around))
    numbered = {
        folded(name) for name, student in shown if student.key[0] != "name" and not student.place
    }
    taken: set[str] = set()
    named = []
    for name, student in shown:
        told = student.told
        is_numbered = student.key[0] != "name"
        own = name
        if student.place:
            own = f"{name} ({student.key[1]}, {student.place})" if is_numbered else (
                f"{name} ({student.place})")  # fmt: skip
        elif often[folded(name)] > 1 and is_numbered:
            own = f"{name} ({student.key[1]})"
        elif not is_numbered and folded(name) in numbered:
            # A name alone must not be taken for that of somebody with a number.
            own = f"{name} (by name only)"
        if len(kinds[folded(name)]) > 1 and not any("several students" in one for one in told):
            told += (
                "This name is there more than once, with another number, without one, or in "
                "another folder; find out whether all are one student.",
            )
        count = 1
        while folded(own) in taken:
            count += 1
            own = f"{name} ({count})"
        taken.add(folded(own))
        spellings = sorted({item.owner.name for item in student.items})[:MOST_TOLD]
        if len(spellings) > 1:
            told += (f"{' and '.join(map(short, spellings))} are taken as one student.",)
        named.append((own, replace(student, told=told)))
    return named


def _with_lookalikes(named: list[tuple[str, _Student]]) -> list[tuple[str, _Student]]:
    """Note names that look alike, and names that are another student's number or login."""
    alike = defaultdict(set)
    numbers = {}
    for name, student in named:
        alike[looks(student.shown)].add(folded(student.shown))
        numbers |= {folded(number): name for number in student.identity.values()}
    told = []
    for name, student in named:
        shown = student.shown
        notes = student.told
        if len(alike[looks(shown)]) > 1:
            notes += ("Another student's name looks the same but is written with other signs; find "
                      "out whose this is.",)  # fmt: skip
        other = numbers.get(folded(shown))
        if other is not None and student.key[0] == "name":
            notes += (f"It is called as the platform numbers {short(other)}; find out whose this "
                      "is.",)  # fmt: skip
        told.append((name, replace(student, told=notes)))
    return told


def _display(items: list[_Item]) -> str:
    return short(max(items, key=lambda item: item.age).owner.name.strip() or "(no name)", 120)


def _of_student(name: str, student: _Student, lesson: int | None) -> list[Submission]:
    """Make the rows of one student."""
    items, told = student.items, student.told
    notebooks = [item for item in items if _counts(item)]
    others = [item for item in items if not _counts(item)]
    if any(not item.problem for item in notebooks):
        # A link to a folder of data, say, is worth a word, but not a row.
        told += tuple(item.problem for item in notebooks if _is_aside(item))[:MOST_TOLD]
        notebooks = [item for item in notebooks if not _is_aside(item)]
    told += _documents(others) if notebooks else ()
    rows = _choose(notebooks, lesson) if notebooks else [_without_notebook(others, lesson)]
    return [
        replace(row, student=name, identity=dict(student.identity), notes=row.notes + told)
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
    notes += tuple(told[:MOST_TOLD]) + _several_folders(items)
    if len(older) > MOST_OLDER:
        notes += (f"There are {len(older) - MOST_OLDER} more files of it.",)
    return Submission(
        "", chosen.found.source, lesson,
        Reader(chosen.found.place, chosen.digest) if readable else bytes,
        chosen.digest if readable else "", chosen.problem, _submitted(chosen),
        tuple(item.found.source for item in reversed(older[-MOST_OLDER:])), notes,
    )  # fmt: skip


def _several_folders(items: list[_Item]) -> tuple[str, ...]:
    """Say so where files that replace each other lie in folders with names of people."""
    inner = [item.found.way[len(item.owner.group) + 1 :] for item in items]
    while all(len(way) > 1 for way in inner) and len({way[0] for way in inner}) == 1:
        inner = [way[1:] for way in inner]  # a folder around all
    folders = sorted({way[0] for way in inner if len(way) > 1 and not is_nobody(way[0])})
    flat = {person_in(way[0]) for way in inner if len(way) == 1}
    flat = sorted(name for name in flat if not is_nobody(name))
    if items[0].owner.key[:1] != ("name",) or (len(folders) < 2 and len(flat) < MANY):
        return ()
    what = "folders" if len(folders) > 1 else "names"
    names = folders if len(folders) > 1 else flat
    names = ", ".join(short(name, 40) for name in names[:MOST_TOLD])
    return (
        f"Its folder holds several {what} ({names}), taken as one student's; if they are "
        "several students', put them beside the others and grade again.",
    )


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
