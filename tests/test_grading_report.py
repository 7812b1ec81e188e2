"""The report of a graded class: hostile names and answers, gradebook files, pages, XML."""

import csv
import dataclasses
import errno
import io
import json
import re
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from browser import needs_browser, open_browser, serious_findings

from scidip.grading import report
from scidip.grading.model import (
    BY_HAND,
    CORRECT,
    ERROR,
    FAILED,
    GRADED,
    NOT_YET,
    REFUSED,
    UNTRIED,
    Mark,
    Result,
)
from scidip.grading.report import ReportError, RunInfo, write_report
from scidip.grading.report.filenames import page_names
from scidip.grading.report.pages import Others
from scidip.grading.report.results_table import safe_cell
from scidip.grading.report.wording import as_written, one_line
from scidip.questions.engine import questions_of

RUN = RunInfo(
    started="2026-11-26T09:00:00Z",
    ended="2026-11-26T09:00:31Z",
    command=["scidip", "grade", "submissions"],
    versions={"python": "3.11.7"},
    containment={"network": "closed", "memory": "1 GiB"},
    seed=7,
    counts={"submissions": 3},
    seconds=31.2,
)
STATUSES_OF = (CORRECT, NOT_YET, UNTRIED, ERROR, BY_HAND)
HOSTILE_NAMES = [
    '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "CON", "nul.txt", "..", "a/b\\c",
    "</h1><script>alert(1)</script>", "\u202egnp.exe", "\x1b[31mred", "x\x00y", "two\nlines",
    "张伟", "محمد علي", "x" * 400, "名" * 200, "\ud800", "", "a" + "\u0301" * 500, "&amp;", "'",
    '"', "Bo Li", "bo li", "BO LI", "\ufeffAna", "\uffff",
]  # fmt: skip
HOSTILE_CODE = "</pre><script>alert(1)</script>\u202e\x1b[31m\x00\ud800 & < > \" '"


def graded(student="Ana Silva", lesson=3, statuses=STATUSES_OF, **values):
    marks = tuple(
        Mark(f"{lesson}.{place}", status, f"Message {place}.")
        for place, status in enumerate(statuses, start=1)
    )
    values = {"source": f"{student}/x.ipynb", "status": GRADED, "marks": marks} | values
    return Result(student=student, lesson=lesson, **values)


def refused(student="Bo Li", reason="The file is empty.", status=REFUSED, lesson=3):
    return Result(student, f"{student}/x.ipynb", lesson, status, reason)


def written(results, out, **options):
    """Write a report; give what stands in each file by its name."""
    paths = write_report(results, out, RUN, **options)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def only_page(files):
    (page,) = (content for name, content in files.items() if name.startswith("feedback/"))
    return page.decode()


def text_of(page):
    """What a reader reads: the page without its tags and look."""
    page = page.decode() if isinstance(page, bytes) else page
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S)


# --- Words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\r\nb\tc", "a b c"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\u202eabc\u2066", "abc"),
        ("a\x00b\x9f", "ab"),
        ("\ud800x", "x"),
        (None, "None"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_one_line(given, shown):
    assert one_line(given) == shown


def test_a_long_text_is_cut_and_says_so():
    assert one_line("x" * 10_000_000, 10) == "x" * 9 + "…"
    assert len(one_line("word " * 1000, 100)) <= 100


def test_piled_up_accents_are_taken_down():
    assert len(one_line("a" + "\u0301" * 500)) == 5


def test_code_is_shown_as_it_is():
    assert as_written("def f():\n    return 1\n") == ("def f():\n    return 1", "")
    assert as_written("a\r\nb\rc") == ("a\nb\nc", "")


def test_unseen_signs_in_code_are_named():
    assert as_written("a\u202eb\x00\x1b")[0] == "a⟨U+202E⟩b⟨U+0000⟩⟨U+001B⟩"


@pytest.mark.parametrize("code", ["x" * 10_000_000, "x\n" * 1000, "\n" * 100_000 + "x"])
def test_long_code_is_cut_and_says_so(code):
    shown, said = as_written(code)
    assert len(shown) <= 3000
    assert f"{len(code):,} characters" in said


# --- File names ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["CON", "con", "NUL", "nul.txt", "COM1", "LPT9.a.b", "COM¹", "AUX", "PRN", "CONIN$"]
)
def test_reserved_names_are_changed(name):
    assert re.fullmatch(r"(?i).+-[0-9a-f]{8}\.html", page_names([name])[name])
    stem = page_names([name])[name].partition(".")[0]
    assert stem.upper() not in {"CON", "NUL", "COM1", "LPT9", "COM¹", "AUX", "PRN", "CONIN$"}


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_every_name_gives_a_safe_file_name(name, tmp_path):
    page = page_names([name])[name]
    assert not set(page) & set('<>:"/\\|?*%#&\n\r\t\x00\u202e')
    assert not page.startswith((".", "-")) and len(page.encode()) < 200
    (tmp_path / page).write_text("x")
    assert [path.name for path in tmp_path.iterdir()] == [page]


