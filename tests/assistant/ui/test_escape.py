"""Text of documents and models is inert in markdown, at every prefix of a stream."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.ui.escape import as_html, as_label, as_markdown

PARSER = MarkdownIt("commonmark").enable("table")
ACTIVE = {"image", "link_open", "html_block", "html_inline", "code_inline", "fence", "code_block"}
LIVE_DOLLAR = re.compile(r"(?<!\\)(?:\\\\)*\$")
LIVE_DIRECTIVE = re.compile(r"(?<!\\)(?:\\\\)*:[A-Za-z]")
BARE_LINK = re.compile(r"https?:(?=//)|https?\\:(?=//)|www\.|\w@", re.IGNORECASE)
"""What Streamlit's markdown links by itself, after parsing, brackets or not."""
SHORTCODE = re.compile(r":[\w+-]+:|:material/")
PIECES = st.sampled_from(
    [
        "![", "](http://evil.example/x.png)", "[a](https://evil.example)", "<script>", "<img src=x",
        " onerror=alert(1)>", "$", "\\", "`", "```\n", "~~~\n", ":red[", "]", ":+1:", "&lt;",
        ":material/lock:", "https://evil.example", "www.evil.example", "a@evil.example", "    ",
        "\t", "\n", "- ", "> ", "[1]", "[2]", "[1][2]", "[1](x)", "[x]: http://evil.example\n",
        "| a | b |\n|---|---|\n", "US$37.6 billion to $57.0 billion", "($)", "&#36;", "!",
        "{foreground=\"red\"}", ":::note\n", "::leaf[x]", "<https://evil.example>", "\r", "\u202e",
        "**", "word ",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=60))
BADGE = re.compile(r":primary-badge\[\d+\]")


def assert_inert(shown: str) -> None:
    without_badges = BADGE.sub("", shown)
    kinds = {
        token.type
        for block in PARSER.parse(without_badges)
        for token in [block, *(block.children or ())]
    }
    assert not kinds & ACTIVE, (kinds & ACTIVE, shown)
    assert not LIVE_DOLLAR.search(without_badges)
    assert not LIVE_DIRECTIVE.search(without_badges)
    assert "![" not in shown
    visible = PARSER.render(without_badges)
    assert not SHORTCODE.search(visible), shown
    assert not BARE_LINK.search(visible), shown


@given(TEXTS)
def test_every_prefix_of_a_stream_is_inert(text: str) -> None:
    for end in range(len(text) + 1):
        assert_inert(as_markdown(text[:end], citations={1}))


@given(TEXTS)
def test_labels_are_inert_and_one_line(text: str) -> None:
    label = as_label(text)
    assert_inert(label)
    assert "\n" not in label


@given(TEXTS)
def test_html_holds_no_tag_and_no_quote(text: str) -> None:
    assert not set("<>\"'") & set(as_html(text))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("($)", r"(\$)"),
        ("US$37.6 billion to $57.0 billion", r"US\$37.6 billion to \$57.0 billion"),
        (r"already \$5", r"already \$5"),
        ("![x](http://h/y.png)", "\\!\\[x\\](http\u2060\\://h/y.png)"),
        ("**$5 billion** [1]", "**\\$5 billion**\u00a0:primary-badge[1]"),
        ("[7] was not given", r"\[7\] was not given"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("R&D < 5", r"R\&D \< 5"),
    ],
)
def test_what_is_shown(written: str, shown: str) -> None:
    assert as_markdown(written, citations={1}) == shown


def test_only_a_source_is_linked() -> None:
    source = "https://www.sec.gov/x.htm"
    text = f"See [the filing]({source}) and [this](https://evil.example/x.htm)."
    shown = as_markdown(text, sources={source})
    assert f"[the filing](<{source}>)" in shown
    assert "\\[this\\]" in shown


def test_a_badge_takes_no_attributes() -> None:
    assert ":primary-badge[1]\\{" in as_markdown('[1]{foreground="red"}', citations={1})


def test_doubtful_pieces_are_marked_where_they_stand() -> None:
    text = "It was **$5 billion** [1], then $6 billion."
    start = text.index("$6")
    shown = as_markdown(text, citations={1}, doubtful=[(start, start + len("$6 billion"))])
    assert r"then :orange-background[\$6 billion]\." not in shown
    assert r":orange-background[\$6 billion]" in shown
    assert shown.count("orange-background") == 1


def test_private_characters_of_a_model_mark_nothing() -> None:
    assert "background" not in as_markdown("\ue000x\ue001")


def test_a_doubt_over_a_line_end_is_left_out() -> None:
    assert "background" not in as_markdown("one\ntwo", doubtful=[(0, 7)])
