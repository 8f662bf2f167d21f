"""The ledger's connections: SQLite in WAL mode, with transactions that we begin ourselves."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

__all__ = ["ledger_engine"]


def ledger_engine(path: Path, busy_seconds: float) -> Engine:
    """Return an engine whose transactions begin with the execution option `begin`."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_seconds},
        json_serializer=partial(json.dumps, default=str),
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, record: object) -> None:
    # The driver would otherwise choose by itself when a transaction begins.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["begin"])