def test_plain_names_stay():
    names = ["Ana Silva", "张伟", "محمد علي", "José Ñandú"]
    assert page_names(names) == {name: f"{name.replace(' ', '_')}.html" for name in names}


def test_no_two_students_share_a_page():
    alike = ["Bo Li", "bo li", "Bo_Li", "BO  LI", "Bo\u200eLi", "José", "Jose\u0301", "ﬁn", "fin",
             "straße", "strasse", "x" * 61, "x" * 62, "a:b", "a?b"]  # fmt: skip
    pages = page_names([*alike, *HOSTILE_NAMES]).values()
    assert len({page.casefold() for page in pages}) == len({*alike, *HOSTILE_NAMES})


def test_a_student_named_like_another_ones_page():
    taken = page_names(["a:b"])["a:b"].removesuffix(".html")
    assert len(set(page_names(["a:b", taken]).values())) == 2


def test_a_page_keeps_its_name_when_the_class_grows():
    few, many = page_names(["Bo Li", "bo li", "CON"]), page_names(["bo li", "Bo Li", "CON", "Z"])
    assert few.items() <= many.items()


# --- results.csv -----------------------------------------------------------------------------


def test_columns_of_results(tmp_path):
    files = written([graded(), refused(), graded("Cy", 4, [CORRECT])], tmp_path)
    content = files["results.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = rows_of(content)
    numbers = ["3.1", "3.2", "3.3", "3.4", "3.5", "4.1"]
    assert header == [
        "student", "lesson", "status", "points", "of", *numbers,
        *(f"{number} reason" for number in numbers),
        "flags", "notes", "source", "submitted", "older", "reason",
    ]  # fmt: skip
    ana, bo, cy = (dict(zip(header, row, strict=True)) for row in rows)
    assert [ana["points"], ana["of"]] == ["1", "4"]
    assert [ana[number] for number in numbers] == [*STATUSES_OF, ""]
    assert ana["3.2 reason"] == "Message 2." and ana["4.1 reason"] == ""
    assert [bo["status"], bo["points"], bo["of"], bo["reason"]] == [
        "refused", "", "", "The file is empty.",
    ]  # fmt: skip
    assert [cy["3.1"], cy["4.1"]] == ["", CORRECT]


def test_question_ten_comes_after_nine(tmp_path):
    files = written([graded(statuses=[CORRECT] * 11)], tmp_path)
    header = rows_of(files["results.csv"])[0]
    assert header.index("3.10") == header.index("3.9") + 1


def test_pandas_reads_results(tmp_path):
    results = [graded(name, answers={"3.1": HOSTILE_CODE}) for name in HOSTILE_NAMES]
    write_report(results, tmp_path, RUN)
    table = pd.read_csv(tmp_path / "results.csv", dtype={"student": str}, keep_default_na=False)
    assert len(table) == len(HOSTILE_NAMES)
    assert set(table["status"]) == {"graded"} and set(table["points"]) == {1}
    assert "张伟" in set(table["student"]) and "محمد علي" in set(table["student"])


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", "'=1", '"=1', "|x"]
)
def test_no_cell_is_a_formula(text, tmp_path):
    assert safe_cell(text).startswith("'")
    result = graded(text, notes=(text,), source=text, older=(text,), submitted=text)
    result = dataclasses.replace(result, marks=(Mark("3.1", NOT_YET, text, text, flags=(text,)),))
    for name, content in written([result], tmp_path).items():
        if name.endswith(".csv"):
            cells = [cell for row in rows_of(content) for cell in row]
            assert not [c for c in cells if re.match(r"\s*[=+@|＝]|\s*-.", c)], name
            assert not [c for c in cells if "\n" in c or "\t" in c]


def test_numbers_and_plain_words_are_not_touched():
    assert [safe_cell(v) for v in (5, -1.5, "a = b", "3.1", "-")] == [5, -1.5, "a = b", "3.1", "-"]


def test_a_semicolon_stays_in_its_cell(tmp_path):
    content = written([graded("a;=1+1")], tmp_path)["results.csv"].decode()
    assert '"a;=1+1"' in content


def test_flags_name_their_question(tmp_path):
    marks = (
        Mark("3.1", CORRECT, flags=("It reads a file.",), other_data="fixed"),
        Mark("3.2", CORRECT),
    )
    header, row = rows_of(written([graded(marks=marks)], tmp_path)["results.csv"])
    said = row[header.index("flags")]
    assert said == "3.1: It reads a file. | 3.1: right here, wrong on other data"


