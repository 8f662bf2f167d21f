"""Nicknames of companies that an analyst keeps in a file of the data folder, over our own table.

The file holds one table: `[aliases]`, then a line such as `"the Snapple people" = "Keurig"`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus.edited_files import read_edited, refused

__all__ = ["ALIASES_FILE", "NO_ALIASES", "Aliases", "load_aliases"]

ALIASES_FILE = "aliases.toml"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Pairs of a nickname and the company that it stands for, as the file gives them."""

    pairs: tuple[tuple[str, str], ...] = ()


NO_ALIASES = Aliases()


def load_aliases(path: Path) -> Aliases:
    """Return the nicknames of a file, none where it is absent.

    Raises CorpusError that names the file, the entry and the remedy.
    """
    content = read_edited(path)
    unknown = sorted(set(content) - {"aliases"})
    if unknown:
        raise refused(
            path,
            f"{unknown[0]!r} is not known here",
            'put "nickname" = "company" lines under [aliases]',
        )
    table = content.get("aliases", {})
    if not isinstance(table, dict):
        raise refused(path, "aliases is no table", "write [aliases] on a line of its own")
    return Aliases(
        tuple((_nickname(path, nick), _company(path, nick, name)) for nick, name in table.items())
    )


def _nickname(path: Path, nick: str) -> str:
    if sum(map(str.isalnum, nick)) < 2:
        raise refused(path, f"the nickname {nick!r} is too short", "use two letters or more")
    return nick.strip()


def _company(path: Path, nick: str, name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise refused(path, f"{nick!r} stands for no name", f'write "{nick}" = "company"')
    return name.strip()
