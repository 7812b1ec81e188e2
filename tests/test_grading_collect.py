"""Collecting a class: each thing that is handed in gets a row, and nothing stops the others."""

import doctest
import io
import json
import os
import pickle
import random
import struct
import tracemalloc
import unicodedata
import warnings
import zipfile
from pathlib import Path

import pytest

from scidip.grading import collect as module
from scidip.grading import names, places
from scidip.grading.collect import CollectError, Limits, collect, decoded, look_into

EXERCISES = Path(__file__).parent.parent / "exercises"
COURSE_NAME = "03_paper_promises_exercises.ipynb"


def notebook(lesson=3, answer="1", **more):
    """A small notebook in the form of the course's."""
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# exercises"]},
        {
            "cell_type": "code", "id": f"ex-{lesson}-1-answer", "metadata": {}, "outputs": [],
            "execution_count": None, "source": [f"answer = {answer}"],
        },
    ]  # fmt: skip
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}
    return json.dumps(content, ensure_ascii=False).encode()


def bare(text="x"):
    """A notebook that does not say which exercise it is."""
    return json.dumps({"cells": [{"source": text}], "nbformat": 4, "metadata": {}}).encode()


def put(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files, packing=zipfile.ZIP_DEFLATED):
    """A zip as bytes; names may be ZipInfo."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
    return held.getvalue()


def raw_zip(entries):
    """A zip with names as given bytes, and no word on their letters: (name, content, flags)."""
    body, contents = b"", b""
    for name, content, flags in entries:
        check = places.zlib.crc32(content)
        sizes = struct.pack("<III", check, len(content), len(content))
        head = struct.pack("<HHHHH", 20, flags, 0, 0, 0x5C21)
        contents += b"PK\1\2" + struct.pack("<H", 20) + head + sizes
        contents += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + head + sizes + struct.pack("<HH", len(name), 0) + name + content
    count = len(entries)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(contents), len(body), 0)
    return body + contents + b"PK\5\6" + end


def students(rows):
    return [row.student for row in rows]


def only(rows):
    [row] = rows
    return row


def one_in(tmp_path, content, name="anna_03.ipynb", **how):
    return only(collect(put(tmp_path, {name: content}), **how))


@pytest.mark.parametrize("part", [module, names, places])
def test_examples_in_the_docstrings_hold(part):
    result = doctest.testmod(part)
    assert result.attempted > 0
    assert result.failed == 0


# How platforms name things.


def test_a_folder_for_each_student(tmp_path):
    files = {f"{name}/{COURSE_NAME}": notebook(answer=name) for name in ("Bo Li", "anna", "张伟")}
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["anna", "Bo Li", "张伟"]
    assert {row.lesson for row in rows} == {3}
    assert [row.source for row in rows] == [f"{row.student}/{COURSE_NAME}" for row in rows]
    assert not any(row.problem or row.notes or row.older for row in rows)
    assert b"answer = anna" in rows[0].read()


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("anna_03.ipynb", "anna"),
        ("03_anna rossi.ipynb", "anna rossi"),
        ("Copy of anna_03 (1).ipynb", "anna"),
        ("03_paper_promises_exercises_anna.ipynb", "anna"),
        ("anna-03_paper_promises_exercises-Copy1.ipynb", "anna"),
        ("anna rossi exercise 3 2026-11-20.ipynb", "anna rossi"),
        ("张伟_03.ipynb", "张伟"),
        ("أحمد_03.ipynb", "أحمد"),
        ("anna_03.IPYNB", "anna"),
        ("anna_03.ipynb.txt", "anna"),
        ("anna_03.ipynb.json", "anna"),
    ],
)
def test_flat_files_tell_student_and_exercise(tmp_path, name, student):
    row = one_in(tmp_path, bare(), name)
    assert (row.student, row.lesson, row.problem) == (student, 3, "")


def test_a_folder_of_old_files_does_not_replace_the_new(tmp_path):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("anna", "bo")}
    put(tmp_path, {**files, f"anna/old/{COURSE_NAME}": notebook()})
    assert collect(tmp_path)[0].source == f"anna/{COURSE_NAME}"


@pytest.mark.parametrize("ending", ["file", "file_"])
def test_moodle_in_folders(tmp_path, ending):
    files = {
        f"Anna Rossi_123_assignsubmission_{ending}/work.ipynb": notebook(answer="a"),
        f"Anna Rossi_456_assignsubmission_{ending}/sub/work.ipynb": notebook(answer="b"),
        f"Bo Li_789_assignsubmission_{ending}/work.ipynb": notebook(answer="c"),
    }
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["Anna Rossi (123)", "Anna Rossi (456)", "Bo Li"]
    assert [row.identity["moodle_id"] for row in rows] == ["123", "456", "789"]


def test_moodle_flat_and_typed_in(tmp_path):
    files = {
        "Anna Rossi_123_assignsubmission_file_03.ipynb": notebook(),
        "Bo Li_789_assignsubmission_onlinetext/onlinetext.html": b"<p>hello</p>",
    }
    anna, bo = collect(put(tmp_path, files))
    assert (anna.student, anna.identity) == ("Anna Rossi", {"moodle_id": "123"})
    assert bo.student == "Bo Li" and "typed into the platform" in bo.problem


def test_canvas(tmp_path):
    files = {
        f"rossianna_12345_67890_{COURSE_NAME}": notebook(answer="old"),
        "rossianna_LATE_12345_67999_03_paper_promises_exercises-1.ipynb": notebook(answer="new"),
        "libo_late_222_67891_03_paper_promises_exercises-1.ipynb": notebook(answer="b"),
        "anon_a1B2c_67892_work.ipynb": notebook(answer="c"),
        "typed_333_text.html": b"<p>",
    }
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["anon_a1B2c", "libo", "rossianna", "typed"]
    anon, late, anna, typed = rows
    assert b"new" in anna.read() and len(anna.older) == 1
    assert anna.identity == {"canvas_id": "12345"} and anon.identity == {"canvas_id": "a1B2c"}
    assert any("late" in note for note in late.notes)
    assert "typed into" in typed.problem


def test_canvas_students_of_one_name_are_told_apart(tmp_path):
    files = {
        f"rossianna_{number}_67890_{COURSE_NAME}": notebook(answer=number) for number in (111, 222)
    }
    assert students(collect(put(tmp_path, files))) == ["rossianna (111)", "rossianna (222)"]


def test_github_classroom_clones(tmp_path):
    files = {}
    for login in ("dan-a", "dan-b"):
        files[f"03-paper-promises-{login}/{COURSE_NAME}"] = notebook(answer=login)
        files[f"03-paper-promises-{login}/README.md"] = b"# x"
        files[f"03-paper-promises-{login}/.git/HEAD"] = b"ref"
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["dan-a", "dan-b"]
    assert rows[0].identity == {"login": "dan-a"} and not rows[0].problem


def test_github_classroom_downloaded_by_its_program(tmp_path):
    files = {f"promises-submissions/promises-{who}/work.ipynb": bare(who) for who in ("eva", "li")}
    assert students(collect(put(tmp_path, files))) == ["eva", "li"]


def test_github_classroom_names_tell_the_exercise(tmp_path):
    files = {f"03-promises-{who}/work.ipynb": bare(who) for who in ("eva", "li")}
    files |= {f"03-promises-{who}/.git/HEAD": b"" for who in ("eva", "li")}
    rows = collect(put(tmp_path, files))
    assert [(row.student, row.lesson) for row in rows] == [("eva", 3), ("li", 3)]


def test_zips_of_clones(tmp_path):
    files = {COURSE_NAME: notebook(), ".git/HEAD": b"ref"}
    put(tmp_path, {f"03-paper-promises-{who}.zip": zipped(files) for who in ("eva", "li")})
    rows = collect(tmp_path)
    assert [row.identity for row in rows] == [{"login": "eva"}, {"login": "li"}]


def test_a_clone_of_the_whole_course(tmp_path):
    files = {}
    for who in ("eva", "li"):
        top = f"course-submissions/course-{who}"
        files[f"{top}/lessons/03_paper_promises.ipynb"] = bare()
        files[f"{top}/exercises/{COURSE_NAME}"] = notebook(answer=who)
        files[f"{top}/solutions/03_paper_promises_solutions.ipynb"] = notebook(answer="model")
    rows = collect(put(tmp_path, files))
    assert [row.source.split("/")[2] for row in rows] == ["exercises", "exercises"]


def test_nbgrader(tmp_path):
    files = {f"submitted/{who}/ps3/p.ipynb": notebook(answer=who) for who in ("bit", "hack")}
    assert students(collect(put(tmp_path, files))) == ["bit", "hack"]
    assert students(collect(tmp_path / "submitted")) == ["bit", "hack"]


def test_nbgrader_says_when(tmp_path):
    stamp = b"2026-11-02 15:58:23.948203 UTC"
    files = {"anna/ps3/p.ipynb": notebook(), "anna/ps3/timestamp.txt": stamp}
    row = only(collect(put(tmp_path, files)))
    assert (row.submitted, row.notes) == ("2026-11-02T15:58:23Z", ())


def test_a_broken_file_of_a_student_of_the_same_name_keeps_its_row(tmp_path):
    files = {
        f"Group {g}/{w}/03.ipynb": notebook(answer=g + w) for g in "AB" for w in ("anna", "bo")
    }
    files["Group B/anna/03.ipynb"] = b""
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["anna", "anna (2)", "bo", "bo (2)"]
    assert "is empty" in rows[1].problem


def test_blackboard(tmp_path):
    files = {
        "ps3_hacker_attempt_2026-01-30-20-30-10_p.ipynb": notebook(answer="new"),
        "ps3_hacker_attempt_2026-01-30-20-00-00_p.ipynb": notebook(answer="old"),
    }
    row = only(collect(put(tmp_path, files)))
    assert (row.student, row.submitted) == ("hacker", "2026-01-30T20:30:10Z")
    assert b"new" in row.read()


def test_a_zip_of_each(tmp_path):
    moodle = {"Anna_12_assignsubmission_file/x.ipynb": notebook()}
    for name, files in {
        "moodle": moodle,
        "wrapped": {f"class/{name}": content for name, content in moodle.items()},
        "canvas": {"anna_12345_67890_x.ipynb": notebook()},
        "folders": {"Anna/x.ipynb": notebook(), "Bo/x.ipynb": notebook()},
        "flat": {"Anna_03.ipynb": notebook(), "Bo_03.ipynb": notebook()},
    }.items():
        path = put(tmp_path / name, {"class.zip": zipped(files)}) / "class.zip"
        for where in (path, path.parent):
            rows = collect(where)
            assert rows[0].student.casefold() == "anna", name
            assert rows[0].lesson == 3 and rows[0].read() == notebook()
        assert rows[0].source.startswith("class.zip!/")


def test_a_zip_for_each_student(tmp_path):
    files = {f"{who}.zip": zipped({COURSE_NAME: notebook(answer=who)}) for who in ("anna", "bo")}
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["anna", "bo"]
    assert rows[1].source == f"bo.zip!/{COURSE_NAME}"


def test_zips_in_a_zip(tmp_path):
    inner = zipped({"work.zip": zipped({COURSE_NAME: notebook()})})
    name = "Anna_12_assignsubmission_file/mine.zip"
    path = put(tmp_path, {"class.zip": zipped({name: inner})}) / "class.zip"
    row = only(collect(path))
    assert row.source == f"class.zip!/{name}!/work.zip!/{COURSE_NAME}"
    assert (row.student, row.read()) == ("Anna", notebook())


def test_zips_too_deep_are_refused(tmp_path):
    content = zipped({COURSE_NAME: notebook()})
    for _ in range(4):
        content = zipped({"deeper.zip": content})
    row = one_in(tmp_path, content, "anna.zip")
    assert "too deep" in row.problem and row.read() == b""


def test_groups_of_a_class(tmp_path):
    files = {f"Group {g}/{w}/x.ipynb": notebook(answer=w) for g, w in ("Aa", "Ab", "Bc", "Bd")}
    assert students(collect(put(tmp_path, files))) == ["a", "b", "c", "d"]


def test_one_name_in_two_groups_is_two_students(tmp_path):
    files = {f"Group {g}/{w}/x.ipynb": notebook(answer=g) for g in "AB" for w in ("anna", "bo")}
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["anna", "anna (2)", "bo", "bo (2)"]
    assert "several students" in rows[0].notes[0]


def test_one_name_in_two_weeks_is_one_student(tmp_path):
    files = {f"week{n}/{w}/x.ipynb": notebook(n) for n in (1, 2) for w in ("anna", "bo")}
    rows = collect(put(tmp_path, files))
    assert [(row.student, row.lesson) for row in rows] == [
        ("anna", 1), ("anna", 2), ("bo", 1), ("bo", 2),
    ]  # fmt: skip


def test_a_friends_file_does_not_make_a_folder_a_class(tmp_path):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("anna", "bo", "eva")}
    files["anna/bo_03.ipynb"] = notebook(answer="of bo")
    files["anna/anna_03.ipynb"] = notebook(answer="of anna")
    assert students(collect(put(tmp_path, files))) == ["anna", "bo", "eva"]


def test_a_student_does_not_become_another_by_the_name_of_a_file(tmp_path):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("anna", "bo")}
    files["eva/libo_12345_67890_03.ipynb"] = notebook(answer="eva")
    assert students(collect(put(tmp_path, files))) == ["anna", "bo", "eva"]


def test_a_zip_beside_what_came_out_of_it(tmp_path):
    files = {
        f"{who}_assignsubmission_file/x.ipynb": notebook(answer=who) for who in ("A_12", "B_13")
    }
    rows = collect(put(tmp_path, {**files, "class.zip": zipped(files)}))
    assert students(rows) == ["A", "B"] and "there twice" in rows[0].notes[0]


# Several files of one student.


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("anna_03_2026-11-20.ipynb", "anna_03_2026-11-21.ipynb"),
        ("anna_03_20261120_0900-2.ipynb", "anna_03_20261120_1000.ipynb"),
        ("anna_03.ipynb", "anna_03-1.ipynb"),
        ("anna_03-9.ipynb", "anna_03-10.ipynb"),
        ("anna_03.ipynb", "anna_03 (1).ipynb"),
        ("anna_03.ipynb", "anna_03_v2.ipynb"),
    ],
)
def test_the_latest_counts(tmp_path, older, newer):
    put(tmp_path, {older: notebook(answer="old"), newer: notebook(answer="new")})
    os.utime(tmp_path / newer, (1, 1))  # the name counts before the time
    row = only(collect(tmp_path))
    assert (row.source, row.older) == (newer, (older,))
    assert b"new" in row.read()


def test_the_time_of_the_file_decides_last(tmp_path):
    put(tmp_path, {f"anna/{name}.ipynb": notebook(answer=name) for name in "ab"})
    put(tmp_path, {"bo/a.ipynb": notebook()})
    os.utime(tmp_path / "anna/b.ipynb", (1, 1))
    row, _ = collect(tmp_path)
    assert row.source == "anna/a.ipynb"
    assert row.submitted == ""  # when a file was saved here is not when it was handed in


def test_the_time_in_a_zip_decides_last(tmp_path):
    files = {
        zipfile.ZipInfo("anna/b.ipynb", (2026, 11, 1, 10, 0, 0)): notebook(answer="1"),
        zipfile.ZipInfo("anna/a.ipynb", (2026, 11, 2, 10, 0, 0)): notebook(answer="2"),
        zipfile.ZipInfo("bo/a.ipynb", (1980, 1, 1, 0, 0, 0)): notebook(answer="3"),
    }
    anna, bo = collect(put(tmp_path, {"class.zip": zipped(files)}))
    assert anna.source.endswith("a.ipynb") and anna.submitted.startswith("2026-11-0")
    assert bo.submitted == ""


def test_the_time_in_utc_is_used_where_a_zip_has_it(tmp_path):
    info = zipfile.ZipInfo("anna/a.ipynb", (2026, 11, 2, 10, 0, 0))
    info.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_000_000_000)
    row = one_in(tmp_path, zipped([(info, notebook())]), "class.zip")
    assert row.submitted == "2001-09-09T01:46:40Z"


def test_an_impossible_time_in_a_zip_is_no_time(tmp_path):
    content = raw_zip([(b"anna/a.ipynb", notebook(), 0)]).replace(b"\x21\x5c", b"\xff\xff")
    assert one_in(tmp_path, content, "class.zip").submitted == ""


def test_a_later_file_that_is_damaged_is_named(tmp_path):
    row = only(
        collect(put(tmp_path, {"anna_03.ipynb": notebook(), "anna_03-1.ipynb": notebook()[:-9]}))
    )
    assert row.source == "anna_03.ipynb" and not row.problem
    assert row.older == ("anna_03-1.ipynb",)
    assert "later one" in row.notes[0] and "end is missing" in row.notes[0]


def test_several_exercises_of_one_student(tmp_path):
    files = {f"anna/{number}.ipynb": notebook(number) for number in (2, 1, 10)}
    rows = collect(put(tmp_path, files))
    assert [(row.student, row.lesson) for row in rows] == [("anna", n) for n in (1, 2, 10)]


def test_a_file_twice_in_a_zip(tmp_path):
    content = zipped([("anna/x.ipynb", notebook(answer="1")), ("anna/x.ipynb", notebook())])
    row = one_in(tmp_path, content, "class.zip")
    assert row.read() == notebook() and len(row.older) == 1


def test_the_same_file_under_two_names(tmp_path):
    put(tmp_path, {"anna/03.ipynb": notebook(), "anna/Copy of 03.ipynb": notebook()})
    row = only(collect(tmp_path))
    assert len(row.older) == 1 and "there twice" in row.notes[0]


def test_the_same_file_of_two_students(tmp_path):
    put(tmp_path, {"anna_03.ipynb": notebook(), "bo_03.ipynb": notebook()})
    anna, bo = collect(tmp_path)
    assert anna.digest == bo.digest
    assert anna.notes == ("Byte for byte the same file as that of bo.",)


# Which exercise.


def test_the_exercise_that_is_asked_for(tmp_path):
    files = {
        "anna/03.ipynb": notebook(3),
        "anna/04.ipynb": notebook(4),
        "bo/work.ipynb": bare(),
        "eva/02.ipynb": notebook(2),
    }
    files |= {"fay/work.docx": b"x", "fay/more.pdf": b"x"}
    anna, bo, eva, fay = collect(put(tmp_path, files), lesson=3)
    assert (anna.source, anna.lesson, anna.problem) == ("anna/03.ipynb", 3, "")
    assert (bo.lesson, bo.problem) == (3, "") and "taken as 03" in bo.notes[0]
    assert eva.problem == "02.ipynb is exercise 02, not 03; ask for the other file."
    assert (fay.lesson, fay.notes) == (3, ("Handed in beside it: work.docx.",))


def test_of_exercises_that_are_not_asked_for_nothing_is_said_if_the_right_one_is_there(tmp_path):
    files = {"anna/03.ipynb": notebook(3), "anna/04.ipynb": b"{", "anna/w.ipynb": b"{"}
    row = only(collect(put(tmp_path, files), lesson=3))
    assert (row.source, row.problem) == ("anna/03.ipynb", "") and len(row.older) == 1


def test_the_exercise_is_told_by_its_cells(tmp_path):
    assert one_in(tmp_path, notebook(5), "anna/homework.ipynb").lesson == 5


@pytest.mark.parametrize("source", ["## Exercise 4.2 · Who counts?", ["# x\n", 'check("4.2", n)']])
def test_the_exercise_is_told_without_cell_ids(tmp_path, source):
    content = json.dumps({"cells": [{"source": source}], "nbformat": 4}).encode()
    assert one_in(tmp_path, content, "anna/homework.ipynb").lesson == 4


def test_the_cells_count_before_the_name(tmp_path):
    row = one_in(tmp_path, notebook(2), "anna_03.ipynb")
    assert row.lesson == 2 and "name says exercise 03" in row.notes[0]


def test_a_notebook_that_does_not_say_which_is_handed_on(tmp_path):
    row = one_in(tmp_path, bare(), "anna/homework.ipynb")
    assert (row.lesson, row.problem, row.read()) == (None, "", bare())


def test_a_folder_inside_tells_the_exercise_but_not_the_students_own(tmp_path):
    put(
        tmp_path, {"student 07/lesson 3/homework.ipynb": bare(), "student 08/work.ipynb": bare("y")}
    )
    assert [row.lesson for row in collect(tmp_path)] == [3, None]


@pytest.mark.parametrize("path", sorted(EXERCISES.glob("*.ipynb")), ids=lambda path: path.name[:2])
def test_each_exercise_of_the_course_is_known_by_its_cells(path):
    looked = look_into(path.read_bytes())
    assert (looked.lesson, looked.problem, looked.notes) == (int(path.name[:2]), "", ())
    assert names.lesson_in(path.name) == looked.lesson and names.person_in(path.name) == ""


# What is left behind.


def test_what_systems_leave_behind_is_no_submission(tmp_path):
    files = {
        "anna/03.ipynb": notebook(),
        "anna/.ipynb_checkpoints/03-checkpoint.ipynb": notebook(answer="9"),
        "anna/.03.ipynb": b"",
        "__MACOSX/anna/._03.ipynb": b"\0\5",
        ".DS_Store": b"x", "Thumbs.db": b"x", "grades.csv": b"a,b", "README.md": b"x",
    }  # fmt: skip
    row = only(collect(put(tmp_path / "a", files)))
    assert row.older == ()
    assert collect(put(tmp_path / "b", {"c.zip": zipped(files)}))[0].older == ()
    assert len(collect(tmp_path / "b")) == 1


def test_documents_beside_a_notebook_are_named(tmp_path):
    put(tmp_path, {"anna/03.ipynb": notebook(), "anna/text.docx": b"PK", "anna/data.csv": b"1"})
    row = only(collect(tmp_path))
    assert row.notes == ("Handed in beside it: text.docx.",)


@pytest.mark.parametrize("in_zip", [False, True])
@pytest.mark.parametrize("inside", [None, ".DS_Store", ".ipynb_checkpoints/03-checkpoint.ipynb"])
def test_a_folder_with_no_notebook_gets_a_row(tmp_path, in_zip, inside):
    files = {"anna/03.ipynb": notebook()}
    files |= {f"bo/{inside}": notebook()} if inside else {}
    if in_zip:
        files |= {} if inside else {"bo/": b""}
        put(tmp_path, {"class.zip": zipped(files)})
    else:
        (put(tmp_path, files) / "bo").mkdir(exist_ok=True)
    rows = collect(tmp_path)
    assert students(rows) == ["anna", "bo"]
    assert "holds no notebook" in rows[1].problem


def test_an_empty_folder_is_an_empty_class(tmp_path):
    assert collect(tmp_path) == []


@pytest.mark.parametrize("name", ["nothing", "nothing.zip", "nothing.ipynb"])
def test_a_folder_that_is_not_there_is_said(tmp_path, name):
    with pytest.raises(CollectError, match="can't be opened"):
        collect(tmp_path / name)


# Files that are no notebook, or a strange one.


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("anna_03.docx", b"PK\3\4", "Word document"),
        ("anna_03.pdf", b"%PDF-1.7", "PDF"),
        ("anna_03.html", b"<html>", "web page"),
        ("anna_03.py", b"x = 1", "Python file"),
        ("anna_03.txt", b"dear teacher", "text file"),
        ("anna_03.txt", b'{"a": 1}', "text file"),
        ("anna_03.rar", b"Rar!", "no zip"),
        ("anna_03.ipynb", b"", "is empty"),
        ("anna_03.ipynb", b" \n\0\0", "is empty"),
        ("anna_03.ipynb", notebook()[:-20], "end is missing"),
        ("anna_03.ipynb", b'{"cells": [', "end is missing"),
        ("anna_03.ipynb", b"x = 1\n", "does not begin"),
        ("anna_03.ipynb", notebook().replace(b": [", b" [", 1), "line 1"),
        ("anna_03.ipynb", b'{\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> b\n}', "git conflict"),
        ("anna_03.ipynb", b'{"nbformat": ' + b"9" * 5000 + b"}", "number"),
        ("anna_03.ipynb", b"[" * 100_000 + b"]" * 100_000, "too deep"),
        ("anna_03.ipynb", b'{"a": 1}', "not a notebook"),
        ("anna_03.ipynb", b'{"cells": {"a": 1}}', "not a notebook"),
        ("anna_03.ipynb", b"[]", "not a notebook"),
        ("anna_03.ipynb", b"<!DOCTYPE html>", "web page"),
        ("anna_03.ipynb", b"PK\3\4abc", "zip or an Office"),
        ("anna_03.ipynb", b"%PDF-1.4", "PDF"),
        ("anna_03.ipynb", random.Random(3).randbytes(999), "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_gets_a_row_that_says_so(tmp_path, name, content, said):
    put(tmp_path, {name: content, "bo_03.ipynb": notebook()})
    anna, bo = collect(tmp_path)
    assert anna.student == "anna" and said in anna.problem and "ask" in anna.problem
    assert anna.problem.endswith(".") and anna.problem.startswith(name)
    assert anna.read() == b"" and anna.digest == ""
    assert bo.problem == ""


@pytest.mark.parametrize(
    ("letters", "note"),
    [
        ("utf-8-sig", ""), ("latin-1", "Latin-1"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32"),
    ],
)  # fmt: skip
def test_other_letters_are_read_and_handed_on_in_utf_8(tmp_path, letters, note):
    content = notebook(answer="'José'")
    row = one_in(tmp_path, content.decode().encode(letters))
    assert row.problem == "" and row.lesson == 3
    assert row.read() == content
    assert note in " ".join(row.notes) and bool(row.notes) == bool(note)


def test_decoding_never_fails():
    chance = random.Random(7)
    for _ in range(300):
        start = chance.choice([b"", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"{\0", b"\0{"])
        text, _ = decoded(start + chance.randbytes(chance.randrange(9)))
        text.encode("utf-8", "surrogatepass")


def test_old_forms_are_handed_on_as_they_are(tmp_path):
    three = {"nbformat": 3, "worksheets": [{"cells": [{"input": 'check("3.1", x)'}]}]}
    content = json.dumps(three).encode()
    row = one_in(tmp_path, content, "anna/x.ipynb")
    assert (row.lesson, row.problem, row.read()) == (3, "", content)
    assert "old form" in row.notes[0]
    assert look_into(notebook(nbformat_minor=0)).notes == ()


@pytest.mark.parametrize(
    "cells", [[], [None, 3, "x"], [{"id": 5}], [{"source": {"a": 1}}], [{"source": [1, None]}]]
)
def test_strange_cells_do_not_stop_the_look(cells):
    looked = look_into(json.dumps({"cells": cells, "nbformat": 4}).encode())
    assert looked.problem == "" and looked.lesson is None


def test_a_big_stored_output_is_read(tmp_path):
    content = notebook(big="x" * 3_000_000)
    for name in ("anna_03.ipynb", "class.zip"):
        put(
            tmp_path / name[:2],
            {name: zipped({"anna/x.ipynb": content}) if "z" in name else content},
        )
        row = only(collect(tmp_path / name[:2], limits=Limits(ratio=2)))
        assert row.problem == "" and len(row.read()) == len(content)


@pytest.mark.parametrize("name", ["anna_03.ipynb", "class.zip"])
def test_a_file_over_the_limit_is_refused(tmp_path, name):
    content = notebook(big="x" * 5000)
    content = zipped({"anna/x.ipynb": content}) if name == "class.zip" else content
    row = one_in(tmp_path, content, name, limits=Limits(file_bytes=4000))
    assert "bigger than 0.004 MB" in row.problem and "outputs cleared" in row.problem


def test_a_file_that_takes_too_much_memory_is_refused():
    content = b'{"cells": [' + b"[]," * 5000 + b"0]}"
    assert "too many parts" in look_into(content, Limits(parts=1000)).problem
    assert look_into(content).problem == ""


# What is no ordinary file.


needs_unix = pytest.mark.skipif(os.name != "posix", reason="links and pipes of Unix")


@needs_unix
@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../secret.ipynb", "bo_03.ipynb", "nowhere", "."]
)
def test_links_are_not_followed(tmp_path, target):
    put(tmp_path, {"secret.ipynb": notebook(), "class/bo_03.ipynb": notebook(answer="b")})
    (tmp_path / "class/anna_03.ipynb").symlink_to(target)
    anna, bo = collect(tmp_path / "class")
    assert "is a link" in anna.problem and anna.read() == b""
    assert bo.problem == ""


@needs_unix
def test_a_linked_folder_is_not_followed(tmp_path):
    put(tmp_path, {"out/03.ipynb": notebook(), "class/bo_03.ipynb": notebook(answer="b")})
    (tmp_path / "class/anna").symlink_to(tmp_path / "out")
    (tmp_path / "class/loop").symlink_to(tmp_path / "class")
    rows = collect(tmp_path / "class")
    assert students(rows) == ["anna", "bo", "loop"]
    assert [bool(row.problem) for row in rows] == [True, False, True]


@needs_unix
def test_a_link_beside_a_notebook_is_a_note(tmp_path):
    put(tmp_path, {"anna/03.ipynb": notebook()})
    (tmp_path / "anna/data").symlink_to("/etc")
    row = only(collect(tmp_path))
    assert row.problem == "" and "is a link" in row.notes[0]


@needs_unix
@pytest.mark.timeout(5)
def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "anna_03.ipynb")
    put(tmp_path, {"bo_03.ipynb": notebook()})
    anna, bo = collect(tmp_path)
    assert "pipe" in anna.problem and bo.problem == ""


@needs_unix
@pytest.mark.timeout(5)
def test_a_file_that_becomes_a_pipe_or_a_link_is_not_opened(tmp_path):
    row = one_in(tmp_path, notebook())
    (tmp_path / "anna_03.ipynb").unlink()
    os.mkfifo(tmp_path / "anna_03.ipynb")
    with pytest.raises(OSError):
        row.read()
    (tmp_path / "anna_03.ipynb").unlink()
    put(tmp_path, {"other": notebook()})
    (tmp_path / "anna_03.ipynb").symlink_to("other")
    with pytest.raises(OSError):
        row.read()


@pytest.mark.parametrize("name", ["anna_03.ipynb", "anna.zip", "anna"])
def test_what_may_not_be_read_gets_a_row(tmp_path, name, monkeypatch):
    """As root reads all, the system's refusal is put in its place."""
    put(tmp_path, {"bo_03.ipynb": notebook()})
    (tmp_path / name).mkdir() if name == "anna" else put(tmp_path, {name: b"x"})

    def refuse(original):
        def opened(path=".", *rest):
            if Path(path).name == name:
                raise PermissionError(13, "Permission denied")
            return original(path, *rest)

        return opened

    for function in ("open", "scandir"):
        monkeypatch.setattr(places.os, function, refuse(getattr(os, function)))
    anna, bo = collect(tmp_path)
    assert anna.student == "anna" and "Permission denied" in anna.problem
    assert bo.problem == ""


