"""One call to a backend: its row in the ledger, its stream, and a settlement whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event

from langchain_core.messages import AIMessageChunk, BaseMessage

from assistant.backends.backend import Backend
from assistant.backends.errors import CallFailed
from assistant.backends.failures import translated
from assistant.backends.pump import Stopped, pump
from assistant.backends.reading import Reported, read_usage, word
from assistant.backends.thinking import ThoughtFilter, without_thought
from assistant.cost.meter import Meter, Prompt
from assistant.cost.models import Attempt, AttemptState, Purpose, Usage, UsageSource
from corpus.tokens import count_tokens

__all__ = ["Call", "Caller"]

FRAME_TOKENS = 16
"""More than the role marks that any known chat template sets around a message."""
MOST_PER_TOKEN = 16
"""Characters of an answer for each token of its max_output, at the most: four are usual in English
and fewer elsewhere, so that more come only from a server that heeds no limit."""


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf calls are made; `clock` gives seconds, `stop` ends a call in mid-stream."""

    meter: Meter
    conversation: str
    turn: str
    user: str
    clock: Callable[[], float]
    stop: Event
    purpose: Purpose = Purpose.ANSWER


@dataclass(slots=True)
class Call:
    """One streamed call. `attempt` is its row: None before the call, settled after it.

    `first_token` is in seconds since the call began; `pieces` counts the deltas of text.
    """

    caller: Caller
    backend: Backend
    messages: Sequence[BaseMessage]
    parent: str | None = None
    attempt: Attempt | None = None
    text: str = ""
    pieces: int = 0
    first_token: float | None = None
    finish_reason: str | None = None
    _began: float = field(default=0.0)
    _model: str | None = field(default=None)
    _reported: Reported | None = field(default=None)
    _came: list[str] = field(default_factory=list)
    _length: int = field(default=0)
    _replied: bool = field(default=False)

    def stream(self) -> Iterator[str]:
        """Yield the text as it comes.

        Raises CallFailed for what the provider did wrong, Stopped when the caller wants no more,
        LedgerError when no row can be written (then no call is made).
        """
        self._began = self.caller.clock()
        self.attempt = self._open()
        try:
            yield from self._deltas()
            self._check_end()
        except (GeneratorExit, Stopped):
            self._settle(AttemptState.STOPPED)
            raise
        except Exception as error:
            failed = translated(self.backend, error)
            self._settle(AttemptState.ERROR, failed)
            raise failed from error
        except BaseException:
            self._settle(AttemptState.STOPPED)
            raise
        self._settle(AttemptState.OK)

    @property
    def reports_usage(self) -> bool:
        return self._counted() is not None

    def _open(self) -> Attempt:
        return self.caller.meter.start(
            self.backend,
            turn=self.caller.turn,
            conversation=self.caller.conversation,
            user=self.caller.user,
            purpose=self.caller.purpose,
            parent=self.parent,
            prompt=Prompt(self._prompt_tokens(), self._most_prompt_tokens()),
            max_output_tokens=self.backend.max_output,
        )

    def _deltas(self) -> Iterator[str]:
        thoughts = ThoughtFilter()
        with closing(pump(self.backend.chat, self.messages, self.caller.stop)) as chunks:
            for chunk in chunks:
                self._note(chunk)
                # Half a character of a broken stream could not be stored.
                text = str(chunk.text).encode(errors="replace").decode()
                self._weigh(text)
                if delta := thoughts.feed(text):
                    yield self._took(delta)
        if rest := thoughts.close():
            yield self._took(rest)
        self.text = without_thought(self.text)

    def _weigh(self, text: str) -> None:
        """Note what came, thoughts included. Raises CallFailed where it is more than was asked."""
        self._came.append(text)
        self._length += len(text)
        most = self.backend.max_output
        if most is not None and self._length > MOST_PER_TOKEN * most:
            raise CallFailed(
                f"{self.backend.label} did not end its answer at max_output ({most} tokens); it "
                "was cut off. See that its server heeds the limit, or ask another backend.",
                reason="too long",
            )

    def _took(self, delta: str) -> str:
        if self.first_token is None:
            self.first_token = self._seconds()
        self.text += delta
        self.pieces += 1
        return delta

    def _note(self, chunk: AIMessageChunk) -> None:
        facts = chunk.response_metadata
        self._replied = True
        self.finish_reason = word(facts.get("finish_reason")) or self.finish_reason
        self._model = word(facts.get("model_name")) or self._model
        self._reported = read_usage(chunk) or self._reported

    def _check_end(self) -> None:
        """Raise CallFailed for a stream that ended in good order but is no answer."""
        if not self.text.strip():
            raise self._empty()
        says_nothing = self.finish_reason is None and self._reported is None
        if says_nothing and self.backend.host is not None:
            raise CallFailed(
                f"{self.backend.label} broke off its answer (the stream has no end); try again.",
                reason="interrupted",
                transient=True,
            )

    def _empty(self) -> CallFailed:
        """Return what is wrong with an answer without text; only chance is worth another try."""
        label, reason = self.backend.label, self.finish_reason
        if reason == "length":
            said = "thought until its output was used up and said nothing; raise max_output."
        elif reason in {None, "stop"}:
            said = "sent an empty answer; try again."
        else:
            said = f"ended without an answer ({reason}); ask otherwise, or ask another backend."
        by_chance = reason in {None, "stop"}
        return CallFailed(f"{label} {said}", reason=f"empty ({reason})", transient=by_chance)

    def _settle(self, state: AttemptState, error: Exception | None = None) -> None:
        assert self.attempt is not None
        reported = self._counted() or self._guessed()
        refused = isinstance(error, CallFailed) and not error.billable and not self._replied
        if refused:
            reported = Reported(Usage(input_tokens=0, output_tokens=0), billed=0)
        self.attempt = self.caller.meter.settle(
            self.attempt,
            reported.usage,
            state,
            finish_reason=error.reason if isinstance(error, CallFailed) else self.finish_reason,
            model_served=self._model,
            tier=reported.tier,
            max_output_tokens=self.backend.max_output,
            priced_as=self.backend.priced_as,
            billed=reported.billed,
            first_token_seconds=self.first_token,
            total_seconds=self._seconds(),
        )

    def _seconds(self) -> float:
        return self.caller.clock() - self._began

    def _counted(self) -> Reported | None:
        """Return what the provider counted; no tokens for a text, or for a prompt, are no count."""
        told = self._reported
        if told is None or not told.usage.input_tokens:
            return None
        return None if self.text and not told.usage.output_tokens else told

    def _guessed(self) -> Reported:
        """Return an estimate from what came, with what else the provider told."""
        usage = Usage(
            input_tokens=self._prompt_tokens(),
            output_tokens=count_tokens("".join(self._came)),
            source=UsageSource.ESTIMATED,
        )
        told = self._reported
        return Reported(usage, told.tier, told.billed) if told else Reported(usage)

    def _most_prompt_tokens(self) -> int:
        """No tokenizer makes more tokens than bytes; each message has a frame of a few more."""
        texts = [str(message.text).encode() for message in self.messages]
        return sum(map(len, texts)) + FRAME_TOKENS * (len(texts) + 1)

    def _prompt_tokens(self) -> int:
        return count_tokens("\n".join(str(message.text) for message in self.messages))
