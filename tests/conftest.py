"""Fixtures for all tests: isolated paths, environment and network."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from corpus.onnx_embedder import OnnxEmbedder
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
MODELS = Path(os.environ.get("LOADFACTOR_MODELS", REPOSITORY / "data" / "models"))

# Machines are shared and noisy: time is measured in benchmarks, never asserted in tests.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No settings of the developer's, no keys, and no connection beyond this machine."""
    for name in tuple(os.environ):
        if name.startswith("LOADFACTOR_") or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LOADFACTOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOADFACTOR_MODELS", str(MODELS))
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        beyond = isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}
        if beyond:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    yield


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data directory."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture(scope="session")
def onnx() -> OnnxEmbedder:
    """The real default embedder; its export is made once and kept between runs."""
    return OnnxEmbedder(MODELS)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The evaluation material beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the evaluation material (../shared) is absent")
    return SHARED
