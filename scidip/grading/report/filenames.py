"""File names for the pages of students, on every system, and never two for one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from scidip.grading.report.wording import one_line

LONGEST = 60  # characters; Windows allows 260 for a whole path
BYTES = 120  # in UTF-8, as most systems allow 255 bytes for a name
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?$")


def page_names(students: Iterable[str]) -> dict[str, str]:
    """Give each student a file name.

    Parameters
    ----------
    students : iterable of str
        Names, in any order; a name that comes twice is one student.

    Returns
    -------
    dict of str to str
        Student to the name of the page. A name that had to be changed, or that differs from
        another one in case only, ends in eight signs that depend on nothing but the name: so a
        student's page keeps its name when the class changes.

    Examples
    --------
    >>> page_names(["Ana Silva", "张伟"])
    {'Ana Silva': 'Ana_Silva.html', '张伟': '张伟.html'}
    >>> page_names(["NUL"])
    {'NUL': 'NUL-e8175bf1.html'}
    """
    students = sorted(set(students))
    plain = {student: _plain(student) for student in students}
    shared = Counter(_same(stem) for stem in plain.values())
    names, taken = {}, set()
    for student in students:
        stem = plain[student]
        reserved = _RESERVED.match(stem)
        if reserved or shared[_same(stem)] > 1 or stem != "_".join(student.split()):
            stem = f"{stem.replace('.', '_') if reserved else stem}-{_digest(student)}"
        while _same(stem) in taken:  # a student who is called like another one's page
            stem += "_"
        taken.add(_same(stem))
        names[student] = f"{stem}.html"
    return names


def _plain(student: str) -> str:
    """Leave only what every system allows in the name of a file."""
    stem = unicodedata.normalize("NFC", one_line(student, 2 * LONGEST))
    stem = "_".join(re.sub(r'[<>:"/\\|?*%#&]', "_", stem).split())
    stem = stem.lstrip(".-_~")[:LONGEST].encode()[:BYTES].decode(errors="ignore")
    return stem.rstrip("._ ") or "student"


def _same(stem: str) -> str:
    """Two names with one such form may be one file on Windows or macOS."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", stem).casefold())


def _digest(student: str) -> str:
    content = student.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=4).hexdigest()
