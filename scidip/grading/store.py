"""What is graded already, so that nothing is done twice and nothing is lost.

For each submission there is one file, written whole as soon as its result is there. It is taken
again only for the same bytes, the same course and the same settings.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from scidip import data
from scidip.files import write
from scidip.grading.model import FAILED, Result, Submission
from scidip.grading.settings import Settings
from scidip.questions.engine import SOLUTIONS

FOLDER = ".graded"
PACKAGE = Path(data.__file__).resolve().parent


class Store:
    """The results that a folder holds.

    Parameters
    ----------
    out : Path
        The folder of the report; the store is a folder in it.
    settings : Settings
        Under which the results came about.
    """

    def __init__(self, out: Path, settings: Settings):
        self.folder = out / FOLDER
        self.folder.mkdir(parents=True, exist_ok=True)
        # The seed matters only where it is used.
        used = replace(settings, seed=settings.seed if settings.variant else 0)
        self._state = f"{course_digest()} {used!r}"

    def _path(self, submission: Submission) -> Path:
        name = f"{submission.source}\n{submission.student}\n{submission.lesson}"
        return self.folder / f"{_digest(name)[:32]}.json"

    def _stamp(self, submission: Submission) -> str:
        return _digest(f"{self._state} {submission.digest} {submission.problem}")

    def get(self, submission: Submission) -> Result | None:
        """Give the result of a submission, if nothing has changed since."""
        try:
            kept = json.loads(self._path(submission).read_text(encoding="utf-8"))
            if kept["stamp"] != self._stamp(submission):
                return None
            result = Result.from_json(kept["result"])
            before = set(kept["notes"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        # Where it was found and who else handed it in may have changed around it.
        notes = (*submission.notes, *(note for note in result.notes if note not in before))
        return replace(
            result, submitted=submission.submitted, older=submission.older,
            identity=submission.identity, notes=notes,
        )  # fmt: skip

    def put(self, submission: Submission, result: Result) -> None:
        """Keep a result; one that failed is not kept, so that it is tried again."""
        if result.status == FAILED:
            return
        kept = {
            "stamp": self._stamp(submission), "result": result.to_json(),
            "notes": list(submission.notes),
        }  # fmt: skip
        text = json.dumps(kept, ensure_ascii=False)
        write(self._path(submission), text.encode("utf-8", "surrogatepass"))


def kept_seed(out: Path) -> int:
    """Give the seed of a folder of results; it is drawn when it is first asked for.

    A seed that everybody knows would let an answer be made for the other data too.
    """
    path = out / FOLDER / "seed.txt"
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        seed = secrets.randbelow(10**9)
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, f"{seed}\n".encode("ascii"))
        return seed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=1)
def course_digest() -> str:
    """Give a fingerprint of all that a mark depends on: programs, tables and model answers."""
    total = hashlib.sha256()
    files = [*PACKAGE.rglob("*.py"), *data.DATA.rglob("*.csv"), data.DATA / data.PACKAGE]
    for path in sorted([*files, *SOLUTIONS.glob("*.ipynb")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
