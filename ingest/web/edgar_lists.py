"""Pure: the SEC's lists of companies and of filings, read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from corpus.errors import InputRefused

__all__ = [
    "Columns",
    "Listing",
    "OlderPage",
    "Row",
    "Submissions",
    "read_columns",
    "read_listings",
    "read_submissions",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One filing as it is listed; `document` is empty where only the whole submission exists."""

    accession: str
    filed: date
    reported: date | None
    form: str
    document: str


class Listing(BaseModel):
    """A company of the SEC's list of tickers; classes of shares have a hyphen, "BRK-B"."""

    model_config = ConfigDict(frozen=True)

    cik_str: int
    ticker: str
    title: str


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Columns(_Model):
    """Filings as parallel columns, one entry a filing."""

    accession_number: tuple[Annotated[str, Field(pattern=r"^\d{10}-\d{2}-\d{6}$")], ...]
    filing_date: tuple[date, ...]
    report_date: tuple[Annotated[date | None, BeforeValidator(lambda day: day or None)], ...]
    form: tuple[str, ...]
    primary_document: tuple[str, ...]

    @model_validator(mode="after")
    def _of_one_length(self) -> Self:
        if len({len(column) for _, column in self}) > 1:
            raise ValueError("the columns differ in length")
        return self

    def rows(self) -> Iterator[Row]:
        """Yield the filings in the order of the list."""
        columns = (self.accession_number, self.filing_date, self.report_date, self.form)
        for values in zip(*columns, self.primary_document, strict=True):
            yield Row(*values)


class OlderPage(_Model):
    """A further page of a filer's list, with filings up to the day `filing_to`."""

    name: Annotated[str, Field(pattern=r"^CIK\d{10}-submissions-\d{3,}\.json$")]
    filing_to: date


class _Filings(_Model):
    recent: Columns
    files: tuple[OlderPage, ...] = ()


class Submissions(_Model):
    """A filer with its recent filings and the pages that hold the older ones."""

    name: str
    tickers: tuple[str, ...] = ()
    filings: _Filings


_LISTINGS = TypeAdapter(dict[str, Listing])


def read_listings(content: bytes) -> tuple[Listing, ...]:
    """Read company_tickers.json; raises InputRefused where it is not what it used to be."""
    try:
        return tuple(_LISTINGS.validate_json(content).values())
    except ValidationError as error:
        raise _unreadable("list of tickers", error) from error


def read_submissions(content: bytes) -> Submissions:
    """Read submissions/CIK##########.json; raises InputRefused like `read_listings`."""
    try:
        return Submissions.model_validate_json(content)
    except ValidationError as error:
        raise _unreadable("list of filings", error) from error


def read_columns(content: bytes) -> Columns:
    """Read a page of older filings; raises InputRefused like `read_listings`."""
    try:
        return Columns.model_validate_json(content)
    except ValidationError as error:
        raise _unreadable("list of older filings", error) from error


def _unreadable(what: str, error: ValidationError) -> InputRefused:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "all of it"
    return InputRefused(
        f"the SEC's {what} is not in the form that we read ({where}: {first['msg']}): "
        "try again later, or save the filing's page and ingest the file"
    )
