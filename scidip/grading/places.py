"""Where handed-in files lie: a folder, and zips in it, read without being trusted.

Nothing is written and nothing is unpacked to the disk: a file in a zip is read into memory when it
is asked for. Links are not followed, pipes and devices are not opened.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath

from scidip.grading.names import clean, short

PIECE = 1 << 20  # how much is read at a time

# What systems and programs leave behind. Names that begin with a dot are left out too.
LEFT_BEHIND = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini", "node_modules"}

# What reading a damaged or hostile zip can raise.
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    OSError, ValueError, LookupError, OverflowError,
)  # fmt: skip


class Unreadable(OSError):
    """A file can't be read. The message is one sentence that says what to do."""


@dataclass(frozen=True)
class Limits:
    """How much of what is handed in is read.

    One file at a time is in memory; looking into it takes about six times its size, at most twelve.

    Parameters
    ----------
    file_bytes : int
        The largest notebook, unpacked.
    zip_bytes : int
        The largest zip inside a zip, which must lie in memory to be read.
    list_bytes : int
        The longest list of contents of a zip; about 200,000 files.
    depth : int
        How deep zips may lie in a zip.
    ratio : int
        How many times its own size a zip may unpack to.
    packed_bytes : int
        How much more all zips in one zip on the disk may unpack to. A notebook that printed the
        same line a million times needs it; a bomb ends there.
    parts : int
        How many lists and dictionaries a notebook may hold, and ten times as many values. It
        limits the memory that a small file can take.
    """

    file_bytes: int = 200_000_000
    zip_bytes: int = 200_000_000
    list_bytes: int = 32_000_000
    depth: int = 2
    ratio: int = 100
    packed_bytes: int = 2_000_000_000
    parts: int = 2_000_000


USUAL = Limits()


@dataclass(frozen=True)
class Place:
    """Where one file lies, and how to read it, at any time and in any process.

    Parameters
    ----------
    path : Path
        The file on the disk: the file itself, or the outermost zip.
    members : tuple of int
        The way through zips: the file's number in each one's list of contents.
    limits : Limits
    """

    path: Path
    members: tuple[int, ...] = ()
    limits: Limits = USUAL

    def read(self) -> bytes:
        """Give the whole file.

        Raises
        ------
        Unreadable
            It is gone, damaged, too big, locked with a password or no ordinary file.
        """
        if not self.members:
            return _read_file(self.path, self.limits.file_bytes)
        try:
            archive = _zip(replace(self, members=self.members[:-1]))
            info = archive.infolist()[self.members[-1]]
            return _read_member(archive, info, self.limits.file_bytes)
        except Unreadable:
            raise
        except ZIP_ERRORS as problem:
            raise Unreadable(_why(problem, "The zip around it")) from None


@dataclass(frozen=True)
class Found:
    """One thing in the folder of submissions.

    Parameters
    ----------
    way : tuple of str
        Names of the folders and zips on the way to it and its own, safe to print.
    source : str
        The same as one text, with "!" behind a zip.
    place : Place or None
        How to read it; None where there is nothing to read.
    problem : str
        Why there is nothing to read, in one sentence.
    written : str
        When it was changed last, as the zip says, ISO 8601 in UTC; empty outside of a zip.
    order : float
        The same for the file on the disk, in seconds, to tell older from newer.
    is_folder : bool
        Whether it is a folder with nothing in it that counts.
    size : int
        Its packed size in a zip.
    notes : tuple of str
    raw : tuple of str
        The way as the disk or the zip has it; it tells apart names that are printed alike.
    """

    way: tuple[str, ...]
    source: str
    place: Place | None = None
    problem: str = ""
    written: str = ""
    order: float = 0
    is_folder: bool = False
    size: int = 0
    notes: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()


@dataclass
class _Visit:
    """What holds for one walk through the folder."""

    limits: Limits
    repositories: set[tuple[str, ...]] = field(default_factory=set)
    left: int = 0  # what the present zip, with the zips in it, may still unpack to
    packed: int = 0  # what the present zip on the disk has unpacked to beyond that