def test_folders_very_deep_in_each_other(tmp_path):
    path = "/".join(["anna", *("d" for _ in range(100)), "03.ipynb"])
    assert one_in(tmp_path, notebook(), path).student == "anna"
    content = zipped({"/".join(["bo", *("d" for _ in range(30_000)), "03.ipynb"]): notebook()})
    put(tmp_path, {"class.zip": content})
    assert [row.problem for row in collect(tmp_path / "class.zip")] == [""]


# Hostile and damaged zips.


def test_a_damaged_zip_does_not_stop_the_class(tmp_path):
    good = zipped({COURSE_NAME: notebook()})
    broken = {
        "cut": good[:-30], "front": good[40:], "text": b"no zip", "empty": b"",
        "html": b"<html>", "end": good[-22:],
    }  # fmt: skip
    put(tmp_path, {f"{name}.zip": content for name, content in broken.items()})
    put(tmp_path, {"anna.zip": good})
    rows = {row.student: row for row in collect(tmp_path)}
    assert len(rows) == 7 and rows["anna"].problem == ""
    for name in broken:
        assert rows[name].problem and "ask" in rows[name].problem, name


def test_random_damage_to_a_zip_never_stops_the_class(tmp_path):
    good = bytearray(zipped({f"{who}/x.ipynb": notebook(answer=who) for who in "abc"}))
    chance = random.Random(11)
    path = tmp_path / "class.zip"
    for _ in range(80):
        content = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        for row in collect(path):
            assert row.problem or row.read()


