"""The child: `python -m ingest.readers SECONDS BYTES MEDIA PATH PAGES CHARACTERS`.

Writes one reading as JSON to standard output; exit status 3 and {"refused": reason} otherwise.
"""

from __future__ import annotations

import sys
from pathlib import Path

from corpus.models import Media
from ingest.blocks import reading_to_json
from ingest.limits import Limits, confine_this_process
from ingest.readers.here import answer_with, read_here


def main(arguments: list[str]) -> int:
    seconds, memory, media, path, pages, characters = arguments
    confine_this_process(float(seconds), int(memory))
    limits = Limits(float(seconds), int(memory), int(pages), int(characters))
    return answer_with(lambda: reading_to_json(read_here(Media(media), Path(path), limits)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
