"""Pure: blocks to passages with context headers and page spans.

No overlap between passages: neighbours are merged where evidence is built, so a repeated sentence
would only be indexed, shown and paid for twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from corpus.models import Passage, PassageKind
from corpus.tokens import count_tokens
from ingest.blocks import Block, BlockKind
from ingest.readers.shape import BULLETS
from ingest.sentences import fitting, sentences
from ingest.tables import row_groups

__all__ = ["SPLITTER", "split"]

SPLITTER = "sentences-and-rows/2"
"""Name and version of the splitting rules; a new version cuts differently."""

_SPECIAL_TOKENS = 2
_HEADER_TOKENS = 60
_HEADING_TOKENS = 24
_FULL = 200
"""Word pieces of text at which a passage is long enough."""
_ROOM_FOR_A_PARAGRAPH = 100
_ENOUGH_BEFORE_PART = 40
_ENOUGH_BEFORE_HEADING = 120
_ENOUGH_ON_PAGE = 64
_LEAD = 60
_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, heading or part of either: the smallest thing that moves between passages."""

    text: str
    glue: str
    tokens: int
    path: tuple[str, ...]
    page: int | None
    heading: bool = False
    whole: bool = False


def split(
    blocks: Sequence[Block], document_id: str, context: Sequence[str], max_tokens: int = 256
) -> tuple[Passage, ...]:
    """Return the passages of a document in reading order.

    `context` holds what every header begins with (company, form, period, date). A passage's
    header and text together have at most `max_tokens` word pieces, the two special ones included.
    Prose is packed from whole sentences, a table stays with its caption and repeats its column
    heads in every group of rows.
    """
    splitter = _Splitter(document_id, tuple(part for part in context if part), max_tokens)
    for block in blocks:
        splitter.take(block)
    splitter.flush()
    return tuple(splitter.passages)


