"""What the commands print that keep and look into the store."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from corpus.backup import Backup
from corpus.catalog_versions import Version
from corpus.report import Coverage, Report, Sample
from corpus.restoring import Restored

__all__ = ["backup_json", "restored_json", "show_backup", "show_report", "show_restored"]

UNKNOWN = "—"
PAGES_NAMED = 20
MEGABYTE = 10**6


def backup_json(backup: Backup) -> dict[str, object]:
    """The object of `loadfactor backup --json`."""
    manifest = backup.manifest
    return {
        "file": str(backup.file),
        "bytes": backup.size,
        "created": manifest.created,
        "product": manifest.product,
        "schemas": dict(manifest.schemas),
        "files": len(manifest.members),
        "originals": backup.originals,
    }


def restored_json(restored: Restored) -> dict[str, object]:
    """The object of `loadfactor restore --json`."""
    return {
        "data": str(restored.data),
        "created": restored.manifest.created,
        "files": len(restored.manifest.members),
        "kept_aside": None if restored.aside is None else str(restored.aside),
        "health": restored.health.as_json(),
    }


def show_backup(backup: Backup) -> None:
    _print(
        f"{backup.file}: {len(backup.manifest.members)} files, {backup.originals} of them "
        f"originals, {backup.size / MEGABYTE:,.1f} MB"
    )


def show_restored(restored: Restored) -> None:
    _print(f"{restored.data} is as it was at {restored.manifest.created}")
    for line in restored.health.lines():
        _print(line)
    if restored.aside is not None:
        _print(f"What was there before is in {restored.aside}; delete it when you are sure.")


def show_report(report: Report) -> None:
    document = report.document
    facts = (document.company, document.form, document.fiscal_period, document.published)
    _print(document.title, "bold")
    _print(" · ".join(str(fact) for fact in (*facts, document.media, document.state) if fact))
    for name, value in _facts(report):
        _print(f"  {name:<12}{value}")
    for sample in report.samples:
        _print(_heading(sample), "cyan")
        _print(sample.passage.text)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    document = report.document
    yield "id", document.id
    yield "text", f"{report.characters:,} characters"
    if report.coverage is not None:
        yield "pages", _coverage(report.coverage)
    yield "passages", f"{report.prose} of prose, {report.tables} of tables"
    yield "tables", f"{document.tables} found"
    yield "tokens", f"{report.tokens_median:g} in the median passage, {report.tokens_most} at most"
    for source in document.sources:
        size = UNKNOWN if source.size is None else f"{source.size:,} bytes"
        yield "source", f"{source.location} ({size}, {source.added:%Y-%m-%d %H:%M})"
    for version in report.versions.replaced:
        yield "replaced", _version(version)
    for version in report.versions.replaced_by:
        yield "replaced by", _version(version)
    if report.amends is not None:
        yield "amends", f"{report.amends.title} ({report.amends.id[:8]})"
    for amendment in report.amended_by:
        yield "amended by", f"{amendment.title} ({amendment.id[:8]})"
    for warning in document.warnings:
        yield "warning", warning


def _coverage(coverage: Coverage) -> str:
    empty = coverage.without_text
    whole = f"{len(coverage.characters)}, {coverage.share:.0%} with text"
    if not empty:
        return whole
    more = " …" if len(empty) > PAGES_NAMED else ""
    return f"{whole}; none on {', '.join(map(str, empty[:PAGES_NAMED]))}{more}"


def _version(version: Version) -> str:
    return f"{version.title} ({version.document_id[:8]}, {version.added:%Y-%m-%d %H:%M})"


def _heading(sample: Sample) -> str:
    page = "" if sample.passage.page is None else f", page {sample.passage.page}"
    kind = "" if sample.place == "table" else f" ({sample.passage.kind})"
    return f"{sample.place}{kind}{page}"


def _print(line: str, style: str = "") -> None:
    Console().print(Text(line, style=style), soft_wrap=True)
