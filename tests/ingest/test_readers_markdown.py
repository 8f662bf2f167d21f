import pytest

from corpus.errors import InputRefused
from ingest.blocks import BlockKind
from ingest.limits import Limits
from ingest.readers.markdown import read_markdown

NOTE = """---
title: "Power is the bottleneck"
published: 2026-03-22
tags: [power, "[[AI Capex]]"]
---
#tag #other

# Power

The [grid](https://example.com/x) and [[Nuclear|reactors]] matter to [[Meta]].
![chart](https://evil.example/pixel.png) <script>alert(1)</script>

- **Capex:** $75 billion
- second `item`

![[picture.png]]

| Company | 2025 | 2026 |
|---|---:|---:|
| **A** | $1.5B | $2B |

```
code stays
```
"""


def test_everything_in_a_note_becomes_plain_text() -> None:
    reading = read_markdown(NOTE.encode(), Limits())
    assert reading.title == "Power is the bottleneck"
    assert reading.metadata == {
        "title": "Power is the bottleneck",
        "published": "2026-03-22",
        "tags": ["power", "AI Capex"],
    }
    assert [(block.kind, block.text) for block in reading.blocks] == [
        (BlockKind.HEADING, "Power"),
        (
            BlockKind.PARAGRAPH,
            "The grid and reactors matter to Meta. chart alert(1)",
        ),
        (BlockKind.PARAGRAPH, "• Capex: $75 billion"),
        (BlockKind.PARAGRAPH, "• second item"),
        (BlockKind.TABLE, ""),
        (BlockKind.PARAGRAPH, "code stays"),
    ]
    assert reading.blocks[4].rows == (("Company", "2025", "2026"), ("A", "$1.5B", "$2B"))
    assert reading.blocks[4].heads == 1


def test_broken_front_matter_is_a_warning_and_the_text_is_read() -> None:
    reading = read_markdown(b"---\ntitle: [unclosed\n---\nThe text.\n", Limits())
    assert [block.text for block in reading.blocks] == ["The text."]
    assert reading.metadata == {}
    assert "front matter" in reading.warnings[0]


def test_front_matter_builds_no_objects() -> None:
    reading = read_markdown(b"---\nx: !!python/object/apply:os.getcwd []\n---\nText.\n", Limits())
    assert reading.metadata == {}


def test_two_rules_around_prose_are_no_front_matter() -> None:
    reading = read_markdown(b"---\nA quiet opening.\n---\nThe text.\n", Limits())
    assert "A quiet opening." in " ".join(block.text for block in reading.blocks)


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    assert read_markdown(b"# One\n\ntext\n\n# Two\n", Limits()).title == "One"


@pytest.mark.parametrize("data", (b"\n\n", b"---\ntitle: x\n---\n", b"<!-- only a comment -->"))
def test_nothing_left_to_read_is_refused(data: bytes) -> None:
    with pytest.raises(InputRefused, match="no text"):
        read_markdown(data, Limits())


@pytest.mark.parametrize("hostile", (b">" * 50_000, b"[" * 5_000, b"- " * 20_000, b"*a_ " * 9_000))
def test_deep_nesting_ends(hostile: bytes) -> None:
    assert read_markdown(hostile + b"\n\nend of it", Limits()).blocks
