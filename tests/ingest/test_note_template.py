"""The template that docs/contribute-a-note.md gives away keeps the form that is checked."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.note_check import check_note
from ingest.notes import FindingKind, Note
from ingest.readers.front_matter import split_front_matter

PAGE = Path(__file__).parents[2] / "docs" / "contribute-a-note.md"


def template() -> Note:
    text = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```markdown\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    front = split_front_matter(block)
    return Note("template.md", front.stated, front.body, front.line)


def test_the_template_breaks_no_rule_but_that_of_length() -> None:
    note = template()
    assert len(note.sources) == 2
    found = check_note(note, dict.fromkeys(note.sources))
    assert {finding.kind for finding in found} == {FindingKind.LENGTH, FindingKind.NOT_HELD}


def test_every_kind_of_finding_is_documented() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| finding | what is wrong |")[2]
    assert all(kind.value in table for kind in FindingKind)
