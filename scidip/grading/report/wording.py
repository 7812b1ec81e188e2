"""Make what students wrote safe to show: in one line, or as the code that it is.

Names, messages and answers come from strangers. What can't be seen can mislead (a sign that turns
the direction of writing, a colour code of a terminal, a NUL), so it is taken away from words, and
made visible in code.
"""

from __future__ import annotations

import re
import unicodedata

LINE = 2_000  # characters of one sentence; Excel shows at most 32,767 in a cell
ANSWER = 3_000  # characters of an answer
ANSWER_LINES = 80

_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?"
)
# Control signs, signs that turn the direction, lone halves of characters, and code points that are
# no characters. Joiners (U+200C, U+200D) stay: Persian and some names need them.
_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNING}\u2028\u2029\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_ABOVE = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILE = re.compile(f"([{_ABOVE}]{{4}})[{_ABOVE}]+")  # signs that would tower over other lines


def one_line(text: object, most: int = LINE) -> str:
    """Bring any text into one line of characters that can be seen.

    Parameters
    ----------
    text : object
        Anything; what is no text is written as one.
    most : int
        Characters that are kept.

    Returns
    -------
    str
        Without line breaks, control characters and colour codes; with "…" where it was cut.

    Examples
    --------
    >>> one_line("two\\nlines \\x1b[31mred\\x1b[0m \\u202e")
    'two lines red'
    """
    text = str(text)
    if len(text) <= most and text.isascii() and text.isprintable():  # as most are, and fast
        return " ".join(text.split())
    cut = len(text) > 2 * most
    text = _TERMINAL.sub("", text[: 2 * most])
    words = _PILE.sub(r"\1", _UNSEEN.sub("", " ".join(text.split()))).strip()
    return words[: most - 1].rstrip() + "…" if cut or len(words) > most else words


def as_written(code: object, most: int = ANSWER, lines: int = ANSWER_LINES) -> tuple[str, str]:
    """Show code as it is, with what can't be seen made visible.

    Parameters
    ----------
    code : object
        The answer of a student.
    most, lines : int
        Characters and lines that are kept.

    Returns
    -------
    tuple of str
        The code, and a sentence on what is left out; empty when all of it is there.

    Examples
    --------
    >>> as_written("x = 1\\x00")
    ('x = 1⟨U+0000⟩', '')
    >>> as_written("x = 1\\n" * 3, lines=2)
    ('x = 1\\nx = 1', 'Only the beginning is shown: the answer has 18 characters.')
    """
    code = str(code)
    kept = code[:most].replace("\r\n", "\n").replace("\r", "\n")
    kept = "\n".join(kept.split("\n")[: lines + 1])
    shown = kept.rstrip("\n")
    if shown.count("\n") >= lines:
        shown = "\n".join(shown.split("\n")[:lines])
    complete = len(code) <= most and len(shown) >= len(code.replace("\r\n", "\n").rstrip("\r\n"))
    shown = _PILE.sub(r"\1", _UNSEEN.sub(_named, shown))
    said = "" if complete else f"the answer has {len(code):,} characters."
    return shown, said and f"Only the beginning is shown: {said}"


def _named(found: re.Match) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"


def name_key(name: str) -> str:
    """Give the form in which two names are the same: no case, no forms of one letter.

    Examples
    --------
    >>> name_key("  ZHANG\\u3000Wei ") == name_key("Zhang Wei")
    True
    """
    return unicodedata.normalize("NFKC", one_line(name)).casefold()