# --- Gradebooks ------------------------------------------------------------------------------

CANVAS_EXPORT = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Exercise 03 (991),Essay (992)
,,,,,Manual Posting,
    Points Possible,,,,,4,10
"Silva, Ana",17,s17,ana@uni.example,Group 1,,
"Li, Wei",18,s18,wei1,Group 1,,
"Li, Wei",19,s19,wei2,Group 2,,
"Student, Test",99,,x,Group 1,,
"""
MOODLE_EXPORT = """First name,Last name,ID number,Email address,Total
Ana,Silva,s17,ana@uni.example,-
Wei,Li,s18,wei1@uni.example,-
Wei,Li,s19,wei2@uni.example,-
"""
WORKSHEET_EXPORT = """Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 1201,Ana Silva,ana@uni.example,Submitted,,100.00,Yes,-,-,
Participant 1202,Wei Li,wei1@uni.example,Submitted,,100.00,Yes,-,-,
"""  # noqa: E501


def roster(folder, text, encoding="utf-8"):
    path = folder / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def books(results, tmp_path, text=None):
    path = roster(tmp_path, text) if text else None
    return written(results, tmp_path / "out", roster=path)


def test_canvas_headers_are_exact(tmp_path):
    ana = graded(identity={"canvas_id": "17", "login": "ana"})
    content = books([ana, graded("Bo")], tmp_path)["gradebook_canvas_03.csv"]
    assert rows_of(content) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Exercise 03"],
        ["    Points Possible", "", "", "", "", "4"],
        ["Ana Silva", "17", "", "", "", "1"],
    ]
    # Canvas' reader stops at a byte order mark before a quotation mark.
    assert content.startswith(b'"Student"')


def test_without_roster_the_notes_ask_for_canvas_ids(tmp_path):
    files = books([graded()], tmp_path)
    assert len(rows_of(files["gradebook_canvas_03.csv"])) == 2
    notes = files["gradebook_notes.txt"].decode()
    assert "Canvas knows students by its own ids" in notes
    assert "Not one student has an ID that Canvas could know" in notes


def test_canvas_ids_come_from_its_export(tmp_path):
    results = [graded("Ana Silva"), graded("x", identity={"canvas_id": "18"}), graded("Nobody")]
    files = books(results, tmp_path, CANVAS_EXPORT)
    header, _, *rows = rows_of(files["gradebook_canvas_03.csv"])
    assert header[-1] == "Exercise 03 (991)"
    assert sorted(rows) == [
        ["Li, Wei", "18", "s18", "wei1", "Group 1", "1"],
        ["Silva, Ana", "17", "s17", "ana@uni.example", "Group 1", "1"],
    ]
    assert "Nobody is not in the roster." in files["gradebook_notes.txt"].decode()


def test_points_are_brought_to_the_scale_of_canvas(tmp_path):
    text = CANVAS_EXPORT.replace(",,4,10", ",,100,10")
    files = books([graded()], tmp_path, text)
    assert [row[-1] for row in rows_of(files["gradebook_canvas_03.csv"])[1:]] == ["100", "25"]
    assert "4 points here are 100 on the platform" in files["gradebook_notes.txt"].decode()


def test_an_assignment_that_is_not_clear_is_named(tmp_path):
    for heading in ("Exercise 03 (991),Week 3", "Test (991),Essay"):
        text = CANVAS_EXPORT.replace("Exercise 03 (991),Essay", heading)
        files = books([graded()], tmp_path, text)
        assert rows_of(files["gradebook_canvas_03.csv"])[0][-1] == "Exercise 03"
        assert "Canvas will make a new one" in files["gradebook_notes.txt"].decode()


def test_two_with_one_name_are_not_matched_by_it(tmp_path):
    files = books([graded("Wei Li")], tmp_path, CANVAS_EXPORT)
    assert len(rows_of(files["gradebook_canvas_03.csv"])) == 2
    assert "Wei Li fits more than one row of the roster." in files["gradebook_notes.txt"].decode()


def test_two_students_for_one_row_get_none(tmp_path):
    files = books([graded("Ana Silva"), graded("Silva Ana")], tmp_path, CANVAS_EXPORT)
    assert len(rows_of(files["gradebook_canvas_03.csv"])) == 2
    assert files["gradebook_notes.txt"].decode().count("that fits others too") == 2


def test_a_login_counts_only_against_a_roster(tmp_path):
    octo = graded("octo", identity={"login": "wei2"})  # a login of GitHub, say
    files = books([octo], tmp_path)
    assert len(rows_of(files["gradebook_canvas_03.csv"])) == 2
    assert len(rows_of(files["gradebook_moodle_03.csv"])) == 1
    files = books([octo], tmp_path, CANVAS_EXPORT)
    assert rows_of(files["gradebook_canvas_03.csv"])[-1][:2] == ["Li, Wei", "19"]
    assert "Found by a login: 1. Compare the names" in files["gradebook_notes.txt"].decode()


def test_an_id_wins_over_a_name(tmp_path):
    results = [graded("Ana Silva"), graded("Ana Silva (2)", identity={"canvas_id": "17"})]
    files = books(results, tmp_path, CANVAS_EXPORT)
    assert len(rows_of(files["gradebook_canvas_03.csv"])) == 3
    assert "Ana Silva fits a row" in files["gradebook_notes.txt"].decode()


def test_moodle_worksheet_headers_are_exact(tmp_path):
    results = [graded(identity={"moodle_id": "1201", "email": "ana@uni.example"}), graded("Bo")]
    files = books(results, tmp_path)
    header, *rows = rows_of(files["gradebook_moodle_03.csv"])
    assert header == [
        "Identifier", "Full name", "Email address", "Grade", "Maximum grade",
        "Last modified (grade)", "Feedback comments",
    ]  # fmt: skip
    # A row without identifier would be given to the student of the row before it.
    assert [row[:6] for row in rows] == [
        ["Participant 1201", "Ana Silva", "ana@uni.example", "1", "4", "-"]
    ]
    assert rows[0][6].startswith("3.1: correct. 3.2: not yet. Message 2. 3.3: not tried.")
    assert "Bo has no Identifier" in files["gradebook_notes.txt"].decode()


def test_moodle_grade_import_headers_are_exact(tmp_path):
    files = books([graded(identity={"email": "ana@uni.example"})], tmp_path)
    header, row = rows_of(files["gradebook_moodle_03.csv"])
    assert header == ["Full name", "Email address", "Exercise 03", "Exercise 03 (Feedback)"]
    assert row[:3] == ["Ana Silva", "ana@uni.example", "1"]


def test_moodle_ids_come_from_its_gradebook(tmp_path):
    results = [graded("Ana Silva"), graded("s19"), graded("Wei Li")]
    files = books(results, tmp_path, MOODLE_EXPORT)
    header, *rows = rows_of(files["gradebook_moodle_03.csv"])
    assert header == [
        "Full name", "Email address", "ID number", "Exercise 03", "Exercise 03 (Feedback)",
    ]  # fmt: skip
    assert [row[1] for row in rows] == ["ana@uni.example", "wei2@uni.example"]
    assert "Wei Li fits more than one row" in files["gradebook_notes.txt"].decode()


def test_moodle_worksheet_as_roster_gives_its_scale(tmp_path):
    results = [graded("anybody", identity={"moodle_id": "1202"}), graded("Ana Silva")]
    files = books(results, tmp_path, WORKSHEET_EXPORT)
    _, *rows = rows_of(files["gradebook_moodle_03.csv"])
    assert sorted(row[:6] for row in rows) == [
        ["Participant 1201", "Ana Silva", "ana@uni.example", "25", "100", "-"],
        ["Participant 1202", "Wei Li", "wei1@uni.example", "25", "100", "-"],
    ]


def test_feedback_for_moodle_is_no_markup(tmp_path):
    marks = (Mark("3.1", ERROR, "NameError: <script>alert(1)</script>"),)
    files = books([graded(marks=marks, identity={"email": "a@b.c"})], tmp_path)
    assert b"<script>" not in files["gradebook_moodle_03.csv"]


def test_what_is_not_graded_has_no_row_in_a_gradebook(tmp_path):
    lost = Result("Bo", "b.ipynb", 3, FAILED, "No kernel.", identity={"canvas_id": "4"})
    files = books([graded(identity={"canvas_id": "3"}), lost], tmp_path)
    assert [row[0] for row in rows_of(files["gradebook_canvas_03.csv"])[2:]] == ["Ana Silva"]


def test_an_id_that_is_none_is_not_used(tmp_path):
    for number in ("=1+1", "1\n2", "٣", "17 or 18"):
        files = books([graded(identity={"canvas_id": number, "moodle_id": number})], tmp_path)
        assert len(rows_of(files["gradebook_canvas_03.csv"])) == 2
        assert len(rows_of(files["gradebook_moodle_03.csv"])) == 1


def test_each_lesson_has_its_files(tmp_path):
    files = books([graded(), graded(lesson=4), graded("Bo", 4)], tmp_path)
    assert {name for name in files if name.startswith("gradebook_")} == {
        "gradebook_moodle_03.csv", "gradebook_canvas_03.csv", "gradebook_moodle_04.csv",
        "gradebook_canvas_04.csv", "gradebook_notes.txt",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "none of the columns"),
        (b"Student,ID,Section\n", "no student in it"),
        ("Ren\xe9,Email address\n".encode("latin-1"), "not a CSV file in UTF-8"),
        (b"PK\x03\x04\x00\x00", "not a CSV file in UTF-8"),
        (b"Email address,Email address\na,b\n", "the column Email address twice"),
    ],
)
def test_a_wrong_roster_stops_before_anything_is_written(content, said, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=said):
        write_report([graded()], tmp_path / "out", RUN, roster=path)
    assert not (tmp_path / "out").exists()


def test_a_roster_that_is_missing_or_a_folder(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ReportError, match="can't be read"):
            write_report([graded()], tmp_path / "out", RUN, roster=path)


def test_a_worksheet_is_of_one_lesson(tmp_path):
    with pytest.raises(ReportError, match="one lesson at a time"):
        books([graded(), graded(lesson=4)], tmp_path, WORKSHEET_EXPORT)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_rosters_with_other_commas_and_encodings(encoding, comma, tmp_path):
    text = MOODLE_EXPORT.replace(",", comma)
    path = roster(tmp_path, text, encoding)
    files = written([graded()], tmp_path / "out", roster=path)
    assert rows_of(files["gradebook_moodle_03.csv"])[1][1] == "ana@uni.example"


# --- Pages of students -----------------------------------------------------------------------


class Outline(HTMLParser):
    """Collects the tags of a page, and checks that all are closed."""

    EMPTY = frozenset({"meta", "img", "br", "!doctype"})

    def __init__(self, page):
        super().__init__()
        self.tags, self.headings, self.open = [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check_structure(page):
    """The rules that every page follows."""
    outline = Outline(page)
    names = [tag for tag, _ in outline.tags]
    assert ("html", {"lang": "en"}) in outline.tags and names.count("title") == 1
    assert outline.headings[0] == 1 and outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)
    assert names.count("table") == names.count("caption")
    assert all("scope" in attributes for tag, attributes in outline.tags if tag == "th")
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"] for tag, a in outline.tags if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert not {"script", "link", "iframe", "object", "form"} & set(names)
    assert not [name for _, a in outline.tags for name in a if name.startswith("on")]
    assert "default-src 'none'" in page
    return outline


def test_the_page_of_a_student(tmp_path):
    question = questions_of(3)["3.2"]
    result = graded(
        answers={"3.2": "per_office = 1 / 2\n"},
        notes=("The answer cell of 3.2 was found by its heading.",),
        source="class.zip!/Ana Silva_1/03.ipynb",
        submitted="2026-11-20T10:00:00Z",
        older=("a.ipynb", "b.ipynb"),
    )
    page = only_page(written([result], tmp_path))
    check_structure(page)
    words = " ".join(text_of(page).split())
    assert "1 of 4 questions is correct. 1 question is marked by a person." in words
    assert "3.2 Diplomats per office" in words and "not yet : Message 2." in words
    assert question.hints[0] in words and question.hints[1] not in words
    assert "per_office = 1 / 2" in page
    assert "The answer cell of 3.2 was found by its heading." in words
    assert "File: 03.ipynb, handed in 2026-11-20T10:00:00Z. It replaces 2 earlier files" in words


def test_hints_only_where_they_help(tmp_path):
    for status, hints in ((NOT_YET, 1), (UNTRIED, 1), (CORRECT, 0), (ERROR, 0), (BY_HAND, 0)):
        page = only_page(written([graded(statuses=[status])], tmp_path))
        assert page.count("<strong>Hint</strong>") == hints
    known = graded(marks=(Mark("3.1", NOT_YET, "Said.", "A wrong idea."),))
    assert "<strong>Hint</strong>" not in only_page(written([known], tmp_path))


def test_every_status_has_a_word_and_a_sign(tmp_path):
    page = only_page(written([graded()], tmp_path))
    for status, sign in zip(STATUSES_OF, "✓↻○✕✎", strict=True):
        assert page.count(f'aria-hidden="true">{sign}</span> <strong>{status}</strong>') == 1


def test_no_right_answer_and_no_flag_on_the_page(tmp_path):
    marks = (Mark("3.2", NOT_YET, "Read again.", "An idea.", "fixed", ("Copied from Bo.",)),)
    words = text_of(only_page(written([graded(marks=marks)], tmp_path)))
    assert "Copied" not in words and "An idea." not in words and "other data" not in words
    assert questions_of(3)["3.2"].why not in words


def test_no_other_student_on_the_page(tmp_path):
    notes = ("The file is a copy of Bo Li’s.", "An answer cell was found by its heading.")
    ana = graded(notes=notes)
    files = written([ana, refused("Bo Li"), refused("An")], tmp_path)
    page = files["feedback/Ana_Silva.html"].decode()
    assert "Bo Li" not in page and "An answer cell was found" in page
    assert "Bo Li" in files["results.csv"].decode()


def test_who_is_named():
    others = Others(["Ana Silva", "An", "张伟", "Bo"])
    assert others.are_named("a copy of 张伟", "Ana Silva")
    assert others.are_named("it is as Bo wrote it", "Ana Silva")
    assert others.are_named("as Ana Silva did it", "Ana Silva (2)")
    assert not others.are_named("as Ana Silva did it", "Ana Silva")
    assert others.are_named("a copy of class/ana_silva_12/03.ipynb", "Bo")
    assert not others.are_named("An answer", "Ana Silva")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_and_answers(name, tmp_path):
    marks = (Mark("3.1", ERROR, HOSTILE_CODE, HOSTILE_CODE, flags=(HOSTILE_CODE,)),)
    result = graded(name, marks=marks, answers={"3.1": HOSTILE_CODE}, notes=(HOSTILE_CODE,))
    files = written([result, refused("Z" + name, HOSTILE_CODE)], tmp_path)
    for file, content in files.items():
        content.decode("utf-8")
        assert not re.search(r"[\x00\x1b\u202e]", content.decode("utf-8")), file
        if file.endswith(".html"):
            check_structure(content.decode())
    ET.fromstring(files["junit.xml"])
    json.loads(files["run.json"])


def test_a_huge_answer_makes_a_small_page(tmp_path):
    page = only_page(written([graded(answers={"3.1": "x" * 10_000_000})], tmp_path))
    assert len(page) < 30_000 and "10,000,000 characters" in page


def test_one_page_for_several_lessons(tmp_path):
    page = only_page(
        written([graded(), graded(lesson=4), refused("Ana Silva", lesson=5)], tmp_path)
    )
    assert check_structure(page).headings.count(2) == 3
    assert "Exercises of lesson 4" in page and "The file is empty." in page


def test_a_failure_is_not_the_students(tmp_path):
    page = only_page(written([refused(reason="No kernel on host x.", status=FAILED)], tmp_path))
    assert "a fault of the machine, not of yours" in page and "host x" not in page


def test_a_refused_file_without_lesson(tmp_path):
    files = written([refused(lesson=None)], tmp_path)
    assert "Lesson unknown" in only_page(files)
    assert "so there is no gradebook file" in files["class.html"].decode()
    assert not [name for name in files if name.startswith("gradebook_") and name.endswith(".csv")]


# --- The page of the class -------------------------------------------------------------------


def test_the_page_of_the_class(tmp_path):
    idea = Mark("3.2", NOT_YET, "No.", "A ratio is a per cent.")
    results = [
        graded("Ana Silva", marks=(Mark("3.1", CORRECT, other_data="fixed"), idea)),
        graded("Bo Li", marks=(Mark("3.1", CORRECT, flags=("It reads a file.",)), idea)),
        graded("Cy Xu", 4, [CORRECT, BY_HAND]),
        refused("Di Wu"),
        refused("Ed Yu", "No kernel.", FAILED),
    ]
    page = written(results, tmp_path)["class.html"].decode()
    outline = check_structure(page)
    words = " ".join(text_of(page).split())
    assert "5 submissions by 5 students: 3 graded, 1 refused, 1 failed." in words
    assert "Question 3.2 (Diplomats per office) cost most: 2 of 2 are not correct." in words
    assert "cost most, 2 times in 3.2: “A ratio is a per cent.”" in words
    for part in (
        "3.1: It reads a file.", "3.1: right here, wrong on other data", "No kernel.",
        "The file is empty.", "network closed", "python 3.11.7", "other data 7",
    ):  # fmt: skip
        assert part in words
    pictures = [attributes for tag, attributes in outline.tags if tag == "img"]
    assert len(pictures) == 2 and "3.1: 0, 3.2: 2" in pictures[0]["alt"]
    links = [a["href"] for tag, a in outline.tags if tag == "a" and a["href"].startswith("feed")]
    assert len(links) == 5 and (tmp_path / "feedback" / "Ana_Silva.html").exists()


def test_links_lead_to_pages(tmp_path):
    files = written([graded(name) for name in HOSTILE_NAMES], tmp_path)
    links = [a.get("href", "") for _, a in Outline(files["class.html"].decode()).tags]
    linked = {unquote(link) for link in links if link.startswith("feedback/")}
    assert linked == {name for name in files if name.startswith("feedback/")}
    assert len(linked) == len(HOSTILE_NAMES)


def test_an_empty_class(tmp_path):
    files = written([], tmp_path)
    check_structure(files["class.html"].decode())
    assert rows_of(files["results.csv"])[0][0] == "student"
    assert ET.fromstring(files["junit.xml"]).attrib["tests"] == "0"


def test_only_open_questions_draw_no_figure(tmp_path):
    page = written([graded(statuses=[BY_HAND])], tmp_path)["class.html"].decode()
    assert "<img" not in page


def test_long_lists_are_cut(tmp_path):
    flags = tuple(f"Flag {n}." for n in range(700))
    results = [graded(f"S{n}", marks=(Mark("3.1", CORRECT),)) for n in range(30)]
    results.append(
        graded("X", marks=(Mark("3.1", CORRECT, flags=flags),), identity={"canvas_id": "1"})
    )
    page = written(results, tmp_path)["class.html"].decode()
    assert "200 more stand in results.csv" in page
    assert "more notes stand in gradebook_notes.txt" in page


# --- JUnit XML -------------------------------------------------------------------------------

# What Jenkins' schema junit-10.xsd allows, of what is used here.
ALLOWED = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"message"},
}


def test_junit_follows_the_schema(tmp_path):
    root = ET.fromstring(written([graded(), refused()], tmp_path)["junit.xml"])
    parents = {"testsuites": None, "testsuite": "testsuites", "testcase": "testsuite",
               "failure": "testcase", "error": "testcase", "skipped": "testcase"}  # fmt: skip
    pairs = [(None, root), *((parent.tag, child) for parent in root.iter() for child in parent)]
    for parent, element in pairs:
        assert parents[element.tag] == parent
        assert set(element.attrib) <= ALLOWED[element.tag]
    assert root.attrib == {"name": "scidip grade", "tests": "6", "failures": "1", "errors": "2"}


def test_junit_says_how_each_question_ended(tmp_path):
    root = ET.fromstring(written([graded(), refused()], tmp_path)["junit.xml"])
    ana, bo = root
    assert ana.attrib == {"name": "Ana Silva, lesson 3", "tests": "5", "failures": "1",
                          "errors": "1", "skipped": "2"}  # fmt: skip
    kinds = [[child.tag for child in case] for case in ana]
    assert kinds == [[], ["failure"], ["skipped"], ["error"], ["skipped"]]
    assert ana[1].attrib["name"] == "3.2 Diplomats per office"
    assert ana[1][0].attrib["message"] == "not yet: Message 2."
    assert bo[0][0].attrib == {"type": "refused", "message": "The file is empty."}


# --- Writing ---------------------------------------------------------------------------------


def test_the_files(tmp_path):
    assert sorted(written([graded()], tmp_path)) == [
        "class.html", "feedback/Ana_Silva.html", "gradebook_canvas_03.csv",
        "gradebook_moodle_03.csv", "gradebook_notes.txt", "junit.xml", "results.csv", "run.json",
        "run.log",
    ]  # fmt: skip


def test_the_same_results_give_the_same_bytes(tmp_path):
    results = [graded(name, identity={"canvas_id": str(n)}) for n, name in enumerate("abcd")]
    first = written(results, tmp_path / "a")
    later = dataclasses.replace(RUN, started="2027-01-01T00:00:00Z", seconds=1.0)
    paths = write_report(results[::-1], tmp_path / "b", later)
    second = {p.relative_to(tmp_path / "b").as_posix(): p.read_bytes() for p in paths}
    differ = {name for name in first if first[name] != second[name]}
    assert differ == {"class.html", "run.json", "run.log"}
    assert written(results, tmp_path / "a") == first


def test_the_log(tmp_path):
    files = written([graded()], tmp_path)
    values = json.loads(files["run.json"])
    assert values["run"] == json.loads(json.dumps(RUN.to_json()))
    assert "feedback/Ana_Silva.html" in values["files"] and values["problems"] == []
    log = files["run.log"].decode().splitlines()
    assert "in force, network: closed" in log and "seed: 7" in log


def test_a_page_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    real, heard = report.write, []

    def full(path, content):
        if path.name == "Bo_Li.html":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, content)

    monkeypatch.setattr(report, "write", full)
    files = written([graded(), graded("Bo Li"), graded("Cy")], tmp_path, say=heard.append)
    said = "feedback/Bo_Li.html could not be written: No space left on device."
    assert heard == [said]
    assert "feedback/Cy.html" in files and "feedback/Bo_Li.html" not in files
    page = files["class.html"].decode()
    assert said in page and 'href="feedback/Bo_Li.html"' not in page
    assert said in files["run.log"].decode()


def test_nothing_can_be_written(tmp_path, monkeypatch):
    def broken(path, content):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(report, "write", broken)
    heard = []
    assert write_report([graded()], tmp_path, RUN, say=heard.append) == []
    assert len(heard) == 9


def test_a_file_in_the_way_of_the_pages(tmp_path):
    (tmp_path / "feedback").write_text("in the way")
    heard = []
    files = written([graded(), refused()], tmp_path, say=heard.append)
    assert len(heard) == 2 and "results.csv" in files


def test_a_file_in_the_way_of_the_folder(tmp_path):
    path = tmp_path / "out"
    path.write_text("in the way")
    with pytest.raises(ReportError, match="can't be made"):
        write_report([graded()], path, RUN)


def test_a_link_in_the_folder_is_not_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("untouched")
    out = tmp_path / "out"
    out.mkdir()
    try:
        (out / "results.csv").symlink_to(secret)
    except OSError:
        pytest.skip("no symbolic links here")
    written([graded()], out)
    assert secret.read_text() == "untouched" and not (out / "results.csv").is_symlink()


def test_other_files_stay(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    written([graded()], tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert list(tmp_path.rglob("*.new")) == []


def test_what_belongs_to_nobody_any_more_is_removed(tmp_path):
    """A page of somebody who has left, or of a file with another name, must not be sent."""
    before = written([graded("Ana"), graded("Bo", lesson=4)], tmp_path)
    (tmp_path / "feedback" / "mine.html").write_text("mine")
    after = written([graded("ana")], tmp_path)
    gone = {name for name in before if not (tmp_path / name).exists()}
    assert {name for name in gone if "ana" not in name.casefold()} == {
        *(name for name in before if name.startswith("feedback/") and "Bo" in name),
        "gradebook_moodle_04.csv", "gradebook_canvas_04.csv",
    }  # fmt: skip
    assert all((tmp_path / name).exists() for name in after)
    assert (tmp_path / "feedback" / "mine.html").read_text() == "mine"


@pytest.mark.parametrize("listed", [
    "../secret.txt", "feedback/../../secret.txt", "results.csv", "feedback", "feedback/a/b.html", 5,
])  # fmt: skip
def test_a_list_of_files_that_is_forged_removes_nothing(tmp_path, listed):
    secret = tmp_path / "secret.txt"
    secret.write_text("untouched")
    out = tmp_path / "a" / "out"
    written([graded()], out)
    (out / "run.json").write_text(json.dumps({"files": [listed]}))
    files = written([graded("Cy")], out)
    assert secret.read_text() == "untouched"
    assert all((out / name).exists() for name in files)


def test_unknown_questions_and_statuses_are_shown(tmp_path):
    marks = (Mark("99.1", "odd", "Said."), Mark("x.y", CORRECT), Mark("3.1", CORRECT))
    files = written([graded(marks=marks)], tmp_path)
    check_structure(only_page(files))
    check_structure(files["class.html"].decode())
    assert rows_of(files["results.csv"])[0][5:8] == ["3.1", "99.1", "x.y"]


def test_a_thousand_results_are_fast(tmp_path):
    results = [graded(f"Student {n}", answers={"3.1": "x = 1\n" * 50}) for n in range(1000)]
    begin = time.process_time()  # not by the clock, as tests share the machine
    assert len(write_report(results, tmp_path, RUN)) == 1008
    assert time.process_time() - begin < 6


# --- In a browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium():
    driver, launch = open_browser()
    with driver as started, launch(started) as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("report")
    marks = tuple(
        Mark(f"3.{n}", status, "A sentence of the check.", "An idea." * (status == NOT_YET))
        for n, status in enumerate(STATUSES_OF, start=1)
    )
    hostile = graded(
        "w" * 300, answers={"3.1": HOSTILE_CODE, "3.2": "x" * 5000, "3.4": "y\n" * 200}
    )
    ana = graded("Ana Silva", marks=marks, answers={"3.1": HOSTILE_CODE, "3.2": "x = 1"})
    ana = dataclasses.replace(ana, notes=("The cell of 3.1 was found by its heading.",))
    others = [graded("محمد علي"), refused("x" * 200, "y" * 300), graded("Ana Silva", 4)]
    write_report([ana, hostile, *others], out, RUN)
    return out


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1100])
def test_pages_in_a_browser(theme, width, chromium, pages):
    opened = [pages / "class.html", *sorted((pages / "feedback").iterdir())]
    assert len(opened) == 5
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    errors = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("dialog", lambda dialog: errors.append(dialog.message) or dialog.dismiss())
    for path in opened:
        page.goto(path.as_uri())
        if width == 320:  # the same rules, and more that scrolls
            assert serious_findings(page, "html") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (theme == "light")
    page.close()
    assert errors == []


@pytest.mark.browser
@needs_browser
def test_focus_is_seen_and_paper_is_white(chromium, pages):
    page = chromium.new_page(color_scheme="dark")
    page.goto((pages / "class.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.emulate_media(media="print")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    page.close()
