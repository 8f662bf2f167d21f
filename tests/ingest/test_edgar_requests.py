"""What an `edgar:` input may look like, and who may ask."""

from __future__ import annotations

import pytest

from corpus.errors import InputRefused
from ingest.web.edgar_request import FilingRequest, read_request, user_agent


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("edgar:NVDA:10-K", FilingRequest("NVDA", "10-K")),
        ("edgar:MSFT:10-Q:4", FilingRequest("MSFT", "10-Q", 4)),
        ("EDGAR:brk.b:10-k", FilingRequest("brk.b", "10-K")),
        (" edgar: TSM : def  14a : 40 ", FilingRequest("TSM", "DEF 14A", 40)),
        ("edgar:NVDA:10-K/A", FilingRequest("NVDA", "10-K/A")),
    ],
)
def test_company_form_and_count_are_read(text: str, request_: FilingRequest) -> None:
    assert read_request(text) == request_


@pytest.mark.parametrize("company", ["0001045810", "1045810", "CIK0001045810", "cik1045810"])
def test_a_number_in_place_of_a_ticker_is_the_cik(company: str) -> None:
    assert read_request(f"edgar:{company}:10-K").cik == 1045810


def test_a_ticker_is_no_cik() -> None:
    assert read_request("edgar:C:10-K").cik is None


@pytest.mark.parametrize(
    "text",
    [
        "edgar:",
        "edgar:NVDA",
        "edgar::10-K",
        "edgar:NVDA:",
        "edgar:NVDA:10-K:",
        "edgar:NVDA:10-K:four",
        "edgar:NVDA:10-K:0",
        "edgar:NVDA:10-K:41",
        "edgar:NVDA:10-K:1:2",
        "edgar:../../etc:10-K",
        "edgar:NVDA:10_K?",
        "edgar:NVDA\n:10\0K",
    ],
)
def test_malformed_requests_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputRefused, match="edgar:NVDA:10-K"):
        read_request(text)


@pytest.mark.parametrize("contact", ["Jane Doe jane@example.com", " Jane Doe  <jane@example.com> "])
def test_we_introduce_ourselves_with_product_name_and_mail(contact: str) -> None:
    assert user_agent(contact) == "Load Factor Jane Doe jane@example.com"


@pytest.mark.parametrize(
    "contact",
    [
        None,
        "",
        "Jane Doe",
        "jane@example.com",
        "jane@example.com jane@example.com",
        "Jane jane@example",
        "Zoë Doe zoe@example.com",
        "Jane\r\nX-Other: 1",
    ],
)
def test_a_contact_without_name_or_mail_is_refused_with_the_setting(contact: str | None) -> None:
    with pytest.raises(InputRefused, match=r"LOADFACTOR_EDGAR_CONTACT=.* name and an e-mail"):
        user_agent(contact)