def test_an_entry_with_a_wrong_sum_is_damaged(tmp_path):
    content = zipped({"anna/x.ipynb": notebook(), "bo/x.ipynb": notebook()}, zipfile.ZIP_STORED)
    content = content.replace(b"answer = 1", b"answer = 2", 1)
    anna, bo = collect(put(tmp_path, {"class.zip": content}))
    assert "damaged" in anna.problem and bo.problem == ""


def test_an_empty_zip_is_said(tmp_path):
    assert "empty zip" in one_in(tmp_path, zipped({}), "anna.zip").problem


@pytest.mark.parametrize(
    "name",
    ["/anna/x.ipynb", "../anna/x.ipynb", "anna/../../x.ipynb", "C:/anna/x.ipynb",
     "C:\\anna\\x.ipynb", "..\\..\\anna\\x.ipynb", "//server/anna/x.ipynb"],
)  # fmt: skip
def test_paths_that_lead_out_of_a_zip_are_refused(tmp_path, name):
    put(tmp_path / "in", {"class.zip": zipped({name: notebook(), "bo/x.ipynb": notebook()})})
    rows = collect(tmp_path / "in")
    assert [row.problem for row in rows if row.student == "bo"] == [""]
    [row] = [row for row in rows if row.student != "bo"]
    assert "leads out of the zip" in row.problem and row.read() == b""
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["class.zip"]


