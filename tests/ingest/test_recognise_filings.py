"""Filings of all forms, amended ones, and what the SEC, tags and office files state of a text."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.recognise import Recognised, context_of, recognise

SEC = "UNITED STATES\nSECURITIES AND EXCHANGE COMMISSION\nWashington, D.C. 20549\n"
NAME = "Commission File Number: 001-99999\nHARBOR MILLS, INC.\n"
CHARTER = "(Exact name of registrant as specified in its charter)\n"
ANNUAL = (
    "☒ ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934\n"
    "For the fiscal year ended December 31, 2024\n"
)
CURRENT = "CURRENT REPORT\nPursuant to Section 13 or 15(d) of the Securities Exchange Act of 1934\n"
EVENT = "Date of Report (Date of earliest event reported): May 3, 2025\n"


def read(text: str, media: Media = Media.TEXT, **metadata: object) -> Recognised:
    blocks = tuple(Block(BlockKind.PARAGRAPH, part) for part in text.split("\n\n") if part)
    named = {key.replace("__", ":"): value for key, value in metadata.items()}
    return recognise(Reading(media, blocks, metadata=named), "some-file.txt")


@pytest.mark.parametrize(
    "form_lines",
    [
        "FORM 10-K/A\n(Amendment No. 1)\n",
        "FORM 10-K\n(Amendment No. 2)\n",
        "FORM 10-K /A\n",
        "Amendment No. 1\nto\nFORM 10-K\n",
        "AMENDMENT NUMBER 3 TO FORM 10-K\n",
    ],
)
def test_an_amended_annual_report_says_so_on_its_cover(form_lines: str) -> None:
    found = read(SEC + form_lines + ANNUAL + NAME + CHARTER)
    assert (found.form, found.companies) == ("10-K/A", ("Harbor Mills",))
    assert (found.fiscal_period, found.period_end) == ("FY2024", date(2024, 12, 31))
    assert found.title == "Harbor Mills 10-K/A FY2024"
    assert context_of(found)[:3] == ("Harbor Mills", "10-K/A", "FY2024")


def test_an_amendment_of_something_else_amends_no_filing() -> None:
    body = "Item 1.01. The parties entered into Amendment No. 1 to the Credit Agreement."
    found = read(SEC + "FORM 8-K\n" + CURRENT + EVENT + NAME + CHARTER + body)
    assert (found.form, found.companies) == ("8-K", ("Harbor Mills",))


def test_an_amended_quarterly_report_keeps_its_quarter() -> None:
    cover = ANNUAL.replace("ANNUAL", "QUARTERLY").replace("fiscal year", "quarterly period")
    cover = cover.replace("December 31, 2024", "June 30, 2025")
    spans = "Costs for the three months ended June 30, 2025 rose. " * 3
    spans += "Costs for the six months ended June 30, 2025 rose. " * 3
    found = read(f"{SEC}FORM 10-Q/A\n{cover}{NAME}{CHARTER}\n\n{spans}")
    assert (found.form, found.fiscal_period) == ("10-Q/A", "FY2025Q2")


@pytest.mark.parametrize(
    ("facts", "form"),
    [
        ({"dei__DocumentType": "10-K/A"}, "10-K/A"),
        ({"dei__DocumentType": "10-K", "dei__AmendmentFlag": "true"}, "10-K/A"),
        ({"dei__DocumentType": "10-K", "dei__AmendmentFlag": "FALSE"}, "10-K"),
        ({"dei__DocumentType": "10-K", "header__form": "10-K/A"}, "10-K/A"),
        ({"header__form": "8-K/A"}, "8-K/A"),
        ({"header__form": "DEF 14A"}, "DEF 14A"),
        ({"header__form": "10-KT"}, "10-K"),
    ],
)
def test_facts_and_keys_tell_an_amendment(facts: dict[str, str], form: str) -> None:
    assert read("Net sales rose.", Media.HTML, **facts).form == form


@pytest.mark.parametrize(
    ("cover", "form"),
    [
        (
            "FORM 6-K\nREPORT OF FOREIGN PRIVATE ISSUER PURSUANT TO RULE 13a-16 OR 15d-16\n"
            + NAME
            + "(Translation of registrant's name into English)\nannual reports under Form 20-F",
            "6-K",
        ),
        ("FORM 20-F/A\n" + ANNUAL + NAME + CHARTER, "20-F/A"),
        ("FORM 40-F\n" + ANNUAL.replace("13 OR", "13(a) OR") + NAME + CHARTER, "40-F"),
        ("FORM 8-K/A\n" + CURRENT + EVENT + NAME + CHARTER, "8-K/A"),
        (
            "FORM S-1\nREGISTRATION STATEMENT\nUNDER\nTHE SECURITIES ACT OF 1933\n"
            "HARBOR MILLS, INC.\n" + CHARTER,
            "S-1",
        ),
        (
            "Amendment No. 2\nto\nFORM S-1\nREGISTRATION STATEMENT\nUNDER\nTHE SECURITIES ACT OF "
            "1933\nHARBOR MILLS, INC.\n" + CHARTER,
            "S-1/A",
        ),
        (
            "SCHEDULE 14A\nProxy Statement Pursuant to Section 14(a) of the Exchange Act\n"
            "☐ Preliminary Proxy Statement\n☒ Definitive Proxy Statement\nHARBOR MILLS, INC.\n"
            "(Name of Registrant as Specified In Its Charter)\n",
            "DEF 14A",
        ),
    ],
)
def test_other_forms_are_told_by_their_covers(cover: str, form: str) -> None:
    found = read(SEC + cover)
    assert (found.form, found.companies) == (form, ("Harbor Mills",))
    assert found.title.startswith(f"Harbor Mills {form}")


def test_a_preliminary_proxy_is_not_the_definitive_one() -> None:
    cover = "SCHEDULE 14A\nProxy Statement Pursuant to Section 14(a) of the Exchange Act\n"
    boxes = "☒ Preliminary Proxy Statement\n☐ Definitive Proxy Statement\n"
    assert read(SEC + cover + boxes).form is None


def test_a_release_on_an_offering_is_no_registration() -> None:
    text = (
        "NEWARK--(BUSINESS WIRE)-- Harbor Mills, Inc. (Nasdaq: HBML) sells notes that have not "
        "been registered under the Securities Act of 1933. A Form S-1 was filed with the "
        "Securities and Exchange Commission."
    )
    assert read(text).form == "press release"


def test_a_current_report_is_on_the_day_of_its_event_and_dated_by_its_signature() -> None:
    signed = (
        "Pursuant to the requirements of the Exchange Act, the registrant has duly caused this "
        "report to be signed on its behalf by the undersigned hereunto duly authorized.\n"
        "Date: May 5, 2025"
    )
    exhibit = "Exhibit 10.1. This agreement is made by the undersigned.\nDated: April 1, 2021"
    cover = SEC + "FORM 8-K\n" + CURRENT + EVENT + NAME + CHARTER
    found = read("\n\n".join((cover, signed, exhibit)))
    assert (found.period_end, found.published) == (date(2025, 5, 3), date(2025, 5, 5))
    above = cover.replace(EVENT, "May 3, 2025\n(Date of earliest event reported)\n")
    assert read(above).period_end == date(2025, 5, 3)


def test_a_registration_is_dated_by_when_it_was_filed() -> None:
    filed = "As filed with the Securities and Exchange Commission on March 4, 2025\n"
    cover = "FORM S-1\nREGISTRATION STATEMENT UNDER THE SECURITIES ACT OF 1933\n"
    assert read(filed + SEC + cover).published == date(2025, 3, 4)


def test_the_day_of_filing_comes_from_the_sec_and_the_period_from_the_tags() -> None:
    signed = "has duly caused this report to be signed by the undersigned. Date: August 26, 2025"
    found = read(
        f"{SEC}FORM 10-Q\nFor the quarterly period ended June 30, 2024\n{ANNUAL}\n\n{signed}",
        Media.HTML,
        header__form="10-Q",
        header__filing_date="2025-08-27",
        dei__DocumentType="10-Q",
        dei__DocumentFiscalYearFocus="2026",
        dei__DocumentFiscalPeriodFocus="Q2",
        dei__DocumentPeriodEndDate="July 27, 2025",
    )
    assert found.published == date(2025, 8, 27)
    assert (found.fiscal_period, found.period_end) == ("FY2026Q2", date(2025, 7, 27))


def test_an_office_file_is_named_by_its_title_and_undated_by_its_clock() -> None:
    found = read(
        "Prices fell.",
        Media.DOCX,
        office__title="GPU prices in May",
        office__author="Ada Byron",
        office__created="2025-05-02T10:00:00",
        office__modified="2025-05-09T10:00:00",
    )
    assert (found.title, found.published) == ("GPU prices in May", None)


@pytest.mark.parametrize(
    "default",
    [
        "PowerPoint Presentation",
        "Untitled",
        "Document1",
        "Book1",
        "Presentation 2",
        "Microsoft Word - prices.doc",
        "Corporate deck.potx",
        "Normal",
        "Slide 1",
    ],
)
def test_a_title_that_a_program_put_in_is_none(default: str) -> None:
    blocks = (Block(BlockKind.HEADING, "What a GPU hour costs", 1),)
    for reading in (
        Reading(Media.PPTX, blocks, metadata={"office:title": default}),
        Reading(Media.PDF, blocks, title=default),
    ):
        assert recognise(reading, "deck.pptx").title == "What a GPU hour costs"
