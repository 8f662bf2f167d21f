"""The child that parses; arguments: SECONDS BYTES MEDIA PATH PAGES CHARACTERS TASK (as JSON).

Reads, recognises and cuts one file: what a stranger's text can do to our patterns ends a child too.
Writes a Parsed as JSON to standard output; exit status 3 and {"refused": reason} otherwise.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from corpus.models import Media
from ingest.limits import Limits, confine_this_process
from ingest.parsed import Task, parsed_of, parsed_to_json
from ingest.readers.here import answer_with, read_here

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    seconds, memory, media, path, pages, characters, task = arguments
    confine_this_process(float(seconds), int(memory))
    limits = Limits(float(seconds), int(memory), int(pages), int(characters))

    def parsed() -> str:
        reading = read_here(Media(media), Path(path), limits)
        return parsed_to_json(parsed_of(reading, Task(**json.loads(task))))

    return answer_with(parsed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