@dataclass(slots=True)
class _Splitter:
    document_id: str
    context: tuple[str, ...]
    max_tokens: int
    passages: list[Passage] = field(default_factory=list)
    held: list[_Piece] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)

    def take(self, block: Block) -> None:
        if block.kind is BlockKind.HEADING:
            self._take_heading(block)
        elif block.kind is BlockKind.TABLE:
            self._take_table(block)
        else:
            self._take_paragraph(block)

    def _take_heading(self, block: Block) -> None:
        enough = _ENOUGH_BEFORE_PART if block.level <= 2 else _ENOUGH_BEFORE_HEADING
        if sum(piece.tokens for piece in self.held if not piece.heading) >= enough:
            self.flush()
        while self.path and self.path[-1][0] >= block.level:
            self.path.pop()
        for piece in self._pieces(block, heading=True):
            self._add(piece)
        title = " ".join(block.text.split())
        self.path.append((block.level, next(fitting(title, _HEADING_TOKENS, count_tokens), "")))

    def _take_paragraph(self, block: Block) -> None:
        pieces = list(self._pieces(block))
        if not pieces:
            return
        if self._page_turns(pieces[0]) or (
            self._size() >= _ROOM_FOR_A_PARAGRAPH
            and self._size() + sum(piece.tokens for piece in pieces) > self._budget(self.held[0])
        ):
            self.flush(keep_headings=True)
        for piece in pieces:
            self._add(piece)

    def _page_turns(self, piece: _Piece) -> bool:
        """Pages stay apart once there is enough text, unless a sentence runs over the page."""
        if not self.held or self.held[-1].page == piece.page:
            return False
        return self._size() >= _ENOUGH_ON_PAGE and not piece.text[0].islower()

    def _pieces(self, block: Block, heading: bool = False) -> Iterator[_Piece]:
        path = tuple(title for _, title in self.path)
        budget = self._room(path)
        texts = [
            part
            for sentence in ([block.text.strip()] if heading else sentences(block.text))
            for part in fitting(sentence, budget, count_tokens)
            if part
        ]
        at = 0
        for number, text in enumerate(texts):
            start = block.text.index(text, at)
            gap = block.text[at:start]
            glue = "\n" if number == 0 or "\n" in gap else gap[:1]
            at = start + len(text)
            tokens = count_tokens(text)
            yield _Piece(text, glue, tokens, path, block.page, heading, whole=len(texts) == 1)

    def _add(self, piece: _Piece) -> None:
        """Hold the piece; pieces cut inside a word never share a passage: their tokens interact."""
        if self.held:
            cut_word = not piece.glue and self.held[-1].text[-1] not in "。！？"
            if cut_word or self._size() + piece.tokens > self._budget(self.held[0]):
                self.flush(keep_headings=True)
        if self.held and self._size() + piece.tokens > self._budget(self.held[0]):
            self.flush()
        self.held.append(piece)

    def _size(self) -> int:
        return sum(piece.tokens for piece in self.held)

    def _budget(self, first: _Piece) -> int:
        return min(_FULL, self._room(first.path))

    def _room(self, path: tuple[str, ...]) -> int:
        header = _header(self.context, path)
        return self.max_tokens - _SPECIAL_TOKENS - count_tokens(header)

    def flush(self, keep_headings: bool = False) -> None:
        """Make a passage of what is held; headings at its end may wait for what they head."""
        kept: list[_Piece] = []
        while keep_headings and self.held and self.held[-1].heading:
            kept.insert(0, self.held.pop())
        if self.held:
            first = self.held[0]
            text = first.text + "".join(piece.glue + piece.text for piece in self.held[1:])
            pages = [piece.page for piece in self.held if piece.page is not None]
            body = next((piece for piece in self.held if not piece.heading), self.held[-1])
            self._emit(text, first.path, body.path, pages, PassageKind.PROSE)
        self.held = kept

    def _take_table(self, block: Block) -> None:
        lead = self._take_lead(block)
        self.flush()
        path = tuple(title for _, title in self.path)
        header_path = lead[0].path if lead else path
        captions = [*(piece.text for piece in lead), *([block.text] if block.text else [])]
        pages = [p for p in (*(piece.page for piece in lead), block.page) if p is not None]
        for text in row_groups(block, captions, min(_FULL, self._room(header_path))):
            self._emit(text, header_path, path, pages, PassageKind.TABLE)

    def _take_lead(self, block: Block) -> list[_Piece]:
        """Take a table's headings, and a short paragraph between them and it, off what is held."""
        lead: list[_Piece] = []
        while self.held and (piece := self.held[-1]).page == block.page:
            introduces = piece.heading or (
                piece.whole and not lead and piece.text[0] not in BULLETS
            )
            if not introduces or sum(p.tokens for p in lead) + piece.tokens > _LEAD:
                break
            lead.insert(0, self.held.pop())
        return lead

    def _emit(
        self,
        text: str,
        header_path: tuple[str, ...],
        headings: tuple[str, ...],
        pages: list[int],
        kind: PassageKind,
    ) -> None:
        ordinal = len(self.passages)
        header = _header(self.context, header_path)
        self.passages.append(
            Passage(
                id=f"{self.document_id[:16]}:{ordinal:05d}",
                document_id=self.document_id,
                ordinal=ordinal,
                text=text,
                header=header,
                headings=headings,
                kind=kind,
                page=min(pages, default=None),
                page_last=max(pages, default=None),
                tokens=count_tokens(header) + count_tokens(text),
            )
        )


@lru_cache(maxsize=1024)
def _header(context: tuple[str, ...], path: tuple[str, ...]) -> str:
    """Return context and heading path; too long, it loses headings from the middle of the path."""
    said = {part.casefold() for part in context}
    titles = [title for title in path if title.casefold() not in said]
    while titles and count_tokens(_SEPARATOR.join((*context, *titles))) > _HEADER_TOKENS:
        titles.pop((len(titles) - 1) // 2)
    line = _SEPARATOR.join((*context, *titles))
    return next(fitting(line, _HEADER_TOKENS, count_tokens)) if line else ""