def test_backslashes_between_folders(tmp_path):
    content = raw_zip([(rb"anna\sub\x.ipynb", notebook(), 0), (rb"bo\x.ipynb", notebook(), 0)])
    assert students(collect(put(tmp_path, {"class.zip": content}))) == ["anna", "bo"]


def test_an_encrypted_zip_is_said(tmp_path):
    content = raw_zip([(b"anna/x.ipynb", notebook(), 1), (b"bo/x.ipynb", notebook(), 0)])
    anna, bo = collect(put(tmp_path, {"class.zip": content}))
    assert "password" in anna.problem and bo.problem == ""


@pytest.mark.parametrize("kind", [0o120000, 0o010000, 0o020000])
def test_links_and_devices_in_a_zip_are_refused(tmp_path, kind):
    info = zipfile.ZipInfo("anna/x.ipynb")
    info.external_attr = (kind | 0o777) << 16
    content = zipped([(info, b"/etc/passwd"), ("bo/x.ipynb", notebook())])
    anna, bo = collect(put(tmp_path, {"class.zip": content}))
    assert ("link" if kind == 0o120000 else "pipe or device") in anna.problem
    assert bo.problem == ""


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_unusual_packing_is_refused(tmp_path, packing):
    row = one_in(tmp_path, zipped({"anna/x.ipynb": notebook()}, packing), "class.zip")
    assert "unusual" in row.problem


