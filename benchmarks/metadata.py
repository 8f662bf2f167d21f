"""Metadata recognised from content alone: company, form, fiscal period, date and period end.

`python -m benchmarks.metadata` reads ../shared/docs and ../shared/financebench and prints the
misses and the shares that are right. Where a manifest names no company ("(several)"), no form or
no fiscal period, there is nothing to miss. Dates are judged against metadata_dates.toml, where
they were read by eye, else against the manifest: a date that the content does not state must stay
unknown. The date of a filing is the day of its signature; the period end stands on its cover.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

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
FIELDS = ("company", "form", "period", "date", "period end")
DATES = Path(__file__).with_name("metadata_dates.toml")


@dataclass(frozen=True, slots=True)
class Expected:
    """What to find; None where there is nothing to miss, for `published` where no day is stated."""

    path: Path
    company: str | None
    form: str | None
    period: re.Pattern[str] | None
    published: date | None
    period_end: date | None


Seen = Mapping[str, Mapping[str, Any]]
"""metadata_dates.toml: "stated", "unstated", "ends" and "coarse", each by document."""


def from_manifest(folder: Path, seen: Seen) -> Iterator[Expected]:
    for row in rows_of(folder / "manifest.jsonl"):
        company = re.sub(r"\s*\(.*", "", row["company"]) or None
        form = form_of(row["kind"])
        period = period_of(row["period"], form)
        day = None if row["file"] in seen["unstated"] else date_of(row["file"], seen, row["date"])
        end = seen["ends"].get(row["file"])
        yield Expected(folder / row["file"], company, form, period, day, end)


def from_financebench(folder: Path, seen: Seen) -> Iterator[Expected]:
    for row in rows_of(folder / "documents.jsonl"):
        name, form = row["doc_name"], form_of(row["doc_type"])
        quarter = re.search(r"\d{4}(Q\d)", name)
        year = f"FY{row['doc_period']}"
        expected = {"10-K": year, "8-K": None}.get(form or "", year + (quarter or [""])[0][4:])
        expected = seen["coarse"].get(name, {}).get("period", expected)
        pattern = re.compile(expected) if expected else None
        december = date(int(row["doc_period"]), 12, 31) if form == "10-K" else None
        end = seen["ends"].get(name, december)
        path = folder / "pdfs" / f"{name}.pdf"
        yield Expected(path, row["company"], form, pattern, date_of(name, seen), end)


def date_of(name: str, seen: Seen, listed: str = "") -> date | None:
    """The day read by eye, else the manifest's; a month or a year there is a gap in our table."""
    stated = seen["stated"].get(name)
    return stated if isinstance(stated, date) else date.fromisoformat(listed)


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
    if found.published != expected.published:
        wrong["date"] = f"{found.published} ({expected.published or 'none is stated'})"
    if expected.period_end and found.period_end != expected.period_end:
        wrong["period end"] = f"{found.period_end} ({expected.period_end})"
    return wrong


def date_kind(expected: date | None, found: date | None) -> str:
    if found is None:
        return "unknown though stated" if expected else "unknown and not stated"
    return "right" if found == expected else "wrong"


def recognised(path: Path) -> Recognised | None:
    """What is recognised under a name that tells nothing; None for a paywall's notice."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    reading = read_document(path, detect(head, f"document{path.suffix}"))
    return None if is_only_a_paywall(reading.blocks) else recognise(reading, "document")


def measure(label: str, material: list[Expected]) -> Counter[str]:
    """Print the misses; return how many of each field are right, and of "documents"."""
    right: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for expected in material:
        try:
            found = recognised(expected.path)
        except InputRefused as error:
            sys.stdout.write(f"  {expected.path.name}: refused: {error}\n")
            continue
        if found is None:
            sys.stdout.write(f"  {expected.path.name}: refused: only a paywall notice\n")
            continue
        wrong = misses(expected, found)
        right.update(["documents", *(field for field in FIELDS if field not in wrong)])
        days[date_kind(expected.published, found.published)] += 1
        for field, miss in wrong.items():
            sys.stdout.write(f"  {expected.path.name}: {field} {miss}\n")
    show(label, right)
    sys.stdout.write(f"  dates: {', '.join(f'{n} {kind}' for kind, n in days.most_common())}\n")
    return right


def show(label: str, right: Counter[str]) -> None:
    documents = right["documents"]
    shares = ", ".join(f"{field} {right[field] / documents:.3f}" for field in FIELDS)
    overall = sum(right[field] for field in FIELDS) / (documents * len(FIELDS))
    sys.stdout.write(f"{label}, {documents} documents: {shares}, all fields {overall:.3f}\n")


def main() -> None:
    shared = shared_folder()
    seen = tomllib.loads(DATES.read_text(encoding="utf-8"))
    docs = measure("docs", list(from_manifest(shared / "docs", seen)))
    bench = measure("financebench", list(from_financebench(shared / "financebench", seen)))
    show("both", docs + bench)
    for name, row in seen["coarse"].items():
        sys.stdout.write(f"  corrected: {name}: period {row['period']} ({row['because']})\n")


if __name__ == "__main__":
    main()
