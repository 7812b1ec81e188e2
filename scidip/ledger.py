"""The claim ledger: what a student thinks of the article's claims, from lesson 01 on.

It is a small CSV file of the student's own, ``my_ledger.csv``, beside the notebooks. A claim that
stands in it is never overwritten without being asked for, and every change is written whole or
not at all. The file never leaves the machine.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pandas as pd

from scidip import data
from scidip.files import write

FILE = "my_ledger.csv"
COLUMNS = ["claim_id", "fragment", "kind", "confidence", "noted", "verdict", "settled", "remark"]
KINDS = ("fact", "interpretation", "value")
FOLDERS = ("lessons", "exercises", "solutions")


class LedgerError(ValueError):
    """The ledger can't be used or changed. The message says what to do, in one sentence."""


class Ledger:
    """Open the ledger, or begin one.

    Parameters
    ----------
    path : path, optional
        The file; by default ``my_ledger.csv`` in the course's folder, so that all lessons share it.

    Raises
    ------
    LedgerError
        The file is damaged. It is left as it is.

    Examples
    --------
    >>> import tempfile
    >>> ledger = Ledger(Path(tempfile.mkdtemp()) / "my_ledger.csv")
    >>> ledger.note("S09", kind="fact", confidence=80)
    S09 is in your ledger: fact, 80 per cent sure that it is right.
    >>> ledger.settle("S09", "contradicted")
    S09 is settled: contradicted. You were 80 per cent sure that it is right.
    """

    def __init__(self, path: Path | str | None = None):
        self.path = Path(path) if path is not None else shared_folder() / FILE
        self._rows = self._read()

    def note(self, claim_id: str, kind: str, confidence: int, remark: str = "", replace=False):
        """Write a claim into the ledger.

        Parameters
        ----------
        claim_id : str
            Such as ``"S09"``: the number in the table ``article_claims``.
        kind : str
            "fact", "interpretation" or "value".
        confidence : int
            How sure you are that the claim is right, from 0 to 100 per cent; 50 means that you
            can't tell.
        remark : str
            Anything you want to remember.
        replace : bool
            Whether a claim that is already there may be overwritten; without it, nothing changes.

        Returns
        -------
        Said
            One sentence that shows itself.

        Raises
        ------
        LedgerError
            There is no such claim, or a value is impossible.
        """
        claims = data.load_shared("article_claims").set_index("claim_id")["fragment"]
        if claim_id not in claims.index:
            raise LedgerError(
                f"There is no claim {str(claim_id)[:20]!r}; the claims are {claims.index[0]} to "
                f"{claims.index[-1]}."
            )
        if kind not in KINDS:
            raise LedgerError(f"The kind is {kind!r}; write one of {', '.join(KINDS)}.")
        whole = isinstance(confidence, int) and not isinstance(confidence, bool)
        if not whole or not 0 <= confidence <= 100:
            raise LedgerError(f"The confidence is {confidence!r}; write a whole number, 0 to 100.")
        if claim_id in self._rows and not replace:
            there = self._rows[claim_id]
            # No error: a notebook that is run again from the top must not stop here.
            return Said(
                f"{claim_id} is already in your ledger ({there['kind']}, {there['confidence']} per "
                f"cent, {there['noted']}). Nothing was changed; add replace=True to write over it."
            )
        row = dict.fromkeys(COLUMNS, "")
        row |= {
            "claim_id": claim_id, "fragment": claims[claim_id], "kind": kind,
            "confidence": str(confidence), "noted": date.today().isoformat(), "remark": remark,
        }  # fmt: skip
        self._write({**self._rows, claim_id: row})
        return Said(
            f"{claim_id} is in your ledger: {kind}, {confidence} per cent sure that it is right."
        )

    def settle(self, claim_id: str, verdict: str, remark: str = ""):
        """Write down the verdict of a claim, beside what you thought before.

        Raises
        ------
        LedgerError
            The claim is not in the ledger, or there is no such verdict.
        """
        if claim_id not in self._rows:
            raise LedgerError(
                f"{str(claim_id)[:20]} is not in your ledger yet; write it down with note(...)."
            )
        field = next(f for f in data.schema("article_claims")["fields"] if f["name"] == "verdict")
        allowed = field["constraints"]["enum"]
        if verdict not in allowed:
            raise LedgerError(f"The verdict is {verdict!r}; write one of {', '.join(allowed)}.")
        row = {**self._rows[claim_id], "verdict": verdict, "settled": date.today().isoformat()}
        if remark:
            row["remark"] = "; ".join(filter(None, [row["remark"], remark]))
        self._write({**self._rows, claim_id: row})
        return Said(
            f"{claim_id} is settled: {verdict}. You were {row['confidence']} per cent sure that it "
            "is right."
        )

    def table(self) -> pd.DataFrame:
        """Give the ledger as a table, one row for each claim.

        Returns
        -------
        pandas.DataFrame
            With the columns ``claim_id``, ``fragment``, ``kind``, ``confidence`` (per cent),
            ``noted``, ``verdict``, ``settled`` and ``remark``.
        """
        table = pd.DataFrame(self._rows.values(), columns=COLUMNS)
        return table.astype({"confidence": "int64"}) if len(table) else table

    def __repr__(self):
        settled = sum(bool(row["verdict"]) for row in self._rows.values())
        return f"Ledger with {len(self._rows)} claims, {settled} of them settled."

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as problem:
            raise LedgerError(f"{self._name} can't be read ({problem}).") from None
        lines = list(csv.reader(io.StringIO(text, newline="")))
        if not lines or lines[0] != COLUMNS or any(len(line) != len(COLUMNS) for line in lines):
            raise LedgerError(
                f"{self._name} is damaged: its columns are not those of a ledger. Give the file "
                "another name to keep it, then a new ledger can begin."
            )
        rows = {}
        for number, line in enumerate(lines[1:], start=2):
            row = dict(zip(COLUMNS, line, strict=True))
            if not row["confidence"].isdigit() or not row["claim_id"]:
                raise LedgerError(
                    f"{self._name}, row {number}: the claim or the confidence is missing; repair "
                    "the row, or give the file another name to begin a new ledger."
                )
            rows[row["claim_id"]] = row
        return rows

    def _write(self, rows: dict[str, dict[str, str]]) -> None:
        # Another lesson may have changed the file since this one opened it.
        rows = {**self._read(), **rows}
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows.values(), key=lambda row: row["claim_id"]))
        try:
            write(self.path, text.getvalue().encode("utf-8"))
        except OSError as problem:
            raise LedgerError(
                f"{self._name} can't be written ({problem.strerror}); close the programs that use "
                "it. Nothing was lost."
            ) from None
        self._rows = rows

    @property
    def _name(self) -> str:
        return f"Your ledger {self.path.name}"


class Said(str):
    """A sentence that shows itself without quotation marks."""

    def __repr__(self):
        return str(self)


def shared_folder() -> Path:
    """The course's folder when a notebook of it runs, else the folder where Python runs."""
    here = Path.cwd()
    return here.parent if here.name in FOLDERS else here
