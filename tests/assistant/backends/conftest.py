"""A real server for the tests of backends, started once and only where a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.servers.real_server import RealServer, missing, serve


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """`transformers serve` with a model that gives a cited answer and one that babbles."""
    if lacking := missing():
        reason = f"the real server needs {', '.join(lacking)}: install the `dev` extra"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with serve(tmp_path_factory.mktemp("real-server")) as server:
        yield server
