"""A picture of a PDF page with a passage marked; run as a child process.

`python -m ingest.readers.pdf_picture SECONDS BYTES PATH PAGE SCALE HIGHLIGHT` writes a PNG.
"""

from __future__ import annotations

import ctypes
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops, ImageDraw

from corpus.errors import InputRefused
from ingest.limits import confine_this_process
from ingest.readers.clean import clean
from ingest.readers.pdf import open_pdf
from ingest.readers.process import REFUSED

__all__ = ["Box", "marked_boxes", "render"]

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points."""

_YELLOW = (255, 240, 120)
_WORD = re.compile(r"[^\W_]+")
_MOST_PIXELS = 40_000_000
_LEAST_RUN = 3


def render(path: Path, page_number: int, highlight: str, scale: float) -> bytes:
    """Return the 1-based page as PNG, words of `highlight` on yellow.

    Raises InputRefused for a page out of range and a picture beyond 40 million pixels.
    """
    pdf = open_pdf(path)
    if not 1 <= page_number <= len(pdf):
        raise InputRefused(f"no page {page_number}: the document has {len(pdf)}")
    page = pdf[page_number - 1]
    width, height = page.get_size()
    if not 0 < scale <= 10 or width * height * scale**2 > _MOST_PIXELS:
        raise InputRefused(f"a picture at scale {scale:g} would be too large")
    image = page.render(scale=scale).to_pil().convert("RGB")
    corners = [_corners(page, image.size, box) for box in marked_boxes(page, highlight)]
    return _png(_marked(image, corners))


def marked_boxes(page: Any, highlight: str) -> list[Box]:
    """Return the boxes of the page's words that the passage holds, one a word.

    Words match without case, hyphens and ligatures, in the passage's order and in runs of three
    at least (or the whole passage, where it is shorter): a stray "the" elsewhere stays plain.
    """
    textpage = page.get_textpage()
    characters = [
        chr(pdfium_c.FPDFText_GetUnicode(textpage.raw, index) or 32)
        for index in range(textpage.count_chars())
    ]
    words = list(_words(characters))
    wanted = [match.group() for match in _WORD.finditer(_folded(highlight))]
    found = _matching([word for word, _, _ in words], wanted)
    return [_box(textpage, words[at][1], words[at][2]) for at in sorted(found)]


def _folded(text: str) -> str:
    return re.sub(r"[-‐‑\ufffe]\s*", "", clean(text)).casefold()


def _words(characters: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield each word with the first and last index of its characters; hyphens join."""
    word, first, last = "", 0, 0
    for index, character in enumerate(characters):
        if character in "-‐‑\u00ad\u0002\ufffe":
            continue
        folded = _folded(character)
        joined = word and characters[index - 1] == "\ufffe"
        if _WORD.fullmatch(folded):
            word, first, last = (word + folded, first if word else index, index)
        elif word and not (character in "\r\n" and joined):
            yield word, first, last
            word = ""
    if word:
        yield word, first, last


def _matching(page: Sequence[str], wanted: Sequence[str]) -> set[int]:
    """Return the places of the page's words that the passage holds in the same order."""
    least = min(_LEAST_RUN, len(wanted))
    blocks = SequenceMatcher(None, page, wanted, autojunk=False).get_matching_blocks()
    return {
        place
        for block in blocks
        if block.size >= max(least, 1)
        for place in range(block.a, block.a + block.size)
    }


def _box(textpage: Any, first: int, last: int) -> Box:
    boxes = [textpage.get_charbox(index, loose=True) for index in range(first, last + 1)]
    # A word cut at a line's end has characters on two lines; the first line's are marked.
    on_line = [box for box in boxes if box[1] < boxes[0][3] and box[3] > boxes[0][1]]
    lefts, bottoms, rights, tops = zip(*on_line, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _corners(page: Any, size: tuple[int, int], box: Box) -> tuple[int, int, int, int]:
    """Return a box in pixels; pdfium knows the page's rotation and crop."""
    x, y = ctypes.c_int(), ctypes.c_int()
    places = []
    for left, top in ((box[0], box[3]), (box[2], box[1])):
        pdfium_c.FPDF_PageToDevice(
            page.raw, 0, 0, *size, 0, left, top, ctypes.byref(x), ctypes.byref(y)
        )
        places.append((x.value, y.value))
    (a, b), (c, d) = places
    return min(a, c) - 1, min(b, d), max(a, c) + 1, max(b, d)


def _marked(image: Image.Image, corners: Sequence[tuple[int, int, int, int]]) -> Image.Image:
    """Multiply yellow over the boxes: white paper turns yellow, black letters stay black."""
    paint = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(paint)
    for corner in corners:
        draw.rectangle(corner, fill=_YELLOW)
    return ImageChops.multiply(image, paint)


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def main(arguments: list[str]) -> int:
    seconds, memory, path, page, scale, highlight = arguments
    confine_this_process(float(seconds), int(memory))
    try:
        sys.stdout.buffer.write(render(Path(path), int(page), highlight, float(scale)))
    except InputRefused as refusal:
        sys.stdout.write(json.dumps({"refused": str(refusal)}))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
