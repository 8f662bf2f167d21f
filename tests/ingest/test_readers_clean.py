import pytest

from ingest.limits import Limits
from ingest.readers.clean import clean, one_line
from ingest.readers.text import read_text


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    (
        ("a\0b", "ab"),
        ("lone \ud83d surrogate", "lone  surrogate"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("tag\U000e0041\U000e0042s", "tags"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\ufb01nance e\ufb00ort", "finance effort"),
        ("cafe\u0301", "café"),
        ("no\u00a0break\u2009thin", "no break thin"),
        ("a\r\nb\rc\x0cd\u2028e", "a\nb\nc\nd\ne"),
        ("tab\tand\nline stay", "tab\tand\nline stay"),
    ),
)
def test_invisible_characters_go_and_spaces_are_plain(dirty: str, tidy: str) -> None:
    assert clean(dirty) == tidy


def test_one_line_has_single_spaces() -> None:
    assert one_line("  a \t b\n\n c ") == "a b c"


TEXT = "Capital expenditure rose to €4.5 billion – “more than planned”, said the CFO."


@pytest.mark.parametrize(
    ("encoding", "warned"),
    (
        ("utf-8", False),
        ("utf-8-sig", False),
        ("utf-16", False),
        ("utf-16-le", False),
        ("utf-16-be", False),
        ("utf-32", False),
        ("cp1252", True),
    ),
)
def test_encodings_are_told_apart_and_a_guess_is_a_warning(encoding: str, warned: bool) -> None:
    reading = read_text(TEXT.encode(encoding), Limits())
    assert [block.text for block in reading.blocks] == [TEXT]
    assert bool(reading.warnings) is warned
