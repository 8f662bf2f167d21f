"""The child: `python -m ingest.readers SECONDS BYTES MEDIA PATH PAGES CHARACTERS`.

Writes one reading as JSON to standard output; exit status 3 and {"refused": reason} otherwise.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Reading, reading_to_json
from ingest.limits import Limits, confine_this_process
from ingest.readers.process import REFUSED

_OFFICE = frozenset({Media.DOCX, Media.PPTX, Media.XLSX, Media.CSV})


def _read(media: Media, path: Path, limits: Limits) -> Reading:
    # Each branch imports one vendor: a child starts in the time of the reader it needs.
    if media is Media.PDF:
        from ingest.readers.pdf import read_pdf

        return read_pdf(path, limits)
    data = path.read_bytes()
    if media is Media.HTML:
        from ingest.readers.html import read_html

        return read_html(data, limits)
    if media is Media.MARKDOWN:
        from ingest.readers.markdown import read_markdown

        return read_markdown(data, limits)
    if media in _OFFICE:
        return _read_office(media, data, limits)
    from ingest.readers.text import read_text

    return read_text(data, limits)


def _read_office(media: Media, data: bytes, limits: Limits) -> Reading:
    if media is Media.DOCX:
        from ingest.readers.word import read_word

        return read_word(data, limits)
    if media is Media.PPTX:
        from ingest.readers.slides import read_slides

        return read_slides(data, limits)
    if media is Media.XLSX:
        from ingest.readers.sheets import read_workbook

        return read_workbook(data, limits)
    from ingest.readers.csv_table import read_csv

    return read_csv(data, limits)


def main(arguments: list[str]) -> int:
    seconds, memory, media, path, pages, characters = arguments
    confine_this_process(float(seconds), int(memory))
    limits = Limits(float(seconds), int(memory), int(pages), int(characters))
    # Vendors may print; what they print must not get among the JSON.
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answer:
        os.dup2(2, 1)
        try:
            answer.write(reading_to_json(_read(Media(media), Path(path), limits)))
        except InputRefused as refusal:
            answer.write(json.dumps({"refused": str(refusal)}))
            return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
