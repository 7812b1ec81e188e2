"""What the names of handed-in files and folders tell: whose, which exercise, when.

Source of the formats
---------------------
Moodle
    ``Name Surname_12345_assignsubmission_file/x.ipynb`` (older versions: ``…_file_/``), or
    ``Name Surname_12345_assignsubmission_file_x.ipynb`` without folders; "Participant" in place
    of the name in blind marking, the group's name and number for teams; ``…_onlinetext`` holds
    what was typed in. "Class to download user submissions",
    https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/mod/assign/classes/downloader.php
Canvas
    ``surnamename_LATE_12345_67890_x.ipynb``: the sortable name in small letters without spaces,
    "LATE" if so, the number of the user, the number of the file, the file's name;
    ``anon_a1b2c_67890_x.ipynb`` when anonymous, ``…_text.html`` and ``…_link.html`` for what was
    typed in. A file handed in again gets ``-1``, ``-2`` … behind its name. "ContentZipper",
    https://github.com/instructure/canvas-lms/blob/master/lib/content_zipper.rb, and
    ``make_unique_filename`` in app/models/attachment.rb there
GitHub Classroom
    ``SLUG-submissions/SLUG-login/``, one clone each. "Clone student repos for an assignment",
    https://github.com/github/gh-classroom/blob/main/cmd/gh-classroom/clone/student-repos/student-repos.go
nbgrader
    ``submitted/student/assignment/x.ipynb``. "The philosophy and the approach",
    https://github.com/jupyter/nbgrader/blob/main/nbgrader/docs/source/user_guide/philosophy.rst
Blackboard, as nbgrader collects it
    ``ps1_login_attempt_2016-01-30-20-30-10_x.ipynb``. "Managing assignment files manually",
    https://github.com/jupyter/nbgrader/blob/main/nbgrader/docs/source/user_guide/managing_assignment_files_manually.ipynb
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

MANY = 3
LESSONS = range(11)  # 00 to 10: another number in a name is no exercise of the course

# The first number counts: Moodle takes "_" out of a name, but a student may call a file
# "Bob_12_assignsubmission_file_x.ipynb".
MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<type>file|onlinetext)(?:_(?P<file>.*))?",
    re.DOTALL,
)
# Canvas keeps letters, their marks, digits and "_" of a name.
# A shorter number could be an exercise's: anna_03_20261120_0900.ipynb.
CANVAS = re.compile(
    r"(?P<name>[^-\s.,()]+?)_(?P<late>late_)?(?P<id>[1-9]\d{2,})_(?P<attachment>[1-9]\d{2,})_(?P<file>.+)",
    re.IGNORECASE | re.DOTALL,
)
CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>late_)?(?P<name>anon_(?P<id>[a-z0-9]+))_(?P<attachment>\d{3,})_(?P<file>.+)",
    re.IGNORECASE | re.DOTALL,
)
# A student called "bob_111_222" makes Canvas write "bob_111_222_333_444_x.ipynb".
_CANVAS_AGAIN = re.compile(
    r"(?:[^-\s.,()]*?_)?(?:late_)?[1-9]\d{2,}_[1-9]\d{2,}_.+|[1-9]\d{2,}_.+|(?:text|link)\.html",
    re.IGNORECASE | re.DOTALL,
)
CANVAS_TYPED = re.compile(
    r"(?P<name>[^-\s.,()]+?)_(?P<late>late_)?(?P<id>[1-9]\d{2,})_(?P<file>(?:text|link)\.html)",
    re.IGNORECASE,
)
BLACKBOARD = re.compile(
    r"(?P<work>.+?)_(?P<id>[^_]+)_attempt_(?P<file>\d{4}(?:-\d\d){5}.*)", re.DOTALL
)

# Folders of the course itself and of versions of one's work are nobody's name.
NOBODY = re.compile(
    r"(?:lessons?|exercises?|solutions?|data|docs|tests?|scidip|images?|img|notebooks?|src|"
    r"(?:attempts?|versions?|v|old|new|backups?|final|draft|cop(?:y|ies)|submissions?|submitted|"
    r"try|alt|neu|abgaben?|week|lesson|homework|hw|assignments?|exercises?|ex)?[\W_]*\d{0,2})",
    re.IGNORECASE,
)
CLASS_FOLDER = re.compile(r"submitted|submissions?|.+-submissions", re.IGNORECASE)

_ENDING = re.compile(r"\.[a-z0-9]*[a-z][a-z0-9]*$", re.IGNORECASE)
_DATE = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])"
    r"(?:[-_ T.]{0,2}([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?)?(?!\d)"
)
_COPY = re.compile(
    r"(?:[-_ ]?\(([1-9]\d{0,2})\)|-([1-9]\d?)|[-_ ]+(?:copy|kopie)[-_ ]?(\d{0,2})"
    r"|[-_ ]v([1-9]\d?))$",
    re.IGNORECASE,
)
_COPY_OF = re.compile(r"^(?:copy[ _]of|kopie von|copie de|copia de|副本)[\s_-]*", re.IGNORECASE)
_COURSE_FILE = re.compile(r"(?<!\d)(\d\d)[_-][a-z]+(?:[_-][a-z]+)*?[_-]exercises?", re.IGNORECASE)
_LESSON_BY_WORD = (
    _COURSE_FILE,
    re.compile(
        r"(?:^|(?<=[\W_]))(?:lesson|lektion|exercises?|übung|uebung|week|assignment|homework|ex|hw|l)"
        r"[-_ ]?0?(\d{1,2})(?!\d)",
        re.IGNORECASE,
    ),
)
# A number alone: the first thing in a name, else the last of two digits, else one digit at its end.
_LESSON_BY_NUMBER = (
    re.compile(r"^(\d{1,2})(?=$|[-_ .])"),
    re.compile(r"[-_ .](\d\d)(?=$|[-_ .])"),
    re.compile(r"[-_ ](\d)$"),
)
_WORDS = re.compile(
    r"(?:^|(?<=[\W_]))(?:exercises?|solutions?|submission|homework|notebook|untitled|final|ipynb)"
    r"(?=$|[\W_]|\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Owner:
    """Whose a file is, as far as names tell.

    Parameters
    ----------
    name : str
        As a person reads it.
    key : tuple of str
        Equal for all files of one student.
    group : tuple of str
        The folders and zips around the student's own. In another group somebody else may have
        given a folder or a file this name.
    identity : dict of str to str
        As in :class:`scidip.grading.model.Submission`.
    inner : tuple of str
        What is left of the path, with the file's own name: it tells the exercise and the date.
    notes : tuple of str
        What the name says besides.
    unsure : bool
        Whether the name can be read as another student's too.
    """

    name: str
    key: tuple[str, ...]
    group: tuple[str, ...] = ()
    identity: dict[str, str] = field(default_factory=dict)
    inner: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unsure: bool = False


def clean(name: str) -> str:
    r"""Make a name safe to print: one line, one form of each letter, no invisible signs.

    Examples
    --------
    >>> clean("Zoe\u0308\n03")
    'Zoë␊03'
    """
    # A name that is not UTF-8 comes from the disk with halves of pairs; show its bytes.
    name = name.encode("utf-8", "surrogateescape" if _from_disk(name) else "replace")
    return "".join(map(_printable, unicodedata.normalize("NFC", name.decode(errors=_ESCAPE))))


_ESCAPE = "backslashreplace"


def _from_disk(name: str) -> bool:
    halves = [letter for letter in name if 0xD800 <= ord(letter) <= 0xDFFF]
    return all(0xDC80 <= ord(half) <= 0xDCFF for half in halves)


def _printable(letter: str) -> str:
    if ord(letter) < 32:
        return chr(0x2400 + ord(letter))  # the picture of the sign, ␊ for a new line
    kind = unicodedata.category(letter)
    if kind == "Cf":
        # The joiners belong to Persian and Hindi names; others hide or turn text.
        return letter if letter in "\u200c\u200d" else ""
    return "�" if kind in ("Cc", "Zl", "Zp") else letter


def folded(name: str) -> str:
    """Give what two spellings of one name have in common.

    Examples
    --------
    >>> folded("ANNA") == folded("Anna")
    True
    """
    return unicodedata.normalize("NFC", name.casefold()).strip()


def has_unseen(name: str) -> bool:
    """Whether :func:`clean` takes signs out of a name that nobody can see.

    Examples
    --------
    >>> has_unseen("bo\u200b"), has_unseen("bo")
    (True, False)
    """
    return any(unicodedata.category(letter) == "Cf" and not _printable(letter) for letter in name)


# Letters of other alphabets that look like Latin ones, and letters that can't be seen.
_ALIKE = str.maketrans(
    "абвгеикмнорстухіјѕһԁԛԝɡαβεικνορτυχ",
    "abbreukmhopctyxijshdqwgabeikvoptux",
    "\u200c\u200d\u115f\u1160\u3164\uffa0\u034f",
)


def is_nobody(name: str) -> bool:
    """Whether a folder's name is that of a version or of a part of the course.

    Examples
    --------
    >>> is_nobody("attempt 2"), is_nobody("anna")
    (True, False)
    """
    return bool(NOBODY.fullmatch(name))


def looks(name: str) -> str:
    """Give what names have in common that look alike.

    Examples
    --------
    >>> looks("B\u043eb\u00a0Baker") == looks("Bob Baker")
    True
    """
    name = unicodedata.normalize("NFKC", name).casefold().translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFKC", name).split())


def short(name: str, length: int = 80) -> str:
    """Cut a long name in the middle, for a sentence."""
    return name if len(name) <= length else f"{name[: length - 20]}…{name[-19:]}"


def stem(name: str) -> str:
    """Give a name without its endings, also of ``03.ipynb.txt``.

    Examples
    --------
    >>> stem("03.ipynb.txt"), stem("J. Smith")
    ('03', 'J. Smith')
    """
    while found := _ENDING.search(name):
        name = name[: found.start()]
    return name


def copy_number(name: str) -> int:
    """Give the number that a system puts behind a name which is there already.

    Examples
    --------
    >>> copy_number("x-2.ipynb"), copy_number("x (1).ipynb"), copy_number("x.ipynb")
    (2, 1, 0)
    """
    found = _COPY.search(stem(name))
    return int(next(filter(None, found.groups()), 1)) if found else 0


def date_in(name: str) -> str:
    """Give the date in a name, or nothing.

    Returns
    -------
    str
        ISO 8601. A name does not say its time zone; it is taken as UTC.

    Examples
    --------
    >>> date_in("anna_03_2026-11-20.ipynb")
    '2026-11-20T00:00:00Z'
    """
    for found in _DATE.finditer(name):
        try:
            date = datetime(*(int(number or 0) for number in found.groups()))
        except ValueError:  # 31 February
            continue
        return date.strftime("%Y-%m-%dT%H:%M:%SZ")
    return ""


def lesson_in(name: str) -> int | None:
    """Give the exercise that a name means.

    Examples
    --------
    >>> lesson_in("03_paper_promises_exercises-1.ipynb"), lesson_in("anna_03.ipynb")
    (3, 3)
    >>> lesson_in("homework.ipynb") is None
    True
    """
    text = _DATE.sub(" ", _COPY_OF.sub("", stem(name)))
    # Behind "anna-3" stands a copy's number only if the exercise stands before it.
    for candidate in (_COPY.sub("", text), text):
        if found := _find_lesson(candidate):
            return int(found[1])
    return None


def _find_lesson(text: str) -> re.Match | None:
    """Find what in a name means the exercise; of several numbers alone, the last."""
    for pattern in (*_LESSON_BY_WORD, *_LESSON_BY_NUMBER):
        found = [match for match in pattern.finditer(text) if int(match[1]) in LESSONS]
        if found:
            return found[0] if pattern in _LESSON_BY_WORD else found[-1]
    return None


def person_in(name: str) -> str:
    """Give what is left of a file's name without exercise, date and copy: perhaps a person.

    Examples
    --------
    >>> person_in("Copy of anna_rossi_03 (1).ipynb")
    'anna_rossi'
    >>> person_in("03_paper_promises_exercises.ipynb")
    ''
    >>> person_in("person_12_05.ipynb")
    'person_12'
    """
    text = _COPY.sub("", _DATE.sub(" ", _COPY_OF.sub("", stem(name))))
    text = _COPY.sub("", text.strip(" -_."))
    # A second number alone may be all that tells one student from another.
    found = _find_lesson(text)
    if found and found.re not in _LESSON_BY_WORD:
        text = f"{text[: found.start()]} {text[found.end() :]}"
    for pattern in (*_LESSON_BY_WORD, _WORDS):
        text = pattern.sub(" ", text)
    return re.sub(r"\s+", " ", text).strip(" -_.,()")


def platform(part: str) -> Owner | None:
    """Read a name that Moodle, Canvas or Blackboard gave; nothing if it is none of those.

    Examples
    --------
    >>> platform("Anna Rossi_123_assignsubmission_file_").identity
    {'moodle_id': '123'}
    >>> platform("rossianna_LATE_12345_67890_03.ipynb").inner
    ('03.ipynb',)
    """
    if found := MOODLE.fullmatch(part):
        identity = {"moodle_id": found["id"]}
        inner = (found["file"],) if found["file"] else ()
        return Owner(found["name"], ("moodle", found["id"]), (), identity, inner)
    for pattern in (CANVAS_ANONYMOUS, CANVAS, CANVAS_TYPED):
        if found := pattern.fullmatch(part):
            late = ("Canvas marks it as late.",) if found["late"] else ()
            identity = {"canvas_id": found["id"]}
            key = ("canvas", found["id"].casefold())
            # A date is no student's number.
            rest = _DATE.sub("", found["file"])
            unsure = bool(_CANVAS_AGAIN.fullmatch(rest))
            return Owner(found["name"], key, (), identity, (found["file"],), late, unsure)
    if found := BLACKBOARD.fullmatch(part):
        login = found["id"]
        # Not that of GitHub: a login there may be somebody else's here.
        key = ("blackboard", folded(login))
        return Owner(login, key, (), {"login": login}, (found["file"],))
    return None


def owners(
    things: Iterable[tuple[tuple[str, ...], int | str | None]],
    repositories: Collection[tuple[str, ...]] = (),
) -> dict[tuple[str, ...], Owner]:
    """Say whose each of a class's files is.

    Parameters
    ----------
    things : iterable of (tuple of str, int or str or None)
        The way to each file, its name last ("" for an empty folder), and what it is about: the
        exercise, or its own name. Two folders that hold the same are two people's.
    repositories : collection of tuple of str
        Ways to folders that are clones.

    Returns
    -------
    dict
        The owner of each way. Ways and names should be those that :func:`clean` gave.

    Examples
    --------
    >>> found = owners([(("anna", "x.ipynb"), 3), (("b_03.ipynb",), 3)])
    >>> [owner.name for owner in found.values()]
    ['anna', 'b']
    """
    things = list(things)
    logins = _logins([way for way, _ in things], repositories)
    clones = Counter(prefix[:-1] for prefix in logins)
    of_clones = [prefix for prefix, count in clones.items() if count > MANY]
    around = {prefix[:depth] for prefix in of_clones for depth in range(1, len(prefix) + 1)}
    classes = _classes(things, around)
    return {way: _owner(way, classes, logins) for way, _ in things}


def _owner(way, classes, logins) -> Owner:
    for depth, part in enumerate(way):
        known = platform(part)
        if known:
            inner = (*known.inner, *way[depth + 1 :])
            return replace(known, group=way[:depth], inner=inner)
        if login := logins.get(way[: depth + 1]):
            # The folder's own name tells the exercise.
            key, identity = ("login", folded(login)), {"login": login}
            # Each clone is a group of its own: two with one login are one student's only if
            # they do not contradict each other.
            return Owner(login, key, way[: depth + 1], identity, way[depth:])
        if depth == len(way) - 1 or way[: depth + 1] not in classes:
            break
    group, rest = way[:depth], way[depth:]
    name = rest[0] if len(rest) > 1 and not _is_zip(rest[0]) else person_in(rest[0])
    if not name and group and len(rest) == 1 and not CLASS_FOLDER.fullmatch(group[-1]):
        # A file that names nobody, in a folder taken for a class: the folder is the name.
        name, group = stem(group[-1]), group[:-1]
    name = name or stem(rest[0]) or rest[0]
    # "Student 07" is no exercise.
    inner = rest[1:] if len(rest) > 1 and not _is_zip(rest[0]) else rest
    return Owner(name, ("name", folded(name)), group, {}, inner)


def _is_zip(part: str) -> bool:
    return part.casefold().endswith(".zip")


def _classes(things, of_clones) -> set[tuple[str, ...]]:
    """The folders and zips that hold several people's work."""
    below = defaultdict(list)
    for way, about in things:
        for depth in range(1, len(way)):
            below[way[:depth]].append((way, about))
    classes: set[tuple[str, ...]] = set()
    siblings = defaultdict(list)
    for prefix in sorted(below, key=len, reverse=True):
        siblings[prefix[:-1]].append(prefix)
    for parent in sorted(siblings, key=len, reverse=True):
        like = [prefix for prefix in siblings[parent] if _is_class(prefix, below[prefix], classes)]
        sure = [
            prefix
            for prefix in like
            if prefix in of_clones or _is_surely_class(prefix, below[prefix])
        ]
        # One student with a friend's file, or two attempts, is no class among thirty students.
        others = [prefix for prefix in siblings[parent] if not platform(prefix[-1])]
        classes.update(like if 2 * len(like) > len(others) else sure)
        [first, *more] = siblings[parent]
        if not parent and not more and _is_zip(first[-1]) and _holds_people(first, below[first]):
            classes.add(first)  # a class's zip, lying in a folder by itself
    return classes


