"""The usual pipeline, for comparison, over the files that ours has.

`python -m benchmarks.usual [FOLDER] [INPUT...]` builds its store (build/bench/usual over the shared
store's inputs) file by file; a run that was stopped goes on where it was.

LangChain's parts without its wrappers, which are not among our packages: PyPDFLoader (pypdf, a text
a page), BSHTMLLoader (the text of an HTML file), TextLoader, RecursiveCharacterTextSplitter
1000/200, all-MiniLM-L6-v2 in fp32 through sentence-transformers, and a Chroma collection with its
defaults, asked as `Chroma.similarity_search` asks it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lxml import etree, html

from benchmarks.found import Piece
from corpus.tokens import bundled_model_path

__all__ = [
    "BATCH",
    "Chunk",
    "Encode",
    "Filed",
    "UsualStore",
    "build",
    "files_of",
    "main",
    "read",
    "sentence_encoder",
    "split",
]

BATCH = 500
"""Chunks that are embedded and added at once."""
SIZE, OVERLAP = 1000, 200
"""Characters of a chunk, and those that it shares with the one before."""
PLAIN = frozenset({".md", ".txt"})
MARKUP = frozenset({".html", ".htm"})
SUFFIXES = PLAIN | MARKUP | {".pdf"}

Encode = Callable[[list[str]], Any]
"""Texts to vectors of shape (texts, dimension)."""
Text = tuple[int | None, str]
"""1-based page, None where the format has none, and its text."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A document of LangChain: file name, 1-based page (None where there is none), text."""

    source: str
    page: int | None
    text: str

    def piece(self, tokens: int = 0) -> Piece:
        pages = () if self.page is None else (self.page,)
        return Piece((self.source,), pages, self.text, tokens)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of the store, by name and bytes, with its number of chunks."""

    file: str
    size: int
    chunks: int


class UsualStore:
    """A Chroma collection in a folder, with a list of the files that are whole in it."""

    def __init__(self, folder: Path, encode: Encode) -> None:
        import chromadb
        from chromadb.config import Settings

        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.encode = encode
        self._list = folder / "files.jsonl"
        self._client: Any = chromadb.PersistentClient(
            str(folder / "chroma"), Settings(anonymized_telemetry=False)
        )
        self._collection: Any = self._client.get_or_create_collection(
            "usual", embedding_function=None
        )

    def files(self) -> list[Filed]:
        if not self._list.is_file():
            return []
        lines = self._list.read_text(encoding="utf-8").splitlines()
        return [Filed(**json.loads(line)) for line in lines]

    def holds(self, file: str, size: int) -> bool:
        return any((each.file, each.size) == (file, size) for each in self.files())

    def add(self, path: Path) -> tuple[int, int]:
        """Take a file in; return its pages and chunks. Doing it again changes nothing."""
        texts = list(read(path))
        chunks = [Chunk(path.name, page, part) for page, text in texts for part in split(text)]
        for start in range(0, len(chunks), BATCH):
            batch = chunks[start : start + BATCH]
            self.put(batch, self.encode([chunk.text for chunk in batch]), start)
        self.note(Filed(path.name, path.stat().st_size, len(chunks)))
        return len(texts), len(chunks)

    def put(self, chunks: Sequence[Chunk], vectors: Any, start: int = 0) -> None:
        """Store chunks of one file, numbered from `start`, with vectors of shape (chunks, n)."""
        self._collection.upsert(
            ids=[f"{chunk.source}-{number}" for number, chunk in enumerate(chunks, start)],
            embeddings=vectors,
            documents=[chunk.text for chunk in chunks],
            metadatas=[{"source": chunk.source, "page": chunk.page or 0} for chunk in chunks],
        )

    def note(self, filed: Filed) -> None:
        """Note that all of a file is in the store."""
        with self._list.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(filed)) + "\n")

    def chunks(self, file: str, start: int, limit: int) -> tuple[list[Chunk], Any]:
        """Return chunks of a file by number, and their vectors."""
        found = self._collection.get(
            ids=[f"{file}-{number}" for number in range(start, start + limit)],
            include=["documents", "metadatas", "embeddings"],
        )
        return _chunks(found["metadatas"], found["documents"]), found["embeddings"]

    def search(self, question: str, k: int) -> list[Chunk]:
        """Return the `k` nearest chunks, the question embedded here."""
        found = self._collection.query(
            query_embeddings=self.encode([question]).tolist(), n_results=k
        )
        return _chunks(found["metadatas"][0], found["documents"][0])

    def close(self) -> None:
        self._client.close()


def _chunks(facts: Sequence[dict[str, Any]], texts: Sequence[str]) -> list[Chunk]:
    pairs = zip(facts, texts, strict=True)
    return [Chunk(fact["source"], fact["page"] or None, text) for fact, text in pairs]


def sentence_encoder() -> Encode:
    """Load the bundled all-MiniLM-L6-v2 in fp32 with sentence-transformers (takes seconds)."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(bundled_model_path()))
    model.encode(["warm"])
    return lambda texts: model.encode(texts)


def read(path: Path) -> Iterator[Text]:
    """Yield the texts of a file as its usual loader does: of a PDF a page each, else the whole."""
    kind = path.suffix.casefold()
    if kind == ".pdf":
        yield from _pdf_pages(path)
    elif kind in MARKUP:
        yield None, _html_text(html.fromstring(path.read_bytes()))
    else:
        yield None, path.read_text(encoding="utf-8", errors="replace")


def _html_text(tree: html.HtmlElement) -> str:
    etree.strip_elements(tree, etree.Comment, "script", "style", with_tail=False)
    return "".join(tree.itertext())


def _pdf_pages(path: Path) -> Iterator[Text]:
    from pypdf import PdfReader

    reader = PdfReader(path)
    if reader.is_encrypted:
        reader.decrypt("")
    for number, page in enumerate(reader.pages, start=1):
        yield number, page.extract_text()


def split(text: str) -> list[str]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP).split_text(text)


def files_of(inputs: Iterable[Path]) -> list[Path]:
    """Return the files of `inputs` (files or folders) that the usual loaders read, by path."""
    found = {file for path in inputs for file in ([path] if path.is_file() else path.rglob("*"))}
    return sorted(file for file in found if file.suffix.casefold() in SUFFIXES)


def build(store: UsualStore, inputs: Iterable[Path]) -> None:
    """Take in what is not there yet, a line a file."""
    waiting = [path for path in files_of(inputs) if not store.holds(path.name, path.stat().st_size)]
    for number, path in enumerate(waiting, start=1):
        started = time.perf_counter()
        pages, chunks = store.add(path)
        seconds = time.perf_counter() - started
        sys.stdout.write(
            f"usual {number} of {len(waiting)}: {path.name}, {pages} pages, {chunks} chunks, "
            f"{seconds:.1f} s\n"
        )
        sys.stdout.flush()


def main() -> None:
    from benchmarks.material import STORE, shared_store_inputs

    folder, *inputs = [Path(argument) for argument in sys.argv[1:]] or [STORE / "usual"]
    store = UsualStore(folder, sentence_encoder())
    build(store, inputs or shared_store_inputs())
    store.close()


if __name__ == "__main__":
    main()
