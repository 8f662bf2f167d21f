"""Whether the corpus and the embedder are of the same model; chromadb would not notice."""

from __future__ import annotations

from corpus.catalog import ModelIdentity
from corpus.embedding import Embedder
from corpus.errors import ModelMismatch

__all__ = ["require_same_embedder", "require_same_model"]


def require_same_model(held: ModelIdentity | None, given: ModelIdentity) -> None:
    """Raise ModelMismatch naming both models and the remedy, unless they are the same."""
    if held is not None and held != given:
        raise ModelMismatch(_message(str(held), str(given)))


def require_same_embedder(held: ModelIdentity, embedder: Embedder) -> None:
    """As `require_same_model`, without asking for the dimension, which may load the model."""
    if (held.name, held.revision) != (embedder.name, embedder.revision):
        raise ModelMismatch(_message(str(held), f"{embedder.name} {embedder.revision}"))


def _message(held: str, given: str) -> str:
    return (
        f"The corpus was embedded with {held}, the setting asks for {given}. Set the model back, "
        "or run `loadfactor reembed` to embed the whole corpus with the new one."
    )