def walk(folder: Path, limits: Limits, repositories: set[tuple[str, ...]]) -> Iterator[Found]:
    """Find everything in a folder, or in a zip, that a student may have handed in.

    Parameters
    ----------
    folder : Path
        The folder, the zip or the file.
    limits : Limits
    repositories : set of tuple of str
        The ways to folders that are clones of git are added here.

    Yields
    ------
    Found
        In the order of names.

    Raises
    ------
    OSError
        The folder itself can't be read.
    """
    visit = _Visit(limits, repositories)
    if folder.is_dir():
        os.scandir(folder).close()
        yield from _walk_folder(folder, visit)
    elif folder.suffix.casefold() == ".zip":
        place = Place(folder, (), limits)
        yield from _walk_zip(Found((), clean(folder.name), place), visit)
    else:
        yield _ordinary(folder, (clean(folder.name),), folder.stat(), limits)


def _ignored(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in LEFT_BEHIND


def _walk_folder(top: Path, visit: _Visit) -> Iterator[Found]:
    # A list of its own, as folders may lie deeper in each other than Python can call.
    waiting: list[tuple[Path, tuple[str, ...]]] = [(top, ())]
    while waiting:
        folder, way = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                entries = sorted(entries, key=lambda entry: (clean(entry.name), entry.name))
        except OSError as problem:
            said = f"{_quoted(way)} can't be opened ({problem.strerror}); change its rights."
            yield Found(way, "/".join(way), problem=said, is_folder=True)
            continue
        if way and any(entry.name == ".git" for entry in entries):
            visit.repositories.add(way)
        entries = [entry for entry in entries if not _ignored(entry.name)]
        if not entries and way:
            yield Found(way, "/".join(way), is_folder=True)
        folders = []
        for entry in entries:
            inner = (*way, clean(entry.name))
            if _is_folder(entry):
                folders.append((Path(entry.path), inner))
            else:
                raw = Path(entry.path).relative_to(top).parts
                yield from _entry(entry, inner, raw, visit)
        waiting.extend(reversed(folders))


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and not _is_link(entry)
    except OSError:
        return False


def _is_link(entry: os.DirEntry) -> bool:
    # Junctions are the links of Windows; Python tells them since 3.12.
    return entry.is_symlink() or getattr(entry, "is_junction", bool)()


def _entry(entry: os.DirEntry, way, raw, visit: _Visit) -> Iterator[Found]:
    source = "/".join(way)
    try:
        about = entry.stat(follow_symlinks=False)
        if _is_link(entry):
            said = f"{_quoted(way)} is a link, which is not followed; put the file itself there."
            yield Found(way, source, problem=said, raw=raw)
            return
    except OSError as problem:
        said = f"{_quoted(way)} can't be read ({problem.strerror}); change its rights."
        yield Found(way, source, problem=said, raw=raw)
        return
    found = replace(_ordinary(Path(entry.path), way, about, visit.limits), raw=raw)
    if found.place and entry.name.casefold().endswith(".zip"):
        visit.packed = 0
        yield from _walk_zip(found, visit)
    else:
        yield found


def _ordinary(path: Path, way, about: os.stat_result, limits: Limits) -> Found:
    source = "/".join(way)
    if stat.S_ISREG(about.st_mode):
        return Found(way, source, Place(path, (), limits), order=about.st_mtime)
    said = f"{_quoted(way)} is no ordinary file but a pipe or device; put the file itself there."
    return Found(way, source, problem=said)


def _quoted(way: tuple[str, ...]) -> str:
    return short(way[-1]) if way else "The file"


def _open(path: Path) -> io.BufferedReader:
    """Open an ordinary file, never a pipe or, where the system can tell, a link."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    number = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(0, "it is no ordinary file")
    return os.fdopen(number, "rb")


def _read_file(path: Path, most: int) -> bytes:
    try:
        with _open(path) as file:
            if os.fstat(file.fileno()).st_size > most:
                raise Unreadable(_too_big(most))
            content = file.read(most + 1)
    except Unreadable:
        raise
    except OSError as problem:
        raise Unreadable(
            f"It can't be read ({problem.strerror or problem}); change its rights."
        ) from None
    if len(content) > most:
        raise Unreadable(_too_big(most))
    return content


def _too_big(most: int) -> str:
    return (
        f"It is bigger than {most / 1e6:,.6g} MB, the limit; ask for the notebook with its outputs "
        "cleared."
    )


class _TooLong(ValueError):
    """More is to be read at once than a zip's list of contents may have."""


class _Pieces(io.RawIOBase):
    """A file of which only pieces are read, from the disk or from memory.

    The file is opened for each piece: nothing stays open, and processes that share this object
    after a fork do not move each other's place. As zipfile reads the list of contents in one
    piece, the limit on a piece is a limit on that list.
    """

    def __init__(self, held: Path | bytes, most: int):
        self._held, self._most, self._at = held, max(most, PIECE), 0
        if isinstance(held, bytes):
            self._size = len(held)
        else:
            with _open(held) as file:  # zipfile would take a refusal for damage
                self._size = os.fstat(file.fileno()).st_size

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._at

    def seek(self, offset, whence=0):
        at = offset + (0, self._at, self._size)[whence]
        if at < 0:
            raise OSError(22, "before the beginning")  # as a file on the disk does
        self._at = at
        return at

    def read(self, size=-1):
        left = max(self._size - self._at, 0)
        size = left if size is None or size < 0 else min(size, left)
        if size > self._most:
            raise _TooLong
        if isinstance(self._held, bytes):
            piece = self._held[self._at : self._at + size]
        else:
            with _open(self._held) as file:
                file.seek(self._at)
                piece = file.read(size)
        self._at += len(piece)
        return piece


def _zip(place: Place) -> zipfile.ZipFile:
    """Open a zip, or give it again where it is still open."""
    about = place.path.stat()
    return (_inner if place.members else _outer)(place, about.st_size, about.st_mtime_ns)


# Size and time are there so that a zip that was changed is opened anew. Few are kept: a class lies
# in one zip; two levels of zips inside may each take Limits.zip_bytes of memory.
@lru_cache(maxsize=2)
def _outer(place: Place, size: int, changed: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(_Pieces(place.path, place.limits.list_bytes))


@lru_cache(maxsize=2)
def _inner(place: Place, size: int, changed: int) -> zipfile.ZipFile:
    around = _zip(replace(place, members=place.members[:-1]))
    info = around.infolist()[place.members[-1]]
    content = _read_member(around, info, place.limits.zip_bytes)
    return zipfile.ZipFile(_Pieces(content, place.limits.list_bytes))


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if problem := _refusal(info):
        raise Unreadable(problem)
    if info.file_size > most:
        raise Unreadable(_too_big(most))
    content = io.BytesIO()
    with archive.open(info) as file:
        # In pieces, as the size that the list of contents names may be a lie.
        while piece := file.read(min(PIECE, most + 1 - content.tell())):
            content.write(piece)
            if content.tell() > most:
                raise Unreadable(_too_big(most))
    return content.getvalue()


def _refusal(info: zipfile.ZipInfo) -> str:
    """Why a file in a zip is not read, whatever is in it."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 0x1:
        return "It is locked with a password; ask for it without one."
    if kind == stat.S_IFLNK:
        return "It is a link, which is not followed; ask for the file itself."
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "It is no ordinary file but a pipe or device; ask for the file itself."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "It is packed in an unusual way; ask for an ordinary zip, or for the file itself."
    return ""


def _why(problem: Exception, what: str) -> str:
    if isinstance(problem, _TooLong):
        return f"{what} lists too many files; unpack it and put the notebooks into a folder."
    if isinstance(problem, PermissionError):
        return f"{what} can't be read ({problem.strerror}); change its rights."
    if isinstance(problem, FileNotFoundError):
        return f"{what} is gone; put it back."
    return f"{what} is damaged; ask for it again, or download it again."


def _walk_zip(found: Found, visit: _Visit) -> Iterator[Found]:
    if len(found.place.members) > visit.limits.depth:
        said = (
            f"{short(_own_name(found))} lies too deep in other zips; unpack the outer ones, or ask "
            "for the notebook itself."
        )
        yield replace(found, place=None, problem=said)
        return
    try:
        archive = _zip(found.place)
    except Unreadable as problem:
        said = f"{short(_own_name(found))} can't be read. {problem}"
        yield replace(found, place=None, problem=said.replace(" can't be read. It ", " "))
        return
    except ZIP_ERRORS as problem:
        yield replace(found, place=None, problem=_why(problem, short(_own_name(found))))
        return
    infos = archive.infolist()
    if sum(info.compress_size for info in infos) > archive.fp.seek(0, 2):
        said = f"{short(_own_name(found))} holds files that overlap, as only a made-up zip does"
        yield replace(found, place=None, problem=f"{said}; ask for an ordinary zip.")
        return
    if len(found.place.members) < 2:
        visit.left = visit.limits.ratio * (found.size or archive.fp.tell())
    entries = list(_entries(infos, found, visit))
    if not entries:
        said = f"{short(_own_name(found))} is an empty zip; ask for it again."
        yield replace(found, place=None, problem=said)
    for entry in sorted(entries, key=lambda entry: (entry.way, entry.order)):
        if entry.place and entry.way[-1].casefold().endswith(".zip"):
            yield from _walk_zip(entry, visit)
        else:
            yield entry


def _own_name(found: Found) -> str:
    return found.way[-1] if found.way else found.source


def _entries(infos: list[zipfile.ZipInfo], around: Found, visit: _Visit) -> Iterator[Found]:
    filled, empty = {()}, []
    # The small ones first, so that a bomb does not take what the others need.
    for number, info in sorted(enumerate(infos), key=lambda pair: pair[1].file_size):
        name, note = _name(info)
        parts, unsafe = _parts(name)
        raw = tuple(_shallow(parts))
        inner = tuple(map(clean, raw))
        if ".git" in parts:
            visit.repositories.add((*around.way, *inner[: parts.index(".git")]))
        if not parts:
            continue
        if any(map(_ignored, parts)):
            # A folder with nothing but what a system leaves behind is an empty one.
            empty.append(inner[: [*map(_ignored, parts)].index(True)])
            continue
        if name.endswith("/"):
            empty.append(inner)
            continue
        filled.update(inner[:depth] for depth in range(1, len(inner)))
        found = _member(info, number, inner, around, visit, unsafe, note)
        yield replace(found, raw=(*around.raw, *raw))
    filled.update(inner[:depth] for inner in empty for depth in range(len(inner)))
    for inner in sorted(set(empty) - filled):
        yield Found((*around.way, *inner), _inside(around, inner), is_folder=True)


def _shallow(parts: list[str]) -> list[str]:
    """Leave out the middle of a very deep way, and of a very long name; no disk has such."""
    parts = parts if len(parts) <= 40 else [*parts[:20], "…", *parts[-10:]]
    return [short(part, 400) for part in parts]


def _member(info, number, inner, around: Found, visit: _Visit, unsafe, note) -> Found:
    way, source = (*around.way, *inner), _inside(around, inner)
    place = replace(around.place, members=(*around.place.members, number))
    problem = _refusal(info)
    if unsafe:
        problem = "Its path leads out of the zip; ask for a zip made in the ordinary way."
    elif not problem and may_be_notebook(inner[-1]) and not _is_affordable(info, visit):
        problem = "The zip unpacks to far more than it should; ask for the notebook itself."
    if problem:
        # These sentences begin with "It" or "Its"; in a row the name stands there.
        problem = f"{short(inner[-1])}: {problem[0].lower()}{problem[1:]}"
    written, order = _written(info)
    return Found(
        way, source, None if problem else place, problem, written, order,
        size=info.compress_size, notes=(note,) if note else (),
    )  # fmt: skip


def _inside(around: Found, inner: tuple[str, ...]) -> str:
    return f"{around.source}!/{'/'.join(inner)}"


def may_be_notebook(name: str) -> bool:
    """Whether a file is looked into: by its ending it is a notebook, a zip, or could be either.

    Examples
    --------
    >>> may_be_notebook("03.ipynb.txt"), may_be_notebook("03.pdf")
    (True, False)
    """
    # "J. Smith" has no ending.
    ending = re.search(r"\.[a-z0-9]{1,6}$", name.casefold())
    return not ending or ending[0] in (".ipynb", ".zip", ".txt", ".json")


def _is_affordable(info: zipfile.ZipInfo, visit: _Visit) -> bool:
    if info.file_size > max(visit.limits.file_bytes, visit.limits.zip_bytes):
        return True  # it is not unpacked, for a reason that says more
    ordinary = min(info.file_size, visit.left)
    if visit.packed + info.file_size - ordinary > visit.limits.packed_bytes:
        return False
    visit.left -= ordinary
    visit.packed += info.file_size - ordinary
    return True


def _name(info: zipfile.ZipInfo) -> tuple[str, str]:
    """The name in a zip, and a note where its letters had to be guessed."""
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        name = guess_letters(name.encode("cp437"))
        if not name.isascii():
            note = "The zip does not say in which letters its names are written; check the name."
            return name.replace("\\", "/"), note
    # Some programs on Windows write "\" between folders.
    return name.replace("\\", "/"), ""


def guess_letters(name: bytes) -> str:
    """Read a name of which only the bytes are known.

    Zips made on Windows often hold names in the letters of that computer's language, without
    saying so: Chinese in GBK, Arabic in code page 720 or 1256, the others in code page 437.

    Examples
    --------
    >>> guess_letters("张伟".encode("gbk")), guess_letters("José".encode("cp437"))
    ('张伟', 'José')
    """
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for letters, run, known in (
        ("gb18030", 1, "\u4e00-\u9fff"),
        ("cp720", 3, "\u0621-\u0652"),
        ("cp1256", 3, "\u0621-\u0652"),
    ):
        try:
            text = name.decode(letters)
        except UnicodeDecodeError:
            continue
        # "Núñez" has two letters that could be Arabic, but not three in a row.
        if letters == "gb18030" and not _is_common_chinese(name):
            continue
        runs = re.findall(r"[^\x00-\x7f]+", text)
        if all(len(part) >= run and re.fullmatch(f"[{known}]+", part) for part in runs):
            return text
    return name.decode("cp437")


def _is_common_chinese(name: bytes) -> bool:
    # Each of the two bytes of a common character is above A0; European letters seldom are.
    return all(len(run) % 2 == 0 and min(run) > 0xA0 for run in re.findall(rb"[\x80-\xff]+", name))


def _parts(name: str) -> tuple[list[str], bool]:
    """The names on the way to a file in a zip, and whether the way leads out of it."""
    path = PurePosixPath(name)
    parts = [part for part in path.parts if part not in ("/", "//", ".")]
    unsafe = path.is_absolute() or ".." in parts or bool(re.match(r"[A-Za-z]:(/|$)", name))
    parts = [part for part in parts if part != ".." and not re.fullmatch("[A-Za-z]:", part)]
    return parts, unsafe


def _written(info: zipfile.ZipInfo) -> tuple[str, float]:
    """When a file in a zip was changed last."""
    seconds = _seconds(info.extra)
    try:
        if seconds is None:
            if info.date_time[:3] <= (1980, 1, 1):
                return "", 0  # the beginning of a zip's time: not known
            # A zip's own time has no zone; it is mostly that of the place where it is read.
            seconds = datetime(*info.date_time).timestamp()
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), seconds
    except (ValueError, OverflowError, OSError):
        return "", 0


def _seconds(extra: bytes) -> int | None:
    """The time in UTC that many programs add ("UT", 0x5455)."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return struct.unpack_from("<i", extra, 5)[0]
        extra = extra[4 + size :]
    return None


def fingerprint(content: bytes) -> str:
    """Give a text that is equal for equal files only."""
    return hashlib.blake2b(content, digest_size=20).hexdigest()
