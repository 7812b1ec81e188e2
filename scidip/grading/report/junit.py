"""junit.xml: the results for a continuous integration server.

The form is that of Jenkins' schema junit-10.xsd (https://github.com/jenkinsci/xunit-plugin, in
src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/): testsuites > testsuite >
testcase > failure, error or skipped.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from xml.sax.saxutils import XMLGenerator

from scidip.grading.model import CORRECT, ERROR, GRADED, NOT_YET, Mark, Result
from scidip.grading.report.wording import one_line

# What a status is called in JUnit's words; all other statuses are skipped.
_KINDS = {CORRECT: "", NOT_YET: "failure", ERROR: "error"}


def junit_xml(results: Sequence[Result], title_of: Callable[[str], str]) -> bytes:
    """Write one testsuite for each submission, with one testcase for each question.

    Parameters
    ----------
    results : sequence of Result
        In the order of the suites.
    title_of : callable
        Gives the title of a question from its number.

    Returns
    -------
    bytes
        XML in UTF-8. *Correct* passes, *not yet* fails, *error* is an error, what was not tried
        or is marked by hand is skipped. A submission that was not graded is one error.

    Examples
    --------
    >>> page = junit_xml([Result("Ana", "a.ipynb", 3, "refused", "Empty.")], lambda number: "")
    >>> b'<error type="refused" message="Empty."></error>' in page
    True
    """
    buffer = io.BytesIO()
    xml = XMLGenerator(buffer, "utf-8")
    xml.startDocument()
    suites = [(result, _cases(result)) for result in results]
    xml.startElement(
        "testsuites", {"name": "scidip grade"} | _sums(case for s in suites for case in s[1])
    )
    for result, cases in suites:
        _write_suite(xml, result, cases, title_of)
    xml.endElement("testsuites")
    xml.ignorableWhitespace("\n")
    return buffer.getvalue()


def _cases(result: Result) -> list[tuple[str, str, Mark | None]]:
    """List kind, number and mark of each testcase of a submission."""
    if result.status != GRADED:
        return [("error", "submission", None)]
    return [(_KINDS.get(mark.status, "skipped"), mark.question, mark) for mark in result.marks]


def _sums(cases) -> dict[str, str]:
    kinds = [kind for kind, *_ in cases]
    counts = {"tests": len(kinds), "failures": kinds.count("failure")}
    return {name: str(count) for name, count in (counts | {"errors": kinds.count("error")}).items()}


def _write_suite(xml: XMLGenerator, result: Result, cases: list, title_of) -> None:
    lesson = "no lesson" if result.lesson is None else f"lesson {result.lesson}"
    name = f"{one_line(result.student) or '(no name)'}, {lesson}"
    skipped = sum(kind == "skipped" for kind, *_ in cases)
    xml.ignorableWhitespace("\n")
    xml.startElement("testsuite", {"name": name} | _sums(cases) | {"skipped": str(skipped)})
    for kind, number, mark in cases:
        title = one_line(title_of(number)) if mark else ""
        xml.ignorableWhitespace("\n  ")
        xml.startElement("testcase", {"classname": name, "name": f"{number} {title}".strip()})
        if kind == "skipped":
            xml.startElement(kind, {"message": _said(mark)})
            xml.endElement(kind)
        elif kind:
            status, said = (mark.status, _said(mark)) if mark else (result.status, result.reason)
            xml.startElement(kind, {"type": status, "message": one_line(said)})
            xml.endElement(kind)
        xml.endElement("testcase")
    xml.ignorableWhitespace("\n")
    xml.endElement("testsuite")


def _said(mark: Mark) -> str:
    return one_line(f"{mark.status}: {mark.message}" if mark.message else mark.status)