def test_a_bomb_costs_only_its_own_student(tmp_path):
    zeros = b"0" * 2_000_000
    files = {f"bomb/{number}.ipynb": zeros for number in range(8)}
    files |= {f"{who}/x.ipynb": notebook(answer=who) for who in ("anna", "bo")}
    limits = Limits(ratio=10, packed_bytes=5_000_000)
    rows = collect(put(tmp_path, {"class.zip": zipped(files)}), limits=limits)
    assert [row.student for row in rows if not row.problem] == ["anna", "bo"]
    problems = [row.problem for row in rows if row.student == "bomb"]
    assert any("unpacks to far more" in problem for problem in problems)


def test_a_bomb_in_a_zip_in_a_zip(tmp_path):
    bomb = zipped({"deep.zip": zipped({f"{n}.ipynb": b"0" * 2_000_000 for n in range(8)})})
    files = {"a_bomb.zip": bomb, "bo.zip": zipped({COURSE_NAME: notebook()})}
    limits = Limits(ratio=10, packed_bytes=5_000_000)
    rows = collect(put(tmp_path, {"class.zip": zipped(files)}), limits=limits)
    assert [row.student for row in rows if not row.problem] == ["bo"]
    assert any("unpacks to far more" in row.problem for row in rows)


def test_a_zip_in_a_zip_over_the_limit_is_refused(tmp_path):
    inner = zipped({COURSE_NAME: notebook(), "pad.bin": b"x" * 5000}, zipfile.ZIP_STORED)
    content = zipped({"anna.zip": inner, "bo.zip": zipped({COURSE_NAME: notebook()})})
    anna, bo = collect(put(tmp_path, {"class.zip": content}), limits=Limits(zip_bytes=4000))
    assert "bigger than" in anna.problem and bo.problem == ""


def test_a_size_that_is_a_lie_does_not_unpack_more(tmp_path):
    content = zipped({"anna/x.ipynb": notebook(big="x" * 5000)})
    size = struct.pack("<I", len(notebook(big="x" * 5000)))
    row = one_in(tmp_path, content.replace(size, struct.pack("<I", 50)), "class.zip")
    assert "damaged" in row.problem


def test_entries_that_overlap_are_refused(tmp_path):
    content = raw_zip([(b"anna/x.ipynb", notebook(big="x" * 9000), 0)])
    start = content.index(b"PK\1\2")
    listed = content[start : content.index(b"PK\5\6")]
    end = struct.pack("<HHHHIIH", 0, 0, 50, 50, 50 * len(listed), start, 0)
    content = content[:start] + 50 * listed + b"PK\5\6" + end
    row = one_in(tmp_path, content, "class.zip")
    assert "overlap" in row.problem and row.student == "class"


def test_a_list_of_contents_that_is_too_long_is_refused(tmp_path):
    content = raw_zip([(b"anna/%0200d.csv" % number, b"", 0) for number in range(6000)])
    row = one_in(tmp_path, content, "class.zip", limits=Limits(list_bytes=1))
    assert "too many files" in row.problem
    inner = one_in(tmp_path / "b", zipped({"a.zip": content}), "c.zip", limits=Limits(list_bytes=1))
    assert "too many files" in inner.problem


# Names.


def test_two_forms_of_one_name_are_one_student(tmp_path):
    one, other = (unicodedata.normalize(form, "Zoë Ångström") for form in ("NFC", "NFD"))
    files = [(f"{one}/03.ipynb", notebook(answer="1")), (f"{other}/03-1.ipynb", notebook())]
    content = zipped([*files, ("bo/03.ipynb", bare())])
    _, row = collect(put(tmp_path, {"class.zip": content}))
    assert row.student == one and len(row.older) == 1


def test_case_only_differences_are_one_student_and_said(tmp_path):
    files = {
        "Anna/03.ipynb": notebook(),
        "ANNA/03-1.ipynb": notebook(answer="2"),
        "bo/03.ipynb": bare(),
    }
    row, _ = collect(put(tmp_path, {"class.zip": zipped(files)}))
    assert row.student == "ANNA" and len(row.older) == 1
    assert "ANNA and Anna are taken as one student." in row.notes


@pytest.mark.parametrize(
    ("letters", "name"),
    [("gbk", "张伟"), ("gbk", "欧阳娜娜"), ("cp720", "أحمد"), ("cp1256", "فاطمة"), ("utf-8", "Zoë"),
     ("utf-8", "张伟"), ("cp437", "José Núñez"), ("cp437", "Jürgen Groß")],
)  # fmt: skip
def test_names_in_zips_that_do_not_say_their_letters(tmp_path, letters, name):
    content = raw_zip(
        [(f"{name}/x.ipynb".encode(letters), notebook(), 0), (b"bo/x.ipynb", bare(), 0)]
    )
    rows = collect(put(tmp_path, {"class.zip": content}))
    assert name in students(rows)
    row = rows[students(rows).index(name)]
    assert row.read() == notebook() and "check the name" in row.notes[0]


def test_names_that_are_no_text(tmp_path):
    content = raw_zip([(b"\xff\xfe\x81/x.ipynb", notebook(), 0), (b"bo/x.ipynb", bare(), 0)])
    assert [row.problem for row in collect(put(tmp_path, {"class.zip": content}))] == ["", ""]


@pytest.mark.skipif(not os.path.supports_unicode_filenames and os.name != "posix", reason="Unix")
def test_names_on_the_disk_that_are_no_text(tmp_path):
    for name in (b"z\xe4_03.ipynb", b"z\xe5_03.ipynb"):
        try:
            Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(notebook())
        except OSError:
            pytest.skip("this disk takes text only")
    rows = collect(tmp_path)
    assert students(rows) == ["z\\xe4", "z\\xe5"]
    assert all(row.read() == notebook() for row in rows)


def test_names_with_signs_that_can_not_be_seen(tmp_path):
    names_ = ["an\nna", "bo\x1b[31m", "eva\u202egnp", "li\0nul", "=cmd"]
    content = zipped({f"{name}/x.ipynb": bare(name) for name in names_})
    rows = collect(put(tmp_path, {"class.zip": content}))
    assert len(rows) == 5 and not any(row.problem for row in rows)
    for row in rows:
        text = row.student + row.source + row.problem
        assert all(unicodedata.category(letter)[0] != "C" for letter in text)


def test_very_long_names(tmp_path):
    content = zipped({f"{'a' * 300}/{'b' * 300}.ipynb": notebook(), f"{'a' * 300}c/x.ipynb": b""})
    rows = collect(put(tmp_path, {"class.zip": content}))
    assert len(rows) == 2 and all(len(row.student) <= 125 for row in rows)
    assert all(len(row.problem) < 200 for row in rows)


def test_names_in_the_report_are_unique_even_where_case_does_not_count(tmp_path):
    files = {
        f"{name}_assignsubmission_file/x.ipynb": bare(name)
        for name in ("Anna_1", "ANNA_2", "Anna (1)_3")
    }
    rows = collect(put(tmp_path, {"class.zip": zipped(files)}))
    assert len({row.student.casefold() for row in rows}) == 3


def test_names_with_marks_in_canvas(tmp_path):
    row = one_in(tmp_path, notebook(), "कुमारीनेहा_12345_67890_x.ipynb")
    assert (row.student, row.identity) == ("कुमारीनेहा", {"canvas_id": "12345"})


@pytest.mark.parametrize(
    "name",
    [".txt" * 9000, ".a" * 30_000 + "!", "11_a" + "_a" * 20_000, "b" + "-" * 60_000,
     "b" + "_1" * 20_000, "b" + "1" * 60_000, "Copy of " * 5000 + "b", "b" + "20261120" * 5000,
     "b" + "(1)" * 20_000, "a/" * 30_000],
    ids=range(10),
)  # fmt: skip
@pytest.mark.timeout(5)
def test_names_made_to_cost_time(tmp_path, name):
    entries = [(name + b".ipynb", bare(), 0) for name in (name.encode(), b"anna/" + name.encode())]
    content = raw_zip([*entries, (b"bo/x.ipynb", notebook(), 0)])
    assert {"anna", "bo"} <= set(students(collect(put(tmp_path, {"class.zip": content}))))


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", ["\n" * 10_000, "#" * 10_000, " " * 10_000, "check(" * 2000])
def test_cells_made_to_cost_time(text):
    cells = [{"source": text}] * 200
    assert look_into(json.dumps({"cells": cells, "nbformat": 4}).encode()).lesson is None


