"""A question that is confined to a company and a form, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import ingest
from tests.e2e.test_app import ask

pytestmark = pytest.mark.e2e

REPORT = """---
title: {company} {form}
companies: [{company}]
form: {form}
fiscal_period: FY2025
---
{company} spent ${amount} million on its turbine hall in fiscal 2025, says this {form}.
"""
REPORTS = (("Quillon Grid", "10-K", 31), ("Quillon Grid", "note", 32), ("Tamarind", "10-K", 77))


def choose(page: Page, label: str, value: str) -> None:
    box = page.get_by_test_id("stPopoverBody").get_by_role("combobox", name=label)
    box.fill(value)
    page.get_by_role("option", name=value, exact=True).click()
    expect(page.locator(".lf-filters")).to_contain_text(value)
    box.press("Tab")


def test_an_analyst_confines_a_question_to_a_company_and_a_form(
    page: Page, store: Path, uploads: Path
) -> None:
    for company, form, amount in REPORTS:
        text = REPORT.format(company=company, form=form, amount=amount)
        (uploads / f"{company} {form}.md").write_text(text, encoding="utf-8")
    ingest(store, uploads)
    page.reload()
    page.locator(".st-key-filters-open button").first.click()
    choose(page, "Company", "Quillon Grid")
    choose(page, "Form", "10-K")
    expect(page.locator(".st-key-filters-open")).to_contain_text("1 of ")
    page.locator(".lf-hero").click()

    ask(page, "How much was spent on the turbine hall in fiscal 2025?")
    expect(page.locator(".lf-confined")).to_have_text("Asked only of Quillon Grid · 10-K")
    expect(page.locator('[class*="st-key-answer-"]').first).to_contain_text("$31 million")
    page.get_by_text("Evidence ·").click()
    evidence = page.locator(".lf-evidence")
    expect(evidence.first).to_contain_text("Quillon Grid 10-K")
    assert evidence.count() == 1

    page.get_by_role("button", name="Clear", exact=True).last.click()
    expect(page.locator(".st-key-filters-open")).to_contain_text("All ")
    ask(page, "How much did Tamarind spend on its turbine hall in fiscal 2025?")
    expect(page.locator('[class*="st-key-answer-"]').last).to_contain_text("$77 million")
