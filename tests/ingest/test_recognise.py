"""Who, what and when, from openings in the ways that filings, calls and notes begin."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.recognise import Recognised, context_of, recognise

COVER = """UNITED STATES
SECURITIES AND EXCHANGE COMMISSION
Washington, D.C. 20549
FORM {form}
(Mark One)
{kind} REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934
For the {span} ended {end}
Commission File Number 001-99999
{name}
(Exact name of registrant as specified in its charter)
Delaware
"""


def read(text: str, media: Media = Media.TEXT, **metadata: object) -> Recognised:
    blocks = tuple(Block(BlockKind.PARAGRAPH, part) for part in text.split("\n\n") if part)
    named = {key.replace("__", ":"): value for key, value in metadata.items()}
    return recognise(Reading(media, blocks, metadata=named), "some-file.txt")


def annual(name: str, end: str, body: str = "") -> Recognised:
    cover = COVER.format(form="10-K", kind="ANNUAL", span="fiscal year", end=end, name=name)
    return read(f"{cover}\n\n{body}")


def quarterly(name: str, end: str, body: str) -> Recognised:
    cover = COVER.format(form="10-Q", kind="QUARTERLY", span="quarterly period", end=end, name=name)
    return read(f"{cover}\n\n{body}")


def test_front_matter_comes_first() -> None:
    found = read(
        "Tokens of Nvidia, Nvidia and Nvidia.",
        Media.MARKDOWN,
        title="What a token costs",
        companies=["OpenAI", "Anthropic"],
        form="note",
        as_of="2026-06-01",
        topics=["token price"],
        sources=[
            {"document": "Form 10-K for fiscal 2025", "publisher": "Amazon", "date": "2026-02-05"},
            "https://example.org/b",
        ],
        fiscal_period="FY2026Q2",
    )
    assert found == Recognised(
        title="What a token costs",
        companies=("OpenAI", "Anthropic"),
        form="note",
        fiscal_period="FY2026Q2",
        published=date(2026, 6, 1),
        topics=("token price",),
        references=(
            "Form 10-K for fiscal 2025, Amazon, 2026-02-05",
            "https://example.org/b",
        ),
    )


def test_the_cover_of_an_annual_report() -> None:
    signed = "the undersigned, thereunto duly authorized, on February 20, 2025."
    found = annual("HARBOR MILLS HOLDINGS, INC.", "December 31, 2024", signed)
    assert (found.companies, found.form) == (("Harbor Mills Holdings",), "10-K")
    assert (found.fiscal_period, found.period_end) == ("FY2024", date(2024, 12, 31))
    assert found.published == date(2025, 2, 20)
    assert found.title == "Harbor Mills Holdings 10-K FY2024"


@pytest.mark.parametrize(
    ("end", "body", "period"),
    [
        ("January 26, 2025", "fiscal year 2025 " * 5, "FY2025"),
        ("February 3, 2024", "fiscal 2023 " * 9 + "fiscal 2024 " * 2, "FY2023"),
        ("February 2, 2019", "fiscal 2018 " * 9 + "fiscal 2019 " * 9, "FY2019"),
        ("January 1, 2023", "", "FY2022"),
        ("June 30, 2025", "fiscal year 2024 " * 9, "FY2025"),
    ],
)
def test_a_fiscal_year_is_named_as_the_filer_names_it(end: str, body: str, period: str) -> None:
    assert annual("Harbor Mills, Inc.", end, body).fiscal_period == period


@pytest.mark.parametrize(
    ("end", "spans", "period"),
    [
        ("March 31, 2026", ("three",), "FY2026Q1"),
        ("September 30, 2025", ("three", "nine"), "FY2025Q3"),
        ("October 26, 2025", ("three", "nine"), "FY2026Q3"),
        ("September 30, 2025", ("three",), "FY2026Q1"),
        ("December 31, 2025", ("three", "six"), "FY2026Q2"),
        ("October 1, 2023", ("three", "nine"), "FY2023Q3"),
    ],
)
def test_the_longest_span_counts_the_quarters(
    end: str, spans: tuple[str, ...], period: str
) -> None:
    body = " ".join(f"Costs for the {span} months ended {end} rose." * 3 for span in spans)
    found = quarterly("Harbor Mills, Inc.", end, body)
    assert (found.form, found.fiscal_period) == ("10-Q", period)


def test_tagged_facts_of_a_filing() -> None:
    found = read(
        "Net sales rose.",
        Media.HTML,
        dei__EntityRegistrantName="MICROSOFT CORPORATION",
        dei__DocumentType="10-Q",
        dei__DocumentFiscalYearFocus="2026",
        dei__DocumentFiscalPeriodFocus="Q2",
        dei__DocumentPeriodEndDate="December 31, 2025",
    )
    assert (found.companies, found.form) == (("Microsoft",), "10-Q")
    assert (found.fiscal_period, found.period_end) == ("FY2026Q2", date(2025, 12, 31))


def test_keys_over_a_text_and_the_latest_span_before_filing() -> None:
    body = "Revenue for the three months ended October 26, 2025 and October 27, 2024 rose. " * 3
    body += "Over the nine months ended October 26, 2025 it rose too. " * 3
    keys = {"header:ticker": "NVDA", "header:form": "10-Q", "header:filing_date": "2025-11-19"}
    blocks = (Block(BlockKind.PARAGRAPH, body),)
    found = recognise(Reading(Media.TEXT, blocks, metadata=keys), "x.txt")
    assert (found.companies, found.form, found.fiscal_period) == (("NVIDIA",), "10-Q", "FY2026Q3")
    assert (found.published, found.period_end) == (date(2025, 11, 19), date(2025, 10, 26))


def test_a_line_that_names_filer_form_and_day() -> None:
    text = (
        "HARBOR MILLS CORP (HBML) Form 10-K, filed 2026-02-25\n\n" + "In fiscal year 2026 we. " * 4
    )
    found = read(text)
    assert (found.companies, found.form) == (("Harbor Mills",), "10-K")
    assert (found.fiscal_period, found.published) == ("FY2026", date(2026, 2, 25))


@pytest.mark.parametrize(
    ("opening", "company", "period"),
    [
        ("Welcome to Oracle's fourth quarter 2024 earnings call.", "Oracle", "FY2024Q4"),
        ("Welcome to the AMD 2025 Second Quarter Conference Call.", "AMD", "FY2025Q2"),
        ("Welcome to NVIDIA's fiscal 2026 third quarter conference call.", "NVIDIA", "FY2026Q3"),
        ("Welcome to Meta's fourth quarter and full year 2024 earnings call.", "Meta", "FY2024Q4"),
        (
            "Welcome to the Microsoft Fiscal Year 2025 Fourth Quarter Earnings Conference Call.",
            "Microsoft",
            "FY2025Q4",
        ),
        ("CoreWeave, Inc. (CRWV) Q3 FY2025 earnings call transcript", "CoreWeave", "FY2025Q3"),
        ("Hello and welcome to the Intel first quarter earnings call.", "Intel", None),
    ],
)
def test_the_opening_of_an_earnings_call(opening: str, company: str, period: str | None) -> None:
    found = read(f"Good day. {opening} I am your operator.")
    assert found.form == "earnings call"
    assert (found.companies, found.fiscal_period) == ((company,), period)


def test_a_call_that_never_names_its_company_in_the_opening() -> None:
    talk = "At Amazon we invest. " * 200
    found = read(
        "Hello, and welcome to our Q4 2024 conference call. " + "We thank you. " * 200 + talk
    )
    assert (found.companies, found.fiscal_period) == (("Amazon",), "FY2024Q4")


def test_a_call_is_dated_by_what_is_said() -> None:
    text = (
        "Welcome to Meta's third quarter 2025 earnings call. Views as of today, October 29, 2025."
    )
    assert read(text).published == date(2025, 10, 29)


def test_speakers_make_a_call_and_its_closing_names_the_next() -> None:
    turns = "\n".join(f"{who} said\n{who}: Cloud grew." for who in ("Ada Byron", "Alan Mill") * 5)
    close = "Ada Byron: We look forward to speaking with you on our first quarter 2026 call."
    found = read(f"Operator: Next question.\n\n{turns}\n\n{close}")
    assert (found.form, found.fiscal_period) == ("earnings call", "FY2025Q4")


def test_a_press_release() -> None:
    text = (
        "Harbor Mills Reports Strong Quarter\n\nNovember 10, 2025\n\n"
        "NEWARK, N.J.--(BUSINESS WIRE)-- Harbor Mills, Inc. (Nasdaq: HBML) today reported "
        "financial results for the third quarter ended September 30, 2025."
    )
    found = read(text)
    assert (found.form, found.companies) == ("press release", ("Harbor Mills",))
    assert (found.fiscal_period, found.published) == ("FY2025Q3", date(2025, 11, 10))


def test_an_article_is_about_those_in_its_title() -> None:
    found = read(
        "Nvidia sells chips. " * 9,
        Media.MARKDOWN,
        title="Meta rents from CoreWeave",
        url="https://www.example.com/a",
        published="2026-04-09T14:22:08.000Z",
        source="Unknown",
    )
    assert (found.form, found.companies) == ("article", ("Meta", "CoreWeave"))
    assert (found.publisher, found.published) == ("example.com", date(2026, 4, 9))
    assert found.references == ("https://www.example.com/a",)
    assert found.fiscal_period is None


def test_several_companies_alike_are_no_subject() -> None:
    found = read("\n\n".join(["Meta, Oracle and Microsoft spend. " * 10] * 5), Media.MARKDOWN)
    assert (found.form, found.companies) == ("note", ())


def test_a_source_goes_without_the_name_that_its_note_has_for_it() -> None:
    source = {"document": "Form 10-K", "publisher": "Amazon", "file": "k.pdf"}
    found = read("Text.", Media.MARKDOWN, form="note", sources=[source])
    assert found.references == ("Form 10-K, Amazon",)


def test_a_note_says_what_it_answers() -> None:
    asked = ["What is  spent?", "What is spent?", "Why?", "Who?", "How?"]
    found = read("Text.", Media.MARKDOWN, form="note", questions=["No question", *asked])
    assert found.questions == ("What is spent?", "Why?", "Who?")
    long = ["What is it?" * 40]
    assert read("Text.", Media.MARKDOWN, form="note", questions=long).questions == ()
    assert read("Text.", Media.MARKDOWN, form="article", questions=asked).questions == ()


def test_tags_and_named_sources_of_a_note() -> None:
    text = (
        "#gpu #prices\n\nAn hour costs less.\n\nSources: https://a.example/x; https://b.example/y"
    )
    found = read(text, Media.MARKDOWN)
    assert found.topics == ("gpu", "prices")
    assert found.references == ("https://a.example/x", "https://b.example/y")


def test_a_month_is_no_day_and_a_file_name_decides_nothing() -> None:
    reading = Reading(
        Media.TEXT, (Block(BlockKind.PARAGRAPH, "Plain words."),), metadata={"date": "2025-12"}
    )
    found = recognise(reading, "AMZN_10-K_FY2025_2025-02-06.txt")
    assert found == Recognised(title="AMZN_10-K_FY2025_2025-02-06")


def test_a_heading_within_the_text_is_no_title() -> None:
    blocks = (
        Block(BlockKind.PARAGRAPH, "An opening thought."),
        Block(BlockKind.HEADING, "Synthesis", 2),
    )
    assert recognise(Reading(Media.MARKDOWN, blocks), "rental prices.md").title == "rental prices"
    assert recognise(Reading(Media.MARKDOWN, blocks[1:]), "x.md").title == "Synthesis"


def test_what_every_header_begins_with() -> None:
    call = Recognised("x", ("Meta",), "earnings call", "FY2025Q2", published=date(2025, 7, 30))
    assert context_of(call) == ("Meta", "earnings call", "FY2025Q2", "2025-07-30")
    note = Recognised("Rental prices", form="note")
    assert context_of(note) == ("note", "Rental prices")