def test_a_thousand_files_of_one_student_do_not_hide_the_others(tmp_path):
    files = {f"anna/{number}/w.ipynb": bare(f"{number}") for number in range(1000)}
    files |= {f"anna/b{number}.ipynb": b"" for number in range(50)}
    files |= {f"anna/03-{number}.ipynb": notebook(answer=number) for number in range(1, 90)}
    rows = collect(put(tmp_path, {"class.zip": zipped({**files, "bo/x.ipynb": notebook()})}))
    assert rows[-1].student == "bo" and len(rows) < 40
    [many] = [row for row in rows if row.lesson == 3 and row.student == "anna"]
    assert len(many.older) == 50 and "more files" in many.notes[-1]


# One student's files in the name of another. Nothing may be lost silently.


def by_source(rows, begins):
    [row] = [row for row in rows if row.source.startswith(begins)]
    return row


def in_places(rows, *begins):
    """The rows of these places; all of them say that the name is there twice."""
    found = [by_source(rows, begin) for begin in begins]
    assert len({row.student for row in rows if row.lesson == 3}) == len(rows)
    for row in found:
        assert row.older == () and "taken as several students" in " ".join(row.notes)
    return found


PLATFORMS = {
    "moodle": ("Bob B_11_assignsubmission_file_", "/x.ipynb", {"moodle_id": "11"}),
    "moodle flat": ("Bob B_11_assignsubmission_file_x.ipynb", "", {"moodle_id": "11"}),
    "canvas": ("bobb_1111_2222_x.ipynb", "", {"canvas_id": "1111"}),
    "blackboard": ("ps3_bob_attempt_2026-01-30-20-30-10_x.ipynb", "", {"login": "bob"}),
}
FORGED = [
    "Bob B_11_assignsubmission_file_x_2027-01-01.ipynb",
    "Bob B_11_assignsubmission_file_/x_2027-01-01.ipynb",
    "bobb_1111_9999_03_2027-01-01.ipynb",
    "ps3_bob_attempt_2027-01-30-20-30-10_x.ipynb",
]


def others_of(platform):
    return {
        platform.replace("bob", who).replace("Bob B", who).replace("11", n): notebook(answer=n)
        for who, n in (("eva", "3333"), ("li", "4444"), ("zoe", "5555"))
    }


@pytest.mark.parametrize("plain", [0, 1, 5])
@pytest.mark.parametrize(("platform", "forged"), [
    ("moodle", FORGED[0]), ("moodle", FORGED[1]), ("moodle flat", FORGED[0]),
    ("canvas", FORGED[2]), ("blackboard", FORGED[3]),
])  # fmt: skip
@pytest.mark.parametrize(
    "own", ["Mallory/03_paper_promises_exercises.ipynb", "Mallory/a/b.ipynb", ""]
)
def test_a_folder_made_by_hand_does_not_replace_what_a_platform_named(
    tmp_path, plain, platform, forged, own
):
    name, inside, identity = PLATFORMS[platform]
    files = {f"{other}{inside}": content for other, content in others_of(name).items()}
    files |= {f"p{n}/{COURSE_NAME}": notebook(answer=100 + n) for n in range(plain)}
    files |= {own: notebook(answer=7)} if own else {}
    files |= {name + inside: notebook(answer=1), f"Mallory/{forged}": notebook(answer=2)}
    rows = collect(put(tmp_path, files))
    real = by_source(rows, name)
    assert b"answer = 1" in real.read() and real.older == () and real.submitted[:4] != "2027"
    assert real.identity == identity and "Mallory" not in real.student
    false = by_source(rows, f"Mallory/{forged}")
    assert false.identity == {} and "Mallory" in false.student
    if false.student == "Mallory":  # among plain folders hers is no class: all in it is hers
        assert len(rows) == len(files) - bool(own) and false.older == ((own,) if own else ())
    else:
        assert len(rows) == len(files)
        in_places(rows, name, f"Mallory/{forged}")


@pytest.mark.parametrize("around", ["Mallory/03-submissions/03-bob", "Mallory/03-bob"])
def test_a_folder_made_by_hand_does_not_replace_a_clone(tmp_path, around):
    files = {f"03-submissions/03-{w}/x.ipynb": notebook(answer=w) for w in ("bob", "eva", "li")}
    files |= {f"{around}/x_2027-01-01.ipynb": notebook(answer=2), f"{around}/.git/HEAD": b""}
    files |= {"Mallory/03-mallory/.git/HEAD": b"", "Mallory/03-mallory/x.ipynb": notebook()}
    rows = collect(put(tmp_path, files))
    real = by_source(rows, "03-submissions/03-bob")
    assert b"answer = bob" in real.read() and real.older == () and real.submitted == ""
    false = by_source(rows, around)
    assert false.identity == {} and false.student != "bob"
    assert "several students" in real.notes[0] and "several students" in false.notes[0]


@pytest.mark.parametrize("in_zip", ["Mallory.zip", "Mallory/class.zip", "Mallory/a/b.zip"])
def test_a_zip_with_names_of_a_platform_does_not_speak_for_others(tmp_path, in_zip):
    name, inside, identity = PLATFORMS["moodle"]
    files = {f"{other}{inside}": content for other, content in others_of(name).items()}
    files |= {name + inside: notebook(answer=1)}
    held = {FORGED[0]: notebook(answer=2), "mallory_03.ipynb": notebook(answer=8)}
    rows = collect(put(tmp_path, {**files, in_zip: zipped(held)}))
    real, false = in_places(rows, name, f"{in_zip}!/Bob")
    assert b"answer = 1" in real.read() and real.identity == identity
    assert false.identity == {} and len(rows) == 6


@pytest.mark.parametrize("name", [
    "Bob B_11_assignsubmission_file_x.ipynb", "Bob B_11_assignsubmission_file_/x.ipynb",
    "bobb_1111_2222_x.ipynb", "03-submissions/03-bob/x.ipynb", "Bob B/x.ipynb", "11/x.ipynb",
])  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_nothing_in_what_a_platform_named_speaks_for_others(tmp_path, name, packed):
    owner = "Mallory_66_assignsubmission_file_"
    bob = "Bob B_11_assignsubmission_file_/x.ipynb"
    forged = {name: notebook(answer=2), "m/x.ipynb": notebook(answer=3), ".git/HEAD": b""}
    forged = {"my.zip": zipped(forged)} if packed else forged
    files = {f"{owner}/{inner}": content for inner, content in forged.items()}
    real, mallory = collect(put(tmp_path, {**files, bob: notebook(answer=1)}))
    assert (real.source, real.student, real.notes, real.older) == (bob, "Bob B", (), ())
    assert (mallory.student, mallory.identity) == ("Mallory", {"moodle_id": "66"})
    assert len(mallory.older) == 1


@pytest.mark.parametrize(("own", "forged"), [
    ("Bob_11_assignsubmission_file_x.ipynb",
     "Mallory_66_assignsubmission_file_Bob_11_assignsubmission_file_2027-01-01.ipynb"),
    ("bob_111_222_x.ipynb", "mallory_666_777_bob_111_999_2027-01-01.ipynb"),
    ("ps3_bob_attempt_2026-01-30-20-30-10_x.ipynb",
     "ps3_mallory_attempt_2026-01-30-20-30-10_bob_attempt_2027-01-30-20-30-10_x.ipynb"),
])  # fmt: skip
def test_the_name_that_a_student_gave_a_file_does_not_make_it_anothers(tmp_path, own, forged):
    rows = collect(put(tmp_path, {own: notebook(answer=1), forged: notebook(answer=2)}))
    assert [row.student.casefold() for row in rows] == ["bob", "mallory"]
    assert rows[0].source == own and rows[1].identity and not rows[0].notes


@pytest.mark.parametrize("forged", [
    "bob_111_222_666_777_03.ipynb", "bob_111_666_777_03.ipynb", "bob_late_111_222_666_777_03.ipynb",
    "bob_111_222_x_666_777_03.ipynb",
])  # fmt: skip
def test_a_name_in_canvas_that_imitates_a_number(tmp_path, forged):
    """A student may call herself bob_111 or bob_111_222; Canvas writes her number behind it."""
    files = {"bob_111_222_03.ipynb": notebook(answer=1), forged: notebook(answer=2)}
    real, false = in_places(collect(put(tmp_path, files)), "bob_111_222_03", forged)
    assert real.identity == {"canvas_id": "111"} and false.identity == {}
    assert real.student == "bob" and "two ways" in false.student


