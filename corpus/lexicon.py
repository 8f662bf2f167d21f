"""An analyst's own words in the data folder, read again when they have been edited."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from corpus.aliases import ALIASES_FILE, NO_ALIASES, Aliases, load_aliases
from corpus.glossary import GLOSSARY_FILE, load_glossary, shipped
from corpus.line_items import Glossary

__all__ = ["Lexicon", "LexiconFiles"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Nicknames of companies, and our glossary with an analyst's additions."""

    aliases: Aliases = NO_ALIASES
    glossary: Glossary = field(default_factory=shipped)


class LexiconFiles:
    """`aliases.toml` and `glossary.toml` of a data folder; safe to share between threads."""

    def __init__(self, data: Path) -> None:
        self._paths = (data / ALIASES_FILE, data / GLOSSARY_FILE)
        self._read: tuple[tuple[object, ...], Lexicon] | None = None

    def current(self) -> Lexicon:
        """Return what the files say now; absent ones add nothing.

        Raises CorpusError that names the file, the entry and the remedy.
        """
        stamps = tuple(_stamp(path) for path in self._paths)
        if self._read is None or self._read[0] != stamps:
            aliases, glossary = self._paths
            self._read = (stamps, Lexicon(load_aliases(aliases), load_glossary(glossary)))
        return self._read[1]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        known = path.stat()
    except FileNotFoundError:
        return None
    return known.st_mtime_ns, known.st_size