def _holds_people(prefix, things) -> bool:
    """Whether all in a zip is somebody's: folders and files with names of people."""
    at = len(prefix)
    folders = {way[at] for way, _ in things if len(way) > at + 1 or _is_zip(way[at])}
    files = {way[at] for way, about in things if about is not None} - folders
    people = [*folders, *map(person_in, files)]
    return any(not NOBODY.fullmatch(name) for name in people) and not any(
        NOBODY.fullmatch(person_in(name)) for name in files
    )


def _is_surely_class(prefix, things) -> bool:
    known = [platform(child) for child in sorted({way[len(prefix)] for way, _ in things})]
    people = {owner.key for owner in known if owner}
    named = len(people) > 1 and 2 * sum(owner is not None for owner in known) > len(known)
    return named or bool(CLASS_FOLDER.fullmatch(prefix[-1])) or _has_many(prefix, things)


def _has_many(prefix, things) -> bool:
    """Whether many folders with names, as one student has them hardly, hold one exercise."""
    at = len(prefix)
    people = defaultdict(set)
    for way, about in things:
        named = any(map(str.isalpha, way[at])) and not NOBODY.fullmatch(way[at])
        if about is not None and named and (len(way) > at + 1 or _is_zip(way[at])):
            people[about].add(folded(way[at]))
    return not platform(prefix[-1]) and any(len(names) > MANY for names in people.values())


