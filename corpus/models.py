"""The vocabulary of the product as frozen values: Source, Document, Passage, Filters, Hit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePath

from corpus.forms import base_form

__all__ = [
    "Document",
    "DocumentState",
    "Filters",
    "Hit",
    "Media",
    "Passage",
    "PassageKind",
    "Reason",
    "ReasonKind",
    "Source",
    "Statement",
]


class Media(StrEnum):
    """The format that a document was read as."""

    PDF = "pdf"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    CSV = "csv"


class DocumentState(StrEnum):
    """Where a document stands; only READY documents are searched."""

    INDEXING = "indexing"
    READY = "ready"
    SUPERSEDED = "superseded"


class PassageKind(StrEnum):
    PROSE = "prose"
    TABLE = "table"


class Statement(StrEnum):
    """The primary financial statements that questions lead to."""

    BALANCE_SHEET = "balance sheet"
    INCOME = "income statement"
    CASH_FLOW = "cash flow statement"


@dataclass(frozen=True, slots=True)
class Source:
    """One place that a document came from: an absolute path, an upload's name or a URL."""

    location: str
    name: str
    added: datetime
    size: int | None = None
    modified_ns: int | None = None

    @staticmethod
    def name_of(location: str) -> str:
        """Return the file name that people know the location by."""
        return PurePath(location).name or location


@dataclass(frozen=True, slots=True)
class Document:
    """One content, whatever names it came under.

    `id` is the SHA-256 of the original bytes in hex. `companies` holds display names ("Amazon"),
    the filer or main subject first. `form` is an SEC form ("10-K", "10-Q", "8-K"; "10-K/A" for an
    amended one) or one of "earnings call", "press release", "article", "note". `fiscal_period` is
    the filer's fiscal year or quarter, "FY2025" or "FY2026Q2". `pages` counts physical pages and is
    None where the format has none. `tables` counts those that the reader found. `amends` is the id
    of the filing that this one amends, set by the catalog where it holds that one. `splitter` names
    what cut it into passages, with its version. `questions` are those that a note says it answers.
    Whatever the content does not state is None or empty, never guessed.
    """

    id: str
    title: str
    media: Media
    companies: tuple[str, ...] = ()
    form: str | None = None
    fiscal_period: str | None = None
    period_end: date | None = None
    published: date | None = None
    pages: int | None = None
    passages: int = 0
    topics: tuple[str, ...] = ()
    publisher: str | None = None
    references: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    splitter: str = ""
    sources: tuple[Source, ...] = ()
    state: DocumentState = DocumentState.READY
    tables: int = 0
    amends: str | None = None
    questions: tuple[str, ...] = ()

    @property
    def company(self) -> str | None:
        """The filer or main subject, None where the content names none."""
        return self.companies[0] if self.companies else None

    @property
    def name(self) -> str:
        """The file name of the newest source, else the title: what people call the document."""
        return self.sources[-1].name if self.sources else self.title


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document that is embedded and cited.

    `text` is what is shown and cited; `header` is the context (company, form, period, section)
    that is embedded and indexed in front of it (`corpus.embedded`). `page` and `page_last` are
    1-based physical pages of a PDF, None where the format has none. `tokens` counts word pieces of
    header and text by the bundled MiniLM tokenizer.
    """

    id: str
    document_id: str
    ordinal: int
    text: str
    header: str
    headings: tuple[str, ...] = ()
    kind: PassageKind = PassageKind.PROSE
    page: int | None = None
    page_last: int | None = None
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is confined to; an empty field confines nothing. Names match without case.

    A form admits its amendments too: "10-K" both 10-K and 10-K/A, "10-K/A" amendments only.
    """

    companies: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    since: date | None = None
    documents: tuple[str, ...] = field(default=())
    until: date | None = None

    def admit(self, document: Document) -> bool:
        """Tell whether a document is within the filters, `since` and `until` included.

        An unknown date is neither since nor until anything.
        """
        return (
            _any_of(self.companies, document.companies)
            and _any_of(self.forms, (document.form, base_form(document.form)))
            and _any_of(self.periods, (document.fiscal_period,))
            and (not self.documents or document.id in self.documents)
            and _within(document.published, self.since, self.until)
        )


def _any_of(wanted: tuple[str, ...], present: tuple[str | None, ...]) -> bool:
    if not wanted:
        return True
    known = {value.casefold() for value in present if value}
    return any(value.casefold() in known for value in wanted)


def _within(published: date | None, since: date | None, until: date | None) -> bool:
    if published is None:
        return since is None and until is None
    return (since is None or published >= since) and (until is None or published <= until)


class ReasonKind(StrEnum):
    """What of a question a passage matches."""

    COMPANY = "company"
    PERIOD = "period"
    FORM = "form"
    STATEMENT = "statement"
    ITEM = "item"
    TERMS = "terms"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a passage was chosen; `text` names what matched, as a reader knows it ("FY2022")."""

    kind: ReasonKind
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its document, rank (1-based), score, rank in each list and reasons."""

    passage: Passage
    document: Document
    rank: int
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None
    reasons: tuple[Reason, ...] = ()
