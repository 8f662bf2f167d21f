"""Metadata recognised from content alone: company, form and fiscal period against the manifests.

`python -m benchmarks.metadata` reads ../shared/docs and ../shared/financebench and prints the
misses and the shares that are right. Where a manifest names no company ("(several)"), no form or
no fiscal period, there is nothing to miss.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.material import shared_folder
from corpus.companies import canonical
from corpus.errors import InputRefused
from ingest.paywall import is_only_a_paywall
from ingest.readers import HEAD_BYTES, detect, read_document
from ingest.recognise import Recognised, recognise

FORMS = (
    ("10-K", "10-K"),
    ("10-Q", "10-Q"),
    ("press release", "press release"),
    ("earnings call", "earnings call"),
    ("article", "article"),
    ("research", "note"),
    ("digest", "note"),
    ("10k", "10-K"),
    ("10q", "10-Q"),
    ("8k", "8-K"),
    ("Earnings", "press release"),
)
FIELDS = ("company", "form", "period")


@dataclass(frozen=True, slots=True)
class Expected:
    path: Path
    company: str | None
    form: str | None
    period: re.Pattern[str] | None


def from_manifest(folder: Path) -> Iterator[Expected]:
    for row in rows_of(folder / "manifest.jsonl"):
        company = re.sub(r"\s*\(.*", "", row["company"]) or None
        form = form_of(row["kind"])
        yield Expected(folder / row["file"], company, form, period_of(row["period"], form))


def from_financebench(folder: Path) -> Iterator[Expected]:
    for row in rows_of(folder / "documents.jsonl"):
        form = form_of(row["doc_type"])
        quarter = re.search(r"\d{4}(Q\d)", row["doc_name"])
        year = f"FY{row['doc_period']}"
        expected = {"10-K": year, "8-K": None}.get(form or "", year + (quarter or [""])[0][4:])
        pattern = re.compile(expected) if expected else None
        yield Expected(folder / "pdfs" / f"{row['doc_name']}.pdf", row["company"], form, pattern)


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def form_of(kind: str) -> str | None:
    return next((form for word, form in FORMS if word in kind), None)


def period_of(period: str, form: str | None) -> re.Pattern[str] | None:
    """The pattern of the label; a manifest's calendar period leaves the fiscal year open."""
    if form in ("note", "article"):
        return None
    quarter = re.search(r"Q([1-4])", period)
    years = re.findall(r"20\d\d", period)
    year = r"20\d\d" if "calendar" in period else years[0]
    return re.compile(f"FY{year}" + (f"Q{quarter.group(1)}" if quarter else ""))


def misses(expected: Expected, found: Recognised) -> dict[str, str]:
    """Each field that is wrong, as "found (expected)"."""
    wrong = {}
    if expected.company and canonical(expected.company) not in found.companies[:1]:
        wrong["company"] = f"{found.companies} ({expected.company})"
    if expected.form != found.form:
        wrong["form"] = f"{found.form} ({expected.form})"
    period = found.fiscal_period or ""
    if expected.period and not expected.period.fullmatch(period):
        wrong["period"] = f"{found.fiscal_period} ({expected.period.pattern})"
    return wrong


def recognised(path: Path) -> Recognised | None:
    """What is recognised under a name that tells nothing; None for a paywall's notice."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    reading = read_document(path, detect(head, f"document{path.suffix}"))
    return None if is_only_a_paywall(reading.blocks) else recognise(reading, "document")


def measure(label: str, material: list[Expected]) -> None:
    wrong = dict.fromkeys(FIELDS, 0)
    documents = 0
    for expected in material:
        try:
            found = recognised(expected.path)
        except InputRefused as error:
            sys.stdout.write(f"  {expected.path.name}: refused: {error}\n")
            continue
        if found is None:
            sys.stdout.write(f"  {expected.path.name}: refused: only a paywall notice\n")
            continue
        documents += 1
        for field, miss in misses(expected, found).items():
            wrong[field] += 1
            sys.stdout.write(f"  {expected.path.name}: {field} {miss}\n")
    shares = ", ".join(f"{field} {1 - wrong[field] / documents:.3f}" for field in FIELDS)
    sys.stdout.write(f"{label}, {documents} documents: {shares}\n")


def main() -> None:
    shared = shared_folder()
    measure("docs", list(from_manifest(shared / "docs")))
    measure("financebench", list(from_financebench(shared / "financebench")))


if __name__ == "__main__":
    main()