def _is_class(prefix, things, classes) -> bool:
    if platform(prefix[-1]):
        return False
    if _is_surely_class(prefix, things) or any(platform(way[len(prefix)]) for way, _ in things):
        return True
    people = defaultdict(set)
    for way, about in things:
        child = way[len(prefix)]
        if way[: len(prefix) + 1] in classes:
            return True
        is_file = len(way) == len(prefix) + 1 or _is_zip(child)
        name = person_in(child) if is_file else child
        if about is not None and not NOBODY.fullmatch(name):
            people[about].add(folded(name))
    return any(len(names) > 1 for names in people.values())


def _logins(ways, repositories) -> dict[tuple[str, ...], str]:
    """The logins in the names of GitHub Classroom's folders."""
    folders = {way[:depth] for way in ways for depth in range(1, len(way))}
    clones = {prefix for prefix in folders if prefix in set(repositories)}
    clones |= {prefix for prefix in folders if _slug_above(prefix)}
    files = defaultdict(set)
    for way in ways:
        for depth in range(1, len(way)):
            if way[:depth] in clones:
                files[way[:depth]].add(way[-1])
    around = defaultdict(list)
    for prefix in clones:
        around[prefix[:-1]].append(prefix)
    logins = {}
    for siblings in around.values():
        slugs = _slugs(siblings, files)
        for prefix in siblings:
            if slug := slugs[prefix]:
                name = stem(prefix[-1]) if _is_zip(prefix[-1]) else prefix[-1]
                logins[prefix] = name[len(slug) + 1 :]
    return logins