def test_a_file_with_a_number_or_a_date_before_its_name_is_still_its_students(tmp_path):
    put(
        tmp_path, {"bob_111_222_4711_03.ipynb": notebook(), "eva_333_444_20261120_03.ipynb": bare()}
    )
    rows = collect(tmp_path)
    assert [row.identity for row in rows] == [{"canvas_id": "111"}, {"canvas_id": "333"}]
    assert not any(row.notes for row in rows)


@pytest.mark.parametrize("real_file", [COURSE_NAME, "work.ipynb"])
def test_a_file_in_a_clone_does_not_change_the_login(tmp_path, real_file):
    files = {}
    for login in ("bob", "m-bob", "eva"):
        files[f"03-paper-promises-{login}/.git/HEAD"] = b""
        files[f"03-paper-promises-{login}/{real_file}"] = notebook(answer=login)
    files["03-paper-promises-m-bob/03-paper-promises-m.ipynb"] = notebook(answer=2)
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["bob", "eva", "m-bob"]


def test_other_data_of_an_absent_student_in_anothers_folder_is_no_grade(tmp_path):
    files = {f"E{n}_{n}_assignsubmission_file_/x.ipynb": notebook(answer=n) for n in range(20, 24)}
    files |= {f"Mallory/{FORGED[0]}": notebook(answer=2), f"Mallory/{COURSE_NAME}": notebook()}
    rows = collect(put(tmp_path, files))
    row = by_source(rows, f"Mallory/{FORGED[0]}")
    assert row.identity == {} and "read in Mallory" in row.notes[0]


def test_another_exercise_in_anothers_folder_does_not_count_for_a_student(tmp_path):
    files = {f"E{n}_{n}_assignsubmission_file_/x.ipynb": notebook(answer=n) for n in range(20, 24)}
    bob = PLATFORMS["moodle"][0]
    files |= {f"{bob}/x.ipynb": notebook(3), f"Mallory/{FORGED[0]}": notebook(5)}
    rows = collect(put(tmp_path, files), lesson=5)
    real, false = by_source(rows, bob), by_source(rows, "Mallory")
    assert "is exercise 03" in real.problem and real.identity and not false.identity
    assert "taken as several" in real.notes[0] and "taken as several" in false.notes[0]


@pytest.mark.parametrize("content", [b"{", b"%PDF", b""])
def test_a_damaged_file_in_anothers_folder_hides_nothing(tmp_path, content):
    files = {f"E{n}_{n}_assignsubmission_file_/x.ipynb": notebook(answer=n) for n in range(20, 24)}
    bob = PLATFORMS["moodle"][0]
    files |= {f"{bob}/x.ipynb": notebook(), f"Mallory/{FORGED[0]}": content}
    real = by_source(collect(put(tmp_path, files)), bob)
    assert real.problem == "" and real.older == () and real.identity == {"moodle_id": "11"}


def test_a_copy_with_a_later_date_does_not_make_a_student_late(tmp_path):
    first, last = notebook(answer="old"), notebook(answer="new")
    bob = PLATFORMS["moodle"][0]
    files = {f"E{n}_{n}_assignsubmission_file_/x.ipynb": notebook(answer=n) for n in range(20, 24)}
    files |= {f"{bob}/x_2026-01-01.ipynb": first, f"{bob}/x_2026-01-02.ipynb": last}
    for number, content in enumerate((first, last)):
        put(tmp_path / str(number), {**files, f"Mallory/{FORGED[0]}": content})
        real = by_source(collect(tmp_path / str(number)), bob)
        assert real.student == "Bob B" and real.submitted == "2026-01-02T00:00:00Z"
        assert b"new" in real.read() and len(real.older) == 2


def test_a_copy_of_anothers_file_does_not_bring_a_second_one_in(tmp_path):
    bob = "Bob_11_assignsubmission_file_"
    real = {f"{bob}/x.ipynb": notebook(answer=1)}
    more = {f"Z{n}_{n}_assignsubmission_file_/x.ipynb": notebook(answer=n) for n in range(20, 24)}
    more |= {f"{bob}/x.ipynb": notebook(answer=1), f"{bob}/x_2027-01-01.ipynb": notebook(answer=2)}
    put(tmp_path, {"class.zip": zipped(real), "mallory.zip": zipped(more)})
    rows = [row for row in collect(tmp_path) if "Bob" in row.student]
    real, false = sorted(rows, key=lambda row: row.source)
    assert real.source.startswith("class.zip") and real.older == ()
    assert all("several students" in row.notes[0] for row in rows) and false.older


def test_a_folder_of_clones_is_a_class_among_plain_folders(tmp_path):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("p", "q", "r")}
    logins = ["bob", "eva", "li", "zoe"]
    files |= {f"export/03-x-{who}/a.ipynb": notebook(answer=who) for who in logins}
    files |= {f"export/03-x-{who}/.git/HEAD": b"" for who in logins}
    rows = collect(put(tmp_path, files))
    assert students(rows) == ["bob", "eva", "li", "p", "q", "r", "zoe"]
    assert [row.identity for row in rows if row.identity] == [{"login": who} for who in logins]


def test_a_folder_of_people_that_is_taken_for_one_student_is_said(tmp_path):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("p", "q", "r")}
    files |= {f"late/{who}/{COURSE_NAME}": notebook(answer=who) for who in ("bob", "eva")}
    late = collect(put(tmp_path, files))[0]
    assert len(late.older) == 1 and "several folders (bob, eva)" in late.notes[0]


def test_files_of_people_that_are_taken_for_one_student_are_said(tmp_path):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("p", "q", "r")}
    files |= {f"late/{who}_03.ipynb": notebook(answer=who) for who in ("bob", "eva", "li")}
    late = collect(put(tmp_path, files))[0]
    assert len(late.older) == 2 and "several names (bob, eva, li)" in late.notes[0]


@pytest.mark.timeout(10)
def test_a_name_in_thousands_of_folders_costs_little(tmp_path):
    bob = "Bob_11_assignsubmission_file_"
    files = {f"{n}/{bob}/x.ipynb": notebook(answer=n) for n in range(5, 3005)}
    put(tmp_path, {f"{bob}/x.ipynb": notebook(), "mallory.zip": zipped(files)})
    put(tmp_path, {f"E{n}_{n}_assignsubmission_file_/x.ipynb": notebook() for n in (20, 21, 22)})
    rows = [row for row in collect(tmp_path) if "Bob" in row.student]
    assert len(rows) == module.MOST_PLACES and "and 2997 more" in rows[0].notes[0]
    real = by_source(rows, bob)
    assert real.older == () and real.identity == {"moodle_id": "11"}


@pytest.mark.parametrize("logins", [["bob", "eva"], ["bob", "eva", "li", "zoe"]])
def test_clones_with_a_folder_around_among_plain_folders(tmp_path, logins):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("p", "q", "r")}
    files |= {f"export/03-submissions/03-{w}/x.ipynb": notebook(answer=w) for w in logins}
    rows = collect(put(tmp_path, files))
    if len(logins) > names.MANY:
        assert [row.student for row in rows if row.identity] == logins
    else:
        assert "several folders (03-bob, 03-eva)" in rows[0].notes[0]


@pytest.mark.parametrize("around", ["export", "export.zip"])
def test_a_folder_or_zip_of_files_is_said(tmp_path, around):
    files = {f"{who}_03.ipynb": notebook(answer=who) for who in ("bob", "eva", "li")}
    plain = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("mallory", "nell")}
    if around == "export":
        put(tmp_path, {f"export/{name}": content for name, content in files.items()})
    else:
        put(tmp_path, {around: zipped(files)})
    export = collect(put(tmp_path, plain))[0]
    assert len(export.older) == 2 and "several names (bob, eva, li)" in export.notes[0]


@pytest.mark.parametrize("ending", ["/x.ipynb", ".zip"])
def test_a_plain_folder_beside_a_class_does_not_make_one_student_of_it(tmp_path, ending):
    logins = ["bob", "eva", "li", "zoe"]
    content = {who: notebook(answer=who) for who in logins}
    if ending == ".zip":
        content = {who: zipped({"x.ipynb": one}) for who, one in content.items()}
    files = {f"export/{who}{ending}": content[who] for who in logins}
    files |= {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ("mallory", "nell")}
    assert students(collect(put(tmp_path, files))) == [*logins[:3], "mallory", "nell", "zoe"]


