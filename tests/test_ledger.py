"""The claim ledger: kept, never overwritten unasked, never half written."""

import doctest

import pytest

from scidip import ledger as module
from scidip.ledger import FILE, Ledger, LedgerError


@pytest.fixture
def path(tmp_path):
    return tmp_path / FILE


def test_examples_in_the_docstrings_hold():
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_claim_is_kept_between_two_openings(path):
    Ledger(path).note("S13", kind="fact", confidence=90, remark="sounds sure")
    again = Ledger(path)
    again.settle("S13", "contradicted")
    [row] = Ledger(path).table().to_dict("records")
    assert (row["claim_id"], row["confidence"], row["verdict"]) == ("S13", 90, "contradicted")
    assert row["remark"] == "sounds sure"
    assert "ended" not in row["fragment"] and row["fragment"]
    assert repr(again) == "Ledger with 1 claims, 1 of them settled."


def test_two_open_lessons_do_not_lose_each_others_claims(path):
    one, other = Ledger(path), Ledger(path)
    one.note("S01", kind="fact", confidence=50)
    other.note("S02", kind="fact", confidence=50)
    assert set(Ledger(path).table()["claim_id"]) == {"S01", "S02"}


def test_a_claim_is_not_overwritten_unasked(path):
    ledger = Ledger(path)
    ledger.note("S09", kind="fact", confidence=80)
    said = repr(ledger.note("S09", kind="value", confidence=10))
    assert said.startswith("S09 is already in your ledger (fact, 80 per cent")
    assert "Nothing was changed; add replace=True" in said
    assert Ledger(path).table()["confidence"].tolist() == [80]
    ledger.note("S09", kind="value", confidence=10, replace=True)
    assert Ledger(path).table()["confidence"].tolist() == [10]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda x: x.note("S99", "fact", 50), "There is no claim 'S99'; the claims are S01 to S22"),
        (lambda x: x.note("S01", "truth", 50), "The kind is 'truth'; write one of fact, interpre"),
        (lambda x: x.note("S01", "fact", 101), "The confidence is 101; write a whole number"),
        (lambda x: x.note("S01", "fact", 0.5), "The confidence is 0.5; write a whole number"),
        (lambda x: x.note("S01", "fact", True), "The confidence is True; write a whole number"),
        (lambda x: x.settle("S01", "supported"), "S01 is not in your ledger yet"),
    ],
)
def test_a_wrong_entry_is_refused_in_one_sentence(path, act, words):
    with pytest.raises(LedgerError) as caught:
        act(Ledger(path))
    assert str(caught.value).startswith(words)
    assert not path.exists()


def test_a_wrong_verdict_is_refused(path):
    ledger = Ledger(path)
    ledger.note("S01", "fact", 50)
    with pytest.raises(LedgerError, match="The verdict is 'true'; write one of supported"):
        ledger.settle("S01", "true")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a,b\n1,2\n", b"", b'"claim_id\n'])
def test_a_damaged_file_is_refused_and_left_as_it_is(path, content):
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=r"^Your ledger my_ledger\.csv "):
        Ledger(path)
    assert path.read_bytes() == content


def test_all_lessons_share_one_file(tmp_path, monkeypatch):
    for folder in ("lessons", "exercises"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        assert Ledger().path == tmp_path / FILE
