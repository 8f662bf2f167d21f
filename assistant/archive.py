"""Conversations that outlive the process: each turn is kept when it begins and when it ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, delete, func, insert, select, update

from assistant.archive_records import Library, answer_of, evidence_from, record_of
from assistant.archive_schema import Record, from_json, to_json
from assistant.archive_values import UNENDED, StoredConversation, StoredTurn, TurnState
from assistant.conversation import Answer, Evidence
from assistant.cost.errors import LedgerError
from assistant.cost.ledger import Ledger
from assistant.cost.ledger_tables import kept_answers
from assistant.cost.ledger_turns import conversations, feedback, turn_citations, turns
from assistant.cost.models import Attempt
from assistant.inquiry import NO_FILTERS
from corpus.models import Filters

__all__ = ["Archive", "StoredConversation", "StoredTurn", "TurnState"]

LONGEST_TITLE = 80


class Archive:
    """The conversations in the ledger's file; safe to share between threads and processes.

    What was cited is looked up in `library` when a turn is read. All methods raise LedgerError
    when the file cannot be used. Times are aware.
    """

    def __init__(self, ledger: Ledger, library: Library) -> None:
        self._ledger = ledger
        self._file = ledger.file
        self._library = library

    def begin(
        self,
        conversation: str,
        user: str,
        turn: str,
        question: str,
        backend: str,
        at: datetime,
        filters: Filters = NO_FILTERS,
    ) -> None:
        """Keep a question; the first of a conversation begins it and gives it its title.

        A turn that is known already stays as it is.
        """
        owner = self._file.claim()
        with self._file.write() as connection:
            if connection.scalar(select(turns.c.id).where(turns.c.id == turn)) is not None:
                return
            _touch(connection, conversation, user, question, at)
            count = select(func.count()).where(turns.c.conversation == conversation)
            row = {
                "id": turn,
                "conversation": conversation,
                "ordinal": connection.scalar(count),
                "question": question,
                "backend": backend,
                "state": TurnState.RUNNING,
                "text": "",
                "record": to_json(record_of((), None, filters)),
                "started": at,
                "owner": owner,
            }
            connection.execute(insert(turns).values(row))

    def finish(
        self,
        turn: str,
        state: TurnState,
        *,
        text: str,
        answer: Answer | None,
        evidence: Sequence[Evidence],
        error: str | None,
        at: datetime,
        filters: Filters = NO_FILTERS,
    ) -> None:
        """Keep how a turn ended, once: an end that was kept before stands.

        One that was deleted meanwhile stays deleted; one that another process took for abandoned
        has its end after all. Raises ValueError for a turn that is still running.
        """
        if state is TurnState.RUNNING:
            raise ValueError(f"turn {turn} is still running")
        record = record_of(answer.evidence if answer is not None else evidence, answer, filters)
        values = {
            "state": state,
            "text": text,
            "error": error,
            "record": to_json(record),
            "ended": at,
            "answered": answer and answer.answered,
            "supported": answer and answer.supported,
        }
        cited = [
            {"turn": turn, "n": citation.n, "document": citation.document.id}
            for citation in (answer.citations if answer is not None else ())
        ]
        with self._file.write() as connection:
            unended = and_(turns.c.id == turn, turns.c.state.in_(UNENDED))
            found = connection.execute(update(turns).where(unended).values(values))
            if found.rowcount and cited:
                connection.execute(insert(turn_citations), cited)

    def conversations(
        self, user: str, limit: int, among: Collection[str] | None = None
    ) -> tuple[StoredConversation, ...]:
        """Return a user's conversations, the one that was last asked in first.

        `among` names by id the only ones to return, before `limit` counts.
        """
        query = _listed().where(conversations.c.user == user)
        if among is not None:
            query = query.where(conversations.c.id.in_(among))
        query = query.order_by(conversations.c.updated.desc(), conversations.c.id).limit(limit)
        with self._file.read() as connection:
            return tuple(StoredConversation(**row) for row in connection.execute(query).mappings())

    def conversation(self, conversation: str) -> StoredConversation | None:
        """Return a conversation whoever's it is, None where there is none of that id."""
        query = _listed().where(conversations.c.id == conversation)
        with self._file.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return StoredConversation(**row) if row is not None else None

    def turns(self, conversation: str) -> tuple[StoredTurn, ...]:
        """Return the turns of a conversation in order.

        Raises LedgerError for a record that this version cannot read, CorpusError.
        """
        query = select(turns).where(turns.c.conversation == conversation)
        with self._file.read() as connection:
            rows = connection.execute(query.order_by(turns.c.ordinal)).mappings().all()
        attempts = {row.id: row for row in self._ledger.attempts(conversation=conversation)}
        return tuple(self._turn(row, attempts) for row in rows)

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title; its place in the list stays."""
        renamed = update(conversations).where(conversations.c.id == conversation)
        with self._file.write() as connection:
            connection.execute(renamed.values(title=title))

    def delete(self, conversation: str) -> None:
        """Delete a conversation with its turns and kept answers; its attempts stay."""
        mine = select(turns.c.id).where(turns.c.conversation == conversation)
        with self._file.write() as connection:
            connection.execute(delete(turn_citations).where(turn_citations.c.turn.in_(mine)))
            for table in (turns, feedback, kept_answers):
                connection.execute(delete(table).where(table.c.conversation == conversation))
            connection.execute(delete(conversations).where(conversations.c.id == conversation))

    def interrupt_stale(self, at: datetime) -> int:
        """End the turns that processes which are gone left running; return how many."""
        running = turns.c.state == TurnState.RUNNING
        with self._file.read() as connection:
            owners = connection.scalars(select(turns.c.owner).where(running).distinct()).all()
        gone = [owner for owner in owners if self._file.owner.is_gone(owner)]
        if not gone:
            return 0
        left = update(turns).where(running, turns.c.owner.in_(gone))
        with self._file.write() as connection:
            ended = left.values(state=TurnState.INTERRUPTED, ended=at)
            return connection.execute(ended).rowcount

    def citations_of(self, document: str) -> int:
        """Return how many citations of kept turns name a document."""
        query = select(func.count()).where(turn_citations.c.document == document)
        with self._file.read() as connection:
            return connection.scalar(query) or 0

    def _turn(self, row: RowMapping, attempts: dict[str, Attempt]) -> StoredTurn:
        record = self._record(row)
        evidence = evidence_from(record, self._library)
        return StoredTurn(
            id=row["id"],
            conversation=row["conversation"],
            question=row["question"],
            backend=row["backend"],
            state=TurnState(row["state"]),
            text=row["text"],
            error=row["error"],
            answer=answer_of(row["question"], record, evidence, attempts),
            evidence=evidence,
            started=row["started"],
            ended=row["ended"],
            filters=record.filters,
        )

    def _record(self, row: RowMapping) -> Record:
        if row["record"] is None:
            return record_of((), None)
        try:
            return from_json(row["record"])
        except ValueError as error:
            raise LedgerError(
                f"{self._file.path}: the record of turn {row['id']} cannot be read; it is damaged "
                "or of a newer version: update Load Factor or delete the conversation."
            ) from error


def _touch(
    connection: Connection, conversation: str, user: str, question: str, at: datetime
) -> None:
    known = conversations.c.id == conversation
    if connection.execute(update(conversations).where(known).values(updated=at)).rowcount:
        return
    row = {"id": conversation, "user": user, "title": _title(question)}
    connection.execute(insert(conversations).values(**row, created=at, updated=at))


def _title(question: str) -> str:
    """Return the question on one line, cut at the end of a word that is near enough."""
    line = " ".join(question.split())
    if len(line) <= LONGEST_TITLE:
        return line
    end = line.rfind(" ", LONGEST_TITLE // 2, LONGEST_TITLE)
    return f"{line[: end if end > 0 else LONGEST_TITLE - 1]}…"


def _listed() -> Select[Any]:
    count = select(func.count()).where(turns.c.conversation == conversations.c.id)
    return select(conversations, count.scalar_subquery().label("turns"))
