"""The pace at which all processes of one user ask a server: one request at a time, with a gap.

The next request leaves no sooner than the gap after the answer to the last one began, whoever
sent it. So as the server sees them, too, any eleven requests span ten gaps at least, however late
the network or the scheduler delivers one of them; a count of permits given promises nothing about
arrivals. A server that asks for a pause is left alone by every process, through the same file.
"""

from __future__ import annotations

import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import InputRefused

__all__ = ["GAP", "LONGEST_HOLD", "MOST_PATIENCE", "SharedPace", "shared_folder"]

GAP = 0.11
"""Seconds between two requests: nine a second, under the limit of ten."""
MOST_PATIENCE = 60.0
"""Seconds that a request waits for its turn; what has to wait longer is told until when."""
LONGEST_HOLD = 3600.0
"""Seconds; what asks for more makes no sense."""
_SLACK = 1.0
"""Seconds by which clocks are slewed; one that is further back has been set back."""


def shared_folder() -> Path:
    """Return where all processes of this user meet, whatever data folder each works on.

    The temporary folder is always local and can be written; a home folder may be neither.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"loadfactor-edgar-{user}"


class SharedPace:
    """Turns that processes take through one folder, named for messages by `server`.

    `clock` gives seconds since the epoch: what a monotonic clock says is not fit for a file.
    """

    def __init__(
        self,
        folder: Path,
        server: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder, self._server = folder, server
        self._moment = folder / "not-before"
        self._lock = FileLock(folder / "turn.lock", timeout=MOST_PATIENCE)
        self._clock, self._sleep = clock, sleep

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it while the block runs: nobody else asks meanwhile.

        Raises InputRefused when the server wants to be left alone for over a minute, or when
        the folder cannot be used.
        """
        while True:
            with self._locked():
                ahead = self._ahead()
                if ahead <= 0:
                    # Also before the request: a process killed in the middle leaves no mark after.
                    self.hold_off(GAP)
                    try:
                        yield
                    finally:
                        self.hold_off(GAP)
                    return
                # Written anew: a wait that began later than now, by this clock, never ends.
                self.hold_off(ahead)
            self._sleep(self._within_patience(ahead))

    def hold_off(self, seconds: float) -> None:
        """Let no process ask for so long, an hour at most; to be called during a turn."""
        ahead = min(max(seconds, self._ahead()), LONGEST_HOLD)
        try:
            written = self._moment.with_suffix(".new")
            written.write_text(f"{self._clock()!r} {ahead!r}", encoding="ascii")
            written.replace(self._moment)
        except OSError as error:
            raise self._unusable(error) from error

    def _ahead(self) -> float:
        """Seconds until the next request may leave; what makes no sense holds nobody up.

        The file holds when it was written and for how long from then on, or the moment alone.
        A clock that has been set back since cannot tell how much is over: all of it begins anew.
        """
        now = self._clock()
        try:
            first, *rest = map(float, self._moment.read_text(encoding="ascii").split())
            (wait,) = rest or [0.0]
        except (OSError, ValueError):
            return 0.0
        set_back = bool(rest) and now < first - _SLACK
        ahead = wait if set_back else first + wait - now
        return ahead if 0 < ahead <= LONGEST_HOLD + _SLACK else 0.0

    def _within_patience(self, ahead: float) -> float:
        if ahead <= MOST_PATIENCE:
            return ahead
        until = datetime.fromtimestamp(self._clock() + ahead, UTC)
        raise InputRefused(
            f"{self._server} wants no requests until {until:%H:%M} UTC: ingest it again then"
        )

    def _locked(self) -> AbstractContextManager[object]:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            _refuse_foreign(self._folder)
            return self._lock.acquire()
        except Timeout as error:
            raise InputRefused(
                f"another process has been asking {self._server} for a minute: "
                "ingest it again when that has ended"
            ) from error
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> InputRefused:
        return InputRefused(
            f"the pace of requests is kept in {self._folder}, which cannot be used "
            f"({error.strerror or error}): make it a folder of this user's"
        )


def _refuse_foreign(folder: Path) -> None:
    """In a temporary folder anyone can put a link, or a folder of his own, under our name."""
    status = folder.lstat()
    ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    if not ours or not stat.S_ISDIR(status.st_mode):
        raise PermissionError(0, "it is a link or belongs to another user")
