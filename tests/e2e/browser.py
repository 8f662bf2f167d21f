"""The real app on a free loopback port, and a Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

__all__ = ["INSTALL", "chromium", "find_chromium", "ingest", "running_app", "running_process"]

REPOSITORY = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "No Chromium found: run `sudo apt-get install chromium`"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS = 60.0


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open a headless browser. Raises FileNotFoundError, saying what to install."""
    executable = find_chromium()
    if executable is None:
        raise FileNotFoundError(INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


def ingest(data: Path, *inputs: Path) -> None:
    """Take files and folders into the corpus at `data`, as an analyst would."""
    subprocess.run(
        [sys.executable, "-m", "ingest", *map(str, inputs), "--data", str(data)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )


@contextmanager
def running_app(data: Path, **environ: str) -> Iterator[str]:
    """Run the app on `data` and yield its address."""
    with running_process(data, **environ) as (address, _):
        yield address


@contextmanager
def running_process(data: Path, **environ: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the app on `data` and yield its address and its process."""
    port = _free_port()
    command = ["-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    log = data / "app.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, *command],
            cwd=REPOSITORY,
            env=os.environ | {"LOADFACTOR_DATA": str(data)} | environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server, log)
            yield address, server
        finally:
            server.terminate()
            server.wait(15)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=1) as reply:
                if reply.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the app did not start: {log.read_text(errors='replace')}")
