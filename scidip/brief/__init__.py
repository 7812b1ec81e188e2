"""The one-page brief of lesson 10: its rules, its file and its page.

    from scidip.brief import check, to_html

A brief is a plain dictionary of texts. ``check`` says what is missing, ``to_html`` writes one page
that prints on A4, ``save`` and ``load`` keep the text in a file of the student's own.
"""

from scidip.brief.page import BriefError, draw_chart, load, save, to_html
from scidip.brief.report import report
from scidip.brief.rules import SLOTS, check, count_words, measure

__all__ = [
    "SLOTS",
    "BriefError",
    "check",
    "count_words",
    "draw_chart",
    "load",
    "measure",
    "report",
    "save",
    "to_html",
]