def _slugs(siblings, files) -> dict[tuple[str, ...], str]:
    """The assignment of each clone.

    The files in a clone are its student's: "03-promises-m.ipynb" in "03-promises-m-bob" must not
    make Bob of somebody else. So what most clones say is taken.
    """
    said = Counter(
        slug for prefix in siblings for slug in _slugs_of(prefix[-1], files[prefix]) if slug
    )
    names = [prefix[-1].casefold() for prefix in siblings]
    common = {slug: sum(name.startswith(f"{slug}-") for name in names) for slug in said}
    shared = _slug_shared([prefix[-1] for prefix in siblings])
    slugs = {}
    for prefix, name in zip(siblings, names, strict=True):
        fitting = [slug for slug in said if name.startswith(f"{slug}-")]
        best = max(fitting, key=lambda slug: (said[slug], common[slug], len(slug)), default="")
        alone = shared and said[best] == 1 and best.startswith(f"{shared.casefold()}-")
        best = "" if alone or len(name) <= len(best) + 1 else best
        slugs[prefix] = _slug_above(prefix) or best or shared
    return slugs


def _slug_above(prefix) -> str:
    """The assignment of ``SLUG-submissions/SLUG-login``."""
    if len(prefix) < 2 or not prefix[-2].casefold().endswith("-submissions"):
        return ""
    slug = prefix[-2][: -len("-submissions")]
    return slug if prefix[-1].startswith(f"{slug}-") and len(prefix[-1]) > len(slug) + 1 else ""


def _slugs_of(folder: str, files: Collection[str]) -> set[str]:
    """What may be the assignment, as a file in the clone is called so."""
    stems = {stem(file).casefold().replace("_", "-") for file in files}
    slugs = stems | {name.removesuffix("-exercises") for name in stems}
    return {slug for slug in slugs if slug and folder.casefold().startswith(f"{slug}-")}


def _slug_shared(folders: list[str]) -> str:
    """What all clones' names begin with."""
    if len(folders) < 2:
        return ""
    first, last = min(folders), max(folders)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same].rpartition("-")[0]