@pytest.mark.parametrize("name", ["Bob_11_assignsubmission_file_", "bob_111_222_03.ipynb"])
def test_where_two_exports_contradict_each_other_none_is_chosen(tmp_path, name):
    inside = "" if name.endswith("ipynb") else "/03.ipynb"
    files = {
        f"{top}/{who}{inside}": notebook(answer=f"'{top}{who}'")
        for top in ("one", "two")
        for who in (name, name.replace("11", "22").replace("Bob", "Eva").replace("bob", "eva"))
    }
    rows = collect(put(tmp_path, files))
    assert len(rows) == 4 and not any(row.older or row.identity for row in rows)
    assert {row.student[-7:] for row in rows} == {"in one)", "in two)"}
    assert all("move the wrong files away" in row.notes[0] for row in rows)


def test_exports_of_several_weeks_are_one_student_each(tmp_path):
    files = {f"week{n}/{w}_{i}_123_x.ipynb": notebook(n) for n in (1, 2) for w, i in
             (("bob", 111), ("eva", 222))}  # fmt: skip
    rows = collect(put(tmp_path, files))
    assert [(row.student, row.lesson, row.identity["canvas_id"]) for row in rows] == [
        ("bob", 1, "111"), ("bob", 2, "111"), ("eva", 1, "222"), ("eva", 2, "222"),
    ]  # fmt: skip
    assert not any("several folders" in " ".join(row.notes) for row in rows)


def test_a_name_inside_anothers_folder_does_not_take_the_students_own(tmp_path):
    files = {f"{who}/{COURSE_NAME}": notebook(answer=who) for who in ["bo"]}
    files |= {"Mallory/bo/x.ipynb": notebook(answer=2), "Mallory/m/x.ipynb": notebook(answer=3)}
    files |= {"Nell/bo/x.ipynb": notebook(answer=4), "Nell/n/x.ipynb": notebook(answer=5)}
    rows = collect(put(tmp_path, files))
    real = by_source(rows, "bo/")
    assert b"answer = bo" in real.read() and real.older == () and real.student == "bo"
    assert len({row.student for row in rows}) == 5
    assert all("several students" in by_source(rows, s).notes[0] for s in ("Mallory/bo", "Nell/bo"))


def test_a_name_with_signs_that_can_not_be_seen_is_not_the_same_student(tmp_path):
    files = {"bo/03.ipynb": notebook(answer=1), "bo\u200b/03_2027-01-01.ipynb": notebook(answer=2)}
    files["bo\u200b/timestamp.txt"] = b"2027-02-02 15:58:23 UTC"
    for name, content in {"disk": files, "zip": {"c.zip": zipped(files)}}.items():
        rows = collect(put(tmp_path / name, content))
        [real] = [row for row in rows if row.student == "bo"]
        [false] = [row for row in rows if row.student != "bo"]
        assert b"answer = 1" in real.read() and real.older == () and real.submitted[:4] != "2027"
        assert "can't be seen" in false.student and "several students" in real.notes[-1]


@pytest.mark.parametrize("name", ["B\u043eb", "Bob\u200d", "\uff22ob", "B\u03bfb", "Bob\u3164"])
def test_names_that_look_alike_are_two_rows_and_said(tmp_path, name):
    files = {"Bob/03.ipynb": notebook(answer=1), f"{name}/03_2027-01-01.ipynb": notebook(answer=2)}
    rows = collect(put(tmp_path, files))
    assert len(rows) == 2 and not any(row.older for row in rows)
    assert all("looks the same" in row.notes[0] for row in rows)


def test_one_display_name_with_and_without_a_number(tmp_path):
    bob = PLATFORMS["moodle"][0]
    put(tmp_path, {f"{bob}/x.ipynb": notebook(answer=1), "bob b/x.ipynb": notebook(answer=2)})
    put(tmp_path, {"Bob B_12_assignsubmission_file_/x.ipynb": notebook(answer=3)})
    rows = collect(tmp_path)
    assert set(students(rows)) == {"Bob B (11)", "Bob B (12)", "bob b (by name only)"}
    assert all("more than once" in " ".join(row.notes) for row in rows)


def test_a_folder_called_as_a_students_number_is_said(tmp_path):
    bob = PLATFORMS["moodle"][0]
    put(
        tmp_path,
        {f"{bob}/x.ipynb": notebook(answer=1), "11/x_2027-01-01.ipynb": notebook(answer=2)},
    )
    rows = collect(tmp_path)
    row = by_source(rows, "11/")
    assert row.identity == {} and "as the platform numbers Bob B" in row.notes[0]
    assert by_source(rows, bob).older == ()


def test_a_file_in_another_folder_does_not_rename_a_student(tmp_path):
    put(tmp_path, {"w1/bob_111_222_x.ipynb": notebook(1), "w1/eva_333_444_x.ipynb": notebook(1)})
    put(tmp_path, {"w2/zed_111_222_2027-01-01.ipynb": notebook(2)})
    rows = [row for row in collect(tmp_path) if row.identity["canvas_id"] == "111"]
    assert students(rows) == ["bob", "bob"]
    assert all("bob and zed are taken as one student." in row.notes for row in rows)


# The whole.


def test_a_mistake_of_ours_does_not_stop_the_class(tmp_path, monkeypatch):
    def broken(content, limits):
        if content == bare():
            raise KeyError("never thought of")
        return look_into(content, limits)

    monkeypatch.setattr(module, "look_into", broken)
    anna, bo = collect(put(tmp_path, {"anna_03.ipynb": bare(), "bo_03.ipynb": notebook()}))
    assert "KeyError" in anna.problem and bo.problem == ""


def test_order_is_the_same_whatever_the_order_on_the_disk(tmp_path):
    files = [(f"s{number}/{COURSE_NAME}", notebook(answer=number)) for number in range(30)]
    seen = []
    for turn in range(3):
        random.Random(turn).shuffle(files)
        path = put(tmp_path / str(turn), {"class.zip": zipped(files)})
        seen.append([(row.student, row.source, row.digest) for row in collect(path)])
    assert seen[0] == seen[1] == seen[2] and len(seen[0]) == 30


def test_nothing_is_written(tmp_path):
    put(tmp_path, {"class.zip": zipped({"anna/x.ipynb": notebook()}), "bo/x.ipynb": notebook()})
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    for row in collect(tmp_path):
        row.read()
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}


def test_a_submission_can_be_sent_to_another_process(tmp_path):
    put(tmp_path, {"class.zip": zipped({"anna.zip": zipped({COURSE_NAME: notebook()})})})
    row = pickle.loads(pickle.dumps(only(collect(tmp_path))))
    assert row.read() == notebook()


def test_a_file_that_changed_after_it_was_collected_is_not_graded(tmp_path):
    path = tmp_path / "anna_03.ipynb"
    row = one_in(tmp_path, notebook())
    path.write_bytes(notebook(answer="2"))
    with pytest.raises(OSError, match="was changed"):
        row.read()
    path.unlink()
    with pytest.raises(OSError):
        row.read()


def test_a_zip_that_changed_after_it_was_collected_is_not_graded(tmp_path):
    row = one_in(tmp_path, zipped({"anna/x.ipynb": notebook()}), "class.zip")
    (tmp_path / "class.zip").write_bytes(zipped({"anna/x.ipynb": notebook(answer="22")}))
    with pytest.raises(OSError):
        row.read()


def test_memory_stays_flat(tmp_path):
    big = {
        f"s{number}/x.ipynb": notebook(number=number, big="x" * 1_000_000) for number in range(12)
    }
    put(tmp_path, {"class.zip": zipped(big)})
    del big
    tracemalloc.start()
    rows = collect(tmp_path)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows) == 12 and kept < 1_000_000 and peak < 12_000_000


def test_a_large_class_is_quick(tmp_path):
    content = notebook()
    files = {
        f"S {n}_{n}_assignsubmission_file/{COURSE_NAME}": content + b" " * n for n in range(600)
    }
    put(tmp_path, {"class.zip": zipped(files, zipfile.ZIP_STORED)})
    rows = collect(tmp_path)
    assert len(rows) == 600 and not any(row.problem for row in rows)
    assert all(row.read() for row in rows)


def test_a_submission_without_a_problem_says_nothing_it_does_not_know(tmp_path):
    row = one_in(tmp_path, notebook())
    assert (row.submitted, row.identity, row.notes, row.older) == ("", {}, (), ())


def test_students_who_work_under_numbers_stay_apart(tmp_path):
    for name in ("person_12_05", "person_13_05", "person_05_05", "05_person_14", "05-15"):
        (tmp_path / f"{name}.ipynb").write_text('{"cells": [], "nbformat": 4}')
    found = collect(tmp_path)
    assert [one.lesson for one in found] == [5] * 5
    assert len({one.student for one in found}) == 5 and not any(one.older for one in found)
